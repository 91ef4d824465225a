//! From the first sight of a conversation to its team.

use std::sync::Arc;

use super::{Engine, REMEMBERED_FOR};
use crate::calls::Purpose;
use crate::conversation::{Conversation, Dossier, Stage};
use crate::deadline::Deadline;
use crate::queue::Place;
use crate::rule::{self, Facts, UNDETERMINED};
use crate::{
    Action, Change, ConversationId, ConversationSnapshot, ConversationState, FallbackReason,
    LeftAlone, NotOurs, RoutedBy, Routing, Verdict,
};

impl Engine {
    /// A webhook about a conversation that is not known.
    pub(super) fn first_seen(&mut self, snapshot: ConversationSnapshot, change: Change) {
        self.seen += 1;
        let id = snapshot.id.clone();
        let opened_at = snapshot.created_at.min(self.now);
        let conversation = Conversation::new(Place { opened_at, number: self.seen }, &snapshot);
        if let Some((teammate, team)) = conversation.load() {
            self.roster.add_load(teammate, team);
        }
        self.conversations.insert(id.clone(), conversation);

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

    /// Adds what a webhook or a look at the conversation told to what is known of it.
    pub(super) fn learn(
        &mut self,
        id: &ConversationId,
        snapshot: ConversationSnapshot,
        change: Change,
    ) {
        let Some(conversation) = self.conversations.get_mut(id) else {
            return;
        };
        if conversation.contact.is_none() {
            conversation.contact.clone_from(&snapshot.contact);
        }
        conversation.shown_team = snapshot.team;
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
        match (&dossier.channel, dossier.looked) {
            (None, _) if !channel.asks_conversation() && !asked => self.ask_contact(id),
            (None, true) if channel.asks_contact() && !asked => self.ask_contact(id),
            (None, true) => self.not_ours(id, NotOurs::NoSignal),
            (None, false) => {}
            (Some(_), false) if dossier.message.is_none() => {}
            (Some(_), _) if !asked && self.policy.needs_profile() => self.ask_contact(id),
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
        let dossier = conversation.dossier.take().expect("has no team yet");
        let text = dossier.message.as_ref().map_or("", |message| message.text.as_str());
        let hits = self.policy.keywords.find(text);
        let language = dossier.profile.as_ref().and_then(|profile| profile.language.as_deref());
        let language: Arc<str> = language.unwrap_or(UNDETERMINED).into();
        let facts = Facts { hits: &hits, language: &language };
        let (rule, trials) = rule::first_match(&self.policy.rules, facts);
        let (team, by) = match rule {
            Some(rule) if !self.roster.lacks(self.policy.teams[rule.team].id) => {
                (rule.team, RoutedBy::Rule(rule.name.clone()))
            }
            Some(_) => (self.policy.fallback, RoutedBy::Fallback(FallbackReason::TeamUnavailable)),
            None => (self.policy.fallback, RoutedBy::Fallback(FallbackReason::NoRuleMatched)),
        };
        let routing = |team: &super::TeamLines, name: &Arc<str>| Routing {
            team: name.clone(),
            by,
            channel: dossier.channel.expect("the channel comes before the rules"),
            language,
            trials,
            held_until: team.opening.until.filter(|_| !team.opening.open),
        };
        let routing = routing(&self.lines[team], &self.policy.teams[team].name);
        self.publish(id, Verdict::Routed(routing));
        self.update(id, |it| it.team = Some(team));
        self.place(id);
    }

    /// Sends a conversation whose team was refused to the fallback.
    pub(super) fn fall_back(&mut self, id: &ConversationId) {
        let team = self.policy.fallback;
        self.update(id, |it| it.team = Some(team));
        self.publish(
            id,
            Verdict::FellBack {
                team: self.policy.teams[team].name.clone(),
                reason: FallbackReason::TeamUnavailable,
            },
        );
        self.place(id);
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

impl Conversation {
    fn looked(&self) -> bool {
        self.dossier.as_ref().is_none_or(|dossier| dossier.looked)
    }
}

impl Dossier {
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
