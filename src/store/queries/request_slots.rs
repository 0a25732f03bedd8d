//! Request slots in `mal_pace`: when a client id may send its next request to MAL, across all processes that share a
//! server. The statements are in `postgres::request_slots`.
//!
//! Invariants:
//! 1. A slot is reserved by a single statement with the server's clock, never inside another transaction.
//! 2. The result is the delay until the slot, because the clocks of two machines differ.
//! 3. SQLite has no shared slots: the file belongs to one machine, and a reservation would wait for a batch to be
//!    written.

use std::time::Duration;

use crate::store::{
    database::{Backend, Database},
    error::Error,
};

impl Database {
    /// Reserves the next slot of a client id and keeps `gap` free after it. Returns the delay until the slot. Returns
    /// `None` on SQLite.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer or execute the statement within 5 s.
    pub async fn reserve_slot(&self, client_id: &str, gap: Duration) -> Result<Option<Duration>, Error> {
        match &self.backend {
            Backend::Postgres(server) => {
                let delay = server.reserve_slot(client_id, gap).await;
                delay.map(Some).map_err(|error| error.with_database(&self.url))
            }
            Backend::Sqlite(_) => Ok(None),
        }
    }

    /// Blocks all slots of a client id for `wait` from now. Does nothing on SQLite.
    ///
    /// # Errors
    ///
    /// As for [`Database::reserve_slot`].
    pub async fn block_slots(&self, client_id: &str, wait: Duration) -> Result<(), Error> {
        match &self.backend {
            Backend::Postgres(server) => {
                server.block_slots(client_id, wait).await.map_err(|error| error.with_database(&self.url))
            }
            Backend::Sqlite(_) => Ok(()),
        }
    }
}
