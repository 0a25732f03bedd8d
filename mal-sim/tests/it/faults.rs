//! Faults as the client meets them, on the wire where it matters, and the log that knows of each.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use mal_sim::{FaultRule, TokenAction, TokenSelector};
use serde_json::json;

use crate::support::{SimFixture, page_ids};

const LIST_PATH: &str = "/v2/users/@me/animelist";

/// A request written by hand; all bytes of the answer, and how the connection ended.
fn send_raw_request(mal: &SimFixture, path: &str) -> (Vec<u8>, Result<(), ErrorKind>) {
    let mut socket = TcpStream::connect(mal.sim.address()).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(700))).unwrap();
    let token = &mal.access_token;
    write!(socket, "GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut all = Vec::new();
    let mut buffer = [0; 65_536];
    loop {
        match socket.read(&mut buffer) {
            Ok(0) => return (all, Ok(())),
            Ok(read) => all.extend_from_slice(&buffer[..read]),
            Err(error) => return (all, Err(error.kind())),
        }
    }
}

fn response_body(answer: &[u8]) -> &[u8] {
    let at = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    &answer[at + 4..]
}

fn add_fault(mal: &SimFixture, rule: FaultRule) {
    mal.control().add_fault(rule).unwrap();
}

#[tokio::test]
async fn response_is_replaced_the_given_number_of_times() {
    let mal = SimFixture::with_entries(30).await;
    add_fault(
        &mal,
        FaultRule::for_path(LIST_PATH).status(429).header("Retry-After", "3").text("<h1>slow down</h1>").times(2),
    );
    for _ in 0..2 {
        let answer = mal.get("/users/@me/animelist").send().await.unwrap();
        assert_eq!(answer.status(), 429);
        assert_eq!(answer.headers()["retry-after"], "3");
        assert_eq!(answer.headers()["content-type"], "text/html; charset=UTF-8");
        assert_eq!(answer.text().await.unwrap(), "<h1>slow down</h1>");
    }
    assert_eq!(mal.get("/users/@me/animelist").send().await.unwrap().status(), 200);
    assert_eq!(mal.control().active_faults().len(), 0);
}

#[tokio::test]
async fn cut_body_ends_early_after_announcing_its_full_length() {
    let mal = SimFixture::with_entries(200).await;
    let path = format!("{LIST_PATH}?limit=200");
    let (whole, _) = send_raw_request(&mal, &path);
    for bytes in [0, 1, 5000] {
        add_fault(&mal, FaultRule::for_path(LIST_PATH).cut_after(bytes));
        let (cut, end) = send_raw_request(&mal, &path);
        assert_eq!(end, Ok(()), "closed, not reset");
        let length = format!("content-length: {}", response_body(&whole).len());
        assert!(String::from_utf8_lossy(&cut).contains(&length), "the whole length is announced");
        assert_eq!(response_body(&cut), &response_body(&whole)[..usize::try_from(bytes).unwrap()]);
    }
    add_fault(&mal, FaultRule::for_path(LIST_PATH).cut_after(5000).without_length());
    let (cut, _) = send_raw_request(&mal, &path);
    assert!(String::from_utf8_lossy(&cut).contains("transfer-encoding: chunked"));
    assert!(!cut.ends_with(b"0\r\n\r\n"));
    assert_eq!(send_raw_request(&mal, &path).0.len(), whole.len());
}

#[tokio::test]
async fn reset_rule_resets_the_connection_after_the_given_bytes() {
    let mal = SimFixture::with_entries(200).await;
    for bytes in [0, 1, 100, 3000] {
        add_fault(&mal, FaultRule::for_path(LIST_PATH).reset_after(bytes));
        let (got, end) = send_raw_request(&mal, &format!("{LIST_PATH}?limit=100"));
        assert_eq!(end, Err(ErrorKind::ConnectionReset), "after {bytes}");
        assert!(got.len() as u64 <= bytes);
    }
    add_fault(&mal, FaultRule::for_path(LIST_PATH).reset());
    assert_eq!(send_raw_request(&mal, LIST_PATH).1, Err(ErrorKind::ConnectionReset));
    let statuses: Vec<Option<u16>> = mal.control().logged_requests().iter().map(|row| row.status).collect();
    assert_eq!(statuses, [None, Some(200), Some(200), Some(200), None]);
}

