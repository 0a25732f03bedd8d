//! Counts the own values that wait for a push.

use crate::{
    domain::user::User,
    failure::Failure,
    store::Database,
    sync::{
        port::SyncStore as _,
        push::plan::{AddPermission, PushRequest, plan_entry},
    },
    ui::view::status::WaitingValues,
};

/// Entries per query.
const ENTRIES_PER_QUERY: usize = 1_000;

/// Counts the fields that `push` would send, and their entries. Values that MAL took otherwise do not wait.
pub(super) async fn count_waiting_values(database: &Database, user: &User) -> Result<WaitingValues, Failure> {
    let ids = database.entries_differing_from_base(user.id).await?;
    let mut waiting = WaitingValues::default();
    for ids in ids.chunks(ENTRIES_PER_QUERY) {
        for entry in database.load_entries(user.id, ids).await? {
            let Some(plan) = plan_entry(&entry, &PushRequest::default(), AddPermission::Never) else { continue };
            waiting.entries += 1;
            waiting.fields += plan.fields.len();
        }
    }
    Ok(waiting)
}
