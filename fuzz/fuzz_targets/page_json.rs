//! A page of any bytes: an error, or entries that a row can hold and errors by name, one for each that was sent; and of
//! `paging.next` never an offset that goes back or leaves entries out.

#![no_main]

use libfuzzer_sys::fuzz_target;
use malsync::mal::{decode, paging::next_offset};

const LIST: &str = "https://api.myanimelist.net/v2/users/@me/animelist";

fuzz_target!(|data: &[u8]| {
    let Ok(page) = decode::envelope(data) else { return };
    let (good, bad) = decode::entries(&page.data);
    assert_eq!(good.len() + bad.len(), page.data.len());
    for remote in &good {
        let anime = &remote.anime;
        assert!(anime.mal_id >= 1 && !anime.title.trim().is_empty());
        let texts = [&anime.title_english, &anime.title_japanese, &anime.synopsis, &anime.status, &anime.image_url];
        assert!(!anime.title.contains('\0') && texts.into_iter().flatten().all(|text| !text.contains('\0')));
        assert!(anime.episodes.is_none_or(|count| count > 0));
    }
    for error in &bad {
        assert!(!error.message.is_empty() && error.message.len() < 1000, "{}", error.message);
    }
    let list = LIST.parse().expect("the address of the list");
    if let Ok(Some(begins)) = next_offset(page.next.as_ref(), &list, 100, 100) {
        assert!((101..=200).contains(&begins), "{begins}");
    }
});
