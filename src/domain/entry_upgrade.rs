//! Upgrades an entry of an earlier version: finds out which values the user wrote, from the history of local edits. Pure.
//!
//! Entry point: [`upgrade_entry`].
//!
//! Invariants:
//!
//! 1. No value changes, except for the spelling of notes, and `rewatch_episodes`, which earlier versions did not have.
//! 2. A value is own if `edit` or `restore` wrote it last, and not own if an import did. This holds only while the
//!    entry still has the value that was written.
//! 3. Any other value is own only if it differs from MAL's and no merge rule would have kept it at the last sync: it
//!    was edited since.
//! 4. An entry that was created by another application stays as it is.
//!
//! See decision 24.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    comment_text,
    edit::EditCommand,
    entry::StoredEntry,
    entry_fields::{EntryValues, Field},
    merge_base::MergeBase,
    own_values,
};

/// Which command wrote each value of an entry last, and which value that was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LastWrites(BTreeMap<Field, (EditCommand, Value)>);

impl LastWrites {
    /// Records a line of `list_edits`, in the order of the lines. A line of the whole entry has all values, or none if the
    /// entry was deleted.
    pub fn record(&mut self, command: EditCommand, field: Field, kept: Value) {
        if field != Field::Entry {
            self.0.insert(field, (command, kept));
            return;
        }
        self.0.clear();
        if let Value::Object(values) = kept {
            let written = values.into_iter().filter_map(|(name, value)| Some((Field::parse_name(&name)?, value)));
            self.0.extend(written.map(|(field, value)| (field, (command, value))));
        }
    }

    /// Returns the command that wrote this value of the field, if it is the last one that was written.
    fn author_of(&self, field: Field, value: &Value) -> Option<EditCommand> {
        let (command, written) = self.0.get(&field)?;
        field.is_same_json(written, value).then_some(*command)
    }
}

/// Returns the upgraded entry:
///
/// - It records which values the user did not write.
/// - Its notes are in their normal form, unless they are own.
/// - Its count of a rewatch is MAL's, if the entry is being rewatched both here and on MAL. It is unset if the entry is
///   not being rewatched here.
///
/// If the entry has the record already, only the count changes. An entry stays as it is if its merge base cannot be
/// read, or if another application created it.
#[must_use]
pub fn upgrade_entry(entry: &StoredEntry, writes: &LastWrites) -> StoredEntry {
    let base = entry.base.as_ref().and_then(MergeBase::parse_values);
    let base = base.as_ref();
    let is_unreadable = entry.base.is_some() && base.is_none();
    let is_of_another_application = base.is_none() && !entry.kept.is_recorded() && writes.0.is_empty();
    if is_unreadable || is_of_another_application {
        return entry.clone();
    }
    let mut values = entry.values.clone();
    values.rewatch_episodes = match base {
        Some(base) if values.is_rewatching && base.is_rewatching => base.rewatch_episodes,
        _ => values.rewatch_episodes.filter(|_| values.is_rewatching),
    };
    if entry.kept.is_recorded() {
        return StoredEntry { values, ..entry.clone() };
    }
    let mal_notes = base.and_then(|base| base.notes.as_deref());
    let own: Vec<Field> =
        Field::SYNCED_FIELDS.into_iter().filter(|field| was_written_by_user(entry, base, writes, *field)).collect();
    if !own.contains(&Field::Notes) {
        values.notes = values.notes.map(|notes| normalize_notes(&notes, mal_notes));
    }
    let kept = own_values::record_kept_values(&values, base, |field| own.contains(&field));
    StoredEntry { values, kept, ..entry.clone() }
}

/// Returns notes that the user did not write in their normal form. Earlier versions decoded HTML entities, but kept MAL's
/// line breaks. Other applications store MAL's comments as the API sends them.
fn normalize_notes(notes: &str, mal_notes: Option<&str>) -> String {
    match mal_notes {
        Some(mal_notes) if is_mals_text(notes, mal_notes) => mal_notes.to_owned(),
        _ => comment_text::normalize_line_breaks(notes).into_owned(),
    }
}

/// Returns true if the notes are MAL's comments in any spelling.
fn is_mals_text(notes: &str, mal_notes: &str) -> bool {
    comment_text::is_same_text(notes, mal_notes)
        || comment_text::is_same_text(&comment_text::decode_comments(notes), mal_notes)
}

fn was_written_by_user(entry: &StoredEntry, base: Option<&EntryValues>, writes: &LastWrites, field: Field) -> bool {
    match writes.author_of(field, &entry.values.field_json(field)) {
        Some(EditCommand::Edit | EditCommand::Restore) => true,
        Some(EditCommand::Import) => false,
        _ => was_edited_since_last_sync(entry, base, field),
    }
}

/// Returns true if the value differs from MAL's, and neither a merge rule nor a pin would have kept it at the last
/// sync. Without a merge base there was no sync: only notes count as edited then.
fn was_edited_since_last_sync(entry: &StoredEntry, base: Option<&EntryValues>, field: Field) -> bool {
    let value = entry.values.get(field);
    let Some(base) = base else { return field == Field::Notes };
    let Some(mal) = own_values::comparable_value(base, field) else { return false };
    if entry.pinned.contains(&field) || field.is_same(value, mal) {
        return false;
    }
    match field {
        Field::Score | Field::StartDate | Field::FinishDate => mal.is_set(),
        Field::EpisodesWatched => value.as_number() < mal.as_number(),
        Field::Notes => {
            let (notes, mal_notes) = (entry.values.notes.as_deref(), base.notes.as_deref());
            !notes.zip(mal_notes).is_some_and(|(notes, mal_notes)| is_mals_text(notes, mal_notes))
        }
        Field::RewatchEpisodes => false,
        _ => true,
    }
}

#[cfg(test)]
#[path = "entry_upgrade_tests.rs"]
mod tests;