#[tokio::test]
async fn stalled_request_is_logged_and_never_answered() {
    let mal = SimFixture::with_entries(200).await;
    add_fault(&mal, FaultRule::for_path(LIST_PATH).stall().with_name("silence"));
    let (got, end) = send_raw_request(&mal, LIST_PATH);
    assert!(got.is_empty());
    assert!(matches!(end, Err(ErrorKind::WouldBlock | ErrorKind::TimedOut)), "{end:?}");
    add_fault(&mal, FaultRule::for_path(LIST_PATH).stall_after(300));
    let (got, end) = send_raw_request(&mal, LIST_PATH);
    assert_eq!(got.len(), 300);
    assert!(matches!(end, Err(ErrorKind::WouldBlock | ErrorKind::TimedOut)), "{end:?}");
    let log = mal.control().logged_requests();
    assert_eq!(log[0].fault.as_deref(), Some("silence"));
    assert_eq!(log[0].status, None);
    assert_eq!(log[0].path, LIST_PATH);
}

#[tokio::test]
async fn delay_and_trickle_slow_the_response() {
    let mal = SimFixture::with_entries(200).await;
    add_fault(&mal, FaultRule::for_path(LIST_PATH).delay(Duration::from_millis(150)));
    let start = Instant::now();
    assert_eq!(mal.get("/users/@me/animelist").send().await.unwrap().status(), 200);
    assert!(start.elapsed() >= Duration::from_millis(150));
    add_fault(&mal, FaultRule::for_path(LIST_PATH).text("0123456789").trickle(3, Duration::from_millis(30)));
    let start = Instant::now();
    let (got, _) = send_raw_request(&mal, LIST_PATH);
    assert_eq!(response_body(&got), b"0123456789");
    assert!(start.elapsed() >= Duration::from_millis(90), "{:?}", start.elapsed());
}

#[tokio::test]
async fn raw_bytes_replace_the_response() {
    let mal = SimFixture::with_entries(3).await;
    let bytes = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n\xff\xfe";
    add_fault(&mal, FaultRule::for_path(LIST_PATH).raw(bytes));
    assert_eq!(send_raw_request(&mal, LIST_PATH), (bytes.to_vec(), Ok(())));
    assert_eq!(send_raw_request(&mal, LIST_PATH).0[..12], *b"HTTP/1.1 200");
}

#[tokio::test]
async fn redirect_gzip_bomb_and_header_rules_change_the_response() {
    let mal = SimFixture::with_entries(3).await;
    add_fault(&mal, FaultRule::for_path(LIST_PATH).redirect("https://myanimelist.net/error.json"));
    let answer = mal.get("/users/@me/animelist").send().await.unwrap();
    assert_eq!(answer.status(), 307);
    assert_eq!(answer.headers()["location"], "https://myanimelist.net/error.json");
    add_fault(&mal, FaultRule::for_path(LIST_PATH).gzip_bomb(5_000_000));
    let (packed, _) = send_raw_request(&mal, LIST_PATH);
    assert!(packed.len() < 100_000);
    add_fault(&mal, FaultRule::for_path(LIST_PATH).gzip_bomb(5_000_000));
    let opened = mal.get("/users/@me/animelist").send().await.unwrap().bytes().await.unwrap();
    assert_eq!(opened.len(), 5_000_000);
    add_fault(
        &mal,
        FaultRule::for_path(LIST_PATH).header("x-a", "1").header("X-A", "2").header("x-b", "3").without_header("date"),
    );
    let answer = mal.get("/users/@me/animelist").send().await.unwrap();
    assert_eq!(answer.headers().get_all("x-b").iter().count(), 1);
    assert!(answer.headers().get("date").is_none());
    assert_eq!(answer.status(), 200, "headers alone leave the answer as it was");
}

