//! What there is in an Intercom workspace, asked once and outside of any engine: for who sets a
//! router up, or wants to know why it does not work.

use std::time::Duration;

use engine::Timestamp;
use secrecy::SecretString;
use serde_json::Value;

use crate::config::IntercomConfig;
use crate::dispatcher::{ClientError, body_of, http_client, rate_limit_headers};

/// The first version of Intercom's API that tells office hours.
/// Source: Intercom's OpenAPI description of 2.16, `listOfficeHoursSchedules`.
const OFFICE_HOURS_VERSION: &str = "2.16";

/// Asks Intercom, one question at a time.
#[derive(Debug)]
pub struct Inquiry {
    http: reqwest::Client,
    base_url: String,
}

/// An answer of Intercom.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body; null if it is no JSON.
    pub body: Value,
    /// Intercom's clock, to the second.
    pub date: Option<Timestamp>,
    /// Requests that the rate-limit window allows, and how many of them are left.
    pub limit: Option<(u32, u32)>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// It took too long.
    #[error("Intercom does not answer in time")]
    Timeout,
    /// Nobody can be reached there.
    #[error("Intercom cannot be reached")]
    Connection,
}

/// Why a workspace cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// The HTTP client cannot be made.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// Intercom does not answer.
    #[error(
        "{reason} at {base_url}: check the address (the region of the workspace) and what \
         stands between"
    )]
    NoAnswer {
        /// Where.
        base_url: String,
        /// Why.
        reason: NoAnswer,
    },
    /// Intercom answers something else.
    #[error("Intercom answers {status} {code} to {path}: {help}")]
    Refused {
        /// What was asked.
        path: &'static str,
        /// HTTP status.
        status: u16,
        /// Intercom's error code; empty if there was none.
        code: String,
        /// What to do.
        help: &'static str,
    },
}

/// A workspace. Names of teammates stay out of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workspace {
    /// Its id code, which webhooks carry.
    pub app_id: String,
    /// `US`, `EU` or `AU`.
    pub region: String,
    /// As Intercom spells it, mostly an IANA name.
    pub time_zone: String,
    /// The teammate whom the token belongs to.
    pub token_admin: Option<u64>,
    /// All teams, by id.
    pub teams: Vec<Team>,
    /// How many teammates there are.
    pub teammates: usize,
    /// How many of them have an inbox seat.
    pub seats: usize,
    /// Names of its tags.
    pub tags: Vec<String>,
    /// Its office hours; `None` if Intercom does not tell.
    pub office_hours: Option<Vec<Schedule>>,
}

/// A team.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// How many teammates are in it.
    pub members: usize,
    /// How many of them have an inbox seat.
    pub seats: usize,
    /// How Intercom itself gives its conversations out, such as `round_robin`; `None` if by hand,
    /// or if Intercom does not tell.
    pub distribution: Option<String>,
}

/// A weekly schedule of office hours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// Its name.
    pub name: String,
    /// As Intercom spells it, mostly an IANA name.
    pub time_zone: String,
    /// Whether it is always open.
    pub always: bool,
    /// When it is open: first minute and the minute after the last, from Monday 00:00.
    pub intervals: Vec<(u64, u64)>,
}

impl Inquiry {
    /// Somebody who can ask.
    ///
    /// # Errors
    ///
    /// If the HTTP client cannot be made.
    pub fn new(config: &IntercomConfig, token: &SecretString) -> Result<Self, ClientError> {
        Ok(Self { http: http_client(config, token)?, base_url: config.base_url.clone() })
    }

    /// Asks for a path, in the configured version of the API or another one.
    ///
    /// # Errors
    ///
    /// If there is no answer.
    pub async fn get(&self, path: &str, version: Option<&str>) -> Result<Answer, NoAnswer> {
        let mut request = self.http.get(format!("{}{path}", self.base_url));
        if let Some(version) = version {
            request = request.header("Intercom-Version", version);
        }
        self.send(request).await
    }

    /// Asks with a body: a search.
    ///
    /// # Errors
    ///
    /// If there is no answer.
    pub async fn search(&self, path: &str, body: &Value) -> Result<Answer, NoAnswer> {
        self.send(self.http.post(format!("{}{path}", self.base_url)).json(body)).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Answer, NoAnswer> {
        let failure = |error: reqwest::Error| match error.is_timeout() {
            true => NoAnswer::Timeout,
            false => NoAnswer::Connection,
        };
        let mut response = request.send().await.map_err(failure)?;
        let status = response.status().as_u16();
        let date = response.headers().get("date").and_then(|date| read_date(date.to_str().ok()?));
        let limits = rate_limit_headers(response.headers());
        let limit = |name: &str| {
            let (_, value) = limits.iter().find(|(found, _)| found == name)?;
            value.parse().ok()
        };
        let limit = limit("x-ratelimit-limit").zip(limit("x-ratelimit-remaining"));
        let body = body_of(&mut response).await.map_err(failure)?;
        let body = serde_json::from_slice(&body).unwrap_or_default();
        Ok(Answer { status, body, date, limit })
    }
}

/// The moment of a `Date` header.
fn read_date(text: &str) -> Option<Timestamp> {
    let moment = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    let seconds = u64::try_from(moment.as_second()).ok()?;
    Some(Timestamp::from_micros(Duration::from_secs(seconds).as_micros().try_into().ok()?))
}

impl Answer {
    /// Intercom's error code; empty if there is none.
    #[must_use]
    pub fn code(&self) -> &str {
        self.body["errors"][0]["code"].as_str().unwrap_or_default()
    }

