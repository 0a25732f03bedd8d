//! A running simulator. It has its own thread, so a test that blocks does not block the simulator.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::control::SimControl;
use crate::control_error::ControlError;
use crate::fault_rule::{self, FaultRule};
use crate::server;
use crate::sim_config::SimConfig;
use crate::state::{SharedState, SimState};

/// A running simulator. Dropping it stops the server and closes all connections.
#[derive(Debug)]
pub struct Sim {
    address: SocketAddr,
    base_url: String,
    state: SharedState,
    stop_sender: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sim {
    /// Starts a simulator. It accepts requests when this function returns.
    ///
    /// # Errors
    /// Fails if the port is taken or the host is not an address of this machine.
    pub async fn start(config: SimConfig) -> io::Result<Self> {
        Self::start_blocking(config)
    }

    /// Starts a simulator without an async runtime. See [`Sim::start`].
    ///
    /// # Errors
    /// Fails like [`Sim::start`].
    pub fn start_blocking(config: SimConfig) -> io::Result<Self> {
        let listener = TcpListener::bind((config.host.as_str(), config.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let base_url = base_url(address);
        let state = Arc::new(Mutex::new(SimState::new(config, base_url.clone())));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop_sender, stop_receiver) = oneshot::channel();
        let server_state = Arc::clone(&state);
        let thread = std::thread::Builder::new().name("mal-sim".to_owned()).spawn(move || {
            runtime.block_on(async move {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
                    return;
                };
                tokio::select! {
                    () = server::serve_connections(listener, server_state) => {}
                    _ = stop_receiver => {}
                }
            });
        })?;
        Ok(Self { address, base_url, state, stop_sender: Some(stop_sender), thread: Some(thread) })
    }

    /// Returns the address that the simulator listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the base URL: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        self.base_url.clone()
    }

    /// Returns the API's base URL, which replaces `https://api.myanimelist.net/v2`.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("{}/v2", self.base_url)
    }

    /// Returns the base URL of the OAuth endpoints, which replaces `https://myanimelist.net/v1/oauth2`.
    #[must_use]
    pub fn auth_url(&self) -> String {
        format!("{}/v1/oauth2", self.base_url)
    }

    /// Returns a handle that controls the simulator.
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

/// Returns the base URL for clients. Replaces a wildcard address, which clients cannot connect to, by 127.0.0.1.
fn base_url(address: SocketAddr) -> String {
    let port = address.port();
    match address.ip() {
        ip if ip.is_unspecified() => format!("http://127.0.0.1:{port}"),
        _ => format!("http://{address}"),
    }
}

/// Parses one fault rule or a list of them from JSON.
///
/// # Errors
/// Fails if the JSON or a rule is invalid. The error is a sentence that says why.
pub fn parse_fault_rules(json: &str) -> Result<Vec<FaultRule>, ControlError> {
    fault_rule::parse_rules(json.as_bytes())
}
