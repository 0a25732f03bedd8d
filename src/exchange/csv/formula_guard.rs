//! Keeps spreadsheets from computing cells: a guard `'` stands before what a spreadsheet would take for a formula.
//!
//! A spreadsheet may part cells at `;`, tabs and line breaks too. So the places where a formula may begin are the start of
//! a cell, and the text behind each of these separators.
//!
//! Invariant: removing the guards returns the text. For that, a text that has `'` before a formula there gets a guard too.

/// Characters that begin a formula, among them the full-width forms.
const FORMULA_STARTS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Characters that begin a formula at the start of a cell only, where spreadsheets skip them.
const SKIPPED_AT_START: [char; 2] = ['\t', '\r'];

/// Characters at which a spreadsheet may part cells.
const SEPARATORS: [char; 4] = [';', '\t', '\n', '\r'];

const GUARD: char = '\'';

/// Returns the text with a guard at every place where a spreadsheet would see a formula.
pub(super) fn add_formula_guards(text: &str) -> String {
    rewrite_guards(text, |quotes| quotes + 1)
}

/// Returns the text without the guards that `add_formula_guards` added.
#[must_use]
pub fn remove_formula_guards(text: &str) -> String {
    rewrite_guards(text, |quotes| quotes.saturating_sub(1))
}

/// Returns the text with a new number of `'` before each formula.
fn rewrite_guards(text: &str, new_count: fn(usize) -> usize) -> String {
    let mut rewritten = String::with_capacity(text.len() + 1);
    let mut rest = text;
    let mut is_start = true;
    loop {
        let unquoted = rest.trim_start_matches(GUARD);
        let quotes = rest.len() - unquoted.len();
        let is_formula = unquoted.starts_with(FORMULA_STARTS) || (is_start && unquoted.starts_with(SKIPPED_AT_START));
        let count = if is_formula { new_count(quotes) } else { quotes };
        rewritten.extend(std::iter::repeat_n(GUARD, count));
        is_start = false;
        let Some(separator) = unquoted.find(SEPARATORS) else {
            rewritten.push_str(unquoted);
            return rewritten;
        };
        let (before, behind) = unquoted.split_at(separator + 1);
        rewritten.push_str(before);
        rest = behind;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn guard_stands_where_a_formula_may_begin() {
        for (text, guarded) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@a", "'@a"),
            ("＝1", "'＝1"),
            ("＋1＋1", "'＋1＋1"),
            ("－", "'－"),
            ("＠a", "'＠a"),
            ("\ta", "'\ta"),
            ("\ra", "'\ra"),
            ("\t=a", "'\t'=a"),
            ("a;=1+41;b", "a;'=1+41;b"),
            ("a\t=1\n+2\r\n-3\r@4;;＝5", "a\t'=1\n'+2\r\n'-3\r'@4;;'＝5"),
            ("a;\tb\t\rc", "a;\tb\t\rc"),
            ("a=1+1, -2", "a=1+1, -2"),
            ("'=1", "''=1"),
            ("'''=1", "''''=1"),
            ("'\ta", "''\ta"),
            ("a;''-1", "a;'''-1"),
            ("'a", "'a"),
            ("a;'b;'", "a;'b;'"),
            ("a'=1", "a'=1"),
            ("", ""),
            ("'", "'"),
        ] {
            assert_eq!(add_formula_guards(text), guarded, "{text:?}");
            assert_eq!(remove_formula_guards(guarded), text, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn removing_guards_returns_the_text(text in prop_oneof!["[=+@'＝＠;\t\r\n a-]{0,20}", any::<String>()]) {
            let guarded = add_formula_guards(&text);
            prop_assert_eq!(&remove_formula_guards(&guarded), &text);
            prop_assert!(!guarded.starts_with(FORMULA_STARTS) && !guarded.starts_with(SKIPPED_AT_START));
            for part in guarded.split(SEPARATORS) {
                prop_assert!(!part.starts_with(FORMULA_STARTS), "{}", guarded);
            }
        }

        #[test]
        fn any_text_of_a_file_is_read(text in any::<String>()) {
            let _ = remove_formula_guards(&text);
        }
    }
}
