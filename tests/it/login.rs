//! Logins as a user sees them, including refusals, and the pages in a real browser. Injected faults are in
//! `faults/login`.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::PermissionsExt as _,
};

use malsync_test_macros::on_both;
use serde_json::{Value, json};

use crate::support::{
    browser::{self, TestBrowser},
    login::{consent_redirect, get_request, requests_to, send_request, start_login},
    terminal::{read_to_end, start_terminal},
    test_env::{CommandOutput, DatabaseKind, TestEnv},
    wait_until,
};

#[on_both]
fn login_creates_user_and_encrypted_tokens(kind: DatabaseKind) {
    let env = TestEnv::new(kind, 3);
    let login = env.run(&["login", "--json"]).expect_code(0).json();
    assert_eq!((&login["username"], login["expires_at"].is_string()), (&json!("alice"), true), "{login}");
    let mal_id = env.sim.control().user_id("alice").unwrap();
    assert_eq!(login["mal_user_id"], mal_id);
    let stored = env.query_column("SELECT mal_access_token FROM users UNION ALL SELECT mal_refresh_token FROM users");
    let issued = env.sim.control().tokens_json().to_string();
    for token in stored.iter().flatten() {
        assert!(token.starts_with("malsync1.") && !issued.contains(token.as_str()), "not encrypted: {token}");
    }
    assert_eq!(stored.len(), 2);
    let key = env.home().join(".local/share/malsync/token.key");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(key.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
    let status = env.run(&["token", "status", "--json"]).expect_code(0).json();
    assert_eq!(
        (&status["has_tokens"], &status["is_expired"], &status["stored_in"]),
        (&json!(true), &json!(false), &json!(["database"]))
    );
    let whoami = env.run(&["whoami", "--json"]).expect_code(0).json();
    assert_eq!((&whoami["name"], &whoami["id"], &whoami["num_items"]), (&json!("alice"), &json!(mal_id), &json!(3)));
    env.run(&["login"]).expect_code(0);
}

#[on_both]
fn logout_deletes_tokens_and_keeps_list(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    env.sync(&[]);
    env.run(&["logout"]).expect_code(0);
    let status = env.run(&["status", "--json"]).expect_code(4).json();
    assert_eq!(
        (&status["has_mal_token"], &status["entries"], &status["username"]),
        (&json!(false), &json!(3), &json!("alice"))
    );
    assert_eq!(env.query_column("SELECT mal_access_token FROM users"), [None]);
    assert_eq!(env.run(&["list", "--json"]).expect_code(0).json_lines().len(), 3);
    env.sim.control().clear_log();
    let output = env.run(&["sync"]).expect_code(4);
    assert!(output.stderr.contains("hint: ") && output.stderr.contains("malsync login"), "{}", output.stderr);
    assert!(output.stderr.contains("user has no MyAnimeList access token"), "{}", output.stderr);
    assert_eq!(env.sim.control().logged_requests().len(), 0);
}

#[on_both]
fn login_adopts_user_row_of_an_application(kind: DatabaseKind) {
    let env = TestEnv::new(kind, 3);
    env.create_tables();
    env.execute_sql("INSERT INTO users (username, email) VALUES ('alice', 'alice@example.org')");
    let login = env.run(&["login", "--json"]).expect_code(0).json();
    assert_eq!((&login["username"], &login["user_id"]), (&json!("alice"), &json!(1)));
    assert_eq!(env.query_column("SELECT email FROM users"), [Some("alice@example.org".into())]);
}

#[test]
fn final_login_page_is_static_with_strict_headers() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let login = start_login(&env, &[]);
    // Over IPv6; the other tests use IPv4.
    let page = send_request(&env, "::1", get_request(&env, &login.consent_target()));
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
    env.wait_for_exit(login.child).expect_code(0);
}

fn log_in_by_paste(env: &TestEnv, transform: impl Fn(url::Url) -> String) -> CommandOutput {
    let mut child = env.command(&["login", "--paste"]).stdin(std::process::Stdio::piped()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut url).unwrap();
    let line = transform(consent_redirect(url.trim()));
    writeln!(child.stdin.take().unwrap(), "{line}").unwrap();
    env.wait_for_exit(child)
}

#[test]
fn pasted_redirect_url_completes_login() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    log_in_by_paste(&env, |url| url.to_string()).expect_code(0);
    env.sync(&[]);
}

