//! `/_control`: the control interface for tests in another process.

use serde_json::{Value, json};

use crate::support::{SimFixture, page_ids};

#[tokio::test]
async fn state_contains_users_and_tokens() {
    let fixture = SimFixture::with_entries(12).await;
    let (status, state) = fixture.call_control("GET", "", "").await;
    assert_eq!(status, 200);
    assert_eq!(state["users"][1]["name"], "bob");
    assert_eq!(state["users"][0]["entries"], 12);
    assert_eq!(state["users"][0]["access_tokens"], json!({"issued": 1, "valid": 1}));
    assert_eq!(state["api"], fixture.sim.api_url());
    let mut handle_state = fixture.control().state_json();
    handle_state["now"] = state["now"].clone();
    assert_eq!(state, handle_state, "the HTTP interface and the handle must agree");
}

#[tokio::test]
async fn entries_can_be_replaced_patched_and_deleted() {
    let fixture = SimFixture::with_entries(12).await;
    let id = fixture.control().entry_ids("alice").unwrap()[0];
    let path = format!("/users/alice/entries/{id}");
    let first = async || {
        let page =
            fixture.get_json("/users/@me/animelist?sort=anime_id&limit=1&nsfw=true&fields=list_status,mean").await;
        page["data"][0].clone()
    };
    let patch =
        json!({"list_status": {"score": 11, "status": "dropped"}, "node": {"mean": null}, "remove": ["node.title"]});
    assert_eq!(fixture.call_control("PATCH", &path, &patch.to_string()).await.0, 200);
    let entry = first().await;
    assert_eq!(entry["list_status"]["score"], 11);
    assert_eq!(entry["list_status"]["status"], "dropped");
    assert_eq!(entry["node"]["mean"], Value::Null);
    assert!(entry["node"].get("title").is_none());

    for value in [json!(null), json!([1]), json!("x"), json!({"node": {"id": "5"}})] {
        assert_eq!(fixture.call_control("PUT", &path, &value.to_string()).await.0, 200);
        assert_eq!(first().await, value);
    }
    assert_eq!(fixture.call_control("PUT", &format!("{path}?raw=text"), r#"{"node":"\ud800"}"#).await.0, 200);
    let response = fixture.get("/users/@me/animelist?sort=anime_id&limit=1&nsfw=true").send().await.unwrap();
    assert!(response.text().await.unwrap().starts_with(r#"{"data":[{"node":"\ud800"}],"#));
    assert_eq!(fixture.call_control("DELETE", &path, "").await, (200, json!({"removed": true})));
    assert_eq!(fixture.call_control("DELETE", &path, "").await, (200, json!({"removed": false})));
    assert_eq!(fixture.call_control("GET", &path, "").await, (200, Value::Null));
}

#[tokio::test]
async fn lists_can_be_resized_and_edited() {
    let fixture = SimFixture::with_entries(12).await;
    let count = || fixture.control().entry_ids("alice").unwrap().len();
    fixture.call_control("PUT", "/users/alice/list", r#"{"entries": 250}"#).await;
    assert_eq!(count(), 250);
    let (_, removed) = fixture.call_control("POST", "/users/alice/list/remove", r#"{"count": 40}"#).await;
    assert_eq!(removed["ids"].as_array().unwrap().len(), 40);
    assert_eq!(count(), 210);
    let (_, edited) = fixture.call_control("POST", "/users/alice/list/edit", r#"{"count": 7}"#).await;
    let newest = fixture.get_json("/users/@me/animelist?sort=list_updated_at&limit=7&nsfw=true").await;
    let mut edited_ids: Vec<u64> = serde_json::from_value(edited["ids"].clone()).unwrap();
    let mut ids = page_ids(&newest);
    edited_ids.sort_unstable();
    ids.sort_unstable();
    assert_eq!(ids, edited_ids);
    fixture.call_control("DELETE", "/users/alice/list", "").await;
    assert_eq!(count(), 0);
    assert_eq!(fixture.get_json("/users/@me/animelist").await, json!({"data": [], "paging": {}}));
    fixture.call_control("POST", "/users", r#"{"name": "carol", "entries": 5}"#).await;
    assert_eq!(fixture.control().entry_ids("carol").unwrap().len(), 5);
}

#[tokio::test]
async fn statistics_can_disagree_with_the_list() {
    let fixture = SimFixture::with_entries(12).await;
    let items =
        async || fixture.get_json("/users/@me?fields=anime_statistics").await["anime_statistics"]["num_items"].clone();
    assert_eq!(items().await, 12);
    fixture.call_control("PUT", "/users/alice/statistics", r#"{"num_items": 99}"#).await;
    assert_eq!(items().await, 99);
    fixture.call_control("DELETE", "/users/alice/statistics", "").await;
    assert_eq!(items().await, 12);
}

#[tokio::test]
async fn tokens_faults_clock_and_log_can_be_controlled() {
    let fixture = SimFixture::with_entries(12).await;
    let (_, pair) = fixture.call_control("POST", "/tokens", r#"{"user": "bob", "access_lifetime": 60}"#).await;
    assert_eq!(pair["expires_in"], 60);
    let access_token = pair["access_token"].as_str().unwrap().to_owned();
    let me = async || {
        let url = format!("{}/users/@me", fixture.sim.api_url());
        fixture.client.get(url).bearer_auth(&access_token).send().await.unwrap().status().as_u16()
    };
    assert_eq!(me().await, 200);
    fixture.call_control("POST", "/clock", r#"{"advance": "2m"}"#).await;
    assert_eq!(me().await, 401);
    let (_, revoked) = fixture.call_control("POST", "/tokens/revoke", r#"{"user": "bob", "which": "refresh"}"#).await;
    assert_eq!(revoked, json!({"tokens": 1}));

    let rules = json!([{"match": {"path": "/v2/*"}, "status": 500}, {"status": 418, "times": "forever"}]);
    assert_eq!(fixture.call_control("POST", "/faults", &rules.to_string()).await.0, 200);
    assert_eq!(me().await, 500);
    assert_eq!(me().await, 418);
    assert_eq!(
        fixture.call_control("GET", "/faults", "").await.1.as_array().unwrap().len(),
        1,
        "faults must not apply to /_control"
    );
    fixture.call_control("DELETE", "/faults", "").await;
    let (_, log) = fixture.call_control("GET", "/log", "").await;
    let logged: Vec<(&Value, &Value)> =
        log.as_array().unwrap().iter().map(|request| (&request["status"], &request["user"])).collect();
    assert_eq!(logged.len(), 4, "control requests must not be logged");
    assert_eq!(logged[2], (&json!(500), &json!("bob")));
    fixture.call_control("DELETE", "/log", "").await;
    assert_eq!(fixture.call_control("GET", "/log", "").await.1, json!([]));
}

#[tokio::test]
async fn config_and_consent_can_be_changed() {
    let fixture = SimFixture::with_entries(12).await;
    let changes = json!({"default_limit": 3, "old_refresh_valid": false, "reuse_revokes": true, "access_lifetime": "1h", "client_id": null,
        "redirects": [], "delete_absent": 404, "over_limit": "clamp", "gzip": false, "code_lifetime": 5});
    assert_eq!(fixture.call_control("PATCH", "/config", &changes.to_string()).await.0, 200);
    assert_eq!(page_ids(&fixture.get_json("/users/@me/animelist?nsfw=true").await).len(), 3);
    let consent = r#"{"auto": false, "user": "bob", "deny_next": 2}"#;
    fixture.call_control("POST", "/consent", consent).await;
    let state = fixture.control().state_json();
    assert_eq!(state["consent"], json!({"auto": false, "user": "bob", "deny_next": 2}));
}

#[tokio::test]
async fn invalid_control_request_returns_the_reason() {
    let fixture = SimFixture::with_entries(2).await;
    for (method, path, body, status, expected) in [
        ("GET", "/nonsense", "", 404, "no such control"),
        ("GET", "/users/alice/nonsense", "", 404, "no such control"),
        ("GET", "/users/nobody/entries", "", 404, "nobody"),
        ("PUT", "/users/alice/entries/1", "{", 400, "EOF"),
        ("PUT", "/users/alice/entries/x", "1", 400, "not a number"),
        ("PUT", "/users/alice/list", r#"{"entries": -1}"#, 400, "number of entries"),
        ("POST", "/faults", r#"{"stauts": 1}"#, 400, "stauts"),
        ("POST", "/faults", r#"{"raw": "%"}"#, 400, "base64"),
        ("POST", "/tokens", r#"{"user": "nobody"}"#, 404, "nobody"),
        ("POST", "/clock", r#"{"advance": "soon"}"#, 400, "soon"),
        ("POST", "/users", r#"{"name": "alice"}"#, 400, "already"),
        ("POST", "/users", r#"{"name": "@me"}"#, 400, "cannot be a name"),
        ("PATCH", "/config", r#"{"port": 5}"#, 400, "port"),
        ("POST", "/consent", r#"{"auto": 1}"#, 400, "auto"),
    ] {
        let (actual_status, response) = fixture.call_control(method, path, body).await;
        assert_eq!(actual_status, status, "{method} {path} {body}");
        let error = response["error"].as_str().unwrap();
        assert!(error.contains(expected), "{error}");
    }
}
