//! The second copy of a token pair: the keyring of the system.
//!
//! Rules: no call takes longer than three seconds, and a call that never returns keeps neither the program from going on nor
//! the process from ending (it has a thread of its own, which nobody waits for). A keyring that is missing, locked or silent is
//! noted once and left alone for the rest of the process. Access and refresh token are two entries, because Windows takes 2,560
//! bytes in one; each names its generation, and the refresh token is written first: where a process dies between the two, it is
//! the half that gets a whole pair again. Which copy is in force is the vault's business.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use keyring_core::{CredentialStore, Entry};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::token_cipher::TokenColumn;
use crate::{domain::user::UserId, secret::Secret};

/// The service under which the entries are found.
const SERVICE_NAME: &str = "malsync";

/// How long a call may take.
const KEYRING_TIMEOUT: Duration = Duration::from_secs(3);

/// Why the keyring did not serve.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the keyring cannot be used: {0}")]
pub struct KeyringError(String);

type CredentialStoreFn = dyn Fn() -> Result<Arc<CredentialStore>, keyring_core::Error> + Send + Sync;

/// The keyring of the system, or of a test.
#[derive(Clone)]
pub struct Keyring {
    open_store: Arc<CredentialStoreFn>,
    scope: Arc<str>,
    timeout: Duration,
    disabled: Arc<OnceLock<KeyringError>>,
    suppress_warnings: bool,
}

/// A pair as the keyring has it.
#[derive(Clone, Debug)]
pub struct KeyringCopy {
    /// The access token.
    pub access: Option<Secret>,
    /// The refresh token.
    pub refresh: Option<Secret>,
    /// Which pair it is.
    pub generation: i64,
}

/// The content of one entry.
#[derive(Serialize, Deserialize)]
struct KeyringEntryContent {
    generation: i64,
    token: String,
}

impl Keyring {
    /// The platform's keyring. `scope` names the database: entries of the same user number in another one are not ours.
    #[must_use]
    pub fn for_platform(scope: &str) -> Self {
        Self::with_factory(scope, || match keyring::Entry::store_status() {
            Ok(()) => keyring_core::get_default_store().ok_or(keyring_core::Error::NoDefaultStore),
            Err(error) => Err(keyring_core::Error::NoStorageAccess(error.to_string().into())),
        })
    }

    /// A keyring over this store, opened anew for each call.
    pub fn with_factory(
        scope: &str,
        open: impl Fn() -> Result<Arc<CredentialStore>, keyring_core::Error> + Send + Sync + 'static,
    ) -> Self {
        Self {
            open_store: Arc::new(open),
            scope: scope.into(),
            timeout: KEYRING_TIMEOUT,
            disabled: Arc::default(),
            suppress_warnings: false,
        }
    }

    /// The same, for a caller that tells of a keyring that is out of use itself.
    #[must_use]
    pub fn without_warnings(self) -> Self {
        Self { suppress_warnings: true, ..self }
    }

    /// The copy of a user's pair; none where there is none that is whole.
    ///
    /// # Errors
    /// The keyring is out of use.
    pub async fn read_copy(&self, user: UserId) -> Result<Option<KeyringCopy>, KeyringError> {
        let names = self.entry_names(user);
        let [access, refresh] =
            self.call_blocking(move |store| Ok([read_entry(store, &names[0])?, read_entry(store, &names[1])?])).await?;
        let Some(generation) = [&access, &refresh].into_iter().flatten().map(|content| content.generation).max() else {
            return Ok(None);
        };
        let same = |content: Option<KeyringEntryContent>| content.filter(|content| content.generation == generation);
        let token = |content: Option<KeyringEntryContent>| same(content).map(|content| Secret::new(content.token));
        Ok(Some(KeyringCopy { access: token(access), refresh: token(refresh), generation }))
    }

    /// Puts a pair there in place of whatever was.
    ///
    /// # Errors
    /// The keyring is out of use, or does not take it.
    pub async fn write_copy(&self, user: UserId, copy: &KeyringCopy) -> Result<(), KeyringError> {
        let [access, refresh] = self.entry_names(user);
        let entries = [(refresh, copy.refresh.clone()), (access, copy.access.clone())];
        let generation = copy.generation;
        self.call_blocking(move |store| {
            for (name, token) in &entries {
                match token {
                    Some(token) => {
                        write_entry(store, name, &KeyringEntryContent { generation, token: token.expose().to_owned() })?
                    }
                    None => delete_entry(store, name)?,
                }
            }
            Ok(())
        })
        .await
    }

    /// Takes a user's pair out.
    ///
    /// # Errors
    /// The keyring is out of use.
    pub async fn delete_copy(&self, user: UserId) -> Result<(), KeyringError> {
        let names = self.entry_names(user);
        self.call_blocking(move |store| names.iter().try_for_each(|name| delete_entry(store, name))).await
    }

