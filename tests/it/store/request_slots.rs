//! Request slots, which processes share on a server.

use std::time::Duration;

use malsync_test_macros::{on_postgres, on_sqlite};

use super::test_database::TestDatabase;

const SLOT_INTERVAL: Duration = Duration::from_secs(600);

async fn reserve_slot_secs(db: &TestDatabase, client_id: &str) -> f64 {
    db.store.reserve_slot(client_id, SLOT_INTERVAL).await.unwrap().unwrap().as_secs_f64()
}

#[on_postgres]
async fn slots_of_one_client_id_are_one_interval_apart(db: TestDatabase) {
    let other = db.reopen().await;
    assert_eq!(reserve_slot_secs(&db, "one").await, 0.0, "the first slot is free at once");
    for turn in 1..6 {
        let off = reserve_slot_secs(if turn % 2 == 0 { &db } else { &other }, "one").await;
        let expected = f64::from(turn) * SLOT_INTERVAL.as_secs_f64();
        // Some of the time has passed since the first slot was reserved.
        assert!(off <= expected && off > expected - 500.0, "{turn}: {off}");
    }
    assert_eq!(reserve_slot_secs(&db, "two").await, 0.0, "another client id has its own slots");
}

#[on_postgres]
async fn longest_block_of_slots_applies_to_all(db: TestDatabase) {
    for wait in [100, 20] {
        db.store.block_slots("one", Duration::from_secs(wait)).await.unwrap();
    }
    let off = reserve_slot_secs(&db, "one").await;
    assert!(off <= 100.0 && off > 90.0, "{off}");
}

#[on_postgres]
async fn clock_set_back_does_not_block_slots(db: TestDatabase) {
    reserve_slot_secs(&db, "one").await;
    db.execute_sql("UPDATE mal_pace SET next_at = next_at + interval '1 day'").await;
    assert_eq!(reserve_slot_secs(&db, "one").await, 0.0);
}

#[on_postgres]
async fn slot_table_is_unlogged(db: TestDatabase) {
    assert_eq!(db.read_rows("SELECT relpersistence::text FROM pg_class WHERE relname = 'mal_pace'").await, ["u"]);
}

#[on_postgres]
async fn locked_slot_table_times_out(db: TestDatabase) {
    use sqlx::Executor as _;
    reserve_slot_secs(&db, "one").await;
    let mut other_session = db.superuser_connection().await;
    other_session.execute("BEGIN; LOCK TABLE mal_pace").await.unwrap();
    let refused = db.store.reserve_slot("one", SLOT_INTERVAL).await.unwrap_err().to_string();
    assert!(refused.contains("timed out waiting for mal_pace"), "{refused}");
}

#[on_sqlite]
async fn sqlite_has_no_shared_slots(db: TestDatabase) {
    assert_eq!(db.store.reserve_slot("one", SLOT_INTERVAL).await.unwrap(), None);
    assert!(db.read_rows("SELECT client_id FROM mal_pace").await.is_empty());
}
