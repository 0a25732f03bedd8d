//! A user row belongs to one MAL account. These tests cover writes of a run after a login has given the row to
//! another account.

use malsync::{
    domain::{
        run::{RunCounters, RunId, RunStatus, SyncMode},
        user::UserId,
    },
    exit::Exit,
    failure::Failure,
    store::Error,
    sync::port::{
        BatchItem, BatchResult, EntryBatch, EntryRemoval, FinishedRun, SyncCheckpoint, SyncStore as _,
        SyncStoreError as _,
    },
};
use malsync_test_macros::{on_both, on_postgres};

use sqlx::Executor as _;

use super::{
    logins::give_row_to_account,
    mal_wins_planner::{MalWinsPlanner, begin_run, fetched_items, remote_entry},
    merge::forbid_note_no,
    test_database::{TestDatabase, run_on_own_thread},
};

/// The account of the runs; the other account owns the row later.
const RUN_ACCOUNT_ID: i64 = 7;
const OTHER_ACCOUNT_ID: i64 = 8;

async fn merge_for_run_account(
    db: &TestDatabase,
    user: UserId,
    run: Option<RunId>,
    items: &[BatchItem],
) -> Result<BatchResult, Error> {
    let planner = MalWinsPlanner::default();
    db.store
        .merge_batch(&EntryBatch {
            user,
            account_id: Some(RUN_ACCOUNT_ID),
            run,
            items,
            planner: &planner,
            flush_counters: true,
        })
        .await
}

/// Asserts that the error reports a row of another account.
fn assert_account_mismatch<T>(refused: Result<T, Error>) {
    let error = refused.err().expect("an account mismatch");
    assert!(error.is_account_mismatch() && error.is_fatal(), "{error}");
    assert!(error.to_string().contains("the row of user ann now belongs to another MAL account (8)"), "{error}");
    let failure = Failure::from(error);
    assert_eq!(failure.exit, Exit::Guard);
    assert!(failure.hints[0].contains("malsync sync --user ann"), "{:?}", failure.hints);
}

#[on_both]
async fn f_t24_batch_of_previous_account_is_not_stored(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let run = begin_run(&db.store, user).await;
    merge_for_run_account(&db, user, Some(run), &fetched_items([remote_entry(1, 5)]))
        .await
        .expect("a row without an account accepts any");
    give_row_to_account(&db, user, RUN_ACCOUNT_ID).await;
    merge_for_run_account(&db, user, Some(run), &fetched_items([remote_entry(2, 5)]))
        .await
        .expect("the row belongs to this account");
    give_row_to_account(&db, user, OTHER_ACCOUNT_ID).await;
    let batch = fetched_items([remote_entry(1, 6), remote_entry(3, 5)]);
    assert_account_mismatch(merge_for_run_account(&db, user, Some(run), &batch).await);
    assert_account_mismatch(merge_for_run_account(&db, user, None, &batch).await);
    assert_eq!(db.read_rows("SELECT CAST(score AS TEXT) FROM user_anime_lists").await, ["5", "5"]);
    assert_eq!(
        db.read_rows("SELECT CAST(user_lists_created AS TEXT) FROM sync_runs").await,
        ["1"],
        "of the batch before"
    );
}

#[on_both]
async fn f_t24_entries_of_previous_account_are_not_stored_one_by_one(db: TestDatabase) {
    let user = db.create_user("ann").await;
    forbid_note_no(&db).await;
    let run = begin_run(&db.store, user).await;
    give_row_to_account(&db, user, OTHER_ACCOUNT_ID).await;
    let mut bad = remote_entry(2, 5);
    bad.list_status.values.notes = Some("no".into());
    assert_account_mismatch(
        merge_for_run_account(&db, user, Some(run), &fetched_items([remote_entry(1, 5), bad])).await,
    );
    assert!(db.read_rows("SELECT 'x' FROM user_anime_lists").await.is_empty());
}

