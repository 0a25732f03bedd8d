//! JSON of MAL's API is read by the decoder of the API client.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    domain::{
        entry_fields::{EntryValues, Field},
        test_values::any_values,
    },
    exchange::{
        ImportedList, read_list,
        tests::{read_error, read_valid_list},
    },
};

const PAGE: &str = include_str!("../samples/faults/j-malapi-page.json");
const COMMENTS: &str = include_str!("../samples/faults/br-api.json");

/// Returns the ids, and fails if there is an error.
fn read_ids(text: &str) -> Vec<i32> {
    let list = read_valid_list(text);
    assert_eq!(list.errors, [], "{text}");
    list.entries.iter().map(|entry| entry.anime.mal_id).collect()
}

fn api_entry(id: u32, list_status: &Value) -> Value {
    json!({"node": {"id": id, "title": format!("T{id}"), "num_episodes": 12}, "list_status": list_status})
}

#[test]
fn page_of_the_api_is_read() {
    let list = read_valid_list(PAGE);
    let entry = &list.entries[0];
    assert_eq!(list.errors, []);
    assert_eq!(
        (entry.anime.mal_id, entry.anime.title.as_str(), entry.anime.episodes, entry.anime.media_type.as_deref()),
        (1, "Cowboy Bebop", Some(26), Some("tv"))
    );
    let values = EntryValues {
        status: "completed".into(),
        score: Some(9),
        episodes_watched: Some(26),
        ..EntryValues::default()
    };
    assert_eq!(entry.values, values);
    assert_eq!(
        entry.fields,
        [Field::Status, Field::Score, Field::EpisodesWatched, Field::IsRewatching],
        "dates that MAL does not send are not set"
    );
}

#[test]
fn pages_and_entries_are_read_in_any_arrangement() {
    let status = json!({"status": "watching"});
    let page = |ids: &[u32]| {
        let data: Vec<Value> = ids.iter().map(|id| api_entry(*id, &status)).collect();
        json!({"data": data, "paging": {"next": "https://api.myanimelist.net/v2/x"}})
    };
    let (first, second) = (page(&[1, 2]), page(&[3]));
    let [one, two, three] = [1, 2, 3].map(|id| api_entry(id, &status));
    for text in [
        json!([one, two, three]).to_string(),
        json!([first, second]).to_string(),
        json!([first["data"], second["data"]]).to_string(),
        json!({"paging": {}, "data": [one, two, three]}).to_string(),
        format!("{first}\n{second}\n"),
        format!("{one}\n{two}\n{three}"),
        format!("{first:#}{second:#}"),
        format!("[{one},{two}][{three}]"),
    ] {
        assert_eq!(read_ids(&text), [1, 2, 3], "{text}");
    }
    assert!(read_ids(r#"{"data":[]}"#).is_empty());
}

#[test]
fn comments_are_decoded_as_those_of_a_sync() {
    let ImportedList { entries, .. } = read_valid_list(COMMENTS);
    let notes = entries[0].values.notes.as_deref().unwrap();
    assert!(notes.contains('\n') && !notes.contains("<br") && !notes.contains('\r'), "{notes:?}");
}

#[test]
fn invalid_entry_of_the_api_is_an_error_of_its_own() {
    let entries = json!([
        api_entry(1, &json!({"status": "reading"})),
        {"node": {"id": 2, "title": "b"}},
        api_entry(3, &json!({"status": "watching", "start_date": "2019-13-40", "priority": "?"})),
        {"node": 5, "list_status": {}},
    ]);
    let list = read_valid_list(&entries.to_string());
    let messages: Vec<_> = list.errors.iter().map(|error| (error.mal_id, error.message.as_str())).collect();
    assert_eq!(
        messages,
        [(Some(1), "unknown list status \"reading\""), (Some(2), "no list_status"), (None, "node is not an object: 5")]
    );
    assert_eq!((list.left_out.dates_unread, list.left_out.values_unread), (1, 1));
    assert_eq!(list.entries[0].fields, [Field::Status]);
}

#[test]
fn list_without_list_status_says_what_to_ask_for() {
    let text = json!({"data": [{"node": {"id": 1, "title": "a", "main_picture": {}}}]}).to_string();
    assert_eq!(read_error(&text), "it is JSON of MAL's API without list_status");
    let error = read_list(text.as_bytes()).unwrap_err();
    assert!(error.hint.unwrap().contains("fields=list_status"));
}

proptest! {
    #[test]
    fn list_status_reads_back_unchanged(values in any_values("[a-c&<>\"' é\n]{0,20}", "[a-z ,]{1,5}")) {
        let mut list_status = json!({});
        for field in Field::SYNCED_FIELDS {
            if let Some(name) = field.mal_name() {
                list_status[name] = values.field_json(field);
            }
        }
        let encode = |text: &str| {
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            text.replace('"', "&quot;").replace('\n', "<br />\r\n")
        };
        list_status["comments"] = encode(values.notes.as_deref().unwrap_or_default()).into();
        // MAL has one count.
        let values = match values.rewatch_episodes {
            Some(count) => {
                list_status["num_episodes_watched"] = count.into();
                EntryValues { episodes_watched: None, ..values }
            }
            None => values,
        };
        let list = read_list(json!([api_entry(1, &list_status)]).to_string().as_bytes()).unwrap();
        prop_assert_eq!(&list.errors, &[]);
        prop_assert_eq!(&list.entries[0].values, &values);
    }
}
