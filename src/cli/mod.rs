//! Command-line interface: clap types and help texts. Nothing here acts.
//!
//! [`parse`] turns arguments into [`Cli`]; a usage error becomes a [`Failure`](crate::failure::Failure) of one line and
//! a hint. The commands are in `command`; the values of flags are parsed in [`value`].

pub mod args;
mod clap_error;
mod common_args;
pub mod complete;
mod edits;
mod entries;
pub mod files;
mod filter_values;
mod generate;
mod parse_args;
pub mod schedule;
mod two_way;
pub mod users;
pub mod value;
mod version_info;

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
pub use clap_complete::Shell;
pub use filter_values::{AiringStatus, RangeArg, RemovedEntries, SeasonArg};
pub use generate::{completion_script, render_man_pages};
pub use parse_args::{ParseStop, find_color, parse};
pub use value::{AnimeName, DateEdit, ListSort, SortKey, TagsArg, TimeArg};

/// One-line description of malsync.
pub const ABOUT: &str = "malsync keeps your MyAnimeList anime list in a database of your own.";

/// Keep your MyAnimeList anime list in a database of your own
#[derive(Clone, Debug, Parser)]
#[command(name = "malsync", bin_name = "malsync", version, max_term_width = 100, after_long_help = AFTER_HELP)]
#[command(subcommand_required = false, arg_required_else_help = false, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub global: GlobalArgs,
    #[command(subcommand)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub command: Option<Command>,
}

