//! Random operations: nothing panics, what was assigned is read back, the journal is complete.

use std::collections::BTreeMap;
use std::time::Duration;

use mock_intercom::{
    AdminId, ApiRequest, Assignee, Change, ConversationId, InboundDm, Moment, TeamId,
    TeammateAction, Workspace, WorkspaceFile,
};
use proptest::prelude::*;
use serde_json::json;

use crate::client::{START, TOKEN};

#[derive(Clone, Debug)]
enum Operation {
    Dm { user: u8, text: String },
    Api { conversation: u8, message: Message },
    Ui { conversation: u8, message: Message },
    Raw { method: String, path: String, body: Vec<u8> },
    Wait { millis: u64 },
}

#[derive(Clone, Debug)]
enum Message {
    Assign { team: bool, to: u64 },
    Close,
    Open,
    Snooze { seconds: u64 },
    Reply(String),
}

fn message() -> impl Strategy<Value = Message> {
    let to = prop_oneof![Just(0), 100..106_u64, 200..204_u64];
    prop_oneof![
        4 => (any::<bool>(), to).prop_map(|(team, to)| Message::Assign { team, to }),
        1 => Just(Message::Close),
        1 => Just(Message::Open),
        1 => (0..100_u64).prop_map(|seconds| Message::Snooze { seconds }),
        1 => ".{0,8}".prop_map(Message::Reply),
    ]
}

fn operation() -> impl Strategy<Value = Operation> {
    let paths = prop_oneof![
        "(/[a-z_0-9]{0,12}){1,5}",
        Just("/conversations/search".to_owned()),
        Just("/conversations/215472621000001/parts".to_owned()),
        Just("/conversations/215472621000001/reply".to_owned()),
        Just("/admins/101/away".to_owned()),
    ];
    let body = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..60),
        Just(
            br#"{"query":{"field":"id","operator":">","value":0},"pagination":{"per_page":1}}"#
                .to_vec()
        ),
        Just(br#"{"message_type":"close","admin_id":-1}"#.to_vec()),
    ];
    prop_oneof![
        3 => (0..4_u8, ".{0,12}").prop_map(|(user, text)| Operation::Dm { user, text }),
        4 => (any::<u8>(), message()).prop_map(|(conversation, message)| Operation::Api { conversation, message }),
        2 => (any::<u8>(), message()).prop_map(|(conversation, message)| Operation::Ui { conversation, message }),
        1 => ("(GET|POST|PUT|DELETE)", paths, body).prop_map(|(method, path, body)| Operation::Raw { method, path, body }),
        1 => (0..100_000_u64).prop_map(|millis| Operation::Wait { millis }),
    ]
}

/// Applies operations and remembers what an outsider knows.
struct Run {
    workspace: Workspace,
    at: Moment,
    /// Team and teammate by the answers of the API and the changes told.
    owners: BTreeMap<ConversationId, (Option<TeamId>, Option<AdminId>)>,
    inputs_taken: usize,
}

impl Run {
    fn new() -> Self {
        let workspace = Workspace::new(WorkspaceFile::example()).unwrap();
        Self { workspace, at: START, owners: BTreeMap::new(), inputs_taken: 0 }
    }

    fn apply(&mut self, operation: Operation) {
        match operation {
            Operation::Wait { millis } => {
                self.at = self.at + Duration::from_millis(millis);
                self.workspace.advance_to(self.at);
            }
            Operation::Dm { user, text } => {
                let dm = InboundDm { user: user.to_string(), text, ..InboundDm::default() };
                if let Ok(receipt) = self.workspace.receive_dm(self.at, dm) {
                    self.inputs_taken += 1;
                    let owners = self.owners.entry(receipt.conversation_id).or_default();
                    // 104 is away all the time, with replies reassigned.
                    owners.1 = owners.1.filter(|&admin| admin != AdminId::new(104));
                }
            }
            Operation::Raw { method, path, body } => {
                let request = ApiRequest { body, ..ApiRequest::new(&method, &path, TOKEN) };
                self.call(&request);
            }
            Operation::Api { conversation, message } => {
                if let Some(id) = self.pick(conversation) {
                    self.call(&self.request(id, &message));
                    self.remember(id, &message, false);
                }
            }
            Operation::Ui { conversation, message } => {
                if let Some(id) = self.pick(conversation) {
                    let action = self.action(id, &message);
                    if self.workspace.act(self.at, action).is_ok() {
                        self.inputs_taken += 1;
                        self.remember(id, &message, true);
                    }
                }
            }
        }
    }

    fn call(&mut self, request: &ApiRequest) {
        let response = self.workspace.handle(self.at, request);
        self.inputs_taken += 1;
        assert!(response.status < 500 || response.status == 501, "{request:?}");
        let body = response.json();
        assert_eq!(body["type"] == "error.list", response.status >= 400, "{request:?}: {body}");
    }

