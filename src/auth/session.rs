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
    copies,
    endpoint::{Error, Pair, TokenEndpoint},
    life::{self, Need},
    port::Logins,
    vault::{Held, Issued, Scribe, Vault},
};
use crate::{
    domain::user::{Login, User, UserId, UserRef},
    exit::Exit,
    failpoint::failpoint,
    failure::Failure,
    mal::bearer::{Access, Bearer},
};

/// After a refusal, a sibling that got there first is looked for at these distances.
const LOOK_AGAIN: [Duration; 4] =
    [Duration::from_millis(25), Duration::from_millis(50), Duration::from_millis(100), Duration::from_millis(400)];

/// A pair that MAL gave and the database did not take is offered to it again after these pauses.
const WRITE_AGAIN: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(400), Duration::from_millis(1600)];

/// Whose session.
#[derive(Clone, Debug)]
pub struct Who {
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
pub struct Session<L, E> {
    who: Who,
    logins: Arc<L>,
    vault: Arc<Vault>,
    endpoint: E,
    state: Mutex<State>,
    /// A refresh token is being spent, and what it brings is not stored yet.
    spending: AtomicBool,
}

/// What the process knows. Its mutex is what makes concurrent tasks refresh once.
#[derive(Default)]
struct State {
    /// The first MAL account that the row named: no other's tokens are used or refreshed here.
    account: Option<i64>,
    /// The row as last read, and its tokens opened.
    known: Option<(Login, Held)>,
    /// The database's time at a moment of our own clock.
    clock: Option<Clock>,
    /// The generation that this process refreshed to: never renewed again merely because MAL did not say its life.
    own: Option<i64>,
    /// The generation whose early refresh failed: not tried again while its access token is good.
    tried: Option<i64>,
    /// The generation whose refresh token was refused, and how: not asked again.
    refused: Option<(i64, String)>,
}

/// The database's time at a moment of our own clock, which keeps it up.
#[derive(Clone, Copy)]
struct Clock(DateTime<Utc>, Instant);

impl Clock {
    fn now(self) -> DateTime<Utc> {
        self.0 + self.1.elapsed()
    }
}

/// Why a new pair is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// Little is left of the life of a valid one.
    Early,
    /// The access token is over, or MAL does not take it.
    Ended,
    /// Somebody asked for it; the access token may be good.
    Asked,
}

impl<L: Logins, E: TokenEndpoint> Session<L, E> {
    /// A session; nothing is read yet.
    pub fn new(who: Who, logins: Arc<L>, vault: Arc<Vault>, endpoint: E) -> Self {
        let state = Mutex::new(State { account: who.account, ..State::default() });
        Self { who, logins, vault, endpoint, state, spending: AtomicBool::new(false) }
    }

    /// Refreshes whatever is left, for `token refresh`; answers when the new access token ends.
    ///
    /// # Errors
    /// Exit code 4 where there is no login or MAL refuses, 2 where it does not know the client, 5 where it gave no answer.
    pub async fn refresh_now(&self) -> Result<Option<DateTime<Utc>>, Failure> {
        let mut state = self.state.lock().await;
        let held = self.settled(&mut state).await?;
        let held = self.refresh(&mut state, &held, Why::Asked).await?;
        Ok(held.expires_at)
    }

    /// The login as it stands, checked: somebody is logged in, with this client id, and MAL has not refused.
    async fn current(&self, state: &mut State) -> Result<Held, Failure> {
        let User { mal_user_id, login: row, .. } = self.logins.row(self.who.user).await.map_err(Into::into)?;
        self.check_owner(state, mal_user_id)?;
        if row.needs_login {
            return Err(self.log_in("MyAnimeList wants a new login"));
        }
        if let Some((known, held)) = &state.known
            && same(known, &row)
        {
            return Ok(held.clone());
        }
        let before = state.known.take().is_some();
        let held = self.vault.load(self.who.user, &row).await.map_err(|failure| match failure.exit {
            Exit::Login => failure.context(format!("database {}", self.who.database)),
            _ => failure,
        })?;
        let Some(held) = held else {
            let end = if before { ": logged out meanwhile" } else { "" };
            return Err(self.log_in(&format!("user has no MyAnimeList access token{end}")));
        };
        if let Some(other) = held.client_id.as_ref().filter(|id| **id != self.who.client_id) {
            return Err(self.log_in(&format!("the tokens belong to client id {other}, MAL_CLIENT_ID is another")));
        }
        state.known = Some((row, held.clone()));
        Ok(held)
    }

