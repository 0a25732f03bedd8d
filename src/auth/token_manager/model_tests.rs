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
        fakes::FakeUsersTable,
        keyring::fake_keyrings as keyrings,
        pkce::PkceSecrets,
        port::{LoginTarget, NewLogin, TokenWrite},
        token_cipher::TokenCipher,
        token_endpoint::{ClientRejected, ClientStatus, UntrustedText},
        token_storage::TokenStoreMode,
    },
    secret::Secret,
};

const PROCESS_COUNT: usize = 4;
const USER: UserId = UserId(1);

/// How the server is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum ModelServerBehavior {
    #[default]
    Rotating,
    /// Answers 503 and does nothing.
    Unavailable,
    /// Does what it is asked for, and the answer gets lost.
    LosesResponses,
    /// Refuses everything.
    RefusesTokens,
}

#[derive(Clone, Debug)]
enum ModelOperation {
    /// These processes need a token, at once.
    UseToken(Vec<usize>),
    /// These have a token, and meet a 401 with it at once.
    Meet401(Vec<usize>),
    /// `token refresh`.
    RefreshNow(usize),
    /// A process that needs a token is killed after so many milliseconds.
    Kill(usize, u64),
    /// A logout, so many milliseconds after a process began to need a token.
    LogOutDuring(usize, u64),
    LogOut,
    LogIn,
    AdvanceMinutes(i64),
    SetBehavior(ModelServerBehavior),
    /// So many writes fail.
    FailWrites(usize),
}

#[derive(Default)]
struct ModelServerState {
    behavior: ModelServerBehavior,
    issued_count: u32,
    current_refresh_token: Option<String>,
    spent_tokens: HashSet<String>,
    refused_tokens: HashSet<String>,
    reuse_count: u32,
    refresh_count: u32,
    open_requests: u32,
    has_overlap: bool,
}

impl ModelServerState {
    fn issue_pair(&mut self) -> (String, String) {
        self.issued_count += 1;
        let (access, refresh) = (format!("a{}", self.issued_count), format!("r{}", self.issued_count));
        self.current_refresh_token = Some(refresh.clone());
        (access, refresh)
    }

    /// What a refresh does here.
    fn handle_refresh(&mut self, token: &str) -> Result<TokenPair, Error> {
        self.refresh_count += 1;
        let weather = || Err(Error::Transient(anyhow::Error::msg("weather")));
        match self.behavior {
            ModelServerBehavior::Unavailable => return weather(),
            ModelServerBehavior::RefusesTokens => {}
            ModelServerBehavior::Rotating | ModelServerBehavior::LosesResponses
                if self.spent_tokens.contains(token) =>
            {
                self.reuse_count += 1;
                self.current_refresh_token = None;
            }
            ModelServerBehavior::Rotating | ModelServerBehavior::LosesResponses
                if self.current_refresh_token.as_deref() == Some(token) =>
            {
                self.spent_tokens.insert(token.to_owned());
                let (access, refresh) = self.issue_pair();
                let pair = TokenPair {
                    access: Secret::new(access),
                    refresh: Some(Secret::new(refresh)),
                    lifetime_seconds: 7200,
                };
                return if self.behavior == ModelServerBehavior::LosesResponses { weather() } else { Ok(pair) };
            }
            ModelServerBehavior::Rotating | ModelServerBehavior::LosesResponses => {}
        }
        self.refused_tokens.insert(token.to_owned());
        Err(Error::Refused { description: UntrustedText::sanitize("Token has been revoked"), response_lost: false })
    }
}

#[derive(Clone, Default)]
struct ModelServer(Arc<StdMutex<ModelServerState>>);

impl ModelServer {
    fn lock_state(&self) -> std::sync::MutexGuard<'_, ModelServerState> {
        self.0.lock().unwrap()
    }
}

/// A question under way; it is over when it is dropped, too.
struct OpenRequest(ModelServer);

impl OpenRequest {
    fn new(server: &ModelServer) -> Self {
        let mut books = server.lock_state();
        books.open_requests += 1;
        books.has_overlap |= books.open_requests > 1;
        drop(books);
        Self(server.clone())
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.0.lock_state().open_requests -= 1;
    }
}

impl TokenEndpoint for ModelServer {
    fn authorize_url(&self, _: &PkceSecrets) -> Secret {
        Secret::new("https://mal.example/authorize")
    }

    async fn check_client(&self) -> Result<ClientStatus, ClientRejected> {
        Ok(ClientStatus::Registered)
    }

    async fn exchange_code(&self, _: &Secret, _: &Secret) -> Result<TokenPair, Error> {
        Err(Error::Transient(anyhow::Error::msg("nobody logs in this way")))
    }

    async fn refresh_tokens(&self, token: &Secret) -> Result<TokenPair, Error> {
        let _question = OpenRequest::new(self);
        tokio::time::sleep(Duration::from_millis(3)).await;
        let answer = self.lock_state().handle_refresh(token.expose());
        tokio::time::sleep(Duration::from_millis(3)).await;
        answer
    }
}

