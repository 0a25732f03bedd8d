//! CSV as RFC 4180 has it (a header row, CRLF, UTF-8), safe to open in a spreadsheet.
//!
//! A cell that a spreadsheet would take for a formula gets a `'` before it. Characters that steer a terminal, which no
//! spreadsheet shows, become visible, tab and line ends apart: those are data, and quoted.

use super::clean::{clean, steers};

/// Rows of CSV, the header first.
#[must_use]
pub fn rows<'a>(header: &[&str], rows: impl IntoIterator<Item = Vec<std::borrow::Cow<'a, str>>>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let written = writer
        .write_record(header)
        .and_then(|()| rows.into_iter().try_for_each(|row| writer.write_record(row.iter().map(|text| cell(text)))));
    written.expect("rows of equal length can be written to memory");
    writer.into_inner().expect("memory can be flushed")
}

fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    let keep = |c: char| matches!(c, '\t' | '\r' | '\n');
    let mut cell = guard.to_owned();
    for c in text.chars() {
        if steers(c) && !keep(c) {
            cell.push_str(&clean(c.encode_utf8(&mut [0; 4])));
        } else {
            cell.push(c);
        }
    }
    cell
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::*;

    fn one(text: &str) -> String {
        String::from_utf8(rows(&["a", "b"], [vec![Cow::from(text), Cow::from("x")]])).unwrap()
    }

    #[test]
    fn a_formula_is_defused() {
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
            assert_eq!(one(text), format!("a,b\r\n{row}\r\n"), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_row_reads_back(cells in prop::collection::vec(any::<String>(), 2)) {
            let text = rows(&["a", "b"], [cells.iter().map(Cow::from).collect()]);
            let mut reader = csv::Reader::from_reader(text.as_slice());
            let record = reader.records().next().unwrap().unwrap();
            prop_assert_eq!(record.iter().collect::<Vec<_>>(), cells.iter().map(|text| cell(text)).collect::<Vec<_>>());
        }
    }
}
