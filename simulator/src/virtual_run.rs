//! A scenario in virtual time: a clock that jumps from one thing to the next.
//!
//! Everything is the real thing except sockets, disk and clock: webhooks are bytes that the router's
//! own decoder reads, calls are requests that its own exchange makes and the mock's own state
//! machine answers. How long messages take comes from the scenario.

use std::borrow::Cow;
use std::collections::BTreeMap;

use engine::{Call, Command, CommandId, Decision, Engine, Event, Policy, Seed, Timestamp};
use mock_intercom::{ApiRequest, Moment, Workspace};
use rand_chacha::ChaCha8Rng;
use router::intercom::{Exchange, HttpRequest, HttpResponse};
use router::notification;

use crate::agenda::Agenda;
use crate::cast::Cast;
use crate::chronicle::Chronicle;
use crate::randomness::Streams;
use crate::scenario::{Network, Scenario};
use crate::world::World;

/// The version of Intercom's API that the router asks for by default.
const API_VERSION: &str = "2.14";
const TOKEN: &str = "test-token";
/// How many events pass between two looks at all that the engine knows; the conversation that an
/// event is about is looked at each time.
const WHOLE_CHECK_EVERY: u64 = 1_000;

/// A run that is over.
#[derive(Debug)]
pub struct Finished {
    /// What happened, from outside.
    pub chronicle: Chronicle,
    /// How long the story took, in microseconds since its start.
    pub lasted_us: u64,
}

/// Something on its way, or due.
enum Happening {
    /// A webhook reaches the router.
    Webhook(Vec<u8>),
    /// A request reaches Intercom.
    Request(CommandId, HttpRequest),
    /// An answer reaches the router.
    Answer(CommandId, HttpResponse),
}

struct VirtualRun<'a> {
    now_us: u64,
    world: World,
    workspace: Workspace,
    engine: Engine,
    agenda: Agenda<Happening>,
    exchanges: BTreeMap<CommandId, Exchange>,
    decisions: Vec<Decision>,
    /// How many events the engine was told.
    told: u64,
    network: &'a Network,
    webhook_latency: ChaCha8Rng,
    api_latency: ChaCha8Rng,
}

/// Plays a scenario; `progress` is told now and then how many conversations have an owner, and
/// how many there will be.
pub fn play(
    scenario: &Scenario,
    policy: &Policy,
    cast: &Cast,
    seed: u64,
    progress: impl Fn(u64, u64),
) -> Finished {
    let streams = Streams::new(seed);
    let mut run = VirtualRun {
        now_us: 0,
        world: World::new(scenario, cast, seed),
        workspace: cast.workspace(),
        engine: Engine::new(policy.clone(), Seed(seed)),
        agenda: Agenda::new(),
        exchanges: BTreeMap::new(),
        decisions: Vec::new(),
        told: 0,
        network: &scenario.network,
        webhook_latency: streams.stream("webhook_latency"),
        api_latency: streams.stream("api_latency"),
    };
    run.tell_engine(Event::RouterStarted);
    let mut steps = 0_u64;
    while run.step() {
        steps += 1;
        if steps.is_multiple_of(1_000) {
            let (owned, all) = run.world.progress();
            progress(owned, all);
        }
    }
    run.finish()
}

