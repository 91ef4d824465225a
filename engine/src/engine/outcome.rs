//! What came of calls.

use std::time::Duration;

use super::Engine;
use crate::budget::end_of_window;
use crate::calls::{self, OpenCall, Purpose, Tried};
use crate::conversation::Stage;
use crate::deadline::Deadline;
use crate::{
    Action, Change, CommandId, ConversationId, ConversationSnapshot, ConversationState, LeftAlone,
    Message, NotOurs, Outcome, RateLimit, RequeueReason, TeamId, TeammateId, Verdict,
};

/// How often something is read that the engine can decide without. Everything else is tried
/// until it is done or refused: nothing is dropped because Intercom is down.
const READS_MAX: u32 = 5;
/// How long to wait when the token is refused: an operator has to act first.
const UNAUTHORIZED_PAUSE: Duration = Duration::from_secs(60);
/// How long until a conversation that every assignee was refused for is tried again.
const UNSTICK_AFTER: Duration = Duration::from_secs(600);
/// After a 429 from others' calls everybody waits for the same moment: spread the start.
const SPREAD: Duration = Duration::from_secs(1);

impl Engine {
    pub(super) fn call_finished(
        &mut self,
        id: CommandId,
        outcome: Outcome,
        rate_limit: Option<RateLimit>,
    ) {
        let Some(call) = self.calls.answered(id) else {
            self.ignored_events += 1;
            return;
        };
        let is_answer = !matches!(
            outcome,
            Outcome::Unclear { .. } | Outcome::RateLimited | Outcome::NotSent { .. }
        );
        self.note_answer(id, &outcome);
        let told_of = call.purpose.conversation().filter(|_| is_answer);
        if let Some(conversation) = told_of.and_then(|id| self.conversations.get_mut(id)) {
            conversation.heard_at = self.now;
        }
        self.budget.finished(call.action.requests());
        if let Some(told) = rate_limit {
            self.budget.observe(told);
        }
        if outcome == Outcome::RateLimited {
            let reset_at = rate_limit.map(|told| told.reset_at).filter(|at| *at > self.now);
            let until = reset_at.unwrap_or_else(|| end_of_window(self.now));
            self.budget.pause(calls::spread(self.seed, until, SPREAD));
        }
        if self.is_wanted(id, &call) && may_be_repeated(&call, &outcome) {
            self.repeat(id, call, &outcome);
        } else {
            self.conclude(id, call, outcome);
        }
    }

    /// What an outcome says about whether Intercom is there at all, and lets us in.
    fn note_answer(&mut self, id: CommandId, outcome: &Outcome) {
        match outcome {
            Outcome::Unclear { .. } | Outcome::Unauthorized => {
                if let Some(until) = self.breaker.failed(id, self.now) {
                    self.deadlines.set(until, Deadline::Breaker);
                }
            }
            // It says nothing about Intercom.
            Outcome::NotSent { .. } => self.breaker.unsent(id, self.now),
            _ => self.breaker.answered(),
        }
    }

    /// Whether somebody still waits for the call.
    fn is_wanted(&self, id: CommandId, call: &OpenCall) -> bool {
        match &call.purpose {
            Purpose::Roster | Purpose::Reconcile => true,
            Purpose::Remark { conversation } | Purpose::Acknowledge { conversation } => {
                self.conversations.contains_key(conversation)
            }
            Purpose::Place { conversation, .. }
            | Purpose::Assign { conversation, .. }
            | Purpose::Contact { conversation }
            | Purpose::Look { conversation }
            | Purpose::Diagnose { conversation, .. } => {
                self.conversations.get(conversation).is_some_and(|it| it.call() == Some(id))
            }
        }
    }

    fn repeat(&mut self, id: CommandId, mut call: OpenCall, outcome: &Outcome) {
        let wait = match outcome {
            Outcome::RateLimited => Duration::ZERO, // the budget's pause is wait enough
            Outcome::NotSent { until_started } => {
                let conversation = call.purpose.conversation().cloned();
                self.calls.was_not_sent(id, call, *until_started);
                return self.not_told(conversation);
            }
            Outcome::Unauthorized => {
                UNAUTHORIZED_PAUSE + calls::backoff(self.seed, id, call.attempt)
            }
            _ => {
                call.look_first();
                calls::backoff(self.seed, id, call.attempt)
            }
        };
        self.calls.rest(id, call);
        self.deadlines.set(self.now + wait, Deadline::Retry(id));
    }

