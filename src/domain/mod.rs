//! Plain value types: anime, entries, users, runs, changes. No I/O, no database or HTTP types.

pub mod anime;
pub mod change;
pub mod comment_text;
pub mod duration;
pub mod edit;
pub mod encryption_key;
pub mod entry;
pub mod entry_fields;
pub mod entry_upgrade;
pub mod field_value;
pub mod history;
pub mod imported_entry;
pub mod kept_values;
pub mod left_out;
pub mod limits;
pub mod list_entry;
pub mod list_status;
pub mod list_status_parser;
pub mod loose_json;
pub mod merge_base;
pub mod missing_entry;
pub mod own_values;
pub mod partial_date;
pub mod run;
pub mod run_totals;
pub mod stats;
#[cfg(test)]
pub(crate) mod test_values;
pub mod text;
pub mod time;
pub mod token_location;
pub mod token_store_mode;
pub mod user;
pub mod user_agent;
pub mod vocabulary;
