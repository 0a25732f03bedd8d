//! What an imported entry makes of the one that is here: the same rules as in a sync, with the file's values for MAL's. Pure.
//!
//! A file is no sighting of MAL: base and `mal_updated_at` stay as they are, and so does the mark of a removed entry.

use crate::domain::{
    change::Field,
    edit::Edited,
    entry::{Local, Values},
    import::Imported,
};

use super::{
    edit::{base_of, edited, set_back},
    resolve::{resolve, take, value_of},
};

/// The entry after the import, with its record; `before` is the one that is here.
#[must_use]
pub fn imported(before: Option<&Local>, sent: &Imported) -> Edited {
    let there = before.map(|before| before.values.clone()).unwrap_or_default();
    let file = with_the_file_s(&there, sent);
    let entry = match before {
        None => Local { mal_id: sent.anime.mal_id, values: new(file), ..Local::default() },
        Some(before) => {
            let values = resolve(&there, base_of(before).as_ref(), &file, &before.pinned).values;
            Local { values, ..before.clone() }
        }
    };
    edited(before, entry)
}

/// The values with those of the file in their places.
fn with_the_file_s(there: &Values, sent: &Imported) -> Values {
    let mut file = there.clone();
    sent.fields.iter().for_each(|field| take(&mut file, *field, &sent.values));
    file
}

/// What an import makes of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was not there.
    Created,
    /// It changed.
    Updated,
    /// It stays as it is, though the file says otherwise: by a rule or a pin.
    Kept,
    /// It is as the file says.
    Same,
}

/// What became of an entry, and the fields that changed and that the next sync sets back to what MAL was seen to have.
#[must_use]
pub fn fate(before: Option<&Local>, after: &Local, sent: &Imported) -> (Fate, Vec<Field>) {
    let Some(before) = before else { return (Fate::Created, Vec::new()) };
    if before == after {
        let same = with_the_file_s(&before.values, sent) == before.values;
        return (if same { Fate::Same } else { Fate::Kept }, Vec::new());
    }
    let changed = |field: &Field| value_of(&before.values, *field) != value_of(&after.values, *field);
    (Fate::Updated, set_back(after).into_iter().map(|settled| settled.field).filter(changed).collect())
}

/// An entry that MAL sends has a number of episodes, be it 0.
fn new(values: Values) -> Values {
    Values { episodes_watched: values.episodes_watched.or(Some(0)), ..values }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::{anime::Anime, base::Base};

    fn local() -> Local {
        let base = Base::from(
            json!({"status": "watching", "score": 8, "num_episodes_watched": 5, "priority": 2, "comments": "x"}),
        );
        Local { id: 1, mal_id: 1, values: base.values().unwrap(), base: Some(base), ..Local::default() }
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
    fn a_fate_tells_what_is_kept_from_what_is_the_same_and_what_a_sync_sets_back() {
        let told = |before: &Local, values: Values| {
            let sent = sent(&[Field::Status, Field::EpisodesWatched], values);
            fate(Some(before), &imported(Some(before), &sent).entry, &sent)
        };
        let file = |status: &str, episodes| Values {
            status: status.into(),
            episodes_watched: Some(episodes),
            ..Values::default()
        };
        assert_eq!(told(&local(), file("watching", 5)), (Fate::Same, Vec::new()));
        assert_eq!(told(&local(), file("watching", 3)), (Fate::Kept, Vec::new()));
        assert_eq!(told(&local(), file("watching", 9)), (Fate::Updated, Vec::new()), "the higher number stays");
        assert_eq!(told(&local(), file("dropped", 9)), (Fate::Updated, vec![Field::Status]));
        let pinned = Local { pinned: vec![Field::Status], ..local() };
        assert_eq!(told(&pinned, file("dropped", 5)), (Fate::Kept, Vec::new()));
        let nowhere = Local { base: None, ..local() };
        assert_eq!(told(&nowhere, file("dropped", 5)), (Fate::Updated, Vec::new()), "MAL was not seen to have it");
        let before = Local { values: Values { priority: 1, ..local().values }, ..local() };
        assert_eq!(told(&before, file("watching", 6)), (Fate::Updated, Vec::new()), "edited before, not by this");
        let one = sent(&[Field::Status], file("dropped", 0));
        assert_eq!(fate(None, &imported(None, &one).entry, &one), (Fate::Created, Vec::new()));
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
