//! Parses the dates that a client sends in a write: a day, a month or a year.

use chrono::NaiveDate;

/// Returns the date in MAL's form, without the parts that are zero; empty if the value clears the date. Returns `None`
/// if there is no such date.
pub(crate) fn parse_date(value: &str) -> Option<String> {
    if matches!(value, "" | "0000-00-00") {
        return Some(String::new());
    }
    let mut parts: Vec<&str> = value.split('-').collect();
    let has_digits = |part: &str, len| part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.len() > 3 || !has_digits(parts[0], 4) || !parts[1..].iter().all(|part| has_digits(part, 2)) {
        return None;
    }
    while parts.len() > 1 && parts.last() == Some(&"00") {
        parts.pop();
    }
    let number = |index: usize| parts.get(index).map_or(Some(1), |part| part.parse().ok());
    let year = parts[0].parse().ok().filter(|year| *year > 0)?;
    NaiveDate::from_ymd_opt(year, number(1)?, number(2)?)?;
    Some(parts.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_date_accepts_partial_dates_and_refuses_impossible_ones() {
        for (text, expected) in [
            ("", Some("")),
            ("0000-00-00", Some("")),
            ("2024", Some("2024")),
            ("2024-05", Some("2024-05")),
            ("2024-02-29", Some("2024-02-29")),
            ("2024-05-00", Some("2024-05")),
            ("2024-00-00", Some("2024")),
            ("2024-00-05", None),
            ("2023-02-29", None),
            ("2024-13", None),
            ("0000", None),
            ("0000-05-01", None),
            ("2024-5-1", None),
            ("2024-05-01-01", None),
            ("+024-05-01", None),
            (" 2024", None),
        ] {
            assert_eq!(parse_date(text).as_deref(), expected, "{text:?}");
        }
    }
}
