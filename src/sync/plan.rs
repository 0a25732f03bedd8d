//! Plans the writes of a batch from its items and the existing rows. Pure.
//!
//! Invariants:
//! 1. A plan contains only rows that differ.
//! 2. The value of a field is decided in [`resolve`], not here.
//!
//! See decision 16.

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use serde_json::{Value, json};

use crate::domain::{
    change::{FieldChange, MergeRule},
    entry::{RemoteEntry, StoredEntry},
    entry_fields::{EntryValues, Field},
    kept_values::KeptValues,
    merge_base::MergeBase,
    own_values,
    run::{RequestCounters, RunCounters},
};

use super::{
    port::{BatchItem, BatchPlanner, EntryOutcome, ExistingRows, RowOutcome, WritePlan},
    resolve::{self, EntryResolution},
    run_tally::RunTally,
};

/// Plans one batch of a run by the merge rules.
pub struct RulePlanner<'a> {
    /// The tally of the run before this batch.
    pub tally: &'a RunTally,
    /// The requests of the run so far.
    pub request_counters: RequestCounters,
    /// Where the batch's entries come from.
    pub kind: BatchKind,
}

/// Where the entries of a batch come from. It decides what the run counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchKind {
    /// MAL sent the entries in this run: entries and conflicts count. Also an empty batch that writes the counters.
    Fetched,
    /// MAL did not send the entries in this run: only their conflicts count.
    Reconciled,
}

impl BatchPlanner for RulePlanner<'_> {
    fn ids_needing_conflict_history(&self, items: &[BatchItem], rows: &ExistingRows) -> Vec<i32> {
        let needs_history = |item: &&BatchItem| {
            let local = rows.entries.get(&item.mal_id());
            local
                .and_then(|local| resolve_item(item, local))
                .is_some_and(|item| item.resolution.needs_conflict_history())
        };
        items.iter().filter(needs_history).map(BatchItem::mal_id).collect()
    }

    fn plan_writes<'a>(&self, items: &'a [BatchItem], rows: &'a ExistingRows) -> WritePlan<'a> {
        let mut plan = WritePlan::default();
        for item in items {
            match (item, rows.entries.get(&item.mal_id())) {
                (BatchItem::Fetched(remote), local) => plan_fetched_entry(&mut plan, item, remote, local, rows),
                (BatchItem::Reconcile(_), Some(local)) => plan_reconcile(&mut plan, item, local, rows),
                (BatchItem::Reconcile(_), None) => {}
            }
        }
        plan
    }

    fn projected_counters(&self, outcomes: &[EntryOutcome], unstorable: usize) -> RunCounters {
        match self.kind {
            BatchKind::Fetched => self.tally.projected_counters(outcomes, unstorable, self.request_counters),
            BatchKind::Reconciled => self.tally.projected_counters_reconciled(outcomes, self.request_counters),
        }
    }
}

fn plan_fetched_entry<'a>(
    plan: &mut WritePlan<'a>,
    item: &BatchItem,
    remote: &'a RemoteEntry,
    local: Option<&StoredEntry>,
    rows: &ExistingRows,
) {
    let mal_id = remote.mal_id();
    let anime = match rows.anime.get(&mal_id) {
        None => {
            plan.new_anime.push(&remote.anime);
            RowOutcome::Created
        }
        Some((_, stored)) if *stored == remote.anime => RowOutcome::Unchanged,
        Some((id, _)) => {
            plan.changed_anime.push((*id, &remote.anime));
            RowOutcome::Updated
        }
    };
    let mal_updated_at = remote.list_status.updated_at.map(truncate_to_seconds);
    let mal_values = &remote.list_status.values;
    let write = |local: Option<&StoredEntry>, values, kept| StoredEntry {
        id: local.map_or(0, |local| local.id),
        mal_id,
        values,
        base: Some(remote.list_status.base.clone()),
        kept,
        altered: local.map(|local| local.altered.clone()).unwrap_or_default(),
        mal_updated_at,
        removed_at: None,
        pinned: local.map(|local| local.pinned.clone()).unwrap_or_default(),
    };
    let mut outcome = EntryOutcome {
        mal_id,
        anime,
        entry: RowOutcome::Unchanged,
        newly_listed: false,
        rewrites_record: false,
        changes: Vec::new(),
    };
    match local.and_then(|local| Some((local, resolve_item(item, local)?))) {
        None => {
            outcome.entry = RowOutcome::Created;
            outcome.newly_listed = true;
            let values = with_first_viewing(mal_values.clone(), remote.anime.episodes);
            let kept = own_values::record_kept_values(&values, Some(mal_values), |_| false);
            outcome.changes.push(entry_level_change(mal_id, None, Some(&values)));
            plan.new_entries.push(write(None, values, kept));
        }
        Some((local, ResolvedItem { resolution, base })) => {
            outcome.newly_listed = local.base.is_none() || local.removed_at.is_some();
            let is_base_outdated = local.base.as_ref() != Some(&remote.list_status.base)
                || local.mal_updated_at.map(truncate_to_seconds) != mal_updated_at
                || local.removed_at.is_some();
            outcome.changes = collect_changes(local, &resolution, rows);
            outcome.changes.extend(local.removed_at.map(|at| removed_at_change(mal_id, Some(at), None)));
            let kept = kept_after_merge(local, base.as_ref(), &resolution.values, mal_values);
            if is_base_outdated || resolution.has_changes() {
                outcome.entry = RowOutcome::Updated;
            }
            outcome.rewrites_record = outcome.entry == RowOutcome::Unchanged && kept != local.kept;
            if outcome.entry == RowOutcome::Updated || outcome.rewrites_record {
                plan.changed_entries.push(write(Some(local), resolution.values, kept));
            }
        }
    }
    plan.outcomes.push(outcome);
}

