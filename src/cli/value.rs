//! Parses and checks argument values.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr, time::Duration};

use chrono::{Days, NaiveDate};
use clap::builder::TypedValueParser;
use rust_decimal::Decimal;

use super::{
    filter_values::{AiringStatus, RangeArg},
    word_parser::WordParser,
};
use crate::domain::{
    duration,
    entry_fields::Field,
    field_names::canonical_name,
    limits::{MAL_IDS, SCORE_RANGE},
    partial_date::PartialDate,
    text::closest_match,
    vocabulary::{LIST_STATUSES, find_list_status},
};

/// New value of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateEdit {
    /// Remove the date.
    Clear,
    /// Set this date.
    Set(PartialDate),
    /// Set the day that was so many days before today.
    DaysAgo(u64),
}

impl DateEdit {
    /// Returns the date after the edit. `today` is the local day.
    #[must_use]
    pub fn to_date(self, today: NaiveDate) -> Option<PartialDate> {
        match self {
            Self::Clear => None,
            Self::Set(date) => Some(date),
            Self::DaysAgo(days) => today.checked_sub_days(Days::new(days)).and_then(|day| day.to_string().parse().ok()),
        }
    }
}

impl FromStr for DateEdit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::Clear);
        }
        match text.to_lowercase().as_str() {
            "today" => Ok(Self::DaysAgo(0)),
            "yesterday" => Ok(Self::DaysAgo(1)),
            date => date
                .parse()
                .map(Self::Set)
                .map_err(|_| "use YYYY-MM-DD, YYYY-MM, YYYY, today, yesterday, or '' for no date".to_owned()),
        }
    }
}

/// New value of a count, or a change of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountEdit {
    /// Set this count.
    Set(i32),
    /// Add this number, which may be negative.
    Change(i32),
}

impl CountEdit {
    /// Returns the count after the edit. It is never below 0.
    #[must_use]
    pub fn apply_to(self, count: i32) -> i32 {
        match self {
            Self::Set(count) => count,
            Self::Change(change) => count.saturating_add(change).max(0),
        }
    }
}

impl FromStr for CountEdit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        let number = text.parse().ok().filter(|_| is_number(digits));
        let edit = if digits.len() < text.len() { number.map(Self::Change) } else { number.map(Self::Set) };
        edit.ok_or_else(|| "use a whole number from 0 to 2147483647, like 12, or a relative change, like +1".to_owned())
    }
}

/// Sort key of `list`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// Main title.
    Title,
    /// User's score.
    Score,
    /// MAL's mean score.
    Mean,
    /// Status of the entry.
    Status,
    /// Number of episodes.
    Episodes,
    /// Number of episodes the user watched.
    Watched,
    /// Start date of the user.
    StartDate,
    /// Finish date of the user.
    FinishDate,
    /// Time of the last change to the entry's row.
    Updated,
    /// Rank by mean score.
    Rank,
    /// Rank by number of list users.
    Popularity,
    /// MAL's id.
    Id,
    /// Season of the first broadcast.
    Season,
    /// Date of the first broadcast.
    Aired,
    /// `tv`, `movie`, …
    Type,
    /// Name of the first studio.
    Studio,
    /// Source material.
    Source,
    /// Episode length.
    Length,
    /// Number of users who have it in their list.
    Users,
    /// User's priority.
    Priority,
    /// Number of times the user rewatched it.
    Rewatched,
    /// Time of the last change on MAL.
    MalUpdated,
}

impl SortKey {
    /// Each key with its name, and its JSON name if that differs.
    const NAMES: [(&'static str, Option<&'static str>, Self); 22] = [
        ("title", None, Self::Title),
        ("score", None, Self::Score),
        ("mean", None, Self::Mean),
        ("status", None, Self::Status),
        ("episodes", None, Self::Episodes),
        ("watched", Some("episodes_watched"), Self::Watched),
        ("start-date", Some("start_date"), Self::StartDate),
        ("finish-date", Some("finish_date"), Self::FinishDate),
        ("updated", Some("updated_at"), Self::Updated),
        ("rank", None, Self::Rank),
        ("popularity", None, Self::Popularity),
        ("id", Some("mal_id"), Self::Id),
        ("season", Some("season_year"), Self::Season),
        ("aired", Some("aired_from"), Self::Aired),
        ("type", Some("media_type"), Self::Type),
        ("studio", Some("studios"), Self::Studio),
        ("source", None, Self::Source),
        ("length", Some("average_episode_duration"), Self::Length),
        ("users", Some("num_list_users"), Self::Users),
        ("priority", None, Self::Priority),
        ("rewatched", Some("times_rewatched"), Self::Rewatched),
        ("mal-updated", Some("mal_updated_at"), Self::MalUpdated),
    ];

