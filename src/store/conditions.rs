//! Which rows of a history are asked for: the conditions of a WHERE, with their values.
//!
//! The rule: what is not asked for stands nowhere in the statement, so that the database finds the index for what is.

use chrono::{DateTime, Utc};

use super::sql::Bind;

/// Conditions, all of which must hold.
pub(super) struct Conditions<'a> {
    words: Vec<String>,
    binds: Vec<Bind<'a>>,
}

impl<'a> Conditions<'a> {
    /// A first condition, where there is a value for it.
    pub(super) fn of(column: &str, value: Option<impl Into<i64>>) -> Self {
        let mut first = Self { words: Vec::new(), binds: Vec::new() };
        first.equal(column, value);
        first
    }

    pub(super) fn equal(&mut self, column: &str, value: Option<impl Into<i64>>) {
        self.compare(column, "=", value.map(|value| Bind::Int(Some(value.into()))));
    }

    pub(super) fn equal_text(&mut self, column: &str, value: Option<&'a str>) {
        self.compare(column, "=", value.map(Bind::text));
    }

    /// Both ends included.
    pub(super) fn between(&mut self, column: &str, from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) {
        self.compare(column, ">=", from.map(|time| Bind::Time(Some(time))));
        self.compare(column, "<=", to.map(|time| Bind::Time(Some(time))));
    }

    /// A condition without a value.
    pub(super) fn say(&mut self, condition: &str) {
        self.words.push(condition.to_owned());
    }

    fn compare(&mut self, column: &str, with: &str, value: Option<Bind<'a>>) {
        let Some(value) = value else { return };
        self.binds.push(value);
        self.words.push(format!("{column} {with} ${}", self.binds.len()));
    }

    /// The end of the statement, newest first by this column: at most so many.
    pub(super) fn with_limit(mut self, newest: &str, limit: Option<u32>) -> (String, Vec<Bind<'a>>) {
        self.binds.push(limit.map_or(i64::MAX, i64::from).into());
        let limit = format!("ORDER BY {newest} DESC LIMIT ${}", self.binds.len());
        let conditions =
            if self.words.is_empty() { String::new() } else { format!("WHERE {} ", self.words.join(" AND ")) };
        (conditions + &limit, self.binds)
    }
}
