//! Copies everything that malsync stores into an empty database of either kind.
//!
//! Entry points: [`Database::check_copy_target`] before the target is migrated, [`Database::copy_into`].
//!
//! Invariants:
//! 1. The source is read in one snapshot, and the target is written in one transaction: all or nothing.
//! 2. The tables and columns are those of [`all_tables`]. Other tables and columns are reported, never copied.
//! 3. Before COMMIT, the number of rows and a checksum of each table are compared with those that were read.
//! 4. Ids are kept, and no id that the source gave out is given out again by the target.
//! 5. Memory does not depend on the number of rows.

mod cell_values;
mod json_spelling;
mod row_chunks;
mod sequence_positions;
mod table_checksum;
mod target_checks;
mod unknown_tables_and_columns;

use self::{
    cell_values::{TextRow, convert_value},
    row_chunks::{TableReader, insert_rows},
    table_checksum::TableChecksum,
    unknown_tables_and_columns::find_unknown_tables_and_columns,
};
use crate::{
    failpoint::failpoint,
    store::{
        database::{Backend, Database},
        error::Error,
        sql::Dialect,
        tables::{DeclaredTable, TypedColumn, all_tables},
        transaction::{DbTransaction, with_transaction},
    },
    sync::port::ProgressObserver,
};

/// Columns of users without which nobody is logged in, as after `logout`. `true` marks the column that is then false.
const TOKEN_COLUMNS: [(&str, bool); 5] = [
    ("mal_access_token", false),
    ("mal_refresh_token", false),
    ("mal_token_expires_at", false),
    ("mal_token_issued_at", false),
    ("mal_needs_login", true),
];

/// Whether a copy includes the tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenCopying {
    /// The users of the copy are logged out.
    LeaveOut,
    /// Source and copy have the same tokens, of which only one may be used.
    Include,
}

/// What a copy did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyReport {
    /// All tables of malsync.
    pub tables: Vec<CopiedTable>,
    /// Tables, and columns as `table.column`, that malsync did not create. They were not copied.
    pub not_copied: Vec<String>,
}

/// A copied table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedTable {
    /// Its name.
    pub name: &'static str,
    /// The number of rows.
    pub rows: u64,
}

impl Database {
    /// Copies everything into `target`, which must be empty. Reports each row twice to `progress`: when it is copied, and
    /// when it is compared.
    ///
    /// # Errors
    ///
    /// Fails if `target` has a row in one of malsync's tables, or if one of the databases refuses. Then nothing is
    /// copied.
    pub async fn copy_into(
        &self,
        target: &Self,
        tokens: TokenCopying,
        progress: &dyn ProgressObserver,
    ) -> Result<CopyReport, Error> {
        let report = with_transaction!(target, |tx| {
            target_checks::lock_empty_tables(tx).await?;
            let (copied, not_copied) = self.copy_snapshot(tx, tokens, progress).await?;
            compare_tables(tx, &copied, progress).await?;
            for table in &copied {
                sequence_positions::set_position(tx, &table.table, table.sequence_position).await?;
            }
            failpoint!("copy.before_commit");
            let tables = copied.iter().map(|copy| CopiedTable { name: copy.table.name, rows: copy.checksum.rows });
            Ok(CopyReport { tables: tables.collect(), not_copied })
        })?;
        target.ensure_file_in_place()?;
        match &target.backend {
            Backend::Postgres(_) => {}
            // Whoever moves the copy elsewhere takes only the file.
            Backend::Sqlite(file) => file.write_log_into_file().await.map_err(|error| {
                error
                    .with_database(&target.url)
                    .with_hint("the copy is not whole without its -wal file: delete it, then copy again")
            })?,
        }
        Ok(report)
    }

    /// Copies a snapshot of this database, and returns what was read. Also returns what is not malsync's.
    async fn copy_snapshot(
        &self,
        target: &mut DbTransaction,
        tokens: TokenCopying,
        progress: &dyn ProgressObserver,
    ) -> Result<(Vec<TableCopy>, Vec<String>), Error> {
        let mut source = self.begin_read_only().await.map_err(|error| error.with_database(&self.url))?;
        let result = copy_tables(&mut source, target, tokens, progress).await;
        // The target is compared with what was read: the snapshot is not needed any more.
        source.rollback().await;
        result.map_err(|error| match error {
            CopyError::Source(error) => error.with_database(&self.url),
            CopyError::Target(error) => error,
        })
    }
}

/// An error, and the database that it is about.
enum CopyError {
    Source(Error),
    Target(Error),
}

/// A table whose rows were copied.
struct TableCopy {
    table: DeclaredTable,
    checksum: TableChecksum,
    /// The last number that the source's sequence gave out.
    sequence_position: i64,
}

