//! The signature on a webhook.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// The value of `X-Hub-Signature` for a body: `sha1=` and 40 lower-case hexadecimal digits of
/// HMAC-SHA1 over the raw body, keyed with the app's client secret (Intercom docs, webhook
/// notifications, "Signed notifications").
pub fn sign(client_secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(client_secret.as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(body);
    format!("sha1={}", hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_the_published_vectors() {
        // RFC 2202, test case 2; and an empty key over nothing.
        assert_eq!(
            sign("Jefe", b"what do ya want for nothing?"),
            "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
        );
        let empty = sign("", b"");
        assert_eq!(empty, "sha1=fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
    }
}
