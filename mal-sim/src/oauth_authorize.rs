//! `/v1/oauth2/authorize`: checks the request, asks the user (or not), sends the browser back with a code.
//!
//! Only PKCE `plain` is taken, where the challenge is the verifier (documented; S256 seen to fail). A wrong client or
//! redirect never redirects: the browser shows a Basic login box (observed).

use crate::http_message::{SimRequest, SimResponse, last_value};
use crate::oauth_error as error;
use crate::php_json;
use crate::state::SimState;
use crate::token_registry::IssuedCode;

const CONSENT_PAGE_TEMPLATE: &str = include_str!("consent.html");

/// A request that passed every check.
#[derive(Clone, Debug)]
struct AuthorizeRequest {
    client_id: String,
    challenge: String,
    state: Option<String>,
    /// As sent.
    sent_redirect_uri: Option<String>,
    /// Where the browser goes.
    redirect_target: String,
}

/// What the user said.
#[derive(Clone, Debug, PartialEq, Eq)]
enum ConsentDecision {
    Allow(String),
    Deny,
}

/// Answers a GET (the page, or at once the redirect) or the POST of the page's form.
pub(crate) fn handle_authorize(world: &mut SimState, request: &SimRequest) -> SimResponse {
    let asked = match validate_authorize_request(world, request) {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    match decide_consent(world, request) {
        Some(ConsentDecision::Allow(user)) => redirect_with_code(world, &asked, user),
        Some(ConsentDecision::Deny) => {
            let state = asked.state.as_deref().map(|state| ("state", state));
            redirect_with_params(&asked.redirect_target, state.into_iter().chain(error::ACCESS_DENIED_PARAMS))
        }
        None => render_consent_page(world, request, &asked),
    }
}

fn validate_authorize_request(world: &SimState, request: &SimRequest) -> Result<AuthorizeRequest, SimResponse> {
    let param = |name: &str| request.query_param(name);
    if param("response_type").as_deref() != Some("code") {
        return Err(error::unsupported_grant());
    }
    let client = param("client_id").ok_or_else(|| error::check_parameter("client_id"))?;
    if !world.accepts_client(&client) {
        return Err(error::invalid_client(true));
    }
    let redirect = param("redirect_uri");
    let target = resolve_redirect(world, redirect.as_deref()).ok_or_else(|| error::invalid_client(true))?;
    let challenge = param("code_challenge").ok_or_else(|| error::check_parameter("code_challenge"))?;
    if param("code_challenge_method").is_some_and(|method| method != "plain") {
        return Err(error::check_parameter("code_challenge_method"));
    }
    if !is_valid_verifier(&challenge) {
        return Err(error::invalid_request("Code challenge must follow the specifications of RFC-7636."));
    }
    Ok(AuthorizeRequest {
        client_id: client,
        challenge,
        state: param("state"),
        sent_redirect_uri: redirect,
        redirect_target: target,
    })
}

/// Where to go: exactly a registered redirect; the only one if none was sent.
fn resolve_redirect(world: &SimState, sent: Option<&str>) -> Option<String> {
    let registered = &world.config.redirects;
    match sent {
        Some(sent) if registered.is_empty() => is_local_redirect(sent).then(|| sent.to_owned()),
        Some(sent) => registered.iter().find(|known| *known == sent).cloned(),
        None => match registered.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        },
    }
}

/// On a loopback address, or of a scheme other than the web's (MAL takes custom schemes).
fn is_local_redirect(redirect: &str) -> bool {
    let Ok(url) = url::Url::parse(redirect) else {
        return false;
    };
    match (url.scheme(), url.host()) {
        ("http" | "https", Some(url::Host::Domain(name))) => name == "localhost",
        ("http" | "https", Some(url::Host::Ipv4(address))) => address.is_loopback(),
        ("http" | "https", Some(url::Host::Ipv6(address))) => address.is_loopback(),
        ("http" | "https", None) => false,
        _ => true,
    }
}

/// 43 to 128 of the letters that a verifier may have (documented).
pub(crate) fn is_valid_verifier(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(known)
}

