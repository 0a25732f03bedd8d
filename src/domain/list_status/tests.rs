//! Parsing, sanitizing and rejecting `list_status` objects.

use serde_json::json;

use super::*;
use crate::domain::text;

fn parse_with_warnings(sent: &Value) -> (Result<ListStatus, String>, Vec<String>) {
    let (read, warnings, _) = parse_with_reports(sent);
    (read, warnings)
}

/// Returns the result, the warnings, and the messages about unreadable values.
fn parse_with_reports(sent: &Value) -> (Result<ListStatus, String>, Vec<String>, Vec<String>) {
    let (mut warnings, mut unreadable) = (Vec::new(), UnreadableValues::default());
    let read = ListStatus::parse(sent.clone(), &mut |warning| warnings.push(warning.to_owned()), &mut unreadable);
    (read, warnings, unreadable.messages().to_vec())
}

/// Returns a valid `list_status` with these fields added or replaced.
fn status_with_fields(fields: &Value) -> Value {
    let mut sent = json!({"status": "watching", "score": 7, "num_episodes_watched": 3, "is_rewatching": false,
        "updated_at": "2021-03-15T09:00:58+00:00"});
    for (name, value) in fields.as_object().unwrap() {
        sent[name] = value.clone();
    }
    sent
}

#[test]
fn parse_maps_every_field_to_its_column() {
    let sent = status_with_fields(
        &json!({"start_date": "2019", "finish_date": "2019-04-05", "priority": 2, "num_times_rewatched": 4,
        "rewatch_value": 5, "tags": ["a", "b"], "comments": "Tom &amp; Jerry &quot;&#39;&#x3042;&eacute;", "is_rewatching": true}),
    );
    let (status, warnings) = parse_with_warnings(&sent);
    let status = status.unwrap();
    let expected = EntryValues {
        status: "watching".into(),
        score: Some(7),
        start_date: Some("2019".parse().unwrap()),
        finish_date: Some("2019-04-05".parse().unwrap()),
        notes: Some("Tom & Jerry \"'あé".into()),
        is_rewatching: true,
        rewatch_episodes: Some(3),
        times_rewatched: 4,
        rewatch_value: 5,
        priority: 2,
        tags: vec!["a".into(), "b".into()],
        ..EntryValues::default()
    };
    assert_eq!(status.values, expected);
    assert_eq!(status.updated_at.unwrap().to_rfc3339(), "2021-03-15T09:00:58+00:00");
    assert_eq!((status.base.parse_json(), warnings.len()), (Some(sent), 0), "the base is the object as MAL sent it");
}

#[test]
fn parse_treats_absent_null_and_empty_alike() {
    let plain = parse_with_warnings(&json!({"status": "completed"})).0.unwrap();
    let nulls = parse_with_warnings(
        &json!({"status": "completed", "score": null, "num_episodes_watched": null, "is_rewatching": null,
        "updated_at": null, "start_date": null, "finish_date": "", "tags": null, "comments": "", "priority": null}),
    );
    assert_eq!((&plain.values, nulls.1.len()), (&nulls.0.unwrap().values, 0));
    assert_eq!((plain.values.episodes_watched, plain.values.notes, plain.updated_at), (Some(0), None, None));
}

#[test]
fn parse_returns_none_for_score_zero_and_keeps_zero_episodes() {
    let values =
        parse_with_warnings(&status_with_fields(&json!({"score": 0, "num_episodes_watched": 0}))).0.unwrap().values;
    assert_eq!((values.score, values.episodes_watched), (None, Some(0)));
}

#[test]
fn parse_rejects_unstorable_value_and_names_its_field() {
    let table = [
        (json!({"status": null}), "no status in list_status"),
        (json!({"status": "rewatching"}), "unknown list status \"rewatching\""),
        (json!({"status": 1}), "status is not a string: 1"),
        (json!({"score": 11}), "score is 11, outside 0 to 10"),
        (json!({"score": -1}), "score is -1, outside 0 to 10"),
        (json!({"score": 7.5}), "score is not a whole number: 7.5"),
        (json!({"score": "good"}), "score is not a whole number: \"good\""),
        (json!({"score": "7.5"}), "score is not a whole number: \"7.5\""),
        (json!({"score": true}), "score is not a whole number: true"),
        (json!({"score": {}}), "score is not a whole number: {}"),
        (json!({"num_episodes_watched": [3]}), "num_episodes_watched is not a whole number: [3]"),
        (json!({"num_episodes_watched": -1}), "num_episodes_watched is -1, outside 0 to 2147483647"),
        (
            json!({"num_episodes_watched": 2_147_483_648_u64}),
            "num_episodes_watched is 2147483648, outside 0 to 2147483647",
        ),
        (json!({"num_episodes_watched": u64::MAX}), "num_episodes_watched is 18446744073709551615, outside"),
    ];
    for (fields, message) in table {
        let rejected = parse_with_warnings(&status_with_fields(&fields)).0.unwrap_err();
        assert!(rejected.starts_with(message), "{fields}: {rejected}");
    }
    for sent in [json!(null), json!([]), json!("watching")] {
        assert!(parse_with_warnings(&sent).0.unwrap_err().starts_with("list_status is not an object"));
    }
}

