//! Rows of `user_anime_lists`: counting, lookup, and comparison with the merge base (the entry as MAL last sent it).

use super::{
    Database, Dialect, Error,
    columns::TableRow as _,
    row_reader::{ColumnType, SelectColumn, SelectList},
    sql::SqlValue,
};
use crate::domain::{entry::StoredEntry, merge_base::MergeBase, user::UserId};

impl Database {
    pub(super) async fn entry_ids_from_mal(&self, user: UserId) -> Result<Vec<(i32, bool)>, Error> {
        // Aggregate to one row. A row per entry costs more than its content and is buffered twice.
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
                // Skip ids beyond MAL's range (i32): another program wrote them, and MAL has no such entry.
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

    pub(super) async fn count_entries_from_mal(&self, user: UserId) -> Result<i64, Error> {
        let sql = "SELECT count(*) AS n FROM user_anime_lists \
            WHERE user_id = $1 AND mal_entry IS NOT NULL AND removed_at IS NULL";
        self.query_count(sql, user).await
    }

    /// Returns the number of the user's entries that are not marked as removed.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn count_entries(&self, user: UserId) -> Result<i64, Error> {
        self.query_count("SELECT count(*) AS n FROM user_anime_lists WHERE user_id = $1 AND removed_at IS NULL", user)
            .await
    }

    async fn query_count(&self, sql: &str, user: UserId) -> Result<i64, Error> {
        let rows = self.query_with_retry(sql, vec![user.0.into()]).await?;
        rows.first().map_or(Ok(0), |row| row.required_i64("n"))
    }

    pub(super) async fn entries_differing_from_base(&self, user: UserId) -> Result<Vec<i32>, Error> {
        // Search the entries alone first. With a join the server plans for the maximum row count and reads every
        // anime.
        let sql = format!(
            "SELECT l.anime_id FROM user_anime_lists l \
            WHERE l.user_id = $1 AND l.mal_entry IS NOT NULL AND l.removed_at IS NULL AND {} IS NOT TRUE",
            equals_merge_base_sql(self.dialect())
        );
        let candidates = self.query_with_retry(&sql, vec![user.0.into()]).await?;
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        let candidates = candidates.iter().map(|row| row.required_i32("anime_id")).collect::<Result<_, _>>()?;
        let columns = SelectList::new(self.dialect(), StoredEntry::select_columns());
        let sql = format!(
            "SELECT {columns} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id WHERE l.user_id = $1 AND {} ORDER BY a.mal_id",
            self.dialect().in_list("l.anime_id", 2)
        );
        let mut differing = Vec::new();
        for row in self.query_with_retry(&sql, vec![user.0.into(), SqlValue::Ids(candidates)]).await? {
            let local = StoredEntry::from_row(&columns.unpack_row(row)?)?;
            let base = local.base.as_ref().and_then(MergeBase::parse_values);
            if base.is_none_or(|base| base.differing_fields(&local.values).next().is_some()) {
                differing.push(local.mal_id);
            }
        }
        Ok(differing)
    }

    pub(super) async fn load_entries(&self, user: UserId, ids: &[i32]) -> Result<Vec<StoredEntry>, Error> {
        let columns = SelectList::new(self.dialect(), StoredEntry::select_columns());
        let sql = format!(
            "SELECT {columns} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id WHERE l.user_id = $1 AND l.{} ORDER BY a.mal_id",
            self.dialect().anime_id_in_list(2)
        );
        let rows = self.query_with_retry(&sql, vec![user.0.into(), SqlValue::Ids(ids.to_vec())]).await?;
        rows.into_iter().map(|row| StoredEntry::from_row(&columns.unpack_row(row)?)).collect()
    }

    /// Returns one entry of the user with the anime's title. Returns `None` if there is no such entry.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn find_entry(&self, user: UserId, mal_id: i32) -> Result<Option<(StoredEntry, String)>, Error> {
        let mut columns = StoredEntry::select_columns();
        columns.push(SelectColumn::new("a.title", "title", ColumnType::Text));
        let columns = SelectList::new(self.dialect(), columns);
        let sql = format!(
            "SELECT {columns} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id WHERE l.user_id = $1 AND a.mal_id = $2"
        );
        let row = self.query_with_retry(&sql, vec![user.0.into(), mal_id.into()]).await?.into_iter().next();
        let to_entry = |row| {
            let row = columns.unpack_row(row)?;
            Ok((StoredEntry::from_row(&row)?, row.optional_text("title")?.unwrap_or_default()))
        };
        row.map(to_entry).transpose()
    }
}

