//! What is around contacts and teammates: segments, attributes, events, office hours, reasons,
//! activities, tags, loads.

use std::time::Duration;

use mock_intercom::{
    AdminId, ApiRequest, Change, ConversationId, InboundDm, Moment, TeamId, TeammateAction,
    Workspace, WorkspaceFile,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::client::{START, TOKEN, error};

const FILE: &str = r#"
time_zone = "Europe/Dublin"
conversation_attributes = ["topic", "campaign"]
admin = [{ id = 101, name = "Ann" }, { id = 102, name = "Ben" }, { id = 103, name = "Chloe" }]
team = [{ id = 201, name = "Sales", admins = [101, 102] }, { id = 202, name = "Night" }]

[[office_hours]]
id = 1
name = "Weekdays"
time_intervals = [{ start_minute = 540, end_minute = 1020 }, { start_minute = 1980, end_minute = 2460 }]

[[office_hours]]
id = 2
name = "Always"
time_zone = "America/New_York"
twenty_four_seven = true
teams = [202]

[[segment]]
id = "6762f0b21bb69f9f2193bb65"
name = "From TikTok"
contact_attributes = { octopods_channel = "tiktok" }

[[segment]]
id = "6762f0b21bb69f9f2193bb66"
name = "Spanish speakers in Mexico"
languages = ["es"]
countries = ["MX"]

[[segment]]
id = "6762f0b21bb69f9f2193bb67"
name = "Users"
person_type = "user"

[[subscription_type]]
id = 91
name = "Newsletters"

[[subscription_type]]
id = 92
name = "Offers"
consent_type = "opt_in"
content_types = ["sms_message"]

[[away_reason]]
id = 1
label = "On a break"
emoji = "☕"

[[away_reason]]
id = 2
label = "At the old office"
deleted = true

[[data_attribute]]
model = "contact"
name = "plan"
description = "What they pay for"
"#;

struct Mock {
    workspace: Workspace,
    now: Moment,
    version: &'static str,
}

impl Mock {
    fn start() -> Self {
        Self::with("")
    }

    fn with(more: &str) -> Self {
        let file = WorkspaceFile::from_toml(&format!("{FILE}{more}")).expect("the file is right");
        let workspace = Workspace::new(file).expect("as above");
        Self { workspace, now: START, version: "2.16" }
    }

    fn call(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let mut request = ApiRequest::new(method, path, TOKEN);
        if let Some((path, query)) = path.split_once('?') {
            request.query = Some(query.to_owned());
            request.path = path.to_owned();
        }
        let request = request.json(body).header("intercom-version", self.version);
        let response = self.workspace.handle(self.now, &request);
        (response.status, response.json())
    }

    fn get(&mut self, path: &str) -> Value {
        let (status, body) = self.call("GET", path, &json!({}));
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    fn post(&mut self, path: &str, body: &Value) -> Value {
        let (status, body) = self.call("POST", path, body);
        assert!(status < 300, "{path}: {body}");
        body
    }

    /// Status and error of a call that is refused.
    fn refused(&mut self, method: &str, path: &str, body: &Value) -> (u16, String) {
        let before = format!("{:?}", self.changes());
        let (status, answer) = self.call(method, path, body);
        assert_eq!(format!("{:?}", self.changes()), before, "nothing changes");
        (status, error(&answer))
    }

    fn changes(&self) -> Vec<Change> {
        let entries = self.workspace.journal().since(0).iter();
        entries.flat_map(|entry| entry.record.changes()).cloned().collect()
    }

    fn dm(&mut self, user: &str, language: Option<&str>) -> (String, ConversationId) {
        let dm = InboundDm {
            user: user.to_owned(),
            text: "hi".to_owned(),
            language: language.map(str::to_owned),
            country: language.map(|_| "MX".to_owned()),
            ..InboundDm::default()
        };
        let receipt = self.workspace.receive_dm(self.now, dm).expect("a fine DM");
        (receipt.contact_id.to_string(), receipt.conversation_id)
    }

    fn wait(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
    }

    fn webhook(&mut self, topic: &str) -> Option<Value> {
        std::iter::from_fn(|| self.workspace.poll_notification())
            .filter(|sent| sent.topic == topic)
            .last()
            .map(|sent| serde_json::from_slice(&sent.body).expect("a webhook is JSON"))
    }
}

/// What an array of objects has under a key.
fn each<'a>(list: &'a Value, key: &str) -> Vec<&'a Value> {
    list.as_array().expect("a list").iter().map(|one| &one[key]).collect()
}

