//! A batch: what it meets is read, planned, and where anything differs locked, planned again, written and counted, in one
//! transaction. Where nothing differs and nothing is to be told, there is none.
//!
//! The rules: all or nothing for what is reported; planned anew at every attempt, and what is written on rows that were locked
//! in that attempt; no row that is the same is written. A batch that the database refuses is tried once more entry by entry, each behind a
//! savepoint, so that only those at fault stay out, whole. The plan itself is made elsewhere ([`Planner`]).

use super::{
    Database, Dialect, Error, changes,
    error::Kind,
    retry::retried,
    rows, runs,
    sql::Link,
    transaction::{Tx, write},
    users,
};
use crate::{
    domain::{run::RunId, user::UserId},
    failpoint::failpoint,
    sync::port::{Batch, Item, Merged, Outcome, Plan, Planner, Refused, Rows, StoreFault as _},
};

impl Database {
    pub(super) async fn merge_batch(&self, batch: &Batch<'_>) -> Result<Merged, Error> {
        let Some(run) = batch.run else { return self.rehearse(batch).await };
        let refusal = match self.whole(batch, run).await {
            Ok(outcomes) => return Ok(Merged { outcomes, ..Merged::default() }),
            Err(error) if error.ends_the_run() => return Err(error),
            Err(error) => error,
        };
        tracing::debug!(error = %refusal, "the batch is tried entry by entry");
        match self.one_by_one(batch, run).await {
            Ok(mut merged) => {
                merged.violations += refusal.violations;
                Ok(merged)
            }
            Err(mut error) => {
                error.violations += refusal.violations;
                Err(error)
            }
        }
    }

    /// A dry run: everything is read and planned, nothing locked or written.
    async fn rehearse(&self, batch: &Batch<'_>) -> Result<Merged, Error> {
        let outcomes = retried!(self.rehearsed(batch).await).map_err(|error: Error| error.at(self.place()))?;
        Ok(Merged { outcomes, ..Merged::default() })
    }

    async fn rehearsed(&self, batch: &Batch<'_>) -> Result<Vec<Outcome>, Error> {
        let mut tx = self.begin_looking().await?;
        let met = match users::owned(&mut tx, batch.user, batch.owner).await {
            Ok(()) => met(tx.link(), batch.user, batch.items, batch.planner).await,
            Err(foreign) => Err(foreign),
        };
        tx.undo().await;
        let rows = met?;
        Ok(batch.planner.plan(batch.items, &rows).outcomes)
    }

    async fn whole(&self, batch: &Batch<'_>, run: RunId) -> Result<Vec<Outcome>, Error> {
        failpoint!("batch.begin");
        let seen = retried!(self.glance(batch).await).map_err(|error: Error| error.at(self.place()))?;
        if !batch.tell && seen.anime.len() == batch.items.len() {
            let plan = batch.planner.plan(batch.items, &seen);
            if plan.outcomes.iter().all(Outcome::is_quiet) {
                return Ok(plan.outcomes);
            }
        }
        self.keep_run_lock(batch.user).await?;
        // SQLite's transaction has the file to itself: it reads for itself what stands there.
        let mut seen = Some(seen).filter(|_| self.dialect() == Dialect::Postgres);
        let done = write!(self, |tx| {
            let rows = match seen.take() {
                Some(rows) => rows,
                None => met(tx.link(), batch.user, batch.items, batch.planner).await?,
            };
            let outcomes = store(tx, batch, run, batch.items, rows).await?;
            runs::count(tx, run, &batch.planner.counters(&outcomes, 0), batch.user, batch.owner).await?;
            failpoint!("batch.before_commit");
            Ok(outcomes)
        });
        failpoint!("batch.after_commit");
        done
    }

    /// What the batch meets, as it stands: each statement by itself, and nothing locked.
    async fn glance(&self, batch: &Batch<'_>) -> Result<Rows, Error> {
        met(&mut self.link().await?, batch.user, batch.items, batch.planner).await
    }

