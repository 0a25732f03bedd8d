//! Checks whether syncs are scheduled. Changes nothing; a scheduler that does not respond is not waited for.

use std::{path::Path, time::Duration};

use crate::{
    cli::schedule::Scheduler,
    failure::Failure,
    ui::view::doctor::{Check, CheckLevel},
};

use super::check_result::new_check;
use crate::command::context::Context;
use crate::command::schedule::{InstalledJob, ScheduleStatus, find_own_program, inspect_schedule, is_same_program};

/// Timeout of all scheduler programs together.
const SCHEDULE_CHECK_TIMEOUT: Duration = Duration::from_secs(2);

const CHECK_NAME: &str = "schedule";

pub(super) async fn check_schedule(context: &Context<'_>) -> Vec<Check> {
    let status = inspect_schedule(&context.environment, SCHEDULE_CHECK_TIMEOUT).await;
    let own_program = find_own_program(&context.environment).ok();
    let own_program = own_program.and_then(|path| path.into_os_string().into_string().ok());
    checks_from_status(&status, own_program.as_deref())
}

/// Returns the checks for a schedule status, seen from the program `own_program`.
fn checks_from_status(status: &ScheduleStatus, own_program: Option<&str>) -> Vec<Check> {
    if !status.jobs.is_empty() {
        return status.jobs.iter().map(|(scheduler, job)| check_job(*scheduler, job, own_program)).collect();
    }
    if let Some(line) = status.foreign_jobs.first() {
        return vec![new_check(CHECK_NAME, CheckLevel::Ok, format!("by your own job: {line}"), None)];
    }
    let no_schedule = "no sync is scheduled";
    let warn = |prefix: &str, failure: &Failure| {
        let hint = failure.hints.first().map(String::as_str);
        vec![new_check(CHECK_NAME, CheckLevel::Warn, format!("{no_schedule}{prefix}: {}", failure.message()), hint)]
    };
    match (status.errors.first(), &status.default_scheduler) {
        (Some(failure), _) => warn(" (as far as malsync can tell)", failure),
        (None, Err(failure)) => warn("", failure),
        (None, Ok(_)) => vec![new_check(CHECK_NAME, CheckLevel::Warn, no_schedule, Some("malsync schedule install"))],
    }
}

fn check_job(scheduler: Scheduler, job: &InstalledJob, own_program: Option<&str>) -> Check {
    let message = format!("every {} by {}", job.interval, scheduler.as_str());
    if job.is_active == Some(false) {
        let message = format!("{message}, but not started");
        return new_check(CHECK_NAME, CheckLevel::Warn, message, Some("malsync schedule install"));
    }
    if let (Some(own_program), Some(program)) = (own_program, &job.program)
        && !is_same_program(Path::new(own_program), Path::new(program))
    {
        let message = format!("{message}, but with another malsync than this one ({own_program}): {program}");
        return new_check(
            CHECK_NAME,
            CheckLevel::Warn,
            message,
            Some("run malsync schedule install with the malsync that should sync"),
        );
    }
    if job.is_active.is_none() && scheduler != Scheduler::Cron {
        let message = format!("{message}, but whether it is started is unknown");
        return new_check(
            CHECK_NAME,
            CheckLevel::Warn,
            message,
            Some("run as this user, not with su or sudo: malsync schedule status"),
        );
    }
    let next = job.next_run.as_ref().map(|next| format!(", next run {next}")).unwrap_or_default();
    new_check(CHECK_NAME, CheckLevel::Ok, format!("{message}{next}"), None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{exit::Exit, schedule::ScheduleInterval};

    const OWN_PROGRAM: &str = "/usr/bin/malsync";

    fn render_single_check(status: &ScheduleStatus) -> String {
        let checks = checks_from_status(status, Some(OWN_PROGRAM));
        assert_eq!(checks.len(), 1);
        let Check { level, message, hint, .. } = &checks[0];
        format!("{level:?} {message} | {}", hint.as_deref().unwrap_or_default())
    }

    fn status_with_job(
        scheduler: Scheduler,
        program: &str,
        is_active: Option<bool>,
        next_run: Option<&str>,
    ) -> ScheduleStatus {
        let job = InstalledJob {
            interval: ScheduleInterval::parse("6h").unwrap(),
            command: String::new(),
            program: Some(program.to_owned()),
            locations: Vec::new(),
            is_active,
            next_run: next_run.map(str::to_owned),
        };
        ScheduleStatus {
            jobs: vec![(scheduler, job)],
            foreign_jobs: Vec::new(),
            errors: Vec::new(),
            default_scheduler: Ok(scheduler),
        }
    }

    #[test]
    fn job_is_ok_only_if_active_and_running_this_program() {
        use Scheduler::{Cron, Launchd, Systemd};
        for (status, expected) in [
            (status_with_job(Systemd, OWN_PROGRAM, Some(true), Some("Wed")), "Ok every 6h by systemd, next run Wed | "),
            (status_with_job(Systemd, OWN_PROGRAM, Some(true), None), "Ok every 6h by systemd | "),
            (status_with_job(Cron, OWN_PROGRAM, None, None), "Ok every 6h by cron | "),
            (
                status_with_job(Systemd, OWN_PROGRAM, Some(false), None),
                "Warn every 6h by systemd, but not started | malsync schedule install",
            ),
            (
                status_with_job(Launchd, OWN_PROGRAM, None, None),
                "Warn every 6h by launchd, but whether it is started is unknown | \
                 run as this user, not with su or sudo: malsync schedule status",
            ),
            (
                status_with_job(Cron, "/old/malsync", None, None),
                "Warn every 6h by cron, but with another malsync than this one (/usr/bin/malsync): /old/malsync | \
                 run malsync schedule install with the malsync that should sync",
            ),
        ] {
            assert_eq!(render_single_check(&status), expected);
        }
    }

    #[test]
    fn missing_job_check_has_reason_and_hint() {
        let status_without_job = |foreign_jobs: &[&str], error: Option<&str>, default_scheduler| ScheduleStatus {
            jobs: Vec::new(),
            foreign_jobs: foreign_jobs.iter().map(|line| (*line).to_owned()).collect(),
            errors: error
                .into_iter()
                .map(|message| Failure::from_text(Exit::Failed, message).with_hint("open it"))
                .collect(),
            default_scheduler,
        };
        let no_scheduler =
            || Err(Failure::from_text(Exit::Failed, "nothing starts jobs").with_hint("let it start: malsync sync"));
        for (status, expected) in [
            (
                status_without_job(&[], None, Ok(Scheduler::Cron)),
                "Warn no sync is scheduled | malsync schedule install",
            ),
            (
                status_without_job(&["0 1 * * * malsync sync"], None, no_scheduler()),
                "Ok by your own job: 0 1 * * * malsync sync | ",
            ),
            (
                status_without_job(&[], None, no_scheduler()),
                "Warn no sync is scheduled: nothing starts jobs | let it start: malsync sync",
            ),
            (
                status_without_job(&[], Some("it is shut"), Ok(Scheduler::Cron)),
                "Warn no sync is scheduled (as far as malsync can tell): it is shut | open it",
            ),
        ] {
            assert_eq!(render_single_check(&status), expected);
        }
    }
}