#[test]
fn segments_hold_the_contacts_that_fit() {
    let mut mock = Mock::start();
    let (ana, _) = mock.dm("ana", Some("es"));
    let (ben, _) = mock.dm("ben", None);
    let list = mock.get("/segments?include_count=true");
    assert_eq!(list["type"], "segment.list");
    assert_eq!(each(&list["segments"], "count"), [2, 1, 0]);
    assert_eq!(each(&list["segments"], "person_type"), ["contact", "contact", "user"]);
    assert_eq!(mock.get("/segments")["segments"][0].get("count"), None);
    let one = mock.get("/segments/6762F0B21BB69F9F2193BB66");
    assert_eq!(one["name"], "Spanish speakers in Mexico");
    let of_ana = mock.get(&format!("/contacts/{ana}/segments"));
    assert_eq!(of_ana["type"], "list");
    assert_eq!(each(&of_ana["data"], "name"), ["From TikTok", "Spanish speakers in Mexico"]);
    assert_eq!(mock.get(&format!("/contacts/{ben}/segments"))["data"].as_array().unwrap().len(), 1);
    let check = |mock: &mut Mock, path: &str, expected: &str| {
        assert_eq!(mock.refused("GET", path, &json!({})), (404, expected.to_owned()));
    };
    check(&mut mock, "/segments/0", "not_found: Resource Not Found");
    check(&mut mock, "/contacts/0/segments", "not_found: User Not Found");
}

#[test]
fn contacts_choose_subscription_types() {
    let mut mock = Mock::start();
    let (ana, _) = mock.dm("ana", None);
    let list = mock.get("/subscription_types");
    assert_eq!(each(&list["data"], "consent_type"), ["opt_out", "opt_in"]);
    assert_eq!(list["data"][0]["default_translation"]["name"], "Newsletters");
    let path = format!("/contacts/{ana}/subscriptions");
    assert_eq!(mock.get(&path)["data"], json!([]));
    let chosen = mock.post(&path, &json!({"id": 92, "consent_type": "opt_in"}));
    assert_eq!((&chosen["type"], &chosen["id"]), (&json!("subscription"), &json!("92")));
    assert_eq!(each(&mock.get(&path)["data"], "id"), ["92"]);
    let wrong = mock.refused("POST", &path, &json!({"id": "91", "consent_type": "opt_in"}));
    assert_eq!(wrong.0, 400);
    let unknown = mock.refused("POST", &path, &json!({"id": "7", "consent_type": "opt_in"}));
    assert_eq!(unknown, (404, "not_found: Resource Not Found".to_owned()));
    let one = format!("{path}/92");
    assert_eq!(mock.call("DELETE", &one, &json!({})).0, 200);
    assert_eq!(mock.refused("DELETE", &one, &json!({})).0, 404);
    assert_eq!(mock.get(&path)["data"], json!([]));
    let told = mock.changes().into_iter().filter_map(|change| match change {
        Change::SubscriptionSet { subscription: 92, chosen, .. } => Some(chosen),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), [true, false]);
}

