//! `schedule`: installs, shows and removes the job that runs a sync periodically.
//!
//! Invariants:
//! 1. malsync recognizes its own jobs by a marker line, and replaces or deletes nothing else.
//! 2. At most one scheduler has the job, whichever was used before.
//! 3. No value that may be secret is written.

mod crontab;
mod installed_job;
mod launchd_agent;
mod own_program;
mod scheduled_task;
mod scheduler_host;
mod systemd_units;

use std::{path::absolute, time::Duration};

use crate::{
    cli::{
        args,
        schedule::{ScheduleCommand, ScheduleInstallArgs, ScheduleRemoveArgs, Scheduler},
    },
    config::Environment,
    domain::token_store_mode::TokenStoreMode,
    exit::Exit,
    failpoint::time_limit,
    failure::Failure,
    schedule::ScheduledJob,
    store::DatabaseUrl,
    ui::view,
};

use self::{crontab::with_cron_line, installed_job::Execution, scheduler_host::SchedulerHost};
pub(super) use self::{
    installed_job::InstalledJob,
    own_program::{find_own_program, is_same_program},
};
use super::context::Context;

/// Maximum time of the schedulers' programs that one command runs. They answer at once, unless their service is stuck.
const PROGRAM_TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) async fn run(context: &Context<'_>, schedule: &ScheduleCommand) -> Result<Exit, Failure> {
    let timeout = time_limit("schedule.program_limit", PROGRAM_TIMEOUT);
    let host = SchedulerHost::new(&context.environment, timeout);
    match schedule {
        ScheduleCommand::Install(args) => install_job(context, &host, args).await,
        ScheduleCommand::Status(args) => print_status(context, &host, args).await,
        ScheduleCommand::Remove(args) => remove_jobs(context, &host, args).await,
    }
}

async fn install_job(
    context: &Context<'_>,
    host: &SchedulerHost<'_>,
    args: &ScheduleInstallArgs,
) -> Result<Exit, Failure> {
    context.config()?.client_id()?;
    let cron_job = build_job(context, args, Scheduler::Cron)?;
    let scheduler = match args.with {
        Some(requested) => requested,
        None => host.default_scheduler().map_err(|failure| with_cron_line(failure, &cron_job))?,
    };
    let job = build_job(context, args, scheduler)?;
    let execution = if args.dry_run { Execution::DryRun } else { Execution::Apply };
    let lines = match scheduler {
        Scheduler::Systemd => systemd_units::install_units(host, &job, &cron_job, execution).await?,
        Scheduler::Cron => crontab::install_lines(host, &job, execution).await?,
        Scheduler::Launchd => launchd_agent::install_agent(host, &job, execution).await?,
        Scheduler::TaskScheduler => scheduled_task::install_task(host, &job, execution).await?,
    };
    print_lines(context, &lines)?;
    for other in Scheduler::ON_THIS_PLATFORM.iter().copied().filter(|other| *other != scheduler) {
        // A job in another scheduler would run the sync twice.
        let removed_lines = uninstall_job(host, other, execution).await.unwrap_or_default();
        if !removed_lines.is_empty() {
            print_lines(context, &removed_lines)?;
        }
    }
    print_warnings(context, host, scheduler);
    Ok(Exit::Done)
}

/// Prints what was done. Indented lines are those of a file, and are not wrapped.
fn print_lines(context: &Context<'_>, lines: &[String]) -> Result<(), Failure> {
    for line in lines.iter().flat_map(|lines| lines.lines()) {
        if line.starts_with("    ") {
            context.ui.print_verbatim(line)?;
        } else {
            context.ui.print(&format!("{line}\n"))?;
        }
    }
    Ok(())
}

