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

use super::seal::Column;
use crate::{domain::user::UserId, secret::Secret};

/// The service under which the entries are found.
const SERVICE: &str = "malsync";

/// How long a call may take.
const LIMIT: Duration = Duration::from_secs(3);

/// Why the keyring did not serve.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the keyring cannot be used: {0}")]
pub struct Unusable(String);

type Opener = dyn Fn() -> Result<Arc<CredentialStore>, keyring_core::Error> + Send + Sync;

/// The keyring of the system, or of a test.
#[derive(Clone)]
pub struct Keyring {
    open: Arc<Opener>,
    scope: Arc<str>,
    limit: Duration,
    out: Arc<OnceLock<Unusable>>,
    quiet: bool,
}

/// A pair as the keyring has it.
#[derive(Clone, Debug)]
pub struct Copy {
    /// The access token.
    pub access: Option<Secret>,
    /// The refresh token.
    pub refresh: Option<Secret>,
    /// Which pair it is.
    pub generation: i64,
}

/// The content of one entry.
#[derive(Serialize, Deserialize)]
struct Content {
    generation: i64,
    token: String,
}

impl Keyring {
    /// The platform's keyring. `scope` names the database: entries of the same user number in another one are not ours.
    #[must_use]
    pub fn platform(scope: &str) -> Self {
        Self::over(scope, || match keyring::Entry::store_status() {
            Ok(()) => keyring_core::get_default_store().ok_or(keyring_core::Error::NoDefaultStore),
            Err(error) => Err(keyring_core::Error::NoStorageAccess(error.to_string().into())),
        })
    }

    /// A keyring over this store, opened anew for each call.
    pub fn over(
        scope: &str,
        open: impl Fn() -> Result<Arc<CredentialStore>, keyring_core::Error> + Send + Sync + 'static,
    ) -> Self {
        Self { open: Arc::new(open), scope: scope.into(), limit: LIMIT, out: Arc::default(), quiet: false }
    }

    /// The same, for a caller that tells of a keyring that is out of use itself.
    #[must_use]
    pub fn quietly(self) -> Self {
        Self { quiet: true, ..self }
    }

    /// The copy of a user's pair; none where there is none that is whole.
    ///
    /// # Errors
    /// The keyring is out of use.
    pub async fn read(&self, user: UserId) -> Result<Option<Copy>, Unusable> {
        let names = self.names(user);
        let [access, refresh] =
            self.call(move |store| Ok([content(store, &names[0])?, content(store, &names[1])?])).await?;
        let Some(generation) = [&access, &refresh].into_iter().flatten().map(|content| content.generation).max() else {
            return Ok(None);
        };
        let same = |content: Option<Content>| content.filter(|content| content.generation == generation);
        let token = |content: Option<Content>| same(content).map(|content| Secret::new(content.token));
        Ok(Some(Copy { access: token(access), refresh: token(refresh), generation }))
    }

