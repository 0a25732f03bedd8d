//! The contract of `SyncStore::merge_batch`.

use std::sync::atomic::Ordering;

use malsync::{
    domain::user::UserId,
    store::ChangeQuery,
    sync::port::{BatchItem, EntryBatch, EntryOutcome, ExistingRows, RowOutcome, SyncStore as _},
};
use malsync_test_macros::on_both;

use super::{
    mal_wins_planner::{MalWinsPlanner, begin_run, fetched_items, merge, merge_in_run, remote_entry},
    test_database::{TestDatabase, run_on_own_thread},
};

#[on_both]
async fn merged_entry_is_read_back_unchanged(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let batch = fetched_items([remote_entry(7, 8), remote_entry(9, 10)]);
    let done = merge(&db.store, user, &MalWinsPlanner::default(), &batch).await;
    assert!(
        done.outcomes
            .iter()
            .all(|outcome| (outcome.anime, outcome.entry) == (RowOutcome::Created, RowOutcome::Created))
    );

    let planner = MalWinsPlanner::default();
    merge(&db.store, user, &planner, &batch).await;
    let read_rows: ExistingRows = planner.last_rows.lock().unwrap().clone();
    for item in &batch {
        let BatchItem::Fetched(sent) = item else { unreachable!() };
        assert_eq!(read_rows.anime[&sent.mal_id()].1, sent.anime);
        let local = &read_rows.entries[&sent.mal_id()];
        assert_eq!(local.values, sent.list_status.values);
        assert_eq!(local.base.as_ref(), Some(&sent.list_status.base));
        assert_eq!(local.mal_updated_at, sent.list_status.updated_at);
        assert_eq!(local.removed_at, None);
    }
}

#[on_both]
async fn second_merge_writes_no_row(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let batch = fetched_items((1..=50).map(|id| remote_entry(id, 5)));
    merge(&db.store, user, &MalWinsPlanner::default(), &batch).await;
    record_writes(&db).await;
    let done = merge(&db.store, user, &MalWinsPlanner::default(), &batch).await;
    assert!(
        done.outcomes
            .iter()
            .all(|outcome| (outcome.anime, outcome.entry) == (RowOutcome::Unchanged, RowOutcome::Unchanged))
    );
    assert_eq!(db.read_rows("SELECT CAST(count(*) AS TEXT) FROM touched").await, ["0"]);

    let mut changed = remote_entry(3, 6);
    changed.anime.title = "New".into();
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items([changed])).await;
    assert_eq!(db.read_rows("SELECT CAST(count(*) AS TEXT) FROM touched").await, ["2"], "the watch itself sees writes");
}

/// Records every written row of the two tables in `touched`.
async fn record_writes(db: &TestDatabase) {
    db.execute_sql("CREATE TABLE touched (name TEXT)").await;
    for table in ["anime", "user_anime_lists"] {
        if db.is_postgres() {
            db.execute_sql(&format!(
                "CREATE FUNCTION note_{table}() RETURNS trigger LANGUAGE plpgsql AS \
                $$ BEGIN INSERT INTO touched VALUES ('{table}'); RETURN NEW; END $$; \
                CREATE TRIGGER noted AFTER INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION note_{table}()"
            ))
            .await;
        } else {
            for verb in ["INSERT", "UPDATE"] {
                db.execute_sql(&format!(
                    "CREATE TRIGGER noted_{table}_{verb} AFTER {verb} ON {table} \
                    BEGIN INSERT INTO touched VALUES ('{table}'); END"
                ))
                .await;
            }
        }
    }
}

#[on_both]
async fn only_changed_rows_get_new_updated_at(db: TestDatabase) {
    let user = db.create_user("ann").await;
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items([remote_entry(1, 5), remote_entry(2, 5)])).await;
    for table in ["anime", "user_anime_lists"] {
        db.execute_sql(&format!("UPDATE {table} SET updated_at = '2000-01-01 00:00:00'")).await;
    }
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items([remote_entry(1, 5), remote_entry(2, 6)])).await;
    let old = "CAST(updated_at AS TEXT) = '2000-01-01 00:00:00'";
    assert_eq!(db.read_rows(&format!("SELECT CAST(count(*) AS TEXT) FROM anime WHERE {old}")).await, ["2"]);
    let moved = format!("SELECT CAST(score AS TEXT) FROM user_anime_lists WHERE NOT {old}");
    assert_eq!(db.read_rows(&moved).await, ["6"]);
}

