//! The operations of Intercom's API that the mock answers: one table that routes, knows which
//! version has what and which permission it takes, and is what the README lists.

mod elsewhere;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Serialize;

use super::{ApiError, ApiResponse, Call};
use crate::version::ApiVersion;
use crate::workspace::Workspace;

pub(super) use elsewhere::intercom_has;

/// How faithful the answers of an operation are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Reads and writes the mock's state: what is written is read back, found and announced.
    Stateful,
    /// Reads what the workspace file says; the API has no call that changes it, or none here.
    Seeded,
    /// Not here: 501, code `unsupported`.
    NotCovered,
}

impl Tier {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stateful => "stateful",
            Self::Seeded => "seeded",
            Self::NotCovered => "not_covered",
        }
    }
}

/// A permission that an app can be given (Intercom docs, OAuth scopes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// "Read one user and one company".
    ReadOneUser,
    /// "Read and list users and companies".
    ReadUsers,
    /// "Write users and companies".
    WriteUsers,
    /// "Read tags".
    ReadTags,
    /// "Write tags".
    WriteTags,
    /// "Read conversations".
    ReadConversations,
    /// "Write conversations".
    WriteConversations,
    /// "Write events".
    WriteEvents,
    /// "Write data attributes".
    WriteDataAttributes,
    /// "Read tickets".
    ReadTickets,
    /// "Write tickets".
    WriteTickets,
    /// "Read one admin".
    ReadOneAdmin,
    /// "Read admins".
    ReadAdmins,
    /// "Update admins".
    UpdateAdmins,
    /// "Read admin activity logs".
    ReadActivityLogs,
}

impl Permission {
    /// The name in Intercom's Developer Hub.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadOneUser => "Read one user and one company",
            Self::ReadUsers => "Read and list users and companies",
            Self::WriteUsers => "Write users and companies",
            Self::ReadTags => "Read tags",
            Self::WriteTags => "Write tags",
            Self::ReadConversations => "Read conversations",
            Self::WriteConversations => "Write conversations",
            Self::WriteEvents => "Write events",
            Self::WriteDataAttributes => "Write data attributes",
            Self::ReadTickets => "Read tickets",
            Self::WriteTickets => "Write tickets",
            Self::ReadOneAdmin => "Read one admin",
            Self::ReadAdmins => "Read admins",
            Self::UpdateAdmins => "Update admins",
            Self::ReadActivityLogs => "Read admin activity logs",
        }
    }

    /// Whether having `self` is enough where `needed` is: a list of people contains the one.
    fn covers(self, needed: Self) -> bool {
        self == needed
            || matches!(
                (self, needed),
                (Self::ReadUsers, Self::ReadOneUser) | (Self::ReadAdmins, Self::ReadOneAdmin)
            )
    }
}

type Handler = fn(&mut Workspace, &Call<'_>) -> Result<ApiResponse, ApiError>;

/// An operation of Intercom's API.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    id: &'static str,
    method: &'static str,
    path: &'static str,
    since: ApiVersion,
    until: ApiVersion,
    permission: Option<Permission>,
    tier: Tier,
    pub(super) handler: Handler,
}

impl Operation {
    pub(super) const fn new(
        id: &'static str,
        method: &'static str,
        path: &'static str,
        permission: Permission,
        handler: Handler,
    ) -> Self {
        let (since, until) = (ApiVersion::OLDEST, ApiVersion::PREVIEW);
        let (permission, tier) = (Some(permission), Tier::Stateful);
        Self { id, method, path, since, until, permission, tier, handler }
    }

    pub(super) const fn since(self, since: ApiVersion) -> Self {
        Self { since, ..self }
    }

    pub(super) const fn until(self, until: ApiVersion) -> Self {
        Self { until, ..self }
    }

    pub(super) const fn seeded(self) -> Self {
        Self { tier: Tier::Seeded, ..self }
    }

