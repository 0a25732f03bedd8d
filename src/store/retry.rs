//! Retries of a transaction, with backoff.
//!
//! Invariants:
//! 1. At most five attempts, two if the statement was cancelled or got no answer. Only transient errors are retried.
//! 2. Delays have jitter, so that two processes that deadlocked do not collide again.
//!
//! [`with_retry!`] is a macro because the compiler cannot yet prove that a future calling an async closure is `Send`.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};

use super::error::{Error, StoreErrorKind};

const MAX_ATTEMPTS: u32 = 5;

/// Counts the attempts of one transaction.
#[derive(Debug, Default)]
pub(super) struct TransactionAttempts(u32);

impl TransactionAttempts {
    /// Waits for the backoff delay and returns true if the transaction should be retried. Returns false at once
    /// otherwise.
    pub(super) async fn wait_for_retry(&mut self, error: &Error) -> bool {
        self.0 += 1;
        let max_attempts = match error.kind {
            StoreErrorKind::Cancelled | StoreErrorKind::Unresponsive => 2,
            _ => MAX_ATTEMPTS,
        };
        if self.0 >= max_attempts || !error.is_transient() {
            return false;
        }
        tracing::debug!(%error, attempts = self.0, "retrying");
        tokio::time::sleep(backoff_delay(error.kind, self.0, random_fraction())).await;
        true
    }
}

/// Evaluates an async expression until it succeeds, fails permanently, or the attempts are used up.
macro_rules! with_retry {
    ($once:expr) => {{
        let mut attempts = $crate::store::retry::TransactionAttempts::default();
        loop {
            match $once {
                Err(error) if attempts.wait_for_retry(&error).await => {}
                result => break result,
            }
        }
    }};
}
pub(super) use with_retry;

/// Returns the delay after attempt number `attempt`.
///
/// The delays of a lost connection and of a full server are 7.5 s over all attempts, up to 11.25 s with jitter: about
/// the time of a server restart. A server that did not answer gets the first of these delays. A deadlock gets little:
/// 0.3 s to 0.45 s over all attempts.
fn backoff_delay(kind: StoreErrorKind, attempt: u32, jitter: f64) -> Duration {
    let base = match kind {
        StoreErrorKind::ConnectionLost | StoreErrorKind::Unresponsive | StoreErrorKind::ServerFull => 500,
        _ => 20,
    };
    Duration::from_millis(base << attempt.saturating_sub(1)).mul_f64(1.0 + jitter / 2.0)
}

/// Returns a random number in 0..=1, from the random seed of the standard library's hash maps.
fn random_fraction() -> f64 {
    let bits = u32::try_from(RandomState::new().build_hasher().finish() >> 32).unwrap_or_default();
    f64::from(bits) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn number_of_attempts_depends_on_the_error_kind() {
        for (kind, expected) in [
            (StoreErrorKind::Contention, 5),
            (StoreErrorKind::ConnectionLost, 5),
            (StoreErrorKind::ServerFull, 5),
            (StoreErrorKind::Cancelled, 2),
            (StoreErrorKind::Unresponsive, 2),
            (StoreErrorKind::DataRejected, 1),
            (StoreErrorKind::Fatal, 1),
        ] {
            let mut attempts = 0;
            let result: Result<(), Error> = with_retry!({
                attempts += 1;
                Err(Error::new(kind, "no"))
            });
            assert!(result.is_err());
            assert_eq!(attempts, expected, "{kind:?}");
        }
    }

    #[test]
    fn lost_connection_is_retried_for_as_long_as_a_restart_takes() {
        let total: Duration =
            (1..MAX_ATTEMPTS).map(|attempt| backoff_delay(StoreErrorKind::ConnectionLost, attempt, 0.0)).sum();
        assert!(total >= Duration::from_secs(7), "{total:?}");
        assert!(
            (1..MAX_ATTEMPTS).map(|attempt| backoff_delay(StoreErrorKind::Contention, attempt, 1.0)).sum::<Duration>()
                < Duration::from_secs(1)
        );
    }
}
