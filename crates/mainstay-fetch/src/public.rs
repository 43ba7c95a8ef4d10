//! Which addresses are those of public machines, and a look-up of names that gives no others. An
//! address that somebody else has given must not lead into the networks behind this server.
//! Standards: RFC 6890 and the registries of special addresses of IANA.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::fetcher::Reach;

/// Whether an address is one of the public internet.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [one, two, three, _] = address.octets();
    let is_special = match (one, two) {
        // This network, loopback, multicast, reserved, broadcast; then what carriers share
        // (RFC 6598), and tests of devices (RFC 2544).
        (0 | 127 | 224..=255, _) | (100, 64..=127) | (198, 18 | 19) => true,
        // Protocols (RFC 6890), and relays of 6to4.
        (192, 0) => three == 0 || address.is_documentation(),
        (192, 88) => three == 99,
        _ => address.is_private() || address.is_link_local() || address.is_documentation(),
    };
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [one, two, ..] = address.segments();
    let [.., a, b] = address.segments();
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    match (one, two) {
        // An IPv4 address within: NAT64 (RFC 6052), 6to4 (RFC 3056).
        (0x64, 0xff9b) => inner(a, b),
        (0x2002, high) => inner(high, address.segments().get(2).copied().unwrap_or_default()),
        // Teredo and protocols (2001::/23), documentation.
        (0x2001, 0..=0x1ff | 0xdb8) => false,
        // What is given out to the public internet.
        (0x2000..=0x3fff, _) => one & 0xfff0 != 0x3ff0,
        _ => false,
    }
}

/// Looks names up, and gives only addresses that may be reached.
#[derive(Debug)]
pub(crate) struct PublicNames {
    names: DefaultResolver,
    reach: Reach,
}

impl PublicNames {
    pub(crate) fn of(reach: Reach) -> Self {
        Self { names: DefaultResolver::default(), reach }
    }
}

impl Resolver for PublicNames {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        let mut reached = self.empty();
        for address in &found {
            let is_here = address.ip().is_loopback() && self.reach == Reach::PublicAndThisMachine;
            if is_public(address.ip()) || is_here {
                reached.push(*address);
            }
        }
        if reached.is_empty() {
            let why = "the name leads to no public address";
            return Err(ureq::Error::Io(io::Error::new(io::ErrorKind::AddrNotAvailable, why)));
        }
        Ok(reached)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_network_behind_the_server_is_not_public() {
        for special in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "64:ff9b::10.0.0.1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::",
            "3fff::1",
            "100::1",
            "::7f00:1",
        ] {
            assert!(!is_public(special.parse().unwrap()), "{special}");
        }
    }

    #[test]
    fn an_address_of_the_public_internet_is_public() {
        for public in [
            "1.1.1.1",
            "9.9.9.9",
            "100.63.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "223.255.255.254",
            "2606:4700:4700::1111",
            "2a00:1450::1",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }
}
