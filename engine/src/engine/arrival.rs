//! From the first sight of a conversation to its team.

use super::ruling::{Ruling, identity};
use super::{Engine, REMEMBERED_FOR};
use crate::calls::Purpose;
use crate::conversation::{Conversation, Dossier, Stage};
use crate::deadline::Deadline;
use crate::note;
use crate::queue::Place;
use crate::rule::Remarks;
use crate::subject::Subject;
use crate::{
    Action, AttachmentKind, Canary, Change, ContactId, ConversationId, ConversationSnapshot,
    ConversationState, FallbackReason, LeftAlone, Message, NotOurs, Outcome, RoutedBy, Routing,
    Verdict,
};

/// How many messages of a contact are kept until the conversation has a team.
const REPLIES_MAX: usize = 20;

impl Engine {
    /// A webhook about a conversation that is not known.
    pub(super) fn first_seen(&mut self, snapshot: ConversationSnapshot, change: Change) {
        let id = snapshot.id.clone();
        self.enter(&snapshot);
        let news = matches!(
            change,
            Change::Started(_) | Change::ContactReplied(_) | Change::Labelled | Change::Opened
        );
        if !news || snapshot.state != ConversationState::Open {
            self.release(&id);
        } else if snapshot.teammate.is_some() {
            self.not_ours(&id, NotOurs::AlreadyAssigned);
        } else {
            self.deadlines
                .set(self.now + self.policy.channel.settle_for, Deadline::Settled(id.clone()));
            self.learn(&id, snapshot, change);
            self.consider(&id);
        }
    }

    /// Enters a conversation that is not known.
    pub(super) fn enter(&mut self, snapshot: &ConversationSnapshot) {
        self.seen += 1;
        let opened_at = snapshot.created_at.min(self.now);
        let place = Place::new(opened_at, self.seen);
        let conversation = Conversation::new(place, snapshot, self.policy.reply_window, self.now);
        for (teammate, team) in conversation.load().into_iter().flatten() {
            self.roster.add_load(teammate, team, snapshot.id.clone(), self.now);
        }
        self.conversations.insert(snapshot.id.clone(), conversation);
    }

    /// Adds what a webhook or a look at the conversation told to what is known of it.
    pub(super) fn learn(
        &mut self,
        id: &ConversationId,
        snapshot: ConversationSnapshot,
        change: Change,
    ) {
        if !self.conversations.contains_key(id) {
            return;
        }
        self.update(id, |it| {
            if it.contact.is_none() {
                it.contact.clone_from(&snapshot.contact);
            }
            if snapshot.updated_at >= it.assignees_at {
                (it.shown_team, it.shown_teammate) = (snapshot.team, snapshot.teammate);
            }
        });
        let conversation = self.conversations.get_mut(id).expect("looked up above");
        let Some(dossier) = &mut conversation.dossier else {
            return;
        };
        if let (None, Change::Started(message)) = (&dossier.message, change) {
            dossier.message = Some(message);
        }
        dossier.add_labels(snapshot);
    }

    /// Takes the next step towards a team, if enough is known for one.
    pub(super) fn consider(&mut self, id: &ConversationId) {
        let Some(conversation) = self.conversations.get_mut(id) else {
            return;
        };
        let Some(dossier) = &mut conversation.dossier else {
            return;
        };
        if conversation.stage != Stage::Settling {
            return;
        }
        let channel = &self.policy.channel;
        if dossier.channel.is_none() {
            let labels = dossier.labels.as_ref();
            let in_conversation = labels.and_then(|it| channel.in_conversation(it));
            let in_contact = || dossier.profile.as_ref().and_then(|it| channel.in_contact(it));
            dossier.channel = in_conversation.or_else(in_contact);
        }
        let asked = dossier.asked_contact;
        let canary = self.policy.canary_for(identity(conversation.contact.as_ref(), id));
        let rules = canary.map_or(&self.policy, Canary::policy);
        match (&dossier.channel, dossier.looked) {
            (None, _) if !channel.asks_conversation() && !asked => self.ask_contact(id),
            (None, true) if channel.asks_contact() && !asked => self.ask_contact(id),
            (None, true) => self.not_ours(id, NotOurs::NoSignal),
            (None, false) => {}
            (Some(_), false) if dossier.message.is_none() => {}
            (Some(_), _) if !asked && rules.needs_profile(dossier.newest()) => {
                self.ask_contact(id);
            }
            (Some(_), _) => self.route(id),
        }
    }

