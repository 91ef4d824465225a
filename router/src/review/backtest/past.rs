//! What a journal knows: the decisions that were made, and the answers that Intercom gave.

use std::collections::{BTreeMap, BTreeSet};

use engine::{
    Change, Command, ContactId, ContactProfile, ConversationId, ConversationSnapshot, Engine,
    Event, Outcome, PartId, Policy, RosterSnapshot, Seed, Timestamp,
};

use super::{Decisions, Routed, corrupt, each};
use crate::journal::{Body, JournalFile, Record, is_gone};
use crate::recovery::{RecoveryError, policy};

/// What a journal knows.
#[derive(Debug)]
pub(super) struct Past {
    pub(super) decisions: Decisions,
    pub(super) seed: Seed,
    pub(super) last_rules: Policy,
    /// The last that was told of each contact.
    pub(super) profiles: BTreeMap<ContactId, ContactProfile>,
    /// What looks at a conversation showed, in order.
    pub(super) looks: BTreeMap<ConversationId, Vec<(Timestamp, ConversationSnapshot)>>,
    /// The first list of teams and teammates.
    pub(super) first_roster: Option<RosterSnapshot>,
    /// The parts that record the router's own assignments.
    pub(super) own_parts: BTreeSet<PartId>,
    /// First messages of which there is nothing left.
    pub(super) without_text: u64,
}

/// Gathers it, record by record.
#[derive(Default)]
struct Gathering {
    seed: Option<Seed>,
    engine: Option<Engine>,
    rules: Option<Policy>,
    decisions: Decisions,
    contacts: BTreeMap<engine::CommandId, ContactId>,
    profiles: BTreeMap<ContactId, ContactProfile>,
    looks: BTreeMap<ConversationId, Vec<(Timestamp, ConversationSnapshot)>>,
    first_roster: Option<RosterSnapshot>,
    own_parts: BTreeSet<PartId>,
    without_text: u64,
}

impl Past {
    /// Replays the journal as it was.
    pub(super) fn of(journal: &JournalFile) -> Result<Self, RecoveryError> {
        let mut it = Gathering::default();
        each(journal, &mut |record| it.take(record))?;
        let (Some(seed), Some(last_rules)) = (it.seed, it.rules) else {
            return Err(corrupt(1, "the journal has no seed or no rules yet"));
        };
        Ok(Self {
            decisions: it.decisions,
            seed,
            last_rules,
            profiles: it.profiles,
            looks: it.looks,
            first_roster: it.first_roster,
            own_parts: it.own_parts,
            without_text: it.without_text,
        })
    }

    /// What a look at a conversation shows at a time: the next that was taken, else the last.
    pub(super) fn look(&self, id: &ConversationId, at: Timestamp) -> Option<&ConversationSnapshot> {
        let looks = self.looks.get(id)?;
        let next = looks.iter().find(|(taken_at, _)| *taken_at >= at);
        next.or(looks.last()).map(|(_, snapshot)| snapshot)
    }
}

impl Gathering {
    fn take(&mut self, record: Record) -> Result<(), RecoveryError> {
        let Record { sequence, at, body } = record;
        match body {
            Body::Seed(seed) => self.seed = Some(Seed(seed)),
            Body::Rules(text) => {
                let policy = policy(sequence, &text)?;
                self.rules = Some(policy.clone());
                match &mut self.engine {
                    Some(engine) => engine.replace_policy(at, policy),
                    None => {
                        let seed = self.seed.ok_or_else(|| {
                            corrupt(sequence, "no seed stands before it: a backtest needs a journal from its beginning")
                        })?;
                        self.engine = Some(Engine::new(policy, seed));
                    }
                }
            }
            Body::Event(event) => {
                self.learn(at, &event);
                let engine = self.engine.as_mut();
                let engine = engine.ok_or_else(|| corrupt(sequence, "no rules stand before it"))?;
                engine.handle_event(at, event);
            }
        }
        self.drain();
        Ok(())
    }

    fn learn(&mut self, at: Timestamp, event: &Event) {
        if let Event::ConversationChanged { change: Change::Started(message), .. } = event {
            self.without_text += u64::from(is_gone(message));
        }
        let Event::CallFinished { command, outcome, .. } = event else { return };
        let contact = self.contacts.remove(command);
        match outcome {
            Outcome::Contact(profile) => {
                self.profiles.extend(contact.map(|contact| (contact, profile.clone())));
            }
            Outcome::Conversation(snapshot) => {
                let looks = self.looks.entry(snapshot.id.clone()).or_default();
                looks.push((at, snapshot.clone()));
            }
            Outcome::Roster(roster) => {
                self.first_roster.get_or_insert_with(|| roster.clone());
            }
            Outcome::Assigned { part, .. } => self.own_parts.extend(*part),
            _ => {}
        }
    }

    fn drain(&mut self) {
        let Some(engine) = &mut self.engine else { return };
        while let Some(command) = engine.poll_command() {
            match command {
                Command::Call(call) => {
                    if let engine::Action::FetchContact { contact } = call.action {
                        self.contacts.insert(call.id, contact);
                    }
                }
                Command::Publish(decision) => {
                    if let Some((conversation, routed)) = Routed::of(*decision) {
                        self.decisions.entry(conversation).or_default().push(routed);
                    }
                }
            }
        }
    }
}
