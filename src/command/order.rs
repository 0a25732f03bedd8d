//! The order in which entries are shown: by the keys asked for, one after the other, then by title and id.
//!
//! Decided here, on the rows, so that both databases order titles alike. What has no value stands last, whichever way round.

use std::cmp::{Ordering, Reverse};

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::{
    cli::{ListSort, SortKey},
    domain::{anime::Season, list_item::ListItem, list_status::STATUSES, partial_date::PartialDate},
    store::Sketched,
};

/// What an entry has under a key. Of two entries it is always the same variant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Number(i64),
    Decimal(Decimal),
    Text(String),
    Date(PartialDate),
    Time(DateTime<Utc>),
    Season(i32, usize),
}

/// Sorts the entries. Their keys are sorted, and each entry moved once: it is large, and of many.
pub(super) fn sort(items: &mut [ListItem], keys: &[ListSort]) {
    let keyed = |(at, item): (usize, &ListItem)| {
        let values: Vec<_> = keys.iter().map(|sort| value(item, sort.key)).collect();
        (values, folded(&item.anime.title), item.anime.mal_id, at)
    };
    let mut order: Vec<_> = items.iter().enumerate().map(keyed).collect();
    order.sort_unstable_by(|(a, a_title, a_id, _), (b, b_title, b_id, _)| {
        let by_keys = keys.iter().zip(a.iter().zip(b)).map(|(sort, (a, b))| compare(a.as_ref(), b.as_ref(), *sort));
        by_keys.fold(Ordering::Equal, Ordering::then).then_with(|| a_title.cmp(b_title)).then_with(|| a_id.cmp(b_id))
    });
    // Where each entry is to be, so that swaps bring it there.
    let mut places = vec![0; order.len()];
    order.iter().enumerate().for_each(|(to, (.., from))| places[*from] = to);
    for at in 0..places.len() {
        while places[at] != at {
            let to = places[at];
            items.swap(at, to);
            places.swap(at, to);
        }
    }
}

