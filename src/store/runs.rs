//! The rows of `sync_runs`: begun, counted, ended, read.
//!
//! The rule: a row that says RUNNING is believed only while somebody holds the user's run lock. Readers tell it as
//! INTERRUPTED otherwise; the next run writes it so.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Database, Error, changes,
    row::Row,
    sql::Bind,
    transaction::{Tx, write},
    users,
};
use crate::{
    domain::{
        run::{Counters, Mode, Run, RunId, RunStatus, seconds},
        user::UserId,
    },
    sync::port::{Finish, NewRun, Removal},
};

const SELECT: &str = "SELECT r.id, r.user_id, COALESCE(r.username, u.username) AS username, r.mode, r.force_full, \
    r.dry_run, r.status, r.started_at, r.finished_at, r.duration, r.anime_fetched, r.anime_created, r.anime_updated, \
    r.anime_unchanged, r.user_lists_created, r.user_lists_updated, r.user_lists_unchanged, r.user_lists_removed, \
    r.conflicts_resolved, r.requests, r.retries, r.token_refreshes, r.constraint_violations, r.errors, r.failure \
    FROM sync_runs r JOIN users u ON u.id = r.user_id";

impl Database {
    pub(super) async fn insert_run(&self, run: &NewRun) -> Result<(RunId, DateTime<Utc>), Error> {
        write!(self, |tx| {
            let dead = "UPDATE sync_runs SET status = 'INTERRUPTED' WHERE user_id = $1 AND status = 'RUNNING'";
            tx.run(dead, vec![run.user.0.into()]).await?;
            let sql = "INSERT INTO sync_runs (user_id, username, mode, force_full, status, started_at) \
                SELECT id, username, $2, $3, 'RUNNING', $4 FROM users WHERE id = $1 RETURNING id";
            let binds = vec![
                run.user.0.into(),
                Bind::text(run.mode.as_str()),
                Bind::Flag(run.force_full),
                Bind::Time(Some(tx.now)),
            ];
            let rows = tx.rows(sql, binds).await?;
            let row =
                rows.first().ok_or_else(|| Error::fatal(format!("user {} is gone from the users table", run.user)))?;
            Ok((RunId(row.key("id")?), tx.now))
        })
    }

    pub(super) async fn write_mode(&self, run: RunId, mode: Mode) -> Result<(), Error> {
        write!(self, |tx| {
            let sql = "UPDATE sync_runs SET mode = $1 WHERE id = $2";
            tx.run(sql, vec![Bind::text(mode.as_str()), run.0.into()]).await.map(drop)
        })
    }

    pub(super) async fn end_run(&self, finish: &Finish<'_>) -> Result<DateTime<Utc>, Error> {
        write!(self, |tx| {
            count(tx, finish.run, &finish.counters, finish.user, finish.owner).await?;
            let began = tx.rows("SELECT started_at FROM sync_runs WHERE id = $1", vec![finish.run.0.into()]).await?;
            let began = began.first().map(|row| row.time("started_at")).transpose()?.flatten();
            // A clock may be set back meanwhile; a run has no end before its beginning.
            let now = began.max(Some(tx.now)).unwrap_or(tx.now);
            let sql = "UPDATE sync_runs SET mode = $1, status = $2, finished_at = $3, errors = $4, duration = $5, failure = $6 WHERE id = $7";
            let binds = vec![
                Bind::text(finish.mode.as_str()),
                Bind::text(finish.status.as_str()),
                Bind::Time(Some(now)),
                Bind::json(&finish.errors),
                Bind::Real(seconds(finish.duration)),
                (&finish.failure).into(),
                finish.run.0.into(),
            ];
            tx.run(sql, binds).await?;
            if let Some(marks) = finish.marks {
                let full = match marks.full {
                    Some(_) => ", last_full_sync = $1, mal_list_drift = $4",
                    None => "",
                };
                let sql = format!(
                    "UPDATE users SET last_mal_sync = $1, updated_at = $1, \
                    mal_list_watermark = COALESCE($2, mal_list_watermark){full} WHERE id = $3"
                );
                let mut binds = vec![Bind::Time(Some(now)), Bind::Time(marks.watermark), finish.user.0.into()];
                binds.extend(marks.full.map(Bind::Int));
                tx.run(&sql, binds).await?;
            }
            Ok(now)
        })
    }

    pub(super) async fn remove_entries(&self, removal: &Removal<'_>) -> Result<(), Error> {
        self.keep_run_lock(removal.user).await?;
        write!(self, |tx| {
            let (user, now) = (removal.user.0, tx.now);
            let of_user = format!("user_id = $1 AND {}", tx.dialect().of_anime(2));
            if !removal.mark.is_empty() {
                let sql = format!(
                    "UPDATE user_anime_lists SET removed_at = $3, updated_at = $3 WHERE {of_user} AND removed_at IS NULL"
                );
                tx.run(&sql, vec![user.into(), Bind::Ids(removal.mark.to_vec()), Bind::Time(Some(now))]).await?;
            }
            if !removal.delete.is_empty() {
                let sql = format!("DELETE FROM user_anime_lists WHERE {of_user}");
                tx.run(&sql, vec![user.into(), Bind::Ids(removal.delete.to_vec())]).await?;
            }
            let of = (removal.run, removal.user);
            changes::insert(tx, of, changes::lines(removal.changes.iter(), Some(now))).await?;
            count(tx, removal.run, &removal.counters, removal.user, removal.owner).await
        })
    }

