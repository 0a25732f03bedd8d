//! Arguments of `schedule`.

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use super::common_args::JsonArgs;
use crate::{domain::user::UserRef, schedule::ScheduleInterval};

/// `schedule`
#[derive(Clone, Debug, Subcommand)]
pub enum ScheduleCommand {
    /// Install automatic syncs with a systemd timer, cron, launchd or the Windows Task Scheduler
    ///
    /// The schedule runs `malsync sync --all-users --quiet`, or --user NAME. It reads its settings from config.toml, not from the
    /// environment of this shell. Running it again replaces the previous schedule.
    Install(ScheduleInstallArgs),
    /// Show the schedule and the next run
    Status(JsonArgs),
    /// Remove the schedule
    #[command(alias = "uninstall")]
    Remove(ScheduleRemoveArgs),
}

/// `schedule install`
#[derive(Args, Clone, Debug)]
pub struct ScheduleInstallArgs {
    /// Sync only this user, by name or id:N (default: all logged-in users)
    #[arg(short, long, value_name = "NAME", value_hint = ValueHint::Other)]
    pub user: Option<UserRef>,
    /// How often: 5m, 10m, 15m, 20m, 30m, 1h, 2h, 3h, 4h, 6h, 8h, 12h or 1d
    #[arg(long, value_name = "DURATION", default_value = "1d", value_parser = ScheduleInterval::parse)]
    pub every: ScheduleInterval,
    /// Scheduler to use (default: launchd on macOS, task-scheduler on Windows, otherwise systemd if available, or cron)
    #[arg(long, value_name = "WHICH", value_enum)]
    pub with: Option<Scheduler>,
    /// Send local edits to MAL before each sync
    #[arg(long)]
    pub push: bool,
    /// Show what would be written, but write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// `schedule remove`
#[derive(Args, Clone, Debug)]
pub struct ScheduleRemoveArgs {
    /// Show what would be removed, but remove nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Job scheduler of the operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub enum Scheduler {
    /// A timer in the user's systemd
    Systemd,
    /// A line in the user's crontab
    Cron,
    /// A launchd agent of the user
    Launchd,
    /// A task in the Windows Task Scheduler
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
