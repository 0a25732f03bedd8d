//! `sync --all-users`: many users in one process, and in many processes that share a database, the work and the pace.

use std::{collections::BTreeMap, process::Command};

use mal_sim::{IssueTokensRequest, LoggedRequest};
use serde_json::{Value, json};

use crate::support::{
    dump::count,
    memory::run_and_weigh,
    wait_until,
    world::{CLIENT_ID, Kind, World, on_both},
};

on_both!(
    several_are_synced_at_once_and_told_by_name,
    whom_another_process_completes_meanwhile_is_not_synced_again_forced_or_not,
    whom_a_dying_process_was_at_is_synced_by_another,
    whom_another_process_stands_still_with_is_told_as_running,
    a_signal_ends_all_of_them_at_a_batchs_edge,
    a_dry_run_of_all_claims_nobody_and_writes_nothing,
);

/// A world of so many users with so many entries each, all of them logged in as another program would have it.
fn crowd(kind: Kind, users: usize, entries: usize) -> World {
    let names: Vec<_> = (0..users).map(|number| format!("user{number:04}")).collect();
    let config = mal_sim::SimConfig { users: names.clone(), entries, auto_consent: true, ..Default::default() };
    let world = World::with(kind, config);
    world.run(&["status"]).expect(4);
    let rows: Vec<_> = names
        .iter()
        .map(|name| {
            let control = world.sim.control();
            let asked =
                IssueTokensRequest { user: name.clone(), client_id: Some(CLIENT_ID.to_owned()), ..Default::default() };
            let (tokens, id) = (control.issue_tokens_with(&asked).unwrap(), control.user_id(name).unwrap());
            let (access, refresh) = (tokens.access_token, tokens.refresh_token);
            format!("('{name}', {id}, '{access}', '{refresh}', '2099-01-01 00:00:00', '{CLIENT_ID}')")
        })
        .collect();
    world.execute(&format!(
        "INSERT INTO users (username, mal_user_id, mal_access_token, mal_refresh_token, mal_token_expires_at, mal_client_id) \
        VALUES {}",
        rows.join(", ")
    ));
    world
}

/// The user and the status of each object.
fn told(runs: &[Value]) -> Vec<(&str, &str)> {
    runs.iter().map(|run| (run["username"].as_str().unwrap(), run["status"].as_str().unwrap())).collect()
}

/// What MAL was asked for, in order.
fn asked(world: &World) -> Vec<LoggedRequest> {
    world.sim.control().logged_requests().into_iter().filter(|seen| seen.path.starts_with("/v2/")).collect()
}

/// The next page that anybody asks for never comes.
fn stall(world: &World) {
    world.script(&json!([{"match": {"path": "/v2/users/@me/animelist"}, "stall": true}]));
}

fn entries_of(world: &World, name: &str) -> i64 {
    count(
        world,
        &format!(
            "(SELECT count(*) FROM user_anime_lists l JOIN users u ON u.id = l.user_id WHERE u.username = '{name}')"
        ),
    )
}

fn several_are_synced_at_once_and_told_by_name(kind: Kind) {
    let mut world = crowd(kind, 12, 20);
    world.set("MAL_PAGE_SIZE", "10");
    world.sim.control().resize_list("user0000", 2000).unwrap();
    let runs = world.run(&["sync", "--all-users", "--json"]).expect(0).lines();
    let names: Vec<_> = (0..12).map(|number| format!("user{number:04}")).collect();
    assert_eq!(told(&runs), names.iter().map(|name| (name.as_str(), "SUCCESS")).collect::<Vec<_>>());
    for (run, (entries, requests)) in runs.iter().zip(std::iter::once((2000, 201)).chain(std::iter::repeat((20, 3)))) {
        assert_eq!((&run["user_lists_created"], &run["requests"]), (&json!(entries), &json!(requests)), "{run}");
    }
    let log = asked(&world);
    let last = |name: &str| log.iter().rposition(|seen| seen.user.as_deref() == Some(name)).unwrap();
    assert!(names[1..].iter().all(|name| last(name) < last("user0000")), "a long list keeps nobody waiting");
    assert_eq!(count(&world, "(SELECT count(*) FROM mal_pace)"), 0, "no slots at a pace that is none of MAL's");
}

