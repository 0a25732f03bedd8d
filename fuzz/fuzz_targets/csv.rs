//! Any cells as CSV: as many rows and cells read back as were written, no cell is a formula, and but for the guard and what steers a
//! terminal each is what it was.

#![no_main]

use std::borrow::Cow;

use libfuzzer_sys::fuzz_target;
use malsync::ui::csv::rows;

const COLUMNS: usize = 3;
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

fuzz_target!(|cells: Vec<&str>| {
    let given: Vec<&[&str]> = cells.chunks_exact(COLUMNS).collect();
    let written = rows(&["a", "b", "c"], given.iter().map(|row| row.iter().map(|cell| Cow::from(*cell)).collect()));
    let mut reader = csv::ReaderBuilder::new().from_reader(written.as_slice());
    let read: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("what is written can be read");
    assert_eq!(read.len(), given.len());
    for (read, given) in read.iter().zip(given) {
        assert_eq!(read.len(), COLUMNS);
        read.iter().zip(given).for_each(|(read, given)| same(read, given));
    }
});

fn same(read: &str, given: &str) {
    assert!(!read.starts_with(FORMULA), "{read:?}");
    let read = if given.starts_with(FORMULA) { read.strip_prefix('\'').expect("a guard") } else { read };
    assert_eq!(read.chars().count(), given.chars().count());
    for (read, given) in read.chars().zip(given.chars()) {
        assert!(read == given || given.is_control() || given >= '\u{61c}', "{given:?} became {read:?}");
        assert!(!read.is_control() || matches!(read, '\t' | '\r' | '\n'), "{read:?}");
    }
}
