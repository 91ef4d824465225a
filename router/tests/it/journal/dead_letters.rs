//! What every journal does with dead letters.

use std::collections::BTreeSet;

use bytes::Bytes;
use router::journal::dead_letters::{BODY_BYTES_MAX, LETTERS_MAX};
use router::journal::{DeadCounts, DeadKind, DeadLetter, Poison, Unreadable};

use super::*;

pub(super) fn conform<J: Journal>(open: impl Fn() -> J, reopen: impl Fn(J) -> J) {
    letters_are_kept_once_and_taken_away(open(), &reopen);
    poison_is_left_out_whatever_becomes_of_its_letter(open(), &reopen);
    the_oldest_unreadable_letters_are_dropped_first(open());
    bodies_have_a_limit_together(open());
    old_letters_are_deleted_as_old_events_are(open(), &reopen);
    letters_that_name_a_contact_are_forgotten(open(), &reopen);
}

fn letter(id: Option<&str>, body: &str) -> Unreadable {
    Unreadable {
        notification_id: id.map(str::to_owned),
        about: Some("conversation.user.created"),
        reason: "the body is not a notification, at 1:7".to_owned(),
        body: Bytes::copy_from_slice(body.as_bytes()),
    }
}

fn poison(sequence: u64, event: Event) -> Poison {
    let at = Timestamp::from_micros(5);
    Poison { sequence, at, event, reason: "the engine panics".to_owned() }
}

fn keep_at(journal: &mut dyn Journal, at: u64, letters: &[Unreadable]) -> Vec<Appended> {
    journal.keep_unreadable(Timestamp::from_micros(at), letters).unwrap()
}

fn numbers(journal: &mut dyn Journal) -> Vec<u64> {
    journal.letters().unwrap().into_iter().map(|it| it.number).collect()
}

fn letters_are_kept_once_and_taken_away<J: Journal>(mut journal: J, reopen: impl Fn(J) -> J) {
    use Appended::{Duplicate, Recorded};
    assert_eq!(journal.letters().unwrap(), []);
    let batch = [letter(None, "{"), letter(Some("notif_1"), "[1]"), letter(None, "{")];
    assert_eq!(keep_at(&mut journal, 9, &batch), [Recorded, Recorded, Duplicate]);
    let mut journal = reopen(journal);
    // Intercom counts its attempts in the body, so that a repetition is another one.
    let again = [letter(Some("notif_1"), "[2]"), letter(None, "{ "), letter(None, "{")];
    assert_eq!(keep_at(&mut journal, 10, &again), [Duplicate, Recorded, Duplicate]);
    let first = DeadLetter {
        number: 1,
        at: Timestamp::from_micros(9),
        kind: DeadKind::Unreadable,
        about: Some("conversation.user.created".to_owned()),
        reason: "the body is not a notification, at 1:7".to_owned(),
        record: None,
        bytes: 1,
    };
    assert_eq!(journal.letters().unwrap()[0], first);
    assert_eq!(numbers(&mut journal), [1, 2, 3]);
    assert_eq!(journal.letter(1).unwrap(), Some((first, b"{".to_vec())));
    assert_eq!(journal.letter(2).unwrap().unwrap().1, b"[1]");
    assert_eq!(journal.letter(4).unwrap(), None);
    let counts = DeadCounts { unreadable: 3, poison: 0, bytes: 6, dropped: 0 };
    assert_eq!(journal.dead_counts().unwrap(), counts);
    assert!(journal.discard(3).unwrap());
    assert!(!journal.discard(3).unwrap());
    let mut journal = reopen(journal);
    // No number is given twice: who discards a letter has seen that one.
    assert_eq!(keep_at(&mut journal, 11, &[letter(None, "{ ")]), [Recorded]);
    assert_eq!(numbers(&mut journal), [1, 2, 4]);
    assert_eq!((all(&mut journal).len(), journal.last_sequence().unwrap()), (0, 0));
}

