//! What Intercom itself does with a burst: workflows, round robin, balanced assignment.

use std::collections::BTreeMap;
use std::time::Duration;

use mock_intercom::{
    AdminEntry, AdminId, ApiRequest, Assignee, Change, ConversationId, DistributionMethod,
    InboundDm, Moment, Origin, Settings, State, TeamEntry, TeamId, TeammateAction, WorkflowEntry,
    Workspace, WorkspaceFile,
};
use proptest::prelude::*;
use serde_json::json;

use crate::client::{START, TOKEN};

const TEAM: TeamId = TeamId::new(201);
const OTHER_TEAM: TeamId = TeamId::new(202);

/// Teammates 101 to 104 in one team that distributes in this way; whatever arrives goes to it.
fn team_of_four(method: DistributionMethod) -> WorkspaceFile {
    let admins: Vec<AdminEntry> = (101..=104).map(|id| AdminEntry::new(id, "Somebody")).collect();
    let mut team = TeamEntry::new(TEAM, "Team", (101..=104).map(AdminId::new));
    team.distribution_method = Some(method);
    let everything = WorkflowEntry { team: Some(TEAM), ..WorkflowEntry::default() };
    WorkspaceFile {
        admins,
        teams: vec![team],
        workflows: vec![everything],
        ..WorkspaceFile::default()
    }
}

struct Inbox {
    workspace: Workspace,
    now: Moment,
    writers: u32,
}

impl Inbox {
    fn of(file: WorkspaceFile) -> Self {
        let workspace = Workspace::new(file).expect("the file is right");
        Self { workspace, now: START, writers: 0 }
    }

    /// Another contact writes.
    fn dm(&mut self) -> ConversationId {
        self.dm_with(|_| {})
    }

    fn dm_with(&mut self, change: impl FnOnce(&mut InboundDm)) -> ConversationId {
        self.writers += 1;
        let user = format!("user{}", self.writers);
        let mut dm = InboundDm { user, text: "hi".into(), ..InboundDm::default() };
        change(&mut dm);
        self.workspace.receive_dm(self.now, dm).expect("a fine DM").conversation_id
    }

    fn act(&mut self, action: TeammateAction) {
        self.workspace.act(self.now, action).expect("a teammate may");
    }

    fn away(&mut self, admin: u64, away: bool) {
        self.act(TeammateAction::SetAway { admin: admin.into(), away, reassign: true });
    }

    fn close(&mut self, conversation: ConversationId) {
        self.act(TeammateAction::Close { admin: 101.into(), conversation });
    }

    fn owner(&self, id: ConversationId) -> Option<u64> {
        self.workspace.conversation(id).and_then(|found| found.admin()).map(AdminId::get)
    }

    fn team(&self, id: ConversationId) -> Option<u64> {
        self.workspace.conversation(id).and_then(|found| found.team()).map(TeamId::get)
    }

    /// The owners of so many more DMs.
    fn owners(&mut self, count: usize) -> Vec<Option<u64>> {
        let ids: Vec<_> = (0..count).map(|_| self.dm()).collect();
        ids.into_iter().map(|id| self.owner(id)).collect()
    }

    fn assign_by_api(&mut self, id: ConversationId, to: u64) {
        let body = json!({
            "message_type": "assignment", "type": "team", "admin_id": 101, "assignee_id": to,
        });
        let path = format!("/conversations/{id}/parts");
        let request = ApiRequest::new("POST", &path, TOKEN).json(&body);
        assert_eq!(self.workspace.handle(self.now, &request).status, 200);
    }
}

fn some(owners: impl IntoIterator<Item = u64>) -> Vec<Option<u64>> {
    owners.into_iter().map(Some).collect()
}

