//! Lists: paging, fields, filters, who may ask.

use mal_sim::{OverLimit, SimConfig};
use serde_json::Value;

use crate::support::{SimFixture, page_ids, response_parts};

/// Follows `next` to the end, checking each page's links.
async fn collect_all_pages(mal: &SimFixture, limit: usize, more: &str) -> Vec<u64> {
    let mut path = format!("/users/@me/animelist?limit={limit}{more}");
    let (mut all, mut offset) = (Vec::new(), 0);
    loop {
        let page = mal.get_json(&path).await;
        let paging = page["paging"].as_object().unwrap();
        assert_eq!(paging.contains_key("previous"), offset > 0);
        let found = page_ids(&page);
        assert!(found.len() <= limit);
        all.extend(&found);
        let Some(next) = paging.get("next") else {
            return all;
        };
        assert_eq!(found.len(), limit, "a page before the last one is full");
        offset += limit;
        let next = next.as_str().unwrap();
        let start = format!("{}/users/@me/animelist?offset={offset}&limit={limit}", mal.sim.api_url());
        assert!(next.starts_with(&start), "{next}");
        path = next.strip_prefix(&mal.sim.api_url()).unwrap().to_owned();
    }
}

#[tokio::test]
async fn pages_add_up_to_the_whole_list() {
    let mal = SimFixture::with_entries(300).await;
    let whole = page_ids(&mal.get_json("/users/@me/animelist?limit=1000&nsfw=true").await);
    assert_eq!(whole.len(), 300);
    for limit in [1, 7, 99, 100, 299, 300, 301, 1000] {
        assert_eq!(collect_all_pages(&mal, limit, "&nsfw=true").await, whole, "limit {limit}");
    }
    for more in ["&sort=list_updated_at", "&status=completed", "&sort=anime_id&nsfw=1", ""] {
        let path = format!("/users/@me/animelist?limit=1000{more}");
        assert_eq!(collect_all_pages(&mal, 13, more).await, page_ids(&mal.get_json(&path).await), "{more}");
    }
}

#[tokio::test]
async fn paging_links_have_the_recorded_form() {
    let mal = SimFixture::with_entries(300).await;
    let path = "/users/@me/animelist?fields=list_status%7B%7D,%20mean&offset=100&limit=2";
    let text = mal.get(path).send().await.unwrap().text().await.unwrap();
    let base = mal.sim.api_url().replace('/', "\\/");
    let link = |offset: u32| {
        format!("{base}\\/users\\/@me\\/animelist?offset={offset}&fields=list_status%7B%7D%2C+mean&limit=2")
    };
    let paging = format!("],\"paging\":{{\"previous\":\"{}\",\"next\":\"{}\"}}}}", link(98), link(102));
    assert!(text.ends_with(&paging), "{text}");
    let past = mal.get_json("/users/@me/animelist?offset=5000&limit=10").await;
    assert_eq!(past["data"], serde_json::json!([]));
    assert!(past["paging"].get("next").is_none());
    let only = mal.get("/users/@me/animelist?limit=1000").send().await.unwrap().text().await.unwrap();
    assert!(only.ends_with("],\"paging\":{}}"));
}

#[tokio::test]
async fn default_response_has_three_node_keys_and_no_list_status() {
    let mal = SimFixture::with_entries(300).await;
    for row in mal.get_json("/users/@me/animelist?limit=300").await["data"].as_array().unwrap() {
        let keys: Vec<&String> = row.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["node"]);
        let keys: Vec<&String> = row["node"].as_object().unwrap().keys().collect();
        assert!(keys == ["id", "title", "main_picture"] || keys == ["id", "title"], "{keys:?}");
    }
}

#[tokio::test]
async fn fields_have_the_requested_order_and_braces_add_keys() {
    let mal = SimFixture::with_entries(300).await;
    let path = "/users/@me/animelist?limit=300&nsfw=true&fields=num_episodes, nonsense,list_status{comments,tags},media_type,pictures";
    let page = mal.get_json(path).await;
    for row in page["data"].as_array().unwrap() {
        let keys = row["node"].as_object().unwrap().keys().map(String::as_str);
        let keys: Vec<&str> = keys.filter(|key| *key != "main_picture").collect();
        assert_eq!(keys, ["id", "title", "num_episodes", "media_type"]);
        let keys = row["list_status"].as_object().unwrap().keys().map(String::as_str);
        let keys: Vec<&str> = keys.filter(|key| !key.ends_with("_date")).collect();
        let wanted = ["status", "score", "num_episodes_watched", "is_rewatching", "updated_at", "comments", "tags"];
        assert_eq!(keys, wanted);
    }
}

