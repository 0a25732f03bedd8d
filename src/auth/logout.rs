//! A logout: the tokens go from table and keyring; user and list stay.

use super::{copies, port::Logins, vault::Vault};
use crate::{domain::user::UserId, failure::Failure};

/// Logs a user out. The table goes first, at once, and raises the generation: a refresh under way is not waited for, its pair
/// is not taken any more, and a copy in a keyring that cannot be reached is never used again. MAL has no way to revoke a token:
/// it ends by itself.
///
/// # Errors
/// The database did not do it.
pub async fn logout<L: Logins>(logins: &L, vault: &Vault, user: UserId) -> Result<(), Failure> {
    logins.clear(user).await.map_err(Into::into)?;
    copies::remove(logins, vault, user).await
}