#[test]
fn round_robin_takes_turns_and_passes_over_who_is_away() {
    let mut inbox = Inbox::of(team_of_four(DistributionMethod::RoundRobin));
    assert_eq!(inbox.owners(6), some([101, 102, 103, 104, 101, 102]));
    inbox.away(103, true);
    assert_eq!(inbox.owners(3), some([104, 101, 102]));
    inbox.away(103, false);
    assert_eq!(inbox.owners(2), some([103, 104]));
}

#[test]
fn round_robin_ignores_limits() {
    let mut file = team_of_four(DistributionMethod::RoundRobin);
    file.teams[0].assignment_limit = Some(1);
    file.admins.iter_mut().for_each(|admin| admin.assignment_limit = Some(1));
    let mut inbox = Inbox::of(file);
    assert_eq!(inbox.owners(8).iter().flatten().count(), 8);
}

#[test]
fn what_came_while_everybody_was_away_stays_with_nobody() {
    let mut inbox = Inbox::of(team_of_four(DistributionMethod::RoundRobin));
    (101..=104).for_each(|admin| inbox.away(admin, true));
    let stranded = inbox.dm();
    assert_eq!((inbox.team(stranded), inbox.owner(stranded)), (Some(201), None));
    (101..=104).for_each(|admin| inbox.away(admin, false));
    assert_eq!(inbox.owner(stranded), None);
    assert_eq!(inbox.owners(1), some([101]));
}

#[test]
fn round_robin_gives_out_once() {
    let mut inbox = Inbox::of(team_of_four(DistributionMethod::RoundRobin));
    let id = inbox.dm();
    let admin = 102.into();
    inbox.act(TeammateAction::Assign { admin, conversation: id, to: Assignee::Team(TEAM) });
    assert_eq!(inbox.owner(id), None, "a move by hand");
    inbox.assign_by_api(id, 201);
    assert_eq!(inbox.owner(id), None, "a call of the API, unless the workspace is set so");
    let mut file = team_of_four(DistributionMethod::RoundRobin);
    file.workflows.clear();
    file.settings = Settings { round_robin_on_api: true, ..Settings::default() };
    let mut inbox = Inbox::of(file);
    let id = inbox.dm();
    assert_eq!(inbox.team(id), None);
    inbox.assign_by_api(id, 201);
    assert_eq!(inbox.owner(id), Some(101));
}

#[test]
fn balanced_gives_to_the_fewest_open_then_to_the_longest_idle() {
    let mut inbox = Inbox::of(team_of_four(DistributionMethod::LoadBalanced));
    let ids: Vec<_> = (0..8).map(|_| inbox.dm()).collect();
    let owners: Vec<_> = ids.iter().map(|&id| inbox.owner(id)).collect();
    assert_eq!(owners, some([101, 102, 103, 104, 101, 102, 103, 104]));
    inbox.close(ids[5]);
    assert_eq!(inbox.owners(1), some([102]), "the fewest");
    inbox.close(ids[6]);
    inbox.close(ids[1]);
    assert_eq!(inbox.owners(3), some([103, 102, 101]), "102's last is younger than 103's");
}

#[test]
fn balanced_keeps_both_limits_and_drains_when_somebody_has_room() {
    let mut file = team_of_four(DistributionMethod::LoadBalanced);
    file.teams[0].assignment_limit = Some(2);
    file.admins[0].assignment_limit = Some(1);
    let mut inbox = Inbox::of(file);
    let ids: Vec<_> = (0..10).map(|_| inbox.dm()).collect();
    let held = |inbox: &Inbox| ids.iter().map(|&id| inbox.owner(id)).collect::<Vec<_>>();
    let mut expected = some([101, 102, 103, 104, 102, 103, 104]);
    expected.resize(10, None);
    assert_eq!(held(&inbox), expected);
    // The one that has waited longest is next, at once.
    inbox.close(ids[0]);
    assert_eq!((inbox.owner(ids[7]), inbox.owner(ids[8])), (Some(101), None));
    // A snooze makes room as a close does.
    let until = inbox.now + Duration::from_secs(60);
    inbox.act(TeammateAction::Snooze { admin: 102.into(), conversation: ids[1], until });
    assert_eq!((inbox.owner(ids[8]), inbox.owner(ids[9])), (Some(102), None));
    let journal = inbox.workspace.journal().since(0);
    let by_intercom = journal.iter().flat_map(|entry| entry.record.changes()).filter(|change| {
        matches!(change, Change::Assigned { to: Assignee::Admin(_), by: Origin::Intercom, .. })
    });
    assert_eq!(by_intercom.count(), 9);
}

