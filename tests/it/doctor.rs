//! `doctor`: what it finds, and that it changes nothing.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt as _};

use mal_sim::{FaultRule, SimConfig};
use malsync_test_macros::on_both;
use serde_json::{Value, json};

use crate::{
    schedule::{CRONTAB_SCRIPT, install_program, take_program_calls, unit_paths},
    support::{
        keyring::{KeyringSession, SecretServiceKind},
        login::add_fault,
        test_env::{CLIENT_ID, DatabaseKind, TestEnv},
    },
};

/// Returns the checks and the exit code.
fn run_doctor(env: &TestEnv) -> (Vec<Value>, i32) {
    let output = env.run(&["doctor", "--json"]);
    (output.json()["checks"].as_array().unwrap().clone(), output.code)
}

/// Returns level, message and hint of the first check with this name.
#[track_caller]
fn find_check(env: &TestEnv, name: &str) -> (String, String, String) {
    let (checks, _) = run_doctor(env);
    let check = checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("no {name}: {checks:?}"));
    let text = |field: &str| check[field].as_str().unwrap_or_default().to_owned();
    (text("level"), text("message"), text("hint"))
}

#[on_both]
fn doctor_on_healthy_setup_reports_every_check_ok(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 3);
    install_program(&mut env, "crontab", CRONTAB_SCRIPT);
    env.run(&["schedule", "install", "--with", "cron"]).expect_code(0);
    env.sync(&[]);
    let (checks, code) = run_doctor(&env);
    let names: Vec<_> = checks.iter().map(|check| check["name"].as_str().unwrap()).collect();
    // The clock of a PostgreSQL server is compared, too. The last check is about MAL's clock.
    let (content_check, machine_check) =
        if kind == DatabaseKind::Sqlite { ("damage", "disk") } else { ("encoding", "clock") };
    assert_eq!(
        names,
        [
            "malsync",
            "configuration",
            "settings",
            "files",
            "redirect",
            "keyring",
            "database",
            "writes",
            content_check,
            "tables",
            machine_check,
            "login",
            "last sync",
            "schedule",
            "MAL",
            "client id",
            "clock"
        ]
    );
    assert!(checks.iter().all(|check| check["level"] == "ok" && check["hint"].is_null()), "{checks:#?}");
    assert_eq!(code, 0);
    let stdout = env.run(&["doctor"]).expect_code(0).stdout;
    assert!(stdout.ends_with("17 ok, 0 warnings, 0 errors\n"), "{stdout}");
    let (_, settings, _) = find_check(&env, "settings");
    assert!(settings.contains("environment overrides: MAL_CLIENT_ID, MAL_REDIRECT_URI, "), "{settings}");
}

#[on_both]
fn doctor_creates_and_changes_nothing(kind: DatabaseKind) {
    let env = TestEnv::new(kind, 3);
    let (_, code) = run_doctor(&env);
    assert_eq!(code, 1, "nobody is logged in");
    match kind {
        DatabaseKind::Sqlite => assert!(!env.home().join(".local").exists()),
        DatabaseKind::Postgres => {
            let tables = env.query_value("SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'");
            assert_eq!(tables.as_deref(), Some("0"));
        }
    }
    env.run(&["login"]).expect_code(0);
    let rows = "SELECT CAST(mal_token_generation AS TEXT) || ' ' || CAST(updated_at AS TEXT) FROM users";
    let tokens = || {
        let mut tokens = ["access", "refresh"].map(|kind| env.sim.control().tokens_json()[kind].clone());
        for token in tokens.iter_mut().flat_map(|list| list.as_array_mut().unwrap()) {
            // The seconds that are left get fewer while `doctor` runs.
            token.as_object_mut().unwrap().remove("expires_in").unwrap();
        }
        tokens
    };
    let before = (env.query_value(rows), tokens());
    env.sim.control().clear_log();
    assert_eq!(run_doctor(&env).1, 0, "a user who has never been synced is no error");
    assert!((env.query_value(rows), tokens()) == before, "neither the row nor the tokens changed");
    let asked: Vec<_> = env.sim.control().logged_requests().into_iter().map(|request| request.path).collect();
    assert_eq!(asked.len(), 2, "one request to the API and one registration check: {asked:?}");
}

