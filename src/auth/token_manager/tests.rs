//! When a token is used, refreshed, refused or lost, by one process and by several.

use chrono::Duration as Span;

use super::*;
use crate::{
    auth::{
        fakes::{FakeEndpointBehavior, FakeTokenEndpoint, FakeUsersTable, plaintext_storage},
        keyring::fake_keyrings,
    },
    domain::{
        token_store_mode::TokenStoreMode,
        user::{StoredLogin, UserId},
    },
    secret::Secret,
};

pub(super) type TestTokenManager = TokenManager<FakeUsersTable, FakeTokenEndpoint>;

fn new_token_storage() -> Arc<TokenStorage> {
    Arc::new(plaintext_storage(TokenStoreMode::Both, fake_keyrings::working_keyring()))
}

fn new_manager(table: &Arc<FakeUsersTable>, endpoint: &FakeTokenEndpoint) -> TestTokenManager {
    new_manager_for_account(None, table, endpoint)
}

pub(super) fn new_manager_for_account(
    account: Option<i64>,
    table: &Arc<FakeUsersTable>,
    endpoint: &FakeTokenEndpoint,
) -> TestTokenManager {
    let owner = TokenOwner {
        user: UserId(1),
        username: "ann".into(),
        account,
        client_id: "client".into(),
        database: "/data/malsync.db".into(),
    };
    TokenManager::new(owner, Arc::clone(table), new_token_storage(), endpoint.clone())
}

/// A login with this much time left of a lifetime of two hours.
fn login_with_time_left(time_left: Span) -> StoredLogin {
    let now: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().unwrap();
    StoredLogin {
        access_token: Some(Secret::new("a1")),
        refresh_token: Some(Secret::new("r1")),
        expires_at: Some(now + time_left),
        issued_at: Some(now + time_left - Span::hours(2)),
        generation: 1,
        client_id: Some("client".into()),
        ..StoredLogin::default()
    }
}

pub(super) fn fresh_login() -> StoredLogin {
    login_with_time_left(Span::minutes(90))
}

pub(super) fn half_expired_login() -> StoredLogin {
    login_with_time_left(Span::minutes(30))
}

pub(super) fn expired_login() -> StoredLogin {
    login_with_time_left(Span::minutes(-1))
}

fn token_and_generation(bearer: &BearerToken) -> (&str, i64) {
    (bearer.token.expose(), bearer.generation)
}

#[tokio::test(start_paused = true)]
async fn fresh_token_is_used_without_refresh() {
    let (table, endpoint) = (Arc::new(FakeUsersTable::with_login(fresh_login())), FakeTokenEndpoint::new(3600));
    assert_eq!(token_and_generation(&new_manager(&table, &endpoint).access_token().await.unwrap()), ("a1", 1));
    assert!(endpoint.posted_tokens().is_empty());
}

#[tokio::test(start_paused = true)]
async fn pair_below_half_lifetime_is_refreshed_and_stored_before_use() {
    for row in [half_expired_login(), expired_login()] {
        let (table, endpoint) = (Arc::new(FakeUsersTable::with_login(row)), FakeTokenEndpoint::new(3600));
        let manager = new_manager(&table, &endpoint);
        assert_eq!(token_and_generation(&manager.access_token().await.unwrap()), ("a2", 2));
        let row = table.stored_login();
        assert_eq!(
            (row.access_token, row.refresh_token, row.generation),
            (Some(Secret::new("a2")), Some(Secret::new("r2")), 2)
        );
        assert_eq!(row.expires_at.unwrap() - row.issued_at.unwrap(), Span::seconds(3600));
        manager.access_token().await.unwrap();
        assert_eq!(endpoint.posted_tokens(), ["r1"], "once");
    }
}

#[tokio::test(start_paused = true)]
async fn twenty_managers_of_one_login_refresh_once() {
    for row in [expired_login(), half_expired_login()] {
        let (table, endpoint) = (Arc::new(FakeUsersTable::with_login(row)), FakeTokenEndpoint::new(3600));
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let manager = new_manager(&table, &endpoint);
                tokio::spawn(async move { manager.access_token().await.map(|access| access.token.expose().to_owned()) })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap().unwrap(), "a2");
        }
        assert_eq!(endpoint.posted_tokens(), ["r1"]);
        assert_eq!(table.stored_login().generation, 2);
    }
}

