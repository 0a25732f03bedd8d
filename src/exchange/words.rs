//! MAL's words in an export, and what they are called here.
//!
//! A type that neither side knows goes through as it is: nothing is lost for being new. A priority or a rewatch value that
//! is not on MAL's scale is none.

/// `my_status`: the word, what it is called here, and the number that older programs write.
const STATUSES: [(&str, &str, &str); 5] = [
    ("Watching", "watching", "1"),
    ("Completed", "completed", "2"),
    ("On-Hold", "on_hold", "3"),
    ("Dropped", "dropped", "4"),
    ("Plan to Watch", "plan_to_watch", "6"),
];

/// `series_type`.
const TYPES: [(&str, &str); 10] = [
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
const PRIORITIES: [&str; 3] = ["LOW", "MEDIUM", "HIGH"];

/// `my_rewatch_value`, from 0 up.
const REWATCH_VALUES: [&str; 6] = ["", "Very Low", "Low", "Medium", "High", "Very High"];

/// A status in MAL's word.
pub(super) fn status_out(status: &str) -> &str {
    STATUSES.iter().find(|(_, ours, _)| *ours == status).map_or(status, |(word, ..)| word)
}

/// A status from MAL's word, our own or the number; none where it is no status.
pub(super) fn status_in(word: &str) -> Option<&'static str> {
    let is = |(theirs, ours, number): &&(&str, &str, &str)| {
        theirs.eq_ignore_ascii_case(word) || ours.eq_ignore_ascii_case(word) || *number == word
    };
    STATUSES.iter().find(is).map(|(_, ours, _)| *ours)
}

/// A type in MAL's word.
pub(super) fn type_out(media_type: Option<&str>) -> &str {
    let media_type = media_type.unwrap_or("unknown");
    TYPES.iter().find(|(_, ours)| *ours == media_type).map_or(media_type, |(word, _)| word)
}

/// A type from MAL's word.
pub(super) fn type_in(word: &str) -> Option<String> {
    let known = TYPES.iter().find(|(theirs, _)| theirs.eq_ignore_ascii_case(word)).map(|(_, ours)| (*ours).to_owned());
    (!word.is_empty()).then(|| known.unwrap_or_else(|| word.to_owned()))
}

/// A priority in MAL's word.
pub(super) fn priority_out(priority: i32) -> String {
    out(&PRIORITIES, priority)
}

/// A priority from MAL's word or its number.
pub(super) fn priority_in(word: &str) -> Option<i32> {
    if word.is_empty() { Some(0) } else { within(&PRIORITIES, word) }
}

/// A rewatch value in MAL's word.
pub(super) fn rewatch_value_out(value: i32) -> String {
    out(&REWATCH_VALUES, value)
}

/// A rewatch value from MAL's word or its number.
pub(super) fn rewatch_value_in(word: &str) -> Option<i32> {
    within(&REWATCH_VALUES, word)
}

fn out(words: &[&str], value: i32) -> String {
    let word = usize::try_from(value).ok().and_then(|place| words.get(place));
    word.map_or_else(|| value.to_string(), |word| (*word).to_owned())
}

fn within(words: &[&str], word: &str) -> Option<i32> {
    let place = words.iter().position(|known| known.eq_ignore_ascii_case(word)).and_then(|place| place.try_into().ok());
    place.or_else(|| word.parse().ok().filter(|number| usize::try_from(*number).is_ok_and(|place| place < words.len())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::list_status;

    #[test]
    fn every_word_comes_back() {
        for status in list_status::STATUSES {
            assert_eq!(status_in(status_out(status)), Some(status));
        }
        for kind in TYPES.map(|(_, ours)| ours).into_iter().chain(["something new"]) {
            assert_eq!(type_in(type_out(Some(kind))).as_deref(), Some(kind));
        }
        for number in list_status::PRIORITIES {
            assert_eq!(priority_in(&priority_out(number)), Some(number));
        }
        for number in list_status::REWATCH_VALUES {
            assert_eq!(rewatch_value_in(&rewatch_value_out(number)), Some(number));
        }
    }

    #[test]
    fn words_are_known_however_they_are_written() {
        for (word, status) in [
            ("Plan to Watch", Some("plan_to_watch")),
            ("plan_to_watch", Some("plan_to_watch")),
            ("ON-HOLD", Some("on_hold")),
            ("6", Some("plan_to_watch")),
            ("5", None),
            ("", None),
            ("Reading", None),
        ] {
            assert_eq!(status_in(word), status, "{word:?}");
        }
        assert_eq!((priority_in("High"), priority_in(""), priority_in("urgent")), (Some(2), Some(0), None));
        assert_eq!(
            (rewatch_value_in("very high"), rewatch_value_in(""), rewatch_value_in("-1"), rewatch_value_in("6")),
            (Some(5), Some(0), None, None)
        );
        assert_eq!((priority_in("2"), priority_in("3"), priority_in("2147483647")), (Some(2), None, None));
    }
}
