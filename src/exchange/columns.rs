//! Columns of an entry: the fields of its JSON object, the columns of its CSV row, and the names for `--columns`.
//!
//! Invariants:
//! 1. [`OUTPUT_COLUMNS`] defines every column, in the documented order.
//! 2. Names never change; new columns are appended.

use serde_json::Value;

use super::cell::{CellType, OutputCell, fields_cell, names_cell, text_cell};
use crate::domain::{
    anime::Anime, entry_fields::Field, field_names::canonical_name, list_entry::ListEntry, time::format_utc,
};

/// Alignment and truncation of a column in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// A short text that is never truncated.
    Word,
    /// A number, aligned to the right.
    Number,
    /// A text that may be truncated.
    Text,
}

/// An entry in the output, with its local edits.
#[derive(Clone, Debug)]
pub struct ListRow<'a> {
    /// Entry and its anime.
    pub entry: &'a ListEntry,
    /// Fields whose values the user wrote. `None` if that is not shown.
    pub edited_fields: Option<Vec<Field>>,
}

/// Where the value of a column comes from.
#[derive(Clone, Copy, Debug)]
enum CellSource {
    /// From a member of the anime. It exists without an entry.
    Anime(for<'a> fn(&'a Anime) -> OutputCell<'a>),
    /// From a synced field of the entry.
    Field(Field),
    /// From the entry's row.
    Entry(for<'a> fn(&'a ListEntry) -> OutputCell<'a>),
    /// From [`ListRow::edited_fields`].
    EditedFields,
}

/// Sets a member of an anime from the JSON of its column.
type AnimeSetter = fn(&mut Anime, &Value);

/// An output column of an entry.
#[derive(Clone, Copy, Debug)]
pub struct OutputColumn {
    name: &'static str,
    kind: ColumnKind,
    source: CellSource,
    /// Reads the column of an anime. `None` if the import reads it otherwise, or not at all.
    set_in_anime: Option<AnimeSetter>,
}

impl OutputColumn {
    /// Returns every column, in the documented order.
    #[must_use]
    pub const fn all() -> &'static [Self] {
        OUTPUT_COLUMNS
    }

    /// Returns the column with this name; `-` is accepted for `_`. Returns `None` if there is none.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.replace('-', "_");
        OUTPUT_COLUMNS.iter().find(|column| column.name == name).copied()
    }

    /// Returns the column with this name in any spelling: in JSON, in a table's header, of a flag or of MAL. Returns `None` if
    /// there is none.
    #[must_use]
    pub fn from_typed_name(name: &str) -> Option<Self> {
        Self::from_name(&canonical_name(name))
    }

    /// Returns the name, as in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns how the column is shown in a table.
    #[must_use]
    pub const fn kind(&self) -> ColumnKind {
        self.kind
    }

    /// Returns true if the column shows which fields were edited locally.
    #[must_use]
    pub const fn shows_local_edits(&self) -> bool {
        matches!(self.source, CellSource::EditedFields)
    }

    /// Returns true if the value belongs to the anime and exists without an entry.
    pub(super) const fn is_of_anime(&self) -> bool {
        matches!(self.source, CellSource::Anime(_))
    }

    /// Returns the value of the column.
    #[must_use]
    pub fn read_cell<'a>(&self, row: &'a ListRow<'_>) -> OutputCell<'a> {
        match self.source {
            CellSource::Anime(get) => get(&row.entry.anime),
            CellSource::Field(field) => row.entry.stored.values.get(field).into(),
            CellSource::Entry(get) => get(row.entry),
            CellSource::EditedFields => fields_cell(row.edited_fields.as_deref().unwrap_or_default()),
        }
    }

    /// Sets a member of the anime from the JSON of this column. Does nothing if the column is not a single
    /// member of an anime.
    pub(super) fn set_in_anime(&self, anime: &mut Anime, json: &Value) {
        if let Some(set) = self.set_in_anime {
            set(anime, json);
        }
    }
}

/// A column of a member of [`Anime`], which has the column's name unless another one is given.
macro_rules! anime_column {
    ($name:ident, $kind:ident) => {
        anime_column!($name, $kind, $name)
    };
    ($name:ident, $kind:ident, $member:ident) => {
        OutputColumn {
            name: stringify!($name),
            kind: ColumnKind::$kind,
            source: CellSource::Anime(|anime| anime.$member.to_cell()),
            set_in_anime: Some(|anime, json| anime.$member = CellType::from_json(json)),
        }
    };
}

const fn derived_column(
    name: &'static str,
    kind: ColumnKind,
    get: for<'a> fn(&'a Anime) -> OutputCell<'a>,
) -> OutputColumn {
    OutputColumn { name, kind, source: CellSource::Anime(get), set_in_anime: None }
}

const fn field_column(field: Field, kind: ColumnKind) -> OutputColumn {
    OutputColumn { name: field.as_str(), kind, source: CellSource::Field(field), set_in_anime: None }
}

