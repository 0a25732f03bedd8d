//! Provides a valid access token. Across all processes and machines a token pair is refreshed only once.
//!
//! Entry points: the [`TokenProvider`] methods of [`TokenManager`], and [`TokenManager::refresh_now`].
//!
//! The refresh protocol: take the refresh lock, reload the row, use a pair that another process stored meanwhile.
//! Otherwise commit a write in the user's row, post the refresh token just read, write the new pair by compare-and-swap,
//! write the keyring copy, then use the pair.
//!
//! Invariants:
//! 1. The row is reloaded on every use, so a logout or a new login elsewhere takes effect at once.
//! 2. Nothing here deletes a token. `needs_login` is set only if no valid access token is left and MAL refused the
//!    refresh token (or there is none).
//! 3. All times are by the database's clock.
//! 4. A refresh token is spent only after the database has taken a write in the user's row.
//!
//! The API client decides what a 401 means and calls [`TokenProvider::refresh_after_rejection`].

mod pair_storage;
mod refresh_outcome;
mod token_owner;
mod token_state;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

pub use token_owner::TokenOwner;

use chrono::{DateTime, Utc};
use tokio::{sync::Mutex, time::Instant};

use self::{
    refresh_outcome::{RefreshFailure, RefreshReason},
    token_state::{DatabaseClock, RefreshRefusal, TokenState, is_same_pair},
};
use super::{
    expiry::{self, RefreshNeed},
    keyring_sync,
    token_endpoint::{Error, TokenEndpoint},
    token_storage::{LoadedTokens, TokenStorage},
};
use crate::{
    domain::user::User,
    exit::Exit,
    failpoint::failpoint,
    failure::Failure,
    sync::port::{BearerToken, LoginRepository, TokenProvider},
};

/// The error of a user without a login.
const NO_ACCESS_TOKEN: &str = "user has no MyAnimeList access token";

/// Delays between reloads of the row after a refusal: another process may have stored a new pair first.
const RELOAD_DELAYS: [Duration; 4] =
    [Duration::from_millis(25), Duration::from_millis(50), Duration::from_millis(100), Duration::from_millis(400)];

/// Provides and refreshes the tokens of one user while the process runs.
pub struct TokenManager<L, E> {
    owner: TokenOwner,
    logins: Arc<L>,
    token_storage: Arc<TokenStorage>,
    endpoint: E,
    state: Mutex<TokenState>,
    /// True while a refresh token is being spent and the new pair is not stored yet.
    refresh_in_flight: AtomicBool,
    /// True if a valid token is used where the database does not take the new pair of an early refresh.
    is_read_only: bool,
}

impl<L: LoginRepository, E: TokenEndpoint> TokenManager<L, E> {
    /// Returns a token manager. Reads nothing yet.
    pub fn new(owner: TokenOwner, logins: Arc<L>, token_storage: Arc<TokenStorage>, endpoint: E) -> Self {
        let state = Mutex::new(TokenState { account: owner.account, ..TokenState::default() });
        let refresh_in_flight = AtomicBool::new(false);
        Self { owner, logins, token_storage, endpoint, state, refresh_in_flight, is_read_only: false }
    }

    /// Uses a valid token also if it is due for an early refresh and the database refuses to write: for commands that
    /// only read.
    #[must_use]
    pub fn for_reading(self) -> Self {
        Self { is_read_only: true, ..self }
    }

    /// Refreshes the pair regardless of its remaining lifetime, for `token refresh`. Returns the expiry of the new
    /// access token.
    ///
    /// # Errors
    /// Exit code 4 if there is no login or MAL refuses, 2 if MAL does not know the client, 5 if MAL gave no usable
    /// response.
    pub async fn refresh_now(&self) -> Result<Option<DateTime<Utc>>, Failure> {
        let mut state = self.state.lock().await;
        let tokens = self.load_consistent(&mut state).await?;
        let tokens = self.refresh_pair(&mut state, &tokens, RefreshReason::Requested).await?;
        Ok(tokens.expires_at)
    }

