//! Many processes on one database: concurrent first starts, concurrent users, overlapping lists.

use malsync_test_macros::{on_both, on_postgres};

use crate::support::{
    dump::query_count,
    test_env::{DatabaseKind, TestEnv},
};

const USER_NAMES: [&str; 8] = ["ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal"];

/// Creates an environment with this many logged-in users and entries each.
fn env_with_users(kind: DatabaseKind, users: usize, entries: usize) -> TestEnv {
    let names = USER_NAMES[..users].iter().map(|name| (*name).to_owned()).collect();
    let config = mal_sim::SimConfig { users: names, entries, auto_consent: true, ..Default::default() };
    let env = TestEnv::with_config(kind, config);
    for name in &USER_NAMES[..users] {
        env.sim.control().set_consenting_user(name).unwrap();
        env.run(&["login"]).expect_code(0);
    }
    env
}

/// Syncs all users at once, one process per user.
#[track_caller]
fn sync_all_at_once(env: &TestEnv, users: usize, flags: &[&str]) {
    let started: Vec<_> = USER_NAMES[..users]
        .iter()
        .map(|name| env.spawn(&[&["sync", "--json", "--user", name], flags].concat()))
        .collect();
    for process in started {
        let run = env.wait_for_exit(process).expect_code(0).json();
        assert_eq!(run["status"], "SUCCESS", "{run}");
    }
}

#[on_both]
fn f_p15_ten_concurrent_first_starts_create_one_schema(kind: DatabaseKind) {
    let env = TestEnv::new(kind, 0);
    let started: Vec<_> = (0..10).map(|_| env.spawn(&["login", "--paste"])).collect();
    for process in started {
        // Nothing is pasted, which exits with 4 once the schema exists. A schema error would exit with 6.
        env.wait_for_exit(process).expect_code(4);
    }
    assert_eq!(
        query_count(&env, "(SELECT max(version) - count(*) FROM _sqlx_migrations)"),
        0,
        "every version is applied once, and none is missing"
    );
    env.run(&["login"]).expect_code(0);
}

#[on_both]
fn f_s02_eight_concurrent_processes_sync_eight_users(kind: DatabaseKind) {
    let env = env_with_users(kind, 8, 60);
    sync_all_at_once(&env, 8, &[]);
    for name in USER_NAMES {
        let entries = format!(
            "(SELECT count(*) FROM user_anime_lists l JOIN users u ON u.id = l.user_id WHERE u.username = '{name}')"
        );
        assert_eq!(query_count(&env, &entries), 60, "{name}");
    }
}

#[on_both]
fn concurrent_syncs_of_overlapping_lists_never_deadlock(kind: DatabaseKind) {
    sync_overlapping_lists(kind, 4);
}

/// Every process writes the same anime in every round. If the order of locks differed, they would deadlock.
fn sync_overlapping_lists(kind: DatabaseKind, rounds: usize) {
    let mut env = env_with_users(kind, 4, 120);
    env.set_var("SYNC_BATCH_SIZE", "60");
    sync_all_at_once(&env, 4, &[]);
    for round in 0..rounds {
        env.execute_sql("UPDATE anime SET rank = 0; UPDATE user_anime_lists SET status = 'dropped'");
        sync_all_at_once(&env, 4, &["--force-full"]);
        assert_eq!(query_count(&env, "(SELECT count(*) FROM anime WHERE rank = 0)"), 0, "round {round}");
    }
    if kind == DatabaseKind::Postgres {
        let met = "(SELECT deadlocks FROM pg_stat_database WHERE datname = current_database())";
        assert_eq!(query_count(&env, met), 0, "the server counted deadlocks");
    }
}

#[on_postgres]
#[ignore = "nightly: a hundred rounds"]
fn hundred_rounds_of_overlapping_lists_never_deadlock() {
    sync_overlapping_lists(DatabaseKind::Postgres, 100);
}
