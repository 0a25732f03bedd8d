//! Forecasts what a push does with an entry if MAL still has the values that it had when last seen. Pure.
//!
//! Entry point: [`forecast_fields`]. It needs no request: the merge base stands for MAL's current values.

use serde_json::Value;

use super::plan::{AddPermission, EntryPlan, FieldDecision, PushRequest, decide_fields};
use crate::{
    domain::{entry::StoredEntry, entry_fields::Field},
    sync::edit::merge_base_fields,
};

/// What a push is expected to do with a field.
#[derive(Clone, Debug, PartialEq)]
pub struct ForecastField {
    /// The field.
    pub field: Field,
    /// The local value.
    pub local: Value,
    /// MAL's last value. JSON `null` if MAL has none.
    pub last_seen: Value,
    /// True if the field was not selected, and is sent only because `is_rewatching` is.
    pub goes_along: bool,
    /// Why the value is not sent. `None` if it is sent.
    pub not_sent: Option<String>,
}

/// Returns the fields of a plan, and those that go along with them, in the order of [`Field::SYNCED_FIELDS`].
#[must_use]
pub fn forecast_fields(
    entry: &StoredEntry,
    plan: &EntryPlan,
    request: &PushRequest,
    permission: AddPermission,
) -> Vec<ForecastField> {
    let base = merge_base_fields(entry).filter(|_| !plan.adds_entry);
    let decided = decide_fields(entry, plan, base.as_ref(), request, permission).fields;
    let decision = |field: Field| decided.iter().find(|decided| decided.field == field).map(|found| found.decision);
    let mut forecast: Vec<ForecastField> = plan
        .fields
        .iter()
        .map(|planned| ForecastField {
            field: planned.field,
            local: planned.local.clone(),
            last_seen: planned.last_seen.clone(),
            goes_along: false,
            not_sent: match (&planned.form_value, decision(planned.field)) {
                (Err(reason), _) => Some(reason.clone()),
                (Ok(_), Some(FieldDecision::Send)) => None,
                (Ok(_), Some(FieldDecision::AlreadyOnMal | FieldDecision::Conflict)) => {
                    Some("MAL's episode count belongs to its other state: is_rewatching differs".to_owned())
                }
                (Ok(_), None) => Some("the episode count that must go with it cannot be sent".to_owned()),
            },
        })
        .collect();
    let is_planned = |field: Field| plan.fields.iter().any(|planned| planned.field == field);
    let along = decided.iter().filter(|decided| decided.decision == FieldDecision::Send && !is_planned(decided.field));
    forecast.extend(along.map(|decided| ForecastField {
        field: decided.field,
        local: decided.local.clone(),
        last_seen: decided.last_seen.clone(),
        goes_along: true,
        not_sent: None,
    }));
    forecast.sort_by_key(|field| field.field);
    forecast
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        domain::{entry_fields::EntryValues, kept_values::KeptValues, merge_base::MergeBase},
        sync::push::plan::plan_entry,
    };

    fn forecast(change: impl FnOnce(&mut EntryValues), kept: KeptValues) -> Vec<(&'static str, bool, bool)> {
        let keys = json!({"status": "completed", "score": 7, "num_episodes_watched": 12, "is_rewatching": false});
        let base = MergeBase::from(keys);
        let mut values = base.parse_values().unwrap();
        change(&mut values);
        let entry = StoredEntry { id: 1, mal_id: 1, values, base: Some(base), kept, ..StoredEntry::default() };
        let request = PushRequest::default();
        let plan = plan_entry(&entry, &request, AddPermission::Never).unwrap();
        forecast_fields(&entry, &plan, &request, AddPermission::Never)
            .into_iter()
            .map(|field| (field.field.as_str(), field.goes_along, field.not_sent.is_none()))
            .collect()
    }

    #[test]
    fn count_goes_along_with_the_flag_of_a_rewatch() {
        let mut kept = KeptValues::default();
        kept.insert(Field::RewatchEpisodes, crate::domain::field_value::FieldValue::Number(3));
        let rewatch = |values: &mut EntryValues| (values.is_rewatching, values.rewatch_episodes) = (true, Some(3));
        assert_eq!(forecast(rewatch, kept), [("is_rewatching", false, true), ("rewatch_episodes", true, true)]);
    }

    #[test]
    fn values_without_a_form_are_not_sent() {
        let date = |values: &mut EntryValues| {
            (values.start_date, values.score) = (Some("2024-05".parse().unwrap()), Some(9));
        };
        assert_eq!(forecast(date, KeptValues::default()), [("score", false, true), ("start_date", false, false)]);
        let count = |values: &mut EntryValues| (values.is_rewatching, values.rewatch_episodes) = (true, Some(-1));
        let expected = [("is_rewatching", false, false), ("rewatch_episodes", false, false)];
        assert_eq!(forecast(count, KeptValues::default()), expected, "the flag waits for its count");
    }
}
