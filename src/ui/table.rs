//! Tables: plain columns, no lines drawn, numbers to the right.
//!
//! On a terminal a table fits its width: the columns that may be cut are, with a `…`. Elsewhere nothing is cut. Every cell
//! is cleaned here. On a terminal alone, what terminals count differently is left out of a cell, and one that is written from
//! right to left is closed with a mark: a terminal that orders what it shows would take the number beside it for a part of the
//! cell, and swap the two.

use comfy_table::{CellAlignment, Table as Grid, presets};

use super::clean::{clean, close, fit, steady, width};

/// How a column behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Words, to the left, never cut.
    Word(&'static str),
    /// A number, to the right, never cut.
    Number(&'static str),
    /// Free text, to the left, cut where there is not enough room.
    Text(&'static str),
}

impl Column {
    const fn header(self) -> &'static str {
        match self {
            Self::Word(header) | Self::Number(header) | Self::Text(header) => header,
        }
    }
}

const GAP: usize = 2;
/// A column of free text is not cut below this.
const NARROWEST: usize = 4;

/// The part of a column's cells that are not cut before those of other columns are.
const MOST: (usize, usize) = (3, 4);

/// Rows under columns.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    #[must_use]
    pub fn new(columns: impl Into<Vec<Column>>) -> Self {
        Self { columns: columns.into(), rows: Vec::new() }
    }

    /// Adds a row: one cell a column.
    pub fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let row: Vec<String> = cells.into_iter().map(|text| clean(text.as_ref()).into_owned()).collect();
        debug_assert_eq!(row.len(), self.columns.len(), "one cell a column");
        self.rows.push(row);
    }

    /// The lines, cut to so many columns of the terminal where there is a limit.
    #[must_use]
    pub fn render(&self, limit: Option<usize>) -> String {
        let rows = match limit {
            Some(limit) => self.for_terminal(limit),
            None => self.headed(),
        };
        let mut grid = Grid::new();
        grid.load_style(presets::NOTHING).force_no_tty().add_rows(rows);
        let last = self.columns.len().saturating_sub(1);
        for (index, column) in grid.column_iter_mut().enumerate() {
            column.set_padding((0, if index == last { 0 } else { 2 }));
            if matches!(self.columns[index], Column::Number(_)) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        grid.lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }

    /// The rows, below the headers where there are any.
    fn headed(&self) -> Vec<Vec<String>> {
        let headers: Vec<String> = self.columns.iter().map(|column| column.header().to_owned()).collect();
        let is_headed = headers.iter().any(|header| !header.is_empty());
        is_headed.then_some(headers).into_iter().chain(self.rows.iter().cloned()).collect()
    }

    /// The same, as a terminal of so many columns shows them.
    fn for_terminal(&self, limit: usize) -> Vec<Vec<String>> {
        let steady = |row: &Vec<String>| row.iter().map(|text| steady(text).into_owned()).collect();
        let table = Self { columns: self.columns.clone(), rows: self.rows.iter().map(steady).collect() };
        let widths = table.widths(limit);
        let mut rows = table.headed();
        for (index, text) in rows.iter_mut().flat_map(|row| row.iter_mut().enumerate()) {
            if matches!(self.columns[index], Column::Text(_)) {
                *text = fit(text, widths[index]).into_owned();
            }
            close(text);
        }
        rows
    }

    /// How wide each column may be: as wide as it is, less what the widest free text has to give. What is wider than most of
    /// its column is cut first, so that a few long cells do not narrow everything beside them.
    fn widths(&self, limit: usize) -> Vec<usize> {
        let of_cells = |index: usize| self.rows.iter().map(move |row| width(&row[index]));
        let header = |index: usize| width(self.columns[index].header());
        let mut widths: Vec<usize> =
            (0..self.columns.len()).map(|index| of_cells(index).chain([header(index)]).max().unwrap_or(0)).collect();
        let gaps = GAP * self.columns.len().saturating_sub(1);
        let over = |widths: &[usize]| (widths.iter().sum::<usize>() + gaps).saturating_sub(limit);
        if over(&widths) == 0 {
            return widths;
        }
        let texts: Vec<usize> =
            (0..widths.len()).filter(|index| matches!(self.columns[*index], Column::Text(_))).collect();
        let most = |index: &usize| {
            let mut cells: Vec<usize> = of_cells(*index).collect();
            cells.sort_unstable();
            cells.get(cells.len().saturating_sub(1) * MOST.0 / MOST.1).copied().unwrap_or(0).max(header(*index))
        };
        let most: Vec<usize> = texts.iter().map(|index| most(index).max(NARROWEST)).collect();
        for narrowest in [most, vec![NARROWEST; texts.len()]] {
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

    fn table() -> Table {
        let mut table = Table::new([Column::Number("id"), Column::Text("title"), Column::Word("status")]);
        table.row(["1", "Cowboy Bebop", "completed"]);
        table.row(["16498", "進撃の巨人 Attack on Titan", "watching"]);
        table.row(["5", "a\x1b[2J\nb", ""]);
        table
    }

    #[test]
    fn a_table_is_plain_and_its_numbers_stand_to_the_right() {
        assert_snapshot!(table().render(None), @r#"
           id  title                       status
            1  Cowboy Bebop                completed
        16498  進撃の巨人 Attack on Titan  watching
            5  a␛[2J␊b
        "#);
    }

    #[test]
    fn a_table_fits_its_terminal() {
        let text = table().render(Some(36));
        assert_snapshot!(text, @r#"
           id  title               status
            1  Cowboy Bebop        completed
        16498  進撃の巨人 Attack…  watching
            5  a␛[2J␊b
        "#);
        assert!(text.lines().all(|line| width(line) <= 36));
    }

    #[test]
    fn one_long_cell_does_not_narrow_what_stands_beside_it() {
        let mut table = Table::new([Column::Text("title"), Column::Text("here"), Column::Number("score")]);
        for title in ["A title of some length", "Another one as long", "A third one, likewise", "And a fourth one"] {
            table.row([title, "short", "10"]);
        }
        table.row(["And the last one", &"long notes ".repeat(30), "7"]);
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
    fn titles_of_every_script_keep_the_columns_apart() {
        let mut table = Table::new([Column::Text("title"), Column::Number("score")]);
        for title in
            ["Cowboy Bebop", "進撃の巨人", "ｶﾀｶﾅ", "שלום עולם", "مسلسل", "Pokémon", "Poke\u{301}mon", "한국어", "👨‍👩‍👧 x"]
        {
            table.row([title, "10"]);
        }
        for limit in [None, Some(80), Some(14)] {
            let text = table.render(limit);
            let widths: Vec<usize> = text.lines().map(width).collect();
            assert!(widths.iter().all(|width| *width == widths[0]), "{widths:?}\n{text}");
            assert_eq!(text.matches('\u{200e}').count(), if limit.is_some() { 2 } else { 0 });
        }
    }

    #[test]
    fn what_terminals_count_differently_is_left_out_on_a_terminal_alone() {
        let family = "👨\u{200d}👩\u{200d}👧";
        let mut table = Table::new([Column::Text("title"), Column::Number("score")]);
        for (title, shown) in [
            ("❤\u{fe0f} love", "❤ love"),
            (family, "👨👩👧"),
            ("🏳\u{fe0f}\u{200d}🌈 flag", "🏳🌈 flag"),
            ("👍🏽", "👍"),
            ("🇯🇵 a", "🇯🇵 a"),
            ("مسلسل", "مسلسل"),
            ("क\u{94d}\u{200d}ष", "क\u{94d}\u{200d}ष"),
        ] {
            table.row([title, "10"]);
            let text = table.render(Some(80));
            assert!(text.lines().last().unwrap().starts_with(shown), "{text}");
            assert!(table.render(None).lines().last().unwrap().starts_with(title));
        }
        let ends: Vec<usize> = table.render(Some(80)).lines().map(width).collect();
        assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
    }

    #[test]
    fn the_narrowest_terminal_does_no_harm() {
        assert_eq!(table().render(Some(1)).lines().count(), 4);
        assert_eq!(Table::new([Column::Text("a")]).render(Some(1)), "a\n");
    }
}
