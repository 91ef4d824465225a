use expect_test::expect;
use router::admin::status::{
    ApiStatus, DeadLetterStatus, DrainStatus, JournalStatus, MembershipStatus, RosterStatus,
};

use super::*;

fn team(team: &str, waiting: usize, held: usize, oldest: Option<f64>) -> TeamStatus {
    TeamStatus {
        team: team.to_owned(),
        open: held == 0,
        ready: 3 - waiting.min(3),
        waiting,
        held,
        oldest_wait_seconds: oldest,
        drained_in_seconds: oldest.filter(|_| waiting > 0).map(|oldest| oldest * 3.0),
    }
}

fn teammate(id: u64, name: Option<&str>, presence: Presence, open: u32) -> TeammateStatus {
    let membership = |team: &str, open, limit, secondary| MembershipStatus {
        team: team.to_owned(),
        member: true,
        secondary,
        open,
        limit,
        standing: Standing::Eligible,
    };
    TeammateStatus {
        id,
        name: name.map(str::to_owned),
        presence,
        seat: true,
        at_work: true,
        open,
        limit: Some(20),
        teams: vec![
            membership("sales", open, Some(10), false),
            membership("support", 0, None, true),
        ],
    }
}

fn status() -> Status {
    Status {
        version: "0.1.0".to_owned(),
        rules: "0123456789ab".to_owned(),
        time_zone: "Europe/Dublin".to_owned(),
        at: "2026-11-20T12:00:00Z".parse().unwrap(),
        started_at: "2026-11-18T09:30:00Z".parse().unwrap(),
        dry_run: false,
        ready: true,
        reasons: vec![],
        paused_since: None,
        drain: None,
        conversations: 12_345,
        stuck: 0,
        api: ApiStatus {
            budget_left: 1_020,
            budget: 1_332,
            requests_waiting: 2_500,
            requests_made_in_seconds: 21.4,
            calls_in_flight: 32,
            open_calls: 1_290,
        },
        journal: JournalStatus {
            writable: true,
            records: 98_765,
            failures: 0,
            notifications_waiting: 4,
        },
        dead_letters: DeadLetterStatus { unreadable: 0, poison: 0, dropped: 3 },
        roster: RosterStatus { loaded: true, active: 2, away: 1 },
        teams: vec![team("sales", 1_200, 0, Some(75.4)), team("support", 0, 17, Some(40_000.0))],
        teammates: vec![
            teammate(101, Some("ada"), Presence::Active, 10),
            teammate(102, None, Presence::Away, 0),
        ],
    }
}

#[test]
fn a_busy_router_fits_the_screen() {
    let text = render(&status(), false);
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    expect![[r#"
        router 0.1.0, rules 0123456789ab, ready, up 2d 02h, Fri 2026-11-20 12:00:00 GMT

        Teams
          team     office  could take  waiting  held  oldest wait  served in about
          sales    open             –    1,200     –       1m 15s           3m 46s
          support  closed           3        –    17      11h 06m                –
          all                            1,200    17      11h 06m

        Teammates
          teammate  presence  open / limit  by team: open / limit
          101 ada   active    10 / 20       sales 10 / 10, support 0 (helps)
          102       away      0 / 20        sales 0 / 10, support 0 (helps)

        API      1,020 of 1,332 requests left in this window; 2,500 wait, made in 21s
        Calls    32 under way, 1,290 open
        Journal  writable; 98,765 records, 0 failures; 4 wait
        Roster   2 active, 1 away, with a seat
        Memory   12,345 conversations
    "#]]
    .assert_eq(&text);
}

#[test]
fn what_matters_stands_first() {
    let status = Status {
        ready: false,
        reasons: vec!["the router is draining".to_owned()],
        dry_run: true,
        paused_since: Some("2026-11-20T11:57:55Z".parse().unwrap()),
        drain: Some(DrainStatus { calls_in_flight: 2, calls_held: 7 }),
        stuck: 3,
        dead_letters: DeadLetterStatus { unreadable: 1_200, poison: 1, dropped: 0 },
        ..status()
    };
    let text = render(&status, false);
    let head: Vec<&str> = text.lines().take(8).collect();
    expect![[r#"
        router 0.1.0, rules 0123456789ab, NOT READY, up 2d 02h, Fri 2026-11-20 12:00:00 GMT
        ! the router is draining
        ! a dry run: nothing is changed in Intercom
        ! assignment has been paused for 2m 05s: `router resume` goes on
        ! draining: 2 calls under way, 7 held back
        ! stuck: Intercom refuses every assignee of 3 conversations
        ! dead letters: 1,200 unreadable, 1 poison: `router retry` lists them
    "#]]
    .assert_eq(&head.join("\n"));
}

#[test]
fn a_large_team_is_not_shown_whole() {
    let teammates: Vec<_> = (1..=25)
        .map(|id| teammate(id, None, Presence::Active, u32::try_from(id).unwrap()))
        .collect();
    let status = Status { teammates, ..status() };
    let short = render(&status, false);
    assert!(short.contains("\n  25 ") && !short.contains("\n  5 "), "{short}");
    assert!(short.contains("and 5 with less to do: --all shows them\n"), "{short}");
    let long = render(&status, true);
    assert!(long.contains("\n  5 ") && !long.contains("--all"), "{long}");
    assert!(render(&Status { teammates: vec![], ..status }, false).contains("nobody is known yet"));
}

#[test]
fn names_do_nothing_to_the_terminal_and_keep_the_width() {
    let mut status = status();
    status.teams[0].team = format!("\x1b[31m{}", "long".repeat(20));
    status.teammates[0].name = Some("n".repeat(90));
    let text = render(&status, false);
    assert!(!text.contains('\x1b'), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
}

#[test]
fn lengths_are_said_as_people_say_them() {
    let check = |seconds: f64, expected: &str| assert_eq!(length(seconds), expected);
    check(-1.0, "0s");
    check(0.4, "0s");
    check(59.6, "1m 00s");
    check(3_599.0, "59m 59s");
    check(3_660.0, "1h 01m");
    check(200_000.0, "2d 07h");
    check(f64::NAN, "0s");
}
