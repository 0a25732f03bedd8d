//! What the cursor's word is: a value of which flag, or which argument. Found by the same description that arguments are
//! read by.

use std::path::PathBuf;

use clap::{Arg, Command, CommandFactory as _};

use super::{Asker, line::Line};
use crate::{
    cli::{Cli, SortKey},
    domain::{change::Field, user::UserRef},
};

/// What can stand at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The name of a user.
    User,
    /// A title of an anime in the user's list.
    Title,
    /// MAL's id of one.
    Id,
    /// A column of `list`.
    Column,
    /// One of these words.
    Word(Vec<String>),
}

/// A place for a value, and what the line says besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What can stand there.
    pub what: What,
    /// What is typed of it.
    pub typed: String,
    /// The configuration file that is named on the line.
    pub config: Option<PathBuf>,
    /// The user who is.
    pub user: Option<UserRef>,
    /// How much of the cursor's word is no part of the value: a flag, which fish takes care of itself,
    pub(super) flag: String,
    /// and other values.
    pub(super) before: String,
    /// Whether a value that begins with a dash is one there.
    pub(super) may_be_a_flag: bool,
    /// How many characters of what is typed stand in words before the cursor's.
    pub(super) lead: usize,
}

impl Place {
    /// The place of the cursor; none where nothing is known of it.
    pub(super) fn of(line: &Line, asker: Asker) -> Option<Self> {
        let mut root = Cli::command();
        root.build();
        let mut walk =
            Walk { command: &root, arguments: Vec::new(), flag: None, literal: false, config: None, user: None };
        line.words.iter().skip(1).for_each(|word| walk.step(word));
        let (argument, flag, text) = walk.at(&line.current)?;
        let (before, typed) = match argument.get_value_delimiter().and_then(|comma| text.rfind(comma)) {
            Some(comma) => text.split_at(comma + 1),
            None => ("", text),
        };
        // The words of an argument that is no flag are missing in fish's script alone.
        let unknown = !before.is_empty() || (asker == Asker::Fish && argument.is_positional());
        let what = what(argument, unknown)?;
        let mut lead = if what == What::Title { walk.arguments.concat() } else { String::new() };
        let characters = lead.chars().count();
        lead.push_str(typed);
        Some(Self {
            what,
            typed: lead,
            config: walk.config,
            user: walk.user,
            flag: flag.to_owned(),
            before: before.to_owned(),
            may_be_a_flag: walk.literal || !argument.is_positional(),
            lead: characters,
        })
    }
}

/// A walk along the words.
struct Walk<'a> {
    command: &'a Command,
    /// The arguments that are no flags, each with a blank behind it.
    arguments: Vec<String>,
    /// The flag that the next word is the value of.
    flag: Option<&'a Arg>,
    /// After `--`, nothing is a flag.
    literal: bool,
    config: Option<PathBuf>,
    user: Option<UserRef>,
}

impl<'a> Walk<'a> {
    fn step(&mut self, word: &str) {
        if let Some(flag) = self.flag.take() {
            self.note(flag, word);
        } else if self.literal || !word.starts_with('-') || word == "-" {
            match self.command.find_subcommand(word).filter(|_| self.arguments.is_empty()) {
                Some(command) => self.command = command,
                None => self.arguments.push(format!("{word} ")),
            }
        } else if word == "--" {
            self.literal = true;
        } else if let Some(long) = word.strip_prefix("--") {
            match long.split_once('=') {
                Some((name, value)) => self.long(name).into_iter().for_each(|flag| self.note(flag, value)),
                None => self.flag = self.long(long).filter(|flag| waits(flag)),
            }
        } else {
            let short = |c| self.command.get_arguments().find(|flag| flag.get_short() == Some(c));
            self.flag = word.chars().last().and_then(short).filter(|flag| waits(flag));
        }
    }

