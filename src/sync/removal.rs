//! Removes entries that are no longer on MAL.
//!
//! Invariants (see decision 3):
//! 1. Entries are removed only after a complete listing that MAL's own count confirms.
//! 2. Removing sets `removed_at`. Only `--prune` deletes rows.
//! 3. If too many entries are missing, the listing is doubtful: the run fails and removes nothing.

use serde_json::{Map, Value};
use tracing::warn;

use crate::{
    domain::{
        change::{FieldChange, MergeRule},
        entry::StoredEntry,
        entry_fields::Field,
        run::SyncMode,
    },
    exit::Exit,
    failure::Failure,
};

use super::{
    engine::{RunState, StopReason, SyncEngine},
    mode,
    plan::removed_at_change,
    port::{EntryRemoval, RemoteSource, SyncStore},
};

impl<S: SyncStore, M: RemoteSource> SyncEngine<'_, S, M> {
    /// Counts the entries from MAL before the first batch. In a full run, collects the ids that the run may remove.
    pub(super) async fn count_previously_listed(&self, state: &mut RunState<'_>) -> Result<(), StopReason> {
        let user = state.user.id;
        state.entries_before_run = Some(if state.mode == SyncMode::Full {
            let from_mal = self.check_store_result(self.store.entry_ids_from_mal(user).await)?;
            let active = from_mal.iter().filter(|(_, removed)| !removed).count();
            let candidates = from_mal.into_iter().filter(|(_, removed)| !removed || state.options.prune);
            state.removal_candidates = Some(candidates.map(|(mal_id, _)| mal_id).collect());
            i64::try_from(active).unwrap_or(i64::MAX)
        } else {
            self.check_store_result(self.store.count_entries_from_mal(user).await)?
        });
        Ok(())
    }

    /// Marks or deletes the entries that the full listing did not show.
    pub(super) async fn remove_missing_entries(&self, state: &mut RunState<'_>) -> Result<(), StopReason> {
        if state.tally.has_lost_batch() {
            warn!("a batch could not be stored, so nothing is marked as removed in this run");
            return Ok(());
        }
        if state
            .removal_candidates
            .take()
            .is_some_and(|ids| ids.iter().all(|mal_id| state.seen_entries.contains(*mal_id)))
        {
            return Ok(());
        }
        // Some candidates are missing. The rows may have changed since the run began, so load them again.
        let from_mal = self.check_store_result(self.store.entry_ids_from_mal(state.user.id).await)?;
        let missing = || from_mal.iter().filter(|(mal_id, _)| !state.seen_entries.contains(*mal_id));
        let mut newly_missing: Vec<i32> =
            missing().filter(|(_, removed)| !removed).map(|(mal_id, _)| *mal_id).collect();
        let already_marked: Vec<i32> = missing().filter(|(_, removed)| *removed).map(|(mal_id, _)| *mal_id).collect();
        if !state.options.allow_shrink {
            check_shrink_limit(state, newly_missing.len())?;
            if !newly_missing.is_empty() && !is_listing_complete(state) {
                warn!(
                    "{} entries were not in the listing, but MAL counts {} and listed {}: nothing is marked as removed",
                    newly_missing.len(),
                    state.num_items().unwrap_or_default(),
                    state.seen_entries.listed_count()
                );
                newly_missing.clear();
            }
        }
        state.removed_count = i64::try_from(newly_missing.len()).unwrap_or(i64::MAX);
        if state.options.prune {
            let mut ids_to_delete = [newly_missing, already_marked].concat();
            ids_to_delete.sort_unstable();
            self.apply_removals(state, &[], &ids_to_delete).await
        } else {
            self.apply_removals(state, &newly_missing, &[]).await
        }
    }

    /// Marks and deletes entries and their records in one transaction. A dry run only collects the records.
    async fn apply_removals(
        &self,
        state: &mut RunState<'_>,
        ids_to_mark: &[i32],
        ids_to_delete: &[i32],
    ) -> Result<(), StopReason> {
        if ids_to_mark.is_empty() && ids_to_delete.is_empty() {
            return Ok(());
        }
        let mut changes: Vec<_> =
            ids_to_mark.iter().map(|mal_id| removed_at_change(*mal_id, None, Some(state.now))).collect();
        for local in self.check_store_result(self.store.load_entries(state.user.id, ids_to_delete).await)? {
            changes.push(entry_deleted_change(&local));
        }
        state.tally.add_removed(ids_to_mark.len() + ids_to_delete.len());
        let Some(run) = state.run_id else {
            state.dry_run_changes.extend(changes.into_iter().map(|change| (change, None)));
            return Ok(());
        };
        let counters = state.tally.counters(self.request_counters(state));
        let (user, account_id) = (state.user.id, state.account_id());
        let removal = EntryRemoval { run, user, account_id, ids_to_mark, ids_to_delete, changes: &changes, counters };
        self.check_store_result(self.store.remove_entries(&removal).await)
    }
}

/// Returns true if the listing is complete: every entry had an id, and MAL's count from before the first page confirms
/// the number of entries.
///
/// A count taken during or after paging confirms nothing: a deletion during paging moves another entry past the page
/// boundary unseen, and the total still matches.
fn is_listing_complete(state: &RunState<'_>) -> bool {
    if state.seen_entries.without_id_count() > 0 {
        return false;
    }
    let count = |count| i64::try_from(count).unwrap_or(i64::MAX);
    let (listed, readable) = (count(state.seen_entries.listed_count()), count(state.seen_entries.readable_count()));
    let storable = readable - count(state.tally.unstorable_count());
    mode::is_count_confirmed(state.num_items(), listed, storable, state.user.drift)
}

/// Fails if too many entries are missing to trust the listing.
fn check_shrink_limit(state: &RunState<'_>, missing: usize) -> Result<(), StopReason> {
    let (entries_before_run, listed) = (
        state.entries_before_run.and_then(|count| usize::try_from(count).ok()).unwrap_or(0),
        state.seen_entries.listed_count(),
    );
    if !mode::exceeds_shrink_limit(entries_before_run, missing, listed) {
        return Ok(());
    }
    let message = if listed == 0 {
        format!("MyAnimeList returned an empty list where {entries_before_run} entries are stored; nothing was removed")
    } else {
        format!(
            "{missing} of {entries_before_run} entries are gone from MyAnimeList, more than a fifth; nothing was removed"
        )
    };
    let hint = "if the list really shrank, run: malsync sync --force-full --allow-shrink";
    Err(StopReason::Failed(Failure::from_text(Exit::Guard, message).with_hint(hint)))
}

/// Returns the change record of a deleted entry, with all its values.
pub(super) fn entry_deleted_change(local: &StoredEntry) -> FieldChange {
    let (mal, kept) = (Value::Null, Value::Null);
    FieldChange {
        mal_id: local.mal_id,
        field: Field::Entry,
        local: entry_json(local),
        mal,
        kept,
        is_conflict: false,
        rule: MergeRule::MalWins,
    }
}

/// Returns all values of an entry as a JSON object by field, with its pins if it has any.
pub(super) fn entry_json(local: &StoredEntry) -> Value {
    let mut fields: Map<String, Value> = Field::SYNCED_FIELDS
        .map(|field| (field.as_str().to_owned(), local.values.field_json(field)))
        .into_iter()
        .collect();
    if !local.pinned.is_empty() {
        let pinned: Vec<&str> = local.pinned.iter().map(|field| field.as_str()).collect();
        fields.insert("pinned".to_owned(), pinned.into());
    }
    fields.into()
}
