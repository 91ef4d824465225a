//! A share of the contacts, decided by other rules: how many, who, and the same every time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use engine::{
    Action, Change, Command, Engine, Event, Message, Outcome, PartId, Policy, RulesSource, Seed,
    Timestamp, Verdict,
};

use crate::scene;

const CONTACTS: u64 = 10_000;
const START: Timestamp = Timestamp::from_seconds(1_795_176_000);

const NEXT: &str = "version = 1\nchannel.any = [{ tag = \"tiktok\" }]\nteam.help.intercom_team = 1\n\
                    fallback.assign = \"help\"\n[[rule]]\nname = \"next\"\nassign = \"help\"\n\
                    tags = [\"next\"]\nwhen.text = [\"hello\"]\n";

/// Rules with a canary for this share, as a journal gives them back.
fn policy(share: &str, salt: &str) -> Policy {
    let live = format!(
        "version = 1\nchannel.any = [{{ tag = \"tiktok\" }}]\nteam.help.intercom_team = 1\n\
         fallback.assign = \"help\"\ncanary = {{ rules = \"next.toml\", share = \"{share}\"{salt} }}\n"
    );
    let loaded = Policy::load("rules.toml", &live, &mut |_| Ok(NEXT.to_owned())).unwrap();
    let source = RulesSource::from_text(&loaded.source.to_text());
    Policy::from_source(&source).unwrap().policy
}

/// What became of one DM of each contact.
#[derive(Debug, PartialEq)]
struct Played {
    commands: Vec<Command>,
    by_canary: BTreeSet<String>,
    owned: BTreeSet<String>,
}

/// Everybody writes once; whatever the engine asks of Intercom is done at once.
fn play(policy: Policy) -> Played {
    let mut engine = Engine::new(policy, Seed(1));
    let (mut commands, mut parts) = (Vec::new(), 0);
    let (mut by_canary, mut owned) = (BTreeSet::new(), BTreeSet::new());
    let mut dms = 0..CONTACTS;
    let mut at = START;
    let mut next = Some(Event::RouterStarted);
    while let Some(event) = next.take() {
        engine.handle_event(at, event);
        let mut answers = Vec::new();
        loop {
            while let Some(command) = engine.poll_command() {
                match &command {
                    Command::Call(call) => {
                        parts += 1;
                        let outcome = match &call.action {
                            Action::FetchRoster => Outcome::Roster(scene::one_team(500)),
                            Action::FindConversations { .. } => {
                                Outcome::Conversations(Default::default())
                            }
                            Action::AssignTeammate { conversation, .. } => {
                                owned.insert(conversation.to_string());
                                Outcome::Assigned {
                                    part: Some(PartId::new(parts)),
                                    updated_at: None,
                                }
                            }
                            Action::AddTag { .. } => Outcome::Annotated,
                            _ => Outcome::Assigned {
                                part: Some(PartId::new(parts)),
                                updated_at: None,
                            },
                        };
                        let command = call.id;
                        answers.push(Event::CallFinished { command, outcome, rate_limit: None });
                    }
                    Command::Publish(decision) => {
                        if let Verdict::Routed(it) = &decision.verdict {
                            assert_eq!(it.canary.is_some(), it.explanation.rule.is_some());
                            if it.canary.is_some() {
                                by_canary.insert(decision.conversation.to_string());
                            }
                        }
                    }
                }
                commands.push(command);
            }
            match answers.pop() {
                Some(answer) => engine.handle_event(at, answer),
                None => break,
            }
        }
        at = at + Duration::from_millis(20);
        next = dms.next().map(|number| Event::ConversationChanged {
            conversation: scene::conversation(number, at),
            change: Change::Started(Message::text("hello")),
        });
    }
    // What waits for the budget.
    Played { commands, by_canary, owned }
}

#[test]
fn a_share_is_about_as_large_as_it_says_the_same_every_time_and_owned() {
    let five = play(policy("5%", ""));
    let count = five.by_canary.len();
    assert!((400..=600).contains(&count), "{count} of {CONTACTS}");
    assert_eq!(five.owned.len() as u64, CONTACTS, "everybody has an owner");
    assert_eq!(play(policy("5%", "")), five, "a replay is the same, command by command");

    let ten = play(policy("10%", ""));
    assert!(ten.by_canary.is_superset(&five.by_canary), "a larger share keeps whom it had");
    let others = play(policy("5%", ", salt = \"october\""));
    let both = others.by_canary.intersection(&five.by_canary).count();
    assert!(both < 60, "another salt chooses others: {both}");
}

/// Loads rules made of these files; the first is the main one.
fn load(files: &[(&str, &str)]) -> Result<engine::Loaded, Box<engine::Invalid>> {
    let texts: BTreeMap<&str, &str> = files.iter().copied().collect();
    Policy::load(files[0].0, files[0].1, &mut |name| {
        texts.get(name).map(|it| (*it).to_owned()).ok_or_else(|| "there is no such file".to_owned())
    })
}

