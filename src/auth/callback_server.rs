//! HTTP server on loopback that waits for the OAuth callback of the browser.
//!
//! Entry points: [`CallbackServer::start`], [`CallbackServer::wait_for_callback`], [`BrowserReply::show_page`].
//!
//! Invariants:
//! 1. Invalid requests never end a login. Requests of another account of this machine are refused. Only a second visit
//!    of the start page ends a login: somebody else may have the link.
//! 2. Of all requests that pass `request_check`, only the first callback is accepted.
//! 3. The connection of that callback stays open until the result of the login is known: success is shown only after
//!    success.
//! 4. At most sixteen connections are served at once. A new one replaces the oldest that has sent nothing yet, otherwise
//!    the oldest.
//! 5. Each connection has five seconds and eight kilobytes for its request head.
//! 6. No task outlives the server.
//!
//! Why not `tiny_http`'s server: docs/decisions/0001-login-callback-server.md.

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

/// Maximum number of connections served at once, not counting the one of the accepted callback.
const MAX_CONNECTIONS: usize = 16;
/// Maximum size of a request head, in bytes.
const MAX_REQUEST_HEAD_BYTES: usize = 8 * 1024;
/// Timeout for reading a request head, and for sending a response.
const CONNECTION_IO_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the rest of a request is read and discarded before closing, so that a reset does not cut off the response.
const DRAIN_TIMEOUT: Duration = Duration::from_millis(100);
/// How many bytes of the rest of a request are read at most. A browser's request is far smaller.
const MAX_DRAINED_BYTES: u64 = 1 << 20;
/// Timeout for sending the final page.
const FINAL_PAGE_TIMEOUT: Duration = Duration::from_secs(2);
/// Delay after a failed accept (usually: no file handles left).
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(20);

/// Warning for a second visit of the start page after a callback was accepted. If the system does not reveal the peer's
/// uid, this is the only sign that another user was faster than the user's own browser.
const LINK_REUSED_MESSAGE: &str = "the login link was opened again after the login was complete. If your own \
    browser did not open it, check the account with malsync whoami; if it is not yours, run malsync logout, then \
    malsync login --paste";

/// Warning for a valid request from a process of another account. The user's browser may be that process if it runs
/// outside this system, for example on the host of a virtual machine.
const STRANGER_MESSAGE: &str = "refused a login page opened by another account of this machine. If it was your \
    own browser, run: malsync login --paste";

/// Waits for one callback. Dropping it stops the server.
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
    /// No callback came in time.
    TimedOut,
    /// The one-time start page was requested twice: someone else opened the link.
    LinkReused,
}

/// The connection of the browser that sent the callback. If dropped without a page, the browser shows that the login is
/// not finished.
pub struct BrowserReply {
    page_sender: oneshot::Sender<LoginPage>,
    page_sent: oneshot::Receiver<()>,
}

impl BrowserReply {
    /// Sends the page to the browser. Waits at most two seconds until it is sent.
    pub async fn show_page(self, page: LoginPage) {
        if self.page_sender.send(page).is_ok() {
            let _ = timeout(FINAL_PAGE_TIMEOUT, self.page_sent).await;
        }
    }
}

impl CallbackServer {
    /// Starts serving on `sockets`. The start page, if `expected` has one, redirects the browser to `authorize_url`
    /// once.
    #[must_use]
    pub fn start(sockets: Vec<TcpListener>, expected: ExpectedRequest, authorize_url: Secret) -> Self {
        let (event_sender, events) = mpsc::channel(4);
        let (shutdown, shutdown_requested) = oneshot::channel();
        let state = ServerState {
            expected,
            authorize_url,
            start_page_shown: AtomicBool::new(false),
            callback_taken: AtomicBool::new(false),
            stranger_seen: AtomicBool::new(false),
            rejected_count: AtomicUsize::new(0),
            events: event_sender,
        };
        let server_task = tokio::spawn(accept_connections(sockets, Arc::new(state), shutdown_requested));
        Self { events, shutdown: Some(shutdown), server_task }
    }

    /// Waits for the callback. The timeout runs on the monotonic clock.
    ///
    /// # Errors
    /// No callback came in time, or someone else opened the link.
    pub async fn wait_for_callback(
        &mut self,
        max_wait: Duration,
    ) -> Result<(Callback, BrowserReply), CallbackWaitError> {
        match timeout(max_wait, self.events.recv()).await {
            Ok(Some(CallbackEvent::Callback(callback, reply))) => Ok((callback, reply)),
            Ok(Some(CallbackEvent::LinkReused)) => Err(CallbackWaitError::LinkReused),
            Ok(None) | Err(_) => Err(CallbackWaitError::TimedOut),
        }
    }