    /// Returns the names of all keys.
    #[must_use]
    pub fn names() -> [&'static str; 22] {
        Self::NAMES.map(|(name, _, _)| name)
    }

    /// Returns the name in JSON of the column that the key sorts by.
    #[must_use]
    pub fn column_name(self) -> &'static str {
        let (name, json_name, _) = Self::NAMES.into_iter().find(|(.., key)| *key == self).unwrap_or(Self::NAMES[0]);
        json_name.unwrap_or(name)
    }

    /// Returns the names of all keys, separated by commas.
    #[must_use]
    pub fn joined_names() -> String {
        Self::names().join(", ")
    }
}

/// One sort key of `list`; a leading `-` sorts in descending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListSort {
    /// Sort key.
    pub key: SortKey,
    /// True for descending order.
    pub descending: bool,
}

impl FromStr for ListSort {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let wanted = canonical_name(name);
        SortKey::NAMES
            .into_iter()
            .find(|(key_name, json_name, _)| {
                canonical_name(key_name) == wanted || json_name.is_some_and(|json_name| json_name == wanted)
            })
            .map(|(_, _, key)| Self { key, descending })
            .ok_or_else(|| {
                let suggestion = did_you_mean(name, SortKey::names());
                format!("{suggestion}sort by one of {}; prefix with - for descending order", SortKey::joined_names())
            })
    }
}

/// Returns a parser of integers of this range. Its error names the range and the example.
pub(super) fn integer_parser<T>(
    range: &RangeInclusive<T>,
    example: T,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + use<T>
where
    T: FromStr + PartialOrd + Display + Copy + Send + Sync + 'static,
{
    let (min, max) = (*range.start(), *range.end());
    move |text| {
        // A sign means a change of the value (`CountEdit`), which other numbers do not have.
        let number = text.parse().ok().filter(|number| (min..=max).contains(number) && !text.starts_with('+'));
        number.ok_or_else(|| format!("use a whole number from {min} to {max}, like {example}"))
    }
}

/// An anime as a command line names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnimeName {
    /// MAL's id; a title that is a number, if there is no such id.
    Id(i32),
    /// A title, or the beginning of one.
    Title(String),
}

/// Parses a range of scores. MAL's 0 means that there is no score.
pub(super) fn parse_score_range(text: &str) -> Result<RangeArg<i32>, String> {
    let range: RangeArg<i32> = text.parse()?;
    match range {
        RangeArg::Within(Some(0), Some(0)) => Ok(RangeArg::NoValue),
        range if range.is_between(*SCORE_RANGE.start(), *SCORE_RANGE.end()) => Ok(range),
        _ => Err("a score is from 1 to 10; use one like 8, a range like 7..9, 7.. or ..5, or none".to_owned()),
    }
}

/// Parses a range of mean scores.
pub(super) fn parse_mean_range(text: &str) -> Result<RangeArg<Decimal>, String> {
    let range: RangeArg<Decimal> = text.parse()?;
    let is_valid = range.is_between(Decimal::ZERO, Decimal::TEN);
    let invalid = || "a mean score is from 0 to 10; use a range like 7.5..8, 8.. or ..6.5, or none".to_owned();
    is_valid.then_some(range).ok_or_else(invalid)
}

/// Parses the name of an anime: a number is MAL's id, anything else a title.
pub(super) fn parse_anime_name(text: &str) -> Result<AnimeName, String> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return parse_mal_id(text).map(AnimeName::Id);
    }
    Ok(AnimeName::Title(text.to_owned()))
}

/// Parses MAL's id of an anime.
fn parse_mal_id(text: &str) -> Result<i32, String> {
    integer_parser(&MAL_IDS, 16_498)(text).map_err(|message| format!("{message}; find IDs with malsync list"))
}

