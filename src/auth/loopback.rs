//! Where the redirect of `MAL_REDIRECT_URI` arrives on this machine, and the sockets that wait there.
//!
//! The rule: `localhost` is both families, and either one held by somebody else is a failure, because that somebody would get
//! the code; a family that the machine lacks is a note. Only loopback addresses are ever bound. What comes in is `listener`'s.

use std::{
    io::{self, ErrorKind},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use tokio::net::TcpListener;
use url::{Host, Url};

use crate::{exit::Exit, failure::Failure};

/// The place of the redirect on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoopbackRedirect {
    /// The addresses to bind.
    addresses: Vec<IpAddr>,
    /// The port.
    port: u16,
    /// The path that a callback must have, exactly.
    pub path: String,
    /// What `Host` may say, in lower case: what `MAL_REDIRECT_URI` says.
    pub allowed_hosts: Vec<String>,
}

/// Why nothing waits there.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The redirect does not arrive on this machine.
    #[error("MAL_REDIRECT_URI {0} is not an http address of this machine (localhost, 127.0.0.1, [::1])")]
    NotLoopback(Url),
    /// Somebody holds the port.
    #[error("port {port} is in use on {address}: another malsync login is running, or another program holds it")]
    PortInUse {
        /// The port.
        port: u16,
        /// The address, IPv6 in brackets.
        address: String,
    },
    /// The system did not let us.
    #[error("cannot listen on {address}, port {port}")]
    Io {
        /// The port.
        port: u16,
        /// The address, IPv6 in brackets.
        address: String,
        /// The system's words.
        source: io::Error,
    },
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match &error {
            Error::NotLoopback(_) => Self::new(Exit::Usage, error).with_hint("malsync login --paste"),
            Error::PortInUse { port, .. } => {
                let find =
                    format!("end the program that holds it (ss -ltnp 'sport = :{port}'), or: malsync login --paste");
                Self::new(Exit::Mal, error).with_hint(find)
            }
            Error::Io { .. } => Self::new(Exit::Mal, error).with_hint("malsync login --paste"),
        }
    }
}

impl LoopbackRedirect {
    /// The place that this redirect address names.
    ///
    /// # Errors
    /// [`Error::Elsewhere`]: such a login works with a pasted address alone.
    pub fn from_redirect_uri(redirect: &Url) -> Result<Self, Error> {
        let elsewhere = || Error::NotLoopback(redirect.clone());
        let port = redirect.port_or_known_default().filter(|port| *port != 0).ok_or_else(elsewhere)?;
        let (addresses, names): (Vec<IpAddr>, _) = match redirect.host() {
            Some(Host::Domain("localhost")) => {
                (vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()], vec!["localhost".to_owned()])
            }
            Some(Host::Ipv4(address)) if address.is_loopback() => (vec![address.into()], vec![address.to_string()]),
            Some(Host::Ipv6(address)) if address.is_loopback() => (vec![address.into()], vec![format!("[{address}]")]),
            _ => return Err(elsewhere()),
        };
        if redirect.scheme() != "http" {
            return Err(elsewhere());
        }
        let mut hosts: Vec<_> = names.iter().map(|name| format!("{name}:{port}")).collect();
        if port == 80 {
            // Browsers leave the standard port out.
            hosts.extend(names);
        }
        Ok(Self { addresses, port, path: redirect.path().to_owned(), allowed_hosts: hosts })
    }

    /// The address of a page of the listener.
    #[must_use]
    pub fn page_url(&self, path: &str) -> String {
        format!("http://{}{path}", self.allowed_hosts[0])
    }

    /// Binds every address.
    ///
    /// # Errors
    /// One is taken, or cannot be had; or there is none at all.
    pub async fn bind_all(&self) -> Result<Vec<TcpListener>, Error> {
        let (mut sockets, mut missing) = (Vec::new(), None);
        for address in &self.addresses {
            let port = self.port;
            let name = match address {
                IpAddr::V4(address) => address.to_string(),
                IpAddr::V6(address) => format!("[{address}]"),
            };
            match TcpListener::bind((*address, port)).await {
                Ok(socket) => sockets.push(socket),
                Err(error) if error.kind() == ErrorKind::AddrInUse => {
                    return Err(Error::PortInUse { port, address: name });
                }
                Err(source) if is_family_unsupported(&source) => {
                    tracing::warn!(
                        "this machine has no {name}, so the login waits on the other address alone: {source}"
                    );
                    missing = Some(Error::Io { port, address: name, source });
                }
                Err(source) => return Err(Error::Io { port, address: name, source }),
            }
        }
        match missing {
            Some(error) if sockets.is_empty() => Err(error),
            _ => Ok(sockets),
        }
    }
}

/// Whether the machine has no such address at all (`EAFNOSUPPORT` has no kind of its own: Linux, macOS, Windows).
fn is_family_unsupported(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::AddrNotAvailable | ErrorKind::Unsupported)
        || matches!(error.raw_os_error(), Some(97 | 47 | 10_047))
}

#[cfg(test)]
pub(super) async fn bind_free_port() -> (LoopbackRedirect, Vec<TcpListener>) {
    //! A place on a port that nobody holds, in any family.
    for _ in 0..100 {
        let probe = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = probe.local_addr().unwrap().port();
        drop(probe);
        let place =
            LoopbackRedirect::from_redirect_uri(&format!("http://localhost:{port}/auth/callback").parse().unwrap())
                .unwrap();
        if let Ok(sockets) = place.bind_all().await {
            return (place, sockets);
        }
    }
    panic!("no free port");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_redirect(url: &str) -> Result<LoopbackRedirect, Error> {
        LoopbackRedirect::from_redirect_uri(&url.parse().unwrap())
    }

    #[test]
    fn localhost_binds_both_ip_families_and_literal_binds_itself() {
        let place = parse_redirect("http://localhost:3005/auth/callback").unwrap();
        assert_eq!(place.allowed_hosts, ["localhost:3005"]);
        assert_eq!(place.addresses.len(), 2);
        assert_eq!(place.page_url("/login/x"), "http://localhost:3005/login/x");
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
        let (place, sockets) = bind_free_port().await;
        for held in sockets {
            let address = held.local_addr().unwrap();
            let failure = Failure::from(place.bind_all().await.unwrap_err());
            assert_eq!(failure.exit, Exit::Mal);
            assert!(failure.message().contains(&format!("port {} is in use", address.port())));
            assert!(failure.hints[0].contains("--paste"));
        }
    }

    #[tokio::test]
    async fn error_names_the_ip_family_in_use() {
        let (place, sockets) = bind_free_port().await;
        let mut sockets = sockets.into_iter();
        drop(sockets.next());
        let Some(six) = sockets.next() else { return };
        let error = place.bind_all().await.unwrap_err();
        assert!(error.to_string().contains("[::1]"), "{error}");
        drop(six);
    }
}
