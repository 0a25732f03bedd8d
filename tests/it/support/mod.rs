//! The environment of the tests. README.md in this folder shows how to write a test of each kind.

pub(crate) mod browser;
pub(crate) mod dump;
pub(crate) mod fake_clock;
pub(crate) mod keyring;
pub(crate) mod login;
pub(crate) mod memory;
pub(crate) mod notification_receiver;
pub(crate) mod peer_servers;
pub(crate) mod postgres;
pub(crate) mod proxy;
pub(crate) mod refused_writes;
pub(crate) mod secret_scanner;
pub(crate) mod terminal;
pub(crate) mod test_env;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

/// Waits until a condition is true. The limit is a generous watchdog and never part of what is tested.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "what the test waits for gives no sign")]
pub(crate) fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(120), "timed out waiting until {what}");
        // Leave the processor to the programs that the test waits for.
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Asserts that the name of the running test contains this word. `./check fast` leaves out tests by these words.
#[track_caller]
pub(crate) fn assert_test_is_named_after(part: &str) {
    let thread = std::thread::current();
    // With one test thread all tests run on `main`.
    let name = thread.name().unwrap_or_default();
    assert!(name == "main" || name.contains(part), "a test that needs {part} must have this word in its path: {name}");
}

/// Returns the path of libfaketime, which gives a process another clock.
pub(crate) fn find_faketime() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").unwrap().flatten().map(|entry| entry.path());
    folders
        .map(|folder| folder.join("faketime/libfaketimeMT.so.1"))
        .find(|library| library.exists())
        .expect("the tests need libfaketime (Debian: faketime)")
}
