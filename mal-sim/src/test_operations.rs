//! What a test can do to the world: the one implementation behind [`crate::Control`] and `/_control`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::field_selection::FieldSelection;
use crate::php_json;
use crate::sim_entry::{EntryOverlay, SimEntry};
use crate::state::{PendingInvalidation, SimState, SimUser, TokenInvalidation};
use crate::token_registry::{TokenGrant, TokenValidity};

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

pub(crate) type OperationResult<T> = std::result::Result<T, ControlError>;

/// Changes to an entry.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EntryPatch {
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
pub enum TokenSelector {
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
    pub which: TokenSelector,
    /// Not now, but when the user has made so many more API requests. Needs `user`.
    pub after_requests: Option<u32>,
}

/// A pair of tokens, in the words of the token endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimTokens {
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
pub struct IssueTokensRequest {
    /// The user.
    pub user: String,
    /// The client that they belong to; the configured one, or `test-client`.
    pub client_id: Option<String>,
    /// Seconds; the configured life if absent.
    pub access_lifetime: Option<i64>,
    /// Seconds; the configured life if absent.
    pub refresh_lifetime: Option<i64>,
}

fn find_user<'a>(world: &'a SimState, name: &str) -> OperationResult<&'a SimUser> {
    world.find_user(name).ok_or_else(|| ControlError::UnknownUser(name.to_owned()))
}

fn find_user_mut<'a>(world: &'a mut SimState, name: &str) -> OperationResult<&'a mut SimUser> {
    world.find_user_mut(name).ok_or_else(|| ControlError::UnknownUser(name.to_owned()))
}

pub(crate) fn entry_ids(world: &SimState, user: &str) -> OperationResult<Vec<u64>> {
    Ok(find_user(world, user)?.list.iter_entries().map(|(id, _)| id).collect())
}

/// The entry as a page with every field would have it; as a string where it is not JSON.
pub(crate) fn entry_json(world: &mut SimState, user: &str, id: u64) -> OperationResult<Option<Value>> {
    let mut all = crate::field_selection::NODE_FIELDS.join(",");
    all.push_str(",studios,list_status{priority,num_times_rewatched,rewatch_value,tags,comments}");
    let anime = world.anime_cache.find(id);
    Ok(find_user(world, user)?.list.get(id).map(|entry| {
        let mut out = String::new();
        entry.write_json(&mut out, id, anime.as_deref(), &FieldSelection::parse(&all), None);
        serde_json::from_str(&out).unwrap_or(Value::String(out))
    }))
}

pub(crate) fn put_entry_text(world: &mut SimState, user: &str, id: u64, text: &str) -> OperationResult<()> {
    let now = world.clock.now().timestamp();
    find_user_mut(world, user)?.list.insert(id, SimEntry::from_raw_text(text.to_owned(), now));
    Ok(())
}

pub(crate) fn put_entry(world: &mut SimState, user: &str, id: u64, value: &Value) -> OperationResult<()> {
    put_entry_text(world, user, id, &php_json::value_to_text(value))
}

pub(crate) fn patch_entry(world: &mut SimState, user: &str, id: u64, patch: EntryPatch) -> OperationResult<()> {
    let now = world.clock.now().timestamp();
    let list = &mut find_user_mut(world, user)?.list;
    let fresh = list.get(id).is_none();
    let row = list.entry_mut(id);
    if fresh {
        row.status.updated_at_seconds = now;
    }
    row.apply_overlay(&EntryOverlay { node: patch.node, list_status: patch.list_status, remove: patch.remove });
    Ok(())
}

pub(crate) fn delete_entry(world: &mut SimState, user: &str, id: u64) -> OperationResult<bool> {
    Ok(find_user_mut(world, user)?.list.remove(id))
}

pub(crate) fn resize_list(world: &mut SimState, user: &str, size: usize) -> OperationResult<()> {
    find_user_mut(world, user)?.list.resize(size);
    Ok(())
}

pub(crate) fn clear_list(world: &mut SimState, user: &str) -> OperationResult<()> {
    find_user_mut(world, user)?.list.clear();
    Ok(())
}

/// Takes `count` entries away, spread over the list, and names them.
pub(crate) fn remove_entries(world: &mut SimState, user: &str, count: usize) -> OperationResult<Vec<u64>> {
    let list = &mut find_user_mut(world, user)?.list;
    let ids = list.sample_ids(count);
    for id in &ids {
        list.remove(*id);
    }
    Ok(ids)
}

/// Edits `count` entries, spread over the list, as a user would just now, and names them.
pub(crate) fn edit_entries(world: &mut SimState, user: &str, count: usize) -> OperationResult<Vec<u64>> {
    let now = world.clock.now().timestamp();
    let list = &mut find_user_mut(world, user)?.list;
    let ids = list.sample_ids(count);
    for id in &ids {
        let row = list.entry_mut(*id);
        row.status.score = row.status.score % 10 + 1;
        row.status.updated_at_seconds = now;
        row.discard_status_overrides();
    }
    Ok(ids)
}

pub(crate) fn set_statistics(world: &mut SimState, user: &str, keys: Map<String, Value>) -> OperationResult<()> {
    find_user_mut(world, user)?.statistics_overrides = keys;
    Ok(())
}

