//! `router serve` as a process of its own, as in production.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::TcpListener;

use crate::stage::{self, CLIENT_SECRET, RULES, TOKEN};

/// Between two looks at another process.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A process that does not outlive the test.
pub(crate) struct Process(pub(crate) Child);

impl Process {
    pub(crate) fn start(program: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(program);
        command.args(arguments).envs(environment.iter().copied());
        Self(command.stdout(Stdio::null()).spawn().unwrap())
    }

    /// SIGKILL: no destructor runs, nothing is flushed.
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// SIGTERM; returns the exit code.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        self.signal("-TERM");
        self.0.wait().unwrap().code()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// How to start `router serve` on its directory, again and again.
pub(crate) struct Service {
    pub(crate) directory: PathBuf,
    pub(crate) address: SocketAddr,
    pub(crate) mock_url: String,
    /// What its configuration has besides.
    pub(crate) config: &'static str,
    /// Its environment besides the two secrets.
    pub(crate) environment: Vec<(&'static str, String)>,
    /// The shell's words before the program.
    pub(crate) before: &'static str,
    /// Where its output goes.
    pub(crate) output: Option<PathBuf>,
}

impl Service {
    pub(crate) fn new(directory: &Path, address: SocketAddr, mock_url: &str) -> Self {
        Self {
            directory: directory.to_owned(),
            address,
            mock_url: mock_url.to_owned(),
            config: "[log]\nfilter = \"warn\"\n",
            environment: Vec::new(),
            before: "",
            output: None,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Starts it, and waits until it answers.
    pub(crate) async fn start(&self) -> Process {
        let Self { address, mock_url, config, .. } = self;
        let file = self.directory.join("router.toml");
        let config =
            format!("listen = \"{address}\"\n{config}\n[intercom]\nbase_url = \"{mock_url}\"\n");
        std::fs::write(&file, config).unwrap();
        std::fs::write(self.directory.join("rules.toml"), RULES).unwrap();
        let script = format!("{} exec \"$0\" serve --config \"$1\"", self.before);
        let mut command = Command::new("sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_router")]).arg(&file);
        command.envs([("INTERCOM_TOKEN", TOKEN), ("INTERCOM_CLIENT_SECRET", CLIENT_SECRET)]);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        match &self.output {
            Some(path) => {
                let file = File::options().append(true).create(true).open(path).unwrap();
                command.stdout(file.try_clone().unwrap()).stderr(file);
            }
            None => drop(command.stdout(Stdio::null())),
        }
        let process = Process(command.spawn().unwrap());
        until_up(&format!("{}/healthz", self.url()), LOOK_EVERY).await;
        process
    }

    /// The status and the body of a path.
    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let answer = stage::client().get(format!("{}{path}", self.url())).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Waits until `/readyz` answers with this status; returns what it says.
    pub(crate) async fn until_ready_is(&self, status: u16) -> String {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        loop {
            looks.tick().await;
            let (found, body) = self.get("/readyz").await;
            if found == status {
                return body;
            }
        }
    }
}

/// An address that was free a moment ago.
pub(crate) async fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// Waits until the service answers.
pub(crate) async fn until_up(url: &str, look_every: Duration) {
    let mut looks = tokio::time::interval(look_every);
    let http = stage::client();
    while http.get(url).send().await.is_err() {
        looks.tick().await;
    }
}
