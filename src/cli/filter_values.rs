//! Values of the filter flags: ranges, seasons, states.

use std::{ops::RangeInclusive, str::FromStr};

use clap::ValueEnum;
use rust_decimal::Decimal;

use crate::domain::{
    partial_date::PartialDate,
    text::closest_match,
    vocabulary::{CURRENTLY_AIRING, FINISHED_AIRING, NOT_YET_AIRED, SEASONS, find_airing_status},
};

/// A range of values, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeArg<T> {
    /// The value is missing (`none`).
    NoValue,
    /// From one value to another; `None` is an open end.
    Within(Option<T>, Option<T>),
}

/// An end of a range.
pub trait RangeBound: FromStr + Copy {
    /// Returns true if the range from `self` to `end` is empty.
    fn is_after_end(self, end: Self) -> bool;
}

impl RangeBound for i32 {
    fn is_after_end(self, end: Self) -> bool {
        self > end
    }
}

impl RangeBound for Decimal {
    fn is_after_end(self, end: Self) -> bool {
        self > end
    }
}

impl RangeBound for PartialDate {
    /// A year ends with its last day, so 2019-04..2019 is not empty.
    fn is_after_end(self, end: Self) -> bool {
        let (from, to) = (self.to_string(), end.to_string());
        from > to && !from.starts_with(&to)
    }
}

impl<T: RangeBound> FromStr for RangeArg<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let invalid = || format!("{text} is not a valid value or range (A..B, A.., ..B or none)");
        let parse_end = |end: &str| {
            if end.is_empty() { Ok(None) } else { end.parse::<T>().map(Some).map_err(|_| invalid()) }
        };
        match text.split_once("..") {
            _ if text.eq_ignore_ascii_case("none") => Ok(Self::NoValue),
            Some(("", "")) => Err(invalid()),
            Some((first, last)) => match (parse_end(first)?, parse_end(last)?) {
                (Some(from), Some(to)) if from.is_after_end(to) => {
                    Err(format!("the range {text} is empty; put the lower end first: {last}..{first}"))
                }
                (from, to) => Ok(Self::Within(from, to)),
            },
            None => {
                let one = text.parse().map_err(|_| invalid())?;
                Ok(Self::Within(Some(one), Some(one)))
            }
        }
    }
}

impl<T: RangeBound> RangeArg<T> {
    /// Returns true if both ends are from `min` to `max`.
    pub(super) fn is_between(self, min: T, max: T) -> bool {
        let is_between = |end: T| !min.is_after_end(end) && !end.is_after_end(max);
        match self {
            Self::NoValue => true,
            Self::Within(from, to) => from.is_none_or(is_between) && to.is_none_or(is_between),
        }
    }
}

/// Years in which an anime can premiere.
const SEASON_YEARS: RangeInclusive<i32> = 1900..=2100;

/// A season, a year, or several years.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeasonArg {
    /// The years, both ends included.
    pub years: RangeInclusive<i32>,
    /// `winter`, `spring`, `summer` or `fall`; `None` for all of them.
    pub season: Option<&'static str>,
}

impl FromStr for SeasonArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(years) = parse_years(text) {
            return Ok(Self { years, season: None });
        }
        let parts: Vec<&str> = split_season(text);
        let season = |text: &str| {
            let text = text.to_lowercase();
            SEASONS.into_iter().find(|season| *season == text || (text == "autumn" && *season == "fall"))
        };
        let parsed = match parts[..] {
            [a, b] => match (parse_year(a).or_else(|| parse_year(b)), season(a).or_else(|| season(b))) {
                (Some(year), Some(season)) => Some(Self { years: year..=year, season: Some(season) }),
                _ => None,
            },
            _ => None,
        };
        parsed.ok_or_else(|| {
            let word = parts.iter().find(|part| part.chars().any(char::is_alphabetic)).copied().unwrap_or_default();
            let nearest = closest_match(word, SEASONS).filter(|nearest| *nearest != word.to_lowercase());
            let suggestion = nearest.map(|nearest| format!("did you mean {nearest}? ")).unwrap_or_default();
            format!(
                "{suggestion}use a season like spring-2019 (winter, spring, summer, fall), a year like 2019, or years \
                like 1990..1999 or 1990s"
            )
        })
    }
}

fn parse_year(text: &str) -> Option<i32> {
    text.parse().ok().filter(|year| SEASON_YEARS.contains(year))
}

