//! What the cursor's word is: a value of which flag, or which argument. Found by the same description that arguments are
//! read by.

use std::path::PathBuf;

use clap::{Arg, Command, CommandFactory as _};

use super::{CompletionShell, command_line::CommandLine};
use crate::{
    cli::{Cli, SortKey},
    domain::{change::Field, user::UserRef},
};

/// What can stand at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CandidateKind {
    /// The name of a user.
    User,
    /// A title of an anime in the user's list.
    Title,
    /// MAL's id of one.
    MalId,
    /// A column of `list`.
    Column,
    /// One of these words.
    OneOf(Vec<String>),
}

/// A place for a value, and what the line says besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletionTarget {
    /// What can stand there.
    pub kind: CandidateKind,
    /// What is typed of it.
    pub typed: String,
    /// The configuration file that is named on the line.
    pub config_file: Option<PathBuf>,
    /// The user who is.
    pub user: Option<UserRef>,
    /// How much of the cursor's word is no part of the value: a flag, which fish takes care of itself,
    pub(super) flag_prefix: String,
    /// and other values.
    pub(super) preceding_values: String,
    /// Whether a value that begins with a dash is one there.
    pub(super) allows_leading_dash: bool,
    /// How many characters of what is typed stand in words before the cursor's.
    pub(super) preceding_chars: usize,
}

impl CompletionTarget {
    /// The place of the cursor; none where nothing is known of it.
    pub(super) fn at_cursor(line: &CommandLine, asker: CompletionShell) -> Option<Self> {
        let mut root = Cli::command();
        root.build();
        let mut walk = ArgWalker {
            command: &root,
            positionals: Vec::new(),
            pending_flag: None,
            is_after_double_dash: false,
            config_file: None,
            user: None,
        };
        line.words.iter().skip(1).for_each(|word| walk.consume_word(word));
        let (argument, flag, text) = walk.value_at_cursor(&line.current)?;
        let (before, typed) = match argument.get_value_delimiter().and_then(|comma| text.rfind(comma)) {
            Some(comma) => text.split_at(comma + 1),
            None => ("", text),
        };
        // The words of an argument that is no flag are missing in fish's script alone.
        let unknown = !before.is_empty() || (asker == CompletionShell::Fish && argument.is_positional());
        let what = candidate_kind(argument, unknown)?;
        let mut lead = if what == CandidateKind::Title { walk.positionals.concat() } else { String::new() };
        let characters = lead.chars().count();
        lead.push_str(typed);
        Some(Self {
            kind: what,
            typed: lead,
            config_file: walk.config_file,
            user: walk.user,
            flag_prefix: flag.to_owned(),
            preceding_values: before.to_owned(),
            allows_leading_dash: walk.is_after_double_dash || !argument.is_positional(),
            preceding_chars: characters,
        })
    }
}

/// A walk along the words.
struct ArgWalker<'a> {
    command: &'a Command,
    /// The arguments that are no flags, each with a blank behind it.
    positionals: Vec<String>,
    /// The flag that the next word is the value of.
    pending_flag: Option<&'a Arg>,
    /// After `--`, nothing is a flag.
    is_after_double_dash: bool,
    config_file: Option<PathBuf>,
    user: Option<UserRef>,
}

impl<'a> ArgWalker<'a> {
    fn consume_word(&mut self, word: &str) {
        if let Some(flag) = self.pending_flag.take() {
            self.record_option(flag, word);
        } else if self.is_after_double_dash || !word.starts_with('-') || word == "-" {
            match self.command.find_subcommand(word).filter(|_| self.positionals.is_empty()) {
                Some(command) => self.command = command,
                None => self.positionals.push(format!("{word} ")),
            }
        } else if word == "--" {
            self.is_after_double_dash = true;
        } else if let Some(long) = word.strip_prefix("--") {
            match long.split_once('=') {
                Some((name, value)) => {
                    self.find_long_flag(name).into_iter().for_each(|flag| self.record_option(flag, value))
                }
                None => self.pending_flag = self.find_long_flag(long).filter(|flag| expects_value(flag)),
            }
        } else {
            let short = |c| self.command.get_arguments().find(|flag| flag.get_short() == Some(c));
            self.pending_flag = word.chars().last().and_then(short).filter(|flag| expects_value(flag));
        }
    }

    fn find_long_flag(&self, name: &str) -> Option<&'a Arg> {
        let is = |flag: &&Arg| flag.get_long_and_visible_aliases().is_some_and(|names| names.contains(&name));
        self.command.get_arguments().find(is)
    }

    fn record_option(&mut self, flag: &Arg, value: &str) {
        match flag.get_long() {
            Some("config") => self.config_file = Some(value.into()),
            Some("user") => self.user = value.parse().ok(),
            _ => {}
        }
    }

    /// Whose value the cursor's word is: with what stands before the value, and what is typed of it.
    fn value_at_cursor<'b>(&self, current: &'b str) -> Option<(&'a Arg, &'b str, &'b str)> {
        if let Some(flag) = self.pending_flag {
            return Some((flag, "", current));
        }
        if !self.is_after_double_dash && current.starts_with('-') {
            let equals = current.find('=')?;
            let (flag, value) = current.split_at(equals + 1);
            return Some((self.find_long_flag(&flag[2.min(equals)..equals])?, flag, value));
        }
        let mut positionals = self.command.get_positionals();
        let place = self.positionals.len();
        let last = self.command.get_positionals().last().filter(|last| accepts_multiple(last));
        positionals.nth(place).or(last).map(|argument| (argument, "", current))
    }
}