fn compare(a: Option<&Value>, b: Option<&Value>, sort: ListSort) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if sort.descending => Reverse(a).cmp(&Reverse(b)),
        (Some(a), Some(b)) => a.cmp(b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

/// Without regard to case. The two letters beyond ASCII whose small ones are within it stand beyond it all the same: so they do in
/// the databases' index of titles, which knows no others' small letters.
fn folded(text: &str) -> String {
    text.replace(['\u{130}', '\u{212a}'], "\u{131}").to_lowercase()
}

fn value(item: &ListItem, key: SortKey) -> Option<Value> {
    let (anime, values) = (&item.anime, &item.entry.values);
    let number = |number: Option<i32>| number.map(|number| Value::Number(number.into()));
    let text = |text: Option<&str>| text.map(|text| Value::Text(folded(text)));
    match key {
        SortKey::Title => text(Some(&anime.title)),
        SortKey::Score => number(values.score.filter(|score| *score > 0)),
        SortKey::Mean => anime.mean.map(Value::Decimal),
        SortKey::Status => {
            let place = STATUSES.iter().position(|status| *status == values.status)?;
            i64::try_from(place).ok().map(Value::Number)
        }
        SortKey::Episodes => number(anime.episodes),
        SortKey::Watched => number(values.episodes_watched),
        SortKey::StartDate => values.start_date.map(Value::Date),
        SortKey::FinishDate => values.finish_date.map(Value::Date),
        SortKey::Updated => item.updated_at.map(Value::Time),
        SortKey::Rank => number(anime.rank),
        SortKey::Popularity => number(anime.popularity),
        SortKey::Id => number(Some(anime.mal_id)),
        SortKey::Season => anime.start_season.as_ref().map(season),
        SortKey::Aired => anime.aired_from.map(Value::Date),
        SortKey::Type => text(anime.media_type.as_deref()),
        SortKey::Studio => text(anime.studios.iter().map(|studio| studio.name.as_str()).min()),
        SortKey::Source => text(anime.source.as_deref()),
        SortKey::Length => number(anime.average_episode_duration),
        SortKey::Users => number(anime.num_list_users),
        SortKey::Priority => number(Some(values.priority)),
        SortKey::Rewatched => number(Some(values.times_rewatched)),
        SortKey::MalUpdated => item.entry.mal_updated_at.map(Value::Time),
    }
}

/// By the calendar; a season of another name stands at the end of its year.
fn season(season: &Season) -> Value {
    const YEAR: [&str; 4] = ["winter", "spring", "summer", "fall"];
    Value::Season(season.year, YEAR.iter().position(|name| *name == season.season).unwrap_or(YEAR.len()))
}

/// Whether it is the order of titles alone.
pub(super) fn is_by_title(keys: &[ListSort]) -> bool {
    keys.iter().all(|sort| sort.key == SortKey::Title && !sort.descending)
}

/// What the order looks at beside titles, where a sketch of an entry has all of it. Titles decide at last, whatever the keys.
pub(super) fn sketched(keys: &[ListSort]) -> Option<Vec<Sketched>> {
    let looked_at =
        keys.iter().filter(|sort| !matches!(sort.key, SortKey::Id | SortKey::Title)).map(|sort| match sort.key {
            SortKey::Score => Some(Sketched::Score),
            SortKey::Mean => Some(Sketched::Mean),
            SortKey::Status => Some(Sketched::Status),
            SortKey::Episodes => Some(Sketched::Episodes),
            SortKey::Watched => Some(Sketched::Watched),
            SortKey::Rank => Some(Sketched::Rank),
            SortKey::Popularity => Some(Sketched::Popularity),
            SortKey::Users => Some(Sketched::Users),
            _ => None,
        });
    looked_at.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        anime::{Anime, Named},
        entry::{Local, Values},
    };

    fn item(mal_id: i32, title: &str, score: Option<i32>) -> ListItem {
        let values = Values { score, ..Values::default() };
        ListItem {
            anime: Anime { mal_id, title: title.into(), ..Anime::default() },
            entry: Local { mal_id, values, ..Local::default() },
            updated_at: None,
        }
    }

    fn sorted(mut items: Vec<ListItem>, keys: &str) -> Vec<i32> {
        let keys: Vec<ListSort> = keys.split(',').map(|key| key.parse().unwrap()).collect();
        sort(&mut items, &keys);
        items.iter().map(|item| item.anime.mal_id).collect()
    }

    fn four() -> Vec<ListItem> {
        vec![item(1, "b", Some(5)), item(2, "A", None), item(3, "c", Some(9)), item(4, "a", Some(5))]
    }

    #[test]
    fn what_has_no_value_stands_last_whichever_way_round() {
        assert_eq!(sorted(four(), "-score"), [3, 4, 1, 2]);
        assert_eq!(sorted(four(), "score"), [4, 1, 3, 2]);
    }

    #[test]
    fn titles_are_sorted_without_regard_to_case_and_ties_by_id() {
        assert_eq!(sorted(four(), "title"), [2, 4, 1, 3]);
        assert_eq!(sorted(four(), "-title"), [3, 1, 2, 4]);
    }

    #[test]
    fn of_several_keys_the_first_counts_most() {
        assert_eq!(sorted(four(), "-score,-title"), [3, 1, 4, 2]);
        assert_eq!(sorted(four(), "score,-id"), [4, 1, 3, 2]);
        assert_eq!(sorted(four(), "status,-id"), [4, 3, 2, 1], "nobody has a status");
    }

    #[test]
    fn seasons_go_by_the_calendar_and_studios_by_name() {
        let began = |mal_id, year, season: &str| {
            let mut item = item(mal_id, "x", None);
            item.anime.start_season = Some(Season { year, season: season.into() });
            item.anime.studios = vec![Named { id: 9 - mal_id, name: season.to_uppercase() }];
            item
        };
        let items =
            || vec![began(1, 2019, "fall"), began(2, 2019, "spring"), began(3, 2020, "winter"), item(4, "x", None)];
        assert_eq!(sorted(items(), "season"), [2, 1, 3, 4]);
        assert_eq!(sorted(items(), "-season_year"), [3, 1, 2, 4]);
        assert_eq!(sorted(items(), "studio"), [1, 2, 3, 4]);
    }
}