    pub(super) const fn for_any_token(self) -> Self {
        Self { permission: None, ..self }
    }

    /// Intercom's `operationId`.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The method, in capitals.
    pub const fn method(&self) -> &'static str {
        self.method
    }

    /// The path, with parameters in braces.
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// The first version that has it.
    pub const fn since_version(&self) -> ApiVersion {
        self.since
    }

    /// The last version that has it.
    pub const fn until_version(&self) -> ApiVersion {
        self.until
    }

    /// The permission that it takes, if any.
    pub const fn permission(&self) -> Option<Permission> {
        self.permission
    }

    /// How faithful its answers are.
    pub const fn tier(&self) -> Tier {
        self.tier
    }

    /// Whether a version has it.
    pub fn is_in(&self, version: ApiVersion) -> bool {
        (self.since..=self.until).contains(&version)
    }

    /// Whether an app with these permissions may call it.
    pub(super) fn is_allowed(&self, granted: &[Permission]) -> bool {
        self.permission.is_none_or(|needed| granted.iter().any(|granted| granted.covers(needed)))
    }
}

/// Every operation that the mock answers.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    AREAS.into_iter().flatten()
}

/// By method.
static ROUTES: LazyLock<BTreeMap<&str, matchit::Router<&Operation>>> = LazyLock::new(|| {
    let mut routes: BTreeMap<_, matchit::Router<_>> = BTreeMap::new();
    for operation in operations() {
        let routes = routes.entry(operation.method).or_default();
        routes.insert(operation.path, operation).expect("no path hides another");
    }
    routes
});

/// The operation of a request and the parameters of its path.
pub(super) fn find<'a>(method: &str, path: &'a str) -> Option<(&'static Operation, [&'a str; 2])> {
    let found = ROUTES.get(method)?.at(path.trim_end_matches('/')).ok()?;
    let mut ids = [""; 2];
    for (id, (_, found)) in ids.iter_mut().zip(found.params.iter()) {
        *id = found;
    }
    Some((found.value, ids))
}

/// By area, each beside its handlers.
const AREAS: [&[Operation]; 14] = [
    super::activity::OPERATIONS,
    super::admins::OPERATIONS,
    super::metrics::OPERATIONS,
    super::office_hours::OPERATIONS,
    super::contacts::OPERATIONS,
    super::segments::OPERATIONS,
    super::subscriptions::OPERATIONS,
    super::attributes::OPERATIONS,
    super::events::OPERATIONS,
    super::tags::OPERATIONS,
    super::ticket_types::OPERATIONS,
    super::tickets::OPERATIONS,
    super::search::OPERATIONS,
    super::conversations::OPERATIONS,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn finds_the_operation_and_what_its_path_names() {
        let check = |method: &str, path: &str, expected: Option<(&str, [&str; 2])>| {
            let found = find(method, path).map(|(operation, ids)| (operation.id, ids));
            assert_eq!(found, expected, "{method} {path}");
        };
        check("GET", "/me", Some(("identifyAdmin", ["", ""])));
        check("GET", "/me/", Some(("identifyAdmin", ["", ""])));
        check("POST", "/conversations/search", Some(("searchConversations", ["", ""])));
        check("DELETE", "/conversations/7/tags/9", Some(("detachTagFromConversation", ["7", "9"])));
        check("GET", "/conversations//tags", None);
        check("PATCH", "/me", None);
        check("GET", "/", None);
        check("GET", "/me/me/me/me/me/me/me", None);
    }

    #[test]
    fn no_operation_is_hidden_by_an_earlier_one_or_told_twice() {
        let mut ids = BTreeSet::new();
        for operation in operations() {
            assert!(ids.insert(operation.id), "{} is there twice", operation.id);
            let (found, _) = find(operation.method, operation.path).expect("a path finds itself");
            assert_eq!(found.id, operation.id, "{} is hidden", operation.path);
            assert!(!intercom_has(operation.method, operation.path), "{}", operation.path);
        }
    }
}