pub(crate) fn add_user(world: &mut SimState, name: &str, entries: usize) -> OperationResult<()> {
    if name.is_empty() || name.contains(['/', '@']) {
        return Err(ControlError::Invalid(format!("\"{name}\" cannot be a name")));
    }
    if world.add_user(name, entries) {
        return Ok(());
    }
    Err(ControlError::Invalid(format!("there is a user \"{name}\" already")))
}

pub(crate) fn set_consenting_user(world: &mut SimState, user: &str) -> OperationResult<()> {
    world.consent.consenting_user = Some(find_user(world, user)?.name.clone());
    Ok(())
}

pub(crate) fn issue_tokens(world: &mut SimState, request: &IssueTokensRequest) -> OperationResult<SimTokens> {
    let user = find_user(world, &request.user)?;
    let known = request.client_id.clone().or_else(|| world.config.client_id.clone());
    let grant = TokenGrant {
        user: user.name.clone(),
        user_id: user.id,
        client_id: known.unwrap_or_else(|| "test-client".to_owned()),
    };
    let life = |asked: Option<i64>, default: Duration| {
        let default = i64::try_from(default.as_millis()).unwrap_or(i64::MAX);
        asked.map_or(default, |seconds| seconds.saturating_mul(1000))
    };
    let access = life(request.access_lifetime, world.config.access_lifetime);
    let refresh = life(request.refresh_lifetime, world.config.refresh_lifetime);
    let now = world.now_ms();
    let pair = world.token_registry.issue_pair(&grant, now, access, refresh);
    Ok(SimTokens {
        token_type: "Bearer".to_owned(),
        expires_in: pair.expires_in,
        access_token: pair.access_token,
        refresh_token: pair.refresh_token,
    })
}

/// Expires or revokes tokens, now or later; says how many now.
pub(crate) fn invalidate_tokens(world: &mut SimState, action: &TokenAction, revoke: bool) -> OperationResult<usize> {
    let blow = TokenInvalidation {
        access: action.which != TokenSelector::Refresh,
        refresh: action.which != TokenSelector::Access,
        revoke,
    };
    let user = action.user.as_deref().map(|user| find_user(world, user).map(|user| user.name.clone()));
    match (user.transpose()?, action.after_requests) {
        (user, None) => Ok(world.invalidate_tokens(user.as_deref(), blow)),
        (Some(user), Some(left)) => {
            world.pending_invalidations.push(PendingInvalidation { requests_left: left, user, invalidation: blow });
            Ok(0)
        }
        (None, Some(_)) => Err(ControlError::Invalid("after_requests needs a user".to_owned())),
    }
}

/// Users, lists and tokens, for a look from outside.
pub(crate) fn state_json(world: &SimState) -> Value {
    let now = world.now_ms();
    let users: Vec<Value> = world
        .users
        .iter()
        .map(|user| {
            let of = |owner: &String| *owner == user.name;
            let access = world.token_registry.access_tokens.iter().filter(|(_, token)| of(&token.user));
            let valid = access
                .clone()
                .filter(|(text, _)| world.token_registry.check_access_token(text, now) == TokenValidity::Valid);
            let refresh = world.token_registry.refresh_tokens.values().filter(|token| of(&token.user));
            serde_json::json!({
                "name": user.name,
                "id": user.id,
                "entries": user.list.len(),
                "statistics_overridden": user.statistics_overrides,
                "access_tokens": {"issued": access.count(), "valid": valid.count()},
                "refresh_tokens": {
                    "issued": refresh.clone().count(),
                    "spent": refresh.clone().filter(|token| token.is_spent).count(),
                    "valid": refresh.filter(|token| !token.is_revoked && token.expires_at_ms > now).count(),
                },
            })
        })
        .collect();
    serde_json::json!({
        "api": format!("{}/v2", world.base_url),
        "auth": format!("{}/v1/oauth2", world.base_url),
        "now": world.clock.now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        "seed": world.config.seed,
        "consent": {
            "auto": world.consent.is_automatic,
            "user": world.consenting_user(),
            "deny_next": world.consent.denials_left,
        },
        "users": users,
        "faults": world.fault_rules.active_rules().len(),
        "requests": world.request_log.total_count(),
    })
}

/// Every token with what it is worth.
pub(crate) fn tokens_json(world: &SimState) -> Value {
    let now = world.now_ms();
    let left = |expires: i64| expires.saturating_sub(now) / 1000;
    let access = world.token_registry.access_tokens.iter().map(|(text, token)| {
        serde_json::json!({
            "token": text, "user": token.user, "client_id": token.client_id,
            "expires_in": left(token.expires_at_ms), "revoked": token.is_revoked,
        })
    });
    let refresh = world.token_registry.refresh_tokens.iter().map(|(text, token)| {
        serde_json::json!({
            "token": text, "user": token.user, "client_id": token.client_id,
            "expires_in": left(token.expires_at_ms), "revoked": token.is_revoked, "spent": token.is_spent,
        })
    });
    serde_json::json!({
        "access": access.collect::<Vec<_>>(),
        "refresh": refresh.collect::<Vec<_>>(),
    })
}
