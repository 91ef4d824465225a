//! What is said of teams and teammates and has no effect, or not the one that is meant.

use engine::{LINTS, Policy, Problem};

use super::RULES;

/// Replaces each left side by its right side in good rules and expects these warnings: code, the
/// text that it stands at, and message.
#[track_caller]
fn check_doubts(changes: &[(&str, &str)], expected: &[(&str, &str, &str)]) {
    let mut source = RULES.to_owned();
    for (right, wrong) in changes {
        assert!(source.contains(right), "{right}");
        source = source.replace(right, wrong);
    }
    let (_, warnings) = Policy::from_toml(&source).unwrap_or_else(|it| panic!("{it:?}"));
    assert!(warnings.iter().all(|it| it.help.is_some() || it.code == Some("idle-team")));
    let is_listed = |it: &Problem| LINTS.iter().any(|(code, _)| Some(*code) == it.code);
    assert!(warnings.iter().all(is_listed), "{warnings:?}");
    let told = warnings
        .iter()
        .map(|it| (it.code.unwrap_or_default(), &source[it.span.clone()], &*it.message));
    assert_eq!(told.collect::<Vec<_>>(), expected, "{changes:?}");
}

#[test]
fn what_has_no_effect_is_doubtful() {
    check_doubts(
        &[("\"longest_idle\"", "\"manual\"")],
        &[(
            "manual-team",
            "\"rule\"",
            "nothing of the `manual` team `support` is distributed: `sharing` has no effect",
        )],
    );
    let all = ["sticky", "require", "overflow", "no_answer", "sharing"];
    let manual = RULES.replace("\"weighted\"", "\"manual\"");
    let (_, warnings) = Policy::from_toml(&manual).unwrap();
    let told: Vec<_> = warnings.iter().filter(|it| it.code == Some("manual-team")).collect();
    for key in all {
        let key = format!("`{key}`");
        assert_eq!(told.iter().filter(|it| it.message.contains(&key)).count(), 1, "{key}");
    }
    check_doubts(
        &[("\"weighted\"", "\"balanced\"")],
        &[("idle-weight", "0.5", "no team is `weighted`: the weight of `ana` has no effect")],
    );
    check_doubts(
        &[("hours = \"office\"\n", "")],
        &[(
            "idle-acknowledgement",
            "en",
            "no team ever closes, so nobody is ever sent these texts",
        )],
    );
}

#[test]
fn what_nobody_can_do_is_doubtful() {
    check_doubts(
        &[("languages = [\"en\", \"es-MX\"]\n", "")],
        &[("missing-language", "true", "no teammate says which languages they speak")],
    );
    check_doubts(
        &[("skills = [\"returns\"]", "skills = [\"return\", \"gifts\"]")],
        &[
            ("missing-skill", "\"returns\"", "no teammate has skill `returns`"),
            ("idle-skill", "\"return\"", "nothing requires skill `return`"),
            ("idle-skill", "\"gifts\"", "nothing requires skill `gifts`"),
        ],
    );
    check_doubts(
        &[("require = []", "require = [{ skill = \"gifts\" }]")],
        &[("missing-skill", "\"gifts\"", "no teammate has skill `gifts`")],
    );
    check_doubts(
        &[
            ("require = []", "require = [{ skill = \"gifts\" }]"),
            ("[\"returns\"]", "[\"returns\", \"gifts\"]"),
        ],
        &[],
    );
}

#[test]
fn a_team_that_others_overflow_to_is_not_idle() {
    let away = [
        ("    { to = \"triage\", after = \"1h\" },\n", ""),
        ("    { to = \"triage\", expected_wait = \"20m\" },\n", ""),
        ("hold_in = \"triage\"\n", ""),
    ];
    let idle = ("idle-team", "triage", "nothing is ever assigned to team `triage`");
    check_doubts(&away, &[idle]);
    check_doubts(&away[1..], &[]);
}

#[test]
fn what_holds_for_everybody_stands_in_the_main_file() {
    let main = RULES.replace("version = 1\n", "version = 1\ninclude = [\"more.toml\"]\n");
    let check = |other: &str, expected: &[&str]| {
        let loaded = Policy::load("rules.toml", &main, &mut |_| Ok(other.to_owned()));
        let problems = loaded.map(|it| it.warnings).unwrap_or_else(|it| it.problems);
        let told: Vec<_> = problems.iter().map(|it| &*it.message).collect();
        assert_eq!(told, expected, "{other}");
    };
    check("[teammate.cleo]\nintercom_admin = 3\nshift = \"early\"", &[]);
    check("teammates.ramp = false", &["an included file cannot have `[teammates]`"]);
    let after_hours = "after_hours.acknowledge.en = \"hello\"";
    check(after_hours, &["an included file cannot have `[after_hours]`"]);
}

/// Without these the profile would not be asked, and everybody would be answered in no language.
#[test]
fn the_language_is_found_out_if_somebody_needs_it() {
    let calls = |rules: &str| *Policy::from_toml(rules).unwrap().0.calls_per_conversation().end();
    let plain = "version = 1\nchannel.any = [{ tag = \"tiktok\" }]\nteam.a.intercom_team = 1\n\
                 fallback.assign = \"a\"\n";
    assert_eq!(calls(plain), 3);
    for asks in [
        "team.a.require = [{ language = true }]",
        "team.a.sharing.by = \"language\"",
        "after_hours.acknowledge.en = \"hello\"",
    ] {
        assert_eq!(calls(&format!("{plain}{asks}")), 4, "{asks}");
    }
    for does_not in [
        "team.a.require = [{ skill = \"x\" }]",
        "team.a.sharing.by = \"rule\"",
        "after_hours.acknowledge.und = \"hello\"",
        "after_hours.acknowledge.en = \"hello\"\nlanguage.among = [\"en\", \"es\"]",
    ] {
        assert_eq!(calls(&format!("{plain}{does_not}")), 3, "{does_not}");
    }
}
