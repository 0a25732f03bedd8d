//! Compares the simulator with recorded responses of the real API: the simulator must produce each recorded shape.

use std::collections::BTreeSet;
use std::path::Path;

use mal_sim::SimConfig;
use serde_json::Value;

use crate::support::{SimFixture, recordings_dir};

/// Returns true if both values have the same keys in the same order and the same types. Arrays are compared by their
/// first elements.
fn has_same_shape(recorded: &Value, simulated: &Value) -> bool {
    match (recorded, simulated) {
        (Value::Object(recorded), Value::Object(simulated)) => {
            recorded.keys().eq(simulated.keys())
                && recorded.iter().all(|(key, value)| has_same_shape(value, &simulated[key]))
        }
        (Value::Array(recorded), Value::Array(simulated)) => match (recorded.first(), simulated.first()) {
            (Some(recorded), Some(simulated)) => has_same_shape(recorded, simulated),
            _ => true,
        },
        (Value::Number(_), Value::Number(_))
        | (Value::String(_), Value::String(_))
        | (Value::Bool(_), Value::Bool(_)) => true,
        _ => false,
    }
}

fn read_recording(dir: &Path, name: &str) -> Value {
    let text = std::fs::read_to_string(dir.join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn assert_shape_matches_any(name: &str, recorded: &Value, simulated: &[Value]) {
    assert!(
        simulated.iter().any(|simulated| has_same_shape(recorded, simulated)),
        "{name}: nothing like {recorded}\namong {} of ours, such as {}",
        simulated.len(),
        simulated[0]
    );
}

#[tokio::test]
async fn list_entries_have_recorded_shapes() {
    let Some(dir) = recordings_dir() else { return };
    let fixture = SimFixture::with_entries(1000).await;
    for (name, fields) in [
        ("anime-ml/animelist.json", ""),
        ("recorded/animelist_limit2_offset100_prev_and_next.json", ""),
        ("node-myanimelist/animelist_page1_default_limit.json", "list_status{}"),
        ("recorded/animelist_raw_bytes_no_limit.json", "list_status"),
        ("d3bug64/animelist_fields_list_status_limit10.json", "list_status"),
        ("nstratos/userAnimeList.json", "list_status"),
        ("recorded/animelist_entry_2025_numeps0.json", "genres,num_episodes,nsfw,list_status"),
    ] {
        let path = format!("/users/@me/animelist?limit=1000&nsfw=true&fields={fields}");
        let simulated = fixture.get_json(&path).await["data"].as_array().unwrap().clone();
        for entry in read_recording(&dir, name)["data"].as_array().unwrap() {
            assert_shape_matches_any(name, entry, &simulated);
        }
    }
}

#[tokio::test]
async fn nodes_with_extra_fields_have_recorded_shapes() {
    let Some(dir) = recordings_dir() else { return };
    let fixture = SimFixture::start(SimConfig { entries: 4000, ..SimConfig::default() }).await;
    for (name, pointer) in [
        ("recorded/node_not_yet_aired_partial_date_no_mean_no_rank.json", "/node"),
        ("recorded/anime_31964_details_shortened.json", ""),
        ("nstratos/animeDetails.json", ""),
        ("anime-ml/anime.json", ""),
    ] {
        let recorded = read_recording(&dir, name).pointer(pointer).unwrap().clone();
        // Request every key of the recording in its order, and those that are absent in the recording.
        let mut fields: Vec<String> = recorded.as_object().unwrap().keys().cloned().collect();
        if name.contains("no_mean") {
            fields.extend(["mean".to_owned(), "rank".to_owned()]);
        }
        let status = recorded.get("my_list_status").and_then(|status| status.get("tags"));
        let fields = match status {
            Some(_) => {
                let all_extras = "my_list_status{priority,num_times_rewatched,rewatch_value,tags,comments}";
                fields.join(",").replace("my_list_status", all_extras)
            }
            None => fields.join(","),
        };
        let mut simulated = Vec::new();
        for id in fixture.control().entry_ids("alice").unwrap().iter().take(600) {
            simulated.push(fixture.get_json(&format!("/anime/{id}?fields={fields}")).await);
        }
        assert_shape_matches_any(name, &recorded, &simulated);
    }
}

#[tokio::test]
async fn users_have_recorded_shapes() {
    let Some(dir) = recordings_dir() else { return };
    let users: Vec<String> = (0..80).map(|n| format!("user{n}")).collect();
    let fixture = SimFixture::start(SimConfig {
        entries: 20,
        users: [vec!["alice".to_owned()], users.clone()].concat(),
        ..SimConfig::default()
    });
    let fixture = fixture.await;
    for (name, fields) in
        [("nstratos/userMyInfo.json", ""), ("d3bug64/users_me_fields_anime_statistics.json", "anime_statistics")]
    {
        let mut simulated = Vec::new();
        for user in &users {
            let token = fixture.control().issue_tokens(user).unwrap().access_token;
            let url = format!("{}/users/@me?fields={fields}", fixture.sim.api_url());
            let response = fixture.client.get(url).bearer_auth(token).send().await.unwrap();
            simulated.push(response.json().await.unwrap());
        }
        assert_shape_matches_any(name, &read_recording(&dir, name), &simulated);
    }
}

#[tokio::test]
async fn writes_and_tokens_have_recorded_shapes() {
    let Some(dir) = recordings_dir() else { return };
    let fixture = SimFixture::with_entries(300).await;
    let mut simulated = Vec::new();
    for id in fixture.control().entry_ids("alice").unwrap() {
        let url = format!("{}/anime/{id}/my_list_status", fixture.sim.api_url());
        let response = fixture.client.patch(url).bearer_auth(&fixture.access_token).form(&[("score", "5")]);
        simulated.push(response.send().await.unwrap().json().await.unwrap());
    }
    for name in [
        "nstratos/updateMyAnimeList.json",
        "recorded/patch_my_list_status_response_no_dates.json",
        "recorded/patch_completed_without_episode_count_response.json",
        "recorded/my_list_status_detail_2019.json",
    ] {
        assert_shape_matches_any(name, &read_recording(&dir, name), &simulated);
    }
    let tokens = fixture.control().issue_tokens("alice").unwrap();
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "test-client"),
        ("refresh_token", tokens.refresh_token.as_str()),
    ];
    let tokens: Value = fixture.post_token(&form).await.json().await.unwrap();
    for name in ["token/token_response_observed.json", "token/token_response_documented_example.json"] {
        assert_shape_matches_any(name, &read_recording(&dir, name), std::slice::from_ref(&tokens));
    }
}

