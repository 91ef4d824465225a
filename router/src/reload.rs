//! New rules while the router runs: read, checked, written to the journal, then exchanged at once.
//! Rules with errors are refused and the old ones stay in force.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot};

use crate::journal::JournalError;
use crate::metrics::Metrics;
use crate::review::diff::Changes;
use crate::rules_file::{self, LoadedRules, RulesError};

/// New rules on their way to the driver.
#[derive(Debug)]
pub(crate) struct Offer {
    pub(crate) rules: LoadedRules,
    answer: oneshot::Sender<Result<(), JournalError>>,
}

impl Offer {
    /// Tells the one who offered. It may have given up waiting: then nobody needs to know.
    pub(crate) fn answer(self, recorded: Result<(), JournalError>) {
        let _ = self.answer.send(recorded);
    }
}

/// Where rules come from while the router runs.
#[derive(Clone, Debug)]
pub struct RulesWatch {
    /// The rules file.
    pub path: PathBuf,
    /// How often to look whether it has changed; nothing: only when asked.
    pub every: Duration,
    /// Asks to look now.
    pub asked: Arc<Notify>,
}

impl RulesWatch {
    /// Waits until it is time to look. Returns whether somebody asked.
    pub(crate) async fn turn(&self) -> bool {
        tokio::select! {
            () = self.asked.notified() => true,
            () = tokio::time::sleep(self.every), if !self.every.is_zero() => false,
        }
    }
}

/// Exchanges the rules of a running router.
#[derive(Debug)]
pub(crate) struct Reloader {
    offers: mpsc::Sender<Offer>,
    in_force: LoadedRules,
    /// What was said of the rules file when it was refused last, so that it is said once.
    refused: Option<String>,
    metrics: Arc<Metrics>,
}

/// What became of the rules file.
#[derive(Debug, PartialEq)]
enum Reloaded {
    /// It says what is in force already.
    Unchanged,
    /// Its rules are in force now.
    InForce {
        /// What is different from those before, each in one line.
        changes: Vec<String>,
        /// The version of the new rules.
        version: String,
    },
}

/// Why the old rules stay in force.
#[derive(Debug, thiserror::Error)]
enum ReloadError {
    /// The rules file cannot be read, or has errors.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// The journal does not take the new rules.
    #[error("the journal does not take the new rules")]
    Journal(#[from] JournalError),
    /// The router has stopped.
    #[error("the router has stopped")]
    Stopped,
}

impl Reloader {
    /// A reloader of a router with these rules, and what its driver listens to.
    pub(crate) fn new(
        in_force: LoadedRules,
        metrics: Arc<Metrics>,
    ) -> (Self, mpsc::Receiver<Offer>) {
        let (offers, receiver) = mpsc::channel(1);
        (Self { offers, in_force, refused: None, metrics }, receiver)
    }

    /// Reads the rules file at `path` and puts its rules in force, if they are others. If it
    /// cannot, nothing has changed.
    async fn reload(&mut self, path: &Path) -> Result<Reloaded, ReloadError> {
        let path = path.to_owned();
        let loaded = tokio::task::spawn_blocking(move || rules_file::load(&path)).await;
        let rules = loaded.map_err(|_| ReloadError::Stopped)??;
        if rules.source.to_text() == self.in_force.source.to_text() {
            return Ok(Reloaded::Unchanged);
        }
        let (answer, answered) = oneshot::channel();
        let offer = Offer { rules: rules.clone(), answer };
        self.offers.send(offer).await.map_err(|_| ReloadError::Stopped)?;
        answered.await.map_err(|_| ReloadError::Stopped)??;
        let changes = Changes::between(&self.in_force.policy, &rules.policy).lines();
        let version = rules.policy.version().to_string();
        self.in_force = rules;
        Ok(Reloaded::InForce { changes, version })
    }

    /// Looks at the rules file again and again, until the router stops. Says in the log what came
    /// of it.
    pub(crate) async fn watch(mut self, watch: RulesWatch) {
        loop {
            let is_asked = tokio::select! {
                () = self.offers.closed() => return,
                is_asked = watch.turn() => is_asked,
            };
            match self.reload(&watch.path).await {
                Ok(reloaded) => self.took(&reloaded, is_asked),
                Err(ReloadError::Stopped) => return,
                Err(error) => self.refuse(&error, is_asked),
            }
        }
    }

    fn took(&mut self, reloaded: &Reloaded, is_asked: bool) {
        self.refused = None;
        self.metrics.set_rules_refused(false);
        match reloaded {
            Reloaded::InForce { changes, version } => {
                self.metrics.rules_reloaded("in_force");
                let changes = changes.join("; ");
                tracing::info!(version, changes, "new rules are in force");
                log_warnings(&self.in_force);
            }
            Reloaded::Unchanged if is_asked => {
                self.metrics.rules_reloaded("unchanged");
                tracing::info!("the rules file says what is in force already");
            }
            Reloaded::Unchanged => {}
        }
    }

    fn refuse(&mut self, error: &ReloadError, is_asked: bool) {
        self.metrics.set_rules_refused(true);
        let reason = error.to_string();
        if is_asked || self.refused.as_ref() != Some(&reason) {
            self.metrics.rules_reloaded("refused");
            tracing::error!(reason, "new rules are refused, the old ones stay in force");
        }
        self.refused = Some(reason);
    }
}

/// Says in the log what is doubtful in the rules.
pub fn log_warnings(rules: &LoadedRules) {
    for warning in &rules.warnings {
        tracing::warn!(problem = warning.message, "the rules file is doubtful");
    }
}
