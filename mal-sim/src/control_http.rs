//! `/_control`: the operations of [`crate::SimControl`] for tests in another process. Documented in the README.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::control_error::{ControlError, ControlResult};
use crate::entry_patch::EntryPatch;
use crate::fault_rule::{self, ControlCall};
use crate::http_message::{SimRequest, SimResponse};
use crate::request_matcher::matches_glob;
use crate::sim_config::{DeleteAbsent, OverLimit, SimConfig, parse_duration};
use crate::state::SimState;
use crate::{list_dump, test_operations};

/// Returns true if the path belongs to the control interface.
pub(crate) fn is_control_path(path: &str) -> bool {
    path == "/_control" || path.starts_with("/_control/")
}

/// Runs the control call that a fault rule makes when it applies. Ignores the response.
pub(crate) fn run_control_call(state: &mut SimState, call: &ControlCall) {
    let (path, query) = call.path.split_once('?').unwrap_or((&call.path, ""));
    let body = if call.body.is_null() { String::new() } else { call.body.to_string() };
    let request = SimRequest {
        method: call.method.to_ascii_uppercase(),
        path: format!("/_control/{}", path.trim_start_matches('/')),
        query: query.to_owned(),
        body: body.into(),
        ..SimRequest::default()
    };
    let _ = handle_control_request(state, &request);
}

/// Handles a control request.
pub(crate) fn handle_control_request(state: &mut SimState, request: &SimRequest) -> SimResponse {
    let segments = request.path_segments();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let result = match (request.method.as_str(), &path[1..]) {
        ("GET", []) => Ok(test_operations::state_json(state)),
        (_, ["users", rest @ ..]) => handle_users(state, request, rest),
        (_, ["tokens", rest @ ..]) => handle_tokens(state, request, rest),
        (_, ["faults" | "log", ..]) => handle_faults_and_log(state, request, path[1]),
        ("POST", ["consent"]) => handle_consent(state, request),
        ("POST", ["clock"]) => handle_clock(state, request),
        ("PATCH", ["config"]) => handle_config(state, request),
        _ => Err(ControlError::UnknownPath),
    };
    match result {
        Ok(value) => SimResponse::json(200, value.to_string()),
        Err(error @ (ControlError::UnknownUser(_) | ControlError::UnknownPath)) => {
            SimResponse::json_strings(404, &[("error", &error.to_string())])
        }
        Err(ControlError::Invalid(reason)) => SimResponse::json_strings(400, &[("error", &reason)]),
    }
}

fn invalid_request_error(reason: impl std::fmt::Display) -> ControlError {
    ControlError::Invalid(reason.to_string())
}

fn parse_body<T: DeserializeOwned>(request: &SimRequest) -> ControlResult<T> {
    let text: &[u8] = if request.body.is_empty() { b"{}" } else { &request.body };
    serde_json::from_slice(text).map_err(invalid_request_error)
}

fn parse_number<T: std::str::FromStr>(text: &str) -> ControlResult<T> {
    text.parse().map_err(|_| invalid_request_error(format!("\"{text}\" is not a number")))
}

fn ok_json() -> Value {
    json!({"ok": true})
}

