//! Output of `status`: the sync state of a user.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::{
    format_ago, format_count, format_full_time, format_rough_span, format_time, format_time_span, format_utc,
    key_value_lines,
    login::login_state_text,
    pluralize,
    run::{self, RunJson},
};
use crate::domain::{
    missing_entry::MissingEntry,
    run::{Run, RunCounters, RunStatus},
    user::{User, UserId, UserRef},
};

/// Own values that wait for a push.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WaitingValues {
    /// Number of entries.
    pub entries: usize,
    /// Number of fields.
    pub fields: usize,
}

impl WaitingValues {
    /// Returns how many values wait, and what sends them. Returns `None` if none waits.
    #[must_use]
    pub fn to_text(self) -> Option<String> {
        let text = || format!("{}: malsync push", super::push::count_text(self.fields, self.entries));
        (self.fields > 0).then(text)
    }
}

/// The last runs of a user.
#[derive(Clone, Debug, Default)]
pub struct LastRuns {
    /// The newest sync.
    pub sync: Option<Run>,
    /// The newest push.
    pub push: Option<Run>,
}

/// Sync state of one user.
#[derive(Clone, Debug)]
pub struct StatusView {
    /// Id of the user.
    pub user_id: UserId,
    /// Username.
    pub username: String,
    /// Id of the MAL account. `None` if unknown.
    pub mal_user_id: Option<i64>,
    /// End of the last complete sync.
    pub last_mal_sync: Option<DateTime<Utc>>,
    /// True if tokens are stored.
    pub has_mal_token: bool,
    /// False if the tokens are encrypted with a key that this host does not have.
    pub is_login_readable: bool,
    /// True if MAL requires a new login.
    pub needs_login: bool,
    /// Expiry of the access token.
    pub token_expires_at: Option<DateTime<Utc>>,
    /// Number of entries, without those no longer on MAL.
    pub entries: i64,
    /// True if a run is in progress.
    pub is_running: bool,
    /// Newest sync. A push is not among these runs.
    pub last_run: Option<Run>,
    /// Newest push.
    pub last_push: Option<Run>,
    /// Own values that wait for a push.
    pub waiting: WaitingValues,
    /// Entries that the database refused and that are still missing.
    pub missing: Vec<MissingEntry>,
    /// Time of the last login.
    pub logged_in_at: Option<DateTime<Utc>>,
    /// The last sync on this machine, if it failed before a run began.
    pub not_started: Option<NotStartedSync>,
    /// Current time.
    pub now: DateTime<Utc>,
}

/// A sync that failed before a run began, so that no run tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotStartedSync {
    /// The exit code.
    pub exit_code: u8,
    /// Why it failed.
    pub reason: String,
    /// What to do.
    pub hint: Option<String>,
}

/// JSON object of `status --json`. Every field is null if there is no user.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StatusJson<'a> {
    user_id: Option<i32>,
    username: Option<&'a str>,
    mal_user_id: Option<i64>,
    last_mal_sync: Option<String>,
    has_mal_token: Option<bool>,
    needs_login: Option<bool>,
    token_expires_at: Option<String>,
    token_expired: Option<bool>,
    entries: Option<i64>,
    running: Option<bool>,
    last_run: Option<RunJson<'a>>,
    last_push: Option<RunJson<'a>>,
    missing: Option<&'a [MissingEntry]>,
    waiting: Option<WaitingValues>,
}

/// Returns the status as JSON. `None` means there is no user.
#[must_use]
pub fn to_json(view: Option<&StatusView>) -> StatusJson<'_> {
    let Some(view) = view else { return StatusJson::default() };
    StatusJson {
        user_id: Some(view.user_id.0),
        username: Some(&view.username),
        mal_user_id: view.mal_user_id,
        last_mal_sync: view.last_mal_sync.map(format_utc),
        has_mal_token: Some(view.has_mal_token),
        needs_login: Some(view.needs_login),
        token_expires_at: view.token_expires_at.map(format_utc),
        token_expired: Some(view.token_expires_at.is_some_and(|end| end <= view.now)),
        entries: Some(view.entries),
        running: Some(view.is_running),
        last_run: view.last_run.as_ref().map(run::to_json),
        last_push: view.last_push.as_ref().map(run::to_json),
        missing: Some(&view.missing),
        waiting: Some(view.waiting),
    }
}

impl StatusView {
    /// Creates the view from a user's row. The row says nothing of stored tokens, entries and runs: the caller passes them.
    #[must_use]
    pub fn new(user: &User, has_tokens: bool, entries: i64, last_runs: LastRuns, now: DateTime<Utc>) -> Self {
        let is_running = |run: &Option<Run>| run.as_ref().is_some_and(|run| run.status == RunStatus::Running);
        Self {
            user_id: user.id,
            username: user.username.clone(),
            mal_user_id: user.mal_user_id,
            last_mal_sync: user.last_mal_sync,
            has_mal_token: has_tokens,
            is_login_readable: true,
            needs_login: user.login.needs_login,
            token_expires_at: user.login.expires_at,
            entries,
            is_running: is_running(&last_runs.sync) || is_running(&last_runs.push),
            last_run: last_runs.sync,
            last_push: last_runs.push,
            waiting: WaitingValues::default(),
            missing: user.missing_entries.clone(),
            logged_in_at: user.login.login_at,
            not_started: None,
            now,
        }
    }

