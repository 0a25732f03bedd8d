//! Tests of decoding: accepted, sanitized and rejected entries.

use serde_json::json;

use super::*;
use crate::domain::anime::{Anime, Broadcast, IdName, Season};

/// Returns the JSON of an entry with these fields merged into `node` and `list_status`.
pub(super) fn entry_json(node: &Value, list_status: &Value) -> String {
    let mut entry = json!({"node": {"id": 5114, "title": "Hagane"}, "list_status": {"status": "watching", "score": 0,
        "num_episodes_watched": 1, "is_rewatching": false, "updated_at": "2021-03-15T09:00:58+00:00"}});
    for (object, fields) in [("node", node), ("list_status", list_status)] {
        for (name, value) in fields.as_object().unwrap() {
            entry[object][name] = value.clone();
        }
    }
    entry.to_string()
}

fn anime_with(node: &Value) -> Anime {
    decode_entry(&entry_json(node, &json!({}))).unwrap().anime
}

fn decode_with_node(node: &str) -> Result<RemoteEntry, EntryError> {
    decode_entry(&format!(r#"{{"node":{node},"list_status":{{"status":"watching"}}}}"#))
}

#[test]
fn every_field_is_decoded() {
    let json = r#"{"node":{"id":2147483647,"title":"\u222c \"T\"","main_picture":{"medium":"https:\/\/m\/1.jpg","large":"https:\/\/m\/1l.jpg"},
        "alternative_titles":{"synonyms":["S"],"en":"English","ja":"\u3042"},"start_date":"2025-10","end_date":"2026","synopsis":"Long.",
        "mean":8.345,"rank":12,"popularity":3,"num_episodes":64,"status":"finished_airing","media_type":"tv","nsfw":"white","genres":[{"id":4,"name":"Comedy"},{"id":1,"name":"Action"}],
        "studios":[{"id":14,"name":"Sunrise"}],"start_season":{"year":2025,"season":"fall"},"source":"manga","rating":"pg_13",
        "average_episode_duration":1440,"broadcast":{"day_of_the_week":"sunday","start_time":"17:00"},"num_list_users":100,
        "num_scoring_users":50,"created_at":"2015-08-02T06:03:11+00:00","updated_at":"2024-05-01T00:00:00+09:00"},
        "list_status":{"status":"completed","score":9,"num_episodes_watched":64,"is_rewatching":true,"updated_at":"2021-03-15T09:00:58+00:00"}}"#;
    let remote = decode_entry(json).unwrap();
    let some = |text: &str| Some(text.to_owned());
    let expected = Anime {
        mal_id: i32::MAX,
        title: "∬ \"T\"".into(),
        title_english: some("English"),
        title_japanese: some("あ"),
        synopsis: some("Long."),
        episodes: Some(64),
        status: some("finished_airing"),
        mean: Some("8.35".parse().unwrap()),
        rank: Some(12),
        popularity: Some(3),
        aired_from: Some("2025-10".parse().unwrap()),
        aired_to: Some("2026".parse().unwrap()),
        image_url: some("https://m/1l.jpg"),
        media_type: some("tv"),
        nsfw: some("white"),
        synonyms: vec!["S".into()],
        genres: vec![IdName { id: 1, name: "Action".into() }, IdName { id: 4, name: "Comedy".into() }],
        studios: vec![IdName { id: 14, name: "Sunrise".into() }],
        start_season: Some(Season { year: 2025, season: "fall".into() }),
        source: some("manga"),
        rating: some("pg_13"),
        average_episode_duration: Some(1440),
        broadcast: Some(Broadcast { day: "sunday".into(), time: some("17:00") }),
        num_list_users: Some(100),
        num_scoring_users: Some(50),
        created_at: "2015-08-02T06:03:11Z".parse().ok(),
        updated_at: "2024-04-30T15:00:00Z".parse().ok(),
    };
    assert_eq!(remote.anime, expected);
    assert_eq!((remote.list_status.values.status.as_str(), remote.list_status.values.score), ("completed", Some(9)));
}

