//! Any text as a date: an accepted date is displayed as it was written, and is equal after a round trip through its two
//! columns.

#![no_main]

use libfuzzer_sys::fuzz_target;
use malsync::domain::partial_date::PartialDate;

fuzz_target!(|text: &str| {
    let Ok(date) = text.parse::<PartialDate>() else { return };
    assert_eq!(date.to_string(), text);
    let stored = PartialDate::from_columns(date.first_day(), Some(date.precision().as_str()));
    assert_eq!(stored, date);
    let overwritten = PartialDate::from_columns(date.first_day(), None);
    assert_eq!(PartialDate::from_date(date.first_day()), Some(overwritten));
});