    /// The time to show a signal is over.
    pub(super) fn settled(&mut self, id: &ConversationId) {
        let waits = self
            .conversations
            .get(id)
            .is_some_and(|it| it.stage == Stage::Settling && !it.looked());
        if waits {
            let action = Action::FetchConversation { conversation: id.clone() };
            self.ask(id, action, Purpose::Look { conversation: id.clone() });
        }
    }

    fn ask_contact(&mut self, id: &ConversationId) {
        let conversation = &self.conversations[id];
        match conversation.contact.clone() {
            Some(contact) => {
                let purpose = Purpose::Contact { conversation: id.clone() };
                self.ask(id, Action::FetchContact { contact }, purpose);
            }
            None => {
                self.with_dossier(id, |dossier| dossier.asked_contact = true);
                self.consider(id);
            }
        }
    }

    fn ask(&mut self, id: &ConversationId, action: Action, purpose: Purpose) {
        let call = self.calls.add(self.conversations[id].place, action, purpose);
        self.update(id, |it| it.stage = Stage::Asking(call));
    }

    /// Changes what is known, if the conversation still waits for its team, and lets it settle.
    pub(super) fn with_dossier(&mut self, id: &ConversationId, change: impl FnOnce(&mut Dossier)) {
        let Some(conversation) = self.conversations.get_mut(id) else {
            return;
        };
        if let Some(dossier) = &mut conversation.dossier {
            change(dossier);
            conversation.stage = Stage::Settling;
        }
    }

    /// Tries the rules and sends the conversation on to its team.
    fn route(&mut self, id: &ConversationId) {
        let conversation = self.conversations.get_mut(id).expect("looked up by the caller");
        let dossier = *conversation.dossier.take().expect("has no team yet");
        let place = conversation.place;
        let channel = dossier.channel.clone().expect("the channel comes before the rules");
        let mut subject = self.subject(id, dossier);
        let ruling = self.ruling(&mut subject);
        let Ruling { explanation, rule, remarks, priority, preferred, require, canary, .. } =
            ruling;
        let language = explanation.language.clone();
        let (team, rest, is_of_rule) = self.first_rung(&ruling.ladder, &ruling.fallback);
        let shadowed = self.in_shadow(subject, &self.policy.teams[team].name, rule.as_deref());
        let by = match rule.clone() {
            Some(rule) if is_of_rule => RoutedBy::Rule(rule),
            Some(_) => RoutedBy::Fallback(FallbackReason::TeamUnavailable),
            None => RoutedBy::Fallback(FallbackReason::NoRuleMatched),
        };
        let opening = self.lines[team].opening;
        let routing = Routing {
            team: self.policy.teams[team].name.clone(),
            by,
            channel,
            explanation,
            held_until: opening.until.filter(|_| !opening.open),
            canary: canary.clone(),
        };
        let note = remarks.note.then(|| note::text(&routing, &self.policy));
        self.publish(id, Verdict::Routed(routing));
        if let Some(shadowed) = shadowed {
            self.publish(id, Verdict::Shadowed(shadowed));
        }
        let ranked_at = self.policy.head_start.apply(place.opened_at, priority);
        self.update(id, |it| {
            it.team = Some(team);
            it.home = Some(team);
            it.ladder = rest;
            it.preferred = preferred;
            it.rule = rule;
            it.canary = canary;
            it.language = language;
            it.require = require;
            it.calm_rank = ranked_at;
            it.place = Place { ranked_at, ..place };
        });
        self.watch_window(id);
        self.place(id);
        self.remark(id, &remarks, note);
    }

