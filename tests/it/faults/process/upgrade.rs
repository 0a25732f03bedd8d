//! Databases of earlier releases, opened by this one.
//!
//! For each release, `tests/it/upgrade/VERSION/` has a dump of each database after a few syncs, and what that release
//! printed for it: `list --removed --sort id`, `changes --limit 1000`, `runs`, `status`, `token status`, all with
//! `--json`. A new release adds a folder and never changes one.

use std::fs;

use malsync_test_macros::on_both;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::support::test_env::{DatabaseKind, TestEnv};

/// The key that encrypted the tokens in the dumps.
const TOKEN_KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// Returns the dump and the output of a release.
fn read_release_dump(version: &str, kind: DatabaseKind) -> (String, Vec<Value>) {
    let name = if kind == DatabaseKind::Postgres { "postgres" } else { "sqlite" };
    let file = |ending: &str| {
        let file = format!("{}/tests/it/upgrade/{version}/{name}.{ending}", env!("CARGO_MANIFEST_DIR"));
        fs::read_to_string(file).unwrap()
    };
    (file("sql"), file("jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// Creates an environment with a database of version 0.1.0. Also returns the output of that version.
fn env_with_version_0_1_0(kind: DatabaseKind) -> (TestEnv, Vec<Value>) {
    let mut env = TestEnv::new(kind, 12);
    env.set_var("MALSYNC_TOKEN_KEY", TOKEN_KEY);
    let (dump, output_then) = read_release_dump("0.1.0", kind);
    if kind == DatabaseKind::Sqlite {
        fs::create_dir_all(env.database_file().parent().unwrap()).unwrap();
        fs::write(env.database_file(), "").unwrap();
    }
    env.execute_sql(&dump);
    (env, output_then)
}

#[on_both]
fn f_r03_older_schema_is_upgraded_by_reading_but_not_by_doctor(kind: DatabaseKind) {
    let (env, _) = env_with_version_0_1_0(kind);
    let version = || env.query_value("SELECT CAST(max(version) AS TEXT) FROM _sqlx_migrations");
    let before = version();
    env.run(&["doctor"]);
    env.run(&[]).expect_code(0);
    assert_eq!(version(), before);
    env.run(&["list"]).expect_code(0);
    assert_ne!(version(), before);
}

#[on_both]
fn f_c17_database_of_version_0_1_0_reads_unchanged(kind: DatabaseKind) {
    let (env, output_then) = env_with_version_0_1_0(kind);
    let commands = ["list --removed --sort id", "changes --limit 1000", "runs", "status", "token status"];
    let says: Vec<_> = commands
        .iter()
        .flat_map(|command| {
            let args: Vec<_> = command.split(' ').chain(["--json"]).collect();
            env.run(&args).expect_code(0).json_lines()
        })
        .collect();
    assert_eq!(says.len(), output_then.len());
    says.iter().zip(&output_then).for_each(|(now, then)| assert_fields_unchanged(now, then));
    // The key decrypts the tokens. This simulator has not issued them, which malsync learns only from a request.
    env.run(&["whoami"]).expect_code(4);
    let asked = env.sim.control().logged_requests();
    let sent = asked.iter().find(|request| request.path == "/v2/users/@me").unwrap().headers["authorization"]
        .as_str()
        .unwrap();
    let digest: String = Sha256::digest(sent).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, BEARER_SHA256[usize::from(kind == DatabaseKind::Postgres)]);
    env.run(&["login", "--force"]).expect_code(0);
    assert_eq!(env.sync(&["--force-full", "--allow-shrink"])["status"], "SUCCESS");
}

/// SHA-256 of `Bearer TOKEN` in the SQLite dump and in the PostgreSQL dump.
const BEARER_SHA256: [&str; 2] = [
    "0a8a966fc3b5769d199d41cbc6a87ea1bde3742c97ed96488e07f6616a7f1b0c",
    "969f6e1fbad3cf08a8a86f1e98d43444018558132484f016b968d38d0e0e48ec",
];

/// Asserts that every earlier field has its value. New fields may exist.
#[track_caller]
fn assert_fields_unchanged(now: &Value, then: &Value) {
    match (now, then) {
        (Value::Object(now), Value::Object(then)) => {
            then.iter().for_each(|(name, value)| assert_fields_unchanged(now.get(name).unwrap_or(&Value::Null), value));
        }
        _ => assert_eq!(now, then),
    }
}
