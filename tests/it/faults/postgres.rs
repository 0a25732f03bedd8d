//! Faults of PostgreSQL, most of them during a run, and of the connections to it and to MAL. Faults at a moment inside
//! a transaction are in `store::concurrent_writers`, `store::restricted_role`, `store::adopted_databases` and
//! `store::merge`. The names of their tests begin with `f_p` too.

use serde_json::json;

use super::super::support::{
    dump::{self, query_count},
    fake_clock::set_database_clock,
    postgres::{PostgresCluster, shared_cluster},
    proxy::FaultProxy,
    test_env::{CommandOutput, DatabaseKind, TestEnv, block_on},
    wait_until,
};

pub(super) const LIST_ENTRIES: usize = 200;

/// Creates an environment with a list of ten batches, not synced yet.
pub(super) fn env_with_unsynced_list() -> TestEnv {
    let mut env = TestEnv::with_login(DatabaseKind::Postgres, LIST_ENTRIES);
    env.set_var("SYNC_BATCH_SIZE", "20");
    env
}

pub(super) fn count_entries(env: &TestEnv) -> i64 {
    query_count(env, "(SELECT count(*) FROM user_anime_lists)")
}

/// Asserts that the run completed and counted every entry once.
#[track_caller]
fn assert_complete(env: &TestEnv, output: CommandOutput) {
    let run = output.expect_code(0).json();
    assert_eq!(run["status"], "SUCCESS", "{run}");
    for counter in ["anime_fetched", "anime_created", "user_lists_created"] {
        assert_eq!(run[counter], json!(LIST_ENTRIES), "{counter}: {run}");
    }
    assert_eq!(count_entries(env), i64::try_from(LIST_ENTRIES).unwrap());
    assert_eq!(
        query_count(env, "(SELECT count(*) FROM sync_changes)"),
        i64::try_from(LIST_ENTRIES).unwrap(),
        "recorded once"
    );
    assert!(env.query_value("SELECT CAST(last_mal_sync AS TEXT) FROM users").is_some());
}

/// Asserts that whole batches are stored without a checkpoint, and that the next sync completes.
#[track_caller]
fn assert_partial_and_heals(env: &TestEnv) {
    let entries = count_entries(env);
    assert!(entries % 20 == 0 && entries < 200, "{entries}");
    assert_eq!(env.query_value("SELECT CAST(last_mal_sync AS TEXT) FROM users"), None);
    assert_eq!(env.sync(&[])["status"], "SUCCESS");
    assert_eq!(count_entries(env), 200);
}

/// Executes a statement at each new entry from the fourth batch on.
fn run_at_fourth_batch(env: &TestEnv, what: &str) {
    env.execute_sql(&format!(
        "CREATE SEQUENCE IF NOT EXISTS happened; \
        CREATE OR REPLACE FUNCTION happen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
        IF (SELECT count(*) FROM user_anime_lists) >= 60 THEN {what}; END IF; RETURN NEW; END $$; \
        CREATE OR REPLACE TRIGGER happening BEFORE INSERT ON user_anime_lists FOR EACH ROW EXECUTE FUNCTION happen()"
    ));
}

fn drop_fault_trigger(env: &TestEnv) {
    env.execute_sql("DROP TRIGGER happening ON user_anime_lists");
}

const KILL_SESSIONS_SQL: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
    WHERE datname = current_database() AND application_name = 'malsync'";

