//! Checks the variables that name proxies, which the HTTP library reads. The library
//! silently ignores a value that it cannot use.

use url::Url;

use super::{environment::Environment, error::ConfigError};

/// The variables that name proxies.
const PROXY_VARIABLES: [&str; 6] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"];

/// Returns an error for each variable whose value cannot be a proxy.
pub(super) fn check_proxy_variables(environment: &Environment) -> impl Iterator<Item = ConfigError> {
    let is_invalid =
        |variable: &&str| environment.get_os(variable).is_some_and(|value| !value.to_str().is_some_and(can_be_proxy));
    PROXY_VARIABLES.into_iter().filter(is_invalid).map(|variable| ConfigError::InvalidProxy { variable })
}

/// Returns true for the URL of a proxy. Without a scheme it is an HTTP proxy.
fn can_be_proxy(text: &str) -> bool {
    let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("http://{text}")) };
    let is_known_scheme = |url: &Url| ["http", "https", "socks5", "socks5h"].contains(&url.scheme());
    let has_no_space = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    has_no_space && url.is_ok_and(|url| is_known_scheme(&url) && url.host_str().is_some_and(|host| !host.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_urls_of_proxies_are_accepted() {
        for text in
            ["http://p:3128", "https://me:pw@p", "socks5://127.0.0.1:1080", "socks5h://[::1]:1080/", "p:3128", "p"]
        {
            assert!(can_be_proxy(text), "{text}");
        }
        for text in ["ftp://p", "socks9://p:1", "http://", "socks5://", "http://p:x", "a b", "http://p\r"] {
            assert!(!can_be_proxy(text), "{text}");
        }
        let environment =
            Environment::from_pairs([("ALL_PROXY", "ftp://p"), ("HTTPS_PROXY", "p:1"), ("HTTP_PROXY", "")]);
        let errors: Vec<_> = check_proxy_variables(&environment).collect();
        assert_eq!(errors, [ConfigError::InvalidProxy { variable: "ALL_PROXY" }]);
    }
}
