//! Lines in the user's crontab, through the program `crontab` alone.

use super::{Execution, InstalledJob, dry_run_text, scheduler_host::SchedulerHost};
use crate::{
    exit::Exit,
    failure::Failure,
    schedule::{ScheduledJob, cron, parse_job_marker},
    ui::escape_controls,
};

/// The table as it is; an empty one where the user has none.
fn read_crontab(machine: &SchedulerHost<'_>) -> Result<String, Failure> {
    const DRY_RUN_HINT: &str = "malsync schedule install --dry-run --with cron shows the lines";
    if !machine.has_program("crontab") {
        return Err(
            Failure::from_text(Exit::Failed, "there is no program crontab on this machine").with_hint(DRY_RUN_HINT)
        );
    }
    match machine.run_program(&["crontab", "-l"], None) {
        Ok(table) => Ok(table),
        Err(why) if why.contains("no crontab") || why.contains("No such file") => Ok(String::new()),
        // Whoever wrote on now would write over what could not be read.
        Err(why) => {
            Err(Failure::from_text(Exit::Failed, format!("the crontab cannot be read: {why}")).with_hint(DRY_RUN_HINT))
        }
    }
}

fn write_crontab(machine: &SchedulerHost<'_>, table: &str) -> Result<(), Failure> {
    let written = if table.is_empty() {
        machine.run_program(&["crontab", "-r"], None)
    } else {
        machine.run_program(&["crontab", "-"], Some(table))
    };
    written.map(drop).map_err(|why| Failure::from_text(Exit::Failed, format!("the crontab cannot be written: {why}")))
}

pub(super) fn install_lines(
    machine: &SchedulerHost<'_>,
    job: &ScheduledJob,
    way: Execution,
) -> Result<Vec<String>, Failure> {
    if way == Execution::DryRun {
        return Ok(vec![dry_run_text("into the crontab", &cron::with_job(job, ""))]);
    }
    let before = read_crontab(machine)?;
    let after = cron::with_job(job, &before);
    let line = cron::split_own_lines(&after).1.unwrap_or_default();
    let line = line.lines().nth(1).unwrap_or_default().to_owned();
    let mut lines = Vec::new();
    if before == after {
        lines.push("the crontab is as it should be:".to_owned());
    } else {
        write_crontab(machine, &after)?;
        lines.push("wrote into the crontab:".to_owned());
    }
    lines.push(format!("    {}", escape_controls(&line)));
    let others = cron::foreign_jobs(&before);
    if !others.is_empty() {
        lines.push("these lines sync too, and are not of `malsync schedule`'s making: crontab -e".to_owned());
        lines.extend(others.iter().map(|other| format!("    {}", escape_controls(other))));
    }
    Ok(lines)
}

pub(super) fn find_lines(machine: &SchedulerHost<'_>) -> Result<Option<InstalledJob>, Failure> {
    if !machine.has_program("crontab") {
        return Ok(None);
    }
    let Some(own) = cron::split_own_lines(&read_crontab(machine)?).1 else { return Ok(None) };
    let Some(every) = parse_job_marker(&own) else { return Ok(None) };
    let command = own.lines().nth(1).unwrap_or_default().to_owned();
    let program = cron::parse_program(&command);
    Ok(Some(InstalledJob {
        every,
        command,
        program,
        locations: vec!["crontab".to_owned()],
        is_active: None,
        next_run: None,
    }))
}

/// Lines of the user's own that sync.
pub(super) fn foreign_lines(machine: &SchedulerHost<'_>) -> Vec<String> {
    if machine.has_program("crontab") {
        read_crontab(machine).map(|table| cron::foreign_jobs(&table)).unwrap_or_default()
    } else {
        Vec::new()
    }
}

pub(super) fn remove_lines(machine: &SchedulerHost<'_>, way: Execution) -> Result<Vec<String>, Failure> {
    if !machine.has_program("crontab") {
        return Ok(Vec::new());
    }
    let (rest, Some(own)) = cron::split_own_lines(&read_crontab(machine)?) else { return Ok(Vec::new()) };
    let line = escape_controls(own.lines().nth(1).unwrap_or_default()).into_owned();
    if way == Execution::DryRun {
        return Ok(vec![format!("would take out of the crontab:\n    {line}")]);
    }
    write_crontab(machine, &rest)?;
    Ok(vec![format!("took out of the crontab:\n    {line}")])
}
