//! How often a transaction is tried, and how long is waited in between.
//!
//! The rule: five tries in all, two where a statement was cancelled; only what may go through when tried again. Nobody waits on a fixed beat, lest two
//! programs that met in a deadlock meet again.
//!
//! [`retried!`] is a macro since the compiler cannot show yet that a future which calls an async closure is `Send`.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};

use super::error::{Error, StoreErrorKind};

const MAX_ATTEMPTS: u32 = 5;

/// Counts the tries of one transaction.
#[derive(Debug, Default)]
pub(super) struct TransactionAttempts(u32);

impl TransactionAttempts {
    /// Whether to try again after this error; waits before it says so.
    pub(super) async fn wait_for_retry(&mut self, error: &Error) -> bool {
        self.0 += 1;
        let tries = if error.kind == StoreErrorKind::Cancelled { 2 } else { MAX_ATTEMPTS };
        if self.0 >= tries || !error.is_transient() {
            return false;
        }
        tracing::debug!(%error, tried = self.0, "tried again");
        tokio::time::sleep(backoff_delay(error.kind, self.0, random_fraction())).await;
        true
    }
}

/// Evaluates an expression, which awaits, until it succeeds, refuses for good, or was tried five times.
macro_rules! with_retry {
    ($once:expr) => {{
        let mut attempts = $crate::store::retry::TransactionAttempts::default();
        loop {
            match $once {
                Err(error) if attempts.wait_for_retry(&error).await => {}
                done => break done,
            }
        }
    }};
}
pub(super) use with_retry;

/// A connection is given time to come back (8 s over all tries, as a server takes to restart), a deadlock little.
fn backoff_delay(kind: StoreErrorKind, tried: u32, chance: f64) -> Duration {
    let base = if kind == StoreErrorKind::ConnectionLost { 500 } else { 20 };
    Duration::from_millis(base << tried.saturating_sub(1)).mul_f64(1.0 + chance / 2.0)
}

/// A number from 0 to 1, from the seed that the standard library draws for its maps.
fn random_fraction() -> f64 {
    let drawn = u32::try_from(RandomState::new().build_hasher().finish() >> 32).unwrap_or_default();
    f64::from(drawn) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn number_of_attempts_depends_on_the_error_kind() {
        for (kind, expected) in [
            (StoreErrorKind::Contention, 5),
            (StoreErrorKind::ConnectionLost, 5),
            (StoreErrorKind::Cancelled, 2),
            (StoreErrorKind::DataRejected, 1),
            (StoreErrorKind::Fatal, 1),
        ] {
            let mut tries = 0;
            let result: Result<(), Error> = with_retry!({
                tries += 1;
                Err(Error::new(kind, "no"))
            });
            assert!(result.is_err());
            assert_eq!(tries, expected, "{kind:?}");
        }
    }

    #[test]
    fn lost_connection_is_retried_for_as_long_as_a_restart_takes() {
        let all: Duration =
            (1..MAX_ATTEMPTS).map(|tried| backoff_delay(StoreErrorKind::ConnectionLost, tried, 0.0)).sum();
        assert!(all >= Duration::from_secs(7), "{all:?}");
        assert!(
            (1..MAX_ATTEMPTS).map(|tried| backoff_delay(StoreErrorKind::Contention, tried, 1.0)).sum::<Duration>()
                < Duration::from_secs(1)
        );
    }
}
