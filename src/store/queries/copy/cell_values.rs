//! The values of a copied row, all as text, and how each database spells them.
//!
//! Invariants:
//! 1. Between two databases of one kind a value keeps its spelling.
//! 2. From one kind to the other a value gets the spelling that malsync itself writes there. Times in SQLite have second
//!    precision.
//! 3. [`comparable_text`] is equal for two spellings of one value. It compares times to the second.

use std::borrow::Cow;

use chrono::{DateTime, SubsecRound as _, Utc};

use super::json_spelling::{comparable_json, spell_json};
use crate::{
    domain::text::excerpt,
    store::{
        error::Error,
        sql::{ColumnType, Dialect, format_time, parse_date, parse_time},
        tables::TypedColumn,
    },
};

/// A row. `None` is SQL's null.
pub(super) type TextRow = Vec<Option<String>>;

/// Times of PostgreSQL that are no times anywhere else.
const ENDLESS_TIMES: [&str; 2] = ["infinity", "-infinity"];

/// Returns SQL that reads a column as text.
pub(super) fn read_sql(dialect: Dialect, (name, column_type): TypedColumn) -> String {
    match (dialect, column_type) {
        // Sessions run in UTC: also a time with a zone becomes one in UTC.
        (Dialect::Postgres, ColumnType::Time) => format!("CAST(CAST(\"{name}\" AS TIMESTAMP) AS TEXT)"),
        (Dialect::Postgres | Dialect::Sqlite, _) => format!("CAST(\"{name}\" AS TEXT)"),
    }
}

/// Returns SQL that converts a text to the column's type. SQLite converts by the type that the column is declared with.
pub(super) fn write_sql(dialect: Dialect, parameter: &str, column_type: ColumnType) -> String {
    let sql_type = match (dialect, column_type) {
        (Dialect::Sqlite, _) | (Dialect::Postgres, ColumnType::Text) => return parameter.to_owned(),
        (Dialect::Postgres, ColumnType::Integer) => "BIGINT",
        (Dialect::Postgres, ColumnType::Decimal) => "NUMERIC",
        (Dialect::Postgres, ColumnType::Float) => "DOUBLE PRECISION",
        (Dialect::Postgres, ColumnType::Boolean) => "BOOLEAN",
        (Dialect::Postgres, ColumnType::Date) => "DATE",
        (Dialect::Postgres, ColumnType::Time) => "TIMESTAMP",
        (Dialect::Postgres, ColumnType::Json) => "JSONB",
    };
    format!("CAST({parameter} AS {sql_type})")
}

/// Returns the value in the spelling of the target. Fails if it is not of the column's type, which only SQLite stores.
pub(super) fn convert_value(
    value: String,
    (name, column_type): TypedColumn,
    (source, target): (Dialect, Dialect),
) -> Result<String, Error> {
    let converted = match (source, target) {
        (Dialect::Postgres, Dialect::Postgres) | (Dialect::Sqlite, Dialect::Sqlite) => return Ok(value),
        (Dialect::Postgres, Dialect::Sqlite) => return Ok(spell_for_sqlite(value, name, column_type)),
        (Dialect::Sqlite, Dialect::Postgres) => spell_for_postgres(&value, column_type),
    };
    converted.map(Cow::into_owned).ok_or_else(|| {
        Error::fatal(format!("column {name} has a value that is not of the column's type: {}", excerpt(&value)))
            .with_hint("correct the value, and run again")
    })
}

fn spell_for_sqlite(value: String, name: &str, column_type: ColumnType) -> String {
    match column_type {
        ColumnType::Text | ColumnType::Integer | ColumnType::Decimal | ColumnType::Float | ColumnType::Date => value,
        ColumnType::Boolean => (if value == "true" { "1" } else { "0" }).to_owned(),
        ColumnType::Time => to_second(&value).unwrap_or(value),
        ColumnType::Json => spell_json(name, &value),
    }
}

fn spell_for_postgres(value: &str, column_type: ColumnType) -> Option<Cow<'_, str>> {
    match column_type {
        ColumnType::Text => Some(value.into()),
        ColumnType::Integer => parse_integer(value).map(|number| number.to_string().into()),
        ColumnType::Decimal | ColumnType::Float => value.trim().parse::<f64>().ok().map(|_| value.trim().into()),
        ColumnType::Boolean => parse_boolean(value).map(|is_true| (if is_true { "true" } else { "false" }).into()),
        ColumnType::Date | ColumnType::Time if ENDLESS_TIMES.contains(&value) => Some(value.into()),
        ColumnType::Date => parse_date(value).map(|date| date.to_string().into()),
        ColumnType::Time => parse_time(value).map(|time| format_time(time).into()),
        ColumnType::Json => serde_json::from_str::<serde_json::Value>(value).ok().map(|_| value.into()),
    }
}

