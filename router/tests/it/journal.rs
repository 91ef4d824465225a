//! What every journal must do, and what only the SQLite file does.

mod dead_letters;

use std::path::Path;

use engine::{
    Change, CommandId, ContactId, ConversationId, ConversationSnapshot, ConversationState, Event,
    Message, Outcome, Presence, RosterSnapshot, TeamId, TeammateId, TeammateSnapshot, Timestamp,
};
use router::journal::{
    Appended, Body, Checkpoint, DeadCounts, DeadLetters as _, Entry, FORMAT_VERSION, Journal,
    JournalError, JournalFile, MemoryJournal, Piece, Poison, Record, SqliteJournal, Texts, Tidying,
};

fn absence(number: u64) -> Event {
    let teammate = TeammateId::new(number);
    Event::PresenceChanged { teammate, presence: Presence::Away, reassign: false }
}

fn event(number: u64) -> Body {
    Body::Event(absence(number))
}

fn conversation() -> ConversationSnapshot {
    ConversationSnapshot {
        id: ConversationId::new("215"),
        contact: Some(ContactId::new("6a")),
        source_type: None,
        channel: None,
        tags: vec![],
        attributes: [].into(),
        team: None,
        teammate: None,
        state: ConversationState::Open,
        created_at: Timestamp::from_seconds(1_768_031_789),
        updated_at: Timestamp::from_seconds(1_768_031_790),
        opening: None,
        assignment: None,
    }
}

fn entry(at: u64, id: Option<&str>, body: Body) -> Entry {
    Entry { at: Timestamp::from_micros(at), notification_id: id.map(str::to_owned), body }
}

fn all(journal: &mut dyn Journal) -> Vec<Record> {
    journal.read(0, usize::MAX >> 1).unwrap()
}

/// The suite that every journal must pass. `open` gives an empty one; `reopen` closes it and opens
/// it again, or gives it back if it does not outlive its process.
fn conforms<J: Journal>(open: impl Fn() -> J, reopen: impl Fn(J) -> J) {
    an_empty_journal_has_no_records(&mut open());
    records_come_back_in_order_and_in_pages(open(), &reopen);
    a_notification_is_recorded_once(open(), &reopen);
    an_empty_batch_is_nothing(&mut open());
    probing_and_checkpoints_leave_no_record(open(), &reopen);
    a_checkpoint_counts_when_it_is_complete(open(), &reopen);
    texts_are_taken_out_behind_a_checkpoint(open(), &reopen);
    old_events_are_deleted_and_may_come_again(open(), &reopen);
    a_contact_is_forgotten_behind_a_checkpoint(open(), &reopen);
    dead_letters::conform(open, reopen);
}

fn an_empty_journal_has_no_records(journal: &mut dyn Journal) {
    assert_eq!(all(journal), []);
    assert_eq!(journal.last_sequence().unwrap(), 0);
}

fn records_come_back_in_order_and_in_pages<J: Journal>(mut journal: J, reopen: impl Fn(J) -> J) {
    let bodies = [Body::Seed(u64::MAX), Body::Rules("a = \"é\"\n".into()), event(3), event(4)];
    let entries: Vec<_> =
        bodies.iter().cloned().zip(10..).map(|(body, at)| entry(at, None, body)).collect();
    assert_eq!(journal.append(&entries[..2]).unwrap(), [Appended::Recorded; 2]);
    let mut journal = reopen(journal);
    assert_eq!(journal.append(&entries[2..]).unwrap(), [Appended::Recorded; 2]);
    let mut journal = reopen(journal);
    let records = all(&mut journal);
    assert!(records.iter().map(|record| &record.body).eq(&bodies));
    assert!(records.iter().map(|record| record.at.as_micros()).eq(10..14));
    assert!(records.is_sorted_by(|a, b| a.sequence < b.sequence) && records[0].sequence > 0);
    let last = records[3].sequence;
    assert_eq!(journal.last_sequence().unwrap(), last);
    assert_eq!(journal.read(0, 3).unwrap(), records[..3]);
    assert_eq!(journal.read(records[0].sequence, 2).unwrap(), records[1..3]);
    assert_eq!(journal.read(records[2].sequence, 9).unwrap(), records[3..]);
    assert_eq!(journal.read(last, 9).unwrap(), []);
}

