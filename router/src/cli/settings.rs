//! The configuration that a command reads, and the flags that win over it.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use router::config::{Flags, LogFormat, Needs, Reading};

/// The configuration, from the file, the environment and flags.
#[derive(Debug, Args)]
pub(super) struct Setup {
    /// The configuration file.
    #[arg(long, default_value = "router.toml")]
    config: PathBuf,

    #[command(flatten)]
    settings: Settings,
}

impl Setup {
    pub(super) fn read(self, needs: Needs) -> Reading {
        Reading::new(Some(&self.config), &self.settings.into_flags(), needs)
    }
}

/// What can be set on the command line as well.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings, which win over the environment and the file")]
struct Settings {
    /// Where webhooks come in, such as `127.0.0.1:8080`.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// The rules file.
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// The journal's file.
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// How log lines look: `text` or `json`.
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<LogFormat>,
    /// What is logged, such as `router=debug,warn`.
    #[arg(long, value_name = "FILTER")]
    log_filter: Option<String>,
    /// Where traces are sent by OTLP over HTTP, such as `http://127.0.0.1:4318`.
    #[arg(long, value_name = "URL")]
    otlp_endpoint: Option<String>,
}

impl Settings {
    fn into_flags(self) -> Flags {
        let Self { listen, rules, journal, log_format, log_filter, otlp_endpoint } = self;
        Flags { listen, rules, journal, log_format, log_filter, otlp_endpoint }
    }
}
