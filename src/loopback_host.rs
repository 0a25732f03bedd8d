//! Tells which hosts are this machine: `localhost` and the loopback addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Returns the loopback addresses of a host: both for `localhost`, one for an address literal (IPv6 with or without
/// brackets), none for any other host. No name is resolved.
#[must_use]
pub fn loopback_addresses(host: &str) -> Vec<IpAddr> {
    if host == "localhost" {
        return vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    }
    let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    literal.parse().ok().filter(IpAddr::is_loopback).into_iter().collect()
}

/// Returns true if the host is this machine.
#[must_use]
pub fn is_loopback_host(host: &str) -> bool {
    !loopback_addresses(host).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_localhost_and_loopback_addresses_are_this_machine() {
        for (host, count) in [("localhost", 2), ("127.0.0.1", 1), ("127.9.9.9", 1), ("::1", 1), ("[::1]", 1)] {
            assert_eq!(loopback_addresses(host).len(), count, "{host}");
            assert!(is_loopback_host(host), "{host}");
        }
        for host in [
            "",
            "localhost.evil.example",
            "LOCALHOST",
            "127.0.0.1.example.org",
            "0.0.0.0",
            "10.0.0.1",
            "[::ffff:127.0.0.1]",
            "[::]",
            "[127.0.0.1",
            "/var/run/postgresql",
        ] {
            assert!(!is_loopback_host(host), "{host}");
        }
    }
}
