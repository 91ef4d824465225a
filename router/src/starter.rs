//! Files to begin with: a configuration and rules with the real ids of a workspace.

use std::path::Path;

use jiff::tz::TimeZone;

use crate::survey::{Team, Workspace};

mod hours;
mod rules;

/// The longest name that is put into a comment, in characters.
const NAME_CHARS_MAX: usize = 60;

/// Why there is nothing to begin with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StarterError {
    /// Rules need a team.
    #[error("the workspace has no team: make one in Intercom (Settings, Teammates, Teams)")]
    NoTeam,
    /// The fallback is no team.
    #[error("the workspace has no team `{name}`; it has {known}")]
    UnknownFallback {
        /// What was asked for.
        name: String,
        /// The teams' names in the rules, with their ids.
        known: String,
    },
}

/// Rules to begin with. The fallback is a team by its name in the rules, its name in Intercom or
/// its id; the one with the most inbox seats if it is not said.
///
/// # Errors
///
/// If there is no such team.
pub fn rules(workspace: &Workspace, fallback: Option<&str>) -> Result<String, StarterError> {
    let teams = named(&workspace.teams);
    let chosen = match fallback {
        Some(wanted) => teams.iter().find(|(slug, team)| {
            slug == wanted || team.name == wanted || team.id.to_string() == wanted
        }),
        // Of equal ones the oldest.
        None => teams.iter().rev().max_by_key(|(_, team)| (team.seats, team.members)),
    };
    match (chosen, fallback) {
        (Some((slug, _)), _) => Ok(rules::text(workspace, &teams, slug)),
        (None, Some(wanted)) if !teams.is_empty() => {
            let known = teams.iter().map(|(slug, team)| format!("{slug} ({})", team.id));
            let known = known.collect::<Vec<_>>().join(", ");
            Err(StarterError::UnknownFallback { name: wanted.to_owned(), known })
        }
        (None, _) => Err(StarterError::NoTeam),
    }
}

/// A configuration to begin with. Paths are written as they are to stand in it.
#[must_use]
pub fn configuration(workspace: &Workspace, base_url: &str, rules: &Path) -> String {
    let rules = quoted(&rules.display().to_string());
    let (base_url, app_id) = (quoted(base_url), quoted(&workspace.app_id));
    let region = comment(&workspace.region);
    let admin = workspace.token_admin.map_or("...".to_owned(), |id| id.to_string());
    format!(
        "# The router's configuration, begun by `router init`. router.example.toml has every key;\n\
         # `router config check` says what is in force, `router doctor` whether it works.\n\
         #\n\
         # Secrets never stand here. Set INTERCOM_TOKEN and INTERCOM_CLIENT_SECRET, or\n\
         # INTERCOM_TOKEN_FILE and INTERCOM_CLIENT_SECRET_FILE to files that hold them.\n\
         \n\
         listen = \"127.0.0.1:8080\"      # put TLS in front: Intercom insists on it\n\
         rules = {rules}\n\
         journal = \"router.db\"          # the only state; relative to this file\n\
         \n\
         [intercom]\n\
         base_url = {base_url}           # the workspace's region: {region}\n\
         app_id = {app_id}               # webhooks of other workspaces are ignored\n\
         # acting_admin = {admin}        # in whose name it assigns; whom the token belongs to, if absent\n"
    )
}

/// Teams with their names in the rules: those of Intercom in small letters, with hyphens. Every
/// name is there once.
fn named(teams: &[Team]) -> Vec<(String, &Team)> {
    let mut named: Vec<(String, &Team)> = Vec::new();
    for team in teams {
        let mut name = slug(&team.name);
        if name.is_empty() {
            name = format!("team-{}", team.id);
        }
        while named.iter().any(|(taken, _)| *taken == name) {
            name = format!("{name}-{}", team.id);
        }
        named.push((name, team));
    }
    named
}

/// `Sales & Orders` as `sales-orders`.
fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

/// Text of strangers in a comment: it stays on its line.
fn comment(text: &str) -> String {
    let shown = text.chars().filter(|c| !c.is_control());
    let shown = shown.filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
    shown.take(NAME_CHARS_MAX).collect()
}

/// Text of strangers as a value.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// The IANA name of a zone, if it is one.
fn zone(name: &str) -> Option<&str> {
    TimeZone::get(name).is_ok().then_some(name)
}

#[cfg(test)]
mod tests;
