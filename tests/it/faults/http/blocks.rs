//! MAL's edge turning the address away: weather, and never a lost login.

use mal_sim::{FaultRule, TokenSelector};
use serde_json::json;

use super::{TOKEN, fails, heals, inject, on_list, pages};
use crate::support::world::{Kind, World};

const BLOCKED: &str = "<html><body><h1>403 ERROR</h1>Request blocked.</body></html>";
const BANNED: &str = "<html><body>your IP has been banned</body></html>";
const ERROR_JSON: &str = "https://myanimelist.net/error.json";

#[test]
fn f_h11_a_block_by_the_edge_is_tried_again_five_times_and_costs_nobody_a_login() {
    let world = World::logged_in(Kind::Sqlite, 10);
    let html = |status, text| on_list().status(status).text(text).forever();
    let blocks = "MyAnimeList blocks this address for now: ";
    for (rule, words) in [
        (html(403, BLOCKED), blocks),
        (html(403, BANNED), blocks),
        (html(200, BLOCKED), blocks),
        (on_list().redirect(ERROR_JSON).forever(), "rate limit exceeded: "),
        (html(429, BLOCKED), "rate limit exceeded: "),
    ] {
        world.sim.control().clear_faults();
        world.sim.control().clear_log();
        inject(&world, rule);
        let run = fails(&world, words);
        assert_eq!((pages(&world).len(), &run["retries"], &run["token_refreshes"]), (6, &json!(5), &json!(0)), "{run}");
    }
    heals(&world);
}

#[test]
fn f_h11_a_403_with_json_is_one_refresh_and_then_a_block() {
    let world = World::logged_in(Kind::Sqlite, 10);
    inject(&world, on_list().status(403).json(json!({"message": "", "error": "forbidden"})).forever());
    let run = fails(&world, "MyAnimeList blocks this address for now: HTTP 403 Forbidden, forbidden");
    assert_eq!((pages(&world).len(), &run["retries"], &run["token_refreshes"]), (7, &json!(5), &json!(1)), "{run}");
    heals(&world);
}

#[test]
fn f_h11_a_block_of_the_token_endpoint_is_weather_too() {
    let world = World::logged_in(Kind::Sqlite, 10);
    world.sim.control().expire_tokens("alice", TokenSelector::Access).unwrap();
    let token = || FaultRule::for_path(TOKEN).forever();
    for rule in [
        token().status(403).text(BLOCKED),
        token().status(200).text(BANNED),
        token().redirect(ERROR_JSON),
        token().status(503),
        token().status(401).text(BLOCKED),
        token().status(400).text("<html>"),
    ] {
        world.sim.control().clear_faults();
        inject(&world, rule);
        let run = fails(&world, "could not refresh the tokens");
        assert_eq!(run["token_refreshes"], 0, "{run}");
    }
    heals(&world);
}
