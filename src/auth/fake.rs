//! An in-memory users table and token endpoint, for the tests of this module.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::sync::OwnedMutexGuard;

use super::{
    endpoint::{Error, Pair, Standing, Suspect, TokenEndpoint, Unregistered, Words},
    pkce::Proof,
    port::{Logins, SignIn, Target, TokenWrite},
};
use crate::{
    domain::user::{Login, User, UserId},
    exit::Exit,
    failure::Failure,
    secret::Secret,
};

/// Why the table did not do it.
#[derive(Debug, thiserror::Error)]
#[error("the database is gone")]
pub(super) struct Gone;

impl From<Gone> for Failure {
    fn from(gone: Gone) -> Self {
        Self::new(Exit::Database, gone)
    }
}

/// The users table.
pub(super) struct Table {
    pub(super) users: Mutex<HashMap<i32, User>>,
    pub(super) now: Mutex<DateTime<Utc>>,
    lock: Arc<tokio::sync::Mutex<()>>,
    /// So many writes fail before one succeeds.
    pub(super) failing: AtomicUsize,
    /// A failing swap has happened all the same: its answer got lost.
    pub(super) lost_answers: bool,
    /// Whether the refresh lock is never to be had.
    pub(super) locked: bool,
    /// How often it was asked for.
    pub(super) locks: AtomicUsize,
    /// Whether it does not tell the time.
    pub(super) timeless: bool,
}

impl Default for Table {
    fn default() -> Self {
        Self {
            users: Mutex::default(),
            now: Mutex::new("2026-03-01T12:00:00Z".parse().unwrap()),
            lock: Arc::default(),
            failing: AtomicUsize::new(0),
            lost_answers: false,
            locked: false,
            locks: AtomicUsize::new(0),
            timeless: false,
        }
    }
}

impl Table {
    pub(super) fn with(login: Login) -> Self {
        let table = Self::default();
        table.users.lock().unwrap().insert(1, user(1, "ann", login));
        table
    }

    pub(super) fn row(&self) -> Login {
        self.users.lock().unwrap()[&1].login.clone()
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Login)) {
        change(&mut self.users.lock().unwrap().get_mut(&1).unwrap().login);
    }

    /// Gives the row to another MAL account, and nothing else.
    pub(super) fn give_to(&self, account: i64) {
        self.users.lock().unwrap().get_mut(&1).unwrap().mal_user_id = Some(account);
    }

    pub(super) fn pass(&self, time: chrono::Duration) {
        *self.now.lock().unwrap() += time;
    }

    fn fails(&self) -> bool {
        self.failing.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
    }
}

pub(super) fn user(id: i32, name: &str, login: Login) -> User {
    User {
        id: UserId(id),
        username: name.into(),
        email: None,
        mal_user_id: None,
        login,
        last_mal_sync: None,
        watermark: None,
        drift: None,
        last_full_sync: None,
    }
}

fn put(login: &mut Login, pair: &TokenWrite) {
    login.access = pair.access.clone();
    login.refresh = pair.refresh.clone();
    login.expires_at = Some(pair.expires_at);
    login.issued_at = Some(pair.issued_at);
    login.client_id = Some(pair.client_id.clone());
    login.generation += 1;
}

impl Logins for Table {
    type Error = Gone;
    type RefreshLock = OwnedMutexGuard<()>;

    async fn now(&self) -> Result<DateTime<Utc>, Gone> {
        if self.timeless { Err(Gone) } else { Ok(*self.now.lock().unwrap()) }
    }

    async fn row(&self, user: UserId) -> Result<User, Gone> {
        self.users.lock().unwrap().get(&user.0).cloned().ok_or(Gone)
    }

    async fn lock_refresh(&self, _: UserId) -> Result<Option<OwnedMutexGuard<()>>, Gone> {
        self.locks.fetch_add(1, Ordering::SeqCst);
        if self.locked {
            return Ok(None);
        }
        Ok(Some(Arc::clone(&self.lock).lock_owned().await))
    }

    async fn swap(&self, user: UserId, expected: i64, pair: &TokenWrite) -> Result<bool, Gone> {
        let fails = self.fails();
        if fails && !self.lost_answers {
            return Err(Gone);
        }
        let mut users = self.users.lock().unwrap();
        let login = &mut users.get_mut(&user.0).ok_or(Gone)?.login;
        let swapped = login.generation == expected;
        if swapped {
            put(login, pair);
        }
        if fails { Err(Gone) } else { Ok(swapped) }
    }

    async fn mark_needs_login(&self, user: UserId, generation: i64) -> Result<bool, Gone> {
        let mut users = self.users.lock().unwrap();
        let login = &mut users.get_mut(&user.0).ok_or(Gone)?.login;
        let still = login.generation == generation;
        login.needs_login |= still;
        Ok(still)
    }

