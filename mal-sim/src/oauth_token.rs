//! `POST /v1/oauth2/token`: exchanges a code or a refresh token for a new token pair.
//!
//! Invariants:
//!
//! 1. The order of checks is that of the server that MAL seems to run.
//! 2. Only a successful exchange uses up a code.
//! 3. A refresh issues a new pair and revokes the old access token at once (documented). The old refresh token stays
//!    usable until it expires, unless configured otherwise.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::http_message::{SimRequest, SimResponse, last_value};
use crate::oauth_authorize::is_valid_verifier;
use crate::oauth_error as error;
use crate::php_json::JsonObjectWriter;
use crate::state::SimState;
use crate::token_registry::{IssuedPair, TokenGrant};

/// Handles a token request.
pub(crate) fn handle_token_request(state: &mut SimState, request: &SimRequest) -> SimResponse {
    let form = request.form_fields();
    let field = |name: &str| last_value(form.clone(), name);
    let grant = field("grant_type").unwrap_or_default();
    if !matches!(grant.as_str(), "authorization_code" | "refresh_token") {
        return error::unsupported_grant();
    }
    let result = authenticate_client(state, request, &field).and_then(|client_id| match grant.as_str() {
        "refresh_token" => refresh_tokens(state, &client_id, &field),
        _ => exchange_code(state, &client_id, &field),
    });
    match result {
        Ok(pair) => token_response(&pair),
        Err(response) => response,
    }
}

/// Returns the response with the keys in the observed order.
pub(crate) fn token_response(pair: &IssuedPair) -> SimResponse {
    let mut out = String::new();
    let mut object = JsonObjectWriter::begin(&mut out);
    object.write_string("token_type", "Bearer");
    object.write_display("expires_in", pair.expires_in);
    object.write_string("access_token", &pair.access_token);
    object.write_string("refresh_token", &pair.refresh_token);
    object.end();
    SimResponse::json(200, out).with_header("cache-control", "no-store").with_header("pragma", "no-cache")
}

type FormLookup<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Authenticates the client by form fields or HTTP Basic (both documented). Returns its id.
fn authenticate_client(state: &SimState, request: &SimRequest, field: &FormLookup<'_>) -> Result<String, SimResponse> {
    let basic = request.header("authorization").and_then(parse_basic_auth);
    let (basic_id, basic_secret) = basic.unzip();
    let id = field("client_id").or(basic_id).ok_or_else(|| error::check_parameter("client_id"))?;
    let secret = field("client_secret").or(basic_secret).unwrap_or_default();
    let is_secret_valid = match &state.config.client_secret {
        Some(expected) => *expected == secret,
        None => true,
    };
    if !is_secret_valid || !state.accepts_client(&id) {
        return Err(error::invalid_client(request.header("authorization").is_some()));
    }
    Ok(id)
}

/// Returns id and password of an `Authorization: Basic` header.
fn parse_basic_auth(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    let decoded = BASE64.decode(encoded.trim()).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    scheme.eq_ignore_ascii_case("basic").then(|| (id.to_owned(), secret.to_owned()))
}

fn exchange_code(state: &mut SimState, client_id: &str, field: &FormLookup<'_>) -> Result<IssuedPair, SimResponse> {
    let sent = field("code").ok_or_else(|| error::check_parameter("code"))?;
    let now = state.now_ms();
    let Some(code) = state.token_registry.codes.get_mut(&sent) else {
        return Err(error::invalid_request("Cannot decrypt the authorization code"));
    };
    if code.expires_at_ms <= now {
        return Err(error::invalid_request("Authorization code has expired"));
    }
    if code.is_used {
        return Err(error::invalid_request("Authorization code has been revoked"));
    }
    if code.client_id != client_id {
        return Err(error::invalid_request("Authorization code was not issued to this client"));
    }
    match (&code.redirect_uri, field("redirect_uri")) {
        (Some(_), None) => return Err(error::check_parameter("redirect_uri")),
        (authorize_uri, sent_uri) if *authorize_uri != sent_uri => {
            return Err(error::invalid_request("Invalid redirect URI"));
        }
        _ => {}
    }
    let verifier = field("code_verifier").ok_or_else(|| error::check_parameter("code_verifier"))?;
    if !is_valid_verifier(&verifier) {
        return Err(error::invalid_request("Code Verifier must follow the specifications of RFC-7636."));
    }
    if verifier != code.challenge {
        return Err(error::wrong_verifier());
    }
    code.is_used = true;
    let user = code.user.clone();
    Ok(issue_pair(state, user, client_id))
}

fn refresh_tokens(state: &mut SimState, client_id: &str, field: &FormLookup<'_>) -> Result<IssuedPair, SimResponse> {
    let sent = field("refresh_token").ok_or_else(|| error::check_parameter("refresh_token"))?;
    let now = state.now_ms();
    let accepts_used_token = state.config.old_refresh_valid;
    let Some(token) = state.token_registry.refresh_tokens.get_mut(&sent) else {
        return Err(error::invalid_refresh_token("Cannot decrypt the refresh token"));
    };
    if token.client_id != client_id {
        return Err(error::invalid_refresh_token("Token is not linked to client"));
    }
    if token.expires_at_ms <= now {
        return Err(error::invalid_refresh_token("Token has expired"));
    }
    if token.is_revoked || (token.is_spent && !accepts_used_token) {
        let (user, is_reuse) = (token.user.clone(), token.is_spent);
        if is_reuse && state.config.reuse_revokes {
            state.token_registry.revoke_family(&user, client_id);
        }
        return Err(error::invalid_refresh_token("Token has been revoked"));
    }
    token.is_spent = true;
    let (user, old_access_token) = (token.user.clone(), token.access_token.clone());
    if let Some(access_token) = state.token_registry.access_tokens.get_mut(&old_access_token) {
        access_token.is_revoked = true;
    }
    Ok(issue_pair(state, user, client_id))
}

fn issue_pair(state: &mut SimState, user: String, client_id: &str) -> IssuedPair {
    let grant =
        TokenGrant { user_id: state.find_user(&user).map_or(0, |user| user.id), user, client_id: client_id.to_owned() };
    let access_lifetime_ms = i64::try_from(state.config.access_lifetime.as_millis()).unwrap_or(i64::MAX);
    let refresh_lifetime_ms = i64::try_from(state.config.refresh_lifetime.as_millis()).unwrap_or(i64::MAX);
    let now_ms = state.now_ms();
    state.token_registry.issue_pair(&grant, now_ms, access_lifetime_ms, refresh_lifetime_ms)
}
