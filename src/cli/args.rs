//! Arguments of the commands. Those of commands on many entries are in `entries`, `edits` and `files`, those that many
//! commands take in `common_args`.

use std::{path::PathBuf, time::Duration};

use clap::{ArgGroup, Args, Subcommand, ValueHint};

use super::value;
pub use super::{
    common_args::{JsonArgs, UserAndJsonArgs, UserArgs},
    edits::{BulkArgs, ChangesArgs, EditArgs, PinArgs, RestoreArgs, UnpinArgs},
    entries::{FilterArgs, ListArgs, ReportArgs, ShowArgs, StatsArgs},
    two_way::{ConfirmedChangeArgs, DiffArgs, EntrySelectionArgs, PushArgs},
};
use crate::domain::user::UserRef;

/// `login`
#[derive(Args, Clone, Debug)]
#[command(group(ArgGroup::new("by_hand").args(["no_browser", "paste"]).multiple(true)))]
pub struct LoginArgs {
    /// Log in to this row of the users table: a name, or id:N (default: the row of the MAL name, made when missing)
    #[arg(long, value_name = "NAME", value_hint = ValueHint::Other)]
    pub user: Option<UserRef>,
    /// Note this e-mail address in the row (MAL gives none)
    #[arg(long, value_name = "ADDR", value_parser = value::parse_non_empty)]
    pub email: Option<String>,
    /// Print the authorize URL on standard output, and open no browser
    #[arg(long)]
    pub no_browser: bool,
    /// Print the URL, then read the redirected URL from standard input, without browser and listener
    #[arg(long)]
    pub paste: bool,
    /// Show the URL as a QR code on standard error too
    #[arg(long, requires = "by_hand")]
    pub qr: bool,
    /// Read a login that `malsync token export` printed on another machine from standard input
    #[arg(long, conflicts_with_all = ["no_browser", "paste", "qr"])]
    pub with_token: bool,
    /// Wait this long for the browser to come back, like 90s, 5m or 1h30m
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = value::parse_duration)]
    pub timeout: Duration,
    /// Take the row over even if it belongs to another MAL account
    #[arg(long)]
    pub force: bool,
    /// Print the login as one line of JSON
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
    /// Log every user out
    #[arg(long, conflicts_with = "name")]
    pub all: bool,
}

/// `token`
#[derive(Clone, Debug, Subcommand)]
pub enum TokenCommand {
    /// Show whether there are tokens, where they rest, and when they end
    Status(UserAndJsonArgs),
    /// Get a new pair of tokens from MAL now (needs MAL_CLIENT_ID)
    Refresh(UserAndJsonArgs),
    /// Print the login, tokens in the clear, for `malsync login --with-token` on another machine
    ///
    /// One line of JSON, which is as good as a password. Once one of the two machines renews the tokens, the other one's copy is
    /// worth nothing: log out where the login is no longer used.
    Export(TokenExportArgs),
}

/// `token export`
#[derive(Args, Clone, Debug)]
pub struct TokenExportArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Print it even onto a terminal, where others may see it
    #[arg(long)]
    pub show: bool,
}

/// `sync`
#[derive(Args, Clone, Debug)]
pub struct SyncArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Sync every user who has a login, by name
    #[arg(long, conflicts_with = "name")]
    pub all_users: bool,
    /// Read the whole list, however recent the last sync is (variables: SYNC_MIN_INTERVAL, default 1m, and SYNC_FULL_EVERY,
    /// default 1d)
    #[arg(long)]
    pub force_full: bool,
    /// Send what was edited here to MAL first, as `malsync push --yes` does
    #[arg(long)]
    pub push: bool,
    /// Refuse to send more than so many entries
    #[arg(long, value_name = "N", default_value_t = value::DEFAULT_MAX_PUSHED, requires = "push", value_parser = value::parse_positive_count)]
    pub max: u32,
    /// Stay, and sync again at this interval (10m or more, like 6h) until a signal comes
    #[arg(long, value_name = "DURATION", value_parser = value::parse_sync_interval)]
    pub every: Option<Duration>,
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
    /// Say nothing of a failure that was told before and goes on: for cron, which mails what is printed
    #[arg(long, conflicts_with = "dry_run")]
    pub tell_once: bool,
}

/// `status`
#[derive(Args, Clone, Debug)]
pub struct StatusArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Show this run instead, by its id
    #[arg(long, value_name = "ID", value_parser = value::parse_row_id)]
    pub run: Option<i64>,
    /// Exit with 9 if the last complete sync is older than this, like 26h (default: no limit)
    #[arg(long, value_name = "DURATION", value_parser = value::parse_duration, conflicts_with = "run")]
    pub max_age: Option<Duration>,
    /// Print one line of JSON
    #[arg(long)]
    pub json: bool,
}

/// `runs`
#[derive(Args, Clone, Debug)]
pub struct RunsArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Show the newest N runs (default: all)
    #[arg(long, value_name = "N", value_parser = value::parse_limit)]
    pub limit: Option<u32>,
    /// Print one line of JSON a run
    #[arg(long)]
    pub json: bool,
}

/// `config`
#[derive(Clone, Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show every setting with its value and where it came from, secrets masked
    Show(JsonArgs),
    /// Change the configuration file in $VISUAL or $EDITOR, and check it; one is made where there is none
    Edit,
    /// Print where the configuration file is
    Path,
    /// Say what is wrong with the configuration
    Check(JsonArgs),
    /// Make a configuration file with every setting commented out; one that is there stays
    Init,
}

/// `man`
#[derive(Args, Clone, Debug)]
pub struct ManArgs {
    /// Write one page a command into this folder (default: print malsync.1)
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out_dir: Option<PathBuf>,
}
