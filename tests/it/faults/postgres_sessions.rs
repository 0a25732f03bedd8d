//! Sessions on PostgreSQL: limits of statements, poolers, schemas that share a database, and few connections.

use std::{
    fs,
    io::{BufRead as _, BufReader},
};

use serde_json::json;

use super::postgres::{LIST_ENTRIES, count_entries, env_with_unsynced_list};
use crate::support::{
    dump::query_count,
    postgres::{PgBouncer, PostgresCluster, shared_cluster},
    proxy::FaultProxy,
    test_env::{CommandOutput, DatabaseKind, TestEnv, block_on},
    wait_until,
};

#[track_caller]
fn assert_complete(env: &TestEnv, output: CommandOutput) {
    assert_eq!(output.expect_code(0).json()["status"], "SUCCESS");
    assert_eq!(count_entries(env), i64::try_from(LIST_ENTRIES).unwrap());
}

/// Starts a sync with a short limit of statements, and pauses it before the fourth batch. Returns its output after the
/// fault.
fn sync_with_silent_server(env: &mut TestEnv, direct: &str, fault: impl FnOnce(&TestEnv)) -> CommandOutput {
    let gate = env.home().join("gate-batch.begin");
    fs::write(&gate, "").unwrap();
    let points = format!("store.statement_limit=return(3000);batch.begin=3*off->1*return({})->off", gate.display());
    let process = env.command(&["sync", "--json"]).env("FAILPOINTS", points).spawn().unwrap();
    env.set_var("DATABASE_URL", direct);
    wait_until("three batches are stored", || count_entries(env) == 60);
    fault(env);
    fs::remove_file(gate).unwrap();
    env.wait_for_exit(process)
}

#[test]
fn f_p27_network_that_drops_everything_ends_run() {
    let mut env = env_with_unsynced_list();
    let direct = env.database_url();
    let proxy = FaultProxy::start(&direct);
    env.set_var("DATABASE_URL", &proxy.proxied_url(&direct));
    let output = sync_with_silent_server(&mut env, &direct, |_| proxy.freeze()).expect_code(6);
    assert!(output.stderr.contains("cannot connect") && output.stderr.contains("\nhint: "), "{}", output.stderr);
    assert_eq!(count_entries(&env), 60);
    // The server's keepalives would end its sessions.
    proxy.close_connections();
    let locks = "(SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' \
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))";
    wait_until("the server has ended its sessions", || query_count(&env, locks) == 0);
    assert_eq!(env.sync(&[])["status"], "SUCCESS");
}

#[test]
fn f_p27_frozen_server_ends_run() {
    let own = PostgresCluster::start();
    let mut env = TestEnv::new(DatabaseKind::Postgres, LIST_ENTRIES);
    env.set_var("DATABASE_URL", &own.superuser_url(&block_on(own.create_database())));
    env.set_var("SYNC_BATCH_SIZE", "20");
    env.run(&["login"]).expect_code(0);
    let direct = env.database_url();
    let output = sync_with_silent_server(&mut env, &direct, |_| own.signal_all("STOP"));
    own.signal_all("CONT");
    let output = output.expect_code(6);
    assert!(output.stderr.contains("cannot connect"), "{}", output.stderr);
    wait_until("the server rolled back", || count_entries(&env) == 60);
    assert_eq!(env.sync(&[])["status"], "SUCCESS");
}

#[test]
fn f_p27_connections_have_keepalives() {
    let mut env = env_with_unsynced_list();
    let direct = env.database_url();
    let proxy = FaultProxy::start(&direct);
    env.set_var("DATABASE_URL", &proxy.proxied_url(&direct));
    let (process, gate) = env.spawn_paused_at(&["sync", "--json"], "batch.begin", 3);
    env.set_var("DATABASE_URL", &direct);
    wait_until("three batches are stored", || count_entries(&env) == 60);
    let peer = format!(":{:04X}", proxy.port());
    // Columns: number, local and remote address, state, queues, timer. Timer 02 is the keepalive.
    wait_until("the keepalive timer runs", || {
        let sockets = fs::read_to_string("/proc/net/tcp").unwrap();
        sockets
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .any(|columns| columns[2].ends_with(&peer) && columns[3] == "01" && columns[5].starts_with("02:"))
    });
    drop(gate);
    assert_complete(&env, env.wait_for_exit(process));
}

