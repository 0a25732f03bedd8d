//! Checks the host: file permissions, the port of the redirect URI, and the keyring.

use std::path::{Path, PathBuf};

use crate::{
    auth::{keyring::Keyring, loopback::LoopbackRedirect},
    config::{Config, RedirectUri},
    domain::token_store_mode::TokenStoreMode,
    file_permissions::FilePermissions,
    http::proxy::describe_proxy,
    store::DatabaseUrl,
    ui::view::doctor::{Check, CheckLevel},
};

use super::check_result::{check_from_failure, new_check};
use crate::command::context::Context;

/// Returns the version and the platform, which a bug report needs.
pub(super) fn check_version() -> Check {
    let message = format!("{} on {} ({})", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH);
    new_check("malsync", CheckLevel::Ok, message, None)
}

/// Checks whether other users can read or change the files that hold tokens or secrets: an SQLite database, the key
/// file, and a configuration file with a secret.
///
/// If everybody has access to the configuration file, loading it already gave a warning, which is not repeated here. For
/// group access, which may be intended, there is no other warning.
pub(super) fn check_file_permissions(context: &Context<'_>, config: &Config) -> Vec<Check> {
    const NAME: &str = "files";
    if cfg!(windows) {
        let message = "file permissions are not checked on Windows";
        return vec![new_check(NAME, CheckLevel::Ok, message, None)];
    }
    let database = match context.database_url() {
        Ok(DatabaseUrl::Sqlite { path, .. }) => Some(path),
        _ => None,
    };
    let key = config.directories.data_dir().ok().map(|directory| directory.join("token.key"));
    let settings = context.loaded.config_file().filter(|info| info.contains_secret).map(|info| info.path.clone());
    let is_already_warned = |permissions: FilePermissions, path: &Path| {
        settings.as_deref() == Some(path) && permissions.warning(path).is_some()
    };
    let paths = database.into_iter().chain(key).chain(settings.clone());
    let checked: Vec<_> =
        paths.filter_map(|path| FilePermissions::for_path(&path).map(|permissions| (path, permissions))).collect();
    let problems: Vec<_> = checked
        .iter()
        .filter(|(path, permissions)| !is_already_warned(*permissions, path))
        .filter_map(|(path, permissions)| permissions.doctor_notice(path))
        .chain(shared_configuration(context, config))
        .collect();
    if problems.is_empty() && !checked.is_empty() {
        return vec![new_check(NAME, CheckLevel::Ok, "file permissions are safe", None)];
    }
    problems.into_iter().map(|(message, hint)| new_check(NAME, CheckLevel::Warn, message, Some(&hint))).collect()
}

/// Returns a notice for the configuration file without a secret, its folder and the data folder, if a group may change
/// them. Changes by every account are refused when the configuration is loaded.
fn shared_configuration(context: &Context<'_>, config: &Config) -> Vec<(String, String)> {
    let info = context.loaded.config_file().filter(|info| info.exists);
    let file = info.filter(|info| !info.contains_secret).map(|info| info.path.clone());
    let folder = info.and_then(|info| info.path.parent()).map(Path::to_owned);
    let data_folder = config.directories.data_dir().ok().map(Path::to_owned);
    let group_notice = |path: PathBuf| {
        let permissions = FilePermissions::from_metadata(&std::fs::metadata(&path).ok()?);
        let is_refused = permissions.distrust_reason(&path).is_some();
        permissions.group_change_notice(&path).filter(|_| !is_refused)
    };
    file.into_iter().chain(folder).chain(data_folder).filter_map(group_notice).collect()
}

/// Checks that a login can listen on the redirect URI: binds its port briefly, on the same address families as a login.
pub(super) async fn check_redirect_port(uri: &RedirectUri) -> Check {
    const NAME: &str = "redirect";
    let warn =
        |failure: crate::failure::Failure| Check { level: CheckLevel::Warn, ..check_from_failure(NAME, &failure) };
    let redirect = match LoopbackRedirect::from_redirect_uri(&uri.url) {
        Ok(redirect) => redirect,
        Err(error) => return warn(error.into()),
    };
    match redirect.bind_all().await {
        Ok(sockets) => {
            let addresses = sockets.iter().filter_map(|socket| Some(socket.local_addr().ok()?.to_string()));
            let addresses = addresses.collect::<Vec<_>>().join(" and ");
            new_check(NAME, CheckLevel::Ok, format!("{}: {addresses} are free", uri.text), None)
        }
        Err(error) => warn(error.into()),
    }
}

/// Names the proxy through which requests to MAL go. Returns `None` if there is none.
pub(super) fn check_proxy(config: &Config) -> Option<Check> {
    let proxy = describe_proxy(&config.mal_api_url.value)?;
    Some(new_check("proxy", CheckLevel::Ok, format!("requests to MyAnimeList go through {proxy}"), None))
}

/// Checks that the keyring responds. Writes nothing to it. Returns `None` if the keyring is not used.
pub(super) async fn check_keyring(config: &Config) -> Option<Check> {
    const NAME: &str = "keyring";
    let store = config.malsync_token_store.value;
    if store == TokenStoreMode::Database {
        return None;
    }
    Some(match Keyring::for_platform("doctor").without_warnings().probe().await {
        Ok(()) => new_check(NAME, CheckLevel::Ok, "available", None),
        Err(error) if store == TokenStoreMode::Keyring => {
            let hint = "unlock it, or set MALSYNC_TOKEN_STORE=both and run: malsync login";
            new_check(NAME, CheckLevel::Error, error.to_string(), Some(hint))
        }
        // No error: the users table has the tokens too, and under cron or in a container no keyring is expected.
        Err(error) => {
            new_check(NAME, CheckLevel::Ok, format!("not used (tokens are stored in the database): {error}"), None)
        }
    })
}
