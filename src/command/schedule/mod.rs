//! `schedule`: writes, shows and takes away what makes a sync happen by itself.
//!
//! The rules: what malsync wrote it knows by a line of its own, and nothing else is ever replaced or deleted; it is there once,
//! whichever scheduler was asked before; nothing that may be a secret is written.

mod crontab;
mod launchd_agent;
mod scheduler_host;
mod systemd_units;

use std::{path::absolute, time::Duration};

use crate::{
    cli::{
        args,
        schedule::{ScheduleCommand, ScheduleInstallArgs, ScheduleRemoveArgs, Scheduler},
    },
    config::{Environment, TokenStoreSetting},
    exit::Exit,
    failure::Failure,
    schedule::{ScheduleInterval, ScheduledJob},
    store::DatabaseUrl,
    ui::{escape_controls, view},
};

use self::scheduler_host::SchedulerHost;
use super::context::Context;

/// What a scheduler has of malsync's own.
pub(super) struct InstalledJob {
    pub(super) every: ScheduleInterval,
    pub(super) command: String,
    /// The program that the command starts.
    pub(super) program: Option<String>,
    pub(super) locations: Vec<String>,
    /// Whether it is going to be started; none where nobody can be asked.
    pub(super) is_active: Option<bool>,
    pub(super) next_run: Option<String>,
}

/// Whether something is done or only told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Execution {
    Apply,
    DryRun,
}

pub(crate) fn run(context: &Context<'_>, schedule: &ScheduleCommand) -> Result<Exit, Failure> {
    let machine = SchedulerHost::new(&context.environment);
    match schedule {
        ScheduleCommand::Install(args) => install_job(context, &machine, args),
        ScheduleCommand::Status(args) => print_status(context, &machine, args),
        ScheduleCommand::Remove(args) => remove_jobs(context, &machine, args),
    }
}

fn install_job(
    context: &Context<'_>,
    machine: &SchedulerHost<'_>,
    args: &ScheduleInstallArgs,
) -> Result<Exit, Failure> {
    context.config()?.client_id()?;
    let scheduler = match args.with {
        Some(asked) => asked,
        None => machine.default_scheduler()?,
    };
    let job = build_job(context, args, scheduler)?;
    let way = if args.dry_run { Execution::DryRun } else { Execution::Apply };
    let lines = match scheduler {
        Scheduler::Systemd => systemd_units::install_units(machine, &job, way)?,
        Scheduler::Cron => crontab::install_lines(machine, &job, way)?,
        Scheduler::Launchd => launchd_agent::install_agent(machine, &job, way)?,
    };
    context.ui.print(&lines.join("\n"))?;
    for other in Scheduler::ALL.into_iter().filter(|other| *other != scheduler) {
        // It would run twice.
        let gone = uninstall_job(machine, other, way).unwrap_or_default();
        if !gone.is_empty() {
            context.ui.print(&gone.join("\n"))?;
        }
    }
    print_warnings(context, machine, scheduler);
    Ok(Exit::Done)
}

/// What is to be started: this very program, with this configuration and these folders.
fn build_job(context: &Context<'_>, args: &ScheduleInstallArgs, scheduler: Scheduler) -> Result<ScheduledJob, Failure> {
    let cannot = |what: &str| Failure::from_text(Exit::Failed, format!("cannot schedule {what}"));
    let program = std::env::current_exe()
        .map_err(|error| Failure::new(Exit::Failed, error).context("cannot find malsync itself"))?;
    let mut words = Vec::new();
    if let Some(file) = context.explicit_config_path() {
        let file = absolute(file)
            .map_err(|error| Failure::new(Exit::Failed, error).context("cannot name the configuration file"))?;
        words.push("--config".to_owned());
        words.push(
            file.into_os_string().into_string().map_err(|_| cannot("a configuration file whose path is no UTF-8"))?,
        );
    }
    words.push("sync".to_owned());
    match &args.user {
        // An option and its value in one word, lest a name be taken for an option.
        Some(user) => words.push(format!("--user={user}")),
        None => words.push("--all-users".to_owned()),
    }
    words.push("--quiet".to_owned());
    // Cron mails whatever is printed.
    words.extend((scheduler == Scheduler::Cron).then(|| "--tell-once".to_owned()));
    let folders = ["XDG_CONFIG_HOME", "XDG_DATA_HOME"];
    let job = ScheduledJob {
        program: program.into_os_string().into_string().map_err(|_| cannot("a program whose path is no UTF-8"))?,
        arguments: words,
        environment: folders
            .into_iter()
            .filter_map(|name| {
                Some((name.to_owned(), context.environment.get_directory(name)?.into_os_string().into_string().ok()?))
            })
            .collect(),
        interval: args.every,
    };
    if job.has_no_control_chars() { Ok(job) } else { Err(cannot("what has a line break in its path or name")) }
}

