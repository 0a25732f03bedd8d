//! Reads JSON values that have another type than the documented one.
//!
//! Rules:
//! 1. An integral number is an integer in any notation (`12.0`, `1e3`), also in a string (`"12"`).
//! 2. 0 and 1 are booleans.
//! 3. An empty string is the same as null.
//! 4. Any other value of a wrong type is unreadable. [`UnreadableValues`] collects those that cost only themselves.

use rust_decimal::{Decimal, prelude::ToPrimitive as _};
use serde_json::Value;

/// Messages about values that are taken as absent because they cannot be read.
#[derive(Debug, Default)]
pub struct UnreadableValues {
    messages: Vec<String>,
}

impl UnreadableValues {
    /// Returns the value. If it cannot be read, records the message and returns the default.
    pub fn or_default<T: Default>(&mut self, result: Result<T, String>) -> T {
        result.unwrap_or_else(|message| {
            self.messages.push(message);
            T::default()
        })
    }

    /// Returns the messages, in the order of the fields.
    #[must_use]
    pub fn messages(&self) -> &[String] {
        &self.messages
    }
}

/// A number as it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SentInteger {
    /// An integer of 64 bits.
    Integer(i64),
    /// An integer with more than 64 bits.
    TooLarge,
    /// Not an integer.
    NotInteger,
}

impl SentInteger {
    /// Reads the text of a JSON number, or of a string that holds one.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let digits = text.strip_prefix('-').unwrap_or(text);
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().map_or(Self::TooLarge, Self::Integer);
        }
        match parse_decimal(text).filter(Decimal::is_integer) {
            Some(number) => number.to_i64().map_or(Self::TooLarge, Self::Integer),
            None => Self::NotInteger,
        }
    }

    /// Reads a JSON value.
    #[must_use]
    pub fn from_json(value: &Value) -> Self {
        match value {
            Value::Number(number) => {
                number.as_i64().map_or_else(|| Self::from_text(&number.to_string()), Self::Integer)
            }
            Value::String(text) => Self::from_text(text.trim()),
            _ => Self::NotInteger,
        }
    }

    /// Returns the integer. Returns `None` if there is none of 64 bits.
    #[must_use]
    pub const fn as_i64(self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(number),
            Self::TooLarge | Self::NotInteger => None,
        }
    }
}

/// Parses a decimal number, also in scientific notation. Returns `None` if it is no number or has too many digits.
#[must_use]
pub fn parse_decimal(text: &str) -> Option<Decimal> {
    if !text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) || text.contains('_') {
        return None;
    }
    Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()
}

/// Returns true or false for a boolean, and for 0 and 1. Returns `None` for any other value.
#[must_use]
pub fn parse_bool(value: &Value) -> Option<bool> {
    match (value, SentInteger::from_json(value)) {
        (Value::Bool(flag), _) => Some(*flag),
        (_, SentInteger::Integer(0)) => Some(false),
        (_, SentInteger::Integer(1)) => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn integral_number_is_an_integer_in_any_notation() {
        let table = [
            (json!(12), SentInteger::Integer(12)),
            (json!(-3), SentInteger::Integer(-3)),
            (json!(12.0), SentInteger::Integer(12)),
            (json!(1e3), SentInteger::Integer(1000)),
            (json!("12"), SentInteger::Integer(12)),
            (json!(" 12 "), SentInteger::Integer(12)),
            (json!("12.0"), SentInteger::Integer(12)),
            (json!("-1"), SentInteger::Integer(-1)),
            (json!(u64::MAX), SentInteger::TooLarge),
            (json!("99999999999999999999999999999999999"), SentInteger::TooLarge),
            (json!(1e300), SentInteger::NotInteger),
            (json!(8.5), SentInteger::NotInteger),
            (json!("8.00000000000000000000000000000001"), SentInteger::NotInteger),
            (json!("8.5"), SentInteger::NotInteger),
            (json!("1_000"), SentInteger::NotInteger),
            (json!("+5"), SentInteger::NotInteger),
            (json!("-"), SentInteger::NotInteger),
            (json!(""), SentInteger::NotInteger),
            (json!("twelve"), SentInteger::NotInteger),
            (json!("٣"), SentInteger::NotInteger),
            (json!(true), SentInteger::NotInteger),
            (json!(null), SentInteger::NotInteger),
            (json!([12]), SentInteger::NotInteger),
            (json!({}), SentInteger::NotInteger),
        ];
        for (sent, expected) in table {
            assert_eq!(SentInteger::from_json(&sent), expected, "{sent}");
        }
    }

    #[test]
    fn zero_and_one_are_booleans() {
        for (sent, expected) in [
            (json!(true), Some(true)),
            (json!(false), Some(false)),
            (json!(1), Some(true)),
            (json!(0), Some(false)),
            (json!(1.0), Some(true)),
            (json!("0"), Some(false)),
            (json!("1"), Some(true)),
            (json!(2), None),
            (json!("true"), None),
            (json!([]), None),
            (json!(null), None),
        ] {
            assert_eq!(parse_bool(&sent), expected, "{sent}");
        }
    }
}