    /// The first team that Intercom is not known to lack, what is left below it, and whether it
    /// comes from the ladder and not from the fallback.
    fn first_rung(&self, ladder: &[usize], fallback: &[usize]) -> (usize, Vec<usize>, bool) {
        let fallback = fallback.iter().filter(|team| !ladder.contains(team));
        let all: Vec<usize> = ladder.iter().chain(fallback).copied().collect();
        let exists = |team: &usize| !self.roster.lacks(self.policy.teams[*team].id);
        let first = all.iter().position(exists).unwrap_or(all.len() - 1);
        (all[first], all[first + 1..].to_vec(), first < ladder.len())
    }

    /// What the rules see of a conversation.
    fn subject(&self, id: &ConversationId, dossier: Dossier) -> Subject {
        let place = self.conversations[id].place;
        let identity = identity(self.conversations[id].contact.as_ref(), id).to_owned();
        let opening = dossier.message.into_iter();
        let messages: Vec<Message> = opening.chain(dossier.replies).collect();
        let labels = dossier.labels;
        let opened_at = labels.as_ref().map_or(place.opened_at, |labels| labels.created_at);
        let (tags, attributes) = labels.map(|it| (it.tags, it.attributes)).unwrap_or_default();
        let mut attachments: Vec<AttachmentKind> =
            messages.iter().flat_map(|message| &message.attachment_kinds).copied().collect();
        if attachments.is_empty() && messages.iter().any(|message| message.attachments > 0) {
            attachments.push(AttachmentKind::File);
        }
        attachments.sort_unstable();
        attachments.dedup();
        let count = u32::try_from(messages.len()).unwrap_or(u32::MAX);
        let mut texts: Vec<String> = messages.into_iter().map(|message| message.text).collect();
        let text = texts.pop().unwrap_or_default();
        Subject {
            text,
            earlier: texts.join("\n"),
            contact: dossier.profile,
            tags,
            attributes,
            attachments,
            messages: count,
            opened_at,
            at: self.now,
            identity,
            queues: self.queues(),
        }
    }

    /// Lines up what a rule leaves on a conversation, behind everything that finds an owner.
    fn remark(&mut self, id: &ConversationId, remarks: &Remarks, note: Option<String>) {
        let conversation = || id.clone();
        let tags = remarks.tags.iter();
        let tags =
            tags.map(|tag| Action::AddTag { conversation: conversation(), tag: tag.clone() });
        let attributes = (!remarks.attributes.is_empty()).then(|| Action::SetAttributes {
            conversation: conversation(),
            attributes: remarks.attributes.clone(),
        });
        let note = note.map(|text| Action::WriteNote { conversation: conversation(), text });
        for action in tags.chain(attributes).chain(note) {
            self.calls.add(Place::LAST, action, Purpose::Remark { conversation: conversation() });
        }
    }

    pub(super) fn remark_answered(&mut self, id: &ConversationId, outcome: &Outcome) {
        let refusal = match outcome {
            Outcome::Annotated | Outcome::Written { .. } => return,
            Outcome::NotFound => "404".to_owned(),
            Outcome::Rejected { status, code } => format!("{status} {code}"),
            _ => "no clear answer".to_owned(),
        };
        self.publish(id, Verdict::RemarkRefused { refusal });
    }

    /// Sends a conversation whose team was refused to the next one, if there is any.
    pub(super) fn fall_back(&mut self, id: &ConversationId) -> bool {
        let conversation = &self.conversations[id];
        let mut rest = conversation.ladder.clone();
        let is_last = conversation.team.is_some_and(|it| self.policy.fallback.contains(&it));
        if rest.is_empty() && !is_last {
            rest.clone_from(&self.policy.fallback);
        }
        if rest.is_empty() {
            return false;
        }
        self.fall_back_to(id, rest, FallbackReason::TeamUnavailable)
    }

    /// Sends a conversation to the first of some teams. The others get it if that one is refused.
    pub(super) fn fall_back_to(
        &mut self,
        id: &ConversationId,
        mut ladder: Vec<usize>,
        reason: FallbackReason,
    ) -> bool {
        let team = ladder.remove(0);
        self.update(id, |it| {
            it.team = Some(team);
            it.home = Some(team);
            it.rung = 0;
            it.ladder = ladder;
        });
        let team = self.policy.teams[team].name.clone();
        self.publish(id, Verdict::FellBack { team, reason });
        self.place(id);
        true
    }

