//! Lists that loop, move while they are read, or have an awkward length.

use mal_sim::FaultRule;
use serde_json::{Value, json};

use super::{fails, heals, inject, marked, on_list, pages, stored};
use crate::support::{
    memory::run_and_weigh,
    world::{Kind, World, on_both},
};

on_both!(
    f_h23_an_entry_that_comes_on_two_pages_is_stored_and_counted_once,
    f_h24_an_entry_that_a_moving_list_skips_is_not_taken_for_removed,
    f_h26_lists_of_every_awkward_length_arrive_whole,
);

fn page(world: &World, next: &Value) -> Value {
    let next = match next {
        Value::Number(offset) => json!(format!("{}/users/@me/animelist?offset={offset}", world.sim.api_url())),
        other => other.clone(),
    };
    json!({"data": [], "paging": {"next": next}})
}

#[test]
fn f_h14_a_next_page_that_does_not_lead_on_ends_the_run_at_once() {
    let world = World::logged_in(Kind::Sqlite, 250);
    for (next, words) in [
        (json!(100), "page loop: "),
        (json!(0), "page loop: "),
        (json!(99_999), "unexpected next page: "),
        (json!(201), "unexpected next page: "),
        (json!("two"), "unexpected next page: "),
        (json!(true), "unexpected next page: "),
    ] {
        world.sim.control().clear_faults();
        world.sim.control().clear_log();
        inject(&world, on_list().query("offset", "100").json(page(&world, &next)).forever());
        fails(&world, words);
        assert_eq!((pages(&world).len(), stored(&world)), (2, 100), "{next}");
    }
    heals(&world);
}

#[test]
fn f_h14_empty_pages_without_end_are_a_loop() {
    let world = World::logged_in(Kind::Sqlite, 10);
    for number in 0..20_u64 {
        let rule = on_list().query("offset", &(number * 100).to_string());
        inject(&world, rule.json(page(&world, &json!((number + 1) * 100))).forever());
    }
    fails(&world, "page loop: ");
    assert!(pages(&world).len() <= 4, "{}", pages(&world).len());
    heals(&world);
}

/// An entry that comes first in the order of titles.
fn put_in_front(world: &World, rule: FaultRule) {
    let entry = json!({"node": {"title": " !"}, "list_status": {"status": "watching"}});
    inject(world, rule.with_control_call("PATCH", "/users/alice/entries/900001", entry));
}

fn f_h23_an_entry_that_comes_on_two_pages_is_stored_and_counted_once(kind: Kind) {
    let world = World::logged_in(kind, 250);
    put_in_front(&world, on_list().query("offset", "100"));
    let run = world.sync(&[]);
    assert_eq!(run["status"], "SUCCESS", "{run}");
    for counter in ["anime_fetched", "anime_created", "user_lists_created"] {
        assert_eq!(run[counter], 250, "{counter}: {run}");
    }
    assert_eq!(stored(&world), 250);
    heals(&world);
}

fn f_h24_an_entry_that_a_moving_list_skips_is_not_taken_for_removed(kind: Kind) {
    let world = World::logged_in(kind, 250);
    world.sync(&[]);
    let first = first_by_title(&world);
    let path = format!("/users/alice/entries/{first}");
    inject(&world, on_list().query("offset", "100").with_control_call("DELETE", &path, Value::Null));
    let run = world.sync(&["--force-full"]);
    assert_eq!((&run["status"], &run["user_lists_removed"]), (&json!("SUCCESS"), &json!(0)), "{run}");
    assert_eq!(marked(&world), 0, "neither the one that went nor the one that was skipped by that");
    // Read in peace, the list says what is gone.
    assert_eq!(world.sync(&["--force-full"])["user_lists_removed"], 1);
    assert_eq!((stored(&world), marked(&world)), (250, 1));
}

/// The entry with which the listing begins.
fn first_by_title(world: &World) -> i64 {
    let ids = world.sim.control().entry_ids("alice").unwrap();
    let title = |id: &u64| {
        let entry = world.sim.control().entry_json("alice", *id).unwrap().unwrap();
        (entry["node"]["title"].as_str().unwrap_or_default().to_lowercase(), *id)
    };
    let (_, id) = ids.iter().map(title).min().unwrap();
    i64::try_from(id).unwrap()
}

fn f_h26_lists_of_every_awkward_length_arrive_whole(kind: Kind) {
    let world = World::logged_in(kind, 0);
    let mut asked = 0;
    for (length, requests) in [(0, 1), (1, 1), (99, 1), (100, 1), (101, 2), (1000, 10), (1001, 11)] {
        world.sim.control().resize_list("alice", length).unwrap();
        let run = world.sync(&["--force-full"]);
        assert_eq!((&run["status"], &run["anime_fetched"]), (&json!("SUCCESS"), &json!(length)), "{run}");
        assert_eq!((stored(&world), pages(&world).len() - asked), (length, requests), "{length}");
        asked = pages(&world).len();
    }
}

#[test]
#[ignore = "nightly: 20,000 entries take a while in a debug build"]
fn f_h26_twenty_thousand_entries_take_less_than_128_mib() {
    for (kind, page_size) in [(Kind::Sqlite, "1000"), (Kind::Postgres, "100")] {
        let mut world = World::logged_in(kind, 20_000);
        world.set("MAL_PAGE_SIZE", page_size);
        let (ran, height) = run_and_weigh(&world, &["sync", "--json"]);
        assert_eq!(ran.expect(0).json()["anime_fetched"], 20_000);
        assert_eq!(stored(&world), 20_000);
        assert!(height < 128 * 1024, "{height} kB");
    }
}
