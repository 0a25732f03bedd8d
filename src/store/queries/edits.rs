//! Local edits: entries changed or created by a command, and their record in `list_edits`.
//!
//! Invariants:
//! 1. All edits of one command are one transaction, decided on rows that the transaction has read and locked.
//! 2. An unchanged row is not written, and what is not written is not recorded.
//!
//! The caller decides what an edit does to an entry.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{
    batch_rows,
    batch_writes::{anime_id_of, insert_anime, insert_entries, update_entries, with_id},
    genres_studios, users,
};
use crate::{
    domain::{
        anime::Anime,
        edit::{EditCommand, EditRecord, EditSummary, EditTarget, EntryEdit, FieldEdit},
        entry::StoredEntry,
        entry_fields::Field,
        user::UserId,
    },
    failpoint::failpoint,
    store::{
        database::Database,
        error::Error,
        sql::{DbRow, SqlValue, TableRow as _, WhereBuilder},
        transaction::{DbTransaction, with_transaction},
    },
    sync::port::{ExistingRows, ProgressObserver},
};

/// Filter for [`Database::load_edits`]. All conditions must hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EditQuery {
    /// Only edits of the anime with this MAL id.
    pub mal_id: Option<i32>,
    /// Only edits of this command.
    pub edit_id: Option<i64>,
    /// Only edits of this field.
    pub field: Option<Field>,
    /// Earliest time, inclusive.
    pub since: Option<DateTime<Utc>>,
    /// Latest time, inclusive.
    pub until: Option<DateTime<Utc>>,
    /// Maximum number of edits.
    pub limit: Option<u32>,
}

/// The time and the value of the last edit of a field, by MAL id and field.
pub type LastEdits = HashMap<(i32, Field), (DateTime<Utc>, Value)>;

/// The user whose entries are edited.
#[derive(Clone, Copy, Debug)]
pub enum EditOwner<'a> {
    /// An existing user.
    User(UserId),
    /// The user with this name. The user is created in the same transaction if missing.
    Named(&'a str),
}

/// Decides the edit of an entry; the second argument is `None` if the user has no such entry. Returns `None` to leave
/// the entry as it is. Called once per attempt of the transaction.
pub type EditFn<'a> = dyn Fn(&EditTarget<'_>, Option<&StoredEntry>) -> Option<EntryEdit> + Send + Sync + 'a;

/// Entries that are read, decided and written together: memory is bounded, and progress can be reported. All chunks are
/// one transaction.
const ENTRIES_PER_CHUNK: usize = 100;

