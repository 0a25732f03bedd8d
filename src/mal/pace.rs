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
const MARGIN: f64 = 0.005;
/// A rate near 0 must not overflow a clock.
const LONGEST_GAP: Duration = Duration::from_secs(30 * 24 * 3600);
const SHORTEST_GAP: Duration = Duration::from_nanos(1);
/// A pace of more than a hundred a second is no pace of MAL's: nothing is shared to keep it.
const SHORTEST_SHARED: Duration = Duration::from_millis(10);
/// Between slots that are shared there is this much more room. A process that woke up later than this and the margin gives its
/// slot up: the next one's is too near by then.
const SLACK: Duration = Duration::from_millis(5);
/// A machine that is too busy to keep a slot goes at last when it can.
const SLOTS: u32 = 4;

/// What [`Slots`] answers, some time later.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where several processes take slots from.
pub trait Slots: Send + Sync {
    /// Takes the next free slot, and keeps `gap` free after it. How far off it is from now; none where nobody can tell, and
    /// the process's own pace is all there is.
    fn take(&self, gap: Duration) -> Later<'_, Option<Duration>>;

    /// Keeps the next `wait` free of slots.
    fn hold(&self, wait: Duration) -> Later<'_, ()>;
}

/// Lets one request go at a time, at a steady rate.
pub(super) struct Pace {
    gap: Duration,
    limiter: RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<TokioInstant>>,
    not_before: Mutex<Option<Instant>>,
    /// Whoever has it goes next; the others stand in line.
    turn: tokio::sync::Mutex<()>,
    slots: OnceLock<Arc<dyn Slots>>,
}

impl Pace {
    /// At most `rate` requests a second (above 0), without bursts.
    pub(super) fn new(rate: f64) -> Self {
        let gap =
            Duration::try_from_secs_f64((1.0 + MARGIN) / rate).unwrap_or(LONGEST_GAP).clamp(SHORTEST_GAP, LONGEST_GAP);
        let quota = Quota::with_period(gap).expect("the gap is above 0");
        Self {
            gap,
            limiter: RateLimiter::direct_with_clock(quota, TokioClock),
            not_before: Mutex::new(None),
            turn: tokio::sync::Mutex::new(()),
            slots: OnceLock::new(),
        }
    }

    /// Shares the pace with other processes from now on. What was shared before stays.
    pub(super) fn share(&self, slots: Arc<dyn Slots>) {
        if self.gap >= SHORTEST_SHARED {
            let _ = self.slots.set(slots);
        }
    }

    /// The least time between two starts.
    pub(super) const fn gap(&self) -> Duration {
        self.gap
    }

    /// Returns when the next request may start. One that has to open its connection first arrives late by about `opening`,
    /// which other processes leave it.
    pub(super) async fn ready(&self, opening: Duration) {
        let _turn = self.turn.lock().await;
        for _ in 0..SLOTS {
            self.held().await;
            let Some(at) = self.slot(opening).await else { break };
            sleep_until(at).await;
            if at.elapsed() <= self.lateness() && self.held_until().is_none() {
                break;
            }
        }
        self.own().await;
    }

    /// When the slot is that others leave to this process; none where nothing is shared.
    async fn slot(&self, opening: Duration) -> Option<Instant> {
        let slots = self.slots.get()?;
        let gap = self.gap.saturating_add(SLACK).saturating_add(opening);
        let off = slots.take(gap.min(LONGEST_GAP)).await?;
        Instant::now().checked_add(off)
    }

    /// How late a slot may be used: the next one is still as far off as the rate says.
    fn lateness(&self) -> Duration {
        SLACK.saturating_add(self.gap.mul_f64(MARGIN / (1.0 + MARGIN)))
    }

    /// Until when requests are held back; none where nothing does.
    fn held_until(&self) -> Option<Instant> {
        let held = *self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
        held.filter(|until| *until > Instant::now())
    }

    /// Waits until nothing holds requests back.
    async fn held(&self) {
        while let Some(until) = self.held_until() {
            sleep_until(until).await;
        }
    }