#[test]
fn absent_null_empty_and_zero_are_none() {
    let bare = anime_with(&json!({}));
    let nulls = anime_with(
        &json!({"mean": null, "rank": null, "main_picture": null, "alternative_titles": {"en": "", "ja": null},
        "num_episodes": 0, "synopsis": "", "start_date": "", "media_type": null}),
    );
    assert_eq!(bare, nulls);
    assert_eq!((bare.episodes, bare.mean, bare.image_url), (None, None, None));
    let medium = anime_with(&json!({"main_picture": {"large": "", "medium": "m"}}));
    assert_eq!(medium.image_url.as_deref(), Some("m"), "the medium picture if there is no large one");
}

#[test]
fn repairable_fields_are_sanitized_or_left_out() {
    let anime = anime_with(
        &json!({"title": "a\0b", "start_date": "2017-10-00", "end_date": "0000-00-00", "media_type": "hologram",
        "status": "paused", "nsfw": "pink"}),
    );
    assert_eq!((anime.title.as_str(), anime.aired_from, anime.aired_to), ("a\u{FFFD}b", None, None));
    let kept = [anime.media_type, anime.status, anime.nsfw].map(Option::unwrap);
    assert_eq!(kept, ["hologram", "paused", "pink"]);
}

#[test]
fn every_text_field_is_truncated_at_64_kib() {
    let long = "あ".repeat(30_000);
    let anime = anime_with(&json!({"title": long, "synopsis": long, "alternative_titles": {"en": long, "ja": long},
        "main_picture": {"large": long}, "media_type": long, "start_date": long}));
    let texts = [Some(anime.title), anime.synopsis, anime.title_english, anime.title_japanese, anime.image_url];
    for text in texts.into_iter().chain([anime.media_type]) {
        assert_eq!(text.unwrap().len(), text::MAX_TEXT_BYTES / 3 * 3);
    }
    let error = decode_entry(&entry_json(&json!({"title": long}), &json!({"status": long}))).unwrap_err();
    assert!(error.title.unwrap().len() <= text::MAX_TEXT_BYTES && error.message.len() < 300, "{}", error.message);
}

