//! Tests of the text and the JSON of `status`.

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
        logged_in_at: None,
        not_started: None,
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
    sync by    2026-12-22 19:00, before the login expires
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
    sync by    2026-12-22 19:00, before the login expires
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
    let needs_login =
        StatusView { needs_login: true, is_running: true, last_mal_sync: None, last_run: None, ..example_view() };
    assert_snapshot!(strip_styles(&needs_login.to_text(false)), @r#"
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