#[on_both]
async fn records_of_an_entry_that_is_recorded_anew_replace_those_of_its_run(db: TestDatabase) {
    let user = db.create_user("ann").await;
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items([remote_entry(1, 4), remote_entry(2, 4)])).await;
    let run = begin_run(&db.store, user).await;
    let items = fetched_items([remote_entry(1, 5), remote_entry(2, 5)]);
    merge_in_run(&db.store, user, run, &MalWinsPlanner::default(), &items).await.unwrap();
    let anew = MalWinsPlanner::recording_anew();
    merge_in_run(&db.store, user, run, &anew, &fetched_items([remote_entry(1, 6)])).await.unwrap();
    let sql = "SELECT run_id || ' ' || mal_id || ' ' || CAST(mal AS TEXT) FROM sync_changes WHERE field = 'score' ORDER BY id";
    assert_eq!(db.read_rows(sql).await, ["2 2 5", "2 1 6"]);
    assert_eq!(db.read_rows("SELECT CAST(count(*) AS TEXT) FROM sync_changes WHERE run_id = 1").await, ["2"]);
    // The same rows again: nothing is recorded, and the earlier record goes.
    merge_in_run(&db.store, user, run, &anew, &fetched_items([remote_entry(1, 6)])).await.unwrap();
    assert_eq!(db.read_rows(sql).await, ["2 2 5"]);
}

#[on_both]
async fn dry_run_merge_writes_nothing(db: TestDatabase) {
    let user = db.create_user("ann").await;
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items([remote_entry(1, 5)])).await;
    record_writes(&db).await;
    let batch = fetched_items([remote_entry(1, 6), remote_entry(2, 5)]);
    let planner = MalWinsPlanner::default();
    let done = db
        .store
        .merge_batch(&EntryBatch {
            user,
            account_id: None,
            run: None,
            items: &batch,
            planner: &planner,
            flush_counters: true,
        })
        .await
        .unwrap();
    let row_outcomes: Vec<RowOutcome> = done.outcomes.iter().map(|outcome| outcome.entry).collect();
    assert_eq!(row_outcomes, [RowOutcome::Updated, RowOutcome::Created]);
    assert_eq!(db.read_rows("SELECT CAST(count(*) AS TEXT) FROM touched").await, ["0"]);
    assert_eq!(db.read_rows("SELECT CAST(count(*) AS TEXT) FROM sync_runs").await, ["1"]);
}

/// Adds a constraint that rejects entries with the note `no`, as an application might.
pub(super) async fn forbid_note_no(db: &TestDatabase) {
    if db.is_postgres() {
        db.execute_sql("ALTER TABLE user_anime_lists ADD CONSTRAINT no_no CHECK (notes <> 'no')").await;
    } else {
        db.execute_sql(
            "CREATE TRIGGER no_no BEFORE INSERT ON user_anime_lists WHEN NEW.notes = 'no' \
            BEGIN SELECT RAISE(ABORT, 'no_no'); END",
        )
        .await;
    }
}

#[on_both]
async fn unstorable_entry_is_left_out_and_others_are_stored(db: TestDatabase) {
    let user = db.create_user("ann").await;
    forbid_note_no(&db).await;
    let mut bad = remote_entry(2, 5);
    bad.list_status.values.notes = Some("no".into());
    let run = begin_run(&db.store, user).await;
    let batch = fetched_items([remote_entry(1, 5), bad, remote_entry(3, 5)]);
    let planner = MalWinsPlanner::default();
    let done = merge_in_run(&db.store, user, run, &planner, &batch).await.unwrap();
    let stored: Vec<i32> = done.outcomes.iter().map(|outcome| outcome.mal_id).collect();
    assert_eq!(stored, [1, 3]);
    assert_eq!(done.unstorable_entries.len(), 1);
    assert_eq!(done.unstorable_entries[0].mal_id, 2);
    assert!(done.unstorable_entries[0].message.contains("no_no"), "{:?}", done.unstorable_entries);
    assert_eq!(done.constraint_violations, 2, "once in the batch, once separately");
    assert_eq!(db.read_rows("SELECT CAST(mal_id AS TEXT) FROM anime ORDER BY mal_id").await, ["1", "3"]);
    assert_eq!(db.read_rows("SELECT CAST(mal_id AS TEXT) FROM sync_changes ORDER BY mal_id").await, ["1", "3"]);
    let stored_counters = db.store.find_run(run).await.unwrap().unwrap().counters;
    assert_eq!((stored_counters.anime_fetched, stored_counters.user_lists_created), (3, 2));
}

#[on_both]
async fn silently_dropped_row_is_reported_as_unstorable(db: TestDatabase) {
    let user = db.create_user("ann").await;
    if db.is_postgres() {
        db.execute_sql(
            "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; \
            CREATE TRIGGER swallowed BEFORE INSERT ON anime FOR EACH ROW WHEN (NEW.mal_id = 2) EXECUTE FUNCTION swallow()",
        )
        .await;
    } else {
        db.execute_sql(
            "CREATE TRIGGER swallowed BEFORE INSERT ON anime WHEN NEW.mal_id = 2 BEGIN SELECT RAISE(IGNORE); END",
        )
        .await;
    }
    let done =
        merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items([remote_entry(1, 5), remote_entry(2, 5)]))
            .await;
    assert_eq!(done.outcomes.len(), 1);
    assert_eq!(done.unstorable_entries.iter().map(|refused| refused.mal_id).collect::<Vec<_>>(), [2]);
}