struct TokenModel {
    table: Arc<FakeUsersTable>,
    server: ModelServer,
    processes: Vec<TokenManager<FakeUsersTable, ModelServer>>,
    /// An answer may have been lost since the last login.
    may_have_lost_response: bool,
    /// The refreshes that were asked for before the present step.
    refreshes_before_step: u32,
    /// The access token that was stored before it.
    access_before_step: Option<Secret>,
    /// The generations that met a 401 in it, one for each answer.
    rejected_generations: Vec<i64>,
}

impl TokenModel {
    async fn new() -> Self {
        let (table, server) = (Arc::new(FakeUsersTable::with_login(StoredLogin::default())), ModelServer::default());
        let processes = (0..PROCESS_COUNT).map(|_| new_process(&table, &server)).collect();
        let mut model = Self {
            table,
            server,
            processes,
            may_have_lost_response: false,
            refreshes_before_step: 0,
            access_before_step: None,
            rejected_generations: Vec::new(),
        };
        model.store_new_login().await;
        model
    }

    async fn store_new_login(&mut self) {
        self.table.failing_writes.store(0, std::sync::atomic::Ordering::SeqCst);
        let (access, refresh) = {
            let mut books = self.server.lock_state();
            books.reuse_count = 0;
            books.issue_pair()
        };
        let now = self.table.now().await.unwrap();
        let pair = |_: UserId, _: i64| TokenWrite {
            access: Some(Secret::new(access.clone())),
            refresh: Some(Secret::new(refresh.clone())),
            expires_at: now + Span::hours(2),
            issued_at: now,
            client_id: "client".into(),
        };
        let sign_in = NewLogin {
            target: LoginTarget::Existing(USER),
            email: None,
            mal_user_id: 1,
            force: false,
            build_pair: &pair,
        };
        self.table.store_login(&sign_in).await.unwrap();
        self.may_have_lost_response = self.server.lock_state().behavior == ModelServerBehavior::LosesResponses;
    }

    /// Does it; what each process that needed a token got.
    async fn execute(&mut self, op: &ModelOperation) -> Vec<Result<BearerToken, Failure>> {
        match op {
            ModelOperation::UseToken(who) => join_all(who.iter().map(|who| self.processes[*who].access_token())).await,
            ModelOperation::Meet401(who) => {
                let mut holding = Vec::new();
                for who in who {
                    if let Ok(access) = self.processes[*who].access_token().await {
                        holding.push((*who, access.generation));
                    }
                }
                self.refreshes_before_step = self.server.lock_state().refresh_count;
                self.access_before_step = self.table.stored_login().access_token;
                self.rejected_generations = holding.iter().map(|(_, rejected)| *rejected).collect();
                join_all(holding.iter().map(|(who, rejected)| self.processes[*who].refresh_after_rejection(*rejected)))
                    .await
            }
            ModelOperation::RefreshNow(who) => {
                let _ = self.processes[*who].refresh_now().await;
                Vec::new()
            }
            ModelOperation::Kill(who, after) => {
                let killed = tokio::time::timeout(Duration::from_millis(*after), self.processes[*who].access_token());
                self.may_have_lost_response |= killed.await.is_err();
                self.processes[*who] = new_process(&self.table, &self.server);
                Vec::new()
            }
            ModelOperation::LogOutDuring(who, after) => {
                let log_out = async {
                    tokio::time::sleep(Duration::from_millis(*after)).await;
                    self.table.delete_tokens(USER).await.unwrap();
                };
                let _ = tokio::join!(self.processes[*who].access_token(), log_out);
                Vec::new()
            }
            ModelOperation::LogOut => {
                self.table.delete_tokens(USER).await.unwrap();
                Vec::new()
            }
            ModelOperation::LogIn => {
                self.store_new_login().await;
                Vec::new()
            }
            ModelOperation::AdvanceMinutes(minutes) => {
                self.table.advance_clock(Span::minutes(*minutes));
                tokio::time::advance(Duration::from_secs(60 * minutes.unsigned_abs())).await;
                Vec::new()
            }
            ModelOperation::SetBehavior(mood) => {
                self.server.lock_state().behavior = *mood;
                self.may_have_lost_response |= *mood == ModelServerBehavior::LosesResponses;
                Vec::new()
            }
            ModelOperation::FailWrites(count) => {
                self.table.failing_writes.store(*count, std::sync::atomic::Ordering::SeqCst);
                // One write and its repetitions: the pair is offered four times.
                self.may_have_lost_response |= *count > WRITE_RETRY_DELAYS.len();
                Vec::new()
            }
        }
    }

