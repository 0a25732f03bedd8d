//! Scripted faults: rules that change, damage or withhold the responses to matching requests.
//!
//! 1. Rules are tried in order. The first one that matches and has uses left applies.
//! 2. A rule without its own response lets the simulator carry out the request and then damages its response. This separates "the
//!    response was lost" from "the request never arrived".

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use tokio::sync::watch;

use crate::control_error::{ControlError, ControlResult};
use crate::http_message::SimRequest;
use crate::request_matcher::RequestMatcher;

/// Value of `times` for a rule that always applies.
pub const TIMES_FOREVER: u32 = u32::MAX;

/// One scripted fault. Build it with [`FaultRule::for_path`] and the builder methods, or from JSON with the field
/// names.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultRule {
    /// Name in the log. If empty, the log shows the rule's number.
    pub name: String,
    /// The requests that the rule applies to.
    #[serde(rename = "match")]
    pub matcher: RequestMatcher,
    /// Number of requests; 1 by default, [`TIMES_FOREVER`] or `"forever"` for all.
    #[serde(deserialize_with = "deserialize_times")]
    pub times: u32,
    /// Responds with this status; 200 if only a body is given. A status below 200, such as 103, is sent with the rule's
    /// headers before the response.
    pub status: Option<u16>,
    /// Sets headers. A list sends a header several times, null removes it.
    pub headers: Map<String, Value>,
    /// Responds with this body: a string is text, `{"base64": ".."}` is bytes, any other value is JSON.
    pub body: Option<Value>,
    /// Delay before the request takes effect in milliseconds. It takes effect even if the client is gone by then.
    pub delay_before_ms: u64,
    /// Delay before the response in milliseconds, after the request took effect.
    pub delay_ms: u64,
    /// Holds the response until the rules are cleared, after the request took effect.
    pub hold: bool,
    /// Announces the full length, sends this many bytes of the body and closes the connection.
    pub cut_after_bytes: Option<u64>,
    /// Stops responding: `true` at once, a number after this many bytes of the response, head included.
    pub stall: Option<FaultPoint>,
    /// Resets the connection (TCP RST): `true` at once, a number after this many bytes of the response, head included.
    pub reset: Option<FaultPoint>,
    /// Closes the connection: `true` without a response, a number after this many bytes of it, head included.
    pub close: Option<FaultPoint>,
    /// Redirects to this address, with 307 unless `status` is set (MAL throttles with a 307, observed once).
    pub redirect: Option<String>,
    /// Responds with gzip that decompresses to this many bytes.
    pub gzip_bomb_bytes: Option<u64>,
    /// Sends the body in small pieces.
    pub trickle: Option<Trickle>,
    /// Sends the body chunked, without announcing its length.
    pub chunked: bool,
    /// Sends exactly these bytes (base64) instead of a response and closes the connection.
    pub raw: Option<String>,
    /// Whether the request takes effect (a token is issued, an entry is written). By default it does, unless the rule
    /// has its own response or withholds the response from its first byte.
    pub effect: Option<bool>,
    /// Calls to `/_control` made just before the response, such as an edit between two pages.
    pub control: Vec<ControlCall>,
}

/// The point in a response at which a fault starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FaultPoint {
    /// `true`: before the first byte. `false`: never.
    Now(bool),
    /// After this many bytes of the response, head included.
    Bytes(u64),
}

impl FaultPoint {
    /// Returns the number of bytes sent before the fault, or `None` if the fault is off.
    pub(crate) fn byte_count(self) -> Option<u64> {
        match self {
            Self::Now(true) => Some(0),
            Self::Now(false) => None,
            Self::Bytes(bytes) => Some(bytes),
        }
    }
}

/// Sends a body in small pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trickle {
    /// Bytes per piece.
    pub bytes: usize,
    /// Milliseconds between pieces.
    pub every_ms: u64,
}

