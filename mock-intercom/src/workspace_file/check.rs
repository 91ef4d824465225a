//! What a workspace file must hold beyond its syntax, and where in the text it does not.

mod catalogue;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use secrecy::ExposeSecret;
use toml::de::{DeTable, DeValue};

use super::{BridgeKind, Place, WorkspaceError, WorkspaceFile};

/// One step from the top of the file to a value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Key(&'static str),
    Index(usize),
}

use Step::{Index, Key};

/// A mistake in meaning, not yet located in a text.
#[derive(Debug)]
pub(crate) struct Problem {
    path: Vec<Step>,
    message: String,
}

impl Problem {
    pub(crate) fn at(path: &[Step], message: impl Into<String>) -> Self {
        Self { path: path.to_vec(), message: message.into() }
    }

    /// The same, seen from further up.
    pub(super) fn within(mut self, outer: &[Step]) -> Self {
        self.path.splice(0..0, outer.iter().copied());
        self
    }

    /// The key, and what is wrong with it.
    pub(crate) fn into_parts(self) -> (String, String) {
        (self.key(), self.message)
    }

    pub(super) fn located_in(self, text: &str) -> WorkspaceError {
        let place = span_of(text, &self.path).map(|span| place_of(text, span.start));
        WorkspaceError::Invalid { place, key: self.key(), problem: self.message }
    }

    fn key(&self) -> String {
        let mut key = String::new();
        for step in &self.path {
            match step {
                Key(name) if key.is_empty() => key.push_str(name),
                Key(name) => write!(key, ".{name}").expect("writing to a string succeeds"),
                Index(index) => write!(key, "[{index}]").expect("writing to a string succeeds"),
            }
        }
        key
    }
}

impl From<Problem> for WorkspaceError {
    fn from(problem: Problem) -> Self {
        Self::Invalid { place: None, key: problem.key(), problem: problem.message }
    }
}

impl WorkspaceFile {
    /// Whether the workspace makes sense.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        self.check_values()?;
        self.check_ids()?;
        self.check_references()?;
        self.check_catalogue()?;
        super::faults::check(&self.faults)
    }

    fn check_values(&self) -> Result<(), Problem> {
        if jiff::tz::TimeZone::get(&self.time_zone).is_err() {
            let message = format!(
                "`{}` is no IANA time zone; write one such as `Europe/Dublin` or `UTC`",
                self.time_zone
            );
            return Err(Problem::at(&[Key("time_zone")], message));
        }
        for (key, empty) in
            [("app_id", self.app_id.is_empty()), ("token", self.token.expose_secret().is_empty())]
        {
            if empty {
                return Err(Problem::at(&[Key(key)], "must not be empty"));
            }
        }
        for (table, key, zero) in [
            ("rate_limit", "calls_per_window", self.rate_limit.calls_per_window == 0),
            ("rate_limit", "window_seconds", self.rate_limit.window_seconds == 0),
            ("bridge", "id_attribute", self.bridge.id_attribute.is_empty()),
            ("bridge", "source_type", self.bridge.source_type.is_empty()),
        ] {
            if zero {
                return Err(Problem::at(&[Key(table), Key(key)], "must not be zero or empty"));
            }
        }
        if self.bridge.kind == BridgeKind::Native && self.bridge.source_type == "conversation" {
            let message = "a native channel names itself; write one such as `tiktok`";
            return Err(Problem::at(&[Key("bridge"), Key("source_type")], message));
        }
        for (index, app) in self.apps.iter().enumerate() {
            let path = [Key("app"), Index(index), Key("token")];
            let token = app.token.expose_secret();
            let mut others = self.apps[..index].iter().map(|app| &app.token);
            if token.is_empty() {
                return Err(Problem::at(&path, "must not be empty"));
            }
            if token == self.token.expose_secret()
                || others.any(|other| other.expose_secret() == token)
            {
                return Err(Problem::at(&path, "is the token of another app; tokens must differ"));
            }
        }
        match self.journal_limit {
            0 => Err(Problem::at(&[Key("journal_limit")], "must be at least 1")),
            _ => Ok(()),
        }
    }

    /// Ids must differ across teammates *and* teams: an assignment names one without saying which.
    fn check_ids(&self) -> Result<(), Problem> {
        let admins = self.admins.iter().map(|admin| admin.id.get()).enumerate();
        let teams = self.teams.iter().map(|team| team.id.get()).enumerate();
        let all = admins
            .map(|(index, id)| ("admin", index, id))
            .chain(teams.map(|(index, id)| ("team", index, id)));
        let mut seen = BTreeMap::new();
        for (table, index, id) in all {
            let path = [Key(table), Index(index), Key("id")];
            if id == 0 {
                return Err(Problem::at(&path, "0 means \"nobody\" to Intercom; use another id"));
            }
            if let Some((other, at)) = seen.insert(id, (table, index)) {
                let message = format!(
                    "{id} is already the id of `{other}[{at}]`; teammates and teams must differ"
                );
                return Err(Problem::at(&path, message));
            }
        }
        Ok(())
    }

    fn check_references(&self) -> Result<(), Problem> {
        if self.admins.is_empty() {
            let message = "a workspace needs at least one teammate: `[[admin]]` with `id`, `name`";
            return Err(Problem::at(&[Key("admin")], message));
        }
        let known = |id| self.admins.iter().any(|admin| admin.id == id);
        let wrong = |id| format!("there is no teammate {id}; there are {}", self.admin_ids());
        for (index, team) in self.teams.iter().enumerate() {
            for (member, &id) in team.admins.iter().enumerate() {
                if !known(id) {
                    let path = [Key("team"), Index(index), Key("admins"), Index(member)];
                    return Err(Problem::at(&path, wrong(id)));
                }
            }
            for (member, id) in team.secondary_admins.iter().enumerate() {
                if !team.admins.contains(id) {
                    let path = [Key("team"), Index(index), Key("secondary_admins"), Index(member)];
                    let message = format!("{id} is no member; name them in `admins` as well");
                    return Err(Problem::at(&path, message));
                }
            }
        }
        for (index, workflow) in self.workflows.iter().enumerate() {
            let path = |key| [Key("workflow"), Index(index), Key(key)];
            match (workflow.team, workflow.admin) {
                (None, None) => {
                    let message = "a workflow assigns: say to which `team` or `admin`";
                    return Err(Problem::at(&path("team")[..2], message));
                }
                (Some(_), Some(_)) => {
                    let message = "a workflow assigns to a team or to a teammate, not to both";
                    return Err(Problem::at(&path("admin"), message));
                }
                (None, Some(id)) if !known(id) => {
                    return Err(Problem::at(&path("admin"), wrong(id)));
                }
                (Some(id), None) if self.teams.iter().all(|team| team.id != id) => {
                    return Err(Problem::at(&path("team"), format!("there is no team {id}")));
                }
                _ => {}
            }
        }
        match self.token_admin {
            Some(id) if !known(id) => Err(Problem::at(&[Key("token_admin")], wrong(id))),
            _ => Ok(()),
        }
    }

    /// The ids to choose from, a dozen at most.
    fn admin_ids(&self) -> String {
        let mut ids: Vec<String> =
            self.admins.iter().take(12).map(|admin| admin.id.to_string()).collect();
        if self.admins.len() > ids.len() {
            ids.push(format!("{} more", self.admins.len() - ids.len()));
        }
        ids.join(", ")
    }
}

