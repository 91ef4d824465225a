//! Stories about what rules do besides naming a team, and what they wait for.

use std::sync::Arc;

use super::*;

fn with(rules: &str) -> Desk {
    Desk::with_rules(&RULES.replace(
        "[[rule]]\nname = \"complaint\"",
        &format!("{rules}\n[[rule]]\nname = \"complaint\""),
    ))
}

/// A DM whose tag is on and whose contact is not asked for.
fn dm_after(desk: &mut Desk, seconds: u64, id: &str, text: &str) {
    desk.wait(seconds);
    desk.dm(id, text);
}

#[test]
fn urgent_ones_overtake_and_nobody_starves() {
    let mut desk = with(
        "[priority]\nhigh = \"10m\"\n[[rule]]\nname = \"hot\"\nassign = \"sales\"\npriority = \"high\"\n\
         when.text = [\"wholesale\"]",
    );
    // Two teammates with two places each are filled; then three wait.
    for id in ["a", "b", "c", "d"] {
        desk.dm(id, "price?");
    }
    desk.all_done();
    desk.wait(1);
    desk.dm("first", "price?");
    desk.all_done();
    dm_after(&mut desk, 601, "second", "price?");
    desk.all_done();
    dm_after(&mut desk, 5, "urgent", "wholesale please");
    desk.all_done();
    desk.log.clear();
    for id in ["a", "b", "c"] {
        desk.changed(id, Change::Closed, teammate(100, 1));
        desk.all_done();
    }
    desk.check(expect![[r#"
        607s first to 1 of sales: OnlyOne
        607s call 1 first -> teammate 1 after a look
        607s urgent to 2 of sales: OnlyOne
        607s call 1 urgent -> teammate 2
        607s second to 1 of sales: OnlyOne
        607s call 1 second -> teammate 1
    "#]]);
}

#[test]
fn a_named_teammate_gets_it_and_else_the_team_does() {
    let mut desk = with(
        "[teammate.bo]\nintercom_admin = 2\n[[rule]]\nname = \"for bo\"\nassign = \"sales\"\nteammate = \"bo\"\n\
         when.text = [\"bo\"]",
    );
    desk.dm("c1", "hi bo");
    desk.all_done();
    desk.presence(2, Presence::Away);
    desk.dm("c2", "bo again");
    desk.all_done();
    desk.check(expect![[r#"
        0s c1 routed to sales by Rule("for bo")
        0s call 1 c1 -> team 100
        0s c1 to 2 of sales: Named
        0s call 1 c1 -> teammate 2
        0s c2 routed to sales by Rule("for bo")
        0s call 1 c2 -> team 100
        0s c2 to 1 of sales: OnlyOne
        0s call 1 c2 -> teammate 1
    "#]]);
}

#[test]
fn tags_attributes_and_a_note_come_after_the_owner() {
    let mut desk = with(
        "[[rule]]\nname = \"praise\"\nassign = \"triage\"\ntags = [\"fan\"]\nnote = true\nset = { mood = \"good\", stars = 5 }\n\
         when.text = [\"love\"]",
    );
    desk.dm("c1", "I love it");
    desk.done();
    while !desk.calls.is_empty() {
        let outcome = match desk.calls[0].action {
            Action::AssignTeammate { .. } => Outcome::Assigned { part: None, updated_at: None },
            _ => Outcome::Annotated,
        };
        desk.answer(outcome);
    }
    let version = desk.engine.policy().version().clone();
    desk.log = desk.log.replace(&*version, "VERSION");
    desk.check(expect![[r#"
        0s c1 routed to triage by Rule("praise")
        0s call 1 c1 -> team 300
        0s call 1 c1 + tag fan
        0s call 1 c1 + {"mood": Text("good"), "stars": Integer(5)}
        0s call 1 c1 + note: Routed to triage: rule "praise" matched. | - found: love | Rules version VERSION.
        0s c1 to 1 of triage: OnlyOne
        0s call 1 c1 -> teammate 1
    "#]]);
}

#[test]
fn a_note_is_never_written_twice_and_a_tag_is_tried_again() {
    let mut desk = with(
        "[[rule]]\nname = \"praise\"\nassign = \"triage\"\ntags = [\"fan\"]\nnote = true\nwhen.text = [\"love\"]",
    );
    desk.dm("c1", "I love it");
    desk.done();
    desk.log.clear();
    desk.answer(Outcome::Unclear { status: None });
    desk.answer(Outcome::Unclear { status: None });
    desk.answer(Outcome::Assigned { part: None, updated_at: None });
    desk.wait(2);
    desk.answer(Outcome::Rejected { status: 404, code: "tag_not_found".into() });
    desk.check(expect![[r#"
        0s c1 RemarkRefused { refusal: "no clear answer" }
        0s call 2 c1 + tag fan
        2s c1 RemarkRefused { refusal: "404 tag_not_found" }
    "#]]);
}

#[test]
fn a_restart_repeats_a_tag_and_not_a_note() {
    let mut desk = with(
        "[[rule]]\nname = \"praise\"\nassign = \"triage\"\ntags = [\"fan\"]\nnote = true\nwhen.text = [\"love\"]",
    );
    desk.dm("c1", "I love it");
    desk.done();
    desk.calls.clear();
    desk.log.clear();
    desk.event(Event::RouterStarted);
    desk.check(expect![[r#"
        0s call 2 c1 -> teammate 1 after a look
        0s call 2 c1 + tag fan
    "#]]);
}

#[test]
fn a_ladder_is_climbed_down_to_the_fallback() {
    let mut desk = with(
        "[[rule]]\nname = \"steps\"\nassign = [\"sales\", \"night\"]\nwhen.text = [\"steps\"]",
    );
    desk.dm("c1", "steps");
    let refused = || Outcome::Rejected { status: 400, code: "no".into() };
    desk.answer(refused());
    desk.answer(refused());
    desk.done();
    desk.check(expect![[r#"
        0s c1 routed to sales by Rule("steps")
        0s call 1 c1 -> team 100
        0s c1 FellBack { team: "night", reason: TeamUnavailable }
        0s call 1 c1 -> team 400
        0s c1 FellBack { team: "triage", reason: TeamUnavailable }
        0s call 1 c1 -> team 300
        0s c1 to 1 of triage: OnlyOne
        0s call 1 c1 -> teammate 1
    "#]]);
}

#[test]
fn a_team_that_intercom_lacks_is_skipped_at_once() {
    let rules = "[team.gone]\nintercom_team = 999\n[[rule]]\nname = \"steps\"\nassign = [\"gone\", \"sales\"]\nwhen.text = [\"steps\"]";
    let mut desk = with(rules);
    desk.dm("c1", "steps");
    desk.check(expect![[r#"
        0s c1 routed to sales by Rule("steps")
        0s call 1 c1 -> team 100
    "#]]);
}

#[test]
fn what_the_contact_adds_before_there_is_a_team_counts() {
    let thrice =
        "[[rule]]\nname = \"thrice\"\nassign = \"triage\"\nwhen.messages = { at_least = 3 }";
    let mut desk = with(thrice);
    desk.changed("c1", Change::Started(message("hello")), |_| {});
    desk.wait(1);
    let more = |part, text: &str| {
        Change::ContactReplied(Message { part: Some(PartId::new(part)), ..message(text) })
    };
    desk.changed("c1", more(8, "i want a refund"), |_| {});
    desk.changed("c1", more(8, "i want a refund"), |_| {});
    desk.wait(1);
    desk.changed("c1", Change::Labelled, |it| it.tags = vec!["tiktok".into()]);
    desk.check(expect![[r#"
        2s c1 routed to support by Rule("complaint")
        2s call 1 c1 -> team 200
    "#]]);
}

#[test]
fn the_profile_is_fetched_only_if_the_text_does_not_tell_the_language() {
    let rules = "[language]\namong = [\"en\", \"es\"]\n[[rule]]\nname = \"spanish\"\nassign = \"sales\"\nwhen.language = \"es\"";
    let mut desk = with(rules);
    desk.dm("c1", "hola, quiero saber cuánto cuesta la lámpara");
    desk.dm("c2", "ok");
    let answer =
        desk.calls.iter().position(|call| matches!(call.action, Action::FetchContact { .. }));
    let call = desk.calls.remove(answer.unwrap());
    let profile = ContactProfile { language: Some("es-mx".into()), ..ContactProfile::default() };
    let outcome = Outcome::Contact(profile);
    desk.event(Event::CallFinished { command: call.id, outcome, rate_limit: None });
    desk.check(expect![[r#"
        0s c1 routed to sales by Rule("spanish")
        0s call 1 c1 -> team 100
        0s call 1 contact of-c2
        0s c2 routed to sales by Rule("spanish")
        0s call 1 c2 -> team 100
    "#]]);
}

#[test]
fn rules_see_what_waits_for_a_team() {
    let rules = "[[rule]]\nname = \"too much\"\nassign = \"triage\"\n\
                 when = { text = [\"price\"], queue = { team = \"sales\", waiting = { at_least = 1 } } }";
    let mut desk = with(rules);
    for id in ["a", "b", "c", "d", "waits"] {
        desk.dm(id, "price?");
        desk.all_done();
    }
    desk.log.clear();
    desk.dm("last", "price?");
    desk.check(expect![[r#"
        0s last routed to triage by Rule("too much")
        0s call 1 last -> team 300
    "#]]);
}

#[test]
fn new_rules_keep_ladders_by_name() {
    let steps =
        "[[rule]]\nname = \"steps\"\nassign = [\"sales\", \"support\"]\nwhen.text = [\"steps\"]";
    let mut desk = with(steps);
    desk.dm("c1", "steps");
    // The same teams, and one more that stands before them all.
    let more = RULES.replace("[team.sales]", "[team.accounts]\nintercom_team = 300\n[team.sales]");
    let more =
        more.replace("[team.triage]\nintercom_team = 300", "[team.triage]\nintercom_team = 500");
    let (policy, _) = Policy::from_toml(&more).unwrap();
    desk.engine.replace_policy(desk.at, policy);
    desk.log.clear();
    desk.answer(Outcome::Rejected { status: 400, code: "no".into() });
    let name: Arc<str> = "support".into();
    assert!(desk.log.contains(&format!("FellBack {{ team: {name:?}")), "{}", desk.log);
}
