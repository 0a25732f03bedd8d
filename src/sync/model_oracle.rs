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
pub(super) const MODEL_FIELDS: [Field; 7] = [
    Field::Status,
    Field::Score,
    Field::EpisodesWatched,
    Field::StartDate,
    Field::Notes,
    Field::IsRewatching,
    Field::RewatchEpisodes,
];
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

    /// Returns each value as text. `None` is an empty value: none, 0 episodes, or no rewatch. A rewatch at episode 0 is
    /// not one without a count.
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
            status: from(0).status.clone(),
            score: from(1).score,
            episodes: from(2).episodes,
            start: from(3).start.clone(),
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
        // The number of episodes of the anime is unknown: the first time counts as the rewatch does.
        let local = ModelFields { episodes: mal.episodes.or(mal.rewatch_episodes), ..mal.clone() };
        Self::new(&local, Some(mal.clone()), false)
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
            let differs = match base.as_ref().and_then(|base| base[index].as_ref()) {
                Some(base) => local[index].as_ref() != Some(base),
                None => local[index].as_ref().is_some_and(|cell| cell != "0"),
            };
            was_written && differs && (index != REWATCH_EPISODES || self.local.rewatching)
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
            // Without a count of the first time on the other side, `None` is the lower one.
            episodes: local.episodes.max(other.episodes),
            start: other.start.clone().or_else(|| local.start.clone()),
            notes: own_notes.or(other.notes.as_ref()).or(local.notes.as_ref()).cloned(),
            rewatching,
            rewatch_episodes: if other.rewatching { other.rewatch_episodes } else { local.rewatch_episodes },
        };
        let kept = local.pick(self.pins, &resolved);
        ModelFields { rewatch_episodes: kept.rewatch_episodes.filter(|_| rewatching), ..kept }
    }

    /// Returns the row with these values written by malsync. Values that do not change keep their author.
    fn written(&self, local: ModelFields, base: Option<ModelFields>, written_by_user: FieldFlags) -> Self {
        let (own, before, after) = (self.own(), self.local.cells(), local.cells());
        let last_own =
            std::array::from_fn(|index| written_by_user[index] || (own[index] && before[index] == after[index]));
        let last = local.clone();
        let mut row = Self { local, base, last, last_own, is_adopted: false, ..self.clone() };
        row.last_own = row.own();
        // Without a rewatch there is no count of one. Whoever starts a rewatch writes its count, 0 too.
        row.last_own[REWATCH_EPISODES] |= !row.local.rewatching;
        row
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
        let mut last_own = MODEL_FIELDS.map(|field| own_fields.contains(&field));
        let local = ModelFields::from_values(&entry.values);
        last_own[REWATCH_EPISODES] |= !local.rewatching;
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
