//! A login, from the first address shown to the tokens stored.
//!
//! The rule: success is said (to the browser, to the caller) only after the tokens are stored; whatever fails before leaves the
//! users table as it was. Nothing here needs a terminal, and nothing is printed: what a person is told goes through
//! [`LoginVoice`].

mod carried;

use std::{io, time::Duration};

pub use carried::with_token;

use chrono::{DateTime, SubsecRound, Utc};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{
    browser::{self, Desktop},
    copies,
    endpoint::{Error, TokenEndpoint},
    listener::{Ended, Listener, Reply},
    loopback::Loopback,
    page::Verdict,
    pkce::{self, Proof},
    port::{Logins, SignIn, Target},
    request_check::{Callback, Rules, callback},
    row::{check_asked, choose_row},
    vault::{Issued, Scribe, Vault},
};
use crate::{
    domain::user::{User, UserRef},
    exit::Exit,
    failpoint::failpoint,
    failure::Failure,
    mal::bearer::{Access, Bearer},
    secret::Secret,
    sync::port::Account,
};

/// How long MAL may take to say that it knows the client. Its silence costs no more than this.
const CHECK: Duration = Duration::from_secs(5);

/// Tells the person what to do meanwhile.
pub trait LoginVoice: Sync {
    /// The address to open, alone on a line of standard output. It is a secret until the login is over.
    ///
    /// # Errors
    /// It cannot be shown: then nobody can open it.
    fn authorize_url(&self, url: &str) -> Result<(), Failure>;
    /// What is waited for, or was wrong, on standard error.
    fn waiting(&self, what: &str);
}

/// Where a pasted address comes from.
pub trait PastedLines: Send {
    /// The next line; none at the end of the input.
    fn next_line(&mut self) -> impl Future<Output = io::Result<Option<String>>> + Send;
    /// Whether a person can be asked again.
    fn is_terminal(&self) -> bool;
}

/// How the user gets to MAL and the answer back.
pub enum Way<'a, P> {
    /// malsync opens the browser, and listens.
    Browser(&'a Desktop),
    /// The user opens the browser; malsync listens.
    NoBrowser,
    /// The user opens the browser, and pastes the address that it ended at.
    Paste(P),
}

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// `MAL_CLIENT_ID`.
    pub client_id: String,
    /// `MAL_REDIRECT_URI`.
    pub redirect: Url,
    /// How long to wait for the user.
    pub limit: Duration,
    /// `--user`.
    pub user: Option<UserRef>,
    /// `--force`: take over another account's row.
    pub force: bool,
    /// `--email`.
    pub email: Option<String>,
    /// Where somebody is here by SSH: what brings the redirect's port to where the browser is.
    pub tunnel: Option<String>,
}

/// What a login needs of the rest.
pub struct Parts<'a, L, E, A, U> {
    /// The users table.
    pub logins: &'a L,
    /// MAL's authorization server.
    pub endpoint: &'a E,
    /// Where the tokens go.
    pub vault: &'a Vault,
    /// Cancelled by a signal: ends the waiting. What is being exchanged and stored then goes on.
    pub stop: &'a CancellationToken,
    /// Whom the person hears.
    pub voice: &'a dyn LoginVoice,
    /// Asks MAL whose token this is.
    pub account: A,
    /// Reads the rows of `users`.
    pub users: U,
}

/// A finished login.
#[derive(Clone, Debug)]
pub struct LoggedIn {
    /// The row as it is now.
    pub user: User,
    /// The MAL account.
    pub account: Account,
    /// When the access token ends.
    pub expires_at: DateTime<Utc>,
}

/// The fresh token of a login, good for the one question whose it is.
pub struct OneShot(Secret);

impl Bearer for OneShot {
    async fn access(&self) -> Result<Access, Failure> {
        Ok(Access { token: self.0.clone(), generation: 0 })
    }

    async fn renew(&self, _: i64) -> Result<Access, Failure> {
        Err(Failure::text(Exit::Login, "MyAnimeList does not accept the new token").hint("malsync login"))
    }
}

