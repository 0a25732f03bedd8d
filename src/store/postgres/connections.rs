//! The connections to a server: a few, made where none is idle, kept for whoever comes next.
//!
//! The rules: the one that looked at the schema is the first to serve; one that was left in the middle of a statement, or
//! that broke, never serves again, nor does any that was idle when it broke. The library's own pool would make a connection
//! more for a command, ask each whether it lives before and after every use, and tell of a server that refuses as of time
//! that ran out; decision 17 has the figures.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connect;
use crate::store::error::{Error, Kind};

/// How many there are at most; the session that holds the locks is not counted.
const MOST: usize = 4;

/// The connections of this process to a server.
pub(in crate::store) struct Connections {
    options: PgConnectOptions,
    idle: Mutex<Vec<PgConnection>>,
    places: Arc<Semaphore>,
}

impl Connections {
    /// Begins with one that was made already.
    pub(super) fn new(options: PgConnectOptions, first: PgConnection) -> Arc<Self> {
        Arc::new(Self { options, idle: Mutex::new(vec![first]), places: Arc::new(Semaphore::new(MOST)) })
    }

    fn idle(&self) -> MutexGuard<'_, Vec<PgConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One to use; where all are in use, the next that is given back. Each use is bounded by itself, and so is this.
    pub(in crate::store) async fn borrow(self: &Arc<Self>) -> Result<Borrowed, Error> {
        let place = Arc::clone(&self.places).acquire_owned().await.expect("the places are never closed");
        let connection = Some(self.take().await?);
        Ok(Borrowed { connection, sound: true, home: Arc::clone(self), _place: place })
    }

    /// One to keep.
    pub(super) async fn take(&self) -> Result<PgConnection, Error> {
        let idle = self.idle().pop();
        match idle {
            Some(connection) => Ok(connection),
            None => self.fresh().await,
        }
    }

    /// A new one to keep.
    pub(super) async fn fresh(&self) -> Result<PgConnection, Error> {
        connect(&self.options).await
    }

    /// Ends those that are idle in good order.
    pub(in crate::store) async fn close(&self) {
        let idle = std::mem::take(&mut *self.idle());
        for connection in idle {
            let _ = connection.close().await;
        }
    }
}

/// A connection in use. It goes back when this is dropped, where it can serve again.
pub(in crate::store) struct Borrowed {
    connection: Option<PgConnection>,
    /// No statement is on its way, and none broke it.
    sound: bool,
    home: Arc<Connections>,
    _place: OwnedSemaphorePermit,
}

/// Without the options, which have the password.
impl std::fmt::Debug for Borrowed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Borrowed").field("sound", &self.sound).finish_non_exhaustive()
    }
}

impl Borrowed {
    /// For a statement, which [`Self::ended`] is told the end of.
    pub(in crate::store) fn begin(&mut self) -> &mut PgConnection {
        self.sound = false;
        self.connection.as_mut().expect("it has its connection until it is dropped")
    }

    /// Takes it from how the statement ended whether the connection can serve again.
    pub(in crate::store) fn ended<T>(&mut self, done: Result<T, Error>) -> Result<T, Error> {
        match &done {
            Err(error) if error.kind == Kind::Lost => self.home.idle().clear(),
            _ => self.sound = true,
        }
        done
    }

    /// Closes it, with whatever it had begun.
    pub(in crate::store) fn discard(mut self) {
        self.sound = false;
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take().filter(|_| self.sound) {
            self.home.idle().push(connection);
        }
    }
}
