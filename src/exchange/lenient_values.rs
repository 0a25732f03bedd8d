//! Reads the values that an entry of a list file may have. A value that cannot be read is left out and counted.
//!
//! All formats use these rules. A value of JSON that is no text is read by its JSON: the number 7 like the text `7`.

use std::ops::RangeInclusive;

use super::{
    lenient_date::{UnreadableDate, parse_lenient_date},
    xml::vocabulary,
};
use crate::domain::{
    left_out::LeftOut,
    limits::{self, PRIORITY_RANGE, REWATCH_VALUE_RANGE, SCORE_RANGE},
    partial_date::PartialDate,
    text,
};

/// Reader of the values of one entry. Each text is trimmed and not empty.
pub(super) struct LenientValueReader<'a> {
    pub(super) mal_id: i32,
    pub(super) left_out: &'a mut LeftOut,
}

impl LenientValueReader<'_> {
    /// Returns what the function parses. Counts the value if that is `None`.
    pub(super) fn parse<T>(&mut self, name: &str, word: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = parse(word);
        if value.is_none() {
            self.left_out.add_value(self.mal_id, name, word);
        }
        value
    }

    /// Returns a whole number in the range.
    pub(super) fn parse_number(&mut self, name: &str, word: &str, range: &RangeInclusive<i32>) -> Option<i32> {
        self.parse(name, word, |word| limits::check_range(whole_number(word), range, name, || word).ok())
    }

    /// Returns the score in whole points: MAL has no half points.
    pub(super) fn parse_score(&mut self, name: &str, word: &str) -> Option<i32> {
        let (points, is_cut) = self.parse(name, word, |word| {
            let (points, is_cut) = parse_whole_part(word)?;
            Some((limits::check_range(Some(points), &SCORE_RANGE, name, || word).ok()?, is_cut))
        })?;
        if is_cut {
            self.left_out.add_cut_score(self.mal_id, word, points);
        }
        Some(points)
    }

    /// Returns the date. Returns `None` if no part of it is known.
    pub(super) fn parse_date(&mut self, name: &str, word: &str) -> Option<PartialDate> {
        parse_lenient_date(word).unwrap_or_else(|UnreadableDate| {
            self.left_out.add_date(self.mal_id, name, word);
            None
        })
    }

    /// Returns a boolean: a word, or a number of times.
    pub(super) fn parse_flag(&mut self, name: &str, word: &str) -> Option<bool> {
        self.parse(name, word, parse_flag_word)
    }

    /// Returns a priority: MAL's name or the number.
    pub(super) fn parse_priority(&mut self, name: &str, word: &str) -> Option<i32> {
        let number = |word: &str| limits::check_range(whole_number(word), &PRIORITY_RANGE, name, || word).ok();
        self.parse(name, word, |word| vocabulary::priority_from_mal(word).or_else(|| number(word)))
    }

    /// Returns a rewatch value: MAL's name or the number.
    pub(super) fn parse_rewatch_value(&mut self, name: &str, word: &str) -> Option<i32> {
        let number = |word: &str| limits::check_range(whole_number(word), &REWATCH_VALUE_RANGE, name, || word).ok();
        self.parse(name, word, |word| vocabulary::rewatch_value_from_mal(word).or_else(|| number(word)))
    }

    /// Returns the tags that stand between the commas.
    pub(super) fn split_tags(&mut self, name: &str, text: &str) -> Vec<String> {
        let names = text.split(',').map(str::trim).filter(|tag| !tag.is_empty());
        self.limit_tags(name, names.map(str::to_owned).collect())
    }

    /// Returns as many of the tags as an entry may have, with texts that a database can hold.
    pub(super) fn limit_tags(&mut self, name: &str, mut tags: Vec<String>) -> Vec<String> {
        limits::truncate_tags(&mut tags, &mut |message| self.warn(message));
        tags.iter_mut().for_each(|tag| text::sanitize(tag).report(name, &mut |message| self.warn(message)));
        tags
    }

    /// Adds a message about a value that is changed, but not left out, to the details of [`LeftOut`].
    pub(super) fn warn(&mut self, message: &str) {
        self.left_out.add_detail(self.mal_id, message);
    }
}

/// Parses a status. MAL's name, malsync's name and the number are known, in any spelling.
pub(super) fn parse_status(word: &str) -> Result<String, String> {
    let status = vocabulary::status_from_mal(word).map(str::to_owned);
    status.ok_or_else(|| format!("unknown list status {:?}", text::excerpt(word)))
}

/// Parses a whole number, also one written with a fraction of zeros.
pub(super) fn whole_number(word: &str) -> Option<i64> {
    parse_whole_part(word).filter(|(_, is_cut)| !is_cut).map(|(number, _)| number)
}

/// Returns the whole part of a number, and true if a fraction other than zero is cut off.
fn parse_whole_part(word: &str) -> Option<(i64, bool)> {
    let (whole, fraction) = word.split_once('.').unwrap_or((word, ""));
    let is_fraction = fraction.bytes().all(|byte| byte.is_ascii_digit());
    let number = whole.parse().ok().filter(|_| is_fraction)?;
    Some((number, fraction.bytes().any(|byte| byte != b'0')))
}

fn parse_flag_word(word: &str) -> Option<bool> {
    match word {
        word if word.eq_ignore_ascii_case("yes") || word.eq_ignore_ascii_case("true") => Some(true),
        word if word.eq_ignore_ascii_case("no") || word.eq_ignore_ascii_case("false") => Some(false),
        // Some programs write the number of times here.
        word => whole_number(word).filter(|number| *number >= 0).map(|number| number > 0),
    }
}
