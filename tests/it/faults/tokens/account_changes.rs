//! A login with `--force` gives a row to another MAL account: work for the previous account must stop.

use malsync_test_macros::on_both;
use serde_json::{Value, json};

use super::{
    add_fault, concurrent_changes::sync_held_at_page_two, issue_pair, list_state, read_token_row, refresh_fault,
    sent_refresh_tokens,
};
use crate::support::{
    keyring::{KeyringSession, SecretServiceKind},
    test_env::{CommandOutput, DatabaseKind, TestEnv},
    wait_until,
};

/// Creates an environment with two accounts, of which `alice` is logged in.
fn env_with_two_accounts(kind: DatabaseKind, entries: usize) -> TestEnv {
    let users = vec!["alice".into(), "bob".into()];
    let env =
        TestEnv::with_config(kind, mal_sim::SimConfig { users, entries, auto_consent: true, ..Default::default() });
    env.run(&["login"]).expect_code(0);
    env
}

/// Gives the row of `alice` to the account of bob.
fn log_in_as_bob(env: &TestEnv) {
    env.sim.control().set_consenting_user("bob").unwrap();
    env.run(&["login", "--user", "alice", "--force"]).expect_code(0);
}

/// Asserts that the run ended and reported that the row belongs to another account.
fn assert_stopped(env: &TestEnv, output: &CommandOutput) {
    let report = output.json();
    assert_eq!(report["status"], "FAILED");
    assert!(
        output.stderr.contains("error: ") && output.stderr.contains("now belongs to another MAL account"),
        "{output:?}"
    );
    assert!(output.stderr.contains("hint: to sync that account's list, run: malsync sync --user alice"), "{output:?}");
    let run = env.run(&["status", "--run", &report["run_id"].to_string(), "--json"]).expect_code(0).json();
    assert_eq!((&run["status"], &run["failed"]), (&json!("FAILED"), &json!(true)));
    let marks = "last_mal_sync IS NOT NULL OR mal_list_watermark IS NOT NULL OR last_full_sync IS NOT NULL";
    assert_eq!(env.query_column(&format!("SELECT username FROM users WHERE {marks}")), []);
    let id = i64::try_from(env.sim.control().user_id("bob").unwrap()).unwrap();
    assert_eq!(env.query_value("SELECT CAST(mal_user_id AS TEXT) FROM users").unwrap(), id.to_string());
}

#[on_both]
fn f_t24_login_as_another_account_during_sync_ends_it(kind: DatabaseKind) {
    let mut env = env_with_two_accounts(kind, 50);
    let running = sync_held_at_page_two(&mut env);
    log_in_as_bob(&env);
    env.sim.control().clear_faults();
    let bobs_row = read_token_row(&env);
    let output = env.wait_for_exit(running).expect_code(8);
    assert_stopped(&env, &output);
    assert_eq!((read_token_row(&env), sent_refresh_tokens(&env).len()), (bobs_row, 0));
    let log = env.sim.control().logged_requests();
    let mut pages = log.iter().filter(|request| request.path.ends_with("/animelist"));
    assert!(
        pages.all(|request| request.user.as_deref() == Some("alice")),
        "the list of the other account was requested"
    );
    assert!(list_state(&env).0 <= 10, "only entries from before are stored");
    let run = env.sync(&["--allow-shrink"]);
    assert_eq!((&run["status"], &run["anime_fetched"]), (&json!("SUCCESS"), &json!(50)));
}

#[on_both]
fn f_t24_login_as_another_account_before_checkpoint_keeps_it_empty(kind: DatabaseKind) {
    let env = env_with_two_accounts(kind, 3);
    let (running, gate) = env.spawn_paused_at(&["sync", "--json"], "run.before_mark", 0);
    wait_until("all entries are stored", || list_state(&env).0 == 3);
    log_in_as_bob(&env);
    drop(gate);
    assert_stopped(&env, &env.wait_for_exit(running).expect_code(8));
    let status = env.run(&["status", "--json"]).expect_code(0).json();
    assert_eq!((&status["last_mal_sync"], &status["running"]), (&Value::Null, &json!(false)));
    env.sync(&["--allow-shrink"]);
}

#[on_both]
fn f_t24_login_as_same_account_does_not_disturb_sync(kind: DatabaseKind) {
    let env = env_with_two_accounts(kind, 3);
    env.execute_sql("UPDATE users SET mal_user_id = NULL");
    let (running, gate) = env.spawn_paused_at(&["sync", "--json"], "run.before_mark", 0);
    wait_until("all entries are stored", || list_state(&env).0 == 3);
    env.run(&["login"]).expect_code(0);
    drop(gate);
    assert_eq!(env.wait_for_exit(running).expect_code(0).json()["status"], "SUCCESS");
    assert_eq!(list_state(&env), (3, true));
}