/// Returns a text that is equal for all spellings of a value.
pub(super) fn comparable_text(value: &str, column_type: ColumnType) -> Cow<'_, str> {
    let comparable = match column_type {
        ColumnType::Text => None,
        ColumnType::Integer => parse_integer(value).map(|number| number.to_string()),
        // SQLite prints 15 digits.
        ColumnType::Decimal | ColumnType::Float => {
            value.trim().parse().ok().map(|number: f64| format!("{number:.14e}"))
        }
        ColumnType::Boolean => parse_boolean(value).map(|is_true| is_true.to_string()),
        ColumnType::Date => parse_date(value).map(|date| date.to_string()),
        ColumnType::Time => to_second(value),
        ColumnType::Json => comparable_json(value),
    };
    comparable.map_or(Cow::Borrowed(value), Cow::Owned)
}

fn to_second(value: &str) -> Option<String> {
    parse_time(value).map(|time: DateTime<Utc>| format_time(time.trunc_subsecs(0)))
}

/// Parses an integer, also one that SQLite stores as a floating-point number.
fn parse_integer(value: &str) -> Option<i64> {
    let value = value.trim();
    value.parse().ok().or_else(|| value.strip_suffix(".0")?.parse().ok())
}

fn parse_boolean(value: &str) -> Option<bool> {
    match value.trim() {
        "1" | "true" | "TRUE" | "t" => Some(true),
        "0" | "false" | "FALSE" | "f" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TO_POSTGRES: (Dialect, Dialect) = (Dialect::Sqlite, Dialect::Postgres);
    const TO_SQLITE: (Dialect, Dialect) = (Dialect::Postgres, Dialect::Sqlite);

    #[test]
    fn values_get_the_spelling_of_the_other_database() {
        for (value, column_type, databases, expected) in [
            ("1", ColumnType::Boolean, TO_POSTGRES, "true"),
            ("TRUE", ColumnType::Boolean, TO_POSTGRES, "true"),
            ("false", ColumnType::Boolean, TO_SQLITE, "0"),
            ("12.0", ColumnType::Integer, TO_POSTGRES, "12"),
            ("2026-01-02T03:04:05Z", ColumnType::Time, TO_POSTGRES, "2026-01-02 03:04:05"),
            ("1767323045", ColumnType::Time, TO_POSTGRES, "2026-01-02 03:04:05"),
            ("2026-01-02 03:04:05.987654", ColumnType::Time, TO_SQLITE, "2026-01-02 03:04:05"),
            ("infinity", ColumnType::Time, TO_SQLITE, "infinity"),
            ("infinity", ColumnType::Time, TO_POSTGRES, "infinity"),
            ("2026-01-02 00:00:00", ColumnType::Date, TO_POSTGRES, "2026-01-02"),
            ("007", ColumnType::Text, TO_POSTGRES, "007"),
            (r#"{"a": [1, 2]}"#, ColumnType::Json, TO_SQLITE, r#"{"a":[1,2]}"#),
        ] {
            let converted = convert_value(value.to_owned(), ("column", column_type), databases).unwrap();
            assert_eq!(converted, expected, "{value}");
            assert_eq!(comparable_text(value, column_type), comparable_text(&converted, column_type), "{value}");
        }
    }

    #[test]
    fn values_keep_their_spelling_in_a_database_of_the_same_kind() {
        for databases in [(Dialect::Sqlite, Dialect::Sqlite), (Dialect::Postgres, Dialect::Postgres)] {
            for value in ["2026-01-02 03:04:05.987654", "no time", "[ 1 ]"] {
                for column_type in [ColumnType::Time, ColumnType::Json] {
                    assert_eq!(convert_value(value.to_owned(), ("x", column_type), databases).unwrap(), value);
                }
            }
        }
    }

    #[test]
    fn values_of_another_type_are_refused_by_the_column_name() {
        for (value, column_type) in [
            ("nine", ColumnType::Integer),
            ("", ColumnType::Time),
            ("2026-02-30", ColumnType::Date),
            ("maybe", ColumnType::Boolean),
            ("high", ColumnType::Decimal),
            ("[1", ColumnType::Json),
        ] {
            let error = convert_value(value.to_owned(), ("score", column_type), TO_POSTGRES).unwrap_err();
            assert!(error.to_string().contains("column score has a value"), "{error}");
        }
    }

    #[test]
    fn only_different_values_have_different_comparable_texts() {
        for (one, other, column_type, are_equal) in [
            ("8.50", "8.5", ColumnType::Decimal, true),
            ("8.50", "8.51", ColumnType::Decimal, false),
            ("0.30000000000000004", "0.3", ColumnType::Float, true),
            ("2026-01-02 03:04:05.9", "2026-01-02 03:04:05", ColumnType::Time, true),
            ("2026-01-02 03:04:06", "2026-01-02 03:04:05", ColumnType::Time, false),
            ("1", "true", ColumnType::Boolean, true),
            ("1", "true", ColumnType::Text, false),
        ] {
            let is_equal = comparable_text(one, column_type) == comparable_text(other, column_type);
            assert_eq!(is_equal, are_equal, "{one} {other}");
        }
    }
}
