//! Waits on loopback for the browser to come back from MAL.
//!
//! Rules: junk never ends a login; of all requests that pass `request_check` the first callback wins, once; its connection is
//! kept until the login's verdict is known, so that success is shown only after success; at most sixteen connections are
//! served at once, the one that has been silent longest gives way, each has five seconds and eight kilobytes for its head;
//! nothing outlives the listener. Why the sockets are ours and not `tiny_http`'s: docs/decisions/0001-listener.md.

use std::{
    collections::VecDeque,
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
    task::{AbortHandle, JoinHandle, JoinSet},
    time::timeout,
};

use super::{
    login_page::{self, LoginPage},
    request_check::{AcceptedRequest, Callback, ExpectedRequest, RequestHead, check_request},
};
use crate::secret::Secret;

/// The most connections served at once, the callback's own apart.
const MAX_CONNECTIONS: usize = 16;
/// The longest head, in bytes.
const MAX_REQUEST_HEAD_BYTES: usize = 8 * 1024;
/// How long a head, and an answer, may take.
const CONNECTION_IO_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the rest of a request is read and thrown away, so that closing does not cut the answer off.
const DRAIN_TIMEOUT: Duration = Duration::from_millis(100);
/// How long the last page may take to leave.
const FINAL_PAGE_TIMEOUT: Duration = Duration::from_secs(2);
/// The pause after an accept that failed (no file handles left, mostly).
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(20);

/// What is to be done where the start page is asked for again once a callback was taken. Where the system does not tell whose a
/// connection is, this is the one sign of a stranger who was faster than the user's own browser.
const LINK_REUSED_MESSAGE: &str = "the link was opened a second time, after somebody had come back from MyAnimeList: if that was not \
    your own browser, look whose account this login is (malsync whoami); is it not yours: malsync logout, \
    then malsync login --paste";

/// Waits for one callback.
pub struct CallbackServer {
    events: mpsc::Receiver<CallbackEvent>,
    shutdown: Option<oneshot::Sender<()>>,
    server_task: JoinHandle<()>,
}

/// What ends the waiting.
enum CallbackEvent {
    Callback(Callback, BrowserReply),
    LinkReused,
}

/// Why no callback came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallbackWaitError {
    /// Nobody came in time.
    TimedOut,
    /// The one-shot start page was asked for twice: somebody else opened the link.
    LinkReused,
}

/// The browser that brought the callback, waiting for the verdict. Dropped without one, it is told that the login is not
/// finished.
pub struct BrowserReply {
    page_sender: oneshot::Sender<LoginPage>,
    page_sent: oneshot::Receiver<()>,
}

impl BrowserReply {
    /// Shows the browser how it ended, and waits (two seconds at most) until the page has left.
    pub async fn show_page(self, verdict: LoginPage) {
        if self.page_sender.send(verdict).is_ok() {
            let _ = timeout(FINAL_PAGE_TIMEOUT, self.page_sent).await;
        }
    }
}

impl CallbackServer {
    /// Starts serving on these sockets. The start page of `rules`, if there is one, sends the browser to `destination`, once.
    #[must_use]
    pub fn start(sockets: Vec<TcpListener>, rules: ExpectedRequest, destination: Secret) -> Self {
        let (events_in, events) = mpsc::channel(4);
        let (closing, closed) = oneshot::channel();
        let desk = ServerState {
            expected: rules,
            authorize_url: destination,
            start_page_shown: AtomicBool::new(false),
            callback_taken: AtomicBool::new(false),
            rejected_count: AtomicUsize::new(0),
            events: events_in,
        };
        let server_task = tokio::spawn(accept_connections(sockets, Arc::new(desk), closed));
        Self { events, shutdown: Some(closing), server_task }
    }

    /// Waits for the callback. The deadline is on the monotonic clock.
    ///
    /// # Errors
    /// Nobody came in time, or somebody else opened the link.
    pub async fn wait_for_callback(&mut self, limit: Duration) -> Result<(Callback, BrowserReply), CallbackWaitError> {
        match timeout(limit, self.events.recv()).await {
            Ok(Some(CallbackEvent::Callback(callback, reply))) => Ok((callback, reply)),
            Ok(Some(CallbackEvent::LinkReused)) => Err(CallbackWaitError::LinkReused),
            Ok(None) | Err(_) => Err(CallbackWaitError::TimedOut),
        }
    }

