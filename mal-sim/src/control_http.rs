//! `/_control`: the same powers as [`crate::Control`], for tests in another process. Documented in the README.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::config::{Config, DeleteAbsent, OverLimit, parse_duration};
use crate::exchange::{Answer, Request};
use crate::fault::{Call, Rule};
use crate::ops::{self, ControlError, Patch};
use crate::world::World;

/// Whether a path is ours.
pub(crate) fn is_control(path: &str) -> bool {
    path == "/_control" || path.starts_with("/_control/")
}

/// Makes a call that a fault rule carries; its answer is of no interest.
pub(crate) fn call(world: &mut World, call: &Call) {
    let (path, query) = call.path.split_once('?').unwrap_or((&call.path, ""));
    let body = if call.body.is_null() { String::new() } else { call.body.to_string() };
    let request = Request {
        method: call.method.to_ascii_uppercase(),
        path: format!("/_control/{}", path.trim_start_matches('/')),
        query: query.to_owned(),
        body: body.into(),
        ..Request::default()
    };
    let _ = answer(world, &request);
}

/// Answers a control request.
pub(crate) fn answer(world: &mut World, request: &Request) -> Answer {
    let segments = request.segments();
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    let done = match (request.method.as_str(), &parts[1..]) {
        ("GET", []) => Ok(ops::state(world)),
        (_, ["users", rest @ ..]) => users(world, request, rest),
        (_, ["tokens", rest @ ..]) => tokens(world, request, rest),
        (_, ["faults" | "log", ..]) => script(world, request, parts[1]),
        ("POST", ["consent"]) => consent(world, request),
        ("POST", ["clock"]) => clock(world, request),
        ("PATCH", ["config"]) => config(world, request),
        _ => {
            return Answer::strings(404, &[("error", "there is no such control; see the README")]);
        }
    };
    match done {
        Ok(value) => Answer::json(200, value.to_string()),
        Err(ControlError::UnknownUser(name)) => {
            Answer::strings(404, &[("error", &ControlError::UnknownUser(name).to_string())])
        }
        Err(ControlError::Invalid(why)) => Answer::strings(400, &[("error", &why)]),
    }
}

type Done = Result<Value, ControlError>;

fn invalid(why: impl std::fmt::Display) -> ControlError {
    ControlError::Invalid(why.to_string())
}

