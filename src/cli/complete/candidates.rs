//! Formats candidates for each shell. zsh gets the whole word, fish the word without its flag, bash what follows the last
//! word break. zsh and fish quote them themselves; bash does not.
//!
//! For `--columns=title,s` the flag prefix is `--columns=`, the preceding values are `title,`, and `s` is typed.

use super::{CandidateKind, CompletionRequest, shell::CompletionShell};

/// A candidate for the word at the cursor, sanitized.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Value.
    pub value: String,
    /// Description that distinguishes it from others.
    pub description: Option<String>,
}

/// Maximum number of candidates returned.
pub const MAX_CANDIDATES: usize = 50;

impl CompletionRequest {
    /// Returns the candidates that begin with the typed text (case-insensitive), one per line.
    #[must_use]
    pub fn format_candidates(&self, candidates: Vec<Candidate>) -> String {
        let Some(target) = &self.target else { return String::new() };
        // fish drops the flag before a value if the value's spelling changes.
        let must_match_case = self.shell == CompletionShell::Fish && !target.flag_prefix.is_empty();
        let is_match = |candidate: &Candidate| {
            let value = &candidate.value;
            matches_prefix(value, &target.typed)
                && (!must_match_case || value.starts_with(&target.typed))
                && (target.allows_leading_dash || !value.starts_with('-'))
        };
        let mut matching: Vec<Candidate> = candidates.into_iter().filter(is_match).collect();
        if self.shell == CompletionShell::Bash {
            retain_same_spelling(&mut matching, &target.typed);
        }
        // A shell inserts the longest common prefix. Keeping the first and the last candidate preserves it.
        if target.kind != CandidateKind::Run {
            matching.sort_by_cached_key(|candidate| (candidate.value.to_lowercase(), candidate.value.clone()));
        }
        matching.dedup_by(|a, b| a.value == b.value);
        if matching.len() > MAX_CANDIDATES {
            matching.drain(MAX_CANDIDATES - 1..matching.len() - 1);
        }
        let has_several = matching.len() > 1;
        matching.iter().map(|candidate| self.format_candidate(candidate, has_several) + "\n").collect()
    }

    fn format_candidate(&self, candidate: &Candidate, has_several: bool) -> String {
        let Some(target) = &self.target else { return String::new() };
        let rest: String = candidate.value.chars().skip(target.preceding_chars).collect();
        let description = candidate.description.as_deref();
        match self.shell {
            CompletionShell::Fish => format!("{}{rest}\t{}", target.preceding_values, description.unwrap_or_default()),
            CompletionShell::Zsh => {
                // `_describe` takes a backslash for an escape.
                let word = format!("{}{}{rest}", target.flag_prefix, target.preceding_values)
                    .replace('\\', "\\\\")
                    .replace(':', "\\:");
                description.map_or_else(|| word.clone(), |description| format!("{word}:{description}"))
            }
            CompletionShell::Bash => {
                let word = format!("{}{}{rest}", target.flag_prefix, target.preceding_values);
                let word: String = word.chars().skip(self.command_line.kept_prefix_len(&word)).collect();
                let shows_description = matches!(target.kind, CandidateKind::MalId | CandidateKind::Run)
                    && has_several
                    && !self.inserts_each;
                let suffix = description
                    .filter(|_| shows_description)
                    .map(|description| format!("  ({description})"))
                    .unwrap_or_default();
                quote_for_bash(&word, self.command_line.quote) + &suffix
            }
        }
    }
}

/// Returns true if `text` begins with `prefix`, ignoring case. Compares character by character, because as many
/// characters are skipped later as were typed.
fn matches_prefix(text: &str, prefix: &str) -> bool {
    let mut text = text.chars();
    prefix
        .chars()
        .all(|c| text.next().is_some_and(|text_char| text_char == c || text_char.to_lowercase().eq(c.to_lowercase())))
}

/// Keeps the candidates that spell the typed text in one way, preferably as typed. bash inserts the common prefix: if
/// that were shorter than the typed text, it would delete characters.
fn retain_same_spelling(candidates: &mut Vec<Candidate>, typed: &str) {
    let typed_chars = typed.chars().count();
    let spelling = |candidate: &Candidate| candidate.value.chars().take(typed_chars).collect::<String>();
    let chosen = match candidates.iter().find(|candidate| candidate.value.starts_with(typed)).or(candidates.first()) {
        Some(candidate) => spelling(candidate),
        None => return,
    };
    candidates.retain(|candidate| spelling(candidate) == chosen);
}

