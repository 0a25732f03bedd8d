//! What PostgreSQL may do in the middle of a run. The rows that need a moment inside one transaction are in the contract
//! suite (`store::contended`, `store::owner`, `store::adopted`, `store::merge`) under the same kind of name.

use serde_json::json;

use super::super::support::{
    dump::{self, query_count},
    postgres::{PgBouncer, PostgresCluster, shared_cluster},
    proxy::FaultProxy,
    test_env::{CommandOutput, DatabaseKind, TestEnv, block_on},
    wait_until,
};

const LIST_ENTRIES: usize = 200;

/// A world with a list of ten batches, nothing of it synced yet.
fn env_with_unsynced_list() -> TestEnv {
    let mut world = TestEnv::with_login(DatabaseKind::Postgres, LIST_ENTRIES);
    world.set_var("SYNC_BATCH_SIZE", "20");
    world
}

fn count_entries(world: &TestEnv) -> i64 {
    query_count(world, "(SELECT count(*) FROM user_anime_lists)")
}

/// Complete, and counted once.
#[track_caller]
fn assert_complete(world: &TestEnv, ran: CommandOutput) {
    let run = ran.expect_code(0).json();
    assert_eq!(run["status"], "SUCCESS", "{run}");
    for counter in ["anime_fetched", "anime_created", "user_lists_created"] {
        assert_eq!(run[counter], json!(LIST_ENTRIES), "{counter}: {run}");
    }
    assert_eq!(count_entries(world), i64::try_from(LIST_ENTRIES).unwrap());
    assert_eq!(
        query_count(world, "(SELECT count(*) FROM sync_changes)"),
        i64::try_from(LIST_ENTRIES).unwrap(),
        "told once"
    );
    assert!(world.query_value("SELECT CAST(last_mal_sync AS TEXT) FROM users").is_some());
}

/// Whole batches, no mark; and a healthy sync then brings the rest.
#[track_caller]
fn assert_partial_and_heals(world: &TestEnv) {
    let there = count_entries(world);
    assert!(there % 20 == 0 && there < 200, "{there}");
    assert_eq!(world.query_value("SELECT CAST(last_mal_sync AS TEXT) FROM users"), None);
    assert_eq!(world.sync(&[])["status"], "SUCCESS");
    assert_eq!(count_entries(world), 200);
}

/// From the fourth batch on, this happens at each new entry.
fn run_at_fourth_batch(world: &TestEnv, what: &str) {
    world.execute_sql(&format!(
        "CREATE SEQUENCE IF NOT EXISTS happened; \
        CREATE OR REPLACE FUNCTION happen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
        IF (SELECT count(*) FROM user_anime_lists) >= 60 THEN {what}; END IF; RETURN NEW; END $$; \
        CREATE OR REPLACE TRIGGER happening BEFORE INSERT ON user_anime_lists FOR EACH ROW EXECUTE FUNCTION happen()"
    ));
}

fn drop_fault_trigger(world: &TestEnv) {
    world.execute_sql("DROP TRIGGER happening ON user_anime_lists");
}

const KILL_SESSIONS_SQL: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
    WHERE datname = current_database() AND application_name = 'malsync'";

#[test]
fn f_p01_unusable_server_is_named_without_password() {
    // Exit 6 for all of them, a missing database and a refused role included, as the table of exit codes has it.
    let mut world = TestEnv::new(DatabaseKind::Postgres, 1);
    let here = world.database_url().replace("postgres@", "postgres:hunter2@");
    let name = here.rsplit('/').next().unwrap().to_owned();
    let port = url::Url::parse(&here).unwrap().port().unwrap().to_string();
    for (url, word) in [
        (here.replace(&port, "1"), "out of reach"),
        (here.replace(&name, "no_such_database"), "no_such_database"),
        (here.replace("postgres:", "stranger:"), "stranger"),
        (format!("{here}?sslmode=require"), "encrypted"),
    ] {
        world.set_var("DATABASE_URL", &url);
        let ran = world.run(&["sync"]).expect_code(6);
        assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains(word), "{}", ran.stderr);
        assert!(ran.stderr.contains("\nhint: ") && !ran.stderr.contains("hunter2"), "{}", ran.stderr);
    }
}

#[test]
fn f_p02_sessions_killed_in_fourth_batch_lose_nothing() {
    let world = env_with_unsynced_list();
    let kill_once = KILL_SESSIONS_SQL.replace("SELECT", "PERFORM");
    run_at_fourth_batch(&world, &format!("IF nextval('happened') = 1 THEN {kill_once}; END IF"));
    assert_complete(&world, world.run(&["sync", "--json"]));
    assert!(query_count(&world, "nextval('happened')") > 1, "it happened");
}

