//! The fields of a conversation that a search can ask for: all of the table "Accepted Fields" of
//! `searchConversations`, alike in 2.14 and 2.16, and `title`.

use std::fmt::Display;
use std::io::Write;

use super::super::query::{Field, Held, Kind};
use crate::Moment;
use crate::identity::AdminId;
use crate::workspace::Workspace;
use crate::workspace::conversation::{Author, Conversation, State, Statistics};

/// A field of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConversationField {
    Id,
    CreatedAt,
    UpdatedAt,
    WaitingSince,
    SnoozedUntil,
    Open,
    Read,
    State,
    Priority,
    Title,
    AdminAssignee,
    TeamAssignee,
    TagIds,
    ContactIds,
    TeammateIds,
    SourceType,
    SourceId,
    SourceDeliveredAs,
    SourceSubject,
    SourceBody,
    AuthorId,
    AuthorType,
    AuthorName,
    AuthorEmail,
    AgentParticipated,
    Statistic(Statistic),
    LastClosedBy,
    /// Never anything here: there are no ratings, no AI agent, and no addresses of pages.
    Never(Kind),
}

/// A number or time among the statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Statistic {
    TimeToAssignment,
    TimeToAdminReply,
    TimeToFirstClose,
    TimeToLastClose,
    MedianTimeToReply,
    FirstContactReply,
    FirstAssignment,
    FirstAdminReply,
    FirstClose,
    LastAssignment,
    LastAssignmentAdminReply,
    LastContactReply,
    LastAdminReply,
    LastClose,
    Reopens,
    Assignments,
    Parts,
}

impl Field for ConversationField {
    type Thing<'a> = (&'a Workspace, &'a Conversation);

    fn named(name: &str) -> Option<Self> {
        if let Some(name) = name.strip_prefix("statistics.") {
            return match name {
                "last_closed_by_id" => Some(Self::LastClosedBy),
                name => Statistic::named(name).map(Self::Statistic),
            };
        }
        if let Some(name) = name.strip_prefix("source.") {
            return Self::of_source(name);
        }
        Some(match name {
            "id" => Self::Id,
            "created_at" => Self::CreatedAt,
            "updated_at" => Self::UpdatedAt,
            "waiting_since" => Self::WaitingSince,
            "snoozed_until" => Self::SnoozedUntil,
            "open" => Self::Open,
            "read" => Self::Read,
            "state" => Self::State,
            "priority" => Self::Priority,
            "title" => Self::Title,
            "admin_assignee_id" => Self::AdminAssignee,
            "team_assignee_id" => Self::TeamAssignee,
            "tag_ids" => Self::TagIds,
            "contact_ids" => Self::ContactIds,
            "teammate_ids" => Self::TeammateIds,
            // What sets it apart from `source.type` is not documented.
            "channel_initiated" => Self::SourceType,
            "ai_agent_participated" => Self::AgentParticipated,
            other => Self::Never(never(other)?),
        })
    }

    fn kind(&self) -> Kind {
        match *self {
            Self::CreatedAt | Self::UpdatedAt | Self::WaitingSince | Self::SnoozedUntil => {
                Kind::Date
            }
            Self::Open | Self::Read | Self::AgentParticipated => Kind::Flag,
            Self::AdminAssignee | Self::TeamAssignee => Kind::Assignee,
            Self::SourceBody => Kind::Words,
            Self::Statistic(statistic) => statistic.kind(),
            Self::Never(kind) => kind,
            _ => Kind::Text,
        }
    }

