//! Rules and what is doubtful in them.

use jiff::civil::{Date, date};

use super::*;
use crate::{Presence, RosterSnapshot, Severity, TeamId, TeammateId, TeammateSnapshot};

mod reach;

/// Teams, hours, topics and the rest, so that the rules below can be short.
const HEAD: &str = r#"version = 1
time_zone = "Europe/Dublin"
channel.any = [{ tag = "tiktok" }]
team.sales.intercom_team = 100
team.support.intercom_team = 200
fallback.assign = "support"
attributes.contact = { plan = "text", orders = "number", vip = "boolean" }
"#;

/// A rule for each `assign: when`.
fn rules(rules: &[&str]) -> String {
    let mut source = HEAD.to_owned();
    for (at, rule) in rules.iter().enumerate() {
        let (team, when) = rule.split_once(": ").unwrap();
        let name = char::from(b'a' + u8::try_from(at).unwrap());
        source +=
            &format!("[[rule]]\nname = \"{name}\"\nassign = \"{team}\"\nwhen = {{ {when} }}\n");
    }
    source
}

fn lint(source: &str) -> Vec<Problem> {
    let policy = Policy::from_toml(source).map_err(|it| format!("{it:?}\n{source}")).unwrap().0;
    policy.lint(&RulesSource::single(source))
}

/// What lint says to rules, each with its code in front.
#[track_caller]
fn check(source: &str, expected: &[&str]) {
    let problems = lint(source);
    let told: Vec<String> = problems
        .iter()
        .map(|it| format!("{}: {}", it.code.unwrap_or_default(), it.message))
        .collect();
    assert_eq!(told, expected, "{source}");
    assert!(problems.iter().all(|it| it.severity == Severity::Warning && it.help.is_some()));
    let is_listed = |it: &Problem| LINTS.iter().any(|(code, _)| Some(*code) == it.code);
    assert!(problems.iter().all(is_listed), "{told:?}");
}

#[track_caller]
fn check_rules(lines: &[&str], expected: &[&str]) {
    check(&rules(lines), expected);
}

#[test]
fn good_rules_are_silent() {
    check_rules(&[], &[]);
    check_rules(
        &[
            r#"support: text = ["where is my order", "refund"]"#,
            r#"sales: text = { any = ["order", "price"], none = ["refund"] }, language = "es""#,
            r#"sales: text = ["order", "price", "how much"]"#,
        ],
        &[],
    );
}

