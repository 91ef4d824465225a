//! What other products are known to get wrong, told as stories that must end well here. Each
//! names where it was reported.

use super::floor::{Floor, given};
use super::*;

/// One team whose teammates are told by each story.
const ONE_TEAM: &str = r#"
version = 1
channel.any = [{ tag = "tiktok" }]
fallback.assign = "help"
[team.help]
intercom_team = 100
assignment_limit = 4
"#;

fn floor(rules: &str, teammates: &[u64]) -> Floor {
    let members: Vec<_> = teammates.iter().map(|id| (*id, &[100_u64][..])).collect();
    Floor::new(&format!("{ONE_TEAM}{rules}"), &members)
}

/// Intercom's round robin runs once, on arrival: what comes while everybody is away stays
/// unassigned even after they are back (intercom.com/help/en/articles/6512504).
#[test]
fn what_came_while_everybody_was_away_is_handed_out_when_they_are_back() {
    let mut floor = floor("distribution = \"round_robin\"", &[1, 2]);
    floor.away(1);
    floor.away(2);
    for id in ["a", "b", "c"] {
        floor.dm(id);
    }
    assert_eq!(floor.owners(), []);
    floor.wait(600);
    floor.back(1);
    floor.wait(60);
    floor.back(2);
    floor.wait(60);
    assert_eq!(floor.owners(), given(&[("a", 1), ("b", 1), ("c", 1)]));
}

/// A teammate who comes back is preferred until their count has caught up with the others'
/// (github.com/RocketChat/Rocket.Chat/issues/13134).
#[test]
fn a_returning_teammate_is_not_given_everything() {
    let mut floor = floor("[teammates]\nramp = { per_minute = 2, lasts = \"5m\" }", &[1, 2, 3]);
    floor.away(3);
    floor.wait(3600);
    for number in 0..6 {
        floor.dm(&format!("early{number}"));
    }
    floor.back(3);
    floor.wait(1);
    for number in 0..3 {
        floor.dm(&format!("late{number}"));
    }
    // One at once, and the others of this second to those who were there.
    assert_eq!([1, 2, 3].map(|it| floor.load(it)), [4, 4, 1], "{:?}", floor.owners());
    floor.dm("next");
    floor.wait(30);
    assert_eq!(floor.owner("next"), Some(3));
}

/// One conversation was reassigned dozens of times under load, alternating between agents
/// (github.com/chatwoot/chatwoot/pull/14495).
#[test]
fn repeated_and_reordered_webhooks_assign_once() {
    let mut floor = floor("", &[1, 2]);
    let desk = &mut floor.desk;
    desk.dm("c", "hello");
    let placed = desk.done();
    for _ in 0..3 {
        desk.dm("c", "hello");
        desk.changed("c", Change::ContactReplied(message("hello??")), team(100));
        desk.changed("c", Change::Assigned { part: Some(placed) }, team(100));
    }
    let given_part = desk.done();
    for part in [given_part, placed, given_part] {
        desk.changed("c", Change::Assigned { part: Some(part) }, teammate(100, 1));
        desk.changed("c", Change::Labelled, teammate(100, 1));
    }
    assert_eq!(desk.log.matches("-> teammate").count(), 1, "{}", desk.log);
}

/// A queued chat stayed unassigned although somebody got free, and a newer one was assigned first
/// (github.com/chatwoot/chatwoot/issues/10376, /10583).
#[test]
fn the_oldest_waiting_is_served_before_a_newer_one() {
    let mut floor = floor("", &[1]);
    for id in ["a", "b", "c", "d", "old", "new"] {
        floor.dm(id);
        floor.wait(1);
    }
    floor.close("b");
    assert_eq!(floor.owner("old"), Some(1));
    floor.dm("newest");
    floor.close("a");
    assert_eq!((floor.owner("new"), floor.owner("newest")), (Some(1), None));
}

