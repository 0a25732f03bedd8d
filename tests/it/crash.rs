//! The crash loop: a sync is started and made to die (kill, a signal, a failpoint) or to stand still, over and over, while
//! the list moves on both sides; after each death the tables must be sound, and after the last a healthy run must leave
//! what one undisturbed run leaves.
//!
//! Every choice comes from a seed, which a failure prints; `CRASH_SEED` replays it.

use std::{
    collections::BTreeMap,
    process::{Child, Command},
    time::Duration,
};

use fastrand::Rng;
use serde_json::json;

use crate::support::{
    dump::{self, count},
    world::{Kind, World, on_both},
};

on_both!(
    f_c04_a_death_at_each_place_by_name_leaves_whole_batches,
    f_c04_twenty_deaths_leave_what_one_undisturbed_run_leaves
);

fn f_c04_a_death_at_each_place_by_name_leaves_whole_batches(kind: Kind) {
    let mut scene = Loop::new(kind, 1);
    for (name, most) in POINTS {
        scene.move_on();
        let control = scene.world.sim.control();
        control.expire_tokens("alice", mal_sim::TokenSelector::Access).unwrap();
        // Each batch has something to write, and some rows to make: a batch that is torn shows in what was counted.
        control.resize_list("alice", control.entry_ids("alice").unwrap().len() + 40).unwrap();
        let points = format!("{name}={}*off->return", most / 4);
        let how = scene.die_at(&points, &["sync", "--json", "--force-full"]);
        assert!(how.ends_with(": -1"), "it died: {how}");
        scene.check(&how);
    }
    scene.ends_well("after each place");
}

fn f_c04_twenty_deaths_leave_what_one_undisturbed_run_leaves(kind: Kind) {
    crash(kind, 20);
}

#[test]
#[ignore = "nightly: two hundred kills"]
fn f_c04_f_s08_two_hundred_deaths_sqlite() {
    crash(Kind::Sqlite, 200);
}

#[test]
#[ignore = "nightly: two hundred kills"]
fn f_c04_two_hundred_deaths_postgres() {
    crash(Kind::Postgres, 200);
}

const ENTRIES: usize = 240;
const BATCH: i64 = 20;

