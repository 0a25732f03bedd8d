//! `sync --all-users`: many users in one process, and in several processes that share a database and the rate limit.

use std::{collections::BTreeMap, process::Command};

use mal_sim::{IssueTokensRequest, LoggedRequest};
use malsync_test_macros::{on_both, on_postgres};
use serde_json::{Value, json};

use crate::support::{
    dump::query_count,
    memory::run_measuring_memory,
    test_env::{CLIENT_ID, DatabaseKind, TestEnv},
    wait_until,
};

/// Creates an environment with this many users and entries each. All users are logged in, by rows that another
/// program might have written.
fn env_with_logins(kind: DatabaseKind, users: usize, entries: usize) -> TestEnv {
    let names: Vec<_> = (0..users).map(|number| format!("user{number:04}")).collect();
    let config = mal_sim::SimConfig { users: names.clone(), entries, auto_consent: true, ..Default::default() };
    let env = TestEnv::with_config(kind, config);
    env.create_tables();
    let rows: Vec<_> = names
        .iter()
        .map(|name| {
            let control = env.sim.control();
            let request =
                IssueTokensRequest { user: name.clone(), client_id: Some(CLIENT_ID.to_owned()), ..Default::default() };
            let (tokens, id) = (control.issue_tokens_with(&request).unwrap(), control.user_id(name).unwrap());
            let (access, refresh) = (tokens.access_token, tokens.refresh_token);
            format!("('{name}', {id}, '{access}', '{refresh}', '2099-01-01 00:00:00', '{CLIENT_ID}')")
        })
        .collect();
    env.execute_sql(&format!(
        "INSERT INTO users (username, mal_user_id, mal_access_token, mal_refresh_token, mal_token_expires_at, mal_client_id) \
        VALUES {}",
        rows.join(", ")
    ));
    env
}

/// Returns user and status of each object.
fn user_statuses(runs: &[Value]) -> Vec<(&str, &str)> {
    runs.iter().map(|run| (run["username"].as_str().unwrap(), run["status"].as_str().unwrap())).collect()
}

/// Returns the API requests in order.
fn api_requests(env: &TestEnv) -> Vec<LoggedRequest> {
    env.sim.control().logged_requests().into_iter().filter(|request| request.path.starts_with("/v2/")).collect()
}

/// The next requested page never comes.
fn stall_next_page(env: &TestEnv) {
    env.add_faults(&json!([{"match": {"path": "/v2/users/@me/animelist"}, "stall": true}]));
}

fn count_entries(env: &TestEnv, name: &str) -> i64 {
    query_count(
        env,
        &format!(
            "(SELECT count(*) FROM user_anime_lists l JOIN users u ON u.id = l.user_id WHERE u.username = '{name}')"
        ),
    )
}

#[on_both]
fn users_are_synced_concurrently_and_reported_by_name(kind: DatabaseKind) {
    let mut env = env_with_logins(kind, 12, 20);
    env.set_var("MAL_PAGE_SIZE", "10");
    env.sim.control().resize_list("user0000", 2000).unwrap();
    let runs = env.run(&["sync", "--all-users", "--json"]).expect_code(0).json_lines();
    let names: Vec<_> = (0..12).map(|number| format!("user{number:04}")).collect();
    assert_eq!(user_statuses(&runs), names.iter().map(|name| (name.as_str(), "SUCCESS")).collect::<Vec<_>>());
    for (run, (entries, requests)) in runs.iter().zip(std::iter::once((2000, 201)).chain(std::iter::repeat((20, 3)))) {
        assert_eq!((&run["user_lists_created"], &run["requests"]), (&json!(entries), &json!(requests)), "{run}");
    }
    let log = api_requests(&env);
    let last = |name: &str| log.iter().rposition(|request| request.user.as_deref() == Some(name)).unwrap();
    assert!(names[1..].iter().all(|name| last(name) < last("user0000")), "a long list must not delay other users");
    assert_eq!(
        query_count(&env, "(SELECT count(*) FROM mal_pace)"),
        0,
        "a rate above MAL's limit needs no shared slots"
    );
}

#[on_both]
fn user_synced_by_another_process_is_skipped_even_if_forced(kind: DatabaseKind) {
    for flags in [
        &["--all-users", "--json"][..],
        &["--all-users", "--json", "--force-full"],
        &["--all-users", "--json", "--prune"],
    ] {
        let env = env_with_logins(kind, 2, 5);
        let (first, gate) = env.spawn_paused_at(&["sync", "--user", "user0000", "--force-full"], "run.before_mark", 0);
        env.wait_for_pages(1);
        let second = env.spawn(&[&["sync"], flags].concat());
        let other = "(SELECT count(*) FROM users WHERE username = 'user0001' AND last_mal_sync IS NOT NULL)";
        wait_until("the second process has synced the free user", || query_count(&env, other) == 1);
        if kind == DatabaseKind::Sqlite {
            // SQLite stores these times in whole seconds.
            let later = "(SELECT datetime('now') > max(last_mal_sync) FROM users)";
            wait_until("the second in which it began is over", || query_count(&env, later) == 1);
        }
        drop(gate);
        env.wait_for_exit(first).expect_code(0);
        let runs = env.wait_for_exit(second).expect_code(0).json_lines();
        assert_eq!(user_statuses(&runs), [("user0000", "SKIPPED"), ("user0001", "SUCCESS")], "{flags:?}");
        assert_eq!((&runs[0]["mode"], &runs[0]["run_id"]), (&json!("skipped"), &Value::Null));
        assert_eq!(query_count(&env, "(SELECT count(*) FROM sync_runs)"), 2, "{flags:?}");
    }
}

