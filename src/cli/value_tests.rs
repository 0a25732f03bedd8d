//! Tests of the value parsers and their error messages.

use super::*;

#[test]
fn date_edit_sets_or_clears() {
    assert_eq!("".parse(), Ok(DateEdit::Clear));
    assert_eq!("2019-04".parse(), Ok(DateEdit::Set("2019-04".parse().unwrap())));
    assert!("2019-13".parse::<DateEdit>().is_err());
}

#[test]
fn run_is_named_by_number_or_as_the_last() {
    assert_eq!(
        ["7", "last", "LAST"].map(|text| text.parse::<RunArg>().unwrap()),
        [RunArg::Id(7), RunArg::Last, RunArg::Last]
    );
    assert!("first".parse::<RunArg>().unwrap_err().ends_with(", like 7, or last"));
}

#[test]
fn number_out_of_range_error_names_the_range() {
    let parse_score = integer_parser(&(0..=10), 8);
    assert_eq!((parse_score("0"), parse_score("10")), (Ok(0), Ok(10)));
    for invalid in ["11", "-1", "+1", "7.5", "", "x", "99999999999999999999"] {
        assert_eq!(parse_score(invalid).unwrap_err(), "use a whole number from 0 to 10, like 8", "{invalid:?}");
    }
}

#[test]
fn duplicate_tags_are_dropped() {
    assert_eq!(parse_tags("a, b,a,, A").unwrap().0, ["a", "b", "A"]);
}

#[test]
fn misspelled_name_gets_a_suggestion() {
    let parse_error = |text: &str| text.parse::<ListSort>().unwrap_err();
    assert!(
        parse_error("-scroe").starts_with("did you mean score? sort by one of title, "),
        "{}",
        parse_error("scroe")
    );
    assert!(parse_error("xyz").starts_with("sort by one of title, "));
    assert!(parse_any_field("statsu").unwrap_err().starts_with("did you mean status? use one of status, "));
}

#[test]
fn sort_key_accepts_name_or_json_name_and_dash_for_descending() {
    let sort = |key, descending| Some(ListSort { key, descending });
    for (text, expected) in [
        ("title", sort(SortKey::Title, false)),
        ("-score", sort(SortKey::Score, true)),
        ("start-date", sort(SortKey::StartDate, false)),
        ("-start_date", sort(SortKey::StartDate, true)),
        ("mal_id", sort(SortKey::Id, false)),
        ("--json", None),
        ("Title", sort(SortKey::Title, false)),
        ("-Finish Date", sort(SortKey::FinishDate, true)),
        ("finished", sort(SortKey::FinishDate, false)),
        ("episodes_watched", sort(SortKey::Watched, false)),
        ("episodes", sort(SortKey::Episodes, false)),
        ("type", sort(SortKey::Type, false)),
        ("", None),
    ] {
        assert_eq!(text.parse::<ListSort>().ok(), expected, "{text:?}");
    }
}
