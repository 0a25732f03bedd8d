//! The soak: a year of a user's life in minutes. The clocks of malsync, of the database and of the simulator move from day to day.
//! Both sides of the list change, MAL fails twice for days, the database once, the webhook at times, and the machine is off for
//! a month.
//!
//! Every choice depends on a seed, which a failure prints. `SOAK_SEED` replays it.

use std::{fs, ops::Range, path::PathBuf, time::Duration};

use fastrand::Rng;
use mal_sim::{FaultRule, SimConfig};
use malsync_test_macros::on_both;

use crate::support::{
    dump::{query_count, read_list},
    fake_clock::{set_database_clock, set_fake_clock, use_fake_clock},
    notification_receiver::NotificationReceiver,
    postgres::shared_cluster,
    test_env::{DatabaseKind, TestEnv, block_on},
};

const DAYS: u64 = 365;
const LIST_ENTRIES: usize = 150;
const TOKEN_LIFETIME: Duration = Duration::from_secs(31 * 86_400);

/// Days on which MAL answers 503.
const MAL_OUTAGES: [Range<u64>; 2] = [60..63, 200..207];
/// Days on which the database cannot be opened: a folder has the name of the file, and the server has no database of that name.
const DATABASE_OUTAGE: Range<u64> = 120..122;
/// Days on which the webhook answers 503. It misses the beginning of an outage, and the end of another one.
const WEBHOOK_OUTAGES: [Range<u64>; 2] = [59..61, 121..124];
/// Days on which the machine is off.
const HOLIDAY: Range<u64> = 250..281;

#[on_both]
#[ignore = "nightly: a simulated year"]
fn year_of_daily_syncs_ends_with_mals_list_and_loses_no_notice(kind: DatabaseKind) {
    let mut year = Year::new(kind, choose_seed());
    for day in 0..DAYS {
        year.live_day(day);
    }
    year.assert_healthy_end();
}

