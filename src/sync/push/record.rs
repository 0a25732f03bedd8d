//! The entry and its change records after MAL's response. Pure.
//!
//! Invariants:
//! 1. In the merge base, only the fields that were sent or that MAL had already take the response's values. Every other
//!    field stays as it was last seen, so that the next sync meets MAL's news there as news.
//! 2. What MAL took is read from its response, never from the request.
//! 3. The local values never change.
//! 4. A value that a write overwrote, or may have overwritten, has a change record.

use chrono::SubsecRound as _;
use serde_json::{Map, Value};

use super::{
    difference::{count_field, count_on_mal, is_only_here, other_count_field},
    form_value::is_same_on_mal,
    plan::{DecidedEntry, DecidedField, FieldDecision},
};
use crate::{
    domain::{
        change::{FieldChange, MergeRule},
        entry::StoredEntry,
        entry_fields::{EntryValues, Field},
        list_status::ListStatus,
        merge_base::MergeBase,
        own_values,
        push_report::ConflictCause,
    },
    sync::{edit::merge_base_fields, plan::removed_at_change, removal::entry_json},
};

/// MAL's name of the time of its last change.
const UPDATED_AT: &str = "updated_at";

/// What is known of an earlier attempt to write an entry, when MAL is read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EarlierWrite {
    /// MAL did not take it.
    NotTaken,
    /// MAL accepted it and may have ignored it.
    Ignored,
    /// Its response was lost: MAL may have taken it, or may still take it.
    Lost,
}

/// An entry after MAL was asked about it, and maybe written.
#[derive(Clone, Debug)]
pub struct PushedEntry {
    /// The entry as it was when the push decided.
    pub entry: StoredEntry,
    /// The decisions.
    pub decided: DecidedEntry,
    /// MAL's values right before. `None` if MAL did not have the entry.
    pub before: Option<EntryValues>,
    /// True if MAL took the write.
    pub is_written: bool,
    /// MAL's entry after the write, or as it was read if nothing was written. `None` if MAL does not have the entry.
    pub response: Option<ListStatus>,
    /// Records of earlier writes that may have overwritten these values, or still may.
    pub earlier_records: Vec<FieldChange>,
    /// True if records of the entry were stored ahead of a write.
    pub is_recorded_ahead: bool,
}

impl PushedEntry {
    /// Returns an entry that is not written yet. `status` is what MAL has: `None` if it does not have the entry.
    #[must_use]
    pub fn new(entry: StoredEntry, decided: DecidedEntry, status: Option<ListStatus>) -> Self {
        Self {
            entry,
            decided,
            before: status.as_ref().map(|status| status.values.clone()),
            is_written: false,
            response: status,
            earlier_records: Vec::new(),
            is_recorded_ahead: false,
        }
    }

    /// Returns the entry after MAL took the write.
    #[must_use]
    pub fn into_written(self, response: ListStatus) -> Self {
        Self { is_written: true, response: Some(response), ..self }
    }

    /// Returns the entry for the next attempt. MAL has `status` by now. The record of a value that was never seen here stays
    /// if the earlier write may have overwritten it: if MAL does not have the value any more, or if the write may still be on
    /// its way.
    #[must_use]
    pub fn into_next_attempt(
        self,
        decided: DecidedEntry,
        status: Option<ListStatus>,
        earlier_write: EarlierWrite,
    ) -> Self {
        let is_gone = |change: &FieldChange| match (&self.before, &status) {
            (Some(before), Some(now)) => {
                !is_same_on_mal(change.field, before.get(change.field), now.values.get(change.field))
            }
            _ => true,
        };
        let is_new = |change: &FieldChange| !self.earlier_records.contains(change);
        let may_be_overwritten = |change: &FieldChange| match earlier_write {
            EarlierWrite::NotTaken => false,
            EarlierWrite::Ignored => is_gone(change),
            EarlierWrite::Lost => true,
        };
        let lost = self.unseen_records().filter(|change| is_new(change) && may_be_overwritten(change));
        let earlier_records = self.earlier_records.iter().cloned().chain(lost).collect();
        Self { earlier_records, is_recorded_ahead: self.is_recorded_ahead, ..Self::new(self.entry, decided, status) }
    }

    /// Returns the fields that MAL took, as sent or otherwise.
    pub fn written_fields(&self) -> impl Iterator<Item = &DecidedField> {
        self.decided.with_decision(FieldDecision::Send).filter(|_| self.is_written)
    }

    /// Returns the fields that MAL took otherwise, with the value that MAL has now.
    #[must_use]
    pub fn altered_fields(&self) -> Vec<(Field, Value)> {
        let Some(response) = &self.response else { return Vec::new() };
        let altered = |field: &DecidedField| {
            let mal = value_on_mal(&response.values, field.field);
            (!is_same_on_mal(field.field, self.entry.values.get(field.field), mal))
                .then(|| (field.field, mal.to_json()))
        };
        self.written_fields().filter_map(altered).collect()
    }

