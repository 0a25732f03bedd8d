//! The pace of requests: never two starts closer together than the rate allows, and nobody goes while MAL asks to wait.
//!
//! The rules: first come, first served, so that a long list takes its turn like every other; where other processes ask with
//! the same client id, which is what MAL counts, each start takes a slot from what they share ([`Slots`]), beside this
//! process's own pace. Time is tokio's monotonic clock, so that tests can drive it. Nothing here knows HTTP.

use std::{
    future::Future,
    ops::Add,
    pin::Pin,
    sync::{Arc, Mutex, OnceLock, PoisonError},
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
const INTERVAL_MARGIN_FRACTION: f64 = 0.005;
/// A rate near 0 must not overflow a clock.
const MAX_INTERVAL: Duration = Duration::from_secs(30 * 24 * 3600);
const MIN_INTERVAL: Duration = Duration::from_nanos(1);
/// A pace of more than a hundred a second is no pace of MAL's: nothing is shared to keep it.
const MIN_SHARED_INTERVAL: Duration = Duration::from_millis(10);
/// Between slots that are shared there is this much more room. A process that woke up later than this and the margin gives its
/// slot up: the next one's is too near by then.
const SLOT_TOLERANCE: Duration = Duration::from_millis(5);
/// A machine that is too busy to keep a slot goes at last when it can.
const MAX_MISSED_SLOTS: u32 = 4;

/// What [`Slots`] answers, some time later.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where several processes take slots from.
pub trait SharedSlots: Send + Sync {
    /// Takes the next free slot, and keeps `gap` free after it. How far off it is from now; none where nobody can tell, and
    /// the process's own pace is all there is.
    fn reserve(&self, gap: Duration) -> BoxFuture<'_, Option<Duration>>;

    /// Keeps the next `wait` free of slots.
    fn block(&self, wait: Duration) -> BoxFuture<'_, ()>;
}

/// Lets one request go at a time, at a steady rate.
pub(super) struct MalRateLimiter {
    min_interval: Duration,
    local_limiter: RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<TokioInstant>>,
    paused_until: Mutex<Option<Instant>>,
    /// Whoever has it goes next; the others stand in line.
    queue: tokio::sync::Mutex<()>,
    shared_slots: OnceLock<Arc<dyn SharedSlots>>,
}

impl MalRateLimiter {
    /// At most `rate` requests a second (above 0), without bursts.
    pub(super) fn new(rate: f64) -> Self {
        let min_interval = Duration::try_from_secs_f64((1.0 + INTERVAL_MARGIN_FRACTION) / rate)
            .unwrap_or(MAX_INTERVAL)
            .clamp(MIN_INTERVAL, MAX_INTERVAL);
        let quota = Quota::with_period(min_interval).expect("the gap is above 0");
        Self {
            min_interval,
            local_limiter: RateLimiter::direct_with_clock(quota, TokioClock),
            paused_until: Mutex::new(None),
            queue: tokio::sync::Mutex::new(()),
            shared_slots: OnceLock::new(),
        }
    }

    /// Shares the pace with other processes from now on. What was shared before stays.
    pub(super) fn use_shared_slots(&self, slots: Arc<dyn SharedSlots>) {
        if self.min_interval >= MIN_SHARED_INTERVAL {
            let _ = self.shared_slots.set(slots);
        }
    }

    /// The least time between two starts.
    pub(super) const fn min_interval(&self) -> Duration {
        self.min_interval
    }

    /// Returns when the next request may start. One that has to open its connection first arrives late by about `opening`,
    /// which other processes leave it.
    pub(super) async fn acquire(&self, opening: Duration) {
        let _turn = self.queue.lock().await;
        for _ in 0..MAX_MISSED_SLOTS {
            self.wait_while_paused().await;
            let Some(at) = self.reserve_shared_slot(opening).await else { break };
            sleep_until(at).await;
            if at.elapsed() <= self.max_lateness() && self.active_pause_end().is_none() {
                break;
            }
        }
        self.wait_for_local_interval().await;
    }

    /// When the slot is that others leave to this process; none where nothing is shared.
    async fn reserve_shared_slot(&self, opening: Duration) -> Option<Instant> {
        let slots = self.shared_slots.get()?;
        let gap = self.min_interval.saturating_add(SLOT_TOLERANCE).saturating_add(opening);
        let off = slots.reserve(gap.min(MAX_INTERVAL)).await?;
        Instant::now().checked_add(off)
    }

    /// How late a slot may be used: the next one is still as far off as the rate says.
    fn max_lateness(&self) -> Duration {
        SLOT_TOLERANCE
            .saturating_add(self.min_interval.mul_f64(INTERVAL_MARGIN_FRACTION / (1.0 + INTERVAL_MARGIN_FRACTION)))
    }

    /// Until when requests are held back; none where nothing does.
    fn active_pause_end(&self) -> Option<Instant> {
        let held = *self.paused_until.lock().unwrap_or_else(PoisonError::into_inner);
        held.filter(|until| *until > Instant::now())
    }

    /// Waits until nothing holds requests back.
    async fn wait_while_paused(&self) {
        while let Some(until) = self.active_pause_end() {
            sleep_until(until).await;
        }
    }

    /// Waits for this process's own pace.
    async fn wait_for_local_interval(&self) {
        loop {
            self.wait_while_paused().await;
            match self.local_limiter.check() {
                Ok(()) => return,
                Err(early) => sleep(early.wait_time_from(TokioClock.now())).await,
            }
        }
    }

    /// Holds every request back for this long from now; an earlier, longer hold stands.
    pub(super) fn pause(&self, wait: Duration) {
        let until = Instant::now() + wait.min(MAX_INTERVAL);
        let mut held = self.paused_until.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Some(held.map_or(until, |before| before.max(until)));
    }

    /// The same for every process that shares the pace: MAL said so to one of them, and means the client id.
    pub(super) async fn pause_all(&self, wait: Duration) {
        self.pause(wait);
        if let Some(slots) = self.shared_slots.get() {
            slots.block(wait).await;
        }
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
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn requests_keep_configured_rate() {
        let (pace, start) = (MalRateLimiter::new(1.0), Instant::now());
        let mut last = None;
        for _ in 0..1001 {
            pace.acquire(Duration::ZERO).await;
            let now = Instant::now();
            assert!(last.is_none_or(|before| now - before >= Duration::from_secs(1)));
            last = Some(now);
        }
        assert!((1000..1020).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn idle_time_allows_no_burst() {
        let pace = MalRateLimiter::new(2.0);
        pace.acquire(Duration::ZERO).await;
        sleep(Duration::from_secs(3600)).await;
        let start = Instant::now();
        pace.acquire(Duration::ZERO).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        pace.acquire(Duration::ZERO).await;
        assert!(start.elapsed() >= Duration::from_millis(500));
    }

    #[tokio::test(start_paused = true)]
    async fn pause_delays_every_caller_and_longest_pause_wins() {
        let (pace, start) = (Arc::new(MalRateLimiter::new(1000.0)), Instant::now());
        pace.pause(Duration::from_secs(30));
        pace.pause(Duration::from_secs(3));
        let callers: Vec<_> = (0..3)
            .map(|_| {
                let pace = Arc::clone(&pace);
                tokio::spawn(async move {
                    pace.acquire(Duration::ZERO).await;
                    start.elapsed()
                })
            })
            .collect();
        for caller in callers {
            assert!(caller.await.unwrap() >= Duration::from_secs(30));
        }
    }

    /// Slots that several paces share, on the tests' own clock.
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

    /// The starts of so many paces, each a process of its own, that ask for so many each.
    async fn request_start_times(paces: &[Arc<MalRateLimiter>], each: usize) -> Vec<Instant> {
        let asking: Vec<_> = paces
            .iter()
            .map(|pace| {
                let pace = Arc::clone(pace);
                tokio::spawn(async move {
                    let mut starts = Vec::new();
                    for _ in 0..each {
                        pace.acquire(Duration::ZERO).await;
                        starts.push(Instant::now());
                    }
                    starts
                })
            })
            .collect();
        let mut all = Vec::new();
        for asking in asking {
            all.extend(asking.await.unwrap());
        }
        all.sort();
        all
    }

    fn limiters_sharing(table: &Arc<FakeSlots>, rate: f64, processes: usize) -> Vec<Arc<MalRateLimiter>> {
        let sharing = |_| {
            let pace = MalRateLimiter::new(rate);
            pace.use_shared_slots(Arc::<FakeSlots>::clone(table));
            Arc::new(pace)
        };
        (0..processes).map(sharing).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn eight_processes_sharing_slots_keep_one_rate() {
        let table = Arc::new(FakeSlots::default());
        let starts = request_start_times(&limiters_sharing(&table, 2.0, 8), 10).await;
        let gaps: Vec<_> = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(gaps.iter().all(|gap| *gap >= Duration::from_millis(500)), "{gaps:?}");
        let all = starts[79] - starts[0];
        assert!(all <= Duration::from_millis(79 * 530 + 8 * 530), "and lose little by it: {all:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn slot_reserves_time_for_opening_a_connection() {
        let table = Arc::new(FakeSlots::default());
        let paces = limiters_sharing(&table, 1.0, 2);
        let start = Instant::now();
        paces[0].acquire(Duration::from_millis(300)).await;
        paces[1].acquire(Duration::ZERO).await;
        assert!((1300..1330).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn pause_all_delays_every_process() {
        let table = Arc::new(FakeSlots::default());
        let paces = limiters_sharing(&table, 10.0, 3);
        let start = Instant::now();
        paces[0].pause_all(Duration::from_secs(30)).await;
        assert!(request_start_times(&paces, 1).await.iter().all(|at| *at - start >= Duration::from_secs(30)));
    }

    #[tokio::test(start_paused = true)]
    async fn limiter_falls_back_to_local_rate_when_slots_are_unavailable() {
        let table = Arc::new(FakeSlots::default());
        let paces = limiters_sharing(&table, 2.0, 1);
        paces[0].acquire(Duration::ZERO).await;
        table.is_unavailable.store(true, Ordering::Relaxed);
        let starts = request_start_times(&paces, 5).await;
        assert!(starts.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_millis(500)));
    }

    #[tokio::test(start_paused = true)]
    async fn rate_above_mals_is_not_shared() {
        let table = Arc::new(FakeSlots::default());
        request_start_times(&limiters_sharing(&table, 1000.0, 2), 3).await;
        assert_eq!(*table.next_free.lock().unwrap(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn paused_caller_that_missed_its_slot_reserves_another() {
        let table = Arc::new(FakeSlots::default());
        let pace = limiters_sharing(&table, 1.0, 1).remove(0);
        pace.acquire(Duration::ZERO).await;
        // Meanwhile MAL's answer to the first asks this process alone to wait until long after its next slot.
        let waiting = tokio::spawn({
            let pace = Arc::clone(&pace);
            async move {
                pace.acquire(Duration::ZERO).await;
                Instant::now()
            }
        });
        tokio::task::yield_now().await;
        pace.pause(Duration::from_secs(60));
        let left = waiting.await.unwrap();
        let next = table.next_free.lock().unwrap().unwrap();
        assert!(next - left >= Duration::from_secs(1), "the slot after it is a gap away: {:?}", next - left);
    }

    #[tokio::test(start_paused = true)]
    async fn callers_are_served_in_turn() {
        let pace = Arc::new(MalRateLimiter::new(1.0));
        let order = Arc::new(Mutex::new(Vec::new()));
        let asking = [("long", 6), ("a", 3), ("b", 3)].map(|(name, pages)| {
            let (pace, order) = (Arc::clone(&pace), Arc::clone(&order));
            tokio::spawn(async move {
                for _ in 0..pages {
                    pace.acquire(Duration::ZERO).await;
                    order.lock().unwrap().push(name);
                    tokio::task::yield_now().await;
                }
            })
        });
        for asking in asking {
            asking.await.unwrap();
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
