//! Selects the entries of a command: `list`, `edit`, `export` and every other command with the flags of
//! [`args::FilterArgs`].
//!
//! Filters rows in memory rather than in SQL, so that both databases compare letters alike.

use std::collections::BTreeSet;

use chrono::Datelike as _;

use crate::{
    cli::{RangeArg, SeasonArg, args, value::did_you_mean},
    domain::{
        anime::{Anime, IdName},
        entry_fields::EntryValues,
        fuzzy_title::find_titles_with_fewest_errors,
        list_entry::ListEntry,
        own_values,
        partial_date::PartialDate,
        text::{closest_match, excerpt, normalize_for_search},
        vocabulary::{GENRES, MEDIA_TYPES, find_media_type},
    },
    exit::Exit,
    failure::Failure,
    store::ListColumn,
    ui::Ui,
};

/// Filter flags, normalized once for matching many entries.
pub(super) struct EntryFilter<'a> {
    args: &'a args::FilterArgs,
    search: Option<String>,
    /// Each flag with its alternatives.
    genres: Vec<Vec<String>>,
    studios: Vec<Vec<String>>,
    tags: Vec<Vec<String>>,
    media_types: Vec<String>,
    purpose: FilterPurpose,
}

/// What the matching entries are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FilterPurpose {
    /// `list` shows them. If no title contains the searched text, the nearest titles match.
    Listing,
    /// A command shows them.
    Reading,
    /// A command writes them to a file.
    Saving,
    /// A command changes them. Then a status is the value of the column.
    Changing,
}

impl<'a> EntryFilter<'a> {
    pub(super) fn new(args: &'a args::FilterArgs, purpose: FilterPurpose) -> Self {
        let alternatives = |words: &[String]| words.iter().map(|word| normalized_alternatives(word)).collect();
        Self {
            args,
            search: args.search.as_deref().map(normalize_for_search),
            genres: alternatives(&args.genre),
            studios: alternatives(&args.studio),
            tags: alternatives(&args.tag),
            media_types: args.media_type.iter().map(|word| normalized_type(word)).collect(),
            purpose,
        }
    }

    /// Removes the entries that do not match.
    ///
    /// # Errors
    /// Exit code 2 if a flag names a value that is unknown.
    pub(super) fn apply(&self, ui: &Ui, items: &mut Vec<ListEntry>) -> Result<(), Failure> {
        self.check_values(items)?;
        self.retain_matching(ui, items);
        Ok(())
    }

    /// Checks the values of the flags against those of all entries. Any value is known if there are no entries.
    ///
    /// # Errors
    /// - Exit code 2 for a type that MAL does not have.
    /// - Exit code 2 for a genre, studio or tag that no entry has, unless it is a genre of MAL's. If the entries are to
    ///   be saved and no value is near it, exit code 1 instead: no entry matches.
    pub(super) fn check_values(&self, items: &[ListEntry]) -> Result<(), Failure> {
        if items.is_empty() {
            return Ok(());
        }
        self.check_media_types(items)?;
        self.find_unknown_value(items).map_or(Ok(()), Err)
    }

    /// Removes the entries that do not match. Prints a note if the nearest titles match.
    pub(super) fn retain_matching(&self, ui: &Ui, items: &mut Vec<ListEntry>) {
        let nearest = self.find_nearest(items);
        if !nearest.is_empty() {
            let text = self.args.search.as_deref().unwrap_or_default();
            ui.print_note(&format!("No title contains \"{}\"; showing the nearest", excerpt(text)));
        }
        let is_found = |item: &ListEntry| match nearest[..] {
            [] => self.matches_search(item),
            _ => nearest.contains(&item.anime.mal_id),
        };
        items.retain(|item| is_found(item) && self.matches_flags(item));
    }

    /// Fails if a type is neither MAL's nor an entry's.
    fn check_media_types(&self, items: &[ListEntry]) -> Result<(), Failure> {
        let is_known = |name: &String| {
            MEDIA_TYPES.contains(&name.as_str())
                || items.iter().any(|item| item.anime.media_type.as_ref() == Some(name))
        };
        let Some(position) = self.media_types.iter().position(|name| !is_known(name)) else { return Ok(()) };
        let typed = self.args.media_type.get(position).map(String::as_str).unwrap_or_default();
        let suggestion = did_you_mean(typed, MEDIA_TYPES);
        Err(Failure::usage_error(format!("unknown anime type {}", excerpt(typed)))
            .with_hint(format!("{suggestion}available types: {}", MEDIA_TYPES.join(", "))))
    }

