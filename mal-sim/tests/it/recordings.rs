//! The simulator against recorded answers of the real API: each recorded shape must be one that the simulator gives.

use std::collections::BTreeSet;
use std::path::Path;

use mal_sim::SimConfig;
use serde_json::Value;

use crate::support::{SimFixture, recordings_dir};

/// Same keys in the same order, same types; arrays by their first elements.
fn has_same_shape(recorded: &Value, ours: &Value) -> bool {
    match (recorded, ours) {
        (Value::Object(recorded), Value::Object(ours)) => {
            recorded.keys().eq(ours.keys()) && recorded.iter().all(|(key, value)| has_same_shape(value, &ours[key]))
        }
        (Value::Array(recorded), Value::Array(ours)) => match (recorded.first(), ours.first()) {
            (Some(recorded), Some(ours)) => has_same_shape(recorded, ours),
            _ => true,
        },
        (Value::Number(_), Value::Number(_))
        | (Value::String(_), Value::String(_))
        | (Value::Bool(_), Value::Bool(_)) => true,
        _ => false,
    }
}

fn read_recording(folder: &Path, name: &str) -> Value {
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn assert_shape_matches_any(name: &str, recorded: &Value, ours: &[Value]) {
    assert!(
        ours.iter().any(|ours| has_same_shape(recorded, ours)),
        "{name}: nothing like {recorded}\namong {} of ours, such as {}",
        ours.len(),
        ours[0]
    );
}

#[tokio::test]
async fn list_entries_have_recorded_shapes() {
    let Some(folder) = recordings_dir() else { return };
    let mal = SimFixture::with_entries(1000).await;
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
        let ours = mal.get_json(&path).await["data"].as_array().unwrap().clone();
        for row in read_recording(&folder, name)["data"].as_array().unwrap() {
            assert_shape_matches_any(name, row, &ours);
        }
    }
}

#[tokio::test]
async fn nodes_with_extra_fields_have_recorded_shapes() {
    let Some(folder) = recordings_dir() else { return };
    let mal = SimFixture::start(SimConfig { entries: 4000, ..SimConfig::default() }).await;
    for (name, pointer) in [
        ("recorded/node_not_yet_aired_partial_date_no_mean_no_rank.json", "/node"),
        ("recorded/anime_31964_details_shortened.json", ""),
        ("nstratos/animeDetails.json", ""),
        ("anime-ml/anime.json", ""),
    ] {
        let recorded = read_recording(&folder, name).pointer(pointer).unwrap().clone();
        // Every key of the recording in its order, and those that the recording shows to be absent.
        let mut fields: Vec<String> = recorded.as_object().unwrap().keys().cloned().collect();
        if name.contains("no_mean") {
            fields.extend(["mean".to_owned(), "rank".to_owned()]);
        }
        let status = recorded.get("my_list_status").and_then(|status| status.get("tags"));
        let fields = match status {
            Some(_) => {
                let all = "my_list_status{priority,num_times_rewatched,rewatch_value,tags,comments}";
                fields.join(",").replace("my_list_status", all)
            }
            None => fields.join(","),
        };
        let mut ours = Vec::new();
        for id in mal.control().entry_ids("alice").unwrap().iter().take(600) {
            ours.push(mal.get_json(&format!("/anime/{id}?fields={fields}")).await);
        }
        assert_shape_matches_any(name, &recorded, &ours);
    }
}

#[tokio::test]
async fn users_have_recorded_shapes() {
    let Some(folder) = recordings_dir() else { return };
    let users: Vec<String> = (0..80).map(|n| format!("user{n}")).collect();
    let mal = SimFixture::start(SimConfig {
        entries: 20,
        users: [vec!["alice".to_owned()], users.clone()].concat(),
        ..SimConfig::default()
    });
    let mal = mal.await;
    for (name, fields) in
        [("nstratos/userMyInfo.json", ""), ("d3bug64/users_me_fields_anime_statistics.json", "anime_statistics")]
    {
        let mut ours = Vec::new();
        for user in &users {
            let token = mal.control().issue_tokens(user).unwrap().access_token;
            let url = format!("{}/users/@me?fields={fields}", mal.sim.api_url());
            let answer = mal.client.get(url).bearer_auth(token).send().await.unwrap();
            ours.push(answer.json().await.unwrap());
        }
        assert_shape_matches_any(name, &read_recording(&folder, name), &ours);
    }
}

