//! Statements for the request slots in `mal_pace`. Each is a single statement with the server's clock.

use std::time::Duration;

use super::backend::PostgresBackend;
use crate::store::{
    error::{Error, StoreErrorKind},
    sql::{DbRow, SqlValue},
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

/// Reserves the next slot: `next_at` becomes the slot plus the gap.
///
/// Parameters: client id, gap in seconds, and how many seconds `next_at` may be ahead. If it is further ahead, the next
/// slot is now. Returns the seconds until the slot.
const RESERVE_SLOT_SQL: &str = concat!(
    "INSERT INTO mal_pace AS p (client_id, next_at)",
    " VALUES ($1, ",
    server_now_sql!(),
    " + $2 * interval '1 second')",
    " ON CONFLICT (client_id) DO UPDATE SET next_at = $2 * interval '1 second' + CASE",
    " WHEN p.next_at > ",
    server_now_sql!(),
    " + $3 * interval '1 second'",
    " THEN ",
    server_now_sql!(),
    " ELSE greatest(p.next_at, ",
    server_now_sql!(),
    ") END",
    " RETURNING extract(epoch FROM next_at - $2 * interval '1 second' - ",
    server_now_sql!(),
    ")::float8 AS delay_seconds"
);

/// Moves `next_at` to at least now plus a time.
///
/// Parameters: client id, seconds.
const BLOCK_SLOTS_SQL: &str = concat!(
    "INSERT INTO mal_pace AS p (client_id, next_at) VALUES ($1, ",
    server_now_sql!(),
    " + $2 * interval '1 second') ON CONFLICT (client_id) DO UPDATE SET next_at = greatest(p.next_at, excluded.next_at)"
);

impl PostgresBackend {
    /// Reserves the next slot of a client id and keeps `gap` free after it. Returns the delay until the slot.
    pub(in crate::store) async fn reserve_slot(&self, client_id: &str, gap: Duration) -> Result<Duration, Error> {
        let max_ahead = MAX_SLOT_AHEAD + gap.saturating_mul(100);
        let params = vec![
            SqlValue::text(client_id),
            SqlValue::Float(Some(gap.as_secs_f64())),
            SqlValue::Float(Some(max_ahead.as_secs_f64())),
        ];
        let rows = self.query_with_timeout(RESERVE_SLOT_SQL, params).await?;
        let delay_seconds =
            rows.first().map(|row| row.optional_f64("delay_seconds")).transpose()?.flatten().unwrap_or_default();
        Ok(Duration::try_from_secs_f64(delay_seconds).unwrap_or_default())
    }

    /// Blocks all slots of a client id for `wait` from now.
    pub(in crate::store) async fn block_slots(&self, client_id: &str, wait: Duration) -> Result<(), Error> {
        let params = vec![SqlValue::text(client_id), SqlValue::Float(Some(wait.as_secs_f64()))];
        self.query_with_timeout(BLOCK_SLOTS_SQL, params).await.map(drop)
    }

    /// Runs a slot statement without retries: the waiting request falls back to its own rate limit.
    async fn query_with_timeout(&self, sql: &str, params: Vec<SqlValue<'_>>) -> Result<Vec<DbRow>, Error> {
        let outcome = tokio::time::timeout(STATEMENT_TIMEOUT, async {
            let mut rows = Vec::new();
            let mut connection = self.pool.acquire().await?;
            connection
                .for_each_row(sql, params, |row| {
                    rows.push(row);
                    Ok(())
                })
                .await?;
            Ok(rows)
        })
        .await;
        outcome.unwrap_or_else(|_| Err(Error::new(StoreErrorKind::ConnectionLost, "timed out waiting for mal_pace")))
    }
}
