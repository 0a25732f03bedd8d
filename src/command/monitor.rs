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
        Books, End, Memory, Notice,
        memory::News,
        notice::{notices, summary},
        send::{self, Moment},
    },
    ui::view,
};

use super::{
    context::{Context, close},
    file, metrics, sync,
};

/// How long the database may take for what is told of it.
const LOOK: Duration = Duration::from_secs(5);

/// How the syncs of this process ended.
#[derive(Default)]
pub(crate) struct Ends(Mutex<Vec<End>>);

impl Ends {
    /// Notes how one user's sync ended.
    pub(crate) fn note(&self, user: &User, run: Option<&Run>, outcome: &Result<Exit, Failure>) {
        let begun = run.is_some_and(|run| run.id.is_some());
        self.add(match outcome {
            Ok(exit) => {
                let told = run.map(|run| view::run::summary(run, false)).unwrap_or_default();
                End { user: user.username.clone(), exit: *exit, begun, told, hint: None }
            }
            Err(failure) => of_failure(&user.username, begun, failure),
        });
    }

    /// Notes that one user's sync did not begin.
    pub(crate) fn refused(&self, user: &User, failure: &Failure) {
        self.add(of_failure(&user.username, false, failure));
    }

    fn add(&self, end: End) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(end);
    }

    fn take(&self) -> Vec<End> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn of_failure(user: &str, begun: bool, failure: &Failure) -> End {
    let hint = failure.hints.first().cloned();
    End { user: user.to_owned(), exit: failure.exit, begun, told: failure.message(), hint }
}

/// A sync, watched.
pub(crate) async fn watched(context: &Context<'_>, args: &args::Sync) -> Result<Exit, Failure> {
    if args.dry_run {
        return sync::run(context, args).await;
    }
    if args.tell_once {
        context.ui.hold_back();
    }
    let check = context.loaded.as_far_as_read().malsync_ping_url.as_ref().map(|check| check.value.clone());
    // A check that is slow to answer holds no sync up.
    let begun = check.map(|check| tokio::spawn(async move { send::ping(&check, Moment::Start, String::new()).await }));
    let result = sync::run(context, args).await;
    // What the end is told is what counts, and a check that does not answer says so then.
    if let Some(begun) = begun
        && let Ok(Err(why)) = begun.await
    {
        tracing::debug!("MALSYNC_PING_URL: the beginning could not be told: {why}");
    }
    let known = after(context, &result).await;
    if !args.tell_once {
        return result;
    }
    // With another sync going on there is nothing wrong.
    let told_before = known && !matches!(result, Ok(Exit::Done));
    let busy = result.as_ref().is_err_and(|failure| failure.exit == Exit::Busy);
    context.ui.let_go(!told_before && !busy);
    match result {
        Err(failure) if told_before || busy => Ok(failure.exit),
        result => result,
    }
}

/// Tells how it ended. Answers whether that was known before.
async fn after(context: &Context<'_>, result: &Result<Exit, Failure>) -> bool {
    let mut ends = context.ends.take();
    if let (Err(failure), true) = (result, ends.is_empty()) {
        ends.push(of_failure("", false, failure));
    }
    let config = context.loaded.as_far_as_read();
    let log = context.ui.last_lines();
    if let Some(check) = &config.malsync_ping_url
        && let Some(moment) = moment(&ends)
    {
        told(context, "MALSYNC_PING_URL", send::ping(&check.value, moment, summary(&ends, &log)).await);
    }
    let logins = logins(context, &ends).await;
    let remembered = remembered(context, &ends, &logins);
    write_figures(context, &ends).await;
    let Some((news, logins)) = remembered else { return false };
    for notice in notices(&news, &logins, &log) {
        tell(context, &notice).await;
    }
    news.is_none() && logins.is_empty()
}

/// What a check is told; nothing where the run that it began is another's, or was stopped by a person: the next one says how
/// things stand, and a check that waits for the end of this one tells by itself that it did not come.
fn moment(ends: &[End]) -> Option<Moment> {
    let counted: Vec<_> = ends.iter().filter(|end| end.counts()).collect();
    if counted.is_empty() {
        return None;
    }
    Some(if counted.iter().all(|end| end.is_good()) { Moment::Success } else { Moment::Fail })
}

/// Sends a notice wherever one is wanted.
async fn tell(context: &Context<'_>, notice: &Notice) {
    let config = context.loaded.as_far_as_read();
    if let Some(webhook) = &config.malsync_webhook_url {
        told(context, "MALSYNC_WEBHOOK_URL", send::webhook(&webhook.value, notice).await);
    }
    if let Some(command) = &config.malsync_notify_command {
        told(context, "MALSYNC_NOTIFY_COMMAND", send::command(&command.value, notice).await);
    }
}