impl Database {
    /// Edits entries of a user, all or none. Repeated ids are edited once. Reports each chunk to `progress`.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer or rejects the values.
    pub async fn apply_edits(
        &self,
        owner: EditOwner<'_>,
        command: EditCommand,
        targets: &[EditTarget<'_>],
        decide: &EditFn<'_>,
        progress: &dyn ProgressObserver,
    ) -> Result<EditSummary, Error> {
        self.edit_in_chunks(owner, command, targets, (decide, true), progress).await
    }

    /// Edits entries as [`Database::apply_edits`] does. The summary has no entries, so that any number of entries takes
    /// little memory.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer or rejects the values.
    pub async fn apply_many_edits(
        &self,
        owner: EditOwner<'_>,
        command: EditCommand,
        targets: &[EditTarget<'_>],
        decide: &EditFn<'_>,
        progress: &dyn ProgressObserver,
    ) -> Result<EditSummary, Error> {
        self.edit_in_chunks(owner, command, targets, (decide, false), progress).await
    }

    /// Calls `decide` for each entry of an existing user, as [`Database::apply_edits`] does, and writes nothing.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn plan_edits(&self, user: UserId, targets: &[EditTarget<'_>], decide: &EditFn<'_>) -> Result<(), Error> {
        let targets = targets_by_id(targets);
        let ids: Vec<i32> = targets.keys().copied().collect();
        let mut tx = self.begin_read_only().await?;
        let mut result = Ok(());
        for ids in ids.chunks(ENTRIES_PER_CHUNK) {
            match batch_rows::load_rows(tx.connection(), user, ids, false).await {
                Ok(existing) => drop(decide_chunk(ids, &targets, &existing, decide, &mut |_, _| {})),
                Err(error) => {
                    result = Err(error.with_database(self.url()));
                    break;
                }
            }
        }
        tx.rollback().await;
        result
    }

    async fn edit_in_chunks(
        &self,
        owner: EditOwner<'_>,
        command: EditCommand,
        targets: &[EditTarget<'_>],
        (decide, keeps_entries): (&EditFn<'_>, bool),
        progress: &dyn ProgressObserver,
    ) -> Result<EditSummary, Error> {
        let targets = targets_by_id(targets);
        let ids: Vec<i32> = targets.keys().copied().collect();
        with_transaction!(self, |tx| {
            let user = match owner {
                EditOwner::User(user) => user,
                EditOwner::Named(name) => users::find_or_insert_user(tx, name).await?,
            };
            let mut summary = EditSummary { user: Some(user), ..EditSummary::default() };
            progress.set_total(ids.len() as u64);
            let mut edited = 0;
            for ids in ids.chunks(ENTRIES_PER_CHUNK) {
                let existing = batch_rows::load_rows(tx.connection(), user, ids, true).await?;
                let mut keep = |before: Option<&StoredEntry>, after: &StoredEntry| {
                    if keeps_entries {
                        summary.entries.push((before.cloned(), after.clone()));
                    }
                };
                let edits = decide_chunk(ids, &targets, &existing, decide, &mut keep);
                if summary.edit_id.is_none() && edits.iter().any(|edit| !edit.field_edits.is_empty()) {
                    summary.edit_id = Some(next_edit_id(tx).await?);
                }
                if !edits.is_empty() {
                    let anime = ensure_anime_rows(tx, &existing, &edits, &targets).await?;
                    apply_chunk(tx, user, edits, &existing, &anime, summary.edit_id.map(|id| (command, id))).await?;
                    failpoint!("edit.part");
                }
                edited += ids.len();
                progress.set_stored(edited as u64);
            }
            failpoint!("edit.before_commit");
            Ok(summary)
        })
    }

    /// Returns the time and the value of the last edit of each field of these entries. Pins do not count.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn load_last_edits(&self, user: UserId, ids: Vec<i32>) -> Result<LastEdits, Error> {
        let mut last_edits = LastEdits::new();
        if ids.is_empty() {
            return Ok(last_edits);
        }
        let sql = format!(
            "SELECT mal_id, field, at, kept FROM list_edits WHERE id IN (SELECT max(id) FROM list_edits \
            WHERE user_id = $1 AND command NOT IN ('pin', 'unpin') AND command NOT LIKE 'pin:%' \
            AND command NOT LIKE 'unpin:%' AND {} GROUP BY mal_id, field)",
            self.dialect().in_list("mal_id", 2)
        );
        for row in self.query_with_retry(&sql, vec![user.0.into(), SqlValue::Ids(ids)]).await? {
            let name = row.optional_text("field")?.unwrap_or_default();
            let Some((field, at)) = Field::parse_name(&name).zip(row.optional_time("at")?) else { continue };
            let kept = row.lenient_json("kept")?.unwrap_or_default();
            last_edits.insert((row.required_i32("mal_id")?, field), (at, kept));
        }
        Ok(last_edits)
    }

    /// Returns the user's edits, newest first.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn load_edits(&self, user: UserId, query: &EditQuery) -> Result<Vec<EditRecord>, Error> {
        let mut filter = WhereBuilder::new("e.user_id", Some(user.0));
        filter.and_equals("e.mal_id", query.mal_id);
        filter.and_equals("e.edit_id", query.edit_id);
        filter.and_text_equals("e.field", query.field.map(Field::as_str));
        filter.and_between("e.at", query.since, query.until);
        let (clauses, params) = filter.order_and_limit("e.id", query.limit);
        let sql = format!(
            "SELECT e.id, e.edit_id, e.at, e.mal_id, a.title, e.command, e.field, e.local, e.base, e.kept \
            FROM list_edits e LEFT JOIN anime a ON a.mal_id = e.mal_id {clauses}"
        );
        self.query_with_retry(&sql, params).await?.iter().map(edit_from_row).collect()
    }
}

fn targets_by_id<'a>(targets: &'a [EditTarget<'a>]) -> BTreeMap<i32, &'a EditTarget<'a>> {
    targets.iter().map(|target| (target.mal_id, target)).collect()
}

/// Returns the edits of a chunk that change a row. Calls `keep` with each entry before and after its edit.
fn decide_chunk(
    ids: &[i32],
    targets: &BTreeMap<i32, &EditTarget<'_>>,
    existing: &ExistingRows,
    decide: &EditFn<'_>,
    keep: &mut dyn FnMut(Option<&StoredEntry>, &StoredEntry),
) -> Vec<EntryEdit> {
    let mut edits = Vec::new();
    for target in ids.iter().filter_map(|mal_id| targets.get(mal_id)) {
        let previous = existing.entries.get(&target.mal_id);
        let Some(edit) = decide(target, previous) else { continue };
        keep(previous, &edit.entry);
        if edit.is_deleted || previous != Some(&edit.entry) {
            edits.push(edit);
        }
    }
    edits
}

/// Returns the row ids of the anime of new entries, by MAL id. Inserts missing anime rows.
async fn ensure_anime_rows(
    tx: &mut DbTransaction,
    existing: &ExistingRows,
    edits: &[EntryEdit],
    targets: &BTreeMap<i32, &EditTarget<'_>>,
) -> Result<HashMap<i32, i64>, Error> {
    let new_entry_ids: Vec<i32> =
        edits.iter().filter(|edit| edit.entry.id == 0).map(|edit| edit.entry.mal_id).collect();
    let stored_id = |mal_id: &i32| Some((*mal_id, existing.anime.get(mal_id)?.0));
    let mut ids: HashMap<i32, i64> = new_entry_ids.iter().filter_map(stored_id).collect();
    let missing = new_entry_ids.iter().filter(|mal_id| !existing.anime.contains_key(mal_id));
    let new_anime: Vec<&Anime> = missing.filter_map(|mal_id| targets.get(mal_id)?.anime).collect();
    insert_anime(tx, &new_anime, &mut ids).await?;
    genres_studios::add_missing_names(tx, &new_anime).await?;
    Ok(ids)
}

/// Writes one chunk of edits and its records.
async fn apply_chunk(
    tx: &mut DbTransaction,
    user: UserId,
    edits: Vec<EntryEdit>,
    existing: &ExistingRows,
    anime: &HashMap<i32, i64>,
    recorded_as: Option<(EditCommand, i64)>,
) -> Result<(), Error> {
    let (mut to_store, mut to_delete, mut records) = (Vec::new(), Vec::new(), Vec::new());
    for EntryEdit { entry, field_edits, is_deleted } in edits {
        records.extend(field_edits.into_iter().map(|record| (entry.mal_id, record)));
        if is_deleted {
            to_delete.push(entry.mal_id);
        } else {
            to_store.push(entry);
        }
    }
    store_entries(tx, user, &to_store, existing, anime).await?;
    delete_entries(tx, user, to_delete).await?;
    match recorded_as {
        Some(recorded_as) => insert_edit_records(tx, user, recorded_as, records).await,
        None => Ok(()),
    }
}

async fn store_entries(
    tx: &mut DbTransaction,
    user: UserId,
    entries: &[StoredEntry],
    existing: &ExistingRows,
    anime_ids: &HashMap<i32, i64>,
) -> Result<(), Error> {
    let (new, changed): (Vec<&StoredEntry>, Vec<&StoredEntry>) = entries.iter().partition(|entry| entry.id == 0);
    update_entries(tx, existing, &changed).await?;
    let mut rows = Vec::with_capacity(new.len());
    for entry in new {
        rows.push(with_id(anime_id_of(entry, anime_ids)?, entry.column_values()));
    }
    insert_entries(tx, user, rows).await
}

/// Inserts the records of a command into `list_edits`, in the given order.
async fn insert_edit_records(
    tx: &mut DbTransaction,
    user: UserId,
    (command, edit_id): (EditCommand, i64),
    records: Vec<(i32, FieldEdit)>,
) -> Result<(), Error> {
    let to_row = |(mal_id, record): &(i32, FieldEdit)| {
        vec![
            (*mal_id).into(),
            SqlValue::text(record.field.as_str()),
            SqlValue::json(&record.local),
            SqlValue::json(&record.base),
            SqlValue::json(&record.kept),
        ]
    };
    let rows: Vec<_> = records.iter().map(to_row).collect();
    let command_text = command.stored_text();
    let constants = vec![edit_id.into(), user.0.into(), SqlValue::Time(Some(tx.now)), SqlValue::text(&command_text)];
    for chunk in tx.dialect().bulk_chunks(constants, rows) {
        let sql = format!(
            "INSERT INTO list_edits (edit_id, user_id, at, command, mal_id, field, local, base, kept) SELECT * FROM {}",
            chunk.sql
        );
        tx.execute(&sql, chunk.params).await?;
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

/// Returns an edit id that no other command has.
async fn next_edit_id(tx: &mut DbTransaction) -> Result<i64, Error> {
    let sql = tx.dialect().next_edit_id_sql();
    let rows = tx.query_all(sql, Vec::new()).await?;
    rows.first().map_or_else(|| Err(Error::fatal("the database gives no number")), |row| row.required_i64("n"))
}

fn edit_from_row(row: &DbRow) -> Result<EditRecord, Error> {
    let command = row.optional_text("command")?.unwrap_or_default();
    let (command, undone_edit_id) = match command.split_once(':') {
        Some((name, id)) => (name.to_owned(), id.parse().ok()),
        None => (command, None),
    };
    Ok(EditRecord {
        id: row.required_i64("id")?,
        edit_id: row.required_i64("edit_id")?,
        at: row.optional_time("at")?.unwrap_or_default(),
        mal_id: row.required_i32("mal_id")?,
        title: row.optional_text("title")?,
        command,
        undone_edit_id,
        field: row.optional_text("field")?.unwrap_or_default(),
        local: row.lenient_json("local")?.unwrap_or_default(),
        base: row.lenient_json("base")?.unwrap_or_default(),
        kept: row.lenient_json("kept")?.unwrap_or_default(),
    })
}
