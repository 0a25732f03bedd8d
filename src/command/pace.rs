//! The pace that processes keep together: `mal` asks for slots, the database has them, and neither knows the other.
//!
//! The rule: a database that does not answer stops no request by this. The process's own pace is kept all the same, and what
//! is stored next tells what is wrong.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::{
    mal::{Later, Slots},
    store::{Database, Error},
};

/// The slots of a client id, as long as the database is open.
pub(super) struct SharedPace {
    database: Weak<Database>,
    client_id: String,
    told: AtomicBool,
}

impl SharedPace {
    pub(super) fn new(database: &Arc<Database>, client_id: &str) -> Self {
        Self { database: Arc::downgrade(database), client_id: client_id.to_owned(), told: AtomicBool::new(false) }
    }

    /// Says once that the pace is not shared for now.
    fn tell(&self, error: &Error) {
        if !self.told.swap(true, Ordering::Relaxed) {
            tracing::warn!("this process keeps a pace of its own, whatever others ask of MyAnimeList: {error}");
        }
    }
}

impl Slots for SharedPace {
    fn take(&self, gap: Duration) -> Later<'_, Option<Duration>> {
        Box::pin(async move {
            let database = self.database.upgrade()?;
            database.take_slot(&self.client_id, gap).await.unwrap_or_else(|error| {
                self.tell(&error);
                None
            })
        })
    }

    fn hold(&self, wait: Duration) -> Later<'_, ()> {
        Box::pin(async move {
            let Some(database) = self.database.upgrade() else { return };
            if let Err(error) = database.hold_slots(&self.client_id, wait).await {
                self.tell(&error);
            }
        })
    }
}
