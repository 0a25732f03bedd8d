//! The file of the notification states, in the data directory.

use std::{fs, io};

use crate::{
    failure::Failure,
    monitor::{NotificationState, NotificationStates},
    private_file::create_private_dir,
};

use super::{atomic_file::write_private, context::Context};

/// Name of the file.
const STATE_FILE: &str = "syncs.json";

/// Loads the notification states of all databases.
pub(super) fn load_all_states(context: &Context<'_>) -> NotificationStates {
    let directory = context.loaded.config_despite_errors().directories.data_dir().ok();
    let text = directory.and_then(|directory| fs::read(directory.join(STATE_FILE)).ok()).unwrap_or_default();
    // An unreadable state file must not make a sync fail; start with an empty state.
    serde_json::from_slice(&text).unwrap_or_default()
}

/// Loads the notification state of the configured database.
pub(super) fn load_state(context: &Context<'_>) -> NotificationState {
    let url = context.database_url().map(|url| url.to_string()).unwrap_or_default();
    load_all_states(context).remove(&url).unwrap_or_default()
}

/// Writes the notification states of all databases. Returns false if they cannot be stored.
pub(super) fn store_all_states(context: &Context<'_>, states: &NotificationStates) -> bool {
    let write = || -> io::Result<()> {
        let no_directory = |failure: Failure| io::Error::other(failure.message());
        let directory = context.loaded.config_despite_errors().directories.data_dir().map_err(no_directory)?;
        create_private_dir(directory)?;
        write_private(&directory.join(STATE_FILE), &serde_json::to_vec_pretty(states)?)
    };
    write().inspect_err(|error| tracing::debug!("{STATE_FILE} cannot be written: {error}")).is_ok()
}
