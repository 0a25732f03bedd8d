//! The oracle of the model test: the merge rules and the ownership of values, written from their tables in prose. It
//! shares no code with `resolve` and `own_values`.
//!
//! Ownership is told by history here, not by a record: who wrote the value that stands in the row.

use crate::domain::{
    entry::StoredEntry,
    entry_fields::{EntryValues, Field},
    imported_entry::ImportedEntry,
    merge_base::MergeBase,
    own_values,
};

/// The fields of the model. All others stay as they are.
pub(super) const MODEL_FIELDS: [Field; 5] =
    [Field::Status, Field::Score, Field::EpisodesWatched, Field::StartDate, Field::Notes];
const NOTES: usize = 4;

/// A flag for each of [`MODEL_FIELDS`].
pub(super) type FieldFlags = [bool; 5];

/// Values of an entry in plain types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ModelFields {
    pub(super) status: String,
    pub(super) score: Option<i32>,
    pub(super) episodes: i32,
    pub(super) start: Option<String>,
    pub(super) notes: Option<String>,
}

impl ModelFields {
    pub(super) fn from_values(values: &EntryValues) -> Self {
        Self {
            status: values.status.clone(),
            score: values.score,
            episodes: values.episodes_watched.unwrap_or(0),
            start: values.start_date.map(|date| date.to_string()),
            notes: values.notes.clone(),
        }
    }

    pub(super) fn write_to(&self, values: &mut EntryValues) {
        values.status.clone_from(&self.status);
        values.score = self.score;
        values.episodes_watched = Some(self.episodes);
        values.start_date = self.start.as_ref().and_then(|date| date.parse().ok());
        values.notes.clone_from(&self.notes);
    }

    /// Returns the entry of an import file that has these values.
    pub(super) fn to_imported_entry(&self, anime: crate::domain::anime::Anime) -> ImportedEntry {
        let mut values = EntryValues::default();
        self.write_to(&mut values);
        ImportedEntry { anime, values, fields: MODEL_FIELDS.to_vec() }
    }

    /// Returns each value as text. `None` is an empty value: none, or 0 episodes.
    fn cells(&self) -> [Option<String>; 5] {
        [
            Some(self.status.clone()),
            self.score.map(|score| score.to_string()),
            (self.episodes > 0).then(|| self.episodes.to_string()),
            self.start.clone(),
            self.notes.clone(),
        ]
    }

    /// Takes the fields with a true flag from `self`, the others from `other`.
    fn pick(&self, flags: FieldFlags, other: &Self) -> Self {
        let from = |index: usize| if flags[index] { self } else { other };
        Self {
            status: from(0).status.clone(),
            score: from(1).score,
            episodes: from(2).episodes,
            start: from(3).start.clone(),
            notes: from(NOTES).notes.clone(),
        }
    }
}

/// A row as the model expects it.
#[derive(Clone, Debug)]
pub(super) struct ModelRow {
    pub(super) local: ModelFields,
    /// `None` if MAL never had the entry.
    pub(super) base: Option<ModelFields>,
    pub(super) removed: bool,
    pub(super) pins: FieldFlags,
    /// The values when malsync last wrote or checked the row, and which of them the user had written.
    last: ModelFields,
    last_own: FieldFlags,
    /// True for a row of another application, until malsync writes it: only its notes are own.
    is_adopted: bool,
}

/// What must be equal in two rows.
pub(super) type ComparableRow = (ModelFields, Option<ModelFields>, bool, FieldFlags, FieldFlags);

impl ModelRow {
    /// Returns the row of an entry that malsync or another application creates with these values.
    fn new(fields: &ModelFields, base: Option<ModelFields>, is_adopted: bool) -> Self {
        let last_own = [false, false, false, false, is_adopted];
        let (local, last) = (fields.clone(), fields.clone());
        Self { local, base, removed: false, pins: [false; 5], last, last_own, is_adopted }
    }

    pub(super) fn created_by_sync(mal: &ModelFields) -> Self {
        Self::new(mal, Some(mal.clone()), false)
    }

    pub(super) fn created_by_import(file: &ModelFields) -> Self {
        Self::new(file, None, false)
    }

