//! Tests that every page belongs to the account that the run began with, even if the token changes.

use std::sync::Mutex;

use super::{
    tests::{LAST_PAGE, client_for},
    *,
};
use crate::{
    exit::Exit,
    failure::Failure,
    http::fake_server::{FakeMalServer, FakeReply, fast_transport},
    secret::Secret,
};

/// Response of `/users/@me`.
fn account_reply(id: i64, name: &str) -> FakeReply {
    FakeReply::json(format!(r#"{{"id":{id},"name":"{name}"}}"#))
}

/// Requests the account and a page; a 401 in the script causes a token refresh. Returns the outcome and the number of
/// requests.
async fn request_account_and_page(script: Vec<FakeReply>) -> (Result<ListPage, Failure>, usize) {
    let server = FakeMalServer::new(script).await;
    let client = client_for(&server, 0);
    client.fetch_account().await.unwrap();
    let page = client.fetch_page(RemoteOrder::ByTitle, 0).await.map_err(Failure::from);
    let heads = server.received_heads();
    assert_eq!(i64::try_from(heads.len()).unwrap(), client.request_counters().requests, "every request is counted");
    (page, heads.len())
}

#[tokio::test]
async fn new_token_mid_run_costs_one_account_request() {
    let unauthorized = || FakeReply::new(401, &[], "");
    let (page, requests) = request_account_and_page(vec![
        account_reply(7, "so"),
        unauthorized(),
        FakeReply::json(LAST_PAGE),
        account_reply(7, "so"),
    ])
    .await;
    assert_eq!((page.unwrap().entries.len(), requests), (1, 4));

    let (page, requests) = request_account_and_page(vec![
        account_reply(7, "so"),
        unauthorized(),
        FakeReply::json(LAST_PAGE),
        account_reply(8, "bob"),
    ])
    .await;
    let failure = page.unwrap_err();
    assert_eq!((failure.exit, requests), (Exit::Guard, 4));
    assert!(failure.message().ends_with("during the run: bob (8)"), "{}", failure.message());

    let (page, requests) = request_account_and_page(vec![account_reply(7, "so"), FakeReply::json(LAST_PAGE)]).await;
    assert_eq!((page.unwrap().entries.len(), requests), (1, 2), "the same token is not verified again");
}

#[tokio::test]
async fn page_is_requested_again_if_token_changes_before_verification() {
    let server = FakeMalServer::new([
        account_reply(7, "so"),
        FakeReply::json(LAST_PAGE),
        account_reply(7, "so"),
        FakeReply::json(LAST_PAGE),
    ])
    .await;
    let bearer = FakeChangingTokenProvider(Mutex::new(vec!["c", "c", "b", "a"]));
    let client = MalApiClient::new(fast_transport(0), bearer, &server.api_url, 100).unwrap();
    client.fetch_account().await.unwrap();
    assert_eq!(client.fetch_page(RemoteOrder::ByTitle, 0).await.unwrap().entries.len(), 1);
    let used_tokens: Vec<_> = server
        .received_heads()
        .iter()
        .map(|head| head.to_lowercase().split_once("bearer ").unwrap().1[..1].to_owned())
        .collect();
    assert_eq!(used_tokens, ["a", "b", "c", "c"]);
}

/// Provides these tokens, the last one first.
struct FakeChangingTokenProvider(Mutex<Vec<&'static str>>);

impl TokenProvider for FakeChangingTokenProvider {
    async fn access_token(&self) -> Result<BearerToken, Failure> {
        Ok(BearerToken { token: Secret::new(self.0.lock().unwrap().pop().unwrap()), generation: 1 })
    }

    async fn refresh_after_rejection(&self, _: i64) -> Result<BearerToken, Failure> {
        self.access_token().await
    }
}
