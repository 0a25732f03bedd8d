//! A client of the simulator, and the location of the recordings.

use std::path::PathBuf;

use mal_sim::{Sim, SimConfig, SimControl};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;

/// A simulator with a client that has a token of alice.
pub(crate) struct SimFixture {
    pub(crate) sim: Sim,
    pub(crate) client: Client,
    pub(crate) access_token: String,
}

impl SimFixture {
    /// Starts a simulator with the users alice and bob, who have `entries` entries each.
    pub(crate) async fn with_entries(entries: usize) -> Self {
        let users = vec!["alice".to_owned(), "bob".to_owned()];
        Self::start(SimConfig { entries, users, auto_consent: true, ..SimConfig::default() }).await
    }

    pub(crate) async fn start(config: SimConfig) -> Self {
        let sim = Sim::start(config).await.unwrap();
        let access_token = sim.control().issue_tokens("alice").unwrap().access_token;
        // Cargo's feature unification may leave reqwest without a default crypto provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { sim, client, access_token }
    }

    pub(crate) fn control(&self) -> SimControl {
        self.sim.control()
    }

    /// Builds a GET under `/v2` as alice.
    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.sim.api_url())).bearer_auth(&self.access_token)
    }

    /// Returns the JSON of a GET as alice. Panics if the status is not 200.
    pub(crate) async fn get_json(&self, path: &str) -> Value {
        let response = self.get(path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    /// Sends a POST to the token endpoint.
    pub(crate) async fn post_token(&self, form: &[(&str, &str)]) -> Response {
        let url = format!("{}/token", self.sim.auth_url());
        self.client.post(url).form(form).send().await.unwrap()
    }

    /// Sends a GET to the authorize endpoint.
    pub(crate) async fn authorize(&self, query: &[(&str, &str)]) -> Response {
        let url = format!("{}/authorize", self.sim.auth_url());
        self.client.get(url).query(query).send().await.unwrap()
    }

    /// Calls the control interface. Returns status and JSON.
    pub(crate) async fn call_control(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}/_control{path}", self.sim.url());
        let response = self.client.request(method, url).body(body.to_owned()).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }
}

/// Names and values of a form.
pub(crate) type FormFields<'a> = &'a [(&'a str, &'a str)];

impl SimFixture {
    /// Builds a request to `my_list_status` as alice.
    pub(crate) fn status_request(&self, method: Method, id: u64) -> RequestBuilder {
        let url = format!("{}/anime/{id}/my_list_status", self.sim.api_url());
        self.client.request(method, url).bearer_auth(&self.access_token)
    }

    /// Sends a PATCH as alice.
    pub(crate) async fn patch_status(&self, id: u64, form: FormFields<'_>) -> Response {
        self.status_request(Method::PATCH, id).form(form).send().await.unwrap()
    }

    /// Returns the JSON of a PATCH. Panics if the status is not 200.
    pub(crate) async fn patched_status(&self, id: u64, form: FormFields<'_>) -> Value {
        let response = self.patch_status(id, form).await;
        assert_eq!(response.status(), 200, "{form:?}");
        response.json().await.unwrap()
    }

    /// Sends a DELETE as alice.
    pub(crate) async fn delete_status(&self, id: u64) -> Response {
        self.status_request(Method::DELETE, id).send().await.unwrap()
    }

    /// Returns the id of an anime that is not in alice's list.
    pub(crate) fn unlisted_id(&self) -> u64 {
        let ids = self.control().entry_ids("alice").unwrap();
        let bob_ids = self.control().entry_ids("bob").unwrap();
        *bob_ids.iter().find(|id| !ids.contains(id)).unwrap()
    }

    /// Returns the id of an entry of alice whose anime has a number of episodes that the condition accepts.
    pub(crate) async fn listed_id_with_episodes(&self, condition: impl Fn(u64) -> bool) -> u64 {
        let page = self.get_json("/users/@me/animelist?limit=1000&nsfw=true&fields=num_episodes").await;
        let mut entries = page["data"].as_array().unwrap().iter();
        let found = entries.find(|entry| condition(entry["node"]["num_episodes"].as_u64().unwrap()));
        found.unwrap()["node"]["id"].as_u64().unwrap()
    }
}

/// Returns status, the header `www-authenticate` and the body, for comparison in one assertion.
pub(crate) async fn response_parts(response: Response) -> (u16, Option<String>, String) {
    let header = response.headers().get("www-authenticate");
    let header = header.map(|header| header.to_str().unwrap().to_owned());
    (response.status().as_u16(), header, response.text().await.unwrap())
}

/// Returns the anime ids of a page.
pub(crate) fn page_ids(page: &Value) -> Vec<u64> {
    let entries = page["data"].as_array().unwrap();
    entries.iter().map(|entry| entry["node"]["id"].as_u64().unwrap()).collect()
}

/// Returns the directory of recorded responses: `$MAL_FIXTURES`, or `shared/fixtures` beside the workspace. They are
/// not part of this project. Prints a note and returns `None` if the directory does not exist.
#[expect(clippy::disallowed_methods, reason = "the host says where the recordings are")]
pub(crate) fn recordings_dir() -> Option<PathBuf> {
    let default_dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/fixtures");
    let dir = std::env::var_os("MAL_FIXTURES").map_or_else(|| default_dir.into(), PathBuf::from);
    if dir.is_dir() {
        return Some(dir);
    }
    use std::io::Write as _;
    let name = dir.display();
    let note = format!("note: nothing is compared with recordings, {name} does not exist\n");
    std::io::stderr().write_all(note.as_bytes()).unwrap();
    None
}