/// Parses a year (`2019`), years (`1990..1999`, `2015..`, `..1989`) or a decade (`1990s`).
fn parse_years(text: &str) -> Option<RangeInclusive<i32>> {
    if let Some((first, last)) = text.split_once("..").filter(|ends| *ends != ("", "")) {
        let parse_end = |end: &str, open: i32| if end.is_empty() { Some(open) } else { parse_year(end) };
        let (first, last) = (parse_end(first, *SEASON_YEARS.start())?, parse_end(last, *SEASON_YEARS.end())?);
        return (first <= last).then_some(first..=last);
    }
    if let Some(decade) = text.strip_suffix('s').and_then(parse_year).filter(|year| year % 10 == 0) {
        return Some(decade..=decade + 9);
    }
    parse_year(text).map(|year| year..=year)
}

/// Splits a season at its separator, or between word and year: `spring-2019`, `spring2019`, `2019spring`.
fn split_season(text: &str) -> Vec<&str> {
    let parts: Vec<&str> = text.split(['-', ' ', '_', '/']).collect();
    let [word] = parts[..] else { return parts };
    let starts_with_digit = word.starts_with(|first: char| first.is_ascii_digit());
    match word.find(|other: char| other.is_ascii_digit() != starts_with_digit) {
        Some(boundary) => vec![&word[..boundary], &word[boundary..]],
        None => parts,
    }
}

/// Airing status of an anime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AiringStatus {
    /// It is over.
    Finished,
    /// It is on air.
    Airing,
    /// It is still to come.
    Upcoming,
}

impl AiringStatus {
    /// The words that help and completion show.
    pub const WORDS: [&str; 3] = ["finished", "airing", "upcoming"];

    /// Returns the status that a word means, in whatever spelling. Returns `None` if it is unknown.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let name = find_airing_status(word)?;
        [Self::Finished, Self::Airing, Self::Upcoming].into_iter().find(|status| status.as_str() == name)
    }

    /// Returns MAL's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Finished => FINISHED_AIRING,
            Self::Airing => CURRENTLY_AIRING,
            Self::Upcoming => NOT_YET_AIRED,
        }
    }
}

/// How entries that are no longer on MAL are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RemovedEntries {
    /// Show them too
    Also,
    /// Show only those
    Only,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_is_a_value_a_range_or_none() {
        let within = |from, to| Some(RangeArg::Within(from, to));
        for (text, expected) in [
            ("8", within(Some(8), Some(8))),
            ("7..9", within(Some(7), Some(9))),
            ("7..", within(Some(7), None)),
            ("..5", within(None, Some(5))),
            ("none", Some(RangeArg::NoValue)),
            ("..", None),
            ("7..x", None),
            ("8..3", None),
            ("8..8", within(Some(8), Some(8))),
            ("", None),
        ] {
            assert_eq!(text.parse::<RangeArg<i32>>().ok(), expected, "{text:?}");
        }
        for (text, is_valid) in [
            ("2019-04..2020", true),
            ("2019-04..2019", true),
            ("2019..2019-04", true),
            ("2020..2019", false),
            ("2019-05..2019-04-30", false),
            ("2019-13", false),
        ] {
            assert_eq!(text.parse::<RangeArg<PartialDate>>().is_ok(), is_valid, "{text}");
        }
        assert!("7.5..7.25".parse::<RangeArg<Decimal>>().is_err());
    }

    #[test]
    fn season_and_year_are_accepted_in_either_order() {
        let spring = Some(SeasonArg { years: 2019..=2019, season: Some("spring") });
        let years = |years| Some(SeasonArg { years, season: None });
        for (text, expected) in [
            ("spring-2019", spring.clone()),
            ("2019-spring", spring.clone()),
            ("Spring 2019", spring.clone()),
            ("SPRING_2019", spring.clone()),
            ("spring2019", spring.clone()),
            ("2019spring", spring),
            ("autumn-2020", Some(SeasonArg { years: 2020..=2020, season: Some("fall") })),
            ("2019", years(2019..=2019)),
            ("1990..1999", years(1990..=1999)),
            ("2015..", years(2015..=2100)),
            ("..1989", years(1900..=1989)),
            ("1990s", years(1990..=1999)),
            ("1995s", None),
            ("..", None),
            ("1999..1990", None),
            ("spring-2019..fall-2019", None),
            ("spring", None),
            ("2019-2020", None),
            ("2019-spring-1", None),
            ("spring-19", None),
            ("19", None),
        ] {
            assert_eq!(text.parse::<SeasonArg>().ok(), expected, "{text:?}");
        }
    }
}
