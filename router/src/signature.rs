//! `X-Hub-Signature`: HMAC-SHA1 of the raw body under the app's client secret.
//!
//! The header's value is `sha1=` and 40 lower-case hexadecimal digits. No time is signed, so a
//! replayed notification verifies: it is recognised by its id in the journal.
//! Source: <https://developers.intercom.com/docs/references/webhooks/webhook-models>.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// The header that carries the signature, in lower case.
pub const HEADER: &str = "x-hub-signature";

const PREFIX: &str = "sha1=";

/// The header's value for this body.
#[must_use]
pub fn sign(client_secret: &[u8], body: &[u8]) -> String {
    let digest = keyed(client_secret, body).finalize().into_bytes();
    format!("{PREFIX}{}", hex::encode(digest))
}

/// Whether the header's value signs this body. Takes the same time wherever they differ.
#[must_use]
pub fn verify(client_secret: &[u8], body: &[u8], header: &str) -> bool {
    let Some(digits) = header.strip_prefix(PREFIX) else {
        return false;
    };
    let mut digest = [0; 20];
    if hex::decode_to_slice(digits, &mut digest).is_err() {
        return false;
    }
    keyed(client_secret, body).verify_slice(&digest).is_ok()
}

fn keyed(client_secret: &[u8], body: &[u8]) -> Hmac<Sha1> {
    let mut mac =
        Hmac::<Sha1>::new_from_slice(client_secret).expect("HMAC takes keys of any length");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_rfc_2202() {
        // RFC 2202, section 3, test case 2.
        let signature = sign(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(signature, "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    }

    #[track_caller]
    fn check(header: &str, accepted: bool) {
        assert_eq!(verify(b"Jefe", b"what do ya want for nothing?", header), accepted, "{header}");
    }

    #[test]
    fn accepts_only_the_right_signature() {
        check("sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", true);
        check("sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c78", false);
        check("sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c", false);
        check("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", false);
        check("sha256=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", false);
        check("sha1=zzzcdf6ae5eb2fa2d27416d5f184df9c259a7c79", false);
        check("sha1=", false);
        check("", false);
    }
}
