//! `router tail`.

mod events;
mod line;

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;

use super::connection::{Connection, TOKEN_HELP, Target};
use super::format::Format;
use events::{Event, Events};

/// Follow the decisions of a running router as they are made, until ctrl-c.
#[derive(Debug, Args)]
#[command(
    after_help = format!("Examples:\n  router tail\n  router tail --last 20 --conversation 215474001\n  router tail --format json | jq -c 'select(.decision.verdict.stuck)'\n\nA reader that is too slow misses some and is told so; the router never waits for it.\n{TOKEN_HELP}\n\nExit codes: 0 the router stopped, 2 it cannot be reached or refuses, or the connection broke.")
)]
pub(super) struct Tail {
    #[command(flatten)]
    target: Target,
    /// How to print them: JSON has the whole explanation of each.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Only those about this conversation.
    #[arg(long, value_name = "ID")]
    conversation: Option<String>,
    /// Begin with the last so many, up to 1,000.
    #[arg(long, value_name = "COUNT", default_value_t = 10,
        value_parser = clap::value_parser!(u64).range(0..=1_000))]
    last: u64,
}

impl Tail {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        self.target.run(async |connection| self.follow(&connection).await)
    }

    async fn follow(&self, connection: &Connection) -> anyhow::Result<ExitCode> {
        let mut path = format!("/v1/decisions/stream?last={}", self.last);
        if let Some(conversation) = &self.conversation {
            let escaped = utf8_percent_encode(conversation, NON_ALPHANUMERIC);
            path += &format!("&conversation={escaped}");
        }
        let mut response = connection.send(Method::GET, &path).await?;
        let mut events = Events::default();
        let broke = "the connection to the router broke";
        while let Some(chunk) = response.chunk().await.context(broke)? {
            for event in events.read(&chunk)? {
                if self.print(&event).is_err() {
                    // Whoever read has gone, such as `head`.
                    return Ok(ExitCode::SUCCESS);
                }
            }
        }
        eprintln!("the router stopped");
        Ok(ExitCode::SUCCESS)
    }

    fn print(&self, event: &Event) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        match (&*event.name, self.format) {
            ("decision", Format::Json) => writeln!(out, "{}", event.data)?,
            ("decision", Format::Text) => writeln!(out, "{}", line::of(&event.data))?,
            ("missed", _) => eprintln!("warning: too slow, some are missing: {}", event.data),
            _ => {}
        }
        out.flush()
    }
}
