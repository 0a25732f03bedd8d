//! What an argument's text means: each form is read here, once, into a type that cannot hold a wrong value.

use std::{fmt::Display, str::FromStr, time::Duration};

use chrono::{DateTime, Months, NaiveDate, NaiveTime, TimeDelta, Utc};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::domain::{
    change::Field,
    duration,
    list_status::LIST_STATUSES,
    partial_date::{DatePrecision, PartialDate},
    text::closest_match,
    time,
    user::{UserId, UserRef},
};

impl FromStr for UserRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix("id:") {
            Some(id) => match id.parse() {
                Ok(id) if id > 0 => Ok(Self::Id(UserId(id))),
                _ => Err("an id is a whole number from 1 to 2147483647, like id:123".to_owned()),
            },
            None if text.is_empty() => Err("a name is not empty".to_owned()),
            None => Ok(Self::Name(text.to_owned())),
        }
    }
}

/// A new value for a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateEdit {
    /// The date is taken out.
    Clear,
    /// The date becomes this one.
    Set(PartialDate),
}

impl FromStr for DateEdit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::Clear);
        }
        text.parse().map(Self::Set).map_err(|_| "write YYYY-MM-DD, YYYY-MM, YYYY, or '' for no date".to_owned())
    }
}

/// A moment, as it is typed: a time, a day, or an age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeArg {
    /// This time.
    At(DateTime<Utc>),
    /// This day, in UTC.
    Day(NaiveDate),
    /// So long ago.
    Ago(Duration),
    /// So many months ago, by the calendar.
    MonthsAgo(u32),
}

impl TimeArg {
    /// The first moment of it.
    #[must_use]
    pub fn earliest_time(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::At(time) => time,
            Self::Day(day) => day.and_time(NaiveTime::MIN).and_utc(),
            Self::MonthsAgo(months) => now.checked_sub_months(Months::new(months)).unwrap_or(now),
            Self::Ago(age) => TimeDelta::from_std(age).ok().and_then(|age| now.checked_sub_signed(age)).unwrap_or(now),
        }
    }

    /// The last moment of it: a day is over at midnight.
    #[must_use]
    pub fn latest_time(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Day(_) => self.earliest_time(now) + TimeDelta::days(1) - TimeDelta::microseconds(1),
            moment => moment.earliest_time(now),
        }
    }
}

impl FromStr for TimeArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let day = || text.parse::<PartialDate>().ok().filter(|date| date.precision() == DatePrecision::Day);
        let at = || time::parse_rfc3339(text).map(Self::At);
        let ago = || duration::parse(text).ok().map(Self::Ago);
        let read = day()
            .map(|date| Self::Day(date.first_day()))
            .or_else(at)
            .or_else(ago)
            .or_else(|| parse_weeks_or_months(text));
        read.ok_or_else(|| {
            "write YYYY-MM-DD, a time like 2026-01-02T03:04:05Z, or an age like 12h, 7d, 2w or 3mo".to_owned()
        })
    }
}

/// Weeks and months, of which durations elsewhere know nothing: `2w`, `3mo`. An `m` alone is minutes.
fn parse_weeks_or_months(text: &str) -> Option<TimeArg> {
    let number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u32>().ok())?;
    match (text.strip_suffix('w'), text.strip_suffix("mo")) {
        (Some(weeks), _) => duration::parse(&format!("{}d", u64::from(number(weeks)?) * 7)).ok().map(TimeArg::Ago),
        (_, Some(months)) => number(months).filter(|months| *months <= MAX_MONTHS_AGO).map(TimeArg::MonthsAgo),
        _ => None,
    }
}

/// As long as the longest duration, about.
const MAX_MONTHS_AGO: u32 = 3_000;

/// What `list` is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// The main title.
    Title,
    /// The user's score.
    Score,
    /// MAL's mean score.
    Mean,
    /// The entry's status.
    Status,
    /// How many episodes there are.
    Episodes,
    /// How many episodes the user watched.
    Watched,
    /// When the user began.
    StartDate,
    /// When the user finished.
    FinishDate,
    /// When the entry's row last changed.
    Updated,
    /// Place by mean score.
    Rank,
    /// Place by number of list users.
    Popularity,
    /// MAL's id.
    Id,
    /// The season in which it began.
    Season,
    /// When it was first on air.
    Aired,
    /// `tv`, `movie`, …
    Type,
    /// Its first studio, by name.
    Studio,
    /// What it was made from.
    Source,
    /// The length of an episode.
    Length,
    /// How many users have it in their list.
    Users,
    /// The user's priority.
    Priority,
    /// How often the user watched it again.
    Rewatched,
    /// When MAL last changed the entry.
    MalUpdated,
}

