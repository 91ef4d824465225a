//! The names of the API's operations.
//!
//! Source: Intercom's OpenAPI description, `operationId` of 2.11 to 2.16, spelled as there.

const OPERATIONS: &[(&str, &str, &str)] = &[
    ("GET", "admins", "listAdmins"),
    ("GET", "admins/*", "retrieveAdmin"),
    ("PUT", "admins/*/away", "setAwayAdmin"),
    ("GET", "admins/activity_logs", "listActivityLogs"),
    ("GET", "away_status_reasons", "listAwayStatusReasons"),
    ("GET", "contacts", "ListContacts"),
    ("POST", "contacts", "CreateContact"),
    ("DELETE", "contacts/*", "DeleteContact"),
    ("GET", "contacts/*", "ShowContact"),
    ("PUT", "contacts/*", "UpdateContact"),
    ("POST", "contacts/*/archive", "ArchiveContact"),
    ("POST", "contacts/*/block", "BlockContact"),
    ("GET", "contacts/*/notes", "listNotes"),
    ("POST", "contacts/*/notes", "createNote"),
    ("GET", "contacts/*/segments", "listSegmentsForAContact"),
    ("GET", "contacts/*/tags", "listTagsForAContact"),
    ("POST", "contacts/*/tags", "attachTagToContact"),
    ("DELETE", "contacts/*/tags/*", "detachTagFromContact"),
    ("POST", "contacts/*/unarchive", "UnarchiveContact"),
    ("GET", "contacts/find_by_external_id/*", "ShowContactByExternalId"),
    ("POST", "contacts/merge", "MergeContact"),
    ("POST", "contacts/search", "SearchContacts"),
    ("GET", "conversations", "listConversations"),
    ("POST", "conversations", "createConversation"),
    ("DELETE", "conversations/*", "deleteConversation"),
    ("GET", "conversations/*", "retrieveConversation"),
    ("PUT", "conversations/*", "updateConversation"),
    ("POST", "conversations/*/convert", "convertConversationToTicket"),
    ("POST", "conversations/*/customers", "attachContactToConversation"),
    ("DELETE", "conversations/*/customers/*", "detachContactFromConversation"),
    ("GET", "conversations/*/handling_events", "listHandlingEvents"),
    ("POST", "conversations/*/merge", "mergeConversation"),
    ("POST", "conversations/*/parts", "manageConversation"),
    ("POST", "conversations/*/reply", "replyConversation"),
    ("POST", "conversations/*/run_assignment_rules", "autoAssignConversation"),
    ("POST", "conversations/*/tags", "attachTagToConversation"),
    ("DELETE", "conversations/*/tags/*", "detachTagFromConversation"),
    ("GET", "conversations/attributes", "listConversationAttributes"),
    ("GET", "conversations/deleted", "listDeletedConversationIds"),
    ("POST", "conversations/redact", "redactConversation"),
    ("POST", "conversations/search", "searchConversations"),
    ("GET", "data_attributes", "lisDataAttributes"),
    ("POST", "data_attributes", "createDataAttribute"),
    ("POST", "events", "createDataEvent"),
    ("GET", "me", "identifyAdmin"),
    ("GET", "notes/*", "retrieveNote"),
    ("GET", "office_hours_schedules", "listOfficeHoursSchedules"),
    ("GET", "office_hours_schedules/*", "getOfficeHoursSchedule"),
    ("GET", "segments", "listSegments"),
    ("GET", "segments/*", "retrieveSegment"),
    ("GET", "subscription_types", "listSubscriptionTypes"),
    ("GET", "tags", "listTags"),
    ("POST", "tags", "createTag"),
    ("DELETE", "tags/*", "deleteTag"),
    ("GET", "tags/*", "findTag"),
    ("GET", "teams", "listTeams"),
    ("GET", "teams/*", "retrieveTeam"),
    ("GET", "teams/*/metrics", "getTeamMetrics"),
    ("GET", "ticket_types", "listTicketTypes"),
    ("POST", "tickets", "createTicket"),
    ("GET", "tickets/*", "getTicket"),
];

/// The operation of a call; `None` for one that is not among those known here.
pub(crate) fn name(method: &str, path: &str) -> Option<&'static str> {
    let given = path.trim_matches('/');
    let fits = |pattern: &str| {
        let mut segments = given.split('/');
        let all = pattern.split('/').all(|wanted| match segments.next() {
            Some(found) => wanted == found || (wanted == "*" && !found.is_empty()),
            None => false,
        });
        all && segments.next().is_none()
    };
    let found = OPERATIONS.iter().filter(|(wanted, pattern, _)| *wanted == method && fits(pattern));
    // `/conversations/search` fits `/conversations/*` too.
    found.min_by_key(|(_, pattern, _)| pattern.matches('*').count()).map(|found| found.2)
}

/// Whether there is an operation of this name.
pub(crate) fn is_known(name: &str) -> bool {
    OPERATIONS.iter().any(|(_, _, known)| *known == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_calls() {
        let check = |method, path, expected| assert_eq!(name(method, path), expected, "{path}");
        check("GET", "/me", Some("identifyAdmin"));
        check("GET", "/conversations/12", Some("retrieveConversation"));
        check("GET", "/conversations/deleted", Some("listDeletedConversationIds"));
        check("POST", "/conversations/search", Some("searchConversations"));
        check("POST", "/conversations/12/parts/", Some("manageConversation"));
        check("DELETE", "/conversations/12/tags/3", Some("detachTagFromConversation"));
        check("POST", "/me", None);
        check("GET", "/", None);
        check("GET", "/conversations//parts", None);
    }
}
