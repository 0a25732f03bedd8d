//! Sorts entries by the requested keys in turn, then by title and MAL id.
//!
//! Sorts rows in memory rather than in SQL, so that both databases order titles alike. Missing values come last in both
//! directions.

use std::cmp::{Ordering, Reverse};

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::{
    cli::{ListSort, SortKey},
    domain::{
        anime::Season,
        list_entry::ListEntry,
        partial_date::PartialDate,
        vocabulary::{LIST_STATUSES, season_index},
    },
    store::ListColumn,
};

/// Value of an entry under a sort key. All values of one key have the same variant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SortValue {
    Number(i64),
    Decimal(Decimal),
    Text(String),
    Date(PartialDate),
    Time(DateTime<Utc>),
    Season(i32, usize),
}

/// Sorts the entries. Sorts the keys first and then moves each entry only once, because entries are large.
pub(super) fn sort_entries(items: &mut [ListEntry], keys: &[ListSort]) {
    let with_keys = |(index, item): (usize, &ListEntry)| {
        let values: Vec<_> = keys.iter().map(|sort| sort_value(item, sort.key)).collect();
        (values, item.anime.title.to_lowercase(), item.anime.mal_id, index)
    };
    let mut order: Vec<_> = items.iter().enumerate().map(with_keys).collect();
    order.sort_unstable_by(|(a, a_title, a_id, _), (b, b_title, b_id, _)| {
        let by_keys =
            keys.iter().zip(a.iter().zip(b)).map(|(sort, (a, b))| compare_values(a.as_ref(), b.as_ref(), *sort));
        by_keys.fold(Ordering::Equal, Ordering::then).then_with(|| a_title.cmp(b_title)).then_with(|| a_id.cmp(b_id))
    });
    // `targets[i]` is the final index of the entry now at `i`; swap until every entry is in place.
    let mut targets = vec![0; order.len()];
    order.iter().enumerate().for_each(|(to, (.., from))| targets[*from] = to);
    for index in 0..targets.len() {
        while targets[index] != index {
            let to = targets[index];
            items.swap(index, to);
            targets.swap(index, to);
        }
    }
}