    /// Waits for this process's own pace.
    async fn own(&self) {
        loop {
            self.held().await;
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

    /// The same for every process that shares the pace: MAL said so to one of them, and means the client id.
    pub(super) async fn hold_all(&self, wait: Duration) {
        self.hold(wait);
        if let Some(slots) = self.slots.get() {
            slots.hold(wait).await;
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
    async fn a_thousand_requests_at_one_a_second_take_a_thousand_seconds() {
        let (pace, start) = (Pace::new(1.0), Instant::now());
        let mut last = None;
        for _ in 0..1001 {
            pace.ready(Duration::ZERO).await;
            let now = Instant::now();
            assert!(last.is_none_or(|before| now - before >= Duration::from_secs(1)));
            last = Some(now);
        }
        assert!((1000..1020).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_hour_earns_no_burst() {
        let pace = Pace::new(2.0);
        pace.ready(Duration::ZERO).await;
        sleep(Duration::from_secs(3600)).await;
        let start = Instant::now();
        pace.ready(Duration::ZERO).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        pace.ready(Duration::ZERO).await;
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
                    pace.ready(Duration::ZERO).await;
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
    struct Table {
        next: Mutex<Option<Instant>>,
        gone: AtomicBool,
    }

    impl Slots for Table {
        fn take(&self, gap: Duration) -> Later<'_, Option<Duration>> {
            Box::pin(async move {
                if self.gone.load(Ordering::Relaxed) {
                    return None;
                }
                let (now, mut next) = (Instant::now(), self.next.lock().unwrap());
                let slot = next.map_or(now, |next| next.max(now));
                *next = Some(slot + gap);
                Some(slot - now)
            })
        }

        fn hold(&self, wait: Duration) -> Later<'_, ()> {
            let mut next = self.next.lock().unwrap();
            let until = Instant::now() + wait;
            *next = Some(next.map_or(until, |next| next.max(until)));
            Box::pin(std::future::ready(()))
        }
    }

    /// The starts of so many paces, each a process of its own, that ask for so many each.
    async fn starts(paces: &[Arc<Pace>], each: usize) -> Vec<Instant> {
        let asking: Vec<_> = paces
            .iter()
            .map(|pace| {
                let pace = Arc::clone(pace);
                tokio::spawn(async move {
                    let mut starts = Vec::new();
                    for _ in 0..each {
                        pace.ready(Duration::ZERO).await;
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

    fn sharing(table: &Arc<Table>, rate: f64, processes: usize) -> Vec<Arc<Pace>> {
        let sharing = |_| {
            let pace = Pace::new(rate);
            pace.share(Arc::<Table>::clone(table));
            Arc::new(pace)
        };
        (0..processes).map(sharing).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn eight_processes_that_share_a_pace_keep_it_together() {
        let table = Arc::new(Table::default());
        let starts = starts(&sharing(&table, 2.0, 8), 10).await;
        let gaps: Vec<_> = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(gaps.iter().all(|gap| *gap >= Duration::from_millis(500)), "{gaps:?}");
        let all = starts[79] - starts[0];
        assert!(all <= Duration::from_millis(79 * 530 + 8 * 530), "and lose little by it: {all:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_opens_a_connection_is_left_the_time_for_it() {
        let table = Arc::new(Table::default());
        let paces = sharing(&table, 1.0, 2);
        let start = Instant::now();
        paces[0].ready(Duration::from_millis(300)).await;
        paces[1].ready(Duration::ZERO).await;
        assert!((1300..1330).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn what_mal_asks_of_one_process_is_asked_of_all() {
        let table = Arc::new(Table::default());
        let paces = sharing(&table, 10.0, 3);
        let start = Instant::now();
        paces[0].hold_all(Duration::from_secs(30)).await;
        assert!(starts(&paces, 1).await.iter().all(|at| *at - start >= Duration::from_secs(30)));
    }

    #[tokio::test(start_paused = true)]
    async fn without_the_table_each_process_keeps_its_own_pace() {
        let table = Arc::new(Table::default());
        let paces = sharing(&table, 2.0, 1);
        paces[0].ready(Duration::ZERO).await;
        table.gone.store(true, Ordering::Relaxed);
        let starts = starts(&paces, 5).await;
        assert!(starts.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_millis(500)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pace_that_is_none_of_mals_is_not_shared() {
        let table = Arc::new(Table::default());
        starts(&sharing(&table, 1000.0, 2), 3).await;
        assert_eq!(*table.next.lock().unwrap(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_has_to_wait_longer_than_his_slot_takes_another_one() {
        let table = Arc::new(Table::default());
        let pace = sharing(&table, 1.0, 1).remove(0);
        pace.ready(Duration::ZERO).await;
        // Meanwhile MAL's answer to the first asks this process alone to wait until long after its next slot.
        let waiting = tokio::spawn({
            let pace = Arc::clone(&pace);
            async move {
                pace.ready(Duration::ZERO).await;
                Instant::now()
            }
        });
        tokio::task::yield_now().await;
        pace.hold(Duration::from_secs(60));
        let left = waiting.await.unwrap();
        let next = table.next.lock().unwrap().unwrap();
        assert!(next - left >= Duration::from_secs(1), "the slot after it is a gap away: {:?}", next - left);
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_list_takes_its_turn_like_every_other() {
        let pace = Arc::new(Pace::new(1.0));
        let order = Arc::new(Mutex::new(Vec::new()));
        let asking = [("long", 6), ("a", 3), ("b", 3)].map(|(name, pages)| {
            let (pace, order) = (Arc::clone(&pace), Arc::clone(&order));
            tokio::spawn(async move {
                for _ in 0..pages {
                    pace.ready(Duration::ZERO).await;
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
    fn any_rate_above_zero_has_a_gap() {
        for rate in [f64::MIN_POSITIVE, 1e-9, 0.5, 1.0, 100_000.0, f64::MAX] {
            let gap = Pace::new(rate).gap();
            assert!(gap >= SHORTEST_GAP && gap <= LONGEST_GAP, "{rate}: {gap:?}");
        }
    }
}
