//! OAuth: the way in, the way to stay in, and every refusal word for word.

use std::time::Duration;

use mal_sim::{IssueTokensRequest, SimConfig, TokenSelector};
use reqwest::Response;
use serde_json::Value;

use crate::support::{SimFixture, response_parts};

const CODE_VERIFIER: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~";
const REDIRECT_URI: &str = "http://localhost:3005/auth/callback";
const MALFORMED_MESSAGE: &str = "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed.";

fn authorize_query<'a>() -> Vec<(&'a str, &'a str)> {
    vec![
        ("response_type", "code"),
        ("client_id", "app"),
        ("state", "a b&c"),
        ("redirect_uri", REDIRECT_URI),
        ("code_challenge", CODE_VERIFIER),
        ("code_challenge_method", "plain"),
    ]
}

fn with_param<'a>(mut pairs: Vec<(&'a str, &'a str)>, name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    pairs.retain(|(known, _)| *known != name);
    pairs.push((name, value));
    pairs
}

fn without_param<'a>(mut pairs: Vec<(&'a str, &'a str)>, name: &str) -> Vec<(&'a str, &'a str)> {
    pairs.retain(|(known, _)| *known != name);
    pairs
}

/// The parameters that the browser is sent back with.
fn redirect_params(answer: &Response) -> Vec<(String, String)> {
    assert_eq!(answer.status(), 302);
    let location = answer.headers()["location"].to_str().unwrap();
    assert!(location.starts_with(REDIRECT_URI), "{location}");
    let url = reqwest::Url::parse(location).unwrap();
    url.query_pairs().into_owned().collect()
}

async fn obtain_code(mal: &SimFixture) -> String {
    let pairs = redirect_params(&mal.authorize(&authorize_query()).await);
    assert_eq!(pairs[0].0, "code");
    assert_eq!(pairs[1], ("state".to_owned(), "a b&c".to_owned()));
    pairs[0].1.clone()
}

fn exchange_form(code: &str) -> Vec<(&str, &str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("client_id", "app"),
        ("code", code),
        ("code_verifier", CODE_VERIFIER),
        ("redirect_uri", REDIRECT_URI),
    ]
}

fn refresh_form(token: &str) -> Vec<(&str, &str)> {
    vec![("grant_type", "refresh_token"), ("client_id", "app"), ("refresh_token", token)]
}

fn malformed_body(hint: &str) -> String {
    format!("{{\"error\":\"invalid_request\",\"message\":\"{MALFORMED_MESSAGE}\",\"hint\":\"{hint}\"}}")
}

fn refresh_error_body(hint: &str) -> String {
    format!("{{\"error\":\"invalid_request\",\"message\":\"The refresh token is invalid.\",\"hint\":\"{hint}\"}}")
}

#[tokio::test]
async fn code_is_exchanged_and_tokens_are_refreshed() {
    let mal = SimFixture::with_entries(3).await;
    let answer = mal.post_token(&exchange_form(&obtain_code(&mal).await)).await;
    assert_eq!(answer.status(), 200);
    let first: Value = answer.json().await.unwrap();
    let keys: Vec<&String> = first.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["token_type", "expires_in", "access_token", "refresh_token"]);
    assert_eq!(first["token_type"], "Bearer");
    assert_eq!(first["expires_in"], 2_678_400);

    let old = first["refresh_token"].as_str().unwrap();
    let second: Value = mal.post_token(&refresh_form(old)).await.json().await.unwrap();
    assert_ne!(second["refresh_token"], first["refresh_token"], "the refresh token changes");
    let me = |token: &Value| {
        let url = format!("{}/users/@me", mal.sim.api_url());
        mal.client.get(url).bearer_auth(token.as_str().unwrap()).send()
    };
    assert_eq!(me(&first["access_token"]).await.unwrap().status(), 401, "revoked at once");
    assert_eq!(me(&second["access_token"]).await.unwrap().status(), 200);
    let again = mal.post_token(&refresh_form(old)).await;
    assert_eq!(again.status(), 200, "the old refresh token lives on by default");

    mal.control().configure(|config| config.old_refresh_valid = false);
    let refused = response_parts(mal.post_token(&refresh_form(old)).await).await;
    assert_eq!(refused, (401, None, refresh_error_body("Token has been revoked")));
    assert_eq!(me(&second["access_token"]).await.unwrap().status(), 200, "the family lives on by default");

    mal.control().configure(|config| config.reuse_revokes = true);
    assert_eq!(mal.post_token(&refresh_form(old)).await.status(), 401);
    assert_eq!(me(&second["access_token"]).await.unwrap().status(), 401);
    let newest = mal.post_token(&refresh_form(second["refresh_token"].as_str().unwrap())).await;
    assert_eq!(newest.status(), 401, "who sends a spent token loses all of them");
}

