//! Lists: paging, fields, filters, access.

use mal_sim::{OverLimit, SimConfig};
use serde_json::Value;

use crate::support::{SimFixture, page_ids, response_parts};

/// Returns the ids of all pages. Follows `next` to the end and checks each page's links.
async fn collect_all_pages(fixture: &SimFixture, limit: usize, query: &str) -> Vec<u64> {
    let mut path = format!("/users/@me/animelist?limit={limit}{query}");
    let (mut all, mut offset) = (Vec::new(), 0);
    loop {
        let page = fixture.get_json(&path).await;
        let paging = page["paging"].as_object().unwrap();
        assert_eq!(paging.contains_key("previous"), offset > 0);
        let page_entry_ids = page_ids(&page);
        assert!(page_entry_ids.len() <= limit);
        all.extend(&page_entry_ids);
        let Some(next_link) = paging.get("next") else {
            return all;
        };
        assert_eq!(page_entry_ids.len(), limit, "every page except the last must be full");
        offset += limit;
        let next_link = next_link.as_str().unwrap();
        let start = format!("{}/users/@me/animelist?offset={offset}&limit={limit}", fixture.sim.api_url());
        assert!(next_link.starts_with(&start), "{next_link}");
        path = next_link.strip_prefix(&fixture.sim.api_url()).unwrap().to_owned();
    }
}

#[tokio::test]
async fn pages_add_up_to_the_whole_list() {
    let fixture = SimFixture::with_entries(300).await;
    let expected = page_ids(&fixture.get_json("/users/@me/animelist?limit=1000&nsfw=true").await);
    assert_eq!(expected.len(), 300);
    for limit in [1, 7, 99, 100, 299, 300, 301, 1000] {
        assert_eq!(collect_all_pages(&fixture, limit, "&nsfw=true").await, expected, "limit {limit}");
    }
    for query in ["&sort=list_updated_at", "&status=completed", "&sort=anime_id&nsfw=1", ""] {
        let path = format!("/users/@me/animelist?limit=1000{query}");
        assert_eq!(collect_all_pages(&fixture, 13, query).await, page_ids(&fixture.get_json(&path).await), "{query}");
    }
}

#[tokio::test]
async fn paging_links_have_the_recorded_form() {
    let fixture = SimFixture::with_entries(300).await;
    let path = "/users/@me/animelist?fields=list_status%7B%7D,%20mean&offset=100&limit=2";
    let text = fixture.get(path).send().await.unwrap().text().await.unwrap();
    let base = fixture.sim.api_url().replace('/', "\\/");
    let link = |offset: u32| {
        format!("{base}\\/users\\/@me\\/animelist?offset={offset}&fields=list_status%7B%7D%2C+mean&limit=2")
    };
    let paging = format!("],\"paging\":{{\"previous\":\"{}\",\"next\":\"{}\"}}}}", link(98), link(102));
    assert!(text.ends_with(&paging), "{text}");
    let past_end = fixture.get_json("/users/@me/animelist?offset=5000&limit=10").await;
    assert_eq!(past_end["data"], serde_json::json!([]));
    assert!(past_end["paging"].get("next").is_none());
    let single_page = fixture.get("/users/@me/animelist?limit=1000").send().await.unwrap().text().await.unwrap();
    assert!(single_page.ends_with("],\"paging\":{}}"));
}

#[tokio::test]
async fn default_response_has_three_node_keys_and_no_list_status() {
    let fixture = SimFixture::with_entries(300).await;
    for entry in fixture.get_json("/users/@me/animelist?limit=300").await["data"].as_array().unwrap() {
        let keys: Vec<&String> = entry.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["node"]);
        let keys: Vec<&String> = entry["node"].as_object().unwrap().keys().collect();
        assert!(keys == ["id", "title", "main_picture"] || keys == ["id", "title"], "{keys:?}");
    }
}

#[tokio::test]
async fn fields_have_the_requested_order_and_braces_add_keys() {
    let fixture = SimFixture::with_entries(300).await;
    let path = "/users/@me/animelist?limit=300&nsfw=true&fields=num_episodes, nonsense,list_status{comments,tags},media_type,pictures";
    let page = fixture.get_json(path).await;
    for entry in page["data"].as_array().unwrap() {
        let keys = entry["node"].as_object().unwrap().keys().map(String::as_str);
        let keys: Vec<&str> = keys.filter(|key| *key != "main_picture").collect();
        assert_eq!(keys, ["id", "title", "num_episodes", "media_type"]);
        let keys = entry["list_status"].as_object().unwrap().keys().map(String::as_str);
        let keys: Vec<&str> = keys.filter(|key| !key.ends_with("_date")).collect();
        let expected = ["status", "score", "num_episodes_watched", "is_rewatching", "updated_at", "comments", "tags"];
        assert_eq!(keys, expected);
    }
}

