//! Corners in which a single forgotten line would show nowhere else.

use super::*;

/// What Intercom was asked to do for one conversation, and what was decided.
fn told(floor: &Floor, what: &str) -> Vec<String> {
    floor.desk.log.lines().filter(|line| line.contains(what)).map(str::to_owned).collect()
}

#[test]
fn whoever_gets_what_another_answered_has_to_answer_too() {
    let rules = "no_answer = { within = \"15m\", bounces = 1 }\n[teammates]\naway_grace = \"1m\"";
    let mut floor = floor(rules, &[1, 2, 3]);
    floor.dm("c");
    floor.answer("c", 1);
    floor.away_with_reassign(1);
    floor.wait(120);
    floor.reply("c");
    assert_eq!(floor.owner("c"), Some(2));
    floor.wait(15 * 60);
    assert_eq!(floor.owner("c"), Some(3), "that another has answered before is no answer");
}

#[test]
fn everybody_has_the_whole_time_to_answer() {
    let rules = "no_answer = { within = \"15m\", bounces = 1 }\n[teammates]\naway_grace = \"1m\"";
    let mut floor = floor(rules, &[1, 2, 3]);
    floor.dm("c");
    floor.wait(600);
    floor.away_with_reassign(1);
    floor.wait(60);
    assert_eq!(floor.owner("c"), Some(2));
    floor.wait(300);
    assert_eq!(floor.owner("c"), Some(2), "the time of the first is over, not theirs");
    floor.wait(600);
    assert_eq!(floor.owner("c"), Some(3));
}

#[test]
fn what_is_put_to_sleep_needs_no_answer() {
    let mut floor = floor("no_answer = { within = \"15m\", bounces = 1 }", &[1, 2]);
    floor.dm("c");
    floor.changed("c", Change::Snoozed);
    floor.wait(3600);
    assert_eq!(floor.owner("c"), Some(1));
    assert_eq!(told(&floor, "Requeued"), Vec::<String>::new());
}

#[test]
fn closing_something_else_and_coming_back_are_signs() {
    let rules = "no_answer = { within = \"15m\", bounces = 1 }\n[teammates]\nramp = false";
    let sign: [fn(&mut Floor); 2] = [
        |floor| floor.close("other"),
        |floor| {
            floor.away(1);
            floor.wait(180);
            floor.back(1);
        },
    ];
    for (number, give_sign) in sign.into_iter().enumerate() {
        let mut floor = floor(rules, &[1]);
        floor.dm("other");
        floor.dm("c");
        floor.wait(300);
        give_sign(&mut floor);
        floor.wait(15 * 60);
        floor.dm("next");
        assert_eq!(floor.owner("next"), Some(1), "sign {number}");
    }
}

#[test]
fn who_was_silent_is_asked_again_when_they_come_back() {
    let rules = "no_answer = { within = \"15m\", bounces = 1 }\n[teammates]\nramp = false";
    let mut floor = floor(rules, &[1]);
    floor.dm("c");
    floor.wait(15 * 60);
    floor.dm("next");
    assert_eq!(floor.owner("next"), None);
    floor.away(1);
    floor.wait(600);
    floor.back(1);
    assert_eq!(floor.owner("next"), Some(1));
}

#[test]
fn who_was_silent_with_one_contact_is_not_asked_again_for_knowing_them() {
    let rules = "sticky = \"7d\"\nno_answer = { within = \"15m\", bounces = 1 }";
    let mut floor = floor(rules, &[1, 2]);
    floor.dm_of("first", "ana");
    floor.answer("first", 1);
    floor.close("first");
    floor.dm_of("second", "ana");
    floor.dm("other");
    floor.wait(600);
    floor.answer("other", 1); // busy, not silent
    floor.wait(300);
    assert_eq!(floor.owner("second"), Some(2));
}

