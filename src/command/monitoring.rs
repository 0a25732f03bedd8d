//! What happens around a sync: a check is pinged, the figures are written, whoever wants to know is told.
//!
//! The rule: a sync goes on and ends as if nobody watched. What cannot be told is a warning at most.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};

use crate::{
    cli::args,
    clock::{Clock as _, SystemClock},
    domain::{run::Run, user::User},
    exit::Exit,
    failure::Failure,
    monitor::{
        Notification, NotificationState, NotificationStates, ObservedOutcome,
        delivery::{self, PingKind},
        notification::{build_notifications, ping_body},
        notification_state::StateChanges,
    },
    ui::view,
};

use super::{
    atomic_file,
    context::{Context, close_database},
    metrics, sync,
};

/// How long the database may take for what is told of it.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(5);

/// How the syncs of this process ended.
#[derive(Default)]
pub(crate) struct ObservedOutcomes(Mutex<Vec<ObservedOutcome>>);

impl ObservedOutcomes {
    /// Notes how one user's sync ended.
    pub(crate) fn record(&self, user: &User, run: Option<&Run>, outcome: &Result<Exit, Failure>) {
        let begun = run.is_some_and(|run| run.id.is_some());
        self.push(match outcome {
            Ok(exit) => {
                let told = run.map(|run| view::run::summary_text(run, false)).unwrap_or_default();
                ObservedOutcome { user: user.username.clone(), exit: *exit, has_run: begun, summary: told, hint: None }
            }
            Err(failure) => outcome_of_failure(&user.username, begun, failure),
        });
    }

    /// Notes that one user's sync did not begin.
    pub(crate) fn record_not_started(&self, user: &User, failure: &Failure) {
        self.push(outcome_of_failure(&user.username, false, failure));
    }

    fn push(&self, end: ObservedOutcome) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(end);
    }

    fn drain(&self) -> Vec<ObservedOutcome> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn outcome_of_failure(user: &str, begun: bool, failure: &Failure) -> ObservedOutcome {
    let hint = failure.hints.first().cloned();
    ObservedOutcome { user: user.to_owned(), exit: failure.exit, has_run: begun, summary: failure.message(), hint }
}

/// A sync, watched.
pub(crate) async fn run_with_monitoring(context: &Context<'_>, args: &args::SyncArgs) -> Result<Exit, Failure> {
    if args.dry_run {
        return sync::run(context, args).await;
    }
    if args.tell_once {
        context.ui.start_buffering();
    }
    let check = context.loaded.best_effort_config().malsync_ping_url.as_ref().map(|check| check.value.clone());
    // A check that is slow to answer holds no sync up.
    let begun = check
        .map(|check| tokio::spawn(async move { delivery::send_ping(&check, PingKind::Start, String::new()).await }));
    let result = sync::run(context, args).await;
    // What the end is told is what counts, and a check that does not answer says so then.
    if let Some(begun) = begun
        && let Ok(Err(why)) = begun.await
    {
        tracing::debug!("MALSYNC_PING_URL: the beginning could not be told: {why}");
    }
    let known = notify_finished(context, &result).await;
    if !args.tell_once {
        return result;
    }
    // With another sync going on there is nothing wrong.
    let told_before = known && !matches!(result, Ok(Exit::Done));
    let busy = result.as_ref().is_err_and(|failure| failure.exit == Exit::Busy);
    context.ui.finish_buffering(!told_before && !busy);
    match result {
        Err(failure) if told_before || busy => Ok(failure.exit),
        result => result,
    }
}

/// Tells how it ended. Answers whether that was known before.
async fn notify_finished(context: &Context<'_>, result: &Result<Exit, Failure>) -> bool {
    let mut ends = context.outcomes.drain();
    if let (Err(failure), true) = (result, ends.is_empty()) {
        ends.push(outcome_of_failure("", false, failure));
    }
    let config = context.loaded.best_effort_config();
    let log = context.ui.recent_messages();
    if let Some(check) = &config.malsync_ping_url
        && let Some(moment) = ping_kind(&ends)
    {
        warn_on_error(
            context,
            "MALSYNC_PING_URL",
            delivery::send_ping(&check.value, moment, ping_body(&ends, &log)).await,
        );
    }
    let logins = login_expiries(context, &ends).await;
    let remembered = update_state(context, &ends, &logins);
    write_metrics_file(context, &ends).await;
    let Some((news, logins)) = remembered else { return false };
    for notice in build_notifications(&news, &logins, &log) {
        send_notification(context, &notice).await;
    }
    news.is_empty() && logins.is_empty()
}

/// What a check is told; nothing where the run that it began is another's, or was stopped by a person: the next one says how
/// things stand, and a check that waits for the end of this one tells by itself that it did not come.
fn ping_kind(ends: &[ObservedOutcome]) -> Option<PingKind> {
    let counted: Vec<_> = ends.iter().filter(|end| end.is_reportable()).collect();
    if counted.is_empty() {
        return None;
    }
    Some(if counted.iter().all(|end| end.is_success()) { PingKind::Success } else { PingKind::Fail })
}

