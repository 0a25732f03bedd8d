//! Arguments of the commands. Those of commands on many entries are in `entries`, `edits` and `files`, those that many
//! commands take in `common_args`.

use std::{path::PathBuf, time::Duration};

use clap::{ArgGroup, Args, Subcommand, ValueHint};

use super::value;
pub use super::{
    common_args::{JsonArgs, UserAndJsonArgs, UserArgs},
    edits::{BulkArgs, ChangesArgs, EditArgs, PinArgs, RestoreArgs, UndoArgs, UnpinArgs},
    entries::{FilterArgs, ListArgs, OpenArgs, ReportArgs, ShowArgs, StatsArgs},
    two_way::{ConfirmedChangeArgs, DiffArgs, EntrySelectionArgs, PushArgs},
};
use crate::domain::user::UserRef;

/// `login`
#[derive(Args, Clone, Debug)]
#[command(group(ArgGroup::new("by_hand").args(["no_browser", "paste"]).multiple(true)))]
pub struct LoginArgs {
    /// Store the login under this user (default: your MAL username)
    #[arg(short, long, value_name = "NAME", value_hint = ValueHint::Other)]
    pub user: Option<UserRef>,
    /// Store this e-mail address with the user
    #[arg(long, value_name = "ADDR", value_parser = value::parse_non_empty)]
    pub email: Option<String>,
    /// Print the login URL on standard output instead of opening a browser
    #[arg(long)]
    pub no_browser: bool,
    /// Print the login URL, then read the URL that you are redirected to from standard input
    #[arg(long)]
    pub paste: bool,
    /// Also show the URL as a QR code
    #[arg(long, requires = "by_hand")]
    pub qr: bool,
    /// Read tokens from standard input (from `malsync token export`)
    #[arg(long, conflicts_with_all = ["no_browser", "paste", "qr"])]
    pub with_token: bool,
    /// How long to wait for the login to finish, e.g. 90s, 5m or 1h30m
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = value::parse_duration)]
    pub timeout: Duration,
    /// Replace a login that belongs to another MAL account
    #[arg(long)]
    pub force: bool,
    /// Print the login as one JSON object
    #[arg(long)]
    pub json: bool,
}

impl LoginArgs {
    /// Returns a login with default flags for `user`.
    #[must_use]
    pub const fn for_user(user: Option<UserRef>) -> Self {
        Self {
            user,
            email: None,
            no_browser: false,
            paste: false,
            qr: false,
            with_token: false,
            timeout: Duration::from_secs(300),
            force: false,
            json: false,
        }
    }
}

/// `logout`
#[derive(Args, Clone, Debug)]
pub struct LogoutArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Log out all users
    #[arg(long, conflicts_with = "name")]
    pub all: bool,
}

/// `token`
#[derive(Clone, Debug, Subcommand)]
pub enum TokenCommand {
    /// Show whether tokens exist, where they are stored, and when they expire
    Status(UserAndJsonArgs),
    /// Refresh the tokens now
    Refresh(UserAndJsonArgs),
    /// Print the login including its unencrypted tokens
    ///
    /// Prints one JSON object for `malsync login --with-token` on another machine. Treat the output like a password. As soon as
    /// one machine refreshes the tokens, the other's copy stops working. Log out on the machine you no longer use.
    Export(TokenExportArgs),
}

/// `token export`
#[derive(Args, Clone, Debug)]
pub struct TokenExportArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Print even if standard output is a terminal
    #[arg(long)]
    pub show: bool,
}

/// `sync`
#[derive(Args, Clone, Debug)]
pub struct SyncArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Sync all logged-in users
    #[arg(long, conflicts_with = "name")]
    pub all_users: bool,
    /// Do a full sync even if the last one was recent [env: SYNC_MIN_INTERVAL, SYNC_FULL_EVERY]
    #[arg(long, alias = "full")]
    pub force_full: bool,
    /// First send local edits to MAL, like `malsync push --yes`
    #[arg(long)]
    pub push: bool,
    /// Maximum number of entries to send
    #[arg(long, value_name = "N", default_value_t = value::DEFAULT_MAX_PUSHED, requires = "push", value_parser = value::parse_positive_count)]
    pub max: u32,
    /// Keep running and sync at this interval (at least 10m, e.g. 6h)
    #[arg(long, value_name = "DURATION", value_parser = value::parse_sync_interval)]
    pub every: Option<Duration>,
    /// Show what would change, but write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Do a full sync and delete entries that are no longer on MAL
    #[arg(long)]
    pub prune: bool,
    /// Proceed even if the list is empty or shrank by more than 20 % (and more than 10 entries)
    #[arg(long)]
    pub allow_shrink: bool,
    /// Print the result as JSON, one object per user
    #[arg(long)]
    pub json: bool,
    /// Report a recurring failure only once (for cron mail)
    #[arg(long, conflicts_with = "dry_run")]
    pub tell_once: bool,
}

/// `status`
#[derive(Args, Clone, Debug)]
pub struct StatusArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Show this sync instead (number from `malsync runs`, or last)
    #[arg(long, value_name = "ID")]
    pub run: Option<value::RunArg>,
    /// Exit with status 9 if the last complete sync is older than this, e.g. 26h
    #[arg(long, value_name = "DURATION", value_parser = value::parse_duration, conflicts_with = "run")]
    pub max_age: Option<Duration>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `runs`
#[derive(Args, Clone, Debug)]
pub struct RunsArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Show at most N syncs (default: all)
    #[arg(short = 'n', long, value_name = "N", value_parser = value::parse_limit)]
    pub limit: Option<u32>,
    /// Print one JSON object per sync
    #[arg(long)]
    pub json: bool,
}

/// `config`
#[derive(Clone, Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show all settings with their values and sources (secrets are masked)
    Show(JsonArgs),
    /// Edit the configuration file in $VISUAL or $EDITOR and validate it; creates the file if needed
    Edit,
    /// Print the path of the configuration file
    Path,
    /// Print the value of a setting (secrets are masked)
    Get(ConfigGetArgs),
    /// Change a setting in the configuration file; comments are kept
    Set(ConfigSetArgs),
    /// Remove a setting from the configuration file, so that its default is used
    Unset(ConfigGetArgs),
    /// Validate the configuration
    Check(JsonArgs),
    /// Create a commented sample configuration file (never overwrites)
    Init,
}

/// `config get`, `config unset`
#[derive(Args, Clone, Debug)]
pub struct ConfigGetArgs {
    /// Name of the setting, like mal_page_size or MAL_PAGE_SIZE
    #[arg(value_name = "KEY", value_hint = ValueHint::Other)]
    pub key: String,
}

/// `config set`
#[derive(Args, Clone, Debug)]
pub struct ConfigSetArgs {
    /// Name of the setting, like mal_page_size or MAL_PAGE_SIZE
    #[arg(value_name = "KEY", value_hint = ValueHint::Other)]
    pub key: String,
    /// New value; - reads it from standard input, which keeps a secret out of the shell's history
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    pub value: String,
}

/// `man`
#[derive(Args, Clone, Debug)]
pub struct ManArgs {
    /// Write one page per command into this directory (default: print malsync.1)
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out_dir: Option<PathBuf>,
}
