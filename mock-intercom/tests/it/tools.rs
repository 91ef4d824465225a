//! Programs from outside that prove the mock: found or installed below Cargo's target directory,
//! from pinned lists, and run with a deadline.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use tokio::sync::OnceCell;

/// How long an installation may take.
const INSTALLATION: Deadline = Deadline(Duration::from_secs(300));

/// How much of a program's output is kept.
const MOST_OUTPUT: u64 = 4 << 20;

/// When a program is killed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(pub(crate) Duration);

/// What a program said and whether it succeeded.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) success: bool,
    pub(crate) output: String,
}

/// What there is, or nothing with the reason printed. Under `CI=true` everything must be there.
pub(crate) fn or_skip<T>(found: Result<T, String>) -> Option<T> {
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    match found {
        Ok(found) => Some(found),
        Err(reason) if in_ci => panic!("under CI=true nothing is skipped: {reason}"),
        Err(reason) => {
            println!("skipped: {reason}");
            None
        }
    }
}

/// Runs a program to its end. At its deadline it is killed with all that it started, and has failed.
pub(crate) async fn finish(mut command: Command, Deadline(limit): Deadline) -> Finished {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let spawned = command.process_group(0).kill_on_drop(true).spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) => return Finished { success: false, output: error.to_string() },
    };
    let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let reading = async { tokio::join!(text(out), text(err), child.wait()) };
    match tokio::time::timeout(limit, reading).await {
        Ok((out, err, status)) => Finished {
            success: status.is_ok_and(|status| status.success()),
            output: format!("{out}{err}"),
        },
        Err(_) => {
            group.map(|group| kill_process_group(group, Signal::KILL));
            Finished { success: false, output: format!("killed after {limit:?}") }
        }
    }
}

async fn text(from: impl AsyncRead + Unpin) -> String {
    let mut bytes = Vec::new();
    _ = from.take(MOST_OUTPUT).read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A suite for Node in a directory of its own, with what it depends on.
pub(crate) async fn npm_suite(name: &str, from: &str) -> Result<PathBuf, String> {
    let suite = below_target(&format!("npm-{name}"));
    let lock = copy(&source(from), &suite)?;
    let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    let mut npm = Command::new("npm");
    npm.args(arguments).current_dir(&suite);
    install(&format!("what {from} needs (npm ci)"), &suite, &lock, npm).await?;
    Ok(suite)
}

/// A Python with the SDK, pytest and schemathesis.
pub(crate) async fn python() -> Result<PathBuf, String> {
    static PYTHON: OnceCell<Result<PathBuf, String>> = OnceCell::const_new();
    PYTHON.get_or_init(new_python).await.clone()
}

async fn new_python() -> Result<PathBuf, String> {
    let home = below_target("sdk-python");
    let requirements = source("tests/sdk/python/requirements.txt");
    let python = home.join("bin/python");
    let lock = std::fs::read_to_string(&requirements).map_err(|error| error.to_string())?;
    if !python.exists() {
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv"]).arg(&home);
        let made = finish(venv, INSTALLATION).await;
        if !made.success {
            return Err(format!("no Python environment (python3 -m venv): {}", made.output));
        }
    }
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--quiet", "-r"]);
    pip.arg(&requirements);
    install("the Python SDK (pip install)", &home, &lock, pip).await?;
    Ok(python)
}

/// Installs unless exactly this was installed before.
async fn install(what: &str, home: &Path, lock: &str, command: Command) -> Result<(), String> {
    let stamp = home.join("installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let done = finish(command, INSTALLATION).await;
    if !done.success {
        return Err(format!("{what} cannot be installed: {}", done.output));
    }
    std::fs::write(&stamp, lock).map_err(|error| error.to_string())
}

/// Copies the suite beside its dependencies; gives what its lock file says.
fn copy(from: &Path, to: &Path) -> Result<String, String> {
    let copied = || {
        std::fs::create_dir_all(to)?;
        for entry in std::fs::read_dir(from)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                std::fs::copy(entry.path(), to.join(entry.file_name()))?;
            }
        }
        std::fs::read_to_string(to.join("package-lock.json"))
    };
    copied().map_err(|error: std::io::Error| error.to_string())
}

fn below_target(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[tokio::test]
async fn a_program_that_does_not_end_is_killed() {
    let mut command = Command::new("sleep");
    command.arg("60");
    let finished = finish(command, Deadline(Duration::from_millis(20))).await;
    assert!(!finished.success);
    assert_eq!(finished.output, "killed after 20ms");
    let missing = finish(Command::new("no-such-program"), INSTALLATION).await;
    assert!(!missing.success && missing.output.contains("No such file"), "{missing:?}");
}
