//! OAuth: the way in, the way to stay in, and every refusal word for word.

use std::time::Duration;

use mal_sim::{Config, TokenRequest, Which};
use reqwest::Response;
use serde_json::Value;

use crate::support::{Mal, whole};

const VERIFIER: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~";
const BACK: &str = "http://localhost:3005/auth/callback";
const MALFORMED: &str = "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed.";

fn query<'a>() -> Vec<(&'a str, &'a str)> {
    vec![
        ("response_type", "code"),
        ("client_id", "app"),
        ("state", "a b&c"),
        ("redirect_uri", BACK),
        ("code_challenge", VERIFIER),
        ("code_challenge_method", "plain"),
    ]
}

fn with<'a>(mut pairs: Vec<(&'a str, &'a str)>, name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    pairs.retain(|(known, _)| *known != name);
    pairs.push((name, value));
    pairs
}

fn without<'a>(mut pairs: Vec<(&'a str, &'a str)>, name: &str) -> Vec<(&'a str, &'a str)> {
    pairs.retain(|(known, _)| *known != name);
    pairs
}

/// The parameters that the browser is sent back with.
fn back(answer: &Response) -> Vec<(String, String)> {
    assert_eq!(answer.status(), 302);
    let location = answer.headers()["location"].to_str().unwrap();
    assert!(location.starts_with(BACK), "{location}");
    let url = reqwest::Url::parse(location).unwrap();
    url.query_pairs().into_owned().collect()
}

async fn code(mal: &Mal) -> String {
    let pairs = back(&mal.authorize(&query()).await);
    assert_eq!(pairs[0].0, "code");
    assert_eq!(pairs[1], ("state".to_owned(), "a b&c".to_owned()));
    pairs[0].1.clone()
}

fn exchange(code: &str) -> Vec<(&str, &str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("client_id", "app"),
        ("code", code),
        ("code_verifier", VERIFIER),
        ("redirect_uri", BACK),
    ]
}

fn refresh(token: &str) -> Vec<(&str, &str)> {
    vec![("grant_type", "refresh_token"), ("client_id", "app"), ("refresh_token", token)]
}

fn malformed(hint: &str) -> String {
    format!("{{\"error\":\"invalid_request\",\"message\":\"{MALFORMED}\",\"hint\":\"{hint}\"}}")
}

fn dead(hint: &str) -> String {
    format!("{{\"error\":\"invalid_request\",\"message\":\"The refresh token is invalid.\",\"hint\":\"{hint}\"}}")
}

#[tokio::test]
async fn a_code_becomes_a_pair_and_the_pair_another() {
    let mal = Mal::with(3).await;
    let answer = mal.token(&exchange(&code(&mal).await)).await;
    assert_eq!(answer.status(), 200);
    let first: Value = answer.json().await.unwrap();
    let keys: Vec<&String> = first.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["token_type", "expires_in", "access_token", "refresh_token"]);
    assert_eq!(first["token_type"], "Bearer");
    assert_eq!(first["expires_in"], 2_678_400);

    let old = first["refresh_token"].as_str().unwrap();
    let second: Value = mal.token(&refresh(old)).await.json().await.unwrap();
    assert_ne!(second["refresh_token"], first["refresh_token"], "the refresh token changes");
    let me = |token: &Value| {
        let url = format!("{}/users/@me", mal.sim.api_url());
        mal.http.get(url).bearer_auth(token.as_str().unwrap()).send()
    };
    assert_eq!(me(&first["access_token"]).await.unwrap().status(), 401, "revoked at once");
    assert_eq!(me(&second["access_token"]).await.unwrap().status(), 200);
    let again = mal.token(&refresh(old)).await;
    assert_eq!(again.status(), 200, "the old refresh token lives on by default");

    mal.control().configure(|config| config.old_refresh_valid = false);
    let refused = whole(mal.token(&refresh(old)).await).await;
    assert_eq!(refused, (401, None, dead("Token has been revoked")));
    assert_eq!(me(&second["access_token"]).await.unwrap().status(), 200, "the family lives on by default");

    mal.control().configure(|config| config.reuse_revokes = true);
    assert_eq!(mal.token(&refresh(old)).await.status(), 401);
    assert_eq!(me(&second["access_token"]).await.unwrap().status(), 401);
    let newest = mal.token(&refresh(second["refresh_token"].as_str().unwrap())).await;
    assert_eq!(newest.status(), 401, "who sends a spent token loses all of them");
}

