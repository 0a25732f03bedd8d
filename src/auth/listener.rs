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
    page::{self, Verdict},
    request_check::{Callback, Head, Passed, Rules, check},
};
use crate::secret::Secret;

/// The most connections served at once, the callback's own apart.
const AT_ONCE: usize = 16;
/// The longest head, in bytes.
const LONGEST_HEAD: usize = 8 * 1024;
/// How long a head, and an answer, may take.
const HEAD_TIME: Duration = Duration::from_secs(5);
/// How long the rest of a request is read and thrown away, so that closing does not cut the answer off.
const LINGER: Duration = Duration::from_millis(100);
/// How long the last page may take to leave.
const LAST_PAGE: Duration = Duration::from_secs(2);
/// The pause after an accept that failed (no file handles left, mostly).
const BREATH: Duration = Duration::from_millis(20);

/// What is to be done where the start page is asked for again once a callback was taken. Where the system does not tell whose a
/// connection is, this is the one sign of a stranger who was faster than the user's own browser.
const OPENED_AGAIN: &str = "the link was opened a second time, after somebody had come back from MyAnimeList: if that was not \
    your own browser, look whose account this login is (malsync whoami); is it not yours: malsync logout, \
    then malsync login --paste";

/// Waits for one callback.
pub struct Listener {
    events: mpsc::Receiver<Event>,
    closing: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
}

/// What ends the waiting.
enum Event {
    Callback(Callback, Reply),
    LinkReused,
}

/// Why no callback came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Nobody came in time.
    Nobody,
    /// The one-shot start page was asked for twice: somebody else opened the link.
    LinkReused,
}

/// The browser that brought the callback, waiting for the verdict. Dropped without one, it is told that the login is not
/// finished.
pub struct Reply {
    verdict: oneshot::Sender<Verdict>,
    shown: oneshot::Receiver<()>,
}

impl Reply {
    /// Shows the browser how it ended, and waits (two seconds at most) until the page has left.
    pub async fn finished(self, verdict: Verdict) {
        if self.verdict.send(verdict).is_ok() {
            let _ = timeout(LAST_PAGE, self.shown).await;
        }
    }
}

impl Listener {
    /// Starts serving on these sockets. The start page of `rules`, if there is one, sends the browser to `destination`, once.
    #[must_use]
    pub fn open(sockets: Vec<TcpListener>, rules: Rules, destination: Secret) -> Self {
        let (events_in, events) = mpsc::channel(4);
        let (closing, closed) = oneshot::channel();
        let desk = Desk {
            rules,
            destination,
            opened: AtomicBool::new(false),
            claimed: AtomicBool::new(false),
            refused: AtomicUsize::new(0),
            events: events_in,
        };
        let server = tokio::spawn(serve(sockets, Arc::new(desk), closed));
        Self { events, closing: Some(closing), server }
    }

    /// Waits for the callback. The deadline is on the monotonic clock.
    ///
    /// # Errors
    /// Nobody came in time, or somebody else opened the link.
    pub async fn wait(&mut self, limit: Duration) -> Result<(Callback, Reply), Ended> {
        match timeout(limit, self.events.recv()).await {
            Ok(Some(Event::Callback(callback, reply))) => Ok((callback, reply)),
            Ok(Some(Event::LinkReused)) => Err(Ended::LinkReused),
            Ok(None) | Err(_) => Err(Ended::Nobody),
        }
    }

