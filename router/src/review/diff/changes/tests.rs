use super::*;

const OLD: &str = r#"version = 1
channel.any = [{ tag = "tiktok" }]
team.sales.intercom_team = 1
team.support.intercom_team = 2
fallback.assign = "support"
[[rule]]
name = "one"
assign = "sales"
when.text = ["a", "b"]
[[rule]]
name = "two"
assign = "support"
when.text = ["c"]
[[rule]]
name = "three"
assign = "sales"
when = { language = "es", text = ["d"] }
"#;

const ONE_MORE: &str = "version = 1\nchannel.any = [{ tag = \"tiktok\" }]\nteam.sales.intercom_team = 1\n\
                        fallback.assign = \"sales\"\n";

/// Replaces part of the old rules and expects these changes.
#[track_caller]
fn check(replacements: &[(&str, &str)], expected: &[&str]) {
    let mut new = OLD.to_owned();
    for (from, to) in replacements {
        assert!(new.contains(from), "{from}");
        new = new.replacen(from, to, 1);
    }
    let policy = |text: &str| Policy::from_toml(text).unwrap().0;
    let changes = Changes::between(&policy(OLD), &policy(&new));
    assert_eq!(changes.lines(), expected);
    assert_eq!(changes.is_empty(), expected.is_empty());
}

const ONE: &str = "[[rule]]\nname = \"one\"\nassign = \"sales\"\nwhen.text = [\"a\", \"b\"]\n";

#[test]
fn what_says_the_same_is_no_change() {
    check(&[], &[]);
    check(&[("version = 1", "# a comment\nversion = 1")], &[]);
    check(&[("[\"a\", \"b\"]", "[\"b\", \"a\"]")], &[]);
    check(&[("when.text = [\"c\"]", "when.text.any = [\"c\"]")], &[]);
}

#[test]
fn rules_come_go_and_change() {
    let coupons =
        "[[rule]]\nname = \"coupons\"\nassign = [\"sales\", \"support\"]\nwhen.text = [\"x\"]\n";
    check(
        &[(ONE, &(coupons.to_owned() + ONE))],
        &["added \"coupons\", for \"sales\", \"support\""],
    );
    check(&[(ONE, "")], &["removed \"one\", which was for \"sales\""]);
    check(&[("\"one\"", "\"uno\"")], &["renamed \"one\" to \"uno\""]);
    check(
        &[("[\"a\", \"b\"]", "[\"a\", \"z\", \"y\"]")],
        &["changed \"one\": when.text.any +\"z\", \"y\" −\"b\""],
    );
    check(
        &[("\"support\"\nwhen", "\"sales\"\npriority = \"high\"\nwhen")],
        &["changed \"two\": assign \"support\" → \"sales\"; priority +\"high\""],
    );
    check(
        &[("[\"c\"]", "[\"c1\", \"c2\", \"c3\", \"c4\", \"c5\", \"c6\", \"c7\"]")],
        &[
            "changed \"two\": when.text.any +\"c1\", \"c2\", \"c3\", \"c4\", \"c5\" and 2 more −\"c\"",
        ],
    );
    check(
        &[("when = { language = \"es\", text", "when = { text")],
        &[
            "changed \"three\": when.all.language −\"es\"; when.all.text.any −\"d\"; when.text.any +\"d\"",
        ],
    );
}

#[test]
fn only_the_rule_that_was_put_elsewhere_is_reordered() {
    let end = "text = [\"d\"] }\n";
    check(&[(ONE, ""), (end, &(end.to_owned() + ONE))], &["moved \"one\" from place 1 to 3"]);
}

#[test]
fn teams_fallback_and_sections() {
    check(
        &[("team.support", "team.triage.intercom_team = 3\nteam.support")],
        &["added team \"triage\""],
    );
    check(
        &[("intercom_team = 2", "intercom_team = 20")],
        &["changed team \"support\": intercom_team 2 → 20"],
    );
    check(
        &[("fallback.assign = \"support\"", "fallback.assign = \"sales\"")],
        &["changed the fallback: assign \"support\" → \"sales\""],
    );
    check(&[("version = 1", "version = 1\ntime_zone = \"Asia/Tokyo\"")], &["changed `time_zone`"]);
}

#[test]
fn a_canary_comes_changes_and_goes() {
    /// The old rules with this `[canary]`, whose file says this.
    fn with(canary: &str, next: &str) -> Policy {
        let rules = format!("{OLD}\n{canary}");
        let loaded = Policy::load("rules.toml", &rules, &mut |_| Ok(next.to_owned()));
        loaded.unwrap_or_else(|it| panic!("{:?}", it.problems)).policy
    }
    #[track_caller]
    fn check(old: &Policy, new: &Policy, expected: &[String]) {
        let changes = Changes::between(old, new);
        assert_eq!(changes.lines(), expected);
        assert_eq!(changes.is_empty(), expected.is_empty());
    }
    const FIVE: &str = "[canary]\nrules = \"a.toml\"\nshare = \"5%\"\n";
    let (none, five) = (with("", ""), with(FIVE, OLD));
    let version = |policy: &Policy| policy.canary().unwrap().policy().version().to_string();
    let called = format!("a.toml for 5% of the contacts, version {}", version(&five));
    check(&none, &five, &[format!("added the canary {called}")]);
    check(&five, &none, &[format!("removed the canary {called}")]);
    check(&five, &with(FIVE, OLD), &[]);
    let other = with("[canary]\nrules = \"b.toml\"\nshare = \"10%\"\nsalt = \"x\"", ONE_MORE);
    let what = format!(
        "changed the canary: rules a.toml → b.toml; share 5% → 10%; version {} → {}; other \
         contacts by its salt",
        version(&five),
        version(&other)
    );
    check(&five, &other, &[what]);
}

#[test]
fn the_longest_sequence_in_order_stays() {
    let check = |places: &[usize], expected: &[usize]| {
        assert_eq!(longest_in_order(places).into_iter().collect::<Vec<_>>(), expected);
    };
    check(&[], &[]);
    check(&[0, 1, 2], &[0, 1, 2]);
    check(&[2, 0, 1], &[0, 1]);
    check(&[1, 2, 0, 3], &[1, 2, 3]);
}
