//! Time as a parameter.
//!
//! Stored times come from the database's clock where there is a server (`Store::now`), so that several machines agree;
//! this clock serves the embedded database, log lines and what has no database at hand. Deadlines use tokio's monotonic clock.

use chrono::{DateTime, SubsecRound, Utc};

/// Tells the wall-clock time.
pub trait Clock: Send + Sync {
    /// Now, in UTC, to the microsecond (what PostgreSQL keeps).
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