fn a_notification_is_recorded_once<J: Journal>(mut journal: J, reopen: impl Fn(J) -> J) {
    use Appended::{Duplicate, Recorded};
    let batch = [
        entry(1, Some("notif_a"), event(1)),
        entry(2, Some("notif_a"), event(2)),
        entry(3, None, event(3)),
        entry(4, None, event(3)),
    ];
    assert_eq!(journal.append(&batch).unwrap(), [Recorded, Duplicate, Recorded, Recorded]);
    let mut journal = reopen(journal);
    let later = [entry(5, Some("notif_a"), event(5)), entry(6, Some("notif_b"), event(6))];
    assert_eq!(journal.append(&later).unwrap(), [Duplicate, Recorded]);
    let bodies: Vec<_> = all(&mut journal).into_iter().map(|record| record.body).collect();
    assert_eq!(bodies, [event(1), event(3), event(3), event(6)]);
}

fn an_empty_batch_is_nothing(journal: &mut dyn Journal) {
    assert_eq!(journal.append(&[]).unwrap(), []);
    assert_eq!(all(journal), []);
}

fn probing_and_checkpoints_leave_no_record<J: Journal>(mut journal: J, reopen: impl Fn(J) -> J) {
    journal.append(&[entry(1, None, event(1))]).unwrap();
    journal.probe().unwrap();
    keep(&mut journal, 1, &[b"state"]);
    journal.finish().unwrap();
    let mut journal = reopen(journal);
    assert_eq!(all(&mut journal).len(), 1);
}

/// Keeps a checkpoint in these pieces.
fn keep(journal: &mut dyn Journal, sequence: u64, pieces: &[&[u8]]) {
    for (number, bytes) in (0..).zip(pieces) {
        let is_last = number as usize + 1 == pieces.len();
        journal.keep_piece(Piece { sequence, number, bytes, is_last }).unwrap();
    }
}

fn a_checkpoint_counts_when_it_is_complete<J: Journal>(mut journal: J, reopen: impl Fn(J) -> J) {
    journal.append(&[entry(1, None, event(1)), entry(2, None, event(2))]).unwrap();
    assert_eq!(journal.checkpoint().unwrap(), None);
    keep(&mut journal, 1, &[b"one", b"", b"two"]);
    let first = Checkpoint { sequence: 1, state: b"onetwo".to_vec() };
    let mut journal = reopen(journal);
    assert_eq!(journal.checkpoint().unwrap().as_ref(), Some(&first));
    // One that a crash interrupted, and the same from the beginning.
    for (number, bytes) in (0..).zip([b"x", b"y", b"z"]) {
        let piece = Piece { sequence: 2, number, bytes, is_last: false };
        journal.keep_piece(piece).unwrap();
    }
    let mut journal = reopen(journal);
    assert_eq!(journal.checkpoint().unwrap(), Some(first));
    keep(&mut journal, 2, &[b"three"]);
    let second = Some(Checkpoint { sequence: 2, state: b"three".to_vec() });
    assert_eq!(journal.checkpoint().unwrap(), second);
    while journal.tidy(&tidying(2, 0, Texts::Keep), 1).unwrap() {}
    let mut journal = reopen(journal);
    assert_eq!(journal.checkpoint().unwrap(), second);
}

fn tidying(up_to: u64, delete_before: u64, texts: Texts) -> Tidying {
    Tidying { up_to, delete_before: Timestamp::from_micros(delete_before), texts }
}

fn dm(text: &str) -> Body {
    let conversation =
        ConversationSnapshot { opening: Some(Message::text(text)), ..conversation() };
    Body::Event(Event::ConversationChanged {
        conversation,
        change: Change::Started(Message::text(text)),
    })
}

