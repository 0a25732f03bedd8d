//! Where tokens rest: the users table and the keyring, joined.
//!
//! The table is the truth, the keyring a copy of it: written after the table, and read only where the table has no tokens or
//! the key to them is not at hand, so that no start waits for a keyring. A copy of an older generation is never used. Nothing
//! here writes to the database: it makes what is written there, and `session` and `login` write it.

use chrono::{DateTime, Utc};

use super::{
    keyring::{Keyring, KeyringCopy, KeyringError},
    port::TokenWrite,
    token_cipher::{self, TokenCipher, TokenColumn, TokenContext, TokenEncryptor},
    token_endpoint::TokenPair,
};
use crate::{
    domain::user::{StoredLogin, UserId},
    exit::Exit,
    failure::Failure,
    secret::Secret,
};

/// Where tokens are kept (`MALSYNC_TOKEN_STORE`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenStoreMode {
    /// In the table, with a copy in the keyring.
    #[default]
    Both,
    /// In the keyring alone; the table has expiry and generation.
    Keyring,
    /// In the table alone.
    Database,
}

/// A place that holds the current pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairLocation {
    /// The keyring of the system.
    Keyring,
    /// The users table.
    Database,
}

impl PairLocation {
    /// As `token status` prints it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::Database => "database",
        }
    }
}

/// A login at hand: its tokens opened.
#[derive(Clone, Debug)]
pub struct LoadedTokens {
    /// Opens the API; none where an application left only a refresh token.
    pub access: Option<Secret>,
    /// Gets the next pair.
    pub refresh: Option<Secret>,
    /// When the access token ends; none where the application that wrote it did not say.
    pub expires_at: Option<DateTime<Utc>>,
    /// When the pair was issued.
    pub issued_at: Option<DateTime<Utc>>,
    /// The row's generation.
    pub generation: i64,
    /// The client id that the pair belongs to.
    pub client_id: Option<String>,
    /// MAL refused the refresh token.
    pub needs_login: bool,
}

/// A pair that MAL just gave, with its times by the database's clock.
#[derive(Clone, Debug)]
pub struct IssuedTokens {
    /// The pair.
    pub pair: TokenPair,
    /// When.
    pub issued_at: DateTime<Utc>,
    /// To which client.
    pub client_id: String,
}