#[test]
fn balanced_waits_for_somebody_to_come_back() {
    let mut inbox = Inbox::of(team_of_four(DistributionMethod::LoadBalanced));
    (101..=104).for_each(|admin| inbox.away(admin, true));
    let ids = [inbox.dm(), inbox.dm()];
    assert_eq!(ids.map(|id| inbox.owner(id)), [None, None]);
    inbox.away(103, false);
    assert_eq!(ids.map(|id| inbox.owner(id)), [Some(103), Some(103)]);
}

#[test]
fn balanced_takes_what_a_call_of_the_api_or_a_hand_puts_into_its_inbox() {
    let mut file = team_of_four(DistributionMethod::LoadBalanced);
    file.workflows.clear();
    let mut inbox = Inbox::of(file);
    let (first, second) = (inbox.dm(), inbox.dm());
    assert_eq!(inbox.owner(first), None);
    inbox.assign_by_api(first, 201);
    assert_eq!(inbox.owner(first), Some(101));
    let admin = 104.into();
    inbox.act(TeammateAction::Assign { admin, conversation: second, to: Assignee::Team(TEAM) });
    assert_eq!(inbox.owner(second), Some(102));
}

#[test]
fn a_reply_to_somebody_away_is_given_to_another_where_it_is_balanced_only() {
    for (method, expected) in
        [(DistributionMethod::LoadBalanced, Some(102)), (DistributionMethod::RoundRobin, None)]
    {
        let mut inbox = Inbox::of(team_of_four(method));
        let id = inbox.dm();
        assert_eq!(inbox.owner(id), Some(101));
        inbox.away(101, true);
        assert_eq!(inbox.owner(id), Some(101), "away alone changes nothing");
        let dm = InboundDm { user: "user1".into(), text: "?".into(), ..InboundDm::default() };
        inbox.workspace.receive_dm(inbox.now, dm).unwrap();
        assert_eq!((inbox.team(id), inbox.owner(id)), (Some(201), expected), "{method:?}");
    }
}

#[test]
fn secondary_members_help_when_their_own_team_has_nothing_waiting() {
    let mut file = team_of_four(DistributionMethod::LoadBalanced);
    let mut other = TeamEntry::new(OTHER_TEAM, "Other", [101, 104].map(AdminId::new));
    other.secondary_admins = vec![104.into()];
    other.distribution_method = Some(DistributionMethod::LoadBalanced);
    other.assignment_limit = Some(2);
    file.teams[0].admins = [102, 104].map(AdminId::new).to_vec();
    file.teams[0].assignment_limit = Some(1);
    file.admins[3].assignment_limit = Some(2);
    file.teams.push(other);
    let spanish = WorkflowEntry {
        languages: vec!["es".into()],
        team: Some(OTHER_TEAM),
        ..Default::default()
    };
    file.workflows.insert(0, spanish);
    let mut inbox = Inbox::of(file);
    let spanish = |inbox: &mut Inbox| inbox.dm_with(|dm| dm.language = Some("es".to_owned()));
    let own: Vec<_> = (0..2).map(|_| spanish(&mut inbox)).collect();
    assert_eq!(own.iter().map(|&id| inbox.owner(id)).collect::<Vec<_>>(), some([101, 101]));
    let overflow = spanish(&mut inbox);
    assert_eq!(inbox.owner(overflow), Some(104), "nothing of their own team waits");
    // Back with room for one more, with one waiting in each team: their own comes first.
    inbox.away(102, true);
    inbox.away(104, true);
    let helped = spanish(&mut inbox);
    let first = inbox.dm();
    assert_eq!([helped, first].map(|id| inbox.owner(id)), [None, None]);
    inbox.away(104, false);
    assert_eq!([helped, first].map(|id| inbox.owner(id)), [None, Some(104)]);
}

