//! Removes entries that are no longer on MAL.
//!
//! Invariants (see decision 3):
//! 1. Entries are removed only after a complete listing that MAL's own count does not contradict.
//! 2. Removing sets `removed_at`. Only `--prune` deletes rows.
//! 3. If too many entries are unlisted, the listing is doubtful: the run fails and removes nothing.

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
    engine::SyncEngine,
    listing::{FullListing, ListingVerdict},
    plan::removed_at_change,
    port::{EntryRemoval, RemoteSource, SyncStore},
    run_outcome::StopReason,
    run_state::RunState,
};

impl<S: SyncStore, M: RemoteSource> SyncEngine<'_, S, M> {
    /// Counts the entries from MAL that are stored before the first batch. In a full run, also collects the ids that
    /// the run may remove.
    pub(super) async fn prepare_removal(&self, state: &mut RunState<'_>) -> Result<(), StopReason> {
        let user = state.user.id;
        state.entry_count_before_run = Some(if state.mode == SyncMode::Full {
            let from_mal = self.check_store_result(self.store.entry_ids_from_mal(user).await)?;
            // The flag of each id: true if the entry is marked as removed already.
            let active = from_mal.iter().filter(|(_, is_marked)| !is_marked).count();
            let candidates = from_mal.into_iter().filter(|(_, is_marked)| !is_marked || state.options.prune);
            state.removal_candidates = Some(candidates.map(|(mal_id, _)| mal_id).collect());
            to_i64(active)
        } else {
            self.check_store_result(self.store.count_entries_from_mal(user).await)?
        });
        Ok(())
    }

    /// Checks the full listing against MAL's count, and marks or deletes the entries that it did not show.
    pub(super) async fn remove_unlisted_entries(&self, state: &mut RunState<'_>) -> Result<(), StopReason> {
        let candidates = state.removal_candidates.take();
        let all_seen = candidates.is_some_and(|ids| ids.iter().all(|mal_id| state.seen_entries.contains(*mal_id)));
        // If candidates are unlisted, load them again: the rows may have changed since the run began.
        let from_mal = if all_seen {
            Vec::new()
        } else {
            self.check_store_result(self.store.entry_ids_from_mal(state.user.id).await)?
        };
        let unlisted = || from_mal.iter().filter(|(mal_id, _)| !state.seen_entries.contains(*mal_id));
        let mut newly_unlisted: Vec<i32> =
            unlisted().filter(|(_, is_marked)| !is_marked).map(|(mal_id, _)| *mal_id).collect();
        let already_marked: Vec<i32> =
            unlisted().filter(|(_, is_marked)| *is_marked).map(|(mal_id, _)| *mal_id).collect();
        let listing = full_listing(state, newly_unlisted.len());
        state.full_listing = Some(listing);
        check_listing(&listing, state.options.allow_shrink)?;
        if state.tally.has_lost_batch() {
            warn!("a batch could not be stored: no entries are marked as removed in this sync");
            return Ok(());
        }
        if !newly_unlisted.is_empty() && !is_removal_safe(state) {
            warn!(
                "{} entries were not in the listing, but MAL counts {} and listed {}: no entries are marked as \
                    removed",
                newly_unlisted.len(),
                state.num_items().unwrap_or_default(),
                state.seen_entries.listed_count()
            );
            newly_unlisted.clear();
        }
        state.removed_count = to_i64(newly_unlisted.len());
        if state.options.prune {
            let mut ids_to_delete = [newly_unlisted, already_marked].concat();
            ids_to_delete.sort_unstable();
            self.apply_removals(state, &[], &ids_to_delete).await
        } else {
            self.apply_removals(state, &newly_unlisted, &[]).await
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

fn to_i64(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Returns the full listing of this run. `unlisted` is the number of stored entries that it did not show.
///
/// MAL's count must be from before the first page. A count taken during or after paging confirms nothing: a deletion
/// during paging moves another entry past the page boundary unseen, and the total still matches.
fn full_listing(state: &RunState<'_>, unlisted: usize) -> FullListing {
    FullListing {
        num_items: state.num_items(),
        listed: to_i64(state.seen_entries.listed_count()),
        storable: to_i64(state.seen_entries.readable_count()) - to_i64(state.tally.unstorable_count()),
        drift: state.user.drift,
        previous_gap: state.user.listing_gap,
        entry_count_before_run: state.entry_count_before_run.unwrap_or(0),
        unlisted: to_i64(unlisted),
    }
}

/// Returns true if an entry that the listing did not show is gone from MAL. An entry without a readable id may be any
/// of the unlisted ones.
fn is_removal_safe(state: &RunState<'_>) -> bool {
    let verdict = state.full_listing.map(|listing| listing.verdict());
    verdict == Some(ListingVerdict::Complete) && state.seen_entries.without_id_count() == 0
}

/// Fails if MAL's count contradicts the listing, or if too many entries are gone to trust it. Warns if MAL counts many
/// more entries than it lists.
fn check_listing(listing: &FullListing, allow_shrink: bool) -> Result<(), StopReason> {
    let FullListing { listed, entry_count_before_run, unlisted, .. } = *listing;
    let num_items = listing.num_items.unwrap_or_default();
    if listing.verdict() == ListingVerdict::Broken {
        let message = format!("MyAnimeList sent {listed} of {num_items} entries; nothing was removed");
        return Err(StopReason::Failed(Failure::from_text(Exit::Mal, message).with_hint("sync again later")));
    }
    if listing.is_much_shorter() {
        warn!("MyAnimeList counts {num_items} entries but lists {listed}, as in the previous sync");
    }
    if allow_shrink || !listing.exceeds_shrink_limit() {
        return Ok(());
    }
    let message = if listed == 0 {
        format!(
            "MyAnimeList returned an empty list, but {entry_count_before_run} entries are stored. Aborted; \
            nothing was removed"
        )
    } else {
        format!(
            "{unlisted} of {entry_count_before_run} entries are no longer on MAL (over 20 %). Aborted; nothing was \
                removed"
        )
    };
    let hint = "if you removed them yourself, run: malsync sync --force-full --allow-shrink";
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

#[cfg(test)]
#[path = "removal_tests.rs"]
mod tests;