/// Logs in.
///
/// # Errors
/// Exit code 4: refused, nothing usable pasted, somebody else opened the link. 5: the port is taken, nobody came in time, MAL
/// is out of reach. 130: cancelled. 2: the configuration does not fit, or MAL does not know the client id or the redirect. 8: another account's row. 1, 6: the tokens could not be stored.
pub async fn login<L, E, A, U, P>(
    request: &Request,
    way: Way<'_, P>,
    parts: &Parts<'_, L, E, A, U>,
) -> Result<LoggedIn, Failure>
where
    L: Logins,
    E: TokenEndpoint,
    A: AsyncFn(OneShot) -> Result<Account, Failure>,
    U: AsyncFn() -> Result<Vec<User>, Failure>,
    P: PastedLines,
{
    check_asked(&(parts.users)().await?, request.user.as_ref())?;
    parts.vault.ready().await?;
    let proof = Proof::generate();
    let url = parts.endpoint.authorize_url(&proof);
    let desktop = match way {
        Way::Paste(mut lines) => {
            unless(parts.stop, check_client(parts.endpoint, request.limit)).await??;
            parts.voice.authorize_url(url.expose())?;
            let pasted = pasted(request, &proof, &mut lines, parts.voice);
            let callback = unless(parts.stop, timeout(request.limit, pasted)).await?;
            let callback = callback.map_err(|_| nobody(request.limit, "no address was pasted"))??;
            return finish(request, parts, &proof, callback).await;
        }
        Way::Browser(desktop) => Some(desktop),
        Way::NoBrowser => None,
    };
    let (mut listener, start) = listen(request, &proof, &url, desktop.is_some()).await?;
    unless(parts.stop, check_client(parts.endpoint, request.limit)).await??;
    show(&url, desktop.zip(start.as_deref()), request.tunnel.as_deref(), parts.voice)?;
    let came = unless(parts.stop, listener.wait(request.limit)).await?;
    let (callback, reply) = came.map_err(|ended| match ended {
        Ended::Nobody => nobody(request.limit, "no answer from the browser"),
        Ended::LinkReused => Failure::text(Exit::Login, "someone else opened the link: the login was stopped")
            .hint("if it was you, open it once: malsync login; else: malsync login --paste"),
    })?;
    let refused = matches!(callback, Callback::Denied { by_user: true, .. });
    let done = finish(request, parts, &proof, callback).await;
    conclude(listener, reply, refused, done.is_ok()).await;
    done
}

/// Waits for what may take long, unless the login is cancelled meanwhile.
async fn unless<T>(stop: &CancellationToken, waiting: impl Future<Output = T>) -> Result<T, Failure> {
    let cancelled = || Failure::text(Exit::Interrupt, "the login was cancelled");
    stop.run_until_cancelled(waiting).await.ok_or_else(cancelled)
}

/// Asks MAL whether it would ask a user at all, before one is sent there to a password box without end.
async fn check_client(endpoint: &impl TokenEndpoint, limit: Duration) -> Result<(), Failure> {
    match timeout(CHECK.min(limit), endpoint.check_client()).await {
        Ok(Err(unregistered)) => Err(unregistered.into()),
        Ok(Ok(_)) | Err(_) => Ok(()),
    }
}

/// Binds the port and starts to serve, before anything is shown. Answers the start page's address too, where one is wanted.
async fn listen(
    request: &Request,
    proof: &Proof,
    url: &Secret,
    start: bool,
) -> Result<(Listener, Option<String>), Failure> {
    let place = Loopback::of(&request.redirect)?;
    let sockets = place.bind().await?;
    let start = start.then(|| format!("/login/{}", pkce::nonce().expose()));
    let rules = Rules {
        path: place.path.clone(),
        start: start.clone().map(Secret::new),
        hosts: place.hosts.clone(),
        state: proof.state.clone(),
    };
    Ok((Listener::open(sockets, rules, url.clone()), start.map(|path| place.url(&path))))
}

/// Gets the user to MAL. The address with the verifier in it is never an argument of the browser's.
fn show(
    url: &Secret,
    browser: Option<(&Desktop, &str)>,
    tunnel: Option<&str>,
    voice: &dyn LoginVoice,
) -> Result<(), Failure> {
    let place = || match tunnel {
        None => "a browser on this machine",
        Some(line) => {
            voice.waiting(&format!("you are here by SSH; on your own machine, type: {line}"));
            voice.waiting("or stop this, and type here: malsync login --paste");
            "the browser there"
        }
    };
    let Some((desktop, start)) = browser else {
        voice.authorize_url(url.expose())?;
        voice.waiting(&format!("open the address above in {}; waiting for it to come back", place()));
        return Ok(());
    };
    match browser::open(start, desktop) {
        Ok(()) => voice.waiting(&format!("the browser opens to log in; if it does not, open this (once): {start}")),
        Err(error) => {
            tracing::debug!("no browser was started: {error}");
            voice.waiting(&format!("open this (once) in {} to log in: {start}", place()));
        }
    }
    Ok(())
}

/// Shows the browser how it ended, and closes the door.
async fn conclude(listener: Listener, reply: Reply, refused: bool, done: bool) {
    let verdict = match (refused, done) {
        (true, _) => Verdict::Refused,
        (false, true) => Verdict::Done,
        (false, false) => Verdict::NotFinished,
    };
    reply.finished(verdict).await;
    listener.close().await;
}

fn nobody(limit: Duration, what: &str) -> Failure {
    Failure::text(Exit::Mal, format!("{what} within {} s", limit.as_secs())).hint(
        "where the browser runs on another machine, or the hosts file (/etc/hosts) sends localhost elsewhere: \
         malsync login --paste; to open the address yourself: malsync login --no-browser",
    )
}

