//! One action, as the requests and answers that carry it out.

use engine::{
    Action, ConversationSnapshot, ConversationState, Outcome, RateLimit, TeamId, TeammateId,
    TeammateSnapshot, Timestamp,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::translate;
use super::wire;

mod annotation;
mod search;

use annotation::Annotation;
use search::Search;

/// What stays as it is in a path segment: the unreserved characters of RFC 3986.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request to Intercom; whoever sends it adds host, token and version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// `GET`, `POST` or `PUT`.
    pub method: &'static str,
    /// Path without the host, such as `/conversations/215/parts`.
    pub path: String,
    /// The path with its ids left out, for metrics.
    pub endpoint: &'static str,
    /// JSON, if there is a body.
    pub body: Option<Vec<u8>>,
}

/// An answer from Intercom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpResponse {
    /// HTTP status.
    pub status: u16,
    /// Names, in any case, and values; only the three `X-RateLimit-*` are looked at.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Vec<u8>,
}

/// Why there was no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportFailure {
    /// None came in time.
    Timeout,
    /// The connection could not be made, or broke.
    Connection,
}

/// One action on its way: a state machine without I/O.
///
/// ```text
/// while let Some(request) = exchange.next_request() {
///     match send(request) {
///         Ok(response) => exchange.handle_response(response),
///         Err(failure) => exchange.handle_failure(failure),
///     }
/// }
/// let (outcome, rate_limit) = exchange.finish();
/// ```
#[derive(Debug)]
pub struct Exchange {
    acting_admin: TeammateId,
    step: Step,
    rate_limit: Option<RateLimit>,
}

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one for each call under way")]
enum Step {
    /// Read the conversation; assign only if nobody else has taken charge of it.
    Look(Assignment),
    Assign(Assignment),
    Annotate(Annotation),
    Contact(engine::ContactId),
    Conversation(engine::ConversationId),
    Search(Search),
    Admins,
    Teams(Vec<TeammateSnapshot>),
    Done(Outcome),
}

#[derive(Clone, Debug)]
struct Assignment {
    conversation: engine::ConversationId,
    to: Assignee,
}

#[derive(Clone, Copy, Debug)]
enum Assignee {
    Team(TeamId),
    Teammate(TeammateId),
}

impl Exchange {
    /// Begins an action; assignments, tags and notes are made in the name of `acting_admin`.
    #[must_use]
    pub fn new(action: Action, acting_admin: TeammateId) -> Self {
        let step = match action {
            Action::AssignTeam { conversation, team, look_first } => {
                Step::assignment(conversation, Assignee::Team(team), look_first)
            }
            Action::AssignTeammate { conversation, teammate, look_first } => {
                Step::assignment(conversation, Assignee::Teammate(teammate), look_first)
            }
            Action::FetchContact { contact } => Step::Contact(contact),
            Action::FetchConversation { conversation } => Step::Conversation(conversation),
            Action::FindConversations { changed_since, page } => {
                Step::Search(Search { changed_since, page })
            }
            Action::FetchRoster => Step::Admins,
            Action::AddTag { conversation, tag } => {
                Step::Annotate(Annotation::NamedTag { conversation, tag })
            }
            Action::SetAttributes { conversation, attributes } => {
                Step::Annotate(Annotation::Attributes { conversation, attributes })
            }
            Action::Reply { conversation, text } => {
                Step::Annotate(Annotation::Comment { conversation, text })
            }
            Action::WriteNote { conversation, text } => {
                Step::Annotate(Annotation::Note { conversation, text })
            }
        };
        Self { acting_admin, step, rate_limit: None }
    }

    /// The request to send now, or `None` when the action is finished. Answer it with
    /// [`Self::handle_response`] or [`Self::handle_failure`] before asking again.
    pub fn next_request(&mut self) -> Option<HttpRequest> {
        Some(match &self.step {
            Step::Look(Assignment { conversation, .. }) | Step::Conversation(conversation) => get(
                "/conversations/{id}",
                format!("/conversations/{}", segment(conversation.as_str())),
            ),
            Step::Assign(assignment) => assignment.request(self.acting_admin),
            Step::Annotate(annotation) => annotation.request(self.acting_admin),
            Step::Contact(contact) => {
                get("/contacts/{id}", format!("/contacts/{}", segment(contact.as_str())))
            }
            Step::Search(search) => search.request(),
            Step::Admins => get("/admins", "/admins".to_owned()),
            Step::Teams(_) => get("/teams", "/teams".to_owned()),
            Step::Done(_) => return None,
        })
    }

