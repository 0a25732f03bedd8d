//! A date of any text: what is taken is shown as it came, and comes back the same from its two columns.

#![no_main]

use libfuzzer_sys::fuzz_target;
use malsync::domain::partial_date::PartialDate;

fuzz_target!(|text: &str| {
    let Ok(date) = text.parse::<PartialDate>() else { return };
    assert_eq!(date.to_string(), text);
    let stored = PartialDate::from_columns(date.first_day(), Some(date.precision().as_str()));
    assert_eq!(stored, date);
    let overwritten = PartialDate::from_columns(date.first_day(), None);
    assert_eq!(PartialDate::day(date.first_day()), Some(overwritten));
});