#[tokio::test]
async fn refused_exchanges() {
    let mal = Mal::with(3).await;
    let wrong = "z".repeat(50);
    let code = code(&mal).await;
    let good = exchange(&code);
    let grant = "The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.";
    let verifier = format!(
        "{{\"error\":\"invalid_grant\",\"message\":\"{grant}\",\"hint\":\"Failed to verify `code_verifier`.\"}}"
    );
    let unsupported = r#"{"error":"unsupported_grant_type","message":"The authorization grant type is not supported by the authorization server.","hint":"Check that all required parameters have been provided"}"#;
    for (form, wanted) in [
        (with(good.clone(), "code_verifier", &wrong), verifier),
        (without(good.clone(), "code_verifier"), malformed("Check the `code_verifier` parameter")),
        (with(good.clone(), "code", "def502"), malformed("Cannot decrypt the authorization code")),
        (without(good.clone(), "code"), malformed("Check the `code` parameter")),
        (without(good.clone(), "client_id"), malformed("Check the `client_id` parameter")),
        (without(good.clone(), "redirect_uri"), malformed("Check the `redirect_uri` parameter")),
        (with(good.clone(), "redirect_uri", "http://localhost:3005/other"), malformed("Invalid redirect URI")),
        (with(good.clone(), "client_id", "other"), malformed("Authorization code was not issued to this client")),
        (with(good.clone(), "grant_type", "password"), unsupported.to_owned()),
        (without(good.clone(), "grant_type"), unsupported.to_owned()),
    ] {
        assert_eq!(whole(mal.token(&form).await).await, (400, None, wanted), "{form:?}");
    }
    assert_eq!(mal.token(&good).await.status(), 200, "none of these burnt the code");
    let reused = whole(mal.token(&good).await).await;
    assert_eq!(reused, (400, None, malformed("Authorization code has been revoked")));
}

#[tokio::test]
async fn codes_and_tokens_age() {
    let mal = Mal::with(3).await;
    let code = code(&mal).await;
    mal.control().advance_clock(Duration::from_secs(600));
    let late = whole(mal.token(&exchange(&code)).await).await;
    assert_eq!(late, (400, None, malformed("Authorization code has expired")));

    let pair = mal.control().issue(&TokenRequest {
        user: "alice".to_owned(),
        client_id: Some("app".to_owned()),
        ..TokenRequest::default()
    });
    let pair = pair.unwrap();
    for (form, wanted) in [
        (refresh("garbage"), "Cannot decrypt the refresh token"),
        (with(refresh(&pair.refresh_token), "client_id", "other"), "Token is not linked to client"),
    ] {
        assert_eq!(whole(mal.token(&form).await).await, (401, None, dead(wanted)));
    }
    mal.control().advance_clock(Duration::from_secs(31 * 86_400));
    let late = whole(mal.token(&refresh(&pair.refresh_token)).await).await;
    assert_eq!(late, (401, None, dead("Token has expired")));
    let header = "Bearer error=\"invalid_token\",error_description=\"The access token expired\"";
    let url = format!("{}/users/@me", mal.sim.api_url());
    let answer = mal.http.get(&url).bearer_auth(&pair.access_token).send().await.unwrap();
    let body = r#"{"error":"invalid_token"}"#.to_owned();
    assert_eq!(whole(answer).await, (401, Some(header.to_owned()), body.clone()));
    mal.control().revoke("alice", Which::Access).unwrap();
    let answer = mal.http.get(&url).bearer_auth(&pair.access_token).send().await.unwrap();
    assert_eq!(whole(answer).await, (401, Some("Bearer error=\"invalid_token\"".to_owned()), body));
}

#[tokio::test]
async fn refused_authorize_requests_never_redirect() {
    let mal = Mal::with(3).await;
    let basic = Some("Basic realm=\"OAuth\"".to_owned());
    let client = r#"{"error":"invalid_client","message":"Client authentication failed"}"#.to_owned();
    let short = "a".repeat(42);
    let cases = [
        (without(query(), "code_challenge"), 400, None, malformed("Check the `code_challenge` parameter")),
        (
            with(query(), "code_challenge_method", "S256"),
            400,
            None,
            malformed("Check the `code_challenge_method` parameter"),
        ),
        (
            with(query(), "code_challenge", &short),
            400,
            None,
            malformed("Code challenge must follow the specifications of RFC-7636."),
        ),
        (without(query(), "client_id"), 400, None, malformed("Check the `client_id` parameter")),
        (without(query(), "redirect_uri"), 401, basic.clone(), client.clone()),
        (with(query(), "redirect_uri", "https://example.com/"), 401, basic.clone(), client.clone()),
    ];
    for (query, status, header, body) in cases {
        assert_eq!(whole(mal.authorize(&query).await).await, (status, header, body), "{query:?}");
    }
    mal.control().configure(|config| config.client_id = Some("known".to_owned()));
    assert_eq!(whole(mal.authorize(&query()).await).await, (401, basic, client));
}

