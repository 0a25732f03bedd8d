//! Asks for a client id before the first login, and stores it in the configuration file.

use crate::{
    config::SettingKey,
    exit::Exit,
    failure::Failure,
    ui::view::{self, login},
};

use super::{config_file::store_setting, context::Context};

/// Returns true if `login` has no client id and a person can be asked for one.
pub(super) fn is_needed(context: &Context<'_>) -> bool {
    context.ui.is_interactive() && context.config().is_ok_and(|config| config.mal_client_id.is_none())
}

/// Shows where to get a client id, asks for it, and stores it. The configuration must then be loaded again.
///
/// # Errors
/// - Exit code 2: the input ended without a client id.
/// - Exit code 1: the configuration file cannot be written.
pub(super) async fn ask_and_store(context: &Context<'_>) -> Result<Exit, Failure> {
    let config = context.config()?;
    let steps = login::client_id_steps(&config.mal_redirect_uri.value.text);
    steps.lines().for_each(|line| context.ui.print_question_line(line));
    let client_id = loop {
        let Some(line) = context.ask_line("Client ID:").await? else {
            return config.client_id().map(|_| Exit::Done);
        };
        // Quotes come along when the ID is copied from a file or a page of code.
        let typed = line.trim().trim_matches(['"', '\'', '`']);
        match SettingKey::MalClientId.check_value(typed) {
            Ok(()) => break typed.to_owned(),
            Err(_) if typed.is_empty() => {}
            Err(allowed) => context.ui.print_warning(&format!("not a client ID: must be {allowed}")),
        }
    };
    let (path, _) = store_setting(context, SettingKey::MalClientId, &client_id)
        .map_err(|failure| failure.with_hint("to log in without the file, set MAL_CLIENT_ID"))?;
    context.ui.print_note(&format!("Saved to {}", view::format_path(&path)));
    Ok(Exit::Done)
}
