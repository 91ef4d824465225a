//! Parts of a conversation, its source, and their authors.

use std::borrow::Cow;

use serde::Serialize;

use super::{Lens, Parts, Persona, Reference};
use crate::workspace::Workspace;
use crate::workspace::conversation::{Attachment, Author, Body, Conversation, Part, QuickReply};
use crate::workspace::journal::Assignee;

/// How many parts `GET /conversations/{id}` shows at most (Intercom docs).
pub(crate) const MOST_PARTS: usize = 500;

impl Lens {
    pub(super) fn source<'a>(
        self,
        workspace: &'a Workspace,
        conversation: &'a Conversation,
    ) -> SourceView<'a> {
        let source = &conversation.source;
        SourceView {
            kind: &conversation.source_type,
            id: source.id.to_string(),
            delivered_as: "customer_initiated",
            subject: "",
            body: self.body(source.body.as_ref()).unwrap_or_default(),
            author: self.author(workspace, source.author),
            attachments: attachments(source),
            url: None,
            redacted: source.redacted,
        }
    }

    pub(super) fn parts<'a>(
        self,
        workspace: &'a Workspace,
        conversation: &'a Conversation,
        parts: Parts,
    ) -> Option<PartList<'a>> {
        let all = &conversation.parts;
        let newest = |most: usize| all.iter().skip(all.len().saturating_sub(most));
        let view = |part| self.part(workspace, part);
        let (conversation_parts, total_count) = match parts {
            Parts::Absent => return None,
            Parts::None => (Vec::new(), 0),
            Parts::Newest(1) => (newest(1).map(view).collect(), 1),
            Parts::Newest(most) => (newest(most).map(view).collect(), all.len()),
            // From the end: the part asked for is nearly always the newest.
            Parts::One(id) => {
                (all.iter().rev().find(|part| part.id == id).map(view).into_iter().collect(), 1)
            }
            Parts::Source => (vec![view(&conversation.source)], 1),
        };
        Some(PartList { kind: "conversation_part.list", conversation_parts, total_count })
    }

    fn part<'a>(self, workspace: &'a Workspace, part: &'a Part) -> PartView<'a> {
        let created_at = part.created_at.as_seconds();
        PartView {
            kind: "conversation_part",
            id: part.id.to_string(),
            part_type: part.kind.as_str(),
            body: self.body(part.body.as_ref()),
            created_at,
            updated_at: created_at,
            notified_at: created_at,
            assigned_to: part.assigned_to.map(reference),
            author: self.part_author(workspace, part.author),
            attachments: attachments(part),
            external_id: None,
            redacted: part.redacted,
            metadata: Metadata {
                quick_reply_options: &part.quick_replies,
                quick_reply_uuid: part.chosen.as_deref(),
            },
            email_message_metadata: None,
            state: part.state.as_str(),
            tags: [],
            event_details: Nothing {},
            app_package_code: part.via_api.then_some(&workspace.app.id),
        }
    }

    fn body(self, body: Option<&Body>) -> Option<Cow<'_, str>> {
        body.map(|body| match self.plain {
            true => body.plain(),
            false => body.html(),
        })
    }

    fn part_author(self, workspace: &Workspace, author: Author) -> AuthorView<'_> {
        AuthorView {
            from_ai_agent: Some(false),
            is_ai_answer: Some(false),
            ..self.author(workspace, author)
        }
    }

    fn author(self, workspace: &Workspace, author: Author) -> AuthorView<'_> {
        let id = match author {
            Author::Contact(id) => id.to_string(),
            Author::Admin(id) => id.to_string(),
            Author::Operator => "0".to_owned(),
        };
        let Persona { kind, name, email } = workspace.persona(author);
        AuthorView { kind, id, name, email, from_ai_agent: None, is_ai_answer: None }
    }
}

/// Nobody is `{"type": "nobody_admin", "id": null}` (intercom/Intercom-OpenAPI, PR 643).
fn reference(assignee: Assignee) -> Reference {
    match assignee {
        Assignee::Admin(id) => Reference { kind: "admin", id: Some(id.to_string()) },
        Assignee::Team(id) => Reference { kind: "team", id: Some(id.to_string()) },
        Assignee::Nobody => Reference { kind: "nobody_admin", id: None },
    }
}

fn attachments(part: &Part) -> Vec<AttachmentView<'_>> {
    part.attachments.iter().map(|attachment| AttachmentView::new(part, attachment)).collect()
}

#[derive(Serialize)]
pub(super) struct SourceView<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    id: String,
    delivered_as: &'static str,
    subject: &'static str,
    body: Cow<'a, str>,
    author: AuthorView<'a>,
    attachments: Vec<AttachmentView<'a>>,
    url: Option<&'static str>,
    redacted: bool,
}

#[derive(Serialize)]
pub(super) struct PartList<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    conversation_parts: Vec<PartView<'a>>,
    total_count: usize,
}

#[derive(Serialize)]
struct PartView<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    part_type: &'static str,
    body: Option<Cow<'a, str>>,
    created_at: u64,
    updated_at: u64,
    notified_at: u64,
    assigned_to: Option<Reference>,
    author: AuthorView<'a>,
    attachments: Vec<AttachmentView<'a>>,
    external_id: Option<&'static str>,
    redacted: bool,
    metadata: Metadata<'a>,
    email_message_metadata: Option<()>,
    state: &'static str,
    tags: [(); 0],
    event_details: Nothing,
    /// Not null when the part came through the API (schema `conversation_part`).
    app_package_code: Option<&'a String>,
}

/// Schema `conversation_part_metadata`.
#[derive(Serialize)]
struct Metadata<'a> {
    #[serde(skip_serializing_if = "<[QuickReply]>::is_empty")]
    quick_reply_options: &'a [QuickReply],
    #[serde(skip_serializing_if = "Option::is_none")]
    quick_reply_uuid: Option<&'a str>,
}

/// `{}`.
#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
struct AuthorView<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    name: Option<&'a str>,
    email: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_ai_agent: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_ai_answer: Option<bool>,
}

#[derive(Serialize)]
struct AttachmentView<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'a str,
    url: Cow<'a, str>,
    content_type: &'a str,
    filesize: u64,
}

impl<'a> AttachmentView<'a> {
    /// Nothing is fetched and no content kept: a link's name is the end of its address, its media
    /// type is told by the ending of the name, its size is 0; a file has an address that nobody
    /// serves. The dimensions, which the schema does not require, are left out.
    fn new(part: &Part, attachment: &'a Attachment) -> Self {
        match attachment {
            Attachment::Link(url) => {
                let path = url.split(['?', '#']).next().unwrap_or(url);
                let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
                let url = Cow::Borrowed(url.as_str());
                Self { kind: "upload", name, url, content_type: content_type(name), filesize: 0 }
            }
            Attachment::File { name, content_type, size } => Self {
                kind: "upload",
                name,
                url: format!("https://downloads.intercom.invalid/{}/{name}", part.id).into(),
                content_type,
                filesize: *size,
            },
        }
    }
}

/// The media type of a file of this name; bytes if its ending says nothing.
fn content_type(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("png") => "image/png",
        Some("gif") => "image/gif",
        Some("webp") => "image/webp",
        Some("mp4") => "video/mp4",
        Some("mov") => "video/quicktime",
        Some("webm") => "video/webm",
        Some("mp3") => "audio/mpeg",
        Some("m4a") => "audio/mp4",
        Some("ogg") => "audio/ogg",
        Some("wav") => "audio/wav",
        Some("pdf") => "application/pdf",
        _ => "application/octet-stream",
    }
}
