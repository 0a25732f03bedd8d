//! Quotes words for a POSIX shell, in hints that people copy and in lines that a shell runs. On Windows, where no shell
//! runs a line of malsync's, the quotes are those that both PowerShell and cmd understand.

use std::borrow::Cow;

/// Returns the word, quoted for a shell if it needs to be. NUL, which no word can hold, is left out.
#[must_use]
pub fn shell_quote(word: &str) -> Cow<'_, str> {
    if cfg!(windows) {
        return quote_for_windows(word);
    }
    shlex::try_quote(word).unwrap_or_else(|_| shell_quote_without_nul(word))
}

fn shell_quote_without_nul(word: &str) -> Cow<'static, str> {
    let quoted = shlex::try_quote(&word.replace('\0', "")).map(Cow::into_owned);
    quoted.expect("a word without NUL can be quoted").into()
}

/// Returns the word, in double quotes if it needs quotes.
fn quote_for_windows(word: &str) -> Cow<'_, str> {
    let is_safe = |c: char| c.is_alphanumeric() || "-._:\\/=+,".contains(c);
    if !word.is_empty() && word.chars().all(is_safe) {
        return word.into();
    }
    format!("\"{}\"", word.replace('\0', "").replace('"', "\\\"")).into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shell_quote_quotes_only_words_that_need_it() {
        for (word, quoted) in
            [("alice", "alice"), ("", "''"), ("a b", "'a b'"), ("it's", "\"it's\""), ("a\0b", "ab"), ("a \0", "'a '")]
        {
            assert_eq!(shell_quote(word), quoted, "{word:?}");
        }
    }

    #[test]
    fn quote_for_windows_uses_double_quotes_and_leaves_paths_alone() {
        for (word, quoted) in
            [("C:\\x\\y.db", "C:\\x\\y.db"), ("", "\"\""), ("C:\\a b", "\"C:\\a b\""), ("a\"b", "\"a\\\"b\"")]
        {
            assert_eq!(quote_for_windows(word), quoted);
        }
    }

    proptest! {
        #[test]
        fn quoted_word_is_read_back_as_one_word(word in any::<String>()) {
            let words = shlex::split(&shell_quote(&word));
            prop_assert_eq!(words, Some(vec![word.replace('\0', "")]));
        }
    }
}
