//! Asks for a client id before the first login, or if MAL rejects it, and stores it in the configuration file.

use crate::{
    auth::token_endpoint::{ClientRejected, RejectedParam},
    config::{SettingKey, SettingOrigin},
    exit::Exit,
    failure::Failure,
    ui::view::{self, login},
};

use super::{config_file::store_setting, context::Context};

/// Number of hexadecimal digits of the client ids that MAL issues today.
const CLIENT_ID_DIGITS: usize = 32;

/// Returns true if `login` has no client id and a person can be asked for one.
pub(super) fn is_missing(context: &Context<'_>) -> bool {
    context.ui.is_interactive() && context.config().is_ok_and(|config| config.mal_client_id.is_none())
}

/// Returns true if MAL rejected the client id, it comes from the configuration file, and a person can be asked for another.
pub(super) fn is_rejected(context: &Context<'_>, failure: &Failure) -> bool {
    let is_stored = context.config().is_ok_and(|config| {
        config.mal_client_id.as_ref().is_some_and(|id| matches!(id.origin, SettingOrigin::File { .. }))
    });
    let is_client_id = |rejected: &ClientRejected| rejected.rejected_param != RejectedParam::RedirectUri;
    context.ui.is_interactive() && is_stored && failure.cause.downcast_ref().is_some_and(is_client_id)
}

/// Shows where to get a client id, asks for it, and stores it. The configuration must then be loaded again.
///
/// # Errors
/// - Exit code 2: the input ended without a client id. If one was stored and MAL rejected it, this is no error: the failure
///   was shown before the question.
/// - Exit code 1: the configuration file cannot be written.
pub(super) async fn ask_and_store(context: &Context<'_>) -> Result<Exit, Failure> {
    let config = context.config()?;
    let steps = login::client_id_steps(&config.mal_redirect_uri.value.text);
    steps.lines().for_each(|line| context.ui.print_question_line(line));
    let client_id = loop {
        let Some(line) = context.ask_line("Client ID:").await? else {
            return config.client_id().map(|_| Exit::Usage);
        };
        // Quotes come along when the ID is copied from a file or a page of code.
        let typed = line.trim().trim_matches(['"', '\'', '`']);
        match SettingKey::MalClientId.check_value(typed) {
            Ok(()) => {
                if !(typed.len() == CLIENT_ID_DIGITS && typed.bytes().all(|byte| byte.is_ascii_hexdigit())) {
                    let text = format!("MAL's client IDs have {CLIENT_ID_DIGITS} characters of 0-9 and a-f");
                    context.ui.print_warning(&format!("{text}, this one is different"));
                }
                break typed.to_owned();
            }
            Err(_) if typed.is_empty() => {}
            Err(allowed) => context.ui.print_warning(&format!("not a client ID: must be {allowed}")),
        }
    };
    let (path, _) = store_setting(context, SettingKey::MalClientId, &client_id)
        .map_err(|failure| failure.with_hint("to log in without the file, set MAL_CLIENT_ID"))?;
    context.ui.print_note(&format!("Saved to {}", view::format_path(&path)));
    Ok(Exit::Done)
}
