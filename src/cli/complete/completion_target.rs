//! Finds the flag or argument whose value is at the cursor, from the clap definition.

use std::path::PathBuf;

use clap::{Arg, Command, ValueHint, builder::PossibleValue};

use super::{command_line::CommandLine, shell::CompletionShell};
use crate::{
    cli::{SortKey, command_line_definition::define_command_line},
    domain::{entry_fields::Field, user::UserRef},
};

/// Kind of value expected at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CandidateKind {
    /// Name of a user.
    User,
    /// Title of an anime in the user's list.
    Title,
    /// MAL's id of an anime in the user's list, or its title.
    MalId,
    /// Column of `list`.
    Column,
    /// Genre of an anime in the user's list.
    Genre,
    /// Studio of an anime in the user's list.
    Studio,
    /// Season or year in which an anime in the user's list premiered.
    Season,
    /// Media type of an anime in the user's list.
    MediaType,
    /// Tag of an entry in the user's list.
    Tag,
    /// Id of a sync.
    Run,
    /// Setting of the configuration.
    SettingKey,
    /// One of these words.
    OneOf(Vec<String>),
    /// Path of a file.
    File,
    /// Path of a directory.
    Directory,
    /// A value of which no candidates are known, or no argument at all.
    Nothing,
}

/// The value at the cursor, and the options of the command line that matter for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletionTarget {
    /// Kind of value expected.
    pub kind: CandidateKind,
    /// What is typed of the value.
    pub typed: String,
    /// Configuration file named on the line.
    pub config_file: Option<PathBuf>,
    /// User named on the line.
    pub user: Option<UserRef>,
    /// The `--flag=` prefix of the current word (fish strips it itself).
    pub(super) flag_prefix: String,
    /// Earlier values of a comma-separated list.
    pub(super) preceding_values: String,
    /// True if a value may begin with a dash.
    pub(super) allows_leading_dash: bool,
    /// Number of typed characters that are in words before the current one.
    pub(super) preceding_chars: usize,
}

impl CompletionTarget {
    /// Returns the target at the cursor, or `None` if nothing is known about it.
    pub(super) fn at_cursor(line: &CommandLine, shell: CompletionShell) -> Option<Self> {
        let mut root = define_command_line();
        root.build();
        let mut walker = ArgWalker {
            command: &root,
            positionals: Vec::new(),
            pending_flag: None,
            is_after_double_dash: false,
            config_file: None,
            user: None,
        };
        line.words.iter().skip(1).for_each(|word| walker.consume_word(word));
        if walker.expects_command(&line.current) {
            // zsh's and fish's own scripts describe the commands.
            let names = walker.command.get_subcommands().map(|command| command.get_name().to_owned());
            let kind = Some(CandidateKind::OneOf(names.collect())).filter(|_| shell == CompletionShell::Bash);
            return kind.map(|kind| walker.target_without_argument(kind, &line.current));
        }
        let Some((mut argument, flag_prefix, mut text)) = walker.value_at_cursor(&line.current) else {
            // fish would complete files, bash and zsh the dash that all flags begin with.
            let is_argument = !line.current.starts_with('-');
            return is_argument.then(|| walker.target_without_argument(CandidateKind::Nothing, &line.current));
        };
        let mut where_key = "";
        if argument.get_long() == Some("where")
            && let Some((key, value)) = text.split_once('=')
        {
            let filter = find_filters(&root).find(|filter| filter.get_long() == Some(key));
            (argument, where_key, text) = (filter?, &text[..=key.len()], value);
        }
        let (list_start, typed) = match argument.get_value_delimiter().and_then(|comma| text.rfind(comma)) {
            Some(comma) => text.split_at(comma + 1),
            None => ("", text),
        };
        let preceding_values = format!("{where_key}{list_start}");
        // fish's script describes the fixed values of flags itself.
        let is_in_script = shell == CompletionShell::Fish && !argument.is_positional() && preceding_values.is_empty();
        let kind = if argument.get_long() == Some("where") {
            CandidateKind::OneOf(find_filters(&root).filter_map(where_key_of).collect())
        } else {
            candidate_kind(argument, is_in_script)?
        };
        let mut full_text = if kind == CandidateKind::Title { walker.positionals.concat() } else { String::new() };
        let preceding_chars = full_text.chars().count();
        full_text.push_str(typed);
        Some(Self {
            kind,
            typed: full_text,
            config_file: walker.config_file,
            user: walker.user,
            flag_prefix: flag_prefix.to_owned(),
            preceding_values,
            allows_leading_dash: walker.is_after_double_dash || !argument.is_positional(),
            preceding_chars,
        })
    }
}

