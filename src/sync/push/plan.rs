//! Decides what a push sends of an entry. Pure.
//!
//! [`plan_entry`] selects the fields from the row alone, [`decide_fields`] decides about each against MAL's current values.
//!
//! Rules:
//! 1. Only own fields are sent, or those that were named; never a whole entry, unless MAL does not have it.
//! 2. A field that MAL has already is not sent. A field that is on MAL neither as it was last seen nor as it would be sent
//!    is a conflict, and is not sent unless `force` is set.
//! 3. An entry that MAL had and does not have any more is a conflict in each field.
//! 4. An added entry never changes one that MAL turns out to have.
//! 5. The flag `is_rewatching` and the count that belongs to it are sent together or not at all.
//!
//! The *count* is the count of episodes that belongs to the local flag: that of the rewatch while the entry is being
//! rewatched here, else that of the first viewing. MAL stores only one count, and MAL's own flag says of which kind it is.
//! If the two flags differ, MAL's count is of the other kind.

use serde_json::Value;

use super::{
    difference::{count_field, count_on_mal, fields_on_mal, is_only_here},
    form_value::{form_name, form_value, is_same_on_mal},
};
use crate::{
    domain::{
        entry::StoredEntry,
        entry_fields::{EntryValues, Field},
        field_value::FieldValue,
        own_values::{self, comparable_value},
    },
    sync::edit::merge_base_fields,
};

/// What a push is asked to send.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PushRequest {
    /// The named fields. If there are none: the own fields of each entry.
    pub fields: Vec<Field>,
    /// True if conflicts are sent.
    pub force: bool,
}

/// Whether a push may add an entry to MAL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AddPermission {
    /// The push adds no entry.
    #[default]
    Never,
    /// The push adds the entry if MAL never had it.
    IfNeverOnMal,
    /// The push adds the entry, also if it was removed from MAL.
    Always,
}

/// A field to send.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedField {
    /// The field.
    pub field: Field,
    /// The local value.
    pub local: Value,
    /// MAL's last value. JSON `null` if MAL has none.
    pub last_seen: Value,
    /// The value in MAL's form, or why it cannot be sent.
    pub form_value: Result<String, String>,
}

/// The fields of an entry that a push is to send.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryPlan {
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// True if MAL does not have the entry, as far as is known here.
    pub adds_entry: bool,
    /// The fields, in the order of [`Field::SYNCED_FIELDS`]. Never empty.
    pub fields: Vec<PlannedField>,
}

impl EntryPlan {
    /// Returns true if a field can be sent.
    #[must_use]
    pub fn is_sendable(&self) -> bool {
        self.fields.iter().any(|field| field.form_value.is_ok())
    }
}

/// Returns what a push is to send of an entry. Returns `None` if there is nothing.
#[must_use]
pub fn plan_entry(entry: &StoredEntry, request: &PushRequest, permission: AddPermission) -> Option<EntryPlan> {
    let adds_entry = is_only_here(entry);
    let fields = match (adds_entry, permission) {
        (true, AddPermission::Never) => return None,
        (true, AddPermission::IfNeverOnMal) if entry.removed_at.is_some() => return None,
        (true, _) => plan_new_entry(entry),
        (false, _) => plan_differing_fields(entry, request),
    };
    (!fields.is_empty()).then_some(EntryPlan { mal_id: entry.mal_id, adds_entry, fields })
}

/// Plans every field that is not empty, for an entry that MAL does not have.
fn plan_new_entry(entry: &StoredEntry) -> Vec<PlannedField> {
    let is_set = |field: &Field| entry.values.get(*field).is_set();
    fields_on_mal(&entry.values).filter(is_set).map(|field| plan_field(&entry.values, None, field)).collect()
}

/// Plans the wanted fields that differ from MAL's last value.
fn plan_differing_fields(entry: &StoredEntry, request: &PushRequest) -> Vec<PlannedField> {
    let Some(base) = merge_base_fields(entry) else { return Vec::new() };
    let values = &entry.values;
    let count = count_field(values.is_rewatching);
    let is_named = |field: Field| {
        let is_count = field == count && request.fields.contains(&Field::EpisodesWatched);
        request.fields.contains(&field) || is_count
    };
    let is_own = |field: Field| {
        own_values::is_own(values, &entry.kept, Some(&base), field) && !entry.altered.contains(field, values.get(field))
    };
    let is_wanted = |field: &Field| {
        let differs = match comparable_value(&base, *field) {
            Some(mal) => !is_same_on_mal(*field, values.get(*field), mal),
            None => values.get(*field).is_set(),
        };
        differs && if request.fields.is_empty() { is_own(*field) } else { is_named(*field) }
    };
    fields_on_mal(values).filter(is_wanted).map(|field| plan_field(values, Some(&base), field)).collect()
}

