//! The candidates, as each shell takes them: whole words, quoted by whoever puts them into the line. zsh and fish do that
//! themselves, bash does not.

use super::{CandidateKind, CompletionRequest, CompletionShell, CompletionTarget};

/// What could stand at the cursor: clean texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The value.
    pub value: String,
    /// What helps to tell it from others.
    pub description: Option<String>,
}

/// How many candidates are told at most.
pub const MAX_CANDIDATES: usize = 50;

impl CompletionRequest {
    /// The answer to it: those of the candidates that begin with what is typed, whatever its case, one a line.
    #[must_use]
    pub fn format_candidates(&self, candidates: Vec<Candidate>) -> String {
        let Some(place) = &self.target else { return String::new() };
        // fish forgets the flag before a value that it spells anew.
        let exact = self.shell == CompletionShell::Fish && !place.flag_prefix.is_empty();
        let fits = |candidate: &Candidate| {
            let value = &candidate.value;
            matches_prefix(value, &place.typed)
                && (!exact || value.starts_with(&place.typed))
                && (place.allows_leading_dash || !value.starts_with('-'))
        };
        let mut fitting: Vec<Candidate> = candidates.iter().filter(|candidate| fits(candidate)).cloned().collect();
        if fitting.is_empty() && place.kind == CandidateKind::MalId && self.replaces_typed_text(place) {
            fitting = complete_id_by_title(candidates, &place.typed);
        }
        if self.shell == CompletionShell::Bash {
            retain_same_spelling(&mut fitting, &place.typed);
        }
        // What all of them begin with, all of those that are told begin with too, and nothing longer: a shell puts it into
        // the line.
        fitting.sort_by_cached_key(|candidate| (candidate.value.to_lowercase(), candidate.value.clone()));
        fitting.dedup_by(|a, b| a.value == b.value);
        if fitting.len() > MAX_CANDIDATES {
            fitting.drain(MAX_CANDIDATES - 1..fitting.len() - 1);
        }
        let several = fitting.len() > 1;
        fitting.iter().map(|candidate| self.format_candidate(candidate, several) + "\n").collect()
    }

    /// Whether the shell takes something else for what is typed: fish does not, nor bash where it sees two words in it.
    fn replaces_typed_text(&self, place: &CompletionTarget) -> bool {
        let before = place.flag_prefix.chars().count() + place.preceding_values.chars().count();
        self.shell != CompletionShell::Fish && self.command_line.kept_chars <= before
    }

    fn format_candidate(&self, candidate: &Candidate, several: bool) -> String {
        let Some(place) = &self.target else { return String::new() };
        let rest: String = candidate.value.chars().skip(place.preceding_chars).collect();
        let about = candidate.description.as_deref();
        match self.shell {
            CompletionShell::Fish => format!("{}{rest}\t{}", place.preceding_values, about.unwrap_or_default()),
            CompletionShell::Zsh => {
                let word = format!("{}{}{rest}", place.flag_prefix, place.preceding_values).replace(':', "\\:");
                about.map_or_else(|| word.clone(), |about| format!("{word}:{about}"))
            }
            CompletionShell::Bash => {
                let word = format!("{}{}{rest}", place.flag_prefix, place.preceding_values);
                let word: String = word.chars().skip(self.command_line.kept_prefix_len(&word)).collect();
                let names = place.kind == CandidateKind::MalId && several && !self.inserts_each;
                let shown = about.filter(|_| names).map(|about| format!("  ({about})")).unwrap_or_default();
                // A title that is to become an id is no two words for bash.
                let whole = if place.kind == CandidateKind::MalId { ":=" } else { "" };
                quote_for_bash(&word, self.command_line.quote, whole) + &shown
            }
        }
    }
}

/// Whether a text begins with another one, whatever the case. Letter by letter: as many are typed as are left out.
fn matches_prefix(text: &str, with: &str) -> bool {
    let mut text = text.chars();
    with.chars().all(|c| text.next().is_some_and(|own| own == c || own.to_lowercase().eq(c.to_lowercase())))
}

/// Leaves those that spell what is typed alike, as it is typed where there are such: bash puts what all have in common into
/// the line, and were it shorter than what stands there, it would take letters away.
fn retain_same_spelling(candidates: &mut Vec<Candidate>, typed: &str) {
    let length = typed.chars().count();
    let begin = |candidate: &Candidate| candidate.value.chars().take(length).collect::<String>();
    let spelled = match candidates.iter().find(|candidate| candidate.value.starts_with(typed)).or(candidates.first()) {
        Some(candidate) => begin(candidate),
        None => return,
    };
    candidates.retain(|candidate| begin(candidate) == spelled);
}

