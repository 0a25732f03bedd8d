//! The arguments of each command.

use std::{path::PathBuf, time::Duration};

use clap::{ArgGroup, Args, Subcommand};

use rust_decimal::Decimal;

use super::value::{self, Airing, DateEdit, ListSort, SeasonRef, Span};
use crate::domain::{partial_date::PartialDate, user::UserRef};

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
    /// Sort by title, score, mean, status, episodes, watched, start-date, finish-date, updated, rank, popularity or id; with
    /// a - before it from the highest down, as in --sort -score
    #[arg(long, value_name = "KEY", default_value = "title", allow_hyphen_values = true)]
    pub sort: ListSort,
    /// Show the first N entries (default: all)
    #[arg(long, value_name = "N")]
    pub limit: Option<u32>,
    /// Show also the entries that are no longer on MAL
    #[arg(long)]
    pub removed: bool,
    /// Print one line of JSON an entry
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Print CSV with a header row
    #[arg(long)]
    pub csv: bool,
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
pub struct Edit {
    /// MAL's id of the anime, as `malsync list` shows it
    #[arg(value_name = "MAL_ID", value_parser = clap::value_parser!(i32).range(1..))]
    pub mal_id: i32,
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
