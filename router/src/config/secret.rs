//! Secrets: from the environment, or from files that it or the configuration names. They are never
//! shown.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::Environment;
use super::finding::{Finding, absolute};

/// The least bytes of a client secret. Whoever guesses it can write webhooks that the router
/// believes; Intercom's own are far longer.
const CLIENT_SECRET_BYTES_MIN: usize = 16;

/// The longest secret file that is read.
const BYTES_MAX: u64 = 64 << 10;

/// One of the secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Secret {
    pub(super) variable: &'static str,
    pub(super) file_variable: &'static str,
    /// The key of the configuration file that names a file.
    pub(super) key: &'static str,
}

pub(super) const TOKEN: Secret = Secret {
    variable: "INTERCOM_TOKEN",
    file_variable: "INTERCOM_TOKEN_FILE",
    key: "secrets.token_file",
};
pub(super) const CLIENT_SECRET: Secret = Secret {
    variable: "INTERCOM_CLIENT_SECRET",
    file_variable: "INTERCOM_CLIENT_SECRET_FILE",
    key: "secrets.client_secret_file",
};

/// The files that a configuration file names.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SecretFiles {
    pub(super) token_file: Option<PathBuf>,
    pub(super) client_secret_file: Option<PathBuf>,
    pub(super) admin_token_file: Option<PathBuf>,
}

/// Where secrets may come from, the first that has one.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    /// Nothing for one of several workspaces: it would be the same for all of them.
    pub(super) environment: Option<Environment<'a>>,
    /// The configuration file.
    pub(super) config: Option<&'a Path>,
    /// The file that it names for this secret.
    pub(super) file: Option<&'a Path>,
}

impl Sources<'_> {
    fn variable(&self, name: &str) -> Option<String> {
        self.environment.and_then(|environment| environment(name))
    }

    /// The file that the configuration names: paths in it are relative to it.
    fn named_file(&self) -> Option<PathBuf> {
        let directory = self.config.and_then(Path::parent).unwrap_or(Path::new(""));
        self.file.map(|file| directory.join(file))
    }
}

/// A secret, and where it comes from.
pub(super) type Found = (SecretString, String);

impl Secret {
    /// Whether anything says where it is.
    pub(super) fn is_given(self, sources: Sources<'_>) -> bool {
        let variables = [self.variable, self.file_variable];
        sources.file.is_some() || variables.iter().any(|name| sources.variable(name).is_some())
    }

    /// The secret and where it comes from. Says what is wrong with it; then it is missing.
    pub(super) fn read(self, sources: Sources<'_>, findings: &mut Vec<Finding>) -> Option<Found> {
        let Self { variable, file_variable, key } = self;
        let files = [
            sources.variable(file_variable).map(|path| (absolute(path), file_variable)),
            sources.named_file().map(|path| (path, key)),
        ];
        let file = files.into_iter().flatten().next();
        let (text, origin) = match (sources.variable(variable), file) {
            (Some(value), file) => {
                if let Some((_, overruled)) = file {
                    let message = format!("{variable} is set as well, and wins");
                    findings.push(Finding::warning(overruled, message).help("unset one"));
                }
                (value, variable.to_owned())
            }
            (None, Some((path, named_by))) => {
                let origin = format!("{} (from {named_by})", path.display());
                (read_file(&path, named_by, findings)?, origin)
            }
            (None, None) => {
                findings.push(self.missing(sources));
                return None;
            }
        };
        match text.trim() {
            "" => {
                let message = format!("{variable} is not set: there is nothing in it");
                findings.push(Finding::error(origin, message));
                None
            }
            value => Some((SecretString::from(value), origin)),
        }
    }

    fn missing(self, sources: Sources<'_>) -> Finding {
        let Self { variable, file_variable, key } = self;
        match (sources.environment, sources.config) {
            (None, Some(config)) => {
                let place = format!("{}: {key}", config.display());
                let help = "name a file that holds it: of several workspaces each has its own, \
                            and none has it from the environment";
                Finding::error(place, "is not set").help(help)
            }
            _ => {
                let help = format!(
                    "set it, or {file_variable} or `{key}` to the name of a file that holds it"
                );
                Finding::error(variable, format!("{variable} is not set")).help(help)
            }
        }
    }
}

/// What is wrong with a client secret, beyond that there is none. A stand-in for Intercom on this
/// machine may have any.
pub(super) fn judge_client_secret(
    secret: &SecretString,
    origin: &str,
    intercom_is_here: bool,
) -> Option<Finding> {
    let length = secret.expose_secret().len();
    if intercom_is_here || length >= CLIENT_SECRET_BYTES_MIN {
        return None;
    }
    let message = format!(
        "the client secret has {length} characters: whoever guesses it can write webhooks that \
         the router believes"
    );
    let help = "copy it whole from Intercom's Developer Hub, Basic information";
    Some(Finding::error(origin, message).help(help))
}

fn read_file(path: &Path, variable: &str, findings: &mut Vec<Finding>) -> Option<String> {
    let shown = path.display();
    let read = std::fs::metadata(path).and_then(|meta| {
        if meta.len() > BYTES_MAX {
            return Err(std::io::Error::from(std::io::ErrorKind::FileTooLarge));
        }
        Ok((std::fs::read_to_string(path)?, meta.permissions().mode()))
    });
    match read {
        Ok((text, mode)) => {
            if mode & 0o004 != 0 {
                let message = "everybody on this machine can read this secret";
                let help = format!("chmod 600 {shown}");
                findings.push(Finding::warning(shown.to_string(), message).help(help));
            }
            Some(text)
        }
        Err(error) => {
            findings.push(Finding::error(variable, format!("cannot read {shown}: {error}")));
            None
        }
    }
}
