//! The file of the notification states, in the data directory.

use std::io;

use crate::{
    failure::Failure,
    monitor::{NotificationState, NotificationStates},
    private_file::{create_private_dir, read_regular_file},
};

use super::{
    context::Context,
    link_resolver::FinalLink,
    output_file::{NewFileAccess, replace_file},
};

/// Name of the file.
const STATE_FILE: &str = "syncs.json";
/// The largest state file that is read. Ten thousand users need far less.
const MAX_STATE_FILE_BYTES: u64 = 64 << 20;

/// Loads the notification states of all databases.
fn load_all_states(context: &Context<'_>) -> NotificationStates {
    let directory = context.loaded.config_despite_errors().directories.data_dir().ok();
    let text = directory
        .and_then(|directory| read_regular_file(&directory.join(STATE_FILE), MAX_STATE_FILE_BYTES).ok())
        .unwrap_or_default();
    // An unreadable state file must not make a sync fail; start with an empty state.
    serde_json::from_slice(&text).unwrap_or_default()
}

/// Loads the notification state of the configured database.
pub(super) fn load_state(context: &Context<'_>) -> NotificationState {
    let url = context.database_url().map(|url| url.to_string()).unwrap_or_default();
    load_all_states(context).remove(&url).unwrap_or_default()
}

/// Updates the notification state of the configured database. Returns `None` if it cannot be stored.
pub(super) fn update_stored_state<T>(
    context: &Context<'_>,
    update: impl FnOnce(&mut NotificationState) -> T,
) -> Option<T> {
    let database = context.database_url().ok()?.to_string();
    let mut states = load_all_states(context);
    let state = states.entry(database).or_default();
    let before = state.clone();
    let result = update(state);
    (*state == before || store_all_states(context, &states)).then_some(result)
}

/// Writes the notification states of all databases. Returns false if they cannot be stored.
fn store_all_states(context: &Context<'_>, states: &NotificationStates) -> bool {
    let write = || -> io::Result<()> {
        let no_directory = |failure: Failure| io::Error::other(failure.message());
        let directory = context.loaded.config_despite_errors().directories.data_dir().map_err(no_directory)?;
        create_private_dir(directory)?;
        let text = serde_json::to_vec_pretty(states)?;
        replace_file(&directory.join(STATE_FILE), &text, NewFileAccess::Private, FinalLink::Refuse)
    };
    write().inspect_err(|error| tracing::debug!("cannot write {STATE_FILE}: {error}")).is_ok()
}
