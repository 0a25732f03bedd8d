//! Values as the form of MAL's write request wants them. Pure.
//!
//! Invariants:
//! 1. Nothing is guessed: a value without a form is an error, never another value.
//! 2. Two values that have the same form are the same for a push.

use crate::domain::{
    comment_text,
    entry_fields::Field,
    field_value::FieldValue,
    limits::{NON_NEGATIVE, PRIORITY_RANGE, REWATCH_VALUE_RANGE, SCORE_RANGE},
    partial_date::{DatePrecision, PartialDate},
    text::{MAX_TEXT_BYTES, excerpt},
    vocabulary::LIST_STATUSES,
};

/// Returns the name of the form field. Returns `None` if the field is not synced.
#[must_use]
pub fn form_name(field: Field) -> Option<&'static str> {
    match field {
        // MAL's responses say `num_episodes_watched`. While the entry is being rewatched, it is the count of the rewatch.
        Field::EpisodesWatched | Field::RewatchEpisodes => Some("num_watched_episodes"),
        field => field.mal_name(),
    }
}

/// Returns a value as MAL's form wants it.
///
/// # Errors
/// Fails if MAL has no form for the value, or if it has more than 64 KiB: MAL's response is read up to that size, so that a
/// longer value could not be compared with it. The reason is a fragment that names the value.
pub fn form_value(field: Field, value: FieldValue<'_>) -> Result<String, String> {
    let form = form_of_any_size(field, value)?;
    if form.len() > MAX_TEXT_BYTES {
        let kibibytes = form.len().div_ceil(1024);
        return Err(format!("a push sends at most {} KiB, not {kibibytes}", MAX_TEXT_BYTES / 1024));
    }
    Ok(form)
}

fn form_of_any_size(field: Field, value: FieldValue<'_>) -> Result<String, String> {
    match field {
        Field::Status => status_form(value),
        Field::Score => number_form(value, SCORE_RANGE.into_inner()),
        Field::EpisodesWatched | Field::RewatchEpisodes | Field::TimesRewatched => {
            number_form(value, NON_NEGATIVE.into_inner())
        }
        Field::Priority => number_form(value, PRIORITY_RANGE.into_inner()),
        Field::RewatchValue => number_form(value, REWATCH_VALUE_RANGE.into_inner()),
        Field::StartDate | Field::FinishDate => date_form(value),
        Field::Notes => Ok(notes_form(value)),
        Field::IsRewatching => Ok((value == FieldValue::Bool(true)).to_string()),
        Field::Tags => tags_form(value),
        Field::Entry | Field::RemovedAt => Err("not a value that MAL accepts".to_owned()),
    }
}

/// Returns true if two values are the same on MAL: tags without regard to blanks around them and empty ones, an absent
/// number as 0.
#[must_use]
pub fn is_same_on_mal(field: Field, a: FieldValue<'_>, b: FieldValue<'_>) -> bool {
    if field.is_same(a, b) {
        return true;
    }
    match (a, b) {
        (FieldValue::Tags(a), FieldValue::Tags(b)) => trimmed_tags(a).eq(trimmed_tags(b)),
        (FieldValue::Null, FieldValue::Number(0)) | (FieldValue::Number(0), FieldValue::Null) => true,
        _ => false,
    }
}

fn status_form(value: FieldValue<'_>) -> Result<String, String> {
    match value {
        FieldValue::Text(status) if LIST_STATUSES.contains(&status) => Ok(status.to_owned()),
        FieldValue::Text(status) => Err(format!("{:?} is not a MAL status", excerpt(status))),
        _ => Err("an entry on MAL must have a status".to_owned()),
    }
}

fn number_form(value: FieldValue<'_>, (min, max): (i32, i32)) -> Result<String, String> {
    let number = value.as_number();
    if (min..=max).contains(&number) {
        return Ok(number.to_string());
    }
    let max = if max == i32::MAX { "more".to_owned() } else { max.to_string() };
    Err(format!("MAL accepts {min} to {max}, not {number}"))
}

/// A partial date has no form: what MAL makes of one is unknown, and an empty text would take MAL's date out.
fn date_form(value: FieldValue<'_>) -> Result<String, String> {
    let is_full = |date: PartialDate| date.precision() == DatePrecision::Day;
    match value {
        FieldValue::Date(date) if is_full(date) => Ok(date.to_string()),
        FieldValue::Date(date) => Err(format!("MAL accepts only a full date, not {date}")),
        _ => Ok(String::new()),
    }
}

fn notes_form(value: FieldValue<'_>) -> String {
    match value {
        FieldValue::Text(notes) => comment_text::with_unix_line_ends(notes).into_owned(),
        _ => String::new(),
    }
}

