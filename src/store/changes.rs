//! The rows of `sync_changes`: written with the batch that made them, read newest first.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Database, Error, conditions::Conditions, row::Row, sql::Bind, transaction::Tx};
use crate::domain::{
    change::{Change, ChangeRecord, Field},
    run::RunId,
    user::UserId,
};

/// Which changes are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChangeQuery {
    /// Of this user; none is all of them.
    pub user: Option<UserId>,
    /// Of this run.
    pub run: Option<RunId>,
    /// Of this anime, by MAL's id.
    pub mal_id: Option<i32>,
    /// This one, by the row's id.
    pub id: Option<i64>,
    /// Of this field alone.
    pub field: Option<Field>,
    /// Not before this time.
    pub since: Option<DateTime<Utc>>,
    /// Not after this time.
    pub until: Option<DateTime<Utc>>,
    /// Conflicts alone.
    pub conflicts: bool,
    /// At most so many.
    pub limit: Option<u32>,
}

impl Database {
    /// The changes asked for, newest first.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn changes(&self, query: &ChangeQuery) -> Result<Vec<ChangeRecord>, Error> {
        let mut wanted = Conditions::of("c.user_id", query.user.map(|user| user.0));
        wanted.equal("c.run_id", query.run.map(|run| run.0));
        wanted.equal("c.mal_id", query.mal_id);
        wanted.equal("c.id", query.id);
        wanted.equal_text("c.field", query.field.map(Field::as_str));
        wanted.between("c.at", query.since, query.until);
        if query.conflicts {
            wanted.say("c.conflict");
        }
        let (conditions, binds) = wanted.with_limit("c.id", query.limit);
        let sql = format!(
            "SELECT c.id, c.run_id, c.at, c.mal_id, a.title, c.field, c.local, c.mal, c.kept, c.conflict, c.rule \
            FROM sync_changes c LEFT JOIN anime a ON a.mal_id = c.mal_id {conditions}"
        );
        self.read(&sql, binds).await?.iter().map(record).collect()
    }
}

/// A row of the table on its way there, without what those of a batch have in common.
pub(super) type Line<'a> = Vec<Bind<'a>>;

/// The lines of changes. A removal's takes the time that its rows were marked with.
pub(super) fn lines<'a>(changes: impl Iterator<Item = &'a Change>, marked_at: Option<DateTime<Utc>>) -> Vec<Line<'a>> {
    let line = |change: &'a Change| {
        let kept = match (change.field, marked_at) {
            (Field::RemovedAt, Some(time)) => serde_json::to_value(time).unwrap_or(Value::Null),
            _ => change.kept.clone(),
        };
        vec![
            change.mal_id.into(),
            Bind::text(change.field.as_str()),
            Bind::json(&change.local),
            Bind::json(&change.mal),
            Bind::json(&kept),
            Bind::Flag(change.conflict),
            Bind::text(change.rule.as_str()),
        ]
    };
    changes.map(line).collect()
}

/// Writes lines, in the order given.
pub(super) async fn insert(tx: &mut Tx, (run, user): (RunId, UserId), lines: Vec<Line<'_>>) -> Result<(), Error> {
    let same = vec![run.0.into(), user.0.into(), Bind::Time(Some(tx.now))];
    for table in tx.dialect().tables(same, lines) {
        let sql = format!(
            "INSERT INTO sync_changes (run_id, user_id, at, mal_id, field, local, mal, kept, conflict, rule) SELECT * FROM {}",
            table.sql
        );
        tx.run(&sql, table.binds).await?;
    }
    Ok(())
}

fn record(row: &Row) -> Result<ChangeRecord, Error> {
    Ok(ChangeRecord {
        id: row.key("id")?,
        run_id: RunId(row.key("run_id")?),
        at: row.time("at")?.unwrap_or_default(),
        mal_id: row.id("mal_id")?,
        title: row.text("title")?,
        field: row.text("field")?.unwrap_or_default(),
        local: row.json("local")?.unwrap_or_default(),
        mal: row.json("mal")?.unwrap_or_default(),
        kept: row.json("kept")?.unwrap_or_default(),
        conflict: row.flag("conflict")?,
        rule: row.text("rule")?.unwrap_or_default(),
    })
}
