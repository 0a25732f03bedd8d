//! A logout: the tokens go from table and keyring; user and list stay.

use super::{keyring_sync, port::LoginRepository, token_storage::TokenStorage};
use crate::{domain::user::UserId, failure::Failure};

/// Logs a user out. The table goes first, at once, and raises the generation: a refresh under way is not waited for, its pair
/// is not taken any more, and a copy in a keyring that cannot be reached is never used again. MAL has no way to revoke a token:
/// it ends by itself.
///
/// # Errors
/// The database did not do it.
pub async fn log_out<L: LoginRepository>(logins: &L, vault: &TokenStorage, user: UserId) -> Result<(), Failure> {
    logins.delete_tokens(user).await.map_err(Into::into)?;
    keyring_sync::remove_from_keyring(logins, vault, user).await
}
