//! Pages and lists that are odd as a whole: bytes, twins, pages without a good entry, entries that come and go.

use mal_sim::FaultRule;
use serde_json::{Value, json};

use super::{ODD, conserved, good, odd_entries, rejected, rows, stored, world_with};
use crate::support::world::{Kind, World, on_both};

on_both!(
    f_d04_bytes_that_are_no_utf8_spoil_the_page_and_half_a_character_pair_does_not,
    f_d16_of_an_id_twice_on_a_page_the_newest_stands_and_then_the_later,
    f_d17_a_name_twice_in_an_entry_rejects_it_and_in_its_list_status_the_last_stands,
    f_d19_a_page_without_a_good_entry_stops_nothing,
    f_d21_an_entry_that_moves_or_comes_back_is_one_row,
    p48_five_bad_entries_of_1200_are_told_with_their_reasons,
);

/// A lone surrogate may be mended, says the interface; bytes that are no UTF-8 are an unreadable page.
fn f_d04_bytes_that_are_no_utf8_spoil_the_page_and_half_a_character_pair_does_not(kind: Kind) {
    let lone = good(ODD).to_string().replace("Entry", "half \\ud83d a pair");
    let world = world_with(kind, &[lone]);
    stored(&world, 1);
    assert_eq!(odd_entries(&world)[0]["title"], format!("half \u{fffd} a pair {ODD}"));

    let mut world = World::logged_in(kind, 250);
    world.set("SYNC_BATCH_SIZE", "50");
    let body = [b"{\"data\":[{\"node\":{\"id\":1,\"title\":\"\xff\"}}],\"paging\":{}}".as_slice()].concat();
    let rule = FaultRule::for_path("/v2/users/@me/animelist").query("offset", "100").bytes_body(&body);
    world.sim.control().add_fault(rule.clone().times(2)).unwrap();
    let ran = world.run(&["sync", "--json"]).expect(5);
    assert!(ran.stderr.contains("error: ") && ran.stderr.contains("UTF-8"), "{}", ran.stderr);
    let run = ran.json();
    assert_eq!((&run["status"], &run["anime_fetched"]), (&json!("FAILED"), &json!(100)), "whole batches: {run}");
    conserved(&world, &run);
    assert_eq!(world.value("SELECT CAST(last_mal_sync AS TEXT) FROM users"), None);
    world.sim.control().add_fault(rule.times(1)).unwrap();
    let run = world.sync(&[]);
    assert_eq!((&run["anime_fetched"], &run["retries"]), (&json!(250), &json!(1)), "asked again once: {run}");
    conserved(&world, &run);
}

fn scored(id: u64, title: &str, score: u32, at: &str) -> String {
    let mut entry = good(id);
    entry["node"]["title"] = json!(title);
    entry["list_status"]["score"] = json!(score);
    entry["list_status"]["updated_at"] = json!(at);
    entry.to_string()
}

fn f_d16_of_an_id_twice_on_a_page_the_newest_stands_and_then_the_later(kind: Kind) {
    let (old, new) = ("2021-01-01T00:00:00+00:00", "2021-02-02T00:00:00+00:00");
    let entries = [
        scored(ODD, "Twin 1a", 1, old),
        scored(ODD, "Twin 1b", 2, new),
        scored(ODD + 1, "Twin 2a", 3, new),
        scored(ODD + 1, "Twin 2b", 4, old),
        scored(ODD + 2, "Twin 3a", 5, old),
        scored(ODD + 2, "Twin 3b", 6, old),
    ];
    let world = world_with(kind, &entries);
    stored(&world, 3);
    let told: Vec<_> =
        odd_entries(&world).iter().map(|entry| (entry["title"].clone(), entry["score"].clone())).collect();
    let expected = [("Twin 1b", 2), ("Twin 2a", 3), ("Twin 3b", 6)].map(|(title, score)| (json!(title), json!(score)));
    assert_eq!(told, expected);
}