/// For what is typed in an id's place, and is none: the titles that begin so, until it is clear which is meant, and then
/// its id.
fn complete_id_by_title(candidates: Vec<Candidate>, typed: &str) -> Vec<Candidate> {
    let named = |candidate: Candidate| Some((candidate.description.clone()?, candidate));
    let fitting = candidates.into_iter().filter_map(named).filter(|(title, _)| matches_prefix(title, typed));
    let (whole, begun): (Vec<_>, Vec<_>) = fitting.partition(|(title, _)| matches_prefix(typed, title));
    match (&whole[..], &begun[..]) {
        ([(_, one)], _) | ([], [(_, one)]) => vec![Candidate { description: None, ..one.clone() }],
        _ => whole.into_iter().chain(begun).map(|(title, _)| Candidate { value: title, description: None }).collect(),
    }
}

/// A text as it stands in a line of bash, within the quote that is open there. These characters too are made to be no more
/// than they are.
fn quote_for_bash(text: &str, quote: Option<char>, also: &str) -> String {
    let mut quoted = String::new();
    for c in text.chars() {
        match quote {
            Some('\'') if c == '\'' => quoted.push_str("'\\''"),
            Some('\'') => quoted.push(c),
            // No backslash keeps it from being taken for history there.
            Some(_) if c == '!' => quoted.push_str("\"'!'\""),
            Some(_) if matches!(c, '"' | '$' | '`' | '\\') => quoted.extend(['\\', c]),
            Some(_) => quoted.push(c),
            None if c.is_alphanumeric() || !c.is_ascii() => quoted.push(c),
            None if "%+,-./:=@_".contains(c) && !also.contains(c) => quoted.push(c),
            None => quoted.extend(['\\', c]),
        }
    }
    // Readline closes the quote, but for one that seems closed already.
    quoted.extend(quote.filter(|quote| quoted.ends_with(*quote)));
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What bash has in `COMP_WORDBREAKS`.
    const COMP_WORDBREAKS: &str = " \t\n\"'><=;|&(:";

    fn complete_line(shell: &str, line: &str, values: &[&str]) -> Vec<String> {
        let arguments = ["malsync", "__complete", shell, line, COMP_WORDBREAKS, "9"].map(Into::into);
        let candidate = |value: &&str| match value.split_once('|') {
            Some((value, about)) => Candidate { value: value.to_owned(), description: Some(about.to_owned()) },
            None => Candidate { value: (*value).to_owned(), description: None },
        };
        let question = CompletionRequest::from_args(&arguments).unwrap();
        question.format_candidates(values.iter().map(candidate).collect()).lines().map(str::to_owned).collect()
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
        assert_eq!(complete_line("bash", "malsync show ", &["-x", "x"]), ["x"], "it would be taken for a flag");
        assert_eq!(complete_line("bash", "malsync edit 15", &["1|Cowboy Bebop", "15|Eyeshield"]), ["15"]);
    }

    #[test]
    fn title_typed_for_an_id_becomes_the_id_once_unique() {
        let anime = ["1|Cowboy Bebop", "5|Cowboy Bebop: Tengoku", "7|86", "86|x", "9|Twins", "10|Twins"];
        for (line, bash, zsh) in [
            (
                "malsync edit cow",
                &[r"Cowboy\ Bebop", r"Cowboy\ Bebop\:\ Tengoku"][..],
                &["Cowboy Bebop", r"Cowboy Bebop\: Tengoku"][..],
            ),
            (r"malsync edit Cowboy\ Bebop", &["1"], &["1"]),
            (r"malsync edit Cowboy\ Bebop\:", &["5"], &["5"]),
            ("malsync restore --anime=x", &["86"], &["--anime=86"]),
            ("malsync edit 86", &["86"], &["86:x"]),
            ("malsync edit tw", &["Twins"], &["Twins"]),
            ("malsync edit nothing", &[], &[]),
        ] {
            assert_eq!(
                (complete_line("bash", line, &anime), complete_line("zsh", line, &anime)),
                (bash.iter().map(|one| (*one).to_owned()).collect(), zsh.iter().map(|one| (*one).to_owned()).collect()),
                "{line}"
            );
            assert_eq!(complete_line("fish", line, &anime).len(), usize::from(line.ends_with("86")), "{line}");
        }
        assert!(
            complete_line("bash", r"malsync edit Cowboy\ Bebop:", &anime).is_empty(),
            "bash would leave the title there"
        );
    }

    #[test]
    fn zsh_gets_whole_words_and_fish_the_value_alone() {
        assert_eq!(complete_line("zsh", "malsync show 'cowboy bebop:", &TITLES), [r"Cowboy Bebop\: Tengoku"]);
        assert_eq!(complete_line("zsh", "malsync sync --user=A", &["alice|x"]), ["--user=alice:x"]);
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
        let told = complete_line("bash", "malsync show ", &many.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!((told.len(), told[0].as_str(), told[MAX_CANDIDATES - 1].as_str()), (MAX_CANDIDATES, "a000", "b"));
    }
}
