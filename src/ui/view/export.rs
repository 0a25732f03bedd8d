//! Entries in files: what `list --json` prints, and what a faithful copy needs beyond it.

use serde_json::Value;

use super::{list, utc};
use crate::{domain::list_item::ListItem, ui::json::line};

/// One JSON array, an entry a line.
#[must_use]
pub fn array(items: &[ListItem]) -> Vec<u8> {
    let objects: Vec<String> = items.iter().map(|item| line(&object(item)).trim_end().to_owned()).collect();
    let text = if objects.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", objects.join(",\n")) };
    text.into_bytes()
}

/// One object a line.
#[must_use]
pub fn lines(items: &[ListItem]) -> Vec<u8> {
    items.iter().map(|item| line(&object(item))).collect::<String>().into_bytes()
}

/// The object of `list --json`; what that one lacks stands at its end.
fn object(item: &ListItem) -> Value {
    let mut object = serde_json::to_value(list::json(item)).unwrap_or_default();
    if let Some(object) = object.as_object_mut() {
        let pinned: Vec<&str> = item.entry.pinned.iter().map(|field| field.as_str()).collect();
        for (name, value) in [
            ("rewatch_value", item.entry.values.rewatch_value.into()),
            ("title_japanese", item.anime.title_japanese.clone().into()),
            ("pinned", pinned.into()),
            ("removed_at", item.entry.removed_at.map(utc).into()),
        ] {
            object.entry(name).or_insert(value);
        }
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        anime::Anime,
        change::Field,
        entry::{Local, Values},
    };

    fn item(mal_id: i32) -> ListItem {
        let values = Values { status: "watching".into(), rewatch_value: 3, ..Values::default() };
        ListItem {
            anime: Anime { mal_id, title: "x\n\u{202e}".into(), ..Anime::default() },
            entry: Local { mal_id, values, pinned: vec![Field::Score], ..Local::default() },
            updated_at: None,
        }
    }

    #[test]
    fn an_array_and_lines_hold_the_same_objects() {
        assert_eq!((array(&[]), lines(&[])), (b"[]\n".to_vec(), Vec::new()));
        let items = [item(1), item(2)];
        let whole: Vec<Value> = serde_json::from_slice(&array(&items)).unwrap();
        let lines = String::from_utf8(lines(&items)).unwrap();
        let each: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(whole, each);
        assert_eq!((whole[1]["mal_id"].as_i64(), whole[0]["rewatch_value"].as_i64()), (Some(2), Some(3)));
        assert_eq!(whole[0]["pinned"], serde_json::json!(["score"]));
        let names: Vec<_> = whole[0].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names[..3], ["mal_id", "title", "title_english"]);
    }
}