/// Returns the job to install: this program, with its configuration file and directories.
fn build_job(context: &Context<'_>, args: &ScheduleInstallArgs, scheduler: Scheduler) -> Result<ScheduledJob, Failure> {
    let cannot_schedule = |object: &str| Failure::from_text(Exit::Failed, format!("cannot schedule {object}"));
    let program = find_own_program(&context.environment)
        .map_err(|error| Failure::new(Exit::Failed, error).context("cannot find the malsync program"))?;
    let mut arguments = Vec::new();
    if let Some(file) = context.explicit_config_path() {
        let file = absolute(file).map_err(|error| {
            Failure::new(Exit::Failed, error).context(
                "cannot resolve the path of the \
                configuration file",
            )
        })?;
        arguments.push("--config".to_owned());
        arguments.push(
            file.into_os_string()
                .into_string()
                .map_err(|_| cannot_schedule("a configuration file whose path is not UTF-8"))?,
        );
    }
    arguments.push("sync".to_owned());
    match &args.user {
        // One word for option and value, so that a username cannot be read as an option.
        Some(user) => arguments.push(format!("--user={user}")),
        None => arguments.push("--all-users".to_owned()),
    }
    arguments.extend(args.push.then(|| "--push".to_owned()));
    arguments.push("--quiet".to_owned());
    // Cron mails all output; `--tell-once` reports each failure only once.
    arguments.extend((scheduler == Scheduler::Cron).then(|| "--tell-once".to_owned()));
    let variables = ["XDG_CONFIG_HOME", "XDG_DATA_HOME"];
    let job = ScheduledJob {
        program: program
            .into_os_string()
            .into_string()
            .map_err(|_| cannot_schedule("a program whose path is not UTF-8"))?,
        arguments,
        environment: variables
            .into_iter()
            .filter_map(|name| {
                Some((name.to_owned(), context.environment.get_directory(name)?.into_os_string().into_string().ok()?))
            })
            .collect(),
        interval: args.every,
    };
    if job.has_no_control_chars() { Ok(job) } else { Err(cannot_schedule("a path or name with a line break")) }
}

/// Warns about settings and conditions that the scheduled job would lack.
fn print_warnings(context: &Context<'_>, host: &SchedulerHost<'_>, scheduler: Scheduler) {
    let Ok(config) = context.config() else { return };
    let unseen: Vec<_> = context.loaded.settings_not_in_file().iter().filter(|key| key.is_used_by_sync()).collect();
    if !unseen.is_empty() {
        let names: Vec<_> = unseen.iter().map(|key| key.variable_name()).collect();
        let lines: Vec<_> = unseen.iter().map(|key| format!("{} = …", key.file_key())).collect();
        let file =
            context.explicit_config_path().map(std::path::Path::to_owned).or_else(|| config.directories.config_file());
        let file = file.unwrap_or_else(|| "config.toml".into());
        let what = if names.len() == 1 { "is" } else { "are" };
        context.ui.print_warning(&format!(
            "{} {what} only set in this shell; scheduled syncs won't see it. Add to {}: {}",
            names.join(", "),
            file.display(),
            lines.join("; ")
        ));
    }
    if let Ok(DatabaseUrl::Sqlite { path, .. }) = context.database_url()
        && path.is_relative()
    {
        context.ui.print_warning(&format!(
            "the database {} is a relative path, and scheduled syncs run in your home directory: use an absolute \
                path",
            path.display()
        ));
    }
    if config.malsync_token_store.value == TokenStoreMode::Keyring {
        let what = match scheduler {
            Scheduler::Cron => "cron cannot use the keyring that holds the tokens",
            _ => "the tokens are available only while the keyring is unlocked",
        };
        context.ui.print_warning(&format!("{what}: set MALSYNC_TOKEN_STORE=both and log in again"));
    }
    if scheduler == Scheduler::Systemd && host.is_linger_enabled() == Some(false) {
        context.ui.print_note(
            "Syncs run only while you are logged in; missed ones run at the next login. To run \
            them always: loginctl enable-linger",
        );
    }
    if scheduler == Scheduler::Cron {
        context.ui.print_note("Cron skips syncs while the machine is off");
    }
}

/// Everything known about scheduled syncs on this host.
pub(super) struct ScheduleStatus {
    /// Jobs that malsync installed.
    pub(super) jobs: Vec<(Scheduler, InstalledJob)>,
    /// Jobs not written by malsync that seem to run a sync.
    pub(super) foreign_jobs: Vec<String>,
    /// Schedulers that could not be inspected.
    pub(super) errors: Vec<Failure>,
    /// The scheduler that `schedule install` would use.
    pub(super) default_scheduler: Result<Scheduler, Failure>,
}

