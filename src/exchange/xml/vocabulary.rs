//! Maps MAL's names in an XML export to malsync's names and back.
//!
//! An unknown type is passed through unchanged, so nothing is lost. A priority or rewatch value outside MAL's range is
//! rejected.

/// `my_status`: MAL's name, malsync's name, and the number that older programs write.
const STATUS_NAMES: [(&str, &str, &str); 5] = [
    ("Watching", "watching", "1"),
    ("Completed", "completed", "2"),
    ("On-Hold", "on_hold", "3"),
    ("Dropped", "dropped", "4"),
    ("Plan to Watch", "plan_to_watch", "6"),
];

/// `series_type`: MAL's name and malsync's name.
const TYPE_NAMES: [(&str, &str); 10] = [
    ("TV", "tv"),
    ("Movie", "movie"),
    ("OVA", "ova"),
    ("ONA", "ona"),
    ("Special", "special"),
    ("TV Special", "tv_special"),
    ("Music", "music"),
    ("CM", "cm"),
    ("PV", "pv"),
    ("Unknown", "unknown"),
];

/// `series_type` as a number, as malappinfo wrote it: malsync's names for 0 to 6.
const NUMBERED_TYPES: [&str; 7] = ["unknown", "tv", "ova", "movie", "special", "ona", "music"];

/// `my_priority` for the values 0 to 2.
const PRIORITY_NAMES: [&str; 3] = ["LOW", "MEDIUM", "HIGH"];

/// `my_rewatch_value` for the values 0 to 5.
const REWATCH_VALUE_NAMES: [&str; 6] = ["", "Very Low", "Low", "Medium", "High", "Very High"];

/// Returns MAL's name of a status.
pub(super) fn status_to_mal(status: &str) -> &str {
    STATUS_NAMES.iter().find(|(_, name, _)| *name == status).map_or(status, |(mal_name, ..)| mal_name)
}

/// Parses a status: its name or the number. Case, blanks, `-` and `_` do not count. Returns `None` if it is unknown.
pub(in crate::exchange) fn status_from_mal(word: &str) -> Option<&'static str> {
    let letters = |word: &str| {
        let letters = word.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_'));
        letters.map(|c| c.to_ascii_lowercase()).collect::<String>()
    };
    let spelled = letters(word);
    let matches_word = |(_, name, number): &&(&str, &str, &str)| letters(name) == spelled || *number == spelled;
    STATUS_NAMES.iter().find(matches_word).map(|(_, name, _)| *name)
}

/// Returns MAL's name of a media type. Returns an empty text if there is none.
pub(super) fn type_to_mal(media_type: Option<&str>) -> &str {
    let media_type = media_type.unwrap_or_default();
    TYPE_NAMES.iter().find(|(_, name)| *name == media_type).map_or(media_type, |(mal_name, _)| mal_name)
}

/// Parses MAL's name or number of a media type. An unknown name is returned unchanged. Returns `None` if it is empty.
pub(super) fn type_from_mal(word: &str) -> Option<String> {
    let numbered = word.parse::<usize>().ok().and_then(|number| NUMBERED_TYPES.get(number)).copied();
    let known_name =
        || TYPE_NAMES.iter().find(|(mal_name, _)| mal_name.eq_ignore_ascii_case(word)).map(|(_, name)| *name);
    let known_name = numbered.or_else(known_name).map(str::to_owned);
    (!word.is_empty()).then(|| known_name.unwrap_or_else(|| word.to_owned()))
}

/// Returns MAL's name of a priority.
pub(super) fn priority_to_mal(priority: i32) -> String {
    format_keyword(&PRIORITY_NAMES, priority)
}

/// Parses a priority: MAL's name or the number. An empty text is 0. Returns `None` if it is unknown.
pub(in crate::exchange) fn priority_from_mal(word: &str) -> Option<i32> {
    if word.is_empty() { Some(0) } else { parse_keyword(&PRIORITY_NAMES, word) }
}

/// Returns MAL's name of a rewatch value.
pub(super) fn rewatch_value_to_mal(value: i32) -> String {
    format_keyword(&REWATCH_VALUE_NAMES, value)
}

/// Parses a rewatch value: MAL's name or the number. Returns `None` if it is unknown.
pub(in crate::exchange) fn rewatch_value_from_mal(word: &str) -> Option<i32> {
    parse_keyword(&REWATCH_VALUE_NAMES, word)
}

fn format_keyword(keywords: &[&str], value: i32) -> String {
    let word = usize::try_from(value).ok().and_then(|index| keywords.get(index));
    word.map_or_else(|| value.to_string(), |word| (*word).to_owned())
}

fn parse_keyword(keywords: &[&str], word: &str) -> Option<i32> {
    let index =
        keywords.iter().position(|known| known.eq_ignore_ascii_case(word)).and_then(|index| index.try_into().ok());
    index.or_else(|| {
        word.parse().ok().filter(|number| usize::try_from(*number).is_ok_and(|index| index < keywords.len()))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::{limits, vocabulary};

    #[test]
    fn to_mal_then_from_mal_returns_same_value() {
        for status in vocabulary::LIST_STATUSES {
            assert_eq!(status_from_mal(status_to_mal(status)), Some(status));
        }
        for media_type in vocabulary::MEDIA_TYPES.into_iter().chain(["something new"]) {
            assert_eq!(type_from_mal(type_to_mal(Some(media_type))).as_deref(), Some(media_type));
        }
        for number in limits::PRIORITY_RANGE {
            assert_eq!(priority_from_mal(&priority_to_mal(number)), Some(number));
        }
        for number in limits::REWATCH_VALUE_RANGE {
            assert_eq!(rewatch_value_from_mal(&rewatch_value_to_mal(number)), Some(number));
        }
    }

    #[test]
    fn every_media_type_and_no_other_has_a_name_in_the_export() {
        let named: BTreeSet<_> = TYPE_NAMES.into_iter().map(|(_, media_type)| media_type).collect();
        assert_eq!(named, BTreeSet::from(vocabulary::MEDIA_TYPES));
        assert!(NUMBERED_TYPES.iter().all(|media_type| named.contains(media_type)));
    }

    #[test]
    fn from_mal_accepts_any_case_and_numbers() {
        for (word, status) in [
            ("Plan to Watch", Some("plan_to_watch")),
            ("plan_to_watch", Some("plan_to_watch")),
            ("ON-HOLD", Some("on_hold")),
            ("6", Some("plan_to_watch")),
            ("plantowatch", Some("plan_to_watch")),
            ("Plan-To  Watch", Some("plan_to_watch")),
            ("On Hold", Some("on_hold")),
            ("onhold", Some("on_hold")),
            (" Watching", Some("watching")),
            ("5", None),
            ("", None),
            ("Reading", None),
        ] {
            assert_eq!(status_from_mal(word), status, "{word:?}");
        }
        assert_eq!(
            (priority_from_mal("High"), priority_from_mal(""), priority_from_mal("urgent")),
            (Some(2), Some(0), None)
        );
        assert_eq!(
            (
                rewatch_value_from_mal("very high"),
                rewatch_value_from_mal(""),
                rewatch_value_from_mal("-1"),
                rewatch_value_from_mal("6")
            ),
            (Some(5), Some(0), None, None)
        );
        assert_eq!(
            (priority_from_mal("2"), priority_from_mal("3"), priority_from_mal("2147483647")),
            (Some(2), None, None)
        );
    }
}