#[test]
fn keywords_that_change_nothing() {
    check_rules(
        &[r#"sales: text = ["cuánto", "order", "cuanto", "my order", "order", "price"]"#],
        &[
            "redundant-keywords: keywords of rule `a` change nothing: `cuanto (the same as cuánto)`, \
           `my order (because of order)`, `order (twice)`",
        ],
    );
    check_rules(
        &[r#"sales: text = { all = ["my order", "order"] }"#],
        &["redundant-keywords: keywords of rule `a` change nothing: `order (because of my order)`"],
    );
    check_rules(&[r#"sales: text = ["pay", "payment", "pays"]"#], &[]);
}

#[test]
fn short_pieces_find_too_much() {
    check_rules(
        &[r#"sales: text = { contains = ["ring", "refund", "TS-", "买"] }"#],
        &[r#"short-contains: `contains` of rule `a` finds "ring" inside everyday words"#],
    );
    check_rules(&[r#"sales: text = { any = ["ring"], prefix = "ad" }"#], &[]);
}

#[test]
fn languages_are_asked_for_and_spoken() {
    let (language, teams) = (
        "language.among = [\"en\", \"es\"]\n",
        "team.latam = { intercom_team = 300, languages = [\"es\"] }\n",
    );
    let with = |extra: &str, lines: &[&str]| format!("{extra}{}", rules(lines));
    check(
        &with(language, &[r#"sales: language = "es""#]),
        &["unused-language: no rule and no team is there for language `en`"],
    );
    check(&with(language, &[r#"sales: language = ["es", "en-us"]"#]), &[]);
    check(
        &with(
            teams,
            &[r#"latam: language = "es-mx""#, r#"sales: language = ["es", "de"], text = ["a"]"#],
        ),
        &["unspoken-language: rule `b` is for `de`, which team `sales` does not list"],
    );
    check(
        &with(teams, &[r#"latam: language = ["es", "und"]"#, r#"latam: language = "pt""#]),
        &["unspoken-language: rule `b` is for `pt`, which team `latam` does not list"],
    );
    let split = [r#"sales: language = "es""#, r#"sales: language = "en""#];
    check_rules(
        &split,
        &["no-rule-for-und: rules are told apart by language, and none is for `und`: what cannot \
           be told goes to `support`"],
    );
    check_rules(&[split[0], split[1], r#"sales: language = "und", text = ["a"]"#], &[]);
}

#[test]
fn topics_are_told_apart() {
    let topics = "[topic.price]\nexamples = [\"how much is it\", \"what does it cost\", \"price \
                  please\", \"is it expensive\", \"how many euros\"]\n[topic.refund]\nexamples = \
                  [\"i want my money back\", \"refund please\", \"Price  please\", \"send the \
                  money back\", \"a refund now\"]\n";
    let when = r#"sales: topic = ["price", "refund"]"#;
    let problems = lint(&format!("{}{topics}", rules(&[when])));
    let shared = "topic `refund` has examples that topic `price` has as well: \"Price  please\"";
    assert!(problems.iter().any(|it| it.message == shared), "{problems:?}");
    let alike = "[topic.a]\nexamples = [\"hello you\", \"hello there\", \"hello my friend\", \
                 \"oh hello\", \"hello all\"]\n[topic.b]\nexamples = [\"hello you all\", \"hello \
                 there all\", \"hello friend\", \"oh hello you\", \"hello you there\"]\n";
    let problems = lint(&format!("{}{alike}", rules(&[r#"sales: topic = ["a", "b"]"#])));
    let codes: Vec<_> = problems.iter().filter_map(|it| it.code).collect();
    assert_eq!(codes, ["weak-topic", "weak-topic"], "{problems:?}");
}

#[test]
fn a_channel_that_only_the_contact_shows_costs_calls() {
    let signal = "[{ contact_attribute = \"network\", equals = \"tiktok\" }]";
    let source = HEAD.replace("[{ tag = \"tiktok\" }]", signal);
    let costly = "costly-channel: the channel is told by the contact alone, which costs an API \
                  call for every conversation of every channel";
    check(&source, &[costly]);
    check(&source.replace("[{", "[{ tag = \"tiktok\" }, {"), &[]);
}

#[test]
fn teams_are_there_when_they_are_needed() {
    let hours = "[hours.office]\nweekdays = [\"09:00-18:00\"]\n[hours.always]\nweekdays = \
                 [\"00:00-12:00\", \"12:00-24:00\"]\nsaturday = [\"00:00-24:00\"]\nsunday = \
                 [\"00:00-24:00\"]\n";
    let with = |hours_of_support: &str, end: &str| {
        let team = format!("team.support.hours = \"{hours_of_support}\"\nfallback");
        format!(
            "{}{hours}{end}",
            HEAD.replace("fallback", &team).replace("team.sales.intercom_team = 100\n", "")
        )
    };
    let closed = "fallback-closed: the fallback team `support` is not always open";
    let stay = "no-hold-team: nothing says where conversations of `support` stay after hours";
    check(&with("office", ""), &[stay, closed]);
    check(&with("always", ""), &[]);
    let night = "[team.night]\nintercom_team = 400\n[after_hours]\nhold_in = \"night\"\n";
    check(&with("office", night), &[closed]);
    let held = with("always", night).replace("\"support\"\n", "\"night\"\n");
    let holds = "fallback-holds: the fallback team `night` is the one that holds after hours";
    check(&held, &[holds]);
}

const SHIFTS: &str = r#"version = 1
time_zone = "Europe/Dublin"
channel.any = [{ tag = "tiktok" }]
fallback.assign = "support"
after_hours.hold_in = "night"
[hours.office]
weekdays = ["09:00-12:30", "13:00-18:00"]
holidays = ["2026-12-25"]
[hours.coast]
time_zone = "America/New_York"
weekdays = ["09:00-18:00"]
[team.sales]
intercom_team = 100
hours = "coast"
[team.support]
intercom_team = 200
hours = "office"
[team.returns]
intercom_team = 201
hours = "office"
[team.night]
intercom_team = 300
[[rule]]
name = "sales"
assign = ["sales", "returns"]
when.text = ["price"]
"#;

#[track_caller]
fn check_week(day: Date, rows: &[(&str, usize, &str)], gaps: &str) {
    let policy = Policy::from_toml(SHIFTS).unwrap().0;
    let coverage = policy.coverage(day, None);
    for (team, day, expected) in rows {
        let row = coverage.rows.iter().find(|row| row.teams.iter().any(|it| **it == **team));
        let signs: String = row.unwrap().week[*day].iter().map(|it| it.sign()).collect();
        assert_eq!(signs, *expected, "{team} on day {day}\n{coverage}");
    }
    let problems = policy.lint_week(&RulesSource::single(SHIFTS), day, None);
    let messages: Vec<_> = problems.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(messages, [format!("no team is open on {gaps}")]);
}

#[test]
fn a_week_is_exact() {
    let (office, closed) = ("·········███▒█████······", "·".repeat(24));
    let usual = "Mon-Fri 00:00-09:00, 23:00-24:00; Sat-Sun all day";
    check_week(
        date(2026, 11, 25),
        &[("support", 0, office), ("returns", 4, office), ("support", 5, &closed)],
        usual,
    );
    check_week(date(2026, 11, 23), &[("sales", 0, "··············█████████·")], usual);
    // A holiday, on which New York works.
    let christmas = "Mon-Thu 00:00-09:00, 23:00-24:00; Fri 00:00-14:00, 23:00-24:00; Sat-Sun all \
                     day";
    check_week(date(2026, 12, 21), &[("support", 4, &closed)], christmas);
    // Europe has changed its clocks, America changes them a week later.
    let autumn = "Mon-Fri 00:00-09:00, 22:00-24:00; Sat-Sun all day";
    check_week(date(2026, 10, 26), &[("sales", 0, "·············█████████··")], autumn);
}

#[test]
fn a_heat_map_is_readable() {
    let policy = Policy::from_toml(SHIFTS).unwrap().0;
    expect_test::expect![[r#"
        Week of 2026-11-23, Europe/Dublin (█ open, ▒ partly, · closed)

        night: always open

        returns, support
             0     6     12    18   24
        Mon  ·········███▒█████······
        Tue  ·········███▒█████······
        Wed  ·········███▒█████······
        Thu  ·········███▒█████······
        Fri  ·········███▒█████······
        Sat  ························
        Sun  ························

        sales
             0     6     12    18   24
        Mon  ··············█████████·
        Tue  ··············█████████·
        Wed  ··············█████████·
        Thu  ··············█████████·
        Fri  ··············█████████·
        Sat  ························
        Sun  ························
    "#]]
    .assert_eq(&policy.coverage(date(2026, 11, 25), None).to_string());
}

#[test]
fn two_teams_want_one_message() {
    let overlaps = |lines: &[&str]| {
        let overlaps = Policy::from_toml(&rules(lines)).unwrap().0.overlaps();
        let told = overlaps.iter().map(|it| {
            let words = if it.is_by_words { "" } else { " and more" };
            format!("{} {} {} {:?}{words}", it.first, it.second, it.shared, it.example)
        });
        told.collect::<Vec<_>>()
    };
    let check = |lines: &[&str], expected: &[&str]| assert_eq!(overlaps(lines), expected);
    check(
        &[r#"support: text = ["refund"]"#, r#"sales: text = ["price", "refund price"]"#],
        &[r#"a b 1 "refund price""#],
    );
    check(&[r#"support: text = ["refund"]"#, r#"support: text = ["price"]"#], &[]);
    // Of a message with all three the first gets it, not the second.
    check(
        &[r#"support: text = ["x"]"#, r#"sales: text = ["x y"]"#, r#"support: text = ["z"]"#],
        &[r#"a b 1 "x y""#],
    );
    check(
        &[
            r#"support: text = ["refund"]"#,
            r#"sales: language = "es", text = ["precio"]"#,
            r#"sales: text = { exact = "price" }"#,
        ],
        &[r#"a b 0 "refund precio" and more"#],
    );
    check(&[r#"support: text = ["a"]"#, r#"sales: text = { any = ["b"], none = ["a"] }"#], &[]);
}

#[test]
fn calls_are_counted() {
    let check = |source: &str, expected| {
        let policy = Policy::from_toml(source).unwrap().0;
        assert_eq!(policy.calls_per_conversation(), expected, "{source}");
    };
    check(&rules(&[]), 2..=3);
    check(&rules(&[r#"sales: country = "US""#]), 3..=4);
    check(&rules(&[r#"sales: language = "es", text = ["a"]"#]), 3..=4);
    let told = "language.among = [\"en\", \"es\"]\n";
    check(&format!("{told}{}", rules(&[r#"sales: language = "es""#])), 2..=4);
    let remarks = "tags = [\"x\", \"y\"]\nnote = true\nwhen =";
    check(&rules(&[r#"sales: text = ["a"]"#]).replace("when =", remarks), 2..=8);
    check(SHIFTS, 2..=4);
    check(
        &SHIFTS.replace(
            "hold_in = \"night\"",
            "hold_in = \"night\"\nafter_hours.acknowledge.und = \"later\"",
        ),
        2..=5,
    );
    check(&SHIFTS.replace("201\n", "201\ninbox = \"when_waiting\"\n"), 1..=4);
    check(&SHIFTS.replace("201\n", "201\ndistribution = \"manual\"\n"), 1..=4);
}

#[test]
fn intercom_knows_better() {
    let source = format!(
        "{HEAD}teammate.mia.intercom_admin = 1\nteammate.leo.intercom_admin = 2\n[[rule]]\n\
         name = \"a\"\nassign = \"sales\"\nteammate = \"mia\"\nwhen.text = [\"a\"]\n"
    );
    let policy = Policy::from_toml(&source).unwrap().0;
    let teammate = |id: u64, has_inbox_seat: bool, teams: &[u64]| TeammateSnapshot {
        id: TeammateId::new(id),
        presence: Presence::Active,
        has_inbox_seat,
        secondary_teams: vec![],
        reassign: false,
        teams: teams.iter().copied().map(TeamId::new).collect(),
    };
    let check = |teams: &[u64], teammates: &[TeammateSnapshot], expected: &[&str]| {
        let teams = teams.iter().copied().map(TeamId::new).collect();
        let roster = RosterSnapshot { teams, teammates: teammates.to_vec() };
        let problems = policy.lint_roster(&roster);
        let codes: Vec<&str> = problems.iter().filter_map(|it| it.code).collect();
        assert_eq!(codes, expected, "{problems:?}");
        let places = problems.iter().map(|it| &source[it.span.clone()]);
        assert!(places.into_iter().all(|it| !it.is_empty()));
    };
    let good = [teammate(1, true, &[100]), teammate(2, true, &[200])];
    check(&[100, 200, 300], &good, &[]);
    check(&[200], &good, &["missing-team"]);
    check(&[100, 200], &good[..1], &["empty-team", "missing-teammate"]);
    let seatless = [good[0].clone(), teammate(2, false, &[200])];
    check(&[100, 200], &seatless, &["team-without-seat", "teammate-without-seat"]);
    let elsewhere = [teammate(1, true, &[200]), teammate(2, true, &[100])];
    check(&[100, 200], &elsewhere, &["teammate-not-in-team"]);
}

#[test]
fn teammates_are_in_the_teams_that_they_are_named_for() {
    let terms = "[team.sales]\nintercom_team = 100\n[team.support]\nintercom_team = 200\n\
                 [teammate.mia]\nintercom_admin = 1\nlimit_in = { sales = 2 }\n[teammate.leo]\n\
                 intercom_admin = 2\n[[rule]]\nname = \"a\"\nassign = \"sales\"\nwhen.text = [\"a\"]\n";
    let head = HEAD.lines().filter(|line| !line.starts_with("team.")).collect::<Vec<_>>();
    let source = format!("{}\n{terms}", head.join("\n"));
    let policy = Policy::from_toml(&source).unwrap().0;
    let check = |mia: &[u64], leo: &[u64], expected: &[&str]| {
        let others = [member(3, &[100]), member(4, &[200])];
        let teammates = [member(1, mia), member(2, leo)].into_iter().chain(others).collect();
        let teams = [100, 200, 300].map(TeamId::new).to_vec();
        let problems = policy.lint_roster(&RosterSnapshot { teams, teammates });
        let told: Vec<_> = problems.iter().map(|it| &*it.message).collect();
        assert_eq!(told, expected);
    };
    let nowhere = "`mia` is no member of any team of these rules in Intercom";
    let elsewhere = "`mia` has a limit in team `sales` and is no member of it in Intercom";
    check(&[100], &[], &[]);
    check(&[200], &[], &[elsewhere]);
    check(&[300], &[300], &[nowhere]);
}

fn member(id: u64, teams: &[u64]) -> TeammateSnapshot {
    TeammateSnapshot {
        id: TeammateId::new(id),
        presence: Presence::Active,
        has_inbox_seat: true,
        secondary_teams: vec![],
        reassign: false,
        teams: teams.iter().copied().map(TeamId::new).collect(),
    }
}

#[test]
fn a_team_is_there_if_somebody_is_at_work() {
    let shifts = "[hours.morning]\nweekdays = [\"08:00-12:00\"]\n[teammate.mia]\nintercom_admin = \
                  1\nshift = \"morning\"\n[teammate.leo]\nintercom_admin = 2\nshift = \"office\"\n\
                  time_off = [\"2026-11-24\", \"2026-11-26..2026-11-27\"]\n";
    let source = format!("{SHIFTS}{shifts}");
    let policy = Policy::from_toml(&source).unwrap().0;
    let day = date(2026, 11, 25);
    let check = |members: &[u64], row: [&str; 3], told: &[&str]| {
        let mut teammates: Vec<_> = members.iter().map(|id| member(*id, &[200])).collect();
        teammates.push(member(9, &[100, 201]));
        let teams = [100, 200, 201, 300].map(TeamId::new).to_vec();
        let roster = RosterSnapshot { teams, teammates };
        let coverage = policy.coverage(day, Some(&roster));
        let of = |name: &str| coverage.rows.iter().find(|it| it.teams.contains(&name.into()));
        let days = [0, 1, 3].map(|day| {
            of("support").unwrap().week[day].iter().map(|it| it.sign()).collect::<String>()
        });
        assert_eq!(days, row, "{coverage}");
        assert!(of("night").unwrap().week.iter().flatten().all(|it| *it == Staffing::Open));
        let problems = policy.lint_week(&RulesSource::single(source.as_str()), day, Some(&roster));
        let idle = problems.iter().filter(|it| it.code == Some("nobody-at-work"));
        assert_eq!(idle.map(|it| &*it.message).collect::<Vec<_>>(), told);
        assert_eq!(coverage.to_string().contains("nobody at work"), row[1].contains('!'));
    };
    let office = "·········███▒█████······";
    let morning = "·········███!!!!!!······";
    let afternoons = "team `support` is open and nobody of it is at work on Tue 12:00-18:00; \
                      Thu-Fri 12:00-18:00";
    check(&[1, 2], [office, morning, morning], &[afternoons]);
    check(&[1, 2, 3], [office; 3], &[]);
    let whole = "·········!!!!!!!!!······";
    let days = "team `support` is open and nobody of it is at work on Tue 09:00-18:00; Thu-Fri \
                09:00-18:00";
    check(&[2], [office, whole, whole], &[days]);
    check(&[], [whole; 3], &[]);
}

#[test]
fn nothing_overflows_to_where_nobody_works() {
    let source = SHIFTS.replace(
        "intercom_team = 100\n",
        "intercom_team = 100\noverflow = [{ to = \
                                \"night\", after = \"10m\" }]\n",
    );
    let closed = "fallback-closed: the fallback team `support` is not always open";
    let holds = "overflow-holds: team `sales` overflows to the team that holds after hours";
    check(&source, &[closed, holds]);
}

#[test]
fn problems_of_included_files_name_the_file() {
    let main = format!("include = [\"sales.toml\"]\n{HEAD}");
    let other = "[[rule]]\nname = \"x\"\nassign = \"sales\"\nwhen.share = 0\n";
    let loaded = Policy::load("rules.toml", &main, &mut |_| Ok(other.to_owned())).unwrap();
    let problems = loaded.policy.lint(&loaded.source);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].file.as_deref(), Some("sales.toml"));
    assert_eq!(&other[problems[0].span.clone()], "\"x\"");
}

#[test]
fn codes_are_listed_once_and_in_order() {
    assert!(LINTS.windows(2).all(|pair| pair[0].0 < pair[1].0), "{LINTS:?}");
}
