//! The parts of a report below its verdicts.

use std::fmt::Write;

use super::super::{Report, TeamReport};
use super::grid::{grid, grouped, percent};
use super::title;
use crate::duration::Readable;
use crate::measure::LatencySummary;
use crate::messages::Intent;

pub(super) fn render(report: &Report) -> String {
    [
        volume(report),
        routing(report),
        fallback(report),
        waiting(report),
        fairness(report),
        api(report),
        live(report),
    ]
    .concat()
}

/// What only a live run can tell.
fn live(report: &Report) -> String {
    let Some(live) = &report.live else { return String::new() };
    let seconds = live.took_us as f64 / 1e6;
    let mut text = title("Over HTTP, in real time");
    let _ = writeln!(
        text,
        "  {seconds:.1} s at {:.0} times the story's speed\n  webhooks: {} acknowledged, {} attempts \
         failed · {:.0} a second, {} in the busiest",
        live.speed,
        grouped(live.webhooks_acknowledged),
        grouped(live.webhooks_failed),
        live.webhooks_acknowledged as f64 / seconds,
        grouped(live.busiest_second),
    );
    let times =
        [("webhook answered after", live.webhook_answer), ("DM written late by", live.lateness)];
    text.push('\n');
    text + &grid(&["", "count", "p50", "p90", "p99", "max"], times_rows(times))
}

fn volume(report: &Report) -> String {
    let volume = &report.volume;
    let columns = [
        ("DMs", volume.dms),
        ("conversations", volume.conversations),
        ("assigned", volume.assigned),
        ("held", volume.held),
        ("unassigned", volume.unassigned_at_end),
        ("lost", volume.lost),
        ("twice", volume.assigned_twice),
        ("over limit", volume.over_limit),
    ];
    let row = columns.map(|(_, count)| grouped(count)).to_vec();
    title("Conversations") + &grid(&columns.map(|(name, _)| name), vec![row])
}

fn routing(report: &Report) -> String {
    let confusion = &report.confusion;
    let Some(accuracy) = confusion.accuracy() else {
        return String::new();
    };
    let mut got: Vec<Option<&str>> = confusion.teams().into_iter().map(Some).collect();
    if confusion.cells().any(|cell| cell.got.is_none()) {
        got.push(None);
    }
    let mut headings = vec!["came to"];
    headings.extend(got.iter().map(|team| team.unwrap_or("nobody")));
    headings.extend(["right", "of"]);
    let rows = confusion.intents().into_iter().map(|intent| routing_row(report, intent, &got));
    let mut text = title("Routing");
    text.push_str(&grid(&headings, rows.collect()));
    let _ = writeln!(text, "\n  {:.2} % right{}", accuracy * 100.0, by_language(report));
    text.push_str("  a number alone was right to come here; ✗ counts those that were not\n");
    text
}

fn routing_row(report: &Report, intent: Intent, teams: &[Option<&str>]) -> Vec<String> {
    let confusion = &report.confusion;
    let mut row = vec![intent.to_string()];
    for team in teams {
        let (right, all) = confusion.right_of(|cell| cell.intent == intent && cell.got == *team);
        row.push(match (right, all - right) {
            (0, 0) => "·".to_owned(),
            (right, 0) => grouped(right),
            (0, wrong) => format!("✗ {}", grouped(wrong)),
            (right, wrong) => format!("{} ✗ {}", grouped(right), grouped(wrong)),
        });
    }
    let (right, all) = confusion.right_of(|cell| cell.intent == intent);
    row.push(percent(right, all));
    row.push(grouped(all));
    row
}

fn by_language(report: &Report) -> String {
    let confusion = &report.confusion;
    let languages = confusion.languages();
    if languages.len() < 2 {
        return String::new();
    }
    let shares = languages.into_iter().map(|language| {
        let (right, all) = confusion.right_of(|cell| cell.language == language);
        format!("{language} {}", percent(right, all))
    });
    format!(": {}", shares.collect::<Vec<_>>().join(" · "))
}

