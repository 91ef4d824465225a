//! All that the engine knows, to be kept and taken up again: so that a replay need not begin with
//! the first event that ever was.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::{Engine, Reconciliation, Seed, TeamLines};
use crate::breaker::Breaker;
use crate::budget::ApiBudget;
use crate::calls::Calls;
use crate::conversation::Conversation;
use crate::deadline::Deadlines;
use crate::memory::Memory;
use crate::roster::Roster;
use crate::{CommandId, ConversationId, Policy, TeammateId, Timestamp};

/// Names each field of the engine once: all but the rules, which are kept as a text, those in their
/// shadow, which are no state, and the commands, of which none is left.
macro_rules! checkpoint {
    ($($field:ident: $type:ty,)*) => {
        /// What an engine knew, as it was read back; [`Engine::restore`] takes it up.
        ///
        /// Its serialised form is a file format: fields, here and in all that it holds, may be
        /// added with a default, never renamed. It needs maps whose keys are no texts, so JSON
        /// cannot hold it.
        #[derive(Debug, Deserialize)]
        pub struct Checkpoint {
            $($field: $type,)*
        }

        #[derive(Serialize)]
        struct View<'a> {
            $($field: &'a $type,)*
        }

        impl Engine {
            /// All that the engine knows besides its rules, to be serialised: into something that
            /// keeps the fields' names, so that a later version can read it.
            ///
            /// # Panics
            ///
            /// If there are commands left: what nobody has seen would be lost.
            #[must_use]
            pub fn checkpoint(&self) -> impl Serialize + '_ {
                assert!(self.commands.is_empty(), "commands are drained before a checkpoint");
                View { $($field: &self.$field,)* }
            }

            /// The engine as it was at a checkpoint. `policy` must be of the same rules.
            ///
            /// # Errors
            ///
            /// If the rules have another number of teams or teammates.
            pub fn restore(policy: Policy, checkpoint: Checkpoint) -> Result<Self, OtherRules> {
                let Checkpoint { $($field,)* } = checkpoint;
                let engine = Self { policy, shadow: None, commands: VecDeque::new(), $($field,)* };
                if engine.lines.len() == engine.policy.teams.len() { Ok(engine) } else { Err(OtherRules) }
            }
        }
    };
}

checkpoint! {
    seed: Seed,
    now: Timestamp,
    started: bool,
    conversations: BTreeMap<ConversationId, Conversation>,
    seen: u64,
    roster: Roster,
    memory: Memory,
    lines: Vec<TeamLines>,
    calls: Calls,
    breaker: Breaker,
    budget: ApiBudget,
    budget_deadline: Option<Timestamp>,
    roster_call: Option<CommandId>,
    reconciliation: Reconciliation,
    holder_refused: bool,
    paused_since: Option<Timestamp>,
    stuck: usize,
    deadlines: Deadlines,
    freed: Vec<TeammateId>,
    ignored_events: u64,
}

/// A checkpoint was taken under other rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherRules;

impl std::fmt::Display for OtherRules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the checkpoint was taken under rules with other teams")
    }
}

impl std::error::Error for OtherRules {}
