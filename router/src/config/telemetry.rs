//! Traces for OpenTelemetry: where they go, and how many.
//!
//! `OTEL_EXPORTER_OTLP_HEADERS` and `OTEL_RESOURCE_ATTRIBUTES` are read by OpenTelemetry's SDK itself; of the
//! first it is only looked here whether it can be understood.

use reqwest::Url;
use serde::Deserialize;

use super::Environment;
use super::checks::is_here;
use super::finding::Finding;

/// The variable that headers for the collector come from, such as its token.
pub(super) const HEADERS: &str = "OTEL_EXPORTER_OTLP_HEADERS";

/// The second variable that says how many traces are exported.
const SAMPLER_ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";

/// The longest name of a service.
const NAME_CHARS_MAX: usize = 100;

/// What is exported for OpenTelemetry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TelemetryConfig {
    /// Where traces are sent by OTLP over HTTP, such as `http://127.0.0.1:4318`, without
    /// `/v1/traces`; nowhere, if not set.
    pub otlp_endpoint: Option<String>,
    /// The share of traces that is exported, from 0 to 1.
    #[serde(deserialize_with = "share")]
    pub sample: f64,
    /// What the router is called in traces; if not set, as `OTEL_RESOURCE_ATTRIBUTES` says, or
    /// `router`.
    pub service_name: Option<String>,
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self { otlp_endpoint: None, sample: 1.0, service_name: None }
    }
}

