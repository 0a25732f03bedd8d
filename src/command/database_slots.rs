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
    mal::{BoxFuture, SharedSlots},
    store::{Database, Error},
};

/// The slots of a client id, as long as the database is open.
pub(super) struct DatabaseSlots {
    database: Weak<Database>,
    client_id: String,
    has_warned: AtomicBool,
}

impl DatabaseSlots {
    pub(super) fn new(database: &Arc<Database>, client_id: &str) -> Self {
        Self { database: Arc::downgrade(database), client_id: client_id.to_owned(), has_warned: AtomicBool::new(false) }
    }

    /// Says once that the pace is not shared for now.
    fn warn_once(&self, error: &Error) {
        if !self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!("this process keeps a pace of its own, whatever others ask of MyAnimeList: {error}");
        }
    }
}

impl SharedSlots for DatabaseSlots {
    fn reserve(&self, gap: Duration) -> BoxFuture<'_, Option<Duration>> {
        Box::pin(async move {
            let database = self.database.upgrade()?;
            database.reserve_slot(&self.client_id, gap).await.unwrap_or_else(|error| {
                self.warn_once(&error);
                None
            })
        })
    }

    fn block(&self, wait: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let Some(database) = self.database.upgrade() else { return };
            if let Err(error) = database.block_slots(&self.client_id, wait).await {
                self.warn_once(&error);
            }
        })
    }
}
