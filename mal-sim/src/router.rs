//! The routing of requests to the OAuth server and the API.

use crate::http_message::{SimRequest, SimResponse};
use crate::state::SimState;
use crate::{api, oauth_authorize, oauth_token};

/// Handles a request as MAL does.
pub(crate) fn handle_request(state: &mut SimState, request: &SimRequest) -> SimResponse {
    let segments = request.path_segments();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (request.method.as_str(), path.as_slice()) {
        ("GET" | "POST", ["v1", "oauth2", "authorize"]) => oauth_authorize::handle_authorize(state, request),
        ("POST", ["v1", "oauth2", "token"]) => oauth_token::handle_token_request(state, request),
        (_, ["v1", "oauth2", "authorize" | "token"]) => SimResponse::html(405, ""),
        (_, ["v2", rest @ ..]) => api::handle_api_request(state, request, rest),
        _ => SimResponse::html(404, "<h1>404 Not Found</h1>"),
    }
}
