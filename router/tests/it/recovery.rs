//! A replay of the journal ends where the engine ended, and asks for what it asked for.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use engine::{Command, Engine, Event, Outcome, RulesSource, Seed, Timestamp};
use router::Clock;
use router::journal::{
    Appended, Body, Checkpoint, DeadCounts, DeadLetter, DeadLetters, Entry, Journal, JournalError,
    MemoryJournal, Piece, Poison, Record, Texts, Tidying, Unreadable,
};
use router::notification::decode;
use router::recovery::{Begin, RecoveryError, keep, recover, replay};
use router::rules_file::{LoadedRules, parse};

use crate::stage::RULES;

fn rules(text: &str) -> LoadedRules {
    parse(Path::new("rules.toml"), &RulesSource::single(text)).unwrap()
}

fn entry(at: Timestamp, body: Body) -> Entry {
    Entry { at, notification_id: None, body }
}

/// The commands that come out, drained after every input.
fn drained(engine: &mut Engine, at: Timestamp, commands: &mut Vec<(Timestamp, Command)>) {
    commands.extend(std::iter::from_fn(|| engine.poll_command()).map(|command| (at, command)));
}

fn created(number: u32, text: &str) -> Event {
    let body = include_str!("../fixtures/created_2_16.json")
        .replace("215400000002", &format!("{number}"))
        .replace("is a < b & c > d?", text);
    decode(body.as_bytes()).unwrap().events.remove(0)
}

fn roster() -> Outcome {
    use engine::{Presence, RosterSnapshot, TeamId, TeammateId, TeammateSnapshot};
    let teammate = |id, team| TeammateSnapshot {
        id: TeammateId::new(id),
        presence: Presence::Active,
        has_inbox_seat: true,
        secondary_teams: vec![],
        reassign: false,
        teams: vec![TeamId::new(team)],
    };
    Outcome::Roster(RosterSnapshot {
        teams: vec![TeamId::new(201), TeamId::new(202)],
        teammates: vec![teammate(101, 201), teammate(102, 202)],
    })
}

/// Plays a story to an engine the way the driver does, and writes the journal of it. Calls are
/// answered in turn, some of them badly; the last one never is.
fn story(journal: &mut dyn Journal) -> (Engine, Vec<(Timestamp, Command)>) {
    let mut at = Timestamp::from_seconds(1_800_000_000);
    journal.append(&[entry(at, Body::Seed(7)), entry(at, Body::Rules(RULES.into()))]).unwrap();
    let mut engine = Engine::new(rules(RULES).policy, Seed(7));
    let mut commands = Vec::new();
    let mut answered = 0;
    let mut inputs = vec![Event::RouterStarted];
    inputs.extend((1..=20).map(|n| created(n, if n % 2 == 0 { "how much?" } else { "hello" })));
    for event in inputs {
        at = at + Duration::from_millis(137);
        journal.append(&[entry(at, Body::Event(event.clone()))]).unwrap();
        engine.handle_event(at, event);
        drained(&mut engine, at, &mut commands);
        // Timers fire live at other moments than in a replay: it must make no difference.
        let later = at + Duration::from_millis(61);
        engine.advance_to(later);
        drained(&mut engine, at, &mut commands);
        let calls: Vec<_> = commands[answered..].to_vec();
        answered = commands.len();
        for (_, command) in calls {
            let Command::Call(call) = command else { continue };
            at = at + Duration::from_millis(83);
            let outcome = match call.action {
                engine::Action::FetchRoster => roster(),
                engine::Action::FindConversations { .. } => {
                    Outcome::Conversations(Default::default())
                }
                engine::Action::FetchContact { .. } => Outcome::Contact(Default::default()),
                _ if call.id.get() % 5 == 0 => Outcome::Unclear { status: Some(503) },
                _ => Outcome::Assigned { part: None, updated_at: None },
            };
            let event = Event::CallFinished { command: call.id, outcome, rate_limit: None };
            journal.append(&[entry(at, Body::Event(event.clone()))]).unwrap();
            engine.handle_event(at, event);
            drained(&mut engine, at, &mut commands);
        }
    }
    (engine, commands)
}