    /// A login with `--force` may have given the row away: what is done with these tokens then is not for it.
    fn check_owner(&self, state: &mut State, account: Option<i64>) -> Result<(), Failure> {
        state.account = state.account.or(account);
        let Some(other) = account.filter(|_| account != state.account) else { return Ok(()) };
        let Who { user, username, database, .. } = &self.who;
        let what =
            format!("the row of user {username} now belongs to another MAL account ({other}, database {database})");
        Err(Failure::text(Exit::Guard, what)
            .hint(format!("that account's list comes with: malsync sync {}", UserRef::of_row(*user, username).typed())))
    }

    /// The login as it stands. Where table and keyring each have a part of it and the parts do not fit, a sibling may be between
    /// writing the one and the other: its end is waited for, and looked again.
    async fn settled(&self, state: &mut State) -> Result<Held, Failure> {
        let held = match self.current(state).await {
            Ok(held) if held.access.is_none() => Ok(held),
            Err(failure) if failure.exit == Exit::Login => Err(failure),
            whole => return whole,
        };
        let user = self.who.user;
        let row = self.logins.row(user).await.map_err(Into::into)?.login;
        if !self.vault.is_divided() || row.needs_login || !row.exists() {
            return held;
        }
        let Some(_lock) = self.logins.lock_refresh(user).await.map_err(Into::into)? else { return held };
        state.known = None;
        self.current(state).await
    }

    /// A failure that a login mends. It names the database: a cron job without its `DATABASE_URL` finds an empty one.
    fn log_in(&self, what: &str) -> Failure {
        let Who { user, username, database, .. } = &self.who;
        Failure::text(Exit::Login, format!("{what} (user {username}, database {database})"))
            .hint(format!("malsync login {}", UserRef::of_row(*user, username).typed()))
    }

    /// The database's clock, asked once.
    async fn clock(&self, state: &mut State) -> Result<Clock, Failure> {
        Ok(match state.clock {
            Some(clock) => clock,
            None => *state.clock.insert(Clock(self.logins.now().await.map_err(Into::into)?, Instant::now())),
        })
    }

    /// What the pair asks for, of this process.
    async fn need(&self, state: &mut State, held: &Held) -> Result<Need, Failure> {
        if state.own == Some(held.generation) && life::without_life(held) {
            return Ok(Need::Nothing);
        }
        Ok(life::need(held, self.clock(state).await?.now()))
    }

    /// Brings a newer pair than `known`: a sibling's, or MAL's.
    async fn refresh(&self, state: &mut State, known: &Held, why: Why) -> Result<Held, Failure> {
        // Before anything is spent: what could not be sealed would be lost.
        let scribe = self.vault.scribe()?;
        failpoint!("token.before_lock");
        let _lock = copies::lock(&*self.logins, self.who.user).await?;
        failpoint!("token.after_lock");
        state.clock = None;
        let held = self.current(state).await?;
        let newer = held.generation != known.generation || held.access != known.access;
        if newer && (life::without_life(&held) || self.need(state, &held).await? == Need::Nothing) {
            return Ok(held);
        }
        // Asked for here, whatever becomes of it: nothing that can fail comes between a new pair and its being stored.
        let clock = self.clock(state).await?;
        let valid = held.access.is_some() && life::need(&held, clock.now()) != Need::Ended;
        let valid = valid && (newer || why != Why::Ended);
        let Some(token) = held.refresh.clone() else {
            let refused = "there is no refresh token";
            return if valid { Err(self.log_in(refused)) } else { self.give_up(state, &held, refused).await };
        };
        if let Some((generation, words)) = state.refused.clone()
            && generation == held.generation
        {
            return if valid { Err(self.log_in(&words)) } else { self.give_up(state, &held, &words).await };
        }
        self.spending.store(true, Ordering::SeqCst);
        let answered = self.endpoint.refresh(&token).await;
        let kept = match answered {
            Ok(pair) => Ok(self.keep(state, (&scribe, clock), &held, pair).await),
            Err(error) => Err(error),
        };
        self.spending.store(false, Ordering::SeqCst);
        match kept {
            Ok(kept) => kept,
            Err(Error::Refused { words, answer_lost }) => {
                let lost = lost_answer(&words.to_string(), answer_lost);
                let words = format!("the login has expired, MyAnimeList refused to refresh it: {words}{lost}");
                state.refused = Some((held.generation, words.clone()));
                if valid { Err(self.log_in(&words)) } else { self.give_up(state, &held, &words).await }
            }
            Err(error @ Error::Client(_)) => Err(error.into()),
            Err(error @ Error::Weather(_)) => {
                Err(Failure::from(error).context("could not refresh the tokens, will try again"))
            }
        }
    }

