//! `GET /v2/users/@me`: the user and `anime_statistics`.
//!
//! Recorded behaviour:
//!
//! 1. `gender`, `birthday` and `picture` are sent only if set. `location` may be empty.
//! 2. Statistics are sent only if requested.
//! 3. Float fields contain whole numbers without a decimal point.

use crate::field_selection;
use crate::http_message::{SimRequest, SimResponse};
use crate::list_status::WatchStatus;
use crate::php_encoding::{self, JsonObjectWriter};
use crate::rng::SeededRng;
use crate::sim_clock::{REFERENCE_TIME_SECONDS, format_timestamp};
use crate::sim_user::SimUser;
use crate::state::SimState;

/// Handles a request for the user whose token was sent.
pub(crate) fn handle_current_user(state: &mut SimState, request: &SimRequest, me: &str) -> SimResponse {
    let seed = state.config.seed;
    let Some(user) = state.find_user_mut(me) else {
        return SimResponse::invalid_token(false);
    };
    let mut rng = SeededRng::from_parts(&[seed, crate::rng::PROFILE_STREAM, user.id]);
    let mut out = String::new();
    let mut object = JsonObjectWriter::begin(&mut out);
    object.write_display("id", user.id);
    object.write_string("name", &user.name);
    if rng.chance_per_mille(500) {
        object.write_string("gender", rng.pick_item(&["male", "female", "nonbinary"]));
    }
    if rng.chance_per_mille(400) {
        let (year, month, day) = (rng.next_between(1970, 2010), rng.next_between(1, 12), rng.next_between(1, 28));
        object.write_string("birthday", &format!("{year}-{month:02}-{day:02}"));
    }
    object.write_string("location", if rng.chance_per_mille(700) { "" } else { "Kraków / 東京" });
    object.write_string(
        "joined_at",
        &format_timestamp(REFERENCE_TIME_SECONDS - i64::from(rng.next_below(400_000_000)) - 200_000_000),
    );
    if rng.chance_per_mille(600) {
        let url = format!("https://cdn.myanimelist.net/images/userimages/{}.jpg?t=1767225600", user.id);
        object.write_string("picture", &url);
    }
    for (name, _) in field_selection::split_top_level(&request.query_param("fields").unwrap_or_default()) {
        match name {
            "anime_statistics" => object.write_raw(name, &statistics_json(user)),
            "time_zone" => object.write_string(name, "Europe/Warsaw"),
            "is_supporter" => object.write_display(name, false),
            _ => {}
        }
    }
    object.end();
    SimResponse::json(200, out)
}

/// Returns `anime_statistics` in the recorded order, with the overrides set by a test.
pub(crate) fn statistics_json(user: &mut SimUser) -> String {
    let totals = user.totals();
    let mut out = String::new();
    let mut object = JsonObjectWriter::begin(&mut out);
    let mut write = |name: &str, value: String| match user.statistics_overrides.get(name) {
        Some(override_value) => php_encoding::write_value(object.write_key(name), override_value),
        None => object.write_raw(name, &value),
    };
    for (status, count) in WatchStatus::ALL.iter().zip(totals.item_counts) {
        write(&format!("num_items_{}", status.as_str()), count.to_string());
    }
    write("num_items", user.list.len().to_string());
    let days = totals.days_watched;
    write("num_days_watched", format_rounded(days.iter().sum()));
    // `plan_to_watch`, the fifth status, has no number of days.
    for (status, days) in WatchStatus::ALL.iter().zip(days).take(4) {
        write(&format!("num_days_{}", status.as_str()), format_rounded(days));
    }
    write("num_days", format_rounded(days.iter().take(4).sum()));
    write("num_episodes", totals.episodes_watched.to_string());
    write("num_times_rewatched", totals.times_rewatched.to_string());
    write("mean_score", format_rounded(totals.mean_score()));
    for (name, value) in &user.statistics_overrides {
        if !STATISTICS_KEYS.contains(&name.as_str()) {
            php_encoding::write_value(object.write_key(name), value);
        }
    }
    object.end();
    out
}

const STATISTICS_KEYS: [&str; 15] = [
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

/// Formats a number with at most two decimals; whole numbers have no decimal point (recorded: `"num_days_dropped":0`).
fn format_rounded(number: f64) -> String {
    format!("{}", (number * 100.0).round() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_numbers_have_the_recorded_format() {
        for (number, expected) in [(0.0, "0"), (25.344, "25.34"), (7.0, "7"), (7.455, "7.46"), (0.1, "0.1")] {
            assert_eq!(format_rounded(number), expected);
        }
    }

    #[test]
    fn statistics_follow_the_list_unless_overridden() {
        let mut user = SimUser::generate(1, "alice", 300);
        let read_statistics =
            |user: &mut SimUser| serde_json::from_str::<serde_json::Value>(&statistics_json(user)).unwrap();
        let statistics = read_statistics(&mut user);
        assert_eq!(statistics["num_items"], 300);
        let keys: Vec<&String> = statistics.as_object().unwrap().keys().collect();
        assert_eq!(keys, STATISTICS_KEYS);
        let sum: u64 = keys[..5].iter().map(|key| statistics[key.as_str()].as_u64().unwrap()).sum();
        assert_eq!(sum, 300);
        assert!(statistics["mean_score"].as_f64().unwrap() > 5.0);
        let removed = user.list.iter_entries().next().unwrap().0;
        user.list.remove(removed);
        assert_eq!(read_statistics(&mut user)["num_items"], 299, "totals must be updated after an edit");
        user.statistics_overrides.insert("num_items".to_owned(), 7.into());
        user.statistics_overrides.insert("num_new".to_owned(), 1.into());
        assert_eq!(read_statistics(&mut user)["num_items"], 7);
        assert_eq!(read_statistics(&mut user)["num_new"], 1);
    }
}