#[test]
fn a_replay_gives_the_same_commands() {
    let mut journal = MemoryJournal::new();
    let (mut live, mut expected) = story(&mut journal);
    let mut commands = Vec::new();
    let mut sink = |at, command| commands.push((at, command));
    let (mut replayed, source) =
        replay(&mut journal, Begin::AtFirstRecord, &mut sink).unwrap().unwrap();
    assert_eq!(source, RULES);
    assert_eq!(replayed.sequence, journal.last_sequence().unwrap());
    // What is still to come is the same as well.
    let end = replayed.last + Duration::from_secs(3_600);
    live.advance_to(end);
    drained(&mut live, end, &mut expected);
    replayed.engine.advance_to(end);
    drained(&mut replayed.engine, end, &mut commands);
    // What fell due between two records comes out with the later one, but in the same order.
    let only = |commands: Vec<(Timestamp, Command)>| {
        commands.into_iter().map(|(_, command)| command).collect::<Vec<_>>()
    };
    let expected = only(expected);
    assert!(expected.len() > 40, "the story is too short: {}", expected.len());
    assert_eq!(only(commands), expected);
}

/// Plays the story, takes a checkpoint in its middle and deletes what lies behind it.
#[test]
fn a_checkpoint_stands_for_all_records_before_it() {
    let mut journal = MemoryJournal::new();
    let (mut live, _) = story(&mut journal);
    let records = journal.read(0, 9_999).unwrap();
    let middle = records.len() / 2;
    let (first, second) = records.split_at(middle);

    let mut half = MemoryJournal::new();
    let append = |journal: &mut MemoryJournal, records: &[Record]| {
        let entries: Vec<_> = records.iter().map(|it| entry(it.at, it.body.clone())).collect();
        journal.append(&entries).unwrap();
    };
    append(&mut half, first);
    let begin = Begin::AtFirstRecord;
    let (recovered, source) = replay(&mut half, begin, &mut |_, _| {}).unwrap().unwrap();
    let (sequence, at) = (recovered.sequence, recovered.last);
    let state = keep(&recovered.engine, &source, at);
    half.keep_piece(Piece { sequence, number: 0, bytes: &state, is_last: true }).unwrap();
    append(&mut half, second);
    let delete_before = at + Duration::from_micros(1);
    let tidying = Tidying { up_to: sequence, delete_before, texts: Texts::Drop };
    while half.tidy(&tidying, 50).unwrap() {}
    assert!(half.read(0, 9_999).unwrap().len() < second.len() + 3, "history is gone");

    let begin = Begin::AtCheckpoint;
    let (mut recovered, source) = replay(&mut half, begin, &mut |_, _| {}).unwrap().unwrap();
    assert_eq!(source, RULES);
    assert_eq!(recovered.replayed, second.len() as u64);
    let end = recovered.last + Duration::from_secs(3_600);
    live.advance_to(end);
    recovered.engine.advance_to(end);
    let (mut expected, mut commands) = (Vec::new(), Vec::new());
    drained(&mut live, end, &mut expected);
    drained(&mut recovered.engine, end, &mut commands);
    assert!(commands.len() > 3, "{commands:?}");
    assert_eq!(commands, expected);
    assert_eq!(recovered.engine.overview(), live.overview());
}

#[test]
fn a_checkpoint_that_makes_no_sense_is_refused() {
    let mut journal = MemoryJournal::new();
    story(&mut journal);
    let piece = Piece { sequence: 5, number: 0, bytes: b"\x81\xa3odd", is_last: true };
    journal.keep_piece(piece).unwrap();
    let begin = Begin::AtCheckpoint;
    let error = replay(&mut journal, begin, &mut |_, _| {}).map(drop).unwrap_err();
    assert!(error.to_string().contains("the checkpoint behind record 5"), "{error}");
}

#[test]
fn a_new_journal_begins_with_a_seed_and_the_rules() {
    let mut journal = MemoryJournal::new();
    let clock = Clock::system();
    let recovered = recover(&mut journal, &rules(RULES), Some(Seed(42)), &clock).unwrap();
    let bodies: Vec<_> = journal.read(0, 9).unwrap().into_iter().map(|it| it.body).collect();
    assert_eq!(bodies, [Body::Seed(42), Body::Rules(RULES.to_owned())]);
    assert_eq!(recovered.sequence, 2);
}

