//! Rows of `sync_runs`: created, counted, finished, read.
//!
//! Invariant: RUNNING in a row is valid only while a process holds the user's run lock. Otherwise readers report the
//! run as INTERRUPTED, and the next run writes that status.

use chrono::{DateTime, Utc};

use super::{changes, run_totals, users};
use crate::{
    domain::{
        run::{Run, RunCounters, RunId, RunStatus, SyncMode, to_seconds},
        run_totals::RunTotals,
        user::UserId,
    },
    store::{
        database::Database,
        error::Error,
        sql::{SelectList, SqlValue, TableRow as _},
        transaction::{DbTransaction, with_transaction},
    },
    sync::port::{EntryRemoval, FinishedRun, NewRun},
};

/// Returns the query for runs without its WHERE clause, whose rows [`Run::from_row`] reads.
fn run_query() -> String {
    let columns = SelectList::unpacked(Run::select_columns());
    format!("SELECT {columns} FROM sync_runs r JOIN users u ON u.id = r.user_id")
}

/// What a run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunKind {
    /// It brings the list from MAL.
    Sync,
    /// It sends values to MAL.
    Push,
}

impl Database {
    pub(in crate::store) async fn begin_run(&self, run: &NewRun) -> Result<(RunId, DateTime<Utc>), Error> {
        with_transaction!(self, |tx| {
            interrupt_dead_runs(tx, run.user).await?;
            let sql = "INSERT INTO sync_runs (user_id, username, mode, force_full, status, started_at) \
                SELECT id, username, $2, $3, 'RUNNING', $4 FROM users WHERE id = $1 RETURNING id";
            let params = vec![
                run.user.0.into(),
                SqlValue::text(run.mode.as_str()),
                SqlValue::Bool(run.force_full),
                SqlValue::Time(Some(tx.now)),
            ];
            let rows = tx.query_all(sql, params).await?;
            let row = rows.first().ok_or_else(|| Error::user_gone(run.user))?;
            Ok((RunId(row.required_i64("id")?), tx.now))
        })
    }

    pub(in crate::store) async fn set_run_mode(&self, run: RunId, mode: SyncMode) -> Result<(), Error> {
        with_transaction!(self, |tx| {
            let sql = "UPDATE sync_runs SET mode = $1 WHERE id = $2";
            tx.execute(sql, vec![SqlValue::text(mode.as_str()), run.0.into()]).await.map(drop)
        })
    }

    pub(in crate::store) async fn finish_run(&self, finish: &FinishedRun<'_>) -> Result<DateTime<Utc>, Error> {
        self.ensure_file_in_place()?;
        with_transaction!(self, |tx| {
            update_run_counters(tx, finish.run, &finish.counters, finish.user, finish.account_id).await?;
            let started_at =
                tx.query_all("SELECT started_at FROM sync_runs WHERE id = $1", vec![finish.run.0.into()]).await?;
            let started_at = started_at.first().map(|row| row.optional_time("started_at")).transpose()?.flatten();
            // The clock may have been set back since; a run must not end before it began.
            let now = started_at.max(Some(tx.now)).unwrap_or(tx.now);
            let values = vec![
                ("mode", SqlValue::text(finish.mode.as_str())),
                ("status", SqlValue::text(finish.status.as_str())),
                ("finished_at", SqlValue::Time(Some(now))),
                ("errors", SqlValue::json(&finish.errors)),
                ("duration", SqlValue::Float(Some(to_seconds(finish.duration)))),
                ("failure", (&finish.failure).into()),
            ];
            let (set_sql, mut params) = set_clause(values);
            params.push(finish.run.0.into());
            tx.execute(&format!("UPDATE sync_runs SET {set_sql} WHERE id = ${}", params.len()), params).await?;
            let (errors, duration) = (finish.errors.len(), Some(finish.duration));
            let totals = RunTotals::for_run(finish.status, &finish.counters, errors, duration);
            run_totals::add_to_totals(tx, finish.user, &totals).await?;
            update_user(tx, finish, now).await?;
            Ok(now)
        })
    }

    pub(in crate::store) async fn remove_entries(&self, removal: &EntryRemoval<'_>) -> Result<(), Error> {
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
        let sql = format!("{} WHERE ($1 IS NULL OR r.user_id = $1) ORDER BY r.id DESC LIMIT $2", run_query());
        let limit = limit.map_or(i64::MAX, i64::from);
        let user = SqlValue::Int(user.map(|user| user.0.into()));
        let rows = self.query_with_retry(&sql, vec![user, limit.into()]).await?;
        self.show_dead_runs_as_interrupted(rows.iter().map(Run::from_row).collect::<Result<_, _>>()?).await
    }

