//! Tests of the output about runs, as JSON and as text.

use chrono::TimeDelta;
use insta::assert_snapshot;

use super::*;
use crate::{
    domain::{
        run::{EntryErrorKind, RunId},
        user::UserId,
    },
    json_line::to_json_line,
    ui::style::strip_styles,
};

pub(in crate::ui::view) fn example_run() -> Run {
    Run {
        id: Some(RunId(7)),
        user_id: UserId(1),
        username: "alice".into(),
        mode: SyncMode::Full,
        force_full: true,
        dry_run: false,
        status: RunStatus::Success,
        started_at: "2026-11-22T19:00:00Z".parse().unwrap(),
        finished_at: Some("2026-11-22T19:00:04.200Z".parse().unwrap()),
        duration: Some(TimeDelta::milliseconds(4_200)),
        counters: RunCounters {
            anime_fetched: 1_200,
            anime_created: 10,
            anime_updated: 40,
            anime_unchanged: 1_150,
            user_lists_created: 12,
            user_lists_updated: 3,
            user_lists_unchanged: 1_185,
            user_lists_removed: 2,
            user_lists_settled: 0,
            pushed_entries: 0,
            pushed_fields: 0,
            push_conflicts: 0,
            conflicts_resolved: 2,
            requests: 13,
            retries: 1,
            token_refreshes: 1,
            constraint_violations: 0,
            api_errors: 0,
        },
        errors: Vec::new(),
        failure: None,
    }
}

fn plain_summary(run: &Run, is_verbose: bool) -> String {
    strip_styles(&summary_text(run, is_verbose))
}

fn run_with_errors(number: usize) -> Run {
    let error = |index: usize| EntryError {
        mal_id: (!index.is_multiple_of(3)).then_some(i64::try_from(index).unwrap()),
        title: (!index.is_multiple_of(2)).then(|| format!("Title\x1b[2J\n{index}")),
        kind: EntryErrorKind::Invalid,
        message: "score 11 is not within 0 to 10".into(),
    };
    Run { status: RunStatus::Partial, errors: (0..number).map(error).collect(), ..example_run() }
}

