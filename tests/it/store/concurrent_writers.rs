//! Concurrent writers: the reasons for which PostgreSQL rejects a transaction that would succeed when retried.

use std::sync::atomic::Ordering;

use malsync::{
    domain::run::RunId,
    store::{Database, DatabaseUrl},
    sync::port::{RowOutcome, SyncStore as _},
};
use malsync_test_macros::on_postgres;
use sqlx::Executor as _;

use super::{
    mal_wins_planner::{MalWinsPlanner, begin_run, fetched_items, merge, merge_in_run, remote_entry, try_merge},
    test_database::{TestDatabase, run_on_own_thread},
};
use crate::support::{postgres::shared_cluster, proxy::FaultProxy};

async fn run_counters(db: &TestDatabase, run: RunId) -> (i64, i64) {
    let counters = db.store.find_run(run).await.unwrap().unwrap().counters;
    (counters.anime_fetched, counters.user_lists_created)
}

#[on_postgres]
async fn f_p18_row_inserted_meanwhile_is_merged_not_overwritten(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let site = db.site.clone();
    let planner = MalWinsPlanner::with_hook(move |_| {
        let site = site.clone();
        run_on_own_thread(async move {
            site.execute_sql("INSERT INTO anime (mal_id, title) VALUES (1, 'theirs')").await.unwrap();
            site.execute_sql(
                "INSERT INTO user_anime_lists (user_id, anime_id, status, notes) VALUES (1, 1, 'dropped', 'theirs')",
            )
            .await
            .unwrap();
        });
    });
    let done = merge(&db.store, user, &planner, &fetched_items([remote_entry(1, 5), remote_entry(2, 5)])).await;
    assert_eq!(planner.plan_count.load(Ordering::SeqCst), 3, "planned again, and once more on locked rows");
    assert_eq!((done.outcomes[0].anime, done.outcomes[0].entry), (RowOutcome::Updated, RowOutcome::Updated));
    let planned_notes = planner.last_rows.lock().unwrap().entries[&1].values.notes.clone();
    assert_eq!(planned_notes.as_deref(), Some("theirs"), "the planner saw the new row");
    assert_eq!(done.constraint_violations, 0);
}

#[on_postgres]
async fn f_p05_deadlock_is_retried(db: TestDatabase) {
    let user = db.create_user("ann").await;
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items([remote_entry(1, 5)])).await;
    // The other session has locked the entry and will want the anime, which the batch locks first.
    let mut other_session = db.superuser_connection().await;
    other_session
        .execute("SET deadlock_timeout = '60s'; BEGIN; UPDATE user_anime_lists SET rewatch_value = 4")
        .await
        .unwrap();
    let other_finishes = async {
        while db.read_rows("SELECT pid::text FROM pg_locks WHERE NOT granted").await.is_empty() {
            tokio::task::yield_now().await;
        }
        other_session.execute("UPDATE anime SET rank = 99; COMMIT").await.unwrap();
    };
    let planner = MalWinsPlanner::default();
    let batch = fetched_items([remote_entry(1, 6)]);
    let (done, ()) = tokio::join!(merge(&db.store, user, &planner, &batch), other_finishes);
    assert_eq!(done.outcomes[0].entry, RowOutcome::Updated);
    assert_eq!(planner.last_rows.lock().unwrap().anime[&1].1.rank, Some(99), "planned on fresh rows");
    let deadlocks = "SELECT deadlocks::text FROM pg_stat_database WHERE datname = current_database()";
    while db.read_rows(deadlocks).await != ["1"] {
        tokio::task::yield_now().await;
    }
}

#[on_postgres]
async fn f_p06_serialization_failure_is_retried_on_fresh_rows(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let name = db.site.postgres_name().to_owned();
    db.execute_sql(&format!("ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'")).await;
    let database = db.site.open().await.unwrap();
    let site = db.site.clone();
    let planner = MalWinsPlanner::with_hook(move |_| {
        let site = site.clone();
        run_on_own_thread(async move { site.execute_sql("UPDATE sync_runs SET requests = 99").await.unwrap() });
    });
    let done = merge(&database, user, &planner, &fetched_items([remote_entry(1, 5)])).await;
    assert_eq!(done.outcomes.len(), 1);
    assert_eq!(planner.plan_count.load(Ordering::SeqCst), 2);
}

#[on_postgres]
async fn f_p02_killed_sessions_are_reopened_with_batch_and_lock_intact(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let lock = db.store.lock_run(user).await.unwrap();
    let run = begin_run(&db.store, user).await;
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = current_database() AND application_name = 'malsync'";
    let site = db.site.clone();
    let planner = MalWinsPlanner::with_hook(move |_| {
        let site = site.clone();
        run_on_own_thread(async move { site.execute_sql(kill).await.unwrap() });
    });
    let batch = fetched_items([remote_entry(1, 5), remote_entry(2, 5)]);
    let done = merge_in_run(&db.store, user, run, &planner, &batch).await.unwrap();
    assert_eq!((done.outcomes.len(), planner.plan_count.load(Ordering::SeqCst)), (2, 2));
    assert_eq!(run_counters(&db, run).await, (2, 2));
    let batch = fetched_items([remote_entry(3, 5)]);
    merge_in_run(&db.store, user, run, &MalWinsPlanner::default(), &batch).await.unwrap();
    assert!(db.store.is_running(user).await.unwrap(), "the lock was taken again before the next batch");
    drop(lock);
}

