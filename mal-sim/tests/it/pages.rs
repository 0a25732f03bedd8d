//! Lists: paging, fields, filters, who may ask.

use mal_sim::{Config, OverLimit};
use serde_json::Value;

use crate::support::{Mal, ids, whole};

/// Follows `next` to the end, checking each page's links.
async fn walk(mal: &Mal, limit: usize, more: &str) -> Vec<u64> {
    let mut path = format!("/users/@me/animelist?limit={limit}{more}");
    let (mut all, mut offset) = (Vec::new(), 0);
    loop {
        let page = mal.json(&path).await;
        let paging = page["paging"].as_object().unwrap();
        assert_eq!(paging.contains_key("previous"), offset > 0);
        let found = ids(&page);
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
async fn the_pages_put_together_are_the_list() {
    let mal = Mal::with(300).await;
    let whole = ids(&mal.json("/users/@me/animelist?limit=1000&nsfw=true").await);
    assert_eq!(whole.len(), 300);
    for limit in [1, 7, 99, 100, 299, 300, 301, 1000] {
        assert_eq!(walk(&mal, limit, "&nsfw=true").await, whole, "limit {limit}");
    }
    for more in ["&sort=list_updated_at", "&status=completed", "&sort=anime_id&nsfw=1", ""] {
        let path = format!("/users/@me/animelist?limit=1000{more}");
        assert_eq!(walk(&mal, 13, more).await, ids(&mal.json(&path).await), "{more}");
    }
}

#[tokio::test]
async fn links_are_as_recorded() {
    let mal = Mal::with(300).await;
    let path = "/users/@me/animelist?fields=list_status%7B%7D,%20mean&offset=100&limit=2";
    let text = mal.get(path).send().await.unwrap().text().await.unwrap();
    let base = mal.sim.api_url().replace('/', "\\/");
    let link = |offset: u32| {
        format!("{base}\\/users\\/@me\\/animelist?offset={offset}&fields=list_status%7B%7D%2C+mean&limit=2")
    };
    let paging = format!("],\"paging\":{{\"previous\":\"{}\",\"next\":\"{}\"}}}}", link(98), link(102));
    assert!(text.ends_with(&paging), "{text}");
    let past = mal.json("/users/@me/animelist?offset=5000&limit=10").await;
    assert_eq!(past["data"], serde_json::json!([]));
    assert!(past["paging"].get("next").is_none());
    let only = mal.get("/users/@me/animelist?limit=1000").send().await.unwrap().text().await.unwrap();
    assert!(only.ends_with("],\"paging\":{}}"));
}

#[tokio::test]
async fn without_fields_there_are_three_keys_and_no_list_status() {
    let mal = Mal::with(300).await;
    for row in mal.json("/users/@me/animelist?limit=300").await["data"].as_array().unwrap() {
        let keys: Vec<&String> = row.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["node"]);
        let keys: Vec<&String> = row["node"].as_object().unwrap().keys().collect();
        assert!(keys == ["id", "title", "main_picture"] || keys == ["id", "title"], "{keys:?}");
    }
}

#[tokio::test]
async fn fields_come_in_the_order_asked_and_braces_add() {
    let mal = Mal::with(300).await;
    let path = "/users/@me/animelist?limit=300&nsfw=true&fields=num_episodes, nonsense,list_status{comments,tags},media_type,pictures";
    let page = mal.json(path).await;
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
async fn comments_come_with_entities_and_text_as_escapes() {
    let mal = Mal::with(2000).await;
    let path = "/users/@me/animelist?limit=1000&nsfw=true&fields=list_status{comments}";
    let text = mal.get(path).send().await.unwrap().text().await.unwrap();
    for part in ["&quot;", "&amp;", "&#039;", "\\u222c", "\\ud83d\\udc09", "https:\\/\\/"] {
        assert!(text.contains(part), "{part}");
    }
    assert!(text.is_ascii());
}

#[tokio::test]
async fn gray_entries_hide_and_rewatched_ones_move() {
    let mal = Mal::with(1000).await;
    let list = async |more: &str| {
        let path = format!("/users/@me/animelist?limit=1000&fields=nsfw,list_status{more}");
        mal.json(&path).await["data"].as_array().unwrap().clone()
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
async fn limits() {
    let mal = Mal::start(Config { entries: 1200, ..Config::default() }).await;
    let count = async |more: &str| {
        let page = mal.json(&format!("/users/@me/animelist?nsfw=true{more}")).await;
        ids(&page).len()
    };
    assert_eq!(count("").await, 10);
    mal.control().configure(|config| config.default_limit = 100);
    assert_eq!(count("").await, 100);
    assert_eq!(count("&limit=1000").await, 1000);
    mal.control().configure(|config| config.over_limit = OverLimit::Clamp);
    assert_eq!(count("&limit=1001").await, 1000);
}

#[tokio::test]
async fn bad_parameters_are_named() {
    let mal = Mal::with(3).await;
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
        assert_eq!(whole(answer).await, (400, None, body), "{query}");
    }
}

#[tokio::test]
async fn who_may_ask_for_what() {
    let mal = Mal::with(3).await;
    let url = |path: &str| format!("{}{path}", mal.sim.api_url());
    let forbidden = (403, None, r#"{"message":"","error":"forbidden"}"#.to_owned());
    let absent = (404, None, r#"{"message":"","error":"not_found"}"#.to_owned());
    let plain = |path: &str| mal.http.get(url(path)).send();
    let client = |path: &str, id: &str| mal.http.get(url(path)).header("X-MAL-CLIENT-ID", id).send();
    assert_eq!(whole(plain("/users/@me/animelist").await.unwrap()).await, forbidden);
    assert_eq!(whole(plain("/users/bob/animelist").await.unwrap()).await, forbidden);
    assert_eq!(client("/users/bob/animelist", "any").await.unwrap().status(), 200);
    assert_eq!(whole(client("/users/@me/animelist", "any").await.unwrap()).await, forbidden);
    assert_eq!(whole(client("/users/nobody/animelist", "any").await.unwrap()).await, absent);
    assert_eq!(whole(mal.get("/no/such/thing").send().await.unwrap()).await, absent);
    assert_eq!(whole(mal.get("/users/bob").send().await.unwrap()).await, absent);
    assert_eq!(mal.get("/users/Bob/animelist").send().await.unwrap().status(), 200);
    mal.control().configure(|config| config.client_id = Some("known".to_owned()));
    let refused = whole(client("/users/bob/animelist", "other").await.unwrap()).await;
    assert_eq!(refused, (400, None, r#"{"message":"Invalid client id","error":"bad_request"}"#.to_owned()));
    assert_eq!(client("/users/bob/animelist", "known").await.unwrap().status(), 200);
    let url = url("/users/@me");
    let garbage = mal.http.get(url).bearer_auth("garbage").send().await.unwrap();
    let header = "Bearer error=\"invalid_token\"".to_owned();
    assert_eq!(whole(garbage).await, (401, Some(header), r#"{"error":"invalid_token"}"#.to_owned()));
}

#[tokio::test]
async fn my_list_status_is_the_askers_own() {
    let mal = Mal::with(200).await;
    let page = mal.json("/users/bob/animelist?limit=200&fields=my_list_status{tags},list_status").await;
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
async fn answers_carry_the_headers_of_mal() {
    let mal = Mal::with(300).await;
    let raw = reqwest::Client::builder().gzip(false).build().unwrap();
    let url = format!("{}/users/@me/animelist?limit=300", mal.sim.api_url());
    let ask = || raw.get(&url).bearer_auth(&mal.token);
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
async fn another_run_gives_the_same_bytes() {
    let path = "/users/@me/animelist?limit=1000&nsfw=true&fields=list_status{comments,tags},synopsis,mean,genres";
    let mut bodies = Vec::new();
    for _ in 0..2 {
        let mal = Mal::with(400).await;
        bodies.push(mal.get(path).send().await.unwrap().text().await.unwrap());
    }
    // The last one of one page: no link with a port in it.
    assert_eq!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn a_page_from_memory_is_never_older_than_the_list() {
    let mal = Mal::with(20).await;
    let url = format!("{}/users/alice/animelist?sort=anime_id&nsfw=true&limit=1", mal.sim.api_url());
    let first = async || {
        let page = mal.http.get(&url).header("x-mal-client-id", "any").send().await.unwrap();
        ids(&page.json().await.unwrap())[0]
    };
    let listed = mal.control().entry_ids("alice").unwrap();
    assert_eq!(first().await, listed[0]);
    assert_eq!(first().await, listed[0]);
    mal.control().delete_entry("alice", listed[0]).unwrap();
    assert_eq!(first().await, listed[1]);
}
