//! A timer of the user's systemd.

use std::path::PathBuf;

use super::{
    Found, Way,
    machine::{Machine, delete, own_text, write},
    shown, would_write,
};
use crate::{
    exit::Exit,
    failure::Failure,
    schedule::{
        Job, found_in,
        systemd::{self, SERVICE, TIMER},
    },
};

fn paths(machine: &Machine<'_>) -> Result<[PathBuf; 2], Failure> {
    let folder = machine.units()?;
    Ok([SERVICE, TIMER].map(|name| folder.join(name)))
}

pub(super) fn install(machine: &Machine<'_>, job: &Job, way: Way) -> Result<Vec<String>, Failure> {
    let paths = paths(machine)?;
    let texts = [systemd::service(job), systemd::timer(job)];
    let before = [own_text(&paths[0])?, own_text(&paths[1])?];
    let steer: [&[&str]; 3] = [&["daemon-reload"], &["enable", TIMER], &["restart", TIMER]];
    let mut lines = Vec::new();
    if way == Way::Tell {
        lines.extend(paths.iter().zip(&texts).map(|(path, text)| would_write(&shown(path), text)));
        lines.extend(steer.map(|words| format!("would run systemctl --user {}", words.join(" "))));
        return Ok(lines);
    }
    for ((path, text), before) in paths.iter().zip(&texts).zip(&before) {
        if before.as_ref() == Some(text) {
            lines.push(format!("{} is as it should be", shown(path)));
        } else {
            write(path, text)?;
            lines.push(format!("wrote {}", shown(path)));
        }
    }
    for words in steer {
        machine.program(&[&["systemctl", "--user"], words].concat(), None).map_err(|why| {
            let what = format!("wrote {} and {TIMER}, but cannot start the timer: {why}", shown(&paths[0]));
            Failure::text(Exit::Failed, what).hint(format!(
                "log in as this user (not by su or sudo) and type: systemctl --user daemon-reload && systemctl --user enable --now {TIMER}; or: malsync schedule install --with cron"
            ))
        })?;
    }
    lines.push(format!("started {TIMER}: a sync every {}{}", job.every, told_next(next(machine))));
    lines.push(format!("to sync now: systemctl --user start {SERVICE}; what it says: journalctl --user -u {SERVICE}"));
    Ok(lines)
}

fn told_next(next: Option<String>) -> String {
    next.map(|next| format!(", the next on {next}")).unwrap_or_default()
}

/// When the timer starts the service next, in systemd's words.
fn next(machine: &Machine<'_>) -> Option<String> {
    let asked = ["systemctl", "--user", "show", TIMER, "--property=NextElapseUSecRealtime", "--value"];
    machine.program(&asked, None).ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

pub(super) fn look(machine: &Machine<'_>) -> Result<Option<Found>, Failure> {
    let paths = paths(machine)?;
    let [Ok(service), Ok(timer)] = [own_text(&paths[0]), own_text(&paths[1])] else { return Ok(None) };
    let Some(every) = timer.as_deref().or(service.as_deref()).and_then(found_in) else { return Ok(None) };
    let command = service.as_deref().unwrap_or_default().lines().find_map(|line| line.strip_prefix("ExecStart="));
    let active = match machine.program(&["systemctl", "--user", "is-active", TIMER], None) {
        Ok(_) => Some(true),
        // No word of its own: it was answered, and the answer is no.
        Err(why) => why.ends_with("it says nothing").then_some(false),
    };
    Ok(Some(Found {
        every,
        command: command.unwrap_or_default().to_owned(),
        program: command.and_then(systemd::program),
        places: paths.iter().map(|path| path.display().to_string()).collect(),
        active,
        next: active.and_then(|_| next(machine)),
    }))
}

/// A timer of the same name that `schedule install` did not write: somebody's own, or the package's where it is enabled.
pub(super) fn by_hand(machine: &Machine<'_>) -> Option<String> {
    let [_, timer] = paths(machine).ok()?;
    let enabled = enabled(machine).ok().filter(|link| link.symlink_metadata().is_ok());
    enabled.or_else(|| own_text(&timer).is_err().then_some(timer)).map(|path| shown(&path))
}

/// Where systemd has the link of a timer that is enabled.
fn enabled(machine: &Machine<'_>) -> Result<PathBuf, Failure> {
    Ok(machine.units()?.join("timers.target.wants").join(TIMER))
}

pub(super) fn remove(machine: &Machine<'_>, way: Way) -> Result<Vec<String>, Failure> {
    let paths = paths(machine)?;
    // A file of somebody else's is none of ours.
    let own: Vec<_> = paths.iter().filter(|path| matches!(own_text(path), Ok(Some(_)))).collect();
    if own.is_empty() {
        return Ok(Vec::new());
    }
    if way == Way::Tell {
        return Ok(own.iter().map(|path| format!("would delete {}", shown(path))).collect());
    }
    // Where systemd cannot be asked there is nothing that runs.
    let _ = machine.program(&["systemctl", "--user", "disable", "--now", TIMER], None);
    let _ = machine.program(&["systemctl", "--user", "clean", "--what=state", TIMER], None);
    let mut lines = Vec::new();
    for path in own {
        delete(path)?;
        lines.push(format!("deleted {}", shown(path)));
    }
    let link = enabled(machine)?;
    if link.is_symlink() {
        delete(&link)?;
    }
    let _ = machine.program(&["systemctl", "--user", "daemon-reload"], None);
    Ok(lines)
}
