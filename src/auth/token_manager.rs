//! A valid access token for whoever asks, over all processes and machines refreshed once.
//!
//! The protocol: lock, read again, adopt what a sibling brought meanwhile, else post the refresh token just read, write the
//! new pair by compare-and-swap, then the keyring, then use it. The row is read again on every use, so that a logout or a new
//! login elsewhere is seen at once. Nothing here deletes a token; only a refusal with no valid access token left marks the login.
//! Who asks, and what a 401 is, is the API client's business; times are by the database's clock.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, SubsecRound, Utc};
use tokio::{sync::Mutex, time::Instant};

use super::{
    expiry::{self, RefreshNeed},
    keyring_sync,
    port::LoginRepository,
    token_endpoint::{Error, TokenEndpoint, TokenPair},
    token_storage::{IssuedTokens, LoadedTokens, TokenStorage, TokenWriter},
};
use crate::{
    domain::user::{StoredLogin, User, UserId, UserRef},
    exit::Exit,
    failpoint::failpoint,
    failure::Failure,
    mal::token_provider::{BearerToken, TokenProvider},
};

/// After a refusal, a sibling that got there first is looked for at these distances.
const RELOAD_DELAYS: [Duration; 4] =
    [Duration::from_millis(25), Duration::from_millis(50), Duration::from_millis(100), Duration::from_millis(400)];

/// A pair that MAL gave and the database did not take is offered to it again after these pauses.
const WRITE_RETRY_DELAYS: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(400), Duration::from_millis(1600)];

/// Whose session.
#[derive(Clone, Debug)]
pub struct TokenOwner {
    /// The row.
    pub user: UserId,
    /// Its name, for messages.
    pub username: String,
    /// The MAL account that it belongs to; none where none is noted yet.
    pub account: Option<i64>,
    /// The configured client id.
    pub client_id: String,
    /// The database, as a person would name it (no password in it).
    pub database: String,
}

/// One user's tokens, for as long as the process runs.
pub struct TokenManager<L, E> {
    owner: TokenOwner,
    logins: Arc<L>,
    token_storage: Arc<TokenStorage>,
    endpoint: E,
    state: Mutex<TokenState>,
    /// A refresh token is being spent, and what it brings is not stored yet.
    refresh_in_flight: AtomicBool,
}

/// What the process knows. Its mutex is what makes concurrent tasks refresh once.
#[derive(Default)]
struct TokenState {
    /// The first MAL account that the row named: no other's tokens are used or refreshed here.
    account: Option<i64>,
    /// The row as last read, and its tokens opened.
    loaded: Option<(StoredLogin, LoadedTokens)>,
    /// The database's time at a moment of our own clock.
    clock: Option<DatabaseClock>,
    /// The generation that this process refreshed to: never renewed again merely because MAL did not say its life.
    refreshed_generation: Option<i64>,
    /// The generation whose early refresh failed: not tried again while its access token is good.
    failed_early_generation: Option<i64>,
    /// The generation whose refresh token was refused, and how: not asked again.
    refused_generation: Option<(i64, String)>,
}

/// The database's time at a moment of our own clock, which keeps it up.
#[derive(Clone, Copy)]
struct DatabaseClock(DateTime<Utc>, Instant);

impl DatabaseClock {
    fn now(self) -> DateTime<Utc> {
        self.0 + self.1.elapsed()
    }
}

/// Why a new pair is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RefreshReason {
    /// Little is left of the life of a valid one.
    Early,
    /// The access token is over, or MAL does not take it.
    Expired,
    /// Somebody asked for it; the access token may be good.
    Requested,
}

impl<L: LoginRepository, E: TokenEndpoint> TokenManager<L, E> {
    /// A session; nothing is read yet.
    pub fn new(owner: TokenOwner, logins: Arc<L>, token_storage: Arc<TokenStorage>, endpoint: E) -> Self {
        let state = Mutex::new(TokenState { account: owner.account, ..TokenState::default() });
        Self { owner, logins, token_storage, endpoint, state, refresh_in_flight: AtomicBool::new(false) }
    }

    /// Refreshes whatever is left, for `token refresh`; answers when the new access token ends.
    ///
    /// # Errors
    /// Exit code 4 where there is no login or MAL refuses, 2 where it does not know the client, 5 where it gave no answer.
    pub async fn refresh_now(&self) -> Result<Option<DateTime<Utc>>, Failure> {
        let mut state = self.state.lock().await;
        let held = self.load_consistent(&mut state).await?;
        let held = self.refresh_pair(&mut state, &held, RefreshReason::Requested).await?;
        Ok(held.expires_at)
    }

