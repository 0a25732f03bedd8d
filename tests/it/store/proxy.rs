//! Stands between malsync and PostgreSQL, and can lose the answer to a COMMIT that the server has carried out.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

#[derive(Default)]
struct Plan {
    armed: AtomicBool,
    lost: AtomicBool,
}

/// A proxy in front of the tests' cluster.
pub(super) struct Proxy {
    port: u16,
    plan: Arc<Plan>,
}

impl Proxy {
    pub(super) async fn start(url: &str) -> Self {
        let server = url::Url::parse(url).unwrap().port().unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let plan = Arc::<Plan>::default();
        let shared = Arc::clone(&plan);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
                tokio::spawn(carry(client, server, Arc::clone(&shared)));
            }
        });
        Self { port, plan }
    }

    pub(super) fn url(&self, database: &str) -> String {
        format!("postgresql://postgres@127.0.0.1:{}/{database}", self.port)
    }

    pub(super) fn lose_the_next_commits_answer(&self) {
        self.plan.armed.store(true, Ordering::SeqCst);
    }

    pub(super) fn lost_one(&self) -> bool {
        self.plan.lost.load(Ordering::SeqCst)
    }
}

async fn carry(mut client: TcpStream, mut server: TcpStream, plan: Arc<Plan>) {
    let (mut up, mut down) = (vec![0; 65_536], vec![0; 65_536]);
    let mut committing = false;
    loop {
        tokio::select! {
            read = client.read(&mut up) => match read {
                Ok(read) if read > 0 => {
                    let commits = up[..read].windows(6).any(|word| word == b"COMMIT");
                    committing = commits && plan.armed.swap(false, Ordering::SeqCst) || committing;
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
                    if client.write_all(&down[..read]).await.is_err() { return }
                }
                _ => return,
            },
        }
    }
}
