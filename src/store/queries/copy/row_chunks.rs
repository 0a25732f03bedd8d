//! Reads and writes the rows of a table in chunks, so that memory stays bounded and no statement takes long.

use super::cell_values::{TextRow, read_sql, write_sql};
use crate::store::{
    error::Error,
    sql::{ColumnType, Dialect, SqlValue},
    tables::{DeclaredTable, TypedColumn},
    transaction::DbTransaction,
};

/// Rows of a chunk. An anime with a long synopsis takes some kilobytes.
const ROWS_PER_CHUNK: usize = 500;

/// Reads a table in the order of its primary key.
pub(super) struct TableReader {
    select_sql: String,
    key_column: TypedColumn,
    /// Key of the last row that was read. `None` after the last chunk.
    last_key: Option<i64>,
}

impl TableReader {
    pub(super) fn new(dialect: Dialect, table: &DeclaredTable) -> Self {
        let columns = table.stored_columns();
        let cells = columns.iter().map(|column| read_sql(dialect, *column)).collect::<Vec<_>>().join(", ");
        let row = match dialect {
            Dialect::Postgres => format!("to_json(ARRAY[{cells}])"),
            Dialect::Sqlite => format!("json_array({cells})"),
        };
        let select_sql = format!("SELECT {row} AS packed FROM \"{}\"", table.name);
        Self { select_sql, key_column: columns[0], last_key: Some(i64::MIN) }
    }

    /// Returns the next rows. Returns no row after the last one.
    pub(super) async fn next_rows(&mut self, tx: &mut DbTransaction) -> Result<Vec<TextRow>, Error> {
        let Some(last_key) = self.last_key else { return Ok(Vec::new()) };
        // The tables with another key have few rows.
        let (key, key_type) = self.key_column;
        let (order_sql, params) = match key_type {
            ColumnType::Integer => (
                format!(" WHERE \"{key}\" > $1 ORDER BY \"{key}\" LIMIT {ROWS_PER_CHUNK}"),
                vec![SqlValue::from(last_key)],
            ),
            _ => (String::new(), Vec::new()),
        };
        let mut rows: Vec<TextRow> = Vec::with_capacity(ROWS_PER_CHUNK);
        let sql = format!("{}{order_sql}", self.select_sql);
        tx.connection()
            .for_each_row(&sql, params, |row| {
                rows.extend(row.strict_json::<TextRow>("packed")?);
                Ok(())
            })
            .await?;
        let newest_key = rows.last().and_then(|row| row[0].as_ref()?.parse().ok());
        self.last_key = newest_key.filter(|_| key_type_is_paged(key_type));
        Ok(rows)
    }
}

const fn key_type_is_paged(key_type: ColumnType) -> bool {
    matches!(key_type, ColumnType::Integer)
}

/// Inserts rows that are in the spelling of this database.
pub(super) async fn insert_rows(
    tx: &mut DbTransaction,
    table: &DeclaredTable,
    rows: Vec<TextRow>,
) -> Result<(), Error> {
    let columns = table.stored_columns();
    let names = columns.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    let dialect = tx.dialect();
    let write = |(index, (_, column_type)): (usize, &TypedColumn)| {
        write_sql(dialect, &format!("column{}", index + 1), *column_type)
    };
    let values = columns.iter().enumerate().map(write).collect::<Vec<_>>().join(", ");
    // Keys are kept also where the column is an identity column.
    let overriding = match dialect {
        Dialect::Postgres => " OVERRIDING SYSTEM VALUE",
        Dialect::Sqlite => "",
    };
    let to_params = |row: TextRow| row.into_iter().map(|value| SqlValue::Text(value.map(Into::into))).collect();
    for chunk in dialect.bulk_chunks(Vec::new(), rows.into_iter().map(to_params).collect()) {
        let sql = format!("INSERT INTO \"{}\" ({names}){overriding} SELECT {values} FROM {}", table.name, chunk.sql);
        let inserted = tx.execute(&sql, chunk.params).await?;
        if inserted != chunk.row_count as u64 {
            let message = format!("the database took {inserted} of {} rows", chunk.row_count);
            return Err(Error::fatal(message).with_hint("check the table for a trigger or rule"));
        }
    }
    Ok(())
}
