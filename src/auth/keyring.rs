//! Copy of a token pair in the system keyring.
//!
//! Invariants:
//! 1. No call takes longer than three seconds. Each call has a thread of its own, so a call that never returns blocks
//!    neither the program nor its exit.
//! 2. A keyring that is missing, locked or unresponsive is not used again by this process. The reason is logged once,
//!    as information. If the keyring kept the program waiting until the timeout, it is also a warning, unless the
//!    caller suppresses that. [`Keyring::problem`] tells the caller that the keyring is not used.
//! 3. Access and refresh token are two entries, because Windows allows 2,560 bytes per entry. Each entry holds its
//!    generation.
//! 4. The refresh token is written first. If the process dies between the two writes, the stored refresh token can
//!    recover the pair.
//!
//! [`super::token_storage`] decides which copy is valid.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use keyring_core::{CredentialStore, Entry};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::token_cipher::TokenColumn;
use crate::{domain::user::UserId, secret::Secret};

/// Service name of the keyring entries.
const SERVICE_NAME: &str = "malsync";

/// Timeout of one keyring call.
const KEYRING_TIMEOUT: Duration = Duration::from_secs(3);

/// Why a keyring call failed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("cannot use the keyring: {0}")]
pub struct KeyringError(String);

/// Why the keyring is not used any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyringProblem {
    /// This machine has none.
    Missing,
    /// There is one, and it refuses or does not answer.
    Unusable,
}

type CredentialStoreFn = dyn Fn() -> Result<Arc<CredentialStore>, keyring_core::Error> + Send + Sync;

/// The system keyring, or a fake one in tests.
#[derive(Clone)]
pub struct Keyring {
    open_store: Arc<CredentialStoreFn>,
    scope: Arc<str>,
    timeout: Duration,
    disabled: Arc<OnceLock<(KeyringProblem, KeyringError)>>,
    suppress_warnings: bool,
}

/// A pair as stored in the keyring.
#[derive(Clone, Debug)]
pub struct KeyringCopy {
    /// The access token. `None` if its entry is missing or of an older generation.
    pub access: Option<Secret>,
    /// The refresh token. `None` if its entry is missing or of an older generation.
    pub refresh: Option<Secret>,
    /// Generation of the pair.
    pub generation: i64,
}

/// Content of one keyring entry.
#[derive(Serialize, Deserialize)]
struct KeyringEntryContent {
    generation: i64,
    token: String,
}

impl Keyring {
    /// Returns the platform's keyring. `scope` names the database: entries of the same user id in another database are
    /// not ours.
    #[must_use]
    pub fn for_platform(scope: &str) -> Self {
        Self::with_factory(scope, || match keyring::Entry::store_status() {
            Ok(()) => keyring_core::get_default_store().ok_or(keyring_core::Error::NoDefaultStore),
            Err(error) => Err(keyring_core::Error::NoStorageAccess(error.to_string().into())),
        })
    }

    /// Returns a keyring that opens its store with `open_store` on every call.
    pub fn with_factory(
        scope: &str,
        open_store: impl Fn() -> Result<Arc<CredentialStore>, keyring_core::Error> + Send + Sync + 'static,
    ) -> Self {
        Self {
            open_store: Arc::new(open_store),
            scope: scope.into(),
            timeout: KEYRING_TIMEOUT,
            disabled: Arc::default(),
            suppress_warnings: false,
        }
    }

    /// Returns the keyring without the warning about a disabled keyring, for a caller that reports it itself.
    #[must_use]
    pub fn without_warnings(self) -> Self {
        Self { suppress_warnings: true, ..self }
    }

    /// Returns why the keyring is not used any more. Returns `None` if it works, or was not used yet.
    #[must_use]
    pub fn problem(&self) -> Option<KeyringProblem> {
        self.disabled.get().map(|(problem, _)| *problem)
    }