    fn any(
        &self,
        (workspace, conversation): Self::Thing<'_>,
        test: &mut dyn FnMut(Held<'_>) -> bool,
    ) -> bool {
        let time = |at: Option<Moment>| Held::from(at.map(Moment::as_seconds));
        match *self {
            Self::Id => key(conversation.id(), test),
            Self::CreatedAt => test(time(Some(conversation.created_at()))),
            Self::UpdatedAt => test(time(Some(conversation.updated_at()))),
            Self::WaitingSince => test(time(conversation.waiting_since())),
            Self::SnoozedUntil => test(time(match conversation.state() {
                State::Snoozed { until } => Some(until),
                State::Open | State::Closed => None,
            })),
            Self::Open => test(Held::Flag(conversation.state().is_open())),
            Self::Read => test(Held::Flag(conversation.read)),
            Self::State => test(Held::Text(conversation.state().as_str())),
            // In the words of every version: which one the index knows is not documented.
            Self::Priority => {
                let priority = conversation.priority();
                test(Held::Text(priority.as_str())) || test(Held::Text(priority.as_old_str()))
            }
            Self::Title => test(conversation.title.as_deref().map_or(Held::Nothing, Held::Text)),
            Self::AdminAssignee => test(conversation.admin().map(AdminId::get).into()),
            Self::TeamAssignee => test(conversation.team().map(|id| id.get()).into()),
            Self::TagIds => keys(conversation.tags().iter().map(|tag| tag.tag), test),
            Self::ContactIds => keys(conversation.contacts(), test),
            Self::TeammateIds => keys(conversation.participants.iter(), test),
            Self::SourceType => test(Held::Text(&conversation.source_type)),
            Self::SourceId => key(conversation.source().id(), test),
            Self::SourceDeliveredAs => test(Held::Text("customer_initiated")),
            Self::SourceSubject => test(Held::Text("")),
            Self::SourceBody => test(Held::Text(&conversation.source().text())),
            Self::AuthorId | Self::AuthorType | Self::AuthorName | Self::AuthorEmail => {
                self.of_author(workspace, conversation.source().author(), test)
            }
            Self::AgentParticipated => test(Held::Flag(false)),
            Self::Statistic(statistic) => test(statistic.of(conversation).into()),
            Self::LastClosedBy => keys(conversation.statistics.last_closed_by.iter(), test),
            Self::Never(_) => test(Held::Nothing),
        }
    }
}

impl ConversationField {
    fn of_source(name: &str) -> Option<Self> {
        Some(match name {
            "type" => Self::SourceType,
            "id" => Self::SourceId,
            "delivered_as" => Self::SourceDeliveredAs,
            "subject" => Self::SourceSubject,
            "body" => Self::SourceBody,
            "author.id" => Self::AuthorId,
            "author.type" => Self::AuthorType,
            "author.name" => Self::AuthorName,
            "author.email" => Self::AuthorEmail,
            "url" => Self::Never(Kind::Text),
            _ => return None,
        })
    }

