//! Columns of an entry: the fields of its JSON object, the columns of its CSV row, and the names for `--columns`.
//!
//! Invariants:
//! 1. [`OUTPUT_COLUMNS`] defines every column, in the documented order.
//! 2. Names never change; new columns are appended.

use std::borrow::Cow;

use rust_decimal::prelude::ToPrimitive as _;
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::format_utc;
use crate::{
    domain::{
        anime::{Anime, IdName},
        entry_fields::Field,
        list_entry::ListEntry,
    },
    ui,
};

/// Value of a column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum OutputCell<'a> {
    Null,
    Text(Cow<'a, str>),
    Integer(i64),
    /// At most two decimals, which a double represents unambiguously.
    Float(f64),
    Bool(bool),
    List(Vec<&'a str>),
}

impl OutputCell<'_> {
    /// Returns the value for CSV: null is empty, list items are separated by commas.
    pub(super) fn to_csv_text(&self) -> Cow<'_, str> {
        match self {
            Self::Null => "".into(),
            Self::Text(text) => text.as_ref().into(),
            Self::Integer(number) => number.to_string().into(),
            Self::Float(number) => number.to_string().into(),
            Self::Bool(flag) => flag.to_string().into(),
            Self::List(parts) => parts.join(",").into(),
        }
    }

    /// Returns the value for a table.
    fn to_display_text(&self) -> String {
        match self {
            Self::Null => super::NO_VALUE.to_owned(),
            Self::Float(number) => format!("{number:.2}"),
            Self::Bool(flag) => super::yes_or_no(*flag).to_owned(),
            Self::List(parts) if parts.is_empty() => super::NO_VALUE.to_owned(),
            Self::List(parts) => parts.join(", "),
            other => other.to_csv_text().into_owned(),
        }
    }
}

impl Serialize for OutputCell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::List(parts) => parts.serialize(serializer),
        }
    }
}

/// Alignment and truncation of a column in a table, see [`ui::TableColumn`].
#[derive(Clone, Copy, Debug)]
enum CellKind {
    Word,
    Number,
    Text,
}

/// Reads the value of a column.
type ColumnGetter = for<'a> fn(&'a ListEntry) -> OutputCell<'a>;

/// Where the value of a column comes from.
#[derive(Clone, Copy, Debug)]
enum CellSource {
    /// From the entry and its anime.
    Entry(ColumnGetter),
    /// From [`ListRow::edited_fields`].
    EditedFields,
}

/// An entry in the output, with its local edits.
#[derive(Clone, Debug)]
pub struct ListRow<'a> {
    /// Entry and its anime.
    pub entry: &'a ListEntry,
    /// Fields that differ from MAL's values at the last sync. `None` if MAL never had the entry.
    pub edited_fields: Option<Vec<Field>>,
}

/// An output column of an entry.
#[derive(Clone, Copy, Debug)]
pub struct OutputColumn {
    name: &'static str,
    kind: CellKind,
    /// True if the value belongs to the anime and exists without an entry.
    is_of_anime: bool,
    source: CellSource,
}

impl OutputColumn {
    /// Returns the column with this name; `-` is accepted for `_`. Returns `None` if there is none.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.replace('-', "_");
        OUTPUT_COLUMNS.into_iter().find(|column| column.name == name)
    }

    /// Returns the name, as in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns true if the column shows which fields were edited locally.
    #[must_use]
    pub const fn shows_local_edits(&self) -> bool {
        matches!(self.source, CellSource::EditedFields)
    }

    pub(super) fn read_cell<'a>(&self, row: &'a ListRow<'_>) -> OutputCell<'a> {
        match self.source {
            CellSource::Entry(read) => read(row.entry),
            CellSource::EditedFields => fields_cell(row.edited_fields.as_deref().unwrap_or_default()),
        }
    }

    pub(super) fn display_text(&self, row: &ListRow<'_>) -> String {
        self.read_cell(row).to_display_text()
    }

    pub(super) const fn to_table_column(self) -> ui::TableColumn {
        match self.kind {
            CellKind::Word => ui::TableColumn::Word(self.name),
            CellKind::Number => ui::TableColumn::Number(self.name),
            CellKind::Text => ui::TableColumn::Text(self.name),
        }
    }
}

