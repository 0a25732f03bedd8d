//! The crash loop. It starts syncs and kills or suspends them (SIGKILL, other signals, failpoints), again and again,
//! while both sides of the list change. After each crash the tables must be consistent. In the end a healthy run must
//! leave what one undisturbed run leaves. Meanwhile the webhook fails at times, the database refuses the writes of a refresh, and
//! the tokens were issued under a clock that was ahead.
//!
//! Every choice depends on a seed, which a failure prints. `CRASH_SEED` replays it.

use std::{
    collections::BTreeMap,
    process::{Child, Command},
    time::Duration,
};

use fastrand::Rng;
use malsync_test_macros::on_both;
use serde_json::json;

use crate::support::{
    dump::{self, query_count},
    notification_receiver::NotificationReceiver,
    refused_writes::{accept_writes, refuse_writes},
    test_env::{DatabaseKind, TestEnv},
};

#[on_both]
fn f_c04_crash_at_each_failpoint_leaves_whole_batches(kind: DatabaseKind) {
    let mut scene = CrashLoop::new(kind, 1);
    scene.webhook.set_status(503);
    scene.refresh_without_writes(false);
    for (name, most) in FAILPOINTS {
        scene.change_both_sides();
        let control = scene.env.sim.control();
        control.expire_tokens("alice", mal_sim::SimTokenKind::Access).unwrap();
        // Every batch has rows to update and to insert, so that a partial batch shows in the counters.
        control.resize_list("alice", control.entry_ids("alice").unwrap().len() + 40).unwrap();
        let points = format!("{name}={}*off->return", most / 4);
        let how = scene.crash_at_failpoints(&points, &["sync", "--json", "--force-full"]);
        assert!(how.ends_with(": -1"), "the process was not killed: {how}");
        scene.assert_consistent(&how);
    }
    scene.assert_heals("after each place");
}

#[on_both]
fn f_c04_twenty_crashes_leave_what_one_undisturbed_run_leaves(kind: DatabaseKind) {
    run_crash_loop(kind, 20);
}

#[on_both]
#[ignore = "nightly: two hundred crashes"]
fn f_c04_f_s08_two_hundred_crashes_leave_what_one_undisturbed_run_leaves(kind: DatabaseKind) {
    run_crash_loop(kind, 200);
}

const LIST_ENTRIES: usize = 240;
const BATCH_SIZE: i64 = 20;

/// The failpoints at which the process can be killed, and how often a run passes each at most.
const FAILPOINTS: [(&str, u32); 11] = [
    ("fetch.page", 6),
    ("fetch.after", 6),
    ("batch.begin", 12),
    ("batch.after_read", 12),
    ("batch.before_commit", 12),
    ("batch.after_commit", 12),
    ("run.before_mark", 1),
    ("token.before_lock", 1),
    ("token.after_lock", 1),
    ("token.before_persist", 1),
    ("token.after_persist", 1),
];

