//! The columns of an entry: the fields of its JSON object, the columns of its CSV row, and what `--columns` can name.
//!
//! The rule: one table, [`COLUMNS`], says what there is, in the documented order. Names never change; new ones come at the
//! end.

use std::borrow::Cow;

use rust_decimal::prelude::ToPrimitive as _;
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::utc;
use crate::{
    domain::{
        anime::{Anime, Named},
        change::Field,
        list_item::ListItem,
    },
    sync::edit::local_edits,
    ui,
};

/// A value of an entry or its anime.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    Nothing,
    Text(Cow<'a, str>),
    Number(i64),
    /// Two decimals at most, which a double tells apart.
    Real(f64),
    Flag(bool),
    List(Vec<&'a str>),
}

impl Cell<'_> {
    /// As CSV has it: nothing is empty, the parts of a list stand with commas between.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Nothing => "".into(),
            Self::Text(text) => text.as_ref().into(),
            Self::Number(number) => number.to_string().into(),
            Self::Real(number) => number.to_string().into(),
            Self::Flag(flag) => flag.to_string().into(),
            Self::List(parts) => parts.join(",").into(),
        }
    }

    /// As people read it.
    fn shown(&self) -> String {
        match self {
            Self::Nothing => super::NONE.to_owned(),
            Self::Real(number) => format!("{number:.2}"),
            Self::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
            Self::List(parts) if parts.is_empty() => super::NONE.to_owned(),
            Self::List(parts) => parts.join(", "),
            other => other.text().into_owned(),
        }
    }
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Real(number) => serializer.serialize_f64(*number),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::List(parts) => parts.serialize(serializer),
        }
    }
}

/// Where a column's value comes from, and how a table treats it.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Word,
    Number,
    Text,
}

type Read = for<'a> fn(&'a ListItem) -> Cell<'a>;

/// A column of an entry.
#[derive(Clone, Copy, Debug)]
pub struct EntryColumn {
    name: &'static str,
    kind: Kind,
    /// Whether it speaks of the anime, which there may be without an entry.
    of_anime: bool,
    read: Read,
}

impl EntryColumn {
    /// The column of this name; `-` does for `_`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = name.replace('-', "_");
        COLUMNS.into_iter().find(|column| column.name == name)
    }

    /// The name, as JSON has it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn cell<'a>(&self, item: &'a ListItem) -> Cell<'a> {
        (self.read)(item)
    }

    pub(super) fn shown(&self, item: &ListItem) -> String {
        self.cell(item).shown()
    }

    pub(super) const fn of_table(&self) -> ui::Column {
        match self.kind {
            Kind::Word => ui::Column::Word(self.name),
            Kind::Number => ui::Column::Number(self.name),
            Kind::Text => ui::Column::Text(self.name),
        }
    }
}

/// An entry as scripts read it: an object of these columns.
#[derive(Clone, Debug)]
pub struct EntryObject<'a> {
    item: &'a ListItem,
    columns: &'a [EntryColumn],
}

impl<'a> EntryObject<'a> {
    pub(super) const fn new(item: &'a ListItem, columns: &'a [EntryColumn]) -> Self {
        Self { item, columns }
    }
}

impl Serialize for EntryObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.columns.len()))?;
        for column in self.columns {
            map.serialize_entry(column.name, &column.cell(self.item))?;
        }
        map.end()
    }
}

/// All columns, of an anime that is known without an entry too: what only an entry has is null then.
pub(super) struct WholeObject<'a> {
    pub(super) item: &'a ListItem,
    pub(super) listed: bool,
}

impl Serialize for WholeObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(COLUMNS.len()))?;
        for column in &COLUMNS {
            let cell = if self.listed || column.of_anime { column.cell(self.item) } else { Cell::Nothing };
            map.serialize_entry(column.name, &cell)?;
        }
        map.end()
    }
}

fn text(text: Option<&str>) -> Cell<'_> {
    text.map_or(Cell::Nothing, |text| Cell::Text(text.into()))
}

fn shown<'a>(value: Option<impl ToString>) -> Cell<'a> {
    value.map_or(Cell::Nothing, |value| Cell::Text(value.to_string().into()))
}

fn number<'a>(number: Option<i32>) -> Cell<'a> {
    number.map_or(Cell::Nothing, |number| Cell::Number(number.into()))
}

fn list(parts: &[String]) -> Cell<'_> {
    Cell::List(parts.iter().map(String::as_str).collect())
}

fn names(named: &[Named]) -> Cell<'_> {
    Cell::List(named.iter().map(|named| named.name.as_str()).collect())
}

fn fields<'a>(fields: &[Field]) -> Cell<'a> {
    Cell::List(fields.iter().map(|field| field.as_str()).collect())
}

/// When it is on air: `saturday 18:30`.
fn broadcast(anime: &Anime) -> Cell<'_> {
    match &anime.broadcast {
        None => Cell::Nothing,
        Some(broadcast) => match &broadcast.time {
            None => text(Some(&broadcast.day)),
            Some(time) => Cell::Text(format!("{} {time}", broadcast.day).into()),
        },
    }
}

