//! The keyring's copy, kept in step with the table over all processes.
//!
//! The rule: whoever writes or removes a copy has the user's refresh lock and looks at the row before. A pair that is not the
//! row's newest any more is not copied, and the copy of somebody who is logged in is not removed. What the keyring itself says
//! decides nothing: it may be of a database that was made anew, whose generations begin again.

use super::{endpoint::Pair, port::Logins, vault::Vault};
use crate::{domain::user::UserId, exit::Exit, failure::Failure};

/// Takes the user's refresh lock.
///
/// # Errors
/// Exit code 5: another malsync keeps it. 6: the database does not give it.
pub async fn lock<L: Logins>(logins: &L, user: UserId) -> Result<L::RefreshLock, Failure> {
    logins.lock_refresh(user).await.map_err(Into::into)?.ok_or_else(|| {
        Failure::text(Exit::Mal, "another malsync is refreshing the tokens and does not come to an end")
            .hint("look for a malsync that hangs, then run it again")
    })
}

/// Copies a pair that the row took as this generation. The caller has the lock, unless it broke.
///
/// # Errors
/// Exit code 1: the keyring is the only place and did not take it.
pub async fn write<L: Logins>(
    logins: &L,
    vault: &Vault,
    user: UserId,
    generation: i64,
    pair: &Pair,
) -> Result<(), Failure> {
    // A row that cannot be read now is no reason to lose the pair where the keyring alone has it.
    if logins.row(user).await.is_ok_and(|row| row.login.generation > generation) {
        tracing::debug!(generation, "the tokens were replaced meanwhile, and are not copied into the keyring");
        return Ok(());
    }
    vault.copy(user, generation, pair).await
}

/// Removes the copy of a user who is logged in no more. A process that keeps the lock is waited for no longer than a refresh
/// waits: when it comes to its end, it finds that its pair is not the row's.
///
/// # Errors
/// The database does not say whether somebody is logged in.
pub async fn remove<L: Logins>(logins: &L, vault: &Vault, user: UserId) -> Result<(), Failure> {
    let lock = logins.lock_refresh(user).await.map_err(Into::into)?;
    if lock.is_none() {
        tracing::warn!(
            "another malsync is refreshing the tokens and does not come to an end; what it gets is not used"
        );
    }
    if logins.row(user).await.map_err(Into::into)?.login.exists() {
        tracing::debug!("somebody logged in meanwhile: the keyring is left as it is");
        return Ok(());
    }
    vault.forget(user).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, atomic::Ordering};

    use super::*;
    use crate::{
        auth::{
            fake::Table,
            keyring::{Keyring, fake as keyrings},
            seal::Seal,
            vault::TokenStore,
        },
        domain::user::Login,
        secret::Secret,
    };

    const USER: UserId = UserId(1);

    fn row(generation: i64) -> Login {
        Login { access: Some(Secret::new("sealed")), generation, ..Login::default() }
    }

    fn vault(keyring: &Keyring) -> Vault {
        let seal = Seal::new(None, "/nowhere/token.key".into(), false).unwrap();
        Vault::new(TokenStore::Both, seal, keyring.clone())
    }

    fn pair(name: &str) -> Pair {
        Pair { access: Secret::new(name), refresh: None, lifetime: 3600 }
    }

    async fn copied(keyring: &Keyring) -> Option<String> {
        keyring.read(USER).await.unwrap().map(|copy| copy.access.unwrap().expose().to_owned())
    }

    #[tokio::test]
    async fn f_t23_a_pair_that_was_replaced_meanwhile_is_not_copied() {
        let (keyring, table) = (keyrings::working(), Table::with(row(4)));
        let vault = vault(&keyring);
        write(&table, &vault, USER, 4, &pair("newest")).await.unwrap();
        write(&table, &vault, USER, 3, &pair("late")).await.unwrap();
        assert_eq!(copied(&keyring).await.as_deref(), Some("newest"));
        // A database that was made anew begins again: its pair is the one in force.
        table.change(|login| login.generation = 1);
        write(&table, &vault, USER, 1, &pair("anew")).await.unwrap();
        assert_eq!(copied(&keyring).await.as_deref(), Some("anew"));
        // Whether it was replaced cannot be known; it is not lost.
        let nobody = Table::default();
        write(&nobody, &vault, USER, 5, &pair("unknown")).await.unwrap();
        assert_eq!(copied(&keyring).await.as_deref(), Some("unknown"));
    }

    #[tokio::test]
    async fn f_t21_a_login_after_the_logout_keeps_its_copy() {
        let (keyring, table) = (keyrings::working(), Table::with(row(4)));
        let vault = vault(&keyring);
        write(&table, &vault, USER, 4, &pair("theirs")).await.unwrap();
        remove(&table, &vault, USER).await.unwrap();
        assert_eq!(copied(&keyring).await.as_deref(), Some("theirs"));
        table.clear(USER).await.unwrap();
        remove(&table, &vault, USER).await.unwrap();
        assert_eq!(copied(&keyring).await, None);
    }

    #[tokio::test]
    async fn f_t21_a_copy_is_removed_when_a_refresh_came_to_its_end_and_though_it_comes_to_none() {
        let (keyring, table) = (keyrings::working(), Arc::new(Table::with(row(4))));
        let vault = vault(&keyring);
        let held = lock(&*table, USER).await.unwrap();
        vault.copy(USER, 4, &pair("old")).await.unwrap();
        let refresh = async {
            // Whoever does not wait for the lock has removed it by then.
            while table.locks.load(Ordering::SeqCst) < 2 && copied(&keyring).await.is_some() {
                tokio::task::yield_now().await;
            }
            // It looked at the row before the logout: the copy comes late.
            vault.copy(USER, 4, &pair("late")).await.unwrap();
            drop(held);
        };
        table.clear(USER).await.unwrap();
        let (removed, ()) = tokio::join!(remove(&*table, &vault, USER), refresh);
        removed.unwrap();
        assert_eq!(copied(&keyring).await, None);

        let mut stuck = Table::with(Login::default());
        stuck.locked = true;
        vault.copy(USER, 4, &pair("left")).await.unwrap();
        remove(&stuck, &vault, USER).await.unwrap();
        assert_eq!(copied(&keyring).await, None);
        let failure = lock(&stuck, USER).await.unwrap_err();
        assert_eq!(failure.exit, Exit::Mal);
        assert!(failure.message().contains("another malsync") && failure.hints[0].contains("hangs"));
    }
}
