//! What is read, mended and rejected of a `list_status`.

use serde_json::json;

use super::*;

fn read(sent: &Value) -> (Result<ListStatus, String>, Vec<String>) {
    let mut warnings = Vec::new();
    let read = ListStatus::read(sent.clone(), &mut |warning| warnings.push(warning.to_owned()));
    (read, warnings)
}

/// A plain `list_status` with these fields put in.
fn with(fields: &Value) -> Value {
    let mut sent = json!({"status": "watching", "score": 7, "num_episodes_watched": 3, "is_rewatching": false,
        "updated_at": "2021-03-15T09:00:58+00:00"});
    for (name, value) in fields.as_object().unwrap() {
        sent[name] = value.clone();
    }
    sent
}

#[test]
fn every_field_reaches_its_column() {
    let sent = with(
        &json!({"start_date": "2019", "finish_date": "2019-04-05", "priority": 2, "num_times_rewatched": 4,
        "rewatch_value": 5, "tags": ["a", "b"], "comments": "Tom &amp; Jerry &quot;&#39;&#x3042;&eacute;", "is_rewatching": true}),
    );
    let (status, warnings) = read(&sent);
    let status = status.unwrap();
    let expected = Values {
        status: "watching".into(),
        score: Some(7),
        episodes_watched: Some(3),
        start_date: Some("2019".parse().unwrap()),
        finish_date: Some("2019-04-05".parse().unwrap()),
        notes: Some("Tom & Jerry \"'あé".into()),
        is_rewatching: true,
        times_rewatched: 4,
        rewatch_value: 5,
        priority: 2,
        tags: vec!["a".into(), "b".into()],
    };
    assert_eq!(status.values, expected);
    assert_eq!(status.updated_at.unwrap().to_rfc3339(), "2021-03-15T09:00:58+00:00");
    assert_eq!((status.raw.value(), warnings.len()), (Some(sent), 0), "the base is the object as MAL sent it");
}

#[test]
fn absent_null_and_empty_are_the_same() {
    let plain = read(&json!({"status": "completed"})).0.unwrap();
    let nulls =
        read(&json!({"status": "completed", "score": null, "num_episodes_watched": null, "is_rewatching": null,
        "updated_at": null, "start_date": null, "finish_date": "", "tags": null, "comments": "", "priority": null}));
    assert_eq!((&plain.values, nulls.1.len()), (&nulls.0.unwrap().values, 0));
    assert_eq!((plain.values.episodes_watched, plain.values.notes, plain.updated_at), (Some(0), None, None));
}

#[test]
fn a_score_of_nought_is_no_score_and_nought_episodes_stay() {
    let values = read(&with(&json!({"score": 0, "num_episodes_watched": 0}))).0.unwrap().values;
    assert_eq!((values.score, values.episodes_watched), (None, Some(0)));
}

#[test]
fn what_no_row_can_hold_is_rejected_by_name() {
    let table = [
        (json!({"status": null}), "no status in list_status"),
        (json!({"status": "rewatching"}), "unknown list status \"rewatching\""),
        (json!({"status": 1}), "status is no text: 1"),
        (json!({"score": 11}), "score is 11, not within 0 to 10"),
        (json!({"score": -1}), "score is -1, not within 0 to 10"),
        (json!({"score": 7.5}), "score is no whole number: 7.5"),
        (json!({"score": 7.0}), "score is no whole number: 7.0"),
        (json!({"score": "8"}), "score is no whole number: \"8\""),
        (json!({"num_episodes_watched": -1}), "num_episodes_watched is -1, not within 0 to 2147483647"),
        (
            json!({"num_episodes_watched": 2_147_483_648_u64}),
            "num_episodes_watched is 2147483648, not within 0 to 2147483647",
        ),
        (json!({"num_episodes_watched": u64::MAX}), "num_episodes_watched is 18446744073709551615, not within"),
        (json!({"num_times_rewatched": -2}), "num_times_rewatched is -2, not within"),
        (json!({"rewatch_value": true}), "rewatch_value is no whole number: true"),
        (json!({"priority": []}), "priority is no whole number: []"),
        (json!({"is_rewatching": 1}), "is_rewatching is neither true nor false: 1"),
        (json!({"tags": "a,b"}), "tags is no list of texts: \"a,b\""),
        (json!({"tags": ["a", 1]}), "tags is no list of texts: [\"a\",1]"),
        (json!({"comments": {}}), "comments is no text: {}"),
        (json!({"start_date": 2019}), "start_date is no text: 2019"),
        (json!({"updated_at": 1_615_798_858}), "updated_at is no text: 1615798858"),
    ];
    for (fields, message) in table {
        let rejected = read(&with(&fields)).0.unwrap_err();
        assert!(rejected.starts_with(message), "{fields}: {rejected}");
    }
    for sent in [json!(null), json!([]), json!("watching")] {
        assert!(read(&sent).0.unwrap_err().starts_with("list_status is no object"));
    }
}

