//! Monitoring around a sync: pings a health check, writes the metrics file, sends notifications. Entry point:
//! [`run_with_monitoring`].
//!
//! Invariant: monitoring never changes how a sync runs or ends. A monitoring error is a warning at most.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::{
    cli::args,
    clock::{Clock as _, SystemClock},
    domain::user::User,
    exit::Exit,
    failure::Failure,
    monitor::{
        Notification, NotificationTarget, ObservedOutcome,
        delivery::{self, PingKind},
        notification::{build_notifications, ping_body},
        notification_state::StateChanges,
    },
    store::DatabaseAccess,
    ui::BufferedOutput,
};

use super::{
    context::Context,
    metrics,
    notification_file::{load_state, update_stored_state},
    observed_outcomes::outcome_of_failure,
    output_file::{NewFileAccess, write_output},
    sync,
};

/// Timeout of the database queries after a sync.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(5);

/// Runs `sync` with pings, metrics and notifications around it.
pub(crate) async fn run_with_monitoring(context: &Context<'_>, args: &args::SyncArgs) -> Result<Exit, Failure> {
    if args.dry_run {
        return sync::run(context, args).await;
    }
    if args.tell_once {
        context.ui.start_buffering();
    }
    let ping_url =
        context.loaded.config_despite_errors().malsync_ping_url.as_ref().map(|ping_url| ping_url.value.clone());
    // Ping in the background: a slow health check must not delay the sync.
    let start_ping = ping_url.map(|ping_url| {
        tokio::spawn(async move { delivery::send_ping(&ping_url, PingKind::Start, String::new()).await })
    });
    let result = sync::run(context, args).await;
    // Release the locks before anybody is told that the sync has ended.
    context.close_databases().await;
    // A failed start ping is only logged; a persistent error shows up in the final ping.
    if let Some(start_ping) = start_ping
        && let Ok(Err(error)) = start_ping.await
    {
        tracing::debug!("MALSYNC_PING_URL: the start ping failed: {error}");
    }
    let is_known_outcome = report_outcome(context, args, &result).await;
    if !args.tell_once {
        return result;
    }
    // --tell-once prints no failure that it printed after an earlier sync, and nothing if another process is syncing.
    let is_known_failure = is_known_outcome && !matches!(result, Ok(Exit::Done));
    let is_busy = result.as_ref().is_err_and(|failure| failure.exit == Exit::Busy);
    let is_silent = is_known_failure || is_busy;
    context.ui.finish_buffering(if is_silent { BufferedOutput::Discard } else { BufferedOutput::Print });
    match result {
        // Keep the exit code, but print no error.
        Err(failure) if is_silent => Ok(failure.exit),
        result => result,
    }
}

/// Reports the outcome of a sync by ping, metrics file and notifications.
///
/// Returns true if `--tell-once` printed this outcome already: since it printed last, no failure began, changed or
/// ended, and no further login expires soon. Returns false without `--tell-once`, and if the stored state cannot be
/// updated.
async fn report_outcome(context: &Context<'_>, args: &args::SyncArgs, result: &Result<Exit, Failure>) -> bool {
    let mut outcomes = context.outcomes.drain();
    if let (Err(failure), true) = (result, outcomes.is_empty()) {
        outcomes.push(outcome_of_failure("", false, failure));
    }
    let config = context.loaded.config_despite_errors();
    let messages = context.ui.recent_messages();
    if let Some(ping_url) = &config.malsync_ping_url
        && let Some(kind) = ping_kind(&outcomes)
    {
        warn_on_error(
            context,
            "MALSYNC_PING_URL",
            delivery::send_ping(&ping_url.value, kind, ping_body(&outcomes, &messages)).await,
        );
    }
    let expiries = login_expiries(context, &outcomes).await;
    let update = update_stored_state(context, |state| state.record_outcomes(&outcomes));
    write_metrics_file(context, &outcomes).await;
    if update.is_none() {
        return false;
    }
    for target in [NotificationTarget::Webhook, NotificationTarget::Command] {
        notify_target(context, target, &expiries, &messages).await;
    }
    if !args.tell_once {
        return false;
    }
    let (changes, logins) =
        load_state(context).pending_notices(NotificationTarget::Output, &expiries, SystemClock.now());
    update_stored_state(context, |state| state.record_accepted(NotificationTarget::Output, &changes, &logins));
    changes == StateChanges::default() && logins.is_empty()
}

/// Sends a target what it does not know yet. What it accepts is remembered; the rest is sent again after the next sync.
async fn notify_target(
    context: &Context<'_>,
    target: NotificationTarget,
    expiries: &[LoginExpiry],
    messages: &[String],
) {
    let config = context.loaded.config_despite_errors();
    let is_configured = match target {
        NotificationTarget::Webhook => config.malsync_webhook_url.is_some(),
        NotificationTarget::Command => config.malsync_notify_command.is_some(),
        NotificationTarget::Output => false,
    };
    if !is_configured {
        return;
    }
    let (changes, logins) = load_state(context).pending_notices(target, expiries, SystemClock.now());
    let parts = [
        (StateChanges { failed: changes.failed, recovered: Vec::new() }, Vec::new()),
        (StateChanges { failed: Vec::new(), recovered: changes.recovered }, Vec::new()),
        (StateChanges::default(), logins),
    ];
    for (changes, logins) in parts {
        for notification in build_notifications(&changes, &logins, messages) {
            if !send_notification(context, target, &notification).await {
                return;
            }
            update_stored_state(context, |state| state.record_accepted(target, &changes, &logins));
        }
    }
}

