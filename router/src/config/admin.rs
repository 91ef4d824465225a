//! The admin API: where it listens, and how to reach one.

use std::net::SocketAddr;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::finding::Finding;
use super::secret::{Found, Secret, Sources};
use super::{ConfigError, Environment};

const TOKEN: Secret = Secret {
    variable: "ROUTER_ADMIN_TOKEN",
    file_variable: "ROUTER_ADMIN_TOKEN_FILE",
    key: "secrets.admin_token_file",
};

/// The variable that names the address of a running router's admin API.
const URL: &str = "ROUTER_ADMIN_URL";

/// Where `router serve` is looked for if nothing is said.
const DEFAULT_URL: &str = "http://127.0.0.1:8081";

/// Shorter tokens can be guessed.
const TOKEN_CHARS_MIN: usize = 16;
/// Longer ones make requests that servers refuse.
const TOKEN_CHARS_MAX: usize = 512;

/// The admin API of a router.
#[derive(Clone, Debug)]
pub struct AdminConfig {
    /// Where it listens: another address than that for webhooks.
    pub listen: SocketAddr,
    /// What a request must bring to be answered.
    pub token: SecretString,
}

/// How to reach the admin API of a running router.
#[derive(Clone, Debug)]
pub struct AdminAccess {
    /// Such as `http://127.0.0.1:8081`, without a slash at the end.
    pub url: String,
    /// The token that it wants.
    pub token: SecretString,
}

/// What the file says of the admin API.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AdminSection {
    pub(super) listen: Option<SocketAddr>,
}

impl AdminSection {
    /// The admin API and where its token comes from, if there is to be one; says what is wrong.
    pub(super) fn resolve(
        self,
        sources: Sources<'_>,
        findings: &mut Vec<Finding>,
    ) -> Option<(AdminConfig, String)> {
        let listen = self.listen?;
        let (token, origin) = token(sources, findings)?;
        Some((AdminConfig { listen, token }, origin))
    }
}

impl AdminConfig {
    /// Whoever can reach the public address must not reach this one by it. Says so if they can.
    pub(super) fn check(&self, public: SocketAddr) -> Result<(), String> {
        let any = self.listen.ip().is_unspecified() || public.ip().is_unspecified();
        let same_host = any || self.listen.ip() == public.ip();
        if self.listen.port() != 0 && self.listen.port() == public.port() && same_host {
            return Err(format!("must be another address than `listen`, which is {public}"));
        }
        Ok(())
    }
}

impl AdminAccess {
    /// Reads the token from the environment, and the address unless `url` is given.
    ///
    /// # Errors
    ///
    /// If there is no token, or it or the address cannot be used.
    pub fn load(url: Option<&str>) -> Result<Self, ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "this is the configuration")]
        Self::load_with(url, &|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    fn load_with(url: Option<&str>, environment: Environment<'_>) -> Result<Self, ConfigError> {
        let url = url.map(str::to_owned).or_else(|| environment(URL));
        let url = url.unwrap_or_else(|| DEFAULT_URL.to_owned());
        let mut findings = Vec::new();
        if !url.starts_with("http://") && !url.starts_with("https://") {
            let message = format!("`{url}` is no address such as {DEFAULT_URL}");
            findings.push(Finding::error("--url or ROUTER_ADMIN_URL", message));
        }
        let sources = Sources { environment: Some(environment), config: None, file: None };
        let token = token(sources, &mut findings);
        match token.filter(|_| findings.is_empty()) {
            Some((token, _)) => Ok(Self { url: url.trim_end_matches('/').to_owned(), token }),
            None => Err(ConfigError { findings }),
        }
    }
}

/// The token and where it comes from; says what is wrong with it.
fn token(sources: Sources<'_>, findings: &mut Vec<Finding>) -> Option<Found> {
    let (token, origin) = TOKEN.read(sources, findings)?;
    let text = token.expose_secret();
    if text.len() < TOKEN_CHARS_MIN || text.len() > TOKEN_CHARS_MAX {
        let message = format!("must have {TOKEN_CHARS_MIN} to {TOKEN_CHARS_MAX} characters");
        let help = "`openssl rand -hex 32` makes a good one";
        findings.push(Finding::error(origin, message).help(help));
        return None;
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message = "can have visible ASCII characters only, and no spaces";
        findings.push(Finding::error(origin, message));
        return None;
    }
    Some((token, origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "0123456789abcdef";

    #[test]
    fn access_is_read_from_arguments_and_environment() {
        #[track_caller]
        fn check(url: Option<&str>, environment: &[(&str, &str)], expected: Result<&str, &str>) {
            let read = |name: &str| {
                let found = environment.iter().find(|(key, _)| *key == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            match (AdminAccess::load_with(url, &read), expected) {
                (Ok(access), Ok(url)) => assert_eq!(access.url, url),
                (Err(error), Err(part)) => {
                    let error = error.to_string();
                    assert!(error.contains(part), "{error}");
                    assert!(!error.contains("short-secret"), "{error}");
                }
                (result, expected) => panic!("{result:?} instead of {expected:?}"),
            }
        }
        let token = (TOKEN.variable, GOOD);
        check(None, &[token], Ok(DEFAULT_URL));
        check(None, &[token, (URL, "https://router.example/")], Ok("https://router.example"));
        check(Some("http://[::1]:9/"), &[token, (URL, "http://x")], Ok("http://[::1]:9"));
        check(Some("127.0.0.1:8081"), &[token], Err("is no address such as http://127.0.0.1:8081"));
        check(None, &[], Err("ROUTER_ADMIN_TOKEN is not set"));
        check(None, &[(TOKEN.variable, "short-secret")], Err("16 to 512 characters"));
        check(None, &[(TOKEN.variable, "short-secret with a space")], Err("visible ASCII"));
        check(None, &[(TOKEN.variable, "short-secret\u{e9}\u{e9}\u{e9}")], Err("visible ASCII"));
        check(None, &[(TOKEN.file_variable, "/no/such")], Err("/no/such"));
    }

    #[test]
    fn two_listeners_need_two_addresses() {
        let check = |admin: &str, public: &str, expected: bool| {
            let listen = admin.parse().unwrap();
            let config = AdminConfig { listen, token: SecretString::from(GOOD) };
            let good = config.check(public.parse().unwrap()).is_ok();
            assert_eq!(good, expected, "{admin} beside {public}");
        };
        check("127.0.0.1:8081", "127.0.0.1:8080", true);
        check("127.0.0.1:8080", "127.0.0.1:8080", false);
        check("127.0.0.1:8080", "0.0.0.0:8080", false);
        check("[::]:8080", "127.0.0.1:8080", false);
        check("127.0.0.1:8080", "127.0.0.2:8080", true);
        check("127.0.0.1:0", "127.0.0.1:0", true);
    }
}
