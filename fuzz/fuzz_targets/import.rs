//! A list of any bytes, packed or not: an error that says where, or entries that a row can hold, each id once; and what was
//! read and is written in MAL's form reads as the same list again.

#![no_main]

use std::{collections::HashSet, io::Cursor};

use libfuzzer_sys::fuzz_target;
use malsync::{
    domain::{
        change::Field,
        entry::{Local, Values},
        import::Imported,
        list_item::ListItem,
        list_status::STATUSES,
        text,
    },
    exchange::{Owner, mal_xml, read, unpacked},
};

/// What may come out of a packed file here; the command allows more.
const MOST: u64 = 1024 * 1024;

fuzz_target!(|data: &[u8]| {
    let Ok(source) = unpacked(Cursor::new(data.to_vec()), MOST) else { return };
    let list = match read(source) {
        Ok(list) => list,
        Err(fault) => {
            assert!(fault.line >= 1 && !fault.what.is_empty());
            return;
        }
    };
    let mut seen = HashSet::new();
    for entry in &list.entries {
        assert!(seen.insert(entry.anime.mal_id), "an id twice");
        fits(entry);
    }
    for error in &list.errors {
        assert!(!error.message.is_empty() && error.message.len() < 1000, "{}", error.message);
    }
    let items: Vec<ListItem> = list.entries.iter().map(item).collect();
    let owner = Owner { name: list.user_name.as_deref().unwrap_or_default(), mal_user_id: None };
    let again = read(mal_xml(owner, &items).as_slice()).expect("what is written can be read");
    assert_eq!(again.errors, []);
    assert_eq!(again.entries.len(), list.entries.len());
    for (again, first) in again.entries.iter().zip(&list.entries) {
        same(again, first);
    }
});

fn item(entry: &Imported) -> ListItem {
    let values = entry.values.clone();
    let entry_row = Local { id: 1, mal_id: entry.anime.mal_id, values, ..Local::default() };
    ListItem { anime: entry.anime.clone(), entry: entry_row, updated_at: None }
}

/// What every row has to be.
fn fits(entry: &Imported) {
    let Imported { anime, values, fields } = entry;
    assert!(anime.mal_id >= 1 && !anime.title.trim().is_empty() && fields.contains(&Field::Status));
    assert!(STATUSES.contains(&values.status.as_str()), "{}", values.status);
    assert!(values.score.is_none_or(|score| (1..=10).contains(&score)));
    assert!(
        anime.episodes.is_none_or(|episodes| episodes > 0) && values.episodes_watched.is_none_or(|count| count >= 0)
    );
    assert!(values.times_rewatched >= 0 && values.rewatch_value >= 0 && values.priority >= 0);
    let texts = values.tags.iter().chain(&values.notes).chain([&anime.title]).chain(&anime.media_type);
    for held in texts {
        assert!(!held.contains('\0') && held.len() <= text::LONGEST, "{held:?}");
    }
    assert!(values.tags.len() <= 100 && values.notes.as_deref() != Some(""));
}

/// The same, as far as the format can carry it: tags are parted by commas, and some characters are none of XML's.
fn same(again: &Imported, first: &Imported) {
    assert_eq!(again.anime.mal_id, first.anime.mal_id);
    assert_eq!(again.anime.title, fit(&first.anime.title));
    assert_eq!(again.anime.episodes, first.anime.episodes);
    let told = |values: &Values| Values { notes: None, tags: Vec::new(), episodes_watched: None, ..values.clone() };
    assert_eq!(told(&again.values), told(&first.values));
    assert_eq!(again.values.episodes_watched, first.values.episodes_watched.or(Some(0)));
    assert_eq!(again.values.notes, first.values.notes.as_deref().map(fit));
    let words = |tags: &[String]| -> Vec<String> {
        let text = fit(&tags.join(", "));
        text.split(',').map(str::trim).filter(|tag| !tag.is_empty()).take(100).map(str::to_owned).collect()
    };
    assert_eq!(words(&again.values.tags), words(&first.values.tags));
}

fn fit(text: &str) -> String {
    let unfit = |c: char| (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    text.replace(unfit, "\u{fffd}")
}