#[test]
fn the_way_down_is_timed_by_the_hours_of_the_team_it_began_at() {
    let rules = "overflow = [{ to = \"second\", after = \"10m\" }, { to = \"triage\", after = \"40m\" }]\n\
                 [team.second]\nintercom_team = 200\nhours = \"day\"\n\
                 [hours.day]\nweekdays = [\"12:00-12:30\", \"13:00-18:00\"]";
    let mut floor = floor(rules, &[]);
    floor.dm("c");
    floor.wait(3600);
    let steps = told(&floor, "Overflowed");
    let times: Vec<_> = steps.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(times, ["600s", "2400s"], "{steps:?}");
}

#[test]
fn nothing_overflows_to_a_team_that_is_not_in() {
    let rules = "overflow = [{ to = \"second\", after = \"10m\" }, { to = \"triage\", after = \"11m\" }]\n\
                 [team.second]\nintercom_team = 200\nhours = \"late\"\n\
                 [hours.late]\nweekdays = [\"20:00-22:00\"]";
    let people = [(2, &[200_u64][..]), (9, &[300])];
    let mut floor = Floor::new(&format!("{RULES}{rules}"), &people);
    floor.dm("c");
    floor.wait(660);
    assert_eq!(floor.owner("c"), Some(9));
    assert_eq!(told(&floor, "-> team 200"), Vec::<String>::new());
}

#[test]
fn those_who_help_out_come_last_whatever_the_distribution() {
    let terms = "assignment_limit = 2\n[teammates]\nramp = false\n\
                 [teammate.helper]\nintercom_admin = 1\nweight = 9\n";
    for distribution in ["balanced", "round_robin", "weighted", "longest_idle"] {
        let rules = format!("{RULES}distribution = \"{distribution}\"\n{terms}");
        let people = [1, 2, 3, 4].map(|id| (id, &[100_u64][..]));
        let mut floor = Floor::with_secondary(&rules, &people, &[(1, 100), (2, 100)]);
        assert_eq!(one_by_one(&mut floor, 5), [3, 4, 3, 4, 3], "{distribution}");
        for id in names(8) {
            floor.dm(&id);
        }
        let owners = floor.order(&names(8));
        assert!(owners[..4].iter().all(|it| *it > 2), "{distribution}: {owners:?}");
        assert!(owners[4..].iter().all(|it| *it < 3), "{distribution}: {owners:?}");
    }
}

#[test]
fn those_who_help_out_earn_nothing_while_they_are_not_needed() {
    let rules = "distribution = \"weighted\"\n[teammates]\nramp = false\n\
                 [teammate.own]\nintercom_admin = 1\n";
    let people = [1, 2, 3].map(|id| (id, &[100_u64][..]));
    let mut floor =
        Floor::with_secondary(&format!("{RULES}{rules}"), &people, &[(2, 100), (3, 100)]);
    one_by_one(&mut floor, 4);
    floor.away(3);
    one_by_one(&mut floor, 4);
    floor.away(1);
    floor.back(3);
    assert_eq!(one_by_one(&mut floor, 4), [2, 3, 2, 3], "nothing was saved up");
}

#[test]
fn what_a_manual_team_has_is_not_called_closing_as_nobody_can_be_found_sooner() {
    let mut floor = floor("distribution = \"manual\"", &[1]);
    floor.dm("c");
    floor.wait(49 * 3600);
    assert_eq!(told(&floor, "Window"), ["172800s c WindowLost"]);
}

#[test]
fn a_contact_with_no_message_left_is_not_told_to_wait() {
    let rules = format!(
        "{RULES}hours = \"day\"\n[hours.day]\nweekdays = [\"13:00-18:00\"]\n\
         [after_hours]\nacknowledge = {{ und = \"Back at one.\" }}"
    )
    .replace("channel.any", "channel.reply_window = { messages = 1 }\nchannel.any");
    let mut floor = Floor::new(&rules, &[]);
    let left = |floor: &Floor, id: &str| {
        floor.desk.engine.conversations[&ConversationId::new(id)].replies.left
    };
    floor.dm("told");
    assert_eq!(left(&floor, "told"), 0, "what we wrote counts as well");
    floor.desk.dm("greeted", "hello");
    let part = Some(PartId::new(1_000));
    floor.desk.changed("greeted", Change::Answered { teammate: None, part }, |_| {});
    floor.settle();
    assert_eq!(told(&floor, "reply"), ["0s call 1 told + reply: Back at one."]);
}

