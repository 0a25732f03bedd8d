//! What every way of logging in shares: its request, its ports, and how issued tokens are stored.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    auth::{
        keyring_sync,
        login_target::{select_target, validate_requested_user},
        token_endpoint::TokenEndpoint,
        token_storage::{IssuedTokens, TokenStorage, TokenWriter},
    },
    domain::user::{MalAccount, User, UserId, UserRef},
    exit::Exit,
    failpoint::failpoint,
    failure::Failure,
    secret::Secret,
    sync::port::{BearerToken, LoginRepository, LoginTarget, NewLogin, TokenProvider},
};

/// Shows messages of a running login to the user.
pub trait LoginPrompter: Sync {
    /// Prints the authorize URL, alone on a line of standard output. The URL is a secret until the login is over.
    ///
    /// # Errors
    /// The URL cannot be shown, so it cannot be opened.
    fn show_authorize_url(&self, url: &str) -> Result<(), Failure>;
    /// Shows, on standard error, what the login waits for or what was wrong.
    fn show_message(&self, message: &str);
}

/// Asks MAL for the account of a token.
pub type AccountRequest<'a> = dyn Fn(FixedToken) -> BoxFuture<'a, Result<MalAccount, Failure>> + Sync + 'a;

/// Options of one login.
#[derive(Clone, Debug)]
pub struct LoginRequest {
    /// `MAL_CLIENT_ID`.
    pub client_id: String,
    /// `MAL_REDIRECT_URI`.
    pub redirect_uri: Url,
    /// How long to wait for the user.
    pub timeout: Duration,
    /// `--user`.
    pub user: Option<UserRef>,
    /// `--force`: take over another account's row.
    pub force: bool,
    /// `--email`.
    pub email: Option<String>,
    /// Command that forwards the redirect's port from the browser's machine. Set if the user is connected by SSH.
    pub ssh_tunnel_command: Option<String>,
    /// True if this process runs in a container, which a browser outside cannot reach on its loopback address.
    pub is_in_container: bool,
}

/// One login: what is asked for, and the ports that it uses. `L` is the users table, `E` MAL's token endpoint.
pub struct LoginFlow<'a, L, E> {
    /// What is asked for.
    pub request: LoginRequest,
    /// The users table.
    pub logins: &'a L,
    /// MAL's authorization server.
    pub endpoint: &'a E,
    /// Stores the tokens.
    pub token_storage: &'a TokenStorage,
    /// Cancelled by a signal. Ends the waiting; an exchange or write in progress completes.
    pub cancel: &'a CancellationToken,
    /// Shows messages to the user.
    pub prompter: &'a dyn LoginPrompter,
    /// Asks MAL for the account of a token.
    pub fetch_account: &'a AccountRequest<'a>,
}

/// A completed login.
#[derive(Clone, Debug)]
pub struct CompletedLogin {
    /// The row after the login.
    pub user: User,
    /// The MAL account.
    pub account: MalAccount,
    /// When the access token expires.
    pub expires_at: DateTime<Utc>,
}

/// Provides the new token of a login, for the one request that asks MAL for its account.
pub struct FixedToken(Secret);

impl TokenProvider for FixedToken {
    async fn access_token(&self) -> Result<BearerToken, Failure> {
        Ok(BearerToken { token: self.0.clone(), generation: 0 })
    }

    async fn refresh_after_rejection(&self, _: i64) -> Result<BearerToken, Failure> {
        Err(Failure::from_text(Exit::Login, "MyAnimeList rejected the new token").with_hint("malsync login"))
    }
}

