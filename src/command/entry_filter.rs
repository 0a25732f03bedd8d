//! Selects the entries of a command: `list`, `edit`, `export` and every other command with the flags of
//! [`args::FilterArgs`].
//!
//! Filters rows in memory rather than in SQL, so that both databases compare letters alike.

use std::collections::BTreeSet;

use crate::{
    cli::{RangeArg, SeasonArg, args},
    domain::{
        anime::{Anime, IdName},
        entry_fields::EntryValues,
        list_entry::ListEntry,
        own_values,
        partial_date::PartialDate,
        text::{closest_match, excerpt, normalize_for_search},
    },
    store::ListColumn,
    ui::Ui,
};

/// Filter flags, normalized once for matching many entries.
pub(super) struct EntryFilter<'a> {
    args: &'a args::FilterArgs,
    search: Option<String>,
    genres: Vec<String>,
    studios: Vec<String>,
    tags: Vec<String>,
    media_types: Vec<String>,
    purpose: FilterPurpose,
}

/// What the matching entries are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FilterPurpose {
    /// A command shows them.
    Reading,
    /// A command changes them. Then a status is the value of the column.
    Changing,
}

impl<'a> EntryFilter<'a> {
    pub(super) fn new(args: &'a args::FilterArgs, purpose: FilterPurpose) -> Self {
        let normalized = |words: &[String]| words.iter().map(|word| normalize_for_search(word)).collect();
        Self {
            args,
            search: args.search.as_deref().map(normalize_for_search),
            genres: normalized(&args.genre),
            studios: normalized(&args.studio),
            tags: normalized(&args.tag),
            media_types: args
                .media_type
                .iter()
                .map(|word| normalize_for_search(word).replace(['-', ' '], "_"))
                .collect(),
            purpose,
        }
    }

    /// Removes the entries that do not match. Prints a note on each genre, studio or tag that no entry has, which may
    /// be a typo.
    pub(super) fn apply(&self, ui: &Ui, items: &mut Vec<ListEntry>) {
        self.unknown_value_notes(items).iter().for_each(|note| ui.print_note(note));
        items.retain(|item| self.matches(item));
    }

    /// Returns the notes on genres, studios and tags that no entry has.
    fn unknown_value_notes(&self, items: &[ListEntry]) -> Vec<String> {
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
            (&args.genre, "genre", &(|| names(|anime| &anime.genres)) as &dyn Fn() -> BTreeSet<_>),
            (&args.studio, "studio", &|| names(|anime| &anime.studios)),
            (&args.tag, "tag", &tags),
        ]
        .into_iter()
        .filter(|(words, ..)| !words.is_empty())
        .flat_map(|(words, kind, known_values)| notes_on_unknown_values(words, kind, &known_values()))
        .collect()
    }

    /// Returns true if the entry has one of the statuses. `watching` has rewatched entries too, as on MAL, unless the
    /// entries are to be changed.
    fn matches_status(&self, values: &EntryValues) -> bool {
        let is_rewatched = self.purpose == FilterPurpose::Reading && values.is_rewatching;
        self.args.status.contains(&values.status)
            || (is_rewatched && self.args.status.iter().any(|name| name == "watching"))
    }

    /// Returns true if the entry matches every given flag. Ignores `removed_at`.
    pub(super) fn matches(&self, item: &ListEntry) -> bool {
        let (args, values, anime) = (self.args, &item.stored.values, &item.anime);
        let has_all = |wanted: &[String], present: &[IdName]| {
            wanted.iter().all(|wanted| present.iter().any(|named| normalize_for_search(&named.name) == *wanted))
        };
        (args.status.is_empty() || self.matches_status(values))
            && (!args.rewatching || values.is_rewatching)
            && args.score.is_none_or(|range| is_in_range(range, values.score.filter(|score| *score > 0)))
            && args.mean.is_none_or(|range| is_in_range(range, anime.mean))
            && args.started.is_none_or(|range| is_date_in_range(range, values.start_date))
            && args.finished.is_none_or(|range| is_date_in_range(range, values.finish_date))
            && args.airing.is_none_or(|airing| anime.status.as_deref() == Some(airing.as_str()))
            && (args.season.is_empty() || args.season.iter().any(|season| matches_season(season, anime)))
            && (self.media_types.is_empty()
                || anime.media_type.as_ref().is_some_and(|kind| self.media_types.contains(kind)))
            && has_all(&self.genres, &anime.genres)
            && has_all(&self.studios, &anime.studios)
            && self.tags.iter().all(|wanted| values.tags.iter().any(|tag| normalize_for_search(tag) == *wanted))
            && (!args.pinned || !item.stored.pinned.is_empty())
            && self
                .search
                .as_ref()
                .is_none_or(|text| item.all_titles().any(|title| normalize_for_search(title).contains(text)))
            && (!args.edited || !own_values::own_fields(&item.stored).is_empty())
    }
}

