//! Converts panics (bugs in malsync) into failures, instead of Rust's own output.
//!
//! A panic message may contain anything, including secrets; only its location is reported. Unwinding drops an open
//! transaction, which rolls it back.

use std::{
    future::{self, Future},
    panic::{self, AssertUnwindSafe, Location},
    pin::pin,
    sync::{Mutex, PoisonError},
    task::Poll,
};

use crate::{exit::Exit, failure::Failure};

/// Location of the last panic that was not reported yet.
static LAST_PANIC: Mutex<Option<String>> = Mutex::new(None);

/// Installs a panic hook that prints nothing and records the location.
pub(crate) fn install_hook() {
    panic::set_hook(Box::new(|info| record_panic(info.location().map(format_location))));
}

/// Runs `work` and catches a panic.
///
/// # Errors
/// Fails with exit code 1 if `work` panicked.
pub(crate) fn catch_panic<T>(work: impl FnOnce() -> T) -> Result<T, Failure> {
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|_| panic_failure())
}

/// Runs the future `work` and catches a panic. Values that it borrowed may be inconsistent after a panic: do not
/// continue to use them.
///
/// # Errors
/// Fails with exit code 1 if `work` panicked.
pub(crate) async fn catch_panic_async<F: Future>(work: F) -> Result<F::Output, Failure> {
    let mut work = pin!(work);
    future::poll_fn(|context| match panic::catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(polled) => polled.map(Ok),
        Err(_) => Poll::Ready(Err(panic_failure())),
    })
    .await
}

/// Returns and clears the location of an uncaught panic in another task or thread.
#[must_use]
pub(crate) fn take_last_panic() -> Option<String> {
    LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner).take()
}

fn record_panic(location: Option<String>) {
    *LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner) =
        Some(location.unwrap_or_else(|| "an unknown location".to_owned()));
}

fn panic_failure() -> Failure {
    let location = take_last_panic().unwrap_or_else(|| "an unknown location".to_owned());
    Failure::from_text(Exit::Failed, format!("internal error at {location}")).with_hint(concat!(
        "this is a bug in malsync ",
        env!("CARGO_PKG_VERSION"),
        ": please report it with the line above"
    ))
}

/// Returns file and line. For a library, whose path depends on the build machine, only the last three parts of the path
/// are kept (`NAME-1.2.3/src/lib.rs`).
fn format_location(location: &Location<'_>) -> String {
    let parts: Vec<_> = location.file().split(['/', '\\']).collect();
    let start = if parts[0] == "src" { 0 } else { parts.len().saturating_sub(3) };
    format!("{}:{}", parts[start..].join("/"), location.line())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panic_becomes_failure_without_panic_message() {
        for failure in [
            catch_panic(|| panic!("hunter2")).unwrap_err(),
            block_on(catch_panic_async(async { panic!("hunter2") })).unwrap_err(),
        ] {
            assert_eq!(failure.exit, Exit::Failed);
            assert!(failure.message().starts_with("internal error at "), "{}", failure.message());
            assert!(!failure.message().contains("hunter2"));
        }
        assert_eq!(catch_panic(|| 7).unwrap(), 7);
        assert_eq!(block_on(catch_panic_async(async { 7 })).unwrap(), 7);
    }

    fn block_on<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
    }
}
