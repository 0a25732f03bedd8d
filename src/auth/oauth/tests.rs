use std::{
    io::Write as _,
    net::TcpListener,
    sync::{Arc, mpsc},
    time::Duration,
};

use tiny_http::{Header, Response, Server};

use super::*;
use crate::mal::wire::WireSettings;

/// What the fake endpoint does with one request.
#[derive(Clone)]
enum Reply {
    Json(u16, &'static str),
    Html(u16),
    /// Reads the request and says nothing that is HTTP.
    Cut,
}

/// A token endpoint that answers in this order and keeps every form it was sent.
struct Fake {
    server: Arc<Server>,
    forms: mpsc::Receiver<String>,
}

impl Fake {
    fn new(replies: Vec<Reply>) -> Self {
        let server = Arc::new(Server::http("127.0.0.1:0").unwrap());
        let (sender, forms) = mpsc::channel();
        let own = Arc::clone(&server);
        std::thread::spawn(move || {
            for reply in replies {
                let Ok(mut request) = own.recv() else { return };
                let mut form = String::new();
                request.as_reader().read_to_string(&mut form).unwrap();
                sender.send(form).unwrap();
                let header = |kind: &str| Header::from_bytes("Content-Type", kind).unwrap();
                match reply {
                    Reply::Json(status, text) => {
                        let response = Response::from_string(text).with_status_code(status);
                        request.respond(response.with_header(header("application/json"))).unwrap();
                    }
                    Reply::Html(status) => {
                        let response = Response::from_string("<html>").with_status_code(status);
                        request.respond(response.with_header(header("text/html"))).unwrap();
                    }
                    Reply::Cut => {
                        let mut raw = request.into_writer();
                        raw.write_all(b"?\r\n\r\n").and_then(|()| raw.flush()).unwrap();
                    }
                }
            }
        });
        Self { server, forms }
    }

    fn oauth(&self, secret: Option<&str>) -> OAuth {
        oauth(&format!("http://{}/v1/oauth2", self.server.server_addr()), secret)
    }

    fn forms(&self) -> Vec<Vec<(String, String)>> {
        self.forms.try_iter().map(|form| url::form_urlencoded::parse(form.as_bytes()).into_owned().collect()).collect()
    }
}

fn oauth(base: &str, secret: Option<&str>) -> OAuth {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let settings = WireSettings {
        rate: 100_000.0,
        timeout: Duration::from_secs(20),
        max_retries: 3,
        retry_base: Duration::from_millis(1),
    };
    let base = Url::parse(base).unwrap();
    let secret = secret.map(Secret::new);
    let wire = Wire::new(settings);
    OAuth::new("client", secret.as_ref(), &base, "http://localhost:3005/auth/callback", wire).unwrap()
}

const PAIR: Reply = Reply::Json(
    200,
    r#"{"token_type":"Bearer","expires_in":2678400,"access_token":"new-access","refresh_token":"new-refresh"}"#,
);
const DEAD: Reply = Reply::Json(
    401,
    r#"{"error":"invalid_request","message":"The refresh token is invalid.","hint":"Token has expired"}"#,
);

async fn refresh(replies: Vec<Reply>) -> (Result<Pair, Error>, usize) {
    let fake = Fake::new(replies);
    let answer = fake.oauth(None).refresh(&Secret::new("old")).await;
    (answer, fake.forms().len())
}

#[tokio::test]
async fn the_authorize_url_says_what_mal_wants_to_hear() {
    let proof = Proof::generate();
    let url = oauth("http://127.0.0.1:9/v1/oauth2/", None).authorize_url(&proof);
    let url = Url::parse(url.expose()).unwrap();
    assert_eq!(url.path(), "/v1/oauth2/authorize");
    let mut pairs: Vec<_> = url.query_pairs().into_owned().collect();
    pairs.sort();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        pairs,
        [
            pair("client_id", "client"),
            pair("code_challenge", proof.verifier.expose()),
            pair("code_challenge_method", "plain"),
            pair("redirect_uri", "http://localhost:3005/auth/callback"),
            pair("response_type", "code"),
            pair("state", proof.state.expose()),
        ]
    );
}

