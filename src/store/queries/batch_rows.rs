//! Loads the rows of a batch: anime, entries, and the last recorded conflicts.
//!
//! Invariant: rows are locked in ascending order of MAL id, which prevents deadlocks between processes.

use std::collections::HashMap;

use super::genres_studios;
use crate::{
    domain::{anime::Anime, entry::StoredEntry, entry_fields::Field, user::UserId},
    store::{
        connection::DbConnection,
        error::Error,
        sql::{ColumnType, SelectColumn, SelectList, SqlValue, TableRow as _},
    },
    sync::port::{ExistingRows, LastConflict},
};

/// The row id of an anime, selected beside its columns.
const ANIME_ROW_ID: SelectColumn = SelectColumn::new("a.id", "anime_id", ColumnType::Integer);

/// Loads the anime and entries with these MAL ids, locked if `locked`. Conflicts are loaded later, for the entries
/// that need them.
pub(in crate::store) async fn load_rows(
    connection: &mut DbConnection,
    user: UserId,
    ids: &[i32],
    locked: bool,
) -> Result<ExistingRows, Error> {
    let dialect = connection.dialect();
    let lock_sql = |table| if locked { dialect.for_update_sql(table) } else { "" };
    let mut columns = Anime::select_columns();
    columns.push(ANIME_ROW_ID);
    let columns = SelectList::new(dialect, columns);
    let sql = format!(
        "SELECT {columns} FROM anime a WHERE {} ORDER BY a.mal_id{}",
        dialect.in_list("a.mal_id", 1),
        lock_sql("a")
    );
    let mut rows = ExistingRows::default();
    connection
        .for_each_row(&sql, vec![SqlValue::Ids(ids.to_vec())], |row| {
            let row = columns.unpack_row(row)?;
            let anime = Anime::from_row(&row)?;
            rows.anime.insert(anime.mal_id, (row.required_i64(ANIME_ROW_ID.name())?, anime));
            Ok(())
        })
        .await?;
    genres_studios::load_names(connection, &mut rows.anime.values_mut().map(|(_, anime)| anime).collect::<Vec<_>>())
        .await?;
    if rows.anime.is_empty() {
        return Ok(rows);
    }
    // Select by the row ids just read: each entry is found by the unique key, whatever the server's table statistics
    // say.
    let columns = SelectList::new(dialect, StoredEntry::select_columns());
    let sql = format!(
        "SELECT {columns} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
        WHERE l.user_id = $1 AND {} ORDER BY a.mal_id{}",
        dialect.in_list("l.anime_id", 2),
        lock_sql("l")
    );
    let anime = rows.anime.values().filter_map(|(id, _)| i32::try_from(*id).ok()).collect();
    connection
        .for_each_row(&sql, vec![user.0.into(), SqlValue::Ids(anime)], |row| {
            let local = StoredEntry::from_row(&columns.unpack_row(row)?)?;
            rows.entries.insert(local.mal_id, local);
            Ok(())
        })
        .await?;
    Ok(rows)
}

/// Returns the last recorded conflict of each field of these entries.
pub(in crate::store) async fn load_last_conflicts(
    connection: &mut DbConnection,
    user: UserId,
    ids: Vec<i32>,
) -> Result<HashMap<(i32, Field), LastConflict>, Error> {
    let mut conflicts = HashMap::new();
    if ids.is_empty() {
        return Ok(conflicts);
    }
    let sql = format!(
        "SELECT mal_id, field, local, mal, kept FROM sync_changes WHERE id IN (SELECT max(id) FROM sync_changes \
        WHERE user_id = $1 AND conflict AND {} GROUP BY mal_id, field)",
        connection.dialect().in_list("mal_id", 2)
    );
    for row in connection.query_all(&sql, vec![user.0.into(), SqlValue::Ids(ids)]).await? {
        let name = row.optional_text("field")?.unwrap_or_default();
        let Some(field) = Field::SYNCED_FIELDS.into_iter().find(|field| field.as_str() == name) else { continue };
        let conflict = LastConflict {
            local: row.lenient_json("local")?.unwrap_or_default(),
            mal: row.lenient_json("mal")?.unwrap_or_default(),
            kept: row.lenient_json("kept")?.unwrap_or_default(),
        };
        conflicts.insert((row.required_i32("mal_id")?, field), conflict);
    }
    Ok(conflicts)
}
