//! The state machine.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::breaker::Breaker;
use crate::budget::ApiBudget;
use crate::calls::{Calls, Purpose};
use crate::conversation::{Conversation, Stage};
use crate::deadline::{Deadline, Deadlines};
use crate::memory::Memory;
use crate::queue::Place;
use crate::roster::Roster;
use crate::{
    Action, Command, CommandId, ConversationId, Decision, Event, Policy, TeammateId, Timestamp,
    Verdict,
};

mod answers;
mod arrival;
mod change;
mod checkpoint;
mod hours;
mod lines;
mod matching;
mod outcome;
mod overview;
mod pace;
mod pause;
mod presence;
mod reconcile;
mod reload;
mod ruling;
mod shadow;
mod steps;
mod view;
mod window;

pub use checkpoint::{Checkpoint, OtherRules};
use lines::TeamLines;
pub use overview::{MembershipOverview, Overview, TeamOverview, TeammateOverview};
use reconcile::Reconciliation;
pub use view::{ConversationStage, ConversationView};

/// How often teams and teammates are fetched.
const ROSTER_EVERY: Duration = Duration::from_secs(60);
/// How long a conversation that is over is remembered: TikTok's reply window (48 hours).
const REMEMBERED_FOR: Duration = Duration::from_secs(48 * 3600);

/// Seeds the engine's only randomness, the jitter of its retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seed(pub u64);

/// Decides who gets which conversation, and when Intercom is called for it.
///
/// The methods are of two kinds.
///
/// **Inputs** take the time as an argument: [`handle_event`](Self::handle_event),
/// [`advance_to`](Self::advance_to), [`replace_policy`](Self::replace_policy). Times must not go
/// backwards; an earlier one is taken as the latest seen. Whatever fell due up to that time
/// happens first, at its own time and not at the caller's. So it makes no difference how often
/// the clock is looked at, and a replay of a journal ends in the same state.
///
/// **Outputs** are [`poll_command`](Self::poll_command), to be drained after every input, and
/// [`poll_timeout`](Self::poll_timeout), which says when to call `advance_to` next.
///
/// The loop that drives it:
///
/// ```
/// # use engine::{Command, Engine, Event, Policy, Seed, Timestamp};
/// # fn call_intercom(_: engine::Call) {}
/// # let rules = r#"
/// #     version = 1
/// #     channel.any = [{ tag = "tiktok" }]
/// #     team.support.intercom_team = 1
/// #     fallback.assign = "support"
/// # "#;
/// # let inputs = [(Timestamp::from_seconds(1), Event::RouterStarted)];
/// let (policy, _warnings) = Policy::from_toml(rules).unwrap();
/// let mut engine = Engine::new(policy, Seed(7));
/// for (at, event) in inputs {
///     engine.handle_event(at, event);
///     while let Some(command) = engine.poll_command() {
///         match command {
///             Command::Call(call) => call_intercom(call), // answers with `Event::CallFinished`
///             Command::Publish(decision) => println!("{decision:?}"),
///         }
///     }
///     // ... and call `advance_to` when `poll_timeout` falls due before the next event.
/// }
/// ```
///
/// Nothing here returns an error: odd input becomes a counted, ignored event (see
/// [`Overview::ignored_events`]). A panic is a bug of the engine.
#[derive(Clone, Debug)]
pub struct Engine {
    policy: Policy,
    seed: Seed,
    now: Timestamp,
    started: bool,
    conversations: BTreeMap<ConversationId, Conversation>,
    /// How many conversations were seen: numbers the next.
    seen: u64,
    roster: Roster,
    /// Who answered whom last.
    memory: Memory,
    /// By index of the policy's teams.
    lines: Vec<TeamLines>,
    calls: Calls,
    breaker: Breaker,
    budget: ApiBudget,
    /// When the budget is looked at again, if that is set.
    budget_deadline: Option<Timestamp>,
    roster_call: Option<CommandId>,
    reconciliation: Reconciliation,
    /// Intercom refused the team that holds conversations after hours: they wait in their own.
    holder_refused: bool,
    /// Since when nobody is given anything, if that is so.
    paused_since: Option<Timestamp>,
    /// How many conversations wait for Intercom to accept any assignee.
    stuck: usize,
    deadlines: Deadlines,
    /// Rules that are only compared with.
    shadow: Option<Policy>,
    /// Teammates who have less to do than before: they look for work when all that happened is
    /// taken in.
    freed: Vec<TeammateId>,
    commands: VecDeque<Command>,
    ignored_events: u64,
}

