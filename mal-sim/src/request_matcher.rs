//! The requests that a fault rule applies to.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::http_message::{SimRequest, last_value};

/// Selects the requests that a rule applies to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RequestMatcher {
    /// The path; `*` stands for any text. Empty matches every path. Requests to `/_control` never get here: the server answers
    /// them before it looks for a rule.
    pub path: String,
    /// The method; empty matches every method.
    pub method: String,
    /// Parameters that the query or form must have. A null value means that the parameter must be absent.
    pub query: Map<String, Value>,
    /// Headers that the request must have; `*` stands for any text. A null value means that the header must be absent.
    pub headers: Map<String, Value>,
    /// The rule applies from the n-th matching request on, counted from 1. 0 means the same as 1.
    pub nth: u32,
}

impl RequestMatcher {
    /// Returns true if the request matches, `nth` aside.
    pub(crate) fn matches_request(&self, request: &SimRequest) -> bool {
        (self.method.is_empty() || self.method.eq_ignore_ascii_case(&request.method))
            && (self.path.is_empty() || matches_glob(&self.path, &request.path))
            && self.headers.iter().all(|(name, expected)| {
                match (request.header(&name.to_ascii_lowercase()), expected.as_str()) {
                    (sent, None) => sent.is_none(),
                    (sent, Some(pattern)) => sent.is_some_and(|sent| matches_glob(pattern, sent)),
                }
            })
            && self.query.iter().all(|(name, expected)| {
                let sent = request.query_param(name).or_else(|| last_value(request.form_fields(), name));
                match (sent, expected) {
                    (None, Value::Null) => true,
                    (Some(sent), expected) => {
                        let expected_text = expected.to_string();
                        *expected == *sent.as_str() || expected_text == sent
                    }
                    (None, _) => false,
                }
            })
    }
}

/// Returns true if the text matches the pattern, in which `*` stands for any text.
pub(crate) fn matches_glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => text.strip_prefix(head).is_some_and(|rest| {
            (0..=rest.len()).any(|start| rest.is_char_boundary(start) && matches_glob(tail, &rest[start..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn matcher_checks_path_method_query_and_headers() {
        let list_request = SimRequest {
            method: "GET".to_owned(),
            path: "/v2/users/@me/animelist".to_owned(),
            query: "limit=10&offset=5&nsfw=true".to_owned(),
            headers: vec![("user-agent".to_owned(), "App/1.0".to_owned())],
            ..SimRequest::default()
        };
        for (input, expected) in [
            (json!({}), true),
            (json!({"path": "/v2/users/@me/animelist"}), true),
            (json!({"path": "/v2/users/@me"}), false),
            (json!({"path": "/v2/*"}), true),
            (json!({"path": "*animelist"}), true),
            (json!({"path": "/v2/*/animelist*"}), true),
            (json!({"path": "/v1/*"}), false),
            (json!({"method": "get"}), true),
            (json!({"method": "POST"}), false),
            (json!({"query": {"offset": "5"}}), true),
            (json!({"query": {"offset": 5}}), true),
            (json!({"query": {"nsfw": true}}), true),
            (json!({"query": {"offset": "6"}}), false),
            (json!({"query": {"status": null}}), true),
            (json!({"query": {"limit": null}}), false),
            (json!({"query": {"status": "watching"}}), false),
            (json!({"headers": {"User-Agent": "App/*"}}), true),
            (json!({"headers": {"user-agent": "Other*"}}), false),
            (json!({"headers": {"user-agent": null}}), false),
            (json!({"headers": {"x-other": null}}), true),
            (json!({"headers": {"x-other": "*"}}), false),
        ] {
            let matcher: RequestMatcher = serde_json::from_value(input.clone()).unwrap();
            assert_eq!(matcher.matches_request(&list_request), expected, "{input}");
        }
    }
}