#[test]
fn parse_reads_numbers_and_booleans_of_another_type() {
    let sent = status_with_fields(&json!({"score": "8", "num_episodes_watched": 12.0, "num_times_rewatched": "1",
        "rewatch_value": 3.0, "priority": " 2 ", "is_rewatching": 1}));
    let (status, warnings, unreadable) = parse_with_reports(&sent);
    let status = status.unwrap();
    let values = &status.values;
    assert_eq!((values.score, values.rewatch_episodes, values.times_rewatched), (Some(8), Some(12), 1));
    assert_eq!((values.rewatch_value, values.priority, values.is_rewatching), (3, 2, true));
    assert_eq!((warnings.len(), unreadable.len()), (0, 0));
    let plain = json!({"score": 8, "num_episodes_watched": 12, "num_times_rewatched": 1, "rewatch_value": 3,
        "priority": 2, "is_rewatching": true});
    assert_eq!(status.base.parse_json(), Some(status_with_fields(&plain)), "the base has the documented types");
}

#[test]
fn parse_takes_unreadable_decoration_as_absent() {
    let bare = parse_with_warnings(&status_with_fields(&json!({"is_rewatching": null}))).0.unwrap().values;
    let table = [
        (json!({"num_times_rewatched": -2}), "num_times_rewatched is -2, outside"),
        (json!({"num_times_rewatched": 2_147_483_648_u64}), "num_times_rewatched is 2147483648, outside"),
        (json!({"rewatch_value": true}), "rewatch_value is not a whole number: true"),
        (json!({"rewatch_value": "high"}), "rewatch_value is not a whole number: \"high\""),
        (json!({"priority": []}), "priority is not a whole number: []"),
        (json!({"priority": 1.5}), "priority is not a whole number: 1.5"),
        (json!({"priority": {}}), "priority is not a whole number: {}"),
        (json!({"is_rewatching": 2}), "is_rewatching is neither true nor false: 2"),
        (json!({"is_rewatching": "true"}), "is_rewatching is neither true nor false: \"true\""),
        (json!({"is_rewatching": []}), "is_rewatching is neither true nor false: []"),
        (json!({"tags": "a,b"}), "tags is not a list of strings: \"a,b\""),
        (json!({"tags": {"0": "a"}}), "tags is not a list of strings: {\"0\":\"a\"}"),
        (json!({"tags": 0}), "tags is not a list of strings: 0"),
        (json!({"tags": [1]}), "an item of tags is not a string: 1"),
        (json!({"comments": {}}), "comments is not a string: {}"),
        (json!({"comments": false}), "comments is not a string: false"),
        (json!({"start_date": 2019}), "start_date is not a string: 2019"),
        (json!({"finish_date": {"year": 2019}}), "finish_date is not a string: {\"year\":2019}"),
        (json!({"finish_date": []}), "finish_date is not a string: []"),
        (json!({"updated_at": 1_615_798_858}), "updated_at is not a string: 1615798858"),
    ];
    for (fields, message) in table {
        let (status, warnings, unreadable) = parse_with_reports(&status_with_fields(&fields));
        let status = status.unwrap_or_else(|error| panic!("{fields}: {error}"));
        assert_eq!(status.values, EntryValues { is_rewatching: false, ..bare.clone() }, "{fields}");
        assert_eq!((warnings.len(), unreadable.len()), (0, 1), "{fields}");
        assert!(unreadable[0].starts_with(message), "{fields}: {unreadable:?}");
        let again = parse_with_reports(&status.base.parse_json().unwrap());
        assert_eq!((again.0.unwrap(), again.2.len()), (status, 0), "the stored base is readable: {fields}");
    }
    for fields in
        [json!({"tags": ""}), json!({"tags": {}}), json!({"priority": "", "is_rewatching": "", "score": null})]
    {
        let (status, _, unreadable) = parse_with_reports(&status_with_fields(&fields));
        assert_eq!((status.unwrap().values.tags.len(), unreadable.len()), (0, 0), "{fields}");
    }
    let (status, _, unreadable) = parse_with_reports(&status_with_fields(&json!({"tags": ["a", 1, null, "b"]})));
    assert_eq!((status.unwrap().values.tags, unreadable.len()), (vec!["a".to_owned(), "b".to_owned()], 2));
}