#[tokio::test]
async fn comments_have_html_entities_and_text_is_ascii() {
    let mal = SimFixture::with_entries(2000).await;
    let path = "/users/@me/animelist?limit=1000&nsfw=true&fields=list_status{comments}";
    let text = mal.get(path).send().await.unwrap().text().await.unwrap();
    for part in ["&quot;", "&amp;", "&#039;", "\\u222c", "\\ud83d\\udc09", "https:\\/\\/"] {
        assert!(text.contains(part), "{part}");
    }
    assert!(text.is_ascii());
}

#[tokio::test]
async fn gray_entries_are_hidden_and_rewatched_entries_are_listed_under_watching() {
    let mal = SimFixture::with_entries(1000).await;
    let list = async |more: &str| {
        let path = format!("/users/@me/animelist?limit=1000&fields=nsfw,list_status{more}");
        mal.get_json(&path).await["data"].as_array().unwrap().clone()
    };
    let all = list("&nsfw=true").await;
    let tame = list("").await;
    assert_eq!(all.len(), list("&nsfw=True").await.len(), "as some live clients write it");
    let gray = all.iter().filter(|row| row["node"]["nsfw"] == "gray").count();
    assert!(gray > 0);
    assert_eq!(tame.len() + gray, all.len());
    assert_eq!(tame.len(), list("&nsfw=false").await.len());

    let watching = list("&nsfw=true&status=watching").await;
    let again = watching.iter().filter(|row| row["list_status"]["is_rewatching"] == true);
    let again: Vec<&Value> = again.collect();
    assert!(!again.is_empty());
    assert!(again.iter().all(|row| row["list_status"]["status"] == "completed"));
    let completed = list("&nsfw=true&status=completed").await;
    assert!(completed.iter().all(|row| row["list_status"]["is_rewatching"] == false));
}

#[tokio::test]
async fn limit_defaults_to_config_and_is_clamped_if_configured() {
    let mal = SimFixture::start(SimConfig { entries: 1200, ..SimConfig::default() }).await;
    let count = async |more: &str| {
        let page = mal.get_json(&format!("/users/@me/animelist?nsfw=true{more}")).await;
        page_ids(&page).len()
    };
    assert_eq!(count("").await, 10);
    mal.control().configure(|config| config.default_limit = 100);
    assert_eq!(count("").await, 100);
    assert_eq!(count("&limit=1000").await, 1000);
    mal.control().configure(|config| config.over_limit = OverLimit::Clamp);
    assert_eq!(count("&limit=1001").await, 1000);
}

#[tokio::test]
async fn invalid_parameter_response_names_the_parameter() {
    let mal = SimFixture::with_entries(3).await;
    for (query, name) in [
        ("limit=1001", "limit"),
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("offset=-1", "offset"),
        ("sort=title", "sort"),
        ("status=seen", "status"),
        ("nsfw=maybe", "nsfw"),
    ] {
        let answer = mal.get(&format!("/users/@me/animelist?{query}")).send().await.unwrap();
        let body = format!("{{\"error\":\"bad_request\",\"message\":\"invalid {name}\"}}");
        assert_eq!(response_parts(answer).await, (400, None, body), "{query}");
    }
}