/// The texts that are left, in the order of the records.
fn texts(journal: &mut dyn Journal) -> Vec<String> {
    let texts = all(journal).into_iter().filter_map(|record| match record.body {
        Body::Event(Event::ConversationChanged {
            conversation,
            change: Change::Started(message),
        }) => {
            assert_eq!(conversation.opening.unwrap().text, message.text);
            Some(message.text)
        }
        _ => None,
    });
    texts.collect()
}

fn texts_are_taken_out_behind_a_checkpoint<J: Journal>(mut journal: J, reopen: impl Fn(J) -> J) {
    let bodies = [Body::Seed(1), dm("hello"), dm("hello"), event(3), dm("price"), dm("later")];
    let entries: Vec<_> = bodies.into_iter().map(|body| entry(5, None, body)).collect();
    journal.append(&entries).unwrap();
    assert!(!journal.tidy(&tidying(5, 0, Texts::Keep), 9).unwrap());
    assert_eq!(texts(&mut journal), ["hello", "hello", "price", "later"]);
    let mut steps = 0;
    while journal.tidy(&tidying(5, 0, Texts::Hash), 2).unwrap() {
        steps += 1;
        journal = reopen(journal);
    }
    assert!((2..=3).contains(&steps), "{steps}");
    let hashed = texts(&mut journal);
    assert!(hashed[0] == hashed[1] && hashed[0] != hashed[2], "{hashed:?}");
    assert!(hashed[..3].iter().all(|text| text.starts_with("hmac-sha256:")), "{hashed:?}");
    assert_eq!(hashed[3], "later", "a replay still needs it");
    while journal.tidy(&tidying(6, 0, Texts::Drop), 2).unwrap() {}
    assert_eq!(texts(&mut reopen(journal))[3], "");
}

fn a_contact_is_forgotten_behind_a_checkpoint<J: Journal>(mut journal: J, reopen: impl Fn(J) -> J) {
    let of = |contact: &str, text: &str| {
        let Body::Event(Event::ConversationChanged { conversation, change }) = dm(text) else {
            unreachable!("a DM changes a conversation")
        };
        let contact = Some(ContactId::new(contact));
        let attributes = [("city".to_owned(), "Vigo".to_owned())].into();
        let conversation = ConversationSnapshot { contact, attributes, ..conversation };
        Event::ConversationChanged { conversation, change }
    };
    let found = |text: &str| {
        let Event::ConversationChanged { conversation, .. } = of("ana", text) else {
            unreachable!("a DM changes a conversation")
        };
        let outcome = Outcome::Conversation(conversation);
        Event::CallFinished { command: CommandId::new(1), outcome, rate_limit: None }
    };
    let contact = ContactId::new("ana");
    let events = [
        of("ana", "one"),
        of("ben", "ana is not who writes this"),
        found("two"),
        Event::ContactForgotten { contact },
        of("ana", "three"),
    ];
    let entries: Vec<_> = events.into_iter().map(|it| entry(5, None, Body::Event(it))).collect();
    journal.append(&entries).unwrap();
    // No checkpoint stands behind all that tells of her.
    while journal.tidy(&tidying(3, 0, Texts::Keep), 9).unwrap() {}
    assert_eq!(all(&mut journal).len(), 5);
    while journal.tidy(&tidying(5, 0, Texts::Keep), 1).unwrap() {
        journal = reopen(journal);
    }
    let left: Vec<String> =
        all(&mut journal).into_iter().map(|record| format!("{:?}", record.body)).collect();
    for (record, kept) in [(0, false), (1, true), (2, false), (3, false), (4, true)] {
        for trace in ["ana", "Vigo", "text: \"one\"", "text: \"two\"", "who writes this"] {
            assert!(kept || !left[record].contains(trace), "{trace} in {}", left[record]);
        }
    }
    assert!(left[1].contains("ben") && left[1].contains("who writes this"), "{}", left[1]);
    assert!(left[4].contains("three"), "what came later is another matter: {}", left[4]);

    // The wish may be the last record: its number is not given to another.
    let wish = Event::ContactForgotten { contact: ContactId::new("ben") };
    journal.append(&[entry(6, None, Body::Event(wish))]).unwrap();
    let last = journal.last_sequence().unwrap();
    while journal.tidy(&tidying(last, 100, Texts::Keep), 9).unwrap() {}
    let mut journal = reopen(journal);
    journal.append(&[entry(7, None, event(7))]).unwrap();
    assert_eq!(journal.last_sequence().unwrap(), last + 1);
    assert_eq!(journal.read(last, 9).unwrap().len(), 1, "behind the checkpoint nothing is lost");
}

