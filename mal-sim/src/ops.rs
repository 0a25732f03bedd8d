//! What a test can do to the world: the one implementation behind [`crate::Control`] and `/_control`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::encode;
use crate::entry::{Entry, Overlay};
use crate::fields::Selection;
use crate::tokens::{Grant, Worth};
use crate::world::{Blow, Later, User, World};

/// Why something could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlError {
    /// There is no user of that name.
    UnknownUser(String),
    /// The request makes no sense; the sentence says why.
    Invalid(String),
}

impl std::fmt::Display for ControlError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownUser(name) => write!(f, "there is no user \"{name}\""),
            Self::Invalid(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for ControlError {}

pub(crate) type Result<T> = std::result::Result<T, ControlError>;

/// Changes to an entry.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Patch {
    /// Keys of `list_status`. A value that fits becomes the entry's own; any other is sent as it is.
    pub list_status: Map<String, Value>,
    /// Keys of `node`; known ones still come only when asked for.
    pub node: Map<String, Value>,
    /// Keys to leave out: `node`, `list_status`, `node.title`, `list_status.updated_at`, ...
    pub remove: Vec<String>,
}

/// Which tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Which {
    /// Access tokens.
    Access,
    /// Refresh tokens.
    Refresh,
    /// Both.
    #[default]
    Both,
}

/// What happens to tokens.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenAction {
    /// Whose; everybody's if absent.
    pub user: Option<String>,
    /// Which.
    pub which: Which,
    /// Not now, but when the user has made so many more API requests. Needs `user`.
    pub after_requests: Option<u32>,
}

/// A pair of tokens, in the words of the token endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// `Bearer`.
    pub token_type: String,
    /// Life of the access token in seconds.
    pub expires_in: i64,
    /// The access token.
    pub access_token: String,
    /// The refresh token.
    pub refresh_token: String,
}

/// To whom tokens are issued.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenRequest {
    /// The user.
    pub user: String,
    /// The client that they belong to; the configured one, or `test-client`.
    pub client_id: Option<String>,
    /// Seconds; the configured life if absent.
    pub access_lifetime: Option<i64>,
    /// Seconds; the configured life if absent.
    pub refresh_lifetime: Option<i64>,
}

fn find<'a>(world: &'a World, name: &str) -> Result<&'a User> {
    world.user(name).ok_or_else(|| ControlError::UnknownUser(name.to_owned()))
}

fn find_mut<'a>(world: &'a mut World, name: &str) -> Result<&'a mut User> {
    world.user_mut(name).ok_or_else(|| ControlError::UnknownUser(name.to_owned()))
}

pub(crate) fn ids(world: &World, user: &str) -> Result<Vec<u64>> {
    Ok(find(world, user)?.list.rows().map(|(id, _)| id).collect())
}

/// The entry as a page with every field would have it; as a string where it is not JSON.
pub(crate) fn entry(world: &mut World, user: &str, id: u64) -> Result<Option<Value>> {
    let mut all = crate::fields::NODE_FIELDS.join(",");
    all.push_str(",studios,list_status{priority,num_times_rewatched,rewatch_value,tags,comments}");
    let anime = world.shelf.find(id);
    Ok(find(world, user)?.list.get(id).map(|entry| {
        let mut out = String::new();
        entry.write(&mut out, id, anime.as_deref(), &Selection::parse(&all), None);
        serde_json::from_str(&out).unwrap_or(Value::String(out))
    }))
}

pub(crate) fn put_text(world: &mut World, user: &str, id: u64, text: &str) -> Result<()> {
    let now = world.clock.now().timestamp();
    find_mut(world, user)?.list.put(id, Entry::raw(text.to_owned(), now));
    Ok(())
}

pub(crate) fn put(world: &mut World, user: &str, id: u64, value: &Value) -> Result<()> {
    put_text(world, user, id, &encode::text(value))
}

pub(crate) fn patch(world: &mut World, user: &str, id: u64, patch: Patch) -> Result<()> {
    let now = world.clock.now().timestamp();
    let list = &mut find_mut(world, user)?.list;
    let fresh = list.get(id).is_none();
    let row = list.edit(id);
    if fresh {
        row.status.updated = now;
    }
    row.patch(&Overlay { node: patch.node, list_status: patch.list_status, remove: patch.remove });
    Ok(())
}

pub(crate) fn delete(world: &mut World, user: &str, id: u64) -> Result<bool> {
    Ok(find_mut(world, user)?.list.remove(id))
}

pub(crate) fn resize(world: &mut World, user: &str, size: usize) -> Result<()> {
    find_mut(world, user)?.list.resize(size);
    Ok(())
}

pub(crate) fn clear(world: &mut World, user: &str) -> Result<()> {
    find_mut(world, user)?.list.clear();
    Ok(())
}

/// Takes `count` entries away, spread over the list, and names them.
pub(crate) fn remove(world: &mut World, user: &str, count: usize) -> Result<Vec<u64>> {
    let list = &mut find_mut(world, user)?.list;
    let ids = list.sample(count);
    for id in &ids {
        list.remove(*id);
    }
    Ok(ids)
}

