//! From Intercom's words to the engine's.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use engine::{
    ContactId, ContactProfile, ConversationId, ConversationSnapshot, ConversationState, Message,
    PartId, Presence, RosterSnapshot, TeamId, TeammateId, TeammateSnapshot, Timestamp,
};
use serde_json::value::RawValue;

use super::attachment;
use super::lenient::{Several, Text};
use super::plain_text::plain_text;
use super::wire::{
    Admin, AdminList, Attachment, Attributes, Author, Contact, Conversation, Part, Reference,
    Source, Team, TeamList,
};

/// The conversation, if the item names one; `seen_at` stands in for missing times.
pub(crate) fn snapshot(
    item: &Conversation<'_>,
    seen_at: Timestamp,
) -> Option<ConversationSnapshot> {
    let inner = inner(item);
    let conversation = inner.as_ref().unwrap_or(item);
    let (team, teammate) = assignees(conversation);
    let source = source(conversation);
    Some(ConversationSnapshot {
        id: conversation_id(item)?,
        contact: contact(conversation),
        source_type: conversation.source.as_ref().and_then(|source| source.kind.to_owned()),
        channel: channel(conversation),
        tags: tags(item, conversation),
        attributes: conversation.custom_attributes.as_ref().map(attributes).unwrap_or_default(),
        team,
        teammate,
        state: state(conversation),
        created_at: conversation.created_at.0.unwrap_or(seen_at),
        updated_at: conversation.updated_at.0.unwrap_or(seen_at),
        opening: None,
        assignment: None,
    })
    .map(|snapshot| with_author(snapshot, source))
}

/// A conversation as a search found it. What only the rules want to know is left out unless somebody
/// has to be found for it.
pub(crate) fn found(item: &Conversation<'_>) -> Option<ConversationSnapshot> {
    let found = snapshot(item, Timestamp::EPOCH)?;
    let is_free = found.state == ConversationState::Open && found.teammate.is_none();
    Some(if is_free {
        ConversationSnapshot { opening: Some(opening_message(item)), ..found }
    } else {
        ConversationSnapshot { tags: Vec::new(), attributes: BTreeMap::new(), ..found }
    })
}

/// The id of the conversation that the item is, or is part of.
pub(crate) fn conversation_id(item: &Conversation<'_>) -> Option<ConversationId> {
    let inner = inner(item);
    let inner = inner.as_ref().and_then(|conversation| conversation.id.as_deref());
    let own = item.id.as_deref().filter(|_| item.kind.as_deref() != Some("conversation_part"));
    item.conversation_id.as_deref().or(inner).or(own).map(ConversationId::new)
}

/// What the contact opened the conversation with.
pub(crate) fn opening_message(conversation: &Conversation<'_>) -> Message {
    match source(conversation) {
        Some(source) => message(None, &source.body, &source.attachments),
        None => Message::text(""),
    }
}

/// The parts that the contact wrote; one without a text if the payload holds none of them.
pub(crate) fn contact_messages(conversation: &Conversation<'_>) -> Vec<Message> {
    let mut messages: Vec<_> = parts(conversation)
        .filter(|part| is_contacts_message(part))
        .map(|part| message(part.id.0.map(PartId::new), &part.body, &part.attachments))
        .collect();
    if messages.is_empty() {
        messages.push(Message::text(""));
    }
    messages
}

/// Who of ours wrote to the contact, `None` for a bot, and in which part: the last that has
/// something to read and is no note.
pub(crate) fn answer(conversation: &Conversation<'_>) -> (Option<TeammateId>, Option<PartId>) {
    let answers = |part: &&Part<'_>| {
        is_by_us(part) && has_content(part) && part.part_type.as_deref() != Some("note")
    };
    let Some(part) = parts(conversation).filter(answers).last() else { return (None, None) };
    (part.author.as_ref().and_then(human), part.id.0.map(PartId::new))
}

/// The teammate who wrote it, if one did: Intercom's AI answers in the name of an admin too.
fn human(author: &Author<'_>) -> Option<TeammateId> {
    let by_ai = [author.from_ai_agent.0, author.is_ai_answer.0].contains(&Some(true));
    author.id.0.filter(|_| author.kind.as_deref() == Some("admin") && !by_ai).map(TeammateId::new)
}

/// The part that records an assignment: the last that says so.
pub(crate) fn assignment_part(conversation: &Conversation<'_>) -> Option<PartId> {
    let says_so = |part: &&Part<'_>| {
        part.part_type.as_deref().is_some_and(|kind| kind.contains("assign"))
            || part.assigned_to.as_ref().is_some()
    };
    parts(conversation).filter(says_so).last()?.id.0.map(PartId::new)
}

