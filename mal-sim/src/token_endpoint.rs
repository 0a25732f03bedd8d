//! `POST /v1/oauth2/token`: a code or a refresh token for a new pair.
//!
//! Checks come in the order of the server that MAL seems to run. A code is burnt by success only. A refresh issues a
//! new pair, revokes the old access token at once (documented), and leaves the old refresh token usable until it
//! expires unless configured otherwise.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::authorize::is_verifier;
use crate::encode::Object;
use crate::exchange::{Answer, Request, last};
use crate::oauth_error as error;
use crate::tokens::{Grant, Pair};
use crate::world::World;

/// Answers a token request.
pub(crate) fn answer(world: &mut World, request: &Request) -> Answer {
    let form = request.form();
    let field = |name: &str| last(form.clone(), name);
    let grant = field("grant_type").unwrap_or_default();
    if !matches!(grant.as_str(), "authorization_code" | "refresh_token") {
        return error::unsupported_grant();
    }
    let issued = client(world, request, &field).and_then(|client| match grant.as_str() {
        "refresh_token" => refresh(world, &client, &field),
        _ => exchange(world, &client, &field),
    });
    match issued {
        Ok(pair) => written(&pair),
        Err(answer) => answer,
    }
}

/// The answer in the observed key order.
pub(crate) fn written(pair: &Pair) -> Answer {
    let mut out = String::new();
    let mut object = Object::begin(&mut out);
    object.string("token_type", "Bearer");
    object.plain("expires_in", pair.expires_in);
    object.string("access_token", &pair.access);
    object.string("refresh_token", &pair.refresh);
    object.end();
    Answer::json(200, out).with("cache-control", "no-store").with("pragma", "no-cache")
}

type Field<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Who asks: by form fields or HTTP Basic (both documented).
fn client(world: &World, request: &Request, field: &Field<'_>) -> Result<String, Answer> {
    let basic = request.header("authorization").and_then(basic);
    let (basic_id, basic_secret) = basic.unzip();
    let id = field("client_id").or(basic_id).ok_or_else(|| error::check("client_id"))?;
    let secret = field("client_secret").or(basic_secret).unwrap_or_default();
    let good = match &world.config.client_secret {
        Some(wanted) => *wanted == secret,
        None => true,
    };
    if !good || !world.knows_client(&id) {
        return Err(error::invalid_client(request.header("authorization").is_some()));
    }
    Ok(id)
}

/// Id and password of an `Authorization: Basic` header.
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, coded) = header.split_once(' ')?;
    let plain = BASE64.decode(coded.trim()).ok()?;
    let plain = String::from_utf8(plain).ok()?;
    let (id, secret) = plain.split_once(':')?;
    scheme.eq_ignore_ascii_case("basic").then(|| (id.to_owned(), secret.to_owned()))
}

fn exchange(world: &mut World, client: &str, field: &Field<'_>) -> Result<Pair, Answer> {
    let sent = field("code").ok_or_else(|| error::check("code"))?;
    let now = world.now_ms();
    let Some(code) = world.vault.codes.get_mut(&sent) else {
        return Err(error::invalid_request("Cannot decrypt the authorization code"));
    };
    if code.expires <= now {
        return Err(error::invalid_request("Authorization code has expired"));
    }
    if code.used {
        return Err(error::invalid_request("Authorization code has been revoked"));
    }
    if code.client != client {
        return Err(error::invalid_request("Authorization code was not issued to this client"));
    }
    match (&code.redirect, field("redirect_uri")) {
        (Some(_), None) => return Err(error::check("redirect_uri")),
        (asked, now_sent) if *asked != now_sent => {
            return Err(error::invalid_request("Invalid redirect URI"));
        }
        _ => {}
    }
    let verifier = field("code_verifier").ok_or_else(|| error::check("code_verifier"))?;
    if !is_verifier(&verifier) {
        return Err(error::invalid_request("Code Verifier must follow the specifications of RFC-7636."));
    }
    if verifier != code.challenge {
        return Err(error::wrong_verifier());
    }
    code.used = true;
    let user = code.user.clone();
    Ok(issue(world, user, client))
}

fn refresh(world: &mut World, client: &str, field: &Field<'_>) -> Result<Pair, Answer> {
    let sent = field("refresh_token").ok_or_else(|| error::check("refresh_token"))?;
    let now = world.now_ms();
    let keep = world.config.old_refresh_valid;
    let Some(token) = world.vault.refresh.get_mut(&sent) else {
        return Err(error::refresh("Cannot decrypt the refresh token"));
    };
    if token.client != client {
        return Err(error::refresh("Token is not linked to client"));
    }
    if token.expires <= now {
        return Err(error::refresh("Token has expired"));
    }
    if token.revoked || (token.spent && !keep) {
        let (user, reused) = (token.user.clone(), token.spent);
        if reused && world.config.reuse_revokes {
            world.vault.revoke_family(&user, client);
        }
        return Err(error::refresh("Token has been revoked"));
    }
    token.spent = true;
    let (user, old) = (token.user.clone(), token.access.clone());
    if let Some(access) = world.vault.access.get_mut(&old) {
        access.revoked = true;
    }
    Ok(issue(world, user, client))
}

fn issue(world: &mut World, user: String, client: &str) -> Pair {
    let grant = Grant { user_id: world.user(&user).map_or(0, |user| user.id), user, client: client.to_owned() };
    let access = i64::try_from(world.config.access_lifetime.as_millis()).unwrap_or(i64::MAX);
    let refresh = i64::try_from(world.config.refresh_lifetime.as_millis()).unwrap_or(i64::MAX);
    let now = world.now_ms();
    world.vault.issue(&grant, now, access, refresh)
}