    fn pick(&self, number: u8) -> Option<ConversationId> {
        let count = self.owners.len().max(1);
        self.owners.keys().nth(usize::from(number) % count).copied()
    }

    fn request(&self, id: ConversationId, message: &Message) -> ApiRequest {
        let (path, body) = match message {
            Message::Assign { team, to } => {
                let kind = if *team { "team" } else { "admin" };
                ("parts", json!({"message_type": "assignment", "type": kind, "assignee_id": to}))
            }
            Message::Close => ("parts", json!({"message_type": "close", "type": "admin"})),
            Message::Open => ("parts", json!({"message_type": "open"})),
            Message::Snooze { seconds } => {
                let until = self.at.as_seconds() + seconds;
                ("parts", json!({"message_type": "snoozed", "snoozed_until": until}))
            }
            Message::Reply(text) => {
                ("reply", json!({"message_type": "note", "type": "admin", "body": text}))
            }
        };
        let mut body = body;
        body["admin_id"] = "101".into();
        ApiRequest::new("POST", &format!("/conversations/{id}/{path}"), TOKEN).json(&body)
    }

    fn action(&self, conversation: ConversationId, message: &Message) -> TeammateAction {
        let admin = AdminId::new(101);
        match message {
            Message::Assign { to: 0, .. } => {
                TeammateAction::Assign { admin, conversation, to: Assignee::Nobody }
            }
            Message::Assign { team: true, to } => {
                TeammateAction::Assign { admin, conversation, to: Assignee::Team((*to).into()) }
            }
            Message::Assign { to, .. } => {
                TeammateAction::Assign { admin, conversation, to: Assignee::Admin((*to).into()) }
            }
            Message::Close => TeammateAction::Close { admin, conversation },
            Message::Open => TeammateAction::Reopen { admin, conversation },
            Message::Snooze { seconds } => {
                let until = self.at + Duration::from_secs(*seconds);
                TeammateAction::Snooze { admin, conversation, until }
            }
            Message::Reply(body) => {
                TeammateAction::Reply { admin, conversation, body: body.clone() }
            }
        }
    }

    /// The rules of assignment, written a second time: a team removes the teammate, a teammate keeps
    /// the team, and in the API any id is looked for among teammates and teams.
    fn remember(&mut self, id: ConversationId, message: &Message, ui: bool) {
        let Message::Assign { team, to } = *message else { return };
        let owners = self.owners.entry(id).or_default();
        match to {
            0 if team || ui => *owners = (None, None),
            0 => owners.1 = None,
            101..=104 if !team => owners.1 = Some(to.into()),
            201..=202 if team || !ui => *owners = (Some(to.into()), None),
            _ => {}
        }
    }

    fn check(&mut self) {
        for (&id, &owners) in &self.owners {
            let found = self.workspace.conversation(id).unwrap();
            assert_eq!((found.team(), found.admin()), owners, "{id}");
        }
        let told = self.owners_told();
        assert_eq!(told, self.owners, "the journal tells the same story");
        let entries = self.workspace.journal().since(0);
        let inputs = entries
            .iter()
            .filter(|entry| !matches!(entry.record, mock_intercom::Record::Due { .. }));
        assert_eq!(inputs.count(), self.inputs_taken);
        assert!(entries.is_sorted_by_key(|entry| (entry.at, entry.index)));
        while let Some(sent) = self.workspace.poll_notification() {
            serde_json::from_slice::<serde_json::Value>(&sent.body).unwrap();
        }
    }

    /// Who owns what, by the journal alone. An unassignment does not say whether of the team too, so
    /// that is read from the conversation.
    fn owners_told(&self) -> BTreeMap<ConversationId, (Option<TeamId>, Option<AdminId>)> {
        let mut told = BTreeMap::new();
        let changes =
            self.workspace.journal().since(0).iter().flat_map(|entry| entry.record.changes());
        for change in changes {
            match *change {
                Change::ConversationCreated { conversation, .. } => {
                    told.insert(conversation, (None, None));
                }
                Change::Assigned { conversation, to, .. } => {
                    let owners = told.get_mut(&conversation).unwrap();
                    match to {
                        Assignee::Team(team) => *owners = (Some(team), None),
                        Assignee::Admin(admin) => owners.1 = Some(admin),
                        Assignee::Nobody => owners.1 = None,
                    }
                }
                _ => {}
            }
        }
        for (id, owners) in &mut told {
            let team = self.workspace.conversation(*id).unwrap().team();
            if team.is_none() {
                owners.0 = None;
            }
        }
        told
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_operations_keep_the_story_straight(
        operations in prop::collection::vec(operation(), 0..80),
    ) {
        let mut run = Run::new();
        for operation in operations {
            run.apply(operation);
        }
        run.check();
    }
}