/// State while walking along the words of the line.
struct ArgWalker<'a> {
    command: &'a Command,
    /// Positional arguments so far, each followed by a space.
    positionals: Vec<String>,
    /// The flag whose value is the next word.
    pending_flag: Option<&'a Arg>,
    /// True after `--`: no later word is a flag.
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
                    self.find_long_flag(name).into_iter().for_each(|flag| self.record_option(flag, value));
                }
                None => self.pending_flag = self.find_long_flag(long).filter(|flag| expects_value(flag)),
            }
        } else {
            let short = |c| self.command.get_arguments().find(|flag| flag.get_short() == Some(c));
            self.pending_flag = word.chars().last().and_then(short).filter(|flag| expects_value(flag));
        }
    }

    /// Returns true if the current word is the name of a command.
    fn expects_command(&self, current: &str) -> bool {
        self.command.has_subcommands()
            && self.positionals.is_empty()
            && self.pending_flag.is_none()
            && !self.is_after_double_dash
            && !current.starts_with('-')
    }

    /// Returns a target that belongs to no argument.
    fn target_without_argument(self, kind: CandidateKind, typed: &str) -> CompletionTarget {
        CompletionTarget {
            kind,
            typed: typed.to_owned(),
            config_file: self.config_file,
            user: self.user,
            flag_prefix: String::new(),
            preceding_values: String::new(),
            allows_leading_dash: false,
            preceding_chars: 0,
        }
    }

    fn find_long_flag(&self, name: &str) -> Option<&'a Arg> {
        let has_name = |flag: &&Arg| flag.get_long_and_visible_aliases().is_some_and(|names| names.contains(&name));
        self.command.get_arguments().find(has_name)
    }

    fn record_option(&mut self, flag: &Arg, value: &str) {
        match flag.get_long() {
            Some("config") => self.config_file = Some(value.into()),
            Some("user") => self.user = value.parse().ok(),
            _ => {}
        }
    }

    /// Returns the argument whose value the current word is, the text before the value, and the typed value.
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
        let index = self.positionals.len();
        let last = self.command.get_positionals().last().filter(|last| accepts_multiple(last));
        positionals.nth(index).or(last).map(|argument| (argument, "", current))
    }
}

fn accepts_multiple(argument: &Arg) -> bool {
    argument.get_num_args().is_some_and(|number| number.max_values() > 1)
}

/// Returns true if the next word is the flag's value.
fn expects_value(flag: &Arg) -> bool {
    flag.get_num_args().is_some_and(|number| number.takes_values()) && !flag.is_require_equals_set()
}

/// Returns the filter flags of `list`.
fn find_filters(root: &Command) -> impl Iterator<Item = &Arg> {
    let list = root.find_subcommand("list").into_iter().flat_map(Command::get_arguments);
    // `--removed` is no filter of --where.
    list.filter(|arg| arg.get_help_heading() == Some("Filters") && !arg.is_require_equals_set())
}

/// Returns a filter flag as `--where` takes it: `genre=`, or `edited` if it has no value.
fn where_key_of(filter: &Arg) -> Option<String> {
    let equals = if expects_value(filter) { "=" } else { "" };
    filter.get_long().map(|name| format!("{name}{equals}"))
}