    /// Answers the connections already made and closes every socket.
    pub async fn shut_down(mut self) {
        if let Some(shutdown) = self.shutdown.take() {
            let _ = shutdown.send(());
        }
        let _ = timeout(FINAL_PAGE_TIMEOUT, &mut self.server_task).await;
    }
}

impl Drop for CallbackServer {
    fn drop(&mut self) {
        self.server_task.abort();
    }
}

/// State shared by all connections.
struct ServerState {
    expected: ExpectedRequest,
    authorize_url: Secret,
    /// True once the start page was shown.
    start_page_shown: AtomicBool,
    /// True once a callback was accepted.
    callback_taken: AtomicBool,
    /// True once a connection of another account was rejected.
    stranger_seen: AtomicBool,
    rejected_count: AtomicUsize,
    events: mpsc::Sender<CallbackEvent>,
}

/// What a connection has done so far.
#[derive(Default)]
struct ConnectionState {
    /// True once the peer has sent something.
    has_sent: AtomicBool,
    /// True for the accepted callback, whose connection is never dropped.
    is_kept: AtomicBool,
}

/// The connections being served, oldest first.
#[derive(Default)]
struct CallbackConnections {
    tasks: JoinSet<()>,
    by_age: VecDeque<(AbortHandle, Arc<ConnectionState>)>,
}

impl CallbackConnections {
    fn spawn(&mut self, stream: TcpStream, peer: IpAddr, state: &Arc<ServerState>) {
        self.by_age.retain(|(task, connection)| !task.is_finished() && !connection.is_kept.load(Ordering::SeqCst));
        while self.by_age.len() >= MAX_CONNECTIONS {
            // A flood of silent connections must not drop the browser's request.
            let is_silent = |(_, connection): &(_, Arc<ConnectionState>)| !connection.has_sent.load(Ordering::SeqCst);
            let dropped = self.by_age.iter().position(is_silent).unwrap_or(0);
            if let Some((task, _)) = self.by_age.remove(dropped) {
                task.abort();
            }
        }
        let connection = Arc::new(ConnectionState::default());
        let task = self.tasks.spawn(handle_connection(stream, peer, Arc::clone(state), Arc::clone(&connection)));
        self.by_age.push_back((task, connection));
    }
}

async fn accept_connections(sockets: Vec<TcpListener>, state: Arc<ServerState>, mut shutdown: oneshot::Receiver<()>) {
    let mut connections = CallbackConnections::default();
    loop {
        tokio::select! {
            accepted = accept_any(&sockets) => match accepted {
                Ok((stream, peer)) => connections.spawn(stream, peer.ip(), &state),
                Err(error) => {
                    tracing::debug!("the login listener cannot accept connections: {error}");
                    tokio::time::sleep(ACCEPT_RETRY_DELAY).await;
                }
            },
            Some(_) = connections.tasks.join_next() => {}
            _ = &mut shutdown => break,
        }
    }
    // Connections made before the shutdown still get a response.
    for _ in 0..MAX_CONNECTIONS {
        let Ok(Ok((stream, peer))) = timeout(Duration::ZERO, accept_any(&sockets)).await else { break };
        connections.spawn(stream, peer.ip(), &state);
    }
    drop(sockets);
    let _ =
        timeout(DRAIN_TIMEOUT + ACCEPT_RETRY_DELAY, async { while connections.tasks.join_next().await.is_some() {} })
            .await;
}

/// Accepts the next connection on any of the sockets.
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