fn told(context: &Context<'_>, setting: &str, result: Result<(), String>) {
    if let Err(why) = result {
        context.ui.warning(&format!("{setting}: {why}"));
    }
}

/// A user and the end of its login.
type LoginEnd = (String, DateTime<Utc>);

/// Writes the figures where they are wanted: after what happened is remembered, which is among them.
async fn write_figures(context: &Context<'_>, ends: &[End]) {
    let Some(file) = &context.loaded.as_far_as_read().malsync_metrics_file else { return };
    if is_unreachable(ends) {
        return;
    }
    let write = async {
        let database = context.open_again().await.map_err(|failure| failure.message())?;
        let text = metrics::figures(context, &database).await.map_err(|failure| failure.message());
        close(database).await;
        file::public(&file.value, text?.as_bytes()).map_err(|error| error.to_string())
    };
    let written = tokio::time::timeout(LOOK, write).await.unwrap_or_else(|_| Err("the database is slow".to_owned()));
    told(context, "MALSYNC_METRICS_FILE", written.map_err(|why| format!("{}: {why}", file.value.display())));
}

/// When the logins of those who were synced end, where somebody wants to know.
async fn logins(context: &Context<'_>, ends: &[End]) -> Vec<LoginEnd> {
    let config = context.loaded.as_far_as_read();
    let wanted = config.malsync_webhook_url.is_some() || config.malsync_notify_command.is_some();
    if !wanted || is_unreachable(ends) {
        return Vec::new();
    }
    let look = async {
        let Ok(database) = context.open_again().await else { return Vec::new() };
        let users = database.users().await.unwrap_or_default();
        close(database).await;
        users
    };
    let users = tokio::time::timeout(LOOK, look).await.unwrap_or_default();
    let synced = |user: &User| ends.iter().any(|end| end.user == user.username) && !user.login.needs_login;
    users.into_iter().filter(synced).filter_map(|user| Some((user.username, user.login.expires_at?))).collect()
}

/// A database that just did not answer is not asked again.
fn is_unreachable(ends: &[End]) -> bool {
    ends.iter().any(|end| end.exit == Exit::Database)
}

/// What is new by what was remembered; none where nothing can be.
fn remembered(context: &Context<'_>, ends: &[End], logins: &[LoginEnd]) -> Option<(News, Vec<LoginEnd>)> {
    let place = context.place().ok()?.to_string();
    let mut books = books(context);
    let memory = books.entry(place).or_default();
    let before = memory.clone();
    let news = memory.note(ends);
    let logins = memory.logins(logins, SystemClock.now());
    if *memory == before {
        return Some((news, logins));
    }
    let folder = context.loaded.as_far_as_read().folders.data().ok()?;
    let text = serde_json::to_string_pretty(&books).ok()?;
    let written = std::fs::create_dir_all(folder).and_then(|()| file::own(&folder.join(FILE), text.as_bytes()));
    if let Err(error) = written {
        tracing::debug!("{FILE} cannot be written: {error}");
        return None;
    }
    Some((news, logins))
}

/// Where it is remembered how syncs went, in the data folder.
const FILE: &str = "syncs.json";

fn books(context: &Context<'_>) -> Books {
    let folder = context.loaded.as_far_as_read().folders.data().ok();
    let text = folder.and_then(|folder| std::fs::read(folder.join(FILE)).ok()).unwrap_or_default();
    // Nothing that was remembered is worth a sync.
    serde_json::from_slice(&text).unwrap_or_default()
}

/// What is remembered of the database's users.
pub(super) fn memory(context: &Context<'_>) -> Memory {
    let place = context.place().map(|place| place.to_string()).unwrap_or_default();
    books(context).remove(&place).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_told_what_syncs_say_of_themselves() {
        let end = |exit| End { user: "a".into(), exit, begun: true, told: String::new(), hint: None };
        for (ends, expected) in [
            (&[Exit::Done][..], Some(Moment::Success)),
            (&[Exit::Done, Exit::Partial], Some(Moment::Fail)),
            (&[Exit::Busy], None),
            (&[Exit::Busy, Exit::Done], Some(Moment::Success)),
            (&[Exit::Interrupt], None),
            (&[], None),
        ] {
            assert_eq!(moment(&ends.iter().map(|exit| end(*exit)).collect::<Vec<_>>()), expected, "{ends:?}");
        }
    }
}
