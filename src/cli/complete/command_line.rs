//! Splits a command line as a shell does, up to the cursor. The last word may be incomplete and a quote still open.

use super::shell::CompletionShell;

/// A split command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CommandLine {
    /// Words before the current one, the program first, unquoted.
    pub(super) words: Vec<String>,
    /// Current word up to the cursor, unquoted.
    pub(super) current: String,
    /// Quote that is open at the cursor.
    pub(super) quote: Option<char>,
    /// Number of characters of the current word that bash keeps: it completes only what comes after them.
    pub(super) kept_chars: usize,
}

impl CommandLine {
    /// Parses a line. `word_breaks` are the characters after which bash begins a new word (`COMP_WORDBREAKS`).
    pub(super) fn parse(text: &str, shell: CompletionShell, word_breaks: &str) -> Self {
        let (mut line, mut in_word) = (Self::default(), false);
        // Inside a quote, bash completes what comes after the opening quote.
        let mut quote_start = 0;
        let mut characters = text.chars().peekable();
        while let Some(c) = characters.next() {
            match line.quote {
                Some(quote) if c == quote => (line.quote, line.kept_chars) = (None, quote_start),
                Some(quote) => {
                    let escapes =
                        c == '\\' && characters.peek().is_some_and(|next| is_escape_in_quotes(quote, *next, shell));
                    line.current.push(if escapes { characters.next().unwrap_or(c) } else { c });
                }
                None if c.is_whitespace() => {
                    if in_word {
                        line.words.push(std::mem::take(&mut line.current));
                    }
                    (in_word, line.kept_chars) = (false, 0);
                    continue;
                }
                None if c == '\\' => line.current.extend(characters.next()),
                None if c == '\'' || c == '"' => {
                    line.quote = Some(c);
                    quote_start = line.kept_chars;
                    line.kept_chars = line.current.chars().count();
                }
                None => {
                    line.current.push(c);
                    if word_breaks.contains(c) {
                        line.kept_chars = line.current.chars().count();
                    }
                }
            }
            in_word = true;
        }
        line.words.drain(..line.words.iter().take_while(|word| is_assignment(word)).count());
        line
    }

    /// Returns how many characters of a replacement for the current word bash keeps.
    pub(super) fn kept_prefix_len(&self, word: &str) -> usize {
        self.kept_chars.min(word.chars().count())
    }
}

/// Returns true if a backslash before `next` is an escape within this quote.
fn is_escape_in_quotes(quote: char, next: char, shell: CompletionShell) -> bool {
    match (quote, shell) {
        ('\'', CompletionShell::Fish) => matches!(next, '\\' | '\''),
        ('\'', _) => false,
        _ => matches!(next, '\\' | '"' | '$' | '`'),
    }
}

/// Returns true for `NAME=value`, an assignment before the program name.
fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bash's default `COMP_WORDBREAKS`.
    const COMP_WORDBREAKS: &str = " \t\n\"'><=;|&(:";

    #[test]
    fn line_is_split_as_the_shell_splits_it() {
        use CompletionShell::{Bash, Fish, Zsh};
        for (text, shell, words, current, quote) in [
            ("malsync show ", Bash, &["malsync", "show"][..], "", None),
            ("malsync  show Cow", Zsh, &["malsync", "show"], "Cow", None),
            (r"malsync show Cowboy\ B", Bash, &["malsync", "show"], "Cowboy B", None),
            ("malsync show 'Cowboy B", Zsh, &["malsync", "show"], "Cowboy B", Some('\'')),
            (r#"malsync show "say \"a\" \b"#, Bash, &["malsync", "show"], r#"say "a" \b"#, Some('"')),
            (r"malsync show 'it\'s", Fish, &["malsync", "show"], "it's", Some('\'')),
            (r"malsync show 'it'\''s", Bash, &["malsync", "show"], "it's", Some('\'')),
            ("malsync show '' ", Bash, &["malsync", "show", ""], "", None),
            ("A=b MAL_CLIENT_ID='c d' malsync show a=b", Bash, &["malsync", "show"], "a=b", None),
            (r"malsync show x\", Bash, &["malsync", "show"], "x", None),
            ("", Bash, &[], "", None),
        ] {
            let line = CommandLine::parse(text, shell, COMP_WORDBREAKS);
            assert_eq!(
                (line.words, line.current.as_str(), line.quote),
                (words.iter().map(|word| (*word).to_owned()).collect(), current, quote),
                "{text}"
            );
        }
    }

    #[test]
    fn bash_keeps_text_before_the_last_word_break() {
        for (text, kept) in [
            ("malsync sync --user=al", "--user="),
            (r"malsync show Cowboy\ Bebop:\ T", "Cowboy Bebop:"),
            (r"malsync show Re\:Z", ""),
            ("malsync show 'Cowboy Bebop: T", ""),
            ("malsync sync --user='al", "--user="),
            ("malsync show Re:", "Re:"),
            ("malsync show Re: ", ""),
        ] {
            let line = CommandLine::parse(text, CompletionShell::Bash, COMP_WORDBREAKS);
            assert_eq!(line.current.chars().take(line.kept_chars).collect::<String>(), kept, "{text}");
        }
    }
}
