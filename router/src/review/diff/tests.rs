use engine::Policy;

use super::super::case::Case;
use super::*;

const HEAD: &str = "version = 1\nchannel.any = [{ tag = \"tiktok\" }]\n\
                    team.sales.intercom_team = 1\nteam.support.intercom_team = 2\n\
                    team.triage.intercom_team = 3\nfallback.assign = \"triage\"\n";

/// Rules: name, team, keywords, and whatever else the rule says.
fn rules(rules: &[(&str, &str, &str, &str)]) -> Policy {
    let mut file = String::from(HEAD);
    for (name, team, words, more) in rules {
        file += &format!(
            "[[rule]]\nname = \"{name}\"\nassign = \"{team}\"\nwhen.text = [{words}]\n{more}\n"
        );
    }
    Policy::from_toml(&file).unwrap().0
}

fn cases(texts: &[(&str, Option<&str>)]) -> Vec<LocatedCase> {
    let case = |(text, team): &(&str, Option<&str>)| Case {
        text: (*text).to_owned(),
        team: team.map(str::to_owned),
        ..Case::default()
    };
    let located =
        |(index, it)| LocatedCase { case: case(it), path: "c.txt".into(), line: index + 1 };
    texts.iter().enumerate().map(located).collect()
}

fn compared(old: &Policy, new: &Policy, texts: &[&str]) -> Comparison {
    let texts: Vec<_> = texts.iter().map(|text| (*text, None)).collect();
    compare(old, new, &cases(&texts), Timestamp::from_micros(0))
}

#[test]
fn the_same_rules_move_nothing() {
    let same = rules(&[("price", "sales", "\"price\"", "")]);
    let found = compared(&same, &same, &["price", "hello"]);
    assert!(found.changes.is_empty());
    assert_eq!((found.tally.messages, found.tally.moved, found.tally.other_rule), (2, 0, 0));
    assert_eq!(found.moves, []);
    assert!(!found.exceeds(0.0));
}

#[test]
fn rare_flows_come_first_and_equal_messages_stand_together() {
    let old = rules(&[("price", "sales", "\"price\", \"refund\"", "")]);
    let new = rules(&[
        ("trouble", "support", "\"refund\", \"broken\"", ""),
        ("price", "sales", "\"price\"", ""),
    ]);
    let texts =
        ["price", "price", "price", "broken", "my refund", "refund price", "refund price", "hello"];
    let found = compared(&old, &new, &texts);
    let told: Vec<_> = found
        .moves
        .iter()
        .map(|it| (it.text.as_str(), it.messages, it.line, it.surprise_bits))
        .collect();
    // One of the fallback's two, and three of the six of sales: one bit each. The corpus decides.
    let expected = [("broken", 1, 4, 1.0), ("my refund", 1, 5, 1.0), ("refund price", 2, 6, 1.0)];
    assert_eq!(told, expected);
    assert_eq!(found.moves[2].old.words, ["price", "refund"]);
    assert_eq!(found.moves[2].new.words, ["refund"]);
    assert_eq!(found.moves[0].old.rule, None);
    assert_eq!((found.tally.from_fallback, found.tally.to_fallback), (1, 0));
    // With one more for sales its moves are the rarer ones.
    let found = compared(&old, &new, &[texts.as_slice(), &["what a price"]].concat());
    let first = &found.moves[0];
    assert_eq!(first.text, "my refund");
    assert!((first.surprise_bits - (7.0_f64 / 3.0).log2()).abs() < 1e-12);
}

#[test]
fn of_equally_surprising_moves_the_rule_that_stands_first_comes_first() {
    let old = rules(&[]);
    let new = rules(&[("a", "sales", "\"a1\"", ""), ("b", "support", "\"b1\"", "")]);
    let found = compared(&old, &new, &["b1", "a1"]);
    let order: Vec<&str> = found.moves.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(order, ["a1", "b1"]);
}

