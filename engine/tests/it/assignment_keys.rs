//! What rules can say of assignment: all of it is read, printed as it was meant, and checked.

use engine::{Policy, Problem, Severity};
use expect_test::expect_file;

mod doubts;

const RULES: &str = r#"version = 1
time_zone = "Europe/Dublin"
[channel]
any = [{ tag = "tiktok" }]
reply_window = { lasts = "24h", messages = 5, rise = "2h" }
[language]
among = ["en", "es"]
[hours.office]
weekdays = ["09:00-18:00"]
[hours.early]
time_zone = "Europe/Madrid"
weekdays = ["07:00-15:00"]
[team.sales]
intercom_team = 100
hours = "office"
distribution = "weighted"
sticky = "14d"
inbox = "when_waiting"
require = [{ language = true, until = "10m" }, { skill = "returns", until = "5m" }]
overflow = [
    { to = "support", after = "10m" },
    { to = "support", waiting = 50 },
    { to = "triage", after = "1h" },
    { to = "triage", expected_wait = "20m" },
]
no_answer = { within = "15m", bounces = 3 }
sharing = { by = "language", weights = { es = 2 } }
[team.support]
intercom_team = 200
distribution = "longest_idle"
sharing = { by = "rule", weights = { price = 3 } }
[team.triage]
intercom_team = 300
distribution = "round_robin"
[teammate.ana]
intercom_admin = 1
shift = "early"
time_off = ["2026-12-24", "2026-12-27 .. 2026-12-31"]
assignment_limit = 4
limit_in = { sales = 2 }
helps_in = ["triage", "sales"]
weight = 0.5
languages = ["en", "es-MX"]
skills = ["returns"]
[teammate.ben]
intercom_admin = 2
time_off = ["2026-12-26"]
[teammates]
assignment_limit = 6
away_grace = "2m"
ramp = { per_minute = 3, lasts = "10m" }
[[rule]]
name = "price"
assign = "sales"
require = []
when.text = ["price"]
[fallback]
assign = "support"
after = "30m"
[after_hours]
hold_in = "triage"
acknowledge = { en = "We are back at nine.", und = "☾" }
[api]
look_after = "1m"
"#;

#[test]
fn everything_is_read_and_printed_as_it_was_meant() {
    let (policy, warnings) = Policy::from_toml(RULES).unwrap_or_else(|it| panic!("{it:?}"));
    assert_eq!(warnings, []);
    let printed = policy.to_toml();
    let (again, _) = Policy::from_toml(&printed).unwrap_or_else(|it| panic!("{printed}\n{it:?}"));
    assert_eq!(again.to_toml(), printed, "printing twice prints the same");
    expect_file!["assignment_keys/printed.toml"].assert_eq(&printed);
}

/// Replaces `right` by `wrong` in good rules and expects one problem: the text that it stands at,
/// its message and its help.
#[track_caller]
fn check(right: &str, wrong: &str, expected: (&str, &str, &str)) {
    assert!(RULES.contains(right), "{right}");
    let source = RULES.replacen(right, wrong, 1);
    let problems = Policy::from_toml(&source).map(|_| ()).expect_err(wrong);
    let told: Vec<_> = problems.iter().map(|problem| told(problem, &source)).collect();
    assert_eq!(told, [expected], "{wrong}");
}

fn told<'a>(problem: &'a Problem, source: &'a str) -> (&'a str, &'a str, &'a str) {
    assert_eq!(problem.severity, Severity::Error);
    let help = problem.help.as_deref().unwrap_or_default();
    (&source[problem.span.clone()], &problem.message, help)
}

#[test]
fn lengths_of_time() {
    let wait = "write it as `\"10m\"`; at most 30 days";
    let sticky = "write it as `\"14d\"`; at most 90 days";
    check("\"14d\"", "\"91d\"", ("\"91d\"", "`91d` is too long", sticky));
    check("\"14d\"", "\"0s\"", ("\"0s\"", "`0s` is too short", sticky));
    check("\"14d\"", "\"14\"", ("\"14\"", "`14` is no length of time", sticky));
    check("\"5m\" }]", "\"31d\" }]", ("\"31d\"", "`31d` is too long", wait));
    check("\"20m\"", "\"20 m m\"", ("\"20 m m\"", "`20 m m` is no length of time", wait));
    check("after = \"30m\"", "after = \"0m\"", ("\"0m\"", "`0m` is too short", wait));
    let help = "write it as `\"15m\"`; at most 30 days";
    check("\"15m\"", "\"0s\"", ("\"0s\"", "`0s` is too short", help));
    let help = "write it as `\"1m\"`; at most an hour";
    check("\"2m\"", "\"61m\"", ("\"61m\"", "`61m` is too long", help));
    let help = "write it as `\"5m\"`; at most a day; for none write `ramp = false`";
    check("lasts = \"10m\"", "lasts = \"2d\"", ("\"2d\"", "`2d` is too long", help));
    let help = "write it as `\"5m\"`; at most a day";
    check("look_after = \"1m\"", "look_after = \"25h\"", ("\"25h\"", "`25h` is too long", help));
}

