//! Rows of `sync_runs`: created, counted, finished, read.
//!
//! Invariant: RUNNING in a row is valid only while a process holds the user's run lock. Otherwise readers report the
//! run as INTERRUPTED, and the next run writes that status.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Database, Error, changes,
    row_reader::DbRow,
    sql::SqlValue,
    transaction::{DbTransaction, with_transaction},
    users,
};
use crate::{
    domain::{
        run::{Run, RunCounters, RunId, RunStatus, SyncMode, to_seconds},
        user::UserId,
    },
    sync::port::{EntryRemoval, FinishedRun, NewRun},
};

const RUN_QUERY: &str = "SELECT r.id, r.user_id, COALESCE(r.username, u.username) AS username, r.mode, r.force_full, \
    r.dry_run, r.status, r.started_at, r.finished_at, r.duration, r.anime_fetched, r.anime_created, r.anime_updated, \
    r.anime_unchanged, r.user_lists_created, r.user_lists_updated, r.user_lists_unchanged, r.user_lists_removed, \
    r.conflicts_resolved, r.requests, r.retries, r.token_refreshes, r.constraint_violations, r.errors, r.failure \
    FROM sync_runs r JOIN users u ON u.id = r.user_id";

impl Database {
    pub(super) async fn begin_run(&self, run: &NewRun) -> Result<(RunId, DateTime<Utc>), Error> {
        with_transaction!(self, |tx| {
            let interrupt_sql = "UPDATE sync_runs SET status = 'INTERRUPTED' WHERE user_id = $1 AND status = 'RUNNING'";
            tx.execute(interrupt_sql, vec![run.user.0.into()]).await?;
            let sql = "INSERT INTO sync_runs (user_id, username, mode, force_full, status, started_at) \
                SELECT id, username, $2, $3, 'RUNNING', $4 FROM users WHERE id = $1 RETURNING id";
            let params = vec![
                run.user.0.into(),
                SqlValue::text(run.mode.as_str()),
                SqlValue::Bool(run.force_full),
                SqlValue::Time(Some(tx.now)),
            ];
            let rows = tx.query_all(sql, params).await?;
            let row =
                rows.first().ok_or_else(|| Error::fatal(format!("user {} is gone from the users table", run.user)))?;
            Ok((RunId(row.required_i64("id")?), tx.now))
        })
    }

    pub(super) async fn set_run_mode(&self, run: RunId, mode: SyncMode) -> Result<(), Error> {
        with_transaction!(self, |tx| {
            let sql = "UPDATE sync_runs SET mode = $1 WHERE id = $2";
            tx.execute(sql, vec![SqlValue::text(mode.as_str()), run.0.into()]).await.map(drop)
        })
    }

    pub(super) async fn finish_run(&self, finish: &FinishedRun<'_>) -> Result<DateTime<Utc>, Error> {
        with_transaction!(self, |tx| {
            update_run_counters(tx, finish.run, &finish.counters, finish.user, finish.account_id).await?;
            let started_at =
                tx.query_all("SELECT started_at FROM sync_runs WHERE id = $1", vec![finish.run.0.into()]).await?;
            let started_at = started_at.first().map(|row| row.optional_time("started_at")).transpose()?.flatten();
            // The clock may have been set back since; a run must not end before it began.
            let now = started_at.max(Some(tx.now)).unwrap_or(tx.now);
            let sql = "UPDATE sync_runs SET mode = $1, status = $2, finished_at = $3, errors = $4, duration = $5, failure = $6 WHERE id = $7";
            let params = vec![
                SqlValue::text(finish.mode.as_str()),
                SqlValue::text(finish.status.as_str()),
                SqlValue::Time(Some(now)),
                SqlValue::json(&finish.errors),
                SqlValue::Float(to_seconds(finish.duration)),
                (&finish.failure).into(),
                finish.run.0.into(),
            ];
            tx.execute(sql, params).await?;
            if let Some(marks) = finish.checkpoint {
                let drift_sql = match marks.full_run_drift {
                    Some(_) => ", last_full_sync = $1, mal_list_drift = $4",
                    None => "",
                };
                let sql = format!(
                    "UPDATE users SET last_mal_sync = $1, updated_at = $1, \
                    mal_list_watermark = COALESCE($2, mal_list_watermark){drift_sql} WHERE id = $3"
                );
                let mut params = vec![SqlValue::Time(Some(now)), SqlValue::Time(marks.watermark), finish.user.0.into()];
                params.extend(marks.full_run_drift.map(SqlValue::Int));
                tx.execute(&sql, params).await?;
            }
            Ok(now)
        })
    }

