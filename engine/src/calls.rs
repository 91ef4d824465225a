//! Calls that wait for their turn, are under way, or are to be tried again.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use serde::{Deserialize, Serialize};

use crate::engine::Seed;
use crate::queue::Place;
use crate::{Action, Call, CommandId, ConversationId, TeamId, TeammateId, Timestamp};

/// First and longest wait before a call is tried again (full jitter between nothing and this;
/// the AWS architecture blog, "Exponential backoff and jitter").
const BACKOFF_FIRST: Duration = Duration::from_secs(1);
const BACKOFF_MAX: Duration = Duration::from_secs(60);

/// What a call is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Purpose {
    /// To put a conversation into its team's inbox, or the one that holds it.
    Place { conversation: ConversationId, team: TeamId },
    /// To give a conversation to a teammate.
    Assign { conversation: ConversationId, teammate: TeammateId },
    /// To know the contact before the rules are tried.
    Contact { conversation: ConversationId },
    /// To see a conversation that showed no signal of the channel, or lacks its message.
    Look { conversation: ConversationId },
    /// To learn whether a conversation or its assignee is what Intercom does not know.
    Diagnose { conversation: ConversationId, tried: Tried, refusal: String },
    /// To know teams and teammates.
    Roster,
    /// To learn what no webhook told.
    Reconcile,
    /// To leave a tag, an attribute or a note on a conversation.
    Remark { conversation: ConversationId },
    /// To tell the contact that the team is not in.
    Acknowledge { conversation: ConversationId },
}

impl Purpose {
    /// The conversation that it is about.
    pub(crate) fn conversation(&self) -> Option<&ConversationId> {
        match self {
            Self::Place { conversation, .. }
            | Self::Assign { conversation, .. }
            | Self::Contact { conversation }
            | Self::Look { conversation }
            | Self::Diagnose { conversation, .. }
            | Self::Remark { conversation }
            | Self::Acknowledge { conversation } => Some(conversation),
            Self::Roster | Self::Reconcile => None,
        }
    }
}

/// An assignment that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Tried {
    Team(TeamId),
    Teammate(TeammateId),
}

