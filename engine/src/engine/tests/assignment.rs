//! Stories about who gets it, when, and what happens if nobody can.

use super::floor::{Floor, given};
use super::*;

mod corners;
mod explained;

const RULES: &str = r#"
version = 1
channel.any = [{ tag = "tiktok" }]
fallback.assign = "triage"
[team.triage]
intercom_team = 300
[[rule]]
name = "hot"
assign = "help"
priority = "high"
when.text = ["wholesale"]
[[rule]]
name = "all"
assign = "help"
when.text = ["hello", "hola", "bonjour"]
[team.help]
intercom_team = 100
"#;

fn floor(rules: &str, teammates: &[u64]) -> Floor {
    let members: Vec<_> = teammates.iter().map(|id| (*id, &[100_u64][..])).collect();
    Floor::new(&format!("{RULES}{rules}"), &members)
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("c{number}")).collect()
}

/// Gives out so many, each closed before the next comes, and says who got them.
fn one_by_one(floor: &mut Floor, count: usize) -> Vec<u64> {
    let give = |_| {
        floor.one_by_one += 1;
        let id = format!("turn{}", floor.one_by_one);
        floor.dm(&id);
        let owner = floor.owner(&id).unwrap();
        floor.close(&id);
        owner
    };
    (0..count).map(give).collect()
}

#[test]
fn round_robin_goes_around_and_skips_who_is_away() {
    let mut floor = floor("distribution = \"round_robin\"", &[1, 2, 3]);
    assert_eq!(one_by_one(&mut floor, 4), [1, 2, 3, 1]);
    floor.away(2);
    assert_eq!(one_by_one(&mut floor, 3), [3, 1, 3]);
    floor.wait(3600);
    floor.back(2);
    // No credit was saved up: one turn, as everybody.
    assert_eq!(one_by_one(&mut floor, 4), [1, 2, 3, 1]);
}

#[test]
fn weights_are_dealt_out_as_smoothly_as_nginx_does() {
    let rules = "distribution = \"weighted\"\n[teammates]\nramp = false\n[teammate.ana]\nintercom_admin = 1\nweight = 5\n\
                 [teammate.ben]\nintercom_admin = 2\n[teammate.cem]\nintercom_admin = 3";
    let mut floor = floor(rules, &[1, 2, 3]);
    assert_eq!(one_by_one(&mut floor, 7), [1, 1, 2, 1, 3, 1, 1]);
    floor.away(1);
    assert_eq!(one_by_one(&mut floor, 4), [2, 3, 2, 3]);
    floor.wait(3600);
    floor.back(1);
    assert_eq!(one_by_one(&mut floor, 7).iter().filter(|it| **it == 1).count(), 5);
}

#[test]
fn longest_idle_asks_who_has_had_nothing_to_do() {
    let mut floor = floor("distribution = \"longest_idle\"", &[1, 2, 3]);
    for id in ["a", "b", "c"] {
        floor.dm(id);
    }
    floor.close("b");
    floor.close("c");
    floor.close("a");
    floor.dm("d");
    floor.dm("e");
    floor.dm("f");
    assert_eq!(floor.owners(), given(&[("d", 1), ("e", 2), ("f", 3)]));
}

#[test]
fn whoever_answered_a_contact_comes_first_for_a_while() {
    let mut floor = floor("sticky = \"7d\"", &[1, 2, 3]);
    floor.dm_of("first", "ana");
    floor.answer("first", 3); // not who was given it
    floor.close("first");
    floor.dm_of("second", "ana");
    assert_eq!(floor.owner("second"), Some(3));
    floor.wait(7 * 86_400 - 3_600);
    floor.dm_of("third", "ana");
    assert_eq!(floor.owner("third"), Some(3), "within the seven days");
    floor.wait(3_601);
    floor.dm_of("fourth", "ana");
    assert_ne!(floor.owner("fourth"), Some(3));
}

#[test]
fn the_file_can_say_who_only_helps_out() {
    let rules = "assignment_limit = 1\n[teammate.ana]\nintercom_admin = 1\nhelps_in = \"help\"";
    let mut floor = floor(rules, &[1, 2]);
    floor.dm("a");
    floor.dm("b");
    assert_eq!(floor.owners(), given(&[("a", 2), ("b", 1)]));
}

