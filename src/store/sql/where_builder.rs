//! Builds the WHERE clause of history queries, with its parameters.
//!
//! Invariant: a filter that is not set does not appear in the statement, so that the database can use the index for
//! those that are.

use chrono::{DateTime, Utc};

use super::sql_value::SqlValue;

/// Conditions joined by AND.
pub(in crate::store) struct WhereBuilder<'a> {
    conditions: Vec<String>,
    params: Vec<SqlValue<'a>>,
}

impl<'a> WhereBuilder<'a> {
    /// Starts with the condition `column = value`. Adds nothing if `value` is `None`.
    pub(in crate::store) fn new(column: &str, value: Option<impl Into<i64>>) -> Self {
        let mut builder = Self { conditions: Vec::new(), params: Vec::new() };
        builder.and_equals(column, value);
        builder
    }

    pub(in crate::store) fn and_equals(&mut self, column: &str, value: Option<impl Into<i64>>) {
        self.and_compare(column, "=", value.map(|value| SqlValue::Int(Some(value.into()))));
    }

    pub(in crate::store) fn and_text_equals(&mut self, column: &str, value: Option<&'a str>) {
        self.and_compare(column, "=", value.map(SqlValue::text));
    }

    /// Restricts `column` to `from..=to`. Adds nothing for a bound that is `None`.
    pub(in crate::store) fn and_between(
        &mut self,
        column: &str,
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
    ) {
        self.and_compare(column, ">=", from.map(|time| SqlValue::Time(Some(time))));
        self.and_compare(column, "<=", to.map(|time| SqlValue::Time(Some(time))));
    }

    /// Adds a condition without a parameter.
    pub(in crate::store) fn and_raw(&mut self, condition: &str) {
        self.conditions.push(condition.to_owned());
    }

    fn and_compare(&mut self, column: &str, operator: &str, value: Option<SqlValue<'a>>) {
        let Some(value) = value else { return };
        self.params.push(value);
        self.conditions.push(format!("{column} {operator} ${}", self.params.len()));
    }

    /// Returns the WHERE, ORDER BY and LIMIT clauses with their parameters, newest first by `newest`.
    pub(in crate::store) fn order_and_limit(
        mut self,
        sort_column: &str,
        limit: Option<u32>,
    ) -> (String, Vec<SqlValue<'a>>) {
        self.params.push(limit.map_or(i64::MAX, i64::from).into());
        let limit = format!("ORDER BY {sort_column} DESC LIMIT ${}", self.params.len());
        let conditions = if self.conditions.is_empty() {
            String::new()
        } else {
            format!("WHERE {} ", self.conditions.join(" AND "))
        };
        (conditions + &limit, self.params)
    }
}
