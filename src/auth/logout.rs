//! Logs a user out: deletes the tokens from table and keyring. User and list stay.

use super::{keyring_sync, token_storage::TokenStorage};
use crate::{domain::user::UserId, failure::Failure, sync::port::LoginRepository};

/// Logs a user out. The row is cleared first, without waiting for a running refresh, and its generation is raised. So a
/// running refresh cannot store its pair any more, and a keyring copy that cannot be deleted is never used again. MAL
/// cannot revoke a token: it expires by itself.
///
/// # Errors
/// The database fails.
pub async fn log_out<L: LoginRepository>(
    logins: &L,
    token_storage: &TokenStorage,
    user: UserId,
) -> Result<(), Failure> {
    logins.delete_tokens(user).await.map_err(Into::into)?;
    keyring_sync::remove_from_keyring(logins, token_storage, user).await
}
