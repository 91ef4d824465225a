//! A scenario over real HTTP: the router and the mock in this process, each on a port of its own,
//! with a real journal on disk and clocks that run faster than the wall's.
//!
//! The load is open: a DM is written when it is due, whatever became of the ones before. Latencies
//! count from then on, so a generator that falls behind cannot hide it.

use std::io;
use std::time::{Duration, Instant};

use engine::{Decision, Seed, Timestamp};
use mock_intercom::{MockIntercom, Moment, ServeOptions};
use router::rules_file::LoadedRules;
use router::{Application, Config};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use crate::cast::Cast;
use crate::chronicle::Chronicle;
use crate::report::Live;
use crate::scenario::Scenario;
use crate::world::World;

/// Real time in which router and mock come up before the story begins.
const LEAD: Duration = Duration::from_millis(1_500);
/// Real time that the last webhooks get after the story.
const LAST_DELIVERIES: Duration = Duration::from_secs(5);
/// The longest real time between two looks at the clock.
const LONGEST_NAP: Duration = Duration::from_millis(250);
const CLIENT_SECRET: &str = "simulated-client-secret";
const TOKEN: &str = "test-token";

/// A live run that is over.
#[derive(Debug)]
pub struct Finished {
    /// What happened, from outside.
    pub chronicle: Chronicle,
    /// How long the story took, in microseconds since its start.
    pub lasted_us: u64,
    /// What only a live run can tell.
    pub live: Live,
}

/// Why a live run could not be played.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The system refuses a port, a file or a thread.
    #[error("the system refuses")]
    System(#[from] io::Error),
    /// The router cannot start.
    #[error("the router cannot start")]
    Start(#[from] router::StartError),
    /// The router ended with an error.
    #[error("the router failed")]
    Run(#[from] router::RunError),
    /// The router's task broke.
    #[error("the router broke down")]
    Router(#[from] tokio::task::JoinError),
    /// The router was not up when the story began.
    #[error("the router was not ready after {LEAD:?}; the run is void")]
    NotReady,
}

/// Plays a scenario `speed` times as fast as it happens; `progress` is told now and then how many
/// conversations have an owner, and how many there will be.
///
/// # Errors
///
/// If router or mock cannot run. What they do wrong while they run is in the chronicle.
pub async fn play(
    scenario: &Scenario,
    rules: LoadedRules,
    cast: &Cast,
    seed: u64,
    speed: f64,
    progress: impl Fn(u64, u64),
) -> Result<Finished, LiveError> {
    let mut world = World::new(scenario, cast, seed);
    let lead_us = (LEAD.as_micros() as f64 * speed) as u64;
    let origin_us = world.start_us().saturating_sub(lead_us);
    let clock = mock_intercom::Clock::scaled(Moment::from_micros(origin_us), speed);
    let options = ServeOptions { clock, ..ServeOptions::default() };
    let mock = MockIntercom::serve(cast.workspace(), options).await?;
    let router_clock = router::Clock::scaled(Timestamp::from_micros(origin_us), speed);
    let router = Router::start(&mock, rules, seed, router_clock).await?;

    wait_until_ready(&mock, &clock, world.start_us()).await?;
    let began = Instant::now();
    let lasted_us = live_through(&mut world, &mock, &clock, progress).await;
    let took = began.elapsed();
    // A webhook still in its minute before the retry is not waited for.
    let _ = tokio::time::timeout(LAST_DELIVERIES, mock.drained()).await;
    let decisions = router.stop().await?;
    mock.with(|workspace| world.watch(workspace));
    mock.shutdown().await;

    let mut chronicle = world.into_chronicle();
    for decision in &decisions {
        chronicle.explained(decision);
    }
    let live = figures(&chronicle, speed, took);
    Ok(Finished { chronicle, lasted_us, live })
}

/// Lets people live until all is done or the horizon is reached.
async fn live_through(
    world: &mut World,
    mock: &MockIntercom,
    clock: &mock_intercom::Clock,
    progress: impl Fn(u64, u64),
) -> u64 {
    let mut changed = mock.changed();
    loop {
        changed.mark_unchanged();
        let now_us = mock.now().as_micros().saturating_sub(world.start_us());
        mock.with(|workspace| {
            world.act(now_us, workspace);
            world.watch(workspace);
        });
        let (owned, all) = world.progress();
        progress(owned, all);
        if world.is_quiet() || now_us > world.horizon_us() {
            return now_us;
        }
        let nap = world.next_due().map_or(LONGEST_NAP, |due| {
            clock.real_time_until(Moment::from_micros(world.start_us() + due)).min(LONGEST_NAP)
        });
        tokio::select! {
            _ = changed.changed() => {}
            () = tokio::time::sleep(nap) => {}
        }
    }
}

/// Waits for the beginning of the story; until then the router must have asked for its roster.
async fn wait_until_ready(
    mock: &MockIntercom,
    clock: &mock_intercom::Clock,
    start_us: u64,
) -> Result<(), LiveError> {
    tokio::time::sleep(clock.real_time_until(Moment::from_micros(start_us))).await;
    let asked = mock.with(|workspace| {
        workspace.journal().since(0).iter().any(|entry| {
            matches!(&entry.record, mock_intercom::Record::ApiCall { path, status: 200, .. }
                if path == "/teams")
        })
    });
    asked.then_some(()).ok_or(LiveError::NotReady)
}

fn figures(chronicle: &Chronicle, speed: f64, took: Duration) -> Live {
    let (acknowledged, failed) = chronicle.webhooks;
    Live {
        speed,
        took_us: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        webhooks_acknowledged: acknowledged,
        webhooks_failed: failed,
        busiest_second: chronicle.busiest_real_second(speed),
        webhook_answer: chronicle.webhook_took.summary(),
        lateness: chronicle.lateness.summary().map(|story| story.faster(speed)),
    }
}

/// The router under test, in a task of its own.
struct Router {
    stop: oneshot::Sender<()>,
    running: tokio::task::JoinHandle<Result<(), router::RunError>>,
    decisions: mpsc::UnboundedReceiver<Decision>,
    /// Holds the journal until the router has stopped.
    _directory: tempfile::TempDir,
}

impl Router {
    async fn start(
        mock: &MockIntercom,
        rules: LoadedRules,
        seed: u64,
        clock: router::Clock,
    ) -> Result<Self, LiveError> {
        let directory = tempfile::tempdir()?;
        let mut config = Config::new(SecretString::from(TOKEN), SecretString::from(CLIENT_SECRET));
        config.journal = directory.path().join("router.db");
        mock.url().clone_into(&mut config.intercom.base_url);
        config.intercom.acting_admin = Some(engine::TeammateId::new(Cast::router_admin()));
        let (sender, decisions) = mpsc::unbounded_channel();
        let options = router::Options {
            decisions: Some(sender),
            seed: Some(Seed(seed)),
            ..router::Options::default()
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let application = Application::build_with(config, rules, listener, clock, options).await?;
        let url = format!("http://{}/webhooks/intercom", application.local_addr());
        mock.subscribe(url, CLIENT_SECRET);
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(application.run(async {
            let _ = stopped.await;
        }));
        Ok(Self { stop, running, decisions, _directory: directory })
    }

    async fn stop(mut self) -> Result<Vec<Decision>, LiveError> {
        let _ = self.stop.send(());
        self.running.await??;
        let mut decisions = Vec::new();
        while let Some(decision) = self.decisions.recv().await {
            decisions.push(decision);
        }
        Ok(decisions)
    }
}
