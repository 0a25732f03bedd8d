//! A list status: what a user says about an anime, how MAL writes it and which form fields change it.
//!
//! Facts (observed): the five first keys always come, dates only when set; the rest only by name in a list, always
//! in the answer to a write. Answers say `num_episodes_watched`, the form says `num_watched_episodes`. Only sent
//! fields change; an empty date clears it; `completed` alone does not fill the episode count.

use crate::encode::{self, Object};
use crate::fields::STATUS_EXTRAS;

/// The five statuses, in the order in which MAL's statistics list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub(crate) enum Status {
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
    Plan,
}

impl Status {
    /// All of them.
    pub(crate) const ALL: [Self; 5] = [Self::Watching, Self::Completed, Self::OnHold, Self::Dropped, Self::Plan];

    /// MAL's word.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Watching => "watching",
            Self::Completed => "completed",
            Self::OnHold => "on_hold",
            Self::Dropped => "dropped",
            Self::Plan => "plan_to_watch",
        }
    }

    /// The status of a word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == word)
    }
}

/// What a user says about an anime.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListStatus {
    /// Where it stands.
    pub(crate) status: Status,
    /// 0 (none) to 10.
    pub(crate) score: u8,
    /// Episodes seen.
    pub(crate) watched: u32,
    /// Seen again just now: then `status=watching` finds it, though it says `completed` (observed).
    pub(crate) rewatching: bool,
    /// Seconds since 1970.
    pub(crate) updated: i64,
    /// `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, or empty.
    pub(crate) start: String,
    /// As `start`.
    pub(crate) finish: String,
    /// 0 to 2.
    pub(crate) priority: u8,
    /// Times seen again.
    pub(crate) times: u32,
    /// 0 to 5.
    pub(crate) value: u8,
    /// In the order given.
    pub(crate) tags: Vec<String>,
    /// As typed; written with HTML entities.
    pub(crate) comments: String,
}

/// Why a form was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FormError {
    /// A field that does not belong there (observed answer).
    Extra,
    /// A value out of range; the field's name. How MAL answers is inferred.
    Invalid(String),
}

impl ListStatus {
    /// The matter of one key, as JSON; `None` where MAL leaves the key out.
    pub(crate) fn key(&self, key: &str) -> Option<String> {
        match key {
            "status" => Some(encode::quoted(self.status.name())),
            "score" => Some(self.score.to_string()),
            "num_episodes_watched" => Some(self.watched.to_string()),
            "is_rewatching" => Some(self.rewatching.to_string()),
            "updated_at" => Some(encode::quoted(&crate::clock::stamp(self.updated))),
            "start_date" => (!self.start.is_empty()).then(|| encode::quoted(&self.start)),
            "finish_date" => (!self.finish.is_empty()).then(|| encode::quoted(&self.finish)),
            "priority" => Some(self.priority.to_string()),
            "num_times_rewatched" => Some(self.times.to_string()),
            "rewatch_value" => Some(self.value.to_string()),
            "tags" => {
                let tags: Vec<String> = self.tags.iter().map(|tag| encode::quoted(tag)).collect();
                Some(format!("[{}]", tags.join(",")))
            }
            "comments" => Some(encode::quoted(&encode::html(&self.comments))),
            _ => None,
        }
    }

    /// Appends the status with the extra keys asked for.
    pub(crate) fn write(&self, out: &mut String, extras: &[&str]) {
        let mut object = Object::begin(out);
        for key in DEFAULT_KEYS.iter().chain(extras) {
            if let Some(json) = self.key(key) {
                object.raw(key, &json);
            }
        }
        object.end();
    }

