//! Lines in the user's crontab, through the program `crontab` alone.

use super::{Found, Way, machine::Machine, would_write};
use crate::{
    exit::Exit,
    failure::Failure,
    schedule::{Job, cron, found_in},
    ui::clean,
};

/// The table as it is; an empty one where the user has none.
fn table(machine: &Machine<'_>) -> Result<String, Failure> {
    const LINES: &str = "malsync schedule install --dry-run --with cron shows the lines";
    if !machine.has("crontab") {
        return Err(Failure::text(Exit::Failed, "there is no program crontab on this machine").hint(LINES));
    }
    match machine.program(&["crontab", "-l"], None) {
        Ok(table) => Ok(table),
        Err(why) if why.contains("no crontab") || why.contains("No such file") => Ok(String::new()),
        // Whoever wrote on now would write over what could not be read.
        Err(why) => Err(Failure::text(Exit::Failed, format!("the crontab cannot be read: {why}")).hint(LINES)),
    }
}

fn write(machine: &Machine<'_>, table: &str) -> Result<(), Failure> {
    let written = if table.is_empty() {
        machine.program(&["crontab", "-r"], None)
    } else {
        machine.program(&["crontab", "-"], Some(table))
    };
    written.map(drop).map_err(|why| Failure::text(Exit::Failed, format!("the crontab cannot be written: {why}")))
}

pub(super) fn install(machine: &Machine<'_>, job: &Job, way: Way) -> Result<Vec<String>, Failure> {
    if way == Way::Tell {
        return Ok(vec![would_write("into the crontab", &cron::with(job, ""))]);
    }
    let before = table(machine)?;
    let after = cron::with(job, &before);
    let line = cron::split(&after).1.unwrap_or_default();
    let line = line.lines().nth(1).unwrap_or_default().to_owned();
    let mut lines = Vec::new();
    if before == after {
        lines.push("the crontab is as it should be:".to_owned());
    } else {
        write(machine, &after)?;
        lines.push("wrote into the crontab:".to_owned());
    }
    lines.push(format!("    {}", clean(&line)));
    let others = cron::others(&before);
    if !others.is_empty() {
        lines.push("these lines sync too, and are not of `malsync schedule`'s making: crontab -e".to_owned());
        lines.extend(others.iter().map(|other| format!("    {}", clean(other))));
    }
    Ok(lines)
}

pub(super) fn look(machine: &Machine<'_>) -> Result<Option<Found>, Failure> {
    if !machine.has("crontab") {
        return Ok(None);
    }
    let Some(own) = cron::split(&table(machine)?).1 else { return Ok(None) };
    let Some(every) = found_in(&own) else { return Ok(None) };
    let command = own.lines().nth(1).unwrap_or_default().to_owned();
    let program = cron::program(&command);
    Ok(Some(Found { every, command, program, places: vec!["crontab".to_owned()], active: None, next: None }))
}

/// Lines of the user's own that sync.
pub(super) fn by_hand(machine: &Machine<'_>) -> Vec<String> {
    if machine.has("crontab") {
        table(machine).map(|table| cron::others(&table)).unwrap_or_default()
    } else {
        Vec::new()
    }
}

pub(super) fn remove(machine: &Machine<'_>, way: Way) -> Result<Vec<String>, Failure> {
    if !machine.has("crontab") {
        return Ok(Vec::new());
    }
    let (rest, Some(own)) = cron::split(&table(machine)?) else { return Ok(Vec::new()) };
    let line = clean(own.lines().nth(1).unwrap_or_default()).into_owned();
    if way == Way::Tell {
        return Ok(vec![format!("would take out of the crontab:\n    {line}")]);
    }
    write(machine, &rest)?;
    Ok(vec![format!("took out of the crontab:\n    {line}")])
}
