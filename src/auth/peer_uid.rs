//! Whose connection it is: the account of the process at the other end of a loopback connection, where the system tells.
//!
//! The start page is for the user's own browser. Its address is an argument of the browser's process, which every account of
//! the machine can read; whoever opens it gets the verifier. So another account is turned away there.

use std::net::SocketAddr;

/// Whether the process at the other end runs under this account, or as root. Where the system does not tell: yes.
pub(super) fn is_own_uid(peer: SocketAddr, here: SocketAddr) -> bool {
    match (peer_uid(peer, here), own_uid()) {
        (Some(theirs), Some(own)) => theirs == own || theirs == 0,
        _ => true,
    }
}

#[cfg(target_os = "linux")]
fn own_uid() -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").ok().map(|own| own.uid())
}

/// Looks the other end up in the kernel's table of connections.
#[cfg(target_os = "linux")]
fn peer_uid(peer: SocketAddr, here: SocketAddr) -> Option<u32> {
    let table = if peer.is_ipv4() { "/proc/net/tcp" } else { "/proc/net/tcp6" };
    find_socket_uid(&std::fs::read_to_string(table).ok()?, peer, here)
}

#[cfg(not(target_os = "linux"))]
fn own_account() -> Option<u32> {
    None
}

#[cfg(not(target_os = "linux"))]
fn account_of(_: SocketAddr, _: SocketAddr) -> Option<u32> {
    None
}

/// The account (eighth column) of the socket whose own address (second column) is the peer's and whose other end (third) is ours.
#[cfg(any(target_os = "linux", test))]
fn find_socket_uid(table: &str, peer: SocketAddr, here: SocketAddr) -> Option<u32> {
    let (peer, here) = (proc_net_hex(peer), proc_net_hex(here));
    table.lines().find_map(|line| {
        let mut columns = line.split_whitespace().skip(1);
        let is_it = columns.next()? == peer && columns.next()? == here;
        columns.nth(4).filter(|_| is_it)?.parse().ok()
    })
}

/// Words of 32 bits in the machine's own order, in hexadecimal.
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
        let (peer, here): (SocketAddr, SocketAddr) =
            ("127.0.0.1:40000".parse().unwrap(), "127.0.0.1:3005".parse().unwrap());
        let (a, b) = (proc_net_hex(peer), proc_net_hex(here));
        let row = |local: &str, remote: &str, uid: u32| {
            format!(
                "   0: {local} {remote} 01 00000000:00000000 00:00000000 00000000  {uid}        0 42 1 0 20 4 30 10 -1\n"
            )
        };
        let head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
        // The server's own end of it is there too.
        let table = format!("{head}{}{}", row(&b, &a, 1000), row(&a, &b, 65_534));
        assert_eq!(find_socket_uid(&table, peer, here), Some(65_534));
        assert_eq!(find_socket_uid(&table, peer, "127.0.0.1:3006".parse().unwrap()), None);
        assert_eq!(find_socket_uid("", peer, here), None);
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
        let here = listener.local_addr().unwrap();
        let stream = std::net::TcpStream::connect(here).unwrap();
        let peer = stream.local_addr().unwrap();
        assert_eq!(peer_uid(peer, here), own_uid());
        assert!(is_own_uid(peer, here));
    }
}