fn accepts_multiple(argument: &Arg) -> bool {
    argument.get_num_args().is_some_and(|number| number.max_values() > 1)
}

/// Whether the next word is the flag's value.
fn expects_value(flag: &Arg) -> bool {
    flag.get_num_args().is_some_and(|number| number.takes_values()) && !flag.is_require_equals_set()
}

/// What can stand in an argument; its own words only where the script does not know them.
fn candidate_kind(argument: &Arg, is_unknown: bool) -> Option<CandidateKind> {
    let words = |words: Vec<&str>| CandidateKind::OneOf(words.into_iter().map(str::to_owned).collect());
    let value = argument.get_value_names().and_then(|names| names.first()).map(|name| name.as_str());
    match (argument.get_long(), value) {
        (Some("user"), _) => Some(CandidateKind::User),
        (Some("columns"), _) => Some(CandidateKind::Column),
        (Some("sort"), _) => {
            let keys = SortKey::names();
            let descending = keys.map(|key| format!("-{key}"));
            Some(CandidateKind::OneOf(keys.map(str::to_owned).into_iter().chain(descending).collect()))
        }
        (Some("field"), _) => Some(words(Field::all().map(Field::as_str).collect())),
        (_, Some("MAL_ID|TITLE")) => Some(CandidateKind::Title),
        (_, Some("MAL_ID")) => Some(CandidateKind::MalId),
        _ if is_unknown => {
            let known = argument.get_possible_values();
            (!known.is_empty()).then(|| words(known.iter().map(clap::builder::PossibleValue::get_name).collect()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueHint;

    use super::*;

    fn target_of(line: &str) -> Option<CompletionTarget> {
        CompletionTarget::at_cursor(&CommandLine::parse(line, CompletionShell::Bash, ""), CompletionShell::Bash)
    }

    #[test]
    fn completable_values_have_a_target() {
        for (line, what, typed) in [
            ("malsync sync --user ", CandidateKind::User, ""),
            ("malsync --color never token status --json --user=al", CandidateKind::User, "al"),
            ("malsync schedule install --user al", CandidateKind::User, "al"),
            ("malsync show Cow", CandidateKind::Title, "Cow"),
            ("malsync show --user alice -- --x", CandidateKind::Title, "--x"),
            ("malsync -v show cowboy be", CandidateKind::Title, "cowboy be"),
            ("malsync edit 1", CandidateKind::MalId, "1"),
            ("malsync edit --score 7 ", CandidateKind::MalId, ""),
            ("malsync unpin 1", CandidateKind::MalId, "1"),
            ("malsync restore --anime ", CandidateKind::MalId, ""),
            ("malsync list --columns mal_id,ti", CandidateKind::Column, "ti"),
        ] {
            let place = target_of(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((place.kind, place.typed.as_str()), (what, typed), "{line}");
        }
        for (line, word) in [
            ("malsync list --sort ", "mal-updated"),
            ("malsync list --sort title,-", "-score"),
            ("malsync list --sort=", "title"),
            ("malsync changes --field ", "removed_at"),
            ("malsync list --status watching,", "on_hold"),
        ] {
            let Some(CompletionTarget { kind: CandidateKind::OneOf(words), .. }) = target_of(line) else {
                panic!("{line}")
            };
            assert!(words.iter().any(|known| known == word), "{line}: {words:?}");
        }
    }

    #[test]
    fn other_positions_have_no_target() {
        for line in [
            "",
            "malsync",
            "malsync ",
            "malsync sh",
            "malsync show --us",
            "malsync show -",
            "malsync list --status ",
            "malsync list --search a",
            "malsync nothing --user ",
            "malsync edit 1 2",
            "malsync pin 1 sta",
            "malsync show --x=",
            "malsync show -=",
            "malsync list --removed ",
        ] {
            assert_eq!(target_of(line), None, "{line}");
        }
    }

    #[test]
    fn target_has_user_and_config_file_of_the_line() {
        let place = target_of("malsync --config c.toml show --user id:3 x").unwrap();
        assert_eq!(place.config_file, Some("c.toml".into()));
        assert_eq!(place.user, "id:3".parse().ok());
    }

    /// By its hint clap keeps the names of files out of a place, and `generate` knows where fish is to ask.
    #[test]
    fn dynamically_completed_arguments_have_value_hint_other() {
        fn check_arguments(command: &Command) {
            for argument in command.get_arguments() {
                let hinted = argument.get_value_hint() == ValueHint::Other;
                assert_eq!(candidate_kind(argument, false).is_some(), hinted, "{} {argument}", command.get_name());
            }
            command.get_subcommands().for_each(check_arguments);
        }
        let mut root = Cli::command();
        root.build();
        check_arguments(&root);
    }
}
