//! The oracle of the model test: a second implementation of the merge rules and of own values, written from their tables in
//! prose.
//!
//! The expected rows share no code with `resolve` and `own_values`; only [`ModelRow::from_stored`], which reads the actual
//! rows, uses `own_values`.
//!
//! malsync derives own values from a record of the values that it kept. The model knows the history instead: it remembers
//! each value that malsync last wrote or checked, and who wrote it.

use crate::domain::{
    entry::StoredEntry,
    entry_fields::{EntryValues, Field},
    imported_entry::ImportedEntry,
    merge_base::MergeBase,
    own_values,
};

/// The fields of the model. All others stay as they are.
pub(super) const MODEL_FIELDS: [Field; 7] = [
    Field::Status,
    Field::Score,
    Field::EpisodesWatched,
    Field::StartDate,
    Field::Notes,
    Field::IsRewatching,
    Field::RewatchEpisodes,
];

// The positions of the fields in `MODEL_FIELDS`, in `FieldFlags` and in the cells.
const STATUS: usize = 0;
const SCORE: usize = 1;
const EPISODES: usize = 2;
const START: usize = 3;
const NOTES: usize = 4;
const REWATCHING: usize = 5;
const REWATCH_EPISODES: usize = 6;

/// A flag for each of [`MODEL_FIELDS`].
pub(super) type FieldFlags = [bool; 7];

/// Values of an entry in plain types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ModelFields {
    pub(super) status: String,
    pub(super) score: Option<i32>,
    /// `None` in MAL's values while the entry is being rewatched: MAL's count is then that of the rewatch.
    pub(super) episodes: Option<i32>,
    pub(super) start: Option<String>,
    pub(super) notes: Option<String>,
    pub(super) rewatching: bool,
    /// `None` unless the entry is being rewatched.
    pub(super) rewatch_episodes: Option<i32>,
}

impl ModelFields {
    pub(super) fn from_values(values: &EntryValues) -> Self {
        Self {
            status: values.status.clone(),
            score: values.score,
            episodes: values.episodes_watched,
            start: values.start_date.map(|date| date.to_string()),
            notes: values.notes.clone(),
            rewatching: values.is_rewatching,
            rewatch_episodes: values.rewatch_episodes,
        }
    }

    pub(super) fn write_to(&self, values: &mut EntryValues) {
        values.status.clone_from(&self.status);
        values.score = self.score;
        values.episodes_watched = self.episodes;
        values.start_date = self.start.as_ref().and_then(|date| date.parse().ok());
        values.notes.clone_from(&self.notes);
        (values.is_rewatching, values.rewatch_episodes) = (self.rewatching, self.rewatch_episodes);
    }

    /// Returns the values as MAL has them, with one count of episodes.
    pub(super) fn with_one_count(self) -> Self {
        if self.rewatching { Self { episodes: None, ..self } } else { self }
    }

    /// Returns the entry of an import file that has these values.
    pub(super) fn to_imported_entry(&self, anime: crate::domain::anime::Anime) -> ImportedEntry {
        let mut values = EntryValues::default();
        self.write_to(&mut values);
        ImportedEntry { anime, values, fields: MODEL_FIELDS.to_vec() }
    }

    /// Returns each value as text, or `None` for an empty value: an absent one, 0 episodes watched, or no rewatch. For the
    /// count of a rewatch, 0 and no count are two values.
    fn cells(&self) -> [Option<String>; 7] {
        let count = |episodes: Option<i32>| episodes.filter(|episodes| *episodes > 0).map(|count| count.to_string());
        [
            Some(self.status.clone()),
            self.score.map(|score| score.to_string()),
            count(self.episodes),
            self.start.clone(),
            self.notes.clone(),
            self.rewatching.then(|| "rewatching".to_owned()),
            self.rewatch_episodes.map(|count| count.to_string()),
        ]
    }

