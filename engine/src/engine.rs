//! The state machine.

use crate::{Command, Event, Policy, Timestamp};

/// Seeds the engine's only randomness, the jitter of its retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(pub u64);

/// The state machine. (Interface agreed first; the rooms behind it follow.)
#[derive(Debug)]
pub struct Engine {
    _policy: Policy,
}

impl Engine {
    /// An engine that has seen nothing yet.
    #[must_use]
    pub fn new(policy: Policy, _seed: Seed) -> Self {
        Self { _policy: policy }
    }

    /// Takes in one event; fires what was due up to `at` first.
    pub fn handle_event(&mut self, _at: Timestamp, _event: Event) {}

    /// Fires what is due up to `at`.
    pub fn advance_to(&mut self, _at: Timestamp) {}

    /// Exchanges the rules; conversations that already have a team keep it.
    pub fn replace_policy(&mut self, _at: Timestamp, policy: Policy) {
        self._policy = policy;
    }

    /// The next thing to do; drain after every input.
    pub fn poll_command(&mut self) -> Option<Command> {
        None
    }

    /// When to call [`Engine::advance_to`] next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        None
    }
}
