//! Teammates, teams and tags in REST.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::Lens;
use crate::identity::{AdminId, TeamId};
use crate::workspace::Workspace;
use crate::workspace::conversation::Author;
use crate::workspace::directory::{Admin, Contact, Role, Tag, Team};

/// How an author is told of, in what is shown and in searches; only the id is missing.
pub(crate) struct Persona<'a> {
    pub(crate) kind: &'static str,
    pub(crate) name: Option<&'a str>,
    /// Empty, not null, for a contact without an address (captured).
    pub(crate) email: Cow<'a, str>,
}

impl Workspace {
    /// How an author is told of. A contact who was deleted is a lead without a name.
    pub(crate) fn persona(&self, author: Author) -> Persona<'_> {
        match author {
            Author::Contact(id) => {
                let contact = self.contact(id);
                Persona {
                    kind: contact.map_or(Role::Lead, |contact| contact.role).as_str(),
                    name: contact.and_then(Contact::name),
                    email: contact.and_then(|it| it.email.as_deref()).unwrap_or("").into(),
                }
            }
            Author::Admin(id) => {
                let admin = self.admin(id);
                let email = admin.map_or("", |admin| &admin.email).into();
                Persona { kind: "admin", name: admin.map(Admin::name), email }
            }
            Author::Operator => {
                let email = format!("operator+{}@intercom.io", self.app.id).into();
                Persona { kind: "bot", name: Some("Operator"), email }
            }
        }
    }
}

impl Lens {
    /// A teammate (schema `admin`, where `avatar` is an address).
    pub(crate) fn admin(self, admin: &Admin) -> Value {
        let (primary, secondary): (Vec<TeamId>, Vec<TeamId>) =
            admin.teams.iter().partition(|team| !admin.secondary_teams.contains(team));
        let mut value = profile(admin);
        value["away_status_reason_id"] = admin.away_reason.into();
        value["avatar"] = Value::Null;
        value["team_priority_level"] = json!({
            "primary_team_ids": numbers(&primary),
            "secondary_team_ids": numbers(&secondary),
        });
        value
    }

    /// The teammate whom the token belongs to (schema `admin_with_app`, where `avatar` is an object).
    pub(crate) fn me(self, workspace: &Workspace, admin: &Admin) -> Value {
        let mut me = profile(admin);
        me["avatar"] = json!({"type": "avatar", "image_url": null});
        me["email_verified"] = true.into();
        me["app"] = json!({
            "type": "app",
            "id_code": workspace.app.id,
            "name": workspace.app.name,
            "region": "US",
            "timezone": workspace.app.time_zone,
            "created_at": 1_577_836_800,
            "secure": false,
            "identity_verification": false,
        });
        me
    }

    /// A team (schema `team`). Before 2.14 it does not say how it distributes.
    pub(crate) fn team(self, team: &Team) -> Value {
        let ids =
            |admins: &[AdminId]| -> Vec<u64> { admins.iter().copied().map(AdminId::get).collect() };
        let (primary, secondary): (Vec<AdminId>, Vec<AdminId>) =
            team.admins.iter().partition(|admin| !team.secondary_admins.contains(admin));
        let mut value = json!({
            "type": "team",
            "id": team.id,
            "name": team.name,
            "admin_ids": ids(&team.admins),
            "admin_priority_level": {
                "primary_admin_ids": ids(&primary),
                "secondary_admin_ids": ids(&secondary),
            },
        });
        if self.version.teams_show_distribution() {
            value["distribution_method"] = json!(team.distribution_method);
            if let Some(limit) = team.assignment_limit {
                value["assignment_limit"] = limit.into();
            }
        }
        value
    }

    /// A tag of the workspace (schema `tag_basic`).
    pub(crate) fn tag(self, tag: &Tag) -> Value {
        json!({"type": "tag", "id": tag.id, "name": tag.name})
    }
}

/// What both schemas of a teammate share.
fn profile(admin: &Admin) -> Value {
    json!({
        "type": "admin",
        "id": admin.id,
        "name": admin.name,
        "email": admin.email,
        "job_title": null,
        "away_mode_enabled": admin.away,
        "away_mode_reassign": admin.away_reassign,
        "has_inbox_seat": admin.has_inbox_seat,
        "team_ids": numbers(&admin.teams),
    })
}

fn numbers(teams: &[TeamId]) -> Vec<u64> {
    teams.iter().copied().map(TeamId::get).collect()
}
