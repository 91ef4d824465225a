//! Stories about the engine: what happens on the left, what it does on the right.

use std::fmt::Write as _;
use std::time::Duration;

use expect_test::{Expect, expect};

use super::*;
use crate::{
    Call, Change, ContactId, ContactProfile, ConversationPage, ConversationSnapshot,
    ConversationState, Message, Outcome, PartId, Presence, RateLimit, RosterSnapshot, TeamId,
    TeammateId, TeammateSnapshot,
};

mod actions;
mod assignment;
mod canary;
mod floor;
mod forget;
mod pause;
mod peers;
mod reconcile;
mod shadow;

const RULES: &str = r#"
version = 1
time_zone = "UTC"
[channel]
any = [{ tag = "tiktok" }, { contact_attribute = "origin", equals = "tiktok" }]
[hours.day]
weekdays = ["09:00-18:00"]
[team.sales]
intercom_team = 100
assignment_limit = 2
[team.support]
intercom_team = 200
hours = "day"
[team.triage]
intercom_team = 300
[team.night]
intercom_team = 400
[teammates]
assignment_limit = 3
[[rule]]
name = "complaint"
assign = "support"
when.text = ["refund", "broken"]
[[rule]]
name = "price"
assign = "sales"
when.text = { any = ["how much", "price"], none = ["not"] }
[fallback]
assign = "triage"
[after_hours]
hold_in = "night"
release.per_minute = 2
"#;

/// 2026-11-20, a Friday, at noon: the story's second zero.
const NOON: Timestamp = Timestamp::from_seconds(1_795_176_000);

/// An engine on a desk: a story is told by calling methods, the log says what it did.
struct Desk {
    engine: Engine,
    at: Timestamp,
    part: u64,
    calls: Vec<Call>,
    /// What a search for what changed finds.
    indexed: Vec<ConversationSnapshot>,
    decisions: Vec<Decision>,
    log: String,
}

impl Desk {
    fn new() -> Self {
        Self::with_rules(RULES)
    }

    /// An engine that knows nobody yet.
    fn bare(rules: &str) -> Self {
        let (policy, _) = Policy::from_toml(rules).unwrap_or_else(|it| panic!("{it:#?}"));
        Self::of(policy)
    }

    fn of(policy: Policy) -> Self {
        let engine = Engine::new(policy, Seed(7));
        let (calls, indexed, decisions, log) = (vec![], vec![], vec![], String::new());
        Self { engine, at: NOON, part: 0, calls, indexed, decisions, log }
    }

    fn with_rules(rules: &str) -> Self {
        Self::bare(rules).started()
    }

    fn started(mut self) -> Self {
        self.event(Event::RouterStarted);
        self.answer(roster(&[(1, &[100, 300]), (2, &[100]), (3, &[200])]));
        self.log.clear();
        self
    }

    fn event(&mut self, event: Event) {
        self.engine.handle_event(self.at, event);
        self.drain();
    }

    fn wait(&mut self, seconds: u64) {
        let until = self.at + Duration::from_secs(seconds);
        while let Some(due) = self.engine.poll_timeout().filter(|due| *due <= until) {
            self.at = due.max(self.at);
            self.engine.advance_to(due);
            self.drain();
            self.calls_for_the_roster();
        }
        self.at = until;
        self.engine.advance_to(until);
        self.drain();
    }

    /// The minutely look at the roster is no part of the stories.
    fn calls_for_the_roster(&mut self) {
        while let Some(index) = self.calls.iter().position(|c| c.action == Action::FetchRoster) {
            let call = self.calls.remove(index);
            let outcome = Outcome::Rejected { status: 400, code: "none".into() };
            self.event(Event::CallFinished { command: call.id, outcome, rate_limit: None });
        }
    }

    fn drain(&mut self) {
        while let Some(command) = self.engine.poll_command() {
            match command {
                Command::Call(call) if matches!(call.action, Action::FindConversations { .. }) => {
                    self.search(call.id);
                }
                Command::Publish(decision) => {
                    self.say(&in_short(&decision));
                    self.decisions.push(*decision);
                }
                Command::Call(call) => {
                    if call.action != Action::FetchRoster {
                        self.say(&format!("call {} {}", call.attempt, called(&call.action)));
                    }
                    self.calls.push(call);
                }
            }
        }
        self.engine.assert_invariants();
    }

