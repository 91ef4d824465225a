//! A workspace in virtual time, and who calls its API.

use mock_intercom::{ApiRequest, ApiResponse, InboundDm, Moment, Workspace, WorkspaceFile};
use serde_json::Value;

use crate::client::{START, TOKEN, error};

/// The attributes that contacts can have here, besides the bridge's, and what tickets there are.
const MORE: &str = r#"
[[data_attribute]]
model = "contact"
name = "plan"

[[data_attribute]]
model = "contact"
name = "seats"
data_type = "integer"

[[data_attribute]]
model = "contact"
name = "rate"
data_type = "float"

[[data_attribute]]
model = "contact"
name = "paid"
data_type = "boolean"

[[data_attribute]]
model = "contact"
name = "renewal"
data_type = "date"

[[data_attribute]]
model = "company"
name = "industry"

[[segment]]
id = "6762f0b21bb69f9f2193bb65"
name = "From TikTok"
contact_attributes = { octopods_channel = "tiktok" }

[[subscription_type]]
id = 91
name = "Newsletters"

[[subscription_type]]
id = 92
name = "Offers"
consent_type = "opt_in"

[[ticket_type]]
id = 1
name = "Refund"

[[ticket_type]]
id = 2
name = "Bug"
category = "Back-office"
"#;

pub(crate) const USER_NOT_FOUND: &str = "404 not_found: User Not Found";

/// The example workspace and [more](MORE), with when and in which version calls are made.
pub(crate) struct Desk {
    pub(crate) workspace: Workspace,
    pub(crate) version: &'static str,
    pub(crate) now: Moment,
}

impl Desk {
    pub(crate) fn new(version: &'static str) -> Self {
        let file = format!("{}{MORE}", WorkspaceFile::example_toml());
        let workspace = Workspace::new(WorkspaceFile::from_toml(&file).unwrap()).unwrap();
        Self { workspace, version, now: START }
    }

    pub(crate) fn call(&mut self, method: &str, path: &str, body: Value) -> ApiResponse {
        let (path, query) = path.split_once('?').map_or((path, None), |(a, b)| (a, Some(b)));
        let mut request =
            ApiRequest::new(method, path, TOKEN).header("intercom-version", self.version);
        request.query = query.map(str::to_owned);
        if !body.is_null() {
            request = request.json(&body);
        }
        self.workspace.handle(self.now, &request)
    }

    pub(crate) fn ok(&mut self, method: &str, path: &str, body: Value) -> Value {
        let response = self.call(method, path, body);
        assert_eq!(response.status, 200, "{method} {path}: {}", response.json());
        response.json()
    }

    /// `status code: message` of a call that fails.
    pub(crate) fn refused(&mut self, method: &str, path: &str, body: Value) -> String {
        let response = self.call(method, path, body);
        format!("{} {}", response.status, error(&response.json()))
    }

    /// Makes a contact; its id.
    pub(crate) fn make(&mut self, body: Value) -> String {
        self.ok("POST", "/contacts", body)["id"].as_str().unwrap().to_owned()
    }

    /// A DM; the contact and the conversation.
    pub(crate) fn dm(&mut self, user: &str) -> (String, String) {
        let dm = InboundDm { user: user.into(), text: "hello".into(), ..InboundDm::default() };
        let receipt = self.workspace.receive_dm(self.now, dm).unwrap();
        (receipt.contact_id.to_string(), receipt.conversation_id.to_string())
    }

    /// The webhooks since the last look: topic and item.
    pub(crate) fn webhooks(&mut self) -> Vec<(String, Value)> {
        std::iter::from_fn(|| self.workspace.poll_notification())
            .map(|sent| {
                let body: Value = serde_json::from_slice(&sent.body).unwrap();
                (sent.topic, body["data"]["item"].clone())
            })
            .collect()
    }

    pub(crate) fn topics(&mut self) -> Vec<String> {
        self.webhooks().into_iter().map(|(topic, _)| topic).collect()
    }
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
