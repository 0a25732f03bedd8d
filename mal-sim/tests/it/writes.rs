//! Writes, anime details and search.

use mal_sim::{DeleteAbsent, SimConfig};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{SimFixture, page_ids, response_parts};

fn list_status_url(fixture: &SimFixture, id: u64) -> String {
    format!("{}/anime/{id}/my_list_status", fixture.sim.api_url())
}

#[tokio::test]
async fn patch_and_put_change_sent_fields_and_return_all_keys() {
    let fixture = SimFixture::with_entries(50).await;
    let id = fixture.control().entry_ids("alice").unwrap()[3];
    let before = fixture.control().entry_json("alice", id).unwrap().unwrap();
    for (method, score) in [(Method::PATCH, "9"), (Method::PUT, "4")] {
        let form = [("score", score), ("comments", "it's \"good\" & done"), ("start_date", "2024-05")];
        let response = fixture
            .client
            .request(method, list_status_url(&fixture, id))
            .bearer_auth(&fixture.access_token)
            .form(&form);
        let response: Value = response.send().await.unwrap().json().await.unwrap();
        let keys = response.as_object().unwrap().keys().map(String::as_str);
        let keys: Vec<&str> = keys.filter(|key| *key != "finish_date").collect();
        assert_eq!(
            keys,
            [
                "status",
                "score",
                "num_episodes_watched",
                "is_rewatching",
                "updated_at",
                "start_date",
                "priority",
                "num_times_rewatched",
                "rewatch_value",
                "tags",
                "comments"
            ]
        );
        assert_eq!(response["score"], score.parse::<u8>().unwrap());
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
    let send = |id: u64, form: &'static [(&'static str, &'static str)]| {
        fixture.client.patch(list_status_url(&fixture, id)).bearer_auth(&fixture.access_token).form(form).send()
    };
    let extra = r#"{"message":"This form should not contain extra fields.","error":"bad_request"}"#;
    let refused = response_parts(send(id, &[("score", "5"), ("num_episodes_watched", "1")]).await.unwrap()).await;
    assert_eq!(refused, (400, None, extra.to_owned()));
    let refused = response_parts(send(id, &[("score", "11")]).await.unwrap()).await;
    assert_eq!(refused, (400, None, r#"{"error":"bad_request","message":"invalid score"}"#.to_owned()));
    assert_eq!(send(99_999_999, &[("score", "1")]).await.unwrap().status(), 404);
    let json_request = fixture
        .client
        .patch(list_status_url(&fixture, id))
        .bearer_auth(&fixture.access_token)
        .json(&json!({"score": 5}));
    assert_eq!(json_request.send().await.unwrap().status(), 500);
    let without_token =
        fixture.client.patch(list_status_url(&fixture, id)).header("x-mal-client-id", "c").form(&[("score", "1")]);
    assert_eq!(without_token.send().await.unwrap().status(), 403);
    assert_eq!(fixture.control().entry_json("alice", id).unwrap(), before, "a refused write must change nothing");
}

#[tokio::test]
async fn entry_can_be_created_and_deleted() {
    let fixture = SimFixture::with_entries(50).await;
    let ids_before = fixture.control().entry_ids("alice").unwrap();
    let bob_ids = fixture.control().entry_ids("bob").unwrap();
    let id = *bob_ids.iter().find(|id| !ids_before.contains(id)).unwrap();
    let created = fixture
        .client
        .put(list_status_url(&fixture, id))
        .bearer_auth(&fixture.access_token)
        .form(&[("status", "completed")]);
    let created: Value = created.send().await.unwrap().json().await.unwrap();
    assert_eq!(created["num_episodes_watched"], 0, "the status must not set the episode count");
    assert_eq!(fixture.control().entry_ids("alice").unwrap().len(), 51);
    let delete = || fixture.client.delete(list_status_url(&fixture, id)).bearer_auth(&fixture.access_token).send();
    assert_eq!(response_parts(delete().await.unwrap()).await, (200, None, "[]".to_owned()));
    assert_eq!(fixture.control().entry_ids("alice").unwrap(), ids_before);
    assert_eq!(delete().await.unwrap().status(), 200, "observed behaviour is the default");
    fixture.control().configure(|config| config.delete_absent = DeleteAbsent::NotFound);
    assert_eq!(delete().await.unwrap().status(), 404, "documented behaviour if configured");
}

#[tokio::test]
async fn anime_details_are_consistent_with_the_list() {
    let fixture =
        SimFixture::start(SimConfig { users: vec!["alice".into(), "bob".into()], ..SimConfig::default() }).await;
    let id = fixture.control().entry_ids("alice").unwrap()[0];
    let fields = "fields=synopsis,mean,my_list_status{tags},pictures,statistics,media_type";
    let details = fixture.get_json(&format!("/anime/{id}?{fields}")).await;
    assert_eq!(details["id"], id);
    assert!(details["my_list_status"].get("tags").is_some());
    assert!(details["statistics"]["status"]["watching"].is_string(), "the counts must be strings");
    let keys: Vec<&String> = details.as_object().unwrap().keys().collect();
    assert_eq!(&keys[keys.len() - 3..], ["pictures", "statistics", "media_type"], "the requested order must be kept");
    let list_page = fixture.get_json("/users/@me/animelist?sort=anime_id&nsfw=true&limit=1&fields=media_type").await;
    assert_eq!(list_page["data"][0]["node"]["title"], details["title"]);
    assert_eq!(list_page["data"][0]["node"]["media_type"], details["media_type"]);
    assert_eq!(fixture.get("/anime/0").send().await.unwrap().status(), 404);
    assert_eq!(fixture.get("/anime/x").send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn search_requires_three_characters() {
    let fixture = SimFixture::with_entries(5).await;
    let refused = response_parts(fixture.get("/anime?q=ab").send().await.unwrap()).await;
    assert_eq!(refused, (400, None, r#"{"error":"bad_request","message":"invalid q"}"#.to_owned()));
    let page = fixture.get_json("/anime?q=velvet&limit=3").await;
    assert_eq!(page_ids(&page).len(), 3);
    let next = page["paging"]["next"].as_str().unwrap();
    assert!(next.contains("/v2/anime?offset=3&q=velvet&limit=3"), "{next}");
    for entry in page["data"].as_array().unwrap() {
        assert!(entry["node"]["title"].as_str().unwrap().contains("Velvet"));
    }
}
