//! Finds the titles that a mistyped text most likely means. Pure.

use std::cmp::Ordering;

use super::text::normalize_for_search;

/// How far a title is from a typed text. Orders by the number of typing errors, whole titles first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct TitleDistance {
    /// Characters to insert, delete, replace or swap, and typed words that the title lacks.
    errors: usize,
    /// True if the text is near a part of the title only.
    is_part: bool,
    /// Words of the title that were left out between those that were typed.
    missing_words: usize,
}

/// Returns the number of typing errors that a text of this length can have.
const fn max_errors(chars: usize) -> usize {
    match chars {
        0..4 => 0,
        4..8 => 1,
        8..15 => 2,
        15..24 => 3,
        _ => 4,
    }
}

/// The least characters that the words shared by a text and a title have together, in [`measure_words`]. In
/// [`measure_distance`], a text with fewer characters must begin like the title or its part ([`has_near_start`]).
const MIN_SHARED_CHARS: usize = 8;

/// The most characters of a text and of a title that are compared. A longer text is no mistyped title.
const MAX_CHARS: usize = 300;

/// Returns the keys of the titles that are nearest to `text`, each once, in the order of `titles`.
///
/// A text can be near a whole title, near a part of a title that begins with a word, or share enough words with a title
/// in any order. Returns an empty list if none of this holds for any title.
pub fn find_nearest_titles<'a, K: Copy + PartialEq>(
    text: &str,
    titles: impl IntoIterator<Item = (K, &'a str)>,
) -> Vec<K> {
    find_by_rank(text, titles, |distance| distance)
}

/// Returns the keys of the titles with the fewest typing errors, as a whole or in a part: what a search for the correct text
/// finds. Unlike [`find_nearest_titles`], it does not prefer a whole title to a part of one.
pub fn find_titles_with_fewest_errors<'a, K: Copy + PartialEq>(
    text: &str,
    titles: impl IntoIterator<Item = (K, &'a str)>,
) -> Vec<K> {
    find_by_rank(text, titles, |distance| (distance.errors, distance.missing_words))
}

/// Returns the keys of the titles with the lowest rank.
fn find_by_rank<'a, K: Copy + PartialEq, R: Ord>(
    text: &str,
    titles: impl IntoIterator<Item = (K, &'a str)>,
    rank: impl Fn(TitleDistance) -> R,
) -> Vec<K> {
    let typed: Vec<char> = normalize_for_search(text.trim()).chars().take(MAX_CHARS + 1).collect();
    if typed.len() > MAX_CHARS {
        return Vec::new();
    }
    let mut best: Option<R> = None;
    let mut nearest: Vec<K> = Vec::new();
    for (key, title) in titles {
        let title: Vec<char> = normalize_for_search(title).chars().take(MAX_CHARS).collect();
        let by_chars = measure_distance(&typed, &title);
        let distances = by_chars.into_iter().chain(measure_words(&typed, &title));
        let Some(distance) = distances.map(&rank).min() else { continue };
        match best.as_ref().map_or(Ordering::Less, |best| distance.cmp(best)) {
            Ordering::Less => (best, nearest) = (Some(distance), vec![key]),
            Ordering::Equal if !nearest.contains(&key) => nearest.push(key),
            Ordering::Equal | Ordering::Greater => {}
        }
    }
    nearest
}

/// Returns the smallest distance to the title or to one of its parts. Returns `None` if it has too many errors.
fn measure_distance(typed: &[char], title: &[char]) -> Option<TitleDistance> {
    let limit = max_errors(typed.len());
    let typed_words = split_words(typed);
    let starts_word = |start: &usize| start.checked_sub(1).is_none_or(|before| !title[before].is_alphanumeric());
    let mut best: Option<TitleDistance> = None;
    for start in (0..title.len()).filter(starts_word) {
        let part = &title[start..];
        let Some(errors) = count_errors(typed, part, limit) else { continue };
        let title_words = split_words(part);
        let is_whole = start == 0 && errors.whole <= limit;
        // Each typed word is compared with the title's word at the same place, if the text has as many words as the
        // whole title, or several words for a part of one. Otherwise only the first letters are compared.
        let compares_words = if is_whole { typed_words.len() == title_words.len() } else { typed_words.len() > 1 };
        let has_near_words = || typed_words.iter().zip(&title_words).all(|(typed, title)| is_near_word(typed, title));
        let is_near = if compares_words { has_near_words() } else { has_near_start(typed, part) };
        if !is_near || (typed.len() < MIN_SHARED_CHARS && !has_near_start(typed, part)) {
            continue;
        }
        let whole = is_whole.then_some(TitleDistance { errors: errors.whole, is_part: false, missing_words: 0 });
        let part = TitleDistance { errors: errors.beginning, is_part: true, missing_words: 0 };
        best = best.into_iter().chain(whole).chain([part]).min();
    }
    best.filter(|distance| distance.errors <= limit)
}

/// Returns true if the first letters are the same, or if one is missing, too many or swapped with the next.
fn has_near_start(typed: &[char], title: &[char]) -> bool {
    let (Some(first_typed), Some(first)) = (typed.first(), title.first()) else { return false };
    first_typed == first || typed.get(1) == Some(first) || title.get(1) == Some(first_typed)
}