    /// Answers who is at the door already, and closes every socket.
    pub async fn shut_down(mut self) {
        if let Some(closing) = self.shutdown.take() {
            let _ = closing.send(());
        }
        let _ = timeout(FINAL_PAGE_TIMEOUT, &mut self.server_task).await;
    }
}

impl Drop for CallbackServer {
    fn drop(&mut self) {
        self.server_task.abort();
    }
}

/// What all connections share.
struct ServerState {
    expected: ExpectedRequest,
    authorize_url: Secret,
    /// The start page was shown.
    start_page_shown: AtomicBool,
    /// A callback was taken.
    callback_taken: AtomicBool,
    rejected_count: AtomicUsize,
    events: mpsc::Sender<CallbackEvent>,
}

/// The connections being served, oldest first.
#[derive(Default)]
struct CallbackConnections {
    tasks: JoinSet<()>,
    by_age: VecDeque<(AbortHandle, Arc<AtomicBool>)>,
}

impl CallbackConnections {
    fn spawn(&mut self, stream: TcpStream, peer: IpAddr, desk: &Arc<ServerState>) {
        self.by_age.retain(|(task, kept)| !task.is_finished() && !kept.load(Ordering::SeqCst));
        while self.by_age.len() >= MAX_CONNECTIONS {
            if let Some((oldest, _)) = self.by_age.pop_front() {
                oldest.abort();
            }
        }
        let kept = Arc::new(AtomicBool::new(false));
        let task = self.tasks.spawn(handle_connection(stream, peer, Arc::clone(desk), Arc::clone(&kept)));
        self.by_age.push_back((task, kept));
    }
}

async fn accept_connections(sockets: Vec<TcpListener>, desk: Arc<ServerState>, mut closing: oneshot::Receiver<()>) {
    let mut connections = CallbackConnections::default();
    loop {
        tokio::select! {
            accepted = accept_any(&sockets) => match accepted {
                Ok((stream, peer)) => connections.spawn(stream, peer.ip(), &desk),
                Err(error) => {
                    tracing::debug!("login listener takes no connection for now: {error}");
                    tokio::time::sleep(ACCEPT_RETRY_DELAY).await;
                }
            },
            Some(_) = connections.tasks.join_next() => {}
            _ = &mut closing => break,
        }
    }
    // Whoever knocked before the end still gets an answer.
    for _ in 0..MAX_CONNECTIONS {
        let Ok(Ok((stream, peer))) = timeout(Duration::ZERO, accept_any(&sockets)).await else { break };
        connections.spawn(stream, peer.ip(), &desk);
    }
    drop(sockets);
    let _ =
        timeout(DRAIN_TIMEOUT + ACCEPT_RETRY_DELAY, async { while connections.tasks.join_next().await.is_some() {} })
            .await;
}

/// The next connection, of whichever family.
async fn accept_any(sockets: &[TcpListener]) -> io::Result<(TcpStream, SocketAddr)> {
    std::future::poll_fn(|context| {
        sockets
            .iter()
            .map(|socket| socket.poll_accept(context))
            .find(std::task::Poll::is_ready)
            .unwrap_or(std::task::Poll::Pending)
    })
    .await
}

