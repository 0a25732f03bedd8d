//! A login that was made on another machine: its tokens are read, MAL says whose they are, and they are stored like any
//! other login's.

use std::time::Duration;

use chrono::SubsecRound;
use tokio::time::timeout;

use super::{
    CompletedLogin, FixedToken, LoginDeps, LoginRequest, login_timed_out, or_cancelled, storage_failure, store_login,
};
use crate::{
    auth::{
        exported_login::ExportedLogin, login_target::validate_requested_user, port::LoginRepository,
        token_endpoint::TokenEndpoint,
    },
    domain::user::User,
    exit::Exit,
    failure::Failure,
    sync::port::MalAccount,
};

/// Logs in with what comes from `input`.
///
/// # Errors
/// Exit code 4: it is no login, of another client id, or MAL does not take it any more. 5: nothing came in time, MAL is out
/// of reach. 130: cancelled. 8: another account's row, or not the account that it says. 1, 6: the tokens could not be stored.
pub async fn log_in_with_token<L, E, A, U>(
    request: &LoginRequest,
    input: impl Future<Output = Result<ExportedLogin, Failure>>,
    parts: &LoginDeps<'_, L, E, A, U>,
) -> Result<CompletedLogin, Failure>
where
    L: LoginRepository,
    E: TokenEndpoint,
    A: AsyncFn(FixedToken) -> Result<MalAccount, Failure>,
    U: AsyncFn() -> Result<Vec<User>, Failure>,
{
    validate_requested_user(&(parts.load_users)().await?, request.user.as_ref())?;
    parts.token_storage.check_can_store().await?;
    let limit: Duration = request.timeout;
    let carried = or_cancelled(parts.cancel, timeout(limit, input)).await?;
    let carried = carried.map_err(|_| login_timed_out(limit, "no login came on standard input"))??;
    if let Some(other) = carried.client_id.as_ref().filter(|id| **id != request.client_id) {
        return Err(Failure::from_text(Exit::Login, "the tokens belong to another client id than MAL_CLIENT_ID")
            .with_hint(format!("set MAL_CLIENT_ID={other} here too, or log in anew: malsync login")));
    }
    let scribe = parts.token_storage.writer()?;
    let account = or_cancelled(parts.cancel, (parts.fetch_account)(FixedToken(carried.access.clone()))).await?;
    let account = account.map_err(|failure| match failure.exit {
        Exit::Login => Failure::from_text(Exit::Login, "MyAnimeList does not take this token (any more)").with_hint(
            "where it came from: malsync token refresh, then malsync token export again; or here: malsync login",
        ),
        _ => failure,
    })?;
    if let Some(other) = carried.mal_user_id.filter(|id| *id != account.id) {
        let what = format!("the token is of MAL account {}, and what was read says {other}", account.id);
        return Err(
            Failure::from_text(Exit::Guard, what).with_hint("malsync token export anew, or here: malsync login")
        );
    }
    let now = parts.logins.now().await.map_err(storage_failure)?.trunc_subsecs(0);
    let issued = carried.into_issued_tokens(&request.client_id, now);
    let user = store_login(request, parts, &account, &scribe, &issued).await?;
    Ok(CompletedLogin { user, account, expires_at: issued.expires_at() })
}
