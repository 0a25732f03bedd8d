//! Finds the titles that a mistyped text most likely means. Pure.

use super::text::normalize_for_search;

/// How far a title is from a typed text. Orders by the number of typing errors, whole titles first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct TitleDistance {
    /// Characters to insert, delete, replace or swap.
    errors: usize,
    /// True if the text is near a part of the title only.
    is_part: bool,
}

/// Returns the number of typing errors that a text of this length can have.
const fn max_errors(chars: usize) -> usize {
    match chars {
        0..4 => 0,
        4..8 => 1,
        8..15 => 2,
        _ => 3,
    }
}

/// Returns the keys of the titles that are nearest to `text`, each once, in the order of `titles`. Returns an empty list if
/// no title, and no part of one that begins with a word, is near enough.
pub fn find_nearest_titles<'a, K: Copy + PartialEq>(
    text: &str,
    titles: impl IntoIterator<Item = (K, &'a str)>,
) -> Vec<K> {
    let typed: Vec<char> = normalize_for_search(text.trim()).chars().collect();
    let mut best: Option<TitleDistance> = None;
    let mut nearest: Vec<K> = Vec::new();
    for (key, title) in titles {
        let title: Vec<char> = normalize_for_search(title).chars().collect();
        let Some(distance) = measure_distance(&typed, &title) else { continue };
        if best.is_none_or(|best| distance < best) {
            best = Some(distance);
            nearest.clear();
        }
        if best == Some(distance) && !nearest.contains(&key) {
            nearest.push(key);
        }
    }
    nearest
}

/// Returns the smallest distance to the title or to one of its parts. Returns `None` if it has too many errors.
fn measure_distance(typed: &[char], title: &[char]) -> Option<TitleDistance> {
    if typed.is_empty() {
        return None;
    }
    let limit = max_errors(typed.len());
    let whole = (typed.len().abs_diff(title.len()) <= limit).then(|| count_errors(typed, title));
    let whole = whole.map(|errors| TitleDistance { errors, is_part: false });
    let word_starts = (0..title.len())
        .filter(|start| *start == 0 || title.get(start - 1).is_some_and(|before| !before.is_alphanumeric()));
    let parts = word_starts.flat_map(|start| {
        let lengths = typed.len().saturating_sub(1)..=typed.len() + 1;
        lengths.filter_map(move |length| title.get(start..start + length))
    });
    let part = parts.map(|part| count_errors(typed, part)).min().map(|errors| TitleDistance { errors, is_part: true });
    whole.into_iter().chain(part).min().filter(|distance| distance.errors <= limit)
}

/// Returns the number of insertions, deletions, replacements and swaps between two texts.
fn count_errors(typed: &[char], title: &[char]) -> usize {
    strsim::generic_damerau_levenshtein(typed, title)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TITLES: [(i32, &str); 7] = [
        (1, "Cowboy Bebop"),
        (5, "Cowboy Bebop: Tengoku no Tobira"),
        (5, "Cowboy Bebop: The Movie"),
        (7, "Pokémon"),
        (8, "Sousou no Frieren"),
        (9, "Monster"),
        (10, "86"),
    ];

    #[test]
    fn mistyped_title_finds_the_nearest() {
        for (text, expected) in [
            ("cowbooy bebop", &[1][..]),
            ("Cowboy Bebob", &[1]),
            ("cwoboy", &[1, 5]),
            ("cowboy bebop the move", &[5]),
            ("cowboy bebop: teh movie", &[5]),
            ("freiren", &[8]),
            ("sosou no frieren", &[8]),
            ("pokemn", &[7]),
            ("mosnter", &[9]),
            ("87", &[]),
            ("", &[]),
            ("dragon ball", &[]),
        ] {
            assert_eq!(find_nearest_titles(text, TITLES), expected, "{text}");
        }
    }
}
