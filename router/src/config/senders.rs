//! Who may send webhooks, by address.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Deserializer};

/// From which addresses webhooks are taken. The signature is what proves them; this keeps everybody else
/// from trying.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Senders {
    /// Addresses and networks; from everywhere, if there are none. Intercom's stand in its docs on
    /// webhooks.
    #[serde(deserialize_with = "networks")]
    pub allow_from: Vec<IpNet>,
    /// Proxies of ours in front: behind one of them, `X-Forwarded-For` tells who sent it.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
}

impl Senders {
    /// Whether a webhook is taken that came from `peer` with these values of `X-Forwarded-For`.
    ///
    /// Every proxy adds the address that it saw to the end, and whoever sends can write anything in
    /// front of that: the last one that is not a proxy of ours counts.
    #[must_use]
    pub fn admit<'a>(&self, peer: IpAddr, forwarded: impl Iterator<Item = &'a str>) -> bool {
        if self.allow_from.is_empty() {
            return true;
        }
        let told: Vec<&str> = forwarded.flat_map(|value| value.split(',')).collect();
        let mut sender = peer.to_canonical();
        for address in told.iter().rev() {
            if !contains(&self.trusted_proxies, sender) {
                break;
            }
            let Ok(address) = address.trim().parse::<IpAddr>() else { return false };
            sender = address.to_canonical();
        }
        contains(&self.allow_from, sender)
    }
}

fn contains(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let read = texts.iter().map(|text| {
        let alone = text.parse::<IpAddr>().map(IpNet::from);
        alone.or_else(|_| text.parse::<IpNet>()).map_err(|_| {
            let right = "such as `34.231.68.152` or `10.0.0.0/8`";
            serde::de::Error::custom(format!("`{text}` is no address or network {right}"))
        })
    });
    read.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_address_that_is_no_proxy_of_ours_counts() {
        let senders: Senders = toml::from_str(
            "allow_from = [\"34.231.68.152\", \"2001:db8::/32\"]\ntrusted_proxies = [\"127.0.0.1\", \"10.0.0.0/8\"]",
        )
        .unwrap();
        #[track_caller]
        fn check(senders: &Senders, peer: &str, forwarded: &[&str], expected: bool) {
            let admitted = senders.admit(peer.parse().unwrap(), forwarded.iter().copied());
            assert_eq!(admitted, expected, "{peer} {forwarded:?}");
        }
        let check = |peer, forwarded: &[&str], expected| check(&senders, peer, forwarded, expected);
        check("34.231.68.152", &[], true);
        check("34.231.68.153", &[], false);
        check("::ffff:34.231.68.152", &[], true);
        check("2001:db8::7", &[], true);
        check("127.0.0.1", &["34.231.68.152"], true);
        check("127.0.0.1", &["1.2.3.4, 34.231.68.152, 10.1.1.1"], true);
        check("127.0.0.1", &["1.2.3.4", "34.231.68.152"], true);
        // Whoever sends writes what they like in front.
        check("127.0.0.1", &["34.231.68.152, 1.2.3.4"], false);
        check("1.2.3.4", &["34.231.68.152"], false);
        check("127.0.0.1", &["nonsense"], false);
        check("127.0.0.1", &[], false);
    }

    #[test]
    fn from_everywhere_if_nothing_is_said() {
        assert!(Senders::default().admit([1, 2, 3, 4].into(), std::iter::empty()));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let error = toml::from_str::<Senders>("allow_from = [\"example.com\"]").unwrap_err();
        assert!(error.to_string().contains("`example.com` is no address or network such as"));
    }
}