async fn copy_tables(
    source: &mut DbTransaction,
    target: &mut DbTransaction,
    tokens: TokenCopying,
    progress: &dyn ProgressObserver,
) -> Result<(Vec<TableCopy>, Vec<String>), CopyError> {
    progress.set_total(2 * count_rows(source).await.map_err(CopyError::Source)?);
    let mut copies: Vec<TableCopy> = Vec::new();
    let mut copied_rows = 0;
    for table in all_tables() {
        let copied = copy_table(source, target, &table, tokens, (progress, copied_rows)).await;
        let checksum = copied.map_err(|error| match error {
            CopyError::Source(error) => CopyError::Source(error.with_table(table.name)),
            CopyError::Target(error) => CopyError::Target(error.with_table(table.name)),
        })?;
        copied_rows += checksum.rows;
        let sequence_position = sequence_positions::read_position(source, &table).await.map_err(CopyError::Source)?;
        copies.push(TableCopy { table, checksum, sequence_position });
    }
    let not_copied = find_unknown_tables_and_columns(source).await.map_err(CopyError::Source)?;
    Ok((copies, not_copied))
}

/// Copies the rows of a table. `progress` includes the number of rows that were copied before.
async fn copy_table(
    source: &mut DbTransaction,
    target: &mut DbTransaction,
    table: &DeclaredTable,
    tokens: TokenCopying,
    progress: (&dyn ProgressObserver, u64),
) -> Result<TableChecksum, CopyError> {
    let columns = table.stored_columns();
    let dialects = (source.dialect(), target.dialect());
    let mut reader = TableReader::new(dialects.0, table);
    let mut checksum = TableChecksum::default();
    loop {
        let mut rows = reader.next_rows(source).await.map_err(CopyError::Source)?;
        if rows.is_empty() {
            return Ok(checksum);
        }
        if tokens == TokenCopying::LeaveOut {
            remove_tokens(table, &columns, dialects.0, &mut rows);
        }
        checksum.add_rows(&columns, &rows);
        let rows = convert_rows(rows, &columns, dialects).map_err(CopyError::Source)?;
        insert_rows(target, table, rows).await.map_err(CopyError::Target)?;
        failpoint!("copy.chunk");
        progress.0.set_stored(progress.1 + checksum.rows);
    }
}

fn remove_tokens(table: &DeclaredTable, columns: &[TypedColumn], dialect: Dialect, rows: &mut [TextRow]) {
    if table.name != "users" {
        return;
    }
    let false_text = match dialect {
        Dialect::Postgres => "false",
        Dialect::Sqlite => "0",
    };
    for (token_column, is_flag) in TOKEN_COLUMNS {
        let position = columns.iter().position(|(name, _)| *name == token_column);
        let position = position.expect("the columns of the login are declared");
        rows.iter_mut().for_each(|row| row[position] = is_flag.then(|| false_text.to_owned()));
    }
}

/// Returns the rows in the spelling of the target.
fn convert_rows(
    rows: Vec<TextRow>,
    columns: &[TypedColumn],
    dialects: (Dialect, Dialect),
) -> Result<Vec<TextRow>, Error> {
    let convert_row = |row: TextRow| {
        let key = row.first().cloned().flatten().unwrap_or_default();
        let cells = columns.iter().zip(row);
        let converted: Result<TextRow, Error> = cells
            .map(|(column, value)| value.map(|value| convert_value(value, *column, dialects)).transpose())
            .collect();
        converted.map_err(|error| error.with_row(&key))
    };
    rows.into_iter().map(convert_row).collect()
}

/// Fails if the rows of a table are not those that were copied.
async fn compare_tables(
    target: &mut DbTransaction,
    copies: &[TableCopy],
    progress: &dyn ProgressObserver,
) -> Result<(), Error> {
    let mut done: u64 = copies.iter().map(|copy| copy.checksum.rows).sum();
    for copy in copies {
        let columns = copy.table.stored_columns();
        let mut reader = TableReader::new(target.dialect(), &copy.table);
        let mut found = TableChecksum::default();
        loop {
            let rows = reader.next_rows(target).await?;
            if rows.is_empty() {
                break;
            }
            found.add_rows(&columns, &rows);
            progress.set_stored(done + found.rows);
        }
        done += found.rows;
        if found != copy.checksum {
            return Err(Error::fatal(format!(
                "table {}: the copy has {} rows and the original {}, or their values differ; nothing was copied",
                copy.table.name, found.rows, copy.checksum.rows
            ))
            .with_hint("check the table for a trigger or rule, or copy into a new database"));
        }
    }
    Ok(())
}

async fn count_rows(tx: &mut DbTransaction) -> Result<u64, Error> {
    let mut total = 0;
    for table in all_tables() {
        let sql = format!("SELECT count(*) AS number FROM \"{}\"", table.name);
        let rows = tx.query_all(&sql, Vec::new()).await?;
        total += rows.first().map(|row| row.required_i64("number")).transpose()?.unwrap_or_default();
    }
    Ok(total.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::user::StoredLogin, store::sql::TableRow as _};

    /// What a logged-out user keeps of a login: none of it is secret.
    const KEPT_LOGIN_COLUMNS: [&str; 3] = ["mal_token_generation", "mal_client_id", "mal_login_at"];

    #[test]
    fn each_login_column_is_cleared_or_known_to_be_kept() {
        let mut known: Vec<_> = TOKEN_COLUMNS.map(|(name, _)| name).into_iter().chain(KEPT_LOGIN_COLUMNS).collect();
        let mut declared = StoredLogin::column_names();
        known.sort_unstable();
        declared.sort_unstable();
        assert_eq!(known, declared, "does a copy without tokens clear it?");
    }
}
