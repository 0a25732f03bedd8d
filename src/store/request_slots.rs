//! Request slots in `mal_pace`: when a client id may send its next request to MAL, across all processes that share a
//! server.
//!
//! Invariants:
//! 1. A slot is reserved by a single statement with the server's clock, never inside another transaction.
//! 2. The result is the delay until the slot, because the clocks of two machines differ.
//! 3. SQLite has no shared slots: the file belongs to one machine, and a reservation would wait for a batch to be
//!    written.

use std::time::Duration;

use super::{
    Backend, Database,
    error::{Error, StoreErrorKind},
    sql::SqlValue,
};

/// Timeout of a slot statement. A session that locks a row of `mal_pace` does nothing else meanwhile.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);

/// A `next_at` further ahead than this plus 100 gaps is invalid: the server's clock was set back after it was
/// written.
const MAX_SLOT_AHEAD: Duration = Duration::from_secs(600);

/// The server's current time as `timestamp` in UTC, the type of the columns.
macro_rules! server_now_sql {
    () => {
        "(clock_timestamp() AT TIME ZONE 'UTC')"
    };
}

const RESERVE_SLOT_SQL: &str = concat!(
    "INSERT INTO mal_pace AS p (client_id, next_at) VALUES ($1, ",
    server_now_sql!(),
    " + $2 * interval '1 second') ON CONFLICT (client_id) DO UPDATE SET next_at = $2 * interval '1 second' + CASE \
    WHEN p.next_at > ",
    server_now_sql!(),
    " + $3 * interval '1 second' THEN ",
    server_now_sql!(),
    " ELSE greatest(p.next_at, ",
    server_now_sql!(),
    ") END RETURNING extract(epoch FROM next_at - $2 * interval '1 second' - ",
    server_now_sql!(),
    ")::float8 AS off"
);

const BLOCK_SLOTS_SQL: &str = concat!(
    "INSERT INTO mal_pace AS p (client_id, next_at) VALUES ($1, ",
    server_now_sql!(),
    " + $2 * interval '1 second') ON CONFLICT (client_id) DO UPDATE SET next_at = greatest(p.next_at, excluded.next_at)"
);

impl Database {
    /// Reserves the next slot of a client id and keeps `gap` free after it. Returns the delay until the slot. Returns
    /// `None` on SQLite.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer or execute the statement within 5 s.
    pub async fn reserve_slot(&self, client_id: &str, gap: Duration) -> Result<Option<Duration>, Error> {
        let max_ahead = MAX_SLOT_AHEAD + gap.saturating_mul(100);
        let params = vec![
            SqlValue::text(client_id),
            SqlValue::Float(Some(gap.as_secs_f64())),
            SqlValue::Float(Some(max_ahead.as_secs_f64())),
        ];
        let Some(rows) = self.query_with_timeout(RESERVE_SLOT_SQL, params).await? else { return Ok(None) };
        let delay_seconds = rows.first().map(|row| row.optional_f64("off")).transpose()?.flatten().unwrap_or_default();
        Ok(Some(Duration::try_from_secs_f64(delay_seconds).unwrap_or_default()))
    }

    /// Blocks all slots of a client id for `wait` from now.
    ///
    /// # Errors
    ///
    /// As for [`Database::reserve_slot`].
    pub async fn block_slots(&self, client_id: &str, wait: Duration) -> Result<(), Error> {
        self.query_with_timeout(
            BLOCK_SLOTS_SQL,
            vec![SqlValue::text(client_id), SqlValue::Float(Some(wait.as_secs_f64()))],
        )
        .await
        .map(drop)
    }

    /// Runs a slot statement without retries: the waiting request falls back to its own rate limit.
    async fn query_with_timeout(
        &self,
        sql: &str,
        params: Vec<SqlValue<'_>>,
    ) -> Result<Option<Vec<super::row_reader::DbRow>>, Error> {
        if let Backend::Sqlite(_) = self.backend {
            return Ok(None);
        }
        let outcome = tokio::time::timeout(STATEMENT_TIMEOUT, async {
            self.acquire_connection().await?.query_all(sql, params).await
        })
        .await;
        let rows = outcome.unwrap_or_else(|_| {
            Err(Error::new(StoreErrorKind::ConnectionLost, "mal_pace has been waited for in vain"))
        });
        rows.map(Some).map_err(|error| error.with_database(&self.url))
    }
}
