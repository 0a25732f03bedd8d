//! Converts the element texts of one XML entry into validated values. An invalid entry does not affect the others.
//!
//! An entry needs an id and a status. Any other value that cannot be read is left out and counted. A missing element is
//! not among the fields; an empty element means an empty value.

use std::{collections::HashMap, ops::RangeInclusive};

use crate::{
    domain::{
        anime::Anime,
        comment_text,
        entry_fields::{EntryValues, Field},
        imported_entry::ImportedEntry,
        left_out::LeftOut,
        limits::{self, MAL_IDS, NON_NEGATIVE, SCORE_RANGE},
        partial_date::PartialDate,
        run::EntryError,
        text,
    },
    exchange::{
        imported_list::{invalid_entry, placeholder_title},
        lenient_date::{UnreadableDate, parse_lenient_date},
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
    let mut reader = ValueReader { texts, mal_id, left_out };
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
    values.notes = texts.get("my_comments").and_then(|text| parse_notes(text, &mut |message| reader.warn(message)));
    add_field(Field::Notes, texts.contains_key("my_comments"));
    let rewatching = reader.read_word("my_rewatching", parse_bool);
    values.is_rewatching = rewatching.unwrap_or_default();
    add_field(Field::IsRewatching, rewatching.is_some());
    let times_rewatched = reader.read_number("my_times_watched", NON_NEGATIVE);
    values.times_rewatched = times_rewatched.unwrap_or_default();
    add_field(Field::TimesRewatched, times_rewatched.is_some());
    // An empty element means 0 in the two words below.
    let rewatch_value = reader.read_keyword("my_rewatch_value", vocabulary::rewatch_value_from_mal);
    values.rewatch_value = rewatch_value.unwrap_or_default();
    add_field(Field::RewatchValue, rewatch_value.is_some());
    let priority = reader.read_keyword("my_priority", vocabulary::priority_from_mal);
    values.priority = priority.unwrap_or_default();
    add_field(Field::Priority, priority.is_some());
    if let Some(text) = texts.get("my_tags") {
        values.tags = parse_tags(text, &mut |message| reader.warn(message));
        add_field(Field::Tags, true);
    }
    Ok(ImportedEntry { anime, values, fields })
}

fn parse_mal_id(texts: &ElementTexts) -> Result<i32, String> {
    let id = ID_NAMES.into_iter().find_map(|name| Some((name, texts.get(name)?.trim())));
    let Some((name, id)) = id.filter(|(_, id)| !id.is_empty()) else { return Err("no series_animedb_id".to_owned()) };
    let number = whole_number(id).ok_or_else(|| format!("{name} is no whole number: {}", text::excerpt(id)))?;
    limits::check_range(Some(number), &MAL_IDS, name, number)
}

fn parse_status(texts: &ElementTexts) -> Result<String, String> {
    let word = texts.get("my_status").map(|word| word.trim()).filter(|word| !word.is_empty()).ok_or("no my_status")?;
    vocabulary::status_from_mal(word)
        .map(str::to_owned)
        .ok_or_else(|| format!("unknown list status {:?}", text::excerpt(word)))
}

/// Reads the values that an entry may have. A value that cannot be read is counted and left out.
struct ValueReader<'a> {
    texts: &'a ElementTexts,
    mal_id: i32,
    left_out: &'a mut LeftOut,
}

impl<'a> ValueReader<'a> {
    /// Returns the trimmed text of an element. Returns `None` if it is missing or empty.
    fn word(&self, name: &str) -> Option<&'a str> {
        self.texts.get(name).map(|word| word.trim()).filter(|word| !word.is_empty())
    }

    fn read_word<T>(&mut self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let word = self.word(name)?;
        let value = parse(word);
        if value.is_none() {
            self.left_out.add_value(self.mal_id, name, word);
        }
        value
    }

    /// Like [`Self::read_word`], for an element that may be empty.
    fn read_keyword<T>(&mut self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        match self.texts.get(name) {
            Some(word) if word.trim().is_empty() => parse(""),
            _ => self.read_word(name, parse),
        }
    }

    fn read_number(&mut self, name: &str, range: RangeInclusive<i32>) -> Option<i32> {
        self.read_word(name, |word| limits::check_range(whole_number(word), &range, name, word).ok())
    }

    /// Returns the score in whole points: MAL has no half points.
    fn read_score(&mut self) -> Option<i32> {
        let score = self.read_word("my_score", |word| {
            let (points, is_cut) = whole_points(word)?;
            Some((limits::check_range(Some(points), &SCORE_RANGE, "my_score", word).ok()?, is_cut))
        });
        let (points, is_cut) = score?;
        if is_cut {
            self.left_out.add_cut_score(self.mal_id, self.word("my_score").unwrap_or_default(), points);
        }
        Some(points)
    }

    fn read_date(&mut self, name: &str) -> Option<PartialDate> {
        let word = self.word(name)?;
        parse_lenient_date(word).unwrap_or_else(|UnreadableDate| {
            self.left_out.add_date(self.mal_id, name, word);
            None
        })
    }

    fn read_media_type(&self) -> Option<String> {
        let word = self
            .word("series_type")
            .filter(|word| MISSING_WORDS.iter().all(|missing| !missing.eq_ignore_ascii_case(word)))?;
        let mut word = text::excerpt(word).to_string();
        text::sanitize(&mut word);
        vocabulary::type_from_mal(&word)
    }

    fn warn(&mut self, message: &str) {
        self.left_out.add_detail(self.mal_id, message);
    }
}

/// Parses a whole number, also one written with a fraction of zeros.
fn whole_number(word: &str) -> Option<i64> {
    whole_points(word).filter(|(_, is_cut)| !is_cut).map(|(number, _)| number)
}

/// Returns the whole part of a number, and true if it has a fraction.
fn whole_points(word: &str) -> Option<(i64, bool)> {
    let (whole, fraction) = word.split_once('.').unwrap_or((word, ""));
    let is_fraction = fraction.bytes().all(|byte| byte.is_ascii_digit());
    let number = whole.parse().ok().filter(|_| is_fraction)?;
    Some((number, fraction.bytes().any(|byte| byte != b'0')))
}

fn parse_bool(word: &str) -> Option<bool> {
    match word {
        word if word.eq_ignore_ascii_case("yes") || word.eq_ignore_ascii_case("true") => Some(true),
        word if word.eq_ignore_ascii_case("no") || word.eq_ignore_ascii_case("false") => Some(false),
        // Some programs write the number of times here.
        word => whole_number(word).filter(|number| *number >= 0).map(|number| number > 0),
    }
}

/// Returns the notes in their normal form, which equals that of MAL's API.
fn parse_notes(text: &str, warn: &mut dyn FnMut(&str)) -> Option<String> {
    let mut notes = comment_text::decode_comments(text).into_owned();
    text::sanitize(&mut notes).report("my_comments", warn);
    (!notes.is_empty()).then_some(notes)
}

fn parse_tags(text: &str, warn: &mut dyn FnMut(&str)) -> Vec<String> {
    let names = text.split(',').map(str::trim).filter(|tag| !tag.is_empty());
    let mut tags: Vec<String> = names.map(str::to_owned).collect();
    limits::truncate_tags(&mut tags, warn);
    tags.iter_mut().for_each(|tag| text::sanitize(tag).report("my_tags", warn));
    tags
}
