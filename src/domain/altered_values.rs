//! The record of pushed values that MAL took otherwise: column `altered_values`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{entry_fields::Field, field_value::FieldValue};

/// The local values that a push sent and that MAL stored as another value. They stay the user's own, and are not sent
/// again until they are edited. See decision 25.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlteredValues(BTreeMap<Field, Value>);

impl AlteredValues {
    /// Parses the column's JSON. Unknown fields, which a newer malsync may have written, are left out.
    #[must_use]
    pub fn from_json(json: &Map<String, Value>) -> Self {
        let field = |name: &str| Field::SYNCED_FIELDS.into_iter().find(|field| field.as_str() == name);
        Self(json.iter().filter_map(|(name, value)| Some((field(name)?, value.clone()))).collect())
    }

    /// Returns the column's JSON. Returns JSON `null` if nothing is recorded.
    #[must_use]
    pub fn to_json(&self) -> Value {
        if self.0.is_empty() {
            return Value::Null;
        }
        Value::Object(self.0.iter().map(|(field, value)| (field.as_str().to_owned(), value.clone())).collect())
    }

    /// Returns true if this value of the field is recorded.
    #[must_use]
    pub fn contains(&self, field: Field, value: FieldValue<'_>) -> bool {
        self.0.get(&field).is_some_and(|recorded| field.is_same_json(recorded, &value.to_json()))
    }

    /// Returns true if nothing is recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Records a value.
    pub fn insert(&mut self, field: Field, value: FieldValue<'_>) {
        self.0.insert(field, value.to_json());
    }

    /// Removes the records of these fields.
    #[must_use]
    pub fn without(&self, fields: &[Field]) -> Self {
        let is_left = |field: &Field| !fields.contains(field);
        Self(self.0.iter().filter(|(field, _)| is_left(field)).map(|(field, value)| (*field, value.clone())).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn record_survives_its_json_without_unknown_fields() {
        let mut altered = AlteredValues::default();
        assert_eq!((altered.to_json(), altered.is_empty()), (Value::Null, true));
        altered.insert(Field::EpisodesWatched, FieldValue::Number(30));
        altered.insert(Field::Notes, FieldValue::Text("a\nb"));
        let json = json!({"episodes_watched": 30, "notes": "a\nb", "mood": 1, "entry": {}});
        assert_eq!(AlteredValues::from_json(json.as_object().unwrap()), altered);
        assert!(altered.contains(Field::Notes, FieldValue::Text("a\r\nb ")));
        assert!(!altered.contains(Field::EpisodesWatched, FieldValue::Number(31)));
        let left = altered.without(&[Field::Notes]);
        assert_eq!(left.to_json(), json!({"episodes_watched": 30}));
        assert!(left.without(&[Field::EpisodesWatched]).is_empty());
    }
}
