//! What every scheduler has in common: an installed job, dry runs, and the texts of changed files.

use crate::{schedule::ScheduleInterval, ui::escape_controls};

/// A job of malsync, as installed in a scheduler.
pub(crate) struct InstalledJob {
    pub(crate) interval: ScheduleInterval,
    pub(crate) command: String,
    /// The program that the command starts.
    pub(crate) program: Option<String>,
    /// Files that hold the job, or `crontab`.
    pub(crate) locations: Vec<String>,
    /// True if the job is going to be started; `None` if the scheduler cannot be asked.
    pub(crate) is_active: Option<bool>,
    /// Time of the next run, as the scheduler formats it.
    pub(crate) next_run: Option<String>,
}

/// Whether changes are applied or only printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Execution {
    Apply,
    DryRun,
}

/// Returns the dry-run text for a file: its name and its indented content.
pub(super) fn dry_run_text(target: &str, text: &str) -> String {
    format!("Would write {target}:\n\n{}", indent_lines(text))
}

fn indent_lines(text: &str) -> String {
    text.lines()
        .map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {}\n", escape_controls(line)) })
        .collect()
}
