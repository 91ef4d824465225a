//! What every journal must do, and what only the SQLite file does.

use std::path::Path;

use engine::{
    Change, CommandId, ContactId, ConversationId, ConversationSnapshot, ConversationState, Event,
    Outcome, Presence, RosterSnapshot, TeamId, TeammateId, TeammateSnapshot, Timestamp,
};
use router::journal::{
    Appended, Body, Entry, FORMAT_VERSION, Journal, JournalError, MemoryJournal, Record,
    SqliteJournal,
};

fn absence(number: u64) -> Event {
    let teammate = TeammateId::new(number);
    Event::PresenceChanged { teammate, presence: Presence::Away, reassign: false }
}

fn event(number: u64) -> Body {
    Body::Event(absence(number))
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
    journal.checkpoint().unwrap();
    let mut journal = reopen(journal);
    assert_eq!(all(&mut journal).len(), 1);
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
    assert!(matches!(error, JournalError::TooNew { found: 2, .. }), "{error}");
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
            conversation: ConversationSnapshot {
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
            },
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