    fn conclude(&mut self, id: CommandId, call: OpenCall, outcome: Outcome) {
        let wanted = self.is_wanted(id, &call);
        match call.purpose {
            Purpose::Roster => self.roster_fetched(outcome),
            Purpose::Reconcile => self.changes_found(outcome),
            Purpose::Remark { conversation } if wanted => {
                self.remark_answered(&conversation, &outcome);
            }
            Purpose::Acknowledge { conversation } if wanted => {
                self.acknowledged(&conversation, &outcome);
            }
            Purpose::Contact { conversation } if wanted => {
                self.contact_fetched(&conversation, outcome);
            }
            Purpose::Look { conversation } if wanted => self.looked(&conversation, outcome),
            Purpose::Diagnose { conversation, tried, refusal } if wanted => {
                self.diagnosed(&conversation, tried, refusal, &outcome);
            }
            Purpose::Place { conversation, team } if wanted => {
                self.place_answered(&conversation, team, outcome);
            }
            Purpose::Assign { conversation, teammate } if wanted => {
                self.assign_answered(&conversation, teammate, outcome);
            }
            Purpose::Place { conversation, team } => {
                self.overtaken(&conversation, Tried::Team(team), &outcome);
            }
            Purpose::Assign { conversation, teammate } => {
                self.overtaken(&conversation, Tried::Teammate(teammate), &outcome);
            }
            Purpose::Contact { .. }
            | Purpose::Look { .. }
            | Purpose::Diagnose { .. }
            | Purpose::Acknowledge { .. }
            | Purpose::Remark { .. } => {
                self.ignored_events += 1;
            }
        }
    }

    fn roster_fetched(&mut self, outcome: Outcome) {
        self.roster_call = None;
        if let Outcome::Roster(snapshot) = outcome {
            let left = self.roster.load(snapshot, &self.policy, self.now);
            for teammate in left {
                self.begin_grace(teammate);
            }
            self.holder_refused = false;
            self.match_all_teams();
        }
    }

    fn contact_fetched(&mut self, id: &ConversationId, outcome: Outcome) {
        let profile = match outcome {
            Outcome::Contact(profile) => Some(profile),
            _ => None, // the rules do without
        };
        self.with_dossier(id, |dossier| {
            dossier.asked_contact = true;
            dossier.profile = profile;
        });
        self.consider(id);
    }

    fn looked(&mut self, id: &ConversationId, outcome: Outcome) {
        match outcome {
            Outcome::NotFound => return self.not_ours(id, NotOurs::Gone),
            Outcome::Conversation(mut snapshot) => {
                self.update(id, |it| {
                    it.assignees_told(snapshot.assignment, Some(snapshot.updated_at));
                });
                if snapshot.state != ConversationState::Open {
                    return self.set_state(id, snapshot.state);
                }
                if let Some(teammate) = snapshot.teammate {
                    self.update(id, |it| it.teammate = Some(teammate));
                    return self.not_ours(id, NotOurs::AlreadyAssigned);
                }
                let empty = Message::text("");
                let opening = snapshot.opening.take().unwrap_or(empty);
                self.learn(id, snapshot, Change::Started(opening));
            }
            _ => {} // decide by what is known
        }
        self.with_dossier(id, |dossier| dossier.looked = true);
        self.consider(id);
    }

    fn place_answered(&mut self, id: &ConversationId, team: TeamId, outcome: Outcome) {
        match outcome {
            Outcome::Assigned { part, updated_at } => {
                self.update(id, |it| {
                    it.assignees_told(part, updated_at);
                    it.updated_at = updated_at.map_or(it.updated_at, |at| at.max(it.updated_at));
                    it.shown_team = Some(team);
                    it.shown_teammate = None;
                });
                self.place(id);
            }
            outcome => self.not_assigned(id, Tried::Team(team), outcome),
        }
    }

    fn assign_answered(&mut self, id: &ConversationId, teammate: TeammateId, outcome: Outcome) {
        match outcome {
            Outcome::Assigned { part, updated_at } => {
                let now = self.now;
                self.update(id, |it| {
                    it.assignees_told(part, updated_at);
                    it.updated_at = updated_at.map_or(it.updated_at, |at| at.max(it.updated_at));
                    it.shown_teammate = Some(teammate);
                    it.given_at = Some(now);
                    // One that was never ours was only given back to the human who had it.
                    it.stage = it.team.map_or(Stage::Released, |_| Stage::Assigned);
                });
                self.watch_answer(id);
            }
            outcome => self.not_assigned(id, Tried::Teammate(teammate), outcome),
        }
    }

    fn not_assigned(&mut self, id: &ConversationId, tried: Tried, outcome: Outcome) {
        match outcome {
            Outcome::Superseded(snapshot) => self.superseded(id, &snapshot),
            // Intercom does not say what it does not know: the conversation or the assignee.
            Outcome::NotFound => self.diagnose(id, tried, "404".to_owned()),
            Outcome::Rejected { status, code } => {
                self.refused(id, tried, &format!("{status} {code}"));
            }
            _ => self.refused(id, tried, "an answer that makes no sense"),
        }
    }

