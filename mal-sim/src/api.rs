//! The API under `/v2`: authentication and routing.
//!
//! Observed behaviour:
//!
//! 1. A request without credentials gets 403 `forbidden`.
//! 2. A bad token gets 401 with `WWW-Authenticate`.
//! 3. A client id alone is enough for anime and other users' lists, not for `@me`.
//! 4. A wrong client id gets 400.

use crate::http_message::{SimRequest, SimResponse};
use crate::state::SimState;
use crate::token_registry::TokenValidity;
use crate::{anime_details, anime_search, current_user, list_page, list_status_write};

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
        ("GET", ["anime"], viewer) => anime_search::handle_search(state, request, viewer.as_deref()),
        ("GET", ["anime", id], viewer) => anime_details::handle_anime_details(state, request, id, viewer.as_deref()),
        (_, ["anime", _, "my_list_status"], None) => SimResponse::forbidden(),
        ("PATCH" | "PUT", ["anime", id, "my_list_status"], Some(me)) => {
            list_status_write::update_list_status(state, request, id, &me)
        }
        ("DELETE", ["anime", id, "my_list_status"], Some(me)) => list_status_write::delete_list_status(state, id, &me),
        _ => SimResponse::not_found(),
    }
}

fn authenticate_viewer(state: &mut SimState, request: &SimRequest) -> Result<Viewer, SimResponse> {
    if let Some(token) = request.bearer_token() {
        let user = state.bearer_user(request);
        if let Some(user) = &user {
            state.count_token_use(user);
        }
        return match state.token_registry.check_access_token(token, state.now_ms()) {
            TokenValidity::Valid => Ok(user),
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
