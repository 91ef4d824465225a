//! How fast a backlog goes out through the API budget, told by a server that keeps its own count.

use std::collections::BTreeMap;
use std::time::Duration;

use engine::{
    Action, Call, Change, Command, Engine, Event, Message, Outcome, PartId, Policy, RateLimit,
    Seed, Timestamp,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::scene;

const DMS: u64 = 10_000;
/// Intercom's 10,000 calls a minute in windows of ten seconds.
const LIMIT: u32 = 1_666;
const WINDOW: Duration = Duration::from_secs(10);
/// Begins in the middle of a window.
const START: Timestamp = Timestamp::from_seconds(1_795_176_004);

/// Intercom with its rate limit, and the network before it.
struct Server {
    rng: ChaCha8Rng,
    /// What other apps of the workspace take of every window, as it begins.
    others: u32,
    used: BTreeMap<u64, u32>,
    refused: u32,
    last_call: Timestamp,
    parts: u64,
}

impl Server {
    /// Carries out a call that was sent at `at`: when its answer is back, and what it says.
    fn carry_out(&mut self, at: Timestamp, call: &Call) -> (Timestamp, Event) {
        let mut way = || Duration::from_millis(self.rng.random_range(5..150));
        let (there, back) = (way(), way());
        let arrives = at + there;
        let window = arrives.as_seconds() / WINDOW.as_secs();
        let used = self.used.entry(window).or_insert(self.others);
        let fits = *used + call.action.requests() <= LIMIT;
        let outcome = if fits {
            *used += call.action.requests();
            self.last_call = self.last_call.max(arrives);
            self.parts += 1;
            match call.action {
                Action::FetchRoster => Outcome::Roster(scene::one_team(20)),
                Action::FindConversations { .. } => Outcome::Conversations(Default::default()),
                _ => Outcome::Assigned { part: Some(PartId::new(self.parts)), updated_at: None },
            }
        } else {
            self.refused += 1;
            Outcome::RateLimited
        };
        let reset_at = Timestamp::from_seconds((window + 1) * WINDOW.as_secs());
        let rate_limit = Some(RateLimit { limit: LIMIT, remaining: LIMIT - *used, reset_at });
        (arrives + back, Event::CallFinished { command: call.id, outcome, rate_limit })
    }
}

fn dm(number: u64, at: Timestamp) -> Event {
    let change = Change::Started(Message::text("hello"));
    Event::ConversationChanged { conversation: scene::conversation(number, at), change }
}

/// Plays until every DM has a teammate; says when the engine thought, right after the flood, that
/// it would be done.
fn drain(share: f64, server: &mut Server) -> Timestamp {
    let rules = format!(
        "version = 1\nchannel.any = [{{ tag = \"tiktok\" }}]\nfallback.assign = \"help\"\n\
         [team.help]\nintercom_team = 1\ninbox = \"when_waiting\"\n\
         [api]\nshare = {share:?}\nin_flight = 64"
    );
    let mut engine = Engine::new(Policy::from_toml(&rules).unwrap().0, Seed(1));
    let mut answers: BTreeMap<(Timestamp, u64), Event> = BTreeMap::new();
    let (mut now, mut sequence, mut given) = (START, 0, 0);
    engine.handle_event(now, Event::RouterStarted);
    let mut expected = None;
    loop {
        while let Some(command) = engine.poll_command() {
            let Command::Call(call) = command else { continue };
            given += u64::from(
                matches!(call.action, Action::AssignTeammate { .. }) && call.attempt == 1,
            );
            let (at, event) = server.carry_out(now, &call);
            sequence += 1;
            answers.insert((at, sequence), event);
        }
        if given == DMS {
            return expected.unwrap();
        }
        let answer = answers.first_key_value().map(|((at, _), _)| *at);
        let due = engine.poll_timeout();
        match (answer, due) {
            (Some(at), due) if due.is_none_or(|due| at <= due) => {
                now = at;
                let (_, event) = answers.pop_first().unwrap();
                let is_first = expected.is_none();
                engine.handle_event(now, event);
                if is_first {
                    // The roster is known: now they all come at once.
                    for number in 0..DMS {
                        engine.handle_event(now, dm(number, now));
                    }
                    expected = Some(engine.overview().requests_drained_at);
                }
            }
            (_, Some(due)) => {
                now = due;
                engine.advance_to(now);
            }
            (..) => panic!("the engine waits for nothing"),
        }
    }
}

fn server(others: u32) -> Server {
    let rng = ChaCha8Rng::seed_from_u64(1);
    Server { rng, others, used: BTreeMap::new(), refused: 0, last_call: START, parts: 0 }
}

/// `others` calls of every window are used by other apps; `share` is ours.
fn check(share: f64, others: u32) {
    let mut server = server(others);
    let expected = drain(share, &mut server);
    assert_eq!(server.refused, 0, "no 429 of our own making");
    let ours = f64::from(LIMIT) * share;
    let ideal = Duration::from_secs_f64(DMS as f64 / ours * WINDOW.as_secs_f64());
    let took = server.last_call.since(START);
    let ratio = ideal.as_secs_f64() / took.as_secs_f64();
    println!("share {share}: {DMS} DMs in {took:.1?}, {:.1} % of the ideal rate", ratio * 100.0);
    assert!(ratio >= 0.98, "took {took:?} instead of {ideal:?}");
    let off = server.last_call.since(expected).max(expected.since(server.last_call));
    // It cannot know how full the windows to come will be.
    assert!(
        off <= WINDOW + Duration::from_secs(1),
        "said {expected:?}, was {:?}",
        server.last_call
    );
}

#[test]
fn a_backlog_goes_out_as_fast_as_the_budget_allows() {
    check(1.0, 0);
}

#[test]
fn other_apps_keep_their_share() {
    check(0.7, 499);
}

/// Another app takes more than its share: we learn it by the headers, and by a 429 at the worst.
#[test]
fn what_others_take_too_much_is_waited_out() {
    let mut server = server(1_200);
    drain(1.0, &mut server);
    let attempts = DMS + u64::from(server.refused);
    let windows = server.used.len() as u64;
    assert!(u64::from(server.refused) <= 64 * windows, "at most those under way: {windows}");
    println!("{attempts} calls for {DMS} DMs, {} refused in {windows} windows", server.refused);
}