#[on_both]
fn user_of_a_killed_process_is_synced_by_another(kind: DatabaseKind) {
    let env = env_with_logins(kind, 3, 5);
    stall_next_page(&env);
    let mut dying = env.spawn(&["sync", "--user", "user0001"]);
    env.wait_for_pages(1);
    let other = env.spawn(&["sync", "--all-users", "--json"]);
    let through = "(SELECT count(*) FROM users WHERE last_mal_sync IS NOT NULL)";
    wait_until("the other process has synced the free users", || query_count(&env, through) == 2);
    dying.kill().unwrap();
    env.wait_for_exit(dying);
    let runs = env.wait_for_exit(other).expect_code(0).json_lines();
    assert!(user_statuses(&runs).iter().all(|(_, status)| *status == "SUCCESS"), "{runs:?}");
    assert_eq!(query_count(&env, "(SELECT count(*) FROM sync_runs WHERE status = 'INTERRUPTED')"), 1);
}

#[on_both]
fn user_of_a_hanging_process_is_reported_as_running(kind: DatabaseKind) {
    let mut env = env_with_logins(kind, 2, 5);
    stall_next_page(&env);
    let mut still = env.spawn(&["sync", "--user", "user0000"]);
    env.wait_for_pages(1);
    env.set_var("MAL_HTTP_TIMEOUT", "5s");
    let output = env.run(&["sync", "--all-users", "--json"]).expect_code(7);
    assert_eq!(user_statuses(&output.json_lines()), [("user0000", "RUNNING"), ("user0001", "SUCCESS")]);
    assert!(
        output.stderr.contains("error: user user0000: another sync of user0000 is already running (since "),
        "{}",
        output.stderr
    );
    still.kill().unwrap();
    env.wait_for_exit(still);
}

#[on_both]
fn signal_stops_all_users_at_batch_boundaries(kind: DatabaseKind) {
    let mut env = env_with_logins(kind, 20, 30);
    env.set_var("SYNC_BATCH_SIZE", "10");
    env.add_faults(
        &json!([{"match": {"path": "/v2/users/@me/animelist", "nth": 3}, "stall": true, "times": "forever"}]),
    );
    let running = env.spawn(&["sync", "--all-users", "--json"]);
    env.wait_for_pages(8);
    Command::new("kill").arg(running.id().to_string()).output().unwrap();
    let output = env.wait_for_exit(running).expect_code(143);
    let runs = output.json_lines();
    assert!(runs.iter().all(|run| run["anime_fetched"].as_u64().unwrap() % 10 == 0), "{runs:?}");
    assert!(user_statuses(&runs).iter().filter(|(_, status)| *status == "INTERRUPTED").count() >= 2, "{runs:?}");
    assert!(user_statuses(&runs).is_sorted(), "results are in order of names");
    assert_eq!(query_count(&env, "(SELECT count(*) FROM sync_runs WHERE status = 'RUNNING')"), 0, "{}", output.stderr);
}

#[on_both]
fn dry_run_of_all_users_writes_nothing(kind: DatabaseKind) {
    let env = env_with_logins(kind, 10, 5);
    let runs = env.run(&["sync", "--all-users", "--dry-run", "--json"]).expect_code(0).json_lines();
    assert_eq!(runs.len(), 10);
    assert!(user_statuses(&runs).iter().all(|(_, status)| *status == "SUCCESS") && user_statuses(&runs).is_sorted());
    for table in ["anime", "user_anime_lists", "sync_runs", "sync_changes", "mal_pace"] {
        assert_eq!(query_count(&env, &format!("(SELECT count(*) FROM {table})")), 0, "{table}");
    }
}

/// Rate limit in requests per second that all processes share.
const REQUESTS_PER_SECOND: u32 = 10;

/// Asserts that no request reached the simulator before its slot, if the first slot began at `began_ms`. A busy machine
/// may delay requests, and so bring two of them together, but none comes early.
#[track_caller]
fn assert_paced(log: &[LoggedRequest], began_ms: f64) {
    let mut slot = began_ms;
    for request in log {
        assert!(request.at_ms >= slot - 1.0, "{} ms is before {slot}: {log:?}", request.at_ms);
        slot += 1000.0 / f64::from(REQUESTS_PER_SECOND);
    }
}