#[test]
fn rules_are_recorded_when_they_change_and_only_then() {
    let mut journal = MemoryJournal::new();
    let clock = Clock::system();
    let mut recover = |text: &str| {
        recover(&mut journal, &rules(text), None, &clock).unwrap();
        journal.last_sequence().unwrap()
    };
    assert_eq!(recover(RULES), 2);
    assert_eq!(recover(RULES), 2);
    let changed = format!("{RULES}# changed\n");
    assert_eq!(recover(&changed), 3);
    assert_eq!(recover(&changed), 3);
    assert_eq!(recover(RULES), 4);
}

#[test]
fn the_clock_goes_on_after_the_last_record() {
    let mut journal = MemoryJournal::new();
    let future = Timestamp::from_seconds(9_000_000_000);
    let entries = [Body::Seed(1), Body::Rules(RULES.into()), Body::Event(Event::RouterStarted)];
    journal.append(&entries.map(|body| entry(future, body))).unwrap();
    let clock = Clock::system();
    recover(&mut journal, &rules(RULES), None, &clock).unwrap();
    assert!(clock.now() > future);
}

#[test]
fn a_journal_that_makes_no_sense_is_refused() {
    #[track_caller]
    fn check(bodies: Vec<Body>, expected: &str) {
        let mut journal = MemoryJournal::new();
        let entries: Vec<_> =
            bodies.into_iter().map(|body| entry(Timestamp::EPOCH, body)).collect();
        journal.append(&entries).unwrap();
        let error =
            replay(&mut journal, Begin::AtCheckpoint, &mut |_, _| {}).map(drop).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
    check(vec![Body::Event(Event::RouterStarted)], "record 1 of the journal cannot be read");
    check(vec![Body::Rules(RULES.into())], "no seed stands before it");
    check(vec![Body::Seed(1), Body::Rules("version = 9".into())], "the rules in record 2");
}

#[test]
fn a_journal_that_cannot_be_read_says_so() {
    struct Unwilling;
    impl DeadLetters for Unwilling {
        fn keep_unreadable(
            &mut self,
            _: Timestamp,
            _: &[Unreadable],
        ) -> Result<Vec<Appended>, JournalError> {
            Err(JournalError::Closed)
        }
        fn leave_out(&mut self, _: &Poison) -> Result<(), JournalError> {
            Err(JournalError::Closed)
        }
        fn left_out(&mut self, _: u64) -> Result<BTreeSet<u64>, JournalError> {
            Err(JournalError::Closed)
        }
        fn letters(&mut self) -> Result<Vec<DeadLetter>, JournalError> {
            Err(JournalError::Closed)
        }
        fn letter(&mut self, _: u64) -> Result<Option<(DeadLetter, Vec<u8>)>, JournalError> {
            Err(JournalError::Closed)
        }
        fn discard(&mut self, _: u64) -> Result<bool, JournalError> {
            Err(JournalError::Closed)
        }
        fn dead_counts(&mut self) -> Result<DeadCounts, JournalError> {
            Err(JournalError::Closed)
        }
    }
    impl Journal for Unwilling {
        fn append(&mut self, _: &[Entry]) -> Result<Vec<Appended>, JournalError> {
            Err(JournalError::Closed)
        }
        fn read(&mut self, _: u64, _: usize) -> Result<Vec<Record>, JournalError> {
            Err(JournalError::Closed)
        }
        fn last_sequence(&mut self) -> Result<u64, JournalError> {
            Err(JournalError::Closed)
        }
        fn probe(&mut self) -> Result<(), JournalError> {
            Err(JournalError::Closed)
        }
        fn keep_piece(&mut self, _: Piece<'_>) -> Result<(), JournalError> {
            Err(JournalError::Closed)
        }
        fn checkpoint(&mut self) -> Result<Option<Checkpoint>, JournalError> {
            Err(JournalError::Closed)
        }
        fn tidy(&mut self, _: &Tidying, _: usize) -> Result<bool, JournalError> {
            Err(JournalError::Closed)
        }
        fn finish(&mut self) -> Result<(), JournalError> {
            Err(JournalError::Closed)
        }
    }
    let error = recover(&mut Unwilling, &rules(RULES), None, &Clock::system()).unwrap_err();
    assert!(matches!(error, RecoveryError::Journal(JournalError::Closed)));
}
