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
    /// Newest sync.
    pub last_run: Option<Run>,
    /// Newest push.
    pub last_push: Option<Run>,
    /// Own values that wait for a push.
    pub waiting: WaitingValues,
    /// Entries that the database refused and that are still missing.
    pub missing: Vec<MissingEntry>,
    /// Current time.
    pub now: DateTime<Utc>,
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
        lines.extend(
            self.last_run.as_ref().and_then(|run| run.failure.as_ref()).map(|reason| ("failed", reason.clone())),
        );
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
            self.login_expiry().map(|time| ("next run", format!("by {}, before the login expires", format_time(time)))),
        );
        key_value_lines(&lines, None) + &self.missing_text()
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
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::ui::style::strip_styles;
    use crate::{
        domain::{
            run::{RunCounters, RunId, RunStatus, SyncMode},
            user::StoredLogin,
        },
        json_line::to_json_line,
    };

    fn utc_time(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn example_view() -> StatusView {
        let run = Run {
            id: Some(RunId(7)),
            user_id: UserId(1),
            username: "alice".into(),
            mode: SyncMode::Full,
            force_full: false,
            dry_run: false,
            status: RunStatus::Success,
            started_at: utc_time("2026-11-22T18:00:00Z"),
            finished_at: Some(utc_time("2026-11-22T18:00:10.5Z")),
            duration: Some(chrono::TimeDelta::milliseconds(10_500)),
            counters: RunCounters::default(),
            errors: Vec::new(),
            failure: None,
        };
        StatusView {
            user_id: UserId(1),
            username: "alice".into(),
            mal_user_id: Some(4_567),
            last_mal_sync: run.finished_at,
            has_mal_token: true,
            is_login_readable: true,
            needs_login: false,
            token_expires_at: Some(utc_time("2026-12-22T19:00:00Z")),
            entries: 1_200,
            is_running: false,
            last_run: Some(run),
            last_push: None,
            waiting: WaitingValues::default(),
            missing: Vec::new(),
            now: utc_time("2026-11-22T19:00:00Z"),
        }
    }

    #[test]
    fn a_status_object_has_the_documented_fields_in_their_order() {
        assert_snapshot!(to_json_line(&to_json(Some(&example_view()))), @r#"{"user_id":1,"username":"alice","mal_user_id":4567,"last_mal_sync":"2026-11-22T18:00:10.500Z","has_mal_token":true,"needs_login":false,"token_expires_at":"2026-12-22T19:00:00Z","token_expired":false,"entries":1200,"running":false,"last_run":{"run_id":7,"user_id":1,"username":"alice","mode":"full","force_full":false,"dry_run":false,"status":"SUCCESS","started_at":"2026-11-22T18:00:00Z","finished_at":"2026-11-22T18:00:10.500Z","duration":10.5,"anime_fetched":0,"anime_created":0,"anime_updated":0,"anime_unchanged":0,"user_lists_created":0,"user_lists_updated":0,"user_lists_unchanged":0,"user_lists_removed":0,"user_lists_settled":0,"pushed_entries":0,"pushed_fields":0,"push_conflicts":0,"conflicts_resolved":0,"requests":0,"retries":0,"token_refreshes":0,"constraint_violations":0,"errors":[],"ready":true,"successful":true,"failed":false},"last_push":null,"missing":[],"waiting":{"entries":0,"fields":0}}"#);
    }

    #[test]
    fn without_any_user_everything_is_null() {
        assert_snapshot!(to_json_line(&to_json(None)), @r#"{"user_id":null,"username":null,"mal_user_id":null,"last_mal_sync":null,"has_mal_token":null,"needs_login":null,"token_expires_at":null,"token_expired":null,"entries":null,"running":null,"last_run":null,"last_push":null,"missing":null,"waiting":null}"#);
    }

    #[test]
    fn status_text_shows_when_the_next_run_is_due() {
        assert_snapshot!(strip_styles(&example_view().to_text(false)), @r"
        user       alice (id 1, MAL account 4567)
        login      expires in 30d (2026-12-22 19:00)
        last sync  60 minutes ago
        entries    1,200
        last run   #7: full, SUCCESS, 60 minutes ago
        next run   by 2026-12-22 19:00, before the login expires
        ");
        let reason = Some("rate limit exceeded\u{7}".to_owned());
        let run = Run { status: RunStatus::Failed, failure: reason, ..example_view().last_run.unwrap() };
        assert_snapshot!(strip_styles(&StatusView { last_run: Some(run), ..example_view() }.to_text(false)), @r"
        user       alice (id 1, MAL account 4567)
        login      expires in 30d (2026-12-22 19:00)
        last sync  60 minutes ago
        entries    1,200
        last run   #7: full, FAILED, 60 minutes ago
        failed     rate limit exceeded␇
        next run   by 2026-12-22 19:00, before the login expires
        ");
        let counters = RunCounters { anime_fetched: 1_500, requests: 16, ..RunCounters::default() };
        let run = Run { counters, status: RunStatus::Running, finished_at: None, ..example_view().last_run.unwrap() };
        let busy = StatusView {
            is_running: true,
            now: run.started_at + chrono::TimeDelta::seconds(12),
            last_run: Some(run),
            ..example_view()
        };
        assert!(
            strip_styles(&busy.to_text(false))
                .contains("running    sync in progress (12.0s, 1,500 entries, 16 requests)\n"),
            "{}",
            strip_styles(&busy.to_text(false))
        );
        let spent =
            StatusView { needs_login: true, is_running: true, last_mal_sync: None, last_run: None, ..example_view() };
        assert_snapshot!(strip_styles(&spent.to_text(false)), @r#"
        user       alice (id 1, MAL account 4567)
        login      login required: malsync login --user alice
        last sync  never
        entries    1,200
        running    sync in progress
        "#);
    }

    #[test]
    fn stale_status_says_how_old_the_last_sync_is() {
        let now = utc_time("2026-11-22T19:00:00Z");
        let text = |last| stale_text(last, std::time::Duration::from_secs(26 * 3600), now);
        assert_eq!(text(None), "Out of date: never synced (--max-age 1d2h)");
        let last = Some(now - TimeDelta::hours(50));
        assert_eq!(text(last), "Out of date: the last complete sync was 2d2h ago (--max-age 1d2h)");
        assert!(text(Some(now + TimeDelta::days(3))).contains("in the future"));
    }

    #[test]
    fn missing_entries_are_listed_with_the_databases_message() {
        let entry =
            |mal_id| MissingEntry { mal_id, title: Some(format!("A{mal_id}")), message: "duplicate\u{7} key".into() };
        let one = StatusView { missing: vec![entry(5)], ..example_view() };
        let text = one.to_text(false);
        assert!(
            text.ends_with(
                "\n1 entry is missing because the database refused to store it:\n    A5 (5): duplicate␇ key\n\
                The next sync fetches the whole list again.\n"
            ),
            "{text}"
        );
        let json = to_json_line(&to_json(Some(&one)));
        assert!(json.contains(r#""missing":[{"mal_id":5,"title":"A5","message":"duplicate\u0007 key"}]"#), "{json}");
        let text = StatusView { missing: (1..=12).map(entry).collect(), ..example_view() }.to_text(false);
        assert!(text.contains("\n12 entries are missing because the database refused to store them:\n"), "{text}");
        assert!(text.contains("    and 2 more (list all with malsync status --json)\n"), "{text}");
    }

    #[test]
    fn user_without_login_has_no_token_and_no_expiry() {
        let user = User {
            id: UserId(1),
            username: "alice".into(),
            email: None,
            mal_user_id: None,
            login: StoredLogin::default(),
            last_mal_sync: None,
            watermark: None,
            drift: None,
            listing_gap: None,
            missing_entries: Vec::new(),
            last_full_sync: None,
        };
        let view = StatusView::new(&user, false, 0, LastRuns::default(), utc_time("2026-11-22T19:00:00Z"));
        assert!(!view.has_mal_token && view.login_expiry().is_none());
    }
}
