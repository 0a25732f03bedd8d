//! A clock of the test's choice for the binary, by libfaketime. The database server and the simulator have their own clocks.

use std::{fs, path::Path};

use super::{find_faketime, test_env::TestEnv};

/// Lets later commands read their clock's offset from this file.
pub(crate) fn use_fake_clock(env: &mut TestEnv, file: &Path) {
    set_fake_clock(file, "+0");
    env.set_var("LD_PRELOAD", &find_faketime().display().to_string());
    env.set_var("FAKETIME_TIMESTAMP_FILE", &file.display().to_string());
    env.set_var("FAKETIME_NO_CACHE", "1");
    env.set_var("FAKETIME_DONT_FAKE_MONOTONIC", "1");
}

/// Sets the offset of the clock, like `-2h` or `+86400`.
pub(crate) fn set_fake_clock(file: &Path, to: &str) {
    fs::write(file.with_extension("new"), to).unwrap();
    fs::rename(file.with_extension("new"), file).unwrap();
}
