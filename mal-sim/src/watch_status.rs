//! A list status: what a user says about an anime, how MAL writes it and which form fields change it.
//!
//! Facts (observed): the five first keys always come, dates only when set; the rest only by name in a list, always
//! in the answer to a write. Answers say `num_episodes_watched`, the form says `num_watched_episodes`. Only sent
//! fields change; an empty date clears it; `completed` alone does not fill the episode count.

use crate::field_selection::EXTRA_STATUS_KEYS;
use crate::php_json::{self, JsonObjectWriter};

/// The five statuses, in the order in which MAL's statistics list them.
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
    /// All of them.
    pub(crate) const ALL: [Self; 5] = [Self::Watching, Self::Completed, Self::OnHold, Self::Dropped, Self::PlanToWatch];

    /// MAL's word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Watching => "watching",
            Self::Completed => "completed",
            Self::OnHold => "on_hold",
            Self::Dropped => "dropped",
            Self::PlanToWatch => "plan_to_watch",
        }
    }

    /// The status of a word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// What a user says about an anime.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SimListStatus {
    /// Where it stands.
    pub(crate) status: WatchStatus,
    /// 0 (none) to 10.
    pub(crate) score: u8,
    /// Episodes seen.
    pub(crate) episodes_watched: u32,
    /// Seen again just now: then `status=watching` finds it, though it says `completed` (observed).
    pub(crate) is_rewatching: bool,
    /// Seconds since 1970.
    pub(crate) updated_at_seconds: i64,
    /// `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, or empty.
    pub(crate) start_date: String,
    /// As `start`.
    pub(crate) finish_date: String,
    /// 0 to 2.
    pub(crate) priority: u8,
    /// Times seen again.
    pub(crate) times_rewatched: u32,
    /// 0 to 5.
    pub(crate) rewatch_value: u8,
    /// In the order given.
    pub(crate) tags: Vec<String>,
    /// As typed; written with HTML entities.
    pub(crate) comments: String,
}

/// Why a form was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FormError {
    /// A field that does not belong there (observed answer).
    ExtraField,
    /// A value out of range; the field's name. How MAL answers is inferred.
    InvalidValue(String),
}

impl SimListStatus {
    /// The matter of one key, as JSON; `None` where MAL leaves the key out.
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

    /// Appends the status with the extra keys asked for.
    pub(crate) fn write_json(&self, out: &mut String, extras: &[&str]) {
        let mut object = JsonObjectWriter::begin(out);
        for key in DEFAULT_STATUS_KEYS.iter().chain(extras) {
            if let Some(json) = self.key_json(key) {
                object.write_raw(key, &json);
            }
        }
        object.end();
    }

    /// The answer to a write: every key.
    pub(crate) fn full_json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out, &EXTRA_STATUS_KEYS);
        out
    }

    /// Applies a form; on an error nothing has changed. `updated` is left to the caller.
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
        let number = |most: u32| {
            let number = value.trim().parse::<u32>().ok();
            number.filter(|number| *number <= most).ok_or_else(invalid)
        };
        let small = |most: u32| number(most).map(|n| u8::try_from(n).unwrap_or(u8::MAX));
        match name {
            "status" => self.status = WatchStatus::parse(value).ok_or_else(invalid)?,
            "is_rewatching" => self.is_rewatching = parse_flag(value).ok_or_else(invalid)?,
            "score" => self.score = small(10)?,
            "num_watched_episodes" => self.episodes_watched = number(u32::MAX)?,
            "priority" => self.priority = small(2)?,
            "num_times_rewatched" => self.times_rewatched = number(u32::MAX)?,
            "rewatch_value" => self.rewatch_value = small(5)?,
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

/// The keys that come by themselves; the two dates only when set.
pub(crate) const DEFAULT_STATUS_KEYS: [&str; 7] =
    ["status", "score", "num_episodes_watched", "is_rewatching", "updated_at", "start_date", "finish_date"];

/// `true`, `false`, `1` or `0`, in capitals too: live clients send all of these.
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

/// Empty, or a whole or partial date in form.
fn is_partial_date(value: &str) -> bool {
    let parts: Vec<&str> = value.split('-').collect();
    let digits = |part: &str, len| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
    value.is_empty() || (parts.len() <= 3 && digits(parts[0], 4) && parts[1..].iter().all(|part| digits(part, 2)))
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
        assert_eq!(status.episodes_watched, 0, "completed does not fill the count");
        assert_eq!(status.tags, ["a", "b", "c"]);
        assert_eq!(status.start_date, "");
    }

    #[test]
    fn invalid_form_changes_nothing() {
        for (name, value, wanted) in [
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
            let given = form_pairs(&[("comments", "x"), (name, value)]);
            assert_eq!(status.apply_form(&given), Err(wanted), "{name}={value}");
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
