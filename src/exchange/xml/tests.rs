//! Reading of MAL's XML export: valid, broken and unusual entries.

use crate::{
    domain::entry_fields::Field,
    exchange::{
        read_list,
        tests::{read_single_entry, read_valid_list, xml_with_entry},
    },
};

fn read_entry_error(elements: &str) -> String {
    let list = read_valid_list(&xml_with_entry(elements));
    assert_eq!((list.entries.len(), list.errors.len()), (0, 1), "{elements}");
    assert_eq!((list.errors[0].mal_id, list.errors[0].title.as_deref()), (Some(5), Some("x")), "{elements}");
    list.errors[0].message.clone()
}

#[test]
fn reading_goes_on_behind_a_broken_entry() {
    let entry = |id: u32, broken: &str| {
        format!("<anime><series_animedb_id>{id}</series_animedb_id><my_status>1</my_status>{broken}</anime>\n")
    };
    for broken in [
        "<my_tags>",
        "</my_tags>",
        "<my_tags></my_comments>",
        "<my_comments><![CDATA[never closed</my_comments>",
        "<my_comments>1 < 2 <3</my_comments>",
        "<my_comments><!-- x</my_comments>",
        "<anime>",
    ] {
        let text = format!("<myanimelist>{}{}{}</myanimelist>", entry(1, ""), entry(2, broken), entry(3, ""));
        let list = read_valid_list(&text);
        let ids: Vec<_> = list.entries.iter().map(|entry| entry.anime.mal_id).collect();
        assert!(ids == [1, 3], "{broken}: {ids:?}");
        assert_eq!(list.errors[0].mal_id, Some(2), "{broken}");
        assert!(list.errors[0].message.starts_with("the file is broken in this entry: "), "{:?}", list.errors);
        let last = format!("<myanimelist>{}{}</myanimelist>", entry(1, ""), entry(2, broken));
        let list = read_valid_list(&last);
        assert_eq!(list.entries.len(), 1, "{broken}");
        assert!(read_list(text.trim_end_matches("</myanimelist>").as_bytes()).is_err(), "{broken}");
    }
}

#[test]
fn missing_and_empty_elements_are_not_among_the_fields_unless_a_value_can_be_empty() {
    assert_eq!(read_single_entry("").fields, [Field::Status]);
    assert_eq!(
        read_single_entry("<my_score> </my_score><my_watched_episodes/><my_start_date>0000-00-00</my_start_date>")
            .fields,
        [Field::Status]
    );
    let empty = read_single_entry("<my_comments/><my_tags></my_tags><my_priority></my_priority><my_score>0</my_score>");
    assert_eq!(empty.fields, [Field::Status, Field::Score, Field::Notes, Field::Priority, Field::Tags]);
    assert_eq!((empty.values.notes, empty.values.score, empty.values.tags.len()), (None, None, 0));
}

#[test]
fn invalid_entry_is_reported_and_others_are_read() {
    for (elements, message) in
        [("<my_status>Reading</my_status>", "unknown list status \"Reading\""), ("<my_status/>", "no my_status")]
    {
        assert_eq!(read_entry_error(elements), message);
    }
    let list = read_valid_list(
        "<myanimelist><anime/><anime><series_animedb_id>x</series_animedb_id></anime>\
        <anime><series_animedb_id>3000000000</series_animedb_id><series_title>b</series_title></anime>\
        <anime><series_animedb_id>1</series_animedb_id><series_title>a</series_title><my_status>2</my_status></anime>\
        <anime><series_animedb_id>1</series_animedb_id><series_title>a</series_title><my_status>2</my_status></anime>\
        <anime><series_animedb_id>1</series_animedb_id><series_title>a</series_title><my_status>4</my_status></anime>\
        </myanimelist>",
    );
    assert_eq!(list.entries.len(), 1);
    let messages: Vec<_> = list.errors.iter().map(|error| (error.mal_id, error.message.as_str())).collect();
    assert_eq!(
        messages,
        [
            (None, "no series_animedb_id"),
            (None, "series_animedb_id is not a whole number: x"),
            (Some(3_000_000_000), "series_animedb_id is 3000000000, outside 1 to 2147483647"),
            (Some(1), "duplicate entry with different values"),
        ]
    );
    assert_eq!(list.left_out.repeated, 1, "an identical repetition is no error");
}

