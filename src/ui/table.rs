//! Tables: plain columns, no lines drawn, numbers to the right.
//!
//! On a terminal a table fits its width: the columns that may be cut are, with a `…`. Elsewhere nothing is cut. Every cell
//! is cleaned here. On a terminal alone, what terminals count differently is left out of a cell, and one that is written from
//! right to left is closed with a mark: a terminal that orders what it shows would take the number beside it for a part of the
//! cell, and swap the two.

use comfy_table::{CellAlignment, Table as Grid, presets};

use super::terminal_text::{display_width, escape_controls, strip_ambiguous_width, terminate_rtl, truncate_to_width};

/// How a column behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableColumn {
    /// Words, to the left, never cut.
    Word(&'static str),
    /// A number, to the right, never cut.
    Number(&'static str),
    /// Free text, to the left, cut where there is not enough room.
    Text(&'static str),
}

impl TableColumn {
    const fn header(self) -> &'static str {
        match self {
            Self::Word(header) | Self::Number(header) | Self::Text(header) => header,
        }
    }
}

const COLUMN_GAP: usize = 2;
/// A column of free text is not cut below this.
const MIN_TEXT_COLUMN_WIDTH: usize = 4;

/// The part of a column's cells that are not cut before those of other columns are.
const PROTECTED_CELLS_SHARE: (usize, usize) = (3, 4);

/// Rows under columns.
#[derive(Clone, Debug)]
pub struct TextTable {
    columns: Vec<TableColumn>,
    rows: Vec<Vec<String>>,
}

impl TextTable {
    /// A table without rows.
    #[must_use]
    pub fn new(columns: impl Into<Vec<TableColumn>>) -> Self {
        Self { columns: columns.into(), rows: Vec::new() }
    }

    /// Adds a row: one cell a column.
    pub fn add_row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let row: Vec<String> = cells.into_iter().map(|text| escape_controls(text.as_ref()).into_owned()).collect();
        debug_assert_eq!(row.len(), self.columns.len(), "one cell a column");
        self.rows.push(row);
    }

    /// The lines, cut to so many columns of the terminal where there is a limit.
    #[must_use]
    pub fn render(&self, limit: Option<usize>) -> String {
        let rows = match limit {
            Some(limit) => self.rows_for_terminal(limit),
            None => self.rows_with_header(),
        };
        let mut grid = Grid::new();
        grid.load_style(presets::NOTHING).force_no_tty().add_rows(rows);
        let last = self.columns.len().saturating_sub(1);
        for (index, column) in grid.column_iter_mut().enumerate() {
            column.set_padding((0, if index == last { 0 } else { 2 }));
            if matches!(self.columns[index], TableColumn::Number(_)) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        grid.lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }

    /// The rows, below the headers where there are any.
    fn rows_with_header(&self) -> Vec<Vec<String>> {
        let headers: Vec<String> = self.columns.iter().map(|column| column.header().to_owned()).collect();
        let is_headed = headers.iter().any(|header| !header.is_empty());
        is_headed.then_some(headers).into_iter().chain(self.rows.iter().cloned()).collect()
    }

    /// The same, as a terminal of so many columns shows them.
    fn rows_for_terminal(&self, limit: usize) -> Vec<Vec<String>> {
        let steady = |row: &Vec<String>| row.iter().map(|text| strip_ambiguous_width(text).into_owned()).collect();
        let table = Self { columns: self.columns.clone(), rows: self.rows.iter().map(steady).collect() };
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

    /// How wide each column may be: as wide as it is, less what the widest free text has to give. What is wider than most of
    /// its column is cut first, so that a few long cells do not narrow everything beside them.
    fn column_widths(&self, limit: usize) -> Vec<usize> {
        let of_cells = |index: usize| self.rows.iter().map(move |row| display_width(&row[index]));
        let header = |index: usize| display_width(self.columns[index].header());
        let mut widths: Vec<usize> =
            (0..self.columns.len()).map(|index| of_cells(index).chain([header(index)]).max().unwrap_or(0)).collect();
        let gaps = COLUMN_GAP * self.columns.len().saturating_sub(1);
        let over = |widths: &[usize]| (widths.iter().sum::<usize>() + gaps).saturating_sub(limit);
        if over(&widths) == 0 {
            return widths;
        }
        let texts: Vec<usize> =
            (0..widths.len()).filter(|index| matches!(self.columns[*index], TableColumn::Text(_))).collect();
        let most = |index: &usize| {
            let mut cells: Vec<usize> = of_cells(*index).collect();
            cells.sort_unstable();
            cells
                .get(cells.len().saturating_sub(1) * PROTECTED_CELLS_SHARE.0 / PROTECTED_CELLS_SHARE.1)
                .copied()
                .unwrap_or(0)
                .max(header(*index))
        };
        let most: Vec<usize> = texts.iter().map(|index| most(index).max(MIN_TEXT_COLUMN_WIDTH)).collect();
        for narrowest in [most, vec![MIN_TEXT_COLUMN_WIDTH; texts.len()]] {
            while over(&widths) > 0 {
                let giving = texts.iter().zip(&narrowest).filter(|(index, narrowest)| widths[**index] > **narrowest);
                let most_to_give = giving.max_by_key(|(index, narrowest)| widths[**index] - **narrowest);
                let Some((widest, _)) = most_to_give else { break };
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
           id  title                       status
            1  Cowboy Bebop                completed
        16498  進撃の巨人 Attack on Titan  watching
            5  a␛[2J␊b
        "#);
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
        for limit in [None, Some(80), Some(14)] {
            let text = table.render(limit);
            let widths: Vec<usize> = text.lines().map(display_width).collect();
            assert!(widths.iter().all(|width| *width == widths[0]), "{widths:?}\n{text}");
            assert_eq!(text.matches('\u{200e}').count(), if limit.is_some() { 2 } else { 0 });
        }
    }

    #[test]
    fn ambiguous_width_characters_are_removed_only_on_a_terminal() {
        let family = "👨\u{200d}👩\u{200d}👧";
        let mut table = TextTable::new([TableColumn::Text("title"), TableColumn::Number("score")]);
        for (title, shown) in [
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
            assert!(text.lines().last().unwrap().starts_with(shown), "{text}");
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
