//! The pace of requests: never two starts closer together than the rate allows, and nobody goes while MAL asks to wait.
//!
//! Time is tokio's monotonic clock, so that tests can drive it. Nothing here knows HTTP.

use std::{
    ops::Add,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, Reference},
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{InMemoryState, NotKeyed},
};
use tokio::time::{Instant, sleep, sleep_until};

/// A request may take a moment longer to leave than the one after it: the gap is this part longer than the rate says.
const MARGIN: f64 = 0.01;
/// A rate near 0 must not overflow a clock.
const LONGEST_GAP: Duration = Duration::from_secs(30 * 24 * 3600);
const SHORTEST_GAP: Duration = Duration::from_nanos(1);

/// Lets one request go at a time, at a steady rate.
pub(super) struct Pace {
    gap: Duration,
    limiter: RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<TokioInstant>>,
    not_before: Mutex<Option<Instant>>,
}

impl Pace {
    /// At most `rate` requests a second (above 0), without bursts.
    pub(super) fn new(rate: f64) -> Self {
        let gap =
            Duration::try_from_secs_f64((1.0 + MARGIN) / rate).unwrap_or(LONGEST_GAP).clamp(SHORTEST_GAP, LONGEST_GAP);
        let quota = Quota::with_period(gap).expect("the gap is above 0");
        Self { gap, limiter: RateLimiter::direct_with_clock(quota, TokioClock), not_before: Mutex::new(None) }
    }

    /// The least time between two starts.
    pub(super) const fn gap(&self) -> Duration {
        self.gap
    }

    /// Returns when the next request may start.
    pub(super) async fn ready(&self) {
        loop {
            let held = *self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(until) = held.filter(|until| *until > Instant::now()) {
                sleep_until(until).await;
                continue;
            }
            match self.limiter.check() {
                Ok(()) => return,
                Err(early) => sleep(early.wait_time_from(TokioClock.now())).await,
            }
        }
    }

    /// Holds every request back for this long from now; an earlier, longer hold stands.
    pub(super) fn hold(&self, wait: Duration) {
        let until = Instant::now() + wait.min(LONGEST_GAP);
        let mut held = self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Some(held.map_or(until, |before| before.max(until)));
    }
}

/// tokio's clock as the limiter wants it.
#[derive(Clone, Debug, Default)]
struct TokioClock;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct TokioInstant(Instant);

impl Clock for TokioClock {
    type Instant = TokioInstant;

    fn now(&self) -> TokioInstant {
        TokioInstant(Instant::now())
    }
}

impl Reference for TokioInstant {
    fn duration_since(&self, earlier: Self) -> Nanos {
        self.0.saturating_duration_since(earlier.0).into()
    }

    fn saturating_sub(&self, duration: Nanos) -> Self {
        Self(self.0.checked_sub(duration.into()).unwrap_or(self.0))
    }
}

impl Add<Nanos> for TokioInstant {
    type Output = Self;

    fn add(self, duration: Nanos) -> Self {
        Self(self.0 + Duration::from(duration))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_thousand_requests_at_one_a_second_take_a_thousand_seconds() {
        let (pace, start) = (Pace::new(1.0), Instant::now());
        let mut last = None;
        for _ in 0..1001 {
            pace.ready().await;
            let now = Instant::now();
            assert!(last.is_none_or(|before| now - before >= Duration::from_secs(1)));
            last = Some(now);
        }
        assert!((1000..1020).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_hour_earns_no_burst() {
        let pace = Pace::new(2.0);
        pace.ready().await;
        sleep(Duration::from_secs(3600)).await;
        let start = Instant::now();
        pace.ready().await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        pace.ready().await;
        assert!(start.elapsed() >= Duration::from_millis(500));
    }

    #[tokio::test(start_paused = true)]
    async fn a_hold_holds_every_caller_and_the_longest_one_stands() {
        let (pace, start) = (Arc::new(Pace::new(1000.0)), Instant::now());
        pace.hold(Duration::from_secs(30));
        pace.hold(Duration::from_secs(3));
        let callers: Vec<_> = (0..3)
            .map(|_| {
                let pace = Arc::clone(&pace);
                tokio::spawn(async move {
                    pace.ready().await;
                    start.elapsed()
                })
            })
            .collect();
        for caller in callers {
            assert!(caller.await.unwrap() >= Duration::from_secs(30));
        }
    }

    #[test]
    fn any_rate_above_zero_has_a_gap() {
        for rate in [f64::MIN_POSITIVE, 1e-9, 0.5, 1.0, 100_000.0, f64::MAX] {
            let gap = Pace::new(rate).gap();
            assert!(gap >= SHORTEST_GAP && gap <= LONGEST_GAP, "{rate}: {gap:?}");
        }
    }
}
