//! Faults as seen by the client, at byte level where needed, and the request log.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use mal_sim::{FaultRule, SimTokenKind, TokenSelection};
use serde_json::json;

use crate::support::{SimFixture, page_ids};

const LIST_PATH: &str = "/v2/users/@me/animelist";

/// Opens a connection and writes a raw request to it.
fn open_raw_request(fixture: &SimFixture, path: &str) -> TcpStream {
    let mut socket = TcpStream::connect(fixture.sim.address()).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let token = &fixture.access_token;
    write!(socket, "GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n")
        .unwrap();
    socket
}

/// Sends a raw request. Returns all bytes of the response and how the connection ended.
fn send_raw_request(fixture: &SimFixture, path: &str) -> (Vec<u8>, Result<(), ErrorKind>) {
    let mut socket = open_raw_request(fixture, path);
    let mut received = Vec::new();
    let mut buffer = [0; 65_536];
    loop {
        match socket.read(&mut buffer) {
            Ok(0) => return (received, Ok(())),
            Ok(read) => received.extend_from_slice(&buffer[..read]),
            Err(error) => return (received, Err(error.kind())),
        }
    }
}

fn response_body(response: &[u8]) -> &[u8] {
    let head_end = response.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    &response[head_end + 4..]
}

fn add_fault(fixture: &SimFixture, rule: FaultRule) {
    fixture.control().add_fault(rule).unwrap();
}

#[tokio::test]
async fn response_is_replaced_the_given_number_of_times() {
    let fixture = SimFixture::with_entries(30).await;
    add_fault(
        &fixture,
        FaultRule::for_path(LIST_PATH).status(429).header("Retry-After", "3").text("<h1>slow down</h1>").times(2),
    );
    for _ in 0..2 {
        let response = fixture.get("/users/@me/animelist").send().await.unwrap();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()["retry-after"], "3");
        assert_eq!(response.headers()["content-type"], "text/html; charset=UTF-8");
        assert_eq!(response.text().await.unwrap(), "<h1>slow down</h1>");
    }
    assert_eq!(fixture.get("/users/@me/animelist").send().await.unwrap().status(), 200);
    assert_eq!(fixture.control().active_faults().len(), 0);
}

#[tokio::test]
async fn cut_body_ends_early_after_announcing_its_full_length() {
    let fixture = SimFixture::with_entries(200).await;
    let path = format!("{LIST_PATH}?limit=200");
    let (full, _) = send_raw_request(&fixture, &path);
    for bytes in [0, 1, 5000] {
        add_fault(&fixture, FaultRule::for_path(LIST_PATH).close_after_body_bytes(bytes));
        let (truncated, end) = send_raw_request(&fixture, &path);
        assert_eq!(end, Ok(()), "the connection must be closed, not reset");
        let length = format!("content-length: {}", response_body(&full).len());
        assert!(String::from_utf8_lossy(&truncated).contains(&length), "the full length must be announced");
        assert_eq!(response_body(&truncated), &response_body(&full)[..usize::try_from(bytes).unwrap()]);
    }
    add_fault(&fixture, FaultRule::for_path(LIST_PATH).close_after_body_bytes(5000).without_length());
    let (truncated, _) = send_raw_request(&fixture, &path);
    assert!(String::from_utf8_lossy(&truncated).contains("transfer-encoding: chunked"));
    assert!(!truncated.ends_with(b"0\r\n\r\n"));
    assert_eq!(send_raw_request(&fixture, &path).0.len(), full.len());
}

#[tokio::test]
async fn reset_rule_resets_the_connection_after_the_given_bytes() {
    let fixture = SimFixture::with_entries(200).await;
    for bytes in [0, 1, 100, 3000] {
        add_fault(&fixture, FaultRule::for_path(LIST_PATH).reset_after(bytes));
        let (received, end) = send_raw_request(&fixture, &format!("{LIST_PATH}?limit=100"));
        assert_eq!(end, Err(ErrorKind::ConnectionReset), "after {bytes}");
        assert!(received.len() as u64 <= bytes);
    }
    add_fault(&fixture, FaultRule::for_path(LIST_PATH).reset());
    assert_eq!(send_raw_request(&fixture, LIST_PATH).1, Err(ErrorKind::ConnectionReset));
    let statuses: Vec<Option<u16>> = fixture.control().logged_requests().iter().map(|request| request.status).collect();
    assert_eq!(statuses, [None, Some(200), Some(200), Some(200), None]);
}

