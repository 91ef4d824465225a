//! Whether a running router still does its work, for whoever would start it again if not.

use std::time::Duration;

use futures_util::future::join_all;

use crate::intake::WeakHandle;

/// Feels whether the driver takes things in.
///
/// A beat goes the way of a webhook: through the intake, past the journal's last write, and back. So
/// it stops if the driver, the engine or the journal's disk hangs. It leaves no record.
#[derive(Clone, Debug)]
pub struct Pulse(pub(crate) WeakHandle);

/// What came of feeling for the pulse, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Beat {
    /// The driver answered.
    Felt,
    /// It did not answer in time, or has no place left for the question.
    Missed,
    /// The router stops, or has stopped.
    Stopped,
}

impl Pulse {
    /// Feels once, and waits so long for the answer.
    pub async fn feel(&self, within: Duration) -> Beat {
        // A lasting handle would keep the intake open, and with it the router that wants to stop.
        let Some(handle) = self.0.upgrade() else { return Beat::Stopped };
        let sent = handle.deliver(None, Vec::new());
        drop(handle);
        let Ok(receipt) = sent else { return Beat::Missed };
        match tokio::time::timeout(within, receipt).await {
            Ok(Ok(_)) => Beat::Felt,
            Ok(Err(_)) => Beat::Stopped,
            Err(_) => Beat::Missed,
        }
    }
}

/// Feels all at once: the worst of what came of it.
pub async fn feel_all(pulses: &[Pulse], within: Duration) -> Beat {
    let beats = join_all(pulses.iter().map(|pulse| pulse.feel(within))).await;
    beats.into_iter().max().unwrap_or(Beat::Stopped)
}
