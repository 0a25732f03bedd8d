//! The conflicts that the last push met and that no sync has settled yet.

use crate::{
    domain::{change::ChangeRecord, user::User},
    failure::Failure,
    store::{ChangeQuery, Database, RunKind},
};

/// Returns the conflicts of the last push, unless a sync came after it. For commands that ask MAL nothing, these are the
/// newest values that are known.
pub(super) async fn load_open_push_conflicts(database: &Database, user: &User) -> Result<Vec<ChangeRecord>, Failure> {
    let Some(last_push) = database.load_last_run(user.id, RunKind::Push).await?.and_then(|run| run.id) else {
        return Ok(Vec::new());
    };
    let last_sync = database.load_last_run(user.id, RunKind::Sync).await?.and_then(|run| run.id);
    if last_sync.is_some_and(|last_sync| last_sync.0 > last_push.0) {
        return Ok(Vec::new());
    }
    let query =
        ChangeQuery { user: Some(user.id), run: Some(last_push), conflicts_only: true, ..ChangeQuery::default() };
    Ok(database.load_changes(&query).await?)
}
