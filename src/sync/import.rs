//! What an imported entry makes of the one that is here: the same rules as in a sync, with the file's values for MAL's. Pure.
//!
//! A file is no sighting of MAL: base and `mal_updated_at` stay as they are, and so does the mark of a removed entry.

use crate::domain::{
    edit::Edited,
    entry::{Local, Values},
    import::Imported,
};

use super::{
    edit::{base_of, edited},
    resolve::{resolve, take},
};

/// The entry after the import, with its record; `before` is the one that is here.
#[must_use]
pub fn imported(before: Option<&Local>, sent: &Imported) -> Edited {
    let there = before.map(|before| before.values.clone()).unwrap_or_default();
    let mut file = there.clone();
    sent.fields.iter().for_each(|field| take(&mut file, *field, &sent.values));
    let entry = match before {
        None => Local { mal_id: sent.anime.mal_id, values: new(file), ..Local::default() },
        Some(before) => {
            let values = resolve(&there, base_of(before).as_ref(), &file, &before.pinned).values;
            Local { values, ..before.clone() }
        }
    };
    edited(before, entry)
}

/// An entry that MAL sends has a number of episodes, be it 0.
fn new(values: Values) -> Values {
    Values { episodes_watched: values.episodes_watched.or(Some(0)), ..values }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        domain::{anime::Anime, change::Field},
        sync::plan::read_base,
    };

    fn local() -> Local {
        let base = json!({"status": "watching", "score": 8, "num_episodes_watched": 5, "priority": 2, "comments": "x"});
        Local { id: 1, mal_id: 1, values: read_base(&base).unwrap(), base: Some(base), ..Local::default() }
    }

    fn sent(fields: &[Field], values: Values) -> Imported {
        Imported { anime: Anime { mal_id: 1, ..Anime::default() }, values, fields: fields.to_vec() }
    }

    #[test]
    fn the_rules_are_those_of_a_sync() {
        let file = Values {
            status: "dropped".into(),
            score: None,
            episodes_watched: Some(3),
            finish_date: "2020".parse().ok(),
            notes: Some("the file's".into()),
            ..Values::default()
        };
        let before = Local { values: Values { notes: Some("mine".into()), ..local().values }, ..local() };
        let after = imported(Some(&before), &sent(&Field::RULED, file)).entry;
        let values = &after.values;
        assert_eq!((values.status.as_str(), values.score, values.episodes_watched), ("dropped", Some(8), Some(5)));
        assert_eq!((values.notes.as_deref(), values.priority), (Some("mine"), 0));
        assert_eq!(values.finish_date, "2020".parse().ok());
        assert_eq!((after.base, after.mal_updated_at), (before.base, before.mal_updated_at));
    }

    #[test]
    fn what_the_file_lacks_is_not_reset() {
        let file = Values { status: "completed".into(), ..Values::default() };
        let done = imported(Some(&local()), &sent(&[Field::Status], file));
        assert_eq!(done.entry.values, Values { status: "completed".into(), ..local().values });
        assert_eq!(done.lines.len(), 1);
        assert_eq!((&done.lines[0].local, &done.lines[0].base), (&json!("watching"), &json!("watching")));
    }

    #[test]
    fn pinned_fields_stay() {
        let pinned = Local { pinned: vec![Field::Status, Field::Priority], ..local() };
        let file = Values { status: "dropped".into(), score: Some(9), ..Values::default() };
        let after = imported(Some(&pinned), &sent(&Field::RULED, file)).entry;
        assert_eq!(after.values, Values { score: Some(9), ..pinned.values.clone() });
        assert_eq!(after.pinned, pinned.pinned);
    }

    #[test]
    fn a_removed_entry_stays_removed_and_a_new_one_was_never_seen_on_mal() {
        let removed = Local { removed_at: Some(chrono::DateTime::UNIX_EPOCH), ..local() };
        let file = sent(&[Field::Status], Values { status: "dropped".into(), ..Values::default() });
        assert_eq!(imported(Some(&removed), &file).entry.removed_at, removed.removed_at);
        let made = imported(None, &file);
        assert_eq!((made.entry.base, made.entry.id, made.entry.values.episodes_watched), (None, 0, Some(0)));
        assert_eq!(made.lines[0].field, Field::Entry);
    }
}
