//! A user's list status of an anime and its JSON.
//!
//! Observed behaviour:
//!
//! 1. [`DEFAULT_STATUS_KEYS`] are always sent, dates only if set. A list sends [`EXTRA_STATUS_KEYS`] only if they are
//!    named; the response to a write always sends them.
//! 2. Responses use `num_episodes_watched`, the form uses `num_watched_episodes`.

use serde_json::Value;

use crate::comment_text::{encode_comments, normalize_line_breaks};
use crate::php_encoding::{self, JsonObjectWriter};
use crate::sim_clock;
use crate::sim_date::parse_date;

/// The keys of a list status that are always sent; the two dates only if set.
pub(crate) const DEFAULT_STATUS_KEYS: [&str; 7] =
    ["status", "score", "num_episodes_watched", "is_rewatching", "updated_at", "start_date", "finish_date"];

/// The keys of a list status that are sent only if named in `fields=list_status{…}` (observed).
pub(crate) const EXTRA_STATUS_KEYS: [&str; 5] =
    ["priority", "num_times_rewatched", "rewatch_value", "tags", "comments"];

/// The five statuses, in the order of MAL's statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub(crate) enum WatchStatus {
    /// `watching`
    Watching,
    /// `completed`
    Completed,
    /// `on_hold`
    OnHold,
    /// `dropped`
    Dropped,
    /// `plan_to_watch`
    #[default]
    PlanToWatch,
}

impl WatchStatus {
    /// All statuses.
    pub(crate) const ALL: [Self; 5] = [Self::Watching, Self::Completed, Self::OnHold, Self::Dropped, Self::PlanToWatch];

    /// Returns MAL's name of the status.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Watching => "watching",
            Self::Completed => "completed",
            Self::OnHold => "on_hold",
            Self::Dropped => "dropped",
            Self::PlanToWatch => "plan_to_watch",
        }
    }

    /// Parses MAL's name of a status. Returns `None` if it is unknown.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// A user's list status of an anime.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SimListStatus {
    /// Watch status.
    pub(crate) watch_status: WatchStatus,
    /// Score: 0 (none) to 10.
    pub(crate) score: u8,
    /// Number of watched episodes.
    pub(crate) episodes_watched: u32,
    /// True while the anime is being rewatched. `status=watching` then selects it although its status is `completed`
    /// (observed).
    pub(crate) is_rewatching: bool,
    /// Time of the last change in seconds since 1970.
    pub(crate) updated_at_seconds: i64,
    /// `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, or empty.
    pub(crate) start_date: String,
    /// Same format as `start_date`.
    pub(crate) finish_date: String,
    /// Priority: 0 to 2.
    pub(crate) priority: u8,
    /// Number of rewatches.
    pub(crate) times_rewatched: u32,
    /// Rewatch value: 0 to 5.
    pub(crate) rewatch_value: u8,
    /// Tags in the given order.
    pub(crate) tags: Vec<String>,
    /// Comments as plain text with LF; sent as HTML.
    pub(crate) comments: String,
}

impl SimListStatus {
    /// Returns the JSON of one key, or `None` if MAL omits the key.
    pub(crate) fn key_json(&self, key: &str) -> Option<String> {
        match key {
            "status" => Some(php_encoding::quote_string(self.watch_status.as_str())),
            "score" => Some(self.score.to_string()),
            "num_episodes_watched" => Some(self.episodes_watched.to_string()),
            "is_rewatching" => Some(self.is_rewatching.to_string()),
            "updated_at" => Some(php_encoding::quote_string(&sim_clock::format_timestamp(self.updated_at_seconds))),
            "start_date" => (!self.start_date.is_empty()).then(|| php_encoding::quote_string(&self.start_date)),
            "finish_date" => (!self.finish_date.is_empty()).then(|| php_encoding::quote_string(&self.finish_date)),
            "priority" => Some(self.priority.to_string()),
            "num_times_rewatched" => Some(self.times_rewatched.to_string()),
            "rewatch_value" => Some(self.rewatch_value.to_string()),
            "tags" => {
                let tags: Vec<String> = self.tags.iter().map(|tag| php_encoding::quote_string(tag)).collect();
                Some(format!("[{}]", tags.join(",")))
            }
            "comments" => Some(php_encoding::quote_string(&encode_comments(&self.comments))),
            _ => None,
        }
    }

    /// Appends the status with the requested extra keys.
    pub(crate) fn write_json(&self, out: &mut String, extras: &[&str]) {
        let mut object = JsonObjectWriter::begin(out);
        for key in DEFAULT_STATUS_KEYS.iter().chain(extras) {
            if let Some(json) = self.key_json(key) {
                object.write_raw(key, &json);
            }
        }
        object.end();
    }

