//! HTTP clients: TLS, proxies and the mapping of `reqwest` errors.
//!
//! Invariants:
//! 1. No redirect is followed, no cookie is kept, no referer is sent, and the HTTP library never retries by itself.
//! 2. Certificates are always checked.
//! 3. A loopback address is never reached through a proxy.
//!
//! Connection errors are classified here, because the flags of `reqwest::Error` are misleading.

use std::{error::Error as StdError, io, time::Duration};

use url::Url;

use super::HttpError;
use crate::{loopback_host::is_loopback_host, untrusted_text::UntrustedText};

/// Upper limit of the connect timeout, even if a whole request may take longer.
const MAX_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How a host is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionRoute {
    /// Through the system's proxy, if one is set.
    SystemProxy,
    /// TLS without a proxy, whatever the system settings say.
    DirectTls,
    /// Plaintext HTTP without a proxy. Root certificates are not loaded, because loading takes longer than a page.
    DirectPlaintext,
}

/// Estimated time to connect to MAL and finish the TLS handshake.
const HANDSHAKE_ESTIMATE: Duration = Duration::from_millis(300);

impl ConnectionRoute {
    /// Returns the estimated time to open a connection, before a request can be sent.
    pub(super) const fn handshake_estimate(self) -> Duration {
        match self {
            Self::SystemProxy | Self::DirectTls => HANDSHAKE_ESTIMATE,
            Self::DirectPlaintext => Duration::ZERO,
        }
    }

    /// Returns the route for `url`. Loopback is reached directly: a remote proxy would get the token in plaintext and
    /// could not reach it anyway.
    pub(crate) fn for_url(url: &Url) -> Self {
        match (url.host_str().is_some_and(is_loopback_host), url.scheme()) {
            (true, "http") => Self::DirectPlaintext,
            (true, _) => Self::DirectTls,
            (false, _) => Self::SystemProxy,
        }
    }
}

/// Builds an HTTP client. `timeout` covers each request from connect to the last byte.
pub(crate) fn build_client(
    timeout: Duration,
    route: ConnectionRoute,
    user_agent: &str,
) -> Result<reqwest::Client, HttpError> {
    // An error means that a provider is already installed; any provider will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder()
        .user_agent(user_agent)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(timeout.min(MAX_CONNECT_TIMEOUT))
        .timeout(timeout);
    let builder = match route {
        ConnectionRoute::SystemProxy => add_root_certificates(builder),
        ConnectionRoute::DirectTls => add_root_certificates(builder.no_proxy()),
        // An empty trust store: a TLS connection on this route must fail.
        ConnectionRoute::DirectPlaintext => builder.no_proxy().tls_certs_only([]),
    };
    builder.build().map_err(HttpError::ClientSetup)
}

/// Sets the root certificates: the system's, or Mozilla's if the system has none (an empty container). Without any, the
/// client cannot be built.
#[cfg(target_os = "linux")]
fn add_root_certificates(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    let native = rustls_native_certs::load_native_certs().certs;
    let from_der = |der: &[u8]| reqwest::Certificate::from_der(der).ok();
    if native.is_empty() {
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS;
        return builder.tls_certs_only(roots.iter().filter_map(|root| from_der(root)));
    }
    // Passed explicitly, because `reqwest` would load them again.
    builder.tls_certs_only(native.iter().filter_map(|root| from_der(root)))
}

#[cfg(not(target_os = "linux"))]
fn add_root_certificates(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder
}

/// Maps an error of a request to `host`.
pub(crate) fn from_reqwest(error: reqwest::Error, host: &str, timeout: Duration) -> HttpError {
    let host = host.to_owned();
    let error = error.without_url();
    let cause = UntrustedText::sanitize(&innermost_cause(&error).to_string());
    // Check the timeout first: a slow body is both a timeout and a decode error. A truncated body is a decode error
    // only.
    if let Some(tls) = find_certificate_error(&error) {
        HttpError::InvalidCertificate { host, cause: UntrustedText::sanitize(&tls) }
    } else if error.is_timeout() {
        HttpError::TimedOut { host, timeout }
    } else if error.is_connect() {
        HttpError::Unreachable { host, cause }
    } else {
        HttpError::ConnectionBroken { host, cause }
    }
}

/// Returns the message of the certificate error in the cause chain, or `None`. An `io::Error` does not expose the error
/// it wraps through `source`.
fn find_certificate_error(error: &(dyn StdError + 'static)) -> Option<String> {
    cause_chain(error).find_map(|cause| match cause.downcast_ref::<rustls::Error>()? {
        error @ (rustls::Error::InvalidCertificate(_)
        | rustls::Error::InvalidCertRevocationList(_)
        | rustls::Error::NoCertificatesPresented
        | rustls::Error::UnsupportedNameType) => Some(error.to_string()),
        _ => None,
    })
}

fn innermost_cause<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    cause_chain(error).last().unwrap_or(error)
}

fn cause_chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |cause: &&'a (dyn StdError + 'static)| {
        let cause: &'a (dyn StdError + 'static) = *cause;
        match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => cause.source(),
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
        let certificate_error = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let wrapped = FakeConnectError(io::Error::other(FakeConnectError(io::Error::other(certificate_error))));
        assert!(find_certificate_error(&wrapped).unwrap().contains("UnknownIssuer"));
    }

    #[test]
    fn incomplete_handshake_is_not_a_certificate_error() {
        let wrapped = FakeConnectError(io::Error::other(rustls::Error::HandshakeNotComplete));
        assert_eq!(find_certificate_error(&wrapped), None);
        assert_eq!(innermost_cause(&wrapped).to_string(), rustls::Error::HandshakeNotComplete.to_string());
    }
}
