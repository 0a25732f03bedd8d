//! OAuth: login, refresh and the exact text of every error response.

use std::time::Duration;

use mal_sim::{IssueTokensRequest, SimConfig, SimTokenKind};
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
    pairs.retain(|(key, _)| *key != name);
    pairs.push((name, value));
    pairs
}

fn without_param<'a>(mut pairs: Vec<(&'a str, &'a str)>, name: &str) -> Vec<(&'a str, &'a str)> {
    pairs.retain(|(key, _)| *key != name);
    pairs
}

/// Returns the query parameters of the redirect.
fn redirect_params(response: &Response) -> Vec<(String, String)> {
    assert_eq!(response.status(), 302);
    let location = response.headers()["location"].to_str().unwrap();
    assert!(location.starts_with(REDIRECT_URI), "{location}");
    let url = reqwest::Url::parse(location).unwrap();
    url.query_pairs().into_owned().collect()
}

async fn obtain_code(fixture: &SimFixture) -> String {
    let pairs = redirect_params(&fixture.authorize(&authorize_query()).await);
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
    let fixture = SimFixture::with_entries(3).await;
    let response = fixture.post_token(&exchange_form(&obtain_code(&fixture).await)).await;
    assert_eq!(response.status(), 200);
    let first_tokens: Value = response.json().await.unwrap();
    let keys: Vec<&String> = first_tokens.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["token_type", "expires_in", "access_token", "refresh_token"]);
    assert_eq!(first_tokens["token_type"], "Bearer");
    assert_eq!(first_tokens["expires_in"], 2_678_400);

    let old_refresh_token = first_tokens["refresh_token"].as_str().unwrap();
    let second_tokens: Value = fixture.post_token(&refresh_form(old_refresh_token)).await.json().await.unwrap();
    assert_ne!(second_tokens["refresh_token"], first_tokens["refresh_token"], "the refresh token must change");
    let me = |token: &Value| {
        let url = format!("{}/users/@me", fixture.sim.api_url());
        fixture.client.get(url).bearer_auth(token.as_str().unwrap()).send()
    };
    assert_eq!(
        me(&first_tokens["access_token"]).await.unwrap().status(),
        401,
        "a refresh must revoke the old access token at once"
    );
    assert_eq!(me(&second_tokens["access_token"]).await.unwrap().status(), 200);
    let repeated = fixture.post_token(&refresh_form(old_refresh_token)).await;
    assert_eq!(repeated.status(), 200, "the old refresh token must stay valid by default");

    fixture.control().configure(|config| config.old_refresh_valid = false);
    let refused = response_parts(fixture.post_token(&refresh_form(old_refresh_token)).await).await;
    assert_eq!(refused, (401, None, refresh_error_body("Token has been revoked")));
    assert_eq!(
        me(&second_tokens["access_token"]).await.unwrap().status(),
        200,
        "the other tokens must stay valid by default"
    );

    fixture.control().configure(|config| config.reuse_revokes = true);
    assert_eq!(fixture.post_token(&refresh_form(old_refresh_token)).await.status(), 401);
    assert_eq!(me(&second_tokens["access_token"]).await.unwrap().status(), 401);
    let newest = fixture.post_token(&refresh_form(second_tokens["refresh_token"].as_str().unwrap())).await;
    assert_eq!(newest.status(), 401, "reuse of a spent token must revoke all tokens");
}

