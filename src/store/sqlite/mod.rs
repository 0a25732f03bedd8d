//! What only SQLite has: the database file with its mode, encoding, lock files and migrations.

mod backend;
mod database_file;
mod drop_not_null;
mod error_codes;
mod file_access;
mod lock_files;
mod migrate;
mod open;
mod row;
mod run_statements;

pub(super) use backend::SqliteBackend;
pub(super) use error_codes::classify_sqlite_error;
pub(super) use open::{open, open_existing, open_in_memory, open_read_only};
pub(super) use run_statements::{execute, for_each_row, query_raw};