    /// Returns the fields whose merge base takes the response's value: those that MAL took and those that it had
    /// already.
    fn agreed_fields(&self) -> Vec<Field> {
        let already_there = self.decided.with_decision(FieldDecision::AlreadyOnMal);
        let mut agreed: Vec<Field> = self.written_fields().chain(already_there).map(|field| field.field).collect();
        if agreed.contains(&Field::IsRewatching) {
            // The count belongs to the flag.
            agreed.push(count_field(self.entry.values.is_rewatching));
        }
        agreed
    }

    /// Returns the row after the push, given the row as it is now. Returns `None` if it does not change.
    #[must_use]
    pub fn updated_row(&self, row: &StoredEntry) -> Option<StoredEntry> {
        let response = self.response.as_ref()?;
        let agreed = self.agreed_fields();
        let is_new = row.base.is_none() || row.removed_at.is_some() || self.decided.adds_entry;
        if agreed.is_empty() || (is_new && self.has_conflict()) {
            return None;
        }
        let base = if is_new { response.base.clone() } else { merged_base(row, response, &agreed) };
        let base_before = merge_base_fields(row);
        let base_after = base.parse_values();
        let was_own = |field: Field| own_values::is_own(&row.values, &row.kept, base_before.as_ref(), field);
        let altered_fields: Vec<Field> = self.altered_fields().into_iter().map(|(field, _)| field).collect();
        // What the user wrote since the push decided is own, also if it is what MAL had before.
        let was_written_since = |field: Field| {
            let (now, decided) = (row.values.get(field), self.entry.values.get(field));
            agreed.contains(&field) && !field.is_same(now, decided) && !row.kept.contains(field, now)
        };
        let is_own = |field: Field| was_own(field) || altered_fields.contains(&field) || was_written_since(field);
        let mut altered = row.altered.without(&agreed);
        for field in altered_fields.iter().copied() {
            altered.insert(field, self.entry.values.get(field));
        }
        Some(StoredEntry {
            base: Some(base),
            kept: own_values::record_kept_values(&row.values, base_after.as_ref(), is_own),
            altered,
            mal_updated_at: response.updated_at.map(|time| time.trunc_subsecs(0)),
            removed_at: None,
            ..row.clone()
        })
    }

    /// Returns true if a field is in conflict. An entry that MAL turned out to have is then left to the next sync: a merge
    /// base of some fields alone would make the others empty on MAL.
    fn has_conflict(&self) -> bool {
        self.decided.with_decision(FieldDecision::Conflict).next().is_some()
    }

    /// Returns why the fields in conflict are.
    #[must_use]
    pub fn conflict_cause(&self) -> ConflictCause {
        match &self.before {
            None => ConflictCause::GoneFromMal,
            Some(_) if is_only_here(&self.entry) => ConflictCause::AddedOnMal,
            Some(_) => ConflictCause::ChangedOnMal,
        }
    }

    /// Returns true if MAL took a write whose response was lost, given MAL's values now: every field that was sent has its
    /// value, or is a count that MAL lowered to the anime's `episodes`. Any other value was set by another client.
    #[must_use]
    pub fn was_write_taken(&self, now: &EntryValues, episodes: Option<i32>) -> bool {
        self.decided.with_decision(FieldDecision::Send).all(|sent| {
            let (local, mal) = (self.entry.values.get(sent.field), value_on_mal(now, sent.field));
            is_same_on_mal(sent.field, local, mal) || self.is_lowered_count(sent.field, now, episodes)
        })
    }

    /// Returns true if a count of episodes on MAL changed since the read before the write to all episodes of the anime, which
    /// is less than was sent.
    fn is_lowered_count(&self, field: Field, now: &EntryValues, episodes: Option<i32>) -> bool {
        let count = |values: &EntryValues| count_on_mal(values).to_json().as_i64();
        let is_count = matches!(field, Field::EpisodesWatched | Field::RewatchEpisodes);
        let has_moved = self.before.as_ref().is_none_or(|before| count(before) != count(now));
        let is_total = episodes.is_some() && count(now) == episodes.map(i64::from);
        is_count && has_moved && is_total && count(now) < self.entry.values.field_json(field).as_i64()
    }

    /// Returns true if the write overwrites a value that was never seen here, so that only MAL has it.
    #[must_use]
    pub fn overwrites_unseen_value(&self) -> bool {
        self.unseen_records().next().is_some()
    }

    /// Returns the records of the values that the write overwrites and that are not those of the merge base.
    fn unseen_records(&self) -> impl Iterator<Item = FieldChange> {
        let base = merge_base_fields(&self.entry);
        let is_seen = move |change: &FieldChange| {
            let (before, base) = (self.before.as_ref(), base.as_ref());
            before.zip(base).is_some_and(|(before, base)| {
                is_same_on_mal(change.field, before.get(change.field), base.get(change.field))
            })
        };
        let sent = self.decided.with_decision(FieldDecision::Send).filter(|_| self.before.is_some());
        sent.flat_map(|field| self.sent_records(field)).filter(move |change| !is_seen(change))
    }

