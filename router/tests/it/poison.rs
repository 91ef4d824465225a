//! An event on which the engine panics is left out, and the router starts.

use std::path::Path;
use std::time::Duration;

use engine::{Engine, Event, RulesSource, Seed, Timestamp};
use router::Clock;
use router::journal::{
    Body, DeadKind, DeadLetters as _, Entry, Journal, MemoryJournal, Piece, Record,
};
use router::notification::decode;
use router::recovery::{Begin, POISON_MAX, RecoveryError, keep, recover_with, replay};
use router::rules_file::{LoadedRules, parse};

use crate::stage::RULES;

/// The conversation that no engine of [`panics`] can stand.
pub(crate) const POISON: &str = "666";

/// An engine with a bug.
pub(crate) fn panics(engine: &mut Engine, at: Timestamp, event: Event) {
    if let Event::ConversationChanged { conversation, .. } = &event {
        assert!(conversation.id.as_str() != POISON, "the number of the beast");
    }
    engine.handle_event(at, event);
}

/// The body of a webhook about a new conversation.
pub(crate) fn created(id: &str) -> String {
    include_str!("../fixtures/created_2_16.json")
        .replace("215400000002", id)
        .replace("\"notif_", &format!("\"notif_{id}"))
}

fn event(id: &str) -> Event {
    decode(created(id).as_bytes()).unwrap().events.remove(0)
}

fn rules() -> LoadedRules {
    parse(Path::new("rules.toml"), &RulesSource::single(RULES)).unwrap()
}

fn entries(bodies: impl IntoIterator<Item = Body>) -> Vec<Entry> {
    let at = Timestamp::from_seconds(1_800_000_000);
    let entry = |(n, body)| Entry { at: at + Duration::from_secs(n), notification_id: None, body };
    (0..).zip(bodies).map(entry).collect()
}

/// Seed, rules, a start, and DMs of these conversations from record 4 on.
fn journal(ids: &[&str]) -> MemoryJournal {
    let mut journal = MemoryJournal::new();
    let begin = [Body::Seed(7), Body::Rules(RULES.into()), Body::Event(Event::RouterStarted)];
    let dms = ids.iter().map(|id| Body::Event(event(id)));
    journal.append(&entries(begin.into_iter().chain(dms))).unwrap();
    journal
}

fn recovered(journal: &mut MemoryJournal) -> Engine {
    recover_with(journal, &rules(), None, &Clock::system(), panics).unwrap().engine
}

/// What an engine knows that has never heard of these records.
fn without(records: &[Record], left_out: &[u64]) -> Engine {
    let mut engine = Engine::new(rules().policy, Seed(7));
    for record in records {
        if let (Body::Event(event), false) = (&record.body, left_out.contains(&record.sequence)) {
            engine.handle_event(record.at, event.clone());
            while engine.poll_command().is_some() {}
        }
    }
    engine
}

#[test]
fn a_record_on_which_the_engine_panics_is_noted_and_left_out_from_then_on() {
    let mut journal = journal(&["901", POISON, "902", POISON, "903"]);
    let engine = recovered(&mut journal);
    let records = journal.read(0, 99).unwrap();
    let expected = without(&records, &[5, 7]).overview();
    assert_eq!((engine.overview(), expected.conversations), (expected.clone(), 3));

    let letters = journal.letters().unwrap();
    let found: Vec<_> = letters.iter().map(|it| (it.kind, it.record, it.at)).collect();
    let at = |seconds: u64| Timestamp::from_seconds(1_800_000_000 + seconds);
    let poison = DeadKind::Poison;
    assert_eq!(found, [(poison, Some(5), at(4)), (poison, Some(7), at(6))]);
    assert_eq!(letters[0].reason, "the engine panics: the number of the beast");
    assert_eq!(letters[0].about.as_deref(), Some("conversation_changed"));

    // By all later replays, with whatever engine, and when the letter is gone.
    journal.discard(letters[0].number).unwrap();
    for begin in [Begin::AtCheckpoint, Begin::AtFirstRecord] {
        let (replayed, _) = replay(&mut journal, begin, &mut |_, _| {}).unwrap().unwrap();
        assert_eq!(replayed.engine.overview(), expected);
        assert_eq!((replayed.sequence, replayed.last), (8, at(7)));
    }
    assert_eq!(recovered(&mut journal).overview(), expected);
    assert_eq!(journal.letters().unwrap().len(), 1, "they are noted once");
}

#[test]
fn a_replay_that_only_looks_says_which_record_it_is() {
    // A conversation that everybody can stand, and one that nobody has noted.
    let mut journal = journal(&["901"]);
    let replayed = replay(&mut journal, Begin::AtFirstRecord, &mut |_, _| {});
    assert_eq!(replayed.unwrap().unwrap().0.engine.overview().conversations, 1);
    let error = RecoveryError::Poison { sequence: 5, reason: "it panics".into(), left_out: 0 };
    let expected = "record 5 of the journal: it panics; the router leaves it out when it starts";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn with_too_much_poison_nothing_starts_and_no_more_is_left_out() {
    let mut ids = vec![POISON; POISON_MAX + 3];
    ids[1] = "901";
    let mut journal = journal(&ids);
    for _ in 0..2 {
        let clock = Clock::system();
        let error = recover_with(&mut journal, &rules(), None, &clock, panics).unwrap_err();
        let first_beyond = 4 + POISON_MAX as u64 + 1;
        assert!(
            matches!(error, RecoveryError::TooMuchPoison { sequence } if sequence == first_beyond),
            "{error}"
        );
        assert!(error.to_string().contains("100 before it are left out already"), "{error}");
        assert_eq!(journal.left_out(0).unwrap().len(), POISON_MAX);
    }
    // What lies behind a checkpoint does not count any more.
    let engine = without(&journal.read(0, 1).unwrap(), &[]);
    let at = Timestamp::from_seconds(1_800_000_000 + 100);
    let state = keep(&engine, RULES, at);
    journal.keep_piece(Piece { sequence: 100, number: 0, bytes: &state, is_last: true }).unwrap();
    recovered(&mut journal);
    assert_eq!(journal.left_out(0).unwrap().len(), POISON_MAX + 2);
}