/// The newest part.
pub(crate) fn newest_part(conversation: &Conversation<'_>) -> Option<PartId> {
    parts(conversation).filter_map(|part| part.id.0).max().map(PartId::new)
}

/// Teammates and teams; memberships, and which of them are secondary, are told by both lists, and
/// either is believed.
pub(crate) fn roster(admins: &[TeammateSnapshot], teams: &TeamList) -> RosterSnapshot {
    let mut members: BTreeMap<TeammateId, Memberships> = BTreeMap::new();
    for team in &teams.teams.0 {
        let Some(id) = team.id.0.map(TeamId::new) else { continue };
        let (all, secondary) = told_by_team(team);
        for member in all {
            members.entry(TeammateId::new(member)).or_default().all.insert(id);
        }
        for member in secondary {
            members.entry(TeammateId::new(*member)).or_default().secondary.insert(id);
        }
    }
    let teammates = admins.iter().cloned().map(|mut teammate| {
        let mut told = members.remove(&teammate.id).unwrap_or_default();
        told.all.extend(teammate.teams);
        told.secondary.extend(teammate.secondary_teams);
        teammate.teams = told.all.into_iter().collect();
        teammate.secondary_teams = told.secondary.into_iter().collect();
        teammate
    });
    RosterSnapshot {
        teammates: teammates.collect(),
        teams: teams.teams.0.iter().filter_map(|team| team.id.0.map(TeamId::new)).collect(),
    }
}

/// The teams of a teammate.
#[derive(Debug, Default)]
struct Memberships {
    all: BTreeSet<TeamId>,
    /// Those of them for which the teammate only helps out.
    secondary: BTreeSet<TeamId>,
}

/// The members of a team, and those of them who only help out.
fn told_by_team(team: &Team) -> (impl Iterator<Item = u64>, &[u64]) {
    let levels = team.admin_priority_level.as_ref();
    let primary = levels.map_or(&[][..], |levels| &levels.primary_admin_ids.0);
    let secondary = levels.map_or(&[][..], |levels| &levels.secondary_admin_ids.0);
    (team.admin_ids.0.iter().chain(primary).chain(secondary).copied(), secondary)
}

/// The teammates of `GET /admins`.
pub(crate) fn teammates(list: &AdminList) -> Vec<TeammateSnapshot> {
    list.admins.0.iter().filter_map(teammate).collect()
}

fn teammate(admin: &Admin) -> Option<TeammateSnapshot> {
    let levels = admin.team_priority_level.as_ref();
    let primary = levels.map_or(&[][..], |levels| &levels.primary_team_ids.0);
    let secondary = levels.map_or(&[][..], |levels| &levels.secondary_team_ids.0);
    let teams = admin.team_ids.0.iter().chain(primary).chain(secondary);
    Some(TeammateSnapshot {
        id: TeammateId::new(admin.id.0?),
        presence: presence(admin).unwrap_or(Presence::Active),
        has_inbox_seat: admin.has_inbox_seat.0.unwrap_or(true),
        teams: teams.copied().map(TeamId::new).collect(),
        secondary_teams: secondary.iter().copied().map(TeamId::new).collect(),
        reassign: reassigns(admin),
    })
}

/// Whether the teammate is there, if the payload says so.
pub(crate) fn presence(admin: &Admin) -> Option<Presence> {
    let away = admin.away_mode_enabled.0?;
    Some(if away { Presence::Away } else { Presence::Active })
}

/// Whether what waits for an answer goes to somebody else while the teammate is away.
pub(crate) fn reassigns(admin: &Admin) -> bool {
    admin.away_mode_reassign.0 == Some(true)
}

/// What the rules can know of a contact.
pub(crate) fn profile(contact: &Contact<'_>) -> ContactProfile {
    let language = contact.language_override.as_deref().or(contact.browser_language.as_deref());
    let location = contact.location.as_ref();
    let country = location.and_then(|location| location.country_code.as_deref());
    ContactProfile {
        language: language.map(|tag| tag.trim().to_lowercase().replace('_', "-")),
        country: country.map(|code| code.trim().to_uppercase()),
        region: location.and_then(|location| location.region.to_owned()),
        attributes: contact.custom_attributes.as_ref().map(attributes).unwrap_or_default(),
        created_at: contact.created_at.0,
    }
}

/// The conversation that the item, a part, says it is part of.
fn inner<'a>(item: &Conversation<'a>) -> Option<Conversation<'a>> {
    serde_json::from_str(item.conversation.as_ref()?.get()).ok()
}

fn parts<'c, 'a>(conversation: &'c Conversation<'a>) -> impl Iterator<Item = &'c Part<'a>> {
    conversation.conversation_parts.as_ref().into_iter().flat_map(|list| &list.conversation_parts.0)
}

