//! Logins by the built binary: good ones, by listener and by hand, and what a real browser makes of them. What may go wrong
//! meanwhile is in `faults/login`.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::PermissionsExt as _,
};

use serde_json::{Value, json};

use crate::support::{
    browser::{self, Browser},
    login::{asked, consent, request, send, waiting},
    wait_until,
    world::{Kind, Ran, World, on_both},
};

on_both!(
    a_login_leaves_a_user_and_sealed_tokens,
    logging_out_clears_the_tokens_and_keeps_the_list,
    a_row_that_an_application_made_is_adopted,
    tokens_are_refreshed_early_and_stay_one_pair,
    a_refused_refresh_asks_for_a_login_and_nothing_calls_mal_again,
    weather_at_the_token_endpoint_is_no_refusal,
);

fn a_login_leaves_a_user_and_sealed_tokens(kind: Kind) {
    let world = World::new(kind, 3);
    let login = world.run(&["login", "--json"]).expect(0).json();
    assert_eq!((&login["username"], login["expires_at"].is_string()), (&json!("alice"), true), "{login}");
    let mal_id = world.sim.control().user_id("alice").unwrap();
    assert_eq!(login["mal_user_id"], mal_id);
    let stored = world.query("SELECT mal_access_token FROM users UNION ALL SELECT mal_refresh_token FROM users");
    let issued = world.sim.control().tokens().to_string();
    for token in stored.iter().flatten() {
        assert!(token.starts_with("malsync1.") && !issued.contains(token.as_str()), "sealed: {token}");
    }
    assert_eq!(stored.len(), 2);
    let key = world.home().join(".local/share/malsync/token.key");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(key.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
    let status = world.run(&["token", "status", "--json"]).expect(0).json();
    assert_eq!(
        (&status["has_tokens"], &status["is_expired"], &status["stored_in"]),
        (&json!(true), &json!(false), &json!(["database"]))
    );
    let whoami = world.run(&["whoami", "--json"]).expect(0).json();
    assert_eq!((&whoami["name"], &whoami["id"], &whoami["num_items"]), (&json!("alice"), &json!(mal_id), &json!(3)));
    world.run(&["login"]).expect(0);
}

fn logging_out_clears_the_tokens_and_keeps_the_list(kind: Kind) {
    let world = World::logged_in(kind, 3);
    world.sync(&[]);
    world.run(&["logout"]).expect(0);
    let status = world.run(&["status", "--json"]).expect(4).json();
    assert_eq!(
        (&status["has_mal_token"], &status["entries"], &status["username"]),
        (&json!(false), &json!(3), &json!("alice"))
    );
    assert_eq!(world.query("SELECT mal_access_token FROM users"), [None]);
    assert_eq!(world.run(&["list", "--json"]).expect(0).lines().len(), 3);
    world.sim.control().clear_log();
    let ran = world.run(&["sync"]).expect(4);
    assert!(ran.stderr.contains("hint: ") && ran.stderr.contains("malsync login"), "{}", ran.stderr);
    assert!(ran.stderr.contains("user has no MyAnimeList access token"), "{}", ran.stderr);
    assert_eq!(world.sim.control().log().len(), 0);
}

fn a_row_that_an_application_made_is_adopted(kind: Kind) {
    let world = World::new(kind, 3);
    world.run(&["status"]).expect(4);
    world.execute("INSERT INTO users (username, email) VALUES ('alice', 'alice@example.org')");
    let login = world.run(&["login", "--json"]).expect(0).json();
    assert_eq!((&login["username"], &login["user_id"]), (&json!("alice"), &json!(1)));
    assert_eq!(world.query("SELECT email FROM users"), [Some("alice@example.org".into())]);
}

/// The requests that the token endpoint saw, by grant.
fn grants(world: &World, grant: &str) -> usize {
    let log = world.sim.control().log();
    log.iter().filter(|seen| seen.path.ends_with("/token") && seen.field("grant_type") == Some(grant)).count()
}

fn tokens_are_refreshed_early_and_stay_one_pair(kind: Kind) {
    let world = World::logged_in(kind, 250);
    world.sim.control().configure(|config| config.old_refresh_valid = false);
    world.run(&["token", "refresh"]).expect(0);
    assert_eq!(grants(&world, "refresh_token"), 1);
    // Half of 31 days is over: the next command refreshes, many at once refresh once.
    let past = match kind {
        Kind::Postgres => {
            "UPDATE users SET mal_token_issued_at = mal_token_issued_at - interval '16 days', \
                           mal_token_expires_at = mal_token_expires_at - interval '16 days'"
        }
        Kind::Sqlite => {
            "UPDATE users SET mal_token_issued_at = datetime(mal_token_issued_at, '-16 days'), \
                         mal_token_expires_at = datetime(mal_token_expires_at, '-16 days')"
        }
    };
    world.execute(past);
    let running: Vec<_> = (0..6).map(|_| world.start(&["whoami"])).collect();
    running.into_iter().for_each(|child| drop(world.ended(child).expect(0)));
    assert_eq!(grants(&world, "refresh_token"), 2);
    // A token that ends on page 3.
    let when = serde_json::from_value(json!({"user": "alice", "which": "access", "after_requests": 3})).unwrap();
    world.sim.control().expire_when(&when).unwrap();
    let run = world.sync(&[]);
    assert_eq!(
        (&run["token_refreshes"], &run["retries"], &run["anime_fetched"]),
        (&json!(1), &json!(0), &json!(250)),
        "{run}"
    );
}

fn a_refused_refresh_asks_for_a_login_and_nothing_calls_mal_again(kind: Kind) {
    let world = World::logged_in(kind, 3);
    world.sim.control().revoke("alice", mal_sim::Which::Both).unwrap();
    let before = world.query("SELECT mal_refresh_token FROM users");
    let ran = world.run(&["sync", "--json"]).expect(4);
    assert_eq!(ran.json()["status"], "FAILED");
    assert_eq!(world.query("SELECT mal_refresh_token FROM users"), before, "the tokens stay where they are");
    let status = world.run(&["token", "status", "--json"]).expect(4).json();
    assert_eq!((&status["needs_login"], &status["has_tokens"]), (&json!(true), &json!(true)));
    world.sim.control().clear_log();
    world.run(&["sync"]).expect(4);
    world.run(&["whoami"]).expect(4);
    assert_eq!(world.sim.control().log().len(), 0);
    world.run(&["login"]).expect(0);
    world.sync(&[]);
}

fn weather_at_the_token_endpoint_is_no_refusal(kind: Kind) {
    let world = World::logged_in(kind, 3);
    world.sim.control().expire("alice", mal_sim::Which::Access).unwrap();
    let rule =
        json!([{"match": {"path": "*/token"}, "times": "forever", "status": 503, "body": "<html>maintenance</html>"}]);
    mal_sim::parse_faults(&rule.to_string())
        .unwrap()
        .into_iter()
        .for_each(|rule| world.sim.control().fault(rule).unwrap());
    let run = world.run(&["sync", "--json"]).expect(5).json();
    assert_eq!(run["status"], "FAILED");
    assert_eq!(world.run(&["token", "status", "--json"]).expect(0).json()["needs_login"], false);
    world.sim.control().clear_faults();
    world.sync(&[]);
}

#[test]
fn the_last_page_is_static_and_lets_nobody_in() {
    let world = World::new(Kind::Sqlite, 3);
    let login = waiting(&world, &[]);
    // By the other family than all the rest.
    let page = send(&world, "::1", request(&world, &login.consent()));
    let (head, body) = page.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<_> = head.lines().collect();
    assert_eq!(lines.remove(0), "HTTP/1.1 200 OK");
    let policy = lines.iter().position(|line| line.starts_with("Content-Security-Policy: ")).unwrap();
    let policy = lines.remove(policy);
    assert!(policy.starts_with("Content-Security-Policy: default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(policy.ends_with("'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"), "{policy}");
    lines.sort_unstable();
    let length = format!("Content-Length: {}", body.len());
    assert_eq!(
        lines,
        [
            "Cache-Control: no-store",
            "Connection: close",
            &length,
            "Content-Type: text/html; charset=utf-8",
            "Cross-Origin-Opener-Policy: same-origin",
            "Cross-Origin-Resource-Policy: same-origin",
            "Referrer-Policy: no-referrer",
            "X-Content-Type-Options: nosniff",
            "X-Frame-Options: DENY",
        ]
    );
    assert!(body.len() < 4096 && !body.contains(&login.state) && !body.contains("<script"), "{body}");
    world.ended(login.child).expect(0);
}

fn pasted(world: &World, transform: impl Fn(url::Url) -> String) -> Ran {
    let mut child = world.command(&["login", "--paste"]).stdin(std::process::Stdio::piped()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut url).unwrap();
    let line = transform(consent(url.trim()));
    writeln!(child.stdin.take().unwrap(), "{line}").unwrap();
    world.ended(child)
}

#[test]
fn a_pasted_address_finishes_a_login() {
    let world = World::new(Kind::Sqlite, 3);
    pasted(&world, |url| url.to_string()).expect(0);
    world.sync(&[]);
}

#[test]
fn a_pasted_address_with_a_wrong_state_is_refused() {
    let world = World::new(Kind::Sqlite, 3);
    let wrong = |mut url: url::Url| {
        url.set_query(Some("code=x&state=wrong"));
        url.to_string()
    };
    pasted(&world, wrong).expect(4);
    world.run_with_input(&["login", "--paste"], "").expect(4);
    assert_eq!(world.run(&["status", "--json"]).expect(4).json()["user_id"], Value::Null);
}

#[test]
fn the_browser_is_told_neither_state_nor_verifier_nor_secrets() {
    let mut world = World::new(Kind::Sqlite, 3);
    let script = world.home().join("browser");
    fs::write(
        &script,
        "#!/bin/sh\nprintf '%s\\n' \"$@\" > argv\nenv > environment\nexec curl -s -L -o /dev/null \"$1\"\n",
    )
    .unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    world.set("BROWSER", script.to_str().unwrap());
    world.set("MAL_CLIENT_SECRET", "a-secret-of-the-app");
    world.set("RUST_LOG", "trace");
    let ran = world.run(&["login", "-vvv"]).expect(0);
    wait_until("the browser has written", || world.home().join("environment").exists());
    let argv = fs::read_to_string(world.home().join("argv")).unwrap();
    assert!(argv.starts_with(&format!("http://localhost:{}/login/", world.redirect_port())), "{argv}");
    assert_eq!(argv.lines().count(), 1, "{argv}");
    let environment = fs::read_to_string(world.home().join("environment")).unwrap();
    assert!(!environment.contains("a-secret-of-the-app"), "{environment}");
    // What went to MAL, and came back, is in no log either, however much is logged.
    let attempts = asked(&world, "/authorize");
    let exchange = asked(&world, "/token");
    let secrets = attempts.iter().flat_map(|seen| [seen.param("state"), seen.param("code_challenge")]);
    for secret in secrets.chain([exchange[0].field("code"), exchange[0].field("client_secret")]).map(Option::unwrap) {
        for place in [&argv, &environment, &ran.stdout, &ran.stderr] {
            assert!(!place.contains(secret), "{secret} in {place}");
        }
    }
}

/// Logs in with a real browser, in which this button of MAL's consent page is pressed; what the last page says is waited for.
fn in_a_browser(button: &str, last: &str) -> (World, Ran) {
    let mut world = World::with(Kind::Sqlite, mal_sim::Config { entries: 3, ..Default::default() });
    world.set("BROWSER", &browser::noting(world.home()));
    let login = world.start(&["login"]);
    let address = world.home().join("address");
    wait_until("the browser is to open", || address.exists());
    let mut browser = Browser::open(world.home(), &fs::read_to_string(address).unwrap());
    browser.shows("Allow this app");
    browser.click(button);
    browser.shows(last);
    // The style sheet is let in by its hash: without it a page has no background.
    let color = browser.evaluate("getComputedStyle(document.body).backgroundColor").unwrap();
    assert_ne!(color, "rgba(0, 0, 0, 0)");
    let ran = world.ended(login);
    (world, ran)
}

#[test]
fn a_real_browser_shows_the_consent_and_then_the_success() {
    let (world, ran) = in_a_browser("#allow", "You are logged in");
    ran.expect(0);
    world.sync(&[]);
}

#[test]
fn a_real_browser_shows_the_consent_and_then_the_refusal() {
    let (world, ran) = in_a_browser("#deny", "You refused access");
    assert!(ran.expect(4).stderr.contains("you refused access on MyAnimeList"));
    world.run(&["status"]).expect(4);
}
