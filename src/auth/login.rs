//! Runs a login, from the authorize URL to the stored tokens.
//!
//! Entry points: [`log_in`], and [`log_in_with_token`] for a login exported on another machine.
//!
//! Invariants:
//! 1. Success is reported, to the browser and to the caller, only after the tokens are stored.
//! 2. A failure before that leaves the users table unchanged.
//! 3. Nothing here needs a terminal or prints: all messages to the user go through [`LoginPrompter`].

mod token_login;

use std::{io, time::Duration};

pub use token_login::log_in_with_token;

use chrono::{DateTime, SubsecRound, Utc};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{
    browser::{self, Desktop},
    callback_server::{BrowserReply, CallbackServer, CallbackWaitError},
    keyring_sync,
    login_page::LoginPage,
    login_target::{select_target, validate_requested_user},
    loopback::LoopbackRedirect,
    pkce::{self, PkceSecrets},
    request_check::{Callback, ExpectedRequest, parse_callback},
    token_endpoint::{Error, TokenEndpoint},
    token_storage::{IssuedTokens, TokenStorage, TokenWriter},
};
use crate::{
    domain::user::{MalAccount, User, UserRef},
    exit::Exit,
    failpoint::failpoint,
    failure::Failure,
    secret::Secret,
    sync::port::{BearerToken, LoginRepository, LoginTarget, NewLogin, TokenProvider},
};

/// Timeout of the check whether MAL knows the client. No answer within it counts as unknown.
const CLIENT_CHECK_TIMEOUT: Duration = Duration::from_secs(5);

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

/// Source of the lines that the user pastes.
pub trait PastedLines: Send {
    /// Returns the next line, or `None` at the end of the input.
    fn next_line(&mut self) -> impl Future<Output = io::Result<Option<String>>> + Send;
    /// Returns true if the user can be asked again.
    fn is_terminal(&self) -> bool;
}

/// How the user reaches MAL and how the callback comes back.
pub enum LoginMethod<'a, P> {
    /// malsync opens the browser and waits for the callback.
    Browser(&'a Desktop),
    /// The user opens the browser; malsync waits for the callback.
    NoBrowser,
    /// The user opens the browser and pastes the URL that it ends at.
    Paste(P),
}

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
}

/// The components that a login uses.
pub struct LoginDeps<'a, L, E, A, U> {
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
    pub fetch_account: A,
    /// Loads the rows of `users`.
    pub load_users: U,
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
        Err(Failure::from_text(Exit::Login, "MyAnimeList does not accept the new token").with_hint("malsync login"))
    }
}

/// Logs in.
///
/// # Errors
/// - Exit code 1 or 6: the tokens could not be stored.
/// - 2: the configuration is invalid, or MAL does not know the client id or the redirect.
/// - 4: MAL refused, nothing usable was pasted, or someone else opened the link.
/// - 5: the port is taken, no callback came in time, or MAL is unreachable.
/// - 8: the row belongs to another account.
/// - 130: cancelled.
pub async fn log_in<L, E, A, U, P>(
    request: &LoginRequest,
    method: LoginMethod<'_, P>,
    deps: &LoginDeps<'_, L, E, A, U>,
) -> Result<CompletedLogin, Failure>
where
    L: LoginRepository,
    E: TokenEndpoint,
    A: AsyncFn(FixedToken) -> Result<MalAccount, Failure>,
    U: AsyncFn() -> Result<Vec<User>, Failure>,
    P: PastedLines,
{
    validate_requested_user(&(deps.load_users)().await?, request.user.as_ref())?;
    deps.token_storage.check_can_store().await?;
    let pkce = PkceSecrets::generate();
    let url = deps.endpoint.authorize_url(&pkce);
    let desktop = match method {
        LoginMethod::Paste(mut lines) => {
            or_cancelled(deps.cancel, check_client(deps.endpoint, request.timeout)).await??;
            deps.prompter.show_authorize_url(url.expose())?;
            let pasted = read_pasted_callback(request, &pkce, &mut lines, deps.prompter);
            let callback = or_cancelled(deps.cancel, timeout(request.timeout, pasted)).await?;
            let callback = callback.map_err(|_| login_timed_out(request.timeout, "no address was pasted"))??;
            return complete_login(request, deps, &pkce, callback).await;
        }
        LoginMethod::Browser(desktop) => Some(desktop),
        LoginMethod::NoBrowser => None,
    };
    let (mut server, start_url) = start_callback_server(request, &pkce, &url, desktop.is_some()).await?;
    or_cancelled(deps.cancel, check_client(deps.endpoint, request.timeout)).await??;
    open_or_show_url(&url, desktop.zip(start_url.as_deref()), request.ssh_tunnel_command.as_deref(), deps.prompter)?;
    let callback = or_cancelled(deps.cancel, server.wait_for_callback(request.timeout)).await?;
    let (callback, reply) = callback.map_err(|error| match error {
        CallbackWaitError::TimedOut => login_timed_out(request.timeout, "no answer from the browser"),
        CallbackWaitError::LinkReused => {
            Failure::from_text(Exit::Login, "someone else opened the link: the login was stopped")
                .with_hint("if it was you, open it once: malsync login; else: malsync login --paste")
        }
    })?;
    let denied_by_user = matches!(callback, Callback::Denied { by_user: true, .. });
    let result = complete_login(request, deps, &pkce, callback).await;
    show_final_page(server, reply, denied_by_user, result.is_ok()).await;
    result
}

