//! Runs, their locks, removals and checkpoints.

use chrono::TimeDelta;
use malsync::{
    domain::{
        change::{FieldChange, MergeRule},
        entry_fields::Field,
        run::{EntryError, EntryErrorKind, RunCounters, RunStatus, SyncMode},
        user::UserId,
    },
    store::ChangeQuery,
    sync::port::{EntryRemoval, FinishedRun, NewRun, SyncCheckpoint, SyncStore as _},
};
use malsync_test_macros::on_both;
use serde_json::Value;

use super::{
    mal_wins_planner::{MalWinsPlanner, begin_run, fetched_items, merge, remote_entry},
    test_database::TestDatabase,
};

fn finished_run(
    user: UserId,
    run: malsync::domain::run::RunId,
    marks: Option<SyncCheckpoint>,
    errors: &[EntryError],
) -> FinishedRun<'_> {
    let counters = RunCounters { anime_fetched: 3, requests: 4, ..RunCounters::default() };
    FinishedRun {
        run,
        user,
        account_id: None,
        mode: SyncMode::Full,
        status: RunStatus::Partial,
        duration: TimeDelta::milliseconds(90_500),
        counters,
        errors,
        failure: Some("MAL is away: \u{1b}[2J".to_owned()),
        checkpoint: marks,
        listing_gap: None,
        missing_entries: None,
    }
}

#[on_both]
async fn run_lock_is_exclusive_per_user(db: TestDatabase) {
    let (ann, bob) = (db.create_user("ann").await, db.create_user("bob").await);
    let other = db.site.open().await.unwrap();
    let lock = db.store.lock_run(ann).await.unwrap().expect("the lock is free");
    assert!(other.lock_run(ann).await.unwrap().is_none());
    let bobs = other.lock_run(bob).await.unwrap().expect("the lock of another user is independent");
    assert!(other.is_running(ann).await.unwrap());
    drop((lock, bobs));
    assert!(other.lock_run(ann).await.unwrap().is_some());
}

#[on_both]
async fn run_of_dead_process_is_read_as_interrupted(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let lock = db.store.lock_run(user).await.unwrap().unwrap();
    let run = begin_run(&db.store, user).await;
    let status = async || db.store.find_run(run).await.unwrap().unwrap().status;
    assert_eq!(status().await, RunStatus::Running);
    drop(lock);
    // The server notices the closed session a little later.
    while db.store.is_running(user).await.unwrap() {
        tokio::task::yield_now().await;
    }
    assert_eq!(status().await, RunStatus::Interrupted);
    assert_eq!(db.read_rows("SELECT status FROM sync_runs").await, ["RUNNING"]);
    begin_run(&db.store, user).await;
    assert_eq!(db.read_rows("SELECT status FROM sync_runs ORDER BY id").await, ["INTERRUPTED", "RUNNING"]);
}

#[on_both]
async fn finished_run_is_read_back_unchanged(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let new = NewRun { user, mode: SyncMode::Incremental, force_full: true };
    let (run, started) = db.store.begin_run(&new).await.unwrap();
    db.store.set_run_mode(run, SyncMode::Full).await.unwrap();
    let errors =
        [EntryError { mal_id: Some(5), title: None, kind: EntryErrorKind::Invalid, message: "no title".into() }];
    let finished = db.store.finish_run(&finished_run(user, run, None, &errors)).await.unwrap();
    let stored_run = db.store.find_run(run).await.unwrap().unwrap();
    assert_eq!((stored_run.started_at, stored_run.finished_at), (started, Some(finished)));
    assert_eq!(stored_run.duration, Some(TimeDelta::milliseconds(90_500)));
    assert_eq!(
        (stored_run.mode, stored_run.status, stored_run.force_full, stored_run.dry_run),
        (SyncMode::Full, RunStatus::Partial, true, false)
    );
    assert_eq!((stored_run.counters.anime_fetched, stored_run.counters.requests), (3, 4));
    assert_eq!(
        (stored_run.errors.as_slice(), stored_run.failure.as_deref()),
        (errors.as_slice(), Some("MAL is away: \u{1b}[2J"))
    );
    assert_eq!(stored_run.username, "ann");
}

#[on_both]
async fn only_complete_run_moves_checkpoint(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let marks = async || {
        let user = db.store.find_user(user).await.unwrap().unwrap();
        (user.last_mal_sync.is_some(), user.watermark, user.drift, user.last_full_sync.is_some())
    };
    let run = begin_run(&db.store, user).await;
    db.store.finish_run(&finished_run(user, run, None, &[])).await.unwrap();
    assert_eq!(marks().await, (false, None, None, false));

    let watermark = "2026-01-02T03:04:05Z".parse().ok();
    for (given, expected) in [
        (SyncCheckpoint { watermark, full_run_drift: None }, (true, watermark, None, false)),
        (SyncCheckpoint { watermark: None, full_run_drift: Some(Some(-2)) }, (true, watermark, Some(-2), true)),
        (SyncCheckpoint { watermark: None, full_run_drift: None }, (true, watermark, Some(-2), true)),
        (SyncCheckpoint { watermark: None, full_run_drift: Some(None) }, (true, watermark, None, true)),
    ] {
        let run = begin_run(&db.store, user).await;
        db.store.finish_run(&finished_run(user, run, Some(given), &[])).await.unwrap();
        assert_eq!(marks().await, expected, "{given:?}");
    }
}

