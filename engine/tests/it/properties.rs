//! Random stories: whatever happens, the engine does not contradict itself, keeps its limits, and
//! a replay of the same events gives the same commands.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use engine::{
    Action, Call, Change, Command, ContactId, ContactProfile, ConversationId, ConversationPage,
    ConversationSnapshot, ConversationState, Engine, Event, Message, Outcome, PartId, Policy,
    Presence, RateLimit, RosterSnapshot, Seed, Standing, TeamId, TeammateId, TeammateSnapshot,
    Timestamp, Verdict,
};
use proptest::prelude::*;

use crate::scene;

/// Everything that assignment knows, with limits that a short story reaches.
const RULES: &str = r#"
version = 1
[channel]
any = [{ tag = "tiktok" }]
reply_window = { lasts = "4m", rise = "1m", messages = 3 }
[hours.day]
weekdays = ["09:00-12:00", "12:05-18:00"]
[hours.late]
weekdays = ["11:59-12:03", "12:04-18:00"]
[team.sales]
intercom_team = 100
assignment_limit = 2
hours = "day"
distribution = "DISTRIBUTION"
sticky = "1h"
require = [{ skill = "price", until = "30s" }, { language = true, until = "2m" }]
overflow = [{ to = "helpers", waiting = 3 }, { to = "helpers", after = "90s" }, { to = "triage", expected_wait = "2m" }]
no_answer = { within = "1m", bounces = 1 }
sharing = { by = "language", weights = { en = 2 } }
[team.helpers]
intercom_team = 200
inbox = "when_waiting"
no_answer = { within = "40s" }
[team.triage]
intercom_team = 300
distribution = "balanced"
[team.night]
intercom_team = 400
[teammates]
assignment_limit = 3
away_grace = "20s"
ramp = { per_minute = 3, lasts = "2m" }
[teammate.one]
intercom_admin = 1
shift = "late"
weight = 2
languages = ["en"]
[teammate.two]
intercom_admin = 2
skills = ["price"]
limit_in = { sales = 1 }
[[rule]]
name = "price"
assign = "sales"
when = { text = ["price"], language = ["en", "und"] }
[fallback]
assign = "triage"
after = "5m"
[after_hours]
hold_in = "night"
release.per_minute = 20
acknowledge.und = "Back soon."
[api]
calls_per_window = 12
share = 0.75
in_flight = 5
look_after = "30s"
"#;
/// Sends to other teams, whose indices are not the same, and asks for more.
const NEXT: &str = r#"
version = 1
channel.any = [{ tag = "tiktok" }]
[team.zeta]
intercom_team = 999
[team.helpers]
intercom_team = 200
[team.triage]
intercom_team = 300
[team.sales]
intercom_team = 100
[teammate.two]
intercom_admin = 2
[[rule]]
name = "price"
assign = ["triage", "sales"]
teammate = "two"
priority = "high"
tags = ["next"]
note = true
require = [{ skill = "price", until = "30s" }]
when = { text = ["price"], queue = { team = "sales", waiting = { at_most = 2 } } }
[fallback]
assign = "helpers"
"#;
const DISTRIBUTIONS: [&str; 5] = ["balanced", "round_robin", "weighted", "longest_idle", "manual"];
const MESSAGES: u32 = 3;
const CALLS_PER_WINDOW: u32 = 9;
const IN_FLIGHT: usize = 5;
const TEAMMATES: [u64; 3] = [1, 2, 3];
/// 2026-11-20, a Friday, 11:58.
const START: Timestamp = Timestamp::from_seconds(1_795_175_880);

#[derive(Clone, Debug)]
enum Operation {
    Changed { conversation: u8, change: u8, teammate: Option<u64>, team: Option<u64>, late: bool },
    Deleted { conversation: u8 },
    Presence { teammate: u64, active: bool, reassign: bool },
    Answer { nth: u8, outcome: u8 },
    Wait { millis: u32 },
    Restart { drained: bool },
    Reload { distribution: usize },
    Checkpoint,
    Forget,
    Pause { paused: bool },
}