    async fn sign_in(&self, sign_in: &SignIn<'_>) -> Result<Option<User>, Gone> {
        if self.fails() {
            return Err(Gone);
        }
        let mut users = self.users.lock().unwrap();
        let id = match &sign_in.target {
            Target::Existing(id) => id.0,
            Target::New(name) => {
                let id = i32::try_from(users.len()).unwrap() + 1;
                users.insert(id, user(id, name, Login::default()));
                id
            }
        };
        let row = users.get_mut(&id).ok_or(Gone)?;
        if row.mal_user_id.is_some_and(|account| account != sign_in.mal_user_id) && !sign_in.force {
            return Ok(None);
        }
        row.mal_user_id = Some(sign_in.mal_user_id);
        row.email = sign_in.email.clone().or(row.email.take());
        let pair = (sign_in.pair)(row.id, row.login.generation + 1);
        put(&mut row.login, &pair);
        row.login.needs_login = false;
        Ok(Some(row.clone()))
    }

    async fn clear(&self, user: UserId) -> Result<(), Gone> {
        let mut users = self.users.lock().unwrap();
        let login = &mut users.get_mut(&user.0).ok_or(Gone)?.login;
        *login = Login { generation: login.generation + 1, ..Login::default() };
        Ok(())
    }

    async fn note_account(&self, _: UserId, _: i64) -> Result<bool, Gone> {
        Ok(true)
    }
}

/// What the endpoint does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mood {
    /// Rotates: every refresh token is good once.
    Well,
    /// Refuses everything.
    Refusing,
    /// Does not know the client.
    Strange,
    /// Is not to be reached.
    Stormy,
    /// Would ask no user.
    Unregistered,
    /// Says nothing to whoever asks whether it would ask a user.
    Silent,
}

/// A token endpoint with single-use refresh tokens: `r1` gives `a2` and `r2`, and so on. Cheap to clone.
#[derive(Clone)]
pub(super) struct Endpoint(pub(super) Arc<Books>);

pub(super) struct Books {
    pub(super) mood: Mutex<Mood>,
    /// Every refresh token that was posted.
    pub(super) posted: Mutex<Vec<String>>,
    pub(super) lifetime: u32,
    /// Whether a refresh brings a new refresh token.
    pub(super) rotates: bool,
}

impl Endpoint {
    pub(super) fn new(lifetime: u32) -> Self {
        Self(Arc::new(Books { mood: Mutex::new(Mood::Well), posted: Mutex::default(), lifetime, rotates: true }))
    }

    pub(super) fn moody(mood: Mood) -> Self {
        let endpoint = Self::new(3600);
        endpoint.turn(mood);
        endpoint
    }

    pub(super) fn turn(&self, mood: Mood) {
        *self.0.mood.lock().unwrap() = mood;
    }

    pub(super) fn posted(&self) -> Vec<String> {
        self.0.posted.lock().unwrap().clone()
    }

    fn answer(&self, next: usize) -> Result<Pair, Error> {
        let refused = || Words::clean("Token has been revoked");
        match *self.0.mood.lock().unwrap() {
            Mood::Well | Mood::Unregistered | Mood::Silent => Ok(Pair {
                access: Secret::new(format!("a{next}")),
                refresh: self.0.rotates.then(|| Secret::new(format!("r{next}"))),
                lifetime: self.0.lifetime,
            }),
            Mood::Refusing => Err(Error::Refused { words: refused(), answer_lost: false }),
            Mood::Strange => Err(Error::Client(refused())),
            Mood::Stormy => Err(Error::Weather(anyhow::Error::msg("503"))),
        }
    }
}

impl TokenEndpoint for Endpoint {
    fn authorize_url(&self, proof: &Proof) -> Secret {
        Secret::new(format!("https://mal.example/authorize?state={}", proof.state.expose()))
    }

    async fn check_client(&self) -> Result<Standing, Unregistered> {
        let mood = *self.0.mood.lock().unwrap();
        match mood {
            Mood::Unregistered => {
                let words = Words::clean("Client authentication failed (invalid_client)");
                Err(Unregistered { suspect: Suspect::Either, redirect: "http://localhost:3005/cb".into(), words })
            }
            Mood::Silent => std::future::pending().await,
            _ => Ok(Standing::Known),
        }
    }

    async fn exchange(&self, _: &Secret, _: &Secret) -> Result<Pair, Error> {
        self.answer(1)
    }

    async fn refresh(&self, token: &Secret) -> Result<Pair, Error> {
        let token = token.expose().to_owned();
        let next = token.trim_start_matches('r').parse::<usize>().unwrap_or(0) + 1;
        let spent = {
            let mut posted = self.0.posted.lock().unwrap();
            posted.push(token.clone());
            self.0.rotates
                && *self.0.mood.lock().unwrap() == Mood::Well
                && posted.iter().filter(|other| **other == token).count() > 1
        };
        // Siblings get their chance to do the wrong thing.
        tokio::time::sleep(Duration::from_millis(5)).await;
        if spent {
            return Err(Error::Refused { words: Words::clean("Token has been revoked"), answer_lost: false });
        }
        self.answer(next)
    }
}
