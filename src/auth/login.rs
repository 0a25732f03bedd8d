//! A login, from the first address shown to the tokens stored.
//!
//! The rule: success is said (to the browser, to the caller) only after the tokens are stored; whatever fails before leaves the
//! users table as it was. Nothing here needs a terminal, and nothing is printed: what a person is told goes through
//! [`LoginVoice`].

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
    port::{LoginRepository, LoginTarget, NewLogin},
    request_check::{Callback, ExpectedRequest, parse_callback},
    token_endpoint::{Error, TokenEndpoint},
    token_storage::{IssuedTokens, TokenStorage, TokenWriter},
};
use crate::{
    domain::user::{User, UserRef},
    exit::Exit,
    failpoint::failpoint,
    failure::Failure,
    mal::token_provider::{BearerToken, TokenProvider},
    secret::Secret,
    sync::port::MalAccount,
};

/// How long MAL may take to say that it knows the client. Its silence costs no more than this.
const CLIENT_CHECK_TIMEOUT: Duration = Duration::from_secs(5);

/// Tells the person what to do meanwhile.
pub trait LoginPrompter: Sync {
    /// The address to open, alone on a line of standard output. It is a secret until the login is over.
    ///
    /// # Errors
    /// It cannot be shown: then nobody can open it.
    fn show_authorize_url(&self, url: &str) -> Result<(), Failure>;
    /// What is waited for, or was wrong, on standard error.
    fn show_message(&self, what: &str);
}

/// Where a pasted address comes from.
pub trait PastedLines: Send {
    /// The next line; none at the end of the input.
    fn next_line(&mut self) -> impl Future<Output = io::Result<Option<String>>> + Send;
    /// Whether a person can be asked again.
    fn is_terminal(&self) -> bool;
}

/// How the user gets to MAL and the answer back.
pub enum LoginMethod<'a, P> {
    /// malsync opens the browser, and listens.
    Browser(&'a Desktop),
    /// The user opens the browser; malsync listens.
    NoBrowser,
    /// The user opens the browser, and pastes the address that it ended at.
    Paste(P),
}

/// What was asked for.
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
    /// Where somebody is here by SSH: what brings the redirect's port to where the browser is.
    pub ssh_tunnel_command: Option<String>,
}

/// What a login needs of the rest.
pub struct LoginDeps<'a, L, E, A, U> {
    /// The users table.
    pub logins: &'a L,
    /// MAL's authorization server.
    pub endpoint: &'a E,
    /// Where the tokens go.
    pub token_storage: &'a TokenStorage,
    /// Cancelled by a signal: ends the waiting. What is being exchanged and stored then goes on.
    pub cancel: &'a CancellationToken,
    /// Whom the person hears.
    pub prompter: &'a dyn LoginPrompter,
    /// Asks MAL whose token this is.
    pub fetch_account: A,
    /// Reads the rows of `users`.
    pub load_users: U,
}

/// A finished login.
#[derive(Clone, Debug)]
pub struct CompletedLogin {
    /// The row as it is now.
    pub user: User,
    /// The MAL account.
    pub account: MalAccount,
    /// When the access token ends.
    pub expires_at: DateTime<Utc>,
}

/// The fresh token of a login, good for the one question whose it is.
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
/// Exit code 4: refused, nothing usable pasted, somebody else opened the link. 5: the port is taken, nobody came in time, MAL
/// is out of reach. 130: cancelled. 2: the configuration does not fit, or MAL does not know the client id or the redirect. 8: another account's row. 1, 6: the tokens could not be stored.
pub async fn log_in<L, E, A, U, P>(
    request: &LoginRequest,
    way: LoginMethod<'_, P>,
    parts: &LoginDeps<'_, L, E, A, U>,
) -> Result<CompletedLogin, Failure>
where
    L: LoginRepository,
    E: TokenEndpoint,
    A: AsyncFn(FixedToken) -> Result<MalAccount, Failure>,
    U: AsyncFn() -> Result<Vec<User>, Failure>,
    P: PastedLines,
{
    validate_requested_user(&(parts.load_users)().await?, request.user.as_ref())?;
    parts.token_storage.check_can_store().await?;
    let proof = PkceSecrets::generate();
    let url = parts.endpoint.authorize_url(&proof);
    let desktop = match way {
        LoginMethod::Paste(mut lines) => {
            or_cancelled(parts.cancel, check_client(parts.endpoint, request.timeout)).await??;
            parts.prompter.show_authorize_url(url.expose())?;
            let pasted = read_pasted_callback(request, &proof, &mut lines, parts.prompter);
            let callback = or_cancelled(parts.cancel, timeout(request.timeout, pasted)).await?;
            let callback = callback.map_err(|_| login_timed_out(request.timeout, "no address was pasted"))??;
            return complete_login(request, parts, &proof, callback).await;
        }
        LoginMethod::Browser(desktop) => Some(desktop),
        LoginMethod::NoBrowser => None,
    };
    let (mut listener, start) = start_callback_server(request, &proof, &url, desktop.is_some()).await?;
    or_cancelled(parts.cancel, check_client(parts.endpoint, request.timeout)).await??;
    open_or_show_url(&url, desktop.zip(start.as_deref()), request.ssh_tunnel_command.as_deref(), parts.prompter)?;
    let came = or_cancelled(parts.cancel, listener.wait_for_callback(request.timeout)).await?;
    let (callback, reply) = came.map_err(|ended| match ended {
        CallbackWaitError::TimedOut => login_timed_out(request.timeout, "no answer from the browser"),
        CallbackWaitError::LinkReused => {
            Failure::from_text(Exit::Login, "someone else opened the link: the login was stopped")
                .with_hint("if it was you, open it once: malsync login; else: malsync login --paste")
        }
    })?;
    let refused = matches!(callback, Callback::Denied { by_user: true, .. });
    let done = complete_login(request, parts, &proof, callback).await;
    show_final_page(listener, reply, refused, done.is_ok()).await;
    done
}