fn operation() -> impl Strategy<Value = Operation> {
    let teammate = || prop::sample::select(&TEAMMATES[..]);
    let team = prop::sample::select(&[100_u64, 300, 400, 999][..]);
    prop_oneof![
        8 => (0..12_u8, 0..11_u8, prop::option::weighted(0.2, teammate()), prop::option::of(team), any::<bool>())
            .prop_map(|(conversation, change, teammate, team, late)| {
                Operation::Changed { conversation, change, teammate, team, late }
            }),
        1 => (0..12_u8).prop_map(|conversation| Operation::Deleted { conversation }),
        3 => (teammate(), any::<bool>(), any::<bool>()).prop_map(|(teammate, active, reassign)| {
            Operation::Presence { teammate, active, reassign }
        }),
        8 => (any::<u8>(), 0..12_u8).prop_map(|(nth, outcome)| Operation::Answer { nth, outcome }),
        4 => (0..90_000_u32).prop_map(|millis| Operation::Wait { millis }),
        1 => any::<bool>().prop_map(|drained| Operation::Restart { drained }),
        1 => (0..DISTRIBUTIONS.len()).prop_map(|distribution| Operation::Reload { distribution }),
        1 => Just(Operation::Checkpoint),
        1 => Just(Operation::Forget),
        1 => prop::bool::weighted(0.4).prop_map(|paused| Operation::Pause { paused }),
    ]
}

/// What was fed to an engine, for the replay.
#[derive(Clone, Debug)]
enum Input {
    Event(Timestamp, Box<Event>),
    Reload(Timestamp, usize),
}

struct World {
    engine: Engine,
    at: Timestamp,
    parts: u64,
    calls: Vec<Call>,
    inputs: Vec<Input>,
    commands: Vec<Command>,
    sent_by_window: BTreeMap<u64, u32>,
    /// Who is there, as the engine was told.
    present: BTreeSet<TeammateId>,
    /// What we wrote to each contact since they wrote last.
    written: BTreeMap<ConversationId, u32>,
    /// Whether searches find anything.
    is_searched: bool,
    paused: bool,
}

impl World {
    fn new(policy: Policy) -> Self {
        let mut world = Self {
            engine: Engine::new(policy, Seed(1)),
            at: START,
            parts: 0,
            calls: vec![],
            inputs: vec![],
            commands: vec![],
            sent_by_window: BTreeMap::new(),
            present: BTreeSet::new(),
            written: BTreeMap::new(),
            is_searched: true,
            paused: false,
        };
        world.event(Event::RouterStarted);
        world
    }

    fn apply(&mut self, operation: Operation) {
        match operation {
            Operation::Changed { conversation, change, teammate, team, late } => {
                let snapshot = self.snapshot(conversation, teammate, team, late);
                let change = self.change(change);
                self.event(Event::ConversationChanged { conversation: snapshot, change });
            }
            Operation::Deleted { conversation } => {
                self.event(Event::ConversationDeleted { conversation: name(conversation) });
            }
            Operation::Presence { teammate, active, reassign } => {
                let presence = if active { Presence::Active } else { Presence::Away };
                let teammate = TeammateId::new(teammate);
                self.event(Event::PresenceChanged { teammate, presence, reassign });
            }
            Operation::Answer { nth, outcome } => self.answer(nth, outcome),
            Operation::Wait { millis } => self.wait(Duration::from_millis(millis.into())),
            Operation::Restart { drained } => {
                for call in std::mem::take(&mut self.calls).into_iter().filter(|_| drained) {
                    self.not_sent(&call);
                    let outcome = Outcome::NotSent { until_started: true };
                    self.event(Event::CallFinished { command: call.id, outcome, rate_limit: None });
                }
                self.calls.clear();
                self.event(Event::RouterStarted);
            }
            Operation::Reload { distribution } => {
                self.inputs.push(Input::Reload(self.at, distribution));
                self.engine.replace_policy(self.at, policy(distribution));
                self.drain();
            }
            Operation::Forget => {
                let contact = ContactId::new("c");
                self.event(Event::ContactForgotten { contact });
                let left = "contact: Some(ContactId(\"c\"))";
                assert!(!state(&self.engine).contains(left), "not forgotten");
            }
            Operation::Checkpoint => {
                // Nothing of it is an input: a replay knows nothing of checkpoints.
                let kept = rmp_serde::to_vec_named(&self.engine.checkpoint()).unwrap();
                let policy = self.engine.policy().clone();
                self.engine =
                    Engine::restore(policy, rmp_serde::from_slice(&kept).unwrap()).unwrap();
            }
            Operation::Pause { paused } => self.event(Event::AssignmentPaused { paused }),
        }
    }