    /// As the author of a source is shown.
    fn of_author(
        self,
        workspace: &Workspace,
        author: Author,
        test: &mut dyn FnMut(Held<'_>) -> bool,
    ) -> bool {
        let persona = workspace.persona(author);
        match (self, author) {
            (Self::AuthorId, Author::Contact(id)) => key(id, test),
            (Self::AuthorId, Author::Admin(id)) => key(id, test),
            (Self::AuthorId, Author::Operator) => test(Held::Text("0")),
            (Self::AuthorType, _) => test(Held::Text(persona.kind)),
            (Self::AuthorName, _) => test(persona.name.map_or(Held::Nothing, Held::Text)),
            _ => test(Held::Text(&persona.email)),
        }
    }
}

/// The kind of a field that is documented and always empty here; `admin_d` is how the table
/// writes it.
fn never(name: &str) -> Option<Kind> {
    Some(match name {
        "conversation_rating.requested_at" | "conversation_rating.replied_at" => Kind::Date,
        "conversation_rating.score" | "ai_agent.rating" => Kind::Integer,
        "conversation_rating.remark"
        | "conversation_rating.contact_id"
        | "conversation_rating.admin_id"
        | "conversation_rating.admin_d"
        | "ai_agent.resolution_state"
        | "ai_agent.last_answer_type"
        | "ai_agent.rating_remark"
        | "ai_agent.source_type"
        | "ai_agent.source_title" => Kind::Text,
        _ => return None,
    })
}

impl Statistic {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "time_to_assignment" => Self::TimeToAssignment,
            "time_to_admin_reply" => Self::TimeToAdminReply,
            "time_to_first_close" => Self::TimeToFirstClose,
            "time_to_last_close" => Self::TimeToLastClose,
            "median_time_to_reply" => Self::MedianTimeToReply,
            "first_contact_reply_at" => Self::FirstContactReply,
            "first_assignment_at" => Self::FirstAssignment,
            "first_admin_reply_at" => Self::FirstAdminReply,
            "first_close_at" => Self::FirstClose,
            "last_assignment_at" => Self::LastAssignment,
            "last_assignment_admin_reply_at" => Self::LastAssignmentAdminReply,
            "last_contact_reply_at" => Self::LastContactReply,
            "last_admin_reply_at" => Self::LastAdminReply,
            "last_close_at" => Self::LastClose,
            "count_reopens" => Self::Reopens,
            "count_assignments" => Self::Assignments,
            "count_conversation_parts" => Self::Parts,
            _ => return None,
        })
    }

    const fn kind(self) -> Kind {
        match self {
            Self::TimeToAssignment
            | Self::TimeToAdminReply
            | Self::TimeToFirstClose
            | Self::TimeToLastClose
            | Self::MedianTimeToReply
            | Self::Reopens
            | Self::Assignments
            | Self::Parts => Kind::Integer,
            _ => Kind::Date,
        }
    }

    /// As `statistics` shows it in REST.
    fn of(self, conversation: &Conversation) -> Option<u64> {
        let statistics: &Statistics = &conversation.statistics;
        let created_at = conversation.created_at();
        let taken = |at: Option<Moment>| at.map(|at| at.since(created_at).as_secs());
        let time = |at: Option<Moment>| at.map(Moment::as_seconds);
        match self {
            Self::TimeToAssignment => taken(statistics.assigned_before_reply_at),
            Self::TimeToAdminReply => taken(statistics.first_admin_reply_at),
            Self::TimeToFirstClose => taken(statistics.first_close_at),
            Self::TimeToLastClose => taken(statistics.last_close_at),
            Self::MedianTimeToReply => statistics.median_reply_delay(),
            Self::FirstContactReply => time(Some(created_at)),
            Self::FirstAssignment => time(statistics.first_assignment_at),
            Self::FirstAdminReply => time(statistics.first_admin_reply_at),
            Self::FirstClose => time(statistics.first_close_at),
            Self::LastAssignment => time(statistics.last_assignment_at),
            Self::LastAssignmentAdminReply => time(statistics.last_assignment_admin_reply_at),
            Self::LastContactReply => time(Some(statistics.last_contact_reply_at)),
            Self::LastAdminReply => time(statistics.last_admin_reply_at),
            Self::LastClose => time(statistics.last_close_at),
            Self::Reopens => Some(statistics.reopens.into()),
            Self::Assignments => Some(statistics.assignments.into()),
            Self::Parts => Some(conversation.parts.len() as u64 + 1),
        }
    }
}

/// An id as text, written where it costs no allocation.
fn key(id: impl Display, test: &mut dyn FnMut(Held<'_>) -> bool) -> bool {
    let mut buffer = [0; 24];
    let mut free = buffer.as_mut_slice();
    write!(free, "{id}").expect("ids are 24 hexadecimal digits or at most 20 decimal ones");
    let left = free.len();
    let written = &buffer[..buffer.len() - left];
    test(Held::Text(std::str::from_utf8(written).expect("digits are text")))
}

/// Ids as texts; nothing when there are none.
fn keys(ids: impl Iterator<Item = impl Display>, test: &mut dyn FnMut(Held<'_>) -> bool) -> bool {
    let mut ids = ids.peekable();
    if ids.peek().is_none() {
        return test(Held::Nothing);
    }
    ids.any(|id| key(id, test))
}
