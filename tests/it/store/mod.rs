//! The contract of the store, tested on both databases.

mod account_mismatch;
mod adopted_databases;
mod claims;
mod concurrent_writers;
mod lists;
mod logins;
mod mal_wins_planner;
mod merge;
mod request_slots;
mod restricted_role;
mod runs;
mod sqlite_files;
pub(crate) mod test_database;
