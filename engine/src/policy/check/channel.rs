//! What makes a conversation one of the channel's.

use std::time::Duration;

use super::super::ReplyWindow;
use super::super::spec::{ChannelSpec, Located, ReplyWindowSpec, SignalSpec};
use super::Checker;
use crate::channel::{Channel, Signal};

/// How long a signal may come after its conversation where the rules do not say.
const SETTLE_FOR: Duration = Duration::from_secs(10);
/// The longest that a rules file may ask for.
const SETTLE_FOR_MAX: Duration = Duration::from_secs(600);
/// The longest reply window.
const REPLY_WINDOW_MAX: Duration = Duration::from_secs(30 * 24 * 3600);

impl Checker<'_> {
    pub(super) fn channel(&mut self, spec: Option<&Located<ChannelSpec>>) -> Option<Channel> {
        let Some(spec) = spec else {
            let help = "add `[channel]` with `any = [{ tag = \"tiktok\" }]`: without it the rules \
                        would move conversations of every channel";
            self.missing("there is no `[channel]`", help);
            return None;
        };
        let help = "write it as `\"10s\"`; at most ten minutes";
        let settle_for = spec.value.settle_for.as_ref();
        let settle_for =
            settle_for.map_or(Some(SETTLE_FOR), |text| self.duration(text, SETTLE_FOR_MAX, help));
        if spec.value.any.is_empty() {
            self.error(
                spec.span.clone(),
                "the channel has no signal: nothing would ever be routed",
            );
        }
        let signals: Vec<_> = spec.value.any.iter().map(|signal| self.signal(signal)).collect();
        let signals: Option<Vec<_>> = signals.into_iter().collect();
        let name = spec.value.name.as_deref().map(Into::into);
        Some(Channel { name, signals: signals?, settle_for: settle_for? })
    }

    pub(super) fn reply_window(&mut self, spec: Option<&ReplyWindowSpec>) -> ReplyWindow {
        let default = ReplyWindow::default();
        let Some(spec) = spec else { return default };
        let help = "write it as `\"48h\"`; at most 30 days";
        let mut time = |text: &Option<Located<String>>, default: Duration| {
            let text = text.as_ref()?;
            Some(self.some_duration(text, REPLY_WINDOW_MAX, help).unwrap_or(default))
        };
        let lasts = time(&spec.lasts, default.lasts).unwrap_or(default.lasts);
        // A window shorter than the usual rise has a shorter one unless the file says otherwise.
        let usual = default.rise.min(lasts / 2);
        let rise = time(&spec.rise, usual).unwrap_or(usual);
        if rise >= lasts {
            let span = spec.rise.as_ref().map_or(0..0, |it| it.span.clone());
            let help = "what waits goes to the head of its line so long before the window ends";
            self.error_with_help(span, "`rise` is shorter than `lasts`", help);
        }
        let messages = spec.messages.as_ref().and_then(|count| {
            let help = "how many messages may be written after each of the contact's";
            self.number("messages", count, 1..=1_000, help)
        });
        ReplyWindow { lasts, messages: messages.unwrap_or(default.messages), rise }
    }

    fn signal(&mut self, spec: &Located<SignalSpec>) -> Option<Signal> {
        let it = &spec.value;
        let mut found = Vec::new();
        found.extend(it.tag.clone().map(Signal::Tag));
        found.extend(it.source_type.clone().map(Signal::SourceType));
        found.extend(it.channel.clone().map(Signal::Channel));
        let equals = it.equals.clone().unwrap_or_default();
        found.extend(
            it.contact_attribute
                .clone()
                .map(|name| Signal::ContactAttribute { name, equals: equals.clone() }),
        );
        found.extend(
            it.conversation_attribute
                .clone()
                .map(|name| Signal::ConversationAttribute { name, equals: equals.clone() }),
        );
        let of_attribute = it.contact_attribute.is_some() || it.conversation_attribute.is_some();
        if found.len() != 1 || of_attribute != it.equals.is_some() {
            self.error_with_help(
                spec.span.clone(),
                "a signal is one thing to look at",
                "write `{ tag = \"tiktok\" }`, `{ source_type = ... }`, `{ channel = ... }`, or \
                 `{ contact_attribute = \"...\", equals = \"...\" }`",
            );
            return None;
        }
        found.pop()
    }
}