#[test]
fn machine_without_a_keyring_is_told_so_once_at_login() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let line = "No system keyring found; tokens are stored encrypted in the database\n";
    let stderr = env.run(&["login"]).expect_code(0).stderr;
    assert!(stderr.contains(line) && !stderr.contains("cannot use the keyring"), "{stderr}");
    for command in [&["token", "status"][..], &["token", "refresh"], &["sync"], &["logout"]] {
        let stderr = env.run(command).expect_code(0).stderr;
        assert!(!stderr.contains("keyring"), "{command:?}: {stderr}");
    }
    assert!(env.run(&["login", "-v"]).expect_code(0).stderr.contains("cannot use the keyring: "));
    let doctor = env.run(&["doctor"]).stdout;
    assert!(doctor.replace('\n', " ").contains("keyring"), "{doctor}");
    for (variable, value) in [("MALSYNC_TOKEN_SEAL", "off"), ("MALSYNC_TOKEN_STORE", "database")] {
        env.set_var(variable, value);
        let stderr = env.run(&["login"]).expect_code(0).stderr;
        assert_eq!(stderr.contains("tokens are stored in the database"), variable == "MALSYNC_TOKEN_SEAL", "{stderr}");
    }
}

/// A terminal drops what a line has beyond 4,095 characters (on macOS 1,024), unless a program asks for each character.
#[test]
fn address_of_any_length_can_be_pasted_on_a_terminal() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let mut session = start_terminal(&env, "$MALSYNC login --paste; echo code=$?; stty -a");
    let (_, url) = session.exp_regex(r"http://127\.0\.0\.1:\d+/\S+").unwrap();
    session.exp_string("here:").unwrap();
    let address = format!("{}&padding=", consent_redirect(url.trim()));
    let address = format!("{address}{}", "x".repeat(5_000 - address.len()));
    assert_eq!(address.len(), 5_000);
    session.send_line(&format!("\"<{address}>\"")).unwrap();
    let text = read_to_end(&mut session);
    assert!(text.contains("code=0"), "{text}");
    let (_, modes) = text.rsplit_once("code=0").unwrap();
    assert!(modes.split_whitespace().any(|mode| mode == "icanon"), "the mode of the terminal is restored: {modes}");
    env.sync(&[]);
}

#[test]
fn interrupted_paste_restores_the_terminal() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let mut session = start_terminal(&env, "trap : INT; $MALSYNC login --paste; echo code=$?; stty -a");
    session.exp_string("here:").unwrap();
    session.send_control('c').unwrap();
    let text = read_to_end(&mut session);
    let (_, modes) = text.rsplit_once("code=130").unwrap_or_else(|| panic!("{text}"));
    assert!(modes.split_whitespace().any(|mode| mode == "icanon"), "{modes}");
}

#[test]
fn pasted_redirect_url_with_wrong_state_is_refused() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let wrong = |mut url: url::Url| {
        url.set_query(Some("code=x&state=wrong"));
        url.to_string()
    };
    log_in_by_paste(&env, wrong).expect_code(4);
    env.run_with_input(&["login", "--paste"], "").expect_code(4);
    assert_eq!(env.run(&["status", "--json"]).expect_code(4).json()["user_id"], Value::Null);
}

#[test]
fn browser_command_gets_no_state_verifier_or_secret() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let script = env.home().join("browser");
    fs::write(
        &script,
        "#!/bin/sh\nprintf '%s\\n' \"$@\" > argv\nenv > environment\nexec curl -s -L -o /dev/null \"$1\"\n",
    )
    .unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    env.set_var("BROWSER", script.to_str().unwrap());
    env.set_var("MAL_CLIENT_SECRET", "a-secret-of-the-app");
    env.set_var("RUST_LOG", "trace");
    let output = env.run(&["login", "-vvv"]).expect_code(0);
    wait_until("the browser script has run", || env.home().join("environment").exists());
    let argv = fs::read_to_string(env.home().join("argv")).unwrap();
    assert!(argv.starts_with(&format!("http://localhost:{}/login/", env.redirect_port())), "{argv}");
    assert_eq!(argv.lines().count(), 1, "{argv}");
    let environment = fs::read_to_string(env.home().join("environment")).unwrap();
    assert!(!environment.contains("a-secret-of-the-app"), "{environment}");
    // Secrets of the exchange with MAL are in no log at any log level.
    let attempts = requests_to(&env, "/authorize");
    let exchange = requests_to(&env, "/token");
    let secrets = attempts.iter().flat_map(|seen| [seen.query_param("state"), seen.query_param("code_challenge")]);
    for secret in
        secrets.chain([exchange[0].form_field("code"), exchange[0].form_field("client_secret")]).map(Option::unwrap)
    {
        for place in [&argv, &environment, &output.stdout, &output.stderr] {
            assert!(!place.contains(secret), "{secret} in {place}");
        }
    }
}