    async fn check_step(&mut self, op: &ModelOperation) -> Result<(), TestCaseError> {
        let before = self.table.stored_login();
        self.refreshes_before_step = self.server.lock_state().refresh_count;
        self.access_before_step = before.access_token.clone();
        self.rejected_generations.clear();
        let answers = self.execute(op).await;
        let (after, books) = (self.table.stored_login(), self.server.lock_state());

        prop_assert!(after.generation >= before.generation, "the generation shrank");
        let changed = (&before.access_token, &before.refresh_token) != (&after.access_token, &after.refresh_token);
        prop_assert!(!changed || after.generation > before.generation, "another pair under the same generation");
        let gone = after.access_token.is_none() && before.access_token.is_some();
        prop_assert!(
            !gone || matches!(op, ModelOperation::LogOut | ModelOperation::LogOutDuring(..)),
            "tokens went without a logout"
        );
        if matches!(op, ModelOperation::LogOut | ModelOperation::LogOutDuring(..)) {
            prop_assert!(!after.is_present(), "a token came back to life");
        }
        let stored = after.refresh_token.as_ref().map(|token| token.expose().to_owned());
        if after.needs_login {
            prop_assert!(
                stored.as_ref().is_some_and(|token| books.refused_tokens.contains(token)),
                "marked without a refusal"
            );
        }
        prop_assert!(!books.has_overlap, "two refreshes at once");
        let good = [&self.access_before_step, &after.access_token];
        prop_assert!(answers.iter().flatten().all(|answer| good.iter().any(|it| it.as_ref() == Some(&answer.token))));
        let mut renewed = answers.iter().zip(&self.rejected_generations);
        prop_assert!(
            renewed
                .all(|(answer, rejected)| answer.as_ref().is_ok_and(|it| it.generation > *rejected) || answer.is_err())
        );
        if self.may_have_lost_response {
            return Ok(());
        }
        prop_assert_eq!(books.reuse_count, 0, "a spent token was sent again");
        prop_assert!(
            stored.is_none() || stored == books.current_refresh_token,
            "the stored pair is not the current one"
        );
        let refused = stored.as_ref().is_some_and(|token| books.refused_tokens.contains(token));
        if books.behavior == ModelServerBehavior::Rotating && after.is_present() && !refused {
            for answer in &answers {
                prop_assert!(answer.is_ok(), "{}", answer.as_ref().err().map_or_else(String::new, Failure::message));
            }
            prop_assert!(
                books.refresh_count <= self.refreshes_before_step + 1,
                "{} refreshes where one does",
                books.refresh_count - self.refreshes_before_step
            );
        }
        Ok(())
    }
}

fn new_process(table: &Arc<FakeUsersTable>, server: &ModelServer) -> TokenManager<FakeUsersTable, ModelServer> {
    let seal = TokenCipher::new(None, "/nowhere/token.key".into(), false).unwrap();
    // No keyring: its threads would run against a clock that stands still.
    let vault = Arc::new(TokenStorage::new(TokenStoreMode::Database, seal, keyrings::missing_keyring()));
    let who = TokenOwner {
        user: USER,
        username: "ann".into(),
        account: None,
        client_id: "client".into(),
        database: "a table".into(),
    };
    TokenManager::new(who, Arc::clone(table), vault, server.clone())
}

async fn join_all<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
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

fn operation_strategy() -> impl Strategy<Value = ModelOperation> {
    let one = || 0..PROCESS_COUNT;
    let some = || proptest::sample::subsequence((0..PROCESS_COUNT).collect::<Vec<_>>(), 1..=PROCESS_COUNT);
    let mood = prop_oneof![
        4 => Just(ModelServerBehavior::Rotating),
        1 => Just(ModelServerBehavior::Unavailable),
        1 => Just(ModelServerBehavior::LosesResponses),
        1 => Just(ModelServerBehavior::RefusesTokens),
    ];
    prop_oneof![
        6 => some().prop_map(ModelOperation::UseToken),
        3 => some().prop_map(ModelOperation::Meet401),
        1 => one().prop_map(ModelOperation::RefreshNow),
        1 => (one(), 0..10_u64).prop_map(|(who, after)| ModelOperation::Kill(who, after)),
        1 => (one(), 0..10_u64).prop_map(|(who, after)| ModelOperation::LogOutDuring(who, after)),
        1 => Just(ModelOperation::LogOut),
        3 => Just(ModelOperation::LogIn),
        6 => (0..200_i64).prop_map(ModelOperation::AdvanceMinutes),
        3 => mood.prop_map(ModelOperation::SetBehavior),
        2 => (0..=5_usize).prop_map(ModelOperation::FailWrites),
    ]
}

proptest! {
    #[test]
    fn token_chain_survives_any_sequence_of_events(ops in proptest::collection::vec(operation_strategy(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let mut model = TokenModel::new().await;
            for op in &ops {
                model.check_step(op).await?;
            }
            Ok::<_, TestCaseError>(())
        })?;
    }
}