#[test]
fn unreadable_side_value_is_left_out_and_counted() {
    let read = |elements: &str| {
        let mut list = read_valid_list(&xml_with_entry(elements));
        assert_eq!((list.errors.len(), list.entries.len()), (0, 1), "{elements}");
        (list.entries.remove(0), list.left_out)
    };
    for elements in [
        "<my_score>85</my_score>",
        "<my_score>-1</my_score>",
        "<my_score>good</my_score>",
        "<series_episodes>None</series_episodes>",
        "<my_watched_episodes>-1</my_watched_episodes>",
        "<my_watched_episodes>1.5</my_watched_episodes>",
        "<my_times_watched>None</my_times_watched>",
        "<my_rewatch_value>None</my_rewatch_value>",
        "<my_priority>urgent</my_priority>",
        "<my_rewatching>maybe</my_rewatching>",
    ] {
        let (entry, left_out) = read(elements);
        assert_eq!(
            (entry.fields, left_out.values_unread, left_out.dates_unread),
            (vec![Field::Status], 1, 0),
            "{elements}"
        );
        assert_eq!(left_out.warnings(), ["1 value could not be read"]);
    }
    let (entry, left_out) = read("<my_start_date>Today</my_start_date><my_finish_date>null-null-null</my_finish_date>");
    assert_eq!((entry.fields, left_out.values_unread, left_out.dates_unread), (vec![Field::Status], 0, 1));
    assert_eq!(left_out.details, ["MAL ID 5: my_start_date \"Today\" is not a valid date and is ignored"]);
    for (sent, score, scores_cut) in [("8", 8, 0), ("8.0", 8, 0), ("8.5", 8, 1), ("10.00", 10, 0)] {
        let (entry, left_out) = read(&format!("<my_score>{sent}</my_score>"));
        assert_eq!(
            (entry.values.score, left_out.scores_cut, left_out.values_unread),
            (Some(score), scores_cut, 0),
            "{sent}"
        );
    }
    let (entry, left_out) = read(
        "<my_rewatching>2</my_rewatching><my_watched_episodes>12.0</my_watched_episodes><series_episodes>12.</series_episodes>",
    );
    assert_eq!(
        (entry.values.is_rewatching, entry.values.episodes_watched, entry.anime.episodes),
        (true, Some(12), Some(12))
    );
    assert_eq!(left_out, crate::domain::left_out::LeftOut::default());
    let numbered_type = |number| read(&format!("<series_type>{number}</series_type>")).0.anime.media_type;
    let types = ["unknown", "tv", "ova", "movie", "special", "ona", "music", "7"].map(|name| Some(name.to_owned()));
    assert_eq!([0, 1, 2, 3, 4, 5, 6, 7].map(numbered_type), types);
}

#[test]
fn texts_are_read_from_cdata_entities_and_plain_text() {
    for (sent, notes) in [
        ("<![CDATA[a <b> & c]]>", "a <b> & c"),
        ("a &lt;b&gt; &#38; c", "a <b> & c"),
        ("\n\t<![CDATA[ a ]]>\n\t", " a "),
        ("<![CDATA[a]]]]><![CDATA[>b]]>", "a]]>b"),
        ("<![CDATA[caf&eacute; &amp; &quot;x&quot;]]>", "café & \"x\""),
        ("&amp; &amp;", "& &"),
        ("<b>a</b><![CDATA[c]]>", "c"),
        ("&unheard;", "&unheard;"),
        ("Panty & Stocking &", "Panty & Stocking &"),
        ("&#xD800;&#x;", "&#xD800;&#x;"),
        ("<![CDATA[first line\r\n\r\nI&rsquo;d say <3 & it's > good]]>", "first line\n\nI’d say <3 & it's > good"),
        ("<![CDATA[plut&ocirc;t bien<br />\nI&rsquo;d say]]>", "plutôt bien\nI’d say"),
        ("<![CDATA[typed &lt;br /&gt; &amp;amp;]]>", "typed <br /> &amp;"),
    ] {
        let read = read_single_entry(&format!("<my_comments>{sent}</my_comments>")).values.notes;
        assert_eq!(read.as_deref(), Some(notes), "{sent}");
    }
}

#[test]
fn document_entities_are_not_expanded() {
    let bomb = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">\
        <!ENTITY f SYSTEM \"file:///etc/passwd\">]>{}",
        xml_with_entry("<my_comments>&b;&f;</my_comments>")
    );
    assert_eq!(read_valid_list(&bomb).entries[0].values.notes.as_deref(), Some("&b;&f;"));
}

#[test]
fn unknown_elements_are_ignored() {
    let list = read_valid_list(
        "<myanimelist><extra><anime>no</anime></extra><anime><series_animedb_id>1</series_animedb_id><new><my_score>9\
        </my_score></new><series_title>a</series_title><my_status>Dropped</my_status></anime></myanimelist>",
    );
    assert_eq!((list.entries.len(), list.entries[0].values.score), (1, None));
}
