//! The log of all requests in order of arrival, including those that got no response because of a fault. Requests to
//! `/_control` are not logged.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A logged request.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LoggedRequest {
    /// Number of the request since the start, from 1.
    pub number: u64,
    /// Arrival in milliseconds since the start, by the monotonic clock.
    pub at_ms: f64,
    /// Arrival as `2026-01-01T00:00:00.000Z`, by the simulator's clock.
    pub at: String,
    /// HTTP method in upper case.
    pub method: String,
    /// Path as sent.
    pub path: String,
    /// Query as sent, without the question mark.
    pub query: String,
    /// Decoded query parameters; the last one of each name.
    pub params: Map<String, Value>,
    /// Headers with names in lower case; repeated headers are joined by `, `.
    pub headers: Map<String, Value>,
    /// Fields of a form-encoded body; the last one of each name.
    pub form: Map<String, Value>,
    /// The same fields in the order sent, with repeated ones.
    pub form_pairs: Vec<(String, String)>,
    /// Any other body, as text.
    pub body: String,
    /// User of the access token, even if it is no longer valid.
    pub user: Option<String>,
    /// Status of the response; absent if there is none (yet).
    pub status: Option<u16>,
    /// Status of MAL's own response, even if a fault rule replaced or lost it; absent if the rule kept the request from
    /// taking effect (or has until now). A write was taken exactly if this is 200.
    pub mal_status: Option<u16>,
    /// Name of the fault rule that applied, or its number if it has no name.
    pub fault: Option<String>,
}

impl LoggedRequest {
    /// Returns the id of the anime whose list status the request writes or deletes, or `None` for other requests.
    #[must_use]
    pub fn written_anime_id(&self) -> Option<u64> {
        let is_write = matches!(self.method.as_str(), "PATCH" | "PUT" | "DELETE");
        let id = self.path.strip_prefix("/v2/anime/")?.strip_suffix("/my_list_status")?;
        id.parse().ok().filter(|_| is_write)
    }

    /// Returns a query parameter.
    #[must_use]
    pub fn query_param(&self, name: &str) -> Option<&str> {
        self.params.get(name).and_then(Value::as_str)
    }

    /// Returns a form field.
    #[must_use]
    pub fn form_field(&self, name: &str) -> Option<&str> {
        self.form.get(name).and_then(Value::as_str)
    }

    /// Returns a header by its lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(Value::as_str)
    }
}

/// Limit of logged requests. The oldest are dropped.
const MAX_LOGGED_REQUESTS: usize = 100_000;

/// The request log.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    requests: VecDeque<LoggedRequest>,
    total_count: u64,
}

impl RequestLog {
    /// Appends a request. Returns its number.
    pub(crate) fn append(&mut self, mut request: LoggedRequest) -> u64 {
        self.total_count += 1;
        request.number = self.total_count;
        if self.requests.len() >= MAX_LOGGED_REQUESTS {
            self.requests.pop_front();
        }
        self.requests.push_back(request);
        self.total_count
    }

    /// Returns the request with this number, or `None` if it was cleared or dropped as one of the oldest.
    pub(crate) fn request_mut(&mut self, number: u64) -> Option<&mut LoggedRequest> {
        let index = self.requests.binary_search_by_key(&number, |request| request.number).ok()?;
        self.requests.get_mut(index)
    }

    /// Returns a copy of all logged requests.
    pub(crate) fn to_vec(&self) -> Vec<LoggedRequest> {
        self.requests.iter().cloned().collect()
    }

    /// Returns the number of requests since the start, cleared ones included.
    pub(crate) fn total_count(&self) -> u64 {
        self.total_count
    }

    /// Removes all requests. Numbering continues.
    pub(crate) fn clear(&mut self) {
        self.requests.clear();
    }
}

/// Returns pairs as a JSON object. The last value of each name counts.
pub(crate) fn pairs_to_json(pairs: Vec<(String, String)>) -> Map<String, Value> {
    pairs.into_iter().map(|(name, value)| (name, Value::String(value))).collect()
}

/// Returns headers as a JSON object. Repeated headers are joined.
pub(crate) fn headers_to_json(headers: &[(String, String)]) -> Map<String, Value> {
    let mut map = Map::new();
    for (name, value) in headers {
        match map.get_mut(name) {
            Some(Value::String(joined)) => {
                joined.push_str(", ");
                joined.push_str(value);
            }
            _ => {
                map.insert(name.clone(), Value::String(value.clone()));
            }
        }
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_continue_after_clear() {
        let mut log = RequestLog::default();
        let first = log.append(LoggedRequest::default());
        log.clear();
        let second = log.append(LoggedRequest::default());
        assert_eq!((first, second), (1, 2));
        assert!(log.request_mut(1).is_none());
        log.request_mut(2).unwrap().status = Some(200);
        assert_eq!(log.to_vec()[0].status, Some(200));
        assert_eq!(log.total_count(), 2);
    }

    #[test]
    fn repeated_headers_are_joined() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let map = headers_to_json(&[pair("a", "1"), pair("b", "2"), pair("a", "3")]);
        assert_eq!(Value::Object(map), serde_json::json!({"a": "1, 3", "b": "2"}));
    }
}
