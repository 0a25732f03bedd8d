//! Checks the database: reachable, current schema, free disk space. Also checks each user's login and last sync.

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
    shell_quote::shell_quote,
    store::{Database, DatabaseUrl, HealthCheck, LaggingSequence, RunKind, SchemaVersions},
    sync::port::SyncStore as _,
    ui::view::{
        self,
        doctor::{Check, CheckLevel},
        status::NotStartedSync,
    },
};

use super::{
    check_result::{check_from_failure, new_check},
    mal_checks::check_clock,
    schema_checks,
};
use crate::command::{context::Context, status::find_not_started_sync, waiting_values::count_waiting_values};

/// Timeout of all database checks together.
const DATABASE_CHECK_TIMEOUT: Duration = Duration::from_secs(30);

/// Free disk space below which a warning is given: a full disk stops a sync.
#[cfg(unix)]
const MIN_FREE_BYTES: u64 = 100 << 20;

/// Age of the last complete sync from which a warning is given. A sync refreshes the tokens, which live for 31 days.
const STALE_AFTER: TimeDelta = TimeDelta::days(14);

pub(super) async fn check_database(context: &Context<'_>) -> Vec<Check> {
    const NAME: &str = "database";
    let mut checks: Vec<_> =
        context.database_url().ok().and_then(|url| schema_checks::check_server_identity(&url)).into_iter().collect();
    let outcome = tokio::time::timeout(DATABASE_CHECK_TIMEOUT, open_and_check(context, &mut checks)).await;
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => checks.push(check_from_failure(NAME, &failure)),
        Err(_) => {
            let message = format!("no response within {} s", DATABASE_CHECK_TIMEOUT.as_secs());
            checks.push(new_check(
                NAME,
                CheckLevel::Error,
                message,
                Some("check what slows it down or locks its tables, then try again"),
            ));
        }
    }
    checks
}

async fn open_and_check(context: &Context<'_>, checks: &mut Vec<Check>) -> Result<(), Failure> {
    let (database, schema) = context.open_read_only().await?;
    collect_checks(context, &database, schema, checks).await
}

async fn collect_checks(
    context: &Context<'_>,
    database: &Arc<Database>,
    schema: SchemaVersions,
    checks: &mut Vec<Check>,
) -> Result<(), Failure> {
    let info = database.database_info().await?;
    let size = info.size_bytes.map(|bytes| format!(", {} KiB", bytes / 1024)).unwrap_or_default();
    let message = format!("{}, {}, schema {}{size}", database.url(), info.version, schema.applied);
    let health = database.check_health(schema).await?;
    let takes_writes = !health.iter().any(|check| check.name == "writes" && check.hint.is_some());
    checks.push(check_schema(schema, takes_writes, message));
    checks.extend(health.into_iter().map(|HealthCheck { name, message, hint, is_harmless }| {
        let level = match (&hint, is_harmless) {
            (None, _) => CheckLevel::Ok,
            (Some(_), true) => CheckLevel::Warn,
            (Some(_), false) => CheckLevel::Error,
        };
        new_check(name, level, message, hint.as_deref())
    }));
    match database.url() {
        DatabaseUrl::Sqlite { path, .. } => checks.extend(check_disk_space(path)),
        DatabaseUrl::Postgres(_) => {
            checks.extend(check_clock("the database's clock", database.now().await?, SystemClock.now()));
            checks.extend(schema_checks::check_schema_rights(database).await?);
        }
    }
    if schema.is_current() {
        checks.extend(check_sequences(database).await?);
    }
    let mut users = match schema.applied {
        0 => Vec::new(),
        _ if schema.is_current() => database.load_users().await?,
        // An older schema may lack columns that the query needs.
        _ => return Ok(()),
    };
    users.retain(|user| user.login.is_present() || user.last_mal_sync.is_some());
    if users.is_empty() {
        let message = format!("no user is logged in ({})", database.url());
        checks.push(new_check("login", CheckLevel::Error, message, Some("malsync login")));
    }
    for user in &users {
        let now = database.now().await?;
        checks.push(check_login(context, database, user, now).await?);
        let run = database.load_last_run(user.id, RunKind::Sync).await?;
        checks.push(check_last_sync(user, run.as_ref(), now));
        checks.extend(check_not_started_sync(context, user));
        checks.extend(check_waiting_values(database, user).await?);
        checks.extend(check_missing_entries(user));
    }
    Ok(())
}

