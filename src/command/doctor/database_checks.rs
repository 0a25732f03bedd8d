//! The database: there, of the right schema, with room to grow; and what it says of logins and syncs.

use std::{path::Path, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    auth::expiry::{self, RefreshNeed},
    clock::{Clock as _, SystemClock},
    domain::{
        run::{Run, RunStatus},
        user::User,
    },
    failure::Failure,
    store::{Database, DatabaseUrl, SchemaVersions},
    sync::port::SyncStore as _,
    ui::view::{
        self,
        doctor::{Check, CheckLevel},
    },
};

use super::{Context, check_from_failure, mal_checks::check_clock, new_check};
use crate::command::context::close_database;

/// How long the database may take for all its answers.
const DATABASE_CHECK_TIMEOUT: Duration = Duration::from_secs(30);

/// Less free space than this, in bytes, is worth a word: a full disk stops a sync.
const MIN_FREE_BYTES: u64 = 100 << 20;

/// A list that was not synced for so long: the tokens are renewed by a sync, and live for 31 days.
const STALE_AFTER: TimeDelta = TimeDelta::days(14);

pub(super) async fn check_database(context: &Context<'_>) -> Vec<Check> {
    const NAME: &str = "database";
    let mut checks = Vec::new();
    let looked = tokio::time::timeout(DATABASE_CHECK_TIMEOUT, open_and_check(context, &mut checks)).await;
    match looked {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => checks.push(check_from_failure(NAME, &failure)),
        Err(_) => {
            let what = format!("it gave no answer within {} s", DATABASE_CHECK_TIMEOUT.as_secs());
            checks.push(new_check(
                NAME,
                CheckLevel::Error,
                what,
                Some("see what slows it down or holds its tables, and run again"),
            ));
        }
    }
    checks
}

async fn open_and_check(context: &Context<'_>, checks: &mut Vec<Check>) -> Result<(), Failure> {
    let (database, schema) = context.open_read_only().await?;
    let result = collect_checks(context, &database, schema, checks).await;
    close_database(database).await;
    result
}

async fn collect_checks(
    context: &Context<'_>,
    database: &Arc<Database>,
    schema: SchemaVersions,
    checks: &mut Vec<Check>,
) -> Result<(), Failure> {
    let about = database.database_info().await?;
    let size = about.size_bytes.map(|bytes| format!(", {} KiB", bytes / 1024)).unwrap_or_default();
    let what = format!("{}, {}, schema {}{size}", database.url(), about.version, schema.applied);
    if schema.is_current() {
        checks.push(new_check("database", CheckLevel::Ok, what, None));
    } else {
        let what = format!("{what}; this malsync needs {}, and brings it there when it is next used", schema.latest);
        checks.push(new_check(
            "database",
            CheckLevel::Warn,
            what,
            Some("malsync status; a copy before is never wrong"),
        ));
    }
    match database.url() {
        DatabaseUrl::Sqlite { path, .. } => checks.extend(check_disk_space(path)),
        DatabaseUrl::Postgres(_) => {
            checks.extend(check_clock("the database's clock", database.now().await?, SystemClock.now()))
        }
    }
    let mut users = match schema.applied {
        0 => Vec::new(),
        _ if schema.is_current() => database.load_users().await?,
        // Which columns an older one lacks is nothing to guess.
        _ => return Ok(()),
    };
    users.retain(|user| user.login.is_present() || user.last_mal_sync.is_some());
    if users.is_empty() {
        let what = format!("nobody is logged in ({})", database.url());
        checks.push(new_check("login", CheckLevel::Error, what, Some("malsync login")));
    }
    for user in &users {
        let now = database.now().await?;
        checks.push(check_login(context, database, user, now).await?);
        let run = database.load_runs(Some(user.id), Some(1)).await?.into_iter().next();
        checks.push(check_last_sync(user, run.as_ref(), now));
    }
    Ok(())
}

/// Whether the disk has room for the file to grow.
#[cfg(unix)]
fn check_disk_space(path: &Path) -> Option<Check> {
    let disk = rustix::fs::statvfs(path).ok()?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let what = format!("{} MiB free where {} is", free >> 20, path.display());
    Some(if free < MIN_FREE_BYTES {
        new_check("disk", CheckLevel::Warn, what, Some("free some space: a full disk stops a sync"))
    } else {
        new_check("disk", CheckLevel::Ok, what, None)
    })
}

