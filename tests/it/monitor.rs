//! Notifications of syncs. A failing receiver never makes a sync fail.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt as _};

use mal_sim::SimTokenKind;
use malsync_test_macros::on_both;
use serde_json::{Value, json};

use crate::support::{
    notification_receiver::NotificationReceiver,
    test_env::{DatabaseKind, TestEnv},
};

#[on_both]
fn ping_url_gets_every_sync_and_webhook_only_state_changes(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 5);
    let (check, webhook) = (NotificationReceiver::start(), NotificationReceiver::start());
    env.set_var("MALSYNC_PING_URL", &check.url);
    env.set_var("MALSYNC_WEBHOOK_URL", &webhook.url);
    env.sync(&[]);
    let heard = check.take_requests();
    assert_eq!(heard.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(), ["/start", ""]);
    assert!(heard[1].1.starts_with("✓ Synced alice in "), "a program reads it, without colors: {heard:?}");
    assert_eq!(webhook.take_requests(), [], "no state has changed");

    env.sim.control().revoke_tokens("alice", SimTokenKind::Both).unwrap();
    let output = env.run(&["sync"]).expect_code(4);
    let heard = check.take_requests();
    assert_eq!(heard.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(), ["/start", "/fail"]);
    assert!(heard[1].1.starts_with("exit code 4\n") && heard[1].1.contains("malsync login"), "{heard:?}");
    let notices = webhook.take_requests();
    assert_eq!(notices.len(), 1, "{output:?}");
    let notice: Value = serde_json::from_str(&notices[0].1).unwrap();
    assert_eq!((&notice["event"], &notice["users"][0]["exit_code"]), (&json!("failure"), &json!(4)));
    assert_eq!((&notice["text"], &notice["users"][0]["username"]), (&notice["content"], &json!("alice")));
    assert!(notice["text"].as_str().unwrap().contains("malsync login"), "{notice}");

    for _ in 0..3 {
        env.run(&["sync", "--all-users"]).expect_code(4);
    }
    assert_eq!(check.take_requests().len(), 6);
    assert_eq!(webhook.take_requests(), [], "it was reported before");
    env.run(&["sync", "--dry-run"]).expect_code(4);
    assert_eq!(check.take_requests(), [], "a dry run sends no ping");

    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
    let notices = webhook.take_requests();
    assert_eq!(notices.len(), 1);
    assert_eq!(serde_json::from_str::<Value>(&notices[0].1).unwrap()["event"], "recovery");
}

#[test]
fn webhook_that_was_down_gets_one_message_when_it_is_back() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 5);
    let webhook = NotificationReceiver::start();
    let told = env.home().join("told");
    env.set_var("MALSYNC_WEBHOOK_URL", &webhook.url);
    let script = format!("cat >> '{}'", told.display());
    env.set_var("MALSYNC_NOTIFY_COMMAND", &format!("sh -c {} sh", shlex::try_quote(&script).unwrap()));
    let login = || env.run(&["login"]).expect_code(0);
    let fail = || env.run(&["sync"]).expect_code(4);
    let revoke = || env.sim.control().revoke_tokens("alice", SimTokenKind::Both).unwrap();
    let events = || -> Vec<Value> {
        let requests = webhook.take_requests();
        requests.iter().map(|(_, body)| serde_json::from_str::<Value>(body).unwrap()["event"].clone()).collect()
    };
    env.sync(&[]);
    revoke();
    webhook.set_status(503);
    for _ in 0..3 {
        fail();
    }
    assert_eq!(events(), ["failure", "failure", "failure"], "tried with each run");
    webhook.set_status(204);
    for _ in 0..3 {
        fail();
    }
    assert_eq!(events(), ["failure"], "told once it was accepted");
    assert_eq!(fs::read_to_string(&told).unwrap().matches("\"event\"").count(), 1, "the command accepted at once");

    webhook.set_status(500);
    login();
    env.sync(&[]);
    webhook.set_status(200);
    env.sync(&["--force-full"]);
    env.sync(&["--force-full"]);
    assert_eq!(events(), ["recovery", "recovery"]);

    webhook.set_status(500);
    revoke();
    fail();
    login();
    webhook.set_status(200);
    env.sync(&["--force-full"]);
    assert_eq!(events(), ["failure"], "no recovery of a failure that nobody heard of");
}

