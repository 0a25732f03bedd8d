//! Writes entries as CSV, as in RFC 4180 (header row, CRLF, UTF-8), safe to open in a spreadsheet.
//!
//! Every text is quoted, and guarded against formulas. Terminal control characters become visible pictures, except tab,
//! CR and LF, which are data.

use std::borrow::Cow;

use super::formula_guard::add_formula_guards;
use crate::{
    control_chars::{escape_controls, is_terminal_control},
    exchange::{
        cell::OutputCell,
        columns::{ListRow, OutputColumn},
    },
};

/// Returns the entries as CSV of these columns. A missing value is empty, list items are separated by commas.
#[must_use]
pub fn encode_csv(rows: &[ListRow<'_>], columns: &[OutputColumn]) -> Vec<u8> {
    let header: Vec<&str> = columns.iter().map(OutputColumn::name).collect();
    encode_csv_cells(&header, rows.iter().map(|row| columns.iter().map(|column| column.read_cell(row)).collect()))
}

/// Returns the header and the rows as CSV. Names in the header are plain words, and are not quoted.
#[must_use]
pub fn encode_csv_cells<'a>(header: &[&str], rows: impl IntoIterator<Item = Vec<OutputCell<'a>>>) -> Vec<u8> {
    let mut text = header.join(",");
    text.push_str("\r\n");
    for row in rows {
        for (index, cell) in row.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            push_cell(&mut text, cell);
        }
        text.push_str("\r\n");
    }
    text.into_bytes()
}

fn push_cell(into: &mut String, cell: &OutputCell<'_>) {
    let text = cell.to_csv_text();
    if matches!(cell, OutputCell::Text(_) | OutputCell::List(_)) {
        into.push('"');
        into.push_str(&add_formula_guards(&show_controls(&text)).replace('"', "\"\""));
        into.push('"');
    } else {
        into.push_str(&text);
    }
}

/// Returns the text with its terminal control characters visible, apart from tab, CR and LF.
fn show_controls(text: &str) -> Cow<'_, str> {
    let is_hidden = |c: char| is_terminal_control(c) && !matches!(c, '\t' | '\r' | '\n');
    if !text.contains(is_hidden) {
        return text.into();
    }
    let mut visible = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            visible.push_str(&escape_controls(c.encode_utf8(&mut [0; 4])));
        } else {
            visible.push(c);
        }
    }
    visible.into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::exchange::csv::formula_guard::remove_formula_guards;

    fn csv_of_cells(cells: Vec<OutputCell<'_>>) -> String {
        String::from_utf8(encode_csv_cells(&["a", "b"], [cells])).unwrap()
    }

    #[test]
    fn text_cells_are_quoted_and_guarded() {
        for (text, cell) in [
            ("=1+1", "\"'=1+1\""),
            ("=a,\"b\"", "\"'=a,\"\"b\"\"\""),
            ("a;=1+41;b", "\"a;'=1+41;b\""),
            ("a\nb", "\"a\nb\""),
            ("86", "\"86\""),
            ("", "\"\""),
            ("\x1b[2J", "\"␛[2J\""),
            ("\u{202e}a\tb", "\"\u{fffd}a\tb\""),
        ] {
            let row = csv_of_cells(vec![OutputCell::Text(text.into()), OutputCell::Integer(7)]);
            assert_eq!(row, format!("a,b\r\n{cell},7\r\n"), "{text:?}");
        }
        let tags = csv_of_cells(vec![OutputCell::List(vec!["-1", "b"]), OutputCell::List(Vec::new())]);
        assert_eq!(tags, "a,b\r\n\"'-1,b\",\"\"\r\n");
    }

    #[test]
    fn other_cells_are_bare() {
        let cells = vec![OutputCell::Null, OutputCell::Bool(true)];
        assert_eq!(csv_of_cells(cells), "a,b\r\n,true\r\n");
        assert_eq!(csv_of_cells(vec![OutputCell::Float(8.75), OutputCell::Integer(-3)]), "a,b\r\n8.75,-3\r\n");
    }

    proptest! {
        #[test]
        fn encoded_texts_read_back(
            cells in prop::collection::vec(prop_oneof!["[=+@'＝;\t\r\n\",a-]{0,12}", any::<String>()], 2)
        ) {
            let row = cells.iter().map(|text| OutputCell::Text(text.into())).collect();
            let text = encode_csv_cells(&["a", "b"], [row]);
            let mut reader = ::csv::Reader::from_reader(text.as_slice());
            let record = reader.records().next().unwrap().unwrap();
            let read: Vec<String> = record.iter().map(remove_formula_guards).collect();
            prop_assert_eq!(read, cells.iter().map(|text| show_controls(text)).collect::<Vec<_>>());
        }
    }
}
