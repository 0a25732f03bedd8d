//! Wall-clock time as a parameter.
//!
//! Stored times come from the database server's clock (`Store::now`), so that several machines agree. This clock is for
//! the embedded database, log lines, and code without a database. Deadlines use tokio's monotonic clock.

use chrono::{DateTime, SubsecRound, Utc};

/// Provides the wall-clock time.
pub trait Clock: Send + Sync {
    /// Returns the current UTC time in microseconds, the resolution of PostgreSQL.
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }
}