#[test]
fn mean_score_is_rounded_half_away_from_zero() {
    let table = [
        ("8.345", Some("8.35")),
        ("8.344999999999999999", Some("8.34")),
        ("8", Some("8")),
        ("10.00", Some("10")),
        ("9.995", Some("10")),
        ("0", Some("0")),
        ("-0.0", Some("0")),
        ("83.4e-1", Some("8.34")),
        ("10.001", None),
        ("-0.01", None),
        ("1e999", None),
        ("1e-999", None),
        ("99999999999999999999999999999999", None),
    ];
    for (sent, expected) in table {
        let mean = decode_with_node(&format!(r#"{{"id":1,"title":"T","mean":{sent}}}"#)).unwrap().anime.mean;
        assert_eq!(mean, expected.map(|mean| mean.parse().unwrap()), "{sent}");
    }
}

#[test]
fn invalid_field_rejects_entry_with_its_identity() {
    let (some_title, some_id) = (Some("Hagane"), Some(5114));
    let table = [
        (json!({"id": null}), json!({}), None, some_title, "no id"),
        (json!({"id": "five"}), json!({}), None, some_title, "id is not a whole number: \"five\""),
        (json!({"id": ""}), json!({}), None, some_title, "no id"),
        (json!({"id": 1.5}), json!({}), None, some_title, "id is not a whole number: 1.5"),
        (json!({"id": [5]}), json!({}), None, some_title, "id is not a whole number: [5]"),
        (json!({"id": 0}), json!({}), Some(0), some_title, "id is 0, outside 1 to 2147483647"),
        (json!({"id": -1}), json!({}), Some(-1), some_title, "id is -1, outside"),
        (json!({"id": 2_147_483_648_u64}), json!({}), Some(2_147_483_648), some_title, "id is 2147483648, outside"),
        (json!({"title": null}), json!({}), some_id, None, "no title"),
        (json!({"title": ""}), json!({}), some_id, None, "no title"),
        (json!({"title": " \t"}), json!({}), some_id, None, "no title"),
        (json!({"title": 7}), json!({}), some_id, None, "title is not a string: 7"),
        (json!({}), json!({"status": "rewatching"}), some_id, some_title, "unknown list status \"rewatching\""),
        (json!({}), json!({"score": 11}), some_id, some_title, "score is 11, outside 0 to 10"),
        (json!({}), json!({"score": "good"}), some_id, some_title, "score is not a whole number: \"good\""),
    ];
    for (node, list, mal_id, title, message) in table {
        let error = decode_entry(&entry_json(&node, &list)).unwrap_err();
        assert!(error.message.starts_with(message), "{node} {list}: {}", error.message);
        assert_eq!(
            (error.mal_id, error.title.as_deref(), error.kind),
            (mal_id, title, EntryErrorKind::Invalid),
            "{node} {list}"
        );
    }
}

#[test]
fn malformed_entry_is_rejected_with_known_identity() {
    let table = [
        ("null", None, "the entry is not an object"),
        ("[{\"id\":1},{}]", None, "the entry is not an object"),
        ("{}", None, "no id"),
        (r#"{"node":[1,"T"],"list_status":{}}"#, None, "node is not an object"),
        (r#"{"node":{"id":7,"title":"T"}}"#, Some(7), "no list_status"),
        (r#"{"node":{"id":7,"title":"T"},"list_status":null}"#, Some(7), "no list_status"),
        (r#"{"node":{"id":7,"title":"T"},"list_status":[]}"#, Some(7), "list_status is not an object: []"),
        (
            r#"{"node":{"id":7,"title":"T"},"list_status":{"status":"watching","score":1e999}}"#,
            Some(7),
            "list_status cannot be read",
        ),
        (r#"{"node":{"id":7,"id":8,"title":"T"},"list_status":{}}"#, Some(8), "node cannot be read: duplicate field"),
        (
            r#"{"node":{"id":99999999999999999999999999,"title":"T"}}"#,
            None,
            "id is 99999999999999999999999999, outside",
        ),
        (r#"{"node":{"id":1.5e0,"title":"T"}}"#, None, "id is not a whole number: 1.5e0"),
    ];
    for (text, mal_id, message) in table {
        let error = decode_entry(text).unwrap_err();
        assert!(error.message.starts_with(message), "{text}: {}", error.message);
        assert_eq!(error.mal_id, mal_id, "{text}");
    }
}

#[test]
fn bad_entries_do_not_affect_the_rest_of_the_page() {
    let good = |id: i32| format!(r#"{{"node":{{"id":{id},"title":"T"}},"list_status":{{"status":"watching"}}}}"#);
    let deeply_nested = "[".repeat(100_000) + &"]".repeat(100_000);
    let rejected = [
        r#"{"node":{"id":2,"title":"T"},"list_status":{"status":"watching","score":1e999}}"#.to_owned(),
        format!(r#"{{"node":{{"id":3,"title":"T"}},"list_status":{{"status":"watching","score":{deeply_nested}}}}}"#),
        "7".to_owned(),
    ];
    let lone_surrogate = r#"{"node":{"id":4,"title":"T\ud83d"},"list_status":{"status":"watching"}}"#;
    let body = format!(
        r#"{{"data":[{},{},{lone_surrogate},{},{}],"paging":{{"next":"x"}}}}"#,
        good(1),
        rejected.join(","),
        good(5),
        good(1)
    );
    let page = parse_envelope(body.as_bytes()).unwrap();
    let (good, rejected) = decode_entries(&page.data);
    assert_eq!(good.iter().map(RemoteEntry::mal_id).collect::<Vec<_>>(), [1, 4, 5, 1], "in order, duplicates included");
    assert_eq!(good[1].anime.title, "T\u{FFFD}");
    assert_eq!(rejected.iter().map(|error| error.mal_id).collect::<Vec<_>>(), [Some(2), Some(3), None]);
    assert_eq!(page.next, Some(json!("x")));
}

#[test]
fn parallel_decoding_keeps_entry_order() {
    let texts: Vec<String> = (1..=1001)
        .map(|id| if id % 7 == 0 { id.to_string() } else { entry_json(&json!({"id": id}), &json!({})) })
        .collect();
    let raw: Vec<&RawValue> = texts.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    for count in [PARALLEL_DECODE_THRESHOLD - 1, PARALLEL_DECODE_THRESHOLD, PARALLEL_DECODE_THRESHOLD + 1, 1001] {
        let (valid, rejected) = decode_entries(&raw[..count]);
        let ids: Vec<i32> = valid.iter().map(RemoteEntry::mal_id).collect();
        let expected: Vec<i32> = (1..=i32::try_from(count).unwrap()).filter(|id| id % 7 != 0).collect();
        assert_eq!((ids, rejected.len()), (expected, count / 7));
    }
}

#[test]
fn malformed_envelope_is_an_error_not_an_empty_page() {
    for body in [
        "",
        "null",
        "[]",
        "[[],{}]",
        "{}",
        "7",
        r#"{"error":"x"}"#,
        r#"{"data":null}"#,
        r#"{"data":{}}"#,
        r#"{"data":[],"paging":[]}"#,
        r#"{"data":[],"paging":"x"}"#,
        r#"{"data":[]} x"#,
        r#"{"data":["#,
    ] {
        assert!(parse_envelope(body.as_bytes()).is_err(), "{body}");
    }
    assert!(parse_envelope(b"{\"data\":[\"\xFF\"]}").unwrap_err().contains("UTF-8"));
    for body in [
        r#"{"data":[]}"#,
        r#"{"data":[],"paging":{}}"#,
        r#" {"data":[],"paging":null}"#,
        r#"{"data":[],"paging":{"next":null}}"#,
    ] {
        assert!(parse_envelope(body.as_bytes()).unwrap().data.is_empty(), "{body}");
    }
}

/// Responses of the real API recorded by others. They are not part of this project.
#[test]
fn recorded_responses_are_decoded() {
    let manifest_dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let Some(recorded) = ["../shared/fixtures", "../../shared/fixtures"]
        .map(|path| manifest_dir.join(path))
        .into_iter()
        .find(|path| path.exists())
    else {
        println!("note: no recorded responses near {}: nothing was compared", manifest_dir.display());
        return;
    };
    let table = [
        ("nstratos/userAnimeList.json", Some(0)),
        ("node-myanimelist/animelist_page1_default_limit.json", Some(0)),
        ("d3bug64/animelist_fields_list_status_limit10.json", Some(0)),
        ("recorded/animelist_raw_bytes_no_limit.json", Some(0)),
        ("recorded/animelist_entry_2025_numeps0.json", Some(0)),
        ("anime-ml/animelist.json", None),
    ];
    for (name, expected_rejected) in table {
        let body = std::fs::read(recorded.join(name)).unwrap();
        let page = parse_envelope(&body).unwrap();
        let (valid, rejected_entries) = decode_entries(&page.data);
        assert_eq!(
            rejected_entries.len(),
            expected_rejected.unwrap_or(page.data.len()),
            "{name}: {rejected_entries:?}"
        );
        assert_eq!(valid.len() + rejected_entries.len(), page.data.len());
        assert!(
            rejected_entries.iter().all(|error| error.message == "no list_status" && error.mal_id.is_some()),
            "{name}: {rejected_entries:?}"
        );
    }
}

#[test]
fn lists_are_bounded_and_nameless_items_left_out() {
    let many: Vec<Value> = (1..=150).rev().map(|id| json!({"id": id, "name": format!("Genre {id}")})).collect();
    let anime = anime_with(&json!({
        "genres": many,
        "studios": [{"id": 1}, {"name": "x"}, {"id": 2, "name": "y"}, {"id": 2, "name": "z"}],
        "alternative_titles": {"synonyms": vec!["s"; 150]},
    }));
    assert_eq!((anime.genres.len(), anime.synonyms.len()), (100, 100));
    assert_eq!((anime.genres[0].id, anime.genres[99].id), (51, 150), "the first 100 received, sorted by id");
    assert_eq!(anime.studios, [IdName { id: 2, name: "y".into() }]);
}

/// The kinds of JSON that other encoders write in the place of a value.
#[test]
fn metadata_of_wrong_type_costs_only_itself() {
    let bare = decode_entry(&entry_json(&json!({}), &json!({}))).unwrap();
    let mut table = vec![
        json!({"num_episodes": -1}),
        json!({"num_episodes": 2_147_483_648_u64}),
        json!({"num_episodes": "twelve"}),
        json!({"num_episodes": 12.5}),
        json!({"mean": "good"}),
        json!({"mean": true}),
        json!({"rank": 1.5}),
        json!({"rank": 9e18}),
        json!({"genres": ["x"]}),
        json!({"studios": [{"id": "x", "name": "y"}]}),
        json!({"start_season": {"year": "x", "season": "fall"}}),
        json!({"start_season": {"year": 2019, "season": 4}}),
        json!({"broadcast": {"day_of_the_week": 7, "start_time": "17:00"}}),
        json!({"alternative_titles": {"en": 7, "synonyms": []}}),
        json!({"alternative_titles": {"synonyms": {}}}),
        json!({"alternative_titles": {"synonyms": [7]}}),
        json!({"main_picture": {"large": []}}),
        json!({"average_episode_duration": -1}),
        json!({"num_list_users": "many"}),
        json!({"num_scoring_users": []}),
        json!({"created_at": 5}),
        json!({"updated_at": {}}),
    ];
    for name in REQUESTED_NODE_FIELDS {
        table.push(json!({*name: true}));
        let is_object = ["alternative_titles", "main_picture", "start_season", "broadcast"].contains(name);
        table.push(if is_object { json!({*name: []}) } else { json!({*name: {}}) });
    }
    assert!(table.len() > 60);
    for fields in table {
        let decoded =
            decode_entry(&entry_json(&fields, &json!({}))).unwrap_or_else(|error| panic!("{fields}: {error:?}"));
        assert_eq!((&decoded.anime, &decoded.list_status), (&bare.anime, &bare.list_status), "{fields}");
        assert_eq!(decoded.unreadable_values, 1, "{fields}");
    }
    let all: Value = REQUESTED_NODE_FIELDS.iter().map(|name| ((*name).to_owned(), json!(true))).collect();
    let decoded = decode_entry(&entry_json(&all, &json!({"tags": 5, "comments": []}))).unwrap();
    assert_eq!((decoded.anime, decoded.unreadable_values), (bare.anime, REQUESTED_NODE_FIELDS.len() as u64 + 2));
}

#[test]
fn numbers_of_another_type_are_numbers() {
    let sent = json!({"id": "5114", "num_episodes": "64", "mean": "9.1", "rank": 1.0, "popularity": "3.0",
        "average_episode_duration": 1440.0, "num_list_users": "100", "genres": [{"id": "1", "name": "Action"}],
        "start_season": {"year": "2009", "season": "spring"}});
    let list_status = json!({"score": "9", "num_episodes_watched": 64.0, "is_rewatching": 0});
    let decoded = decode_entry(&entry_json(&sent, &list_status)).unwrap();
    let anime = &decoded.anime;
    assert_eq!((anime.mal_id, anime.episodes, anime.mean), (5114, Some(64), "9.1".parse().ok()));
    assert_eq!((anime.rank, anime.popularity, anime.num_list_users), (Some(1), Some(3), Some(100)));
    assert_eq!((anime.average_episode_duration, anime.genres.len()), (Some(1440), 1));
    assert_eq!(anime.start_season, Some(Season { year: 2009, season: "spring".into() }));
    let values = &decoded.list_status.values;
    assert_eq!((values.score, values.episodes_watched, values.is_rewatching), (Some(9), Some(64), false));
    assert_eq!(decoded.unreadable_values, 0);
    for id in ["5114.0", "\"5114.0\"", "5.114e3", "\" 5114 \""] {
        let decoded = decode_with_node(&format!(r#"{{"id":{id},"title":"T"}}"#)).unwrap();
        assert_eq!(decoded.mal_id(), 5114, "{id}");
    }
    let blank = anime_with(&json!({"num_episodes": "", "mean": "", "rank": "", "created_at": ""}));
    assert_eq!((blank.episodes, blank.mean, blank.rank), (None, None, None));
}

#[test]
fn incomplete_metadata_is_none() {
    let bare = anime_with(
        &json!({"start_season": {"year": 2019}, "broadcast": {}, "average_episode_duration": 0, "created_at": "soon"}),
    );
    assert_eq!(
        (bare.start_season, bare.broadcast, bare.average_episode_duration, bare.created_at),
        (None, None, None, None)
    );
}

/// Other programs of the comparison request the same fields.
#[test]
fn requested_fields_are_those_of_the_benchmarks() {
    assert_eq!(include_str!("../../../benches/fields.txt").trim(), requested_fields());
}