#[on_both]
async fn f_p26_rows_are_locked_between_read_and_write(db: TestDatabase) {
    let user = db.create_user("ann").await;
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items([remote_entry(1, 5)])).await;
    let site = db.site.clone();
    let lock_timeout_sql = if db.is_postgres() { "SET lock_timeout = '100ms'; " } else { "" };
    // The first read takes no locks and decides whether anything is to be written; on PostgreSQL it also decides
    // what. The plan that counts is made on locked rows.
    let before = 1 + usize::from(db.is_postgres());
    let planner = MalWinsPlanner::with_hook_at(before, move |_| {
        for sql in ["UPDATE user_anime_lists SET notes = 'mine'", "UPDATE anime SET title = 'mine'"] {
            let (site, sql) = (site.clone(), format!("{lock_timeout_sql}{sql}"));
            let refused =
                run_on_own_thread(async move { site.execute_sql(&sql).await }).expect_err("the row is locked");
            assert!(refused.to_string().contains("lock"), "{refused}");
        }
    });
    merge(&db.store, user, &planner, &fetched_items([remote_entry(1, 6)])).await;
    assert_eq!(planner.plan_count.load(Ordering::SeqCst), before + 1);
    db.execute_sql("UPDATE user_anime_lists SET notes = 'mine'").await;
}

#[on_both]
async fn same_conflict_is_recorded_once(db: TestDatabase) {
    let user = db.create_user("ann").await;
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items([remote_entry(1, 5)])).await;
    for expected in [true, false] {
        db.execute_sql("UPDATE user_anime_lists SET score = 5").await;
        let done = merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items([remote_entry(1, 6)])).await;
        assert_eq!(done.outcomes[0].changes[0].is_conflict, expected);
    }
    let conflicts = ChangeQuery { user: Some(user), conflicts_only: true, ..ChangeQuery::default() };
    assert_eq!(db.store.load_changes(&conflicts).await.unwrap().len(), 1);
}

#[on_both]
async fn counters_are_stored_with_the_batch(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let run = begin_run(&db.store, user).await;
    let batch = fetched_items([remote_entry(1, 5), remote_entry(2, 5)]);
    let planner = MalWinsPlanner::default();
    merge_in_run(&db.store, user, run, &planner, &batch).await.unwrap();
    let stored_run = db.store.find_run(run).await.unwrap().unwrap();
    assert_eq!((stored_run.counters.anime_fetched, stored_run.counters.user_lists_created), (2, 2));
    // Counters of unchanged entries are only written on request.
    for (flush_counters, unchanged) in [(false, 0), (true, 2)] {
        let batch =
            EntryBatch { user, account_id: None, run: Some(run), items: &batch, planner: &planner, flush_counters };
        let merged = db.store.merge_batch(&batch).await.unwrap();
        assert!(merged.outcomes.iter().all(EntryOutcome::is_noop) && merged.outcomes.len() == 2);
        let stored_run = db.store.find_run(run).await.unwrap().unwrap();
        assert_eq!(stored_run.counters.user_lists_unchanged, unchanged);
    }
}

#[on_both]
async fn batch_of_ten_thousand_entries_is_stored(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let created = fetched_items((1..=10_000).map(|id| remote_entry(id, 5)));
    let done = merge(&db.store, user, &MalWinsPlanner::default(), &created).await;
    assert_eq!(done.outcomes.len(), 10_000);
    let changed = fetched_items((1..=10_000).map(|id| remote_entry(id, 6)));
    merge(&db.store, user, &MalWinsPlanner::default(), &changed).await;
    assert_eq!(db.read_rows("SELECT CAST(sum(score) AS TEXT) FROM user_anime_lists").await, ["60000"]);
}

#[on_both]
async fn f_p19_rows_of_other_users_are_not_touched(db: TestDatabase) {
    let (ann, bob) = (db.create_user("ann").await, db.create_user("bob").await);
    merge(&db.store, bob, &MalWinsPlanner::default(), &fetched_items([remote_entry(1, 5)])).await;
    merge(&db.store, ann, &MalWinsPlanner::default(), &fetched_items([remote_entry(1, 9)])).await;
    let score = async |user: UserId| db.store.find_entry(user, 1).await.unwrap().unwrap().0.values.score;
    assert_eq!((score(bob).await, score(ann).await), (Some(5), Some(9)));
}

#[on_both]
async fn run_marked_interrupted_cannot_write(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let old = begin_run(&db.store, user).await;
    begin_run(&db.store, user).await;
    let batch = fetched_items([remote_entry(1, 5)]);
    let planner = MalWinsPlanner::default();
    let refused = merge_in_run(&db.store, user, old, &planner, &batch).await;
    assert!(refused.unwrap_err().to_string().contains("marked as interrupted"));
    assert!(db.read_rows("SELECT 'x' FROM anime").await.is_empty());
}
