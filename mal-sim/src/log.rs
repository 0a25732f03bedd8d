//! What was asked, in the order of arrival: every request, also those that a fault kept from being answered.
//! Requests to `/_control` are not written down.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One request.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Logged {
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

impl Logged {
    /// A parameter of the query.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name).and_then(Value::as_str)
    }

    /// A field of the form.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.form.get(name).and_then(Value::as_str)
    }

    /// A header, by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(Value::as_str)
    }
}

/// How many requests are kept; the oldest go first.
const KEPT: usize = 100_000;

/// The log.
#[derive(Debug, Default)]
pub(crate) struct Log {
    rows: VecDeque<Logged>,
    count: u64,
}

impl Log {
    /// Writes a request down and gives its number.
    pub(crate) fn add(&mut self, mut row: Logged) -> u64 {
        self.count += 1;
        row.number = self.count;
        if self.rows.len() >= KEPT {
            self.rows.pop_front();
        }
        self.rows.push_back(row);
        self.count
    }

    /// The request of a number, unless it was cleared meanwhile.
    pub(crate) fn row(&mut self, number: u64) -> Option<&mut Logged> {
        let place = self.rows.binary_search_by_key(&number, |row| row.number).ok()?;
        self.rows.get_mut(place)
    }

    /// All of them.
    pub(crate) fn rows(&self) -> Vec<Logged> {
        self.rows.iter().cloned().collect()
    }

    /// Requests since the start, cleared ones included.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Forgets all; numbers go on.
    pub(crate) fn clear(&mut self) {
        self.rows.clear();
    }
}

/// Pairs as a JSON object; the last of each name counts.
pub(crate) fn object(pairs: Vec<(String, String)>) -> Map<String, Value> {
    pairs.into_iter().map(|(name, value)| (name, Value::String(value))).collect()
}

/// Headers as a JSON object; repeated ones joined.
pub(crate) fn joined(headers: &[(String, String)]) -> Map<String, Value> {
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
    fn numbers_go_on_after_clearing() {
        let mut log = Log::default();
        let first = log.add(Logged::default());
        log.clear();
        let second = log.add(Logged::default());
        assert_eq!((first, second), (1, 2));
        assert!(log.row(1).is_none());
        log.row(2).unwrap().status = Some(200);
        assert_eq!(log.rows()[0].status, Some(200));
        assert_eq!(log.count(), 2);
    }

    #[test]
    fn repeated_headers_are_joined() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let map = joined(&[pair("a", "1"), pair("b", "2"), pair("a", "3")]);
        assert_eq!(Value::Object(map), serde_json::json!({"a": "1, 3", "b": "2"}));
    }
}
