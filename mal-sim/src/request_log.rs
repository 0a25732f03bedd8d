//! What was asked, in the order of arrival: every request, also those that a fault kept from being answered.
//! Requests to `/_control` are not written down.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One request.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LoggedRequest {
    /// Counts requests since the start, from 1.
    pub number: u64,
    /// Arrival in milliseconds since the start, by a clock that cannot be set.
    pub at_ms: f64,
    /// Arrival as `2026-01-01T00:00:00.000Z`, by the simulator's clock.
    pub at: String,
    /// In capitals.
    pub method: String,
    /// As sent.
    pub path: String,
    /// As sent, without the question mark.
    pub query: String,
    /// The query's parameters, decoded; the last of each name.
    pub params: Map<String, Value>,
    /// Names in lower case; values of a repeated name joined by `, `.
    pub headers: Map<String, Value>,
    /// The fields of a form-encoded body; the last of each name.
    pub form: Map<String, Value>,
    /// Any other body, as text.
    pub body: String,
    /// Whose access token was sent, also where it is no longer valid.
    pub user: Option<String>,
    /// The status answered; absent where nothing was, and until then.
    pub status: Option<u16>,
    /// The name, or else the number, of the fault rule that was applied.
    pub fault: Option<String>,
}

impl LoggedRequest {
    /// A parameter of the query.
    #[must_use]
    pub fn query_param(&self, name: &str) -> Option<&str> {
        self.params.get(name).and_then(Value::as_str)
    }

    /// A field of the form.
    #[must_use]
    pub fn form_field(&self, name: &str) -> Option<&str> {
        self.form.get(name).and_then(Value::as_str)
    }

    /// A header, by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(Value::as_str)
    }
}

/// How many requests are kept; the oldest go first.
const MAX_LOGGED_REQUESTS: usize = 100_000;

/// The log.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    requests: VecDeque<LoggedRequest>,
    total_count: u64,
}

impl RequestLog {
    /// Writes a request down and gives its number.
    pub(crate) fn append(&mut self, mut row: LoggedRequest) -> u64 {
        self.total_count += 1;
        row.number = self.total_count;
        if self.requests.len() >= MAX_LOGGED_REQUESTS {
            self.requests.pop_front();
        }
        self.requests.push_back(row);
        self.total_count
    }

    /// The request of a number, unless it was cleared meanwhile.
    pub(crate) fn request_mut(&mut self, number: u64) -> Option<&mut LoggedRequest> {
        let place = self.requests.binary_search_by_key(&number, |row| row.number).ok()?;
        self.requests.get_mut(place)
    }

    /// All of them.
    pub(crate) fn to_vec(&self) -> Vec<LoggedRequest> {
        self.requests.iter().cloned().collect()
    }

    /// Requests since the start, cleared ones included.
    pub(crate) fn total_count(&self) -> u64 {
        self.total_count
    }

    /// Forgets all; numbers go on.
    pub(crate) fn clear(&mut self) {
        self.requests.clear();
    }
}

/// Pairs as a JSON object; the last of each name counts.
pub(crate) fn pairs_to_json(pairs: Vec<(String, String)>) -> Map<String, Value> {
    pairs.into_iter().map(|(name, value)| (name, Value::String(value))).collect()
}

/// Headers as a JSON object; repeated ones joined.
pub(crate) fn headers_to_json(headers: &[(String, String)]) -> Map<String, Value> {
    let mut map = Map::new();
    for (name, value) in headers {
        match map.get_mut(name) {
            Some(Value::String(known)) => {
                known.push_str(", ");
                known.push_str(value);
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
