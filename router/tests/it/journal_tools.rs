//! `router journal`: to look at a journal, to write it as lines, and to make one of them.

use std::io::BufReader;
use std::path::{Path, PathBuf};

use engine::{Command, Engine, Event, RulesSource, Timestamp};
use router::Clock;
use router::journal::archive::{ArchiveError, export, import};
use router::journal::stat::Stat;
use router::journal::{
    Body, DeadLetters as _, Entry, Journal, JournalFile, Poison, Record, SqliteJournal, is_in_use,
};
use router::notification::decode;
use router::recovery::{Begin, recover, replay};
use router::rules_file;

use crate::cli::{check, router};
use crate::stage::RULES;

/// A word of a contact that must not get out.
const SECRET_WORD: &str = "xylophone";

/// A journal with seed, rules, a start and three DMs.
fn write_journal(path: &Path) -> SqliteJournal {
    let mut journal = SqliteJournal::open(path).unwrap();
    let at = |seconds: u64| Timestamp::from_seconds(1_800_000_000 + seconds);
    let entry = |seconds, body| Entry { at: at(seconds), notification_id: None, body };
    let mut entries = vec![
        entry(0, Body::Seed(7)),
        entry(0, Body::Rules(RULES.into())),
        entry(1, Body::Event(Event::RouterStarted)),
    ];
    for number in 1..=3 {
        let body = include_str!("../fixtures/created_2_16.json")
            .replace("215400000002", &format!("90{number}"))
            .replace("is a < b & c > d?", &format!("how much is the {SECRET_WORD}?"));
        let event = decode(body.as_bytes()).unwrap().events.remove(0);
        let notification_id = Some(format!("notif_{number}"));
        let body = Body::Event(event);
        entries.push(Entry { at: at(2 + number), notification_id, body });
    }
    journal.append(&entries).unwrap();
    journal
}

fn lines_of(path: &Path, texts: bool) -> String {
    let mut lines = Vec::new();
    export(&JournalFile::open(path).unwrap(), texts, &mut lines).unwrap();
    String::from_utf8(lines).unwrap()
}

fn records(path: &Path) -> Vec<Record> {
    SqliteJournal::open(path).unwrap().read(0, 10_000).unwrap()
}

/// What a replay comes to: everything that it asks for, also later, and how things stand.
fn replayed(path: &Path) -> (Vec<(Timestamp, Command)>, engine::Overview) {
    let mut journal = SqliteJournal::open(path).unwrap();
    let mut commands = Vec::new();
    let mut sink = |at, command| commands.push((at, command));
    let (recovered, _) = replay(&mut journal, Begin::AtFirstRecord, &mut sink).unwrap().unwrap();
    let mut engine: Engine = recovered.engine;
    let later = recovered.last + std::time::Duration::from_secs(3_600);
    engine.advance_to(later);
    commands.extend(std::iter::from_fn(|| engine.poll_command()).map(|it| (later, it)));
    (commands, engine.overview())
}

struct House {
    directory: tempfile::TempDir,
    journal: PathBuf,
    copy: PathBuf,
}

fn house() -> House {
    let directory = tempfile::tempdir().unwrap();
    let (journal, copy) = (directory.path().join("router.db"), directory.path().join("copy.db"));
    drop(write_journal(&journal));
    House { directory, journal, copy }
}

#[test]
fn a_journal_that_was_exported_and_imported_replays_the_same() {
    let house = house();
    let House { journal, copy, .. } = &house;
    let lines = lines_of(journal, true);
    assert_eq!(import(&mut lines.as_bytes(), copy, false).unwrap(), 6);
    assert_eq!(records(copy), records(journal));
    assert_eq!(lines_of(copy, true), lines);
    let (commands, overview) = replayed(copy);
    assert!(commands.len() > 3, "{commands:?}");
    assert_eq!((commands, overview), replayed(journal));
    // Repetitions are still known.
    let again = Entry {
        at: Timestamp::from_seconds(1_900_000_000),
        notification_id: Some("notif_2".into()),
        body: Body::Event(Event::RouterStarted),
    };
    let appended = SqliteJournal::open(copy).unwrap().append(&[again]).unwrap();
    assert_eq!(appended, [router::journal::Appended::Duplicate]);
}

