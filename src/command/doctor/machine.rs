//! What this machine has to offer: files that are nobody else's, a port for the redirect, a keyring.

use crate::{
    auth::{keyring::Keyring, loopback::Loopback},
    config::{Config, RedirectUri, TokenStore},
    rights::Rights,
    store::Place,
    ui::view::doctor::{Check, Level},
};

use super::{Context, check, from_failure};

/// Which malsync this is: the first thing that somebody who is asked for help wants to know.
pub(super) fn malsync() -> Check {
    let what = format!("{} on {} ({})", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH);
    check("malsync", Level::Ok, what, None)
}

/// Who else may read or change the files that hold secrets or tokens. What every account may do with the configuration is one of
/// its own warnings; what a group may, as somebody may have set it up, is told here.
pub(super) fn files(context: &Context<'_>, config: &Config) -> Vec<Check> {
    const NAME: &str = "files";
    let database = match context.place() {
        Ok(Place::Sqlite { path, .. }) => Some(path),
        _ => None,
    };
    let key = config.folders.data().ok().map(|folder| folder.join("token.key"));
    let settings = context.loaded.file().filter(|seen| seen.holds_a_secret).map(|seen| seen.path.clone());
    let told_already =
        |rights: Rights, path: &std::path::Path| settings.as_deref() == Some(path) && rights.alarm(path).is_some();
    let paths = database.into_iter().chain(key).chain(settings.clone());
    let found: Vec<_> = paths.filter_map(|path| Rights::at(&path).map(|rights| (path, rights))).collect();
    let amiss: Vec<_> = found
        .iter()
        .filter(|(path, rights)| !told_already(*rights, path))
        .filter_map(|(path, rights)| rights.remark(path))
        .collect();
    if amiss.is_empty() && !found.is_empty() {
        return vec![check(NAME, Level::Ok, "what holds tokens or secrets is nobody else's to read", None)];
    }
    amiss.into_iter().map(|(what, hint)| check(NAME, Level::Warn, what, Some(&hint))).collect()
}

/// Whether a login could wait at the redirect: its port is taken for a moment, on the families that a login takes.
pub(super) async fn redirect(uri: &RedirectUri) -> Check {
    const NAME: &str = "redirect";
    let warn = |failure: crate::failure::Failure| Check { level: Level::Warn, ..from_failure(NAME, &failure) };
    let place = match Loopback::of(&uri.url) {
        Ok(place) => place,
        Err(error) => return warn(error.into()),
    };
    match place.bind().await {
        Ok(sockets) => {
            let addresses = sockets.iter().filter_map(|socket| Some(socket.local_addr().ok()?.to_string()));
            let addresses = addresses.collect::<Vec<_>>().join(" and ");
            check(NAME, Level::Ok, format!("{}: {addresses} can be had", uri.text), None)
        }
        Err(error) => warn(error.into()),
    }
}

/// Whether the keyring answers. Nothing is put into it.
pub(super) async fn keyring(config: &Config) -> Option<Check> {
    const NAME: &str = "keyring";
    let store = config.malsync_token_store.value;
    if store == TokenStore::Database {
        return None;
    }
    Some(match Keyring::platform("doctor").quietly().answers().await {
        Ok(()) => check(NAME, Level::Ok, "it answers", None),
        Err(error) if store == TokenStore::Keyring => {
            let hint = "unlock it, or set MALSYNC_TOKEN_STORE=both and log in again: malsync login";
            check(NAME, Level::Error, error.to_string(), Some(hint))
        }
        // In cron, in a container: as it should be.
        Err(error) => check(NAME, Level::Ok, format!("not used, the users table has the tokens: {error}"), None),
    })
}
