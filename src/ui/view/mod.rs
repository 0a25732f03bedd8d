//! Formats the output of each command: the documented JSON for scripts, text and tables for people.
//!
//! Invariants:
//! 1. The JSON types have exactly the documented fields, in that order; scripts depend on them. Texts may change.
//! 2. Each view takes typed values and returns a serializable value, a [`TextTable`](super::TextTable), or escaped text.

pub mod changes;
pub mod copy;
pub mod diff;
pub mod doctor;
pub mod dry_run;
pub mod edit_notes;
pub mod edit_result;
pub mod field_state;
pub mod import;
pub mod list;
pub mod login;
pub mod pins;
pub mod push;
pub mod report;
pub mod run;
pub mod schedule;
pub mod settings;
pub mod show;
mod show_entry;
mod show_history;
mod show_view;
pub mod stats;
pub mod status;
pub mod sync_changes;
pub mod users;
mod value_text;

use super::format::{StyledValue, format_count, key_value_lines, pluralize, pluralize_entries, styled_key_value_lines};
pub use super::format::{format_ago, format_full_time, format_path, format_rough_span, format_time, format_time_span};
use value_text::{
    NO_VALUE, date_cell, display_cell, display_short_value, display_value, field_label, id_cell, or_no_value,
    rewatch_text, rule_text, status_text, title_cell, yes_or_no,
};

use crate::domain::{time::format_utc, user::User};

/// Returns the text for an empty result. Suggests a sync only if the list is empty and was never synced: a list imported from
/// a file needs none.
#[must_use]
pub fn no_entries_text(user: &User, is_empty: bool) -> String {
    if !is_empty || user.last_mal_sync.is_some() {
        return "no entry".to_owned();
    }
    format!(
        "no entry: {} was never synced. Next, run: malsync sync {}",
        super::escape_controls(&user.username),
        user.as_cli_arg()
    )
}
