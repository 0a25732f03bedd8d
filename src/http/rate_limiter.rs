//! Limits the rate of requests to MAL. Entry point: `MalRateLimiter::acquire`.
//!
//! Invariants:
//! 1. Two requests never start closer together than the configured rate allows.
//! 2. No request starts while MAL asks to wait.
//! 3. Callers are served in order, so a long list takes turns with every other.
//! 4. Other processes may use the same client id, which is what MAL counts. Each request then also reserves a slot from
//!    [`SharedSlots`], in addition to the local limit.
//!
//! Time is tokio's monotonic clock, so that tests can drive it. Nothing here knows HTTP.

use std::{
    ops::Add,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use futures_util::future::BoxFuture;
use governor::{
    Quota, RateLimiter,
    clock::{Clock, Reference},
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{InMemoryState, NotKeyed},
};
use tokio::time::{Instant, sleep, sleep_until};

/// The interval is longer than the configured rate says by this fraction, to absorb jitter in sending.
const INTERVAL_MARGIN_FRACTION: f64 = 0.005;
/// Upper limit of an interval, so that a rate near 0 does not overflow a clock.
const MAX_INTERVAL: Duration = Duration::from_secs(30 * 24 * 3600);
const MIN_INTERVAL: Duration = Duration::from_nanos(1);
/// Rates above 100 requests per second are not meant for MAL and are not shared between processes.
const MIN_SHARED_INTERVAL: Duration = Duration::from_millis(10);
/// Extra room between shared slots. A process that wakes later than this plus the interval margin skips its slot and
/// reserves a new one, because the next slot is too near.
const SLOT_TOLERANCE: Duration = Duration::from_millis(5);
/// Slots to miss before a busy machine sends without one.
const MAX_MISSED_SLOTS: u32 = 4;

/// Request slots shared by several processes.
pub trait SharedSlots: Send + Sync {
    /// Reserves the next free slot and keeps `interval` free after it. Returns the time until the slot, or `None` if
    /// the slots are unavailable and only the local limit applies.
    fn reserve(&self, interval: Duration) -> BoxFuture<'_, Option<Duration>>;

    /// Blocks all slots for the next `wait`.
    fn block(&self, wait: Duration) -> BoxFuture<'_, ()>;
}

/// Starts one request at a time, at a steady rate.
pub(super) struct MalRateLimiter {
    min_interval: Duration,
    local_limiter: RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<TokioInstant>>,
    paused_until: Mutex<Option<Instant>>,
    /// The holder goes next; the others wait in order.
    queue: tokio::sync::Mutex<()>,
    shared_slots: OnceLock<Arc<dyn SharedSlots>>,
}

impl MalRateLimiter {
    /// Creates a limiter of `rate` requests per second (above 0), without bursts.
    pub(super) fn new(rate: f64) -> Self {
        let min_interval = Duration::try_from_secs_f64((1.0 + INTERVAL_MARGIN_FRACTION) / rate)
            .unwrap_or(MAX_INTERVAL)
            .clamp(MIN_INTERVAL, MAX_INTERVAL);
        let quota = Quota::with_period(min_interval).expect("the interval is above 0");
        Self {
            min_interval,
            local_limiter: RateLimiter::direct_with_clock(quota, TokioClock),
            paused_until: Mutex::new(None),
            queue: tokio::sync::Mutex::new(()),
            shared_slots: OnceLock::new(),
        }
    }

    /// Shares the limit with other processes from now on. Has no effect if it is already shared, or if the
    /// rate is above 100 requests per second.
    pub(super) fn use_shared_slots(&self, slots: Arc<dyn SharedSlots>) {
        if self.min_interval >= MIN_SHARED_INTERVAL {
            let _ = self.shared_slots.set(slots);
        }
    }

    /// Returns the minimum time between two requests.
    pub(super) const fn min_interval(&self) -> Duration {
        self.min_interval
    }

    /// Waits until the next request may start. If the request must open a connection first, `handshake` is the
    /// estimated time for it; other processes keep that time free.
    pub(super) async fn acquire(&self, handshake: Duration) {
        let _turn = self.queue.lock().await;
        // Reserve a slot, sleep until it, and use it if this process woke up in time. After some misses the local limit
        // alone applies.
        for _ in 0..MAX_MISSED_SLOTS {
            self.wait_while_paused().await;
            let Some(slot) = self.reserve_shared_slot(handshake).await else { break };
            sleep_until(slot).await;
            if slot.elapsed() <= self.max_lateness() && self.active_pause_end().is_none() {
                break;
            }
        }
        self.wait_for_local_interval().await;
    }

    /// Reserves a shared slot and returns its time. Returns `None` if no slots are shared or available.
    async fn reserve_shared_slot(&self, handshake: Duration) -> Option<Instant> {
        let slots = self.shared_slots.get()?;
        let interval = self.min_interval.saturating_add(SLOT_TOLERANCE).saturating_add(handshake);
        let delay = slots.reserve(interval.min(MAX_INTERVAL)).await?;
        Instant::now().checked_add(delay)
    }

    /// Returns how late a slot may still be used without coming too close to the next one: by its spare time, which is
    /// the tolerance between slots and the margin that `new` added to the interval.
    fn max_lateness(&self) -> Duration {
        SLOT_TOLERANCE
            .saturating_add(self.min_interval.mul_f64(INTERVAL_MARGIN_FRACTION / (1.0 + INTERVAL_MARGIN_FRACTION)))
    }

    /// Returns the end of the current pause, or `None` if there is none.
    fn active_pause_end(&self) -> Option<Instant> {
        let paused_until = *self.paused_until.lock().unwrap_or_else(PoisonError::into_inner);
        paused_until.filter(|until| *until > Instant::now())
    }

    /// Waits until no pause is active.
    async fn wait_while_paused(&self) {
        while let Some(until) = self.active_pause_end() {
            sleep_until(until).await;
        }
    }

    /// Waits for this process's own rate limit.
    async fn wait_for_local_interval(&self) {
        loop {
            self.wait_while_paused().await;
            match self.local_limiter.check() {
                Ok(()) => return,
                Err(not_until) => sleep(not_until.wait_time_from(TokioClock.now())).await,
            }
        }
    }

    /// Delays all requests for `wait` from now. An earlier, longer pause stays in force.
    pub(super) fn pause(&self, wait: Duration) {
        let until = Instant::now() + wait.min(MAX_INTERVAL);
        let mut paused_until = self.paused_until.lock().unwrap_or_else(PoisonError::into_inner);
        *paused_until = Some(paused_until.map_or(until, |earlier| earlier.max(until)));
    }

    /// Delays all requests of every process that shares the limit, because MAL limits the client id, not the process.
    pub(super) async fn pause_all(&self, wait: Duration) {
        self.pause(wait);
        if let Some(slots) = self.shared_slots.get() {
            slots.block(wait).await;
        }
    }
}

/// Adapts tokio's clock to `governor`.
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
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn requests_keep_configured_rate() {
        let (limiter, start) = (MalRateLimiter::new(1.0), Instant::now());
        let mut last = None;
        for _ in 0..1001 {
            limiter.acquire(Duration::ZERO).await;
            let now = Instant::now();
            assert!(last.is_none_or(|before| now - before >= Duration::from_secs(1)));
            last = Some(now);
        }
        assert!((1000..1020).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn idle_time_allows_no_burst() {
        let limiter = MalRateLimiter::new(2.0);
        limiter.acquire(Duration::ZERO).await;
        sleep(Duration::from_secs(3600)).await;
        let start = Instant::now();
        limiter.acquire(Duration::ZERO).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        limiter.acquire(Duration::ZERO).await;
        assert!(start.elapsed() >= Duration::from_millis(500));
    }

    #[tokio::test(start_paused = true)]
    async fn pause_delays_every_caller_and_longest_pause_wins() {
        let (limiter, start) = (Arc::new(MalRateLimiter::new(1000.0)), Instant::now());
        limiter.pause(Duration::from_secs(30));
        limiter.pause(Duration::from_secs(3));
        let tasks: Vec<_> = (0..3)
            .map(|_| {
                let limiter = Arc::clone(&limiter);
                tokio::spawn(async move {
                    limiter.acquire(Duration::ZERO).await;
                    start.elapsed()
                })
            })
            .collect();
        for task in tasks {
            assert!(task.await.unwrap() >= Duration::from_secs(30));
        }
    }

    /// Slots shared by several limiters, on the test clock.
    #[derive(Default)]
    struct FakeSlots {
        next_free: Mutex<Option<Instant>>,
        is_unavailable: AtomicBool,
    }

    impl SharedSlots for FakeSlots {
        fn reserve(&self, gap: Duration) -> BoxFuture<'_, Option<Duration>> {
            Box::pin(async move {
                if self.is_unavailable.load(Ordering::Relaxed) {
                    return None;
                }
                let (now, mut next) = (Instant::now(), self.next_free.lock().unwrap());
                let slot = next.map_or(now, |next| next.max(now));
                *next = Some(slot + gap);
                Some(slot - now)
            })
        }

        fn block(&self, wait: Duration) -> BoxFuture<'_, ()> {
            let mut next = self.next_free.lock().unwrap();
            let until = Instant::now() + wait;
            *next = Some(next.map_or(until, |next| next.max(until)));
            Box::pin(std::future::ready(()))
        }
    }

    /// Returns the start times of all requests, sorted. Each limiter stands for a process and starts `each` requests.
    async fn request_start_times(limiters: &[Arc<MalRateLimiter>], each: usize) -> Vec<Instant> {
        let tasks: Vec<_> = limiters
            .iter()
            .map(|limiter| {
                let limiter = Arc::clone(limiter);
                tokio::spawn(async move {
                    let mut starts = Vec::new();
                    for _ in 0..each {
                        limiter.acquire(Duration::ZERO).await;
                        starts.push(Instant::now());
                    }
                    starts
                })
            })
            .collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await.unwrap());
        }
        all.sort();
        all
    }

    fn limiters_sharing(slots: &Arc<FakeSlots>, rate: f64, processes: usize) -> Vec<Arc<MalRateLimiter>> {
        let sharing = |_| {
            let limiter = MalRateLimiter::new(rate);
            limiter.use_shared_slots(Arc::<FakeSlots>::clone(slots));
            Arc::new(limiter)
        };
        (0..processes).map(sharing).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn eight_processes_sharing_slots_keep_one_rate() {
        let slots = Arc::new(FakeSlots::default());
        let starts = request_start_times(&limiters_sharing(&slots, 2.0, 8), 10).await;
        let intervals: Vec<_> = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(intervals.iter().all(|interval| *interval >= Duration::from_millis(500)), "{intervals:?}");
        let all = starts[79] - starts[0];
        assert!(all <= Duration::from_millis(79 * 530 + 8 * 530), "sharing costs little time: {all:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn slot_reserves_time_for_opening_a_connection() {
        let slots = Arc::new(FakeSlots::default());
        let limiters = limiters_sharing(&slots, 1.0, 2);
        let start = Instant::now();
        limiters[0].acquire(Duration::from_millis(300)).await;
        limiters[1].acquire(Duration::ZERO).await;
        assert!((1300..1330).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn pause_all_delays_every_process() {
        let slots = Arc::new(FakeSlots::default());
        let limiters = limiters_sharing(&slots, 10.0, 3);
        let start = Instant::now();
        limiters[0].pause_all(Duration::from_secs(30)).await;
        assert!(request_start_times(&limiters, 1).await.iter().all(|at| *at - start >= Duration::from_secs(30)));
    }

    #[tokio::test(start_paused = true)]
    async fn limiter_falls_back_to_local_rate_when_slots_are_unavailable() {
        let slots = Arc::new(FakeSlots::default());
        let limiters = limiters_sharing(&slots, 2.0, 1);
        limiters[0].acquire(Duration::ZERO).await;
        slots.is_unavailable.store(true, Ordering::Relaxed);
        let starts = request_start_times(&limiters, 5).await;
        assert!(starts.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_millis(500)));
    }

    #[tokio::test(start_paused = true)]
    async fn rate_above_mals_is_not_shared() {
        let slots = Arc::new(FakeSlots::default());
        request_start_times(&limiters_sharing(&slots, 1000.0, 2), 3).await;
        assert_eq!(*slots.next_free.lock().unwrap(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn paused_caller_that_missed_its_slot_reserves_another() {
        let slots = Arc::new(FakeSlots::default());
        let limiter = limiters_sharing(&slots, 1.0, 1).remove(0);
        limiter.acquire(Duration::ZERO).await;
        // Meanwhile MAL's response to the first request pauses this process alone until long after its next slot.
        let waiting = tokio::spawn({
            let limiter = Arc::clone(&limiter);
            async move {
                limiter.acquire(Duration::ZERO).await;
                Instant::now()
            }
        });
        tokio::task::yield_now().await;
        limiter.pause(Duration::from_secs(60));
        let sent_at = waiting.await.unwrap();
        let next = slots.next_free.lock().unwrap().unwrap();
        assert!(next - sent_at >= Duration::from_secs(1), "the next slot is one interval away: {:?}", next - sent_at);
    }

    #[tokio::test(start_paused = true)]
    async fn callers_are_served_in_turn() {
        let limiter = Arc::new(MalRateLimiter::new(1.0));
        let order = Arc::new(Mutex::new(Vec::new()));
        let tasks = [("long", 6), ("a", 3), ("b", 3)].map(|(name, pages)| {
            let (limiter, order) = (Arc::clone(&limiter), Arc::clone(&order));
            tokio::spawn(async move {
                for _ in 0..pages {
                    limiter.acquire(Duration::ZERO).await;
                    order.lock().unwrap().push(name);
                    tokio::task::yield_now().await;
                }
            })
        });
        for task in tasks {
            task.await.unwrap();
        }
        let order = order.lock().unwrap().clone();
        assert_eq!(order, ["long", "a", "b", "long", "a", "b", "long", "a", "b", "long", "long", "long"]);
    }

    #[test]
    fn interval_is_bounded_for_any_positive_rate() {
        for rate in [f64::MIN_POSITIVE, 1e-9, 0.5, 1.0, 100_000.0, f64::MAX] {
            let gap = MalRateLimiter::new(rate).min_interval();
            assert!(gap >= MIN_INTERVAL && gap <= MAX_INTERVAL, "{rate}: {gap:?}");
        }
    }
}