#[tokio::test]
async fn access_depends_on_token_and_client_id() {
    let mal = SimFixture::with_entries(3).await;
    let url = |path: &str| format!("{}{path}", mal.sim.api_url());
    let forbidden = (403, None, r#"{"message":"","error":"forbidden"}"#.to_owned());
    let absent = (404, None, r#"{"message":"","error":"not_found"}"#.to_owned());
    let plain = |path: &str| mal.client.get(url(path)).send();
    let client = |path: &str, id: &str| mal.client.get(url(path)).header("X-MAL-CLIENT-ID", id).send();
    assert_eq!(response_parts(plain("/users/@me/animelist").await.unwrap()).await, forbidden);
    assert_eq!(response_parts(plain("/users/bob/animelist").await.unwrap()).await, forbidden);
    assert_eq!(client("/users/bob/animelist", "any").await.unwrap().status(), 200);
    assert_eq!(response_parts(client("/users/@me/animelist", "any").await.unwrap()).await, forbidden);
    assert_eq!(response_parts(client("/users/nobody/animelist", "any").await.unwrap()).await, absent);
    assert_eq!(response_parts(mal.get("/no/such/thing").send().await.unwrap()).await, absent);
    assert_eq!(response_parts(mal.get("/users/bob").send().await.unwrap()).await, absent);
    assert_eq!(mal.get("/users/Bob/animelist").send().await.unwrap().status(), 200);
    mal.control().configure(|config| config.client_id = Some("known".to_owned()));
    let refused = response_parts(client("/users/bob/animelist", "other").await.unwrap()).await;
    assert_eq!(refused, (400, None, r#"{"message":"Invalid client id","error":"bad_request"}"#.to_owned()));
    assert_eq!(client("/users/bob/animelist", "known").await.unwrap().status(), 200);
    let url = url("/users/@me");
    let garbage = mal.client.get(url).bearer_auth("garbage").send().await.unwrap();
    let header = "Bearer error=\"invalid_token\"".to_owned();
    assert_eq!(response_parts(garbage).await, (401, Some(header), r#"{"error":"invalid_token"}"#.to_owned()));
}

#[tokio::test]
async fn my_list_status_belongs_to_the_requesting_user() {
    let mal = SimFixture::with_entries(200).await;
    let page = mal.get_json("/users/bob/animelist?limit=200&fields=my_list_status{tags},list_status").await;
    let alices = mal.control().entry_ids("alice").unwrap();
    let mut seen = (0, 0);
    for row in page["data"].as_array().unwrap() {
        let shared = alices.contains(&row["node"]["id"].as_u64().unwrap());
        let mine = row["node"].get("my_list_status");
        assert_eq!(mine.is_some(), shared);
        if shared {
            seen.0 += 1;
            assert!(mine.unwrap().get("tags").is_some());
        } else {
            seen.1 += 1;
        }
    }
    assert!(seen.0 > 0 && seen.1 > 0, "{seen:?}");
}

#[tokio::test]
async fn responses_have_mals_headers_and_optional_gzip() {
    let mal = SimFixture::with_entries(300).await;
    let raw = reqwest::Client::builder().gzip(false).build().unwrap();
    let url = format!("{}/users/@me/animelist?limit=300", mal.sim.api_url());
    let ask = || raw.get(&url).bearer_auth(&mal.access_token);
    let plain = ask().send().await.unwrap();
    assert_eq!(plain.headers()["content-type"], "application/json; charset=UTF-8");
    assert!(plain.headers()["date"].to_str().unwrap().ends_with(" GMT"));
    assert!(plain.headers().get("content-encoding").is_none());
    let body = plain.bytes().await.unwrap();
    let packed = ask().header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert!(packed.bytes().await.unwrap().len() < body.len() / 4);
    let undone = mal.get("/users/@me/animelist?limit=300").send().await.unwrap();
    assert_eq!(undone.bytes().await.unwrap(), body);
}

#[tokio::test]
async fn same_seed_gives_identical_bytes_in_every_run() {
    let path = "/users/@me/animelist?limit=1000&nsfw=true&fields=list_status{comments,tags},synopsis,mean,genres";
    let mut bodies = Vec::new();
    for _ in 0..2 {
        let mal = SimFixture::with_entries(400).await;
        bodies.push(mal.get(path).send().await.unwrap().text().await.unwrap());
    }
    // The last one of one page: no link with a port in it.
    assert_eq!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn cached_page_is_dropped_when_the_list_changes() {
    let mal = SimFixture::with_entries(20).await;
    let url = format!("{}/users/alice/animelist?sort=anime_id&nsfw=true&limit=1", mal.sim.api_url());
    let first = async || {
        let page = mal.client.get(&url).header("x-mal-client-id", "any").send().await.unwrap();
        page_ids(&page.json().await.unwrap())[0]
    };
    let listed = mal.control().entry_ids("alice").unwrap();
    assert_eq!(first().await, listed[0]);
    assert_eq!(first().await, listed[0]);
    mal.control().delete_entry("alice", listed[0]).unwrap();
    assert_eq!(first().await, listed[1]);
}
