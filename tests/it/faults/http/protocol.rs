//! Answers that are none: the wrong coding, the wrong document, floods of headers, answers to nobody's question.

use std::io::Write as _;

use mal_sim::FaultRule;
use malsync_test_macros::on_both;
use serde_json::json;

use super::{
    add_fault, assert_next_sync_succeeds, assert_sync_fails, count_entries, count_removed, list_fault, page_requests,
};
use crate::support::test_env::{DatabaseKind, TestEnv};

const UNAVAILABLE_MESSAGE: &str = "MyAnimeList API temporarily unavailable: ";
const UNREADABLE_MESSAGE: &str = "MyAnimeList's answer cannot be read: ";

#[test]
fn f_h10_permanent_error_is_not_retried_and_reported_sanitized() {
    let world = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    let long = format!("no\u{1b}[2J\u{202e} way\r\nerror: {}", "x".repeat(5000));
    for status in [400, 404, 405, 410, 422] {
        world.sim.control().clear_faults();
        world.sim.control().clear_log();
        add_fault(&world, list_fault().status(status).json(json!({"message": long, "error": "e"})).forever());
        let ran = world.run(&["sync", "--json"]);
        assert!(!ran.stderr.contains(['\u{1b}', '\u{202e}', '\r']), "{:?}", ran.stderr);
        assert!(ran.stderr.lines().all(|line| line.len() < 400), "{}", ran.stderr);
        let run = super::assert_failed(ran, &world, &format!("MyAnimeList refuses the request: HTTP {status}"));
        assert_eq!((page_requests(&world).len(), &run["retries"]), (1, &json!(0)), "{run}");
    }
    assert_next_sync_succeeds(&world);
}

#[test]
fn f_h19_body_with_wrong_content_encoding_is_never_data() {
    let world = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(br#"{"data":[],"paging":{}}"#).unwrap();
    let packed = packed.finish().unwrap();
    let coded = |coding: &str, body: &[u8]| {
        list_fault()
            .bytes_body(body)
            .header("Content-Encoding", coding)
            .header("Content-Type", "application/json")
            .forever()
    };
    for (rule, words, asked) in [
        (coded("br", &[0x8b, 0x0b, 0x80]), UNREADABLE_MESSAGE, 2),
        (coded("zstd", &[0x28, 0xb5, 0x2f, 0xfd]), UNREADABLE_MESSAGE, 2),
        (coded("nonsense", &packed), UNREADABLE_MESSAGE, 2),
        (coded("gzip", b"{\"data\":[],\"paging\":{}}"), UNAVAILABLE_MESSAGE, 4),
        (coded("gzip", &packed[..packed.len() - 6]), UNAVAILABLE_MESSAGE, 4),
    ] {
        world.sim.control().clear_faults();
        world.sim.control().clear_log();
        add_fault(&world, rule);
        assert_sync_fails(&world, words);
        assert_eq!((page_requests(&world).len(), count_entries(&world)), (asked, 0));
    }
    assert_next_sync_succeeds(&world);
}

#[on_both]
fn f_h20_status_200_without_page_is_never_an_empty_list(kind: DatabaseKind) {
    let world = TestEnv::with_login(kind, 120);
    world.sync(&[]);
    let last = || world.query_value("SELECT CAST(last_mal_sync AS TEXT) FROM users");
    let before = last();
    let text =
        |body: &str| list_fault().bytes_body(body.as_bytes()).header("Content-Type", "application/json").forever();
    let html = list_fault().status(200).text("<!DOCTYPE html><html>Maintenance</html>").forever();
    for rule in ["", "null", "[]", "{}", r#"{"error":"x"}"#, r#"{"data":null}"#, "{\"data\":["]
        .map(text)
        .into_iter()
        .chain([html])
    {
        world.sim.control().clear_faults();
        add_fault(&world, rule);
        let ran = world.run(&["sync", "--json", "--force-full"]).expect_code(5);
        assert_eq!((&ran.json()["status"], &ran.json()["anime_fetched"]), (&json!("FAILED"), &json!(0)), "{ran:?}");
        assert_eq!((count_entries(&world), count_removed(&world), last()), (120, 0, before.clone()), "{ran:?}");
    }
    assert_next_sync_succeeds(&world);
}

#[test]
fn f_h30_flood_of_headers_counts_as_broken_connection() {
    let world = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    let many: String = (0..10_000).map(|number| format!("X-{number}: y\r\n")).collect();
    let long = format!("X-Long: {}\r\n", "y".repeat(1_000_000));
    let body = "Content-Type: application/json\r\nContent-Length: 23\r\n\r\n{\"data\":[],\"paging\":{}}";
    let early = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(10);
    for answer in [format!("HTTP/1.1 200 OK\r\n{many}{body}"), format!("HTTP/1.1 200 OK\r\n{long}{body}"), early] {
        world.sim.control().clear_faults();
        add_fault(&world, list_fault().raw(answer.as_bytes()).forever());
        let run = assert_sync_fails(&world, UNAVAILABLE_MESSAGE);
        assert_eq!((&run["retries"], count_entries(&world)), (&json!(3), 0), "{run}");
    }
    assert_next_sync_succeeds(&world);
}

#[test]
fn f_h31_surplus_response_is_never_used_for_next_request() {
    let world = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    let poison =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 23\r\n\r\n{\"data\":[],\"paging\":{}}";
    let answer = format!("HTTP/1.1 503 Sorry\r\nContent-Length: 2\r\n\r\nno{poison}");
    add_fault(&world, list_fault().raw(answer.as_bytes()));
    let me = format!("HTTP/1.1 500 Sorry\r\nContent-Length: 0\r\n\r\n{poison}");
    add_fault(&world, FaultRule::for_path("/v2/users/@me").raw(me.as_bytes()));
    let run = world.sync(&[]);
    assert_eq!(
        (&run["status"], &run["anime_fetched"], &run["retries"]),
        (&json!("SUCCESS"), &json!(10), &json!(2)),
        "{run}"
    );
    assert_next_sync_succeeds(&world);
}