impl IssuedTokens {
    /// When the access token ends.
    #[must_use]
    pub fn expires_at(&self) -> DateTime<Utc> {
        let life = chrono::Duration::seconds(self.pair.lifetime_seconds.into());
        self.issued_at.checked_add_signed(life).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

/// The users table's seal and the keyring, under the mode that was configured.
pub struct TokenStorage {
    mode: TokenStoreMode,
    cipher: TokenCipher,
    keyring: Keyring,
}

impl TokenStorage {
    /// Joins them. Nothing is read or made yet.
    #[must_use]
    pub const fn new(mode: TokenStoreMode, cipher: TokenCipher, keyring: Keyring) -> Self {
        Self { mode, cipher, keyring }
    }

    /// Opens the user's login as the row has it; none where nobody is logged in here.
    ///
    /// # Errors
    /// Exit code 4 where the tokens cannot be opened or the keyring that alone has them cannot be used, 8 where they were
    /// altered, 1 where the key's file is of no use.
    pub async fn load_tokens(&self, user: UserId, login: &StoredLogin) -> Result<Option<LoadedTokens>, Failure> {
        let (access, refresh) = (non_empty(login.access_token.as_ref()), non_empty(login.refresh_token.as_ref()));
        let held = |access, refresh| LoadedTokens {
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
                Ok((access, refresh)) => Ok(Some(held(access, refresh))),
                Err(error @ token_cipher::Error::KeyUnavailable { .. }) => {
                    match self.keyring_copy(user, login.generation).await {
                        Ok(Some(copy)) => Ok(Some(held(copy.access, copy.refresh))),
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
            Ok(Some(copy)) => Ok(Some(held(copy.access, copy.refresh))),
            Ok(None) if self.mode == TokenStoreMode::Keyring => {
                let what = format!(
                    "the stored login is unreadable: the keyring has no tokens of generation {} for this user",
                    login.generation
                );
                Err(Failure::from_text(Exit::Login, what).with_hint("malsync login"))
            }
            Ok(None) => Ok(None),
            Err(unusable) if self.mode == TokenStoreMode::Keyring => Err(Failure::new(Exit::Login, unusable)
                .context("the tokens are in the keyring alone")
                .with_hint("unlock the keyring, or set MALSYNC_TOKEN_STORE=both and log in: malsync login")),
            Err(_) => Ok(None),
        }
    }

    /// The keyring's copy, where it is of this generation or a newer one.
    async fn keyring_copy(&self, user: UserId, generation: i64) -> Result<Option<KeyringCopy>, KeyringError> {
        if self.mode == TokenStoreMode::Database {
            return Ok(None);
        }
        let copy = self.keyring.read_copy(user).await?;
        if let Some(copy) = copy.as_ref().filter(|copy| copy.generation != generation) {
            tracing::warn!(
                keyring = copy.generation,
                database = generation,
                "keyring and database disagree on the tokens' generation: the higher one counts"
            );
        }
        Ok(copy.filter(|copy| copy.generation >= generation))
    }

    /// Whether table and keyring each have a part of a login, which nobody can write in one step.
    #[must_use]
    pub fn is_split(&self) -> bool {
        self.mode == TokenStoreMode::Keyring
    }

    /// Whether a login could be kept: asked before the user is sent to MAL.
    ///
    /// # Errors
    /// Exit code 1: the keyring is to be the only place and cannot be used, or the seal's key cannot be had.
    pub async fn check_can_store(&self) -> Result<(), Failure> {
        if self.mode == TokenStoreMode::Keyring {
            return self.keyring.check_usable().await.map_err(|unusable| {
                Failure::new(Exit::Failed, unusable).with_hint("unlock it, or set MALSYNC_TOKEN_STORE=both")
            });
        }
        self.writer().map(|_| ())
    }

    /// What writes a pair, its key at hand: asked for before MAL is asked for a pair, so that none is lost for want of a key.
    ///
    /// # Errors
    /// Exit code 1: the key's file is of no use or cannot be made.
    pub fn writer(&self) -> Result<TokenWriter, Failure> {
        Ok(TokenWriter(match self.mode {
            TokenStoreMode::Keyring => None,
            TokenStoreMode::Both | TokenStoreMode::Database => Some(self.cipher.encryptor()?),
        }))
    }

    /// Copies a pair that the table has accepted into the keyring. In mode `both` a keyring that does not take it is a note.
    ///
    /// # Errors
    /// Exit code 1: the keyring is the only place and did not take it.
    pub async fn copy_to_keyring(&self, user: UserId, generation: i64, pair: &TokenPair) -> Result<(), Failure> {
        let copy = KeyringCopy { access: Some(pair.access.clone()), refresh: pair.refresh.clone(), generation };
        match self.mode {
            TokenStoreMode::Database => Ok(()),
            TokenStoreMode::Both => {
                if let Err(unusable) = self.keyring.write_copy(user, &copy).await {
                    tracing::debug!("the tokens are in the database alone: {unusable}");
                }
                Ok(())
            }
            TokenStoreMode::Keyring => self.keyring.write_copy(user, &copy).await.map_err(|unusable| {
                Failure::new(Exit::Failed, unusable)
                    .context("the new tokens could not be stored")
                    .with_hint("unlock the keyring or set MALSYNC_TOKEN_STORE=both, then: malsync login")
            }),
        }
    }

    /// Takes the copy out of the keyring, after the table was cleared. One that cannot be reached is of an older generation
    /// than the table, and never used again.
    pub async fn delete_keyring_copy(&self, user: UserId) {
        // Whatever the mode is now: it may have been another when the copy was made.
        if let Err(unusable) = self.keyring.delete_copy(user).await {
            tracing::debug!("the keyring was not cleared: {unusable}");
        }
    }

    /// The places that really hold the current pair, for `token status`.
    pub async fn stored_in(&self, user: UserId, login: &StoredLogin) -> Vec<PairLocation> {
        let mut places = Vec::new();
        if !login.is_present() {
            return places;
        }
        if matches!(self.keyring_copy(user, login.generation).await, Ok(Some(copy)) if copy.access.is_some()) {
            places.push(PairLocation::Keyring);
        }
        if non_empty(login.access_token.as_ref()).is_some() || non_empty(login.refresh_token.as_ref()).is_some() {
            places.push(PairLocation::Database);
        }
        places
    }

    fn decrypt_pair(
        &self,
        user: UserId,
        generation: i64,
        access: Option<&Secret>,
        refresh: Option<&Secret>,
    ) -> Result<(Option<Secret>, Option<Secret>), token_cipher::Error> {
        let open = |column, text: Option<&Secret>| {
            text.map(|text| self.cipher.decrypt(TokenContext { user, column, generation }, text)).transpose()
        };
        Ok((open(TokenColumn::Access, access)?, open(TokenColumn::Refresh, refresh)?))
    }
}

/// An application may leave an empty text where there is no token.
fn non_empty(text: Option<&Secret>) -> Option<&Secret> {
    text.filter(|text| !text.expose().is_empty())
}

/// Makes what goes into the row.
pub struct TokenWriter(Option<TokenEncryptor>);

impl TokenWriter {
    /// The pair as the row of this user takes it for this generation.
    #[must_use]
    pub fn prepare_write(&self, user: UserId, generation: i64, issued: &IssuedTokens) -> TokenWrite {
        let seal = |column, token: &Secret| {
            self.0.as_ref().map(|sealer| sealer.encrypt(TokenContext { user, column, generation }, token))
        };
        TokenWrite {
            access: seal(TokenColumn::Access, &issued.pair.access),
            refresh: issued.pair.refresh.as_ref().and_then(|token| seal(TokenColumn::Refresh, token)),
            expires_at: issued.expires_at(),
            issued_at: issued.issued_at,
            client_id: issued.client_id.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
