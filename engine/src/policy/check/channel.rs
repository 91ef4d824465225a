//! What makes a conversation one of the channel's.

use std::time::Duration;

use toml::Spanned;

use super::super::spec::{ChannelSpec, SignalSpec};
use super::Checker;
use crate::channel::{Channel, Signal};

/// How long a signal may come after its conversation where the rules do not say.
const SETTLE_FOR: Duration = Duration::from_secs(10);
/// The longest that a rules file may ask for.
const SETTLE_FOR_MAX: Duration = Duration::from_secs(600);

impl Checker {
    pub(super) fn channel(&mut self, spec: Option<&Spanned<ChannelSpec>>) -> Option<Channel> {
        let Some(spec) = spec else {
            let help = "add `[channel]` with `any = [{ tag = \"tiktok\" }]`: without it the rules \
                        would move conversations of every channel";
            self.error_with_help(0..0, "there is no `[channel]`".into(), help.into());
            return None;
        };
        let settle_for = spec.get_ref().settle_for.as_ref();
        let settle_for = settle_for.map_or(Some(SETTLE_FOR), |text| self.duration(text));
        if spec.get_ref().any.is_empty() {
            self.error(spec.span(), "the channel has no signal: nothing would ever be routed");
        }
        let signals: Option<Vec<_>> =
            spec.get_ref().any.iter().map(|signal| self.signal(signal)).collect();
        Some(Channel { signals: signals?, settle_for: settle_for? })
    }

    fn duration(&mut self, text: &Spanned<String>) -> Option<Duration> {
        let parsed = text.get_ref().parse::<jiff::SignedDuration>().ok();
        let duration = parsed.and_then(|it| Duration::try_from(it).ok());
        let checked = duration.filter(|it| *it <= SETTLE_FOR_MAX);
        if checked.is_none() {
            self.error_with_help(
                text.span(),
                format!("`{}` is no time to wait", text.get_ref()),
                "write it as `\"10s\"`; at most ten minutes".into(),
            );
        }
        checked
    }

    fn signal(&mut self, spec: &Spanned<SignalSpec>) -> Option<Signal> {
        let it = spec.get_ref();
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
                spec.span(),
                "a signal is one thing to look at".into(),
                "write `{ tag = \"tiktok\" }`, `{ source_type = ... }`, `{ channel = ... }`, or \
                 `{ contact_attribute = \"...\", equals = \"...\" }`"
                    .into(),
            );
            return None;
        }
        found.pop()
    }
}
