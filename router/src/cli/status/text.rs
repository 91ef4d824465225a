//! How a router stands, for people: within 100 columns.

use engine::{Presence, Standing};
use jiff::tz::TimeZone;
use router::admin::status::{Status, TeamStatus, TeammateStatus};
use router::review::grid::{grid_of, grouped};
use router::review::marked::{safe, shortened};

/// More teammates than these are not all shown unless wanted: those with most to do come first.
const TEAMMATES_SHOWN: usize = 20;
/// The longest name that is shown whole, in characters.
const NAME_CHARS: usize = 24;
/// The longest list of a teammate's teams that is shown whole, in characters.
const TEAMS_CHARS: usize = 40;

/// The whole page.
pub(super) fn render(status: &Status, all: bool) -> String {
    let mut text = headline(status);
    text += &notices(status);
    text += "\nTeams\n";
    text += &teams(&status.teams);
    text += "\nTeammates\n";
    text += &teammates(&status.teammates, all);
    text += "\n";
    text += &below(status);
    text
}

fn headline(status: &Status) -> String {
    let fitness = if status.ready { "ready" } else { "NOT READY" };
    let zone = TimeZone::get(&status.time_zone).unwrap_or(TimeZone::UTC);
    let at = status.at.to_zoned(zone).strftime("%a %Y-%m-%d %H:%M:%S %Z").to_string();
    let up = length((status.at - status.started_at).total(jiff::Unit::Second).unwrap_or(0.0));
    let Status { version, rules, .. } = status;
    format!("router {version}, rules {}, {fitness}, up {up}, {at}\n", safe(rules))
}

/// What somebody should know before anything else.
fn notices(status: &Status) -> String {
    let mut lines = String::new();
    for reason in &status.reasons {
        lines += &format!("! {}\n", safe(reason));
    }
    if status.dry_run {
        lines += "! a dry run: nothing is changed in Intercom\n";
    }
    if let Some(since) = status.paused_since {
        let ago = length((status.at - since).total(jiff::Unit::Second).unwrap_or(0.0));
        lines += &format!("! assignment has been paused for {ago}: `router resume` goes on\n");
    }
    if let Some(drain) = status.drain {
        let (left, held) = (drain.calls_in_flight, drain.calls_held);
        lines += &format!("! draining: {left} calls under way, {held} held back\n");
    }
    if status.stuck > 0 {
        let stuck = grouped(status.stuck as u64);
        lines += &format!("! stuck: Intercom refuses every assignee of {stuck} conversations\n");
    }
    let dead = &status.dead_letters;
    if dead.unreadable + dead.poison > 0 {
        let (unreadable, poison) = (grouped(dead.unreadable), grouped(dead.poison));
        lines += &format!(
            "! dead letters: {unreadable} unreadable, {poison} poison: `router retry` lists them\n"
        );
    }
    lines
}

fn teams(teams: &[TeamStatus]) -> String {
    let headings =
        ["team", "office", "could take", "waiting", "held", "oldest wait", "served in about"];
    let number = |count: usize| if count == 0 { "–".to_owned() } else { grouped(count as u64) };
    let mut rows: Vec<Vec<String>> = teams
        .iter()
        .map(|it| {
            vec![
                shortened(&it.team, NAME_CHARS),
                if it.open { "open" } else { "closed" }.to_owned(),
                number(it.ready),
                number(it.waiting),
                number(it.held),
                it.oldest_wait_seconds.map_or("–".to_owned(), length),
                it.drained_in_seconds.map_or("–".to_owned(), length),
            ]
        })
        .collect();
    if teams.len() > 1 {
        let sum = |of: fn(&TeamStatus) -> usize| number(teams.iter().map(of).sum());
        let oldest = teams.iter().filter_map(|it| it.oldest_wait_seconds).reduce(f64::max);
        rows.push(vec![
            "all".to_owned(),
            String::new(),
            String::new(),
            sum(|it| it.waiting),
            sum(|it| it.held),
            oldest.map_or("–".to_owned(), length),
            String::new(),
        ]);
    }
    grid_of(2, &headings, rows)
}