fn whom_another_process_completes_meanwhile_is_not_synced_again_forced_or_not(kind: Kind) {
    for flags in [
        &["--all-users", "--json"][..],
        &["--all-users", "--json", "--force-full"],
        &["--all-users", "--json", "--prune"],
    ] {
        let world = crowd(kind, 2, 5);
        let (first, gate) = world.start_gated(&["sync", "--user", "user0000", "--force-full"], "run.before_mark", 0);
        world.wait_for_pages(1);
        let second = world.start(&[&["sync"], flags].concat());
        let other = "(SELECT count(*) FROM users WHERE username = 'user0001' AND last_mal_sync IS NOT NULL)";
        wait_until("the second is through with whom it could have", || count(&world, other) == 1);
        if kind == Kind::Sqlite {
            // Marks are to the second there.
            let later = "(SELECT datetime('now') > max(last_mal_sync) FROM users)";
            wait_until("the second is over in which it began", || count(&world, later) == 1);
        }
        drop(gate);
        world.ended(first).expect(0);
        let runs = world.ended(second).expect(0).lines();
        assert_eq!(told(&runs), [("user0000", "SKIPPED"), ("user0001", "SUCCESS")], "{flags:?}");
        assert_eq!((&runs[0]["mode"], &runs[0]["run_id"]), (&json!("skipped"), &Value::Null));
        assert_eq!(count(&world, "(SELECT count(*) FROM sync_runs)"), 2, "{flags:?}");
    }
}

fn whom_a_dying_process_was_at_is_synced_by_another(kind: Kind) {
    let world = crowd(kind, 3, 5);
    stall(&world);
    let mut dying = world.start(&["sync", "--user", "user0001"]);
    world.wait_for_pages(1);
    let other = world.start(&["sync", "--all-users", "--json"]);
    let through = "(SELECT count(*) FROM users WHERE last_mal_sync IS NOT NULL)";
    wait_until("the other is through with whom it could have", || count(&world, through) == 2);
    dying.kill().unwrap();
    world.ended(dying);
    let runs = world.ended(other).expect(0).lines();
    assert!(told(&runs).iter().all(|(_, status)| *status == "SUCCESS"), "{runs:?}");
    assert_eq!(count(&world, "(SELECT count(*) FROM sync_runs WHERE status = 'INTERRUPTED')"), 1);
}

fn whom_another_process_stands_still_with_is_told_as_running(kind: Kind) {
    let mut world = crowd(kind, 2, 5);
    stall(&world);
    let mut still = world.start(&["sync", "--user", "user0000"]);
    world.wait_for_pages(1);
    world.set("MAL_HTTP_TIMEOUT", "1s");
    let ran = world.run(&["sync", "--all-users", "--json"]).expect(7);
    assert_eq!(told(&ran.lines()), [("user0000", "RUNNING"), ("user0001", "SUCCESS")]);
    assert!(ran.stderr.contains("error: user user0000: another sync of user0000 is running since "), "{}", ran.stderr);
    still.kill().unwrap();
    world.ended(still);
}

fn a_signal_ends_all_of_them_at_a_batchs_edge(kind: Kind) {
    let mut world = crowd(kind, 20, 30);
    world.set("SYNC_BATCH_SIZE", "10");
    world.script(&json!([{"match": {"path": "/v2/users/@me/animelist", "nth": 3}, "stall": true, "times": "forever"}]));
    let running = world.start(&["sync", "--all-users", "--json"]);
    world.wait_for_pages(8);
    Command::new("kill").arg(running.id().to_string()).output().unwrap();
    let ran = world.ended(running).expect(143);
    let runs = ran.lines();
    assert!(runs.iter().all(|run| run["anime_fetched"].as_u64().unwrap() % 10 == 0), "{runs:?}");
    assert!(told(&runs).iter().filter(|(_, status)| *status == "INTERRUPTED").count() >= 2, "{runs:?}");
    assert!(told(&runs).is_sorted(), "by name, whoever was reached");
    assert_eq!(count(&world, "(SELECT count(*) FROM sync_runs WHERE status = 'RUNNING')"), 0, "{}", ran.stderr);
}

fn a_dry_run_of_all_claims_nobody_and_writes_nothing(kind: Kind) {
    let world = crowd(kind, 10, 5);
    let runs = world.run(&["sync", "--all-users", "--dry-run", "--json"]).expect(0).lines();
    assert_eq!(runs.len(), 10);
    assert!(told(&runs).iter().all(|(_, status)| *status == "SUCCESS") && told(&runs).is_sorted());
    for table in ["anime", "user_anime_lists", "sync_runs", "sync_changes", "mal_pace"] {
        assert_eq!(count(&world, &format!("(SELECT count(*) FROM {table})")), 0, "{table}");
    }
}

/// Requests a second that the processes below are allowed together.
const RATE: u32 = 10;