#[test]
fn the_first_workflow_that_fits_decides() {
    let mut file = team_of_four(DistributionMethod::RoundRobin);
    file.teams.push(TeamEntry::new(OTHER_TEAM, "Other", [104].map(AdminId::new)));
    let by = |change: fn(&mut WorkflowEntry)| {
        let mut workflow = WorkflowEntry { team: Some(OTHER_TEAM), ..WorkflowEntry::default() };
        change(&mut workflow);
        workflow
    };
    file.workflows = vec![
        by(|it| it.contains = vec!["Refund".into(), "broken".into()]),
        by(|it| (it.countries, it.languages) = (vec!["MX".into()], vec!["es".into()])),
        by(|it| it.contact_attributes = [("tier".into(), "gold".into())].into()),
        WorkflowEntry {
            contact_attributes: [("octopods_channel".into(), "tiktok".into())].into(),
            admin: Some(103.into()),
            contains: vec!["anna".into()],
            ..WorkflowEntry::default()
        },
    ];
    let mut inbox = Inbox::of(file);
    let mut check = |change: fn(&mut InboundDm), team: Option<u64>, admin: Option<u64>| {
        let id = inbox.dm_with(change);
        assert_eq!((inbox.team(id), inbox.owner(id)), (team, admin));
    };
    check(|dm| dm.text = "a REFUND please".into(), Some(202), None);
    check(|dm| dm.country = Some("MX".into()), None, None);
    check(|dm| (dm.country, dm.language) = (Some("MX".into()), Some("es".into())), Some(202), None);
    check(|dm| dm.attributes = [("tier".into(), json!("gold"))].into(), Some(202), None);
    check(|dm| dm.text = "is Anna there?".into(), None, Some(103));
    check(|_| {}, None, None);
}

#[test]
fn what_wakes_goes_back_to_the_inbox_if_the_workspace_is_set_so() {
    let check = |settings: Settings, away: bool, expected: Option<u64>| {
        let mut file = team_of_four(DistributionMethod::LoadBalanced);
        file.settings = settings;
        file.admins[0].assignment_limit = Some(1);
        file.admins.iter_mut().skip(1).for_each(|admin| admin.away = true);
        let mut inbox = Inbox::of(file);
        let id = inbox.dm();
        let until = inbox.now + Duration::from_secs(60);
        inbox.act(TeammateAction::Snooze { admin: 101.into(), conversation: id, until });
        let taken = inbox.dm();
        assert_eq!(inbox.owner(taken), Some(101), "a snooze makes room");
        if away {
            inbox.away(101, true);
        }
        inbox.workspace.advance_to(until);
        assert_eq!(inbox.workspace.conversation(id).unwrap().state(), State::Open);
        assert_eq!(inbox.owner(id), expected, "{settings:?}");
    };
    let set = |at_capacity, when_away| Settings {
        unassign_unsnoozed_at_capacity: at_capacity,
        unassign_unsnoozed_when_away: when_away,
        ..Settings::default()
    };
    check(set(false, false), true, Some(101));
    check(set(true, false), false, None);
    check(set(false, true), true, None);
    check(set(false, true), false, Some(101));
}