/// Serves one connection: one request, one response.
async fn handle_connection(
    mut stream: TcpStream,
    peer: IpAddr,
    state: Arc<ServerState>,
    connection: Arc<ConnectionState>,
) {
    let mut buffer = Vec::new();
    let reading = read_request_head(&mut stream, &mut buffer, &connection.has_sent);
    let head = match timeout(CONNECTION_IO_TIMEOUT, reading).await {
        Ok(Ok(head)) => head,
        Ok(Err(Some(status))) => return state.reject(&mut stream, status, None).await,
        Err(_) if !buffer.is_empty() => return state.reject(&mut stream, 408, None).await,
        Ok(Err(None)) | Err(_) => return,
    };
    let head = RequestHead::parse(&head);
    match check_request(&state.expected, peer, head.as_ref()) {
        // Another account has read the URL from the command line of the browser that malsync started, or sends the
        // callback of its own login.
        Ok(_) if !is_from_own_uid(&stream) => {
            state.warn_about_stranger();
            state.reject(&mut stream, 403, head.as_ref()).await;
        }
        Ok(AcceptedRequest::StartPage) if state.start_page_shown.swap(true, Ordering::SeqCst) => {
            if state.callback_taken.load(Ordering::SeqCst) {
                // Too late to stop the login: the first visitor's callback was accepted, and may be another user's.
                tracing::warn!("{LINK_REUSED_MESSAGE}");
            } else {
                let _ = state.events.try_send(CallbackEvent::LinkReused);
            }
            send_response(&mut stream, &login_page::render_page(LoginPage::LinkAlreadyUsed)).await;
        }
        Ok(AcceptedRequest::StartPage) => {
            send_response(&mut stream, &login_page::render_redirect(&state.authorize_url)).await;
        }
        Ok(AcceptedRequest::Callback(_)) if state.callback_taken.swap(true, Ordering::SeqCst) => {
            send_response(&mut stream, &login_page::render_page(LoginPage::CallbackAlreadyUsed)).await;
        }
        Ok(AcceptedRequest::Callback(callback)) => {
            connection.is_kept.store(true, Ordering::SeqCst);
            let (page_sender, chosen_page) = oneshot::channel();
            let (sent_sender, page_sent) = oneshot::channel();
            let _ = state.events.try_send(CallbackEvent::Callback(callback, BrowserReply { page_sender, page_sent }));
            let page = chosen_page.await.unwrap_or(LoginPage::NotFinished);
            send_response(&mut stream, &login_page::render_page(page)).await;
            let _ = sent_sender.send(());
        }
        Err(rejection) => state.reject(&mut stream, rejection.status(), head.as_ref()).await,
    }
}

/// Returns true if the peer runs under our own uid, or if its uid is unknown.
fn is_from_own_uid(stream: &TcpStream) -> bool {
    match (stream.peer_addr(), stream.local_addr()) {
        (Ok(peer), Ok(local)) => super::peer_uid::is_own_uid(peer, local),
        _ => true,
    }
}

impl ServerState {
    /// Warns once about a connection of another account.
    fn warn_about_stranger(&self) {
        if !self.stranger_seen.swap(true, Ordering::SeqCst) {
            tracing::warn!("{STRANGER_MESSAGE}");
        }
    }

    /// Rejects a request. Logs only its method and path.
    async fn reject(&self, stream: &mut TcpStream, status: u16, head: Option<&RequestHead>) {
        let count = self.rejected_count.fetch_add(1, Ordering::Relaxed) + 1;
        let summary = head.map_or_else(|| "an invalid request".to_owned(), RequestHead::redacted_summary);
        tracing::info!(count, status, "the login listener refused {summary}");
        send_response(stream, &login_page::render_empty(status)).await;
    }
}

/// Reads up to the empty line that ends a request head.
///
/// # Errors
/// The status to respond with, or `None` if the peer is gone.
async fn read_request_head(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
    has_sent: &AtomicBool,
) -> Result<Vec<u8>, Option<u16>> {
    let mut chunk = [0; 1024];
    loop {
        let count = stream.read(&mut chunk).await.map_err(|_| None)?;
        if count == 0 {
            return Err(None);
        }
        has_sent.store(true, Ordering::SeqCst);
        buffer.extend_from_slice(&chunk[..count]);
        if let Some(end) =
            buffer.windows(4).position(|window| window == b"\r\n\r\n").filter(|end| *end <= MAX_REQUEST_HEAD_BYTES)
        {
            buffer.truncate(end);
            return Ok(std::mem::take(buffer));
        }
        if !buffer[0].is_ascii_uppercase() {
            return Err(Some(400));
        }
        if buffer.len() > MAX_REQUEST_HEAD_BYTES {
            return Err(Some(431));
        }
    }
}

/// Sends a response and closes the connection so that the response arrives.
async fn send_response(stream: &mut TcpStream, bytes: &[u8]) {
    let sent = timeout(CONNECTION_IO_TIMEOUT, async {
        stream.write_all(bytes).await?;
        stream.shutdown().await
    });
    if let Ok(Ok(())) = sent.await {
        let mut rest = stream.take(MAX_DRAINED_BYTES);
        let _ = timeout(DRAIN_TIMEOUT, tokio::io::copy(&mut rest, &mut tokio::io::sink())).await;
    }
}

#[cfg(test)]
mod tests;
