//! What a fault rule makes of a response: its own response, changed headers, and the plan for the byte stream.

use hyper::StatusCode;
use hyper::body::Bytes;
use serde_json::Value;

use crate::fault_rule::{FaultPoint, FaultRule};
use crate::fault_stream::{ByteLimit, LimitAction, ResponsePlan};
use crate::gzip_encoder;
use crate::http_message::SimResponse;

/// Returns the rule's own response, or `None` if it has none.
pub(crate) fn rule_response(rule: &FaultRule) -> Option<SimResponse> {
    let status = rule.final_status();
    if let Some(size) = rule.gzip_bomb_bytes {
        let bomb = gzip_encoder::build_bomb(size);
        return Some(SimResponse::json(status.unwrap_or(200), bomb).with_header("content-encoding", "gzip"));
    }
    if let Some(location) = &rule.redirect {
        let mut sim_response = SimResponse::redirect(location);
        sim_response.status = status.unwrap_or(307);
        return Some(sim_response);
    }
    match (rule.response_body(), status) {
        (Some((bytes, content_type)), status) => {
            Some(SimResponse::with_content_type(status.unwrap_or(200), content_type, bytes))
        }
        (None, Some(status)) => Some(SimResponse::html(status, "")),
        // A raw rule has a response of its own, whose bytes the stream sends in place of this one.
        (None, None) => rule.raw.is_some().then(|| SimResponse::html(200, "")),
    }
}

/// Returns how the bytes of the response are sent.
pub(crate) fn plan_from_rule(rule: &FaultRule) -> ResponsePlan {
    let points = [(rule.reset, LimitAction::Reset), (rule.stall, LimitAction::Stall), (rule.close, LimitAction::Close)];
    let response_limit = points
        .into_iter()
        .find_map(|(point, action)| Some((ByteLimit::Response(point.and_then(FaultPoint::byte_count)?), action)));
    let body_limit = rule.cut_after_bytes.map(|bytes| (ByteLimit::Body(bytes), LimitAction::Close));
    let (limit, at_limit) = response_limit.or(body_limit).unzip();
    let at_limit = at_limit.unwrap_or_default();
    let interim = rule.interim_status().map(|status| interim_response(status, rule));
    ResponsePlan { limit, at_limit, interim, raw: rule.raw_bytes().map(Bytes::from) }
}

/// Returns the bytes of an interim response with the rule's headers.
fn interim_response(status: u16, rule: &FaultRule) -> Bytes {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    // A status that has no reason phrase gets that of 103.
    let mut text = format!("HTTP/1.1 {status} {}\r\n", reason.unwrap_or("Early Hints"));
    for (name, value) in &rule.headers {
        for value in header_texts(value) {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    text.push_str("\r\n");
    text.into()
}

/// Sets and removes headers as the rule says. If the rule sends an interim (1xx) response, they are in that one, and the
/// final response keeps its own.
pub(crate) fn apply_header_changes(sim_response: &mut SimResponse, rule: &FaultRule) {
    if rule.interim_status().is_some() {
        return;
    }
    for (name, value) in &rule.headers {
        let name = name.to_ascii_lowercase();
        sim_response.headers.retain(|(existing, _)| *existing != name);
        for text in header_texts(value) {
            sim_response.headers.push((name.clone(), text));
        }
        sim_response.omits_date |= value.is_null() && name == "date";
    }
}

/// Returns the texts of a header: one for each item of a list, none for null.
fn header_texts(value: &Value) -> Vec<String> {
    let values = match value {
        Value::Array(values) => values.as_slice(),
        Value::Null => &[],
        value => std::slice::from_ref(value),
    };
    values.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect()
}