fn decide_consent(world: &mut SimState, request: &SimRequest) -> Option<ConsentDecision> {
    if request.method == "POST" {
        let form = request.form_fields();
        let user = last_value(form.clone(), "user").filter(|user| world.find_user(user).is_some());
        return match last_value(form, "decision").as_deref() {
            Some("allow") => Some(ConsentDecision::Allow(user.unwrap_or_else(|| world.consenting_user()))),
            Some("deny") => Some(ConsentDecision::Deny),
            _ => None,
        };
    }
    if world.consent.denials_left > 0 {
        world.consent.denials_left -= 1;
        return Some(ConsentDecision::Deny);
    }
    world.consent.is_automatic.then(|| ConsentDecision::Allow(world.consenting_user()))
}

fn redirect_with_code(world: &mut SimState, asked: &AuthorizeRequest, user: String) -> SimResponse {
    let life = i64::try_from(world.config.code_lifetime.as_millis()).unwrap_or(i64::MAX);
    let expires = world.now_ms().saturating_add(life);
    let code = world.token_registry.issue_code(IssuedCode {
        user,
        client_id: asked.client_id.clone(),
        redirect_uri: asked.sent_redirect_uri.clone(),
        challenge: asked.challenge.clone(),
        expires_at_ms: expires,
        is_used: false,
    });
    let state = asked.state.as_deref().map(|state| ("state", state));
    redirect_with_params(&asked.redirect_target, std::iter::once(("code", code.as_str())).chain(state))
}

fn redirect_with_params<'a>(target: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> SimResponse {
    let joint = if target.contains('?') { '&' } else { '?' };
    SimResponse::redirect(&format!("{target}{joint}{}", php_json::build_query(pairs)))
        .with_header("cache-control", "no-store")
}

fn render_consent_page(world: &SimState, request: &SimRequest, asked: &AuthorizeRequest) -> SimResponse {
    let names = world.users.iter().map(|user| user.name.as_str());
    let chosen = world.consenting_user();
    let options: String = names
        .map(|name| {
            let selected = if name == chosen { " selected" } else { "" };
            let name = php_json::escape_html(name);
            format!("<option value=\"{name}\"{selected}>{name}</option>")
        })
        .collect();
    let picker = if world.users.len() > 1 {
        format!("<label for=\"user\">Signed in as</label><select id=\"user\" name=\"user\">{options}</select>")
    } else {
        let name = php_json::escape_html(&chosen);
        format!("<p>Signed in as <strong>{name}</strong></p><input type=\"hidden\" name=\"user\" value=\"{name}\">")
    };
    let action = format!("{}?{}", request.path, request.query);
    let html = CONSENT_PAGE_TEMPLATE
        .replace("{{action}}", &php_json::escape_html(&action))
        .replace("{{picker}}", &picker)
        .replace("{{client}}", &php_json::escape_html(&asked.client_id))
        .replace("{{target}}", &php_json::escape_html(&asked.redirect_target));
    SimResponse::html(200, html)
        .with_header("cache-control", "no-store")
        .with_header("referrer-policy", "no-referrer")
        .with_header(
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verifier_has_43_to_128_unreserved_characters() {
        for (text, wanted) in [
            ("a".repeat(43), true),
            ("a".repeat(128), true),
            ("a".repeat(42), false),
            ("a".repeat(129), false),
            ("-._~".repeat(11), true),
            (format!("{}+", "a".repeat(43)), false),
            (format!("{}é", "a".repeat(43)), false),
        ] {
            assert_eq!(is_valid_verifier(&text), wanted, "{text}");
        }
    }

    #[test]
    fn only_local_redirects_are_accepted_without_registration() {
        for (redirect, wanted) in [
            ("http://localhost:3005/auth/callback", true),
            ("http://127.0.0.1/x", true),
            ("http://[::1]:80/x", true),
            ("https://127.9.9.9/x", true),
            ("myapp://oauth", true),
            ("https://example.com/x", false),
            ("http://localhost.example.com/x", false),
            ("http://10.0.0.1/x", false),
            ("/relative", false),
            ("", false),
        ] {
            assert_eq!(is_local_redirect(redirect), wanted, "{redirect}");
        }
    }
}
