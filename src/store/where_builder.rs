//! Which rows of a history are asked for: the conditions of a WHERE, with their values.
//!
//! The rule: what is not asked for stands nowhere in the statement, so that the database finds the index for what is.

use chrono::{DateTime, Utc};

use super::sql::SqlValue;

/// Conditions, all of which must hold.
pub(super) struct WhereBuilder<'a> {
    conditions: Vec<String>,
    params: Vec<SqlValue<'a>>,
}

impl<'a> WhereBuilder<'a> {
    /// A first condition, where there is a value for it.
    pub(super) fn new(column: &str, value: Option<impl Into<i64>>) -> Self {
        let mut first = Self { conditions: Vec::new(), params: Vec::new() };
        first.and_equals(column, value);
        first
    }

    pub(super) fn and_equals(&mut self, column: &str, value: Option<impl Into<i64>>) {
        self.and_compare(column, "=", value.map(|value| SqlValue::Int(Some(value.into()))));
    }

    pub(super) fn and_text_equals(&mut self, column: &str, value: Option<&'a str>) {
        self.and_compare(column, "=", value.map(SqlValue::text));
    }

    /// Both ends included.
    pub(super) fn and_between(&mut self, column: &str, from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) {
        self.and_compare(column, ">=", from.map(|time| SqlValue::Time(Some(time))));
        self.and_compare(column, "<=", to.map(|time| SqlValue::Time(Some(time))));
    }

    /// A condition without a value.
    pub(super) fn and_raw(&mut self, condition: &str) {
        self.conditions.push(condition.to_owned());
    }

    fn and_compare(&mut self, column: &str, with: &str, value: Option<SqlValue<'a>>) {
        let Some(value) = value else { return };
        self.params.push(value);
        self.conditions.push(format!("{column} {with} ${}", self.params.len()));
    }

    /// The end of the statement, newest first by this column: at most so many.
    pub(super) fn order_and_limit(mut self, newest: &str, limit: Option<u32>) -> (String, Vec<SqlValue<'a>>) {
        self.params.push(limit.map_or(i64::MAX, i64::from).into());
        let limit = format!("ORDER BY {newest} DESC LIMIT ${}", self.params.len());
        let conditions = if self.conditions.is_empty() {
            String::new()
        } else {
            format!("WHERE {} ", self.conditions.join(" AND "))
        };
        (conditions + &limit, self.params)
    }
}
