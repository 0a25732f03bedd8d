//! Finds the uid of the process at the other end of a loopback connection, if the system reveals it.
//!
//! The start page is for the user's own browser. Its URL is visible to all local users in the browser's arguments, and
//! opening it reveals the PKCE verifier. So requests from other uids are rejected there.

use std::net::SocketAddr;

/// Returns true if the peer process runs under our uid or as root, or if its uid is unknown.
pub(super) fn is_own_uid(peer: SocketAddr, local: SocketAddr) -> bool {
    match (peer_uid(peer, local), own_uid()) {
        (Some(peer_uid), Some(own)) => peer_uid == own || peer_uid == 0,
        _ => true,
    }
}

#[cfg(target_os = "linux")]
fn own_uid() -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").ok().map(|own| own.uid())
}

/// Returns the uid of the peer from the kernel's connection table.
#[cfg(target_os = "linux")]
fn peer_uid(peer: SocketAddr, local: SocketAddr) -> Option<u32> {
    let table = if peer.is_ipv4() { "/proc/net/tcp" } else { "/proc/net/tcp6" };
    find_socket_uid(&std::fs::read_to_string(table).ok()?, peer, local)
}

#[cfg(not(target_os = "linux"))]
fn own_uid() -> Option<u32> {
    None
}

#[cfg(not(target_os = "linux"))]
fn peer_uid(_: SocketAddr, _: SocketAddr) -> Option<u32> {
    None
}

/// Returns the uid (eighth column) of the socket whose local address (second column) is the peer's and whose remote
/// address (third) is ours.
#[cfg(any(target_os = "linux", test))]
fn find_socket_uid(table: &str, peer: SocketAddr, local: SocketAddr) -> Option<u32> {
    let (peer, local) = (proc_net_hex(peer), proc_net_hex(local));
    table.lines().find_map(|line| {
        let mut columns = line.split_whitespace().skip(1);
        let matches = columns.next()? == peer && columns.next()? == local;
        columns.nth(4).filter(|_| matches)?.parse().ok()
    })
}

/// Formats an address like `/proc/net/tcp`: 32-bit words in native byte order, in hexadecimal.
#[cfg(any(target_os = "linux", test))]
fn proc_net_hex(address: SocketAddr) -> String {
    let octets = match address {
        SocketAddr::V4(address) => address.ip().octets().to_vec(),
        SocketAddr::V6(address) => address.ip().octets().to_vec(),
    };
    let words = octets.chunks_exact(4).map(|word| u32::from_ne_bytes([word[0], word[1], word[2], word[3]]));
    let ip: String = words.map(|word| format!("{word:08X}")).collect();
    format!("{ip}:{:04X}", address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn socket_is_found_by_both_addresses() {
        let (peer, local): (SocketAddr, SocketAddr) =
            ("127.0.0.1:40000".parse().unwrap(), "127.0.0.1:3005".parse().unwrap());
        let (a, b) = (proc_net_hex(peer), proc_net_hex(local));
        let row = |local: &str, remote: &str, uid: u32| {
            format!(
                "   0: {local} {remote} 01 00000000:00000000 00:00000000 00000000  {uid}        0 42 1 0 20 4 30 10 -1\n"
            )
        };
        let header =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
        // The server's own end of the connection is listed too.
        let table = format!("{header}{}{}", row(&b, &a, 1000), row(&a, &b, 65_534));
        assert_eq!(find_socket_uid(&table, peer, local), Some(65_534));
        assert_eq!(find_socket_uid(&table, peer, "127.0.0.1:3006".parse().unwrap()), None);
        assert_eq!(find_socket_uid("", peer, local), None);
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn addresses_are_formatted_like_proc_net() {
        assert_eq!(proc_net_hex("127.0.0.1:3005".parse().unwrap()), "0100007F:0BBD");
        assert_eq!(proc_net_hex("[::1]:3005".parse().unwrap()), "00000000000000000000000001000000:0BBD");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn own_connection_has_own_uid() {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let local = listener.local_addr().unwrap();
        let stream = std::net::TcpStream::connect(local).unwrap();
        let peer = stream.local_addr().unwrap();
        assert_eq!(peer_uid(peer, local), own_uid());
        assert!(is_own_uid(peer, local));
    }
}