/// Says how many own values wait for a push.
async fn check_waiting_values(database: &Database, user: &User) -> Result<Option<Check>, Failure> {
    let waiting = count_waiting_values(database, user).await?;
    let message = |text| format!("{}: {text}", user.username);
    Ok(waiting.to_text().map(|text| new_check("to push", CheckLevel::Ok, message(text), None)))
}

/// Checks the version of the schema. `message` describes the database.
fn check_schema(schema: SchemaVersions, takes_writes: bool, message: String) -> Check {
    const NAME: &str = "database";
    let (level, message, hint) = match (schema.applied, takes_writes) {
        _ if schema.is_current() => return new_check(NAME, CheckLevel::Ok, message, None),
        (0, _) => (
            CheckLevel::Warn,
            format!("{message}; no malsync tables yet"),
            "create them with \
                malsync login",
        ),
        (_, true) => (
            CheckLevel::Warn,
            format!("{message}; this version needs {} and upgrades the schema at the next use", schema.latest),
            "back up the database, then run malsync status",
        ),
        (_, false) => (
            CheckLevel::Error,
            format!(
                "{message}; this version needs {} and cannot upgrade the schema (the database is read-only)",
                schema.latest
            ),
            "run once with write access to the database: malsync status",
        ),
    };
    new_check(NAME, level, message, Some(hint))
}

/// Checks that the sequences give ids that are free.
async fn check_sequences(database: &Database) -> Result<Vec<Check>, Failure> {
    let check = |sequence: LaggingSequence| {
        let LaggingSequence { table, next_id, max_id, hint } = sequence;
        let message = format!("the next row of {table} would get id {next_id}, but ids up to {max_id} exist");
        new_check("sequences", CheckLevel::Error, message, Some(&hint))
    };
    Ok(database.lagging_sequences().await?.into_iter().map(check).collect())
}

/// Returns an error if the database refused entries of the user.
fn check_missing_entries(user: &User) -> Option<Check> {
    let first = user.missing_entries.first()?;
    let message = format!(
        "{} entries of {} are missing because the database refused them: {}",
        user.missing_entries.len(),
        user.username,
        first.message
    );
    let hint = format!("list them with malsync status {}", user.as_cli_arg());
    Some(new_check("missing entries", CheckLevel::Error, message, Some(&hint)))
}

/// Checks the free space on the disk of the database file.
#[cfg(unix)]
fn check_disk_space(path: &Path) -> Option<Check> {
    let disk = rustix::fs::statvfs(path).ok()?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let size = if free >> 30 > 0 { format!("{} GiB", free >> 30) } else { format!("{} MiB", free >> 20) };
    let what = format!("{size} free for {}", path.display());
    Some(if free < MIN_FREE_BYTES {
        new_check("disk", CheckLevel::Warn, what, Some("free some space: a sync fails if the disk is full"))
    } else {
        new_check("disk", CheckLevel::Ok, what, None)
    })
}

#[cfg(not(unix))]
fn check_disk_space(_: &Path) -> Option<Check> {
    None
}

