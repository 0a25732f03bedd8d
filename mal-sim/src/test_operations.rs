//! The operations that tests can perform. [`crate::SimControl`] and `/_control` share this implementation.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::field_selection::FieldSelection;
use crate::php_json;
use crate::sim_entry::{EntryOverlay, SimEntry};
use crate::state::{PendingInvalidation, SimState, SimUser, TokenInvalidation};
use crate::token_registry::{TokenGrant, TokenValidity};

/// Why an operation failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlError {
    /// There is no user with this name.
    UnknownUser(String),
    /// The request is invalid; the text says why.
    Invalid(String),
}

impl std::fmt::Display for ControlError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownUser(name) => write!(f, "there is no user \"{name}\""),
            Self::Invalid(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for ControlError {}

pub(crate) type OperationResult<T> = std::result::Result<T, ControlError>;

/// Changes to an entry.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EntryPatch {
    /// Keys of `list_status`. A valid value becomes the entry's own; any other value is sent unchanged.
    pub list_status: Map<String, Value>,
    /// Keys of `node`. Known keys are still sent only if requested.
    pub node: Map<String, Value>,
    /// Keys to omit: `node`, `list_status`, `node.title`, `list_status.updated_at`, ...
    pub remove: Vec<String>,
}

/// Selects tokens by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenSelector {
    /// Access tokens.
    Access,
    /// Refresh tokens.
    Refresh,
    /// Access and refresh tokens.
    #[default]
    Both,
}

/// Selects the tokens to expire or revoke, and when.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenAction {
    /// The owner; all users if absent.
    pub user: Option<String>,
    /// The kind of token.
    pub which: TokenSelector,
    /// Delays the action until the user has made this many more API requests. Requires `user`.
    pub after_requests: Option<u32>,
}

/// A token pair with the field names of the token endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimTokens {
    /// `Bearer`.
    pub token_type: String,
    /// Lifetime of the access token in seconds.
    pub expires_in: i64,
    /// The access token.
    pub access_token: String,
    /// The refresh token.
    pub refresh_token: String,
}

/// Parameters for issuing a token pair.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IssueTokensRequest {
    /// The user.
    pub user: String,
    /// The client id; by default the configured one, or else `test-client`.
    pub client_id: Option<String>,
    /// Lifetime in seconds; the configured one if absent.
    pub access_lifetime: Option<i64>,
    /// Lifetime in seconds; the configured one if absent.
    pub refresh_lifetime: Option<i64>,
}

fn find_user<'a>(state: &'a SimState, name: &str) -> OperationResult<&'a SimUser> {
    state.find_user(name).ok_or_else(|| ControlError::UnknownUser(name.to_owned()))
}

fn find_user_mut<'a>(state: &'a mut SimState, name: &str) -> OperationResult<&'a mut SimUser> {
    state.find_user_mut(name).ok_or_else(|| ControlError::UnknownUser(name.to_owned()))
}

pub(crate) fn entry_ids(state: &SimState, user: &str) -> OperationResult<Vec<u64>> {
    Ok(find_user(state, user)?.list.iter_entries().map(|(id, _)| id).collect())
}

/// Returns an entry with every field, as on a page, or `None` if it is absent. An entry that is not JSON is returned as
/// a string.
pub(crate) fn entry_json(state: &mut SimState, user: &str, id: u64) -> OperationResult<Option<Value>> {
    let mut all_fields = crate::field_selection::NODE_FIELDS.join(",");
    all_fields.push_str(",studios,list_status{priority,num_times_rewatched,rewatch_value,tags,comments}");
    let anime = state.anime_cache.find(id);
    Ok(find_user(state, user)?.list.get(id).map(|entry| {
        let mut out = String::new();
        entry.write_json(&mut out, id, anime.as_deref(), &FieldSelection::parse(&all_fields), None);
        serde_json::from_str(&out).unwrap_or(Value::String(out))
    }))
}

pub(crate) fn put_entry_text(state: &mut SimState, user: &str, id: u64, text: &str) -> OperationResult<()> {
    let now = state.clock.now().timestamp();
    find_user_mut(state, user)?.list.insert(id, SimEntry::from_raw_text(text.to_owned(), now));
    Ok(())
}

pub(crate) fn put_entry(state: &mut SimState, user: &str, id: u64, value: &Value) -> OperationResult<()> {
    put_entry_text(state, user, id, &php_json::value_to_text(value))
}

pub(crate) fn patch_entry(state: &mut SimState, user: &str, id: u64, patch: EntryPatch) -> OperationResult<()> {
    let now = state.clock.now().timestamp();
    let list = &mut find_user_mut(state, user)?.list;
    let is_new = list.get(id).is_none();
    let entry = list.entry_mut(id);
    if is_new {
        entry.status.updated_at_seconds = now;
    }
    entry.apply_overlay(&EntryOverlay { node: patch.node, list_status: patch.list_status, remove: patch.remove });
    Ok(())
}

pub(crate) fn delete_entry(state: &mut SimState, user: &str, id: u64) -> OperationResult<bool> {
    Ok(find_user_mut(state, user)?.list.remove(id))
}

pub(crate) fn resize_list(state: &mut SimState, user: &str, size: usize) -> OperationResult<()> {
    find_user_mut(state, user)?.list.resize(size);
    Ok(())
}

pub(crate) fn clear_list(state: &mut SimState, user: &str) -> OperationResult<()> {
    find_user_mut(state, user)?.list.clear();
    Ok(())
}

/// Removes `count` entries, spread over the list. Returns their ids.
pub(crate) fn remove_entries(state: &mut SimState, user: &str, count: usize) -> OperationResult<Vec<u64>> {
    let list = &mut find_user_mut(state, user)?.list;
    let ids = list.sample_ids(count);
    for id in &ids {
        list.remove(*id);
    }
    Ok(ids)
}

