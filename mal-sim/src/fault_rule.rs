//! Scripted faults: rules that change, spoil or withhold the answers to the next matching requests.
//!
//! Rules are tried in the order given; the first that matches and has times left is used. A rule without an answer
//! of its own lets the request take effect and then spoils MAL's answer, so that "the answer got lost" can be told
//! from "the request never arrived".

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::http_message::SimRequest;

/// For ever, as a number of times.
pub const TIMES_FOREVER: u32 = u32::MAX;

/// One scripted fault. Build it with [`Rule::on`] and the methods after it, or from JSON with the same names.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultRule {
    /// Shown in the log; the rule's number where empty.
    pub name: String,
    /// Which requests.
    #[serde(rename = "match")]
    pub matcher: RequestMatcher,
    /// How many of them; 1 by default, [`FOREVER`] or `"forever"` for all.
    #[serde(deserialize_with = "times")]
    pub times: u32,
    /// Answers with this status; 200 where only a body is given.
    pub status: Option<u16>,
    /// Sets headers; a list sets one several times, null takes one away.
    pub headers: Map<String, Value>,
    /// Answers with this body: a string is text, `{"base64": ".."}` bytes, anything else JSON.
    pub body: Option<Value>,
    /// Waits before answering, in milliseconds.
    pub delay_ms: u64,
    /// Announces the whole body, sends this many bytes of it and closes the connection.
    pub cut_after_bytes: Option<u64>,
    /// Never answers; with a number: after so many bytes of the answer, head included.
    pub stall: Option<FaultPoint>,
    /// Resets the connection (TCP RST); with a number: after so many bytes of the answer, head included.
    pub reset: Option<FaultPoint>,
    /// Redirects there, with 307 unless `status` says otherwise (MAL's throttling is a 307, seen once).
    pub redirect: Option<String>,
    /// Answers with gzip that opens to so many bytes.
    pub gzip_bomb_bytes: Option<u64>,
    /// Sends the body in small pieces.
    pub trickle: Option<Trickle>,
    /// Sends the body chunked, without announcing its length.
    pub chunked: bool,
    /// Writes exactly these bytes (base64) in place of any answer and closes the connection.
    pub raw: Option<String>,
    /// Whether the request takes effect (a token is issued, an entry written). By default it does unless the rule
    /// has an answer of its own, stalls or resets.
    pub effect: Option<bool>,
    /// Calls to `/_control` made just before the answer, such as an edit between two pages.
    pub control: Vec<ControlCall>,
}

/// Which requests a rule is for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RequestMatcher {
    /// The path; `*` stands for any text. Empty matches all but `/_control`.
    pub path: String,
    /// The method; empty matches all.
    pub method: String,
    /// Parameters that the query or form must have; a null value: must not have.
    pub query: Map<String, Value>,
    /// Counts matching requests from 1 and begins with this one; 0 and 1 begin at once.
    pub nth: u32,
}

/// At once, or after some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FaultPoint {
    /// `true`: before the first byte. `false`: never.
    Now(bool),
    /// After so many bytes of the answer, head included.
    Bytes(u64),
}

impl FaultPoint {
    /// The number of bytes that still go out; `None` where the fault is switched off.
    pub(crate) fn byte_count(self) -> Option<u64> {
        match self {
            Self::Now(true) => Some(0),
            Self::Now(false) => None,
            Self::Bytes(bytes) => Some(bytes),
        }
    }
}

/// A body sent in small pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trickle {
    /// Bytes in a piece.
    pub bytes: usize,
    /// Milliseconds between pieces.
    pub every_ms: u64,
}

/// A call to the control interface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlCall {
    /// In capitals.
    pub method: String,
    /// After `/_control`, with the query if there is one.
    pub path: String,
    /// The JSON body.
    #[serde(default)]
    pub body: Value,
}

impl Default for FaultRule {
    fn default() -> Self {
        Self {
            name: String::new(),
            matcher: RequestMatcher::default(),
            times: 1,
            status: None,
            headers: Map::new(),
            body: None,
            delay_ms: 0,
            cut_after_bytes: None,
            stall: None,
            reset: None,
            redirect: None,
            gzip_bomb_bytes: None,
            trickle: None,
            chunked: false,
            raw: None,
            effect: None,
            control: Vec::new(),
        }
    }
}

impl FaultRule {
    /// Whether the request takes effect.
    pub(crate) fn takes_effect(&self) -> bool {
        let own = self.status.is_some()
            || self.body.is_some()
            || self.redirect.is_some()
            || self.gzip_bomb_bytes.is_some()
            || self.raw.is_some();
        let withheld = [self.stall, self.reset].into_iter().flatten().any(|after| after.byte_count() == Some(0));
        self.effect.unwrap_or(!own && !withheld)
    }

