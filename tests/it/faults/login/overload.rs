//! Overload of the callback server: endless request heads, hundreds of connections, no file handles, repeated
//! callbacks.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpStream,
    process::Command,
    sync::mpsc,
    thread,
};

use mal_sim::FaultRule;

use crate::support::{
    login::{
        PendingLogin, add_fault, get_page, get_request, read_pending_login, read_response, requests_to, send_request,
        start_login,
    },
    test_env::{DatabaseKind, TestEnv},
    wait_until,
};

fn connect_to_listener(env: &TestEnv) -> TcpStream {
    TcpStream::connect(("127.0.0.1", env.redirect_port())).unwrap()
}

/// Returns the peak memory of the process in kB.
fn peak_memory_kb(login: &PendingLogin) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", login.child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn f_l17_endless_request_head_is_cut_off_without_memory_growth() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let login = start_login(&env, &[]);
    let mut slow = connect_to_listener(&env);
    slow.write_all(b"G").unwrap();
    let mut endless = connect_to_listener(&env);
    let block = vec![b'x'; 1 << 20];
    endless.write_all(b"GET /auth/callback?").unwrap();
    let was_cut_off = (0..300).any(|_| endless.write_all(&block).is_err());
    assert!(was_cut_off, "the server must not read 300 MB of one request head");
    let request_with_many_headers = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(10_000));
    let response = send_request(&env, "127.0.0.1", request_with_many_headers);
    assert!(response.is_empty() || response.starts_with("HTTP/1.1 431 "), "{response}");
    assert!(get_page(&env, "/favicon.ico").starts_with("HTTP/1.1 404 "), "other clients must be served meanwhile");
    assert!(read_response(slow).starts_with("HTTP/1.1 408 "), "a slow client must get a timeout");
    assert!(peak_memory_kb(&login) < 64 * 1024, "{} kB", peak_memory_kb(&login));
    login.complete(&env).1.expect_code(0);
}

#[test]
fn f_l18_many_idle_connections_do_not_block_browser() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let login_command = env.command(&["login", "--no-browser"]);
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -n 64; exec \"$0\" \"$@\""])
        .arg(login_command.get_program())
        .args(login_command.get_args());
    command.env_clear().envs(login_command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.current_dir(env.home()).stdin(std::process::Stdio::null());
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let login = read_pending_login(command.spawn().unwrap());
    // Ten times 200 connections, because the test itself may not open 2000 at once.
    for _ in 0..10 {
        let idle: Vec<_> = (0..200).map(|_| connect_to_listener(&env)).collect();
        assert!(get_page(&env, "/favicon.ico").starts_with("HTTP/1.1 404 "));
        drop(idle);
    }
    let _idle: Vec<_> = (0..200).map(|_| connect_to_listener(&env)).collect();
    let (page, output) = login.complete(&env);
    assert!(page.contains("You are logged in"), "{page}");
    output.expect_code(0);
}

#[test]
fn f_l18_listener_survives_running_out_of_file_handles() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let mut login = start_login(&env, &["-vv"]);
    let process = login.child.id();
    let set_handle_limit = |handles: usize| {
        let status =
            Command::new("prlimit").args([format!("--pid={process}"), format!("--nofile={handles}:64")]).status();
        assert!(status.unwrap().success());
    };
    set_handle_limit(3);
    let waiting_connection = connect_to_listener(&env);
    let mut stderr = BufReader::new(login.child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("cannot accept connections") {
        line.clear();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "the login ended too early");
    }
    set_handle_limit(64);
    assert!(get_page(&env, "/favicon.ico").starts_with("HTTP/1.1 404 "));
    drop(waiting_connection);
    std::thread::spawn(move || stderr.lines().for_each(drop));
    let (page, output) = login.complete(&env);
    assert!(page.contains("You are logged in"), "{page}");
    output.expect_code(0);
}

#[test]
fn f_l20_one_of_ten_concurrent_callbacks_wins() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    // MAL responds once all other callbacks have their answers.
    add_fault(&env, FaultRule::for_path("*/token").hold());
    let login = start_login(&env, &[]);
    let callback = get_request(&env, &login.consent_target());
    let (sender, receiver) = mpsc::channel();
    let browsers: Vec<_> = (0..10).map(|_| connect_to_listener(&env)).collect();
    for mut browser in browsers {
        browser.write_all(callback.as_bytes()).unwrap();
        let sender = sender.clone();
        thread::spawn(move || sender.send(read_response(browser)).unwrap());
    }
    let mut answers: Vec<String> = receiver.iter().take(9).collect();
    env.sim.control().clear_faults();
    answers.push(receiver.recv().unwrap());
    answers.sort();
    assert!(answers[0].starts_with("HTTP/1.1 200 ") && answers[0].contains("You are logged in"), "{}", answers[0]);
    for other in &answers[1..] {
        assert!(other.starts_with("HTTP/1.1 409 ") && other.contains("already used"), "{other}");
    }
    env.wait_for_exit(login.child).expect_code(0);
    assert_eq!(requests_to(&env, "/token").len(), 1, "there must be exactly one exchange");
}

#[test]
fn f_l21_repeated_callback_gets_409_and_port_closes() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    add_fault(&env, FaultRule::for_path("*/token").hold());
    let login = start_login(&env, &[]);
    let target = login.consent_target();
    let mut first = connect_to_listener(&env);
    first.write_all(get_request(&env, &target).as_bytes()).unwrap();
    wait_until("the code is exchanged", || !requests_to(&env, "/token").is_empty());
    let again = get_page(&env, &target);
    assert!(again.starts_with("HTTP/1.1 409 ") && again.contains("already used"), "{again}");
    env.sim.control().clear_faults();
    assert!(read_response(first).contains("You are logged in"));
    env.wait_for_exit(login.child).expect_code(0);
    for host in ["127.0.0.1", "::1"] {
        assert!(TcpStream::connect((host, env.redirect_port())).is_err(), "the port must be closed on {host}");
    }
    assert_eq!(requests_to(&env, "/token").len(), 1);
}

#[test]
fn f_l33_keep_alive_browser_does_not_delay_login() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let login = start_login(&env, &[]);
    let mut browser = connect_to_listener(&env);
    let _preconnected = connect_to_listener(&env);
    let callback = get_request(&env, &login.consent_target()).replace("\r\n\r\n", "\r\nConnection: keep-alive\r\n\r\n");
    browser.write_all(callback.as_bytes()).unwrap();
    // The browser neither reads nor closes before the login ends.
    env.wait_for_exit(login.child).expect_code(0);
    let page = read_response(browser);
    assert!(page.contains("\r\nConnection: close\r\n") && page.contains("You are logged in"), "{page}");
}

#[test]
fn silent_and_slow_connections_do_not_delay_login() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let login = start_login(&env, &[]);
    let _silent: Vec<_> = (0..50).map(|_| connect_to_listener(&env)).collect();
    let mut slow = connect_to_listener(&env);
    slow.write_all(b"GET").unwrap();
    let (page, output) = login.complete(&env);
    assert!(page.contains("You are logged in"), "{page}");
    output.expect_code(0);
}
