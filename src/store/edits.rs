//! Local edits: entries changed or made by a command here, and the record of it in `list_edits`.
//!
//! The rules: all of one command's edits in one transaction, decided on rows that are read and locked in it; a row that is
//! the same is not written, and what is not written is not recorded. What an edit makes of an entry is decided elsewhere.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::{
    Database, Dialect, Error, batch_rows,
    batch_writes::{
        EntryUpdate, FIELD_COLUMNS, changed_field_columns, created_and_updated_at, field_values, insert_anime,
        update_entries, with_id,
    },
    genres_studios,
    row_reader::DbRow,
    sql::SqlValue,
    transaction::{DbTransaction, with_transaction},
    users,
    where_builder::WhereBuilder,
};
use crate::{
    domain::{
        anime::Anime,
        change::Field,
        edit::{EditCommand, EditRecord, EditSummary, EditTarget, EntryEdit, FieldEdit},
        entry::StoredEntry,
        user::UserId,
    },
    failpoint::failpoint,
    sync::port::{ExistingRows, ProgressObserver},
};

/// Which edits are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EditQuery {
    /// Of this anime, by MAL's id.
    pub mal_id: Option<i32>,
    /// Of this command alone.
    pub edit_id: Option<i64>,
    /// Of this field alone.
    pub field: Option<Field>,
    /// Not before this time.
    pub since: Option<DateTime<Utc>>,
    /// Not after this time.
    pub until: Option<DateTime<Utc>>,
    /// At most so many.
    pub limit: Option<u32>,
}

/// Whose entries an edit is of.
#[derive(Clone, Copy, Debug)]
pub enum EditOwner<'a> {
    /// This user's.
    User(UserId),
    /// The user's of this name, who is made in the same transaction where there is none.
    Named(&'a str),
}

/// Decides what becomes of an entry (none: the user has no such entry); none leaves it as it is. Called once for each
/// attempt of the transaction.
pub type EditFn<'a> = dyn Fn(&EditTarget, Option<&StoredEntry>) -> Option<EntryEdit> + Send + Sync + 'a;

/// So many entries are written at a time, for whoever watches; the transaction is one.
const ENTRIES_PER_CHUNK: usize = 1_000;

const STATE_COLUMNS: [&str; 4] = ["mal_entry", "mal_updated_at", "removed_at", "pinned"];

impl Database {
    /// Edits entries of a user, each id once, all or none. They are written in parts, each of which is told to `progress`.
    ///
    /// # Errors
    ///
    /// The database does not answer, or refuses the values.
    pub async fn apply_edits(
        &self,
        whose: EditOwner<'_>,
        command: EditCommand,
        wanted: &[EditTarget],
        decide: &EditFn<'_>,
        progress: &dyn ProgressObserver,
    ) -> Result<EditSummary, Error> {
        let wanted: BTreeMap<i32, &EditTarget> = wanted.iter().map(|wanted| (wanted.mal_id, wanted)).collect();
        let ids: Vec<i32> = wanted.keys().copied().collect();
        with_transaction!(self, |tx| {
            let user = match whose {
                EditOwner::User(user) => user,
                EditOwner::Named(name) => users::find_or_create_local_user(tx, name).await?,
            };
            let there = batch_rows::load_rows(tx.connection(), user, &ids, true).await?;
            let mut done = EditSummary { user: Some(user), ..EditSummary::default() };
            let mut changes = Vec::new();
            for (mal_id, wanted) in &wanted {
                let before = there.entries.get(mal_id);
                let Some(edited) = decide(wanted, before) else { continue };
                done.entries.push((before.cloned(), edited.entry.clone()));
                if edited.is_deleted || before != Some(&edited.entry) {
                    changes.push(edited);
                }
            }
            if changes.iter().any(|edited| !edited.field_edits.is_empty()) {
                done.edit_id = Some(next_edit_id(tx).await?);
            }
            let (all, mut written) = (changes.len(), 0);
            progress.set_total(all as u64);
            while !changes.is_empty() {
                let rest = changes.split_off(changes.len().min(ENTRIES_PER_CHUNK));
                written += changes.len();
                let anime = ensure_anime_rows(tx, &there, &changes, &wanted).await?;
                apply_chunk(tx, user, changes, &there, &anime, done.edit_id.map(|id| (command, id))).await?;
                failpoint!("edit.part");
                progress.set_stored(written as u64);
                changes = rest;
            }
            failpoint!("edit.before_commit");
            Ok(done)
        })
    }

