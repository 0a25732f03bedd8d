//! Model test: the chain of token pairs survives any sequence of events. Several processes run with kills, lost
//! responses, failing writes, refusals, logouts and logins, against a server that accepts a refresh token once and
//! revokes the whole family when a spent one is reused.
//!
//! Laws:
//! 1. A generation only grows, and grows with every change.
//! 2. Only a logout removes tokens.
//! 3. Only a refusal of the very token that is stored sets `needs_login`.
//! 4. Refreshes never overlap.
//! 5. While no response was lost: no spent token is sent, the stored pair is the server's current one, and every
//!    process gets a token.
//! 6. While the database refuses writes, no refresh token is sent. A process that only reads uses a valid token then.
//! 7. A pair that was issued under a clock that was ahead is refreshed at the next use.

use chrono::Duration as Span;
use futures_util::future::join_all;
use proptest::prelude::*;

use super::{
    model_server::{ModelServer, ModelServerBehavior},
    pair_storage::WRITE_RETRY_DELAYS,
    *,
};
use crate::{
    auth::{
        expiry::MAX_CLOCK_SKEW,
        fakes::{FakeUsersTable, plaintext_storage},
        keyring::fake_keyrings,
    },
    domain::{
        token_store_mode::TokenStoreMode,
        user::{StoredLogin, UserId},
    },
    secret::Secret,
    sync::port::{LoginTarget, NewLogin, TokenWrite},
};

const PROCESS_COUNT: usize = 4;
/// The process that only reads, like `whoami`.
const READING_PROCESS: usize = 0;
const USER: UserId = UserId(1);

#[derive(Clone, Debug)]
enum ModelOperation {
    /// These processes request a token at the same time.
    UseToken(Vec<usize>),
    /// These processes hold a token and get a 401 at the same time.
    Meet401(Vec<usize>),
    /// `token refresh`.
    RefreshNow(usize),
    /// A process is killed this many milliseconds after requesting a token.
    Kill(usize, u64),
    /// A logout this many milliseconds after a process requested a token.
    LogOutDuring(usize, u64),
    LogOut,
    LogIn,
    /// A login while the clock was this many minutes ahead. It was corrected since, and new processes have started.
    LogInWithClockAhead(i64),
    AdvanceMinutes(i64),
    SetBehavior(ModelServerBehavior),
    /// This many writes fail.
    FailWrites(usize),
    /// The database refuses all writes from now on, or takes them again.
    RefuseWrites(bool),
}

struct TokenModel {
    table: Arc<FakeUsersTable>,
    server: ModelServer,
    processes: Vec<TokenManager<FakeUsersTable, ModelServer>>,
    /// True if a response may have been lost since the last login.
    may_have_lost_response: bool,
    /// True if a refresh may have failed since the last login. A process does not repeat an early refresh that failed.
    may_have_failed_refresh: bool,
    /// Number of refresh requests before the calls whose results are checked. `meet_rejections` sets it again, because
    /// getting the tokens that are then rejected may refresh too.
    refreshes_before_calls: u32,
    /// The access token that was stored before the calls whose results are checked.
    access_before_calls: Option<Secret>,
    /// The generations that got a 401 in the current step, one per result.
    rejected_generations: Vec<i64>,
}

impl TokenModel {
    async fn new() -> Self {
        let (table, server) = (Arc::new(FakeUsersTable::with_login(StoredLogin::default())), ModelServer::default());
        let processes = (0..PROCESS_COUNT).map(|index| new_process(index, &table, &server)).collect();
        let mut model = Self {
            table,
            server,
            processes,
            may_have_lost_response: false,
            may_have_failed_refresh: false,
            refreshes_before_calls: 0,
            access_before_calls: None,
            rejected_generations: Vec::new(),
        };
        model.store_new_login().await;
        model
    }

    fn database_time(&self) -> DateTime<Utc> {
        *self.table.now.lock().unwrap()
    }