impl VirtualRun<'_> {
    /// Jumps to what is next and does it. Of things at the same time, people come first, then the
    /// workspace, then what is on its way, then the engine's own deadlines.
    fn step(&mut self) -> bool {
        let people = self.world.next_due();
        let workspace = self.workspace.poll_timeout().map(|at| self.since_start(at.as_micros()));
        let on_its_way = self.agenda.next_due();
        let engine = self.engine.poll_timeout().map(|at| self.since_start(at.as_micros()));
        let due = [people, workspace, on_its_way, engine];
        let Some(next) = due.into_iter().flatten().min() else { return false };
        if next > self.world.horizon_us() || self.is_over() {
            return false;
        }
        self.now_us = self.now_us.max(next);
        if people == Some(next) {
            self.world.act(self.now_us, &mut self.workspace);
            self.workspace_changed();
        } else if workspace == Some(next) {
            self.workspace.advance_to(self.moment());
            self.workspace_changed();
        } else if on_its_way == Some(next) {
            if let Some((_, happening)) = self.agenda.pop() {
                self.happen(happening);
            }
        } else {
            self.engine.advance_to(self.timestamp());
            self.obey_engine();
        }
        true
    }

    fn is_over(&self) -> bool {
        self.world.is_quiet() && self.agenda.is_empty() && self.exchanges.is_empty()
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Webhook(body) => match notification::decode(&body) {
                Ok(notification) => {
                    for event in notification.events {
                        self.tell_engine(event);
                    }
                }
                Err(error) => {
                    let detail = error.to_string();
                    self.world.violated(self.now_us, "the router reads every webhook", detail);
                }
            },
            Happening::Request(call, request) => {
                let response = self.workspace.handle(self.moment(), &api_request(request));
                self.workspace_changed();
                let response = HttpResponse {
                    status: response.status,
                    headers: owned(response.headers),
                    body: response.body,
                };
                let at = self.now_us + self.api_leg();
                self.agenda.push(at, Happening::Answer(call, response));
            }
            Happening::Answer(call, response) => {
                if let Some(exchange) = self.exchanges.get_mut(&call) {
                    exchange.handle_response(response);
                }
                self.go_on(call);
            }
        }
    }

    /// Something changed in the workspace: watch it, and send off what it announces.
    fn workspace_changed(&mut self) {
        self.world.watch(&self.workspace);
        while let Some(notification) = self.workspace.poll_notification() {
            let latency = self.network.webhook_latency.draw(&mut self.webhook_latency);
            self.agenda.push(self.now_us + latency, Happening::Webhook(notification.body));
        }
    }

    fn tell_engine(&mut self, event: Event) {
        let touched = match &event {
            Event::ConversationChanged { conversation, .. } => Some(conversation.id.clone()),
            _ => None,
        };
        self.engine.handle_event(self.timestamp(), event);
        if let Some(touched) = touched {
            self.engine.assert_conversation(&touched);
        }
        self.told += 1;
        if self.told.is_multiple_of(WHOLE_CHECK_EVERY) {
            self.engine.assert_invariants();
        }
        self.obey_engine();
    }

    fn obey_engine(&mut self) {
        while let Some(command) = self.engine.poll_command() {
            match command {
                Command::Call(call) => self.begin(call),
                Command::Publish(decision) => self.decisions.push(*decision),
            }
        }
    }

    fn begin(&mut self, call: Call) {
        let acting_admin = engine::TeammateId::new(Cast::router_admin());
        self.exchanges.insert(call.id, Exchange::new(call.action, acting_admin));
        self.go_on(call.id);
    }

    /// Sends the next request of a call, or tells the engine what came of it.
    fn go_on(&mut self, call: CommandId) {
        let request = self.exchanges.get_mut(&call).and_then(Exchange::next_request);
        if let Some(request) = request {
            let at = self.now_us + self.api_leg();
            self.agenda.push(at, Happening::Request(call, request));
        } else if let Some(exchange) = self.exchanges.remove(&call) {
            let (outcome, rate_limit) = exchange.finish();
            self.tell_engine(Event::CallFinished { command: call, outcome, rate_limit });
        }
    }

    /// Half the time of a call: the way there, or back.
    fn api_leg(&mut self) -> u64 {
        self.network.api_latency.draw(&mut self.api_latency) / 2
    }

    fn finish(mut self) -> Finished {
        self.engine.assert_invariants();
        self.world.watch(&self.workspace);
        let mut chronicle = self.world.into_chronicle();
        for decision in &self.decisions {
            chronicle.explained(decision);
        }
        Finished { chronicle, lasted_us: self.now_us }
    }

    fn since_start(&self, micros: u64) -> u64 {
        micros.saturating_sub(self.world.start_us()).max(self.now_us)
    }

    fn moment(&self) -> Moment {
        Moment::from_micros(self.world.start_us() + self.now_us)
    }

    fn timestamp(&self) -> Timestamp {
        Timestamp::from_micros(self.world.start_us() + self.now_us)
    }
}

fn owned(headers: Vec<(Cow<'static, str>, String)>) -> Vec<(String, String)> {
    headers.into_iter().map(|(name, value)| (name.into_owned(), value)).collect()
}

fn api_request(request: HttpRequest) -> ApiRequest {
    let mut api_request = ApiRequest::new(request.method, &request.path, TOKEN)
        .header("intercom-version", API_VERSION);
    if let Some(body) = request.body {
        api_request = api_request.header("content-type", "application/json");
        api_request.body = body;
    }
    api_request
}