#[tokio::test]
async fn writes_and_tokens_have_recorded_shapes() {
    let Some(folder) = recordings_dir() else { return };
    let mal = SimFixture::with_entries(300).await;
    let mut ours = Vec::new();
    for id in mal.control().entry_ids("alice").unwrap() {
        let url = format!("{}/anime/{id}/my_list_status", mal.sim.api_url());
        let answer = mal.client.patch(url).bearer_auth(&mal.access_token).form(&[("score", "5")]);
        ours.push(answer.send().await.unwrap().json().await.unwrap());
    }
    for name in [
        "nstratos/updateMyAnimeList.json",
        "recorded/patch_my_list_status_response_no_dates.json",
        "recorded/patch_completed_without_episode_count_response.json",
        "recorded/my_list_status_detail_2019.json",
    ] {
        assert_shape_matches_any(name, &read_recording(&folder, name), &ours);
    }
    let pair = mal.control().issue_tokens("alice").unwrap();
    let form =
        [("grant_type", "refresh_token"), ("client_id", "test-client"), ("refresh_token", pair.refresh_token.as_str())];
    let pair: Value = mal.post_token(&form).await.json().await.unwrap();
    for name in ["token/token_response_observed.json", "token/token_response_documented_example.json"] {
        assert_shape_matches_any(name, &read_recording(&folder, name), std::slice::from_ref(&pair));
    }
}

#[tokio::test]
async fn response_bytes_match_the_recording() {
    let Some(folder) = recordings_dir() else { return };
    let name = "recorded/animelist_raw_bytes_no_limit.json";
    let recorded = std::fs::read_to_string(folder.join(name)).unwrap();
    let recorded = recorded.trim_end();
    // The recording's rows, put into our list as values, must come out as the recording's bytes.
    let mal = SimFixture::start(SimConfig { entries: 0, ..SimConfig::default() }).await;
    let rows = read_recording(&folder, name)["data"].as_array().unwrap().clone();
    for row in &rows {
        let id = row["node"]["id"].as_u64().unwrap();
        mal.control().put_entry("alice", id, row).unwrap();
    }
    let extra = serde_json::json!({"node": {"title": "zz"}});
    mal.control().put_entry("alice", 9_999_999, &extra).unwrap();
    let url = "/users/alice/animelist?fields=list_status";
    let ours = mal.get(url).send().await.unwrap().text().await.unwrap();
    let there = "https:\\/\\/api.myanimelist.net\\/v2\\/users\\/roshizzle\\/";
    let here = format!("{}\\/users\\/alice\\/", mal.sim.api_url().replace('/', "\\/"));
    assert_eq!(ours, recorded.replace(there, &here));
}

#[tokio::test]
async fn errors_match_the_recordings() {
    let Some(folder) = recordings_dir() else { return };
    let mal = SimFixture::with_entries(3).await;
    let mut seen = BTreeSet::new();
    let url = |path: &str| format!("{}{path}", mal.sim.api_url());
    let id = mal.control().entry_ids("alice").unwrap()[0];
    let requests = [
        ("api_400_bad_q.json", mal.get("/anime?q=a")),
        ("api_403_no_credentials_or_dos.json", mal.client.get(url("/users/@me"))),
        ("api_404_not_found.json", mal.get("/users/nobody/animelist")),
        ("api_401_invalid_access_token.json", mal.client.get(url("/users/@me")).bearer_auth("x")),
        (
            "api_400_unknown_form_field.json",
            mal.client
                .patch(url(&format!("/anime/{id}/my_list_status")))
                .bearer_auth(&mal.access_token)
                .form(&[("end_date", "2020-01-01")]),
        ),
    ];
    for (name, request) in requests {
        assert_matches_recording(&folder, name, request.send().await.unwrap()).await;
        seen.insert(name);
    }
    mal.control().configure(|config| config.client_id = Some("known".to_owned()));
    let wrong = mal.client.get(url("/users/bob/animelist")).header("x-mal-client-id", "other");
    assert_matches_recording(&folder, "api_400_bad_client_id_header.json", wrong.send().await.unwrap()).await;
    mal.control().expire_tokens("alice", mal_sim::TokenSelector::Access).unwrap();
    let expired = mal.get("/users/@me").send().await.unwrap();
    assert_matches_recording(&folder, "api_401_expired_access_token.json", expired).await;
}

async fn assert_matches_recording(folder: &Path, name: &str, answer: reqwest::Response) {
    let recorded = read_recording(&folder.join("errors"), name);
    assert_eq!(recorded["status"], answer.status().as_u16(), "{name}");
    for (header, value) in recorded["headers"].as_object().unwrap() {
        let sent = answer.headers().get(header.to_ascii_lowercase()).map(|sent| sent.to_str().unwrap());
        assert_eq!(sent, value.as_str(), "{name}: {header}");
    }
    // As text, so that the order of keys counts.
    assert_eq!(answer.text().await.unwrap(), recorded["body"].to_string(), "{name}");
}
