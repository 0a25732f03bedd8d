//! Resolves `MAL_REDIRECT_URI` to loopback addresses and binds them.
//!
//! Invariants:
//! 1. `localhost` means both IP families. If another process holds the port on either of them, binding fails, because
//!    that process would receive the code. A family that the host lacks is only logged.
//! 2. Only loopback addresses are ever bound.
//!
//! `callback_server` serves the sockets.

use std::{
    io::{self, ErrorKind},
    net::IpAddr,
};

use tokio::net::TcpListener;
use url::Url;

use crate::{exit::Exit, failure::Failure, loopback_host::loopback_addresses};

/// A redirect URI that leads to this host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoopbackRedirect {
    /// The addresses to bind.
    addresses: Vec<IpAddr>,
    /// The port.
    port: u16,
    /// The path that a callback must match exactly.
    pub path: String,
    /// Allowed values of `Host`, in lower case: the host of `MAL_REDIRECT_URI`.
    pub allowed_hosts: Vec<String>,
}

/// Why the redirect URI cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The redirect URI does not lead to this host.
    #[error("MAL_REDIRECT_URI {0} must be a localhost URL for browser login (http://localhost, 127.0.0.1 or [::1])")]
    NotLoopback(Url),
    /// Another process holds the port.
    #[error("port {port} is already in use ({address})")]
    PortInUse {
        /// The port.
        port: u16,
        /// The address, IPv6 in brackets.
        address: String,
    },
    /// A system call failed.
    #[error("cannot listen on {address}, port {port}")]
    Io {
        /// The port.
        port: u16,
        /// The address, IPv6 in brackets.
        address: String,
        /// The error of the system.
        source: io::Error,
    },
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match &error {
            Error::NotLoopback(_) => Self::new(Exit::Usage, error).with_hint("malsync login --paste"),
            Error::PortInUse { port, .. } => {
                let find = format!(
                    "stop the program that uses it (find it with: ss -ltnp 'sport = :{port}'), or run: \
                        malsync login --paste"
                );
                Self::new(Exit::Mal, error).with_hint(find)
            }
            Error::Io { .. } => Self::new(Exit::Mal, error).with_hint("malsync login --paste"),
        }
    }
}

impl LoopbackRedirect {
    /// Resolves a redirect URI.
    ///
    /// # Errors
    /// [`Error::NotLoopback`]: such a login works only with a pasted URL.
    pub fn from_redirect_uri(redirect_uri: &Url) -> Result<Self, Error> {
        let not_loopback = || Error::NotLoopback(redirect_uri.clone());
        let port = redirect_uri.port_or_known_default().filter(|port| *port != 0).ok_or_else(not_loopback)?;
        let host = redirect_uri.host_str().unwrap_or_default();
        let addresses = loopback_addresses(host);
        if addresses.is_empty() || redirect_uri.scheme() != "http" {
            return Err(not_loopback());
        }
        let mut allowed_hosts = vec![format!("{host}:{port}")];
        if port == 80 {
            // Browsers omit the default port.
            allowed_hosts.push(host.to_owned());
        }
        Ok(Self { addresses, port, path: redirect_uri.path().to_owned(), allowed_hosts })
    }

    /// Returns the URL of a page of the callback server.
    #[must_use]
    pub fn page_url(&self, path: &str) -> String {
        format!("http://{}{path}", self.allowed_hosts[0])
    }

    /// Binds every address.
    ///
    /// # Errors
    /// A port is in use or cannot be bound, or no address exists on this host.
    pub async fn bind_all(&self) -> Result<Vec<TcpListener>, Error> {
        let (mut sockets, mut unsupported) = (Vec::new(), None);
        for address in &self.addresses {
            let port = self.port;
            let host = match address {
                IpAddr::V4(address) => address.to_string(),
                IpAddr::V6(address) => format!("[{address}]"),
            };
            match TcpListener::bind((*address, port)).await {
                Ok(socket) => sockets.push(socket),
                Err(error) if error.kind() == ErrorKind::AddrInUse => {
                    return Err(Error::PortInUse { port, address: host });
                }
                Err(source) if is_family_unsupported(&source) => {
                    tracing::warn!(
                        "this machine has no {host}, so the login listens only on the other address: {source}"
                    );
                    unsupported = Some(Error::Io { port, address: host, source });
                }
                Err(source) => return Err(Error::Io { port, address: host, source }),
            }
        }
        match unsupported {
            Some(error) if sockets.is_empty() => Err(error),
            _ => Ok(sockets),
        }
    }
}