#[test]
fn f_p28_limits_hold_behind_a_pooler_in_session_mode() {
    let mut env = env_with_unsynced_list();
    env.execute_sql(
        "CREATE TABLE seen (lock_limit text, statement_limit text); \
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES \
        (current_setting('lock_timeout'), current_setting('statement_timeout')); RETURN NEW; END $$; \
        CREATE TRIGGER noting AFTER INSERT ON sync_runs FOR EACH ROW EXECUTE FUNCTION note()",
    );
    let pooler = shared_cluster().start_pooler("session");
    let direct = connect_over_pooler(&mut env, &pooler);
    let sync = env.run(&["sync", "--json"]);
    for args in [&["status"][..], &["list"], &["whoami"], &["doctor"]] {
        let output = env.run(args);
        assert!(!output.stderr.contains("pooler"), "{args:?}: {}", output.stderr);
    }
    env.set_var("DATABASE_URL", &direct);
    assert_complete(&env, sync);
    let seen = env.query_column("SELECT lock_limit || ' ' || statement_limit FROM seen");
    assert_eq!(seen, [Some("30s 110s".to_owned())]);
}

#[test]
fn f_p28_pooler_in_statement_or_transaction_mode_is_refused_by_name() {
    for mode in ["statement", "transaction"] {
        let mut env = env_with_unsynced_list();
        let pooler = shared_cluster().start_pooler(mode);
        let direct = connect_over_pooler(&mut env, &pooler);
        for args in [&["sync"][..], &["status"], &["login"], &["list"]] {
            let output = env.run(args).expect_code(6);
            assert!(output.stderr.contains(&format!("a pooler in {mode} mode is in between")), "{}", output.stderr);
            assert!(output.stderr.contains("hint: connect directly to the server"), "{}", output.stderr);
        }
        env.set_var("DATABASE_URL", &direct);
        assert_complete(&env, env.run(&["sync", "--json"]));
    }
}

#[test]
fn f_p29_two_schemas_of_a_database_share_no_lock() {
    let mut env = TestEnv::new(DatabaseKind::Postgres, 40);
    let url = env.database_url();
    env.execute_sql("CREATE SCHEMA one; CREATE SCHEMA two");
    let in_schema = |schema: &str| format!("{url}?options=-csearch_path%3D{schema}");
    for schema in ["one", "two"] {
        env.set_var("DATABASE_URL", &in_schema(schema));
        env.run(&["login"]).expect_code(0);
    }
    env.set_var("SYNC_BATCH_SIZE", "10");
    env.set_var("DATABASE_URL", &in_schema("one"));
    let (process, gate) = env.spawn_paused_at(&["sync", "--json"], "batch.begin", 1);
    env.set_var("DATABASE_URL", &in_schema("two"));
    // The first sync holds its lock once it has stored a batch.
    wait_until("a batch is stored", || query_count(&env, "(SELECT count(*) FROM one.user_anime_lists)") == 10);
    assert_eq!(env.run(&["status", "--json"]).json()["running"], false);
    assert_eq!(env.sync(&[])["status"], "SUCCESS");
    env.set_var("DATABASE_URL", &in_schema("one"));
    assert_eq!(env.run(&["status", "--json"]).json()["running"], true);
    env.run(&["sync"]).expect_code(7);
    drop(gate);
    env.wait_for_exit(process).expect_code(0);
}

#[test]
fn f_p30_two_connections_suffice() {
    let mut env = env_with_unsynced_list();
    let superuser = env.database_url();
    let name = superuser.rsplit('/').next().unwrap().to_owned();
    let role = format!("narrow_{name}");
    env.execute_sql(&format!(
        "CREATE ROLE {role} LOGIN CONNECTION LIMIT 2; GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}; \
        GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}"
    ));
    env.set_var("DATABASE_URL", &shared_cluster().role_url(&role, &name));
    let output = env.run(&["sync", "--json"]).expect_code(0);
    assert_eq!(output.json()["user_lists_created"], json!(LIST_ENTRIES));
    for args in [&["sync", "--all-users"][..], &["sync", "--force-full"], &["status"], &["stats"], &["doctor"]] {
        let output = env.run(args);
        assert!(output.code != 6 && !output.stderr.contains("too many connections"), "{args:?}: {}", output.stderr);
    }
    env.set_var("DATABASE_URL", &superuser);
    assert_eq!(count_entries(&env), 200);
}

