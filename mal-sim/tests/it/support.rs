//! A client of the simulator, and where the recordings are.

use std::path::PathBuf;

use mal_sim::{Sim, SimConfig, SimControl};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;

/// A simulator with a client that is logged in as the first user.
pub(crate) struct SimFixture {
    pub(crate) sim: Sim,
    pub(crate) client: Client,
    pub(crate) access_token: String,
}

impl SimFixture {
    /// Alice with so many entries.
    pub(crate) async fn with_entries(entries: usize) -> Self {
        let users = vec!["alice".to_owned(), "bob".to_owned()];
        Self::start(SimConfig { entries, users, auto_consent: true, ..SimConfig::default() }).await
    }

    pub(crate) async fn start(config: SimConfig) -> Self {
        let sim = Sim::start(config).await.unwrap();
        let token = sim.control().issue_tokens("alice").unwrap().access_token;
        // Whatever else is built beside this may have left reqwest without one of its own.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { sim, client: http, access_token: token }
    }

    pub(crate) fn control(&self) -> SimControl {
        self.sim.control()
    }

    /// A GET under `/v2` as alice.
    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.sim.api_url())).bearer_auth(&self.access_token)
    }

    /// The JSON of a good answer to alice.
    pub(crate) async fn get_json(&self, path: &str) -> Value {
        let answer = self.get(path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    /// A POST to the token endpoint.
    pub(crate) async fn post_token(&self, form: &[(&str, &str)]) -> Response {
        let url = format!("{}/token", self.sim.auth_url());
        self.client.post(url).form(form).send().await.unwrap()
    }

    /// A GET of the authorize endpoint.
    pub(crate) async fn authorize(&self, query: &[(&str, &str)]) -> Response {
        let url = format!("{}/authorize", self.sim.auth_url());
        self.client.get(url).query(query).send().await.unwrap()
    }

    /// A call of the control interface.
    pub(crate) async fn call_control(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}/_control{path}", self.sim.url());
        let answer = self.client.request(method, url).body(body.to_owned()).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }
}

/// Status, the header `www-authenticate` and the body, for comparison at one glance.
pub(crate) async fn response_parts(answer: Response) -> (u16, Option<String>, String) {
    let header = answer.headers().get("www-authenticate");
    let header = header.map(|header| header.to_str().unwrap().to_owned());
    (answer.status().as_u16(), header, answer.text().await.unwrap())
}

/// The ids of a page.
pub(crate) fn page_ids(page: &Value) -> Vec<u64> {
    let rows = page["data"].as_array().unwrap();
    rows.iter().map(|row| row["node"]["id"].as_u64().unwrap()).collect()
}

/// The folder of recorded answers, which are not part of this project: `$MAL_FIXTURES`, or `shared/fixtures` beside
/// the workspace. Says so where there is none.
#[expect(clippy::disallowed_methods, reason = "where the recordings are is the machine's affair")]
pub(crate) fn recordings_dir() -> Option<PathBuf> {
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
