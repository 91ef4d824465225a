//! What Intercom says: token, workspace, version, permissions, teammates, clock and limits.

use std::time::Duration;

use engine::{Policy, Timestamp};
use serde_json::{Value, json};

use super::Checkup;
use crate::config::Config;
use crate::rules_file;
use crate::survey::{Answer, Inquiry, NoAnswer, Workspace, help};

/// Clocks that differ by more should be set: the `Date` header has whole seconds, and an answer
/// takes a while.
const SKEW_WARN: Duration = Duration::from_secs(5);
/// By more, ends of rate-limit windows and office hours are wrong by as much.
const SKEW_FAIL: Duration = Duration::from_secs(60);

/// An id that no contact has: asking for it takes the same permission as asking for anybody.
const NOBODY: &str = "/contacts/000000000000000000000000";

/// Where an app's permissions are.
const PERMISSIONS: &str = "in the Developer Hub, Authentication, give the app the permission";

pub(super) async fn look(
    checkup: &mut Checkup,
    config: &Config,
    now: &(dyn Fn() -> Timestamp + Sync),
) {
    let inquiry = match Inquiry::new(&config.intercom, &config.token) {
        Ok(inquiry) => inquiry,
        Err(error) => {
            return checkup.fail(
                "token",
                error.to_string(),
                "copy it again, without anything else",
            );
        }
    };
    let asked_at = now();
    let me = match inquiry.get("/me", None).await {
        Ok(answer) => answer,
        Err(reason) => {
            let found = format!("{reason} at {}", config.intercom.base_url);
            let to_do = "check intercom.base_url (the workspace's region), names and firewall";
            return checkup.fail("intercom", found, to_do);
        }
    };
    clock(checkup, &me, asked_at, now());
    let mut workspace = Workspace::default();
    workspace.add_me(&me.body);
    if !token(checkup, &me, &workspace, config) {
        return;
    }
    limits(checkup, &me);
    permissions(checkup, &inquiry, &mut workspace, now()).await;
    if workspace.teammates > 0 {
        seats(checkup, &workspace, config);
        if let Ok(rules) = rules_file::load(&config.rules) {
            teams(checkup, &workspace, &rules.policy);
        }
    }
}

/// Says what the token is worth; whether it is worth anything.
fn token(checkup: &mut Checkup, me: &Answer, workspace: &Workspace, config: &Config) -> bool {
    let version = &config.intercom.version;
    if !me.is_good() {
        let found = format!("Intercom answers {} {} to GET /me", me.status, me.code());
        let about = match (me.status, me.code()) {
            (400, "intercom_version_invalid") => "version",
            (401 | 403, _) => "token",
            (429, _) => "rate_limit",
            _ => "intercom",
        };
        match me.status {
            429 => checkup.warn(about, found, help(429)),
            status => checkup.fail(about, found, help(status)),
        }
        return false;
    }
    let whose = workspace.token_admin.map_or("nobody".to_owned(), |id| id.to_string());
    let (app_id, region) = (&workspace.app_id, &workspace.region);
    checkup.ok("token", format!("belongs to teammate {whose} of workspace {app_id} ({region})"));
    checkup.ok("version", format!("Intercom takes {version}"));
    match &config.intercom.app_id {
        Some(configured) if configured != app_id => {
            let found =
                format!("webhooks of {configured} are taken, and the token is for {app_id}");
            checkup.fail("workspace", found, format!("set intercom.app_id = \"{app_id}\""));
        }
        Some(_) => checkup.ok("workspace", format!("only webhooks of {app_id} are taken")),
        None => {
            let found = "webhooks of any workspace are taken".to_owned();
            checkup.warn("workspace", found, format!("set intercom.app_id = \"{app_id}\""));
        }
    }
    true
}

fn clock(checkup: &mut Checkup, answer: &Answer, asked_at: Timestamp, now: Timestamp) {
    let Some(date) = answer.date else {
        let found = "the answer has no date to compare this machine's clock with".to_owned();
        return checkup.warn("clock", found, "see that this machine asks a time server");
    };
    // It was written between question and answer, and is cut down to the second.
    let latest = date + Duration::from_secs(1);
    let (ahead, behind) = (asked_at.since(latest), date.since(now));
    let skew = ahead.max(behind);
    let direction = if ahead > behind { "ahead of" } else { "behind" };
    let found = format!("{} s {direction} Intercom's", skew.as_secs());
    let to_do = "let this machine ask a time server: office hours, waiting times and ends of rate \
                 limits go by its clock";
    if skew > SKEW_FAIL {
        checkup.fail("clock", found, to_do);
    } else if skew > SKEW_WARN {
        checkup.warn("clock", found, to_do);
    } else {
        checkup.ok("clock", format!("agrees with Intercom's to {} s", SKEW_WARN.as_secs()));
    }
}

fn limits(checkup: &mut Checkup, answer: &Answer) {
    match answer.limit {
        Some((limit, left)) if u64::from(left) * 10 < u64::from(limit) => {
            let found = format!("{left} of {limit} requests are left in these ten seconds");
            let to_do = "other apps use the workspace's limit as well: lower `[api] share`";
            checkup.warn("rate_limit", found, to_do);
        }
        Some((limit, left)) => {
            checkup.ok("rate_limit", format!("{left} of {limit} requests are left in ten seconds"));
        }
        None => {
            let found = "Intercom does not tell its limit".to_owned();
            checkup.warn("rate_limit", found, "set `[api] calls_per_window` to what it allows");
        }
    }
}

