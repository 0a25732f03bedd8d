use std::sync::Mutex;

use super::*;
use crate::auth::loopback::{self, Loopback};

const FAR: Duration = Duration::from_secs(60);

struct Door {
    place: Loopback,
    ports: Vec<SocketAddr>,
    listener: Listener,
}

async fn door() -> Door {
    let (place, sockets) = loopback::free().await;
    let ports = sockets.iter().map(|socket| socket.local_addr().unwrap()).collect();
    let rules = Rules {
        path: place.path.clone(),
        start: Some(Secret::new("/login/nonce")),
        hosts: place.hosts.clone(),
        state: Secret::new("right"),
    };
    let listener = Listener::open(sockets, rules, Secret::new("https://mal.example/authorize?x=1"));
    Door { place, ports, listener }
}

impl Door {
    fn request(&self, first: &str) -> String {
        format!("{first} HTTP/1.1\r\nHost: {}\r\n\r\n", self.place.hosts[0])
    }

    fn good(&self) -> String {
        self.request("GET /auth/callback?code=c&state=right")
    }

    fn port(&self) -> SocketAddr {
        self.ports[0]
    }
}

/// Sends these bytes and reads the answer to its end; whatever the other side does is an answer.
async fn send(to: SocketAddr, bytes: impl AsRef<[u8]>) -> String {
    let mut stream = TcpStream::connect(to).await.unwrap();
    let _ = stream.write_all(bytes.as_ref()).await;
    let mut answer = Vec::new();
    let _ = timeout(FAR, stream.read_to_end(&mut answer)).await.expect("an answer or an end");
    String::from_utf8(answer).unwrap()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

#[tokio::test]
async fn both_families_bring_a_callback_and_the_page_waits_for_the_verdict() {
    let families = door().await.ports.len();
    for family in 0..families {
        let mut door = door().await;
        let request = door.good();
        let browser = tokio::spawn(send(door.ports[family], request));
        let (callback, reply) = door.listener.wait(FAR).await.unwrap();
        assert_eq!(callback, Callback::Code(Secret::new("c")));
        assert!(!browser.is_finished());
        reply.finished(Verdict::Done).await;
        let answer = browser.await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("You are logged in"));
        door.listener.close().await;
        for port in &door.ports {
            assert!(TcpStream::connect(port).await.is_err(), "closed");
        }
    }
}

#[tokio::test]
async fn junk_is_answered_alike_and_never_ends_the_login() {
    let mut door = door().await;
    let host = door.place.hosts[0].clone();
    let big = format!("GET /auth/callback?state={} HTTP/1.1\r\n", "x".repeat(1 << 20));
    let many = format!("GET / HTTP/1.1\r\n{}", "a: b\r\n".repeat(10_000));
    for (bytes, expected) in [
        (door.request("GET /favicon.ico"), "404"),
        (door.request("GET /auth/callback?error=access_denied"), "400"),
        (door.request("GET /auth/callback?code=c&state=wrong"), "400"),
        (door.request("POST /auth/callback?code=c&state=right"), "405"),
        (door.request("HEAD /auth/callback?code=c&state=right"), "405"),
        (format!("OPTIONS /auth/callback HTTP/1.1\r\nHost: {host}\r\nOrigin: http://evil\r\n\r\n"), "405"),
        ("GET /auth/callback?code=c&state=right HTTP/1.1\r\nHost: evil.example\r\n\r\n".into(), "403"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(), "400"),
        ("\u{16}\u{3}\u{1}\u{2}".into(), "400"),
        ("\u{e9}\u{e9}\r\n\r\n".into(), "400"),
    ] {
        let answer = send(door.port(), &bytes).await;
        assert_eq!(status(&answer), expected, "{bytes}");
        assert!(answer.ends_with("Content-Length: 0\r\n\r\n"), "{answer}");
        assert!(!answer.contains("right"));
    }
    for bytes in [big, many] {
        assert!(matches!(status(&send(door.port(), &bytes).await), "431" | "none"));
    }
    let browser = tokio::spawn(send(door.port(), door.good()));
    let (_, reply) = door.listener.wait(FAR).await.unwrap();
    reply.finished(Verdict::NotFinished).await;
    assert_eq!(status(&browser.await.unwrap()), "502");
}