/// Waits for what may take long, unless the login is cancelled meanwhile.
async fn or_cancelled<T>(stop: &CancellationToken, waiting: impl Future<Output = T>) -> Result<T, Failure> {
    let cancelled = || Failure::from_text(Exit::Interrupt, "the login was cancelled");
    stop.run_until_cancelled(waiting).await.ok_or_else(cancelled)
}

/// Asks MAL whether it would ask a user at all, before one is sent there to a password box without end.
async fn check_client(endpoint: &impl TokenEndpoint, limit: Duration) -> Result<(), Failure> {
    match timeout(CLIENT_CHECK_TIMEOUT.min(limit), endpoint.check_client()).await {
        Ok(Err(unregistered)) => Err(unregistered.into()),
        Ok(Ok(_)) | Err(_) => Ok(()),
    }
}

/// Binds the port and starts to serve, before anything is shown. Answers the start page's address too, where one is wanted.
async fn start_callback_server(
    request: &LoginRequest,
    proof: &PkceSecrets,
    url: &Secret,
    start: bool,
) -> Result<(CallbackServer, Option<String>), Failure> {
    let place = LoopbackRedirect::from_redirect_uri(&request.redirect_uri)?;
    let sockets = place.bind_all().await?;
    let start = start.then(|| format!("/login/{}", pkce::generate_nonce().expose()));
    let rules = ExpectedRequest {
        callback_path: place.path.clone(),
        start_path: start.clone().map(Secret::new),
        allowed_hosts: place.allowed_hosts.clone(),
        state: proof.state.clone(),
    };
    Ok((CallbackServer::start(sockets, rules, url.clone()), start.map(|path| place.page_url(&path))))
}

/// Gets the user to MAL. The address with the verifier in it is never an argument of the browser's.
fn open_or_show_url(
    url: &Secret,
    browser: Option<(&Desktop, &str)>,
    tunnel: Option<&str>,
    voice: &dyn LoginPrompter,
) -> Result<(), Failure> {
    let place = || match tunnel {
        None => "a browser on this machine",
        Some(line) => {
            voice.show_message(&format!("you are here by SSH; on your own machine, type: {line}"));
            voice.show_message("or stop this, and type here: malsync login --paste");
            "the browser there"
        }
    };
    let Some((desktop, start)) = browser else {
        voice.show_authorize_url(url.expose())?;
        voice.show_message(&format!("open the address above in {}; waiting for it to come back", place()));
        return Ok(());
    };
    match browser::open_url(start, desktop) {
        Ok(()) => {
            voice.show_message(&format!("the browser opens to log in; if it does not, open this (once): {start}"))
        }
        Err(error) => {
            tracing::debug!("no browser was started: {error}");
            voice.show_message(&format!("open this (once) in {} to log in: {start}", place()));
        }
    }
    Ok(())
}

/// Shows the browser how it ended, and closes the door.
async fn show_final_page(listener: CallbackServer, reply: BrowserReply, refused: bool, done: bool) {
    let verdict = match (refused, done) {
        (true, _) => LoginPage::AccessRefused,
        (false, true) => LoginPage::LoggedIn,
        (false, false) => LoginPage::NotFinished,
    };
    reply.show_page(verdict).await;
    listener.shut_down().await;
}

fn login_timed_out(limit: Duration, what: &str) -> Failure {
    Failure::from_text(Exit::Mal, format!("{what} within {} s", limit.as_secs())).with_hint(
        "where the browser runs on another machine, or the hosts file (/etc/hosts) sends localhost elsewhere: \
         malsync login --paste; to open the address yourself: malsync login --no-browser",
    )
}

