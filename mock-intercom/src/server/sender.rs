//! Sends webhooks, and lets time pass in the workspace.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Client;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use tokio::sync::watch;

use super::shared::Shared;
use crate::delivery::{Attempt, DEADLINE, Outcome, Verdict};

/// A client that keeps connections open, follows no redirect and speaks TLS.
pub(super) fn client(concurrency: usize) -> reqwest::Result<Client> {
    // An error means that the process has a provider already, which is as good.
    _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent("intercom-parrot-service-client/1.0")
        .redirect(reqwest::redirect::Policy::none())
        .timeout(DEADLINE)
        .pool_max_idle_per_host(concurrency)
        .tcp_nodelay(true)
        .no_proxy()
        .build()
}

/// Until told to stop: sends what may be sent, then waits for work or for time.
pub(super) async fn run(shared: Arc<Shared>, client: Client, mut stopped: watch::Receiver<bool>) {
    loop {
        let (attempts, wait) = shared.due();
        for attempt in attempts {
            tokio::spawn(deliver(Arc::clone(&shared), client.clone(), attempt));
        }
        let timer = async {
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = shared.work.notified() => {}
            () = timer => {}
            _ = stopped.wait_for(|&stop| stop) => return,
        }
    }
}

/// Sends one, and as long as there are more to send, those too: a task per slot and not per webhook.
async fn deliver(shared: Arc<Shared>, client: Client, first: Attempt) {
    let mut next = Some(first);
    while let Some(attempt) = next {
        let sent = Instant::now();
        let outcome = send(&client, &attempt).await;
        let took = sent.elapsed();
        tracing::debug!(
            notification = attempt.notification().id,
            attempt = attempt.number(),
            ?outcome,
            "webhook sent"
        );
        next = shared.complete(&attempt, outcome, took);
    }
}

async fn send(client: &Client, attempt: &Attempt) -> Outcome {
    let (body, signature) = attempt.signed_body();
    let request = client
        .post(attempt.url())
        .header(CONTENT_TYPE, "application/json")
        .header(ACCEPT, "application/json")
        .header("X-Hub-Signature", signature)
        .body(body);
    match request.send().await {
        Ok(response) => {
            let status = response.status().as_u16();
            // Read to its end, or the connection cannot be used again. What it says is of no interest.
            _ = response.bytes().await;
            Outcome::Answered(status)
        }
        Err(error) if error.is_timeout() => Outcome::TimedOut,
        Err(_) => Outcome::Failed,
    }
}

/// Asks for `HEAD`, as Intercom does when the address of an endpoint is saved (Intercom docs, setting
/// up webhooks). Which answers pass is not stated: here, 2xx.
pub(super) async fn check(client: &Client, url: &str) -> Result<(), String> {
    match client.head(url).send().await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(format!(
            "it answers HEAD with {}; Intercom asks for HEAD before it saves an address, and wants 2xx",
            answer.status().as_u16()
        )),
        Err(error) if error.is_timeout() => {
            Err(format!("it does not answer HEAD within {} seconds", DEADLINE.as_secs()))
        }
        Err(_) => Err("it cannot be reached for HEAD".to_owned()),
    }
}

impl Shared {
    /// Lets time pass; gives what may be sent now and how long to wait, in real time, for more.
    fn due(&self) -> (Vec<Attempt>, Option<Duration>) {
        let mut state = self.lock();
        let now = self.now();
        state.workspace.advance_to(now);
        state.collect(now);
        let attempts = std::iter::from_fn(|| state.outbox.poll_attempt(now)).collect();
        let wait = state.next_due();
        self.tell(&state);
        (attempts, wait.map(|moment| self.clock.borrow().real_time_until(moment)))
    }

    /// Writes down what came of an attempt and gives the next one to make.
    fn complete(&self, attempt: &Attempt, outcome: Outcome, took: Duration) -> Option<Attempt> {
        let mut state = self.lock();
        let now = self.now();
        let verdict = state.outbox.complete(now, attempt, outcome, took);
        if verdict != Verdict::Stale {
            state.workspace.record_delivery(now, attempt, outcome, took);
        }
        let next = state.outbox.poll_attempt(now);
        if verdict != Verdict::Delivered {
            // A retry or a hold to wait for.
            self.work.notify_one();
        }
        self.tell(&state);
        next
    }
}