#[test]
fn those_who_help_out_come_last_and_help_their_own_team_first() {
    let rules = "[teammates]\nassignment_limit = 2\n[team.returns]\nintercom_team = 200\n\
                 [[rule]]\nname = \"return\"\nassign = \"returns\"\nwhen.text = [\"return\"]";
    let people = [(1, &[100_u64][..]), (2, &[100, 200][..])];
    let mut floor = Floor::with_secondary(&format!("{RULES}{rules}"), &people, &[(2, 100)]);
    for id in ["a", "b", "c", "d", "e"] {
        floor.dm(id);
        floor.wait(1);
    }
    assert_eq!(floor.owners(), given(&[("a", 1), ("b", 1), ("c", 2), ("d", 2)]));
    floor.dm_saying("r", "return");
    floor.close("c");
    assert_eq!((floor.owner("r"), floor.owner("e")), (Some(2), None), "though e is older");
}

#[test]
fn a_flicker_of_presence_reshuffles_nothing() {
    let mut floor = floor("[teammates]\naway_grace = \"2m\"", &[1, 2]);
    floor.dm("a");
    floor.away_with_reassign(1);
    floor.wait(100);
    floor.dm("b");
    assert_eq!(floor.owner("b"), Some(2), "nobody who is away gets anything");
    floor.back(1);
    floor.away_with_reassign(1);
    floor.wait(100);
    assert_eq!(floor.owner("a"), Some(1), "the grace period began anew");
    floor.back(1);
    // No return, so no ramp: three at once.
    for id in ["c", "d", "e"] {
        floor.dm(id);
    }
    assert_eq!(floor.load(1), 3);
}

#[test]
fn a_shift_begins_with_a_ramp_and_ends_with_nothing_new() {
    let rules = "[hours.late]\nfriday = [\"13:00-15:00\"]\n[teammates]\nassignment_limit = 3\n\
                 ramp = { per_minute = 2, lasts = \"5m\" }\n[teammate.ana]\nintercom_admin = 1\nshift = \"late\"";
    let mut floor = floor(rules, &[1]);
    for id in names(4) {
        floor.dm(&id);
    }
    floor.wait(3600 - 1);
    assert_eq!(floor.owners().len(), 0);
    let mut by_time = vec![];
    for _ in 0..4 {
        floor.wait(1);
        by_time.push(floor.owners().len());
        floor.wait(29);
    }
    assert_eq!(by_time, [1, 2, 3, 3]);
    floor.wait(2 * 3600);
    floor.close("c0");
    assert_eq!(floor.owners().len(), 2, "the shift is over");
}

#[test]
fn limits_can_differ_by_teammate_and_team() {
    let rules = "assignment_limit = 2\n[team.returns]\nintercom_team = 200\n\
                 [[rule]]\nname = \"return\"\nassign = \"returns\"\nwhen.text = [\"return\"]\n\
                 [teammates]\nassignment_limit = 5\n\
                 [teammate.new]\nintercom_admin = 1\nlimit_in = { help = 1 }\n\
                 [teammate.old]\nintercom_admin = 2\nassignment_limit = 3";
    let people = [(1, &[100_u64, 200][..]), (2, &[100, 200][..])];
    let mut floor = Floor::new(&format!("{RULES}{rules}"), &people);
    for id in names(4) {
        floor.dm(&id);
    }
    assert_eq!(floor.order(&names(4)), [1, 2, 2], "one of help for the new, two for the old");
    for id in ["r0", "r1", "r2", "r3", "r4", "r5"] {
        floor.dm_saying(id, "return");
    }
    assert_eq!([1, 2].map(|it| floor.load(it)), [5, 3]);
}

