//! Clocks of the test's choice: for the binary by libfaketime, for a PostgreSQL database by a function in place of its
//! clock. The simulator has a clock of its own.

use std::{fs, path::Path};

use super::{
    find_faketime,
    test_env::{DatabaseKind, TestEnv},
};

/// Lets later commands read their clock's offset from this file.
pub(crate) fn use_fake_clock(env: &mut TestEnv, file: &Path) {
    set_fake_clock(file, "+0");
    env.set_var("LD_PRELOAD", &find_faketime().display().to_string());
    env.set_var("FAKETIME_TIMESTAMP_FILE", &file.display().to_string());
    env.set_var("FAKETIME_NO_CACHE", "1");
    env.set_var("FAKETIME_DONT_FAKE_MONOTONIC", "1");
}

/// Sets the offset of the clock, like `-2h` or `+86400`.
pub(crate) fn set_fake_clock(file: &Path, offset: &str) {
    fs::write(file.with_extension("new"), offset).unwrap();
    fs::rename(file.with_extension("new"), file).unwrap();
}

/// Sets how many seconds the clock of this PostgreSQL database is ahead. An SQLite file has only the binary's clock.
pub(crate) fn set_database_clock(env: &TestEnv, seconds: u64) {
    if env.kind == DatabaseKind::Postgres {
        env.execute_sql(&format!(
            "DO $$ BEGIN IF to_regproc('pg_catalog.real_clock_timestamp') IS NULL THEN \
                ALTER FUNCTION pg_catalog.clock_timestamp() RENAME TO real_clock_timestamp; END IF; END $$; \
            CREATE OR REPLACE FUNCTION pg_catalog.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE \
            AS 'SELECT pg_catalog.real_clock_timestamp() + interval ''{seconds} seconds'''"
        ));
    }
}