#[test]
fn attributes_are_made_once_and_listed_by_model() {
    let mut mock = Mock::start();
    let made = mock.post(
        "/data_attributes",
        &json!({
            "name": "Ring size", "model": "company", "data_type": "options",
            "options": [{"value": "1-10"}, {"value": "11-50"}], "messenger_writable": true,
        }),
    );
    assert_eq!(made["full_name"], "custom_attributes.Ring size");
    assert_eq!((&made["data_type"], &made["admin_id"]), (&json!("string"), &json!("101")));
    assert_eq!(made["options"], json!(["1-10", "11-50"]));
    let custom = |list: &Value| -> Vec<String> {
        let all = list["data"].as_array().unwrap().iter();
        all.filter(|one| one["custom"] == true).map(|one| one["name"].to_string()).collect()
    };
    let people = mock.get("/data_attributes?model=contact");
    assert_eq!(custom(&people), ["\"plan\"", "\"octopods_tiktok_id\"", "\"octopods_channel\""]);
    assert!(each(&people["data"], "model").iter().all(|&model| model == "contact"));
    assert!(each(&people["data"], "name").iter().any(|&name| name == "email"));
    assert_eq!(custom(&mock.get("/data_attributes?model=company")), ["\"Ring size\""]);
    assert_eq!(custom(&mock.get("/data_attributes")).len(), 4);
    let taken = mock.refused(
        "POST",
        "/data_attributes",
        &json!({"name": "Ring size", "model": "contact", "data_type": "integer"}),
    );
    let message = "parameter_invalid: You already have 'Ring size' in your company data. To save \
                   this as new people data, use a different name.";
    assert_eq!(taken, (400, message.to_owned()));
    let mut check = |body: Value, expected: &str| {
        let (status, message) = mock.refused("POST", "/data_attributes", &body);
        assert_eq!((status, message.contains(expected)), (400, true), "{message}");
    };
    check(json!({"name": "!nv@l!d n@me", "model": "company", "data_type": "string"}), "currency");
    check(json!({"name": "x", "model": "company", "data_type": "mithril"}), "isn't an option");
    check(json!({"name": "x", "model": "conversation", "data_type": "string"}), "either contact");
    check(json!({"options": [{"value": "1-10"}]}), "either contact or company");
    check(json!({"model": "contact", "data_type": "string"}), "name not specified");
}

#[test]
fn attributes_of_conversations_are_told_by_version() {
    let mut mock = Mock::start();
    let list = mock.get("/conversations/attributes");
    assert_eq!(each(&list["data"], "name"), ["campaign", "topic"]);
    assert_eq!((&list["data"][0]["id"], &list["data"][0]["admin_id"]), (&json!(1), &json!("101")));
    let (status, message) = mock.refused("GET", "/data_attributes?model=conversation", &json!({}));
    assert_eq!(status, 422);
    assert!(message.starts_with("parameter_invalid: model=conversation is no longer"), "{message}");
    mock.version = "2.14";
    let list = mock.get("/data_attributes?model=conversation");
    assert_eq!(each(&list["data"], "model"), ["conversation", "conversation"]);
    // Before 2.16 the path is that of a conversation.
    assert_eq!(mock.refused("GET", "/conversations/attributes", &json!({})).0, 400);
}

#[test]
fn an_event_is_taken_once() {
    let mut mock = Mock::start();
    let (ana, _) = mock.dm("ana", None);
    let external_id = mock.get(&format!("/contacts/{ana}"))["external_id"].clone();
    let event = json!({"event_name": "bought", "created_at": 1_768_000_000, "id": ana,
                       "metadata": {"price": {"amount": 34_999, "currency": "eur"}}});
    assert_eq!(mock.call("POST", "/events", &event), (202, Value::Null));
    assert_eq!(mock.call("POST", "/events", &event), (202, Value::Null));
    let event =
        json!({"event_name": "bought", "created_at": 1_768_000_001, "user_id": external_id});
    assert_eq!(mock.call("POST", "/events", &event).0, 202);
    assert_eq!(mock.workspace.event_count(), 2);
    let told = mock.changes();
    let told = told.iter().filter(|change| matches!(change, Change::EventSubmitted { .. }));
    assert_eq!(told.count(), 2);
    let mut check = |body: Value, expected: (u16, &str)| {
        let (status, message) = mock.refused("POST", "/events", &body);
        assert_eq!((status, message.as_str()), expected);
    };
    let unknown = (404, "not_found: User Not Found");
    check(json!({"event_name": "x", "created_at": 1, "id": "0"}), unknown);
    check(json!({"event_name": "x", "created_at": 1, "user_id": "0"}), unknown);
    check(json!({"event_name": "x", "created_at": 1, "email": "a@example.com"}), unknown);
    check(
        json!({"event_name": "x", "created_at": 1}),
        (400, "parameter_not_found: id not specified"),
    );
    check(
        json!({"event_name": "x", "id": "0"}),
        (400, "parameter_not_found: created_at not specified"),
    );
}

