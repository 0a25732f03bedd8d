//! The arguments of each command.

use std::{path::PathBuf, time::Duration};

use clap::{ArgGroup, Args, FromArgMatches as _, Subcommand};

use rust_decimal::Decimal;

use super::value::{self, Airing, DateEdit, ListSort, Moment, Removed, SeasonRef, Span, Tags};
use crate::{
    domain::{change::Field, partial_date::PartialDate, user::UserRef},
    failure::Failure,
};

/// `--user`, for the commands that concern one user.
#[derive(Args, Clone, Debug)]
pub struct User {
    /// Take this user: a name in the users table, or id:N for the row's id (default: the only one with a MAL login, else
    /// the one last logged in)
    #[arg(long = "user", value_name = "NAME")]
    pub name: Option<UserRef>,
}

/// `login`
#[derive(Args, Clone, Debug)]
pub struct Login {
    /// Log in to this row of the users table: a name, or id:N (default: the row of the MAL name, made when missing)
    #[arg(long, value_name = "NAME")]
    pub user: Option<UserRef>,
    /// Note this e-mail address in the row (MAL gives none)
    #[arg(long, value_name = "ADDR", value_parser = value::filled)]
    pub email: Option<String>,
    /// Print the authorize URL on standard output, and open no browser
    #[arg(long)]
    pub no_browser: bool,
    /// Print the URL, then read the redirected URL from standard input, without browser and listener
    #[arg(long)]
    pub paste: bool,
    /// Wait this long for the browser to come back, like 90s, 5m or 1h30m
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = value::span)]
    pub timeout: Duration,
    /// Take the row over even if it belongs to another MAL account
    #[arg(long)]
    pub force: bool,
    /// Print the login as one line of JSON
    #[arg(long)]
    pub json: bool,
}

impl Login {
    /// A login without any flag but the user's.
    #[must_use]
    pub const fn plain(user: Option<UserRef>) -> Self {
        Self {
            user,
            email: None,
            no_browser: false,
            paste: false,
            timeout: Duration::from_secs(300),
            force: false,
            json: false,
        }
    }
}

/// `logout`
#[derive(Args, Clone, Debug)]
pub struct Logout {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: User,
    /// Log every user out
    #[arg(long, conflicts_with = "name")]
    pub all: bool,
}

/// A user, and whether JSON is wanted.
#[derive(Args, Clone, Debug)]
pub struct UserJson {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: User,
    /// Print one line of JSON
    #[arg(long)]
    pub json: bool,
}

/// `token`
#[derive(Clone, Debug, Subcommand)]
pub enum Token {
    /// Show whether there are tokens, where they rest, and when they end
    Status(UserJson),
    /// Get a new pair of tokens from MAL now (needs MAL_CLIENT_ID)
    Refresh(UserJson),
}

/// `sync`
#[derive(Args, Clone, Debug)]
pub struct Sync {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: User,
    /// Sync every user who has a login, by name
    #[arg(long, conflicts_with = "name")]
    pub all_users: bool,
    /// Read the whole list, however recent the last sync is (variables: SYNC_MIN_INTERVAL, default 1m, and SYNC_FULL_EVERY,
    /// default 1d)
    #[arg(long)]
    pub force_full: bool,
    /// Show what would change, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Read the whole list, and delete every entry that is marked as removed from MAL
    #[arg(long)]
    pub prune: bool,
    /// Believe MAL even if more than 20 % and more than 10 of the entries, or all, are gone
    #[arg(long)]
    pub allow_shrink: bool,
    /// Print the run as one line of JSON, one line a user with --all-users
    #[arg(long)]
    pub json: bool,
}

/// `status`
#[derive(Args, Clone, Debug)]
pub struct Status {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: User,
    /// Show this run instead, by its id
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(i64).range(0..))]
    pub run: Option<i64>,
    /// Exit with 9 if the last complete sync is older than this, like 26h (default: no limit)
    #[arg(long, value_name = "DURATION", value_parser = value::span, conflicts_with = "run")]
    pub max_age: Option<Duration>,
    /// Print one line of JSON
    #[arg(long)]
    pub json: bool,
}

/// `runs`
#[derive(Args, Clone, Debug)]
pub struct Runs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: User,
    /// Show the newest N runs (default: all)
    #[arg(long, value_name = "N")]
    pub limit: Option<u32>,
    /// Print one line of JSON a run
    #[arg(long)]
    pub json: bool,
}