#[on_both]
fn metrics_file_is_updated_after_each_sync_also_failed_ones(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 5);
    let folder = env.home().join("textfiles");
    fs::create_dir(&folder).unwrap();
    let file = folder.join("malsync.prom");
    env.set_var("MALSYNC_METRICS_FILE", file.to_str().unwrap());
    env.sync(&[]);
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o644,
        "the file must be readable for other users"
    );
    assert_eq!(text, env.run(&["metrics"]).expect_code(0).stdout);
    assert!(text.contains("malsync_runs_total{user=\"alice\",status=\"SUCCESS\"} 1\n"), "{text}");
    let generation = |text: &str| {
        let line = text.lines().find(|line| line.starts_with("malsync_token_generation{")).unwrap();
        line.rsplit(' ').next().unwrap().parse::<i64>().unwrap()
    };
    env.run(&["token", "refresh"]).expect_code(0);
    let refreshed = env.run(&["metrics"]).expect_code(0).stdout;
    assert_eq!(generation(&refreshed), generation(&text) + 1, "a refresh outside a run counts");

    env.sim.control().revoke_tokens("alice", SimTokenKind::Both).unwrap();
    for _ in 0..3 {
        env.run(&["sync"]).expect_code(4);
    }
    let text = fs::read_to_string(&file).unwrap();
    for line in [
        "malsync_runs_total{user=\"alice\",status=\"FAILED\"} 1",
        "malsync_sync_failures_total{user=\"alice\",exit_code=\"4\",begun=\"true\"} 1",
        "malsync_sync_failures_total{user=\"alice\",exit_code=\"4\",begun=\"false\"} 2",
        "malsync_needs_login{user=\"alice\"} 1",
    ] {
        assert!(text.lines().any(|told| told == line), "{line}\n{text}");
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "no temporary file is left");
}

#[test]
fn failing_notification_receivers_never_fail_a_sync() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 5);
    let hearer = NotificationReceiver::start();
    hearer.set_status(500);
    // A server that accepts connections and never responds.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let never = format!("http://{}/ping/b8a3c1f2-0000-4000-8000-1234567890ab", silent.local_addr().unwrap());
    env.set_var("MALSYNC_WEBHOOK_URL", &hearer.url);
    env.set_var("MALSYNC_METRICS_FILE", "/proc/nowhere/malsync.prom");
    env.set_var("MALSYNC_NOTIFY_COMMAND", "false");
    let began = std::time::Instant::now();
    for check in [never.as_str(), "http://127.0.0.1:1/b8a3c1f2-0000", &hearer.url] {
        env.set_var("MALSYNC_PING_URL", check);
        let output = env.run(&["sync"]).expect_code(0);
        assert_eq!(output.stderr.matches("warning: MALSYNC_PING_URL: ").count(), 1, "{output:?}");
        assert!(output.stderr.contains("warning: MALSYNC_METRICS_FILE: /proc/nowhere/malsync.prom: "), "{output:?}");
        assert!(!output.stderr.contains("b8a3c1f2"), "the URL is a secret: {output:?}");
    }
    assert!(began.elapsed().as_secs() < 60, "timeouts of receivers are a few seconds");
    env.sim.control().revoke_tokens("alice", SimTokenKind::Both).unwrap();
    let output = env.run(&["sync"]).expect_code(4);
    assert!(output.stderr.contains("warning: MALSYNC_WEBHOOK_URL: 127.0.0.1 returned 500"), "{output:?}");
    assert!(output.stderr.contains("warning: MALSYNC_NOTIFY_COMMAND: false failed"), "{output:?}");
    assert_eq!(output.stderr.matches("error: ").count(), 1, "{output:?}");
}

#[test]
fn notify_command_gets_text_and_json_without_secrets() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 5);
    let out = env.home().join("told");
    let script = format!("printf '%s\\n' \"$1\" >> '{0}'; cat >> '{0}'; env >> '{0}'", out.display());
    env.set_var(
        "MALSYNC_NOTIFY_COMMAND",
        &format!("sh -c {} sh", shlex::try_quote(&script.replace("%s", "%b")).unwrap()),
    );
    env.set_var("MALSYNC_PING_URL", "http://127.0.0.1:1/b8a3c1f2-0000-4000-8000");
    env.sync(&[]);
    assert!(!out.exists());
    env.sim.control().revoke_tokens("alice", SimTokenKind::Both).unwrap();
    env.run(&["sync"]).expect_code(4);
    let received = fs::read_to_string(&out).unwrap();
    assert!(received.starts_with("malsync: the sync of alice failed with exit code 4: "), "{received}");
    assert!(received.contains("\"event\":\"failure\"") && !received.contains("b8a3c1f2"), "{received}");
}

