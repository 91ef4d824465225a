//! Rules that decide for a share of the contacts.

use super::*;
use crate::Share;

/// Teams in another order, one that is not in force, hours and ids of its own that count for nothing.
const NEXT: &str = r#"
version = 1
time_zone = "UTC"
channel.any = [{ tag = "tiktok" }]
[attributes.contact]
vip = "boolean"
[hours.always]
weekdays = ["00:00-24:00"]
saturday = ["00:00-24:00"]
sunday = ["00:00-24:00"]
[team.a-new-one]
intercom_team = 9
[team.sales]
intercom_team = 8
[team.support]
intercom_team = 7
hours = "always"
[team.triage]
intercom_team = 300
[[rule]]
name = "vip"
assign = "sales"
priority = "high"
when.contact.vip = true
[[rule]]
name = "broken at night"
assign = "triage"
when = { text = ["broken"], team_closed = "support" }
[[rule]]
name = "crowd"
assign = ["triage", "support"]
when = { text = ["price"], queue = { team = "sales", waiting = { at_least = 1 } } }
[[rule]]
name = "price for the new"
assign = "sales"
tags = ["next"]
note = true
when.text = ["price"]
[fallback]
assign = "support"
"#;

/// The rules of all stories, with a canary for a share of the contacts.
fn policy(share: &str) -> Policy {
    let live = RULES.replace(
        "[[rule]]\nname = \"complaint\"",
        &format!(
            "[canary]\nrules = \"next.toml\"\nshare = \"{share}\"\n[[rule]]\nname = \"complaint\""
        ),
    );
    assert!(live.contains("[canary]"));
    let mut read = |name: &str| match name {
        "next.toml" => Ok(NEXT.to_owned()),
        _ => Err("there is no such file".to_owned()),
    };
    let loaded = Policy::load("rules.toml", &live, &mut read);
    loaded.unwrap_or_else(|it| panic!("{:#?}", it.problems)).policy
}

fn desk(share: &str) -> Desk {
    let mut desk = Desk::of(policy(share)).started();
    // Whoever is asked for is a contact of whom nothing is known.
    desk.engine.poll_command();
    desk
}

impl Desk {
    fn nobody_special(&mut self) {
        self.answer(Outcome::Contact(ContactProfile::default()));
    }
}

#[test]
fn a_canary_decides_by_its_rules_about_the_teams_in_force() {
    let mut desk = desk("100%");
    desk.dm("c1", "price");
    desk.nobody_special();
    desk.dm("c2", "refund");
    desk.answer_with(Outcome::Contact(ContactProfile::default()), None);
    desk.check(expect![[r#""#]]);
}

#[test]
fn in_an_empty_share_nothing_is_different() {
    let mut with = desk("0%");
    let mut without = Desk::new();
    for desk in [&mut with, &mut without] {
        desk.dm("c1", "price");
        desk.dm("c2", "broken");
        desk.dm("c3", "hello");
        desk.all_done();
    }
    assert_eq!(with.log, without.log);
}

#[test]
fn conditions_see_the_lines_and_hours_in_force() {
    let mut desk = desk("100%");
    desk.presence(1, Presence::Away);
    desk.presence(2, Presence::Away);
    desk.dm("c1", "price");
    desk.nobody_special();
    desk.done();
    desk.dm("c2", "price");
    desk.wait(12 * 3600);
    desk.log.clear();
    desk.dm("c3", "broken");
    desk.check(expect![[r#""#]]);
}

#[test]
fn what_intercom_refuses_falls_down_both_ladders() {
    let mut desk = desk("100%");
    desk.dm("c1", "hello");
    desk.nobody_special();
    desk.answer(Outcome::Rejected { status: 404, code: "not_found".into() });
    desk.done();
    desk.check(expect![[r#""#]]);
}

#[test]
fn a_new_share_is_for_new_conversations() {
    let mut desk = desk("0%");
    let canary = |desk: &Desk, id: &str| {
        let view = desk.engine.conversation(&ConversationId::new(id)).unwrap();
        (view.team.unwrap().to_string(), view.canary)
    };
    desk.dm("before", "hello");
    desk.engine.replace_policy(desk.at, policy("100%"));
    desk.dm("after", "hello");
    desk.calls.rotate_left(1);
    desk.nobody_special();
    let next = policy("100%").canary().unwrap().policy().version().clone();
    assert_eq!(canary(&desk, "before"), ("triage".to_owned(), None));
    assert_eq!(canary(&desk, "after"), ("support".to_owned(), Some(next.clone())));
    // A smaller share takes nothing back, nor does a checkpoint.
    desk.engine.replace_policy(desk.at, policy("0%"));
    assert_eq!(canary(&desk, "after"), ("support".to_owned(), Some(next.clone())));
    let kept = rmp_serde::to_vec_named(&desk.engine.checkpoint()).unwrap();
    let kept = rmp_serde::from_slice(&kept).unwrap();
    desk.engine = Engine::restore(policy("0%"), kept).unwrap();
    assert_eq!(canary(&desk, "after"), ("support".to_owned(), Some(next)));
    desk.dm("later", "hello");
    assert_eq!(canary(&desk, "later"), ("triage".to_owned(), None));
}

#[test]
fn the_shadow_is_compared_with_what_was_decided() {
    let mut desk = desk("100%");
    let (shadow, _) = Policy::from_toml(RULES).unwrap_or_else(|it| panic!("{it:#?}"));
    desk.engine.set_shadow(Some(shadow));
    desk.dm("c1", "hello");
    desk.nobody_special();
    let shadowed = desk.decisions.iter().find_map(|decision| match &decision.verdict {
        Verdict::Shadowed(it) => Some((&*it.live_team, &*it.team, it.same_team)),
        _ => None,
    });
    assert_eq!(shadowed, Some(("support", "triage", false)));
}

#[test]
fn the_conversation_counts_where_there_is_no_contact() {
    let policy = policy("50%");
    let canary = policy.canary().unwrap();
    assert_eq!(canary.share(), Share::parse("50%").unwrap());
    let mut desk = Desk::of(policy.clone()).started();
    let mut by_canary = 0;
    for number in 0..20 {
        let id = format!("c{number}");
        desk.changed(&id, Change::Started(message("hello")), |it| {
            it.contact = None;
            it.tags = vec!["tiktok".into()];
        });
        let view = desk.engine.conversation(&ConversationId::new(id.as_str())).unwrap();
        assert_eq!(view.canary.is_some(), canary.covers(&id), "{id}");
        by_canary += u32::from(view.canary.is_some());
    }
    assert!((1..20).contains(&by_canary), "{by_canary}");
}
