//! `mock-intercom serve`: a workspace over HTTP.

mod cli;

use std::io;
use std::num::NonZero;
use std::process::ExitCode;

use clap::Parser;
use cli::{Cli, Command, Serve};
use mock_intercom::{FaultFile, WorkspaceFile, serve};
use tokio::runtime::{self, Runtime};
use tokio::signal::unix::{SignalKind, signal};

/// Answers are made of many small pieces: an allocator that is quick with them saves a good part of
/// the processor time of a call.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What people wrote is wrong.
const BAD_INPUT: u8 = 2;

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::from_default_env();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match Cli::parse().command {
        Command::Example { faults: true } => print!("{}", FaultFile::example_toml()),
        Command::Example { faults: false } => print!("{}", WorkspaceFile::example_toml()),
        Command::Serve(arguments) => {
            let served = runtime().map_err(Into::into).and_then(|on| on.block_on(run(&arguments)));
            if let Err(error) = served {
                eprintln!("error: {error:#}");
                return ExitCode::from(BAD_INPUT);
            }
        }
    }
    ExitCode::SUCCESS
}

/// On half of the cores: whoever calls is on this machine too, and the workspace is one, so that more
/// threads would mostly wait for each other.
fn runtime() -> io::Result<Runtime> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    runtime::Builder::new_multi_thread().worker_threads((cores / 2).max(1)).enable_all().build()
}

async fn run(arguments: &Serve) -> anyhow::Result<()> {
    let workspace = arguments.workspace()?;
    let mut terminated = signal(SignalKind::terminate())?;
    let mock = serve(arguments.listener().await?, workspace, arguments.options()?).await?;
    println!("{}", arguments.greeting(mock.url()));
    arguments.check_webhooks(&mock).await;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminated.recv() => {}
    }
    mock.shutdown().await;
    Ok(())
}