    /// The minutely look for what changed is answered at once.
    fn search(&mut self, command: CommandId) {
        let page = ConversationPage { found: std::mem::take(&mut self.indexed), next: None };
        let outcome = Outcome::Conversations(page);
        let event = Event::CallFinished { command, outcome, rate_limit: None };
        self.engine.handle_event(self.at, event);
    }

    fn say(&mut self, line: &str) {
        let seconds = self.at.since(NOON).as_secs_f64();
        let _ = writeln!(self.log, "{seconds:.0}s {line}");
    }

    fn changed(&mut self, id: &str, change: Change, shape: impl Fn(&mut ConversationSnapshot)) {
        let mut conversation = snapshot(id, self.at);
        shape(&mut conversation);
        self.event(Event::ConversationChanged { conversation, change });
    }

    /// A DM that opens a conversation with its tag on.
    fn dm(&mut self, id: &str, text: &str) {
        self.changed(id, Change::Started(message(text)), |it| it.tags = vec!["tiktok".into()]);
    }

    /// Answers the oldest call.
    fn answer(&mut self, outcome: Outcome) {
        self.answer_with(outcome, None);
    }

    fn answer_with(&mut self, outcome: Outcome, rate_limit: Option<RateLimit>) {
        let command = self.calls.remove(0).id;
        self.event(Event::CallFinished { command, outcome, rate_limit });
    }

    fn done(&mut self) -> PartId {
        self.part += 1;
        let part = PartId::new(self.part);
        self.answer(Outcome::Assigned { part: Some(part), updated_at: None });
        part
    }

    /// Carries out all calls, and those that follow.
    fn all_done(&mut self) {
        while !self.calls.is_empty() {
            self.done();
        }
    }

    fn presence(&mut self, teammate: u64, presence: Presence) {
        let teammate = TeammateId::new(teammate);
        self.event(Event::PresenceChanged { teammate, presence, reassign: false });
    }

    fn check(self, expected: Expect) {
        expected.assert_eq(&self.log);
    }
}

