//! Syncs: first, incremental, unchanged, with edits, additions and removals, dry runs, refused ones, several users.

use malsync::clock::{Clock as _, SystemClock};
use malsync_test_macros::on_both;
use serde_json::{Value, json};

use crate::support::test_env::{DatabaseKind, TestEnv};

fn first_sync(env: &TestEnv) -> Value {
    let run = env.sync(&[]);
    assert_eq!((&run["mode"], &run["status"]), (&json!("full"), &json!("SUCCESS")), "{run}");
    run
}

#[on_both]
fn first_sync_stores_whole_list(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 250);
    let run = first_sync(&env);
    for counter in ["anime_fetched", "anime_created", "user_lists_created"] {
        assert_eq!(run[counter], 250, "{counter}: {run}");
    }
    assert_eq!(run["requests"], 4, "one request for the user, three for pages: {run}");
    assert_eq!(env.query_value("SELECT CAST(count(*) AS TEXT) FROM user_anime_lists"), Some("250".into()));
    let pages: Vec<_> = env
        .sim
        .control()
        .logged_requests()
        .into_iter()
        .filter(|request| request.path.ends_with("/animelist"))
        .collect();
    assert!(
        pages.iter().all(|page| page.query_param("nsfw") == Some("true") && page.query_param("limit") == Some("100"))
    );
    assert!(pages.iter().all(|page| page.query_param("sort") == Some("anime_title")));
    let status = env.run(&["status", "--json"]).expect_code(0).json();
    assert_eq!((&status["entries"], &status["last_run"]["run_id"]), (&json!(250), &run["run_id"]));
    assert_eq!(status["last_mal_sync"], run["finished_at"]);
}

/// Returns what changes whenever a row is written, whatever its values.
fn row_versions(env: &TestEnv) -> Vec<Option<String>> {
    match env.kind {
        DatabaseKind::Postgres => env.query_column(
            "SELECT xmin::text || ctid::text FROM user_anime_lists UNION ALL SELECT xmin::text || ctid::text FROM anime ORDER BY 1",
        ),
        DatabaseKind::Sqlite => env.query_column(
            "SELECT updated_at || mal_id FROM anime UNION ALL SELECT updated_at || mal_entry FROM user_anime_lists ORDER BY 1",
        ),
    }
}

#[on_both]
fn unchanged_list_writes_no_row_version(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 250);
    first_sync(&env);
    let before = row_versions(&env);
    for flags in [&[][..], &["--force-full"]] {
        let run = env.sync(flags);
        assert_eq!(run["user_lists_unchanged"], run["anime_fetched"], "{run}");
        assert_eq!(row_versions(&env), before);
    }
}

#[on_both]
fn incremental_sync_fetches_edits_and_additions_in_two_requests(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 250);
    first_sync(&env);
    let control = env.sim.control();
    control.edit_entries("alice", 3).unwrap();
    let now = SystemClock.now().to_rfc3339();
    let added =
        json!({"node": {"title": "Newly planned"}, "list_status": {"status": "plan_to_watch", "updated_at": now}});
    control.patch_entry("alice", 2_000_000, serde_json::from_value(added).unwrap()).unwrap();
    let run = env.sync(&[]);
    assert_eq!(
        (&run["mode"], &run["status"], &run["requests"]),
        (&json!("incremental"), &json!("SUCCESS"), &json!(2)),
        "{run}"
    );
    assert_eq!((&run["user_lists_updated"], &run["user_lists_created"]), (&json!(3), &json!(1)), "{run}");
    let changes = env.run(&["changes", "--json", "--run", &run["run_id"].to_string()]).expect_code(0).json_lines();
    assert!(changes.iter().any(|change| change["field"] == "score" && change["kept"] == change["mal"]), "{changes:?}");
    assert_eq!(changes.iter().filter(|change| change["field"] == "entry").count(), 1, "{changes:?}");
    let again = env.sync(&[]);
    assert_eq!((&again["mode"], &again["requests"]), (&json!("incremental"), &json!(2)), "{again}");
}

