//! Any bytes as a page: decoding fails, or returns one storable entry or one error for each element. `paging.next`
//! never yields an offset that goes back or skips entries.

#![no_main]

use libfuzzer_sys::fuzz_target;
use malsync::mal::{decode, paging::parse_next_offset};

const LIST_URL: &str = "https://api.myanimelist.net/v2/users/@me/animelist";

fuzz_target!(|data: &[u8]| {
    let Ok(page) = decode::parse_envelope(data) else { return };
    let (entries, errors) = decode::decode_entries(&page.data);
    assert_eq!(entries.len() + errors.len(), page.data.len());
    for entry in &entries {
        let anime = &entry.anime;
        assert!(anime.mal_id >= 1 && !anime.title.trim().is_empty());
        let texts = [&anime.title_english, &anime.title_japanese, &anime.synopsis, &anime.status, &anime.image_url];
        assert!(!anime.title.contains('\0') && texts.into_iter().flatten().all(|text| !text.contains('\0')));
        assert!(anime.episodes.is_none_or(|count| count > 0));
    }
    for error in &errors {
        assert!(!error.message.is_empty() && error.message.len() < 1000, "{}", error.message);
    }
    let list_url = LIST_URL.parse().expect("the list URL is valid");
    if let Ok(Some(offset)) = parse_next_offset(page.next.as_ref(), &list_url, 100, 100) {
        assert!((101..=200).contains(&offset), "{offset}");
    }
});
