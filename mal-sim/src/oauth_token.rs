//! `POST /v1/oauth2/token`: a code or a refresh token for a new pair.
//!
//! Checks come in the order of the server that MAL seems to run. A code is burnt by success only. A refresh issues a
//! new pair, revokes the old access token at once (documented), and leaves the old refresh token usable until it
//! expires unless configured otherwise.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::http_message::{SimRequest, SimResponse, last_value};
use crate::oauth_authorize::is_valid_verifier;
use crate::oauth_error as error;
use crate::php_json::JsonObjectWriter;
use crate::state::SimState;
use crate::token_registry::{IssuedPair, TokenGrant};

/// Answers a token request.
pub(crate) fn handle_token_request(world: &mut SimState, request: &SimRequest) -> SimResponse {
    let form = request.form_fields();
    let field = |name: &str| last_value(form.clone(), name);
    let grant = field("grant_type").unwrap_or_default();
    if !matches!(grant.as_str(), "authorization_code" | "refresh_token") {
        return error::unsupported_grant();
    }
    let issued = authenticate_client(world, request, &field).and_then(|client| match grant.as_str() {
        "refresh_token" => refresh_tokens(world, &client, &field),
        _ => exchange_code(world, &client, &field),
    });
    match issued {
        Ok(pair) => token_response(&pair),
        Err(answer) => answer,
    }
}

/// The answer in the observed key order.
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

/// Who asks: by form fields or HTTP Basic (both documented).
fn authenticate_client(world: &SimState, request: &SimRequest, field: &FormLookup<'_>) -> Result<String, SimResponse> {
    let basic = request.header("authorization").and_then(parse_basic_auth);
    let (basic_id, basic_secret) = basic.unzip();
    let id = field("client_id").or(basic_id).ok_or_else(|| error::check_parameter("client_id"))?;
    let secret = field("client_secret").or(basic_secret).unwrap_or_default();
    let good = match &world.config.client_secret {
        Some(wanted) => *wanted == secret,
        None => true,
    };
    if !good || !world.accepts_client(&id) {
        return Err(error::invalid_client(request.header("authorization").is_some()));
    }
    Ok(id)
}

/// Id and password of an `Authorization: Basic` header.
fn parse_basic_auth(header: &str) -> Option<(String, String)> {
    let (scheme, coded) = header.split_once(' ')?;
    let plain = BASE64.decode(coded.trim()).ok()?;
    let plain = String::from_utf8(plain).ok()?;
    let (id, secret) = plain.split_once(':')?;
    scheme.eq_ignore_ascii_case("basic").then(|| (id.to_owned(), secret.to_owned()))
}

fn exchange_code(world: &mut SimState, client: &str, field: &FormLookup<'_>) -> Result<IssuedPair, SimResponse> {
    let sent = field("code").ok_or_else(|| error::check_parameter("code"))?;
    let now = world.now_ms();
    let Some(code) = world.token_registry.codes.get_mut(&sent) else {
        return Err(error::invalid_request("Cannot decrypt the authorization code"));
    };
    if code.expires_at_ms <= now {
        return Err(error::invalid_request("Authorization code has expired"));
    }
    if code.is_used {
        return Err(error::invalid_request("Authorization code has been revoked"));
    }
    if code.client_id != client {
        return Err(error::invalid_request("Authorization code was not issued to this client"));
    }
    match (&code.redirect_uri, field("redirect_uri")) {
        (Some(_), None) => return Err(error::check_parameter("redirect_uri")),
        (asked, now_sent) if *asked != now_sent => {
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
    Ok(issue_pair(world, user, client))
}

fn refresh_tokens(world: &mut SimState, client: &str, field: &FormLookup<'_>) -> Result<IssuedPair, SimResponse> {
    let sent = field("refresh_token").ok_or_else(|| error::check_parameter("refresh_token"))?;
    let now = world.now_ms();
    let keep = world.config.old_refresh_valid;
    let Some(token) = world.token_registry.refresh_tokens.get_mut(&sent) else {
        return Err(error::invalid_refresh_token("Cannot decrypt the refresh token"));
    };
    if token.client_id != client {
        return Err(error::invalid_refresh_token("Token is not linked to client"));
    }
    if token.expires_at_ms <= now {
        return Err(error::invalid_refresh_token("Token has expired"));
    }
    if token.is_revoked || (token.is_spent && !keep) {
        let (user, reused) = (token.user.clone(), token.is_spent);
        if reused && world.config.reuse_revokes {
            world.token_registry.revoke_family(&user, client);
        }
        return Err(error::invalid_refresh_token("Token has been revoked"));
    }
    token.is_spent = true;
    let (user, old) = (token.user.clone(), token.access_token.clone());
    if let Some(access) = world.token_registry.access_tokens.get_mut(&old) {
        access.is_revoked = true;
    }
    Ok(issue_pair(world, user, client))
}

fn issue_pair(world: &mut SimState, user: String, client: &str) -> IssuedPair {
    let grant =
        TokenGrant { user_id: world.find_user(&user).map_or(0, |user| user.id), user, client_id: client.to_owned() };
    let access = i64::try_from(world.config.access_lifetime.as_millis()).unwrap_or(i64::MAX);
    let refresh = i64::try_from(world.config.refresh_lifetime.as_millis()).unwrap_or(i64::MAX);
    let now = world.now_ms();
    world.token_registry.issue_pair(&grant, now, access, refresh)
}
