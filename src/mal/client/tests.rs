//! The client against a scripted other end: what it asks, what it asks again, and what it ends with.

use std::sync::Mutex;

use super::*;
use crate::{
    exit::Exit,
    failure::Failure,
    mal::fake::{Fake, Reply, wire},
    secret::Secret,
};

const LAST: &str = r#"{"data":[{"node":{"id":1,"title":"A"},"list_status":{"status":"watching"}}],"paging":{}}"#;
const FORBIDDEN: &str = r#"{"message":"","error":"forbidden"}"#;

/// Hands out `token-1`, and after each renewal the next one, up to the third.
#[derive(Default)]
struct Tokens(Mutex<Vec<i64>>);

impl Bearer for Tokens {
    async fn access(&self) -> Result<Access, Failure> {
        let generation = self.0.lock().unwrap().last().map_or(1, |rejected| rejected + 1);
        Ok(Access { token: Secret::new(format!("token-{generation}")), generation })
    }

    async fn renew(&self, rejected: i64) -> Result<Access, Failure> {
        self.0.lock().unwrap().push(rejected);
        if rejected >= 3 {
            return Err(Failure::text(Exit::Login, "user has no MyAnimeList access token").hint("malsync login"));
        }
        Ok(Access { token: Secret::new(format!("token-{}", rejected + 1)), generation: rejected + 1 })
    }
}

fn client(fake: &Fake, max_retries: u32) -> Client<Tokens> {
    Client::new(wire(max_retries), Tokens::default(), &fake.api, 100).unwrap()
}

/// Asks for the first page of such a script: the outcome, and how many requests and retries it took.
async fn page(script: Vec<Reply>, max_retries: u32) -> (Result<ListPage, Failure>, i64, i64) {
    let fake = Fake::new(script).await;
    let client = client(&fake, max_retries);
    let page = client.page(Sort::Title, 0).await.map_err(Failure::from);
    let traffic = client.traffic();
    assert_eq!(i64::try_from(fake.heard().len()).unwrap(), traffic.requests, "what is counted is what was sent");
    (page, traffic.requests, traffic.retries)
}

fn repeat(count: usize, reply: impl Fn() -> Reply) -> Vec<Reply> {
    (0..count).map(|_| reply()).collect()
}