#[tokio::test]
async fn invalid_code_exchange_is_refused() {
    let mal = SimFixture::with_entries(3).await;
    let wrong = "z".repeat(50);
    let code = obtain_code(&mal).await;
    let good = exchange_form(&code);
    let grant = "The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.";
    let verifier = format!(
        "{{\"error\":\"invalid_grant\",\"message\":\"{grant}\",\"hint\":\"Failed to verify `code_verifier`.\"}}"
    );
    let unsupported = r#"{"error":"unsupported_grant_type","message":"The authorization grant type is not supported by the authorization server.","hint":"Check that all required parameters have been provided"}"#;
    for (form, wanted) in [
        (with_param(good.clone(), "code_verifier", &wrong), verifier),
        (without_param(good.clone(), "code_verifier"), malformed_body("Check the `code_verifier` parameter")),
        (with_param(good.clone(), "code", "def502"), malformed_body("Cannot decrypt the authorization code")),
        (without_param(good.clone(), "code"), malformed_body("Check the `code` parameter")),
        (without_param(good.clone(), "client_id"), malformed_body("Check the `client_id` parameter")),
        (without_param(good.clone(), "redirect_uri"), malformed_body("Check the `redirect_uri` parameter")),
        (
            with_param(good.clone(), "redirect_uri", "http://localhost:3005/other"),
            malformed_body("Invalid redirect URI"),
        ),
        (
            with_param(good.clone(), "client_id", "other"),
            malformed_body("Authorization code was not issued to this client"),
        ),
        (with_param(good.clone(), "grant_type", "password"), unsupported.to_owned()),
        (without_param(good.clone(), "grant_type"), unsupported.to_owned()),
    ] {
        assert_eq!(response_parts(mal.post_token(&form).await).await, (400, None, wanted), "{form:?}");
    }
    assert_eq!(mal.post_token(&good).await.status(), 200, "none of these burnt the code");
    let reused = response_parts(mal.post_token(&good).await).await;
    assert_eq!(reused, (400, None, malformed_body("Authorization code has been revoked")));
}

#[tokio::test]
async fn codes_and_tokens_expire() {
    let mal = SimFixture::with_entries(3).await;
    let code = obtain_code(&mal).await;
    mal.control().advance_clock(Duration::from_secs(600));
    let late = response_parts(mal.post_token(&exchange_form(&code)).await).await;
    assert_eq!(late, (400, None, malformed_body("Authorization code has expired")));

    let pair = mal.control().issue_tokens_with(&IssueTokensRequest {
        user: "alice".to_owned(),
        client_id: Some("app".to_owned()),
        ..IssueTokensRequest::default()
    });
    let pair = pair.unwrap();
    for (form, wanted) in [
        (refresh_form("garbage"), "Cannot decrypt the refresh token"),
        (with_param(refresh_form(&pair.refresh_token), "client_id", "other"), "Token is not linked to client"),
    ] {
        assert_eq!(response_parts(mal.post_token(&form).await).await, (401, None, refresh_error_body(wanted)));
    }
    mal.control().advance_clock(Duration::from_secs(31 * 86_400));
    let late = response_parts(mal.post_token(&refresh_form(&pair.refresh_token)).await).await;
    assert_eq!(late, (401, None, refresh_error_body("Token has expired")));
    let header = "Bearer error=\"invalid_token\",error_description=\"The access token expired\"";
    let url = format!("{}/users/@me", mal.sim.api_url());
    let answer = mal.client.get(&url).bearer_auth(&pair.access_token).send().await.unwrap();
    let body = r#"{"error":"invalid_token"}"#.to_owned();
    assert_eq!(response_parts(answer).await, (401, Some(header.to_owned()), body.clone()));
    mal.control().revoke_tokens("alice", TokenSelector::Access).unwrap();
    let answer = mal.client.get(&url).bearer_auth(&pair.access_token).send().await.unwrap();
    assert_eq!(response_parts(answer).await, (401, Some("Bearer error=\"invalid_token\"".to_owned()), body));
}

#[tokio::test]
async fn refused_authorize_requests_never_redirect() {
    let mal = SimFixture::with_entries(3).await;
    let basic = Some("Basic realm=\"OAuth\"".to_owned());
    let client = r#"{"error":"invalid_client","message":"Client authentication failed"}"#.to_owned();
    let short = "a".repeat(42);
    let cases = [
        (
            without_param(authorize_query(), "code_challenge"),
            400,
            None,
            malformed_body("Check the `code_challenge` parameter"),
        ),
        (
            with_param(authorize_query(), "code_challenge_method", "S256"),
            400,
            None,
            malformed_body("Check the `code_challenge_method` parameter"),
        ),
        (
            with_param(authorize_query(), "code_challenge", &short),
            400,
            None,
            malformed_body("Code challenge must follow the specifications of RFC-7636."),
        ),
        (without_param(authorize_query(), "client_id"), 400, None, malformed_body("Check the `client_id` parameter")),
        (without_param(authorize_query(), "redirect_uri"), 401, basic.clone(), client.clone()),
        (with_param(authorize_query(), "redirect_uri", "https://example.com/"), 401, basic.clone(), client.clone()),
    ];
    for (query, status, header, body) in cases {
        assert_eq!(response_parts(mal.authorize(&query).await).await, (status, header, body), "{query:?}");
    }
    mal.control().configure(|config| config.client_id = Some("known".to_owned()));
    assert_eq!(response_parts(mal.authorize(&authorize_query()).await).await, (401, basic, client));
}

