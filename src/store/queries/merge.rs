//! Merges a batch of entries, fetched or to be reconciled, into the database. Entry point: [`Database::merge_batch`].
//!
//! The rows are read without locks and planned. If anything differs, they are locked, planned again, written and
//! counted in one transaction. If nothing differs and no counters are due, no transaction is started. The
//! [`BatchPlanner`] makes the plan.
//!
//! Invariants:
//! 1. All reported outcomes of a batch are committed, or none.
//! 2. Every attempt plans anew; what is written is planned on rows locked in that attempt.
//! 3. An unchanged row is not written.
//! 4. A batch that the database rejects is retried entry by entry, each in a savepoint, so that only the faulty
//!    entries are left out, each as a whole.

use super::{batch_rows, batch_writes, changes, runs, users};
use crate::{
    domain::{run::RunId, user::UserId},
    failpoint::failpoint,
    store::{
        connection::DbConnection,
        database::Database,
        error::{Error, StoreErrorKind},
        retry::with_retry,
        transaction::{DbTransaction, with_transaction},
    },
    sync::port::{
        BatchItem, BatchPlanner, BatchResult, EntryBatch, EntryOutcome, ExistingRows, SyncStoreError as _,
        UnstorableEntry, WritePlan,
    },
};

impl Database {
    pub(in crate::store) async fn merge_batch(&self, batch: &EntryBatch<'_>) -> Result<BatchResult, Error> {
        let Some(run) = batch.run else { return self.dry_run_batch(batch).await };
        let batch_error = match self.merge_in_one_transaction(batch, run).await {
            Ok(outcomes) => return Ok(BatchResult { outcomes, ..BatchResult::default() }),
            Err(error) if error.is_fatal() => return Err(error),
            Err(error) => error,
        };
        tracing::debug!(error = %batch_error, "batch rejected, retrying entry by entry");
        match self.merge_each_in_savepoint(batch, run).await {
            Ok(mut merged) => {
                merged.constraint_violations += batch_error.constraint_violations;
                Ok(merged)
            }
            Err(mut error) => {
                error.constraint_violations += batch_error.constraint_violations;
                Err(error)
            }
        }
    }

    /// Reads and plans the batch without locks or writes.
    async fn dry_run_batch(&self, batch: &EntryBatch<'_>) -> Result<BatchResult, Error> {
        let outcomes =
            with_retry!(self.try_dry_run_batch(batch).await).map_err(|error: Error| error.with_database(self.url()))?;
        Ok(BatchResult { outcomes, ..BatchResult::default() })
    }

    async fn try_dry_run_batch(&self, batch: &EntryBatch<'_>) -> Result<Vec<EntryOutcome>, Error> {
        let mut tx = self.begin_read_only().await?;
        let loaded = match users::check_account(&mut tx, batch.user, batch.account_id).await {
            Ok(()) => load_batch_rows(tx.connection(), batch.user, batch.items, batch.planner).await,
            Err(mismatch) => Err(mismatch),
        };
        tx.rollback().await;
        let rows = loaded?;
        Ok(batch.planner.plan_writes(batch.items, &rows).outcomes)
    }

    async fn merge_in_one_transaction(&self, batch: &EntryBatch<'_>, run: RunId) -> Result<Vec<EntryOutcome>, Error> {
        failpoint!("batch.begin");
        let rows_seen = with_retry!(self.load_rows_unlocked(batch).await)
            .map_err(|error: Error| error.with_database(self.url()))?;
        // An anime that is not stored yet is written in any case.
        let has_all_anime = rows_seen.anime.len() == batch.items.len();
        if !batch.flush_counters && has_all_anime {
            let plan = batch.planner.plan_writes(batch.items, &rows_seen);
            if plan.outcomes.iter().all(EntryOutcome::is_noop) {
                return Ok(plan.outcomes);
            }
        }
        self.ensure_run_lock(batch.user).await?;
        // With row locks, the first attempt plans on the rows that were seen, and reads only the locked ones again.
        // Without row locks, the write transaction locks the whole database, and reads all rows again.
        let mut rows_seen = Some(rows_seen).filter(|_| self.dialect().has_row_locks());
        let result = with_transaction!(self, |tx| {
            let rows = match rows_seen.take() {
                Some(rows) => rows,
                None => load_batch_rows(tx.connection(), batch.user, batch.items, batch.planner).await?,
            };
            let outcomes = plan_and_write(tx, batch, run, batch.items, rows).await?;
            runs::update_run_counters(
                tx,
                run,
                &batch.planner.projected_counters(&outcomes, 0),
                batch.user,
                batch.account_id,
            )
            .await?;
            failpoint!("batch.before_commit");
            Ok(outcomes)
        });
        failpoint!("batch.after_commit");
        result
    }

    /// Reads the batch's rows outside a transaction, without locks.
    async fn load_rows_unlocked(&self, batch: &EntryBatch<'_>) -> Result<ExistingRows, Error> {
        load_batch_rows(&mut self.acquire_connection().await?, batch.user, batch.items, batch.planner).await
    }