#[on_both]
fn doctor_reports_old_schema_without_migrating(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    let newest = "SELECT CAST(max(version) AS TEXT) FROM _sqlx_migrations";
    let newest_version = env.query_value(newest).unwrap();
    env.execute_sql("DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)");
    let (level, message, hint) = find_check(&env, "database");
    assert_eq!(level, "warn");
    assert!(
        message.contains(&format!("this version needs {newest_version}")) && hint.contains("malsync status"),
        "{message}"
    );
    assert_ne!(env.query_value(newest).unwrap(), newest_version, "the migration is still pending");
}

#[test]
fn doctor_reports_client_id_unknown_to_mal() {
    let known = Some(CLIENT_ID.to_owned());
    let mut env = TestEnv::with_config(
        DatabaseKind::Sqlite,
        SimConfig { entries: 3, auto_consent: true, client_id: known, ..SimConfig::default() },
    );
    env.run(&["login"]).expect_code(0);
    env.set_var("MAL_CLIENT_ID", "ffffffffffffffffffffffffffffffff");
    let (level, message, hint) = find_check(&env, "client id");
    assert_eq!(level, "error");
    assert!(message.contains("rejected") && hint.contains("https://myanimelist.net/apiconfig"), "{message}");
    // The tokens also belong to another client id.
    let (level, message, hint) = find_check(&env, "login");
    assert_eq!(level, "error");
    assert!(message.contains("a different client ID") && hint.contains("MAL_CLIENT_ID=0011"), "{message}: {hint}");
    env.set_var("MAL_CLIENT_ID", "");
    assert!(find_check(&env, "client id").2.contains("malsync config set mal_client_id"));
    assert_eq!(run_doctor(&env).1, 1);
}

#[test]
fn doctor_warns_if_client_id_cannot_be_checked() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    env.sync(&[]);
    add_fault(&env, FaultRule::for_path("*/authorize").status(503));
    assert_eq!(find_check(&env, "client id").0, "warn");
}

#[test]
fn doctor_names_the_address_of_a_taken_redirect_port() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    for (held, address) in [(("127.0.0.1", env.redirect_port()), "127.0.0.1"), (("::1", env.redirect_port()), "[::1]")]
    {
        let Ok(_socket) = TcpListener::bind(held) else { continue };
        let (level, message, hint) = find_check(&env, "redirect");
        assert_eq!(level, "warn");
        assert!(message.contains(address) && hint.contains("--paste"), "{message}: {hint}");
    }
}

#[test]
fn doctor_compares_clock_with_mal() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    let answer = FaultRule::for_path("/v2").status(404).header("date", "Mon, 01 Jan 2024 00:00:00 GMT");
    add_fault(&env, answer.json(json!({"error": "not_found"})));
    let (level, message, hint) = find_check(&env, "clock");
    assert_eq!(level, "warn");
    assert!(message.contains("ahead of MAL's clock") && hint.contains("timedatectl"), "{message}");
}

#[test]
fn doctor_does_not_wait_for_unresponsive_keyring() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    let _session = KeyringSession::start(&mut env, SecretServiceKind::Unresponsive);
    let (level, message, _) = find_check(&env, "keyring");
    assert!(level == "ok" && message.contains("no answer within 3 s"), "{level} {message}");
    env.set_var("MALSYNC_TOKEN_STORE", "keyring");
    let (level, _, hint) = find_check(&env, "keyring");
    assert!(level == "error" && hint.contains("MALSYNC_TOKEN_STORE=both"), "{level} {hint}");
}

#[test]
fn doctor_probes_keyring_without_writing() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let session = KeyringSession::start(&mut env, SecretServiceKind::Unlocked);
    let (level, message, _) = find_check(&env, "keyring");
    assert_eq!((&*level, &*message), ("ok", "available"));
    assert!(!session.search_with_secret_tool(&env).contains("probe"));
}

#[test]
fn doctor_reports_missing_token_key() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    fs::remove_file(env.home().join(".local/share/malsync/token.key")).unwrap();
    let (level, message, hint) = find_check(&env, "login");
    assert_eq!(level, "error");
    assert!(message.starts_with("the login of alice: ") && !hint.is_empty(), "{message}");
    assert!(!env.home().join(".local/share/malsync/token.key").exists());
}

