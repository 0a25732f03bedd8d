//! The API under `/v2`: who asks, and for what.
//!
//! Facts (observed): without credentials 403 `forbidden`; a bad token 401 with `WWW-Authenticate`; a client id alone
//! is enough for anime and other users' lists, not for `@me`; a wrong client id is a 400.

use crate::field_selection::FieldSelection;
use crate::http_message::{SimRequest, SimResponse};
use crate::sim_entry::SimNode;
use crate::state::SimState;
use crate::token_registry::TokenValidity;
use crate::watch_status::FormError;
use crate::{anime_details, current_user, list_page};

/// Who asks: a user by token, or nobody in particular by client id.
pub(crate) type Viewer = Option<String>;

/// Answers a request whose path begins with `/v2`.
pub(crate) fn handle_api_request(world: &mut SimState, request: &SimRequest, parts: &[&str]) -> SimResponse {
    let viewer = match authenticate_viewer(world, request) {
        Ok(viewer) => viewer,
        Err(answer) => return answer,
    };
    match (request.method.as_str(), parts, viewer) {
        ("GET", ["users", "@me", ..], None) => SimResponse::forbidden(),
        ("GET", ["users", "@me"], Some(me)) => current_user::handle_current_user(world, request, &me),
        ("GET", ["users", "@me", "animelist"], Some(me)) => list_page::handle_list_page(world, request, &me, Some(&me)),
        ("GET", ["users", name, "animelist"], viewer) => {
            list_page::handle_list_page(world, request, name, viewer.as_deref())
        }
        ("GET", ["anime"], viewer) => anime_details::handle_search(world, request, viewer.as_deref()),
        ("GET", ["anime", id], viewer) => anime_details::handle_anime_details(world, request, id, viewer.as_deref()),
        (_, ["anime", _, "my_list_status"], None) => SimResponse::forbidden(),
        ("PATCH" | "PUT", ["anime", id, "my_list_status"], Some(me)) => update_list_status(world, request, id, &me),
        ("DELETE", ["anime", id, "my_list_status"], Some(me)) => delete_list_status(world, id, &me),
        _ => SimResponse::not_found(),
    }
}

fn authenticate_viewer(world: &mut SimState, request: &SimRequest) -> Result<Viewer, SimResponse> {
    if let Some(token) = request.bearer_token() {
        if let Some(user) = world.bearer_user(request) {
            world.count_token_use(&user);
        }
        return match world.token_registry.check_access_token(token, world.now_ms()) {
            TokenValidity::Valid => Ok(world.bearer_user(request)),
            TokenValidity::Expired => Err(SimResponse::invalid_token(true)),
            TokenValidity::Invalid => Err(SimResponse::invalid_token(false)),
        };
    }
    match request.header("x-mal-client-id") {
        Some(id) if !id.is_empty() && world.accepts_client(id) => Ok(None),
        Some(_) => Err(SimResponse::bad_request("Invalid client id")),
        None => Err(SimResponse::forbidden()),
    }
}

/// A write; the entry is made where it is absent (documented and observed).
fn update_list_status(world: &mut SimState, request: &SimRequest, id: &str, me: &str) -> SimResponse {
    let id = id.parse().unwrap_or(0);
    let known = world.anime_cache.find(id).is_some();
    let kind = request.header("content-type").unwrap_or_default();
    if kind.starts_with("application/json") {
        // Seen live as a bare 500.
        return SimResponse::json_strings(500, &[("message", ""), ("error", "internal_server_error")]);
    }
    let now = world.clock.now().timestamp();
    let Some(user) = world.find_user_mut(me) else {
        return SimResponse::invalid_token(false);
    };
    let old = user.list.get(id).map(|entry| entry.status.clone());
    if !known && old.is_none() {
        return SimResponse::not_found();
    }
    let mut status = old.unwrap_or_default();
    match status.apply_form(&request.form_fields()) {
        Ok(()) => {}
        Err(FormError::ExtraField) => {
            return SimResponse::bad_request("This form should not contain extra fields.");
        }
        Err(FormError::InvalidValue(name)) => return SimResponse::bad_parameter(&name),
    }
    status.updated_at_seconds = now;
    let answer = SimResponse::json(200, status.full_json());
    let entry = user.list.entry_mut(id);
    entry.status = status;
    entry.discard_status_overrides();
    answer
}

fn delete_list_status(world: &mut SimState, id: &str, me: &str) -> SimResponse {
    let id = id.parse().unwrap_or(0);
    let lenient = world.config.delete_absent == crate::sim_config::DeleteAbsent::Ok;
    let removed = world.find_user_mut(me).is_some_and(|user| user.list.get(id).is_some() && user.list.remove(id));
    if removed || lenient {
        return SimResponse::json(200, "[]");
    }
    SimResponse::not_found()
}

/// Appends the node of an anime for somebody who asks outside a list; false where there is none.
pub(crate) fn write_anime_node(
    world: &mut SimState,
    out: &mut String,
    id: u64,
    selection: &FieldSelection,
    viewer: Option<&str>,
    details: &[Option<String>],
) -> bool {
    let Some(anime) = world.anime_cache.find(id) else {
        return false;
    };
    let mine = viewer.and_then(|name| world.find_user(name)?.list.get(id)).map(|entry| &entry.status);
    let node = SimNode { id, anime: Some(&anime), my_status: mine, overlay: None, detail_json: details };
    node.write_json(out, selection);
    true
}