/// Inspects all schedulers within `timeout` in total. Changes nothing.
pub(super) async fn inspect_schedule(environment: &Environment, timeout: Duration) -> ScheduleStatus {
    let host = SchedulerHost::new(environment, timeout);
    let (jobs, errors) = find_jobs(&host).await;
    let foreign_jobs = if jobs.is_empty() {
        systemd_units::foreign_timer(&host).into_iter().chain(crontab::foreign_lines(&host).await).collect()
    } else {
        Vec::new()
    };
    ScheduleStatus { jobs, foreign_jobs, errors, default_scheduler: host.default_scheduler() }
}

/// Returns the installed jobs, and the failures of schedulers that could not be inspected.
async fn find_jobs(host: &SchedulerHost<'_>) -> (Vec<(Scheduler, InstalledJob)>, Vec<Failure>) {
    let (mut jobs, mut errors) = (Vec::new(), Vec::new());
    for scheduler in Scheduler::ON_THIS_PLATFORM.iter().copied() {
        match find_job(host, scheduler).await {
            Ok(job) => jobs.extend(job.map(|job| (scheduler, job))),
            Err(failure) => errors.push(failure),
        }
    }
    (jobs, errors)
}

async fn print_status(context: &Context<'_>, host: &SchedulerHost<'_>, args: &args::JsonArgs) -> Result<Exit, Failure> {
    let (jobs, _) = find_jobs(host).await;
    let has_job = !jobs.is_empty();
    for (scheduler, job) in jobs {
        let view = view::schedule::ScheduleView {
            scheduler: scheduler.as_str(),
            interval: job.interval.to_string(),
            command: job.command,
            files: job.locations,
            is_active: job.is_active,
            next_run: job.next_run,
        };
        if args.json {
            context.ui.print_json(&view::schedule::to_json(Some(&view)))?;
        } else {
            context.ui.print(&view.to_text())?;
        }
    }
    if !has_job && args.json {
        context.ui.print_json(&view::schedule::to_json(None))?;
    } else if !has_job {
        context.ui.print("No sync is scheduled. Run: malsync schedule install")?;
    }
    Ok(Exit::Done)
}

async fn remove_jobs(
    context: &Context<'_>,
    host: &SchedulerHost<'_>,
    args: &ScheduleRemoveArgs,
) -> Result<Exit, Failure> {
    let execution = if args.dry_run { Execution::DryRun } else { Execution::Apply };
    let mut lines = Vec::new();
    for scheduler in Scheduler::ON_THIS_PLATFORM.iter().copied() {
        lines.extend(uninstall_job(host, scheduler, execution).await?);
    }
    if lines.is_empty() {
        context.ui.print_note("No sync is scheduled by malsync.");
        return Ok(Exit::Done);
    }
    print_lines(context, &lines)?;
    Ok(Exit::Done)
}

async fn find_job(host: &SchedulerHost<'_>, scheduler: Scheduler) -> Result<Option<InstalledJob>, Failure> {
    match scheduler {
        Scheduler::Systemd => systemd_units::find_units(host).await,
        Scheduler::Cron => crontab::find_lines(host).await,
        Scheduler::Launchd => launchd_agent::find_agent(host).await,
        Scheduler::TaskScheduler => scheduled_task::find_task(host).await,
    }
}

/// Removes the job from a scheduler, if there is one. Returns lines that describe what was removed.
async fn uninstall_job(
    host: &SchedulerHost<'_>,
    scheduler: Scheduler,
    execution: Execution,
) -> Result<Vec<String>, Failure> {
    match scheduler {
        Scheduler::Systemd => systemd_units::remove_units(host, execution).await,
        Scheduler::Cron => crontab::remove_lines(host, execution).await,
        Scheduler::Launchd => launchd_agent::remove_agent(host, execution).await,
        Scheduler::TaskScheduler => scheduled_task::remove_task(host, execution).await,
    }
}