/// Returns true if the host lacks this IP family. `EAFNOSUPPORT` has no `ErrorKind`; its codes are those of Linux,
/// macOS and Windows.
fn is_family_unsupported(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::AddrNotAvailable | ErrorKind::Unsupported)
        || matches!(error.raw_os_error(), Some(97 | 47 | 10_047))
}

#[cfg(test)]
pub(super) async fn bind_free_port() -> (LoopbackRedirect, Vec<TcpListener>) {
    //! Returns a redirect on a port that is free on every IP family, with its bound sockets.
    for _ in 0..100 {
        let probe = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = probe.local_addr().unwrap().port();
        drop(probe);
        let redirect =
            LoopbackRedirect::from_redirect_uri(&format!("http://localhost:{port}/auth/callback").parse().unwrap())
                .unwrap();
        if let Ok(sockets) = redirect.bind_all().await {
            return (redirect, sockets);
        }
    }
    panic!("no free port");
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn parse_redirect(url: &str) -> Result<LoopbackRedirect, Error> {
        LoopbackRedirect::from_redirect_uri(&url.parse().unwrap())
    }

    #[test]
    fn localhost_binds_both_ip_families_and_literal_binds_itself() {
        let redirect = parse_redirect("http://localhost:3005/auth/callback").unwrap();
        assert_eq!(redirect.allowed_hosts, ["localhost:3005"]);
        assert_eq!(redirect.addresses.len(), 2);
        assert_eq!(redirect.page_url("/login/x"), "http://localhost:3005/login/x");
        let literal = parse_redirect("http://127.0.0.1:53682/callback").unwrap();
        assert_eq!(
            (literal.allowed_hosts, literal.addresses),
            (vec!["127.0.0.1:53682".into()], vec![Ipv4Addr::LOCALHOST.into()])
        );
        assert_eq!(parse_redirect("http://[::1]:3005/").unwrap().allowed_hosts, ["[::1]:3005"]);
        assert!(parse_redirect("http://localhost/cb").unwrap().allowed_hosts.contains(&"localhost".to_owned()));
    }

    #[test]
    fn non_loopback_redirect_hints_at_paste() {
        for url in [
            "https://localhost:3005/cb",
            "http://example.com:3005/cb",
            "http://192.168.0.2:3005/cb",
            "http://0.0.0.0:3005/cb",
            "http://localhost:0/cb",
            "http://localhost.evil.example/cb",
            "malsync://callback",
        ] {
            let failure = Failure::from(parse_redirect(url).unwrap_err());
            assert_eq!(failure.exit, Exit::Usage, "{url}");
            assert!(failure.hints[0].contains("--paste"));
        }
    }

    #[tokio::test]
    async fn port_in_use_on_either_ip_family_fails_and_names_the_port() {
        let (redirect, sockets) = bind_free_port().await;
        for socket in sockets {
            let address = socket.local_addr().unwrap();
            let failure = Failure::from(redirect.bind_all().await.unwrap_err());
            assert_eq!(failure.exit, Exit::Mal);
            assert!(failure.message().contains(&format!("port {} is already in use", address.port())));
            assert!(failure.hints[0].contains("--paste"));
        }
    }

    #[tokio::test]
    async fn error_names_the_ip_family_in_use() {
        let (redirect, sockets) = bind_free_port().await;
        let mut sockets = sockets.into_iter();
        drop(sockets.next());
        let Some(ipv6_socket) = sockets.next() else { return };
        let error = redirect.bind_all().await.unwrap_err();
        assert!(error.to_string().contains("[::1]"), "{error}");
        drop(ipv6_socket);
    }
}
