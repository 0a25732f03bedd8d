//! `/v1/oauth2/authorize`: checks the request, asks the user (or not), sends the browser back with a code.
//!
//! Only PKCE `plain` is taken, where the challenge is the verifier (documented; S256 seen to fail). A wrong client or
//! redirect never redirects: the browser shows a Basic login box (observed).

use crate::encode;
use crate::exchange::{Answer, Request, last};
use crate::oauth_error as error;
use crate::tokens::Code;
use crate::world::World;

const PAGE: &str = include_str!("consent.html");

/// A request that passed every check.
#[derive(Clone, Debug)]
struct Asked {
    client: String,
    challenge: String,
    state: Option<String>,
    /// As sent.
    redirect: Option<String>,
    /// Where the browser goes.
    target: String,
}

/// What the user said.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Decision {
    Allow(String),
    Deny,
}

/// Answers a GET (the page, or at once the redirect) or the POST of the page's form.
pub(crate) fn answer(world: &mut World, request: &Request) -> Answer {
    let asked = match check(world, request) {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    match decision(world, request) {
        Some(Decision::Allow(user)) => allow(world, &asked, user),
        Some(Decision::Deny) => {
            let state = asked.state.as_deref().map(|state| ("state", state));
            back(&asked.target, state.into_iter().chain(error::DENIED))
        }
        None => page(world, request, &asked),
    }
}

fn check(world: &World, request: &Request) -> Result<Asked, Answer> {
    let param = |name: &str| request.param(name);
    if param("response_type").as_deref() != Some("code") {
        return Err(error::unsupported_grant());
    }
    let client = param("client_id").ok_or_else(|| error::check("client_id"))?;
    if !world.knows_client(&client) {
        return Err(error::invalid_client(true));
    }
    let redirect = param("redirect_uri");
    let target = target(world, redirect.as_deref()).ok_or_else(|| error::invalid_client(true))?;
    let challenge = param("code_challenge").ok_or_else(|| error::check("code_challenge"))?;
    if param("code_challenge_method").is_some_and(|method| method != "plain") {
        return Err(error::check("code_challenge_method"));
    }
    if !is_verifier(&challenge) {
        return Err(error::invalid_request("Code challenge must follow the specifications of RFC-7636."));
    }
    Ok(Asked { client, challenge, state: param("state"), redirect, target })
}

/// Where to go: exactly a registered redirect; the only one if none was sent.
fn target(world: &World, sent: Option<&str>) -> Option<String> {
    let registered = &world.config.redirects;
    match sent {
        Some(sent) if registered.is_empty() => is_local(sent).then(|| sent.to_owned()),
        Some(sent) => registered.iter().find(|known| *known == sent).cloned(),
        None => match registered.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        },
    }
}

/// On a loopback address, or of a scheme other than the web's (MAL takes custom schemes).
fn is_local(redirect: &str) -> bool {
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
pub(crate) fn is_verifier(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(known)
}

fn decision(world: &mut World, request: &Request) -> Option<Decision> {
    if request.method == "POST" {
        let form = request.form();
        let user = last(form.clone(), "user").filter(|user| world.user(user).is_some());
        return match last(form, "decision").as_deref() {
            Some("allow") => Some(Decision::Allow(user.unwrap_or_else(|| world.consenting_user()))),
            Some("deny") => Some(Decision::Deny),
            _ => None,
        };
    }
    if world.consent.deny > 0 {
        world.consent.deny -= 1;
        return Some(Decision::Deny);
    }
    world.consent.auto.then(|| Decision::Allow(world.consenting_user()))
}

fn allow(world: &mut World, asked: &Asked, user: String) -> Answer {
    let life = i64::try_from(world.config.code_lifetime.as_millis()).unwrap_or(i64::MAX);
    let expires = world.now_ms().saturating_add(life);
    let code = world.vault.issue_code(Code {
        user,
        client: asked.client.clone(),
        redirect: asked.redirect.clone(),
        challenge: asked.challenge.clone(),
        expires,
        used: false,
    });
    let state = asked.state.as_deref().map(|state| ("state", state));
    back(&asked.target, std::iter::once(("code", code.as_str())).chain(state))
}

fn back<'a>(target: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Answer {
    let joint = if target.contains('?') { '&' } else { '?' };
    Answer::redirect(&format!("{target}{joint}{}", encode::query(pairs))).with("cache-control", "no-store")
}

fn page(world: &World, request: &Request, asked: &Asked) -> Answer {
    let names = world.users.iter().map(|user| user.name.as_str());
    let chosen = world.consenting_user();
    let options: String = names
        .map(|name| {
            let selected = if name == chosen { " selected" } else { "" };
            let name = encode::html(name);
            format!("<option value=\"{name}\"{selected}>{name}</option>")
        })
        .collect();
    let picker = if world.users.len() > 1 {
        format!("<label for=\"user\">Signed in as</label><select id=\"user\" name=\"user\">{options}</select>")
    } else {
        let name = encode::html(&chosen);
        format!("<p>Signed in as <strong>{name}</strong></p><input type=\"hidden\" name=\"user\" value=\"{name}\">")
    };
    let action = format!("{}?{}", request.path, request.query);
    let html = PAGE
        .replace("{{action}}", &encode::html(&action))
        .replace("{{picker}}", &picker)
        .replace("{{client}}", &encode::html(&asked.client))
        .replace("{{target}}", &encode::html(&asked.target));
    Answer::html(200, html).with("cache-control", "no-store").with("referrer-policy", "no-referrer").with(
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verifiers() {
        for (text, wanted) in [
            ("a".repeat(43), true),
            ("a".repeat(128), true),
            ("a".repeat(42), false),
            ("a".repeat(129), false),
            ("-._~".repeat(11), true),
            (format!("{}+", "a".repeat(43)), false),
            (format!("{}é", "a".repeat(43)), false),
        ] {
            assert_eq!(is_verifier(&text), wanted, "{text}");
        }
    }

    #[test]
    fn only_local_redirects_go_without_registration() {
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
            assert_eq!(is_local(redirect), wanted, "{redirect}");
        }
    }
}
