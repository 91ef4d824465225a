//! The recorded traffic once more, decided by a candidate.
//!
//! The candidate's engine numbers its calls by itself, so the recorded outcomes mean nothing to it.
//! Its calls are answered at once, by what was asked:
//!
//! - a contact: the last profile that the journal has of them, or none;
//! - a conversation: what the next look at it showed, else the last webhook about it;
//! - what has changed: whatever searches found since it last asked and had nobody;
//! - teams and teammates: the last list before, and every new list when it came;
//! - an assignment, tag, attribute, note or message: it succeeds.
//!
//! Webhooks about the router's own assignments are left out: these were not made in this past.

use std::collections::{BTreeMap, BTreeSet};

use engine::{
    Action, Call, Change, Command, ContactId, ConversationId, ConversationPage,
    ConversationSnapshot, Engine, Event, Message, Outcome, Policy, RosterSnapshot, Timestamp,
};

use super::past::Past;
use super::{Decisions, Routed, each};
use crate::journal::{Body, JournalFile};
use crate::recovery::RecoveryError;

/// Decides the recorded traffic by the candidate; gives the decisions, and of how many contacts
/// the journal knows nothing.
pub(super) fn with_candidate(
    journal: &JournalFile,
    past: &Past,
    candidate: &Policy,
) -> Result<(Decisions, u64), RecoveryError> {
    let mut replay = Replay {
        engine: Engine::new(candidate.clone(), past.seed),
        past,
        roster: past.first_roster.clone(),
        seen: BTreeMap::new(),
        found: Vec::new(),
        decisions: Decisions::new(),
        unknown: BTreeSet::new(),
    };
    each(journal, &mut |record| {
        if let Body::Event(event) = record.body {
            replay.take(record.at, event);
        }
        Ok(())
    })?;
    Ok((replay.decisions, replay.unknown.len() as u64))
}

struct Replay<'a> {
    engine: Engine,
    past: &'a Past,
    roster: Option<RosterSnapshot>,
    /// The last webhook about each conversation, with the message that opened it.
    seen: BTreeMap<ConversationId, ConversationSnapshot>,
    /// What searches found since the candidate last asked.
    found: Vec<ConversationSnapshot>,
    decisions: Decisions,
    unknown: BTreeSet<ContactId>,
}

impl Replay<'_> {
    fn take(&mut self, at: Timestamp, event: Event) {
        // What falls due on the way is answered at its own time.
        while let Some(due) = self.engine.poll_timeout().filter(|due| *due < at) {
            self.engine.advance_to(due);
            self.answer(due);
        }
        match event {
            Event::CallFinished { outcome: Outcome::Roster(roster), .. } => {
                // The engine asks again by itself within a minute, and gets this one.
                self.roster = Some(roster);
            }
            Event::CallFinished { outcome: Outcome::Conversations(page), .. } => {
                // Whom somebody had to be found for; who has the others is another past's matter.
                self.found.extend(page.found.into_iter().filter(|it| it.opening.is_some()));
            }
            Event::CallFinished { .. } => {}
            Event::ConversationChanged { ref conversation, ref change } => {
                if !self.is_echo(change) {
                    self.remember(conversation, change);
                    self.engine.handle_event(at, event);
                }
            }
            event => self.engine.handle_event(at, event),
        }
        self.answer(at);
    }

    fn is_echo(&self, change: &Change) -> bool {
        let Change::Assigned { part: Some(part) } = change else { return false };
        self.past.own_parts.contains(part)
    }

    fn remember(&mut self, conversation: &ConversationSnapshot, change: &Change) {
        let before = self.seen.remove(&conversation.id).and_then(|it| it.opening);
        let mut snapshot = conversation.clone();
        snapshot.opening = match change {
            Change::Started(message) => Some(message.clone()),
            _ => snapshot.opening.or(before),
        };
        self.seen.insert(snapshot.id.clone(), snapshot);
    }

    /// Takes the decisions down and answers the calls, until there are no more.
    fn answer(&mut self, at: Timestamp) {
        while let Some(command) = self.engine.poll_command() {
            match command {
                Command::Publish(decision) => {
                    if let Some((conversation, routed)) = Routed::of(*decision) {
                        self.decisions.entry(conversation).or_default().push(routed);
                    }
                }
                Command::Call(Call { id: command, action, .. }) => {
                    let outcome = self.outcome(at, action);
                    let event = Event::CallFinished { command, outcome, rate_limit: None };
                    self.engine.handle_event(at, event);
                }
            }
        }
    }

    fn outcome(&mut self, at: Timestamp, action: Action) -> Outcome {
        match action {
            Action::FetchContact { contact } => match self.past.profiles.get(&contact) {
                Some(profile) => Outcome::Contact(profile.clone()),
                None => {
                    self.unknown.insert(contact);
                    Outcome::NotFound
                }
            },
            Action::FetchConversation { conversation } => {
                let look = self.past.look(&conversation, at);
                let snapshot = look.or_else(|| self.seen.get(&conversation));
                snapshot.map_or(Outcome::NotFound, |it| {
                    let mut snapshot = it.clone();
                    let seen = self.seen.get(&conversation).and_then(|it| it.opening.clone());
                    let empty = || Message::text("");
                    snapshot.opening = snapshot.opening.or(seen).or_else(|| Some(empty()));
                    Outcome::Conversation(snapshot)
                })
            }
            Action::FindConversations { .. } => {
                let found = std::mem::take(&mut self.found);
                Outcome::Conversations(ConversationPage { found, next: None })
            }
            Action::FetchRoster => match &self.roster {
                Some(roster) => Outcome::Roster(roster.clone()),
                None => Outcome::Unclear { status: None },
            },
            Action::AssignTeam { .. } | Action::AssignTeammate { .. } => {
                Outcome::Assigned { part: None, updated_at: None }
            }
            Action::AddTag { .. } | Action::SetAttributes { .. } | Action::WriteNote { .. } => {
                Outcome::Annotated
            }
            Action::Reply { .. } => Outcome::Written { part: None },
        }
    }
}