#[test]
fn teammates_are_told_as_by_any_assignment() {
    let mut inbox = Inbox::of(team_of_four(DistributionMethod::RoundRobin));
    inbox.dm();
    let sent = std::iter::from_fn(|| inbox.workspace.poll_notification());
    let topics: Vec<String> = sent.map(|sent| sent.topic).collect();
    let expected = [
        "contact.lead.created",
        "conversation.user.created",
        "conversation.admin.assigned",
        "conversation.admin.open.assigned",
        "conversation.admin.assigned",
        "conversation.admin.open.assigned",
    ];
    assert_eq!(topics, expected);
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Dm,
    Close(usize),
    Reopen(usize),
    Snooze(usize, u64),
    Away(u64, bool),
    Assign(usize, u64),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Dm),
        2 => any::<usize>().prop_map(Step::Close),
        1 => any::<usize>().prop_map(Step::Reopen),
        1 => (any::<usize>(), 1..90_u64).prop_map(|(which, seconds)| Step::Snooze(which, seconds)),
        2 => (101..105_u64, any::<bool>()).prop_map(|(admin, away)| Step::Away(admin, away)),
        1 => (any::<usize>(), 101..105_u64).prop_map(|(which, to)| Step::Assign(which, to)),
        1 => (1..60_u64).prop_map(Step::Wait),
    ]
}

fn take(inbox: &mut Inbox, ids: &mut Vec<ConversationId>, step: Step) {
    let pick = |which: usize| ids.get(which % ids.len().max(1)).copied();
    let admin = AdminId::new(101);
    let action = match step {
        Step::Dm => {
            let id = inbox.dm();
            ids.push(id);
            return;
        }
        Step::Wait(seconds) => {
            inbox.now = inbox.now + Duration::from_secs(seconds);
            inbox.workspace.advance_to(inbox.now);
            return;
        }
        Step::Away(admin, away) => {
            Some(TeammateAction::SetAway { admin: admin.into(), away, reassign: false })
        }
        Step::Close(which) => {
            pick(which).map(|conversation| TeammateAction::Close { admin, conversation })
        }
        Step::Reopen(which) => {
            pick(which).map(|conversation| TeammateAction::Reopen { admin, conversation })
        }
        Step::Snooze(which, seconds) => pick(which).map(|conversation| {
            let until = inbox.now + Duration::from_secs(seconds);
            TeammateAction::Snooze { admin, conversation, until }
        }),
        Step::Assign(which, to) => pick(which).map(|conversation| TeammateAction::Assign {
            admin,
            conversation,
            to: Assignee::Admin(to.into()),
        }),
    };
    if let Some(action) = action {
        inbox.act(action);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever happens: nothing waits while somebody who is there has room, and Intercom gives
    /// nobody more than the limit.
    #[test]
    fn balanced_leaves_nothing_waiting_and_fills_nobody_up(
        steps in prop::collection::vec(step(), 1..80),
    ) {
        const LIMIT: u32 = 3;
        let mut file = team_of_four(DistributionMethod::LoadBalanced);
        file.teams[0].assignment_limit = Some(LIMIT);
        let mut inbox = Inbox::of(file);
        let mut ids = Vec::new();
        for step in steps {
            let seen = inbox.workspace.journal().next_index();
            take(&mut inbox, &mut ids, step);
            let mut open: BTreeMap<u64, u32> = (101..=104).map(|admin| (admin, 0)).collect();
            let mut waiting = 0;
            for conversation in inbox.workspace.conversations() {
                match conversation.admin() {
                    _ if conversation.state() != State::Open => {}
                    Some(admin) => *open.get_mut(&admin.get()).unwrap() += 1,
                    None => waiting += 1,
                }
            }
            let there = |admin: u64| !inbox.workspace.admin(admin.into()).unwrap().is_away();
            let room = open.iter().any(|(&admin, &count)| there(admin) && count < LIMIT);
            prop_assert!(waiting == 0 || !room, "{waiting} wait, {open:?}");
            let given = inbox.workspace.journal().since(seen).iter();
            for change in given.flat_map(|entry| entry.record.changes()) {
                if let Change::Assigned { to: Assignee::Admin(to), by: Origin::Intercom, .. } = change {
                    prop_assert!(open[&to.get()] <= LIMIT, "{open:?}");
                }
            }
        }
    }
}
