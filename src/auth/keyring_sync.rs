//! Keeps the keyring copy consistent with the users table across all processes.
//!
//! Invariants:
//! 1. Keyring writes and deletes require the user's refresh lock and a fresh read of the row.
//! 2. A pair that is no longer the newest of the row is not copied. The copy of a user who is logged in is not deleted.
//! 3. The keyring's content decides nothing: it may belong to an earlier database, whose generations started over.

use super::{token_endpoint::TokenPair, token_storage::TokenStorage};
use crate::{domain::user::UserId, exit::Exit, failure::Failure, sync::port::LoginRepository};

/// Takes the user's refresh lock.
///
/// # Errors
/// Exit code 5: another malsync process holds the lock. 6: the database fails.
pub async fn acquire_refresh_lock<L: LoginRepository>(logins: &L, user: UserId) -> Result<L::RefreshLock, Failure> {
    logins.lock_refresh(user).await.map_err(Into::into)?.ok_or_else(|| {
        Failure::from_text(Exit::Mal, "another malsync process is refreshing the tokens and does not finish")
            .with_hint("find the malsync process that hangs, then try again")
    })
}

/// Copies a pair that the row took as this generation. The caller holds the refresh lock, unless its connection broke.
///
/// # Errors
/// Exit code 1: in mode `keyring`, the keyring did not take the pair.
pub async fn write_to_keyring<L: LoginRepository>(
    logins: &L,
    token_storage: &TokenStorage,
    user: UserId,
    generation: i64,
    pair: &TokenPair,
) -> Result<(), Failure> {
    // Copy even if the row cannot be read: the keyring may be the only place for the pair.
    if logins.load_user(user).await.is_ok_and(|row| row.login.generation > generation) {
        tracing::debug!(generation, "not copying these tokens to the keyring: the database has newer ones");
        return Ok(());
    }
    token_storage.copy_to_keyring(user, generation, pair).await
}

/// Deletes the copy of a user who is logged out. Waits for the refresh lock no longer than a refresh does: a process
/// that still holds the lock will find that its pair is not the row's.
///
/// # Errors
/// The database does not tell whether the user is logged in.
pub async fn remove_from_keyring<L: LoginRepository>(
    logins: &L,
    token_storage: &TokenStorage,
    user: UserId,
) -> Result<(), Failure> {
    let lock = logins.lock_refresh(user).await.map_err(Into::into)?;
    if lock.is_none() {
        tracing::warn!("another malsync process is refreshing the tokens and does not finish; its result is ignored");
    }
    if logins.load_user(user).await.map_err(Into::into)?.login.is_present() {
        tracing::debug!("keeping the keyring copy: the user is logged in again");
        return Ok(());
    }
    token_storage.delete_keyring_copy(user).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, atomic::Ordering};

    use super::*;
    use crate::{
        auth::{
            fakes::{FakeUsersTable, plaintext_storage},
            keyring::{Keyring, fake_keyrings},
        },
        domain::{token_store_mode::TokenStoreMode, user::StoredLogin},
        secret::Secret,
    };

    const USER: UserId = UserId(1);

    fn stored_login(generation: i64) -> StoredLogin {
        StoredLogin { access_token: Some(Secret::new("sealed")), generation, ..StoredLogin::default() }
    }

    fn new_token_storage(keyring: &Keyring) -> TokenStorage {
        plaintext_storage(TokenStoreMode::Both, keyring.clone())
    }

    fn token_pair(name: &str) -> TokenPair {
        TokenPair { access: Secret::new(name), refresh: None, lifetime_seconds: 3600 }
    }

    async fn keyring_access_token(keyring: &Keyring) -> Option<String> {
        keyring.read_copy(USER).await.unwrap().map(|copy| copy.access.unwrap().expose().to_owned())
    }

    #[tokio::test]
    async fn f_t23_replaced_pair_is_not_copied_to_the_keyring() {
        let (keyring, table) = (fake_keyrings::working_keyring(), FakeUsersTable::with_login(stored_login(4)));
        let storage = new_token_storage(&keyring);
        write_to_keyring(&table, &storage, USER, 4, &token_pair("newest")).await.unwrap();
        write_to_keyring(&table, &storage, USER, 3, &token_pair("late")).await.unwrap();
        assert_eq!(keyring_access_token(&keyring).await.as_deref(), Some("newest"));
        // A new database starts over: its pair is the valid one.
        table.edit_login(|login| login.generation = 1);
        write_to_keyring(&table, &storage, USER, 1, &token_pair("anew")).await.unwrap();
        assert_eq!(keyring_access_token(&keyring).await.as_deref(), Some("anew"));
        // Unknown whether the pair was replaced: it is kept.
        let empty_table = FakeUsersTable::default();
        write_to_keyring(&empty_table, &storage, USER, 5, &token_pair("unknown")).await.unwrap();
        assert_eq!(keyring_access_token(&keyring).await.as_deref(), Some("unknown"));
    }

    #[tokio::test]
    async fn f_t21_login_after_logout_keeps_its_keyring_copy() {
        let (keyring, table) = (fake_keyrings::working_keyring(), FakeUsersTable::with_login(stored_login(4)));
        let storage = new_token_storage(&keyring);
        write_to_keyring(&table, &storage, USER, 4, &token_pair("theirs")).await.unwrap();
        remove_from_keyring(&table, &storage, USER).await.unwrap();
        assert_eq!(keyring_access_token(&keyring).await.as_deref(), Some("theirs"));
        table.delete_tokens(USER).await.unwrap();
        remove_from_keyring(&table, &storage, USER).await.unwrap();
        assert_eq!(keyring_access_token(&keyring).await, None);
    }

    #[tokio::test]
    async fn f_t21_logout_removes_keyring_copy_after_refresh_finishes_or_hangs() {
        let (keyring, table) =
            (fake_keyrings::working_keyring(), Arc::new(FakeUsersTable::with_login(stored_login(4))));
        let storage = new_token_storage(&keyring);
        let lock = acquire_refresh_lock(&*table, USER).await.unwrap();
        storage.copy_to_keyring(USER, 4, &token_pair("old")).await.unwrap();
        let refresh = async {
            // A removal that does not wait for the lock has deleted the copy by then.
            while table.lock_requests.load(Ordering::SeqCst) < 2 && keyring_access_token(&keyring).await.is_some() {
                tokio::task::yield_now().await;
            }
            // This refresh read the row before the logout: its copy comes late.
            storage.copy_to_keyring(USER, 4, &token_pair("late")).await.unwrap();
            drop(lock);
        };
        table.delete_tokens(USER).await.unwrap();
        let (result, ()) = tokio::join!(remove_from_keyring(&*table, &storage, USER), refresh);
        result.unwrap();
        assert_eq!(keyring_access_token(&keyring).await, None);

        let mut stuck = FakeUsersTable::with_login(StoredLogin::default());
        stuck.is_lock_unavailable = true;
        storage.copy_to_keyring(USER, 4, &token_pair("left")).await.unwrap();
        remove_from_keyring(&stuck, &storage, USER).await.unwrap();
        assert_eq!(keyring_access_token(&keyring).await, None);
        let failure = acquire_refresh_lock(&stuck, USER).await.unwrap_err();
        assert_eq!(failure.exit, Exit::Mal);
        assert!(failure.message().contains("another malsync") && failure.hints[0].contains("hangs"));
    }
}