    /// Loads the stored login. Fails unless the user is logged in with this client id and MAL has not refused the
    /// refresh token.
    async fn load_current(&self, state: &mut TokenState) -> Result<LoadedTokens, Failure> {
        let User { mal_user_id, login: row, .. } = self.logins.load_user(self.owner.user).await.map_err(Into::into)?;
        self.check_account(state, mal_user_id)?;
        if row.needs_login {
            return Err(self.owner.login_required("login required: the MyAnimeList login is no longer valid"));
        }
        if let Some((loaded_row, tokens)) = &state.loaded
            && is_same_pair(loaded_row, &row)
        {
            return Ok(tokens.clone());
        }
        let was_loaded = state.loaded.take().is_some();
        let tokens =
            self.token_storage.load_tokens(self.owner.user, &row).await.map_err(|failure| match failure.exit {
                Exit::Login => failure.context(format!("database {}", self.owner.database)),
                _ => failure,
            })?;
        let Some(tokens) = tokens else {
            let suffix = if was_loaded { ": logged out in the meantime" } else { "" };
            return Err(self.owner.login_required(&format!("{NO_ACCESS_TOKEN}{suffix}")));
        };
        if let Some(other) = tokens.client_id.as_ref().filter(|id| **id != self.owner.client_id) {
            return Err(self.owner.login_required(&format!(
                "the login uses a different client ID ({other}) than \
                    MAL_CLIENT_ID"
            )));
        }
        state.loaded = Some((row, tokens.clone()));
        Ok(tokens)
    }

    /// Fails if the row now belongs to another MAL account. `login --force` can replace the account of a row; results
    /// obtained with the old tokens must then not be written to it.
    fn check_account(&self, state: &mut TokenState, account: Option<i64>) -> Result<(), Failure> {
        state.account = state.account.or(account);
        match account.filter(|_| account != state.account) {
            Some(other) => Err(self.owner.account_changed(other)),
            None => Ok(()),
        }
    }

    /// Loads the stored login.
    ///
    /// If the tokens are kept in the keyring only, row and keyring are written one after the other. A login that looks
    /// incomplete may then be between the two writes of another process: it is loaded again under the refresh lock.
    async fn load_consistent(&self, state: &mut TokenState) -> Result<LoadedTokens, Failure> {
        let loaded = self.load_current(state).await;
        let looks_incomplete = match &loaded {
            Ok(tokens) => tokens.access.is_none(),
            Err(failure) => failure.exit == Exit::Login,
        };
        if !looks_incomplete {
            return loaded;
        }
        let user = self.owner.user;
        let row = self.logins.load_user(user).await.map_err(Into::into)?.login;
        if !self.token_storage.keeps_tokens_in_keyring_only() || row.needs_login || !row.is_present() {
            return loaded;
        }
        let Some(_lock) = self.logins.lock_refresh(user).await.map_err(Into::into)? else { return loaded };
        state.loaded = None;
        self.load_current(state).await
    }

    /// Returns the database clock. Queries the database only if no clock is cached; each refresh reads it anew.
    async fn database_clock(&self, state: &mut TokenState) -> Result<DatabaseClock, Failure> {
        Ok(match state.clock {
            Some(clock) => clock,
            None => *state.clock.insert(DatabaseClock(self.logins.now().await.map_err(Into::into)?, Instant::now())),
        })
    }

    /// Returns whether this process has to refresh the pair. A pair without a stated lifetime counts as expired, except
    /// in the process that refreshed it.
    async fn refresh_need(&self, state: &mut TokenState, tokens: &LoadedTokens) -> Result<RefreshNeed, Failure> {
        if state.refreshed_generation == Some(tokens.generation) && expiry::has_no_stated_lifetime(tokens) {
            return Ok(RefreshNeed::NotNeeded);
        }
        Ok(expiry::refresh_need(tokens, self.database_clock(state).await?.now()))
    }

