//! Text tables: plain columns without lines, numbers right-aligned, headers bold.
//!
//! Invariants:
//! 1. Every cell is escaped here.
//! 2. On a terminal the table fits the width. Columns that matter less are dropped before the title gets narrower
//!    than 30 characters ([`layout`]). Elsewhere nothing is dropped or truncated, and free text is not padded: one long
//!    note would make every line as long.
//! 3. On a terminal, characters of ambiguous width are removed from cells, and cells with right-to-left text end in a mark.
//!    Without the mark, the terminal's bidirectional reordering would swap the cell with a number beside it.
//! 4. Styles and hyperlinks never change the layout.

mod column;
mod layout;

use comfy_table::{CellAlignment, Table as Grid, presets};
use unicode_segmentation::UnicodeSegmentation as _;

pub use column::{TableCell, TableColumn};
use layout::{COLUMN_GAP, TableLayout};

use super::{
    style::{self, BOLD},
    terminal_text::display_width,
    wrap::wrap_prose,
};

/// Rows of cells under column headers.
#[derive(Clone, Debug)]
pub struct TextTable {
    columns: Vec<TableColumn>,
    rows: Vec<Vec<TableCell>>,
    /// Lines of the table's width, with the number of rows before each.
    lines: Vec<(usize, TableCell)>,
}

/// How a table is rendered.
#[derive(Clone, Copy, Debug, Default)]
pub struct TableStyle {
    /// Width of the terminal in columns. `None` if the output is not a terminal.
    pub limit: Option<usize>,
    /// True if cells and headers are styled.
    pub colors: bool,
    /// True if cells may be hyperlinks.
    pub links: bool,
}

impl TextTable {
    /// Creates a table without rows.
    #[must_use]
    pub fn new(columns: impl Into<Vec<TableColumn>>) -> Self {
        Self { columns: columns.into(), rows: Vec::new(), lines: Vec::new() }
    }

