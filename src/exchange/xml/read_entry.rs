//! Converts the element texts of one XML entry into validated values. An invalid entry does not affect the others.
//!
//! An entry needs an id and a status. Any other value that cannot be read is left out and counted. The field of a missing
//! element is not among the entry's fields. An empty element means an empty value for comments, tags, priority and rewatch
//! value; for dates, numbers, score and flags it counts as missing.

use std::{collections::HashMap, ops::RangeInclusive};

use crate::{
    domain::{
        anime::Anime,
        comment_text,
        entry_fields::{EntryValues, Field},
        imported_entry::ImportedEntry,
        left_out::LeftOut,
        limits::{self, MAL_IDS, NON_NEGATIVE},
        partial_date::PartialDate,
        run::EntryError,
        text,
    },
    exchange::{
        imported_list::{invalid_entry, placeholder_title},
        lenient_values::{self, LenientValueReader, whole_number},
    },
};

use super::vocabulary;

/// Texts of one entry by element name.
pub(super) type ElementTexts = HashMap<String, String>;

/// Names of the element with the anime's id; some programs write the second one.
const ID_NAMES: [&str; 2] = ["series_animedb_id", "anime_animedb_id"];

/// Words for a value that a program did not have.
const MISSING_WORDS: [&str; 4] = ["none", "null", "undefined", "nan"];

/// Parses an entry. Counts the values that are left out.
pub(super) fn parse_entry(texts: &ElementTexts, left_out: &mut LeftOut) -> Result<ImportedEntry, EntryError> {
    let title = parse_title(texts);
    parse_fields(texts, title.clone(), left_out)
        .map_err(|message| invalid_entry(parse_any_id(texts), title.as_deref(), &message))
}

/// Returns the error of an entry that the file breaks off. `texts` are the elements before the break.
pub(super) fn broken_entry(texts: &ElementTexts, message: &str) -> EntryError {
    let message = format!("the file is broken in this entry: {message}");
    invalid_entry(parse_any_id(texts), parse_title(texts).as_deref(), &message)
}

/// Returns the number of the id element, which may be no valid id.
fn parse_any_id(texts: &ElementTexts) -> Option<i64> {
    ID_NAMES.into_iter().find_map(|name| texts.get(name)).and_then(|id| id.trim().parse().ok())
}

fn parse_title(texts: &ElementTexts) -> Option<String> {
    let mut title = texts.get("series_title")?.clone();
    text::sanitize(&mut title);
    (!title.trim().is_empty()).then_some(title)
}

/// Parses the anime's id and status, which an entry must have, and its other values, which it may have.
fn parse_fields(texts: &ElementTexts, title: Option<String>, left_out: &mut LeftOut) -> Result<ImportedEntry, String> {
    let mal_id = parse_mal_id(texts)?;
    let mut reader = ElementReader { texts, parsers: LenientValueReader { mal_id, left_out } };
    let mut values = EntryValues { status: parse_status(texts)?, ..EntryValues::default() };
    let anime = Anime {
        mal_id,
        title: title.unwrap_or_else(|| placeholder_title(mal_id)),
        episodes: reader.read_number("series_episodes", NON_NEGATIVE).filter(|episodes| *episodes > 0),
        media_type: reader.read_media_type(),
        ..Anime::default()
    };
    let mut fields = vec![Field::Status];
    let mut add_field = |field, is_present: bool| fields.extend(is_present.then_some(field));
    let score = reader.read_score();
    values.score = score.filter(|score| *score > 0);
    add_field(Field::Score, score.is_some());
    values.episodes_watched = reader.read_number("my_watched_episodes", NON_NEGATIVE);
    add_field(Field::EpisodesWatched, values.episodes_watched.is_some());
    values.start_date = reader.read_date("my_start_date");
    add_field(Field::StartDate, values.start_date.is_some());
    values.finish_date = reader.read_date("my_finish_date");
    add_field(Field::FinishDate, values.finish_date.is_some());
    values.notes =
        texts.get("my_comments").and_then(|text| parse_notes(text, &mut |message| reader.parsers.warn(message)));
    add_field(Field::Notes, texts.contains_key("my_comments"));
    let rewatching = reader.read_flag("my_rewatching");
    values.is_rewatching = rewatching.unwrap_or_default();
    add_field(Field::IsRewatching, rewatching.is_some());
    if values.is_rewatching {
        values.rewatch_episodes = reader.read_number("my_rewatching_ep", NON_NEGATIVE);
        add_field(Field::RewatchEpisodes, values.rewatch_episodes.is_some());
    }
    let times_rewatched = reader.read_number("my_times_watched", NON_NEGATIVE);
    values.times_rewatched = times_rewatched.unwrap_or_default();
    add_field(Field::TimesRewatched, times_rewatched.is_some());
    let rewatch_value = reader.read_keyword("my_rewatch_value", LenientValueReader::parse_rewatch_value);
    values.rewatch_value = rewatch_value.unwrap_or_default();
    add_field(Field::RewatchValue, rewatch_value.is_some());
    let priority = reader.read_keyword("my_priority", LenientValueReader::parse_priority);
    values.priority = priority.unwrap_or_default();
    add_field(Field::Priority, priority.is_some());
    if let Some(text) = texts.get("my_tags") {
        values.tags = reader.parsers.split_tags("my_tags", text);
        add_field(Field::Tags, true);
    }
    Ok(ImportedEntry { anime, values, fields })
}

