//! Rules in the shadow of those in force: read, checked, and given to the driver to compare with. What is
//! wrong with them never touches what the router does.

use std::sync::Arc;

use engine::Policy;
use tokio::sync::mpsc;

use crate::metrics::Metrics;
use crate::reload::RulesWatch;
use crate::rules_file;

/// Reads the file now, whenever it has changed, and when asked to, until the router stops.
pub(crate) async fn watch(
    watch: RulesWatch,
    offers: mpsc::Sender<Box<Policy>>,
    metrics: Arc<Metrics>,
) {
    let mut known = None;
    loop {
        let file = watch.path.clone();
        let loaded = tokio::task::spawn_blocking(move || rules_file::load(&file)).await;
        let Ok(loaded) = loaded else { return };
        // Said once for each text, good or bad.
        let said = match &loaded {
            Ok(rules) => rules.source.to_text(),
            Err(error) => error.to_string(),
        };
        let is_new = known.as_ref() != Some(&said);
        metrics.set_shadow_refused(loaded.is_err());
        match loaded {
            Ok(rules) if is_new => {
                let version = &**rules.policy.version();
                tracing::info!(version, "rules in the shadow are compared with");
                if offers.send(Box::new(rules.policy)).await.is_err() {
                    return;
                }
            }
            Err(error) if is_new => {
                let reason = error.to_string();
                tracing::error!(reason, "rules in the shadow are refused");
            }
            _ => {}
        }
        known = Some(said);
        tokio::select! {
            () = offers.closed() => return,
            _ = watch.turn() => {}
        }
    }
}
