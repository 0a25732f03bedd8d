//! `/v1/oauth2/authorize`: validates the request, asks the user unless consent is preset, redirects with a code.
//!
//! Invariants:
//!
//! 1. Only PKCE `plain` is accepted, where the challenge equals the verifier (documented; S256 observed to fail).
//! 2. A wrong client or redirect URI never redirects: the browser shows a Basic login dialog (observed).

use crate::http_message::{SimRequest, SimResponse, last_value};
use crate::oauth_error as error;
use crate::php_encoding;
use crate::state::SimState;
use crate::token_registry::IssuedCode;

const CONSENT_PAGE_TEMPLATE: &str = include_str!("consent.html");

/// A valid authorize request.
#[derive(Clone, Debug)]
struct AuthorizeRequest {
    client_id: String,
    challenge: String,
    state: Option<String>,
    /// `redirect_uri` as sent.
    sent_redirect_uri: Option<String>,
    /// Address that the browser is redirected to.
    redirect_target: String,
}

/// The user's decision.
#[derive(Clone, Debug, PartialEq, Eq)]
enum ConsentDecision {
    Allow(String),
    Deny,
}

/// Handles a GET (consent page, or an immediate redirect) and the POST of the consent form.
pub(crate) fn handle_authorize(state: &mut SimState, request: &SimRequest) -> SimResponse {
    let params = match validate_authorize_request(state, request) {
        Ok(params) => params,
        Err(response) => return response,
    };
    match decide_consent(state, request) {
        Some(ConsentDecision::Allow(user)) => redirect_with_code(state, &params, user),
        Some(ConsentDecision::Deny) => {
            let state_param = params.state.as_deref().map(|state_param| ("state", state_param));
            redirect_with_params(&params.redirect_target, state_param.into_iter().chain(error::ACCESS_DENIED_PARAMS))
        }
        None => render_consent_page(state, request, &params),
    }
}

fn validate_authorize_request(state: &SimState, request: &SimRequest) -> Result<AuthorizeRequest, SimResponse> {
    let param = |name: &str| request.query_param(name);
    if param("response_type").as_deref() != Some("code") {
        return Err(error::unsupported_grant());
    }
    let client_id = param("client_id").ok_or_else(|| error::invalid_parameter("client_id"))?;
    if !state.accepts_client(&client_id) {
        return Err(error::invalid_client(true));
    }
    let sent_redirect_uri = param("redirect_uri");
    let redirect_target =
        resolve_redirect(state, sent_redirect_uri.as_deref()).ok_or_else(|| error::invalid_client(true))?;
    let challenge = param("code_challenge").ok_or_else(|| error::invalid_parameter("code_challenge"))?;
    if param("code_challenge_method").is_some_and(|method| method != "plain") {
        return Err(error::invalid_parameter("code_challenge_method"));
    }
    if !is_valid_verifier(&challenge) {
        return Err(error::invalid_request("Code challenge must follow the specifications of RFC-7636."));
    }
    Ok(AuthorizeRequest { client_id, challenge, state: param("state"), sent_redirect_uri, redirect_target })
}

/// Returns the address to redirect to, which must equal a registered URI if any are registered. Uses the only
/// registered URI if none was sent. Returns `None` if the redirect is not allowed.
fn resolve_redirect(state: &SimState, sent: Option<&str>) -> Option<String> {
    let registered = &state.config.redirects;
    match sent {
        Some(sent) if registered.is_empty() => is_allowed_unregistered(sent).then(|| sent.to_owned()),
        Some(sent) => registered.iter().find(|registered_uri| *registered_uri == sent).cloned(),
        None => match registered.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        },
    }
}

/// Returns true if a redirect URI is allowed although none is registered: a loopback address, or a scheme other than
/// http(s). MAL accepts custom schemes.
fn is_allowed_unregistered(redirect: &str) -> bool {
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

/// Returns true if the text is a PKCE verifier: 43 to 128 unreserved characters (documented).
pub(crate) fn is_valid_verifier(text: &str) -> bool {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(is_unreserved)
}

fn decide_consent(state: &mut SimState, request: &SimRequest) -> Option<ConsentDecision> {
    if request.method == "POST" {
        let form = request.form_fields();
        let user = last_value(form.clone(), "user").filter(|user| state.find_user(user).is_some());
        return match last_value(form, "decision").as_deref() {
            Some("allow") => Some(ConsentDecision::Allow(user.unwrap_or_else(|| state.consenting_user()))),
            Some("deny") => Some(ConsentDecision::Deny),
            _ => None,
        };
    }
    if state.consent.denials_left > 0 {
        state.consent.denials_left -= 1;
        return Some(ConsentDecision::Deny);
    }
    state.consent.is_automatic.then(|| ConsentDecision::Allow(state.consenting_user()))
}

fn redirect_with_code(state: &mut SimState, params: &AuthorizeRequest, user: String) -> SimResponse {
    let lifetime_ms = i64::try_from(state.config.code_lifetime.as_millis()).unwrap_or(i64::MAX);
    let expires_at_ms = state.now_ms().saturating_add(lifetime_ms);
    let code = state.token_registry.issue_code(IssuedCode {
        user,
        client_id: params.client_id.clone(),
        redirect_uri: params.sent_redirect_uri.clone(),
        challenge: params.challenge.clone(),
        expires_at_ms,
        is_used: false,
    });
    let state_param = params.state.as_deref().map(|state_param| ("state", state_param));
    redirect_with_params(&params.redirect_target, std::iter::once(("code", code.as_str())).chain(state_param))
}

fn redirect_with_params<'a>(target: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> SimResponse {
    let separator = if target.contains('?') { '&' } else { '?' };
    SimResponse::redirect(&format!("{target}{separator}{}", php_encoding::build_query(pairs)))
        .with_header("cache-control", "no-store")
}

fn render_consent_page(state: &SimState, request: &SimRequest, params: &AuthorizeRequest) -> SimResponse {
    let names = state.users.iter().map(|user| user.name.as_str());
    let default_user = state.consenting_user();
    let options: String = names
        .map(|name| {
            let selected = if name == default_user { " selected" } else { "" };
            let name = php_encoding::escape_html(name);
            format!("<option value=\"{name}\"{selected}>{name}</option>")
        })
        .collect();
    let user_picker = if state.users.len() > 1 {
        format!("<label for=\"user\">Signed in as</label><select id=\"user\" name=\"user\">{options}</select>")
    } else {
        let name = php_encoding::escape_html(&default_user);
        format!("<p>Signed in as <strong>{name}</strong></p><input type=\"hidden\" name=\"user\" value=\"{name}\">")
    };
    let action = format!("{}?{}", request.path, request.query);
    let html = CONSENT_PAGE_TEMPLATE
        .replace("{{action}}", &php_encoding::escape_html(&action))
        .replace("{{picker}}", &user_picker)
        .replace("{{client}}", &php_encoding::escape_html(&params.client_id))
        .replace("{{target}}", &php_encoding::escape_html(&params.redirect_target));
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
        for (text, expected) in [
            ("a".repeat(43), true),
            ("a".repeat(128), true),
            ("a".repeat(42), false),
            ("a".repeat(129), false),
            ("-._~".repeat(11), true),
            (format!("{}+", "a".repeat(43)), false),
            (format!("{}é", "a".repeat(43)), false),
        ] {
            assert_eq!(is_valid_verifier(&text), expected, "{text}");
        }
    }

    #[test]
    fn only_local_redirects_are_accepted_without_registration() {
        for (redirect, expected) in [
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
            assert_eq!(is_allowed_unregistered(redirect), expected, "{redirect}");
        }
    }
}
