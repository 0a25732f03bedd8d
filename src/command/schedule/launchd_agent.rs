//! Installs the job as an agent of the user's launchd.

use std::path::{Path, PathBuf};

use super::{
    installed_job::{Execution, InstalledJob, dry_run_text},
    scheduler_host::{ProgramError, SchedulerHost, delete_file, read_own_file, write_file},
};
use crate::{
    exit::Exit,
    failure::Failure,
    schedule::{ScheduledJob, launchd, parse_job_marker},
    ui::view::format_path,
};

fn plist_path(host: &SchedulerHost<'_>) -> Result<PathBuf, Failure> {
    Ok(host.home_directory()?.join("Library/LaunchAgents").join(format!("{}.plist", launchd::AGENT_LABEL)))
}

/// Returns the launchd domain of the user.
async fn launchd_domain(host: &SchedulerHost<'_>) -> Result<String, ProgramError> {
    host.run_program(&["id", "-u"], None).await.map(|id| format!("gui/{}", id.trim()))
}

pub(super) async fn install_agent(
    host: &SchedulerHost<'_>,
    job: &ScheduledJob,
    execution: Execution,
) -> Result<Vec<String>, Failure> {
    let path = plist_path(host)?;
    let text = launchd::property_list(job, &host.home_directory()?.display().to_string());
    let existing = read_own_file(&path)?;
    if execution == Execution::DryRun {
        return Ok(vec![dry_run_text(&format_path(&path), &text)]);
    }
    let file_line = if existing.as_ref() == Some(&text) {
        format!("{} is up to date", format_path(&path))
    } else {
        write_file(&path, &text)?;
        format!("Wrote {}", format_path(&path))
    };
    start_agent(host, &path).await.map_err(|error| {
        Failure::from_text(Exit::Failed, format!("wrote {}, but cannot start it: {error}", format_path(&path)))
            .with_hint("it starts at the next login")
    })?;
    Ok(vec![file_line, format!("Started {}: a sync every {}", launchd::AGENT_LABEL, job.interval)])
}

async fn start_agent(host: &SchedulerHost<'_>, path: &Path) -> Result<String, ProgramError> {
    let domain = launchd_domain(host).await?;
    // Unload an agent that is already loaded.
    let _ = bootout_agent(host, &domain).await;
    host.run_program(&["launchctl", "bootstrap", &domain, &path.display().to_string()], None).await
}

async fn bootout_agent(host: &SchedulerHost<'_>, domain: &str) -> Result<String, ProgramError> {
    host.run_program(&["launchctl", "bootout", &format!("{domain}/{}", launchd::AGENT_LABEL)], None).await
}

pub(super) async fn find_agent(host: &SchedulerHost<'_>) -> Result<Option<InstalledJob>, Failure> {
    let path = plist_path(host)?;
    let Ok(Some(text)) = read_own_file(&path) else { return Ok(None) };
    let Some(interval) = parse_job_marker(&text) else { return Ok(None) };
    let words =
        text.split_once("<array>").and_then(|(_, rest)| rest.split_once("</array>")).map_or("", |(words, _)| words);
    let words: Vec<_> =
        words.lines().filter_map(|line| line.trim().strip_prefix("<string>")?.strip_suffix("</string>")).collect();
    let words: Vec<_> = words.into_iter().map(|word| html_escape::decode_html_entities(word).into_owned()).collect();
    let (program, command) = (words.first().cloned(), words.join(" "));
    let is_active = match launchd_domain(host).await {
        Ok(domain) => {
            let agent = format!("{domain}/{}", launchd::AGENT_LABEL);
            Some(host.run_program(&["launchctl", "print", &agent], None).await.is_ok())
        }
        Err(_) => None,
    };
    Ok(Some(InstalledJob {
        interval,
        command,
        program,
        locations: vec![path.display().to_string()],
        is_active,
        next_run: None,
    }))
}

pub(super) async fn remove_agent(host: &SchedulerHost<'_>, execution: Execution) -> Result<Vec<String>, Failure> {
    let path = plist_path(host)?;
    let Ok(Some(_)) = read_own_file(&path) else { return Ok(Vec::new()) };
    if execution == Execution::DryRun {
        return Ok(vec![format!("Would delete {}", format_path(&path))]);
    }
    if let Ok(domain) = launchd_domain(host).await {
        let _ = bootout_agent(host, &domain).await;
    }
    delete_file(&path)?;
    Ok(vec![format!("Deleted {}", format_path(&path))])
}