    /// Adds a row with one cell per column.
    pub fn add_row<T: Into<TableCell>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let row: Vec<TableCell> = cells.into_iter().map(|cell| cell.into().escaped()).collect();
        debug_assert_eq!(row.len(), self.columns.len(), "one cell a column");
        self.rows.push(row);
    }

    /// Adds a line of the table's width, such as a heading, below the rows added so far. It is wrapped, not truncated.
    pub fn add_line(&mut self, line: impl Into<TableCell>) {
        self.lines.push((self.rows.len(), line.into().escaped()));
    }

    /// Returns true if any of the columns has headers.
    #[must_use]
    pub fn has_header(&self) -> bool {
        (self.lines.is_empty() || !self.rows.is_empty())
            && self.columns.iter().any(|column| !column.header().is_empty())
    }

    /// Returns the table with these columns never dropped. All others but the title are dropped first.
    #[must_use]
    pub fn preferring(mut self, is_preferred: impl Fn(&str) -> bool) -> Self {
        let may_be_lost = |column: &TableColumn| column.drop_rank.is_some() && is_preferred(column.header());
        if self.columns.iter().any(may_be_lost) {
            for column in &mut self.columns {
                *column = column.with_preference(is_preferred(column.header()));
            }
        }
        self
    }

    /// Returns the headers of the columns that do not fit into `limit` terminal columns.
    #[must_use]
    pub fn dropped_headers(&self, limit: Option<usize>) -> Vec<&'static str> {
        let Some(limit) = limit else { return Vec::new() };
        let layout = TableLayout::new(&self.columns, &self.rows, limit);
        let is_dropped = |(index, _): &(usize, &TableColumn)| !layout.columns.contains(index);
        self.columns.iter().enumerate().filter(is_dropped).map(|(_, column)| column.header()).collect()
    }

    /// Returns the table as plain text. With a `limit` it fits into that many terminal columns.
    #[must_use]
    pub fn render(&self, limit: Option<usize>) -> String {
        self.render_styled(TableStyle { limit, ..TableStyle::default() })
    }

    /// Returns the table as text.
    #[must_use]
    pub fn render_styled(&self, style: TableStyle) -> String {
        let Some(limit) = style.limit else { return self.render_unlimited(style) };
        let layout = TableLayout::new(&self.columns, &self.rows, limit);
        let columns: Vec<TableColumn> = layout.columns.iter().map(|index| self.columns[*index]).collect();
        let mut rows = self.header_row(&columns);
        // Position among `rows` at which each row begins, and the end.
        let mut row_starts = Vec::new();
        for row in &self.rows {
            row_starts.push(rows.len());
            rows.extend(layout.fit_row(&self.columns, row));
        }
        row_starts.push(rows.len());
        let mut grid = Grid::new();
        grid.load_style(presets::NOTHING).force_no_tty();
        grid.add_rows(rows.iter().map(|row| row.iter().map(|cell| &cell.text)));
        let last = columns.len().saturating_sub(1);
        for (index, column) in grid.column_iter_mut().enumerate() {
            column.set_padding((0, if index == last { 0 } else { COLUMN_GAP }));
            if columns[index].is_number() {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let width_of = |index: usize| rows.iter().map(|row| display_width(&row[index].text)).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns.len()).map(width_of).collect();
        let line = |(row, line): (&Vec<TableCell>, String)| {
            let text = if style.colors || style.links { decorate_line(&line, row, &widths, style) } else { line };
            format!("{}\n", text.trim_end())
        };
        let lines: Vec<String> = rows.iter().zip(grid.lines()).map(line).collect();
        self.insert_lines(&lines, &row_starts, style)
    }

    /// Returns the rendered lines of the table with those that span its width between them.
    fn insert_lines(&self, lines: &[String], row_starts: &[usize], style: TableStyle) -> String {
        let mut text = String::new();
        let mut printed = 0;
        for (row, cell) in &self.lines {
            text.extend(lines[printed..row_starts[*row]].iter().map(String::as_str));
            printed = row_starts[*row];
            let line = cell.decorate(&cell.text, style);
            text.push_str(&style.limit.map_or_else(|| line.clone(), |limit| wrap_prose(&line, limit)));
            text.push('\n');
        }
        text.extend(lines[printed..].iter().map(String::as_str));
        text
    }

    /// Returns the table in full. Words and numbers, which are short, are aligned; free text is not padded.
    fn render_unlimited(&self, style: TableStyle) -> String {
        let mut rows = self.header_row(&self.columns);
        rows.extend(self.rows.iter().cloned());
        let width = |index: usize| rows.iter().map(|row| display_width(&row[index].text)).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let align = |(index, cell): (usize, &TableCell)| {
            let padding = " ".repeat(widths[index].saturating_sub(display_width(&cell.text)));
            let text = cell.decorate(&cell.text, style);
            match self.columns[index] {
                column if column.is_number() => format!("{padding}{text}"),
                column if column.is_free_text() => text,
                _ => format!("{text}{padding}"),
            }
        };
        let gap = " ".repeat(COLUMN_GAP.into());
        let line = |row: &Vec<TableCell>| row.iter().enumerate().map(align).collect::<Vec<_>>().join(&gap);
        let lines: Vec<String> = rows.iter().map(|row| format!("{}\n", line(row).trim_end())).collect();
        let row_starts: Vec<usize> = (rows.len() - self.rows.len()..=rows.len()).collect();
        self.insert_lines(&lines, &row_starts, style)
    }

    /// Returns the row of headers. Returns none if all headers are empty.
    fn header_row(&self, columns: &[TableColumn]) -> Vec<Vec<TableCell>> {
        let header = || columns.iter().map(|column| TableCell::from(column.header()).styled(BOLD)).collect();
        self.has_header().then(header).into_iter().collect()
    }
}

/// Returns a line of the grid with its cells styled. `widths` are the widths of the columns without the gaps.
fn decorate_line(line: &str, row: &[TableCell], widths: &[usize], style: TableStyle) -> String {
    let mut decorated = String::new();
    let mut rest = line;
    for (cell, width) in row.iter().zip(widths) {
        let (padded, after) = rest.split_at(prefix_of_width(rest, *width));
        let text = padded.trim();
        let start = padded.len() - padded.trim_start().len();
        decorated.push_str(&padded[..start]);
        decorated.push_str(&cell.decorate(text, style));
        decorated.push_str(&padded[start + text.len()..]);
        let gap = usize::from(COLUMN_GAP).min(after.len());
        decorated.push_str(&after[..gap]);
        rest = &after[gap..];
    }
    decorated + rest
}

/// Returns the length in bytes of the prefix that fills `width` terminal columns, with the zero-width characters after it.
fn prefix_of_width(text: &str, width: usize) -> usize {
    let mut used = 0;
    for (index, character) in text.grapheme_indices(true) {
        used += display_width(character);
        if used > width {
            return index;
        }
    }
    text.len()
}

impl TableCell {
    /// Returns a part of the cell's text in the cell's style.
    fn decorate(&self, text: &str, style: TableStyle) -> String {
        if text.is_empty() {
            return String::new();
        }
        let text = if style.colors { style::paint(text, self.style) } else { text.to_owned() };
        match &self.url {
            Some(url) if style.links => style::hyperlink(&text, url),
            _ => text,
        }
    }
}

#[cfg(test)]
mod tests;
