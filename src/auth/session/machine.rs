//! The chain of tokens under whatever happens in whatever order: several processes, kills, lost answers, a database that does
//! not write, refusals, logouts and logins in between, against a server that takes a refresh token once and ends the whole
//! family when it sees a spent one again.
//!
//! The laws: a generation only grows, and grows with every change; nothing but a logout takes tokens away; only a refusal of
//! the very token that is stored marks the login; refreshes never overlap; and while no answer was lost, no spent token is
//! sent, the stored pair is the server's current one, and everybody gets a token.

use std::{collections::HashSet, sync::Mutex as StdMutex};

use chrono::Duration as Span;
use proptest::prelude::*;

use super::*;
use crate::{
    auth::{
        endpoint::{Standing, Unregistered, Words},
        fake::Table,
        keyring::fake as keyrings,
        pkce::Proof,
        port::{SignIn, Target, TokenWrite},
        seal::Seal,
        vault::TokenStore,
    },
    secret::Secret,
};

const PROCESSES: usize = 4;
const USER: UserId = UserId(1);

/// How the server is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mood {
    #[default]
    Fair,
    /// Answers 503 and does nothing.
    Down,
    /// Does what it is asked for, and the answer gets lost.
    Losing,
    /// Refuses everything.
    Refusing,
}

#[derive(Clone, Debug)]
enum Op {
    /// These processes need a token, at once.
    Use(Vec<usize>),
    /// These have a token, and meet a 401 with it at once.
    Rejected(Vec<usize>),
    /// `token refresh`.
    Ask(usize),
    /// A process that needs a token is killed after so many milliseconds.
    Kill(usize, u64),
    /// A logout, so many milliseconds after a process began to need a token.
    LogOutDuring(usize, u64),
    LogOut,
    LogIn,
    Pass(i64),
    Turn(Mood),
    /// So many writes fail.
    FailWrites(usize),
}

#[derive(Default)]
struct Books {
    mood: Mood,
    issued: u32,
    current: Option<String>,
    spent: HashSet<String>,
    refused: HashSet<String>,
    reused: u32,
    asked: u32,
    open: u32,
    overlapped: bool,
}

impl Books {
    fn issue(&mut self) -> (String, String) {
        self.issued += 1;
        let (access, refresh) = (format!("a{}", self.issued), format!("r{}", self.issued));
        self.current = Some(refresh.clone());
        (access, refresh)
    }

    /// What a refresh does here.
    fn take(&mut self, token: &str) -> Result<Pair, Error> {
        self.asked += 1;
        let weather = || Err(Error::Weather(anyhow::Error::msg("weather")));
        match self.mood {
            Mood::Down => return weather(),
            Mood::Refusing => {}
            Mood::Fair | Mood::Losing if self.spent.contains(token) => {
                self.reused += 1;
                self.current = None;
            }
            Mood::Fair | Mood::Losing if self.current.as_deref() == Some(token) => {
                self.spent.insert(token.to_owned());
                let (access, refresh) = self.issue();
                let pair = Pair { access: Secret::new(access), refresh: Some(Secret::new(refresh)), lifetime: 7200 };
                return if self.mood == Mood::Losing { weather() } else { Ok(pair) };
            }
            Mood::Fair | Mood::Losing => {}
        }
        self.refused.insert(token.to_owned());
        Err(Error::Refused { words: Words::clean("Token has been revoked"), answer_lost: false })
    }
}

#[derive(Clone, Default)]
struct Server(Arc<StdMutex<Books>>);

impl Server {
    fn books(&self) -> std::sync::MutexGuard<'_, Books> {
        self.0.lock().unwrap()
    }
}

/// A question under way; it is over when it is dropped, too.
struct Question(Server);

impl Question {
    fn of(server: &Server) -> Self {
        let mut books = server.books();
        books.open += 1;
        books.overlapped |= books.open > 1;
        drop(books);
        Self(server.clone())
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        self.0.books().open -= 1;
    }
}

impl TokenEndpoint for Server {
    fn authorize_url(&self, _: &Proof) -> Secret {
        Secret::new("https://mal.example/authorize")
    }

    async fn check_client(&self) -> Result<Standing, Unregistered> {
        Ok(Standing::Known)
    }

    async fn exchange(&self, _: &Secret, _: &Secret) -> Result<Pair, Error> {
        Err(Error::Weather(anyhow::Error::msg("nobody logs in this way")))
    }

