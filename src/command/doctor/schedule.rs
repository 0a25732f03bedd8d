//! Whether syncs happen by themselves. Nothing is changed, and no scheduler is waited for that does not answer.

use std::time::Duration;

use crate::{
    cli::schedule::Scheduler,
    failure::Failure,
    ui::view::doctor::{Check, Level},
};

use super::{Context, check};
use crate::command::schedule::{Found, Seen, seen};

/// How long the programs of the machine's schedulers may take for all their answers.
const LOOK: Duration = Duration::from_secs(2);

const NAME: &str = "schedule";

pub(super) async fn checks(context: &Context<'_>) -> Vec<Check> {
    let environment = context.environment.clone();
    let Ok(seen) = tokio::task::spawn_blocking(move || seen(&environment, LOOK)).await else { return Vec::new() };
    let own = std::env::current_exe().ok().and_then(|path| path.into_os_string().into_string().ok());
    told(&seen, own.as_deref())
}

/// What is told of it, by this very program.
fn told(seen: &Seen, own: Option<&str>) -> Vec<Check> {
    if !seen.jobs.is_empty() {
        return seen.jobs.iter().map(|(scheduler, found)| job(*scheduler, found, own)).collect();
    }
    if let Some(line) = seen.by_hand.first() {
        return vec![check(NAME, Level::Ok, format!("by a job of your own making: {line}"), None)];
    }
    let none = "no sync is scheduled";
    let why = |link: &str, failure: &Failure| {
        let hint = failure.hints.first().map(String::as_str);
        vec![check(NAME, Level::Warn, format!("{none}{link}: {}", failure.message()), hint)]
    };
    match (seen.amiss.first(), &seen.scheduler) {
        (Some(failure), _) => why(", as far as can be seen", failure),
        (None, Err(failure)) => why("", failure),
        (None, Ok(_)) => vec![check(NAME, Level::Warn, none, Some("malsync schedule install"))],
    }
}

fn job(scheduler: Scheduler, found: &Found, own: Option<&str>) -> Check {
    let what = format!("every {} by {}", found.every, scheduler.word());
    if found.active == Some(false) {
        let what = format!("{what}, but it is not started");
        return check(NAME, Level::Warn, what, Some("malsync schedule install"));
    }
    if let (Some(own), Some(program)) = (own, &found.program)
        && own != program
    {
        let what = format!("{what}, but by another malsync than this one ({own}): {program}");
        return check(NAME, Level::Warn, what, Some("malsync schedule install, with the malsync that is to sync"));
    }
    if found.active.is_none() && scheduler != Scheduler::Cron {
        let what = format!("{what}, but it does not say whether it is started");
        return check(NAME, Level::Warn, what, Some("ask as this user, not by su or sudo: malsync schedule status"));
    }
    let next = found.next.as_ref().map(|next| format!(", the next on {next}")).unwrap_or_default();
    check(NAME, Level::Ok, format!("{what}{next}"), None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{exit::Exit, schedule::Every};

    const OWN: &str = "/usr/bin/malsync";

    fn line(seen: &Seen) -> String {
        let checks = told(seen, Some(OWN));
        assert_eq!(checks.len(), 1);
        let Check { level, message, hint, .. } = &checks[0];
        format!("{level:?} {message} | {}", hint.as_deref().unwrap_or_default())
    }

    fn one(scheduler: Scheduler, program: &str, active: Option<bool>, next: Option<&str>) -> Seen {
        let found = Found {
            every: Every::parse("6h").unwrap(),
            command: String::new(),
            program: Some(program.to_owned()),
            places: Vec::new(),
            active,
            next: next.map(str::to_owned),
        };
        Seen { jobs: vec![(scheduler, found)], by_hand: Vec::new(), amiss: Vec::new(), scheduler: Ok(scheduler) }
    }

    #[test]
    fn a_job_is_good_where_it_is_started_and_starts_this_malsync() {
        use Scheduler::{Cron, Launchd, Systemd};
        for (seen, expected) in [
            (one(Systemd, OWN, Some(true), Some("Wed")), "Ok every 6h by systemd, the next on Wed | "),
            (one(Systemd, OWN, Some(true), None), "Ok every 6h by systemd | "),
            (one(Cron, OWN, None, None), "Ok every 6h by cron | "),
            (
                one(Systemd, OWN, Some(false), None),
                "Warn every 6h by systemd, but it is not started | malsync schedule install",
            ),
            (
                one(Launchd, OWN, None, None),
                "Warn every 6h by launchd, but it does not say whether it is started | \
                 ask as this user, not by su or sudo: malsync schedule status",
            ),
            (
                one(Cron, "/old/malsync", None, None),
                "Warn every 6h by cron, but by another malsync than this one (/usr/bin/malsync): /old/malsync | \
                 malsync schedule install, with the malsync that is to sync",
            ),
        ] {
            assert_eq!(line(&seen), expected);
        }
    }

    #[test]
    fn where_there_is_no_job_it_is_said_what_can_be_done() {
        let none = |by_hand: &[&str], amiss: Option<&str>, scheduler| Seen {
            jobs: Vec::new(),
            by_hand: by_hand.iter().map(|line| (*line).to_owned()).collect(),
            amiss: amiss.into_iter().map(|what| Failure::text(Exit::Failed, what).hint("open it")).collect(),
            scheduler,
        };
        let nothing = || Err(Failure::text(Exit::Failed, "nothing starts jobs").hint("let it start: malsync sync"));
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
            assert_eq!(line(&seen), expected);
        }
    }
}
