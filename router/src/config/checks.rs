//! What values of a configuration make sense.

use std::time::Duration;

use reqwest::Url;
use tracing_subscriber::EnvFilter;

use super::reading::Reading;
use super::{Finding, Level, Retention};

/// The longest that one of Intercom's answers may be waited for.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(120);

/// The shortest time between two checkpoints.
const SHORTEST_CHECKPOINT: Duration = Duration::from_secs(60);

/// The shortest time for which events are kept: Intercom delays a notification for up to two hours
/// (its docs on webhooks, "Delivery rules"), and whatever comes twice must be known.
const SHORTEST_KEEP: Duration = Duration::from_secs(6 * 3_600);

/// Intercom's hosts, one for each region.
/// Source: <https://developers.intercom.com/docs/references/rest-api/api.intercom.io>.
const HOSTS: [&str; 3] = ["api.intercom.io", "api.eu.intercom.io", "api.au.intercom.io"];

/// Adds what does not make sense.
pub(super) fn run(reading: &mut Reading) {
    let place = reading.place("intercom.base_url");
    let mut found: Vec<_> =
        base_url(&reading.config.intercom.base_url, place).into_iter().collect();
    reading.address_is_safe = found.iter().all(|finding| finding.level != Level::Error);
    let config = &reading.config;
    let mut wrong = |key: &str, message: String| {
        found.push(Finding::error(reading.place(key), message));
    };
    if config.intercom.timeout.is_zero() || config.intercom.timeout > LONGEST_TIMEOUT {
        wrong("intercom.timeout", "must be more than nothing and at most 120s".to_owned());
    }
    let limits = [
        ("limits.body_bytes", config.limits.body_bytes),
        ("limits.intake", config.limits.intake),
        ("limits.requests", config.limits.requests),
    ];
    for (key, limit) in limits {
        if limit == 0 {
            wrong(key, "must be at least 1: a limit of 0 would refuse everything".to_owned());
        }
    }
    if let Some(Err(message)) = config.admin.as_ref().map(|it| it.check(config.listen)) {
        wrong("admin.listen", message);
    }
    let Retention { checkpoint_every, keep_for, .. } = config.retention;
    if checkpoint_every < SHORTEST_CHECKPOINT {
        wrong("retention.checkpoint_every", "must be at least 1m".to_owned());
    }
    if keep_for < SHORTEST_KEEP {
        let why = "Intercom may send a webhook again for two hours";
        wrong("retention.keep_for", format!("must be at least 6h: {why}"));
    }
    if let Err(error) = EnvFilter::try_new(&config.log.filter) {
        wrong("log.filter", format!("`{}` is no filter: {error}", config.log.filter));
    }
    if !is_version(&config.intercom.version) {
        let message = format!("`{}` is no version", config.intercom.version);
        wrong("intercom.version", format!("{message} of Intercom's API such as `2.14`"));
    }
    for (key, message, help) in config.telemetry.check() {
        found.push(Finding::error(reading.place(key), message).help(help));
    }
    reading.findings.append(&mut found);
}

/// What is wrong with Intercom's address.
fn base_url(text: &str, place: String) -> Option<Finding> {
    let Some(url) = Url::parse(text).ok().filter(|url| url.host_str().is_some()) else {
        let help = "write it like `https://api.intercom.io`";
        return Some(Finding::error(place, "is no address of a host").help(help));
    };
    if !is_bare(&url) {
        let help = "write only scheme and host, like `https://api.intercom.io`";
        return Some(Finding::error(place, "has a user, a query or a fragment").help(help));
    }
    let host = url.host_str().unwrap_or_default();
    match url.scheme() {
        "https" if HOSTS.contains(&host) || is_here(text) => None,
        "https" => {
            let message = format!("{host} is none of Intercom's hosts, and is sent the token");
            let help = format!("Intercom's are {}", HOSTS.join(", "));
            Some(Finding::warning(place, message).help(help))
        }
        "http" if is_here(text) => None,
        _ => {
            let message = "must begin with https:// (http:// only for this machine)";
            let help = "over http:// anybody on the way could read the token";
            Some(Finding::error(place, message).help(help))
        }
    }
}

fn is_bare(url: &Url) -> bool {
    let anonymous = url.username().is_empty() && url.password().is_none();
    anonymous && url.query().is_none() && url.fragment().is_none()
}

/// Intercom's address as it can be shown: one with more than a host may hold a password.
pub(super) fn shown(base_url: &str) -> String {
    match Url::parse(base_url) {
        Ok(url) if url.has_host() && is_bare(&url) => base_url.to_owned(),
        _ => "not shown: it is no plain address".to_owned(),
    }
}

/// Whether an address is on this machine.
pub(super) fn is_here(base_url: &str) -> bool {
    let url = Url::parse(base_url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// `2.14`, or one of the names that Intercom has for what is to come.
fn is_version(text: &str) -> bool {
    let numbers = text.split_once('.');
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    matches!(text, "Preview" | "Unstable")
        || numbers.is_some_and(|(major, minor)| digits(major) && digits(minor))
}