    /// Returns the copy of a user's pair, of the newest generation found. Returns `None` if the keyring has no readable
    /// entry.
    ///
    /// # Errors
    /// The keyring cannot be used.
    pub async fn read_copy(&self, user: UserId) -> Result<Option<KeyringCopy>, KeyringError> {
        let names = self.entry_names(user);
        let [access, refresh] =
            self.call_blocking(move |store| Ok([read_entry(store, &names[0])?, read_entry(store, &names[1])?])).await?;
        let Some(generation) = [&access, &refresh].into_iter().flatten().map(|content| content.generation).max() else {
            return Ok(None);
        };
        let of_generation =
            |content: Option<KeyringEntryContent>| content.filter(|content| content.generation == generation);
        let token =
            |content: Option<KeyringEntryContent>| of_generation(content).map(|content| Secret::new(content.token));
        Ok(Some(KeyringCopy { access: token(access), refresh: token(refresh), generation }))
    }

    /// Writes a pair, replacing any previous one.
    ///
    /// # Errors
    /// The keyring cannot be used, or rejects the entry.
    pub async fn write_copy(&self, user: UserId, copy: &KeyringCopy) -> Result<(), KeyringError> {
        let [access, refresh] = self.entry_names(user);
        let entries = [(refresh, copy.refresh.clone()), (access, copy.access.clone())];
        let generation = copy.generation;
        self.call_blocking(move |store| {
            for (name, token) in &entries {
                match token {
                    Some(token) => {
                        write_entry(
                            store,
                            name,
                            &KeyringEntryContent { generation, token: token.expose().to_owned() },
                        )?;
                    }
                    None => delete_entry(store, name)?,
                }
            }
            Ok(())
        })
        .await
    }

    /// Deletes a user's pair.
    ///
    /// # Errors
    /// The keyring cannot be used.
    pub async fn delete_copy(&self, user: UserId) -> Result<(), KeyringError> {
        let names = self.entry_names(user);
        self.call_blocking(move |store| names.iter().try_for_each(|name| delete_entry(store, name))).await
    }

    /// Checks that the keyring can be used: writes, reads and deletes an entry. There is no other way, because a locked
    /// keyring that cannot ask for its password reports on reading that there is no entry.
    ///
    /// # Errors
    /// The keyring cannot be used.
    pub async fn check_usable(&self) -> Result<(), KeyringError> {
        let name = format!("{} probe", self.scope);
        let content = self
            .call_blocking(move |store| {
                write_entry(store, &name, &KeyringEntryContent { generation: 1, token: "probe".into() })?;
                let content = read_entry(store, &name)?;
                delete_entry(store, &name)?;
                Ok(content)
            })
            .await?;
        content.map(|_| ()).ok_or_else(|| KeyringError("it does not return what was stored".into()))
    }

    /// Checks that the keyring responds. Writes nothing, so a locked keyring may respond too.
    ///
    /// # Errors
    /// The keyring does not respond.
    pub async fn probe(&self) -> Result<(), KeyringError> {
        let name = format!("{} probe", self.scope);
        self.call_blocking(move |store| read_entry(store, &name)).await.map(drop)
    }

    fn entry_names(&self, user: UserId) -> [String; 2] {
        [TokenColumn::Access, TokenColumn::Refresh].map(|column| {
            let token = match column {
                TokenColumn::Access => "access",
                TokenColumn::Refresh => "refresh",
            };
            format!("{} user {user} {token} token", self.scope)
        })
    }

