//! What a local edit is: a value of the user's own, recorded against MAL's as last seen. Pure.
//!
//! An edit is no rule: what the next sync makes of it is decided in `resolve`, and told by [`set_back`].

use serde_json::Value;

use crate::domain::{
    base::Base,
    change::{Field, Rule},
    edit::{Edited, FieldEdit},
    entry::{Local, Values},
};

use super::{
    plan::removed_mark,
    removal,
    resolve::{self, Settled, value_of},
};

/// An edit with its record: one line a field that differs, or one line for an entry that is made.
#[must_use]
pub fn edited(before: Option<&Local>, entry: Local) -> Edited {
    let base = base_of(&entry);
    let mut lines = Vec::new();
    match before {
        None => {
            let kept = removal::whole(&entry);
            lines.push(FieldEdit { field: Field::Entry, local: Value::Null, base: Value::Null, kept });
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
    Edited { entry, lines, delete: false }
}

/// An entry deleted, with its record.
#[must_use]
pub fn deleted(entry: &Local) -> Edited {
    let line = removal::deleted(entry);
    let line = FieldEdit { field: line.field, local: line.local, base: Value::Null, kept: Value::Null };
    Edited { entry: entry.clone(), lines: vec![line], delete: true }
}

/// An entry with these fields pinned and no others, with its record: one line a field that is pinned or let go, with its
/// value.
#[must_use]
pub fn pinned(before: &Local, pins: &[Field]) -> Edited {
    let base = base_of(before);
    let moved = |field: &Field| pins.contains(field) != before.pinned.contains(field);
    let line = |field| {
        let value = value_of(&before.values, field);
        let base = base.as_ref().map_or(Value::Null, |base| value_of(base, field));
        FieldEdit { field, local: value.clone(), base, kept: value }
    };
    let lines = Field::RULED.into_iter().filter(moved).map(line).collect();
    let pinned = Field::RULED.into_iter().filter(|field| pins.contains(field)).collect();
    Edited { entry: Local { pinned, ..before.clone() }, lines, delete: false }
}

/// What is to come of one field that was edited.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlook {
    /// Which.
    pub field: Field,
    /// The value before.
    pub local: Value,
    /// The value now.
    pub kept: Value,
    /// MAL's value as last seen.
    pub mal: Value,
    /// MAL was seen to have the entry, and not to have it no longer.
    pub seen: bool,
    /// The next sync leaves it, were MAL's value then what it was when last seen. Of an entry that MAL was not seen to have,
    /// the fields that are always MAL's do not stay: should it be there, they go.
    pub stays: bool,
    /// The rule that says so; none for an entry that is made or deleted, and for the mark.
    pub rule: Option<Rule>,
}

/// What is to come of an edit, field by field.
#[must_use]
pub fn outlook(edited: &Edited) -> Vec<Outlook> {
    let entry = &edited.entry;
    let seen = base_of(entry).is_some() && entry.removed_at.is_none();
    let back: Vec<Field> = set_back(entry).iter().map(|settled| settled.field).collect();
    let told = |line: &FieldEdit| {
        let ruled = Field::RULED.contains(&line.field);
        let rule = ruled.then(|| resolve::rule_for(line.field, &entry.pinned));
        let stays = if seen { !back.contains(&line.field) } else { rule != Some(Rule::Mal) };
        let mal = if ruled { line.base.clone() } else { Value::Null };
        Outlook { field: line.field, local: line.local.clone(), kept: line.kept.clone(), mal, seen, stays, rule }
    };
    edited.lines.iter().map(told).collect()
}

/// MAL's values as last seen.
#[must_use]
pub fn base_of(entry: &Local) -> Option<Values> {
    entry.base.as_ref().and_then(Base::values)
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
    let settled = resolve::resolve(&entry.values, Some(&base), &base, &entry.pinned).settled;
    settled.into_iter().filter(|settled| settled.changed).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry() -> Local {
        let base =
            Base::from(json!({"status": "watching", "score": 8, "num_episodes_watched": 5, "is_rewatching": false}));
        Local { id: 1, mal_id: 1, values: base.values().unwrap(), base: Some(base), ..Local::default() }
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
    fn an_outlook_says_what_stays_and_by_which_rule() {
        let change = |before: &Local| {
            let values =
                Values { status: "dropped".into(), score: Some(9), episodes_watched: Some(7), ..values(before) };
            let told = outlook(&edited(Some(before), Local { values, ..before.clone() }));
            told.into_iter().map(|told| (told.rule.unwrap().as_str(), told.stays)).collect::<Vec<_>>()
        };
        assert_eq!(change(&entry()), [("mal", false), ("mal_if_scored", false), ("higher", true)]);
        let pinned = Local { pinned: vec![Field::Status], ..entry() };
        assert_eq!(change(&pinned), [("pinned", true), ("mal_if_scored", false), ("higher", true)]);
        let ours = Local { base: None, ..entry() };
        assert_eq!(change(&ours), [("mal", false), ("mal_if_scored", true), ("higher", true)]);
    }

    fn values(entry: &Local) -> Values {
        entry.values.clone()
    }

    #[test]
    fn pinning_is_recorded_with_the_value_that_it_keeps() {
        let edited = pinned(&entry(), &[Field::Notes, Field::Score]);
        assert_eq!(edited.entry.pinned, [Field::Score, Field::Notes], "in one order");
        let score = FieldEdit { field: Field::Score, local: json!(8), base: json!(8), kept: json!(8) };
        assert_eq!((edited.lines.len(), &edited.lines[0]), (2, &score));
        assert_eq!(pinned(&edited.entry, &[Field::Score]).lines[0].field, Field::Notes);
        assert!(set_back(&Local { values: Values { score: Some(9), ..values(&entry()) }, ..edited.entry }).is_empty());
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
