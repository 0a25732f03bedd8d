//! `GET /v2/users/@me`: the user and `anime_statistics`.
//!
//! Facts (recorded): `gender`, `birthday` and `picture` only where set; `location` may be empty; statistics come
//! only when asked for; whole numbers stand in float fields.

use crate::catalogue;
use crate::clock::{EPOCH, stamp};
use crate::encode::{self, Object};
use crate::exchange::{Answer, Request};
use crate::fields;
use crate::list::List;
use crate::rng::Rng;
use crate::status::Status;
use crate::world::{User, World};

/// Answers with the user whose token was sent.
pub(crate) fn answer(world: &mut World, request: &Request, me: &str) -> Answer {
    let seed = world.config.seed;
    let Some(user) = world.user_mut(me) else {
        return Answer::invalid_token(false);
    };
    let mut rng = Rng::of(&[seed, 4, user.id]);
    let mut out = String::new();
    let mut object = Object::begin(&mut out);
    object.plain("id", user.id);
    object.string("name", &user.name);
    if rng.chance(500) {
        object.string("gender", rng.pick(&["male", "female", "nonbinary"]));
    }
    if rng.chance(400) {
        let (year, month, day) = (rng.between(1970, 2010), rng.between(1, 12), rng.between(1, 28));
        object.string("birthday", &format!("{year}-{month:02}-{day:02}"));
    }
    object.string("location", if rng.chance(700) { "" } else { "Kraków / 東京" });
    object.string("joined_at", &stamp(EPOCH - i64::from(rng.below(400_000_000)) - 200_000_000));
    if rng.chance(600) {
        let url = format!("https://cdn.myanimelist.net/images/userimages/{}.jpg?t=1767225600", user.id);
        object.string("picture", &url);
    }
    for (name, _) in fields::split(&request.param("fields").unwrap_or_default()) {
        match name {
            "anime_statistics" => object.raw(name, &statistics(user)),
            "time_zone" => object.string(name, "Europe/Warsaw"),
            "is_supporter" => object.plain(name, false),
            _ => {}
        }
    }
    object.end();
    Answer::json(200, out)
}

/// `anime_statistics` in the recorded order, with what a test has put in its place.
pub(crate) fn statistics(user: &mut User) -> String {
    let counted = counted(user);
    let mut out = String::new();
    let mut object = Object::begin(&mut out);
    let mut put = |name: &str, counted: String| match user.statistics.get(name) {
        Some(other) => encode::value(object.key(name), other),
        None => object.raw(name, &counted),
    };
    for (status, count) in Status::ALL.iter().zip(counted.items) {
        put(&format!("num_items_{}", status.name()), count.to_string());
    }
    put("num_items", user.list.len().to_string());
    let days = counted.days;
    put("num_days_watched", rounded(days.iter().sum()));
    for (status, days) in Status::ALL.iter().zip(days).take(4) {
        put(&format!("num_days_{}", status.name()), rounded(days));
    }
    put("num_days", rounded(days.iter().take(4).sum()));
    put("num_episodes", counted.episodes.to_string());
    put("num_times_rewatched", counted.rewatched.to_string());
    put("mean_score", rounded(counted.mean()));
    for (name, value) in &user.statistics {
        if !KNOWN.contains(&name.as_str()) {
            encode::value(object.key(name), value);
        }
    }
    object.end();
    out
}

/// The counts of the list as it is now.
fn counted(user: &mut User) -> Counted {
    let version = user.list.version();
    if let Some((known, counted)) = user.counted
        && known == version
    {
        return counted;
    }
    let seed = user.list.seed();
    let counted = Counted::of(&user.list, |id| {
        let brief = catalogue::brief(seed, catalogue::position(seed, id)?);
        Some(f64::from(brief.seconds) / 86_400.0)
    });
    user.counted = Some((version, counted));
    counted
}

const KNOWN: [&str; 15] = [
    "num_items_watching",
    "num_items_completed",
    "num_items_on_hold",
    "num_items_dropped",
    "num_items_plan_to_watch",
    "num_items",
    "num_days_watched",
    "num_days_watching",
    "num_days_completed",
    "num_days_on_hold",
    "num_days_dropped",
    "num_days",
    "num_episodes",
    "num_times_rewatched",
    "mean_score",
];

/// Two digits; whole numbers without a point (recorded: `"num_days_dropped":0`).
fn rounded(number: f64) -> String {
    format!("{}", (number * 100.0).round() / 100.0)
}

/// What a list counts up to, by status in the order of `Status::ALL`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counted {
    items: [u64; 5],
    days: [f64; 5],
    episodes: u64,
    rewatched: u64,
    scored: u64,
    scores: u64,
}

impl Counted {
    fn of(list: &List, days_per_episode: impl Fn(u64) -> Option<f64>) -> Self {
        let mut counted = Self::default();
        for (id, entry) in list.rows() {
            let status = &entry.status;
            let place = Status::ALL.iter().position(|s| *s == status.status).unwrap_or(0);
            counted.items[place] += 1;
            if status.watched > 0 {
                counted.days[place] += f64::from(status.watched) * days_per_episode(id).unwrap_or(0.0);
            }
            counted.episodes += u64::from(status.watched);
            counted.rewatched += u64::from(status.times);
            counted.scored += u64::from(status.score > 0);
            counted.scores += u64::from(status.score);
        }
        counted
    }

    fn mean(&self) -> f64 {
        let count = |n: u64| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        if self.scored == 0 { 0.0 } else { count(self.scores) / count(self.scored) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_recorded() {
        for (number, wanted) in [(0.0, "0"), (25.344, "25.34"), (7.0, "7"), (7.455, "7.46"), (0.1, "0.1")] {
            assert_eq!(rounded(number), wanted);
        }
    }

    #[test]
    fn statistics_count_the_list_and_can_be_overridden() {
        let mut user = User {
            name: "alice".to_owned(),
            id: 1,
            list: List::make(1, "alice", 300),
            statistics: serde_json::Map::new(),
            counted: None,
        };
        let read = |user: &mut User| serde_json::from_str::<serde_json::Value>(&statistics(user)).unwrap();
        let counted = read(&mut user);
        assert_eq!(counted["num_items"], 300);
        let keys: Vec<&String> = counted.as_object().unwrap().keys().collect();
        assert_eq!(keys, KNOWN);
        let sum: u64 = keys[..5].iter().map(|key| counted[key.as_str()].as_u64().unwrap()).sum();
        assert_eq!(sum, 300);
        assert!(counted["mean_score"].as_f64().unwrap() > 5.0);
        let gone = user.list.rows().next().unwrap().0;
        user.list.remove(gone);
        assert_eq!(read(&mut user)["num_items"], 299, "counted again after an edit");
        user.statistics.insert("num_items".to_owned(), 7.into());
        user.statistics.insert("num_new".to_owned(), 1.into());
        assert_eq!(read(&mut user)["num_items"], 7);
        assert_eq!(read(&mut user)["num_new"], 1);
    }
}
