//! Panics: bugs of malsync's own, told like any other failure, never as Rust prints them.
//!
//! A panic's text may quote anything, a secret too: what is told is the place alone. Unwinding drops an open transaction,
//! which undoes it.

use std::{
    future::{self, Future},
    panic::{self, AssertUnwindSafe, Location},
    pin::pin,
    sync::{Mutex, PoisonError},
    task::Poll,
};

use crate::{exit::Exit, failure::Failure};

/// Where it happened, until somebody tells it.
static LAST_PANIC: Mutex<Option<String>> = Mutex::new(None);

/// From now on a panic prints nothing by itself.
pub(crate) fn install_hook() {
    panic::set_hook(Box::new(|panic| record_panic(panic.location().map(format_location))));
}

/// Runs this to its end, or to its panic.
///
/// # Errors
/// Exit code 1 where it panicked.
pub(crate) fn catch_panic<T>(work: impl FnOnce() -> T) -> Result<T, Failure> {
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|_| panic_failure())
}

/// The same for a future. What it borrowed is as the panic left it: to be read with doubt, and not gone on with.
///
/// # Errors
/// Exit code 1 where it panicked.
pub(crate) async fn catch_panic_async<F: Future>(work: F) -> Result<F::Output, Failure> {
    let mut work = pin!(work);
    future::poll_fn(|context| match panic::catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(polled) => polled.map(Ok),
        Err(_) => Poll::Ready(Err(panic_failure())),
    })
    .await
}

/// The place of a panic that nobody caught, in a task or a thread beside.
#[must_use]
pub(crate) fn take_last_panic() -> Option<String> {
    LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner).take()
}

fn record_panic(place: Option<String>) {
    *LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner) =
        Some(place.unwrap_or_else(|| "an unknown place".to_owned()));
}

fn panic_failure() -> Failure {
    let place = take_last_panic().unwrap_or_else(|| "an unknown place".to_owned());
    Failure::from_text(Exit::Failed, format!("internal error at {place}")).with_hint(concat!(
        "this is a bug in malsync ",
        env!("CARGO_PKG_VERSION"),
        ": please report it with the line above"
    ))
}

/// File and line; of a library's file, which stood wherever it was built, the last three parts (`NAME-1.2.3/src/lib.rs`).
fn format_location(location: &Location<'_>) -> String {
    let parts: Vec<_> = location.file().split(['/', '\\']).collect();
    let known = if parts[0] == "src" { 0 } else { parts.len().saturating_sub(3) };
    format!("{}:{}", parts[known..].join("/"), location.line())
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