#[on_both]
fn removed_entries_are_marked_then_pruned(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 100);
    first_sync(&env);
    let gone = env.sim.control().remove_entries("alice", 2).unwrap();
    let run = env.sync(&[]);
    assert_eq!((&run["mode"], &run["user_lists_removed"]), (&json!("full"), &json!(2)), "{run}");
    assert_eq!(env.run(&["list", "--json"]).expect_code(0).json_lines().len(), 98);
    let all = env.run(&["list", "--json", "--removed"]).expect_code(0).json_lines();
    let marked: Vec<_> =
        all.iter().filter(|entry| entry["removed"] == true).map(|entry| entry["mal_id"].as_u64().unwrap()).collect();
    assert_eq!(marked.len(), 2);
    assert!(marked.iter().all(|id| gone.contains(id)));
    let pruned = env.sync(&["--prune"]);
    assert_eq!((&pruned["mode"], &pruned["user_lists_removed"]), (&json!("full"), &json!(2)), "{pruned}");
    assert_eq!(env.query_value("SELECT CAST(count(*) AS TEXT) FROM user_anime_lists"), Some("98".into()));
}

#[on_both]
fn f_h22_list_that_shrank_too_much_stops_sync(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 100);
    first_sync(&env);
    env.sim.control().remove_entries("alice", 21).unwrap();
    let output = env.run(&["sync", "--json"]).expect_code(8);
    assert_eq!(output.json()["status"], "FAILED");
    for look in [vec!["status"], vec!["status", "--run", "2"]] {
        let stdout = env.run(&look).expect_code(0).stdout;
        assert!(
            stdout.contains("failed     21 of 100 entries are no longer on MAL"),
            "the failed run is reported later: {stdout}"
        );
    }
    assert!(
        output.stderr.contains("error: 21 of 100 entries are no longer on MAL") && output.stderr.contains("hint: "),
        "{}",
        output.stderr
    );
    assert_eq!(
        env.query_value("SELECT CAST(count(*) AS TEXT) FROM user_anime_lists WHERE removed_at IS NOT NULL"),
        Some("0".into())
    );
    assert_eq!(env.sync(&["--allow-shrink"])["user_lists_removed"], 21);
}

#[on_both]
fn f_h21_empty_list_removes_nothing(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 5);
    first_sync(&env);
    env.sim.control().clear_list("alice").unwrap();
    let output = env.run(&["sync"]).expect_code(8);
    assert!(output.stderr.contains("empty list"), "{}", output.stderr);
    assert_eq!(env.run(&["list", "--json"]).expect_code(0).json_lines().len(), 5);
}

#[on_both]
fn sync_dry_run_writes_no_row(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 30);
    let run = env.sync(&["--dry-run"]);
    assert_eq!((&run["run_id"], &run["dry_run"], &run["user_lists_created"]), (&Value::Null, &json!(true), &json!(30)));
    for table in ["anime", "user_anime_lists", "sync_runs", "sync_changes"] {
        assert_eq!(
            env.query_value(&format!("SELECT CAST(count(*) AS TEXT) FROM {table}")),
            Some("0".into()),
            "{table}"
        );
    }
    assert_eq!(env.query_value("SELECT CAST(last_mal_sync AS TEXT) FROM users"), None);
    let told = env.run(&["sync", "--dry-run"]).expect_code(0).stdout;
    assert!(told.contains("nothing was written"), "{told}");
}

/// Sets these keys of `list_status` on MAL.
fn patch_entry(env: &TestEnv, id: u64, keys: &Value) {
    let patch = serde_json::from_value(json!({ "list_status": keys })).unwrap();
    env.sim.control().patch_entry("alice", id, patch).unwrap();
}