    /// Whether all went well.
    #[must_use]
    pub fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Workspace {
    /// Asks for all of it.
    ///
    /// # Errors
    ///
    /// If Intercom does not answer, or refuses anything but tags and office hours.
    pub async fn survey(
        config: &IntercomConfig,
        token: &SecretString,
    ) -> Result<Self, SurveyError> {
        let inquiry = Inquiry::new(config, token)?;
        let no_answer =
            |reason| SurveyError::NoAnswer { base_url: config.base_url.clone(), reason };
        let mut workspace = Self::default();
        workspace.add_me(&needed("/me", inquiry.get("/me", None).await.map_err(no_answer)?)?);
        let admins = needed("/admins", inquiry.get("/admins", None).await.map_err(no_answer)?)?;
        let teams = needed("/teams", inquiry.get("/teams", None).await.map_err(no_answer)?)?;
        workspace.add_teams(&admins, &teams);
        let tags = inquiry.get("/tags", None).await.map_err(no_answer)?;
        workspace.tags = list(&tags.body["data"]).map(|tag| text(&tag["name"])).collect();
        let path = "/office_hours_schedules";
        let hours = inquiry.get(path, Some(OFFICE_HOURS_VERSION)).await.map_err(no_answer)?;
        workspace.office_hours =
            hours.is_good().then(|| list(&hours.body["data"]).map(Schedule::read).collect());
        Ok(workspace)
    }

    /// Takes in the answer of `GET /me`.
    pub(crate) fn add_me(&mut self, me: &Value) {
        self.app_id = text(&me["app"]["id_code"]);
        self.region = text(&me["app"]["region"]);
        self.time_zone = text(&me["app"]["timezone"]);
        self.token_admin = id(&me["id"]);
    }

    /// Takes in the answers of `GET /admins` and `GET /teams`.
    pub(crate) fn add_teams(&mut self, admins: &Value, teams: &Value) {
        let has_seat = |admin: &&Value| admin["has_inbox_seat"].as_bool() == Some(true);
        let admins: Vec<&Value> = list(&admins["admins"]).collect();
        let seated: Vec<u64> =
            admins.iter().copied().filter(has_seat).filter_map(|admin| id(&admin["id"])).collect();
        (self.teammates, self.seats) = (admins.len(), seated.len());
        let teams = list(&teams["teams"]).filter_map(|team| {
            let members: Vec<u64> = list(&team["admin_ids"]).filter_map(id).collect();
            Some(Team {
                id: id(&team["id"])?,
                name: text(&team["name"]),
                members: members.len(),
                seats: members.iter().filter(|member| seated.contains(member)).count(),
                distribution: team["distribution_method"].as_str().map(str::to_owned),
            })
        });
        self.teams = teams.collect();
        self.teams.sort_by_key(|team| team.id);
    }
}

impl Schedule {
    fn read(value: &Value) -> Self {
        let intervals = list(&value["time_intervals"]).filter_map(|span| {
            Some((span["start_minute"].as_u64()?, span["end_minute"].as_u64()?))
        });
        Self {
            name: text(&value["name"]),
            time_zone: text(&value["time_zone_name"]),
            always: value["twenty_four_seven"].as_bool() == Some(true),
            intervals: intervals.collect(),
        }
    }
}

/// The body of an answer that nothing can be done without.
fn needed(path: &'static str, answer: Answer) -> Result<Value, SurveyError> {
    if answer.is_good() {
        return Ok(answer.body);
    }
    let code = answer.code().to_owned();
    Err(SurveyError::Refused { path, status: answer.status, code, help: help(answer.status) })
}

/// What to do about a refusal.
pub(crate) fn help(status: u16) -> &'static str {
    match status {
        401 => "copy the access token again from Intercom's Developer Hub, and check the region",
        403 => "give the app the permission in Intercom's Developer Hub, and install it again",
        400 => "check `intercom.version`",
        429 => "the rate limit is used up: try again in ten seconds",
        _ => "try again; if it stays so, see status.intercom.com",
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Ids are numbers here and strings there.
fn id(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn dates_of_answers_are_read() {
        let check = |text, expected: Option<u64>| {
            assert_eq!(read_date(text), expected.map(Timestamp::from_seconds), "{text}");
        };
        check("Tue, 15 Nov 1994 08:12:31 GMT", Some(784_887_151));
        check("Fri, 20 Nov 2026 18:00:00 GMT", Some(1_795_197_600));
        check("yesterday", None);
        check("Tue, 15 Nov 1934 08:12:31 GMT", None);
    }

    #[test]
    fn teams_are_counted_with_their_seats() {
        let mut workspace = Workspace::default();
        workspace.add_teams(
            &json!({"admins": [
                {"id": "1", "has_inbox_seat": true},
                {"id": 2, "has_inbox_seat": false},
                {"id": "3"},
            ]}),
            &json!({"teams": [
                {"id": "9", "name": "B", "admin_ids": [1, 2], "distribution_method": "round_robin"},
                {"id": "8", "name": "A", "admin_ids": []},
                {"name": "no id"},
            ]}),
        );
        assert_eq!((workspace.teammates, workspace.seats), (3, 1));
        let counts: Vec<_> =
            workspace.teams.iter().map(|it| (it.id, it.members, it.seats)).collect();
        assert_eq!(counts, [(8, 0, 0), (9, 2, 1)]);
        assert_eq!(workspace.teams[1].distribution.as_deref(), Some("round_robin"));
    }
}
