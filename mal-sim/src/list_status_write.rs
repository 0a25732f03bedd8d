//! `/v2/anime/{id}/my_list_status`: writes to the requesting user's list.

use crate::http_message::{SimRequest, SimResponse};
use crate::sim_config::DeleteAbsent;
use crate::state::SimState;
use crate::watch_status::FormError;

/// Handles `PATCH` and `PUT`. Creates the entry if it is absent (documented and observed).
pub(crate) fn update_list_status(state: &mut SimState, request: &SimRequest, id: &str, me: &str) -> SimResponse {
    let id = id.parse().unwrap_or(0);
    let is_in_catalogue = state.anime_cache.find(id).is_some();
    let content_type = request.header("content-type").unwrap_or_default();
    if content_type.starts_with("application/json") {
        // The real API answers a JSON body with a bare 500 (observed).
        return SimResponse::json_strings(500, &[("message", ""), ("error", "internal_server_error")]);
    }
    let now = state.clock.now().timestamp();
    let Some(user) = state.find_user_mut(me) else {
        return SimResponse::invalid_token(false);
    };
    let old_status = user.list.get(id).map(|entry| entry.status.clone());
    if !is_in_catalogue && old_status.is_none() {
        return SimResponse::not_found();
    }
    let mut status = old_status.unwrap_or_default();
    match status.apply_form(&request.form_fields()) {
        Ok(()) => {}
        Err(FormError::ExtraField) => {
            return SimResponse::bad_request("This form should not contain extra fields.");
        }
        Err(FormError::InvalidValue(name)) => return SimResponse::bad_parameter(&name),
    }
    status.updated_at_seconds = now;
    let response = SimResponse::json(200, status.full_json());
    let entry = user.list.entry_mut(id);
    entry.status = status;
    entry.discard_status_overrides();
    response
}

/// Handles `DELETE`.
pub(crate) fn delete_list_status(state: &mut SimState, id: &str, me: &str) -> SimResponse {
    let id = id.parse().unwrap_or(0);
    let is_lenient = state.config.delete_absent == DeleteAbsent::Ok;
    let was_removed = state.find_user_mut(me).is_some_and(|user| user.list.get(id).is_some() && user.list.remove(id));
    if was_removed || is_lenient {
        return SimResponse::json(200, "[]");
    }
    SimResponse::not_found()
}