/// Sends the simulator a request. Returns when it arrived, on the clock of the request log.
fn read_log_clock(env: &TestEnv) -> f64 {
    let url = format!("{}/clock", env.sim.api_url());
    assert!(Command::new("curl").args(["-s", "-o", "/dev/null", &url]).status().unwrap().success());
    env.sim.control().logged_requests().last().unwrap().at_ms
}

/// Returns how often each user's list was synced completely.
fn count_completed_syncs(env: &TestEnv) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    let sql = "SELECT username FROM sync_runs WHERE status = 'SUCCESS'";
    for name in env.query_column(sql).into_iter().flatten() {
        *times.entry(name).or_default() += 1;
    }
    times
}

/// Syncs with eight processes, which the server cannot tell from eight machines, and kills three of them midway.
fn sync_on_eight_machines(users: usize, entries: usize, pages: usize) {
    let mut env = env_with_logins(DatabaseKind::Postgres, users, entries);
    env.set_var("MAL_API_RATE_LIMIT", &REQUESTS_PER_SECOND.to_string());
    env.set_var("SYNC_MIN_INTERVAL", "1h");
    let began_ms = read_log_clock(&env);
    env.sim.control().clear_log();
    let mut machines: Vec<_> = (0..8).map(|_| env.spawn(&["sync", "--all-users", "--json"])).collect();
    env.wait_for_pages(pages);
    for mut dying in machines.drain(..3) {
        dying.kill().unwrap();
        env.wait_for_exit(dying);
    }
    for machine in machines {
        let runs = env.wait_for_exit(machine).expect_code(0).json_lines();
        assert_eq!(runs.len(), users, "one object per user");
        assert!(user_statuses(&runs).is_sorted() && runs.iter().all(|run| run["successful"] == true), "{runs:?}");
    }
    assert_paced(&api_requests(&env), began_ms);
    let completed = count_completed_syncs(&env);
    assert_eq!(completed.len(), users, "every user is synced");
    assert!(completed.values().all(|times| *times == 1), "no user is synced twice: {completed:?}");
    for name in completed.keys() {
        assert_eq!(count_entries(&env, name), i64::try_from(entries).unwrap(), "{name}");
    }
    assert_eq!(query_count(&env, "(SELECT count(*) FROM mal_pace)"), 1, "one row per client id");
}

#[on_postgres]
fn f_h27_eight_processes_share_rate_limit_and_survive_three_kills() {
    sync_on_eight_machines(12, 20, 6);
}

#[on_postgres]
#[ignore = "nightly: forty users"]
fn f_h27_forty_users_on_eight_processes_share_rate_limit() {
    sync_on_eight_machines(40, 150, 30);
}

#[on_postgres]
fn f_h27_retry_after_of_one_process_delays_the_other() {
    let mut env = env_with_logins(DatabaseKind::Postgres, 2, 5);
    env.set_var("MAL_API_RATE_LIMIT", "20");
    env.add_faults(
        &json!([{"match": {"path": "/v2/users/@me/animelist"}, "status": 429, "headers": {"Retry-After": "8"}}]),
    );
    let first_process = env.spawn(&["sync", "--user", "user0000"]);
    env.wait_for_pages(1);
    let refused = api_requests(&env).last().unwrap().at_ms;
    // The response is on its way. The other process must find the block in the database.
    wait_until("the block is stored", || {
        let ahead = "(SELECT count(*) FROM mal_pace WHERE next_at > (clock_timestamp() AT TIME ZONE 'UTC') + interval '1 second')";
        query_count(&env, ahead) == 1
    });
    env.run(&["sync", "--user", "user0001"]).expect_code(0);
    env.wait_for_exit(first_process).expect_code(0);
    let later: Vec<_> = api_requests(&env).into_iter().filter(|request| request.at_ms > refused).collect();
    assert!(later.len() >= 3 && later.iter().all(|request| request.at_ms >= refused + 7990.0), "{later:?}");
}

/// Measures the memory for a thousand users. docs/scaling.md has the figures.
#[on_both]
#[ignore = "nightly: a thousand users"]
#[expect(clippy::print_stdout, reason = "the figures are the result of the measurement")]
fn thousand_users_need_little_more_memory_than_one(kind: DatabaseKind) {
    let one = run_measuring_memory(&env_with_logins(kind, 1, 300), &["sync", "--all-users", "--json"]);
    let env = env_with_logins(kind, 1000, 300);
    let began = std::time::Instant::now();
    let many = run_measuring_memory(&env, &["sync", "--all-users", "--json"]);
    println!("{kind:?}: {} kB for one, {} kB for a thousand, in {:?}", one.1, many.1, began.elapsed());
    assert_eq!(many.0.expect_code(0).json_lines().len(), 1000);
    assert!(many.1 < one.1 * 2 + 20_000, "{} kB for one user, {} kB for a thousand", one.1, many.1);
    assert_eq!(query_count(&env, "(SELECT count(*) FROM user_anime_lists)"), 300_000);
}