/// Sends a notice wherever one is wanted.
async fn send_notification(context: &Context<'_>, notice: &Notification) {
    let config = context.loaded.best_effort_config();
    if let Some(webhook) = &config.malsync_webhook_url {
        warn_on_error(context, "MALSYNC_WEBHOOK_URL", delivery::send_webhook(&webhook.value, notice).await);
    }
    if let Some(command) = &config.malsync_notify_command {
        warn_on_error(context, "MALSYNC_NOTIFY_COMMAND", delivery::run_command(&command.value, notice).await);
    }
}

fn warn_on_error(context: &Context<'_>, setting: &str, result: Result<(), String>) {
    if let Err(why) = result {
        context.ui.print_warning(&format!("{setting}: {why}"));
    }
}

/// A user and the end of its login.
type LoginExpiry = (String, DateTime<Utc>);

/// Writes the figures where they are wanted: after what happened is remembered, which is among them.
async fn write_metrics_file(context: &Context<'_>, ends: &[ObservedOutcome]) {
    let Some(file) = &context.loaded.best_effort_config().malsync_metrics_file else { return };
    if is_database_unreachable(ends) {
        return;
    }
    let write = async {
        let database = context.reopen_database().await.map_err(|failure| failure.message())?;
        let text = metrics::collect_metrics(context, &database).await.map_err(|failure| failure.message());
        close_database(database).await;
        atomic_file::write_shared(&file.value, text?.as_bytes()).map_err(|error| error.to_string())
    };
    let written =
        tokio::time::timeout(DATABASE_TIMEOUT, write).await.unwrap_or_else(|_| Err("the database is slow".to_owned()));
    warn_on_error(context, "MALSYNC_METRICS_FILE", written.map_err(|why| format!("{}: {why}", file.value.display())));
}

/// When the logins of those who were synced end, where somebody wants to know.
async fn login_expiries(context: &Context<'_>, ends: &[ObservedOutcome]) -> Vec<LoginExpiry> {
    let config = context.loaded.best_effort_config();
    let wanted = config.malsync_webhook_url.is_some() || config.malsync_notify_command.is_some();
    if !wanted || is_database_unreachable(ends) {
        return Vec::new();
    }
    let look = async {
        let Ok(database) = context.reopen_database().await else { return Vec::new() };
        let users = database.load_users().await.unwrap_or_default();
        close_database(database).await;
        users
    };
    let users = tokio::time::timeout(DATABASE_TIMEOUT, look).await.unwrap_or_default();
    let synced = |user: &User| ends.iter().any(|end| end.user == user.username) && !user.login.needs_login;
    users.into_iter().filter(synced).filter_map(|user| Some((user.username, user.login.expires_at?))).collect()
}

/// A database that just did not answer is not asked again.
fn is_database_unreachable(ends: &[ObservedOutcome]) -> bool {
    ends.iter().any(|end| end.exit == Exit::Database)
}

/// What is new by what was remembered; none where nothing can be.
fn update_state(
    context: &Context<'_>,
    ends: &[ObservedOutcome],
    logins: &[LoginExpiry],
) -> Option<(StateChanges, Vec<LoginExpiry>)> {
    let place = context.database_url().ok()?.to_string();
    let mut books = load_all_states(context);
    let memory = books.entry(place).or_default();
    let before = memory.clone();
    let news = memory.record_outcomes(ends);
    let logins = memory.take_expiring_logins(logins, SystemClock.now());
    if *memory == before {
        return Some((news, logins));
    }
    let folder = context.loaded.best_effort_config().directories.data_dir().ok()?;
    let text = serde_json::to_string_pretty(&books).ok()?;
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| atomic_file::write_private(&folder.join(STATE_FILE), text.as_bytes()));
    if let Err(error) = written {
        tracing::debug!("{STATE_FILE} cannot be written: {error}");
        return None;
    }
    Some((news, logins))
}

/// Where it is remembered how syncs went, in the data folder.
const STATE_FILE: &str = "syncs.json";

fn load_all_states(context: &Context<'_>) -> NotificationStates {
    let folder = context.loaded.best_effort_config().directories.data_dir().ok();
    let text = folder.and_then(|folder| std::fs::read(folder.join(STATE_FILE)).ok()).unwrap_or_default();
    // Nothing that was remembered is worth a sync.
    serde_json::from_slice(&text).unwrap_or_default()
}

/// What is remembered of the database's users.
pub(super) fn load_state(context: &Context<'_>) -> NotificationState {
    let place = context.database_url().map(|place| place.to_string()).unwrap_or_default();
    load_all_states(context).remove(&place).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ping_kind_follows_reportable_outcomes() {
        let end = |exit| ObservedOutcome { user: "a".into(), exit, has_run: true, summary: String::new(), hint: None };
        for (ends, expected) in [
            (&[Exit::Done][..], Some(PingKind::Success)),
            (&[Exit::Done, Exit::Partial], Some(PingKind::Fail)),
            (&[Exit::Busy], None),
            (&[Exit::Busy, Exit::Done], Some(PingKind::Success)),
            (&[Exit::Interrupt], None),
            (&[], None),
        ] {
            assert_eq!(ping_kind(&ends.iter().map(|exit| end(*exit)).collect::<Vec<_>>()), expected, "{ends:?}");
        }
    }
}