    pub(super) fn created_by_another_application(fields: &ModelFields) -> Self {
        Self::new(fields, None, true)
    }

    /// Returns which values the user wrote, and that are not MAL's.
    pub(super) fn own(&self) -> FieldFlags {
        let (local, last) = (self.local.cells(), self.last.cells());
        let base = self.base.as_ref().map(ModelFields::cells);
        std::array::from_fn(|index| {
            let was_written =
                if local[index] == last[index] { self.last_own[index] } else { !self.is_adopted || index == NOTES };
            let differs = base.as_ref().map_or_else(|| local[index].is_some(), |base| local[index] != base[index]);
            was_written && differs
        })
    }

    pub(super) fn to_comparable(&self) -> ComparableRow {
        (self.local.clone(), self.base.clone(), self.removed, self.pins, self.own())
    }

    /// Applies the table of rules to the local values and `other`, MAL's or a file's. Pinned values stay.
    fn apply_rules(&self, other: &ModelFields) -> ModelFields {
        let local = &self.local;
        let own_notes = local.notes.as_ref().filter(|_| self.own()[NOTES]);
        let resolved = ModelFields {
            status: other.status.clone(),
            score: other.score.or(local.score),
            episodes: local.episodes.max(other.episodes),
            start: other.start.clone().or_else(|| local.start.clone()),
            notes: own_notes.or(other.notes.as_ref()).or(local.notes.as_ref()).cloned(),
        };
        local.pick(self.pins, &resolved)
    }

    /// Returns the row with these values written by malsync. Values that do not change keep their author.
    fn written(&self, local: ModelFields, base: Option<ModelFields>, written_by_user: FieldFlags) -> Self {
        let (own, before, after) = (self.own(), self.local.cells(), local.cells());
        let last_own =
            std::array::from_fn(|index| written_by_user[index] || (own[index] && before[index] == after[index]));
        let last = local.clone();
        let mut row = Self { local, base, last, last_own, is_adopted: false, ..self.clone() };
        row.last_own = row.own();
        row
    }

    /// Returns the row after a run that met it with these values of MAL.
    pub(super) fn merged(&self, mal: &ModelFields) -> Self {
        Self { removed: false, ..self.written(self.apply_rules(mal), Some(mal.clone()), [false; 5]) }
    }

    /// Returns the row after a full run that did not find the entry on MAL.
    pub(super) fn marked_as_removed(&self) -> Self {
        Self { removed: true, ..self.clone() }
    }

    /// Returns the row after an import of these values.
    pub(super) fn imported(&self, file: &ModelFields) -> Self {
        let local = self.apply_rules(file);
        if local == self.local { self.clone() } else { self.written(local, self.base.clone(), [false; 5]) }
    }

    /// Returns the row after `malsync edit` named all values.
    pub(super) fn edited(&self, fields: &ModelFields) -> Self {
        let edited = self.written(fields.clone(), self.base.clone(), [true; 5]);
        if edited.local == self.local && edited.own() == self.own() { self.clone() } else { edited }
    }

    /// Reads a stored row. `before` is the row that the model had.
    pub(super) fn from_stored(entry: &StoredEntry, before: Option<&Self>) -> Self {
        let base = entry.base.as_ref().and_then(MergeBase::parse_values);
        let own_fields = own_values::own_fields(entry);
        let last_own = MODEL_FIELDS.map(|field| own_fields.contains(&field));
        let local = ModelFields::from_values(&entry.values);
        let mut row = Self {
            last: local.clone(),
            local,
            base: base.as_ref().map(ModelFields::from_values),
            removed: entry.removed_at.is_some(),
            pins: MODEL_FIELDS.map(|field| entry.pinned.contains(&field)),
            last_own,
            is_adopted: base.is_none() && !entry.kept.is_recorded(),
        };
        // malsync did not check the row since the record was written: the values of then are still the last ones.
        let is_own = |field| own_fields.contains(&field);
        let checked = own_values::record_kept_values(&entry.values, base.as_ref(), is_own);
        if let Some(before) = before.filter(|_| checked != entry.kept && !row.is_adopted) {
            (row.last, row.last_own) = (before.last.clone(), before.last_own);
        }
        row
    }
}
