//! What the wire does when the other end misbehaves.

use std::io::Write as _;

use super::*;
use crate::mal::fake::{Fake, Reply, wire, wire_within};

const SHORT: Duration = Duration::from_millis(200);

async fn send(wire: &Wire, fake: &Fake, cap: usize) -> Result<Answer, Error> {
    wire.send(reqwest::Request::new(reqwest::Method::GET, fake.api.clone()), cap).await
}

#[tokio::test]
async fn an_answer_is_read_whole_and_every_request_names_us() {
    let fake = Fake::new([Reply::new(200, &["X-Mark: 1"], "hello")]).await;
    let wire = wire(0);
    let answer = send(&wire, &fake, 5).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"hello".as_slice()));
    assert_eq!(answer.headers["x-mark"], "1");
    let head = fake.heard().remove(0).to_lowercase();
    assert!(head.contains(concat!("user-agent: malsync/", env!("CARGO_PKG_VERSION"), "\r\n")), "{head}");
    assert!(!head.contains("referer") && !head.contains("cookie"), "{head}");
    assert_eq!(wire.traffic(), Traffic { requests: 1, ..Traffic::default() });
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let elsewhere = Fake::new([]).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("Location: {}", elsewhere.api);
        let fake = Fake::new([Reply::new(status, &[&location], "")]).await;
        assert_eq!(send(&wire(0), &fake, 10).await.unwrap().status, status);
    }
    assert_eq!(elsewhere.heard().len(), 0);
}

#[tokio::test]
async fn a_cut_answer_is_a_broken_connection_and_is_never_handed_out() {
    let whole = || Reply::json("{\"data\":[]}");
    let chunked = Reply::new(200, &["Transfer-Encoding: chunked"], "").cut(0);
    for reply in [whole().cut(3), whole().cut(11), whole().cut(40), chunked, Reply::new(200, &[], "").cut(20)] {
        let fake = Fake::new([reply]).await;
        let error = send(&wire(0), &fake, 100).await.unwrap_err();
        assert!(matches!(error, Error::Broken { .. }) && error.is_weather(), "{error:?}");
    }
}

#[tokio::test]
async fn what_takes_too_long_is_a_time_out() {
    for reply in [Reply::json("{\"data\":[]}").cut(3).hang(), Reply::json("").cut(30).hang()] {
        let fake = Fake::new([reply]).await;
        let error = send(&wire_within(SHORT, 0), &fake, 100).await.unwrap_err();
        assert!(matches!(error, Error::TimedOut { after: SHORT, .. }) && error.is_weather(), "{error:?}");
        assert_eq!(error.to_string(), "127.0.0.1 did not answer within 200ms");
    }
}

#[tokio::test]
async fn nobody_there_is_told_by_host() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let wire = wire(0);
    let request = reqwest::Request::new(reqwest::Method::GET, format!("http://{free}/?token=hunter2").parse().unwrap());
    let error = wire.send(request, 10).await.unwrap_err();
    assert!(error.to_string().starts_with("cannot reach 127.0.0.1: Connection refused"), "{error}");
    assert!(error.is_weather() && !format!("{error:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_bomb_is_refused_at_the_cap() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&vec![b' '; 4 << 20]).unwrap();
    let packed = packed.finish().unwrap();
    let reply = || Reply::new(200, &["Content-Encoding: gzip"], &packed);
    let fake = Fake::new([reply(), reply()]).await;
    let error = send(&wire(0), &fake, 1 << 16).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { cap: 65_536, .. }) && !error.is_weather(), "{error:?}");
    assert_eq!(send(&wire(0), &fake, 4 << 20).await.unwrap().body.len(), 4 << 20, "what just fits is read");
}

#[tokio::test]
async fn of_an_error_page_the_beginning_is_kept_whatever_becomes_of_the_rest() {
    let long = "x".repeat(200_000);
    let fake = Fake::new([Reply::new(500, &[], &long), Reply::new(401, &[], "{\"error\"").cut(2)]).await;
    let wire = wire(0);
    let answer = send(&wire, &fake, 10).await.unwrap();
    assert_eq!((answer.status, answer.body.len()), (500, ERROR_CAP));
    assert_eq!(send(&wire, &fake, 10).await.unwrap().status, 401);
}

#[tokio::test]
async fn a_rubbish_answer_is_a_broken_connection() {
    for reply in [
        Reply::new(200, &["Content-Encoding: gzip"], "plain"),
        Reply::new(200, &[&format!("X-Long: {}", "x".repeat(2_000_000))], ""),
        Reply::new(200, &["Content-Length: 3"], "abcdef"),
    ] {
        let fake = Fake::new([reply]).await;
        let error = send(&wire(0), &fake, 100).await.unwrap_err();
        assert!(error.is_weather(), "{error:?}");
    }
}

#[tokio::test]
async fn a_429_holds_every_later_request_back_for_as_long_as_it_asks() {
    let fake =
        Fake::new([Reply::new(429, &["Retry-After: 300"], ""), Reply::new(429, &["Retry-After: 301"], "")]).await;
    let wire = wire(0);
    assert_eq!(send(&wire, &fake, 10).await.unwrap().retry_after(), Some(Duration::from_secs(300)));
    let other = wire.clone();
    tokio::select! {
        biased;
        _ = send(&other, &fake, 10) => panic!("it was not held back"),
        () = tokio::time::sleep(SHORT) => {}
    }
    assert_eq!((fake.heard().len(), wire.traffic().requests), (1, 1));
}

#[test]
fn a_page_for_people_is_known_by_its_type_or_its_beginning() {
    let html = |kind: Option<&'static str>, body: &str| {
        let mut headers = HeaderMap::new();
        if let Some(kind) = kind {
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        }
        Answer { status: 200, headers, body: body.into() }.is_html()
    };
    assert!(html(Some("text/html"), "") && html(Some("application/xhtml+xml"), "") && html(None, " \r\n<!DOCTYPE"));
    assert!(!html(Some("application/json"), "{}") && !html(None, "[\"<html>\"]") && !html(None, ""));
}

#[test]
fn a_back_off_that_is_too_long_says_when_to_come_back() {
    let wire = wire(0);
    assert!(wire.backoff(3, Some(Duration::from_secs(300))).unwrap() >= Duration::from_secs(300));
    for (asked, told) in [(301, true), (365 * 86_400, true), (367 * 86_400, false), (u64::MAX, false)] {
        let error = wire.backoff(1, Some(Duration::from_secs(asked))).unwrap_err();
        let Error::ComeBackLater { until } = error else { panic!("{error:?}") };
        assert_eq!(until.is_some(), told, "{asked}");
    }
}
