//! Writes to a list: `PATCH`, `PUT` and `DELETE` of `my_list_status`.

use mal_sim::DeleteAbsent;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::support::{SimFixture, page_ids, response_parts};

/// Keys of the response to a write, in the recorded order. The dates are sent only if set.
const WRITE_RESPONSE_KEYS: [&str; 12] = [
    "status",
    "score",
    "num_episodes_watched",
    "is_rewatching",
    "updated_at",
    "start_date",
    "finish_date",
    "priority",
    "num_times_rewatched",
    "rewatch_value",
    "tags",
    "comments",
];

type FormFields<'a> = &'a [(&'a str, &'a str)];

impl SimFixture {
    /// Builds a request to `my_list_status` as alice.
    fn status_request(&self, method: Method, id: u64) -> RequestBuilder {
        let url = format!("{}/anime/{id}/my_list_status", self.sim.api_url());
        self.client.request(method, url).bearer_auth(&self.access_token)
    }

    async fn patch_status(&self, id: u64, form: FormFields<'_>) -> Response {
        self.status_request(Method::PATCH, id).form(form).send().await.unwrap()
    }

    /// Returns the JSON of a PATCH. Panics if the status is not 200.
    async fn patched_status(&self, id: u64, form: FormFields<'_>) -> Value {
        let response = self.patch_status(id, form).await;
        assert_eq!(response.status(), 200, "{form:?}");
        response.json().await.unwrap()
    }

    async fn delete_status(&self, id: u64) -> Response {
        self.status_request(Method::DELETE, id).send().await.unwrap()
    }

    /// Returns the id of an anime that is not in alice's list.
    fn unlisted_id(&self) -> u64 {
        let ids = self.control().entry_ids("alice").unwrap();
        let bob_ids = self.control().entry_ids("bob").unwrap();
        *bob_ids.iter().find(|id| !ids.contains(id)).unwrap()
    }

    /// Returns the id of an entry of alice whose anime has a number of episodes that the condition accepts.
    async fn listed_id_with_episodes(&self, condition: impl Fn(u64) -> bool) -> u64 {
        let page = self.get_json("/users/@me/animelist?limit=1000&nsfw=true&fields=num_episodes").await;
        let mut entries = page["data"].as_array().unwrap().iter();
        let found = entries.find(|entry| condition(entry["node"]["num_episodes"].as_u64().unwrap()));
        found.unwrap()["node"]["id"].as_u64().unwrap()
    }
}

