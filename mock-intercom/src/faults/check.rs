//! What a fault must hold beyond its syntax.

use super::latency::LONGEST;
use super::length::{Length, Point};
use super::rule::{Effect, FaultRule, Loss, Scope, Storm};
use crate::api::operations;
use crate::workspace_file::{Problem, Step};

use Step::Key;

/// The most copies of a webhook.
const MOST_COPIES: u32 = 100;
const LONGEST_NAME: usize = 100;

impl FaultRule {
    /// Whether the rule makes sense.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        if self.name.len() > LONGEST_NAME {
            return Err(problem(&[Key("name")], "must have 100 bytes at most"));
        }
        self.check_scope()?;
        self.check_match()?;
        self.check_time()?;
        self.check_counts()?;
        let then = |key, message: String| problem(&[Key("then"), Key(key)], message);
        match self.then.problem() {
            Some(message) => Err(then(self.then.name(), message)),
            None => Ok(()),
        }
    }

    fn check_scope(&self) -> Result<(), Problem> {
        let name = self.then.name();
        let (api, webhook) = (self.api.is_some(), self.webhook.is_some());
        let wrong = match self.then.scope() {
            Scope::Api if !api => format!("`{name}` is of calls: say which; all: `api = {{}}`"),
            Scope::Webhook if !webhook => {
                format!("`{name}` is of webhooks: say which; all: `webhook = {{}}`")
            }
            Scope::Api if webhook => format!("`{name}` is of calls: leave out `webhook`"),
            Scope::Webhook if api => format!("`{name}` is of webhooks: leave out `api`"),
            Scope::Workspace if api || webhook => {
                format!("`{name}` is of the whole workspace: leave out `api` and `webhook`")
            }
            _ => return Ok(()),
        };
        Err(problem(&[Key("then")], wrong))
    }

    fn check_match(&self) -> Result<(), Problem> {
        let Some(api) = &self.api else { return Ok(()) };
        if let Some(method) = &api.method
            && !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str())
        {
            let message = format!("`{method}` is none of GET, POST, PUT, PATCH, DELETE");
            return Err(problem(&[Key("api"), Key("method")], message));
        }
        if let Some(path) = api.path.as_ref().filter(|path| !path.starts_with('/')) {
            let message = format!("`{path}` must begin with `/`, as in `/conversations/*/parts`");
            return Err(problem(&[Key("api"), Key("path")], message));
        }
        match &api.operation {
            Some(name) if !operations().any(|known| known.id() == name) => {
                let message = format!(
                    "there is no operation `{name}`; write one such as `manageConversation`, \
                     spelled as in Intercom's OpenAPI description"
                );
                Err(problem(&[Key("api"), Key("operation")], message))
            }
            _ => Ok(()),
        }
    }

    fn check_time(&self) -> Result<(), Problem> {
        let never = match (self.from, self.until) {
            (Some(Point::After(from)), Some(Point::After(until))) => from >= until,
            (Some(Point::At(from)), Some(Point::At(until))) => from >= until,
            (None, Some(Point::After(until))) => until.is_zero(),
            _ => false,
        };
        match never {
            true => Err(problem(&[Key("until")], "must be later than `from`")),
            false => Ok(()),
        }
    }

    fn check_counts(&self) -> Result<(), Problem> {
        for (key, count) in
            [("first", self.first), ("every", self.every), ("at_most", self.at_most)]
        {
            if count == Some(0) {
                return Err(problem(&[Key(key)], "must be at least 1"));
            }
            if count.is_some() && self.then.scope() == Scope::Workspace {
                return Err(problem(&[Key(key)], self.only_time()));
            }
        }
        match self.probability {
            Some(_) if self.then.scope() == Scope::Workspace => {
                Err(problem(&[Key("probability")], self.only_time()))
            }
            Some(probability) if !(0.0..=1.0).contains(&probability) => {
                Err(problem(&[Key("probability")], "must be between 0 and 1"))
            }
            _ => Ok(()),
        }
    }

    fn only_time(&self) -> String {
        format!("`{}` has a time only: `from` and `until`", self.then.name())
    }
}

impl Effect {
    /// What is wrong with its values, and what would be right.
    fn problem(&self) -> Option<String> {
        match *self {
            Self::Latency(latency) | Self::Delay(latency) => latency.problem(),
            Self::Status(status) => status_problem(status),
            Self::Timeout(length) | Self::Reorder(length) | Self::IndexLag(length) => {
                length_problem(length)
            }
            Self::ResponseLost(Loss::Status(status)) => status_problem(status),
            Self::ResponseLost(Loss::Timeout(length)) => length_problem(length),
            Self::SlowBody { bytes: 0, .. } => Some("`bytes` must be at least 1".to_owned()),
            Self::SlowBody { every, .. } => length_problem(every),
            Self::Truncate(share) if !(0.0..1.0).contains(&share) => {
                Some("must be a share of the body: 0 or more, and below 1".to_owned())
            }
            Self::Duplicate(copies) if !(1..=MOST_COPIES).contains(&copies) => {
                Some(format!("must be between 1 and {MOST_COPIES} more of the same"))
            }
            Self::Storm(Storm::Share(share)) if !(0.0..=1.0).contains(&share) => {
                Some("`share` must be between 0 and 1".to_owned())
            }
            _ => None,
        }
    }
}

fn status_problem(status: u16) -> Option<String> {
    let wrong = !(400..=599).contains(&status);
    wrong.then(|| format!("{status} is no error; write a status from 400 to 599"))
}

fn length_problem(length: Length) -> Option<String> {
    (length.0 > LONGEST).then(|| format!("must not be longer than {}", Length(LONGEST)))
}

fn problem(path: &[Step], message: impl Into<String>) -> Problem {
    Problem::at(path, message)
}