#[tokio::test]
async fn comments_have_html_entities_and_text_is_ascii() {
    let fixture = SimFixture::with_entries(2000).await;
    let path = "/users/@me/animelist?limit=1000&nsfw=true&fields=list_status{comments}";
    let text = fixture.get(path).send().await.unwrap().text().await.unwrap();
    for expected in ["&quot;", "&amp;", "&#039;", "\\u222c", "\\ud83d\\udc09", "https:\\/\\/"] {
        assert!(text.contains(expected), "{expected}");
    }
    assert!(text.is_ascii());
}

#[tokio::test]
async fn gray_entries_are_hidden_and_rewatched_entries_are_listed_under_watching() {
    let fixture = SimFixture::with_entries(1000).await;
    let list = async |query: &str| {
        let path = format!("/users/@me/animelist?limit=1000&fields=nsfw,list_status{query}");
        fixture.get_json(&path).await["data"].as_array().unwrap().clone()
    };
    let all = list("&nsfw=true").await;
    let not_gray = list("").await;
    assert_eq!(all.len(), list("&nsfw=True").await.len(), "some live clients send this spelling");
    let gray_count = all.iter().filter(|entry| entry["node"]["nsfw"] == "gray").count();
    assert!(gray_count > 0);
    assert_eq!(not_gray.len() + gray_count, all.len());
    assert_eq!(not_gray.len(), list("&nsfw=false").await.len());

    let watching = list("&nsfw=true&status=watching").await;
    let rewatching = watching.iter().filter(|entry| entry["list_status"]["is_rewatching"] == true);
    let rewatching: Vec<&Value> = rewatching.collect();
    assert!(!rewatching.is_empty());
    assert!(rewatching.iter().all(|entry| entry["list_status"]["status"] == "completed"));
    let completed = list("&nsfw=true&status=completed").await;
    assert!(completed.iter().all(|entry| entry["list_status"]["is_rewatching"] == false));
}

#[tokio::test]
async fn limit_defaults_to_config_and_is_clamped_if_configured() {
    let fixture = SimFixture::start(SimConfig { entries: 1200, ..SimConfig::default() }).await;
    let count = async |query: &str| {
        let page = fixture.get_json(&format!("/users/@me/animelist?nsfw=true{query}")).await;
        page_ids(&page).len()
    };
    assert_eq!(count("").await, 10);
    fixture.control().configure(|config| config.default_limit = 100);
    assert_eq!(count("").await, 100);
    assert_eq!(count("&limit=1000").await, 1000);
    fixture.control().configure(|config| config.over_limit = OverLimit::Clamp);
    assert_eq!(count("&limit=1001").await, 1000);
}

#[tokio::test]
async fn invalid_parameter_response_names_the_parameter() {
    let fixture = SimFixture::with_entries(3).await;
    for (query, name) in [
        ("limit=1001", "limit"),
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("offset=-1", "offset"),
        ("sort=title", "sort"),
        ("status=seen", "status"),
        ("nsfw=maybe", "nsfw"),
    ] {
        let response = fixture.get(&format!("/users/@me/animelist?{query}")).send().await.unwrap();
        let body = format!("{{\"error\":\"bad_request\",\"message\":\"invalid {name}\"}}");
        assert_eq!(response_parts(response).await, (400, None, body), "{query}");
    }
}