/// Tries what the router reads. Writing cannot be tried without writing.
async fn permissions(
    checkup: &mut Checkup,
    inquiry: &Inquiry,
    workspace: &mut Workspace,
    now: Timestamp,
) {
    let recent = json!({
        "query": {"field": "updated_at", "operator": ">", "value": now.as_seconds()},
        "pagination": {"per_page": 1},
    });
    let admins = inquiry.get("/admins", None).await;
    let teams = inquiry.get("/teams", None).await;
    let people = permitted(checkup, "Read admins", &admins, true);
    if permitted(checkup, "Read teams", &teams, true) && people {
        let body = |answer: &Result<Answer, NoAnswer>| match answer {
            Ok(answer) => answer.body.clone(),
            Err(_) => Value::Null,
        };
        workspace.add_teams(&body(&admins), &body(&teams));
        if workspace.teammates == 0 {
            let found = "Intercom lists no teammates".to_owned();
            checkup.fail("seats", found, "invite teammates, and give them inbox seats");
        }
    }
    let conversations = inquiry.search("/conversations/search", &recent).await;
    permitted(checkup, "Read conversations", &conversations, true);
    let contact = inquiry.get(NOBODY, None).await;
    permitted(checkup, "Read one user and one company", &contact, true);
    let tags = inquiry.get("/tags", None).await;
    permitted(checkup, "Read tags", &tags, false);
    let found = "Write conversations, and Write tags if rules tag, cannot be tried without writing";
    checkup.ok("permissions", found.to_owned());
}

/// Whether an app may do what was tried; says so. What is not needed by every router only warns.
fn permitted(
    checkup: &mut Checkup,
    name: &str,
    answer: &Result<Answer, NoAnswer>,
    needed: bool,
) -> bool {
    let about = "permissions";
    let answer = match answer {
        Ok(answer) => answer,
        Err(reason) => {
            checkup.warn(about, format!("{name}: {reason}"), "try again");
            return false;
        }
    };
    match answer.status {
        // Whoever may look is told that there is nobody.
        404 => checkup.ok(about, format!("{name}: given")),
        _ if answer.is_good() => checkup.ok(about, format!("{name}: given")),
        401 | 403 if needed => {
            let found = format!("{name}: missing ({} {})", answer.status, answer.code());
            checkup.fail(about, found, format!("{PERMISSIONS} \"{name}\", and install it again"));
        }
        401 | 403 => {
            let found = format!("{name}: missing; only rules that tag need it");
            checkup.warn(about, found, format!("{PERMISSIONS} \"{name}\" if rules tag"));
        }
        429 => {
            let found = format!("{name}: not tried, the rate limit is used up");
            checkup.warn(about, found, help(429));
        }
        status => {
            let found = format!("{name}: Intercom answers {status} {}", answer.code());
            checkup.warn(about, found, help(status));
        }
    }
    answer.is_good() || answer.status == 404
}

fn seats(checkup: &mut Checkup, workspace: &Workspace, config: &Config) {
    let (seats, teammates) = (workspace.seats, workspace.teammates);
    let found = format!("{seats} of {teammates} teammates have an inbox seat");
    match seats {
        0 => checkup.fail("seats", found, "without a seat nobody can be given anything: give some"),
        _ => checkup.ok("seats", found),
    }
    let acting = config.intercom.acting_admin.map(engine::TeammateId::get);
    let Some(acting) = acting.or(workspace.token_admin) else { return };
    checkup.ok("acting_admin", format!("assignments are made in the name of teammate {acting}"));
}

fn teams(checkup: &mut Checkup, workspace: &Workspace, policy: &Policy) {
    for (name, id) in policy.teams() {
        let Some(team) = workspace.teams.iter().find(|team| team.id == id.get()) else {
            let found = format!("{name}: Intercom has no team {}", id.get());
            let to_do = "correct its `intercom_team`; `router init` writes the right ids";
            checkup.fail("teams", found, to_do);
            continue;
        };
        let found = format!("{name}: {} members, {} with an inbox seat", team.members, team.seats);
        match (team.members, team.seats) {
            (0, _) | (_, 0) => {
                checkup.warn("teams", found, "what comes to it waits: add teammates with seats");
            }
            _ => checkup.ok("teams", found),
        }
        if let Some(method) = &team.distribution {
            let found = format!("{name}: Intercom itself gives its conversations out ({method})");
            let to_do = "set the team to Manual in Intercom: two distributors in one inbox get in \
                         each other's way";
            checkup.warn("teams", found, to_do);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn clocks_are_compared_to_the_second() {
        let check = |date: Option<u64>, now: u64, expected: State| {
            let date = date.map(Timestamp::from_seconds);
            let answer = Answer { status: 200, body: Value::Null, date, limit: None };
            let mut checkup = Checkup::default();
            let asked_at = Timestamp::from_seconds(now);
            clock(&mut checkup, &answer, asked_at, asked_at + Duration::from_secs(2));
            assert_eq!(checkup.lines[0].state, expected, "{date:?} at {now}");
        };
        check(Some(1_000), 1_000, State::Ok);
        check(Some(1_002), 1_000, State::Ok);
        check(Some(1_006), 1_000, State::Ok);
        check(Some(1_009), 1_000, State::Warn);
        check(Some(994), 1_000, State::Ok);
        check(Some(990), 1_000, State::Warn);
        check(Some(1_063), 1_000, State::Fail);
        check(Some(930), 1_000, State::Fail);
        check(None, 1_000, State::Warn);
    }
}
