//! Statistics as one JSON object for scripts. The help of `stats` documents its fields.

use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Value, json};

use super::StatsScope;
use crate::domain::{
    anime::IdName,
    stats::{FinishedByYear, GroupTotals, ScoredByBoth, Stats, StatsGroup},
};

/// Seconds per day.
const SECONDS_PER_DAY: f64 = 86_400.0;

/// Returns the statistics as JSON. `scope.top` limits `rated_higher` and `rated_lower`.
#[must_use]
pub fn to_json(scope: &StatsScope<'_>, stats: &Stats) -> Value {
    let scores = &stats.scores;
    let watched = &stats.watched;
    let top = scope.top;
    json!({
        "username": scope.username,
        "entries": stats.entries,
        "of": scope.total_entries,
        "statuses": map_to_array(&stats.statuses, |(status, entries)| json!({"status": status, "entries": entries})),
        "scores": {
            "scored": scores.scored_count(),
            "unscored": scores.unscored,
            "mean": scores.mean(),
            "median": scores.median(),
            "distribution":
                scores.histogram().map(|(score, entries)| json!({"score": score, "entries": entries})).collect::<Value>(),
        },
        "against_mal": {
            "compared": stats.score_comparison.compared_count(),
            "mean_difference": stats.score_comparison.mean_difference().and_then(|mean| mean.to_f64()),
            "distribution": map_to_array(&stats.score_comparison.histogram, |(bin, entries)| {
                json!({"from": f64::from(*bin) - 0.5, "below": f64::from(*bin) + 0.5, "entries": entries})
            }),
            "rated_higher": stats.score_comparison.above_mal().take(top).map(rated_json).collect::<Value>(),
            "rated_lower": stats.score_comparison.below_mal().take(top).map(rated_json).collect::<Value>(),
        },
        "watched": {
            "episodes": watched.episodes,
            "episodes_again": watched.rewatched_episodes,
            "seconds": watched.seconds,
            "days": to_days(watched.seconds),
            "unknown_length": {"entries": watched.entries_without_duration, "episodes": watched.episodes_without_duration},
            "unknown_rewatches": watched.entries_with_unknown_rewatches,
        },
        "types": groups_json(&stats.types, |kind| vec![("type", json!(kind))]),
        "decades": groups_json(&stats.decades, |decade| vec![("decade", json!(decade))]),
        "years": groups_json(&stats.years, |year| vec![("year", json!(year))]),
        "seasons": groups_json(&stats.seasons, |key| {
            vec![("year", json!(key.map(|key| key.year))), ("season", json!(key.map(|key| &key.season)))]
        }),
        "genres": groups_json(&stats.genres, named_fields),
        "studios": groups_json(&stats.studios, named_fields),
        "finished": finished_json(&stats.finished),
    })
}

fn map_to_array<T>(items: &[T], json: impl Fn(&T) -> Value) -> Value {
    items.iter().map(json).collect()
}

fn rated_json(rated: &ScoredByBoth) -> Value {
    json!({
        "mal_id": rated.mal_id,
        "title": rated.title,
        "score": rated.score,
        "mean": rated.mean.to_f64(),
        "difference": rated.difference().to_f64(),
    })
}

fn named_fields(named: Option<&IdName>) -> Vec<(&'static str, Value)> {
    vec![("id", json!(named.map(|named| named.id))), ("name", json!(named.map(|named| &named.name)))]
}

fn groups_json<K>(groups: &[StatsGroup<K>], key: impl Fn(Option<&K>) -> Vec<(&'static str, Value)>) -> Value {
    let object = |group: &StatsGroup<K>| {
        let fields = key(group.key.as_ref()).into_iter().chain(totals_fields(&group.totals));
        Value::Object(fields.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
    };
    groups.iter().map(object).collect()
}

fn totals_fields(totals: &GroupTotals) -> [(&'static str, Value); 6] {
    [
        ("entries", json!(totals.entries)),
        ("scored", json!(totals.scored_entries)),
        ("mean_score", json!(totals.mean_score())),
        ("episodes", json!(totals.episodes)),
        ("seconds", json!(totals.seconds)),
        ("days", json!(to_days(totals.seconds))),
    ]
}

fn to_days(seconds: u64) -> Option<f64> {
    seconds.to_f64().map(|seconds| seconds / SECONDS_PER_DAY)
}

fn finished_json(finished: &FinishedByYear) -> Value {
    let months = finished.years.iter().flat_map(|year| {
        let months = (1..).zip(year.months).filter(|(_, entries)| *entries > 0);
        months.map(|(month, entries): (u32, u64)| json!({"year": year.year, "month": month, "entries": entries}))
    });
    json!({
        "dated": finished.dated_count(),
        "undated": finished.undated,
        "years": map_to_array(&finished.years, |year| {
            json!({"year": year.year, "entries": year.entry_count(), "month_unknown": year.month_unknown})
        }),
        "months": months.collect::<Value>(),
    })
}
