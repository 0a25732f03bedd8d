//! PostgreSQL only: finds sequences that are behind the ids in their tables, so that new rows get ids that are taken.
//!
//! This happens when rows are copied with their ids, for example by a restore that omits the sequences.

use crate::store::{
    database::{Backend, Database},
    error::Error,
    postgres::lagging_sequence_hint,
    sql::SqlValue,
    tables::tables_with_sequence,
};

/// A sequence that is behind the ids in its table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaggingSequence {
    /// The table.
    pub table: &'static str,
    /// The id that the next row would get.
    pub next_id: i64,
    /// The greatest id in the table.
    pub max_id: i64,
    /// The statement that fixes it.
    pub hint: String,
}

impl Database {
    /// Returns the sequences that are behind the ids in their tables. Sequences that the role may not read are left out.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn lagging_sequences(&self) -> Result<Vec<LaggingSequence>, Error> {
        let mut lagging = Vec::new();
        match self.backend {
            Backend::Postgres(_) => {}
            Backend::Sqlite(_) => return Ok(lagging),
        }
        for table in tables_with_sequence() {
            let sql = "SELECT name FROM (SELECT pg_get_serial_sequence($1, 'id') AS name) AS s \
                WHERE name IS NOT NULL AND has_sequence_privilege(name, 'SELECT')";
            let rows = self.query_with_retry(sql, vec![SqlValue::text(table)]).await?;
            let Some(sequence) = rows.first().map(|row| row.optional_text("name")).transpose()?.flatten() else {
                continue;
            };
            let sql = format!(
                "SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END AS next_id, \
                CAST((SELECT coalesce(max(id), 0) FROM {table}) AS BIGINT) AS max_id FROM {sequence}"
            );
            for row in self.query_with_retry(&sql, Vec::new()).await? {
                let (next_id, max_id) = (row.required_i64("next_id")?, row.required_i64("max_id")?);
                if next_id <= max_id {
                    lagging.push(LaggingSequence { table, next_id, max_id, hint: lagging_sequence_hint(table) });
                }
            }
        }
        Ok(lagging)
    }
}
