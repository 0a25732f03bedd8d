//! The rows of `sync_changes`: written with the batch that made them, read newest first.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{
    Database, Error, row_reader::DbRow, sql::SqlValue, transaction::DbTransaction, where_builder::WhereBuilder,
};
use crate::domain::{
    change::{ChangeRecord, Field, FieldChange},
    run::RunId,
    user::UserId,
};

/// Which changes are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChangeQuery {
    /// Of this user; none is all of them.
    pub user: Option<UserId>,
    /// Of this run.
    pub run: Option<RunId>,
    /// Of this anime, by MAL's id.
    pub mal_id: Option<i32>,
    /// This one, by the row's id.
    pub id: Option<i64>,
    /// Of this field alone.
    pub field: Option<Field>,
    /// Not before this time.
    pub since: Option<DateTime<Utc>>,
    /// Not after this time.
    pub until: Option<DateTime<Utc>>,
    /// Conflicts alone.
    pub conflicts_only: bool,
    /// At most so many.
    pub limit: Option<u32>,
}

impl Database {
    /// The changes asked for, newest first.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn load_changes(&self, query: &ChangeQuery) -> Result<Vec<ChangeRecord>, Error> {
        let mut wanted = WhereBuilder::new("c.user_id", query.user.map(|user| user.0));
        wanted.and_equals("c.run_id", query.run.map(|run| run.0));
        wanted.and_equals("c.mal_id", query.mal_id);
        wanted.and_equals("c.id", query.id);
        wanted.and_text_equals("c.field", query.field.map(Field::as_str));
        wanted.and_between("c.at", query.since, query.until);
        if query.conflicts_only {
            wanted.and_raw("c.conflict");
        }
        let (conditions, binds) = wanted.order_and_limit("c.id", query.limit);
        let sql = format!(
            "SELECT c.id, c.run_id, c.at, c.mal_id, a.title, c.field, c.local, c.mal, c.kept, c.conflict, c.rule \
            FROM sync_changes c LEFT JOIN anime a ON a.mal_id = c.mal_id {conditions}"
        );
        self.query_with_retry(&sql, binds).await?.iter().map(change_from_row).collect()
    }
}

/// A row of the table on its way there, without what those of a batch have in common.
pub(super) type ChangeRow<'a> = Vec<SqlValue<'a>>;

/// The lines of changes. A removal's takes the time that its rows were marked with.
pub(super) fn change_rows<'a>(
    changes: impl Iterator<Item = &'a FieldChange>,
    marked_at: Option<DateTime<Utc>>,
) -> Vec<ChangeRow<'a>> {
    let line = |change: &'a FieldChange| {
        let kept = match (change.field, marked_at) {
            (Field::RemovedAt, Some(time)) => serde_json::to_value(time).unwrap_or(Value::Null),
            _ => change.kept.clone(),
        };
        vec![
            change.mal_id.into(),
            SqlValue::text(change.field.as_str()),
            SqlValue::json(&change.local),
            SqlValue::json(&change.mal),
            SqlValue::json(&kept),
            SqlValue::Bool(change.is_conflict),
            SqlValue::text(change.rule.as_str()),
        ]
    };
    changes.map(line).collect()
}

/// Writes lines, in the order given.
pub(super) async fn insert_changes(
    tx: &mut DbTransaction,
    (run, user): (RunId, UserId),
    lines: Vec<ChangeRow<'_>>,
) -> Result<(), Error> {
    let same = vec![run.0.into(), user.0.into(), SqlValue::Time(Some(tx.now))];
    for table in tx.dialect().bulk_chunks(same, lines) {
        let sql = format!(
            "INSERT INTO sync_changes (run_id, user_id, at, mal_id, field, local, mal, kept, conflict, rule) SELECT * FROM {}",
            table.sql
        );
        tx.execute(&sql, table.params).await?;
    }
    Ok(())
}

fn change_from_row(row: &DbRow) -> Result<ChangeRecord, Error> {
    Ok(ChangeRecord {
        id: row.required_i64("id")?,
        run_id: RunId(row.required_i64("run_id")?),
        at: row.optional_time("at")?.unwrap_or_default(),
        mal_id: row.required_i32("mal_id")?,
        title: row.optional_text("title")?,
        field: row.optional_text("field")?.unwrap_or_default(),
        local: row.lenient_json("local")?.unwrap_or_default(),
        mal: row.lenient_json("mal")?.unwrap_or_default(),
        kept: row.lenient_json("kept")?.unwrap_or_default(),
        is_conflict: row.bool_or_false("conflict")?,
        rule: row.optional_text("rule")?.unwrap_or_default(),
    })
}
