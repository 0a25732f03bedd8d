//! Stores token pairs in the users table and in the system keyring.
//!
//! Invariants:
//! 1. The table is authoritative; the keyring is a copy, written after the table.
//! 2. The keyring is read only if the row has no tokens or their key is unavailable, so a normal start never waits for
//!    it.
//! 3. A copy of an older generation than the row's is never used. A newer one is: it stays where the table was set back
//!    to a backup, for example.
//! 4. Nothing here writes to the database: [`TokenWriter`] builds the values, and `token_manager` and `login` write
//!    them.

use chrono::{DateTime, Utc};

use super::{
    keyring::{Keyring, KeyringCopy, KeyringError, KeyringProblem},
    token_cipher::{self, TokenCipher, TokenColumn, TokenContext, TokenEncryptor},
    token_endpoint::TokenPair,
};
use crate::{
    domain::{
        token_location::TokenLocation,
        token_store_mode::TokenStoreMode,
        user::{StoredLogin, UserId},
    },
    exit::Exit,
    failure::Failure,
    secret::Secret,
    sync::port::TokenWrite,
};

/// A stored login with its decrypted tokens.
#[derive(Clone, Debug)]
pub struct LoadedTokens {
    /// Access token for the API. `None` if an application stored only a refresh token.
    pub access: Option<Secret>,
    /// Refresh token.
    pub refresh: Option<Secret>,
    /// When the access token expires. `None` if the application that stored it did not say.
    pub expires_at: Option<DateTime<Utc>>,
    /// When the pair was issued.
    pub issued_at: Option<DateTime<Utc>>,
    /// Generation of the row.
    pub generation: i64,
    /// The client id that the pair belongs to.
    pub client_id: Option<String>,
    /// True if MAL refused the refresh token.
    pub needs_login: bool,
}

/// A pair that MAL just issued, with its time by the database's clock.
#[derive(Clone, Debug)]
pub struct IssuedTokens {
    /// The pair.
    pub pair: TokenPair,
    /// When the pair was issued.
    pub issued_at: DateTime<Utc>,
    /// The client id that the pair was issued to.
    pub client_id: String,
}