/// Waits for `future`. Fails if the login is cancelled first.
async fn or_cancelled<T>(cancel: &CancellationToken, future: impl Future<Output = T>) -> Result<T, Failure> {
    let cancelled = || Failure::from_text(Exit::Interrupt, "the login was cancelled");
    cancel.run_until_cancelled(future).await.ok_or_else(cancelled)
}

/// Fails if MAL does not know the client. To a browser MAL would show an unknown client as an endless password prompt.
async fn check_client(endpoint: &impl TokenEndpoint, login_timeout: Duration) -> Result<(), Failure> {
    match timeout(CLIENT_CHECK_TIMEOUT.min(login_timeout), endpoint.check_client()).await {
        Ok(Err(rejected)) => Err(rejected.into()),
        Ok(Ok(_)) | Err(_) => Ok(()),
    }
}

/// Binds the port and starts the callback server, before any URL is shown. Also returns the URL of the start page if
/// `with_start_page`.
async fn start_callback_server(
    request: &LoginRequest,
    pkce: &PkceSecrets,
    authorize_url: &Secret,
    with_start_page: bool,
) -> Result<(CallbackServer, Option<String>), Failure> {
    let redirect = LoopbackRedirect::from_redirect_uri(&request.redirect_uri)?;
    let sockets = redirect.bind_all().await?;
    let start_path = with_start_page.then(|| format!("/login/{}", pkce::generate_nonce().expose()));
    let expected = ExpectedRequest {
        callback_path: redirect.path.clone(),
        start_path: start_path.clone().map(Secret::new),
        allowed_hosts: redirect.allowed_hosts.clone(),
        state: pkce.state.clone(),
    };
    Ok((
        CallbackServer::start(sockets, expected, authorize_url.clone()),
        start_path.map(|path| redirect.page_url(&path)),
    ))
}

/// Opens the browser, or shows the user which URL to open. The authorize URL contains the verifier and is never passed
/// to the browser as an argument.
fn open_or_show_url(
    url: &Secret,
    browser: Option<(&Desktop, &str)>,
    ssh_tunnel_command: Option<&str>,
    prompter: &dyn LoginPrompter,
) -> Result<(), Failure> {
    let browser_location = || match ssh_tunnel_command {
        None => "a browser on this machine",
        Some(command) => {
            prompter.show_message(&format!("you are here by SSH; on your own machine, type: {command}"));
            prompter.show_message("or stop this, and type here: malsync login --paste");
            "the browser there"
        }
    };
    let Some((desktop, start_url)) = browser else {
        prompter.show_authorize_url(url.expose())?;
        prompter
            .show_message(&format!("open the address above in {}; waiting for it to come back", browser_location()));
        return Ok(());
    };
    match browser::open_url(start_url, desktop) {
        Ok(()) => prompter
            .show_message(&format!("the browser opens to log in; if it does not, open this (once): {start_url}")),
        Err(error) => {
            tracing::debug!("no browser was started: {error}");
            prompter.show_message(&format!("open this (once) in {} to log in: {start_url}", browser_location()));
        }
    }
    Ok(())
}

/// Shows the result in the browser and shuts the callback server down.
async fn show_final_page(server: CallbackServer, reply: BrowserReply, denied_by_user: bool, is_stored: bool) {
    let page = match (denied_by_user, is_stored) {
        (true, _) => LoginPage::AccessRefused,
        (false, true) => LoginPage::LoggedIn,
        (false, false) => LoginPage::NotFinished,
    };
    reply.show_page(page).await;
    server.shut_down().await;
}

fn login_timed_out(timeout: Duration, event: &str) -> Failure {
    Failure::from_text(Exit::Mal, format!("{event} within {} s", timeout.as_secs())).with_hint(
        "where the browser runs on another machine, or the hosts file (/etc/hosts) sends localhost elsewhere: \
         malsync login --paste; to open the address yourself: malsync login --no-browser",
    )
}

