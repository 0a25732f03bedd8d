//! Writes to a list: `PATCH`, `PUT` and `DELETE` of `my_list_status`.

use mal_sim::DeleteAbsent;
use reqwest::Method;
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

#[tokio::test]
async fn anime_that_awaits_approval_is_found_but_not_writable() {
    let fixture = SimFixture::with_entries(50).await;
    let (listed, unlisted) = (fixture.control().entry_ids("alice").unwrap()[3], fixture.unlisted_id());
    let before = fixture.control().dump_list("alice").unwrap();
    let config = json!({"pending_anime": [listed, unlisted]});
    assert_eq!(fixture.call_control("PATCH", "/config", &config.to_string()).await.0, 200);
    let body = r#"{"message":"Invalid content","error":"invalid_content"}"#.to_owned();
    for (method, id) in [(Method::PATCH, listed), (Method::PUT, unlisted)] {
        let response = fixture.status_request(method, id).form(&[("score", "5")]).send().await.unwrap();
        assert_eq!(response_parts(response).await, (400, None, body.clone()));
    }
    assert_eq!(fixture.control().dump_list("alice").unwrap(), before);
    assert_eq!(fixture.get_json(&format!("/anime/{unlisted}")).await["id"], unlisted);
    fixture.control().configure(|config| config.pending_anime.clear());
    assert_eq!(fixture.patch_status(unlisted, &[("score", "5")]).await.status(), 200);
}

#[tokio::test]
async fn write_returns_the_whole_status_whatever_fields_are_requested() {
    let fixture = SimFixture::with_entries(50).await;
    let id = fixture.unlisted_id();
    let url = format!("{}/anime/{id}/my_list_status?fields=score%2Ctags", fixture.sim.api_url());
    let request = fixture.client.patch(url).bearer_auth(&fixture.access_token).form(&[("tags", "a,b"), ("score", "7")]);
    let status: Value = request.send().await.unwrap().json().await.unwrap();
    let keys: Vec<&str> = WRITE_RESPONSE_KEYS.into_iter().filter(|key| !key.ends_with("_date")).collect();
    assert_eq!(status_keys(&status), keys, "dates are absent if unset");
    assert_eq!(status["tags"], json!(["a", "b"]));
    let status = fixture.patched_status(id, &[("tags", ""), ("comments", ""), ("score", "0")]).await;
    assert_eq!((&status["tags"], &status["comments"], &status["score"]), (&json!([]), &json!(""), &json!(0)));
}

#[tokio::test]
async fn write_moves_updated_at_and_equal_write_only_if_configured() {
    let fixture = SimFixture::with_entries(10).await;
    let id = fixture.control().entry_ids("alice").unwrap()[3];
    let mut times = Vec::new();
    for (score, equal_write_moves_time) in [("5", true), ("6", true), ("6", true), ("6", false), ("7", false)] {
        fixture.control().configure(|config| config.equal_write_moves_time = equal_write_moves_time);
        fixture.control().advance_clock(std::time::Duration::from_secs(60));
        let status = fixture.patched_status(id, &[("score", score)]).await;
        times.push(status["updated_at"].as_str().unwrap().to_owned());
    }
    assert!(times[0] < times[1] && times[1] < times[2], "{times:?}");
    assert_eq!(times[2], times[3], "an equal write must not move the time now");
    assert!(times[3] < times[4], "{times:?}");
}

#[tokio::test]
async fn dump_contains_every_field_as_plain_values() {
    let fixture = SimFixture::with_entries(10).await;
    let id = fixture.listed_id_with_episodes(|total| total == 12).await;
    let comments = "first line\nit's \"good\" & <b>&amp;</b>";
    let form = [
        ("status", "completed"),
        ("score", "9"),
        ("num_watched_episodes", "12"),
        ("is_rewatching", "true"),
        ("start_date", "2024-05-06"),
        ("finish_date", ""),
        ("priority", "2"),
        ("num_times_rewatched", "3"),
        ("rewatch_value", "4"),
        ("tags", "a, b c"),
        ("comments", comments),
    ];
    let status = fixture.patched_status(id, &form).await;
    let dumped = fixture.control().dump_list("alice").unwrap();
    assert_eq!(dumped.iter().map(|entry| entry.id).collect::<Vec<_>>(), fixture.control().entry_ids("alice").unwrap());
    let entry = dumped.iter().find(|entry| entry.id == id).unwrap();
    let details = fixture.get_json(&format!("/anime/{id}")).await;
    let expected = json!({
        "id": id, "title": details["title"], "num_episodes": 12, "is_gray": false, "status": "completed", "score": 9,
        "num_episodes_watched": 12, "is_rewatching": true, "updated_at": status["updated_at"],
        "start_date": "2024-05-06", "finish_date": null, "priority": 2, "num_times_rewatched": 3, "rewatch_value": 4,
        "tags": ["a", "b c"], "comments": comments,
    });
    assert_eq!(serde_json::to_value(entry).unwrap(), expected);
    let (code, by_http) = fixture.call_control("GET", "/users/alice/list", "").await;
    assert_eq!((code, by_http), (200, serde_json::to_value(&dumped).unwrap()));
    assert!(fixture.control().dump_list("nobody").is_err());
}

