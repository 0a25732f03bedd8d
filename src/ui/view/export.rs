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
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        anime::Anime,
        change::Field,
        entry::{Local, Values},
    };
    use crate::exchange;

    fn item(mal_id: i32) -> ListItem {
        let values = Values { status: "watching".into(), rewatch_value: 3, ..Values::default() };
        ListItem {
            anime: Anime { mal_id, title: "x\n\u{202e}".into(), ..Anime::default() },
            entry: Local { mal_id, values, pinned: vec![Field::Score], ..Local::default() },
            updated_at: None,
        }
    }

    proptest! {
        #[test]
        fn what_is_written_and_read_again_is_the_same_list(
            title in "[a-z]\\PC{0,20}",
            notes in any::<String>(),
            tags in prop::collection::vec(any::<String>(), 0..4),
            numbers in (1..=10, 0..=i32::MAX, 0..=i32::MAX, 0..9, 0..9, any::<bool>()),
            date in prop::sample::select(&["2019", "2019-04", "2019-04-05"]),
        ) {
            let (score, watched, times_rewatched, rewatch_value, priority, is_rewatching) = numbers;
            let fit = |text: String| text.replace('\0', "");
            let values = Values {
                status: "on_hold".into(),
                score: Some(score),
                episodes_watched: Some(watched),
                start_date: date.parse().ok(),
                finish_date: None,
                notes: Some(fit(notes)).filter(|notes| !notes.is_empty()),
                is_rewatching,
                times_rewatched,
                rewatch_value,
                priority,
                tags: tags.into_iter().map(fit).collect(),
            };
            let anime = Anime { mal_id: 1, title, ..Anime::default() };
            let item = ListItem { anime, entry: Local { mal_id: 1, values, ..Local::default() }, updated_at: None };
            let items = [item];
            for written in [array(&items), lines(&items)] {
                let read = exchange::read(written.as_slice()).unwrap();
                prop_assert_eq!(&read.errors, &[]);
                prop_assert_eq!(&read.entries[0].values, &items[0].entry.values);
                prop_assert_eq!(&read.entries[0].anime, &items[0].anime);
            }
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