    /// The answer to a write: every key.
    pub(crate) fn full(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, &STATUS_EXTRAS);
        out
    }

    /// Applies a form; on an error nothing has changed. `updated` is left to the caller.
    pub(crate) fn apply(&mut self, form: &[(String, String)]) -> Result<(), FormError> {
        let mut changed = self.clone();
        for (name, value) in form {
            changed.set(name, value)?;
        }
        *self = changed;
        Ok(())
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), FormError> {
        let invalid = || FormError::Invalid(name.to_owned());
        let number = |most: u32| {
            let number = value.trim().parse::<u32>().ok();
            number.filter(|number| *number <= most).ok_or_else(invalid)
        };
        let small = |most: u32| number(most).map(|n| u8::try_from(n).unwrap_or(u8::MAX));
        match name {
            "status" => self.status = Status::parse(value).ok_or_else(invalid)?,
            "is_rewatching" => self.rewatching = flag(value).ok_or_else(invalid)?,
            "score" => self.score = small(10)?,
            "num_watched_episodes" => self.watched = number(u32::MAX)?,
            "priority" => self.priority = small(2)?,
            "num_times_rewatched" => self.times = number(u32::MAX)?,
            "rewatch_value" => self.value = small(5)?,
            "tags" => self.tags = split_tags(value),
            "comments" => value.clone_into(&mut self.comments),
            "start_date" if date(value) => value.clone_into(&mut self.start),
            "finish_date" if date(value) => value.clone_into(&mut self.finish),
            "start_date" | "finish_date" => return Err(invalid()),
            _ => return Err(FormError::Extra),
        }
        Ok(())
    }
}

/// The keys that come by themselves; the two dates only when set.
pub(crate) const DEFAULT_KEYS: [&str; 7] =
    ["status", "score", "num_episodes_watched", "is_rewatching", "updated_at", "start_date", "finish_date"];

/// `true`, `false`, `1` or `0`, in capitals too: live clients send all of these.
pub(crate) fn flag(value: &str) -> Option<bool> {
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
fn date(value: &str) -> bool {
    let parts: Vec<&str> = value.split('-').collect();
    let digits = |part: &str, len| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
    value.is_empty() || (parts.len() <= 3 && digits(parts[0], 4) && parts[1..].iter().all(|part| digits(part, 2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn only_sent_fields_change() {
        let mut status = ListStatus { score: 7, start: "2020".to_owned(), ..ListStatus::default() };
        status.apply(&form(&[("status", "completed"), ("tags", "a, b,,c"), ("start_date", "")])).unwrap();
        assert_eq!(status.score, 7);
        assert_eq!(status.watched, 0, "completed does not fill the count");
        assert_eq!(status.tags, ["a", "b", "c"]);
        assert_eq!(status.start, "");
    }

    #[test]
    fn a_refused_form_changes_nothing() {
        for (name, value, wanted) in [
            ("num_episodes_watched", "3", FormError::Extra),
            ("end_date", "2020-01-01", FormError::Extra),
            ("score", "11", FormError::Invalid("score".to_owned())),
            ("score", "-1", FormError::Invalid("score".to_owned())),
            ("status", "seen", FormError::Invalid("status".to_owned())),
            ("priority", "3", FormError::Invalid("priority".to_owned())),
            ("rewatch_value", "6", FormError::Invalid("rewatch_value".to_owned())),
            ("is_rewatching", "yes", FormError::Invalid("is_rewatching".to_owned())),
            ("start_date", "2020-1-1", FormError::Invalid("start_date".to_owned())),
        ] {
            let mut status = ListStatus::default();
            let given = form(&[("comments", "x"), (name, value)]);
            assert_eq!(status.apply(&given), Err(wanted), "{name}={value}");
            assert_eq!(status, ListStatus::default());
        }
    }

    #[test]
    fn keys_come_in_the_recorded_order() {
        let mut status = ListStatus { comments: "it's".to_owned(), ..ListStatus::default() };
        assert_eq!(
            status.full(),
            r#"{"status":"plan_to_watch","score":0,"num_episodes_watched":0,"is_rewatching":false,"updated_at":"1970-01-01T00:00:00+00:00","priority":0,"num_times_rewatched":0,"rewatch_value":0,"tags":[],"comments":"it&#039;s"}"#
        );
        status.finish = "2020-02".to_owned();
        let mut out = String::new();
        status.write(&mut out, &["tags"]);
        assert!(out.ends_with(r#"+00:00","finish_date":"2020-02","tags":[]}"#), "{out}");
    }
}