/// A TOML error with its place; the message shows the line.
pub(super) fn syntax_error(text: &str, error: &toml::de::Error) -> WorkspaceError {
    WorkspaceError::Syntax {
        place: error.span().map(|span| place_of(text, span.start)),
        message: error.to_string().trim_end().to_owned(),
    }
}

fn place_of(text: &str, offset: usize) -> Place {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Place {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    }
}

/// Where the value at a path stands, or the deepest table on the way to it that is there.
fn span_of(text: &str, path: &[Step]) -> Option<Range<usize>> {
    let table = DeTable::parse(text).ok()?;
    let Some((Key(first), rest)) = path.split_first() else {
        return None;
    };
    let mut found = table.get_ref().get(*first)?;
    for step in rest {
        let next = match (step, found.get_ref()) {
            (Key(name), DeValue::Table(table)) => table.get(*name),
            (Index(index), DeValue::Array(array)) => array.get(*index),
            _ => None,
        };
        let Some(next) = next else { break };
        found = next;
    }
    Some(found.span())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace_file::tests::told;

    fn check(text: &str, expected: &str) {
        assert_eq!(told(WorkspaceFile::from_toml(text)), expected, "{text}");
    }

    const ANN: &str = "[[admin]]\nid = 1\nname = \"Ann\"\n";

    #[test]
    fn the_example_holds() {
        let file = WorkspaceFile::example();
        assert_eq!((file.admins.len(), file.teams.len()), (4, 2));
        check(ANN, "ok");
    }

    #[test]
    fn mistakes_are_located() {
        check("colour = 1\n", "1:1");
        check(&format!("{ANN}nickname = \"A\"\n"), "4:1");
        check("[[admin]]\nid = \"x\"\nname = \"Ann\"\n", "2:6");
        check("[[admin]]\nid = 1\n", "1:1");
        check(
            &format!("{ANN}[[team]]\nid = 2\nname = \"S\"\nadmins = [1, 9]\n"),
            "7:14 team[0].admins[1]: there is no teammate 9; there are 1",
        );
        check(
            &format!("{ANN}[[team]]\nid = 1\nname = \"S\"\n"),
            "5:6 team[0].id: 1 is already the id of `admin[0]`; teammates and teams must differ",
        );
        check(
            &format!("{ANN}[[team]]\nid = 2\nname = \"S\"\nadmins = []\nsecondary_admins = [1]\n"),
            "8:21 team[0].secondary_admins[0]: 1 is no member; name them in `admins` as well",
        );
        check(
            &format!("token_admin = 5\n{ANN}"),
            "1:15 token_admin: there is no teammate 5; there are 1",
        );
        check(
            &format!("time_zone = \"Dublin\"\n{ANN}"),
            "1:13 time_zone: `Dublin` is no IANA time zone; write one such as `Europe/Dublin` or \
             `UTC`",
        );
        check(
            &format!("{ANN}[rate_limit]\nwindow_seconds = 0\n"),
            "5:18 rate_limit.window_seconds: must not be zero or empty",
        );
        check(
            "[[admin]]\nid = 0\nname = \"A\"",
            "2:6 admin[0].id: 0 means \"nobody\" to Intercom; use another id",
        );
    }

    #[test]
    fn a_missing_value_has_no_place() {
        check(
            "",
            "`admin`: a workspace needs at least one teammate: `[[admin]]` with `id`, `name`",
        );
    }

    #[test]
    fn the_token_is_not_printed() {
        assert!(!format!("{:?}", WorkspaceFile::example()).contains("test-token"));
    }
}