/// Serves one connection: one request, one answer.
async fn handle_connection(mut stream: TcpStream, peer: IpAddr, desk: Arc<ServerState>, kept: Arc<AtomicBool>) {
    let mut read = Vec::new();
    let head = match timeout(CONNECTION_IO_TIMEOUT, read_request_head(&mut stream, &mut read)).await {
        Ok(Ok(head)) => head,
        Ok(Err(Some(status))) => return desk.reject(&mut stream, status, None).await,
        Err(_) if !read.is_empty() => return desk.reject(&mut stream, 408, None).await,
        Ok(Err(None)) | Err(_) => return,
    };
    let head = RequestHead::parse(&head);
    match check_request(&desk.expected, peer, head.as_ref()) {
        // Another account of this machine has read the address from our browser's arguments.
        Ok(AcceptedRequest::StartPage) if !is_from_own_uid(&stream) => {
            desk.reject(&mut stream, 403, head.as_ref()).await
        }
        Ok(AcceptedRequest::StartPage) if desk.start_page_shown.swap(true, Ordering::SeqCst) => {
            if desk.callback_taken.load(Ordering::SeqCst) {
                // Too late to stop it: whoever came first has brought somebody back already, maybe not this user.
                tracing::warn!("{LINK_REUSED_MESSAGE}");
            } else {
                let _ = desk.events.try_send(CallbackEvent::LinkReused);
            }
            send_response(&mut stream, &login_page::render_page(LoginPage::LinkAlreadyUsed)).await;
        }
        Ok(AcceptedRequest::StartPage) => {
            send_response(&mut stream, &login_page::render_redirect(&desk.authorize_url)).await
        }
        Ok(AcceptedRequest::Callback(_)) if desk.callback_taken.swap(true, Ordering::SeqCst) => {
            send_response(&mut stream, &login_page::render_page(LoginPage::CallbackAlreadyUsed)).await;
        }
        Ok(AcceptedRequest::Callback(callback)) => {
            kept.store(true, Ordering::SeqCst);
            let (verdict, decided) = oneshot::channel();
            let (shown_in, shown) = oneshot::channel();
            let _ = desk
                .events
                .try_send(CallbackEvent::Callback(callback, BrowserReply { page_sender: verdict, page_sent: shown }));
            let verdict = decided.await.unwrap_or(LoginPage::NotFinished);
            send_response(&mut stream, &login_page::render_page(verdict)).await;
            let _ = shown_in.send(());
        }
        Err(refusal) => desk.reject(&mut stream, refusal.status(), head.as_ref()).await,
    }
}

/// Whether whoever connected runs under our own account, as far as can be known.
fn is_from_own_uid(stream: &TcpStream) -> bool {
    match (stream.peer_addr(), stream.local_addr()) {
        (Ok(peer), Ok(here)) => super::peer_uid::is_own_uid(peer, here),
        _ => true,
    }
}

impl ServerState {
    /// Turns a request away, and says so in the log: method and path alone.
    async fn reject(&self, stream: &mut TcpStream, status: u16, head: Option<&RequestHead>) {
        let count = self.rejected_count.fetch_add(1, Ordering::Relaxed) + 1;
        let what = head.map_or_else(|| "what is no request".to_owned(), RequestHead::redacted_summary);
        tracing::info!(count, status, "login listener refused {what}");
        send_response(stream, &login_page::render_empty(status)).await;
    }
}

/// Reads up to the empty line that ends a head. An error is the status to answer with; none where there is nobody to answer.
async fn read_request_head(stream: &mut TcpStream, read: &mut Vec<u8>) -> Result<Vec<u8>, Option<u16>> {
    let mut chunk = [0; 1024];
    loop {
        let count = stream.read(&mut chunk).await.map_err(|_| None)?;
        if count == 0 {
            return Err(None);
        }
        read.extend_from_slice(&chunk[..count]);
        if let Some(end) =
            read.windows(4).position(|four| four == b"\r\n\r\n").filter(|end| *end <= MAX_REQUEST_HEAD_BYTES)
        {
            read.truncate(end);
            return Ok(std::mem::take(read));
        }
        if !read[0].is_ascii_uppercase() {
            return Err(Some(400));
        }
        if read.len() > MAX_REQUEST_HEAD_BYTES {
            return Err(Some(431));
        }
    }
}

/// Sends an answer and ends the connection so that the answer arrives.
async fn send_response(stream: &mut TcpStream, bytes: &[u8]) {
    let sent = timeout(CONNECTION_IO_TIMEOUT, async {
        stream.write_all(bytes).await?;
        stream.shutdown().await
    });
    if let Ok(Ok(())) = sent.await {
        let mut rest = [0; 4096];
        let _ = timeout(DRAIN_TIMEOUT, async { while matches!(stream.read(&mut rest).await, Ok(1..)) {} }).await;
    }
}

#[cfg(test)]
mod tests;
