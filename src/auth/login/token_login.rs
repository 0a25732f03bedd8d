//! Logs in with tokens exported on another machine: reads them, asks MAL for their account, and stores them like any
//! other login.

use std::time::Duration;

use chrono::SubsecRound;
use tokio::time::timeout;

use super::{
    CompletedLogin, FixedToken, LoginDeps, LoginRequest, login_timed_out, or_cancelled, storage_failure, store_login,
};
use crate::{
    auth::{exported_login::ExportedLogin, login_target::validate_requested_user, token_endpoint::TokenEndpoint},
    domain::user::{MalAccount, User},
    exit::Exit,
    failure::Failure,
    sync::port::LoginRepository,
};

/// Logs in with the exported login that `input` yields.
///
/// # Errors
/// - Exit code 1 or 6: the tokens could not be stored.
/// - 4: the input is no login, belongs to another client id, or MAL no longer accepts the token.
/// - 5: no input came in time, or MAL is unreachable.
/// - 8: the row belongs to another account, or the token's account differs from the exported one.
/// - 130: cancelled.
pub async fn log_in_with_token<L, E, A, U>(
    request: &LoginRequest,
    input: impl Future<Output = Result<ExportedLogin, Failure>>,
    deps: &LoginDeps<'_, L, E, A, U>,
) -> Result<CompletedLogin, Failure>
where
    L: LoginRepository,
    E: TokenEndpoint,
    A: AsyncFn(FixedToken) -> Result<MalAccount, Failure>,
    U: AsyncFn() -> Result<Vec<User>, Failure>,
{
    validate_requested_user(&(deps.load_users)().await?, request.user.as_ref())?;
    deps.token_storage.check_can_store().await?;
    let limit: Duration = request.timeout;
    let exported = or_cancelled(deps.cancel, timeout(limit, input)).await?;
    let exported = exported.map_err(|_| login_timed_out(limit, "no login came on standard input"))??;
    if let Some(other) = exported.client_id.as_ref().filter(|id| **id != request.client_id) {
        return Err(Failure::from_text(Exit::Login, "the tokens belong to another client id than MAL_CLIENT_ID")
            .with_hint(format!("set MAL_CLIENT_ID={other} here too, or log in anew: malsync login")));
    }
    let writer = deps.token_storage.writer()?;
    let account = or_cancelled(deps.cancel, (deps.fetch_account)(FixedToken(exported.access.clone()))).await?;
    let account = account.map_err(|failure| match failure.exit {
        Exit::Login => Failure::from_text(Exit::Login, "MyAnimeList does not take this token (any more)").with_hint(
            "where it came from: malsync token refresh, then malsync token export again; or here: malsync login",
        ),
        _ => failure,
    })?;
    if let Some(other) = exported.mal_user_id.filter(|id| *id != account.id) {
        let message = format!("the token is of MAL account {}, and what was read says {other}", account.id);
        return Err(
            Failure::from_text(Exit::Guard, message).with_hint("malsync token export anew, or here: malsync login")
        );
    }
    let now = deps.logins.now().await.map_err(storage_failure)?.trunc_subsecs(0);
    let issued = exported.into_issued_tokens(&request.client_id, now);
    let user = store_login(request, deps, &account, &writer, &issued).await?;
    Ok(CompletedLogin { user, account, expires_at: issued.expires_at() })
}
