//! Hand-made samples of MAL's exports of 2018 and 2024, round trips, and corrupted files.

use std::io::{Cursor, Write as _};

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;

use super::*;
use crate::domain::{
    anime::Anime,
    entry::StoredEntry,
    entry_fields::{EntryValues, Field},
    imported_entry::ImportedEntry,
    list_entry::ListEntry,
    test_values,
};

const EXPORT_2018: &str = include_str!("samples/export_2018.xml");
/// Lists as other programs write them, by name.
const FAULTS: [(&str, &[u8]); 7] = [
    ("kitsu", include_bytes!("samples/faults/kitsu.xml")),
    ("malappinfo", include_bytes!("samples/faults/malappinfo.xml")),
    ("twice", include_bytes!("samples/faults/nekomata-twice.xml")),
    ("amp", include_bytes!("samples/faults/v-amp-bare.xml")),
    ("bad-byte", include_bytes!("samples/faults/one-bad-byte.xml")),
    ("latin1", include_bytes!("samples/faults/latin1.xml")),
    ("utf16", include_bytes!("samples/faults/utf16le.xml")),
];

fn read_fault(name: &str) -> ImportedList {
    let bytes = FAULTS.iter().find(|(known, _)| *known == name).unwrap().1;
    let list = read_list(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(list.errors, [], "{name}");
    list
}

const EXPORT_2024: &str = include_str!("samples/export_2024.xml");

pub(super) fn read_valid_list(text: &str) -> ImportedList {
    read_list(text.as_bytes()).unwrap_or_else(|fault| panic!("{fault}"))
}

pub(super) fn read_error(text: &str) -> String {
    read_list(text.as_bytes()).unwrap_err().to_string()
}

/// Returns a list with one entry that has the required elements and these.
pub(super) fn xml_with_entry(elements: &str) -> String {
    format!(
        "<myanimelist><anime><series_animedb_id>5</series_animedb_id><series_title>x</series_title>\
        <my_status>Watching</my_status>{elements}</anime></myanimelist>"
    )
}

pub(super) fn read_single_entry(elements: &str) -> ImportedEntry {
    let mut list = read_valid_list(&xml_with_entry(elements));
    assert_eq!(list.errors, []);
    list.entries.remove(0)
}

#[test]
fn read_list_accepts_export_of_2018() {
    let list = read_valid_list(EXPORT_2018);
    assert_eq!((list.user_name.as_deref(), list.entries.len(), list.errors.len()), (Some("sample"), 3, 0));
    let planned = &list.entries[0];
    assert_eq!((planned.anime.mal_id, planned.anime.title.as_str()), (5525, "07-Ghost"));
    assert_eq!((planned.anime.episodes, planned.anime.media_type.as_deref()), (Some(25), Some("tv")));
    assert_eq!(
        planned.values,
        EntryValues { status: "plan_to_watch".into(), episodes_watched: Some(0), ..EntryValues::default() }
    );
    assert!(!planned.fields.contains(&Field::Priority), "the export of 2018 has no priority");
    let done = &list.entries[2].values;
    assert_eq!(
        (done.status.as_str(), done.score, done.finish_date),
        ("completed", Some(10), "2016-04-14".parse().ok())
    );
    assert_eq!(list.entries[1].values.status, "on_hold");
}

#[test]
fn read_list_accepts_export_of_2024() {
    let list = read_valid_list(EXPORT_2024);
    assert_eq!((list.user_name.as_deref(), list.entries.len(), list.errors.len()), (Some("sample"), 3, 0));
    let quoted = &list.entries[0];
    assert_eq!((quoted.anime.mal_id, quoted.anime.title.as_str()), (52034, "\"Oshi no Ko\""));
    assert_eq!((quoted.values.score, quoted.values.finish_date), (Some(8), "2024-10-07".parse().ok()));
    let full = &list.entries[1];
    assert_eq!(full.anime.media_type.as_deref(), Some("tv_special"));
    assert_eq!(
        full.values,
        EntryValues {
            status: "watching".into(),
            episodes_watched: Some(7),
            start_date: "2024-10".parse().ok(),
            notes: Some("rock & roll".into()),
            is_rewatching: true,
            rewatch_episodes: Some(0),
            times_rewatched: 2,
            rewatch_value: 5,
            priority: 2,
            tags: vec!["space".into(), "jazz age".into()],
            ..EntryValues::default()
        }
    );
    assert_eq!((list.entries[2].anime.episodes, list.entries[2].values.status.as_str()), (None, "dropped"));
}

#[test]
fn encode_mal_xml_matches_export_of_mal() {
    let list = read_valid_list(EXPORT_2024);
    let owner = ListOwner { name: "sample", mal_user_id: Some(1_000_001) };
    let written = String::from_utf8(encode_mal_xml(owner, &list_entries(&list.entries))).unwrap();
    const UNKNOWN_ELEMENTS: [&str; 3] = ["<my_storage", "<my_discuss", "<my_sns"];
    const OTHER_ELEMENTS: [&str; 5] =
        ["user_total", "update_on_import", UNKNOWN_ELEMENTS[0], UNKNOWN_ELEMENTS[1], UNKNOWN_ELEMENTS[2]];
    assert!(UNKNOWN_ELEMENTS.iter().all(|name| !written.contains(name)));
    let comparable_lines = |text: &str| -> Vec<String> {
        // Ignored: comments, totals (the sample is an excerpt of a longer list), `update_on_import`, which differs from
        // MAL's, and elements whose values malsync does not know.
        let lines = text.lines().skip(6).filter(|line| OTHER_ELEMENTS.iter().all(|name| !line.contains(name)));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(comparable_lines(&written), comparable_lines(EXPORT_2024));
    assert_eq!(written.matches("<update_on_import>1</update_on_import>").count(), 3);
    for total in ["anime>3<", "watching>1<", "completed>1<", "onhold>0<", "dropped>1<", "plantowatch>0<"] {
        assert!(written.contains(&format!("<user_total_{total}")), "{total}");
    }
}

#[test]
fn lists_of_other_programs_are_read() {
    let kitsu = read_fault("kitsu");
    let read: Vec<_> =
        kitsu.entries.iter().map(|entry| (entry.anime.title.as_str(), entry.values.status.as_str())).collect();
    assert_eq!(read, [("MAL #1", "watching"), ("MAL #5", "on_hold")]);
    let malappinfo = read_fault("malappinfo");
    assert_eq!((malappinfo.user_name.as_deref(), malappinfo.user_id), (Some("sample"), Some(1_000_001)));
    assert_eq!(malappinfo.entries[0].anime.media_type.as_deref(), Some("tv"));
    let twice = read_fault("twice");
    assert_eq!((twice.entries.len(), twice.left_out.repeated), (1, 1));
    assert_eq!(read_fault("amp").entries[0].anime.title, "Panty & Stocking with Garterbelt");
    let other_id = xml_with_entry("").replace("series_animedb_id", "anime_animedb_id");
    assert_eq!(read_valid_list(&other_id).entries[0].anime.mal_id, 5);
}

#[test]
fn encodings_are_honoured_and_bad_bytes_replaced() {
    let read = |name: &str| {
        let list = read_fault(name);
        assert_eq!(list.entries.len(), 1, "{name}");
        let entry = &list.entries[0];
        (
            format!("{} {}", entry.anime.title, entry.values.notes.as_deref().unwrap_or_default()),
            list.left_out.invalid_bytes,
        )
    };
    for name in ["latin1", "utf16"] {
        let (text, invalid_bytes) = read(name);
        assert!(invalid_bytes == 0 && !text.contains('\u{fffd}'), "{name}: {text}");
    }
    assert_eq!(read("latin1").0, "Café Bebop ");
    let (text, invalid_bytes) = read("bad-byte");
    assert!(invalid_bytes == 1 && text.contains('\u{fffd}'), "{text}");
    let json = read_list(&include_bytes!("samples/faults/json-bom.json")[..]).unwrap();
    assert_eq!((json.entries.len(), json.errors.len()), (1, 0));
}

#[test]
fn manga_in_a_list_of_anime_are_passed_over() {
    let text = xml_with_entry("").replace("<anime>", "<manga><series_title>m</series_title></manga><anime>");
    let list = read_valid_list(&text);
    assert_eq!((list.entries.len(), list.left_out.manga), (1, 1));
}

#[test]
fn more_entries_than_any_list_are_refused() {
    let entry = |id: u32| format!("<anime><series_animedb_id>{id}</series_animedb_id><my_status>1</my_status></anime>");
    let list = |count: u32| format!("<myanimelist>{}</myanimelist>", (1..=count).map(entry).collect::<String>());
    assert_eq!(read_valid_list(&list(100_000)).entries.len(), 100_000);
    assert!(read_error(&list(100_001)).contains("more than 100000 entries"));
}

#[test]
fn missing_media_type_stays_missing() {
    let read = read_single_entry("");
    assert_eq!(read.anime.media_type, None);
    let written = encode_mal_xml(ListOwner { name: "x", mal_user_id: None }, &list_entries(&[read]));
    assert_eq!(read_list(written.as_slice()).unwrap().entries[0].anime.media_type, None);
}

#[test]
fn invalid_file_is_rejected_with_position() {
    for (text, expected) in [
        ("", "line 1, byte 0: it contains no list"),
        ("<library></library>", "<library> instead of <myanimelist>"),
        ("<myanimelist></myanimelist> text", "text outside of every element"),
        ("<myanimelist>\n<manga></manga></myanimelist>", "manga lists are not supported"),
        ("<myanimelist>\n<anime>\n", "line 3, byte 22: unexpected end of file"),
        ("<myanimelist></myanimelist><myanimelist>", "<myanimelist> instead of"),
        ("<myanimelist></anime>", "byte"),
    ] {
        let message = read_error(text);
        assert!(message.contains(expected), "{text}: {message}");
    }
}

#[test]
fn gzip_is_detected_by_content_and_size_is_bounded() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(EXPORT_2024.as_bytes()).unwrap();
    let compressed = encoder.finish().unwrap();
    let open = |bytes: &[u8], max_bytes| gunzip_bounded(Cursor::new(bytes.to_vec()), max_bytes).unwrap();
    assert_eq!(read_list(open(&compressed, 1 << 20)).unwrap().entries.len(), 3);
    assert_eq!(read_list(open(EXPORT_2024.as_bytes(), 1 << 20)).unwrap().entries.len(), 3);
    for bytes in [&compressed, EXPORT_2024.as_bytes()] {
        let message = read_list(open(bytes, 1 << 10)).unwrap_err().to_string();
        assert!(message.contains("too large"), "{message}");
    }
    let message = read_list(open(&compressed[..compressed.len() / 2], 1 << 20)).unwrap_err().to_string();
    assert!(message.contains("unexpected end of file"), "{message}");
    // Found by the fuzzer: complete JSON in a truncated gzip file.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(b"\n[]\n").unwrap();
    let compressed = encoder.finish().unwrap();
    let message = read_list(open(&compressed[..compressed.len() - 8], 1 << 20)).unwrap_err().to_string();
    assert_eq!(message, "line 3: unexpected end of file");
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(b"[]").unwrap();
    let whole = encoder.finish().unwrap();
    let mut tail = GzEncoder::new(Vec::new(), Compression::fast());
    tail.write_all(b" \n").unwrap();
    for behind in [&[0, 0, 0][..], b"\n", b"garbage", &tail.finish().unwrap()] {
        assert!(read_list(open(&[&whole[..], behind].concat(), 1 << 20)).unwrap().entries.is_empty());
    }
    for short in [&[][..], &[0x1f], &[0x1f, 0x8b]] {
        assert!(read_list(open(short, 1 << 20)).is_err());
    }
}

#[test]
fn truncated_or_corrupted_file_never_panics() {
    for end in 0..EXPORT_2024.trim_end().len() {
        assert!(read_list(&EXPORT_2024.as_bytes()[..end]).is_err(), "cut at {end}");
    }
    let small = xml_with_entry("<my_comments>a&amp;<![CDATA[b]]><!-- c --></my_comments><?p?><my_tags/>");
    for index in 0..small.len() {
        for garbage in [0, b'<', b'>', b'&', b'/', b'!', b']', b'"', 0xff] {
            let mut bytes = small.clone().into_bytes();
            bytes[index] = garbage;
            let _ = read_list(bytes.as_slice());
        }
    }
}

pub(super) fn list_entries(entries: &[ImportedEntry]) -> Vec<ListEntry> {
    let item = |entry: &ImportedEntry| ListEntry {
        anime: entry.anime.clone(),
        stored: StoredEntry {
            id: 1,
            mal_id: entry.anime.mal_id,
            values: entry.values.clone(),
            ..StoredEntry::default()
        },
        updated_at: None,
    };
    entries.iter().map(item).collect()
}

/// Texts that XML can represent, rich in XML syntax.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[\\PC\t\n\r]{0,40}",
        "(\\]\\]>|<!\\[CDATA\\[|&|&amp;|&lt;|&#38;|&eacute;|<|>|;|\\]|#| |é|進|\n|\r\n|<br />|<BR>){0,12}",
    ]
}

