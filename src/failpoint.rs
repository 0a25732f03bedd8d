//! Places where a test can make the process die, panic or stand still, by name, through the variable `FAILPOINTS`.
//!
//! The rule: a release build cannot contain them. The feature `failpoints` puts them in; without it the macro is empty, and
//! with it a build without debug assertions fails. `return` aborts the process there, like kill -9; `return(FILE)` keeps it
//! there for as long as the file exists; `panic`, `sleep(ms)` and counts (`2*off->return`: at the third time) are the `fail`
//! crate's.

#[cfg(all(feature = "failpoints", not(debug_assertions)))]
compile_error!("failpoints are for tests: no release build has them");

/// Reads `FAILPOINTS`; they stay in force for as long as the value lives.
#[cfg(feature = "failpoints")]
pub(crate) fn setup() -> fail::FailScenario<'static> {
    fail::FailScenario::setup()
}

/// Stops here: for good, or until the file is gone.
#[cfg(feature = "failpoints")]
#[expect(clippy::disallowed_methods, reason = "the process is to stand still, whatever its clock says")]
pub(crate) fn stop(until_gone: Option<String>) {
    let Some(file) = until_gone else { std::process::abort() };
    while std::path::Path::new(&file).exists() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

/// Marks a place.
macro_rules! failpoint {
    ($name:literal) => {
        #[cfg(feature = "failpoints")]
        {
            let _: Option<()> = fail::eval($name, $crate::failpoint::stop);
        }
    };
}
pub(crate) use failpoint;
