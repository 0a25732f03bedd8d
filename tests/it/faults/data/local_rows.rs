//! Rows that somebody wrote by hand, with values that malsync never writes.

use malsync_test_macros::on_both;
use serde_json::json;

use super::count_rows;
use crate::support::test_env::{DatabaseKind, TestEnv};

/// Values that the merge rules keep are kept; MAL's values replace the others.
#[on_both]
fn f_d20_invalid_local_rows_do_not_stop_sync(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 100);
    env.sync(&[]);
    let spoil: &[&str] = match kind {
        DatabaseKind::Postgres => &[
            "ALTER TABLE user_anime_lists DROP CONSTRAINT user_anime_lists_status_check, \
             DROP CONSTRAINT user_anime_lists_score_check, DROP CONSTRAINT user_anime_lists_episodes_watched_check",
            "UPDATE user_anime_lists SET status = 'paused', score = -3, episodes_watched = NULL, notes = '' WHERE id % 5 = 0",
            "UPDATE user_anime_lists SET start_date = 'infinity', finish_date = '0044-03-15 BC', tags = '{\"a\": 1}' \
             WHERE id % 5 = 1",
            "UPDATE user_anime_lists SET mal_entry = '[1]', updated_at = NULL, created_at = NULL WHERE id % 5 = 2",
            "UPDATE user_anime_lists SET score = 99, mal_entry = 'null', mal_updated_at = 'infinity' WHERE id % 5 = 3",
            "UPDATE anime SET title = '', score = 'NaN', aired_from = '-infinity', updated_at = NULL, status = '' \
             WHERE id % 3 = 0",
        ],
        DatabaseKind::Sqlite => &[
            "PRAGMA ignore_check_constraints = 1; UPDATE user_anime_lists SET status = 'paused', score = -3, \
             episodes_watched = NULL, notes = '' WHERE id % 5 = 0",
            "UPDATE user_anime_lists SET start_date = 'someday', finish_date = 20240101, tags = '{\"a\": 1}', \
             start_date_precision = 'decade' WHERE id % 5 = 1",
            "UPDATE user_anime_lists SET mal_entry = '{broken', updated_at = 'yesterday', created_at = NULL WHERE id % 5 = 2",
            "PRAGMA ignore_check_constraints = 1; UPDATE user_anime_lists SET score = 'ten', mal_entry = '[]', \
             mal_updated_at = 'never', tags = 'none' WHERE id % 5 = 3",
            "UPDATE anime SET title = '', score = 'high', aired_from = '0000-00-00', updated_at = 7, episodes = 'many', \
             rank = 1.5 WHERE id % 3 = 0",
            "PRAGMA foreign_keys = 0; INSERT INTO user_anime_lists (user_id, anime_id, status) \
             SELECT id, 999999, 'watching' FROM users; \
             INSERT INTO user_anime_lists (user_id, anime_id, status) VALUES (888, 1, 'watching')",
        ],
    };
    spoil.iter().for_each(|sql| env.execute_sql(sql));
    let orphans = if kind == DatabaseKind::Sqlite { 2 } else { 0 };
    for args in
        [&["list"][..], &["list", "--json"], &["list", "--csv"], &["status", "--json"], &["changes"], &["metrics"]]
    {
        env.run(args).expect_code(0);
    }
    let run = env.sync(&[]);
    assert_eq!(run["status"], "SUCCESS", "{run}");
    let run = env.sync(&["--force-full"]);
    assert_eq!((&run["status"], &run["anime_fetched"]), (&json!("SUCCESS"), &json!(100)), "{run}");
    assert_eq!(count_rows(&env, "user_anime_lists"), 100 + orphans);
    let paused =
        "SELECT CAST(count(*) AS TEXT) FROM user_anime_lists WHERE status = 'paused' OR episodes_watched IS NULL";
    assert_eq!(env.query_value(paused), Some("0".into()), "MAL's values stand");
    if kind == DatabaseKind::Sqlite {
        // Even a value that the table's constraint forbids stays if MAL has no score, because the row is not written.
        let below = "SELECT CAST(count(*) > 0 AS TEXT) FROM user_anime_lists WHERE score = -3";
        assert_eq!(env.query_value(below), Some("1".into()));
    }
    let titles = "SELECT CAST(count(*) AS TEXT) FROM anime WHERE title = '' OR score = 'high'";
    let titles =
        if kind == DatabaseKind::Postgres { &titles[..titles.len() - " OR score = 'high'".len()] } else { titles };
    assert_eq!(env.query_value(titles), Some("0".into()));
    let again = env.sync(&["--force-full"]);
    assert_eq!((&again["user_lists_unchanged"], &again["anime_unchanged"]), (&json!(100), &json!(100)), "{again}");
}