/// Which entries: every flag that is given must hold. One that is given several times holds if one of its values does,
/// but for --genre, --studio and --tag, of which all must be there.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Which entries")]
pub struct Filter {
    /// Take entries with this status; several with commas (default: any)
    #[arg(long = "status", value_name = "S", value_parser = value::status(), value_delimiter = ',')]
    pub status: Vec<String>,
    /// Take entries that have this text in any of their titles; accents, upper and lower case are the same
    #[arg(long, value_name = "TEXT", value_parser = value::filled)]
    pub search: Option<String>,
    /// Take entries with this score of yours: 8, 7..9, 7.., ..5 or none
    #[arg(long = "score", value_name = "RANGE")]
    pub score: Option<Span<i32>>,
    /// Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none
    #[arg(long, value_name = "RANGE")]
    pub mean: Option<Span<Decimal>>,
    /// Take entries of this genre, by name
    #[arg(long, value_name = "NAME", value_parser = value::filled)]
    pub genre: Vec<String>,
    /// Take entries of this studio, by name
    #[arg(long, value_name = "NAME", value_parser = value::filled)]
    pub studio: Vec<String>,
    /// Take anime that began in this season, like spring-2019, or this year, like 2019
    #[arg(long, value_name = "SEASON")]
    pub season: Vec<SeasonRef>,
    /// Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    pub media_type: Vec<String>,
    /// Take anime in this state: finished, airing or upcoming
    #[arg(long, value_name = "STATE", value_enum)]
    pub airing: Option<Airing>,
    /// Take entries with this tag of yours
    #[arg(long, value_name = "TAG", value_parser = value::filled)]
    pub tag: Vec<String>,
    /// Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none
    #[arg(long, value_name = "DATES")]
    pub started: Option<Span<PartialDate>>,
    /// Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none
    #[arg(long, value_name = "DATES")]
    pub finished: Option<Span<PartialDate>>,
    /// Take entries that differ from MAL's as last seen, or that MAL never had
    #[arg(long)]
    pub edited: bool,
    /// Take entries with a pinned field
    #[arg(long)]
    pub pinned: bool,
}

/// `list`
#[derive(Args, Clone, Debug)]
pub struct List {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: User,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub filter: Filter,
    /// Sort by title, score, mean, status, episodes, watched, start-date, finish-date, updated, rank, popularity, id, season,
    /// aired, type, studio, source, length, users, priority, rewatched or mal-updated; with a - before it from the highest
    /// down; several with commas, the first one counting most, as in --sort -score,title
    #[arg(long, value_name = "KEYS", default_value = "title", allow_hyphen_values = true, value_delimiter = ',')]
    pub sort: Vec<ListSort>,
    /// Show these columns, by their names in JSON, with commas between; help lists them (default: the most useful ones in
    /// the table, all of them in JSON and CSV)
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub columns: Vec<String>,
    /// Show the first N entries (default: all)
    #[arg(long, value_name = "N")]
    pub limit: Option<u32>,
    /// Show also the entries that are no longer on MAL; with =only nothing else
    #[arg(
        long,
        value_name = "WHICH",
        value_enum,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "also",
        hide_possible_values = true
    )]
    pub removed: Option<Removed>,
    /// Print one line of JSON an entry (which is NDJSON, or JSON Lines)
    #[arg(long, visible_alias = "ndjson", conflicts_with = "csv")]
    pub json: bool,
    /// Print CSV with a header row
    #[arg(long)]
    pub csv: bool,
    /// Print a long table as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)
    #[arg(long)]
    pub no_pager: bool,
}

/// `show`
#[derive(Args, Clone, Debug)]
pub struct Show {
    /// The anime: MAL's id, or a title or a part of one; accents, upper and lower case are the same. A number is an id first
    #[arg(value_name = "MAL_ID|TITLE", required = true, value_parser = value::filled)]
    pub which: Vec<String>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: User,
    /// Show the newest N lines of its history
    #[arg(long, value_name = "N", default_value = "20", conflicts_with = "all")]
    pub limit: u32,
    /// Show the whole history
    #[arg(long)]
    pub all: bool,
    /// Print one line of JSON
    #[arg(long)]
    pub json: bool,
    /// Print a long answer as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)
    #[arg(long)]
    pub no_pager: bool,
}

