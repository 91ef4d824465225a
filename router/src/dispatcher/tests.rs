//! Annotations by the dispatcher, with the mock as Intercom.

use engine::{AttributeValue, ConversationId};
use mock_intercom::{
    Change, InboundDm, MockIntercom, Origin, PartKind, ServeOptions, State, Workspace,
    WorkspaceFile,
};

use super::*;
use crate::Config;

/// A dispatcher that knows what it called, the mock, and a conversation of it.
struct Scene {
    dispatcher: Dispatcher,
    metrics: Arc<Metrics>,
    mock: MockIntercom,
    conversation: mock_intercom::ConversationId,
    calls: u64,
}

impl Scene {
    async fn new() -> Self {
        let conversation_attributes = vec!["Topic".to_owned(), "VIP".to_owned()];
        let file = WorkspaceFile { conversation_attributes, ..WorkspaceFile::example() };
        let mut workspace = Workspace::new(file).unwrap();
        let dm = InboundDm { user: "ana".into(), text: "hi".into(), ..InboundDm::default() };
        let at = mock_intercom::Moment::from_seconds(1_768_000_000);
        let conversation = workspace.receive_dm(at, dm).unwrap().conversation_id;
        // TikTok takes answers for 48 hours only: the clock goes on from the DM.
        let clock = mock_intercom::Clock::scaled(at, 1.0);
        let options = ServeOptions { clock, ..ServeOptions::default() };
        let mock = MockIntercom::serve(workspace, options).await.unwrap();

        let token = SecretString::from("test-token");
        let mut config = Config::new(token, SecretString::from("client-secret"));
        mock.url().clone_into(&mut config.intercom.base_url);
        config.intercom.acting_admin = Some(TeammateId::new(103));
        let metrics = Arc::new(Metrics::new(None));
        let dispatcher = Dispatcher::new(&config, Arc::clone(&metrics), Tracer::default()).unwrap();
        Self { dispatcher, metrics, mock, conversation, calls: 0 }
    }

    fn id(&self) -> ConversationId {
        ConversationId::new(self.conversation.to_string())
    }

    async fn carry_out(&mut self, action: Action) -> Outcome {
        self.calls += 1;
        let id = CommandId::new(self.calls);
        self.dispatcher.dispatch(Call { id, attempt: 1, action });
        let finished = self.dispatcher.finished().await;
        assert_eq!(finished.command, id);
        assert!(finished.rate_limit.is_some(), "every answer of the mock tells the window");
        finished.outcome
    }

    fn look<T>(&self, look: impl FnOnce(&mock_intercom::Conversation) -> T) -> T {
        self.mock.with(|workspace| look(workspace.conversation(self.conversation).unwrap()))
    }

    /// Names of the tags on the conversation.
    fn tags(&self) -> Vec<String> {
        let tags: Vec<_> = self.look(|found| found.tags().iter().map(|on| on.tag).collect());
        let name = |workspace: &Workspace, tag| workspace.tag(tag).unwrap().name().to_owned();
        self.mock.with(|workspace| tags.iter().map(|&tag| name(workspace, tag)).collect())
    }

    /// What calls of the API changed.
    fn changes(&self) -> Vec<Change> {
        self.mock.with(|workspace| {
            let entries = workspace.journal().since(0).iter();
            let calls = entries
                .filter(|entry| matches!(entry.record, mock_intercom::Record::ApiCall { .. }));
            calls.flat_map(|entry| entry.record.changes().to_vec()).collect()
        })
    }