fn handle_users(state: &mut SimState, request: &SimRequest, path: &[&str]) -> ControlResult<Value> {
    match (request.method.as_str(), path) {
        ("POST", []) => {
            let body: Map<String, Value> = parse_body(request)?;
            let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
            test_operations::add_user(state, name, parse_entry_count(body.get("entries"))?)?;
            Ok(ok_json())
        }
        ("GET", [user, "entries"]) => Ok(json!(test_operations::entry_ids(state, user)?)),
        (_, [user, "entries", id]) => handle_entry(state, request, user, parse_number(id)?),
        ("GET", [user, "list"]) => {
            serde_json::to_value(list_dump::dump_list(state, user)?).map_err(invalid_request_error)
        }
        ("PUT", [user, "list"]) => {
            let body: Map<String, Value> = parse_body(request)?;
            test_operations::resize_list(state, user, parse_entry_count(body.get("entries"))?)?;
            Ok(ok_json())
        }
        ("DELETE", [user, "list"]) => test_operations::clear_list(state, user).map(|()| ok_json()),
        ("POST", [user, "list", action @ ("edit" | "remove")]) => {
            let body: Map<String, Value> = parse_body(request)?;
            let count = parse_entry_count(body.get("count"))?;
            let ids = match *action {
                "edit" => test_operations::edit_entries(state, user, count)?,
                _ => test_operations::remove_entries(state, user, count)?,
            };
            Ok(json!({"ids": ids}))
        }
        ("PUT", [user, "statistics"]) => {
            test_operations::set_statistics(state, user, parse_body(request)?)?;
            Ok(ok_json())
        }
        ("DELETE", [user, "statistics"]) => {
            test_operations::set_statistics(state, user, Map::new())?;
            Ok(ok_json())
        }
        _ => Err(ControlError::UnknownPath),
    }
}

fn parse_entry_count(value: Option<&Value>) -> ControlResult<usize> {
    let number = value.map_or(Some(0), Value::as_u64);
    let number = number.and_then(|number| usize::try_from(number).ok());
    number.ok_or_else(|| invalid_request_error("a number of entries is expected"))
}

fn handle_entry(state: &mut SimState, request: &SimRequest, user: &str, id: u64) -> ControlResult<Value> {
    match request.method.as_str() {
        "GET" => Ok(test_operations::entry_json(state, user, id)?.unwrap_or(Value::Null)),
        "PUT" if request.query_param("raw").as_deref() == Some("text") => {
            let text = std::str::from_utf8(&request.body).map_err(invalid_request_error)?;
            test_operations::put_entry_text(state, user, id, text).map(|()| ok_json())
        }
        "PUT" => {
            let value: Value = serde_json::from_slice(&request.body).map_err(invalid_request_error)?;
            test_operations::put_entry(state, user, id, &value).map(|()| ok_json())
        }
        "PATCH" => {
            let patch: EntryPatch = parse_body(request)?;
            test_operations::patch_entry(state, user, id, patch).map(|()| ok_json())
        }
        "DELETE" => Ok(json!({"removed": test_operations::delete_entry(state, user, id)?})),
        _ => Err(invalid_request_error("GET, PUT, PATCH or DELETE is expected")),
    }
}

fn handle_tokens(state: &mut SimState, request: &SimRequest, path: &[&str]) -> ControlResult<Value> {
    match (request.method.as_str(), path) {
        ("GET", []) => Ok(test_operations::tokens_json(state)),
        ("POST", []) => {
            let issued = test_operations::issue_tokens(state, &parse_body(request)?)?;
            serde_json::to_value(issued).map_err(invalid_request_error)
        }
        ("POST", [action @ ("expire" | "revoke")]) => {
            let count = test_operations::invalidate_tokens(state, &parse_body(request)?, *action == "revoke")?;
            Ok(json!({"tokens": count}))
        }
        _ => Err(ControlError::UnknownPath),
    }
}

fn handle_faults_and_log(state: &mut SimState, request: &SimRequest, resource: &str) -> ControlResult<Value> {
    match (request.method.as_str(), resource) {
        ("GET", "faults") => serde_json::to_value(state.fault_rules.active_rules()).map_err(invalid_request_error),
        ("POST", "faults") => {
            for rule in fault_rule::parse_rules(&request.body)? {
                state.fault_rules.add_rule(rule);
            }
            Ok(ok_json())
        }
        ("DELETE", "faults") => {
            state.fault_rules.clear();
            Ok(ok_json())
        }
        ("GET", "log") => {
            let (method, path) = (request.query_param("method"), request.query_param("path"));
            let mut logged = state.request_log.to_vec();
            logged.retain(|request| {
                method.as_deref().is_none_or(|method| method.eq_ignore_ascii_case(&request.method))
                    && path.as_deref().is_none_or(|path| matches_glob(path, &request.path))
            });
            serde_json::to_value(logged).map_err(invalid_request_error)
        }
        ("DELETE", "log") => {
            state.request_log.clear();
            Ok(ok_json())
        }
        _ => Err(invalid_request_error("GET, POST or DELETE is expected")),
    }
}

