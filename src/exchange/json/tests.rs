//! What is written as JSON is read back.

use proptest::prelude::*;
use serde_json::Value;

use super::write::{encode_json_array, encode_json_lines};
use crate::{
    domain::{
        anime::{Anime, Broadcast, IdName, Season},
        entry::StoredEntry,
        entry_fields::{EntryValues, Field},
        list_entry::ListEntry,
        test_values::any_values,
    },
    exchange::{
        columns::ListRow,
        read_list,
        tests::{read_error, read_valid_list},
    },
};

fn example_item(mal_id: i32) -> ListEntry {
    let values = EntryValues { status: "watching".into(), rewatch_value: 3, ..EntryValues::default() };
    ListEntry {
        anime: Anime { mal_id, title: "x\n\u{202e}".into(), ..Anime::default() },
        stored: StoredEntry { mal_id, values, pinned: vec![Field::Score], ..StoredEntry::default() },
        updated_at: None,
    }
}

/// Returns texts without NUL, which no database can hold.
fn any_storable_text() -> impl Strategy<Value = String> {
    any::<String>().prop_map(|text| text.replace('\0', ""))
}

proptest! {
    #[test]
    fn exported_list_reads_back_unchanged(
        title in "[a-z]\\PC{0,20}",
        values in any_values(any_storable_text(), any_storable_text()),
    ) {
        let anime = Anime { mal_id: 1, title, ..Anime::default() };
        let item = ListEntry { anime, stored: StoredEntry { mal_id: 1, values, ..StoredEntry::default() }, updated_at: None };
        let rows = [ListRow { entry: &item, edited_fields: None }];
        for written in [encode_json_array(&rows), encode_json_lines(&rows)] {
            let read = read_list(written.as_slice()).unwrap();
            prop_assert_eq!(&read.errors, &[]);
            prop_assert_eq!(&read.entries[0].values, &item.stored.values);
            prop_assert_eq!(&read.entries[0].anime, &item.anime);
        }
    }
}

#[test]
fn exported_anime_reads_back_with_every_field() {
    let named = |id, name: &str| IdName { id, name: name.into() };
    let anime = Anime {
        title_english: Some("E".into()),
        title_japanese: Some("日".into()),
        episodes: Some(12),
        status: Some("finished_airing".into()),
        mean: "8.7".parse().ok(),
        rank: Some(3),
        popularity: Some(4),
        aired_from: "1998-04".parse().ok(),
        aired_to: "1999".parse().ok(),
        image_url: Some("https://example.org/x.jpg".into()),
        media_type: Some("tv".into()),
        nsfw: Some("white".into()),
        synonyms: vec!["a, b".into(), "c".into()],
        genres: vec![named(1, "Action"), named(24, "Sci-Fi")],
        studios: vec![named(14, "Sunrise")],
        start_season: Some(Season { year: 1998, season: "spring".into() }),
        source: Some("original".into()),
        rating: Some("r".into()),
        average_episode_duration: Some(1_440),
        broadcast: Some(Broadcast { day: "saturday".into(), time: Some("01:00".into()) }),
        num_list_users: Some(9),
        num_scoring_users: Some(8),
        ..example_item(1).anime
    };
    let item = ListEntry { anime: anime.clone(), ..example_item(1) };
    let mut written = encode_json_array(&[ListRow { entry: &item, edited_fields: None }]);
    assert_eq!(read_list(written.as_slice()).unwrap().entries[0].anime, anime);
    // An older export has names but no ids; invalid values are skipped.
    let text = String::from_utf8(written).unwrap();
    written = text.replace("genre_ids", "x").replace("[14]", "[0]").replace("8.7,", "87,").into_bytes();
    let partial = read_list(written.as_slice()).unwrap().entries.remove(0).anime;
    assert_eq!(partial, Anime { genres: Vec::new(), studios: Vec::new(), mean: None, ..anime });
}

#[test]
fn json_array_and_json_lines_hold_the_same_objects() {
    assert_eq!((encode_json_array(&[]), encode_json_lines(&[])), (b"[]\n".to_vec(), Vec::new()));
    let items = [example_item(1), example_item(2)];
    let rows = items.each_ref().map(|entry| ListRow { entry, edited_fields: None });
    let from_array: Vec<Value> = serde_json::from_slice(&encode_json_array(&rows)).unwrap();
    let lines = String::from_utf8(encode_json_lines(&rows)).unwrap();
    let from_lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(from_array, from_lines);
    assert_eq!((from_array[1]["mal_id"].as_i64(), from_array[0]["rewatch_value"].as_i64()), (Some(2), Some(3)));
    assert_eq!(from_array[0]["pinned"], serde_json::json!(["score"]));
    let names: Vec<_> = from_array[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names[..3], ["mal_id", "title", "title_english"]);
}