const fn of_anime(name: &'static str, kind: Kind, read: Read) -> EntryColumn {
    EntryColumn { name, kind, of_anime: true, read }
}

const fn of_entry(name: &'static str, kind: Kind, read: Read) -> EntryColumn {
    EntryColumn { name, kind, of_anime: false, read }
}

/// Every column, in the order of the documentation.
pub(super) static COLUMNS: [EntryColumn; 43] = [
    of_anime("mal_id", Kind::Number, |item| number(Some(item.anime.mal_id))),
    of_anime("title", Kind::Text, |item| text(Some(&item.anime.title))),
    of_anime("title_english", Kind::Text, |item| text(item.anime.title_english.as_deref())),
    of_entry("status", Kind::Word, |item| text(Some(&item.entry.values.status))),
    of_entry("score", Kind::Number, |item| number(item.entry.values.score)),
    of_entry("episodes_watched", Kind::Number, |item| number(item.entry.values.episodes_watched)),
    of_anime("episodes", Kind::Number, |item| number(item.anime.episodes)),
    of_entry("start_date", Kind::Word, |item| shown(item.entry.values.start_date)),
    of_entry("finish_date", Kind::Word, |item| shown(item.entry.values.finish_date)),
    of_entry("notes", Kind::Text, |item| text(item.entry.values.notes.as_deref())),
    of_entry("is_rewatching", Kind::Word, |item| Cell::Flag(item.entry.values.is_rewatching)),
    of_entry("times_rewatched", Kind::Number, |item| number(Some(item.entry.values.times_rewatched))),
    of_entry("priority", Kind::Number, |item| number(Some(item.entry.values.priority))),
    of_entry("tags", Kind::Text, |item| list(&item.entry.values.tags)),
    of_anime("mean", Kind::Number, |item| {
        item.anime.mean.and_then(|mean| mean.to_f64()).map_or(Cell::Nothing, Cell::Real)
    }),
    of_anime("rank", Kind::Number, |item| number(item.anime.rank)),
    of_anime("popularity", Kind::Number, |item| number(item.anime.popularity)),
    of_anime("airing_status", Kind::Word, |item| text(item.anime.status.as_deref())),
    of_anime("media_type", Kind::Word, |item| text(item.anime.media_type.as_deref())),
    of_entry("removed", Kind::Word, |item| Cell::Flag(item.is_removed())),
    of_entry("updated_at", Kind::Word, |item| shown(item.updated_at.map(utc))),
    of_anime("title_japanese", Kind::Text, |item| text(item.anime.title_japanese.as_deref())),
    of_anime("synonyms", Kind::Text, |item| list(&item.anime.synonyms)),
    of_anime("genres", Kind::Text, |item| names(&item.anime.genres)),
    of_anime("studios", Kind::Text, |item| names(&item.anime.studios)),
    of_anime("season_year", Kind::Number, |item| number(item.anime.start_season.as_ref().map(|season| season.year))),
    of_anime("season", Kind::Word, |item| text(item.anime.start_season.as_ref().map(|season| season.season.as_str()))),
    of_anime("source", Kind::Word, |item| text(item.anime.source.as_deref())),
    of_anime("rating", Kind::Word, |item| text(item.anime.rating.as_deref())),
    of_anime("average_episode_duration", Kind::Number, |item| number(item.anime.average_episode_duration)),
    of_anime("num_list_users", Kind::Number, |item| number(item.anime.num_list_users)),
    of_anime("num_scoring_users", Kind::Number, |item| number(item.anime.num_scoring_users)),
    of_anime("broadcast", Kind::Word, |item| broadcast(&item.anime)),
    of_anime("nsfw", Kind::Word, |item| text(item.anime.nsfw.as_deref())),
    of_anime("aired_from", Kind::Word, |item| shown(item.anime.aired_from)),
    of_anime("aired_to", Kind::Word, |item| shown(item.anime.aired_to)),
    of_anime("image_url", Kind::Text, |item| text(item.anime.image_url.as_deref())),
    of_entry("rewatch_value", Kind::Number, |item| number(Some(item.entry.values.rewatch_value))),
    of_entry("mal_updated_at", Kind::Word, |item| shown(item.entry.mal_updated_at.map(utc))),
    of_entry("removed_at", Kind::Word, |item| shown(item.entry.removed_at.map(utc))),
    // Of an entry that MAL never had there is nothing to differ from: see `on_mal`.
    of_entry("edited", Kind::Text, |item| fields(&local_edits(&item.entry).unwrap_or_default())),
    of_entry("pinned", Kind::Text, |item| fields(&item.entry.pinned)),
    of_entry("on_mal", Kind::Word, |item| Cell::Flag(item.entry.base.is_some() && !item.is_removed())),
];
