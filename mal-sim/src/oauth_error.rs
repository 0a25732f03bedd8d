//! The OAuth server's refusals, word for word.
//!
//! MAL's login server writes `error`, `message` and `hint` (observed; no `error_description`). Texts marked inferred
//! in the functions below are those of the open source server that MAL's observed ones match.

use crate::http_message::SimResponse;

const MALFORMED_REQUEST_MESSAGE: &str = "The request is missing a required parameter, includes an invalid parameter value, includes \
                         a parameter more than once, or is otherwise malformed.";

/// 400 with the hint that names a parameter (observed for `code_verifier` and `code_challenge`).
pub(crate) fn check_parameter(parameter: &str) -> SimResponse {
    invalid_request(&format!("Check the `{parameter}` parameter"))
}

/// 400 `invalid_request` with any hint.
pub(crate) fn invalid_request(hint: &str) -> SimResponse {
    SimResponse::json_strings(
        400,
        &[("error", "invalid_request"), ("message", MALFORMED_REQUEST_MESSAGE), ("hint", hint)],
    )
}

/// 400 for a wrong verifier (body observed).
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

/// 401 for a refresh token (expired and garbage observed; the others inferred).
pub(crate) fn invalid_refresh_token(hint: &str) -> SimResponse {
    SimResponse::json_strings(
        401,
        &[("error", "invalid_request"), ("message", "The refresh token is invalid."), ("hint", hint)],
    )
}

/// 401 for a client (inferred); browsers show a Basic login box at the authorize endpoint (observed).
pub(crate) fn invalid_client(challenge: bool) -> SimResponse {
    let answer =
        SimResponse::json_strings(401, &[("error", "invalid_client"), ("message", "Client authentication failed")]);
    if challenge {
        return answer.with_header("www-authenticate", "Basic realm=\"OAuth\"");
    }
    answer
}

/// 400 for a grant or response type (inferred).
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

/// The pairs that go back with the redirect after "deny" (inferred).
pub(crate) const ACCESS_DENIED_PARAMS: [(&str, &str); 3] = [
    ("error", "access_denied"),
    ("message", "The resource owner or authorization server denied the request."),
    ("hint", "The user denied the request"),
];