#[test]
fn f_e09_message_inside_a_word_of_the_notify_command_is_refused() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 5);
    for command in ["sh -c 'echo \"%s\"'", "sh -c %s", "notify --text=%s"] {
        env.set_var("MALSYNC_NOTIFY_COMMAND", command);
        let output = env.run(&["sync"]).expect_code(2);
        assert!(output.stderr.starts_with("error: MALSYNC_NOTIFY_COMMAND "), "{output:?}");
        assert!(output.stderr.contains("\nhint: ") && output.stderr.contains("sh -c '… \"$1\"' sh %s"), "{output:?}");
    }
    // The form of the hint gives the message to the script as data.
    let out = env.home().join("told");
    let script = format!("printf %b \"$1\" > {}", out.display());
    env.set_var("MALSYNC_NOTIFY_COMMAND", &format!("sh -c '{script}' sh %s"));
    env.sim.control().revoke_tokens("alice", SimTokenKind::Both).unwrap();
    env.run(&["sync"]).expect_code(4);
    assert!(fs::read_to_string(&out).unwrap().starts_with("malsync: the sync of alice failed"));
}

#[test]
fn f_e11_notify_command_is_masked_and_not_inherited() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 5);
    let out = env.home().join("environment");
    env.set_var("MALSYNC_NOTIFY_COMMAND", &format!("sh -c 'env > {}' k3y-of-a-chat", out.display()));
    let shown = env.run(&["config", "show"]).expect_code(0);
    assert!(!shown.stdout.contains("k3y-of-a-chat"), "{shown:?}");
    env.sim.control().revoke_tokens("alice", SimTokenKind::Both).unwrap();
    env.run(&["sync"]).expect_code(4);
    let received = fs::read_to_string(&out).unwrap();
    assert!(received.contains("HOME=") && !received.contains("k3y-of-a-chat"), "{received}");
}

#[test]
fn tell_once_reports_a_lasting_failure_once() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 5);
    let job = ["sync", "--all-users", "--quiet", "--tell-once"];
    let run_job = |code: i32| {
        let output = env.run(&job).expect_code(code);
        output.stdout + &output.stderr
    };
    assert_eq!(run_job(0), "");
    env.sim.control().revoke_tokens("alice", SimTokenKind::Both).unwrap();
    let first = run_job(4);
    assert!(first.contains("error: ") && first.contains("hint: malsync login"), "{first}");
    assert_eq!((run_job(4), run_job(4)), (String::new(), String::new()));
    assert!(
        env.run(&job[..3]).expect_code(4).stderr.contains("error: "),
        "without the flag, every failure is reported"
    );
    env.run(&["login"]).expect_code(0);
    assert_eq!(run_job(0), "");
    env.sim.control().revoke_tokens("alice", SimTokenKind::Both).unwrap();
    env.run(&["sync"]).expect_code(4);
    assert!(run_job(4).contains("error: "), "a new failure is reported, whoever else met it before");
    env.run(&["login"]).expect_code(0);
    env.sim.control().revoke_tokens("alice", SimTokenKind::Both).unwrap();
    assert!(run_job(4).contains("error: "), "the new login failed too");
    assert_eq!(run_job(4), "");
}

#[test]
fn status_and_doctor_tell_of_a_sync_that_did_not_start() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 30);
    env.sync(&[]);
    let status = |flags: &[&str]| env.run(&[&["status"][..], flags].concat());
    assert!(!status(&[]).expect_code(0).stdout.contains("failing"));
    env.run(&["edit", "--where", "status=watching,completed,on_hold,dropped", "--priority", "2", "--yes"])
        .expect_code(0);
    env.run(&["sync", "--push", "--max", "1", "--quiet"]).expect_code(8);
    let shown = status(&[]).expect_code(0).stdout;
    assert!(
        shown.contains("the last sync on this machine did not start: ") && shown.contains("exit code 8"),
        "{shown}"
    );
    let checks = env.run(&["doctor"]).stdout;
    assert!(checks.contains("did not start"), "{checks}");
    env.sync(&[]);
    assert!(!status(&[]).expect_code(0).stdout.contains("failing"), "it is over");
    assert_eq!(status(&["-q", "--max-age", "1h"]).expect_code(0).stdout, "");
    env.execute_sql("UPDATE users SET last_mal_sync = '2026-01-01 00:00:00'");
    let stale = status(&["-q", "--max-age", "1h"]).expect_code(9);
    assert!(stale.stdout.is_empty() && stale.stderr.contains("error: alice: Out of date: "), "{stale:?}");
}

/// A sync that fails on a server's database is the first to need the data folder.
#[test]
fn folder_of_the_state_of_a_postgres_sync_is_private() {
    let mut env = TestEnv::new(DatabaseKind::Postgres, 5);
    env.set_var("XDG_DATA_HOME", &env.home().join("fresh").display().to_string());
    env.run(&["sync"]).expect_code(4);
    let folder = env.home().join("fresh/malsync");
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&folder.join("syncs.json"))), (0o700, 0o600));
}
