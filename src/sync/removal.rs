//! Entries that are no longer on MAL: marked after one complete listing that MAL's own count confirms, deleted by
//! `--prune` alone, and left as they are where so many are gone that the listing itself is doubtful.

use serde_json::{Map, Value};
use tracing::warn;

use crate::{
    domain::{
        change::{Change, Field, Rule},
        entry::Local,
        run::Mode,
    },
    exit::Exit,
    failure::Failure,
};

use super::{
    engine::{Engine, Halt, State},
    mode,
    plan::removed_mark,
    port::{Removal, Source, Store},
    resolve::value_of,
};

impl<S: Store, M: Source> Engine<'_, S, M> {
    /// Counts the entries from MAL before the first batch, and notes those that a full run may find gone.
    pub(super) async fn count_known(&self, state: &mut State<'_>) -> Result<(), Halt> {
        let user = state.user.id;
        state.known = Some(if state.mode == Mode::Full {
            let from_mal = self.stored_value(self.store.entries_from_mal(user).await)?;
            let known = from_mal.iter().filter(|(_, removed)| !removed).count();
            let at_stake = from_mal.into_iter().filter(|(_, removed)| !removed || state.request.prune);
            state.at_stake = Some(at_stake.map(|(mal_id, _)| mal_id).collect());
            i64::try_from(known).unwrap_or(i64::MAX)
        } else {
            self.stored_value(self.store.count_from_mal(user).await)?
        });
        Ok(())
    }

    /// Marks what is gone, or deletes it.
    pub(super) async fn remove(&self, state: &mut State<'_>) -> Result<(), Halt> {
        if state.report.batch_lost() {
            warn!("a batch could not be stored, so nothing is marked as removed in this run");
            return Ok(());
        }
        if state.at_stake.take().is_some_and(|ids| ids.iter().all(|mal_id| state.listing.has(*mal_id))) {
            return Ok(());
        }
        // Some are gone, as far as the run's beginning knew: which of them are there now?
        let from_mal = self.stored_value(self.store.entries_from_mal(state.user.id).await)?;
        let missing = || from_mal.iter().filter(|(mal_id, _)| !state.listing.has(*mal_id));
        let mut gone: Vec<i32> = missing().filter(|(_, removed)| !removed).map(|(mal_id, _)| *mal_id).collect();
        let marked: Vec<i32> = missing().filter(|(_, removed)| *removed).map(|(mal_id, _)| *mal_id).collect();
        if !state.request.allow_shrink {
            guard(state, gone.len())?;
            if !gone.is_empty() && !is_confirmed(state) {
                warn!(
                    "{} entries were not in the listing, but MAL counts {} and listed {}: nothing is marked as removed",
                    gone.len(),
                    state.num_items().unwrap_or_default(),
                    state.listing.listed()
                );
                gone.clear();
            }
        }
        state.gone = i64::try_from(gone.len()).unwrap_or(i64::MAX);
        if state.request.prune {
            let mut delete = [gone, marked].concat();
            delete.sort_unstable();
            self.take_away(state, &[], &delete).await
        } else {
            self.take_away(state, &gone, &[]).await
        }
    }

    async fn take_away(&self, state: &mut State<'_>, mark: &[i32], delete: &[i32]) -> Result<(), Halt> {
        if mark.is_empty() && delete.is_empty() {
            return Ok(());
        }
        let mut changes: Vec<_> = mark.iter().map(|mal_id| removed_mark(*mal_id, None, Some(state.now))).collect();
        for local in self.stored_value(self.store.entries(state.user.id, delete).await)? {
            changes.push(deleted(&local));
        }
        state.report.removed(mark.len() + delete.len());
        let Some(run) = state.run else {
            state.would_change.extend(changes.into_iter().map(|change| (change, None)));
            return Ok(());
        };
        let counters = state.report.counters(self.traffic(state));
        let (user, owner) = (state.user.id, state.owner());
        let removal = Removal { run, user, owner, mark, delete, changes: &changes, counters };
        self.stored_value(self.store.remove(&removal).await)
    }
}

/// Whether the listing is as long as MAL said before it began, and told every entry by name. A count that moved meanwhile
/// confirms nothing: an entry deleted while the list is paged makes another one slip past, and the length still fits.
fn is_confirmed(state: &State<'_>) -> bool {
    if state.listing.nameless() > 0 {
        return false;
    }
    let count = |count| i64::try_from(count).unwrap_or(i64::MAX);
    let (listed, offered) = (count(state.listing.listed()), count(state.listing.offered()));
    let storable = offered - count(state.report.refused());
    mode::is_confirmed(state.num_items(), listed, storable, state.user.drift)
}

fn guard(state: &State<'_>, gone: usize) -> Result<(), Halt> {
    let (known, listed) =
        (state.known.and_then(|known| usize::try_from(known).ok()).unwrap_or(0), state.listing.listed());
    if !mode::is_suspicious(known, gone, listed) {
        return Ok(());
    }
    let what = if listed == 0 {
        format!("MyAnimeList returned an empty list where {known} entries are stored; nothing was removed")
    } else {
        format!("{gone} of {known} entries are gone from MyAnimeList, more than a fifth; nothing was removed")
    };
    let hint = "if the list really shrank, run: malsync sync --force-full --allow-shrink";
    Err(Halt::Failed(Failure::text(Exit::Guard, what).hint(hint)))
}

/// The line of an entry that is deleted: all that it was.
pub(super) fn deleted(local: &Local) -> Change {
    let (mal, kept) = (Value::Null, Value::Null);
    Change {
        mal_id: local.mal_id,
        field: Field::Entry,
        local: whole(local),
        mal,
        kept,
        conflict: false,
        rule: Rule::Mal,
    }
}

/// All that an entry is, by field, with its pins where it has some.
pub(super) fn whole(local: &Local) -> Value {
    let mut fields: Map<String, Value> =
        Field::RULED.map(|field| (field.as_str().to_owned(), value_of(&local.values, field))).into_iter().collect();
    if !local.pinned.is_empty() {
        let pinned: Vec<&str> = local.pinned.iter().map(|field| field.as_str()).collect();
        fields.insert("pinned".to_owned(), pinned.into());
    }
    fields.into()
}