    async fn merge_each_in_savepoint(&self, batch: &EntryBatch<'_>, run: RunId) -> Result<BatchResult, Error> {
        self.ensure_run_lock(batch.user).await?;
        with_transaction!(self, |tx| {
            let mut merged = BatchResult::default();
            for item in batch.items {
                tx.execute_raw("SAVEPOINT entry").await?;
                match merge_single_entry(tx, batch, run, item).await {
                    Ok(outcomes) => merged.outcomes.extend(outcomes),
                    Err(error) if error.kind == StoreErrorKind::DataRejected => {
                        tx.execute_raw("ROLLBACK TO SAVEPOINT entry").await?;
                        merged.constraint_violations += error.constraint_violations;
                        merged.unstorable_entries.push(UnstorableEntry {
                            mal_id: item.mal_id(),
                            message: error.message().to_owned(),
                            hint: error.first_hint().map(str::to_owned),
                        });
                    }
                    Err(error) => return Err(error),
                }
                tx.execute_raw("RELEASE SAVEPOINT entry").await?;
            }
            let counters = batch.planner.projected_counters(&merged.outcomes, merged.unstorable_entries.len());
            runs::update_run_counters(tx, run, &counters, batch.user, batch.account_id).await?;
            Ok(merged)
        })
    }
}

/// Merges one entry and checks its deferred constraints now instead of at COMMIT. Anime rows are locked one at a
/// time, in the same order as for a whole batch.
async fn merge_single_entry(
    tx: &mut DbTransaction,
    batch: &EntryBatch<'_>,
    run: RunId,
    item: &BatchItem,
) -> Result<Vec<EntryOutcome>, Error> {
    let items = std::slice::from_ref(item);
    let rows = load_batch_rows(tx.connection(), batch.user, items, batch.planner).await?;
    let outcomes = plan_and_write(tx, batch, run, items, rows).await.map_err(|mut error| {
        // All attempts of the whole batch have failed by now. If a row of a single entry is not written either, a
        // trigger of another application suppresses it.
        if error.kind == StoreErrorKind::Contention && error.has_unwritten_rows {
            error.kind = StoreErrorKind::DataRejected;
        }
        error
    })?;
    if let Some(sql) = tx.dialect().check_constraints_sql() {
        tx.execute_raw(sql).await?;
    }
    Ok(outcomes)
}

async fn plan_and_write(
    tx: &mut DbTransaction,
    batch: &EntryBatch<'_>,
    run: RunId,
    items: &[BatchItem],
    mut rows: ExistingRows,
) -> Result<Vec<EntryOutcome>, Error> {
    let plan = batch.planner.plan_writes(items, &rows);
    // An unchanged row needs no lock, and in PostgreSQL a lock is a write. Most of a list is therefore only read.
    // Rows to be written are locked, read again and planned on their current values.
    let ids_to_lock = if tx.dialect().has_row_locks() { plan.ids_to_lock(&rows) } else { Vec::new() };
    if ids_to_lock.is_empty() {
        return apply_plan(tx, batch, run, &rows, plan).await;
    }
    let locked = batch_rows::load_rows(tx.connection(), batch.user, &ids_to_lock, true).await?;
    // Remove rows that were deleted in between.
    rows.anime.retain(|mal_id, _| ids_to_lock.binary_search(mal_id).is_err());
    rows.entries.retain(|mal_id, _| ids_to_lock.binary_search(mal_id).is_err());
    rows.anime.extend(locked.anime);
    rows.entries.extend(locked.entries);
    rows.last_conflicts = batch_rows::load_last_conflicts(
        tx.connection(),
        batch.user,
        batch.planner.ids_needing_conflict_history(items, &rows),
    )
    .await?;
    let plan = batch.planner.plan_writes(items, &rows);
    apply_plan(tx, batch, run, &rows, plan).await
}

async fn apply_plan(
    tx: &mut DbTransaction,
    batch: &EntryBatch<'_>,
    run: RunId,
    rows: &ExistingRows,
    plan: WritePlan<'_>,
) -> Result<Vec<EntryOutcome>, Error> {
    failpoint!("batch.after_read");
    let changes = plan.outcomes.iter().flat_map(|outcome| &outcome.changes);
    let change_rows = async { changes::change_rows(changes, None) };
    // Build the change rows while the database writes.
    let (written, change_rows) = tokio::join!(batch_writes::write_plan(tx, batch.user, rows, &plan), change_rows);
    written?;
    changes::delete_changes(tx, (run, batch.user), &plan.ids_to_record_anew).await?;
    changes::insert_changes(tx, (run, batch.user), change_rows).await?;
    Ok(plan.outcomes)
}

/// Reads the batch's rows without locks.
async fn load_batch_rows(
    connection: &mut DbConnection,
    user: UserId,
    items: &[BatchItem],
    planner: &dyn BatchPlanner,
) -> Result<ExistingRows, Error> {
    let ids: Vec<i32> = items.iter().map(BatchItem::mal_id).collect();
    let mut rows = batch_rows::load_rows(connection, user, &ids, false).await?;
    rows.last_conflicts =
        batch_rows::load_last_conflicts(connection, user, planner.ids_needing_conflict_history(items, &rows)).await?;
    Ok(rows)
}