fn plan_reconcile(plan: &mut WritePlan<'_>, item: &BatchItem, local: &StoredEntry, rows: &ExistingRows) {
    let Some(ResolvedItem { resolution, base: Some(base) }) = resolve_item(item, local) else { return };
    let mal_id = local.mal_id;
    let changes = collect_changes(local, &resolution, rows);
    let kept = kept_after_merge(local, Some(&base), &resolution.values, &base);
    let entry = if resolution.has_changes() { RowOutcome::Updated } else { RowOutcome::Unchanged };
    let rewrites_record = entry == RowOutcome::Unchanged && kept != local.kept;
    if entry == RowOutcome::Updated || rewrites_record {
        plan.changed_entries.push(StoredEntry { values: resolution.values, kept, ..local.clone() });
    }
    let anime = RowOutcome::Unchanged;
    plan.outcomes.push(EntryOutcome { mal_id, anime, entry, newly_listed: false, rewrites_record, changes });
}

/// Returns the values of a new entry, given MAL's and the anime's number of episodes. If it is being rewatched, MAL does
/// not say how many episodes were watched the first time: then they are all of them, or those of the rewatch if their
/// number is unknown.
pub(super) fn with_first_viewing(values: EntryValues, episodes: Option<i32>) -> EntryValues {
    let first_viewing = || episodes.or(values.rewatch_episodes).filter(|_| values.is_rewatching);
    EntryValues { episodes_watched: values.episodes_watched.or_else(first_viewing), ..values }
}

/// A resolved item.
struct ResolvedItem {
    resolution: EntryResolution,
    /// The values of the merge base, if they were needed.
    base: Option<EntryValues>,
}

/// Resolves one item. Returns `None` if an entry to reconcile has no merge base or is marked as removed.
fn resolve_item(item: &BatchItem, local: &StoredEntry) -> Option<ResolvedItem> {
    let base = || local.base.as_ref().and_then(MergeBase::parse_values);
    let resolve = |base: Option<EntryValues>, remote: &EntryValues| {
        let resolution = resolve::resolve_entry(&local.values, &local.kept, base.as_ref(), remote, &local.pinned);
        ResolvedItem { resolution, base }
    };
    match item {
        BatchItem::Fetched(remote) => {
            let remote = &remote.list_status.values;
            // If both sides are equal, the base does not matter. Most entries are, so do not parse it.
            let base = if local.values == *remote { None } else { base() };
            Some(resolve(base, remote))
        }
        BatchItem::Reconcile(_) if local.removed_at.is_some() => None,
        BatchItem::Reconcile(_) => {
            let base = base()?;
            let remote = base.clone();
            Some(resolve(Some(base), &remote))
        }
    }
}

/// Returns the record of the values that a merge kept and that the user did not write. `base` are the values of the
/// merge base before it.
fn kept_after_merge(
    local: &StoredEntry,
    base: Option<&EntryValues>,
    merged: &EntryValues,
    remote: &EntryValues,
) -> KeptValues {
    // Most entries are MAL's in every value.
    if merged == remote {
        return KeptValues::default();
    }
    let was_own = |field| own_values::is_own(&local.values, &local.kept, base, field);
    own_values::record_kept_values(merged, Some(remote), was_own)
}

fn collect_changes(local: &StoredEntry, resolution: &EntryResolution, rows: &ExistingRows) -> Vec<FieldChange> {
    let change = |resolution: &resolve::FieldResolution| {
        let is_conflict = resolution.is_new_conflict(rows.last_conflicts.get(&(local.mal_id, resolution.field)));
        (resolution.changed || is_conflict).then(|| FieldChange {
            mal_id: local.mal_id,
            field: resolution.field,
            local: resolution.local.clone(),
            mal: resolution.mal.clone(),
            kept: resolution.kept.clone(),
            is_conflict,
            rule: resolution.rule,
        })
    };
    resolution.field_resolutions.iter().filter_map(change).collect()
}

/// Returns the change record of an entry that is created (`kept`) or deleted (`local`), with a summary of its values.
#[must_use]
pub fn entry_level_change(mal_id: i32, local: Option<&EntryValues>, kept: Option<&EntryValues>) -> FieldChange {
    let summary = |values: Option<&EntryValues>| {
        values.map_or(Value::Null, |values| {
            json!({
                "status": values.status,
                "score": values.score,
                "episodes_watched": values.episodes_watched,
            })
        })
    };
    let (local, kept) = (summary(local), summary(kept));
    FieldChange {
        mal_id,
        field: Field::Entry,
        local,
        mal: kept.clone(),
        kept,
        is_conflict: false,
        rule: MergeRule::MalWins,
    }
}

/// Returns the change record of an entry whose `removed_at` is set or cleared.
#[must_use]
pub fn removed_at_change(mal_id: i32, local: Option<DateTime<Utc>>, kept: Option<DateTime<Utc>>) -> FieldChange {
    let time =
        |at: Option<DateTime<Utc>>| at.map_or(Value::Null, |at| json!(at.to_rfc3339_opts(SecondsFormat::Secs, true)));
    let (local, kept) = (time(local), time(kept));
    FieldChange {
        mal_id,
        field: Field::RemovedAt,
        local,
        mal: Value::Null,
        kept,
        is_conflict: false,
        rule: MergeRule::MalWins,
    }
}

/// Truncates a time to whole seconds, the precision of MAL's times and of the columns.
fn truncate_to_seconds(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(0)
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