    async fn refresh(&self, token: &Secret) -> Result<Pair, Error> {
        let _question = Question::of(self);
        tokio::time::sleep(Duration::from_millis(3)).await;
        let answer = self.books().take(token.expose());
        tokio::time::sleep(Duration::from_millis(3)).await;
        answer
    }
}

struct Model {
    table: Arc<Table>,
    server: Server,
    processes: Vec<Session<Table, Server>>,
    /// An answer may have been lost since the last login.
    excused: bool,
    /// The refreshes that were asked for before the present step.
    asked: u32,
    /// The access token that was stored before it.
    stored: Option<Secret>,
    /// The generations that met a 401 in it, one for each answer.
    rejected: Vec<i64>,
}

impl Model {
    async fn new() -> Self {
        let (table, server) = (Arc::new(Table::with(Login::default())), Server::default());
        let processes = (0..PROCESSES).map(|_| process(&table, &server)).collect();
        let mut model = Self { table, server, processes, excused: false, asked: 0, stored: None, rejected: Vec::new() };
        model.log_in().await;
        model
    }

    async fn log_in(&mut self) {
        self.table.failing.store(0, std::sync::atomic::Ordering::SeqCst);
        let (access, refresh) = {
            let mut books = self.server.books();
            books.reused = 0;
            books.issue()
        };
        let now = self.table.now().await.unwrap();
        let pair = |_: UserId, _: i64| TokenWrite {
            access: Some(Secret::new(access.clone())),
            refresh: Some(Secret::new(refresh.clone())),
            expires_at: now + Span::hours(2),
            issued_at: now,
            client_id: "client".into(),
        };
        let sign_in = SignIn { target: Target::Existing(USER), email: None, mal_user_id: 1, force: false, pair: &pair };
        self.table.sign_in(&sign_in).await.unwrap();
        self.excused = self.server.books().mood == Mood::Losing;
    }

    /// Does it; what each process that needed a token got.
    async fn carry_out(&mut self, op: &Op) -> Vec<Result<Access, Failure>> {
        match op {
            Op::Use(who) => together(who.iter().map(|who| self.processes[*who].access())).await,
            Op::Rejected(who) => {
                let mut holding = Vec::new();
                for who in who {
                    if let Ok(access) = self.processes[*who].access().await {
                        holding.push((*who, access.generation));
                    }
                }
                self.asked = self.server.books().asked;
                self.stored = self.table.row().access;
                self.rejected = holding.iter().map(|(_, rejected)| *rejected).collect();
                together(holding.iter().map(|(who, rejected)| self.processes[*who].renew(*rejected))).await
            }
            Op::Ask(who) => {
                let _ = self.processes[*who].refresh_now().await;
                Vec::new()
            }
            Op::Kill(who, after) => {
                let killed = tokio::time::timeout(Duration::from_millis(*after), self.processes[*who].access());
                self.excused |= killed.await.is_err();
                self.processes[*who] = process(&self.table, &self.server);
                Vec::new()
            }
            Op::LogOutDuring(who, after) => {
                let log_out = async {
                    tokio::time::sleep(Duration::from_millis(*after)).await;
                    self.table.clear(USER).await.unwrap();
                };
                let _ = tokio::join!(self.processes[*who].access(), log_out);
                Vec::new()
            }
            Op::LogOut => {
                self.table.clear(USER).await.unwrap();
                Vec::new()
            }
            Op::LogIn => {
                self.log_in().await;
                Vec::new()
            }
            Op::Pass(minutes) => {
                self.table.pass(Span::minutes(*minutes));
                tokio::time::advance(Duration::from_secs(60 * minutes.unsigned_abs())).await;
                Vec::new()
            }
            Op::Turn(mood) => {
                self.server.books().mood = *mood;
                self.excused |= *mood == Mood::Losing;
                Vec::new()
            }
            Op::FailWrites(count) => {
                self.table.failing.store(*count, std::sync::atomic::Ordering::SeqCst);
                // One write and its repetitions: the pair is offered four times.
                self.excused |= *count > WRITE_AGAIN.len();
                Vec::new()
            }
        }
    }

