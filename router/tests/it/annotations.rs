//! Tags, attributes and notes by the router come back as webhooks and disturb nothing.

use engine::{Action, AttributeValue, Change, ConversationId, Event, Outcome, TeammateId, Verdict};
use mock_intercom::{
    InboundDm, MockIntercom, PartKind, Record, ServeOptions, Workspace, WorkspaceFile,
};
use router::intercom::{Exchange, HttpRequest, HttpResponse};
use router::journal::Body;
use router::notification::{Topic, decode};

use crate::stage::{self, CLIENT_SECRET, Stage, TOKEN, Watch};

/// Carries out an action over HTTP, as the one who holds the token.
async fn carry_out(stage: &Stage, mock: &MockIntercom, action: Action) -> Outcome {
    let mut exchange = Exchange::new(action, TeammateId::new(101));
    while let Some(HttpRequest { method, path, body, .. }) = exchange.next_request() {
        let url = format!("{}{path}", mock.url());
        let request = stage
            .http
            .request(method.parse().unwrap(), url)
            .bearer_auth(TOKEN)
            .header("Accept", "application/json")
            .body(body.unwrap_or_default());
        let response = request.send().await.unwrap();
        exchange.handle_response(HttpResponse {
            status: response.status().as_u16(),
            headers: vec![],
            body: response.bytes().await.unwrap().to_vec(),
        });
    }
    exchange.finish().0
}

fn annotations(conversation: &ConversationId) -> [Action; 3] {
    let conversation = || conversation.clone();
    [
        Action::WriteNote { conversation: conversation(), text: "why:\nprice < 5".to_owned() },
        Action::SetAttributes {
            conversation: conversation(),
            attributes: [("Topic".into(), AttributeValue::Text("price".into()))].into(),
        },
        Action::AddTag { conversation: conversation(), tag: "priced".into() },
    ]
}

fn workspace() -> Workspace {
    let conversation_attributes = vec!["Topic".to_owned()];
    Workspace::new(WorkspaceFile { conversation_attributes, ..WorkspaceFile::example() }).unwrap()
}

fn write(mock: &MockIntercom, text: &str) -> mock_intercom::ConversationId {
    let dm = InboundDm { user: "ana".into(), text: text.into(), ..InboundDm::default() };
    let now = mock.now();
    mock.with(|workspace| workspace.receive_dm(now, dm)).unwrap().conversation_id
}

/// What changed in the next conversation that the journal tells of.
async fn next_change(watch: &mut Watch) -> Change {
    loop {
        let entry = watch.recorded.recv().await.unwrap();
        if let Body::Event(Event::ConversationChanged { change, .. }) = entry.body {
            return change;
        }
    }
}

/// Calls that changed the workspace or tried to.
fn writes(mock: &MockIntercom) -> usize {
    mock.with(|workspace| {
        let entries = workspace.journal().since(0).iter();
        let made = entries.filter(
            |entry| matches!(&entry.record, Record::ApiCall { method, .. } if method != "GET"),
        );
        made.count()
    })
}

#[tokio::test]
async fn what_the_router_writes_does_not_come_back_as_news() {
    let mock = MockIntercom::serve(workspace(), ServeOptions::default()).await.unwrap();
    let (journal, mut watch) = stage::watched();
    let mut stage = Stage::start(stage::config(mock.url()), journal).await;
    mock.subscribe(stage.webhook_url(), CLIENT_SECRET);
    let conversation = write(&mock, "hi, how much is it?");
    loop {
        if let Verdict::Assigned(_) = stage.decisions.recv().await.unwrap().verdict {
            break;
        }
    }
    mock.drained().await;
    while watch.recorded.try_recv().is_ok() {}
    let owners = |workspace: &mut Workspace| {
        let found = workspace.conversation(conversation).unwrap();
        (found.team(), found.admin(), found.state())
    };
    let (before, written) = (mock.with(owners), writes(&mock));

    for action in annotations(&ConversationId::new(conversation.to_string())) {
        assert_eq!(carry_out(&stage, &mock, action).await, Outcome::Annotated);
    }
    mock.drained().await;
    assert_eq!(next_change(&mut watch).await, Change::Labelled, "the tag, and before it nothing");
    let told = |topic: &str| {
        format!(r#"router_webhook_received_total{{topic="{topic}",outcome="accepted"}}"#)
    };
    let (_, metrics) = stage.get("/metrics").await;
    assert!(metrics.contains(&told("conversation_part.tag.created")), "{metrics}");
    assert!(watch.recorded.try_recv().is_err(), "one event in all");
    assert_eq!(mock.with(owners), before);
    assert_eq!(writes(&mock), written + 4, "the router did nothing about it");
    mock.with(|workspace| {
        let found = workspace.conversation(conversation).unwrap();
        let notes = found.parts().iter().filter(|part| part.kind() == PartKind::Note);
        assert_eq!(notes.map(|part| part.text()).collect::<Vec<_>>(), ["why:\nprice < 5"]);
        assert_eq!(found.custom_attributes()["Topic"], "price");
        assert_eq!(found.tags().len(), 2, "the bridge's and ours");
    });
    stage.stop().await;
}

/// In every version of the API that differs in this.
#[test]
fn webhooks_about_annotations_make_one_event_at_the_most() {
    for version in ["2.11", "2.14", "2.15", "2.16"] {
        let mut file = WorkspaceFile::example();
        file.conversation_attributes = vec!["Topic".to_owned()];
        file.api_version = version.parse().unwrap();
        let mut workspace = Workspace::new(file).unwrap();
        let at = mock_intercom::Moment::from_seconds(1_768_000_000);
        let dm = InboundDm { user: "ana".into(), text: "hi".into(), ..InboundDm::default() };
        let id = workspace.receive_dm(at, dm).unwrap().conversation_id.to_string();
        while workspace.poll_notification().is_some() {}

        let mut heard = Vec::new();
        for action in annotations(&ConversationId::new(id.clone())) {
            let mut exchange = Exchange::new(action, TeammateId::new(101));
            while let Some(HttpRequest { method, path, body, .. }) = exchange.next_request() {
                let mut request = mock_intercom::ApiRequest::new(method, &path, TOKEN);
                request.body = body.unwrap_or_default();
                let answer = workspace.handle(at, &request);
                let (status, body) = (answer.status, answer.body);
                exchange.handle_response(HttpResponse { status, headers: vec![], body });
            }
            assert_eq!(exchange.finish().0, Outcome::Annotated);
            while let Some(sent) = workspace.poll_notification() {
                heard.push((sent.topic, decode(&sent.body).unwrap().events));
            }
        }
        let [(noted, nothing), (tagged, events)] = heard.as_slice() else { panic!("{heard:?}") };
        assert_eq!((noted.as_str(), nothing.len()), ("conversation.admin.noted", 0));
        assert_eq!(tagged, "conversation_part.tag.created");
        let [Event::ConversationChanged { conversation, change }] = events.as_slice() else {
            panic!("{events:?}")
        };
        assert_eq!((conversation.id.as_str(), change), (id.as_str(), &Change::Labelled));
        assert_eq!(conversation.attributes["Topic"], "price");
    }
    assert!(Topic::subscribed().all(|topic| topic != "conversation.admin.noted"));
}
