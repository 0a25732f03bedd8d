//! For tests: somebody on the other end of the wire who says what a script tells it, byte for byte, and notes what it heard.
//!
//! One request a connection. After the script it answers 418, which nothing asks for twice.

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

use super::transport::{HttpTransport, TransportSettings};

/// What is said to one request.
pub(super) struct FakeReply {
    bytes: Vec<u8>,
    keeps_open: bool,
}

impl FakeReply {
    /// A whole answer; `headers` are lines.
    pub(super) fn new(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        headers.iter().for_each(|line| head += &format!("{line}\r\n"));
        Self { bytes: [format!("{head}\r\n").as_bytes(), body].concat(), keeps_open: false }
    }

    /// 200 with JSON.
    pub(super) fn json(body: impl AsRef<[u8]>) -> Self {
        Self::new(200, &["Content-Type: application/json; charset=UTF-8"], body)
    }

    /// Leaves out the last bytes, and closes.
    pub(super) fn truncated_by(mut self, bytes: usize) -> Self {
        self.bytes.truncate(self.bytes.len() - bytes);
        self
    }

    /// Keeps the connection open and says no more.
    pub(super) fn keeping_open(mut self) -> Self {
        self.keeps_open = true;
        self
    }
}

/// The other end.
pub(super) struct FakeMalServer {
    /// Its address, as `MAL_API_URL` has it.
    pub(super) api_url: Url,
    received_heads: Arc<Mutex<Vec<String>>>,
}

impl FakeMalServer {
    /// Listens, with this script.
    pub(super) async fn new(script: impl IntoIterator<Item = FakeReply>) -> Self {
        Self::with_script_for_url(|_| script).await
    }

    /// Listens, with a script that has to know the address.
    pub(super) async fn with_script_for_url<S: IntoIterator<Item = FakeReply>>(script: impl FnOnce(&Url) -> S) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api: Url = format!("http://{}/v2", listener.local_addr().unwrap()).parse().unwrap();
        let script = Arc::new(Mutex::new(script(&api).into_iter().collect::<VecDeque<_>>()));
        let heard = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve_connection(stream, Arc::clone(&script), Arc::clone(&noted)));
            }
        });
        Self { api_url: api, received_heads: heard }
    }

    /// The heads of the requests so far.
    pub(super) fn received_heads(&self) -> Vec<String> {
        self.received_heads.lock().unwrap().clone()
    }
}

async fn serve_connection(
    mut stream: TcpStream,
    script: Arc<Mutex<VecDeque<FakeReply>>>,
    heard: Arc<Mutex<Vec<String>>>,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    heard.lock().unwrap().push(String::from_utf8(head).unwrap());
    let next = script.lock().unwrap().pop_front();
    let reply = next.unwrap_or_else(|| FakeReply::new(418, &[], "nobody expected this request"));
    let _ = stream.write_all(&reply.bytes).await;
    if reply.keeps_open {
        std::future::pending::<()>().await;
    }
}

/// A wire without a noticeable pace, which repeats at once.
pub(super) fn fast_transport(max_retries: u32) -> HttpTransport {
    fast_transport_with_timeout(Duration::from_secs(30), max_retries)
}

/// The same with this time for each request.
pub(super) fn fast_transport_with_timeout(timeout: Duration, max_retries: u32) -> HttpTransport {
    HttpTransport::new(TransportSettings {
        requests_per_second: 100_000.0,
        timeout,
        max_retries,
        retry_base: Duration::ZERO,
    })
}
