//! Named points where a test can make the process abort, panic or wait, set with the variable `FAILPOINTS`.
//!
//! Invariant: a release build has no failpoints. Without the feature `failpoints` the macro is empty; with it, a build
//! without debug assertions fails.
//!
//! Actions at a `failpoint!`: `return` aborts the process, like kill -9. `return(FILE)` waits while the file exists.
//! `panic`, `sleep(ms)` and counts (`2*off->return`: at the third time) are those of the `fail` crate.
//!
//! Action at a `time_limit`: `return(MILLIS)` sets the limit.

use std::time::Duration;

#[cfg(all(feature = "failpoints", not(debug_assertions)))]
compile_error!("failpoints are for tests: no release build has them");

/// Activates `FAILPOINTS` while the returned value lives.
#[cfg(feature = "failpoints")]
pub(crate) fn init_scenario() -> fail::FailScenario<'static> {
    fail::FailScenario::setup()
}

/// Aborts the process, or waits until the file is gone.
#[cfg(feature = "failpoints")]
#[expect(clippy::disallowed_methods, reason = "blocks the process regardless of its clock")]
pub(crate) fn abort_or_wait(until_gone: Option<String>) {
    let Some(file) = until_gone else { std::process::abort() };
    while std::path::Path::new(&file).exists() {
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Returns a time limit, or the milliseconds that a test sets at the failpoint of this name: `return(60000)`.
pub(crate) fn time_limit(name: &str, limit: Duration) -> Duration {
    #[cfg(feature = "failpoints")]
    if let Some(Some(millis)) = fail::eval(name, |millis| millis?.parse().ok()) {
        return Duration::from_millis(millis);
    }
    #[cfg(not(feature = "failpoints"))]
    let _ = name;
    limit
}

/// Defines a failpoint with this name.
macro_rules! failpoint {
    ($name:literal) => {
        #[cfg(feature = "failpoints")]
        {
            let _: Option<()> = fail::eval($name, $crate::failpoint::abort_or_wait);
        }
    };
}
pub(crate) use failpoint;