/// Reads the URL that the browser ended at. Asks again on a terminal.
async fn read_pasted_callback(
    request: &LoginRequest,
    pkce: &PkceSecrets,
    lines: &mut impl PastedLines,
    prompter: &dyn LoginPrompter,
) -> Result<Callback, Failure> {
    let fail = |message: &str| Err(Failure::from_text(Exit::Login, message).with_hint("malsync login --paste"));
    prompter.show_message("open the address above, log in, then paste the whole address that the browser ends at");
    loop {
        let Some(line) = lines.next_line().await.map_err(|error| Failure::new(Exit::Login, error))? else {
            return fail("the input ended before an address was pasted");
        };
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let is_redirect = |url: &Url| {
            let redirect = &request.redirect_uri;
            (url.scheme(), url.host(), url.port_or_known_default(), url.path())
                == (redirect.scheme(), redirect.host(), redirect.port_or_known_default(), redirect.path())
        };
        let callback_result =
            Url::parse(line).ok().filter(is_redirect).map(|url| parse_callback(url.query().unwrap_or(""), &pkce.state));
        match callback_result {
            Some(Ok(callback)) => return Ok(callback),
            invalid if lines.is_terminal() => prompter.show_message(match invalid {
                None => "that is not the address that the browser ends at; paste the whole of it",
                Some(_) => "that address is not of this login; open the one above and paste where it leads",
            }),
            None => return fail("what was pasted is not the address that the browser ends at"),
            Some(_) => return fail("the pasted address is not of this login"),
        }
    }
}

/// Exchanges the code of the callback for tokens and stores them.
async fn complete_login<L, E, A, U>(
    request: &LoginRequest,
    deps: &LoginDeps<'_, L, E, A, U>,
    pkce: &PkceSecrets,
    callback: Callback,
) -> Result<CompletedLogin, Failure>
where
    L: LoginRepository,
    E: TokenEndpoint,
    A: AsyncFn(FixedToken) -> Result<MalAccount, Failure>,
    U: AsyncFn() -> Result<Vec<User>, Failure>,
{
    let code = match callback {
        Callback::Code(code) => code,
        Callback::Denied { by_user, description } => {
            let reason =
                if by_user { "you refused access on MyAnimeList" } else { "MyAnimeList did not go on with the login" };
            return Err(Failure::from_text(Exit::Login, format!("{reason}: {description}")).with_hint("malsync login"));
        }
    };
    let writer = deps.token_storage.writer()?;
    let pair = deps.endpoint.exchange_code(&code, &pkce.verifier).await.map_err(|error| {
        let context = match &error {
            Error::Transient(_) => "the login is not finished",
            Error::Refused { .. } | Error::InvalidClient(_) => "MyAnimeList did not take the login",
        };
        Failure::from(error).context(context)
    })?;
    failpoint!("login.after_code");
    if pair.refresh.is_none() {
        tracing::warn!("MyAnimeList gave no refresh token: the login ends with its access token");
    }
    // Truncate to seconds: SQLite stores no fractions.
    let issued_at = deps.logins.now().await.map_err(storage_failure)?.trunc_subsecs(0);
    let account = (deps.fetch_account)(FixedToken(pair.access.clone())).await?;
    let issued = IssuedTokens { pair, issued_at, client_id: request.client_id.clone() };
    let user = store_login(request, deps, &account, &writer, &issued).await?;
    Ok(CompletedLogin { user, account, expires_at: issued.expires_at() })
}

/// Stores the pair, first in the row, then in the keyring. Holds the refresh lock, so no other process refreshes in
/// between.
async fn store_login<L, E, A, U>(
    request: &LoginRequest,
    deps: &LoginDeps<'_, L, E, A, U>,
    account: &MalAccount,
    writer: &TokenWriter,
    issued: &IssuedTokens,
) -> Result<User, Failure>
where
    L: LoginRepository,
    U: AsyncFn() -> Result<Vec<User>, Failure>,
{
    let select = async || select_target(&(deps.load_users)().await?, account, request.user.as_ref(), request.force);
    let acquire_lock = async |user| {
        or_cancelled(deps.cancel, keyring_sync::acquire_refresh_lock(deps.logins, user)).await?.map_err(storage_failure)
    };
    let target = select().await?;
    let mut refresh_lock = match &target {
        LoginTarget::Existing(user) => Some(acquire_lock(*user).await?),
        LoginTarget::New(_) => None,
    };
    let new_login = NewLogin {
        target,
        email: request.email.clone(),
        mal_user_id: account.id,
        force: request.force,
        build_pair: &|user, generation| writer.prepare_write(user, generation, issued),
    };
    let Some(user) = deps.logins.store_login(&new_login).await.map_err(storage_failure)? else {
        // Select again: the reloaded row tells which account it belongs to.
        let message = "another login took the row meanwhile";
        return Err(select().await.err().unwrap_or_else(|| storage_failure(Failure::from_text(Exit::Guard, message))));
    };
    failpoint!("login.after_store");
    if refresh_lock.is_none() {
        refresh_lock = Some(acquire_lock(user.id).await?);
    }
    keyring_sync::write_to_keyring(deps.logins, deps.token_storage, user.id, user.login.generation, &issued.pair)
        .await?;
    drop(refresh_lock);
    Ok(user)
}

/// Returns the failure for tokens that MAL issued and that could not be stored. They stay valid at MAL.
fn storage_failure(error: impl Into<Failure>) -> Failure {
    let failure = error.into();
    let prefix = if failure.exit == Exit::Database { "mend the database, then: " } else { "" };
    let hint = format!("{prefix}malsync login; the lost tokens can be revoked at https://myanimelist.net/apiconfig");
    failure.context("logged in but could not store the tokens").with_hint(hint)
}

#[cfg(test)]
mod tests;
