//! The keyring's copy, kept in step with the table over all processes.
//!
//! The rule: whoever writes or removes a copy has the user's refresh lock and looks at the row before. A pair that is not the
//! row's newest any more is not copied, and the copy of somebody who is logged in is not removed. What the keyring itself says
//! decides nothing: it may be of a database that was made anew, whose generations begin again.

use super::{port::LoginRepository, token_endpoint::TokenPair, token_storage::TokenStorage};
use crate::{domain::user::UserId, exit::Exit, failure::Failure};

/// Takes the user's refresh lock.
///
/// # Errors
/// Exit code 5: another malsync keeps it. 6: the database does not give it.
pub async fn acquire_refresh_lock<L: LoginRepository>(logins: &L, user: UserId) -> Result<L::RefreshLock, Failure> {
    logins.lock_refresh(user).await.map_err(Into::into)?.ok_or_else(|| {
        Failure::from_text(Exit::Mal, "another malsync is refreshing the tokens and does not come to an end")
            .with_hint("look for a malsync that hangs, then run it again")
    })
}

/// Copies a pair that the row took as this generation. The caller has the lock, unless it broke.
///
/// # Errors
/// Exit code 1: the keyring is the only place and did not take it.
pub async fn write_to_keyring<L: LoginRepository>(
    logins: &L,
    vault: &TokenStorage,
    user: UserId,
    generation: i64,
    pair: &TokenPair,
) -> Result<(), Failure> {
    // A row that cannot be read now is no reason to lose the pair where the keyring alone has it.
    if logins.load_user(user).await.is_ok_and(|row| row.login.generation > generation) {
        tracing::debug!(generation, "the tokens were replaced meanwhile, and are not copied into the keyring");
        return Ok(());
    }
    vault.copy_to_keyring(user, generation, pair).await
}

/// Removes the copy of a user who is logged in no more. A process that keeps the lock is waited for no longer than a refresh
/// waits: when it comes to its end, it finds that its pair is not the row's.
///
/// # Errors
/// The database does not say whether somebody is logged in.
pub async fn remove_from_keyring<L: LoginRepository>(
    logins: &L,
    vault: &TokenStorage,
    user: UserId,
) -> Result<(), Failure> {
    let lock = logins.lock_refresh(user).await.map_err(Into::into)?;
    if lock.is_none() {
        tracing::warn!(
            "another malsync is refreshing the tokens and does not come to an end; what it gets is not used"
        );
    }
    if logins.load_user(user).await.map_err(Into::into)?.login.is_present() {
        tracing::debug!("somebody logged in meanwhile: the keyring is left as it is");
        return Ok(());
    }
    vault.delete_keyring_copy(user).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, atomic::Ordering};

    use super::*;
    use crate::{
        auth::{
            fakes::FakeUsersTable,
            keyring::{Keyring, fake_keyrings as keyrings},
            token_cipher::TokenCipher,
            token_storage::TokenStoreMode,
        },
        domain::user::StoredLogin,
        secret::Secret,
    };

    const USER: UserId = UserId(1);

    fn stored_login(generation: i64) -> StoredLogin {
        StoredLogin { access_token: Some(Secret::new("sealed")), generation, ..StoredLogin::default() }
    }

    fn new_token_storage(keyring: &Keyring) -> TokenStorage {
        let seal = TokenCipher::new(None, "/nowhere/token.key".into(), false).unwrap();
        TokenStorage::new(TokenStoreMode::Both, seal, keyring.clone())
    }

    fn token_pair(name: &str) -> TokenPair {
        TokenPair { access: Secret::new(name), refresh: None, lifetime_seconds: 3600 }
    }

    async fn keyring_access_token(keyring: &Keyring) -> Option<String> {
        keyring.read_copy(USER).await.unwrap().map(|copy| copy.access.unwrap().expose().to_owned())
    }

    #[tokio::test]
    async fn f_t23_replaced_pair_is_not_copied_to_the_keyring() {
        let (keyring, table) = (keyrings::working_keyring(), FakeUsersTable::with_login(stored_login(4)));
        let vault = new_token_storage(&keyring);
        write_to_keyring(&table, &vault, USER, 4, &token_pair("newest")).await.unwrap();
        write_to_keyring(&table, &vault, USER, 3, &token_pair("late")).await.unwrap();
        assert_eq!(keyring_access_token(&keyring).await.as_deref(), Some("newest"));
        // A database that was made anew begins again: its pair is the one in force.
        table.edit_login(|login| login.generation = 1);
        write_to_keyring(&table, &vault, USER, 1, &token_pair("anew")).await.unwrap();
        assert_eq!(keyring_access_token(&keyring).await.as_deref(), Some("anew"));
        // Whether it was replaced cannot be known; it is not lost.
        let nobody = FakeUsersTable::default();
        write_to_keyring(&nobody, &vault, USER, 5, &token_pair("unknown")).await.unwrap();
        assert_eq!(keyring_access_token(&keyring).await.as_deref(), Some("unknown"));
    }

    #[tokio::test]
    async fn f_t21_login_after_logout_keeps_its_keyring_copy() {
        let (keyring, table) = (keyrings::working_keyring(), FakeUsersTable::with_login(stored_login(4)));
        let vault = new_token_storage(&keyring);
        write_to_keyring(&table, &vault, USER, 4, &token_pair("theirs")).await.unwrap();
        remove_from_keyring(&table, &vault, USER).await.unwrap();
        assert_eq!(keyring_access_token(&keyring).await.as_deref(), Some("theirs"));
        table.delete_tokens(USER).await.unwrap();
        remove_from_keyring(&table, &vault, USER).await.unwrap();
        assert_eq!(keyring_access_token(&keyring).await, None);
    }

    #[tokio::test]
    async fn f_t21_logout_removes_keyring_copy_after_refresh_finishes_or_hangs() {
        let (keyring, table) = (keyrings::working_keyring(), Arc::new(FakeUsersTable::with_login(stored_login(4))));
        let vault = new_token_storage(&keyring);
        let held = acquire_refresh_lock(&*table, USER).await.unwrap();
        vault.copy_to_keyring(USER, 4, &token_pair("old")).await.unwrap();
        let refresh = async {
            // Whoever does not wait for the lock has removed it by then.
            while table.lock_requests.load(Ordering::SeqCst) < 2 && keyring_access_token(&keyring).await.is_some() {
                tokio::task::yield_now().await;
            }
            // It looked at the row before the logout: the copy comes late.
            vault.copy_to_keyring(USER, 4, &token_pair("late")).await.unwrap();
            drop(held);
        };
        table.delete_tokens(USER).await.unwrap();
        let (removed, ()) = tokio::join!(remove_from_keyring(&*table, &vault, USER), refresh);
        removed.unwrap();
        assert_eq!(keyring_access_token(&keyring).await, None);

        let mut stuck = FakeUsersTable::with_login(StoredLogin::default());
        stuck.is_lock_unavailable = true;
        vault.copy_to_keyring(USER, 4, &token_pair("left")).await.unwrap();
        remove_from_keyring(&stuck, &vault, USER).await.unwrap();
        assert_eq!(keyring_access_token(&keyring).await, None);
        let failure = acquire_refresh_lock(&stuck, USER).await.unwrap_err();
        assert_eq!(failure.exit, Exit::Mal);
        assert!(failure.message().contains("another malsync") && failure.hints[0].contains("hangs"));
    }
}
