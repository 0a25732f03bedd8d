//! Tests of the token endpoint's client against a scripted server: requests, retries and refusals.

use std::{
    io::Write as _,
    net::TcpListener,
    sync::{Arc, mpsc},
    time::Duration,
};

use tiny_http::{Header, Response, Server};

use super::*;
use crate::http::TransportSettings;

/// How the fake server answers one request.
#[derive(Clone)]
enum ScriptedReply {
    Json(u16, &'static str),
    Html(u16),
    /// Reads the request and answers with something that is not HTTP.
    NotHttp,
}

/// Token endpoint that answers with these replies in order and keeps every form it received.
struct FakeTokenServer {
    server: Arc<Server>,
    received_forms: mpsc::Receiver<String>,
}

impl FakeTokenServer {
    fn new(replies: Vec<ScriptedReply>) -> Self {
        let server = Arc::new(Server::http("127.0.0.1:0").unwrap());
        let (sender, received_forms) = mpsc::channel();
        let thread_server = Arc::clone(&server);
        std::thread::spawn(move || {
            for reply in replies {
                let Ok(mut request) = thread_server.recv() else { return };
                let mut form = String::new();
                request.as_reader().read_to_string(&mut form).unwrap();
                sender.send(form).unwrap();
                let header = |media_type: &str| Header::from_bytes("Content-Type", media_type).unwrap();
                match reply {
                    ScriptedReply::Json(status, text) => {
                        let response = Response::from_string(text).with_status_code(status);
                        request.respond(response.with_header(header("application/json"))).unwrap();
                    }
                    ScriptedReply::Html(status) => {
                        let response = Response::from_string("<html>").with_status_code(status);
                        request.respond(response.with_header(header("text/html"))).unwrap();
                    }
                    ScriptedReply::NotHttp => {
                        let mut writer = request.into_writer();
                        writer.write_all(b"?\r\n\r\n").and_then(|()| writer.flush()).unwrap();
                    }
                }
            }
        });
        Self { server, received_forms }
    }

    fn endpoint(&self, secret: Option<&str>) -> MalTokenEndpoint {
        endpoint_at(&format!("http://{}/v1/oauth2", self.server.server_addr()), secret)
    }

    fn take_forms(&self) -> Vec<Vec<(String, String)>> {
        self.received_forms
            .try_iter()
            .map(|form| url::form_urlencoded::parse(form.as_bytes()).into_owned().collect())
            .collect()
    }
}

fn endpoint_at(base_url: &str, secret: Option<&str>) -> MalTokenEndpoint {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let settings = TransportSettings {
        requests_per_second: 100_000.0,
        timeout: Duration::from_secs(20),
        max_retries: 3,
        retry_base: Duration::from_millis(1),
        user_agent: "malsync/0".to_owned(),
    };
    let base_url = Url::parse(base_url).unwrap();
    let secret = secret.map(Secret::new);
    let transport = HttpTransport::new(settings);
    MalTokenEndpoint::new("client", secret.as_ref(), &base_url, "http://localhost:3005/auth/callback", transport)
        .unwrap()
}

const PAIR_REPLY: ScriptedReply = ScriptedReply::Json(
    200,
    r#"{"token_type":"Bearer","expires_in":2678400,"access_token":"new-access","refresh_token":"new-refresh"}"#,
);
const EXPIRED_REPLY: ScriptedReply = ScriptedReply::Json(
    401,
    r#"{"error":"invalid_request","message":"The refresh token is invalid.","hint":"Token has expired"}"#,
);

async fn refresh_with_replies(replies: Vec<ScriptedReply>) -> (Result<TokenPair, Error>, usize) {
    let server = FakeTokenServer::new(replies);
    let result = server.endpoint(None).refresh_tokens(&Secret::new("old")).await;
    (result, server.take_forms().len())
}

#[tokio::test]
async fn authorize_url_has_the_parameters_mal_requires() {
    let pkce = PkceSecrets::generate();
    let url = endpoint_at("http://127.0.0.1:9/v1/oauth2/", None).authorize_url(&pkce);
    let url = Url::parse(url.expose()).unwrap();
    assert_eq!(url.path(), "/v1/oauth2/authorize");
    let mut pairs: Vec<_> = url.query_pairs().into_owned().collect();
    pairs.sort();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        pairs,
        [
            pair("client_id", "client"),
            pair("code_challenge", pkce.verifier.expose()),
            pair("code_challenge_method", "plain"),
            pair("redirect_uri", "http://localhost:3005/auth/callback"),
            pair("response_type", "code"),
            pair("state", pkce.state.expose()),
        ]
    );
}

#[tokio::test]
async fn exchange_sends_code_once_and_secret_only_if_configured() {
    for secret in [None, Some("s3cret")] {
        let server = FakeTokenServer::new(vec![PAIR_REPLY]);
        let pair =
            server.endpoint(secret).exchange_code(&Secret::new("the code"), &Secret::new("verifier")).await.unwrap();
        assert_eq!((pair.access, pair.refresh), (Secret::new("new-access"), Some(Secret::new("new-refresh"))));
        assert_eq!(pair.lifetime_seconds, 2_678_400);
        let [form] = server.take_forms().try_into().unwrap();
        let get = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        assert_eq!(get("grant_type"), Some("authorization_code"));
        assert_eq!(get("code"), Some("the code"));
        assert_eq!(get("code_verifier"), Some("verifier"));
        assert_eq!(get("redirect_uri"), Some("http://localhost:3005/auth/callback"));
        assert_eq!(get("client_id"), Some("client"));
        assert_eq!(get("client_secret"), secret);
    }
}