#[on_both]
fn local_edits_are_merged_by_the_five_rules(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 20);
    let ids = env.sim.control().entry_ids("alice").unwrap();
    let base = json!({"status": "watching", "score": 7, "num_episodes_watched": 5, "start_date": "2019-04-01",
        "finish_date": "2019-05", "comments": "from MAL"});
    ids[..3].iter().for_each(|id| patch_entry(&env, *id, &base));
    let bare = json!({"status": "watching", "score": 0, "num_episodes_watched": 5, "start_date": null, "finish_date": null, "comments": ""});
    patch_entry(&env, ids[3], &bare);
    first_sync(&env);
    for id in [ids[0], ids[3]] {
        env.run(&[
            "edit",
            &id.to_string(),
            "--status",
            "dropped",
            "--score",
            "10",
            "--episodes",
            "9",
            "--start-date",
            "2020-01-02",
            "--finish-date",
            "2020-01",
            "--notes",
            "mine",
        ])
        .expect_code(0);
    }
    env.run(&["edit", &ids[1].to_string(), "--episodes", "2", "--notes", ""]).expect_code(0);
    let run = env.sync(&[]);
    assert_eq!(run["status"], "SUCCESS", "{run}");
    let entries = env.run(&["list", "--json"]).expect_code(0).json_lines();
    let values = |id: u64| {
        let entry = entries.iter().find(|entry| entry["mal_id"] == id).unwrap();
        ["status", "score", "episodes_watched", "start_date", "finish_date", "notes"].map(|field| entry[field].clone())
    };
    let edited = [json!("watching"), json!(7), json!(9), json!("2019-04-01"), json!("2019-05"), json!("mine")];
    assert_eq!(values(ids[0]), edited, "MAL has values");
    let kept = [json!("watching"), json!(10), json!(9), json!("2020-01-02"), json!("2020-01"), json!("mine")];
    assert_eq!(values(ids[3]), kept, "MAL has none");
    let (episodes, notes) = (&values(ids[1])[2], &values(ids[1])[5]);
    assert_eq!((episodes, notes), (&json!(5), &json!("from MAL")), "progress and notes are restored");
    let untouched = [json!("watching"), json!(7), json!(5), json!("2019-04-01"), json!("2019-05"), json!("from MAL")];
    assert_eq!(values(ids[2]), untouched);
    let conflicts = env.run(&["changes", "--json", "--conflicts"]).expect_code(0).json_lines();
    assert_eq!(run["conflicts_resolved"], conflicts.len());
    let rule = |id: u64, field: &str| {
        conflicts.iter().find(|line| line["mal_id"] == id && line["field"] == field).map(|line| line["rule"].clone())
    };
    assert_eq!(rule(ids[0], "status"), Some(json!("mal")));
    assert_eq!(rule(ids[0], "score"), Some(json!("mal_if_scored")));
    assert_eq!(rule(ids[0], "episodes_watched"), Some(json!("higher")));
    assert_eq!(rule(ids[0], "finish_date"), Some(json!("mal_if_set")));
    assert_eq!(rule(ids[0], "notes"), Some(json!("local_if_own")));
    assert_eq!(rule(ids[3], "score"), None, "MAL has none to stand against");
    for flags in [&[][..], &["--force-full"]] {
        assert_eq!(env.sync(flags)["conflicts_resolved"], 0, "a conflict is reported only once");
    }
}

#[on_both]
fn constraint_violation_is_reported_and_other_entries_stored(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 150);
    let id = env.sim.control().entry_ids("alice").unwrap()[42];
    env.execute_sql(&match kind {
        DatabaseKind::Postgres => format!("ALTER TABLE anime ADD CONSTRAINT picky CHECK (mal_id <> {id})"),
        DatabaseKind::Sqlite => format!(
            "CREATE TRIGGER picky BEFORE INSERT ON anime WHEN NEW.mal_id = {id} BEGIN SELECT RAISE(ABORT, 'picky'); END"
        ),
    });
    let run = env.run(&["sync", "--json"]).expect_code(3).json();
    assert_eq!((&run["status"], &run["anime_created"]), (&json!("PARTIAL"), &json!(149)), "{run}");
    let error = &run["errors"][0];
    assert_eq!((&error["mal_id"], &error["kind"]), (&json!(id), &json!("constraint")), "{run}");
    assert!(error["message"].as_str().unwrap().contains("picky"), "{error}");
    assert!(run["constraint_violations"].as_u64().unwrap() >= 1, "{run}");
}