    /// The login as it stands, checked: somebody is logged in, with this client id, and MAL has not refused.
    async fn load_current(&self, state: &mut TokenState) -> Result<LoadedTokens, Failure> {
        let User { mal_user_id, login: row, .. } = self.logins.load_user(self.owner.user).await.map_err(Into::into)?;
        self.check_account(state, mal_user_id)?;
        if row.needs_login {
            return Err(self.login_required("MyAnimeList wants a new login"));
        }
        if let Some((known, held)) = &state.loaded
            && is_same_pair(known, &row)
        {
            return Ok(held.clone());
        }
        let before = state.loaded.take().is_some();
        let held =
            self.token_storage.load_tokens(self.owner.user, &row).await.map_err(|failure| match failure.exit {
                Exit::Login => failure.context(format!("database {}", self.owner.database)),
                _ => failure,
            })?;
        let Some(held) = held else {
            let end = if before { ": logged out meanwhile" } else { "" };
            return Err(self.login_required(&format!("user has no MyAnimeList access token{end}")));
        };
        if let Some(other) = held.client_id.as_ref().filter(|id| **id != self.owner.client_id) {
            return Err(
                self.login_required(&format!("the tokens belong to client id {other}, MAL_CLIENT_ID is another"))
            );
        }
        state.loaded = Some((row, held.clone()));
        Ok(held)
    }

    /// A login with `--force` may have given the row away: what is done with these tokens then is not for it.
    fn check_account(&self, state: &mut TokenState, account: Option<i64>) -> Result<(), Failure> {
        state.account = state.account.or(account);
        let Some(other) = account.filter(|_| account != state.account) else { return Ok(()) };
        let TokenOwner { user, username, database, .. } = &self.owner;
        let what =
            format!("the row of user {username} now belongs to another MAL account ({other}, database {database})");
        Err(Failure::from_text(Exit::Guard, what).with_hint(format!(
            "that account's list comes with: malsync sync {}",
            UserRef::for_row(*user, username).as_cli_arg()
        )))
    }

    /// The login as it stands. Where table and keyring each have a part of it and the parts do not fit, a sibling may be between
    /// writing the one and the other: its end is waited for, and looked again.
    async fn load_consistent(&self, state: &mut TokenState) -> Result<LoadedTokens, Failure> {
        let held = match self.load_current(state).await {
            Ok(held) if held.access.is_none() => Ok(held),
            Err(failure) if failure.exit == Exit::Login => Err(failure),
            whole => return whole,
        };
        let user = self.owner.user;
        let row = self.logins.load_user(user).await.map_err(Into::into)?.login;
        if !self.token_storage.is_split() || row.needs_login || !row.is_present() {
            return held;
        }
        let Some(_lock) = self.logins.lock_refresh(user).await.map_err(Into::into)? else { return held };
        state.loaded = None;
        self.load_current(state).await
    }

    /// A failure that a login mends. It names the database: a cron job without its `DATABASE_URL` finds an empty one.
    fn login_required(&self, what: &str) -> Failure {
        let TokenOwner { user, username, database, .. } = &self.owner;
        Failure::from_text(Exit::Login, format!("{what} (user {username}, database {database})"))
            .with_hint(format!("malsync login {}", UserRef::for_row(*user, username).as_cli_arg()))
    }

    /// The database's clock, asked once.
    async fn database_clock(&self, state: &mut TokenState) -> Result<DatabaseClock, Failure> {
        Ok(match state.clock {
            Some(clock) => clock,
            None => *state.clock.insert(DatabaseClock(self.logins.now().await.map_err(Into::into)?, Instant::now())),
        })
    }

    /// What the pair asks for, of this process.
    async fn refresh_need(&self, state: &mut TokenState, held: &LoadedTokens) -> Result<RefreshNeed, Failure> {
        if state.refreshed_generation == Some(held.generation) && expiry::has_unknown_lifetime(held) {
            return Ok(RefreshNeed::NotNeeded);
        }
        Ok(expiry::refresh_need(held, self.database_clock(state).await?.now()))
    }

