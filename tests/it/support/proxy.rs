//! A proxy between malsync and a server (PostgreSQL or the simulator) that breaks connections on command.

use std::{
    net::TcpListener as Bound,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// What the proxy does with connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ProxyMode {
    Open,
    /// Closes all connections, and new ones at once.
    Closed,
    /// Resets all connections, and new ones at once.
    Reset,
    /// Forwards nothing more, and keeps the connections open, as a network does that drops every packet.
    Frozen,
}

struct ProxyPlan {
    mode: watch::Sender<ProxyMode>,
    /// Drop the response to the next COMMIT.
    drops_commit_response: AtomicBool,
    /// Break the connection before the next COMMIT reaches the server.
    drops_commit: AtomicBool,
    /// Break each connection that asks for the outcome of a transaction.
    hides_transaction_status: AtomicBool,
    /// True once a COMMIT or its response was dropped.
    has_injected_commit_fault: AtomicBool,
    /// Bytes to forward from the server until the connection breaks. Negative: no limit.
    bytes_left: AtomicI64,
    /// Delay of each response, in milliseconds.
    latency_ms: AtomicU64,
}

/// A running proxy in front of a server on this machine.
pub(crate) struct FaultProxy {
    port: u16,
    plan: Arc<ProxyPlan>,
}

impl FaultProxy {
    /// Starts a proxy in front of the server of this URL. It runs on its own thread until the process ends.
    pub(crate) fn start(url: &str) -> Self {
        let server = url::Url::parse(url).unwrap().port().unwrap();
        let bound = Bound::bind(("127.0.0.1", 0)).unwrap();
        bound.set_nonblocking(true).unwrap();
        let port = bound.local_addr().unwrap().port();
        let plan = Arc::new(ProxyPlan {
            mode: watch::Sender::new(ProxyMode::Open),
            drops_commit_response: AtomicBool::new(false),
            drops_commit: AtomicBool::new(false),
            hides_transaction_status: AtomicBool::new(false),
            has_injected_commit_fault: AtomicBool::new(false),
            bytes_left: AtomicI64::new(-1),
            latency_ms: AtomicU64::new(0),
        });
        let shared = Arc::clone(&plan);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::from_std(bound).unwrap();
                while let Ok((client, _)) = listener.accept().await {
                    let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await else { continue };
                    tokio::spawn(relay(client, server, Arc::clone(&shared)));
                }
            });
        });
        Self { port, plan }
    }

    /// Returns the URL of a database through the proxy.
    pub(crate) fn database_url(&self, database: &str) -> String {
        format!("postgresql://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Returns this URL with the port of the proxy.
    pub(crate) fn proxied_url(&self, url: &str) -> String {
        let mut url = url::Url::parse(url).unwrap();
        url.set_port(Some(self.port)).unwrap();
        url.to_string()
    }

    pub(crate) fn drop_next_commit_response(&self) {
        self.plan.drops_commit_response.store(true, Ordering::SeqCst);
    }

    pub(crate) fn drop_next_commit(&self) {
        self.plan.drops_commit.store(true, Ordering::SeqCst);
    }

    /// Breaks each connection that asks whether a transaction was committed.
    pub(crate) fn hide_transaction_status(&self) {
        self.plan.hides_transaction_status.store(true, Ordering::SeqCst);
    }

    /// Returns true if a COMMIT or its response was dropped.
    pub(crate) fn has_injected_commit_fault(&self) -> bool {
        self.plan.has_injected_commit_fault.load(Ordering::SeqCst)
    }

    /// Forwards this many more bytes from the server, then breaks the connection that reaches the limit. All connections
    /// share the count. Later bytes are forwarded without a limit.
    pub(crate) fn cut_after(&self, bytes: u32) {
        self.plan.bytes_left.store(bytes.into(), Ordering::SeqCst);
    }

    /// Delays each response.
    pub(crate) fn set_latency(&self, latency: Duration) {
        self.plan.latency_ms.store(u64::try_from(latency.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// Closes all connections, and new ones at once.
    pub(crate) fn close_connections(&self) {
        self.plan.mode.send_replace(ProxyMode::Closed);
    }

    /// Resets all connections, and new ones as soon as they are made.
    pub(crate) fn reset_connections(&self) {
        self.plan.mode.send_replace(ProxyMode::Reset);
    }

    /// Forwards nothing more, on new connections neither.
    pub(crate) fn freeze(&self) {
        self.plan.mode.send_replace(ProxyMode::Frozen);
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn reopen(&self) {
        self.plan.mode.send_replace(ProxyMode::Open);
    }
}

async fn relay(mut client: TcpStream, mut server: TcpStream, plan: Arc<ProxyPlan>) {
    let (mut up, mut down) = (vec![0; 65_536], vec![0; 65_536]);
    let mut mode = plan.mode.subscribe();
    let mut drop_next_response = false;
    loop {
        tokio::select! {
            fault = wait_for_fault(&mut mode) => {
                match fault {
                    ProxyMode::Frozen => {
                        let _ = mode.wait_for(|mode| *mode != ProxyMode::Frozen).await;
                    }
                    ProxyMode::Reset => client.set_zero_linger().unwrap(),
                    ProxyMode::Open | ProxyMode::Closed => {}
                }
                return;
            }
            read = client.read(&mut up) => match read {
                Ok(read) if read > 0 => {
                    if has_word(&up[..read], b"pg_xact_status") && plan.hides_transaction_status.load(Ordering::SeqCst) {
                        return;
                    }
                    if has_word(&up[..read], b"COMMIT") {
                        if plan.drops_commit.swap(false, Ordering::SeqCst) {
                            plan.has_injected_commit_fault.store(true, Ordering::SeqCst);
                            return;
                        }
                        drop_next_response |= plan.drops_commit_response.swap(false, Ordering::SeqCst);
                    }
                    if server.write_all(&up[..read]).await.is_err() { return }
                }
                _ => return,
            },
            read = server.read(&mut down) => match read {
                Ok(read) if read > 0 => {
                    if drop_next_response {
                        plan.has_injected_commit_fault.store(true, Ordering::SeqCst);
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(plan.latency_ms.load(Ordering::SeqCst))).await;
                    if !forward_limited(&mut client, &down[..read], &plan.bytes_left).await { return }
                }
                _ => return,
            },
        }
    }
}

fn has_word(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

async fn wait_for_fault(mode: &mut watch::Receiver<ProxyMode>) -> ProxyMode {
    mode.wait_for(|mode| *mode != ProxyMode::Open).await.map_or(ProxyMode::Closed, |mode| *mode)
}

/// Forwards the bytes that the limit allows. Returns true if the connection continues.
async fn forward_limited(client: &mut TcpStream, bytes: &[u8], left: &AtomicI64) -> bool {
    let length = i64::try_from(bytes.len()).unwrap();
    let before = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
        (left >= 0).then(|| if left < length { -1 } else { left - length })
    });
    match before {
        Ok(left) if left < length => {
            let _ = client.write_all(&bytes[..usize::try_from(left).unwrap()]).await;
            false
        }
        _ => client.write_all(bytes).await.is_ok(),
    }
}