/// No request came to the simulator too early after those before it. A start is exact to some milliseconds; on its way a
/// request may meet a busy machine, which brings it closer to the next one, but never a whole crowd closer together.
#[track_caller]
fn paced(log: &[LoggedRequest]) {
    let gap = 1000.0 / f64::from(RATE);
    let times: Vec<_> = log.iter().map(|seen| seen.at_ms).collect();
    for (requests, late) in [(1, 0.6), (5, 0.8)] {
        let least = times.windows(requests + 1).map(|few| few[requests] - few[0]).fold(f64::MAX, f64::min);
        let allowed = gap * f64::from(u32::try_from(requests).unwrap());
        assert!(least >= allowed - gap * late, "{requests} gaps in {least} ms, of {allowed}: {times:?}");
    }
}

/// How often each user's list was synced completely.
fn completed(world: &World) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    let sql = "SELECT username FROM sync_runs WHERE status = 'SUCCESS'";
    for name in world.query(sql).into_iter().flatten() {
        *times.entry(name).or_default() += 1;
    }
    times
}

/// Eight machines for all that the server can see, three of which die in the middle.
fn eight_machines(users: usize, entries: usize, pages: usize) {
    let mut world = crowd(Kind::Postgres, users, entries);
    world.set("MAL_API_RATE_LIMIT", &RATE.to_string());
    world.set("SYNC_MIN_INTERVAL", "1h");
    world.sim.control().clear_log();
    let mut machines: Vec<_> = (0..8).map(|_| world.start(&["sync", "--all-users", "--json"])).collect();
    world.wait_for_pages(pages);
    for mut dying in machines.drain(..3) {
        dying.kill().unwrap();
        world.ended(dying);
    }
    for machine in machines {
        let runs = world.ended(machine).expect(0).lines();
        assert_eq!(runs.len(), users, "an object for each");
        assert!(told(&runs).is_sorted() && runs.iter().all(|run| run["successful"] == true), "{runs:?}");
    }
    paced(&asked(&world));
    let completed = completed(&world);
    assert_eq!(completed.len(), users, "nobody is forgotten");
    assert!(completed.values().all(|times| *times == 1), "nobody is synced twice: {completed:?}");
    for name in completed.keys() {
        assert_eq!(entries_of(&world, name), i64::try_from(entries).unwrap(), "{name}");
    }
    assert_eq!(count(&world, "(SELECT count(*) FROM mal_pace)"), 1, "one row a client id");
}

#[test]
fn f_h27_eight_processes_keep_one_pace_and_three_that_die_cost_nobody_a_sync() {
    eight_machines(12, 20, 6);
}

#[test]
#[ignore = "nightly: forty users"]
fn f_h27_forty_users_and_eight_processes() {
    eight_machines(40, 150, 30);
}

#[test]
fn f_h27_what_mal_asks_of_one_process_holds_back_the_other() {
    let mut world = crowd(Kind::Postgres, 2, 5);
    world.set("MAL_API_RATE_LIMIT", "20");
    world.script(
        &json!([{"match": {"path": "/v2/users/@me/animelist"}, "status": 429, "headers": {"Retry-After": "2"}}]),
    );
    let one = world.start(&["sync", "--user", "user0000"]);
    world.wait_for_pages(1);
    let refused = asked(&world).last().unwrap().at_ms;
    // Its answer is on the way: the other process finds the hold in the database.
    wait_until("the hold is noted", || {
        let ahead = "(SELECT count(*) FROM mal_pace WHERE next_at > (clock_timestamp() AT TIME ZONE 'UTC') + interval '1 second')";
        count(&world, ahead) == 1
    });
    world.run(&["sync", "--user", "user0001"]).expect(0);
    world.ended(one).expect(0);
    let later: Vec<_> = asked(&world).into_iter().filter(|seen| seen.at_ms > refused).collect();
    assert!(later.len() >= 3 && later.iter().all(|seen| seen.at_ms >= refused + 1990.0), "{later:?}");
}

/// What a thousand users cost: `docs/scaling.md` has the figures.
#[test]
#[ignore = "nightly: a thousand users"]
fn a_thousand_users_take_little_more_memory_than_one() {
    for kind in [Kind::Postgres, Kind::Sqlite] {
        let one = run_and_weigh(&crowd(kind, 1, 300), &["sync", "--all-users", "--json"]);
        let world = crowd(kind, 1000, 300);
        let began = std::time::Instant::now();
        let many = run_and_weigh(&world, &["sync", "--all-users", "--json"]);
        println!("{kind:?}: {} kB for one, {} kB for a thousand, in {:?}", one.1, many.1, began.elapsed());
        assert_eq!(many.0.expect(0).lines().len(), 1000);
        assert!(many.1 < one.1 * 2 + 20_000, "{} kB for one user, {} kB for a thousand", one.1, many.1);
        assert_eq!(count(&world, "(SELECT count(*) FROM user_anime_lists)"), 300_000);
    }
}
