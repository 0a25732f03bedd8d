//! Plans the import of a file's entries, and counts what becomes of each.
//!
//! Only the outcome of an entry and the names of some fields are remembered, not the entry before and after: a file may
//! have 100,000.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::{
    domain::{
        edit::{EditTarget, EntryEdit},
        entry::StoredEntry,
        entry_fields::Field,
        imported_entry::ImportedEntry,
    },
    sync::import::{ImportOutcome, classify_import, plan_import},
    ui::view::import::ImportView,
};

/// The entries of a file, and what became of those that are planned.
pub(super) struct ImportPlan<'a> {
    entries: HashMap<i32, &'a ImportedEntry>,
    /// By MAL id: the outcome, and the changed fields that the next sync overwrites.
    outcomes: Mutex<HashMap<i32, (ImportOutcome, Vec<Field>)>>,
}

impl<'a> ImportPlan<'a> {
    pub(super) fn new(entries: &'a [ImportedEntry]) -> Self {
        let entries = entries.iter().map(|entry| (entry.anime.mal_id, entry)).collect();
        Self { entries, outcomes: Mutex::default() }
    }

    /// Returns the entries to edit, in any order.
    pub(super) fn targets(&self) -> Vec<EditTarget<'a>> {
        self.entries.iter().map(|(mal_id, entry)| EditTarget { mal_id: *mal_id, anime: Some(&entry.anime) }).collect()
    }

    /// Returns the edit of one entry. If the transaction is tried again, the last plan counts.
    pub(super) fn plan_entry(&self, target: &EditTarget<'_>, before: Option<&StoredEntry>) -> Option<EntryEdit> {
        let imported = self.entries.get(&target.mal_id)?;
        let edit = plan_import(before, imported);
        let outcome = classify_import(before, &edit.entry, imported);
        self.outcomes.lock().unwrap_or_else(PoisonError::into_inner).insert(target.mal_id, outcome);
        Some(edit)
    }

    /// Plans all entries of the file for a list that has no entry yet.
    pub(super) fn plan_for_empty_list(&self) {
        self.targets().iter().for_each(|target| drop(self.plan_entry(target, None)));
    }

    /// Adds the outcomes of the planned entries to the counts of the view.
    pub(super) fn count_into(&self, view: &mut ImportView) {
        for (outcome, overwritten) in self.outcomes.lock().unwrap_or_else(PoisonError::into_inner).values() {
            match outcome {
                ImportOutcome::Created => view.created += 1,
                ImportOutcome::Updated => view.updated += 1,
                ImportOutcome::Kept => (view.unchanged, view.kept) = (view.unchanged + 1, view.kept + 1),
                ImportOutcome::Unchanged => view.unchanged += 1,
            }
            view.overwrites.add_entry(overwritten);
        }
    }
}
