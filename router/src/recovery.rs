//! From the journal to an engine: the fold that makes the engine's state out of the records.

mod kept;
mod poison;

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
    /// The engine panics on a record, and nobody has noted that yet: the router does when it starts.
    #[error("record {sequence} of the journal: {reason}; the router leaves it out when it starts")]
    Poison {
        /// Which record.
        sequence: u64,
        /// What the engine said. Holds nothing of the record.
        reason: String,
        /// How many records were left out since the replay began.
        left_out: usize,
    },
    /// The engine panics on more records than are left out.
    #[error(
        "the engine panics on record {sequence} of the journal, and {POISON_MAX} before it are left \
         out already: use the version of the router before, or another journal, and report this"
    )]
    TooMuchPoison {
        /// Which record.
        sequence: u64,
    },
    /// The engine panics on something that cannot be left out.
    #[error(
        "the engine panics on {what} record {sequence} of the journal ({reason}), which cannot be left \
         out: use the version of the router before, or another journal, and report this"
    )]
    Panic {
        /// Which record.
        sequence: u64,
        /// What it panics on, to be read before the record.
        what: &'static str,
        /// What the engine said. Holds nothing of the record.
        reason: String,
    },
}

pub use kept::keep;
pub use poison::{POISON_MAX, TakeIn};
pub(crate) use poison::{attempt, replay_and_note};

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

/// Replays the journal from `begin` on, but for the records that are to be left out. Every command goes
/// to `sink` with the time of its record: they were carried out before, or the engine will ask for
/// them again.
///
/// Returns `None` if the journal has no records yet.
///
/// # Errors
///
/// If the journal cannot be read, or the engine panics.
pub fn replay(
    journal: &mut dyn Journal,
    begin: Begin,
    sink: &mut dyn FnMut(Timestamp, Command),
) -> Result<Option<(Recovered, String)>, RecoveryError> {
    replay_with(journal, begin, Engine::handle_event, sink)
}

fn replay_with(
    journal: &mut dyn Journal,
    begin: Begin,
    take_in: TakeIn,
    sink: &mut dyn FnMut(Timestamp, Command),
) -> Result<Option<(Recovered, String)>, RecoveryError> {
    let checkpoint = match begin {
        Begin::AtCheckpoint => journal.checkpoint()?,
        Begin::AtFirstRecord => None,
    };
    let mut fold = checkpoint.map_or_else(|| Ok(Fold::default()), Fold::at)?;
    let from = fold.sequence;
    let left_out = journal.left_out(from)?;
    loop {
        let page = journal.read(fold.sequence, PAGE)?;
        let Some(last) = page.last() else { break };
        let end = last.sequence;
        for record in page {
            fold.last = record.at;
            if left_out.contains(&record.sequence) {
                continue;
            }
            fold.take(record, take_in, sink).map_err(|error| match error {
                RecoveryError::Poison { sequence, reason, .. } => {
                    RecoveryError::Poison { sequence, reason, left_out: left_out.len() }
                }
                error => error,
            })?;
        }
        fold.sequence = end;
    }
    let Fold { engine, last, sequence, rules, .. } = fold;
    let recovered = |engine| Recovered { engine, last, sequence, replayed: sequence - from };
    Ok(engine.map(|engine| (recovered(engine), rules)))
}

/// Brings an engine up to date with the journal and with the rules file, and sees to it that the
/// clock goes on after the last record. A new journal begins with `seed`, or one of its own. Records
/// on which the engine panics become dead letters, and are left out from now on.
///
/// # Errors
///
/// If the journal cannot be read or written, or the engine panics on something that cannot be left out.
pub fn recover(
    journal: &mut dyn Journal,
    rules: &LoadedRules,
    seed: Option<Seed>,
    clock: &Clock,
) -> Result<Recovered, RecoveryError> {
    recover_with(journal, rules, seed, clock, Engine::handle_event)
}

/// Like [`recover`], with another way to take in an event.
///
/// # Errors
///
/// As [`recover`].
pub fn recover_with(
    journal: &mut dyn Journal,
    rules: &LoadedRules,
    seed: Option<Seed>,
    clock: &Clock,
    take_in: TakeIn,
) -> Result<Recovered, RecoveryError> {
    let replayed = replay_and_note(journal, Begin::AtCheckpoint, take_in)?;
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
        take_in: TakeIn,
        sink: &mut dyn FnMut(Timestamp, Command),
    ) -> Result<(), RecoveryError> {
        let Record { sequence, at, body } = record;
        let corrupt = |reason: &str| JournalError::Corrupt { sequence, reason: reason.to_owned() };
        let panic = |what| move |reason| RecoveryError::Panic { sequence, what, reason };
        match body {
            Body::Seed(seed) => self.seed = Some(Seed(seed)),
            Body::Rules(source) => {
                let policy = policy(sequence, &source)?;
                match &mut self.engine {
                    Some(engine) => attempt(|| engine.replace_policy(at, policy))
                        .map_err(panic("the rules in"))?,
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
                // Whatever fell due before is not the event's fault.
                attempt(|| engine.advance_to(at)).map_err(panic("what fell due before"))?;
                attempt(|| take_in(engine, at, event)).map_err(|reason| RecoveryError::Poison {
                    sequence,
                    reason,
                    left_out: 0,
                })?;
            }
        }
        if let Some(engine) = &mut self.engine {
            drain(engine, at, sink);
        }
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
