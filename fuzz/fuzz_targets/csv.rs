//! Writes any cells as CSV and reads them again. As many rows and cells are read as were written, no cell is a formula,
//! and each cell is unchanged except for the formula guards and control characters.

#![no_main]

use libfuzzer_sys::fuzz_target;
use malsync::exchange::{OutputCell, encode_csv_cells, remove_formula_guards};

const COLUMN_COUNT: usize = 3;
const FORMULA_STARTS: [char; 10] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r'];

fuzz_target!(|cells: Vec<&str>| {
    let given: Vec<&[&str]> = cells.chunks_exact(COLUMN_COUNT).collect();
    let written = encode_csv_cells(
        &["a", "b", "c"],
        given.iter().map(|row| row.iter().map(|cell| OutputCell::Text((*cell).into())).collect()),
    );
    let mut reader = csv::ReaderBuilder::new().from_reader(written.as_slice());
    let read: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("written CSV can be read");
    assert_eq!(read.len(), given.len());
    for (read, given) in read.iter().zip(given) {
        assert_eq!(read.len(), COLUMN_COUNT);
        read.iter().zip(given).for_each(|(read, given)| assert_same_cell(read, given));
    }
});

fn assert_same_cell(read: &str, given: &str) {
    assert!(!read.starts_with(FORMULA_STARTS), "{read:?}");
    let read = remove_formula_guards(read);
    assert_eq!(read.chars().count(), given.chars().count());
    for (read, given) in read.chars().zip(given.chars()) {
        // Besides control characters, only marks of the text direction and some separators are replaced. U+061C is the
        // lowest of them. Characters above it are not told apart here.
        assert!(read == given || given.is_control() || given >= '\u{61c}', "{given:?} became {read:?}");
        assert!(!read.is_control() || matches!(read, '\t' | '\r' | '\n'), "{read:?}");
    }
}
