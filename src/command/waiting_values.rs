//! Counts the own values that wait for a push.

use crate::{
    domain::user::User,
    failure::Failure,
    store::Database,
    sync::{
        port::SyncStore as _,
        push::{
            forecast::forecast_fields,
            plan::{AddPermission, PushRequest, plan_entry},
        },
    },
    ui::view::status::WaitingValues,
};

/// Entries per query.
const ENTRIES_PER_QUERY: usize = 1_000;

/// Counts the fields that `push` would send, and their entries. Values that cannot be sent, and those of which MAL
/// stored another value, do not wait.
pub(super) async fn count_waiting_values(database: &Database, user: &User) -> Result<WaitingValues, Failure> {
    let ids = database.entries_differing_from_base(user.id).await?;
    let mut waiting = WaitingValues::default();
    for ids in ids.chunks(ENTRIES_PER_QUERY) {
        for entry in database.load_entries(user.id, ids).await? {
            let (request, permission) = (PushRequest::default(), AddPermission::Never);
            let Some(plan) = plan_entry(&entry, &request, permission) else { continue };
            let forecast = forecast_fields(&entry, &plan, &request, permission);
            let fields = forecast.iter().filter(|field| field.not_sent.is_none()).count();
            waiting.entries += usize::from(fields > 0);
            waiting.fields += fields;
        }
    }
    Ok(waiting)
}