    fn event(&mut self, event: Event) {
        self.listen(&event);
        self.inputs.push(Input::Event(self.at, Box::new(event.clone())));
        self.engine.handle_event(self.at, event);
        self.drain();
    }

    /// A call was not made: what it was to write is not written.
    fn not_sent(&mut self, call: &Call) {
        if let Action::Reply { conversation, .. } = &call.action
            && let Some(written) = self.written.get_mut(conversation)
        {
            *written = written.saturating_sub(1);
        }
    }

    /// Keeps what the checks need to know.
    fn listen(&mut self, event: &Event) {
        match event {
            Event::PresenceChanged { teammate, presence: Presence::Active, .. } => {
                self.present.insert(*teammate);
            }
            Event::PresenceChanged { teammate, .. } => {
                self.present.remove(teammate);
            }
            Event::CallFinished { outcome: Outcome::Roster(roster), .. } => {
                let there = roster.teammates.iter().filter(|it| it.presence == Presence::Active);
                self.present = there.map(|it| it.id).collect();
            }
            Event::ConversationChanged {
                conversation: ConversationSnapshot { id: conversation, .. },
                change: Change::ContactReplied(_),
            }
            | Event::ConversationDeleted { conversation } => {
                self.written.remove(conversation);
            }
            Event::AssignmentPaused { paused } => self.paused = *paused,
            _ => {}
        }
    }

    fn wait(&mut self, time: Duration) {
        let until = self.at + time;
        while let Some(due) = self.engine.poll_timeout().filter(|due| *due <= until) {
            self.at = self.at.max(due);
            self.engine.advance_to(self.at);
            self.drain();
        }
        self.at = until;
    }

    fn drain(&mut self) {
        while let Some(command) = self.engine.poll_command() {
            match &command {
                Command::Call(call) => {
                    let window = self.at.as_seconds() / 10;
                    *self.sent_by_window.entry(window).or_default() += call.action.requests();
                    if let Action::Reply { conversation, .. } = &call.action {
                        let written = self.written.entry(conversation.clone()).or_default();
                        // It is only repeated if it was certainly not written.
                        *written += u32::from(call.attempt == 1);
                        assert!(*written <= MESSAGES, "more than the reply window allows");
                    }
                    self.calls.push(call.clone());
                }
                Command::Publish(decision) => {
                    if let Verdict::Assigned(it) = &decision.verdict {
                        let chosen = it.candidates.iter().find(|c| c.teammate == it.teammate);
                        assert_eq!(chosen.map(|c| c.standing), Some(Standing::Eligible));
                        assert!(chosen.unwrap().open < 3, "over the limit: {decision:?}");
                        assert!(self.present.contains(&it.teammate), "away: {decision:?}");
                        assert!(!self.paused, "in a pause: {decision:?}");
                    }
                }
            }
            self.commands.push(command);
        }
        self.engine.assert_invariants();
        assert!(self.calls.len() <= IN_FLIGHT, "{:?}", self.calls);
        let ids: BTreeSet<_> = self.calls.iter().map(|call| call.id).collect();
        assert_eq!(ids.len(), self.calls.len(), "a call under way is not sent again");
    }

    fn answer(&mut self, nth: u8, outcome: u8) {
        if self.calls.is_empty() {
            return;
        }
        let call = self.calls.remove(usize::from(nth) % self.calls.len());
        let (outcome, rate_limit) = self.outcome(&call, outcome);
        self.event(Event::CallFinished { command: call.id, outcome, rate_limit });
    }

    fn outcome(&mut self, call: &Call, kind: u8) -> (Outcome, Option<RateLimit>) {
        let reset_at = Timestamp::from_seconds((self.at.as_seconds() / 10 + 1) * 10);
        let told = |remaining| Some(RateLimit { limit: 12, remaining, reset_at });
        match kind {
            0 => (Outcome::Unclear { status: Some(503) }, None),
            1 => (Outcome::Unclear { status: None }, None),
            2 => (Outcome::RateLimited, told(0)),
            3 => (Outcome::NotFound, told(7)),
            4 => (Outcome::Rejected { status: 400, code: "parameter_invalid".into() }, None),
            5 => (Outcome::Unauthorized, None),
            6 => {
                self.not_sent(call);
                (Outcome::NotSent { until_started: false }, None)
            }
            _ => (self.success(call), told(9)),
        }
    }