fn old_events_are_deleted_and_may_come_again<J: Journal>(mut journal: J, reopen: impl Fn(J) -> J) {
    let entries = [
        entry(1, None, Body::Seed(7)),
        entry(2, None, Body::Rules("a".into())),
        entry(3, Some("notif_old"), event(3)),
        entry(4, Some("notif_young"), event(4)),
        entry(5, None, event(5)),
    ];
    journal.append(&entries).unwrap();
    // Whatever its age, nothing behind the checkpoint is deleted.
    while journal.tidy(&tidying(2, 100, Texts::Keep), 9).unwrap() {}
    assert_eq!(all(&mut journal).len(), 5);
    while journal.tidy(&tidying(5, 4, Texts::Keep), 1).unwrap() {}
    let mut journal = reopen(journal);
    let left: Vec<_> = all(&mut journal).into_iter().map(|it| (it.sequence, it.body)).collect();
    let expected = [(1, Body::Seed(7)), (2, Body::Rules("a".into())), (4, event(4)), (5, event(5))];
    assert_eq!(left, expected);
    assert_eq!(journal.last_sequence().unwrap(), 5);
    use Appended::{Duplicate, Recorded};
    let again = [entry(6, Some("notif_old"), event(3)), entry(7, Some("notif_young"), event(4))];
    assert_eq!(journal.append(&again).unwrap(), [Recorded, Duplicate]);
    assert_eq!(journal.last_sequence().unwrap(), 6, "no number is given twice");
}

#[test]
fn the_memory_journal_conforms() {
    conforms(MemoryJournal::new, |journal| journal);
}

#[test]
fn the_sqlite_journal_conforms() {
    let directory = tempfile::tempdir().unwrap();
    let path = || directory.path().join("router.db");
    let open = || {
        for file in std::fs::read_dir(directory.path()).unwrap() {
            std::fs::remove_file(file.unwrap().path()).unwrap();
        }
        SqliteJournal::open(&path()).unwrap()
    };
    conforms(open, |journal| {
        drop(journal);
        SqliteJournal::open(&path()).unwrap()
    });
}

/// Copies the files as they are on the disk, as a crash would leave them.
fn crash(from: &Path, to: &Path) {
    for suffix in ["", "-wal"] {
        let name = |path: &Path| format!("{}{suffix}", path.display());
        std::fs::copy(name(from), name(to)).unwrap();
    }
}

#[test]
fn what_was_appended_survives_a_crash_without_a_checkpoint() {
    let directory = tempfile::tempdir().unwrap();
    let (path, after) = (directory.path().join("a.db"), directory.path().join("b.db"));
    let mut journal = SqliteJournal::open(&path).unwrap();
    let entries: Vec<_> = (0..500).map(|n| entry(n, Some(&format!("n{n}")), event(n))).collect();
    for batch in entries.chunks(7) {
        journal.append(batch).unwrap();
    }
    crash(&path, &after);
    let mut recovered = SqliteJournal::open(&after).unwrap();
    assert_eq!(all(&mut recovered), all(&mut journal));
    assert_eq!(recovered.append(&entries[499..]).unwrap(), [Appended::Duplicate]);
}