#[test]
fn what_a_replay_leaves_out_stays_left_out_and_dead_letters_stay_behind() {
    let house = house();
    let House { directory, journal, copy } = &house;
    let mut open = SqliteJournal::open(journal).unwrap();
    let Body::Event(event) = open.read(4, 1).unwrap().remove(0).body else { panic!("no event") };
    let reason = "the engine panics".to_owned();
    let at = Timestamp::from_seconds(1_800_000_004);
    open.leave_out(&Poison { sequence: 5, at, event, reason }).unwrap();
    drop(open);
    assert_eq!(replayed(journal).1.conversations, 2);
    let lines = lines_of(journal, true);
    let marked: Vec<_> = lines.lines().filter(|it| it.contains("\"left_out\":true")).collect();
    assert!(marked.len() == 1 && marked[0].contains("902"), "{marked:?}");
    assert!(lines_of(journal, false).contains("left_out"));
    // A gap, as events leave that were deleted: numbers are given anew.
    let lines = lines.replace("\"sequence\":5", "\"sequence\":7");
    let lines = lines.replace("\"sequence\":6", "\"sequence\":8");
    assert_eq!(import(&mut lines.as_bytes(), copy, false).unwrap(), 6);
    assert_eq!(replayed(copy), replayed(journal));
    let of = |path: &Path| JournalFile::open(path).unwrap();
    assert_eq!(of(copy).left_out().unwrap(), of(journal).left_out().unwrap());
    assert_eq!(
        (of(journal).dead_counts().unwrap().poison, of(copy).dead_counts().unwrap().poison),
        (1, 0)
    );
    let stat = router(directory.path(), &["journal", "stat", "router.db"], &[]);
    check(&stat, 0, &["dead letters: 0 unreadable, 1 poison, ", " bytes; 0 dropped", "sound"]);
    let stat = router(directory.path(), &["journal", "stat", "router.db", "--format", "json"], &[]);
    let stat: serde_json::Value = serde_json::from_slice(&stat.stdout).unwrap();
    assert_eq!(stat["dead_letters"]["poison"], 1);
}

#[test]
fn texts_can_be_left_out() {
    let house = house();
    let House { journal, copy, .. } = &house;
    assert!(lines_of(journal, true).contains(SECRET_WORD));
    let lines = lines_of(journal, false);
    assert!(!lines.contains(SECRET_WORD) && lines.contains("901"), "{lines}");
    let refused = import(&mut lines.as_bytes(), copy, false).unwrap_err();
    assert!(matches!(refused, ArchiveError::WithoutTexts), "{refused}");
    assert_eq!(import(&mut lines.as_bytes(), copy, true).unwrap(), 6);
}

#[test]
fn a_wrong_line_is_named_and_nothing_is_left_behind() {
    let house = house();
    let House { directory, journal, copy } = &house;
    let good = lines_of(journal, true);
    let check = |change: &dyn Fn(&mut Vec<String>), expected: &str| {
        let mut lines: Vec<String> = good.lines().map(|line| format!("{line}\n")).collect();
        change(&mut lines);
        let lines = lines.concat();
        let error = import(&mut lines.as_bytes(), copy, false).unwrap_err().to_string();
        assert!(error.contains(expected), "`{expected}` is missing in: {error}");
        let files = std::fs::read_dir(directory.path()).unwrap();
        let left: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| !name.to_string_lossy().contains("copy")), "{left:?}");
    };
    check(&|lines| lines.clear(), "line 1: is missing");
    check(&|lines| drop(lines.remove(0)), "line 1: unknown field");
    check(
        &|lines| lines[0] = lines[0].replace("\"router_journal\":1", "\"router_journal\":9"),
        "line 1: has format 9",
    );
    check(&|lines| lines.truncate(2), "begins with its seed and its rules");
    check(&|lines| drop(lines.remove(1)), "line 2: the seed stands in the first record");
    check(&|lines| drop(lines.remove(2)), "line 3: the second record must be the rules");
    check(
        &|lines| lines[2] = lines[2].replace("version = 1", "version = 9"),
        "line 3: the rules have mistakes",
    );
    check(&|lines| lines[4] = "{\n".into(), "line 5: EOF");
    check(
        &|lines| lines[4] = lines[4].replace("\"sequence\":4", "\"sequence\":2"),
        "line 5: sequence 2 follows 3",
    );
    check(
        &|lines| lines[4] = lines[4].replace("\"at_us\":18", "\"at_us\":17"),
        "line 5: is earlier",
    );
    check(
        &|lines| lines[5] = lines[5].replace("notif_2", "notif_1"),
        "line 6: its notification_id",
    );
    check(
        &|lines| lines[5] = lines[5].replace("\"event\":", "\"evnet\":"),
        "line 6: unknown field",
    );
    check(&|lines| lines[6].truncate(40), "line 7: has no end");
}

#[test]
fn nothing_is_ever_imported_over_a_file() {
    let house = house();
    let House { journal, copy, .. } = &house;
    let lines = lines_of(journal, true);
    std::fs::write(copy, "precious").unwrap();
    let refused = import(&mut BufReader::new(lines.as_bytes()), copy, false).unwrap_err();
    assert!(matches!(refused, ArchiveError::Exists(_)), "{refused}");
    assert_eq!(std::fs::read_to_string(copy).unwrap(), "precious");
}