    /// Runs `job` on a thread of its own and waits for the result until the timeout.
    async fn call_blocking<T: Send + 'static>(
        &self,
        job: impl FnOnce(&CredentialStore) -> Result<T, keyring_core::Error> + Send + 'static,
    ) -> Result<T, KeyringError> {
        if let Some((_, error)) = self.disabled.get() {
            return Err(error.clone());
        }
        let (sender, receiver) = oneshot::channel();
        let open_store = Arc::clone(&self.open_store);
        let spawned = std::thread::Builder::new().name("keyring".into()).spawn(move || {
            // The outer result says whether there is a keyring at all.
            let _ = sender.send(open_store().map(|store| job(&*store)));
        });
        let result = match spawned {
            Ok(_) => tokio::time::timeout(self.timeout, receiver).await,
            Err(error) => return Err(self.disable(KeyringProblem::Unusable, error.to_string())),
        };
        match result {
            Ok(Ok(Ok(Ok(value)))) => Ok(value),
            Ok(Ok(Ok(Err(error)))) if is_permanent_failure(&error) => {
                Err(self.disable(KeyringProblem::Unusable, error.to_string()))
            }
            Ok(Ok(Ok(Err(error)))) => Err(KeyringError(error.to_string())),
            Ok(Ok(Err(error))) => Err(self.disable(KeyringProblem::Missing, error.to_string())),
            Ok(Err(_)) => Err(self.disable(KeyringProblem::Unusable, "its library failed".into())),
            Err(_) => {
                let reason = format!("no answer within {} s (Secret Service, Keychain)", self.timeout.as_secs());
                if !self.suppress_warnings && self.problem().is_none() {
                    tracing::warn!("cannot use the keyring: {reason}");
                }
                Err(self.disable(KeyringProblem::Unusable, reason))
            }
        }
    }

    /// Disables the keyring for the rest of the process. Logs why, once.
    fn disable(&self, problem: KeyringProblem, reason: String) -> KeyringError {
        let (_, error) = self.disabled.get_or_init(|| {
            tracing::info!("cannot use the keyring: {reason}");
            (problem, KeyringError(reason))
        });
        error.clone()
    }
}

/// Returns true if the keyring as a whole failed, not just this entry.
fn is_permanent_failure(error: &keyring_core::Error) -> bool {
    use keyring_core::Error as E;
    matches!(error, E::PlatformFailure(_) | E::NoStorageAccess(_) | E::NoDefaultStore)
}

fn build_entry(store: &CredentialStore, name: &str) -> Result<Entry, keyring_core::Error> {
    store.build(SERVICE_NAME, name, None)
}

fn write_entry(store: &CredentialStore, name: &str, content: &KeyringEntryContent) -> Result<(), keyring_core::Error> {
    let text = serde_json::to_vec(content).expect("two plain fields serialize");
    build_entry(store, name)?.set_secret(&zeroize::Zeroizing::new(text))
}

