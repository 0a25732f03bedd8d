//! Data of `show`.

use super::field_state::FieldState;
use crate::{domain::history::HistoryEvent, exchange::ListRow};

/// Data of `show`.
#[derive(Clone, Copy, Debug)]
pub struct ShowView<'a> {
    /// The anime and its entry. The entry is empty if the anime is not in the list.
    pub row: &'a ListRow<'a>,
    /// State of every synced field of the entry.
    pub fields: &'a [FieldState],
    /// True if the anime is in the list.
    pub is_listed: bool,
    /// Owner of the list.
    pub username: &'a str,
    /// History of the entry, newest first.
    pub history: &'a [HistoryEvent],
    /// True if older history exists that is not in `history`.
    pub has_more_history: bool,
}

pub(super) fn join_lines(lines: Vec<String>) -> String {
    lines.into_iter().map(|line| line + "\n").collect()
}