#[tokio::test]
async fn stalled_request_is_logged_and_never_answered() {
    let fixture = SimFixture::with_entries(200).await;
    add_fault(&fixture, FaultRule::for_path(LIST_PATH).stall().with_name("silence"));
    let assert_silent = |socket: &mut TcpStream| {
        socket.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        let end = socket.read(&mut [0; 8]).map_err(|error| error.kind());
        assert!(matches!(end, Err(ErrorKind::WouldBlock | ErrorKind::TimedOut)), "{end:?}");
    };
    let mut socket = open_raw_request(&fixture, LIST_PATH);
    while fixture.control().logged_requests().first().is_none_or(|request| request.fault.is_none()) {
        tokio::task::yield_now().await;
    }
    assert_silent(&mut socket);
    add_fault(&fixture, FaultRule::for_path(LIST_PATH).stall_after(300));
    let mut socket = open_raw_request(&fixture, LIST_PATH);
    socket.read_exact(&mut [0; 300]).unwrap();
    assert_silent(&mut socket);
    let log = fixture.control().logged_requests();
    assert_eq!(log[0].fault.as_deref(), Some("silence"));
    assert_eq!(log[0].status, None);
    assert_eq!(log[0].path, LIST_PATH);
}

#[tokio::test]
async fn held_response_is_sent_once_the_rules_are_cleared() {
    let fixture = SimFixture::with_entries(3).await;
    add_fault(&fixture, FaultRule::for_path(LIST_PATH).hold());
    // `mal_status` is logged when the request takes effect, `status` when the response is sent.
    let released = async {
        while fixture.control().logged_requests().first().is_none_or(|request| request.mal_status.is_none()) {
            tokio::task::yield_now().await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        let status_before = fixture.control().logged_requests()[0].status;
        fixture.control().clear_faults();
        status_before
    };
    let (response, status_before) = tokio::join!(fixture.get("/users/@me/animelist").send(), released);
    assert_eq!(status_before, None, "the request took effect and has no response yet");
    assert_eq!(response.unwrap().status(), 200);
}

#[tokio::test]
async fn delay_and_trickle_slow_the_response() {
    let fixture = SimFixture::with_entries(200).await;
    add_fault(&fixture, FaultRule::for_path(LIST_PATH).delay_response(Duration::from_millis(150)));
    let start = Instant::now();
    assert_eq!(fixture.get("/users/@me/animelist").send().await.unwrap().status(), 200);
    assert!(start.elapsed() >= Duration::from_millis(150));
    add_fault(&fixture, FaultRule::for_path(LIST_PATH).text("0123456789").trickle(3, Duration::from_millis(30)));
    let start = Instant::now();
    let (received, _) = send_raw_request(&fixture, LIST_PATH);
    assert_eq!(response_body(&received), b"0123456789");
    assert!(start.elapsed() >= Duration::from_millis(90), "{:?}", start.elapsed());
}

#[tokio::test]
async fn raw_bytes_replace_the_response() {
    let fixture = SimFixture::with_entries(3).await;
    let bytes = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n\xff\xfe";
    add_fault(&fixture, FaultRule::for_path(LIST_PATH).raw(bytes));
    assert_eq!(send_raw_request(&fixture, LIST_PATH), (bytes.to_vec(), Ok(())));
    assert_eq!(send_raw_request(&fixture, LIST_PATH).0[..12], *b"HTTP/1.1 200");
}

#[tokio::test]
async fn redirect_gzip_bomb_and_header_rules_change_the_response() {
    let fixture = SimFixture::with_entries(3).await;
    add_fault(&fixture, FaultRule::for_path(LIST_PATH).redirect("https://myanimelist.net/error.json"));
    let response = fixture.get("/users/@me/animelist").send().await.unwrap();
    assert_eq!(response.status(), 307);
    assert_eq!(response.headers()["location"], "https://myanimelist.net/error.json");
    add_fault(&fixture, FaultRule::for_path(LIST_PATH).gzip_bomb(5_000_000));
    let (compressed, _) = send_raw_request(&fixture, LIST_PATH);
    assert!(compressed.len() < 100_000);
    add_fault(&fixture, FaultRule::for_path(LIST_PATH).gzip_bomb(5_000_000));
    let decompressed = fixture.get("/users/@me/animelist").send().await.unwrap().bytes().await.unwrap();
    assert_eq!(decompressed.len(), 5_000_000);
    add_fault(
        &fixture,
        FaultRule::for_path(LIST_PATH).header("x-a", "1").header("X-A", "2").header("x-b", "3").without_header("date"),
    );
    let response = fixture.get("/users/@me/animelist").send().await.unwrap();
    assert_eq!(response.headers().get_all("x-b").iter().count(), 1);
    assert!(response.headers().get("date").is_none());
    assert_eq!(response.status(), 200, "header changes must not replace the response");
}

#[tokio::test]
async fn lost_response_differs_from_lost_request() {
    let fixture = SimFixture::with_entries(3).await;
    let tokens = fixture.control().issue_tokens("alice").unwrap();
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "test-client"),
        ("refresh_token", tokens.refresh_token.as_str()),
    ];
    let refresh_token_count = || fixture.control().tokens_json()["refresh"].as_array().unwrap().len();
    let count_before = refresh_token_count();
    let url = format!("{}/token", fixture.sim.auth_url());
    let post = || fixture.client.post(&url).form(&form).send();
    add_fault(&fixture, FaultRule::for_path("/v1/oauth2/token").reset());
    assert!(post().await.is_err());
    assert_eq!(refresh_token_count(), count_before, "a request that is reset at once must have no effect");
    add_fault(&fixture, FaultRule::for_path("/v1/oauth2/token").reset().with_effect());
    assert!(post().await.is_err());
    assert_eq!(refresh_token_count(), count_before + 1, "only the response is lost, the request takes effect");
    add_fault(&fixture, FaultRule::for_path("/v1/oauth2/token").status(502));
    assert_eq!(post().await.unwrap().status(), 502);
    assert_eq!(refresh_token_count(), count_before + 1);
}