#[test]
fn the_run_object_has_the_documented_fields_in_their_order() {
    assert_snapshot!(to_json_line(&to_json(&run_with_errors(1))), @r#"{"run_id":7,"user_id":1,"username":"alice","mode":"full","force_full":true,"dry_run":false,"status":"PARTIAL","started_at":"2026-11-22T19:00:00Z","finished_at":"2026-11-22T19:00:04.200Z","duration":4.2,"anime_fetched":1200,"anime_created":10,"anime_updated":40,"anime_unchanged":1150,"user_lists_created":12,"user_lists_updated":3,"user_lists_unchanged":1185,"user_lists_removed":2,"user_lists_settled":0,"pushed_entries":0,"pushed_fields":0,"push_conflicts":0,"conflicts_resolved":2,"requests":13,"retries":1,"token_refreshes":1,"constraint_violations":0,"errors":[{"mal_id":null,"title":null,"kind":"invalid","message":"score 11 is not within 0 to 10"}],"ready":true,"successful":false,"failed":false}"#);
}

#[test]
fn dry_or_unfinished_run_has_nulls() {
    let dry = to_json_line(&to_json(&Run { id: None, dry_run: true, ..example_run() }));
    assert!(dry.starts_with(r#"{"run_id":null,"#) && dry.contains(r#""dry_run":true"#));
    let running =
        to_json_line(&to_json(&Run { status: RunStatus::Running, finished_at: None, duration: None, ..example_run() }));
    assert!(running.contains(r#""finished_at":null,"duration":null,"#), "{running}");
}

#[test]
fn every_status_says_whether_it_is_ready_successful_or_failed() {
    for (status, ready, successful, failed) in [
        (RunStatus::Running, false, false, false),
        (RunStatus::Success, true, true, false),
        (RunStatus::Partial, true, false, false),
        (RunStatus::Failed, true, false, true),
        (RunStatus::Interrupted, true, false, true),
        (RunStatus::Skipped, true, true, false),
    ] {
        let run = Run { status, ..example_run() };
        let json = to_json(&run);
        assert_eq!((json.ready, json.successful, json.failed), (ready, successful, failed), "{status:?}");
    }
}

#[test]
fn a_summary_says_what_changed() {
    assert_snapshot!(plain_summary(&example_run(), false), @r"
    ✓ Synced alice in 4.2s: 12 new, 3 updated, 2 removed (13 requests, 1 retry, 1 token refresh)
      conflicts  2 conflicts resolved: malsync changes --run 7 --conflicts
    ");
    assert_snapshot!(plain_summary(&Run { status: RunStatus::Skipped, mode: SyncMode::Skipped, id: None, ..example_run() }, false), @"Skipped alice: the last sync is recent. Use --force-full to sync anyway.");
}

#[test]
fn headline_of_every_result_says_what_happened() {
    let dry = Run { dry_run: true, id: None, ..example_run() };
    let unchanged = Run { counters: RunCounters { requests: 2, ..RunCounters::default() }, ..example_run() };
    for (run, expected) in [
        (example_run(), "✓ Synced alice in 4.2s: 12 new, 3 updated, 2 removed (13 requests, 1 retry, 1 token refresh)"),
        (unchanged, "✓ Synced alice in 4.2s: no changes (2 requests)"),
        (run_with_errors(1), "! Synced alice in 4.2s with errors: 12 new,"),
        (Run { status: RunStatus::Failed, ..example_run() }, "✗ Sync of alice failed after 4.2s: 12 new,"),
        (Run { status: RunStatus::Interrupted, ..example_run() }, "! Sync of alice interrupted after 4.2s: 12 new,"),
        (dry, "Dry run for alice, nothing was written: 12 would be new, 3 would be updated, 2 would be removed ("),
    ] {
        let text = plain_summary(&run, false);
        assert!(text.starts_with(expected), "{text}");
    }
    let skipped = Run { status: RunStatus::Skipped, mode: SyncMode::Skipped, id: None, ..example_run() };
    let reason = SkippedSync { last_sync_age: TimeDelta::seconds(12), min_interval: TimeDelta::minutes(1) };
    assert_eq!(
        sync_text(&skipped, Some(reason), "", false),
        "Skipped alice: the last sync was 12s ago (minimum interval 1m). Use --force-full to sync anyway.\n"
    );
}

#[test]
fn headline_of_a_push_says_what_was_sent() {
    let counters =
        RunCounters { pushed_entries: 2, pushed_fields: 3, push_conflicts: 1, requests: 5, ..RunCounters::default() };
    let push = Run { mode: SyncMode::Push, counters, ..example_run() };
    let dry = Run { dry_run: true, id: None, ..push.clone() };
    let conflicts = "  conflicts  1 field not sent (list them with: malsync changes --run 7 --conflicts)\n";
    for (run, expected) in [
        (push.clone(), "✓ Pushed 3 fields of 2 entries to MAL for alice in 4.2s (5 requests)\n"),
        (
            Run { status: RunStatus::Partial, ..push.clone() },
            "! Pushed 3 fields of 2 entries to MAL for alice in 4.2s with conflicts (5 requests)\n",
        ),
        (
            Run { status: RunStatus::Failed, ..push.clone() },
            "✗ Push for alice failed after 4.2s: 3 fields of 2 entries sent (5 requests)\n",
        ),
        (
            Run { status: RunStatus::Interrupted, ..push },
            "! Push for alice interrupted after 4.2s: 3 fields of 2 entries sent (5 requests)\n",
        ),
    ] {
        assert_eq!(plain_summary(&run, false), format!("{expected}{conflicts}"));
    }
    assert_eq!(
        plain_summary(&dry, false),
        "Dry run for alice, nothing was sent: 3 fields of 2 entries would be sent (5 requests)\n  conflicts  1 field would not be sent\n"
    );
    let skipped = plain_summary(&Run { status: RunStatus::Skipped, counters: RunCounters::default(), ..dry }, false);
    assert_eq!(skipped, "Nothing to send for alice\n");
}

#[test]
fn a_summary_names_ten_errors_or_all() {
    assert_snapshot!(plain_summary(&run_with_errors(12), false), @r"
    ! Synced alice in 4.2s with errors: 12 new, 3 updated, 2 removed (13 requests, 1 retry, 1 token refresh)
      conflicts  2 conflicts resolved: malsync changes --run 7 --conflicts
      errors     12 entries could not be stored
        an unnamed entry: score 11 is not within 0 to 10
        Title␛[2J␊1 (1): score 11 is not within 0 to 10
        anime 2: score 11 is not within 0 to 10
        Title␛[2J␊3: score 11 is not within 0 to 10
        anime 4: score 11 is not within 0 to 10
        Title␛[2J␊5 (5): score 11 is not within 0 to 10
        an unnamed entry: score 11 is not within 0 to 10
        Title␛[2J␊7 (7): score 11 is not within 0 to 10
        anime 8: score 11 is not within 0 to 10
        Title␛[2J␊9: score 11 is not within 0 to 10
        and 2 more (list all with `malsync status --run 7 -v`)
    ");
    assert_eq!(summary_text(&run_with_errors(12), true).lines().count(), 19);
    assert_snapshot!(plain_summary(&example_run(), true), @r"
    ✓ Synced alice in 4.2s: 12 new, 3 updated, 2 removed (13 requests, 1 retry, 1 token refresh)
      sync       #7, full, 2026-11-22 19:00:00 +00:00
      entries    12 created, 3 updated, 1,185 unchanged
      anime      10 created, 40 updated, 1,150 unchanged
      requests   13 requests, 1 retry, 1 token refresh
      conflicts  2 conflicts resolved: malsync changes --run 7 --conflicts
    ");
}

#[test]
fn failure_text_is_one_escaped_line() {
    assert_eq!(failure_text(&example_run()), "");
    let failed = Run { status: RunStatus::Failed, failure: Some("MAL says \u{1b}[2J".into()), ..example_run() };
    assert_eq!(failure_text(&failed), "  failed     MAL says ␛[2J\n");
}

#[test]
fn a_table_of_runs_fits_eighty_columns() {
    let text = to_table(&[
        example_run(),
        Run {
            status: RunStatus::Interrupted,
            mode: SyncMode::Incremental,
            finished_at: None,
            duration: None,
            ..example_run()
        },
    ])
    .render(Some(80));
    assert_snapshot!(text, @r"
    run  started           mode         status       took  created  updated  errors
      7  2026-11-22 19:00  full         SUCCESS      4.2s       12        3       0
      7  2026-11-22 19:00  incremental  INTERRUPTED     -       12        3       0
    ");
    assert!(text.lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn settled_entries_are_local_edits_that_were_replaced_and_count_as_changed() {
    let with = |settled| {
        let counters = RunCounters { user_lists_settled: settled, ..example_run().counters };
        Run { counters, ..example_run() }
    };
    assert!(!summary_text(&with(0), false).contains("local edit"));
    assert!(summary_text(&with(1), false).contains("  edits      1 local edit overwritten with MAL's value\n"));
    assert!(summary_text(&with(2), false).contains("  edits      2 local edits overwritten with MAL's values\n"));
    let table = to_table(&[with(2)]).render(Some(120));
    let cells: Vec<&str> = table.lines().nth(1).unwrap().split_whitespace().collect();
    assert!(cells.contains(&"5"), "3 updated and 2 settled: {table}");
}
