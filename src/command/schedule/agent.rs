//! An agent of the user's launchd.

use std::path::PathBuf;

use super::{
    Found, Way,
    machine::{Machine, delete, own_text, write},
    shown, would_write,
};
use crate::{
    exit::Exit,
    failure::Failure,
    schedule::{Job, found_in, launchd},
};

fn path(machine: &Machine<'_>) -> Result<PathBuf, Failure> {
    Ok(machine.home()?.join("Library/LaunchAgents").join(format!("{}.plist", launchd::LABEL)))
}

/// The user's part of launchd.
fn domain(machine: &Machine<'_>) -> Result<String, String> {
    machine.program(&["id", "-u"], None).map(|id| format!("gui/{}", id.trim()))
}

pub(super) fn install(machine: &Machine<'_>, job: &Job, way: Way) -> Result<Vec<String>, Failure> {
    let path = path(machine)?;
    let text = launchd::list(job, &machine.home()?.display().to_string());
    let before = own_text(&path)?;
    if way == Way::Tell {
        return Ok(vec![would_write(&shown(&path), &text)]);
    }
    let wrote = if before.as_ref() == Some(&text) {
        format!("{} is as it should be", shown(&path))
    } else {
        write(&path, &text)?;
        format!("wrote {}", shown(&path))
    };
    let file = path.display().to_string();
    let started = domain(machine).and_then(|domain| {
        // One that is there already is loaded anew.
        let _ = machine.program(&["launchctl", "bootout", &format!("{domain}/{}", launchd::LABEL)], None);
        machine.program(&["launchctl", "bootstrap", &domain, &file], None)
    });
    started.map_err(|why| {
        Failure::text(Exit::Failed, format!("wrote {}, but cannot start it: {why}", shown(&path)))
            .hint("it starts at the next login")
    })?;
    Ok(vec![wrote, format!("started {}: a sync every {}", launchd::LABEL, job.every)])
}

pub(super) fn look(machine: &Machine<'_>) -> Result<Option<Found>, Failure> {
    let path = path(machine)?;
    let Ok(Some(text)) = own_text(&path) else { return Ok(None) };
    let Some(every) = found_in(&text) else { return Ok(None) };
    let words =
        text.split_once("<array>").and_then(|(_, rest)| rest.split_once("</array>")).map_or("", |(words, _)| words);
    let words: Vec<_> =
        words.lines().filter_map(|line| line.trim().strip_prefix("<string>")?.strip_suffix("</string>")).collect();
    let words: Vec<_> = words.into_iter().map(|word| html_escape::decode_html_entities(word).into_owned()).collect();
    let (program, command) = (words.first().cloned(), words.join(" "));
    let active = domain(machine)
        .ok()
        .map(|domain| machine.program(&["launchctl", "print", &format!("{domain}/{}", launchd::LABEL)], None).is_ok());
    Ok(Some(Found { every, command, program, places: vec![path.display().to_string()], active, next: None }))
}

pub(super) fn remove(machine: &Machine<'_>, way: Way) -> Result<Vec<String>, Failure> {
    let path = path(machine)?;
    let Ok(Some(_)) = own_text(&path) else { return Ok(Vec::new()) };
    if way == Way::Tell {
        return Ok(vec![format!("would delete {}", shown(&path))]);
    }
    if let Ok(domain) = domain(machine) {
        let _ = machine.program(&["launchctl", "bootout", &format!("{domain}/{}", launchd::LABEL)], None);
    }
    delete(&path)?;
    Ok(vec![format!("deleted {}", shown(&path))])
}