    /// Writes the pair, table first, and only then lets it be used.
    async fn keep(
        &self,
        state: &mut State,
        (scribe, clock): (&Scribe, Clock),
        old: &Held,
        mut pair: Pair,
    ) -> Result<Held, Failure> {
        let user = self.who.user;
        pair.refresh = pair.refresh.or_else(|| old.refresh.clone());
        // Whole seconds: the embedded database keeps no more.
        let at = clock.now().trunc_subsecs(0);
        let issued = Issued { pair, at, client_id: self.who.client_id.clone() };
        let generation = old.generation + 1;
        let write = scribe.write(user, generation, &issued);
        failpoint!("token.before_persist");
        let mut pauses = WRITE_AGAIN.iter();
        let swapped = loop {
            match self.logins.swap(user, old.generation, &write).await {
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
            let row = self.logins.row(user).await.map_err(Into::into)?.login;
            if row.generation != generation || row.access != write.access || row.issued_at != Some(at) {
                return self.current(state).await;
            }
        }
        failpoint!("token.after_persist");
        if let Err(failure) = copies::write(&*self.logins, &self.vault, user, generation, &issued.pair).await {
            tracing::warn!("{}; the next run needs a login", failure.message());
        }
        tracing::info!(generation, "refreshed the MyAnimeList tokens");
        let held = Held {
            access: Some(issued.pair.access.clone()),
            refresh: issued.pair.refresh.clone(),
            expires_at: Some(write.expires_at),
            issued_at: Some(write.issued_at),
            generation,
            client_id: Some(write.client_id.clone()),
            needs_login: false,
        };
        let row = Login {
            access: write.access,
            refresh: write.refresh,
            expires_at: Some(write.expires_at),
            generation,
            ..Login::default()
        };
        state.own = Some(generation);
        state.known = Some((row, held.clone()));
        Ok(held)
    }

    /// No valid token is left and MAL gives none: a sibling may have been faster; else the login is marked.
    async fn give_up(&self, state: &mut State, held: &Held, why: &str) -> Result<Held, Failure> {
        let user = self.who.user;
        for pause in LOOK_AGAIN {
            tokio::time::sleep(pause).await;
            let row = self.logins.row(user).await.map_err(Into::into)?.login;
            if state.known.as_ref().is_none_or(|(known, _)| !same(known, &row)) {
                return self.current(state).await;
            }
        }
        if self.logins.mark_needs_login(user, held.generation).await.map_err(Into::into)? {
            return Err(self.log_in(why));
        }
        self.current(state).await
    }
}

/// What a refusal may have come from. A process that died before it stored MAL's answer leaves no trace, so that a token
/// refused before its time is reason enough to say so.
fn lost_answer(refusal: &str, known: bool) -> &'static str {
    match known {
        true => "; the answer to the last refresh may have been lost",
        false if refusal.to_ascii_lowercase().contains("expired") => "",
        false => "; it was revoked, or the answer to the last refresh may have been lost",
    }
}

/// Whether the row still holds the same pair. An application that shares the tokens changes them without a new generation.
fn same(known: &Login, row: &Login) -> bool {
    (known.generation, &known.access, &known.refresh, known.expires_at)
        == (row.generation, &row.access, &row.refresh, row.expires_at)
}

fn access(held: &Held) -> Result<Access, Failure> {
    let token =
        held.access.clone().ok_or_else(|| Failure::text(Exit::Login, "user has no MyAnimeList access token"))?;
    Ok(Access { token, generation: held.generation })
}

impl<L: Logins, E: TokenEndpoint> Bearer for Session<L, E> {
    fn may_be_cut(&self) -> bool {
        !self.spending.load(Ordering::SeqCst)
    }

    async fn access(&self) -> Result<Access, Failure> {
        let mut state = self.state.lock().await;
        let held = self.settled(&mut state).await?;
        match self.need(&mut state, &held).await? {
            Need::Nothing => access(&held),
            Need::Ended => access(&self.refresh(&mut state, &held, Why::Ended).await?),
            Need::Early if state.tried == Some(held.generation) => access(&held),
            Need::Early => match self.refresh(&mut state, &held, Why::Early).await {
                Ok(newer) => access(&newer),
                Err(failure) => {
                    // The login may have ended meanwhile: that is no matter of refreshing.
                    let held = self.current(&mut state).await?;
                    state.tried = Some(held.generation);
                    tracing::warn!("{}; the present token still serves", failure.message());
                    access(&held)
                }
            },
        }
    }

    async fn renew(&self, rejected: i64) -> Result<Access, Failure> {
        let mut state = self.state.lock().await;
        let before = state.known.as_ref().map(|(_, held)| held.access.clone());
        let held = self.settled(&mut state).await?;
        let newer = held.generation > rejected || before.is_some_and(|before| before != held.access);
        if newer && self.need(&mut state, &held).await? != Need::Ended {
            return access(&held);
        }
        access(&self.refresh(&mut state, &held, Why::Ended).await?)
    }
}

#[cfg(test)]
mod divided;
#[cfg(test)]
mod machine;
#[cfg(test)]
mod tests;