    /// Returns the ids of the entries whose titles are nearest to the searched text. Returns an empty list if a title
    /// contains the text. Also returns one if the entries are not only listed: then only titles with the text match.
    fn find_nearest(&self, items: &[ListEntry]) -> Vec<i32> {
        let Some(text) = self.args.search.as_ref().filter(|_| self.purpose == FilterPurpose::Listing) else {
            return Vec::new();
        };
        if items.iter().any(|item| self.matches_search(item)) {
            return Vec::new();
        }
        let titles = items.iter().flat_map(|item| item.all_titles().map(|title| (item.anime.mal_id, title)));
        find_titles_with_fewest_errors(text, titles)
    }

    /// Returns true if a title contains the searched text, or if none is searched.
    fn matches_search(&self, item: &ListEntry) -> bool {
        self.search
            .as_ref()
            .is_none_or(|text| item.all_titles().any(|title| normalize_for_search(title).contains(text)))
    }

    /// Returns the failure of the first genre, studio or tag that no entry has.
    fn find_unknown_value(&self, items: &[ListEntry]) -> Option<Failure> {
        let names = |get_names: fn(&Anime) -> &[IdName]| {
            items
                .iter()
                .flat_map(move |item| get_names(&item.anime))
                .map(|named| named.name.as_str())
                .collect::<BTreeSet<_>>()
        };
        let tags = || items.iter().flat_map(|item| &item.stored.values.tags).map(String::as_str).collect();
        let args = self.args;
        [
            (&args.genre, "genre", &GENRES[..], &(|| names(|anime| &anime.genres)) as &dyn Fn() -> BTreeSet<_>),
            (&args.studio, "studio", &[], &|| names(|anime| &anime.studios)),
            (&args.tag, "tag", &[], &tags),
        ]
        .into_iter()
        .filter(|(words, ..)| !words.is_empty())
        .find_map(|(words, kind, other_values, values)| {
            let (failure, is_near) = unknown_value_failure(words, kind, &values(), other_values)?;
            let exit = if self.purpose == FilterPurpose::Saving && !is_near { Exit::Failed } else { failure.exit };
            Some(Failure { exit, ..failure })
        })
    }

    /// Returns true if the entry has one of the statuses. `watching` has rewatched entries too, as on MAL, unless the
    /// entries are to be changed.
    fn matches_status(&self, values: &EntryValues) -> bool {
        let is_rewatched = self.purpose != FilterPurpose::Changing && values.is_rewatching;
        self.args.status.contains(&values.status)
            || (is_rewatched && self.args.status.iter().any(|name| name == "watching"))
    }

    /// Returns true if the entry matches every given flag but `--search`. Ignores `removed_at`.
    fn matches_flags(&self, item: &ListEntry) -> bool {
        let (args, values, anime) = (self.args, &item.stored.values, &item.anime);
        let has_all = |wanted: &[Vec<String>], present: &[IdName]| {
            wanted.iter().all(|names| present.iter().any(|named| names.contains(&normalize_for_search(&named.name))))
        };
        (args.status.is_empty() || self.matches_status(values))
            && (!args.rewatching || values.is_rewatching)
            && has_any(&args.score, |range| is_in_range(*range, values.score.filter(|score| *score > 0)))
            && has_any(&args.mean, |range| is_in_range(*range, anime.mean))
            && has_any(&args.started, |range| is_date_in_range(*range, values.start_date))
            && has_any(&args.finished, |range| is_date_in_range(*range, values.finish_date))
            && has_any(&args.airing, |airing| anime.status.as_deref() == Some(airing.as_str()))
            && (args.season.is_empty() || args.season.iter().any(|season| matches_season(season, anime)))
            && (self.media_types.is_empty()
                || anime.media_type.as_ref().is_some_and(|kind| self.media_types.contains(kind)))
            && has_all(&self.genres, &anime.genres)
            && has_all(&self.studios, &anime.studios)
            && self.tags.iter().all(|names| values.tags.iter().any(|tag| names.contains(&normalize_for_search(tag))))
            && (!args.pinned || !item.stored.pinned.is_empty())
            && (!args.edited || !own_values::own_fields(&item.stored).is_empty())
    }
}

/// Maximum number of known values in a hint.
const MAX_VALUES_SHOWN: usize = 20;

/// Returns the failure of the first word that is none of the values of the entries and none of the others, and true if
/// one of them is near. Returns `None` if the entries have no values, as an imported list has no genres.
fn unknown_value_failure(
    words: &[String],
    kind: &str,
    values: &BTreeSet<&str>,
    other_values: &[&str],
) -> Option<(Failure, bool)> {
    if values.is_empty() {
        return None;
    }
    let all_values = || values.iter().chain(other_values).copied();
    let is_known = |word: &str| all_values().any(|name| normalize_for_search(name) == normalize_for_search(word));
    let parts = words.iter().filter(|word| !is_known(word)).flat_map(|word| split_at_commas(word));
    let unknown = parts.into_iter().find(|word| !is_known(word))?;
    let failure = Failure::usage_error(format!("unknown {kind} {}", excerpt(unknown)));
    if let Some(nearest) = find_nearest_value(unknown, values, other_values) {
        return Some((failure.with_hint(format!("did you mean {nearest}?")), true));
    }
    let shown: Vec<&str> = values.iter().take(MAX_VALUES_SHOWN).copied().collect();
    let more = values.len() - shown.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some((failure.with_hint(format!("{kind}s in your list: {}{more}", shown.join(", "))), false))
}

