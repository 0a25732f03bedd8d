//! What a local edit is: a value of the user's own, recorded against MAL's as last seen. Pure.
//!
//! An edit is no rule: what the next sync makes of it is decided in `resolve`, and told by [`set_back`].

use serde_json::Value;

use crate::domain::{
    change::Field,
    edit::{Edited, FieldEdit},
    entry::{Local, Values},
};

use super::{
    plan::{read_base, removed_mark, whole_entry},
    resolve::{self, Settled, value_of},
};

/// An edit with its record: one line a field that differs, or one line for an entry that is made.
#[must_use]
pub fn edited(before: Option<&Local>, entry: Local) -> Edited {
    let base = base_of(&entry);
    let mut lines = Vec::new();
    match before {
        None => {
            let made = whole_entry(entry.mal_id, None, Some(&entry.values));
            lines.push(FieldEdit { field: Field::Entry, local: Value::Null, base: Value::Null, kept: made.kept });
        }
        Some(before) => {
            let base = base_of(before).or(base);
            let of_base = |field| base.as_ref().map_or(Value::Null, |base| value_of(base, field));
            lines.extend(Field::RULED.into_iter().filter_map(|field| {
                let (local, kept) = (value_of(&before.values, field), value_of(&entry.values, field));
                (local != kept).then(|| FieldEdit { field, local, base: of_base(field), kept })
            }));
            if before.removed_at != entry.removed_at {
                let mark = removed_mark(entry.mal_id, before.removed_at, entry.removed_at);
                lines.push(FieldEdit { field: mark.field, local: mark.local, base: Value::Null, kept: mark.kept });
            }
        }
    }
    Edited { entry, lines }
}

/// MAL's values as last seen.
#[must_use]
pub fn base_of(entry: &Local) -> Option<Values> {
    entry.base.as_ref().and_then(read_base)
}

/// The fields in which the entry differs from MAL's values as last seen: its local edits. None where MAL never had it.
#[must_use]
pub fn local_edits(entry: &Local) -> Option<Vec<Field>> {
    let base = base_of(entry)?;
    let differs = |field: &Field| value_of(&entry.values, *field) != value_of(&base, *field);
    Some(Field::RULED.into_iter().filter(differs).collect())
}

/// What the next sync will set back, were MAL's values then what they were when last seen.
#[must_use]
pub fn set_back(entry: &Local) -> Vec<Settled> {
    let Some(base) = base_of(entry).filter(|_| entry.removed_at.is_none()) else { return Vec::new() };
    let settled = resolve::resolve(&entry.values, Some(&base), &base).settled;
    settled.into_iter().filter(|settled| settled.changed).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry() -> Local {
        let base = json!({"status": "watching", "score": 8, "num_episodes_watched": 5, "is_rewatching": false});
        Local { id: 1, mal_id: 1, values: read_base(&base).unwrap(), base: Some(base), ..Local::default() }
    }

    #[test]
    fn a_line_has_the_values_before_and_after_and_mal_s() {
        let before = Local { values: Values { score: Some(9), ..entry().values }, ..entry() };
        let after = Local { values: Values { score: None, ..entry().values }, ..entry() };
        let lines = edited(Some(&before), after).lines;
        assert_eq!(lines, [FieldEdit { field: Field::Score, local: json!(9), base: json!(8), kept: Value::Null }]);
    }

    #[test]
    fn an_entry_that_is_made_is_one_line() {
        let lines = edited(None, entry()).lines;
        assert_eq!(lines.len(), 1);
        assert_eq!((lines[0].field, &lines[0].local), (Field::Entry, &Value::Null));
    }

    #[test]
    fn local_edits_are_what_differs_from_the_base() {
        assert_eq!(local_edits(&entry()), Some(Vec::new()));
        let edited = Local { values: Values { score: Some(9), notes: Some("x".into()), ..entry().values }, ..entry() };
        assert_eq!(local_edits(&edited), Some(vec![Field::Score, Field::Notes]));
        assert_eq!(local_edits(&Local { base: None, ..edited.clone() }), None);
        let back: Vec<Field> = set_back(&edited).iter().map(|settled| settled.field).collect();
        assert_eq!(back, [Field::Score], "own notes stay");
    }
}
