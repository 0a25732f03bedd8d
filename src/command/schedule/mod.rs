//! `schedule`: writes, shows and takes away what makes a sync happen by itself.
//!
//! The rules: what malsync wrote it knows by a line of its own, and nothing else is ever replaced or deleted; it is there once,
//! whichever scheduler was asked before; nothing that may be a secret is written.

mod agent;
mod crontab;
mod machine;
mod units;

use std::{path::absolute, time::Duration};

use crate::{
    cli::{
        args,
        schedule::{Install, Remove, Schedule, Scheduler},
    },
    config::{Environment, TokenStore},
    exit::Exit,
    failure::Failure,
    schedule::{Every, Job},
    store::Place,
    ui::{clean, view},
};

use self::machine::Machine;
use super::context::Context;

/// What a scheduler has of malsync's own.
pub(super) struct Found {
    pub(super) every: Every,
    pub(super) command: String,
    /// The program that the command starts.
    pub(super) program: Option<String>,
    pub(super) places: Vec<String>,
    /// Whether it is going to be started; none where nobody can be asked.
    pub(super) active: Option<bool>,
    pub(super) next: Option<String>,
}

/// Whether something is done or only told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Do,
    Tell,
}

pub(crate) fn run(context: &Context<'_>, schedule: &Schedule) -> Result<Exit, Failure> {
    let machine = Machine::new(&context.environment);
    match schedule {
        Schedule::Install(args) => install(context, &machine, args),
        Schedule::Status(args) => status(context, &machine, args),
        Schedule::Remove(args) => remove(context, &machine, args),
    }
}

fn install(context: &Context<'_>, machine: &Machine<'_>, args: &Install) -> Result<Exit, Failure> {
    context.config()?.client_id()?;
    let scheduler = match args.with {
        Some(asked) => asked,
        None => machine.scheduler()?,
    };
    let job = job(context, args, scheduler)?;
    let way = if args.dry_run { Way::Tell } else { Way::Do };
    let lines = match scheduler {
        Scheduler::Systemd => units::install(machine, &job, way)?,
        Scheduler::Cron => crontab::install(machine, &job, way)?,
        Scheduler::Launchd => agent::install(machine, &job, way)?,
    };
    context.ui.out(&lines.join("\n"))?;
    for other in Scheduler::ALL.into_iter().filter(|other| *other != scheduler) {
        // It would run twice.
        let gone = take_away(machine, other, way).unwrap_or_default();
        if !gone.is_empty() {
            context.ui.out(&gone.join("\n"))?;
        }
    }
    warn(context, machine, scheduler);
    Ok(Exit::Done)
}

