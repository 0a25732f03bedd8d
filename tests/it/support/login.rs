//! A login that waits for its browser, and requests to its callback server.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, ChildStderr, Command},
};

use mal_sim::FaultRule;

use super::test_env::{CommandOutput, TestEnv};

/// A waiting `login --no-browser`: the printed authorize URL and its state.
pub(crate) struct PendingLogin {
    pub(crate) child: Child,
    pub(crate) state: String,
    pub(crate) url: String,
}

/// Starts a login.
pub(crate) fn start_login(env: &TestEnv, flags: &[&str]) -> PendingLogin {
    read_pending_login(env.spawn(&[&["login", "--no-browser"], flags].concat()))
}

/// Reads the authorize URL of a login that was started in another way.
pub(crate) fn read_pending_login(mut child: Child) -> PendingLogin {
    let mut url = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut url).unwrap();
    let parsed = url::Url::parse(url.trim()).expect("a line with the URL only");
    let state = parsed.query_pairs().find(|(key, _)| key == "state").unwrap().1.into_owned();
    PendingLogin { child, state, url: url.trim().to_owned() }
}

impl PendingLogin {
    /// Returns the request target of the callback with the right state and this query.
    pub(crate) fn callback_target(&self, query: &str) -> String {
        format!("/auth/callback?state={}&{query}", self.state)
    }

    /// Consents on MAL. Returns the request target of the callback.
    pub(crate) fn consent_target(&self) -> String {
        let to = consent_redirect(&self.url);
        format!("{}?{}", to.path(), to.query().unwrap())
    }

    /// Consents, sends the callback, and waits for the end. Returns the page and the output.
    pub(crate) fn complete(self, env: &TestEnv) -> (String, CommandOutput) {
        let page = get_page(env, &self.consent_target());
        (page, env.wait_for_exit(self.child))
    }
}

/// Sends raw bytes to the callback server. Returns the whole response.
pub(crate) fn send_request(env: &TestEnv, host: &str, request: impl AsRef<[u8]>) -> String {
    let mut stream = TcpStream::connect((host, env.redirect_port())).unwrap();
    // A refused client may be cut off while it sends.
    let _ = stream.write_all(request.as_ref());
    read_response(stream)
}

/// Reads until the other side closes the connection.
pub(crate) fn read_response(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

/// Returns the HTTP request of a browser for this target.
pub(crate) fn get_request(env: &TestEnv, target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", env.redirect_port())
}

pub(crate) fn get_page(env: &TestEnv, target: &str) -> String {
    send_request(env, "127.0.0.1", get_request(env, target))
}

/// Returns the address to which MAL redirects the browser after consent.
pub(crate) fn consent_redirect(url: &str) -> url::Url {
    let output = Command::new("curl").args(["-s", "-o", "/dev/null", "-w", "%{redirect_url}", url]).output().unwrap();
    url::Url::parse(&String::from_utf8(output.stdout).unwrap()).unwrap()
}

/// Reads standard error up to the URL of the one-time start page. Returns the reader and the URL.
pub(crate) fn read_start_page_url(child: &mut Child) -> (BufReader<ChildStderr>, String) {
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    loop {
        let mut line = String::new();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "no start page was printed");
        if let Some(at) = line.find("http://") {
            return (stderr, line[at..].trim().to_owned());
        }
    }
}

/// Returns the requests to MAL whose path ends with this text.
pub(crate) fn requests_to(env: &TestEnv, path: &str) -> Vec<mal_sim::LoggedRequest> {
    env.sim.control().logged_requests().into_iter().filter(|request| request.path.ends_with(path)).collect()
}

/// Adds a fault rule to the simulator.
pub(crate) fn add_fault(env: &TestEnv, rule: FaultRule) {
    env.sim.control().add_fault(rule).unwrap();
}
