//! Whether the router is fit to take traffic, and why not.

use std::sync::atomic::{AtomicBool, Ordering};

/// What must hold for the router to be ready. Starts as not ready.
#[derive(Debug, Default)]
pub(crate) struct Readiness {
    journal_writable: AtomicBool,
    roster_loaded: AtomicBool,
    token_refused: AtomicBool,
    clock_wrong: AtomicBool,
    draining: AtomicBool,
    stopping: AtomicBool,
}

impl Readiness {
    pub(crate) fn set_journal_writable(&self, writable: bool) {
        self.journal_writable.store(writable, Ordering::Relaxed);
    }

    pub(crate) fn set_roster_loaded(&self) {
        self.roster_loaded.store(true, Ordering::Relaxed);
    }

    pub(crate) fn set_token_refused(&self, refused: bool) {
        self.token_refused.store(refused, Ordering::Relaxed);
    }

    pub(crate) fn set_draining(&self, draining: bool) {
        self.draining.store(draining, Ordering::Relaxed);
    }

    /// Returns whether that is news.
    pub(crate) fn set_clock_wrong(&self, wrong: bool) -> bool {
        self.clock_wrong.swap(wrong, Ordering::Relaxed) != wrong
    }

    pub(crate) fn set_stopping(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_journal_writable(&self) -> bool {
        self.journal_writable.load(Ordering::Relaxed)
    }

    /// Why the router is not ready; empty if it is.
    pub(crate) fn reasons(&self) -> Vec<&'static str> {
        let holds = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
        let mut reasons = Vec::new();
        if !holds(&self.journal_writable) {
            reasons.push("the journal is not writable");
        }
        if !holds(&self.roster_loaded) {
            reasons.push("teams and teammates are not loaded");
        }
        if holds(&self.token_refused) {
            reasons.push("Intercom refuses the token");
        }
        if holds(&self.draining) {
            reasons.push("the router is draining");
        }
        if holds(&self.clock_wrong) {
            reasons.push("the clock differs from Intercom's by more than a minute");
        }
        if holds(&self.stopping) {
            reasons.push("the router is stopping");
        }
        reasons
    }
}
