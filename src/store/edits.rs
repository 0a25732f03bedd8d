//! Local edits: entries changed or made by a command here, and the record of it in `list_edits`.
//!
//! The rules: all of one command's edits in one transaction, decided on rows that are read and locked in it; a row that is
//! the same is not written, and what is not written is not recorded. What an edit makes of an entry is decided elsewhere.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::{
    Database, Dialect, Error,
    conditions::Conditions,
    named,
    row::Row,
    rows,
    sql::Bind,
    transaction::{Tx, write},
    users,
    write::{EntryRow, VALUES, born, differing, insert_anime, keyed, update_entries, values_binds},
};
use crate::{
    domain::{
        anime::Anime,
        change::Field,
        edit::{EditCommand, EditRecord, Edited, EditsDone, FieldEdit, Wanted},
        entry::Local,
        user::UserId,
    },
    failpoint::failpoint,
    sync::port::{Progress, Rows},
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
pub enum Whose<'a> {
    /// This user's.
    User(UserId),
    /// The user's of this name, who is made in the same transaction where there is none.
    Named(&'a str),
}

/// Decides what becomes of an entry (none: the user has no such entry); none leaves it as it is. Called once for each
/// attempt of the transaction.
pub type Decide<'a> = dyn Fn(&Wanted, Option<&Local>) -> Option<Edited> + Send + Sync + 'a;

/// So many entries are written at a time, for whoever watches; the transaction is one.
const PART: usize = 1_000;

const STATE: [&str; 4] = ["mal_entry", "mal_updated_at", "removed_at", "pinned"];

impl Database {
    /// Edits entries of a user, each id once, all or none. They are written in parts, each of which is told to `progress`.
    ///
    /// # Errors
    ///
    /// The database does not answer, or refuses the values.
    pub async fn edit(
        &self,
        whose: Whose<'_>,
        command: EditCommand,
        wanted: &[Wanted],
        decide: &Decide<'_>,
        progress: &dyn Progress,
    ) -> Result<EditsDone, Error> {
        let wanted: BTreeMap<i32, &Wanted> = wanted.iter().map(|wanted| (wanted.mal_id, wanted)).collect();
        let ids: Vec<i32> = wanted.keys().copied().collect();
        write!(self, |tx| {
            let user = match whose {
                Whose::User(user) => user,
                Whose::Named(name) => users::named_or_new(tx, name).await?,
            };
            let there = rows::read(tx.link(), user, &ids, true).await?;
            let mut done = EditsDone { user: Some(user), ..EditsDone::default() };
            let mut changes = Vec::new();
            for (mal_id, wanted) in &wanted {
                let before = there.locals.get(mal_id);
                let Some(edited) = decide(wanted, before) else { continue };
                done.entries.push((before.cloned(), edited.entry.clone()));
                if edited.delete || before != Some(&edited.entry) {
                    changes.push(edited);
                }
            }
            if changes.iter().any(|edited| !edited.lines.is_empty()) {
                done.edit_id = Some(next(tx).await?);
            }
            let (all, mut written) = (changes.len(), 0);
            progress.expect(all as u64);
            while !changes.is_empty() {
                let rest = changes.split_off(changes.len().min(PART));
                written += changes.len();
                let anime = anime_rows(tx, &there, &changes, &wanted).await?;
                carry_out(tx, user, changes, &there, &anime, done.edit_id.map(|id| (command, id))).await?;
                failpoint!("edit.part");
                progress.stored(written as u64);
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
    pub async fn edits(&self, user: UserId, query: &EditQuery) -> Result<Vec<EditRecord>, Error> {
        let mut wanted = Conditions::of("e.user_id", Some(user.0));
        wanted.equal("e.mal_id", query.mal_id);
        wanted.equal("e.edit_id", query.edit_id);
        wanted.equal_text("e.field", query.field.map(Field::as_str));
        wanted.between("e.at", query.since, query.until);
        let (conditions, binds) = wanted.with_limit("e.id", query.limit);
        let sql = format!(
            "SELECT e.id, e.edit_id, e.at, e.mal_id, a.title, e.command, e.field, e.local, e.base, e.kept \
            FROM list_edits e LEFT JOIN anime a ON a.mal_id = e.mal_id {conditions}"
        );
        self.read(&sql, binds).await?.iter().map(record).collect()
    }
}

/// The anime rows of the entries that are to be made; those that are not there are made too.
async fn anime_rows(
    tx: &mut Tx,
    there: &Rows,
    changes: &[Edited],
    wanted: &BTreeMap<i32, &Wanted>,
) -> Result<HashMap<i32, i64>, Error> {
    let made: Vec<i32> =
        changes.iter().filter(|edited| edited.entry.id == 0).map(|edited| edited.entry.mal_id).collect();
    let known = |mal_id: &i32| Some((*mal_id, there.anime.get(mal_id)?.0));
    let mut ids: HashMap<i32, i64> = made.iter().filter_map(known).collect();
    let unknown = made.iter().filter(|mal_id| !there.anime.contains_key(mal_id));
    let new: Vec<&Anime> = unknown.filter_map(|mal_id| wanted.get(mal_id)?.anime.as_ref()).collect();
    insert_anime(tx, &new, &mut ids).await?;
    named::add(tx, &new).await?;
    Ok(ids)
}

/// Writes one part of an edit, and the record of it.
async fn carry_out(
    tx: &mut Tx,
    user: UserId,
    changes: Vec<Edited>,
    there: &Rows,
    anime: &HashMap<i32, i64>,
    by: Option<(EditCommand, i64)>,
) -> Result<(), Error> {
    let (mut made, mut gone, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    for Edited { entry, lines: of_entry, delete } in changes {
        lines.extend(of_entry.into_iter().map(|line| (entry.mal_id, line)));
        if delete {
            gone.push(entry.mal_id);
        } else {
            made.push(entry);
        }
    }
    store(tx, user, &made, there, anime).await?;
    delete(tx, user, gone).await?;
    match by {
        Some(by) => record_lines(tx, user, by, lines).await,
        None => Ok(()),
    }
}

async fn store<'a>(
    tx: &mut Tx,
    user: UserId,
    entries: &'a [Local],
    there: &Rows,
    anime: &HashMap<i32, i64>,
) -> Result<(), Error> {
    let columns: Vec<&str> = VALUES.into_iter().chain(STATE).collect();
    let (new, changed): (Vec<&Local>, Vec<&Local>) = entries.iter().partition(|entry| entry.id == 0);
    let row = |entry: &'a Local| {
        let before = there.locals.get(&entry.mal_id);
        let differs = before.map_or_else(|| vec![true; columns.len()], |before| differing_from(before, entry));
        EntryRow { id: entry.id, differs, binds: binds(entry) }
    };
    update_entries(tx, &columns, "", changed.into_iter().map(row).collect()).await?;
    let mut rows = Vec::with_capacity(new.len());
    for entry in new {
        let anime = anime.get(&entry.mal_id);
        let anime = anime.ok_or_else(|| Error::fatal(format!("anime {} is not known here", entry.mal_id)))?;
        rows.push(keyed(*anime, binds(entry)));
    }
    for table in tx.dialect().tables(keyed(user.0.into(), born(tx.now)), rows) {
        let sql = format!(
            "INSERT INTO user_anime_lists (user_id, created_at, updated_at, anime_id, {}) SELECT * FROM {}",
            columns.join(", "),
            table.sql
        );
        tx.run(&sql, table.binds).await?;
    }
    Ok(())
}

/// Writes what a command did, in the order given.
async fn record_lines(
    tx: &mut Tx,
    user: UserId,
    (command, edit_id): (EditCommand, i64),
    lines: Vec<(i32, FieldEdit)>,
) -> Result<(), Error> {
    let row = |(mal_id, line): &(i32, FieldEdit)| {
        vec![
            (*mal_id).into(),
            Bind::text(line.field.as_str()),
            Bind::json(&line.local),
            Bind::json(&line.base),
            Bind::json(&line.kept),
        ]
    };
    let rows: Vec<_> = lines.iter().map(row).collect();
    let same = vec![edit_id.into(), user.0.into(), Bind::Time(Some(tx.now)), Bind::text(command.as_str())];
    for table in tx.dialect().tables(same, rows) {
        let sql = format!(
            "INSERT INTO list_edits (edit_id, user_id, at, command, mal_id, field, local, base, kept) SELECT * FROM {}",
            table.sql
        );
        tx.run(&sql, table.binds).await?;
    }
    Ok(())
}

async fn delete(tx: &mut Tx, user: UserId, ids: Vec<i32>) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let sql = format!("DELETE FROM user_anime_lists WHERE user_id = $1 AND {}", tx.dialect().of_anime(2));
    tx.run(&sql, vec![user.0.into(), Bind::Ids(ids)]).await.map(drop)
}

/// Which of [`VALUES`] and [`STATE`] differ.
fn differing_from(before: &Local, entry: &Local) -> Vec<bool> {
    let state = [
        before.base != entry.base,
        before.mal_updated_at != entry.mal_updated_at,
        before.removed_at != entry.removed_at,
        before.pinned != entry.pinned,
    ];
    differing(&before.values, &entry.values).into_iter().chain(state).collect()
}

/// In the order of [`VALUES`] and [`STATE`].
fn binds(entry: &Local) -> Vec<Bind<'_>> {
    let mut binds = values_binds(&entry.values);
    let pinned: Vec<&str> = entry.pinned.iter().map(|field| field.as_str()).collect();
    binds.extend([
        entry.base.as_ref().map_or(Bind::Json(None), Bind::base),
        Bind::Time(entry.mal_updated_at),
        Bind::Time(entry.removed_at),
        Bind::json(&pinned),
    ]);
    binds
}

/// A number that no other command's edits have.
async fn next(tx: &mut Tx) -> Result<i64, Error> {
    let sql = match tx.dialect() {
        Dialect::Postgres => "SELECT nextval(pg_get_serial_sequence('list_edits', 'id')) AS n",
        // The first of its rows' ids, which no row ever had: the file is ours until COMMIT.
        Dialect::Sqlite => "SELECT coalesce(max(seq), 0) + 1 AS n FROM sqlite_sequence WHERE name = 'list_edits'",
    };
    let rows = tx.rows(sql, Vec::new()).await?;
    rows.first().map_or_else(|| Err(Error::fatal("the database gives no number")), |row| row.key("n"))
}

fn record(row: &Row) -> Result<EditRecord, Error> {
    Ok(EditRecord {
        id: row.key("id")?,
        edit_id: row.key("edit_id")?,
        at: row.time("at")?.unwrap_or_default(),
        mal_id: row.id("mal_id")?,
        title: row.text("title")?,
        command: row.text("command")?.unwrap_or_default(),
        field: row.text("field")?.unwrap_or_default(),
        local: row.json("local")?.unwrap_or_default(),
        base: row.json("base")?.unwrap_or_default(),
        kept: row.json("kept")?.unwrap_or_default(),
    })
}
