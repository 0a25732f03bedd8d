//! `metrics`: counters that add up, and that never fall.

use std::collections::BTreeMap;

use mal_sim::FaultRule;
use malsync_test_macros::on_both;

use crate::support::test_env::{DatabaseKind, TestEnv};

/// Returns the samples of `metrics` by name with labels.
fn read_metrics(env: &TestEnv) -> BTreeMap<String, f64> {
    let text = env.run(&["metrics"]).expect_code(0).stdout;
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples
        .map(|line| line.rsplit_once(' ').unwrap())
        .map(|(name, value)| (name.to_owned(), value.parse().unwrap()))
        .collect()
}

fn value_of(metrics: &BTreeMap<String, f64>, name: &str) -> f64 {
    let name = format!("{name}{{user=\"alice\"");
    let found = metrics.iter().find(|(sample, _)| sample.starts_with(&name));
    *found.unwrap_or_else(|| panic!("no {name}: {metrics:?}")).1
}

#[on_both]
fn every_failing_answer_is_an_api_error(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 5);
    env.set_var("SYNC_MAX_RETRIES", "2");
    env.sync(&[]);
    assert_eq!(value_of(&read_metrics(&env), "malsync_api_errors_total"), 0.0);

    env.sim.control().add_fault(FaultRule::for_path("/v2/users/@me/animelist").status(503).forever()).unwrap();
    env.run(&["sync", "--force-full"]).expect_code(5);
    assert_eq!(value_of(&read_metrics(&env), "malsync_api_errors_total"), 3.0, "the last answer too");
    assert_eq!(value_of(&read_metrics(&env), "malsync_retries_total"), 2.0);

    env.sim.control().clear_faults();
    env.sim.control().add_fault(FaultRule::for_path("/v2/users/@me/animelist").status(404).times(1)).unwrap();
    env.run(&["sync", "--force-full"]).expect_code(5);
    assert_eq!(value_of(&read_metrics(&env), "malsync_api_errors_total"), 4.0, "also one that is not tried again");
    env.sync(&["--force-full"]);
    assert_eq!(value_of(&read_metrics(&env), "malsync_api_errors_total"), 4.0);
}

#[on_both]
fn counters_stay_when_old_runs_are_deleted(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 5);
    env.set_var("SYNC_MAX_RETRIES", "1");
    env.sync(&[]);
    env.sync(&["--force-full"]);
    env.sim.control().add_fault(FaultRule::for_path("/v2/users/@me/animelist").status(503).forever()).unwrap();
    env.run(&["sync", "--force-full"]).expect_code(5);
    env.sim.control().clear_faults();
    let killed = env.command(&["sync", "--force-full"]).env("FAILPOINTS", "run.before_mark=return").output().unwrap();
    assert_eq!(killed.status.code(), None, "{killed:?}");

    let before = read_metrics(&env);
    for (status, runs) in [("SUCCESS", 2.0), ("FAILED", 1.0), ("INTERRUPTED", 1.0)] {
        assert_eq!(before[&format!("malsync_runs_total{{user=\"alice\",status=\"{status}\"}}")], runs, "{before:?}");
    }
    assert_eq!(value_of(&before, "malsync_sync_duration_seconds_count"), 3.0);
    let durations = env.query_value("SELECT CAST(sum(duration) AS TEXT) FROM sync_runs").unwrap();
    let difference = value_of(&before, "malsync_sync_duration_seconds_sum") - durations.parse::<f64>().unwrap();
    assert!(difference.abs() < 0.005, "{difference}");

    env.sync(&["--force-full"]);
    let counted = read_metrics(&env);
    env.execute_sql("DELETE FROM sync_runs");
    let after = read_metrics(&env);
    let is_counter = |name: &str| name.contains("_total") || name.contains("_duration_seconds_");
    for (name, value) in counted.iter().filter(|(name, _)| is_counter(name)) {
        assert_eq!(after.get(name), Some(value), "{name}");
        assert!(*value >= before.get(name).copied().unwrap_or_default(), "{name} fell");
    }
    assert_eq!(value_of(&after, "malsync_sync_duration_seconds_count"), 4.0);
    let dead_runs = "malsync_runs_total{user=\"alice\",status=\"INTERRUPTED\"}";
    assert_eq!((before[dead_runs], after[dead_runs]), (1.0, 1.0), "the dead run counts once");
}

#[on_both]
fn row_that_a_trigger_refuses_is_a_violation(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 5);
    let id = env.sim.control().entry_ids("alice").unwrap()[2];
    env.execute_sql(&match kind {
        DatabaseKind::Postgres => format!(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
            $$ BEGIN IF NEW.mal_id = {id} THEN RAISE EXCEPTION 'not this one'; END IF; RETURN NEW; END $$; \
            CREATE TRIGGER refusing BEFORE INSERT ON anime FOR EACH ROW EXECUTE FUNCTION refuse()"
        ),
        DatabaseKind::Sqlite => format!(
            "CREATE TRIGGER refusing BEFORE INSERT ON anime WHEN NEW.mal_id = {id} \
            BEGIN SELECT RAISE(ABORT, 'not this one'); END"
        ),
    });
    let run = env.run(&["sync", "--json"]).expect_code(3).json();
    assert_eq!(run["constraint_violations"], 2, "once in the batch, once by itself: {run}");
    let metrics = read_metrics(&env);
    assert_eq!(value_of(&metrics, "malsync_constraint_violations_total"), 2.0);
    assert_eq!(value_of(&metrics, "malsync_entry_errors_total"), 1.0);
}

/// A database of an earlier version has runs, and no sums yet.
#[on_both]
fn upgrade_sums_up_the_runs_that_are_there(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 5);
    env.sync(&[]);
    env.sync(&["--force-full"]);
    let mut before = read_metrics(&env);
    env.execute_sql("DROP TABLE sync_totals");
    env.execute_sql("ALTER TABLE sync_runs DROP COLUMN api_errors");
    // Migration 13 must be pending too, because the newest applied version decides whether a database needs an upgrade.
    env.execute_sql("ALTER TABLE user_anime_lists DROP COLUMN altered_values");
    env.execute_sql("DELETE FROM _sqlx_migrations WHERE version >= 12");
    let mut after = read_metrics(&env);
    // Each run's duration is rounded to a millisecond, once by the run and once by the upgrade.
    let seconds = "malsync_sync_duration_seconds_sum{user=\"alice\"}";
    let difference = before.remove(seconds).unwrap() - after.remove(seconds).unwrap();
    assert!(difference.abs() < 0.005, "{difference}");
    assert_eq!(after, before);
}
