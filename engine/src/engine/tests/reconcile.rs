//! What no webhook told: a search every minute shows it.

use super::*;

/// A conversation as a search finds it: it came and last changed so many seconds into the story.
fn indexed(id: &str, second: u64) -> ConversationSnapshot {
    let opening = Some(message("How much is it?"));
    let at = NOON + Duration::from_secs(second);
    ConversationSnapshot { opening, tags: vec!["tiktok".into()], ..snapshot(id, at) }
}

/// A desk whose first look is over: from now on whatever is found was missed.
fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.wait(1);
    desk
}

#[test]
fn what_no_webhook_told_of_is_routed_within_a_minute() {
    let mut desk = desk();
    desk.indexed = vec![indexed("lost", 10)];
    desk.wait(60);
    desk.all_done();
    desk.check(expect![[r#"
          60s lost Reconciled(Missed)
          60s lost routed to sales by Rule("price")
          60s call 1 lost -> team 100
          61s lost to 1 of sales: SmallestId
          61s call 1 lost -> teammate 1
    "#]]);
}

#[test]
fn what_is_open_when_the_router_first_starts_is_routed_and_counts_as_load() {
    let mut desk = Desk::bare(RULES);
    desk.at = NOON + Duration::from_secs(100);
    desk.indexed = vec![indexed("waits", 1), indexed("busy", 2), indexed("mail", 3)];
    desk.indexed[1].teammate = Some(TeammateId::new(1));
    desk.indexed[2].tags.clear();
    desk.event(Event::RouterStarted);
    desk.answer(roster(&[(1, &[100]), (2, &[100])]));
    // Neither is asked for: the search has told everything but the contact of what has no tag.
    desk.done();
    desk.answer(Outcome::Contact(ContactProfile::default()));
    desk.all_done();
    desk.check(expect![[r#"
         100s waits routed to sales by Rule("price")
         100s call 1 waits -> team 100
         100s call 1 contact of-mail
         100s waits to 2 of sales: FewestOpen
         100s call 1 waits -> teammate 2
         100s mail NotOurs(NoSignal)
    "#]]);
}

#[test]
fn what_has_just_changed_is_left_to_its_webhook() {
    let mut desk = desk();
    desk.indexed = vec![indexed("fresh", 50)];
    desk.wait(60);
    desk.check(expect![[""]]);
}

/// A conversation that was given to teammate 1 at second 1.
fn given() -> Desk {
    let mut desk = desk();
    desk.dm("c1", "How much is it?");
    desk.all_done();
    desk.log.clear();
    desk
}

#[test]
fn a_lost_closing_makes_room() {
    let mut desk = given();
    let closed = ConversationSnapshot {
        state: ConversationState::Closed,
        team: Some(TeamId::new(100)),
        teammate: Some(TeammateId::new(1)),
        ..indexed("c1", 20)
    };
    desk.indexed = vec![closed];
    desk.wait(60);
    assert_eq!(desk.engine.roster.loads(), BTreeMap::new());
    desk.check(expect![[r#"
          60s c1 Reconciled(State(Closed))
    "#]]);
}

#[test]
fn a_lost_hand_over_is_taken_in() {
    let mut desk = given();
    let taken = ConversationSnapshot {
        team: Some(TeamId::new(100)),
        teammate: Some(TeammateId::new(2)),
        ..indexed("c1", 20)
    };
    desk.indexed = vec![taken];
    desk.wait(60);
    assert_eq!(desk.engine.roster.loads(), BTreeMap::from([(TeammateId::new(2), 1)]));
    desk.check(expect![[r#"
          60s c1 Reconciled(Assignee)
          60s c1 LeftAlone(TakenByTeammate(TeammateId(2)))
    "#]]);
}

#[test]
fn what_came_before_a_search_is_no_news_when_it_is_told_late() {
    let mut desk = given();
    let taken = ConversationSnapshot {
        team: Some(TeamId::new(100)),
        teammate: Some(TeammateId::new(2)),
        ..indexed("c1", 20)
    };
    desk.indexed = vec![taken];
    desk.wait(60);
    let part = Some(PartId::new(desk.part + 1));
    desk.changed("c1", Change::Assigned { part }, |it| {
        it.team = Some(TeamId::new(100));
        it.updated_at = NOON + Duration::from_secs(15);
    });
    assert_eq!(desk.engine.roster.loads(), BTreeMap::from([(TeammateId::new(2), 1)]));
    desk.check(expect![[r#"
          60s c1 Reconciled(Assignee)
          60s c1 LeftAlone(TakenByTeammate(TeammateId(2)))
    "#]]);
}

#[test]
fn a_lost_reopening_finds_somebody_again() {
    let mut desk = desk();
    desk.changed("c1", Change::Closed, |it| it.state = ConversationState::Closed);
    desk.indexed = vec![indexed("c1", 20)];
    desk.wait(60);
    desk.check(expect![[r#"
          60s c1 Reconciled(Missed)
          60s c1 routed to sales by Rule("price")
          60s call 1 c1 -> team 100
    "#]]);
}

#[test]
fn an_index_that_lags_behind_is_not_believed() {
    let mut desk = desk();
    desk.dm("c1", "How much is it?");
    for second in [2, 3] {
        let updated_at = Some(NOON + Duration::from_secs(second));
        desk.answer(Outcome::Assigned { part: Some(PartId::new(second)), updated_at });
    }
    desk.log.clear();
    // The index has it as it came, with nobody.
    desk.indexed = vec![indexed("c1", 1)];
    desk.wait(60);
    desk.check(expect![[""]]);
}

#[test]
fn the_personal_team_of_a_teammate_is_no_news() {
    let mut desk = given();
    let shown = ConversationSnapshot {
        team: Some(TeamId::new(987)),
        teammate: Some(TeammateId::new(1)),
        ..indexed("c1", 20)
    };
    desk.indexed = vec![shown];
    desk.wait(60);
    desk.check(expect![[""]]);
}

#[test]
fn what_waits_for_its_tag_is_known_by_a_search() {
    let mut desk = Desk::with_rules(&RULES.replace("[channel]", "[channel]\nsettle_for = \"50s\""));
    desk.wait(20);
    desk.changed("c1", Change::Started(message("How much is it?")), |_| {});
    desk.indexed = vec![indexed("c1", 20)];
    desk.wait(40);
    desk.check(expect![[r#"
          60s c1 routed to sales by Rule("price")
          60s call 1 c1 -> team 100
    "#]]);
}

#[test]
fn every_page_is_looked_at_and_a_refusal_begins_again_a_minute_later() {
    let mut desk = Desk::bare(RULES);
    desk.engine.handle_event(desk.at, Event::RouterStarted);
    let mut asked = Vec::new();
    let mut outcomes = [
        Outcome::Conversations(ConversationPage { found: vec![], next: Some("two".into()) }),
        Outcome::Unclear { status: None },
        Outcome::Conversations(ConversationPage { found: vec![], next: Some("two".into()) }),
        Outcome::Conversations(ConversationPage::default()),
        Outcome::Conversations(ConversationPage::default()),
    ]
    .into_iter();
    for _ in 0..3 {
        while let Some(command) = desk.engine.poll_command() {
            let Command::Call(call) = command else { continue };
            let outcome = match call.action {
                Action::FindConversations { changed_since, page } => {
                    let since = changed_since.map(|at| at.as_seconds() + 120 - NOON.as_seconds());
                    asked.push((desk.at.since(NOON).as_secs(), since, page));
                    outcomes.next().unwrap()
                }
                _ => Outcome::Unclear { status: None },
            };
            let event = Event::CallFinished { command: call.id, outcome, rate_limit: None };
            desk.engine.handle_event(desk.at, event);
        }
        desk.at = desk.at + Duration::from_secs(60);
        desk.engine.advance_to(desk.at);
    }
    let page = |name: &str| Some(name.into());
    let expected =
        [(0, None, None), (0, None, page("two")), (60, None, None), (60, None, page("two"))];
    assert_eq!(asked[..4], expected);
    // Two minutes of overlap with the beginning of the look that came to its end.
    assert_eq!(asked[4], (120, Some(60), None));
}

#[test]
fn somebody_who_joins_is_known_at_once() {
    let mut desk = Desk::new();
    desk.event(Event::RosterChanged);
    assert_eq!(
        desk.calls.iter().map(|call| &call.action).collect::<Vec<_>>(),
        [&Action::FetchRoster]
    );
}

#[test]
fn while_intercom_is_down_one_call_at_a_time_tries() {
    let mut desk = Desk::new();
    for number in 0..20 {
        desk.dm(&format!("c{number}"), "How much is it?");
    }
    let sent = desk.calls.len();
    while !desk.calls.is_empty() {
        desk.answer(Outcome::Unclear { status: Some(503) });
    }
    assert!(desk.engine.overview().circuit_open);
    desk.log.clear();
    for _ in 0..3 {
        desk.wait(10);
        assert_eq!(desk.calls.len(), 1, "{sent} went out before, one tries now");
        desk.answer(Outcome::Unclear { status: Some(503) });
    }
    desk.wait(10);
    desk.done();
    assert!(!desk.engine.overview().circuit_open);
    assert!(desk.calls.len() > 1, "the others follow");
}