    async fn store_new_login(&mut self) {
        self.table.failing_writes.store(0, std::sync::atomic::Ordering::SeqCst);
        let (access, refresh) = {
            let mut state = self.server.lock_state();
            state.reuse_count = 0;
            state.issue_pair()
        };
        let now = self.table.now().await.unwrap();
        let pair = |_: UserId, _: i64| TokenWrite {
            access: Some(Secret::new(access.clone())),
            refresh: Some(Secret::new(refresh.clone())),
            expires_at: now + Span::hours(2),
            issued_at: now,
            client_id: "client".into(),
        };
        let new_login = NewLogin {
            target: LoginTarget::Existing(USER),
            email: None,
            mal_user_id: 1,
            force: false,
            build_pair: &pair,
        };
        self.table.store_login(&new_login).await.unwrap();
        self.may_have_failed_refresh = false;
        self.may_have_lost_response = self.server.lock_state().behavior == ModelServerBehavior::LosesResponses;
    }

    async fn store_login_with_clock_ahead(&mut self, ahead: Span) {
        self.table.advance_clock(ahead);
        self.store_new_login().await;
        self.table.advance_clock(-ahead);
        for (index, process) in self.processes.iter_mut().enumerate() {
            *process = new_process(index, &self.table, &self.server);
        }
    }

    /// Lets the API reject the access tokens of these processes at once. Returns what each refresh after it resulted in.
    async fn meet_rejections(&mut self, processes: &[usize]) -> Vec<Result<BearerToken, Failure>> {
        let mut holders = Vec::new();
        for process in processes {
            if let Ok(access) = self.processes[*process].access_token().await {
                holders.push((*process, access.generation));
            }
        }
        self.refreshes_before_calls = self.server.lock_state().refresh_count;
        self.access_before_calls = self.table.stored_login().access_token;
        self.rejected_generations = holders.iter().map(|(_, generation)| *generation).collect();
        join_all(
            holders.iter().map(|(process, generation)| self.processes[*process].refresh_after_rejection(*generation)),
        )
        .await
    }