fn plan_field(values: &EntryValues, base: Option<&EntryValues>, field: Field) -> PlannedField {
    let last_seen = base.and_then(|base| comparable_value(base, field)).map_or(Value::Null, |value| value.to_json());
    let local = values.get(field);
    PlannedField { field, local: local.to_json(), last_seen, form_value: form_value(field, local) }
}

/// What is done with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldDecision {
    /// The value is sent.
    Send,
    /// MAL has the value already.
    AlreadyOnMal,
    /// MAL has a third value, or not the entry any more.
    Conflict,
}

/// A field with the decision about it.
#[derive(Clone, Debug, PartialEq)]
pub struct DecidedField {
    /// The field.
    pub field: Field,
    /// The local value.
    pub local: Value,
    /// MAL's last value.
    pub last_seen: Value,
    /// MAL's current value. JSON `null` if MAL has none.
    pub mal: Value,
    /// The value in MAL's form.
    pub form_value: String,
    /// The decision.
    pub decision: FieldDecision,
}

/// The decisions about an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct DecidedEntry {
    /// True if the entry is added to MAL.
    pub adds_entry: bool,
    /// The fields with a form value, in the order of [`Field::SYNCED_FIELDS`].
    pub fields: Vec<DecidedField>,
}

impl DecidedEntry {
    /// Returns the fields with this decision.
    pub fn with_decision(&self, decision: FieldDecision) -> impl Iterator<Item = &DecidedField> {
        self.fields.iter().filter(move |field| field.decision == decision)
    }

    /// Returns the form to send. Returns an empty one if nothing is sent.
    #[must_use]
    pub fn form(&self) -> Vec<(&'static str, String)> {
        let pair = |field: &DecidedField| Some((form_name(field.field)?, field.form_value.clone()));
        self.with_decision(FieldDecision::Send).filter_map(pair).collect()
    }
}

/// Decides about each field of a plan. `remote` are MAL's current values, `None` if MAL does not have the entry.
#[must_use]
pub fn decide_fields(
    entry: &StoredEntry,
    plan: &EntryPlan,
    remote: Option<&EntryValues>,
    request: &PushRequest,
    permission: AddPermission,
) -> DecidedEntry {
    match (plan.adds_entry, remote) {
        (true, None) => add_entry(&plan.fields),
        // MAL had the entry until now.
        (false, None) if permission == AddPermission::Always => add_entry(&plan_new_entry(entry)),
        (false, None) => decide_each(&plan.fields, None, |_| FieldDecision::Conflict),
        (true, Some(remote)) => {
            let decide = |field: &PlannedField| {
                let is_same = comparable_value(remote, field.field)
                    .is_some_and(|mal| is_same_on_mal(field.field, entry.values.get(field.field), mal));
                if is_same { FieldDecision::AlreadyOnMal } else { FieldDecision::Conflict }
            };
            decide_each(&plan.fields, Some(remote), decide)
        }
        (false, Some(remote)) => decide_changes(entry, plan, remote, request.force),
    }
}

fn add_entry(fields: &[PlannedField]) -> DecidedEntry {
    DecidedEntry { adds_entry: true, ..decide_each(fields, None, |_| FieldDecision::Send) }
}

fn decide_each(
    fields: &[PlannedField],
    remote: Option<&EntryValues>,
    decide: impl Fn(&PlannedField) -> FieldDecision,
) -> DecidedEntry {
    let decided = |field: &PlannedField| {
        let mal = remote.map_or(Value::Null, |remote| remote.field_json(field.field));
        Some(DecidedField {
            field: field.field,
            local: field.local.clone(),
            last_seen: field.last_seen.clone(),
            mal,
            form_value: field.form_value.as_ref().ok()?.clone(),
            decision: decide(field),
        })
    };
    DecidedEntry { adds_entry: false, fields: fields.iter().filter_map(decided).collect() }
}

/// How the flag `is_rewatching` on MAL relates to the local one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FlagState {
    /// The two flags are equal, so MAL's count is of the same kind as ours.
    SameOnMal,
    /// The flags differ, and the local one is sent.
    ToSend,
    /// The flags differ, and MAL's stays: it was changed on MAL, or the push was not asked for it.
    LeftOnMal,
}

