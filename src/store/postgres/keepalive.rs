//! TCP keepalives on the sockets to the server, which sqlx does not set: a peer that is gone is noticed within a minute,
//! also while nothing is sent.
//!
//! sqlx does not give out its sockets, so they are found among the open files of this process. This is done on Linux only.
//! Without it the limit of each statement still applies (`statement_limit`).

use std::net::SocketAddr;

/// Sets keepalives on all connections of this process to a server port. Returns their local addresses. Returns an empty
/// list if the system does not allow it.
#[cfg(target_os = "linux")]
pub(super) fn enable_keepalives(server_port: u16) -> Vec<SocketAddr> {
    use std::time::Duration;

    /// Idle time before the first probe.
    const IDLE_TIME: Duration = Duration::from_secs(30);
    const PROBE_INTERVAL: Duration = Duration::from_secs(10);
    const PROBES: u32 = 3;
    /// How long sent data may stay unacknowledged, in milliseconds.
    const UNACKNOWLEDGED_TIMEOUT_MS: u32 = 60_000;

    let mut addresses = Vec::new();
    for socket in own_sockets() {
        if socket.peer_addr().is_ok_and(|peer| peer.port() == server_port) {
            // An option that the system refuses is left out.
            let _ = rustix::net::sockopt::set_socket_keepalive(&socket, true);
            let _ = rustix::net::sockopt::set_tcp_keepidle(&socket, IDLE_TIME);
            let _ = rustix::net::sockopt::set_tcp_keepintvl(&socket, PROBE_INTERVAL);
            let _ = rustix::net::sockopt::set_tcp_keepcnt(&socket, PROBES);
            let _ = rustix::net::sockopt::set_tcp_user_timeout(&socket, UNACKNOWLEDGED_TIMEOUT_MS);
            addresses.extend(socket.local_addr());
        }
    }
    addresses
}

#[cfg(not(target_os = "linux"))]
pub(super) fn enable_keepalives(_: u16) -> Vec<SocketAddr> {
    Vec::new()
}

/// Returns duplicates of all TCP sockets of this process.
#[cfg(target_os = "linux")]
fn own_sockets() -> Vec<std::net::TcpStream> {
    use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};

    let Ok(process) = pidfd_open(getpid(), PidfdFlags::empty()) else { return Vec::new() };
    let files = std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    let is_socket = |path: &std::path::Path| {
        std::fs::read_link(path).is_ok_and(|target| target.to_string_lossy().starts_with("socket:"))
    };
    files
        .filter(|file| is_socket(&file.path()))
        .filter_map(|file| file.file_name().to_str()?.parse().ok())
        .filter_map(|number| pidfd_getfd(&process, number, PidfdGetfdFlags::empty()).ok())
        .map(std::net::TcpStream::from)
        .collect()
}