    /// Executes the operation. Returns the results of the processes that requested a token.
    async fn execute(&mut self, operation: &ModelOperation) -> Vec<Result<BearerToken, Failure>> {
        match operation {
            ModelOperation::UseToken(processes) => {
                join_all(processes.iter().map(|process| self.processes[*process].access_token())).await
            }
            ModelOperation::Meet401(processes) => self.meet_rejections(processes).await,
            ModelOperation::RefreshNow(process) => {
                let _ = self.processes[*process].refresh_now().await;
                Vec::new()
            }
            ModelOperation::Kill(process, delay_ms) => {
                let call =
                    tokio::time::timeout(Duration::from_millis(*delay_ms), self.processes[*process].access_token());
                self.may_have_lost_response |= call.await.is_err();
                self.processes[*process] = new_process(*process, &self.table, &self.server);
                Vec::new()
            }
            ModelOperation::LogOutDuring(process, delay_ms) => {
                let log_out = async {
                    tokio::time::sleep(Duration::from_millis(*delay_ms)).await;
                    self.table.delete_tokens(USER).await.unwrap();
                };
                let _ = tokio::join!(self.processes[*process].access_token(), log_out);
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
            ModelOperation::LogInWithClockAhead(minutes) => {
                self.store_login_with_clock_ahead(Span::minutes(*minutes)).await;
                Vec::new()
            }
            ModelOperation::AdvanceMinutes(minutes) => {
                self.table.advance_clock(Span::minutes(*minutes));
                tokio::time::advance(Duration::from_secs(60 * minutes.unsigned_abs())).await;
                Vec::new()
            }
            ModelOperation::SetBehavior(behavior) => {
                self.server.lock_state().behavior = *behavior;
                self.may_have_lost_response |= *behavior == ModelServerBehavior::LosesResponses;
                Vec::new()
            }
            ModelOperation::FailWrites(count) => {
                self.table.failing_writes.store(*count, std::sync::atomic::Ordering::SeqCst);
                // One write and its retries: a pair is written up to four times.
                self.may_have_lost_response |= *count > WRITE_RETRY_DELAYS.len();
                self.may_have_failed_refresh |= *count > 0;
                Vec::new()
            }
            ModelOperation::RefuseWrites(refuses) => {
                self.table.refuses_writes.store(*refuses, std::sync::atomic::Ordering::SeqCst);
                Vec::new()
            }
        }
    }

    async fn check_step(&mut self, operation: &ModelOperation) -> Result<(), TestCaseError> {
        let before = self.table.stored_login();
        self.refreshes_before_calls = self.server.lock_state().refresh_count;
        self.access_before_calls = before.access_token.clone();
        self.rejected_generations.clear();
        let had_valid_token = before.is_present() && before.expires_at.is_some_and(|end| end > self.database_time());
        let results = self.execute(operation).await;
        let refuses_writes = self.table.refuses_writes.load(std::sync::atomic::Ordering::SeqCst);
        let (after, state) = (self.table.stored_login(), self.server.lock_state());

        check_row_change(operation, &before, &after)?;
        let stored = after.refresh_token.as_ref().map(|token| token.expose().to_owned());
        // Law 3.
        if after.needs_login {
            prop_assert!(
                stored.as_ref().is_some_and(|token| state.refused_tokens.contains(token)),
                "needs_login was set without a refusal"
            );
        }
        // Law 4.
        prop_assert!(!state.has_overlap, "two refreshes at once");
        // Law 6.
        if refuses_writes {
            prop_assert_eq!(state.refresh_count, self.refreshes_before_calls, "a refresh token was sent in vain");
            if let (ModelOperation::UseToken(processes), true) = (operation, had_valid_token && !before.needs_login) {
                let reader = processes.iter().position(|process| *process == READING_PROCESS);
                prop_assert!(reader.is_none_or(|index| results[index].is_ok()), "a valid token was not used");
            }
        }
        let valid_tokens = [&self.access_before_calls, &after.access_token];
        prop_assert!(
            results.iter().flatten().all(|result| valid_tokens.iter().any(|it| it.as_ref() == Some(&result.token))),
            "a process got a token that was never stored"
        );
        // Only after a 401 there are rejected generations: a successful refresh returns a newer one.
        let mut refreshed = results.iter().zip(&self.rejected_generations);
        prop_assert!(
            refreshed.all(|(result, rejected)| result.as_ref().map_or(true, |it| it.generation > *rejected)),
            "a process got the rejected token again"
        );
        // Law 5.
        if self.may_have_lost_response {
            return Ok(());
        }
        prop_assert_eq!(state.reuse_count, 0, "a spent token was reused");
        prop_assert!(
            stored.is_none() || stored == state.current_refresh_token,
            "the stored pair is not the current one"
        );
        self.may_have_failed_refresh |= state.behavior != ModelServerBehavior::Rotating || refuses_writes;
        if !self.may_have_failed_refresh {
            check_issue_time(operation, &after, self.database_time())?;
        }
        let is_refused = stored.as_ref().is_some_and(|token| state.refused_tokens.contains(token));
        if state.behavior == ModelServerBehavior::Rotating && after.is_present() && !is_refused && !refuses_writes {
            for result in &results {
                prop_assert!(result.is_ok(), "{}", result.as_ref().err().map_or_else(String::new, Failure::message));
            }
            prop_assert!(
                state.refresh_count <= self.refreshes_before_calls + 1,
                "{} refreshes instead of one",
                state.refresh_count - self.refreshes_before_calls
            );
        }
        Ok(())
    }
}

/// Checks law 7, while no refresh may have failed.
fn check_issue_time(operation: &ModelOperation, after: &StoredLogin, now: DateTime<Utc>) -> Result<(), TestCaseError> {
    let is_believable = after.issued_at.is_none_or(|issued_at| issued_at <= now + MAX_CLOCK_SKEW);
    prop_assert!(
        is_believable || !matches!(operation, ModelOperation::UseToken(_)),
        "a time in the future was believed"
    );
    Ok(())
}

/// Checks laws 1 and 2, which the row alone shows.
fn check_row_change(
    operation: &ModelOperation,
    before: &StoredLogin,
    after: &StoredLogin,
) -> Result<(), TestCaseError> {
    // Law 1.
    prop_assert!(after.generation >= before.generation, "the generation decreased");
    let has_changed = (&before.access_token, &before.refresh_token) != (&after.access_token, &after.refresh_token);
    prop_assert!(!has_changed || after.generation > before.generation, "the pair changed without a new generation");
    // Law 2.
    let is_logout = matches!(operation, ModelOperation::LogOut | ModelOperation::LogOutDuring(..));
    let was_deleted = after.access_token.is_none() && before.access_token.is_some();
    prop_assert!(!was_deleted || is_logout, "tokens were deleted without a logout");
    prop_assert!(!is_logout || !after.is_present(), "a token was restored after the logout");
    Ok(())
}

fn new_process(
    index: usize,
    table: &Arc<FakeUsersTable>,
    server: &ModelServer,
) -> TokenManager<FakeUsersTable, ModelServer> {
    // No keyring: its threads would run against a paused clock.
    let token_storage = Arc::new(plaintext_storage(TokenStoreMode::Database, fake_keyrings::missing_keyring()));
    let owner = TokenOwner {
        user: USER,
        username: "ann".into(),
        account: None,
        client_id: "client".into(),
        database: "a table".into(),
    };
    let manager = TokenManager::new(owner, Arc::clone(table), token_storage, server.clone());
    if index == READING_PROCESS { manager.for_reading() } else { manager }
}

fn operation_strategy() -> impl Strategy<Value = ModelOperation> {
    let one_process = || 0..PROCESS_COUNT;
    let some_processes = || proptest::sample::subsequence((0..PROCESS_COUNT).collect::<Vec<_>>(), 1..=PROCESS_COUNT);
    let behavior = prop_oneof![
        4 => Just(ModelServerBehavior::Rotating),
        1 => Just(ModelServerBehavior::Unavailable),
        1 => Just(ModelServerBehavior::LosesResponses),
        1 => Just(ModelServerBehavior::RefusesTokens),
    ];
    prop_oneof![
        6 => some_processes().prop_map(ModelOperation::UseToken),
        3 => some_processes().prop_map(ModelOperation::Meet401),
        1 => one_process().prop_map(ModelOperation::RefreshNow),
        1 => (one_process(), 0..10_u64).prop_map(|(process, delay_ms)| ModelOperation::Kill(process, delay_ms)),
        1 => (one_process(), 0..10_u64).prop_map(|(process, delay_ms)| ModelOperation::LogOutDuring(process, delay_ms)),
        1 => Just(ModelOperation::LogOut),
        3 => Just(ModelOperation::LogIn),
        1 => (0..1000_i64).prop_map(ModelOperation::LogInWithClockAhead),
        6 => (0..200_i64).prop_map(ModelOperation::AdvanceMinutes),
        3 => behavior.prop_map(ModelOperation::SetBehavior),
        2 => (0..=5_usize).prop_map(ModelOperation::FailWrites),
        2 => proptest::bool::ANY.prop_map(ModelOperation::RefuseWrites),
    ]
}

proptest! {
    #[test]
    fn token_chain_survives_any_sequence_of_events(operations in proptest::collection::vec(operation_strategy(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let mut model = TokenModel::new().await;
            for operation in &operations {
                model.check_step(operation).await?;
            }
            Ok::<_, TestCaseError>(())
        })?;
    }
}
