//! Finds the uid of the process at the other end of a loopback connection, if the system reveals it.
//!
//! The start page is for the user's own browser. Its URL is visible to all local users in the browser's arguments, and
//! opening it reveals the PKCE verifier. The callback of another account's login would take this login over. So requests
//! from other uids are rejected on both pages.
//!
//! If a table of connections can be read and does not list the connection, it is not ours.

use std::net::{SocketAddr, SocketAddrV6};

use crate::file_permissions::read_own_uid;

/// Returns true if the peer process runs under our uid or as root, or if the system does not reveal the uid.
pub(super) fn is_own_uid(peer: SocketAddr, local: SocketAddr) -> bool {
    // A table that changes while it is read may lack a row once.
    let owners = (0..TABLE_READS).map(|_| find_owner(&read_connection_tables(), peer, local));
    let owner = owners.into_iter().find(|owner| *owner != SocketOwner::NotListed).unwrap_or(SocketOwner::NotListed);
    match owner {
        SocketOwner::Unknown => true,
        SocketOwner::Uid(uid) => uid == 0 || read_own_uid() == Some(uid),
        SocketOwner::NotListed | SocketOwner::NotConnected => false,
    }
}

/// How often the tables are read before a connection counts as not listed.
const TABLE_READS: usize = 3;

/// What the kernel's tables of connections say about the peer's socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SocketOwner {
    /// No table can be read.
    Unknown,
    /// The tables do not list the socket.
    NotListed,
    /// The socket is closed, or closing. Its uid says nothing then: it is 0 without a process.
    NotConnected,
    Uid(u32),
}

/// Returns the texts of the tables of IPv4 and IPv6 sockets that can be read.
#[cfg(target_os = "linux")]
fn read_connection_tables() -> Vec<String> {
    ["/proc/net/tcp", "/proc/net/tcp6"].into_iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect()
}

#[cfg(not(target_os = "linux"))]
fn read_connection_tables() -> Vec<String> {
    Vec::new()
}

/// Finds the socket whose local address (second column) is the peer's and whose remote address (third) is ours.
///
/// An IPv6 socket can be connected to an IPv4 address. It is listed among the IPv6 sockets, with IPv4-mapped addresses.
fn find_owner(tables: &[String], peer: SocketAddr, local: SocketAddr) -> SocketOwner {
    if tables.is_empty() {
        return SocketOwner::Unknown;
    }
    let as_listed = |address: SocketAddr| [proc_net_hex(address), proc_net_hex(to_ipv6(address))];
    let (peer, local) = (as_listed(peer), as_listed(local));
    let rows = tables.iter().flat_map(|table| table.lines());
    rows.filter_map(|row| parse_row(row, &peer, &local)).next().unwrap_or(SocketOwner::NotListed)
}

/// Returns the owner in this row: state in the fourth column, uid in the eighth, inode in the tenth. Returns `None` if
/// the row has other addresses.
fn parse_row(row: &str, peer: &[String; 2], local: &[String; 2]) -> Option<SocketOwner> {
    const ESTABLISHED: &str = "01";
    let columns: Vec<_> = row.split_whitespace().collect();
    let has_addresses = |index: usize| {
        columns.get(1).is_some_and(|column| *column == peer[index])
            && columns.get(2).is_some_and(|column| *column == local[index])
    };
    if !has_addresses(0) && !has_addresses(1) {
        return None;
    }
    let is_connected =
        columns.get(3) == Some(&ESTABLISHED) && columns.get(9).is_some_and(|inode| inode.parse() != Ok(0_u64));
    let uid = columns.get(7).and_then(|uid| uid.parse().ok()).filter(|_| is_connected);
    Some(uid.map_or(SocketOwner::NotConnected, SocketOwner::Uid))
}

fn to_ipv6(address: SocketAddr) -> SocketAddr {
    let ip = match address {
        SocketAddr::V4(address) => address.ip().to_ipv6_mapped(),
        SocketAddr::V6(address) => *address.ip(),
    };
    SocketAddrV6::new(ip, address.port(), 0, 0).into()
}

/// Formats an address like `/proc/net/tcp`: 32-bit words in native byte order, in hexadecimal.
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

    const HEADER: &str =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    fn row(local: SocketAddr, remote: SocketAddr, state: &str, uid: u32, inode: u32) -> String {
        let (local, remote) = (proc_net_hex(local), proc_net_hex(remote));
        format!(
            "   0: {local} {remote} {state} 00000000:00000000 00:00000000 00000000  {uid}        0 {inode} 1 0 20 4 30 10 -1\n"
        )
    }

    #[test]
    fn socket_is_found_by_both_addresses() {
        let (peer, local): (SocketAddr, SocketAddr) =
            ("127.0.0.1:40000".parse().unwrap(), "127.0.0.1:3005".parse().unwrap());
        // The server's own end of the connection is listed too.
        let table = format!("{HEADER}{}{}", row(local, peer, "01", 1000, 41), row(peer, local, "01", 65_534, 42));
        assert_eq!(find_owner(std::slice::from_ref(&table), peer, local), SocketOwner::Uid(65_534));
        assert_eq!(find_owner(&[HEADER.into(), table.clone()], peer, local), SocketOwner::Uid(65_534));
        assert_eq!(find_owner(&[table], peer, "127.0.0.1:3006".parse().unwrap()), SocketOwner::NotListed);
        assert_eq!(find_owner(&[HEADER.into()], peer, local), SocketOwner::NotListed);
        assert_eq!(find_owner(&[], peer, local), SocketOwner::Unknown);
    }

    #[test]
    fn ipv6_socket_with_ipv4_addresses_is_found() {
        let (peer, local): (SocketAddr, SocketAddr) =
            ("127.0.0.1:40000".parse().unwrap(), "127.0.0.1:3005".parse().unwrap());
        let table6 = format!("{HEADER}{}", row(to_ipv6(peer), to_ipv6(local), "01", 65_534, 42));
        assert_eq!(find_owner(&[HEADER.into(), table6], peer, local), SocketOwner::Uid(65_534));
    }

    #[test]
    fn closed_socket_has_no_owner() {
        let (peer, local): (SocketAddr, SocketAddr) = ("[::1]:40000".parse().unwrap(), "[::1]:3005".parse().unwrap());
        for (state, inode) in [("01", 0), ("05", 42), ("06", 0), ("08", 42)] {
            let table = format!("{HEADER}{}", row(peer, local, state, 0, inode));
            assert_eq!(find_owner(&[table], peer, local), SocketOwner::NotConnected, "{state} {inode}");
        }
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
        assert_eq!(find_owner(&read_connection_tables(), peer, local), SocketOwner::Uid(read_own_uid().unwrap()));
        assert!(is_own_uid(peer, local));
        drop(stream);
        assert!(!is_own_uid(peer, local), "a closed socket is nobody's");
    }
}
