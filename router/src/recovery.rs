//! From the journal to an engine: the fold that makes the engine's state out of the records.

mod kept;

use std::hash::{BuildHasher, Hasher};
use std::path::Path;

use engine::{Command, Engine, RulesSource, Seed, Timestamp};

use crate::clock::Clock;
use crate::journal::{Body, Checkpoint, Entry, Journal, JournalError, Record};
use crate::rules_file::{self, LoadedRules, RulesError};

/// Records read at a time.
const PAGE: usize = 4_096;

/// Why the journal cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// The journal cannot be read or written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The rules of a record can no longer be used.
    #[error("the rules in record {sequence} of the journal cannot be used by this version")]
    Rules {
        /// Which record.
        sequence: u64,
        /// What is wrong with them.
        #[source]
        source: RulesError,
    },
    /// The newest checkpoint cannot be read.
    #[error(
        "the checkpoint behind record {sequence} of the journal cannot be used by this version: {reason}"
    )]
    Checkpoint {
        /// Behind which record it was taken.
        sequence: u64,
        /// What is wrong with it.
        reason: String,
    },
}

pub use kept::keep;

/// Where a replay begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// With the newest checkpoint, if there is one: what the router does.
    AtCheckpoint,
    /// With the first record that is left.
    AtFirstRecord,
}

/// An engine that has seen all that the journal tells.
#[derive(Debug)]
pub struct Recovered {
    /// The engine. Its commands up to the last record have been taken out.
    pub engine: Engine,
    /// The time of the last record; [`Timestamp::EPOCH`] if there is none.
    pub last: Timestamp,
    /// The number of the last record, 0 if there is none.
    pub sequence: u64,
    /// How many numbers after that of the checkpoint it began with.
    pub replayed: u64,
}

/// Replays the journal from `begin` on. Every command goes to `sink` with the time of its record: they
/// were carried out before, or the engine will ask for them again.
///
/// Returns `None` if the journal has no records yet.
///
/// # Errors
///
/// If the journal cannot be read.
pub fn replay(
    journal: &mut dyn Journal,
    begin: Begin,
    sink: &mut dyn FnMut(Timestamp, Command),
) -> Result<Option<(Recovered, String)>, RecoveryError> {
    let checkpoint = match begin {
        Begin::AtCheckpoint => journal.checkpoint()?,
        Begin::AtFirstRecord => None,
    };
    let mut fold = checkpoint.map_or_else(|| Ok(Fold::default()), Fold::at)?;
    let from = fold.sequence;
    loop {
        let page = journal.read(fold.sequence, PAGE)?;
        let Some(last) = page.last() else { break };
        let end = last.sequence;
        for record in page {
            fold.take(record, sink)?;
        }
        fold.sequence = end;
    }
    let Fold { engine, last, sequence, rules, .. } = fold;
    let recovered = |engine| Recovered { engine, last, sequence, replayed: sequence - from };
    Ok(engine.map(|engine| (recovered(engine), rules)))
}

/// Brings an engine up to date with the journal and with the rules file, and sees to it that the
/// clock goes on after the last record. A new journal begins with `seed`, or one of its own.
///
/// # Errors
///
/// If the journal cannot be read, or the new rules cannot be appended.
pub fn recover(
    journal: &mut dyn Journal,
    rules: &LoadedRules,
    seed: Option<Seed>,
    clock: &Clock,
) -> Result<Recovered, RecoveryError> {
    let replayed = replay(journal, Begin::AtCheckpoint, &mut |_, _| {})?;
    let Some((mut recovered, source)) = replayed else {
        return begin(journal, rules, seed, clock);
    };
    clock.not_before(recovered.last);
    if source != rules.source.to_text() {
        let at = clock.now();
        journal.append(&[Entry {
            at,
            notification_id: None,
            body: Body::Rules(rules.source.to_text()),
        }])?;
        recovered.engine.replace_policy(at, rules.policy.clone());
        recovered.last = at;
        drain(&mut recovered.engine, at, &mut |_, _| {});
    }
    Ok(recovered)
}

fn begin(
    journal: &mut dyn Journal,
    rules: &LoadedRules,
    seed: Option<Seed>,
    clock: &Clock,
) -> Result<Recovered, RecoveryError> {
    let seed = seed.unwrap_or_else(random_seed);
    let at = clock.now();
    let entry = |body| Entry { at, notification_id: None, body };
    journal.append(&[entry(Body::Seed(seed.0)), entry(Body::Rules(rules.source.to_text()))])?;
    let engine = Engine::new(rules.policy.clone(), seed);
    Ok(Recovered { engine, last: at, sequence: journal.last_sequence()?, replayed: 0 })
}

/// The one random number that the router needs: the standard library seeds its hashers from the
/// system's source.
fn random_seed() -> Seed {
    Seed(std::hash::RandomState::new().build_hasher().finish())
}

#[derive(Default)]
struct Fold {
    seed: Option<Seed>,
    engine: Option<Engine>,
    rules: String,
    last: Timestamp,
    sequence: u64,
}

impl Fold {
    /// Takes up what the engine knew at a checkpoint.
    fn at(checkpoint: Checkpoint) -> Result<Self, RecoveryError> {
        let sequence = checkpoint.sequence;
        let kept = kept::read(&checkpoint)?;
        let policy = policy(sequence, &kept.rules)?;
        let engine = Engine::restore(policy, kept.engine);
        let engine = engine
            .map_err(|error| RecoveryError::Checkpoint { sequence, reason: error.to_string() })?;
        Ok(Self { seed: None, engine: Some(engine), rules: kept.rules, last: kept.at, sequence })
    }

    fn take(
        &mut self,
        record: Record,
        sink: &mut dyn FnMut(Timestamp, Command),
    ) -> Result<(), RecoveryError> {
        let Record { sequence, at, body } = record;
        let corrupt = |reason: &str| JournalError::Corrupt { sequence, reason: reason.to_owned() };
        match body {
            Body::Seed(seed) => self.seed = Some(Seed(seed)),
            Body::Rules(source) => {
                let policy = policy(sequence, &source)?;
                match &mut self.engine {
                    Some(engine) => engine.replace_policy(at, policy),
                    None => {
                        let seed = self.seed.ok_or_else(|| corrupt("no seed stands before it"))?;
                        self.engine = Some(Engine::new(policy, seed));
                    }
                }
                self.rules = source;
            }
            Body::Event(event) => {
                let engine = self.engine.as_mut();
                let engine = engine.ok_or_else(|| corrupt("no rules stand before it"))?;
                engine.handle_event(at, event);
            }
        }
        if let Some(engine) = &mut self.engine {
            drain(engine, at, sink);
        }
        self.last = at;
        Ok(())
    }
}

/// The rules of a record.
pub(crate) fn policy(sequence: u64, source: &str) -> Result<engine::Policy, RecoveryError> {
    let name = format!("rules in record {sequence} of the journal");
    rules_file::parse(Path::new(&name), &RulesSource::from_text(source))
        .map(|rules| rules.policy)
        .map_err(|source| RecoveryError::Rules { sequence, source })
}

fn drain(engine: &mut Engine, at: Timestamp, sink: &mut dyn FnMut(Timestamp, Command)) {
    while let Some(command) = engine.poll_command() {
        sink(at, command);
    }
}
