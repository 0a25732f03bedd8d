//! `mal_pace`: when each client id may ask MAL next, over all processes that share a server.
//!
//! The rules: a slot is taken by one statement of its own, by the server's clock, never inside another transaction; it tells
//! how far off the slot is, since the clocks of two machines differ. On SQLite nobody shares a pace: the file is one
//! machine's, and a slot would wait for the writer of a batch.

use std::time::Duration;

use super::{
    Backend, Database,
    error::{Error, StoreErrorKind},
    sql::SqlValue,
};

/// Nothing longer is waited for: whoever holds the row of `mal_pace` has nothing else to do meanwhile.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);

/// A next time that lies further ahead than this, and a hundred times the gap, is none that anybody took or asked for: the
/// server's clock was set back since.
const MAX_SLOT_AHEAD: Duration = Duration::from_secs(600);

/// The server's clock, as the columns have it.
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
    /// Takes the next slot of a client id, and keeps `gap` free after it. How far off it is from now; none where the database
    /// is a file.
    ///
    /// # Errors
    ///
    /// The database does not answer, or does not take it, within 5 s.
    pub async fn reserve_slot(&self, client_id: &str, gap: Duration) -> Result<Option<Duration>, Error> {
        let furthest = MAX_SLOT_AHEAD + gap.saturating_mul(100);
        let binds = vec![
            SqlValue::text(client_id),
            SqlValue::Float(gap.as_secs_f64()),
            SqlValue::Float(furthest.as_secs_f64()),
        ];
        let Some(rows) = self.query_with_timeout(RESERVE_SLOT_SQL, binds).await? else { return Ok(None) };
        let off = rows.first().map(|row| row.optional_f64("off")).transpose()?.flatten().unwrap_or_default();
        Ok(Some(Duration::try_from_secs_f64(off).unwrap_or_default()))
    }

    /// Takes no slot of a client id within this time from now.
    ///
    /// # Errors
    ///
    /// As for [`Database::take_slot`].
    pub async fn block_slots(&self, client_id: &str, wait: Duration) -> Result<(), Error> {
        self.query_with_timeout(BLOCK_SLOTS_SQL, vec![SqlValue::text(client_id), SqlValue::Float(wait.as_secs_f64())])
            .await
            .map(drop)
    }

    /// Not tried again: the request that waits for it has a pace of its own to fall back on.
    async fn query_with_timeout(
        &self,
        sql: &str,
        binds: Vec<SqlValue<'_>>,
    ) -> Result<Option<Vec<super::row_reader::DbRow>>, Error> {
        if let Backend::Sqlite(_) = self.backend {
            return Ok(None);
        }
        let asked = tokio::time::timeout(STATEMENT_TIMEOUT, async {
            self.acquire_connection().await?.query_all(sql, binds).await
        })
        .await;
        let answer = asked.unwrap_or_else(|_| {
            Err(Error::new(StoreErrorKind::ConnectionLost, "mal_pace has been waited for in vain"))
        });
        answer.map(Some).map_err(|error| error.with_database(&self.url))
    }
}