/// Returns true if a typed word may be this word of a title, or the beginning of it.
fn is_near_word(typed: &[char], title: &[char]) -> bool {
    let limit = max_errors(typed.len()).max(1);
    count_errors(typed, title, limit).is_some()
}

/// Returns the distance by words, in any order: of a text that lacks words of the title, or of one that has more. Returns
/// `None` if neither has all words of the other.
fn measure_words(typed: &[char], title: &[char]) -> Option<TitleDistance> {
    let (typed, mut unused) = (split_words(typed), split_words(title));
    let (mut errors, mut shared_chars) = (0, 0);
    let (mut extra_words, mut extra_chars) = (0, 0);
    for word in &typed {
        let limit = max_errors(word.len());
        let errors_of = |other: &[char]| {
            let errors = count_errors(word, other, limit).filter(|_| has_near_start(word, other))?;
            Some(errors.whole).filter(|whole| *whole <= limit)
        };
        let found = unused.iter().enumerate().filter_map(|(index, other)| Some((errors_of(other)?, index))).min();
        if let Some((count, index)) = found {
            unused.remove(index);
            errors += count;
            shared_chars += word.len();
        } else {
            extra_words += 1;
            extra_chars += word.len();
        }
    }
    let is_near = shared_chars >= MIN_SHARED_CHARS
        && typed.len() - extra_words >= 2
        && (extra_words == 0 || (unused.is_empty() && shared_chars > 2 * extra_chars));
    let missing_words = unused.len();
    is_near.then_some(TitleDistance { errors: errors + extra_words, is_part: missing_words > 0, missing_words })
}

fn split_words(text: &[char]) -> Vec<&[char]> {
    text.split(|c| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

/// The errors of a typed text: the number of insertions, deletions, replacements and swaps of neighbors.
#[derive(Clone, Copy, Debug)]
struct TypingErrors {
    /// Against the whole title.
    whole: usize,
    /// Against the nearest beginning of the title. One that ends within a word counts as an error more.
    beginning: usize,
}

/// Counts the errors of a typed text against a title. Returns `None` if they are over `limit`.
fn count_errors(typed: &[char], title: &[char], limit: usize) -> Option<TypingErrors> {
    // A row has the errors between each beginning of `typed` and one beginning of the title.
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=typed.len()).collect();
    let mut beginning = limit + 1;
    for (row, title_char) in title.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, typed_char) in typed.iter().enumerate() {
            let replaced = last[column] + usize::from(typed_char != title_char);
            let mut errors = replaced.min(last[column + 1] + 1).min(current[column] + 1);
            let is_swap = row > 0 && column > 0 && typed[column - 1] == *title_char && *typed_char == title[row - 1];
            if is_swap {
                errors = errors.min(before_last[column - 1] + 1);
            }
            current.push(errors);
        }
        let ends_word = title.get(row + 1).is_none_or(|next| !next.is_alphanumeric());
        beginning = beginning.min(current[typed.len()] + usize::from(!ends_word));
        if current.iter().all(|errors| *errors > limit) {
            return (beginning <= limit).then_some(TypingErrors { whole: limit + 1, beginning });
        }
        (before_last, last) = (last, current);
    }
    let whole = last[typed.len()];
    (whole.min(beginning) <= limit).then_some(TypingErrors { whole, beginning })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TITLES: [(i32, &str); 9] = [
        (1, "Cowboy Bebop"),
        (5, "Cowboy Bebop: Tengoku no Tobira"),
        (5, "Cowboy Bebop: The Movie"),
        (7, "Pokémon"),
        (8, "Sousou no Frieren"),
        (9, "Monster"),
        (10, "86"),
        (11, "Fullmetal Alchemist: Brotherhood"),
        (12, "Hunter x Hunter (2011)"),
    ];

    #[test]
    fn search_finds_every_title_that_the_correct_text_would_find() {
        let titles = [(1, "Kitsune Station"), (2, "Kitsune Station: Crimson Detective"), (3, "Silver Keiji")];
        assert_eq!(find_titles_with_fewest_errors("kitsune staton", titles), [1, 2]);
        assert_eq!(find_nearest_titles("kitsune staton", titles), [1], "a whole title is nearer than a part of one");
    }

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
            ("cowboy bepop", &[1]),
            ("cowbyo bepop", &[1]),
            ("bebop cowboy", &[1]),
            ("the cowboy bebop", &[5]),
            ("that cowboy bebop", &[1]),
            ("cowboy movie", &[5]),
            ("fullmetal alchemst brotherhod", &[11]),
            ("fulmetal brotherhood", &[11]),
            ("full metal alchemist brotherhood", &[11]),
            ("fullmetal alchemist", &[11]),
            ("hunterxhunter", &[12]),
            ("hunter hunter", &[12]),
            ("no frieren", &[8]),
            ("sora no", &[]),
            ("cowboy hunter", &[]),
            ("monster alchemist", &[]),
            ("sousou no tabi", &[]),
        ] {
            assert_eq!(find_nearest_titles(text, TITLES), expected, "{text}");
        }
    }

    /// Without the limit this takes hours.
    #[test]
    fn long_text_is_near_no_title_and_a_long_title_is_compared_by_its_beginning() {
        let text = "cowboy ".repeat(50_000);
        assert!(find_nearest_titles(&text, TITLES).is_empty());
        assert_eq!(find_nearest_titles("cowboy cowbyo", [(1, text.as_str())]), [1]);
    }
}