#[tokio::test]
async fn writes_reproduce_the_recorded_responses() {
    let Some(dir) = recordings_dir() else { return };
    let fixture = SimFixture::with_entries(50).await;
    let id = fixture.unlisted_id();
    for name in [
        "nstratos/updateMyAnimeList.json",
        "recorded/patch_my_list_status_response_no_dates.json",
        "recorded/patch_completed_without_episode_count_response.json",
        "recorded/my_list_status_detail_2019.json",
    ] {
        let mut recorded = read_recording(&dir, name);
        let mut form = Vec::new();
        for (key, value) in recorded.as_object().unwrap() {
            let text = match value {
                Value::Array(tags) => tags.iter().map(|tag| tag.as_str().unwrap()).collect::<Vec<_>>().join(","),
                Value::String(text) => text.clone(),
                value => value.to_string(),
            };
            match key.as_str() {
                "updated_at" => {}
                "num_episodes_watched" => form.push(("num_watched_episodes", text)),
                key => form.push((key, text)),
            }
        }
        // The recorded anime have more episodes than this one may have.
        let patch = serde_json::json!({"node": {"num_episodes": 0}});
        fixture.control().patch_entry("alice", id, serde_json::from_value(patch).unwrap()).unwrap();
        let form: Vec<(&str, &str)> = form.iter().map(|(key, text)| (*key, text.as_str())).collect();
        let simulated = fixture.patched_status(id, &form).await;
        recorded["updated_at"] = simulated["updated_at"].clone();
        assert_eq!(simulated.to_string(), recorded.to_string(), "{name}");
        let deleted = fixture.delete_status(id).await.text().await.unwrap();
        let recorded = std::fs::read_to_string(dir.join("recorded/delete_my_list_status_200.body")).unwrap();
        assert_eq!(deleted, recorded.trim_end());
    }
}