    /// Returns the newest sync of a user that has a duration. Returns `None` if there is none.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn find_last_timed_run(&self, user: UserId) -> Result<Option<Run>, Error> {
        let sql = format!(
            "{} WHERE r.user_id = $1 AND r.duration IS NOT NULL AND r.mode <> 'push' ORDER BY r.id DESC LIMIT 1",
            run_query()
        );
        let rows = self.query_with_retry(&sql, vec![user.0.into()]).await?;
        rows.first().map(Run::from_row).transpose()
    }

    /// Returns the user's newest run of this kind. Returns `None` if there is none.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn load_last_run(&self, user: UserId, kind: RunKind) -> Result<Option<Run>, Error> {
        let condition = match kind {
            RunKind::Sync => "r.mode <> 'push'",
            RunKind::Push => "r.mode = 'push'",
        };
        let sql = format!("{} WHERE r.user_id = $1 AND {condition} ORDER BY r.id DESC LIMIT 1", run_query());
        let rows = self.query_with_retry(&sql, vec![user.0.into()]).await?;
        Ok(self.show_dead_runs_as_interrupted(rows.iter().map(Run::from_row).collect::<Result<_, _>>()?).await?.pop())
    }

    /// Returns the run with this id. Returns `None` if there is none.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn find_run(&self, id: RunId) -> Result<Option<Run>, Error> {
        let rows = self.query_with_retry(&format!("{} WHERE r.id = $1", run_query()), vec![id.0.into()]).await?;
        Ok(self.show_dead_runs_as_interrupted(rows.iter().map(Run::from_row).collect::<Result<_, _>>()?).await?.pop())
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
            let rows = self.query_with_retry(&format!("{} WHERE r.id = $1", run_query()), vec![id.into()]).await?;
            if let Some(row) = rows.first() {
                *run = Run::from_row(row)?;
            }
            if run.status == RunStatus::Running {
                run.status = RunStatus::Interrupted;
            }
        }
        Ok(runs)
    }
}

/// Writes what a finished run tells about the user's list, in one statement.
async fn update_user(tx: &mut DbTransaction, finish: &FinishedRun<'_>, now: DateTime<Utc>) -> Result<(), Error> {
    let mut values = Vec::new();
    values.extend(finish.listing_gap.map(|gap| ("mal_list_gap", SqlValue::Int(gap))));
    let missing_entries = finish.missing_entries.as_ref().map(|missing| (!missing.is_empty()).then_some(missing));
    values.extend(missing_entries.as_ref().map(|missing| ("mal_missing_entries", SqlValue::json(missing))));
    if let Some(marks) = finish.checkpoint {
        values.extend([("last_mal_sync", SqlValue::Time(Some(now))), ("updated_at", SqlValue::Time(Some(now)))]);
        values.extend(marks.watermark.map(|time| ("mal_list_watermark", SqlValue::Time(Some(time)))));
        if let Some(drift) = marks.full_run_drift {
            values.extend([("last_full_sync", SqlValue::Time(Some(now))), ("mal_list_drift", SqlValue::Int(drift))]);
        }
    }
    if values.is_empty() {
        return Ok(());
    }
    let (set_sql, mut params) = set_clause(values);
    params.push(finish.user.0.into());
    tx.execute(&format!("UPDATE users SET {set_sql} WHERE id = ${}", params.len()), params).await.map(drop)
}

/// Writes the end of the user's runs whose process is gone. The caller holds the run lock.
async fn interrupt_dead_runs(tx: &mut DbTransaction, user: UserId) -> Result<(), Error> {
    let dead_runs = run_totals::load_unfinished_counters(tx, user).await?;
    if dead_runs.is_empty() {
        return Ok(());
    }
    let sql = "UPDATE sync_runs SET status = 'INTERRUPTED' WHERE user_id = $1 AND status = 'RUNNING'";
    tx.execute(sql, vec![user.0.into()]).await?;
    for counters in &dead_runs {
        let totals = RunTotals::for_run(RunStatus::Interrupted, counters, 0, None);
        run_totals::add_to_totals(tx, user, &totals).await?;
    }
    Ok(())
}

/// Updates the run's counters. Fails if the run is no longer RUNNING (another sync has ended it), or if the user's
/// row belongs to another MAL account than `account_id`.
///
/// Locks the user's row until the transaction ends. Therefore it is the last statement of a transaction, so that a
/// token refresh does not wait for a whole batch.
pub(in crate::store) async fn update_run_counters(
    tx: &mut DbTransaction,
    run: RunId,
    counters: &RunCounters,
    user: UserId,
    account_id: Option<i64>,
) -> Result<(), Error> {
    let (set_sql, mut params) =
        set_clause(RunCounters::column_names().into_iter().zip(counters.column_values()).collect());
    params.extend([run.0.into(), user.0.into(), SqlValue::Int(account_id)]);
    let (run_param, user_param, account_param) = (params.len() - 2, params.len() - 1, params.len());
    let sql = format!(
        "UPDATE sync_runs SET {set_sql} WHERE id = ${run_param} AND status = 'RUNNING' AND (${account_param} IS NULL \
        OR (SELECT COALESCE(mal_user_id, ${account_param}) = ${account_param} FROM users WHERE id = ${user_param}{}))",
        tx.dialect().for_update_sql("users")
    );
    if tx.execute(&sql, params).await? == 1 {
        return Ok(());
    }
    users::check_account(tx, user, account_id).await?;
    Err(Error::fatal(format!("run {run} was marked as interrupted by another sync of the same user")))
}

/// Returns the SET clause `a = $1, b = $2, …` with its parameters.
fn set_clause<'a>(values: Vec<(&'static str, SqlValue<'a>)>) -> (String, Vec<SqlValue<'a>>) {
    let (columns, params): (Vec<_>, Vec<_>) = values.into_iter().unzip();
    let assignments = columns.iter().zip(1..).map(|(column, n)| format!("{column} = ${n}"));
    (assignments.collect::<Vec<_>>().join(", "), params)
}
