//! Logins by the built binary: good, denied, wrong state, stray requests, port taken on either family, nobody came, pasted,
//! another account, and what a real browser makes of it.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    process::{Child, Command},
};

use serde_json::{Value, json};

use crate::support::{
    browser, wait_until,
    world::{Kind, Ran, World, on_both},
};

on_both!(
    a_login_leaves_a_user_and_sealed_tokens,
    logging_out_clears_the_tokens_and_keeps_the_list,
    another_account_needs_force,
    a_row_that_an_application_made_is_adopted,
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

fn another_account_needs_force(kind: Kind) {
    let config = mal_sim::Config {
        users: vec!["alice".into(), "bob".into()],
        entries: 3,
        auto_consent: true,
        ..Default::default()
    };
    let world = World::with(kind, config);
    world.run(&["login"]).expect(0);
    world.sim.control().consent_as("bob").unwrap();
    let ran = world.run(&["login", "--user", "alice"]).expect(8);
    assert!(ran.stderr.contains("--force"), "{}", ran.stderr);
    let before = world.value("SELECT mal_refresh_token FROM users");
    let forced = world.run(&["login", "--user", "alice", "--force", "--json"]).expect(0).json();
    assert_eq!(forced["mal_user_id"], world.sim.control().user_id("bob").unwrap());
    assert_ne!(world.value("SELECT mal_refresh_token FROM users"), before);
}

fn a_row_that_an_application_made_is_adopted(kind: Kind) {
    let world = World::new(kind, 3);
    world.run(&["status"]).expect(4);
    world.execute("INSERT INTO users (username, email) VALUES ('alice', 'alice@example.org')");
    let login = world.run(&["login", "--json"]).expect(0).json();
    assert_eq!((&login["username"], &login["user_id"]), (&json!("alice"), &json!(1)));
    assert_eq!(world.query("SELECT email FROM users"), [Some("alice@example.org".into())]);
}

/// A login that waits; the authorize URL that it printed, and its state.
struct Waiting {
    child: Child,
    state: String,
    url: String,
}

fn waiting(world: &World, flags: &[&str]) -> Waiting {
    let mut child = world.start(&[&["login", "--no-browser"], flags].concat());
    let mut url = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut url).unwrap();
    let parsed = url::Url::parse(url.trim()).expect("the URL stands alone on a line");
    let state = parsed.query_pairs().find(|(key, _)| key == "state").unwrap().1.into_owned();
    Waiting { child, state, url: url.trim().to_owned() }
}

/// Sends a raw request to the listener; the whole answer.
fn send(world: &World, host: &str, request: &str) -> String {
    let mut stream = TcpStream::connect((host, world.redirect_port())).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    // Whoever is refused may be cut off.
    let _ = stream.read_to_string(&mut answer);
    answer
}

fn get(world: &World, target: &str) -> String {
    let request = format!("GET {target} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", world.redirect_port());
    send(world, "127.0.0.1", &request)
}

/// Where MAL sends the browser after consent.
fn consent(url: &str) -> url::Url {
    let output = Command::new("curl").args(["-s", "-o", "/dev/null", "-w", "%{redirect_url}", url]).output().unwrap();
    url::Url::parse(&String::from_utf8(output.stdout).unwrap()).unwrap()
}

