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
pub struct Loopback {
    /// The addresses to bind.
    addresses: Vec<IpAddr>,
    /// The port.
    port: u16,
    /// The path that a callback must have, exactly.
    pub path: String,
    /// What `Host` may say, in lower case: what `MAL_REDIRECT_URI` says.
    pub hosts: Vec<String>,
}

/// Why nothing waits there.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The redirect does not arrive on this machine.
    #[error("MAL_REDIRECT_URI {0} is not an http address of this machine (localhost, 127.0.0.1, [::1])")]
    Elsewhere(Url),
    /// Somebody holds the port.
    #[error("port {port} is in use on {address}: another malsync login is running, or another program holds it")]
    Taken {
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
            Error::Elsewhere(_) => Self::new(Exit::Usage, error).hint("malsync login --paste"),
            Error::Taken { port, .. } => {
                let find =
                    format!("end the program that holds it (ss -ltnp 'sport = :{port}'), or: malsync login --paste");
                Self::new(Exit::Mal, error).hint(find)
            }
            Error::Io { .. } => Self::new(Exit::Mal, error).hint("malsync login --paste"),
        }
    }
}

impl Loopback {
    /// The place that this redirect address names.
    ///
    /// # Errors
    /// [`Error::Elsewhere`]: such a login works with a pasted address alone.
    pub fn of(redirect: &Url) -> Result<Self, Error> {
        let elsewhere = || Error::Elsewhere(redirect.clone());
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
        Ok(Self { addresses, port, path: redirect.path().to_owned(), hosts })
    }

    /// The address of a page of the listener.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.hosts[0])
    }

    /// Binds every address.
    ///
    /// # Errors
    /// One is taken, or cannot be had; or there is none at all.
    pub async fn bind(&self) -> Result<Vec<TcpListener>, Error> {
        let (mut sockets, mut missing) = (Vec::new(), None);
        for address in &self.addresses {
            let port = self.port;
            let name = match address {
                IpAddr::V4(address) => address.to_string(),
                IpAddr::V6(address) => format!("[{address}]"),
            };
            match TcpListener::bind((*address, port)).await {
                Ok(socket) => sockets.push(socket),
                Err(error) if error.kind() == ErrorKind::AddrInUse => return Err(Error::Taken { port, address: name }),
                Err(source) if lacks_family(&source) => {
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
fn lacks_family(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::AddrNotAvailable | ErrorKind::Unsupported)
        || matches!(error.raw_os_error(), Some(97 | 47 | 10_047))
}

#[cfg(test)]
pub(super) async fn free() -> (Loopback, Vec<TcpListener>) {
    //! A place on a port that nobody holds, in any family.
    for _ in 0..100 {
        let probe = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = probe.local_addr().unwrap().port();
        drop(probe);
        let place = Loopback::of(&format!("http://localhost:{port}/auth/callback").parse().unwrap()).unwrap();
        if let Ok(sockets) = place.bind().await {
            return (place, sockets);
        }
    }
    panic!("no free port");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Result<Loopback, Error> {
        Loopback::of(&url.parse().unwrap())
    }

    #[test]
    fn localhost_is_both_families_and_a_literal_is_itself() {
        let place = of("http://localhost:3005/auth/callback").unwrap();
        assert_eq!(place.hosts, ["localhost:3005"]);
        assert_eq!(place.addresses.len(), 2);
        assert_eq!(place.url("/login/x"), "http://localhost:3005/login/x");
        let literal = of("http://127.0.0.1:53682/callback").unwrap();
        assert_eq!(
            (literal.hosts, literal.addresses),
            (vec!["127.0.0.1:53682".into()], vec![Ipv4Addr::LOCALHOST.into()])
        );
        assert_eq!(of("http://[::1]:3005/").unwrap().hosts, ["[::1]:3005"]);
        assert!(of("http://localhost/cb").unwrap().hosts.contains(&"localhost".to_owned()));
    }

    #[test]
    fn anywhere_else_is_for_pasting() {
        for url in [
            "https://localhost:3005/cb",
            "http://example.com:3005/cb",
            "http://192.168.0.2:3005/cb",
            "http://0.0.0.0:3005/cb",
            "http://localhost:0/cb",
            "http://localhost.evil.example/cb",
            "malsync://callback",
        ] {
            let failure = Failure::from(of(url).unwrap_err());
            assert_eq!(failure.exit, Exit::Usage, "{url}");
            assert!(failure.hints[0].contains("--paste"));
        }
    }

    #[tokio::test]
    async fn either_family_taken_is_a_failure_that_names_it() {
        let (place, sockets) = free().await;
        for held in sockets {
            let address = held.local_addr().unwrap();
            let failure = Failure::from(place.bind().await.unwrap_err());
            assert_eq!(failure.exit, Exit::Mal);
            assert!(failure.message().contains(&format!("port {} is in use", address.port())));
            assert!(failure.hints[0].contains("--paste"));
        }
    }

    #[tokio::test]
    async fn only_the_taken_family_is_named() {
        let (place, sockets) = free().await;
        let mut sockets = sockets.into_iter();
        drop(sockets.next());
        let Some(six) = sockets.next() else { return };
        let error = place.bind().await.unwrap_err();
        assert!(error.to_string().contains("[::1]"), "{error}");
        drop(six);
    }
}