    /// What is wrong with the rule, if anything.
    pub(crate) fn validation_error(&self) -> Option<String> {
        let base64 = |text: &str| BASE64.decode(text).is_err();
        if self.raw.as_deref().is_some_and(base64) {
            return Some("raw is not base64".to_owned());
        }
        if let Some(text) = self.base64_body()
            && base64(text)
        {
            return Some("body.base64 is not base64".to_owned());
        }
        if self.status.is_some_and(|status| !(100..=999).contains(&status)) {
            return Some("status is not a number of three digits".to_owned());
        }
        (self.trickle.is_some_and(|trickle| trickle.bytes == 0)).then(|| "trickle.bytes must not be 0".to_owned())
    }

    fn base64_body(&self) -> Option<&str> {
        let object = self.body.as_ref()?.as_object()?;
        (object.len() == 1).then(|| object.get("base64")?.as_str()).flatten()
    }

    /// The bytes of the body and their content type.
    pub(crate) fn response_body(&self) -> Option<(Vec<u8>, &'static str)> {
        if let Some(text) = self.base64_body() {
            return Some((decode_base64(text), "application/octet-stream"));
        }
        match self.body.as_ref()? {
            Value::String(text) => Some((text.clone().into_bytes(), "text/html; charset=UTF-8")),
            json => Some((crate::php_json::value_to_text(json).into_bytes(), "application/json; charset=UTF-8")),
        }
    }

    /// The bytes of `raw`.
    pub(crate) fn raw_bytes(&self) -> Option<Vec<u8>> {
        self.raw.as_deref().map(decode_base64)
    }

    /// The wait before the answer.
    pub(crate) fn response_delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }
}

fn decode_base64(text: &str) -> Vec<u8> {
    BASE64.decode(text).unwrap_or_default()
}

/// The rules still in force.
#[derive(Debug, Default)]
pub(crate) struct FaultRules {
    rules: Vec<ActiveRule>,
    added_count: u64,
}

#[derive(Debug)]
struct ActiveRule {
    rule: FaultRule,
    number: u64,
    match_count: u32,
}

impl FaultRules {
    /// Adds a rule after the others.
    pub(crate) fn add_rule(&mut self, rule: FaultRule) {
        self.added_count += 1;
        self.rules.push(ActiveRule { rule, number: self.added_count, match_count: 0 });
    }

    /// The rules with times left.
    pub(crate) fn active_rules(&self) -> Vec<FaultRule> {
        self.rules.iter().map(|armed| armed.rule.clone()).collect()
    }

    /// Drops all rules.
    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// The rule for a request, with the name for the log; it has one time less then.
    pub(crate) fn take_rule(&mut self, request: &SimRequest) -> Option<(FaultRule, String)> {
        let mut found = None;
        for (place, armed) in self.rules.iter_mut().enumerate() {
            if !armed.rule.matcher.matches_request(request) {
                continue;
            }
            armed.match_count = armed.match_count.saturating_add(1);
            if found.is_none() && armed.rule.times > 0 && armed.match_count >= armed.rule.matcher.nth {
                found = Some(place);
            }
        }
        let armed = self.rules.get_mut(found?)?;
        let name = match armed.rule.name.as_str() {
            "" => armed.number.to_string(),
            name => name.to_owned(),
        };
        let rule = armed.rule.clone();
        if rule.times != TIMES_FOREVER {
            armed.rule.times -= 1;
        }
        self.rules.retain(|armed| armed.rule.times > 0);
        Some((rule, name))
    }
}

impl RequestMatcher {
    fn matches_request(&self, request: &SimRequest) -> bool {
        (self.method.is_empty() || self.method.eq_ignore_ascii_case(&request.method))
            && (self.path.is_empty() || matches_glob(&self.path, &request.path))
            && self.query.iter().all(|(name, wanted)| {
                let sent =
                    request.query_param(name).or_else(|| crate::http_message::last_value(request.form_fields(), name));
                match (sent, wanted) {
                    (None, Value::Null) => true,
                    (Some(sent), wanted) => {
                        let written = wanted.to_string();
                        *wanted == *sent.as_str() || written == sent
                    }
                    (None, _) => false,
                }
            })
    }
}

/// Whether a text has the form of a pattern in which `*` stands for any text.
fn matches_glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => text.strip_prefix(head).is_some_and(|rest| {
            (0..=rest.len()).any(|at| rest.is_char_boundary(at) && matches_glob(tail, &rest[at..]))
        }),
    }
}

fn times<'de, D: Deserializer<'de>>(input: D) -> Result<u32, D::Error> {
    match Value::deserialize(input)? {
        Value::String(word) if word == "forever" => Ok(TIMES_FOREVER),
        value => value
            .as_u64()
            .and_then(|number| u32::try_from(number).ok())
            .ok_or_else(|| serde::de::Error::custom("times is a number or \"forever\"")),
    }
}

#[cfg(test)]
#[path = "fault_rule_tests.rs"]
mod tests;
