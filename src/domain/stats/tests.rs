//! Statistics: individual cases, and the property that group totals add up for any list.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{numbers::to_u64, *};
use crate::domain::{
    anime::{Anime, Season},
    entry::StoredEntry,
    entry_fields::EntryValues,
};

fn list_entry(customize: impl FnOnce(&mut Anime, &mut EntryValues)) -> ListEntry {
    let mut anime = Anime { mal_id: 1, title: "A".into(), ..Anime::default() };
    let mut values = EntryValues { status: "completed".into(), ..EntryValues::default() };
    customize(&mut anime, &mut values);
    ListEntry {
        stored: StoredEntry { mal_id: anime.mal_id, values, ..StoredEntry::default() },
        anime,
        updated_at: None,
    }
}

fn compute_scores(scores: &[i32]) -> ScoreDistribution {
    let items: Vec<_> = scores.iter().map(|score| list_entry(|_, values| values.score = Some(*score))).collect();
    Stats::compute(&items).scores
}

#[test]
fn mean_and_median_are_exact() {
    for (scores, mean, median) in [
        (&[][..], None, None),
        (&[7], Some(7.0), Some(7.0)),
        (&[1, 10], Some(5.5), Some(5.5)),
        (&[1, 2, 10], Some(13.0 / 3.0), Some(2.0)),
        (&[7, 8, 8, 9], Some(8.0), Some(8.0)),
        (&[6, 7, 8, 9], Some(7.5), Some(7.5)),
        (&[0, 11, -3, 5], Some(5.0), Some(5.0)),
    ] {
        let figures = compute_scores(scores);
        assert_eq!((figures.mean(), figures.median()), (mean, median), "{scores:?}");
    }
    let figures = compute_scores(&[0, 11, 10, 1, 1]);
    assert_eq!((figures.unscored, figures.counts[0], figures.counts[9]), (2, 2, 1));
}

#[test]
fn count_episodes_handles_rewatches_and_unknown_episode_counts() {
    // Columns: episodes of the anime, episodes watched, episodes of the rewatch (`None`: no rewatch), rewatch count,
    // status; expected first-time episodes, rewatched episodes, has unknown rewatches.
    for (episodes, watched, rewatch, times, status, first, again, more) in [
        (Some(12), Some(5), None, 0, "watching", 5, 0, false),
        (Some(12), Some(12), None, 2, "completed", 12, 24, false),
        (Some(12), Some(12), Some(3), 0, "completed", 12, 3, false),
        (Some(12), Some(7), Some(3), 1, "completed", 12, 15, false),
        (None, Some(7), None, 0, "watching", 7, 0, false),
        (None, Some(7), None, 1, "completed", 7, 7, false),
        (None, Some(7), None, 1, "dropped", 7, 0, true),
        (None, Some(7), Some(3), 1, "completed", 7, 10, false),
        (None, Some(7), Some(3), 1, "watching", 7, 3, true),
        (Some(0), None, Some(3), 0, "completed", 0, 3, false),
        (Some(12), None, None, 0, "plan_to_watch", 0, 0, false),
        (Some(12), Some(-4), None, -1, "watching", 0, 0, false),
    ] {
        let entry = list_entry(|anime, values| {
            anime.episodes = episodes;
            values.episodes_watched = watched;
            values.times_rewatched = times;
            (values.is_rewatching, values.rewatch_episodes) = (rewatch.is_some(), rewatch);
            values.status = status.into();
        });
        let case = (episodes, watched, rewatch, times, status);
        assert_eq!(
            count_episodes(&entry),
            EpisodeCounts { first_time: first, rewatched: again, has_unknown_rewatches: more },
            "{case:?}"
        );
    }
}

#[test]
fn episodes_without_known_duration_are_counted_separately() {
    let watched = |episodes, length| {
        list_entry(move |anime, values| {
            anime.average_episode_duration = length;
            values.episodes_watched = Some(episodes);
        })
    };
    let figures = Stats::compute(&[watched(10, Some(1_440)), watched(4, None), watched(3, Some(0)), watched(0, None)]);
    let expected = WatchTotals {
        episodes: 17,
        seconds: 14_400,
        entries_without_duration: 2,
        episodes_without_duration: 7,
        ..WatchTotals::default()
    };
    assert_eq!(figures.watched, expected);
}

#[test]
fn largest_numbers_saturate_instead_of_overflowing() {
    let most = list_entry(|anime, values| {
        anime.episodes = Some(i32::MAX);
        anime.average_episode_duration = Some(i32::MAX);
        values.times_rewatched = i32::MAX;
        values.episodes_watched = Some(i32::MAX);
    });
    assert_eq!(Stats::compute(&[most.clone(), most]).watched.seconds, u64::MAX);
}

