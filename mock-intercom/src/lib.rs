//! A stateful stand-in for Intercom.
//!
//! A pure state machine, [`Workspace`], holds teammates, teams, contacts and conversations, answers
//! Intercom's REST API, takes DMs as a TikTok bridge brings them, and announces what happens as
//! webhooks. [`MockIntercom`] puts an HTTP server, a clock and a sender of webhooks around it.
//!
//! ```
//! use mock_intercom::{ApiRequest, InboundDm, Moment, Workspace, WorkspaceFile};
//!
//! let mut workspace = Workspace::new(WorkspaceFile::example())?;
//! let now = Moment::from_seconds(1_768_031_789);
//! let dm = InboundDm { user: "ana".into(), text: "how much?".into(), ..Default::default() };
//! let receipt = workspace.receive_dm(now, dm)?;
//!
//! let path = format!("/conversations/{}/parts", receipt.conversation_id);
//! let assignment = serde_json::json!({
//!     "message_type": "assignment", "type": "team", "admin_id": 101, "assignee_id": 201,
//! });
//! let request = ApiRequest::new("POST", &path, "test-token").json(&assignment);
//! assert_eq!(workspace.handle(now, &request).status, 200);
//!
//! let topics: Vec<String> =
//!     std::iter::from_fn(|| workspace.poll_notification()).map(|sent| sent.topic).collect();
//! assert_eq!(topics[..2], ["contact.lead.created", "conversation.user.created"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Every fact about Intercom in here names its source: Intercom's OpenAPI description, its
//! documentation, a captured payload, or a public report. What no source states is said to be so.

mod api;
mod delivery;
mod faults;
mod identity;
mod moment;
mod server;
mod signature;
mod version;
mod workspace;
mod workspace_file;

pub use api::{
    ApiRequest, ApiResponse, Exchange, Operation, Permission, Sending, Tier, operations,
};
pub use delivery::{
    Attempt, DEADLINE, Life, Outbox, Outcome, QUEUE_LIMIT, Region, SubscriptionId,
    SubscriptionStatus, Verdict, WebhookSettings, WebhookTarget,
};
pub use faults::{
    ApiMatch, Effect, FAULT_LIMIT, Fate, FaultError, FaultId, FaultPlan, FaultRule, FaultStatus,
    Latency, Length, Loss, Point, Shift, Storm, WebhookMatch,
};
pub use identity::{
    AdminId, ContactId, ConversationId, InvalidId, PartId, TagId, TeamId, TicketId,
};
pub use moment::Moment;
pub use server::{
    Clock, ClockError, MockIntercom, SNAPSHOT_LIMIT, ServeOptions, SnapshotError, SnapshotRow,
    serve,
};
pub use signature::sign;
pub use version::{ApiVersion, UnknownVersion};
pub use workspace::bridge::{DmError, DmReceipt, InboundDm, NotDelivered};
pub use workspace::catalogue::office_hours::OfficeHours;
pub use workspace::conversation::{
    AppliedTag, Author, Conversation, Part, PartKind, Priority, State,
};
pub use workspace::directory::{Admin, Contact, Tag, Team};
pub use workspace::journal::{
    Assignee, Change, Entry, Expectation, Filter, Finding, Journal, Kind, Origin, Record,
};
pub use workspace::teammates::{ActionError, BODY_LIMIT, TeammateAction};
pub use workspace::{Notification, Workspace};
pub use workspace_file::{
    AdminEntry, AppEntry, AttributeModel, AwayReasonEntry, Bridge, BridgeKind, ConsentType,
    ContentType, DataAttributeEntry, DataType, DistributionMethod, FaultFile, OfficeHoursEntry,
    OfficeTime, OpenInterval, PersonType, Place, RateLimit, SegmentEntry, Settings,
    SubscriptionTypeEntry, TeamEntry, TicketCategory, TicketTypeEntry, WorkflowEntry,
    WorkspaceError, WorkspaceFile,
};