#[test]
fn the_reply_window() {
    let help = "write it as `\"48h\"`; at most 30 days";
    check("\"24h\"", "\"721h\"", ("\"721h\"", "`721h` is too long", help));
    let help = "what waits goes to the head of its line so long before the window ends";
    check("\"24h\"", "\"2h\"", ("\"2h\"", "`rise` is shorter than `lasts`", help));
    let help = "how many messages may be written after each of the contact's";
    let message = "`messages` is a number from 1 to 1000";
    check("messages = 5", "messages = 0", ("0", message, help));
    let short = RULES.replace("\"24h\", messages = 5, rise = \"2h\"", "\"2h\"");
    let printed = Policy::from_toml(&short).unwrap().0.to_toml();
    assert!(printed.contains("rise = \"1h\""), "a short window has a short rise\n{printed}");
}

#[test]
fn who_gets_it() {
    check(
        "\"weighted\"",
        "\"wieghted\"",
        ("\"wieghted\"", "unknown distribution `wieghted`", "did you mean `weighted`?"),
    );
    let known = "known: `always`, `when_waiting`";
    check(
        "\"when_waiting\"",
        "\"if_idle\"",
        ("\"if_idle\"", "unknown use of the inbox `if_idle`", known),
    );
    check(
        "\"returns\", until",
        "\" \", until",
        ("\" \"", "a skill has a name, such as `returns`", ""),
    );
    check(
        "language = true",
        "language = false",
        ("false", "this requires nothing", "write `true`, or take it out"),
    );
    let one = "a requirement is one thing to be able to do";
    let help = "write `{ language = true }` or `{ skill = \"...\" }`, each of its own";
    let both = "{ language = true, skill = \"x\" }";
    check("{ language = true, until = \"10m\" }", both, (both, one, help));
    check(
        "{ language = true, until = \"10m\" }",
        "{ until = \"1m\" }",
        ("{ until = \"1m\" }", one, help),
    );
    let twice = "{ skill = \"returns\" }";
    check(
        "{ language = true, until = \"10m\" }",
        twice,
        ("{ skill = \"returns\", until = \"5m\" }", "this is required twice", ""),
    );
    let many: String = (0..9).map(|n| format!("{{ skill = \"{n}\" }}, ")).collect();
    check(
        "require = []",
        &format!("require = [{many}]"),
        ("{ skill = \"8\" }", "there can be at most 8 requirements", ""),
    );
    check(
        "bounces = 3",
        "bounces = 21",
        (
            "21",
            "`bounces` is a number from 0 to 20",
            "with 0 it stays with whoever got it first, and there is an alert",
        ),
    );
}

#[test]
fn where_it_goes_if_nobody_gets_it() {
    check(
        "{ to = \"support\", after",
        "{ to = \"suport\", after",
        ("\"suport\"", "unknown team `suport`", "did you mean `support`?"),
    );
    check(
        "{ to = \"support\", after",
        "{ to = \"sales\", after",
        ("\"sales\"", "team `sales` would overflow to itself", "name another team"),
    );
    let help = "list the steps in the order of their `after`";
    check(
        "after = \"1h\"",
        "after = \"10m\"",
        ("\"10m\"", "this step comes no later than the one before it", help),
    );
    let one = "a step says one thing that is too long";
    let help = "write `after = \"10m\"`, `waiting = 50` or `expected_wait = \"20m\"`";
    let step = "{ to = \"support\", waiting = 50 }";
    check(step, "{ to = \"support\" }", ("{ to = \"support\" }", one, help));
    let both = "{ to = \"support\", waiting = 50, after = \"20m\" }";
    check(step, both, (both, one, help));
    let help = "write how many may wait before it";
    check("waiting = 50", "waiting = 0", ("0", "`waiting` is a number from 1 to 1000000", help));
}