/// Returns the kind of the final ping. Returns `None` if no outcome is reportable: another process is syncing, or a
/// person stopped the sync. The next sync reports the state, and the health check itself notices a missing end.
fn ping_kind(outcomes: &[ObservedOutcome]) -> Option<PingKind> {
    let reportable: Vec<_> = outcomes.iter().filter(|outcome| outcome.is_reportable()).collect();
    if reportable.is_empty() {
        return None;
    }
    Some(if reportable.iter().all(|outcome| outcome.is_success()) { PingKind::Success } else { PingKind::Fail })
}

/// Sends a notification to a target. Returns true if the target accepted it.
async fn send_notification(context: &Context<'_>, target: NotificationTarget, notification: &Notification) -> bool {
    let config = context.loaded.config_despite_errors();
    let (setting, result) = match (target, &config.malsync_webhook_url, &config.malsync_notify_command) {
        (NotificationTarget::Webhook, Some(webhook), _) => {
            ("MALSYNC_WEBHOOK_URL", delivery::send_webhook(&webhook.value, notification).await)
        }
        (NotificationTarget::Command, _, Some(command)) => {
            ("MALSYNC_NOTIFY_COMMAND", delivery::run_command(&command.value, notification).await)
        }
        _ => return false,
    };
    let is_accepted = result.is_ok();
    warn_on_error(context, setting, result);
    is_accepted
}

/// Prints a failed delivery as a warning, with the setting's name.
fn warn_on_error(context: &Context<'_>, setting: &str, result: Result<(), String>) {
    if let Err(error) = result {
        context.ui.print_warning(&format!("{setting}: {error}"));
    }
}

/// Username and the expiry time of the access token.
type LoginExpiry = (String, DateTime<Utc>);

/// Writes the metrics file, if configured. Must run after the outcomes were recorded: their counts are part of the metrics.
async fn write_metrics_file(context: &Context<'_>, outcomes: &[ObservedOutcome]) {
    let Some(file) = &context.loaded.config_despite_errors().malsync_metrics_file else { return };
    if is_database_unreachable(outcomes) {
        return;
    }
    let write = async {
        context.close_databases().await;
        let database =
            context.open_existing_silently(DatabaseAccess::Read).await.map_err(|failure| failure.message())?;
        let text = metrics::collect_metrics(context, &database).await.map_err(|failure| failure.message());
        let written = write_output(&file.value, text?.into_bytes(), NewFileAccess::Shared).await;
        written.map_err(|error| error.to_string())
    };
    let result =
        tokio::time::timeout(DATABASE_TIMEOUT, write).await.unwrap_or_else(|_| Err("the database is slow".to_owned()));
    warn_on_error(
        context,
        "MALSYNC_METRICS_FILE",
        result.map_err(|error| format!("{}: {error}", file.value.display())),
    );
}

/// Returns the token expiry of the synced users, if notifications are configured.
async fn login_expiries(context: &Context<'_>, outcomes: &[ObservedOutcome]) -> Vec<LoginExpiry> {
    let config = context.loaded.config_despite_errors();
    let is_wanted = config.malsync_webhook_url.is_some() || config.malsync_notify_command.is_some();
    if !is_wanted || is_database_unreachable(outcomes) {
        return Vec::new();
    }
    let load_users = async {
        let Ok(database) = context.open_existing_silently(DatabaseAccess::Read).await else { return Vec::new() };
        database.load_users().await.unwrap_or_default()
    };
    let users = tokio::time::timeout(DATABASE_TIMEOUT, load_users).await.unwrap_or_default();
    let is_synced =
        |user: &User| outcomes.iter().any(|outcome| outcome.user == user.username) && !user.login.needs_login;
    users.into_iter().filter(is_synced).filter_map(|user| Some((user.username, user.login.expires_at?))).collect()
}

/// Returns true if the sync could not reach the database, which is then not tried again.
fn is_database_unreachable(outcomes: &[ObservedOutcome]) -> bool {
    outcomes.iter().any(|outcome| outcome.exit == Exit::Database)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ping_kind_follows_reportable_outcomes() {
        let outcome =
            |exit| ObservedOutcome { user: "a".into(), exit, has_run: true, summary: String::new(), hint: None };
        for (exits, expected) in [
            (&[Exit::Done][..], Some(PingKind::Success)),
            (&[Exit::Done, Exit::Partial], Some(PingKind::Fail)),
            (&[Exit::Busy], None),
            (&[Exit::Busy, Exit::Done], Some(PingKind::Success)),
            (&[Exit::Interrupt], None),
            (&[], None),
        ] {
            assert_eq!(ping_kind(&exits.iter().map(|exit| outcome(*exit)).collect::<Vec<_>>()), expected, "{exits:?}");
        }
    }
}
