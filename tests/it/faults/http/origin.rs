//! The access token goes only to the origin of the API: not to the address in `next`, not to the target of a
//! redirect, not through a proxy in clear text. A recorder listens wherever it might arrive.

use std::{
    fs,
    io::{Read as _, Write as _},
    sync::{Arc, Mutex},
};

use mal_sim::{FaultRule, SimTokenKind};
use malsync_test_macros::on_both;
use serde_json::json;

use super::{
    TOKEN_PATH, add_fault, assert_next_sync_succeeds, assert_sync_fails, count_entries, list_fault, page_requests,
};
use crate::support::{
    peer_servers::ConnectionRecorder,
    secret_scanner::issued_tokens,
    test_env::{DatabaseKind, TestEnv},
};

#[on_both]
fn f_h12_f_h13_unexpected_next_page_is_refused_without_request(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 250);
    env.set_var("SYNC_BATCH_SIZE", "10");
    let evil = ConnectionRecorder::new();
    let (ours, theirs) = (env.sim.address(), evil.address);
    let path = "/v2/users/@me/animelist?offset=200";
    for next in [
        format!("https://evil.example{path}"),
        format!("http://{theirs}{path}"),
        format!("https://{theirs}{path}"),
        format!("https://{ours}{path}"),
        format!("http://{ours}@{theirs}{path}"),
        format!("http://me:pw@{ours}{path}"),
        format!("//{theirs}{path}"),
        format!("file://{path}"),
        path.to_owned(),
        format!("http://{ours}/v2/users/evil/animelist?offset=200"),
    ] {
        env.sim.control().clear_faults();
        env.sim.control().clear_log();
        let body = json!({"data": [], "paging": {"next": next}});
        add_fault(&env, list_fault().with_param("offset", "100").json(body).forever());
        let run = assert_sync_fails(&env, "unexpected next page: ");
        assert_eq!((page_requests(&env).len(), &run["retries"]), (2, &json!(0)), "{next}: {run}");
        assert_eq!(count_entries(&env), 100, "only the page before is stored");
    }
    assert_eq!(evil.received(), [""; 0]);
    assert_next_sync_succeeds(&env);
}

#[test]
fn f_h15_redirect_is_never_followed() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    let evil = ConnectionRecorder::new();
    let itself = format!("{}/users/@me/animelist", env.sim.api_url());
    for status in [301, 302, 303, 307, 308] {
        for target in [format!("http://{}/v2", evil.address), "http://evil.example/".to_owned(), itself.clone()] {
            let message = if status == 307 { "rate limit exceeded: HTTP 307" } else { "unexpected redirect: HTTP 30" };
            let expected_requests = if status == 307 { 6 } else { 1 };
            env.sim.control().clear_log();
            add_fault(&env, list_fault().redirect(&target).status(status).forever());
            assert_sync_fails(&env, message);
            assert_eq!(page_requests(&env).len(), expected_requests, "{status} to {target}");
            env.sim.control().clear_faults();
        }
        env.sim.control().expire_tokens("alice", SimTokenKind::Access).unwrap();
        add_fault(
            &env,
            FaultRule::for_path(TOKEN_PATH)
                .redirect(&format!("http://{}/token", evil.address))
                .status(status)
                .forever(),
        );
        assert_sync_fails(&env, "could not refresh the tokens");
        env.sim.control().clear_faults();
    }
    assert_eq!(evil.received(), [""; 0]);
    assert_next_sync_succeeds(&env);
}

/// The search for secrets after every command finds the token wherever it is printed.
#[test]
fn f_h15_token_quoted_by_mal_is_never_printed() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    let token = issued_tokens(&env.sim).into_iter().find(|token| token.starts_with("eyJ")).unwrap();
    let away = format!("https://evil.example/?t={token}");
    for rule in [
        list_fault().redirect(&away).status(302),
        list_fault().redirect(&away).status(307),
        list_fault().json(json!({"data": [], "paging": {"next": away}})),
        list_fault().json(json!({"data": [], "paging": {"next": {"x": token}}})),
        list_fault().json(json!({"data": token})),
        list_fault().json(json!({"data": [], "paging": token})),
        list_fault().status(418).json(json!({"message": format!("what is {token}?")})),
        FaultRule::for_path("/v2/users/@me").json(json!({"id": token, "name": "alice"})),
    ] {
        env.sim.control().clear_faults();
        add_fault(&env, rule.forever());
        let output = env.run(&["sync", "--json", "-vvv"]).expect_code(5);
        assert!(output.stderr.contains('…'), "{}", output.stderr);
    }
    env.sim.control().clear_faults();
    for (id, value) in [(1, json!(token)), (2, json!(format!("a text of thirty characters or so, then {token}")))] {
        let entry =
            json!({"node": {"id": 2_000_000_000 + id, "title": "T", "mean": value}, "list_status": {"status": value}});
        env.sim.control().put_entry("alice", 2_000_000_000 + id, &entry).unwrap();
    }
    let output = env.run(&["sync", "--json", "-vvv"]).expect_code(3);
    assert_eq!(output.json()["errors"].to_string().matches('…').count(), 2, "{}", output.stdout);
}

