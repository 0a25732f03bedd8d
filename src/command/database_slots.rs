//! Request slots that all processes share through the database. Connects `http`, which asks for slots, with `store`,
//! which reserves them.
//!
//! Invariant: an unresponsive database blocks no request here. The process still keeps its own rate limit, and the next
//! write to the database reports the error.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::future::BoxFuture;

use crate::{
    http::SharedSlots,
    store::{Database, Error},
};

/// The request slots of one client id, as long as the database is open.
pub(super) struct DatabaseSlots {
    database: Weak<Database>,
    client_id: String,
    has_warned: AtomicBool,
}

impl DatabaseSlots {
    pub(super) fn new(database: &Arc<Database>, client_id: &str) -> Self {
        Self { database: Arc::downgrade(database), client_id: client_id.to_owned(), has_warned: AtomicBool::new(false) }
    }

    /// Warns, once per process, that the rate limit is not shared.
    fn warn_once(&self, error: &Error) {
        if !self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!("the rate limit is not shared with other processes at the moment: {error}");
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
