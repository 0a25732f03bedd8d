//! `POST /v1/oauth2/token`: exchanges a code or a refresh token for a new token pair.
//!
//! Invariants:
//!
//! 1. The order of checks is that of `thephpleague/oauth2-server`, which MAL seems to run.
//! 2. Only a successful exchange uses up a code.
//! 3. A refresh issues a new pair and revokes the old access token at once (documented). The old refresh token stays
//!    usable until it expires, unless configured otherwise.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::http_message::{SimRequest, SimResponse, last_value};
use crate::oauth_authorize::is_valid_verifier;
use crate::oauth_error as error;
use crate::php_encoding;
use crate::sim_tokens::{IssueTokensRequest, SimTokenKind, SimTokens};
use crate::state::SimState;
use crate::token_registry::{IssuedToken, TokenInvalidation};

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
        Ok(tokens) => token_response(&tokens),
        Err(response) => response,
    }
}

fn token_response(tokens: &SimTokens) -> SimResponse {
    let json = serde_json::to_value(tokens).unwrap_or_default();
    SimResponse::json(200, php_encoding::value_to_text(&json))
        .with_header("cache-control", "no-store")
        .with_header("pragma", "no-cache")
}

type FormLookup<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Authenticates the client by form fields or HTTP Basic (both documented). Returns its id.
fn authenticate_client(state: &SimState, request: &SimRequest, field: &FormLookup<'_>) -> Result<String, SimResponse> {
    let basic = request.header("authorization").and_then(parse_basic_auth);
    let (basic_id, basic_secret) = basic.unzip();
    let id = field("client_id").or(basic_id).ok_or_else(|| error::invalid_parameter("client_id"))?;
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

fn exchange_code(state: &mut SimState, client_id: &str, field: &FormLookup<'_>) -> Result<SimTokens, SimResponse> {
    let sent = field("code").ok_or_else(|| error::invalid_parameter("code"))?;
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
        (Some(_), None) => return Err(error::invalid_parameter("redirect_uri")),
        (authorize_uri, sent_uri) if *authorize_uri != sent_uri => {
            return Err(error::invalid_request("Invalid redirect URI"));
        }
        _ => {}
    }
    let verifier = field("code_verifier").ok_or_else(|| error::invalid_parameter("code_verifier"))?;
    if !is_valid_verifier(&verifier) {
        return Err(error::invalid_request("Code Verifier must follow the specifications of RFC-7636."));
    }
    if verifier != code.challenge {
        return Err(error::wrong_verifier());
    }
    code.is_used = true;
    let user = code.user.clone();
    Ok(issue_tokens(state, user, client_id))
}

fn refresh_tokens(state: &mut SimState, client_id: &str, field: &FormLookup<'_>) -> Result<SimTokens, SimResponse> {
    let sent = field("refresh_token").ok_or_else(|| error::invalid_parameter("refresh_token"))?;
    let now = state.now_ms();
    let accepts_used_token = state.config.old_refresh_valid;
    let Some(refresh) = state.token_registry.refresh_tokens.get_mut(&sent) else {
        return Err(error::invalid_refresh_token("Cannot decrypt the refresh token"));
    };
    let user = refresh.token.user.clone();
    if refresh.token.client_id != client_id {
        return Err(error::invalid_refresh_token("Token is not linked to client"));
    }
    if refresh.token.expires_at_ms <= now {
        return Err(error::invalid_refresh_token("Token has expired"));
    }
    if refresh.token.is_revoked || (refresh.is_spent && !accepts_used_token) {
        if refresh.is_spent && state.config.reuse_revokes {
            let is_affected = |token: &IssuedToken| token.user == user && token.client_id == client_id;
            let registry = &mut state.token_registry;
            registry.invalidate_tokens(SimTokenKind::Both, TokenInvalidation::Revoke, now, is_affected);
        }
        return Err(error::invalid_refresh_token("Token has been revoked"));
    }
    refresh.is_spent = true;
    let old_access_token = refresh.access_token.clone();
    if let Some(access_token) = state.token_registry.access_tokens.get_mut(&old_access_token) {
        access_token.is_revoked = true;
    }
    Ok(issue_tokens(state, user, client_id))
}

fn issue_tokens(state: &mut SimState, user: String, client_id: &str) -> SimTokens {
    let client_id = Some(client_id.to_owned());
    state.issue_tokens(&IssueTokensRequest { user, client_id, ..IssueTokensRequest::default() })
}
