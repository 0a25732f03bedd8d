//! The value of a column, as it is written to JSON and CSV, and read from JSON.

use std::borrow::Cow;

use rust_decimal::{Decimal, prelude::ToPrimitive as _};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::domain::{
    anime::{Broadcast, IdName},
    entry_fields::Field,
    field_value::FieldValue,
    limits::MAL_IDS,
    partial_date::PartialDate,
    text,
};

/// Value of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum OutputCell<'a> {
    /// No value.
    Null,
    /// A text.
    Text(Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// A number of at most two decimals, which a double represents unambiguously.
    Float(f64),
    /// A yes or no.
    Bool(bool),
    /// A list of texts.
    List(Vec<&'a str>),
}

impl OutputCell<'_> {
    /// Returns the value for CSV: null is empty, list items are separated by commas.
    #[must_use]
    pub fn to_csv_text(&self) -> Cow<'_, str> {
        match self {
            Self::Null => "".into(),
            Self::Text(text) => text.as_ref().into(),
            Self::Integer(number) => number.to_string().into(),
            Self::Float(number) => number.to_string().into(),
            Self::Bool(flag) => flag.to_string().into(),
            Self::List(parts) => parts.join(",").into(),
        }
    }
}

impl Serialize for OutputCell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::List(parts) => parts.serialize(serializer),
        }
    }
}

impl<'a> From<FieldValue<'a>> for OutputCell<'a> {
    fn from(value: FieldValue<'a>) -> Self {
        match value {
            FieldValue::Null => Self::Null,
            FieldValue::Text(text) => Self::Text(text.into()),
            FieldValue::Number(number) => Self::Integer(number.into()),
            FieldValue::Bool(flag) => Self::Bool(flag),
            FieldValue::Date(date) => Self::Text(date.to_string().into()),
            FieldValue::Tags(tags) => Self::List(tags.iter().map(String::as_str).collect()),
        }
    }
}

/// Returns the cell of a text. Returns [`OutputCell::Null`] if there is none.
pub(super) fn text_cell(text: Option<String>) -> OutputCell<'static> {
    text.map_or(OutputCell::Null, |text| OutputCell::Text(text.into()))
}

/// Returns the cell of the names of genres or studios.
pub(super) fn names_cell(items: &[IdName]) -> OutputCell<'_> {
    OutputCell::List(items.iter().map(|item| item.name.as_str()).collect())
}

/// Returns the cell of the names of fields.
pub(super) fn fields_cell(fields: &[Field]) -> OutputCell<'static> {
    OutputCell::List(fields.iter().map(|field| field.as_str()).collect())
}

/// A Rust type of a member of `Anime` that has a column of its own.
pub(super) trait CellType: Sized {
    /// Returns the cell.
    fn to_cell(&self) -> OutputCell<'_>;

    /// Parses the JSON of a cell. An unreadable value is none: the next sync replaces the metadata of an anime.
    fn from_json(json: &Value) -> Self;
}

impl CellType for Option<String> {
    fn to_cell(&self) -> OutputCell<'_> {
        self.as_deref().map_or(OutputCell::Null, |text| OutputCell::Text(text.into()))
    }

    fn from_json(json: &Value) -> Self {
        let mut text = json.as_str().filter(|text| !text.trim().is_empty())?.to_owned();
        text::sanitize(&mut text);
        Some(text)
    }
}

impl CellType for Option<i32> {
    fn to_cell(&self) -> OutputCell<'_> {
        self.map_or(OutputCell::Null, |number| OutputCell::Integer(number.into()))
    }

    /// Parses a positive number, also one in a text, as a cell of CSV has it.
    fn from_json(json: &Value) -> Self {
        let number = json.as_i64().or_else(|| json.as_str()?.trim().parse().ok());
        number.and_then(|number| i32::try_from(number).ok()).filter(|number| MAL_IDS.contains(number))
    }
}

impl CellType for Option<PartialDate> {
    fn to_cell(&self) -> OutputCell<'_> {
        self.map_or(OutputCell::Null, |date| OutputCell::Text(date.to_string().into()))
    }

    fn from_json(json: &Value) -> Self {
        json.as_str()?.parse().ok()
    }
}

impl CellType for Option<Decimal> {
    fn to_cell(&self) -> OutputCell<'_> {
        self.and_then(|number| number.to_f64()).map_or(OutputCell::Null, OutputCell::Float)
    }

    /// Parses a mean score, also one in a text.
    fn from_json(json: &Value) -> Self {
        let mean = match json {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let mean: Decimal = mean.parse().ok()?;
        Some(mean.round_dp(2)).filter(|mean| (Decimal::ZERO..=Decimal::TEN).contains(mean))
    }
}

impl CellType for Vec<String> {
    fn to_cell(&self) -> OutputCell<'_> {
        OutputCell::List(self.iter().map(String::as_str).collect())
    }

    fn from_json(json: &Value) -> Self {
        json.as_array().into_iter().flatten().filter_map(Option::<String>::from_json).collect()
    }
}

impl CellType for Option<Broadcast> {
    /// Returns `saturday 18:30` or `saturday`.
    fn to_cell(&self) -> OutputCell<'_> {
        let Some(broadcast) = self else { return OutputCell::Null };
        OutputCell::Text(match &broadcast.time {
            None => broadcast.day.as_str().into(),
            Some(time) => format!("{} {time}", broadcast.day).into(),
        })
    }

    fn from_json(json: &Value) -> Self {
        let broadcast = Option::<String>::from_json(json)?;
        let (day, time) = broadcast.split_once(' ').map_or((&*broadcast, None), |(day, time)| (day, Some(time)));
        Some(Broadcast { day: day.to_owned(), time: time.map(str::to_owned) })
    }
}