    /// The user's edits, newest first.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn load_edits(&self, user: UserId, query: &EditQuery) -> Result<Vec<EditRecord>, Error> {
        let mut wanted = WhereBuilder::new("e.user_id", Some(user.0));
        wanted.and_equals("e.mal_id", query.mal_id);
        wanted.and_equals("e.edit_id", query.edit_id);
        wanted.and_text_equals("e.field", query.field.map(Field::as_str));
        wanted.and_between("e.at", query.since, query.until);
        let (conditions, binds) = wanted.order_and_limit("e.id", query.limit);
        let sql = format!(
            "SELECT e.id, e.edit_id, e.at, e.mal_id, a.title, e.command, e.field, e.local, e.base, e.kept \
            FROM list_edits e LEFT JOIN anime a ON a.mal_id = e.mal_id {conditions}"
        );
        self.query_with_retry(&sql, binds).await?.iter().map(edit_from_row).collect()
    }
}

/// The anime rows of the entries that are to be made; those that are not there are made too.
async fn ensure_anime_rows(
    tx: &mut DbTransaction,
    there: &ExistingRows,
    changes: &[EntryEdit],
    wanted: &BTreeMap<i32, &EditTarget>,
) -> Result<HashMap<i32, i64>, Error> {
    let made: Vec<i32> =
        changes.iter().filter(|edited| edited.entry.id == 0).map(|edited| edited.entry.mal_id).collect();
    let known = |mal_id: &i32| Some((*mal_id, there.anime.get(mal_id)?.0));
    let mut ids: HashMap<i32, i64> = made.iter().filter_map(known).collect();
    let unknown = made.iter().filter(|mal_id| !there.anime.contains_key(mal_id));
    let new: Vec<&Anime> = unknown.filter_map(|mal_id| wanted.get(mal_id)?.anime.as_ref()).collect();
    insert_anime(tx, &new, &mut ids).await?;
    genres_studios::add_missing_names(tx, &new).await?;
    Ok(ids)
}

/// Writes one part of an edit, and the record of it.
async fn apply_chunk(
    tx: &mut DbTransaction,
    user: UserId,
    changes: Vec<EntryEdit>,
    there: &ExistingRows,
    anime: &HashMap<i32, i64>,
    by: Option<(EditCommand, i64)>,
) -> Result<(), Error> {
    let (mut made, mut gone, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    for EntryEdit { entry, field_edits: of_entry, is_deleted: delete } in changes {
        lines.extend(of_entry.into_iter().map(|line| (entry.mal_id, line)));
        if delete {
            gone.push(entry.mal_id);
        } else {
            made.push(entry);
        }
    }
    store_entries(tx, user, &made, there, anime).await?;
    delete_entries(tx, user, gone).await?;
    match by {
        Some(by) => insert_edit_records(tx, user, by, lines).await,
        None => Ok(()),
    }
}

async fn store_entries<'a>(
    tx: &mut DbTransaction,
    user: UserId,
    entries: &'a [StoredEntry],
    there: &ExistingRows,
    anime: &HashMap<i32, i64>,
) -> Result<(), Error> {
    let columns: Vec<&str> = FIELD_COLUMNS.into_iter().chain(STATE_COLUMNS).collect();
    let (new, changed): (Vec<&StoredEntry>, Vec<&StoredEntry>) = entries.iter().partition(|entry| entry.id == 0);
    let row = |entry: &'a StoredEntry| {
        let before = there.entries.get(&entry.mal_id);
        let differs = before.map_or_else(|| vec![true; columns.len()], |before| changed_columns(before, entry));
        EntryUpdate { id: entry.id, changed: differs, values: stored_entry_values(entry) }
    };
    update_entries(tx, &columns, "", changed.into_iter().map(row).collect()).await?;
    let mut rows = Vec::with_capacity(new.len());
    for entry in new {
        let anime = anime.get(&entry.mal_id);
        let anime = anime.ok_or_else(|| Error::fatal(format!("anime {} is not known here", entry.mal_id)))?;
        rows.push(with_id(*anime, stored_entry_values(entry)));
    }
    for table in tx.dialect().bulk_chunks(with_id(user.0.into(), created_and_updated_at(tx.now)), rows) {
        let sql = format!(
            "INSERT INTO user_anime_lists (user_id, created_at, updated_at, anime_id, {}) SELECT * FROM {}",
            columns.join(", "),
            table.sql
        );
        tx.execute(&sql, table.params).await?;
    }
    Ok(())
}