fn fallback(report: &Report) -> String {
    let total = report.fallback_total();
    let mut text = title("Fallback");
    let _ = writeln!(
        text,
        "  {} of {} conversations ({}) were wanted by no rule",
        grouped(total),
        grouped(report.volume.conversations),
        percent(total, report.volume.conversations)
    );
    for (reason, count) in &report.fallback {
        let _ = writeln!(text, "  {:>8}  {reason}", grouped(*count));
    }
    text
}

fn waiting(report: &Report) -> String {
    let mut rows = vec![waiting_row("everybody", report.time_to_assignment.as_ref())];
    let teams = report.teams.iter();
    rows.extend(teams.map(|team| waiting_row(&team.name, team.time_to_assignment.as_ref())));
    title("Time to assignment") + &grid(&["team", "assigned", "p50", "p90", "p99", "max"], rows)
}

fn times_rows(times: [(&str, Option<LatencySummary>); 2]) -> Vec<Vec<String>> {
    times.iter().map(|(name, times)| waiting_row(name, times.as_ref())).collect()
}

fn waiting_row(name: &str, summary: Option<&LatencySummary>) -> Vec<String> {
    let Some(summary) = summary else {
        return [name, "0", "–", "–", "–", "–"].map(str::to_owned).to_vec();
    };
    let times = [summary.p50_us, summary.p90_us, summary.p99_us, summary.max_us];
    let mut row = vec![name.to_owned(), grouped(summary.count)];
    row.extend(times.map(|us| Readable(us).to_string()));
    row
}

fn fairness(report: &Report) -> String {
    let counts = [
        "team",
        "people",
        "conversations",
        "least–most",
        "Jain",
        "by chance",
        "max/mean",
        "by chance",
    ];
    let work = ["team", "Gini", "by chance", "busy time Jain", "by chance", "burst", "by chance"];
    let rows = |row: fn(&TeamReport) -> Vec<String>| report.teams.iter().map(row).collect();
    let mut text = title("Fairness") + &grid(&counts, rows(counts_row));
    text.push('\n');
    text.push_str(&grid(&work, rows(work_row)));
    text.push_str(
        "\n  burst: the most for one among as many assignments in a row as there are people\n",
    );
    text
}

fn counts_row(team: &TeamReport) -> Vec<String> {
    let (fairness, random) = (team.fairness.as_ref(), team.random.as_ref());
    vec![
        team.name.clone(),
        team.teammates.to_string(),
        grouped(team.conversations),
        or_dash(fairness, |it| format!("{}–{}", it.min, it.max)),
        or_dash(fairness, |it| format!("{:.4}", it.jain)),
        or_dash(random, |it| format!("{:.4}", it.jain)),
        or_dash(fairness, |it| format!("{:.2}", it.max_over_mean)),
        or_dash(random, |it| format!("{:.2}", it.max_over_mean)),
    ]
}

fn work_row(team: &TeamReport) -> Vec<String> {
    vec![
        team.name.clone(),
        or_dash(team.fairness, |it| format!("{:.3}", it.gini)),
        or_dash(team.random, |it| format!("{:.3}", it.gini)),
        or_dash(team.busy_time, |it| format!("{:.4}", it.jain)),
        or_dash(team.random_busy_time, |it| format!("{:.4}", it.jain)),
        or_dash(team.burst, grouped),
        or_dash(team.random_burst, grouped),
    ]
}

fn or_dash<T>(value: Option<T>, show: impl Fn(T) -> String) -> String {
    value.map_or_else(|| "–".to_owned(), show)
}

fn api(report: &Report) -> String {
    let api = &report.api;
    let mut rows: Vec<Vec<String>> =
        api.calls.iter().map(|(kind, count)| vec![kind.clone(), grouped(*count)]).collect();
    rows.push(vec!["all".to_owned(), grouped(api.total())]);
    let mut text = title("Intercom API");
    text.push_str(&grid(&["call", "count"], rows));
    let _ = writeln!(
        text,
        "\n  busiest 10 s: {} of {} allowed ({}) · windows exceeded {} · answered 429: {}",
        grouped(api.busiest_window),
        grouped(api.allowed_per_window),
        percent(api.busiest_window, api.allowed_per_window),
        grouped(api.windows_exceeded),
        grouped(api.rate_limited)
    );
    text
}
