//! A user's list status of an anime, its JSON and the form fields that change it.
//!
//! Observed behaviour:
//!
//! 1. The first five keys are always sent, dates only if set. A list sends the other keys only if they are named; the
//!    response to a write always sends them.
//! 2. Responses use `num_episodes_watched`, the form uses `num_watched_episodes`.
//! 3. Only sent fields change. An empty date clears the date. `completed` alone does not set the episode count.

use crate::field_selection::{DEFAULT_STATUS_KEYS, EXTRA_STATUS_KEYS};
use crate::php_json::{self, JsonObjectWriter};

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
    pub(crate) status: WatchStatus,
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
    /// Comments as typed; sent with HTML entities.
    pub(crate) comments: String,
}

/// Why a form was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FormError {
    /// An unknown field (response observed).
    ExtraField,
    /// An invalid value of the named field (response inferred).
    InvalidValue(String),
}

impl SimListStatus {
    /// Returns the JSON of one key, or `None` if MAL omits the key.
    pub(crate) fn key_json(&self, key: &str) -> Option<String> {
        match key {
            "status" => Some(php_json::quote_string(self.status.as_str())),
            "score" => Some(self.score.to_string()),
            "num_episodes_watched" => Some(self.episodes_watched.to_string()),
            "is_rewatching" => Some(self.is_rewatching.to_string()),
            "updated_at" => Some(php_json::quote_string(&crate::sim_clock::format_timestamp(self.updated_at_seconds))),
            "start_date" => (!self.start_date.is_empty()).then(|| php_json::quote_string(&self.start_date)),
            "finish_date" => (!self.finish_date.is_empty()).then(|| php_json::quote_string(&self.finish_date)),
            "priority" => Some(self.priority.to_string()),
            "num_times_rewatched" => Some(self.times_rewatched.to_string()),
            "rewatch_value" => Some(self.rewatch_value.to_string()),
            "tags" => {
                let tags: Vec<String> = self.tags.iter().map(|tag| php_json::quote_string(tag)).collect();
                Some(format!("[{}]", tags.join(",")))
            }
            "comments" => Some(php_json::quote_string(&php_json::escape_html(&self.comments))),
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

    /// Applies a form. On an error nothing changes. The caller sets `updated_at_seconds`.
    pub(crate) fn apply_form(&mut self, form: &[(String, String)]) -> Result<(), FormError> {
        let mut changed = self.clone();
        for (name, value) in form {
            changed.set_form_field(name, value)?;
        }
        *self = changed;
        Ok(())
    }

    fn set_form_field(&mut self, name: &str, value: &str) -> Result<(), FormError> {
        let invalid = || FormError::InvalidValue(name.to_owned());
        let number = |max: u32| {
            let number = value.trim().parse::<u32>().ok();
            number.filter(|number| *number <= max).ok_or_else(invalid)
        };
        let small_number = |max: u32| number(max).map(|number| u8::try_from(number).unwrap_or(u8::MAX));
        match name {
            "status" => self.status = WatchStatus::parse(value).ok_or_else(invalid)?,
            "is_rewatching" => self.is_rewatching = parse_flag(value).ok_or_else(invalid)?,
            "score" => self.score = small_number(10)?,
            "num_watched_episodes" => self.episodes_watched = number(u32::MAX)?,
            "priority" => self.priority = small_number(2)?,
            "num_times_rewatched" => self.times_rewatched = number(u32::MAX)?,
            "rewatch_value" => self.rewatch_value = small_number(5)?,
            "tags" => self.tags = split_tags(value),
            "comments" => value.clone_into(&mut self.comments),
            "start_date" if is_partial_date(value) => value.clone_into(&mut self.start_date),
            "finish_date" if is_partial_date(value) => value.clone_into(&mut self.finish_date),
            "start_date" | "finish_date" => return Err(invalid()),
            _ => return Err(FormError::ExtraField),
        }
        Ok(())
    }
}

/// Parses `true`, `false`, `1` or `0`, case-insensitively: live clients send all of these.
pub(crate) fn parse_flag(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

fn split_tags(value: &str) -> Vec<String> {
    value.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

/// Returns true if the value is empty or has the form of a whole or partial date.
fn is_partial_date(value: &str) -> bool {
    let parts: Vec<&str> = value.split('-').collect();
    let has_digits = |part: &str, len| part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit());
    value.is_empty()
        || (parts.len() <= 3 && has_digits(parts[0], 4) && parts[1..].iter().all(|part| has_digits(part, 2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form_pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn apply_form_changes_only_sent_fields() {
        let mut status = SimListStatus { score: 7, start_date: "2020".to_owned(), ..SimListStatus::default() };
        status.apply_form(&form_pairs(&[("status", "completed"), ("tags", "a, b,,c"), ("start_date", "")])).unwrap();
        assert_eq!(status.score, 7);
        assert_eq!(status.episodes_watched, 0, "status completed must not set the episode count");
        assert_eq!(status.tags, ["a", "b", "c"]);
        assert_eq!(status.start_date, "");
    }

    #[test]
    fn invalid_form_changes_nothing() {
        for (name, value, expected) in [
            ("num_episodes_watched", "3", FormError::ExtraField),
            ("end_date", "2020-01-01", FormError::ExtraField),
            ("score", "11", FormError::InvalidValue("score".to_owned())),
            ("score", "-1", FormError::InvalidValue("score".to_owned())),
            ("status", "seen", FormError::InvalidValue("status".to_owned())),
            ("priority", "3", FormError::InvalidValue("priority".to_owned())),
            ("rewatch_value", "6", FormError::InvalidValue("rewatch_value".to_owned())),
            ("is_rewatching", "yes", FormError::InvalidValue("is_rewatching".to_owned())),
            ("start_date", "2020-1-1", FormError::InvalidValue("start_date".to_owned())),
        ] {
            let mut status = SimListStatus::default();
            let form = form_pairs(&[("comments", "x"), (name, value)]);
            assert_eq!(status.apply_form(&form), Err(expected), "{name}={value}");
            assert_eq!(status, SimListStatus::default());
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