#[test]
fn f_h16_proxy_gets_connect_only_and_no_token() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    let (api, proxy) = (env.sim.api_url(), ConnectionRecorder::new());
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy"] {
        env.set_var(name, &format!("http://{}", proxy.address));
    }
    env.set_var("MAL_API_URL", "https://api.malsync.invalid/v2");
    env.set_var("SYNC_MAX_RETRIES", "1");
    assert_sync_fails(&env, "MyAnimeList API temporarily unavailable: ");
    let heard = proxy.received();
    assert_eq!(heard.len(), 2, "{heard:?}");
    for head in heard {
        assert!(head.starts_with("CONNECT api.malsync.invalid:443 HTTP/1.1\r\n"), "{head}");
        assert!(!head.to_lowercase().contains("bearer") && !head.contains("GET "), "{head}");
    }
    env.set_var("MAL_API_URL", &api);
    assert_next_sync_succeeds(&env);
    assert_eq!(proxy.received().len(), 2, "loopback is reached without a proxy");
}

#[test]
fn f_o15_error_on_the_way_through_a_proxy_names_it_and_its_variable() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    env.set_var("MAL_API_URL", "https://api.malsync.invalid/v2");
    env.set_var("SYNC_MAX_RETRIES", "0");
    let recorder = ConnectionRecorder::new();
    for (variable, proxy, shown) in [
        ("HTTPS_PROXY", "http://me:pa55word@127.0.0.1:1".to_owned(), "http://127.0.0.1:1".to_owned()),
        ("ALL_PROXY", format!("socks5h://{}", recorder.address), format!("socks5h://{}", recorder.address)),
    ] {
        env.set_var(variable, &proxy);
        let output = env.run(&["sync"]).expect_code(5);
        assert!(output.stderr.contains(&format!("through the proxy {shown} of {variable}")), "{output:?}");
        assert!(!output.stderr.contains("pa55word"), "{output:?}");
        env.set_var(variable, "");
    }
    assert_eq!(recorder.received().len(), 1, "the SOCKS proxy was asked");
    assert!(recorder.received()[0].starts_with('\u{5}'), "{:?}", recorder.received());
}

#[test]
fn f_o15_value_that_is_no_proxy_is_a_usage_error() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    env.set_var("ALL_PROXY", "ftp://me:pa55word@proxy");
    let output = env.run(&["sync"]).expect_code(2);
    assert!(output.stderr.starts_with("error: ALL_PROXY is not a valid proxy: "), "{output:?}");
    assert!(output.stderr.contains("\nhint: ") && !output.stderr.contains("pa55word"), "{output:?}");
    env.run(&["--help"]).expect_code(0);
    env.run(&["config", "show"]).expect_code(0);
}

#[test]
fn f_o15_webhook_is_reached_through_a_socks_proxy() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    let requests = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&requests);
    let proxy = ConnectionRecorder::with_handler(move |mut stream| {
        // RFC 1928: no authentication, then the target, then the request itself.
        let mut bytes = [0; 4096];
        stream.write_all(&[5, 0]).unwrap();
        let target = stream.read(&mut bytes).unwrap();
        let target = String::from_utf8_lossy(&bytes[..target]).into_owned();
        stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
        let count = stream.read(&mut bytes).unwrap();
        heard.lock().unwrap().push((target, String::from_utf8_lossy(&bytes[..count]).into_owned()));
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
    });
    env.set_var("ALL_PROXY", &format!("socks5h://{}", proxy.address));
    env.set_var("MALSYNC_PING_URL", "http://hook.malsync.invalid/check");
    let output = env.run(&["sync"]).expect_code(0);
    assert!(!output.stderr.contains("MALSYNC_PING_URL"), "{output:?}");
    let requests = requests.lock().unwrap();
    assert_eq!(requests.len(), 2, "start and end: {requests:?}");
    for (target, request) in requests.iter() {
        assert!(target.contains("hook.malsync.invalid"), "the proxy resolves the name: {target:?}");
        assert!(request.starts_with("POST /check"), "{request}");
    }
}

#[test]
fn f_h16_netrc_is_not_read() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    let netrc = env.home().join(".netrc");
    fs::write(&netrc, "machine 127.0.0.1 login somebody password else\ndefault login a password b\n").unwrap();
    env.set_var("NETRC", &netrc.display().to_string());
    env.sim.control().expire_tokens("alice", SimTokenKind::Access).unwrap();
    env.sync(&[]);
    let log = env.sim.control().logged_requests();
    let api: Vec<_> = log.iter().filter(|request| request.path.starts_with("/v2/")).collect();
    assert!(
        !api.is_empty() && api.iter().all(|request| request.header("authorization").unwrap().starts_with("Bearer "))
    );
    let token: Vec<_> = log.iter().filter(|request| request.path == TOKEN_PATH).collect();
    assert!(token.len() >= 2 && token.iter().all(|request| request.header("authorization").is_none()));
}
