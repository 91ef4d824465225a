//! The paths that Intercom has and the mock does not: 501 for them, 404 for what Intercom does not
//! have either. Source: the paths of Intercom's OpenAPI descriptions 2.14 and 2.16.

/// Whether Intercom has this operation and the mock does not.
pub(in crate::api) fn intercom_has(method: &str, path: &str) -> bool {
    let path = path.trim_matches('/');
    ELSEWHERE.iter().any(|(template, methods)| {
        methods.split(' ').any(|known| known == method) && is_path(template, path)
    })
}

fn is_path(template: &str, path: &str) -> bool {
    let (mut parts, mut segments) = (template.split('/'), path.split('/'));
    loop {
        match (parts.next(), segments.next()) {
            (None, None) => return true,
            (Some("{}"), Some(segment)) if !segment.is_empty() => {}
            (Some(part), Some(segment)) if part == segment => {}
            _ => return false,
        }
    }
}

/// Paths and their methods.
const ELSEWHERE: &[(&str, &str)] = &[
    ("admins/activity_log_event_types", "GET"),
    ("admins/activity_logs/search", "POST"),
    ("ai/content_import_sources", "GET POST"),
    ("ai/content_import_sources/{}", "DELETE GET PUT"),
    ("ai/external_pages", "GET POST"),
    ("ai/external_pages/{}", "DELETE GET PUT"),
    ("articles", "GET POST"),
    ("articles/search", "GET"),
    ("articles/{}", "DELETE GET PUT"),
    ("articles/{}/draft", "GET PUT"),
    ("articles/{}/draft/publish", "POST"),
    ("articles/{}/tags", "POST"),
    ("articles/{}/tags/{}", "DELETE"),
    ("articles/{}/versions", "GET"),
    ("articles/{}/versions/{}", "GET"),
    ("audiences", "GET POST"),
    ("audiences/{}", "DELETE GET PUT"),
    ("brands", "GET"),
    ("brands/{}", "GET"),
    ("calls", "GET"),
    ("calls/search", "POST"),
    ("calls/{}", "GET"),
    ("calls/{}/recording", "GET"),
    ("calls/{}/transcript", "GET"),
    ("companies", "GET POST"),
    ("companies/list", "POST"),
    ("companies/scroll", "GET"),
    ("companies/{}", "DELETE GET PUT"),
    ("companies/{}/contacts", "GET"),
    ("companies/{}/notes", "GET POST"),
    ("companies/{}/segments", "GET"),
    ("contacts/{}/banners", "GET"),
    ("contacts/{}/banners/{}/dismiss", "POST"),
    ("contacts/{}/companies", "GET POST"),
    ("contacts/{}/companies/{}", "DELETE"),
    ("contacts/{}/merge_history", "GET"),
    ("content/bulk_actions", "POST"),
    ("content/search", "GET"),
    ("content_snippets", "GET POST"),
    ("content_snippets/{}", "DELETE GET PUT"),
    ("content_snippets/{}/tags", "POST"),
    ("content_snippets/{}/tags/{}", "DELETE"),
    ("conversations/attributes", "POST"),
    ("conversations/attributes/{}", "DELETE GET PUT"),
    ("conversations/attributes/{}/options", "POST"),
    ("conversations/attributes/{}/options/{}", "DELETE PUT"),
    ("conversations/{}/side_conversations", "GET"),
    ("custom_object_instances/{}", "DELETE GET POST"),
    ("custom_object_instances/{}/{}", "DELETE GET"),
    ("data_attributes/{}", "PUT"),
    ("data_connectors", "GET POST"),
    ("data_connectors/{}", "DELETE GET PATCH"),
    ("data_connectors/{}/execution_results", "GET"),
    ("data_connectors/{}/execution_results/{}", "GET"),
    ("download/content/data/{}", "GET"),
    ("download/reporting_data/{}", "GET"),
    ("emails", "GET"),
    ("emails/{}", "GET"),
    ("events", "GET"),
    ("events/summaries", "POST"),
    ("export/cancel/{}", "POST"),
    ("export/content/data", "POST"),
    ("export/content/data/{}", "GET"),
    ("export/reporting_data/enqueue", "POST"),
    ("export/reporting_data/get_datasets", "GET"),
    ("export/reporting_data/{}", "GET"),
    ("export/workflows/{}", "GET"),
    ("fin/csat", "POST"),
    ("fin/reply", "POST"),
    ("fin/start", "POST"),
    ("fin_voice/collect/{}", "GET"),
    ("fin_voice/conversation/{}", "GET"),
    ("fin_voice/external_id/{}", "GET"),
    ("fin_voice/phone_number/{}", "GET"),
    ("fin_voice/register", "POST"),
    ("help_center/collections", "GET POST"),
    ("help_center/collections/{}", "DELETE GET PUT"),
    ("help_center/help_centers", "GET"),
    ("help_center/help_centers/{}", "GET"),
    ("help_center/help_centers/{}/redirects", "GET POST"),
    ("help_center/help_centers/{}/redirects/{}", "DELETE GET"),
    ("internal_articles", "GET POST"),
    ("internal_articles/search", "GET"),
    ("internal_articles/{}", "DELETE GET PUT"),
    ("internal_articles/{}/tags", "POST"),
    ("internal_articles/{}/tags/{}", "DELETE"),
    ("ip_allowlist", "GET PUT"),
    ("jobs/status/{}", "GET"),
    ("macros", "GET"),
    ("macros/{}", "GET"),
    ("messages", "POST"),
    ("messages/status", "GET"),
    ("messages/whatsapp/status", "GET"),
    ("news/news_items", "GET POST"),
    ("news/news_items/{}", "DELETE GET PUT"),
    ("news/newsfeeds", "GET"),
    ("news/newsfeeds/{}", "GET"),
    ("news/newsfeeds/{}/items", "GET"),
    ("office_hours_schedules", "POST"),
    ("office_hours_schedules/{}", "DELETE PUT"),
    ("office_hours_schedules/{}/office_hours_exceptions", "GET POST"),
    ("office_hours_schedules/{}/office_hours_exceptions/{}", "DELETE GET PUT"),
    ("phone_call_redirects", "POST"),
    ("ticket_states", "GET"),
    ("ticket_types", "POST"),
    ("ticket_types/{}", "GET PUT"),
    ("ticket_types/{}/attributes", "POST"),
    ("ticket_types/{}/attributes/{}", "PUT"),
    ("tickets/enqueue", "POST"),
    ("tickets/search", "POST"),
    ("tickets/{}", "DELETE PUT"),
    ("tickets/{}/change_type", "POST"),
    ("tickets/{}/linked_conversations", "POST"),
    ("tickets/{}/linked_conversations/{}", "DELETE"),
    ("tickets/{}/reply", "POST"),
    ("tickets/{}/tags", "POST"),
    ("tickets/{}/tags/{}", "DELETE"),
    ("visitors", "GET PUT"),
    ("visitors/convert", "POST"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_intercom_has_besides() {
        let check = |method: &str, path: &str, expected: bool| {
            assert_eq!(intercom_has(method, path), expected, "{method} {path}");
        };
        check("GET", "/articles", true);
        check("GET", "/articles/12/", true);
        check("PATCH", "/articles/12", false);
        check("GET", "/articles/12/13/14", false);
        check("GET", "/no/such/path", false);
        check("GET", "/", false);
    }
}
