//! The operations that tests can perform. [`crate::SimControl`] and `/_control` share this implementation.

use serde_json::{Map, Value};

use crate::anime_json::NODE_FIELDS;
use crate::control_error::{ControlError, ControlResult};
use crate::entry_patch::EntryPatch;
use crate::field_selection::FieldSelection;
use crate::list_status::EXTRA_STATUS_KEYS;
use crate::php_encoding;
use crate::sim_entry::SimEntry;
use crate::sim_tokens::{IssueTokensRequest, SimTokens, TokenSelection};
use crate::sim_user::SimUser;
use crate::state::{PendingInvalidation, SimState};
use crate::token_registry::{IssuedRefreshToken, IssuedToken, TokenInvalidation, TokenValidity};

fn find_user<'a>(state: &'a SimState, name: &str) -> ControlResult<&'a SimUser> {
    state.find_user(name).ok_or_else(|| ControlError::UnknownUser(name.to_owned()))
}

fn find_user_mut<'a>(state: &'a mut SimState, name: &str) -> ControlResult<&'a mut SimUser> {
    state.find_user_mut(name).ok_or_else(|| ControlError::UnknownUser(name.to_owned()))
}

pub(crate) fn entry_ids(state: &SimState, user: &str) -> ControlResult<Vec<u64>> {
    Ok(find_user(state, user)?.list.ids())
}

/// Returns an entry with every field, as on a page, or `None` if it is absent. An entry that is not JSON is returned as
/// a string.
pub(crate) fn entry_json(state: &mut SimState, user: &str, id: u64) -> ControlResult<Option<Value>> {
    let (anime_fields, status_keys) = (NODE_FIELDS.join(","), EXTRA_STATUS_KEYS.join(","));
    let all_fields = format!("{anime_fields},studios,list_status{{{status_keys}}}");
    let anime = state.anime_cache.find(id);
    Ok(find_user(state, user)?.list.get(id).map(|entry| {
        let mut out = String::new();
        entry.write_json(&mut out, id, anime.as_deref(), &FieldSelection::parse(&all_fields), None);
        serde_json::from_str(&out).unwrap_or(Value::String(out))
    }))
}

pub(crate) fn put_entry_text(state: &mut SimState, user: &str, id: u64, text: &str) -> ControlResult {
    let now = state.clock.now().timestamp();
    find_user_mut(state, user)?.list.insert(id, SimEntry::from_raw_text(text.to_owned(), now));
    Ok(())
}

pub(crate) fn put_entry(state: &mut SimState, user: &str, id: u64, value: &Value) -> ControlResult {
    put_entry_text(state, user, id, &php_encoding::value_to_text(value))
}

pub(crate) fn patch_entry(state: &mut SimState, user: &str, id: u64, patch: EntryPatch) -> ControlResult {
    let now = state.clock.now().timestamp();
    let list = &mut find_user_mut(state, user)?.list;
    let is_new = list.get(id).is_none();
    let entry = list.entry_mut(id);
    if is_new {
        entry.list_status.updated_at_seconds = now;
    }
    entry.apply_patch(patch);
    Ok(())
}

pub(crate) fn delete_entry(state: &mut SimState, user: &str, id: u64) -> ControlResult<bool> {
    Ok(find_user_mut(state, user)?.list.remove(id))
}

pub(crate) fn resize_list(state: &mut SimState, user: &str, size: usize) -> ControlResult {
    find_user_mut(state, user)?.list.resize(size);
    Ok(())
}

pub(crate) fn clear_list(state: &mut SimState, user: &str) -> ControlResult {
    find_user_mut(state, user)?.list.clear();
    Ok(())
}

/// Removes `count` entries, spread over the list. Returns their ids.
pub(crate) fn remove_entries(state: &mut SimState, user: &str, count: usize) -> ControlResult<Vec<u64>> {
    let list = &mut find_user_mut(state, user)?.list;
    let ids = list.sample_ids(count);
    for id in &ids {
        list.remove(*id);
    }
    Ok(ids)
}

