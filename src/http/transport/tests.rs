//! Tests of the transport against a misbehaving server.

use std::io::Write as _;

use super::*;
use crate::http::fake_server::{FakeMalServer, FakeReply, fast_transport, fast_transport_with_timeout};

const SHORT_TIMEOUT: Duration = Duration::from_millis(200);

async fn send_get(
    transport: &HttpTransport,
    server: &FakeMalServer,
    max_bytes: usize,
) -> Result<HttpResponse, HttpError> {
    transport.send(reqwest::Request::new(reqwest::Method::GET, server.api_url.clone()), max_bytes).await
}

#[tokio::test]
async fn response_is_complete_and_request_has_user_agent() {
    let server = FakeMalServer::new([FakeReply::new(200, &["X-Mark: 1"], "hello")]).await;
    let transport = fast_transport(0);
    let response = send_get(&transport, &server, 5).await.unwrap();
    assert_eq!((response.status, response.body.as_slice()), (200, b"hello".as_slice()));
    assert_eq!(response.headers["x-mark"], "1");
    let head = server.received_heads().remove(0).to_lowercase();
    assert!(head.contains(concat!("user-agent: malsync/", env!("CARGO_PKG_VERSION"), "\r\n")), "{head}");
    assert!(!head.contains("referer") && !head.contains("cookie"), "{head}");
    assert_eq!(transport.request_counters(), RequestCounters { requests: 1, ..RequestCounters::default() });
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let other_server = FakeMalServer::new([]).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("Location: {}", other_server.api_url);
        let server = FakeMalServer::new([FakeReply::new(status, &[&location], "")]).await;
        assert_eq!(send_get(&fast_transport(0), &server, 10).await.unwrap().status, status);
    }
    assert_eq!(other_server.received_heads().len(), 0);
}

#[tokio::test]
async fn truncated_response_is_a_broken_connection() {
    let complete = || FakeReply::json("{\"data\":[]}");
    let chunked = FakeReply::new(200, &["Transfer-Encoding: chunked"], "").truncated_by(0);
    for reply in [
        complete().truncated_by(3),
        complete().truncated_by(11),
        complete().truncated_by(40),
        chunked,
        FakeReply::new(200, &[], "").truncated_by(20),
    ] {
        let server = FakeMalServer::new([reply]).await;
        let error = send_get(&fast_transport(0), &server, 100).await.unwrap_err();
        assert!(matches!(error, HttpError::ConnectionBroken { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn slow_response_times_out() {
    for reply in [
        FakeReply::json("{\"data\":[]}").truncated_by(3).keeping_open(),
        FakeReply::json("").truncated_by(30).keeping_open(),
    ] {
        let server = FakeMalServer::new([reply]).await;
        let error = send_get(&fast_transport_with_timeout(SHORT_TIMEOUT, 0), &server, 100).await.unwrap_err();
        assert!(matches!(error, HttpError::TimedOut { timeout: SHORT_TIMEOUT, .. }), "{error:?}");
        assert_eq!(error.to_string(), "127.0.0.1 did not answer within 200ms");
    }
}

#[tokio::test]
async fn unreachable_error_names_host_without_query() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let transport = fast_transport(0);
    let request = reqwest::Request::new(reqwest::Method::GET, format!("http://{free}/?token=hunter2").parse().unwrap());
    let error = transport.send(request, 10).await.unwrap_err();
    assert!(error.to_string().starts_with("cannot reach 127.0.0.1: Connection refused"), "{error}");
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[tokio::test]
async fn decompressed_body_over_the_limit_is_an_error() {
    let mut gzipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzipped.write_all(&vec![b' '; 4 << 20]).unwrap();
    let gzipped = gzipped.finish().unwrap();
    let reply = || FakeReply::new(200, &["Content-Encoding: gzip"], &gzipped);
    let server = FakeMalServer::new([reply(), reply()]).await;
    let error = send_get(&fast_transport(0), &server, 1 << 16).await.unwrap_err();
    assert!(matches!(error, HttpError::ResponseTooLarge { max_bytes: 65_536, .. }), "{error:?}");
    assert_eq!(
        send_get(&fast_transport(0), &server, 4 << 20).await.unwrap().body.len(),
        4 << 20,
        "a body of exactly the limit is read"
    );
}

#[tokio::test]
async fn error_body_is_truncated_and_tolerates_a_broken_connection() {
    let long = "x".repeat(200_000);
    let server =
        FakeMalServer::new([FakeReply::new(500, &[], &long), FakeReply::new(401, &[], "{\"error\"").truncated_by(2)])
            .await;
    let transport = fast_transport(0);
    let response = send_get(&transport, &server, 10).await.unwrap();
    assert_eq!((response.status, response.body.len()), (500, MAX_ERROR_BYTES));
    assert_eq!(send_get(&transport, &server, 10).await.unwrap().status, 401);
}

#[tokio::test]
async fn unreadable_response_counts_as_lost() {
    for reply in [
        FakeReply::new(200, &["Content-Encoding: gzip"], "plain"),
        FakeReply::new(200, &[&format!("X-Long: {}", "x".repeat(2_000_000))], ""),
        FakeReply::new(200, &["Content-Length: 3"], "abcdef"),
    ] {
        let server = FakeMalServer::new([reply]).await;
        let error = send_get(&fast_transport(0), &server, 100).await.unwrap_err();
        assert_eq!(classify_attempt(Err(&error)), AttemptOutcome::ResponseLost, "{error:?}");
    }
}

#[tokio::test]
async fn retry_after_of_429_delays_later_requests() {
    let server = FakeMalServer::new([
        FakeReply::new(429, &["Retry-After: 300"], ""),
        FakeReply::new(429, &["Retry-After: 301"], ""),
    ])
    .await;
    let transport = fast_transport(0);
    assert_eq!(send_get(&transport, &server, 10).await.unwrap().retry_after(), Some(Duration::from_secs(300)));
    let other = transport.clone();
    tokio::select! {
        biased;
        _ = send_get(&other, &server, 10) => panic!("the request was not delayed"),
        () = tokio::time::sleep(SHORT_TIMEOUT) => {}
    }
    assert_eq!((server.received_heads().len(), transport.request_counters().requests), (1, 1));
}

#[test]
fn retry_after_too_long_has_end_time_within_a_year() {
    let transport = fast_transport(0);
    assert!(transport.retry_delay(3, Some(Duration::from_secs(300))).unwrap() >= Duration::from_secs(300));
    for (seconds, has_end_time) in [(301, true), (365 * 86_400, true), (367 * 86_400, false), (u64::MAX, false)] {
        let error = transport.retry_delay(1, Some(Duration::from_secs(seconds))).unwrap_err();
        let HttpError::RetryAfterTooLong { until } = error else { panic!("{error:?}") };
        assert_eq!(until.is_some(), has_end_time, "{seconds}");
    }
}