    /// Takes in the answer to the last request.
    pub fn handle_response(&mut self, response: HttpResponse) {
        self.rate_limit = rate_limit(&response.headers).or(self.rate_limit);
        let step = self.take_step();
        self.step = match refusal(&response) {
            Some(outcome) => Step::Done(outcome),
            None => step.next(&response),
        };
    }

    /// Takes in that no answer came to the last request.
    pub fn handle_failure(&mut self, _failure: TransportFailure) {
        self.step = Step::Done(Outcome::Unclear { status: None });
    }

    /// What came of the action, and the rate-limit window that the last answer told.
    ///
    /// An exchange that was given up half-way may or may not have been carried out.
    #[must_use]
    pub fn finish(self) -> (Outcome, Option<RateLimit>) {
        let outcome = match self.step {
            Step::Done(outcome) => outcome,
            _ => Outcome::Unclear { status: None },
        };
        (outcome, self.rate_limit)
    }

    fn take_step(&mut self) -> Step {
        std::mem::replace(&mut self.step, Step::Done(Outcome::Unclear { status: None }))
    }
}

impl Step {
    fn assignment(conversation: engine::ConversationId, to: Assignee, look_first: bool) -> Self {
        let assignment = Assignment { conversation, to };
        if look_first { Self::Look(assignment) } else { Self::Assign(assignment) }
    }

    /// What follows a 2xx answer. A read whose answer makes no sense may make sense next time;
    /// a change was carried out whatever its answer says.
    fn next(self, response: &HttpResponse) -> Self {
        let unreadable = Self::Done(Outcome::Unclear { status: Some(response.status) });
        let body = response.body.as_slice();
        match self {
            Self::Look(assignment) => {
                read_conversation(body).map_or(unreadable, |seen| assignment.after_look(seen))
            }
            Self::Assign(_) => Self::Done(read_assignment(body)),
            Self::Annotate(annotation) => annotation.after(body).unwrap_or(unreadable),
            Self::Contact(_) => serde_json::from_slice::<wire::Contact<'_>>(body)
                .map_or(unreadable, |contact| {
                    Self::Done(Outcome::Contact(translate::profile(&contact)))
                }),
            Self::Conversation(_) => read_conversation(body)
                .map_or(unreadable, |seen| Self::Done(Outcome::Conversation(seen))),
            Self::Search(_) => Search::read(body)
                .map_or(unreadable, |page| Self::Done(Outcome::Conversations(page))),
            Self::Admins => serde_json::from_slice::<wire::AdminList>(body)
                .map_or(unreadable, |list| Self::Teams(translate::teammates(&list))),
            Self::Teams(teammates) => serde_json::from_slice::<wire::TeamList>(body)
                .map_or(unreadable, |teams| {
                    Self::Done(Outcome::Roster(translate::roster(&teammates, &teams)))
                }),
            Self::Done(outcome) => Self::Done(outcome),
        }
    }
}

impl Assignment {
    fn request(&self, acting_admin: TeammateId) -> HttpRequest {
        #[derive(Serialize)]
        struct Body {
            message_type: &'static str,
            r#type: &'static str,
            admin_id: String,
            assignee_id: String,
        }
        let (kind, assignee_id) = match self.to {
            Assignee::Team(team) => ("team", team.to_string()),
            Assignee::Teammate(teammate) => ("admin", teammate.to_string()),
        };
        let body = Body {
            message_type: "assignment",
            r#type: kind,
            admin_id: acting_admin.to_string(),
            assignee_id,
        };
        let path = format!("/conversations/{}/parts", segment(self.conversation.as_str()));
        send("POST", "/conversations/{id}/parts", path, &body)
    }

