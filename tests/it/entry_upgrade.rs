//! The upgrade of entries from schema 8, whose versions did not record whether the user, an import or a rule wrote a
//! value.

use malsync_test_macros::on_both;
use serde_json::{Value, json};

use crate::support::{
    dump::{query_count, read_list, read_user_rows},
    test_env::{DatabaseKind, TestEnv},
};

/// MAL's comments of the entries whose notes are spelled differently, as plain text, and as MAL's API sends them.
const COMMENTS: &str = "one\ntwo & \"three\"";
const SENT_COMMENTS: &str = "one<br />\r\ntwo &amp; &quot;three&quot;";

fn patch_entry(env: &TestEnv, id: u64, keys: &Value) {
    let patch = serde_json::from_value(json!({"node": {"num_episodes": 12}, "list_status": keys})).unwrap();
    env.sim.control().patch_entry("alice", id, patch).unwrap();
}

fn set_entry(env: &TestEnv, id: u64, set: &str) {
    let of_anime = format!("anime_id = (SELECT id FROM anime WHERE mal_id = {id})");
    env.execute_sql(&format!("UPDATE user_anime_lists SET {set} WHERE {of_anime}"));
}

/// Takes the database back to schema 8.
fn downgrade_to_schema_8(env: &TestEnv) {
    env.execute_sql(
        "DROP INDEX user_anime_lists_apart; DROP TABLE mal_upgrades; DROP TABLE sync_totals; \
        ALTER TABLE sync_runs DROP COLUMN api_errors; \
        ALTER TABLE user_anime_lists DROP COLUMN altered_values; \
        ALTER TABLE user_anime_lists DROP COLUMN rewatch_episodes; \
        ALTER TABLE user_anime_lists DROP COLUMN kept_values; \
        ALTER TABLE sync_runs DROP COLUMN user_lists_settled; \
        ALTER TABLE sync_runs DROP COLUMN pushed_entries; ALTER TABLE sync_runs DROP COLUMN pushed_fields; \
        ALTER TABLE sync_runs DROP COLUMN push_conflicts; \
        ALTER TABLE users DROP COLUMN mal_list_gap; ALTER TABLE users DROP COLUMN mal_missing_entries; \
        DELETE FROM _sqlx_migrations WHERE version > 8",
    );
}

/// The ids of the entries in the database of schema 8.
struct OldEntries {
    /// Notes are MAL's comments, in four spellings.
    spelled: [u64; 4],
    edited: u64,
    imported: u64,
    written_with_sql: u64,
    rewatching: u64,
    ahead: u64,
}

/// Creates a database of schema 8 with a synced list.
fn env_of_schema_8(kind: DatabaseKind) -> (TestEnv, OldEntries) {
    let env = TestEnv::with_login(kind, 12);
    let ids = env.sim.control().entry_ids("alice").unwrap();
    let plain = json!({"status": "completed", "num_episodes_watched": 12, "comments": "", "is_rewatching": false});
    ids.iter().for_each(|id| patch_entry(&env, *id, &plain));
    let entries = OldEntries {
        spelled: [ids[0], ids[1], ids[2], ids[3]],
        edited: ids[4],
        imported: ids[5],
        written_with_sql: ids[6],
        rewatching: ids[7],
        ahead: ids[8],
    };
    entries.spelled.iter().for_each(|id| patch_entry(&env, *id, &json!({ "comments": COMMENTS })));
    patch_entry(&env, entries.rewatching, &json!({"is_rewatching": true, "num_episodes_watched": 3}));
    patch_entry(&env, entries.ahead, &json!({"num_episodes_watched": 5}));
    env.sync(&[]);
    set_entry(&env, entries.ahead, "episodes_watched = 9");
    env.run(&["edit", &entries.edited.to_string(), "--notes", "mine<br />\r\nall"]).expect_code(0);
    env.sync(&["--force-full"]);
    downgrade_to_schema_8(&env);
    let spellings = ["one<br />\r\ntwo & \"three\"", "one\r\ntwo & \"three\"", SENT_COMMENTS, COMMENTS];
    for (id, notes) in entries.spelled.iter().zip(spellings) {
        set_entry(&env, *id, &format!("notes = '{notes}'"));
    }
    set_entry(&env, entries.imported, "notes = 'old\r\nline'");
    set_entry(&env, entries.written_with_sql, "notes = 'by\r\nhand'");
    let imported = entries.imported;
    env.execute_sql(&format!(
        "INSERT INTO list_edits (edit_id, user_id, mal_id, command, field, local, base, kept) \
        SELECT 99, id, {imported}, 'import', 'notes', 'null', 'null', '\"old\\r\\nline\"' FROM users; \
        UPDATE user_anime_lists SET updated_at = '2026-01-02 03:04:05'"
    ));
    (env, entries)
}