#[test]
fn a_journal_is_looked_at_while_a_router_writes_to_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("router.db");
    let mut running = write_journal(&path);
    let before = Stat::of(&path).unwrap();
    assert!(before.in_use && is_in_use(&path));
    assert_eq!((before.records, before.seed, before.faults.len()), (6, Some(7), 0));
    assert_eq!(before.kinds["conversation_changed"], 3);
    let version = rules_file::parse(Path::new("r"), &RulesSource::single(RULES)).unwrap();
    assert_eq!(before.rules[0].version.as_deref(), Some(&**version.policy.version()));
    // Looking held nobody up, and what is written since is seen.
    let entry = Entry {
        at: Timestamp::from_seconds(1_900_000_000),
        notification_id: None,
        body: Body::Event(Event::RouterStarted),
    };
    running.append(&[entry]).unwrap();
    assert_eq!(Stat::of(&path).unwrap().kinds["router_started"], 2);
    drop(running);
    assert!(!Stat::of(&path).unwrap().in_use);
}

#[test]
fn a_new_journal_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = house();
    let House { directory, journal, copy } = &house;
    import(&mut lines_of(journal, true).as_bytes(), copy, false).unwrap();
    let _open = SqliteJournal::open(journal).unwrap();
    for name in ["router.db", "router.db-wal", "copy.db"] {
        let mode = std::fs::metadata(directory.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn looking_leaves_nothing_behind() {
    let house = house();
    let House { directory, journal, .. } = &house;
    let odd = directory.path().join("a?b#c%20d.db");
    std::fs::rename(journal, &odd).unwrap();
    let left = || {
        let files = std::fs::read_dir(directory.path()).unwrap();
        files.map(|file| file.unwrap().file_name()).collect::<std::collections::BTreeSet<_>>()
    };
    let before = left();
    assert_eq!(Stat::of(&odd).unwrap().records, 6);
    assert_eq!(left(), before);
    // What a crash left is read with its log, which is not in the journal yet.
    let running = write_journal(journal);
    let crashed = directory.path().join("crashed.db");
    std::fs::copy(journal, &crashed).unwrap();
    std::fs::copy(directory.path().join("router.db-wal"), directory.path().join("crashed.db-wal"))
        .unwrap();
    assert_eq!(Stat::of(&crashed).unwrap().records, 6);
    drop(running);
}

#[test]
fn damage_is_told() {
    let house = house();
    let House { directory, journal, .. } = &house;
    let connection = rusqlite::Connection::open(journal).unwrap();
    connection.execute("UPDATE records SET body = x'7B' WHERE seq = 5", []).unwrap();
    drop(connection);
    let output = router(directory.path(), &["journal", "stat", "router.db"], &[]);
    check(&output, 1, &["fault: record 5 of the journal cannot be read"]);
}

#[test]
fn the_command_line_does_the_same() {
    let house = house();
    let House { directory, .. } = &house;
    let run = |arguments: &[&str]| router(directory.path(), arguments, &[]);
    check(&run(&["journal", "stat", "router.db"]), 0, &["6 records", "seed 7", "sound"]);
    let stat = run(&["journal", "stat", "router.db", "--format", "json"]);
    let stat: serde_json::Value = serde_json::from_slice(&stat.stdout).unwrap();
    assert_eq!((&stat["records"], &stat["in_use"]), (&6.into(), &false.into()));
    let export = ["journal", "export", "router.db", "--output", "j.jsonl"];
    check(&run(&export), 0, &["6 records written"]);
    check(&run(&export), 2, &["cannot make j.jsonl"]);
    check(&run(&["journal", "import", "j.jsonl", "copy.db"]), 0, &["6 records in copy.db"]);
    check(&run(&["journal", "import", "j.jsonl", "copy.db"]), 2, &["copy.db exists"]);
    check(&run(&["journal", "stat", "none.db"]), 2, &["none.db"]);
    let both = run(&["journal", "export", "copy.db"]).stdout;
    assert_eq!(both, std::fs::read(directory.path().join("j.jsonl")).unwrap());
    for command in ["stat", "export", "import"] {
        let help = run(&["journal", command, "--help"]);
        check(&help, 0, &["Example", "Exit codes"]);
    }
}

/// Made by the router of format 1, with the story of [`write_journal`]. It must stay as it is.
#[test]
fn a_journal_of_format_1_is_opened_and_gone_on_with() {
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/journal_format_1.sqlite");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("router.db");
    std::fs::copy(fixture, &path).unwrap();
    assert_eq!(JournalFile::open(&path).unwrap().format().unwrap(), 1);
    assert_eq!(Stat::of(&path).unwrap().faults, [] as [String; 0]);
    let house = house();
    let House { journal, .. } = &house;
    assert_eq!(records(&path), records(journal));
    let mut opened = SqliteJournal::open(&path).unwrap();
    let rules = rules_file::parse(Path::new("rules.toml"), &RulesSource::single(RULES)).unwrap();
    let recovered = recover(&mut opened, &rules, None, &Clock::system()).unwrap();
    assert_eq!(recovered.sequence, 6);
    assert_eq!(recovered.engine.overview().teams.len(), 2);
}