    async fn step(&mut self, op: &Op) -> Result<(), TestCaseError> {
        let before = self.table.row();
        self.asked = self.server.books().asked;
        self.stored = before.access.clone();
        self.rejected.clear();
        let answers = self.carry_out(op).await;
        let (after, books) = (self.table.row(), self.server.books());

        prop_assert!(after.generation >= before.generation, "the generation shrank");
        let changed = (&before.access, &before.refresh) != (&after.access, &after.refresh);
        prop_assert!(!changed || after.generation > before.generation, "another pair under the same generation");
        let gone = after.access.is_none() && before.access.is_some();
        prop_assert!(!gone || matches!(op, Op::LogOut | Op::LogOutDuring(..)), "tokens went without a logout");
        if matches!(op, Op::LogOut | Op::LogOutDuring(..)) {
            prop_assert!(!after.exists(), "a token came back to life");
        }
        let stored = after.refresh.as_ref().map(|token| token.expose().to_owned());
        if after.needs_login {
            prop_assert!(
                stored.as_ref().is_some_and(|token| books.refused.contains(token)),
                "marked without a refusal"
            );
        }
        prop_assert!(!books.overlapped, "two refreshes at once");
        let good = [&self.stored, &after.access];
        prop_assert!(answers.iter().flatten().all(|answer| good.iter().any(|it| it.as_ref() == Some(&answer.token))));
        let mut renewed = answers.iter().zip(&self.rejected);
        prop_assert!(
            renewed
                .all(|(answer, rejected)| answer.as_ref().is_ok_and(|it| it.generation > *rejected) || answer.is_err())
        );
        if self.excused {
            return Ok(());
        }
        prop_assert_eq!(books.reused, 0, "a spent token was sent again");
        prop_assert!(stored.is_none() || stored == books.current, "the stored pair is not the current one");
        let refused = stored.as_ref().is_some_and(|token| books.refused.contains(token));
        if books.mood == Mood::Fair && after.exists() && !refused {
            for answer in &answers {
                prop_assert!(answer.is_ok(), "{}", answer.as_ref().err().map_or_else(String::new, Failure::message));
            }
            prop_assert!(books.asked <= self.asked + 1, "{} refreshes where one does", books.asked - self.asked);
        }
        Ok(())
    }
}

fn process(table: &Arc<Table>, server: &Server) -> Session<Table, Server> {
    let seal = Seal::new(None, "/nowhere/token.key".into(), false).unwrap();
    // No keyring: its threads would run against a clock that stands still.
    let vault = Arc::new(Vault::new(TokenStore::Database, seal, keyrings::missing()));
    let who = Who {
        user: USER,
        username: "ann".into(),
        account: None,
        client_id: "client".into(),
        database: "a table".into(),
    };
    Session::new(who, Arc::clone(table), vault, server.clone())
}

async fn together<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut waiting: Vec<_> = all.map(|one| (Box::pin(one), None)).collect();
    std::future::poll_fn(|context| {
        for (one, answer) in &mut waiting {
            if answer.is_none()
                && let std::task::Poll::Ready(value) = one.as_mut().poll(context)
            {
                *answer = Some(value);
            }
        }
        match waiting.iter().all(|(_, answer)| answer.is_some()) {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
    waiting.into_iter().filter_map(|(_, answer)| answer).collect()
}

fn op() -> impl Strategy<Value = Op> {
    let one = || 0..PROCESSES;
    let some = || proptest::sample::subsequence((0..PROCESSES).collect::<Vec<_>>(), 1..=PROCESSES);
    let mood = prop_oneof![
        4 => Just(Mood::Fair),
        1 => Just(Mood::Down),
        1 => Just(Mood::Losing),
        1 => Just(Mood::Refusing),
    ];
    prop_oneof![
        6 => some().prop_map(Op::Use),
        3 => some().prop_map(Op::Rejected),
        1 => one().prop_map(Op::Ask),
        1 => (one(), 0..10_u64).prop_map(|(who, after)| Op::Kill(who, after)),
        1 => (one(), 0..10_u64).prop_map(|(who, after)| Op::LogOutDuring(who, after)),
        1 => Just(Op::LogOut),
        3 => Just(Op::LogIn),
        6 => (0..200_i64).prop_map(Op::Pass),
        3 => mood.prop_map(Op::Turn),
        2 => (0..=5_usize).prop_map(Op::FailWrites),
    ]
}

proptest! {
    #[test]
    fn the_chain_of_tokens_never_breaks_by_our_doing(ops in proptest::collection::vec(op(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let mut model = Model::new().await;
            for op in &ops {
                model.step(op).await?;
            }
            Ok::<_, TestCaseError>(())
        })?;
    }
}