#[tokio::test(start_paused = true)]
async fn twenty_tasks_with_a_401_refresh_once() {
    let (table, endpoint) = (Arc::new(FakeUsersTable::with_login(fresh_login())), FakeTokenEndpoint::new(3600));
    let manager = Arc::new(new_manager(&table, &endpoint));
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let manager = Arc::clone(&manager);
            tokio::spawn(async move { manager.refresh_after_rejection(1).await.map(|access| access.generation) })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap(), 2);
    }
    assert_eq!(endpoint.posted_tokens(), ["r1"]);
}

#[tokio::test(start_paused = true)]
async fn refresh_posts_the_token_read_under_the_lock() {
    let (table, endpoint) = (Arc::new(FakeUsersTable::with_login(expired_login())), FakeTokenEndpoint::new(3600));
    let lock = table.lock_refresh(UserId(1)).await.unwrap();
    let (manager, other_table) = (new_manager(&table, &endpoint), Arc::clone(&table));
    let task = tokio::spawn(async move { manager.access_token().await });
    tokio::time::sleep(Duration::from_secs(1)).await;
    other_table.edit_login(|row| {
        row.refresh_token = Some(Secret::new("r7"));
        row.generation = 7;
    });
    drop(lock);
    assert_eq!(token_and_generation(&task.await.unwrap().unwrap()), ("a8", 8));
    assert_eq!(endpoint.posted_tokens(), ["r7"]);
}

