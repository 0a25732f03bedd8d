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
fn refuse_writes(world: &TestEnv, table: &str, condition: &str) {
    match world.kind {
        DatabaseKind::Postgres => {
            let condition = condition.replace("NEW.", "");
            world.execute_sql(&format!("ALTER TABLE {table} ADD CONSTRAINT picky CHECK (NOT ({condition})) NOT VALID"));
        }
        DatabaseKind::Sqlite => {
            for event in ["INSERT", "UPDATE"] {
                world.execute_sql(&format!(
                    "CREATE TRIGGER picky_{event} BEFORE {event} ON {table} WHEN {condition} \
                    BEGIN SELECT RAISE(ABORT, 'picky'); END"
                ));
            }
        }
    }
}

fn accept_writes(world: &TestEnv, table: &str) {
    match world.kind {
        DatabaseKind::Postgres => world.execute_sql(&format!("ALTER TABLE {table} DROP CONSTRAINT picky")),
        DatabaseKind::Sqlite => {
            ["INSERT", "UPDATE"]
                .into_iter()
                .for_each(|event| world.execute_sql(&format!("DROP TRIGGER picky_{event}")));
        }
    }
}

fn missing_ids(world: &TestEnv) -> Vec<Value> {
    let status = world.run(&["status", "--json"]).expect_code(0).json();
    status["missing"].as_array().unwrap().iter().map(|entry| entry["mal_id"].clone()).collect()
}

#[on_both]
fn refused_entry_keeps_the_run_incomplete_until_it_is_stored(kind: DatabaseKind) {
    let world = TestEnv::with_login(kind, 30);
    let id = world.sim.control().entry_ids("alice").unwrap()[12];
    refuse_writes(&world, "anime", &format!("NEW.mal_id = {id}"));
    for _ in 0..2 {
        let run = world.run(&["sync", "--json"]).expect_code(3).json();
        assert_eq!((&run["mode"], &run["status"]), (&json!("full"), &json!("PARTIAL")), "{run}");
        assert_eq!(world.query_value(CHECKPOINT).as_deref(), Some("//"));
        assert_eq!(missing_ids(&world), [json!(id)]);
    }
    let text = world.run(&["status"]).expect_code(0).stdout;
    assert!(text.contains("1 entry is missing because the database refused to store it:"), "{text}");
    assert!(text.contains(&format!("({id}): ")) && text.contains("picky"), "{text}");
    world.run(&["status", "--max-age", "26h"]).expect_code(9);
    let doctor = world.run(&["doctor", "--json"]).expect_code(1).json();
    let is_named = |check: &Value| check["name"] == "missing entries" && check["level"] == "error";
    assert!(
        doctor["checks"].as_array().unwrap_or(doctor.as_array().unwrap_or(&Vec::new())).iter().any(is_named),
        "{doctor}"
    );
    accept_writes(&world, "anime");
    let run = world.sync(&[]);
    assert_eq!((&run["mode"], &run["anime_created"]), (&json!("full"), &json!(1)), "{run}");
    assert!(missing_ids(&world).is_empty());
}

#[on_both]
fn refused_update_in_an_incremental_run_makes_the_next_run_full(kind: DatabaseKind) {
    let mut world = TestEnv::with_login(kind, 30);
    world.set_var("SYNC_MIN_INTERVAL", "0s");
    world.sync(&[]);
    let before = world.query_value(CHECKPOINT);
    let control = world.sim.control();
    let id = control.entry_ids("alice").unwrap()[3];
    refuse_writes(&world, "user_anime_lists", "NEW.score = 3");
    let now = malsync::clock::Clock::now(&malsync::clock::SystemClock).to_rfc3339();
    let news = json!({"list_status": {"score": 3, "updated_at": now}});
    control.patch_entry("alice", id, serde_json::from_value(news).unwrap()).unwrap();
    let run = world.run(&["sync", "--json"]).expect_code(3).json();
    assert_eq!((&run["mode"], &run["errors"][0]["kind"]), (&json!("incremental"), &json!("constraint")), "{run}");
    let run = world.run(&["sync", "--json"]).expect_code(3).json();
    assert_eq!((&run["mode"], world.query_value(CHECKPOINT)), (&json!("full"), before.clone()), "{run}");
    assert_eq!(missing_ids(&world), [json!(id)]);
    accept_writes(&world, "user_anime_lists");
    assert_eq!(world.sync(&[])["mode"], "full");
    assert_ne!(world.query_value(CHECKPOINT), before);
    assert_eq!((world.sync(&[])["mode"].clone(), missing_ids(&world).len()), (json!("incremental"), 0));
}

#[test]
fn lagging_sequence_of_postgres_is_named_by_the_hint_and_by_doctor() {
    let world = TestEnv::with_login(DatabaseKind::Postgres, 30);
    world.sync(&[]);
    world.execute_sql("SELECT setval('anime_id_seq', 2)");
    world.sim.control().resize_list("alice", 33).unwrap();
    let ran = world.run(&["sync", "--json", "--force-full"]).expect_code(3);
    let fix = "SELECT setval(pg_get_serial_sequence('anime', 'id'), (SELECT max(id) FROM anime))";
    assert_eq!(ran.json()["errors"].as_array().unwrap().len(), 3, "{}", ran.json());
    assert!(ran.stderr.lines().any(|line| line.starts_with("hint: ") && line.contains(fix)), "{}", ran.stderr);
    let doctor = world.run(&["doctor"]).expect_code(1).stdout.replace('\n', " ");
    assert!(doctor.contains("sequences") && doctor.contains("pg_get_serial_sequence('anime', 'id')"), "{doctor}");
    world.execute_sql(fix);
    assert_eq!(world.sync(&[])["anime_created"], 3);
    world.run(&["doctor"]).expect_code(0);
}