/// Returns the content of an entry. Returns `None` if there is no entry, or malsync did not write it.
fn read_entry(store: &CredentialStore, name: &str) -> Result<Option<KeyringEntryContent>, keyring_core::Error> {
    use keyring_core::Error as E;
    match build_entry(store, name)?.get_secret().map(zeroize::Zeroizing::new) {
        Ok(text) => Ok(serde_json::from_slice(&text).ok()),
        Err(E::NoEntry | E::BadEncoding(_) | E::BadDataFormat(..)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn delete_entry(store: &CredentialStore, name: &str) -> Result<(), keyring_core::Error> {
    match build_entry(store, name)?.delete_credential() {
        Err(keyring_core::Error::NoEntry) => Ok(()),
        result => result,
    }
}

#[cfg(test)]
pub(super) mod fake_keyrings {
    //! Fake keyrings for tests.
    use super::*;

    pub(crate) fn working_keyring() -> Keyring {
        let store: Arc<CredentialStore> = keyring_core::mock::Store::new().unwrap();
        Keyring::with_factory("test", move || Ok(Arc::clone(&store)))
    }

    pub(crate) fn missing_keyring() -> Keyring {
        Keyring::with_factory("test", || Err(keyring_core::Error::NoDefaultStore))
    }

    pub(crate) fn hanging_keyring() -> Keyring {
        let hanging = Keyring::with_factory("test", || {
            loop {
                std::thread::park();
            }
        });
        Keyring { timeout: Duration::from_millis(20), ..hanging }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: UserId = UserId(3);

    fn keyring_copy(generation: i64, refresh: Option<&str>) -> KeyringCopy {
        KeyringCopy { access: Some(Secret::new("a")), refresh: refresh.map(Secret::new), generation }
    }

    #[tokio::test]
    async fn written_pair_is_read_back_until_deleted() {
        let keyring = fake_keyrings::working_keyring();
        assert!(keyring.read_copy(USER).await.unwrap().is_none());
        keyring.write_copy(USER, &keyring_copy(4, Some("r"))).await.unwrap();
        let read = keyring.read_copy(USER).await.unwrap().unwrap();
        assert_eq!((read.generation, read.refresh), (4, Some(Secret::new("r"))));
        assert!(keyring.read_copy(UserId(4)).await.unwrap().is_none(), "another user has an entry of its own");
        keyring.write_copy(USER, &keyring_copy(5, None)).await.unwrap();
        assert_eq!(keyring.read_copy(USER).await.unwrap().unwrap().refresh, None, "the old refresh token is deleted");
        keyring.delete_copy(USER).await.unwrap();
        keyring.delete_copy(USER).await.unwrap();
        assert!(keyring.read_copy(USER).await.unwrap().is_none());
        keyring.check_usable().await.unwrap();
        keyring.probe().await.unwrap();
    }

    #[tokio::test]
    async fn entries_of_different_generations_are_not_combined() {
        let store: Arc<CredentialStore> = keyring_core::mock::Store::new().unwrap();
        let keyring = Keyring::with_factory("test", {
            let store = Arc::clone(&store);
            move || Ok(Arc::clone(&store))
        });
        keyring.write_copy(USER, &keyring_copy(4, Some("r"))).await.unwrap();
        let [access, refresh] = keyring.entry_names(USER);
        write_entry(&*store, &access, &KeyringEntryContent { generation: 5, token: "newer".into() }).unwrap();
        let read = keyring.read_copy(USER).await.unwrap().unwrap();
        assert_eq!((read.generation, read.refresh), (5, None));
        write_entry(&*store, &refresh, &KeyringEntryContent { generation: 6, token: "newest".into() }).unwrap();
        let read = keyring.read_copy(USER).await.unwrap().unwrap();
        assert_eq!((read.generation, read.access, read.refresh), (6, None, Some(Secret::new("newest"))));
        build_entry(&*store, &access).unwrap().set_secret(b"{\"other\": 1}").unwrap();
        build_entry(&*store, &refresh).unwrap().set_secret(&[0xff]).unwrap();
        assert!(keyring.read_copy(USER).await.unwrap().is_none(), "foreign entries are ignored");
    }

    #[tokio::test]
    async fn missing_keyring_is_opened_only_once() {
        let open_count = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let keyring = Keyring::with_factory("test", {
            let open_count = Arc::clone(&open_count);
            move || {
                open_count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                Err(keyring_core::Error::NoDefaultStore)
            }
        });
        assert_eq!(keyring.problem(), None);
        assert!(keyring.check_usable().await.is_err());
        assert_eq!(keyring.problem(), Some(KeyringProblem::Missing));
        assert!(keyring.probe().await.is_err());
        assert!(keyring.read_copy(USER).await.is_err());
        assert!(keyring.write_copy(USER, &keyring_copy(1, None)).await.is_err());
        assert_eq!(open_count.load(std::sync::atomic::Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn hanging_keyring_is_disabled_after_the_timeout() {
        let keyring = fake_keyrings::hanging_keyring();
        let error = keyring.read_copy(USER).await.unwrap_err().to_string();
        assert!(error.contains("Secret Service"), "{error}");
        assert_eq!(keyring.problem(), Some(KeyringProblem::Unusable));
        assert!(keyring.read_copy(USER).await.is_err(), "and it is not waited for again");
    }

    #[tokio::test]
    async fn f_t16_too_long_entry_does_not_disable_the_keyring() {
        let store: Arc<CredentialStore> = keyring_core::mock::Store::new().unwrap();
        let keyring = Keyring::with_factory("test", {
            let store = Arc::clone(&store);
            move || Ok(Arc::clone(&store))
        });
        let cred = build_entry(&*store, &keyring.entry_names(USER)[0]).unwrap();
        let mock = cred.as_any().downcast_ref::<keyring_core::mock::Cred>().unwrap();
        mock.set_error(keyring_core::Error::TooLong("password".into(), 2560));
        assert!(keyring.write_copy(USER, &keyring_copy(1, None)).await.is_err());
        assert!(keyring.write_copy(USER, &keyring_copy(1, None)).await.is_ok());
    }
}
