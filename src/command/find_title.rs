//! Finds the anime that a user means by a title or a part of one. Pure.
//!
//! Invariants:
//! 1. A full title wins over one that begins with the text, that one over a title that contains it, and all over a title
//!    that is only near.
//! 2. Anime in the user's list win over anime that are only stored.
//! 3. Titles are compared normalized for search.

use crate::{
    domain::{fuzzy_title::find_nearest_titles, text::normalize_for_search},
    store::AnimeTitles,
};

/// Result of a title search.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TitleMatch<'a> {
    NotFound,
    One(&'a AnimeTitles),
    /// Sorted by MAL id, ascending.
    Several(Vec<&'a AnimeTitles>),
    /// No title contains the text; these are nearest. Sorted by MAL id, ascending.
    Near(Vec<&'a AnimeTitles>),
}

/// Returns the anime with this title, else those whose title begins with `text`, else those whose title contains it, else
/// the nearest.
pub(super) fn find_by_title<'a>(candidates: &'a [AnimeTitles], typed: &str) -> TitleMatch<'a> {
    let text = normalize_for_search(typed.trim());
    let matching = |matches: &dyn Fn(&str) -> bool| -> Vec<&'a AnimeTitles> {
        candidates
            .iter()
            .filter(|anime| anime.titles.iter().any(|title| matches(&normalize_for_search(title))))
            .collect()
    };
    let mut found = matching(&|title| title == text);
    if found.is_empty() {
        found = matching(&|title| title.starts_with(&text));
    }
    if found.is_empty() {
        found = matching(&|title| title.contains(&text));
    }
    prefer_listed(&mut found);
    match found[..] {
        [] => find_near(candidates, typed),
        [one] => TitleMatch::One(one),
        _ => TitleMatch::Several(found),
    }
}

/// Returns the anime whose titles are nearest to a text that no title contains.
fn find_near<'a>(candidates: &'a [AnimeTitles], typed: &str) -> TitleMatch<'a> {
    let titles = candidates.iter().flat_map(|anime| anime.titles.iter().map(|title| (anime.mal_id, title.as_str())));
    let nearest = find_nearest_titles(typed, titles);
    let mut found: Vec<&AnimeTitles> = candidates.iter().filter(|anime| nearest.contains(&anime.mal_id)).collect();
    prefer_listed(&mut found);
    if found.is_empty() { TitleMatch::NotFound } else { TitleMatch::Near(found) }
}

/// Returns the title by which an anime was found, if it is not the main one. The main title comes first.
pub(super) fn find_matched_alternative<'a>(titles: &[&'a str], typed: &str) -> Option<&'a str> {
    let text = normalize_for_search(typed.trim());
    let containing = titles.iter().position(|title| normalize_for_search(title).contains(&text));
    let nearest = || find_nearest_titles(typed, titles.iter().copied().enumerate()).first().copied();
    let index = containing.or_else(nearest).filter(|index| *index > 0)?;
    titles.get(index).copied()
}

/// Drops the anime that are not in the list, if one is.
fn prefer_listed(found: &mut Vec<&AnimeTitles>) {
    if found.iter().any(|anime| anime.is_in_list) {
        found.retain(|anime| anime.is_in_list);
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
            TitleMatch::Several(several) | TitleMatch::Near(several) => {
                several.iter().map(|anime| anime.mal_id).collect()
            }
        }
    }

    #[test]
    fn alternative_title_is_named_only_if_the_main_one_does_not_match() {
        let titles = ["Sousou no Frieren", "Frieren: Beyond Journey's End", "葬送のフリーレン"];
        for (typed, expected) in [
            ("frieren", None),
            ("beyond", Some(titles[1])),
            ("beyond jurney", Some(titles[1])),
            ("葬送", Some(titles[2])),
        ] {
            assert_eq!(find_matched_alternative(&titles, typed), expected, "{typed}");
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
            ("bebop: t", &[5]),
            ("cowbooy bebop", &[1]),
            ("cwoboy", &[1, 5]),
            ("nothing", &[]),
        ] {
            assert_eq!(matching_ids(text), expected, "{text}");
        }
    }
}
