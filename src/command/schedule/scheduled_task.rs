//! Installs the job as a task of Windows' Task Scheduler, using only the program `schtasks`.
//!
//! The XML that was registered stays in malsync's data folder, where it is found again.

use std::path::PathBuf;

use super::{
    installed_job::{Execution, InstalledJob, dry_run_text},
    scheduler_host::{ProgramError, SchedulerHost, delete_file, read_bytes, write_bytes},
};
use crate::{
    exit::Exit,
    failure::Failure,
    schedule::{
        ScheduledJob, parse_job_marker,
        task_scheduler::{TASK_NAME, decode_utf16, encode_utf16, parse_command, parse_next_run, task_xml},
    },
    ui::view::format_path,
};

fn xml_path(host: &SchedulerHost<'_>) -> Result<PathBuf, Failure> {
    Ok(host.data_directory()?.join("malsync-task.xml"))
}

/// Returns the XML that was registered. Returns `None` if there is none.
fn read_xml(host: &SchedulerHost<'_>) -> Result<Option<String>, Failure> {
    let Some(bytes) = read_bytes(&xml_path(host)?)? else { return Ok(None) };
    Ok(Some(decode_utf16(&bytes)).filter(|xml| parse_job_marker(xml).is_some()))
}

pub(super) async fn install_task(
    host: &SchedulerHost<'_>,
    job: &ScheduledJob,
    execution: Execution,
) -> Result<Vec<String>, Failure> {
    let path = xml_path(host)?;
    let xml = task_xml(job, host.windows_account().as_deref());
    let file = path.display().to_string();
    let command_line = ["schtasks", "/create", "/tn", TASK_NAME, "/xml", &file, "/f"];
    if execution == Execution::DryRun {
        let file_text = dry_run_text(&format_path(&path), &xml);
        return Ok(vec![file_text, format!("Would run {}", command_line.join(" "))]);
    }
    write_bytes(&path, &encode_utf16(&xml))?;
    host.run_program(&command_line, None).await.map_err(|error| {
        let message = format!("wrote {}, but cannot register the task: {error}", format_path(&path));
        Failure::from_text(Exit::Failed, message).with_hint(format!("try it by hand: {}", command_line.join(" ")))
    })?;
    let mut lines = vec![format!("Wrote {}", format_path(&path))];
    lines.push(format!("Registered the task {TASK_NAME}: a sync every {} while you are logged in", job.interval));
    lines.push(format!("To sync now: schtasks /run /tn {TASK_NAME}. To view the task: taskschd.msc"));
    if !job.environment.is_empty() {
        let names: Vec<_> = job.environment.iter().map(|(name, _)| name.as_str()).collect();
        lines.push(format!("the task sees {} only if it is set for your account (use setx)", names.join(" and ")));
    }
    Ok(lines)
}

pub(super) async fn find_task(host: &SchedulerHost<'_>) -> Result<Option<InstalledJob>, Failure> {
    let Some(xml) = read_xml(host)? else { return Ok(None) };
    let Some(interval) = parse_job_marker(&xml) else { return Ok(None) };
    let (program, command) = parse_command(&xml).unzip();
    let query = ["schtasks", "/query", "/tn", TASK_NAME, "/fo", "csv", "/nh"];
    let (is_active, next_run) = match host.run_program(&query, None).await {
        Ok(line) => (Some(true), parse_next_run(&line)),
        Err(ProgramError::Failed { .. }) => (Some(false), None),
        Err(ProgramError::NotRun { .. }) => (None, None),
    };
    Ok(Some(InstalledJob {
        interval,
        command: command.unwrap_or_default(),
        program,
        locations: vec![xml_path(host)?.display().to_string()],
        is_active,
        next_run,
    }))
}

pub(super) async fn remove_task(host: &SchedulerHost<'_>, execution: Execution) -> Result<Vec<String>, Failure> {
    if read_xml(host)?.is_none() {
        return Ok(Vec::new());
    }
    let path = xml_path(host)?;
    if execution == Execution::DryRun {
        return Ok(vec![format!("Would remove the task {TASK_NAME} and delete {}", format_path(&path))]);
    }
    let command_line = ["schtasks", "/delete", "/tn", TASK_NAME, "/f"];
    match host.run_program(&command_line, None).await {
        // The task may have been removed by hand.
        Ok(_) | Err(ProgramError::Failed { .. }) => {}
        Err(error @ ProgramError::NotRun { .. }) => {
            return Err(Failure::from_text(Exit::Failed, format!("cannot remove the task: {error}"))
                .with_hint(format!("try it by hand: {}", command_line.join(" "))));
        }
    }
    delete_file(&path)?;
    Ok(vec![format!("Removed the task {TASK_NAME} and deleted {}", format_path(&path))])
}
