//! The API under `/v2`: authentication and routing.
//!
//! Observed behaviour:
//!
//! 1. A request without credentials gets 403 `forbidden`.
//! 2. A bad token gets 401 with `WWW-Authenticate`.
//! 3. A client id alone is enough for anime and other users' lists, not for `@me`.
//! 4. A wrong client id gets 400.

use crate::field_selection::FieldSelection;
use crate::http_message::{SimRequest, SimResponse};
use crate::sim_entry::SimNode;
use crate::state::SimState;
use crate::token_registry::TokenValidity;
use crate::watch_status::FormError;
use crate::{anime_details, current_user, list_page};

/// The requesting user's name, or `None` if the request has only a client id.
pub(crate) type Viewer = Option<String>;

/// Handles a request whose path starts with `/v2`.
pub(crate) fn handle_api_request(state: &mut SimState, request: &SimRequest, path: &[&str]) -> SimResponse {
    let viewer = match authenticate_viewer(state, request) {
        Ok(viewer) => viewer,
        Err(response) => return response,
    };
    match (request.method.as_str(), path, viewer) {
        ("GET", ["users", "@me", ..], None) => SimResponse::forbidden(),
        ("GET", ["users", "@me"], Some(me)) => current_user::handle_current_user(state, request, &me),
        ("GET", ["users", "@me", "animelist"], Some(me)) => list_page::handle_list_page(state, request, &me, Some(&me)),
        ("GET", ["users", name, "animelist"], viewer) => {
            list_page::handle_list_page(state, request, name, viewer.as_deref())
        }
        ("GET", ["anime"], viewer) => anime_details::handle_search(state, request, viewer.as_deref()),
        ("GET", ["anime", id], viewer) => anime_details::handle_anime_details(state, request, id, viewer.as_deref()),
        (_, ["anime", _, "my_list_status"], None) => SimResponse::forbidden(),
        ("PATCH" | "PUT", ["anime", id, "my_list_status"], Some(me)) => update_list_status(state, request, id, &me),
        ("DELETE", ["anime", id, "my_list_status"], Some(me)) => delete_list_status(state, id, &me),
        _ => SimResponse::not_found(),
    }
}

fn authenticate_viewer(state: &mut SimState, request: &SimRequest) -> Result<Viewer, SimResponse> {
    if let Some(token) = request.bearer_token() {
        if let Some(user) = state.bearer_user(request) {
            state.count_token_use(&user);
        }
        return match state.token_registry.check_access_token(token, state.now_ms()) {
            TokenValidity::Valid => Ok(state.bearer_user(request)),
            TokenValidity::Expired => Err(SimResponse::invalid_token(true)),
            TokenValidity::Invalid => Err(SimResponse::invalid_token(false)),
        };
    }
    match request.header("x-mal-client-id") {
        Some(id) if !id.is_empty() && state.accepts_client(id) => Ok(None),
        Some(_) => Err(SimResponse::bad_request("Invalid client id")),
        None => Err(SimResponse::forbidden()),
    }
}

/// Handles `PATCH` and `PUT`. Creates the entry if it is absent (documented and observed).
fn update_list_status(state: &mut SimState, request: &SimRequest, id: &str, me: &str) -> SimResponse {
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

fn delete_list_status(state: &mut SimState, id: &str, me: &str) -> SimResponse {
    let id = id.parse().unwrap_or(0);
    let is_lenient = state.config.delete_absent == crate::sim_config::DeleteAbsent::Ok;
    let was_removed = state.find_user_mut(me).is_some_and(|user| user.list.get(id).is_some() && user.list.remove(id));
    if was_removed || is_lenient {
        return SimResponse::json(200, "[]");
    }
    SimResponse::not_found()
}

/// Appends the node of an anime outside a list. Returns false if there is no such anime.
pub(crate) fn write_anime_node(
    state: &mut SimState,
    out: &mut String,
    id: u64,
    selection: &FieldSelection,
    viewer: Option<&str>,
    details: &[Option<String>],
) -> bool {
    let Some(anime) = state.anime_cache.find(id) else {
        return false;
    };
    let my_status = viewer.and_then(|name| state.find_user(name)?.list.get(id)).map(|entry| &entry.status);
    let node = SimNode { id, anime: Some(&anime), my_status, overlay: None, detail_json: details };
    node.write_json(out, selection);
    true
}