fn next(api: &Url, offset: u64) -> Reply {
    Reply::json(LAST.replace("{}", &format!(r#"{{"next":"{api}/users/@me/animelist?offset={offset}&limit=7"}}"#)))
}

#[tokio::test]
async fn a_page_is_asked_for_with_everything_that_is_stored() {
    let fake = Fake::with(|api| [next(api, 100), Reply::json(LAST)]).await;
    let client = client(&fake, 0);
    let first = client.page(Sort::Title, 0).await.unwrap();
    assert_eq!((first.entries.len(), first.rejected.len(), first.next), (1, 0, Some(100)));
    let last = client.page(Sort::Updated, 100).await.unwrap();
    assert_eq!((last.entries.len(), last.next), (1, None));

    let heads = fake.heard();
    assert!(heads[0].to_lowercase().contains("authorization: bearer token-1\r\n"), "{}", heads[0]);
    let asked = |head: &str| {
        let target = head.split(' ').nth(1).unwrap().to_owned();
        let url = fake.api.join(&target).unwrap();
        (url.path().to_owned(), url.query_pairs().into_owned().collect::<std::collections::BTreeMap<_, _>>())
    };
    let (path, query) = asked(&heads[0]);
    assert_eq!(path, "/v2/users/@me/animelist");
    let ours = ["nsfw", "limit", "offset", "sort"].map(|name| query[name].as_str());
    assert_eq!(ours, ["true", "100", "0", "anime_title"]);
    for field in ["alternative_titles,", "nsfw,", "list_status{start_date,", "comments,", "num_episodes_watched,"] {
        assert!(query["fields"].contains(field), "{field}");
    }
    assert!(!query["fields"].contains(' '));
    let (_, query) = asked(&heads[1]);
    assert_eq!((query["sort"].as_str(), query["offset"].as_str()), ("list_updated_at", "100"));
}

#[tokio::test]
async fn the_account_is_asked_for_with_its_statistics() {
    let me = r#"{"id":7,"name":"so","location":"","joined_at":"2015-05-03T11:42:57+00:00","anime_statistics":{"num_items":170,"num_days":0.5}}"#;
    let fake = Fake::new([Reply::json(me), Reply::json(r#"{"id":7,"name":"so"}"#)]).await;
    let client = client(&fake, 0);
    let joined_at = Some("2015-05-03T11:42:57+00:00".to_owned());
    let expected = Account { id: 7, name: "so".into(), joined_at, num_items: Some(170) };
    assert_eq!(client.account().await.unwrap(), expected);
    let expected = Account { id: 7, name: "so".into(), joined_at: None, num_items: None };
    assert_eq!(client.account().await.unwrap(), expected);
    assert!(
        fake.heard()[0].starts_with("GET /v2/users/@me?fields=anime_statistics HTTP/1.1\r\n"),
        "{}",
        fake.heard()[0]
    );
}

#[tokio::test]
async fn weather_is_tried_again_as_often_as_it_is_set_and_no_more() {
    let (page_read, requests, retries) = page(
        vec![Reply::new(503, &[], ""), Reply::json(LAST).cut(9), Reply::new(500, &[], "<html>"), Reply::json(LAST)],
        3,
    )
    .await;
    assert_eq!((page_read.unwrap().entries.len(), requests, retries), (1, 4, 3));

    for max_retries in [0, 3, 10] {
        let (failure, requests, retries) = page(repeat(20, || Reply::new(503, &[], "")), max_retries).await;
        let (failure, max_retries) = (failure.unwrap_err(), i64::from(max_retries));
        assert_eq!((failure.exit, requests, retries), (Exit::Mal, max_retries + 1, max_retries));
        assert_eq!(failure.message(), "MyAnimeList API temporarily unavailable: HTTP 503 Service Unavailable");
    }
}

#[tokio::test]
async fn a_mal_that_fails_every_page_a_few_times_does_not_keep_a_run_going() {
    let fake = Fake::with(|api| {
        let page = |offset| repeat(3, || Reply::new(503, &[], "")).into_iter().chain([next(api, offset)]);
        (1..=100).flat_map(page).collect::<Vec<_>>()
    })
    .await;
    let client = client(&fake, 3);
    let mut offset = 0;
    let failure = loop {
        match client.page(Sort::Title, offset).await {
            Ok(page) => offset = page.next.unwrap(),
            Err(error) => break Failure::from(error),
        }
    };
    let words =
        "MyAnimeList API temporarily unavailable: HTTP 503 Service Unavailable; 29 repetitions in this run are enough";
    assert_eq!((failure.exit, failure.message().as_str()), (Exit::Mal, words));
    assert_eq!((offset, client.traffic().requests, client.traffic().retries), (9, 39, 29));
}

#[tokio::test]
async fn blocks_are_tried_again_five_times_whatever_is_set() {
    let throttled = || Reply::new(429, &["Retry-After: 0"], "");
    let edge = || Reply::new(307, &["Location: https://myanimelist.net/error.json"], "");
    let page_with_200 = || Reply::new(200, &["Content-Type: text/html"], "<html>Request blocked</html>");
    let page_with_403 = || Reply::new(403, &[], "<html>your IP has been banned</html>");
    let table: [(Vec<Reply>, &str); 4] = [
        (repeat(9, throttled), "rate limit exceeded: HTTP 429 Too Many Requests"),
        (repeat(9, edge), "rate limit exceeded: HTTP 307 Temporary Redirect, to https://myanimelist.net/error.json"),
        (repeat(9, page_with_200), "MyAnimeList blocks this address for now: HTTP 200 OK, an HTML page"),
        (repeat(9, page_with_403), "MyAnimeList blocks this address for now: HTTP 403 Forbidden, an HTML page"),
    ];
    for (script, words) in table {
        let (failure, requests, retries) = page(script, 0).await;
        let failure = failure.unwrap_err();
        assert_eq!((failure.exit, failure.message().as_str()), (Exit::Mal, words));
        assert_eq!((requests, retries), (6, 5), "{words}");
    }
    let mut mended = repeat(5, throttled);
    mended.push(Reply::json(LAST));
    assert!(page(mended, 0).await.0.is_ok(), "the fifth repetition may be the good one");
}

#[tokio::test]
async fn a_wait_of_more_than_five_minutes_ends_it_and_says_when() {
    for (status, words) in [(429, "rate limit exceeded: "), (503, "MyAnimeList API temporarily unavailable: ")] {
        for max_retries in [0, 3] {
            let (failure, requests, _) = page(vec![Reply::new(status, &["Retry-After: 3600"], "")], max_retries).await;
            let failure = failure.unwrap_err();
            let message = failure.message();
            assert!(message.starts_with(&format!("{words}MyAnimeList asks to come back after 20")), "{message}");
            assert_eq!((failure.exit, requests), (Exit::Mal, 1));
        }
    }
}

#[tokio::test]
async fn an_ended_token_is_renewed_once_and_the_page_asked_again() {
    let unauthorized =
        || Reply::new(401, &[r#"WWW-Authenticate: Bearer error="invalid_token""#], r#"{"error":"invalid_token"}"#);
    let fake = Fake::new([unauthorized(), Reply::json(LAST), unauthorized(), unauthorized()]).await;
    let client = client(&fake, 3);
    assert_eq!(client.page(Sort::Title, 0).await.unwrap().entries.len(), 1);
    assert!(fake.heard()[1].to_lowercase().contains("authorization: bearer token-2\r\n"));
    assert_eq!((client.traffic().requests, client.traffic().retries), (2, 0), "asked again, but no retry");

    let failure = Failure::from(client.page(Sort::Title, 0).await.unwrap_err());
    assert_eq!((failure.exit, failure.message().as_str()), (Exit::Login, "MyAnimeList does not accept the new token"));
    assert_eq!((client.bearer.0.lock().unwrap().clone(), fake.heard().len()), (vec![1, 2], 4));
}

#[tokio::test]
async fn a_403_with_json_is_one_renewal_and_then_a_block() {
    let forbidden = || Reply::new(403, &[], FORBIDDEN);
    let (page_read, requests, retries) = page(vec![forbidden(), Reply::json(LAST)], 0).await;
    assert_eq!((page_read.is_ok(), requests, retries), (true, 2, 0));
    let (failure, requests, retries) = page(repeat(9, forbidden), 0).await;
    let failure = failure.unwrap_err();
    assert_eq!((failure.exit, requests, retries), (Exit::Mal, 7, 5));
    assert_eq!(failure.message(), "MyAnimeList blocks this address for now: HTTP 403 Forbidden, forbidden");
}

#[tokio::test]
async fn the_sessions_failure_passes_unchanged() {
    struct Nobody;
    impl Bearer for Nobody {
        async fn access(&self) -> Result<Access, Failure> {
            Err(Failure::text(Exit::Login, "user has no MyAnimeList access token").hint("malsync login"))
        }
        async fn renew(&self, _: i64) -> Result<Access, Failure> {
            self.access().await
        }
    }
    let fake = Fake::new([]).await;
    let client = Client::new(wire(0), Nobody, &fake.api, 100).unwrap();
    let failure = Failure::from(client.account().await.unwrap_err());
    assert_eq!((failure.exit, failure.message().as_str()), (Exit::Login, "user has no MyAnimeList access token"));
    assert_eq!((failure.hints, fake.heard().len()), (vec!["malsync login".to_owned()], 0));
}

#[tokio::test]
async fn a_page_with_more_entries_than_were_asked_for_is_none() {
    let body = |entries: usize| format!(r#"{{"data":[{}],"paging":{{}}}}"#, vec!["0"; entries].join(","));
    let (failure, requests, _) = page(repeat(3, || Reply::json(body(101))), 3).await;
    let failure = failure.unwrap_err();
    assert!(failure.message().ends_with("a page of 101 entries where 100 were asked for"), "{}", failure.message());
    assert_eq!((failure.exit, requests), (Exit::Mal, 2));
    assert_eq!(page(vec![Reply::json(body(100))], 3).await.0.unwrap().rejected.len(), 100);
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_asked_for_once_more() {
    for rubbish in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"error":"x"}"#,
        r#"{"data":{}}"#,
        r#"{"data":[],"paging":[]}"#,
        "{\"data\":[\u{7f}",
    ] {
        let (page_read, requests, retries) = page(vec![Reply::json(rubbish), Reply::json(LAST)], 0).await;
        assert_eq!((page_read.is_ok(), requests, retries), (true, 2, 1), "{rubbish}");
        let (failure, requests, _) = page(repeat(9, || Reply::json(rubbish)), 3).await;
        let failure = failure.unwrap_err();
        assert_eq!((failure.exit, requests), (Exit::Mal, 2), "{rubbish}");
        assert!(failure.message().starts_with("MyAnimeList's answer cannot be read"), "{}", failure.message());
    }
    let not_utf8 = [b"{\"data\":[{\"node\":{\"id\":1,\"title\":\"".as_slice(), &[0xFF], b"\"}}]}"].concat();
    assert!(page(repeat(2, || Reply::json(&not_utf8)), 0).await.0.unwrap_err().message().contains("not UTF-8"));
}

#[tokio::test]
async fn what_no_repetition_mends_is_final_at_once() {
    let table = [
        (
            400,
            r#"{"message":"Invalid client id","error":"bad_request"}"#,
            2,
            "MyAnimeList does not know the client id: ",
        ),
        (400, r#"{"message":"invalid limit","error":"bad_request"}"#, 5, "MyAnimeList refuses the request: HTTP 400"),
        (404, FORBIDDEN, 5, "MyAnimeList refuses the request: HTTP 404 Not Found, forbidden"),
        (302, "", 5, "unexpected redirect: HTTP 302 Found"),
        (308, "", 5, "unexpected redirect: HTTP 308 Permanent Redirect"),
    ];
    for (status, body, code, words) in table {
        let (failure, requests, retries) = page(repeat(3, || Reply::new(status, &[], body)), 3).await;
        let failure = failure.unwrap_err();
        assert!(failure.message().starts_with(words), "{}", failure.message());
        assert_eq!((failure.exit.code(), requests, retries), (code, 1, 0), "{words}");
    }
}

#[tokio::test]
async fn a_foreign_or_looping_next_page_ends_it_without_another_request() {
    let elsewhere = Fake::new([]).await;
    let fake = Fake::with(|api| [next(&elsewhere.api, 100), next(api, 0)]).await;
    let client = client(&fake, 3);
    let mut words = Vec::new();
    for _ in 0..2 {
        let failure = Failure::from(client.page(Sort::Title, 0).await.unwrap_err());
        assert_eq!(failure.exit, Exit::Mal);
        words.push(failure.message().split(':').next().unwrap().to_owned());
    }
    assert_eq!(words, ["unexpected next page", "page loop"]);
    assert_eq!((fake.heard().len(), elsewhere.heard().len()), (2, 0));
}

#[tokio::test]
async fn empty_pages_without_end_are_a_loop() {
    let empty = |api: &Url, offset: u64| {
        Reply::json(format!(r#"{{"data":[],"paging":{{"next":"{api}/users/@me/animelist?offset={offset}"}}}}"#))
    };
    let fake = Fake::with(|api| [empty(api, 1), next(api, 2), empty(api, 3), empty(api, 4), empty(api, 5)]).await;
    let client = client(&fake, 0);
    for offset in 0..4 {
        assert_eq!(client.page(Sort::Title, offset).await.unwrap().next, Some(offset + 1));
    }
    let error = client.page(Sort::Title, 4).await.unwrap_err();
    assert!(matches!(error, Error::PageLoop(_)), "{error:?}");
}

#[tokio::test]
async fn the_token_is_in_no_request_that_is_printed_and_in_no_error() {
    let fake = Fake::new([]).await;
    let client = client(&fake, 0);
    let access = |token: &str| Access { token: Secret::new(token), generation: 1 };
    let request = Client::<Tokens>::request(&client.account, &access("hunter2")).unwrap();
    assert_eq!(request.headers()[AUTHORIZATION], "Bearer hunter2");
    assert!(!format!("{request:?}").contains("hunter2"), "{request:?}");
    let error = Client::<Tokens>::request(&client.account, &access("hunter2\n")).unwrap_err();
    assert!(!format!("{error:?} {error}").contains("hunter2"));
    assert_eq!(Failure::from(error).exit, Exit::Login);
}

#[test]
fn an_api_address_may_end_with_a_slash() {
    for api in
        ["https://api.myanimelist.net/v2", "https://api.myanimelist.net/v2/", "https://api.myanimelist.net/v2?x#y"]
    {
        let url = below(&api.parse().unwrap(), &["users", "@me"]).unwrap();
        assert_eq!(url.as_str(), "https://api.myanimelist.net/v2/users/@me");
    }
    assert!(matches!(below(&"mailto:a@b".parse().unwrap(), &["x"]), Err(Error::Request(_))));
}

/// What `/users/@me` says of an account.
fn me(id: i64, name: &str) -> Reply {
    Reply::json(format!(r#"{{"id":{id},"name":"{name}"}}"#))
}

/// Asks for the account and a page of such a script, whose 401 brings a new token: the outcome, and the requests.
async fn renewed(script: Vec<Reply>) -> (Result<ListPage, Failure>, usize) {
    let fake = Fake::new(script).await;
    let client = client(&fake, 0);
    client.account().await.unwrap();
    let page = client.page(Sort::Title, 0).await.map_err(Failure::from);
    let heard = fake.heard();
    assert_eq!(i64::try_from(heard.len()).unwrap(), client.traffic().requests, "each is counted");
    (page, heard.len())
}

#[tokio::test]
async fn whose_a_new_token_is_costs_one_request_and_only_in_mid_run() {
    let unauthorized = || Reply::new(401, &[], "");
    let (page, requests) = renewed(vec![me(7, "so"), unauthorized(), Reply::json(LAST), me(7, "so")]).await;
    assert_eq!((page.unwrap().entries.len(), requests), (1, 4));

    let (page, requests) = renewed(vec![me(7, "so"), unauthorized(), Reply::json(LAST), me(8, "bob")]).await;
    let failure = page.unwrap_err();
    assert_eq!((failure.exit, requests), (Exit::Guard, 4));
    assert!(failure.message().ends_with("in mid-run: bob (8)"), "{}", failure.message());

    let (page, requests) = renewed(vec![me(7, "so"), Reply::json(LAST)]).await;
    assert_eq!((page.unwrap().entries.len(), requests), (1, 2), "the same token is not asked about");
}

#[tokio::test]
async fn a_page_whose_token_is_gone_before_it_could_be_asked_about_is_asked_for_again() {
    let fake = Fake::new([me(7, "so"), Reply::json(LAST), me(7, "so"), Reply::json(LAST)]).await;
    let bearer = Changing(Mutex::new(vec!["c", "c", "b", "a"]));
    let client = Client::new(wire(0), bearer, &fake.api, 100).unwrap();
    client.account().await.unwrap();
    assert_eq!(client.page(Sort::Title, 0).await.unwrap().entries.len(), 1);
    let used: Vec<_> =
        fake.heard().iter().map(|head| head.to_lowercase().split_once("bearer ").unwrap().1[..1].to_owned()).collect();
    assert_eq!(used, ["a", "b", "c", "c"]);
}

/// Hands out these tokens, the last one first.
struct Changing(Mutex<Vec<&'static str>>);

impl Bearer for Changing {
    async fn access(&self) -> Result<Access, Failure> {
        Ok(Access { token: Secret::new(self.0.lock().unwrap().pop().unwrap()), generation: 1 })
    }

    async fn renew(&self, _: i64) -> Result<Access, Failure> {
        self.access().await
    }
}
