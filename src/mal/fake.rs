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

use super::wire::{Wire, WireSettings};

/// What is said to one request.
pub(super) struct Reply {
    bytes: Vec<u8>,
    hang: bool,
}

impl Reply {
    /// A whole answer; `headers` are lines.
    pub(super) fn new(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        headers.iter().for_each(|line| head += &format!("{line}\r\n"));
        Self { bytes: [format!("{head}\r\n").as_bytes(), body].concat(), hang: false }
    }

    /// 200 with JSON.
    pub(super) fn json(body: impl AsRef<[u8]>) -> Self {
        Self::new(200, &["Content-Type: application/json; charset=UTF-8"], body)
    }

    /// Leaves out the last bytes, and closes.
    pub(super) fn cut(mut self, bytes: usize) -> Self {
        self.bytes.truncate(self.bytes.len() - bytes);
        self
    }

    /// Keeps the connection open and says no more.
    pub(super) fn hang(mut self) -> Self {
        self.hang = true;
        self
    }
}

/// The other end.
pub(super) struct Fake {
    /// Its address, as `MAL_API_URL` has it.
    pub(super) api: Url,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    /// Listens, with this script.
    pub(super) async fn new(script: impl IntoIterator<Item = Reply>) -> Self {
        Self::with(|_| script).await
    }

    /// Listens, with a script that has to know the address.
    pub(super) async fn with<S: IntoIterator<Item = Reply>>(script: impl FnOnce(&Url) -> S) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api: Url = format!("http://{}/v2", listener.local_addr().unwrap()).parse().unwrap();
        let script = Arc::new(Mutex::new(script(&api).into_iter().collect::<VecDeque<_>>()));
        let heard = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&script), Arc::clone(&noted)));
            }
        });
        Self { api, heard }
    }

    /// The heads of the requests so far.
    pub(super) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

async fn answer(mut stream: TcpStream, script: Arc<Mutex<VecDeque<Reply>>>, heard: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    heard.lock().unwrap().push(String::from_utf8(head).unwrap());
    let next = script.lock().unwrap().pop_front();
    let reply = next.unwrap_or_else(|| Reply::new(418, &[], "nobody expected this request"));
    let _ = stream.write_all(&reply.bytes).await;
    if reply.hang {
        std::future::pending::<()>().await;
    }
}

/// A wire without a noticeable pace, which repeats at once.
pub(super) fn wire(max_retries: u32) -> Wire {
    wire_within(Duration::from_secs(30), max_retries)
}

/// The same with this time for each request.
pub(super) fn wire_within(timeout: Duration, max_retries: u32) -> Wire {
    Wire::new(WireSettings { rate: 100_000.0, timeout, max_retries, retry_base: Duration::ZERO })
}
