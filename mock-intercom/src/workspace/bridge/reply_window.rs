//! How long, and how often, TikTok takes an answer.
//!
//! A business may answer for 48 hours after the customer's last message, ten messages in all; each
//! message of the customer begins anew (documentation.qiscus.com, TikTok direct message; help.chatfuel.com).
//! A text has at most 6,000 characters (Infobip, respond.io). A third-party bridge learns of a
//! refusal when Intercom has the answer already, so it can only say so in the conversation; a
//! channel of Intercom's own would refuse the answer itself. In which words either happens is not
//! documented.

use serde::Serialize;

use crate::Moment;
use crate::identity::{AdminId, ConversationId, PartId};
use crate::workspace::Workspace;
use crate::workspace::changes::Actor;
use crate::workspace::conversation::Body;
use crate::workspace::journal::{Change, Origin};
use crate::workspace_file::{Bridge, BridgeKind};

/// The longest text of a TikTok message, in characters.
const LONGEST_TEXT: usize = 6_000;

/// Why TikTok did not take an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotDelivered {
    /// The customer's last message is too long ago.
    WindowClosed,
    /// There have been too many answers since the customer's last message.
    TooManyMessages,
    /// The text is too long.
    TextTooLong,
}

impl NotDelivered {
    /// What is wrong, as a sentence.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WindowClosed => "TikTok's reply window has closed",
            Self::TooManyMessages => {
                "TikTok takes no further message until the customer writes again"
            }
            Self::TextTooLong => "TikTok takes at most 6000 characters",
        }
    }
}

/// A customer's window.
#[derive(Clone, Copy, Debug)]
pub(in crate::workspace) struct ReplyWindow {
    /// When the customer last wrote.
    since: Moment,
    /// How many answers TikTok has taken since.
    taken: u32,
}

impl ReplyWindow {
    pub(super) const fn new(since: Moment) -> Self {
        Self { since, taken: 0 }
    }

    /// Whether the bridge's limits let one more answer through.
    fn check(self, at: Moment, bridge: &Bridge, text: &str) -> Result<(), NotDelivered> {
        let hours = u64::from(bridge.reply_window_hours);
        if hours > 0 && at.since(self.since).as_secs() >= hours * 3_600 {
            return Err(NotDelivered::WindowClosed);
        }
        if bridge.reply_window_messages > 0 && self.taken >= bridge.reply_window_messages {
            return Err(NotDelivered::TooManyMessages);
        }
        match text.chars().take(LONGEST_TEXT + 1).count() > LONGEST_TEXT {
            true => Err(NotDelivered::TextTooLong),
            false => Ok(()),
        }
    }
}

impl Workspace {
    /// Whether Intercom takes a teammate's answer. Only a channel of its own knows of the window.
    pub(crate) fn check_answer(
        &self,
        at: Moment,
        conversation: ConversationId,
        body: Option<&Body>,
    ) -> Result<(), NotDelivered> {
        match self.bridge.kind {
            BridgeKind::Native => self.would_deliver(at, conversation, body),
            BridgeKind::ThirdParty => Ok(()),
        }
    }

    /// Whether TikTok would take it. What no customer of TikTok began has no window.
    fn would_deliver(
        &self,
        at: Moment,
        conversation: ConversationId,
        body: Option<&Body>,
    ) -> Result<(), NotDelivered> {
        let window = self.user_of(conversation).and_then(|user| self.reply_windows.get(user));
        let text = body.map(Body::plain).unwrap_or_default();
        window.map_or(Ok(()), |window| window.check(at, &self.bridge, &text))
    }

    /// The bridge passes a teammate's answer on to TikTok, or says that it could not.
    pub(crate) fn pass_on(&mut self, at: Moment, conversation: ConversationId, part: PartId) {
        let body = self.conversation(conversation).and_then(|found| found.parts().last());
        let body = body.filter(|newest| newest.id == part).and_then(|newest| newest.body.clone());
        match self.would_deliver(at, conversation, body.as_ref()) {
            Ok(()) => {
                let user = self.user_of(conversation).map(str::to_owned);
                let window = user.and_then(|user| self.reply_windows.get_mut(&user));
                if let Some(window) = window {
                    window.taken += 1;
                }
            }
            Err(reason) => {
                self.changes.push(Change::NotDelivered { conversation, part, reason });
                let text = format!("Not sent: {}.", reason.as_str());
                let actor = Actor { admin: self.bridge_admin(), by: Origin::Bridge };
                self.note(at, conversation, actor, Body::from_input(&text));
            }
        }
    }

    pub(super) const fn bridge_admin(&self) -> AdminId {
        self.app.token_admin
    }

    /// The TikTok id of whoever began a conversation.
    fn user_of(&self, conversation: ConversationId) -> Option<&str> {
        self.user_of_contact(self.conversation(conversation)?.contact())
    }
}