#[test]
fn f_p30_full_server_is_waited_for() {
    let mut env = env_with_unsynced_list();
    let superuser = env.database_url();
    let name = superuser.rsplit('/').next().unwrap().to_owned();
    let role = format!("shared_{name}");
    env.execute_sql(&format!(
        "CREATE ROLE {role} LOGIN CONNECTION LIMIT 1; GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}"
    ));
    env.set_var("DATABASE_URL", &shared_cluster().role_url(&role, &name));
    let held = env.hold_connection("SELECT 1");
    let mut process = env.spawn(&["-vv", "status"]);
    let log = BufReader::new(process.stderr.take().unwrap());
    assert!(log.lines().map_while(Result::ok).any(|line| line.contains("retrying")), "the server was not waited for");
    drop(held);
    env.wait_for_exit(process).expect_code(0);
    let _held = env.hold_connection("SELECT 1");
    let output = env.run(&["status"]).expect_code(6);
    assert!(output.stderr.contains("too many connections for role"), "{}", output.stderr);
    assert!(output.stderr.contains("hint: the server has no free connections"), "{}", output.stderr);
}

#[test]
fn f_p31_standby_is_read_and_named() {
    let own = PostgresCluster::start();
    let mut env = TestEnv::new(DatabaseKind::Postgres, 5);
    let database = block_on(own.create_database());
    env.set_var("DATABASE_URL", &own.superuser_url(&database));
    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
    let standby = own.start_standby();
    env.set_var("DATABASE_URL", &standby.superuser_url(&database));
    wait_until("the standby has the list", || count_entries(&env) == 5);
    env.sim.control().clear_log();
    assert_eq!(env.run(&["list", "--json"]).expect_code(0).stdout.lines().count(), 5);
    env.run(&["whoami"]).expect_code(0);
    for args in [&["sync"][..], &["token", "refresh"]] {
        let output = env.run(args).expect_code(6);
        assert!(output.stderr.contains("this server is a standby"), "{args:?}: {}", output.stderr);
        assert!(output.stderr.contains("hint: point DATABASE_URL at the primary"), "{args:?}: {}", output.stderr);
    }
    let requests = env.sim.control().logged_requests();
    assert!(!requests.iter().any(|request| request.path.ends_with("/token")), "a refresh token was spent");
    let doctor = env.run(&["doctor"]).expect_code(1).stdout;
    assert!(doctor.contains("the server is a standby or still recovering"), "{doctor}");
}

/// Points the environment's `DATABASE_URL` at a pooler, and returns the direct URL.
fn connect_over_pooler(env: &mut TestEnv, pooler: &PgBouncer) -> String {
    let direct = env.database_url();
    let mut pooled = url::Url::parse(&direct).unwrap();
    pooled.set_port(Some(pooler.port)).unwrap();
    env.set_var("DATABASE_URL", pooled.as_str());
    direct
}

/// The locks belong to a session, which such a pooler does not keep for one client.
#[test]
fn f_p23_pooler_in_transaction_mode_is_refused_before_a_lock_is_taken() {
    let mut env = env_with_unsynced_list();
    let pooler = shared_cluster().start_pooler("transaction");
    let direct = connect_over_pooler(&mut env, &pooler);
    let stderr = env.run(&["sync"]).expect_code(6).stderr;
    assert!(stderr.contains("a pooler in transaction mode is in between"), "{stderr}");
    assert!(stderr.contains("hint: connect directly to the server"), "{stderr}");
    // This pooler does not support prepared statements, so a server process that was used before refuses sooner.
    let stderr = env.run(&["sync"]).expect_code(6).stderr;
    assert!(stderr.contains("a pooler in transaction mode is in between"), "{stderr}");
    env.set_var("DATABASE_URL", &direct);
    let locks = "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' \
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    assert_eq!(env.query_value(locks).as_deref(), Some("0"), "the pooler's server processes are still there");
    assert_eq!(count_entries(&env), 0);
    assert_complete(&env, env.run(&["sync", "--json"]));
}

#[test]
fn f_p23_pooler_in_session_mode_is_accepted() {
    let mut env = env_with_unsynced_list();
    let pooler = shared_cluster().start_pooler("session");
    let direct = connect_over_pooler(&mut env, &pooler);
    let sync = env.run(&["sync", "--json"]);
    assert_eq!(env.sync(&["--force-full"])["status"], "SUCCESS", "on a server process that was used before");
    env.set_var("DATABASE_URL", &direct);
    assert_complete(&env, sync);
}