    fn superseded(&mut self, id: &ConversationId, snapshot: &ConversationSnapshot) {
        // The reservation is void; what the snapshot shows is what counts.
        let shown = self.update(id, |it| {
            it.assignees_told(snapshot.assignment, Some(snapshot.updated_at));
            it.teammate = None;
            it.shown_teammate = snapshot.teammate;
            it.shown_team
        });
        if snapshot.state != ConversationState::Open {
            self.set_state(id, snapshot.state);
        } else if (snapshot.team, snapshot.teammate) == (shown, None) {
            self.place(id);
        } else {
            self.assigned_by_others(id, snapshot.team, snapshot.teammate);
        }
    }

    fn diagnose(&mut self, id: &ConversationId, tried: Tried, refusal: String) {
        let action = Action::FetchConversation { conversation: id.clone() };
        let purpose = Purpose::Diagnose { conversation: id.clone(), tried, refusal };
        let call = self.calls.add(self.conversations[id].place, action, purpose);
        self.update(id, |it| it.stage = Stage::Asking(call));
    }

    fn diagnosed(&mut self, id: &ConversationId, tried: Tried, refusal: String, outcome: &Outcome) {
        if *outcome == Outcome::NotFound {
            self.update(id, |it| it.teammate = None);
            self.leave_alone(id, LeftAlone::Deleted);
        } else {
            self.refused(id, tried, &refusal);
        }
    }

    /// Intercom will not give the conversation to this assignee.
    fn refused(&mut self, id: &ConversationId, tried: Tried, refusal: &str) {
        let conversation = &self.conversations[id];
        if conversation.team.is_none() {
            // It was never ours: only given back to the human whom we took it from by mistake.
            return self.release(id);
        }
        if conversation.state != ConversationState::Open {
            // It was closed or put to sleep meanwhile: nobody has to be found for it now.
            self.update(id, |it| it.teammate = None);
            return self.release(id);
        }
        match tried {
            Tried::Teammate(teammate) => {
                self.update(id, |it| {
                    it.teammate = None;
                    it.excluded.push(teammate);
                });
                self.requeue(id, RequeueReason::TeammateRefused(teammate));
                self.place(id);
            }
            Tried::Team(team) if self.is_holder_of(id, team) => {
                self.holder_refused = true;
                self.place(id);
            }
            Tried::Team(_) if self.fall_back(id) => {}
            Tried::Team(_) => {
                self.publish(id, Verdict::Stuck { refusal: refusal.to_owned() });
                self.update(id, |it| it.stage = Stage::Stuck);
                self.deadlines.set(self.now + UNSTICK_AFTER, Deadline::Unstick(id.clone()));
            }
        }
    }

    fn is_holder_of(&self, id: &ConversationId, team: TeamId) -> bool {
        let own = self.conversations[id].team.map(|team| self.policy.teams[team].id);
        self.policy.hold_team() == Some(team) && own != Some(team)
    }

    /// Our call was carried out although somebody had decided otherwise meanwhile. If it undid
    /// what a human did, it is undone: a human always wins.
    fn overtaken(&mut self, id: &ConversationId, tried: Tried, outcome: &Outcome) {
        let Outcome::Assigned { part: Some(part), updated_at } = outcome else {
            return;
        };
        let Some(conversation) = self.conversations.get_mut(id) else {
            return;
        };
        let undid = conversation.last_assignment < Some(*part);
        conversation.assignees_told(Some(*part), *updated_at);
        if undid {
            self.update(id, |it| match tried {
                Tried::Team(team) => {
                    (it.shown_team, it.shown_teammate) = (Some(team), None);
                }
                Tried::Teammate(teammate) => it.shown_teammate = Some(teammate),
            });
        }
        let conversation = &self.conversations[id];
        let (stage, state) = (conversation.stage, conversation.state);
        if let Some(human) = conversation
            .teammate
            .filter(|_| undid && stage == Stage::Released && state == ConversationState::Open)
        {
            self.give_to(id, human);
        }
    }
}

fn may_be_repeated(call: &OpenCall, outcome: &Outcome) -> bool {
    let is_optional = matches!(
        call.purpose,
        Purpose::Contact { .. }
            | Purpose::Diagnose { .. }
            | Purpose::Remark { .. }
            | Purpose::Acknowledge { .. }
    );
    match outcome {
        // What may have been written is not written again.
        Outcome::Unclear { .. } if call.action.is_written_once() => false,
        Outcome::RateLimited | Outcome::NotSent { .. } => true,
        // Roster and changes are asked for again in a minute anyway.
        Outcome::Unclear { .. } | Outcome::Unauthorized => {
            let is_regular = matches!(call.purpose, Purpose::Roster | Purpose::Reconcile);
            !is_regular && (!is_optional || call.attempt < READS_MAX)
        }
        _ => false,
    }
}
