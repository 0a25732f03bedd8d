//! Receives the pings and webhooks of syncs: records each request, and responds with a status of the test's choice.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU16, Ordering},
};

use tiny_http::{Response, Server};

/// Listens on loopback until the process ends.
pub(crate) struct NotificationReceiver {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<(String, String)>>>,
    status: Arc<AtomicU16>,
}

impl NotificationReceiver {
    pub(crate) fn start() -> Self {
        let server = Server::http("127.0.0.1:0").unwrap();
        let url = format!("http://{}/ping/b8a3c1f2-0000-4000-8000-1234567890ab", server.server_addr());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let status = Arc::new(AtomicU16::new(200));
        let (memory, answer) = (Arc::clone(&requests), Arc::clone(&status));
        std::thread::spawn(move || {
            for mut request in server.incoming_requests() {
                let mut body = String::new();
                request.as_reader().read_to_string(&mut body).unwrap();
                let path = request.url().rsplit("1234567890ab").next().unwrap_or_default().to_owned();
                memory.lock().unwrap().push((path, body));
                // The client may have gone.
                let _ = request.respond(Response::empty(answer.load(Ordering::Relaxed)));
            }
        });
        Self { url, requests, status }
    }

    /// Sets the status of later responses.
    pub(crate) fn set_status(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    /// Returns the requests since the last call: what follows the base URL, and the body.
    pub(crate) fn take_requests(&self) -> Vec<(String, String)> {
        std::mem::take(&mut *self.requests.lock().unwrap())
    }
}