/// Edits `count` entries, spread over the list, as a user would just now, and names them.
pub(crate) fn edit(world: &mut World, user: &str, count: usize) -> Result<Vec<u64>> {
    let now = world.clock.now().timestamp();
    let list = &mut find_mut(world, user)?.list;
    let ids = list.sample(count);
    for id in &ids {
        let row = list.edit(*id);
        row.status.score = row.status.score % 10 + 1;
        row.status.updated = now;
        row.settle();
    }
    Ok(ids)
}

pub(crate) fn set_statistics(world: &mut World, user: &str, keys: Map<String, Value>) -> Result<()> {
    find_mut(world, user)?.statistics = keys;
    Ok(())
}

pub(crate) fn add_user(world: &mut World, name: &str, entries: usize) -> Result<()> {
    if name.is_empty() || name.contains(['/', '@']) {
        return Err(ControlError::Invalid(format!("\"{name}\" cannot be a name")));
    }
    if world.add_user(name, entries) {
        return Ok(());
    }
    Err(ControlError::Invalid(format!("there is a user \"{name}\" already")))
}

pub(crate) fn consent_as(world: &mut World, user: &str) -> Result<()> {
    world.consent.user = Some(find(world, user)?.name.clone());
    Ok(())
}

pub(crate) fn issue(world: &mut World, request: &TokenRequest) -> Result<Tokens> {
    let user = find(world, &request.user)?;
    let known = request.client_id.clone().or_else(|| world.config.client_id.clone());
    let grant =
        Grant { user: user.name.clone(), user_id: user.id, client: known.unwrap_or_else(|| "test-client".to_owned()) };
    let life = |asked: Option<i64>, default: Duration| {
        let default = i64::try_from(default.as_millis()).unwrap_or(i64::MAX);
        asked.map_or(default, |seconds| seconds.saturating_mul(1000))
    };
    let access = life(request.access_lifetime, world.config.access_lifetime);
    let refresh = life(request.refresh_lifetime, world.config.refresh_lifetime);
    let now = world.now_ms();
    let pair = world.vault.issue(&grant, now, access, refresh);
    Ok(Tokens {
        token_type: "Bearer".to_owned(),
        expires_in: pair.expires_in,
        access_token: pair.access,
        refresh_token: pair.refresh,
    })
}

/// Expires or revokes tokens, now or later; says how many now.
pub(crate) fn strike(world: &mut World, action: &TokenAction, revoke: bool) -> Result<usize> {
    let blow = Blow { access: action.which != Which::Refresh, refresh: action.which != Which::Access, revoke };
    let user = action.user.as_deref().map(|user| find(world, user).map(|user| user.name.clone()));
    match (user.transpose()?, action.after_requests) {
        (user, None) => Ok(world.strike(user.as_deref(), blow)),
        (Some(user), Some(left)) => {
            world.later.push(Later { left, user, blow });
            Ok(0)
        }
        (None, Some(_)) => Err(ControlError::Invalid("after_requests needs a user".to_owned())),
    }
}

/// Users, lists and tokens, for a look from outside.
pub(crate) fn state(world: &World) -> Value {
    let now = world.now_ms();
    let users: Vec<Value> = world
        .users
        .iter()
        .map(|user| {
            let of = |owner: &String| *owner == user.name;
            let access = world.vault.access.iter().filter(|(_, token)| of(&token.user));
            let valid = access.clone().filter(|(text, _)| world.vault.worth(text, now) == Worth::Valid);
            let refresh = world.vault.refresh.values().filter(|token| of(&token.user));
            serde_json::json!({
                "name": user.name,
                "id": user.id,
                "entries": user.list.len(),
                "statistics_overridden": user.statistics,
                "access_tokens": {"issued": access.count(), "valid": valid.count()},
                "refresh_tokens": {
                    "issued": refresh.clone().count(),
                    "spent": refresh.clone().filter(|token| token.spent).count(),
                    "valid": refresh.filter(|token| !token.revoked && token.expires > now).count(),
                },
            })
        })
        .collect();
    serde_json::json!({
        "api": format!("{}/v2", world.base),
        "auth": format!("{}/v1/oauth2", world.base),
        "now": world.clock.now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        "seed": world.config.seed,
        "consent": {
            "auto": world.consent.auto,
            "user": world.consenting_user(),
            "deny_next": world.consent.deny,
        },
        "users": users,
        "faults": world.faults.rules().len(),
        "requests": world.log.count(),
    })
}

/// Every token with what it is worth.
pub(crate) fn tokens(world: &World) -> Value {
    let now = world.now_ms();
    let left = |expires: i64| expires.saturating_sub(now) / 1000;
    let access = world.vault.access.iter().map(|(text, token)| {
        serde_json::json!({
            "token": text, "user": token.user, "client_id": token.client,
            "expires_in": left(token.expires), "revoked": token.revoked,
        })
    });
    let refresh = world.vault.refresh.iter().map(|(text, token)| {
        serde_json::json!({
            "token": text, "user": token.user, "client_id": token.client,
            "expires_in": left(token.expires), "revoked": token.revoked, "spent": token.spent,
        })
    });
    serde_json::json!({
        "access": access.collect::<Vec<_>>(),
        "refresh": refresh.collect::<Vec<_>>(),
    })
}
