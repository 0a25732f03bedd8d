//! Commands that read: they create nothing, and read where nothing may be written.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    process::{Command, Stdio},
};

use malsync_test_macros::{on_both, on_postgres};

use crate::support::{
    dump::{self, query_count},
    test_env::{CommandOutput, DatabaseKind, TestEnv},
};

/// Commands that read and speak of one user.
const COMMANDS_OF_A_USER: [&[&str]; 15] = [
    &["status"],
    &["status", "--json"],
    &["list"],
    &["show", "1"],
    &["stats"],
    &["report"],
    &["runs"],
    &["changes"],
    &["export"],
    &["token", "status"],
    &["pin"],
    &["whoami"],
    &["edit", "1", "--score", "9"],
    &["token", "refresh"],
    &["sync"],
];

/// Returns statements that make the tables of an application from the same schema, with a user.
fn application_sql(kind: DatabaseKind) -> String {
    let folder = if kind == DatabaseKind::Postgres { "postgres" } else { "sqlite" };
    let file = format!("{}/migrations/{folder}/0001_seed_tables.sql", env!("CARGO_MANIFEST_DIR"));
    let user = "INSERT INTO users (id, username, email) VALUES (1, 'bob', 'bob@example.org')";
    format!("{}; {user}", fs::read_to_string(file).unwrap().trim_end().trim_end_matches(';'))
}

/// Returns the names of all tables. The file is not created.
fn table_names(env: &TestEnv) -> Vec<String> {
    let sql = match env.kind {
        DatabaseKind::Postgres => {
            "SELECT relname::text FROM pg_class WHERE relkind = 'r' \
            AND relnamespace = 'public'::regnamespace ORDER BY 1"
        }
        DatabaseKind::Sqlite if !env.database_file().exists() => return Vec::new(),
        DatabaseKind::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1",
    };
    env.query_column(sql).into_iter().flatten().collect()
}

#[on_both]
fn f_r01_reading_an_absent_database_creates_nothing(kind: DatabaseKind) {
    let env = TestEnv::new(kind, 3);
    for args in COMMANDS_OF_A_USER {
        let output = env.run(args).expect_code(4);
        assert!(output.stderr.contains("error: not logged in (database: "), "{args:?}: {}", output.stderr);
    }
    assert_eq!(env.run(&["status", "--json"]).json()["user_id"], serde_json::Value::Null);
    let metrics = env.run(&["metrics"]).expect_code(0);
    assert!(metrics.stdout.contains("# TYPE malsync_entries gauge"), "{}", metrics.stdout);
    env.run(&["status", "--run", "1"]).expect_code(1);
    env.run(&["sync", "--all-users"]).expect_code(4);
    env.run(&["doctor"]);
    env.run(&[]).expect_code(0);
    assert_eq!(table_names(&env), [""; 0]);
    assert_eq!(file_names(&env), [""; 0]);
    env.run(&["login"]).expect_code(0);
    assert_eq!(env.sync(&[])["status"], "SUCCESS", "a login makes the tables");
}

#[on_both]
fn f_r02_application_tables_are_empty_to_reading_commands(kind: DatabaseKind) {
    let env = TestEnv::new(kind, 3);
    if kind == DatabaseKind::Sqlite {
        fs::create_dir_all(env.database_file().parent().unwrap()).unwrap();
        fs::write(env.database_file(), "").unwrap();
    }
    env.execute_sql(&application_sql(kind));
    let before = table_names(&env);
    for args in COMMANDS_OF_A_USER {
        let output = env.run(args).expect_code(4);
        let word = "the existing tables belong to an application; the first malsync login adds malsync's to them";
        assert!(output.stderr.contains(word), "{args:?}: {}", output.stderr);
    }
    env.run(&["metrics"]).expect_code(0);
    assert_eq!(table_names(&env), before);
    env.execute_sql("UPDATE users SET mal_refresh_token = 'theirs'");
    let output = env.run(&["list"]).expect_code(4);
    assert!(output.stderr.contains("the first malsync sync adds malsync's to them"), "{}", output.stderr);
    assert_eq!(table_names(&env), before);
    // The application's tokens are a login. MAL does not know this one.
    env.run(&["sync"]).expect_code(4);
    assert!(table_names(&env).contains(&"sync_runs".to_owned()));
}

