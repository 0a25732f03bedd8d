//! What MAL may put into an entry, on both databases: each oddity on one page with a hundred good entries.

mod fields;
mod listing;
mod local;
mod texts;

use serde_json::{Value, json};

use crate::support::world::{Kind, Ran, World};

/// MAL's id of the first odd entry; made lists have none so high.
const ODD: u64 = 2_000_000_001;

/// An entry that nothing is wrong with.
fn good(id: u64) -> Value {
    json!({
        "node": {"id": id, "title": format!("Entry {id}"), "num_episodes": 12},
        "list_status": {"status": "watching", "score": 0, "num_episodes_watched": 1, "is_rewatching": false,
            "updated_at": "2021-03-15T09:00:58+00:00"},
    })
}

/// An entry as MAL would send it with this JSON text in one place; with an empty text, without that key.
fn odd(id: u64, place: &str, text: &str) -> String {
    let mut entry = good(id);
    let (parent, key) = place.rsplit_once('/').unwrap();
    let parent = entry.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if text.is_empty() {
        parent.remove(key);
    } else {
        parent.insert(key.to_owned(), json!("@@"));
    }
    entry.to_string().replace("\"@@\"", text)
}

/// A world whose list has a hundred good entries, and then these, all on one page.
fn world_with(kind: Kind, entries: &[String]) -> World {
    let mut world = World::logged_in(kind, 100);
    world.set("MAL_PAGE_SIZE", "1000");
    for (id, text) in (ODD..).zip(entries) {
        world.sim.control().put_entry_text("alice", id, text).unwrap();
    }
    world
}

/// Such a world, with one odd entry for each of these JSON texts in that place.
fn world_of(kind: Kind, place: &str, texts: &[&str]) -> World {
    let entries: Vec<_> = (ODD..).zip(texts).map(|(id, text)| odd(id, place, text)).collect();
    world_with(kind, &entries)
}

/// The run, whose numbers must add up, and be those of the tables.
#[track_caller]
fn conserved(world: &World, run: &Value) {
    let number = |key: &str| run[key].as_u64().unwrap();
    let errors = run["errors"].as_array().unwrap().len() as u64;
    for rows in ["anime", "user_lists"] {
        let sum: u64 = ["created", "updated", "unchanged"].iter().map(|fate| number(&format!("{rows}_{fate}"))).sum();
        assert_eq!(sum + errors, number("anime_fetched"), "{rows}: {run}");
    }
    for table in ["anime", "user_anime_lists"] {
        assert_eq!(rows(world, table), number("anime_fetched") - errors, "{table}: {run}");
    }
}

fn rows(world: &World, table: &str) -> u64 {
    world.value(&format!("SELECT CAST(count(*) AS TEXT) FROM {table}")).unwrap().parse().unwrap()
}

/// All of these texts are stored, and the next sync finds every row as it was. The first sync.
#[track_caller]
fn stored(world: &World, extra: u64) -> Ran {
    let ran = world.run(&["sync", "--json"]).expect(0);
    let run = ran.json();
    assert_eq!((&run["status"], &run["anime_created"]), (&json!("SUCCESS"), &json!(100 + extra)), "{run}");
    conserved(world, &run);
    let again = world.sync(&["--force-full"]);
    assert_eq!(
        (&again["anime_unchanged"], &again["user_lists_unchanged"], &again["conflicts_resolved"]),
        (&json!(100 + extra), &json!(100 + extra), &json!(0)),
        "a second sync finds nothing to do: {again}"
    );
    ran
}

/// None of the odd entries is stored, each is told by name, the good ones are stored, and once MAL has mended them the next
/// sync brings them.
#[track_caller]
fn rejected(world: &World, odd: u64, word: &str) {
    let run = world.run(&["sync", "--json"]).expect(3).json();
    assert_eq!((&run["status"], &run["anime_created"]), (&json!("PARTIAL"), &json!(100)), "{run}");
    let errors = run["errors"].as_array().unwrap();
    assert_eq!(errors.len() as u64, odd, "{run}");
    for error in errors {
        assert_eq!(error["kind"], "invalid", "{error}");
        assert!(error["message"].as_str().unwrap().contains(word), "{error}");
    }
    conserved(world, &run);
    let status = world.run(&["status", "--json"]).expect(0).json();
    assert_eq!(status["last_mal_sync"], run["finished_at"], "rejected by name: the run was complete");
    for id in ODD..ODD + odd {
        world.sim.control().put_entry("alice", id, &good(id)).unwrap();
    }
    let healthy = world.sync(&["--force-full"]);
    assert_eq!((&healthy["status"], &healthy["user_lists_created"]), (&json!("SUCCESS"), &json!(odd)), "{healthy}");
    conserved(world, &healthy);
}

/// The odd entries as `list --json` tells them, in the order of their ids.
fn odd_entries(world: &World) -> Vec<Value> {
    let mut entries = world.run(&["list", "--json", "--sort", "id"]).expect(0).lines();
    entries.retain(|entry| entry["mal_id"].as_u64().unwrap() >= ODD);
    entries
}