/// Returns the ids of entries with own values, and the fields of these.
fn list_edited(env: &TestEnv) -> Vec<Value> {
    let rows = env.run(&["list", "--edited", "--json", "--sort", "id"]).expect_code(0).json_lines();
    rows.iter().map(|row| json!([row["mal_id"], row["edited"]])).collect()
}

fn read_notes(env: &TestEnv, id: u64) -> Option<String> {
    env.query_value(&format!(
        "SELECT l.notes FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id WHERE a.mal_id = {id}"
    ))
}

#[on_both]
fn upgrade_makes_no_value_own_and_a_full_sync_changes_nothing(kind: DatabaseKind) {
    let (env, entries) = env_of_schema_8(kind);
    let records = || query_count(&env, "(SELECT count(*) FROM list_edits) + (SELECT count(*) FROM sync_changes)");
    let before = records();
    let mut own = [json!([entries.edited, ["notes"]]), json!([entries.written_with_sql, ["notes"]])];
    own.sort_by_key(|entry| entry[0].as_u64());
    assert_eq!(list_edited(&env), own);
    assert_eq!(query_count(&env, "(SELECT count(*) FROM mal_upgrades)"), 0);
    for id in entries.spelled {
        assert_eq!(read_notes(&env, id).as_deref(), Some(COMMENTS));
    }
    assert_eq!(read_notes(&env, entries.imported).as_deref(), Some("old\nline"));
    assert_eq!(read_notes(&env, entries.edited).as_deref(), Some("mine<br />\r\nall"), "stays as written");
    assert_eq!(read_notes(&env, entries.written_with_sql).as_deref(), Some("by\r\nhand"), "stays as written");
    assert_eq!(records(), before, "an upgrade records no change");
    let times = "(SELECT count(*) FROM user_anime_lists WHERE updated_at <> '2026-01-02 03:04:05')";
    assert_eq!(query_count(&env, times), 0, "an upgrade moves no time");
    let counts = "SELECT CAST(l.episodes_watched AS TEXT) || '/' || CAST(l.rewatch_episodes AS TEXT) \
        FROM user_anime_lists l WHERE l.is_rewatching";
    assert_eq!(env.query_column(counts), [Some("12/3".into())]);
    let lists = (read_list(&env, "alice"), read_user_rows(&env, "alice").split_off(1));
    let run = env.sync(&["--force-full"]);
    for counter in ["user_lists_created", "user_lists_updated", "user_lists_settled", "conflicts_resolved"] {
        assert_eq!(run[counter], 0, "{counter}");
    }
    assert_eq!((read_list(&env, "alice"), read_user_rows(&env, "alice").split_off(1)), lists);
    assert_eq!(list_edited(&env), own);
    assert_eq!(records(), before);
    // MAL's next comments replace all notes that are not own. Those that an import brought were never MAL's.
    for id in [entries.imported, entries.edited, entries.spelled[0]] {
        patch_entry(&env, id, &json!({"comments": "news"}));
    }
    assert_eq!(env.sync(&[])["conflicts_resolved"], 2);
    let notes = [entries.imported, entries.edited, entries.spelled[0]].map(|id| read_notes(&env, id).unwrap());
    assert_eq!(notes, ["news", "mine<br />\r\nall", "news"]);
}

#[on_both]
fn killed_upgrade_is_done_by_the_next_command(kind: DatabaseKind) {
    let (env, entries) = env_of_schema_8(kind);
    let mut command = env.command(&["list"]);
    let child = command.env("FAILPOINTS", "upgrade.before_commit=return").spawn().unwrap();
    assert_eq!(env.wait_for_exit(child).code, -1, "the process was not killed");
    assert_eq!(query_count(&env, "(SELECT count(*) FROM mal_upgrades)"), 1);
    assert_eq!(read_notes(&env, entries.imported).as_deref(), Some("old\r\nline"));
    env.run(&["status"]).expect_code(0);
    assert_eq!(query_count(&env, "(SELECT count(*) FROM mal_upgrades)"), 0);
    assert_eq!(read_notes(&env, entries.imported).as_deref(), Some("old\nline"));
}
