use super::super::{Violation, sample};
use super::*;

#[test]
fn a_report_reads_like_this() {
    expect_test::expect![[r#"
        viral burst
        ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
        A lamp goes viral on a Friday night. Sales has just gone from twelve people to nine, and the rest
        of the world is waking up.

        virtual time · seed 7 · rules 9f86d081884c · commit 1a2b3c4 · 2 h 13 m of story

        Expectations ─────────────────────────────────────────────────────────────────────────────────────
          ✓ lost                                   0   = 0
          ✗ routing_accuracy                 96.94 %   ≥ 99.00 %
          ✓ time_to_assignment_p99         14 m 51 s   ≤ 20 m 00 s
          ✓ fairness_jain                     1.0000   ≥ 0.9800
          ✓ fairness_busy_time_jain           0.9871   ≥ 0.9800
          ✓ fairness_burst                         2   ≤ 2

        Conversations ────────────────────────────────────────────────────────────────────────────────────
          DMs    conversations  assigned  held  unassigned  lost  twice  over limit
          2,160          1,960     1,930    12          30     0      0           0

        Routing ──────────────────────────────────────────────────────────────────────────────────────────
          came to     latam       sales  support  triage  nobody    right     of
          price         300  1,200 ✗ 21      ✗ 9       ·       ·   98.0 %  1,530
          refund          ·           ·      400       ·       ·  100.0 %    400
          compliment      ·           ·        ·       ·    ✗ 30    0.0 %     30

          96.94 % right: en 97.6 % · es 93.5 %
          a number alone was right to come here; ✗ counts those that were not

        Fallback ─────────────────────────────────────────────────────────────────────────────────────────
          30 of 1,960 conversations (1.5 %) were wanted by no rule
                25  no rule matched
                 5  not understood

        Time to assignment ───────────────────────────────────────────────────────────────────────────────
          team       assigned       p50        p90        p99        max
          everybody       900  7 m 30 s  13 m 30 s  14 m 51 s  15 m 00 s
          sales           900  7 m 30 s  13 m 30 s  14 m 51 s  15 m 00 s
          support         400  3 m 20 s   6 m 00 s   6 m 36 s   6 m 40 s
          latam            30    15.0 s     27.0 s     30.0 s     30.0 s
          triage            0         –          –          –          –

        Fairness ─────────────────────────────────────────────────────────────────────────────────────────
          team     people  conversations  least–most    Jain  by chance  max/mean  by chance
          sales         3          1,221     404–410  1.0000     0.9994      1.01       1.03
          support       2            409     204–205  1.0000     0.9974      1.00       1.05
          latam         2            300     150–150  1.0000     0.9956      1.00       1.07
          triage        0              0           –       –          –         –          –

          team      Gini  by chance  busy time Jain  by chance  burst  by chance
          sales    0.003      0.014          0.9871     0.9875      2          3
          support  0.001      0.026          0.9873     0.9803      2          2
          latam    0.000      0.033          0.9878     0.9761      2          2
          triage       –          –               –          –      –          –

          burst: the most for one among as many assignments in a row as there are people

        Intercom API ─────────────────────────────────────────────────────────────────────────────────────
          call             count
          assign team      1,960
          assign teammate  1,930
          list admins         12
          all              3,902

          busiest 10 s: 412 of 1,666 allowed (24.7 %) · windows exceeded 0 · answered 429: 0

        FAIL  1 of 6 expectations
    "#]].assert_eq(&render(&sample::report(), Style::Plain));
}

#[test]
fn it_fits_and_has_no_trailing_space() {
    for line in render(&sample::report(), Style::Plain).lines() {
        assert!(line.chars().count() <= 100, "{line}");
        assert_eq!(line, line.trim_end());
    }
}

#[test]
fn colour_changes_colour_only() {
    let report = sample::report();
    let mut text = render(&report, Style::Colour);
    assert!(text.contains("\x1b[31m✗\x1b[0m routing_accuracy"));
    for code in ["\x1b[32m", "\x1b[31m", "\x1b[1m", "\x1b[0m"] {
        text = text.replace(code, "");
    }
    assert_eq!(text, render(&report, Style::Plain));
}

#[test]
fn a_violation_fails_whatever_was_expected() {
    let mut report = sample::report();
    report.verdicts.retain(|verdict| verdict.passed);
    assert!(report.passed());
    assert!(render(&report, Style::Plain).ends_with("PASS  5 of 5 expectations\n"));
    report.violations.push(Violation {
        invariant: "single ownership".to_owned(),
        at_us: 61_000_000,
        detail: "conversation 12 had two owners".to_owned(),
    });
    let text = render(&report, Style::Plain);
    assert!(text.contains("✗ single ownership at 1 m 01 s: conversation 12 had two owners"));
    assert!(text.ends_with("FAIL  0 of 5 expectations, 1 violation\n"), "{text}");
}

#[test]
fn it_can_be_read_by_programs() {
    let json = serde_json::to_value(sample::report()).unwrap();
    assert_eq!(json["run"]["mode"], "virtual");
    assert_eq!(json["verdicts"][1]["measure"], "routing_accuracy");
    assert_eq!(json["verdicts"][1]["bound"]["at_least"]["share"], 0.99);
    assert_eq!(json["confusion"][0]["intent"], "price");
}