#[tokio::test]
async fn lost_response_differs_from_lost_request() {
    let mal = SimFixture::with_entries(3).await;
    let pair = mal.control().issue_tokens("alice").unwrap();
    let form =
        [("grant_type", "refresh_token"), ("client_id", "test-client"), ("refresh_token", pair.refresh_token.as_str())];
    let issued = || mal.control().tokens_json()["refresh"].as_array().unwrap().len();
    let before = issued();
    let url = format!("{}/token", mal.sim.auth_url());
    let post = || mal.client.post(&url).form(&form).send();
    add_fault(&mal, FaultRule::for_path("/v1/oauth2/token").reset());
    assert!(post().await.is_err());
    assert_eq!(issued(), before, "a request that was reset at once did nothing");
    add_fault(&mal, FaultRule::for_path("/v1/oauth2/token").reset().with_effect());
    assert!(post().await.is_err());
    assert_eq!(issued(), before + 1, "here only the answer was lost");
    add_fault(&mal, FaultRule::for_path("/v1/oauth2/token").status(502));
    assert_eq!(post().await.unwrap().status(), 502);
    assert_eq!(issued(), before + 1);
}

#[tokio::test]
async fn control_call_changes_the_list_between_two_pages() {
    let mal = SimFixture::with_entries(30).await;
    let first = "/users/@me/animelist?limit=10&sort=anime_id&nsfw=true";
    let one = page_ids(&mal.get_json(first).await);
    let path = format!("/users/alice/entries/{}", one[0]);
    add_fault(
        &mal,
        FaultRule::for_path(LIST_PATH).query("offset", "10").with_control_call("DELETE", &path, json!(null)),
    );
    let two = page_ids(&mal.get_json(&format!("{first}&offset=10")).await);
    let all = mal.control().entry_ids("alice").unwrap();
    assert_eq!(all.len(), 29);
    assert_eq!(two, all[10..20]);
    assert!(!one.contains(&all[9]) && !two.contains(&all[9]), "one entry was on no page");
}

#[tokio::test]
async fn token_expires_after_the_given_number_of_requests() {
    let mal = SimFixture::with_entries(3).await;
    let action = TokenAction { user: Some("alice".to_owned()), which: TokenSelector::Access, after_requests: Some(2) };
    mal.control().expire_matching_tokens(&action).unwrap();
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(mal.get("/users/@me").send().await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [200, 200, 401, 401]);
    assert!(
        mal.control()
            .expire_matching_tokens(&TokenAction { after_requests: Some(1), ..TokenAction::default() })
            .is_err()
    );
}

#[tokio::test]
async fn log_contains_request_details() {
    let mal = SimFixture::with_entries(3).await;
    mal.get_json("/users/@me/animelist?limit=5&nsfw=true&fields=list_status%7Btags%7D").await;
    mal.post_token(&[("grant_type", "refresh_token"), ("client_id", "a b")]).await;
    let log = mal.control().logged_requests();
    assert_eq!(log.len(), 2);
    assert_eq!(log[0].method, "GET");
    assert_eq!(log[0].query, "limit=5&nsfw=true&fields=list_status%7Btags%7D");
    assert_eq!(log[0].query_param("fields"), Some("list_status{tags}"));
    assert_eq!(log[0].user.as_deref(), Some("alice"));
    assert_eq!(log[0].header("authorization"), Some(format!("Bearer {}", mal.access_token).as_str()));
    assert_eq!(log[0].status, Some(200));
    assert_eq!(log[1].form_field("client_id"), Some("a b"));
    assert_eq!(log[1].status, Some(400));
    assert!(log[1].at_ms >= log[0].at_ms);
    mal.control().clear_log();
    assert!(mal.control().logged_requests().is_empty());
}

#[tokio::test]
async fn drop_closes_all_connections() {
    let mal = SimFixture::with_entries(3).await;
    add_fault(&mal, FaultRule::for_path(LIST_PATH).stall());
    let address = mal.sim.address();
    let mut socket = TcpStream::connect(address).unwrap();
    write!(socket, "GET {LIST_PATH} HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    while mal.control().logged_requests().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(mal);
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    assert!(matches!(socket.read(&mut [0; 8]), Ok(0) | Err(_)));
    assert!(TcpStream::connect(address).is_err());
}
