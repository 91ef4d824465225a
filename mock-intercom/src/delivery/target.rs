//! Where webhooks go, and which.

use secrecy::{ExposeSecret, SecretString};

use crate::faults::Pattern;
use crate::signature::sign;
use crate::workspace::Notification;

/// Every subscriber gets this topic, whatever it asked for (Intercom docs, webhook topics).
pub(crate) const PING: &str = "ping";

/// Where webhooks go.
#[derive(Clone, Debug)]
pub struct WebhookTarget {
    /// The address.
    pub url: String,
    /// The app's client secret, which signs the bodies.
    pub client_secret: SecretString,
    /// The topics wanted, such as `conversation.user.created` or `conversation.admin.*`; none: all.
    pub topics: Vec<String>,
}

impl WebhookTarget {
    /// A target for every topic.
    pub fn new(url: impl Into<String>, client_secret: impl Into<String>) -> Self {
        let client_secret = SecretString::from(client_secret.into());
        Self { url: url.into(), client_secret, topics: Vec::new() }
    }

    /// For these topics only.
    #[must_use]
    pub fn with_topics(mut self, topics: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.topics = topics.into_iter().map(Into::into).collect();
        self
    }

    /// Whether Intercom would take the address: HTTPS only (Intercom docs, setting up webhooks). The
    /// mock takes plain HTTP on this machine too.
    pub fn check_url(&self) -> Result<(), String> {
        let url = &self.url;
        let parsed = url.parse::<axum::http::Uri>().ok();
        let host = parsed.as_ref().and_then(|uri| Some((uri.scheme_str()?, uri.host()?)));
        match host {
            Some(("https", _)) => Ok(()),
            Some(("http", host)) if is_loopback(host) => Ok(()),
            Some(("http", _)) => Err(format!(
                "`url` must be an https address, or http on this machine (127.0.0.1, localhost), \
                 not `{url}`"
            )),
            _ => Err(format!("`url` must be an http or https address, not `{url}`")),
        }
    }

    pub(super) fn wants(&self, topic: &str) -> bool {
        let of_pattern = |wanted: &String| Pattern::topic(wanted).matches(topic);
        self.topics.is_empty() || topic == PING || self.topics.iter().any(of_pattern)
    }

    /// The body of an attempt and its signature; a wrong one is that of another secret.
    pub(super) fn signed(
        &self,
        notification: &Notification,
        number: u32,
        wrongly: bool,
    ) -> (Vec<u8>, String) {
        let body = notification.body_of_attempt(number);
        let secret = self.client_secret.expose_secret();
        let signature = match wrongly {
            false => sign(secret, &body),
            true => sign(&format!("not {secret}"), &body),
        };
        (body, signature)
    }
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        let check = |url, fine| {
            assert_eq!(WebhookTarget::new(url, "s").check_url().is_ok(), fine, "{url}");
        };
        check("https://example.com/hook", true);
        check("http://127.0.0.1:8080/hook", true);
        check("http://localhost/hook", true);
        check("http://[::1]:9/hook", true);
        check("http://example.com/hook", false);
        check("http://127.0.0.1.example.com/", false);
        check("ftp://127.0.0.1/", false);
        check("hook", false);
        check("", false);
    }

    #[test]
    fn topics_are_chosen() {
        let target = WebhookTarget::new("https://x", "s")
            .with_topics(["conversation.user.*", "contact.lead.created"]);
        let check = |topic, wanted| assert_eq!(target.wants(topic), wanted, "{topic}");
        check("conversation.user.created", true);
        check("conversation.admin.closed", false);
        check("contact.lead.created", true);
        check("contact.lead.updated", false);
        check("ping", true);
    }
}