#[test]
fn office_hours_are_told_and_known() {
    let mut mock = Mock::start();
    let list = mock.get("/office_hours_schedules");
    assert_eq!(list["type"], "office_hours_schedule.list");
    assert_eq!(each(&list["data"], "time_zone_name"), ["Europe/Dublin", "America/New_York"]);
    assert_eq!(each(&list["data"][0]["time_intervals"], "day_of_week"), [0, 1]);
    assert_eq!(mock.get("/office_hours_schedules/2")["twenty_four_seven"], true);
    let unknown = mock.refused("GET", "/office_hours_schedules/3", &json!({}));
    assert_eq!(unknown, (404, "not_found: Object not found".to_owned()));
    mock.version = "2.15";
    let (status, message) = mock.refused("GET", "/office_hours_schedules", &json!({}));
    assert_eq!((status, &message[..24]), (400, "intercom_version_invalid"));
    let [weekdays, always] = mock.workspace.office_hours() else { panic!("there are two") };
    // A Monday at 12:00 and at 17:00, in winter.
    let at = |seconds| Moment::from_seconds(seconds);
    assert!(weekdays.is_open(at(1_768_219_200)) && !weekdays.is_open(at(1_768_237_200)));
    assert!(always.is_open(at(1_768_237_200)));
}

#[test]
fn workflows_ask_for_office_hours() {
    let workflows = r#"
[[workflow]]
office_hours = "inside"
team = 201

[[workflow]]
office_hours = "inside"
contains = ["night"]
team = 202

[[workflow]]
office_hours = "outside"
admin = 103
"#;
    let mut mock = Mock::with(workflows);
    let mut place = |at: u64, user: &str, text: &str| {
        let dm = InboundDm { user: user.into(), text: text.into(), ..InboundDm::default() };
        let id = mock.workspace.receive_dm(Moment::from_seconds(at), dm).unwrap().conversation_id;
        let found = mock.workspace.conversation(id).unwrap();
        (found.team(), found.admin())
    };
    // Monday, 12 January 2026: 12:00, then 17:00, when only the team of the night is there.
    assert_eq!(place(1_768_219_200, "ana", "hi"), (Some(TeamId::new(201)), None));
    assert_eq!(place(1_768_237_200, "ben", "night owl"), (Some(TeamId::new(202)), None));
    assert_eq!(place(1_768_237_201, "cho", "hi"), (None, Some(AdminId::new(103))));
}

#[test]
fn away_mode_has_reasons() {
    let mut mock = Mock::start();
    let list = mock.get("/away_status_reasons");
    assert_eq!(each(&list["data"], "order"), [1, 2]);
    assert_eq!(each(&list["data"], "deleted"), [false, true]);
    let mut away = json!({"away_mode_enabled": true, "away_mode_reassign": false});
    away["away_status_reason_id"] = 1.into();
    let (_, admin) = mock.call("PUT", "/admins/101/away", &away);
    assert_eq!(admin["away_status_reason_id"], 1, "{admin}");
    let sent = mock.webhook("admin.away_mode_updated").expect("it is announced");
    assert_eq!(sent["data"]["item"]["away_status_reason"], "☕ On a break");
    let mut check = |reason: Value, expected: &str| {
        away["away_status_reason_id"] = reason;
        let refused = mock.refused("PUT", "/admins/101/away", &away);
        assert_eq!(refused, (400, expected.to_owned()));
    };
    check(json!("2"), "parameter_invalid: Away status reason is deleted");
    check(json!(3), "parameter_invalid: Away status reason not found");
    check(json!(true), "parameter_invalid: away_status_reason_id must be an id");
    let back = json!({"away_mode_enabled": false, "away_mode_reassign": false});
    let (_, admin) = mock.call("PUT", "/admins/101/away", &back);
    assert_eq!(admin["away_status_reason_id"], Value::Null);
    let mut strict = Mock::with("[settings]\naway_reason_mandatory = true\n");
    let away = json!({"away_mode_enabled": true, "away_mode_reassign": false});
    let refused = strict.refused("PUT", "/admins/101/away", &away);
    let message = "away_status_reason_mandatory: Away status reason is mandatory";
    assert_eq!(refused, (400, message.to_owned()));
    assert_eq!(strict.call("PUT", "/admins/101/away", &back).0, 200);
}

