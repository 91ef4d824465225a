//! What webhooks did not tell: every minute Intercom is asked which conversations have changed.
//!
//! Intercom sends a webhook twice at the most and promises no order (its docs on webhooks, "Delivery
//! rules"), so an outage of a minute loses some for good. Searches answer from an index that lags
//! behind by seconds (Intercom's own SDK tests wait 5 s before they search), so the windows
//! overlap, and what has just changed is left to its webhook or to the next look.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Engine;
use crate::calls::Purpose;
use crate::conversation::Stage;
use crate::deadline::Deadline;
use crate::queue::Place;
use crate::{
    Action, Change, CommandId, ConversationSnapshot, ConversationState, Drift, Message, Outcome,
    Timestamp, Verdict,
};

/// How often Intercom is asked.
const EVERY: Duration = Duration::from_secs(60);
/// How far one look reaches back behind the beginning of the one before: for the index's lag, and
/// for clocks that differ.
const OVERLAP: Duration = Duration::from_secs(120);
/// What changed or was heard of less than this ago may have its webhook on the way, and may not be
/// in the index yet.
const SETTLES_AFTER: Duration = Duration::from_secs(15);
/// Pages of one look, so that it ends whatever Intercom answers: 300,000 conversations.
const PAGES_MAX: u32 = 2_000;

/// How far the looks have come.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Reconciliation {
    /// The page that is asked for.
    call: Option<CommandId>,
    /// What changed from then on is looked at. `None` before the first look is done: it looks at
    /// everything that is open, because nobody has told the router of it.
    since: Option<Timestamp>,
    begun_at: Timestamp,
    pages: u32,
}

impl Engine {
    /// Begins another look, unless one is under way.
    pub(super) fn reconcile(&mut self) {
        if self.reconciliation.call.is_none() {
            self.reconciliation.begun_at = self.now;
            self.reconciliation.pages = 0;
            self.ask_for_changes(None);
        }
        self.deadlines.set(self.now + EVERY, Deadline::Reconcile);
    }

    /// Begins afresh: the router was down, and the page that it had come to says nothing now.
    pub(super) fn reconcile_after_start(&mut self) {
        if let Some(call) = self.reconciliation.call.take() {
            self.calls.cancel(call);
        }
        self.deadlines.retain(|deadline| *deadline != Deadline::Reconcile);
        self.reconcile();
    }

    fn ask_for_changes(&mut self, page: Option<Arc<str>>) {
        let changed_since = self.reconciliation.since;
        let action = Action::FindConversations { changed_since, page };
        // In line with the conversations that came before: many pages must not keep them waiting.
        let place = Place::new(self.reconciliation.begun_at, 0);
        self.reconciliation.call = Some(self.calls.add(place, action, Purpose::Reconcile));
    }

    /// A page was found, or could not be: then the same is asked for a minute later.
    pub(super) fn changes_found(&mut self, outcome: Outcome) {
        self.reconciliation.call = None;
        let Outcome::Conversations(page) = outcome else {
            return;
        };
        for snapshot in page.found {
            self.compare(snapshot);
        }
        self.reconciliation.pages += 1;
        match page.next {
            Some(next) if self.reconciliation.pages < PAGES_MAX => {
                self.ask_for_changes(Some(next.into()));
            }
            _ => self.reconciliation.since = Some(self.reconciliation.begun_at - OVERLAP),
        }
    }

    /// Compares what Intercom shows with what is known, and believes Intercom.
    fn compare(&mut self, snapshot: ConversationSnapshot) {
        let is_fresh = |at: Timestamp| self.now.since(at) < SETTLES_AFTER;
        if is_fresh(snapshot.updated_at) {
            return;
        }
        let Some(known) = self.conversations.get(&snapshot.id) else {
            return self.overlooked(snapshot);
        };
        // What is under way tells by its outcome; what is older than what is known tells nothing.
        if known.call().is_some()
            || is_fresh(known.heard_at)
            || snapshot.updated_at < known.updated_at
        {
            return;
        }
        if self.deserves_another_look(&snapshot) {
            self.update(&snapshot.id, |it| it.shown_teammate = None);
            self.conversations.remove(&snapshot.id);
            return self.overlooked(snapshot);
        }
        self.correct(snapshot);
    }

    fn correct(&mut self, snapshot: ConversationSnapshot) {
        let id = snapshot.id.clone();
        let now = self.now;
        let conversation = self.conversations.get_mut(&id).expect("looked up by the caller");
        (conversation.heard_at, conversation.updated_at) = (now, snapshot.updated_at);
        conversation.assignees_told(None, Some(snapshot.updated_at));
        if conversation.state != snapshot.state {
            self.publish(&id, Verdict::Reconciled(Drift::State(snapshot.state)));
            self.set_state(&id, snapshot.state);
        }
        let (team, teammate) = (snapshot.team, snapshot.teammate);
        let conversation = &self.conversations[&id];
        let shown = (conversation.shown_team, conversation.teammate);
        if (team, teammate) != shown && !self.is_echo(&id, team, teammate) {
            self.publish(&id, Verdict::Reconciled(Drift::Assignee));
            self.assigned_by_others(&id, team, teammate);
        } else if snapshot.state == ConversationState::Open && conversation.stage == Stage::Settling
        {
            self.take_in(snapshot);
        }
    }

    /// A conversation that no webhook told of, or that was let go.
    fn overlooked(&mut self, snapshot: ConversationSnapshot) {
        if snapshot.state != ConversationState::Open {
            return;
        }
        let id = snapshot.id.clone();
        // At the first look nothing has been missed: the router was not there.
        let is_drift = self.reconciliation.since.is_some();
        let has_somebody = snapshot.teammate.is_some();
        self.enter(&snapshot);
        if has_somebody {
            // It only counts for the teammate who has it.
            return self.release(&id);
        }
        if is_drift {
            self.publish(&id, Verdict::Reconciled(Drift::Missed));
        }
        self.take_in(snapshot);
    }

    /// Everything is known of a conversation that a search knows of a conversation: what waited to
    /// be looked at need not wait longer.
    fn take_in(&mut self, mut snapshot: ConversationSnapshot) {
        let id = snapshot.id.clone();
        let opening = snapshot.opening.take().unwrap_or_else(|| Message::text(""));
        self.learn(&id, snapshot, Change::Started(opening));
        self.with_dossier(&id, |dossier| dossier.looked = true);
        self.consider(&id);
    }
}
