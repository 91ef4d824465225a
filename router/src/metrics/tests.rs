use std::collections::BTreeSet;

use engine::TeammateId;

use super::*;

fn with_one_team() -> Overview {
    let rules = "version = 1\nchannel.any = [{ tag = \"t\" }]\nteam.a.intercom_team = 1\nfallback.assign = \"a\"";
    let (policy, _) = engine::Policy::from_toml(rules).unwrap();
    engine::Engine::new(policy, engine::Seed(1)).overview()
}

/// Names of all samples that `/metrics` can have: a family shows none before its first label.
fn samples() -> BTreeSet<String> {
    let metrics = Metrics::new(None);
    metrics.webhooks.count("ping", "ignored", Duration::ZERO);
    metrics.api_request("/me", "200".to_owned());
    metrics.assignment_call(&Outcome::NotFound);
    metrics.routed(true);
    metrics.fallback(FallbackReason::NoRuleMatched);
    metrics.overflowed(OverflowReason::Age(1));
    metrics.requeued(RequeueReason::NoAnswer(TeammateId::new(1)));
    metrics.drifted(Drift::Missed);
    let (rules_version, team, live_team) = ("1".into(), "a".into(), "a".into());
    let (rule, same_team, same_rule) = (None, true, true);
    metrics.shadowed(&Shadowed { rules_version, team, rule, live_team, same_team, same_rule });
    metrics.rules_reloaded("unchanged");
    metrics.set_dead_letters(&DeadCounts::default());
    metrics.set_rules("0");
    metrics.measure(&with_one_team(), Timestamp::EPOCH);
    let text = metrics.render();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let names = lines.filter_map(|line| line.split(['{', ' ']).next());
    names.map(str::to_owned).collect()
}

/// Everything in a text that is named like a metric of the router.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("router_")).map(str::to_owned).collect()
}

#[test]
fn every_metric_that_is_watched_exists() {
    let samples = samples();
    #[track_caller]
    fn check(text: &str, samples: &BTreeSet<String>, at_least: usize) {
        let named = named(text);
        assert!(named.len() >= at_least, "only {named:?} are watched");
        let unknown: Vec<_> = named.difference(samples).collect();
        assert!(unknown.is_empty(), "{unknown:?} are named; there are {samples:?}");
    }
    check(include_str!("../../ops/alerts.yml"), &samples, 10);
    check(include_str!("../../ops/alerts.test.yml"), &samples, 10);
    check(include_str!("../../ops/dashboard.json"), &samples, 15);
}