/// Decides about the fields of an entry that MAL has.
fn decide_changes(entry: &StoredEntry, plan: &EntryPlan, remote: &EntryValues, force: bool) -> DecidedEntry {
    let (values, base) = (&entry.values, merge_base_fields(entry));
    let base = base.as_ref();
    let count = count_field(values.is_rewatching);
    let flag_state = compare_flags(entry, base, plan, remote, force);
    let mut fields = plan.fields.clone();
    if flag_state == FlagState::ToSend {
        add_flag_and_count(&mut fields, values, base);
    }
    let decide = |planned: &PlannedField| {
        if planned.field == count {
            return decide_count(values, base, remote, flag_state, force);
        }
        let last = base.and_then(|base| comparable_value(base, planned.field));
        decide_value(planned.field, values.get(planned.field), comparable_value(remote, planned.field), last, force)
    };
    let mut decided = decide_each(&fields, Some(remote), decide);
    keep_rewatch_together(&mut decided, &fields, count);
    decided
}

fn plans_field(fields: &[PlannedField], wanted: Field) -> bool {
    fields.iter().any(|planned| planned.field == wanted)
}

/// Compares the flags. A flag that differs is sent if it is planned. It is also sent with a planned count, if the flag is
/// own or conflicts are sent.
fn compare_flags(
    entry: &StoredEntry,
    base: Option<&EntryValues>,
    plan: &EntryPlan,
    remote: &EntryValues,
    force: bool,
) -> FlagState {
    let values = &entry.values;
    if remote.is_rewatching == values.is_rewatching {
        return FlagState::SameOnMal;
    }
    let is_own = own_values::is_own(values, &entry.kept, base, Field::IsRewatching);
    let goes_with_count = (is_own || force) && plans_field(&plan.fields, count_field(values.is_rewatching));
    if plans_field(&plan.fields, Field::IsRewatching) || goes_with_count {
        FlagState::ToSend
    } else {
        FlagState::LeftOnMal
    }
}

/// Adds the flag and the count to the fields, each unless it is planned already. A count that is null does not go along.
fn add_flag_and_count(fields: &mut Vec<PlannedField>, values: &EntryValues, base: Option<&EntryValues>) {
    let count = count_field(values.is_rewatching);
    let has_count = values.get(count) != FieldValue::Null;
    for field in [Some(Field::IsRewatching), has_count.then_some(count)].into_iter().flatten() {
        if !plans_field(fields, field) {
            fields.push(plan_field(values, base, field));
        }
    }
    fields.sort_by_key(|planned| planned.field);
}

/// Decides about a value by MAL's current value and MAL's last one.
fn decide_value(
    field: Field,
    local: FieldValue<'_>,
    mal: Option<FieldValue<'_>>,
    last: Option<FieldValue<'_>>,
    force: bool,
) -> FieldDecision {
    let is_on_mal = mal.is_some_and(|mal| is_same_on_mal(field, local, mal));
    let is_unmoved = mal.zip(last).is_some_and(|(mal, last)| is_same_on_mal(field, mal, last));
    match (is_on_mal, is_unmoved || force) {
        (true, _) => FieldDecision::AlreadyOnMal,
        (false, true) => FieldDecision::Send,
        (false, false) => FieldDecision::Conflict,
    }
}

/// Decides about the count.
fn decide_count(
    values: &EntryValues,
    base: Option<&EntryValues>,
    remote: &EntryValues,
    flag_state: FlagState,
    force: bool,
) -> FieldDecision {
    let count = count_field(values.is_rewatching);
    // MAL's counts, whatever their kind: the kind changes when the flag is sent.
    let decision = decide_value(count, values.get(count), Some(count_on_mal(remote)), base.map(count_on_mal), force);
    match (flag_state, decision) {
        (FlagState::LeftOnMal, _) => FieldDecision::Conflict,
        // MAL has the same number, but of the other kind: it is sent with the flag.
        (FlagState::ToSend, FieldDecision::AlreadyOnMal) => FieldDecision::Send,
        (FlagState::ToSend | FlagState::SameOnMal, decision) => decision,
    }
}

/// Keeps the flag back if the count that belongs to it is not sent:
///
/// 1. The count is a conflict, and the flag would be sent: the flag becomes a conflict too.
/// 2. Otherwise, if the count is a conflict or has no form value: the flag is dropped from the decisions, so that nothing is
///    recorded about it.
fn keep_rewatch_together(decided: &mut DecidedEntry, planned: &[PlannedField], count: Field) {
    let is_count_unsendable = planned.iter().any(|planned| planned.field == count && planned.form_value.is_err());
    let is_count_in_conflict = decided.with_decision(FieldDecision::Conflict).any(|conflict| conflict.field == count);
    let mut sent = decided.fields.iter_mut().filter(|field| field.decision == FieldDecision::Send);
    match sent.find(|field| field.field == Field::IsRewatching) {
        Some(flag) if is_count_in_conflict => flag.decision = FieldDecision::Conflict,
        _ if is_count_in_conflict || is_count_unsendable => {
            decided.fields.retain(|field| field.field != Field::IsRewatching);
        }
        _ => {}
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
