//! The sentences in which tests write their faults: `Rule::on("/v2/*").status(503).times(3)`.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::fault_rule::{ControlCall, FaultPoint, FaultRule, TIMES_FOREVER, Trickle};

impl FaultRule {
    /// A rule for one request to a path, in which `*` stands for any text.
    #[must_use]
    pub fn for_path(path: &str) -> Self {
        let mut rule = Self::default();
        path.clone_into(&mut rule.matcher.path);
        rule
    }

    /// Names the rule in the log.
    #[must_use]
    pub fn with_name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Only requests of this method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        method.clone_into(&mut self.matcher.method);
        self
    }

    /// Only requests with this parameter in the query or the form.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.matcher.query.insert(name.to_owned(), Value::from(value));
        self
    }

    /// Begins with the n-th matching request, counted from 1.
    #[must_use]
    pub fn nth(mut self, n: u32) -> Self {
        self.matcher.nth = n;
        self
    }

    /// For so many requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// For all requests from then on.
    #[must_use]
    pub fn forever(self) -> Self {
        self.times(TIMES_FOREVER)
    }

    /// Answers with a status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Sets a header; called twice with a name, sends it twice.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let known = self.headers.entry(name).or_insert_with(|| json!([]));
        if let Value::Array(values) = known {
            values.push(Value::from(value));
        }
        self
    }

    /// Takes a header away.
    #[must_use]
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.insert(name.to_owned(), Value::Null);
        self
    }

    /// Answers with text; it counts as HTML unless a `content-type` is set.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.body = Some(Value::from(text));
        self
    }

    /// Answers with JSON.
    #[must_use]
    pub fn json(mut self, value: Value) -> Self {
        // A JSON string must not be taken for text.
        self.body = Some(match value {
            Value::String(_) => json!({"base64": BASE64.encode(value.to_string())}),
            value => value,
        });
        self
    }

    /// Answers with any bytes.
    #[must_use]
    pub fn bytes_body(mut self, bytes: &[u8]) -> Self {
        self.body = Some(json!({"base64": BASE64.encode(bytes)}));
        self
    }

    /// Waits before the answer.
    #[must_use]
    pub fn delay(mut self, wait: Duration) -> Self {
        self.delay_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        self
    }

    /// Closes the connection after so many bytes of the announced body.
    #[must_use]
    pub fn cut_after(mut self, bytes: u64) -> Self {
        self.cut_after_bytes = Some(bytes);
        self
    }

    /// Never answers, and the request has no effect.
    #[must_use]
    pub fn stall(mut self) -> Self {
        self.stall = Some(FaultPoint::Now(true));
        self
    }

    /// Goes silent after so many bytes of the answer.
    #[must_use]
    pub fn stall_after(mut self, bytes: u64) -> Self {
        self.stall = Some(FaultPoint::Bytes(bytes));
        self
    }

    /// Resets the connection before the first byte, and the request has no effect.
    #[must_use]
    pub fn reset(mut self) -> Self {
        self.reset = Some(FaultPoint::Now(true));
        self
    }

    /// Resets the connection after so many bytes of the answer.
    #[must_use]
    pub fn reset_after(mut self, bytes: u64) -> Self {
        self.reset = Some(FaultPoint::Bytes(bytes));
        self
    }

    /// The request takes effect, whatever becomes of the answer.
    #[must_use]
    pub fn with_effect(mut self) -> Self {
        self.effect = Some(true);
        self
    }

    /// Redirects, with 307 unless a status is set.
    #[must_use]
    pub fn redirect(mut self, to: &str) -> Self {
        self.redirect = Some(to.to_owned());
        self
    }

    /// Answers with gzip that opens to so many bytes.
    #[must_use]
    pub fn gzip_bomb(mut self, bytes: u64) -> Self {
        self.gzip_bomb_bytes = Some(bytes);
        self
    }

    /// Sends the body in pieces.
    #[must_use]
    pub fn trickle(mut self, bytes: usize, every: Duration) -> Self {
        let every_ms = u64::try_from(every.as_millis()).unwrap_or(u64::MAX);
        self.trickle = Some(Trickle { bytes, every_ms });
        self
    }

    /// Sends the body without announcing its length.
    #[must_use]
    pub fn without_length(mut self) -> Self {
        self.chunked = true;
        self
    }

    /// Writes exactly these bytes to the connection and closes it.
    #[must_use]
    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.raw = Some(BASE64.encode(bytes));
        self
    }

    /// Calls the control interface just before the answer, such as `("DELETE", "/users/alice/entries/5", null)`.
    #[must_use]
    pub fn with_control_call(mut self, method: &str, path: &str, body: Value) -> Self {
        self.control.push(ControlCall { method: method.to_owned(), path: path.to_owned(), body });
        self
    }
}