#[test]
fn going_away_is_logged() {
    let mut mock = Mock::start();
    let start = START.as_seconds();
    for round in 0..25_u64 {
        mock.wait(10);
        let away = round % 2 == 0;
        let action = TeammateAction::SetAway { admin: AdminId::new(102), away, reassign: true };
        mock.workspace.act(mock.now, action).expect("a teammate may");
    }
    let reason = json!({"away_mode_enabled": true, "away_mode_reassign": true,
                        "away_status_reason_id": 1});
    assert_eq!(mock.call("PUT", "/admins/101/away", &reason).0, 200);
    let first = mock.get(&format!("/admins/activity_logs?created_at_after={start}"));
    assert_eq!(
        (&first["type"], first["activity_logs"].as_array().unwrap().len()),
        (&json!("activity_log.list"), 20)
    );
    let newest = &first["activity_logs"][0];
    assert_eq!(newest["activity_type"], "admin_away_mode_change");
    assert_eq!(newest["metadata"]["away_status_reason"], "☕ On a break");
    assert_eq!(newest["metadata"]["source"], "admin update from api - Admin id: 101");
    assert_eq!(newest["performed_by"]["id"], "101");
    let cursor = first["pages"]["next"]["starting_after"].as_str().unwrap();
    let path = format!("/admins/activity_logs?created_at_after={start}&starting_after={cursor}");
    let last = mock.get(&path);
    assert_eq!(last["activity_logs"].as_array().unwrap().len(), 6);
    assert_eq!(last["activity_logs"][5]["id"], "1");
    let (from, to) = (start + 20, start + 40);
    let path = format!("/admins/activity_logs?created_at_after={from}&created_at_before={to}");
    assert_eq!(each(&mock.get(&path)["activity_logs"], "id"), ["4", "3", "2"]);
    for query in ["", "?created_at_after=x", "?created_at_after=1&created_at_before=-1"] {
        let path = format!("/admins/activity_logs{query}");
        assert_eq!(mock.refused("GET", &path, &json!({})).0, 400, "{query}");
    }
}

#[test]
fn tags_are_found_renamed_and_deleted() {
    let mut mock = Mock::start();
    let (_, conversation) = mock.dm("ana", None);
    let tag = mock.post("/tags", &json!({"name": "Urgent"}));
    assert_eq!((&tag["users"], &tag["companies"]), (&json!([]), &json!([])));
    let id = tag["id"].as_str().unwrap().to_owned();
    assert_eq!(mock.get(&format!("/tags/{id}"))["name"], "Urgent");
    let renamed = mock.post("/tags", &json!({"id": id, "name": "Later"}));
    assert_eq!((&renamed["id"], &renamed["name"]), (&json!(id), &json!("Later")));
    let path = format!("/conversations/{conversation}/tags");
    assert_eq!(mock.post(&path, &json!({"id": id, "admin_id": "101"}))["name"], "Later");
    let mut check = |method: &str, path: &str, body: Value, expected: (u16, &str)| {
        let (status, message) = mock.refused(method, path, &body);
        assert_eq!((status, message.as_str()), expected, "{method} {path}");
    };
    let invalid = (400, "parameter_invalid: invalid tag parameters");
    check("POST", "/tags", json!({"test": "invalid"}), invalid);
    check("POST", "/tags", json!({"name": "x".repeat(256)}), invalid);
    check("POST", "/tags", json!({"id": id, "name": "TikTok"}), invalid);
    let unknown = (404, "not_found: Resource Not Found");
    check("POST", "/tags", json!({"id": "999", "name": "x"}), unknown);
    check("GET", "/tags/999", json!({}), unknown);
    check("DELETE", "/tags/999", json!({}), unknown);
    let path = format!("/tags/{id}");
    assert_eq!(mock.call("DELETE", &path, &json!({})), (200, Value::Null));
    assert_eq!(mock.refused("GET", &path, &json!({})).0, 404);
    let found = mock.get(&format!("/conversations/{conversation}"));
    assert_eq!(found["tags"]["tags"], json!([]), "the bridge's comes later");
    let told = mock.changes();
    assert!(matches!(told.last(), Some(Change::TagDeleted { .. })), "{told:?}");
}