impl TelemetryConfig {
    /// Where the spans go.
    #[must_use]
    pub fn traces_url(&self) -> Option<String> {
        let endpoint = self.otlp_endpoint.as_ref()?;
        Some(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
    }

    /// What is wrong, as key, message and what would be right.
    pub(super) fn check(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        let mut wrong = Vec::new();
        if let Some((message, help)) = self.otlp_endpoint.as_deref().and_then(wrong_endpoint) {
            wrong.push(("telemetry.otlp_endpoint", message, help));
        }
        let chars = self.service_name.as_ref().map(|name| name.chars().count());
        if chars.is_some_and(|chars| !(1..=NAME_CHARS_MAX).contains(&chars)) {
            let message = "must have 1 to 100 characters";
            wrong.push(("telemetry.service_name", message, "write it like `router`"));
        }
        wrong
    }
}

/// What is wrong with a collector's address, and what would be right.
fn wrong_endpoint(text: &str) -> Option<(&'static str, &'static str)> {
    const HELP: &str = "write it like `http://127.0.0.1:4318` or `https://otlp.example.com`";
    let Some(url) = Url::parse(text).ok().filter(Url::has_host) else {
        return Some(("is no address of a host", HELP));
    };
    if !url.username().is_empty() || url.password().is_some() {
        let help = "a token belongs into the variable OTEL_EXPORTER_OTLP_HEADERS";
        return Some(("has a user or a password", help));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Some(("has a query or a fragment", HELP));
    }
    if url.path().trim_end_matches('/').ends_with("/v1/traces") {
        return Some(("ends with /v1/traces, which is added to it", HELP));
    }
    match url.scheme() {
        "https" => None,
        "http" if is_here(text) => None,
        _ => {
            let help =
                "over http:// anybody on the way could read traces and the collector's token";
            Some(("must begin with https:// (http:// only for this machine)", help))
        }
    }
}

/// Looks at the headers for the collector: a header that is not understood is not sent. Returns
/// where they come from.
pub(super) fn look_at_headers(
    environment: Environment<'_>,
    findings: &mut Vec<Finding>,
) -> Option<String> {
    let headers = environment(HEADERS)?;
    let is_header = |header: &str| {
        let (name, value) = header.split_once('=')?;
        axum::http::HeaderName::try_from(name.trim()).ok()?;
        axum::http::HeaderValue::try_from(value.trim()).ok()
    };
    let odd = headers
        .split(',')
        .filter(|it| !it.trim().is_empty())
        .position(|header| is_header(header).is_none());
    if let Some(odd) = odd {
        let message = format!("header {} is not understood and not sent", odd + 1);
        let help = "write it like `authorization=Bearer%20TOKEN,x-scope=router`";
        findings.push(Finding::warning(HEADERS, message).help(help));
    }
    Some(HEADERS.to_owned())
}

/// A share that a sampler of OpenTelemetry's specification stands for. No trace begins outside of the
/// router, so a sampler that asks the parent is the same as the one below it.
pub(super) fn sampler(name: &str, environment: Environment<'_>) -> Result<f64, String> {
    match name.strip_prefix("parentbased_").unwrap_or(name) {
        "always_on" => Ok(1.0),
        "always_off" => Ok(0.0),
        "traceidratio" => {
            let Some(ratio) = environment(SAMPLER_ARGUMENT) else { return Ok(1.0) };
            let parsed = ratio.trim().parse().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
            parsed.ok_or_else(|| {
                format!("{SAMPLER_ARGUMENT} is `{ratio}`, and no number from 0 to 1 such as `0.01`")
            })
        }
        _ => Err(format!(
            "`{name}` is none of always_on, always_off, traceidratio, or these after parentbased_"
        )),
    }
}

/// As it is written in the file.
pub(super) fn shown(share: f64) -> String {
    // A factor of 100 brings out what binary fractions are not: 0.07 * 100 is 7.000000000000001.
    let percent = (share * 1e10).round() / 1e8;
    format!("{percent}%")
}

fn share<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let text = String::deserialize(deserializer)?;
    let percent = text.strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
    let percent = percent.filter(|percent| (0.0..=100.0).contains(percent));
    percent.map(|percent| percent / 100.0).ok_or_else(|| {
        serde::de::Error::custom(format!("`{text}` is not a share such as `1%` or `100%`"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_is_on_this_machine_or_behind_tls() {
        #[track_caller]
        fn check(endpoint: &str, expected: Option<&str>) {
            let found = wrong_endpoint(endpoint).map(|(message, _)| message);
            match (found, expected) {
                (None, None) => {}
                (Some(found), Some(part)) if found.contains(part) => {}
                _ => panic!("{endpoint}: {found:?} instead of {expected:?}"),
            }
        }
        check("http://127.0.0.1:4318", None);
        check("http://localhost:4318/", None);
        check("http://[::1]:4318", None);
        check("https://otlp.example.com", None);
        check("https://otlp.example.com/otlp", None);
        check("http://otel-collector:4318", Some("must begin with https://"));
        check("http://localhost.example.com:4318", Some("must begin with https://"));
        check("http://127.0.0.1@example.com", Some("a user"));
        check("https://me:hunter2@otlp.example.com", Some("a user or a password"));
        check("https://otlp.example.com?key=hunter2", Some("a query"));
        check("https://otlp.example.com/v1/traces/", Some("which is added"));
        check("grpc://127.0.0.1:4317", Some("must begin with https://"));
        check("127.0.0.1:4318", Some("no address"));
        check("localhost:4318", Some("no address"));
        check("", Some("no address"));
    }

    #[test]
    fn spans_go_below_the_endpoint() {
        let check = |endpoint: &str, expected: &str| {
            let otlp_endpoint = Some(endpoint.to_owned());
            let config = TelemetryConfig { otlp_endpoint, ..TelemetryConfig::default() };
            assert_eq!(config.traces_url().as_deref(), Some(expected));
        };
        check("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces");
        check("http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/traces");
        check("https://example.com/otlp/", "https://example.com/otlp/v1/traces");
        assert_eq!(TelemetryConfig::default().traces_url(), None);
    }

    #[test]
    fn samplers_of_the_specification_are_shares() {
        #[track_caller]
        fn check(name: &str, argument: Option<&str>, expected: Result<f64, &str>) {
            let environment = |_: &str| argument.map(str::to_owned);
            match (sampler(name, &environment), expected) {
                (Ok(share), Ok(expected)) => assert!((share - expected).abs() < 1e-12, "{name}"),
                (Err(message), Err(part)) => assert!(message.contains(part), "{message}"),
                (found, expected) => panic!("{name}: {found:?} instead of {expected:?}"),
            }
        }
        check("always_on", None, Ok(1.0));
        check("always_off", Some("1"), Ok(0.0));
        check("parentbased_always_on", None, Ok(1.0));
        check("traceidratio", Some("0.25"), Ok(0.25));
        check("parentbased_traceidratio", Some(" 0.01 "), Ok(0.01));
        check("traceidratio", None, Ok(1.0));
        check("traceidratio", Some("1%"), Err("OTEL_TRACES_SAMPLER_ARG is `1%`"));
        check("traceidratio", Some("2"), Err("from 0 to 1"));
        check("traceidratio", Some("NaN"), Err("from 0 to 1"));
        check("jaeger_remote", None, Err("`jaeger_remote` is none of"));
        check("", None, Err("is none of"));
    }

    #[test]
    fn a_share_is_shown_as_it_is_written() {
        for text in ["100%", "1%", "7%", "0.5%", "33.3%", "0.001%", "0%"] {
            let read: TelemetryConfig = toml::from_str(&format!("sample = \"{text}\"")).unwrap();
            assert_eq!(shown(read.sample), text);
        }
        for text in ["1", "101%", "-1%", "NaN%", "%", "", "inf%"] {
            let error = toml::from_str::<TelemetryConfig>(&format!("sample = \"{text}\""));
            assert!(error.unwrap_err().to_string().contains("is not a share"), "{text}");
        }
    }

    #[test]
    fn headers_that_are_not_understood_are_told_and_not_shown() {
        let check = |headers: &str, expected: &str| {
            let mut findings = Vec::new();
            let from = look_at_headers(&|_| Some(headers.to_owned()), &mut findings);
            let shown = super::super::finding::lines(&findings);
            assert_eq!(from.as_deref(), Some(HEADERS));
            assert_eq!(shown.is_empty(), expected.is_empty(), "{shown}");
            assert!(shown.contains(expected) && !shown.contains("hunter2"), "{shown}");
        };
        check("authorization=Bearer%20hunter2", "");
        check("a=hunter2, b=hunter2,", "");
        check("a=hunter2,hunter2", "header 2 is not understood");
        check("a b=hunter2", "header 1 is not understood");
    }
}