/// All calls that have no final outcome yet.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Calls {
    last_id: u64,
    open: BTreeMap<CommandId, OpenCall>,
    /// Whose turn it is, and how many requests each makes: the calls for the first conversation
    /// in line come first.
    ready: BTreeMap<(Place, CommandId), u32>,
    /// Requests of all that are ready.
    ready_requests: u64,
    in_flight: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OpenCall {
    pub(crate) action: Action,
    pub(crate) purpose: Purpose,
    pub(crate) attempt: u32,
    place: Place,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Stage {
    Ready,
    InFlight,
    Resting,
    /// Held back by a router that stops, and known not to have been done.
    Unsent,
}

impl Calls {
    /// Lines up a new call.
    pub(crate) fn add(&mut self, place: Place, action: Action, purpose: Purpose) -> CommandId {
        self.last_id += 1;
        let id = CommandId::new(self.last_id);
        self.line_up(place, id, action.requests());
        self.open.insert(id, OpenCall { action, purpose, attempt: 0, place, stage: Stage::Ready });
        id
    }

    fn line_up(&mut self, place: Place, id: CommandId, requests: u32) {
        self.ready_requests += u64::from(requests);
        self.ready.insert((place, id), requests);
    }

    fn leave_line(&mut self, place: Place, id: CommandId) {
        let requests = self.ready.remove(&(place, id)).unwrap_or(0);
        self.ready_requests -= u64::from(requests);
    }

    /// The next call that is ready, and the conversation that it assigns.
    pub(crate) fn next(&self) -> Option<(CommandId, Option<&ConversationId>)> {
        let ((_, id), _) = self.ready.first_key_value()?;
        let assigned = match &self.open[id].purpose {
            Purpose::Place { conversation, .. } | Purpose::Assign { conversation, .. } => {
                Some(conversation)
            }
            _ => None,
        };
        Some((*id, assigned))
    }

    /// How many requests a call makes.
    pub(crate) fn requests(&self, id: CommandId) -> u32 {
        self.open[&id].action.requests()
    }

    /// How many requests all calls that are ready make together.
    pub(crate) fn ready_requests(&self) -> u64 {
        self.ready_requests
    }

    /// What is known of a conversation is too old: a call that is ready looks before it changes
    /// anything.
    pub(crate) fn look_first(&mut self, id: CommandId) {
        let call = self.open.get_mut(&id).expect("what is ready is open");
        call.look_first();
        let (place, requests) = (call.place, call.action.requests());
        self.leave_line(place, id);
        self.line_up(place, id, requests);
    }

    /// Sends off the next call.
    pub(crate) fn send_next(&mut self) -> Option<Call> {
        let ((place, id), _) = self.ready.first_key_value()?;
        let (place, id) = (*place, *id);
        self.leave_line(place, id);
        let call = self.open.get_mut(&id).expect("what is ready is open");
        call.stage = Stage::InFlight;
        call.attempt += 1;
        self.in_flight += 1;
        Some(Call { id, attempt: call.attempt, action: call.action.clone() })
    }

    /// Takes a call that was answered; `None` if no such call is under way.
    pub(crate) fn answered(&mut self, id: CommandId) -> Option<OpenCall> {
        if self.open.get(&id)?.stage != Stage::InFlight {
            return None;
        }
        self.in_flight -= 1;
        self.open.remove(&id)
    }

    /// Keeps an answered call to be tried again later; see [`Calls::retry`].
    pub(crate) fn rest(&mut self, id: CommandId, call: OpenCall) {
        self.open.insert(id, OpenCall { stage: Stage::Resting, ..call });
    }

    /// Lines up again an answered call that was not sent: at once, or when the router has started
    /// again. Whatever is lined up before that is taken for sent by the process that is gone.
    pub(crate) fn was_not_sent(&mut self, id: CommandId, call: OpenCall, until_started: bool) {
        let (place, requests) = (call.place, call.action.requests());
        let stage = if until_started { Stage::Unsent } else { Stage::Ready };
        self.open.insert(id, OpenCall { stage, attempt: call.attempt - 1, ..call });
        if !until_started {
            self.line_up(place, id, requests);
        }
    }

    /// Lines a resting call up again.
    pub(crate) fn retry(&mut self, id: CommandId) {
        let Some(call) = self.open.get_mut(&id) else {
            return;
        };
        if call.stage == Stage::Resting {
            call.stage = Stage::Ready;
            let (place, requests) = (call.place, call.action.requests());
            self.line_up(place, id, requests);
        }
    }

    /// Drops a call that is no longer wanted, unless it is under way already.
    pub(crate) fn cancel(&mut self, id: CommandId) {
        let Some(call) = self.open.get(&id) else {
            return;
        };
        if call.stage != Stage::InFlight {
            let place = call.place;
            self.leave_line(place, id);
            self.open.remove(&id);
        }
    }

    /// Lines up again what was under way or held back when the router went down.
    pub(crate) fn resume(&mut self) {
        // Nobody can tell whether a note was written, and two are worse than none.
        self.open.retain(|_, call| call.stage != Stage::InFlight || !call.action.is_written_once());
        for (id, call) in &mut self.open {
            if matches!(call.stage, Stage::InFlight | Stage::Unsent) {
                if call.stage == Stage::InFlight {
                    call.look_first();
                }
                call.stage = Stage::Ready;
                let requests = call.action.requests();
                self.ready_requests += u64::from(requests);
                self.ready.insert((call.place, *id), requests);
            }
        }
        self.in_flight = 0;
    }

    /// The call, if it has no outcome yet.
    pub(crate) fn get(&self, id: CommandId) -> Option<&OpenCall> {
        self.open.get(&id)
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight
    }

    pub(crate) fn len(&self) -> usize {
        self.open.len()
    }
}

impl OpenCall {
    /// An earlier try may have been carried out: the next one looks before it repeats.
    pub(crate) fn look_first(&mut self) {
        if let Action::AssignTeam { look_first, .. } | Action::AssignTeammate { look_first, .. } =
            &mut self.action
        {
            *look_first = true;
        }
    }
}

/// How long to wait before try number `attempt + 1`. The same for the same seed, call and try.
pub(crate) fn backoff(seed: Seed, id: CommandId, attempt: u32) -> Duration {
    let doubled = BACKOFF_FIRST.saturating_mul(1 << attempt.saturating_sub(1).min(16));
    jitter(seed, id.get(), attempt, doubled.min(BACKOFF_MAX))
}

/// A wait between nothing and `most`.
pub(crate) fn jitter(seed: Seed, key: u64, attempt: u32, most: Duration) -> Duration {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.0.to_le_bytes());
    bytes[8..16].copy_from_slice(&key.to_le_bytes());
    bytes[16..20].copy_from_slice(&attempt.to_le_bytes());
    let micros = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
    Duration::from_micros(ChaCha8Rng::from_seed(bytes).random_range(0..=micros))
}

