//! What an event costs while many conversations are open: it must hardly depend on how many.
#![allow(clippy::unwrap_used, reason = "a bench that cannot begin may stop")]

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use engine::{
    Action, Change, Command, ContactId, ConversationId, ConversationSnapshot, ConversationState,
    Engine, Event, Message, Outcome, PartId, Policy, Presence, RosterSnapshot, Seed, TeamId,
    TeammateId, TeammateSnapshot, Timestamp,
};

const TEAMS: u64 = 20;
const TEAMMATES: u64 = 2_000;
/// Lives that are lived in one go, and the events of each: it begins, two calls are answered, two
/// assignments come back, the contact asks again, a teammate answers and closes.
const LIVES: u64 = 1_000;
const EVENTS_PER_LIFE: u64 = 8;

fn rules() -> String {
    let mut rules = "version = 1\nchannel.any = [{ tag = \"tiktok\" }]\n\
                     teammates.assignment_limit = 100\n\
                     api = { calls_per_window = 1000000, share = 1.0, in_flight = 256 }\n\
                     fallback.assign = \"team1\"\n"
        .to_owned();
    for team in 1..=TEAMS {
        let _ = write!(
            rules,
            "[team.team{team}]\nintercom_team = {team}\n[[rule]]\nname = \"{team}\"\n\
             assign = \"team{team}\"\nwhen.text = [\"word{team}\", \"other{team}\"]\n"
        );
    }
    rules
}

/// An engine in the middle of its day, and what it was told.
#[derive(Clone)]
struct Day {
    engine: Engine,
    told: Vec<(Timestamp, Event)>,
    at: Timestamp,
    begun: u64,
    parts: u64,
    open: VecDeque<(u64, TeamId, TeammateId)>,
}

impl Day {
    fn with_open(conversations: u64) -> Self {
        let (policy, _) = Policy::from_toml(&rules()).unwrap();
        let engine = Engine::new(policy, Seed(1));
        let at = Timestamp::from_seconds(1_800_000_000);
        let mut day = Self { engine, told: vec![], at, begun: 0, parts: 0, open: VecDeque::new() };
        day.load_roster();
        for _ in 0..conversations {
            day.begin();
        }
        day
    }

    fn tell(&mut self, event: Event) {
        self.told.push((self.at, event.clone()));
        self.engine.handle_event(self.at, event);
    }

    fn load_roster(&mut self) {
        self.tell(Event::RouterStarted);
        let teammates = (1..=TEAMMATES).map(|id| TeammateSnapshot {
            id: TeammateId::new(id),
            presence: Presence::Active,
            has_inbox_seat: true,
            teams: vec![TeamId::new(id % TEAMS + 1)],
            secondary_teams: vec![],
            reassign: false,
        });
        let teams = (1..=TEAMS).map(TeamId::new).collect();
        let roster = RosterSnapshot { teams, teammates: teammates.collect() };
        let Some(Command::Call(call)) = self.engine.poll_command() else {
            panic!("fetches its roster")
        };
        let outcome = Outcome::Roster(roster);
        let event = Event::CallFinished { command: call.id, outcome, rate_limit: None };
        self.tell(event);
    }

    fn changed(
        &mut self,
        number: u64,
        shown: (Option<TeamId>, Option<TeammateId>),
        change: Change,
    ) {
        self.at = self.at + Duration::from_micros(100);
        let (team, teammate) = shown;
        let conversation = ConversationSnapshot {
            id: ConversationId::new(format!("21546700{number:09}")),
            contact: Some(ContactId::new(format!("65f1c0ffee{number:014x}"))),
            source_type: None,
            channel: None,
            tags: vec!["tiktok".into()],
            attributes: BTreeMap::new(),
            team,
            teammate,
            state: ConversationState::Open,
            created_at: self.at,
            updated_at: self.at,
            opening: None,
            assignment: None,
        };
        self.tell(Event::ConversationChanged { conversation, change });
    }

    /// Answers the call that is under way; says whom it assigned to.
    fn answer(&mut self) -> Option<Action> {
        let mut answered = None;
        while let Some(command) = self.engine.poll_command() {
            let Command::Call(call) = command else { continue };
            self.parts += 1;
            let outcome = match call.action {
                Action::FindConversations { .. } => Outcome::Conversations(Default::default()),
                _ => Outcome::Assigned { part: Some(PartId::new(self.parts)), updated_at: None },
            };
            let event = Event::CallFinished { command: call.id, outcome, rate_limit: None };
            self.tell(event);
            if matches!(call.action, Action::FindConversations { .. }) {
                continue;
            }
            answered = Some(call.action);
            if matches!(answered, Some(Action::AssignTeam { .. })) {
                break;
            }
        }
        answered
    }

    /// A DM comes and finds its teammate.
    fn begin(&mut self) {
        self.begun += 1;
        let number = self.begun;
        let text = format!("hiii is word{} still there? for my sister 😍", number % TEAMS + 1);
        self.changed(number, (None, None), Change::Started(Message::text(text)));
        let Some(Action::AssignTeam { team, .. }) = self.answer() else { panic!("has a team") };
        let part = |part| Change::Assigned { part: Some(PartId::new(part)) };
        self.changed(number, (Some(team), None), part(self.parts));
        let Some(Action::AssignTeammate { teammate, .. }) = self.answer() else {
            panic!("has a teammate")
        };
        self.changed(number, (Some(team), Some(teammate)), part(self.parts));
        self.open.push_back((number, team, teammate));
    }

    /// The oldest open conversation is dealt with.
    fn finish(&mut self) {
        let (number, team, teammate) = self.open.pop_front().unwrap();
        let shown = (Some(team), Some(teammate));
        self.changed(number, shown, Change::ContactReplied(Message::text("hello??")));
        self.parts += 1;
        let part = Some(PartId::new(self.parts));
        self.changed(number, shown, Change::Answered { teammate: Some(teammate), part });
        self.changed(number, shown, Change::Closed);
        while self.engine.poll_command().is_some() {}
    }
}

fn open_conversations(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("events");
    group.throughput(Throughput::Elements(LIVES * EVENTS_PER_LIFE)).sample_size(20);
    for open in [100, 10_000, 100_000] {
        let mut day = Day::with_open(open);
        day.told.clear();
        let engine = day.engine.clone();
        for _ in 0..LIVES {
            day.begin();
            day.finish();
        }
        // The engine does the same again when it is told the same.
        let events = day.told;
        assert_eq!(events.len() as u64, LIVES * EVENTS_PER_LIFE);
        let name = BenchmarkId::from_parameter(format!("{open} open, {TEAMMATES} teammates"));
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || (engine.clone(), events.clone()),
                |(mut engine, events)| {
                    for (at, event) in events {
                        engine.handle_event(at, event);
                        while let Some(command) = engine.poll_command() {
                            black_box(command);
                        }
                    }
                    engine
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, open_conversations);
criterion_main!(benches);
