//! Entries that the database refuses are not forgotten, and a run prints its object however the database ends it.

use malsync_test_macros::on_both;
use serde_json::{Value, json};

use crate::support::{
    test_env::{DatabaseKind, TestEnv},
    wait_until,
};

const CHECKPOINT: &str = "SELECT coalesce(CAST(last_mal_sync AS TEXT), '') || '/' || \
    coalesce(CAST(mal_list_watermark AS TEXT), '') || '/' || coalesce(CAST(mal_list_drift AS TEXT), '') FROM users";

/// Lets the database refuse every write of a row that the condition on NEW holds for.
fn refuse_rows(env: &TestEnv, table: &str, condition: &str) {
    match env.kind {
        DatabaseKind::Postgres => {
            let condition = condition.replace("NEW.", "");
            env.execute_sql(&format!("ALTER TABLE {table} ADD CONSTRAINT picky CHECK (NOT ({condition})) NOT VALID"));
        }
        DatabaseKind::Sqlite => {
            for event in ["INSERT", "UPDATE"] {
                env.execute_sql(&format!(
                    "CREATE TRIGGER picky_{event} BEFORE {event} ON {table} WHEN {condition} \
                    BEGIN SELECT RAISE(ABORT, 'picky'); END"
                ));
            }
        }
    }
}

fn accept_rows(env: &TestEnv, table: &str) {
    match env.kind {
        DatabaseKind::Postgres => env.execute_sql(&format!("ALTER TABLE {table} DROP CONSTRAINT picky")),
        DatabaseKind::Sqlite => {
            ["INSERT", "UPDATE"].into_iter().for_each(|event| env.execute_sql(&format!("DROP TRIGGER picky_{event}")));
        }
    }
}

fn missing_ids(env: &TestEnv) -> Vec<Value> {
    let status = env.run(&["status", "--json"]).expect_code(0).json();
    status["missing"].as_array().unwrap().iter().map(|entry| entry["mal_id"].clone()).collect()
}

#[on_both]
fn refused_entry_keeps_the_run_incomplete_until_it_is_stored(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 30);
    let id = env.sim.control().entry_ids("alice").unwrap()[12];
    refuse_rows(&env, "anime", &format!("NEW.mal_id = {id}"));
    for _ in 0..2 {
        let run = env.run(&["sync", "--json"]).expect_code(3).json();
        assert_eq!((&run["mode"], &run["status"]), (&json!("full"), &json!("PARTIAL")), "{run}");
        assert_eq!(env.query_value(CHECKPOINT).as_deref(), Some("//"));
        assert_eq!(missing_ids(&env), [json!(id)]);
    }
    let text = env.run(&["status"]).expect_code(0).stdout;
    assert!(text.contains("1 entry is missing because the database refused to store it:"), "{text}");
    assert!(text.contains(&format!("({id}): ")) && text.contains("picky"), "{text}");
    env.run(&["status", "--max-age", "26h"]).expect_code(9);
    let doctor = env.run(&["doctor", "--json"]).expect_code(1).json();
    let is_named = |check: &Value| check["name"] == "missing entries" && check["level"] == "error";
    assert!(
        doctor["checks"].as_array().unwrap_or(doctor.as_array().unwrap_or(&Vec::new())).iter().any(is_named),
        "{doctor}"
    );
    accept_rows(&env, "anime");
    let run = env.sync(&[]);
    assert_eq!((&run["mode"], &run["anime_created"]), (&json!("full"), &json!(1)), "{run}");
    assert!(missing_ids(&env).is_empty());
}

#[on_both]
fn refused_update_in_an_incremental_run_makes_the_next_run_full(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 30);
    env.set_var("SYNC_MIN_INTERVAL", "0s");
    env.sync(&[]);
    let before = env.query_value(CHECKPOINT);
    let control = env.sim.control();
    let id = control.entry_ids("alice").unwrap()[3];
    refuse_rows(&env, "user_anime_lists", "NEW.score = 3");
    let now = malsync::clock::Clock::now(&malsync::clock::SystemClock).to_rfc3339();
    let news = json!({"list_status": {"score": 3, "updated_at": now}});
    control.patch_entry("alice", id, serde_json::from_value(news).unwrap()).unwrap();
    let run = env.run(&["sync", "--json"]).expect_code(3).json();
    assert_eq!((&run["mode"], &run["errors"][0]["kind"]), (&json!("incremental"), &json!("constraint")), "{run}");
    let run = env.run(&["sync", "--json"]).expect_code(3).json();
    assert_eq!((&run["mode"], env.query_value(CHECKPOINT)), (&json!("full"), before.clone()), "{run}");
    assert_eq!(missing_ids(&env), [json!(id)]);
    accept_rows(&env, "user_anime_lists");
    assert_eq!(env.sync(&[])["mode"], "full");
    assert_ne!(env.query_value(CHECKPOINT), before);
    assert_eq!((env.sync(&[])["mode"].clone(), missing_ids(&env).len()), (json!("incremental"), 0));
}