#[tokio::test]
async fn recorded_comments_are_sent_again_as_they_came() {
    let Some(dir) = recordings_dir() else { return };
    let fixture = SimFixture::with_entries(3).await;
    let entry = read_recording(&dir, "faults/br-api.json")[0].clone();
    let id = entry["node"]["id"].as_u64().unwrap();
    fixture.control().put_entry("alice", id, &entry).unwrap();
    let plain =
        fixture.control().dump_list("alice").unwrap().into_iter().find(|entry| entry.id == id).unwrap().comments;
    assert!(plain.starts_with("first line\n\n") && plain.ends_with("& it's > good"), "{plain:?}");
    let sent = fixture.patched_status(id, &[("comments", &plain)]).await["comments"].as_str().unwrap().to_owned();
    assert!(sent.starts_with("first line<br />\r\n<br />\r\n"), "{sent:?}");
    assert!(sent.ends_with("&amp; it&#039;s &gt; good"), "{sent:?}");
}

#[tokio::test]
async fn response_bytes_match_the_recording() {
    let Some(dir) = recordings_dir() else { return };
    let name = "recorded/animelist_raw_bytes_no_limit.json";
    let recorded = std::fs::read_to_string(dir.join(name)).unwrap();
    let recorded = recorded.trim_end();
    // The recorded entries, put into the list as values, must be returned as the recorded bytes.
    let fixture = SimFixture::start(SimConfig { entries: 0, ..SimConfig::default() }).await;
    let rows = read_recording(&dir, name)["data"].as_array().unwrap().clone();
    for entry in &rows {
        let id = entry["node"]["id"].as_u64().unwrap();
        fixture.control().put_entry("alice", id, entry).unwrap();
    }
    let extra = serde_json::json!({"node": {"title": "zz"}});
    fixture.control().put_entry("alice", 9_999_999, &extra).unwrap();
    let url = "/users/alice/animelist?fields=list_status";
    let simulated = fixture.get(url).send().await.unwrap().text().await.unwrap();
    let recorded_url = "https:\\/\\/api.myanimelist.net\\/v2\\/users\\/roshizzle\\/";
    let simulated_url = format!("{}\\/users\\/alice\\/", fixture.sim.api_url().replace('/', "\\/"));
    assert_eq!(simulated, recorded.replace(recorded_url, &simulated_url));
}

#[tokio::test]
async fn errors_match_the_recordings() {
    let Some(dir) = recordings_dir() else { return };
    let fixture = SimFixture::with_entries(3).await;
    let mut seen = BTreeSet::new();
    let url = |path: &str| format!("{}{path}", fixture.sim.api_url());
    let id = fixture.control().entry_ids("alice").unwrap()[0];
    let requests = [
        ("api_400_bad_q.json", fixture.get("/anime?q=a")),
        ("api_403_no_credentials_or_dos.json", fixture.client.get(url("/users/@me"))),
        ("api_404_not_found.json", fixture.get("/users/nobody/animelist")),
        ("api_401_invalid_access_token.json", fixture.client.get(url("/users/@me")).bearer_auth("x")),
        (
            "api_400_unknown_form_field.json",
            fixture
                .client
                .patch(url(&format!("/anime/{id}/my_list_status")))
                .bearer_auth(&fixture.access_token)
                .form(&[("end_date", "2020-01-01")]),
        ),
    ];
    for (name, request) in requests {
        assert_matches_recording(&dir, name, request.send().await.unwrap()).await;
        seen.insert(name);
    }
    fixture.control().configure(|config| config.client_id = Some("known".to_owned()));
    let wrong_client = fixture.client.get(url("/users/bob/animelist")).header("x-mal-client-id", "other");
    assert_matches_recording(&dir, "api_400_bad_client_id_header.json", wrong_client.send().await.unwrap()).await;
    fixture.control().expire_tokens("alice", mal_sim::SimTokenKind::Access).unwrap();
    let expired = fixture.get("/users/@me").send().await.unwrap();
    assert_matches_recording(&dir, "api_401_expired_access_token.json", expired).await;
}

async fn assert_matches_recording(dir: &Path, name: &str, response: reqwest::Response) {
    let recorded = read_recording(&dir.join("errors"), name);
    assert_eq!(recorded["status"], response.status().as_u16(), "{name}");
    for (header, expected) in recorded["headers"].as_object().unwrap() {
        let actual = response.headers().get(header.to_ascii_lowercase()).map(|value| value.to_str().unwrap());
        assert_eq!(actual, expected.as_str(), "{name}: {header}");
    }
    // Compare as text, so that the order of keys matters.
    assert_eq!(response.text().await.unwrap(), recorded["body"].to_string(), "{name}");
}