    /// Finds out whether the keyring can be used, the only way there is: an entry is written, read and removed. (A locked
    /// one that cannot ask for its password says on reading that there is no entry.)
    ///
    /// # Errors
    /// It cannot.
    pub async fn check_usable(&self) -> Result<(), KeyringError> {
        let name = format!("{} probe", self.scope);
        let read = self
            .call_blocking(move |store| {
                write_entry(store, &name, &KeyringEntryContent { generation: 1, token: "probe".into() })?;
                let read = read_entry(store, &name)?;
                delete_entry(store, &name)?;
                Ok(read)
            })
            .await?;
        read.map(|_| ()).ok_or_else(|| KeyringError("it does not give back what was put in".into()))
    }

    /// Whether the keyring answers a question. Nothing is written, so that a locked one may answer too.
    ///
    /// # Errors
    /// It does not.
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

    /// Runs `job` on a thread that nobody waits for beyond the limit.
    async fn call_blocking<T: Send + 'static>(
        &self,
        job: impl FnOnce(&CredentialStore) -> Result<T, keyring_core::Error> + Send + 'static,
    ) -> Result<T, KeyringError> {
        if let Some(why) = self.disabled.get() {
            return Err(why.clone());
        }
        let (answer, answered) = oneshot::channel();
        let open = Arc::clone(&self.open_store);
        let spawned = std::thread::Builder::new().name("keyring".into()).spawn(move || {
            let _ = answer.send(open().and_then(|store| job(&*store)));
        });
        let result = match spawned {
            Ok(_) => tokio::time::timeout(self.timeout, answered).await,
            Err(error) => return Err(self.disable(error.to_string())),
        };
        match result {
            Ok(Ok(Ok(value))) => Ok(value),
            Ok(Ok(Err(error))) if is_permanent_failure(&error) => Err(self.disable(error.to_string())),
            Ok(Ok(Err(error))) => Err(KeyringError(error.to_string())),
            Ok(Err(_)) => Err(self.disable("its library gave up".into())),
            Err(_) => {
                Err(self.disable(format!("no answer within {} s (Secret Service, Keychain)", self.timeout.as_secs())))
            }
        }
    }

    /// Notes, once, that the keyring is out of use from here on.
    fn disable(&self, why: String) -> KeyringError {
        let mut first = false;
        let why = self.disabled.get_or_init(|| {
            first = true;
            KeyringError(why)
        });
        if first && !self.suppress_warnings {
            tracing::warn!("{why}");
        }
        why.clone()
    }
}

/// Whether the keyring as a whole is at fault, rather than this entry.
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

/// What an entry holds; none where there is no entry, or something that malsync did not write.
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
        done => done,
    }
}

#[cfg(test)]
pub(super) mod fake_keyrings {
    //! Keyrings for tests: one that works, one that is missing, one that never answers.
    use super::*;

    pub(crate) fn working_keyring() -> Keyring {
        let store: Arc<CredentialStore> = keyring_core::mock::Store::new().unwrap();
        Keyring::with_factory("test", move || Ok(Arc::clone(&store)))
    }

    pub(crate) fn missing_keyring() -> Keyring {
        Keyring::with_factory("test", || Err(keyring_core::Error::NoDefaultStore))
    }

    impl Keyring {
        /// Whether it was given up.
        pub(crate) fn is_disabled(&self) -> bool {
            self.disabled.get().is_some()
        }
    }

    pub(crate) fn hanging_keyring() -> Keyring {
        let stuck = Keyring::with_factory("test", || {
            loop {
                std::thread::park();
            }
        });
        Keyring { timeout: Duration::from_millis(20), ..stuck }
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
        assert!(keyring.read_copy(UserId(4)).await.unwrap().is_none(), "another user's is another entry");
        keyring.write_copy(USER, &keyring_copy(5, None)).await.unwrap();
        assert_eq!(keyring.read_copy(USER).await.unwrap().unwrap().refresh, None, "an old refresh token does not stay");
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
        assert!(keyring.read_copy(USER).await.unwrap().is_none(), "what is not ours is no pair");
    }

    #[tokio::test]
    async fn missing_keyring_is_opened_only_once() {
        let asked = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let keyring = Keyring::with_factory("test", {
            let asked = Arc::clone(&asked);
            move || {
                asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                Err(keyring_core::Error::NoDefaultStore)
            }
        });
        assert!(keyring.check_usable().await.is_err());
        assert!(keyring.probe().await.is_err());
        assert!(keyring.read_copy(USER).await.is_err());
        assert!(keyring.write_copy(USER, &keyring_copy(1, None)).await.is_err());
        assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn hanging_keyring_is_disabled_after_the_timeout() {
        let keyring = fake_keyrings::hanging_keyring();
        let error = keyring.read_copy(USER).await.unwrap_err().to_string();
        assert!(error.contains("Secret Service"), "{error}");
        assert!(keyring.read_copy(USER).await.is_err(), "and not waited for again");
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
