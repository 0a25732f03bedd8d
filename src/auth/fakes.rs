//! Fake users table and token endpoint for the tests of this module.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::sync::OwnedMutexGuard;

use super::{
    keyring::Keyring,
    pkce::PkceSecrets,
    token_cipher::TokenCipher,
    token_endpoint::{ClientRejected, ClientStatus, Error, RejectedParam, TokenEndpoint, TokenPair},
    token_storage::TokenStorage,
};
use crate::{
    domain::{
        encryption_key::{EncryptionKey, KEY_BYTES},
        token_store_mode::TokenStoreMode,
        user::{StoredLogin, User, UserId},
    },
    exit::Exit,
    failure::Failure,
    secret::Secret,
    sync::port::{LoginRepository, LoginTarget, NewLogin, TokenWrite},
    untrusted_text::UntrustedText,
};

/// Returns a key whose bytes all have this value.
pub(super) fn key_of_bytes(byte: u8) -> EncryptionKey {
    EncryptionKey::new([byte; KEY_BYTES])
}

/// Returns a cipher that encrypts with [`key_of_bytes`].
pub(super) fn cipher_with_key(byte: u8) -> TokenCipher {
    TokenCipher::new(Some(key_of_bytes(byte)), "/nowhere/token.key".into(), true)
}

/// Returns a token storage that does not encrypt.
pub(super) fn plaintext_storage(mode: TokenStoreMode, keyring: Keyring) -> TokenStorage {
    TokenStorage::new(mode, TokenCipher::new(None, "/nowhere/token.key".into(), false), keyring)
}

/// Error of the fake users table.
#[derive(Debug, thiserror::Error)]
#[error("the database is gone")]
pub(super) struct FakeDatabaseError;

impl From<FakeDatabaseError> for Failure {
    fn from(error: FakeDatabaseError) -> Self {
        Self::new(Exit::Database, error)
    }
}

/// In-memory users table. `with_login`, `stored_login`, `edit_login` and `set_account` use the user with id 1, the methods of
/// the port use the user that they are given.
pub(super) struct FakeUsersTable {
    pub(super) users: Mutex<HashMap<i32, User>>,
    pub(super) now: Mutex<DateTime<Utc>>,
    refresh_lock: Arc<tokio::sync::Mutex<()>>,
    /// Number of writes that fail before one succeeds.
    pub(super) failing_writes: AtomicUsize,
    /// True if every write of tokens is refused, as by a standby server.
    pub(super) refuses_writes: AtomicBool,
    /// True if a failing compare-and-swap is applied all the same: only its response is lost.
    pub(super) loses_responses: bool,
    /// True if the refresh lock is never granted.
    pub(super) is_lock_unavailable: bool,
    /// Number of requests for the refresh lock.
    pub(super) lock_requests: AtomicUsize,
    /// True if reading the clock fails.
    pub(super) has_no_clock: bool,
}

impl Default for FakeUsersTable {
    fn default() -> Self {
        Self {
            users: Mutex::default(),
            now: Mutex::new("2026-03-01T12:00:00Z".parse().unwrap()),
            refresh_lock: Arc::default(),
            failing_writes: AtomicUsize::new(0),
            refuses_writes: AtomicBool::new(false),
            loses_responses: false,
            is_lock_unavailable: false,
            lock_requests: AtomicUsize::new(0),
            has_no_clock: false,
        }
    }
}

impl FakeUsersTable {
    pub(super) fn with_login(login: StoredLogin) -> Self {
        let table = Self::default();
        table.users.lock().unwrap().insert(1, build_user(1, "ann", login));
        table
    }

    pub(super) fn stored_login(&self) -> StoredLogin {
        self.users.lock().unwrap()[&1].login.clone()
    }

    pub(super) fn edit_login(&self, change: impl FnOnce(&mut StoredLogin)) {
        change(&mut self.users.lock().unwrap().get_mut(&1).unwrap().login);
    }

    /// Sets the MAL account of the row, and nothing else.
    pub(super) fn set_account(&self, account: i64) {
        self.users.lock().unwrap().get_mut(&1).unwrap().mal_user_id = Some(account);
    }

    pub(super) fn advance_clock(&self, time: chrono::Duration) {
        *self.now.lock().unwrap() += time;
    }

    fn take_write_failure(&self) -> bool {
        self.failing_writes
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |remaining| remaining.checked_sub(1))
            .is_ok()
    }
}

pub(super) fn build_user(id: i32, name: &str, login: StoredLogin) -> User {
    User {
        id: UserId(id),
        username: name.into(),
        email: None,
        mal_user_id: None,
        login,
        last_mal_sync: None,
        watermark: None,
        drift: None,
        listing_gap: None,
        missing_entries: Vec::new(),
        last_full_sync: None,
    }
}