fn notes_on_unknown_values(words: &[String], kind: &str, known_values: &BTreeSet<&str>) -> Vec<String> {
    let is_known =
        |word: &str| known_values.iter().any(|name| normalize_for_search(name) == normalize_for_search(word));
    let note = |word: &String| {
        let suggestion =
            closest_match(word, known_values.iter().copied()).map(|name| format!("; did you mean {name}?"));
        format!("unknown {kind} {}{}", excerpt(word), suggestion.unwrap_or_default())
    };
    words.iter().filter(|word| !is_known(word)).map(note).collect()
}

/// Returns the columns that the flags need. Returns `None` if a flag needs a column that partial entries lack.
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
        && airing.is_none()
        && started.is_none()
        && finished.is_none()
        && !edited
        && !pinned
        && [genre, studio, media_type, tag].iter().all(|words| words.is_empty())
        && season.is_empty();
    let columns = [
        (!status.is_empty(), ListColumn::Status),
        (!status.is_empty() || *rewatching, ListColumn::IsRewatching),
        (score.is_some(), ListColumn::Score),
        (mean.is_some(), ListColumn::Mean),
    ];
    needs_no_other_column
        .then(|| columns.into_iter().filter_map(|(is_needed, column)| is_needed.then_some(column)).collect())
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
        (Some(start), Some(season)) => start.year == wanted.year && start.season == season,
        (Some(start), None) => start.year == wanted.year,
        (None, Some(_)) => false,
        (None, None) => {
            anime.aired_from.is_some_and(|from| from.to_string().starts_with(&format!("{:04}", wanted.year)))
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, FromArgMatches as _};
    use serde_json::json;

    use super::*;
    use crate::domain::{anime::Season, entry::StoredEntry, merge_base::MergeBase};

    fn sample_item() -> ListEntry {
        let base =
            MergeBase::from(json!({"status": "watching", "score": 8, "start_date": "2019-04", "tags": ["Favourite"]}));
        let values = base.parse_values().unwrap();
        let named = |id, name: &str| IdName { id, name: name.into() };
        ListEntry {
            anime: Anime {
                mal_id: 1,
                title: "Pokémon".into(),
                title_japanese: Some("ポケットモンスター".into()),
                synonyms: vec!["ＰＯＫＥＴＴＯ".into()],
                mean: "7.35".parse().ok(),
                media_type: Some("tv_special".into()),
                status: Some("finished_airing".into()),
                genres: vec![named(1, "Action"), named(24, "Sci-Fi")],
                studios: vec![named(5, "OLM")],
                start_season: Some(Season { year: 1997, season: "spring".into() }),
                ..Anime::default()
            },
            stored: StoredEntry { id: 1, mal_id: 1, values, base: Some(base), ..StoredEntry::default() },
            updated_at: None,
        }
    }

    fn parse_filter(flags: &str) -> args::FilterArgs {
        let command = args::FilterArgs::augment_args(clap::Command::new("x").no_binary_name(true));
        let matches = command.try_get_matches_from(shlex::split(flags).unwrap()).unwrap();
        args::FilterArgs::from_arg_matches(&matches).unwrap()
    }

    fn filter_matches(flags: &str, item: &ListEntry) -> bool {
        EntryFilter::new(&parse_filter(flags), FilterPurpose::Reading).matches(item)
    }

    #[test]
    fn unknown_value_is_noted_with_suggestion() {
        for (flags, expected) in [
            ("--genre ACTION --studio olm --tag favourite", &[][..]),
            ("--genre acton", &["unknown genre acton; did you mean Action?"]),
            (
                "--genre x --studio OLMS --tag favorite",
                &[
                    "unknown genre x",
                    "unknown studio OLMS; did you mean OLM?",
                    "unknown tag favorite; did you mean Favourite?",
                ],
            ),
        ] {
            assert_eq!(
                EntryFilter::new(&parse_filter(flags), FilterPurpose::Reading).unknown_value_notes(&[sample_item()]),
                expected,
                "{flags}"
            );
        }
    }

    #[test]
    fn each_flag_matches_and_rejects() {
        for (matching, rejecting) in [
            ("--status watching,dropped", "--status dropped"),
            ("--status plan-to-watch --status watching", "--status plan-to-watch"),
            ("--search POKEMON", "--search pokemonk"),
            ("--search ﾓﾝｽﾀｰ", "--search ホケット"),
            ("--search poketto", "--search pókettoo"),
            ("--score 8", "--score 7"),
            ("--score 7..9", "--score ..7"),
            ("--score 8..", "--score none"),
            ("--mean 7.35..7.4", "--mean 7.36.."),
            ("--genre action --genre 'SCI-FI'", "--genre action --genre drama"),
            ("--studio olm", "--studio ol"),
            ("--season spring-1997", "--season fall-1997"),
            ("--season 1998 --season 1997", "--season 1998"),
            ("--type tv,tv-special", "--type tv"),
            ("--airing finished", "--airing airing"),
            ("--tag favourite", "--tag favour"),
            ("--started 2019", "--started 2018"),
            ("--started 2019-04..", "--started 2019-04-02.."),
            ("--started ..2019", "--started ..2019-03-31"),
            ("--finished none", "--finished 2019.."),
            ("--score 8 --status watching", "--score 8 --status completed"),
        ] {
            assert!(filter_matches(matching, &sample_item()), "{matching}");
            assert!(!filter_matches(rejecting, &sample_item()), "{rejecting}");
        }
        assert!(filter_matches("", &sample_item()));
    }

    #[test]
    fn edited_matches_entries_with_an_own_value_on_mal_or_not() {
        let with = |stored: StoredEntry| ListEntry { stored, ..sample_item() };
        let (stored, values) = (sample_item().stored, sample_item().stored.values);
        let noted = EntryValues { notes: Some("x".into()), ..values.clone() };
        assert!(!filter_matches("--edited", &sample_item()));
        assert!(filter_matches("--edited", &with(StoredEntry { values: noted.clone(), ..stored.clone() })));
        let kept = own_values::record_kept_values(&noted, None, |_| false);
        let imported = StoredEntry { values: noted.clone(), kept, base: None, ..stored.clone() };
        assert!(!filter_matches("--edited", &with(imported)));
        assert!(filter_matches("--edited", &with(StoredEntry { values: noted, base: None, ..stored.clone() })));
        assert!(!filter_matches("--edited", &with(StoredEntry { values, base: None, ..stored })));
    }

    #[test]
    fn watching_has_rewatched_entries_only_in_commands_that_read() {
        let values = EntryValues { status: "completed".into(), is_rewatching: true, ..EntryValues::default() };
        let rewatched = ListEntry { stored: StoredEntry { values, ..sample_item().stored }, ..sample_item() };
        assert!(filter_matches("--rewatching", &rewatched) && !filter_matches("--rewatching", &sample_item()));
        for flags in ["--status watching", "--status completed", "--status dropped,watching"] {
            assert!(filter_matches(flags, &rewatched), "{flags}");
        }
        assert!(!filter_matches("--status dropped", &rewatched));
        let filter = parse_filter("--status watching");
        assert!(!EntryFilter::new(&filter, FilterPurpose::Changing).matches(&rewatched));
        assert!(EntryFilter::new(&filter, FilterPurpose::Changing).matches(&sample_item()));
    }

    #[test]
    fn pinned_matches_entries_with_pins() {
        let pinned = vec![crate::domain::entry_fields::Field::Score];
        assert!(!filter_matches("--pinned", &sample_item()));
        assert!(filter_matches(
            "--pinned",
            &ListEntry { stored: StoredEntry { pinned, ..sample_item().stored }, ..sample_item() }
        ));
    }
}