    pub(super) async fn remove_entries(&self, removal: &EntryRemoval<'_>) -> Result<(), Error> {
        self.ensure_run_lock(removal.user).await?;
        with_transaction!(self, |tx| {
            let (user, now) = (removal.user.0, tx.now);
            let condition = format!("user_id = $1 AND {}", tx.dialect().anime_id_in_list(2));
            if !removal.ids_to_mark.is_empty() {
                let sql = format!(
                    "UPDATE user_anime_lists SET removed_at = $3, updated_at = $3 WHERE {condition} AND removed_at IS NULL"
                );
                tx.execute(
                    &sql,
                    vec![user.into(), SqlValue::Ids(removal.ids_to_mark.to_vec()), SqlValue::Time(Some(now))],
                )
                .await?;
            }
            if !removal.ids_to_delete.is_empty() {
                let sql = format!("DELETE FROM user_anime_lists WHERE {condition}");
                tx.execute(&sql, vec![user.into(), SqlValue::Ids(removal.ids_to_delete.to_vec())]).await?;
            }
            let run_and_user = (removal.run, removal.user);
            changes::insert_changes(tx, run_and_user, changes::change_rows(removal.changes.iter(), Some(now))).await?;
            update_run_counters(tx, removal.run, &removal.counters, removal.user, removal.account_id).await
        })
    }

    /// Returns runs, newest first: of one user, or of all if `user` is `None`.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn load_runs(&self, user: Option<UserId>, limit: Option<u32>) -> Result<Vec<Run>, Error> {
        let sql = format!("{RUN_QUERY} WHERE ($1 IS NULL OR r.user_id = $1) ORDER BY r.id DESC LIMIT $2");
        let limit = limit.map_or(i64::MAX, i64::from);
        let user = SqlValue::Int(user.map(|user| user.0.into()));
        let rows = self.query_with_retry(&sql, vec![user, limit.into()]).await?;
        self.show_dead_runs_as_interrupted(rows.iter().map(run_from_row).collect::<Result<_, _>>()?).await
    }

    /// Returns the run with this id. Returns `None` if there is none.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn find_run(&self, id: RunId) -> Result<Option<Run>, Error> {
        let rows = self.query_with_retry(&format!("{RUN_QUERY} WHERE r.id = $1"), vec![id.0.into()]).await?;
        Ok(self.show_dead_runs_as_interrupted(rows.iter().map(run_from_row).collect::<Result<_, _>>()?).await?.pop())
    }

    /// Returns a number that changes whenever a run of these users starts, ends or updates its counters.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn load_activity_stamp(&self, users: &[UserId]) -> Result<i64, Error> {
        let sql = format!(
            "SELECT CAST(COALESCE(SUM(id + requests + anime_fetched), 0) AS BIGINT) AS stir FROM sync_runs \
            WHERE {} AND status = 'RUNNING'",
            self.dialect().in_list("user_id", 1)
        );
        let rows = self.query_with_retry(&sql, vec![SqlValue::Ids(users.iter().map(|user| user.0).collect())]).await?;
        rows.first().map_or(Ok(0), |row| row.required_i64("stir"))
    }

    /// Sets the status of runs whose process is gone to interrupted, in the returned rows only. A run writes its end
    /// before it releases the lock; therefore the second read returns the final row of a run that ended in between.
    async fn show_dead_runs_as_interrupted(&self, mut runs: Vec<Run>) -> Result<Vec<Run>, Error> {
        let mut newest = std::collections::HashSet::new();
        for run in runs.iter_mut().filter(|run| run.status == RunStatus::Running) {
            // Only the newest of several RUNNING rows of a user can be active.
            if newest.insert(run.user_id) && self.is_running(run.user_id).await? {
                continue;
            }
            let id = run.id.map_or(0, |id| id.0);
            let rows = self.query_with_retry(&format!("{RUN_QUERY} WHERE r.id = $1"), vec![id.into()]).await?;
            if let Some(row) = rows.first() {
                *run = run_from_row(row)?;
            }
            if run.status == RunStatus::Running {
                run.status = RunStatus::Interrupted;
            }
        }
        Ok(runs)
    }
}

