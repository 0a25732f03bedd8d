//! A running simulator: a thread of its own, so that a test that blocks does not hold it up.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::control::SimControl;
use crate::control_http;
use crate::fault_rule::FaultRule;
use crate::server::{self, SharedState};
use crate::sim_config::SimConfig;
use crate::state::SimState;
use crate::test_operations::ControlError;

/// A running simulator. Dropping it stops it and closes all its connections.
#[derive(Debug)]
pub struct Sim {
    address: SocketAddr,
    base_url: String,
    state: SharedState,
    stop_sender: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sim {
    /// Starts a simulator; it takes requests when this returns.
    ///
    /// # Errors
    /// The port is taken, or the host is not an address of this machine.
    pub async fn start(config: SimConfig) -> io::Result<Self> {
        Self::start_blocking(config)
    }

    /// [`Sim::start`] for tests without a runtime.
    ///
    /// # Errors
    /// As there.
    pub fn start_blocking(config: SimConfig) -> io::Result<Self> {
        let listener = TcpListener::bind((config.host.as_str(), config.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let base = base_url(address);
        let world = Arc::new(Mutex::new(SimState::new(config, base.clone())));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let shared = Arc::clone(&world);
        let thread = std::thread::Builder::new().name("mal-sim".to_owned()).spawn(move || {
            runtime.block_on(async move {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
                    return;
                };
                tokio::select! {
                    () = server::serve_connections(listener, shared) => {}
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self { address, base_url: base, state: world, stop_sender: Some(stop), thread: Some(thread) })
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        self.base_url.clone()
    }

    /// The base of the API, in place of `https://api.myanimelist.net/v2`.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("{}/v2", self.base_url)
    }

    /// The base of the OAuth endpoints, in place of `https://myanimelist.net/v1/oauth2`.
    #[must_use]
    pub fn auth_url(&self) -> String {
        format!("{}/v1/oauth2", self.base_url)
    }

    /// The handle that moves it.
    #[must_use]
    pub fn control(&self) -> SimControl {
        SimControl::new(Arc::clone(&self.state))
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        drop(self.stop_sender.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The base address to give to clients; a wildcard address cannot be connected to by that name.
fn base_url(address: SocketAddr) -> String {
    let port = address.port();
    match address.ip() {
        ip if ip.is_unspecified() => format!("http://127.0.0.1:{port}"),
        _ => format!("http://{address}"),
    }
}

/// Reads one fault rule or a list of them from JSON.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn parse_fault_rules(json: &str) -> Result<Vec<FaultRule>, ControlError> {
    control_http::parse_rules(json.as_bytes())
}