#[tokio::test]
async fn control_call_changes_the_list_between_two_pages() {
    let fixture = SimFixture::with_entries(30).await;
    let first_path = "/users/@me/animelist?limit=10&sort=anime_id&nsfw=true";
    let first_page = page_ids(&fixture.get_json(first_path).await);
    let path = format!("/users/alice/entries/{}", first_page[0]);
    add_fault(
        &fixture,
        FaultRule::for_path(LIST_PATH).with_param("offset", "10").with_control_call("DELETE", &path, json!(null)),
    );
    let second_page = page_ids(&fixture.get_json(&format!("{first_path}&offset=10")).await);
    let all_ids = fixture.control().entry_ids("alice").unwrap();
    assert_eq!(all_ids.len(), 29);
    assert_eq!(second_page, all_ids[10..20]);
    assert!(
        !first_page.contains(&all_ids[9]) && !second_page.contains(&all_ids[9]),
        "the shifted entry must be on no page"
    );
}

#[tokio::test]
async fn token_expires_after_the_given_number_of_requests() {
    let fixture = SimFixture::with_entries(3).await;
    let selection =
        TokenSelection { user: Some("alice".to_owned()), which: SimTokenKind::Access, after_requests: Some(2) };
    fixture.control().expire_matching_tokens(&selection).unwrap();
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(fixture.get("/users/@me").send().await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [200, 200, 401, 401]);
    assert!(
        fixture
            .control()
            .expire_matching_tokens(&TokenSelection { after_requests: Some(1), ..TokenSelection::default() })
            .is_err()
    );
}

#[tokio::test]
async fn log_contains_request_details() {
    let fixture = SimFixture::with_entries(3).await;
    fixture.get_json("/users/@me/animelist?limit=5&nsfw=true&fields=list_status%7Btags%7D").await;
    fixture.post_token(&[("grant_type", "refresh_token"), ("client_id", "a b")]).await;
    let log = fixture.control().logged_requests();
    assert_eq!(log.len(), 2);
    assert_eq!(log[0].method, "GET");
    assert_eq!(log[0].query, "limit=5&nsfw=true&fields=list_status%7Btags%7D");
    assert_eq!(log[0].query_param("fields"), Some("list_status{tags}"));
    assert_eq!(log[0].user.as_deref(), Some("alice"));
    assert_eq!(log[0].header("authorization"), Some(format!("Bearer {}", fixture.access_token).as_str()));
    assert_eq!(log[0].status, Some(200));
    assert_eq!(log[1].form_field("client_id"), Some("a b"));
    assert_eq!(log[1].status, Some(400));
    assert!(log[1].at_ms >= log[0].at_ms);
    fixture.control().clear_log();
    assert!(fixture.control().logged_requests().is_empty());
}

#[tokio::test]
async fn drop_closes_all_connections() {
    let fixture = SimFixture::with_entries(3).await;
    add_fault(&fixture, FaultRule::for_path(LIST_PATH).stall());
    let address = fixture.sim.address();
    let mut socket = TcpStream::connect(address).unwrap();
    write!(socket, "GET {LIST_PATH} HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    while fixture.control().logged_requests().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(fixture);
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    assert!(matches!(socket.read(&mut [0; 8]), Ok(0) | Err(_)));
    assert!(TcpStream::connect(address).is_err());
}

#[tokio::test]
async fn interim_status_precedes_the_response() {
    let fixture = SimFixture::with_entries(3).await;
    for status in [100, 102, 103] {
        add_fault(&fixture, FaultRule::for_path(LIST_PATH).status(status).header("link", "</style.css>"));
        let (received, end) = send_raw_request(&fixture, LIST_PATH);
        let text = String::from_utf8_lossy(&received).into_owned();
        let (interim, rest) = text.split_once("\r\n\r\n").unwrap();
        assert!(interim.starts_with(&format!("HTTP/1.1 {status} ")), "{text}");
        assert!(interim.ends_with("\r\nlink: </style.css>"), "{text}");
        assert!(rest.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
        assert!(!rest.contains("style.css") && rest.contains("\"paging\""), "{text}");
        assert_eq!(end, Ok(()));
    }
    for invalid in [json!({"status": 101}), json!({"status": 103, "body": "x"}), json!({"status": 99})] {
        assert_eq!(fixture.call_control("POST", "/faults", &invalid.to_string()).await.0, 400, "{invalid}");
    }
}
