//! A user's row belongs to one MAL account: what the store does once a login has given it to another.

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

use sqlx::Executor as _;

use super::{
    home::{Home, meanwhile},
    logins::signed_in,
    merge::forbid,
    on_both,
    planner::{MalWins, begun, items, remote},
};

on_both!(
    f_t24_a_batch_of_the_account_before_is_not_stored,
    f_t24_nor_is_it_entry_by_entry,
    f_t24_a_removal_of_the_account_before_is_undone,
    f_t24_the_end_of_a_run_of_the_account_before_moves_no_mark,
);

/// The account that the runs of these tests began with; the other is whose the row is then.
const MINE: i64 = 7;
const THEIRS: i64 = 8;

async fn merge(home: &Home, user: UserId, run: Option<RunId>, items: &[BatchItem]) -> Result<BatchResult, Error> {
    let planner = MalWins::default();
    home.database
        .merge_batch(&EntryBatch { user, account_id: Some(MINE), run, items, planner: &planner, flush_counters: true })
        .await
}

/// What was refused as another account's.
fn foreign<T>(refused: Result<T, Error>) {
    let error = refused.err().expect("it is another account's");
    assert!(error.is_account_mismatch() && error.is_fatal(), "{error}");
    assert!(error.to_string().contains("the row of user ann now belongs to another MAL account (8)"), "{error}");
    let failure = Failure::from(error);
    assert_eq!(failure.exit, Exit::Guard);
    assert!(failure.hints[0].contains("malsync sync --user ann"), "{:?}", failure.hints);
}

async fn f_t24_a_batch_of_the_account_before_is_not_stored(home: Home) {
    let user = home.user("ann").await;
    let run = begun(&home.database, user).await;
    merge(&home, user, Some(run), &items([remote(1, 5)])).await.expect("a row with no account noted is anybody's");
    signed_in(&home, user, MINE).await;
    merge(&home, user, Some(run), &items([remote(2, 5)])).await.expect("its own");
    signed_in(&home, user, THEIRS).await;
    let batch = items([remote(1, 6), remote(3, 5)]);
    foreign(merge(&home, user, Some(run), &batch).await);
    foreign(merge(&home, user, None, &batch).await);
    assert_eq!(home.read("SELECT CAST(score AS TEXT) FROM user_anime_lists").await, ["5", "5"]);
    assert_eq!(home.read("SELECT CAST(user_lists_created AS TEXT) FROM sync_runs").await, ["1"], "of the batch before");
}

async fn f_t24_nor_is_it_entry_by_entry(home: Home) {
    let user = home.user("ann").await;
    forbid(&home).await;
    let run = begun(&home.database, user).await;
    signed_in(&home, user, THEIRS).await;
    let mut bad = remote(2, 5);
    bad.list_status.values.notes = Some("no".into());
    foreign(merge(&home, user, Some(run), &items([remote(1, 5), bad])).await);
    assert!(home.read("SELECT 'x' FROM user_anime_lists").await.is_empty());
}

/// A login can come between what a batch reads and what it writes; where the whole file is locked, it waits.
#[tokio::test]
async fn f_t24_a_login_in_the_middle_of_a_batch_undoes_it() {
    let home = Home::postgres().await;
    let user = home.user("ann").await;
    signed_in(&home, user, MINE).await;
    let run = begun(&home.database, user).await;
    let site = home.site.clone();
    let planner = MalWins::with(move |_| {
        let site = site.clone();
        meanwhile(async move { site.run("UPDATE users SET mal_user_id = 8").await.unwrap() });
    });
    let batch = items([remote(1, 5)]);
    let batch = EntryBatch {
        user,
        account_id: Some(MINE),
        run: Some(run),
        items: &batch,
        planner: &planner,
        flush_counters: true,
    };
    foreign(home.database.merge_batch(&batch).await);
    assert!(home.read("SELECT 'x' FROM user_anime_lists").await.is_empty());
}

/// From the look at the row to the commit, no login gets in.
#[tokio::test]
async fn f_t24_a_login_waits_for_a_batch_that_is_being_committed() {
    let home = Home::postgres().await;
    let user = home.user("ann").await;
    signed_in(&home, user, MINE).await;
    let run = begun(&home.database, user).await;
    home.run(
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS \
        $$ BEGIN PERFORM pg_advisory_xact_lock(99); RETURN NULL; END $$; \
        CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON user_anime_lists DEFERRABLE INITIALLY DEFERRED \
        FOR EACH ROW EXECUTE FUNCTION wait()",
    )
    .await;
    let mut theirs = home.session().await;
    theirs.execute("SELECT pg_advisory_lock(99)").await.unwrap();
    let a_login_comes = async {
        let waiting = "SELECT pid::text FROM pg_locks WHERE NOT granted \
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        while home.read(waiting).await.is_empty() {
            tokio::task::yield_now().await;
        }
        let refused = home.site.run("SELECT 1 FROM users FOR NO KEY UPDATE NOWAIT").await;
        theirs.execute("SELECT pg_advisory_unlock(99)").await.unwrap();
        refused.expect_err("the row is held").to_string()
    };
    let batch = items([remote(1, 5)]);
    let (merged, refused) = tokio::join!(merge(&home, user, Some(run), &batch), a_login_comes);
    merged.unwrap();
    assert!(refused.contains("could not obtain lock"), "{refused}");
}

async fn f_t24_a_removal_of_the_account_before_is_undone(home: Home) {
    let user = home.user("ann").await;
    let run = begun(&home.database, user).await;
    merge(&home, user, Some(run), &items([remote(1, 5), remote(2, 5)])).await.unwrap();
    signed_in(&home, user, THEIRS).await;
    let counters = RunCounters::default();
    let removal = EntryRemoval {
        run,
        user,
        account_id: Some(MINE),
        ids_to_mark: &[1],
        ids_to_delete: &[2],
        changes: &[],
        counters,
    };
    foreign(home.database.remove_entries(&removal).await);
    assert_eq!(home.database.entry_ids_from_mal(user).await.unwrap(), [(1, false), (2, false)]);
}

async fn f_t24_the_end_of_a_run_of_the_account_before_moves_no_mark(home: Home) {
    let user = home.user("ann").await;
    let run = begun(&home.database, user).await;
    signed_in(&home, user, THEIRS).await;
    let marks = Some(SyncCheckpoint { watermark: "2026-01-02T03:04:05Z".parse().ok(), full_run_drift: Some(Some(0)) });
    let finish = FinishedRun {
        run,
        user,
        account_id: Some(MINE),
        mode: SyncMode::Full,
        status: RunStatus::Success,
        duration: chrono::TimeDelta::seconds(1),
        counters: RunCounters::default(),
        errors: &[],
        failure: None,
        checkpoint: marks,
    };
    foreign(home.database.finish_run(&finish).await);
    assert_eq!(home.read("SELECT status FROM sync_runs").await, ["RUNNING"]);
    let failed = FinishedRun { account_id: None, status: RunStatus::Failed, checkpoint: None, ..finish };
    home.database.finish_run(&failed).await.expect("a run that failed is told of whoever has the row");
    assert_eq!(home.read("SELECT status FROM sync_runs").await, ["FAILED"]);
    let row = home.database.find_user(user).await.unwrap().unwrap();
    assert_eq!((row.last_mal_sync, row.watermark, row.last_full_sync), (None, None, None));
}
