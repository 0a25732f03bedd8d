//! The rows of `user_anime_lists`: counted, and compared with what MAL last sent.

use super::{
    Database, Dialect, Error, batch_rows,
    row_reader::{SelectColumn, SelectList},
    sql::SqlValue,
};
use crate::domain::{entry::StoredEntry, merge_base::MergeBase, user::UserId};

impl Database {
    pub(super) async fn entries_from_mal(&self, user: UserId) -> Result<Vec<(i32, bool)>, Error> {
        // One row: a row of its own for each would cost more than what is in it, and hold it all twice.
        let (list, of) = (self.dialect().json_list_sql("a.mal_id"), "FILTER (WHERE l.removed_at IS");
        let sql = format!(
            "SELECT {list} {of} NULL) AS there, {list} {of} NOT NULL) AS removed \
            FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id WHERE l.user_id = $1 AND l.mal_entry IS NOT NULL"
        );
        let rows = self.query_with_retry(&sql, vec![user.0.into()]).await?;
        let mut entries = Vec::new();
        for row in &rows {
            for (column, removed) in [("there", false), ("removed", true)] {
                let ids: Vec<i64> = row.strict_json(column)?.unwrap_or_default();
                // An id that MAL's cannot be is another program's, and no entry of MAL's.
                let ids = ids.into_iter().filter_map(|mal_id| i32::try_from(mal_id).ok());
                entries.extend(ids.map(|mal_id| (mal_id, removed)));
            }
        }
        entries.sort_unstable();
        Ok(entries)
    }

    pub(super) async fn load_titles(&self, ids: &[i32]) -> Result<Vec<(i32, String)>, Error> {
        let sql =
            format!("SELECT mal_id, title FROM anime WHERE {} ORDER BY mal_id", self.dialect().in_list("mal_id", 1));
        let rows = self.query_with_retry(&sql, vec![SqlValue::Ids(ids.to_vec())]).await?;
        rows.iter()
            .map(|row| Ok((row.required_i32("mal_id")?, row.optional_text("title")?.unwrap_or_default())))
            .collect()
    }

    pub(super) async fn count_from_mal(&self, user: UserId) -> Result<i64, Error> {
        let sql = "SELECT count(*) AS n FROM user_anime_lists \
            WHERE user_id = $1 AND mal_entry IS NOT NULL AND removed_at IS NULL";
        self.query_count(sql, user).await
    }

    /// How many entries the user has that are not marked as removed.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn count_entries(&self, user: UserId) -> Result<i64, Error> {
        self.query_count("SELECT count(*) AS n FROM user_anime_lists WHERE user_id = $1 AND removed_at IS NULL", user)
            .await
    }

    async fn query_count(&self, sql: &str, user: UserId) -> Result<i64, Error> {
        let rows = self.query_with_retry(sql, vec![user.0.into()]).await?;
        rows.first().map_or(Ok(0), |row| row.required_i64("n"))
    }

    pub(super) async fn entries_differing_from_base(&self, user: UserId) -> Result<Vec<i32>, Error> {
        // From the entries alone, or the server plans for as many as there may be, and reads every anime to join them.
        let sql = format!(
            "SELECT l.anime_id FROM user_anime_lists l \
            WHERE l.user_id = $1 AND l.mal_entry IS NOT NULL AND l.removed_at IS NULL AND {} IS NOT TRUE",
            equals_merge_base_sql(self.dialect())
        );
        let found = self.query_with_retry(&sql, vec![user.0.into()]).await?;
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let found = found.iter().map(|row| row.required_i32("anime_id")).collect::<Result<_, _>>()?;
        let select = SelectList::new(self.dialect(), &[&batch_rows::ENTRY_COLUMNS]);
        let sql = format!(
            "SELECT {select} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id WHERE l.user_id = $1 AND {} ORDER BY a.mal_id",
            self.dialect().in_list("l.anime_id", 2)
        );
        let mut apart = Vec::new();
        for row in self.query_with_retry(&sql, vec![user.0.into(), SqlValue::Ids(found)]).await? {
            let local = batch_rows::entry_from_row(&select.unpack_row(row)?)?;
            let base = local.base.as_ref().and_then(MergeBase::parse_values);
            if base.is_none_or(|base| base != local.values) {
                apart.push(local.mal_id);
            }
        }
        Ok(apart)
    }

    pub(super) async fn load_entries(&self, user: UserId, ids: &[i32]) -> Result<Vec<StoredEntry>, Error> {
        let select = SelectList::new(self.dialect(), &[&batch_rows::ENTRY_COLUMNS]);
        let sql = format!(
            "SELECT {select} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id WHERE l.user_id = $1 AND l.{} ORDER BY a.mal_id",
            self.dialect().anime_id_in_list(2)
        );
        let rows = self.query_with_retry(&sql, vec![user.0.into(), SqlValue::Ids(ids.to_vec())]).await?;
        rows.into_iter().map(|row| batch_rows::entry_from_row(&select.unpack_row(row)?)).collect()
    }

    /// One entry of the user, with the anime's title.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn find_entry(&self, user: UserId, mal_id: i32) -> Result<Option<(StoredEntry, String)>, Error> {
        let select =
            SelectList::new(self.dialect(), &[&batch_rows::ENTRY_COLUMNS, &[SelectColumn::text("a.title", "title")]]);
        let sql = format!(
            "SELECT {select} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id WHERE l.user_id = $1 AND a.mal_id = $2"
        );
        let found = self.query_with_retry(&sql, vec![user.0.into(), mal_id.into()]).await?.into_iter().next();
        let read = |row| {
            let row = select.unpack_row(row)?;
            Ok((batch_rows::entry_from_row(&row)?, row.optional_text("title")?.unwrap_or_default()))
        };
        found.map(read).transpose()
    }
}

