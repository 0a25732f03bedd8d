//! `MALSYNC_TOKEN_STORE=keyring`: row and keyring each hold a part of a login, and the two cannot be written
//! atomically.

use std::sync::atomic::Ordering::SeqCst;

use super::*;
use crate::{
    auth::{
        fakes::{FakeTokenEndpoint, FakeUsersTable, plaintext_storage},
        keyring::{Keyring, KeyringCopy, fake_keyrings},
    },
    domain::{
        token_store_mode::TokenStoreMode,
        user::{StoredLogin, UserId},
    },
    secret::Secret,
};

const USER: UserId = UserId(1);

/// Returns a token manager for a row whose pair was just issued; the keyring holds `copy` of it.
async fn manager_with_keyring_copy(
    keyring: &Keyring,
    copy: Option<KeyringCopy>,
) -> (Arc<FakeUsersTable>, FakeTokenEndpoint, TokenManager<FakeUsersTable, FakeTokenEndpoint>) {
    let now: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().unwrap();
    let row = StoredLogin {
        expires_at: Some(now + chrono::Duration::hours(2)),
        issued_at: Some(now),
        generation: 3,
        client_id: Some("client".into()),
        ..StoredLogin::default()
    };
    if let Some(copy) = copy {
        keyring.write_copy(USER, &copy).await.unwrap();
    }
    let (table, endpoint) = (Arc::new(FakeUsersTable::with_login(row)), FakeTokenEndpoint::new(3600));
    let owner = TokenOwner {
        user: USER,
        username: "ann".into(),
        account: None,
        client_id: "client".into(),
        database: "/data/malsync.db".into(),
    };
    let token_storage = Arc::new(plaintext_storage(TokenStoreMode::Keyring, keyring.clone()));
    let manager = TokenManager::new(owner, Arc::clone(&table), token_storage, endpoint.clone());
    (table, endpoint, manager)
}

fn keyring_copy(access: Option<&str>) -> KeyringCopy {
    KeyringCopy { access: access.map(Secret::new), refresh: Some(Secret::new("r3")), generation: 3 }
}

#[tokio::test]
async fn matching_row_and_keyring_need_no_lock() {
    let (table, endpoint, manager) =
        manager_with_keyring_copy(&fake_keyrings::working_keyring(), Some(keyring_copy(Some("a3")))).await;
    assert_eq!(manager.access_token().await.unwrap().token, Secret::new("a3"));
    assert_eq!((table.lock_requests.load(SeqCst), endpoint.posted_tokens().len()), (0, 0));
}

#[tokio::test]
async fn keyring_write_of_another_process_is_waited_for() {
    for copy in [None, Some(keyring_copy(None))] {
        let keyring = fake_keyrings::working_keyring();
        let (table, endpoint, manager) = manager_with_keyring_copy(&keyring, copy).await;
        let lock_of_other_process = table.lock_refresh(USER).await.unwrap();
        let (result, ()) = tokio::join!(manager.access_token(), async {
            while table.lock_requests.load(SeqCst) < 2 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            keyring.write_copy(USER, &keyring_copy(Some("a3"))).await.unwrap();
            drop(lock_of_other_process);
        });
        assert_eq!(result.unwrap().token, Secret::new("a3"));
        assert!(endpoint.posted_tokens().is_empty(), "no refresh token is spent");
    }
}

#[tokio::test]
async fn missing_access_token_is_reloaded_then_refreshed() {
    let keyring = fake_keyrings::working_keyring();
    let (_, endpoint, manager) = manager_with_keyring_copy(&keyring, Some(keyring_copy(None))).await;
    assert_eq!(manager.access_token().await.unwrap().token, Secret::new("a4"));
    assert_eq!(endpoint.posted_tokens(), ["r3"]);
    assert_eq!(keyring.read_copy(USER).await.unwrap().unwrap().generation, 4);
}

/// A cron job without its `DATABASE_URL` opens another database than the one that holds the login.
#[tokio::test]
async fn unreadable_login_names_its_database() {
    for keyring in [fake_keyrings::missing_keyring(), fake_keyrings::working_keyring()] {
        let (_, endpoint, manager) = manager_with_keyring_copy(&keyring, None).await;
        let failure = manager.access_token().await.unwrap_err();
        assert_eq!((failure.exit, endpoint.posted_tokens().len()), (Exit::Login, 0));
        assert!(failure.message().starts_with("database /data/malsync.db: "), "{}", failure.message());
    }
}

#[tokio::test]
async fn marked_or_deleted_login_fails_without_locking() {
    for (needs_login, message) in [(true, "login required"), (false, "no MyAnimeList access token")] {
        let (table, _, manager) = manager_with_keyring_copy(&fake_keyrings::working_keyring(), None).await;
        table.edit_login(|row| {
            row.needs_login = needs_login;
            row.expires_at = row.expires_at.filter(|_| needs_login);
        });
        let failure = manager.access_token().await.unwrap_err();
        assert!(failure.message().contains(message), "{}", failure.message());
        assert_eq!(table.lock_requests.load(SeqCst), 0);
    }
}