    fn long(&self, name: &str) -> Option<&'a Arg> {
        let is = |flag: &&Arg| flag.get_long_and_visible_aliases().is_some_and(|names| names.contains(&name));
        self.command.get_arguments().find(is)
    }

    fn note(&mut self, flag: &Arg, value: &str) {
        match flag.get_long() {
            Some("config") => self.config = Some(value.into()),
            Some("user") => self.user = value.parse().ok(),
            _ => {}
        }
    }

    /// Whose value the cursor's word is: with what stands before the value, and what is typed of it.
    fn at<'b>(&self, current: &'b str) -> Option<(&'a Arg, &'b str, &'b str)> {
        if let Some(flag) = self.flag {
            return Some((flag, "", current));
        }
        if !self.literal && current.starts_with('-') {
            let equals = current.find('=')?;
            let (flag, value) = current.split_at(equals + 1);
            return Some((self.long(&flag[2.min(equals)..equals])?, flag, value));
        }
        let mut positionals = self.command.get_positionals();
        let place = self.arguments.len();
        let last = self.command.get_positionals().last().filter(|last| takes_many(last));
        positionals.nth(place).or(last).map(|argument| (argument, "", current))
    }
}

fn takes_many(argument: &Arg) -> bool {
    argument.get_num_args().is_some_and(|number| number.max_values() > 1)
}

/// Whether the next word is the flag's value.
fn waits(flag: &Arg) -> bool {
    flag.get_num_args().is_some_and(|number| number.takes_values()) && !flag.is_require_equals_set()
}

/// What can stand in an argument; its own words only where the script does not know them.
fn what(argument: &Arg, is_unknown: bool) -> Option<What> {
    let words = |words: Vec<&str>| What::Word(words.into_iter().map(str::to_owned).collect());
    let value = argument.get_value_names().and_then(|names| names.first()).map(|name| name.as_str());
    match (argument.get_long(), value) {
        (Some("user"), _) => Some(What::User),
        (Some("columns"), _) => Some(What::Column),
        (Some("sort"), _) => {
            let keys = SortKey::names();
            let descending = keys.map(|key| format!("-{key}"));
            Some(What::Word(keys.map(str::to_owned).into_iter().chain(descending).collect()))
        }
        (Some("field"), _) => Some(words(Field::told().map(Field::as_str).collect())),
        (_, Some("MAL_ID|TITLE")) => Some(What::Title),
        (_, Some("MAL_ID")) => Some(What::Id),
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

    fn place(line: &str) -> Option<Place> {
        Place::of(&Line::read(line, Asker::Bash, ""), Asker::Bash)
    }

    #[test]
    fn every_place_for_a_value_is_found() {
        for (line, what, typed) in [
            ("malsync sync --user ", What::User, ""),
            ("malsync --color never token status --json --user=al", What::User, "al"),
            ("malsync schedule install --user al", What::User, "al"),
            ("malsync show Cow", What::Title, "Cow"),
            ("malsync show --user alice -- --x", What::Title, "--x"),
            ("malsync -v show cowboy be", What::Title, "cowboy be"),
            ("malsync edit 1", What::Id, "1"),
            ("malsync edit --score 7 ", What::Id, ""),
            ("malsync unpin 1", What::Id, "1"),
            ("malsync restore --anime ", What::Id, ""),
            ("malsync list --columns mal_id,ti", What::Column, "ti"),
        ] {
            let place = place(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((place.what, place.typed.as_str()), (what, typed), "{line}");
        }
        for (line, word) in [
            ("malsync list --sort ", "mal-updated"),
            ("malsync list --sort title,-", "-score"),
            ("malsync list --sort=", "title"),
            ("malsync changes --field ", "removed_at"),
            ("malsync list --status watching,", "on_hold"),
        ] {
            let Some(Place { what: What::Word(words), .. }) = place(line) else { panic!("{line}") };
            assert!(words.iter().any(|known| known == word), "{line}: {words:?}");
        }
    }

    #[test]
    fn where_the_script_knows_all_or_nobody_knows_there_is_no_place() {
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
            assert_eq!(place(line), None, "{line}");
        }
    }

    #[test]
    fn what_the_line_says_of_user_and_configuration_is_heard() {
        let place = place("malsync --config c.toml show --user id:3 x").unwrap();
        assert_eq!(place.config, Some("c.toml".into()));
        assert_eq!(place.user, "id:3".parse().ok());
    }

    /// By its hint clap keeps the names of files out of a place, and `generate` knows where fish is to ask.
    #[test]
    fn the_arguments_that_are_asked_for_are_those_with_the_hint() {
        fn look(command: &Command) {
            for argument in command.get_arguments() {
                let hinted = argument.get_value_hint() == ValueHint::Other;
                assert_eq!(what(argument, false).is_some(), hinted, "{} {argument}", command.get_name());
            }
            command.get_subcommands().for_each(look);
        }
        let mut root = Cli::command();
        root.build();
        look(&root);
    }
}
