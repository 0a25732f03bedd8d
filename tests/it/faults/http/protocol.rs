//! Invalid responses: wrong encodings, wrong documents, floods of headers, surplus responses.

use std::io::Write as _;

use mal_sim::FaultRule;
use malsync_test_macros::on_both;
use serde_json::json;

use super::{
    add_fault, assert_next_sync_succeeds, assert_sync_fails, count_entries, count_removed, list_fault, page_requests,
};
use crate::support::test_env::{DatabaseKind, TestEnv};

const UNAVAILABLE_MESSAGE: &str = "MyAnimeList API temporarily unavailable: ";
const UNREADABLE_MESSAGE: &str = "cannot read MyAnimeList's response: ";

#[test]
fn f_h10_permanent_error_is_not_retried_and_reported_sanitized() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    let long = format!("no\u{1b}[2J\u{202e} way\r\nerror: {}", "x".repeat(5000));
    for status in [400, 404, 405, 410, 422] {
        env.sim.control().clear_faults();
        env.sim.control().clear_log();
        add_fault(&env, list_fault().status(status).json(json!({"message": long, "error": "e"})).forever());
        let output = env.run(&["sync", "--json"]);
        assert!(!output.stderr.contains(['\u{1b}', '\u{202e}', '\r']), "{:?}", output.stderr);
        assert!(output.stderr.lines().all(|line| line.len() < 400), "{}", output.stderr);
        let run = super::assert_failed(output, &env, &format!("MyAnimeList refused the request: HTTP {status}"));
        assert_eq!((page_requests(&env).len(), &run["retries"]), (1, &json!(0)), "{run}");
    }
    assert_next_sync_succeeds(&env);
}

#[test]
fn f_h19_body_with_wrong_content_encoding_is_never_data() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
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
        env.sim.control().clear_faults();
        env.sim.control().clear_log();
        add_fault(&env, rule);
        assert_sync_fails(&env, words);
        assert_eq!((page_requests(&env).len(), count_entries(&env)), (asked, 0));
    }
    assert_next_sync_succeeds(&env);
}

#[on_both]
fn f_h20_status_200_without_page_is_never_an_empty_list(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 120);
    env.sync(&[]);
    let last = || env.query_value("SELECT CAST(last_mal_sync AS TEXT) FROM users");
    let before = last();
    let text =
        |body: &str| list_fault().bytes_body(body.as_bytes()).header("Content-Type", "application/json").forever();
    let html = list_fault().status(200).text("<!DOCTYPE html><html>Maintenance</html>").forever();
    for rule in ["", "null", "[]", "{}", r#"{"error":"x"}"#, r#"{"data":null}"#, "{\"data\":["]
        .map(text)
        .into_iter()
        .chain([html])
    {
        env.sim.control().clear_faults();
        add_fault(&env, rule);
        let output = env.run(&["sync", "--json", "--force-full"]).expect_code(5);
        assert_eq!(
            (&output.json()["status"], &output.json()["anime_fetched"]),
            (&json!("FAILED"), &json!(0)),
            "{output:?}"
        );
        assert_eq!((count_entries(&env), count_removed(&env), last()), (120, 0, before.clone()), "{output:?}");
    }
    assert_next_sync_succeeds(&env);
}

#[test]
fn f_h30_flood_of_headers_counts_as_broken_connection() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    let many: String = (0..10_000).map(|number| format!("X-{number}: y\r\n")).collect();
    let long = format!("X-Long: {}\r\n", "y".repeat(1_000_000));
    let body = "Content-Type: application/json\r\nContent-Length: 23\r\n\r\n{\"data\":[],\"paging\":{}}";
    let early = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(10);
    for answer in [format!("HTTP/1.1 200 OK\r\n{many}{body}"), format!("HTTP/1.1 200 OK\r\n{long}{body}"), early] {
        env.sim.control().clear_faults();
        add_fault(&env, list_fault().raw(answer.as_bytes()).forever());
        let run = assert_sync_fails(&env, UNAVAILABLE_MESSAGE);
        assert_eq!((&run["retries"], count_entries(&env)), (&json!(3), 0), "{run}");
    }
    assert_next_sync_succeeds(&env);
}

#[test]
fn f_h31_surplus_response_is_never_used_for_next_request() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    let poison =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 23\r\n\r\n{\"data\":[],\"paging\":{}}";
    let answer = format!("HTTP/1.1 503 Sorry\r\nContent-Length: 2\r\n\r\nno{poison}");
    add_fault(&env, list_fault().raw(answer.as_bytes()));
    let me = format!("HTTP/1.1 500 Sorry\r\nContent-Length: 0\r\n\r\n{poison}");
    add_fault(&env, FaultRule::for_path("/v2/users/@me").raw(me.as_bytes()));
    let run = env.sync(&[]);
    assert_eq!(
        (&run["status"], &run["anime_fetched"], &run["retries"]),
        (&json!("SUCCESS"), &json!(10), &json!(2)),
        "{run}"
    );
    assert_next_sync_succeeds(&env);
}
