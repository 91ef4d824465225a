//! Tells systemd how the router is: `Type=notify` and `WatchdogSec=` of its unit. Without systemd
//! nobody listens, and nothing is said.

use std::net::SocketAddr;

use router::pulse::{self, Beat, Pulse};
use sd_notify::NotifyState;

/// The router has replayed its journal and takes webhooks.
pub(super) fn ready(address: SocketAddr) {
    let status = format!("listening on {address}");
    tell(&[NotifyState::Ready, NotifyState::Status(&status)]);
}

/// The router finishes what is in hand.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Says again and again that the drivers work, as long as all do, if anybody wants to know.
pub(super) fn watch(pulses: Vec<Pulse>) {
    let Some(limit) = sd_notify::watchdog_enabled() else { return };
    // Two may be missed.
    let every = limit / 3;
    tokio::spawn(async move {
        let mut times = tokio::time::interval(every);
        loop {
            times.tick().await;
            match pulse::feel_all(&pulses, every).await {
                Beat::Felt => tell(&[NotifyState::Watchdog]),
                Beat::Missed => tracing::warn!("a driver does not answer"),
                Beat::Stopped => return,
            }
        }
    });
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "systemd cannot be told");
    }
}