    /// Returns the status as text. With `is_verbose`, times are given in full besides their age.
    #[must_use]
    pub fn to_text(&self, is_verbose: bool) -> String {
        let account = self.mal_user_id.map(|id| format!(", MAL account {id}")).unwrap_or_default();
        let sync_text = |time| {
            if has_unknown_age(time, self.now) {
                return format!("on {} (in the future: a clock was wrong)", format_time(time));
            }
            self.age_text(time, is_verbose)
        };
        let login_command = format!("malsync login {}", UserRef::for_row(self.user_id, &self.username).as_cli_arg());
        let login = if self.is_login_readable {
            login_state_text(self.has_mal_token, self.needs_login, self.token_expires_at, self.now, &login_command)
        } else {
            "encrypted with another host's key: this host cannot read the tokens".to_owned()
        };
        let mut lines = vec![
            ("user", format!("{} (id {}{account})", self.username, self.user_id)),
            ("login", login),
            ("last sync", self.last_mal_sync.map_or_else(|| "never".to_owned(), sync_text)),
            ("entries", format_count(self.entries)),
        ];
        let run_text = |run: &Run| {
            format!(
                "{}: {}, {}, {}",
                run_id_text(run),
                run.mode.as_str(),
                run.status.as_str(),
                self.age_text(run.started_at, is_verbose)
            )
        };
        lines.extend(self.last_run.as_ref().map(|run| ("last run", run_text(run))));
        lines.extend(self.failed_text().map(|text| ("failed", text)));
        lines.extend(self.not_started_text().map(|text| ("failing", text)));
        lines.extend(self.last_push.as_ref().map(|run| ("last push", run_text(run))));
        lines.extend(self.waiting.to_text().map(|text| ("to push", text)));
        if self.is_running {
            let progress_text = |run: &Run| {
                let RunCounters { anime_fetched, requests, .. } = run.counters;
                let since = format_time_span(self.now - run.started_at);
                format!(" ({since}, {} entries, {} requests)", format_count(anime_fetched), format_count(requests))
            };
            let is_push = self.last_push.as_ref().is_some_and(|run| run.status == RunStatus::Running);
            let progress_text = self.last_run.as_ref().filter(|_| !is_push).map(progress_text).unwrap_or_default();
            let what = if is_push { "push" } else { "sync" };
            lines.push(("running", format!("{what} in progress{progress_text}")));
        }
        lines.extend(
            self.login_expiry().map(|time| ("sync by", format!("{}, before the login expires", format_time(time)))),
        );
        key_value_lines(&lines, None) + &self.missing_text()
    }

    /// Returns why the last run failed, and whether there was a login since.
    fn failed_text(&self) -> Option<String> {
        let run = self.last_run.as_ref()?;
        let reason = run.failure.as_ref()?;
        let has_new_login = self.logged_in_at.is_some_and(|time| time > run.started_at);
        let next = if has_new_login { ". There was a login since: run malsync sync" } else { "" };
        Some(format!("{reason}{next}"))
    }

    fn not_started_text(&self) -> Option<String> {
        let NotStartedSync { exit_code, reason, hint } = self.not_started.as_ref()?;
        let hint = hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        Some(format!("the last sync on this machine did not start: {reason}{hint}; exit code {exit_code}"))
    }

    /// Returns how long ago a time was, with the time itself if `is_verbose`.
    fn age_text(&self, time: DateTime<Utc>, is_verbose: bool) -> String {
        let ago = format_ago(time, self.now);
        if is_verbose { format!("{ago} ({})", format_full_time(time)) } else { ago }
    }

    /// Returns how many entries are missing, and why. Returns an empty text if none is.
    fn missing_text(&self) -> String {
        if self.missing.is_empty() {
            return String::new();
        }
        let count = pluralize(i64::try_from(self.missing.len()).unwrap_or(i64::MAX), "entry is", "entries are");
        let pronoun = if self.missing.len() == 1 { "it" } else { "them" };
        let mut text = format!("\n{count} missing because the database refused to store {pronoun}:\n");
        let shown = self.missing.iter().take(run::MAX_ERRORS_SHOWN);
        text.extend(shown.map(|entry| run::entry_line(entry.title.as_deref(), Some(entry.mal_id), &entry.message)));
        if self.missing.len() > run::MAX_ERRORS_SHOWN {
            let remaining = format_count(self.missing.len() - run::MAX_ERRORS_SHOWN);
            text += &format!("    and {remaining} more (list all with malsync status --json)\n");
        }
        text + "The next sync fetches the whole list again.\n"
    }

    /// Returns when the login ends: the latest time for the next run. MAL's refresh token expires with the access token, and
    /// only a run refreshes both. Returns `None` if the login has ended.
    fn login_expiry(&self) -> Option<DateTime<Utc>> {
        self.token_expires_at.filter(|end| self.has_mal_token && !self.needs_login && *end > self.now)
    }
}

/// Returns why `--max-age` fails: when the last complete sync was, and how old it may be.
#[must_use]
pub fn stale_text(last: Option<DateTime<Utc>>, max_age: std::time::Duration, now: DateTime<Utc>) -> String {
    let limit = format_rough_span(TimeDelta::from_std(max_age).unwrap_or(TimeDelta::MAX));
    match last {
        None => format!("Out of date: never synced (--max-age {limit})"),
        Some(last) if has_unknown_age(last, now) => {
            format!("Out of date: the last sync is in the future, so its age is unknown (--max-age {limit})")
        }
        Some(last) => {
            let age = format_rough_span(now - last);
            format!("Out of date: the last complete sync was {age} ago (--max-age {limit})")
        }
    }
}

/// Returns true if a stored time is in the future: the clock was wrong when it was stored, or is wrong now.
#[must_use]
pub fn has_unknown_age(time: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    /// Times ahead by less may come from another machine's clock.
    const MAX_CLOCK_SKEW: chrono::TimeDelta = chrono::TimeDelta::minutes(5);
    time > now + MAX_CLOCK_SKEW
}

fn run_id_text(run: &Run) -> String {
    run.id.map_or_else(|| "dry run".to_owned(), |id| format!("#{id}"))
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
