//! A batch: what it meets is read, planned, and where anything differs locked, planned again, written and counted, in one
//! transaction. Where nothing differs and nothing is to be told, there is none.
//!
//! The rules: all or nothing for what is reported; planned anew at every attempt, and what is written on rows that were locked
//! in that attempt; no row that is the same is written. A batch that the database refuses is tried once more entry by entry, each behind a
//! savepoint, so that only those at fault stay out, whole. The plan itself is made elsewhere ([`Planner`]).

use super::{
    Database, Dialect, Error, batch_rows, changes,
    error::StoreErrorKind,
    retry::with_retry,
    runs,
    sql::DbConnection,
    transaction::{DbTransaction, with_transaction},
    users,
};
use crate::{
    domain::{run::RunId, user::UserId},
    failpoint::failpoint,
    sync::port::{
        BatchItem, BatchPlanner, BatchResult, EntryBatch, EntryOutcome, ExistingRows, SyncStoreError as _,
        UnstorableEntry, WritePlan,
    },
};

impl Database {
    pub(super) async fn merge_batch(&self, batch: &EntryBatch<'_>) -> Result<BatchResult, Error> {
        let Some(run) = batch.run else { return self.dry_run_batch(batch).await };
        let refusal = match self.merge_in_one_transaction(batch, run).await {
            Ok(outcomes) => return Ok(BatchResult { outcomes, ..BatchResult::default() }),
            Err(error) if error.is_fatal() => return Err(error),
            Err(error) => error,
        };
        tracing::debug!(error = %refusal, "the batch is tried entry by entry");
        match self.merge_each_in_savepoint(batch, run).await {
            Ok(mut merged) => {
                merged.constraint_violations += refusal.violations;
                Ok(merged)
            }
            Err(mut error) => {
                error.violations += refusal.violations;
                Err(error)
            }
        }
    }

    /// A dry run: everything is read and planned, nothing locked or written.
    async fn dry_run_batch(&self, batch: &EntryBatch<'_>) -> Result<BatchResult, Error> {
        let outcomes =
            with_retry!(self.try_dry_run_batch(batch).await).map_err(|error: Error| error.with_database(self.url()))?;
        Ok(BatchResult { outcomes, ..BatchResult::default() })
    }

    async fn try_dry_run_batch(&self, batch: &EntryBatch<'_>) -> Result<Vec<EntryOutcome>, Error> {
        let mut tx = self.begin_read_only().await?;
        let met = match users::check_account(&mut tx, batch.user, batch.account_id).await {
            Ok(()) => load_batch_rows(tx.connection(), batch.user, batch.items, batch.planner).await,
            Err(foreign) => Err(foreign),
        };
        tx.rollback().await;
        let rows = met?;
        Ok(batch.planner.plan_writes(batch.items, &rows).outcomes)
    }

    async fn merge_in_one_transaction(&self, batch: &EntryBatch<'_>, run: RunId) -> Result<Vec<EntryOutcome>, Error> {
        failpoint!("batch.begin");
        let seen = with_retry!(self.load_rows_unlocked(batch).await)
            .map_err(|error: Error| error.with_database(self.url()))?;
        if !batch.flush_counters && seen.anime.len() == batch.items.len() {
            let plan = batch.planner.plan_writes(batch.items, &seen);
            if plan.outcomes.iter().all(EntryOutcome::is_noop) {
                return Ok(plan.outcomes);
            }
        }
        self.ensure_run_lock(batch.user).await?;
        // SQLite's transaction has the file to itself: it reads for itself what stands there.
        let mut seen = Some(seen).filter(|_| self.dialect() == Dialect::Postgres);
        let done = with_transaction!(self, |tx| {
            let rows = match seen.take() {
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
        done
    }

    /// What the batch meets, as it stands: each statement by itself, and nothing locked.
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
                        merged.constraint_violations += error.violations;
                        merged
                            .unstorable_entries
                            .push(UnstorableEntry { mal_id: item.mal_id(), message: error.message().to_owned() });
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

/// One entry, with the constraints that would otherwise wait for COMMIT. The anime rows of the batch are not locked in
/// one go here, but in the same order.
async fn merge_single_entry(
    tx: &mut DbTransaction,
    batch: &EntryBatch<'_>,
    run: RunId,
    item: &BatchItem,
) -> Result<Vec<EntryOutcome>, Error> {
    let item = std::slice::from_ref(item);
    let rows = load_batch_rows(tx.connection(), batch.user, item, batch.planner).await?;
    let outcomes = plan_and_write(tx, batch, run, item, rows).await.map_err(|mut error| {
        // Fewer rows taken than given, five times over and now alone: a trigger of somebody's keeps the row out.
        if error.kind == StoreErrorKind::Contention && error.has_unwritten_rows {
            error.kind = StoreErrorKind::DataRejected;
        }
        error
    })?;
    if tx.dialect() == Dialect::Postgres {
        tx.execute_raw("SET CONSTRAINTS ALL IMMEDIATE").await?;
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
    // A row that stays as it is needs no lock, and in PostgreSQL a lock is a write: most of a list is read once and left
    // alone, and what is to be written is read again, locked, and planned on what stands there then.
    let touched = if tx.dialect() == Dialect::Postgres { plan.ids_to_lock(&rows) } else { Vec::new() };
    if touched.is_empty() {
        return apply_plan(tx, batch, run, &rows, plan).await;
    }
    let fresh = batch_rows::load_rows(tx.connection(), batch.user, &touched, true).await?;
    // Those that are gone by now are gone.
    rows.anime.retain(|mal_id, _| touched.binary_search(mal_id).is_err());
    rows.entries.retain(|mal_id, _| touched.binary_search(mal_id).is_err());
    rows.anime.extend(fresh.anime);
    rows.entries.extend(fresh.entries);
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
    let lines = async { changes::change_rows(changes, None) };
    // What is written next is made while the database writes.
    let (written, lines) = tokio::join!(super::batch_writes::write_plan(tx, batch.user, rows, &plan), lines);
    written?;
    changes::insert_changes(tx, (run, batch.user), lines).await?;
    Ok(plan.outcomes)
}

/// The rows that a batch meets, unlocked.
async fn load_batch_rows(
    link: &mut DbConnection,
    user: UserId,
    items: &[BatchItem],
    planner: &dyn BatchPlanner,
) -> Result<ExistingRows, Error> {
    let ids: Vec<i32> = items.iter().map(BatchItem::mal_id).collect();
    let mut rows = batch_rows::load_rows(link, user, &ids, false).await?;
    rows.last_conflicts =
        batch_rows::load_last_conflicts(link, user, planner.ids_needing_conflict_history(items, &rows)).await?;
    Ok(rows)
}
