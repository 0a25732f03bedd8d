//! A login that was made on another machine: its tokens are read, MAL says whose they are, and they are stored like any
//! other login's.

use std::time::Duration;

use chrono::SubsecRound;
use tokio::time::timeout;

use super::{LoggedIn, OneShot, Parts, Request, nobody, store, unless, unstored};
use crate::{
    auth::{carried::Carried, endpoint::TokenEndpoint, port::Logins, row::check_asked},
    domain::user::User,
    exit::Exit,
    failure::Failure,
    sync::port::Account,
};

/// Logs in with what comes from `input`.
///
/// # Errors
/// Exit code 4: it is no login, of another client id, or MAL does not take it any more. 5: nothing came in time, MAL is out
/// of reach. 130: cancelled. 8: another account's row, or not the account that it says. 1, 6: the tokens could not be stored.
pub async fn with_token<L, E, A, U>(
    request: &Request,
    input: impl Future<Output = Result<Carried, Failure>>,
    parts: &Parts<'_, L, E, A, U>,
) -> Result<LoggedIn, Failure>
where
    L: Logins,
    E: TokenEndpoint,
    A: AsyncFn(OneShot) -> Result<Account, Failure>,
    U: AsyncFn() -> Result<Vec<User>, Failure>,
{
    check_asked(&(parts.users)().await?, request.user.as_ref())?;
    parts.vault.ready().await?;
    let limit: Duration = request.limit;
    let carried = unless(parts.stop, timeout(limit, input)).await?;
    let carried = carried.map_err(|_| nobody(limit, "no login came on standard input"))??;
    if let Some(other) = carried.client_id.as_ref().filter(|id| **id != request.client_id) {
        return Err(Failure::text(Exit::Login, "the tokens belong to another client id than MAL_CLIENT_ID")
            .hint(format!("set MAL_CLIENT_ID={other} here too, or log in anew: malsync login")));
    }
    let scribe = parts.vault.scribe()?;
    let account = unless(parts.stop, (parts.account)(OneShot(carried.access.clone()))).await?;
    let account = account.map_err(|failure| match failure.exit {
        Exit::Login => Failure::text(Exit::Login, "MyAnimeList does not take this token (any more)")
            .hint("where it came from: malsync token refresh, then malsync token export again; or here: malsync login"),
        _ => failure,
    })?;
    if let Some(other) = carried.mal_user_id.filter(|id| *id != account.id) {
        let what = format!("the token is of MAL account {}, and what was read says {other}", account.id);
        return Err(Failure::text(Exit::Guard, what).hint("malsync token export anew, or here: malsync login"));
    }
    let now = parts.logins.now().await.map_err(unstored)?.trunc_subsecs(0);
    let issued = carried.issued(&request.client_id, now);
    let user = store(request, parts, &account, &scribe, &issued).await?;
    Ok(LoggedIn { user, account, expires_at: issued.expires_at() })
}