#[on_both]
async fn removed_entry_is_marked_and_pruned_entry_deleted(db: TestDatabase) {
    let user = db.create_user("ann").await;
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items((1..=3).map(|id| remote_entry(id, 5)))).await;
    db.execute_sql("INSERT INTO anime (mal_id, title) VALUES (4, 'own')").await;
    db.execute_sql(
        "INSERT INTO user_anime_lists (user_id, anime_id, status) SELECT 1, id, 'watching' FROM anime WHERE mal_id = 4",
    )
    .await;
    let run = begin_run(&db.store, user).await;
    let change = |mal_id, field| FieldChange {
        mal_id,
        field,
        local: Value::Null,
        mal: Value::Null,
        kept: Value::Null,
        is_conflict: false,
        rule: MergeRule::MalWins,
    };
    let changes = [change(1, Field::RemovedAt), change(2, Field::Entry)];
    let counters = RunCounters { user_lists_removed: 2, ..RunCounters::default() };
    let removal = EntryRemoval {
        run,
        user,
        account_id: None,
        ids_to_mark: &[1],
        ids_to_delete: &[2],
        changes: &changes,
        counters,
    };
    db.store.remove_entries(&removal).await.unwrap();

    assert_eq!(db.store.entry_ids_from_mal(user).await.unwrap(), [(1, true), (3, false)]);
    assert_eq!(db.store.count_entries_from_mal(user).await.unwrap(), 1);
    assert_eq!(db.store.count_entries(user).await.unwrap(), 2);
    let removed_at = db.store.find_entry(user, 1).await.unwrap().unwrap().0.removed_at;
    let stored_changes =
        db.store.load_changes(&ChangeQuery { run: Some(run), ..ChangeQuery::default() }).await.unwrap();
    assert_eq!((stored_changes[0].mal_id, stored_changes[0].field.as_str()), (2, "entry"), "newest first");
    assert_eq!(stored_changes[1].kept, serde_json::to_value(removed_at).unwrap());
    assert_eq!(db.store.find_run(run).await.unwrap().unwrap().counters.user_lists_removed, 2);
    // The entry is back on MAL: its next write clears the mark.
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items([remote_entry(1, 5)])).await;
    assert_eq!(db.store.count_entries_from_mal(user).await.unwrap(), 2);
}

#[on_both]
async fn runs_are_loaded_newest_first_with_limit(db: TestDatabase) {
    let (ann, bob) = (db.create_user("ann").await, db.create_user("bob").await);
    let mut made = Vec::new();
    for user in [ann, bob, ann] {
        made.push(begin_run(&db.store, user).await);
    }
    let ids = async |user, limit| -> Vec<_> {
        db.store.load_runs(user, limit).await.unwrap().into_iter().filter_map(|run| run.id).collect()
    };
    assert_eq!(ids(None, None).await, [made[2], made[1], made[0]]);
    assert_eq!(ids(Some(ann), None).await, [made[2], made[0]]);
    assert_eq!(ids(None, Some(1)).await, [made[2]]);
}

#[on_both]
async fn run_columns_equal_json_fields(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let run = begin_run(&db.store, user).await;
    db.store.finish_run(&finished_run(user, run, None, &[])).await.unwrap();
    let cells = db.read_rows("SELECT CAST(run_id AS TEXT), CAST(duration AS TEXT) FROM sync_runs").await;
    assert_eq!(cells, [format!("{run}|90.5")]);
}

#[on_both]
async fn times_are_stored_in_utc_as_other_programs_read_them(db: TestDatabase) {
    let user = db.create_user("ann").await;
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items([remote_entry(1, 5)])).await;
    let run = begin_run(&db.store, user).await;
    let marks = SyncCheckpoint { watermark: "2026-01-02T03:04:05Z".parse().ok(), full_run_drift: Some(Some(0)) };
    db.store.finish_run(&finished_run(user, run, Some(marks), &[])).await.unwrap();
    let now = if db.is_postgres() { "now() AT TIME ZONE 'UTC'" } else { "datetime('now')" };
    for (table, column) in [
        ("users", "last_mal_sync"),
        ("users", "updated_at"),
        ("sync_runs", "finished_at"),
        ("anime", "updated_at"),
        ("user_anime_lists", "created_at"),
    ] {
        let near = if db.is_postgres() {
            format!("abs(extract(epoch FROM {now} - {column})) < 60")
        } else {
            format!("abs(julianday({now}) - julianday({column})) < 0.001 AND length({column}) = 19")
        };
        let found = db.read_rows(&format!("SELECT CAST(count(*) AS TEXT) FROM {table} WHERE {near}")).await;
        assert_eq!(found, ["1"], "{table}.{column}");
    }
    assert_eq!(db.read_rows("SELECT CAST(mal_list_watermark AS TEXT) FROM users").await, ["2026-01-02 03:04:05"]);
    assert_eq!(
        db.read_rows("SELECT CAST(aired_from AS TEXT), aired_from_precision FROM anime").await,
        ["2019-04-01|month"]
    );
}