/// Returns an SQL condition on `user_anime_lists l`: the row equals MAL's `list_status`, character by character.
///
/// The condition may be false for rows that the merge rules consider equal; the caller compares those in Rust. The
/// index `user_anime_lists_apart` has the same condition (migration 10) and contains the few rows that do not satisfy
/// it, so that the search reads only those.
fn equals_merge_base_sql(dialect: Dialect) -> String {
    let sent_sql = |key: &str| match dialect {
        Dialect::Postgres => format!("l.mal_entry->>'{key}'"),
        Dialect::Sqlite => format!("json_extract(l.mal_entry, '$.{key}')"),
    };
    let text_equal = |key: &str, absent: &str, stored: String| {
        format!("CAST(coalesce({}, {absent}) AS TEXT) = CAST({stored} AS TEXT)", sent_sql(key))
    };
    let number_equal = |key: &str, column: &str| text_equal(key, "'0'", format!("coalesce(l.{column}, 0)"));
    let is_rewatching = format!("CAST(coalesce({}, 'false') AS TEXT) IN ('true', '1')", sent_sql("is_rewatching"));
    let date_equal = |key: &str| {
        let length = format!("CASE l.{key}_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END");
        text_equal(
            key,
            "''",
            format!("coalesce(substr({}, 1, {length}), '')", iso_date_sql(dialect, &format!("l.{key}"))),
        )
    };
    let (tags_equal, false_text) = match dialect {
        Dialect::Postgres => ("coalesce(l.mal_entry->'tags', '[]') = l.tags", "'false'"),
        Dialect::Sqlite => ("coalesce(json_extract(l.mal_entry, '$.tags'), '[]') = json(l.tags)", "'0'"),
    };
    let conditions = [
        text_equal("status", "''", "l.status".to_owned()),
        number_equal("score", "score"),
        "l.episodes_watched IS NOT NULL".to_owned(),
        // While MAL's entry is being rewatched, MAL's count is that of the rewatch.
        format!(
            "CASE WHEN {is_rewatching} THEN {} ELSE {} AND l.rewatch_episodes IS NULL END",
            text_equal("num_episodes_watched", "'0'", "l.rewatch_episodes".to_owned()),
            number_equal("num_episodes_watched", "episodes_watched"),
        ),
        date_equal("start_date"),
        date_equal("finish_date"),
        comments_equal_sql(dialect, &format!("coalesce({}, '')", sent_sql("comments")), "coalesce(l.notes, '')"),
        text_equal("is_rewatching", false_text, "l.is_rewatching".to_owned()),
        number_equal("num_times_rewatched", "times_rewatched"),
        number_equal("rewatch_value", "rewatch_value"),
        number_equal("priority", "priority"),
        tags_equal.to_owned(),
    ];
    let conditions = conditions.join(" AND ");
    match dialect {
        Dialect::Postgres => format!("({conditions})"),
        Dialect::Sqlite => format!("(CASE WHEN json_valid(l.mal_entry) AND json_valid(l.tags) THEN {conditions} END)"),
    }
}

/// Returns SQL that formats a date as `YYYY-MM-DD`. PostgreSQL's cast to text depends on a session setting, which an
/// index expression must not.
fn iso_date_sql(dialect: Dialect, column: &str) -> String {
    let part = |part: &str, length| format!("lpad(CAST(extract({part} FROM {column}) AS TEXT), {length}, '0')");
    match dialect {
        Dialect::Postgres => format!("{} || '-' || {} || '-' || {}", part("year", 4), part("month", 2), part("day", 2)),
        Dialect::Sqlite => format!("CAST({column} AS TEXT)"),
    }
}

/// Returns SQL that compares comments with MAL's line breaks and its five HTML entities decoded. With any other `&` in
/// MAL's text the result is false.
fn comments_equal_sql(dialect: Dialect, sent: &str, stored: &str) -> String {
    let sent = match dialect {
        Dialect::Postgres => format!("replace({sent}, E'<br />\\r\\n', E'\\n')"),
        Dialect::Sqlite => format!("replace({sent}, '<br />' || char(13, 10), char(10))"),
    };
    const HTML_ENTITIES: [(&str, &str); 5] =
        [("&#039;", "''''"), ("&quot;", "'\"'"), ("&lt;", "'<'"), ("&gt;", "'>'"), ("&amp;", "'&'")];
    let has_ampersand = |text: &str| match dialect {
        Dialect::Postgres => format!("strpos({text}, '&') > 0"),
        Dialect::Sqlite => format!("instr({text}, '&') > 0"),
    };
    let (without_entities, decoded) = HTML_ENTITIES.iter().fold(
        (sent.clone(), sent.clone()),
        |(without_entities, decoded), (entity, replacement)| {
            (
                format!("replace({without_entities}, '{entity}', ' ')"),
                format!("replace({decoded}, '{entity}', {replacement})"),
            )
        },
    );
    format!(
        "CASE WHEN {} THEN NOT {} AND {decoded} = {stored} ELSE {sent} = {stored} END",
        has_ampersand(&sent),
        has_ampersand(&without_entities)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::migration::{POSTGRES_MIGRATIONS, SQLITE_MIGRATIONS};

    /// SQLite uses a partial index only if the condition has the same text; PostgreSQL compares the parsed
    /// expressions.
    #[test]
    fn search_condition_equals_the_index_condition() {
        let normalize = |sql: &str| sql.split_whitespace().collect::<Vec<_>>().join(" ").replace("l.", "");
        for (dialect, migrations) in [(Dialect::Postgres, &POSTGRES_MIGRATIONS), (Dialect::Sqlite, &SQLITE_MIGRATIONS)]
        {
            let migration = migrations.iter().find(|migration| migration.version == 10).unwrap();
            let expected = format!(
                "WHERE mal_entry IS NOT NULL AND removed_at IS NULL AND {} IS NOT TRUE;",
                equals_merge_base_sql(dialect)
            );
            assert!(normalize(migration.sql.as_str()).contains(&normalize(&expected)), "{dialect:?}");
        }
    }
}
