//! MAL's words in an export, and what they are called here.
//!
//! A type that neither side knows goes through as it is: nothing is lost for being new. A priority or a rewatch value that
//! is not on MAL's scale is none.

/// `my_status`: the word, what it is called here, and the number that older programs write.
const STATUS_NAMES: [(&str, &str, &str); 5] = [
    ("Watching", "watching", "1"),
    ("Completed", "completed", "2"),
    ("On-Hold", "on_hold", "3"),
    ("Dropped", "dropped", "4"),
    ("Plan to Watch", "plan_to_watch", "6"),
];

/// `series_type`.
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

/// `my_priority`, from 0 up.
const PRIORITY_NAMES: [&str; 3] = ["LOW", "MEDIUM", "HIGH"];

/// `my_rewatch_value`, from 0 up.
const REWATCH_VALUE_NAMES: [&str; 6] = ["", "Very Low", "Low", "Medium", "High", "Very High"];

/// A status in MAL's word.
pub(super) fn status_to_mal(status: &str) -> &str {
    STATUS_NAMES.iter().find(|(_, ours, _)| *ours == status).map_or(status, |(word, ..)| word)
}

/// A status from MAL's word, our own or the number; none where it is no status.
pub(super) fn status_from_mal(word: &str) -> Option<&'static str> {
    let is = |(theirs, ours, number): &&(&str, &str, &str)| {
        theirs.eq_ignore_ascii_case(word) || ours.eq_ignore_ascii_case(word) || *number == word
    };
    STATUS_NAMES.iter().find(is).map(|(_, ours, _)| *ours)
}

/// A type in MAL's word.
pub(super) fn type_to_mal(media_type: Option<&str>) -> &str {
    let media_type = media_type.unwrap_or("unknown");
    TYPE_NAMES.iter().find(|(_, ours)| *ours == media_type).map_or(media_type, |(word, _)| word)
}

/// A type from MAL's word.
pub(super) fn type_from_mal(word: &str) -> Option<String> {
    let known =
        TYPE_NAMES.iter().find(|(theirs, _)| theirs.eq_ignore_ascii_case(word)).map(|(_, ours)| (*ours).to_owned());
    (!word.is_empty()).then(|| known.unwrap_or_else(|| word.to_owned()))
}

/// A priority in MAL's word.
pub(super) fn priority_to_mal(priority: i32) -> String {
    format_keyword(&PRIORITY_NAMES, priority)
}

/// A priority from MAL's word or its number.
pub(super) fn priority_from_mal(word: &str) -> Option<i32> {
    if word.is_empty() { Some(0) } else { parse_keyword(&PRIORITY_NAMES, word) }
}

/// A rewatch value in MAL's word.
pub(super) fn rewatch_value_to_mal(value: i32) -> String {
    format_keyword(&REWATCH_VALUE_NAMES, value)
}

/// A rewatch value from MAL's word or its number.
pub(super) fn rewatch_value_from_mal(word: &str) -> Option<i32> {
    parse_keyword(&REWATCH_VALUE_NAMES, word)
}

fn format_keyword(words: &[&str], value: i32) -> String {
    let word = usize::try_from(value).ok().and_then(|place| words.get(place));
    word.map_or_else(|| value.to_string(), |word| (*word).to_owned())
}

fn parse_keyword(words: &[&str], word: &str) -> Option<i32> {
    let place = words.iter().position(|known| known.eq_ignore_ascii_case(word)).and_then(|place| place.try_into().ok());
    place.or_else(|| word.parse().ok().filter(|number| usize::try_from(*number).is_ok_and(|place| place < words.len())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::list_status;

    #[test]
    fn to_mal_then_from_mal_returns_same_value() {
        for status in list_status::LIST_STATUSES {
            assert_eq!(status_from_mal(status_to_mal(status)), Some(status));
        }
        for kind in TYPE_NAMES.map(|(_, ours)| ours).into_iter().chain(["something new"]) {
            assert_eq!(type_from_mal(type_to_mal(Some(kind))).as_deref(), Some(kind));
        }
        for number in list_status::PRIORITY_RANGE {
            assert_eq!(priority_from_mal(&priority_to_mal(number)), Some(number));
        }
        for number in list_status::REWATCH_VALUE_RANGE {
            assert_eq!(rewatch_value_from_mal(&rewatch_value_to_mal(number)), Some(number));
        }
    }

    #[test]
    fn from_mal_accepts_any_case_and_numbers() {
        for (word, status) in [
            ("Plan to Watch", Some("plan_to_watch")),
            ("plan_to_watch", Some("plan_to_watch")),
            ("ON-HOLD", Some("on_hold")),
            ("6", Some("plan_to_watch")),
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
