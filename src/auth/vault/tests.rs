use base64::Engine as _;

use super::*;
use crate::auth::keyring::fake;

const USER: UserId = UserId(7);

fn key(byte: u8) -> Secret {
    Secret::new(base64::engine::general_purpose::STANDARD.encode([byte; 32]))
}

fn seal(byte: u8) -> Seal {
    Seal::new(Some(&key(byte)), "/nowhere/token.key".into(), true).unwrap()
}

fn vault(mode: TokenStore, keyring: &Keyring) -> Vault {
    Vault::new(mode, seal(1), keyring.clone())
}

fn issued(name: &str) -> Issued {
    Issued {
        pair: Pair {
            access: Secret::new(format!("{name}-access")),
            refresh: Some(Secret::new(format!("{name}-refresh"))),
            lifetime: 3600,
        },
        at: "2026-03-01T12:00:00Z".parse().unwrap(),
        client_id: "client".into(),
    }
}

/// The row after `vault` stored a pair of this generation, in the table and then in the keyring.
async fn stored(vault: &Vault, generation: i64, name: &str) -> Login {
    let issued = issued(name);
    let write = vault.scribe().unwrap().write(USER, generation, &issued);
    vault.copy(USER, generation, &issued.pair).await.unwrap();
    Login {
        access: write.access,
        refresh: write.refresh,
        expires_at: Some(write.expires_at),
        issued_at: Some(write.issued_at),
        generation,
        client_id: Some(write.client_id),
        ..Login::default()
    }
}

fn access(held: Option<Held>) -> Option<String> {
    held.and_then(|held| held.access).map(|token| token.expose().to_owned())
}

#[tokio::test]
async fn every_mode_gives_back_what_it_was_given_and_says_where_it_is() {
    for (mode, in_table, places) in [
        (TokenStore::Both, true, vec!["keyring", "database"]),
        (TokenStore::Keyring, false, vec!["keyring"]),
        (TokenStore::Database, true, vec!["database"]),
    ] {
        let vault = vault(mode, &fake::working());
        let login = stored(&vault, 4, "a").await;
        assert_eq!(login.access.is_some(), in_table, "{mode:?}");
        let held = vault.load(USER, &login).await.unwrap().unwrap();
        assert_eq!(held.access, Some(Secret::new("a-access")));
        assert_eq!(held.refresh, Some(Secret::new("a-refresh")));
        assert_eq!(held.expires_at.unwrap().to_rfc3339(), "2026-03-01T13:00:00+00:00");
        let names: Vec<_> = vault.stored_in(USER, &login).await.into_iter().map(Stored::as_str).collect();
        assert_eq!(names, places);
    }
}

#[tokio::test]
async fn the_usual_start_does_not_wait_for_a_keyring() {
    // A silent keyring would be noted as out of use; it is not even asked.
    let keyring = fake::silent();
    let login = stored(&vault(TokenStore::Both, &fake::missing()), 4, "a").await;
    assert_eq!(access(vault(TokenStore::Both, &keyring).load(USER, &login).await.unwrap()).unwrap(), "a-access");
    assert!(!keyring.is_out());
}

#[tokio::test]
async fn both_goes_on_without_a_keyring_and_keyring_does_not() {
    let both = vault(TokenStore::Both, &fake::silent());
    both.ready().await.unwrap();
    let login = stored(&both, 4, "a").await;
    assert_eq!(both.stored_in(USER, &login).await, [Stored::Database]);

    let alone = vault(TokenStore::Keyring, &fake::missing());
    assert_eq!(alone.ready().await.unwrap_err().exit, Exit::Failed, "login");
    let login = stored(&vault(TokenStore::Keyring, &fake::working()), 4, "a").await;
    assert_eq!(alone.load(USER, &login).await.unwrap_err().exit, Exit::Login, "sync");
}

#[tokio::test]
async fn the_keyrings_copy_serves_where_the_key_is_not_at_hand() {
    let keyring = fake::working();
    let here = vault(TokenStore::Both, &keyring);
    let login = stored(&here, 4, "a").await;
    let elsewhere = Vault::new(TokenStore::Both, seal(2), keyring.clone());
    assert_eq!(access(elsewhere.load(USER, &login).await.unwrap()).unwrap(), "a-access");

    here.copy(USER, 3, &issued("old").pair).await.unwrap();
    let error = elsewhere.load(USER, &login).await.unwrap_err();
    assert_eq!(error.exit, Exit::Login, "an older copy does not serve");
    assert!(error.message().contains("cannot decrypt the stored login"));
    here.copy(USER, 5, &issued("new").pair).await.unwrap();
    assert_eq!(access(elsewhere.load(USER, &login).await.unwrap()).unwrap(), "new-access", "a newer one does");
}

#[tokio::test]
async fn a_copy_older_than_the_table_is_no_login() {
    let keyring = fake::working();
    let vault = vault(TokenStore::Keyring, &keyring);
    let login = Login { generation: 5, ..stored(&vault, 4, "a").await };
    let failure = vault.load(USER, &login).await.unwrap_err();
    assert_eq!(failure.exit, Exit::Login);
    assert!(failure.message().contains("unreadable"), "{}", failure.message());
    assert!(vault.stored_in(USER, &login).await.is_empty());
}

#[tokio::test]
async fn an_altered_table_is_not_papered_over_by_the_keyring() {
    let vault = vault(TokenStore::Both, &fake::working());
    let login = stored(&vault, 4, "a").await;
    let rolled_back = Login { generation: 6, ..login.clone() };
    assert_eq!(vault.load(USER, &rolled_back).await.unwrap_err().exit, Exit::Guard);
    assert_eq!(vault.load(UserId(8), &login).await.unwrap_err().exit, Exit::Guard);
}

#[tokio::test]
async fn an_unsealed_token_is_a_login_and_an_empty_row_is_none() {
    for mode in [TokenStore::Both, TokenStore::Keyring, TokenStore::Database] {
        let vault = vault(mode, &fake::missing());
        let adopted = Login { access: Some(Secret::new("plain")), refresh: Some(Secret::new("")), ..Login::default() };
        let held = vault.load(USER, &adopted).await.unwrap().unwrap();
        assert_eq!((held.access, held.refresh), (Some(Secret::new("plain")), None));
        assert!(vault.load(USER, &Login::default()).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn logging_out_empties_the_keyring() {
    let keyring = fake::working();
    let vault = vault(TokenStore::Keyring, &keyring);
    stored(&vault, 4, "a").await;
    vault.forget(USER).await;
    assert!(keyring.read(USER).await.unwrap().is_none());
}
