//! Receives the pings and webhooks of syncs: records each request, and responds with a status of the test's choice.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU16, Ordering},
};

use serde_json::Value;
use tiny_http::{Response, Server};

/// Listens on loopback until the process ends.
pub(crate) struct NotificationReceiver {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<(String, String)>>>,
    /// Bodies of the requests that got a status of success.
    accepted: Arc<Mutex<Vec<String>>>,
    status: Arc<AtomicU16>,
}

impl NotificationReceiver {
    pub(crate) fn start() -> Self {
        let server = Server::http("127.0.0.1:0").unwrap();
        let url = format!("http://{}/ping/b8a3c1f2-0000-4000-8000-1234567890ab", server.server_addr());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let status = Arc::new(AtomicU16::new(200));
        let accepted = Arc::new(Mutex::new(Vec::new()));
        let (memory, accepted_bodies, answer) = (Arc::clone(&requests), Arc::clone(&accepted), Arc::clone(&status));
        std::thread::spawn(move || {
            for mut request in server.incoming_requests() {
                let mut body = String::new();
                request.as_reader().read_to_string(&mut body).unwrap();
                let path = request.url().rsplit("1234567890ab").next().unwrap_or_default().to_owned();
                let status = answer.load(Ordering::Relaxed);
                if status < 300 {
                    accepted_bodies.lock().unwrap().push(body.clone());
                }
                memory.lock().unwrap().push((path, body));
                // The client may have gone.
                let _ = request.respond(Response::empty(status));
            }
        });
        Self { url, requests, accepted, status }
    }

    /// Sets the status of later responses.
    pub(crate) fn set_status(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    /// Returns the requests since the last call: what follows the base URL, and the body.
    pub(crate) fn take_requests(&self) -> Vec<(String, String)> {
        std::mem::take(&mut *self.requests.lock().unwrap())
    }

    /// Returns the events of all webhook requests that were accepted so far.
    pub(crate) fn accepted_events(&self) -> Vec<String> {
        let event = |body: &String| serde_json::from_str::<Value>(body).unwrap()["event"].as_str().unwrap().to_owned();
        self.accepted.lock().unwrap().iter().map(event).collect()
    }

    /// Returns the events of the webhook requests that were accepted since the last call of this function.
    pub(crate) fn take_accepted_events(&self) -> Vec<String> {
        let events = self.accepted_events();
        self.accepted.lock().unwrap().clear();
        events
    }
}