#[test]
fn junk_never_ends_a_login_and_the_right_callback_does() {
    let world = World::new(Kind::Sqlite, 3);
    let login = waiting(&world, &[]);
    let port = world.redirect_port();
    for (target, status) in [
        ("/favicon.ico", 404),
        ("/auth/callback/", 404),
        ("/AUTH/callback?code=x", 404),
        ("/auth/callback", 400),
        ("/auth/callback?code=x", 400),
        ("/auth/callback?code=x&state=wrong", 400),
        ("/auth/callback?error=access_denied", 400),
        ("/auth/callback?code=a&code=b&state=wrong", 400),
    ] {
        let answer = get(&world, target);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{target}: {answer}");
    }
    let callback = format!("/auth/callback?code=x&state={}", login.state);
    for (request, status) in [
        (format!("POST {callback} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 0\r\n\r\n"), 405),
        (format!("HEAD {callback} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"), 405),
        (format!("GET {callback} HTTP/1.1\r\nHost: evil.example:{port}\r\n\r\n"), 403),
        (format!("GET {callback} HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: https://evil.example\r\n\r\n"), 403),
        (format!("GET {callback} HTTP/1.1\r\nHost: localhost:{port}\r\nSec-Fetch-Mode: no-cors\r\n\r\n"), 403),
        (format!("GET http://evil{callback} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"), 400),
    ] {
        let answer = send(&world, "127.0.0.1", &request);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{request}: {answer}");
    }
    let right = consent(&login.url);
    let request = format!("GET {}?{} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n", right.path(), right.query().unwrap());
    let page = send(&world, "::1", &request);
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    for header in [
        "Content-Type: text/html; charset=utf-8",
        "Cache-Control: no-store",
        "Referrer-Policy: no-referrer",
        "X-Content-Type-Options: nosniff",
        "X-Frame-Options: DENY",
        "Cross-Origin-Opener-Policy: same-origin",
        "Cross-Origin-Resource-Policy: same-origin",
        "Connection: close",
        "Content-Security-Policy: default-src 'none'",
    ] {
        assert!(page.to_lowercase().contains(&header.to_lowercase()), "{header}: {page}");
    }
    assert!(!page.to_lowercase().contains("\r\nserver:") && !page.contains(&login.state), "{page}");
    world.ended(login.child).expect(0);
    let calls = world.sim.control().log().iter().filter(|seen| seen.path.ends_with("/token")).count();
    assert_eq!(calls, 1, "exactly one exchange");
}

#[test]
fn a_refusal_is_told_as_one() {
    let world = World::new(Kind::Sqlite, 3);
    world.sim.control().deny_next(1);
    let ran = world.run(&["login"]).expect(4);
    assert!(ran.stderr.contains("error: you refused access on MyAnimeList"), "{}", ran.stderr);
}

#[test]
fn a_port_that_is_taken_on_either_family_stops_the_login_before_the_browser() {
    for host in ["127.0.0.1", "::1"] {
        let mut world = World::new(Kind::Sqlite, 3);
        world.set("BROWSER", "touch browser-was-opened");
        let _holder = TcpListener::bind((host, world.redirect_port())).unwrap();
        let ran = world.run(&["login"]).expect(5);
        assert!(
            ran.stderr.contains(&world.redirect_port().to_string()) && ran.stderr.contains("--paste"),
            "{}",
            ran.stderr
        );
        assert!(!world.home().join("browser-was-opened").exists());
    }
}

#[test]
fn nobody_who_comes_ends_the_wait_in_time() {
    let mut world = World::new(Kind::Sqlite, 3);
    world.set("BROWSER", "true");
    let ran = world.run(&["login", "--timeout", "1s"]).expect(5);
    assert!(ran.stderr.contains("--paste"), "{}", ran.stderr);
    TcpListener::bind(("127.0.0.1", world.redirect_port())).expect("the port is free again");
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
    world.run(&["login"]).expect(0);
    wait_until("the browser has written", || world.home().join("environment").exists());
    let argv = fs::read_to_string(world.home().join("argv")).unwrap();
    assert!(argv.starts_with(&format!("http://localhost:{}/login/", world.redirect_port())), "{argv}");
    assert!(!argv.contains("state=") && !argv.contains("code_challenge"), "{argv}");
    let environment = fs::read_to_string(world.home().join("environment")).unwrap();
    assert!(!environment.contains("a-secret-of-the-app"), "{environment}");
}

#[test]
fn a_real_browser_logs_in() {
    let mut world = World::new(Kind::Sqlite, 3);
    world.set("BROWSER", &browser::dumping_to(world.home(), "page.html"));
    world.run(&["login"]).expect(0);
    let page = world.home().join("page.html");
    wait_until("the browser shows the page", || fs::read_to_string(&page).is_ok_and(|page| page.contains("</html>")));
    let page = fs::read_to_string(&page).unwrap();
    assert!(page.contains("You are logged in") || page.contains("logged in"), "{page}");
    world.sync(&[]);
}