#[test]
fn f_p01_unusable_server_is_named_without_password() {
    // All of them exit with 6, also a missing database and a rejected role, as documented.
    let mut env = TestEnv::new(DatabaseKind::Postgres, 1);
    let valid_url = env.database_url().replace("postgres@", "postgres:hunter2@");
    let name = valid_url.rsplit('/').next().unwrap().to_owned();
    let port = url::Url::parse(&valid_url).unwrap().port().unwrap().to_string();
    for (url, word) in [
        (valid_url.replace(&port, "1"), "cannot connect"),
        (valid_url.replace(&name, "no_such_database"), "no_such_database"),
        (valid_url.replace("postgres:", "stranger:"), "stranger"),
        (format!("{valid_url}?sslmode=require"), "encrypted"),
    ] {
        env.set_var("DATABASE_URL", &url);
        let output = env.run(&["sync"]).expect_code(6);
        assert!(output.stderr.starts_with("error: ") && output.stderr.contains(word), "{}", output.stderr);
        assert!(output.stderr.contains("\nhint: ") && !output.stderr.contains("hunter2"), "{}", output.stderr);
    }
}

#[test]
fn f_p02_sessions_killed_in_fourth_batch_lose_nothing() {
    let env = env_with_unsynced_list();
    let kill_once = KILL_SESSIONS_SQL.replace("SELECT", "PERFORM");
    run_at_fourth_batch(&env, &format!("IF nextval('happened') = 1 THEN {kill_once}; END IF"));
    assert_complete(&env, env.run(&["sync", "--json"]));
    assert!(query_count(&env, "nextval('happened')") > 1, "the fault was not injected");
}