/// Writes what a command did, in the order given.
async fn insert_edit_records(
    tx: &mut DbTransaction,
    user: UserId,
    (command, edit_id): (EditCommand, i64),
    lines: Vec<(i32, FieldEdit)>,
) -> Result<(), Error> {
    let row = |(mal_id, line): &(i32, FieldEdit)| {
        vec![
            (*mal_id).into(),
            SqlValue::text(line.field.as_str()),
            SqlValue::json(&line.local),
            SqlValue::json(&line.base),
            SqlValue::json(&line.kept),
        ]
    };
    let rows: Vec<_> = lines.iter().map(row).collect();
    let same = vec![edit_id.into(), user.0.into(), SqlValue::Time(Some(tx.now)), SqlValue::text(command.as_str())];
    for table in tx.dialect().bulk_chunks(same, rows) {
        let sql = format!(
            "INSERT INTO list_edits (edit_id, user_id, at, command, mal_id, field, local, base, kept) SELECT * FROM {}",
            table.sql
        );
        tx.execute(&sql, table.params).await?;
    }
    Ok(())
}

async fn delete_entries(tx: &mut DbTransaction, user: UserId, ids: Vec<i32>) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let sql = format!("DELETE FROM user_anime_lists WHERE user_id = $1 AND {}", tx.dialect().anime_id_in_list(2));
    tx.execute(&sql, vec![user.0.into(), SqlValue::Ids(ids)]).await.map(drop)
}

/// Which of [`VALUES`] and [`STATE`] differ.
fn changed_columns(before: &StoredEntry, entry: &StoredEntry) -> Vec<bool> {
    let state = [
        before.base != entry.base,
        before.mal_updated_at != entry.mal_updated_at,
        before.removed_at != entry.removed_at,
        before.pinned != entry.pinned,
    ];
    changed_field_columns(&before.values, &entry.values).into_iter().chain(state).collect()
}

/// In the order of [`VALUES`] and [`STATE`].
fn stored_entry_values(entry: &StoredEntry) -> Vec<SqlValue<'_>> {
    let mut binds = field_values(&entry.values);
    let pinned: Vec<&str> = entry.pinned.iter().map(|field| field.as_str()).collect();
    binds.extend([
        entry.base.as_ref().map_or(SqlValue::Json(None), SqlValue::merge_base),
        SqlValue::Time(entry.mal_updated_at),
        SqlValue::Time(entry.removed_at),
        SqlValue::json(&pinned),
    ]);
    binds
}

/// A number that no other command's edits have.
async fn next_edit_id(tx: &mut DbTransaction) -> Result<i64, Error> {
    let sql = match tx.dialect() {
        Dialect::Postgres => "SELECT nextval(pg_get_serial_sequence('list_edits', 'id')) AS n",
        // The first of its rows' ids, which no row ever had: the file is ours until COMMIT.
        Dialect::Sqlite => "SELECT coalesce(max(seq), 0) + 1 AS n FROM sqlite_sequence WHERE name = 'list_edits'",
    };
    let rows = tx.query_all(sql, Vec::new()).await?;
    rows.first().map_or_else(|| Err(Error::fatal("the database gives no number")), |row| row.required_i64("n"))
}

fn edit_from_row(row: &DbRow) -> Result<EditRecord, Error> {
    Ok(EditRecord {
        id: row.required_i64("id")?,
        edit_id: row.required_i64("edit_id")?,
        at: row.optional_time("at")?.unwrap_or_default(),
        mal_id: row.required_i32("mal_id")?,
        title: row.optional_text("title")?,
        command: row.optional_text("command")?.unwrap_or_default(),
        field: row.optional_text("field")?.unwrap_or_default(),
        local: row.lenient_json("local")?.unwrap_or_default(),
        base: row.lenient_json("base")?.unwrap_or_default(),
        kept: row.lenient_json("kept")?.unwrap_or_default(),
    })
}
