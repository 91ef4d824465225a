//! One real answer, and more, of every operation in one version: called in an order in which each
//! finds what it needs.

use std::collections::BTreeSet;

use mock_intercom::{ApiRequest, ApiVersion, InboundDm, Moment, Workspace, WorkspaceFile};
use serde_json::{Value, json};

use super::description::Place;

/// An answer of the mock.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) operation: &'static str,
    pub(crate) place: Place<'static>,
    /// Nothing for an answer without a body.
    pub(crate) body: Option<Value>,
}

/// A workspace in which every operation is called.
#[derive(Debug)]
pub(crate) struct Tour {
    workspace: Workspace,
    version: ApiVersion,
    at: Moment,
    pub(crate) samples: Vec<Sample>,
}

/// An id of the right shape that nobody has.
const NOBODY: &str = "0123456789abcdef01234567";

impl Tour {
    /// Every operation that a version has.
    pub(crate) fn of(version: &str) -> Self {
        let file = WorkspaceFile::from_toml(include_str!("../../sdk/workspace.toml")).unwrap();
        let mut tour = Self {
            workspace: Workspace::new(file).unwrap(),
            version: version.parse().unwrap(),
            at: Moment::from_seconds(1_768_031_789),
            samples: Vec::new(),
        };
        tour.people();
        tour.contacts();
        tour.labels();
        tour.conversations();
        tour.endings();
        tour.tickets();
        tour.strangers();
        tour
    }

    /// The workspace as it is at the end.
    pub(crate) fn into_workspace(self) -> Workspace {
        self.workspace
    }

    /// Ids of what is there at the end, by the names of the parameters that stand for them.
    pub(crate) fn known_ids(&self) -> Vec<(&'static str, String)> {
        let conversations = self.workspace.conversations().map(|it| it.id().to_string());
        let admins = self.workspace.admins().map(|it| it.id().to_string());
        let teams = self.workspace.teams().map(|it| it.id().to_string());
        let tags = self.workspace.tags().map(|it| it.id().to_string());
        let mut known: Vec<(&str, String)> = Vec::new();
        known.extend(conversations.map(|id| ("conversation_id", id)));
        known.extend(admins.map(|id| ("admin_id", id)));
        known.extend(teams.map(|id| ("team_id", id)));
        known.extend(tags.map(|id| ("tag_id", id)));
        for (operation, parameter) in [
            ("CreateContact", "contact_id"),
            ("createNote", "note_id"),
            ("listSegments", "segment_id"),
            ("createTicket", "ticket_id"),
            ("listOfficeHoursSchedules", "id"),
        ] {
            let made = self.samples.iter().filter(|it| it.operation == operation);
            let bodies = made.filter(|it| it.place.status < 300).filter_map(|it| it.body.as_ref());
            let ids = bodies
                .flat_map(|body| [&body["id"], &body["segments"][0]["id"], &body["data"][0]["id"]]);
            known.extend(ids.filter(|id| !id.is_null()).map(|id| (parameter, text(id))));
        }
        known
    }