    fn success(&mut self, call: &Call) -> Outcome {
        match &call.action {
            Action::AssignTeam { .. } | Action::AssignTeammate { .. } => {
                self.parts += 1;
                Outcome::Assigned { part: Some(PartId::new(self.parts)), updated_at: None }
            }
            Action::FetchContact { .. } => Outcome::Contact(ContactProfile::default()),
            Action::FetchConversation { conversation } => {
                let opening = Some(Message::text("price"));
                let number = conversation.as_str().parse().unwrap();
                let snapshot = self.snapshot(number, None, None, false);
                Outcome::Conversation(ConversationSnapshot { opening, ..snapshot })
            }
            Action::FindConversations { .. } if !self.is_searched => {
                Outcome::Conversations(ConversationPage::default())
            }
            Action::FindConversations { page, .. } => {
                self.parts += 1;
                let number = u8::try_from(self.parts % 12).unwrap();
                let teammate = self.parts.is_multiple_of(2).then_some(1 + self.parts % 3);
                let mut found = self.snapshot(number, teammate, Some(300), true);
                if self.parts.is_multiple_of(5) {
                    found.state = ConversationState::Closed;
                }
                let next = page.is_none().then(|| "second".to_owned());
                Outcome::Conversations(ConversationPage { found: vec![found], next })
            }
            Action::FetchRoster => Outcome::Roster(roster()),
            Action::Reply { .. } => {
                self.parts += 1;
                Outcome::Written { part: Some(PartId::new(self.parts)) }
            }
            Action::AddTag { .. } | Action::SetAttributes { .. } | Action::WriteNote { .. } => {
                Outcome::Annotated
            }
        }
    }

    fn snapshot(
        &self,
        conversation: u8,
        teammate: Option<u64>,
        team: Option<u64>,
        late: bool,
    ) -> ConversationSnapshot {
        let tags = if conversation.is_multiple_of(3) { vec![] } else { vec!["tiktok".into()] };
        let updated_at = if late { self.at - Duration::from_secs(30) } else { self.at };
        ConversationSnapshot {
            contact: Some(ContactId::new("c")),
            tags,
            team: team.map(TeamId::new),
            teammate: teammate.map(TeammateId::new),
            updated_at,
            ..scene::conversation(conversation.into(), self.at)
        }
    }

    fn change(&mut self, kind: u8) -> Change {
        let message = |text: &str| Message::text(text);
        match kind {
            0 | 1 => Change::Started(message("what price?")),
            2 => Change::ContactReplied(message("hello??")),
            3 => Change::TeammateReplied,
            9 | 10 => {
                self.parts += 1;
                let teammate = (kind == 9).then(|| TeammateId::new(1 + self.parts % 3));
                Change::Answered { teammate, part: Some(PartId::new(self.parts)) }
            }
            4 => Change::Labelled,
            5 => {
                self.parts += 1;
                Change::Assigned { part: Some(PartId::new(self.parts)) }
            }
            6 => Change::Closed,
            7 => Change::Opened,
            _ => Change::Snoozed,
        }
    }
}

/// The same without what passes a conversation on.
fn lasting_policy() -> Policy {
    let lasting = RULES.lines().filter(|line| !line.starts_with("no_answer"));
    let rules: String = lasting.flat_map(|line| [line, "\n"]).collect();
    Policy::from_toml(&rules.replace("DISTRIBUTION", "balanced")).unwrap().0
}

/// With a canary that decides about the contact, or where the contact is forgotten about some of
/// its conversations, by the distribution.
fn policy(distribution: usize) -> Policy {
    let rules = RULES.replace("DISTRIBUTION", DISTRIBUTIONS[distribution]);
    let share = ["0%", "100%", "40%", "70%", "100%"][distribution];
    let rules = format!("{rules}[canary]\nrules = \"next.toml\"\nshare = \"{share}\"\n");
    let loaded = Policy::load("rules.toml", &rules, &mut |_| Ok(NEXT.to_owned()));
    loaded.unwrap_or_else(|it| panic!("{:#?}", it.problems)).policy
}

/// Everything that an engine holds, but for its rules.
fn state(engine: &Engine) -> String {
    let all = format!("{engine:?}");
    let after_the_rules = all.find("seed: Seed(").unwrap();
    all[after_the_rules..].to_owned()
}

