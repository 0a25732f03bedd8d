//! Anime details and search.

use mal_sim::SimConfig;
use serde_json::json;

use crate::support::{SimFixture, page_ids, response_parts};

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

#[tokio::test]
async fn alternative_titles_are_always_sent_unless_configured() {
    let fixture = SimFixture::with_entries(1000).await;
    let count_with_titles = async || {
        let path = "/users/@me/animelist?limit=1000&nsfw=true&fields=alternative_titles";
        let page = fixture.get_json(path).await;
        let entries = page["data"].as_array().unwrap();
        entries.iter().filter(|entry| entry["node"].get("alternative_titles").is_some()).count()
    };
    assert_eq!(count_with_titles().await, 1000, "no recording lacks them");
    fixture.control().configure(|config| config.alternative_titles_can_be_absent = true);
    let count = count_with_titles().await;
    assert!((950..1000).contains(&count), "{count}");
}

#[tokio::test]
async fn search_query_is_limited_and_a_page_has_ten_results_by_default() {
    let fixture = SimFixture::with_entries(5).await;
    let refused = (400, None, r#"{"error":"bad_request","message":"invalid q"}"#.to_owned());
    for length in [0, 2, 65, 200] {
        let path = format!("/anime?q={}", "a".repeat(length));
        assert_eq!(response_parts(fixture.get(&path).send().await.unwrap()).await, refused, "{length} characters");
    }
    for length in [3, 64] {
        let path = format!("/anime?q={}", "é".repeat(length));
        assert_eq!(fixture.get(&path).send().await.unwrap().status(), 200, "{length} characters");
    }
    assert_eq!(page_ids(&fixture.get_json("/anime?q=velvet").await).len(), 10);
    assert_eq!(page_ids(&fixture.get_json("/anime?q=velvet&limit=100").await).len(), 100);
}

#[tokio::test]
async fn anime_details_show_what_a_test_changed_in_the_entry() {
    let fixture = SimFixture::with_entries(10).await;
    let id = fixture.control().entry_ids("alice").unwrap()[3];
    let patch = json!({"node": {"num_episodes": 77, "title": "New"}, "list_status": {"score": 11, "comments": "c"},
        "remove": ["list_status.updated_at"]});
    fixture.control().patch_entry("alice", id, serde_json::from_value(patch).unwrap()).unwrap();
    let details = fixture.get_json(&format!("/anime/{id}?fields=num_episodes,my_list_status{{comments}}")).await;
    assert_eq!((&details["title"], &details["num_episodes"]), (&json!("New"), &json!(77)));
    assert_eq!(
        (&details["my_list_status"]["score"], &details["my_list_status"]["comments"]),
        (&json!(11), &json!("c"))
    );
    assert!(details["my_list_status"].get("updated_at").is_none());
    let other_id = 99_999_999;
    let entry =
        json!({"node": {"id": other_id, "title": "Only here"}, "list_status": {"status": "dropped", "score": 3}});
    fixture.control().put_entry("alice", other_id, &entry).unwrap();
    let details = fixture.get_json(&format!("/anime/{other_id}?fields=my_list_status")).await;
    assert_eq!((&details["title"], &details["my_list_status"]["score"]), (&json!("Only here"), &json!(3)));
    fixture.control().delete_entry("alice", other_id).unwrap();
    assert_eq!(fixture.get(&format!("/anime/{other_id}")).send().await.unwrap().status(), 404);
}
