//! The pace that processes share on a server.

use std::time::Duration;

use super::test_database::TestDatabase;

const SLOT_INTERVAL: Duration = Duration::from_secs(10);

async fn reserve_slot_secs(home: &TestDatabase, client_id: &str) -> f64 {
    home.database.reserve_slot(client_id, SLOT_INTERVAL).await.unwrap().unwrap().as_secs_f64()
}

#[tokio::test]
async fn slots_lie_a_gap_apart_for_all_who_ask_with_a_client_id() {
    let home = TestDatabase::postgres().await;
    let other = home.reopen().await;
    assert_eq!(reserve_slot_secs(&home, "one").await, 0.0, "at once where nobody asked before");
    for turn in 1..6 {
        let off = reserve_slot_secs(if turn % 2 == 0 { &home } else { &other }, "one").await;
        let expected = f64::from(turn) * 10.0;
        assert!(off <= expected && off > expected - 9.0, "{turn}: {off}");
    }
    assert_eq!(reserve_slot_secs(&home, "two").await, 0.0, "another client id has a pace of its own");
}

#[tokio::test]
async fn a_hold_is_for_all_and_a_shorter_one_changes_nothing() {
    let home = TestDatabase::postgres().await;
    for wait in [100, 20] {
        home.database.block_slots("one", Duration::from_secs(wait)).await.unwrap();
    }
    let off = reserve_slot_secs(&home, "one").await;
    assert!(off <= 100.0 && off > 90.0, "{off}");
}

#[tokio::test]
async fn a_clock_that_was_set_back_keeps_nobody_waiting_for_hours() {
    let home = TestDatabase::postgres().await;
    reserve_slot_secs(&home, "one").await;
    home.execute_sql("UPDATE mal_pace SET next_at = next_at + interval '1 day'").await;
    assert_eq!(reserve_slot_secs(&home, "one").await, 0.0);
}

#[tokio::test]
async fn a_slot_writes_no_log() {
    let home = TestDatabase::postgres().await;
    assert_eq!(home.read_rows("SELECT relpersistence::text FROM pg_class WHERE relname = 'mal_pace'").await, ["u"]);
}

#[tokio::test]
async fn a_slot_that_cannot_be_had_is_an_error_in_time() {
    use sqlx::Executor as _;
    let home = TestDatabase::postgres().await;
    reserve_slot_secs(&home, "one").await;
    let mut theirs = home.superuser_connection().await;
    theirs.execute("BEGIN; LOCK TABLE mal_pace").await.unwrap();
    let refused = home.database.reserve_slot("one", SLOT_INTERVAL).await.unwrap_err().to_string();
    assert!(refused.contains("mal_pace has been waited for in vain"), "{refused}");
}

#[tokio::test]
async fn a_file_shares_no_pace() {
    let home = TestDatabase::sqlite().await;
    assert_eq!(home.database.reserve_slot("one", SLOT_INTERVAL).await.unwrap(), None);
    assert!(home.read_rows("SELECT client_id FROM mal_pace").await.is_empty());
}