/// Parses the id of a run, a change or an edit.
pub(super) fn parse_row_id(text: &str) -> Result<i64, String> {
    integer_parser(&(0..=i64::MAX), 7)(text)
}

/// A run as a command line names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunArg {
    /// The run with this id.
    Id(i64),
    /// The user's last run.
    Last,
}

impl FromStr for RunArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("last") {
            return Ok(Self::Last);
        }
        parse_row_id(text).map(Self::Id).map_err(|message| format!("{message}, or last"))
    }
}

/// Parses a row limit; 0 is allowed.
pub(super) fn parse_limit(text: &str) -> Result<u32, String> {
    integer_parser(&(0..=u32::MAX), 20)(text)
}

/// Parses a number of things, at least 1.
pub(super) fn parse_positive_count(text: &str) -> Result<u32, String> {
    integer_parser(&(1..=u32::MAX), 10)(text)
}

/// Parses a duration.
pub(super) fn parse_duration(text: &str) -> Result<Duration, duration::ParseDurationError> {
    duration::parse(text)
}

/// Shortest interval of `sync --every`.
const MIN_SYNC_INTERVAL: Duration = Duration::from_secs(600);

/// Parses the interval of `sync --every`.
pub(super) fn parse_sync_interval(text: &str) -> Result<Duration, String> {
    match duration::parse(text) {
        Ok(interval) if interval >= MIN_SYNC_INTERVAL => Ok(interval),
        Ok(_) => Err("the minimum interval is 10m".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Parses a non-empty text.
pub(super) fn parse_non_empty(text: &str) -> Result<String, String> {
    if text.is_empty() { Err("it is empty".to_owned()) } else { Ok(text.to_owned()) }
}

/// Parses a list status: MAL's words in whatever spelling.
pub(super) fn status_parser() -> impl TypedValueParser<Value = String> {
    WordParser::new(LIST_STATUSES.to_vec(), find_list_status).map(str::to_owned)
}

/// Parses an airing status: MAL's words in whatever spelling, or a short one.
pub(super) fn airing_parser() -> impl TypedValueParser<Value = AiringStatus> {
    WordParser::new(AiringStatus::WORDS.to_vec(), AiringStatus::from_word)
}

/// Maximum number of entries that a push sends, unless `--max` says otherwise.
pub const DEFAULT_MAX_PUSHED: u32 = 20;

/// Parses the name of a field that has a merge rule, in whatever spelling.
pub(super) fn field_parser() -> impl TypedValueParser<Value = Field> {
    let names = Field::SYNCED_FIELDS.map(Field::as_str).to_vec();
    WordParser::new(names, |name| find_field(name).filter(|field| Field::SYNCED_FIELDS.contains(field)))
}

/// Parses the name of any field that change records report, in whatever spelling.
pub(super) fn parse_any_field(text: &str) -> Result<Field, String> {
    find_field(text).ok_or_else(|| {
        let names: Vec<&str> = Field::all().map(Field::as_str).collect();
        format!("{}use one of {}", did_you_mean(text, names.iter().copied()), names.join(", "))
    })
}

/// Returns the field with this name: of the column, in a table's header, of a flag or of MAL. Returns `None` if there is none.
/// The number of episodes of an anime is no field: `episodes` are those watched.
fn find_field(name: &str) -> Option<Field> {
    match canonical_name(name).as_str() {
        "episodes" => Some(Field::EpisodesWatched),
        name => Field::parse_name(name),
    }
}

/// Returns "did you mean X? " if one of `known` is similar to `word`, else an empty string.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    closest_match(word, known).map(|suggestion| format!("did you mean {suggestion}? ")).unwrap_or_default()
}

/// Parses comma-separated tags, without duplicates. Returns an empty list if there are none.
pub(super) fn parse_tags(text: &str) -> Result<TagsArg, String> {
    let mut tags = Vec::new();
    for tag in text.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
        let tag = tag.replace('\0', "\u{fffd}");
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    Ok(TagsArg(tags))
}

/// A new list of tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagsArg(pub Vec<String>);

#[cfg(test)]
#[path = "value_tests.rs"]
mod tests;
