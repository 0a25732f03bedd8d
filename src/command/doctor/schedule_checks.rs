//! Whether syncs happen by themselves. Nothing is changed, and no scheduler is waited for that does not answer.

use std::time::Duration;

use crate::{
    cli::schedule::Scheduler,
    failure::Failure,
    ui::view::doctor::{Check, CheckLevel},
};

use super::{Context, new_check};
use crate::command::schedule::{InstalledJob, ScheduleStatus, inspect_schedule};

/// How long the programs of the machine's schedulers may take for all their answers.
const SCHEDULE_CHECK_TIMEOUT: Duration = Duration::from_secs(2);

const CHECK_NAME: &str = "schedule";

pub(super) async fn check_schedule(context: &Context<'_>) -> Vec<Check> {
    let environment = context.environment.clone();
    let Ok(seen) = tokio::task::spawn_blocking(move || inspect_schedule(&environment, SCHEDULE_CHECK_TIMEOUT)).await
    else {
        return Vec::new();
    };
    let own = std::env::current_exe().ok().and_then(|path| path.into_os_string().into_string().ok());
    checks_from_status(&seen, own.as_deref())
}

/// What is told of it, by this very program.
fn checks_from_status(seen: &ScheduleStatus, own: Option<&str>) -> Vec<Check> {
    if !seen.jobs.is_empty() {
        return seen.jobs.iter().map(|(scheduler, found)| check_job(*scheduler, found, own)).collect();
    }
    if let Some(line) = seen.foreign_jobs.first() {
        return vec![new_check(CHECK_NAME, CheckLevel::Ok, format!("by a job of your own making: {line}"), None)];
    }
    let none = "no sync is scheduled";
    let why = |link: &str, failure: &Failure| {
        let hint = failure.hints.first().map(String::as_str);
        vec![new_check(CHECK_NAME, CheckLevel::Warn, format!("{none}{link}: {}", failure.message()), hint)]
    };
    match (seen.errors.first(), &seen.default_scheduler) {
        (Some(failure), _) => why(", as far as can be seen", failure),
        (None, Err(failure)) => why("", failure),
        (None, Ok(_)) => vec![new_check(CHECK_NAME, CheckLevel::Warn, none, Some("malsync schedule install"))],
    }
}

fn check_job(scheduler: Scheduler, found: &InstalledJob, own: Option<&str>) -> Check {
    let what = format!("every {} by {}", found.every, scheduler.as_str());
    if found.is_active == Some(false) {
        let what = format!("{what}, but it is not started");
        return new_check(CHECK_NAME, CheckLevel::Warn, what, Some("malsync schedule install"));
    }
    if let (Some(own), Some(program)) = (own, &found.program)
        && own != program
    {
        let what = format!("{what}, but by another malsync than this one ({own}): {program}");
        return new_check(
            CHECK_NAME,
            CheckLevel::Warn,
            what,
            Some("malsync schedule install, with the malsync that is to sync"),
        );
    }
    if found.is_active.is_none() && scheduler != Scheduler::Cron {
        let what = format!("{what}, but it does not say whether it is started");
        return new_check(
            CHECK_NAME,
            CheckLevel::Warn,
            what,
            Some("ask as this user, not by su or sudo: malsync schedule status"),
        );
    }
    let next = found.next_run.as_ref().map(|next| format!(", the next on {next}")).unwrap_or_default();
    new_check(CHECK_NAME, CheckLevel::Ok, format!("{what}{next}"), None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{exit::Exit, schedule::ScheduleInterval};

    const OWN_PROGRAM: &str = "/usr/bin/malsync";

    fn render_single_check(seen: &ScheduleStatus) -> String {
        let checks = checks_from_status(seen, Some(OWN_PROGRAM));
        assert_eq!(checks.len(), 1);
        let Check { level, message, hint, .. } = &checks[0];
        format!("{level:?} {message} | {}", hint.as_deref().unwrap_or_default())
    }

    fn status_with_job(
        scheduler: Scheduler,
        program: &str,
        active: Option<bool>,
        next: Option<&str>,
    ) -> ScheduleStatus {
        let found = InstalledJob {
            every: ScheduleInterval::parse("6h").unwrap(),
            command: String::new(),
            program: Some(program.to_owned()),
            locations: Vec::new(),
            is_active: active,
            next_run: next.map(str::to_owned),
        };
        ScheduleStatus {
            jobs: vec![(scheduler, found)],
            foreign_jobs: Vec::new(),
            errors: Vec::new(),
            default_scheduler: Ok(scheduler),
        }
    }

    #[test]
    fn job_is_ok_only_if_active_and_running_this_program() {
        use Scheduler::{Cron, Launchd, Systemd};
        for (seen, expected) in [
            (
                status_with_job(Systemd, OWN_PROGRAM, Some(true), Some("Wed")),
                "Ok every 6h by systemd, the next on Wed | ",
            ),
            (status_with_job(Systemd, OWN_PROGRAM, Some(true), None), "Ok every 6h by systemd | "),
            (status_with_job(Cron, OWN_PROGRAM, None, None), "Ok every 6h by cron | "),
            (
                status_with_job(Systemd, OWN_PROGRAM, Some(false), None),
                "Warn every 6h by systemd, but it is not started | malsync schedule install",
            ),
            (
                status_with_job(Launchd, OWN_PROGRAM, None, None),
                "Warn every 6h by launchd, but it does not say whether it is started | \
                 ask as this user, not by su or sudo: malsync schedule status",
            ),
            (
                status_with_job(Cron, "/old/malsync", None, None),
                "Warn every 6h by cron, but by another malsync than this one (/usr/bin/malsync): /old/malsync | \
                 malsync schedule install, with the malsync that is to sync",
            ),
        ] {
            assert_eq!(render_single_check(&seen), expected);
        }
    }

    #[test]
    fn missing_job_check_has_reason_and_hint() {
        let none = |by_hand: &[&str], amiss: Option<&str>, scheduler| ScheduleStatus {
            jobs: Vec::new(),
            foreign_jobs: by_hand.iter().map(|line| (*line).to_owned()).collect(),
            errors: amiss.into_iter().map(|what| Failure::from_text(Exit::Failed, what).with_hint("open it")).collect(),
            default_scheduler: scheduler,
        };
        let nothing =
            || Err(Failure::from_text(Exit::Failed, "nothing starts jobs").with_hint("let it start: malsync sync"));
        for (seen, expected) in [
            (none(&[], None, Ok(Scheduler::Cron)), "Warn no sync is scheduled | malsync schedule install"),
            (
                none(&["0 1 * * * malsync sync"], None, nothing()),
                "Ok by a job of your own making: 0 1 * * * malsync sync | ",
            ),
            (none(&[], None, nothing()), "Warn no sync is scheduled: nothing starts jobs | let it start: malsync sync"),
            (
                none(&[], Some("it is shut"), Ok(Scheduler::Cron)),
                "Warn no sync is scheduled, as far as can be seen: it is shut | open it",
            ),
        ] {
            assert_eq!(render_single_check(&seen), expected);
        }
    }
}
