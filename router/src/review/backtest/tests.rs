use super::*;

fn routed(at: u64, team: &str, rule: Option<&str>) -> Routed {
    let side = Side { team: team.into(), rule: rule.map(str::to_owned), language: "en".into() };
    Routed { at: Timestamp::from_seconds(at), version: format!("v{}", at / 100), side }
}

fn decisions(all: &[(&str, Routed)]) -> Decisions {
    let mut decisions = Decisions::new();
    for (id, routed) in all {
        decisions.entry(ConversationId::new(*id)).or_default().push(routed.clone());
    }
    decisions
}

fn report(before: &Decisions, after: &Decisions) -> Backtest {
    count(&pairs(before, after), 0)
}

#[test]
fn moves_are_counted_and_the_rare_one_stands_first() {
    let mut before = vec![];
    let mut after = vec![];
    let ids: Vec<String> = (0..9).map(|number| number.to_string()).collect();
    for (number, id) in ids.iter().enumerate() {
        before.push((&**id, routed(number as u64, "sales", Some("price"))));
        let team = if number == 8 { "press" } else { "shop" };
        let team = if number < 3 { "sales" } else { team };
        let rule = if number == 0 { "cost" } else { "price" };
        after.push((&**id, routed(number as u64, team, Some(rule))));
    }
    let report = report(&decisions(&before), &decisions(&after));
    assert_eq!((report.conversations, report.moved, report.other_rule), (9, 6, 1));
    let flows: Vec<_> = report.flows.iter().map(|it| (&*it.to, it.conversations)).collect();
    assert_eq!(flows, [("shop", 5), ("press", 1)]);
    assert_eq!(report.different[0].conversation.as_str(), "8");
    assert_eq!(report.different.len(), 7, "those that stay as they were are left out");
    assert_eq!(report.rules[0], RuleCount { rule: Some("cost".into()), before: 0, after: 1 });
}

#[test]
fn what_is_decided_only_once_is_no_move() {
    let before = decisions(&[("1", routed(100, "a", None)), ("1", routed(200, "a", None))]);
    let after = decisions(&[("1", routed(100, "a", None)), ("2", routed(300, "b", None))]);
    let report = report(&before, &after);
    assert_eq!((report.moved, report.no_longer_routed, report.newly_routed), (0, 1, 1));
    assert!(report.changes_anything());
    assert_eq!(report.old_versions, ["v1", "v2"]);
}

#[test]
fn the_same_is_the_same() {
    let same = decisions(&[("1", routed(100, "a", Some("x")))]);
    let report = report(&same, &same);
    assert!(!report.changes_anything());
    assert_eq!(report.different, []);
    assert!(report.text(9).starts_with("None of 1 conversations would have moved"));
}

#[test]
fn a_span_has_its_beginning_and_not_its_end() {
    let (before, after) = (decisions(&[("1", routed(100, "a", None))]), Decisions::new());
    let check = |since, until, expected: bool| {
        let span = Span {
            since: Some(Timestamp::from_seconds(since)),
            until: Some(Timestamp::from_seconds(until)),
        };
        assert_eq!(span.holds(&pairs(&before, &after)[0]), expected, "{since}..{until}");
    };
    check(100, 101, true);
    check(99, 100, false);
    check(101, 102, false);
}

#[test]
fn markdown_cannot_be_broken_by_names() {
    let before = decisions(&[("1|2", routed(100, "a|b", Some("<b>")))]);
    let after = decisions(&[("1|2", routed(100, "@team", None))]);
    let text = report(&before, &after).markdown(9);
    for wrong in ["a|b", "1|2", "<b>", "@team"] {
        assert!(!text.contains(wrong), "{text}");
    }
}
