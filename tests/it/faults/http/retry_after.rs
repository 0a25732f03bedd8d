//! What MAL asks for in `Retry-After` is done, in both forms, up to five minutes.

use serde_json::json;

use super::{fails, heals, inject, on_list, pages};
use crate::support::world::{Kind, World};

/// Milliseconds between the two requests for the one page.
fn waited(world: &World) -> f64 {
    let asked = pages(world);
    assert_eq!(asked.len(), 2, "{asked:?}");
    asked[1].at_ms - asked[0].at_ms
}

#[test]
fn f_h07_a_retry_after_in_seconds_is_waited_for() {
    let world = World::logged_in(Kind::Sqlite, 10);
    inject(&world, on_list().status(429).header("Retry-After", "3"));
    let run = world.sync(&[]);
    assert_eq!((&run["status"], &run["retries"]), (&json!("SUCCESS"), &json!(1)), "{run}");
    assert!(waited(&world) >= 3000.0, "{}", waited(&world));
}

#[test]
fn f_h08_a_retry_after_with_a_date_is_relative_to_the_answers_own_whatever_our_clock_says() {
    let world = World::logged_in(Kind::Sqlite, 10);
    for (status, date, until) in [
        (429, "Sun, 06 Nov 1994 08:49:35 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"),
        (503, "Tue, 06 Nov 2096 08:49:35 GMT", "Tue, 06 Nov 2096 08:49:37 GMT"),
    ] {
        world.sim.control().clear_log();
        inject(&world, on_list().status(status).header("Date", date).header("Retry-After", until));
        let run = world.sync(&["--dry-run"]);
        assert_eq!((&run["status"], &run["retries"]), (&json!("SUCCESS"), &json!(1)), "{run}");
        assert!(waited(&world) >= 2000.0, "{date}: {}", waited(&world));
    }
}

#[test]
fn f_h09_a_retry_after_that_says_nothing_leaves_our_own_back_off_and_one_that_is_too_long_ends_the_run() {
    let world = World::logged_in(Kind::Sqlite, 10);
    for nothing in ["0", "-5", "abc", "", "Sun, 06 Nov 1994 08:49:37 GMT"] {
        inject(&world, on_list().status(429).header("Retry-After", nothing));
        let run = world.sync(&["--dry-run"]);
        assert_eq!((&run["status"], &run["retries"]), (&json!("SUCCESS"), &json!(1)), "{nothing:?}: {run}");
    }
    for (status, words) in [(429, "rate limit exceeded"), (503, "MyAnimeList API temporarily unavailable")] {
        for long in ["301", "86400", "99999999999999999999"] {
            inject(&world, on_list().status(status).header("Retry-After", long));
            let when = if long.len() > 5 { "in more than a year" } else { "after 2" };
            let run = fails(&world, &format!("{words}: MyAnimeList asks to come back {when}"));
            assert_eq!((&run["requests"], &run["retries"]), (&json!(2), &json!(0)), "{long}: {run}");
        }
    }
    heals(&world);
}