fn body<T: DeserializeOwned>(request: &Request) -> Result<T, ControlError> {
    let text: &[u8] = if request.body.is_empty() { b"{}" } else { &request.body };
    serde_json::from_slice(text).map_err(invalid)
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, ControlError> {
    text.parse().map_err(|_| invalid(format!("\"{text}\" is not a number")))
}

fn ok() -> Value {
    json!({"ok": true})
}

fn users(world: &mut World, request: &Request, parts: &[&str]) -> Done {
    match (request.method.as_str(), parts) {
        ("POST", []) => {
            let asked: Map<String, Value> = body(request)?;
            let name = asked.get("name").and_then(Value::as_str).unwrap_or_default();
            ops::add_user(world, name, size(asked.get("entries"))?)?;
            Ok(ok())
        }
        ("GET", [user, "entries"]) => Ok(json!(ops::ids(world, user)?)),
        (_, [user, "entries", id]) => entry(world, request, user, number(id)?),
        ("PUT", [user, "list"]) => {
            let asked: Map<String, Value> = body(request)?;
            ops::resize(world, user, size(asked.get("entries"))?)?;
            Ok(ok())
        }
        ("DELETE", [user, "list"]) => ops::clear(world, user).map(|()| ok()),
        ("POST", [user, "list", verb @ ("edit" | "remove")]) => {
            let asked: Map<String, Value> = body(request)?;
            let count = size(asked.get("count"))?;
            let ids = match *verb {
                "edit" => ops::edit(world, user, count)?,
                _ => ops::remove(world, user, count)?,
            };
            Ok(json!({"ids": ids}))
        }
        ("PUT", [user, "statistics"]) => {
            ops::set_statistics(world, user, body(request)?)?;
            Ok(ok())
        }
        ("DELETE", [user, "statistics"]) => {
            ops::set_statistics(world, user, Map::new())?;
            Ok(ok())
        }
        _ => Err(invalid("there is no such control; see the README")),
    }
}

fn size(value: Option<&Value>) -> Result<usize, ControlError> {
    let number = value.map_or(Some(0), Value::as_u64);
    let number = number.and_then(|number| usize::try_from(number).ok());
    number.ok_or_else(|| invalid("a number of entries is expected"))
}

fn entry(world: &mut World, request: &Request, user: &str, id: u64) -> Done {
    match request.method.as_str() {
        "GET" => Ok(ops::entry(world, user, id)?.unwrap_or(Value::Null)),
        "PUT" if request.param("raw").as_deref() == Some("text") => {
            let text = std::str::from_utf8(&request.body).map_err(invalid)?;
            ops::put_text(world, user, id, text).map(|()| ok())
        }
        "PUT" => {
            let value: Value = serde_json::from_slice(&request.body).map_err(invalid)?;
            ops::put(world, user, id, &value).map(|()| ok())
        }
        "PATCH" => {
            let patch: Patch = body(request)?;
            ops::patch(world, user, id, patch).map(|()| ok())
        }
        "DELETE" => Ok(json!({"removed": ops::delete(world, user, id)?})),
        _ => Err(invalid("GET, PUT, PATCH or DELETE is expected")),
    }
}

fn tokens(world: &mut World, request: &Request, parts: &[&str]) -> Done {
    match (request.method.as_str(), parts) {
        ("GET", []) => Ok(ops::tokens(world)),
        ("POST", []) => {
            let issued = ops::issue(world, &body(request)?)?;
            serde_json::to_value(issued).map_err(invalid)
        }
        ("POST", [verb @ ("expire" | "revoke")]) => {
            let struck = ops::strike(world, &body(request)?, *verb == "revoke")?;
            Ok(json!({"tokens": struck}))
        }
        _ => Err(invalid("there is no such control; see the README")),
    }
}

fn script(world: &mut World, request: &Request, what: &str) -> Done {
    match (request.method.as_str(), what) {
        ("GET", "faults") => serde_json::to_value(world.faults.rules()).map_err(invalid),
        ("POST", "faults") => {
            for rule in rules(&request.body)? {
                world.faults.add(rule);
            }
            Ok(ok())
        }
        ("DELETE", "faults") => {
            world.faults.clear();
            Ok(ok())
        }
        ("GET", "log") => serde_json::to_value(world.log.rows()).map_err(invalid),
        ("DELETE", "log") => {
            world.log.clear();
            Ok(ok())
        }
        _ => Err(invalid("GET, POST or DELETE is expected")),
    }
}

/// Reads one rule or a list of rules.
pub(crate) fn rules(text: &[u8]) -> Result<Vec<Rule>, ControlError> {
    let value: Value = serde_json::from_slice(text).map_err(invalid)?;
    let values = match value {
        Value::Array(values) => values,
        value => vec![value],
    };
    let mut rules = Vec::new();
    for value in values {
        let rule: Rule = serde_json::from_value(value).map_err(invalid)?;
        if let Some(why) = rule.fault() {
            return Err(ControlError::Invalid(why));
        }
        rules.push(rule);
    }
    Ok(rules)
}

fn consent(world: &mut World, request: &Request) -> Done {
    let asked: Map<String, Value> = body(request)?;
    for (key, value) in &asked {
        match (key.as_str(), value) {
            ("auto", Value::Bool(auto)) => world.consent.auto = *auto,
            ("user", Value::String(user)) => ops::consent_as(world, user)?,
            ("deny_next", value) if value.is_u64() => {
                world.consent.deny = number(&value.to_string())?;
            }
            _ => return Err(invalid(format!("{key} is not to be set so"))),
        }
    }
    Ok(ok())
}

fn clock(world: &mut World, request: &Request) -> Done {
    let asked: Map<String, Value> = body(request)?;
    let by = match asked.get("advance") {
        Some(Value::String(text)) => parse_duration(text),
        Some(number) => parse_duration(&number.to_string()),
        None => Err("\"advance\" is expected".to_owned()),
    };
    world.clock.advance(by.map_err(invalid)?);
    Ok(ok())
}

fn config(world: &mut World, request: &Request) -> Done {
    let asked: Map<String, Value> = body(request)?;
    let mut config = world.config.clone();
    for (key, value) in &asked {
        set(&mut config, key, value).ok_or_else(|| invalid(format!("{key} is not to be set so")))?;
    }
    world.config = config;
    Ok(ok())
}

fn set(config: &mut Config, key: &str, value: &Value) -> Option<()> {
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
