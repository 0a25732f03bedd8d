//! Reads dates as list files spell them: one digit or two, parts that are unknown, a time behind the day.

use crate::domain::partial_date::PartialDate;

/// Error for a text that is neither a date nor one of the spellings of "unknown".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UnreadableDate;

/// Returns the date. Returns `None` if no part of it is known.
pub(super) fn parse_lenient_date(text: &str) -> Result<Option<PartialDate>, UnreadableDate> {
    let text = text.trim();
    let day = strip_time(text);
    let mut parts = [None; 3];
    for (index, part) in day.split(['-', '/', '.']).enumerate() {
        *parts.get_mut(index).ok_or(UnreadableDate)? = parse_part(part, if index == 0 { 4 } else { 2 })?;
    }
    let spelled = match parts {
        [None, None, None] => return Ok(None),
        [Some(year), None, None] => format!("{year:04}"),
        [Some(year), Some(month), None] => format!("{year:04}-{month:02}"),
        [Some(year), Some(month), Some(day)] => format!("{year:04}-{month:02}-{day:02}"),
        _ => return Err(UnreadableDate),
    };
    spelled.parse().map(Some).map_err(|_| UnreadableDate)
}

/// Returns the text before `T` or a blank that a time follows.
fn strip_time(text: &str) -> &str {
    let starts_with_digit = |time: &str| time.starts_with(|c: char| c.is_ascii_digit());
    match text.split_once(['T', 't', ' ']) {
        Some((day, time)) if starts_with_digit(time.trim_start()) => day,
        _ => text,
    }
}

/// Returns a part of a date. Returns `None` if it is one of the spellings of an unknown part.
fn parse_part(part: &str, max_digits: usize) -> Result<Option<u16>, UnreadableDate> {
    let part = part.trim();
    let unknown_words = ["", "none", "null", "nil", "nan", "undefined"];
    if unknown_words.iter().any(|word| part.eq_ignore_ascii_case(word)) || part.bytes().all(|byte| byte == b'?') {
        return Ok(None);
    }
    let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
    let number = part.parse::<u16>().ok().filter(|_| is_number).ok_or(UnreadableDate)?;
    // A year has four digits, because the first part of 21-04-05 can be a day.
    let has_valid_length = if max_digits == 4 { part.len() == 4 } else { part.len() <= max_digits };
    match number {
        0 => Ok(None),
        number if has_valid_length => Ok(Some(number)),
        _ => Err(UnreadableDate),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_real_files_are_read() {
        for (text, date) in [
            ("2022-4-14", Ok(Some("2022-04-14"))),
            ("2021-0-0", Ok(Some("2021"))),
            ("2021-04-0", Ok(Some("2021-04"))),
            ("2021-4-None", Ok(Some("2021-04"))),
            ("2021-None-None", Ok(Some("2021"))),
            ("2021-04-", Ok(Some("2021-04"))),
            ("null-null-null", Ok(None)),
            ("None", Ok(None)),
            ("0", Ok(None)),
            ("0000-00-00", Ok(None)),
            ("0000-00-00T00:00:00", Ok(None)),
            ("2021-04-05T00:00:00Z", Ok(Some("2021-04-05"))),
            ("2021-04-05 10:00:00", Ok(Some("2021-04-05"))),
            ("2021/04/05", Ok(Some("2021-04-05"))),
            ("2021", Ok(Some("2021"))),
            ("", Ok(None)),
            ("2023-02-30", Err(UnreadableDate)),
            ("2019-00-05", Err(UnreadableDate)),
            ("0000-04-05", Err(UnreadableDate)),
            ("21-04-05", Err(UnreadableDate)),
            ("2021-004-05", Err(UnreadableDate)),
            ("2021-04-05-06", Err(UnreadableDate)),
            ("+2021-04-05", Err(UnreadableDate)),
            ("Today", Err(UnreadableDate)),
            ("tomorrow", Err(UnreadableDate)),
        ] {
            let read = parse_lenient_date(text).map(|date| date.map(|date| date.to_string()));
            assert_eq!(read, date.map(|date| date.map(str::to_owned)), "{text:?}");
        }
    }

    fn any_unknown_part() -> impl Strategy<Value = String> {
        prop::sample::select(&["0", "00", "", "None", "null", "NULL", "undefined", "??"]).prop_map(str::to_owned)
    }

    proptest! {
        #[test]
        fn every_spelling_of_a_date_is_read(
            year in 1000..=9999_u32, month in 1..=12_u32, day in 1..=28_u32, known_parts in 0..=3_usize,
            unknown in prop::collection::vec(any_unknown_part(), 3), is_short in any::<bool>(),
            separator in prop::sample::select(&["-", "/", "."]),
            time in prop::sample::select(&["", "T00:00:00Z", "T23:59:59+09:00", " 12:00:00"]),
        ) {
            let known = if is_short {
                [year.to_string(), month.to_string(), day.to_string()]
            } else {
                [year.to_string(), format!("{month:02}"), format!("{day:02}")]
            };
            let parts: Vec<String> = known[..known_parts].iter().chain(&unknown[known_parts..]).cloned().collect();
            let expected = match known_parts {
                0 => None,
                1 => Some(format!("{year}")),
                2 => Some(format!("{year}-{month:02}")),
                _ => Some(format!("{year}-{month:02}-{day:02}")),
            };
            let text = format!(" {}{time}\n", parts.join(separator));
            prop_assert_eq!(parse_lenient_date(&text).unwrap().map(|date| date.to_string()), expected);
        }

        #[test]
        fn any_text_is_read_without_panic(text in "[\\PC0-9TN\\-]{0,16}") {
            let _ = parse_lenient_date(&text);
        }
    }
}