impl SortKey {
    /// Each key with its word, and the name that the same thing has in JSON where that is another.
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

    /// The words.
    #[must_use]
    pub fn names() -> [&'static str; 22] {
        Self::NAMES.map(|(word, _, _)| word)
    }

    /// The words, as help and messages list them.
    #[must_use]
    pub fn joined_names() -> String {
        Self::names().join(", ")
    }
}

/// One key of the order of `list`, with a `-` before it from the highest down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListSort {
    /// What to sort by.
    pub key: SortKey,
    /// From the highest down.
    pub descending: bool,
}

impl FromStr for ListSort {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (word, descending) = text.strip_prefix('-').map_or((text, false), |word| (word, true));
        SortKey::NAMES
            .into_iter()
            .find(|(name, json, _)| *name == word || *json == Some(word))
            .map(|(_, _, key)| Self { key, descending })
            .ok_or_else(|| {
                let meant = did_you_mean(word, SortKey::names());
                format!("{meant}sort by one of {}, with a - before it from the highest down", SortKey::joined_names())
            })
    }
}

/// Reads a whole number within these bounds; what is wrong about another text is said with them and an example.
pub(super) fn whole<T>(from: T, to: T, example: T) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync
where
    T: FromStr + PartialOrd + Display + Copy + Send + Sync + 'static,
{
    move |text| {
        let number = text.parse().ok().filter(|number| (from..=to).contains(number));
        number.ok_or_else(|| format!("write a whole number from {from} to {to}, like {example}"))
    }
}

/// Reads MAL's id of an anime.
pub(super) fn mal_id(text: &str) -> Result<i32, String> {
    whole(1, i32::MAX, 16_498)(text).map_err(|what| format!("{what}; `malsync list` shows the ids"))
}

/// Reads the number of a row here: of a run, a change or an edit.
pub(super) fn row_id(text: &str) -> Result<i64, String> {
    whole(0, i64::MAX, 7)(text)
}

/// Reads how many rows are wanted.
pub(super) fn limit(text: &str) -> Result<u32, String> {
    whole(0, u32::MAX, 20)(text)
}

/// Reads how many rows of a ranking are wanted.
pub(super) fn top(text: &str) -> Result<u32, String> {
    whole(1, u32::MAX, 10)(text)
}

/// Reads a duration.
pub(super) fn span(text: &str) -> Result<Duration, duration::ParseDurationError> {
    duration::parse(text)
}

/// Reads a text that must not be empty.
pub(super) fn filled(text: &str) -> Result<String, String> {
    if text.is_empty() { Err("it is empty".to_owned()) } else { Ok(text.to_owned()) }
}

/// Reads one of MAL's five words for an entry's status; `-` does for `_`.
pub(super) fn status() -> impl TypedValueParser<Value = String> {
    PossibleValuesParser::new(LIST_STATUSES.map(|word| PossibleValue::new(word).alias(word.replace('_', "-"))))
        .map(|word| word.replace('-', "_"))
}

/// Reads the name of a field that the rules settle, as the column is called; `-` does for `_`.
pub(super) fn field() -> impl TypedValueParser<Value = Field> {
    let word = |field: Field| {
        let word = PossibleValue::new(field.as_str()).alias(field.as_str().replace('_', "-"));
        match field {
            Field::EpisodesWatched => word.alias("episodes"),
            Field::IsRewatching => word.alias("rewatching"),
            _ => word,
        }
    };
    PossibleValuesParser::new(Field::SYNCED_FIELDS.map(word)).map(|given| {
        let given = match given.replace('-', "_").as_str() {
            "episodes" => Field::EpisodesWatched.as_str().to_owned(),
            "rewatching" => Field::IsRewatching.as_str().to_owned(),
            word => word.to_owned(),
        };
        // The parser above lets no other word through.
        Field::parse_name(&given).unwrap_or(Field::Status)
    })
}

/// Reads the name of any field that changes are told of.
pub(super) fn any_field(text: &str) -> Result<Field, String> {
    let word = match text.replace('-', "_").as_str() {
        "episodes" => "episodes_watched".to_owned(),
        "rewatching" => "is_rewatching".to_owned(),
        word => word.to_owned(),
    };
    Field::parse_name(&word).ok_or_else(|| {
        let words: Vec<&str> = Field::all().map(Field::as_str).collect();
        format!("{}write one of {}", did_you_mean(&word, words.iter().copied()), words.join(", "))
    })
}

/// The word that was meant by another one, as a question before what else there is.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    closest_match(word, known).map(|meant| format!("did you mean {meant}? ")).unwrap_or_default()
}

/// Reads tags with commas between, each once; none at all is an empty list.
pub(super) fn tags(text: &str) -> Result<TagsArg, String> {
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