    /// Returns a pair newer than `previous`: one stored by another process, or one refreshed at MAL.
    async fn refresh_pair(
        &self,
        state: &mut TokenState,
        previous: &LoadedTokens,
        reason: RefreshReason,
    ) -> Result<LoadedTokens, RefreshFailure> {
        // Load the encryption key before the refresh token is spent: without it the new pair would be lost.
        let writer = self.token_storage.writer()?;
        failpoint!("token.before_lock");
        let _lock = keyring_sync::acquire_refresh_lock(&*self.logins, self.owner.user).await?;
        failpoint!("token.after_lock");
        state.clock = None;
        let tokens = self.load_current(state).await?;
        // True if another process or application stored a pair after `previous` was loaded.
        let was_replaced = tokens.generation != previous.generation || tokens.access != previous.access;
        if was_replaced
            && (expiry::has_no_stated_lifetime(&tokens)
                || self.refresh_need(state, &tokens).await? == RefreshNeed::NotNeeded)
        {
            return Ok(tokens);
        }
        // Read the clock before the refresh: nothing fallible may run between receiving a token pair and storing it.
        let clock = self.database_clock(state).await?;
        // `RefreshReason::Expired` is about `previous`: it says nothing about a pair that replaced it.
        let is_known_invalid = reason == RefreshReason::Expired && !was_replaced;
        let has_valid_token = !is_known_invalid && expiry::refresh_need(&tokens, clock.now()) != RefreshNeed::Expired;
        let Some(refresh_token) = tokens.refresh.clone() else {
            return Ok(self.fail_refresh(state, &tokens, has_valid_token, "no refresh token is stored").await?);
        };
        if let Some(refusal) = state.last_refusal.clone()
            && refusal.generation == tokens.generation
        {
            return Ok(self.fail_refresh(state, &tokens, has_valid_token, &refusal.message).await?);
        }
        self.logins.confirm_writable(self.owner.user).await.map_err(Into::into)?;
        failpoint!("token.before_request");
        self.refresh_in_flight.store(true, Ordering::SeqCst);
        let response = self.endpoint.refresh_tokens(&refresh_token).await;
        let stored = match response {
            Ok(pair) => Ok(self.persist_pair(state, (&writer, clock), &tokens, pair).await),
            Err(error) => Err(error),
        };
        self.refresh_in_flight.store(false, Ordering::SeqCst);
        let result = match stored {
            Ok(stored) => stored,
            Err(error) => self.handle_endpoint_error(state, &tokens, has_valid_token, error).await,
        };
        result.map_err(RefreshFailure::Other)
    }

    /// Ends a refresh for which MAL issued no pair.
    async fn handle_endpoint_error(
        &self,
        state: &mut TokenState,
        tokens: &LoadedTokens,
        has_valid_token: bool,
        error: Error,
    ) -> Result<LoadedTokens, Failure> {
        match error {
            Error::Refused { description, response_lost } => {
                let hint = lost_response_hint(&description.to_string(), response_lost);
                let message = format!("the login has expired, MyAnimeList refused to refresh it: {description}{hint}");
                state.last_refusal = Some(RefreshRefusal { generation: tokens.generation, message: message.clone() });
                self.fail_refresh(state, tokens, has_valid_token, &message).await
            }
            Error::InvalidClient(_) => Err(error.into()),
            Error::Transient(_) => Err(Failure::from(error).context("could not refresh the tokens, will try again")),
        }
    }