fn compare_values(a: Option<&SortValue>, b: Option<&SortValue>, sort: ListSort) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if sort.descending => Reverse(a).cmp(&Reverse(b)),
        (Some(a), Some(b)) => a.cmp(b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

fn sort_value(item: &ListEntry, key: SortKey) -> Option<SortValue> {
    let (anime, values) = (&item.anime, &item.stored.values);
    let number = |number: Option<i32>| number.map(|number| SortValue::Number(number.into()));
    let text = |text: Option<&str>| text.map(|text| SortValue::Text(text.to_lowercase()));
    match key {
        SortKey::Title => text(Some(&anime.title)),
        SortKey::Score => number(values.score.filter(|score| *score > 0)),
        SortKey::Mean => anime.mean.map(SortValue::Decimal),
        SortKey::Status => {
            let position = LIST_STATUSES.iter().position(|status| *status == values.status)?;
            i64::try_from(position).ok().map(SortValue::Number)
        }
        SortKey::Episodes => number(anime.episodes),
        SortKey::Watched => number(values.episodes_watched),
        SortKey::StartDate => values.start_date.map(SortValue::Date),
        SortKey::FinishDate => values.finish_date.map(SortValue::Date),
        SortKey::Updated => item.updated_at.map(SortValue::Time),
        SortKey::Rank => number(anime.rank),
        SortKey::Popularity => number(anime.popularity),
        SortKey::Id => number(Some(anime.mal_id)),
        SortKey::Season => anime.start_season.as_ref().map(season_value),
        SortKey::Aired => anime.aired_from.map(SortValue::Date),
        SortKey::Type => text(anime.media_type.as_deref()),
        SortKey::Studio => text(anime.studios.iter().map(|studio| studio.name.as_str()).min()),
        SortKey::Source => text(anime.source.as_deref()),
        SortKey::Length => number(anime.average_episode_duration),
        SortKey::Users => number(anime.num_list_users),
        SortKey::Priority => number(Some(values.priority)),
        SortKey::Rewatched => number(Some(values.times_rewatched)),
        SortKey::MalUpdated => item.stored.mal_updated_at.map(SortValue::Time),
    }
}

/// Returns a season's place in the calendar. An unknown season name sorts at the end of its year.
fn season_value(season: &Season) -> SortValue {
    SortValue::Season(season.year, season_index(&season.season))
}

/// Returns the columns besides the title that the keys need. Returns `None` if a key needs a column that partial
/// entries lack. The title is always needed as the last sort key.
pub(super) fn required_columns(keys: &[ListSort]) -> Option<Vec<ListColumn>> {
    let columns =
        keys.iter().filter(|sort| !matches!(sort.key, SortKey::Id | SortKey::Title)).map(|sort| match sort.key {
            SortKey::Score => Some(ListColumn::Score),
            SortKey::Mean => Some(ListColumn::Mean),
            SortKey::Status => Some(ListColumn::Status),
            SortKey::Episodes => Some(ListColumn::Episodes),
            SortKey::Watched => Some(ListColumn::EpisodesWatched),
            SortKey::Rank => Some(ListColumn::Rank),
            SortKey::Popularity => Some(ListColumn::Popularity),
            SortKey::Users => Some(ListColumn::ListUsers),
            _ => None,
        });
    columns.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        anime::{Anime, IdName},
        entry::StoredEntry,
        entry_fields::EntryValues,
    };

    fn sample_item(mal_id: i32, title: &str, score: Option<i32>) -> ListEntry {
        let values = EntryValues { score, ..EntryValues::default() };
        ListEntry {
            anime: Anime { mal_id, title: title.into(), ..Anime::default() },
            stored: StoredEntry { mal_id, values, ..StoredEntry::default() },
            updated_at: None,
        }
    }

    fn sorted_ids(mut items: Vec<ListEntry>, keys: &str) -> Vec<i32> {
        let keys: Vec<ListSort> = keys.split(',').map(|key| key.parse().unwrap()).collect();
        sort_entries(&mut items, &keys);
        items.iter().map(|item| item.anime.mal_id).collect()
    }

    fn four_items() -> Vec<ListEntry> {
        vec![
            sample_item(1, "b", Some(5)),
            sample_item(2, "A", None),
            sample_item(3, "c", Some(9)),
            sample_item(4, "a", Some(5)),
        ]
    }

    #[test]
    fn missing_values_sort_last_in_both_directions() {
        assert_eq!(sorted_ids(four_items(), "-score"), [3, 4, 1, 2]);
        assert_eq!(sorted_ids(four_items(), "score"), [4, 1, 3, 2]);
    }

    #[test]
    fn titles_sort_case_insensitively_with_ties_by_id() {
        assert_eq!(sorted_ids(four_items(), "title"), [2, 4, 1, 3]);
        assert_eq!(sorted_ids(four_items(), "-title"), [3, 1, 2, 4]);
    }

    #[test]
    fn titles_beyond_ascii_sort_by_their_lower_case_letters() {
        let titles = ["\u{212a}elvin", "進撃", "É", "é b", "zé", "Z", "ÄÖ", "kilo", ""];
        let items = (1..).zip(titles).map(|(mal_id, title)| sample_item(mal_id, title, None)).collect();
        assert_eq!(sorted_ids(items, "title"), [9, 1, 8, 6, 5, 7, 3, 4, 2]);
    }

    #[test]
    fn earlier_sort_keys_take_precedence() {
        assert_eq!(sorted_ids(four_items(), "-score,-title"), [3, 1, 4, 2]);
        assert_eq!(sorted_ids(four_items(), "score,-id"), [4, 1, 3, 2]);
        assert_eq!(sorted_ids(four_items(), "status,-id"), [4, 3, 2, 1], "no entry has a status");
    }

    #[test]
    fn seasons_sort_by_calendar_and_studios_by_name() {
        let with_season = |mal_id, year, season: &str| {
            let mut item = sample_item(mal_id, "x", None);
            item.anime.start_season = Some(Season { year, season: season.into() });
            item.anime.studios = vec![IdName { id: 9 - mal_id, name: season.to_uppercase() }];
            item
        };
        let items = || {
            vec![
                with_season(1, 2019, "fall"),
                with_season(2, 2019, "spring"),
                with_season(3, 2020, "winter"),
                sample_item(4, "x", None),
            ]
        };
        assert_eq!(sorted_ids(items(), "season"), [2, 1, 3, 4]);
        assert_eq!(sorted_ids(items(), "-season_year"), [3, 1, 2, 4]);
        assert_eq!(sorted_ids(items(), "studio"), [1, 2, 3, 4]);
    }
}
