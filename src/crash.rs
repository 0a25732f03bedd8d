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
static UNTOLD: Mutex<Option<String>> = Mutex::new(None);

/// From now on a panic prints nothing by itself.
pub(crate) fn keep_quiet() {
    panic::set_hook(Box::new(|panic| remember(panic.location().map(place))));
}

/// Runs this to its end, or to its panic.
///
/// # Errors
/// Exit code 1 where it panicked.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Failure> {
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|_| failure())
}

/// The same for a future. What it borrowed is as the panic left it: to be read with doubt, and not gone on with.
///
/// # Errors
/// Exit code 1 where it panicked.
pub(crate) async fn caught_in<F: Future>(work: F) -> Result<F::Output, Failure> {
    let mut work = pin!(work);
    future::poll_fn(|context| match panic::catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(polled) => polled.map(Ok),
        Err(_) => Poll::Ready(Err(failure())),
    })
    .await
}

/// The place of a panic that nobody caught, in a task or a thread beside.
#[must_use]
pub(crate) fn untold() -> Option<String> {
    UNTOLD.lock().unwrap_or_else(PoisonError::into_inner).take()
}

fn remember(place: Option<String>) {
    *UNTOLD.lock().unwrap_or_else(PoisonError::into_inner) =
        Some(place.unwrap_or_else(|| "an unknown place".to_owned()));
}

fn failure() -> Failure {
    let place = untold().unwrap_or_else(|| "an unknown place".to_owned());
    Failure::text(Exit::Failed, format!("internal error at {place}")).hint(concat!(
        "this is a bug in malsync ",
        env!("CARGO_PKG_VERSION"),
        ": please report it with the line above"
    ))
}

/// File and line; of a library's file, which stood wherever it was built, the last three parts (`NAME-1.2.3/src/lib.rs`).
fn place(location: &Location<'_>) -> String {
    let parts: Vec<_> = location.file().split(['/', '\\']).collect();
    let known = if parts[0] == "src" { 0 } else { parts.len().saturating_sub(3) };
    format!("{}:{}", parts[known..].join("/"), location.line())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_failure_that_does_not_quote_it() {
        for failure in
            [caught(|| panic!("hunter2")).unwrap_err(), block_on(caught_in(async { panic!("hunter2") })).unwrap_err()]
        {
            assert_eq!(failure.exit, Exit::Failed);
            assert!(failure.message().starts_with("internal error at "), "{}", failure.message());
            assert!(!failure.message().contains("hunter2"));
        }
        assert_eq!(caught(|| 7).unwrap(), 7);
        assert_eq!(block_on(caught_in(async { 7 })).unwrap(), 7);
    }

    fn block_on<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
    }
}