#[test]
fn f_p03_server_crash_and_restart_loses_nothing() {
    let own = PostgresCluster::start();
    let mut env = TestEnv::new(DatabaseKind::Postgres, LIST_ENTRIES);
    env.set_var("DATABASE_URL", &own.superuser_url(&block_on(own.create_database())));
    env.set_var("SYNC_BATCH_SIZE", "20");
    env.run(&["login"]).expect_code(0);
    // What was reported as committed must survive the crash.
    env.execute_sql(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = on', current_database()); END $$",
    );
    let done = tempfile::tempdir().unwrap();
    std::fs::set_permissions(done.path(), std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    let marker = done.path().join("crashed");
    let once = format!("cat >/dev/null; test -e {0} || {{ touch {0}; kill -9 $PPID; }}", marker.display());
    let crash = format!("EXECUTE format('COPY (SELECT 1) TO PROGRAM %L', '{once}')");
    run_at_fourth_batch(&env, &crash);
    assert_complete(&env, env.run(&["sync", "--json"]));
    assert!(marker.exists(), "the server did not crash");
}

/// Starts a sync, pauses it before the fourth batch, injects the fault there, and waits for the end.
fn sync_with_fault_before_fourth_batch(env: &TestEnv, fault: impl Fn()) -> CommandOutput {
    let (process, gate) = env.spawn_paused_at(&["sync", "--json"], "batch.begin", 3);
    wait_until("three batches are stored", || count_entries(env) == 60);
    fault();
    drop(gate);
    env.wait_for_exit(process)
}

#[test]
fn f_p03_server_that_stays_down_ends_run() {
    let mut env = env_with_unsynced_list();
    let direct = env.database_url();
    let proxy = FaultProxy::start(&direct);
    env.set_var("DATABASE_URL", &proxy.proxied_url(&direct));
    let (process, gate) = env.spawn_paused_at(&["sync", "--json"], "batch.begin", 3);
    env.set_var("DATABASE_URL", &direct);
    wait_until("three batches are stored", || count_entries(&env) == 60);
    proxy.close_connections();
    drop(gate);
    let output = env.wait_for_exit(process).expect_code(6);
    assert!(output.stderr.contains("error: database postgresql://"), "{}", output.stderr);
    assert_partial_and_heals(&env);
}

#[test]
fn f_p04_broken_connection_or_lost_commit_stores_each_row_once() {
    for what in ["lose the commit", "lose its answer", "reset", "cut"] {
        let mut env = env_with_unsynced_list();
        let proxy = FaultProxy::start(&env.database_url());
        env.set_var("DATABASE_URL", &proxy.proxied_url(&env.database_url()));
        let output = sync_with_fault_before_fourth_batch(&env, || match what {
            "lose the commit" => proxy.drop_next_commit(),
            "lose its answer" => proxy.drop_next_commit_response(),
            "cut" => proxy.cut_after(700),
            _ => {
                proxy.reset_connections();
                proxy.reopen();
            }
        });
        assert_eq!(proxy.has_injected_commit_fault(), what.starts_with("lose"), "{what}");
        assert_complete(&env, output);
    }
}

#[test]
fn f_p04_commit_of_unknown_outcome_is_not_repeated() {
    let mut env = env_with_unsynced_list();
    env.sync(&[]);
    let id = env.sim.control().entry_ids("alice").unwrap()[0].to_string();
    env.run(&["edit", &id, "--status", "watching", "--episodes", "0"]).expect_code(0);
    let direct = env.database_url();
    let proxy = FaultProxy::start(&direct);
    env.set_var("DATABASE_URL", &proxy.proxied_url(&direct));
    proxy.drop_next_commit_response();
    proxy.hide_transaction_status();
    let output = env.run(&["edit", &id, "--episodes", "+1"]).expect_code(6);
    assert!(proxy.has_injected_commit_fault(), "the response was not dropped");
    assert!(output.stderr.contains("whether it was stored is unknown"), "{}", output.stderr);
    env.set_var("DATABASE_URL", &direct);
    let episodes = format!(
        "SELECT CAST(l.episodes_watched AS TEXT) FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id WHERE a.mal_id = {id}"
    );
    assert_eq!(env.query_value(&episodes).as_deref(), Some("1"), "the episode was counted twice");
}

#[test]
#[ignore = "nightly: waits 30 s for a lock"]
fn f_p07_permanently_locked_table_ends_run() {
    let env = env_with_unsynced_list();
    env.sync(&[]);
    let before = dump::read_application_tables(&env);
    let ended = block_on(async {
        use sqlx::Executor as _;
        let name = env.database_url().rsplit('/').next().unwrap().to_owned();
        let mut other_session = shared_cluster().connect(&name).await;
        other_session.execute("BEGIN; LOCK TABLE anime").await.unwrap();
        env.run(&["sync", "--json", "--force-full"])
    });
    let output = ended.expect_code(6);
    assert!(output.stderr.contains("locked by another session for 30 s"), "{}", output.stderr);
    assert!(output.stderr.contains("hint: find the session in pg_stat_activity"), "{}", output.stderr);
    assert_eq!(dump::read_application_tables(&env), before);
    env.sync(&["--force-full"]);
}

#[test]
fn f_p08_cancelled_statement_is_retried_once_then_ends_run() {
    let env = env_with_unsynced_list();
    let cancel = "PERFORM nextval('happened'); RAISE EXCEPTION 'canceling statement due to statement timeout' \
        USING ERRCODE = '57014'";
    run_at_fourth_batch(&env, cancel);
    let output = env.run(&["sync"]).expect_code(6);
    assert!(output.stderr.contains("statement timeout") && output.stderr.contains("hint: "), "{}", output.stderr);
    assert_eq!(query_count(&env, "nextval('happened')"), 3, "two attempts");
    drop_fault_trigger(&env);
    assert_partial_and_heals(&env);
    let env = env_with_unsynced_list();
    run_at_fourth_batch(&env, &format!("IF nextval('happened') = 1 THEN {cancel}; END IF"));
    assert_complete(&env, env.run(&["sync", "--json"]));
}

#[test]
fn f_p09_new_tokens_are_stored_over_a_new_connection() {
    let env = env_with_unsynced_list();
    let generation = || query_count(&env, "(SELECT mal_token_generation FROM users)");
    let before = generation();
    let count_token_requests =
        || env.sim.control().logged_requests().iter().filter(|request| request.path.ends_with("/token")).count();
    env.sim.control().clear_log();
    env.sim.control().expire_tokens("alice", mal_sim::SimTokenKind::Access).unwrap();
    let (process, gate) = env.spawn_paused_at(&["sync", "--json"], "token.before_persist", 0);
    wait_until("the tokens have been refreshed", || count_token_requests() == 1);
    env.query_column(&KILL_SESSIONS_SQL.replace("pg_terminate_backend(pid)", "pg_terminate_backend(pid)::text"));
    drop(gate);
    assert_complete(&env, env.wait_for_exit(process));
    assert_eq!((generation(), count_token_requests()), (before + 1, 1));
}

#[test]
fn f_p10_read_only_default_is_a_warning_and_syncs_work() {
    let mut env = env_with_unsynced_list();
    // A rate that processes share.
    env.set_var("MAL_API_RATE_LIMIT", "50");
    env.sync(&[]);
    let before = dump::read_application_tables(&env);
    let read_only = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$";
    env.execute_sql(read_only);
    // BEGIN READ WRITE succeeds if only the default is read-only. The request slots have no transaction of their own.
    let output = env.run(&["sync", "--json", "--force-full"]).expect_code(0);
    assert!(output.stderr.contains("the rate limit is not shared with other processes"), "{}", output.stderr);
    let without_marks = |rows: Vec<String>| rows.into_iter().filter(|row| !row.contains("|alice|")).collect::<Vec<_>>();
    assert_eq!(without_marks(dump::read_application_tables(&env)), without_marks(before));

    let check_writes = || {
        let doctor = env.run(&["doctor", "--json"]).expect_code(0).json();
        doctor["checks"].as_array().unwrap().iter().find(|check| check["name"] == "writes").unwrap().clone()
    };
    let check = check_writes();
    assert_eq!(check["level"], "warn", "{check}");
    env.execute_sql(check["hint"].as_str().unwrap().strip_prefix("run in the database: ").unwrap());
    assert_eq!(check_writes()["level"], "ok");
    assert_eq!(env.run(&["sync", "--json"]).expect_code(0).stderr, "");
}

#[test]
fn f_p11_server_out_of_resources_ends_run() {
    for (code, words, hint) in [
        ("53100", "could not extend file", "hint: the server's disk is full"),
        ("53300", "sorry, too many clients already", "hint: the server has no free connections"),
        ("53200", "out of memory", "error: "),
    ] {
        let env = env_with_unsynced_list();
        run_at_fourth_batch(&env, &format!("RAISE EXCEPTION '{words}' USING ERRCODE = '{code}'"));
        let output = env.run(&["sync"]).expect_code(6);
        assert!(output.stderr.contains(words) && output.stderr.contains(hint), "{}", output.stderr);
        drop_fault_trigger(&env);
        assert_partial_and_heals(&env);
    }
}

#[test]
fn f_p17_missing_column_or_table_is_named() {
    for (gone, name) in [("ALTER TABLE anime DROP COLUMN rank", "rank"), ("DROP TABLE sync_changes", "sync_changes")] {
        let env = env_with_unsynced_list();
        env.sync(&[]);
        env.execute_sql("UPDATE user_anime_lists SET status = 'dropped'");
        env.execute_sql(gone);
        let entries = || env.query_column("SELECT id || status || updated_at FROM user_anime_lists ORDER BY id");
        let before = entries();
        let output = env.run(&["sync", "--force-full"]).expect_code(6);
        assert!(output.stderr.contains(name) && output.stderr.contains("hint: the schema is not"), "{}", output.stderr);
        assert_eq!(entries(), before);
    }
}

#[test]
fn f_p24_server_clock_an_hour_ahead_skips_no_change() {
    let env = env_with_unsynced_list();
    set_database_clock(&env, 3600);
    env.sync(&[]);
    let ahead = "SELECT (last_mal_sync > (now() AT TIME ZONE 'UTC') + interval '50 minutes')::text FROM users";
    assert_eq!(env.query_value(ahead).as_deref(), Some("true"), "by the server's clock");
    for _ in 0..2 {
        env.sim.control().edit_entries("alice", 3).unwrap();
        let run = env.sync(&[]);
        assert_eq!((&run["mode"], &run["user_lists_updated"]), (&json!("incremental"), &json!(3)), "{run}");
    }
}

#[test]
fn f_e10_doctor_warns_about_an_unverified_remote_server() {
    let mut env = TestEnv::with_login(DatabaseKind::Postgres, 1);
    let is_warned = |env: &TestEnv| {
        let checks = env.run(&["doctor", "--json"]).json()["checks"].clone();
        checks.as_array().unwrap().iter().any(|check| {
            check["level"] == "warn"
                && check["message"].as_str().unwrap().contains("is not verified")
                && check["hint"].as_str().unwrap().contains("sslmode=verify-full")
        })
    };
    assert!(!is_warned(&env));
    // An address of this machine that does not look like one.
    env.set_var("DATABASE_URL", &env.database_url().replace("127.0.0.1", "0.0.0.0"));
    assert!(is_warned(&env));
}

#[test]
fn f_p25_invalid_url_is_usage_error_and_unencrypted_remote_warns() {
    let mut env = TestEnv::with_login(DatabaseKind::Postgres, 1);
    let local = env.run(&["sync"]).expect_code(0);
    assert!(!local.stderr.contains("not encrypted"), "{}", local.stderr);
    // An address of this machine that does not look like one.
    env.set_var("DATABASE_URL", &env.database_url().replace("127.0.0.1", "0.0.0.0"));
    let remote = env.run(&["sync"]).expect_code(0);
    assert!(remote.stderr.contains("0.0.0.0 is not encrypted"), "{}", remote.stderr);
    // A parameter that the driver does not know, and would print with its value.
    env.set_var("DATABASE_URL", "postgres://me@127.0.0.1:1/db?sslpassword=hunter2");
    let output = env.run(&["status"]).expect_code(6);
    assert!(!output.stderr.contains("hunter2"), "{}", output.stderr);
    for url in ["mysql://me:hunter2@host/db", "postgres://me:hunter2@host:99999/db"] {
        env.set_var("DATABASE_URL", url);
        let output = env.run(&["sync"]).expect_code(2);
        assert!(output.stderr.starts_with("error: ") && !output.stderr.contains("hunter2"), "{}", output.stderr);
    }
}

#[test]
fn slow_and_cut_connection_to_mal_loses_nothing() {
    let mut env = env_with_unsynced_list();
    let proxy = FaultProxy::start(&env.sim.api_url());
    env.set_var("MAL_API_URL", &proxy.proxied_url(&env.sim.api_url()));
    env.set_var("MAL_PAGE_SIZE", "1000");
    proxy.set_latency(std::time::Duration::from_millis(2));
    proxy.cut_after(9000);
    let output = env.run(&["sync", "--json"]);
    let retries = output.json()["retries"].clone();
    assert_complete(&env, output);
    assert!(retries.as_u64() >= Some(1), "{retries}");
}

#[test]
fn f_p20_concurrent_sync_from_another_machine_exits_7() {
    let env = env_with_unsynced_list();
    env.add_faults(&json!([{"match": {"path": "/v2/users/@me/animelist", "nth": 2}, "stall": true}]));
    let mut running = env.spawn(&["sync", "--json"]);
    env.wait_for_pages(2);
    // Another home folder has another key and looks like another machine.
    let elsewhere = tempfile::tempdir().unwrap();
    let second = env.command(&["sync", "--json"]).env("HOME", elsewhere.path()).output().unwrap();
    assert_eq!(second.status.code(), Some(7), "{}", String::from_utf8_lossy(&second.stderr));
    let stderr = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(stderr.starts_with("error: another sync of alice is already running (since "), "{stderr}");
    assert!(String::from_utf8_lossy(&second.stdout).contains(r#""status":"RUNNING""#));
    running.kill().unwrap();
    env.wait_for_exit(running);
    assert_partial_and_heals(&env);
}
