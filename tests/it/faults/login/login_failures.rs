//! Failed logins: refused, timed out, cancelled, link opened by somebody else, broken browsers.

use std::{
    fs,
    io::Read as _,
    net::TcpListener,
    process::{Child, Command, Stdio},
};

use mal_sim::FaultRule;

use crate::support::{
    login::{
        add_fault, consent_redirect, get_page, read_pending_login, read_start_page_url, requests_to, send_request,
        start_login,
    },
    test_env::{CommandOutput, DatabaseKind, TestEnv},
    wait_until,
};

fn assert_no_token(env: &TestEnv) {
    assert!(env.query_column("SELECT mal_access_token FROM users").iter().all(Option::is_none), "no token was stored");
}

#[test]
fn f_l15_refusal_by_user_is_reported() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    // The first request is the registration check, the second the browser.
    env.sim.control().deny_next_requests(2);
    let output = env.run(&["login"]).expect_code(4);
    assert!(output.stderr.contains("error: access was denied on MyAnimeList"), "{}", output.stderr);
    assert_no_token(&env);
    env.run(&["login"]).expect_code(0);
}

/// Ends a login with a refusal callback with this query. Returns the page and the output.
fn end_with_refusal(query: &str) -> (String, CommandOutput) {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let login = start_login(&env, &[]);
    let page = get_page(&env, &login.callback_target(query));
    let output = env.wait_for_exit(login.child).expect_code(4);
    assert_no_token(&env);
    assert!(requests_to(&env, "/token").is_empty());
    (page, output)
}

#[test]
fn f_l16_refusal_text_reaches_no_page_and_terminal_only_sanitized() {
    let (by_user, _) = end_with_refusal("error=access_denied");
    assert!(by_user.starts_with("HTTP/1.1 200 ") && by_user.contains("Access denied"), "{by_user}");
    let (by_mal, _) = end_with_refusal("error=server_error");
    assert!(by_mal.starts_with("HTTP/1.1 502 ") && by_mal.contains("not finished"), "{by_mal}");
    // A request head has at most 8 KiB: this is the longest description that fits.
    let long = format!("error=x&error_description={}", "y".repeat(7000));
    for query in [
        "error=%3Cscript%3Ealert(1)%3C/script%3E",
        "error=access_denied&error_description=%1b[2J%1b]52;c;AAAA%07",
        "error=access_denied&error_description=%22%3E%3Cimg%20src=x%3E",
        long.as_str(),
    ] {
        let (page, output) = end_with_refusal(query);
        let plain = if query.contains("access_denied") { &by_user } else { &by_mal };
        assert_eq!(page, *plain, "the page is static");
        let line = output.stderr.lines().find(|line| line.starts_with("error: ")).unwrap();
        assert!(line.chars().count() < 300 && !line.chars().any(char::is_control), "{line:?}");
        assert!(!output.stderr.contains('\u{1b}') && !output.stderr.contains('\u{7}'), "{:?}", output.stderr);
    }
}

#[test]
fn f_l22_login_without_callback_times_out_with_hints() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    env.set_var("BROWSER", "true");
    let output = env.run(&["login", "--timeout", "1s"]).expect_code(5);
    // F-L05 covers the hosts file.
    for words in ["login timed out", "--no-browser", "--paste", "hosts file"] {
        assert!(output.stderr.contains(words), "{words}: {}", output.stderr);
    }
    TcpListener::bind(("127.0.0.1", env.redirect_port())).expect("the port is free again");
    assert_no_token(&env);
}

#[test]
#[ignore = "nightly: needs libfaketime"]
fn f_l23_clock_jump_does_not_end_login() {
    for jump in ["-1d", "+1d"] {
        let env = TestEnv::new(DatabaseKind::Sqlite, 3);
        let clock = env.home().join("clock");
        fs::write(&clock, "+0").unwrap();
        let listing = Command::new("sh").args(["-c", "ls /usr/lib/*/faketime/libfaketimeMT.so.1"]).output().unwrap();
        let library = String::from_utf8(listing.stdout).unwrap();
        assert!(!library.is_empty(), "libfaketime is not installed (Debian: faketime)");
        let mut command = env.command(&["login", "--no-browser", "--timeout", "1m"]);
        command.env("LD_PRELOAD", library.trim()).env("FAKETIME_TIMESTAMP_FILE", &clock);
        command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        let login = read_pending_login(command.spawn().unwrap());
        fs::write(&clock, jump).unwrap();
        assert!(get_page(&env, "/favicon.ico").starts_with("HTTP/1.1 404 "), "{jump}: it still waits");
        login.complete(&env).1.expect_code(0);
        let clock_jumped_sql = "SELECT CAST(abs(julianday(mal_login_at) - julianday('now')) > 0.5 AS TEXT) FROM users";
        assert_eq!(env.query_value(clock_jumped_sql).as_deref(), Some("1"), "the clock did not jump");
    }
}

