//! Upgrades that SQL cannot do, which a migration marks as due in `mal_upgrades`.
//!
//! Invariant: an upgrade is one transaction with the deletion of its mark. A process that dies leaves it due, and of
//! several processes one does it. It writes neither change records nor `updated_at`.

use std::collections::HashMap;

use crate::{
    domain::{
        edit::EditCommand,
        entry::StoredEntry,
        entry_fields::Field,
        entry_upgrade::{LastWrites, upgrade_entry},
    },
    failpoint::failpoint,
    store::{
        database::Database,
        error::Error,
        queries::batch_writes,
        sql::{SelectList, SqlValue, TableRow as _},
        transaction::{DbTransaction, with_transaction},
    },
};

/// The upgrade of [`upgrade_entry`].
const OWN_VALUES: &str = "own_values";

/// Entries that are read and written at a time.
const ENTRIES_PER_STEP: usize = 1_000;

impl Database {
    /// Does the upgrades that are due.
    pub(in crate::store) async fn run_due_upgrades(&self) -> Result<(), Error> {
        let sql = "SELECT name FROM mal_upgrades WHERE name = $1";
        if self.query_with_retry(sql, vec![SqlValue::text(OWN_VALUES)]).await?.is_empty() {
            return Ok(());
        }
        with_transaction!(self, |tx| {
            // The deletion waits for another process that does the upgrade.
            let sql = "DELETE FROM mal_upgrades WHERE name = $1";
            if tx.execute(sql, vec![SqlValue::text(OWN_VALUES)]).await? > 0 {
                upgrade_entries(tx).await?;
                failpoint!("upgrade.before_commit");
            }
            Ok(())
        })
    }
}

async fn upgrade_entries(tx: &mut DbTransaction) -> Result<(), Error> {
    let mut last_id = i64::MIN;
    loop {
        let entries = load_entries(tx, last_id).await?;
        let Some(newest) = entries.last() else { return Ok(()) };
        let mut writes = load_last_writes(tx, last_id, newest.id).await?;
        last_id = newest.id;
        let upgraded: Vec<StoredEntry> =
            entries.iter().map(|entry| upgrade_entry(entry, &writes.remove(&entry.id).unwrap_or_default())).collect();
        let changed = entries.iter().zip(&upgraded).filter(|(before, after)| before != after);
        batch_writes::upgrade_entries(tx, changed).await?;
    }
}

/// Returns the next entries after this id, by id.
async fn load_entries(tx: &mut DbTransaction, last_id: i64) -> Result<Vec<StoredEntry>, Error> {
    let columns = SelectList::new(tx.dialect(), StoredEntry::select_columns());
    let sql = format!(
        "SELECT {columns} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id WHERE l.id > $1 \
        ORDER BY l.id LIMIT {ENTRIES_PER_STEP}{}",
        tx.dialect().for_update_sql("l")
    );
    let rows = tx.query_all(&sql, vec![last_id.into()]).await?;
    rows.into_iter().map(|row| StoredEntry::from_row(&columns.unpack_row(row)?)).collect()
}

/// Returns what `edit`, `restore` and `import` wrote last to the entries after `last_id` up to `end_id`, by entry id.
async fn load_last_writes(
    tx: &mut DbTransaction,
    last_id: i64,
    end_id: i64,
) -> Result<HashMap<i64, LastWrites>, Error> {
    let sql = "SELECT l.id AS entry_id, e.command, e.field, e.kept \
        FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
        JOIN list_edits e ON e.user_id = l.user_id AND e.mal_id = a.mal_id \
        WHERE l.id > $1 AND l.id <= $2 ORDER BY e.id";
    let mut writes: HashMap<i64, LastWrites> = HashMap::new();
    for row in tx.query_all(sql, vec![last_id.into(), end_id.into()]).await? {
        let command = row.optional_text("command")?;
        let command = [EditCommand::Edit, EditCommand::Restore, EditCommand::Import]
            .into_iter()
            .find(|known| command.as_deref().and_then(|text| text.split(':').next()) == Some(known.as_str()));
        let field = row.optional_text("field")?.and_then(|name| Field::parse_name(&name));
        if let (Some(command), Some(field)) = (command, field) {
            let kept = row.lenient_json("kept")?.unwrap_or_default();
            writes.entry(row.required_i64("entry_id")?).or_default().record(command, field, kept);
        }
    }
    Ok(writes)
}
