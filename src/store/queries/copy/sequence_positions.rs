//! The last numbers that the sequences of ids have given out. A copy keeps them, so that no id is given out twice.

use crate::store::{
    error::Error,
    sql::{Dialect, SqlValue},
    tables::DeclaredTable,
    transaction::DbTransaction,
};

/// Finds the sequence of a table, if it has one and the role may read it.
const FIND_SEQUENCE_SQL: &str = "SELECT name FROM (SELECT pg_get_serial_sequence($1, $2) AS name) AS s \
    WHERE name IS NOT NULL AND has_sequence_privilege(name, 'SELECT')";

/// Returns the last number that was given out. Returns 0 if there is none, or no sequence that may be read.
pub(super) async fn read_position(tx: &mut DbTransaction, table: &DeclaredTable) -> Result<i64, Error> {
    let (sql, params) = match tx.dialect() {
        Dialect::Sqlite => {
            let sql = "SELECT seq AS position FROM sqlite_sequence WHERE name = $1";
            (sql.to_owned(), vec![SqlValue::text(table.name)])
        }
        Dialect::Postgres => {
            let Some(sequence) = find_sequence(tx, table).await? else { return Ok(0) };
            let sql = format!("SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS position FROM {sequence}");
            (sql, Vec::new())
        }
    };
    let rows = tx.query_all(&sql, params).await?;
    Ok(rows.first().map(|row| row.optional_i64("position")).transpose()?.flatten().unwrap_or_default())
}

/// Lets the sequence go on after `position` and after the greatest id in the table.
pub(super) async fn set_position(tx: &mut DbTransaction, table: &DeclaredTable, position: i64) -> Result<(), Error> {
    let (key, _) = table.stored_columns()[0];
    match tx.dialect() {
        Dialect::Postgres => {
            let Some(sequence) = find_sequence(tx, table).await? else { return Ok(()) };
            let sql = format!(
                "SELECT setval(CAST($1 AS regclass), position) AS position FROM \
                (SELECT greatest($2, CAST((SELECT max(\"{key}\") FROM \"{}\") AS BIGINT)) AS position) AS given \
                WHERE position > 0",
                table.name
            );
            tx.query_all(&sql, vec![SqlValue::Text(Some(sequence.into())), position.into()]).await.map(drop)
        }
        Dialect::Sqlite => {
            let sql = "UPDATE sqlite_sequence SET seq = max(seq, $1) WHERE name = $2";
            let params = || vec![SqlValue::from(position), SqlValue::text(table.name)];
            if tx.execute(sql, params()).await? > 0 || position == 0 {
                return Ok(());
            }
            let sql = "INSERT INTO sqlite_sequence (seq, name) SELECT $1, name FROM sqlite_schema \
                WHERE type = 'table' AND name = $2 AND upper(sql) LIKE '%AUTOINCREMENT%'";
            tx.execute(sql, params()).await.map(drop)
        }
    }
}

async fn find_sequence(tx: &mut DbTransaction, table: &DeclaredTable) -> Result<Option<String>, Error> {
    let (key, _) = table.stored_columns()[0];
    let rows = tx.query_all(FIND_SEQUENCE_SQL, vec![SqlValue::text(table.name), SqlValue::text(key)]).await?;
    Ok(rows.first().map(|row| row.optional_text("name")).transpose()?.flatten())
}