    fn requested(&self, endpoint: &str, status: u16) -> bool {
        let line =
            format!(r#"router_api_requests_total{{endpoint="{endpoint}",status="{status}"}}"#);
        self.metrics.render().contains(&line)
    }
}

#[tokio::test]
async fn a_tag_is_made_once_and_put_on_once() {
    let mut scene = Scene::new().await;
    let tag =
        |name: &str, scene: &Scene| Action::AddTag { conversation: scene.id(), tag: name.into() };
    for name in ["vip & co", "VIP & Co"] {
        let action = tag(name, &scene);
        assert_eq!(scene.carry_out(action).await, Outcome::Annotated);
    }
    assert!(scene.tags().contains(&"vip & co".to_owned()));
    assert_eq!(scene.changes().len(), 2, "one tag was made, one was put on: {:?}", scene.changes());
    assert!(scene.requested("/tags", 200) && scene.requested("/conversations/{id}/tags", 200));

    let nowhere = Action::AddTag { conversation: ConversationId::new("9"), tag: "vip".into() };
    assert_eq!(scene.carry_out(nowhere).await, Outcome::NotFound);
}

#[tokio::test]
async fn attributes_are_set_and_others_stay() {
    let mut scene = Scene::new().await;
    let set = |scene: &Scene, attributes: &[(&str, AttributeValue)]| Action::SetAttributes {
        conversation: scene.id(),
        attributes: attributes
            .iter()
            .map(|(name, value)| ((*name).into(), value.clone()))
            .collect(),
    };
    let topic = |topic: &str| ("Topic", AttributeValue::Text(topic.into()));
    for attributes in [&[topic("price"), ("VIP", AttributeValue::Boolean(true))][..], &[topic("x")]]
    {
        let action = set(&scene, attributes);
        assert_eq!(scene.carry_out(action).await, Outcome::Annotated);
    }
    let attributes = scene.look(|found| serde_json::json!(found.custom_attributes()));
    assert_eq!(attributes, serde_json::json!({"Topic": "x", "VIP": true}));
    assert!(scene.requested("/conversations/{id}", 200));

    let unknown = set(&scene, &[("Mood", AttributeValue::Integer(3))]);
    let code = "parameter_invalid".to_owned();
    assert_eq!(scene.carry_out(unknown).await, Outcome::Rejected { status: 400, code });

    let fetch = Action::FetchConversation { conversation: scene.id() };
    let Outcome::Conversation(seen) = scene.carry_out(fetch).await else { panic!() };
    assert_eq!(seen.attributes["Topic"], "x", "the rules see what was set");
    assert_eq!(seen.attributes["VIP"], "true");
}

#[tokio::test]
async fn a_reply_reaches_the_contact_once_and_names_its_part() {
    let mut scene = Scene::new().await;
    let text = "Thanks! We answer at 9:00 & \"as fast as we can\" <3\nThe team";
    let reply = Action::Reply { conversation: scene.id(), text: text.into() };
    let Outcome::Written { part: Some(part) } = scene.carry_out(reply).await else { panic!() };
    scene.look(|found| {
        let comments: Vec<_> =
            found.parts().iter().filter(|part| part.kind() == PartKind::Comment).collect();
        assert_eq!(comments.len(), 1);
        assert_eq!(comments[0].text(), text, "escaped on the way in, read as it was written");
        assert_eq!(comments[0].author(), mock_intercom::Author::Admin(103.into()));
        assert_eq!(comments[0].id().get(), part.get());
        assert_eq!((found.state(), found.team(), found.admin()), (State::Open, None, None));
    });
    let changes = scene.changes();
    assert!(matches!(changes.as_slice(), [Change::Replied { by: Origin::Api, .. }]), "{changes:?}");
    assert!(scene.requested("/conversations/{id}/reply", 200));
}

#[tokio::test]
async fn a_note_is_written_once_and_answers_nobody() {
    let mut scene = Scene::new().await;
    let text = "Sales, because of \"price < 5\" & more\nsecond line";
    let note = Action::WriteNote { conversation: scene.id(), text: text.to_owned() };
    assert_eq!(scene.carry_out(note).await, Outcome::Annotated);
    scene.look(|found| {
        let notes: Vec<_> =
            found.parts().iter().filter(|part| part.kind() == PartKind::Note).collect();
        assert_eq!(notes.len(), 1);
        assert_eq!(notes[0].text(), text, "escaped on the way in, read as it was written");
        assert_eq!(notes[0].author(), mock_intercom::Author::Admin(103.into()));
        assert_eq!((found.state(), found.team(), found.admin()), (State::Open, None, None));
        assert!(found.waiting_since().is_some(), "the contact still waits");
    });
    let changes = scene.changes();
    assert!(matches!(changes.as_slice(), [Change::Noted { by: Origin::Api, .. }]), "{changes:?}");
    assert!(scene.requested("/conversations/{id}/reply", 200));
}
