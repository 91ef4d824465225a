//! Scenario files: what is read, and what is said of a mistake.

use std::path::{Path, PathBuf};
use std::time::Duration;

use expect_test::{Expect, expect};
use simulator::messages::{Intent, Language};
use simulator::scenario::{Bound, EXAMPLE, Invalid, LoadError, Measure, Scenario, Value};
use simulator::traffic::{Shape, Volume};

const GOOD: &str = r#"name = "viral burst"
story = """
A lamp goes viral.
"""
start = "2026-11-20T18:00:00Z"
seed = 7
horizon = "6h"
rules = "rules/viral-burst.toml"

[traffic]
count = 5000
window = "2h"
shape = "viral"
languages = { en = 40, es = 20, pt = 15, de = 10, fr = 15 }
intents = { price = 25, order = 15, refund = 5 }
follow_ups = 0.1
roughness = 0.3
hard_cases = 0.05
unknown_language = 0.05

[[team]]
name = "sales"
teammates = 12

[[team]]
name = "latam"
teammates = 6

[[team]]
name = "support"
teammates = 8

[teammates]
handle_time = { median = "4m", sigma = 0.6 }
reply_after = 0.25
absences = [{ team = "sales", count = 3, from = "30m", to = "50m" }]

[[truth]]
intent = "refund"
team = "support"

[[truth]]
language = ["es", "pt"]
team = "latam"

[[truth]]
team = "sales"

[network]
webhook_latency = "40ms"
api_latency = { median = "120ms", sigma = 0.4 }

[expect]
lost = { equals = 0 }
routing_accuracy = { at_least = 0.9 }
time_to_assignment_p99 = { at_most = "10m" }
"#;

fn good() -> Scenario {
    Scenario::from_toml(GOOD).expect("the good file is good")
}

/// Changes the good file in one place and shows what is said.
fn check(from: &str, to: &str, expected: Expect) {
    assert!(GOOD.contains(from), "{from}");
    let source_text = GOOD.replacen(from, to, 1);
    let problems = Scenario::from_toml(&source_text).expect_err("a mistake is found");
    let path = PathBuf::from("burst.toml");
    expected.assert_eq(&Invalid { path, source_text, problems }.to_string());
}

#[test]
fn a_good_file_means_what_it_says() {
    let scenario = good();
    assert_eq!(scenario.story, "A lamp goes viral.");
    assert_eq!(scenario.traffic.arrivals.volume, Volume::Count(5_000));
    assert!(matches!(scenario.traffic.arrivals.shape, Shape::Viral(_)));
    assert_eq!(scenario.work.handle_time.median, Duration::from_secs(240));
    assert_eq!(scenario.network.webhook_latency.sigma, 0.0);
    assert_eq!(
        scenario.rules_path(Path::new("scenarios/viral-burst.toml")),
        Path::new("scenarios/rules/viral-burst.toml")
    );
}

#[test]
fn the_example_is_good() {
    let scenario = Scenario::from_toml(EXAMPLE).expect("the example is good");
    assert_eq!(scenario.expectations.len(), 13);
    assert_eq!((scenario.work.speed.from, scenario.work.speed.to), (0.8, 1.2));
}

#[test]
fn everybody_works_at_the_same_speed_unless_the_file_says_otherwise() {
    let speed = |line: &str| {
        let text = GOOD.replace("reply_after = 0.25\n", &format!("reply_after = 0.25\n{line}\n"));
        let speed = Scenario::from_toml(&text).unwrap().work.speed;
        (speed.from, speed.to)
    };
    assert_eq!(speed(""), (1.0, 1.0));
    assert_eq!(speed("speed = { from = 0.7, to = 1.3 }"), (0.7, 1.3));
    assert_eq!(speed("speed = { from = 2, to = 2 }"), (2.0, 2.0));
    for wrong in
        ["0.0, to = 1.0", "-1.0, to = 1.0", "1.3, to = 0.7", "1.0, to = inf", "nan, to = 1.0"]
    {
        let speed = format!("reply_after = 0.25\nspeed = {{ from = {wrong} }}\n");
        let text = GOOD.replace("reply_after = 0.25\n", &speed);
        let problems = Scenario::from_toml(&text).expect_err(wrong);
        assert!(problems[0].message.contains("nobody works at"), "{wrong}: {problems:?}");
    }
}

#[test]
fn a_team_knows_where_it_stands() {
    let scenario = good();
    let span = scenario.teams[1].name.span();
    assert_eq!(&GOOD[span], "\"latam\"");
}

