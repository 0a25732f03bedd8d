//! The rows of `user_anime_lists`: counted, and compared with what MAL last sent.

use super::{Database, Dialect, Error, rows, sql::Bind};
use crate::domain::{entry::Local, list_status::ListStatus, user::UserId};

impl Database {
    pub(super) async fn entries_from_mal(&self, user: UserId) -> Result<Vec<(i32, bool)>, Error> {
        // One row: a row of its own for each would cost more than what is in it, and hold it all twice.
        let (list, of) = (self.dialect().list("a.mal_id"), "FILTER (WHERE l.removed_at IS");
        let sql = format!(
            "SELECT {list} {of} NULL) AS there, {list} {of} NOT NULL) AS removed \
            FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id WHERE l.user_id = $1 AND l.mal_entry IS NOT NULL"
        );
        let rows = self.read(&sql, vec![user.0.into()]).await?;
        let mut entries = Vec::new();
        for row in &rows {
            for (column, removed) in [("there", false), ("removed", true)] {
                let ids: Vec<i32> = row.read_json(column)?.unwrap_or_default();
                entries.extend(ids.into_iter().map(|mal_id| (mal_id, removed)));
            }
        }
        entries.sort_unstable();
        Ok(entries)
    }

    pub(super) async fn titles_of(&self, ids: &[i32]) -> Result<Vec<(i32, String)>, Error> {
        let sql =
            format!("SELECT mal_id, title FROM anime WHERE {} ORDER BY mal_id", self.dialect().among("mal_id", 1));
        let rows = self.read(&sql, vec![Bind::Ids(ids.to_vec())]).await?;
        rows.iter().map(|row| Ok((row.id("mal_id")?, row.text("title")?.unwrap_or_default()))).collect()
    }

    pub(super) async fn number_from_mal(&self, user: UserId) -> Result<i64, Error> {
        let sql = "SELECT count(*) AS n FROM user_anime_lists \
            WHERE user_id = $1 AND mal_entry IS NOT NULL AND removed_at IS NULL";
        self.number(sql, user).await
    }

    /// How many entries the user has that are not marked as removed.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn count_entries(&self, user: UserId) -> Result<i64, Error> {
        self.number("SELECT count(*) AS n FROM user_anime_lists WHERE user_id = $1 AND removed_at IS NULL", user).await
    }

    async fn number(&self, sql: &str, user: UserId) -> Result<i64, Error> {
        let rows = self.read(sql, vec![user.0.into()]).await?;
        rows.first().map_or(Ok(0), |row| row.key("n"))
    }

    pub(super) async fn entries_apart(&self, user: UserId) -> Result<Vec<i32>, Error> {
        let sql = format!(
            "SELECT {} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            WHERE l.user_id = $1 AND l.mal_entry IS NOT NULL AND l.removed_at IS NULL AND {} IS NOT TRUE ORDER BY a.mal_id",
            rows::LOCAL,
            surely_same(self.dialect())
        );
        let mut apart = Vec::new();
        for row in self.read(&sql, vec![user.0.into()]).await? {
            let local = rows::local(&row)?;
            let base = local.base.and_then(|base| ListStatus::read(base, &mut |_| {}).ok());
            if base.is_none_or(|base| base.values != local.values) {
                apart.push(local.mal_id);
            }
        }
        Ok(apart)
    }

    pub(super) async fn entries_named(&self, user: UserId, ids: &[i32]) -> Result<Vec<Local>, Error> {
        let sql = format!(
            "SELECT {} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id WHERE l.user_id = $1 AND {} ORDER BY a.mal_id",
            rows::LOCAL,
            self.dialect().among("a.mal_id", 2)
        );
        self.read(&sql, vec![user.0.into(), Bind::Ids(ids.to_vec())]).await?.iter().map(rows::local).collect()
    }

    /// One entry of the user, with the anime's title.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn entry(&self, user: UserId, mal_id: i32) -> Result<Option<(Local, String)>, Error> {
        let sql = format!(
            "SELECT {}, a.title FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            WHERE l.user_id = $1 AND a.mal_id = $2",
            rows::LOCAL
        );
        let rows = self.read(&sql, vec![user.0.into(), mal_id.into()]).await?;
        let found = rows.first().map(|row| Ok((rows::local(row)?, row.text("title")?.unwrap_or_default())));
        found.transpose()
    }
}

/// A condition on `user_anime_lists l`: the row says what MAL's `list_status` says, letter for letter. It spares reading a
/// whole list to find the few rows that do not; those are then read as the rules read them.
fn surely_same(dialect: Dialect) -> String {
    let text = |key: &str, here: String, absent: &str| {
        format!("CAST(coalesce(l.mal_entry->>'{key}', {absent}) AS TEXT) = CAST({here} AS TEXT)")
    };
    let number = |key: &str, column: &str| text(key, format!("coalesce(l.{column}, 0)"), "'0'");
    let date = |key: &str| {
        let long = format!("CASE l.{key}_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END");
        text(key, format!("coalesce(substr(CAST(l.{key} AS TEXT), 1, {long}), '')"), "''")
    };
    let (tags, readable) = match dialect {
        Dialect::Postgres => ("l.tags", "TRUE"),
        Dialect::Sqlite => ("json(l.tags)", "json_valid(l.mal_entry) AND json_valid(l.tags)"),
    };
    let all = [
        text("status", "l.status".to_owned(), "''"),
        number("score", "score"),
        number("num_episodes_watched", "episodes_watched"),
        "l.episodes_watched IS NOT NULL".to_owned(),
        date("start_date"),
        date("finish_date"),
        text("comments", "coalesce(l.notes, '')".to_owned(), "''"),
        text("is_rewatching", "l.is_rewatching".to_owned(), "CAST(FALSE AS TEXT)"),
        number("num_times_rewatched", "times_rewatched"),
        number("rewatch_value", "rewatch_value"),
        number("priority", "priority"),
        format!("coalesce(l.mal_entry->'tags', '[]') = {tags}"),
    ];
    format!("(CASE WHEN {readable} THEN {} END)", all.join(" AND "))
}
