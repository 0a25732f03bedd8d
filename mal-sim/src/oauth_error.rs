//! The OAuth server's refusals, word for word.
//!
//! MAL's login server writes `error`, `message` and `hint` (observed; no `error_description`). Texts marked inferred
//! in the functions below are those of the open source server that MAL's observed ones match.

use crate::exchange::Answer;

const MALFORMED: &str = "The request is missing a required parameter, includes an invalid parameter value, includes \
                         a parameter more than once, or is otherwise malformed.";

/// 400 with the hint that names a parameter (observed for `code_verifier` and `code_challenge`).
pub(crate) fn check(parameter: &str) -> Answer {
    invalid_request(&format!("Check the `{parameter}` parameter"))
}

/// 400 `invalid_request` with any hint.
pub(crate) fn invalid_request(hint: &str) -> Answer {
    Answer::strings(400, &[("error", "invalid_request"), ("message", MALFORMED), ("hint", hint)])
}

/// 400 for a wrong verifier (body observed).
pub(crate) fn wrong_verifier() -> Answer {
    Answer::strings(
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
pub(crate) fn refresh(hint: &str) -> Answer {
    Answer::strings(401, &[("error", "invalid_request"), ("message", "The refresh token is invalid."), ("hint", hint)])
}

/// 401 for a client (inferred); browsers show a Basic login box at the authorize endpoint (observed).
pub(crate) fn invalid_client(challenge: bool) -> Answer {
    let answer = Answer::strings(401, &[("error", "invalid_client"), ("message", "Client authentication failed")]);
    if challenge {
        return answer.with("www-authenticate", "Basic realm=\"OAuth\"");
    }
    answer
}

/// 400 for a grant or response type (inferred).
pub(crate) fn unsupported_grant() -> Answer {
    Answer::strings(
        400,
        &[
            ("error", "unsupported_grant_type"),
            ("message", "The authorization grant type is not supported by the authorization server."),
            ("hint", "Check that all required parameters have been provided"),
        ],
    )
}

/// The pairs that go back with the redirect after "deny" (inferred).
pub(crate) const DENIED: [(&str, &str); 3] = [
    ("error", "access_denied"),
    ("message", "The resource owner or authorization server denied the request."),
    ("hint", "The user denied the request"),
];
