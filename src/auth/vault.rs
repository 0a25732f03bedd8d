//! Where tokens rest: the users table and the keyring, joined.
//!
//! The table is the truth, the keyring a copy of it: written after the table, and read only where the table has no tokens or
//! the key to them is not at hand, so that no start waits for a keyring. A copy of an older generation is never used. Nothing
//! here writes to the database: it makes what is written there, and `session` and `login` write it.

use chrono::{DateTime, Utc};

use super::{
    endpoint::Pair,
    keyring::{Copy, Keyring, Unusable},
    port::TokenWrite,
    seal::{self, Column, Place, Seal, Sealer},
};
use crate::{
    domain::user::{Login, UserId},
    exit::Exit,
    failure::Failure,
    secret::Secret,
};

/// Where tokens are kept (`MALSYNC_TOKEN_STORE`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenStore {
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
pub enum Stored {
    /// The keyring of the system.
    Keyring,
    /// The users table.
    Database,
}

impl Stored {
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
pub struct Held {
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
pub struct Issued {
    /// The pair.
    pub pair: Pair,
    /// When.
    pub at: DateTime<Utc>,
    /// To which client.
    pub client_id: String,
}

impl Issued {
    /// When the access token ends.
    #[must_use]
    pub fn expires_at(&self) -> DateTime<Utc> {
        let life = chrono::Duration::seconds(self.pair.lifetime.into());
        self.at.checked_add_signed(life).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

/// The users table's seal and the keyring, under the mode that was configured.
pub struct Vault {
    mode: TokenStore,
    seal: Seal,
    keyring: Keyring,
}

impl Vault {
    /// Joins them. Nothing is read or made yet.
    #[must_use]
    pub const fn new(mode: TokenStore, seal: Seal, keyring: Keyring) -> Self {
        Self { mode, seal, keyring }
    }

    /// Opens the user's login as the row has it; none where nobody is logged in here.
    ///
    /// # Errors
    /// Exit code 4 where the tokens cannot be opened or the keyring that alone has them cannot be used, 8 where they were
    /// altered, 1 where the key's file is of no use.
    pub async fn load(&self, user: UserId, login: &Login) -> Result<Option<Held>, Failure> {
        let (access, refresh) = (filled(login.access.as_ref()), filled(login.refresh.as_ref()));
        let held = |access, refresh| Held {
            access,
            refresh,
            expires_at: login.expires_at,
            issued_at: login.issued_at,
            generation: login.generation,
            client_id: login.client_id.clone(),
            needs_login: login.needs_login,
        };
        if access.is_some() || refresh.is_some() {
            return match self.open(user, login.generation, access, refresh) {
                Ok((access, refresh)) => Ok(Some(held(access, refresh))),
                Err(error @ seal::Error::NoKey { .. }) => match self.copy_of(user, login.generation).await {
                    Ok(Some(copy)) => Ok(Some(held(copy.access, copy.refresh))),
                    _ => Err(error.into()),
                },
                Err(error) => Err(error.into()),
            };
        }
        if !login.exists() {
            return Ok(None);
        }
        match self.copy_of(user, login.generation).await {
            Ok(Some(copy)) => Ok(Some(held(copy.access, copy.refresh))),
            Ok(None) if self.mode == TokenStore::Keyring => {
                let what = format!(
                    "the stored login is unreadable: the keyring has no tokens of generation {} for this user",
                    login.generation
                );
                Err(Failure::text(Exit::Login, what).hint("malsync login"))
            }
            Ok(None) => Ok(None),
            Err(unusable) if self.mode == TokenStore::Keyring => Err(Failure::new(Exit::Login, unusable)
                .context("the tokens are in the keyring alone")
                .hint("unlock the keyring, or set MALSYNC_TOKEN_STORE=both and log in: malsync login")),
            Err(_) => Ok(None),
        }
    }

    /// The keyring's copy, where it is of this generation or a newer one.
    async fn copy_of(&self, user: UserId, generation: i64) -> Result<Option<Copy>, Unusable> {
        if self.mode == TokenStore::Database {
            return Ok(None);
        }
        let copy = self.keyring.read(user).await?;
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
    pub fn is_divided(&self) -> bool {
        self.mode == TokenStore::Keyring
    }

    /// Whether a login could be kept: asked before the user is sent to MAL.
    ///
    /// # Errors
    /// Exit code 1: the keyring is to be the only place and cannot be used, or the seal's key cannot be had.
    pub async fn ready(&self) -> Result<(), Failure> {
        if self.mode == TokenStore::Keyring {
            return self.keyring.check().await.map_err(|unusable| {
                Failure::new(Exit::Failed, unusable).hint("unlock it, or set MALSYNC_TOKEN_STORE=both")
            });
        }
        self.scribe().map(|_| ())
    }

    /// What writes a pair, its key at hand: asked for before MAL is asked for a pair, so that none is lost for want of a key.
    ///
    /// # Errors
    /// Exit code 1: the key's file is of no use or cannot be made.
    pub fn scribe(&self) -> Result<Scribe, Failure> {
        Ok(Scribe(match self.mode {
            TokenStore::Keyring => None,
            TokenStore::Both | TokenStore::Database => Some(self.seal.sealer()?),
        }))
    }

    /// Copies a pair that the table has accepted into the keyring. In mode `both` a keyring that does not take it is a note.
    ///
    /// # Errors
    /// Exit code 1: the keyring is the only place and did not take it.
    pub async fn copy(&self, user: UserId, generation: i64, pair: &Pair) -> Result<(), Failure> {
        let copy = Copy { access: Some(pair.access.clone()), refresh: pair.refresh.clone(), generation };
        match self.mode {
            TokenStore::Database => Ok(()),
            TokenStore::Both => {
                if let Err(unusable) = self.keyring.write(user, &copy).await {
                    tracing::debug!("the tokens are in the database alone: {unusable}");
                }
                Ok(())
            }
            TokenStore::Keyring => self.keyring.write(user, &copy).await.map_err(|unusable| {
                Failure::new(Exit::Failed, unusable)
                    .context("the new tokens could not be stored")
                    .hint("unlock the keyring or set MALSYNC_TOKEN_STORE=both, then: malsync login")
            }),
        }
    }

    /// Takes the copy out of the keyring, after the table was cleared. One that cannot be reached is of an older generation
    /// than the table, and never used again.
    pub async fn forget(&self, user: UserId) {
        // Whatever the mode is now: it may have been another when the copy was made.
        if let Err(unusable) = self.keyring.remove(user).await {
            tracing::debug!("the keyring was not cleared: {unusable}");
        }
    }

    /// The places that really hold the current pair, for `token status`.
    pub async fn stored_in(&self, user: UserId, login: &Login) -> Vec<Stored> {
        let mut places = Vec::new();
        if !login.exists() {
            return places;
        }
        if matches!(self.copy_of(user, login.generation).await, Ok(Some(copy)) if copy.access.is_some()) {
            places.push(Stored::Keyring);
        }
        if filled(login.access.as_ref()).is_some() || filled(login.refresh.as_ref()).is_some() {
            places.push(Stored::Database);
        }
        places
    }

    fn open(
        &self,
        user: UserId,
        generation: i64,
        access: Option<&Secret>,
        refresh: Option<&Secret>,
    ) -> Result<(Option<Secret>, Option<Secret>), seal::Error> {
        let open = |column, text: Option<&Secret>| {
            text.map(|text| self.seal.open(Place { user, column, generation }, text)).transpose()
        };
        Ok((open(Column::Access, access)?, open(Column::Refresh, refresh)?))
    }
}

/// An application may leave an empty text where there is no token.
fn filled(text: Option<&Secret>) -> Option<&Secret> {
    text.filter(|text| !text.expose().is_empty())
}

/// Makes what goes into the row.
pub struct Scribe(Option<Sealer>);

impl Scribe {
    /// The pair as the row of this user takes it for this generation.
    #[must_use]
    pub fn write(&self, user: UserId, generation: i64, issued: &Issued) -> TokenWrite {
        let seal = |column, token: &Secret| {
            self.0.as_ref().map(|sealer| sealer.seal(Place { user, column, generation }, token))
        };
        TokenWrite {
            access: seal(Column::Access, &issued.pair.access),
            refresh: issued.pair.refresh.as_ref().and_then(|token| seal(Column::Refresh, token)),
            expires_at: issued.expires_at(),
            issued_at: issued.at,
            client_id: issued.client_id.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