/// Edits `count` entries, spread over the list, as a user would do now. Returns their ids.
pub(crate) fn edit_entries(state: &mut SimState, user: &str, count: usize) -> OperationResult<Vec<u64>> {
    let now = state.clock.now().timestamp();
    let list = &mut find_user_mut(state, user)?.list;
    let ids = list.sample_ids(count);
    for id in &ids {
        let entry = list.entry_mut(*id);
        entry.status.score = entry.status.score % 10 + 1;
        entry.status.updated_at_seconds = now;
        entry.discard_status_overrides();
    }
    Ok(ids)
}

pub(crate) fn set_statistics(state: &mut SimState, user: &str, keys: Map<String, Value>) -> OperationResult<()> {
    find_user_mut(state, user)?.statistics_overrides = keys;
    Ok(())
}

pub(crate) fn add_user(state: &mut SimState, name: &str, entries: usize) -> OperationResult<()> {
    if name.is_empty() || name.contains(['/', '@']) {
        return Err(ControlError::Invalid(format!("\"{name}\" cannot be a name")));
    }
    if state.add_user(name, entries) {
        return Ok(());
    }
    Err(ControlError::Invalid(format!("there is a user \"{name}\" already")))
}

pub(crate) fn set_consenting_user(state: &mut SimState, user: &str) -> OperationResult<()> {
    state.consent.consenting_user = Some(find_user(state, user)?.name.clone());
    Ok(())
}

pub(crate) fn issue_tokens(state: &mut SimState, request: &IssueTokensRequest) -> OperationResult<SimTokens> {
    let user = find_user(state, &request.user)?;
    let client_id = request.client_id.clone().or_else(|| state.config.client_id.clone());
    let grant = TokenGrant {
        user: user.name.clone(),
        user_id: user.id,
        client_id: client_id.unwrap_or_else(|| "test-client".to_owned()),
    };
    let lifetime_ms = |requested_seconds: Option<i64>, default: Duration| {
        let default = i64::try_from(default.as_millis()).unwrap_or(i64::MAX);
        requested_seconds.map_or(default, |seconds| seconds.saturating_mul(1000))
    };
    let access = lifetime_ms(request.access_lifetime, state.config.access_lifetime);
    let refresh = lifetime_ms(request.refresh_lifetime, state.config.refresh_lifetime);
    let now = state.now_ms();
    let pair = state.token_registry.issue_pair(&grant, now, access, refresh);
    Ok(SimTokens {
        token_type: "Bearer".to_owned(),
        expires_in: pair.expires_in,
        access_token: pair.access_token,
        refresh_token: pair.refresh_token,
    })
}

/// Expires or revokes tokens, now or after some requests. Returns how many were affected now.
pub(crate) fn invalidate_tokens(state: &mut SimState, action: &TokenAction, revoke: bool) -> OperationResult<usize> {
    let invalidation = TokenInvalidation {
        access: action.which != TokenSelector::Refresh,
        refresh: action.which != TokenSelector::Access,
        revoke,
    };
    let user = action.user.as_deref().map(|user| find_user(state, user).map(|user| user.name.clone()));
    match (user.transpose()?, action.after_requests) {
        (user, None) => Ok(state.invalidate_tokens(user.as_deref(), invalidation)),
        (Some(user), Some(requests_left)) => {
            state.pending_invalidations.push(PendingInvalidation { requests_left, user, invalidation: invalidation });
            Ok(0)
        }
        (None, Some(_)) => Err(ControlError::Invalid("after_requests needs a user".to_owned())),
    }
}

/// Returns users, lists and token counts.
pub(crate) fn state_json(state: &SimState) -> Value {
    let now = state.now_ms();
    let users: Vec<Value> = state
        .users
        .iter()
        .map(|user| {
            let is_owner = |owner: &String| *owner == user.name;
            let access = state.token_registry.access_tokens.iter().filter(|(_, token)| is_owner(&token.user));
            let valid = access
                .clone()
                .filter(|(text, _)| state.token_registry.check_access_token(text, now) == TokenValidity::Valid);
            let refresh = state.token_registry.refresh_tokens.values().filter(|token| is_owner(&token.user));
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
        "api": format!("{}/v2", state.base_url),
        "auth": format!("{}/v1/oauth2", state.base_url),
        "now": state.clock.now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        "seed": state.config.seed,
        "consent": {
            "auto": state.consent.is_automatic,
            "user": state.consenting_user(),
            "deny_next": state.consent.denials_left,
        },
        "users": users,
        "faults": state.fault_rules.active_rules().len(),
        "requests": state.request_log.total_count(),
    })
}

/// Returns every token and its validity.
pub(crate) fn tokens_json(state: &SimState) -> Value {
    let now = state.now_ms();
    let seconds_left = |expires_at_ms: i64| expires_at_ms.saturating_sub(now) / 1000;
    let access = state.token_registry.access_tokens.iter().map(|(text, token)| {
        serde_json::json!({
            "token": text, "user": token.user, "client_id": token.client_id,
            "expires_in": seconds_left(token.expires_at_ms), "revoked": token.is_revoked,
        })
    });
    let refresh = state.token_registry.refresh_tokens.iter().map(|(text, token)| {
        serde_json::json!({
            "token": text, "user": token.user, "client_id": token.client_id,
            "expires_in": seconds_left(token.expires_at_ms), "revoked": token.is_revoked, "spent": token.is_spent,
        })
    });
    serde_json::json!({
        "access": access.collect::<Vec<_>>(),
        "refresh": refresh.collect::<Vec<_>>(),
    })
}