fn any_values() -> impl Strategy<Value = EntryValues> {
    // A tag has no comma and no surrounding whitespace, because the format cannot represent them.
    let tag =
        any_text().prop_map(|tag| tag.replace(',', "").trim().to_owned()).prop_filter("empty", |tag| !tag.is_empty());
    test_values::any_values(any_text(), tag)
}

fn any_entries() -> impl Strategy<Value = Vec<ImportedEntry>> {
    let title = any_text().prop_filter("empty", |title| !title.trim().is_empty());
    let kind = prop::sample::select(&["tv", "movie", "tv_special", "unknown", "something_new"]);
    let entry = (title, prop::option::of(kind), prop::option::of(1..=i32::MAX), any_values()).prop_map(
        |(title, kind, episodes, values)| {
            let anime = Anime { title, media_type: kind.map(str::to_owned), episodes, ..Anime::default() };
            ImportedEntry { anime, values, fields: Vec::new() }
        },
    );
    prop::collection::vec(entry, 0..6).prop_map(|mut entries| {
        entries.iter_mut().zip(1..).for_each(|(entry, id)| entry.anime.mal_id = id);
        entries
    })
}

proptest! {
    #[test]
    fn encode_then_read_returns_same_list(entries in any_entries(), name in any_text()) {
        let written = encode_mal_xml(ListOwner { name: &name, mal_user_id: None }, &list_entries(&entries));
        let list = read_list(written.as_slice()).unwrap();
        prop_assert_eq!(&list.errors, &[]);
        let name = name.trim();
        prop_assert_eq!(list.user_name.unwrap_or_default(), name);
        prop_assert_eq!(list.entries.len(), entries.len());
        for (read, expected) in list.entries.iter().zip(&entries) {
            // Line ends become LF; everything else is exact, typed tags and entities included.
            let notes = expected.values.notes.as_ref().map(|notes| notes.replace("\r\n", "\n").replace('\r', "\n"));
            prop_assert_eq!(&read.values, &EntryValues { notes, ..expected.values.clone() });
            prop_assert_eq!(&read.anime, &expected.anime);
        }
    }

    #[test]
    fn encode_mal_xml_is_valid_for_any_notes(notes in any::<String>()) {
        let mut entry = read_single_entry("");
        entry.values.notes = Some(notes);
        let written = encode_mal_xml(ListOwner { name: "\0\u{1b}<", mal_user_id: None }, &list_entries(&[entry]));
        prop_assert_eq!(read_list(written.as_slice()).unwrap().entries.len(), 1);
        let is_invalid = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
        prop_assert!(!written.iter().any(is_invalid));
    }

    /// MAL's API encodes comments, its export of today has plain CRLF, that of 2014 line break tags.
    #[test]
    fn comments_of_api_and_exports_are_equal(lines in prop::collection::vec("[a-c&<>\"' é]{0,8}", 1..6)) {
        let encode = |line: &String| {
            let line = line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            line.replace('"', "&quot;").replace('\'', "&#039;")
        };
        let encoded: Vec<String> = lines.iter().map(encode).collect();
        let sent = serde_json::json!({"status": "watching", "comments": encoded.join("<br />\r\n")});
        let from_api = crate::domain::list_status::ListStatus::parse(sent, &mut |_| {}, &mut Default::default()).unwrap().values.notes;
        for text in [encoded.join("\r\n"), encoded.join("<br />\n"), encoded.join("<br>")] {
            let from_file = read_single_entry(&format!("<my_comments><![CDATA[{text}]]></my_comments>")).values.notes;
            prop_assert_eq!(&from_file, &from_api);
        }
        prop_assert_eq!(from_api.unwrap_or_default(), lines.join("\n"));
    }

    #[test]
    fn read_list_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_list(bytes.as_slice());
    }
}
