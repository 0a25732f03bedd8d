//! A line as a shell reads it, up to the cursor, where a word may be half typed and a quote still open.

use super::CompletionShell;

/// What stands on the line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CommandLine {
    /// The words before the cursor's, the program first, as a program gets them.
    pub(super) words: Vec<String>,
    /// The cursor's word up to it, likewise.
    pub(super) current: String,
    /// The quote that is open at the cursor.
    pub(super) quote: Option<char>,
    /// How many characters of the cursor's word bash leaves alone: it completes what comes after them.
    pub(super) kept_chars: usize,
}

impl CommandLine {
    /// Reads a line. `breaks` are the characters at which bash begins a word anew (`COMP_WORDBREAKS`).
    pub(super) fn parse(text: &str, asker: CompletionShell, breaks: &str) -> Self {
        let (mut line, mut begun) = (Self::default(), false);
        // Within a quote bash completes what comes after its beginning.
        let mut opened = 0;
        let mut characters = text.chars().peekable();
        while let Some(c) = characters.next() {
            match line.quote {
                Some(quote) if c == quote => (line.quote, line.kept_chars) = (None, opened),
                Some(quote) => {
                    let escapes =
                        c == '\\' && characters.peek().is_some_and(|next| is_escape_in_quotes(quote, *next, asker));
                    line.current.push(if escapes { characters.next().unwrap_or(c) } else { c });
                }
                None if c.is_whitespace() => {
                    if begun {
                        line.words.push(std::mem::take(&mut line.current));
                    }
                    (begun, line.kept_chars) = (false, 0);
                    continue;
                }
                None if c == '\\' => line.current.extend(characters.next()),
                None if c == '\'' || c == '"' => {
                    line.quote = Some(c);
                    opened = line.kept_chars;
                    line.kept_chars = line.current.chars().count();
                }
                None => {
                    line.current.push(c);
                    if breaks.contains(c) {
                        line.kept_chars = line.current.chars().count();
                    }
                }
            }
            begun = true;
        }
        line.words.drain(..line.words.iter().take_while(|word| is_assignment(word)).count());
        line
    }

    /// How much of a word that is to stand for the cursor's bash leaves alone.
    pub(super) fn kept_prefix_len(&self, word: &str) -> usize {
        self.kept_chars.min(word.chars().count())
    }
}

/// Whether a backslash before this character goes away within these quotes.
fn is_escape_in_quotes(quote: char, next: char, asker: CompletionShell) -> bool {
    match (quote, asker) {
        ('\'', CompletionShell::Fish) => matches!(next, '\\' | '\''),
        ('\'', _) => false,
        _ => matches!(next, '\\' | '"' | '$' | '`'),
    }
}

/// `NAME=value`, which stands before a program.
fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What bash has in `COMP_WORDBREAKS`.
    const COMP_WORDBREAKS: &str = " \t\n\"'><=;|&(:";

    #[test]
    fn line_is_split_as_the_shell_splits_it() {
        use CompletionShell::{Bash, Fish, Zsh};
        for (text, asker, words, current, quote) in [
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
            let line = CommandLine::parse(text, asker, COMP_WORDBREAKS);
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