/// Logs in with a real browser, presses this button on MAL's consent page, and waits for this text on the final page.
fn log_in_with_browser(button: &str, last: &str) -> (TestEnv, CommandOutput) {
    let mut env = TestEnv::with_config(DatabaseKind::Sqlite, mal_sim::SimConfig { entries: 3, ..Default::default() });
    env.set_var("BROWSER", &browser::write_url_recorder(env.home()));
    let login = env.spawn(&["login"]);
    let address = env.home().join("address");
    wait_until("the browser is started", || address.exists());
    let mut browser = TestBrowser::open(env.home(), &fs::read_to_string(address).unwrap());
    browser.wait_for_text("Allow this app");
    let (named, nameless): (Vec<_>, Vec<_>) = browser
        .accessibility_nodes()
        .into_iter()
        .filter(|(role, _)| role == "button")
        .partition(|(_, name)| !name.is_empty());
    assert_eq!((named.len(), nameless.len()), (2, 0), "{named:?}");
    browser.click(button);
    browser.wait_for_text(last);
    assert_accessible(&mut browser, last);
    // The policy allows the style sheet by its hash. Without the style sheet a page has no background.
    let color = browser.evaluate("getComputedStyle(document.body).backgroundColor").unwrap();
    assert_ne!(color, "rgba(0, 0, 0, 0)");
    let output = env.wait_for_exit(login);
    (env, output)
}

/// Asserts that a final page of a login with this heading is accessible: at widths down to a phone's, in both color
/// schemes, and for screen readers.
fn assert_accessible(browser: &mut TestBrowser, heading: &str) {
    for (width, dark) in [(320, false), (360, true), (360, false), (1280, true), (1280, false)] {
        browser.set_window(width, dark);
        assert_eq!(browser.find_accessibility_faults(None), [""; 0], "{heading}: {width} wide, dark: {dark}");
        browser.save_screenshot(&format!("{heading}, {width} {}", if dark { "dark" } else { "light" }));
    }
    let told = browser.accessibility_nodes();
    let told: Vec<_> = told.iter().map(|(role, name)| (role.as_str(), name.as_str())).collect();
    let title = format!("{heading} – malsync");
    let page = [("RootWebArea", &*title), ("main", ""), ("paragraph", ""), ("heading", heading), ("paragraph", "")];
    assert_eq!(told, page);
}

#[test]
fn final_login_pages_are_accessible_in_chromium() {
    use malsync::auth::login_page::{LoginPage, render_page};
    let folder = tempfile::tempdir().unwrap();
    let mut browser = TestBrowser::open(folder.path(), "about:blank");
    for (verdict, heading) in [
        (LoginPage::LoggedIn, "You are logged in"),
        (LoginPage::NotFinished, "Login not finished"),
        (LoginPage::AccessRefused, "Access denied"),
        (LoginPage::CallbackAlreadyUsed, "Login link already used"),
        (LoginPage::LinkAlreadyUsed, "Login link already opened"),
    ] {
        let answer = String::from_utf8(render_page(verdict)).unwrap();
        let file = folder.path().join("page.html");
        fs::write(&file, answer.split_once("\r\n\r\n").unwrap().1).unwrap();
        browser.visit(url::Url::from_file_path(file).unwrap().as_str(), 1280, false);
        assert_accessible(&mut browser, heading);
    }
}

#[test]
fn login_in_chromium_shows_success() {
    let (env, output) = log_in_with_browser("#allow", "You are logged in");
    output.expect_code(0);
    env.sync(&[]);
}

#[test]
fn refused_login_in_chromium_shows_refusal() {
    let (env, output) = log_in_with_browser("#deny", "Access denied");
    assert!(output.expect_code(4).stderr.contains("access was denied on MyAnimeList"));
    env.run(&["status"]).expect_code(4);
}

#[test]
fn user_name_in_hint_is_shell_quoted() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    env.execute_sql("UPDATE users SET username = 'a b; touch owned'");
    env.run(&["logout"]).expect_code(0);
    let stderr = env.run(&["sync"]).expect_code(4).stderr;
    assert!(stderr.contains("hint: malsync login --user 'a b; touch owned'\n"), "{stderr}");
    let stderr = env.run(&["sync", "--user", "$(touch owned)"]).expect_code(4).stderr;
    assert!(stderr.contains("malsync login --user '$(touch owned)'"), "{stderr}");
}