#[test]
fn read_list_accepts_json_array_and_json_lines() {
    let one = r#"{"mal_id":1,"title":"a","status":"watching","score":null,"notes":"x &amp; y","tags":["a,b"]}"#;
    let two = r#"{"mal_id":2,"title":"b","status":"dropped","episodes_watched":null,"episodes":0}"#;
    let array = read_valid_list(&format!("\n [{one},\n{two}]\n"));
    assert_eq!(array.entries, read_valid_list(&format!("{one}\n{two}\n")).entries);
    let first = &array.entries[0];
    assert_eq!(first.fields, [Field::Status, Field::Score, Field::Tags, Field::Notes]);
    assert_eq!((first.values.notes.as_deref(), &first.values.tags[0]), (Some("x &amp; y"), &"a,b".to_owned()));
    assert_eq!((array.entries[1].anime.episodes, &array.entries[1].fields[..]), (None, &[Field::Status][..]));
    assert!(read_valid_list("[]").entries.is_empty());
    let bad = read_valid_list(
        r#"[{"mal_id":1},7,{"mal_id":0,"title":"x","status":"watching"},{"mal_id":3,"title":"c","status":"x"}]"#,
    );
    let messages: Vec<_> = bad.errors.iter().map(|error| (error.mal_id, error.message.as_str())).collect();
    assert_eq!(
        messages,
        [
            (Some(1), "no status"),
            (None, "not an object: 7"),
            (Some(0), "no mal_id from 1 to 2147483647"),
            (Some(3), "unknown list status \"x\""),
        ]
    );
    assert_eq!(read_error(&format!("[{one},")), "line 1: unexpected end of file");
    assert!(read_error(&format!("{one}\nx")).starts_with("line 2: it was not written by malsync export: "));
    assert!(read_error(&format!("[{one}] x")).contains("expected value"));
}

#[test]
fn values_and_dates_of_json_are_read_leniently() {
    let text = r#"{"mal_id":"5","status":"Plan to Watch","score":"8.5","episodes_watched":12.0,"start_date":"2022-4-14",
        "finish_date":"2021-04-05T00:00:00Z","is_rewatching":1,"times_rewatched":"2","priority":"HIGH","tags":"a, b"}"#;
    let list = read_valid_list(text);
    assert_eq!((list.errors.len(), list.left_out.scores_cut, list.left_out.values_unread), (0, 1, 0));
    let entry = &list.entries[0];
    let values = EntryValues {
        status: "plan_to_watch".into(),
        score: Some(8),
        rewatch_episodes: Some(12),
        start_date: "2022-04-14".parse().ok(),
        finish_date: "2021-04-05".parse().ok(),
        is_rewatching: true,
        times_rewatched: 2,
        priority: 2,
        tags: vec!["a".into(), "b".into()],
        ..EntryValues::default()
    };
    assert_eq!((&entry.values, entry.anime.title.as_str()), (&values, "MAL #5"));
}

#[test]
fn unreadable_value_of_json_is_left_out_and_counted() {
    for value in [
        r#""score":85"#,
        r#""score":"good""#,
        r#""episodes_watched":-1"#,
        r#""times_rewatched":{}"#,
        r#""priority":3"#,
        r#""rewatch_value":6"#,
        r#""is_rewatching":[]"#,
        r#""tags":5"#,
        r#""notes":5"#,
    ] {
        let list = read_valid_list(&format!(r#"[{{"mal_id":1,"title":"x","status":"watching",{value}}}]"#));
        assert_eq!((list.errors.len(), list.entries.len()), (0, 1), "{value}");
        let fields = &list.entries[0].fields;
        assert_eq!((fields.as_slice(), list.left_out.values_unread), (&[Field::Status][..], 1), "{value}");
    }
    let list = read_valid_list(
        r#"[{"mal_id":1,"status":"watching","start_date":"Today","finish_date":"null-null-null","tags":["a",1]}]"#,
    );
    assert_eq!((list.left_out.dates_unread, list.left_out.values_unread), (1, 1));
    assert_eq!(
        (&list.entries[0].fields[..], &list.entries[0].values.tags[..]),
        (&[Field::Status, Field::Tags][..], &["a".to_owned()][..])
    );
}

#[test]
fn entry_of_more_than_a_mebibyte_is_an_error_of_its_own() {
    let long = format!(r#"{{"mal_id":1,"title":"x","status":"watching","more":[{}0]}}"#, "0,".repeat(600_000));
    let list = read_valid_list(&format!(r#"[{long},{{"mal_id":2,"status":"watching"}}]"#));
    assert_eq!((list.entries.len(), list.errors.len()), (1, 1));
    assert_eq!(list.errors[0].message, "an entry is larger than 1 MiB");
    let endless = format!(r#"[{{"mal_id":1,"notes":"{}"#, "x".repeat(9 << 20));
    assert_eq!(read_error(&endless), "line 1: an entry is larger than 8 MiB");
}