fn teammates(teammates: &[TeammateStatus], all: bool) -> String {
    if teammates.is_empty() {
        return "  nobody is known yet\n".to_owned();
    }
    let mut shown: Vec<&TeammateStatus> = teammates.iter().collect();
    let hidden = if all { 0 } else { shown.len().saturating_sub(TEAMMATES_SHOWN) };
    if hidden > 0 {
        shown.sort_by_key(|it| (std::cmp::Reverse(it.open), it.id));
        shown.truncate(TEAMMATES_SHOWN);
    }
    let headings = ["teammate", "presence", "open / limit", "by team: open / limit"];
    let rows = shown.into_iter().map(|it| {
        let name = it.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
        vec![
            shortened(&format!("{}{name}", it.id), NAME_CHARS),
            presence(it).to_owned(),
            of_limit(it.open, it.limit),
            by_team(it),
        ]
    });
    let mut text = grid_of(4, &headings, rows.collect());
    if hidden > 0 {
        text += &format!("  and {hidden} with less to do: --all shows them\n");
    }
    text
}

fn presence(teammate: &TeammateStatus) -> &'static str {
    let is_silent = teammate.teams.iter().any(|it| it.standing == Standing::Silent);
    match teammate.presence {
        _ if !teammate.seat => "no seat",
        Presence::Away => "away",
        Presence::Active if !teammate.at_work => "off shift",
        Presence::Active if is_silent => "silent",
        Presence::Active => "active",
    }
}

fn by_team(teammate: &TeammateStatus) -> String {
    let teams = teammate.teams.iter().map(|it| {
        let helps = if it.secondary { " (helps)" } else { "" };
        let left = if it.member { "" } else { " (left)" };
        format!("{} {}{helps}{left}", it.team, of_limit(it.open, it.limit))
    });
    shortened(&teams.collect::<Vec<_>>().join(", "), TEAMS_CHARS)
}

fn of_limit(open: u32, limit: Option<u32>) -> String {
    limit.map_or_else(|| open.to_string(), |limit| format!("{open} / {limit}"))
}

fn below(status: &Status) -> String {
    let api = &status.api;
    let waits = match api.requests_waiting {
        0 => "none waits".to_owned(),
        waiting => {
            format!("{} wait, made in {}", grouped(waiting), length(api.requests_made_in_seconds))
        }
    };
    let (left, budget) = (grouped(api.budget_left.into()), grouped(api.budget.into()));
    let (in_flight, open) = (api.calls_in_flight, grouped(api.open_calls as u64));
    let journal = &status.journal;
    let writable = if journal.writable { "writable" } else { "NOT WRITABLE" };
    let (records, failures) = (grouped(journal.records), grouped(journal.failures));
    let notifications = grouped(journal.notifications_waiting as u64);
    let roster = &status.roster;
    let rows = [
        ("API", format!("{left} of {budget} requests left in this window; {waits}")),
        ("Calls", format!("{in_flight} under way, {open} open")),
        (
            "Journal",
            format!("{writable}; {records} records, {failures} failures; {notifications} wait"),
        ),
        ("Roster", format!("{} active, {} away, with a seat", roster.active, roster.away)),
        ("Memory", format!("{} conversations", grouped(status.conversations as u64))),
    ];
    rows.map(|(name, what)| format!("{name:<9}{what}\n")).concat()
}

/// A length of time as people say it: the two largest units.
pub(crate) fn length(seconds: f64) -> String {
    let seconds = seconds.max(0.0).round() as u64;
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{}h {:02}m", seconds / 3_600, seconds / 60 % 60),
        _ => format!("{}d {:02}h", seconds / 86_400, seconds / 3_600 % 24),
    }
}

#[cfg(test)]
mod tests;
