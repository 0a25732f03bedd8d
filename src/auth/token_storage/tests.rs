//! Tests of where a token pair is stored, and of which copy is used: that of the row or that of the keyring.

use super::*;
use crate::auth::{fakes::cipher_with_key, keyring::fake_keyrings};

const USER: UserId = UserId(7);

fn storage_with_mode(mode: TokenStoreMode, keyring: &Keyring) -> TokenStorage {
    TokenStorage::new(mode, cipher_with_key(1), keyring.clone())
}

fn issued_tokens(name: &str) -> IssuedTokens {
    IssuedTokens {
        pair: TokenPair {
            access: Secret::new(format!("{name}-access")),
            refresh: Some(Secret::new(format!("{name}-refresh"))),
            lifetime_seconds: 3600,
        },
        issued_at: "2026-03-01T12:00:00Z".parse().unwrap(),
        client_id: "client".into(),
    }
}

/// Stores a pair of this generation, in the keyring, and returns the row that belongs to it.
async fn store_pair(storage: &TokenStorage, generation: i64, name: &str) -> StoredLogin {
    let issued = issued_tokens(name);
    let write = storage.writer().unwrap().prepare_write(USER, generation, &issued);
    storage.copy_to_keyring(USER, generation, &issued.pair).await.unwrap();
    StoredLogin {
        access_token: write.access,
        refresh_token: write.refresh,
        expires_at: Some(write.expires_at),
        issued_at: Some(write.issued_at),
        generation,
        client_id: Some(write.client_id),
        ..StoredLogin::default()
    }
}

fn access_token(tokens: Option<LoadedTokens>) -> Option<String> {
    tokens.and_then(|tokens| tokens.access).map(|token| token.expose().to_owned())
}

#[tokio::test]
async fn every_mode_loads_the_stored_pair_and_reports_its_locations() {
    for (mode, is_in_table, locations) in [
        (TokenStoreMode::Both, true, vec!["keyring", "database"]),
        (TokenStoreMode::Keyring, false, vec!["keyring"]),
        (TokenStoreMode::Database, true, vec!["database"]),
    ] {
        let storage = storage_with_mode(mode, &fake_keyrings::working_keyring());
        let login = store_pair(&storage, 4, "a").await;
        assert_eq!(login.access_token.is_some(), is_in_table, "{mode:?}");
        let tokens = storage.load_tokens(USER, &login).await.unwrap().unwrap();
        assert_eq!(tokens.access, Some(Secret::new("a-access")));
        assert_eq!(tokens.refresh, Some(Secret::new("a-refresh")));
        assert_eq!(tokens.expires_at.unwrap().to_rfc3339(), "2026-03-01T13:00:00+00:00");
        let names: Vec<_> = storage.stored_in(USER, &login).await.into_iter().map(TokenLocation::as_str).collect();
        assert_eq!(names, locations);
    }
}

#[tokio::test]
async fn load_from_database_does_not_open_the_keyring() {
    // A hanging keyring would be disabled by the first call. It is not even called.
    let keyring = fake_keyrings::hanging_keyring();
    let login = store_pair(&storage_with_mode(TokenStoreMode::Both, &fake_keyrings::missing_keyring()), 4, "a").await;
    assert_eq!(
        access_token(storage_with_mode(TokenStoreMode::Both, &keyring).load_tokens(USER, &login).await.unwrap())
            .unwrap(),
        "a-access"
    );
    assert!(keyring.problem().is_none());
}

