//! `/v2/anime/{id}/my_list_status`: writes to the requesting user's list.

use crate::http_message::{SimRequest, SimResponse};
use crate::list_status_form::{self, FormError};
use crate::sim_config::DeleteAbsent;
use crate::state::SimState;

/// Handles `PATCH` and `PUT`, which do the same. Creates the entry if it is absent (documented and observed).
pub(crate) fn update_list_status(state: &mut SimState, request: &SimRequest, id: &str, me: &str) -> SimResponse {
    let id = id.parse().unwrap_or(0);
    let anime = state.anime_cache.find(id);
    let (now, equal_write_moves_time) = (state.clock.now().timestamp(), state.config.equal_write_moves_time);
    // An anime that awaits MAL's approval: it cannot be added to a list.
    let is_pending = state.config.pending_anime.contains(&id);
    let Some(user) = state.find_user_mut(me) else {
        return SimResponse::invalid_token(false);
    };
    let old_entry = user.list.get(id);
    if anime.is_none() && old_entry.is_none() {
        return SimResponse::not_found();
    }
    if is_pending {
        return SimResponse::json_strings(400, &[("message", "Invalid content"), ("error", "invalid_content")]);
    }
    if is_json(request) && old_entry.is_some() {
        // Observed for a body in JSON: a bare 500 if the entry exists. If it does not exist, it is added without the
        // sent values. So it is below, because `form_fields` reads no values from JSON.
        return SimResponse::json_strings(500, &[("message", ""), ("error", "internal_server_error")]);
    }
    let facts = anime.as_ref().map(|anime| &anime.facts);
    let total_episodes = old_entry.map_or_else(|| facts.map_or(0, |facts| facts.episodes), |old| old.episodes(facts));
    let old_status = old_entry.map(|entry| entry.list_status.clone());
    let mut status = old_status.clone().unwrap_or_default();
    match list_status_form::apply_form(&mut status, &request.form_fields(), total_episodes) {
        Ok(()) => {}
        Err(FormError::UnknownField) => {
            return SimResponse::bad_request("This form should not contain extra fields.");
        }
        Err(FormError::InvalidValue(name)) => return SimResponse::bad_parameter(&name),
    }
    if equal_write_moves_time || old_status.as_ref() != Some(&status) {
        status.updated_at_seconds = now;
    }
    let response = SimResponse::json(200, status.full_json());
    let entry = user.list.entry_mut(id);
    entry.list_status = status;
    entry.discard_patched_status();
    response
}

fn is_json(request: &SimRequest) -> bool {
    request.header("content-type").is_some_and(|content_type| content_type.starts_with("application/json"))
}

/// Handles `DELETE`. An unknown anime gives 404; an absent entry gives 404 or 200, as configured.
pub(crate) fn delete_list_status(state: &mut SimState, id: &str, me: &str) -> SimResponse {
    let id = id.parse().unwrap_or(0);
    let is_lenient = state.config.delete_absent == DeleteAbsent::Ok && state.anime_cache.find(id).is_some();
    let was_removed = state.find_user_mut(me).is_some_and(|user| user.list.get(id).is_some() && user.list.remove(id));
    if was_removed || is_lenient {
        return SimResponse::json(200, "[]");
    }
    SimResponse::not_found()
}
