//! Assignment is paused and resumed.

use super::*;
use crate::{ConversationStage, Standing};

impl Desk {
    fn pause(&mut self, paused: bool) {
        self.event(Event::AssignmentPaused { paused });
    }

    fn view(&self, id: &str) -> crate::ConversationView {
        self.engine.conversation(&ConversationId::new(id)).unwrap()
    }
}

#[test]
fn in_a_pause_everything_is_routed_and_waits_and_then_it_is_given_out_in_order() {
    let mut desk = Desk::new();
    desk.pause(true);
    desk.dm("c1", "How much is it?");
    desk.wait(1);
    desk.dm("c2", "price?");
    desk.done();
    desk.done();
    // A teammate who comes, a roster, a reload: nothing gives anything out.
    desk.presence(1, Presence::Away);
    desk.presence(1, Presence::Active);
    let (policy, _) = Policy::from_toml(RULES).unwrap();
    desk.engine.replace_policy(desk.at, policy);
    desk.drain();
    desk.wait(600);
    desk.pause(false);
    desk.all_done();
    desk.check(expect![[r#"
        0s c1 routed to sales by Rule("price")
        0s call 1 c1 -> team 100
        1s c2 routed to sales by Rule("price")
        1s call 1 c2 -> team 100
        1s c1 waits for sales at 1: [Eligible, Eligible]
        1s c2 waits for sales at 2: [Eligible, Eligible]
        1s c1 waits for sales at 1: [Eligible, Eligible]
        1s c2 waits for sales at 2: [Eligible, Eligible]
        601s c1 to 1 of sales: SmallestId
        601s c2 to 2 of sales: FewestOpen
        601s call 1 c1 -> teammate 1 after a look
        601s call 1 c2 -> teammate 2 after a look
    "#]]);
}

#[test]
fn a_pause_says_so_and_names_who_could_have_it() {
    let mut desk = Desk::new();
    desk.pause(true);
    desk.dm("c1", "How much is it?");
    desk.done();
    let Some(Verdict::Waiting(waiting)) = desk.decisions.last().map(|it| &it.verdict) else {
        panic!("{:?}", desk.decisions);
    };
    assert!(waiting.paused);
    let words = waiting.to_string();
    assert!(words.contains("assignment is paused\n"), "{words}");
    assert!(words.contains("1: 0 open, could be given it but for the pause\n"), "{words}");
    let overview = desk.engine.overview();
    assert_eq!(overview.paused_since, Some(NOON));
    assert_eq!(overview.teams.iter().map(|it| it.waiting).sum::<usize>(), 1);
    let view = desk.view("c1");
    assert_eq!(
        (view.stage, view.position, view.line),
        (ConversationStage::Queued, Some(1), Some(1))
    );
}

#[test]
fn what_was_sent_is_finished_and_what_was_not_waits_again() {
    let rules = format!("{RULES}\n[api]\ncalls_per_window = 5\nshare = 1.0\n");
    let mut desk = Desk::with_rules(&rules);
    desk.wait(10);
    for id in ["c1", "c2", "c3"] {
        desk.dm(id, "price?");
    }
    desk.done();
    desk.done();
    desk.done();
    // Three calls for the team and two for teammates are all that a window has.
    desk.log.clear();
    assert_eq!(desk.calls.len(), 2, "{:?}", desk.calls);
    desk.pause(true);
    desk.done();
    desk.answer(Outcome::Unclear { status: None });
    desk.wait(60);
    desk.done();
    desk.pause(false);
    desk.all_done();
    desk.check(expect![[r#"
        10s c3 Requeued(Requeued { team: "sales", reason: Paused })
        10s c3 waits for sales at 1: [Eligible, Eligible]
        20s call 2 c2 -> teammate 2 after a look
        70s c3 to 2 of sales: LongestSinceLast
        70s call 1 c3 -> teammate 2
    "#]]);
}

#[test]
fn a_backlog_that_waits_for_the_budget_waits_in_line_again() {
    let rules = format!("{RULES}\n[api]\ncalls_per_window = 4\nshare = 1.0\n");
    let mut desk = Desk::with_rules(&rules);
    desk.wait(10);
    for id in ["c1", "c2", "c3"] {
        desk.dm(id, "price?");
    }
    desk.done();
    desk.done();
    desk.done();
    desk.log.clear();
    desk.pause(true);
    desk.wait(30);
    assert_eq!(desk.calls.len(), 1, "one was sent before the pause: {:?}", desk.calls);
    for id in ["c2", "c3"] {
        assert_eq!(desk.view(id).stage, ConversationStage::Queued);
    }
    desk.pause(false);
    desk.all_done();
    desk.check(expect![[r#"
        10s c2 Requeued(Requeued { team: "sales", reason: Paused })
        10s c2 waits for sales at 1: [AtTeamLimit, Eligible]
        10s c3 Requeued(Requeued { team: "sales", reason: Paused })
        10s c3 waits for sales at 2: [Eligible, Eligible]
        40s c2 to 2 of sales: FewestOpen
        40s c3 to 1 of sales: LongestSinceLast
        40s call 1 c2 -> teammate 2
        40s call 1 c3 -> teammate 1
    "#]]);
}

#[test]
fn who_does_not_answer_keeps_the_conversation_while_nobody_else_can_have_it() {
    let rules = RULES.replace("[team.support]", "no_answer = { within = \"5m\" }\n[team.support]");
    let mut desk = Desk::with_rules(&rules);
    desk.dm("c1", "price?");
    desk.all_done();
    desk.wait(100);
    desk.pause(true);
    desk.log.clear();
    desk.wait(1_000);
    assert_eq!(desk.log, "", "nothing is taken from anybody in a pause");
    desk.pause(false);
    desk.all_done();
    desk.check(expect![[r#"
        1100s c1 Requeued(Requeued { team: "sales", reason: NoAnswer(TeammateId(1)) })
        1100s c1 to 2 of sales: OnlyOne
        1100s call 1 c1 -> teammate 2 after a look
    "#]]);
}

#[test]
fn a_pause_says_nothing_about_how_fast_a_team_is() {
    let mut desk = Desk::new();
    for number in 0..8 {
        desk.dm(&format!("c{number}"), "price?");
    }
    desk.all_done();
    let close = |desk: &mut Desk, id: &str| desk.changed(id, Change::Closed, teammate(100, 1));
    for id in ["c0", "c2"] {
        desk.wait(10);
        close(&mut desk, id);
        desk.all_done();
    }
    let drained_in = |desk: &Desk| {
        desk.engine.overview().teams.iter().find_map(|it| it.drained_in).map(|it| it.as_secs())
    };
    let before = drained_in(&desk);
    assert!(before.is_some());
    desk.pause(true);
    desk.wait(36_000);
    desk.pause(false);
    close(&mut desk, "c4");
    desk.all_done();
    assert!(drained_in(&desk) < before, "{before:?}, then {:?}", drained_in(&desk));
}

#[test]
fn a_pause_outlasts_a_restart_and_a_second_one_is_no_news() {
    let mut desk = Desk::new();
    desk.pause(false);
    desk.pause(true);
    desk.wait(5);
    desk.pause(true);
    assert_eq!(desk.engine.overview().ignored_events, 2);
    desk.event(Event::RouterStarted);
    assert_eq!(desk.engine.overview().paused_since, Some(NOON));
    let event: Event = serde_json::from_str(r#"{"assignment_paused":{"paused":true}}"#).unwrap();
    assert_eq!(event, Event::AssignmentPaused { paused: true });
}

#[test]
fn a_call_that_was_not_sent_is_made_by_the_next_start_even_a_note() {
    let rules = RULES.replace("when.text = [\"refund\"", "note = true\nwhen.text = [\"refund\"");
    let mut desk = Desk::with_rules(&rules);
    desk.dm("c1", "a refund");
    desk.log.clear();
    // The team and the note are under way when the router is to stop, and again a while later.
    for waits in [1, 20] {
        assert_eq!(desk.calls.len(), 2);
        for _ in 0..2 {
            desk.answer(Outcome::NotSent { until_started: true });
            desk.wait(waits);
        }
        assert_eq!(desk.calls, []);
        desk.event(Event::RouterStarted);
        desk.calls.retain(|call| call.action != Action::FetchRoster);
    }
    desk.check(expect![[r#"
        2s call 1 c1 -> team 200
        2s call 1 c1 + note: Routed to support: rule "complaint" matched. | - found: refund | Rules version 0130528268b1.
        42s call 1 c1 -> team 200
        42s call 1 c1 + note: Routed to support: rule "complaint" matched. | - found: refund | Rules version 0130528268b1.
    "#]]);
}

#[test]
fn a_call_that_was_held_back_for_a_while_is_made_at_once_if_it_is_wanted() {
    let mut desk = Desk::new();
    desk.dm("c1", "price?");
    desk.log.clear();
    desk.answer(Outcome::NotSent { until_started: false });
    desk.wait(0);
    desk.changed("c1", Change::Assigned { part: Some(PartId::new(900)) }, teammate(100, 3));
    desk.answer(Outcome::NotSent { until_started: false });
    desk.wait(100);
    desk.check(expect![[r#"
        0s call 1 c1 -> team 100
        0s c1 LeftAlone(TakenByTeammate(TeammateId(3)))
    "#]]);
}

#[test]
fn the_overview_knows_everybody_and_a_view_every_stage() {
    let mut desk = Desk::new();
    for id in ["c1", "c2", "c3", "c4", "c5"] {
        desk.dm(id, "price?");
    }
    desk.dm("c6", "it is broken");
    desk.changed("mail", Change::Started(message("hello")), |_| {});
    assert_eq!(desk.view("c1").stage, ConversationStage::Placing);
    assert_eq!(desk.view("mail").stage, ConversationStage::Settling);
    desk.all_done();
    let overview = desk.engine.overview();
    let short: Vec<String> = overview
        .teammates
        .iter()
        .map(|it| {
            let teams = it.teams.iter().map(|team| {
                format!(" {} {}/{:?} {:?}", team.team, team.open, team.limit, team.standing)
            });
            let teams: String = teams.collect();
            format!("{} {:?} {}/{:?}{teams}", it.teammate, it.presence, it.open, it.limit)
        })
        .collect();
    expect![[r#"
        1 Active 2/Some(3) sales 2/Some(2) AtTeamLimit triage 0/None Eligible
        2 Active 2/Some(3) sales 2/Some(2) AtTeamLimit
        3 Active 1/Some(3) support 1/None Eligible"#]]
    .assert_eq(&short.join("\n"));
    let ready: Vec<_> = overview.teams.iter().map(|it| (&*it.team, it.ready, it.waiting)).collect();
    assert_eq!(ready, [("night", 0, 0), ("sales", 0, 1), ("support", 1, 0), ("triage", 1, 0)]);
    let view = desk.view("c1");
    assert_eq!(view.stage, ConversationStage::Assigned);
    assert_eq!((view.team.as_deref(), view.rule.as_deref()), (Some("sales"), Some("price")));
    assert_eq!((view.teammate, view.given_at), (Some(TeammateId::new(1)), Some(NOON)));
    assert_eq!(view.position, None);
    let waits = desk.view("c5");
    assert_eq!((waits.stage, waits.position), (ConversationStage::Queued, Some(1)));
    assert!(desk.engine.conversation(&ConversationId::new("nobody's")).is_none());
    assert_eq!(overview.teammates[0].teams[0].standing, Standing::AtTeamLimit);
}
