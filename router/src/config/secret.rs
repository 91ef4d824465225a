//! Secrets: from the environment, or from files that it names. They are never shown.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};

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
}

pub(super) const TOKEN: Secret =
    Secret { variable: "INTERCOM_TOKEN", file_variable: "INTERCOM_TOKEN_FILE" };
pub(super) const CLIENT_SECRET: Secret =
    Secret { variable: "INTERCOM_CLIENT_SECRET", file_variable: "INTERCOM_CLIENT_SECRET_FILE" };

impl Secret {
    /// The secret and where it comes from. Says what is wrong with it; then it is missing.
    pub(super) fn read(
        self,
        environment: Environment<'_>,
        findings: &mut Vec<Finding>,
    ) -> Option<(SecretString, String)> {
        let Self { variable, file_variable } = self;
        let (text, origin) = match (environment(variable), environment(file_variable)) {
            (Some(value), other) => {
                if other.is_some() {
                    let message = format!("{variable} is set as well, and wins");
                    findings.push(Finding::warning(file_variable, message).help("unset one"));
                }
                (value, variable.to_owned())
            }
            (None, Some(path)) => {
                let path = absolute(path);
                let origin = format!("{} (from {file_variable})", path.display());
                (read_file(&path, file_variable, findings)?, origin)
            }
            (None, None) => {
                let help =
                    format!("set it, or {file_variable} to the name of a file that holds it");
                findings
                    .push(Finding::error(variable, format!("{variable} is not set")).help(help));
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