#[tokio::test]
async fn registered_redirects_require_an_exact_match() {
    let mal = SimFixture::with_entries(3).await;
    mal.control().configure(|config| config.redirects = vec![REDIRECT_URI.to_owned()]);
    for other in ["http://localhost:3006/auth/callback", "http://127.0.0.1:3005/auth/callback"] {
        assert_eq!(mal.authorize(&with_param(authorize_query(), "redirect_uri", other)).await.status(), 401, "{other}");
    }
    // The only one may be left out, in both requests then.
    let pairs = redirect_params(&mal.authorize(&without_param(authorize_query(), "redirect_uri")).await);
    let code = pairs[0].1.clone();
    let sent = response_parts(mal.post_token(&exchange_form(&code)).await).await;
    assert_eq!(sent, (400, None, malformed_body("Invalid redirect URI")));
    assert_eq!(mal.post_token(&without_param(exchange_form(&code), "redirect_uri")).await.status(), 200);
    mal.control().configure(|config| config.redirects.push("app://x".to_owned()));
    assert_eq!(mal.authorize(&without_param(authorize_query(), "redirect_uri")).await.status(), 401, "which of two?");
}

#[tokio::test]
async fn client_secret_is_accepted_by_form_or_basic_auth() {
    let mal = SimFixture::start(SimConfig {
        auto_consent: true,
        client_id: Some("app".to_owned()),
        client_secret: Some("s:ecret".to_owned()),
        ..SimConfig::default()
    })
    .await;
    let code = obtain_code(&mal).await;
    let form = exchange_form(&code);
    let refusal = r#"{"error":"invalid_client","message":"Client authentication failed"}"#.to_owned();
    assert_eq!(response_parts(mal.post_token(&form).await).await, (401, None, refusal.clone()));
    let url = format!("{}/token", mal.sim.auth_url());
    let basic = |secret: &str| {
        let form = without_param(form.clone(), "client_id");
        mal.client.post(&url).basic_auth("app", Some(secret)).form(&form).send()
    };
    let wrong = response_parts(basic("wrong").await.unwrap()).await;
    assert_eq!(wrong, (401, Some("Basic realm=\"OAuth\"".to_owned()), refusal));
    assert_eq!(basic("s:ecret").await.unwrap().status(), 200);
    let code = self::obtain_code(&mal).await;
    let answer = mal.post_token(&with_param(exchange_form(&code), "client_secret", "s:ecret")).await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn consent_page_offers_user_and_decision() {
    let mal = SimFixture::with_entries(3).await;
    mal.control().set_auto_consent(false);
    let page = mal.authorize(&authorize_query()).await;
    assert_eq!(page.status(), 200);
    let html = page.text().await.unwrap();
    for part in ["id=\"allow\"", "id=\"deny\"", "<option value=\"bob\">", "a+b%26c"] {
        assert!(html.contains(part), "{part} in {html}");
    }
    let url = format!("{}/authorize", mal.sim.auth_url());
    let press = |form: &'static [(&'static str, &'static str)]| {
        mal.client.post(&url).query(&authorize_query()).form(form).send()
    };
    let pairs = redirect_params(&press(&[("decision", "allow"), ("user", "bob")]).await.unwrap());
    let pair: Value = mal.post_token(&exchange_form(&pairs[0].1)).await.json().await.unwrap();
    let me = mal.client.get(format!("{}/users/@me", mal.sim.api_url()));
    let me = me.bearer_auth(pair["access_token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(me.json::<Value>().await.unwrap()["name"], "bob");

    let denied = press(&[("decision", "deny")]).await.unwrap();
    assert_eq!(
        denied.headers()["location"].to_str().unwrap(),
        format!(
            "{REDIRECT_URI}?state=a+b%26c&error=access_denied&message=The+resource+owner+or+authorization+server+denied+the+\
             request.&hint=The+user+denied+the+request"
        )
    );
}

#[tokio::test]
async fn consent_can_be_preset() {
    let mal = SimFixture::with_entries(3).await;
    mal.control().deny_next_requests(1);
    assert_eq!(redirect_params(&mal.authorize(&authorize_query()).await)[1].1, "access_denied");
    mal.control().set_consenting_user("BOB").unwrap();
    let code = obtain_code(&mal).await;
    let pair: Value = mal.post_token(&exchange_form(&code)).await.json().await.unwrap();
    let me = mal.client.get(format!("{}/users/@me", mal.sim.api_url()));
    let me = me.bearer_auth(pair["access_token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(me.json::<Value>().await.unwrap()["name"], "bob");
    assert!(mal.control().set_consenting_user("nobody").is_err());
}