impl Engine {
    /// An engine that has seen nothing yet. Its time begins with the first input.
    #[must_use]
    pub fn new(policy: Policy, seed: Seed) -> Self {
        let budget = ApiBudget::new(policy.api);
        let lines = policy.teams.iter().map(TeamLines::new).collect();
        let roster = Roster::new(&policy);
        Self {
            policy,
            seed,
            now: Timestamp::EPOCH,
            started: false,
            conversations: BTreeMap::new(),
            seen: 0,
            roster,
            memory: Memory::default(),
            lines,
            calls: Calls::default(),
            breaker: Breaker::default(),
            budget,
            budget_deadline: None,
            roster_call: None,
            reconciliation: Reconciliation::default(),
            holder_refused: false,
            paused_since: None,
            stuck: 0,
            deadlines: Deadlines::default(),
            shadow: None,
            freed: Vec::new(),
            commands: VecDeque::new(),
            ignored_events: 0,
        }
    }

    /// Takes in one event; fires what was due up to `at` first.
    pub fn handle_event(&mut self, at: Timestamp, event: Event) {
        self.advance_to(at);
        match event {
            Event::RouterStarted => self.router_started(),
            Event::ConversationChanged { conversation, change } => {
                self.conversation_changed(conversation, change);
            }
            Event::ConversationDeleted { conversation } => self.deleted(&conversation),
            Event::PresenceChanged { teammate, presence, reassign } => {
                self.presence_changed(teammate, presence, reassign);
            }
            Event::RosterChanged => self.fetch_roster(),
            Event::ContactForgotten { contact } => self.forget_contact(&contact),
            Event::CallFinished { command, outcome, rate_limit } => {
                self.call_finished(command, outcome, rate_limit);
            }
            Event::AssignmentPaused { paused } => self.assignment_paused(paused),
        }
        self.find_work_for_the_freed();
        self.send_calls();
    }

    /// Fires what is due up to `at`, each thing at its own time.
    pub fn advance_to(&mut self, at: Timestamp) {
        if !self.started {
            self.started = true;
            self.now = at;
            self.watch_hours();
            self.watch_shifts();
        }
        while let Some((due, deadline)) = self.deadlines.pop_due(at) {
            self.now = self.now.max(due);
            self.fire(deadline);
            self.find_work_for_the_freed();
            self.send_calls();
        }
        self.now = self.now.max(at);
    }

    /// The next thing to do; drain after every input.
    pub fn poll_command(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// When to call [`Engine::advance_to`] next, if nothing happens before.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.deadlines.next()
    }

    fn fire(&mut self, deadline: Deadline) {
        match deadline {
            Deadline::Settled(conversation) => self.settled(&conversation),
            Deadline::Retry(call) => self.calls.retry(call),
            Deadline::Budget => self.budget_deadline = None,
            Deadline::Breaker => {} // what is ready is looked at anyway
            Deadline::Roster => self.fetch_roster(),
            Deadline::Reconcile => self.reconcile(),
            Deadline::Hours(team) => self.hours_changed(team),
            Deadline::Release(team) => self.release_next(team),
            Deadline::Gone(teammate) => self.teammate_is_gone(teammate),
            Deadline::Ramp(teammate) => {
                self.roster.refresh(teammate, self.now);
                self.find_work(teammate);
            }
            Deadline::Shift(teammate) => self.shift_changed(teammate),
            Deadline::Step(conversation) => self.step_due(&conversation),
            Deadline::Window(conversation) => self.window_due(&conversation),
            Deadline::Answer(conversation, given_at) => {
                self.answer_due(&conversation, given_at);
            }
            Deadline::Unstick(conversation) => self.unstick(&conversation),
            Deadline::Forget(conversation) => self.forget(&conversation),
        }
    }