    /// Takes the fields with a true flag from `self`, the others from `other`.
    fn pick(&self, flags: FieldFlags, other: &Self) -> Self {
        let from = |index: usize| if flags[index] { self } else { other };
        Self {
            status: from(STATUS).status.clone(),
            score: from(SCORE).score,
            episodes: from(EPISODES).episodes,
            start: from(START).start.clone(),
            notes: from(NOTES).notes.clone(),
            rewatching: from(REWATCHING).rewatching,
            rewatch_episodes: from(REWATCH_EPISODES).rewatch_episodes,
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
        let mut last_own = [false; 7];
        last_own[NOTES] = is_adopted;
        let (local, last) = (fields.clone(), fields.clone());
        Self { local, base, removed: false, pins: [false; 7], last, last_own, is_adopted }
    }

    pub(super) fn created_by_sync(mal: &ModelFields) -> Self {
        // The number of episodes of the anime is unknown, so the count of the rewatch is taken for the first time too.
        let local = ModelFields { episodes: mal.episodes.or(mal.rewatch_episodes), ..mal.clone() };
        Self::new(&local, Some(mal.clone()), false)
    }

    pub(super) fn created_by_import(file: &ModelFields) -> Self {
        Self::new(file, None, false)
    }

    pub(super) fn created_by_another_application(fields: &ModelFields) -> Self {
        Self::new(fields, None, true)
    }

    /// Returns which values are own: the user wrote them, and they differ from MAL's.
    pub(super) fn own(&self) -> FieldFlags {
        let (local, last) = (self.local.cells(), self.last.cells());
        let base = self.base.as_ref().map(ModelFields::cells);
        std::array::from_fn(|index| {
            // A value that changed since malsync saw it was written by the user, or by the other application.
            let is_by_user =
                if local[index] == last[index] { self.last_own[index] } else { !self.is_adopted || index == NOTES };
            let differs_from_mal = match base.as_ref().and_then(|base| base[index].as_ref()) {
                Some(base) => local[index].as_ref() != Some(base),
                // Only the count of a rewatch can be "0". Where MAL has no such count, 0 is like none.
                None => local[index].as_ref().is_some_and(|cell| cell != "0"),
            };
            let exists = index != REWATCH_EPISODES || self.local.rewatching;
            is_by_user && differs_from_mal && exists
        })
    }

    pub(super) fn to_comparable(&self) -> ComparableRow {
        (self.local.clone(), self.base.clone(), self.removed, self.pins, self.own())
    }

    /// Applies the table of rules to the local values and `other`, MAL's or a file's. Pinned values stay.
    fn apply_rules(&self, other: &ModelFields) -> ModelFields {
        let local = &self.local;
        let own_notes = local.notes.as_ref().filter(|_| self.own()[NOTES]);
        let rewatching = if self.pins[REWATCHING] { local.rewatching } else { other.rewatching };
        let resolved = ModelFields {
            status: other.status.clone(),
            score: other.score.or(local.score),
            // If the other side has no count of the first time, the local one is the higher: `None` is the lowest.
            episodes: local.episodes.max(other.episodes),
            start: other.start.clone().or_else(|| local.start.clone()),
            notes: own_notes.or(other.notes.as_ref()).or(local.notes.as_ref()).cloned(),
            rewatching,
            rewatch_episodes: if other.rewatching { other.rewatch_episodes } else { local.rewatch_episodes },
        };
        let kept = local.pick(self.pins, &resolved);
        ModelFields { rewatch_episodes: kept.rewatch_episodes.filter(|_| rewatching), ..kept }
    }

    /// Returns the row after malsync wrote these values. `named` are the fields that the user told it to write.
    fn written(&self, local: ModelFields, base: Option<ModelFields>, named: FieldFlags) -> Self {
        let (was_own, before, after) = (self.own(), self.local.cells(), local.cells());
        // A value that does not change keeps its author.
        let is_by_user = std::array::from_fn(|index| named[index] || (was_own[index] && before[index] == after[index]));
        let last = local.clone();
        let row = Self { local, base, last, last_own: is_by_user, is_adopted: false, ..self.clone() };
        // malsync forgets who wrote a value that equals MAL's: it stays not own when MAL's value changes.
        Self { last_own: with_count_to_come(row.own(), &row.local), ..row }
    }

    /// Returns the row after a run that met it with these values of MAL.
    pub(super) fn merged(&self, mal: &ModelFields) -> Self {
        Self { removed: false, ..self.written(self.apply_rules(mal), Some(mal.clone()), [false; 7]) }
    }

    /// Returns the row after a full run that did not find the entry on MAL.
    pub(super) fn marked_as_removed(&self) -> Self {
        Self { removed: true, ..self.clone() }
    }

    /// Returns the row after an import of these values.
    pub(super) fn imported(&self, file: &ModelFields) -> Self {
        let local = self.apply_rules(file);
        if local == self.local { self.clone() } else { self.written(local, self.base.clone(), [false; 7]) }
    }

    /// Returns the row after `malsync edit` named all values.
    pub(super) fn edited(&self, fields: &ModelFields) -> Self {
        let edited = self.written(fields.clone(), self.base.clone(), [true; 7]);
        if edited.local == self.local && edited.own() == self.own() { self.clone() } else { edited }
    }

    /// Reads a stored row. `before` is the row that the model had.
    pub(super) fn from_stored(entry: &StoredEntry, before: Option<&Self>) -> Self {
        let base = entry.base.as_ref().and_then(MergeBase::parse_values);
        let own_fields = own_values::own_fields(entry);
        let is_own = |field: Field| own_fields.contains(&field);
        let local = ModelFields::from_values(&entry.values);
        let last_own = with_count_to_come(MODEL_FIELDS.map(is_own), &local);
        let row = Self {
            last: local.clone(),
            local,
            base: base.as_ref().map(ModelFields::from_values),
            removed: entry.removed_at.is_some(),
            pins: MODEL_FIELDS.map(|field| entry.pinned.contains(&field)),
            last_own,
            is_adopted: base.is_none() && !entry.kept.is_recorded(),
        };
        let current_record = own_values::record_kept_values(&entry.values, base.as_ref(), is_own);
        let is_record_current = row.is_adopted || entry.kept == current_record;
        match before {
            // The kept-values record is out of date, so malsync has not checked the row: keep the model's `last`.
            Some(before) if !is_record_current => Self { last: before.last.clone(), last_own: before.last_own, ..row },
            _ => row,
        }
    }
}

/// Returns the flags, with that of the count of a rewatch set if there is no rewatch. Without a rewatch there is no count of
/// one, so that whoever starts a rewatch writes its count, 0 too.
fn with_count_to_come(mut last_own: FieldFlags, local: &ModelFields) -> FieldFlags {
    last_own[REWATCH_EPISODES] |= !local.rewatching;
    last_own
}