#[on_postgres]
async fn f_p22_run_whose_lock_was_taken_ends(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let _lock = db.store.lock_run(user).await.unwrap();
    let run = begin_run(&db.store, user).await;
    let class = "SELECT classid::text FROM pg_locks WHERE locktype = 'advisory' \
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let class = db.read_rows(class).await.remove(0);
    let mut other_session = db.superuser_connection().await;
    // Only in this database: other tests have their own.
    db.execute_sql(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' \
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    )
    .await;
    let take = format!("SELECT pg_advisory_lock({class}, {user})");
    other_session.execute(sqlx::AssertSqlSafe(take)).await.unwrap();
    let batch = fetched_items([remote_entry(1, 5)]);
    let planner = MalWinsPlanner::default();
    let refused = merge_in_run(&db.store, user, run, &planner, &batch).await;
    assert!(refused.unwrap_err().to_string().contains("another sync has taken it"));
    assert_eq!(planner.plan_count.load(Ordering::SeqCst), 0);
}

#[on_postgres]
async fn f_p04_commit_with_lost_response_is_recognized_as_done(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let name = db.site.postgres_name();
    let proxy = FaultProxy::start(&shared_cluster().superuser_url(name));
    let place = DatabaseUrl::parse(&proxy.database_url(name)).unwrap();
    let database = Database::open(&place, std::sync::Arc::new(malsync::clock::SystemClock)).await.unwrap();
    let run = begin_run(&database, user).await;
    let planner = MalWinsPlanner::default();
    let batch = fetched_items([remote_entry(1, 5), remote_entry(2, 5)]);
    proxy.drop_next_commit_response();
    let done = merge_in_run(&database, user, run, &planner, &batch).await.unwrap();
    assert!(proxy.has_injected_commit_fault(), "the response was not dropped");
    assert_eq!(planner.plan_count.load(Ordering::SeqCst), 1, "planned only once");
    assert!(done.outcomes.iter().all(|outcome| outcome.entry == RowOutcome::Created));
    assert_eq!(run_counters(&db, run).await, (2, 2));
}

#[on_postgres]
async fn f_p04_commit_that_failed_is_repeated(db: TestDatabase) {
    let user = db.create_user("ann").await;
    db.execute_sql(
        "CREATE SEQUENCE once; CREATE FUNCTION die_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
        IF nextval('once') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END $$; \
        CREATE CONSTRAINT TRIGGER dying AFTER INSERT ON user_anime_lists DEFERRABLE INITIALLY DEFERRED \
        FOR EACH ROW EXECUTE FUNCTION die_once()",
    )
    .await;
    let planner = MalWinsPlanner::default();
    let done = merge(&db.store, user, &planner, &fetched_items([remote_entry(1, 5)])).await;
    assert_eq!((done.outcomes[0].entry, planner.plan_count.load(Ordering::SeqCst)), (RowOutcome::Created, 2));
}

#[on_postgres]
async fn deferred_constraint_rejects_only_its_entry(db: TestDatabase) {
    let user = db.create_user("ann").await;
    db.execute_sql(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not this one'; END $$; \
        CREATE CONSTRAINT TRIGGER late AFTER INSERT ON anime DEFERRABLE INITIALLY DEFERRED \
        FOR EACH ROW WHEN (NEW.mal_id = 2) EXECUTE FUNCTION refuse()",
    )
    .await;
    let done =
        merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items((1..=3).map(|id| remote_entry(id, 5)))).await;
    assert_eq!(done.outcomes.len(), 2);
    assert_eq!((done.unstorable_entries[0].mal_id, done.unstorable_entries[0].message.as_str()), (2, "not this one"));
}

#[on_postgres]
async fn f_p12_missing_privilege_names_table_and_grant(db: TestDatabase) {
    use malsync::{failure::Failure, sync::port::SyncStoreError as _};
    let user = db.create_user("ann").await;
    let name = db.site.postgres_name().to_owned();
    db.execute_sql(&format!(
        "CREATE ROLE weak_{name} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO weak_{name}; \
        GRANT INSERT, UPDATE ON sync_runs TO weak_{name}; GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO weak_{name}"
    ))
    .await;
    let place = DatabaseUrl::parse(&shared_cluster().role_url(&format!("weak_{name}"), &name)).unwrap();
    let weak = Database::open(&place, std::sync::Arc::new(malsync::clock::SystemClock)).await.unwrap();
    let refused =
        try_merge(&weak, user, &MalWinsPlanner::default(), &fetched_items([remote_entry(1, 5)])).await.unwrap_err();
    assert!(refused.is_fatal());
    let failure = Failure::from(refused);
    assert!(failure.message().contains("anime"), "{}", failure.message());
    assert!(failure.hints[0].contains("GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE anime"), "{:?}", failure.hints);
}