fn snapshot(id: &str, at: Timestamp) -> ConversationSnapshot {
    ConversationSnapshot {
        id: ConversationId::new(id),
        contact: Some(ContactId::new(format!("of-{id}"))),
        source_type: None,
        channel: None,
        tags: vec![],
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

fn message(text: &str) -> Message {
    Message::text(text)
}

fn roster(teammates: &[(u64, &[u64])]) -> Outcome {
    let teammates = teammates.iter().map(|(id, teams)| TeammateSnapshot {
        id: TeammateId::new(*id),
        presence: Presence::Active,
        has_inbox_seat: true,
        teams: teams.iter().copied().map(TeamId::new).collect(),
        secondary_teams: vec![],
        reassign: false,
    });
    let teams = [100, 200, 300, 400].map(TeamId::new).to_vec();
    Outcome::Roster(RosterSnapshot { teams, teammates: teammates.collect() })
}

fn team(id: u64) -> impl Fn(&mut ConversationSnapshot) {
    move |it| it.team = Some(TeamId::new(id))
}

fn teammate(team: u64, id: u64) -> impl Fn(&mut ConversationSnapshot) {
    move |it| {
        it.team = Some(TeamId::new(team));
        it.teammate = Some(TeammateId::new(id));
    }
}

fn in_short(decision: &Decision) -> String {
    let id = &decision.conversation;
    match &decision.verdict {
        Verdict::Routed(it) => {
            let held = if it.held_until.is_some() { ", held" } else { "" };
            let canary = if it.canary.is_some() { ", by the canary" } else { "" };
            format!("{id} routed to {} by {:?}{held}{canary}", it.team, it.by)
        }
        Verdict::Assigned(it) => {
            format!("{id} to {} of {}: {:?}", it.teammate, it.team, it.tie_break)
        }
        Verdict::Waiting(it) => {
            let standings: Vec<_> = it.candidates.iter().map(|c| c.standing).collect();
            format!("{id} waits for {} at {}: {standings:?}", it.team, it.position)
        }
        verdict => format!("{id} {verdict:?}"),
    }
}

fn called(action: &Action) -> String {
    let look = |look_first: &bool| if *look_first { " after a look" } else { "" };
    match action {
        Action::AssignTeam { conversation, team, look_first } => {
            format!("{conversation} -> team {team}{}", look(look_first))
        }
        Action::AssignTeammate { conversation, teammate, look_first } => {
            format!("{conversation} -> teammate {teammate}{}", look(look_first))
        }
        Action::FetchContact { contact } => format!("contact {contact}"),
        Action::FetchConversation { conversation } => format!("conversation {conversation}"),
        Action::FetchRoster | Action::FindConversations { .. } => "looked at".into(),
        Action::AddTag { conversation, tag } => format!("{conversation} + tag {tag}"),
        Action::SetAttributes { conversation, attributes } => {
            format!("{conversation} + {attributes:?}")
        }
        Action::Reply { conversation, text } => format!("{conversation} + reply: {text}"),
        Action::WriteNote { conversation, text } => {
            format!("{conversation} + note: {}", text.replace('\n', " | "))
        }
    }
}

#[test]
fn a_dm_finds_its_team_and_then_a_teammate() {
    let mut desk = Desk::new();
    desk.dm("c1", "How much is it?");
    desk.wait(1);
    desk.done();
    desk.wait(1);
    desk.done();
    desk.check(expect![[r#"
           0s c1 routed to sales by Rule("price")
           0s call 1 c1 -> team 100
           1s c1 to 1 of sales: SmallestId
           1s call 1 c1 -> teammate 1
    "#]]);
}

#[test]
fn the_first_rule_wins_and_the_fallback_gets_the_rest() {
    let mut desk = Desk::new();
    desk.dm("c1", "a refund of the price");
    desk.dm("c2", "not the price");
    desk.dm("c3", "");
    desk.check(expect![[r#"
           0s c1 routed to support by Rule("complaint")
           0s call 1 c1 -> team 200
           0s c2 routed to triage by Fallback(NoRuleMatched)
           0s call 1 c2 -> team 300
           0s c3 routed to triage by Fallback(NoRuleMatched)
           0s call 1 c3 -> team 300
    "#]]);
}

#[test]
fn a_tag_may_come_after_the_conversation_or_before_it() {
    let mut desk = Desk::new();
    desk.changed("late", Change::Started(message("price?")), |_| {});
    desk.wait(2);
    desk.changed("late", Change::Labelled, |it| it.tags = vec!["tiktok".into()]);
    desk.changed("early", Change::Labelled, |it| it.tags = vec!["tiktok".into()]);
    desk.wait(2);
    desk.changed("early", Change::Started(message("price?")), |_| {});
    desk.check(expect![[r#"
           2s late routed to sales by Rule("price")
           2s call 1 late -> team 100
           4s early routed to sales by Rule("price")
           4s call 1 early -> team 100
    "#]]);
}

#[test]
fn what_shows_no_signal_is_looked_at_once_and_left_alone() {
    let mut desk = Desk::new();
    desk.changed("mail", Change::Started(message("price?")), |_| {});
    desk.wait(10);
    desk.answer(Outcome::Conversation(snapshot("mail", NOON)));
    desk.answer(Outcome::Contact(ContactProfile::default()));
    desk.check(expect![[r#"
          10s call 1 conversation mail
          10s call 1 contact of-mail
          10s mail NotOurs(NoSignal)
    "#]]);
}

#[test]
fn a_lost_opening_is_fetched() {
    let mut desk = Desk::new();
    let tagged = |it: &mut ConversationSnapshot| it.tags = vec!["tiktok".into()];
    desk.changed("c1", Change::ContactReplied(message("hello??")), tagged);
    desk.wait(10);
    let opening = Some(message("it arrived broken"));
    desk.answer(Outcome::Conversation(ConversationSnapshot { opening, ..snapshot("c1", NOON) }));
    desk.check(expect![[r#"
          10s call 1 conversation c1
          10s c1 routed to support by Rule("complaint")
          10s call 1 c1 -> team 200
    "#]]);
}

#[test]
fn the_language_comes_from_the_contact() {
    let rules = RULES.replace(
        "[fallback]",
        "[[rule]]\nname = \"spanish\"\nassign = \"sales\"\nwhen.language = \"es\"\n[fallback]",
    );
    let mut desk = Desk::with_rules(&rules);
    desk.dm("c1", "hola");
    let language = Some("es-mx".to_owned());
    desk.answer(Outcome::Contact(ContactProfile { language, ..ContactProfile::default() }));
    desk.dm("c2", "hola");
    desk.calls.swap_remove(0);
    desk.answer(Outcome::NotFound);
    desk.check(expect![[r#"
           0s call 1 contact of-c1
           0s c1 routed to sales by Rule("spanish")
           0s call 1 c1 -> team 100
           0s call 1 contact of-c2
           0s c2 routed to triage by Fallback(NoRuleMatched)
           0s call 1 c2 -> team 300
    "#]]);
}

#[test]
fn limits_hold_and_the_oldest_comes_first_when_room_is_made() {
    let mut desk = Desk::new();
    for number in 1..=6 {
        desk.dm(&format!("c{number}"), "price");
    }
    desk.all_done();
    desk.log.clear();
    desk.wait(5);
    desk.changed("c2", Change::Closed, |it| it.state = ConversationState::Closed);
    desk.changed("c1", Change::Snoozed, |it| it.state = ConversationState::Snoozed);
    desk.check(expect![[r#"
           5s c5 to 2 of sales: OnlyOne
           5s call 1 c5 -> teammate 2
           5s c6 to 1 of sales: OnlyOne
           5s call 1 c6 -> teammate 1
    "#]]);
}

#[test]
fn nobody_there_means_waiting_not_dropping() {
    let mut desk = Desk::new();
    desk.presence(1, Presence::Away);
    desk.presence(2, Presence::Away);
    desk.dm("c1", "price");
    desk.all_done();
    desk.wait(3600);
    desk.presence(2, Presence::Active);
    desk.check(expect![[r#"
        0s c1 routed to sales by Rule("price")
        0s call 1 c1 -> team 100
        0s c1 waits for sales at 1: [Away, Away]
        3600s c1 to 2 of sales: OnlyOne
        3600s call 1 c1 -> teammate 2 after a look
    "#]]);
}

#[test]
fn after_hours_it_is_held_and_handed_out_step_by_step() {
    let mut desk = Desk::new();
    desk.wait(6 * 3600); // Friday, 18:00
    desk.log.clear();
    for number in 1..=3 {
        desk.dm(&format!("c{number}"), "refund");
    }
    desk.all_done();
    desk.wait(63 * 3600); // Monday, 9:00
    desk.all_done();
    desk.wait(30);
    desk.all_done();
    desk.wait(30);
    desk.all_done();
    desk.check(expect![[r#"
        21600s c1 routed to support by Rule("complaint"), held
        21600s call 1 c1 -> team 400
        21600s c2 routed to support by Rule("complaint"), held
        21600s call 1 c2 -> team 400
        21600s c3 routed to support by Rule("complaint"), held
        21600s call 1 c3 -> team 400
        180000s c1 WindowClosing { closes_at: Timestamp(1795370400000000) }
        180000s c2 WindowClosing { closes_at: Timestamp(1795370400000000) }
        180000s c3 WindowClosing { closes_at: Timestamp(1795370400000000) }
        194400s c1 WindowLost
        194400s c2 WindowLost
        194400s c3 WindowLost
        248400s call 1 c1 -> team 200 after a look
        248400s c1 to 3 of support: OnlyOne
        248400s call 1 c1 -> teammate 3
        248430s call 1 c2 -> team 200 after a look
        248430s c2 to 3 of support: OnlyOne
        248430s call 1 c2 -> teammate 3
        248460s call 1 c3 -> team 200 after a look
        248460s c3 to 3 of support: OnlyOne
        248460s call 1 c3 -> teammate 3
    "#]]);
}

#[test]
fn a_refused_holder_leaves_them_in_their_own_team() {
    let mut desk = Desk::new();
    desk.wait(6 * 3600);
    desk.log.clear();
    desk.dm("c1", "refund");
    desk.answer(Outcome::Rejected { status: 400, code: "team_unavailable".into() });
    desk.all_done();
    desk.check(expect![[r#"
        21600s c1 routed to support by Rule("complaint"), held
        21600s call 1 c1 -> team 400
        21600s call 1 c1 -> team 200
    "#]]);
}

#[test]
fn an_unclear_answer_is_followed_by_a_look() {
    let mut desk = Desk::new();
    desk.dm("c1", "price");
    desk.done();
    desk.answer(Outcome::Unclear { status: Some(502) });
    desk.wait(1);
    desk.answer(Outcome::Assigned { part: None, updated_at: None });
    desk.check(expect![[r#"
        0s c1 routed to sales by Rule("price")
        0s call 1 c1 -> team 100
        0s c1 to 1 of sales: SmallestId
        0s call 1 c1 -> teammate 1
        0s call 2 c1 -> teammate 1 after a look
    "#]]);
}

#[test]
fn a_look_that_finds_a_human_ends_it() {
    let mut desk = Desk::new();
    desk.dm("c1", "price");
    desk.done();
    desk.answer(Outcome::Unclear { status: None });
    desk.wait(1);
    let mut taken = snapshot("c1", desk.at);
    teammate(100, 2)(&mut taken);
    desk.log.clear();
    desk.answer(Outcome::Superseded(taken));
    desk.check(expect![[r#"
           1s c1 LeftAlone(TakenByTeammate(TeammateId(2)))
    "#]]);
}

#[test]
fn a_refused_teammate_is_passed_over() {
    let mut desk = Desk::new();
    desk.dm("c1", "price");
    desk.done();
    desk.log.clear();
    desk.answer(Outcome::NotFound);
    desk.answer(Outcome::Conversation(snapshot("c1", NOON)));
    desk.check(expect![[r#"
           0s call 1 conversation c1
           0s c1 Requeued(Requeued { team: "sales", reason: TeammateRefused(TeammateId(1)) })
           0s c1 to 2 of sales: OnlyOne
           0s call 1 c1 -> teammate 2
    "#]]);
}

#[test]
fn a_refused_team_falls_back_and_a_refused_fallback_is_tried_again() {
    let mut desk = Desk::new();
    let refusal = || Outcome::Rejected { status: 400, code: "team_unavailable".into() };
    desk.dm("c1", "price");
    desk.answer(refusal());
    desk.answer(refusal());
    desk.wait(600);
    desk.check(expect![[r#"
        0s c1 routed to sales by Rule("price")
        0s call 1 c1 -> team 100
        0s c1 FellBack { team: "triage", reason: TeamUnavailable }
        0s call 1 c1 -> team 300
        0s c1 Stuck { refusal: "400 team_unavailable" }
        600s call 1 c1 -> team 300 after a look
    "#]]);
}

#[test]
fn a_human_always_wins() {
    let mut desk = Desk::new();
    desk.dm("c1", "price");
    desk.all_done();
    desk.log.clear();
    let part = |number| Change::Assigned { part: Some(PartId::new(number)) };
    desk.changed("c1", part(50), teammate(100, 2)); // taken over
    desk.changed("c1", part(51), team(200)); // then given to a team: its queue, by hand
    desk.dm("c2", "price");
    desk.all_done();
    desk.changed("c2", part(60), team(300)); // moved to another team of the rules
    desk.changed("c2", part(61), team(999)); // and to one that they do not know
    desk.check(expect![[r#"
        0s c1 LeftAlone(TakenByTeammate(TeammateId(2)))
        0s c1 Requeued(Requeued { team: "support", reason: MovedToTeam })
        0s c1 to 3 of support: OnlyOne
        0s call 1 c1 -> teammate 3
        0s c2 routed to sales by Rule("price")
        0s call 1 c2 -> team 100
        0s c2 to 2 of sales: LongestSinceLast
        0s call 1 c2 -> teammate 2
        0s c2 Requeued(Requeued { team: "triage", reason: MovedToTeam })
        0s c2 to 1 of triage: OnlyOne
        0s call 1 c2 -> teammate 1
        0s c2 LeftAlone(MovedToTeam(TeamId(999)))
    "#]]);
}

#[test]
fn our_own_assignments_are_no_news_in_any_order() {
    let mut desk = Desk::new();
    let part = |part| Change::Assigned { part: Some(part) };
    desk.dm("c1", "price");
    // The webhook overtakes the answer.
    desk.changed("c1", part(PartId::new(1)), team(100));
    let first = desk.done();
    let second = desk.done();
    desk.log.clear();
    desk.changed("c1", part(second), teammate(100, 1));
    desk.changed("c1", part(first), team(100));
    desk.check(expect![""]);
}

#[test]
fn a_call_that_undid_a_human_is_undone() {
    let mut desk = Desk::new();
    desk.dm("c1", "price");
    desk.done();
    desk.changed("c1", Change::Assigned { part: Some(PartId::new(2)) }, teammate(100, 2));
    desk.log.clear();
    desk.part = 2;
    desk.done(); // our call for teammate 1 came after the human's
    desk.check(expect![[r#"
           0s call 1 c1 -> teammate 2
    "#]]);
}

#[test]
fn closed_while_waiting_and_opened_again() {
    let mut desk = Desk::new();
    desk.presence(1, Presence::Away);
    desk.presence(2, Presence::Away);
    desk.dm("c1", "price");
    desk.all_done();
    desk.log.clear();
    desk.changed("c1", Change::Closed, |it| it.state = ConversationState::Closed);
    desk.presence(2, Presence::Active);
    desk.wait(60);
    desk.changed("c1", Change::ContactReplied(message("hello??")), team(100));
    desk.check(expect![[r#"
        0s c1 LeftAlone(Closed)
        60s c1 Requeued(Requeued { team: "sales", reason: Reopened })
        60s c1 to 2 of sales: OnlyOne
        60s call 1 c1 -> teammate 2
    "#]]);
}

#[test]
fn a_late_webhook_does_not_close_what_was_opened_again() {
    let mut desk = Desk::new();
    desk.dm("c1", "price");
    desk.all_done();
    desk.wait(10);
    desk.changed("c1", Change::ContactReplied(message("hi")), teammate(100, 1));
    let load = desk.engine.roster.loads();
    desk.changed("c1", Change::Closed, |it| it.updated_at = NOON + Duration::from_secs(5));
    assert_eq!(desk.engine.roster.loads(), load);
    assert_eq!(desk.engine.overview().ignored_events, 1);
}

#[test]
fn after_a_crash_open_calls_are_made_again_after_a_look() {
    let mut desk = Desk::new();
    desk.dm("c1", "price");
    desk.done();
    desk.calls.clear();
    desk.log.clear();
    desk.wait(30);
    desk.event(Event::RouterStarted);
    desk.check(expect![[r#"
          30s call 2 c1 -> teammate 1 after a look
    "#]]);
}

#[test]
fn scarce_calls_are_spread_over_windows() {
    let rules = format!("{RULES}\n[api]\ncalls_per_window = 5\nshare = 1.0\n");
    let mut desk = Desk::with_rules(&rules); // roster and look for changes took three calls
    for number in 1..=4 {
        desk.dm(&format!("c{number}"), "hello");
    }
    desk.all_done();
    desk.wait(10);
    desk.check(expect![[r#"
        0s c1 routed to triage by Fallback(NoRuleMatched)
        0s call 1 c1 -> team 300
        0s c2 routed to triage by Fallback(NoRuleMatched)
        0s call 1 c2 -> team 300
        0s c3 routed to triage by Fallback(NoRuleMatched)
        0s c4 routed to triage by Fallback(NoRuleMatched)
        0s c1 to 1 of triage: OnlyOne
        0s c2 to 1 of triage: OnlyOne
        10s call 1 c1 -> teammate 1
        10s call 1 c2 -> teammate 1
        10s call 1 c3 -> team 300
        10s call 1 c4 -> team 300
    "#]]);
}

#[test]
fn a_429_from_others_is_waited_out() {
    let mut desk = Desk::new();
    desk.dm("c1", "hello");
    let told = RateLimit { limit: 1666, remaining: 0, reset_at: NOON + Duration::from_secs(10) };
    desk.answer_with(Outcome::RateLimited, Some(told));
    desk.dm("c2", "hello");
    desk.wait(9);
    desk.say("--");
    desk.wait(2);
    desk.check(expect![[r#"
        0s c1 routed to triage by Fallback(NoRuleMatched)
        0s call 1 c1 -> team 300
        0s c2 routed to triage by Fallback(NoRuleMatched)
        9s --
        11s call 2 c1 -> team 300
        11s call 1 c2 -> team 300
    "#]]);
}

#[test]
fn new_rules_move_what_waits_for_a_team_that_is_gone() {
    let mut desk = Desk::new();
    desk.presence(1, Presence::Away);
    desk.presence(2, Presence::Away);
    desk.dm("c1", "price");
    desk.all_done();
    desk.log.clear();
    let rules = RULES
        .replace("[team.sales]", "[team.shop]")
        .replace("assign = \"sales\"", "assign = \"shop\"")
        .replace("intercom_team = 100", "intercom_team = 200")
        .replace("[team.support]\nintercom_team = 200", "[team.support]\nintercom_team = 500");
    let (policy, _) = Policy::from_toml(&rules).unwrap();
    desk.engine.replace_policy(desk.at, policy);
    desk.drain();
    desk.check(expect![[r#"
           0s call 1 c1 -> team 300
    "#]]);
}

#[test]
fn what_is_over_is_forgotten() {
    let mut desk = Desk::new();
    desk.dm("c1", "price");
    desk.all_done();
    desk.changed("c1", Change::Closed, |it| it.state = ConversationState::Closed);
    desk.changed("mail", Change::Closed, |it| it.state = ConversationState::Closed);
    assert_eq!(desk.engine.overview().conversations, 2);
    desk.wait(49 * 3600);
    assert_eq!(desk.engine.overview().conversations, 0);
}

#[test]
fn what_waits_at_closing_time_waits_until_the_team_opens() {
    let mut desk = Desk::new();
    for number in 1..=4 {
        desk.dm(&format!("c{number}"), "refund");
    }
    desk.all_done();
    desk.wait(6 * 3600 + 1800); // Friday, 18:30
    desk.log.clear();
    desk.changed("c1", Change::Closed, |it| it.state = ConversationState::Closed);
    desk.say("--");
    desk.wait(62 * 3600 + 1800); // Monday, 9:00
    desk.check(expect![[r#"
        23400s --
        158400s c4 WindowClosing { closes_at: Timestamp(1795348800000000) }
        172800s c2 WindowLost
        172800s c3 WindowLost
        172800s c4 WindowLost
        248400s c4 to 3 of support: OnlyOne
        248400s call 1 c4 -> teammate 3 after a look
    "#]]);
}

#[test]
fn a_call_that_fell_due_while_the_router_was_down_is_made_once() {
    let mut desk = Desk::new();
    desk.dm("c1", "price");
    desk.answer(Outcome::Unclear { status: None });
    desk.log.clear();
    desk.at = desk.at + Duration::from_secs(30); // nobody looked at the clock meanwhile
    desk.event(Event::RouterStarted);
    desk.check(expect![[r#"
        30s call 3 c1 -> team 100 after a look
    "#]]);
}

#[test]
fn a_refusal_that_comes_after_the_end_is_no_reason_to_go_on() {
    let mut desk = Desk::new();
    desk.dm("c1", "price?");
    desk.done();
    desk.changed("c1", Change::Closed, team(100));
    desk.answer(Outcome::Rejected { status: 400, code: "parameter_invalid".into() });
    desk.wait(60);
    desk.changed("c1", Change::ContactReplied(message("hello??")), team(100));
    desk.done();
    desk.check(expect![[r#"
        0s c1 routed to sales by Rule("price")
        0s call 1 c1 -> team 100
        0s c1 to 1 of sales: SmallestId
        0s call 1 c1 -> teammate 1
        60s c1 Requeued(Requeued { team: "sales", reason: Reopened })
        60s c1 to 2 of sales: LongestSinceLast
        60s call 1 c1 -> teammate 2
    "#]]);
}