#[tokio::test]
async fn invalid_code_exchange_is_refused() {
    let fixture = SimFixture::with_entries(3).await;
    let wrong_verifier = "z".repeat(50);
    let code = obtain_code(&fixture).await;
    let valid_form = exchange_form(&code);
    let grant_message = "The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.";
    let verifier_error = format!(
        "{{\"error\":\"invalid_grant\",\"message\":\"{grant_message}\",\"hint\":\"Failed to verify `code_verifier`.\"}}"
    );
    let unsupported = r#"{"error":"unsupported_grant_type","message":"The authorization grant type is not supported by the authorization server.","hint":"Check that all required parameters have been provided"}"#;
    for (form, expected) in [
        (with_param(valid_form.clone(), "code_verifier", &wrong_verifier), verifier_error),
        (without_param(valid_form.clone(), "code_verifier"), malformed_body("Check the `code_verifier` parameter")),
        (with_param(valid_form.clone(), "code", "def502"), malformed_body("Cannot decrypt the authorization code")),
        (without_param(valid_form.clone(), "code"), malformed_body("Check the `code` parameter")),
        (without_param(valid_form.clone(), "client_id"), malformed_body("Check the `client_id` parameter")),
        (without_param(valid_form.clone(), "redirect_uri"), malformed_body("Check the `redirect_uri` parameter")),
        (
            with_param(valid_form.clone(), "redirect_uri", "http://localhost:3005/other"),
            malformed_body("Invalid redirect URI"),
        ),
        (
            with_param(valid_form.clone(), "client_id", "other"),
            malformed_body("Authorization code was not issued to this client"),
        ),
        (with_param(valid_form.clone(), "grant_type", "password"), unsupported.to_owned()),
        (without_param(valid_form.clone(), "grant_type"), unsupported.to_owned()),
    ] {
        assert_eq!(response_parts(fixture.post_token(&form).await).await, (400, None, expected), "{form:?}");
    }
    assert_eq!(fixture.post_token(&valid_form).await.status(), 200, "a failed exchange must not use up the code");
    let reused = response_parts(fixture.post_token(&valid_form).await).await;
    assert_eq!(reused, (400, None, malformed_body("Authorization code has been revoked")));
}

#[tokio::test]
async fn codes_and_tokens_expire() {
    let fixture = SimFixture::with_entries(3).await;
    let code = obtain_code(&fixture).await;
    fixture.control().advance_clock(Duration::from_secs(600));
    let expired = response_parts(fixture.post_token(&exchange_form(&code)).await).await;
    assert_eq!(expired, (400, None, malformed_body("Authorization code has expired")));

    let tokens = fixture.control().issue_tokens_with(&IssueTokensRequest {
        user: "alice".to_owned(),
        client_id: Some("app".to_owned()),
        ..IssueTokensRequest::default()
    });
    let tokens = tokens.unwrap();
    for (form, expected) in [
        (refresh_form("garbage"), "Cannot decrypt the refresh token"),
        (with_param(refresh_form(&tokens.refresh_token), "client_id", "other"), "Token is not linked to client"),
    ] {
        assert_eq!(response_parts(fixture.post_token(&form).await).await, (401, None, refresh_error_body(expected)));
    }
    fixture.control().advance_clock(Duration::from_secs(31 * 86_400));
    let expired = response_parts(fixture.post_token(&refresh_form(&tokens.refresh_token)).await).await;
    assert_eq!(expired, (401, None, refresh_error_body("Token has expired")));
    let header = "Bearer error=\"invalid_token\",error_description=\"The access token expired\"";
    let url = format!("{}/users/@me", fixture.sim.api_url());
    let response = fixture.client.get(&url).bearer_auth(&tokens.access_token).send().await.unwrap();
    let body = r#"{"error":"invalid_token"}"#.to_owned();
    assert_eq!(response_parts(response).await, (401, Some(header.to_owned()), body.clone()));
    fixture.control().revoke_tokens("alice", SimTokenKind::Access).unwrap();
    let response = fixture.client.get(&url).bearer_auth(&tokens.access_token).send().await.unwrap();
    assert_eq!(response_parts(response).await, (401, Some("Bearer error=\"invalid_token\"".to_owned()), body));
}

#[tokio::test]
async fn refused_authorize_requests_never_redirect() {
    let fixture = SimFixture::with_entries(3).await;
    let basic_challenge = Some("Basic realm=\"OAuth\"".to_owned());
    let client_error = r#"{"error":"invalid_client","message":"Client authentication failed"}"#.to_owned();
    let short_challenge = "a".repeat(42);
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
            with_param(authorize_query(), "code_challenge", &short_challenge),
            400,
            None,
            malformed_body("Code challenge must follow the specifications of RFC-7636."),
        ),
        (without_param(authorize_query(), "client_id"), 400, None, malformed_body("Check the `client_id` parameter")),
        (without_param(authorize_query(), "redirect_uri"), 401, basic_challenge.clone(), client_error.clone()),
        (
            with_param(authorize_query(), "redirect_uri", "https://example.com/"),
            401,
            basic_challenge.clone(),
            client_error.clone(),
        ),
    ];
    for (query, status, header, body) in cases {
        assert_eq!(response_parts(fixture.authorize(&query).await).await, (status, header, body), "{query:?}");
    }
    fixture.control().configure(|config| config.client_id = Some("known".to_owned()));
    assert_eq!(response_parts(fixture.authorize(&authorize_query()).await).await, (401, basic_challenge, client_error));
}