/// Serializes an entry as an object of the selected columns.
#[derive(Clone, Debug)]
pub struct SelectedColumns<'a> {
    row: &'a ListRow<'a>,
    columns: &'a [OutputColumn],
}

impl<'a> SelectedColumns<'a> {
    pub(super) const fn new(row: &'a ListRow<'a>, columns: &'a [OutputColumn]) -> Self {
        Self { row, columns }
    }
}

impl Serialize for SelectedColumns<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.columns.len()))?;
        for column in self.columns {
            map.serialize_entry(column.name, &column.read_cell(self.row))?;
        }
        map.end()
    }
}

/// Serializes all columns of an anime. Columns of the entry are null if the anime is not in the list.
pub(super) struct AllColumns<'a> {
    pub(super) row: &'a ListRow<'a>,
    pub(super) is_listed: bool,
}

impl Serialize for AllColumns<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(OUTPUT_COLUMNS.len()))?;
        for column in &OUTPUT_COLUMNS {
            let cell = if self.is_listed || column.is_of_anime { column.read_cell(self.row) } else { OutputCell::Null };
            map.serialize_entry(column.name, &cell)?;
        }
        map.end()
    }
}

fn text_cell(text: Option<&str>) -> OutputCell<'_> {
    text.map_or(OutputCell::Null, |text| OutputCell::Text(text.into()))
}

fn to_string_cell<'a>(value: Option<impl ToString>) -> OutputCell<'a> {
    value.map_or(OutputCell::Null, |value| OutputCell::Text(value.to_string().into()))
}

fn number_cell<'a>(number: Option<i32>) -> OutputCell<'a> {
    number.map_or(OutputCell::Null, |number| OutputCell::Integer(number.into()))
}

fn list_cell(parts: &[String]) -> OutputCell<'_> {
    OutputCell::List(parts.iter().map(String::as_str).collect())
}

fn names_cell(named: &[IdName]) -> OutputCell<'_> {
    OutputCell::List(named.iter().map(|named| named.name.as_str()).collect())
}

fn fields_cell<'a>(fields: &[Field]) -> OutputCell<'a> {
    OutputCell::List(fields.iter().map(|field| field.as_str()).collect())
}

/// Returns the broadcast time: `saturday 18:30`.
fn broadcast_cell(anime: &Anime) -> OutputCell<'_> {
    match &anime.broadcast {
        None => OutputCell::Null,
        Some(broadcast) => match &broadcast.time {
            None => text_cell(Some(&broadcast.day)),
            Some(time) => OutputCell::Text(format!("{} {time}", broadcast.day).into()),
        },
    }
}

const fn anime_column(name: &'static str, kind: CellKind, read: ColumnGetter) -> OutputColumn {
    OutputColumn { name, kind, is_of_anime: true, source: CellSource::Entry(read) }
}

const fn entry_column(name: &'static str, kind: CellKind, read: ColumnGetter) -> OutputColumn {
    OutputColumn { name, kind, is_of_anime: false, source: CellSource::Entry(read) }
}

