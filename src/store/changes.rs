//! The rows of `sync_changes`: written with the batch that made them, read newest first.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{
    Database, Error,
    sql::{Bind, Row},
    transaction::Tx,
};
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
        let sql = "SELECT c.run_id, c.at, c.mal_id, a.title, c.field, c.local, c.mal, c.kept, c.conflict, c.rule \
            FROM sync_changes c LEFT JOIN anime a ON a.mal_id = c.mal_id \
            WHERE ($1 IS NULL OR c.user_id = $1) AND ($2 IS NULL OR c.run_id = $2) \
            AND ($3 IS NULL OR c.mal_id = $3) AND (c.conflict OR NOT $4) ORDER BY c.id DESC LIMIT $5";
        let binds = vec![
            Bind::Int(query.user.map(|user| user.0.into())),
            Bind::Int(query.run.map(|run| run.0)),
            query.mal_id.into(),
            Bind::Flag(query.conflicts),
            query.limit.map_or(i64::MAX, i64::from).into(),
        ];
        self.read(sql, binds).await?.iter().map(record).collect()
    }
}

/// Writes changes, in the order given. A removal's line takes the time that its rows were marked with.
pub(super) async fn insert<'a>(
    tx: &mut Tx,
    run: RunId,
    user: UserId,
    changes: impl Iterator<Item = &'a Change>,
    marked_at: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    const WIDTH: usize = 10;
    let changes: Vec<&Change> = changes.collect();
    let dialect = tx.dialect();
    for part in changes.chunks(dialect.most_binds() / WIDTH) {
        let sql = format!(
            "INSERT INTO sync_changes (run_id, user_id, mal_id, at, field, local, mal, kept, conflict, rule) VALUES {}",
            dialect.values(part.len(), WIDTH)
        );
        let mut binds = Vec::with_capacity(part.len() * WIDTH);
        for change in part {
            let kept = match (change.field, marked_at) {
                (Field::RemovedAt, Some(time)) => serde_json::to_value(time).unwrap_or(Value::Null),
                _ => change.kept.clone(),
            };
            binds.extend([
                run.0.into(),
                user.0.into(),
                change.mal_id.into(),
                Bind::Time(Some(tx.now)),
                Bind::text(change.field.as_str()),
                Bind::Json(change.local.clone()),
                Bind::Json(change.mal.clone()),
                Bind::Json(kept),
                Bind::Flag(change.conflict),
                Bind::text(change.rule.as_str()),
            ]);
        }
        tx.run(&sql, binds).await?;
    }
    Ok(())
}

fn record(row: &Row) -> Result<ChangeRecord, Error> {
    Ok(ChangeRecord {
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