    /// Brings a newer pair than `known`: a sibling's, or MAL's.
    async fn refresh_pair(
        &self,
        state: &mut TokenState,
        known: &LoadedTokens,
        why: RefreshReason,
    ) -> Result<LoadedTokens, Failure> {
        // Before anything is spent: what could not be sealed would be lost.
        let scribe = self.token_storage.writer()?;
        failpoint!("token.before_lock");
        let _lock = keyring_sync::acquire_refresh_lock(&*self.logins, self.owner.user).await?;
        failpoint!("token.after_lock");
        state.clock = None;
        let held = self.load_current(state).await?;
        let newer = held.generation != known.generation || held.access != known.access;
        if newer
            && (expiry::has_unknown_lifetime(&held) || self.refresh_need(state, &held).await? == RefreshNeed::NotNeeded)
        {
            return Ok(held);
        }
        // Asked for here, whatever becomes of it: nothing that can fail comes between a new pair and its being stored.
        let clock = self.database_clock(state).await?;
        let valid = held.access.is_some() && expiry::refresh_need(&held, clock.now()) != RefreshNeed::Expired;
        let valid = valid && (newer || why != RefreshReason::Expired);
        let Some(token) = held.refresh.clone() else {
            let refused = "there is no refresh token";
            return if valid {
                Err(self.login_required(refused))
            } else {
                self.set_needs_login_unless_refreshed(state, &held, refused).await
            };
        };
        if let Some((generation, words)) = state.refused_generation.clone()
            && generation == held.generation
        {
            return if valid {
                Err(self.login_required(&words))
            } else {
                self.set_needs_login_unless_refreshed(state, &held, &words).await
            };
        }
        self.refresh_in_flight.store(true, Ordering::SeqCst);
        let answered = self.endpoint.refresh_tokens(&token).await;
        let kept = match answered {
            Ok(pair) => Ok(self.persist_pair(state, (&scribe, clock), &held, pair).await),
            Err(error) => Err(error),
        };
        self.refresh_in_flight.store(false, Ordering::SeqCst);
        match kept {
            Ok(kept) => kept,
            Err(Error::Refused { description: words, response_lost: answer_lost }) => {
                let lost = lost_response_hint(&words.to_string(), answer_lost);
                let words = format!("the login has expired, MyAnimeList refused to refresh it: {words}{lost}");
                state.refused_generation = Some((held.generation, words.clone()));
                if valid {
                    Err(self.login_required(&words))
                } else {
                    self.set_needs_login_unless_refreshed(state, &held, &words).await
                }
            }
            Err(error @ Error::InvalidClient(_)) => Err(error.into()),
            Err(error @ Error::Transient(_)) => {
                Err(Failure::from(error).context("could not refresh the tokens, will try again"))
            }
        }
    }

    /// Writes the pair, table first, and only then lets it be used.
    async fn persist_pair(
        &self,
        state: &mut TokenState,
        (scribe, clock): (&TokenWriter, DatabaseClock),
        old: &LoadedTokens,
        mut pair: TokenPair,
    ) -> Result<LoadedTokens, Failure> {
        let user = self.owner.user;
        pair.refresh = pair.refresh.or_else(|| old.refresh.clone());
        // Whole seconds: the embedded database keeps no more.
        let at = clock.now().trunc_subsecs(0);
        let issued = IssuedTokens { pair, issued_at: at, client_id: self.owner.client_id.clone() };
        let generation = old.generation + 1;
        let write = scribe.prepare_write(user, generation, &issued);
        failpoint!("token.before_persist");
        let mut pauses = WRITE_RETRY_DELAYS.iter();
        let swapped = loop {
            match self.logins.compare_and_swap_tokens(user, old.generation, &write).await {
                Ok(swapped) => break swapped,
                Err(error) => match pauses.next() {
                    Some(pause) => tokio::time::sleep(*pause).await,
                    None => {
                        return Err(error.into().context("the new tokens could not be stored, the login may be lost"));
                    }
                },
            }
        };
        if !swapped {
            // A commit whose answer was lost is ours all the same; anything else is a sibling's, and is taken.
            let row = self.logins.load_user(user).await.map_err(Into::into)?.login;
            if row.generation != generation || row.access_token != write.access || row.issued_at != Some(at) {
                return self.load_current(state).await;
            }
        }
        failpoint!("token.after_persist");
        if let Err(failure) =
            keyring_sync::write_to_keyring(&*self.logins, &self.token_storage, user, generation, &issued.pair).await
        {
            tracing::warn!("{}; the next run needs a login", failure.message());
        }
        tracing::info!(generation, "refreshed the MyAnimeList tokens");
        let held = LoadedTokens {
            access: Some(issued.pair.access.clone()),
            refresh: issued.pair.refresh.clone(),
            expires_at: Some(write.expires_at),
            issued_at: Some(write.issued_at),
            generation,
            client_id: Some(write.client_id.clone()),
            needs_login: false,
        };
        let row = StoredLogin {
            access_token: write.access,
            refresh_token: write.refresh,
            expires_at: Some(write.expires_at),
            generation,
            ..StoredLogin::default()
        };
        state.refreshed_generation = Some(generation);
        state.loaded = Some((row, held.clone()));
        Ok(held)
    }