    async fn one_by_one(&self, batch: &Batch<'_>, run: RunId) -> Result<Merged, Error> {
        self.keep_run_lock(batch.user).await?;
        write!(self, |tx| {
            let mut merged = Merged::default();
            for item in batch.items {
                tx.say("SAVEPOINT entry").await?;
                match store_alone(tx, batch, run, item).await {
                    Ok(outcomes) => merged.outcomes.extend(outcomes),
                    Err(error) if error.kind == Kind::Refused => {
                        tx.say("ROLLBACK TO SAVEPOINT entry").await?;
                        merged.violations += error.violations;
                        merged.refused.push(Refused { mal_id: item.mal_id(), message: error.words().to_owned() });
                    }
                    Err(error) => return Err(error),
                }
                tx.say("RELEASE SAVEPOINT entry").await?;
            }
            let counters = batch.planner.counters(&merged.outcomes, merged.refused.len());
            runs::count(tx, run, &counters, batch.user, batch.owner).await?;
            Ok(merged)
        })
    }
}

/// One entry, with the constraints that would otherwise wait for COMMIT. The anime rows of the batch are not locked in
/// one go here, but in the same order.
async fn store_alone(tx: &mut Tx, batch: &Batch<'_>, run: RunId, item: &Item) -> Result<Vec<Outcome>, Error> {
    let item = std::slice::from_ref(item);
    let rows = met(tx.link(), batch.user, item, batch.planner).await?;
    let outcomes = store(tx, batch, run, item, rows).await.map_err(|mut error| {
        // Fewer rows taken than given, five times over and now alone: a trigger of somebody's keeps the row out.
        if error.kind == Kind::Contended && error.dropped_rows {
            error.kind = Kind::Refused;
        }
        error
    })?;
    if tx.dialect() == Dialect::Postgres {
        tx.say("SET CONSTRAINTS ALL IMMEDIATE").await?;
    }
    Ok(outcomes)
}

async fn store(
    tx: &mut Tx,
    batch: &Batch<'_>,
    run: RunId,
    items: &[Item],
    mut rows: Rows,
) -> Result<Vec<Outcome>, Error> {
    let plan = batch.planner.plan(items, &rows);
    // A row that stays as it is needs no lock, and in PostgreSQL a lock is a write: most of a list is read once and left
    // alone, and what is to be written is read again, locked, and planned on what stands there then.
    let touched = if tx.dialect() == Dialect::Postgres { plan.touched(&rows) } else { Vec::new() };
    if touched.is_empty() {
        return carry_out(tx, batch, run, &rows, plan).await;
    }
    let fresh = rows::read(tx.link(), batch.user, &touched, true).await?;
    // Those that are gone by now are gone.
    rows.anime.retain(|mal_id, _| touched.binary_search(mal_id).is_err());
    rows.locals.retain(|mal_id, _| touched.binary_search(mal_id).is_err());
    rows.anime.extend(fresh.anime);
    rows.locals.extend(fresh.locals);
    rows.history = rows::history(tx.link(), batch.user, batch.planner.wants_history(items, &rows)).await?;
    let plan = batch.planner.plan(items, &rows);
    carry_out(tx, batch, run, &rows, plan).await
}

async fn carry_out(
    tx: &mut Tx,
    batch: &Batch<'_>,
    run: RunId,
    rows: &Rows,
    plan: Plan<'_>,
) -> Result<Vec<Outcome>, Error> {
    failpoint!("batch.after_read");
    let changes = plan.outcomes.iter().flat_map(|outcome| &outcome.changes);
    let lines = async { changes::lines(changes, None) };
    // What is written next is made while the database writes.
    let (written, lines) = tokio::join!(super::write::apply(tx, batch.user, rows, &plan), lines);
    written?;
    changes::insert(tx, (run, batch.user), lines).await?;
    Ok(plan.outcomes)
}

/// The rows that a batch meets, unlocked.
async fn met(link: &mut Link, user: UserId, items: &[Item], planner: &dyn Planner) -> Result<Rows, Error> {
    let ids: Vec<i32> = items.iter().map(Item::mal_id).collect();
    let mut rows = rows::read(link, user, &ids, false).await?;
    rows.history = rows::history(link, user, planner.wants_history(items, &rows)).await?;
    Ok(rows)
}