#[tokio::test]
async fn code_that_may_have_been_received_is_not_resent() {
    for (reply, code) in [
        (ScriptedReply::Json(400, r#"{"error":"invalid_grant"}"#), 4),
        (ScriptedReply::Json(401, r#"{"error":"invalid_client","message":"Client authentication failed"}"#), 2),
        (ScriptedReply::Json(500, "{}"), 5),
        (ScriptedReply::Json(429, "{}"), 5),
        (ScriptedReply::Html(200), 5),
        (ScriptedReply::NotHttp, 5),
        (ScriptedReply::Json(200, r#"{"token_type":"mac","access_token":"a"}"#), 5),
        (ScriptedReply::Json(302, ""), 5),
    ] {
        let server = FakeTokenServer::new(vec![reply, PAIR_REPLY]);
        let error =
            server.endpoint(None).exchange_code(&Secret::new("code"), &Secret::new("verifier")).await.unwrap_err();
        assert_eq!(Failure::from(error).exit.code(), code);
        assert_eq!(server.take_forms().len(), 1);
    }
}

#[tokio::test]
async fn only_json_error_with_400_or_401_is_refused() {
    let (result, request_count) = refresh_with_replies(vec![EXPIRED_REPLY, PAIR_REPLY]).await;
    let Err(Error::Refused { description, response_lost: false }) = result else { panic!("{result:?}") };
    assert_eq!((description.to_string().as_str(), request_count), ("Token has expired (invalid_request)", 1));
    for reply in
        [ScriptedReply::Html(401), ScriptedReply::Json(400, "{}"), ScriptedReply::Json(404, r#"{"error":"x"}"#)]
    {
        let (result, _) = refresh_with_replies(vec![reply; 10]).await;
        assert!(matches!(result, Err(Error::Transient(_))), "{result:?}");
    }
}

#[tokio::test]
async fn transient_failures_are_retried_up_to_their_limit() {
    let failing = ScriptedReply::Json(503, r#"{"error":"server_error"}"#);
    let throttled = ScriptedReply::Json(429, "{}");
    for (replies, is_ok, request_count) in [
        (vec![failing.clone(), failing.clone(), failing.clone(), PAIR_REPLY], true, 4),
        (vec![failing; 10], false, 4),
        ([vec![throttled.clone(); 5], vec![PAIR_REPLY]].concat(), true, 6),
        (vec![throttled; 10], false, 6),
        (vec![ScriptedReply::Html(200), PAIR_REPLY], true, 2),
        (vec![ScriptedReply::Html(403), PAIR_REPLY], true, 2),
        (vec![ScriptedReply::Json(200, "{\"access_token\":1}"), PAIR_REPLY], false, 1),
        (vec![ScriptedReply::Json(200, ""), PAIR_REPLY], false, 1),
    ] {
        let (result, count) = refresh_with_replies(replies).await;
        assert_eq!((result.is_ok(), count), (is_ok, request_count));
    }
}

#[tokio::test]
async fn lost_response_is_retried_once_and_later_refusal_is_flagged() {
    let (result, request_count) = refresh_with_replies(vec![ScriptedReply::NotHttp, PAIR_REPLY]).await;
    assert!(result.is_ok() && request_count == 2);
    let (result, request_count) = refresh_with_replies(vec![ScriptedReply::NotHttp, EXPIRED_REPLY]).await;
    assert!(matches!(result, Err(Error::Refused { response_lost: true, .. })) && request_count == 2);
    let (result, request_count) =
        refresh_with_replies(vec![ScriptedReply::NotHttp, ScriptedReply::NotHttp, PAIR_REPLY]).await;
    assert!(matches!(result, Err(Error::Transient(_))) && request_count == 2);
    let (result, request_count) =
        refresh_with_replies(vec![ScriptedReply::NotHttp, ScriptedReply::Json(500, "{}"), PAIR_REPLY]).await;
    assert!(matches!(result, Err(Error::Transient(_))) && request_count == 2);
}

#[tokio::test]
async fn failed_connection_is_retried() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let endpoint = endpoint_at(&format!("http://127.0.0.1:{port}/v1/oauth2"), None);
    let error = endpoint.exchange_code(&Secret::new("code"), &Secret::new("verifier")).await.unwrap_err();
    assert_eq!(Failure::from(error).exit.code(), 5);
    assert_eq!((endpoint.transport.request_counters().requests, endpoint.transport.request_counters().retries), (4, 3));
}

#[tokio::test]
async fn requests_and_refreshes_are_counted() {
    let server = FakeTokenServer::new(vec![ScriptedReply::Json(500, "{}"), PAIR_REPLY]);
    let endpoint = server.endpoint(None);
    endpoint.refresh_tokens(&Secret::new("old")).await.unwrap();
    let counters = endpoint.transport.request_counters();
    assert_eq!((counters.requests, counters.retries, counters.token_refreshes), (2, 1, 1));
}