    /// No valid token is left and MAL gives none: a sibling may have been faster; else the login is marked.
    async fn set_needs_login_unless_refreshed(
        &self,
        state: &mut TokenState,
        held: &LoadedTokens,
        why: &str,
    ) -> Result<LoadedTokens, Failure> {
        let user = self.owner.user;
        for pause in RELOAD_DELAYS {
            tokio::time::sleep(pause).await;
            let row = self.logins.load_user(user).await.map_err(Into::into)?.login;
            if state.loaded.as_ref().is_none_or(|(known, _)| !is_same_pair(known, &row)) {
                return self.load_current(state).await;
            }
        }
        if self.logins.mark_needs_login(user, held.generation).await.map_err(Into::into)? {
            return Err(self.login_required(why));
        }
        self.load_current(state).await
    }
}

/// What a refusal may have come from. A process that died before it stored MAL's answer leaves no trace, so that a token
/// refused before its time is reason enough to say so.
fn lost_response_hint(refusal: &str, known: bool) -> &'static str {
    match known {
        true => "; the answer to the last refresh may have been lost",
        false if refusal.to_ascii_lowercase().contains("expired") => "",
        false => "; it was revoked, or the answer to the last refresh may have been lost",
    }
}

/// Whether the row still holds the same pair. An application that shares the tokens changes them without a new generation.
fn is_same_pair(known: &StoredLogin, row: &StoredLogin) -> bool {
    (known.generation, &known.access_token, &known.refresh_token, known.expires_at)
        == (row.generation, &row.access_token, &row.refresh_token, row.expires_at)
}

fn to_access(held: &LoadedTokens) -> Result<BearerToken, Failure> {
    let token =
        held.access.clone().ok_or_else(|| Failure::from_text(Exit::Login, "user has no MyAnimeList access token"))?;
    Ok(BearerToken { token, generation: held.generation })
}

impl<L: LoginRepository, E: TokenEndpoint> TokenProvider for TokenManager<L, E> {
    fn is_cancel_safe(&self) -> bool {
        !self.refresh_in_flight.load(Ordering::SeqCst)
    }

    async fn access_token(&self) -> Result<BearerToken, Failure> {
        let mut state = self.state.lock().await;
        let held = self.load_consistent(&mut state).await?;
        match self.refresh_need(&mut state, &held).await? {
            RefreshNeed::NotNeeded => to_access(&held),
            RefreshNeed::Expired => to_access(&self.refresh_pair(&mut state, &held, RefreshReason::Expired).await?),
            RefreshNeed::Early if state.failed_early_generation == Some(held.generation) => to_access(&held),
            RefreshNeed::Early => match self.refresh_pair(&mut state, &held, RefreshReason::Early).await {
                Ok(newer) => to_access(&newer),
                Err(failure) => {
                    // The login may have ended meanwhile: that is no matter of refreshing.
                    let held = self.load_current(&mut state).await?;
                    state.failed_early_generation = Some(held.generation);
                    tracing::warn!("{}; the present token still serves", failure.message());
                    to_access(&held)
                }
            },
        }
    }

    async fn refresh_after_rejection(&self, rejected: i64) -> Result<BearerToken, Failure> {
        let mut state = self.state.lock().await;
        let before = state.loaded.as_ref().map(|(_, held)| held.access.clone());
        let held = self.load_consistent(&mut state).await?;
        let newer = held.generation > rejected || before.is_some_and(|before| before != held.access);
        if newer && self.refresh_need(&mut state, &held).await? != RefreshNeed::Expired {
            return to_access(&held);
        }
        to_access(&self.refresh_pair(&mut state, &held, RefreshReason::Expired).await?)
    }
}

#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod split_tests;
#[cfg(test)]
mod tests;
