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
    Desk::of(policy(share)).started()
}

impl Desk {
    fn nobody_special(&mut self) {
        self.answer(Outcome::Contact(ContactProfile::default()));
    }

    /// Carries out all calls, and those that follow.
    fn settle(&mut self) {
        while let Some(call) = self.calls.first() {
            match call.action {
                Action::FetchContact { .. } => self.nobody_special(),
                Action::AddTag { .. } | Action::WriteNote { .. } => {
                    self.answer(Outcome::Annotated);
                }
                _ => drop(self.done()),
            }
        }
    }
}

#[test]
fn a_canary_decides_by_its_rules_about_the_teams_in_force() {
    let mut desk = desk("100%");
    desk.dm("c1", "price");
    desk.settle();
    desk.dm("c2", "refund");
    desk.settle();
    desk.check(expect![[r#"
        0s call 1 contact of-c1
        0s c1 routed to sales by Rule("price for the new"), by the canary
        0s call 1 c1 -> team 100
        0s call 1 c1 + tag next
        0s call 1 c1 + note: Routed to sales: rule "price for the new" matched. | - found: price | Rules tried before without a match: 3. | Rules version 8656c26fc4f9, the canary of 41324746cc87.
        0s c1 to 1 of sales: SmallestId
        0s call 1 c1 -> teammate 1
        0s call 1 contact of-c2
        0s c2 routed to support by Fallback(NoRuleMatched), by the canary
        0s call 1 c2 -> team 200
        0s c2 to 3 of support: OnlyOne
        0s call 1 c2 -> teammate 3
    "#]]);
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
    desk.settle();
    desk.log.clear();
    desk.dm("c2", "price");
    desk.nobody_special();
    desk.wait(12 * 3600);
    desk.calls.clear();
    desk.dm("c3", "broken");
    desk.nobody_special();
    desk.check(expect![[r#"
        0s call 1 contact of-c2
        0s c2 routed to triage by Rule("crowd"), by the canary
        0s call 1 c2 -> team 300
        43200s call 1 contact of-c3
        43200s c3 routed to triage by Rule("broken at night"), by the canary
        43200s call 1 c3 -> team 300
    "#]]);
}

#[test]
fn what_intercom_refuses_falls_down_both_ladders() {
    let mut desk = desk("100%");
    desk.dm("c1", "hello");
    desk.nobody_special();
    desk.answer(Outcome::Rejected { status: 404, code: "not_found".into() });
    desk.done();
    desk.check(expect![[r#"
        0s call 1 contact of-c1
        0s c1 routed to support by Fallback(NoRuleMatched), by the canary
        0s call 1 c1 -> team 200
        0s c1 FellBack { team: "triage", reason: TeamUnavailable }
        0s call 1 c1 -> team 300
        0s c1 to 1 of triage: OnlyOne
        0s call 1 c1 -> teammate 1
    "#]]);
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
