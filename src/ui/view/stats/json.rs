//! The figures as scripts read them: one object. Its names are documented in the help of `stats`.

use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Value, json};

use super::About;
use crate::domain::{
    anime::Named,
    stats::{Finished, Group, Rated, Stats, Tally},
};

/// A day in seconds.
const DAY: f64 = 86_400.0;

/// The figures; of what was rated above and below MAL so many entries.
#[must_use]
pub fn json(about: &About<'_>, stats: &Stats) -> Value {
    let scores = &stats.scores;
    let watched = &stats.watched;
    let most = about.top;
    json!({
        "username": about.username,
        "entries": stats.entries,
        "of": about.of,
        "statuses": each(&stats.statuses, |(status, entries)| json!({"status": status, "entries": entries})),
        "scores": {
            "scored": scores.scored(),
            "unscored": scores.unscored,
            "mean": scores.mean(),
            "median": scores.median(),
            "distribution":
                scores.each().map(|(score, entries)| json!({"score": score, "entries": entries})).collect::<Value>(),
        },
        "against_mal": {
            "compared": stats.against.compared(),
            "mean_difference": stats.against.mean_difference().and_then(|mean| mean.to_f64()),
            "distribution": each(&stats.against.bins, |(bin, entries)| {
                json!({"from": f64::from(*bin) - 0.5, "below": f64::from(*bin) + 0.5, "entries": entries})
            }),
            "rated_higher": stats.against.higher().take(most).map(rated).collect::<Value>(),
            "rated_lower": stats.against.lower().take(most).map(rated).collect::<Value>(),
        },
        "watched": {
            "episodes": watched.episodes,
            "episodes_again": watched.again,
            "seconds": watched.seconds,
            "days": days(watched.seconds),
            "unknown_length": {"entries": watched.unknown_entries, "episodes": watched.unknown_episodes},
            "unknown_rewatches": watched.unknown_rewatches,
        },
        "types": groups(&stats.types, |kind| vec![("type", json!(kind))]),
        "decades": groups(&stats.decades, |decade| vec![("decade", json!(decade))]),
        "years": groups(&stats.years, |year| vec![("year", json!(year))]),
        "seasons": groups(&stats.seasons, |key| {
            vec![("year", json!(key.map(|key| key.year))), ("season", json!(key.map(|key| &key.season)))]
        }),
        "genres": groups(&stats.genres, named),
        "studios": groups(&stats.studios, named),
        "finished": finished(&stats.finished),
    })
}

fn each<T>(items: &[T], json: impl Fn(&T) -> Value) -> Value {
    items.iter().map(json).collect()
}

fn rated(rated: &Rated) -> Value {
    json!({
        "mal_id": rated.mal_id,
        "title": rated.title,
        "score": rated.score,
        "mean": rated.mean.to_f64(),
        "difference": rated.difference().to_f64(),
    })
}

fn named(named: Option<&Named>) -> Vec<(&'static str, Value)> {
    vec![("id", json!(named.map(|named| named.id))), ("name", json!(named.map(|named| &named.name)))]
}

fn groups<K>(groups: &[Group<K>], key: impl Fn(Option<&K>) -> Vec<(&'static str, Value)>) -> Value {
    let object = |group: &Group<K>| {
        let fields = key(group.key.as_ref()).into_iter().chain(tally(&group.tally));
        Value::Object(fields.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
    };
    groups.iter().map(object).collect()
}

fn tally(tally: &Tally) -> [(&'static str, Value); 6] {
    [
        ("entries", json!(tally.entries)),
        ("scored", json!(tally.scored)),
        ("mean_score", json!(tally.mean())),
        ("episodes", json!(tally.episodes)),
        ("seconds", json!(tally.seconds)),
        ("days", json!(days(tally.seconds))),
    ]
}

fn days(seconds: u64) -> Option<f64> {
    seconds.to_f64().map(|seconds| seconds / DAY)
}

fn finished(finished: &Finished) -> Value {
    let months = finished.years.iter().flat_map(|year| {
        let months = (1..).zip(year.months).filter(|(_, entries)| *entries > 0);
        months.map(|(month, entries): (u32, u64)| json!({"year": year.year, "month": month, "entries": entries}))
    });
    json!({
        "dated": finished.dated(),
        "undated": finished.undated,
        "years": each(&finished.years, |year| {
            json!({"year": year.year, "entries": year.entries(), "month_unknown": year.month_unknown})
        }),
        "months": months.collect::<Value>(),
    })
}
