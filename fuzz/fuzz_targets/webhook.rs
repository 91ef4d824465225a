//! The body of a webhook, whatever it is: it is read or refused, and what is read goes through an engine
//! and into the journal's format and back.
#![no_main]

use engine::{Engine, Event, Policy, Seed, Timestamp};
use libfuzzer_sys::fuzz_target;

const RULES: &str = r#"
version = 1
channel.any = [{ tag = "tiktok" }, { source_type = "tiktok" }, { channel = "tiktok" }]
channel.settle_for = "1s"
team.sales.intercom_team = 1
team.support.intercom_team = 2
fallback.assign = "support"

[[rule]]
name = "price"
assign = "sales"
when.any = [{ text = ["price", "how much"] }, { language = "es" }]
"#;

fuzz_target!(|body: &[u8]| {
    let Ok(notification) = router::notification::decode(body) else { return };
    thread_local! {
        static POLICY: Policy = Policy::from_toml(RULES).expect("the rules are good").0;
    }
    let mut engine = POLICY.with(|policy| Engine::new(policy.clone(), Seed(1)));
    let mut at = Timestamp::from_seconds(1_800_000_000);
    for event in std::iter::once(Event::RouterStarted).chain(notification.events) {
        let written = serde_json::to_vec(&event).expect("events are always JSON");
        let read: Event = serde_json::from_slice(&written).expect("what was written is read");
        assert_eq!(read, event);
        engine.handle_event(at, event);
        engine.assert_invariants();
        at = at + std::time::Duration::from_secs(1);
    }
    engine.advance_to(at + std::time::Duration::from_secs(600));
    engine.assert_invariants();
});
