//! The value of one field of an entry, whatever its Rust type is.

use serde_json::{Value, json};

use super::partial_date::PartialDate;

/// The value of one field, borrowed from its entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldValue<'a> {
    /// No value.
    Null,
    /// A text.
    Text(&'a str),
    /// A number.
    Number(i32),
    /// A yes or no.
    Bool(bool),
    /// A date.
    Date(PartialDate),
    /// A list of tags.
    Tags(&'a [String]),
}

impl FieldValue<'_> {
    /// Returns true if there is a value: not null, blank, 0 or false.
    #[must_use]
    pub fn is_set(self) -> bool {
        match self {
            Self::Null => false,
            Self::Text(text) => !text.trim_end().is_empty(),
            Self::Number(number) => number != 0,
            Self::Bool(flag) => flag,
            Self::Date(_) => true,
            Self::Tags(tags) => !tags.is_empty(),
        }
    }

    /// Returns the number. Returns 0 for any other value.
    #[must_use]
    pub const fn as_number(self) -> i32 {
        match self {
            Self::Number(number) => number,
            _ => 0,
        }
    }

    /// Returns the value as JSON in its own type: a date as MAL writes it, an absent value as null.
    #[must_use]
    pub fn to_json(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Text(text) => json!(text),
            Self::Number(number) => json!(number),
            Self::Bool(flag) => json!(flag),
            Self::Date(date) => json!(date.to_string()),
            Self::Tags(tags) => json!(tags),
        }
    }
}

/// A Rust type that holds the value of a field.
pub(super) trait FieldType: Sized {
    /// Returns the value.
    fn to_field_value(&self) -> FieldValue<'_>;

    /// Parses the JSON that [`FieldValue::to_json`] writes. Returns `None` if it is not a value of this type.
    fn from_json(json: &Value) -> Option<Self>;
}

impl FieldType for String {
    fn to_field_value(&self) -> FieldValue<'_> {
        FieldValue::Text(self)
    }

    fn from_json(json: &Value) -> Option<Self> {
        json.as_str().map(str::to_owned)
    }
}

impl FieldType for i32 {
    fn to_field_value(&self) -> FieldValue<'_> {
        FieldValue::Number(*self)
    }

    fn from_json(json: &Value) -> Option<Self> {
        json.as_i64().and_then(|number| Self::try_from(number).ok())
    }
}

impl FieldType for bool {
    fn to_field_value(&self) -> FieldValue<'_> {
        FieldValue::Bool(*self)
    }

    fn from_json(json: &Value) -> Option<Self> {
        json.as_bool()
    }
}

impl FieldType for PartialDate {
    fn to_field_value(&self) -> FieldValue<'_> {
        FieldValue::Date(*self)
    }

    fn from_json(json: &Value) -> Option<Self> {
        json.as_str().and_then(|text| text.parse().ok())
    }
}

impl FieldType for Vec<String> {
    fn to_field_value(&self) -> FieldValue<'_> {
        FieldValue::Tags(self)
    }

    fn from_json(json: &Value) -> Option<Self> {
        json.as_array()?.iter().map(String::from_json).collect()
    }
}

impl<T: FieldType> FieldType for Option<T> {
    fn to_field_value(&self) -> FieldValue<'_> {
        self.as_ref().map_or(FieldValue::Null, T::to_field_value)
    }

    fn from_json(json: &Value) -> Option<Self> {
        if json.is_null() { Some(None) } else { T::from_json(json).map(Some) }
    }
}
