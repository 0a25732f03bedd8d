//! The fault proxy: stands between malsync and a server (PostgreSQL or the simulator) and breaks what goes through it.

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

/// What becomes of the connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Open,
    /// They end, and new ones end at once.
    Down,
    /// They are reset, and new ones are too.
    Reset,
}

struct Plan {
    way: watch::Sender<Way>,
    /// Lose the server's answer to the next COMMIT.
    lose_answer: AtomicBool,
    /// Break the connection before the next COMMIT gets through.
    lose_commit: AtomicBool,
    lost: AtomicBool,
    /// Bytes that still come from the server; below 0, all.
    left: AtomicI64,
    /// Milliseconds that each answer is held back.
    latency: AtomicU64,
}

/// A proxy in front of a server on this machine.
pub(crate) struct Proxy {
    port: u16,
    plan: Arc<Plan>,
}

impl Proxy {
    /// In front of the server that the URL names, on a thread of its own for as long as the process lives.
    pub(crate) fn start(url: &str) -> Self {
        let server = url::Url::parse(url).unwrap().port().unwrap();
        let bound = Bound::bind(("127.0.0.1", 0)).unwrap();
        bound.set_nonblocking(true).unwrap();
        let port = bound.local_addr().unwrap().port();
        let plan = Arc::new(Plan {
            way: watch::Sender::new(Way::Open),
            lose_answer: AtomicBool::new(false),
            lose_commit: AtomicBool::new(false),
            lost: AtomicBool::new(false),
            left: AtomicI64::new(-1),
            latency: AtomicU64::new(0),
        });
        let shared = Arc::clone(&plan);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::from_std(bound).unwrap();
                while let Ok((client, _)) = listener.accept().await {
                    let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await else { continue };
                    tokio::spawn(carry(client, server, Arc::clone(&shared)));
                }
            });
        });
        Self { port, plan }
    }

    /// A database behind the proxy.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgresql://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// The same address, through the proxy.
    pub(crate) fn through(&self, url: &str) -> String {
        let mut url = url::Url::parse(url).unwrap();
        url.set_port(Some(self.port)).unwrap();
        url.to_string()
    }

    pub(crate) fn lose_the_next_commits_answer(&self) {
        self.plan.lose_answer.store(true, Ordering::SeqCst);
    }

    pub(crate) fn lose_the_next_commit(&self) {
        self.plan.lose_commit.store(true, Ordering::SeqCst);
    }

    pub(crate) fn lost_one(&self) -> bool {
        self.plan.lost.load(Ordering::SeqCst)
    }

    /// Lets so many bytes more come from the server, then breaks that connection, once.
    pub(crate) fn cut_after(&self, bytes: u32) {
        self.plan.left.store(bytes.into(), Ordering::SeqCst);
    }

    /// Holds each answer back.
    pub(crate) fn delay(&self, latency: Duration) {
        self.plan.latency.store(u64::try_from(latency.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// Ends all connections, and new ones as soon as they are made.
    pub(crate) fn down(&self) {
        self.plan.way.send_replace(Way::Down);
    }

    /// Resets all connections, and new ones as soon as they are made.
    pub(crate) fn reset(&self) {
        self.plan.way.send_replace(Way::Reset);
    }

    pub(crate) fn up(&self) {
        self.plan.way.send_replace(Way::Open);
    }
}

async fn carry(mut client: TcpStream, mut server: TcpStream, plan: Arc<Plan>) {
    let (mut up, mut down) = (vec![0; 65_536], vec![0; 65_536]);
    let mut way = plan.way.subscribe();
    let mut committing = false;
    loop {
        tokio::select! {
            changed = broken(&mut way) => {
                if changed == Way::Reset {
                    client.set_zero_linger().unwrap();
                }
                return;
            }
            read = client.read(&mut up) => match read {
                Ok(read) if read > 0 => {
                    if up[..read].windows(6).any(|word| word == b"COMMIT") {
                        if plan.lose_commit.swap(false, Ordering::SeqCst) {
                            plan.lost.store(true, Ordering::SeqCst);
                            return;
                        }
                        committing |= plan.lose_answer.swap(false, Ordering::SeqCst);
                    }
                    if server.write_all(&up[..read]).await.is_err() { return }
                }
                _ => return,
            },
            read = server.read(&mut down) => match read {
                Ok(read) if read > 0 => {
                    if committing {
                        plan.lost.store(true, Ordering::SeqCst);
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(plan.latency.load(Ordering::SeqCst))).await;
                    if !passed(&mut client, &down[..read], &plan.left).await { return }
                }
                _ => return,
            },
        }
    }
}

async fn broken(way: &mut watch::Receiver<Way>) -> Way {
    way.wait_for(|way| *way != Way::Open).await.map_or(Way::Down, |way| *way)
}

/// Hands on what may still come; says whether the connection goes on.
async fn passed(client: &mut TcpStream, bytes: &[u8], left: &AtomicI64) -> bool {
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