/// Returns the value that a word probably means: a similar one, or else the only one that contains the word.
fn find_nearest_value<'a>(word: &str, values: &BTreeSet<&'a str>, other_values: &[&'a str]) -> Option<&'a str> {
    let all_values = || values.iter().chain(other_values).copied();
    let similar = closest_match(word, values.iter().copied()).or_else(|| closest_match(word, all_values()));
    let part = normalize_for_search(word);
    let mut containing = all_values().filter(|name| normalize_for_search(name).contains(&part));
    similar.or_else(|| containing.next().filter(|_| containing.next().is_none()))
}

/// Returns the parts between the commas that are not empty.
fn split_at_commas(word: &str) -> impl Iterator<Item = &str> {
    word.split(',').map(str::trim).filter(|part| !part.is_empty())
}

/// Returns the names that a value stands for: its parts between commas, or the whole, for a name that has a comma.
fn normalized_alternatives(word: &str) -> Vec<String> {
    std::iter::once(word.trim()).chain(split_at_commas(word)).map(normalize_for_search).collect()
}

/// Returns MAL's name of a media type. An unknown one may be new at MAL.
fn normalized_type(word: &str) -> String {
    let other = || normalize_for_search(word.trim()).replace(['-', ' '], "_");
    find_media_type(word).map_or_else(other, str::to_owned)
}

/// Returns the columns that the flags need. Returns `None` if a flag needs a column that is not in
/// [`ListColumn`].
pub(super) fn required_columns(args: &args::FilterArgs) -> Option<Vec<ListColumn>> {
    // Destructured in full, so that a new flag does not compile until it is handled here.
    let args::FilterArgs {
        status,
        score,
        mean,
        search,
        genre,
        studio,
        season,
        media_type,
        airing,
        tag,
        started,
        finished,
        edited,
        pinned,
        rewatching,
    } = args;
    let needs_no_other_column = search.is_none()
        && airing.is_empty()
        && started.is_empty()
        && finished.is_empty()
        && !edited
        && !pinned
        && [genre, studio, media_type, tag].iter().all(|words| words.is_empty())
        && season.is_empty();
    let columns = [
        (!status.is_empty(), ListColumn::Status),
        (!status.is_empty() || *rewatching, ListColumn::IsRewatching),
        (!score.is_empty(), ListColumn::Score),
        (!mean.is_empty(), ListColumn::Mean),
    ];
    needs_no_other_column
        .then(|| columns.into_iter().filter_map(|(is_needed, column)| is_needed.then_some(column)).collect())
}

/// Returns true if one of the values of a flag matches, or if there is none.
fn has_any<T>(values: &[T], matches: impl Fn(&T) -> bool) -> bool {
    values.is_empty() || values.iter().any(matches)
}

fn is_in_range<T: PartialOrd>(range: RangeArg<T>, value: Option<T>) -> bool {
    match (range, value) {
        (RangeArg::NoValue, value) => value.is_none(),
        (RangeArg::Within(..), None) => false,
        (RangeArg::Within(from, to), Some(value)) => {
            from.is_none_or(|from| from <= value) && to.is_none_or(|to| value <= to)
        }
    }
}

/// Returns true if a possibly partial date is in the range. A partial date counts by its known part: 2019 is within
/// 2019, but not in `2019-04..`.
fn is_date_in_range(range: RangeArg<PartialDate>, date: Option<PartialDate>) -> bool {
    match (range, date) {
        (RangeArg::NoValue, date) => date.is_none(),
        (RangeArg::Within(..), None) => false,
        (RangeArg::Within(from, to), Some(date)) => {
            // MAL's date text sorts chronologically, and a year is a prefix of its days.
            let text = date.to_string();
            from.is_none_or(|from| from.to_string() <= text)
                && to.map(|to| to.to_string()).is_none_or(|to| text <= to || text.starts_with(&to))
        }
    }
}

fn matches_season(wanted: &SeasonArg, anime: &Anime) -> bool {
    match (&anime.start_season, wanted.season) {
        (Some(start), season) => {
            wanted.years.contains(&start.year) && season.is_none_or(|season| start.season == season)
        }
        (None, Some(_)) => false,
        (None, None) => anime.aired_from.is_some_and(|from| wanted.years.contains(&from.first_day().year())),
    }
}

#[cfg(test)]
#[path = "entry_filter_tests.rs"]
mod tests;
