//! A conversation as the rules see it.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::DateTime;

use crate::language::Identified;
use crate::policy::Policy;
use crate::text::Hits;
use crate::topic::{Guess, Weight};
use crate::{AttachmentKind, ContactProfile, Timestamp};

/// A contact whom Intercom has known for longer than this when the conversation begins is a
/// returning one. The bridge makes the contact just before the conversation, in a call of its own.
const NEW_FOR: Duration = Duration::from_secs(600);

/// A conversation as the rules see it: everything that a decision can depend on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject {
    /// The newest message, plain text.
    pub text: String,
    /// What the contact wrote before in this conversation, lines separated by `\n`.
    pub earlier: String,
    /// The contact, if Intercom told.
    pub contact: Option<ContactProfile>,
    /// Names of the conversation's tags.
    pub tags: Vec<String>,
    /// Custom attributes of the conversation; values as text.
    pub attributes: BTreeMap<String, String>,
    /// What came with the messages.
    pub attachments: Vec<AttachmentKind>,
    /// How many messages the contact has written.
    pub messages: u32,
    /// When the conversation began.
    pub opened_at: Timestamp,
    /// When it is decided.
    pub at: Timestamp,
    /// Tells contacts apart for shares of traffic: the contact's id, else the conversation's.
    pub identity: String,
    /// What waits for each team, in the order of [`Policy::teams`]; missing ones wait for nothing.
    pub queues: Vec<QueueState>,
}

/// What waits for a team.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueState {
    /// How many conversations.
    pub waiting: u32,
    /// When the one that came first was opened.
    pub oldest: Option<Timestamp>,
}

impl Subject {
    /// All that the contact wrote, as rules look at it, and what spans in explanations are bytes
    /// of: the newest message, then what came before it, so that a long story never pushes the
    /// newest message out of what is looked at.
    #[must_use]
    pub fn whole_text(&self) -> Cow<'_, str> {
        if self.earlier.is_empty() {
            Cow::Borrowed(&self.text)
        } else {
            Cow::Owned(format!("{}\n{}", self.text, self.earlier))
        }
    }

    /// Whether the contact was known before, if that can be told.
    #[must_use]
    pub fn is_returning(&self) -> Option<bool> {
        let created_at = self.contact.as_ref()?.created_at?;
        Some(self.opened_at.since(created_at) > NEW_FOR)
    }
}

/// A subject and what was found out about it, each thing once and only if a rule asks.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) subject: &'a Subject,
    /// All patterns of all rules in what the contact wrote.
    pub(crate) hits: Hits,
    /// What the patterns were looked for in.
    pub(crate) text: Cow<'a, str>,
    language: OnceCell<Identified>,
    topic: OnceCell<Option<Guess>>,
    topic_weights: OnceCell<Vec<Weight>>,
    local: OnceCell<Option<DateTime>>,
}

impl<'a> Facts<'a> {
    pub(crate) fn new(policy: &'a Policy, subject: &'a Subject) -> Self {
        let text = subject.whole_text();
        let hits = policy.patterns.find(&text);
        Self {
            policy,
            subject,
            hits,
            text,
            language: OnceCell::new(),
            topic: OnceCell::new(),
            topic_weights: OnceCell::new(),
            local: OnceCell::new(),
        }
    }

    /// The language, and what told it.
    pub(crate) fn language(&self) -> &Identified {
        self.language.get_or_init(|| {
            let earlier = Some(self.subject.earlier.as_str()).filter(|text| !text.is_empty());
            let profile = self.subject.contact.as_ref().and_then(|it| it.language.as_deref());
            self.policy.languages.identify(&self.subject.text, earlier, profile)
        })
    }

    /// The topic that fits best, if there is anything to go by.
    pub(crate) fn topic(&self) -> Option<&Guess> {
        let topics = self.policy.topics.as_ref()?;
        self.topic.get_or_init(|| topics.model.classify(&self.text)).as_ref()
    }

    /// What in the text weighed most for that topic; nothing without a topic.
    pub(crate) fn topic_weights(&self) -> &[Weight] {
        const SHOWN: usize = 4;
        self.topic_weights.get_or_init(|| {
            let topic = self.policy.topics.as_ref().zip(self.topic());
            topic.map_or_else(Vec::new, |(topics, guess)| {
                topics.model.explain(&self.text, guess.topic, SHOWN)
            })
        })
    }

    /// The moment of the decision in the time zone of the rules.
    pub(crate) fn local(&self) -> Option<DateTime> {
        *self.local.get_or_init(|| {
            let micros = i64::try_from(self.subject.at.as_micros()).ok()?;
            let moment = jiff::Timestamp::from_microsecond(micros).ok()?;
            Some(moment.to_zoned(self.policy.time_zone.clone()).datetime())
        })
    }
}