/// Checks a user's login. Decrypts the tokens, which reveals a wrong encryption key.
async fn check_login(
    context: &Context<'_>,
    database: &Arc<Database>,
    user: &User,
    now: DateTime<Utc>,
) -> Result<Check, Failure> {
    const NAME: &str = "login";
    let name = &user.username;
    let login_command = format!("malsync login {}", user.as_cli_arg());
    let tokens = match context.token_storage(database)?.load_tokens(user.id, &user.login).await {
        Ok(Some(tokens)) => tokens,
        Ok(None) => {
            return Ok(new_check(NAME, CheckLevel::Warn, format!("{name} is not logged in"), Some(&login_command)));
        }
        Err(failure) => return Ok(check_from_failure(NAME, &failure.context(format!("the login of {name}")))),
    };
    if tokens.needs_login {
        return Ok(new_check(NAME, CheckLevel::Error, format!("{name} must log in again"), Some(&login_command)));
    }
    let configured = context.config()?.client_id().ok();
    if let (Some(configured_id), Some(token_client_id)) = (configured, tokens.client_id.as_deref())
        && configured_id != token_client_id
    {
        let message = format!("{name}'s login uses a different client ID than MAL_CLIENT_ID");
        return Ok(new_check(
            NAME,
            CheckLevel::Error,
            message,
            Some(&format!("set MAL_CLIENT_ID={}, or run: {login_command}", shell_quote(token_client_id))),
        ));
    }
    let validity = tokens
        .expires_at
        .map(|end| format!(" (expires in {}, on {})", view::format_time_span(end - now), view::format_time(end)));
    Ok(match expiry::refresh_need(&tokens, now) {
        RefreshNeed::Expired => {
            let end = tokens.expires_at.map(|end| format!(" ({})", view::format_time(end))).unwrap_or_default();
            let hint = format!("malsync token refresh {}; if that fails: {login_command}", user.as_cli_arg());
            new_check(NAME, CheckLevel::Warn, format!("{name}'s token expired{end}"), Some(&hint))
        }
        RefreshNeed::Early => {
            let message =
                format!("{name} is logged in{}; the token is due for a refresh", validity.unwrap_or_default());
            new_check(
                NAME,
                CheckLevel::Warn,
                message,
                Some(&format!("refresh it with malsync sync {}", user.as_cli_arg())),
            )
        }
        RefreshNeed::NotNeeded => {
            new_check(NAME, CheckLevel::Ok, format!("{name} is logged in{}", validity.unwrap_or_default()), None)
        }
    })
}

/// Says why the last sync on this machine failed, if no run tells of it.
fn check_not_started_sync(context: &Context<'_>, user: &User) -> Option<Check> {
    let NotStartedSync { exit_code, reason, hint } = find_not_started_sync(context, user)?;
    let message =
        format!("{}: the last sync on this machine did not start: {reason}; exit code {exit_code}", user.username);
    let sync_command = format!("malsync sync {}", user.as_cli_arg());
    Some(new_check("last sync", CheckLevel::Warn, message, Some(hint.as_ref().unwrap_or(&sync_command))))
}

fn check_last_sync(user: &User, run: Option<&Run>, now: DateTime<Utc>) -> Check {
    const NAME: &str = "last sync";
    let name = &user.username;
    let sync_command = format!("malsync sync {}", user.as_cli_arg());
    let Some(run) = run else {
        return new_check(NAME, CheckLevel::Warn, format!("{name} has never been synced"), Some(&sync_command));
    };
    let ago = |time| format!("{} ago ({})", view::format_time_span(now - time), view::format_time(time));
    if let Some(end) = user.last_mal_sync.filter(|end| view::status::has_unknown_age(*end, now)) {
        let message = format!(
            "{name}: the last complete sync finished on {} (in the future: a clock was wrong)",
            view::format_time(end)
        );
        let hint = format!("correct the clocks, then run: {sync_command}");
        return new_check(NAME, CheckLevel::Warn, message, Some(&hint));
    }
    let last_complete = match user.last_mal_sync {
        Some(end) if run.finished_at == Some(end) => String::new(),
        Some(end) => format!("; last complete sync {}", ago(end)),
        None => "; no complete sync yet".to_owned(),
    };
    let message = format!("{name}: last sync {}, started {}{last_complete}", run.status.as_str(), ago(run.started_at));
    let id = run.id.map_or_else(String::new, |id| id.to_string());
    let is_stale = user.last_mal_sync.is_some_and(|end| now - end > STALE_AFTER);
    match run.status {
        RunStatus::Failed | RunStatus::Interrupted => new_check(
            NAME,
            CheckLevel::Warn,
            message,
            Some(&format!("{sync_command}; see why it failed with malsync status --run {id}")),
        ),
        RunStatus::Partial => {
            new_check(NAME, CheckLevel::Warn, message, Some(&format!("malsync status --run {id} -v")))
        }
        _ if is_stale => new_check(NAME, CheckLevel::Warn, message, Some(&sync_command)),
        _ => new_check(NAME, CheckLevel::Ok, message, None),
    }
}