#[test]
fn a_tag_may_be_deleted_before_the_bridge_puts_it_on() {
    let mut mock = Mock::start();
    let (_, conversation) = mock.dm("ana", None);
    let tags = mock.get("/tags");
    let path = format!("/tags/{}", tags["data"][0]["id"].as_str().unwrap());
    assert_eq!(mock.call("DELETE", &path, &json!({})).0, 200);
    mock.wait(1);
    let found = mock.get(&format!("/conversations/{conversation}"));
    assert_eq!(each(&found["tags"]["tags"], "name"), ["tiktok"]);
}

#[test]
fn team_metrics_count_what_members_hold() {
    let mut mock = Mock::start();
    for user in ["ana", "ben", "cho", "dan"] {
        let (_, conversation) = mock.dm(user, None);
        let mut act = |action| mock.workspace.act(mock.now, action).expect("a teammate may");
        let admin = AdminId::new(101);
        act(TeammateAction::Assign {
            admin,
            conversation,
            to: mock_intercom::Assignee::Admin(admin),
        });
        match user {
            "ben" => {
                let until = START + Duration::from_secs(100_000);
                act(TeammateAction::Snooze { admin, conversation, until });
            }
            "cho" => act(TeammateAction::Close { admin, conversation }),
            _ => {}
        }
        mock.wait(1_000);
    }
    let mut check = |query: &str, expected: [u64; 3]| {
        let list = mock.get(&format!("/teams/201/metrics{query}"));
        assert_eq!(list["type"], "team_metric.list");
        assert_eq!(each(&list["data"], "admin_id"), ["101", "102"]);
        let first = &list["data"][0];
        let found = [&first["open"], &first["idle"], &first["snoozed"]];
        assert_eq!(found.map(|count| count.as_u64().unwrap()), expected, "{query}");
    };
    check("", [2, 1, 1]);
    check("?idle_threshold=999", [2, 2, 1]);
    check("?idle_threshold=1000", [2, 1, 1]);
    check("?idle_threshold=-5", [2, 2, 1]);
    check("?idle_threshold=999999", [2, 0, 1]);
    assert_eq!(mock.refused("GET", "/teams/201/metrics?idle_threshold=x", &json!({})).0, 400);
    let unknown = mock.refused("GET", "/teams/7/metrics", &json!({}));
    assert_eq!(unknown, (404, "team_not_found: Team not found".to_owned()));
    let mut poor = Mock::with("[settings]\nrealtime_monitoring = false\n");
    let refused = poor.refused("GET", "/teams/201/metrics", &json!({}));
    let message = "api_plan_restricted: Real-time monitoring is not enabled for your workspace.";
    assert_eq!(refused, (403, message.to_owned()));
}

#[test]
fn ticket_types_come_from_the_file() {
    let list = Mock::start().get("/ticket_types");
    assert_eq!(each(&list["data"], "name"), ["Customer ticket"]);
    let attributes = &list["data"][0]["ticket_type_attributes"]["data"];
    assert_eq!(each(attributes, "name"), ["_default_title_", "_default_description_"]);
    let own = "[[ticket_type]]\nid = 67\nname = \"Refund\"\ncategory = \"Back-office\"\n";
    let list = Mock::with(own).get("/ticket_types");
    assert_eq!(each(&list["data"], "id"), ["67"]);
    assert_eq!(
        (&list["data"][0]["category"], &list["data"][0]["is_internal"]),
        (&json!("Back-office"), &json!(true))
    );
}