#[tokio::test]
async fn access_depends_on_token_and_client_id() {
    let fixture = SimFixture::with_entries(3).await;
    let url = |path: &str| format!("{}{path}", fixture.sim.api_url());
    let forbidden = (403, None, r#"{"message":"","error":"forbidden"}"#.to_owned());
    let absent = (404, None, r#"{"message":"","error":"not_found"}"#.to_owned());
    let get_without_credentials = |path: &str| fixture.client.get(url(path)).send();
    let get_with_client_id = |path: &str, id: &str| fixture.client.get(url(path)).header("X-MAL-CLIENT-ID", id).send();
    assert_eq!(response_parts(get_without_credentials("/users/@me/animelist").await.unwrap()).await, forbidden);
    assert_eq!(response_parts(get_without_credentials("/users/bob/animelist").await.unwrap()).await, forbidden);
    assert_eq!(get_with_client_id("/users/bob/animelist", "any").await.unwrap().status(), 200);
    assert_eq!(response_parts(get_with_client_id("/users/@me/animelist", "any").await.unwrap()).await, forbidden);
    assert_eq!(response_parts(get_with_client_id("/users/nobody/animelist", "any").await.unwrap()).await, absent);
    assert_eq!(response_parts(fixture.get("/no/such/thing").send().await.unwrap()).await, absent);
    assert_eq!(response_parts(fixture.get("/users/bob").send().await.unwrap()).await, absent);
    assert_eq!(fixture.get("/users/Bob/animelist").send().await.unwrap().status(), 200);
    fixture.control().configure(|config| config.client_id = Some("known".to_owned()));
    let refused = response_parts(get_with_client_id("/users/bob/animelist", "other").await.unwrap()).await;
    assert_eq!(refused, (400, None, r#"{"message":"Invalid client id","error":"bad_request"}"#.to_owned()));
    assert_eq!(get_with_client_id("/users/bob/animelist", "known").await.unwrap().status(), 200);
    let url = url("/users/@me");
    let garbage = fixture.client.get(url).bearer_auth("garbage").send().await.unwrap();
    let header = "Bearer error=\"invalid_token\"".to_owned();
    assert_eq!(response_parts(garbage).await, (401, Some(header), r#"{"error":"invalid_token"}"#.to_owned()));
}

#[tokio::test]
async fn my_list_status_belongs_to_the_requesting_user() {
    let fixture = SimFixture::with_entries(200).await;
    let page = fixture.get_json("/users/bob/animelist?limit=200&fields=my_list_status{tags},list_status").await;
    let alice_ids = fixture.control().entry_ids("alice").unwrap();
    let mut counts = (0, 0);
    for entry in page["data"].as_array().unwrap() {
        let is_shared = alice_ids.contains(&entry["node"]["id"].as_u64().unwrap());
        let my_status = entry["node"].get("my_list_status");
        assert_eq!(my_status.is_some(), is_shared);
        if is_shared {
            counts.0 += 1;
            assert!(my_status.unwrap().get("tags").is_some());
        } else {
            counts.1 += 1;
        }
    }
    assert!(counts.0 > 0 && counts.1 > 0, "{counts:?}");
}

#[tokio::test]
async fn responses_have_mals_headers_and_optional_gzip() {
    let fixture = SimFixture::with_entries(300).await;
    let plain_client = reqwest::Client::builder().gzip(false).build().unwrap();
    let url = format!("{}/users/@me/animelist?limit=300", fixture.sim.api_url());
    let request = || plain_client.get(&url).bearer_auth(&fixture.access_token);
    let uncompressed = request().send().await.unwrap();
    assert_eq!(uncompressed.headers()["content-type"], "application/json; charset=UTF-8");
    assert!(uncompressed.headers()["date"].to_str().unwrap().ends_with(" GMT"));
    assert!(uncompressed.headers().get("content-encoding").is_none());
    let body = uncompressed.bytes().await.unwrap();
    let compressed = request().header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(compressed.headers()["content-encoding"], "gzip");
    assert!(compressed.bytes().await.unwrap().len() < body.len() / 4);
    let decompressed = fixture.get("/users/@me/animelist?limit=300").send().await.unwrap();
    assert_eq!(decompressed.bytes().await.unwrap(), body);
}

#[tokio::test]
async fn same_seed_gives_identical_bytes_in_every_run() {
    let path = "/users/@me/animelist?limit=1000&nsfw=true&fields=list_status{comments,tags},synopsis,mean,genres";
    let mut bodies = Vec::new();
    for _ in 0..2 {
        let fixture = SimFixture::with_entries(400).await;
        bodies.push(fixture.get(path).send().await.unwrap().text().await.unwrap());
    }
    // The single page contains no link, so no port number.
    assert_eq!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn cached_page_is_dropped_when_the_list_changes() {
    let fixture = SimFixture::with_entries(20).await;
    let url = format!("{}/users/alice/animelist?sort=anime_id&nsfw=true&limit=1", fixture.sim.api_url());
    let first_id = async || {
        let page = fixture.client.get(&url).header("x-mal-client-id", "any").send().await.unwrap();
        page_ids(&page.json().await.unwrap())[0]
    };
    let ids = fixture.control().entry_ids("alice").unwrap();
    assert_eq!(first_id().await, ids[0]);
    assert_eq!(first_id().await, ids[0]);
    fixture.control().delete_entry("alice", ids[0]).unwrap();
    assert_eq!(first_id().await, ids[1]);
}
