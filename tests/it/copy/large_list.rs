//! Memory of copies of databases with a large list.

use malsync_test_macros::on_postgres;

use super::databases::{create_target, other_kind, switch_database};
use crate::support::{
    dump::query_count,
    memory::run_measuring_memory,
    test_env::{DatabaseKind, TestEnv},
};

/// Maximum of the peak memory of a copy, in kB. Most of it is the program itself, in a debug build.
const MAX_MEMORY_KB: u64 = 120_000;

/// Fills the tables with this many entries, and changes of them.
fn fill(env: &TestEnv, entries: u32, changes: u32) {
    let numbers = |count: u32| match env.kind {
        DatabaseKind::Sqlite => format!(
            "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count}) SELECT n FROM s) AS s"
        ),
        DatabaseKind::Postgres => format!("generate_series(1, {count}) AS s(n)"),
    };
    env.create_tables();
    let synopsis = "A bounty hunter looks for work. ".repeat(20);
    for sql in [
        "INSERT INTO users (id, username) VALUES (1, 'alice')".to_owned(),
        format!(
            "INSERT INTO anime (id, mal_id, title, synopsis) SELECT n, n, 'Title ' || n, '{synopsis}' FROM {}",
            numbers(entries)
        ),
        format!(
            "INSERT INTO user_anime_lists (id, user_id, anime_id, status, score, mal_entry) \
            SELECT n, 1, n, 'completed', 7, '{{\"score\": 7, \"status\": \"completed\"}}' FROM {}",
            numbers(entries)
        ),
        "INSERT INTO sync_runs (id, user_id, status) VALUES (1, 1, 'SUCCESS')".to_owned(),
        format!(
            "INSERT INTO sync_changes (id, run_id, user_id, mal_id, field, local, mal, kept) \
            SELECT n, 1, 1, n % {entries}, 'score', '7', '8', '8' FROM {}",
            numbers(changes)
        ),
    ] {
        env.execute_sql(&sql);
    }
}

/// Copies from one kind to the other and back, and returns the peak memory of each command in kB.
fn copy_both_ways(entries: u32, changes: u32) -> [u64; 2] {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 0);
    fill(&env, entries, changes);
    let there = create_target(&env, DatabaseKind::Postgres, "there");
    let back = create_target(&env, DatabaseKind::Sqlite, "back");
    let mut peaks = [0; 2];
    for (peak, target) in peaks.iter_mut().zip([&there, &back]) {
        let (output, kilobytes) = run_measuring_memory(&env, &["copy", "--to", target]);
        assert_eq!(output.code, 0, "{}", output.stderr);
        *peak = kilobytes;
        let kind = other_kind(env.kind);
        switch_database(&mut env, kind, target);
        assert_eq!(query_count(&env, "(SELECT count(*) FROM sync_changes)"), i64::from(changes));
        assert_eq!(query_count(&env, "(SELECT count(*) FROM user_anime_lists)"), i64::from(entries));
    }
    peaks
}

#[on_postgres]
fn memory_of_a_copy_does_not_depend_on_the_number_of_rows() {
    let small = copy_both_ways(500, 500);
    let large = copy_both_ways(3_000, 12_000);
    for (small, large) in small.into_iter().zip(large) {
        assert!(large < small + 12_000, "{large} kB for 18,000 rows, {small} kB for 1,500");
    }
}

#[on_postgres]
#[ignore = "nightly: a million rows take minutes in a debug build"]
fn a_hundred_thousand_entries_and_a_million_changes_are_copied_in_bounded_memory() {
    for peak in copy_both_ways(100_000, 1_000_000) {
        assert!(peak < MAX_MEMORY_KB, "{peak} kB");
    }
}
