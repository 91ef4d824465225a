//! New rules while the router runs.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use engine::Verdict;
use router::journal::Body;
use router::reload::RulesWatch;
use tokio::sync::Notify;

use crate::stage::{self, RULES, Stage};

/// Nobody listens there: no call succeeds, and none is needed.
const NOWHERE: &str = "http://127.0.0.1:9";

struct Scene {
    stage: Stage,
    watch: stage::Watch,
    asked: Arc<Notify>,
    path: PathBuf,
    _directory: tempfile::TempDir,
    written: u32,
}

impl Scene {
    async fn new(every: Duration) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("rules.toml");
        std::fs::write(&path, RULES).unwrap();
        let asked = Arc::new(Notify::new());
        let rules = RulesWatch { path: path.clone(), every, asked: Arc::clone(&asked) };
        let (journal, watch) = stage::watched();
        let stage = Stage::start_with(stage::config(NOWHERE), journal, Some(rules)).await;
        Self { stage, watch, asked, path, _directory: directory, written: 0 }
    }

    fn change(&self, rules: &str) {
        std::fs::write(&self.path, rules).unwrap();
        self.asked.notify_one();
    }

    async fn until(&self, line: &str) {
        self.stage.until_metrics_say(line).await;
    }

    /// Which team a question for the price goes to.
    async fn team(&mut self) -> String {
        self.written += 1;
        let id = format!("90{}", self.written);
        let body = include_str!("../fixtures/created_2_16.json")
            .replace("215400000002", &id)
            .replace("\"notif_", &format!("\"notif_{id}"))
            .replace("is a < b & c > d?", "how much is it?");
        assert_eq!(self.stage.deliver(body.as_bytes()).await, 200);
        loop {
            let decision = self.stage.decisions.recv().await.unwrap();
            if let Verdict::Routed(routing) = decision.verdict {
                return routing.team.to_string();
            }
        }
    }

    /// The rules that the journal has, in their order.
    fn journaled(&mut self) -> Vec<String> {
        let recorded = std::iter::from_fn(|| self.watch.recorded.try_recv().ok());
        let rules = recorded.filter_map(|entry| match entry.body {
            Body::Rules(text) => Some(text),
            _ => None,
        });
        rules.collect()
    }
}

fn to_support() -> String {
    RULES.replace("assign = \"sales\"", "assign = \"support\"")
}

#[tokio::test]
async fn new_rules_decide_what_comes_after_them() {
    let mut scene = Scene::new(Duration::ZERO).await;
    assert_eq!(scene.team().await, "sales");
    scene.change(&to_support());
    scene.until("router_rules_reload_total{outcome=\"in_force\"} 1").await;
    assert_eq!(scene.team().await, "support");
    assert_eq!(scene.journaled(), [RULES.to_owned(), to_support()], "a replay decides likewise");
    scene.asked.notify_one();
    scene.until("router_rules_reload_total{outcome=\"unchanged\"} 1").await;
    assert_eq!(scene.journaled(), [] as [String; 0]);
    scene.stage.stop().await;
}

#[tokio::test]
async fn rules_with_errors_are_refused_and_the_old_ones_stay() {
    let mut scene = Scene::new(Duration::ZERO).await;
    scene.change(&to_support().replace("assign = \"support\"", "assign = \"suport\""));
    scene.until("router_rules_refused 1").await;
    assert_eq!(scene.team().await, "sales");
    std::fs::remove_file(&scene.path).unwrap();
    scene.asked.notify_one();
    scene.until("router_rules_reload_total{outcome=\"refused\"} 2").await;
    assert_eq!(scene.team().await, "sales");
    scene.change(&to_support());
    scene.until("router_rules_refused 0").await;
    assert_eq!(scene.team().await, "support");
    scene.stage.stop().await;
}

#[tokio::test]
async fn rules_that_the_journal_does_not_take_are_not_in_force() {
    let mut scene = Scene::new(Duration::ZERO).await;
    scene.watch.broken.store(true, Ordering::SeqCst);
    scene.change(&to_support());
    scene.until("router_rules_refused 1").await;
    scene.watch.broken.store(false, Ordering::SeqCst);
    assert_eq!(scene.journaled(), [RULES.to_owned()]);
    scene.asked.notify_one();
    scene.until("router_rules_refused 0").await;
    assert_eq!(scene.team().await, "support");
    scene.stage.stop().await;
}

#[tokio::test]
async fn a_changed_file_is_noticed_without_being_asked() {
    let mut scene = Scene::new(Duration::from_millis(1)).await;
    std::fs::write(&scene.path, to_support()).unwrap();
    scene.until("router_rules_reload_total{outcome=\"in_force\"} 1").await;
    assert_eq!(scene.team().await, "support");
    scene.stage.stop().await;
}

/// Everything goes to sales.
const OTHER_RULES: &str = r#"
version = 1
channel.any = [{ tag = "tiktok" }, { source_type = "tiktok" }]
channel.settle_for = "1s"
team.sales.intercom_team = 201
fallback.assign = "sales"
"#;

#[tokio::test]
async fn rules_in_the_shadow_are_compared_with_and_may_be_wrong() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("next.toml");
    std::fs::write(&path, OTHER_RULES).unwrap();
    let asked = Arc::new(Notify::new());
    let shadow =
        RulesWatch { path: path.clone(), every: Duration::ZERO, asked: Arc::clone(&asked) };
    let options = router::Options { shadow: Some(shadow), ..router::Options::default() };
    let (journal, _watch) = stage::watched();
    let clock = router::Clock::system();
    let mut stage = Stage::start_so(clock, stage::config(NOWHERE), journal, options).await;
    stage.until_metrics_say("router_shadow_refused 0").await;
    // The driver has them by now or before long: until then nothing is compared.
    let mut number = 0;
    let compared = loop {
        number += 1;
        let id = format!("95{number}");
        let body = include_str!("../fixtures/created_2_16.json")
            .replace("215400000002", &id)
            .replace("\"notif_", &format!("\"notif_{id}"));
        assert_eq!(stage.deliver(body.as_bytes()).await, 200);
        while !matches!(stage.decisions.recv().await.unwrap().verdict, Verdict::Routed(_)) {}
        match stage.decisions.try_recv().map(|decision| decision.verdict) {
            Ok(Verdict::Shadowed(compared)) => break compared,
            _ => tokio::task::yield_now().await,
        }
    };
    assert_eq!((&*compared.live_team, &*compared.team), ("support", "sales"));
    assert!(!compared.same_team && compared.same_rule, "both by their fallbacks");
    stage.until_metrics_say(r#"router_shadow_total{outcome="other_team"} 1"#).await;

    std::fs::write(&path, "version = 9").unwrap();
    asked.notify_one();
    stage.until_metrics_say("router_shadow_refused 1").await;
    let (status, _) = stage.get("/healthz").await;
    assert_eq!(status, 200);
    stage.stop().await;
}
