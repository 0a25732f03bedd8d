//! Tests of the API client against a scripted server: requests, retries and final errors.

use std::sync::Mutex;

use super::*;
use crate::{
    exit::Exit,
    failure::Failure,
    http::fake_server::{FakeMalServer, FakeReply, fast_transport},
    secret::Secret,
};

pub(super) const LAST_PAGE: &str =
    r#"{"data":[{"node":{"id":1,"title":"A"},"list_status":{"status":"watching"}}],"paging":{}}"#;
const FORBIDDEN_JSON: &str = r#"{"message":"","error":"forbidden"}"#;

/// Provides `token-1`, and the next number after each refresh, up to `token-3`.
#[derive(Default)]
pub(super) struct FakeTokenProvider(Mutex<Vec<i64>>);

impl TokenProvider for FakeTokenProvider {
    async fn access_token(&self) -> Result<BearerToken, Failure> {
        let generation = self.0.lock().unwrap().last().map_or(1, |rejected| rejected + 1);
        Ok(BearerToken { token: Secret::new(format!("token-{generation}")), generation })
    }

    async fn refresh_after_rejection(&self, rejected: i64) -> Result<BearerToken, Failure> {
        self.0.lock().unwrap().push(rejected);
        if rejected >= 3 {
            return Err(
                Failure::from_text(Exit::Login, "user has no MyAnimeList access token").with_hint("malsync login")
            );
        }
        Ok(BearerToken { token: Secret::new(format!("token-{}", rejected + 1)), generation: rejected + 1 })
    }
}

pub(super) fn client_for(server: &FakeMalServer, max_retries: u32) -> MalApiClient<FakeTokenProvider> {
    MalApiClient::new(fast_transport(max_retries), FakeTokenProvider::default(), &server.api_url, 100).unwrap()
}

/// Requests the first page. Returns the outcome, the number of requests and the number of retries.
async fn request_first_page(script: Vec<FakeReply>, max_retries: u32) -> (Result<ListPage, Failure>, i64, i64) {
    let server = FakeMalServer::new(script).await;
    let client = client_for(&server, max_retries);
    let page = client.fetch_page(RemoteOrder::ByTitle, 0).await.map_err(Failure::from);
    let traffic = client.request_counters();
    assert_eq!(i64::try_from(server.received_heads().len()).unwrap(), traffic.requests, "every request is counted");
    (page, traffic.requests, traffic.retries)
}

fn repeat_reply(count: usize, reply: impl Fn() -> FakeReply) -> Vec<FakeReply> {
    (0..count).map(|_| reply()).collect()
}

