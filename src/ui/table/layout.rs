//! Decides which columns of a table fit a terminal, and how wide each is.
//!
//! In this order, until the table fits:
//!
//! 1. Free text shrinks to a comfortable width: titles to 30 columns, changes to 25, other free text to 10.
//! 2. Columns are dropped, those with the highest rank first.
//! 3. Free text shrinks further, titles and changes last.
//! 4. Words are truncated.

use super::{TableCell, TableColumn, column::CellKind};
use crate::ui::{
    terminal_text::{display_width, strip_ambiguous_width, terminate_rtl, truncate_to_width},
    wrap::wrap_text,
};

/// Spaces between two columns.
pub(super) const COLUMN_GAP: u16 = 2;
/// No title shrinks below this while a column can be dropped.
const COMFORTABLE_TITLE_WIDTH: usize = 30;
/// No change shrinks below this while a column can be dropped: `plan_to_watch → completed` fits.
const COMFORTABLE_CHANGE_WIDTH: usize = 25;
/// No other free text shrinks below this while a column can be dropped.
const COMFORTABLE_TEXT_WIDTH: usize = 10;
/// No column gets narrower than this, or than its header.
const MIN_COLUMN_WIDTH: usize = 4;

/// Quantile (3/4) of a column's cell widths. No column shrinks below it while another one is still wider than its own.
const PROTECTED_CELLS_SHARE: (usize, usize) = (3, 4);

/// Columns that are shown, and their widths.
#[derive(Debug)]
pub(super) struct TableLayout {
    /// Indexes of the visible columns.
    pub(super) columns: Vec<usize>,
    /// Width of each visible column.
    widths: Vec<usize>,
}

impl TableLayout {
    /// Fits the table into `limit` terminal columns.
    pub(super) fn new(columns: &[TableColumn], rows: &[Vec<TableCell>], limit: usize) -> Self {
        let measured: Vec<MeasuredColumn> = columns
            .iter()
            .enumerate()
            .map(|(index, column)| MeasuredColumn::new(*column, rows.iter().map(|row| &row[index])))
            .collect();
        let mut visible: Vec<usize> = (0..columns.len()).collect();
        while excess(visible.iter().map(|index| measured[*index].comfortable_width()), limit) > 0 {
            let droppable = visible.iter().filter(|index| columns[**index].drop_rank.is_some());
            let Some(first) = droppable.max_by_key(|index| columns[**index].drop_rank).copied() else { break };
            visible.retain(|index| *index != first);
        }
        let shown: Vec<&MeasuredColumn> = visible.iter().map(|index| &measured[*index]).collect();
        let widths = shrink_to_limit(&shown, limit);
        Self { columns: visible, widths }
    }

    /// Returns the visible cells of a row, fitted to their widths: one line, or several if a cell wraps.
    pub(super) fn fit_row(&self, columns: &[TableColumn], row: &[TableCell]) -> Vec<Vec<TableCell>> {
        let fit = |(index, width): (&usize, &usize)| {
            let text = strip_ambiguous_width(&row[*index].text);
            let mut lines = match columns[*index].kind {
                CellKind::Wrapped => wrap_text(&text, *width),
                _ => vec![truncate_to_width(&text, *width).into_owned()],
            };
            lines.iter_mut().for_each(terminate_rtl);
            lines
        };
        let cells: Vec<Vec<String>> = self.columns.iter().zip(&self.widths).map(fit).collect();
        let line_count = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let cell_at = |line: usize| {
            let texts = cells.iter().map(move |lines| lines.get(line).cloned().unwrap_or_default());
            let cell = |(text, index): (String, &usize)| TableCell { text, ..row[*index].clone() };
            texts.zip(&self.columns).map(cell).collect()
        };
        (0..line_count).map(cell_at).collect()
    }
}

/// A column with the widths of its cells.
struct MeasuredColumn {
    kind: CellKind,
    header_width: usize,
    /// Widths of the cells, in ascending order.
    cell_widths: Vec<usize>,
}

impl MeasuredColumn {
    fn new<'a>(column: TableColumn, cells: impl Iterator<Item = &'a TableCell>) -> Self {
        let mut cell_widths: Vec<usize> = cells.map(|cell| display_width(&strip_ambiguous_width(&cell.text))).collect();
        cell_widths.sort_unstable();
        Self { kind: column.kind, header_width: display_width(column.header()), cell_widths }
    }

    /// Returns the width of the widest cell or of the header.
    fn natural_width(&self) -> usize {
        self.cell_widths.last().copied().unwrap_or(0).max(self.header_width)
    }

    /// Returns the width below which the column does not shrink while another column can be dropped.
    fn comfortable_width(&self) -> usize {
        let width = match self.kind {
            CellKind::Word | CellKind::Number => return self.natural_width(),
            CellKind::Title => COMFORTABLE_TITLE_WIDTH,
            CellKind::Change => COMFORTABLE_CHANGE_WIDTH,
            CellKind::Text | CellKind::Wrapped => COMFORTABLE_TEXT_WIDTH.max(self.header_width),
        };
        self.natural_width().min(width)
    }

    /// Returns the width that most cells need.
    fn protected_width(&self) -> usize {
        let position = self.cell_widths.len().saturating_sub(1) * PROTECTED_CELLS_SHARE.0 / PROTECTED_CELLS_SHARE.1;
        let most_cells = self.cell_widths.get(position).copied().unwrap_or(0);
        most_cells.max(self.header_width).max(self.comfortable_width())
    }

    /// Returns the widths down to which the column shrinks, one per stage.
    fn stage_widths(&self) -> [usize; 5] {
        let (natural, comfortable) = (self.natural_width(), self.comfortable_width());
        let narrowest = natural.min(MIN_COLUMN_WIDTH.max(self.header_width));
        match self.kind {
            CellKind::Text | CellKind::Wrapped => {
                [self.protected_width(), comfortable, narrowest, narrowest, narrowest]
            }
            CellKind::Title | CellKind::Change => {
                [self.protected_width(), comfortable, comfortable, narrowest, narrowest]
            }
            CellKind::Word => [natural, natural, natural, natural, narrowest],
            CellKind::Number => [natural; 5],
        }
    }
}

/// Returns by how many terminal columns a table of these widths is too wide.
fn excess(widths: impl Iterator<Item = usize>, limit: usize) -> usize {
    let gap = usize::from(COLUMN_GAP);
    let total: usize = widths.map(|width| width + gap).sum();
    total.saturating_sub(gap).saturating_sub(limit)
}

/// Returns the widths of the columns. The widest ones shrink first, so that a few unusually long cells do not narrow all
/// other columns.
fn shrink_to_limit(columns: &[&MeasuredColumn], limit: usize) -> Vec<usize> {
    let mut widths: Vec<usize> = columns.iter().map(|column| column.natural_width()).collect();
    let stages: Vec<[usize; 5]> = columns.iter().map(|column| column.stage_widths()).collect();
    for stage in 0..5 {
        let floors: Vec<usize> = stages.iter().map(|stage_widths| stage_widths[stage]).collect();
        while excess(widths.iter().copied(), limit) > 0 {
            let spare = |index: &usize| widths[*index].saturating_sub(floors[*index]);
            let widest = (0..widths.len()).filter(|index| spare(index) > 0).max_by_key(spare);
            let Some(widest) = widest else { break };
            widths[widest] -= 1;
        }
    }
    widths
}