    /// Returns the JSON with every key, as in the response to a write.
    pub(crate) fn full_json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out, &EXTRA_STATUS_KEYS);
        out
    }

    /// Sets a key of the JSON. Returns false and changes nothing if MAL never sends this key with this value.
    pub(crate) fn set_key(&mut self, key: &str, value: &Value) -> bool {
        let text = value.as_str();
        let small_number = |max: u64| value.as_u64().filter(|number| *number <= max).and_then(|n| u8::try_from(n).ok());
        let number = || value.as_u64().and_then(|number| u32::try_from(number).ok());
        let date = || text.filter(|text| parse_date(text).as_deref() == Some(text)).map(str::to_owned);
        match key {
            "status" => assign_some(&mut self.watch_status, text.and_then(WatchStatus::parse)),
            "score" => assign_some(&mut self.score, small_number(10)),
            "num_episodes_watched" => assign_some(&mut self.episodes_watched, number()),
            "is_rewatching" => assign_some(&mut self.is_rewatching, value.as_bool()),
            "updated_at" => assign_some(&mut self.updated_at_seconds, text.and_then(sim_clock::parse_timestamp)),
            "start_date" => assign_some(&mut self.start_date, date()),
            "finish_date" => assign_some(&mut self.finish_date, date()),
            "priority" => assign_some(&mut self.priority, small_number(2)),
            "num_times_rewatched" => assign_some(&mut self.times_rewatched, number()),
            "rewatch_value" => assign_some(&mut self.rewatch_value, small_number(5)),
            "tags" => assign_some(&mut self.tags, parse_tags(value)),
            "comments" => assign_some(&mut self.comments, text.map(normalize_line_breaks)),
            _ => false,
        }
    }
}

/// Assigns the value if there is one. Returns true if there is.
fn assign_some<T>(target: &mut T, value: Option<T>) -> bool {
    let is_some = value.is_some();
    if let Some(value) = value {
        *target = value;
    }
    is_some
}

/// Returns the tags of a JSON list, or `None` if MAL cannot have such a list.
fn parse_tags(value: &Value) -> Option<Vec<String>> {
    let is_tag = |tag: &&str| !tag.contains(',') && !tag.is_empty() && tag.trim() == *tag;
    value.as_array()?.iter().map(|tag| tag.as_str().filter(is_tag).map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn set_key_accepts_only_values_that_mal_sends() {
        for (key, value, expected) in [
            ("status", json!("dropped"), true),
            ("status", json!("seen"), false),
            ("score", json!(10), true),
            ("score", json!(11), false),
            ("score", json!("7"), false),
            ("num_episodes_watched", json!(-1), false),
            ("num_watched_episodes", json!(3), false),
            ("is_rewatching", json!(1), false),
            ("updated_at", json!("2020-01-02T03:04:05+00:00"), true),
            ("updated_at", json!("2020-01-02T03:04:05Z"), false),
            ("start_date", json!("2020-02"), true),
            ("start_date", json!("2020-02-30"), false),
            ("start_date", json!("0000-00-00"), false),
            ("finish_date", json!(""), true),
            ("tags", json!(["a", "b c"]), true),
            ("tags", json!(["a,b"]), false),
            ("tags", json!("a"), false),
            ("comments", json!("a\nb"), true),
            ("comments", json!(null), false),
        ] {
            let mut status = SimListStatus { score: 3, finish_date: "2020".to_owned(), ..SimListStatus::default() };
            let before = status.clone();
            assert_eq!(status.set_key(key, &value), expected, "{key} {value}");
            assert_eq!(status != before, expected, "{key} {value}");
        }
    }

    #[test]
    fn status_keys_have_the_recorded_order() {
        let mut status = SimListStatus { comments: "it's".to_owned(), ..SimListStatus::default() };
        assert_eq!(
            status.full_json(),
            r#"{"status":"plan_to_watch","score":0,"num_episodes_watched":0,"is_rewatching":false,"updated_at":"1970-01-01T00:00:00+00:00","priority":0,"num_times_rewatched":0,"rewatch_value":0,"tags":[],"comments":"it&#039;s"}"#
        );
        status.finish_date = "2020-02".to_owned();
        let mut out = String::new();
        status.write_json(&mut out, &["tags"]);
        assert!(out.ends_with(r#"+00:00","finish_date":"2020-02","tags":[]}"#), "{out}");
    }
}