/// All columns, in the documented order.
pub(super) static OUTPUT_COLUMNS: [OutputColumn; 43] = [
    anime_column("mal_id", CellKind::Number, |item| number_cell(Some(item.anime.mal_id))),
    anime_column("title", CellKind::Text, |item| text_cell(Some(&item.anime.title))),
    anime_column("title_english", CellKind::Text, |item| text_cell(item.anime.title_english.as_deref())),
    entry_column("status", CellKind::Word, |item| text_cell(Some(&item.stored.values.status))),
    entry_column("score", CellKind::Number, |item| number_cell(item.stored.values.score)),
    entry_column("episodes_watched", CellKind::Number, |item| number_cell(item.stored.values.episodes_watched)),
    anime_column("episodes", CellKind::Number, |item| number_cell(item.anime.episodes)),
    entry_column("start_date", CellKind::Word, |item| to_string_cell(item.stored.values.start_date)),
    entry_column("finish_date", CellKind::Word, |item| to_string_cell(item.stored.values.finish_date)),
    entry_column("notes", CellKind::Text, |item| text_cell(item.stored.values.notes.as_deref())),
    entry_column("is_rewatching", CellKind::Word, |item| OutputCell::Bool(item.stored.values.is_rewatching)),
    entry_column("times_rewatched", CellKind::Number, |item| number_cell(Some(item.stored.values.times_rewatched))),
    entry_column("priority", CellKind::Number, |item| number_cell(Some(item.stored.values.priority))),
    entry_column("tags", CellKind::Text, |item| list_cell(&item.stored.values.tags)),
    anime_column("mean", CellKind::Number, |item| {
        item.anime.mean.and_then(|mean| mean.to_f64()).map_or(OutputCell::Null, OutputCell::Float)
    }),
    anime_column("rank", CellKind::Number, |item| number_cell(item.anime.rank)),
    anime_column("popularity", CellKind::Number, |item| number_cell(item.anime.popularity)),
    anime_column("airing_status", CellKind::Word, |item| text_cell(item.anime.status.as_deref())),
    anime_column("media_type", CellKind::Word, |item| text_cell(item.anime.media_type.as_deref())),
    entry_column("removed", CellKind::Word, |item| OutputCell::Bool(item.is_removed())),
    entry_column("updated_at", CellKind::Word, |item| to_string_cell(item.updated_at.map(format_utc))),
    anime_column("title_japanese", CellKind::Text, |item| text_cell(item.anime.title_japanese.as_deref())),
    anime_column("synonyms", CellKind::Text, |item| list_cell(&item.anime.synonyms)),
    anime_column("genres", CellKind::Text, |item| names_cell(&item.anime.genres)),
    anime_column("studios", CellKind::Text, |item| names_cell(&item.anime.studios)),
    anime_column("season_year", CellKind::Number, |item| {
        number_cell(item.anime.start_season.as_ref().map(|season| season.year))
    }),
    anime_column("season", CellKind::Word, |item| {
        text_cell(item.anime.start_season.as_ref().map(|season| season.season.as_str()))
    }),
    anime_column("source", CellKind::Word, |item| text_cell(item.anime.source.as_deref())),
    anime_column("rating", CellKind::Word, |item| text_cell(item.anime.rating.as_deref())),
    anime_column("average_episode_duration", CellKind::Number, |item| number_cell(item.anime.average_episode_duration)),
    anime_column("num_list_users", CellKind::Number, |item| number_cell(item.anime.num_list_users)),
    anime_column("num_scoring_users", CellKind::Number, |item| number_cell(item.anime.num_scoring_users)),
    anime_column("broadcast", CellKind::Word, |item| broadcast_cell(&item.anime)),
    anime_column("nsfw", CellKind::Word, |item| text_cell(item.anime.nsfw.as_deref())),
    anime_column("aired_from", CellKind::Word, |item| to_string_cell(item.anime.aired_from)),
    anime_column("aired_to", CellKind::Word, |item| to_string_cell(item.anime.aired_to)),
    anime_column("image_url", CellKind::Text, |item| text_cell(item.anime.image_url.as_deref())),
    entry_column("rewatch_value", CellKind::Number, |item| number_cell(Some(item.stored.values.rewatch_value))),
    entry_column("mal_updated_at", CellKind::Word, |item| to_string_cell(item.stored.mal_updated_at.map(format_utc))),
    entry_column("removed_at", CellKind::Word, |item| to_string_cell(item.stored.removed_at.map(format_utc))),
    // Empty for an entry that was never on MAL, because it has no merge base: see `on_mal`.
    OutputColumn { name: "edited", kind: CellKind::Text, is_of_anime: false, source: CellSource::EditedFields },
    entry_column("pinned", CellKind::Text, |item| fields_cell(&item.stored.pinned)),
    entry_column("on_mal", CellKind::Word, |item| OutputCell::Bool(item.stored.base.is_some() && !item.is_removed())),
];
