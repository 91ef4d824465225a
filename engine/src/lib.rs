//! Decides who gets which conversation.
//!
//! Pure and deterministic: events in, commands out, time is an argument. The engine does no I/O,
//! reads no clock, starts no thread; `clippy.toml` beside this crate and the workspace's layering
//! test keep it so.
//!
//! ```text
//!   Event ──handle_event(at, event)──▶ ┌────────┐ ──poll_command()──▶ Command
//!            advance_to(at) ─────────▶ │ Engine │ ──poll_timeout()──▶ Timestamp
//!   rules file ──Policy::from_toml──▶  └────────┘
//! ```
//!
//! [`Engine`] has the contract and the loop that drives it.

mod breaker;
mod budget;
mod calls;
mod channel;
mod classifier;
mod command;
mod condition;
mod conversation;
mod deadline;
mod decision;
mod engine;
mod event;
mod hours;
mod id;
pub mod language;
mod memory;
mod note;
mod policy;
pub mod problem;
mod queue;
mod roster;
mod rule;
mod share;
mod subject;
mod text;
mod timestamp;
mod topic;

pub use command::{Action, AttributeValue, Call, Command};
pub use decision::{
    Assignment, Candidate, ChannelMatch, Decision, Direction, Drift, Explanation, FallbackReason,
    Finding, Found, Hit, LeftAlone, NotOurs, OverflowReason, Overflowed, Priority, RequeueReason,
    Requeued, RoutedBy, Routing, Shadowed, Standing, TieBreak, Trial, Verdict, Waiting,
};
pub use engine::{
    Checkpoint, ConversationStage, ConversationView, Engine, MembershipOverview, OtherRules,
    Overview, Seed, TeamOverview, TeammateOverview,
};
pub use event::{
    AttachmentKind, Change, ContactProfile, ConversationPage, ConversationSnapshot,
    ConversationState, Event, Message, Outcome, Presence, RateLimit, RosterSnapshot,
    TeammateSnapshot,
};
pub use id::{CommandId, ContactId, ConversationId, PartId, TeamId, TeammateId};
pub use policy::{
    Canary, Coverage, CoverageRow, Invalid, LINTS, Loaded, Overlap, Policy, RuleOutline,
    RulesSource, Staffing, TeamOpening, json_schema,
};
pub use problem::{Problem, Severity};
pub use rule::Choice;
pub use share::Share;
pub use subject::{QueueState, Subject};
pub use timestamp::Timestamp;