    /// Puts a pair there in place of whatever was.
    ///
    /// # Errors
    /// The keyring is out of use, or does not take it.
    pub async fn write(&self, user: UserId, copy: &Copy) -> Result<(), Unusable> {
        let [access, refresh] = self.names(user);
        let entries = [(refresh, copy.refresh.clone()), (access, copy.access.clone())];
        let generation = copy.generation;
        self.call(move |store| {
            for (name, token) in &entries {
                match token {
                    Some(token) => put(store, name, &Content { generation, token: token.expose().to_owned() })?,
                    None => remove(store, name)?,
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
    pub async fn remove(&self, user: UserId) -> Result<(), Unusable> {
        let names = self.names(user);
        self.call(move |store| names.iter().try_for_each(|name| remove(store, name))).await
    }

    /// Finds out whether the keyring can be used, the only way there is: an entry is written, read and removed. (A locked
    /// one that cannot ask for its password says on reading that there is no entry.)
    ///
    /// # Errors
    /// It cannot.
    pub async fn check(&self) -> Result<(), Unusable> {
        let name = format!("{} probe", self.scope);
        let read = self
            .call(move |store| {
                put(store, &name, &Content { generation: 1, token: "probe".into() })?;
                let read = content(store, &name)?;
                remove(store, &name)?;
                Ok(read)
            })
            .await?;
        read.map(|_| ()).ok_or_else(|| Unusable("it does not give back what was put in".into()))
    }

    /// Whether the keyring answers a question. Nothing is written, so that a locked one may answer too.
    ///
    /// # Errors
    /// It does not.
    pub async fn answers(&self) -> Result<(), Unusable> {
        let name = format!("{} probe", self.scope);
        self.call(move |store| content(store, &name)).await.map(drop)
    }

    fn names(&self, user: UserId) -> [String; 2] {
        [Column::Access, Column::Refresh].map(|column| {
            let token = match column {
                Column::Access => "access",
                Column::Refresh => "refresh",
            };
            format!("{} user {user} {token} token", self.scope)
        })
    }

    /// Runs `job` on a thread that nobody waits for beyond the limit.
    async fn call<T: Send + 'static>(
        &self,
        job: impl FnOnce(&CredentialStore) -> Result<T, keyring_core::Error> + Send + 'static,
    ) -> Result<T, Unusable> {
        if let Some(why) = self.out.get() {
            return Err(why.clone());
        }
        let (answer, answered) = oneshot::channel();
        let open = Arc::clone(&self.open);
        let spawned = std::thread::Builder::new().name("keyring".into()).spawn(move || {
            let _ = answer.send(open().and_then(|store| job(&*store)));
        });
        let result = match spawned {
            Ok(_) => tokio::time::timeout(self.limit, answered).await,
            Err(error) => return Err(self.leave(error.to_string())),
        };
        match result {
            Ok(Ok(Ok(value))) => Ok(value),
            Ok(Ok(Err(error))) if lasting(&error) => Err(self.leave(error.to_string())),
            Ok(Ok(Err(error))) => Err(Unusable(error.to_string())),
            Ok(Err(_)) => Err(self.leave("its library gave up".into())),
            Err(_) => {
                Err(self.leave(format!("no answer within {} s (Secret Service, Keychain)", self.limit.as_secs())))
            }
        }
    }

    /// Notes, once, that the keyring is out of use from here on.
    fn leave(&self, why: String) -> Unusable {
        let mut first = false;
        let why = self.out.get_or_init(|| {
            first = true;
            Unusable(why)
        });
        if first && !self.quiet {
            tracing::warn!("{why}");
        }
        why.clone()
    }
}

/// Whether the keyring as a whole is at fault, rather than this entry.
fn lasting(error: &keyring_core::Error) -> bool {
    use keyring_core::Error as E;
    matches!(error, E::PlatformFailure(_) | E::NoStorageAccess(_) | E::NoDefaultStore)
}

fn entry(store: &CredentialStore, name: &str) -> Result<Entry, keyring_core::Error> {
    store.build(SERVICE, name, None)
}

fn put(store: &CredentialStore, name: &str, content: &Content) -> Result<(), keyring_core::Error> {
    let text = serde_json::to_vec(content).expect("two plain fields serialize");
    entry(store, name)?.set_secret(&zeroize::Zeroizing::new(text))
}

/// What an entry holds; none where there is no entry, or something that malsync did not write.
fn content(store: &CredentialStore, name: &str) -> Result<Option<Content>, keyring_core::Error> {
    use keyring_core::Error as E;
    match entry(store, name)?.get_secret().map(zeroize::Zeroizing::new) {
        Ok(text) => Ok(serde_json::from_slice(&text).ok()),
        Err(E::NoEntry | E::BadEncoding(_) | E::BadDataFormat(..)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn remove(store: &CredentialStore, name: &str) -> Result<(), keyring_core::Error> {
    match entry(store, name)?.delete_credential() {
        Err(keyring_core::Error::NoEntry) => Ok(()),
        done => done,
    }
}

#[cfg(test)]
pub(super) mod fake {
    //! Keyrings for tests: one that works, one that is missing, one that never answers.
    use super::*;

    pub(crate) fn working() -> Keyring {
        let store: Arc<CredentialStore> = keyring_core::mock::Store::new().unwrap();
        Keyring::over("test", move || Ok(Arc::clone(&store)))
    }

    pub(crate) fn missing() -> Keyring {
        Keyring::over("test", || Err(keyring_core::Error::NoDefaultStore))
    }

    impl Keyring {
        /// Whether it was given up.
        pub(crate) fn is_out(&self) -> bool {
            self.out.get().is_some()
        }
    }

    pub(crate) fn silent() -> Keyring {
        let stuck = Keyring::over("test", || {
            loop {
                std::thread::park();
            }
        });
        Keyring { limit: Duration::from_millis(20), ..stuck }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: UserId = UserId(3);

    fn copy(generation: i64, refresh: Option<&str>) -> Copy {
        Copy { access: Some(Secret::new("a")), refresh: refresh.map(Secret::new), generation }
    }

    #[tokio::test]
    async fn a_pair_is_read_as_it_was_written_and_gone_when_removed() {
        let keyring = fake::working();
        assert!(keyring.read(USER).await.unwrap().is_none());
        keyring.write(USER, &copy(4, Some("r"))).await.unwrap();
        let read = keyring.read(USER).await.unwrap().unwrap();
        assert_eq!((read.generation, read.refresh), (4, Some(Secret::new("r"))));
        assert!(keyring.read(UserId(4)).await.unwrap().is_none(), "another user's is another entry");
        keyring.write(USER, &copy(5, None)).await.unwrap();
        assert_eq!(keyring.read(USER).await.unwrap().unwrap().refresh, None, "an old refresh token does not stay");
        keyring.remove(USER).await.unwrap();
        keyring.remove(USER).await.unwrap();
        assert!(keyring.read(USER).await.unwrap().is_none());
        keyring.check().await.unwrap();
        keyring.answers().await.unwrap();
    }

    #[tokio::test]
    async fn two_halves_of_different_generations_are_not_a_pair() {
        let store: Arc<CredentialStore> = keyring_core::mock::Store::new().unwrap();
        let keyring = Keyring::over("test", {
            let store = Arc::clone(&store);
            move || Ok(Arc::clone(&store))
        });
        keyring.write(USER, &copy(4, Some("r"))).await.unwrap();
        let [access, refresh] = keyring.names(USER);
        put(&*store, &access, &Content { generation: 5, token: "newer".into() }).unwrap();
        let read = keyring.read(USER).await.unwrap().unwrap();
        assert_eq!((read.generation, read.refresh), (5, None));
        put(&*store, &refresh, &Content { generation: 6, token: "newest".into() }).unwrap();
        let read = keyring.read(USER).await.unwrap().unwrap();
        assert_eq!((read.generation, read.access, read.refresh), (6, None, Some(Secret::new("newest"))));
        entry(&*store, &access).unwrap().set_secret(b"{\"other\": 1}").unwrap();
        entry(&*store, &refresh).unwrap().set_secret(&[0xff]).unwrap();
        assert!(keyring.read(USER).await.unwrap().is_none(), "what is not ours is no pair");
    }

    #[tokio::test]
    async fn a_missing_keyring_is_asked_once() {
        let asked = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let keyring = Keyring::over("test", {
            let asked = Arc::clone(&asked);
            move || {
                asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                Err(keyring_core::Error::NoDefaultStore)
            }
        });
        assert!(keyring.check().await.is_err());
        assert!(keyring.answers().await.is_err());
        assert!(keyring.read(USER).await.is_err());
        assert!(keyring.write(USER, &copy(1, None)).await.is_err());
        assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_keyring_that_never_answers_is_given_up() {
        let keyring = fake::silent();
        let error = keyring.read(USER).await.unwrap_err().to_string();
        assert!(error.contains("Secret Service"), "{error}");
        assert!(keyring.read(USER).await.is_err(), "and not waited for again");
    }

    #[tokio::test]
    async fn f_t16_an_entry_that_is_too_long_does_not_put_the_keyring_out_of_use() {
        let store: Arc<CredentialStore> = keyring_core::mock::Store::new().unwrap();
        let keyring = Keyring::over("test", {
            let store = Arc::clone(&store);
            move || Ok(Arc::clone(&store))
        });
        let cred = entry(&*store, &keyring.names(USER)[0]).unwrap();
        let mock = cred.as_any().downcast_ref::<keyring_core::mock::Cred>().unwrap();
        mock.set_error(keyring_core::Error::TooLong("password".into(), 2560));
        assert!(keyring.write(USER, &copy(1, None)).await.is_err());
        assert!(keyring.write(USER, &copy(1, None)).await.is_ok());
    }
}