#[test]
fn score_comparison_is_exact_to_two_decimals() {
    let rated = |mal_id, score, mean: &str| {
        let mean = mean.parse().ok();
        list_entry(move |anime, values| {
            anime.mal_id = mal_id;
            anime.mean = mean;
            values.score = score;
        })
    };
    let figures = Stats::compute(&[
        rated(1, Some(10), "7.25"),
        rated(2, Some(5), "8.50"),
        rated(3, Some(8), "7.50"),
        rated(4, Some(7), "7.00"),
        rated(5, None, "7.00"),
        rated(6, Some(7), ""),
        rated(7, Some(7), "0"),
    ])
    .score_comparison;
    assert_eq!(figures.compared_count(), 4);
    assert_eq!(figures.mean_difference(), "-0.0625".parse().ok());
    assert_eq!(figures.above_mal().map(|rated| rated.mal_id).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(figures.below_mal().map(|rated| rated.mal_id).collect::<Vec<_>>(), [2]);
    // 2.75, 0.5, 0 and -3.5 rounded to the nearest integer, halves upwards, without gaps.
    assert_eq!(figures.histogram, [(-3, 1), (-2, 0), (-1, 0), (0, 1), (1, 1), (2, 0), (3, 1)]);
    assert_eq!(ScoreComparison::default().mean_difference(), None);
}

#[test]
fn start_year_and_season_fall_back_to_air_date() {
    // Columns: MAL's start season, first air date; expected year, season.
    for (start, aired, year, season) in [
        (Some((2019, "fall")), Some("2020-01-05"), Some(2019), Some("fall 2019")),
        (None, Some("2020-01-05"), Some(2020), Some("winter 2020")),
        (None, Some("2020-04"), Some(2020), Some("spring 2020")),
        (None, Some("2020-09-30"), Some(2020), Some("summer 2020")),
        (None, Some("2020-12"), Some(2020), Some("fall 2020")),
        (None, Some("2020"), Some(2020), None),
        (None, None, None, None),
    ] {
        let entry = list_entry(|anime, _| {
            anime.start_season = start.map(|(year, season): (i32, &str)| Season { year, season: season.into() });
            anime.aired_from = aired.and_then(|date| date.parse().ok());
        });
        let actual = (groups::start_year(&entry), groups::start_season(&entry).map(|season| season.to_string()));
        assert_eq!(actual, (year, season.map(str::to_owned)), "{start:?} {aired:?}");
    }
    let mut seasons = ["rainy", "fall", "summer", "spring", "winter"].map(|season| YearSeason::new(2020, season));
    seasons.sort();
    assert_eq!(seasons.map(|season| season.season), ["winter", "spring", "summer", "fall", "rainy"]);
}

#[test]
fn finished_entry_is_counted_by_the_precision_of_its_date() {
    let finished = |date: &str, status: &str| {
        let (date, status) = (date.parse().ok(), status.to_owned());
        list_entry(move |_, values| {
            values.finish_date = date;
            values.status = status;
        })
    };
    let figures = Stats::compute(&[
        finished("2019-04-05", "completed"),
        finished("2019-04", "completed"),
        finished("2019", "completed"),
        finished("2017-12-31", "completed"),
        finished("", "completed"),
        finished("2019-04-05", "dropped"),
    ])
    .finished;
    assert_eq!((figures.dated_count(), figures.undated, figures.years.len()), (4, 1, 2));
    assert_eq!(
        (figures.count_in_month(2019, 4), figures.count_in_month(2019, 1), figures.count_in_month(2017, 12)),
        (2, 0, 1)
    );
    assert_eq!((figures.years[1].entry_count(), figures.years[1].month_unknown), (3, 1));
    assert_eq!(
        (figures.count_in_month(2018, 4), figures.count_in_month(2019, 0), figures.count_in_month(2019, 13)),
        (0, 0, 0)
    );
}

#[test]
fn removed_entries_are_not_counted() {
    let removed = list_entry(|_, values| values.score = Some(9));
    let removed = ListEntry {
        stored: StoredEntry { removed_at: Some(chrono::DateTime::UNIX_EPOCH), ..removed.stored },
        ..removed
    };
    assert_eq!(Stats::compute(&[removed]), Stats::compute(&[]));
}

#[test]
fn groups_are_sorted_with_unknown_last() {
    let entry_of = |kind: Option<&str>, year: Option<i32>| {
        let kind = kind.map(str::to_owned);
        list_entry(move |anime, _| {
            anime.media_type = kind;
            anime.start_season = year.map(|year| Season { year, season: "spring".into() });
        })
    };
    let figures = Stats::compute(&[
        entry_of(None, None),
        entry_of(None, None),
        entry_of(Some("tv"), Some(2011)),
        entry_of(Some("tv"), Some(1999)),
        entry_of(Some("movie"), Some(2019)),
    ]);
    let kinds: Vec<_> = figures.types.iter().map(|group| (group.key.as_deref(), group.totals.entries)).collect();
    assert_eq!(kinds, [(Some("tv"), 2), (Some("movie"), 1), (None, 2)]);
    let decades: Vec<_> = figures.decades.iter().map(|group| (group.key, group.totals.entries)).collect();
    assert_eq!(decades, [(Some(1990), 1), (Some(2010), 2), (None, 2)]);
}

fn any_list_entry() -> impl Strategy<Value = ListEntry> {
    let named = |id: i32| IdName { id, name: format!("n{id}") };
    let names = move || {
        prop::collection::btree_set(1..5_i32, 0..3).prop_map(move |ids| ids.into_iter().map(named).collect::<Vec<_>>())
    };
    let date = || {
        prop_oneof![
            Just(String::new()),
            (2015..2022_i32).prop_map(|year| year.to_string()),
            (2015..2022_i32, 1..13_i32).prop_map(|(year, month)| format!("{year}-{month:02}")),
            (2015..2022_i32, 1..13_i32, 1..29_i32).prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02}")),
        ]
    };
    let status = prop::sample::select(vec!["watching", "completed", "on_hold", "dropped", "plan_to_watch", "odd"]);
    let kind = prop::option::of(prop::sample::select(vec!["tv", "movie"]));
    let user_values =
        (status, prop::option::of(-1..12_i32), prop::option::of(0..30_i32), 0..3_i32, any::<bool>(), date());
    let mal_values =
        (kind, prop::option::of(0..1_001_i64), prop::option::of(0..30_i32), prop::option::of(0..2_000_i32), date());
    (user_values, mal_values, names(), names()).prop_map(|(user_values, mal_values, genres, studios)| {
        list_entry(|anime, values| {
            (values.score, values.episodes_watched, values.times_rewatched, values.is_rewatching) =
                (user_values.1, user_values.2, user_values.3, user_values.4);
            (values.status, values.finish_date) = (user_values.0.to_owned(), user_values.5.parse().ok());
            (anime.media_type, anime.mean) =
                (mal_values.0.map(str::to_owned), mal_values.1.map(|cents| Decimal::new(cents, 2)));
            (anime.episodes, anime.average_episode_duration, anime.aired_from) =
                (mal_values.2, mal_values.3, mal_values.4.parse().ok());
            (anime.genres, anime.studios) = (genres, studios);
        })
    })
}

