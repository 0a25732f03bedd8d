//! Any text on its way to a terminal: one line, nothing in it that steers, the same when cleaned again, and cut where it must fit.

#![no_main]

use libfuzzer_sys::fuzz_target;
use malsync::ui::{clean, fit, width};

fuzz_target!(|data: (u8, &str)| {
    let (columns, text) = (usize::from(data.0), data.1);
    let once = clean(text);
    assert!(!once.chars().any(steers), "{once:?}");
    assert_eq!(once.chars().count(), text.chars().count());
    assert_eq!(clean(&once), once);
    let short = fit(&once, columns);
    assert!(width(&short) <= columns, "{short:?} takes {}", width(&short));
    assert!(short == once || short.ends_with('…') || columns == 0);
});

/// Told from the standard's tables, not from the code under test.
fn steers(c: char) -> bool {
    c.is_control() || matches!(u32::from(c), 0x61c | 0x200e | 0x200f | 0x2028..=0x202e | 0x2066..=0x2069)
}
