//! A scenario file: a story as data, and what must come true in it.
//!
//! It is strict TOML: an unknown key, a team that is not there, a share of 30 are errors that
//! point at their line. A file goes through two steps: `scenario/spec.rs` is what it says word
//! for word, [`Scenario`] is what it means.
//!
//! Everything that can be said:
//!
//! ```toml
#![doc = include_str!("scenario/example.toml")]
//! ```

mod check;
mod expectation;
mod problem;
mod spec;

use std::path::{Path, PathBuf};
use std::time::Duration;

use engine::Problem;
use rand::{Rng, RngExt};
use toml::Spanned;

pub use expectation::{Bound, Expectation, Measure, Quantity, Value, Verdict};
pub use problem::{Invalid, LoadError};

use crate::messages::{Intent, Language, Mix};
use crate::randomness::{Streams, lognormal};
use crate::traffic::Arrivals;

/// A commented scenario file in which everything is said that can be said.
pub const EXAMPLE: &str = include_str!("scenario/example.toml");

/// A checked scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What it is called.
    pub name: String,
    /// What happens in it, for people.
    pub story: String,
    /// When its clock starts.
    pub start: jiff::Timestamp,
    /// Where its randomness comes from, unless the command line says otherwise.
    pub seed: u64,
    /// How long after the start nothing is awaited any longer.
    pub horizon: Duration,
    /// The rules file, relative to this one.
    pub rules: Spanned<PathBuf>,
    /// Who writes what, when.
    pub traffic: Traffic,
    /// Who answers. The names must be those of the rules file, which this crate's reader of
    /// scenarios does not know: hence the place where each name stands.
    pub teams: Vec<Team>,
    /// How they work.
    pub work: Work,
    /// Which team should get what; the first that matches says so.
    pub truth: Vec<Truth>,
    /// How long messages between Intercom and the router take, in a virtual run.
    pub network: Network,
    /// What must come true, in the order of the file.
    pub expectations: Vec<Expectation>,
}

/// Who writes what, when.
#[derive(Clone, Debug, PartialEq)]
pub struct Traffic {
    /// When people write for the first time.
    pub arrivals: Arrivals,
    /// What they write.
    pub mix: Mix,
    /// The share of them who write again.
    pub follow_ups: f64,
    /// How much later.
    pub follow_up_after: Spread,
}

/// A team and how many work in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Team {
    /// Its name in the rules file.
    pub name: Spanned<String>,
    /// How many people.
    pub teammates: u32,
}

/// How teammates work.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// How long one conversation takes.
    pub handle_time: Spread,
    /// After which share of it the first reply is sent.
    pub reply_after: f64,
    /// By what it is divided, for each teammate.
    pub speed: Speed,
    /// Who is away when.
    pub absences: Vec<Absence>,
}

/// How fast teammates work, from the slowest to the fastest: each has a speed between, and all are
/// as likely. 1 needs the handle time as it is, 2 half of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed {
    /// The slowest.
    pub from: f64,
    /// The fastest.
    pub to: f64,
}

impl Default for Speed {
    fn default() -> Self {
        Self { from: 1.0, to: 1.0 }
    }
}

impl Speed {
    /// A teammate's own: the same in every run of a seed, whatever else is drawn.
    #[must_use]
    pub fn of(self, teammate: u64, streams: &Streams) -> f64 {
        let share: f64 = streams.keyed("speed", teammate).random();
        self.from + share * (self.to - self.from)
    }
}

/// Some of a team go away, and come back.
#[derive(Clone, Debug, PartialEq)]
pub struct Absence {
    /// Of which team.
    pub team: String,
    /// How many.
    pub count: u32,
    /// From when, in microseconds since the start.
    pub from_us: u64,
    /// Until when.
    pub to_us: u64,
}

/// Which team should get what.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    /// Only these, or any if none is named.
    pub intents: Vec<Intent>,
    /// Only these, or any if none is named.
    pub languages: Vec<Language>,
    /// Who should get it.
    pub team: Spanned<String>,
}

/// How long messages between Intercom and the router take, in a virtual run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Network {
    /// From something happening in Intercom to the router hearing of it.
    pub webhook_latency: Spread,
    /// From a call to its answer.
    pub api_latency: Spread,
}

/// A length of time that varies: lognormal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Half are shorter.
    pub median: Duration,
    /// The standard deviation of the logarithm. 0: always the median.
    pub sigma: f64,
}

impl Spread {
    /// Draws a length, in microseconds.
    #[must_use]
    pub fn draw(&self, rng: &mut impl Rng) -> u64 {
        lognormal(rng, self.median.as_micros() as f64, self.sigma) as u64
    }
}

impl Scenario {
    /// Reads and checks a scenario file.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or has problems.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let source_text = std::fs::read_to_string(path)
            .map_err(|source| LoadError::Unreadable { path: path.to_owned(), source })?;
        Self::from_toml(&source_text)
            .map_err(|problems| Invalid { path: path.to_owned(), source_text, problems }.into())
    }

    /// Reads and checks a scenario.
    ///
    /// # Errors
    ///
    /// All problems found, in the order of the file. What TOML's reader stumbles over hides what
    /// comes after it.
    pub fn from_toml(source: &str) -> Result<Self, Vec<Problem>> {
        let spec = toml::from_str(source).map_err(|error| vec![Problem::from_toml(&error)])?;
        check::check(spec)
    }

    /// Where the rules file is, if the scenario is at `path`.
    #[must_use]
    pub fn rules_path(&self, path: &Path) -> PathBuf {
        path.parent().unwrap_or(Path::new("")).join(self.rules.get_ref())
    }

    /// Which team should get a message, if the file says so.
    #[must_use]
    pub fn truth_of(&self, intent: Intent, language: Language) -> Option<&str> {
        let found = self.truth.iter().find(|truth| truth.covers(intent, language));
        found.map(|truth| truth.team.get_ref().as_str())
    }
}

impl Truth {
    fn covers(&self, intent: Intent, language: Language) -> bool {
        (self.intents.is_empty() || self.intents.contains(&intent))
            && (self.languages.is_empty() || self.languages.contains(&language))
    }
}