/// What a job would lack.
fn print_warnings(context: &Context<'_>, machine: &SchedulerHost<'_>, scheduler: Scheduler) {
    let Ok(config) = context.config() else { return };
    let only_here: Vec<_> = context.loaded.env_only_settings().iter().filter(|key| key.is_used_by_sync()).collect();
    if !only_here.is_empty() {
        let names: Vec<_> = only_here.iter().map(|key| key.variable_name()).collect();
        let lines: Vec<_> = only_here.iter().map(|key| format!("{} = …", key.file_key())).collect();
        let file =
            context.explicit_config_path().map(std::path::Path::to_owned).or_else(|| config.directories.config_file());
        let file = file.unwrap_or_else(|| "config.toml".into());
        let what = if names.len() == 1 { "is" } else { "are" };
        context.ui.print_warning(&format!(
            "{} {what} set in this shell alone, and a scheduled sync does not see that: put into {}: {}",
            names.join(", "),
            file.display(),
            lines.join("; ")
        ));
    }
    if let Ok(DatabaseUrl::Sqlite { path, .. }) = context.database_url()
        && path.is_relative()
    {
        context.ui.print_warning(&format!(
            "the database {} is named from this folder on, and a scheduled sync looks from the home folder on: name it by its whole path",
            path.display()
        ));
    }
    if config.malsync_token_store.value == TokenStoreSetting::Keyring {
        let what = match scheduler {
            Scheduler::Cron => "cron has no keyring to find the tokens in",
            _ => "the tokens are found only while the keyring is unlocked",
        };
        context.ui.print_warning(&format!("{what}: set MALSYNC_TOKEN_STORE=both, and log in again"));
    }
    if scheduler == Scheduler::Systemd && machine.is_linger_enabled() == Some(false) {
        context.ui.print_note("it runs while you are logged in, and is made up for at the next login; to run it always: loginctl enable-linger");
    }
    if scheduler == Scheduler::Cron {
        context.ui.print_note("cron does not make up for times at which the machine was off");
    }
}

/// What there is to say of the machine, whoever asks.
pub(super) struct ScheduleStatus {
    /// What malsync wrote.
    pub(super) jobs: Vec<(Scheduler, InstalledJob)>,
    /// What somebody else wrote that seems to do the same.
    pub(super) foreign_jobs: Vec<String>,
    /// What could not be looked at.
    pub(super) errors: Vec<Failure>,
    /// Which scheduler an install would take.
    pub(super) default_scheduler: Result<Scheduler, Failure>,
}

/// Looks at the machine, for so long at most. Nothing is changed.
pub(super) fn inspect_schedule(environment: &Environment, limit: Duration) -> ScheduleStatus {
    let machine = SchedulerHost::with_timeout(environment, limit);
    let (jobs, amiss) = find_jobs(&machine);
    let by_hand = if jobs.is_empty() {
        systemd_units::foreign_timer(&machine).into_iter().chain(crontab::foreign_lines(&machine)).collect()
    } else {
        Vec::new()
    };
    ScheduleStatus { jobs, foreign_jobs: by_hand, errors: amiss, default_scheduler: machine.default_scheduler() }
}

/// What each scheduler has of malsync's own, and those that did not let themselves be looked at.
fn find_jobs(machine: &SchedulerHost<'_>) -> (Vec<(Scheduler, InstalledJob)>, Vec<Failure>) {
    let (mut jobs, mut amiss) = (Vec::new(), Vec::new());
    for scheduler in Scheduler::ALL {
        match find_job(machine, scheduler) {
            Ok(found) => jobs.extend(found.map(|found| (scheduler, found))),
            Err(failure) => amiss.push(failure),
        }
    }
    (jobs, amiss)
}

fn print_status(context: &Context<'_>, machine: &SchedulerHost<'_>, args: &args::JsonArgs) -> Result<Exit, Failure> {
    let (jobs, _) = find_jobs(machine);
    let any = !jobs.is_empty();
    for (scheduler, found) in jobs {
        let view = view::schedule::ScheduleView {
            scheduler: scheduler.as_str(),
            interval: found.every.to_string(),
            command: found.command,
            files: found.locations,
            is_active: found.is_active,
            next_run: found.next_run,
        };
        if args.json {
            context.ui.print_json(&view::schedule::to_json(Some(&view)))?;
        } else {
            context.ui.print(&view.to_text())?;
        }
    }
    if !any && args.json {
        context.ui.print_json(&view::schedule::to_json(None))?;
    } else if !any {
        context.ui.print("no sync is scheduled: malsync schedule install")?;
    }
    Ok(Exit::Done)
}

fn remove_jobs(context: &Context<'_>, machine: &SchedulerHost<'_>, args: &ScheduleRemoveArgs) -> Result<Exit, Failure> {
    let way = if args.dry_run { Execution::DryRun } else { Execution::Apply };
    let mut lines = Vec::new();
    for scheduler in Scheduler::ALL {
        lines.extend(uninstall_job(machine, scheduler, way)?);
    }
    if lines.is_empty() {
        context.ui.print_note("no sync is scheduled by malsync");
        return Ok(Exit::Done);
    }
    context.ui.print(&lines.join("\n"))?;
    Ok(Exit::Done)
}

fn find_job(machine: &SchedulerHost<'_>, scheduler: Scheduler) -> Result<Option<InstalledJob>, Failure> {
    match scheduler {
        Scheduler::Systemd => systemd_units::find_units(machine),
        Scheduler::Cron => crontab::find_lines(machine),
        Scheduler::Launchd => launchd_agent::find_agent(machine),
    }
}

/// Takes a scheduler's part away, where there is one, and says what went.
fn uninstall_job(machine: &SchedulerHost<'_>, scheduler: Scheduler, way: Execution) -> Result<Vec<String>, Failure> {
    match scheduler {
        Scheduler::Systemd => systemd_units::remove_units(machine, way),
        Scheduler::Cron => crontab::remove_lines(machine, way),
        Scheduler::Launchd => launchd_agent::remove_agent(machine, way),
    }
}

/// A path as it is told.
fn display_path(path: &std::path::Path) -> String {
    escape_controls(&path.display().to_string()).into_owned()
}

/// A text as it would stand in a file, between what it is and nothing.
fn dry_run_text(what: &str, text: &str) -> String {
    format!("would write {what}:\n\n{}", indent_lines(text))
}

fn indent_lines(text: &str) -> String {
    text.lines()
        .map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {}\n", escape_controls(line)) })
        .collect()
}