/// Updates the run's counters. Fails if the run is no longer RUNNING (another sync has ended it), or if the user's
/// row belongs to another MAL account than `account_id`.
///
/// Locks the user's row until the transaction ends. Therefore it is the last statement of a transaction, so that a
/// token refresh does not wait for a whole batch.
pub(super) async fn update_run_counters(
    tx: &mut DbTransaction,
    run: RunId,
    counters: &RunCounters,
    user: UserId,
    account_id: Option<i64>,
) -> Result<(), Error> {
    let sql = format!(
        "UPDATE sync_runs SET anime_fetched = $2, anime_created = $3, anime_updated = $4, anime_unchanged = $5, \
        user_lists_created = $6, user_lists_updated = $7, user_lists_unchanged = $8, user_lists_removed = $9, \
        conflicts_resolved = $10, requests = $11, retries = $12, token_refreshes = $13, constraint_violations = $14 \
        WHERE id = $1 AND status = 'RUNNING' \
        AND ($16 IS NULL OR (SELECT COALESCE(mal_user_id, $16) = $16 FROM users WHERE id = $15{}))",
        tx.dialect().for_update_sql("users")
    );
    let params = [
        run.0,
        counters.anime_fetched,
        counters.anime_created,
        counters.anime_updated,
        counters.anime_unchanged,
        counters.user_lists_created,
        counters.user_lists_updated,
        counters.user_lists_unchanged,
        counters.user_lists_removed,
        counters.conflicts_resolved,
        counters.requests,
        counters.retries,
        counters.token_refreshes,
        counters.constraint_violations,
        user.0.into(),
    ];
    let params = params.map(SqlValue::from).into_iter().chain([SqlValue::Int(account_id)]);
    if tx.execute(&sql, params.collect()).await? == 1 {
        return Ok(());
    }
    users::check_account(tx, user, account_id).await?;
    Err(Error::fatal(format!("run {run} was written off by another sync of the same user")))
}

fn duration_from_seconds(seconds: f64) -> Option<TimeDelta> {
    let rounded = std::time::Duration::try_from_secs_f64((seconds * 1000.0).round() / 1000.0).ok()?;
    TimeDelta::from_std(rounded).ok()
}

fn run_from_row(row: &DbRow) -> Result<Run, Error> {
    let count = |column| Ok::<_, Error>(row.optional_i64(column)?.unwrap_or_default());
    let text = |column| Ok::<_, Error>(row.optional_text(column)?.unwrap_or_default());
    Ok(Run {
        id: Some(RunId(row.required_i64("id")?)),
        user_id: UserId(row.required_i32("user_id")?),
        username: text("username")?,
        mode: SyncMode::parse(&text("mode")?).unwrap_or(SyncMode::Full),
        force_full: row.bool_or_false("force_full")?,
        dry_run: row.bool_or_false("dry_run")?,
        status: RunStatus::parse(&text("status")?).unwrap_or(RunStatus::Failed),
        started_at: row.optional_time("started_at")?.unwrap_or_default(),
        finished_at: row.optional_time("finished_at")?,
        duration: row.optional_f64("duration")?.and_then(duration_from_seconds),
        counters: RunCounters {
            anime_fetched: count("anime_fetched")?,
            anime_created: count("anime_created")?,
            anime_updated: count("anime_updated")?,
            anime_unchanged: count("anime_unchanged")?,
            user_lists_created: count("user_lists_created")?,
            user_lists_updated: count("user_lists_updated")?,
            user_lists_unchanged: count("user_lists_unchanged")?,
            user_lists_removed: count("user_lists_removed")?,
            conflicts_resolved: count("conflicts_resolved")?,
            requests: count("requests")?,
            retries: count("retries")?,
            token_refreshes: count("token_refreshes")?,
            constraint_violations: count("constraint_violations")?,
        },
        errors: row.lenient_json("errors")?.unwrap_or_default(),
        failure: row.optional_text("failure")?,
    })
}