#[test]
fn one_router_has_a_journal_at_a_time() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("router.db");
    let journal = SqliteJournal::open(&path).unwrap();
    assert!(matches!(SqliteJournal::open(&path), Err(JournalError::InUse(_))));
    drop(journal);
    SqliteJournal::open(&path).unwrap();
}

#[test]
fn other_files_are_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let text = directory.path().join("notes.txt");
    std::fs::write(&text, "not a database, but long enough to be looked at ".repeat(40)).unwrap();
    assert!(matches!(SqliteJournal::open(&text), Err(JournalError::Foreign(_))));
    let other = directory.path().join("other.db");
    rusqlite::Connection::open(&other).unwrap().execute("CREATE TABLE t (a)", []).unwrap();
    assert!(matches!(SqliteJournal::open(&other), Err(JournalError::Foreign(_))));
    let missing = directory.path().join("no/such/folder/router.db");
    let error = SqliteJournal::open(&missing).unwrap_err().to_string();
    assert!(error.contains("no/such/folder/router.db"), "{error}");
}

#[test]
fn a_later_format_is_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("router.db");
    drop(SqliteJournal::open(&path).unwrap());
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", FORMAT_VERSION + 1).unwrap();
    drop(connection);
    let error = SqliteJournal::open(&path).unwrap_err();
    let later = i64::from(FORMAT_VERSION) + 1;
    assert!(matches!(error, JournalError::TooNew { found, .. } if found == later), "{error}");
}

/// As a router wrote it that did not ask yet who answered, or who reassigns.
#[test]
fn records_of_older_routers_are_read() {
    #[track_caller]
    fn check(body: &str, expected: &Event) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("router.db");
        let mut journal = SqliteJournal::open(&path).unwrap();
        journal.append(&[entry(1, None, event(1))]).unwrap();
        drop(journal);
        let connection = rusqlite::Connection::open(&path).unwrap();
        let bytes = body.as_bytes();
        connection.execute("UPDATE records SET body = ?1 WHERE seq = 1", [bytes]).unwrap();
        drop(connection);
        let records = all(&mut SqliteJournal::open(&path).unwrap());
        assert_eq!(records[0].body, Body::Event(expected.clone()), "{body}");
    }
    check(
        r#"{"conversation_changed":{"conversation":{"id":"215","contact":"6a",
            "state":"open","created_at":1768031789000000,"updated_at":1768031790000000},
            "change":"teammate_replied"}}"#,
        &Event::ConversationChanged {
            conversation: conversation(),
            change: Change::TeammateReplied,
        },
    );
    check(r#"{"presence_changed":{"teammate":7,"presence":"away"}}"#, &absence(7));
    check(
        r#"{"call_finished":{"command":3,"outcome":{"roster":{"teams":[5],"teammates":[
            {"id":7,"presence":"active","has_inbox_seat":true,"teams":[5]}]}}}}"#,
        &Event::CallFinished {
            command: CommandId::new(3),
            outcome: Outcome::Roster(RosterSnapshot {
                teams: vec![TeamId::new(5)],
                teammates: vec![TeammateSnapshot {
                    id: TeammateId::new(7),
                    presence: Presence::Active,
                    has_inbox_seat: true,
                    teams: vec![TeamId::new(5)],
                    secondary_teams: vec![],
                    reassign: false,
                }],
            }),
            rate_limit: None,
        },
    );
}

#[test]
fn a_record_that_cannot_be_read_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("router.db");
    let mut journal = SqliteJournal::open(&path).unwrap();
    journal.append(&[entry(1, None, event(1)), entry(2, None, event(2))]).unwrap();
    drop(journal);
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute("UPDATE records SET body = x'7B' WHERE seq = 2", []).unwrap();
    drop(connection);
    let mut journal = SqliteJournal::open(&path).unwrap();
    assert_eq!(journal.read(0, 1).unwrap().len(), 1);
    assert!(matches!(journal.read(1, 1), Err(JournalError::Corrupt { sequence: 2, .. })));
}

