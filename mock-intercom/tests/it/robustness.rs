//! Whatever is sent to any operation: no panic, no 5xx but for what is not covered, Intercom's error
//! shape, and nothing half done.

use mock_intercom::{
    ApiRequest, InboundDm, Moment, Operation, Workspace, WorkspaceFile, operations,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::client::{START, TOKEN};

/// Keys that some operation reads.
const KEYS: &[&str] = &[
    "admin_id",
    "assignee_id",
    "type",
    "message_type",
    "body",
    "snoozed_until",
    "id",
    "from",
    "attachment_urls",
    "attachment_files",
    "created_at",
    "intercom_user_id",
    "email",
    "user_id",
    "external_id",
    "role",
    "name",
    "phone",
    "owner_id",
    "custom_attributes",
    "query",
    "pagination",
    "sort",
    "field",
    "operator",
    "value",
    "per_page",
    "starting_after",
    "conversation_id",
    "conversation_part_id",
    "source_id",
    "merge_into_conversation_id",
    "customer",
    "title",
    "read",
    "priority",
    "into",
    "users",
    "companies",
    "ticket_type_id",
    "contacts",
    "ticket_attributes",
    "away_mode_enabled",
    "away_mode_reassign",
    "away_status_reason_id",
    "event_name",
    "model",
    "data_type",
    "options",
    "reply_options",
    "metadata",
    "signed_up_at",
    "last_seen_at",
    "avatar",
    "unsubscribed_from_emails",
    "skip_duplicate_validation",
    "attributes",
    "ticket_state_id",
];

/// Words that some operation reads.
const WORDS: &[&str] = &[
    "admin",
    "team",
    "user",
    "lead",
    "contact",
    "comment",
    "note",
    "assignment",
    "close",
    "open",
    "snoozed",
    "quick_reply",
    "AND",
    "OR",
    "=",
    "!=",
    "IN",
    "NIN",
    "<",
    ">",
    "~",
    "!~",
    "^",
    "$",
    "source",
    "conversation_part",
    "created_at",
    "updated_at",
    "state",
    "source.body",
    "email",
    "215472621000001",
    "101",
    "201",
    "0",
    "1",
    "tiktok",
    "last",
    "ana@example.com",
    "conversation",
    "integer",
    "string",
    "boolean",
    "ascending",
    "",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(WORDS).prop_map(str::to_owned),
        1 => ".{0,12}",
        1 => Just("x".repeat(120_000)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0..300_i64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let key = prop_oneof![prop::sample::select(KEYS).prop_map(str::to_owned), ".{0,8}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let fields = prop::collection::vec((prop::sample::select(KEYS), value()), 0..9);
    prop_oneof![
        8 => fields.prop_map(|pairs| {
            let pairs = pairs.into_iter().map(|(key, value)| (key.to_owned(), value));
            Value::Object(pairs.collect()).to_string().into_bytes()
        }),
        2 => value().prop_map(|value| value.to_string().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..60),
        1 => Just("[".repeat(50_000).into_bytes()),
    ]
}

const VERSIONS: &[&str] = &["2.11", "2.14", "2.15", "2.16", "Preview", "9"];

fn call() -> impl Strategy<Value = (usize, Vec<String>, String, Vec<u8>, &'static str)> {
    let query = prop_oneof![
        3 => Just(String::new()),
        1 => ".{0,20}",
        2 => (prop::sample::select(KEYS), word()).prop_map(|(key, value)| format!("{key}={value}")),
    ];
    (
        any::<usize>(),
        prop::collection::vec(word(), 2),
        query,
        body(),
        prop::sample::select(VERSIONS),
    )
}

/// A workspace with something in it.
fn workspace() -> Workspace {
    let mut workspace = Workspace::new(WorkspaceFile::example()).expect("the example is right");
    for user in ["ana", "bob", "ana"] {
        let dm = InboundDm { user: user.into(), text: "hi".into(), ..InboundDm::default() };
        workspace.receive_dm(START, dm).expect("a fine DM");
    }
    workspace
}

/// What a refused call must leave as it was.
fn state(workspace: &Workspace) -> String {
    let conversations: Vec<_> = workspace.conversations().collect();
    let (admins, tags): (Vec<_>, Vec<_>) =
        (workspace.admins().collect(), workspace.tags().collect());
    let contacts: Vec<_> = conversations.iter().map(|it| workspace.contact(it.contact())).collect();
    format!("{conversations:?} {contacts:?} {} {admins:?} {tags:?}", workspace.contact_count())
}

fn path_of(operation: &Operation, ids: &[String], known: &[String]) -> String {
    let mut ids = ids.iter();
    let fill = |part: &str| match part.starts_with('{') {
        false => part.to_owned(),
        true => {
            let id = ids.next().cloned().unwrap_or_default();
            // Half of the time something that exists.
            let pick = id.len() % (2 * known.len());
            known.get(pick).cloned().unwrap_or_else(|| id.replace(['/', '?', '#'], "-"))
        }
    };
    operation.path().split('/').map(fill).collect::<Vec<_>>().join("/")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn anything_may_be_sent(calls in prop::collection::vec(call(), 1..25)) {
        let mut workspace = workspace();
        let contact = workspace.contact_of_user("ana").expect("Ana wrote").id().to_string();
        let known = ["215472621000001".to_owned(), "101".to_owned(), contact, "201".to_owned(), "1".to_owned()];
        let all: Vec<&Operation> = operations().collect();
        for (index, (which, ids, query, body, version)) in calls.into_iter().enumerate() {
            let operation = all[which % all.len()];
            let path = path_of(operation, &ids, &known);
            let mut request = ApiRequest::new(operation.method(), &path, TOKEN);
            request.query = (!query.is_empty()).then_some(query);
            request.body = body;
            let request = request.header("intercom-version", version);
            let at = Moment::from_seconds(START.as_seconds() + index as u64);
            workspace.advance_to(at);
            let before = state(&workspace);
            let response = workspace.handle(at, &request);
            let shown = String::from_utf8_lossy(&response.body[..response.body.len().min(400)]);
            let told = format!("{} {path}: {} {shown}", operation.method(), response.status);
            prop_assert!(response.status < 500 || response.status == 501, "{told}");
            if response.status >= 400 {
                let error = response.json();
                prop_assert_eq!(&error["type"], &json!("error.list"), "{}", told);
                prop_assert!(error["errors"][0]["code"].is_string(), "{}", told);
                prop_assert!(error["request_id"].is_string(), "{}", told);
                prop_assert_eq!(&state(&workspace), &before, "{}", told);
            }
            while let Some(sent) = workspace.poll_notification() {
                prop_assert!(serde_json::from_slice::<Value>(&sent.body).is_ok());
            }
        }
    }
}