    /// The operations that answered with success.
    pub(crate) fn succeeded(&self) -> BTreeSet<&'static str> {
        let good = self.samples.iter().filter(|sample| sample.place.status < 300);
        good.map(|sample| sample.operation).collect()
    }

    /// Calls an operation with what stands for the parameters of its path, maybe a query after `?`
    /// in the last of them, and a body unless it is null. What a version lacks is passed over.
    fn call(&mut self, id: &str, parameters: &[&str], body: Value) -> Value {
        self.call_as("test-token", id, parameters, &body)
    }

    fn call_as(&mut self, token: &str, id: &str, parameters: &[&str], body: &Value) -> Value {
        let mut operations = mock_intercom::operations();
        let found = operations.find(|it| it.id() == id && it.is_in(self.version));
        let Some(operation) = found else { return Value::Null };
        let mut parameters = parameters.iter();
        let path: Vec<&str> = operation
            .path()
            .split('/')
            .map(|part| match part.starts_with('{') {
                true => parameters.next().unwrap_or_else(|| panic!("{id} lacks a parameter")),
                false => part,
            })
            .collect();
        let mut request = ApiRequest::new(operation.method(), &path.join("/"), token)
            .header("intercom-version", &self.version.to_string());
        request.query = parameters.next().map(|query| (*query).to_owned());
        if !body.is_null() {
            request = request.json(body);
        }
        self.at = self.at + std::time::Duration::from_secs(1);
        let answer = self.workspace.handle(self.at, &request);
        while self.workspace.poll_notification().is_some() {}
        let body = (!answer.body.is_empty()).then(|| answer.json());
        let (method, path) = (operation.method(), operation.path());
        let place = Place { method, path, status: answer.status };
        self.samples.push(Sample { operation: operation.id(), place, body: body.clone() });
        body.unwrap_or_default()
    }

    fn people(&mut self) {
        for id in ["identifyAdmin", "listAdmins", "listTeams", "listAwayStatusReasons"] {
            self.call(id, &[], Value::Null);
        }
        self.call("retrieveAdmin", &["101"], Value::Null);
        self.call("retrieveAdmin", &["999"], Value::Null);
        let away = json!({"away_mode_enabled": true, "away_mode_reassign": true});
        self.call("setAwayAdmin", &["103"], away.clone());
        self.call("setAwayAdmin", &["999"], away);
        self.call("setAwayAdmin", &["103"], json!({"away_mode_enabled": "perhaps"}));
        self.call("listActivityLogs", &["created_at_after=1767000000"], Value::Null);
        self.call("retrieveTeam", &["201"], Value::Null);
        self.call("retrieveTeam", &["999"], Value::Null);
        self.call("getTeamMetrics", &["201", "idle_threshold=60"], Value::Null);
        self.call("listOfficeHoursSchedules", &[], Value::Null);
        let schedules = self.call("listOfficeHoursSchedules", &[], Value::Null);
        let schedule = text(&schedules["data"][0]["id"]);
        self.call("getOfficeHoursSchedule", &[&schedule], Value::Null);
        self.call("getOfficeHoursSchedule", &["999999"], Value::Null);
    }

    fn contacts(&mut self) {
        let lead = self.call("CreateContact", &[], json!({"role": "lead", "name": "Someone"}));
        let user = json!({
            "external_id": "u-1", "email": "ana@example.com", "name": "Ana", "owner_id": 101,
            "phone": "+35312345678", "signed_up_at": 1_767_000_000,
            "custom_attributes": {"plan": "gold"},
        });
        let user = text(&self.call("CreateContact", &[], user)["id"]);
        self.call("CreateContact", &[], json!({"external_id": "u-1"}));
        self.call("ShowContact", &[&user], Value::Null);
        self.call("ShowContact", &[NOBODY], Value::Null);
        self.call("ShowContactByExternalId", &["u-1"], Value::Null);
        self.call("UpdateContact", &[&user], json!({"name": "Anna"}));
        self.call("ListContacts", &["per_page=1"], Value::Null);
        let query = json!({"field": "name", "operator": "=", "value": "Anna"});
        self.call("SearchContacts", &[], json!({"query": query, "pagination": {"per_page": 1}}));
        self.call("SearchContacts", &[], json!({"query": {"field": "colour"}}));
        let note = json!({"body": "likes blue", "admin_id": "101"});
        let note = text(&self.call("createNote", &[&user], note)["id"]);
        self.call("createNote", &[NOBODY], json!({"body": "x", "admin_id": "101"}));
        self.call("listNotes", &[&user], Value::Null);
        self.call("retrieveNote", &[&note], Value::Null);
        self.call("listSegmentsForAContact", &[&user], Value::Null);
        self.call("ArchiveContact", &[&user], Value::Null);
        self.call("UnarchiveContact", &[&user], Value::Null);
        let merge = json!({
            "from": lead["id"], "into": user, "skip_duplicate_validation": true,
        });
        self.call("MergeContact", &[], merge);
        self.call("ShowContact", &[&text(&lead["id"])], Value::Null);
        let other = self.call("CreateContact", &[], json!({"external_id": "u-2"}));
        let other = text(&other["id"]);
        self.call("BlockContact", &[&other], Value::Null);
        self.call("DeleteContact", &[&other], Value::Null);
        let event = json!({"event_name": "ordered", "created_at": 1_768_000_000, "user_id": "u-1"});
        self.call("createDataEvent", &[], event);
    }

    fn labels(&mut self) {
        let tag = text(&self.call("createTag", &[], json!({"name": "vip"}))["id"]);
        self.call("createTag", &[], json!({}));
        self.call("findTag", &[&tag], Value::Null);
        self.call("listTags", &[], Value::Null);
        let found = self.call("ShowContactByExternalId", &["u-1"], Value::Null);
        let user = text(&found["id"]);
        self.call("attachTagToContact", &[&user], json!({"id": tag}));
        self.call("listTagsForAContact", &[&user], Value::Null);
        self.call("ShowContact", &[&user], Value::Null);
        self.call("detachTagFromContact", &[&user, &tag], Value::Null);
        self.call("attachTagToContact", &[&user], json!({"id": "999999"}));
        self.call("deleteTag", &[&tag], Value::Null);
        self.call("findTag", &[&tag], Value::Null);
        let segments = self.call("listSegments", &["include_count=true"], Value::Null);
        self.call("retrieveSegment", &[&text(&segments["segments"][0]["id"])], Value::Null);
        self.call("retrieveSegment", &["none"], Value::Null);
        self.call("lisDataAttributes", &[], Value::Null);
        let size = json!({"name": "size", "model": "contact", "data_type": "string"});
        self.call("createDataAttribute", &[], size.clone());
        self.call("createDataAttribute", &[], size);
        self.call("listSubscriptionTypes", &[], Value::Null);
        let consent = json!({"id": "1", "consent_type": "opt_out"});
        self.call("attachSubscriptionTypeToContact", &[&user], consent);
        self.call("listSubscriptionsForAContact", &[&user], Value::Null);
        self.call("detachSubscriptionTypeToContact", &[&user, "1"], Value::Null);
        self.call("detachSubscriptionTypeToContact", &[&user, "9"], Value::Null);
        self.call("listConversationAttributes", &[], Value::Null);
    }

    /// A conversation as the bridge brings it.
    fn dm(&mut self, user: &str) -> String {
        let dm = InboundDm { user: user.into(), text: "how much?".into(), ..Default::default() };
        let receipt = self.workspace.receive_dm(self.at, dm).unwrap();
        receipt.conversation_id.to_string()
    }

    fn conversations(&mut self) {
        let id = self.dm("ana");
        let tag = text(&self.call("createTag", &[], json!({"name": "blue"}))["id"]);
        for body in [
            json!({"message_type": "assignment", "type": "team", "admin_id": "101", "assignee_id": "201"}),
            json!({"message_type": "assignment", "type": "admin", "admin_id": "101", "assignee_id": "102"}),
            json!({"message_type": "close", "type": "admin", "admin_id": "101"}),
            json!({"message_type": "open", "admin_id": "101"}),
            json!({"message_type": "snoozed", "admin_id": "101", "snoozed_until": 1_999_999_999}),
            json!({"message_type": "assignment", "type": "admin", "admin_id": "101", "assignee_id": "0"}),
            json!({"message_type": "dance"}),
        ] {
            self.call("manageConversation", &[&id], body);
        }
        for kind in ["comment", "note"] {
            let reply = json!({
                "message_type": kind, "type": "admin", "admin_id": "101", "body": "5 euros",
                "attachment_urls": ["https://example.com/a.jpg"],
            });
            self.call("replyConversation", &[&id], reply);
        }
        self.call("attachTagToConversation", &[&id], json!({"id": tag, "admin_id": "101"}));
        let attributes = json!({"custom_attributes": {"campaign": "summer"}, "read": true});
        self.call("updateConversation", &[&id], attributes);
        self.call("retrieveConversation", &[&id, "display_as=plaintext"], Value::Null);
        self.call("detachTagFromConversation", &[&id, &tag], json!({"admin_id": "101"}));
        self.call("retrieveConversation", &["999999999999999"], Value::Null);
        self.call("listHandlingEvents", &[&id], Value::Null);
        self.dm("ben");
        self.call("listConversations", &["per_page=1"], Value::Null);
        let query = json!({"field": "state", "operator": "=", "value": "open"});
        let query = json!({"query": query, "pagination": {"per_page": 1}});
        self.call("searchConversations", &[], query);
        self.call("searchConversations", &[], json!({"query": {"field": "colour"}}));
    }

    /// What ends or takes apart.
    fn endings(&mut self) {
        let user = self.call("ShowContactByExternalId", &["u-1"], Value::Null);
        let sender = json!({"from": {"type": "user", "id": user["id"]}, "body": "hello"});
        let message = self.call("createConversation", &[], sender);
        let stranger = json!({"from": {"type": "user", "id": NOBODY}, "body": "hello"});
        self.call("createConversation", &[], stranger);
        let id = text(&message["conversation_id"]);
        let friend = text(&self.call("CreateContact", &[], json!({"external_id": "u-3"}))["id"]);
        let customer = json!({"admin_id": "101", "customer": {"intercom_user_id": friend}});
        self.call("attachContactToConversation", &[&id], customer);
        let by = json!({"admin_id": "101"});
        self.call("detachContactFromConversation", &[&id, &friend], by.clone());
        self.call("detachContactFromConversation", &[&id, &text(&user["id"])], by);
        let whole = self.call("retrieveConversation", &[&id], Value::Null);
        let source = json!({
            "type": "source", "conversation_id": id, "source_id": whole["source"]["id"],
        });
        self.call("redactConversation", &[], source);
        let part = json!({
            "type": "conversation_part", "conversation_id": id, "conversation_part_id": "1",
        });
        self.call("redactConversation", &[], part);
        let (first, second) = (self.dm("cid"), self.dm("cid2"));
        let into: u64 = first.parse().unwrap();
        let merge = json!({"merge_into_conversation_id": into});
        self.call("mergeConversation", &[&second], merge.clone());
        self.call("mergeConversation", &[&first], merge);
        self.call("deleteConversation", &[&id], Value::Null);
        self.call("listDeletedConversationIds", &["per_page=1"], Value::Null);
    }

    fn tickets(&mut self) {
        let types = self.call("listTicketTypes", &[], Value::Null);
        let kind = &types["data"][0]["id"];
        let user = self.call("ShowContactByExternalId", &["u-1"], Value::Null);
        let ticket = json!({
            "ticket_type_id": kind, "contacts": [{"id": user["id"]}],
            "ticket_attributes": {"_default_title_": "Broken", "_default_description_": "in two"},
        });
        let ticket = self.call("createTicket", &[], ticket);
        self.call("getTicket", &[&text(&ticket["id"])], Value::Null);
        self.call("getTicket", &["999999999"], Value::Null);
        let id = self.dm("dan");
        let conversion = json!({"ticket_type_id": kind});
        self.call("convertConversationToTicket", &[&id], conversion);
        self.call("convertConversationToTicket", &[&id], json!({"ticket_type_id": "999999"}));
    }

    /// Every operation once without a right to it.
    fn strangers(&mut self) {
        for operation in mock_intercom::operations() {
            self.call_as("wrong", operation.id(), &["1", "1"], &Value::Null);
        }
    }
}

/// An id as text, however it is written.
fn text(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}
