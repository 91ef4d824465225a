//! What a journal holds, counted, and whether it is sound.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use engine::{Event, RulesSource, Timestamp};
use serde::Serialize;

use super::{Body, DeadCounts, JournalError, JournalFile, is_in_use};
use crate::review::grid::grouped;
use crate::review::moment;
use crate::rules_file;

/// Records read at a time.
const PAGE: usize = 4_096;

/// What a journal holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stat {
    /// The file, as an absolute path.
    pub path: PathBuf,
    /// The version of its format.
    pub format: u32,
    /// Which router made it.
    pub written_by: Option<String>,
    /// Whether a router has it open now.
    pub in_use: bool,
    /// Bytes of the file.
    pub bytes: u64,
    /// Bytes of the write-ahead log beside it, which are not in the file yet.
    pub log_bytes: u64,
    /// How many records.
    pub records: u64,
    /// How many of each kind: `seed`, `rules`, and the events by name.
    pub kinds: BTreeMap<&'static str, u64>,
    /// Time of the first record.
    #[serde(serialize_with = "moment::some_as_text")]
    pub first_at: Option<Timestamp>,
    /// Time of the last record.
    #[serde(serialize_with = "moment::some_as_text")]
    pub last_at: Option<Timestamp>,
    /// The seed.
    pub seed: Option<u64>,
    /// What could not be taken in.
    pub dead_letters: DeadCounts,
    /// Every set of rules, in order.
    pub rules: Vec<RulesInForce>,
    /// What is wrong with it; empty if it is sound.
    pub faults: Vec<String>,
}

/// Rules of a journal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RulesInForce {
    /// The number of the record.
    pub sequence: u64,
    /// Since when they are in force.
    #[serde(serialize_with = "moment::as_text")]
    pub at: Timestamp,
    /// Their version; `None` if this router cannot use them.
    pub version: Option<String>,
}

impl Stat {
    /// Counts the journal in this file; a router may be writing to it.
    ///
    /// # Errors
    ///
    /// If there is no journal, or the store fails. A record that cannot be read is a fault.
    pub fn of(path: &Path) -> Result<Self, JournalError> {
        let journal = JournalFile::open(path)?;
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |meta| meta.len());
        let mut stat = Self {
            path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
            format: journal.format()?,
            written_by: journal.written_by()?,
            in_use: is_in_use(path),
            bytes: bytes(path),
            log_bytes: bytes(Path::new(&log)),
            records: 0,
            kinds: BTreeMap::new(),
            first_at: None,
            last_at: None,
            seed: None,
            dead_letters: journal.dead_counts()?,
            rules: Vec::new(),
            faults: journal.faults()?,
        };
        stat.count(&journal)?;
        Ok(stat)
    }

    fn count(&mut self, journal: &JournalFile) -> Result<(), JournalError> {
        let mut after = 0;
        loop {
            let page = match journal.read(after, PAGE) {
                Ok(page) => page,
                Err(error @ JournalError::Corrupt { .. }) => {
                    self.faults.push(format!("{error}; what comes after it is not counted"));
                    return Ok(());
                }
                Err(error) => return Err(error),
            };
            let Some(last) = page.last() else { return Ok(()) };
            after = last.record.sequence;
            for stored in page {
                let (sequence, at) = (stored.record.sequence, stored.record.at);
                self.add(sequence, at, &stored.record.body);
            }
        }
    }

    fn add(&mut self, sequence: u64, at: Timestamp, body: &Body) {
        if self.last_at.is_some_and(|last| at < last) {
            self.faults.push(format!("record {sequence} is earlier than the one before it"));
        }
        self.records += 1;
        self.first_at.get_or_insert(at);
        self.last_at = Some(at);
        *self.kinds.entry(kind(body)).or_default() += 1;
        match body {
            Body::Seed(seed) => self.seed = Some(*seed),
            Body::Rules(text) => {
                let source = RulesSource::from_text(text);
                let loaded = rules_file::parse(Path::new("rules"), &source);
                let version = loaded.ok().map(|rules| rules.policy.version().to_string());
                self.rules.push(RulesInForce { sequence, at, version });
            }
            Body::Event(_) => {}
        }
    }

    /// What there is to say of dead letters, if there ever were any.
    fn dead_line(&self) -> Option<String> {
        let DeadCounts { unreadable, poison, bytes, dropped } = self.dead_letters;
        (self.dead_letters != DeadCounts::default()).then(|| {
            format!(
                "dead letters: {} unreadable, {} poison, {} bytes; {} dropped",
                grouped(unreadable),
                grouped(poison),
                grouped(bytes),
                grouped(dropped)
            )
        })
    }

    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        let time = |at: Option<Timestamp>| at.map_or("none".to_owned(), |at| at.to_string());
        let written_by = self.written_by.as_deref().unwrap_or("an unknown router");
        let open = if self.in_use { ", open in a router now" } else { "" };
        let mut lines = vec![
            format!("{}: format {}, made by {written_by}{open}", self.path.display(), self.format),
            format!(
                "{} bytes, and {} in the log beside it",
                grouped(self.bytes),
                grouped(self.log_bytes)
            ),
            format!(
                "{} records, first {}, last {}",
                grouped(self.records),
                time(self.first_at),
                time(self.last_at)
            ),
        ];
        let kinds = self.kinds.iter().map(|(kind, count)| format!("  {kind}: {}", grouped(*count)));
        lines.extend(kinds);
        lines.extend(self.dead_line());
        lines.push(self.seed.map_or("no seed".to_owned(), |seed| format!("seed {seed}")));
        for rules in &self.rules {
            let version = rules.version.as_deref().unwrap_or("unreadable to this router");
            lines.push(format!("rules {version}, record {}, since {}", rules.sequence, rules.at));
        }
        match self.faults.as_slice() {
            [] => lines.push("sound".to_owned()),
            faults => lines.extend(faults.iter().map(|fault| format!("fault: {fault}"))),
        }
        lines.join("\n") + "\n"
    }
}

/// What kind a record is of.
#[must_use]
pub fn kind(body: &Body) -> &'static str {
    match body {
        Body::Seed(_) => "seed",
        Body::Rules(_) => "rules",
        Body::Event(Event::RouterStarted) => "router_started",
        Body::Event(Event::ConversationChanged { .. }) => "conversation_changed",
        Body::Event(Event::ConversationDeleted { .. }) => "conversation_deleted",
        Body::Event(Event::PresenceChanged { .. }) => "presence_changed",
        Body::Event(Event::AssignmentPaused { .. }) => "assignment_paused",
        Body::Event(Event::RosterChanged) => "roster_changed",
        Body::Event(Event::ContactForgotten { .. }) => "contact_forgotten",
        Body::Event(Event::CallFinished { .. }) => "call_finished",
    }
}
