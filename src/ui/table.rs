//! Text tables: plain columns without lines, numbers right-aligned.
//!
//! Invariants:
//! 1. Every cell is escaped here.
//! 2. On a terminal the table fits the width: free-text columns are truncated with `…`. Elsewhere nothing is truncated, and
//!    free text is not padded: one long note would make every line as long.
//! 3. On a terminal, characters of ambiguous width are removed from cells, and cells with right-to-left text end in a mark.
//!    Without the mark, the terminal's bidirectional reordering would swap the cell with a number beside it.

use comfy_table::{CellAlignment, Table as Grid, presets};

use super::terminal_text::{display_width, strip_ambiguous_width, terminate_rtl, truncate_to_width};
use crate::control_chars::escape_controls;

/// Alignment and truncation of a column, with its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableColumn {
    /// Short text, left-aligned, never truncated.
    Word(&'static str),
    /// Number, right-aligned, never truncated.
    Number(&'static str),
    /// Free text, left-aligned, truncated if the table is too wide.
    Text(&'static str),
}

impl TableColumn {
    const fn header(self) -> &'static str {
        match self {
            Self::Word(header) | Self::Number(header) | Self::Text(header) => header,
        }
    }
}

/// Spaces between two columns.
const COLUMN_GAP: u16 = 2;
/// Free-text columns are never narrower than this.
const MIN_TEXT_COLUMN_WIDTH: usize = 4;

/// Quantile (3/4) of a column's cell widths. No column shrinks below it while another one is still wider than its own.
const PROTECTED_CELLS_SHARE: (usize, usize) = (3, 4);

/// Rows of cells under column headers.
#[derive(Clone, Debug)]
pub struct TextTable {
    columns: Vec<TableColumn>,
    rows: Vec<Vec<String>>,
}

impl TextTable {
    /// Creates a table without rows.
    #[must_use]
    pub fn new(columns: impl Into<Vec<TableColumn>>) -> Self {
        Self { columns: columns.into(), rows: Vec::new() }
    }

    /// Adds a row with one cell per column.
    pub fn add_row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let row: Vec<String> = cells.into_iter().map(|text| escape_controls(text.as_ref()).into_owned()).collect();
        debug_assert_eq!(row.len(), self.columns.len(), "one cell a column");
        self.rows.push(row);
    }

    /// Returns the table as text. With a `limit` it is truncated to that many terminal columns.
    #[must_use]
    pub fn render(&self, limit: Option<usize>) -> String {
        let Some(limit) = limit else { return self.render_unlimited() };
        let rows = self.rows_for_terminal(limit);
        let mut grid = Grid::new();
        grid.load_style(presets::NOTHING).force_no_tty().add_rows(rows);
        let last = self.columns.len().saturating_sub(1);
        for (index, column) in grid.column_iter_mut().enumerate() {
            column.set_padding((0, if index == last { 0 } else { COLUMN_GAP }));
            if matches!(self.columns[index], TableColumn::Number(_)) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        grid.lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }

    /// Returns the table in full. Words and numbers, which are short, are aligned; free text is not padded.
    fn render_unlimited(&self) -> String {
        let rows = self.rows_with_header();
        let width = |index: usize| rows.iter().map(|row| display_width(&row[index])).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let align = |(index, text): (usize, &String)| {
            let padding = " ".repeat(widths[index].saturating_sub(display_width(text)));
            match self.columns[index] {
                TableColumn::Word(_) => format!("{text}{padding}"),
                TableColumn::Number(_) => format!("{padding}{text}"),
                TableColumn::Text(_) => text.clone(),
            }
        };
        let gap = " ".repeat(COLUMN_GAP.into());
        let line = |row: &Vec<String>| row.iter().enumerate().map(align).collect::<Vec<_>>().join(&gap);
        rows.iter().map(|row| format!("{}\n", line(row).trim_end())).collect()
    }

    /// Returns the rows, preceded by the headers unless all headers are empty.
    fn rows_with_header(&self) -> Vec<Vec<String>> {
        let headers: Vec<String> = self.columns.iter().map(|column| column.header().to_owned()).collect();
        let has_headers = headers.iter().any(|header| !header.is_empty());
        has_headers.then_some(headers).into_iter().chain(self.rows.iter().cloned()).collect()
    }

    /// Returns the rows with headers, adjusted to a terminal of `limit` columns.
    fn rows_for_terminal(&self, limit: usize) -> Vec<Vec<String>> {
        let strip_row = |row: &Vec<String>| row.iter().map(|text| strip_ambiguous_width(text).into_owned()).collect();
        let table = Self { columns: self.columns.clone(), rows: self.rows.iter().map(strip_row).collect() };
        let widths = table.column_widths(limit);
        let mut rows = table.rows_with_header();
        for (index, text) in rows.iter_mut().flat_map(|row| row.iter_mut().enumerate()) {
            if matches!(self.columns[index], TableColumn::Text(_)) {
                *text = truncate_to_width(text, widths[index]).into_owned();
            }
            terminate_rtl(text);
        }
        rows
    }

    /// Returns the width of each column. The widest free-text columns shrink until the table fits. Unusually long cells shrink
    /// first, so that a few of them do not narrow all other columns.
    fn column_widths(&self, limit: usize) -> Vec<usize> {
        let of_cells = |index: usize| self.rows.iter().map(move |row| display_width(&row[index]));
        let header = |index: usize| display_width(self.columns[index].header());
        let mut widths: Vec<usize> =
            (0..self.columns.len()).map(|index| of_cells(index).chain([header(index)]).max().unwrap_or(0)).collect();
        let gaps = usize::from(COLUMN_GAP) * self.columns.len().saturating_sub(1);
        let excess = |widths: &[usize]| (widths.iter().sum::<usize>() + gaps).saturating_sub(limit);
        if excess(&widths) == 0 {
            return widths;
        }
        let texts: Vec<usize> =
            (0..widths.len()).filter(|index| matches!(self.columns[*index], TableColumn::Text(_))).collect();
        let protected_width = |index: &usize| {
            let mut cells: Vec<usize> = of_cells(*index).collect();
            cells.sort_unstable();
            cells
                .get(cells.len().saturating_sub(1) * PROTECTED_CELLS_SHARE.0 / PROTECTED_CELLS_SHARE.1)
                .copied()
                .unwrap_or(0)
                .max(header(*index))
        };
        let protected_widths: Vec<usize> =
            texts.iter().map(|index| protected_width(index).max(MIN_TEXT_COLUMN_WIDTH)).collect();
        for min_widths in [protected_widths, vec![MIN_TEXT_COLUMN_WIDTH; texts.len()]] {
            while excess(&widths) > 0 {
                let shrinkable =
                    texts.iter().zip(&min_widths).filter(|(index, min_width)| widths[**index] > **min_width);
                let widest_shrinkable = shrinkable.max_by_key(|(index, min_width)| widths[**index] - **min_width);
                let Some((widest, _)) = widest_shrinkable else { break };
                widths[*widest] -= 1;
            }
        }
        widths
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn example_table() -> TextTable {
        let mut table =
            TextTable::new([TableColumn::Number("id"), TableColumn::Text("title"), TableColumn::Word("status")]);
        table.add_row(["1", "Cowboy Bebop", "completed"]);
        table.add_row(["16498", "進撃の巨人 Attack on Titan", "watching"]);
        table.add_row(["5", "a\x1b[2J\nb", ""]);
        table
    }

    #[test]
    fn table_is_plain_and_right_aligns_numbers() {
        assert_snapshot!(example_table().render(None), @r#"
           id  title  status
            1  Cowboy Bebop  completed
        16498  進撃の巨人 Attack on Titan  watching
            5  a␛[2J␊b
        "#);
    }

    #[test]
    fn long_note_off_a_terminal_makes_only_its_own_line_long() {
        let mut table =
            TextTable::new([TableColumn::Word("field"), TableColumn::Text("here"), TableColumn::Text("on MAL")]);
        table.add_row(["notes", &"long ".repeat(2_000), "short"]);
        table.add_row(["status", "watching", "dropped"]);
        let text = table.render(None);
        let lengths: Vec<usize> = text.lines().map(str::len).collect();
        assert!(lengths[0] < 30 && lengths[1] > 10_000 && lengths[2] < 30, "{lengths:?}");
    }

    #[test]
    fn table_fits_the_terminal_width() {
        let text = example_table().render(Some(36));
        assert_snapshot!(text, @r#"
           id  title               status
            1  Cowboy Bebop        completed
        16498  進撃の巨人 Attack…  watching
            5  a␛[2J␊b
        "#);
        assert!(text.lines().all(|line| display_width(line) <= 36));
    }

    #[test]
    fn one_long_cell_does_not_narrow_other_columns() {
        let mut table =
            TextTable::new([TableColumn::Text("title"), TableColumn::Text("here"), TableColumn::Number("score")]);
        for title in ["A title of some length", "Another one as long", "A third one, likewise", "And a fourth one"] {
            table.add_row([title, "short", "10"]);
        }
        table.add_row(["And the last one", &"long notes ".repeat(30), "7"]);
        assert_snapshot!(table.render(Some(40)), @r#"
        title                   here       score
        A title of some length  short         10
        Another one as long     short         10
        A third one, likewise   short         10
        And a fourth one        short         10
        And the last one        long not…      7
        "#);
    }

    #[test]
    fn columns_stay_aligned_for_every_script() {
        let mut table = TextTable::new([TableColumn::Text("title"), TableColumn::Number("score")]);
        for title in
            ["Cowboy Bebop", "進撃の巨人", "ｶﾀｶﾅ", "שלום עולם", "مسلسل", "Pokémon", "Poke\u{301}mon", "한국어", "👨‍👩‍👧 x"]
        {
            table.add_row([title, "10"]);
        }
        for limit in [80, 14] {
            let text = table.render(Some(limit));
            let widths: Vec<usize> = text.lines().map(display_width).collect();
            assert!(widths.iter().all(|width| *width == widths[0]), "{widths:?}\n{text}");
            assert_eq!(text.matches('\u{200e}').count(), 2);
        }
        assert_eq!(table.render(None).matches('\u{200e}').count(), 0);
    }

    #[test]
    fn ambiguous_width_characters_are_removed_only_on_a_terminal() {
        let family = "👨\u{200d}👩\u{200d}👧";
        let mut table = TextTable::new([TableColumn::Text("title"), TableColumn::Number("score")]);
        for (title, expected) in [
            ("❤\u{fe0f} love", "❤ love"),
            (family, "👨👩👧"),
            ("🏳\u{fe0f}\u{200d}🌈 flag", "🏳🌈 flag"),
            ("👍🏽", "👍"),
            ("🇯🇵 a", "🇯🇵 a"),
            ("مسلسل", "مسلسل"),
            ("क\u{94d}\u{200d}ष", "क\u{94d}\u{200d}ष"),
        ] {
            table.add_row([title, "10"]);
            let text = table.render(Some(80));
            assert!(text.lines().last().unwrap().starts_with(expected), "{text}");
            assert!(table.render(None).lines().last().unwrap().starts_with(title));
        }
        let ends: Vec<usize> = table.render(Some(80)).lines().map(display_width).collect();
        assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
    }

    #[test]
    fn one_column_terminal_still_renders_every_row() {
        assert_eq!(example_table().render(Some(1)).lines().count(), 4);
        assert_eq!(TextTable::new([TableColumn::Text("a")]).render(Some(1)), "a\n");
    }
}