#[tokio::test(start_paused = true)]
async fn failed_early_refresh_keeps_the_valid_token() {
    for behavior in
        [FakeEndpointBehavior::Unavailable, FakeEndpointBehavior::RefusesTokens, FakeEndpointBehavior::RefusesClient]
    {
        let (table, endpoint) =
            (Arc::new(FakeUsersTable::with_login(half_expired_login())), FakeTokenEndpoint::with_behavior(behavior));
        let manager = new_manager(&table, &endpoint);
        for _ in 0..3 {
            assert_eq!(token_and_generation(&manager.access_token().await.unwrap()), ("a1", 1), "{behavior:?}");
        }
        assert_eq!(endpoint.posted_tokens().len(), 1, "{behavior:?}: not retried");
        assert!(!table.stored_login().needs_login);
        assert_eq!(table.stored_login().refresh_token, Some(Secret::new("r1")));
    }
    let mut table = FakeUsersTable::with_login(half_expired_login());
    table.is_lock_unavailable = true;
    assert!(new_manager(&Arc::new(table), &FakeTokenEndpoint::new(3600)).access_token().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn failed_refresh_of_expired_token_has_its_exit_code_and_deletes_nothing() {
    for (behavior, exit, needs_login) in [
        (FakeEndpointBehavior::Unavailable, Exit::Mal, false),
        (FakeEndpointBehavior::RefusesTokens, Exit::Login, true),
        (FakeEndpointBehavior::RefusesClient, Exit::Usage, false),
    ] {
        let (table, endpoint) =
            (Arc::new(FakeUsersTable::with_login(expired_login())), FakeTokenEndpoint::with_behavior(behavior));
        let manager = new_manager(&table, &endpoint);
        assert_eq!(manager.access_token().await.unwrap_err().exit, exit);
        let row = table.stored_login();
        assert_eq!(row.needs_login, needs_login, "{behavior:?}");
        assert_eq!(
            (row.access_token, row.refresh_token, row.generation),
            (Some(Secret::new("a1")), Some(Secret::new("r1")), 1)
        );
        endpoint.set_behavior(FakeEndpointBehavior::Rotating);
        if needs_login {
            assert_eq!(
                manager.access_token().await.unwrap_err().exit,
                Exit::Login,
                "no request to MAL until the next login"
            );
            assert_eq!(manager.refresh_now().await.unwrap_err().exit, Exit::Login);
            assert_eq!(endpoint.posted_tokens().len(), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn refused_early_refresh_is_not_repeated_after_a_401() {
    let (table, endpoint) = (
        Arc::new(FakeUsersTable::with_login(half_expired_login())),
        FakeTokenEndpoint::with_behavior(FakeEndpointBehavior::RefusesTokens),
    );
    let manager = new_manager(&table, &endpoint);
    manager.access_token().await.unwrap();
    assert_eq!(manager.refresh_after_rejection(1).await.unwrap_err().exit, Exit::Login);
    assert!(table.stored_login().needs_login);
    assert_eq!(endpoint.posted_tokens().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn pair_of_a_faster_process_is_used_after_a_refusal() {
    let (table, endpoint) = (
        Arc::new(FakeUsersTable::with_login(expired_login())),
        FakeTokenEndpoint::with_behavior(FakeEndpointBehavior::RefusesTokens),
    );
    let (manager, other_table) = (new_manager(&table, &endpoint), Arc::clone(&table));
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(150)).await;
        other_table.edit_login(|row| {
            *row = StoredLogin { access_token: Some(Secret::new("theirs")), generation: 2, ..fresh_login() }
        });
    });
    assert_eq!(token_and_generation(&manager.access_token().await.unwrap()), ("theirs", 2));
    assert!(!table.stored_login().needs_login);
}

#[tokio::test(start_paused = true)]
async fn rejected_older_generation_uses_the_stored_pair() {
    let (table, endpoint) = (
        Arc::new(FakeUsersTable::with_login(StoredLogin { generation: 5, ..fresh_login() })),
        FakeTokenEndpoint::new(3600),
    );
    assert_eq!(
        token_and_generation(&new_manager(&table, &endpoint).refresh_after_rejection(4).await.unwrap()),
        ("a1", 5)
    );
    assert!(endpoint.posted_tokens().is_empty());
}

#[tokio::test(start_paused = true)]
async fn rejected_token_without_refresh_token_marks_needs_login() {
    let (table, endpoint) = (
        Arc::new(FakeUsersTable::with_login(StoredLogin { refresh_token: None, ..fresh_login() })),
        FakeTokenEndpoint::new(3600),
    );
    assert_eq!(new_manager(&table, &endpoint).refresh_after_rejection(1).await.unwrap_err().exit, Exit::Login);
    assert!(table.stored_login().needs_login && table.stored_login().access_token.is_some());
}

#[tokio::test(start_paused = true)]
async fn missing_login_or_other_client_id_fails_before_any_request() {
    let endpoint = FakeTokenEndpoint::new(3600);
    for (row, message) in [
        (StoredLogin::default(), "user has no MyAnimeList access token"),
        (StoredLogin { client_id: Some("other".into()), ..expired_login() }, "client ID"),
        (StoredLogin { needs_login: true, ..fresh_login() }, "login required"),
    ] {
        let failure =
            new_manager(&Arc::new(FakeUsersTable::with_login(row)), &endpoint).access_token().await.unwrap_err();
        assert_eq!(failure.exit, Exit::Login);
        assert!(failure.message().contains(message), "{}", failure.message());
        assert!(failure.message().contains("/data/malsync.db"), "names the database");
        assert!(failure.hints[0].starts_with("malsync login"));
    }
    assert!(endpoint.posted_tokens().is_empty());
}

#[tokio::test(start_paused = true)]
async fn logout_and_new_login_elsewhere_are_seen_on_next_use() {
    let (table, endpoint) = (Arc::new(FakeUsersTable::with_login(fresh_login())), FakeTokenEndpoint::new(3600));
    let manager = new_manager(&table, &endpoint);
    manager.access_token().await.unwrap();
    table.edit_login(|row| *row = StoredLogin { access_token: Some(Secret::new("b")), generation: 2, ..fresh_login() });
    assert_eq!(token_and_generation(&manager.access_token().await.unwrap()), ("b", 2));
    table.delete_tokens(UserId(1)).await.unwrap();
    let failure = manager.access_token().await.unwrap_err();
    assert_eq!(failure.exit, Exit::Login);
    assert!(failure.message().contains("logged out"));
    assert!(manager.refresh_after_rejection(2).await.is_err());
    assert!(table.stored_login().access_token.is_none(), "no token is restored");
}

#[tokio::test(start_paused = true)]
async fn failed_database_write_is_retried() {
    // A write has four attempts.
    for (failing_writes, loses_responses, is_stored) in [(3, false, true), (1, true, true), (4, false, false)] {
        let mut table = FakeUsersTable::with_login(expired_login());
        table.failing_writes = failing_writes.into();
        table.loses_responses = loses_responses;
        let (table, endpoint) = (Arc::new(table), FakeTokenEndpoint::new(3600));
        match new_manager(&table, &endpoint).access_token().await {
            Ok(access) => assert!(is_stored && token_and_generation(&access) == ("a2", 2)),
            Err(failure) => {
                assert!(!is_stored);
                assert_eq!(failure.exit, Exit::Database);
                assert!(failure.message().contains("login may be lost"));
            }
        }
        assert_eq!(endpoint.posted_tokens(), ["r1"]);
    }
}

#[tokio::test(start_paused = true)]
async fn f_t12_unavailable_refresh_lock_is_reported() {
    let mut table = FakeUsersTable::with_login(expired_login());
    table.is_lock_unavailable = true;
    let failure = new_manager(&Arc::new(table), &FakeTokenEndpoint::new(3600)).access_token().await.unwrap_err();
    assert_eq!(failure.exit, Exit::Mal);
    assert!(failure.message().contains("another malsync process is refreshing"));
}

#[tokio::test(start_paused = true)]
async fn unknown_lifetime_causes_one_refresh_per_process() {
    let (table, endpoint) = (Arc::new(FakeUsersTable::with_login(expired_login())), FakeTokenEndpoint::new(0));
    let first = new_manager(&table, &endpoint);
    for _ in 0..5 {
        assert_eq!(token_and_generation(&first.access_token().await.unwrap()), ("a2", 2));
    }
    assert_eq!(token_and_generation(&new_manager(&table, &endpoint).access_token().await.unwrap()), ("a3", 3));
    assert_eq!(endpoint.posted_tokens(), ["r1", "r2"]);
}

#[tokio::test(start_paused = true)]
async fn missing_new_refresh_token_keeps_the_old_one() {
    let endpoint = FakeTokenEndpoint(Arc::new(crate::auth::fakes::FakeEndpointState {
        behavior: std::sync::Mutex::new(FakeEndpointBehavior::Rotating),
        posted_tokens: std::sync::Mutex::default(),
        lifetime_seconds: 3600,
        rotates_refresh_tokens: false,
    }));
    let table = Arc::new(FakeUsersTable::with_login(expired_login()));
    new_manager(&table, &endpoint).access_token().await.unwrap();
    assert_eq!(table.stored_login().refresh_token, Some(Secret::new("r1")));
}

#[tokio::test(start_paused = true)]
async fn f_t20_expiry_is_measured_by_the_database_clock() {
    let (table, endpoint) = (Arc::new(FakeUsersTable::with_login(fresh_login())), FakeTokenEndpoint::new(7200));
    let manager = new_manager(&table, &endpoint);
    manager.access_token().await.unwrap();
    table.advance_clock(Span::hours(1));
    tokio::time::advance(Duration::from_secs(3600)).await;
    assert_eq!(token_and_generation(&manager.access_token().await.unwrap()), ("a2", 2));
    assert_eq!(endpoint.posted_tokens(), ["r1"]);
}

#[tokio::test(start_paused = true)]
async fn refresh_now_refreshes_a_fresh_token_and_returns_its_expiry() {
    let (table, endpoint) = (Arc::new(FakeUsersTable::with_login(fresh_login())), FakeTokenEndpoint::new(3600));
    let manager = new_manager(&table, &endpoint);
    assert_eq!(manager.refresh_now().await.unwrap().unwrap().to_rfc3339(), "2026-03-01T13:00:00+00:00");
    endpoint.set_behavior(FakeEndpointBehavior::RefusesTokens);
    let failure = manager.refresh_now().await.unwrap_err();
    assert_eq!(failure.exit, Exit::Login);
    assert!(!table.stored_login().needs_login, "the access token is still good");
    endpoint.set_behavior(FakeEndpointBehavior::Unavailable);
    let other_manager = new_manager(&Arc::new(FakeUsersTable::with_login(fresh_login())), &endpoint);
    assert_eq!(other_manager.refresh_now().await.unwrap_err().exit, Exit::Mal);
}

#[tokio::test(start_paused = true)]
async fn f_p09_failing_database_clock_spends_no_refresh_token() {
    for access in [None, Some(Secret::new("a1"))] {
        let mut table = FakeUsersTable::with_login(StoredLogin { access_token: access, ..expired_login() });
        table.has_no_clock = true;
        let (table, endpoint) = (Arc::new(table), FakeTokenEndpoint::new(3600));
        let manager = new_manager(&table, &endpoint);
        assert_eq!(manager.access_token().await.unwrap_err().exit, Exit::Database);
        assert_eq!(manager.refresh_now().await.unwrap_err().exit, Exit::Database);
        assert!(endpoint.posted_tokens().is_empty(), "the new pair could not be stored");
    }
}