#[test]
fn parse_ignores_num_watched_episodes() {
    let sent = json!({"status": "watching", "num_watched_episodes": 5});
    assert_eq!(parse_with_warnings(&sent).0.unwrap().values.episodes_watched, Some(0));
}

#[test]
fn parse_drops_impossible_date_with_warning() {
    for text in ["0000-00-00", "2017-10-00", "2023-02-30", "2024-1-5", "2017-10-03T00:00:00+09:00", "10000"] {
        let (status, warnings) = parse_with_warnings(&status_with_fields(&json!({"finish_date": text})));
        assert_eq!((status.unwrap().values.finish_date, warnings.len()), (None, 1), "{text}");
        assert!(warnings[0].contains("finish_date") && warnings[0].contains(text));
    }
}

#[test]
fn parse_accepts_any_time_offset_and_drops_invalid_time() {
    let updated = |text: &str| {
        let (status, warnings) = parse_with_warnings(&status_with_fields(&json!({"updated_at": text})));
        (status.unwrap().updated_at.map(|time| time.to_rfc3339()), warnings.len())
    };
    assert_eq!(updated("2021-03-15T18:00:58.1234567+09:00"), (Some("2021-03-15T09:00:58.123456+00:00".into()), 0));
    assert_eq!(updated("1969-12-31T23:59:59Z"), (Some("1969-12-31T23:59:59+00:00".into()), 0));
    for text in [
        "2021-03-15T09:00:58",
        "2021-03-15",
        "yesterday",
        "2016-12-31T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-01:00",
    ] {
        assert_eq!(updated(text), (None, 1), "{text}");
    }
}

#[test]
fn parse_replaces_nul_in_values_and_names() {
    let (status, warnings) = parse_with_warnings(&status_with_fields(
        &json!({"comments": "a\0b &#0;", "tags": ["\0"], "new\0": {"deep\0": ["\0"]}}),
    ));
    let status = status.unwrap();
    assert!(!status.base.raw_json().get().contains("\\u0000"), "{:?}", status.base);
    assert_eq!(status.values.notes.as_deref(), Some("a\u{FFFD}b &#0;"));
    assert_eq!((status.values.tags, warnings.len()), (vec!["\u{FFFD}".to_owned()], 1));
}

#[test]
fn parse_truncates_long_text_and_excess_tags_with_warnings() {
    let long = "&lt;".repeat(20_000);
    let (status, warnings) = parse_with_warnings(&status_with_fields(
        &json!({"comments": long, "tags": vec!["t"; 101], "new": {"deep": [long]}}),
    ));
    let status = status.unwrap();
    assert_eq!(status.values.notes.unwrap(), "<".repeat(text::MAX_TEXT_BYTES / 4));
    let raw = status.base.parse_json().unwrap();
    assert_eq!((status.values.tags.len(), raw["tags"].as_array().unwrap().len()), (100, 100));
    assert_eq!(raw["new"]["deep"][0].as_str().unwrap().len(), text::MAX_TEXT_BYTES);
    assert_eq!(
        warnings,
        ["list_status is longer than 64 KiB and is truncated", "101 tags, of which the first 100 are kept"]
    );
    let most = parse_with_warnings(&status_with_fields(
        &json!({"comments": "x".repeat(text::MAX_TEXT_BYTES), "tags": vec!["t"; 100]}),
    ));
    assert!(most.0.is_ok() && most.1.is_empty(), "{:?}", most.1);
    let message = parse_with_warnings(&status_with_fields(&json!({"status": "x".repeat(100_000)}))).0.unwrap_err();
    assert!(message.len() < 200, "{}", message.len());
}

#[test]
fn parse_of_stored_base_returns_same_list_status() {
    let first = parse_with_warnings(&status_with_fields(
        &json!({"comments": "&lt;3\0", "start_date": "2017-13", "tags": vec!["\0"; 200], "new": "あ".repeat(50_000)}),
    ))
    .0
    .unwrap();
    let again = parse_with_warnings(&first.base.parse_json().unwrap()).0.unwrap();
    assert_eq!(first, again);
}
