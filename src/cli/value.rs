//! What an argument's text means: each form is read here, once, into a type that cannot hold a wrong value.

use std::{str::FromStr, time::Duration};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::domain::{
    duration,
    list_status::STATUSES,
    partial_date::PartialDate,
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
}

impl SortKey {
    /// Each key with its word, and the name that the same thing has in JSON where that is another.
    const WORDS: [(&'static str, Option<&'static str>, Self); 12] = [
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
    ];

    /// The words, as help and messages list them.
    #[must_use]
    pub fn words() -> String {
        Self::WORDS.map(|(word, _, _)| word).join(", ")
    }
}

/// The order of `list`: a key, with a `-` before it from the highest down.
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
        SortKey::WORDS
            .into_iter()
            .find(|(name, json, _)| *name == word || *json == Some(word))
            .map(|(_, _, key)| Self { key, descending })
            .ok_or_else(|| format!("sort by one of {}, with a - before it from the highest down", SortKey::words()))
    }
}

/// Reads a duration.
pub(super) fn span(text: &str) -> Result<Duration, duration::NotADuration> {
    duration::parse(text)
}

/// Reads a text that must not be empty.
pub(super) fn filled(text: &str) -> Result<String, String> {
    if text.is_empty() { Err("it is empty".to_owned()) } else { Ok(text.to_owned()) }
}

/// Reads one of MAL's five words for an entry's status; `-` does for `_`.
pub(super) fn status() -> impl TypedValueParser<Value = String> {
    PossibleValuesParser::new(STATUSES.map(|word| PossibleValue::new(word).alias(word.replace('_', "-"))))
        .map(|word| word.replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_named_or_numbered() {
        for (text, expected) in [
            ("alice", Some(UserRef::Name("alice".into()))),
            ("id", Some(UserRef::Name("id".into()))),
            ("123", Some(UserRef::Name("123".into()))),
            ("id:123", Some(UserRef::Id(UserId(123)))),
            ("id:0", None),
            ("id:-1", None),
            ("id:", None),
            ("id:abc", None),
            ("id:2147483648", None),
            ("", None),
        ] {
            assert_eq!(text.parse::<UserRef>().ok(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_date_is_set_or_cleared() {
        assert_eq!("".parse(), Ok(DateEdit::Clear));
        assert_eq!("2019-04".parse(), Ok(DateEdit::Set("2019-04".parse().unwrap())));
        assert!("2019-13".parse::<DateEdit>().is_err());
    }

    #[test]
    fn a_sort_key_goes_by_its_word_or_its_json_name_and_a_dash_turns_it_round() {
        let sort = |key, descending| Some(ListSort { key, descending });
        for (text, expected) in [
            ("title", sort(SortKey::Title, false)),
            ("-score", sort(SortKey::Score, true)),
            ("start-date", sort(SortKey::StartDate, false)),
            ("-start_date", sort(SortKey::StartDate, true)),
            ("mal_id", sort(SortKey::Id, false)),
            ("--json", None),
            ("Title", None),
            ("", None),
        ] {
            assert_eq!(text.parse::<ListSort>().ok(), expected, "{text:?}");
        }
    }
}
