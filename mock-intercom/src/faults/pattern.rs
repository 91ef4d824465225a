//! Patterns of paths and topics.

/// A pattern: `*` stands for one segment, `**`, and a `*` at the end of a topic, for all that
/// follow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pattern<'a> {
    text: &'a str,
    separator: char,
    open_end: bool,
}

impl<'a> Pattern<'a> {
    /// Of paths: `/conversations/*/parts`, `/contacts/**`.
    pub(crate) const fn path(text: &'a str) -> Self {
        Self { text, separator: '/', open_end: false }
    }

    /// Of topics: `conversation.user.created`, `conversation.*`.
    pub(crate) const fn topic(text: &'a str) -> Self {
        Self { text, separator: '.', open_end: true }
    }

    pub(crate) fn matches(self, subject: &str) -> bool {
        let subject = subject.trim_matches(self.separator);
        let mut given = subject.split(self.separator);
        let mut wanted = self.text.trim_matches(self.separator).split(self.separator).peekable();
        while let Some(segment) = wanted.next() {
            let last = wanted.peek().is_none();
            if segment == "**" || (segment == "*" && last && self.open_end) {
                return true;
            }
            match given.next() {
                Some(found) if segment == "*" || segment == found => {}
                _ => return false,
            }
        }
        given.next().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_segments() {
        let path = |pattern, subject, expected| {
            assert_eq!(Pattern::path(pattern).matches(subject), expected, "{pattern} {subject}");
        };
        path("/conversations/*/parts", "/conversations/12/parts", true);
        path("/conversations/*/parts", "/conversations/12/parts/", true);
        path("/conversations/*/parts", "/conversations/12/tags", false);
        path("/conversations/*", "/conversations/12/parts", false);
        path("/conversations/*", "/conversations", false);
        path("/conversations/**", "/conversations/12/parts", true);
        path("/**", "/", true);
        path("/con*", "/contacts", false);
        let topic = |pattern, subject, expected| {
            assert_eq!(Pattern::topic(pattern).matches(subject), expected, "{pattern} {subject}");
        };
        topic("conversation.*", "conversation.user.created", true);
        topic("conversation.*.created", "conversation.user.created", true);
        topic("conversation.*.created", "conversation.user.replied", false);
        topic("*", "ping", true);
        topic("ping", "ping", true);
    }
}