/// `stats`
#[derive(Args, Clone, Debug)]
pub struct Stats {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: User,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub filter: Filter,
    /// Show so many genres, studios, years, seasons, and anime rated apart from MAL
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub top: u32,
    /// Draw bars with # (default: where the locale is not UTF-8)
    #[arg(long, conflicts_with = "json")]
    pub ascii: bool,
    /// Print every figure as one line of JSON
    #[arg(long)]
    pub json: bool,
}

/// `report`
#[derive(Args, Clone, Debug)]
pub struct Report {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: User,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub filter: Filter,
    /// Draw so many genres, studios, seasons, and anime rated apart from MAL; the tables have all
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub top: u32,
    /// Write to this file, - for standard output (default: malsync-report.html in the current folder on a terminal or with
    /// --open, else standard output)
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Open the file in the browser (variable: BROWSER)
    #[arg(long)]
    pub open: bool,
}

/// `edit`
#[derive(Args, Clone, Debug)]
#[command(group = ArgGroup::new("edits").required(true).multiple(true))]
#[command(group = ArgGroup::new("entries").required(true))]
pub struct Edit {
    /// MAL's id of the anime, as `malsync list` shows it
    #[arg(value_name = "MAL_ID", value_parser = clap::value_parser!(i32).range(1..), group = "entries")]
    pub mal_id: Option<i32>,
    /// Change every entry that this flag of `malsync list` takes, written without its dashes, as in --where status=watching
    /// or --where edited; given several times, all must hold
    #[arg(long = "where", value_name = "KEY=VALUE", group = "entries")]
    pub wheres: Vec<String>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: User,
    /// Set the status (MAL's comes back with the next sync)
    #[arg(long, value_name = "S", value_parser = value::status(), group = "edits")]
    pub status: Option<String>,
    /// Set the score, 1 to 10; 0 takes it out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..=10), group = "edits")]
    pub score: Option<i32>,
    /// Set the number of episodes watched, 0 to 2147483647
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..), group = "edits")]
    pub episodes: Option<i32>,
    /// Set the day of the start: YYYY-MM-DD, YYYY-MM or YYYY; '' takes it out
    #[arg(long, value_name = "D", group = "edits")]
    pub start_date: Option<DateEdit>,
    /// Set the day of the end: YYYY-MM-DD, YYYY-MM or YYYY; '' takes it out
    #[arg(long, value_name = "D", group = "edits")]
    pub finish_date: Option<DateEdit>,
    /// Set the notes; '' takes them out
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, group = "edits")]
    pub notes: Option<String>,
    /// Set the tags, with commas between; '' takes them out
    #[arg(long, value_name = "TAGS", value_parser = value::tags, group = "edits")]
    pub tags: Option<Tags>,
    /// Set the priority, 0 to 2
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..=2), group = "edits")]
    pub priority: Option<i32>,
    /// Set how much it is worth watching again, 0 to 5
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..=5), group = "edits")]
    pub rewatch_value: Option<i32>,
    /// Set how often it was watched again
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..), group = "edits")]
    pub times_rewatched: Option<i32>,
    /// Set whether it is being watched again
    #[arg(long, value_name = "BOOL", group = "edits")]
    pub rewatching: Option<bool>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub bulk: Bulk,
}

impl Edit {
    /// The filter that `--where` makes: the flags of `list`, read by their own description.
    ///
    /// # Errors
    ///
    /// Exit code 2 where one is none of these flags, or its value makes no sense.
    pub fn filter(&self) -> Result<Filter, Failure> {
        let command = Filter::augment_args(clap::Command::new("where").no_binary_name(true).disable_help_flag(true));
        let known: Vec<&str> = command.get_arguments().filter_map(clap::Arg::get_long).collect();
        for word in &self.wheres {
            let key = word.split_once('=').map_or(word.as_str(), |(key, _)| key);
            if !known.contains(&key) {
                let what = format!("--where does not know {key:?}");
                return Err(Failure::usage(what).hint(format!("write KEY=VALUE with one of {}", known.join(", "))));
            }
        }
        let flags = self.wheres.iter().map(|word| format!("--{word}"));
        let read = command.try_get_matches_from(flags).and_then(|found| Filter::from_arg_matches(&found));
        read.map_err(|error| super::usage::where_failure(&error))
    }
}