fn is_contacts_message(part: &Part<'_>) -> bool {
    !is_by_us(part) && has_content(part)
}

fn is_by_us(part: &Part<'_>) -> bool {
    let author = part.author.as_ref().and_then(|author| author.kind.as_deref());
    matches!(author, Some("admin" | "bot" | "team" | "operator"))
}

fn has_content(part: &Part<'_>) -> bool {
    part.body.as_deref().is_some() || !part.attachments.0.is_empty()
}

fn message(
    part: Option<PartId>,
    body: &Text<'_>,
    attachments: &Several<Attachment<'_>>,
) -> Message {
    Message {
        part,
        text: plain_text(body.as_deref().unwrap_or_default()).into_owned(),
        attachments: u32::try_from(attachments.0.len()).unwrap_or(u32::MAX),
        attachment_kinds: attachment::kinds(&attachments.0),
    }
}

fn source<'c, 'a>(conversation: &'c Conversation<'a>) -> Option<&'c Source<'a>> {
    conversation.source.as_ref().or(conversation.conversation_message.as_ref())
}

fn contact(conversation: &Conversation<'_>) -> Option<ContactId> {
    let listed = conversation.contacts.as_ref().and_then(|list| list.contacts.0.first());
    let reference = listed.or(conversation.user.as_ref())?;
    reference.id.as_deref().map(ContactId::new)
}

/// A payload that lists no contacts still names the one who wrote first.
fn with_author(
    mut snapshot: ConversationSnapshot,
    source: Option<&Source<'_>>,
) -> ConversationSnapshot {
    if snapshot.contact.is_none() {
        let author = source.and_then(|source| source.author.as_ref()).filter(|author| {
            matches!(author.kind.as_deref(), Some("user" | "lead" | "contact" | "visitor"))
        });
        snapshot.contact = author.and_then(|author| author.id.as_deref()).map(ContactId::new);
    }
    snapshot
}

fn assignees(conversation: &Conversation<'_>) -> (Option<TeamId>, Option<TeammateId>) {
    let mut team = conversation.team_assignee_id.0.map(TeamId::new);
    let mut teammate = conversation.admin_assignee_id.0.map(TeammateId::new);
    if let Some(Reference { kind, id }) = conversation.assignee.as_ref() {
        let id = id.as_deref().and_then(|id| id.parse().ok()).filter(|&id: &u64| id != 0);
        match kind.as_deref() {
            Some("team") => team = team.or(id.map(TeamId::new)),
            Some("admin") => teammate = teammate.or(id.map(TeammateId::new)),
            _ => {}
        }
    }
    (team, teammate)
}

fn state(conversation: &Conversation<'_>) -> ConversationState {
    match conversation.state.as_deref() {
        Some("open") => ConversationState::Open,
        Some("snoozed") => ConversationState::Snoozed,
        Some("closed") => ConversationState::Closed,
        _ if conversation.open.0 == Some(false) => ConversationState::Closed,
        _ if conversation.snoozed_until.0.is_some() => ConversationState::Snoozed,
        _ => ConversationState::Open,
    }
}

fn channel(conversation: &Conversation<'_>) -> Option<String> {
    let channel = conversation.channel.as_ref()?;
    channel.current.to_owned().or_else(|| channel.initial.to_owned())
}

/// Names of all tags that the payload tells of, each once, in the order of their appearance.
fn tags(item: &Conversation<'_>, conversation: &Conversation<'_>) -> Vec<String> {
    let lists = [&conversation.tags, &conversation.tags_added, &item.tags, &item.tags_added];
    let listed = lists.into_iter().filter_map(|list| list.as_ref()).flat_map(|list| &list.tags.0);
    let mut names: Vec<String> = Vec::new();
    for tag in listed.chain(item.tag.as_ref()) {
        if let Some(name) = tag.name.as_deref()
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}

fn attributes(attributes: &Attributes<'_>) -> BTreeMap<String, String> {
    let entries = attributes.iter();
    entries.filter_map(|(name, value)| Some((name.to_string(), value_text(value)?))).collect()
}

/// A value as text: a string is itself, everything else its JSON; `null` is no value.
fn value_text(value: &RawValue) -> Option<String> {
    let json = value.get();
    match json.as_bytes().first()? {
        b'n' => None,
        b'"' => serde_json::from_str::<Cow<'_, str>>(json).ok().map(Cow::into_owned),
        b'[' | b'{' => {
            let parsed: serde_json::Value = serde_json::from_str(json).ok()?;
            Some(parsed.to_string())
        }
        _ => Some(json.to_owned()),
    }
}