    fn router_started(&mut self) {
        // What was lined up for the process that is gone was never seen by anybody.
        self.commands.retain(|command| !matches!(command, Command::Call(_)));
        self.calls.resume();
        self.doubt_acknowledgements();
        self.budget.forget_in_flight();
        self.breaker = Breaker::default();
        self.fetch_roster();
        self.reconcile_after_start();
    }

    fn fetch_roster(&mut self) {
        if self.roster_call.is_none() {
            self.roster_call =
                Some(self.calls.add(Place::FIRST, Action::FetchRoster, Purpose::Roster));
        }
        self.deadlines.retain(|deadline| *deadline != Deadline::Roster);
        self.deadlines.set(self.now + ROSTER_EVERY, Deadline::Roster);
    }

    /// Sends as many calls as the budget and the limit of calls under way allow.
    fn send_calls(&mut self) {
        let limit = usize::try_from(self.policy.api.in_flight).unwrap_or(usize::MAX);
        while self.calls.in_flight() < limit {
            let Some((id, conversation)) = self.calls.next() else {
                return;
            };
            if !self.breaker.admits(self.now) {
                return;
            }
            if conversation
                .and_then(|id| self.conversations.get(id))
                .is_some_and(|it| self.now.since(it.heard_at) > self.policy.api.look_after)
            {
                self.calls.look_first(id);
            }
            let requests = self.calls.requests(id);
            match self.budget.take(self.now, requests) {
                Ok(()) => {
                    self.breaker.sent(id);
                    self.commands.extend(self.calls.send_next().map(Command::Call));
                }
                Err(again_at) => return self.look_at_budget(again_at),
            }
        }
    }

    fn look_at_budget(&mut self, at: Timestamp) {
        if self.budget_deadline.is_none_or(|set| at < set) {
            self.budget_deadline = Some(at);
            self.deadlines.set(at, Deadline::Budget);
        }
    }

    fn publish(&mut self, conversation: &ConversationId, verdict: Verdict) {
        let decision = Decision {
            at: self.now,
            conversation: conversation.clone(),
            rules_version: self.policy.version.clone(),
            verdict,
        };
        self.commands.push_back(Command::Publish(Box::new(decision)));
    }

    /// Changes a conversation and keeps its teammate's load and the count of the stuck in step.
    ///
    /// # Panics
    ///
    /// If there is no such conversation: callers look it up first.
    fn update<R>(&mut self, id: &ConversationId, change: impl FnOnce(&mut Conversation) -> R) -> R {
        let conversation = self.conversations.get_mut(id).expect("looked up by the caller");
        let (before, was_stuck) = (conversation.load(), conversation.stage == Stage::Stuck);
        let result = change(conversation);
        let (after, is_stuck) = (conversation.load(), conversation.stage == Stage::Stuck);
        self.stuck = self.stuck + usize::from(is_stuck) - usize::from(was_stuck);
        if before != after {
            let lost = before.iter().flatten().filter(|it| !after.contains(&Some(**it)));
            for (teammate, team) in lost.copied() {
                self.roster.remove_load(teammate, team, id, self.now);
                self.freed.push(teammate);
            }
            let won = after.iter().flatten().filter(|it| !before.contains(&Some(**it)));
            for (teammate, team) in won.copied() {
                self.roster.add_load(teammate, team, id.clone(), self.now);
            }
        }
        result
    }
}

#[cfg(test)]
mod tests;