/// What is to be started: this very program, with this configuration and these folders.
fn job(context: &Context<'_>, args: &Install, scheduler: Scheduler) -> Result<Job, Failure> {
    let cannot = |what: &str| Failure::text(Exit::Failed, format!("cannot schedule {what}"));
    let program = std::env::current_exe()
        .map_err(|error| Failure::new(Exit::Failed, error).context("cannot find malsync itself"))?;
    let mut words = Vec::new();
    if let Some(file) = context.asked_for() {
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
    let job = Job {
        program: program.into_os_string().into_string().map_err(|_| cannot("a program whose path is no UTF-8"))?,
        arguments: words,
        environment: folders
            .into_iter()
            .filter_map(|name| {
                Some((name.to_owned(), context.environment.folder(name)?.into_os_string().into_string().ok()?))
            })
            .collect(),
        every: args.every,
    };
    if job.fits_a_line() { Ok(job) } else { Err(cannot("what has a line break in its path or name")) }
}

/// What a job would lack.
fn warn(context: &Context<'_>, machine: &Machine<'_>, scheduler: Scheduler) {
    let Ok(config) = context.config() else { return };
    let only_here: Vec<_> = context.loaded.only_here().iter().filter(|key| key.matters_to_a_sync()).collect();
    if !only_here.is_empty() {
        let names: Vec<_> = only_here.iter().map(|key| key.variable()).collect();
        let lines: Vec<_> = only_here.iter().map(|key| format!("{} = …", key.in_file())).collect();
        let file = context.asked_for().map(std::path::Path::to_owned).or_else(|| config.folders.config_file());
        let file = file.unwrap_or_else(|| "config.toml".into());
        let what = if names.len() == 1 { "is" } else { "are" };
        context.ui.warning(&format!(
            "{} {what} set in this shell alone, and a scheduled sync does not see that: put into {}: {}",
            names.join(", "),
            file.display(),
            lines.join("; ")
        ));
    }
    if let Ok(Place::Sqlite { path, .. }) = context.place()
        && path.is_relative()
    {
        context.ui.warning(&format!(
            "the database {} is named from this folder on, and a scheduled sync looks from the home folder on: name it by its whole path",
            path.display()
        ));
    }
    if config.malsync_token_store.value == TokenStore::Keyring {
        let what = match scheduler {
            Scheduler::Cron => "cron has no keyring to find the tokens in",
            _ => "the tokens are found only while the keyring is unlocked",
        };
        context.ui.warning(&format!("{what}: set MALSYNC_TOKEN_STORE=both, and log in again"));
    }
    if scheduler == Scheduler::Systemd && machine.lingers() == Some(false) {
        context.ui.note("it runs while you are logged in, and is made up for at the next login; to run it always: loginctl enable-linger");
    }
    if scheduler == Scheduler::Cron {
        context.ui.note("cron does not make up for times at which the machine was off");
    }
}

/// What there is to say of the machine, whoever asks.
pub(super) struct Seen {
    /// What malsync wrote.
    pub(super) jobs: Vec<(Scheduler, Found)>,
    /// What somebody else wrote that seems to do the same.
    pub(super) by_hand: Vec<String>,
    /// What could not be looked at.
    pub(super) amiss: Vec<Failure>,
    /// Which scheduler an install would take.
    pub(super) scheduler: Result<Scheduler, Failure>,
}

/// Looks at the machine, for so long at most. Nothing is changed.
pub(super) fn seen(environment: &Environment, limit: Duration) -> Seen {
    let machine = Machine::within(environment, limit);
    let (jobs, amiss) = jobs(&machine);
    let by_hand = if jobs.is_empty() {
        units::by_hand(&machine).into_iter().chain(crontab::by_hand(&machine)).collect()
    } else {
        Vec::new()
    };
    Seen { jobs, by_hand, amiss, scheduler: machine.scheduler() }
}

/// What each scheduler has of malsync's own, and those that did not let themselves be looked at.
fn jobs(machine: &Machine<'_>) -> (Vec<(Scheduler, Found)>, Vec<Failure>) {
    let (mut jobs, mut amiss) = (Vec::new(), Vec::new());
    for scheduler in Scheduler::ALL {
        match look(machine, scheduler) {
            Ok(found) => jobs.extend(found.map(|found| (scheduler, found))),
            Err(failure) => amiss.push(failure),
        }
    }
    (jobs, amiss)
}

fn status(context: &Context<'_>, machine: &Machine<'_>, args: &args::Json) -> Result<Exit, Failure> {
    let (jobs, _) = jobs(machine);
    let any = !jobs.is_empty();
    for (scheduler, found) in jobs {
        let view = view::schedule::ScheduleView {
            scheduler: scheduler.word(),
            every: found.every.to_string(),
            command: found.command,
            places: found.places,
            active: found.active,
            next: found.next,
        };
        if args.json {
            context.ui.json(&view::schedule::json(Some(&view)))?;
        } else {
            context.ui.out(&view.text())?;
        }
    }
    if !any && args.json {
        context.ui.json(&view::schedule::json(None))?;
    } else if !any {
        context.ui.out("no sync is scheduled: malsync schedule install")?;
    }
    Ok(Exit::Done)
}

fn remove(context: &Context<'_>, machine: &Machine<'_>, args: &Remove) -> Result<Exit, Failure> {
    let way = if args.dry_run { Way::Tell } else { Way::Do };
    let mut lines = Vec::new();
    for scheduler in Scheduler::ALL {
        lines.extend(take_away(machine, scheduler, way)?);
    }
    if lines.is_empty() {
        context.ui.note("no sync is scheduled by malsync");
        return Ok(Exit::Done);
    }
    context.ui.out(&lines.join("\n"))?;
    Ok(Exit::Done)
}

fn look(machine: &Machine<'_>, scheduler: Scheduler) -> Result<Option<Found>, Failure> {
    match scheduler {
        Scheduler::Systemd => units::look(machine),
        Scheduler::Cron => crontab::look(machine),
        Scheduler::Launchd => agent::look(machine),
    }
}

/// Takes a scheduler's part away, where there is one, and says what went.
fn take_away(machine: &Machine<'_>, scheduler: Scheduler, way: Way) -> Result<Vec<String>, Failure> {
    match scheduler {
        Scheduler::Systemd => units::remove(machine, way),
        Scheduler::Cron => crontab::remove(machine, way),
        Scheduler::Launchd => agent::remove(machine, way),
    }
}

/// A path as it is told.
fn shown(path: &std::path::Path) -> String {
    clean(&path.display().to_string()).into_owned()
}

/// A text as it would stand in a file, between what it is and nothing.
fn would_write(what: &str, text: &str) -> String {
    format!("would write {what}:\n\n{}", clean_lines(text))
}

fn clean_lines(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {}\n", clean(line)) }).collect()
}
