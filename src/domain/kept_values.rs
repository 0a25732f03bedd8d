//! The record of values that the user did not write: column `kept_values`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{entry_fields::Field, field_value::FieldValue};

/// The values of an entry that differ from MAL's and that the user did not write: a merge rule kept them, or an import
/// brought them. See `own_values` for how they are used, and decision 24.
///
/// A row without a record (the column is null) was created by another application, or has no such values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptValues(Option<BTreeMap<Field, Value>>);

impl KeptValues {
    /// Returns an empty record.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Some(BTreeMap::new()))
    }

    /// Parses the column's JSON. Unknown fields, which a newer malsync may have written, are left out.
    #[must_use]
    pub fn from_json(json: &Map<String, Value>) -> Self {
        let known = json.iter().filter_map(|(name, value)| Some((synced_field(name)?, value.clone())));
        Self(Some(known.collect()))
    }

    /// Returns the column's JSON. Returns JSON `null` if there is no record.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let to_object = |values: &BTreeMap<Field, Value>| {
            Value::Object(values.iter().map(|(field, value)| (field.as_str().to_owned(), value.clone())).collect())
        };
        self.0.as_ref().map_or(Value::Null, to_object)
    }

    /// Returns true if there is a record, even an empty one.
    #[must_use]
    pub const fn is_recorded(&self) -> bool {
        self.0.is_some()
    }

    /// Returns true if nothing is recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(BTreeMap::is_empty)
    }

    /// Returns true if this value of the field is recorded.
    #[must_use]
    pub fn contains(&self, field: Field, value: FieldValue<'_>) -> bool {
        let recorded = self.0.as_ref().and_then(|values| values.get(&field));
        recorded.is_some_and(|recorded| field.is_same_json(recorded, &value.to_json()))
    }

    /// Records a value.
    pub fn insert(&mut self, field: Field, value: FieldValue<'_>) {
        self.0.get_or_insert_default().insert(field, value.to_json());
    }
}

fn synced_field(name: &str) -> Option<Field> {
    Field::SYNCED_FIELDS.into_iter().find(|field| field.as_str() == name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn record_survives_its_json_without_unknown_fields() {
        let mut kept = KeptValues::empty();
        assert_eq!((kept.to_json(), kept.is_recorded(), kept.is_empty()), (json!({}), true, true));
        kept.insert(Field::Score, FieldValue::Number(8));
        kept.insert(Field::Notes, FieldValue::Text("a\nb"));
        let json = json!({"score": 8, "notes": "a\nb", "mood": 1, "entry": {}});
        assert_eq!(KeptValues::from_json(json.as_object().unwrap()), kept);
        assert_eq!(kept.to_json(), json!({"score": 8, "notes": "a\nb"}));
        assert_eq!((KeptValues::default().to_json(), KeptValues::default().is_recorded()), (Value::Null, false));
    }

    #[test]
    fn contains_compares_by_the_rules_of_the_field() {
        let mut kept = KeptValues::default();
        kept.insert(Field::Notes, FieldValue::Text("a\nb"));
        kept.insert(Field::Score, FieldValue::Number(8));
        assert!(kept.contains(Field::Notes, FieldValue::Text("a\r\nb ")));
        assert!(!kept.contains(Field::Notes, FieldValue::Text("a")));
        assert!(kept.contains(Field::Score, FieldValue::Number(8)) && !kept.contains(Field::Score, FieldValue::Null));
        assert!(!kept.contains(Field::Tags, FieldValue::Null));
    }
}
