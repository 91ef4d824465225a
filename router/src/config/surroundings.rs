//! What a configuration names: files, directories, an address. Looks and changes nothing.

use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::Finding;
use super::reading::Reading;
use crate::journal::{self, JournalFile};
use crate::rules_file::{self, RulesError};

pub(super) fn look_at_rules(reading: &mut Reading) {
    let path = reading.config.rules.clone();
    let place = reading.place("rules");
    let shown = path.display();
    let finding = match rules_file::load(&path) {
        Ok(rules) if rules.warnings.is_empty() => return,
        Ok(rules) => {
            let message = format!("{shown} has {} warnings", rules.warnings.len());
            Finding::warning(place, message).help(format!("router check {shown} shows them"))
        }
        Err(error @ RulesError::Read { .. }) => {
            let reason = std::error::Error::source(&error).map(ToString::to_string);
            let message = format!("{error}: {}", reason.unwrap_or_default());
            Finding::error(place, message).help("router init writes rules to begin with")
        }
        Err(RulesError::Invalid { invalid, .. }) => {
            let message = format!("{shown} has {} mistakes", invalid.problems.len());
            Finding::error(place, message).help(format!("router check {shown} shows them"))
        }
    };
    reading.findings.push(finding);
}

pub(super) fn look_at_address(reading: &mut Reading) {
    let address = reading.config.listen;
    if address.ip().is_loopback() {
        return;
    }
    let message = format!("{address} can be reached from other machines, without encryption");
    let help = "put TLS in front: Intercom calls HTTPS only, and /metrics is for everybody who can \
                reach it";
    let place = reading.place("listen");
    reading.findings.push(Finding::note(place, message).help(help));
}

pub(super) fn look_at_journal(reading: &mut Reading) {
    let path = reading.config.journal.clone();
    let place = reading.place("journal");
    let directory = path.parent().unwrap_or(Path::new("/"));
    if let Err(finding) = look_at_directory(&place, directory) {
        return reading.findings.push(finding);
    }
    let shown = path.display();
    let meta = match std::fs::metadata(&path) {
        Ok(meta) => meta,
        // It is made at the first start.
        Err(error) if error.kind() == ErrorKind::NotFound => return,
        Err(error) => {
            let message = format!("cannot look at {shown}: {error}");
            return reading.findings.push(Finding::error(place, message));
        }
    };
    if let Err(error) = JournalFile::open(&path) {
        reading.findings.push(Finding::error(place.clone(), error.to_string()));
    } else if let Err(error) = File::options().append(true).open(&path) {
        let message = format!("cannot write to {shown}: {error}");
        let help = "it must belong to the user that the router runs as";
        reading.findings.push(Finding::error(place.clone(), message).help(help));
    }
    if journal::is_in_use(&path) {
        let message = format!("a router has {shown} open now");
        reading.findings.push(Finding::note(place.clone(), message));
    }
    if meta.permissions().mode() & 0o004 != 0 {
        let message = format!("everybody on this machine can read {shown}, messages and all");
        let help = format!("chmod 600 {shown}");
        reading.findings.push(Finding::note(place, message).help(help));
    }
}

/// Whether a journal can be made there: beside it stand its lock and its log.
fn look_at_directory(place: &str, directory: &Path) -> Result<(), Finding> {
    let shown = directory.display();
    let help = "make it, and give it to the user that the router runs as";
    match std::fs::metadata(directory) {
        Ok(meta) if meta.is_dir() => {}
        Ok(_) => {
            let message = format!("{shown} is not a directory");
            return Err(Finding::error(place, message).help(help));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let message = format!("the journal's directory {shown} does not exist");
            return Err(Finding::error(place, message).help(help));
        }
        Err(error) => {
            let message = format!("cannot look at the journal's directory {shown}: {error}");
            return Err(Finding::error(place, message).help(help));
        }
    }
    // Only trying tells for sure: modes say nothing about a read-only disk.
    let probe = directory.join(format!(".router-probe-{}", std::process::id()));
    let made = File::options().write(true).create_new(true).open(&probe);
    let made = made.and_then(|_| std::fs::remove_file(&probe));
    made.map_err(|error| {
        let message = format!("cannot write in the journal's directory {shown}: {error}");
        Finding::error(place, message).help(help)
    })
}