#[tokio::test]
async fn an_exchange_sends_the_code_once_with_the_secret_only_where_there_is_one() {
    for secret in [None, Some("s3cret")] {
        let fake = Fake::new(vec![PAIR]);
        let pair = fake.oauth(secret).exchange(&Secret::new("the code"), &Secret::new("verifier")).await.unwrap();
        assert_eq!((pair.access, pair.refresh), (Secret::new("new-access"), Some(Secret::new("new-refresh"))));
        assert_eq!(pair.lifetime, 2_678_400);
        let [form] = fake.forms().try_into().unwrap();
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
async fn a_code_that_may_have_been_read_is_never_sent_again() {
    for (reply, code) in [
        (Reply::Json(400, r#"{"error":"invalid_grant"}"#), 4),
        (Reply::Json(401, r#"{"error":"invalid_client","message":"Client authentication failed"}"#), 2),
        (Reply::Json(500, "{}"), 5),
        (Reply::Json(429, "{}"), 5),
        (Reply::Html(200), 5),
        (Reply::Cut, 5),
        (Reply::Json(200, r#"{"token_type":"mac","access_token":"a"}"#), 5),
        (Reply::Json(302, ""), 5),
    ] {
        let fake = Fake::new(vec![reply, PAIR]);
        let error = fake.oauth(None).exchange(&Secret::new("code"), &Secret::new("verifier")).await.unwrap_err();
        assert_eq!(Failure::from(error).exit.code(), code);
        assert_eq!(fake.forms().len(), 1);
    }
}

#[tokio::test]
async fn only_a_json_error_with_400_or_401_is_a_refusal() {
    let (answer, asked) = refresh(vec![DEAD, PAIR]).await;
    let Err(Error::Refused { words, answer_lost: false }) = answer else { panic!("{answer:?}") };
    assert_eq!((words.to_string().as_str(), asked), ("Token has expired (invalid_request)", 1));
    for reply in [Reply::Html(401), Reply::Json(400, "{}"), Reply::Json(404, r#"{"error":"x"}"#)] {
        let (answer, _) = refresh(vec![reply; 10]).await;
        assert!(matches!(answer, Err(Error::Weather(_))), "{answer:?}");
    }
}

#[tokio::test]
async fn weather_is_waited_out_by_the_retry_table() {
    let failing = Reply::Json(503, r#"{"error":"server_error"}"#);
    let throttled = Reply::Json(429, "{}");
    for (replies, ok, asked) in [
        (vec![failing.clone(), failing.clone(), failing.clone(), PAIR], true, 4),
        (vec![failing; 10], false, 4),
        ([vec![throttled.clone(); 5], vec![PAIR]].concat(), true, 6),
        (vec![throttled; 10], false, 6),
        (vec![Reply::Html(200), PAIR], true, 2),
        (vec![Reply::Html(403), PAIR], true, 2),
        (vec![Reply::Json(200, "{\"access_token\":1}"), PAIR], false, 1),
        (vec![Reply::Json(200, ""), PAIR], false, 1),
    ] {
        let (answer, count) = refresh(replies).await;
        assert_eq!((answer.is_ok(), count), (ok, asked));
    }
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_once_more_and_a_refusal_then_says_so() {
    let (answer, asked) = refresh(vec![Reply::Cut, PAIR]).await;
    assert!(answer.is_ok() && asked == 2);
    let (answer, asked) = refresh(vec![Reply::Cut, DEAD]).await;
    assert!(matches!(answer, Err(Error::Refused { answer_lost: true, .. })) && asked == 2);
    let (answer, asked) = refresh(vec![Reply::Cut, Reply::Cut, PAIR]).await;
    assert!(matches!(answer, Err(Error::Weather(_))) && asked == 2);
    let (answer, asked) = refresh(vec![Reply::Cut, Reply::Json(500, "{}"), PAIR]).await;
    assert!(matches!(answer, Err(Error::Weather(_))) && asked == 2);
}

#[tokio::test]
async fn a_connection_that_never_stood_is_tried_again() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let oauth = oauth(&format!("http://127.0.0.1:{port}/v1/oauth2"), None);
    let error = oauth.exchange(&Secret::new("code"), &Secret::new("verifier")).await.unwrap_err();
    assert_eq!(Failure::from(error).exit.code(), 5);
    assert_eq!((oauth.wire.traffic().requests, oauth.wire.traffic().retries), (4, 3));
}

#[tokio::test]
async fn requests_and_refreshes_are_counted() {
    let fake = Fake::new(vec![Reply::Json(500, "{}"), PAIR]);
    let oauth = fake.oauth(None);
    oauth.refresh(&Secret::new("old")).await.unwrap();
    let traffic = oauth.wire.traffic();
    assert_eq!((traffic.requests, traffic.retries, traffic.token_refreshes), (2, 1, 1));
}
