//! Logs in with tokens exported on another machine: reads them, asks MAL for their account, and stores them like any
//! other login.

use tokio::time::timeout;

use super::login_flow::{CompletedLogin, LoginFlow, login_timed_out};
use crate::{
    auth::{exported_login::ExportedLogin, token_endpoint::TokenEndpoint},
    exit::Exit,
    failure::Failure,
    shell_quote::shell_quote,
    sync::port::LoginRepository,
};

impl<L: LoginRepository, E: TokenEndpoint> LoginFlow<'_, L, E> {
    /// Logs in with the exported login that `input` yields.
    ///
    /// # Errors
    /// - Exit code 1 or 6: the tokens could not be stored.
    /// - 4: the input is no login, belongs to another client id, or MAL no longer accepts the token.
    /// - 5: no input came in time, or MAL is unreachable.
    /// - 8: the row belongs to another account, or the token's account differs from the exported one.
    /// - 130: cancelled.
    pub async fn log_in_with_token(
        &self,
        input: impl Future<Output = Result<ExportedLogin, Failure>>,
    ) -> Result<CompletedLogin, Failure> {
        self.check_preconditions().await?;
        let limit = self.request.timeout;
        let exported = self.unless_cancelled(timeout(limit, input)).await?;
        let exported = exported.map_err(|_| {
            login_timed_out(
                limit,
                "no login on standard input",
                "run: malsync token export | malsync login --with-token",
            )
        })??;
        if let Some(other) = exported.client_id.as_ref().filter(|id| **id != self.request.client_id) {
            return Err(Failure::from_text(
                Exit::Login,
                "the tokens were issued to a different client ID than \
                MAL_CLIENT_ID",
            )
            .with_hint(format!(
                "set MAL_CLIENT_ID={} on this machine too, or log in again: malsync login",
                shell_quote(other)
            )));
        }
        let writer = self.token_storage.writer()?;
        let account = self.unless_cancelled(self.fetch_account(&exported.access)).await?;
        let account = account.map_err(|failure| match failure.exit {
            Exit::Login => Failure::from_text(
                Exit::Login,
                "MyAnimeList rejected this token (it may have been \
                refreshed since)",
            )
            .with_hint(
                "on the other machine, run malsync token refresh, then malsync token export again; or log in on \
                    this machine: malsync login",
            ),
            _ => failure,
        })?;
        if let Some(other) = exported.mal_user_id.filter(|id| *id != account.id) {
            let message = format!("the token belongs to MAL account {}, but the input names {other}", account.id);
            return Err(Failure::from_text(Exit::Guard, message).with_hint(
                "run malsync token export again on the other \
                    machine, or log in on this machine: malsync login",
            ));
        }
        let issued = exported.into_issued_tokens(&self.request.client_id, self.now().await?);
        self.store_issued_tokens(account, &writer, &issued).await
    }
}
