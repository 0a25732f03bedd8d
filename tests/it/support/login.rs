//! A login that waits for its browser, and what comes to its door meanwhile.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, ChildStderr, Command},
};

use mal_sim::FaultRule;

use super::test_env::{CommandOutput, TestEnv};

/// A `login --no-browser` that waits; the authorize URL that it printed, and its state.
pub(crate) struct PendingLogin {
    pub(crate) child: Child,
    pub(crate) state: String,
    pub(crate) url: String,
}

/// Starts one.
pub(crate) fn start_login(env: &TestEnv, flags: &[&str]) -> PendingLogin {
    read_pending_login(env.spawn(&[&["login", "--no-browser"], flags].concat()))
}

/// Takes one that was started in another way.
pub(crate) fn read_pending_login(mut child: Child) -> PendingLogin {
    let mut url = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut url).unwrap();
    let parsed = url::Url::parse(url.trim()).expect("the URL stands alone on a line");
    let state = parsed.query_pairs().find(|(key, _)| key == "state").unwrap().1.into_owned();
    PendingLogin { child, state, url: url.trim().to_owned() }
}

impl PendingLogin {
    /// The redirect address with this code, as a target.
    pub(crate) fn callback_target(&self, query: &str) -> String {
        format!("/auth/callback?state={}&{query}", self.state)
    }

    /// Agrees on MAL; where it sends the browser, as a target.
    pub(crate) fn consent_target(&self) -> String {
        let to = consent_redirect(&self.url);
        format!("{}?{}", to.path(), to.query().unwrap())
    }

    /// Agrees, comes back, and waits for the end; the page, and the run.
    pub(crate) fn complete(self, env: &TestEnv) -> (String, CommandOutput) {
        let page = get_page(env, &self.consent_target());
        (page, env.wait_for_exit(self.child))
    }
}

/// Sends raw bytes to the listener; the whole answer.
pub(crate) fn send_request(env: &TestEnv, host: &str, request: impl AsRef<[u8]>) -> String {
    let mut stream = TcpStream::connect((host, env.redirect_port())).unwrap();
    // Whoever is refused may be cut off, on the way there too.
    let _ = stream.write_all(request.as_ref());
    read_response(stream)
}

/// What comes until the other side ends it.
pub(crate) fn read_response(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

/// The request of a browser for this target.
pub(crate) fn get_request(env: &TestEnv, target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", env.redirect_port())
}

pub(crate) fn get_page(env: &TestEnv, target: &str) -> String {
    send_request(env, "127.0.0.1", get_request(env, target))
}

/// Where MAL sends the browser after consent.
pub(crate) fn consent_redirect(url: &str) -> url::Url {
    let output = Command::new("curl").args(["-s", "-o", "/dev/null", "-w", "%{redirect_url}", url]).output().unwrap();
    url::Url::parse(&String::from_utf8(output.stdout).unwrap()).unwrap()
}

/// Reads standard error up to the address of the one-shot start page; the reader, and the address.
pub(crate) fn read_start_page_url(child: &mut Child) -> (BufReader<ChildStderr>, String) {
    let mut told = BufReader::new(child.stderr.take().unwrap());
    loop {
        let mut line = String::new();
        assert_ne!(told.read_line(&mut line).unwrap(), 0, "no start page was told");
        if let Some(at) = line.find("http://") {
            return (told, line[at..].trim().to_owned());
        }
    }
}

/// The requests to MAL whose path ends so.
pub(crate) fn requests_to(env: &TestEnv, path: &str) -> Vec<mal_sim::LoggedRequest> {
    env.sim.control().logged_requests().into_iter().filter(|seen| seen.path.ends_with(path)).collect()
}

/// A fault at MAL.
pub(crate) fn add_fault(env: &TestEnv, rule: FaultRule) {
    env.sim.control().add_fault(rule).unwrap();
}
