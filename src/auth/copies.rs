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
        tracing::warn!("another malsync is refreshing the tokens and does not come to an end; what it gets is not used");
    }
    if logins.row(user).await.map_err(Into::into)?.login.exists() {
        tracing::debug!("somebody logged in meanwhile: the keyring is left as it is");
        return Ok(());
    }
    vault.forget(user).await;
    Ok(())
}
