//! The first entries by title, without a look at all the others.
//!
//! The order of titles is malsync's own and letters are folded here, so the database cannot tell it; but it can tell it
//! roughly. The index `anime_by_title` (migration 7) has of each title what comes before its first letter beyond ASCII,
//! without regard to case, and at most so much as [`LONG`]. Of two titles that differ there, it has them in malsync's order; those
//! that do not are left to the caller.

use super::{Database, Dialect, Error, ListQuery, partial_entries::id_only_item, sql::SqlValue};
use crate::domain::{list_entry::ListEntry, user::UserId};

/// How many letters of a title are in the index.
const LONG: u32 = 32;
/// How many anime are looked at. Where few of so many are the user's, a look at the whole list costs less.
const SEEN: i64 = 2_000;
/// So many more are asked for than are wanted: the last of them may share their place with others.
const MORE: i64 = 50;

impl Database {
    /// Ids and titles of the user's first entries by title: at least `wanted`, with all that stand before the last of these,
    /// in no order. None where the whole list must be looked at to tell.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn leading(
        &self,
        user: UserId,
        query: &ListQuery,
        wanted: usize,
    ) -> Result<Option<Vec<ListEntry>>, Error> {
        let Some(asked) = i64::try_from(wanted).ok().and_then(|wanted| wanted.checked_add(MORE)) else {
            return Ok(None);
        };
        if asked > SEEN {
            return Ok(None);
        }
        let place = place(self.dialect());
        // Anime by anime in the order of the index, until there are enough of the user's. Of EXISTS either database may make a join
        // that begins with the whole list; of a value it makes none.
        let sql = format!(
            "SELECT seen.mal_id, seen.title, seen.place FROM \
            (SELECT id, mal_id, title, {place} AS place FROM anime ORDER BY place LIMIT $3) AS seen \
            WHERE (SELECT 1 FROM user_anime_lists l WHERE l.user_id = $1 AND l.anime_id = seen.id \
            AND (l.removed_at IS NULL OR $2) LIMIT 1) = 1 ORDER BY seen.place LIMIT $4"
        );
        let binds = vec![user.0.into(), SqlValue::Bool(query.include_removed), SEEN.into(), asked.into()];
        let rows = self.query_with_retry(&sql, binds).await?;
        if i64::try_from(rows.len()).is_ok_and(|found| found < asked) {
            return Ok(None);
        }
        let mut items = Vec::with_capacity(rows.len());
        let mut places = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut item = id_only_item(row.required_i32("mal_id")?);
            item.anime.title = row.optional_text("title")?.unwrap_or_default();
            items.push(item);
            places.push(row.optional_text("place")?.unwrap_or_default().to_ascii_lowercase());
        }
        // Others may share the last one's place.
        let sure = places.iter().take_while(|place| Some(*place) != places.last()).count();
        items.truncate(sure);
        Ok((sure >= wanted).then_some(items))
    }
}

/// What the index has of `title`: two that differ in it are in malsync's order by it, byte for byte. Whether a letter is of ASCII
/// is asked letter by letter: by the length in bytes it cannot be told in every encoding that a database may have. DEL stands for
/// the first that is not, as every encoding has it, behind the others.
fn place(dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => {
            let begin = format!("left(coalesce(title::text, ''), {LONG}) COLLATE \"C\"");
            format!(
                "(CASE WHEN {begin} ~ E'^[\\\\x01-\\\\x7e]*$' THEN lower({begin}) \
                ELSE lower(substring({begin} FROM E'^[\\\\x01-\\\\x7e]*')) || E'\\x7f' END)"
            )
        }
        // No lower(): an application may have one of its own, and SQLite then refuses it an index that has it.
        Dialect::Sqlite => {
            let begin = format!("substr(CAST(coalesce(title, '') AS TEXT), 1, {LONG})");
            let ascii = (1..=126).map(|letter: u8| letter.to_string()).collect::<Vec<_>>().join(", ");
            let rest = format!("ltrim({begin}, char({ascii}))");
            format!(
                "(CASE WHEN {begin} NOT GLOB '*[^ -~]*' THEN {begin} ELSE substr({begin}, 1, length({begin}) - length({rest})) \
                || CASE {rest} WHEN '' THEN '' ELSE char(127) END END) COLLATE NOCASE"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_has_what_is_asked_for() {
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        for (dialect, migration) in [
            (Dialect::Postgres, include_str!("../../migrations/postgres/0007_titles_in_order.sql")),
            (Dialect::Sqlite, include_str!("../../migrations/sqlite/0007_titles_in_order.sql")),
        ] {
            let index = format!("ON anime ({});", place(dialect));
            assert!(plain(migration).contains(&plain(&index)), "{dialect:?}: {index}");
        }
    }
}