#[test]
fn how_people_are_shared() {
    check(
        "by = \"language\"",
        "by = \"topic\"",
        ("\"topic\"", "unknown way to share `topic`", "known: `language`, `rule`"),
    );
    let help = "add it to `[language] among`, which has `en`, `es`";
    check(
        "{ es = 2 }",
        "{ fr = 2 }",
        ("fr", "no message is ever told to be in language `fr`", help),
    );
    check(
        "{ price = 3 }",
        "{ prices = 3 }",
        ("prices", "unknown rule `prices`", "did you mean `price`?"),
    );
    let help = "the weight says how many of one are taken for each of another";
    check("{ es = 2 }", "{ es = 101 }", ("101", "`es` is a number from 1 to 100", help));
    check("{ es = 2 }", "{ es = 2, ES = 3 }", ("es", "`es` has a weight already", ""));
}

#[test]
fn teammates() {
    let help = "say everything about one teammate in one place";
    check(
        "intercom_admin = 2",
        "intercom_admin = 1",
        ("1", "teammate `ana` has the same `intercom_admin`", help),
    );
    check(
        "shift = \"early\"",
        "shift = \"earlyy\"",
        ("\"earlyy\"", "unknown hours `earlyy`", "did you mean `early`?"),
    );
    let help = "write a day, `2026-12-24`, or the first and the last, `2026-12-27..2026-12-31`";
    check("2026-12-24", "2026-12-32", ("\"2026-12-32\"", "`2026-12-32` are no days", help));
    check(
        "\"2026-12-26\"",
        "\"2026-12-26..\"",
        ("\"2026-12-26..\"", "`2026-12-26..` are no days", help),
    );
    let help = "did you mean `2026-12-20..2026-12-26`?";
    check(
        "\"2026-12-26\"",
        "\"2026-12-26..2026-12-20\"",
        ("\"2026-12-26..2026-12-20\"", "`2026-12-26..2026-12-20` ends before it begins", help),
    );
    let limit = "an assignment limit is a positive number";
    let help = "leave it out for no limit";
    check("assignment_limit = 4", "assignment_limit = 0", ("0", limit, help));
    check("{ sales = 2 }", "{ sales = -1 }", ("-1", limit, help));
    check(
        "{ sales = 2 }",
        "{ sale = 2 }",
        ("sale", "unknown team `sale`", "did you mean `sales`?"),
    );
    let help = "for half as much as the others write `0.5`";
    let message = "a weight is a number from 0.01 to 100";
    check("weight = 0.5", "weight = 0.001", ("0.001", message, help));
    check("weight = 0.5", "weight = 101", ("101", message, help));
    check("weight = 0.5", "weight = nan", ("nan", message, help));
    let help = "write `es`, `pt-br`, or `und` for a language that is not known";
    check("\"es-MX\"", "\"Spanish\"", ("\"Spanish\"", "`Spanish` is no language tag", help));
    let help = "leave it out: who gets what cannot be told needs no language";
    check("\"es-MX\"", "\"und\"", ("\"und\"", "nobody speaks `und`", help));
    let help = "write `ramp = { per_minute = 6, lasts = \"5m\" }`";
    check(
        "ramp = { per_minute = 3, lasts = \"10m\" }",
        "ramp = true",
        ("true", "this does not say how slowly", help),
    );
    let help = "for none write `ramp = false`";
    check(
        "per_minute = 3",
        "per_minute = 0",
        ("0", "`per_minute` is a number from 1 to 6000", help),
    );
    let none = RULES.replace("{ per_minute = 3, lasts = \"10m\" }", "false");
    assert!(Policy::from_toml(&none).unwrap().0.to_toml().contains("ramp = false"));
}

#[test]
fn what_contacts_are_told() {
    let help = "leave the language out: `und` is for all that are not here";
    check("\"☾\"", "\" \"", ("\" \"", "this text is empty", help));
    let long = format!("\"{}\"", "☾".repeat(2_001));
    check("\"☾\"", &long, (&long, "this text has 2001 characters", "write at most 2000"));
    let help = "add it to `[language] among`, which has `en`, `es`";
    check("{ en =", "{ fr =", ("fr", "no message is ever told to be in language `fr`", help));
    check("und = \"☾\"", "EN = \"☾\"", ("en", "language `en` has another text already", ""));
}
