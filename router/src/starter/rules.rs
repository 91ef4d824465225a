//! The rules file to begin with.

use std::fmt::Write as _;

use super::{comment, hours, quoted, zone};
use crate::survey::{Team, Workspace};

/// How many tags of the workspace are shown.
const TAGS_SHOWN: usize = 40;

pub(super) fn text(workspace: &Workspace, teams: &[(String, &Team)], fallback: &str) -> String {
    let mut text = head(workspace);
    let schedules = workspace.office_hours.as_deref().unwrap_or_default();
    let (sections, names) = hours::sections(schedules, &workspace.time_zone);
    match &workspace.office_hours {
        None => text.push_str(
            "\n# Intercom does not tell its office hours; docs/rules.md: [hours.NAME].\n",
        ),
        Some(_) if names.is_empty() => {}
        Some(_) => {
            text.push_str("\n# Office hours of Intercom, in which a team is open. Intercom does not tell which\n");
            text.push_str("# team keeps which: say so below. Holidays are added by `holidays = [\"2026-12-25\"]`.\n");
        }
    }
    text.push_str(&sections);
    for (slug, team) in teams {
        text.push_str(&section(slug, team, names.first()));
    }
    text + &rules(teams, fallback)
}

fn head(workspace: &Workspace) -> String {
    let mut text = format!(
        "# Rules of the workspace {}, begun by `router init`. Try them:\n\
         #   router check rules.toml --live\n\
         #   router explain rules.toml --message \"how much is it?\"\n\
         # What rules can say is in docs/rules.md.\n\
         version = 1\n",
        comment(&workspace.app_id)
    );
    match zone(&workspace.time_zone) {
        Some(zone) => {
            let _ = writeln!(text, "time_zone = {}    # the workspace's", quoted(zone));
        }
        None => {
            let unknown = comment(&workspace.time_zone);
            let _ = writeln!(
                text,
                "time_zone = \"UTC\"    # the workspace's is {unknown:?}: correct it"
            );
        }
    }
    text.push_str(
        "\n[channel]                          # any of these signs makes it a TikTok conversation\n\
         name = \"tiktok\"\n\
         any = [\n    { tag = \"tiktok\" },\n    { source_type = \"tiktok\" },\n    { channel = \"tiktok\" },\n]\n\
         settle_for = \"10s\"                 # the bridge tags in a second call: how long to wait for it\n",
    );
    if !workspace.tags.is_empty() {
        let tags = workspace.tags.iter().take(TAGS_SHOWN).map(|tag| format!("{:?}", comment(tag)));
        let tags = tags.collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "# Tags of the workspace: {tags}");
    }
    text
}

fn section(slug: &str, team: &Team, hours: Option<&String>) -> String {
    let Team { id, name, members, seats, distribution } = team;
    let mut text = format!(
        "\n[team.{slug}]    # {:?}: {members} teammates, {seats} with an inbox seat\n\
         intercom_team = {id}\n\
         # assignment_limit = 6             # open conversations of this team for one teammate\n",
        comment(name)
    );
    if let Some(hours) = hours {
        let _ = writeln!(text, "# hours = \"{hours}\"");
    }
    if let Some(distribution) = distribution {
        let method = comment(distribution);
        let _ = writeln!(
            text,
            "# Intercom gives these out itself ({method}): set the team to Manual there."
        );
    }
    text
}

fn rules(teams: &[(String, &Team)], fallback: &str) -> String {
    let other = teams.iter().map(|(slug, _)| &**slug).find(|slug| *slug != fallback);
    let first = other.unwrap_or(fallback);
    format!(
        "\n# [teammates]\n\
         # assignment_limit = 8             # open conversations for one teammate over all teams\n\
         \n\
         # Rules are tried from top to bottom; the first that matches wins. Examples:\n\
         #\n\
         # [[rule]]\n\
         # name = \"complaint\"\n\
         # assign = \"{fallback}\"\n\
         # priority = \"high\"\n\
         # when.text = [\"refund\", \"broken\", \"where is my order\"]\n\
         #\n\
         # [[rule]]\n\
         # name = \"sales inquiry\"\n\
         # assign = \"{first}\"\n\
         # when.text = {{ any = [\"how much\", \"price\"], none = [\"my order\"] }}\n\
         \n\
         [fallback]                         # what no rule matches still gets an owner\n\
         assign = \"{fallback}\"\n"
    )
}
