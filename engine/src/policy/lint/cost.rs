//! What a conversation costs in calls to Intercom.

use std::ops::RangeInclusive;

use crate::policy::{Distribution, InboxUse, Policy};
use crate::rule::{Remarks, Rule};

impl Policy {
    /// How many requests to Intercom a conversation of the channel takes until it has a teammate,
    /// at the least and at the most, given that it comes without a team, that no request is refused
    /// or repeated, that nobody moves it, that it does not wait long enough to overflow or to be
    /// looked at again, and that whoever gets it answers:
    ///
    /// - one for the team, unless its inbox is used only when waiting, and one for the teammate,
    ///   unless the team is manual;
    /// - one to look at it, if its signal or its message does not come by itself;
    /// - one for the contact, if the channel or a rule has to know them;
    /// - one more if it is held in another inbox until its team opens, and one if the contact is
    ///   told so;
    /// - two for each tag, one for attributes and one for a note, if its rule asks for them.
    #[must_use]
    pub fn calls_per_conversation(&self) -> RangeInclusive<u32> {
        let (assigned, look) = (2, 1);
        let saves_a_call = |team: &usize| {
            let team = &self.teams[*team];
            team.distribution == Distribution::Manual || team.inbox == InboxUse::WhenWaiting
        };
        let only_contact = !self.channel.asks_conversation();
        let may_ask = self.channel.asks_contact() || self.needs.profile || self.needs.language;
        let must_ask = only_contact || self.needs.profile;
        let closes = |team: &usize| {
            let hours = self.teams[*team].hours.as_ref();
            hours.is_some_and(|(_, hours)| hours.ever_closes())
        };
        let ladders = || self.enabled_rules().map(|rule| &rule.ladder).chain([&self.fallback]);
        let closes = ladders().flatten().any(closes);
        let held = self.after_hours.hold_in.is_some() && closes;
        let told = !self.after_hours.acknowledge.is_empty() && closes;
        let saved = ladders().flatten().any(saves_a_call);
        let remarks = self.enabled_rules().map(|rule: &Rule| rule.remarks.requests());
        let most_remarks = remarks.max().unwrap_or(0);
        // What no rule matches goes to the fallback, without remarks.
        let least = assigned - u32::from(saved) + u32::from(must_ask);
        let after_hours = u32::from(held) + u32::from(told);
        let most = assigned + look + u32::from(may_ask) + after_hours + most_remarks;
        least..=most
    }
}

impl Remarks {
    /// See [`Action::requests`](crate::Action::requests): a tag's id is looked up by its name.
    fn requests(&self) -> u32 {
        let tags = u32::try_from(self.tags.len()).unwrap_or(u32::MAX);
        let set = u32::from(!self.attributes.is_empty());
        tags.saturating_mul(2) + set + u32::from(self.note)
    }
}
