//! Sums over a user's runs in `sync_totals`.
//!
//! Invariant: a run is added in the transaction that ends it, so each run counts once, also after its row is deleted.

use crate::{
    domain::{
        run::{RunCounters, RunStatus},
        run_totals::RunTotals,
        user::UserId,
    },
    store::{
        database::Database,
        error::Error,
        retry::with_retry,
        sql::{SelectList, TableRow as _},
        transaction::DbTransaction,
    },
};

/// Adds `totals` to the sums of a user.
pub(in crate::store) async fn add_to_totals(
    tx: &mut DbTransaction,
    user: UserId,
    totals: &RunTotals,
) -> Result<(), Error> {
    let columns = RunTotals::column_names();
    let params: Vec<_> = (2..columns.len() + 2).map(|n| format!("${n}")).collect();
    let sums: Vec<_> = columns.iter().map(|name| format!("{name} = sync_totals.{name} + excluded.{name}")).collect();
    let sql = format!(
        "INSERT INTO sync_totals (user_id, {}) VALUES ($1, {}) ON CONFLICT (user_id) DO UPDATE SET {}",
        columns.join(", "),
        params.join(", "),
        sums.join(", ")
    );
    let mut values = vec![user.0.into()];
    values.extend(totals.column_values());
    tx.execute(&sql, values).await.map(drop)
}

/// Returns the counters of the user's runs that have not ended, or whose process is gone.
pub(in crate::store) async fn load_unfinished_counters(
    tx: &mut DbTransaction,
    user: UserId,
) -> Result<Vec<RunCounters>, Error> {
    let columns = SelectList::unpacked(RunCounters::select_columns());
    let sql = format!("SELECT {columns} FROM sync_runs r WHERE r.user_id = $1 AND r.status = 'RUNNING'");
    tx.query_all(&sql, vec![user.0.into()]).await?.iter().map(RunCounters::from_row).collect()
}

impl Database {
    /// Returns the sums over all runs of a user, with the requests of a run that is going on. A run whose process is
    /// gone is interrupted.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn load_run_totals(&self, user: UserId) -> Result<RunTotals, Error> {
        let (totals, unfinished) = self.load_totals_and_unfinished(user).await?;
        if unfinished == 0 || self.is_running(user).await? {
            return Ok(totals);
        }
        // A run writes its end before it releases the lock. Therefore the second read has the end of a run that ended
        // in between.
        let (mut totals, dead) = self.load_totals_and_unfinished(user).await?;
        totals.runs_interrupted += dead;
        Ok(totals)
    }

    /// Returns the sums and the number of runs that have not ended.
    async fn load_totals_and_unfinished(&self, user: UserId) -> Result<(RunTotals, i64), Error> {
        with_retry!(self.try_load_totals(user).await).map_err(|error: Error| error.with_database(self.url()))
    }

    async fn try_load_totals(&self, user: UserId) -> Result<(RunTotals, i64), Error> {
        let mut tx = self.begin_read_only().await?;
        let loaded = load_totals(&mut tx, user).await;
        tx.rollback().await;
        loaded
    }
}

async fn load_totals(tx: &mut DbTransaction, user: UserId) -> Result<(RunTotals, i64), Error> {
    let columns = SelectList::unpacked(RunTotals::select_columns());
    let sql = format!("SELECT {columns} FROM sync_totals t WHERE t.user_id = $1");
    let rows = tx.query_all(&sql, vec![user.0.into()]).await?;
    let mut totals = rows.first().map(RunTotals::from_row).transpose()?.unwrap_or_default();
    let unfinished = load_unfinished_counters(tx, user).await?;
    for counters in &unfinished {
        totals += RunTotals::for_run(RunStatus::Running, counters, 0, None);
    }
    Ok((totals, i64::try_from(unfinished.len()).unwrap_or(i64::MAX)))
}
