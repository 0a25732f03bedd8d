//! Knows which proxy a request goes through, so that errors can name it. The HTTP library itself reads the same
//! variables.
//!
//! Entry points: [`ProxyVariables::install`] at the start, [`host_label`] for an error.

use std::sync::OnceLock;

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use super::{client::ConnectionRoute, last_proxy::remember_proxy};

/// The variables of a process that name proxies: for https, for http, and for both.
const VARIABLES: [[&str; 2]; 3] =
    [["HTTPS_PROXY", "https_proxy"], ["HTTP_PROXY", "http_proxy"], ["ALL_PROXY", "all_proxy"]];

/// The variables that name hosts to be reached without a proxy.
const EXCEPTION_VARIABLES: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// The proxies of this process.
static PROXIES: OnceLock<ProxyVariables> = OnceLock::new();

/// The variables of a process that name proxies, with their values.
#[derive(Debug)]
pub(crate) struct ProxyVariables {
    https: Option<(&'static str, String)>,
    http: Option<(&'static str, String)>,
    all: Option<(&'static str, String)>,
    exceptions: String,
}

impl ProxyVariables {
    /// Reads the variables with `lookup`, which returns the text of one.
    pub(crate) fn read(lookup: impl Fn(&'static str) -> Option<String>) -> Self {
        let first_set =
            |names: [&'static str; 2]| names.into_iter().find_map(|name| lookup(name).map(|value| (name, value)));
        let [https, http, all] = VARIABLES.map(first_set);
        let exceptions = first_set(EXCEPTION_VARIABLES).map(|(_, value)| value).unwrap_or_default();
        Self { https, http, all, exceptions }
    }

    /// Makes these the proxies of this process. Only the first call has an effect.
    pub(crate) fn install(self) {
        let _ = PROXIES.set(self);
    }

    /// Returns a text that names the proxy for a URL and the variable that set it. Returns `None` if the URL is reached
    /// directly.
    fn find_proxy(&self, url: &Url) -> Option<String> {
        let value =
            |variable: &Option<(&str, String)>| variable.as_ref().map(|(_, value)| value.clone()).unwrap_or_default();
        let matcher = Matcher::builder()
            .https(value(&self.https))
            .http(value(&self.http))
            .all(value(&self.all))
            .no(self.exceptions.clone())
            .build();
        let proxy = matcher.intercept(&url.as_str().parse().ok()?)?;
        let specific = if url.scheme() == "https" { &self.https } else { &self.http };
        let (name, _) = specific.as_ref().or(self.all.as_ref())?;
        // Without user and password, which are in the variable.
        let address = proxy.uri().to_string();
        Some(format!("the proxy {} of {name}", address.trim_end_matches('/')))
    }
}

/// Returns the description of the proxy for a URL. Returns `None` if it is reached directly.
pub(crate) fn describe_proxy(url: &Url) -> Option<String> {
    let goes_through_proxy = ConnectionRoute::for_url(url) == ConnectionRoute::SystemProxy;
    PROXIES.get().filter(|_| goes_through_proxy).and_then(|proxies| proxies.find_proxy(url))
}

/// Returns the name of the host of a URL for an error, with the proxy on the way to it. Remembers the proxy for the hint
/// of a later error.
pub(crate) fn host_label(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let proxy = describe_proxy(url);
    let label = proxy.as_ref().map_or_else(|| host.to_owned(), |proxy| format!("{host} (through {proxy})"));
    remember_proxy(proxy);
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy_for(variables: &[(&str, &str)], url: &str) -> Option<String> {
        let lookup = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        ProxyVariables::read(lookup).find_proxy(&url.parse().unwrap())
    }

    #[test]
    fn proxy_is_described_with_its_variable_and_without_its_password() {
        let api = "https://api.myanimelist.net/v2/x?y=z";
        for (variables, expected) in [
            (&[][..], None),
            (
                &[("HTTPS_PROXY", "http://me:hunter2@10.0.0.1:3128/")],
                Some("the proxy http://10.0.0.1:3128 of HTTPS_PROXY"),
            ),
            (&[("https_proxy", "proxy:3128")], Some("the proxy http://proxy:3128 of https_proxy")),
            (&[("ALL_PROXY", "socks5h://127.0.0.1:1080")], Some("the proxy socks5h://127.0.0.1:1080 of ALL_PROXY")),
            (
                &[("ALL_PROXY", "socks5://127.0.0.1:1080"), ("HTTPS_PROXY", "http://p:1")],
                Some("the proxy http://p:1 of HTTPS_PROXY"),
            ),
            (&[("HTTP_PROXY", "http://p:1")], None),
            (&[("ALL_PROXY", "http://p:1"), ("NO_PROXY", "example.org, .myanimelist.net")], None),
        ] {
            assert_eq!(proxy_for(variables, api).as_deref(), expected, "{variables:?}");
        }
        assert_eq!(
            proxy_for(&[("HTTP_PROXY", "http://p:1")], "http://10.0.0.2/x").unwrap(),
            "the proxy http://p:1 of HTTP_PROXY"
        );
    }
}
