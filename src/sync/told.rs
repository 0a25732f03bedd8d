//! How far a run is, in its row: told with whatever is written, and where nothing is, from time to time.

use std::time::Duration;

use tokio::time::Instant;
use tracing::debug;

use crate::domain::run::Counters;

use super::{
    engine::{Engine, Failed, State},
    port::{Source, Store},
};

/// How often the row tells, where there is news and nothing else to write.
const TELL: Duration = Duration::from_secs(1);
/// So long a batch is waited for until the row tells without one: longer than MAL's usual pace takes to bring the next.
const SILENCE: Duration = Duration::from_secs(2);

/// What the row last told.
pub(super) struct Told {
    at: Instant,
    counters: Counters,
}

impl Told {
    pub(super) fn nothing(began: Instant) -> Self {
        Self { at: began, counters: Counters::default() }
    }

    /// It has just told.
    pub(super) fn now(&mut self) {
        self.at = Instant::now();
    }

    /// Whether the next batch has it tell, whatever becomes of it.
    pub(super) fn is_due(&self) -> bool {
        self.at.elapsed() >= TELL
    }

    /// When it tells without a batch.
    pub(super) fn silent_until(&self) -> Instant {
        self.at + SILENCE
    }
}

impl<S: Store, M: Source> Engine<'_, S, M> {
    /// Has the row tell what is new: MAL takes its time, or is waited for. What hinders it may be over when the next batch comes,
    /// which finds it out otherwise.
    pub(super) async fn tell(&self, state: &mut State<'_>) {
        let counters = state.report.counters(self.traffic(state));
        if counters != state.told.counters
            && let Err(Failed { message, .. }) = self.merge(state, &[], false).await
        {
            debug!("the run's row does not tell how far it is: {message}");
        }
        state.told = Told { at: Instant::now(), counters };
    }
}
