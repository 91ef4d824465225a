//! Arguments that are more than a word.

use std::str::FromStr;

use anyhow::bail;
use mock_intercom::{Clock, Moment};

/// `URL` or `URL#TOPIC,TOPIC`: what follows `#` is no part of a request, so no address needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WebhookArgument {
    pub(super) url: String,
    pub(super) topics: Vec<String>,
}

impl FromStr for WebhookArgument {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (url, topics) = text.split_once('#').unwrap_or((text, ""));
        let topics = topics.split(',').map(str::trim).filter(|topic| !topic.is_empty());
        Ok(Self { url: url.to_owned(), topics: topics.map(str::to_owned).collect() })
    }
}

/// How the clock goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum ClockArgument {
    Real,
    Scaled(f64),
    Stepped,
}

impl FromStr for ClockArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rate = || text.strip_prefix("scaled=")?.parse::<f64>().ok();
        match text {
            "real" => Ok(Self::Real),
            "stepped" => Ok(Self::Stepped),
            _ => match rate() {
                Some(rate) if (1e-6..=1e6).contains(&rate) => Ok(Self::Scaled(rate)),
                _ => Err("write real, stepped, or scaled=N with N from 0.000001 to 1000000".into()),
            },
        }
    }
}

impl ClockArgument {
    /// The clock, from `start` or now.
    pub(super) fn clock(self, start: Option<StartAt>) -> anyhow::Result<Clock> {
        let start_or_now = start.map_or_else(|| Clock::System.now(), |start| start.0);
        Ok(match self {
            Self::Real if start.is_some() => {
                bail!(
                    "--start-at needs a clock that can show another time: --clock scaled=1 or stepped"
                )
            }
            Self::Real => Clock::System,
            Self::Scaled(rate) => Clock::scaled(start_or_now, rate),
            Self::Stepped => Clock::stepped(start_or_now),
        })
    }
}

/// A date, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StartAt(Moment);

impl FromStr for StartAt {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Moment::from_date(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses_with_topics() {
        let check = |text: &str, url: &str, topics: &[&str]| {
            let found: WebhookArgument = text.parse().unwrap();
            let found_topics: Vec<&str> = found.topics.iter().map(String::as_str).collect();
            assert_eq!((found.url.as_str(), found_topics.as_slice()), (url, topics));
        };
        check("http://127.0.0.1/hook", "http://127.0.0.1/hook", &[]);
        check("https://x/hook#conversation.*,ping", "https://x/hook", &["conversation.*", "ping"]);
    }

    #[test]
    fn reads_clocks() {
        let check = |text: &str, expected| assert_eq!(text.parse().ok(), expected, "{text}");
        check("real", Some(ClockArgument::Real));
        check("stepped", Some(ClockArgument::Stepped));
        check("scaled=60", Some(ClockArgument::Scaled(60.0)));
        check("scaled=0", None);
        check("scaled=NaN", None);
        check("fast", None);
        let start = "2026-01-10T08:00:00Z".parse::<StartAt>().unwrap();
        assert_eq!(start.0.as_seconds(), 1_768_032_000);
        assert!(ClockArgument::Real.clock(Some(start)).is_err());
        assert_eq!(ClockArgument::Stepped.clock(Some(start)).unwrap().now(), start.0);
    }
}
