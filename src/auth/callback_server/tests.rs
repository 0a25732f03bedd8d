//! The callback server against browsers and hostile clients. A test named `f_…` injects a fault of docs/reliability.md.

use std::sync::Mutex;

use super::*;
use crate::auth::loopback::{self, LoopbackRedirect};

const TEST_TIMEOUT: Duration = Duration::from_secs(60);

struct CallbackServerFixture {
    redirect: LoopbackRedirect,
    addresses: Vec<SocketAddr>,
    server: CallbackServer,
}

async fn start_fixture() -> CallbackServerFixture {
    let (redirect, sockets) = loopback::bind_free_port().await;
    let addresses = sockets.iter().map(|socket| socket.local_addr().unwrap()).collect();
    let expected = ExpectedRequest {
        callback_path: redirect.path.clone(),
        start_path: Some(Secret::new("/login/nonce")),
        allowed_hosts: redirect.allowed_hosts.clone(),
        state: Secret::new("right"),
    };
    let server = CallbackServer::start(sockets, expected, Secret::new("https://mal.example/authorize?x=1"));
    CallbackServerFixture { redirect, addresses, server }
}

impl CallbackServerFixture {
    fn format_request(&self, request_line: &str) -> String {
        format!("{request_line} HTTP/1.1\r\nHost: {}\r\n\r\n", self.redirect.allowed_hosts[0])
    }

    fn valid_callback_request(&self) -> String {
        self.format_request("GET /auth/callback?code=c&state=right")
    }

    fn first_address(&self) -> SocketAddr {
        self.addresses[0]
    }
}

/// Sends these bytes and returns the response, read until the connection ends. A reset counts as its end.
async fn send_bytes(address: SocketAddr, bytes: impl AsRef<[u8]>) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let _ = stream.write_all(bytes.as_ref()).await;
    let mut response = Vec::new();
    let _ = timeout(TEST_TIMEOUT, stream.read_to_end(&mut response))
        .await
        .expect("a response or the end of the connection");
    String::from_utf8(response).unwrap()
}

fn status_code(response: &str) -> &str {
    response.split(' ').nth(1).unwrap_or("none")
}

#[tokio::test]
async fn callback_arrives_on_both_ip_families_and_page_waits_for_the_result() {
    let families = start_fixture().await.addresses.len();
    for family in 0..families {
        let mut fixture = start_fixture().await;
        let request = fixture.valid_callback_request();
        let browser = tokio::spawn(send_bytes(fixture.addresses[family], request));
        let (callback, reply) = fixture.server.wait_for_callback(TEST_TIMEOUT).await.unwrap();
        assert_eq!(callback, Callback::Code(Secret::new("c")));
        assert!(!browser.is_finished());
        reply.show_page(LoginPage::LoggedIn).await;
        let response = browser.await.unwrap();
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n") && response.contains("You are logged in"));
        fixture.server.shut_down().await;
        for address in &fixture.addresses {
            assert!(TcpStream::connect(address).await.is_err(), "closed");
        }
    }
}

#[tokio::test]
async fn invalid_requests_get_empty_responses_and_do_not_end_the_login() {
    let mut fixture = start_fixture().await;
    let host = fixture.redirect.allowed_hosts[0].clone();
    let long_line = format!("GET /auth/callback?state={} HTTP/1.1\r\n", "x".repeat(1 << 20));
    let many_headers = format!("GET / HTTP/1.1\r\n{}", "a: b\r\n".repeat(10_000));
    for (bytes, expected) in [
        (fixture.format_request("GET /favicon.ico"), "404"),
        (fixture.format_request("GET /auth/callback?error=access_denied"), "400"),
        (fixture.format_request("GET /auth/callback?code=c&state=wrong"), "400"),
        (fixture.format_request("POST /auth/callback?code=c&state=right"), "405"),
        (fixture.format_request("HEAD /auth/callback?code=c&state=right"), "405"),
        (format!("OPTIONS /auth/callback HTTP/1.1\r\nHost: {host}\r\nOrigin: http://evil\r\n\r\n"), "405"),
        ("GET /auth/callback?code=c&state=right HTTP/1.1\r\nHost: evil.example\r\n\r\n".into(), "403"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(), "400"),
        ("\u{16}\u{3}\u{1}\u{2}".into(), "400"),
        ("\u{e9}\u{e9}\r\n\r\n".into(), "400"),
    ] {
        let response = send_bytes(fixture.first_address(), &bytes).await;
        assert_eq!(status_code(&response), expected, "{bytes}");
        assert!(response.ends_with("Content-Length: 0\r\n\r\n"), "{response}");
        assert!(!response.contains("right"));
    }
    for bytes in [long_line, many_headers] {
        assert!(matches!(status_code(&send_bytes(fixture.first_address(), &bytes).await), "431" | "none"));
    }
    let browser = tokio::spawn(send_bytes(fixture.first_address(), fixture.valid_callback_request()));
    let (_, reply) = fixture.server.wait_for_callback(TEST_TIMEOUT).await.unwrap();
    reply.show_page(LoginPage::NotFinished).await;
    assert_eq!(status_code(&browser.await.unwrap()), "502");
}

#[tokio::test]
async fn f_l19_two_hundred_reset_connections_do_not_end_the_login() {
    let mut fixture = start_fixture().await;
    for _ in 0..200 {
        let stream = TcpStream::connect(fixture.first_address()).await.unwrap();
        stream.set_zero_linger().unwrap();
        drop(stream);
    }
    let browser = tokio::spawn(send_bytes(fixture.first_address(), fixture.valid_callback_request()));
    let (_, reply) = fixture.server.wait_for_callback(TEST_TIMEOUT).await.unwrap();
    reply.show_page(LoginPage::LoggedIn).await;
    assert_eq!(status_code(&browser.await.unwrap()), "200");
}