fn handle_consent(state: &mut SimState, request: &SimRequest) -> ControlResult<Value> {
    let body: Map<String, Value> = parse_body(request)?;
    for (key, value) in &body {
        match (key.as_str(), value) {
            ("auto", Value::Bool(auto)) => state.consent.is_automatic = *auto,
            ("user", Value::String(user)) => test_operations::set_consenting_user(state, user)?,
            ("deny_next", value) if value.is_u64() => {
                state.consent.denials_left = parse_number(&value.to_string())?;
            }
            _ => return Err(invalid_request_error(format!("{key} cannot be set to this value"))),
        }
    }
    Ok(ok_json())
}

fn handle_clock(state: &mut SimState, request: &SimRequest) -> ControlResult<Value> {
    let body: Map<String, Value> = parse_body(request)?;
    let duration = match body.get("advance") {
        Some(Value::String(text)) => parse_duration(text),
        Some(number) => parse_duration(&number.to_string()),
        None => Err("\"advance\" is expected".to_owned()),
    };
    state.clock.advance(duration.map_err(invalid_request_error)?);
    Ok(ok_json())
}

fn handle_config(state: &mut SimState, request: &SimRequest) -> ControlResult<Value> {
    let body: Map<String, Value> = parse_body(request)?;
    let mut config = state.config.clone();
    for (key, value) in &body {
        set_config_key(&mut config, key, value)
            .ok_or_else(|| invalid_request_error(format!("{key} cannot be set to this value")))?;
    }
    state.set_config(config);
    Ok(ok_json())
}

fn set_config_key(config: &mut SimConfig, key: &str, value: &Value) -> Option<()> {
    let text = || match value {
        Value::Null => Some(None),
        Value::String(text) => Some(Some(text.clone())),
        _ => None,
    };
    let duration = || {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        parse_duration(&text).ok()
    };
    match key {
        "client_id" => config.client_id = text()?,
        "client_secret" => config.client_secret = text()?,
        "redirects" => {
            let redirects = value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned));
            config.redirects = redirects.collect::<Option<_>>()?;
        }
        "access_lifetime" => config.access_lifetime = duration()?,
        "refresh_lifetime" => config.refresh_lifetime = duration()?,
        "code_lifetime" => config.code_lifetime = duration()?,
        "old_refresh_valid" => config.old_refresh_valid = value.as_bool()?,
        "reuse_revokes" => config.reuse_revokes = value.as_bool()?,
        "default_limit" => config.default_limit = usize::try_from(value.as_u64()?).ok()?,
        "equal_write_moves_time" => config.equal_write_moves_time = value.as_bool()?,
        "pending_anime" => config.pending_anime = value.as_array()?.iter().map(Value::as_u64).collect::<Option<_>>()?,
        "alternative_titles_can_be_absent" => config.alternative_titles_can_be_absent = value.as_bool()?,
        "gzip" => config.gzip = value.as_bool()?,
        "delete_absent" => {
            config.delete_absent = match value.as_u64()? {
                200 => DeleteAbsent::Ok,
                404 => DeleteAbsent::NotFound,
                _ => return None,
            }
        }
        "over_limit" => {
            config.over_limit = match value.as_str()? {
                "refuse" => OverLimit::BadRequest,
                "clamp" => OverLimit::Clamp,
                _ => return None,
            }
        }
        _ => return None,
    }
    Some(())
}