/// Quotes a text for a bash line inside the open quote `quote`.
fn quote_for_bash(text: &str, quote: Option<char>) -> String {
    let mut quoted = String::new();
    for c in text.chars() {
        match quote {
            Some('\'') if c == '\'' => quoted.push_str("'\\''"),
            Some('\'') => quoted.push(c),
            // Inside double quotes, a backslash does not protect `!` from history expansion.
            Some(_) if c == '!' => quoted.push_str("\"'!'\""),
            Some(_) if matches!(c, '"' | '$' | '`' | '\\') => quoted.extend(['\\', c]),
            Some(_) => quoted.push(c),
            None if c.is_alphanumeric() || !c.is_ascii() => quoted.push(c),
            None if "%+,-./:=@_".contains(c) => quoted.push(c),
            None => quoted.extend(['\\', c]),
        }
    }
    // Readline closes the quote itself, unless the text already ends with one.
    quoted.extend(quote.filter(|quote| quoted.ends_with(*quote)));
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bash's default `COMP_WORDBREAKS`.
    const COMP_WORDBREAKS: &str = " \t\n\"'><=;|&(:";

    fn complete_line(shell: &str, line: &str, values: &[&str]) -> Vec<String> {
        let args = ["malsync", "__complete", shell, line, COMP_WORDBREAKS, "9"].map(Into::into);
        let candidate = |value: &&str| match value.split_once('|') {
            Some((value, description)) => {
                Candidate { value: value.to_owned(), description: Some(description.to_owned()) }
            }
            None => Candidate { value: (*value).to_owned(), description: None },
        };
        let request = CompletionRequest::from_args(&args).unwrap();
        request.format_candidates(values.iter().map(candidate).collect()).lines().map(str::to_owned).collect()
    }

    const TITLES: [&str; 6] =
        ["-x", "Rurouni'", "Cowboy Bebop", "Cowboy Bebop: Tengoku", "It's $5 \"now\"!", "進撃の巨人"];

    #[test]
    fn bash_gets_quoted_text_after_the_last_word_break() {
        for (line, expected) in [
            ("malsync show c", &[r"Cowboy\ Bebop", r"Cowboy\ Bebop:\ Tengoku"][..]),
            (r"malsync show Cowboy\ Bebop:", &[r"\ Tengoku"]),
            ("malsync show cowboy be", &["Bebop", r"Bebop:\ Tengoku"]),
            ("malsync show it", &[r#"It\'s\ \$5\ \"now\"\!"#]),
            ("malsync show 'It", &[r#"It'\''s $5 "now"!"#]),
            (r#"malsync show "It"#, &[r#"It's \$5 \"now\""'!'"""#]),
            ("malsync show 'Rurouni", &[r"Rurouni'\'''"]),
            ("malsync show 進", &["進撃の巨人"]),
            ("malsync show x", &[]),
        ] {
            assert_eq!(complete_line("bash", line, &TITLES), expected, "{line}");
        }
        assert_eq!(complete_line("bash", "malsync sync --user=a", &["alice", "bob"]), ["alice"]);
        assert_eq!(complete_line("bash", "malsync list --columns=title,s", &["score", "title"]), ["title,score"]);
        assert_eq!(
            complete_line("bash", "malsync edit 1", &["1|Cowboy Bebop", "15|Eyeshield"]),
            ["1  (Cowboy Bebop)", "15  (Eyeshield)"]
        );
        assert_eq!(complete_line("bash", "malsync show -- -", &TITLES), ["-x"]);
        assert_eq!(
            complete_line("bash", "malsync show ", &["-x", "x"]),
            ["x"],
            "a leading dash would be taken for a flag"
        );
        assert_eq!(complete_line("bash", "malsync edit 15", &["1|Cowboy Bebop", "15|Eyeshield"]), ["15"]);
    }

    #[test]
    fn zsh_gets_whole_words_and_fish_the_value_alone() {
        assert_eq!(complete_line("zsh", "malsync show 'cowboy bebop:", &TITLES), [r"Cowboy Bebop\: Tengoku"]);
        assert_eq!(complete_line("zsh", "malsync sync --user=A", &["alice|x"]), ["--user=alice:x"]);
        assert_eq!(complete_line("zsh", "malsync show a", &[r"a\b: c"]), [r"a\\b\: c"]);
        assert_eq!(complete_line("fish", "malsync sync --user=a", &["alice|x"]), ["alice\tx"]);
        assert_eq!(complete_line("fish", "malsync sync --user A", &["alice|x"]), ["alice\tx"]);
        assert!(complete_line("fish", "malsync sync --user=A", &["alice|x"]).is_empty());
        assert_eq!(complete_line("fish", "malsync pin 1 sta", &["status", "score"]), ["status\t"]);
        assert_eq!(complete_line("fish", "malsync list --columns title,s", &["score"]), ["title,score\t"]);
    }

    #[test]
    fn bash_candidates_keep_the_typed_spelling() {
        let names = ["Alice", "alan", "albert"];
        assert_eq!(complete_line("bash", "malsync sync --user al", &names), ["alan", "albert"]);
        assert_eq!(complete_line("bash", "malsync sync --user AL", &names), ["Alice"]);
        assert_eq!(complete_line("zsh", "malsync sync --user al", &names), ["alan", "albert", "Alice"]);
    }

    #[test]
    fn candidates_are_limited_and_include_the_last() {
        let many: Vec<String> = (0..200).map(|number| format!("a{number:03}")).chain(["b".to_owned()]).collect();
        let candidates = complete_line("bash", "malsync show ", &many.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(
            (candidates.len(), candidates[0].as_str(), candidates[MAX_CANDIDATES - 1].as_str()),
            (MAX_CANDIDATES, "a000", "b")
        );
    }
}
