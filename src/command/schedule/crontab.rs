//! Installs the job as lines in the user's crontab, using only the program `crontab`.

use super::{
    installed_job::{Execution, InstalledJob, dry_run_text},
    scheduler_host::{ProgramError, SchedulerHost},
};
use crate::{
    exit::Exit,
    failure::Failure,
    schedule::{ScheduledJob, cron, parse_job_marker},
    ui::escape_controls,
};

/// Adds the job's crontab line to the failure, for a user who installs it by hand.
pub(super) fn with_cron_line(failure: Failure, cron_job: &ScheduledJob) -> Failure {
    failure
        .with_hint("or add this line, in the form of a crontab, to whatever runs jobs here:")
        .with_script(cron::job_line(cron_job))
}

/// Returns the crontab. Returns an empty text if the user has none.
async fn read_crontab(host: &SchedulerHost<'_>) -> Result<String, Failure> {
    if !host.has_program("crontab") {
        return Err(Failure::from_text(Exit::Failed, "no crontab program on this machine")
            .with_hint("install cron and run: malsync schedule install --with cron"));
    }
    match host.run_program(&["crontab", "-l"], None).await {
        Ok(table) => Ok(table),
        Err(ProgramError::Failed { message: Some(message), .. })
            if message.contains("no crontab") || message.contains("No such file") =>
        {
            Ok(String::new())
        }
        // Fail, because writing now would overwrite what could not be read.
        Err(error) => Err(Failure::from_text(Exit::Failed, format!("cannot read the crontab: {error}"))
            .with_hint("see whether you may use cron: crontab -l")),
    }
}

async fn write_crontab(host: &SchedulerHost<'_>, table: &str) -> Result<(), Failure> {
    let result = if table.is_empty() {
        host.run_program(&["crontab", "-r"], None).await
    } else {
        host.run_program(&["crontab", "-"], Some(table)).await
    };
    result.map(drop).map_err(|error| Failure::from_text(Exit::Failed, format!("cannot write the crontab: {error}")))
}

pub(super) async fn install_lines(
    host: &SchedulerHost<'_>,
    job: &ScheduledJob,
    execution: Execution,
) -> Result<Vec<String>, Failure> {
    if execution == Execution::DryRun {
        return Ok(vec![dry_run_text("to the crontab", &cron::with_job(job, ""))]);
    }
    let before = read_crontab(host).await.map_err(|failure| with_cron_line(failure, job))?;
    let after = cron::with_job(job, &before);
    let line = cron::split_own_lines(&after).1.unwrap_or_default();
    // The first line is the job's marker, the second its command.
    let line = line.lines().nth(1).unwrap_or_default().to_owned();
    let mut lines = Vec::new();
    if before == after {
        lines.push("The crontab is up to date:".to_owned());
    } else {
        write_crontab(host, &after).await?;
        lines.push("Added to the crontab:".to_owned());
    }
    lines.push(format!("    {}", escape_controls(&line)));
    let others = cron::foreign_jobs(&before);
    if !others.is_empty() {
        lines.push(
            "these lines also run a sync and were not written by `malsync schedule`; edit them with \
            crontab -e"
                .to_owned(),
        );
        lines.extend(others.iter().map(|other| format!("    {}", escape_controls(other))));
    }
    Ok(lines)
}

pub(super) async fn find_lines(host: &SchedulerHost<'_>) -> Result<Option<InstalledJob>, Failure> {
    if !host.has_program("crontab") {
        return Ok(None);
    }
    let Some(own_lines) = cron::split_own_lines(&read_crontab(host).await?).1 else { return Ok(None) };
    let Some(interval) = parse_job_marker(&own_lines) else { return Ok(None) };
    let command = own_lines.lines().nth(1).unwrap_or_default().to_owned();
    let program = cron::parse_program(&command);
    Ok(Some(InstalledJob {
        interval,
        command,
        program,
        locations: vec!["crontab".to_owned()],
        is_active: None,
        next_run: None,
    }))
}

/// Returns the lines not written by malsync that run a sync.
pub(super) async fn foreign_lines(host: &SchedulerHost<'_>) -> Vec<String> {
    if host.has_program("crontab") {
        read_crontab(host).await.map(|table| cron::foreign_jobs(&table)).unwrap_or_default()
    } else {
        Vec::new()
    }
}

pub(super) async fn remove_lines(host: &SchedulerHost<'_>, execution: Execution) -> Result<Vec<String>, Failure> {
    if !host.has_program("crontab") {
        return Ok(Vec::new());
    }
    let (rest, Some(own_lines)) = cron::split_own_lines(&read_crontab(host).await?) else { return Ok(Vec::new()) };
    let line = escape_controls(own_lines.lines().nth(1).unwrap_or_default()).into_owned();
    if execution == Execution::DryRun {
        return Ok(vec![format!("Would remove from the crontab:\n    {line}")]);
    }
    write_crontab(host, &rest).await?;
    Ok(vec![format!("Removed from the crontab:\n    {line}")])
}
