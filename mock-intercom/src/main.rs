//! `mock-intercom serve`: a workspace over HTTP.

mod cli;

use std::process::ExitCode;

use clap::Parser;
use cli::{Cli, Command, Serve};
use mock_intercom::{FaultFile, WorkspaceFile, serve};
use tokio::signal::unix::{SignalKind, signal};

/// Answers are made of many small pieces: an allocator that is quick with them saves a good part of
/// the processor time of a call.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What people wrote is wrong.
const BAD_INPUT: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::from_default_env();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match Cli::parse().command {
        Command::Example { faults: true } => print!("{}", FaultFile::example_toml()),
        Command::Example { faults: false } => print!("{}", WorkspaceFile::example_toml()),
        Command::Serve(arguments) => {
            if let Err(error) = run(&arguments).await {
                eprintln!("error: {error:#}");
                return ExitCode::from(BAD_INPUT);
            }
        }
    }
    ExitCode::SUCCESS
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
