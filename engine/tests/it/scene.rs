//! What several contracts begin with: people of one team, and a DM.

use std::collections::BTreeMap;

use engine::{
    ContactId, ConversationId, ConversationSnapshot, ConversationState, Presence, RosterSnapshot,
    TeamId, TeammateId, TeammateSnapshot, Timestamp,
};

/// The team that everybody is in.
pub(crate) const TEAM: TeamId = TeamId::new(1);

/// Teammates with the ids 1 to `count`, all there.
pub(crate) fn one_team(count: u64) -> RosterSnapshot {
    let teammates = (1..=count).map(|id| TeammateSnapshot {
        id: TeammateId::new(id),
        presence: Presence::Active,
        has_inbox_seat: true,
        teams: vec![TEAM],
        secondary_teams: vec![],
        reassign: false,
    });
    RosterSnapshot { teams: vec![TEAM], teammates: teammates.collect() }
}

/// A conversation of the channel that nobody has yet.
pub(crate) fn conversation(number: u64, at: Timestamp) -> ConversationSnapshot {
    ConversationSnapshot {
        id: ConversationId::new(number.to_string()),
        contact: Some(ContactId::new(format!("of {number}"))),
        source_type: None,
        channel: None,
        tags: vec!["tiktok".into()],
        attributes: BTreeMap::new(),
        team: None,
        teammate: None,
        state: ConversationState::Open,
        created_at: at,
        updated_at: at,
        opening: None,
        assignment: None,
    }
}