/// Reads the address that the browser ended at, asking again where somebody can answer.
async fn read_pasted_callback(
    request: &LoginRequest,
    proof: &PkceSecrets,
    lines: &mut impl PastedLines,
    voice: &dyn LoginPrompter,
) -> Result<Callback, Failure> {
    let give_up = |what: &str| Err(Failure::from_text(Exit::Login, what).with_hint("malsync login --paste"));
    voice.show_message("open the address above, log in, then paste the whole address that the browser ends at");
    loop {
        let Some(line) = lines.next_line().await.map_err(|error| Failure::new(Exit::Login, error))? else {
            return give_up("the input ended before an address was pasted");
        };
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let same_place = |url: &Url| {
            let own = &request.redirect_uri;
            (url.scheme(), url.host(), url.port_or_known_default(), url.path())
                == (own.scheme(), own.host(), own.port_or_known_default(), own.path())
        };
        let answer =
            Url::parse(line).ok().filter(same_place).map(|url| parse_callback(url.query().unwrap_or(""), &proof.state));
        match answer {
            Some(Ok(callback)) => return Ok(callback),
            wrong if lines.is_terminal() => voice.show_message(match wrong {
                None => "that is not the address that the browser ends at; paste the whole of it",
                Some(_) => "that address is not of this login; open the one above and paste where it leads",
            }),
            None => return give_up("what was pasted is not the address that the browser ends at"),
            Some(_) => return give_up("the pasted address is not of this login"),
        }
    }
}

/// Turns the callback into a stored login.
async fn complete_login<L, E, A, U>(
    request: &LoginRequest,
    parts: &LoginDeps<'_, L, E, A, U>,
    proof: &PkceSecrets,
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
        Callback::Denied { by_user, description: words } => {
            let who =
                if by_user { "you refused access on MyAnimeList" } else { "MyAnimeList did not go on with the login" };
            return Err(Failure::from_text(Exit::Login, format!("{who}: {words}")).with_hint("malsync login"));
        }
    };
    let scribe = parts.token_storage.writer()?;
    let pair = parts.endpoint.exchange_code(&code, &proof.verifier).await.map_err(|error| {
        let what = match &error {
            Error::Transient(_) => "the login is not finished",
            Error::Refused { .. } | Error::InvalidClient(_) => "MyAnimeList did not take the login",
        };
        Failure::from(error).context(what)
    })?;
    failpoint!("login.after_code");
    if pair.refresh.is_none() {
        tracing::warn!("MyAnimeList gave no refresh token: the login ends with its access token");
    }
    // Whole seconds: the embedded database keeps no more.
    let at = parts.logins.now().await.map_err(storage_failure)?.trunc_subsecs(0);
    let account = (parts.fetch_account)(FixedToken(pair.access.clone())).await?;
    let issued = IssuedTokens { pair, issued_at: at, client_id: request.client_id.clone() };
    let user = store_login(request, parts, &account, &scribe, &issued).await?;
    Ok(CompletedLogin { user, account, expires_at: issued.expires_at() })
}

/// Writes the pair, table first, then the keyring, with no refresh of another process in between.
async fn store_login<L, E, A, U>(
    request: &LoginRequest,
    parts: &LoginDeps<'_, L, E, A, U>,
    account: &MalAccount,
    scribe: &TokenWriter,
    issued: &IssuedTokens,
) -> Result<User, Failure>
where
    L: LoginRepository,
    U: AsyncFn() -> Result<Vec<User>, Failure>,
{
    let choose = async || select_target(&(parts.load_users)().await?, account, request.user.as_ref(), request.force);
    let lock = async |user| {
        or_cancelled(parts.cancel, keyring_sync::acquire_refresh_lock(parts.logins, user))
            .await?
            .map_err(storage_failure)
    };
    let target = choose().await?;
    let mut held = match &target {
        LoginTarget::Existing(user) => Some(lock(*user).await?),
        LoginTarget::New(_) => None,
    };
    let sign_in = NewLogin {
        target,
        email: request.email.clone(),
        mal_user_id: account.id,
        force: request.force,
        build_pair: &|user, generation| scribe.prepare_write(user, generation, issued),
    };
    let Some(user) = parts.logins.store_login(&sign_in).await.map_err(storage_failure)? else {
        // Looked at again, the row says whose it is.
        let what = "another login took the row meanwhile";
        return Err(choose().await.err().unwrap_or_else(|| storage_failure(Failure::from_text(Exit::Guard, what))));
    };
    failpoint!("login.after_store");
    if held.is_none() {
        held = Some(lock(user.id).await?);
    }
    keyring_sync::write_to_keyring(parts.logins, parts.token_storage, user.id, user.login.generation, &issued.pair)
        .await?;
    drop(held);
    Ok(user)
}

/// MAL gave tokens and they are lost: they stay valid over there.
fn storage_failure(error: impl Into<Failure>) -> Failure {
    let failure = error.into();
    let mend = if failure.exit == Exit::Database { "mend the database, then: " } else { "" };
    let hint = format!("{mend}malsync login; the lost tokens can be revoked at https://myanimelist.net/apiconfig");
    failure.context("logged in but could not store the tokens").with_hint(hint)
}

#[cfg(test)]
mod tests;
