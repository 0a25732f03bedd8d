//! A client of the simulator, and where the recordings are.

use std::path::PathBuf;

use mal_sim::{Config, Control, Sim};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;

/// A simulator with a client that is logged in as the first user.
pub(crate) struct Mal {
    pub(crate) sim: Sim,
    pub(crate) http: Client,
    pub(crate) token: String,
}

impl Mal {
    /// Alice with so many entries.
    pub(crate) async fn with(entries: usize) -> Self {
        let users = vec!["alice".to_owned(), "bob".to_owned()];
        Self::start(Config { entries, users, auto_consent: true, ..Config::default() }).await
    }

    pub(crate) async fn start(config: Config) -> Self {
        let sim = Sim::start(config).await.unwrap();
        let token = sim.control().issue_tokens("alice").unwrap().access_token;
        // Whatever else is built beside this may have left reqwest without one of its own.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { sim, http, token }
    }

    pub(crate) fn control(&self) -> Control {
        self.sim.control()
    }

    /// A GET under `/v2` as alice.
    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.sim.api_url())).bearer_auth(&self.token)
    }

    /// The JSON of a good answer to alice.
    pub(crate) async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    /// A POST to the token endpoint.
    pub(crate) async fn token(&self, form: &[(&str, &str)]) -> Response {
        let url = format!("{}/token", self.sim.auth_url());
        self.http.post(url).form(form).send().await.unwrap()
    }

    /// A GET of the authorize endpoint.
    pub(crate) async fn authorize(&self, query: &[(&str, &str)]) -> Response {
        let url = format!("{}/authorize", self.sim.auth_url());
        self.http.get(url).query(query).send().await.unwrap()
    }

    /// A call of the control interface.
    pub(crate) async fn call(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}/_control{path}", self.sim.url());
        let answer = self.http.request(method, url).body(body.to_owned()).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }
}

/// Status, the header `www-authenticate` and the body, for comparison at one glance.
pub(crate) async fn whole(answer: Response) -> (u16, Option<String>, String) {
    let header = answer.headers().get("www-authenticate");
    let header = header.map(|header| header.to_str().unwrap().to_owned());
    (answer.status().as_u16(), header, answer.text().await.unwrap())
}

/// The ids of a page.
pub(crate) fn ids(page: &Value) -> Vec<u64> {
    let rows = page["data"].as_array().unwrap();
    rows.iter().map(|row| row["node"]["id"].as_u64().unwrap()).collect()
}

/// The folder of recorded answers, which are not part of this project: `$MAL_FIXTURES`, or `shared/fixtures` beside
/// the workspace. Says so where there is none.
#[expect(clippy::disallowed_methods, reason = "where the recordings are is the machine's affair")]
pub(crate) fn recordings() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/fixtures");
    let folder = std::env::var_os("MAL_FIXTURES").map_or_else(|| beside.into(), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    use std::io::Write as _;
    let name = folder.display();
    let note = format!("note: nothing compared with recordings, {name} is not there\n");
    std::io::stderr().write_all(note.as_bytes()).unwrap();
    None
}