impl IssuedTokens {
    /// Returns when the access token expires.
    #[must_use]
    pub fn expires_at(&self) -> DateTime<Utc> {
        let lifetime = chrono::Duration::seconds(self.pair.lifetime_seconds.into());
        self.issued_at.checked_add_signed(lifetime).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

/// Encrypts tokens for the users table and copies them to the keyring, as the mode demands.
pub struct TokenStorage {
    mode: TokenStoreMode,
    cipher: TokenCipher,
    keyring: Keyring,
}

impl TokenStorage {
    /// Returns the token storage. Reads and creates nothing yet.
    #[must_use]
    pub const fn new(mode: TokenStoreMode, cipher: TokenCipher, keyring: Keyring) -> Self {
        Self { mode, cipher, keyring }
    }

    /// Loads the login that the row describes. Returns `None` if the user is not logged in on this host.
    ///
    /// # Errors
    /// - Exit code 1: the key file is unusable.
    /// - 4: the tokens cannot be decrypted, or they are only in the keyring and it cannot be used.
    /// - 8: the tokens were altered.
    pub async fn load_tokens(&self, user: UserId, login: &StoredLogin) -> Result<Option<LoadedTokens>, Failure> {
        let (access, refresh) = (non_empty(login.access_token.as_ref()), non_empty(login.refresh_token.as_ref()));
        let loaded = |access, refresh| LoadedTokens {
            access,
            refresh,
            expires_at: login.expires_at,
            issued_at: login.issued_at,
            generation: login.generation,
            client_id: login.client_id.clone(),
            needs_login: login.needs_login,
        };
        if access.is_some() || refresh.is_some() {
            return match self.decrypt_pair(user, login.generation, access, refresh) {
                Ok((access, refresh)) => Ok(Some(loaded(access, refresh))),
                Err(error @ token_cipher::Error::KeyUnavailable { .. }) => {
                    match self.keyring_copy(user, login.generation).await {
                        Ok(Some(copy)) => Ok(Some(loaded(copy.access, copy.refresh))),
                        _ => Err(error.into()),
                    }
                }
                Err(error) => Err(error.into()),
            };
        }
        if !login.is_present() {
            return Ok(None);
        }
        match self.keyring_copy(user, login.generation).await {
            Ok(Some(copy)) => Ok(Some(loaded(copy.access, copy.refresh))),
            Ok(None) if self.mode == TokenStoreMode::Keyring => {
                let message = format!(
                    "cannot read the stored login: the keyring has no tokens of generation {} for this user",
                    login.generation
                );
                Err(Failure::from_text(Exit::Login, message).with_hint("malsync login"))
            }
            Ok(None) => Ok(None),
            Err(error) if self.mode == TokenStoreMode::Keyring => Err(Failure::new(Exit::Login, error)
                .context("the tokens are only in the keyring")
                .with_hint("unlock the keyring, or set MALSYNC_TOKEN_STORE=both and run: malsync login")),
            Err(_) => Ok(None),
        }
    }

    /// Returns the keyring copy if it is of this generation or a newer one.
    async fn keyring_copy(&self, user: UserId, generation: i64) -> Result<Option<KeyringCopy>, KeyringError> {
        if self.mode == TokenStoreMode::Database {
            return Ok(None);
        }
        let copy = self.keyring.read_copy(user).await?;
        if let Some(copy) = copy.as_ref().filter(|copy| copy.generation != generation) {
            tracing::warn!(
                keyring = copy.generation,
                database = generation,
                "keyring and database have different token generations: using the higher one"
            );
        }
        Ok(copy.filter(|copy| copy.generation >= generation))
    }

    /// Returns true if the keyring alone holds the tokens, and the row only their generation and expiry. The two parts
    /// cannot be written atomically.
    #[must_use]
    pub fn keeps_tokens_in_keyring_only(&self) -> bool {
        self.mode == TokenStoreMode::Keyring
    }

    /// Checks whether a login could be stored. Called before the user is sent to MAL.
    ///
    /// # Errors
    /// Exit code 1: in mode `keyring` the keyring cannot be used; otherwise the encryption key is unavailable.
    pub async fn check_can_store(&self) -> Result<(), Failure> {
        if self.mode == TokenStoreMode::Keyring {
            return self.keyring.check_usable().await.map_err(|error| {
                Failure::new(Exit::Failed, error).with_hint("unlock it, or set MALSYNC_TOKEN_STORE=both")
            });
        }
        self.writer().map(|_| ())
    }

    /// Returns a token writer with the encryption key loaded. Called before tokens are requested, so a missing key
    /// cannot lose an issued pair.
    ///
    /// # Errors
    /// Exit code 1: the key file is unusable or cannot be created.
    pub fn writer(&self) -> Result<TokenWriter, Failure> {
        Ok(TokenWriter(match self.mode {
            TokenStoreMode::Keyring => None,
            TokenStoreMode::Both | TokenStoreMode::Database => Some(self.cipher.encryptor()?),
        }))
    }

    /// Copies a pair that the table has accepted to the keyring. In mode `both` a failure is only logged.
    ///
    /// # Errors
    /// Exit code 1: in mode `keyring`, the keyring did not take the pair.
    pub async fn copy_to_keyring(&self, user: UserId, generation: i64, pair: &TokenPair) -> Result<(), Failure> {
        let copy = KeyringCopy { access: Some(pair.access.clone()), refresh: pair.refresh.clone(), generation };
        match self.mode {
            TokenStoreMode::Database => Ok(()),
            TokenStoreMode::Both => {
                if let Err(error) = self.keyring.write_copy(user, &copy).await {
                    tracing::debug!("the tokens are only in the database: {error}");
                }
                Ok(())
            }
            TokenStoreMode::Keyring => self.keyring.write_copy(user, &copy).await.map_err(|error| {
                Failure::new(Exit::Failed, error)
                    .context("could not store the new tokens")
                    .with_hint("unlock the keyring or set MALSYNC_TOKEN_STORE=both, then run: malsync login")
            }),
        }
    }

    /// Copies the keyring entry of a login to the keyring of another database's storage. Returns false if there is none.
    ///
    /// # Errors
    /// Exit code 1: the keyring cannot be used.
    pub async fn copy_keyring_entry(&self, other: &Self, user: UserId, login: &StoredLogin) -> Result<bool, Failure> {
        let copied = async {
            let Some(copy) = self.keyring_copy(user, login.generation).await? else { return Ok(false) };
            other.keyring.write_copy(user, &copy).await.map(|()| true)
        };
        copied.await.map_err(|error| Failure::new(Exit::Failed, error))
    }

    /// Returns what people should know about where a login was just stored: nothing if the keyring has it too, or was
    /// not asked for.
    #[must_use]
    pub fn missing_copy_note(&self) -> Option<String> {
        let what = match self.keyring.problem().filter(|_| self.mode == TokenStoreMode::Both)? {
            KeyringProblem::Missing => "No system keyring found",
            KeyringProblem::Unusable => "The system keyring cannot be used",
        };
        let how = if self.cipher.is_enabled() { " encrypted" } else { "" };
        Some(format!("{what}; tokens are stored{how} in the database"))
    }

    /// Deletes the keyring copy, after the row was cleared. A copy that cannot be deleted is of an older generation
    /// than the row and is never used again.
    pub async fn delete_keyring_copy(&self, user: UserId) {
        // In every mode: the copy may have been made under another one.
        if let Err(error) = self.keyring.delete_copy(user).await {
            tracing::debug!("could not clear the keyring: {error}");
        }
    }

    /// Returns the places that hold the current pair, for `token status`.
    pub async fn stored_in(&self, user: UserId, login: &StoredLogin) -> Vec<TokenLocation> {
        let mut locations = Vec::new();
        if !login.is_present() {
            return locations;
        }
        if matches!(self.keyring_copy(user, login.generation).await, Ok(Some(copy)) if copy.access.is_some()) {
            locations.push(TokenLocation::Keyring);
        }
        if non_empty(login.access_token.as_ref()).is_some() || non_empty(login.refresh_token.as_ref()).is_some() {
            locations.push(TokenLocation::Database);
        }
        locations
    }

    fn decrypt_pair(
        &self,
        user: UserId,
        generation: i64,
        access: Option<&Secret>,
        refresh: Option<&Secret>,
    ) -> Result<(Option<Secret>, Option<Secret>), token_cipher::Error> {
        let decrypt = |column, text: Option<&Secret>| {
            text.map(|text| self.cipher.decrypt(TokenContext { user, column, generation }, text)).transpose()
        };
        Ok((decrypt(TokenColumn::Access, access)?, decrypt(TokenColumn::Refresh, refresh)?))
    }
}

/// Returns `None` for an empty text. An application may store one in place of a missing token.
fn non_empty(text: Option<&Secret>) -> Option<&Secret> {
    text.filter(|text| !text.expose().is_empty())
}

/// Builds the values that are written to the row.
pub struct TokenWriter(Option<TokenEncryptor>);

impl TokenWriter {
    /// Returns the pair as it is written to the row of this user for this generation. The tokens are `None` in mode
    /// `keyring`.
    #[must_use]
    pub fn prepare_write(&self, user: UserId, generation: i64, issued: &IssuedTokens) -> TokenWrite {
        let encrypt = |column, token: &Secret| {
            self.0.as_ref().map(|encryptor| encryptor.encrypt(TokenContext { user, column, generation }, token))
        };
        TokenWrite {
            access: encrypt(TokenColumn::Access, &issued.pair.access),
            refresh: issued.pair.refresh.as_ref().and_then(|token| encrypt(TokenColumn::Refresh, token)),
            expires_at: issued.expires_at(),
            issued_at: issued.issued_at,
            client_id: issued.client_id.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