fn send_signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn f_l24_signal_cancels_waiting_login() {
    for (name, code) in [("-INT", 130), ("-TERM", 143)] {
        let env = TestEnv::new(DatabaseKind::Sqlite, 3);
        let login = start_login(&env, &[]);
        send_signal(&login.child, name);
        let output = env.wait_for_exit(login.child).expect_code(code);
        assert!(output.stderr.contains("cancelled"), "{}", output.stderr);
        TcpListener::bind(("127.0.0.1", env.redirect_port())).expect("the port is free again");
        assert_no_token(&env);
        env.run(&["login"]).expect_code(0);
    }
}

#[test]
fn f_l24_signal_cancels_login_by_paste() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let mut login = read_pending_login(env.command(&["login", "--paste"]).stdin(Stdio::piped()).spawn().unwrap());
    // Keep standard input open: its end would also end the login.
    let _input = login.child.stdin.take();
    send_signal(&login.child, "-INT");
    let output = env.wait_for_exit(login.child).expect_code(130);
    assert!(output.stderr.contains("cancelled"), "{}", output.stderr);
}

#[test]
fn f_l24_signal_during_exchange_leaves_no_partial_login() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    add_fault(&env, FaultRule::for_path("*/token").stall());
    let login = start_login(&env, &[]);
    let target = login.consent_target();
    let browser = std::thread::scope(|scope| {
        let browser = scope.spawn(|| get_page(&env, &target));
        wait_until("the code is exchanged", || !requests_to(&env, "/token").is_empty());
        send_signal(&login.child, "-INT");
        browser.join().unwrap()
    });
    assert!(!browser.contains("You are logged in"), "{browser}");
    env.wait_for_exit(login.child).expect_code(130);
    assert_no_token(&env);
    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
}

/// Completes a login in place of the browser, from the printed start page on.
fn finish_from_printed_link(env: &TestEnv, mut child: Child) {
    let (mut told, start) = read_start_page_url(&mut child);
    open_start_link(&start);
    let mut rest = String::new();
    told.read_to_string(&mut rest).unwrap();
    assert!(!rest.contains('\u{1b}'), "{rest:?}");
    env.wait_for_exit(child).expect_code(0);
}

fn finish_from_link(env: &TestEnv, child: Child, start: &str) {
    open_start_link(start);
    env.wait_for_exit(child).expect_code(0);
}

fn open_start_link(start: &str) {
    let output = Command::new("curl").args(["-s", "-L", start]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("You are logged in"), "{output:?}");
}

#[test]
fn f_l25_broken_browser_command_does_not_stop_login() {
    for browser in ["/nowhere/browser", "false", "sleep 30", "sh -c 'yes | head -c 1000000; yes | head -c 1000000 >&2'"]
    {
        let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
        env.set_var("BROWSER", browser);
        finish_from_printed_link(&env, env.spawn(&["login"]));
    }
}

#[test]
fn f_l27_link_is_refused_to_other_os_users() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    env.set_var("BROWSER", "true");
    let mut child = env.spawn(&["login"]);
    let (_stderr, start) = read_start_page_url(&mut child);
    if is_root() {
        let nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "curl", "-s", "-o", "/dev/null"];
        let mut stranger = Command::new("setpriv");
        stranger.args(nobody).args(["-w", "%{http_code} %{redirect_url}", &start]);
        let response = stranger.output().unwrap();
        assert_eq!(String::from_utf8_lossy(&response.stdout).trim(), "403", "{response:?}");
    }
    // The verifier was not sent, and the link is not used up.
    finish_from_link(&env, child, &start);
}

/// Returns true for root, which can act as another user.
fn is_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0
}