/// Runs a command as an account that may not write the file: root may write everything unless these capabilities are
/// removed.
fn run_without_write_access(env: &TestEnv, args: &[&str]) -> CommandOutput {
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let malsync = env.command(&[]);
    let mut command = Command::new(if is_root { "setpriv" } else { "env" });
    if is_root {
        command.arg("--bounding-set=-dac_override,-dac_read_search");
    }
    command.arg(malsync.get_program()).args(args).env_clear().current_dir(env.home());
    command.envs(malsync.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    env.wait_for_exit(command.spawn().unwrap())
}

/// Makes the database file, the folder or both read-only while `work` runs.
fn with_modes(env: &TestEnv, file_mode: u32, folder_mode: u32, work: impl FnOnce()) {
    let file = env.database_file();
    let folder = file.parent().unwrap();
    let set = |path: &std::path::Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    set(&file, file_mode);
    set(folder, folder_mode);
    work();
    set(folder, 0o700);
    set(&file, 0o600);
}

/// Returns the names of the SQLite file and of all files beside it that begin with its name.
fn file_names(env: &TestEnv) -> Vec<String> {
    let files = fs::read_dir(env.database_file().parent().unwrap()).into_iter().flatten();
    let mut names: Vec<_> = files.map(|file| file.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name.starts_with("malsync.db"));
    names.sort();
    names
}

#[test]
fn f_r04_file_that_may_not_be_written_is_read() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 5);
    env.sync(&[]);
    let id = env.sim.control().entry_ids("alice").unwrap()[0].to_string();
    env.run(&["edit", &id, "--priority", "2"]).expect_code(0);
    let before = (file_names(&env), dump::read_application_tables(&env));
    for (file_mode, folder_mode) in [(0o444, 0o555), (0o444, 0o755), (0o644, 0o555)] {
        with_modes(&env, file_mode, folder_mode, || {
            let list = run_without_write_access(&env, &["list", "--json"]).expect_code(0);
            assert_eq!(list.stdout.lines().count(), 5, "{file_mode:o} {folder_mode:o}");
            let status = run_without_write_access(&env, &["status", "--json"]).expect_code(0).json();
            assert_eq!(status["last_run"]["status"], "SUCCESS");
            for args in
                [&["stats"][..], &["runs"], &["changes"], &["export"], &["metrics"], &["token", "status"], &["pin"]]
            {
                run_without_write_access(&env, args).expect_code(0);
            }
            for args in [&["push", "--dry-run", "--json"][..], &["revert", "--dry-run", "--json"], &["diff", "--json"]]
            {
                let output = run_without_write_access(&env, args).expect_code(0);
                assert_eq!(output.stdout.lines().count(), 1, "{args:?}");
            }
            for args in [&["sync"][..], &["push", "--yes"], &["pin", "1", "notes"], &["logout"]] {
                run_without_write_access(&env, args).expect_code(6);
            }
            assert_eq!(file_names(&env), before.0, "{file_mode:o} {folder_mode:o}");
        });
    }
    assert_eq!(dump::read_application_tables(&env), before.1);
}

#[test]
fn f_r05_outdated_file_that_may_not_be_written_names_the_command() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 2);
    env.execute_sql("DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)");
    with_modes(&env, 0o444, 0o555, || {
        let output = run_without_write_access(&env, &["list"]).expect_code(6);
        assert!(output.stderr.contains("created by an older version of malsync"), "{}", output.stderr);
        assert!(
            output.stderr.contains("hint: run once with write access to the database: malsync status"),
            "{}",
            output.stderr
        );
    });
}

#[test]
fn f_r06_leftover_wal_is_read_or_refused_and_never_ignored() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    let (process, gate) = env.spawn_paused_at(&["sync"], "run.before_mark", 0);
    crate::support::wait_until("the entries are stored", || {
        query_count(&env, "(SELECT count(*) FROM user_anime_lists)") == 3
    });
    // The killed process leaves its -wal file behind.
    let mut process = process;
    process.kill().unwrap();
    process.wait().unwrap();
    drop(gate);
    let sidecar = |ending: &str| std::path::PathBuf::from(format!("{}{ending}", env.database_file().display()));
    assert!(fs::metadata(sidecar("-wal")).unwrap().len() > 0);
    with_modes(&env, 0o444, 0o555, || {
        let list = run_without_write_access(&env, &["list", "--json"]).expect_code(0);
        assert_eq!(list.stdout.lines().count(), 3, "the -wal file is read");
    });
    fs::remove_file(sidecar("-shm")).unwrap();
    with_modes(&env, 0o444, 0o555, || {
        let output = run_without_write_access(&env, &["list"]).expect_code(6);
        assert!(output.stderr.contains("-wal") && output.stderr.contains("hint: run once with"), "{}", output.stderr);
    });
    assert_eq!(env.run(&["list", "--json"]).expect_code(0).stdout.lines().count(), 3);
}

#[on_postgres]
fn f_r07_read_only_server_is_read(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    env.sync(&[]);
    let read_only = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$";
    env.execute_sql(&format!(
        "DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations); {read_only}"
    ));
    let output = env.run(&["list"]).expect_code(6);
    assert!(output.stderr.contains("created by an older version of malsync"), "{}", output.stderr);
    assert!(output.stderr.contains("hint: run once with write access to the database"), "{}", output.stderr);
}

/// Returns the check of `doctor` with this name.
fn doctor_check(output: &CommandOutput, name: &str) -> serde_json::Value {
    let checks = output.json()["checks"].as_array().unwrap().clone();
    checks.into_iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("no check {name}: {output:?}"))
}

#[on_both]
fn f_r08_doctor_names_missing_tables(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    assert_eq!(doctor_check(&env.run(&["doctor", "--json"]), "tables")["level"], "ok");
    env.execute_sql("DROP TABLE sync_changes");
    let check = doctor_check(&env.run(&["doctor", "--json"]).expect_code(1), "tables");
    assert_eq!((&check["level"], &check["message"]), (&"error".into(), &"missing: sync_changes".into()));
    assert!(check["hint"].as_str().unwrap().contains("backup"));
}

#[test]
fn f_r08_doctor_sees_damage_and_a_file_that_may_not_be_written() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 200);
    env.sync(&[]);
    let healthy = env.run(&["doctor", "--json"]);
    for name in ["damage", "writes"] {
        assert_eq!(doctor_check(&healthy, name)["level"], "ok", "{name}");
    }
    with_modes(&env, 0o444, 0o555, || {
        let check = doctor_check(&run_without_write_access(&env, &["doctor", "--json"]).expect_code(1), "writes");
        assert_eq!(check["level"], "error");
        assert!(check["hint"].as_str().unwrap().contains("check the owner and mode of"), "{check}");
    });
    let mut bytes = fs::read(env.database_file()).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 8192].fill(0x5a);
    fs::write(env.database_file(), bytes).unwrap();
    let check = doctor_check(&env.run(&["doctor", "--json"]).expect_code(1), "damage");
    assert_eq!(check["level"], "error");
    assert!(check["hint"].as_str().unwrap().contains("restore the file from a backup"), "{check}");
}