/// A call to the control interface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlCall {
    /// HTTP method.
    pub method: String,
    /// Path after `/_control`, with an optional query.
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
            delay_before_ms: 0,
            delay_ms: 0,
            hold: false,
            cut_after_bytes: None,
            stall: None,
            reset: None,
            close: None,
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
    /// Returns true if the request takes effect.
    pub(crate) fn takes_effect(&self) -> bool {
        let has_response = self.final_status().is_some() || self.has_body();
        let is_withheld =
            [self.stall, self.reset, self.close].into_iter().flatten().any(|after| after.byte_count() == Some(0));
        self.effect.unwrap_or(!has_response && !is_withheld)
    }

    /// Returns true if the rule has a response of its own besides a status.
    fn has_body(&self) -> bool {
        self.body.is_some() || self.redirect.is_some() || self.gzip_bomb_bytes.is_some() || self.raw.is_some()
    }

    /// Returns the status of an interim response, which is sent before the response.
    pub(crate) fn interim_status(&self) -> Option<u16> {
        self.status.filter(|status| *status < 200)
    }

    /// Returns the status that the rule's own response has.
    pub(crate) fn final_status(&self) -> Option<u16> {
        self.status.filter(|status| *status >= 200)
    }

    /// Returns what is wrong with the rule, or `None` if the rule is valid.
    pub(crate) fn validation_error(&self) -> Option<String> {
        let is_invalid = |text: &str| BASE64.decode(text).is_err();
        if self.raw.as_deref().is_some_and(is_invalid) {
            return Some("raw is not base64".to_owned());
        }
        if let Some(text) = self.base64_body()
            && is_invalid(text)
        {
            return Some("body.base64 is not base64".to_owned());
        }
        if self.status.is_some_and(|status| !(100..=999).contains(&status)) {
            return Some("status is not a number of three digits".to_owned());
        }
        if self.status == Some(101) || (self.interim_status().is_some() && self.has_body()) {
            return Some("a status below 200 precedes the response: it has no body and is not 101; see raw".to_owned());
        }
        (self.trickle.is_some_and(|trickle| trickle.bytes == 0)).then(|| "trickle.bytes must not be 0".to_owned())
    }

    fn base64_body(&self) -> Option<&str> {
        let object = self.body.as_ref()?.as_object()?;
        (object.len() == 1).then(|| object.get("base64")?.as_str()).flatten()
    }

    /// Returns the response body of the rule and its content type.
    pub(crate) fn response_body(&self) -> Option<(Vec<u8>, &'static str)> {
        if let Some(text) = self.base64_body() {
            return Some((decode_base64(text), "application/octet-stream"));
        }
        match self.body.as_ref()? {
            Value::String(text) => Some((text.clone().into_bytes(), "text/html; charset=UTF-8")),
            json => Some((crate::php_encoding::value_to_text(json).into_bytes(), "application/json; charset=UTF-8")),
        }
    }

    /// Returns the decoded bytes of `raw`.
    pub(crate) fn raw_bytes(&self) -> Option<Vec<u8>> {
        self.raw.as_deref().map(decode_base64)
    }

    /// Returns the delay before the request takes effect.
    pub(crate) fn effect_delay(&self) -> Duration {
        Duration::from_millis(self.delay_before_ms)
    }

    /// Returns true if the client never gets a response and the connection ends.
    pub(crate) fn ends_without_response(&self) -> bool {
        [self.reset, self.close].into_iter().flatten().any(|after| after.byte_count() == Some(0))
    }

    /// Returns the delay before the response.
    pub(crate) fn response_delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }
}

fn decode_base64(text: &str) -> Vec<u8> {
    BASE64.decode(text).unwrap_or_default()
}

/// Parses one fault rule or a list of them. Fails if the JSON or a rule is invalid.
pub(crate) fn parse_rules(text: &[u8]) -> ControlResult<Vec<FaultRule>> {
    let invalid = |error: serde_json::Error| ControlError::Invalid(error.to_string());
    let value: Value = serde_json::from_slice(text).map_err(invalid)?;
    let values = match value {
        Value::Array(values) => values,
        value => vec![value],
    };
    let mut rules = Vec::new();
    for value in values {
        let rule: FaultRule = serde_json::from_value(value).map_err(invalid)?;
        if let Some(reason) = rule.validation_error() {
            return Err(ControlError::Invalid(reason));
        }
        rules.push(rule);
    }
    Ok(rules)
}

/// The rules with uses left.
#[derive(Debug, Default)]
pub(crate) struct FaultRules {
    rules: Vec<ActiveRule>,
    added_count: u64,
    clear_count: watch::Sender<u64>,
}

#[derive(Debug)]
struct ActiveRule {
    rule: FaultRule,
    number: u64,
    match_count: u32,
}

impl FaultRules {
    /// Adds a rule after the existing ones.
    pub(crate) fn add_rule(&mut self, rule: FaultRule) {
        self.added_count += 1;
        self.rules.push(ActiveRule { rule, number: self.added_count, match_count: 0 });
    }

    /// Returns the rules with uses left.
    pub(crate) fn active_rules(&self) -> Vec<FaultRule> {
        self.rules.iter().map(|active| active.rule.clone()).collect()
    }

    /// Removes all rules, and releases the responses that rules hold.
    pub(crate) fn clear(&mut self) {
        self.rules.clear();
        self.clear_count.send_modify(|count| *count += 1);
    }

    /// Returns a receiver that is notified when the rules are cleared.
    pub(crate) fn watch_clearing(&self) -> watch::Receiver<u64> {
        self.clear_count.subscribe()
    }

    /// Returns the rule for a request and its name for the log. Uses up one of its `times`.
    pub(crate) fn take_rule(&mut self, request: &SimRequest) -> Option<(FaultRule, String)> {
        let mut found = None;
        for (index, active) in self.rules.iter_mut().enumerate() {
            if !active.rule.matcher.matches_request(request) {
                continue;
            }
            active.match_count = active.match_count.saturating_add(1);
            if found.is_none() && active.rule.times > 0 && active.match_count >= active.rule.matcher.nth {
                found = Some(index);
            }
        }
        let active = self.rules.get_mut(found?)?;
        let name = match active.rule.name.as_str() {
            "" => active.number.to_string(),
            name => name.to_owned(),
        };
        let rule = active.rule.clone();
        if rule.times != TIMES_FOREVER {
            active.rule.times -= 1;
        }
        self.rules.retain(|active| active.rule.times > 0);
        Some((rule, name))
    }
}

fn deserialize_times<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match Value::deserialize(deserializer)? {
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