#[test]
fn the_first_truth_that_matches_counts() {
    let scenario = good();
    assert_eq!(scenario.truth_of(Intent::Refund, Language::Spanish), Some("support"));
    assert_eq!(scenario.truth_of(Intent::Price, Language::Spanish), Some("latam"));
    assert_eq!(scenario.truth_of(Intent::Price, Language::German), Some("sales"));
}

#[test]
fn expectations_keep_the_order_of_the_file() {
    let expected = [
        (Measure::Lost, Bound::Equals(Value::Count(0))),
        (Measure::RoutingAccuracy, Bound::AtLeast(Value::Share(0.9))),
        (Measure::TimeToAssignmentP99, Bound::AtMost(Value::Micros(600_000_000))),
    ];
    let got = good().expectations;
    assert!(got.iter().map(|it| (it.measure, it.bound)).eq(expected), "{got:?}");
}

#[test]
fn shapes_have_a_short_and_a_long_form() {
    let with = |count: &str, shape: &str| {
        let text = GOOD.replace("count = 5000\nwindow = \"2h\"\n", count);
        Scenario::from_toml(&text.replace("shape = \"viral\"", shape)).unwrap().traffic.arrivals
    };
    let counted = "count = 10\nwindow = \"1h\"\n";
    assert_eq!(with(counted, "shape = \"constant\"").shape, Shape::Constant);
    let long = with(counted, "shape.viral = { peak = \"5m\" }");
    assert!(matches!(long.shape, Shape::Viral(viral) if viral.peak == 300.0));
    let rate = with("window = \"1h\"\n", "shape.constant = { per_minute = 2.5 }");
    assert_eq!(rate.volume, Volume::PerMinute(2.5));
    let list = with("", "shape.at = [\"0s\", \"90s\"]");
    assert_eq!(list.shape, Shape::At(vec![0, 90_000_000]));
    assert_eq!(list.window_us, 90_000_001);
}