/// A returning customer's conversation went to the agent who had answered before, who was offline
/// (github.com/chatwoot/chatwoot/issues/7204, /4158, /9587).
#[test]
fn nobody_who_is_away_is_given_a_contact_they_know() {
    let mut floor = floor("sticky = \"14d\"", &[1, 2]);
    floor.dm_of("first", "ana");
    floor.answer("first", 1);
    floor.close("first");
    floor.away(1);
    floor.dm_of("second", "ana");
    assert_eq!(floor.owner("second"), Some(2));
    floor.back(1);
    floor.dm_of("third", "ana");
    assert_eq!(floor.owner("third"), Some(1), "who is there again is asked again");
}

/// Auto-reassignment when nobody answers is asked for again and again
/// (github.com/chatwoot/chatwoot/issues/14508, /13516; LiveHelperChat/livehelperchat/issues/1073).
#[test]
fn silence_gives_a_conversation_to_somebody_else() {
    let mut floor = floor("no_answer = { within = \"15m\", bounces = 1 }", &[1, 2]);
    floor.dm("c");
    assert_eq!(floor.owner("c"), Some(1));
    floor.wait(15 * 60);
    assert_eq!(floor.owner("c"), Some(2));
    floor.answer("c", 2);
    floor.wait(24 * 3600);
    assert_eq!(floor.owner("c"), Some(2));
}

/// Queue limits are off by some when several chats arrive together, "known system limitation"
/// (help.salesforce.com/s/articleView?id=000395583).
#[test]
fn a_burst_does_not_break_limits() {
    let mut floor = floor("", &[1, 2, 3]);
    for number in 0..50 {
        floor.desk.dm(&format!("c{number}"), "hello"); // nothing is answered yet
    }
    floor.settle();
    assert_eq!([1, 2, 3].map(|it| floor.load(it)), [4, 4, 4]);
}

/// Balanced assignment that breaks ties by id gives the same agent the first of every round
/// (chatwoot's balanced selector; measured max/mean 1.42 where 1.25 is possible).
#[test]
fn ties_do_not_always_go_to_the_smallest_id() {
    let mut floor = floor("", &[1, 2, 3]);
    let mut order = Vec::new();
    for number in 0..6 {
        let id = format!("c{number}");
        floor.dm(&id);
        order.push(floor.owner(&id).unwrap());
        floor.close(&id);
    }
    assert_eq!(order, [1, 2, 3, 1, 2, 3]);
}

/// A sweep handed a whole backlog to the one agent who was online
/// (github.com/chatwoot/chatwoot/pull/12334; an agent back from leave is handed 100 cases at once,
/// unofficialsf.com/best-practices-for-status-based-capacity).
#[test]
fn a_backlog_does_not_fall_on_the_first_who_is_back() {
    let mut floor = floor("[teammates]\nramp = { per_minute = 1, lasts = \"10m\" }", &[1, 2]);
    floor.away(1);
    floor.away(2);
    for number in 0..8 {
        floor.dm(&format!("c{number}"));
    }
    floor.wait(3600);
    floor.back(1);
    floor.wait(30);
    assert_eq!(floor.owners().len(), 1);
    floor.back(2);
    floor.wait(100);
    assert_eq!([1, 2].map(|it| floor.load(it)), [3, 2]);
}

/// Customers 2 and 3 were served before customer 1
/// (github.com/LiveHelperChat/livehelperchat/issues/1260).
#[test]
fn a_conversation_that_was_given_back_keeps_its_turn() {
    let mut floor = floor("no_answer = { within = \"15m\" }", &[1]);
    for id in ["first", "a", "b", "c"] {
        floor.dm(id);
    }
    for id in ["second", "third"] {
        floor.wait(1);
        floor.dm(id);
    }
    floor.answer("a", 1);
    floor.wait(15 * 60);
    assert_eq!(floor.owner("first"), None);
    floor.add(2);
    assert_eq!(floor.owner("first"), Some(2));
}

/// Longest idle gave a busy agent a third chat while another had none
/// (community.genesys.com/discussion/agent-utilization-and-queue-routing).
#[test]
fn nobody_gets_a_third_while_another_has_none() {
    let mut floor = floor("distribution = \"longest_idle\"", &[1, 2]);
    floor.dm("a");
    floor.dm("b");
    floor.dm("c");
    floor.dm("d");
    assert_eq!(floor.owners(), given(&[("a", 1), ("b", 2), ("c", 1), ("d", 2)]));
    floor.close("b");
    floor.close("d"); // a moment ago, and yet idle
    floor.dm("e");
    assert_eq!(floor.owner("e"), Some(2));
}