fn page_with_next(api: &Url, offset: u64) -> FakeReply {
    FakeReply::json(
        LAST_PAGE.replace("{}", &format!(r#"{{"next":"{api}/users/@me/animelist?offset={offset}&limit=7"}}"#)),
    )
}

#[tokio::test]
async fn page_request_asks_for_every_stored_field() {
    let server = FakeMalServer::with_script_for_url(|api| [page_with_next(api, 100), FakeReply::json(LAST_PAGE)]).await;
    let client = client_for(&server, 0);
    let first = client.fetch_page(RemoteOrder::ByTitle, 0).await.unwrap();
    assert_eq!((first.entries.len(), first.rejected.len(), first.next_offset), (1, 0, Some(100)));
    let last = client.fetch_page(RemoteOrder::ByUpdatedAt, 100).await.unwrap();
    assert_eq!((last.entries.len(), last.next_offset), (1, None));

    let heads = server.received_heads();
    assert!(heads[0].to_lowercase().contains("authorization: bearer token-1\r\n"), "{}", heads[0]);
    let parse_request = |head: &str| {
        let target = head.split(' ').nth(1).unwrap().to_owned();
        let url = server.api_url.join(&target).unwrap();
        (url.path().to_owned(), url.query_pairs().into_owned().collect::<std::collections::BTreeMap<_, _>>())
    };
    let (path, query) = parse_request(&heads[0]);
    assert_eq!(path, "/v2/users/@me/animelist");
    let values = ["nsfw", "limit", "offset", "sort"].map(|name| query[name].as_str());
    assert_eq!(values, ["true", "100", "0", "anime_title"]);
    for field in ["alternative_titles,", "nsfw,", "list_status{status,", "comments,", "num_episodes_watched,"] {
        assert!(query["fields"].contains(field), "{field}");
    }
    assert!(!query["fields"].contains(' '));
    let (_, query) = parse_request(&heads[1]);
    assert_eq!((query["sort"].as_str(), query["offset"].as_str()), ("list_updated_at", "100"));
}

#[tokio::test]
async fn account_request_asks_for_statistics() {
    let me = r#"{"id":7,"name":"so","location":"","joined_at":"2015-05-03T11:42:57+00:00","anime_statistics":{"num_items":170,"num_days":0.5}}"#;
    let server = FakeMalServer::new([FakeReply::json(me), FakeReply::json(r#"{"id":7,"name":"so"}"#)]).await;
    let client = client_for(&server, 0);
    let joined_at = Some("2015-05-03T11:42:57+00:00".to_owned());
    let expected = MalAccount { id: 7, name: "so".into(), joined_at, num_items: Some(170) };
    assert_eq!(client.fetch_account().await.unwrap(), expected);
    let expected = MalAccount { id: 7, name: "so".into(), joined_at: None, num_items: None };
    assert_eq!(client.fetch_account().await.unwrap(), expected);
    assert!(
        server.received_heads()[0].starts_with("GET /v2/users/@me?fields=anime_statistics HTTP/1.1\r\n"),
        "{}",
        server.received_heads()[0]
    );
}

#[tokio::test]
async fn account_details_of_wrong_type_are_absent() {
    let table = [
        (r#"{"id":"7","name":"so","joined_at":5,"anime_statistics":[]}"#, None),
        (r#"{"id":7.0,"name":"so","joined_at":false,"anime_statistics":{"num_items":"170"}}"#, Some(170)),
        (r#"{"id":7,"name":"so","joined_at":{},"anime_statistics":{"num_items":170.0}}"#, Some(170)),
        (r#"{"id":7,"name":"so","anime_statistics":{"num_items":[]}}"#, None),
        (r#"{"id":7,"name":"so","anime_statistics":"none"}"#, None),
    ];
    let server = FakeMalServer::new(table.map(|(body, _)| FakeReply::json(body))).await;
    let client = client_for(&server, 0);
    for (body, num_items) in table {
        let expected = MalAccount { id: 7, name: "so".into(), joined_at: None, num_items };
        assert_eq!(client.fetch_account().await.unwrap(), expected, "{body}");
    }
}

#[tokio::test]
async fn transient_errors_are_retried_up_to_max_retries() {
    let (result, requests, retries) = request_first_page(
        vec![
            FakeReply::new(503, &[], ""),
            FakeReply::json(LAST_PAGE).truncated_by(9),
            FakeReply::new(500, &[], "<html>"),
            FakeReply::json(LAST_PAGE),
        ],
        3,
    )
    .await;
    assert_eq!((result.unwrap().entries.len(), requests, retries), (1, 4, 3));

    for max_retries in [0, 3, 10] {
        let (failure, requests, retries) =
            request_first_page(repeat_reply(20, || FakeReply::new(503, &[], "")), max_retries).await;
        let (failure, max_retries) = (failure.unwrap_err(), i64::from(max_retries));
        assert_eq!((failure.exit, requests, retries), (Exit::Mal, max_retries + 1, max_retries));
        assert_eq!(failure.message(), "MyAnimeList API temporarily unavailable: HTTP 503 Service Unavailable");
    }
}

#[tokio::test]
async fn run_ends_when_retry_budget_is_spent() {
    let server = FakeMalServer::with_script_for_url(|api| {
        let page =
            |offset| repeat_reply(3, || FakeReply::new(503, &[], "")).into_iter().chain([page_with_next(api, offset)]);
        (1..=100).flat_map(page).collect::<Vec<_>>()
    })
    .await;
    let client = client_for(&server, 3);
    let mut offset = 0;
    let failure = loop {
        match client.fetch_page(RemoteOrder::ByTitle, offset).await {
            Ok(page) => offset = page.next_offset.unwrap(),
            Err(error) => break Failure::from(error),
        }
    };
    let expected =
        "MyAnimeList API temporarily unavailable: HTTP 503 Service Unavailable; giving up after 29 retries in this run";
    assert_eq!((failure.exit, failure.message().as_str()), (Exit::Mal, expected));
    assert_eq!((offset, client.request_counters().requests, client.request_counters().retries), (9, 39, 29));
}

#[tokio::test]
async fn blocks_are_retried_five_times_whatever_max_retries_is() {
    let throttled = || FakeReply::new(429, &["Retry-After: 0"], "");
    let edge_throttled = || FakeReply::new(307, &["Location: https://myanimelist.net/error.json"], "");
    let html_200 = || FakeReply::new(200, &["Content-Type: text/html"], "<html>Request blocked</html>");
    let html_403 = || FakeReply::new(403, &[], "<html>your IP has been banned</html>");
    let table: [(Vec<FakeReply>, &str); 4] = [
        (repeat_reply(9, throttled), "rate limit exceeded: HTTP 429 Too Many Requests"),
        (
            repeat_reply(9, edge_throttled),
            "rate limit exceeded: HTTP 307 Temporary Redirect, to https://myanimelist.net/error.json",
        ),
        (repeat_reply(9, html_200), "MyAnimeList is blocking this address: HTTP 200 OK, an HTML page"),
        (repeat_reply(9, html_403), "MyAnimeList is blocking this address: HTTP 403 Forbidden, an HTML page"),
    ];
    for (script, expected) in table {
        let (failure, requests, retries) = request_first_page(script, 0).await;
        let failure = failure.unwrap_err();
        assert_eq!((failure.exit, failure.message().as_str()), (Exit::Mal, expected));
        assert_eq!((requests, retries), (6, 5), "{expected}");
    }
    let mut recovering = repeat_reply(5, throttled);
    recovering.push(FakeReply::json(LAST_PAGE));
    assert!(request_first_page(recovering, 0).await.0.is_ok(), "the fifth retry may succeed");
}

#[tokio::test]
async fn retry_after_over_five_minutes_fails_and_names_end_time() {
    for (status, expected) in [(429, "rate limit exceeded: "), (503, "MyAnimeList API temporarily unavailable: ")] {
        for max_retries in [0, 3] {
            let (failure, requests, _) =
                request_first_page(vec![FakeReply::new(status, &["Retry-After: 3600"], "")], max_retries).await;
            let failure = failure.unwrap_err();
            let message = failure.message();
            assert!(message.starts_with(&format!("{expected}retry after 20")), "{message}");
            assert_eq!((failure.exit, requests), (Exit::Mal, 1));
        }
    }
}

#[tokio::test]
async fn expired_token_is_refreshed_once_and_page_requested_again() {
    let unauthorized =
        || FakeReply::new(401, &[r#"WWW-Authenticate: Bearer error="invalid_token""#], r#"{"error":"invalid_token"}"#);
    let server = FakeMalServer::new([unauthorized(), FakeReply::json(LAST_PAGE), unauthorized(), unauthorized()]).await;
    let client = client_for(&server, 3);
    assert_eq!(client.fetch_page(RemoteOrder::ByTitle, 0).await.unwrap().entries.len(), 1);
    assert!(server.received_heads()[1].to_lowercase().contains("authorization: bearer token-2\r\n"));
    assert_eq!(
        (client.request_counters().requests, client.request_counters().retries),
        (2, 0),
        "a refresh is not a retry"
    );

    let failure = Failure::from(client.fetch_page(RemoteOrder::ByTitle, 0).await.unwrap_err());
    assert_eq!((failure.exit, failure.message().as_str()), (Exit::Login, "MyAnimeList rejected the new token"));
    assert_eq!((client.token_provider.0.lock().unwrap().clone(), server.received_heads().len()), (vec![1, 2], 4));
}

#[tokio::test]
async fn json_403_refreshes_token_once_then_counts_as_block() {
    let forbidden = || FakeReply::new(403, &[], FORBIDDEN_JSON);
    let (result, requests, retries) = request_first_page(vec![forbidden(), FakeReply::json(LAST_PAGE)], 0).await;
    assert_eq!((result.is_ok(), requests, retries), (true, 2, 0));
    let (failure, requests, retries) = request_first_page(repeat_reply(9, forbidden), 0).await;
    let failure = failure.unwrap_err();
    assert_eq!((failure.exit, requests, retries), (Exit::Mal, 7, 5));
    assert_eq!(failure.message(), "MyAnimeList is blocking this address: HTTP 403 Forbidden, forbidden");
}

#[tokio::test]
async fn token_provider_failure_reaches_the_caller_unchanged() {
    struct FakeLoggedOutProvider;
    impl TokenProvider for FakeLoggedOutProvider {
        async fn access_token(&self) -> Result<BearerToken, Failure> {
            Err(Failure::from_text(Exit::Login, "user has no MyAnimeList access token").with_hint("malsync login"))
        }
        async fn refresh_after_rejection(&self, _: i64) -> Result<BearerToken, Failure> {
            self.access_token().await
        }
    }
    let server = FakeMalServer::new([]).await;
    let client = MalApiClient::new(fast_transport(0), FakeLoggedOutProvider, &server.api_url, 100).unwrap();
    let failure = Failure::from(client.fetch_account().await.unwrap_err());
    assert_eq!((failure.exit, failure.message().as_str()), (Exit::Login, "user has no MyAnimeList access token"));
    assert_eq!((failure.hints, server.received_heads().len()), (vec!["malsync login".to_owned()], 0));
}

#[tokio::test]
async fn page_with_more_entries_than_requested_is_unreadable() {
    let body = |entries: usize| format!(r#"{{"data":[{}],"paging":{{}}}}"#, vec!["0"; entries].join(","));
    let (failure, requests, _) = request_first_page(repeat_reply(3, || FakeReply::json(body(101))), 3).await;
    let failure = failure.unwrap_err();
    assert!(failure.message().ends_with("a page of 101 entries although 100 were requested"), "{}", failure.message());
    assert_eq!((failure.exit, requests), (Exit::Mal, 2));
    assert_eq!(request_first_page(vec![FakeReply::json(body(100))], 3).await.0.unwrap().rejected.len(), 100);
}

#[tokio::test]
async fn unreadable_response_is_requested_once_more() {
    for malformed in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"error":"x"}"#,
        r#"{"data":{}}"#,
        r#"{"data":[],"paging":[]}"#,
        "{\"data\":[\u{7f}",
    ] {
        let (result, requests, retries) =
            request_first_page(vec![FakeReply::json(malformed), FakeReply::json(LAST_PAGE)], 0).await;
        assert_eq!((result.is_ok(), requests, retries), (true, 2, 1), "{malformed}");
        let (failure, requests, _) = request_first_page(repeat_reply(9, || FakeReply::json(malformed)), 3).await;
        let failure = failure.unwrap_err();
        assert_eq!((failure.exit, requests), (Exit::Mal, 2), "{malformed}");
        assert!(failure.message().starts_with("cannot read MyAnimeList's response"), "{}", failure.message());
    }
    let not_utf8 = [b"{\"data\":[{\"node\":{\"id\":1,\"title\":\"".as_slice(), &[0xFF], b"\"}}]}"].concat();
    assert!(
        request_first_page(repeat_reply(2, || FakeReply::json(&not_utf8)), 0)
            .await
            .0
            .unwrap_err()
            .message()
            .contains("not UTF-8")
    );
}

#[tokio::test]
async fn permanent_errors_are_not_retried() {
    let table = [
        (400, r#"{"message":"Invalid client id","error":"bad_request"}"#, 2, "MyAnimeList rejected the client ID: "),
        (400, r#"{"message":"invalid limit","error":"bad_request"}"#, 5, "MyAnimeList refused the request: HTTP 400"),
        (404, FORBIDDEN_JSON, 5, "MyAnimeList refused the request: HTTP 404 Not Found, forbidden"),
        (302, "", 5, "unexpected redirect: HTTP 302 Found"),
        (308, "", 5, "unexpected redirect: HTTP 308 Permanent Redirect"),
    ];
    for (status, body, code, expected) in table {
        let (failure, requests, retries) =
            request_first_page(repeat_reply(3, || FakeReply::new(status, &[], body)), 3).await;
        let failure = failure.unwrap_err();
        assert!(failure.message().starts_with(expected), "{}", failure.message());
        assert_eq!((failure.exit.code(), requests, retries), (code, 1, 0), "{expected}");
    }
}

#[tokio::test]
async fn foreign_or_looping_next_page_fails_without_another_request() {
    let other_server = FakeMalServer::new([]).await;
    let server =
        FakeMalServer::with_script_for_url(|api| [page_with_next(&other_server.api_url, 100), page_with_next(api, 0)])
            .await;
    let client = client_for(&server, 3);
    let mut messages = Vec::new();
    for _ in 0..2 {
        let failure = Failure::from(client.fetch_page(RemoteOrder::ByTitle, 0).await.unwrap_err());
        assert_eq!(failure.exit, Exit::Mal);
        messages.push(failure.message().split(':').next().unwrap().to_owned());
    }
    assert_eq!(messages, ["unexpected next page", "page loop"]);
    assert_eq!((server.received_heads().len(), other_server.received_heads().len()), (2, 0));
}

#[tokio::test]
async fn third_empty_page_in_a_row_is_a_page_loop() {
    let empty = |api: &Url, offset: u64| {
        FakeReply::json(format!(r#"{{"data":[],"paging":{{"next":"{api}/users/@me/animelist?offset={offset}"}}}}"#))
    };
    let server = FakeMalServer::with_script_for_url(|api| {
        [empty(api, 1), page_with_next(api, 2), empty(api, 3), empty(api, 4), empty(api, 5)]
    })
    .await;
    let client = client_for(&server, 0);
    for offset in 0..4 {
        assert_eq!(client.fetch_page(RemoteOrder::ByTitle, offset).await.unwrap().next_offset, Some(offset + 1));
    }
    let error = client.fetch_page(RemoteOrder::ByTitle, 4).await.unwrap_err();
    assert!(matches!(error, Error::PageLoop(_)), "{error:?}");
}

#[tokio::test]
async fn token_appears_in_no_debug_output_and_no_error() {
    let server = FakeMalServer::new([]).await;
    let client = client_for(&server, 0);
    let bearer_token = |token: &str| BearerToken { token: Secret::new(token), generation: 1 };
    let request =
        MalApiClient::<FakeTokenProvider>::build_request(&client.account_url, &bearer_token("hunter2")).unwrap();
    assert_eq!(request.headers()[AUTHORIZATION], "Bearer hunter2");
    assert!(!format!("{request:?}").contains("hunter2"), "{request:?}");
    let error =
        MalApiClient::<FakeTokenProvider>::build_request(&client.account_url, &bearer_token("hunter2\n")).unwrap_err();
    assert!(!format!("{error:?} {error}").contains("hunter2"));
    assert_eq!(Failure::from(error).exit, Exit::Login);
}

#[test]
fn api_url_may_end_with_a_slash() {
    for api in
        ["https://api.myanimelist.net/v2", "https://api.myanimelist.net/v2/", "https://api.myanimelist.net/v2?x#y"]
    {
        let url = join_path(&api.parse().unwrap(), &["users", "@me"]).unwrap();
        assert_eq!(url.as_str(), "https://api.myanimelist.net/v2/users/@me");
    }
    assert!(matches!(join_path(&"mailto:a@b".parse().unwrap(), &["x"]), Err(Error::Http(HttpError::InvalidUrl(_)))));
}