impl<L: LoginRepository, E: TokenEndpoint> LoginFlow<'_, L, E> {
    /// Fails early if the requested user is invalid or the tokens could not be stored.
    pub(super) async fn check_preconditions(&self) -> Result<(), Failure> {
        let users = self.logins.load_users().await.map_err(Into::into)?;
        validate_requested_user(&users, self.request.user.as_ref())?;
        self.token_storage.check_can_store().await
    }

    /// Waits for `future`. Fails if the login is cancelled first.
    pub(super) async fn unless_cancelled<T>(&self, future: impl Future<Output = T>) -> Result<T, Failure> {
        let cancelled = || Failure::from_text(Exit::Interrupt, "the login was cancelled");
        self.cancel.run_until_cancelled(future).await.ok_or_else(cancelled)
    }

    /// Returns the time by the database's clock, truncated to seconds: SQLite stores no fractions.
    pub(super) async fn now(&self) -> Result<DateTime<Utc>, Failure> {
        Ok(self.logins.now().await.map_err(storage_failure)?.trunc_subsecs(0))
    }

    /// Asks MAL for the account of a token.
    pub(super) async fn fetch_account(&self, token: &Secret) -> Result<MalAccount, Failure> {
        (self.fetch_account)(FixedToken(token.clone())).await
    }

    /// Stores the pair, first in the row, then in the keyring. Holds the refresh lock, so no other process refreshes in
    /// between.
    pub(super) async fn store_issued_tokens(
        &self,
        account: MalAccount,
        writer: &TokenWriter,
        issued: &IssuedTokens,
    ) -> Result<CompletedLogin, Failure> {
        let target = self.select_row(&account).await?;
        let mut refresh_lock = match &target {
            LoginTarget::Existing(user) => Some(self.lock_refresh(*user).await?),
            LoginTarget::New(_) => None,
        };
        failpoint!("login.before_store");
        let new_login = NewLogin {
            target,
            email: self.request.email.clone(),
            mal_user_id: account.id,
            force: self.request.force,
            build_pair: &|user, generation| writer.prepare_write(user, generation, issued),
        };
        let Some(user) = self.logins.store_login(&new_login).await.map_err(storage_failure)? else {
            // Select again: the reloaded row tells which account it belongs to.
            let taken = || Failure::from_text(Exit::Guard, "another login for this user finished first");
            return Err(self.select_row(&account).await.err().unwrap_or_else(|| storage_failure(taken())));
        };
        failpoint!("login.after_store");
        if refresh_lock.is_none() {
            refresh_lock = Some(self.lock_refresh(user.id).await?);
        }
        keyring_sync::write_to_keyring(self.logins, self.token_storage, user.id, user.login.generation, &issued.pair)
            .await?;
        drop(refresh_lock);
        Ok(CompletedLogin { user, account, expires_at: issued.expires_at() })
    }

    async fn select_row(&self, account: &MalAccount) -> Result<LoginTarget, Failure> {
        let users = self.logins.load_users().await.map_err(Into::into)?;
        select_target(&users, account, self.request.user.as_ref(), self.request.force)
    }

    async fn lock_refresh(&self, user: UserId) -> Result<L::RefreshLock, Failure> {
        self.unless_cancelled(keyring_sync::acquire_refresh_lock(self.logins, user)).await?.map_err(storage_failure)
    }
}

/// What to do if no callback came.
pub(super) const PASTE_HINT: &str = "if the browser is on another machine, or its hosts file (/etc/hosts) sends localhost \
    elsewhere, run: malsync login --paste";

/// Returns the failure of a login for which nothing came in time.
pub(super) fn login_timed_out(timeout: Duration, event: &str, hint: &str) -> Failure {
    Failure::from_text(Exit::Mal, format!("{event} after {}s", timeout.as_secs())).with_hint(hint)
}

/// Returns the failure for tokens that MAL issued and that could not be stored. They stay valid at MAL.
fn storage_failure(error: impl Into<Failure>) -> Failure {
    let failure = error.into();
    let prefix = if failure.exit == Exit::Database { "fix the database, then run: " } else { "" };
    let hint = format!("{prefix}malsync login; you can revoke the lost tokens at https://myanimelist.net/apiconfig");
    failure.context("logged in but could not store the tokens").with_hint(hint)
}
