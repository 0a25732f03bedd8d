//! Test double of the MAL API: sends scripted responses byte for byte and records the request heads.
//!
//! One request per connection. After the script it answers 418, which is never retried.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use url::Url;

use super::{HttpTransport, TransportSettings};
use crate::domain::user_agent::DEFAULT_USER_AGENT;

/// Response to one request.
pub(crate) struct FakeReply {
    bytes: Vec<u8>,
    keeps_open: bool,
}

impl FakeReply {
    /// Builds a complete response. `headers` are header lines.
    pub(crate) fn new(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        headers.iter().for_each(|line| head += &format!("{line}\r\n"));
        Self { bytes: [format!("{head}\r\n").as_bytes(), body].concat(), keeps_open: false }
    }

    /// Builds a 200 response with a JSON body.
    pub(crate) fn json(body: impl AsRef<[u8]>) -> Self {
        Self::new(200, &["Content-Type: application/json; charset=UTF-8"], body)
    }

    /// Drops the last `bytes` bytes; the connection is closed after the rest.
    pub(crate) fn truncated_by(mut self, bytes: usize) -> Self {
        self.bytes.truncate(self.bytes.len() - bytes);
        self
    }

    /// Keeps the connection open after the response.
    pub(crate) fn keeping_open(mut self) -> Self {
        self.keeps_open = true;
        self
    }
}

/// Scripted HTTP server.
pub(crate) struct FakeMalServer {
    /// Base URL of the API, as in `MAL_API_URL`.
    pub(crate) api_url: Url,
    received_heads: Arc<Mutex<Vec<String>>>,
}

impl FakeMalServer {
    /// Starts the server with this script.
    pub(crate) async fn new(script: impl IntoIterator<Item = FakeReply>) -> Self {
        Self::with_script_for_url(|_| script).await
    }

    /// Starts the server with a script built from its URL.
    pub(crate) async fn with_script_for_url<S: IntoIterator<Item = FakeReply>>(script: impl FnOnce(&Url) -> S) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api_url: Url = format!("http://{}/v2", listener.local_addr().unwrap()).parse().unwrap();
        let script = Arc::new(Mutex::new(script(&api_url).into_iter().collect::<VecDeque<_>>()));
        let received_heads = Arc::new(Mutex::new(Vec::new()));
        let heads = Arc::clone(&received_heads);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve_connection(stream, Arc::clone(&script), Arc::clone(&heads)));
            }
        });
        Self { api_url, received_heads }
    }

    /// Returns the heads of the requests received so far.
    pub(crate) fn received_heads(&self) -> Vec<String> {
        self.received_heads.lock().unwrap().clone()
    }
}

async fn serve_connection(
    mut stream: TcpStream,
    script: Arc<Mutex<VecDeque<FakeReply>>>,
    received_heads: Arc<Mutex<Vec<String>>>,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    received_heads.lock().unwrap().push(String::from_utf8(head).unwrap());
    let reply = script.lock().unwrap().pop_front();
    let reply = reply.unwrap_or_else(|| FakeReply::new(418, &[], "unexpected request"));
    let _ = stream.write_all(&reply.bytes).await;
    if reply.keeps_open {
        std::future::pending::<()>().await;
    }
}

/// Transport without a noticeable rate limit or retry delay.
pub(crate) fn fast_transport(max_retries: u32) -> HttpTransport {
    fast_transport_with_timeout(Duration::from_secs(30), max_retries)
}

/// Same as [`fast_transport`], with this timeout per request.
pub(crate) fn fast_transport_with_timeout(timeout: Duration, max_retries: u32) -> HttpTransport {
    HttpTransport::new(TransportSettings {
        requests_per_second: 100_000.0,
        timeout,
        max_retries,
        retry_base: Duration::ZERO,
        user_agent: DEFAULT_USER_AGENT.to_owned(),
    })
}
