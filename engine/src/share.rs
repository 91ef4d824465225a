//! Stable shares of all contacts: who is in one is in it on every machine and in every version, and in
//! every larger share of the same key.

use std::fmt;

use sha2::{Digest, Sha256};

/// The parts that a share is counted in.
const WHOLE: u32 = 1_000_000;
/// Digits of a percentage behind its point.
const DECIMALS: usize = 4;

/// Where somebody stands among all: the first eight bytes, the highest first, of the SHA-256 of
/// `key`, a zero byte and `identity`.
pub(crate) fn position(key: &str, identity: &str) -> u64 {
    let mut hash = Sha256::new();
    hash.update(key.as_bytes());
    hash.update([0]);
    hash.update(identity.as_bytes());
    let digest = hash.finalize();
    digest.iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte))
}

/// A part of a whole, exact to a millionth. Displays as a percentage: `5%`, `0.25%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u32);

impl Share {
    /// Reads a percentage from `0%` to `100%`, with up to four digits behind its point.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let number = text.trim().strip_suffix('%')?.trim_end();
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
        let is_number = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(decimals) || decimals.len() > DECIMALS {
            return None;
        }
        let millionths: u32 = format!("{whole}{decimals:0<DECIMALS$}").parse().ok()?;
        (millionths <= WHOLE).then_some(Self(millionths))
    }

    /// Whether somebody who stands there is in it.
    pub(crate) fn covers(self, position: u64) -> bool {
        // In whole numbers: `position` of 2^64 against millionths.
        u128::from(position) * u128::from(WHOLE) < u128::from(self.0) << 64
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, decimals) = (self.0 / 10_000, self.0 % 10_000);
        let decimals = format!("{decimals:0>DECIMALS$}");
        match decimals.trim_end_matches('0') {
            "" => write!(f, "{whole}%"),
            decimals => write!(f, "{whole}.{decimals}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nobody_moves_from_version_to_version() {
        let check = |key, identity, expected: u64| {
            assert_eq!(position(key, identity), expected, "{key} {identity}");
        };
        check("canary", "contact-1", 0x9375_d0c6_59e3_4bd3);
        check("canary", "contact-2", 0x1795_584a_7102_2512);
        check("canary", "6762f0dd1bb69f9f2193bb83", 0xa6f0_9483_b12a_0ca1);
        check("canary", "", 0x9771_d5fc_9dc0_f096);
        check("canary", "ana é 日本", 0x54e2_a247_3c25_391e);
        check("october", "contact-1", 0xf46d_086f_a0fe_65d4);
        check("", "contact-1", 0x6691_16b4_9f9d_5fe4);
    }

    #[test]
    fn percentages_are_read_and_written() {
        let check = |text: &str, expected: Option<(u32, &str)>| {
            let read = Share::parse(text).map(|it| (it.0, it.to_string()));
            assert_eq!(read, expected.map(|(parts, text)| (parts, text.to_owned())), "{text}");
        };
        check("5%", Some((50_000, "5%")));
        check(" 5 % ", Some((50_000, "5%")));
        check("0%", Some((0, "0%")));
        check("100%", Some((1_000_000, "100%")));
        check("0.25%", Some((2_500, "0.25%")));
        check("0.0001%", Some((1, "0.0001%")));
        check("12.50%", Some((125_000, "12.5%")));
        for wrong in [
            "5",
            "%",
            "",
            "101%",
            "100.0001%",
            "-1%",
            "+1%",
            "1e1%",
            ".5%",
            "5.%",
            "0.00001%",
            "5 %%",
            "99999999999%",
            "1.2.3%",
        ] {
            check(wrong, None);
        }
    }

    #[test]
    fn the_ends_are_nobody_and_everybody() {
        let check = |share: &str, position: u64, expected: bool| {
            assert_eq!(
                Share::parse(share).unwrap().covers(position),
                expected,
                "{share} {position}"
            );
        };
        check("0%", 0, false);
        check("100%", u64::MAX, true);
        check("50%", (1 << 63) - 1, true);
        check("50%", 1 << 63, false);
        check("99.9999%", u64::MAX, false);
    }

    proptest! {
        #[test]
        fn who_is_in_a_share_is_in_every_larger_one(
            identity in ".{0,30}", salt in ".{0,10}", one in 0..=WHOLE, other in 0..=WHOLE
        ) {
            let position = position(&salt, &identity);
            let (small, large) = (Share(one.min(other)), Share(one.max(other)));
            prop_assert!(!small.covers(position) || large.covers(position));
            prop_assert_eq!(Share::parse(&small.to_string()), Some(small));
        }
    }
}