#[expect(clippy::disallowed_methods, reason = "a failure is replayed with its seed")]
fn choose_seed() -> u64 {
    std::env::var("SOAK_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..1_000_000))
}

struct Year {
    env: TestEnv,
    rng: Rng,
    clock_file: PathBuf,
    /// Seconds since the beginning of the year.
    now: u64,
    webhook: NotificationReceiver,
    /// The failure that the webhook heard of, by exit code.
    known_failure: Option<i32>,
    counts: YearCounts,
}

/// What happened in the year, for the report.
#[derive(Debug, Default)]
struct YearCounts {
    runs: u32,
    failed_runs: u32,
    local_edits: u32,
    mal_edits: usize,
    pushes: u32,
    logins: u32,
    failures_notified: u32,
    recoveries_notified: u32,
    other_notices: u32,
}

fn is_in(ranges: &[Range<u64>], day: u64) -> bool {
    ranges.iter().any(|range| range.contains(&day))
}

/// Renames a PostgreSQL database, to which no session is connected.
fn rename_database(from: &str, to: &str) {
    block_on(async {
        let mut connection = shared_cluster().connect("postgres").await;
        let sql = sqlx::AssertSqlSafe(format!("ALTER DATABASE {from} RENAME TO {to}"));
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    });
}

impl Year {
    #[expect(clippy::print_stderr, reason = "the seed of a failure must be visible")]
    fn new(kind: DatabaseKind, seed: u64) -> Self {
        eprintln!("soak: SOAK_SEED={seed}");
        let config = SimConfig {
            entries: LIST_ENTRIES,
            auto_consent: true,
            seed,
            access_lifetime: TOKEN_LIFETIME,
            refresh_lifetime: TOKEN_LIFETIME,
            old_refresh_valid: false,
            reuse_revokes: true,
            ..SimConfig::default()
        };
        let mut env = TestEnv::with_config(kind, config);
        let clock_file = env.home().join("clock");
        use_fake_clock(&mut env, &clock_file);
        let webhook = NotificationReceiver::start();
        for (name, value) in [("MALSYNC_WEBHOOK_URL", &*webhook.url), ("SYNC_MAX_RETRIES", "1")] {
            env.set_var(name, value);
        }
        let counts = YearCounts::default();
        let mut year =
            Self { env, rng: Rng::with_seed(seed), clock_file, now: 0, webhook, known_failure: None, counts };
        year.log_in();
        year
    }

    fn log_in(&mut self) {
        self.env.run(&["login", "--json"]).expect_code(0);
        self.counts.logins += 1;
    }

    /// Moves all clocks to this second of the year.
    fn set_time(&mut self, second: u64) {
        let step = second.saturating_sub(self.now);
        self.env.sim.control().advance_clock(Duration::from_secs(step));
        self.now += step;
        set_fake_clock(&self.clock_file, &format!("+{}", self.now));
        set_database_clock(&self.env, self.now);
    }

    fn live_day(&mut self, day: u64) {
        let noon = day * 86_400 + 43_200;
        let minutes_late = self.rng.u64(0..600);
        self.set_time(noon + minutes_late * 60);
        self.change_mal();
        if HOLIDAY.contains(&day) || self.rng.u8(..20) == 0 {
            return;
        }
        self.webhook.set_status(if is_in(&WEBHOOK_OUTAGES, day) { 503 } else { 200 });
        let is_database_down = DATABASE_OUTAGE.contains(&day);
        if is_in(&MAL_OUTAGES, day) {
            self.env.sim.control().add_fault(FaultRule::for_path("/v2/*").status(503).forever()).unwrap();
        } else if !is_database_down {
            self.edit_locally();
        }
        let expected = match (is_database_down, is_in(&MAL_OUTAGES, day)) {
            (true, _) => &[6][..],
            (false, true) => &[5],
            // Only a month without a run may cost the login.
            (false, false) if day == HOLIDAY.end => &[0, 4],
            (false, false) => &[0],
        };
        let code = self.sync(day, is_database_down);
        assert!(expected.contains(&code), "day {day}: exit code {code} instead of {expected:?}");
        self.env.sim.control().clear_faults();
        if code == 4 {
            self.log_in();
            assert_eq!(self.sync(day, false), 0, "day {day}: after a new login");
        }
    }

    fn change_mal(&mut self) {
        let control = self.env.sim.control();
        let edits = self.rng.usize(0..4);
        self.counts.mal_edits += control.edit_entries("alice", edits).unwrap().len();
        if self.rng.u8(..10) == 0 {
            let entries = control.entry_ids("alice").unwrap().len();
            control.resize_list("alice", entries + self.rng.usize(1..4)).unwrap();
        }
        if self.rng.u8(..30) == 0 {
            control.remove_entries("alice", 1).unwrap();
        }
    }

    /// Edits some entries here, and pushes every other time.
    fn edit_locally(&mut self) {
        if query_count(&self.env, "(SELECT count(*) FROM sync_runs)") == 0 || self.rng.u8(..3) > 0 {
            return;
        }
        let ids = self.env.query_column(
            "SELECT CAST(a.mal_id AS TEXT) FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            WHERE l.removed_at IS NULL ORDER BY a.mal_id",
        );
        for _ in 0..self.rng.usize(1..4) {
            let id = self.rng.choice(&ids).unwrap().clone().unwrap();
            let (score, note) = (self.rng.u8(1..=10).to_string(), format!("seen again on day {}", self.now / 86_400));
            let edit = if self.rng.bool() { ["--score", &*score] } else { ["--notes", &*note] };
            self.env.run(&[&["edit", &*id], &edit[..]].concat()).expect_code(0);
            self.counts.local_edits += 1;
        }
        if self.rng.bool() {
            // Exit code 3: an entry changed on MAL since the last sync, or is not there any more.
            let pushed = self.env.run(&["push", "--yes", "--max", "100"]);
            assert!([0, 3].contains(&pushed.code), "{pushed:?}");
            self.counts.pushes += 1;
        }
    }

    /// Runs the daily sync, and checks what the webhook hears of it. Returns the exit code.
    fn sync(&mut self, day: u64, is_database_down: bool) -> i32 {
        if is_database_down {
            self.take_database_away();
        }
        let output = self.env.run(&["sync", "--all-users", "--quiet"]);
        if is_database_down {
            self.bring_database_back();
        }
        self.counts.runs += 1;
        self.counts.failed_runs += u32::from(output.code != 0);
        self.check_notices(day, output.code);
        output.code
    }

    fn take_database_away(&self) {
        match self.env.kind {
            DatabaseKind::Sqlite => {
                let database = self.env.database_file();
                fs::rename(&database, database.with_extension("aside")).unwrap();
                fs::create_dir(&database).unwrap();
            }
            DatabaseKind::Postgres => rename_database(&self.database_name(), "soak_aside"),
        }
    }

    fn bring_database_back(&self) {
        match self.env.kind {
            DatabaseKind::Sqlite => {
                let database = self.env.database_file();
                fs::remove_dir(&database).unwrap();
                fs::rename(database.with_extension("aside"), &database).unwrap();
            }
            DatabaseKind::Postgres => rename_database("soak_aside", &self.database_name()),
        }
    }

    /// Returns the name of the PostgreSQL database.
    fn database_name(&self) -> String {
        self.env.database_url().rsplit_once('/').unwrap().1.to_owned()
    }

    fn check_notices(&mut self, day: u64, code: i32) {
        let events = self.webhook.take_accepted_events();
        let count = |name: &str| events.iter().filter(|event| *event == name).count();
        let failure = (code != 0).then_some(code);
        let is_up = !is_in(&WEBHOOK_OUTAGES, day);
        let expected = (
            usize::from(is_up && failure.is_some() && failure != self.known_failure),
            usize::from(is_up && failure.is_none() && self.known_failure.is_some()),
        );
        assert_eq!((count("failure"), count("recovery")), expected, "day {day}, exit code {code}: {events:?}");
        if is_up {
            self.known_failure = failure;
        }
        self.counts.failures_notified += u32::try_from(count("failure")).unwrap();
        self.counts.recoveries_notified += u32::try_from(count("recovery")).unwrap();
        self.counts.other_notices += u32::try_from(events.len() - count("failure") - count("recovery")).unwrap();
    }

    #[expect(clippy::print_stderr, reason = "the figures of the year")]
    fn assert_healthy_end(mut self) {
        self.set_time(DAYS * 86_400 + 43_200);
        self.env.run(&["whoami", "--json"]).expect_code(0);
        assert_eq!(self.known_failure, None, "the last failure was never reported as over");
        let sent = self.env.run(&["push", "--yes", "--max", "1000", "--force"]);
        assert!([0, 3].contains(&sent.code), "{sent:?}");
        self.env.sync(&["--force-full"]);
        // Values that a rule keeps although MAL's are others, like a higher number of episodes.
        let kept = self.env.run(&["diff", "--json"]).expect_code(0).json_lines().len();
        self.env.run(&["revert", "--yes", "--json"]).expect_code(0);
        let list = read_list(&self.env, "alice");
        assert_eq!(list.len(), self.env.sim.control().entry_ids("alice").unwrap().len());
        self.env.use_new_database();
        set_database_clock(&self.env, self.now);
        self.env.run(&["login", "--json"]).expect_code(0);
        self.env.sync(&[]);
        assert_eq!(list, read_list(&self.env, "alice"), "the list is MAL's");
        eprintln!("soak: {} entries at the end, {kept} fields kept by a rule, {:?}", list.len(), self.counts);
    }
}