    /// The contact wrote again: what still waits for its team is decided by that as well.
    pub(super) fn contact_wrote(&mut self, id: &ConversationId, message: Message) {
        let Some(conversation) = self.conversations.get_mut(id) else {
            return;
        };
        let Some(dossier) = &mut conversation.dossier else {
            return;
        };
        let known = dossier.replies.iter().any(|it| it.part.is_some() && it.part == message.part);
        if !known && dossier.replies.len() < REPLIES_MAX {
            dossier.replies.push(message);
            dossier.replies.sort_by_key(|it| it.part);
        }
    }

    pub(super) fn not_ours(&mut self, id: &ConversationId, why: NotOurs) {
        self.publish(id, Verdict::NotOurs(why));
        self.release(id);
    }

    pub(super) fn leave_alone(&mut self, id: &ConversationId, why: LeftAlone) {
        self.publish(id, Verdict::LeftAlone(why));
        self.release(id);
    }

    /// Lets go of a conversation: from now on only its teammate's load is kept.
    pub(super) fn release(&mut self, id: &ConversationId) {
        self.leave_lines(id);
        self.update(id, |it| {
            it.stage = Stage::Released;
            it.dossier = None;
        });
        self.forget_later(id);
    }

    pub(super) fn forget_later(&mut self, id: &ConversationId) {
        let conversation = self.conversations.get_mut(id).expect("looked up by the caller");
        if !std::mem::replace(&mut conversation.forgetting, true) {
            self.deadlines.set(self.now + REMEMBERED_FOR, Deadline::Forget(id.clone()));
        }
    }

    /// Forgets a conversation that is over; one that came back to life is looked at again later.
    pub(super) fn forget(&mut self, id: &ConversationId) {
        let Some(conversation) = self.conversations.get_mut(id) else {
            return;
        };
        conversation.forgetting = false;
        let idle = self.now.since(conversation.updated_at) >= REMEMBERED_FOR;
        let over = conversation.state == ConversationState::Closed
            || (conversation.stage == Stage::Released && conversation.teammate.is_none());
        if over && idle {
            self.conversations.remove(id);
        } else if over || conversation.stage == Stage::Released {
            self.forget_later(id);
        }
    }
}

impl Engine {
    /// Forgets who a contact is and what they wrote. Their conversations go on without: what has
    /// no team yet is decided by what else is known.
    pub(super) fn forget_contact(&mut self, contact: &ContactId) {
        self.memory.forget(contact);
        let theirs =
            self.conversations.values_mut().filter(|it| it.contact.as_ref() == Some(contact));
        for conversation in theirs {
            conversation.contact = None;
            if let Some(dossier) = &mut conversation.dossier {
                dossier.forget_contact();
            }
        }
    }
}

impl Conversation {
    fn looked(&self) -> bool {
        self.dossier.as_ref().is_none_or(|dossier| dossier.looked)
    }
}

impl Dossier {
    /// The newest message.
    fn newest(&self) -> &str {
        self.replies.last().or(self.message.as_ref()).map_or("", |message| &message.text)
    }

    fn forget_contact(&mut self) {
        for message in self.message.iter_mut().chain(&mut self.replies) {
            message.text.clear();
        }
        if let Some(labels) = &mut self.labels {
            (labels.contact, labels.opening) = (None, None);
            labels.attributes.clear();
        }
        (self.profile, self.asked_contact) = (None, true);
    }

    fn add_labels(&mut self, snapshot: ConversationSnapshot) {
        match &mut self.labels {
            None => self.labels = Some(snapshot),
            Some(labels) => {
                // Webhooks come in any order: a label that was there once counts.
                labels.tags.extend(snapshot.tags);
                labels.tags.sort_unstable();
                labels.tags.dedup();
                labels.attributes.extend(snapshot.attributes);
                labels.source_type = snapshot.source_type.or_else(|| labels.source_type.take());
                labels.channel = snapshot.channel.or_else(|| labels.channel.take());
            }
        }
    }
}
