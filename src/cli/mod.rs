//! Command-line interface: clap types and help texts. Nothing here acts.
//!
//! [`parse`] turns arguments into [`Cli`]; a usage error becomes a [`Failure`](crate::failure::Failure) of one line and
//! a hint. The commands are in `command`; the values of flags are parsed in [`value`].

pub mod args;
mod clap_error;
mod command_line_definition;
mod common_args;
pub mod complete;
mod edits;
mod entries;
pub mod examples;
pub mod files;
mod filter_values;
mod generate;
mod help_sections;
mod man_page;
mod parse_args;
pub mod schedule;
mod time_arg;
mod tried_words;
mod two_way;
pub mod users;
pub mod value;
mod version_info;
mod word_parser;

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
pub use clap_complete::Shell;
pub use filter_values::{AiringStatus, RangeArg, RemovedEntries, SeasonArg};
pub use generate::completion_script;
pub use man_page::render_man_pages;
pub use parse_args::{HelpText, ParseStop, find_color, parse};
pub use time_arg::TimeArg;
pub use value::{AnimeName, DateEdit, ListSort, SortKey, TagsArg};

/// One-line description of malsync.
pub const ABOUT: &str = "malsync syncs your MyAnimeList list to a local SQLite or PostgreSQL database.";

/// Sync your MyAnimeList anime list to a local SQLite or PostgreSQL database
#[derive(Clone, Debug, Parser)]
#[command(name = "malsync", bin_name = "malsync", version, max_term_width = 100)]
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
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]
    #[arg(short, long, global = true, action = ArgAction::Count, display_order = 100)]
    pub verbose: u8,
    /// Suppress progress, warnings and success messages
    #[arg(short, long, global = true, conflicts_with = "verbose", display_order = 101)]
    pub quiet: bool,
    /// Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath, display_order = 102)]
    pub config: Option<PathBuf>,
    /// When to use color: auto, always, never [env: NO_COLOR]
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        display_order = 103
    )]
    pub color: ColorArg,
    /// Hide the progress bar
    #[arg(long, global = true, display_order = 104)]
    pub no_progress: bool,
}

/// When to use color.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub enum ColorArg {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands, in the order in which a new user needs them.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Log in to MyAnimeList with your browser
    Login(args::LoginArgs),
    /// Download your list from MAL into the database
    Sync(args::SyncArgs),
    /// List and filter your anime
    List(Box<args::ListArgs>),
    /// Show details of one anime: your entry, metadata, and history
    Show(args::ShowArgs),
    /// Open an anime's page on MAL in your browser, or print its URL
    Open(args::OpenArgs),
    /// Edit entries (only locally, unless --push is given)
    Edit(args::EditArgs),
    /// Show login status, the last sync, and when the login expires
    Status(args::StatusArgs),
    /// Show statistics: scores, watch time, genres, studios and more
    Stats(args::StatsArgs),
    /// Write an HTML report with charts
    Report(args::ReportArgs),
    /// Export the list as MAL XML, JSON or CSV
    Export(files::ExportArgs),
    /// Import a list from a file (MAL XML, JSON or CSV)
    ///
    /// The file is merged like a sync from MAL: its status and tags win, its score and dates if it has them, and the higher
    /// number of episodes. Your own notes, pinned fields, and entries missing from the file are kept. For new anime only title,
    /// type and episode count are stored until the next sync. Nothing is sent to MAL.
    Import(files::ImportArgs),
    /// Copy everything into an empty database (backup, restore, move)
    ///
    /// Users, anime, entries, your own values, pins, edits, syncs and changes are copied in one transaction and compared at the
    /// end. The target may have other tables, but no row in one of malsync's. Tables and columns that malsync did not create are
    /// listed and not copied. Logins are copied only with --with-tokens. See docs/backup.md.
    Copy(files::CopyArgs),
    /// Show what syncs changed and how conflicts were resolved
    Changes(args::ChangesArgs),
    /// Undo changes made by a sync, a push or an edit
    Restore(args::RestoreArgs),
    /// Undo your last local edit; repeat it to undo the one before
    ///
    /// Undoes the last edit, import, revert, restore, pin or unpin that is not undone yet, and shows what it set back. The
    /// output has the command that redoes it. Pins set by `edit --pin` are kept.
    Undo(args::UndoArgs),
    /// Protect fields from being overwritten by syncs
    ///
    /// Without a field, list the pinned fields of the anime. Without an anime, list all pinned fields.
    Pin(args::PinArgs),
    /// Let syncs update pinned fields again
    Unpin(args::UnpinArgs),
    /// Show how your list differs from MAL (as of the last sync)
    Diff(args::DiffArgs),
    /// Send local edits to MAL, after confirmation
    ///
    /// Only edited fields are sent, and nothing is ever deleted on MAL. Each entry is read first: a value that has changed on MAL
    /// since the last sync is a conflict and is not sent. To undo a push, run `malsync restore --run N` and push again.
    Push(args::PushArgs),
    /// Discard local edits: set fields back to MAL's values
    Revert(args::ConfirmedChangeArgs),
    /// List past syncs, newest first
    Runs(args::RunsArgs),
    /// Manage automatic syncs
    #[command(subcommand, arg_required_else_help = false)]
    Schedule(schedule::ScheduleCommand),
    /// Print metrics in Prometheus format
    Metrics,
    /// Diagnose problems with configuration, database, login and MAL
    Doctor(args::JsonArgs),
    /// Show the MAL account you are logged in as
    Whoami(args::UserAndJsonArgs),
    /// List, rename or delete the users of the database
    #[command(arg_required_else_help = false)]
    Users(users::UsersArgs),
    /// Show, refresh or export the login tokens
    #[command(subcommand, arg_required_else_help = false)]
    Token(args::TokenCommand),
    /// Log out: delete the stored tokens (your list is kept)
    Logout(args::LogoutArgs),
    /// View or edit the configuration
    #[command(subcommand, arg_required_else_help = false)]
    Config(args::ConfigCommand),
    /// Print a shell completion script
    Completions {
        /// Shell to print the script for
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
    /// Print or write the manual pages
    Man(args::ManArgs),
}

#[cfg(test)]
mod help_tests;
#[cfg(test)]
mod tests;