    /// Runs, newest first: of a user or of all, at most so many.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn runs(&self, user: Option<UserId>, limit: Option<u32>) -> Result<Vec<Run>, Error> {
        let sql = format!("{SELECT} WHERE ($1 IS NULL OR r.user_id = $1) ORDER BY r.id DESC LIMIT $2");
        let limit = limit.map_or(i64::MAX, i64::from);
        let user = Bind::Int(user.map(|user| user.0.into()));
        let rows = self.read(&sql, vec![user, limit.into()]).await?;
        self.believed(rows.iter().map(run).collect::<Result<_, _>>()?).await
    }

    /// The run of this id.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn run(&self, id: RunId) -> Result<Option<Run>, Error> {
        let rows = self.read(&format!("{SELECT} WHERE r.id = $1"), vec![id.0.into()]).await?;
        Ok(self.believed(rows.iter().map(run).collect::<Result<_, _>>()?).await?.pop())
    }

    /// A number that is another one as soon as a run of one of these users begins, ends or tells how far it is.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn stir(&self, among: &[UserId]) -> Result<i64, Error> {
        let sql = format!(
            "SELECT CAST(COALESCE(SUM(id + requests + anime_fetched), 0) AS BIGINT) AS stir FROM sync_runs \
            WHERE {} AND status = 'RUNNING'",
            self.dialect().among("user_id", 1)
        );
        let rows = self.read(&sql, vec![Bind::Ids(among.iter().map(|user| user.0).collect())]).await?;
        rows.first().map_or(Ok(0), |row| row.key("stir"))
    }

    /// Tells runs whose process is gone as interrupted. A run that ended between the two looks has its own end by the
    /// second one, since it gives up the lock only after that is written.
    async fn believed(&self, mut runs: Vec<Run>) -> Result<Vec<Run>, Error> {
        let mut newest = std::collections::HashSet::new();
        for told in runs.iter_mut().filter(|run| run.status == RunStatus::Running) {
            // Of several RUNNING rows of one user, only the newest can be going on.
            if newest.insert(told.user_id) && self.is_running(told.user_id).await? {
                continue;
            }
            let id = told.id.map_or(0, |id| id.0);
            let rows = self.read(&format!("{SELECT} WHERE r.id = $1"), vec![id.into()]).await?;
            if let Some(row) = rows.first() {
                *told = run(row)?;
            }
            if told.status == RunStatus::Running {
                told.status = RunStatus::Interrupted;
            }
        }
        Ok(runs)
    }
}

/// Writes the run's counters, where the run is still going on (a run that another has written off must not go on writing), and
/// the user's row is this MAL account's or nobody's yet, and stays so until the transaction ends. Said at its end, lest a token
/// that comes meanwhile wait for a whole batch.
pub(super) async fn count(
    tx: &mut Tx,
    run: RunId,
    counters: &Counters,
    user: UserId,
    owner: Option<i64>,
) -> Result<(), Error> {
    let sql = format!(
        "UPDATE sync_runs SET anime_fetched = $2, anime_created = $3, anime_updated = $4, anime_unchanged = $5, \
        user_lists_created = $6, user_lists_updated = $7, user_lists_unchanged = $8, user_lists_removed = $9, \
        conflicts_resolved = $10, requests = $11, retries = $12, token_refreshes = $13, constraint_violations = $14 \
        WHERE id = $1 AND status = 'RUNNING' \
        AND ($16 IS NULL OR (SELECT COALESCE(mal_user_id, $16) = $16 FROM users WHERE id = $15{}))",
        tx.dialect().for_update("users")
    );
    let binds = [
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
    let binds = binds.map(Bind::from).into_iter().chain([Bind::Int(owner)]);
    if tx.run(&sql, binds.collect()).await? == 1 {
        return Ok(());
    }
    users::owned(tx, user, owner).await?;
    Err(Error::fatal(format!("run {run} was written off by another sync of the same user")))
}

fn from_seconds(seconds: f64) -> Option<TimeDelta> {
    let took = std::time::Duration::try_from_secs_f64((seconds * 1000.0).round() / 1000.0).ok()?;
    TimeDelta::from_std(took).ok()
}

fn run(row: &Row) -> Result<Run, Error> {
    let count = |column| Ok::<_, Error>(row.int(column)?.unwrap_or_default());
    let word = |column| Ok::<_, Error>(row.text(column)?.unwrap_or_default());
    Ok(Run {
        id: Some(RunId(row.key("id")?)),
        user_id: UserId(row.id("user_id")?),
        username: word("username")?,
        mode: Mode::from_word(&word("mode")?).unwrap_or(Mode::Full),
        force_full: row.flag("force_full")?,
        dry_run: row.flag("dry_run")?,
        status: RunStatus::from_word(&word("status")?).unwrap_or(RunStatus::Failed),
        started_at: row.time("started_at")?.unwrap_or_default(),
        finished_at: row.time("finished_at")?,
        duration: row.real("duration")?.and_then(from_seconds),
        counters: Counters {
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
        errors: row.json("errors")?.unwrap_or_default(),
        failure: row.text("failure")?,
    })
}
