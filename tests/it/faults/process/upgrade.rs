//! Databases that earlier releases wrote, opened by this one.
//!
//! `tests/it/upgrade/VERSION/` has, for each database, a dump of what that release left after a few syncs, and what it then
//! said of it: `list --removed --sort id`, `changes --limit 1000`, `runs`, `status`, `token status`, all with `--json`. A new
//! release adds a folder and changes none.

use std::fs;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::support::world::{Kind, World, on_both};

on_both!(f_c17_what_version_0_1_0_wrote_is_opened_and_told_as_it_was);

/// The key that sealed the tokens of the dumps.
const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// What a release left, and what it said of it.
fn written_by(version: &str, kind: Kind) -> (String, Vec<Value>) {
    let name = if kind == Kind::Postgres { "postgres" } else { "sqlite" };
    let file = |ending: &str| {
        let file = format!("{}/tests/it/upgrade/{version}/{name}.{ending}", env!("CARGO_MANIFEST_DIR"));
        fs::read_to_string(file).unwrap()
    };
    (file("sql"), file("jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn f_c17_what_version_0_1_0_wrote_is_opened_and_told_as_it_was(kind: Kind) {
    let mut world = World::new(kind, 12);
    world.set("MALSYNC_TOKEN_KEY", KEY);
    let (dump, said) = written_by("0.1.0", kind);
    if kind == Kind::Sqlite {
        fs::create_dir_all(world.database_file().parent().unwrap()).unwrap();
        fs::write(world.database_file(), "").unwrap();
    }
    world.execute(&dump);
    let commands = ["list --removed --sort id", "changes --limit 1000", "runs", "status", "token status"];
    let says: Vec<_> = commands
        .iter()
        .flat_map(|command| {
            let args: Vec<_> = command.split(' ').chain(["--json"]).collect();
            world.run(&args).expect(0).lines()
        })
        .collect();
    assert_eq!(says.len(), said.len());
    says.iter().zip(&said).for_each(|(now, then)| still_says(now, then));
    // The tokens open with the key. Another MAL has not issued them, which malsync can only learn by asking.
    world.run(&["whoami"]).expect(4);
    let asked = world.sim.control().logged_requests();
    let sent =
        asked.iter().find(|asked| asked.path == "/v2/users/@me").unwrap().headers["authorization"].as_str().unwrap();
    let digest: String = Sha256::digest(sent).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, BEARER[usize::from(kind == Kind::Postgres)]);
    world.run(&["login", "--force"]).expect(0);
    assert_eq!(world.sync(&["--force-full", "--allow-shrink"])["status"], "SUCCESS");
}

/// SHA-256 of `Bearer TOKEN`, by SQLite's dump and by PostgreSQL's.
const BEARER: [&str; 2] = [
    "0a8a966fc3b5769d199d41cbc6a87ea1bde3742c97ed96488e07f6616a7f1b0c",
    "969f6e1fbad3cf08a8a86f1e98d43444018558132484f016b968d38d0e0e48ec",
];

/// Every field that was there says what it said; new ones may have come.
#[track_caller]
fn still_says(now: &Value, then: &Value) {
    match (now, then) {
        (Value::Object(now), Value::Object(then)) => {
            then.iter().for_each(|(name, value)| still_says(now.get(name).unwrap_or(&Value::Null), value));
        }
        _ => assert_eq!(now, then),
    }
}