    /// Returns the change records of the entry.
    #[must_use]
    pub fn change_records(&self) -> Vec<FieldChange> {
        self.change_records_if(self.is_written)
    }

    /// Returns the change records of the entry, if MAL took the write or if it did not.
    #[must_use]
    pub fn change_records_if(&self, is_written: bool) -> Vec<FieldChange> {
        let mut changes = self.earlier_records.clone();
        let is_new = |change: &FieldChange| !self.earlier_records.contains(change);
        if self.decided.adds_entry && is_written {
            let entry = entry_json(&self.entry);
            changes.push(self.change(Field::Entry, (entry.clone(), Value::Null, entry), false));
            if let Some(removed_at) = self.entry.removed_at {
                let change = removed_at_change(self.entry.mal_id, Some(removed_at), None);
                changes.push(FieldChange { rule: MergeRule::Push, ..change });
            }
            return changes;
        }
        for field in &self.decided.fields {
            let (local, mal) = (field.local.clone(), field.mal.clone());
            match field.decision {
                FieldDecision::Send if is_written => changes.extend(self.sent_records(field).filter(is_new)),
                FieldDecision::Send => {}
                FieldDecision::AlreadyOnMal if is_only_here(&self.entry) && self.has_conflict() => {}
                FieldDecision::AlreadyOnMal => {
                    let last_seen = field.last_seen.clone();
                    changes.push(self.change(field.field, (local.clone(), last_seen, local), false));
                }
                FieldDecision::Conflict => changes.push(self.change(field.field, (local.clone(), mal, local), true)),
            }
        }
        changes
    }

    /// Returns the records of a field that is sent.
    fn sent_records(&self, field: &DecidedField) -> impl Iterator<Item = FieldChange> {
        let values = (field.local.clone(), field.mal.clone(), field.local.clone());
        [self.change(field.field, values, false)].into_iter().chain(self.replaced_count(field.field))
    }

    /// Returns the record of the count that MAL had for the other time, if the flag of the rewatch was sent: the count
    /// that belongs to our flag replaced it.
    fn replaced_count(&self, sent: Field) -> Option<FieldChange> {
        let other = other_count_field(self.entry.values.is_rewatching);
        let before = self.before.as_ref().filter(|_| sent == Field::IsRewatching)?;
        let local = self.entry.values.get(other);
        let mal = before.get(other);
        (mal.is_set() && !is_same_on_mal(other, local, mal))
            .then(|| self.change(other, (local.to_json(), mal.to_json(), local.to_json()), false))
    }

    fn change(&self, field: Field, (local, mal, kept): (Value, Value, Value), is_conflict: bool) -> FieldChange {
        FieldChange { mal_id: self.entry.mal_id, field, local, mal, kept, is_conflict, rule: MergeRule::Push }
    }
}

/// Returns MAL's value of a field. A count of episodes is MAL's only count.
fn value_on_mal(mal: &EntryValues, field: Field) -> crate::domain::field_value::FieldValue<'_> {
    match field {
        Field::EpisodesWatched | Field::RewatchEpisodes => count_on_mal(mal),
        field => mal.get(field),
    }
}

/// Returns the merge base of the row with the response's values of the agreed fields, and the response's time. Returns
/// the response whole if that makes all fields agree.
fn merged_base(row: &StoredEntry, response: &ListStatus, agreed: &[Field]) -> MergeBase {
    let as_object = |base: &MergeBase| match base.parse_json() {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    };
    let mut merged = row.base.as_ref().map(as_object).unwrap_or_default();
    let sent = as_object(&response.base);
    for key in agreed.iter().filter_map(|field| mal_key(*field)).chain([UPDATED_AT]) {
        match sent.get(key) {
            Some(value) => merged.insert(key.to_owned(), value.clone()),
            None => merged.remove(key),
        };
    }
    let merged = MergeBase::from(Value::Object(merged));
    if merged.parse_values().as_ref() == Some(&response.values) { response.base.clone() } else { merged }
}

/// Returns the name in MAL's `list_status`, in which both counts of episodes are one.
fn mal_key(field: Field) -> Option<&'static str> {
    match field {
        Field::RewatchEpisodes => Field::EpisodesWatched.mal_name(),
        field => field.mal_name(),
    }
}

/// Returns true if a response has every field that was sent. MAL leaves out dates that are not set.
#[must_use]
pub fn has_sent_fields(decided: &DecidedEntry, response: &ListStatus) -> bool {
    let json = response.base.parse_json().unwrap_or_default();
    let is_there = |field: &DecidedField| {
        let may_be_absent = matches!(field.field, Field::StartDate | Field::FinishDate);
        may_be_absent || mal_key(field.field).is_some_and(|key| json.get(key).is_some())
    };
    decided.with_decision(FieldDecision::Send).all(is_there)
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