/// Where the process can be made to die by name, and how often it comes by at most.
const POINTS: [(&str, u32); 11] = [
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

#[expect(clippy::disallowed_methods, reason = "the seed of a failure is given from outside")]
fn seed() -> u64 {
    std::env::var("CRASH_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..1_000_000))
}

/// The world, and what must be found in it.
struct Loop {
    world: World,
    chance: Rng,
    /// Local notes that no sync may take.
    notes: BTreeMap<u64, String>,
    /// The rows of somebody else.
    stranger: Vec<String>,
    marks: Vec<Option<String>>,
    generation: i64,
}

#[expect(clippy::print_stderr, reason = "a failure is replayed by its seed")]
fn crash(kind: Kind, deaths: u32) {
    let seed = seed();
    eprintln!("crash loop on {kind:?}: CRASH_SEED={seed}");
    let mut scene = Loop::new(kind, seed);
    for death in 0..deaths {
        scene.move_on();
        let how = scene.die();
        scene.check(&format!("seed {seed}, death {death}: {how}"));
    }
    scene.ends_well(&format!("seed {seed}"));
}

impl Loop {
    fn new(kind: Kind, seed: u64) -> Self {
        let mut world = World::logged_in(kind, ENTRIES);
        world.set("SYNC_BATCH_SIZE", &BATCH.to_string());
        world.set("MAL_PAGE_SIZE", "50");
        world.execute(
            "INSERT INTO users (username, email, mal_access_token, mal_token_generation) VALUES ('bob', 'b@x', 'his', 4); \
            INSERT INTO anime (mal_id, title) VALUES (900001, 'Only his'); \
            INSERT INTO user_anime_lists (user_id, anime_id, status, notes) \
            SELECT u.id, a.id, 'dropped', 'his' FROM users u, anime a WHERE u.username = 'bob'",
        );
        let stranger = dump::person(&world, "bob");
        let mut scene = Self {
            world,
            chance: Rng::with_seed(seed),
            notes: BTreeMap::new(),
            stranger,
            marks: Vec::new(),
            generation: 0,
        };
        scene.marks = scene.marks();
        scene.generation = scene.generation();
        scene
    }

    /// Both sides of the list move: MAL's by edits, additions and a removal, ours by notes of our own.
    fn move_on(&mut self) {
        let control = self.world.sim.control();
        control.advance_clock(Duration::from_secs(self.chance.u64(1..900)));
        let some = self.chance.usize(0..30);
        control.edit_entries("alice", some).unwrap();
        if self.chance.u8(..4) == 0 {
            let now = control.entry_ids("alice").unwrap().len();
            control.resize_list("alice", now + self.chance.usize(0..4)).unwrap();
        }
        if self.chance.u8(..6) == 0 {
            control.remove_entries("alice", 1).unwrap();
        }
        if self.chance.u8(..3) == 0 {
            control.expire_tokens("alice", mal_sim::TokenSelector::Access).unwrap();
        }
        let here = self.world.query(
            "SELECT CAST(a.mal_id AS TEXT) FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            JOIN users u ON u.id = l.user_id WHERE u.username = 'alice' ORDER BY a.mal_id",
        );
        if here.is_empty() {
            return;
        }
        for _ in 0..self.chance.usize(0..4) {
            let id: u64 = self.chance.choice(&here).unwrap().as_ref().unwrap().parse().unwrap();
            let note = format!("mine {}", self.chance.u32(..));
            self.world.execute(&note_down(id, &note));
            self.notes.insert(id, note);
        }
    }

    /// Starts a sync and makes an end of it; says how.
    fn die(&mut self) -> String {
        let full = self.chance.bool();
        let args: &[&str] = if full { &["sync", "--json", "--force-full"] } else { &["sync", "--json"] };
        let mut command = self.world.command(args);
        if self.chance.u8(..3) == 0 {
            let (name, most) = *self.chance.choice(&POINTS).unwrap();
            let before = self.chance.u32(0..most);
            let points = format!("{name}={before}*off->return");
            return self.die_at(&points, args);
        }
        let mut process = command.spawn().unwrap();
        let after = Duration::from_millis(self.chance.u64(0..700));
        pause(after);
        let how = self.chance.u8(..4);
        match how {
            0 => signal(&process, "TERM"),
            1 => {
                signal(&process, "STOP");
                pause(Duration::from_millis(self.chance.u64(0..300)));
                signal(&process, "CONT");
            }
            _ => process.kill().unwrap(),
        }
        let ran = self.world.ended(process);
        format!("way {how} after {after:?}, {args:?}: {} {}", ran.code, ran.stderr)
    }

    fn die_at(&self, points: &str, args: &[&str]) -> String {
        let mut command = self.world.command(args);
        let ran = self.world.ended(command.env("FAILPOINTS", points).spawn().unwrap());
        format!("{points}, {args:?}: {}", ran.code)
    }

    #[track_caller]
    fn check(&mut self, when: &str) {
        let world = &self.world;
        let of_alice = "FROM sync_runs r JOIN users u ON u.id = r.user_id WHERE u.username = 'alice'";
        // A batch is whole: the rows it made, the lines it wrote and the counters in its run are one transaction.
        let made = count(world, &format!("(SELECT COALESCE(sum(r.user_lists_created), 0) {of_alice})"));
        let there =
            "(SELECT count(*) FROM user_anime_lists l JOIN users u ON u.id = l.user_id WHERE u.username = 'alice')";
        assert_eq!(count(world, there), made, "{when}: rows and counters");
        let lines = "(SELECT count(*) FROM sync_changes c JOIN users u ON u.id = c.user_id \
            WHERE u.username = 'alice' AND c.field = 'entry')";
        assert_eq!(count(world, lines), made, "{when}: lines and counters");
        let torn = format!(
            "(SELECT count(*) {of_alice} AND r.anime_fetched <> r.anime_created + r.anime_updated + r.anime_unchanged)"
        );
        assert_eq!(count(world, &torn), 0, "{when}: conservation");
        let odd = format!(
            "(SELECT count(*) {of_alice} AND r.force_full AND r.status <> 'SUCCESS' \
            AND r.anime_fetched % {BATCH} <> 0 AND r.anime_fetched < 200)"
        );
        assert_eq!(count(world, &odd), 0, "{when}: a part of a batch");
        self.marks_are_true(when);
        let stand = self.world.query(
            "SELECT a.mal_id || ' ' || COALESCE(l.notes, '') FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            JOIN users u ON u.id = l.user_id WHERE u.username = 'alice'",
        );
        for (id, note) in &self.notes {
            assert!(stand.contains(&Some(format!("{id} {note}"))), "{when}: the note of {id}");
        }
        assert_eq!(dump::person(&self.world, "bob"), self.stranger, "{when}: somebody else's rows");
        let generation = self.generation();
        assert!(generation >= self.generation, "{when}: generation {} became {generation}", self.generation);
        self.generation = generation;
        if self.world.kind == Kind::Sqlite {
            assert_eq!(self.world.value("PRAGMA integrity_check").as_deref(), Some("ok"), "{when}");
        }
    }

    /// The marks move with the end of a complete run, and with nothing else.
    #[track_caller]
    fn marks_are_true(&mut self, when: &str) {
        let marks = self.marks();
        let last =
            "SELECT status || ' ' || COALESCE(CAST(finished_at AS TEXT), '') FROM sync_runs ORDER BY id DESC LIMIT 1";
        let last = self.world.query(last).pop().flatten().unwrap_or_default();
        if marks == self.marks {
            assert!(!last.starts_with("SUCCESS") || marks[0].is_some(), "{when}: a complete run left no mark");
            return;
        }
        let at = marks[0].clone().unwrap_or_default();
        assert_eq!(last, format!("SUCCESS {at}"), "{when}: the marks moved");
        self.marks = marks;
        let missing = self.world.sim.control().entry_ids("alice").unwrap().len();
        let live = "(SELECT count(*) FROM user_anime_lists l JOIN users u ON u.id = l.user_id \
            WHERE u.username = 'alice' AND l.removed_at IS NULL)";
        assert_eq!(count(&self.world, live), i64::try_from(missing).unwrap(), "{when}: the list is complete");
    }

    fn marks(&self) -> Vec<Option<String>> {
        ["last_mal_sync", "mal_list_watermark", "last_full_sync"]
            .map(|mark| self.world.value(&format!("SELECT CAST({mark} AS TEXT) FROM users WHERE username = 'alice'")))
            .to_vec()
    }

    fn generation(&self) -> i64 {
        count(&self.world, "(SELECT mal_token_generation FROM users WHERE username = 'alice')")
    }

    /// A healthy run leaves what one undisturbed run leaves in an empty database.
    fn ends_well(mut self, when: &str) {
        let run = self.world.sync(&["--force-full"]);
        assert_eq!(run["status"], "SUCCESS", "{when}: {run}");
        self.check(when);
        let versions = dump::application(&self.world);
        let idle = self.world.sync(&["--force-full"]);
        let changed =
            ["anime_created", "anime_updated", "user_lists_created", "user_lists_updated", "conflicts_resolved"];
        assert!(changed.iter().all(|counter| idle[counter] == json!(0)), "{when}: nothing is left to do, {idle}");
        let without_marks =
            |rows: Vec<String>| rows.into_iter().filter(|row| !row.contains("|alice|")).collect::<Vec<_>>();
        assert_eq!(without_marks(dump::application(&self.world)), without_marks(versions), "{when}");
        let after = dump::list(&self.world, "alice");
        self.world.fresh_database();
        self.world.run(&["login"]).expect(0);
        self.world.sync(&[]);
        for (id, note) in &self.notes {
            self.world.execute(&note_down(*id, note));
        }
        assert_eq!(after, dump::list(&self.world, "alice"), "{when}: as one undisturbed run");
    }
}

fn note_down(mal_id: u64, note: &str) -> String {
    format!(
        "UPDATE user_anime_lists SET notes = '{note}' WHERE anime_id = (SELECT id FROM anime WHERE mal_id = {mal_id}) \
        AND user_id = (SELECT id FROM users WHERE username = 'alice')"
    )
}

#[expect(clippy::disallowed_methods, reason = "a death comes at a random moment, not at one that can be waited for")]
fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// The process may be gone already.
fn signal(process: &Child, name: &str) {
    let _ = Command::new("kill").args(["-s", name, &process.id().to_string()]).output().unwrap();
}