#[test]
fn what_was_answered_once_or_is_not_waited_for_stays_where_it_is() {
    let rules = "no_answer = { within = \"15m\", bounces = 1 }\n[teammates]\naway_grace = \"1m\"";
    let mut asks_again = floor(rules, &[1, 2]);
    asks_again.dm("c");
    asks_again.answer("c", 1);
    asks_again.reply("c");
    asks_again.wait(15 * 60);
    assert_eq!(asks_again.owner("c"), Some(1), "whoever answered has a first answer behind them");
    let mut moved = floor(rules, &[1, 2]);
    moved.dm("c");
    moved.answer("c", 1);
    moved.desk.part += 1;
    let part = Some(PartId::new(moved.desk.part));
    moved.owners.remove("c");
    moved.changed("c", Change::Assigned { part });
    assert_eq!(moved.owner("c"), Some(2));
    moved.wait(15 * 60);
    assert_eq!(moved.owner("c"), Some(2), "the contact has the answer of another");
}

#[test]
fn the_way_down_goes_down_only() {
    let rules = "overflow = [{ to = \"second\", after = \"10m\" }, { to = \"triage\", after = \"20m\" }]\n\
                 [team.second]\nintercom_team = 200";
    let mut floor = floor(rules, &[]);
    floor.dm("c");
    floor.wait(3600);
    let steps = told(&floor, "Overflowed");
    let times: Vec<_> = steps.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(times, ["600s", "1200s"], "{steps:?}");
}

#[test]
fn who_comes_back_has_saved_up_no_turn() {
    for (distribution, before, who, expected) in [
        ("balanced", 2, 3, [1, 2, 3]),
        ("longest_idle", 2, 3, [1, 2, 3]),
        ("weighted", 1, 2, [3, 2, 1]),
    ] {
        let rules = format!("distribution = \"{distribution}\"\n[teammates]\nramp = false");
        let mut floor = floor(&rules, &[1, 2, 3]);
        one_by_one(&mut floor, before);
        floor.away(who);
        floor.wait(180);
        floor.back(who);
        assert_eq!(one_by_one(&mut floor, 3), expected, "{distribution}");
    }
}

#[test]
fn what_is_calm_again_goes_back_to_its_place() {
    type Calmed = fn(&mut Floor);
    let calm: [(Calmed, Option<u64>); 4] = [
        (|_| {}, None),
        (|floor| floor.reply("c"), Some(1)),
        (|floor| floor.answer("c", 7), Some(1)),
        (|floor| floor.wait(6 * 60), Some(1)), // lost: nothing to hurry for
    ];
    for (number, (calm, hot)) in calm.into_iter().enumerate() {
        let rules = format!("{RULES}assignment_limit = 1").replace(
            "channel.any",
            "channel.reply_window = { lasts = \"40m\", rise = \"10m\" }\nchannel.any",
        );
        let mut floor = Floor::new(&rules, &[(1, &[100])]);
        floor.dm("busy");
        floor.answer("busy", 1);
        floor.dm("c");
        floor.wait(35 * 60);
        calm(&mut floor);
        floor.dm_saying("hot", "hello wholesale");
        floor.close("busy");
        assert_eq!(floor.owner("hot"), hot, "way {number}: a head start of an hour");
    }
}

#[test]
fn what_nobody_may_have_does_not_hide_what_waits_behind_it_at_opening() {
    let rules = "assignment_limit = 1\nhours = \"day\"\n\
                 [hours.day]\nweekdays = [\"12:00-12:30\", \"13:00-18:00\"]";
    let mut floor = floor(rules, &[1]);
    floor.dm("barred");
    floor.desk.part += 1;
    let part = Some(PartId::new(floor.desk.part));
    floor.owners.remove("barred");
    floor.changed("barred", Change::Assigned { part });
    floor.dm("busy");
    floor.dm("waits");
    floor.wait(45 * 60);
    floor.close("busy");
    assert_eq!(floor.owners(), [], "nobody is given anything at lunch");
    floor.wait(15 * 60);
    assert_eq!(floor.owners(), given(&[("waits", 1)]));
}

