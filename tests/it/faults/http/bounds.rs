//! Whatever MAL does, a run ends, and in memory that is bounded. TH18, I9, P62, P67.

use std::{io::Write as _, time::Duration};

use mal_sim::{FaultRule, TokenSelector};
use serde_json::json;

use super::{LIST, TOKEN, fails, fails_by, heals, inject, on_list, pages, stored};
use crate::support::{
    memory::run_and_weigh,
    other_end::Recorder,
    world::{Kind, World, on_both},
};

on_both!(p62_a_mal_that_fails_every_page_a_few_times_does_not_keep_a_run_going);

/// In kB.
const MEMORY: u64 = 128 * 1024;
const TOO_LARGE: &str = "the answer of 127.0.0.1 is too large: more than 8388608 bytes";

#[test]
fn f_h18_a_bomb_of_a_gigabyte_is_refused_at_the_cap_in_little_memory() {
    let world = World::logged_in(Kind::Sqlite, 10);
    inject(&world, on_list().gzip_bomb(1 << 30).forever());
    let (ran, height) = run_and_weigh(&world, &["sync", "--json"]);
    let run = fails_by(ran, &world, TOO_LARGE);
    assert_eq!((pages(&world).len(), &run["retries"], stored(&world)), (1, &json!(0), 0), "{run}");
    assert!(height < MEMORY, "{height} kB");
    heals(&world);
}

#[test]
fn f_h18_the_cap_grows_with_the_page_and_memory_stays_bounded() {
    let mut world = World::logged_in(Kind::Sqlite, 10);
    world.set("MAL_PAGE_SIZE", "1000");
    inject(&world, on_list().gzip_bomb(1 << 30).forever());
    let (ran, height) = run_and_weigh(&world, &["sync", "--json"]);
    fails_by(ran, &world, "the answer of 127.0.0.1 is too large: more than 83886080 bytes");
    assert!(height < MEMORY, "{height} kB");
}

#[test]
fn f_h18_nine_mebibytes_of_json_are_too_many_and_seven_are_not() {
    let world = World::logged_in(Kind::Sqlite, 10);
    let json = |size: usize| {
        let body = format!("{{\"data\":[{}],\"paging\":{{}}}}", " ".repeat(size << 20));
        on_list().bytes_body(body.as_bytes()).header("Content-Type", "application/json")
    };
    inject(&world, json(9));
    fails(&world, TOO_LARGE);
    inject(&world, json(7));
    assert_eq!(world.sync(&["--dry-run"])["anime_fetched"], 0);
    heals(&world);
}

#[test]
fn f_h18_a_body_without_end_is_refused_at_the_cap() {
    let mut world = World::logged_in(Kind::Sqlite, 10);
    let endless = Recorder::that(|mut stream| {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
        let mut sent = stream.write_all(head.as_bytes());
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x1_0000));
        while sent.is_ok() {
            sent = stream.write_all(chunk.as_bytes());
        }
    });
    world.set("MAL_API_URL", &format!("http://{}/v2", endless.address));
    let (ran, height) = run_and_weigh(&world, &["sync", "--json"]);
    // The first question is who it is, whose answer is a small one.
    fails_by(ran, &world, "the answer of 127.0.0.1 is too large: more than 262144 bytes");
    assert_eq!(endless.heard().len(), 1);
    assert!(height < MEMORY, "{height} kB");
}

#[test]
fn p67_a_token_answer_of_more_than_64_kib_is_not_read_and_costs_nobody_a_login() {
    let world = World::logged_in(Kind::Sqlite, 10);
    world.sim.control().expire_tokens("alice", TokenSelector::Access).unwrap();
    inject(&world, FaultRule::for_path(TOKEN).gzip_bomb(1 << 30).forever());
    let (ran, height) = run_and_weigh(&world, &["sync", "--json"]);
    let run = fails_by(ran, &world, "could not refresh the tokens");
    assert_eq!(run["token_refreshes"], 0, "{run}");
    assert!(height < MEMORY, "{height} kB");
    let asked = world
        .sim
        .control()
        .logged_requests()
        .into_iter()
        .filter(|asked| asked.form_field("refresh_token").is_some())
        .count();
    assert_eq!(asked, 1);
    heals(&world);
}

fn p62_a_mal_that_fails_every_page_a_few_times_does_not_keep_a_run_going(kind: Kind) {
    let mut world = World::logged_in(kind, 200);
    world.set("MAL_PAGE_SIZE", "5");
    world.set("SYNC_BATCH_SIZE", "5");
    for page in 0..40 {
        inject(&world, on_list().query("offset", &(page * 5).to_string()).status(503).times(3));
    }
    let run = fails(&world, "HTTP 503 Service Unavailable");
    let (requests, retries) = (run["requests"].as_u64().unwrap(), run["retries"].as_u64().unwrap());
    let came = stored(&world) / 5;
    assert!((5..20).contains(&came), "{came} pages");
    assert_eq!(
        (usize::try_from(retries).unwrap(), usize::try_from(requests).unwrap()),
        (21 + came, 21 + came + came + 2),
        "{run}"
    );
    heals(&world);
}

#[test]
fn p62_one_failure_a_page_is_borne_to_the_end_of_any_list() {
    let mut world = World::logged_in(Kind::Sqlite, 200);
    world.set("MAL_PAGE_SIZE", "5");
    for page in 0..40 {
        inject(&world, on_list().query("offset", &(page * 5).to_string()).status(503));
    }
    let run = world.sync(&[]);
    assert_eq!((&run["status"], &run["retries"], stored(&world)), (&json!("SUCCESS"), &json!(40), 200), "{run}");
}

#[test]
fn p67_a_mal_that_never_answers_is_left_after_the_tries() {
    let mut world = World::logged_in(Kind::Sqlite, 10);
    world.set("MAL_HTTP_TIMEOUT", "1s");
    for rule in [
        FaultRule::for_path(LIST).stall(),
        FaultRule::for_path(LIST).stall_after(300),
        FaultRule::for_path(LIST).delay(Duration::from_secs(60)),
    ] {
        world.sim.control().clear_faults();
        inject(&world, rule.forever());
        let run = fails(&world, "did not answer within 1s");
        assert_eq!((&run["requests"], &run["retries"]), (&json!(5), &json!(3)), "{run}");
    }
    heals(&world);
}
