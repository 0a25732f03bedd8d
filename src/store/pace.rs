//! `mal_pace`: when each client id may ask MAL next, over all processes that share a server.
//!
//! The rules: a slot is taken by one statement of its own, by the server's clock, never inside another transaction; it tells
//! how far off the slot is, since the clocks of two machines differ. On SQLite nobody shares a pace: the file is one
//! machine's, and a slot would wait for the writer of a batch.

use std::time::Duration;

use super::{
    Backend, Database,
    error::{Error, Kind},
    sql::Bind,
};

/// Nothing longer is waited for: whoever holds the row of `mal_pace` has nothing else to do meanwhile.
const PATIENCE: Duration = Duration::from_secs(5);

/// A next time that lies further ahead than this, and a hundred times the gap, is none that anybody took or asked for: the
/// server's clock was set back since.
const FURTHEST: Duration = Duration::from_secs(600);

/// The server's clock, as the columns have it.
macro_rules! now {
    () => {
        "(clock_timestamp() AT TIME ZONE 'UTC')"
    };
}

const TAKE: &str = concat!(
    "INSERT INTO mal_pace AS p (client_id, next_at) VALUES ($1, ",
    now!(),
    " + $2 * interval '1 second') ON CONFLICT (client_id) DO UPDATE SET next_at = $2 * interval '1 second' + CASE \
    WHEN p.next_at > ",
    now!(),
    " + $3 * interval '1 second' THEN ",
    now!(),
    " ELSE greatest(p.next_at, ",
    now!(),
    ") END RETURNING extract(epoch FROM next_at - $2 * interval '1 second' - ",
    now!(),
    ")::float8 AS off"
);

const HOLD: &str = concat!(
    "INSERT INTO mal_pace AS p (client_id, next_at) VALUES ($1, ",
    now!(),
    " + $2 * interval '1 second') ON CONFLICT (client_id) DO UPDATE SET next_at = greatest(p.next_at, excluded.next_at)"
);

impl Database {
    /// Takes the next slot of a client id, and keeps `gap` free after it. How far off it is from now; none where the database
    /// is a file.
    ///
    /// # Errors
    ///
    /// The database does not answer, or does not take it, within 5 s.
    pub async fn take_slot(&self, client_id: &str, gap: Duration) -> Result<Option<Duration>, Error> {
        let furthest = FURTHEST + gap.saturating_mul(100);
        let binds = vec![Bind::text(client_id), Bind::Real(gap.as_secs_f64()), Bind::Real(furthest.as_secs_f64())];
        let Some(rows) = self.at_the_pace(TAKE, binds).await? else { return Ok(None) };
        let off = rows.first().map(|row| row.real("off")).transpose()?.flatten().unwrap_or_default();
        Ok(Some(Duration::try_from_secs_f64(off).unwrap_or_default()))
    }

    /// Takes no slot of a client id within this time from now.
    ///
    /// # Errors
    ///
    /// As for [`Database::take_slot`].
    pub async fn hold_slots(&self, client_id: &str, wait: Duration) -> Result<(), Error> {
        self.at_the_pace(HOLD, vec![Bind::text(client_id), Bind::Real(wait.as_secs_f64())]).await.map(drop)
    }

    /// Not tried again: the request that waits for it has a pace of its own to fall back on.
    async fn at_the_pace(&self, sql: &str, binds: Vec<Bind<'_>>) -> Result<Option<Vec<super::row::Row>>, Error> {
        if let Backend::Sqlite(_) = self.backend {
            return Ok(None);
        }
        let asked = tokio::time::timeout(PATIENCE, async { self.link().await?.rows(sql, binds).await }).await;
        let answer = asked.unwrap_or_else(|_| Err(Error::new(Kind::Lost, "mal_pace has been waited for in vain")));
        answer.map(Some).map_err(|error| error.at(&self.place))
    }
}
