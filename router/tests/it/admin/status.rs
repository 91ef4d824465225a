//! What is told of how everything stands.

use serde_json::json;

use super::scene::{Scene, load, waiting};
use crate::end_to_end::{owners, write};

#[tokio::test]
async fn during_a_burst_every_figure_adds_up() {
    let scene = Scene::new().await;
    let conversations: Vec<_> =
        (0..200).map(|n| write(&scene.mock, &format!("user{n}"), "what is the price?")).collect();
    // Asked again and again, while webhooks come and calls go out.
    let mut seen = 0;
    let last = loop {
        let status = scene.status().await;
        assert!(load(&status) + waiting(&status) <= 200, "{status}");
        let known = status["conversations"].as_u64().unwrap();
        assert!(known >= seen, "conversations are not forgotten: {status}");
        seen = known;
        let api = &status["api"];
        assert!(api["calls_in_flight"].as_u64().unwrap() <= 32, "{api}");
        assert!(api["budget_left"].as_u64() <= api["budget"].as_u64(), "{api}");
        if load(&status) == 200 && api["open_calls"] == 0 {
            break status;
        }
        tokio::task::yield_now().await;
    };
    for &conversation in &conversations {
        owners(&scene.mock, conversation).await;
    }
    assert_eq!((load(&last), waiting(&last)), (200, 0));
    let of = |id: u64| last["teammates"].as_array().unwrap().iter().find(|it| it["id"] == id);
    assert_eq!(of(101).unwrap()["open"], 100);
    let sales = json!({"team": "sales", "member": true, "secondary": false, "open": 100,
        "limit": null, "standing": "eligible"});
    assert!(of(101).unwrap()["teams"].as_array().unwrap().contains(&sales), "{last}");
    assert_eq!(last["ready"], true);
    assert_eq!(last["time_zone"], "UTC");
    assert_eq!(last["journal"]["writable"], true);
    assert!(last["journal"]["records"].as_u64().unwrap() >= 600, "{last}");
    scene.stage.stop().await;
}

#[tokio::test]
async fn the_metrics_tell_the_same() {
    let scene = Scene::new().await;
    assert_eq!(scene.post("/v1/pause").await.status, 200);
    for user in ["ana", "ben", "eva"] {
        write(&scene.mock, user, "how much is it?");
    }
    scene.until_waiting(3).await;
    for line in [
        r#"router_queue_length{team="sales"} 3"#,
        r#"router_queue_length{team="support"} 0"#,
        r#"router_queue_held{team="sales"} 0"#,
        r#"router_team_open{team="sales"} 1"#,
        r#"router_team_ready{team="sales"} 2"#,
        r#"router_teammates{presence="active"} 3"#,
        r#"router_teammates{presence="away"} 1"#,
        "router_conversations 3",
        "router_conversations_stuck 0",
        "router_open_calls 0",
        "router_api_requests_waiting 0",
        "router_assignment_paused 1",
        "router_draining 0",
    ] {
        scene.stage.until_metrics_say(line).await;
    }
    let (_, metrics) = scene.stage.get("/metrics").await;
    let value = |name: &str| -> f64 {
        let line = metrics.lines().find(|line| line.starts_with(name)).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    };
    assert!(value(r#"router_queue_oldest_seconds{team="sales"}"#) > 0.0);
    assert_eq!(value(r#"router_queue_oldest_seconds{team="support"}"#), 0.0);
    assert!(value("router_api_budget_remaining") > 0.0);
    scene.stage.stop().await;
}

#[tokio::test]
async fn metrics_and_status_do_not_wait_for_a_journal_that_hangs() {
    let scene = Scene::new().await;
    // A webhook that is being written: the driver waits for the disk.
    let gate = std::sync::Arc::clone(&scene.watch.gate);
    let held = gate.lock().await;
    write(&scene.mock, "ana", "how much is it?");
    let (status, metrics) = scene.stage.get("/metrics").await;
    assert_eq!(status, 200);
    assert!(metrics.contains("router_journal_records_total"), "{metrics}");
    drop(held);
    scene.until(|status| load(status) == 1).await;
    scene.stage.stop().await;
}