fn write_pair(login: &mut StoredLogin, pair: &TokenWrite) {
    login.access_token = pair.access.clone();
    login.refresh_token = pair.refresh.clone();
    login.expires_at = Some(pair.expires_at);
    login.issued_at = Some(pair.issued_at);
    login.client_id = Some(pair.client_id.clone());
    login.generation += 1;
}

impl LoginRepository for FakeUsersTable {
    type Error = FakeDatabaseError;
    type RefreshLock = OwnedMutexGuard<()>;

    async fn now(&self) -> Result<DateTime<Utc>, FakeDatabaseError> {
        if self.has_no_clock { Err(FakeDatabaseError) } else { Ok(*self.now.lock().unwrap()) }
    }

    async fn load_users(&self) -> Result<Vec<User>, FakeDatabaseError> {
        Ok(self.users.lock().unwrap().values().cloned().collect())
    }

    async fn load_user(&self, user: UserId) -> Result<User, FakeDatabaseError> {
        self.users.lock().unwrap().get(&user.0).cloned().ok_or(FakeDatabaseError)
    }

    async fn lock_refresh(&self, _: UserId) -> Result<Option<OwnedMutexGuard<()>>, FakeDatabaseError> {
        self.lock_requests.fetch_add(1, Ordering::SeqCst);
        if self.is_lock_unavailable {
            return Ok(None);
        }
        Ok(Some(Arc::clone(&self.refresh_lock).lock_owned().await))
    }

    async fn confirm_writable(&self, _: UserId) -> Result<(), FakeDatabaseError> {
        if self.refuses_writes.load(Ordering::SeqCst) { Err(FakeDatabaseError) } else { Ok(()) }
    }

    async fn compare_and_swap_tokens(
        &self,
        user: UserId,
        expected: i64,
        pair: &TokenWrite,
    ) -> Result<bool, FakeDatabaseError> {
        self.confirm_writable(user).await?;
        let fails = self.take_write_failure();
        if fails && !self.loses_responses {
            return Err(FakeDatabaseError);
        }
        let mut users = self.users.lock().unwrap();
        let login = &mut users.get_mut(&user.0).ok_or(FakeDatabaseError)?.login;
        let is_expected = login.generation == expected;
        if is_expected {
            write_pair(login, pair);
        }
        if fails { Err(FakeDatabaseError) } else { Ok(is_expected) }
    }

    async fn mark_needs_login(&self, user: UserId, generation: i64) -> Result<bool, FakeDatabaseError> {
        self.confirm_writable(user).await?;
        let mut users = self.users.lock().unwrap();
        let login = &mut users.get_mut(&user.0).ok_or(FakeDatabaseError)?.login;
        let is_current = login.generation == generation;
        login.needs_login |= is_current;
        Ok(is_current)
    }

    async fn store_login(&self, login: &NewLogin<'_>) -> Result<Option<User>, FakeDatabaseError> {
        if self.take_write_failure() {
            return Err(FakeDatabaseError);
        }
        let mut users = self.users.lock().unwrap();
        let id = match &login.target {
            LoginTarget::Existing(id) => id.0,
            LoginTarget::New(name) => {
                let id = i32::try_from(users.len()).unwrap() + 1;
                users.insert(id, build_user(id, name, StoredLogin::default()));
                id
            }
        };
        let row = users.get_mut(&id).ok_or(FakeDatabaseError)?;
        if row.mal_user_id.is_some_and(|account| account != login.mal_user_id) && !login.force {
            return Ok(None);
        }
        row.mal_user_id = Some(login.mal_user_id);
        row.email = login.email.clone().or(row.email.take());
        let pair = (login.build_pair)(row.id, row.login.generation + 1);
        write_pair(&mut row.login, &pair);
        row.login.needs_login = false;
        Ok(Some(row.clone()))
    }

    async fn delete_tokens(&self, user: UserId) -> Result<(), FakeDatabaseError> {
        let mut users = self.users.lock().unwrap();
        let login = &mut users.get_mut(&user.0).ok_or(FakeDatabaseError)?.login;
        *login = StoredLogin { generation: login.generation + 1, ..StoredLogin::default() };
        Ok(())
    }

    async fn set_account_if_unset(&self, _: UserId, _: i64) -> Result<bool, FakeDatabaseError> {
        Ok(true)
    }
}

