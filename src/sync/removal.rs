//! Entries that are no longer on MAL: marked after one complete listing that MAL's own count confirms, deleted by
//! `--prune` alone, and left as they are where so many are gone that the listing itself is doubtful.

use serde_json::{Map, Value};
use tracing::warn;

use crate::{
    domain::{
        change::{Field, FieldChange, MergeRule},
        entry::StoredEntry,
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
    resolve::field_json,
};

impl<S: SyncStore, M: RemoteSource> SyncEngine<'_, S, M> {
    /// Counts the entries from MAL before the first batch, and notes those that a full run may find gone.
    pub(super) async fn count_previously_listed(&self, state: &mut RunState<'_>) -> Result<(), StopReason> {
        let user = state.user.id;
        state.entries_before_run = Some(if state.mode == SyncMode::Full {
            let from_mal = self.check_store_result(self.store.entry_ids_from_mal(user).await)?;
            let known = from_mal.iter().filter(|(_, removed)| !removed).count();
            let at_stake = from_mal.into_iter().filter(|(_, removed)| !removed || state.options.prune);
            state.removal_candidates = Some(at_stake.map(|(mal_id, _)| mal_id).collect());
            i64::try_from(known).unwrap_or(i64::MAX)
        } else {
            self.check_store_result(self.store.count_entries_from_mal(user).await)?
        });
        Ok(())
    }

    /// Marks what is gone, or deletes it.
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
        // Some are gone, as far as the run's beginning knew: which of them are there now?
        let from_mal = self.check_store_result(self.store.entry_ids_from_mal(state.user.id).await)?;
        let missing = || from_mal.iter().filter(|(mal_id, _)| !state.seen_entries.contains(*mal_id));
        let mut gone: Vec<i32> = missing().filter(|(_, removed)| !removed).map(|(mal_id, _)| *mal_id).collect();
        let marked: Vec<i32> = missing().filter(|(_, removed)| *removed).map(|(mal_id, _)| *mal_id).collect();
        if !state.options.allow_shrink {
            check_shrink_limit(state, gone.len())?;
            if !gone.is_empty() && !is_listing_complete(state) {
                warn!(
                    "{} entries were not in the listing, but MAL counts {} and listed {}: nothing is marked as removed",
                    gone.len(),
                    state.num_items().unwrap_or_default(),
                    state.seen_entries.listed_count()
                );
                gone.clear();
            }
        }
        state.removed_count = i64::try_from(gone.len()).unwrap_or(i64::MAX);
        if state.options.prune {
            let mut delete = [gone, marked].concat();
            delete.sort_unstable();
            self.apply_removals(state, &[], &delete).await
        } else {
            self.apply_removals(state, &gone, &[]).await
        }
    }

    async fn apply_removals(&self, state: &mut RunState<'_>, mark: &[i32], delete: &[i32]) -> Result<(), StopReason> {
        if mark.is_empty() && delete.is_empty() {
            return Ok(());
        }
        let mut changes: Vec<_> = mark.iter().map(|mal_id| removed_at_change(*mal_id, None, Some(state.now))).collect();
        for local in self.check_store_result(self.store.load_entries(state.user.id, delete).await)? {
            changes.push(entry_deleted_change(&local));
        }
        state.tally.add_removed(mark.len() + delete.len());
        let Some(run) = state.run_id else {
            state.dry_run_changes.extend(changes.into_iter().map(|change| (change, None)));
            return Ok(());
        };
        let counters = state.tally.counters(self.request_counters(state));
        let (user, owner) = (state.user.id, state.account_id());
        let removal = EntryRemoval {
            run,
            user,
            account_id: owner,
            ids_to_mark: mark,
            ids_to_delete: delete,
            changes: &changes,
            counters,
        };
        self.check_store_result(self.store.remove_entries(&removal).await)
    }
}

/// Whether the listing is as long as MAL said before it began, and told every entry by name. A count that moved meanwhile
/// confirms nothing: an entry deleted while the list is paged makes another one slip past, and the length still fits.
fn is_listing_complete(state: &RunState<'_>) -> bool {
    if state.seen_entries.without_id_count() > 0 {
        return false;
    }
    let count = |count| i64::try_from(count).unwrap_or(i64::MAX);
    let (listed, offered) = (count(state.seen_entries.listed_count()), count(state.seen_entries.readable_count()));
    let storable = offered - count(state.tally.unstorable_count());
    mode::is_count_confirmed(state.num_items(), listed, storable, state.user.drift)
}

fn check_shrink_limit(state: &RunState<'_>, gone: usize) -> Result<(), StopReason> {
    let (known, listed) = (
        state.entries_before_run.and_then(|known| usize::try_from(known).ok()).unwrap_or(0),
        state.seen_entries.listed_count(),
    );
    if !mode::exceeds_shrink_limit(known, gone, listed) {
        return Ok(());
    }
    let what = if listed == 0 {
        format!("MyAnimeList returned an empty list where {known} entries are stored; nothing was removed")
    } else {
        format!("{gone} of {known} entries are gone from MyAnimeList, more than a fifth; nothing was removed")
    };
    let hint = "if the list really shrank, run: malsync sync --force-full --allow-shrink";
    Err(StopReason::Failed(Failure::from_text(Exit::Guard, what).with_hint(hint)))
}

/// The line of an entry that is deleted: all that it was.
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

/// All that an entry is, by field, with its pins where it has some.
pub(super) fn entry_json(local: &StoredEntry) -> Value {
    let mut fields: Map<String, Value> = Field::SYNCED_FIELDS
        .map(|field| (field.as_str().to_owned(), field_json(&local.values, field)))
        .into_iter()
        .collect();
    if !local.pinned.is_empty() {
        let pinned: Vec<&str> = local.pinned.iter().map(|field| field.as_str()).collect();
        fields.insert("pinned".to_owned(), pinned.into());
    }
    fields.into()
}