/// A condition on `user_anime_lists l`: the row says what MAL's `list_status` says, letter for letter. What does not is read as
/// the rules read it. The index `user_anime_lists_apart` has the same condition (migration 6), and with it the few rows that it
/// does not hold for: the search reads those alone.
fn equals_merge_base_sql(dialect: Dialect) -> String {
    let sent = |key: &str| match dialect {
        Dialect::Postgres => format!("l.mal_entry->>'{key}'"),
        Dialect::Sqlite => format!("json_extract(l.mal_entry, '$.{key}')"),
    };
    let text = |key: &str, absent: &str, here: String| {
        format!("CAST(coalesce({}, {absent}) AS TEXT) = CAST({here} AS TEXT)", sent(key))
    };
    let number = |key: &str, column: &str| text(key, "'0'", format!("coalesce(l.{column}, 0)"));
    let date = |key: &str| {
        let long = format!("CASE l.{key}_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END");
        text(key, "''", format!("coalesce(substr({}, 1, {long}), '')", iso_date_sql(dialect, &format!("l.{key}"))))
    };
    let (tags, no) = match dialect {
        Dialect::Postgres => ("coalesce(l.mal_entry->'tags', '[]') = l.tags", "'false'"),
        Dialect::Sqlite => ("coalesce(json_extract(l.mal_entry, '$.tags'), '[]') = json(l.tags)", "'0'"),
    };
    let all = [
        text("status", "''", "l.status".to_owned()),
        number("score", "score"),
        number("num_episodes_watched", "episodes_watched"),
        "l.episodes_watched IS NOT NULL".to_owned(),
        date("start_date"),
        date("finish_date"),
        comments_equal_sql(dialect, &format!("coalesce({}, '')", sent("comments")), "coalesce(l.notes, '')"),
        text("is_rewatching", no, "l.is_rewatching".to_owned()),
        number("num_times_rewatched", "times_rewatched"),
        number("rewatch_value", "rewatch_value"),
        number("priority", "priority"),
        tags.to_owned(),
    ];
    let all = all.join(" AND ");
    match dialect {
        Dialect::Postgres => format!("({all})"),
        Dialect::Sqlite => format!("(CASE WHEN json_valid(l.mal_entry) AND json_valid(l.tags) THEN {all} END)"),
    }
}

/// A date as `YYYY-MM-DD`. PostgreSQL's own text of one depends on a setting of the session, of which an index can know nothing.
fn iso_date_sql(dialect: Dialect, column: &str) -> String {
    let part = |part: &str, long| format!("lpad(CAST(extract({part} FROM {column}) AS TEXT), {long}, '0')");
    match dialect {
        Dialect::Postgres => format!("{} || '-' || {} || '-' || {}", part("year", 4), part("month", 2), part("day", 2)),
        Dialect::Sqlite => format!("CAST({column} AS TEXT)"),
    }
}

/// Comments, with the five entities that MAL makes resolved; where there is any other, they are surely nothing.
fn comments_equal_sql(dialect: Dialect, sent: &str, here: &str) -> String {
    const HTML_ENTITIES: [(&str, &str); 5] =
        [("&#039;", "''''"), ("&quot;", "'\"'"), ("&lt;", "'<'"), ("&gt;", "'>'"), ("&amp;", "'&'")];
    let has = |text: &str| match dialect {
        Dialect::Postgres => format!("strpos({text}, '&') > 0"),
        Dialect::Sqlite => format!("instr({text}, '&') > 0"),
    };
    let (bare, resolved) =
        HTML_ENTITIES.iter().fold((sent.to_owned(), sent.to_owned()), |(bare, resolved), (entity, sign)| {
            (format!("replace({bare}, '{entity}', ' ')"), format!("replace({resolved}, '{entity}', {sign})"))
        });
    format!("CASE WHEN {} THEN NOT {} AND {resolved} = {here} ELSE {sent} = {here} END", has(sent), has(&bare))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::migration::{POSTGRES_MIGRATIONS, SQLITE_MIGRATIONS};

    /// SQLite takes an index for a condition that is the same to the letter; to PostgreSQL it is the same tree.
    #[test]
    fn search_condition_equals_the_index_condition() {
        let words = |sql: &str| sql.split_whitespace().collect::<Vec<_>>().join(" ").replace("l.", "");
        for (dialect, known) in [(Dialect::Postgres, &POSTGRES_MIGRATIONS), (Dialect::Sqlite, &SQLITE_MIGRATIONS)] {
            let migration = known.iter().find(|migration| migration.version == 6).unwrap();
            let whole = format!(
                "WHERE mal_entry IS NOT NULL AND removed_at IS NULL AND {} IS NOT TRUE;",
                equals_merge_base_sql(dialect)
            );
            assert!(words(migration.sql.as_str()).contains(&words(&whole)), "{dialect:?}");
        }
    }
}
