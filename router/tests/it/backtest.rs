//! `router backtest`: recorded traffic through other rules.

use std::path::Path;
use std::time::Duration;

use engine::{
    Action, Command, ContactProfile, Engine, Event, Outcome, Presence, RosterSnapshot, RulesSource,
    Seed, TeamId, TeammateId, TeammateSnapshot, Timestamp,
};
use router::journal::{Body, Entry, Journal, JournalFile, SqliteJournal, Texts, Tidying};
use router::notification::decode;
use router::review::backtest::{Backtest, Span, backtest};
use router::rules_file;

use crate::cli::{check, router};

/// Contacts from Spain go to sales, which needs their profiles; questions for the price as well.
const RULES: &str = r#"
version = 1
time_zone = "UTC"
channel.any = [{ tag = "tiktok" }, { source_type = "tiktok" }]
channel.settle_for = "1s"
team.sales.intercom_team = 201
team.support.intercom_team = 202
fallback.assign = "support"

[[rule]]
name = "price"
assign = "sales"
when.text = ["how much"]

[[rule]]
name = "spain"
assign = "sales"
when.country = ["ES"]
"#;

fn policy(text: &str) -> engine::Policy {
    rules_file::parse(Path::new("rules.toml"), &RulesSource::single(text)).unwrap().policy
}

fn roster() -> RosterSnapshot {
    let teammate = |id, team| TeammateSnapshot {
        id: TeammateId::new(id),
        presence: Presence::Active,
        has_inbox_seat: true,
        secondary_teams: vec![],
        reassign: false,
        teams: vec![TeamId::new(team)],
    };
    RosterSnapshot {
        teams: vec![TeamId::new(201), TeamId::new(202)],
        teammates: vec![teammate(101, 201), teammate(102, 202)],
    }
}

fn created(number: usize, text: &str) -> Event {
    let body = include_str!("../fixtures/created_2_16.json")
        .replace("215400000002", &format!("{number}"))
        .replace("6a000000000000000000bbbb", &format!("6a{number}"))
        .replace("is a < b & c > d?", text);
    decode(body.as_bytes()).unwrap().events.remove(0)
}

/// A router's day, as its driver would write it down: messages with the contacts' countries.
fn day(path: &Path, rules: &str, messages: &[(&str, &str)]) {
    let mut journal = SqliteJournal::open(path).unwrap();
    let mut at = Timestamp::from_seconds(1_800_000_000);
    let mut append = |at, body| {
        journal.append(&[Entry { at, notification_id: None, body }]).unwrap();
    };
    append(at, Body::Seed(7));
    append(at, Body::Rules(rules.into()));
    let mut engine = Engine::new(policy(rules), Seed(7));
    let inputs = std::iter::once(Event::RouterStarted);
    let inputs = inputs.chain(messages.iter().enumerate().map(|(n, it)| created(n + 1, it.0)));
    for event in inputs {
        at = at + Duration::from_secs(60);
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            append(at, Body::Event(event.clone()));
            engine.handle_event(at, event);
            at = at + Duration::from_millis(250);
            while let Some(command) = engine.poll_command() {
                let Command::Call(call) = command else { continue };
                let outcome = match call.action {
                    Action::FetchRoster => Outcome::Roster(roster()),
                    Action::FetchContact { contact } => {
                        let number: usize = contact.as_str()[2..].parse().unwrap();
                        let country = Some(messages[number - 1].1.to_owned());
                        Outcome::Contact(ContactProfile { country, ..Default::default() })
                    }
                    _ => Outcome::Assigned { part: None, updated_at: None },
                };
                let (command, rate_limit) = (call.id, None);
                events.push(Event::CallFinished { command, outcome, rate_limit });
            }
        }
    }
}

const MESSAGES: [(&str, &str); 6] = [
    ("how much is it?", "DE"),
    ("hello there", "ES"),
    ("hello there", "DE"),
    ("it is broken", "DE"),
    ("it is broken", "ES"),
    ("how much is shipping?", "ES"),
];

fn tried(candidate: &str) -> Backtest {
    tried_on(RULES, candidate)
}

/// The candidate on a day of other rules.
fn tried_on(rules: &str, candidate: &str) -> Backtest {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("router.db");
    day(&path, rules, &MESSAGES);
    let journal = JournalFile::open(&path).unwrap();
    backtest(&journal, &policy(candidate), Span::default()).unwrap()
}