#[tokio::test]
async fn both_mode_works_without_keyring_and_keyring_mode_fails() {
    let both = storage_with_mode(TokenStoreMode::Both, &fake_keyrings::hanging_keyring());
    both.check_can_store().await.unwrap();
    let login = store_pair(&both, 4, "a").await;
    assert_eq!(both.stored_in(USER, &login).await, [TokenLocation::Database]);

    let keyring_only = storage_with_mode(TokenStoreMode::Keyring, &fake_keyrings::missing_keyring());
    assert_eq!(keyring_only.check_can_store().await.unwrap_err().exit, Exit::Failed, "login");
    let login =
        store_pair(&storage_with_mode(TokenStoreMode::Keyring, &fake_keyrings::working_keyring()), 4, "a").await;
    assert_eq!(keyring_only.load_tokens(USER, &login).await.unwrap_err().exit, Exit::Login, "sync");
}

#[tokio::test]
async fn keyring_copy_is_used_if_the_key_is_unavailable() {
    let keyring = fake_keyrings::working_keyring();
    let with_key = storage_with_mode(TokenStoreMode::Both, &keyring);
    let login = store_pair(&with_key, 4, "a").await;
    let with_other_key = TokenStorage::new(TokenStoreMode::Both, cipher_with_key(2), keyring.clone());
    assert_eq!(access_token(with_other_key.load_tokens(USER, &login).await.unwrap()).unwrap(), "a-access");

    with_key.copy_to_keyring(USER, 3, &issued_tokens("old").pair).await.unwrap();
    let error = with_other_key.load_tokens(USER, &login).await.unwrap_err();
    assert_eq!(error.exit, Exit::Login, "an older copy is not used");
    assert!(error.message().contains("cannot decrypt the stored login"));
    with_key.copy_to_keyring(USER, 5, &issued_tokens("new").pair).await.unwrap();
    assert_eq!(
        access_token(with_other_key.load_tokens(USER, &login).await.unwrap()).unwrap(),
        "new-access",
        "a newer one is"
    );
}

#[tokio::test]
async fn keyring_copy_older_than_the_row_is_not_used() {
    let keyring = fake_keyrings::working_keyring();
    let storage = storage_with_mode(TokenStoreMode::Keyring, &keyring);
    let login = StoredLogin { generation: 5, ..store_pair(&storage, 4, "a").await };
    let failure = storage.load_tokens(USER, &login).await.unwrap_err();
    assert_eq!(failure.exit, Exit::Login);
    assert!(failure.message().contains("cannot read the stored login"), "{}", failure.message());
    assert!(storage.stored_in(USER, &login).await.is_empty());
}

#[tokio::test]
async fn altered_row_fails_despite_a_keyring_copy() {
    let storage = storage_with_mode(TokenStoreMode::Both, &fake_keyrings::working_keyring());
    let login = store_pair(&storage, 4, "a").await;
    let rolled_back = StoredLogin { generation: 6, ..login.clone() };
    assert_eq!(storage.load_tokens(USER, &rolled_back).await.unwrap_err().exit, Exit::Guard);
    assert_eq!(storage.load_tokens(UserId(8), &login).await.unwrap_err().exit, Exit::Guard);
}

#[tokio::test]
async fn plaintext_token_is_a_login_and_empty_row_is_not() {
    for mode in [TokenStoreMode::Both, TokenStoreMode::Keyring, TokenStoreMode::Database] {
        let storage = storage_with_mode(mode, &fake_keyrings::missing_keyring());
        let adopted = StoredLogin {
            access_token: Some(Secret::new("plain")),
            refresh_token: Some(Secret::new("")),
            ..StoredLogin::default()
        };
        let tokens = storage.load_tokens(USER, &adopted).await.unwrap().unwrap();
        assert_eq!((tokens.access, tokens.refresh), (Some(Secret::new("plain")), None));
        assert!(storage.load_tokens(USER, &StoredLogin::default()).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn deleted_keyring_copy_leaves_the_keyring_empty() {
    let keyring = fake_keyrings::working_keyring();
    let storage = storage_with_mode(TokenStoreMode::Keyring, &keyring);
    store_pair(&storage, 4, "a").await;
    storage.delete_keyring_copy(USER).await;
    assert!(keyring.read_copy(USER).await.unwrap().is_none());
}