#[cfg(not(unix))]
fn space(_: &Path) -> Option<Check> {
    None
}

/// How a user's login stands, its tokens opened: a key that does not fit shows here.
async fn check_login(
    context: &Context<'_>,
    database: &Arc<Database>,
    user: &User,
    now: DateTime<Utc>,
) -> Result<Check, Failure> {
    const NAME: &str = "login";
    let name = &user.username;
    let again = format!("malsync login {}", user.as_cli_arg());
    let held = match context.token_store(database)?.load_tokens(user.id, &user.login).await {
        Ok(Some(held)) => held,
        Ok(None) => return Ok(new_check(NAME, CheckLevel::Warn, format!("{name} is not logged in"), Some(&again))),
        Err(failure) => return Ok(check_from_failure(NAME, &failure.context(format!("the login of {name}")))),
    };
    if held.needs_login {
        return Ok(new_check(NAME, CheckLevel::Error, format!("MAL wants a new login of {name}"), Some(&again)));
    }
    let configured = context.config()?.client_id().ok();
    if let (Some(own), Some(other)) = (configured, held.client_id.as_deref())
        && own != other
    {
        let what = format!("the tokens of {name} belong to another client id than MAL_CLIENT_ID");
        return Ok(new_check(NAME, CheckLevel::Error, what, Some(&format!("set MAL_CLIENT_ID={other}, or: {again}"))));
    }
    let until = held
        .expires_at
        .map(|end| format!(" until {}, for {}", view::format_time(end), view::format_time_span(end - now)));
    Ok(match expiry::refresh_need(&held, now) {
        RefreshNeed::Expired => {
            let end = held.expires_at.map(|end| format!(" on {}", view::format_time(end))).unwrap_or_default();
            let hint = format!("malsync token refresh {}; if MAL refuses: {again}", user.as_cli_arg());
            new_check(NAME, CheckLevel::Warn, format!("the token of {name} ended{end}"), Some(&hint))
        }
        RefreshNeed::Early => {
            let what = format!("{name} is logged in{}; the token is due to be renewed", until.unwrap_or_default());
            new_check(NAME, CheckLevel::Warn, what, Some(&format!("malsync sync {} renews it", user.as_cli_arg())))
        }
        RefreshNeed::NotNeeded => {
            new_check(NAME, CheckLevel::Ok, format!("{name} is logged in{}", until.unwrap_or_default()), None)
        }
    })
}

fn check_last_sync(user: &User, run: Option<&Run>, now: DateTime<Utc>) -> Check {
    const NAME: &str = "last sync";
    let name = &user.username;
    let sync = format!("malsync sync {}", user.as_cli_arg());
    let Some(run) = run else {
        return new_check(NAME, CheckLevel::Warn, format!("{name} was never synced"), Some(&sync));
    };
    let ago = |time| format!("{} ago, on {}", view::format_time_span(now - time), view::format_time(time));
    let complete = match user.last_mal_sync {
        Some(end) if run.finished_at == Some(end) => String::new(),
        Some(end) => format!("; the last complete one ended {}", ago(end)),
        None => "; none was complete yet".to_owned(),
    };
    let what = format!("{name}: {}, begun {}{complete}", run.status.as_str(), ago(run.started_at));
    let id = run.id.map_or_else(String::new, |id| id.to_string());
    let late = user.last_mal_sync.is_some_and(|end| now - end > STALE_AFTER);
    match run.status {
        RunStatus::Failed | RunStatus::Interrupted => {
            new_check(NAME, CheckLevel::Warn, what, Some(&format!("{sync}; why it failed: malsync status --run {id}")))
        }
        RunStatus::Partial => new_check(NAME, CheckLevel::Warn, what, Some(&format!("malsync status --run {id} -v"))),
        _ if late => new_check(NAME, CheckLevel::Warn, what, Some(&sync)),
        _ => new_check(NAME, CheckLevel::Ok, what, None),
    }
}
