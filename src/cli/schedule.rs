//! Arguments of `schedule`.

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use super::common_args::JsonArgs;
use crate::{domain::user::UserRef, schedule::ScheduleInterval};

/// `schedule`
#[derive(Clone, Debug, Subcommand)]
pub enum ScheduleCommand {
    /// Let a sync happen by itself: a timer of systemd, a line for cron, a job of launchd, a task of Windows
    ///
    /// What runs is `malsync sync --all-users --quiet`, or --user NAME. It sees config.toml and nothing of this shell's
    /// environment. Typed again, it replaces what it wrote before.
    Install(ScheduleInstallArgs),
    /// Show what was installed, and when it runs next
    Status(JsonArgs),
    /// Take away what `schedule install` wrote, and nothing else
    Remove(ScheduleRemoveArgs),
}

/// `schedule install`
#[derive(Args, Clone, Debug)]
pub struct ScheduleInstallArgs {
    /// Sync this user alone: a name in the users table, or id:N for the row's id (default: all who are logged in)
    #[arg(long, value_name = "NAME", value_hint = ValueHint::Other)]
    pub user: Option<UserRef>,
    /// How often: 5m, 10m, 15m, 20m, 30m, 1h, 2h, 3h, 4h, 6h, 8h, 12h or 1d
    #[arg(long, value_name = "DURATION", default_value = "1d", value_parser = ScheduleInterval::parse)]
    pub every: ScheduleInterval,
    /// Use this (default: launchd on macOS, task-scheduler on Windows; elsewhere systemd where the machine runs it, else cron)
    #[arg(long, value_name = "WHICH", value_enum)]
    pub with: Option<Scheduler>,
    /// Let each sync send first what was edited here
    #[arg(long)]
    pub push: bool,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `schedule remove`
#[derive(Args, Clone, Debug)]
pub struct ScheduleRemoveArgs {
    /// Show what would be taken away, and leave it
    #[arg(long)]
    pub dry_run: bool,
}

/// Job scheduler of the operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub enum Scheduler {
    /// A timer of the user's systemd
    Systemd,
    /// A line in the user's crontab
    Cron,
    /// An agent of the user's launchd
    Launchd,
    /// A task of Windows' Task Scheduler
    #[value(name = "task-scheduler")]
    TaskScheduler,
}

impl Scheduler {
    /// All schedulers that this platform may have, the preferred ones first.
    pub const ON_THIS_PLATFORM: &[Self] =
        if cfg!(windows) { &[Self::TaskScheduler] } else { &[Self::Systemd, Self::Launchd, Self::Cron] };

    /// Returns the name as typed on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Systemd => "systemd",
            Self::Cron => "cron",
            Self::Launchd => "launchd",
            Self::TaskScheduler => "task-scheduler",
        }
    }
}