/// Asserts that the group totals add up to the overall totals: each entry is in exactly one group.
fn assert_groups_sum_to_total<K>(groups: &[StatsGroup<K>], stats: &Stats) {
    let sum = |figure: fn(&GroupTotals) -> u64| groups.iter().map(|group| figure(&group.totals)).sum::<u64>();
    assert_eq!(sum(|totals| totals.entries), stats.entries);
    assert_eq!(sum(|totals| totals.scored_entries), stats.scores.scored_count());
    assert_eq!(sum(|totals| totals.episodes), stats.watched.episodes);
    assert_eq!(sum(|totals| totals.seconds), stats.watched.seconds);
    assert_eq!(
        sum(|totals| totals.score_sum),
        stats.scores.histogram().map(|(score, entries)| score * entries).sum::<u64>()
    );
}

proptest! {
    #[test]
    fn group_totals_sum_to_overall_totals(items in prop::collection::vec(any_list_entry(), 0..40)) {
        let figures = Stats::compute(&items);
        let entries = to_u64(items.len());
        prop_assert_eq!(figures.entries, entries);
        prop_assert_eq!(figures.statuses.iter().map(|(_, entries)| entries).sum::<u64>(), entries);
        prop_assert_eq!(figures.scores.scored_count() + figures.scores.unscored, entries);
        prop_assert_eq!(figures.score_comparison.histogram.iter().map(|(_, entries)| entries).sum::<u64>(), figures.score_comparison.compared_count());
        let completed = figures.statuses.iter().find(|(status, _)| status == "completed").map(|(_, entries)| *entries);
        prop_assert_eq!(Some(figures.finished.dated_count() + figures.finished.undated), completed);
        assert_groups_sum_to_total(&figures.types, &figures);
        assert_groups_sum_to_total(&figures.decades, &figures);
        assert_groups_sum_to_total(&figures.years, &figures);
        assert_groups_sum_to_total(&figures.seasons, &figures);
        // An anime with two genres is in both groups; an anime without genres is in the group without a key.
        let sum = |groups: &[StatsGroup<IdName>]| groups.iter().map(|group| group.totals.entries).sum::<u64>();
        let expected_count = |names: fn(&Anime) -> &Vec<IdName>| {
            items.iter().map(|item| to_u64(names(&item.anime).len().max(1))).sum::<u64>()
        };
        prop_assert_eq!(sum(&figures.genres), expected_count(|anime| &anime.genres));
        prop_assert_eq!(sum(&figures.studios), expected_count(|anime| &anime.studios));
    }
}
