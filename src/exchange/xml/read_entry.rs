//! Converts the element texts of one XML entry into validated values. An invalid entry does not affect the others.
//!
//! The rules are those for entries from MAL: a value that no row can hold is rejected with the name of its element, an
//! impossible date is dropped, texts are truncated alike. A missing element is not among the fields; an empty element
//! means an empty value.

use std::{collections::HashMap, ops::RangeInclusive};

use crate::{
    domain::{
        anime::Anime,
        comment_text,
        entry_fields::{EntryValues, Field},
        imported_entry::ImportedEntry,
        limits::{self, MAL_IDS, NON_NEGATIVE, SCORE_RANGE},
        partial_date::PartialDate,
        run::EntryError,
        text,
    },
    exchange::imported_list::invalid_entry,
};

use super::vocabulary;

/// Texts of one entry by element name.
pub(super) type ElementTexts = HashMap<String, String>;

/// Parses an entry.
pub(super) fn parse_entry(texts: &ElementTexts) -> Result<ImportedEntry, EntryError> {
    let id = texts.get("series_animedb_id").map(|id| id.trim());
    let mal_id: Option<i64> = id.and_then(|id| id.parse().ok());
    let title = parse_title(texts);
    parse_fields(texts, title.clone()).map_err(|message| invalid_entry(mal_id, title.as_deref(), &message))
}

fn parse_title(texts: &ElementTexts) -> Option<String> {
    let mut title = texts.get("series_title")?.clone();
    text::sanitize(&mut title);
    (!title.trim().is_empty()).then_some(title)
}

fn parse_fields(texts: &ElementTexts, title: Option<String>) -> Result<ImportedEntry, String> {
    let mal_id = parse_integer(texts, "series_animedb_id", MAL_IDS)?.ok_or("no series_animedb_id")?;
    let warn = &mut |message: &str| tracing::warn!("MAL ID {mal_id}: {message}");
    let anime = Anime {
        mal_id,
        title: title.ok_or("no series_title")?,
        episodes: parse_integer(texts, "series_episodes", NON_NEGATIVE)?.filter(|episodes| *episodes > 0),
        media_type: texts.get("series_type").and_then(|word| {
            let mut word = text::excerpt(word.trim()).to_string();
            text::sanitize(&mut word);
            vocabulary::type_from_mal(&word)
        }),
        ..Anime::default()
    };
    let mut values = EntryValues { status: parse_status(texts)?, ..EntryValues::default() };
    let mut fields = vec![Field::Status];
    let mut add_field = |field, is_present: bool| fields.extend(is_present.then_some(field));
    if let Some(score) = parse_integer(texts, "my_score", SCORE_RANGE)? {
        values.score = (score > 0).then_some(score);
        add_field(Field::Score, true);
    }
    values.episodes_watched = parse_integer(texts, "my_watched_episodes", NON_NEGATIVE)?;
    add_field(Field::EpisodesWatched, values.episodes_watched.is_some());
    values.start_date = parse_date(texts, "my_start_date", warn);
    add_field(Field::StartDate, values.start_date.is_some());
    values.finish_date = parse_date(texts, "my_finish_date", warn);
    add_field(Field::FinishDate, values.finish_date.is_some());
    values.notes = texts.get("my_comments").and_then(|text| parse_notes(text, warn));
    add_field(Field::Notes, texts.contains_key("my_comments"));
    if let Some(rewatching) = texts.get("my_rewatching").map(|word| word.trim()).filter(|word| !word.is_empty()) {
        values.is_rewatching = parse_bool(rewatching).ok_or_else(|| unknown_value("my_rewatching", rewatching))?;
        add_field(Field::IsRewatching, true);
    }
    if let Some(times) = parse_integer(texts, "my_times_watched", NON_NEGATIVE)? {
        values.times_rewatched = times;
        add_field(Field::TimesRewatched, true);
    }
    if let Some(word) = texts.get("my_rewatch_value").map(|word| word.trim()) {
        values.rewatch_value =
            vocabulary::rewatch_value_from_mal(word).ok_or_else(|| unknown_value("my_rewatch_value", word))?;
        add_field(Field::RewatchValue, true);
    }
    if let Some(word) = texts.get("my_priority").map(|word| word.trim()) {
        values.priority = vocabulary::priority_from_mal(word).ok_or_else(|| unknown_value("my_priority", word))?;
        add_field(Field::Priority, true);
    }
    if let Some(text) = texts.get("my_tags") {
        values.tags = parse_tags(text, warn);
        add_field(Field::Tags, true);
    }
    Ok(ImportedEntry { anime, values, fields })
}

fn parse_status(texts: &ElementTexts) -> Result<String, String> {
    let word = texts.get("my_status").map(|word| word.trim()).filter(|word| !word.is_empty()).ok_or("no my_status")?;
    vocabulary::status_from_mal(word)
        .map(str::to_owned)
        .ok_or_else(|| format!("unknown list status {:?}", text::excerpt(word)))
}

/// Parses an integer. Returns `None` if the element is missing or empty.
fn parse_integer(texts: &ElementTexts, name: &str, range: RangeInclusive<i32>) -> Result<Option<i32>, String> {
    let Some(word) = texts.get(name).map(|word| word.trim()).filter(|word| !word.is_empty()) else { return Ok(None) };
    let number: i64 = word.parse().map_err(|_| format!("{name} is no whole number: {}", text::excerpt(word)))?;
    limits::check_range(Some(number), &range, name, number).map(Some)
}

fn parse_bool(word: &str) -> Option<bool> {
    match word {
        "1" => Some(true),
        "0" => Some(false),
        word if word.eq_ignore_ascii_case("yes") || word.eq_ignore_ascii_case("true") => Some(true),
        word if word.eq_ignore_ascii_case("no") || word.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Parses a date; zeros stand for an unknown month or day.
fn parse_date(texts: &ElementTexts, name: &str, warn: &mut dyn FnMut(&str)) -> Option<PartialDate> {
    let text = texts.get(name)?.trim();
    if text.is_empty() || text == "0000-00-00" {
        return None;
    }
    let known_part = text.strip_suffix("-00").unwrap_or(text);
    let known_part =
        if known_part.len() < text.len() { known_part.strip_suffix("-00").unwrap_or(known_part) } else { known_part };
    let date = known_part.parse().ok();
    if date.is_none() {
        warn(&format!("{name} {:?} is no date, and is left out", text::excerpt(text)));
    }
    date
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

fn unknown_value(name: &str, word: &str) -> String {
    format!("{name} is not known: {:?}", text::excerpt(word))
}