/// Office hours switched an agent on holiday back to available
/// (github.com/RocketChat/Rocket.Chat.Livechat/issues/411; leave-aware assignment:
/// github.com/frappe/helpdesk/issues/1528).
#[test]
fn opening_time_does_not_bring_anybody_back_from_leave() {
    let rules = "hours = \"day\"\n[hours.day]\nweekdays = [\"13:00-18:00\"]\n\
                 [teammate.ana]\nintercom_admin = 1\nshift = \"day\"\ntime_off = [\"2026-11-20\"]\n\
                 [teammate.ben]\nintercom_admin = 2\nshift = \"day\"";
    let mut floor = floor(rules, &[1, 2]);
    for id in ["a", "b"] {
        floor.dm(id);
    }
    floor.wait(3 * 3600);
    assert_eq!(floor.owners(), given(&[("a", 2), ("b", 2)]));
}

/// Going busy kept unaccepted work on the agent for ever
/// (help.salesforce.com/s/articleView?id=004576806).
#[test]
fn who_goes_away_does_not_take_unanswered_conversations_along() {
    let mut floor = floor("", &[1, 2]);
    floor.dm("unanswered");
    floor.dm("other");
    floor.dm("answered");
    floor.answer("answered", 1);
    floor.away_with_reassign(1);
    assert_eq!(floor.owner("unanswered"), Some(1), "it may be a flicker");
    floor.wait(61);
    assert_eq!(floor.owner("unanswered"), Some(2));
    assert_eq!(floor.owner("answered"), Some(1), "until the contact writes again");
    floor.reply("answered");
    assert_eq!(floor.owner("answered"), Some(2));
}

/// Nobody retried when the team came online, or capacity got free
/// (github.com/chatwoot/chatwoot/issues/15786, /10685; RocketChat/Rocket.Chat/issues/18041).
#[test]
fn every_way_of_getting_free_is_noticed() {
    let mut floor = floor("", &[1]);
    for number in 0..9 {
        floor.dm(&format!("c{number}"));
    }
    assert_eq!(floor.load(1), 4);
    floor.close("c0");
    assert_eq!(floor.owner("c4"), Some(1), "closed");
    floor.desk.changed("c1", Change::Snoozed, teammate(100, 1));
    floor.settle();
    assert_eq!(floor.owner("c5"), Some(1), "snoozed");
    floor.desk.event(Event::ConversationDeleted { conversation: ConversationId::new("c2") });
    floor.settle();
    assert_eq!(floor.owner("c6"), Some(1), "deleted");
    floor.desk.changed("c3", Change::Assigned { part: Some(PartId::new(999)) }, teammate(200, 9));
    floor.settle();
    assert_eq!(floor.owner("c7"), Some(1), "taken by somebody else");
    floor.add(2);
    assert_eq!(floor.owner("c8"), Some(2), "joined by somebody");
}

/// The load of other inboxes was not seen (chatwoot's balanced selector counts within one inbox).
#[test]
fn the_load_of_all_teams_counts() {
    let rules = "[team.sales]\nintercom_team = 200\n[[rule]]\nname = \"price\"\nassign = \"sales\"\n\
                 when.text = [\"price\"]";
    let mut floor = Floor::new(&format!("{ONE_TEAM}{rules}"), &[(1, &[100, 200][..]), (2, &[100])]);
    floor.desk.dm("price", "price?");
    floor.settle();
    floor.dm("help");
    assert_eq!(floor.owners(), given(&[("help", 2), ("price", 1)]));
}

/// Load balancing kept returning the same capped agent, so that nobody got the chat
/// (github.com/RocketChat/Rocket.Chat/pull/35831).
#[test]
fn whoever_is_at_their_limit_does_not_block_the_others() {
    let rules = "[teammate.part_time]\nintercom_admin = 1\nassignment_limit = 1";
    let mut floor = floor(rules, &[1, 2]);
    for id in ["a", "b", "c", "d", "e", "f"] {
        floor.dm(id);
    }
    assert_eq!([1, 2].map(|it| floor.load(it)), [1, 4]);
}