    /// Ends a refresh that cannot succeed: MAL refused the refresh token, or there is none.
    ///
    /// With a valid access token, fails and leaves the row as it is. Otherwise returns the pair that another process
    /// stored meanwhile, or else sets `needs_login` and fails.
    async fn fail_refresh(
        &self,
        state: &mut TokenState,
        tokens: &LoadedTokens,
        has_valid_token: bool,
        reason: &str,
    ) -> Result<LoadedTokens, Failure> {
        if has_valid_token {
            return Err(self.owner.login_required(reason));
        }
        let user = self.owner.user;
        for delay in RELOAD_DELAYS {
            tokio::time::sleep(delay).await;
            let row = self.logins.load_user(user).await.map_err(Into::into)?.login;
            if state.loaded.as_ref().is_none_or(|(loaded_row, _)| !is_same_pair(loaded_row, &row)) {
                return self.load_current(state).await;
            }
        }
        if self.logins.mark_needs_login(user, tokens.generation).await.map_err(Into::into)? {
            return Err(self.owner.login_required(reason));
        }
        self.load_current(state).await
    }
}

/// Returns a hint at the cause of a refusal. A process that died before storing MAL's response leaves no trace, so the
/// hint is given for every token refused before its expiry.
fn lost_response_hint(refusal: &str, response_lost: bool) -> &'static str {
    match response_lost {
        true => "; the response to the last refresh may have been lost",
        false if refusal.to_ascii_lowercase().contains("expired") => "",
        false => "; it was revoked, or the response to the last refresh may have been lost",
    }
}

fn to_bearer_token(tokens: &LoadedTokens) -> Result<BearerToken, Failure> {
    let token = tokens.access.clone().ok_or_else(|| Failure::from_text(Exit::Login, NO_ACCESS_TOKEN))?;
    Ok(BearerToken { token, generation: tokens.generation })
}

impl<L: LoginRepository, E: TokenEndpoint> TokenProvider for TokenManager<L, E> {
    fn is_cancel_safe(&self) -> bool {
        !self.refresh_in_flight.load(Ordering::SeqCst)
    }

    async fn access_token(&self) -> Result<BearerToken, Failure> {
        let mut state = self.state.lock().await;
        let tokens = self.load_consistent(&mut state).await?;
        match self.refresh_need(&mut state, &tokens).await? {
            RefreshNeed::NotNeeded => to_bearer_token(&tokens),
            RefreshNeed::Expired => {
                to_bearer_token(&self.refresh_pair(&mut state, &tokens, RefreshReason::Expired).await?)
            }
            RefreshNeed::Early if state.generation_with_failed_early_refresh == Some(tokens.generation) => {
                to_bearer_token(&tokens)
            }
            RefreshNeed::Early => match self.refresh_pair(&mut state, &tokens, RefreshReason::Early).await {
                Ok(refreshed) => to_bearer_token(&refreshed),
                Err(RefreshFailure::DatabaseRefused(failure)) if !self.is_read_only => Err(failure),
                Err(failure) => {
                    let failure = Failure::from(failure);
                    // The user may have logged out meanwhile; that is not a refresh failure.
                    let tokens = self.load_current(&mut state).await?;
                    state.generation_with_failed_early_refresh = Some(tokens.generation);
                    tracing::warn!("{}; the current token is still valid", failure.message());
                    to_bearer_token(&tokens)
                }
            },
        }
    }

    async fn refresh_after_rejection(&self, rejected_generation: i64) -> Result<BearerToken, Failure> {
        let mut state = self.state.lock().await;
        let previous_access = state.loaded.as_ref().map(|(_, tokens)| tokens.access.clone());
        let tokens = self.load_consistent(&mut state).await?;
        let differs_from_rejected = tokens.generation > rejected_generation
            || previous_access.is_some_and(|previous_access| previous_access != tokens.access);
        if differs_from_rejected && self.refresh_need(&mut state, &tokens).await? != RefreshNeed::Expired {
            return to_bearer_token(&tokens);
        }
        to_bearer_token(&self.refresh_pair(&mut state, &tokens, RefreshReason::Expired).await?)
    }
}

#[cfg(test)]
mod account_tests;
#[cfg(test)]
mod model_server;
#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod split_tests;
#[cfg(test)]
mod tests;
