//! The statements, one file a subject. Most are methods of [`Database`](super::database::Database).

mod anime_lookup;
mod batch_rows;
mod batch_writes;
mod changes;
mod copy;
mod database_health;
mod database_info;
mod differing_entries;
mod edits;
mod entries;
mod entry_upgrade;
mod genres_studios;
mod list;
mod logins;
mod merge;
mod partial_entries;
mod request_slots;
mod run_totals;
mod runs;
mod schema_rights;
mod sequences;
mod user_rows;
mod users;

pub use anime_lookup::AnimeTitles;
pub use changes::ChangeQuery;
pub use copy::{CopiedTable, CopyReport, TokenCopying};
pub use database_health::HealthCheck;
pub use database_info::DatabaseInfo;
pub use edits::{EditFn, EditOwner, EditQuery, LastEdits};
pub use list::ListQuery;
pub use partial_entries::{ListColumn, PartialEntries};
pub use runs::RunKind;
pub use schema_rights::ForeignRight;
pub use sequences::LaggingSequence;
pub use user_rows::RenameOutcome;
