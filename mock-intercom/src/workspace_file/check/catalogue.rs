//! What the sections around contacts and teammates must hold.

use std::collections::BTreeSet;

use super::{Index, Key, Problem, WorkspaceFile};
use crate::identity::ContactId;
use crate::workspace_file::office_hours::{OfficeHoursEntry, WEEK_MINUTES};

impl WorkspaceFile {
    pub(super) fn check_catalogue(&self) -> Result<(), Problem> {
        self.office_hours.iter().enumerate().try_for_each(|(index, entry)| {
            check_zone(index, entry)?;
            check_intervals(index, entry)?;
            self.check_teams(index, entry)
        })?;
        check_ids("office_hours", self.office_hours.iter().map(|entry| entry.id))?;
        check_ids("subscription_type", self.subscription_types.iter().map(|entry| entry.id))?;
        check_ids("away_reason", self.away_reasons.iter().map(|entry| entry.id))?;
        check_ids("ticket_type", self.ticket_types.iter().map(|entry| entry.id))?;
        self.check_segments()?;
        self.check_attributes()?;
        self.check_workflow_hours()
    }

    fn check_teams(&self, index: usize, entry: &OfficeHoursEntry) -> Result<(), Problem> {
        for (place, &id) in entry.teams.iter().enumerate() {
            let path = [Key("office_hours"), Index(index), Key("teams"), Index(place)];
            if self.teams.iter().all(|team| team.id != id) {
                return Err(Problem::at(&path, format!("there is no team {id}")));
            }
            if self.office_hours[..index].iter().any(|other| other.teams.contains(&id)) {
                let message = format!("team {id} keeps other office hours already");
                return Err(Problem::at(&path, message));
            }
        }
        Ok(())
    }

    fn check_segments(&self) -> Result<(), Problem> {
        let mut seen = BTreeSet::new();
        for (index, segment) in self.segments.iter().enumerate() {
            let path = [Key("segment"), Index(index), Key("id")];
            match segment.id.parse::<ContactId>() {
                Ok(id) if seen.insert(id) => {}
                Ok(_) => return Err(Problem::at(&path, "is the id of another segment")),
                Err(_) => {
                    let message = "must be 24 hexadecimal digits, such as 6762f0b21bb69f9f2193bb65";
                    return Err(Problem::at(&path, message));
                }
            }
        }
        Ok(())
    }

    fn check_attributes(&self) -> Result<(), Problem> {
        let mut seen = BTreeSet::new();
        for (index, attribute) in self.data_attributes.iter().enumerate() {
            let path = [Key("data_attribute"), Index(index), Key("name")];
            if attribute.name.is_empty() {
                return Err(Problem::at(&path, "must not be empty"));
            }
            if !seen.insert(&attribute.name) {
                return Err(Problem::at(&path, "is the name of another attribute"));
            }
        }
        Ok(())
    }

    fn check_workflow_hours(&self) -> Result<(), Problem> {
        for (index, workflow) in self.workflows.iter().enumerate() {
            let own = |entry: &OfficeHoursEntry| {
                entry.teams.is_empty() || workflow.team.is_some_and(|id| entry.teams.contains(&id))
            };
            if workflow.office_hours.is_some() && !self.office_hours.iter().any(own) {
                let path = [Key("workflow"), Index(index), Key("office_hours")];
                let message = "there are none: write an `[[office_hours]]` with `time_intervals`";
                return Err(Problem::at(&path, message));
            }
        }
        Ok(())
    }
}

fn check_zone(index: usize, entry: &OfficeHoursEntry) -> Result<(), Problem> {
    let Some(zone) = &entry.time_zone else { return Ok(()) };
    if jiff::tz::TimeZone::get(zone).is_ok() {
        return Ok(());
    }
    let path = [Key("office_hours"), Index(index), Key("time_zone")];
    let message = format!("`{zone}` is no IANA time zone; write one such as `Europe/Dublin`");
    Err(Problem::at(&path, message))
}

fn check_intervals(index: usize, entry: &OfficeHoursEntry) -> Result<(), Problem> {
    for (place, interval) in entry.time_intervals.iter().enumerate() {
        if interval.start_minute >= interval.end_minute || interval.end_minute > WEEK_MINUTES {
            let path = [Key("office_hours"), Index(index), Key("time_intervals"), Index(place)];
            let message = format!(
                "must start before it ends, in minutes from Monday 00:00 up to {WEEK_MINUTES}"
            );
            return Err(Problem::at(&path, message));
        }
    }
    Ok(())
}

fn check_ids(table: &'static str, ids: impl Iterator<Item = u64>) -> Result<(), Problem> {
    let mut seen = BTreeSet::new();
    for (index, id) in ids.enumerate() {
        let path = [Key(table), Index(index), Key("id")];
        if id == 0 || !seen.insert(id) {
            let message = format!("{id} must be another: not 0 and unlike the others'");
            return Err(Problem::at(&path, message));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace_file::WorkspaceError;

    fn check(text: &str, expected: &str) {
        let text = format!("[[admin]]\nid = 1\nname = \"Ann\"\n{text}");
        let found = match WorkspaceFile::from_toml(&text) {
            Ok(_) => "ok".to_owned(),
            Err(WorkspaceError::Invalid { key, problem, .. }) => format!("{key}: {problem}"),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn mistakes_around_people_are_located() {
        let hours = |rest: &str| format!("[[office_hours]]\nid = 1\nname = \"H\"\n{rest}\n");
        check(&hours("time_intervals = [{start_minute = 540, end_minute = 1020}]"), "ok");
        check(
            &hours("time_intervals = [{start_minute = 540, end_minute = 540}]"),
            "office_hours[0].time_intervals[0]: must start before it ends, in minutes from Monday \
             00:00 up to 10080",
        );
        check(
            &hours("time_zone = \"Dublin\""),
            "office_hours[0].time_zone: `Dublin` is no IANA time zone; write one such as \
             `Europe/Dublin`",
        );
        check(&hours("teams = [7]"), "office_hours[0].teams[0]: there is no team 7");
        check(
            &(hours("") + &hours("")),
            "office_hours[1].id: 1 must be another: not 0 and unlike the others'",
        );
        check(
            "[[segment]]\nid = \"x\"\nname = \"S\"\n",
            "segment[0].id: must be 24 hexadecimal digits, such as 6762f0b21bb69f9f2193bb65",
        );
        check(
            "[[workflow]]\nadmin = 1\noffice_hours = \"inside\"\n",
            "workflow[0].office_hours: there are none: write an `[[office_hours]]` with \
             `time_intervals`",
        );
        check(
            &"[[data_attribute]]\nmodel = \"contact\"\nname = \"plan\"\n".repeat(2),
            "data_attribute[1].name: is the name of another attribute",
        );
    }
}
