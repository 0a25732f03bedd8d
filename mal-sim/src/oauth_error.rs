//! The OAuth server's error responses, word for word.
//!
//! MAL's login server sends `error`, `message` and `hint` (observed; no `error_description`). Texts marked "inferred"
//! below come from the open source server whose texts match MAL's observed ones.

use crate::http_message::SimResponse;

const MALFORMED_REQUEST_MESSAGE: &str = "The request is missing a required parameter, includes an invalid parameter value, includes \
                         a parameter more than once, or is otherwise malformed.";

/// Returns the 400 whose hint says to check a parameter (observed for `code_verifier` and `code_challenge`).
pub(crate) fn invalid_parameter(parameter: &str) -> SimResponse {
    invalid_request(&format!("Check the `{parameter}` parameter"))
}

/// Returns a 400 `invalid_request` with the given hint.
pub(crate) fn invalid_request(hint: &str) -> SimResponse {
    SimResponse::json_strings(
        400,
        &[("error", "invalid_request"), ("message", MALFORMED_REQUEST_MESSAGE), ("hint", hint)],
    )
}

/// Returns the 400 for a wrong verifier (body observed).
pub(crate) fn wrong_verifier() -> SimResponse {
    SimResponse::json_strings(
        400,
        &[
            ("error", "invalid_grant"),
            (
                "message",
                "The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh \
                 token is invalid, expired, revoked, does not match the redirection URI used in the authorization \
                 request, or was issued to another client.",
            ),
            ("hint", "Failed to verify `code_verifier`."),
        ],
    )
}

/// Returns the 401 for an invalid refresh token (observed for expired and malformed tokens; otherwise inferred).
pub(crate) fn invalid_refresh_token(hint: &str) -> SimResponse {
    SimResponse::json_strings(
        401,
        &[("error", "invalid_request"), ("message", "The refresh token is invalid."), ("hint", hint)],
    )
}

/// Returns the 401 for an invalid client (inferred). If the response asks for a Basic login, browsers show a dialog at
/// the authorize endpoint (observed).
pub(crate) fn invalid_client(asks_for_basic_login: bool) -> SimResponse {
    let response =
        SimResponse::json_strings(401, &[("error", "invalid_client"), ("message", "Client authentication failed")]);
    if asks_for_basic_login {
        return response.with_header("www-authenticate", "Basic realm=\"OAuth\"");
    }
    response
}

/// Returns the 400 for an unsupported grant or response type (inferred).
pub(crate) fn unsupported_grant() -> SimResponse {
    SimResponse::json_strings(
        400,
        &[
            ("error", "unsupported_grant_type"),
            ("message", "The authorization grant type is not supported by the authorization server."),
            ("hint", "Check that all required parameters have been provided"),
        ],
    )
}

/// The parameters of the redirect after "deny" (inferred).
pub(crate) const ACCESS_DENIED_PARAMS: [(&str, &str); 3] = [
    ("error", "access_denied"),
    ("message", "The resource owner or authorization server denied the request."),
    ("hint", "The user denied the request"),
];