#[tokio::test]
async fn registered_redirects_require_an_exact_match() {
    let fixture = SimFixture::with_entries(3).await;
    fixture.control().configure(|config| config.redirects = vec![REDIRECT_URI.to_owned()]);
    for other in ["http://localhost:3006/auth/callback", "http://127.0.0.1:3005/auth/callback"] {
        assert_eq!(
            fixture.authorize(&with_param(authorize_query(), "redirect_uri", other)).await.status(),
            401,
            "{other}"
        );
    }
    // The only registered URI may be omitted, but then in both requests.
    let pairs = redirect_params(&fixture.authorize(&without_param(authorize_query(), "redirect_uri")).await);
    let code = pairs[0].1.clone();
    let mismatch = response_parts(fixture.post_token(&exchange_form(&code)).await).await;
    assert_eq!(mismatch, (400, None, malformed_body("Invalid redirect URI")));
    assert_eq!(fixture.post_token(&without_param(exchange_form(&code), "redirect_uri")).await.status(), 200);
    fixture.control().configure(|config| config.redirects.push("app://x".to_owned()));
    assert_eq!(
        fixture.authorize(&without_param(authorize_query(), "redirect_uri")).await.status(),
        401,
        "the redirect is ambiguous"
    );
}

#[tokio::test]
async fn client_secret_is_accepted_by_form_or_basic_auth() {
    let fixture = SimFixture::start(SimConfig {
        auto_consent: true,
        client_id: Some("app".to_owned()),
        client_secret: Some("s:ecret".to_owned()),
        ..SimConfig::default()
    })
    .await;
    let code = obtain_code(&fixture).await;
    let form = exchange_form(&code);
    let client_error = r#"{"error":"invalid_client","message":"Client authentication failed"}"#.to_owned();
    assert_eq!(response_parts(fixture.post_token(&form).await).await, (401, None, client_error.clone()));
    let url = format!("{}/token", fixture.sim.auth_url());
    let send_with_basic_auth = |secret: &str| {
        let form = without_param(form.clone(), "client_id");
        fixture.client.post(&url).basic_auth("app", Some(secret)).form(&form).send()
    };
    let wrong = response_parts(send_with_basic_auth("wrong").await.unwrap()).await;
    assert_eq!(wrong, (401, Some("Basic realm=\"OAuth\"".to_owned()), client_error));
    assert_eq!(send_with_basic_auth("s:ecret").await.unwrap().status(), 200);
    let code = self::obtain_code(&fixture).await;
    let response = fixture.post_token(&with_param(exchange_form(&code), "client_secret", "s:ecret")).await;
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn consent_page_offers_user_and_decision() {
    let fixture = SimFixture::with_entries(3).await;
    fixture.control().set_auto_consent(false);
    let page = fixture.authorize(&authorize_query()).await;
    assert_eq!(page.status(), 200);
    let html = page.text().await.unwrap();
    for part in ["id=\"allow\"", "id=\"deny\"", "<option value=\"bob\">", "a+b%26c"] {
        assert!(html.contains(part), "{part} in {html}");
    }
    let url = format!("{}/authorize", fixture.sim.auth_url());
    let submit = |form: &'static [(&'static str, &'static str)]| {
        fixture.client.post(&url).query(&authorize_query()).form(form).send()
    };
    let pairs = redirect_params(&submit(&[("decision", "allow"), ("user", "bob")]).await.unwrap());
    let tokens: Value = fixture.post_token(&exchange_form(&pairs[0].1)).await.json().await.unwrap();
    let me = fixture.client.get(format!("{}/users/@me", fixture.sim.api_url()));
    let me = me.bearer_auth(tokens["access_token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(me.json::<Value>().await.unwrap()["name"], "bob");

    let denied = submit(&[("decision", "deny")]).await.unwrap();
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
    let fixture = SimFixture::with_entries(3).await;
    fixture.control().deny_next_requests(1);
    assert_eq!(redirect_params(&fixture.authorize(&authorize_query()).await)[1].1, "access_denied");
    fixture.control().set_consenting_user("BOB").unwrap();
    let code = obtain_code(&fixture).await;
    let tokens: Value = fixture.post_token(&exchange_form(&code)).await.json().await.unwrap();
    let me = fixture.client.get(format!("{}/users/@me", fixture.sim.api_url()));
    let me = me.bearer_auth(tokens["access_token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(me.json::<Value>().await.unwrap()["name"], "bob");
    assert!(fixture.control().set_consenting_user("nobody").is_err());
}