/// When a moment comes that everybody waits for, not everybody starts at once.
pub(crate) fn spread(seed: Seed, at: Timestamp, most: Duration) -> Timestamp {
    at + jitter(seed, at.as_micros(), 0, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_to_its_cap_and_is_seeded() {
        let (seed, id) = (Seed(7), CommandId::new(3));
        for (attempt, most) in [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (40, 60)] {
            let wait = backoff(seed, id, attempt);
            assert!(wait <= Duration::from_secs(most), "attempt {attempt}: {wait:?}");
            assert_eq!(wait, backoff(seed, id, attempt));
        }
        assert_ne!(backoff(seed, id, 5), backoff(Seed(8), id, 5));
        assert_ne!(backoff(seed, id, 5), backoff(seed, CommandId::new(4), 5));
    }

    #[test]
    fn the_oldest_conversation_goes_first() {
        let mut calls = Calls::default();
        let place = |number| Place::new(Timestamp::EPOCH, number);
        let young = calls.add(place(2), Action::FetchRoster, Purpose::Roster);
        let old = calls.add(place(1), Action::FetchRoster, Purpose::Roster);
        assert_eq!(calls.send_next().map(|call| call.id), Some(old));
        assert_eq!(calls.send_next().map(|call| call.id), Some(young));
        assert_eq!(calls.in_flight(), 2);
        assert!(calls.answered(old).is_some());
        assert!(calls.answered(old).is_none(), "a second answer is no news");
    }

    #[test]
    fn a_look_first_counts_among_what_waits() {
        let mut calls = Calls::default();
        let (conversation, team) = (ConversationId::new("1"), TeamId::new(5));
        let action =
            Action::AssignTeam { conversation: conversation.clone(), team, look_first: false };
        let place = Place::new(Timestamp::EPOCH, 1);
        let id = calls.add(place, action, Purpose::Place { conversation, team });
        assert_eq!((calls.requests(id), calls.ready_requests()), (1, 1));
        calls.look_first(id);
        assert_eq!((calls.requests(id), calls.ready_requests()), (2, 2));
        assert!(calls.send_next().is_some());
        assert_eq!(calls.ready_requests(), 0);
    }

    #[test]
    fn what_was_under_way_is_resumed_with_a_look_first() {
        let mut calls = Calls::default();
        let conversation = ConversationId::new("1");
        let team = TeamId::new(5);
        let place = Place::new(Timestamp::EPOCH, 1);
        let action =
            Action::AssignTeam { conversation: conversation.clone(), team, look_first: false };
        let id = calls.add(place, action, Purpose::Place { conversation, team });
        assert_eq!(calls.send_next().map(|call| call.attempt), Some(1));
        calls.resume();
        let again = calls.send_next().unwrap();
        assert_eq!((again.id, again.attempt), (id, 2));
        assert!(matches!(again.action, Action::AssignTeam { look_first: true, .. }));
    }
}