/// Reads the address that the browser ended at, asking again where somebody can answer.
async fn pasted(
    request: &Request,
    proof: &Proof,
    lines: &mut impl PastedLines,
    voice: &dyn LoginVoice,
) -> Result<Callback, Failure> {
    let give_up = |what: &str| Err(Failure::text(Exit::Login, what).hint("malsync login --paste"));
    voice.waiting("open the address above, log in, then paste the whole address that the browser ends at");
    loop {
        let Some(line) = lines.next_line().await.map_err(|error| Failure::new(Exit::Login, error))? else {
            return give_up("the input ended before an address was pasted");
        };
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let same_place = |url: &Url| {
            let own = &request.redirect;
            (url.scheme(), url.host(), url.port_or_known_default(), url.path())
                == (own.scheme(), own.host(), own.port_or_known_default(), own.path())
        };
        let answer =
            Url::parse(line).ok().filter(same_place).map(|url| callback(url.query().unwrap_or(""), &proof.state));
        match answer {
            Some(Ok(callback)) => return Ok(callback),
            wrong if lines.is_terminal() => voice.waiting(match wrong {
                None => "that is not the address that the browser ends at; paste the whole of it",
                Some(_) => "that address is not of this login; open the one above and paste where it leads",
            }),
            None => return give_up("what was pasted is not the address that the browser ends at"),
            Some(_) => return give_up("the pasted address is not of this login"),
        }
    }
}

/// Turns the callback into a stored login.
async fn finish<L, E, A, U>(
    request: &Request,
    parts: &Parts<'_, L, E, A, U>,
    proof: &Proof,
    callback: Callback,
) -> Result<LoggedIn, Failure>
where
    L: Logins,
    E: TokenEndpoint,
    A: AsyncFn(OneShot) -> Result<Account, Failure>,
    U: AsyncFn() -> Result<Vec<User>, Failure>,
{
    let code = match callback {
        Callback::Code(code) => code,
        Callback::Denied { by_user, words } => {
            let who =
                if by_user { "you refused access on MyAnimeList" } else { "MyAnimeList did not go on with the login" };
            return Err(Failure::text(Exit::Login, format!("{who}: {words}")).hint("malsync login"));
        }
    };
    let scribe = parts.vault.scribe()?;
    let pair = parts.endpoint.exchange(&code, &proof.verifier).await.map_err(|error| {
        let what = match &error {
            Error::Weather(_) => "the login is not finished",
            Error::Refused { .. } | Error::Client(_) => "MyAnimeList did not take the login",
        };
        Failure::from(error).context(what)
    })?;
    failpoint!("login.after_code");
    if pair.refresh.is_none() {
        tracing::warn!("MyAnimeList gave no refresh token: the login ends with its access token");
    }
    // Whole seconds: the embedded database keeps no more.
    let at = parts.logins.now().await.map_err(unstored)?.trunc_subsecs(0);
    let account = (parts.account)(OneShot(pair.access.clone())).await?;
    let issued = Issued { pair, at, client_id: request.client_id.clone() };
    let user = store(request, parts, &account, &scribe, &issued).await?;
    Ok(LoggedIn { user, account, expires_at: issued.expires_at() })
}

/// Writes the pair, table first, then the keyring, with no refresh of another process in between.
async fn store<L, E, A, U>(
    request: &Request,
    parts: &Parts<'_, L, E, A, U>,
    account: &Account,
    scribe: &Scribe,
    issued: &Issued,
) -> Result<User, Failure>
where
    L: Logins,
    U: AsyncFn() -> Result<Vec<User>, Failure>,
{
    let choose = async || choose_row(&(parts.users)().await?, account, request.user.as_ref(), request.force);
    let lock = async |user| unless(parts.stop, copies::lock(parts.logins, user)).await?.map_err(unstored);
    let target = choose().await?;
    let mut held = match &target {
        Target::Existing(user) => Some(lock(*user).await?),
        Target::New(_) => None,
    };
    let sign_in = SignIn {
        target,
        email: request.email.clone(),
        mal_user_id: account.id,
        force: request.force,
        pair: &|user, generation| scribe.write(user, generation, issued),
    };
    let Some(user) = parts.logins.sign_in(&sign_in).await.map_err(unstored)? else {
        // Looked at again, the row says whose it is.
        let what = "another login took the row meanwhile";
        return Err(choose().await.err().unwrap_or_else(|| unstored(Failure::text(Exit::Guard, what))));
    };
    failpoint!("login.after_store");
    if held.is_none() {
        held = Some(lock(user.id).await?);
    }
    copies::write(parts.logins, parts.vault, user.id, user.login.generation, &issued.pair).await?;
    drop(held);
    Ok(user)
}

/// MAL gave tokens and they are lost: they stay valid over there.
fn unstored(error: impl Into<Failure>) -> Failure {
    let failure = error.into();
    let mend = if failure.exit == Exit::Database { "mend the database, then: " } else { "" };
    let hint = format!("{mend}malsync login; the lost tokens can be revoked at https://myanimelist.net/apiconfig");
    failure.context("logged in but could not store the tokens").hint(hint)
}

#[cfg(test)]
mod tests;
