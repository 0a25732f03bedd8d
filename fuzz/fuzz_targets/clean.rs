//! Any text for a terminal: escaping returns one line without control characters and is idempotent; truncating respects
//! the width.

#![no_main]

use libfuzzer_sys::fuzz_target;
use malsync::ui::{display_width, escape_controls, truncate_to_width};

fuzz_target!(|data: (u8, &str)| {
    let (columns, text) = (usize::from(data.0), data.1);
    let once = escape_controls(text);
    assert!(!once.chars().any(is_control_or_bidi), "{once:?}");
    assert_eq!(once.chars().count(), text.chars().count());
    assert_eq!(escape_controls(&once), once);
    let short = truncate_to_width(&once, columns);
    assert!(display_width(&short) <= columns, "{short:?} takes {}", display_width(&short));
    assert!(short == once || short.ends_with('…') || columns == 0);
});

/// Returns true for control and bidirectional formatting characters. Written from the Unicode tables, independently of
/// the code under test.
fn is_control_or_bidi(c: char) -> bool {
    c.is_control() || matches!(u32::from(c), 0x61c | 0x200e | 0x200f | 0x2028..=0x202e | 0x2066..=0x2069)
}
