//! Property tests of decoding: no input panics, and no NUL gets through.

use proptest::prelude::*;
use serde_json::json;

use super::{tests::entry_json, *};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
        prop_oneof!["[0-9]{4}-[0-9]{2}-[0-9]{2}", "watching", "&#[0-9]{1,7};"].prop_map(Value::from),
    ];
    let name = prop_oneof![
        "node|list_status|id|title|status|score|mean|tags|comments|start_date|updated_at|main_picture|num_episodes",
        ".{0,3}",
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_decodes_without_panic(node in any_json(), list in any_json()) {
        let _ = decode_entry(&json!({"node": node, "list_status": list}).to_string());
        let _ = decode_entry(&node.to_string());
    }

    #[test]
    fn decoration_of_any_shape_never_rejects_an_entry(
        name in proptest::sample::select(REQUESTED_NODE_FIELDS.to_vec()),
        list_name in "is_rewatching|start_date|finish_date|priority|num_times_rewatched|rewatch_value|tags|comments|updated_at",
        value in any_json(),
        list_value in any_json(),
    ) {
        let decoded = decode_entry(&entry_json(&json!({name: value}), &json!({list_name: list_value})));
        let decoded = decoded.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        prop_assert_eq!((decoded.mal_id(), decoded.anime.title.as_str()), (5114, "Hagane"));
        let values = decoded.list_status.values;
        let count = values.episodes_watched.or(values.rewatch_episodes);
        prop_assert_eq!((values.status.as_str(), values.score, count), ("watching", None, Some(1)));
    }

    #[test]
    fn decoded_entry_contains_no_nul(title in "[a\0 ]{1,9}", comments in "(\0|&#0;|&#x0;|x){0,5}", name in "[a\0]{1,3}") {
        let text = entry_json(&json!({"title": title}), &json!({"comments": comments, name: title}));
        if let Ok(remote) = decode_entry(&text) {
            prop_assert!(!format!("{remote:?}").contains("\\0"), "{remote:?}");
            prop_assert!(!remote.list_status.base.raw_json().get().contains("\\u0000"));
        }
    }

    #[test]
    fn any_bytes_decode_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64), text in "[{}\\[\\]\",:data0-9\\\\u]{0,40}") {
        let _ = parse_envelope(&bytes);
        let _ = parse_envelope(text.as_bytes());
        let _ = decode_entry(&text);
    }
}