#[tokio::test]
async fn f_l19_two_hundred_connections_that_are_reset_change_nothing() {
    let mut door = door().await;
    for _ in 0..200 {
        let stream = TcpStream::connect(door.port()).await.unwrap();
        stream.set_zero_linger().unwrap();
        drop(stream);
    }
    let browser = tokio::spawn(send(door.port(), door.good()));
    let (_, reply) = door.listener.wait(FAR).await.unwrap();
    reply.finished(Verdict::Done).await;
    assert_eq!(status(&browser.await.unwrap()), "200");
}

#[tokio::test]
async fn of_ten_good_callbacks_one_wins() {
    let mut door = door().await;
    let browsers: Vec<_> = (0..10).map(|_| tokio::spawn(send(door.port(), door.good()))).collect();
    let (_, reply) = door.listener.wait(FAR).await.unwrap();
    reply.finished(Verdict::Done).await;
    assert!(door.listener.events.try_recv().is_err(), "one callback, not two");
    door.listener.close().await;
    let mut statuses = Vec::new();
    for browser in browsers {
        statuses.push(status(&browser.await.unwrap()).to_owned());
    }
    statuses.sort();
    assert_eq!(statuses[0], "200");
    assert!(statuses[1..].iter().all(|status| status == "409"), "{statuses:?}");
}

#[tokio::test]
async fn silent_and_slow_connections_give_way_to_the_browser() {
    let mut door = door().await;
    let mut silent = Vec::new();
    for at in 0..100 {
        let mut stream = TcpStream::connect(door.port()).await.unwrap();
        if at % 2 == 0 {
            stream.write_all(b"G").await.unwrap();
        }
        silent.push(stream);
    }
    let browser = tokio::spawn(send(door.port(), door.good()));
    let (_, reply) = door.listener.wait(FAR).await.unwrap();
    // A flood while the exchange runs does not push the browser out.
    for _ in 0..50 {
        silent.push(TcpStream::connect(door.port()).await.unwrap());
    }
    assert_eq!(status(&send(door.port(), door.good()).await), "409");
    reply.finished(Verdict::Done).await;
    assert_eq!(status(&browser.await.unwrap()), "200");
    timeout(Duration::from_secs(10), door.listener.close()).await.expect("no open connection holds the end up");
}

#[tokio::test]
async fn the_start_page_sends_on_once_and_a_second_visitor_ends_the_login() {
    let mut door = door().await;
    let start = door.request("GET /login/nonce");
    let answer = send(door.port(), &start).await;
    assert_eq!(status(&answer), "302");
    assert!(answer.contains("\r\nLocation: https://mal.example/authorize?x=1\r\n"));
    assert!(
        answer.contains("\r\nReferrer-Policy: no-referrer\r\n") && answer.contains("\r\nCache-Control: no-store\r\n")
    );
    assert_eq!(status(&send(door.port(), &start).await), "410");
    assert_eq!(door.listener.wait(FAR).await.err(), Some(Ended::LinkReused));
}

#[tokio::test]
async fn nobody_is_waited_for_only_so_long() {
    let mut door = door().await;
    let _idle = TcpStream::connect(door.port()).await.unwrap();
    assert_eq!(door.listener.wait(Duration::from_millis(1)).await.err(), Some(Ended::Nobody));
    let port = door.port();
    door.listener.close().await;
    assert!(TcpStream::connect(port).await.is_err());
}

#[tokio::test]
async fn a_login_that_breaks_off_shows_that_it_is_not_finished() {
    let mut door = door().await;
    let browser = tokio::spawn(send(door.port(), door.good()));
    let (_, reply) = door.listener.wait(FAR).await.unwrap();
    drop(reply);
    assert!(browser.await.unwrap().contains("not finished"));
}

#[tokio::test]
async fn no_query_changes_a_byte_of_the_answer() {
    let door = door().await;
    let seen = Mutex::new(std::collections::HashSet::new());
    for junk in ["<script>", "%3Cscript%3E", "state=x&state=y", "code=canary", "error=canary&state=", "%00", "%ff"] {
        let answer = send(door.port(), door.request(&format!("GET /auth/callback?{junk}"))).await;
        seen.lock().unwrap().insert(answer);
    }
    assert_eq!(seen.lock().unwrap().len(), 1);
}
