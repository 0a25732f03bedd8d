//! The redirect port: taken on one address family or both, or wanted by two logins, and who can reach it.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    process::Command,
};

use crate::support::{
    login::{get_page, read_pending_login, requests_to, start_login},
    test_env::{DatabaseKind, TestEnv},
};

/// Takes the port on this address. Asserts that the login ends before it asks anybody.
fn assert_held_port_stops_login(host: &str, told: &str) {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    env.set_var("BROWSER", "touch browser-was-opened");
    let holder = TcpListener::bind((host, env.redirect_port())).unwrap();
    let output = env.run(&["login", "--timeout", "10s"]).expect_code(5);
    let port = env.redirect_port();
    for words in [&format!("port {port} is already in use{told}"), "ss -ltnp", "--paste"] {
        assert!(output.stderr.contains(words), "{words}: {}", output.stderr);
    }
    assert!(!env.home().join("browser-was-opened").exists());
    assert!(requests_to(&env, "").is_empty(), "no request was sent");
    assert!(env.query_column("SELECT username FROM users").is_empty());
    drop(holder);
    env.set_var("BROWSER", "curl --silent --location --output /dev/null");
    env.run(&["login"]).expect_code(0);
}

#[test]
fn f_l01_held_port_stops_login_before_browser() {
    assert_held_port_stops_login("127.0.0.1", " (127.0.0.1)");
}

#[test]
fn f_l02_port_held_on_every_address_stops_login_before_browser() {
    assert_held_port_stops_login("0.0.0.0", " (127.0.0.1)");
}

#[test]
fn f_l03_port_held_on_ipv6_only_stops_login_before_browser() {
    assert_held_port_stops_login("::1", " ([::1])");
}

/// Runs the next test in a network namespace without IPv6.
#[test]
#[ignore = "nightly: needs the right to make a network namespace"]
fn f_l04_login_works_without_ipv6() {
    let alone = "ip link set lo up && echo 1 > /proc/sys/net/ipv6/conf/lo/disable_ipv6 && ! grep -q . /proc/net/if_inet6 && exec \"$0\" --exact \
                 --include-ignored faults::login::redirect_port::login_without_ipv6_inside_namespace";
    let tests = fs::read_link("/proc/self/exe").unwrap();
    let output = Command::new("unshare").args(["-rn", "sh", "-c", alone]).arg(tests).output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && stdout.contains("1 passed"),
        "{stdout}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
#[ignore = "nightly: run by f_l04, where there is no IPv6"]
fn login_without_ipv6_inside_namespace() {
    if TcpListener::bind("[::1]:0").is_ok() {
        return;
    }
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let output = env.run(&["-v", "login"]).expect_code(0);
    assert!(output.stderr.contains("this machine has no [::1]"), "{}", output.stderr);
    env.sync(&[]);
}

#[test]
#[ignore = "nightly: needs the right to make a mount namespace"]
fn f_l05_hosts_file_entry_for_localhost_does_not_move_listener() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    fs::write(env.home().join("hosts"), "192.0.2.1 localhost\n").unwrap();
    let login = env.command(&["login", "--no-browser"]);
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", "mount --bind hosts /etc/hosts && exec \"$0\" \"$@\""]);
    command.arg(login.get_program()).args(login.get_args()).current_dir(env.home()).env_clear();
    command.envs(login.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdin(std::process::Stdio::null());
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let (page, output) = read_pending_login(command.spawn().unwrap()).complete(&env);
    assert!(page.contains("You are logged in"), "{page}");
    output.expect_code(0);
}

#[test]
fn f_l06_listener_is_bound_to_loopback_addresses_only() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let login = start_login(&env, &[]);
    let port = env.redirect_port();
    assert!(TcpStream::connect(("127.0.0.2", port)).is_err(), "bound to more than 127.0.0.1");
    // The kernel's socket table: local address, remote address, state. 0A means listening.
    let wanted = format!(":{port:04X}");
    let mut bound: Vec<_> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| table.lines().map(str::to_owned).collect::<Vec<_>>())
        .filter_map(|line| {
            let mut words = line.split_whitespace().skip(1);
            let (local, _, state) = (words.next()?, words.next()?, words.next()?);
            (state == "0A").then(|| local.strip_suffix(&wanted).map(str::to_owned))?
        })
        .collect();
    bound.sort();
    // The kernel may list a socket twice if the table changes while it is read.
    bound.dedup();
    assert_eq!(bound, ["00000000000000000000000001000000", "0100007F"]);
    login.complete(&env).1.expect_code(0);
    assert!(
        TcpStream::connect(("127.0.0.1", port)).is_err() && TcpStream::connect(("::1", port)).is_err(),
        "the port is closed"
    );
}

#[test]
fn f_l26_second_concurrent_login_ends_at_once() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let first = start_login(&env, &[]);
    let output = env.run(&["login", "--timeout", "10s"]).expect_code(5);
    assert!(output.stderr.contains("is already in use"), "{}", output.stderr);
    assert!(get_page(&env, "/favicon.ico").starts_with("HTTP/1.1 404"), "the first login still listens");
    let (page, output) = first.complete(&env);
    assert!(page.contains("You are logged in"), "{page}");
    output.expect_code(0);
}