fn f_d17_a_name_twice_in_an_entry_rejects_it_and_in_its_list_status_the_last_stands(kind: Kind) {
    let twice = |id: u64, from: &str, to: &str| good(id).to_string().replacen(from, to, 1);
    let node = twice(ODD, "\"title\"", "\"id\":7,\"title\"");
    let whole = twice(ODD + 1, "\"list_status\"", "\"node\":{},\"list_status\"");
    rejected(&world_with(kind, &[node, whole]), 2, "duplicate field");
    let world = world_with(kind, &[twice(ODD, "\"score\":0", "\"score\":3,\"score\":8")]);
    stored(&world, 1);
    assert_eq!(odd_entries(&world)[0]["score"], 8);
}

/// The row asks for exit 8 where more than a fifth of a run is rejected. The interface knows no such guard: every error of an
/// entry is told, none stops the run, exit 3.
fn f_d19_a_page_without_a_good_entry_stops_nothing(kind: Kind) {
    let mut entries = Vec::new();
    for id in ODD..ODD + 100 {
        entries.push(scored(id, &format!("!! {id}"), 11, "2021-01-01T00:00:00+00:00"));
    }
    let mut world = world_with(kind, &entries);
    world.set("MAL_PAGE_SIZE", "100");
    rejected(&world, 100, "score is 11");
    for id in world.sim.control().entry_ids("alice").unwrap() {
        world.sim.control().put_entry("alice", id, &json!({"node": {"id": id}})).unwrap();
    }
    let run = world.run(&["sync", "--json", "--force-full"]).expect(3).json();
    assert_eq!((&run["status"], &run["anime_fetched"]), (&json!("PARTIAL"), &json!(200)), "{run}");
    assert_eq!((run["errors"].as_array().unwrap().len(), &run["user_lists_removed"]), (200, &json!(0)));
    assert_eq!(rows(&world, "user_anime_lists"), 200, "what stands here is not touched");
}

fn f_d21_an_entry_that_moves_or_comes_back_is_one_row(kind: Kind) {
    let world = world_with(kind, &[good(ODD).to_string()]);
    stored(&world, 1);
    let mut moved = good(ODD);
    moved["list_status"]["status"] = json!("completed");
    world.sim.control().put_entry("alice", ODD, &moved).unwrap();
    assert_eq!(world.sync(&["--force-full"])["user_lists_updated"], 1);
    assert_eq!(odd_entries(&world)[0]["status"], "completed");
    world.sim.control().delete_entry("alice", ODD).unwrap();
    assert_eq!(world.sync(&["--force-full"])["user_lists_removed"], 1);
    assert!(odd_entries(&world).is_empty());
    assert_eq!(rows(&world, "user_anime_lists"), 101, "marked, not deleted");
    world.sim.control().put_entry("alice", ODD, &moved).unwrap();
    let back = world.sync(&["--force-full"]);
    assert_eq!((&back["user_lists_updated"], &back["user_lists_created"]), (&json!(1), &json!(0)), "{back}");
    assert_eq!(odd_entries(&world)[0]["removed"], false);
    conserved(&world, &back);
}

fn p48_five_bad_entries_of_1200_are_told_with_their_reasons(kind: Kind) {
    let world = World::logged_in(kind, 1_200);
    let ids = world.sim.control().entry_ids("alice").unwrap();
    let bad: Vec<_> = ids.iter().step_by(240).copied().collect();
    for id in &bad {
        let patch = json!({"list_status": {"score": 99}});
        world.sim.control().patch_entry("alice", *id, serde_json::from_value(patch).unwrap()).unwrap();
    }
    let told = world.run(&["sync"]).expect(3).stdout;
    for id in &bad {
        assert!(told.contains(&format!("({id}): score is 99, not within 0 to 10")), "{told}");
    }
    assert_eq!(rows(&world, "user_anime_lists"), 1_195);
    let run = world.run(&["runs", "--json"]).expect(0).json();
    let named: Vec<_> =
        run["errors"].as_array().unwrap().iter().map(|error| error["mal_id"].as_u64().unwrap()).collect();
    assert!(named.len() == 5 && bad.iter().all(|id| named.contains(id)), "{named:?}");
    assert!(run["errors"].as_array().unwrap().iter().all(|error| error["title"] != Value::Null));
    conserved(&world, &run);
}