#[expect(clippy::disallowed_methods, reason = "a failure is replayed with its seed")]
fn choose_seed() -> u64 {
    std::env::var("CRASH_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..1_000_000))
}

/// An environment with the state that must be found in it.
struct CrashLoop {
    env: TestEnv,
    rng: Rng,
    /// Local notes, which no sync may overwrite.
    local_notes: BTreeMap<u64, String>,
    /// The rows of another user.
    other_user_rows: Vec<String>,
    checkpoint: Vec<Option<String>>,
    generation: i64,
    webhook: NotificationReceiver,
}

#[expect(clippy::print_stderr, reason = "the seed of a failure must be visible")]
fn run_crash_loop(kind: DatabaseKind, deaths: u32) {
    let seed = choose_seed();
    eprintln!("crash loop on {kind:?}: CRASH_SEED={seed}");
    let mut scene = CrashLoop::new(kind, seed);
    for death in 0..deaths {
        scene.change_both_sides();
        let how = scene.crash_randomly();
        scene.assert_consistent(&format!("seed {seed}, death {death}: {how}"));
    }
    scene.assert_heals(&format!("seed {seed}"));
}

impl CrashLoop {
    fn new(kind: DatabaseKind, seed: u64) -> Self {
        let mut env = TestEnv::with_login(kind, LIST_ENTRIES);
        env.set_var("SYNC_BATCH_SIZE", &BATCH_SIZE.to_string());
        env.set_var("MAL_PAGE_SIZE", "50");
        env.execute_sql(
            "INSERT INTO users (username, email, mal_access_token, mal_token_generation) VALUES ('bob', 'b@x', 'his', 4); \
            INSERT INTO anime (mal_id, title) VALUES (900001, 'Only his'); \
            INSERT INTO user_anime_lists (user_id, anime_id, status, notes) \
            SELECT u.id, a.id, 'dropped', 'his' FROM users u, anime a WHERE u.username = 'bob'",
        );
        let stranger = dump::read_user_rows(&env, "bob");
        let webhook = NotificationReceiver::start();
        env.set_var("MALSYNC_WEBHOOK_URL", &webhook.url);
        let mut scene = Self {
            env,
            webhook,
            rng: Rng::with_seed(seed),
            local_notes: BTreeMap::new(),
            other_user_rows: stranger,
            checkpoint: Vec::new(),
            generation: 0,
        };
        scene.checkpoint = scene.read_checkpoint();
        scene.generation = scene.token_generation();
        scene
    }

    /// Changes both sides of the list: on MAL edits, additions and a removal, here local notes.
    fn change_both_sides(&mut self) {
        let control = self.env.sim.control();
        control.advance_clock(Duration::from_secs(self.rng.u64(1..900)));
        let edit_count = self.rng.usize(0..30);
        control.edit_entries("alice", edit_count).unwrap();
        if self.rng.u8(..4) == 0 {
            let now = control.entry_ids("alice").unwrap().len();
            control.resize_list("alice", now + self.rng.usize(0..4)).unwrap();
        }
        if self.rng.u8(..6) == 0 {
            control.remove_entries("alice", 1).unwrap();
        }
        if self.rng.u8(..3) == 0 {
            control.expire_tokens("alice", mal_sim::SimTokenKind::Access).unwrap();
        }
        let is_webhook_up = self.rng.bool();
        self.webhook.set_status(if is_webhook_up { 200 } else { 503 });
        if self.rng.u8(..6) == 0 {
            self.issue_tokens_in_the_future();
        }
        if self.rng.u8(..6) == 0 {
            self.refresh_without_writes(is_webhook_up);
        }
        let stored_ids = self.env.query_column(
            "SELECT CAST(a.mal_id AS TEXT) FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            JOIN users u ON u.id = l.user_id WHERE u.username = 'alice' ORDER BY a.mal_id",
        );
        if stored_ids.is_empty() {
            return;
        }
        for _ in 0..self.rng.usize(0..4) {
            let id: u64 = self.rng.choice(&stored_ids).unwrap().as_ref().unwrap().parse().unwrap();
            let note = format!("mine {}", self.rng.u32(..));
            self.env.execute_sql(&set_note_sql(id, &note));
            self.local_notes.insert(id, note);
        }
    }

    /// Sets the times of the tokens as a login does whose clock is far ahead.
    fn issue_tokens_in_the_future(&self) {
        self.env.execute_sql(
            "UPDATE users SET mal_token_issued_at = '2099-01-01 00:00:00', mal_token_expires_at = '2099-02-01 00:00:00' \
            WHERE username = 'alice'",
        );
    }

    /// Starts a sync that has to refresh the tokens while the database refuses the new ones.
    #[track_caller]
    fn refresh_without_writes(&self, is_webhook_up: bool) {
        let token_requests = || {
            let requests = self.env.sim.control().logged_requests();
            requests.iter().filter(|request| request.path.ends_with("/token")).count()
        };
        self.env.execute_sql("UPDATE users SET mal_token_issued_at = '2001-01-01 00:00:00' WHERE username = 'alice'");
        let before = token_requests();
        refuse_writes(&self.env);
        self.env.run(&["sync", "--json"]).expect_code(6);
        accept_writes(&self.env);
        assert_eq!(token_requests(), before, "a refresh token was spent in vain");
        if is_webhook_up {
            assert_eq!(self.webhook.accepted_events().last().map(String::as_str), Some("failure"));
        }
    }

    /// Starts a sync and interrupts it in a random way. Returns a description.
    fn crash_randomly(&mut self) -> String {
        let full = self.rng.bool();
        let args: &[&str] = if full { &["sync", "--json", "--force-full"] } else { &["sync", "--json"] };
        let mut command = self.env.command(args);
        if self.rng.u8(..3) == 0 {
            let (name, most) = *self.rng.choice(&FAILPOINTS).unwrap();
            let before = self.rng.u32(0..most);
            let points = format!("{name}={before}*off->return");
            return self.crash_at_failpoints(&points, args);
        }
        let mut process = command.spawn().unwrap();
        let after = Duration::from_millis(self.rng.u64(0..700));
        sleep_for(after);
        let how = self.rng.u8(..4);
        match how {
            0 => send_signal(&process, "TERM"),
            1 => {
                send_signal(&process, "STOP");
                sleep_for(Duration::from_millis(self.rng.u64(0..300)));
                send_signal(&process, "CONT");
            }
            _ => process.kill().unwrap(),
        }
        let output = self.env.wait_for_exit(process);
        format!("way {how} after {after:?}, {args:?}: {} {}", output.code, output.stderr)
    }

    fn crash_at_failpoints(&self, points: &str, args: &[&str]) -> String {
        let mut command = self.env.command(args);
        let output = self.env.wait_for_exit(command.env("FAILPOINTS", points).spawn().unwrap());
        format!("{points}, {args:?}: {}", output.code)
    }

    #[track_caller]
    fn assert_consistent(&mut self, when: &str) {
        let env = &self.env;
        let of_alice = "FROM sync_runs r JOIN users u ON u.id = r.user_id WHERE u.username = 'alice'";
        // A batch is one transaction: its rows, its change records and the counters of its run.
        let created = query_count(env, &format!("(SELECT COALESCE(sum(r.user_lists_created), 0) {of_alice})"));
        let entries_sql =
            "(SELECT count(*) FROM user_anime_lists l JOIN users u ON u.id = l.user_id WHERE u.username = 'alice')";
        assert_eq!(query_count(env, entries_sql), created, "{when}: rows and counters");
        let changes_sql = "(SELECT count(*) FROM sync_changes c JOIN users u ON u.id = c.user_id \
            WHERE u.username = 'alice' AND c.field = 'entry')";
        assert_eq!(query_count(env, changes_sql), created, "{when}: lines and counters");
        let unbalanced_sql = format!(
            "(SELECT count(*) {of_alice} AND r.anime_fetched <> r.anime_created + r.anime_updated + r.anime_unchanged)"
        );
        assert_eq!(query_count(env, &unbalanced_sql), 0, "{when}: conservation");
        let partial_batch_sql = format!(
            "(SELECT count(*) {of_alice} AND r.force_full AND r.status <> 'SUCCESS' \
            AND r.anime_fetched % {BATCH_SIZE} <> 0 AND r.anime_fetched < 200)"
        );
        assert_eq!(query_count(env, &partial_batch_sql), 0, "{when}: a part of a batch");
        self.assert_checkpoint(when);
        let notes = self.env.query_column(
            "SELECT a.mal_id || ' ' || COALESCE(l.notes, '') FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            JOIN users u ON u.id = l.user_id WHERE u.username = 'alice'",
        );
        for (id, note) in &self.local_notes {
            assert!(notes.contains(&Some(format!("{id} {note}"))), "{when}: the note of {id}");
        }
        assert_eq!(dump::read_user_rows(&self.env, "bob"), self.other_user_rows, "{when}: somebody else's rows");
        let generation = self.token_generation();
        assert!(generation >= self.generation, "{when}: generation {} became {generation}", self.generation);
        self.generation = generation;
        if self.env.kind == DatabaseKind::Sqlite {
            assert_eq!(self.env.query_value("PRAGMA integrity_check").as_deref(), Some("ok"), "{when}");
        }
    }

    /// Asserts that the checkpoint moved only at the end of a complete run.
    #[track_caller]
    fn assert_checkpoint(&mut self, when: &str) {
        let marks = self.read_checkpoint();
        let last =
            "SELECT status || ' ' || COALESCE(CAST(finished_at AS TEXT), '') FROM sync_runs ORDER BY id DESC LIMIT 1";
        let last = self.env.query_column(last).pop().flatten().unwrap_or_default();
        if marks == self.checkpoint {
            assert!(!last.starts_with("SUCCESS") || marks[0].is_some(), "{when}: a complete run left no mark");
            return;
        }
        let at = marks[0].clone().unwrap_or_default();
        assert_eq!(last, format!("SUCCESS {at}"), "{when}: the marks moved");
        self.checkpoint = marks;
        let missing = self.env.sim.control().entry_ids("alice").unwrap().len();
        let live = "(SELECT count(*) FROM user_anime_lists l JOIN users u ON u.id = l.user_id \
            WHERE u.username = 'alice' AND l.removed_at IS NULL)";
        assert_eq!(query_count(&self.env, live), i64::try_from(missing).unwrap(), "{when}: the list is complete");
    }

    fn read_checkpoint(&self) -> Vec<Option<String>> {
        ["last_mal_sync", "mal_list_watermark", "last_full_sync"]
            .map(|mark| {
                self.env.query_value(&format!("SELECT CAST({mark} AS TEXT) FROM users WHERE username = 'alice'"))
            })
            .to_vec()
    }

    fn token_generation(&self) -> i64 {
        query_count(&self.env, "(SELECT mal_token_generation FROM users WHERE username = 'alice')")
    }

    /// Asserts that a healthy run leaves what one undisturbed run leaves in an empty database.
    fn assert_heals(mut self, when: &str) {
        self.webhook.set_status(200);
        self.issue_tokens_in_the_future();
        let run = self.env.sync(&["--force-full"]);
        assert_eq!(run["status"], "SUCCESS", "{when}: {run}");
        assert_eq!(run["token_refreshes"], 1, "{when}: a time in the future is not believed, {run}");
        let last_event = self.webhook.accepted_events().pop();
        assert_ne!(last_event.as_deref(), Some("failure"), "{when}: the recovery was not notified");
        self.assert_consistent(when);
        let versions = dump::read_application_tables(&self.env);
        let idle = self.env.sync(&["--force-full"]);
        let changed =
            ["anime_created", "anime_updated", "user_lists_created", "user_lists_updated", "conflicts_resolved"];
        assert!(changed.iter().all(|counter| idle[counter] == json!(0)), "{when}: nothing is left to do, {idle}");
        let without_marks =
            |rows: Vec<String>| rows.into_iter().filter(|row| !row.contains("|alice|")).collect::<Vec<_>>();
        assert_eq!(without_marks(dump::read_application_tables(&self.env)), without_marks(versions), "{when}");
        let after = dump::read_list(&self.env, "alice");
        self.env.use_new_database();
        self.env.run(&["login"]).expect_code(0);
        self.env.sync(&[]);
        for (id, note) in &self.local_notes {
            self.env.execute_sql(&set_note_sql(*id, note));
        }
        assert_eq!(after, dump::read_list(&self.env, "alice"), "{when}: as one undisturbed run");
    }
}

fn set_note_sql(mal_id: u64, note: &str) -> String {
    format!(
        "UPDATE user_anime_lists SET notes = '{note}' WHERE anime_id = (SELECT id FROM anime WHERE mal_id = {mal_id}) \
        AND user_id = (SELECT id FROM users WHERE username = 'alice')"
    )
}

#[expect(clippy::disallowed_methods, reason = "a crash comes at a random moment, not after an event")]
fn sleep_for(time: Duration) {
    std::thread::sleep(time);
}

/// The process may have ended already.
fn send_signal(process: &Child, name: &str) {
    let _ = Command::new("kill").args(["-s", name, &process.id().to_string()]).output().unwrap();
}