#[test]
fn whom_the_rule_names_comes_before_who_knows_the_contact() {
    let rules = "sticky = \"7d\"\n[teammate.ben]\nintercom_admin = 2\n\
                 [[rule]]\nname = \"for ben\"\nassign = \"help\"\nteammate = \"ben\"\nwhen.text = [\"ben\"]";
    let mut floor = floor(rules, &[1, 2]);
    floor.dm_of("first", "ana");
    floor.answer("first", 1);
    floor.close("first");
    floor.desk.changed("second", Change::Started(message("for ben")), |it| {
        it.tags = vec!["tiktok".into()];
        it.contact = Some(ContactId::new("ana"));
    });
    floor.settle();
    assert_eq!(floor.owner("second"), Some(2));
}

#[test]
fn a_call_that_nobody_wants_any_more_is_not_made() {
    let mut floor = floor("[api]\ncalls_per_window = 4\nshare = 0.5", &[1]);
    floor.wait(10); // the roster took the first window
    for id in ["a", "b", "over"] {
        floor.desk.dm(id, "hello");
    }
    floor.desk.changed("over", Change::Closed, |it| it.state = ConversationState::Closed);
    floor.settle();
    floor.wait(60);
    assert_eq!(floor.owners(), given(&[("a", 1), ("b", 1)]));
    assert_eq!(told(&floor, "over ->"), Vec::<String>::new());
}

#[test]
fn what_was_stuck_may_go_to_whoever_was_refused_before() {
    let rules = "overflow = [{ to = \"triage\", after = \"10m\" }]";
    let mut floor = Floor::new(&format!("{RULES}{rules}"), &[(1, &[100, 300])]);
    let refusal = || Outcome::Rejected { status: 400, code: "no".into() };
    floor.desk.dm("c", "hello");
    floor.desk.done();
    floor.desk.answer(refusal()); // the teammate
    floor.desk.wait(600);
    floor.desk.answer(refusal()); // the next team
    floor.desk.answer(refusal()); // the fallback
    assert_eq!(told(&floor, "Stuck").len(), 1, "{}", floor.desk.log);
    floor.wait(600);
    assert_eq!(floor.owner("c"), Some(1));
}

#[test]
fn who_was_away_when_first_listed_begins_with_a_ramp() {
    let rules = "[teammates]\nramp = { per_minute = 1, lasts = \"5m\" }";
    let mut floor = floor(rules, &[]);
    floor.people.push((1, vec![100]));
    floor.desk.event(Event::RouterStarted);
    let mut listed = floor.roster();
    if let Outcome::Roster(roster) = &mut listed {
        roster.teammates[0].presence = Presence::Away;
    }
    floor.desk.answer(listed);
    for id in names(3) {
        floor.dm(&id);
    }
    floor.back(1);
    assert_eq!(floor.owners().len(), 1);
}

#[test]
fn a_call_that_rests_is_forgotten_with_its_conversation() {
    let mut floor = floor("", &[1]);
    floor.desk.dm("c", "hello");
    floor.desk.answer(Outcome::Unclear { status: None });
    floor.desk.changed("c", Change::Closed, |it| it.state = ConversationState::Closed);
    floor.desk.wait(120);
    assert_eq!(told(&floor, "call"), ["0s call 1 c -> team 100"]);
}

#[test]
fn who_knows_a_contact_is_remembered_for_as_long_as_any_team_asks() {
    let rules = "sticky = \"7d\"\n[team.second]\nintercom_team = 200\nsticky = \"1h\"";
    let mut floor = floor(rules, &[1, 2, 3]);
    floor.dm_of("first", "ana");
    floor.answer("first", 1);
    floor.close("first");
    floor.wait(2 * 86_400);
    floor.dm_of("other", "bob");
    floor.answer("other", 2);
    floor.dm_of("second", "ana");
    assert_eq!(floor.owner("second"), Some(1));
}

