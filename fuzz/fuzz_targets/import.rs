//! Any bytes as a list file, compressed or not: reading fails with a message, and a position if it has one, or returns storable entries with unique
//! ids. Encoding them as MAL's XML and reading that returns the same list, as far as XML can represent it.

#![no_main]

use std::{collections::HashSet, io::Cursor};

use libfuzzer_sys::fuzz_target;
use malsync::{
    domain::{
        entry::StoredEntry,
        entry_fields::{EntryValues, Field},
        imported_entry::ImportedEntry,
        list_entry::ListEntry,
        text,
        vocabulary::LIST_STATUSES,
    },
    exchange::{ListOwner, encode_mal_xml, gunzip_bounded, read_list},
};

/// Limit of the decompressed size here; the command allows more.
const MAX_BYTES: u64 = 1024 * 1024;

fuzz_target!(|data: &[u8]| {
    let Ok(source) = gunzip_bounded(Cursor::new(data.to_vec()), MAX_BYTES) else { return };
    let list = match read_list(source) {
        Ok(list) => list,
        Err(error) => {
            assert!(error.position.is_none_or(|position| position.line >= 1) && !error.message.is_empty());
            return;
        }
    };
    let mut seen = HashSet::new();
    for entry in &list.entries {
        assert!(seen.insert(entry.anime.mal_id), "duplicate id");
        assert_storable(entry);
    }
    for error in &list.errors {
        assert!(!error.message.is_empty() && error.message.len() < 1000, "{}", error.message);
    }
    let entries: Vec<ListEntry> = list.entries.iter().map(list_entry).collect();
    let owner = ListOwner { name: list.user_name.as_deref().unwrap_or_default(), mal_user_id: None };
    let again = read_list(encode_mal_xml(owner, &entries).as_slice()).expect("an encoded list can be read");
    assert_eq!(again.errors, []);
    assert_eq!(again.entries.len(), list.entries.len());
    for (again, first) in again.entries.iter().zip(&list.entries) {
        assert_same_entry(again, first);
    }
});

fn list_entry(entry: &ImportedEntry) -> ListEntry {
    let values = entry.values.clone();
    let stored = StoredEntry { id: 1, mal_id: entry.anime.mal_id, values, ..StoredEntry::default() };
    ListEntry { anime: entry.anime.clone(), stored, updated_at: None }
}

/// Asserts that a row can hold the entry.
fn assert_storable(entry: &ImportedEntry) {
    let ImportedEntry { anime, values, fields } = entry;
    assert!(anime.mal_id >= 1 && !anime.title.trim().is_empty() && fields.contains(&Field::Status));
    assert!(LIST_STATUSES.contains(&values.status.as_str()), "{}", values.status);
    assert!(values.score.is_none_or(|score| (1..=10).contains(&score)));
    assert!(
        anime.episodes.is_none_or(|episodes| episodes > 0) && values.episodes_watched.is_none_or(|count| count >= 0)
    );
    assert!(values.times_rewatched >= 0 && values.rewatch_value >= 0 && values.priority >= 0);
    let texts = values.tags.iter().chain(&values.notes).chain([&anime.title]).chain(&anime.media_type);
    for text in texts {
        assert!(!text.contains('\0') && text.len() <= text::MAX_TEXT_BYTES, "{text:?}");
    }
    assert!(values.tags.len() <= 100 && values.notes.as_deref() != Some(""));
}

/// Asserts that the entries are equal, as far as XML can represent them:
///
/// 1. Tags are separated by commas.
/// 2. XML cannot represent some characters.
/// 3. Watched episodes that are unknown become 0.
fn assert_same_entry(again: &ImportedEntry, first: &ImportedEntry) {
    assert_eq!(again.anime.mal_id, first.anime.mal_id);
    assert_eq!(again.anime.title, replace_non_xml_chars(&first.anime.title));
    assert_eq!(again.anime.episodes, first.anime.episodes);
    let other_values =
        |values: &EntryValues| EntryValues { notes: None, tags: Vec::new(), episodes_watched: None, ..values.clone() };
    assert_eq!(other_values(&again.values), other_values(&first.values));
    assert_eq!(again.values.episodes_watched, first.values.episodes_watched.or(Some(0)));
    assert_eq!(again.values.notes, first.values.notes.as_deref().map(replace_non_xml_chars));
    let split_tags = |tags: &[String]| -> Vec<String> {
        let text = replace_non_xml_chars(&tags.join(", "));
        text.split(',').map(str::trim).filter(|tag| !tag.is_empty()).take(100).map(str::to_owned).collect()
    };
    assert_eq!(split_tags(&again.values.tags), split_tags(&first.values.tags));
}

fn replace_non_xml_chars(text: &str) -> String {
    let is_invalid = |c: char| (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    text.replace(is_invalid, "\u{fffd}")
}