#[test]
fn group_readable_secret_is_reported_by_doctor_only() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    let file = env.home().join(".config/malsync/config.toml");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    for (text, level) in [("mal_client_secret = 'a'\n", "warn"), ("mal_page_size = 7\n", "ok")] {
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let (found, message, hint) = find_check(&env, "files");
        assert_eq!(found, level, "{message}");
        assert_eq!(hint.contains("config.toml"), level == "warn", "{hint}");
        let stderr = env.run(&["status"]).expect_code(0).stderr;
        assert!(!stderr.contains("config.toml"), "{stderr}");
    }
}

#[test]
fn doctor_reports_schedule_problems_without_repairing() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    let schedule = |env: &TestEnv| {
        let (level, message, hint) = find_check(env, "schedule");
        format!("{level}: {message} | {hint}")
    };
    install_program(&mut env, "crontab", CRONTAB_SCRIPT);
    install_program(&mut env, "systemctl", "case \"$2\" in show) echo 'Wed 2026-11-25 04:17:00 UTC';; esac");
    assert_eq!(schedule(&env), "warn: no sync is scheduled | malsync schedule install");
    fs::write(env.home().join("table"), "0 1 * * * malsync sync --quiet\n").unwrap();
    assert_eq!(schedule(&env), "ok: by your own job: 0 1 * * * malsync sync --quiet | ");
    // The timer of the Debian package, enabled.
    let wants = env.home().join(".config/systemd/user/timers.target.wants");
    fs::create_dir_all(&wants).unwrap();
    std::os::unix::fs::symlink("/usr/lib/systemd/user/malsync.timer", wants.join("malsync.timer")).unwrap();
    assert!(schedule(&env).contains("timers.target.wants/malsync.timer"), "{}", schedule(&env));
    fs::remove_dir_all(&wants).unwrap();

    env.run(&["schedule", "install", "--with", "systemd", "--every", "6h"]).expect_code(0);
    take_program_calls(&env);
    assert_eq!(schedule(&env), "ok: every 6h by systemd, next run Wed 2026-11-25 04:17:00 UTC | ");
    let calls = take_program_calls(&env);
    let harmless = |calls: &String| {
        ["systemctl --user is-active", "systemctl --user show", "crontab -l"]
            .iter()
            .any(|start| calls.starts_with(start))
    };
    assert!(calls.iter().all(harmless), "{calls:?}");
    install_program(&mut env, "systemctl", "echo inactive; exit 3");
    assert_eq!(schedule(&env), "warn: every 6h by systemd, but not started | malsync schedule install");
    install_program(&mut env, "systemctl", "echo 'Failed to connect to bus' >&2; exit 1");
    assert!(schedule(&env).starts_with("warn: every 6h by systemd, but whether it is started is unknown | "));
    install_program(&mut env, "systemctl", "exec sleep 600");
    assert!(schedule(&env).starts_with("warn: every 6h by systemd, but whether it is started is unknown | "));
    let [service, _] = unit_paths(&env);
    let text = fs::read_to_string(&service).unwrap();
    fs::write(&service, text.replace(env!("CARGO_BIN_EXE_malsync"), "/old/malsync")).unwrap();
    install_program(&mut env, "systemctl", "");
    let schedule_check = schedule(&env);
    assert!(
        schedule_check.contains("another malsync than this one") && schedule_check.contains(": /old/malsync | "),
        "{schedule_check}"
    );
    assert!(unit_paths(&env).iter().all(|path| path.exists()));
}

#[test]
fn doctor_copes_with_missing_or_hanging_scheduler() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    install_program(&mut env, "crontab", "exec sleep 600");
    let (level, message, hint) = find_check(&env, "schedule");
    assert_eq!(level, "warn");
    assert!(message.ends_with("cannot read the crontab: crontab: no response"), "{message}");
    assert_eq!(hint, "see whether you may use cron: crontab -l");
    env.set_var("PATH", "/nowhere");
    let (level, message, hint) = find_check(&env, "schedule");
    assert_eq!(level, "warn");
    assert_eq!(message, "no sync is scheduled: this machine has neither systemd nor a crontab program");
    assert_eq!(hint, "install cron and run: malsync schedule install --with cron");
}