#[test]
fn another_rule_for_the_same_team_is_counted_apart() {
    let old = rules(&[("a", "sales", "\"a1\"", ""), ("b", "sales", "\"b1\"", "")]);
    let new = rules(&[("b", "sales", "\"b1\", \"a1\"", ""), ("a", "sales", "\"a1\"", "")]);
    let found = compared(&old, &new, &["a1", "b1", "c1"]);
    assert_eq!((found.tally.moved, found.tally.other_rule), (0, 1));
    let renamed = rules(&[("c", "sales", "\"a1\"", ""), ("b", "sales", "\"b1\"", "")]);
    assert_eq!(compared(&old, &renamed, &["a1", "b1"]).tally.other_rule, 0, "only a name");
}

#[test]
fn priorities_and_tags_are_counted() {
    let old = rules(&[("a", "sales", "\"a1\"", "tags = [\"x\", \"y\"]")]);
    let new = rules(&[("a", "sales", "\"a1\"", "tags = [\"y\", \"z\"]\npriority = \"high\"")]);
    let tally = compared(&old, &new, &["a1", "a1", "b1"]).tally;
    let priority = PriorityCount { old: "normal".into(), new: "high".into(), messages: 2 };
    assert_eq!(tally.priorities, [priority]);
    let tag = |tag: &str, gained, lost| TagCount { tag: tag.into(), gained, lost };
    assert_eq!(tally.tags, [tag("x", 0, 2), tag("z", 2, 0)]);
}

#[test]
fn labels_tell_what_is_fixed_and_what_is_broken() {
    let old = rules(&[("a", "sales", "\"a1\", \"a2\", \"a3\"", "")]);
    let new = rules(&[("a", "support", "\"a1\", \"a2\", \"a3\"", "")]);
    let labelled = cases(&[
        ("a1", Some("support")),
        ("a2", Some("sales")),
        ("a3", Some("marketing")),
        ("a1", None),
        ("hello", Some("triage")),
    ]);
    let found = compare(&old, &new, &labelled, Timestamp::from_micros(0));
    let expected = Expected {
        messages: 4,
        right_before: 2,
        right_after: 2,
        fixed: 1,
        broken: 1,
        still_wrong: 1,
        unknown_teams: vec!["marketing".into()],
    };
    assert_eq!(found.tally.expected, Some(expected));
    let effects: Vec<_> = found.moves.iter().map(|it| it.effect).collect();
    let (fixed, broken) = (Some(Effect::Fixed), Some(Effect::Broken));
    assert_eq!(effects, [fixed, broken, Some(Effect::StillWrong), None]);
}

#[test]
fn the_allowed_share_itself_is_allowed() {
    let (old, new) = (rules(&[]), rules(&[("a", "sales", "\"a1\"", "")]));
    let mut texts = vec!["hello"; 49];
    texts.push("a1");
    let found = compared(&old, &new, &texts);
    assert!(!found.exceeds(0.02));
    assert!(found.exceeds(0.0199));
}

#[test]
fn what_everybody_gets_adds_up() {
    let old = rules(&[("a", "sales", "\"a1\", \"b1\"", "")]);
    let new = rules(&[("b", "support", "\"b1\", \"c1\"", ""), ("a", "sales", "\"a1\"", "")]);
    let tally = compared(&old, &new, &["a1", "b1", "c1", "d1"]).tally;
    let row = |it: &TeamCount| (it.team.clone(), it.before, it.after, it.gained, it.lost);
    let rows: Vec<_> = tally.teams.iter().map(row).collect();
    let expected = [
        ("sales".into(), 2, 1, 0, 1),
        ("support".into(), 0, 2, 2, 0),
        ("triage".into(), 2, 1, 0, 1),
    ];
    assert_eq!(rows, expected);
    assert_eq!(tally.flows.iter().map(|flow| flow.messages).sum::<u64>(), 4);
}
