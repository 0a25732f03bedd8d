//! Builder methods for fault rules: `FaultRule::for_path("/v2/*").status(503).times(3)`.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::fault_rule::{ControlCall, FaultPoint, FaultRule, TIMES_FOREVER, Trickle};

/// Which requests the rule applies to.
impl FaultRule {
    /// Creates a rule for one request to a path, in which `*` stands for any text.
    #[must_use]
    pub fn for_path(path: &str) -> Self {
        let mut rule = Self::default();
        path.clone_into(&mut rule.matcher.path);
        rule
    }

    /// Restricts the rule to this method.
    #[must_use]
    pub fn for_method(mut self, method: &str) -> Self {
        method.clone_into(&mut self.matcher.method);
        self
    }

    /// Restricts the rule to requests with this parameter in the query or the form.
    #[must_use]
    pub fn with_param(mut self, name: &str, value: &str) -> Self {
        self.matcher.query.insert(name.to_owned(), Value::from(value));
        self
    }

    /// Restricts the rule to requests with a header that matches the pattern, in which `*` stands for any text.
    #[must_use]
    pub fn with_request_header(mut self, name: &str, pattern: &str) -> Self {
        self.matcher.headers.insert(name.to_owned(), Value::from(pattern));
        self
    }

    /// Applies the rule from the n-th matching request on, counted from 1.
    #[must_use]
    pub fn nth(mut self, n: u32) -> Self {
        self.matcher.nth = n;
        self
    }

    /// Applies the rule to this many requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Applies the rule to all matching requests.
    #[must_use]
    pub fn forever(self) -> Self {
        self.times(TIMES_FOREVER)
    }
}

/// What happens to the request.
impl FaultRule {
    /// Sets the rule's name in the log.
    #[must_use]
    pub fn with_name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Calls the control interface just before the response, such as `("DELETE", "/users/alice/entries/5", null)`.
    #[must_use]
    pub fn with_control_call(mut self, method: &str, path: &str, body: Value) -> Self {
        self.control.push(ControlCall { method: method.to_owned(), path: path.to_owned(), body });
        self
    }

    /// Lets the request take effect even if its response is replaced or lost.
    #[must_use]
    pub fn with_effect(mut self) -> Self {
        self.effect = Some(true);
        self
    }

    /// Delays the effect of the request. The request takes effect even if the client is gone by then.
    #[must_use]
    pub fn delay_effect(mut self, delay: Duration) -> Self {
        self.delay_before_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self
    }

    /// Delays the response, after the request took effect.
    #[must_use]
    pub fn delay_response(mut self, delay: Duration) -> Self {
        self.delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self
    }

    /// Holds the response until the rules are cleared, after the request took effect.
    #[must_use]
    pub fn hold(mut self) -> Self {
        self.hold = true;
        self
    }

    /// Never responds. The request has no effect.
    #[must_use]
    pub fn stall(mut self) -> Self {
        self.stall = Some(FaultPoint::Now(true));
        self
    }

    /// Resets the connection before the first byte. The request has no effect.
    #[must_use]
    pub fn reset(mut self) -> Self {
        self.reset = Some(FaultPoint::Now(true));
        self
    }

    /// Closes the connection without a response. The request has no effect.
    #[must_use]
    pub fn close(mut self) -> Self {
        self.close = Some(FaultPoint::Now(true));
        self
    }
}

/// What is sent as the response.
impl FaultRule {
    /// Responds with this status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Adds a header. Calling it twice with one name sends the header twice.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let values = self.headers.entry(name).or_insert_with(|| json!([]));
        if let Value::Array(list) = values {
            list.push(Value::from(value));
        }
        self
    }

    /// Removes a header.
    #[must_use]
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.insert(name.to_owned(), Value::Null);
        self
    }

    /// Responds with text, which is sent as HTML unless a `content-type` header is set.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.body = Some(Value::from(text));
        self
    }

    /// Responds with JSON.
    #[must_use]
    pub fn json(mut self, value: Value) -> Self {
        // A JSON string in `body` would be sent as text.
        self.body = Some(match value {
            Value::String(_) => json!({"base64": BASE64.encode(value.to_string())}),
            value => value,
        });
        self
    }

    /// Responds with these bytes.
    #[must_use]
    pub fn bytes_body(mut self, bytes: &[u8]) -> Self {
        self.body = Some(json!({"base64": BASE64.encode(bytes)}));
        self
    }

    /// Responds with gzip that decompresses to this many bytes.
    #[must_use]
    pub fn gzip_bomb(mut self, bytes: u64) -> Self {
        self.gzip_bomb_bytes = Some(bytes);
        self
    }

    /// Redirects to this address, with 307 unless a status is set.
    #[must_use]
    pub fn redirect(mut self, location: &str) -> Self {
        self.redirect = Some(location.to_owned());
        self
    }

    /// Sends exactly these bytes instead of a response and closes the connection.
    #[must_use]
    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.raw = Some(BASE64.encode(bytes));
        self
    }
}

/// How the response is sent.
impl FaultRule {
    /// Sends the body in pieces of this many bytes, with a pause between them.
    #[must_use]
    pub fn trickle(mut self, bytes: usize, interval: Duration) -> Self {
        let every_ms = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX);
        self.trickle = Some(Trickle { bytes, every_ms });
        self
    }

    /// Sends the body without announcing its length.
    #[must_use]
    pub fn without_length(mut self) -> Self {
        self.chunked = true;
        self
    }

    /// Stops sending after this many bytes of the response.
    #[must_use]
    pub fn stall_after(mut self, bytes: u64) -> Self {
        self.stall = Some(FaultPoint::Bytes(bytes));
        self
    }

    /// Resets the connection after this many bytes of the response.
    #[must_use]
    pub fn reset_after(mut self, bytes: u64) -> Self {
        self.reset = Some(FaultPoint::Bytes(bytes));
        self
    }

    /// Closes the connection after this many bytes of the response.
    #[must_use]
    pub fn close_after_bytes(mut self, bytes: u64) -> Self {
        self.close = Some(FaultPoint::Bytes(bytes));
        self
    }

    /// Announces the full length and closes the connection after this many bytes of the body.
    #[must_use]
    pub fn close_after_body_bytes(mut self, bytes: u64) -> Self {
        self.cut_after_bytes = Some(bytes);
        self
    }
}
