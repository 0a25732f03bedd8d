//! Rows of `sync_changes`: written with the batch that caused them, read newest first. A push replaces those that it wrote
//! ahead of a write.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{
    domain::{
        change::{ChangeRecord, FieldChange},
        entry_fields::Field,
        run::RunId,
        user::UserId,
    },
    store::{
        database::Database,
        error::Error,
        sql::{DbRow, SqlValue, WhereBuilder},
        transaction::DbTransaction,
    },
};

/// Filter for [`Database::load_changes`]. All conditions must hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChangeQuery {
    /// Only this user's changes. `None` selects all users.
    pub user: Option<UserId>,
    /// Only changes of this run.
    pub run: Option<RunId>,
    /// Only changes of the anime with this MAL id.
    pub mal_id: Option<i32>,
    /// Only the change with this row id.
    pub id: Option<i64>,
    /// Only changes of this field.
    pub field: Option<Field>,
    /// Earliest time, inclusive.
    pub since: Option<DateTime<Utc>>,
    /// Latest time, inclusive.
    pub until: Option<DateTime<Utc>>,
    /// Only conflicts.
    pub conflicts_only: bool,
    /// Maximum number of changes.
    pub limit: Option<u32>,
}

impl Database {
    /// Returns the matching changes, newest first.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn load_changes(&self, query: &ChangeQuery) -> Result<Vec<ChangeRecord>, Error> {
        let mut filter = WhereBuilder::new("c.user_id", query.user.map(|user| user.0));
        filter.and_equals("c.run_id", query.run.map(|run| run.0));
        filter.and_equals("c.mal_id", query.mal_id);
        filter.and_equals("c.id", query.id);
        filter.and_text_equals("c.field", query.field.map(Field::as_str));
        filter.and_between("c.at", query.since, query.until);
        if query.conflicts_only {
            filter.and_raw("c.conflict");
        }
        let (clauses, params) = filter.order_and_limit("c.id", query.limit);
        let sql = format!(
            "SELECT c.id, c.run_id, c.at, c.mal_id, a.title, c.field, c.local, c.mal, c.kept, c.conflict, c.rule \
            FROM sync_changes c LEFT JOIN anime a ON a.mal_id = c.mal_id {clauses}"
        );
        self.query_with_retry(&sql, params).await?.iter().map(change_from_row).collect()
    }
}

/// Column values of a new row, without the columns that all rows of a batch share.
pub(in crate::store) type ChangeRow<'a> = Vec<SqlValue<'a>>;

/// Builds the rows of changes. For a removal, `kept` is `marked_at`, the time written to the entry's `removed_at`.
pub(in crate::store) fn change_rows<'a>(
    changes: impl Iterator<Item = &'a FieldChange>,
    marked_at: Option<DateTime<Utc>>,
) -> Vec<ChangeRow<'a>> {
    let to_row = |change: &'a FieldChange| {
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
    changes.map(to_row).collect()
}

/// Inserts the rows in the given order.
pub(in crate::store) async fn insert_changes(
    tx: &mut DbTransaction,
    (run, user): (RunId, UserId),
    rows: Vec<ChangeRow<'_>>,
) -> Result<(), Error> {
    let constants = vec![run.0.into(), user.0.into(), SqlValue::Time(Some(tx.now))];
    for chunk in tx.dialect().bulk_chunks(constants, rows) {
        let sql = format!(
            "INSERT INTO sync_changes (run_id, user_id, at, mal_id, field, local, mal, kept, conflict, rule) SELECT * FROM {}",
            chunk.sql
        );
        tx.execute(&sql, chunk.params).await?;
    }
    Ok(())
}

/// Deletes the changes of these entries by this run.
pub(in crate::store) async fn delete_changes(
    tx: &mut DbTransaction,
    (run, user): (RunId, UserId),
    mal_ids: &[i32],
) -> Result<(), Error> {
    for mal_id in mal_ids {
        let sql = "DELETE FROM sync_changes WHERE run_id = $1 AND user_id = $2 AND mal_id = $3";
        tx.execute(sql, vec![run.0.into(), user.0.into(), (*mal_id).into()]).await?;
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
