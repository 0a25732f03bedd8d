//! The connections to MAL: TLS, and everything that must not happen on them.
//!
//! No redirect is followed, no cookie kept, no referer sent, nothing repeated behind the caller's back. Certificates are
//! always checked. A loopback address is never asked for through a proxy. What a failed connection means is told here too, because the library's own flags mislead.

use std::{error::Error as StdError, io, time::Duration};

use url::{Host, Url};

use super::Error;
use crate::untrusted_text::UntrustedText;

/// How every request names us.
pub(super) const USER_AGENT: &str = concat!("malsync/", env!("CARGO_PKG_VERSION"));
/// Opening a connection takes no longer than this, even where a whole request may.
const MAX_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The way to the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionRoute {
    /// Through the system's proxy, where it has one.
    SystemProxy,
    /// Straight, whatever the system says.
    DirectTls,
    /// Straight, and without TLS: no root certificates are read, which takes longer than a page.
    DirectPlaintext,
}

/// About how long it takes to reach MAL and agree on keys.
const HANDSHAKE_ESTIMATE: Duration = Duration::from_millis(300);

impl ConnectionRoute {
    /// About how long a connection takes to be opened, before a request can be sent.
    pub(super) const fn handshake_estimate(self) -> Duration {
        match self {
            Self::SystemProxy | Self::DirectTls => HANDSHAKE_ESTIMATE,
            Self::DirectPlaintext => Duration::ZERO,
        }
    }

    /// Loopback is reached directly: a proxy elsewhere would get the token in the clear, and could not reach it either.
    pub(crate) fn for_url(url: &Url) -> Self {
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        match (loopback, url.scheme()) {
            (true, "http") => Self::DirectPlaintext,
            (true, _) => Self::DirectTls,
            (false, _) => Self::SystemProxy,
        }
    }
}

/// The HTTP client, with `timeout` for each request from connect to the last byte.
pub(crate) fn build_client(timeout: Duration, route: ConnectionRoute) -> Result<reqwest::Client, Error> {
    // Somebody else may have installed one already: any will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(timeout.min(MAX_CONNECT_TIMEOUT))
        .timeout(timeout);
    let builder = match route {
        ConnectionRoute::SystemProxy => with_roots(builder),
        ConnectionRoute::DirectTls => with_roots(builder.no_proxy()),
        // Nobody is trusted, should it come to TLS after all.
        ConnectionRoute::DirectPlaintext => builder.no_proxy().tls_certs_only([]),
    };
    builder.build().map_err(Error::ClientSetup)
}

/// Where the machine has no root certificates (an empty container), Mozilla's are used: without any, the client cannot even
/// be built.
#[cfg(target_os = "linux")]
fn with_roots(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    let native = rustls_native_certs::load_native_certs().certs;
    let from_der = |der: &[u8]| reqwest::Certificate::from_der(der).ok();
    if native.is_empty() {
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS;
        return builder.tls_certs_only(roots.iter().filter_map(|root| from_der(root)));
    }
    // The library would read them once more.
    builder.tls_certs_only(native.iter().filter_map(|root| from_der(root)))
}

#[cfg(not(target_os = "linux"))]
fn with_roots(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder
}

/// What a failed request means. `host` is whom it went to.
pub(crate) fn from_reqwest(error: reqwest::Error, host: &str, timeout: Duration) -> Error {
    let host = host.to_owned();
    let error = error.without_url();
    let why = UntrustedText::sanitize(&innermost_cause(&error).to_string());
    // A slow body is a time-out and a decode error at once: time first. A cut body is a decode error only.
    if let Some(tls) = find_certificate_error(&error) {
        Error::InvalidCertificate { host, why: UntrustedText::sanitize(&tls) }
    } else if error.is_timeout() {
        Error::TimedOut { host, after: timeout }
    } else if error.is_connect() {
        Error::Unreachable { host, why }
    } else {
        Error::ConnectionBroken { host, why }
    }
}

/// The certificate error in the chain, if there is one. An `io::Error` hides what it carries from `source`.
fn find_certificate_error(error: &(dyn StdError + 'static)) -> Option<String> {
    cause_chain(error).find_map(|link| match link.downcast_ref::<rustls::Error>()? {
        fault @ (rustls::Error::InvalidCertificate(_)
        | rustls::Error::InvalidCertRevocationList(_)
        | rustls::Error::NoCertificatesPresented
        | rustls::Error::UnsupportedNameType) => Some(fault.to_string()),
        _ => None,
    })
}

fn innermost_cause<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    cause_chain(error).last().unwrap_or(error)
}

fn cause_chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |link: &&'a (dyn StdError + 'static)| {
        let link: &'a (dyn StdError + 'static) = *link;
        match link.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(carried) => Some(carried),
            None => link.source(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("connect")]
    struct FakeConnectError(#[source] io::Error);

    #[test]
    fn only_loopback_bypasses_the_proxy() {
        let route = |url: &str| ConnectionRoute::for_url(&url.parse().unwrap());
        for url in ["http://localhost:1/", "http://LOCALHOST/", "http://127.9.9.9/v2", "http://[::1]:8443/"] {
            assert_eq!(route(url), ConnectionRoute::DirectPlaintext, "{url}");
        }
        for url in ["https://localhost:1/", "https://127.9.9.9/v2", "https://[::1]:8443/"] {
            assert_eq!(route(url), ConnectionRoute::DirectTls, "{url}");
        }
        for url in ["https://api.myanimelist.net/", "http://localhost.evil.example/", "http://10.0.0.1/", "file:///x"] {
            assert_eq!(route(url), ConnectionRoute::SystemProxy, "{url}");
        }
    }

    #[test]
    fn certificate_error_nested_in_io_error_is_found() {
        let unknown = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let wrapped = FakeConnectError(io::Error::other(FakeConnectError(io::Error::other(unknown))));
        assert!(find_certificate_error(&wrapped).unwrap().contains("UnknownIssuer"));
    }

    #[test]
    fn incomplete_handshake_is_not_a_certificate_error() {
        let wrapped = FakeConnectError(io::Error::other(rustls::Error::HandshakeNotComplete));
        assert_eq!(find_certificate_error(&wrapped), None);
        assert_eq!(innermost_cause(&wrapped).to_string(), rustls::Error::HandshakeNotComplete.to_string());
    }
}