/// Runs a program as another account.
fn run_as_stranger(program: &[&str]) -> String {
    let output = Command::new("setpriv")
        .args(["--reuid", "65534", "--regid", "65534", "--clear-groups"])
        .args(program)
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn f_e01_page_is_refused_to_other_os_users_by_any_address() {
    if !is_root() {
        return;
    }
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    env.set_var("BROWSER", "true");
    let mut child = env.spawn(&["login"]);
    let (_stderr, start) = read_start_page_url(&mut child);
    let link = url::Url::parse(&start).unwrap();
    let host = format!("Host: localhost:{}", link.port().unwrap());
    // An IPv6 socket that is connected to an IPv4 address is in the kernel's table of IPv6 sockets only.
    let address = format!("http://[::ffff:127.0.0.1]:{}", link.port().unwrap());
    let get_code =
        |url: &str| run_as_stranger(&["curl", "-sg", "-o", "/dev/null", "-w", "%{http_code}", "-H", &host, url]);
    assert_eq!(get_code(&format!("{address}{}", link.path())), "403");
    // The link is not used up, and the callback of another account is refused, too.
    let redirect = get_page(&env, link.path());
    let authorize = redirect.lines().find_map(|line| line.strip_prefix("Location: ")).unwrap().trim();
    let authorize = url::Url::parse(authorize).unwrap();
    let state = authorize.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    for address in [address.as_str(), &format!("http://127.0.0.1:{}", link.port().unwrap())] {
        assert_eq!(get_code(&format!("{address}/auth/callback?code=stolen&state={state}")), "403");
    }
    open_start_link(authorize.as_str());
    env.wait_for_exit(child).expect_code(0);
}

#[test]
fn f_e02_closed_connections_of_other_os_users_do_not_spend_the_link() {
    if !is_root() {
        return;
    }
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    env.set_var("BROWSER", "true");
    let mut child = env.spawn(&["login"]);
    let (_stderr, start) = read_start_page_url(&mut child);
    let link = url::Url::parse(&start).unwrap();
    // A closed socket belongs to uid 0 in the kernel's table.
    let script = format!(
        "for i in 1 2 3 4 5; do exec 3<>/dev/tcp/127.0.0.1/{port}; \
         printf 'GET {path} HTTP/1.1\\r\\nHost: localhost:{port}\\r\\n\\r\\n' >&3; exec 3>&-; done",
        port = link.port().unwrap(),
        path = link.path(),
    );
    run_as_stranger(&["bash", "-c", &script]);
    finish_from_link(&env, child, &start);
}

#[test]
fn f_l27_link_opened_by_somebody_else_stops_login() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    env.set_var("BROWSER", "true");
    let mut child = env.spawn(&["login"]);
    let (mut told, start) = read_start_page_url(&mut child);
    let nonce = url::Url::parse(&start).unwrap().path().to_owned();
    let first = get_page(&env, &nonce);
    assert!(first.starts_with("HTTP/1.1 302 "), "{first}");
    for header in ["Referrer-Policy: no-referrer", "Cache-Control: no-store", "Connection: close"] {
        assert!(first.contains(header), "{header}: {first}");
    }
    // Either another user of the machine opened the link first, or the browser came too late: both are told, and the
    // login ends.
    let second = get_page(&env, &nonce);
    assert!(second.starts_with("HTTP/1.1 410 ") && second.contains("Login link already opened"), "{second}");
    let mut rest = String::new();
    told.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("the login link was opened more than once"), "{rest}");
    env.wait_for_exit(child).expect_code(4);
    assert_no_token(&env);
    env.set_var("BROWSER", "curl --silent --location --output /dev/null");
    env.run(&["login"]).expect_code(0);
}

#[test]
fn f_l27_link_opened_again_after_callback_is_reported() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    env.set_var("BROWSER", "true");
    let mut child = env.spawn(&["login"]);
    let (mut told, start) = read_start_page_url(&mut child);
    let nonce = url::Url::parse(&start).unwrap().path().to_owned();
    // Somebody opens the link before the user's browser, and logs in with another account.
    let first = get_page(&env, &nonce);
    let to = first.lines().find_map(|line| line.strip_prefix("Location: ")).unwrap();
    let back = consent_redirect(to);
    add_fault(&env, FaultRule::for_path("*/token").status(503).hold());
    let (port, target) = (env.redirect_port(), format!("{}?{}", back.path(), back.query().unwrap()));
    let page = std::thread::spawn(move || {
        let address = format!("http://localhost:{port}{target}");
        Command::new("curl").args(["-s", &address]).output().unwrap()
    });
    wait_until("the code is exchanged", || !requests_to(&env, "/token").is_empty());
    let second = get_page(&env, &nonce);
    assert!(second.starts_with("HTTP/1.1 410 "), "{second}");
    env.sim.control().clear_faults();
    let mut rest = String::new();
    told.read_to_string(&mut rest).unwrap();
    for words in ["the login link was opened again", "malsync whoami", "malsync logout", "malsync login --paste"] {
        assert!(rest.contains(words), "{words}: {rest}");
    }
    env.wait_for_exit(child).expect_code(5);
    page.join().unwrap();
}

#[test]
fn f_l27_requests_similar_to_link_do_not_use_it_up() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    env.set_var("BROWSER", "true");
    let mut child = env.spawn(&["login"]);
    let (_told, start) = read_start_page_url(&mut child);
    let nonce = url::Url::parse(&start).unwrap().path().to_owned();
    // A cross-site request, a prefetch and another method do not use up the link.
    let host = format!("Host: localhost:{}", env.redirect_port());
    for (first, header, status) in [
        (format!("GET {nonce}"), "Origin: https://evil.example", 403),
        (format!("GET {nonce}"), "Sec-Purpose: prefetch", 403),
        (format!("HEAD {nonce}"), "X: y", 405),
        ("GET /login/wrong".to_owned(), "X: y", 404),
    ] {
        let answer = send_request(&env, "127.0.0.1", format!("{first} HTTP/1.1\r\n{host}\r\n{header}\r\n\r\n"));
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{first} {header}: {answer}");
    }
    let output = Command::new("curl").args(["-s", "-L", &start]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("You are logged in"), "{output:?}");
    env.wait_for_exit(child).expect_code(0);
}

#[test]
fn f_l28_login_works_without_terminal_and_with_closed_streams() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    env.set_var("BROWSER", "true");
    let login = env.command(&["login"]);
    let mut command = Command::new("setsid");
    command.args(["sh", "-c", "exec \"$0\" \"$@\" <&- >&-"]).arg(login.get_program()).args(login.get_args());
    command.env_clear().envs(login.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("TERM", "dumb");
    command.current_dir(env.home()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    finish_from_printed_link(&env, command.spawn().unwrap());
    env.sync(&[]);
}