#[tokio::test]
async fn registered_redirects_are_compared_letter_by_letter() {
    let mal = Mal::with(3).await;
    mal.control().configure(|config| config.redirects = vec![BACK.to_owned()]);
    for other in ["http://localhost:3006/auth/callback", "http://127.0.0.1:3005/auth/callback"] {
        assert_eq!(mal.authorize(&with(query(), "redirect_uri", other)).await.status(), 401, "{other}");
    }
    // The only one may be left out, in both requests then.
    let pairs = back(&mal.authorize(&without(query(), "redirect_uri")).await);
    let code = pairs[0].1.clone();
    let sent = whole(mal.token(&exchange(&code)).await).await;
    assert_eq!(sent, (400, None, malformed("Invalid redirect URI")));
    assert_eq!(mal.token(&without(exchange(&code), "redirect_uri")).await.status(), 200);
    mal.control().configure(|config| config.redirects.push("app://x".to_owned()));
    assert_eq!(mal.authorize(&without(query(), "redirect_uri")).await.status(), 401, "which of two?");
}

#[tokio::test]
async fn a_secret_is_asked_for_by_form_or_basic() {
    let mal = Mal::start(Config {
        auto_consent: true,
        client_id: Some("app".to_owned()),
        client_secret: Some("s:ecret".to_owned()),
        ..Config::default()
    })
    .await;
    let code = code(&mal).await;
    let form = exchange(&code);
    let refusal = r#"{"error":"invalid_client","message":"Client authentication failed"}"#.to_owned();
    assert_eq!(whole(mal.token(&form).await).await, (401, None, refusal.clone()));
    let url = format!("{}/token", mal.sim.auth_url());
    let basic = |secret: &str| {
        let form = without(form.clone(), "client_id");
        mal.http.post(&url).basic_auth("app", Some(secret)).form(&form).send()
    };
    let wrong = whole(basic("wrong").await.unwrap()).await;
    assert_eq!(wrong, (401, Some("Basic realm=\"OAuth\"".to_owned()), refusal));
    assert_eq!(basic("s:ecret").await.unwrap().status(), 200);
    let code = self::code(&mal).await;
    let answer = mal.token(&with(exchange(&code), "client_secret", "s:ecret")).await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn the_page_asks_who_and_whether() {
    let mal = Mal::with(3).await;
    mal.control().auto_consent(false);
    let page = mal.authorize(&query()).await;
    assert_eq!(page.status(), 200);
    let html = page.text().await.unwrap();
    for part in ["id=\"allow\"", "id=\"deny\"", "<option value=\"bob\">", "a+b%26c"] {
        assert!(html.contains(part), "{part} in {html}");
    }
    let url = format!("{}/authorize", mal.sim.auth_url());
    let press = |form: &'static [(&'static str, &'static str)]| mal.http.post(&url).query(&query()).form(form).send();
    let pairs = back(&press(&[("decision", "allow"), ("user", "bob")]).await.unwrap());
    let pair: Value = mal.token(&exchange(&pairs[0].1)).await.json().await.unwrap();
    let me = mal.http.get(format!("{}/users/@me", mal.sim.api_url()));
    let me = me.bearer_auth(pair["access_token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(me.json::<Value>().await.unwrap()["name"], "bob");

    let denied = press(&[("decision", "deny")]).await.unwrap();
    assert_eq!(
        denied.headers()["location"].to_str().unwrap(),
        format!(
            "{BACK}?state=a+b%26c&error=access_denied&message=The+resource+owner+or+authorization+server+denied+the+\
             request.&hint=The+user+denied+the+request"
        )
    );
}

#[tokio::test]
async fn consent_can_be_arranged() {
    let mal = Mal::with(3).await;
    mal.control().deny_next(1);
    assert_eq!(back(&mal.authorize(&query()).await)[1].1, "access_denied");
    mal.control().consent_as("BOB").unwrap();
    let code = code(&mal).await;
    let pair: Value = mal.token(&exchange(&code)).await.json().await.unwrap();
    let me = mal.http.get(format!("{}/users/@me", mal.sim.api_url()));
    let me = me.bearer_auth(pair["access_token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(me.json::<Value>().await.unwrap()["name"], "bob");
    assert!(mal.control().consent_as("nobody").is_err());
}
