//! Which anime a person means who types a part of its title. Pure.
//!
//! A whole title goes before a part of one, and what is in the list before what is only known; letters are folded.

use crate::{domain::text::fold, store::Titles};

/// What a text stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found<'a> {
    Nothing,
    One(&'a Titles),
    /// In ascending order of MAL's id.
    Several(Vec<&'a Titles>),
}

/// Finds the anime by a title or a part of one.
pub(super) fn by_title<'a>(known: &'a [Titles], text: &str) -> Found<'a> {
    let text = fold(text.trim());
    let having = |matches: &dyn Fn(&str) -> bool| -> Vec<&'a Titles> {
        known.iter().filter(|anime| anime.titles.iter().any(|title| matches(&fold(title)))).collect()
    };
    let mut found = having(&|title| title == text);
    if found.is_empty() {
        found = having(&|title| title.contains(&text));
    }
    if found.iter().any(|anime| anime.listed) {
        found.retain(|anime| anime.listed);
    }
    match found[..] {
        [] => Found::Nothing,
        [one] => Found::One(one),
        _ => Found::Several(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<Titles> {
        let anime = |mal_id, titles: &[&str], listed| Titles {
            mal_id,
            titles: titles.iter().map(|title| (*title).to_owned()).collect(),
            listed,
        };
        vec![
            anime(1, &["Cowboy Bebop", "カウボーイビバップ"], true),
            anime(5, &["Cowboy Bebop: Tengoku no Tobira", "The Movie"], true),
            anime(7, &["Pokémon", "The Movie"], false),
            anime(8, &["Pokémon Movie 1"], true),
            anime(9, &["Pokémon"], false),
        ]
    }

    fn ids(text: &str) -> Vec<i32> {
        match by_title(&known(), text) {
            Found::Nothing => Vec::new(),
            Found::One(one) => vec![one.mal_id],
            Found::Several(several) => several.iter().map(|anime| anime.mal_id).collect(),
        }
    }

    #[test]
    fn a_whole_title_goes_before_a_part_and_the_list_before_what_is_only_known() {
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
            assert_eq!(ids(text), expected, "{text}");
        }
    }
}
