//! Writes entries as CSV, as in RFC 4180 (header row, CRLF, UTF-8), safe to open in a spreadsheet.
//!
//! A cell that a spreadsheet would read as a formula is prefixed with `'`. Terminal control characters become visible
//! pictures, except tab, CR and LF: those are data and are quoted.

use std::borrow::Cow;

use super::columns::{ListRow, OutputColumn};
use crate::control_chars::{escape_controls, is_terminal_control};

/// Returns the entries as CSV of these columns. A missing value is empty, list items are separated by commas.
#[must_use]
pub fn encode_csv(rows: &[ListRow<'_>], columns: &[OutputColumn]) -> Vec<u8> {
    let header: Vec<&str> = columns.iter().map(OutputColumn::name).collect();
    let cells = |row| columns.iter().map(|column| column.read_cell(row).to_csv_text().into_owned().into()).collect();
    encode_csv_cells(&header, rows.iter().map(cells))
}

/// Returns the header and the rows as CSV.
#[must_use]
pub fn encode_csv_cells<'a>(header: &[&str], rows: impl IntoIterator<Item = Vec<Cow<'a, str>>>) -> Vec<u8> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    let result = writer.write_record(header).and_then(|()| {
        rows.into_iter().try_for_each(|row| writer.write_record(row.iter().map(|text| escape_cell(text))))
    });
    result.expect("rows of equal length can be written to memory");
    writer.into_inner().expect("memory can be flushed")
}

fn escape_cell(text: &str) -> String {
    let prefix = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    let is_data = |c: char| matches!(c, '\t' | '\r' | '\n');
    let mut cell = prefix.to_owned();
    for c in text.chars() {
        if is_terminal_control(c) && !is_data(c) {
            cell.push_str(&escape_controls(c.encode_utf8(&mut [0; 4])));
        } else {
            cell.push(c);
        }
    }
    cell
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn csv_of_cell(text: &str) -> String {
        String::from_utf8(encode_csv_cells(&["a", "b"], [vec![Cow::from(text), Cow::from("x")]])).unwrap()
    }

    #[test]
    fn formula_cells_are_prefixed_with_a_quote() {
        for (text, row) in [
            ("=1+1", "'=1+1,x"),
            ("+1", "'+1,x"),
            ("-1", "'-1,x"),
            ("@a", "'@a,x"),
            ("\ta", "'\ta,x"),
            ("\ra", "\"'\ra\",x"),
            ("=a,\"b\"", "\"'=a,\"\"b\"\"\",x"),
            ("a=1", "a=1,x"),
            ("a\nb", "\"a\nb\",x"),
            ("", ",x"),
            ("\x1b[2J", "␛[2J,x"),
        ] {
            assert_eq!(csv_of_cell(text), format!("a,b\r\n{row}\r\n"), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn encoded_rows_read_back(cells in prop::collection::vec(any::<String>(), 2)) {
            let text = encode_csv_cells(&["a", "b"], [cells.iter().map(Cow::from).collect()]);
            let mut reader = ::csv::Reader::from_reader(text.as_slice());
            let record = reader.records().next().unwrap().unwrap();
            prop_assert_eq!(record.iter().collect::<Vec<_>>(), cells.iter().map(|text| escape_cell(text)).collect::<Vec<_>>());
        }
    }
}