#[test]
fn an_unknown_key() {
    check(
        "follow_ups",
        "folow_ups",
        expect![[r#"
            the scenario has problems
              × unknown key `folow_ups`
                ╭─[burst.toml:16:1]
             15 │ intents = { price = 25, order = 15, refund = 5 }
             16 │ folow_ups = 0.1
                · ─────────
             17 │ roughness = 0.3
                ╰────
              help: did you mean `follow_ups`?"#]],
    );
}

#[test]
fn an_unknown_section() {
    check(
        "[network]",
        "[netwrok]",
        expect![[r#"
            the scenario has problems
              × unknown key `netwrok`
                ╭─[burst.toml:49:2]
             48 │ 
             49 │ [netwrok]
                ·  ───────
             50 │ webhook_latency = "40ms"
                ╰────
              help: did you mean `network`?"#]],
    );
}

#[test]
fn an_unknown_intent() {
    check(
        "refund = 5",
        "refunds = 5",
        expect![[r#"
            the scenario has problems
              × unknown name `refunds`
                ╭─[burst.toml:15:37]
             14 │ languages = { en = 40, es = 20, pt = 15, de = 10, fr = 15 }
             15 │ intents = { price = 25, order = 15, refunds = 5 }
                ·                                     ───────
             16 │ follow_ups = 0.1
                ╰────
              help: did you mean `refund`?"#]],
    );
}

#[test]
fn an_unknown_intent_in_the_truth() {
    check(
        "intent = \"refund\"",
        "intent = [\"refund\", \"borken\"]",
        expect![[r#"
            the scenario has problems
              × unknown name `borken`
                ╭─[burst.toml:39:21]
             38 │ [[truth]]
             39 │ intent = ["refund", "borken"]
                ·                     ────────
             40 │ team = "support"
                ╰────
              help: did you mean `broken`?"#]],
    );
}

#[test]
fn an_unknown_team() {
    check(
        "team = \"latam\"",
        "team = \"latin\"",
        expect![[r#"
            the scenario has problems
              × unknown team `latin`
                ╭─[burst.toml:44:8]
             43 │ language = ["es", "pt"]
             44 │ team = "latin"
                ·        ───────
             45 │ 
                ╰────
              help: did you mean `latam`?"#]],
    );
}

#[test]
fn an_unknown_measure() {
    check(
        "lost =",
        "losses =",
        expect![[r#"
            the scenario has problems
              × unknown name `losses`
                ╭─[burst.toml:54:1]
             53 │ [expect]
             54 │ losses = { equals = 0 }
                · ──────
             55 │ routing_accuracy = { at_least = 0.9 }
                ╰────
              help: known here: `lost`, `assigned_twice`, `over_limit`, `api_windows_exceeded`,
                    `rate_limited_calls`, `unassigned_at_end`, `routing_accuracy`, `fallback_share`,
                    `held_share`, `fairness_jain`, `fairness_max_over_mean`, `fairness_busy_time_jain`,
                    `fairness_burst`, `api_calls_per_dm`, `time_to_assignment_p50`, `time_to_assignment_p90`,
                    `time_to_assignment_p99`, `time_to_assignment_max`, `all_assigned_after`"#]],
    );
}

#[test]
fn an_unknown_shape() {
    check(
        "shape = \"viral\"",
        "shape = \"virl\"",
        expect![[r#"
            the scenario has problems
              × unknown name `virl`
                ╭─[burst.toml:13:9]
             12 │ window = "2h"
             13 │ shape = "virl"
                ·         ──────
             14 │ languages = { en = 40, es = 20, pt = 15, de = 10, fr = 15 }
                ╰────
              help: did you mean `viral`?"#]],
    );
}

#[test]
fn two_shapes() {
    check(
        "shape = \"viral\"",
        "shape = { viral = {}, constant = {} }",
        expect![[r#"
            the scenario has problems
              × a shape is one of viral, constant and at
                ╭─[burst.toml:13:9]
             12 │ window = "2h"
             13 │ shape = { viral = {}, constant = {} }
                ·         ─────────────────────────────
             14 │ languages = { en = 40, es = 20, pt = 15, de = 10, fr = 15 }
                ╰────"#]],
    );
}

#[test]
fn a_wrong_key_within_a_shape() {
    check(
        "shape = \"viral\"",
        "shape.viral = { pek = \"2m\" }",
        expect![[r#"
            the scenario has problems
              × unknown key `pek`
                ╭─[burst.toml:13:17]
             12 │ window = "2h"
             13 │ shape.viral = { pek = "2m" }
                ·                 ───
             14 │ languages = { en = 40, es = 20, pt = 15, de = 10, fr = 15 }
                ╰────
              help: did you mean `peak`?"#]],
    );
}

#[test]
fn a_percentage_where_a_share_is_meant() {
    check(
        "follow_ups = 0.1",
        "follow_ups = 10",
        expect![[r#"
            the scenario has problems
              × 10 is not a share; write a number from 0 to 1
                ╭─[burst.toml:16:14]
             15 │ intents = { price = 25, order = 15, refund = 5 }
             16 │ follow_ups = 10
                ·              ──
             17 │ roughness = 0.3
                ╰────"#]],
    );
}

#[test]
fn a_length_of_time_without_a_unit() {
    check(
        "horizon = \"6h\"",
        "horizon = \"360\"",
        expect![[r#"
            the scenario has problems
              × `360` is not a length of time; write it like "40ms", "90s", "4m" or "1h30m"
               ╭─[burst.toml:7:11]
             6 │ seed = 7
             7 │ horizon = "360"
               ·           ─────
             8 │ rules = "rules/viral-burst.toml"
               ╰────"#]],
    );
}

#[test]
fn a_number_where_a_length_of_time_is_meant() {
    check(
        "at_most = \"10m\"",
        "at_most = 600",
        expect![[r#"
            the scenario has problems
              × `time_to_assignment_p99` cannot be compared with this
                ╭─[burst.toml:56:38]
             55 │ routing_accuracy = { at_least = 0.9 }
             56 │ time_to_assignment_p99 = { at_most = 600 }
                ·                                      ───
                ╰────
              help: it is a length of time: write it like "90s" or "10m""#]],
    );
}

#[test]
fn no_shape() {
    check(
        "shape = \"viral\"\n",
        "",
        expect![[r#"
            the scenario has problems
              × the key `shape` is missing
                ╭─[burst.toml:10:1]
              9 │ 
             10 │ [traffic]
                · ─────────
             11 │ count = 5000
                ╰────
              help: add `shape = ...`"#]],
    );
}

#[test]
fn no_count() {
    check(
        "count = 5000\n",
        "",
        expect![[r#"
            the scenario has problems
              × how many people write?
                ╭─[burst.toml:10:1]
              9 │ 
             10 │ [traffic]
                · ─────────
             11 │ window = "2h"
                ╰────
              help: add count = 5000"#]],
    );
}

#[test]
fn no_team_at_all() {
    let text = GOOD.replace("[[team]]", "[[crew]]");
    let problems = Scenario::from_toml(&text).expect_err("there is no team");
    assert!(problems[0].help.as_ref().is_some_and(|help| help.starts_with("known here: `name`,")));
}

#[test]
fn a_peak_that_never_comes() {
    check(
        "shape = \"viral\"",
        "shape.viral = { peak = \"3h\" }",
        expect![[r#"
            the scenario has problems
              × the peak is after the window
                ╭─[burst.toml:13:1]
             12 │ window = "2h"
             13 │ shape.viral = { peak = "3h" }
                · ─────
             14 │ languages = { en = 40, es = 20, pt = 15, de = 10, fr = 15 }
                ╰────
              help: the fitted values are onset = "5s", peak = "80s", relaxation = "100s", exponent = 0.9"#]],
    );
}

#[test]
fn text_that_is_not_toml() {
    check(
        "count = 5000",
        "count = 5,000",
        expect![[r#"
            the scenario has problems
              × unexpected key or value
                ╭─[burst.toml:11:10]
             10 │ [traffic]
             11 │ count = 5,000
                ·          ▲
             12 │ window = "2h"
                ╰────
              help: expected newline, `#`"#]],
    );
}

#[test]
fn no_bound() {
    check(
        "{ equals = 0 }",
        "{}",
        expect![[r#"
            the scenario has problems
              × `lost` has no bound
                ╭─[burst.toml:54:8]
             53 │ [expect]
             54 │ lost = {}
                ·        ──
             55 │ routing_accuracy = { at_least = 0.9 }
                ╰────
              help: add at_most, at_least or equals"#]],
    );
}

#[test]
fn a_start_without_an_offset() {
    check(
        "2026-11-20T18:00:00Z",
        "2026-11-20 18:00",
        expect![[r#"
            the scenario has problems
              × `2026-11-20 18:00` is not a moment
               ╭─[burst.toml:5:9]
             4 │ """
             5 │ start = "2026-11-20 18:00"
               ·         ──────────────────
             6 │ seed = 7
               ╰────
              help: write date, time and offset: "2026-11-20T18:00:00Z""#]],
    );
}

#[test]
fn no_team_for_somebody() {
    check(
        "[[truth]]\nteam = \"sales\"\n",
        "",
        expect![[r#"
            the scenario has problems
              × no [[truth]] says who should get `price` in `en`
                ╭─[burst.toml:10:1]
              9 │ 
             10 │ [traffic]
                · ─────────
             11 │ count = 5000
                ╰────
              help: a last [[truth]] with only a team takes the rest"#]],
    );
}

#[test]
fn several_problems_at_once() {
    check(
        "absences = [{ team = \"sales\", count = 3, from = \"30m\", to = \"50m\" }]",
        "absences = [{ team = \"sale\", count = 3, from = \"50m\", to = \"30m\" }, \
         { team = \"latam\", count = 9, from = \"1m\", to = \"2m\" }]",
        expect![[r#"
            the scenario has problems
              × unknown team `sale`
                ╭─[burst.toml:36:22]
             35 │ reply_after = 0.25
             36 │ absences = [{ team = "sale", count = 3, from = "50m", to = "30m" }, { team = "latam", count = 9, from = "1m", to = "2m" }]
                ·                      ──────
             37 │ 
                ╰────
              help: did you mean `sales`?

              × the absence ends before it begins
                ╭─[burst.toml:36:60]
             35 │ reply_after = 0.25
             36 │ absences = [{ team = "sale", count = 3, from = "50m", to = "30m" }, { team = "latam", count = 9, from = "1m", to = "2m" }]
                ·                                                            ─────
             37 │ 
                ╰────
              help: `from` and `to` both count from the start of the scenario

              × 9 of latam cannot be away: there are 6
                ╭─[burst.toml:36:95]
             35 │ reply_after = 0.25
             36 │ absences = [{ team = "sale", count = 3, from = "50m", to = "30m" }, { team = "latam", count = 9, from = "1m", to = "2m" }]
                ·                                                                                               ─
             37 │ 
                ╰────"#]],
    );
}

#[test]
fn a_missing_file_is_named() {
    let error = Scenario::load(Path::new("scenarios/nowhere.toml")).unwrap_err();
    assert_eq!(error.to_string(), "cannot read the scenario scenarios/nowhere.toml");
    assert!(matches!(error, LoadError::Unreadable { .. }));
}
