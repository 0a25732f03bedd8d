//! Searches the entries that differ from their merge base, the entry as MAL last sent it.

use crate::{
    domain::{entry::StoredEntry, merge_base::MergeBase, own_values, user::UserId},
    store::{
        database::Database,
        error::Error,
        sql::{Dialect, SelectList, SqlValue, TableRow as _},
    },
};

impl Database {
    pub(in crate::store) async fn entries_differing_from_base(&self, user: UserId) -> Result<Vec<i32>, Error> {
        // Search the entries alone first. With a join the server plans as if every entry differed, and reads every
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
            if base.is_none_or(|base| own_values::fields_differing_from_mal(&local.values, &base).next().is_some()) {
                differing.push(local.mal_id);
            }
        }
        Ok(differing)
    }
}

/// Returns an SQL condition on `user_anime_lists l`: the row equals MAL's `list_status`, character by character.
///
/// The condition may be false for rows that the merge rules consider equal; the caller compares those in Rust. The
/// partial index `user_anime_lists_apart` (migration 10) contains the few rows for which this condition is not true, so
/// that the search reads only those. The index condition and this text must be equal.
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