/// Flags that every command takes, before or after its name.
#[derive(Args, Clone, Debug)]
pub struct GlobalArgs {
    /// Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)
    #[arg(short, long, global = true, action = ArgAction::Count, display_order = 100)]
    pub verbose: u8,
    /// Print answers and errors alone: no notes, progress or warnings
    #[arg(short, long, global = true, conflicts_with = "verbose", display_order = 101)]
    pub quiet: bool,
    /// Read this configuration file (default: malsync/config.toml in the platform's config folder, variable: XDG_CONFIG_HOME)
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath, display_order = 102)]
    pub config: Option<PathBuf>,
    /// Use colour (variable: NO_COLOR)
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t, display_order = 103)]
    pub color: ColorArg,
    /// Show no progress
    #[arg(long, global = true, display_order = 104)]
    pub no_progress: bool,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub enum ColorArg {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Log in to MyAnimeList in the browser (needs MAL_CLIENT_ID)
    Login(args::LoginArgs),
    /// Forget the tokens; user and list stay
    Logout(args::LogoutArgs),
    /// Ask MAL whose login this is (needs MAL_CLIENT_ID)
    Whoami(args::UserAndJsonArgs),
    /// Look at the tokens, or refresh them
    #[command(subcommand, arg_required_else_help = false)]
    Token(args::TokenCommand),
    /// Bring the list from MAL into the database (needs MAL_CLIENT_ID)
    Sync(args::SyncArgs),
    /// Show login, last sync, and by when the next one must happen
    Status(args::StatusArgs),
    /// Show past runs, the newest first
    Runs(args::RunsArgs),
    /// Show the list
    List(Box<args::ListArgs>),
    /// Show everything that is known of one anime, its entry and its history
    Show(args::ShowArgs),
    /// Show figures of the list: scores, time, genres, studios, what was finished when
    #[command(after_long_help = STATS_JSON_HELP)]
    Stats(args::StatsArgs),
    /// Write the figures of the list as one HTML page with charts
    Report(args::ReportArgs),
    /// Change entries in the database; only with --push also on MAL
    Edit(args::EditArgs),
    /// Keep fields of an entry as they are here, whatever MAL says; alone: show what is pinned
    Pin(args::PinArgs),
    /// Leave fields of an entry to the rules again
    Unpin(args::UnpinArgs),
    /// Show what differs from MAL as last seen, and why; asks MAL nothing
    Diff(args::DiffArgs),
    /// Send what was edited here to MAL, after showing it (needs MAL_CLIENT_ID)
    ///
    /// Only edited fields are sent, never a whole entry, and nothing is ever deleted on MAL. Each entry is read first: what MAL
    /// has changed meanwhile is a conflict, and is not sent. `malsync restore --run N` and another push take a push back.
    Push(args::PushArgs),
    /// Give fields that differ MAL's value, as last seen
    Revert(args::ConfirmedChangeArgs),
    /// Show what runs changed, and which conflicts they settled
    Changes(args::ChangesArgs),
    /// Set entries back to what they were before a run or an edit
    Restore(args::RestoreArgs),
    /// Write the list into a file: as MAL's own XML export, JSON or CSV
    Export(files::ExportArgs),
    /// Bring a list from a file, like MAL's XML export, into the database; nothing is sent to MAL
    ///
    /// The file's values meet yours by the rules of a sync, with the file for MAL: its status and tags stand, its score and
    /// dates where it has some, the higher number of episodes, your own notes. What the file lacks stays, and so do pinned fields. Of an
    /// anime that is not known yet, title, type and number of episodes are taken; the next sync brings the rest.
    Import(files::ImportArgs),
    /// List, rename or delete the users of the database
    #[command(arg_required_else_help = false)]
    Users(users::UsersArgs),
    /// Check configuration, database, keyring, login and MAL
    Doctor(args::JsonArgs),
    /// Print figures for Prometheus (MALSYNC_METRICS_FILE has every sync write them)
    Metrics,
    /// Let a sync happen by itself
    #[command(subcommand, arg_required_else_help = false, after_long_help = MONITORING_HELP)]
    Schedule(schedule::ScheduleCommand),
    /// Look at the configuration, or change it
    #[command(subcommand, arg_required_else_help = false)]
    Config(args::ConfigCommand),
    /// Print a shell's completion script
    Completions {
        /// The shell
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
    /// Print or write the manual pages
    Man(args::ManArgs),
}

const STATS_JSON_HELP: &str = "\
The JSON is one object. Null is what is not known; nothing is rounded:
  username, entries, of (the entries before a filter)
  statuses     [{status, entries}]
  scores       scored, unscored, mean, median,
               distribution [{score, entries}]
  against_mal  compared, mean_difference (yours less MAL's),
               distribution [{from, below, entries}],
               rated_higher and rated_lower, --top of each
               [{mal_id, title, score, mean, difference}]
  watched      episodes, episodes_again (of those), seconds, days,
               unknown_length {entries, episodes} (not in the seconds),
               unknown_rewatches (entries, seen more than is known)
  types, decades, years, seasons, genres, studios
               all of them, [{KEY, entries, scored, mean_score,
               episodes, seconds, days}]; KEY is type, decade, year,
               year and season, or id and name. An anime counts in
               each of its genres and studios
  finished     dated, undated (completed entries),
               years [{year, entries, month_unknown}],
               months [{year, month, entries}], those with entries

While an anime is being rewatched, all its episodes count as seen once, and
those of the present rewatch (rewatch_episodes) as seen again.";

const MONITORING_HELP: &str = "\
Who wants to know how syncs go sets, in config.toml or in the environment:
  MALSYNC_METRICS_FILE    a file with the figures of `malsync metrics`, for
                          Prometheus, written after each sync
  MALSYNC_PING_URL        a check of healthchecks.io or its like: URL/start,
                          then URL or URL/fail with the end of the log
  MALSYNC_WEBHOOK_URL     gets JSON when syncs begin to fail, when they work
                          again, and when the login ends within 7 days
  MALSYNC_NOTIFY_COMMAND  is started on the same occasions, with the message
                          as last argument or for the word %s, the JSON on
                          its input
None of them can make a sync fail. docs/cron-and-systemd.md has examples.";

const AFTER_HELP: &str = "\
Exit codes:
  0  done, or nothing needed doing
  1  failed in a way that no other code names
  2  wrong usage or configuration
  3  sync, import or push finished, some entries could not be stored or sent
  4  not logged in, refused, or MAL wants a new login
  5  MAL or the network unreachable, or nobody came to log in
  6  database unreachable, refusing, or newer than this binary
  7  another sync of the same user is running
  8  a guard stopped it: see --allow-shrink, login --force, and push --max
  9  status --max-age: the last complete sync is older
  130, 143  stopped by a signal; what was committed stays

Settings come from the environment, then from config.toml, then from defaults; `malsync config show` lists them all.";

#[cfg(test)]
mod tests;
