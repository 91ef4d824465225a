//! Where the stories about assignment take place.

use std::collections::BTreeSet;

use super::*;

/// A team at work: calls are carried out at once, and it is known who has what.
pub(super) struct Floor {
    pub(super) desk: Desk,
    pub(super) people: Vec<(u64, Vec<u64>)>,
    secondary: BTreeSet<(u64, u64)>,
    pub(super) owners: BTreeMap<String, (u64, u64)>,
    /// The team that Intercom shows, for those without a teammate.
    pub(super) inboxes: BTreeMap<String, u64>,
    pub(super) one_by_one: usize,
}

impl Floor {
    pub(super) fn new(rules: &str, people: &[(u64, &[u64])]) -> Self {
        Self::with_secondary(rules, people, &[])
    }

    pub(super) fn with_secondary(
        rules: &str,
        people: &[(u64, &[u64])],
        secondary: &[(u64, u64)],
    ) -> Self {
        let mut desk = Desk::bare(rules);
        desk.event(Event::RouterStarted);
        let people = people.iter().map(|(id, teams)| (*id, teams.to_vec())).collect();
        let secondary = secondary.iter().copied().collect();
        let (owners, inboxes) = (BTreeMap::new(), BTreeMap::new());
        let mut floor = Self { desk, people, secondary, owners, inboxes, one_by_one: 0 };
        let roster = floor.roster();
        floor.desk.answer(roster);
        floor.desk.log.clear();
        floor
    }

    pub(super) fn roster(&self) -> Outcome {
        let teammates = self.people.iter().map(|(id, teams)| TeammateSnapshot {
            id: TeammateId::new(*id),
            presence: Presence::Active,
            has_inbox_seat: true,
            teams: teams.iter().copied().map(TeamId::new).collect(),
            secondary_teams: teams
                .iter()
                .filter(|team| self.secondary.contains(&(*id, **team)))
                .map(|team| TeamId::new(*team))
                .collect(),
            reassign: false,
        });
        let teams = [100, 200, 300, 400].map(TeamId::new).to_vec();
        Outcome::Roster(RosterSnapshot { teams, teammates: teammates.collect() })
    }

    /// Carries out all calls; Intercom tells nobody of it.
    pub(super) fn settle(&mut self) {
        while let Some(call) = self.desk.calls.first().cloned() {
            match &call.action {
                Action::AssignTeammate { conversation, teammate, .. } => {
                    let id = conversation.to_string();
                    let team = self.inboxes.get(&id).copied().unwrap_or(0);
                    self.owners.insert(id, (team, teammate.get()));
                    self.desk.done();
                }
                Action::AssignTeam { conversation, team, .. } => {
                    let id = conversation.to_string();
                    self.owners.remove(&id);
                    self.inboxes.insert(id, team.get());
                    self.desk.done();
                }
                Action::Reply { .. } => {
                    self.desk.part += 1;
                    let part = Some(PartId::new(self.desk.part));
                    self.desk.answer(Outcome::Written { part });
                }
                Action::FetchRoster => {
                    let roster = self.roster();
                    self.desk.answer(roster);
                }
                action => panic!("not expected on this floor: {action:?}"),
            }
        }
    }

    pub(super) fn wait(&mut self, seconds: u64) {
        let until = self.desk.at + Duration::from_secs(seconds);
        while let Some(due) = self.desk.engine.poll_timeout().filter(|due| *due <= until) {
            self.desk.at = due.max(self.desk.at);
            self.desk.engine.advance_to(due);
            self.desk.drain();
            self.settle_but_not_the_roster();
        }
        self.desk.wait(until.since(self.desk.at).as_secs());
        self.desk.at = until;
        self.settle();
    }

    /// A roster that is fetched every minute would make everybody active again.
    fn settle_but_not_the_roster(&mut self) {
        self.desk.calls_for_the_roster();
        self.settle();
    }

    pub(super) fn dm(&mut self, id: &str) {
        self.dm_saying(id, "hello");
    }

    pub(super) fn dm_saying(&mut self, id: &str, text: &str) {
        self.desk.dm(id, text);
        self.settle();
    }

    pub(super) fn dm_of(&mut self, id: &str, contact: &str) {
        self.desk.changed(id, Change::Started(message("hello")), |it| {
            it.tags = vec!["tiktok".into()];
            it.contact = Some(ContactId::new(contact));
        });
        self.settle();
    }

    fn shown(&self, id: &str) -> impl Fn(&mut ConversationSnapshot) + use<> {
        let (team, teammate) = match self.owners.get(id) {
            Some((team, teammate)) => (Some(*team).filter(|it| *it > 0), Some(*teammate)),
            None => (self.inboxes.get(id).copied(), None),
        };
        move |it| {
            it.team = team.map(TeamId::new);
            it.teammate = teammate.map(TeammateId::new);
        }
    }

    pub(super) fn changed(&mut self, id: &str, change: Change) {
        let shown = self.shown(id);
        self.desk.changed(id, change, shown);
        self.settle();
    }

    pub(super) fn reply(&mut self, id: &str) {
        self.changed(id, Change::ContactReplied(message("hello??")));
    }

    pub(super) fn answer(&mut self, id: &str, teammate: u64) {
        self.desk.part += 1;
        let part = Some(PartId::new(self.desk.part));
        self.changed(id, Change::Answered { teammate: Some(TeammateId::new(teammate)), part });
    }

    pub(super) fn close(&mut self, id: &str) {
        self.changed(id, Change::Closed);
        self.owners.remove(id);
    }

    pub(super) fn away(&mut self, teammate: u64) {
        self.desk.presence(teammate, Presence::Away);
        self.settle();
    }

    pub(super) fn away_with_reassign(&mut self, teammate: u64) {
        let teammate = TeammateId::new(teammate);
        let presence = Presence::Away;
        self.desk.event(Event::PresenceChanged { teammate, presence, reassign: true });
        self.settle();
    }

    pub(super) fn back(&mut self, teammate: u64) {
        self.desk.presence(teammate, Presence::Active);
        self.settle();
    }

    /// Somebody new joins the first team.
    pub(super) fn add(&mut self, teammate: u64) {
        self.people.push((teammate, vec![100]));
        self.desk.wait(60);
        self.desk.event(Event::RouterStarted);
        self.settle();
    }

    pub(super) fn owner(&self, id: &str) -> Option<u64> {
        self.owners.get(id).map(|(_, teammate)| *teammate)
    }

    /// Who has what, in the order of the conversations' names.
    pub(super) fn owners(&self) -> Vec<(String, u64)> {
        self.owners.iter().map(|(id, (_, teammate))| (id.clone(), *teammate)).collect()
    }

    /// How many a teammate has.
    pub(super) fn load(&self, teammate: u64) -> usize {
        self.owners.values().filter(|(_, owner)| *owner == teammate).count()
    }

    /// Who got the conversations of these names.
    pub(super) fn order(&self, ids: &[String]) -> Vec<u64> {
        ids.iter().filter_map(|id| self.owner(id)).collect()
    }

    pub(super) fn check(self, expected: Expect) {
        self.desk.check(expected);
    }
}

pub(super) fn given(owners: &[(&str, u64)]) -> Vec<(String, u64)> {
    owners.iter().map(|(id, teammate)| ((*id).to_owned(), *teammate)).collect()
}
