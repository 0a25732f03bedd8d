//! A timer of the user's systemd.

use std::path::PathBuf;

use super::{
    Execution, InstalledJob, display_path, dry_run_text,
    scheduler_host::{SchedulerHost, delete_file, read_own_file, write_file},
};
use crate::{
    exit::Exit,
    failure::Failure,
    schedule::{
        ScheduledJob, parse_job_marker,
        systemd::{self, SERVICE_UNIT, TIMER_UNIT},
    },
};

fn unit_paths(machine: &SchedulerHost<'_>) -> Result<[PathBuf; 2], Failure> {
    let folder = machine.systemd_unit_directory()?;
    Ok([SERVICE_UNIT, TIMER_UNIT].map(|name| folder.join(name)))
}

pub(super) fn install_units(
    machine: &SchedulerHost<'_>,
    job: &ScheduledJob,
    way: Execution,
) -> Result<Vec<String>, Failure> {
    let paths = unit_paths(machine)?;
    let texts = [systemd::service_file(job), systemd::timer_file(job)];
    let before = [read_own_file(&paths[0])?, read_own_file(&paths[1])?];
    let steer: [&[&str]; 3] = [&["daemon-reload"], &["enable", TIMER_UNIT], &["restart", TIMER_UNIT]];
    let mut lines = Vec::new();
    if way == Execution::DryRun {
        lines.extend(paths.iter().zip(&texts).map(|(path, text)| dry_run_text(&display_path(path), text)));
        lines.extend(steer.map(|words| format!("would run systemctl --user {}", words.join(" "))));
        return Ok(lines);
    }
    for ((path, text), before) in paths.iter().zip(&texts).zip(&before) {
        if before.as_ref() == Some(text) {
            lines.push(format!("{} is as it should be", display_path(path)));
        } else {
            write_file(path, text)?;
            lines.push(format!("wrote {}", display_path(path)));
        }
    }
    for words in steer {
        machine.run_program(&[&["systemctl", "--user"], words].concat(), None).map_err(|why| {
            let what = format!("wrote {} and {TIMER_UNIT}, but cannot start the timer: {why}", display_path(&paths[0]));
            Failure::from_text(Exit::Failed, what).with_hint(format!(
                "log in as this user (not by su or sudo) and type: systemctl --user daemon-reload && systemctl --user enable --now {TIMER_UNIT}; or: malsync schedule install --with cron"
            ))
        })?;
    }
    lines.push(format!("started {TIMER_UNIT}: a sync every {}{}", job.interval, next_run_text(next_run(machine))));
    lines.push(format!(
        "to sync now: systemctl --user start {SERVICE_UNIT}; what it says: journalctl --user -u {SERVICE_UNIT}"
    ));
    Ok(lines)
}

fn next_run_text(next: Option<String>) -> String {
    next.map(|next| format!(", the next on {next}")).unwrap_or_default()
}

/// When the timer starts the service next, in systemd's words.
fn next_run(machine: &SchedulerHost<'_>) -> Option<String> {
    let asked = ["systemctl", "--user", "show", TIMER_UNIT, "--property=NextElapseUSecRealtime", "--value"];
    machine.run_program(&asked, None).ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

pub(super) fn find_units(machine: &SchedulerHost<'_>) -> Result<Option<InstalledJob>, Failure> {
    let paths = unit_paths(machine)?;
    let [Ok(service), Ok(timer)] = [read_own_file(&paths[0]), read_own_file(&paths[1])] else { return Ok(None) };
    let Some(every) = timer.as_deref().or(service.as_deref()).and_then(parse_job_marker) else { return Ok(None) };
    let command = service.as_deref().unwrap_or_default().lines().find_map(|line| line.strip_prefix("ExecStart="));
    let active = match machine.run_program(&["systemctl", "--user", "is-active", TIMER_UNIT], None) {
        Ok(_) => Some(true),
        // No word of its own: it was answered, and the answer is no.
        Err(why) => why.ends_with("it says nothing").then_some(false),
    };
    Ok(Some(InstalledJob {
        every,
        command: command.unwrap_or_default().to_owned(),
        program: command.and_then(systemd::parse_program),
        locations: paths.iter().map(|path| path.display().to_string()).collect(),
        is_active: active,
        next_run: active.and_then(|_| next_run(machine)),
    }))
}

/// A timer of the same name that `schedule install` did not write: somebody's own, or the package's where it is enabled.
pub(super) fn foreign_timer(machine: &SchedulerHost<'_>) -> Option<String> {
    let [_, timer] = unit_paths(machine).ok()?;
    let enabled = enabled_link(machine).ok().filter(|link| link.symlink_metadata().is_ok());
    enabled.or_else(|| read_own_file(&timer).is_err().then_some(timer)).map(|path| display_path(&path))
}

/// Where systemd has the link of a timer that is enabled.
fn enabled_link(machine: &SchedulerHost<'_>) -> Result<PathBuf, Failure> {
    Ok(machine.systemd_unit_directory()?.join("timers.target.wants").join(TIMER_UNIT))
}

pub(super) fn remove_units(machine: &SchedulerHost<'_>, way: Execution) -> Result<Vec<String>, Failure> {
    let paths = unit_paths(machine)?;
    // A file of somebody else's is none of ours.
    let own: Vec<_> = paths.iter().filter(|path| matches!(read_own_file(path), Ok(Some(_)))).collect();
    if own.is_empty() {
        return Ok(Vec::new());
    }
    if way == Execution::DryRun {
        return Ok(own.iter().map(|path| format!("would delete {}", display_path(path))).collect());
    }
    // Where systemd cannot be asked there is nothing that runs.
    let _ = machine.run_program(&["systemctl", "--user", "disable", "--now", TIMER_UNIT], None);
    let _ = machine.run_program(&["systemctl", "--user", "clean", "--what=state", TIMER_UNIT], None);
    let mut lines = Vec::new();
    for path in own {
        delete_file(path)?;
        lines.push(format!("deleted {}", display_path(path)));
    }
    let link = enabled_link(machine)?;
    if link.is_symlink() {
        delete_file(&link)?;
    }
    let _ = machine.run_program(&["systemctl", "--user", "daemon-reload"], None);
    Ok(lines)
}
