//! `router forget`.

use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use engine::ContactId;
use router::Clock;
use router::config::Needs;
use router::forget::forget;
use router::journal::SqliteJournal;

use super::settings::Setup;

/// Take the traces of a contact out of the journal: id, profile and messages.
///
/// The router must not be running. A running one forgets by itself when Intercom sends
/// `contact.deleted`; subscribe the app to that topic. With `texts = "keep"`, profiles cannot be told by
/// contact: they go when `keep_for` is over.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: router forget 6762f0ab1bb69f9f2193bb64 --config /etc/router/router.toml\n\nExit codes: 0 forgotten, or never known; 2 the journal cannot be used, or is in use."
)]
pub(super) struct Forget {
    /// The contact's id in Intercom.
    contact: String,

    #[command(flatten)]
    setup: Setup,
}

impl Forget {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let reading = self.setup.read(Needs::NoSecrets);
        let (config, _) = reading.into_config()?;
        anyhow::ensure!(
            config.journal.exists(),
            "there is no journal {}",
            config.journal.display()
        );
        let mut journal = SqliteJournal::open(&config.journal)
            .context("stop the router first; it forgets by itself at `contact.deleted`")?;
        let contact = ContactId::new(self.contact);
        forget(&mut journal, contact, config.retention, &Clock::system())?;
        println!("forgotten in {}", config.journal.display());
        Ok(ExitCode::SUCCESS)
    }
}
