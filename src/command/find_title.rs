//! Finds the anime that a user means by a title or a part of one. Pure.
//!
//! Invariants:
//! 1. A full title match wins over a partial match.
//! 2. Anime in the user's list win over anime that are only stored.
//! 3. Titles are compared normalized for search.

use crate::{domain::text::normalize_for_search, store::AnimeTitles};

/// Result of a title search.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TitleMatch<'a> {
    NotFound,
    One(&'a AnimeTitles),
    /// Sorted by MAL id, ascending.
    Several(Vec<&'a AnimeTitles>),
}

/// Returns the anime with this title, or else those whose title contains `text`.
pub(super) fn find_by_title<'a>(candidates: &'a [AnimeTitles], text: &str) -> TitleMatch<'a> {
    let text = normalize_for_search(text.trim());
    let matching = |matches: &dyn Fn(&str) -> bool| -> Vec<&'a AnimeTitles> {
        candidates
            .iter()
            .filter(|anime| anime.titles.iter().any(|title| matches(&normalize_for_search(title))))
            .collect()
    };
    let mut found = matching(&|title| title == text);
    if found.is_empty() {
        found = matching(&|title| title.contains(&text));
    }
    if found.iter().any(|anime| anime.is_in_list) {
        found.retain(|anime| anime.is_in_list);
    }
    match found[..] {
        [] => TitleMatch::NotFound,
        [one] => TitleMatch::One(one),
        _ => TitleMatch::Several(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample_titles() -> Vec<AnimeTitles> {
        let anime = |mal_id, titles: &[&str], listed| AnimeTitles {
            mal_id,
            titles: titles.iter().map(|title| (*title).to_owned()).collect(),
            is_in_list: listed,
        };
        vec![
            anime(1, &["Cowboy Bebop", "カウボーイビバップ"], true),
            anime(5, &["Cowboy Bebop: Tengoku no Tobira", "The Movie"], true),
            anime(7, &["Pokémon", "The Movie"], false),
            anime(8, &["Pokémon Movie 1"], true),
            anime(9, &["Pokémon"], false),
        ]
    }

    fn matching_ids(text: &str) -> Vec<i32> {
        match find_by_title(&sample_titles(), text) {
            TitleMatch::NotFound => Vec::new(),
            TitleMatch::One(one) => vec![one.mal_id],
            TitleMatch::Several(several) => several.iter().map(|anime| anime.mal_id).collect(),
        }
    }

    #[test]
    fn full_title_wins_over_partial_and_listed_anime_over_unlisted() {
        for (text, expected) in [
            ("cowboy bebop", &[1][..]),
            ("COWBOY", &[1, 5]),
            ("ﾋﾞﾊﾞｯﾌﾟ", &[1]),
            (" the movie ", &[5]),
            ("movie", &[5, 8]),
            ("pokemon", &[7, 9]),
            ("pokem", &[8]),
            ("nothing", &[]),
        ] {
            assert_eq!(matching_ids(text), expected, "{text}");
        }
    }
}