#[test]
fn f_p03_server_crash_and_restart_loses_nothing() {
    let own = PostgresCluster::start();
    let mut world = TestEnv::new(DatabaseKind::Postgres, LIST_ENTRIES);
    world.set_var("DATABASE_URL", &own.superuser_url(&block_on(own.create_database())));
    world.set_var("SYNC_BATCH_SIZE", "20");
    world.run(&["login"]).expect_code(0);
    // What is told as committed must outlive the crash.
    world.execute_sql(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = on', current_database()); END $$",
    );
    let done = tempfile::tempdir().unwrap();
    std::fs::set_permissions(done.path(), std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    let marker = done.path().join("crashed");
    let once = format!("cat >/dev/null; test -e {0} || {{ touch {0}; kill -9 $PPID; }}", marker.display());
    let crash = format!("EXECUTE format('COPY (SELECT 1) TO PROGRAM %L', '{once}')");
    run_at_fourth_batch(&world, &crash);
    assert_complete(&world, world.run(&["sync", "--json"]));
    assert!(marker.exists(), "it crashed");
}

/// Starts a sync through a proxy and stops it for a while before the fourth batch, where this is done.
fn sync_with_fault_before_fourth_batch(world: &TestEnv, fault: impl Fn()) -> CommandOutput {
    let (process, gate) = world.spawn_paused_at(&["sync", "--json"], "batch.begin", 3);
    wait_until("three batches are there", || count_entries(world) == 60);
    fault();
    drop(gate);
    world.wait_for_exit(process)
}

#[test]
fn f_p03_server_that_stays_down_ends_run() {
    let mut world = env_with_unsynced_list();
    let direct = world.database_url();
    let proxy = FaultProxy::start(&direct);
    world.set_var("DATABASE_URL", &proxy.proxied_url(&direct));
    let (process, gate) = world.spawn_paused_at(&["sync", "--json"], "batch.begin", 3);
    world.set_var("DATABASE_URL", &direct);
    wait_until("three batches are there", || count_entries(&world) == 60);
    proxy.close_connections();
    drop(gate);
    let ran = world.wait_for_exit(process).expect_code(6);
    assert!(ran.stderr.contains("error: database postgresql://"), "{}", ran.stderr);
    assert_partial_and_heals(&world);
}

#[test]
fn f_p04_broken_connection_or_lost_commit_stores_each_row_once() {
    for what in ["lose the commit", "lose its answer", "reset", "cut"] {
        let mut world = env_with_unsynced_list();
        let proxy = FaultProxy::start(&world.database_url());
        world.set_var("DATABASE_URL", &proxy.proxied_url(&world.database_url()));
        let ran = sync_with_fault_before_fourth_batch(&world, || match what {
            "lose the commit" => proxy.drop_next_commit(),
            "lose its answer" => proxy.drop_next_commit_response(),
            "cut" => proxy.cut_after(700),
            _ => {
                proxy.reset_connections();
                proxy.reopen();
            }
        });
        assert_eq!(proxy.has_dropped_commit(), what.starts_with("lose"), "{what}");
        assert_complete(&world, ran);
    }
}

#[test]
#[ignore = "nightly: waits 30 s for a lock"]
fn f_p07_permanently_locked_table_ends_run() {
    let world = env_with_unsynced_list();
    world.sync(&[]);
    let before = dump::read_application_tables(&world);
    let ended = block_on(async {
        use sqlx::Executor as _;
        let name = world.database_url().rsplit('/').next().unwrap().to_owned();
        let mut theirs = shared_cluster().connect(&name).await;
        theirs.execute("BEGIN; LOCK TABLE anime").await.unwrap();
        world.run(&["sync", "--json", "--force-full"])
    });
    let ran = ended.expect_code(6);
    assert!(ran.stderr.contains("locked by another session for 30 s"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: see who holds it"), "{}", ran.stderr);
    assert_eq!(dump::read_application_tables(&world), before);
    world.sync(&["--force-full"]);
}

#[test]
fn f_p08_cancelled_statement_is_retried_once_then_ends_run() {
    let world = env_with_unsynced_list();
    let cancel = "PERFORM nextval('happened'); RAISE EXCEPTION 'canceling statement due to statement timeout' \
        USING ERRCODE = '57014'";
    run_at_fourth_batch(&world, cancel);
    let ran = world.run(&["sync"]).expect_code(6);
    assert!(ran.stderr.contains("statement timeout") && ran.stderr.contains("hint: "), "{}", ran.stderr);
    assert_eq!(query_count(&world, "nextval('happened')"), 3, "twice in all");
    drop_fault_trigger(&world);
    assert_partial_and_heals(&world);
    let world = env_with_unsynced_list();
    run_at_fourth_batch(&world, &format!("IF nextval('happened') = 1 THEN {cancel}; END IF"));
    assert_complete(&world, world.run(&["sync", "--json"]));
}

#[test]
fn f_p09_new_tokens_are_stored_over_a_new_connection() {
    let world = env_with_unsynced_list();
    let generation = || query_count(&world, "(SELECT mal_token_generation FROM users)");
    let before = generation();
    let asked = || world.sim.control().logged_requests().iter().filter(|seen| seen.path.ends_with("/token")).count();
    world.sim.control().clear_log();
    world.sim.control().expire_tokens("alice", mal_sim::TokenSelector::Access).unwrap();
    let (process, gate) = world.spawn_paused_at(&["sync", "--json"], "token.before_persist", 0);
    wait_until("the tokens are refreshed", || asked() == 1);
    world.query_column(&KILL_SESSIONS_SQL.replace("pg_terminate_backend(pid)", "pg_terminate_backend(pid)::text"));
    drop(gate);
    assert_complete(&world, world.wait_for_exit(process));
    assert_eq!((generation(), asked()), (before + 1, 1));
}

#[test]
fn f_p10_server_that_turns_read_only_is_reported() {
    let world = env_with_unsynced_list();
    world.sync(&[]);
    let before = dump::read_application_tables(&world);
    let read_only = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$";
    world.execute_sql(read_only);
    // BEGIN READ WRITE goes through where only the default says otherwise: nothing is refused, so nothing is lost.
    let ran = world.run(&["sync", "--json", "--force-full"]);
    assert!(ran.code == 0 || ran.code == 6 && ran.stderr.contains("read-only"), "{ran:?}");
    let without_marks = |rows: Vec<String>| rows.into_iter().filter(|row| !row.contains("|alice|")).collect::<Vec<_>>();
    assert_eq!(without_marks(dump::read_application_tables(&world)), without_marks(before));
}

#[test]
fn f_p11_server_out_of_resources_ends_run() {
    for (code, words, hint) in [
        ("53100", "could not extend file", "hint: the server's disk is full"),
        ("53300", "sorry, too many clients already", "hint: the server has no connection left"),
        ("53200", "out of memory", "error: "),
    ] {
        let world = env_with_unsynced_list();
        run_at_fourth_batch(&world, &format!("RAISE EXCEPTION '{words}' USING ERRCODE = '{code}'"));
        let ran = world.run(&["sync"]).expect_code(6);
        assert!(ran.stderr.contains(words) && ran.stderr.contains(hint), "{}", ran.stderr);
        drop_fault_trigger(&world);
        assert_partial_and_heals(&world);
    }
}

#[test]
fn f_p17_missing_column_or_table_is_named() {
    for (gone, name) in [("ALTER TABLE anime DROP COLUMN rank", "rank"), ("DROP TABLE sync_changes", "sync_changes")] {
        let world = env_with_unsynced_list();
        world.sync(&[]);
        world.execute_sql("UPDATE user_anime_lists SET status = 'dropped'");
        world.execute_sql(gone);
        let entries = || world.query_column("SELECT id || status || updated_at FROM user_anime_lists ORDER BY id");
        let before = entries();
        let ran = world.run(&["sync", "--force-full"]).expect_code(6);
        assert!(ran.stderr.contains(name) && ran.stderr.contains("hint: the schema is not"), "{}", ran.stderr);
        assert_eq!(entries(), before);
    }
}

#[test]
fn f_p24_server_clock_an_hour_ahead_skips_no_change() {
    let world = env_with_unsynced_list();
    world.execute_sql(
        "CREATE SCHEMA ahead; CREATE FUNCTION ahead.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE \
        AS 'SELECT pg_catalog.clock_timestamp() + interval ''1 hour'''; \
        DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = ahead, pg_catalog, public', current_database()); \
        END $$",
    );
    world.sync(&[]);
    let ahead = "SELECT (last_mal_sync > (now() AT TIME ZONE 'UTC') + interval '50 minutes')::text FROM users";
    assert_eq!(world.query_value(ahead).as_deref(), Some("true"), "by the server's clock");
    for _ in 0..2 {
        world.sim.control().edit_entries("alice", 3).unwrap();
        let run = world.sync(&[]);
        assert_eq!((&run["mode"], &run["user_lists_updated"]), (&json!("incremental"), &json!(3)), "{run}");
    }
}

#[test]
fn f_p25_invalid_url_is_usage_error_and_unencrypted_remote_warns() {
    let mut world = TestEnv::with_login(DatabaseKind::Postgres, 1);
    let local = world.run(&["sync"]).expect_code(0);
    assert!(!local.stderr.contains("not encrypted"), "{}", local.stderr);
    // The one address of this machine that does not look like it.
    world.set_var("DATABASE_URL", &world.database_url().replace("127.0.0.1", "0.0.0.0"));
    let remote = world.run(&["sync"]).expect_code(0);
    assert!(remote.stderr.contains("0.0.0.0 is not encrypted"), "{}", remote.stderr);
    // A parameter that the driver does not know, which it would tell with its value.
    world.set_var("DATABASE_URL", "postgres://me@127.0.0.1:1/db?sslpassword=hunter2");
    let ran = world.run(&["status"]).expect_code(6);
    assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    for url in ["mysql://me:hunter2@host/db", "postgres://me:hunter2@host:99999/db"] {
        world.set_var("DATABASE_URL", url);
        let ran = world.run(&["sync"]).expect_code(2);
        assert!(ran.stderr.starts_with("error: ") && !ran.stderr.contains("hunter2"), "{}", ran.stderr);
    }
}

#[test]
fn p42_slow_and_cut_connection_to_mal_loses_nothing() {
    let mut world = env_with_unsynced_list();
    let proxy = FaultProxy::start(&world.sim.api_url());
    world.set_var("MAL_API_URL", &proxy.proxied_url(&world.sim.api_url()));
    world.set_var("MAL_PAGE_SIZE", "1000");
    proxy.set_latency(std::time::Duration::from_millis(2));
    proxy.cut_after(9000);
    let ran = world.run(&["sync", "--json"]);
    let retries = ran.json()["retries"].clone();
    assert_complete(&world, ran);
    assert!(retries.as_u64() >= Some(1), "{retries}");
}

#[test]
fn f_p20_concurrent_sync_from_another_machine_exits_7() {
    let world = env_with_unsynced_list();
    world.add_faults(&json!([{"match": {"path": "/v2/users/@me/animelist", "nth": 2}, "stall": true}]));
    let mut running = world.spawn(&["sync", "--json"]);
    world.wait_for_pages(2);
    // Another home folder: another key, another host for all that anybody can see.
    let elsewhere = tempfile::tempdir().unwrap();
    let second = world.command(&["sync", "--json"]).env("HOME", elsewhere.path()).output().unwrap();
    assert_eq!(second.status.code(), Some(7), "{}", String::from_utf8_lossy(&second.stderr));
    let told = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(told.starts_with("error: another sync of alice is running since "), "{told}");
    assert!(String::from_utf8_lossy(&second.stdout).contains(r#""status":"RUNNING""#));
    running.kill().unwrap();
    world.wait_for_exit(running);
    assert_partial_and_heals(&world);
}

/// Points the environment's `DATABASE_URL` at a pooler, and returns the direct URL.
fn connect_over_pooler(world: &mut TestEnv, pooler: &PgBouncer) -> String {
    let direct = world.database_url();
    let mut pooled = url::Url::parse(&direct).unwrap();
    pooled.set_port(Some(pooler.port)).unwrap();
    world.set_var("DATABASE_URL", pooled.as_str());
    direct
}

/// The locks belong to a session, which such a pooler does not keep for one client.
#[test]
fn f_p23_pooler_in_transaction_mode_is_refused_before_a_lock_is_taken() {
    let mut world = env_with_unsynced_list();
    let pooler = shared_cluster().start_pooler("transaction");
    let direct = connect_over_pooler(&mut world, &pooler);
    let told = world.run(&["sync"]).expect_code(6).stderr;
    assert!(told.contains("changes its server process: a pooler in transaction mode is in between"), "{told}");
    assert!(told.contains("hint: give malsync a direct connection"), "{told}");
    // This pooler does not support prepared statements, so a server process that was used before refuses sooner.
    let told = world.run(&["sync"]).expect_code(6).stderr;
    assert!(told.contains("a pooler in transaction mode is in between"), "{told}");
    world.set_var("DATABASE_URL", &direct);
    let locks = "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' \
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    assert_eq!(world.query_value(locks).as_deref(), Some("0"), "the pooler's server processes are still there");
    assert_eq!(count_entries(&world), 0);
    assert_complete(&world, world.run(&["sync", "--json"]));
}

#[test]
fn f_p23_pooler_in_session_mode_is_accepted() {
    let mut world = env_with_unsynced_list();
    let pooler = shared_cluster().start_pooler("session");
    connect_over_pooler(&mut world, &pooler);
    assert_complete(&world, world.run(&["sync", "--json"]));
    assert_eq!(world.sync(&["--force-full"])["status"], "SUCCESS", "on a server process that was used before");
}