fn parse_mal_id(texts: &ElementTexts) -> Result<i32, String> {
    let id = ID_NAMES.into_iter().find_map(|name| Some((name, texts.get(name)?.trim())));
    let Some((name, id)) = id.filter(|(_, id)| !id.is_empty()) else { return Err("no series_animedb_id".to_owned()) };
    let number = whole_number(id).ok_or_else(|| format!("{name} is not a whole number: {}", text::excerpt(id)))?;
    limits::check_range(Some(number), &MAL_IDS, name, || number)
}

fn parse_status(texts: &ElementTexts) -> Result<String, String> {
    let word = texts.get("my_status").map(|word| word.trim()).filter(|word| !word.is_empty()).ok_or("no my_status")?;
    lenient_values::parse_status(word)
}

/// Reads the values that an entry may have, by the names of their elements.
struct ElementReader<'a> {
    texts: &'a ElementTexts,
    parsers: LenientValueReader<'a>,
}

impl<'a> ElementReader<'a> {
    /// Returns the trimmed text of an element. Returns `None` if it is missing or empty.
    fn word(&self, name: &str) -> Option<&'a str> {
        self.texts.get(name).map(|word| word.trim()).filter(|word| !word.is_empty())
    }

    fn read_number(&mut self, name: &str, range: RangeInclusive<i32>) -> Option<i32> {
        self.parsers.parse_number(name, self.word(name)?, &range)
    }

    /// Returns the number that the function parses. An empty element means 0.
    fn read_keyword(
        &mut self,
        name: &str,
        parse: fn(&mut LenientValueReader<'a>, &str, &str) -> Option<i32>,
    ) -> Option<i32> {
        match self.texts.get(name)?.trim() {
            "" => Some(0),
            word => parse(&mut self.parsers, name, word),
        }
    }

    fn read_score(&mut self) -> Option<i32> {
        self.parsers.parse_score("my_score", self.word("my_score")?)
    }

    fn read_date(&mut self, name: &str) -> Option<PartialDate> {
        self.parsers.parse_date(name, self.word(name)?)
    }

    fn read_flag(&mut self, name: &str) -> Option<bool> {
        self.parsers.parse_flag(name, self.word(name)?)
    }

    fn read_media_type(&self) -> Option<String> {
        let word = self
            .word("series_type")
            .filter(|word| MISSING_WORDS.iter().all(|missing| !missing.eq_ignore_ascii_case(word)))?;
        let mut word = text::excerpt(word).to_string();
        text::sanitize(&mut word);
        vocabulary::type_from_mal(&word)
    }
}

/// Returns the notes in their normal form, which equals that of MAL's API.
fn parse_notes(text: &str, warn: &mut dyn FnMut(&str)) -> Option<String> {
    let mut notes = comment_text::decode_comments(text).into_owned();
    text::sanitize(&mut notes).report("my_comments", warn);
    (!notes.is_empty()).then_some(notes)
}