#[tokio::test]
async fn write_to_an_entry_that_a_test_put_keeps_its_other_fields() {
    let fixture = SimFixture::with_entries(10).await;
    let id = fixture.control().entry_ids("alice").unwrap()[3];
    let list_status = json!({"status": "on_hold", "score": 7, "num_episodes_watched": 4, "is_rewatching": false,
        "updated_at": "2020-01-02T03:04:05+00:00", "start_date": "2019-05", "priority": 1, "num_times_rewatched": 2,
        "rewatch_value": 3, "tags": ["x", "y"], "comments": "plain"});
    let node = json!({"id": id, "title": "T", "num_episodes": 5});
    fixture.control().put_entry("alice", id, &json!({"node": node, "list_status": list_status})).unwrap();
    let status = fixture.patched_status(id, &[("num_watched_episodes", "9")]).await;
    let mut expected = list_status.clone();
    expected["num_episodes_watched"] = json!(5);
    expected["updated_at"] = status["updated_at"].clone();
    assert_eq!(status, expected);
    assert_ne!(status["updated_at"], list_status["updated_at"]);
}

#[tokio::test]
async fn log_contains_the_exact_forms_of_all_writes() {
    let fixture = SimFixture::with_entries(50).await;
    let id = fixture.control().entry_ids("alice").unwrap()[3];
    fixture.get_json("/users/@me").await;
    fixture.get(&format!("/anime/{id}/my_list_status")).send().await.unwrap();
    fixture.patched_status(id, &[("score", "5"), ("tags", "é, &"), ("score", "6")]).await;
    fixture.status_request(Method::PUT, id).json(&json!({"score": 1})).send().await.unwrap();
    fixture.delete_status(id).await;
    let writes = fixture.control().logged_writes();
    let summary: Vec<(&str, Option<u64>, Option<u16>)> =
        writes.iter().map(|write| (write.method.as_str(), write.written_anime_id(), write.mal_status)).collect();
    assert_eq!(
        summary,
        [("PATCH", Some(id), Some(200)), ("PUT", Some(id), Some(500)), ("DELETE", Some(id), Some(200))]
    );
    let pairs: Vec<(&str, &str)> =
        writes[0].form_pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(pairs, [("score", "5"), ("tags", "é, &"), ("score", "6")]);
    assert_eq!(writes[1].body, r#"{"score":1}"#);
    let (_, deletions) = fixture.call_control("GET", "/log?method=delete&path=/v2/anime/*", "").await;
    assert_eq!(deletions.as_array().unwrap().len(), 1);
    let (_, others) = fixture.call_control("GET", "/log?path=/v2/users/*", "").await;
    assert_eq!(others[0]["path"], "/v2/users/@me");
    assert_eq!(fixture.call_control("GET", "/log?method=POST", "").await.1, json!([]));
}

#[tokio::test]
async fn comments_are_stored_as_plain_text_and_sent_as_html() {
    let fixture = SimFixture::with_entries(10).await;
    let id = fixture.control().entry_ids("alice").unwrap()[3];
    let html = "it&#039;s &quot;good&quot; &amp; &lt;br /&gt;<br />\r\n<br />\r\n&amp;amp; third<br />\r\nlast";
    for sent in ["it's \"good\" & <br />\r\n\r\n&amp; third\rlast", "it's \"good\" & <br />\n\n&amp; third\nlast"] {
        assert_eq!(fixture.patched_status(id, &[("comments", sent)]).await["comments"], html);
        let stored = fixture.control().dump_list("alice").unwrap().into_iter().find(|entry| entry.id == id).unwrap();
        assert_eq!(stored.comments, "it's \"good\" & <br />\n\n&amp; third\nlast");
    }
    let details = fixture.get_json(&format!("/anime/{id}?fields=my_list_status{{comments}}")).await;
    assert_eq!(details["my_list_status"]["comments"], html);
    let page = fixture.get_json("/users/@me/animelist?limit=100&nsfw=true&fields=list_status{comments}").await;
    let entry = page["data"].as_array().unwrap().iter().find(|entry| entry["node"]["id"] == id).unwrap();
    assert_eq!(entry["list_status"]["comments"], html);
    let grown = fixture.patched_status(id, &[("comments", html)]).await;
    assert!(
        grown["comments"].as_str().unwrap().contains("&amp;amp;amp;"),
        "a client that does not decode makes it grow"
    );
    let entry = json!({"node": {"id": id}, "list_status": {"status": "dropped", "comments": html}});
    fixture.control().put_entry("alice", id, &entry).unwrap();
    assert_eq!(fixture.patched_status(id, &[("score", "3")]).await["comments"], html, "a put entry is as MAL sends it");
}