#[on_both]
fn run_whose_error_texts_are_refused_does_not_stay_running(kind: DatabaseKind) {
    let world = TestEnv::with_login(kind, 30);
    let id = world.sim.control().entry_ids("alice").unwrap()[12];
    world.sim.control().put_entry("alice", id, &json!({"node": {"id": id, "title": "odd"}})).unwrap();
    let condition = match kind {
        DatabaseKind::Postgres => "NEW.errors::text LIKE '%odd%'",
        DatabaseKind::Sqlite => "NEW.errors LIKE '%odd%'",
    };
    refuse_writes(&world, "sync_runs", condition);
    let ran = world.run(&["sync", "--json"]).expect_code(3);
    assert_eq!((&ran.json()["status"], &ran.json()["errors"][0]["mal_id"]), (&json!("PARTIAL"), &json!(id)));
    assert!(ran.stderr.contains("without its error messages"), "{}", ran.stderr);
    let stored = world.run(&["status", "--json"]).expect_code(0).json();
    assert_eq!((&stored["last_run"]["status"], &stored["running"]), (&json!("PARTIAL"), &json!(false)), "{stored}");
}

#[on_both]
fn sync_json_prints_its_object_if_the_database_refuses_the_run(kind: DatabaseKind) {
    let world = TestEnv::with_login(kind, 30);
    refuse_writes(&world, "sync_runs", "NEW.mode = 'full'");
    let ran = world.run(&["sync", "--json"]).expect_code(6);
    let run = ran.json();
    assert_eq!((&run["status"], &run["run_id"], &run["username"]), (&json!("FAILED"), &Value::Null, &json!("alice")));
    assert_eq!((&run["failed"], &run["mode"]), (&json!(true), &json!("incremental")), "{run}");
    assert!(ran.stderr.contains("error: "), "{}", ran.stderr);
    let lines = world.run(&["sync", "--json", "--all-users"]).expect_code(6).json_lines();
    assert_eq!((lines.len(), &lines[0]["status"]), (1, &json!("FAILED")));
}

#[test]
fn sync_json_prints_its_object_if_postgres_refuses_a_batch_for_good() {
    let world = TestEnv::with_login(DatabaseKind::Postgres, 30);
    world.execute_sql(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
        $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$; \
        CREATE TRIGGER full_disk BEFORE INSERT ON anime EXECUTE FUNCTION refuse()",
    );
    let run = world.run(&["sync", "--json"]).expect_code(6).json();
    assert_eq!((&run["status"], &run["anime_created"]), (&json!("FAILED"), &json!(0)), "{run}");
    let hint = format!("Why #{0} failed: malsync status --run {0}", run["run_id"]);
    assert!(world.run(&["runs"]).expect_code(0).stderr.contains(&hint));
    assert!(run["run_id"].is_i64() && run["finished_at"].is_string(), "{run}");
}

#[on_both]
#[expect(clippy::disallowed_methods, reason = "the second process gives no sign when it finds the lock held")]
fn sync_that_finds_the_other_run_just_ending_takes_over(kind: DatabaseKind) {
    let world = TestEnv::with_login(kind, 30);
    let (child, gate) = world.spawn_paused_at(&["sync", "--json"], "run.after_mark", 0);
    let has_ended = || world.query_column("SELECT status FROM sync_runs") == [Some("SUCCESS".to_owned())];
    wait_until("the end of the run is written", has_ended);
    let second = world.spawn(&["sync", "--json"]);
    std::thread::sleep(std::time::Duration::from_millis(300));
    drop(gate);
    assert_eq!(world.wait_for_exit(child).expect_code(0).json()["status"], "SUCCESS");
    assert_eq!(world.wait_for_exit(second).expect_code(0).json()["status"], "SUCCESS");
}

/// The file is deleted, or replaced by another one, while a run is open.
#[test]
fn database_file_that_is_gone_at_the_end_fails_the_run() {
    for is_replaced in [false, true] {
        let world = TestEnv::with_login(DatabaseKind::Sqlite, 30);
        let (child, gate) = world.spawn_paused_at(&["sync", "--json"], "run.before_mark", 0);
        let is_stored = || {
            world.query_column("SELECT CAST(anime_fetched AS TEXT) FROM sync_runs WHERE anime_fetched = 30").len() == 1
        };
        wait_until("the list is stored", is_stored);
        let file = world.database_file();
        let copy = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        if is_replaced {
            std::fs::write(&file, copy).unwrap();
        }
        drop(gate);
        let ran = world.wait_for_exit(child).expect_code(6);
        assert_eq!(ran.json()["status"], "FAILED");
        assert!(ran.stderr.contains("the file was deleted or replaced"), "{}", ran.stderr);
    }
}
