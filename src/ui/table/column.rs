//! Columns and cells of a table.

use anstyle::Style;

use crate::{
    control_chars::escape_controls,
    ui::style::{self, PLAIN},
};

/// Kind of a column's cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CellKind {
    /// Short text, left-aligned, truncated only if nothing else helps.
    Word,
    /// Number, right-aligned, never truncated.
    Number,
    /// Title of an anime: free text that is truncated last.
    Title,
    /// Old and new value of a field: free text that is truncated as late as titles.
    Change,
    /// Free text, left-aligned, truncated if the table is too wide.
    Text,
    /// Text to be copied: it continues on further lines if the table is too wide.
    Wrapped,
}

/// Header, alignment and importance of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableColumn {
    header: &'static str,
    pub(super) kind: CellKind,
    /// Columns with a higher rank are dropped first. `None` means never.
    pub(super) drop_rank: Option<u8>,
}

impl TableColumn {
    const fn new(header: &'static str, kind: CellKind) -> Self {
        Self { header, kind, drop_rank: None }
    }

    /// Creates a column of short texts.
    #[must_use]
    pub const fn word(header: &'static str) -> Self {
        Self::new(header, CellKind::Word)
    }

    /// Creates a column of numbers.
    #[must_use]
    pub const fn number(header: &'static str) -> Self {
        Self::new(header, CellKind::Number)
    }

    /// Creates a column of anime titles.
    #[must_use]
    pub const fn title(header: &'static str) -> Self {
        Self::new(header, CellKind::Title)
    }

    /// Creates a column of changed values.
    #[must_use]
    pub const fn change(header: &'static str) -> Self {
        Self::new(header, CellKind::Change)
    }

    /// Creates a column of free text.
    #[must_use]
    pub const fn text(header: &'static str) -> Self {
        Self::new(header, CellKind::Text)
    }

    /// Creates a column of text that is never truncated but wrapped.
    #[must_use]
    pub const fn wrapped(header: &'static str) -> Self {
        Self::new(header, CellKind::Wrapped)
    }

    /// Lets the column be dropped on a terminal that is too narrow. The highest rank is dropped first.
    #[must_use]
    pub const fn droppable(self, rank: u8) -> Self {
        Self { drop_rank: Some(rank), ..self }
    }

    /// Returns the column for a table that is sorted by a droppable column. A preferred column and the title are never
    /// dropped, all others may be.
    pub(super) fn with_preference(self, is_preferred: bool) -> Self {
        let is_kept = is_preferred || self.kind == CellKind::Title;
        Self { drop_rank: (!is_kept).then(|| self.drop_rank.unwrap_or(0)), ..self }
    }

    pub(super) const fn header(self) -> &'static str {
        self.header
    }

    pub(super) const fn is_number(self) -> bool {
        matches!(self.kind, CellKind::Number)
    }

    /// Returns true if cells may be long.
    pub(super) const fn is_free_text(self) -> bool {
        matches!(self.kind, CellKind::Title | CellKind::Change | CellKind::Text | CellKind::Wrapped)
    }
}

/// A cell: its text, how it looks, and where it links to.
#[derive(Clone, Debug)]
pub struct TableCell {
    pub(super) text: String,
    pub(super) style: Style,
    pub(super) url: Option<String>,
}

impl TableCell {
    /// Returns the cell in this style.
    pub(in crate::ui) fn styled(self, style: Style) -> Self {
        Self { style, ..self }
    }

    /// Returns the cell as a link to an anime on MAL.
    #[must_use]
    pub fn linked_to_anime(self, mal_id: i32) -> Self {
        Self { url: Some(style::anime_url(mal_id)), ..self }
    }

    pub(super) fn escaped(self) -> Self {
        Self { text: escape_controls(&self.text).into_owned(), ..self }
    }
}

impl From<String> for TableCell {
    fn from(text: String) -> Self {
        Self { text, style: PLAIN, url: None }
    }
}

impl From<&str> for TableCell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<&String> for TableCell {
    fn from(text: &String) -> Self {
        text.to_owned().into()
    }
}
