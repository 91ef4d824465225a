//! Whole runs: in virtual time, over HTTP, and the two beside each other.

use std::path::Path;

use router::rules_file::{self, LoadedRules};
use simulator::cast::Cast;
use simulator::chronicle::Chronicle;
use simulator::report::{Mode, Report};
use simulator::scenario::Scenario;
use simulator::{live_run, verdict, virtual_run};

/// A burst small enough to be lived through in a few seconds.
const SMALL: &str = r#"
name = "small burst"
story = "Three hundred people within ten minutes."
start = "2026-11-20T18:00:00Z"
seed = 5
horizon = "2h"
rules = "shop.toml"

[traffic]
count = 300
window = "10m"
shape = "viral"
languages = { en = 50, es = 20, de = 15, fr = 15 }
intents = { price = 40, refund = 30, collaboration = 10, compliment = 20 }
follow_ups = 0.2

[[team]]
name = "sales"
teammates = 4
[[team]]
name = "support"
teammates = 4
[[team]]
name = "latam"
teammates = 3
[[team]]
name = "triage"
teammates = 4

[teammates]
handle_time = { median = "60s", sigma = 0.5 }
absences = [{ team = "support", count = 2, from = "1m", to = "4m" }]

[[truth]]
team = "triage"

[expect]
lost = { equals = 0 }
assigned_twice = { equals = 0 }
over_limit = { equals = 0 }
rate_limited_calls = { equals = 0 }
api_windows_exceeded = { equals = 0 }
unassigned_at_end = { equals = 0 }
"#;
/// The shop's rules, with all the files that they include.
fn shop() -> LoadedRules {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/rules/shop.toml");
    rules_file::load(&path).unwrap()
}
/// Ten minutes in six seconds.
const SPEED: f64 = 100.0;

struct Stage {
    scenario: Scenario,
    rules: router::rules_file::LoadedRules,
    cast: Cast,
}

fn stage() -> Stage {
    let scenario = Scenario::from_toml(SMALL).unwrap();
    let rules = shop();
    let cast = Cast::new(&scenario, &rules.policy).unwrap();
    Stage { scenario, rules, cast }
}

fn in_virtual_time(stage: &Stage, seed: u64) -> virtual_run::Finished {
    virtual_run::play(&stage.scenario, &stage.rules.policy, &stage.cast, seed, |_, _| {})
}

fn report(stage: &Stage, mode: Mode, chronicle: Chronicle) -> Report {
    let run = verdict::run_of(&stage.scenario, &stage.rules.policy, mode, 5, 0);
    verdict::judge(run, &stage.scenario, &stage.cast, chronicle, None)
}

fn teams(chronicle: &Chronicle) -> Vec<Option<u64>> {
    chronicle.cases.iter().map(|case| case.team).collect()
}

#[test]
fn virtual_and_live_route_every_dm_to_the_same_team() {
    let stage = stage();
    let virtually = in_virtual_time(&stage, 5).chronicle;
    let rules = shop();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let live = live_run::play(&stage.scenario, rules, &stage.cast, 5, SPEED, |_, _| {});
    let live = runtime.block_on(live).unwrap();

    assert_eq!(teams(&virtually), teams(&live.chronicle));
    assert!(teams(&virtually).iter().all(Option::is_some), "every DM has a team");
    let (acknowledged, failed) = live.chronicle.webhooks;
    assert!(acknowledged > 1_500, "{acknowledged} webhooks");
    assert_eq!(failed, 0, "every webhook is answered 200");
    for (mode, chronicle) in [(Mode::Virtual, virtually), (Mode::Live, live.chronicle)] {
        let report = report(&stage, mode, chronicle);
        assert!(report.passed(), "{report:#?}");
        assert_eq!(report.volume.conversations, 300);
    }
}

#[test]
fn the_same_seed_is_the_same_run_and_another_is_not() {
    let stage = stage();
    let told = |seed| {
        let report = report(&stage, Mode::Virtual, in_virtual_time(&stage, seed).chronicle);
        serde_json::to_string(&report).unwrap()
    };
    assert_eq!(told(5), told(5));
    assert_ne!(told(5), told(6));
}

/// Seen from outside it is what was done inside: every conversation took a minute of somebody's
/// work, whoever was away in between.
#[test]
fn busy_time_is_the_work_that_was_done() {
    let text = SMALL.replace("{ median = \"60s\", sigma = 0.5 }", "\"60s\"");
    let scenario = Scenario::from_toml(&text.replace("follow_ups = 0.2\n", "")).unwrap();
    let rules = shop();
    let cast = Cast::new(&scenario, &rules.policy).unwrap();
    let stage = Stage { scenario, rules, cast };
    let report = report(&stage, Mode::Virtual, in_virtual_time(&stage, 5).chronicle);
    for team in &report.teams {
        for busy in [team.busy_time, team.random_busy_time] {
            let busy = busy.expect("every team had something to do");
            assert_eq!(busy.total, team.conversations * 60_000_000, "{team:?}");
        }
    }
}

/// The judge can say no: with nobody in sales, sales conversations stay unassigned.
#[test]
fn a_team_without_people_fails_the_run() {
    let text = SMALL.replace("name = \"sales\"\nteammates = 4", "name = \"sales\"\nteammates = 1");
    let text = text.replace(
        "absences = [",
        "absences = [{ team = \"sales\", count = 1, from = \"0s\", to = \"3h\" }, ",
    );
    let scenario = Scenario::from_toml(&text).unwrap();
    let rules = shop();
    let cast = Cast::new(&scenario, &rules.policy).unwrap();
    let stage = Stage { scenario, rules, cast };
    let finished = in_virtual_time(&stage, 5);
    assert!(finished.lasted_us >= 7_190_000_000, "waited until the horizon");
    let report = report(&stage, Mode::Virtual, finished.chronicle);
    assert!(!report.passed());
    assert!(report.volume.unassigned_at_end > 20, "{:?}", report.volume);
    assert_eq!(report.volume.lost, 0, "they wait in their team, nothing is lost");
}