/// Edits `count` entries, spread over the list, as a user would do now. Returns their ids.
pub(crate) fn edit_entries(state: &mut SimState, user: &str, count: usize) -> ControlResult<Vec<u64>> {
    let now = state.clock.now().timestamp();
    let list = &mut find_user_mut(state, user)?.list;
    let ids = list.sample_ids(count);
    for id in &ids {
        let entry = list.entry_mut(*id);
        entry.list_status.score = entry.list_status.score % 10 + 1;
        entry.list_status.updated_at_seconds = now;
        entry.discard_patched_status();
    }
    Ok(ids)
}

pub(crate) fn set_statistics(state: &mut SimState, user: &str, keys: Map<String, Value>) -> ControlResult {
    find_user_mut(state, user)?.statistics_overrides = keys;
    Ok(())
}

pub(crate) fn add_user(state: &mut SimState, name: &str, entries: usize) -> ControlResult {
    if name.is_empty() || name.contains(['/', '@']) {
        return Err(ControlError::Invalid(format!("\"{name}\" cannot be a name")));
    }
    if state.add_user(name, entries) {
        return Ok(());
    }
    Err(ControlError::Invalid(format!("there is a user \"{name}\" already")))
}

pub(crate) fn set_consenting_user(state: &mut SimState, user: &str) -> ControlResult {
    state.consent.consenting_user = Some(find_user(state, user)?.name.clone());
    Ok(())
}

pub(crate) fn issue_tokens(state: &mut SimState, request: &IssueTokensRequest) -> ControlResult<SimTokens> {
    find_user(state, &request.user)?;
    Ok(state.issue_tokens(request))
}

/// Expires or revokes tokens, now or after some requests. Returns how many were affected now.
pub(crate) fn invalidate_tokens(
    state: &mut SimState,
    selection: &TokenSelection,
    revoke: bool,
) -> ControlResult<usize> {
    let (kind, invalidation) =
        (selection.which, if revoke { TokenInvalidation::Revoke } else { TokenInvalidation::Expire });
    let user = selection.user.as_deref().map(|user| find_user(state, user).map(|user| user.name.clone()));
    match (user.transpose()?, selection.after_requests) {
        (user, None) => Ok(state.invalidate_tokens(user.as_deref(), kind, invalidation)),
        (Some(user), Some(requests_left)) => {
            state.pending_invalidations.push(PendingInvalidation { requests_left, user, kind, invalidation });
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
            let is_owner = |token: &IssuedToken| token.user == user.name;
            let access = state.token_registry.access_tokens.iter().filter(|(_, token)| is_owner(token));
            let valid = access
                .clone()
                .filter(|(text, _)| state.token_registry.check_access_token(text, now) == TokenValidity::Valid);
            let refresh = state.token_registry.refresh_tokens.values().filter(|refresh| is_owner(&refresh.token));
            serde_json::json!({
                "name": user.name,
                "id": user.id,
                "entries": user.list.len(),
                "statistics_overridden": user.statistics_overrides,
                "access_tokens": {"issued": access.count(), "valid": valid.count()},
                "refresh_tokens": {
                    "issued": refresh.clone().count(),
                    "spent": refresh.clone().filter(|refresh| refresh.is_spent).count(),
                    "valid": refresh.filter(|refresh| refresh.token.is_usable(now)).count(),
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
    let token_json = |text: &String, token: &IssuedToken| {
        serde_json::json!({
            "token": text, "user": token.user, "client_id": token.client_id,
            "expires_in": token.expires_at_ms.saturating_sub(now) / 1000, "revoked": token.is_revoked,
        })
    };
    let refresh_json = |text: &String, refresh: &IssuedRefreshToken| {
        let mut json = token_json(text, &refresh.token);
        json["spent"] = refresh.is_spent.into();
        json
    };
    let (access, refresh) = (&state.token_registry.access_tokens, &state.token_registry.refresh_tokens);
    serde_json::json!({
        "access": access.iter().map(|(text, token)| token_json(text, token)).collect::<Vec<_>>(),
        "refresh": refresh.iter().map(|(text, refresh)| refresh_json(text, refresh)).collect::<Vec<_>>(),
    })
}