#[test]
fn lagging_sequence_of_postgres_is_named_by_the_hint_and_by_doctor() {
    let env = TestEnv::with_login(DatabaseKind::Postgres, 30);
    env.sync(&[]);
    env.execute_sql("SELECT setval('anime_id_seq', 2)");
    env.sim.control().resize_list("alice", 33).unwrap();
    let ran = env.run(&["sync", "--json", "--force-full"]).expect_code(3);
    let fix = "SELECT setval(pg_get_serial_sequence('anime', 'id'), (SELECT max(id) FROM anime))";
    assert_eq!(ran.json()["errors"].as_array().unwrap().len(), 3, "{}", ran.json());
    assert!(ran.stderr.lines().any(|line| line.starts_with("hint: ") && line.contains(fix)), "{}", ran.stderr);
    let doctor = env.run(&["doctor"]).expect_code(1).stdout.replace('\n', " ");
    assert!(doctor.contains("sequences") && doctor.contains("pg_get_serial_sequence('anime', 'id')"), "{doctor}");
    env.execute_sql(fix);
    assert_eq!(env.sync(&[])["anime_created"], 3);
    env.run(&["doctor"]).expect_code(0);
}

#[on_both]
fn run_whose_error_texts_are_refused_does_not_stay_running(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 30);
    let id = env.sim.control().entry_ids("alice").unwrap()[12];
    env.sim.control().put_entry("alice", id, &json!({"node": {"id": id, "title": "odd"}})).unwrap();
    let condition = match kind {
        DatabaseKind::Postgres => "NEW.errors::text LIKE '%odd%'",
        DatabaseKind::Sqlite => "NEW.errors LIKE '%odd%'",
    };
    refuse_rows(&env, "sync_runs", condition);
    let ran = env.run(&["sync", "--json"]).expect_code(3);
    assert_eq!((&ran.json()["status"], &ran.json()["errors"][0]["mal_id"]), (&json!("PARTIAL"), &json!(id)));
    assert!(ran.stderr.contains("without its error messages"), "{}", ran.stderr);
    let stored = env.run(&["status", "--json"]).expect_code(0).json();
    assert_eq!((&stored["last_run"]["status"], &stored["running"]), (&json!("PARTIAL"), &json!(false)), "{stored}");
}

#[on_both]
fn sync_json_prints_its_object_if_the_database_refuses_the_run(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 30);
    refuse_rows(&env, "sync_runs", "NEW.mode = 'full'");
    let ran = env.run(&["sync", "--json"]).expect_code(6);
    let run = ran.json();
    assert_eq!((&run["status"], &run["run_id"], &run["username"]), (&json!("FAILED"), &Value::Null, &json!("alice")));
    assert_eq!((&run["failed"], &run["mode"]), (&json!(true), &json!("incremental")), "{run}");
    assert!(ran.stderr.contains("error: "), "{}", ran.stderr);
    let lines = env.run(&["sync", "--json", "--all-users"]).expect_code(6).json_lines();
    assert_eq!((lines.len(), &lines[0]["status"]), (1, &json!("FAILED")));
}

#[test]
fn sync_json_prints_its_object_if_postgres_refuses_a_batch_for_good() {
    let env = TestEnv::with_login(DatabaseKind::Postgres, 30);
    env.execute_sql(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
        $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$; \
        CREATE TRIGGER full_disk BEFORE INSERT ON anime EXECUTE FUNCTION refuse()",
    );
    let run = env.run(&["sync", "--json"]).expect_code(6).json();
    assert_eq!((&run["status"], &run["anime_created"]), (&json!("FAILED"), &json!(0)), "{run}");
    let hint = format!("Why #{0} failed: malsync status --run {0}", run["run_id"]);
    assert!(env.run(&["runs"]).expect_code(0).stderr.contains(&hint));
    assert!(run["run_id"].is_i64() && run["finished_at"].is_string(), "{run}");
}

#[on_both]
#[expect(clippy::disallowed_methods, reason = "the second process gives no sign when it finds the lock held")]
fn sync_that_finds_the_other_run_just_ending_takes_over(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 30);
    let (child, gate) = env.spawn_paused_at(&["sync", "--json"], "run.after_mark", 0);
    let has_ended = || env.query_column("SELECT status FROM sync_runs") == [Some("SUCCESS".to_owned())];
    wait_until("the end of the run is written", has_ended);
    let second = env.spawn(&["sync", "--json"]);
    std::thread::sleep(std::time::Duration::from_millis(300));
    drop(gate);
    assert_eq!(env.wait_for_exit(child).expect_code(0).json()["status"], "SUCCESS");
    assert_eq!(env.wait_for_exit(second).expect_code(0).json()["status"], "SUCCESS");
}

/// The file is deleted, or replaced by another one, while a run is open.
#[test]
fn database_file_that_is_gone_at_the_end_fails_the_run() {
    for is_replaced in [false, true] {
        let env = TestEnv::with_login(DatabaseKind::Sqlite, 30);
        let (child, gate) = env.spawn_paused_at(&["sync", "--json"], "run.before_mark", 0);
        let is_stored = || {
            env.query_column("SELECT CAST(anime_fetched AS TEXT) FROM sync_runs WHERE anime_fetched = 30").len() == 1
        };
        wait_until("the list is stored", is_stored);
        let file = env.database_file();
        let copy = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        if is_replaced {
            std::fs::write(&file, copy).unwrap();
        }
        drop(gate);
        let ran = env.wait_for_exit(child).expect_code(6);
        assert_eq!(ran.json()["status"], "FAILED");
        assert!(ran.stderr.contains("the file was deleted or replaced"), "{}", ran.stderr);
    }
}