/// A login can come between a batch's reads and writes. On SQLite it waits, because the file is locked.
#[on_postgres]
async fn f_t24_login_during_a_batch_rolls_it_back(db: TestDatabase) {
    let user = db.create_user("ann").await;
    give_row_to_account(&db, user, RUN_ACCOUNT_ID).await;
    let run = begin_run(&db.store, user).await;
    let site = db.site.clone();
    let planner = MalWinsPlanner::with_hook(move |_| {
        let site = site.clone();
        run_on_own_thread(async move { site.execute_sql("UPDATE users SET mal_user_id = 8").await.unwrap() });
    });
    let batch = fetched_items([remote_entry(1, 5)]);
    let batch = EntryBatch {
        user,
        account_id: Some(RUN_ACCOUNT_ID),
        run: Some(run),
        items: &batch,
        planner: &planner,
        flush_counters: true,
    };
    assert_account_mismatch(db.store.merge_batch(&batch).await);
    assert!(db.read_rows("SELECT 'x' FROM user_anime_lists").await.is_empty());
}

/// No login is stored between the check of the row and the commit.
#[on_postgres]
async fn f_t24_login_waits_for_batch_that_is_committing(db: TestDatabase) {
    let user = db.create_user("ann").await;
    give_row_to_account(&db, user, RUN_ACCOUNT_ID).await;
    let run = begin_run(&db.store, user).await;
    db.execute_sql(
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS \
        $$ BEGIN PERFORM pg_advisory_xact_lock(99); RETURN NULL; END $$; \
        CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON user_anime_lists DEFERRABLE INITIALLY DEFERRED \
        FOR EACH ROW EXECUTE FUNCTION wait()",
    )
    .await;
    let mut other_session = db.superuser_connection().await;
    other_session.execute("SELECT pg_advisory_lock(99)").await.unwrap();
    let a_login_comes = async {
        let waiting = "SELECT pid::text FROM pg_locks WHERE NOT granted \
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        while db.read_rows(waiting).await.is_empty() {
            tokio::task::yield_now().await;
        }
        let refused = db.site.execute_sql("SELECT 1 FROM users FOR NO KEY UPDATE NOWAIT").await;
        other_session.execute("SELECT pg_advisory_unlock(99)").await.unwrap();
        refused.expect_err("the row is locked").to_string()
    };
    let batch = fetched_items([remote_entry(1, 5)]);
    let (merged, refused) = tokio::join!(merge_for_run_account(&db, user, Some(run), &batch), a_login_comes);
    merged.unwrap();
    assert!(refused.contains("could not obtain lock"), "{refused}");
}

#[on_both]
async fn f_t24_removal_of_previous_account_is_rolled_back(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let run = begin_run(&db.store, user).await;
    merge_for_run_account(&db, user, Some(run), &fetched_items([remote_entry(1, 5), remote_entry(2, 5)]))
        .await
        .unwrap();
    give_row_to_account(&db, user, OTHER_ACCOUNT_ID).await;
    let counters = RunCounters::default();
    let removal = EntryRemoval {
        run,
        user,
        account_id: Some(RUN_ACCOUNT_ID),
        ids_to_mark: &[1],
        ids_to_delete: &[2],
        changes: &[],
        counters,
    };
    assert_account_mismatch(db.store.remove_entries(&removal).await);
    assert_eq!(db.store.entry_ids_from_mal(user).await.unwrap(), [(1, false), (2, false)]);
}

#[on_both]
async fn f_t24_finished_run_of_previous_account_moves_no_checkpoint(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let run = begin_run(&db.store, user).await;
    give_row_to_account(&db, user, OTHER_ACCOUNT_ID).await;
    let marks = Some(SyncCheckpoint { watermark: "2026-01-02T03:04:05Z".parse().ok(), full_run_drift: Some(Some(0)) });
    let finish = FinishedRun {
        run,
        user,
        account_id: Some(RUN_ACCOUNT_ID),
        mode: SyncMode::Full,
        status: RunStatus::Success,
        duration: chrono::TimeDelta::seconds(1),
        counters: RunCounters::default(),
        errors: &[],
        failure: None,
        checkpoint: marks,
        listing_gap: None,
        missing_entries: None,
    };
    assert_account_mismatch(db.store.finish_run(&finish).await);
    assert_eq!(db.read_rows("SELECT status FROM sync_runs").await, ["RUNNING"]);
    let failed = FinishedRun { account_id: None, status: RunStatus::Failed, checkpoint: None, ..finish };
    db.store.finish_run(&failed).await.expect("a failed run is stored whatever the account");
    assert_eq!(db.read_rows("SELECT status FROM sync_runs").await, ["FAILED"]);
    let row = db.store.find_user(user).await.unwrap().unwrap();
    assert_eq!((row.last_mal_sync, row.watermark, row.last_full_sync), (None, None, None));
}