/// How the fake endpoint responds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FakeEndpointBehavior {
    /// Every refresh token is valid once.
    Rotating,
    /// Refuses every token.
    RefusesTokens,
    /// Refuses the client.
    RefusesClient,
    /// Cannot be reached.
    Unavailable,
    /// The client check fails: the client is not registered.
    ClientUnregistered,
    /// The client check never completes.
    HangsOnClientCheck,
}

/// Token endpoint with single-use refresh tokens: `r1` returns `a2` and `r2`, and so on. Cheap to clone.
#[derive(Clone)]
pub(super) struct FakeTokenEndpoint(pub(super) Arc<FakeEndpointState>);

pub(super) struct FakeEndpointState {
    pub(super) behavior: Mutex<FakeEndpointBehavior>,
    /// Every refresh token that was posted.
    pub(super) posted_tokens: Mutex<Vec<String>>,
    pub(super) lifetime_seconds: u32,
    /// True if a refresh returns a new refresh token.
    pub(super) rotates_refresh_tokens: bool,
}

impl FakeTokenEndpoint {
    pub(super) fn new(lifetime: u32) -> Self {
        Self(Arc::new(FakeEndpointState {
            behavior: Mutex::new(FakeEndpointBehavior::Rotating),
            posted_tokens: Mutex::default(),
            lifetime_seconds: lifetime,
            rotates_refresh_tokens: true,
        }))
    }

    pub(super) fn with_behavior(behavior: FakeEndpointBehavior) -> Self {
        let endpoint = Self::new(3600);
        endpoint.set_behavior(behavior);
        endpoint
    }

    pub(super) fn set_behavior(&self, behavior: FakeEndpointBehavior) {
        *self.0.behavior.lock().unwrap() = behavior;
    }

    pub(super) fn posted_tokens(&self) -> Vec<String> {
        self.0.posted_tokens.lock().unwrap().clone()
    }

    fn respond(&self, next: usize) -> Result<TokenPair, Error> {
        let description = || UntrustedText::sanitize("Token has been revoked");
        match *self.0.behavior.lock().unwrap() {
            FakeEndpointBehavior::Rotating
            | FakeEndpointBehavior::ClientUnregistered
            | FakeEndpointBehavior::HangsOnClientCheck => Ok(TokenPair {
                access: Secret::new(format!("a{next}")),
                refresh: self.0.rotates_refresh_tokens.then(|| Secret::new(format!("r{next}"))),
                lifetime_seconds: self.0.lifetime_seconds,
            }),
            FakeEndpointBehavior::RefusesTokens => {
                Err(Error::Refused { description: description(), response_lost: false })
            }
            FakeEndpointBehavior::RefusesClient => Err(Error::InvalidClient(description())),
            FakeEndpointBehavior::Unavailable => Err(Error::Transient(anyhow::Error::msg("503"))),
        }
    }
}

impl TokenEndpoint for FakeTokenEndpoint {
    fn authorize_url(&self, pkce: &PkceSecrets) -> Secret {
        Secret::new(format!("https://mal.example/authorize?state={}", pkce.state.expose()))
    }

    async fn check_client(&self) -> Result<ClientStatus, ClientRejected> {
        let behavior = *self.0.behavior.lock().unwrap();
        match behavior {
            FakeEndpointBehavior::ClientUnregistered => {
                let description = UntrustedText::sanitize("Client authentication failed (invalid_client)");
                Err(ClientRejected {
                    rejected_param: RejectedParam::Unspecified,
                    redirect_uri: "http://localhost:3005/cb".into(),
                    description,
                })
            }
            FakeEndpointBehavior::HangsOnClientCheck => std::future::pending().await,
            _ => Ok(ClientStatus::Registered),
        }
    }

    async fn exchange_code(&self, _: &Secret, _: &Secret) -> Result<TokenPair, Error> {
        self.respond(1)
    }

    async fn refresh_tokens(&self, token: &Secret) -> Result<TokenPair, Error> {
        let token = token.expose().to_owned();
        let next = token.trim_start_matches('r').parse::<usize>().unwrap_or(0) + 1;
        let was_spent = {
            let mut posted = self.0.posted_tokens.lock().unwrap();
            posted.push(token.clone());
            self.0.rotates_refresh_tokens
                && *self.0.behavior.lock().unwrap() == FakeEndpointBehavior::Rotating
                && posted.iter().filter(|other| **other == token).count() > 1
        };
        // Let concurrent tasks run, so that they could do the wrong thing.
        tokio::time::sleep(Duration::from_millis(5)).await;
        if was_spent {
            return Err(Error::Refused {
                description: UntrustedText::sanitize("Token has been revoked"),
                response_lost: false,
            });
        }
        self.respond(next)
    }
}
