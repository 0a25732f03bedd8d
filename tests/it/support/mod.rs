//! What tests need around them.

pub(crate) mod browser;
pub(crate) mod dump;
pub(crate) mod keyring;
pub(crate) mod login;
pub(crate) mod memory;
pub(crate) mod notification_receiver;
pub(crate) mod peer_servers;
pub(crate) mod postgres;
pub(crate) mod proxy;
pub(crate) mod secret_scanner;
pub(crate) mod terminal;
pub(crate) mod test_env;

use std::time::{Duration, Instant};

/// Waits until something is so. The limit is a watchdog: generous, and never part of what is tested.
#[track_caller]
pub(crate) fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "waited too long until {what}");
        std::thread::yield_now();
    }
}