fn tags_form(value: FieldValue<'_>) -> Result<String, String> {
    let FieldValue::Tags(tags) = value else { return Ok(String::new()) };
    match tags.iter().find(|tag| tag.contains(',')) {
        Some(tag) => Err(format!("MAL accepts no comma in a tag: {:?}", excerpt(tag))),
        None => Ok(trimmed_tags(tags).collect::<Vec<_>>().join(",")),
    }
}

fn trimmed_tags(tags: &[String]) -> impl Iterator<Item = &str> {
    tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(tags: &[&str]) -> Vec<String> {
        tags.iter().map(|tag| (*tag).to_owned()).collect()
    }

    fn date(text: &str) -> FieldValue<'static> {
        FieldValue::Date(text.parse().unwrap())
    }

    #[test]
    fn each_value_has_mals_form() {
        let (two, blanks, none) = (tags(&["a b", "c"]), tags(&[" a ", "", "b"]), Vec::new());
        for (field, value, expected) in [
            (Field::Status, FieldValue::Text("plan_to_watch"), "plan_to_watch"),
            (Field::Score, FieldValue::Null, "0"),
            (Field::Score, FieldValue::Number(10), "10"),
            (Field::EpisodesWatched, FieldValue::Number(12), "12"),
            (Field::EpisodesWatched, FieldValue::Null, "0"),
            (Field::StartDate, date("2024-05-06"), "2024-05-06"),
            (Field::FinishDate, FieldValue::Null, ""),
            (Field::Notes, FieldValue::Text("a\r\nb<br />c & d"), "a\nb<br />c & d"),
            (Field::Notes, FieldValue::Null, ""),
            (Field::IsRewatching, FieldValue::Bool(true), "true"),
            (Field::IsRewatching, FieldValue::Bool(false), "false"),
            (Field::TimesRewatched, FieldValue::Number(3), "3"),
            (Field::RewatchValue, FieldValue::Number(5), "5"),
            (Field::Priority, FieldValue::Number(0), "0"),
            (Field::Tags, FieldValue::Tags(&two), "a b,c"),
            (Field::Tags, FieldValue::Tags(&blanks), "a,b"),
            (Field::Tags, FieldValue::Tags(&none), ""),
        ] {
            assert_eq!(form_value(field, value).as_deref(), Ok(expected), "{field:?} {value:?}");
        }
    }

    #[test]
    fn value_without_form_is_refused_with_the_reason() {
        let comma = tags(&["a", "b, c"]);
        let (longest, too_long) = ("x".repeat(64 * 1024), "x".repeat(64 * 1024 + 1));
        assert_eq!(form_value(Field::Notes, FieldValue::Text(&longest)), Ok(longest.clone()));
        for (field, value, reason) in [
            (Field::Status, FieldValue::Text("rewatching"), "not a MAL status"),
            (Field::Score, FieldValue::Number(11), "0 to 10, not 11"),
            (Field::EpisodesWatched, FieldValue::Number(-1), "0 to more, not -1"),
            (Field::StartDate, date("2024"), "full date"),
            (Field::FinishDate, date("2024-05"), "not 2024-05"),
            (Field::Priority, FieldValue::Number(3), "0 to 2"),
            (Field::RewatchValue, FieldValue::Number(6), "0 to 5"),
            (Field::Tags, FieldValue::Tags(&comma), "no comma"),
            (Field::Notes, FieldValue::Text(&too_long), "at most 64 KiB, not 65"),
        ] {
            let refused = form_value(field, value).unwrap_err();
            assert!(refused.contains(reason), "{field:?} {value:?}: {refused}");
        }
    }

    #[test]
    fn reason_of_a_huge_value_is_short() {
        let huge = tags(&[&"a,".repeat(500_000)]);
        let text = "x".repeat(1_000_000);
        for (field, value) in [(Field::Tags, FieldValue::Tags(&huge)), (Field::Status, FieldValue::Text(&text))] {
            assert!(form_value(field, value).unwrap_err().len() < 1_000, "{field:?}");
        }
    }

    #[test]
    fn form_names_are_those_of_mals_form() {
        assert_eq!(form_name(Field::EpisodesWatched), Some("num_watched_episodes"));
        assert_eq!((form_name(Field::Notes), form_name(Field::FinishDate)), (Some("comments"), Some("finish_date")));
        assert_eq!(form_name(Field::Entry), None);
    }

    #[test]
    fn tags_and_absent_numbers_are_compared_as_mal_stores_them() {
        let (a, b, c) = (tags(&[" a", ""]), tags(&["a"]), tags(&["a", "b"]));
        assert!(is_same_on_mal(Field::Tags, FieldValue::Tags(&a), FieldValue::Tags(&b)));
        assert!(!is_same_on_mal(Field::Tags, FieldValue::Tags(&a), FieldValue::Tags(&c)));
        assert!(is_same_on_mal(Field::EpisodesWatched, FieldValue::Null, FieldValue::Number(0)));
        assert!(!is_same_on_mal(Field::Score, FieldValue::Null, FieldValue::Number(1)));
    }
}