fn poison_is_left_out_whatever_becomes_of_its_letter<J: Journal>(
    mut journal: J,
    reopen: impl Fn(J) -> J,
) {
    let entries: Vec<_> = (1..=4).map(|n| entry(n, None, event(n))).collect();
    journal.append(&entries).unwrap();
    for sequence in [2, 4, 2] {
        journal.leave_out(&poison(sequence, absence(sequence))).unwrap();
    }
    let mut journal = reopen(journal);
    let letters = journal.letters().unwrap();
    let found = letters.iter().map(|it| (it.kind, it.about.as_deref(), it.record));
    let about = Some("presence_changed");
    let expected = [(DeadKind::Poison, about, Some(2)), (DeadKind::Poison, about, Some(4))];
    assert!(found.eq(expected), "{letters:?}");
    let body = journal.letter(letters[0].number).unwrap().unwrap().1;
    assert_eq!(serde_json::from_slice::<Event>(&body).unwrap(), absence(2));
    assert!(journal.discard(letters[0].number).unwrap());
    assert_eq!(journal.left_out(0).unwrap(), BTreeSet::from([2, 4]));
    assert_eq!(journal.left_out(2).unwrap(), BTreeSet::from([4]));
    // As long as the record is there.
    while journal.tidy(&tidying(3, 3, Texts::Keep), 1).unwrap() {}
    assert_eq!(reopen(journal).left_out(0).unwrap(), BTreeSet::from([4]));
}

fn the_oldest_unreadable_letters_are_dropped_first<J: Journal>(mut journal: J) {
    journal.append(&[entry(1, None, event(1))]).unwrap();
    journal.leave_out(&poison(1, absence(1))).unwrap();
    let letters: Vec<_> = (0..=LETTERS_MAX).map(|n| letter(None, &format!("{n}"))).collect();
    keep_at(&mut journal, 9, &letters);
    let numbers = numbers(&mut journal);
    assert_eq!(numbers.len(), LETTERS_MAX);
    assert_eq!(numbers[..2], [1, 4], "the poison stays, and the two oldest others are gone");
    let counts = journal.dead_counts().unwrap();
    assert_eq!((counts.unreadable, counts.poison, counts.dropped), (9_999, 1, 2));
}

fn bodies_have_a_limit_together<J: Journal>(mut journal: J) {
    let long = |n: u8| letter(None, &char::from(b'a' + n).to_string().repeat(BODY_BYTES_MAX / 4));
    keep_at(&mut journal, 9, &[long(0), long(1)]);
    keep_at(&mut journal, 9, &[long(2), long(3)]);
    assert_eq!(numbers(&mut journal), [1, 2, 3, 4]);
    keep_at(&mut journal, 9, &[letter(None, "one byte more")]);
    assert_eq!(numbers(&mut journal), [2, 3, 4, 5]);
    let counts = journal.dead_counts().unwrap();
    assert!(counts.bytes <= BODY_BYTES_MAX as u64 && counts.dropped == 1, "{counts:?}");
}

fn old_letters_are_deleted_as_old_events_are<J: Journal>(mut journal: J, reopen: impl Fn(J) -> J) {
    journal.append(&[entry(9, None, event(1))]).unwrap();
    for at in 1..=4 {
        keep_at(&mut journal, at, &[letter(None, &at.to_string())]);
    }
    while journal.tidy(&tidying(1, 3, Texts::Keep), 1).unwrap() {}
    let mut journal = reopen(journal);
    assert_eq!(numbers(&mut journal), [3, 4]);
    assert_eq!(journal.dead_counts().unwrap().dropped, 0, "they were not too many");
}

fn letters_that_name_a_contact_are_forgotten<J: Journal>(mut journal: J, reopen: impl Fn(J) -> J) {
    let wish = |contact: &str| Event::ContactForgotten { contact: ContactId::new(contact) };
    let changed = Event::ConversationChanged {
        conversation: ConversationSnapshot {
            contact: Some(ContactId::new("ana")),
            ..conversation()
        },
        change: Change::Labelled,
    };
    let events = [changed.clone(), wish("ana")].map(|it| entry(5, None, Body::Event(it)));
    journal.append(&events).unwrap();
    let bodies = [r#"{"id":"ana","body":"hello"}"#, r#"{"id":"anabel"}"#, "\u{0}\"ana\""];
    keep_at(&mut journal, 9, &bodies.map(|body| letter(None, body)));
    journal.leave_out(&poison(1, changed)).unwrap();
    journal.leave_out(&poison(2, wish("ana"))).unwrap();
    while journal.tidy(&tidying(1, 0, Texts::Keep), 9).unwrap() {}
    assert_eq!(numbers(&mut journal).len(), 5, "no checkpoint stands behind the wish");
    while journal.tidy(&tidying(2, 0, Texts::Keep), 9).unwrap() {}
    let mut journal = reopen(journal);
    assert_eq!(numbers(&mut journal), [2, 5], "another contact, and the wish itself");
    assert_eq!(journal.left_out(0).unwrap().len(), 2);
}
