//! Installs the job as a timer of the user's systemd.

use std::path::PathBuf;

use super::{
    crontab::with_cron_line,
    installed_job::{Execution, InstalledJob, dry_run_text},
    scheduler_host::{ProgramError, SchedulerHost, delete_file, read_own_file, write_file},
};
use crate::{
    exit::Exit,
    failure::Failure,
    schedule::{
        ScheduledJob, parse_job_marker,
        systemd::{self, SERVICE_UNIT, TIMER_UNIT},
    },
    ui::view::format_path,
};

fn unit_paths(host: &SchedulerHost<'_>) -> Result<[PathBuf; 2], Failure> {
    let directory = host.systemd_unit_directory()?;
    Ok([SERVICE_UNIT, TIMER_UNIT].map(|name| directory.join(name)))
}

pub(super) async fn install_units(
    host: &SchedulerHost<'_>,
    job: &ScheduledJob,
    cron_job: &ScheduledJob,
    execution: Execution,
) -> Result<Vec<String>, Failure> {
    let paths = unit_paths(host)?;
    let texts = [systemd::service_file(job), systemd::timer_file(job)];
    let existing = [read_own_file(&paths[0])?, read_own_file(&paths[1])?];
    let commands: [&[&str]; 3] = [&["daemon-reload"], &["enable", TIMER_UNIT], &["restart", TIMER_UNIT]];
    let mut lines = Vec::new();
    if execution == Execution::DryRun {
        lines.extend(paths.iter().zip(&texts).map(|(path, text)| dry_run_text(&format_path(path), text)));
        lines.extend(commands.map(|arguments| format!("Would run systemctl --user {}", arguments.join(" "))));
        return Ok(lines);
    }
    for ((path, text), existing) in paths.iter().zip(&texts).zip(&existing) {
        if existing.as_ref() == Some(text) {
            lines.push(format!("{} is up to date", format_path(path)));
        } else {
            write_file(path, text)?;
            lines.push(format!("Wrote {}", format_path(path)));
        }
    }
    for arguments in commands {
        host.run_program(&[&["systemctl", "--user"], arguments].concat(), None).await.map_err(|error| {
            let message =
                format!("wrote {} and {TIMER_UNIT}, but cannot start the timer: {error}", format_path(&paths[0]));
            let failure = Failure::from_text(Exit::Failed, message).with_hint(format!(
                "log in as this user (not with su or sudo) and run: systemctl --user daemon-reload && systemctl \
                    --user enable --now {TIMER_UNIT}"
            ));
            if host.has_program("crontab") {
                failure.with_hint("or use cron: malsync schedule install --with cron")
            } else {
                with_cron_line(failure, cron_job)
            }
        })?;
    }
    lines.push(format!("Started {TIMER_UNIT}: a sync every {}{}", job.interval, next_run_text(next_run(host).await)));
    lines.push(format!(
        "To sync now: systemctl --user start {SERVICE_UNIT}. To see its log: journalctl --user -u {SERVICE_UNIT}"
    ));
    Ok(lines)
}

fn next_run_text(next: Option<String>) -> String {
    next.map(|next| format!(", next run {next}")).unwrap_or_default()
}

/// Returns the time of the next run, as systemd formats it.
async fn next_run(host: &SchedulerHost<'_>) -> Option<String> {
    let command_line = ["systemctl", "--user", "show", TIMER_UNIT, "--property=NextElapseUSecRealtime", "--value"];
    host.run_program(&command_line, None).await.ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

pub(super) async fn find_units(host: &SchedulerHost<'_>) -> Result<Option<InstalledJob>, Failure> {
    let paths = unit_paths(host)?;
    let [Ok(service), Ok(timer)] = [read_own_file(&paths[0]), read_own_file(&paths[1])] else { return Ok(None) };
    let Some(interval) = timer.as_deref().or(service.as_deref()).and_then(parse_job_marker) else { return Ok(None) };
    let command = service.as_deref().unwrap_or_default().lines().find_map(|line| line.strip_prefix("ExecStart="));
    let is_active = match host.run_program(&["systemctl", "--user", "is-active", TIMER_UNIT], None).await {
        Ok(_) => Some(true),
        // `is-active` printed no error: systemd was reached, and the timer is inactive.
        Err(ProgramError::Failed { message: None, .. }) => Some(false),
        Err(_) => None,
    };
    Ok(Some(InstalledJob {
        interval,
        command: command.unwrap_or_default().to_owned(),
        program: command.and_then(systemd::parse_program),
        locations: paths.iter().map(|path| path.display().to_string()).collect(),
        is_active,
        next_run: if is_active.is_some() { next_run(host).await } else { None },
    }))
}

/// Returns the path of a timer of the same name that `schedule install` did not write: the user's own, or the one of
/// the system package if it is enabled.
pub(super) fn foreign_timer(host: &SchedulerHost<'_>) -> Option<String> {
    let [_, timer] = unit_paths(host).ok()?;
    let link = enabled_link(host).ok().filter(|link| link.symlink_metadata().is_ok());
    link.or_else(|| read_own_file(&timer).is_err().then_some(timer)).map(|path| format_path(&path))
}

/// Returns the path of the link that an enabled timer has.
fn enabled_link(host: &SchedulerHost<'_>) -> Result<PathBuf, Failure> {
    Ok(host.systemd_unit_directory()?.join("timers.target.wants").join(TIMER_UNIT))
}

pub(super) async fn remove_units(host: &SchedulerHost<'_>, execution: Execution) -> Result<Vec<String>, Failure> {
    let paths = unit_paths(host)?;
    // Files not written by malsync are left alone.
    let own_paths: Vec<_> = paths.iter().filter(|path| matches!(read_own_file(path), Ok(Some(_)))).collect();
    if own_paths.is_empty() {
        return Ok(Vec::new());
    }
    if execution == Execution::DryRun {
        return Ok(own_paths.iter().map(|path| format!("Would delete {}", format_path(path))).collect());
    }
    // Ignore errors: if systemd cannot be reached, nothing is running.
    let _ = host.run_program(&["systemctl", "--user", "disable", "--now", TIMER_UNIT], None).await;
    let _ = host.run_program(&["systemctl", "--user", "clean", "--what=state", TIMER_UNIT], None).await;
    let mut lines = Vec::new();
    for path in own_paths {
        delete_file(path)?;
        lines.push(format!("Deleted {}", format_path(path)));
    }
    let link = enabled_link(host)?;
    if link.is_symlink() {
        delete_file(&link)?;
    }
    let _ = host.run_program(&["systemctl", "--user", "daemon-reload"], None).await;
    Ok(lines)
}