#[test]
fn who_comes_again_while_the_team_is_out_is_not_told_again() {
    let rules = "hours = \"day\"\n[hours.day]\nweekdays = [\"13:00-18:00\"]\n\
                 [after_hours]\nacknowledge = { und = \"Back at one.\" }";
    let mut floor = floor(rules, &[1]);
    floor.dm("c");
    floor.close("c");
    floor.reply("c");
    assert_eq!(told(&floor, "reply:").len(), 1, "{}", floor.desk.log);
    floor.wait(3600);
    assert_eq!(floor.owner("c"), Some(1), "held again, and handed out");
}

#[test]
fn what_a_human_moved_goes_the_way_of_its_new_team() {
    let rules = "overflow = [{ to = \"second\", after = \"10m\" }]\n\
                 [team.second]\nintercom_team = 200\n\
                 [team.third]\nintercom_team = 400\noverflow = [{ to = \"triage\", after = \"20m\" }]";
    for (moved_after, moved_to, expected) in
        [(300, 300, &[][..]), (300, 400, &["1200s"]), (660, 400, &["600s", "1200s"])]
    {
        let mut floor = floor(rules, &[]);
        floor.dm("c");
        floor.wait(moved_after);
        floor.desk.part += 1;
        let part = Some(PartId::new(floor.desk.part));
        floor.inboxes.insert("c".into(), moved_to);
        floor.changed("c", Change::Assigned { part });
        floor.wait(3600);
        let steps = told(&floor, "Overflowed");
        let times: Vec<_> = steps.iter().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(times, expected, "moved to {moved_to} after {moved_after}s");
    }
}

#[test]
fn what_fell_back_does_not_climb_up_again() {
    let rules = format!(
        "{RULES}overflow = [{{ to = \"second\", after = \"10m\" }}]\n\
         [team.second]\nintercom_team = 200"
    )
    .replace("fallback.assign", "fallback.after = \"20m\"\nfallback.assign");
    let mut floor = Floor::new(&rules, &[]);
    floor.dm("c");
    floor.wait(3600);
    assert_eq!(told(&floor, "Overflowed").len(), 1, "{}", floor.desk.log);
    assert_eq!(told(&floor, "FellBack").len(), 1, "{}", floor.desk.log);
}

#[test]
fn a_look_that_finds_it_closed_ends_it() {
    let mut floor = floor("assignment_limit = 1", &[1]);
    floor.dm("busy");
    floor.dm("c");
    floor.wait(301);
    floor.desk.changed("busy", Change::Closed, teammate(100, 1));
    let state = ConversationState::Closed;
    let closed = ConversationSnapshot {
        team: Some(TeamId::new(100)),
        state,
        ..snapshot("c", floor.desk.at)
    };
    floor.desk.answer(Outcome::Superseded(closed));
    assert_eq!(told(&floor, "c LeftAlone"), ["301s c LeftAlone(Closed)"]);
}

#[test]
fn what_we_did_before_is_no_news_when_it_is_told_late() {
    let mut floor = floor("no_answer = { within = \"15m\", bounces = 1 }", &[1]);
    floor.dm("c");
    let part = Some(PartId::new(floor.desk.part));
    floor.desk.wait(15 * 60);
    floor.desk.changed("c", Change::Assigned { part }, teammate(100, 1));
    floor.settle();
    assert_eq!(told(&floor, "Taken"), Vec::<String>::new());
    assert_eq!(told(&floor, "c waits").len(), 1, "{}", floor.desk.log);
}