    /// Answers who is at the door already, and closes every socket.
    pub async fn close(mut self) {
        if let Some(closing) = self.closing.take() {
            let _ = closing.send(());
        }
        let _ = timeout(LAST_PAGE, &mut self.server).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// What all connections share.
struct Desk {
    rules: Rules,
    destination: Secret,
    /// The start page was shown.
    opened: AtomicBool,
    /// A callback was taken.
    claimed: AtomicBool,
    refused: AtomicUsize,
    events: mpsc::Sender<Event>,
}

/// The connections being served, oldest first.
#[derive(Default)]
struct Connections {
    tasks: JoinSet<()>,
    order: VecDeque<(AbortHandle, Arc<AtomicBool>)>,
}

impl Connections {
    fn add(&mut self, stream: TcpStream, peer: IpAddr, desk: &Arc<Desk>) {
        self.order.retain(|(task, kept)| !task.is_finished() && !kept.load(Ordering::SeqCst));
        while self.order.len() >= AT_ONCE {
            if let Some((oldest, _)) = self.order.pop_front() {
                oldest.abort();
            }
        }
        let kept = Arc::new(AtomicBool::new(false));
        let task = self.tasks.spawn(attend(stream, peer, Arc::clone(desk), Arc::clone(&kept)));
        self.order.push_back((task, kept));
    }
}

async fn serve(sockets: Vec<TcpListener>, desk: Arc<Desk>, mut closing: oneshot::Receiver<()>) {
    let mut connections = Connections::default();
    loop {
        tokio::select! {
            accepted = accept(&sockets) => match accepted {
                Ok((stream, peer)) => connections.add(stream, peer.ip(), &desk),
                Err(error) => {
                    tracing::debug!("login listener takes no connection for now: {error}");
                    tokio::time::sleep(BREATH).await;
                }
            },
            Some(_) = connections.tasks.join_next() => {}
            _ = &mut closing => break,
        }
    }
    // Whoever knocked before the end still gets an answer.
    for _ in 0..AT_ONCE {
        let Ok(Ok((stream, peer))) = timeout(Duration::ZERO, accept(&sockets)).await else { break };
        connections.add(stream, peer.ip(), &desk);
    }
    drop(sockets);
    let _ = timeout(LINGER + BREATH, async { while connections.tasks.join_next().await.is_some() {} }).await;
}

/// The next connection, of whichever family.
async fn accept(sockets: &[TcpListener]) -> io::Result<(TcpStream, SocketAddr)> {
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
async fn attend(mut stream: TcpStream, peer: IpAddr, desk: Arc<Desk>, kept: Arc<AtomicBool>) {
    let mut read = Vec::new();
    let head = match timeout(HEAD_TIME, read_head(&mut stream, &mut read)).await {
        Ok(Ok(head)) => head,
        Ok(Err(Some(status))) => return desk.refuse(&mut stream, status, None).await,
        Err(_) if !read.is_empty() => return desk.refuse(&mut stream, 408, None).await,
        Ok(Err(None)) | Err(_) => return,
    };
    let head = Head::parse(&head);
    match check(&desk.rules, peer, head.as_ref()) {
        // Another account of this machine has read the address from our browser's arguments.
        Ok(Passed::Start) if !from_our_account(&stream) => desk.refuse(&mut stream, 403, head.as_ref()).await,
        Ok(Passed::Start) if desk.opened.swap(true, Ordering::SeqCst) => {
            if desk.claimed.load(Ordering::SeqCst) {
                // Too late to stop it: whoever came first has brought somebody back already, maybe not this user.
                tracing::warn!("{OPENED_AGAIN}");
            } else {
                let _ = desk.events.try_send(Event::LinkReused);
            }
            answer(&mut stream, &page::page(Verdict::LinkUsed)).await;
        }
        Ok(Passed::Start) => answer(&mut stream, &page::redirect(&desk.destination)).await,
        Ok(Passed::Callback(_)) if desk.claimed.swap(true, Ordering::SeqCst) => {
            answer(&mut stream, &page::page(Verdict::AlreadyUsed)).await;
        }
        Ok(Passed::Callback(callback)) => {
            kept.store(true, Ordering::SeqCst);
            let (verdict, decided) = oneshot::channel();
            let (shown_in, shown) = oneshot::channel();
            let _ = desk.events.try_send(Event::Callback(callback, Reply { verdict, shown }));
            let verdict = decided.await.unwrap_or(Verdict::NotFinished);
            answer(&mut stream, &page::page(verdict)).await;
            let _ = shown_in.send(());
        }
        Err(refusal) => desk.refuse(&mut stream, refusal.status(), head.as_ref()).await,
    }
}

/// Whether whoever connected runs under our own account, as far as can be known.
fn from_our_account(stream: &TcpStream) -> bool {
    match (stream.peer_addr(), stream.local_addr()) {
        (Ok(peer), Ok(here)) => super::peer::is_ours(peer, here),
        _ => true,
    }
}

impl Desk {
    /// Turns a request away, and says so in the log: method and path alone.
    async fn refuse(&self, stream: &mut TcpStream, status: u16, head: Option<&Head>) {
        let count = self.refused.fetch_add(1, Ordering::Relaxed) + 1;
        let what = head.map_or_else(|| "what is no request".to_owned(), Head::outline);
        tracing::info!(count, status, "login listener refused {what}");
        answer(stream, &page::empty(status)).await;
    }
}

/// Reads up to the empty line that ends a head. An error is the status to answer with; none where there is nobody to answer.
async fn read_head(stream: &mut TcpStream, read: &mut Vec<u8>) -> Result<Vec<u8>, Option<u16>> {
    let mut chunk = [0; 1024];
    loop {
        let count = stream.read(&mut chunk).await.map_err(|_| None)?;
        if count == 0 {
            return Err(None);
        }
        read.extend_from_slice(&chunk[..count]);
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n").filter(|end| *end <= LONGEST_HEAD) {
            read.truncate(end);
            return Ok(std::mem::take(read));
        }
        if !read[0].is_ascii_uppercase() {
            return Err(Some(400));
        }
        if read.len() > LONGEST_HEAD {
            return Err(Some(431));
        }
    }
}

/// Sends an answer and ends the connection so that the answer arrives.
async fn answer(stream: &mut TcpStream, bytes: &[u8]) {
    let sent = timeout(HEAD_TIME, async {
        stream.write_all(bytes).await?;
        stream.shutdown().await
    });
    if let Ok(Ok(())) = sent.await {
        let mut rest = [0; 4096];
        let _ = timeout(LINGER, async { while matches!(stream.read(&mut rest).await, Ok(1..)) {} }).await;
    }
}

#[cfg(test)]
mod tests;
