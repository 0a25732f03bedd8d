//! Claims: which process syncs which user.

use std::collections::BTreeSet;

use malsync::{
    domain::user::UserId,
    store::{Database, SkipCriterion},
    sync::port::SyncStore as _,
};
use malsync_test_macros::{on_both, on_postgres};

use super::test_database::TestDatabase;

async fn create_users(db: &TestDatabase, number: usize) -> Vec<UserId> {
    let mut users = Vec::new();
    for number in 0..number {
        users.push(db.create_user(&format!("user{number}")).await);
    }
    users
}

#[on_both]
async fn concurrent_claims_get_different_users(db: TestDatabase) {
    let users = create_users(&db, 8).await;
    let mut machines = Vec::new();
    for _ in 0..8 {
        machines.push(db.site.open().await.unwrap());
    }
    let claim = async |machine: &Database| loop {
        // A user who is being claimed by another process is passed over.
        if let Some(claimed) = machine.claim_next_user(&users, SkipCriterion::Never).await.unwrap() {
            break claimed;
        }
        tokio::task::yield_now().await;
    };
    let [a, b, c, d, e, f, g, h] = &machines[..] else { unreachable!() };
    let claimed = tokio::join!(claim(a), claim(b), claim(c), claim(d), claim(e), claim(f), claim(g), claim(h));
    let (a, b, c, d, e, f, g, h) = &claimed;
    let whom: BTreeSet<_> = [a, b, c, d, e, f, g, h].map(|(user, _)| user.0).into();
    assert_eq!(whom.len(), 8, "eight different users");
    assert!(db.store.claim_next_user(&users, SkipCriterion::Never).await.unwrap().is_none(), "no user is left");
    assert!(db.store.lock_run(users[3]).await.unwrap().is_none(), "a claim holds the run lock");
    let freed = claimed.0.0;
    drop(claimed.0);
    let again = async {
        loop {
            if let Some(claimed) = db.store.claim_next_user(&users, SkipCriterion::Never).await.unwrap() {
                break claimed.0;
            }
            tokio::task::yield_now().await;
        }
    };
    assert_eq!(again.await, freed, "a dropped claim frees the user");
}

#[on_both]
async fn user_synced_since_criterion_is_not_claimed(db: TestDatabase) {
    let users = create_users(&db, 3).await;
    db.execute_sql("UPDATE users SET last_mal_sync = '2026-01-01 00:00:10' WHERE username <> 'user2'").await;
    db.execute_sql("UPDATE users SET last_full_sync = '2026-01-01 00:00:10' WHERE username = 'user1'").await;
    let at = |second: i64| chrono::DateTime::from_timestamp(1_767_225_600 + second, 0).unwrap();
    for (criterion, claimed_index, synced_users) in [
        (SkipCriterion::Never, 0, vec![]),
        (SkipCriterion::Synced(at(9)), 2, vec![users[0], users[1]]),
        (SkipCriterion::Synced(at(10)), 0, vec![]),
        (SkipCriterion::FullySynced(at(9)), 0, vec![users[1]]),
    ] {
        let (claimed, lock) = db.store.claim_next_user(&users, criterion).await.unwrap().unwrap();
        assert_eq!(claimed, users[claimed_index], "{criterion:?}");
        assert_eq!(db.store.load_synced_users(&users, criterion).await.unwrap(), synced_users, "{criterion:?}");
        drop(lock);
        while db.store.is_running(claimed).await.unwrap() {
            tokio::task::yield_now().await;
        }
    }
}

#[on_both]
async fn process_cannot_claim_a_user_twice(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let first = db.store.claim_next_user(&[user], SkipCriterion::Never).await.unwrap().unwrap();
    assert!(db.store.claim_next_user(&[user], SkipCriterion::Never).await.unwrap().is_none());
    assert!(db.store.lock_run(user).await.unwrap().is_none());
    drop(first);
    assert!(db.store.lock_run(user).await.unwrap().is_some(), "a dropped lock can be taken again");
}

#[on_both]
async fn only_users_with_login_are_listed(db: TestDatabase) {
    create_users(&db, 6).await;
    for (name, change) in [
        ("user5", "mal_access_token = 'a'"),
        ("user1", "mal_refresh_token = 'r'"),
        ("user2", "mal_access_token = '', mal_refresh_token = ''"),
        ("user3", "mal_token_expires_at = '2026-01-01 00:00:00', mal_token_generation = 1"),
        ("user4", "mal_token_expires_at = '2026-01-01 00:00:00', mal_token_generation = 0"),
    ] {
        db.execute_sql(&format!("UPDATE users SET {change} WHERE username = '{name}'")).await;
    }
    let listed: Vec<_> = db.store.load_users_with_login().await.unwrap().into_iter().map(|(_, name)| name).collect();
    let expected: Vec<_> =
        db.store.load_users().await.unwrap().into_iter().filter(|user| user.login.is_present()).collect();
    assert_eq!(listed, ["user1", "user3", "user5"]);
    assert_eq!(listed, expected.into_iter().map(|user| user.username).collect::<Vec<_>>());
}

/// One server connection holds the locks of all users that a process syncs.
#[on_postgres]
async fn claims_share_one_connection_and_are_retaken_after_its_loss(db: TestDatabase) {
    let users = create_users(&db, 20).await;
    let mut claims = Vec::new();
    while let Some(claim) = db.store.claim_next_user(&users, SkipCriterion::Never).await.unwrap() {
        claims.push(claim);
    }
    assert_eq!(claims.len(), 20);
    let ours = "FROM pg_locks WHERE locktype = 'advisory' \
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let holders = &format!("SELECT count(DISTINCT pid)::text {ours}");
    assert_eq!(db.read_rows(holders).await, ["1"]);
    db.execute_sql(&format!("SELECT pg_terminate_backend(pid) {ours}")).await;
    // The next lock request notices that the session is gone, and takes all locks again.
    let ann = db.create_user("ann").await;
    let _lock = db.store.lock_run(ann).await.unwrap().unwrap();
    assert_eq!(db.read_rows(holders).await, ["1"]);
    for user in &users {
        assert!(db.store.is_running(*user).await.unwrap(), "{user}");
    }
    drop(claims);
    for user in users {
        while db.store.is_running(user).await.unwrap() {
            tokio::task::yield_now().await;
        }
    }
}

/// A row that another program has locked is passed over without waiting.
#[on_postgres]
async fn user_with_locked_row_is_passed_over(db: TestDatabase) {
    use sqlx::Executor as _;
    let users = create_users(&db, 2).await;
    let mut other_session = db.superuser_connection().await;
    other_session.execute("BEGIN; UPDATE users SET email = 'x' WHERE username = 'user0'").await.unwrap();
    let (claimed, _lock) = db.store.claim_next_user(&users, SkipCriterion::Never).await.unwrap().unwrap();
    assert_eq!(claimed, users[1]);
    assert!(db.store.claim_next_user(&users, SkipCriterion::Never).await.unwrap().is_none());
    other_session.execute("COMMIT").await.unwrap();
    assert_eq!(db.store.claim_next_user(&users, SkipCriterion::Never).await.unwrap().unwrap().0, users[0]);
}
