//! Rules in the shadow of those in force.

use super::*;

#[test]
fn rules_in_the_shadow_are_compared_with_and_change_nothing() {
    let mut desk = Desk::new();
    // Teams in another order, one of them unknown to the rules in force.
    let shadow = r#"
        version = 1
        channel.any = [{ tag = "tiktok" }]
        team.care.intercom_team = 500
        team.triage.intercom_team = 300
        team.sales.intercom_team = 100
        [[rule]]
        name = "refund"
        assign = "care"
        when.text = ["refund"]
        [[rule]]
        name = "busy"
        assign = "care"
        when.queue = { team = "triage", waiting = { at_least = 1 } }
        [[rule]]
        name = "price"
        assign = "sales"
        when.text = ["price"]
        [fallback]
        assign = "triage"
    "#;
    let (shadow, _) = Policy::from_toml(shadow).unwrap_or_else(|it| panic!("{it:#?}"));
    desk.engine.set_shadow(Some(shadow));
    for (id, text) in [("c1", "price"), ("c2", "refund"), ("c3", "hello")] {
        desk.dm(id, text);
    }
    let compared = desk.decisions.iter().filter_map(|decision| match &decision.verdict {
        Verdict::Shadowed(it) => {
            let rule = it.rule.as_deref().unwrap_or("none");
            Some((&*it.live_team, &*it.team, rule, it.same_team, it.same_rule))
        }
        _ => None,
    });
    let expected = [
        ("sales", "sales", "price", true, true),
        ("support", "care", "refund", false, false),
        ("triage", "triage", "none", true, true),
    ];
    assert_eq!(compared.collect::<Vec<_>>(), expected);
    assert_eq!(desk.calls.len(), 3, "one call for each, by the rules in force");
    desk.engine.set_shadow(None);
    desk.decisions.clear();
    desk.dm("c4", "price");
    assert_eq!(desk.decisions.len(), 1);
}