/// Asserts that no entries of the other account were stored. The row does not tell whose tokens it has; only MAL
/// does.
fn assert_no_foreign_entries(env: &TestEnv, output: &CommandOutput, entries: usize) {
    assert_eq!(output.json()["status"], "FAILED");
    let message = "the login changed to another MAL account during the run: bob";
    assert!(output.stderr.contains(message), "{}", output.stderr);
    assert_eq!(list_state(env), (entries, false), "only entries from before are stored");
    assert_eq!(output.json()["requests"], env.sim.control().logged_requests().len(), "every request is counted");
}

#[on_both]
fn f_t24_tokens_of_another_account_in_table_fetch_no_page(kind: DatabaseKind) {
    let mut env = env_with_two_accounts(kind, 50);
    env.sim.control().clear_log();
    let running = sync_held_at_page_two(&mut env);
    let bobs_tokens = issue_pair(&env, "bob");
    let tokens = format!(
        "mal_access_token = '{}', mal_refresh_token = '{}'",
        bobs_tokens.access_token, bobs_tokens.refresh_token
    );
    env.execute_sql(&format!("UPDATE users SET {tokens}, mal_token_generation = mal_token_generation + 1"));
    env.sim.control().clear_faults();
    let output = env.wait_for_exit(running).expect_code(8);
    assert_no_foreign_entries(&env, &output, 20);
}

#[on_both]
fn f_t24_tokens_of_another_account_from_refresh_fetch_no_page(kind: DatabaseKind) {
    let mut env = env_with_two_accounts(kind, 50);
    env.set_var("MAL_PAGE_SIZE", "10");
    env.set_var("SYNC_BATCH_SIZE", "10");
    let when = json!({"user": "alice", "which": "access", "after_requests": 2});
    env.sim.control().expire_matching_tokens(&serde_json::from_value(when).unwrap()).unwrap();
    let bobs_tokens = issue_pair(&env, "bob");
    let answer = json!({"token_type": "Bearer", "expires_in": 2_678_400, "access_token": bobs_tokens.access_token,
        "refresh_token": bobs_tokens.refresh_token});
    add_fault(&env, refresh_fault().status(200).json(answer));
    env.sim.control().clear_log();
    let output = env.run(&["sync", "--json"]).expect_code(8);
    assert_no_foreign_entries(&env, &output, 10);
}

/// Starts a login that pauses after writing the table and before the keyring, which alone has the tokens.
fn login_paused_before_keyring(env: &TestEnv) -> std::process::Child {
    let before = read_token_row(env).generation;
    let mut slow = env.command(&["login"]);
    let slow = slow.env("FAILPOINTS", "login.after_store=sleep(3000)").spawn().unwrap();
    wait_until("the table is written", || read_token_row(env).generation > before);
    slow
}

#[on_both]
fn f_t10_reader_during_login_waits_for_whole_pair_with_keyring(kind: DatabaseKind) {
    let mut env = TestEnv::new(kind, 3);
    let _session = KeyringSession::start(&mut env, SecretServiceKind::Unlocked);
    env.set_var("MALSYNC_TOKEN_STORE", "keyring");
    env.run(&["login"]).expect_code(0);
    let slow = login_paused_before_keyring(&env);
    env.run(&["whoami"]).expect_code(0);
    env.wait_for_exit(slow).expect_code(0);
    env.sync(&[]);
    assert!(sent_refresh_tokens(&env).is_empty());
}

#[on_both]
fn f_t21_logout_during_login_leaves_no_token_with_keyring(kind: DatabaseKind) {
    let mut env = TestEnv::new(kind, 3);
    let session = KeyringSession::start(&mut env, SecretServiceKind::Unlocked);
    for store in ["both", "keyring"] {
        env.set_var("MALSYNC_TOKEN_STORE", store);
        env.run(&["login"]).expect_code(0);
        let slow = login_paused_before_keyring(&env);
        env.run(&["logout"]).expect_code(0);
        env.wait_for_exit(slow).expect_code(0);
        assert!(
            !session.search_with_secret_tool(&env).contains("secret = "),
            "{store}: nothing is left in the keyring"
        );
        let after = read_token_row(&env);
        assert_eq!((after.access, after.refresh), (None, None));
        env.run(&["sync"]).expect_code(4);
    }
}
