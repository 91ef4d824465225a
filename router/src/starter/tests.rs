use engine::RulesSource;

use super::*;
use crate::rules_file;
use crate::survey::Schedule;

fn team(id: u64, name: &str, seats: usize) -> Team {
    Team { id, name: name.into(), members: seats, seats, distribution: None }
}

fn workspace(teams: &[Team]) -> Workspace {
    Workspace {
        app_id: "ws0".into(),
        time_zone: "Europe/Dublin".into(),
        teams: teams.to_vec(),
        ..Workspace::default()
    }
}

/// The policy that a text means; panics with its mistakes.
#[track_caller]
fn policy(text: &str) -> engine::Policy {
    match rules_file::parse(Path::new("rules.toml"), &RulesSource::single(text)) {
        Ok(rules) => rules.policy,
        Err(error) => panic!("{error}\n{text}"),
    }
}

#[test]
fn teams_have_names_of_their_own() {
    #[track_caller]
    fn check(names: &[&str], expected: &[&str]) {
        let teams: Vec<_> = names.iter().zip(1..).map(|(name, id)| team(id, name, 1)).collect();
        let found: Vec<_> = named(&teams).into_iter().map(|(name, _)| name).collect();
        assert_eq!(found, expected);
        let policy = policy(&rules(&workspace(&teams), None).unwrap());
        assert_eq!(policy.teams().count(), names.len());
    }
    check(&["Sales", "Support"], &["sales", "support"]);
    check(&["Sales & Orders (EU)"], &["sales-orders-eu"]);
    check(&["Sales", "SALES", "sales"], &["sales", "sales-2", "sales-3"]);
    check(&["日本", ""], &["team-1", "team-2"]);
    check(&["team-2", "日本"], &["team-2", "team-2-2"]);
}

#[test]
fn the_fallback_is_chosen_or_the_largest() {
    let teams = [team(1, "Sales", 2), team(2, "Support Desk", 5), team(3, "VIP", 5)];
    let fallback = |wanted| {
        let text = rules(&workspace(&teams), wanted)?;
        Ok::<_, StarterError>(policy(&text).fallback_team().to_string())
    };
    assert_eq!(fallback(None).unwrap(), "support-desk");
    assert_eq!(fallback(Some("sales")).unwrap(), "sales");
    assert_eq!(fallback(Some("3")).unwrap(), "vip");
    assert_eq!(fallback(Some("Support Desk")).unwrap(), "support-desk");
    let error = fallback(Some("nobody")).unwrap_err().to_string();
    assert!(error.contains("sales (1), support-desk (2), vip (3)"), "{error}");
    assert_eq!(rules(&workspace(&[]), None), Err(StarterError::NoTeam));
}

#[test]
fn what_strangers_wrote_stays_in_its_place() {
    let evil = "a\"\n[fallback]\nassign = \"x\" # \u{202e}\u{0}'''";
    let mut workspace = workspace(&[team(1, evil, 1)]);
    workspace.tags = vec![evil.into()];
    workspace.app_id = evil.into();
    workspace.time_zone = evil.into();
    let (name, time_zone) = (evil.to_owned(), evil.to_owned());
    let (always, intervals) = (false, vec![(0, 60)]);
    workspace.office_hours = Some(vec![Schedule { name, time_zone, always, intervals }]);
    workspace.teams[0].distribution = Some(evil.into());
    let text = rules(&workspace, None).unwrap();
    assert_eq!(policy(&text).teams().count(), 1);
    let text = configuration(&workspace, evil, Path::new(evil));
    let table: toml::Table = text.parse().unwrap();
    assert_eq!(table["intercom"]["app_id"].as_str(), Some(evil));
    assert_eq!(table["rules"].as_str(), Some(evil));
}

#[test]
fn office_hours_come_along() {
    let mut workspace = workspace(&[team(1, "Sales", 1)]);
    let hours = |name: &str, zone: &str, always| Schedule {
        name: name.into(),
        time_zone: zone.into(),
        always,
        intervals: vec![(540, 1_020), (1_980, 2_460)],
    };
    workspace.office_hours = Some(vec![
        hours("Weekdays", "Europe/Dublin", false),
        hours("Weekdays", "Asia/Tokyo", false),
        hours("", "Mars/Olympus", true),
    ]);
    let text = rules(&workspace, None).unwrap();
    policy(&text);
    for expected in [
        "[hours.weekdays]    # \"Weekdays\" in Intercom\nmonday = [\"09:00-17:00\"]\ntuesday = [\"09:00-17:00\"]\n",
        "[hours.hours-2]    # \"Weekdays\" in Intercom\ntime_zone = \"Asia/Tokyo\"\n",
        "# time_zone = \"Mars/Olympus\" is no IANA name: correct it\nmonday = [\"00:00-24:00\"]\n",
        "# hours = \"weekdays\"\n",
    ] {
        assert!(text.contains(expected), "`{expected}` is missing in\n{text}");
    }
    // With its comments taken away, a team keeps the hours.
    policy(&text.replace("# hours = ", "hours = "));
}

/// The examples in the comments are rules as well.
#[test]
fn the_commented_examples_hold() {
    let teams = [team(1, "Sales", 2), team(2, "Support", 5)];
    let text = rules(&workspace(&teams), None).unwrap();
    let lines = text.lines().map(|line| line.strip_prefix("# ").unwrap_or(line));
    let examples: Vec<_> = lines.skip_while(|line| !line.ends_with("Examples:")).skip(2).collect();
    let whole =
        text.split("\n# [teammates]").next().unwrap().to_owned() + "\n" + &examples.join("\n");
    assert_eq!(policy(&whole).rule_names().count(), 2);
}
