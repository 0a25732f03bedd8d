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

use super::error::{Error, Kind};

const TRIES: u32 = 5;

/// Counts the tries of one transaction.
#[derive(Debug, Default)]
pub(super) struct Tries(u32);

impl Tries {
    /// Whether to try again after this error; waits before it says so.
    pub(super) async fn again(&mut self, error: &Error) -> bool {
        self.0 += 1;
        let tries = if error.kind == Kind::Cancelled { 2 } else { TRIES };
        if self.0 >= tries || !error.transient() {
            return false;
        }
        tracing::debug!(%error, tried = self.0, "tried again");
        tokio::time::sleep(pause(error.kind, self.0, chance())).await;
        true
    }
}

/// Evaluates an expression, which awaits, until it succeeds, refuses for good, or was tried five times.
macro_rules! retried {
    ($once:expr) => {{
        let mut tries = $crate::store::retry::Tries::default();
        loop {
            match $once {
                Err(error) if tries.again(&error).await => {}
                done => break done,
            }
        }
    }};
}
pub(super) use retried;

/// A connection is given time to come back (8 s over all tries, as a server takes to restart), a deadlock little.
fn pause(kind: Kind, tried: u32, chance: f64) -> Duration {
    let base = if kind == Kind::Lost { 500 } else { 20 };
    Duration::from_millis(base << tried.saturating_sub(1)).mul_f64(1.0 + chance / 2.0)
}

/// A number from 0 to 1, from the seed that the standard library draws for its maps.
fn chance() -> f64 {
    let drawn = u32::try_from(RandomState::new().build_hasher().finish() >> 32).unwrap_or_default();
    f64::from(drawn) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_may_go_through_is_tried_five_times_and_what_may_not_once() {
        for (kind, expected) in
            [(Kind::Contended, 5), (Kind::Lost, 5), (Kind::Cancelled, 2), (Kind::Refused, 1), (Kind::Fatal, 1)]
        {
            let mut tries = 0;
            let result: Result<(), Error> = retried!({
                tries += 1;
                Err(Error::new(kind, "no"))
            });
            assert!(result.is_err());
            assert_eq!(tries, expected, "{kind:?}");
        }
    }

    #[test]
    fn a_lost_connection_is_given_the_time_of_a_restart() {
        let all: Duration = (1..TRIES).map(|tried| pause(Kind::Lost, tried, 0.0)).sum();
        assert!(all >= Duration::from_secs(7), "{all:?}");
        assert!((1..TRIES).map(|tried| pause(Kind::Contended, tried, 1.0)).sum::<Duration>() < Duration::from_secs(1));
    }
}
