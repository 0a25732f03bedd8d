//! Tells cargo that the migrations are sources too, because `sqlx::migrate!` embeds them, and passes the target on to
//! `--version --json`. Without the first, a new migration file is not noticed until something else changes.
//!
//! Gives the main thread of Windows as much stack as Linux gives it: the default of 1 MiB is too little for a sync in a
//! build without optimization.

use std::env;

#[expect(clippy::disallowed_methods, reason = "cargo passes the target to build scripts in the environment")]
fn main() {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rustc-env=MALSYNC_TARGET={}", env::var("TARGET").unwrap_or_default());
    let is_target = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    if is_target("CARGO_CFG_TARGET_OS", "windows") {
        let is_msvc = is_target("CARGO_CFG_TARGET_ENV", "msvc");
        println!("cargo:rustc-link-arg-bins={}", if is_msvc { "/STACK:8388608" } else { "-Wl,--stack,8388608" });
    }
}
