//! What it costs to tell the channel.

use super::Linter;

impl Linter<'_> {
    /// There is one `[channel]` for all rules, and without it a file is not accepted: no rule can
    /// lack the condition. What is left to say is what it costs.
    pub(super) fn channel(&mut self) {
        if self.policy.channel.asks_conversation() {
            return;
        }
        let message =
            "the channel is told by the contact alone, which costs an API call for every \
                       conversation of every channel"
                .to_owned();
        let help = "add a signal that a conversation shows itself, such as `{ tag = \"tiktok\" }`";
        self.warn("costly-channel", (None, self.places.channel.clone()), message, help);
    }
}
