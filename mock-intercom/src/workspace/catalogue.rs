//! What there is around contacts and teammates: mostly as the workspace file sets it up.

mod activity;
pub(crate) mod attributes;
mod events;
pub(crate) mod office_hours;
mod segments;

use std::collections::{BTreeMap, BTreeSet};

use crate::Moment;
use crate::identity::{ContactId, TeamId};
use crate::workspace::Workspace;
use crate::workspace::journal::Change;
use crate::workspace_file::{
    AwayReasonEntry, SegmentEntry, Settings, SubscriptionTypeEntry, TicketTypeEntry, WorkspaceFile,
};

use activity::ActivityLog;
use attributes::{DataAttribute, DataAttributes, NewAttribute};
use events::Events;
use office_hours::OfficeHours;

pub(crate) use activity::Activity;

/// When whatever the workspace file sets up was made: the file does not say, and the workspace
/// itself tells the same.
pub(crate) const MADE_AT: Moment = Moment::from_seconds(1_577_836_800);

/// What there is around contacts and teammates.
#[derive(Clone, Debug)]
pub(crate) struct Catalogue {
    pub(crate) settings: Settings,
    pub(crate) office_hours: Vec<OfficeHours>,
    pub(crate) segments: Vec<SegmentEntry>,
    pub(crate) subscription_types: Vec<SubscriptionTypeEntry>,
    /// What contacts have chosen, against what they would get otherwise.
    pub(crate) subscriptions: BTreeMap<ContactId, BTreeSet<u64>>,
    pub(crate) away_reasons: Vec<AwayReasonEntry>,
    pub(crate) ticket_types: Vec<TicketTypeEntry>,
    pub(crate) attributes: DataAttributes,
    pub(crate) events: Events,
    pub(crate) activity: ActivityLog,
}

impl Catalogue {
    /// What a checked file says; it is taken out of the file.
    pub(crate) fn take_from(file: &mut WorkspaceFile) -> Self {
        let zone = file.time_zone.clone();
        let hours = std::mem::take(&mut file.office_hours).into_iter();
        let bridge = [&file.bridge.id_attribute, &file.bridge.contact_attribute];
        let attributes = DataAttributes::new(std::mem::take(&mut file.data_attributes), bridge);
        Self {
            settings: file.settings,
            office_hours: hours.map(|entry| OfficeHours::new(entry, &zone)).collect(),
            segments: std::mem::take(&mut file.segments),
            subscription_types: std::mem::take(&mut file.subscription_types),
            subscriptions: BTreeMap::new(),
            away_reasons: std::mem::take(&mut file.away_reasons),
            ticket_types: std::mem::take(&mut file.ticket_types),
            attributes,
            events: Events::default(),
            activity: ActivityLog::default(),
        }
    }

    /// The office hours that a team keeps, or else the workspace's.
    pub(crate) fn office_hours_of(&self, team: Option<TeamId>) -> Option<&OfficeHours> {
        let own = |hours: &&OfficeHours| team.is_some_and(|team| hours.teams().contains(&team));
        let common = |hours: &&OfficeHours| hours.teams().is_empty();
        self.office_hours.iter().find(own).or_else(|| self.office_hours.iter().find(common))
    }

    /// The subscription types that a contact has chosen.
    pub(crate) fn chosen_by(
        &self,
        contact: ContactId,
    ) -> impl Iterator<Item = &SubscriptionTypeEntry> {
        let chosen = self.subscriptions.get(&contact);
        let kinds = self.subscription_types.iter();
        kinds.filter(move |kind| chosen.is_some_and(|chosen| chosen.contains(&kind.id)))
    }

    /// A reason for being away, deleted or not.
    pub(crate) fn away_reason(&self, id: u64) -> Option<&AwayReasonEntry> {
        self.away_reasons.iter().find(|reason| reason.id == id)
    }
}

impl Workspace {
    /// Makes an attribute whose name is free, on behalf of the token's teammate.
    pub(crate) fn make_attribute(&mut self, at: Moment, new: NewAttribute) -> &DataAttribute {
        self.changes.push(Change::DataAttributeCreated { attribute: new.name.clone() });
        self.catalogue.attributes.add(new, at, Some(self.app.token_admin))
    }

    /// Takes an event of a contact, once. What `event.created` carries is in no source, so no webhook
    /// tells.
    pub(crate) fn submit_event(&mut self, at: Moment, contact: ContactId, event: &str) {
        if self.catalogue.events.submit(contact, event, at) {
            self.changes.push(Change::EventSubmitted { contact, event: event.to_owned() });
        }
    }

    /// What was kept by a contact's id goes to another contact, or with the contact.
    pub(crate) fn hand_over_catalogue(&mut self, from: ContactId, heir: Option<ContactId>) {
        let chosen = self.catalogue.subscriptions.remove(&from).unwrap_or_default();
        if let Some(heir) = heir {
            self.catalogue.subscriptions.entry(heir).or_default().extend(chosen);
        }
        self.catalogue.events.hand_over(from, heir);
    }

    /// A contact chooses a subscription type or takes that back. What `contact.subscribed` and
    /// `contact.unsubscribed` carry is in no source, so no webhook tells.
    pub(crate) fn choose_subscription(
        &mut self,
        contact: ContactId,
        subscription: u64,
        chosen: bool,
    ) {
        let all = self.catalogue.subscriptions.entry(contact).or_default();
        let changed = if chosen { all.insert(subscription) } else { all.remove(&subscription) };
        if changed {
            self.changes.push(Change::SubscriptionSet { contact, subscription, chosen });
        }
    }
}
