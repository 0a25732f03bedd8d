//! Database adapter: all SQL, for PostgreSQL and SQLite.
//!
//! The layers, top to bottom. A file uses only files of its own layer and of those below it, and no file uses itself
//! over others (`tests/it/layers/store_layers.rs`).
//!
//! 1. `port_impls` implements [`crate::sync::port::SyncStore`] and [`crate::sync::port::LoginRepository`]. `open` opens a
//!    database.
//! 2. `queries`: the statements, one file a subject. `merge` applies a batch of a sync.
//! 3. `lock`: run and refresh locks. `migration`, `name_conflicts`, and `open` and `migrate` of each database: the schema.
//! 4. `transaction`: begins, commits, retries, and finds out whether a COMMIT took effect whose connection broke.
//! 5. `database` is one open database of either kind, `connection` one connection. `sqlx_error` converts its errors.
//! 6. `postgres` and `sqlite`: what only one of them has.
//! 7. `tables`: the columns of each table, one line a field.
//! 8. `sql`: values, rows, select lists, and the fragments of SQL that differ.
//! 9. `retry`, `lock_request`, `database_url`, `missing_schema`, `error`.
//!
//! Invariant: everything that the ports require to be atomic is written in one transaction. No merge rule is decided
//! here.

mod connection;
mod database;
mod database_url;
mod error;
mod lock;
mod lock_request;
mod migration;
mod missing_schema;
mod name_conflicts;
mod open;
mod port_impls;
mod postgres;
mod queries;
mod retry;
mod sql;
mod sqlite;
mod sqlx_error;
mod tables;
mod transaction;

pub use database::Database;
pub use database_url::{DatabaseUrl, PostgresServer};
pub use error::Error;
pub use lock::{RefreshLock, RunLock};
pub use lock_request::SkipCriterion;
pub use migration::SchemaVersions;
pub use missing_schema::{DatabaseAccess, MissingSchema};
pub use queries::{
    AnimeTitles, ChangeQuery, CopiedTable, CopyReport, DatabaseInfo, EditFn, EditOwner, EditQuery, ForeignRight,
    HealthCheck, LaggingSequence, LastEdits, ListColumn, ListQuery, PartialEntries, RenameOutcome, RunKind,
    TokenCopying,
};