#[test]
fn the_name_of_the_form_field_is_not_read() {
    let sent = json!({"status": "watching", "num_watched_episodes": 5});
    assert_eq!(read(&sent).0.unwrap().values.episodes_watched, Some(0));
}

#[test]
fn dates_that_the_calendar_does_not_have_are_left_out_with_a_warning() {
    for text in ["0000-00-00", "2017-10-00", "2023-02-30", "2024-1-5", "2017-10-03T00:00:00+09:00", "10000"] {
        let (status, warnings) = read(&with(&json!({"finish_date": text})));
        assert_eq!((status.unwrap().values.finish_date, warnings.len()), (None, 1), "{text}");
        assert!(warnings[0].contains("finish_date") && warnings[0].contains(text));
    }
}

#[test]
fn times_are_read_with_any_offset_and_mended_where_they_are_none() {
    let updated = |text: &str| {
        let (status, warnings) = read(&with(&json!({"updated_at": text})));
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
fn nul_is_replaced_in_values_and_names_and_no_entity_makes_one() {
    let (status, warnings) =
        read(&with(&json!({"comments": "a\0b &#0;", "tags": ["\0"], "new\0": {"deep\0": ["\0"]}})));
    let status = status.unwrap();
    assert!(!status.raw.json().get().contains("\\u0000"), "{:?}", status.raw);
    assert_eq!(status.values.notes.as_deref(), Some("a\u{FFFD}b &#0;"));
    assert_eq!((status.values.tags, warnings.len()), (vec!["\u{FFFD}".to_owned()], 1));
}

#[test]
fn more_text_and_more_tags_than_a_row_takes_are_cut_with_a_warning_each() {
    let long = "&lt;".repeat(20_000);
    let (status, warnings) = read(&with(&json!({"comments": long, "tags": vec!["t"; 101], "new": {"deep": [long]}})));
    let status = status.unwrap();
    assert_eq!(status.values.notes.unwrap(), "<".repeat(text::LONGEST / 4));
    let raw = status.raw.value().unwrap();
    assert_eq!((status.values.tags.len(), raw["tags"].as_array().unwrap().len()), (100, 100));
    assert_eq!(raw["new"]["deep"][0].as_str().unwrap().len(), text::LONGEST);
    assert_eq!(
        warnings,
        ["list_status holds more than 64 KiB of text, which is cut", "101 tags, of which the first 100 are kept"]
    );
    let most = read(&with(&json!({"comments": "x".repeat(text::LONGEST), "tags": vec!["t"; 100]})));
    assert!(most.0.is_ok() && most.1.is_empty(), "{:?}", most.1);
    let message = read(&with(&json!({"status": "x".repeat(100_000)}))).0.unwrap_err();
    assert!(message.len() < 200, "{}", message.len());
}

#[test]
fn what_was_read_once_reads_the_same_from_the_base() {
    let first = read(&with(
        &json!({"comments": "&lt;3\0", "start_date": "2017-13", "tags": vec!["\0"; 200], "new": "あ".repeat(50_000)}),
    ))
    .0
    .unwrap();
    let again = read(&first.raw.value().unwrap()).0.unwrap();
    assert_eq!(first, again);
}