fn name(conversation: u8) -> ConversationId {
    ConversationId::new(conversation.to_string())
}

fn roster() -> RosterSnapshot {
    let teammates = TEAMMATES.map(|id| TeammateSnapshot {
        id: TeammateId::new(id),
        presence: if id == 3 { Presence::Away } else { Presence::Active },
        has_inbox_seat: true,
        teams: [100, 200, 300].map(TeamId::new).to_vec(),
        secondary_teams: if id == 2 { vec![TeamId::new(300)] } else { vec![] },
        reassign: false,
    });
    let teams = [100, 200, 300, 400].map(TeamId::new).to_vec();
    RosterSnapshot { teams, teammates: teammates.to_vec() }
}

fn replay(inputs: &[Input], until: Timestamp) -> (Engine, Vec<Command>) {
    let mut engine = Engine::new(policy(0), Seed(1));
    let mut commands = vec![];
    for input in inputs {
        match input {
            Input::Event(at, event) => {
                // A restart drops the calls that nobody has fetched: fetch what fell due before.
                engine.advance_to(*at);
                commands.extend(std::iter::from_fn(|| engine.poll_command()));
                engine.handle_event(*at, (**event).clone());
            }
            Input::Reload(at, distribution) => {
                engine.replace_policy(*at, policy(*distribution));
            }
        }
        commands.extend(std::iter::from_fn(|| engine.poll_command()));
    }
    engine.advance_to(until);
    commands.extend(std::iter::from_fn(|| engine.poll_command()));
    (engine, commands)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    /// The replay looks at the clock only when something happens; the first run at every
    /// deadline. The commands are the same.
    #[test]
    fn any_story_is_consistent_and_replays_the_same(
        operations in prop::collection::vec(operation(), 1..120)
    ) {
        let restarts = operations.iter().any(|it| matches!(it, Operation::Restart { .. }));
        let mut world = World::new(policy(0));
        for operation in operations {
            world.apply(operation);
        }
        for (window, sent) in &world.sent_by_window {
            // A restart forgets what was under way in the window in which it happens.
            prop_assert!(restarts || *sent <= CALLS_PER_WINDOW, "{sent} in window {window}");
        }
        world.engine.advance_to(world.at);
        let (engine, commands) = replay(&world.inputs, world.at);
        prop_assert_eq!(commands, world.commands);
        prop_assert_eq!(engine.overview(), world.engine.overview());
        // All that it knows, down to the last deadline.
        prop_assert_eq!(state(&engine), state(&world.engine));
    }

    /// Intercom may fail as it likes for a while, and assignment may be paused: once it answers
    /// and assignment goes on, every DM gets a teammate.
    #[test]
    fn nothing_is_forgotten_when_intercom_recovers(
        faults in prop::collection::vec((any::<u8>(), prop_oneof![0..3_u8, Just(9)]), 0..80),
        pause in prop::option::of((0..80_usize, 0..80_usize))
    ) {
        let mut world = World::new(lasting_policy());
        world.is_searched = false;
        for conversation in [1_u8, 2, 4, 5] {
            world.apply(Operation::Changed { conversation, change: 0, teammate: None, team: None, late: false });
        }
        for (step, (nth, outcome)) in faults.into_iter().enumerate() {
            if let Some((from, to)) = pause.filter(|(from, to)| step == *from || step == *to) {
                world.event(Event::AssignmentPaused { paused: step == from && step != to });
            }
            world.answer(nth, outcome);
            world.wait(Duration::from_millis(700));
        }
        if world.paused {
            world.event(Event::AssignmentPaused { paused: false });
        }
        for _ in 0..600 {
            world.answer(0, 9);
            world.wait(Duration::from_secs(1));
        }
        let mut given = BTreeMap::<_, BTreeSet<_>>::new();
        for command in &world.commands {
            if let Command::Call(Call { action: Action::AssignTeammate { conversation, teammate, .. }, .. }) = command {
                given.entry(conversation.clone()).or_default().insert(*teammate);
            }
        }
        let given: Vec<_> = given.into_iter().map(|(id, teammates)| (id, teammates.len())).collect();
        prop_assert_eq!(given, [1, 2, 4, 5].map(|id| (name(id), 1)).to_vec());
    }
}