fn status_keys(status: &Value) -> Vec<&str> {
    status.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn patch_and_put_change_sent_fields_and_return_all_keys() {
    let fixture = SimFixture::with_entries(50).await;
    let id = fixture.control().entry_ids("alice").unwrap()[3];
    let before = fixture.control().entry_json("alice", id).unwrap().unwrap();
    for (method, score) in [(Method::PATCH, "9"), (Method::PUT, "4")] {
        let form = [("score", score), ("comments", "it's \"good\" & done"), ("start_date", "2024-05-06")];
        let response = fixture.status_request(method, id).form(&form).send().await.unwrap();
        let response: Value = response.json().await.unwrap();
        let expected = WRITE_RESPONSE_KEYS.iter().filter(|key| **key != "finish_date" || response.get(*key).is_some());
        assert_eq!(status_keys(&response), expected.copied().collect::<Vec<_>>());
        assert_eq!(response["score"], score.parse::<u8>().unwrap());
        assert_eq!(response["start_date"], "2024-05-06");
        assert_eq!(response["comments"], "it&#039;s &quot;good&quot; &amp; done");
        assert_eq!(response["status"], before["list_status"]["status"]);
    }
    let newest =
        fixture.get_json("/users/@me/animelist?sort=list_updated_at&limit=1&nsfw=true&fields=list_status").await;
    assert_eq!(page_ids(&newest), [id], "the edited entry must come first");
    assert!(newest["data"][0]["list_status"]["updated_at"].as_str().unwrap() > "2026-01-01");
}

#[tokio::test]
async fn invalid_write_is_refused_and_changes_nothing() {
    let fixture = SimFixture::with_entries(50).await;
    let id = fixture.control().entry_ids("alice").unwrap()[3];
    let before = fixture.control().entry_json("alice", id).unwrap();
    let extra = r#"{"message":"This form should not contain extra fields.","error":"bad_request"}"#;
    for name in ["num_episodes_watched", "end_date", "updated_at", "id"] {
        let refused = response_parts(fixture.patch_status(id, &[("score", "5"), (name, "1")]).await).await;
        assert_eq!(refused, (400, None, extra.to_owned()), "{name}");
    }
    let refused = response_parts(fixture.patch_status(id, &[("score", "11")]).await).await;
    assert_eq!(refused, (400, None, r#"{"error":"bad_request","message":"invalid score"}"#.to_owned()));
    assert_eq!(fixture.patch_status(99_999_999, &[("score", "1")]).await.status(), 404);
    let without_token = fixture
        .client
        .patch(format!("{}/anime/{id}/my_list_status", fixture.sim.api_url()))
        .header("x-mal-client-id", "c")
        .form(&[("score", "1")]);
    assert_eq!(without_token.send().await.unwrap().status(), 403);
    assert_eq!(fixture.control().entry_json("alice", id).unwrap(), before, "a refused write must change nothing");
}

#[tokio::test]
async fn watched_episodes_are_clamped_to_the_known_total() {
    let fixture = SimFixture::with_entries(1000).await;
    let id = fixture.listed_id_with_episodes(|total| total == 12).await;
    for (sent, stored) in [("11", 11), ("12", 12), ("13", 12), ("4000000000", 12), ("0", 0)] {
        let status = fixture.patched_status(id, &[("num_watched_episodes", sent)]).await;
        assert_eq!(status["num_episodes_watched"], stored, "{sent}");
    }
    let unknown_total = fixture.listed_id_with_episodes(|total| total == 0).await;
    let status = fixture.patched_status(unknown_total, &[("num_watched_episodes", "5000")]).await;
    assert_eq!(status["num_episodes_watched"], 5000, "an unknown total must not clamp");
    let patch = serde_json::from_value(json!({"node": {"num_episodes": 3}})).unwrap();
    fixture.control().patch_entry("alice", id, patch).unwrap();
    let status = fixture.patched_status(id, &[("num_watched_episodes", "9")]).await;
    assert_eq!(status["num_episodes_watched"], 3, "the total is the one that clients see");
}

#[tokio::test]
async fn score_may_have_a_zero_fraction() {
    let fixture = SimFixture::with_entries(10).await;
    let id = fixture.control().entry_ids("alice").unwrap()[3];
    assert_eq!(fixture.patched_status(id, &[("score", "8.0")]).await["score"], 8);
    assert_eq!(fixture.patched_status(id, &[("score", "0.00")]).await["score"], 0);
    for refused in ["8.5", "10.5", "-1", "x", ""] {
        assert_eq!(fixture.patch_status(id, &[("score", refused)]).await.status(), 400, "{refused}");
    }
}

#[tokio::test]
async fn only_lower_case_false_ends_rewatching() {
    let fixture = SimFixture::with_entries(10).await;
    let id = fixture.control().entry_ids("alice").unwrap()[3];
    for (sent, stored) in [("true", true), ("false", false), ("False", true), ("false", false), ("0", true)] {
        let status = fixture.patched_status(id, &[("is_rewatching", sent)]).await;
        assert_eq!(status["is_rewatching"], stored, "{sent}");
    }
}

#[tokio::test]
async fn json_body_fails_for_a_listed_anime_and_creates_an_empty_entry_otherwise() {
    let fixture = SimFixture::with_entries(50).await;
    let (listed, unlisted) = (fixture.control().entry_ids("alice").unwrap()[3], fixture.unlisted_id());
    let before = fixture.control().entry_json("alice", listed).unwrap();
    let send =
        |id: u64| fixture.status_request(Method::PATCH, id).json(&json!({"score": 5, "status": "dropped"})).send();
    assert_eq!(send(listed).await.unwrap().status(), 500);
    assert_eq!(fixture.control().entry_json("alice", listed).unwrap(), before);
    let created: Value = send(unlisted).await.unwrap().json().await.unwrap();
    assert_eq!((&created["score"], &created["num_episodes_watched"]), (&json!(0), &json!(0)), "values are ignored");
    assert_ne!(created["status"], "dropped");
    assert!(fixture.control().entry_ids("alice").unwrap().contains(&unlisted));
    assert_eq!(send(unlisted).await.unwrap().status(), 500, "the entry exists now");
}

#[tokio::test]
async fn empty_and_zero_dates_clear_the_date() {
    let fixture = SimFixture::with_entries(10).await;
    let id = fixture.control().entry_ids("alice").unwrap()[3];
    for clearing in ["", "0000-00-00"] {
        let status = fixture.patched_status(id, &[("start_date", "2024-05-06"), ("finish_date", "2024-06-07")]).await;
        assert_eq!((&status["start_date"], &status["finish_date"]), (&json!("2024-05-06"), &json!("2024-06-07")));
        let status = fixture.patched_status(id, &[("finish_date", clearing)]).await;
        assert_eq!(status["start_date"], "2024-05-06", "a date that is not sent must stay");
        assert!(status.get("finish_date").is_none(), "{status}");
    }
}

#[tokio::test]
async fn partial_date_is_stored_and_impossible_date_is_refused() {
    let fixture = SimFixture::with_entries(10).await;
    let id = fixture.control().entry_ids("alice").unwrap()[3];
    for (sent, stored) in [("2024", "2024"), ("2024-05", "2024-05"), ("2024-05-00", "2024-05"), ("2024-00-00", "2024")]
    {
        assert_eq!(fixture.patched_status(id, &[("start_date", sent)]).await["start_date"], stored, "{sent}");
    }
    for refused in ["2024-13-01", "2023-02-29", "2024-00-05", "24-05-06", "2024-5-6", "2024-05-06T00:00", "May", "0"] {
        let response = response_parts(fixture.patch_status(id, &[("start_date", refused)]).await).await;
        let body = r#"{"error":"bad_request","message":"invalid start_date"}"#.to_owned();
        assert_eq!(response, (400, None, body), "{refused}");
    }
}

#[tokio::test]
async fn entry_can_be_created_and_deleted() {
    let fixture = SimFixture::with_entries(50).await;
    let ids_before = fixture.control().entry_ids("alice").unwrap();
    let id = fixture.unlisted_id();
    let created = fixture.status_request(Method::PUT, id).form(&[("status", "completed")]).send().await.unwrap();
    let created: Value = created.json().await.unwrap();
    assert_eq!(created["num_episodes_watched"], 0, "the status must not set the episode count");
    assert!(created.get("start_date").is_none() && created.get("finish_date").is_none(), "MAL sets no dates");
    assert_eq!(fixture.control().entry_ids("alice").unwrap().len(), 51);
    assert_eq!(response_parts(fixture.delete_status(id).await).await, (200, None, "[]".to_owned()));
    assert_eq!(fixture.control().entry_ids("alice").unwrap(), ids_before);
    assert_eq!(fixture.delete_status(id).await.status(), 200, "observed behaviour is the default");
    fixture.control().configure(|config| config.delete_absent = DeleteAbsent::NotFound);
    assert_eq!(fixture.delete_status(id).await.status(), 404, "documented behaviour if configured");
}

#[tokio::test]
async fn deletion_of_an_unknown_anime_is_not_found() {
    let fixture = SimFixture::with_entries(3).await;
    let body = r#"{"message":"","error":"not_found"}"#.to_owned();
    assert_eq!(response_parts(fixture.delete_status(99_999_999).await).await, (404, None, body));
    fixture.control().put_entry("alice", 99_999_999, &json!({"node": {"id": 99_999_999}})).unwrap();
    assert_eq!(fixture.delete_status(99_999_999).await.status(), 200, "an entry of the list can be deleted");
}