#[test]
fn an_overflow_counts_from_the_message_and_not_the_closed_hours() {
    let rules = "hours = \"day\"\noverflow = [{ to = \"triage\", after = \"10m\" }]\n\
                 [hours.day]\nweekdays = [\"12:00-12:30\", \"13:00-18:00\"]";
    let people = [(9, &[300_u64][..])];
    let mut floor = Floor::new(&format!("{RULES}{rules}"), &people);
    floor.dm("in time");
    floor.wait(25 * 60);
    floor.dm("before lunch");
    floor.wait(45 * 60);
    floor.check(expect![[r#"
        0s in time routed to help by Rule("all")
        0s call 1 in time -> team 100
        0s in time waits for help at 1: []
        600s in time Overflowed(Overflowed { from: "help", to: "triage", reason: Age(600000000) })
        600s call 1 in time -> team 300 after a look
        600s in time to 9 of triage: OnlyOne
        600s call 1 in time -> teammate 9
        1500s before lunch routed to help by Rule("all")
        1500s call 1 before lunch -> team 100
        1500s before lunch waits for help at 1: []
        3900s before lunch Overflowed(Overflowed { from: "help", to: "triage", reason: Age(600000000) })
        3900s call 1 before lunch -> team 300 after a look
        3900s before lunch to 9 of triage: OnlyOne
        3900s call 1 before lunch -> teammate 9
    "#]]);
}

#[test]
fn a_long_queue_and_a_long_wait_overflow_at_once() {
    let rules = "assignment_limit = 1\noverflow = [{ to = \"triage\", waiting = 2 }]";
    let mut floor = floor(rules, &[1]);
    for id in names(4) {
        floor.dm(&id);
    }
    floor.check(expect![[r#"
        0s c0 routed to help by Rule("all")
        0s call 1 c0 -> team 100
        0s c0 to 1 of help: OnlyOne
        0s call 1 c0 -> teammate 1
        0s c1 routed to help by Rule("all")
        0s call 1 c1 -> team 100
        0s c1 waits for help at 1: [AtTeamLimit]
        0s c2 routed to help by Rule("all")
        0s call 1 c2 -> team 100
        0s c2 waits for help at 2: [AtTeamLimit]
        0s c3 routed to help by Rule("all")
        0s call 1 c3 -> team 100
        0s c3 Overflowed(Overflowed { from: "help", to: "triage", reason: Waiting(2) })
        0s call 1 c3 -> team 300
        0s c3 waits for triage at 1: []
    "#]]);
    let rules = "assignment_limit = 1\noverflow = [{ to = \"triage\", expected_wait = \"20m\" }]";
    let mut floor = self::floor(rules, &[1]);
    for id in ["a", "b", "c"] {
        floor.dm(id);
    }
    for id in ["a", "b"] {
        floor.wait(15 * 60);
        floor.close(id);
    }
    floor.desk.log.clear();
    floor.dm("first in line");
    floor.dm("second in line");
    floor.check(expect![[r#"
        1800s first in line routed to help by Rule("all")
        1800s call 1 first in line -> team 100
        1800s first in line waits for help at 1: [AtTeamLimit]
        1800s second in line routed to help by Rule("all")
        1800s call 1 second in line -> team 100
        1800s second in line Overflowed(Overflowed { from: "help", to: "triage", reason: ExpectedWait(1800000000) })
        1800s call 1 second in line -> team 300
        1800s second in line waits for triage at 1: []
    "#]]);
}

#[test]
fn requirements_fall_away_one_by_one_and_then_comes_the_fallback() {
    let rules = "require = [{ skill = \"returns\", until = \"2m\" }, { language = true, until = \"5m\" }]\n\
                 [language]\namong = [\"en\", \"es\", \"fr\"]\n\
                 [teammate.ana]\nintercom_admin = 1\nlanguages = [\"es\"]\nskills = [\"returns\"]\n\
                 [teammate.ben]\nintercom_admin = 2\nlanguages = [\"es\"]\n\
                 [teammate.cem]\nintercom_admin = 3";
    let rules = format!("{RULES}{rules}")
        .replace("fallback.assign", "fallback.after = \"10m\"\nfallback.assign");
    let members = [(1, &[100_u64][..]), (2, &[100]), (3, &[100])];
    let mut floor = Floor::new(&rules, &members);
    floor.desk.dm("skilled", "hola, donde esta mi pedido por favor");
    floor.settle();
    for teammate in [1, 2, 3] {
        floor.away(teammate);
    }
    floor.desk.dm("later", "hola, donde esta mi pedido por favor");
    floor.settle();
    floor.back(2);
    floor.back(3);
    floor.wait(150);
    assert_eq!(floor.owner("later"), Some(2), "who at least speaks Spanish");
    floor.away(2);
    floor.desk.dm("last", "hola, donde esta mi pedido por favor");
    floor.settle();
    floor.wait(310);
    assert_eq!(floor.owner("last"), Some(3), "at last, anybody");
    floor.away(3);
    floor.desk.dm("nobody", "hola, donde esta mi pedido por favor");
    floor.settle();
    floor.wait(700);
    floor.check(expect![[r#"
        0s skilled routed to help by Rule("all")
        0s call 1 skilled -> team 100
        0s skilled to 1 of help: OnlyOne
        0s call 1 skilled -> teammate 1
        0s later routed to help by Rule("all")
        0s call 1 later -> team 100
        0s later waits for help at 1: [Away, Away, Away]
        120s later Relaxed { requirement: "skill returns" }
        120s later to 2 of help: OnlyOne
        120s call 1 later -> teammate 2
        150s last routed to help by Rule("all")
        150s call 1 last -> team 100
        150s last waits for help at 1: [Away, Away, LacksSkill]
        270s last Relaxed { requirement: "skill returns" }
        450s last Relaxed { requirement: "language es" }
        450s last to 3 of help: OnlyOne
        450s call 1 last -> teammate 3
        460s nobody routed to help by Rule("all")
        460s call 1 nobody -> team 100
        460s nobody waits for help at 1: [Away, Away, Away]
        580s nobody Relaxed { requirement: "skill returns" }
        760s nobody Relaxed { requirement: "language es" }
        1060s nobody FellBack { team: "triage", reason: WaitedTooLong }
        1060s call 1 nobody -> team 300 after a look
        1060s nobody waits for triage at 1: []
    "#]]);
}

#[test]
fn silence_bounces_within_office_hours_until_somebody_must_look() {
    let rules = "hours = \"day\"\nno_answer = { within = \"20m\", bounces = 1 }\n\
                 [hours.day]\nweekdays = [\"12:00-12:30\", \"13:00-18:00\"]";
    let mut floor = floor(rules, &[1, 2]);
    floor.wait(20 * 60);
    floor.dm("c");
    floor.wait(3 * 3600);
    floor.check(expect![[r#"
        1200s c routed to help by Rule("all")
        1200s call 1 c -> team 100
        1200s c to 1 of help: SmallestId
        1200s call 1 c -> teammate 1
        4200s c Requeued(Requeued { team: "help", reason: NoAnswer(TeammateId(1)) })
        4200s c to 2 of help: OnlyOne
        4200s call 1 c -> teammate 2 after a look
        5400s c Unanswered { teammate: TeammateId(2), bounces: 1 }
    "#]]);
}

#[test]
fn who_was_silent_gets_nothing_more_until_a_sign() {
    let rules = "assignment_limit = 2\nno_answer = { within = \"15m\", bounces = 3 }";
    let mut floor = floor(rules, &[1]);
    floor.dm("a");
    floor.dm("b");
    floor.dm("c");
    floor.wait(15 * 60);
    assert_eq!(floor.owners(), [], "a and b wait again, and c is not wasted on them");
    floor.answer("a", 1);
    assert_eq!(floor.owners(), given(&[("c", 1)]), "a and b were tried with them");
}

#[test]
fn who_is_busy_but_answers_is_not_silent() {
    let rules = "assignment_limit = 2\nno_answer = { within = \"15m\", bounces = 3 }";
    let mut floor = floor(rules, &[1]);
    floor.dm("a");
    floor.dm("b");
    floor.dm("c");
    floor.wait(14 * 60);
    floor.answer("a", 1);
    floor.wait(60);
    assert_eq!(floor.owners(), given(&[("a", 1), ("c", 1)]));
}

#[test]
fn what_is_about_to_lose_its_window_rises_and_the_loss_is_told() {
    let rules = format!("{RULES}assignment_limit = 1").replace(
        "channel.any",
        "channel.reply_window = { lasts = \"2h\", rise = \"30m\" }\nchannel.any",
    );
    let mut floor = Floor::new(&rules, &[(1, &[100])]);
    floor.dm("busy");
    floor.answer("busy", 1);
    floor.dm("old");
    floor.wait(95 * 60);
    floor.dm_saying("hot", "hello wholesale");
    floor.close("busy");
    assert_eq!(floor.owner("old"), Some(1), "though hot has a head start of an hour");
    floor.dm("lost");
    floor.wait(2 * 3600);
    floor.check(expect![[r#"
        0s busy routed to help by Rule("all")
        0s call 1 busy -> team 100
        0s busy to 1 of help: OnlyOne
        0s call 1 busy -> teammate 1
        0s old routed to help by Rule("all")
        0s call 1 old -> team 100
        0s old waits for help at 1: [AtTeamLimit]
        5400s old WindowClosing { closes_at: Timestamp(1795183200000000) }
        5700s hot routed to help by Rule("hot")
        5700s call 1 hot -> team 100
        5700s hot waits for help at 2: [AtTeamLimit]
        5700s old to 1 of help: OnlyOne
        5700s call 1 old -> teammate 1 after a look
        5700s lost routed to help by Rule("all")
        5700s call 1 lost -> team 100
        5700s lost waits for help at 2: [AtTeamLimit]
        7200s old WindowLost
        11100s hot WindowClosing { closes_at: Timestamp(1795188900000000) }
        11100s lost WindowClosing { closes_at: Timestamp(1795188900000000) }
        12900s hot WindowLost
        12900s lost WindowLost
    "#]]);
}

#[test]
fn writing_again_opens_the_window_again() {
    let mut floor = floor("", &[]);
    floor.dm("c");
    floor.wait(45 * 3600);
    floor.reply("c");
    floor.wait(43 * 3600);
    floor.check(expect![[r#"
        0s c routed to help by Rule("all")
        0s call 1 c -> team 100
        0s c waits for help at 1: []
        158400s c WindowClosing { closes_at: Timestamp(1795348800000000) }
    "#]]);
}

#[test]
fn a_flood_in_one_language_does_not_starve_another() {
    let rules = "assignment_limit = 1\nsharing = { by = \"language\", weights = { en = 2 } }\n\
                 [language]\namong = [\"en\", \"fr\"]";
    let mut floor = floor(rules, &[1]);
    for number in 0..8 {
        floor.dm_saying(&format!("en{number}"), "hello where is my order please");
    }
    for number in 0..3 {
        floor.dm_saying(&format!("fr{number}"), "bonjour je voudrais savoir où est ma commande");
    }
    let mut order = vec![];
    while let Some((id, _)) = floor.owners().first().cloned() {
        order.push(id.clone());
        floor.close(&id);
    }
    assert_eq!(order.join(" "), "en0 en1 fr0 en2 en3 fr1 en4 en5 fr2 en6 en7");
}

#[test]
fn a_manual_team_picks_from_its_inbox() {
    let mut floor = floor("distribution = \"manual\"", &[1]);
    floor.dm("c");
    floor.wait(3600);
    floor.desk.part += 1;
    let part = Some(PartId::new(floor.desk.part));
    floor.desk.changed("c", Change::Assigned { part }, teammate(100, 1));
    floor.close("c");
    floor.check(expect![[r#"
        0s c routed to help by Rule("all")
        0s call 1 c -> team 100
        0s c HandedOver { team: "help" }
        3600s c LeftAlone(TakenByTeammate(TeammateId(1)))
    "#]]);
}

#[test]
fn one_call_is_enough_if_the_team_need_not_be_shown() {
    let mut floor = floor("assignment_limit = 1\ninbox = \"when_waiting\"", &[1]);
    floor.dm("at once");
    floor.dm("waits");
    floor.close("at once");
    floor.check(expect![[r#"
        0s at once routed to help by Rule("all")
        0s at once to 1 of help: OnlyOne
        0s call 1 at once -> teammate 1
        0s waits routed to help by Rule("all")
        0s call 1 waits -> team 100
        0s waits waits for help at 1: [AtTeamLimit]
        0s waits to 1 of help: OnlyOne
        0s call 1 waits -> teammate 1
    "#]]);
}

#[test]
fn a_held_contact_is_told_once_in_their_language() {
    let rules = "hours = \"day\"\n[hours.day]\nweekdays = [\"13:00-18:00\"]\n\
                 [language]\namong = [\"en\", \"es\"]\n\
                 [after_hours]\nacknowledge = { es = \"Volvemos a la una.\", und = \"Back at one.\" }";
    let mut floor = floor(rules, &[1]);
    floor.dm_saying("es", "hola, donde esta mi pedido por favor");
    floor.dm("en");
    // What we wrote comes back as a webhook: it is no answer of a teammate.
    let written = floor.desk.part;
    let part = Some(PartId::new(written));
    floor.changed("en", Change::Answered { teammate: Some(TeammateId::new(99)), part });
    floor.wait(2 * 3600);
    floor.check(expect![[r#"
        0s es routed to help by Rule("all"), held
        0s call 1 es -> team 100
        0s call 1 es + reply: Volvemos a la una.
        0s en routed to help by Rule("all"), held
        0s call 1 en -> team 100
        0s call 1 en + reply: Back at one.
        3600s es to 1 of help: OnlyOne
        3600s en to 1 of help: OnlyOne
        3600s call 1 es -> teammate 1 after a look
        3600s call 1 en -> teammate 1 after a look
    "#]]);
}

#[test]
fn a_conversation_that_moved_meanwhile_is_not_overwritten() {
    let mut floor = floor("assignment_limit = 1", &[1]);
    floor.dm("busy");
    floor.dm("c");
    floor.wait(301);
    let desk = &mut floor.desk;
    desk.changed("busy", Change::Closed, teammate(100, 1));
    let looked = desk.calls.first().map(|call| called(&call.action));
    assert_eq!(looked.as_deref(), Some("c -> teammate 1 after a look"));
    let taken = ConversationSnapshot {
        team: Some(TeamId::new(100)),
        teammate: Some(TeammateId::new(7)),
        ..snapshot("c", desk.at)
    };
    desk.answer(Outcome::Superseded(taken));
    floor.check(expect![[r#"
        0s busy routed to help by Rule("all")
        0s call 1 busy -> team 100
        0s busy to 1 of help: OnlyOne
        0s call 1 busy -> teammate 1
        0s c routed to help by Rule("all")
        0s call 1 c -> team 100
        0s c waits for help at 1: [AtTeamLimit]
        301s c to 1 of help: OnlyOne
        301s call 1 c -> teammate 1 after a look
        301s c LeftAlone(TakenByTeammate(TeammateId(7)))
    "#]]);
}

#[test]
fn scarce_calls_go_to_the_hot_and_the_closing_first() {
    let rules = "[api]\ncalls_per_window = 4\nshare = 0.5";
    let mut floor = floor(rules, &[1, 2, 3]);
    floor.wait(20); // the roster took the first window, a look for changes part of the second
    for id in ["cold0", "cold1", "cold2"] {
        floor.desk.dm(id, "hello");
    }
    floor.desk.dm("hot", "wholesale");
    let drained = floor.desk.engine.overview();
    assert_eq!(drained.waiting_requests, 2);
    assert_eq!(drained.requests_drained_at.since(floor.desk.at), Duration::from_secs(10));
    floor.wait(30);
    floor.check(expect![[r#"
        20s cold0 routed to help by Rule("all")
        20s call 1 cold0 -> team 100
        20s cold1 routed to help by Rule("all")
        20s call 1 cold1 -> team 100
        20s cold2 routed to help by Rule("all")
        20s hot routed to help by Rule("hot")
        30s cold0 to 1 of help: SmallestId
        30s cold1 to 2 of help: SmallestId
        40s call 1 hot -> team 100
        40s call 1 cold0 -> teammate 1
        40s hot to 3 of help: FewestOpen
        50s call 1 hot -> teammate 3
        50s call 1 cold1 -> teammate 2
    "#]]);
}

#[test]
fn a_teammate_has_room_again_only_when_intercom_shows_the_conversation_elsewhere() {
    let rules = "assignment_limit = 1\nno_answer = { within = \"15m\" }";
    let mut floor = floor(rules, &[1, 2]);
    for id in ["a", "b", "waits"] {
        floor.dm(id);
    }
    floor.answer("b", 2);
    floor.answer("b", 1); // helps out, so is not silent
    floor.desk.log.clear();
    let desk = &mut floor.desk;
    desk.wait(15 * 60);
    desk.say("-- Intercom still shows it with the first");
    desk.all_done();
    floor.check(expect![[r#"
        900s a Requeued(Requeued { team: "help", reason: NoAnswer(TeammateId(1)) })
        900s call 1 a -> team 100 after a look
        900s -- Intercom still shows it with the first
        900s a waits for help at 1: [Excluded, AtTeamLimit]
        900s waits to 1 of help: OnlyOne
        900s call 1 waits -> teammate 1 after a look
    "#]]);
}