    /// Goes on unless the wish is fulfilled already, or others took charge.
    fn after_look(self, seen: ConversationSnapshot) -> Step {
        let (fulfilled, taken) = match self.to {
            Assignee::Team(team) => {
                (seen.teammate.is_none() && seen.team == Some(team), seen.teammate.is_some())
            }
            Assignee::Teammate(teammate) => (
                seen.teammate == Some(teammate),
                seen.teammate.is_some_and(|other| other != teammate),
            ),
        };
        if fulfilled {
            let (part, updated_at) = (seen.assignment, Some(seen.updated_at));
            Step::Done(Outcome::Assigned { part, updated_at })
        } else if taken || seen.state == ConversationState::Closed {
            Step::Done(Outcome::Superseded(seen))
        } else {
            Step::Assign(self)
        }
    }
}

pub(super) fn get(endpoint: &'static str, path: String) -> HttpRequest {
    HttpRequest { method: "GET", path, endpoint, body: None }
}

fn send(
    method: &'static str,
    endpoint: &'static str,
    path: String,
    body: &impl Serialize,
) -> HttpRequest {
    let body = serde_json::to_vec(body).expect("strings and flat maps are always JSON");
    HttpRequest { method, path, endpoint, body: Some(body) }
}

fn segment(id: &str) -> String {
    // A dot segment would be resolved away by URL parsers, even when it is percent-encoded.
    if matches!(id, "." | "..") {
        return "%2E%2E%2E".to_owned();
    }
    utf8_percent_encode(id, SEGMENT).to_string()
}

/// The outcome of an answer that is not a success.
pub(super) fn refusal(response: &HttpResponse) -> Option<Outcome> {
    Some(match response.status {
        200..=299 => return None,
        401 | 403 => Outcome::Unauthorized,
        404 | 410 => Outcome::NotFound,
        429 => Outcome::RateLimited,
        408 => Outcome::Unclear { status: Some(408) },
        status @ 400..=499 => Outcome::Rejected { status, code: error_code(&response.body) },
        status => Outcome::Unclear { status: Some(status) },
    })
}

/// The id by which Intercom's support finds a request that was answered with an error, if the body
/// tells it.
pub(crate) fn request_id(body: &[u8]) -> Option<String> {
    let list: wire::ErrorList<'_> = serde_json::from_slice(body).unwrap_or_default();
    list.request_id.to_owned()
}

fn error_code(body: &[u8]) -> String {
    let list: wire::ErrorList<'_> = serde_json::from_slice(body).unwrap_or_default();
    list.errors.0.first().and_then(|error| error.code.to_owned()).unwrap_or_default()
}

fn read_conversation(body: &[u8]) -> Option<ConversationSnapshot> {
    let conversation: wire::Conversation<'_> = serde_json::from_slice(body).ok()?;
    let snapshot = translate::snapshot(&conversation, Timestamp::EPOCH)?;
    Some(ConversationSnapshot {
        opening: Some(translate::opening_message(&conversation)),
        assignment: translate::assignment_part(&conversation),
        ..snapshot
    })
}

/// What the answer to an assignment tells; it was carried out even if that makes no sense.
fn read_assignment(body: &[u8]) -> Outcome {
    let conversation: wire::Conversation<'_> = serde_json::from_slice(body).unwrap_or_default();
    Outcome::Assigned {
        part: translate::assignment_part(&conversation),
        updated_at: conversation.updated_at.0,
    }
}

/// The part that was just made, as the answer to a reply shows it.
fn read_newest_part(body: &[u8]) -> Option<engine::PartId> {
    let conversation: wire::Conversation<'_> = serde_json::from_slice(body).ok()?;
    translate::newest_part(&conversation)
}

/// The window as `X-RateLimit-Limit`, `-Remaining` and `-Reset` (Unix seconds) tell it.
pub(super) fn rate_limit(headers: &[(String, String)]) -> Option<RateLimit> {
    fn find<T: std::str::FromStr>(headers: &[(String, String)], wanted: &str) -> Option<T> {
        let (_, value) = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
        value.trim().parse().ok()
    }
    Some(RateLimit {
        limit: find(headers, "x-ratelimit-limit")?,
        remaining: find(headers, "x-ratelimit-remaining")?,
        reset_at: Timestamp::from_seconds(find(headers, "x-ratelimit-reset")?),
    })
}

#[cfg(test)]
mod tests;