/// Conversation, team before and after of all that are different, by conversation.
fn moves(report: &Backtest) -> Vec<(&str, &str, &str)> {
    let team = |side: &Option<_>| {
        side.as_ref().map_or("-", |it: &router::review::backtest::Side| {
            // The report outlives the closure.
            Box::leak(it.team.clone().into_boxed_str())
        })
    };
    let mut moves: Vec<_> = report
        .different
        .iter()
        .map(|it| (it.conversation.as_str(), team(&it.before), team(&it.after)))
        .collect();
    moves.sort_unstable();
    moves
}

#[test]
fn the_same_rules_move_nothing() {
    let report = tried(RULES);
    assert_eq!((report.conversations, report.moved, report.different.len()), (6, 0, 0));
    assert!(report.changes.is_empty() && !report.changes_anything());
    let before: Vec<_> = report.rules.iter().map(|it| it.before).collect();
    assert_eq!(before, [2, 2, 2], "fallback, price, spain");
}

#[test]
fn messages_that_are_gone_are_counted() {
    assert_eq!(tried(RULES).without_text, 0);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("router.db");
    day(&path, RULES, &MESSAGES);
    let mut journal = SqliteJournal::open(&path).unwrap();
    let up_to = journal.last_sequence().unwrap();
    let tidying = Tidying { up_to, delete_before: Timestamp::EPOCH, texts: Texts::Hash };
    while journal.tidy(&tidying, 100).unwrap() {}
    drop(journal);
    let journal = JournalFile::open(&path).unwrap();
    let report = backtest(&journal, &policy(RULES), Span::default()).unwrap();
    assert_eq!(report.without_text, 6);
    assert!(report.text(9).contains("6 messages have no text any more"), "{}", report.text(9));
}

#[test]
fn it_is_told_who_would_have_moved() {
    let report = tried(&RULES.replace("\"how much\"", "\"broken\""));
    assert_eq!(
        moves(&report),
        [
            ("1", "sales", "support"),
            ("4", "support", "sales"),
            ("5", "sales", "sales"),
            ("6", "sales", "sales"),
        ]
    );
    assert_eq!((report.moved, report.other_rule), (2, 2));
    assert_eq!(report.unknown_contacts, 0);
}

/// The candidate asks nobody for a profile, so all its calls have other numbers than then.
#[test]
fn answers_are_told_by_what_was_asked() {
    let without = RULES.split("[[rule]]\nname = \"spain\"").next().unwrap();
    assert_eq!(moves(&tried(without)), [("2", "sales", "support"), ("5", "sales", "support")]);
    // And one that asks for what nobody asked then has to do without, and says so.
    let report = tried_on(without, RULES);
    assert_eq!((report.moved, report.unknown_contacts), (0, 6));
}

#[test]
fn a_candidate_of_another_channel_decides_nothing() {
    let other = RULES.replace(
        "[{ tag = \"tiktok\" }, { source_type = \"tiktok\" }]",
        "[{ tag = \"telegram\" }]",
    );
    let report = tried(&other);
    assert_eq!((report.no_longer_routed, report.moved), (6, 0));
    assert!(report.changes_anything());
}

#[test]
fn the_command_prints_it_for_people_pull_requests_and_programs() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    day(&folder.join("router.db"), RULES, &MESSAGES);
    std::fs::write(folder.join("same.toml"), RULES).unwrap();
    std::fs::write(folder.join("new.toml"), RULES.replace("\"how much\"", "\"broken\"")).unwrap();
    std::fs::write(folder.join("bad.toml"), "version = 1\n").unwrap();
    let run = |rules: &str, more: &[&str]| {
        let arguments = [&["backtest", "--journal", "router.db", "--rules", rules], more].concat();
        router(folder, &arguments, &[])
    };
    check(&run("same.toml", &["--fail-on-change"]), 0, &["None of 6 conversations"]);
    check(&run("new.toml", &[]), 0, &["2 of 6 conversations would have moved (33.3 %)"]);
    check(&run("new.toml", &["--fail-on-change"]), 1, &["\"price\""]);
    let markdown = run("new.toml", &["--format", "markdown"]);
    check(&markdown, 0, &["### Backtest: 2 of 6", "| sales | support | 1 |", "<details>"]);
    let markdown = String::from_utf8(markdown.stdout).unwrap();
    assert!(!markdown.contains("it is"), "messages are never shown:\n{markdown}");
    let json = run("new.toml", &["--format", "json", "--since", "2027-01-15T08:03:30Z"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&json["conversations"], &json["moved"]), (&4.into(), &1.into()));
    check(&run("bad.toml", &[]), 2, &["bad.toml"]);
    check(&run("new.toml", &["--since", "noon"]), 2, &["is not a moment"]);
    check(&run("none.toml", &[]), 2, &["none.toml"]);
}
