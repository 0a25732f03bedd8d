//! What this machine has to offer: files that are nobody else's, a port for the redirect, a keyring.

use crate::{
    auth::{keyring::Keyring, loopback::LoopbackRedirect},
    config::{Config, RedirectUri, TokenStoreSetting},
    file_permissions::FilePermissions,
    store::DatabaseUrl,
    ui::view::doctor::{Check, CheckLevel},
};

use super::{Context, check_from_failure, new_check};

/// Which malsync this is: the first thing that somebody who is asked for help wants to know.
pub(super) fn check_version() -> Check {
    let what = format!("{} on {} ({})", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH);
    new_check("malsync", CheckLevel::Ok, what, None)
}

/// Who else may read or change the files that hold secrets or tokens. What every account may do with the configuration is one of
/// its own warnings; what a group may, as somebody may have set it up, is told here.
pub(super) fn check_file_permissions(context: &Context<'_>, config: &Config) -> Vec<Check> {
    const NAME: &str = "files";
    let database = match context.database_url() {
        Ok(DatabaseUrl::Sqlite { path, .. }) => Some(path),
        _ => None,
    };
    let key = config.directories.data_dir().ok().map(|folder| folder.join("token.key"));
    let settings = context.loaded.config_file().filter(|seen| seen.contains_secret).map(|seen| seen.path.clone());
    let told_already = |rights: FilePermissions, path: &std::path::Path| {
        settings.as_deref() == Some(path) && rights.warning(path).is_some()
    };
    let paths = database.into_iter().chain(key).chain(settings.clone());
    let found: Vec<_> =
        paths.filter_map(|path| FilePermissions::for_path(&path).map(|rights| (path, rights))).collect();
    let amiss: Vec<_> = found
        .iter()
        .filter(|(path, rights)| !told_already(*rights, path))
        .filter_map(|(path, rights)| rights.doctor_notice(path))
        .collect();
    if amiss.is_empty() && !found.is_empty() {
        return vec![new_check(NAME, CheckLevel::Ok, "what holds tokens or secrets is nobody else's to read", None)];
    }
    amiss.into_iter().map(|(what, hint)| new_check(NAME, CheckLevel::Warn, what, Some(&hint))).collect()
}

/// Whether a login could wait at the redirect: its port is taken for a moment, on the families that a login takes.
pub(super) async fn check_redirect_port(uri: &RedirectUri) -> Check {
    const NAME: &str = "redirect";
    let warn =
        |failure: crate::failure::Failure| Check { level: CheckLevel::Warn, ..check_from_failure(NAME, &failure) };
    let place = match LoopbackRedirect::from_redirect_uri(&uri.url) {
        Ok(place) => place,
        Err(error) => return warn(error.into()),
    };
    match place.bind_all().await {
        Ok(sockets) => {
            let addresses = sockets.iter().filter_map(|socket| Some(socket.local_addr().ok()?.to_string()));
            let addresses = addresses.collect::<Vec<_>>().join(" and ");
            new_check(NAME, CheckLevel::Ok, format!("{}: {addresses} can be had", uri.text), None)
        }
        Err(error) => warn(error.into()),
    }
}

/// Whether the keyring answers. Nothing is put into it.
pub(super) async fn check_keyring(config: &Config) -> Option<Check> {
    const NAME: &str = "keyring";
    let store = config.malsync_token_store.value;
    if store == TokenStoreSetting::Database {
        return None;
    }
    Some(match Keyring::for_platform("doctor").without_warnings().probe().await {
        Ok(()) => new_check(NAME, CheckLevel::Ok, "it answers", None),
        Err(error) if store == TokenStoreSetting::Keyring => {
            let hint = "unlock it, or set MALSYNC_TOKEN_STORE=both and log in again: malsync login";
            new_check(NAME, CheckLevel::Error, error.to_string(), Some(hint))
        }
        // In cron, in a container: as it should be.
        Err(error) => {
            new_check(NAME, CheckLevel::Ok, format!("not used, the users table has the tokens: {error}"), None)
        }
    })
}
