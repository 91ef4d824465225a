//! How fast the engine decides: a burst from first sight to assignment, and the reading of rules.
#![allow(clippy::unwrap_used, reason = "a bench that cannot begin may stop")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use engine::{
    Action, Change, Command, ContactId, ConversationId, ConversationSnapshot, ConversationState,
    Engine, Event, Message, Outcome, PartId, Policy, Presence, RosterSnapshot, Seed, TeamId,
    TeammateId, TeammateSnapshot, Timestamp,
};

/// Rules with this many keywords in rules of ten.
fn rules(keywords: usize) -> String {
    let mut rules = "version = 1\nchannel.any = [{ tag = \"tiktok\" }]\n\
                     [team.sales]\nintercom_team = 1\n[fallback]\nassign = \"sales\"\n"
        .to_owned();
    for rule in 0..keywords / 10 {
        let words: Vec<String> = (0..10).map(|word| format!("\"word{rule}x{word}\"")).collect();
        let _ = writeln!(
            rules,
            "[[rule]]\nname = \"{rule}\"\nassign = \"sales\"\nwhen.text = [{}]",
            words.join(", ")
        );
    }
    rules
}

fn engine(policy: Policy, teammates: u64) -> Engine {
    let mut engine = Engine::new(policy, Seed(1));
    engine.handle_event(Timestamp::EPOCH, Event::RouterStarted);
    let teammates = (1..=teammates).map(|id| TeammateSnapshot {
        id: TeammateId::new(id),
        presence: Presence::Active,
        has_inbox_seat: true,
        teams: vec![TeamId::new(1)],
        secondary_teams: vec![],
        reassign: false,
    });
    let roster = RosterSnapshot { teams: vec![TeamId::new(1)], teammates: teammates.collect() };
    let Some(Command::Call(call)) = engine.poll_command() else { panic!("fetches its roster") };
    let outcome = Outcome::Roster(roster);
    let event = Event::CallFinished { command: call.id, outcome, rate_limit: None };
    engine.handle_event(Timestamp::EPOCH, event);
    engine
}

fn arrivals(count: u64) -> Vec<Event> {
    let text = "hiii, so i saw your video and i wonder whether the blue one still exists, \
                it would be for my sister and she needs it by friday 😍";
    let arrival = |number: u64| Event::ConversationChanged {
        conversation: ConversationSnapshot {
            id: ConversationId::new(number.to_string()),
            contact: Some(ContactId::new("c")),
            source_type: None,
            channel: None,
            tags: vec!["tiktok".into()],
            attributes: BTreeMap::new(),
            team: None,
            teammate: None,
            state: ConversationState::Open,
            created_at: Timestamp::EPOCH,
            updated_at: Timestamp::EPOCH,
            opening: None,
            assignment: None,
        },
        change: Change::Started(Message::text(text)),
    };
    (0..count).map(arrival).collect()
}

/// Feeds the arrivals, one every 20 ms, and answers every call at once.
fn burst(mut engine: Engine, arrivals: Vec<Event>) -> Engine {
    let (mut at, mut part) = (Timestamp::EPOCH, 0);
    for arrival in arrivals {
        at = at + Duration::from_millis(20);
        engine.handle_event(at, arrival);
        while let Some(command) = engine.poll_command() {
            let Command::Call(call) = command else {
                continue;
            };
            if matches!(call.action, Action::FetchRoster | Action::FindConversations { .. }) {
                continue;
            }
            part += 1;
            let outcome = Outcome::Assigned { part: Some(PartId::new(part)), updated_at: None };
            let event = Event::CallFinished { command: call.id, outcome, rate_limit: None };
            engine.handle_event(at, event);
        }
    }
    engine
}

fn bursts(criterion: &mut Criterion) {
    const DMS: u64 = 1_000;
    let mut group = criterion.benchmark_group("burst");
    group.throughput(Throughput::Elements(DMS));
    for (keywords, teammates) in [(50, 30), (5_000, 30), (50, 200)] {
        let (policy, _) = Policy::from_toml(&rules(keywords)).unwrap();
        let ready = engine(policy, teammates);
        let name =
            BenchmarkId::from_parameter(format!("{keywords} keywords, {teammates} teammates"));
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || (ready.clone(), arrivals(DMS)),
                |(engine, arrivals)| burst(engine, arrivals),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

fn rules_files(criterion: &mut Criterion) {
    let source = rules(500);
    criterion.bench_function("rules file of 500 keywords", |bencher| {
        bencher.iter(|| Policy::from_toml(black_box(&source)).unwrap());
    });
}

criterion_group!(benches, bursts, rules_files);
criterion_main!(benches);