const fn entry_column(
    name: &'static str,
    kind: ColumnKind,
    get: for<'a> fn(&'a ListEntry) -> OutputCell<'a>,
) -> OutputColumn {
    OutputColumn { name, kind, source: CellSource::Entry(get), set_in_anime: None }
}

/// All columns, in the documented order.
const OUTPUT_COLUMNS: &[OutputColumn] = &[
    derived_column("mal_id", ColumnKind::Number, |anime| OutputCell::Integer(anime.mal_id.into())),
    derived_column("title", ColumnKind::Text, |anime| OutputCell::Text(anime.title.as_str().into())),
    anime_column!(title_english, Text),
    field_column(Field::Status, ColumnKind::Word),
    field_column(Field::Score, ColumnKind::Number),
    field_column(Field::EpisodesWatched, ColumnKind::Number),
    anime_column!(episodes, Number),
    field_column(Field::StartDate, ColumnKind::Word),
    field_column(Field::FinishDate, ColumnKind::Word),
    field_column(Field::Notes, ColumnKind::Text),
    field_column(Field::IsRewatching, ColumnKind::Word),
    field_column(Field::TimesRewatched, ColumnKind::Number),
    field_column(Field::Priority, ColumnKind::Number),
    field_column(Field::Tags, ColumnKind::Text),
    field_column(Field::RewatchEpisodes, ColumnKind::Number),
    anime_column!(mean, Number),
    anime_column!(rank, Number),
    anime_column!(popularity, Number),
    anime_column!(airing_status, Word, status),
    anime_column!(media_type, Word),
    entry_column("removed", ColumnKind::Word, |entry| OutputCell::Bool(entry.is_removed())),
    entry_column("updated_at", ColumnKind::Word, |entry| text_cell(entry.updated_at.map(format_utc))),
    anime_column!(title_japanese, Text),
    anime_column!(synonyms, Text),
    // An import reads the names together with their ids, which a JSON export has under keys of their own.
    derived_column("genres", ColumnKind::Text, |anime| names_cell(&anime.genres)),
    derived_column("studios", ColumnKind::Text, |anime| names_cell(&anime.studios)),
    // Read together: a season without a year is none.
    derived_column("season_year", ColumnKind::Number, |anime| {
        anime.start_season.as_ref().map_or(OutputCell::Null, |season| OutputCell::Integer(season.year.into()))
    }),
    derived_column("season", ColumnKind::Word, |anime| {
        anime.start_season.as_ref().map_or(OutputCell::Null, |season| OutputCell::Text(season.season.as_str().into()))
    }),
    anime_column!(source, Word),
    anime_column!(rating, Word),
    anime_column!(average_episode_duration, Number),
    anime_column!(num_list_users, Number),
    anime_column!(num_scoring_users, Number),
    anime_column!(broadcast, Word),
    anime_column!(nsfw, Word),
    anime_column!(aired_from, Word),
    anime_column!(aired_to, Word),
    anime_column!(image_url, Text),
    field_column(Field::RewatchValue, ColumnKind::Number),
    entry_column("mal_updated_at", ColumnKind::Word, |entry| text_cell(entry.stored.mal_updated_at.map(format_utc))),
    entry_column("removed_at", ColumnKind::Word, |entry| text_cell(entry.stored.removed_at.map(format_utc))),
    OutputColumn { name: "edited", kind: ColumnKind::Text, source: CellSource::EditedFields, set_in_anime: None },
    entry_column("pinned", ColumnKind::Text, |entry| fields_cell(&entry.stored.pinned)),
    entry_column("on_mal", ColumnKind::Word, |entry| {
        OutputCell::Bool(entry.stored.base.is_some() && !entry.is_removed())
    }),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_synced_field_has_a_column() {
        for field in Field::SYNCED_FIELDS {
            assert!(OutputColumn::from_name(field.as_str()).is_some(), "{field:?}");
        }
    }

    #[test]
    fn typed_name_is_found_in_every_spelling() {
        for (name, column) in [
            ("ID", "mal_id"),
            ("Watched", "episodes_watched"),
            ("finished", "finish_date"),
            ("finish-date", "finish_date"),
            ("on MAL", "on_mal"),
            ("local", "edited"),
            ("Title", "title"),
        ] {
            assert_eq!(OutputColumn::from_typed_name(name).map(|column| column.name()), Some(column), "{name}");
        }
        assert!(OutputColumn::from_typed_name("synopsis").is_none());
    }

    #[test]
    fn from_name_accepts_dashes_and_no_other_spelling() {
        assert_eq!(OutputColumn::from_name("mal-id").map(|column| column.name()), Some("mal_id"));
        assert!(OutputColumn::from_name("synopsis").is_none() && OutputColumn::from_name("Title").is_none());
    }
}