#[test]
fn what_came_before_a_look_is_no_news_when_it_is_told_late() {
    let mut floor = floor("assignment_limit = 1", &[1]);
    floor.dm("busy");
    floor.dm("c");
    floor.wait(301);
    floor.desk.changed("busy", Change::Closed, teammate(100, 1));
    let (unassigned, taken) = (floor.desk.part + 1, floor.desk.part + 2);
    let taken = ConversationSnapshot {
        team: Some(TeamId::new(100)),
        teammate: Some(TeammateId::new(7)),
        assignment: Some(PartId::new(taken)),
        ..snapshot("c", floor.desk.at)
    };
    floor.desk.answer(Outcome::Superseded(taken));
    let part = Some(PartId::new(unassigned));
    floor.desk.changed("c", Change::Assigned { part }, |_| {});
    floor.settle();
    let expected = ["301s c LeftAlone(TakenByTeammate(TeammateId(7)))"];
    assert_eq!(told(&floor, "301s c LeftAlone"), expected);
    assert_eq!(told(&floor, "Requeued"), Vec::<String>::new());
    assert_eq!(
        floor.desk.engine.conversation(&ConversationId::new("c")).unwrap().teammate,
        Some(TeammateId::new(7))
    );
}

#[test]
fn what_a_rule_requires_stands_for_what_its_team_requires() {
    let rules = "require = [{ skill = \"billing\" }]\n\
                 [teammate.ana]\nintercom_admin = 1\nskills = [\"billing\"]\n\
                 [teammate.ben]\nintercom_admin = 2\nskills = [\"returns\"]\n\
                 [[rule]]\nname = \"return\"\nassign = \"help\"\nrequire = [{ skill = \"returns\" }]\n\
                 when.text = [\"return\"]";
    let mut floor = floor(rules, &[1, 2]);
    floor.dm_saying("c", "return");
    assert_eq!(floor.owner("c"), Some(2));
}

#[test]
fn what_is_woken_has_the_whole_time_for_an_answer_again() {
    let mut floor = floor("no_answer = { within = \"15m\", bounces = 1 }", &[1, 2]);
    floor.dm("c");
    floor.wait(10 * 60);
    floor.changed("c", Change::Snoozed);
    floor.wait(3600);
    floor.changed("c", Change::Opened);
    floor.wait(15 * 60 - 1);
    assert_eq!(floor.owner("c"), Some(1));
    floor.wait(1);
    assert_eq!(floor.owner("c"), Some(2));
}

#[test]
fn whoever_leaves_does_not_take_a_second_question_along() {
    let mut floor = floor("", &[1, 2]);
    floor.dm("c");
    floor.answer("c", 1);
    floor.reply("c");
    floor.away_with_reassign(1);
    floor.wait(61);
    assert_eq!(floor.owner("c"), Some(2));
}

#[test]
fn a_contact_is_told_to_wait_in_the_general_language_of_theirs() {
    let rules = "hours = \"day\"\n[hours.day]\nweekdays = [\"13:00-18:00\"]\n\
                 [after_hours]\nacknowledge = { pt = \"Voltamos já.\", und = \"Back at one.\" }";
    let mut floor = floor(rules, &[1]);
    let desk = &mut floor.desk;
    desk.changed("c", Change::Started(message("hello")), |it| it.tags = vec!["tiktok".into()]);
    let language = Some("pt-br".to_owned());
    desk.answer(Outcome::Contact(ContactProfile { language, ..ContactProfile::default() }));
    floor.settle();
    assert_eq!(told(&floor, "reply").len(), 1);
    assert!(floor.desk.log.contains("reply: Voltamos já."), "{}", floor.desk.log);
}

#[test]
fn no_step_of_the_way_down_is_taken_twice() {
    let rules = "overflow = [{ to = \"returns\", waiting = 1 }, { to = \"triage\", after = \"10m\" }]\n\
                 [team.returns]\nintercom_team = 200";
    let mut floor = floor(rules, &[]);
    floor.dm("first");
    floor.dm("second");
    floor.wait(11 * 60);
    let ways = told(&floor, "second Overflowed");
    assert_eq!(ways.len(), 2, "to returns and to triage, though one is before it there: {ways:#?}");
    assert!(ways[1].contains("to: \"triage\""), "{ways:#?}");
}
