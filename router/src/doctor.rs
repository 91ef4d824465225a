//! Whether a router will work, looked at from its own side: configuration, token, permissions,
//! teammates, webhooks, clock, limits and journal. Reads and changes nothing.

use std::fmt::Write as _;

use engine::Timestamp;
use serde::Serialize;

use crate::config::{Level, Reading};

mod intercom;
mod webhooks;

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Ok,
    /// Works, but somebody should look at it.
    Warn,
    /// Does not work.
    Fail,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// How it stands.
    pub state: State,
    /// What was looked at: one word, stable, for programs.
    pub about: &'static str,
    /// What was found.
    pub found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_do: Option<String>,
}

/// All that was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checkup {
    /// In the order of looking.
    pub lines: Vec<Line>,
}

impl Checkup {
    /// Looks at everything. `now` is this machine's clock.
    pub async fn run(mut reading: Reading, now: &(dyn Fn() -> Timestamp + Sync)) -> Self {
        reading.look_around();
        let mut checkup = Self::default();
        checkup.take_configuration(&reading);
        webhooks::look(&mut checkup, reading.config(), now());
        if reading.can_ask_intercom() {
            intercom::look(&mut checkup, reading.config(), now).await;
        }
        checkup
    }

    /// Whether anything does not work.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.lines.iter().any(|line| line.state == State::Fail)
    }

    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for Line { state, about, found, to_do } in &self.lines {
            let state = match state {
                State::Ok => "ok",
                State::Warn => "warn",
                State::Fail => "FAIL",
            };
            let _ = writeln!(text, "{state:<5} {about:<14} {found}");
            if let Some(to_do) = to_do {
                let _ = writeln!(text, "{:21}→ {to_do}", "");
            }
        }
        text
    }

    fn take_configuration(&mut self, reading: &Reading) {
        for finding in &reading.findings {
            let found = format!("{}: {}", finding.place, finding.message);
            let state = match finding.level {
                Level::Error => State::Fail,
                Level::Warning => State::Warn,
                Level::Note => State::Ok,
            };
            let to_do = finding.help.clone();
            self.lines.push(Line { state, about: "configuration", found, to_do });
        }
        if !reading.has_errors() {
            self.ok("configuration", "can be started with".to_owned());
        }
    }

    fn ok(&mut self, about: &'static str, found: String) {
        self.lines.push(Line { state: State::Ok, about, found, to_do: None });
    }

    fn warn(&mut self, about: &'static str, found: String, to_do: impl Into<String>) {
        let (state, to_do) = (State::Warn, Some(to_do.into()));
        self.lines.push(Line { state, about, found, to_do });
    }

    fn fail(&mut self, about: &'static str, found: String, to_do: impl Into<String>) {
        let (state, to_do) = (State::Fail, Some(to_do.into()));
        self.lines.push(Line { state, about, found, to_do });
    }
}