/// JSON of any shape, a few levels deep, with the keys that the operations read.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop_oneof![Just(0_u64), Just(1), Just(91), Just(u64::MAX)].prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z0-9 _!-]{0,12}".prop_map(Value::from),
        prop_oneof![
            Just("contact"),
            Just("options"),
            Just("date"),
            Just("opt_out"),
            Just("tiktok"),
        ]
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        let key = prop_oneof![
            Just("id"),
            Just("name"),
            Just("model"),
            Just("data_type"),
            Just("options"),
            Just("value"),
            Just("event_name"),
            Just("created_at"),
            Just("user_id"),
            Just("metadata"),
            Just("consent_type"),
            Just("away_mode_enabled"),
            Just("away_mode_reassign"),
            Just("away_status_reason_id"),
            Just("description"),
        ]
        .prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key, inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// With the id of a contact where a body names one.
fn replaced(mut body: Value, contact: &str) -> Value {
    if body["id"] == "CONTACT" {
        body["id"] = contact.into();
    }
    body
}

/// Bodies that are nearly right: one field of a fine one is anything.
fn nearly_right() -> impl Strategy<Value = Value> {
    let fine = vec![
        json!({"id": "91", "consent_type": "opt_out"}),
        json!({"name": "size", "model": "contact", "data_type": "string", "description": "x"}),
        json!({"away_mode_enabled": true, "away_mode_reassign": true, "away_status_reason_id": 1}),
        json!({"id": "1", "name": "other"}),
        json!({"event_name": "bought", "created_at": 1, "id": "CONTACT", "metadata": {}}),
    ];
    (prop::sample::select(fine), any::<prop::sample::Index>(), anything()).prop_map(
        |(mut body, index, value)| {
            let fields = body.as_object_mut().expect("every one is an object");
            let count = fields.len();
            *fields.values_mut().nth(index.index(count)).expect("it is one of them") = value;
            body
        },
    )
}

fn query() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,20}",
        "(idle_threshold|created_at_after|created_at_before|model|per_page|starting_after)=.{0,8}",
    ]
}

fn path() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "/tags",
        "/tags/1",
        "/tags/x",
        "/events",
        "/data_attributes",
        "/admins/101/away",
        "/segments",
        "/segments/%ff",
        "/contacts/CONTACT/subscriptions",
        "/ticket_types",
        "/contacts/CONTACT/subscriptions/91",
        "/contacts/CONTACT/segments",
        "/teams/201/metrics",
        "/teams/99999999999999999999/metrics",
        "/admins/activity_logs",
        "/office_hours_schedules",
        "/office_hours_schedules/1",
        "/conversations/attributes",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bad_input_changes_nothing_and_breaks_nothing(
        calls in prop::collection::vec(
            (prop::sample::select(vec!["GET", "POST", "PUT", "DELETE"]), path(), query(), prop_oneof![anything(), nearly_right()]),
            1..12,
        ),
    ) {
        let mut mock = Mock::start();
        let (ana, _) = mock.dm("ana", None);
        for (method, path, query, body) in calls {
            let body = replaced(body, &ana);
            let path = format!("{}?{query}", path.replace("CONTACT", &ana));
            let before = mock.changes().len();
            let (status, answer) = mock.call(method, &path, &body);
            prop_assert!(status < 500 || status == 501, "{method} {path} {body}: {status}");
            if status >= 400 {
                prop_assert_eq!(&answer["type"], "error.list");
                prop_assert_eq!(mock.changes().len(), before);
            }
        }
    }
}

#[test]
fn the_greatest_id_is_told_like_any() {
    let file = WorkspaceFile::from_toml(&format!(
        "{FILE}[[ticket_type]]\nid = {}\nname = \"T\"\n",
        i64::MAX
    ));
    let mut workspace = Workspace::new(file.expect("the file is right")).expect("as above");
    let request = ApiRequest::new("GET", "/ticket_types", TOKEN);
    assert_eq!(workspace.handle(START, &request).status, 200);
}