#[tokio::test]
async fn only_one_of_ten_valid_callbacks_is_accepted() {
    let mut fixture = start_fixture().await;
    let browsers: Vec<_> =
        (0..10).map(|_| tokio::spawn(send_bytes(fixture.first_address(), fixture.valid_callback_request()))).collect();
    let (_, reply) = fixture.server.wait_for_callback(TEST_TIMEOUT).await.unwrap();
    reply.show_page(LoginPage::LoggedIn).await;
    assert!(fixture.server.events.try_recv().is_err(), "one callback, not two");
    fixture.server.shut_down().await;
    let mut statuses = Vec::new();
    for browser in browsers {
        statuses.push(status_code(&browser.await.unwrap()).to_owned());
    }
    statuses.sort();
    assert_eq!(statuses[0], "200");
    assert!(statuses[1..].iter().all(|status| status == "409"), "{statuses:?}");
}

#[tokio::test]
async fn idle_and_slow_connections_give_way_to_the_browser() {
    let mut fixture = start_fixture().await;
    let mut idle = Vec::new();
    for index in 0..100 {
        let mut stream = TcpStream::connect(fixture.first_address()).await.unwrap();
        if index % 2 == 0 {
            stream.write_all(b"G").await.unwrap();
        }
        idle.push(stream);
    }
    let browser = tokio::spawn(send_bytes(fixture.first_address(), fixture.valid_callback_request()));
    let (_, reply) = fixture.server.wait_for_callback(TEST_TIMEOUT).await.unwrap();
    // A flood of connections during the exchange does not drop the browser.
    for _ in 0..50 {
        idle.push(TcpStream::connect(fixture.first_address()).await.unwrap());
    }
    assert_eq!(status_code(&send_bytes(fixture.first_address(), fixture.valid_callback_request()).await), "409");
    reply.show_page(LoginPage::LoggedIn).await;
    assert_eq!(status_code(&browser.await.unwrap()), "200");
    timeout(TEST_TIMEOUT, fixture.server.shut_down()).await.expect("open connections do not delay the shutdown");
}

#[tokio::test]
async fn f_e11_silent_connections_do_not_drop_a_request_that_has_begun() {
    let mut fixture = start_fixture().await;
    let request = fixture.valid_callback_request();
    let (first, rest) = request.split_at(10);
    let mut browser = TcpStream::connect(fixture.first_address()).await.unwrap();
    browser.write_all(first.as_bytes()).await.unwrap();
    let mut silent = Vec::new();
    // The server accepts in order, so that an answer on a later connection shows that it has seen the earlier ones.
    for _ in 0..3 {
        for _ in 0..20 {
            silent.push(TcpStream::connect(fixture.first_address()).await.unwrap());
        }
        let response = send_bytes(fixture.first_address(), fixture.format_request("GET /favicon.ico")).await;
        assert_eq!(status_code(&response), "404");
    }
    browser.write_all(rest.as_bytes()).await.unwrap();
    let (_, reply) = fixture.server.wait_for_callback(TEST_TIMEOUT).await.unwrap();
    reply.show_page(LoginPage::LoggedIn).await;
    let mut response = Vec::new();
    browser.read_to_end(&mut response).await.unwrap();
    assert!(response.starts_with(b"HTTP/1.1 200 "));
}

#[tokio::test]
async fn start_page_redirects_once_and_second_visit_ends_the_login() {
    let mut fixture = start_fixture().await;
    let request = fixture.format_request("GET /login/nonce");
    let response = send_bytes(fixture.first_address(), &request).await;
    assert_eq!(status_code(&response), "302");
    assert!(response.contains("\r\nLocation: https://mal.example/authorize?x=1\r\n"));
    assert!(
        response.contains("\r\nReferrer-Policy: no-referrer\r\n")
            && response.contains("\r\nCache-Control: no-store\r\n")
    );
    assert_eq!(status_code(&send_bytes(fixture.first_address(), &request).await), "410");
    assert_eq!(fixture.server.wait_for_callback(TEST_TIMEOUT).await.err(), Some(CallbackWaitError::LinkReused));
}

#[tokio::test]
async fn wait_times_out_and_sockets_are_closed() {
    let mut fixture = start_fixture().await;
    let _idle = TcpStream::connect(fixture.first_address()).await.unwrap();
    assert_eq!(
        fixture.server.wait_for_callback(Duration::from_millis(1)).await.err(),
        Some(CallbackWaitError::TimedOut)
    );
    let address = fixture.first_address();
    fixture.server.shut_down().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn dropped_reply_shows_the_not_finished_page() {
    let mut fixture = start_fixture().await;
    let browser = tokio::spawn(send_bytes(fixture.first_address(), fixture.valid_callback_request()));
    let (_, reply) = fixture.server.wait_for_callback(TEST_TIMEOUT).await.unwrap();
    drop(reply);
    assert!(browser.await.unwrap().contains("not finished"));
}

#[tokio::test]
async fn rejection_response_does_not_depend_on_the_query() {
    let fixture = start_fixture().await;
    let responses = Mutex::new(std::collections::HashSet::new());
    for query in ["<script>", "%3Cscript%3E", "state=x&state=y", "code=canary", "error=canary&state=", "%00", "%ff"] {
        let response =
            send_bytes(fixture.first_address(), fixture.format_request(&format!("GET /auth/callback?{query}"))).await;
        responses.lock().unwrap().insert(response);
    }
    assert_eq!(responses.lock().unwrap().len(), 1);
}