#[on_both]
fn all_users_are_synced_in_order_of_names(kind: DatabaseKind) {
    let config = mal_sim::SimConfig {
        users: vec!["zoe".into(), "bob".into()],
        entries: 20,
        auto_consent: true,
        ..Default::default()
    };
    let env = TestEnv::with_config(kind, config);
    env.run(&["login"]).expect_code(0);
    env.sim.control().set_consenting_user("bob").unwrap();
    env.run(&["login"]).expect_code(0);
    let runs = env.run(&["sync", "--all-users", "--json"]).expect_code(0).json_lines();
    let created_by_user: Vec<_> =
        runs.iter().map(|run| (run["username"].as_str().unwrap(), run["user_lists_created"].as_u64())).collect();
    assert_eq!(created_by_user, [("bob", Some(20)), ("zoe", Some(20))]);
    env.sim.control().revoke_tokens("bob", mal_sim::SimTokenKind::Both).unwrap();
    let output = env.run(&["sync", "--all-users", "--json"]).expect_code(4);
    assert_eq!(
        output.json_lines().iter().map(|run| run["status"].as_str().unwrap()).collect::<Vec<_>>(),
        ["FAILED", "SUCCESS"]
    );
    assert_eq!(output.stderr.lines().filter(|line| line.starts_with("error: ")).count(), 1, "{}", output.stderr);
}

#[on_both]
fn sync_within_min_interval_is_skipped(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 5);
    env.set_var("SYNC_MIN_INTERVAL", "1h");
    first_sync(&env);
    let run = env.sync(&[]);
    assert_eq!((&run["mode"], &run["status"], &run["run_id"]), (&json!("skipped"), &json!("SKIPPED"), &Value::Null));
    assert_eq!((&run["requests"], &run["successful"]), (&json!(0), &json!(true)));
    assert_eq!(env.sync(&["--force-full"])["mode"], "full");
    assert_eq!(env.run(&["runs", "--json"]).expect_code(0).json_lines().len(), 2);
}

#[on_both]
fn f_p21_killed_sync_is_interrupted_and_next_completes(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 250);
    env.set_var("SYNC_BATCH_SIZE", "10");
    let rule = json!([{"match": {"path": "/v2/users/@me/animelist", "nth": 2}, "stall": true}]);
    env.add_faults(&rule);
    let mut running = env.spawn(&["sync", "--json"]);
    env.wait_for_pages(2);
    running.kill().unwrap();
    env.wait_for_exit(running);
    super::support::wait_until("the lock goes with its process", || {
        env.run(&["runs", "--json"]).json_lines()[0]["status"] == "INTERRUPTED"
    });
    let status = env.run(&["status", "--json"]).expect_code(0).json();
    assert_eq!((&status["running"], &status["last_mal_sync"]), (&json!(false), &Value::Null));
    let run = first_sync(&env);
    assert_eq!(run["anime_fetched"], 250);
    let statuses: Vec<_> =
        env.run(&["runs", "--json"]).expect_code(0).json_lines().iter().map(|run| run["status"].clone()).collect();
    assert_eq!(statuses, ["SUCCESS", "INTERRUPTED"]);
    assert_eq!(
        env.query_column("SELECT status FROM sync_runs ORDER BY id")[0].as_deref(),
        Some("INTERRUPTED"),
        "written so"
    );
}

#[on_both]
fn entries_set_back_by_an_incremental_run_are_counted_as_settled(kind: DatabaseKind) {
    let mut world = TestEnv::with_login(kind, 30);
    world.set_var("MAL_PAGE_SIZE", "5");
    world.sync(&[]);
    // MAL changed them long ago, so an incremental run does not ask for them.
    let oldest = "SELECT CAST(a.mal_id AS TEXT) FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
        ORDER BY l.mal_updated_at LIMIT 2";
    for id in world.query_column(oldest).into_iter().flatten() {
        world.run(&["edit", &id, "--rewatch-value", "5"]).expect_code(0);
        world.execute_sql(&format!(
            "UPDATE user_anime_lists SET priority = 2 WHERE anime_id = (SELECT id FROM anime WHERE mal_id = {id})"
        ));
    }
    let text = world.run(&["sync", "-v"]).expect_code(0).stdout;
    assert!(text.contains("2 local edits overwritten with MAL's values"), "{text}");
    let run = world.run(&["status", "--json"]).expect_code(0).json()["last_run"].clone();
    assert_eq!((&run["user_lists_settled"], &run["user_lists_updated"]), (&json!(2), &json!(0)), "{run}");
    assert_eq!(run["mode"], "incremental");
    assert_eq!(world.sync(&[])["user_lists_settled"], 0);
}