/// What a router of the first format made of a new file.
const FORMAT_1: &str = "
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE records (
        seq             INTEGER PRIMARY KEY,
        at_us           INTEGER NOT NULL,
        kind            TEXT NOT NULL CHECK (kind IN ('seed', 'rules', 'event')),
        notification_id TEXT UNIQUE,
        body            BLOB NOT NULL
    ) STRICT;
    INSERT INTO meta (key, value) VALUES ('written_by', 'router 0.1.0'), ('probe', '0');
    INSERT INTO records (at_us, kind, notification_id, body)
        VALUES (1, 'seed', NULL, x'37'), (2, 'event', 'notif_a', CAST('\"router_started\"' AS BLOB));
    PRAGMA application_id = 1920234090;
    PRAGMA user_version = 1;
";

/// What format 2 had besides.
const FORMAT_2: &str = "
    CREATE TABLE checkpoints (
        seq     INTEGER NOT NULL,
        number  INTEGER NOT NULL,
        is_last INTEGER NOT NULL,
        piece   BLOB NOT NULL,
        PRIMARY KEY (seq, number)
    ) STRICT;
    CREATE TABLE forgotten (
        contact TEXT PRIMARY KEY,
        next    INTEGER NOT NULL,
        until   INTEGER NOT NULL
    ) STRICT;
    INSERT INTO meta (key, value) VALUES ('tidied', '0'), ('key', hex(randomblob(32)));
    INSERT INTO checkpoints (seq, number, is_last, piece) VALUES (1, 0, 1, x'6F6E65');
    PRAGMA user_version = 2;
";

#[test]
fn a_journal_of_the_second_format_is_looked_at_as_it_is_and_upgraded_when_it_is_written_to() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("router.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch(FORMAT_1).unwrap();
    connection.execute_batch(FORMAT_2).unwrap();
    drop(connection);
    let looked_at = JournalFile::open(&path).unwrap();
    assert_eq!(looked_at.format().unwrap(), 2);
    assert_eq!(looked_at.dead_counts().unwrap(), DeadCounts::default());
    assert!(looked_at.left_out().unwrap().is_empty());
    drop(looked_at);
    for letters in [0, 1] {
        let mut journal = SqliteJournal::open(&path).unwrap();
        assert_eq!(all(&mut journal).len(), 2);
        assert_eq!(journal.checkpoint().unwrap().unwrap().state, b"one");
        assert_eq!(journal.dead_counts().unwrap().poison, letters);
        let (sequence, event) = (2, Event::RouterStarted);
        let poison = Poison { sequence, at: Timestamp::EPOCH, event, reason: String::new() };
        journal.leave_out(&poison).unwrap();
    }
    let looked_at = JournalFile::open(&path).unwrap();
    assert_eq!((looked_at.format().unwrap(), looked_at.left_out().unwrap()), (3, [2].into()));
}

#[test]
fn a_journal_of_the_first_format_is_upgraded_and_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("router.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch(FORMAT_1).unwrap();
    drop(connection);
    for _ in 0..2 {
        let mut journal = SqliteJournal::open(&path).unwrap();
        let bodies: Vec<_> = all(&mut journal).into_iter().map(|record| record.body).collect();
        assert_eq!(bodies, [Body::Seed(7), Body::Event(Event::RouterStarted)]);
        let again = [entry(9, Some("notif_a"), event(3))];
        assert_eq!(journal.append(&again).unwrap(), [Appended::Duplicate]);
        keep(&mut journal, 2, &[b"state"]);
        assert_eq!(journal.checkpoint().unwrap().unwrap().state, b"state");
        assert!(!journal.tidy(&tidying(2, 0, Texts::Drop), 9).unwrap());
    }
    let connection = rusqlite::Connection::open(&path).unwrap();
    let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, FORMAT_VERSION);
}