const TEAMS: &str = "[team.help]\nintercom_team = 1\n[team.sales]\nintercom_team = 2\n";
const LIVE: &str = "version = 1\ninclude = [\"teams.toml\"]\nchannel.any = [{ tag = \"tiktok\" }]\n\
                    fallback.assign = [\"help\", \"sales\"]\n\
                    [canary]\nrules = \"next/rules.toml\"\nshare = \"5%\"\n";
const IN_FOLDER: &str = "version = 1\ninclude = [\"../teams.toml\", \"more.toml\"]\n\
                         channel.any = [{ tag = \"tiktok\" }]\nfallback.assign = \"help\"\n";
const MORE: &str = "[[rule]]\nname = \"price\"\nassign = \"sales\"\nwhen.text = [\"price\"]\n";

#[test]
fn a_canary_has_the_version_that_its_file_has_alone() {
    let files = [
        ("rules.toml", LIVE),
        ("teams.toml", TEAMS),
        ("next/rules.toml", IN_FOLDER),
        ("next/more.toml", MORE),
    ];
    let loaded = load(&files).unwrap();
    assert_eq!(loaded.warnings, []);
    let alone = load(&[("rules.toml", IN_FOLDER), ("../teams.toml", TEAMS), ("more.toml", MORE)]);
    let version = alone.unwrap().policy.version().clone();
    let canary = loaded.policy.canary().unwrap();
    assert_eq!(*canary.policy().version(), version);
    assert_eq!((canary.rules(), canary.share().to_string()), ("next/rules.toml", "5%".to_owned()));

    // All of it is one text, and a change of any file is another version.
    let back = Policy::from_source(&RulesSource::from_text(&loaded.source.to_text())).unwrap();
    assert_eq!(back.policy.version(), loaded.policy.version());
    assert_eq!(*back.policy.canary().unwrap().policy().version(), version);
    let more = MORE.replace("price\"]", "cost\"]");
    let changed = load(&[files[0], files[1], files[2], ("next/more.toml", &more)]).unwrap();
    assert_ne!(changed.policy.version(), loaded.policy.version());
    assert_ne!(*changed.policy.canary().unwrap().policy().version(), version);
}

#[test]
fn a_canary_is_printed_as_it_is_written() {
    let salted = LIVE.replace("\"5%\"", "\"0.5%\"\nsalt = \"october\"");
    let files = |live| {
        [
            ("rules.toml", live),
            ("teams.toml", TEAMS),
            ("next/rules.toml", IN_FOLDER),
            ("next/more.toml", MORE),
        ]
    };
    let printed = load(&files(&salted)).unwrap().policy.to_toml();
    let expected = "[canary]\nrules = \"next/rules.toml\"\nsalt = \"october\"\nshare = \"0.5%\"\n";
    assert!(printed.contains(expected), "{printed}");
    let again = load(&files(&printed)).unwrap().policy;
    assert_eq!(again.to_toml(), printed);
    assert_eq!(again.canary().unwrap().salt(), "october");
}

#[test]
fn what_is_doubtful_in_a_canarys_rules_is_told_in_its_files() {
    let more =
        format!("{MORE}[[rule]]\nname = \"late\"\nassign = \"sales\"\nwhen.text = [\"price\"]\n");
    let loaded = load(&[
        ("rules.toml", LIVE),
        ("teams.toml", TEAMS),
        ("next/rules.toml", IN_FOLDER),
        ("next/more.toml", &more),
    ])
    .unwrap();
    assert_eq!(loaded.policy.lint(&loaded.source), []);
    let lints = loaded.policy.canary().unwrap().lint();
    let told: Vec<_> = lints.iter().map(|it| (it.file.as_deref(), it.code)).collect();
    assert_eq!(told, [(Some("next/more.toml"), Some("shadowed-rule"))]);
}

#[test]
fn teams_of_a_canary_count_for_nothing() {
    let own = "version = 1\ninclude = [\"more.toml\"]\nfallback.assign = \"help\"\n\
               [channel]\nany = [{ tag = \"tiktok\" }]\nreply_window.lasts = \"24h\"\n\
               [teammate.ada]\nintercom_admin = 7\nweight = 2\n\
               [team.help]\nintercom_team = 3\n[team.sales]\nintercom_team = 2\n\
               [team.unknown]\nintercom_team = 4\n";
    let teams = format!("{TEAMS}[teammate.ada]\nintercom_admin = 8\nweight = 3\n");
    let loaded = load(&[
        ("rules.toml", LIVE),
        ("teams.toml", &teams),
        ("next/rules.toml", own),
        ("next/more.toml", MORE),
    ])
    .unwrap();
    let of_canary =
        loaded.warnings.iter().filter(|it| it.file.as_deref() == Some("next/rules.toml"));
    let told: Vec<_> = of_canary.map(|it| (it.position(own).0, it.code, &*it.message)).collect();
    let code = Some("idle-in-canary");
    let expected = [
        (1, code, "this is said in another way in force, and has no effect here: `[channel]`"),
        (7, code, "teammate `ada` is another one here than in force: this has no effect"),
        (10, code, "team `help` is another one here than in force: this has no effect"),
    ];
    assert_eq!(told, expected);
}
