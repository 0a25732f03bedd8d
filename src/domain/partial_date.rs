//! Dates of which only the year or the month may be known.
//!
//! MAL sends `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, for anime and for entries. The database stores the first day of the
//! period in one column and the precision in a second one. Users see the form that MAL sent.

use std::{fmt, str::FromStr};

use chrono::{Datelike, NaiveDate};

/// The known part of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DatePrecision {
    /// Only the year.
    Year,
    /// Year and month.
    Month,
    /// Year, month and day.
    Day,
}

impl DatePrecision {
    /// Returns the value of the precision column.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
        }
    }
}

/// A date of which at least the year (1 to 9999) is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    first_day: NaiveDate,
    precision: DatePrecision,
}

impl PartialDate {
    /// Returns a full date. Returns `None` if the year is not within 1 to 9999.
    #[must_use]
    pub fn from_date(date: NaiveDate) -> Option<Self> {
        (1..=9999).contains(&date.year()).then_some(Self { first_day: date, precision: DatePrecision::Day })
    }

    /// Returns the date stored in the two columns.
    ///
    /// A date that is not the first day of its period was written by a program that ignores the precision column; it is
    /// a full date. So is a date without a known precision.
    #[must_use]
    pub fn from_columns(date: NaiveDate, precision: Option<&str>) -> Self {
        let precision = match precision {
            Some("year") if date.ordinal() == 1 => DatePrecision::Year,
            Some("month") if date.day() == 1 => DatePrecision::Month,
            _ => DatePrecision::Day,
        };
        Self { first_day: date, precision }
    }

    /// Returns the first day of the period.
    #[must_use]
    pub const fn first_day(self) -> NaiveDate {
        self.first_day
    }

    /// Returns the known part of the date.
    #[must_use]
    pub const fn precision(self) -> DatePrecision {
        self.precision
    }
}

/// Error for a text that is not `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, or is not a calendar date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a date of the form YYYY, YYYY-MM or YYYY-MM-DD")]
pub struct ParseDateError;

impl FromStr for PartialDate {
    type Err = ParseDateError;

    fn from_str(text: &str) -> Result<Self, ParseDateError> {
        let number = |part: &str, digits: usize| {
            (part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| part.parse::<u16>().ok())
                .flatten()
                .ok_or(ParseDateError)
        };
        let mut parts = text.split('-');
        let year = number(parts.next().unwrap_or_default(), 4)?;
        let month = parts.next().map(|part| number(part, 2)).transpose()?;
        let day = parts.next().map(|part| number(part, 2)).transpose()?;
        if year == 0 || parts.next().is_some() {
            return Err(ParseDateError);
        }
        let precision = match (month, day) {
            (None, _) => DatePrecision::Year,
            (Some(_), None) => DatePrecision::Month,
            (Some(_), Some(_)) => DatePrecision::Day,
        };
        let first = NaiveDate::from_ymd_opt(year.into(), month.unwrap_or(1).into(), day.unwrap_or(1).into());
        Ok(Self { first_day: first.ok_or(ParseDateError)?, precision })
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = (self.first_day.year(), self.first_day.month(), self.first_day.day());
        match self.precision {
            DatePrecision::Year => write!(f, "{year:04}"),
            DatePrecision::Month => write!(f, "{year:04}-{month:02}"),
            DatePrecision::Day => write!(f, "{year:04}-{month:02}-{day:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_then_display_returns_same_text() {
        for text in ["2019", "2019-04", "2019-04-05", "0001", "9999-12-31", "2024-02-29"] {
            assert_eq!(text.parse::<PartialDate>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn parse_rejects_impossible_dates() {
        for text in [
            "",
            "0000-00-00",
            "0000",
            "2017-00",
            "2017-10-00",
            "2023-02-30",
            "2023-02-29",
            "2024-1-5",
            "10000",
            "-2017",
            "2017-",
            "2017-10-",
            "2017-10-03T00:00:00+09:00",
            "2017-10-03-01",
            "２０１７",
            "+201",
            " 2017",
        ] {
            assert_eq!(text.parse::<PartialDate>(), Err(ParseDateError), "{text:?}");
        }
    }

    #[test]
    fn partial_date_is_stored_as_first_day_of_period() {
        let month: PartialDate = "2019-04".parse().unwrap();
        assert_eq!(month.first_day().to_string(), "2019-04-01");
        assert_eq!(PartialDate::from_columns(month.first_day(), Some("month")), month);
    }

    #[test]
    fn from_columns_ignores_precision_unless_date_is_first_day_of_period() {
        let tenth = NaiveDate::from_ymd_opt(2019, 4, 10).unwrap();
        assert_eq!(PartialDate::from_columns(tenth, Some("month")).to_string(), "2019-04-10");
        assert_eq!(PartialDate::from_columns(tenth, None).to_string(), "2019-04-10");
    }
}