/// Returns the kind of value of an argument. Returns `None` for fixed values that are `in_script`.
fn candidate_kind(argument: &Arg, is_in_script: bool) -> Option<CandidateKind> {
    let one_of = |words: Vec<&str>| CandidateKind::OneOf(words.into_iter().map(str::to_owned).collect());
    let value_name = argument.get_value_names().and_then(|names| names.first()).map(|name| name.as_str());
    match (argument.get_long(), value_name) {
        (Some("user"), _) | (None, Some("NAME")) => Some(CandidateKind::User),
        (None, Some("KEY")) => Some(CandidateKind::SettingKey),
        (Some("columns"), _) => Some(CandidateKind::Column),
        (Some("sort"), _) => {
            let keys = SortKey::names();
            let descending = keys.map(|key| format!("-{key}"));
            Some(CandidateKind::OneOf(keys.map(str::to_owned).into_iter().chain(descending).collect()))
        }
        (Some("field"), _) => Some(one_of(Field::all().map(Field::as_str).collect())),
        (None, Some("TEXT")) => Some(CandidateKind::Title),
        (_, Some("MAL_ID|TITLE")) => Some(CandidateKind::Title),
        (_, Some("ANIME")) => Some(CandidateKind::MalId),
        (Some("genre"), _) => Some(CandidateKind::Genre),
        (Some("studio"), _) => Some(CandidateKind::Studio),
        (Some("season"), _) => Some(CandidateKind::Season),
        (Some("type"), _) => Some(CandidateKind::MediaType),
        (Some("tag" | "tags"), _) => Some(CandidateKind::Tag),
        (Some("run"), _) => Some(CandidateKind::Run),
        _ => match (argument.get_possible_values(), argument.get_value_hint()) {
            (values, _) if !values.is_empty() => {
                (!is_in_script).then(|| one_of(values.iter().map(PossibleValue::get_name).collect()))
            }
            (_, ValueHint::FilePath) => Some(CandidateKind::File),
            (_, ValueHint::DirPath) => Some(CandidateKind::Directory),
            _ => Some(CandidateKind::Nothing),
        },
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
        for (line, kind, typed) in [
            ("malsync sync --user ", CandidateKind::User, ""),
            ("malsync --color never token status --json --user=al", CandidateKind::User, "al"),
            ("malsync schedule install --user al", CandidateKind::User, "al"),
            ("malsync users delete al", CandidateKind::User, "al"),
            ("malsync users rename ", CandidateKind::User, ""),
            ("malsync show Cow", CandidateKind::Title, "Cow"),
            ("malsync list Cow", CandidateKind::Title, "Cow"),
            ("malsync open cowboy be", CandidateKind::Title, "cowboy be"),
            ("malsync show --user alice -- --x", CandidateKind::Title, "--x"),
            ("malsync -v show cowboy be", CandidateKind::Title, "cowboy be"),
            ("malsync edit 1", CandidateKind::MalId, "1"),
            ("malsync edit --score 7 ", CandidateKind::MalId, ""),
            ("malsync unpin 1", CandidateKind::MalId, "1"),
            ("malsync restore --anime ", CandidateKind::MalId, ""),
            ("malsync list --columns mal_id,ti", CandidateKind::Column, "ti"),
            ("malsync list --genre Ac", CandidateKind::Genre, "Ac"),
            ("malsync report --studio=", CandidateKind::Studio, ""),
            ("malsync stats --season sp", CandidateKind::Season, "sp"),
            ("malsync list --type tv,mo", CandidateKind::MediaType, "mo"),
            ("malsync export --tag ", CandidateKind::Tag, ""),
            ("malsync edit --where genre=Ac", CandidateKind::Genre, "Ac"),
            ("malsync edit --where=type=tv,mo", CandidateKind::MediaType, "mo"),
            ("malsync status --run ", CandidateKind::Run, ""),
            ("malsync import ", CandidateKind::File, ""),
            ("malsync --config ", CandidateKind::File, ""),
            ("malsync export -o li", CandidateKind::File, "li"),
            ("malsync export --dir ", CandidateKind::Directory, ""),
            ("malsync list --search a", CandidateKind::Nothing, "a"),
            ("malsync list -n ", CandidateKind::Nothing, ""),
            ("malsync users rename alice ", CandidateKind::Nothing, ""),
            ("malsync config set mal_page_size ", CandidateKind::Nothing, ""),
            ("malsync config set mal_p", CandidateKind::SettingKey, "mal_p"),
        ] {
            let target = target_of(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((target.kind, target.typed.as_str()), (kind, typed), "{line}");
        }
        for (line, word) in [
            ("malsync list --sort ", "mal-updated"),
            ("malsync list --sort title,-", "-score"),
            ("malsync list --sort=", "title"),
            ("malsync changes --field ", "removed_at"),
            ("malsync list --status watching,", "on_hold"),
            ("malsync list -s ", "on_hold"),
            ("malsync pin 1 sta", "status"),
            ("malsync edit --where ", "genre="),
            ("malsync edit --where ", "edited"),
            ("malsync edit --where status=", "watching"),
            ("malsync ", "sync"),
            ("malsync -v sh", "show"),
            ("malsync completions ", "zsh"),
            ("malsync token ", "refresh"),
        ] {
            let Some(CompletionTarget { kind: CandidateKind::OneOf(words), .. }) = target_of(line) else {
                panic!("{line}")
            };
            assert!(words.iter().any(|known| known == word), "{line}: {words:?}");
        }
    }

    #[test]
    fn other_positions_have_no_target() {
        for line in ["malsync sync ", "malsync edit 1 ", "malsync edit 1 2"] {
            assert_eq!(target_of(line).map(|target| target.kind), Some(CandidateKind::Nothing), "{line}");
        }
        for line in
            ["malsync show --us", "malsync show -", "malsync nothing --user", "malsync show --x=", "malsync show -="]
        {
            assert_eq!(target_of(line), None, "{line}");
        }
    }

    #[test]
    fn target_has_user_and_config_file_of_the_line() {
        let target = target_of("malsync --config c.toml show --user id:3 x").unwrap();
        assert_eq!(target.config_file, Some("c.toml".into()));
        assert_eq!(target.user, "id:3".parse().ok());
    }

    /// The hint keeps clap from offering file names, and tells `generate` where fish must request candidates.
    #[test]
    fn values_are_fixed_or_have_a_hint() {
        fn check_arguments(command: &Command) {
            for argument in command.get_arguments().filter(|argument| expects_value(argument)) {
                let is_known =
                    argument.get_value_hint() != ValueHint::Unknown || !argument.get_possible_values().is_empty();
                assert!(is_known, "{} {argument}", command.get_name());
            }
            command.get_subcommands().for_each(check_arguments);
        }
        let mut root = define_command_line();
        root.build();
        check_arguments(&root);
    }
}
