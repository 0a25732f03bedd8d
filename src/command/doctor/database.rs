//! The database: there, of the right schema, with room to grow; and what it says of logins and syncs.

use std::{path::Path, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    auth::life::{self, Need},
    clock::{Clock as _, SystemClock},
    domain::{
        run::{Run, RunStatus},
        user::User,
    },
    failure::Failure,
    store::{Database, Place, Schema},
    sync::port::Store as _,
    ui::view::{
        self,
        doctor::{Check, Level},
    },
};

use super::{Context, check, from_failure, mal::clock};
use crate::command::context::close;

/// How long the database may take for all its answers.
const LOOK: Duration = Duration::from_secs(30);

/// Less free space than this, in bytes, is worth a word: a full disk stops a sync.
const ROOM: u64 = 100 << 20;

/// A list that was not synced for so long: the tokens are renewed by a sync, and live for 31 days.
const LONG: TimeDelta = TimeDelta::days(14);

pub(super) async fn checks(context: &Context<'_>) -> Vec<Check> {
    const NAME: &str = "database";
    let mut checks = Vec::new();
    let looked = tokio::time::timeout(LOOK, look(context, &mut checks)).await;
    match looked {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => checks.push(from_failure(NAME, &failure)),
        Err(_) => {
            let what = format!("it gave no answer within {} s", LOOK.as_secs());
            checks.push(check(
                NAME,
                Level::Error,
                what,
                Some("see what slows it down or holds its tables, and run again"),
            ));
        }
    }
    checks
}

async fn look(context: &Context<'_>, checks: &mut Vec<Check>) -> Result<(), Failure> {
    let (database, schema) = context.look().await?;
    let result = told(context, &database, schema, checks).await;
    close(database).await;
    result
}

async fn told(
    context: &Context<'_>,
    database: &Arc<Database>,
    schema: Schema,
    checks: &mut Vec<Check>,
) -> Result<(), Failure> {
    let about = database.about().await?;
    let size = about.bytes.map(|bytes| format!(", {} KiB", bytes / 1024)).unwrap_or_default();
    let what = format!("{}, {}, schema {}{size}", database.place(), about.server, schema.has);
    if schema.is_current() {
        checks.push(check("database", Level::Ok, what, None));
    } else {
        let what = format!("{what}; this malsync needs {}, and brings it there when it is next used", schema.known);
        checks.push(check("database", Level::Warn, what, Some("malsync status; a copy before is never wrong")));
    }
    match database.place() {
        Place::Sqlite { path, .. } => checks.extend(space(path)),
        Place::Postgres(_) => checks.extend(clock("the database's clock", database.now().await?, SystemClock.now())),
    }
    let mut users = match schema.has {
        0 => Vec::new(),
        _ if schema.is_current() => database.users().await?,
        // Which columns an older one lacks is nothing to guess.
        _ => return Ok(()),
    };
    users.retain(|user| user.login.exists() || user.last_mal_sync.is_some());
    if users.is_empty() {
        let what = format!("nobody is logged in ({})", database.place());
        checks.push(check("login", Level::Error, what, Some("malsync login")));
    }
    for user in &users {
        let now = database.now().await?;
        checks.push(login(context, database, user, now).await?);
        let run = database.runs(Some(user.id), Some(1)).await?.into_iter().next();
        checks.push(last_sync(user, run.as_ref(), now));
    }
    Ok(())
}

/// Whether the disk has room for the file to grow.
#[cfg(unix)]
fn space(path: &Path) -> Option<Check> {
    let disk = rustix::fs::statvfs(path).ok()?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let what = format!("{} MiB free where {} is", free >> 20, path.display());
    Some(if free < ROOM {
        check("disk", Level::Warn, what, Some("free some space: a full disk stops a sync"))
    } else {
        check("disk", Level::Ok, what, None)
    })
}

#[cfg(not(unix))]
fn space(_: &Path) -> Option<Check> {
    None
}

/// How a user's login stands, its tokens opened: a key that does not fit shows here.
async fn login(
    context: &Context<'_>,
    database: &Arc<Database>,
    user: &User,
    now: DateTime<Utc>,
) -> Result<Check, Failure> {
    const NAME: &str = "login";
    let name = &user.username;
    let again = format!("malsync login {}", user.typed());
    let held = match context.vault(database)?.load(user.id, &user.login).await {
        Ok(Some(held)) => held,
        Ok(None) => return Ok(check(NAME, Level::Warn, format!("{name} is not logged in"), Some(&again))),
        Err(failure) => return Ok(from_failure(NAME, &failure.context(format!("the login of {name}")))),
    };
    if held.needs_login {
        return Ok(check(NAME, Level::Error, format!("MAL wants a new login of {name}"), Some(&again)));
    }
    let configured = context.config()?.client_id().ok();
    if let (Some(own), Some(other)) = (configured, held.client_id.as_deref())
        && own != other
    {
        let what = format!("the tokens of {name} belong to another client id than MAL_CLIENT_ID");
        return Ok(check(NAME, Level::Error, what, Some(&format!("set MAL_CLIENT_ID={other}, or: {again}"))));
    }
    let until = held.expires_at.map(|end| format!(" until {}, for {}", view::moment(end), view::span(end - now)));
    Ok(match life::need(&held, now) {
        Need::Ended => {
            let end = held.expires_at.map(|end| format!(" on {}", view::moment(end))).unwrap_or_default();
            let hint = format!("malsync token refresh {}; if MAL refuses: {again}", user.typed());
            check(NAME, Level::Warn, format!("the token of {name} ended{end}"), Some(&hint))
        }
        Need::Early => {
            let what = format!("{name} is logged in{}; the token is due to be renewed", until.unwrap_or_default());
            check(NAME, Level::Warn, what, Some(&format!("malsync sync {} renews it", user.typed())))
        }
        Need::Nothing => check(NAME, Level::Ok, format!("{name} is logged in{}", until.unwrap_or_default()), None),
    })
}

fn last_sync(user: &User, run: Option<&Run>, now: DateTime<Utc>) -> Check {
    const NAME: &str = "last sync";
    let name = &user.username;
    let sync = format!("malsync sync {}", user.typed());
    let Some(run) = run else {
        return check(NAME, Level::Warn, format!("{name} was never synced"), Some(&sync));
    };
    let ago = |time| format!("{} ago, on {}", view::span(now - time), view::moment(time));
    let complete = match user.last_mal_sync {
        Some(end) if run.finished_at == Some(end) => String::new(),
        Some(end) => format!("; the last complete one ended {}", ago(end)),
        None => "; none was complete yet".to_owned(),
    };
    let what = format!("{name}: {}, begun {}{complete}", run.status.as_str(), ago(run.started_at));
    let id = run.id.map_or_else(String::new, |id| id.to_string());
    let late = user.last_mal_sync.is_some_and(|end| now - end > LONG);
    match run.status {
        RunStatus::Failed | RunStatus::Interrupted => {
            check(NAME, Level::Warn, what, Some(&format!("{sync}; why it failed: malsync status --run {id}")))
        }
        RunStatus::Partial => check(NAME, Level::Warn, what, Some(&format!("malsync status --run {id} -v"))),
        _ if late => check(NAME, Level::Warn, what, Some(&sync)),
        _ => check(NAME, Level::Ok, what, None),
    }
}