/// The flags of a command that may change many entries at once.
#[derive(Args, Clone, Copy, Debug)]
pub struct Bulk {
    /// Show what would change, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask before more than one entry is changed; needed where there is no terminal to ask on
    #[arg(long)]
    pub yes: bool,
    /// Print one line of JSON an entry
    #[arg(long)]
    pub json: bool,
}

/// `pin`
#[derive(Args, Clone, Debug)]
pub struct Pin {
    /// MAL's id of the anime (default: show the pins of every entry)
    #[arg(value_name = "MAL_ID", value_parser = clap::value_parser!(i32).range(1..))]
    pub mal_id: Option<i32>,
    /// Keep this field as it is here (default: show the entry's pins)
    #[arg(value_name = "FIELD", value_parser = value::field())]
    pub fields: Vec<Field>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: User,
    /// Print one line of JSON a pin
    #[arg(long)]
    pub json: bool,
}

/// `unpin`
#[derive(Args, Clone, Debug)]
#[command(group = ArgGroup::new("what").required(true))]
pub struct Unpin {
    /// MAL's id of the anime
    #[arg(value_name = "MAL_ID", value_parser = clap::value_parser!(i32).range(1..))]
    pub mal_id: i32,
    /// Leave this field to the rules again
    #[arg(value_name = "FIELD", value_parser = value::field(), group = "what")]
    pub fields: Vec<Field>,
    /// Leave every field to the rules again
    #[arg(long, group = "what")]
    pub all: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: User,
    /// Print one line of JSON a pin
    #[arg(long)]
    pub json: bool,
}

/// `restore`
#[derive(Args, Clone, Debug)]
#[command(group = ArgGroup::new("what").required(true).multiple(true))]
pub struct Restore {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: User,
    /// Undo what this run changed, by its id
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(i64).range(0..), group = "what")]
    pub run: Option<i64>,
    /// Undo what the run changed in this anime's entry (default run: the last one that changed it)
    #[arg(long, value_name = "MAL_ID", value_parser = clap::value_parser!(i32).range(1..), group = "what")]
    pub anime: Option<i32>,
    /// Undo this one change, by its id as `malsync changes` shows it
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(i64).range(0..), group = "what",
        conflicts_with_all = ["run", "anime", "edit"])]
    pub change: Option<i64>,
    /// Undo what this command here did, by its number as `malsync changes --local` shows it
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(i64).range(0..), group = "what",
        conflicts_with_all = ["run", "anime"])]
    pub edit: Option<i64>,
    /// Set back also what has another value by now than the change left
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub bulk: Bulk,
}

/// `changes`
#[derive(Args, Clone, Debug)]
pub struct Changes {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: User,
    /// Show what this run did, by its id (default: every run)
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(i64).range(0..))]
    pub run: Option<i64>,
    /// Show what happened to this anime, by MAL's id (default: every anime)
    #[arg(long, value_name = "MAL_ID", value_parser = clap::value_parser!(i32).range(0..))]
    pub anime: Option<i32>,
    /// Show conflicts alone
    #[arg(long)]
    pub conflicts: bool,
    /// Show changes from this moment on: YYYY-MM-DD, a time like 2026-01-02T03:04:05Z, or an age like 7d
    #[arg(long, value_name = "WHEN")]
    pub since: Option<Moment>,
    /// Show changes up to this moment, a day included
    #[arg(long, value_name = "WHEN")]
    pub until: Option<Moment>,
    /// Show changes of this field, by the column's name; entry: entries made or deleted
    #[arg(long, value_name = "FIELD", value_parser = value::any_field)]
    pub field: Option<Field>,
    /// Show what commands here changed instead of what runs did
    #[arg(long, conflicts_with_all = ["run", "conflicts"])]
    pub local: bool,
    /// Show the newest N changes (default: all)
    #[arg(long, value_name = "N")]
    pub limit: Option<u32>,
    /// Print one line of JSON a change
    #[arg(long)]
    pub json: bool,
}

/// `config`
#[derive(Clone, Debug, Subcommand)]
pub enum Config {
    /// Show every setting with its value and where it came from, secrets masked
    Show(Json),
}

/// Whether JSON is wanted.
#[derive(Args, Clone, Debug)]
pub struct Json {
    /// Print JSON, one object a line
    #[arg(long)]
    pub json: bool,
}

/// `man`
#[derive(Args, Clone, Debug)]
pub struct Man {
    /// Write one page a command into this folder (default: print malsync.1)
    #[arg(long, value_name = "DIR")]
    pub out_dir: Option<PathBuf>,
}
