//! Logs in with a browser: the user grants access on MAL, and MAL's redirect brings the code back, to the callback
//! server or pasted by the user.

use std::time::Duration;

use tokio::time::timeout;

use super::{
    login_flow::{CompletedLogin, LoginFlow, LoginPrompter, PASTE_HINT, login_timed_out},
    pasted_callback::{PastedLines, read_pasted_callback},
};
use crate::{
    auth::{
        browser::{self, Desktop},
        callback_server::{BrowserReply, CallbackServer, CallbackWaitError},
        login_page::LoginPage,
        loopback::LoopbackRedirect,
        pkce::{self, PkceSecrets},
        request_check::{Callback, ExpectedRequest},
        token_endpoint::{ClientStatus, Error, TokenEndpoint},
        token_storage::IssuedTokens,
    },
    exit::Exit,
    failpoint::failpoint,
    failure::Failure,
    secret::Secret,
    sync::port::LoginRepository,
};

/// Timeout of the check whether MAL knows the client. No answer within it counts as unknown.
pub(super) const CLIENT_CHECK_TIMEOUT: Duration = Duration::from_secs(5);

/// How the user reaches MAL and how the callback comes back.
pub enum LoginMethod<'a> {
    /// malsync opens the browser and waits for the callback.
    Browser(&'a Desktop),
    /// The user opens the browser; malsync waits for the callback.
    NoBrowser,
    /// The user opens the browser and pastes the URL that it ends at.
    Paste(&'a mut dyn PastedLines),
}

impl<L: LoginRepository, E: TokenEndpoint> LoginFlow<'_, L, E> {
    /// Logs in.
    ///
    /// # Errors
    /// - Exit code 1 or 6: the tokens could not be stored.
    /// - 2: the configuration is invalid, or MAL does not know the client id or the redirect.
    /// - 4: MAL refused, nothing usable was pasted, or someone else opened the link.
    /// - 5: the port is taken, no callback came in time, or MAL is unreachable.
    /// - 8: the row belongs to another account.
    /// - 130: cancelled.
    pub async fn log_in(&self, method: LoginMethod<'_>) -> Result<CompletedLogin, Failure> {
        self.check_preconditions().await?;
        let pkce = PkceSecrets::generate();
        let url = self.endpoint.authorize_url(&pkce);
        match method {
            LoginMethod::Paste(lines) => self.log_in_by_paste(&pkce, &url, lines).await,
            LoginMethod::Browser(desktop) => self.log_in_by_callback(&pkce, &url, Some(desktop)).await,
            LoginMethod::NoBrowser => self.log_in_by_callback(&pkce, &url, None).await,
        }
    }

    async fn log_in_by_paste(
        &self,
        pkce: &PkceSecrets,
        url: &Secret,
        lines: &mut dyn PastedLines,
    ) -> Result<CompletedLogin, Failure> {
        let limit = self.request.timeout;
        self.unless_cancelled(self.reject_unknown_client()).await??;
        self.prompter.show_authorize_url(url.expose())?;
        let pasted = read_pasted_callback(&self.request.redirect_uri, &pkce.state, lines, self.prompter);
        let callback = self.unless_cancelled(timeout(limit, pasted)).await?;
        let callback = callback.map_err(|_| {
            let hint = "run it again, and paste the URL in time; --timeout 15m gives more of it";
            login_timed_out(limit, "login timed out (no URL was pasted)", hint)
        })??;
        self.complete_login(pkce, callback).await
    }

    /// Waits for the callback. Opens the browser if there is a `desktop`.
    async fn log_in_by_callback(
        &self,
        pkce: &PkceSecrets,
        url: &Secret,
        desktop: Option<&Desktop>,
    ) -> Result<CompletedLogin, Failure> {
        let (mut server, start_url) = self.start_callback_server(pkce, url, desktop.is_some()).await?;
        self.unless_cancelled(self.reject_unknown_client()).await??;
        let location = BrowserLocation {
            ssh_tunnel_command: self.request.ssh_tunnel_command.as_deref(),
            is_in_container: self.request.is_in_container,
        };
        open_or_show_url(url, desktop.zip(start_url.as_deref()), location, self.prompter)?;
        let callback = self.unless_cancelled(server.wait_for_callback(self.request.timeout)).await?;
        let (callback, reply) = callback.map_err(|error| match error {
            CallbackWaitError::TimedOut => {
                let failure = login_timed_out(self.request.timeout, "login timed out", PASTE_HINT);
                match desktop {
                    Some(_) => failure.with_hint("to open the URL yourself, run: malsync login --no-browser"),
                    None => failure,
                }
            }
            CallbackWaitError::LinkReused => {
                Failure::from_text(Exit::Login, "the login link was opened more than once; login aborted").with_hint(
                    "if you opened it yourself, run malsync login and open the link once; otherwise \
                        run malsync login --paste",
                )
            }
        })?;
        let denied_by_user = matches!(callback, Callback::Denied { by_user: true, .. });
        let result = self.complete_login(pkce, callback).await;
        show_final_page(server, reply, denied_by_user, result.is_ok()).await;
        result
    }

    /// Fails if MAL does not know the client. To a browser MAL would show an unknown client as an endless password
    /// prompt.
    async fn reject_unknown_client(&self) -> Result<(), Failure> {
        match timeout(CLIENT_CHECK_TIMEOUT.min(self.request.timeout), self.endpoint.check_client()).await {
            Ok(Err(rejected)) => Err(rejected.into()),
            Ok(Ok(ClientStatus::Registered)) => Ok(()),
            Ok(Ok(ClientStatus::NotDetermined)) | Err(_) => {
                self.prompter.show_message(
                    "MyAnimeList does not respond as expected. If its page does not open, try again later",
                );
                Ok(())
            }
        }
    }

    /// Binds the port and starts the callback server, before any URL is shown. Also returns the URL of the start page
    /// if `with_start_page`.
    async fn start_callback_server(
        &self,
        pkce: &PkceSecrets,
        authorize_url: &Secret,
        with_start_page: bool,
    ) -> Result<(CallbackServer, Option<String>), Failure> {
        let redirect = LoopbackRedirect::from_redirect_uri(&self.request.redirect_uri)?;
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

    /// Exchanges the code of the callback for tokens and stores them.
    async fn complete_login(&self, pkce: &PkceSecrets, callback: Callback) -> Result<CompletedLogin, Failure> {
        let code = match callback {
            Callback::Code(code) => code,
            Callback::Denied { by_user, description } => {
                let message = if by_user {
                    "access was denied on MyAnimeList".to_owned()
                } else {
                    format!("MyAnimeList returned an error: {description}")
                };
                return Err(Failure::from_text(Exit::Login, message).with_hint("malsync login"));
            }
        };
        let writer = self.token_storage.writer()?;
        let pair = self.endpoint.exchange_code(&code, &pkce.verifier).await.map_err(|error| {
            let context = match &error {
                Error::Transient(_) => "the login did not finish",
                Error::Refused { .. } | Error::InvalidClient(_) => "MyAnimeList rejected the login",
            };
            Failure::from(error).context(context)
        })?;
        failpoint!("login.after_code");
        if pair.refresh.is_none() {
            tracing::warn!("MyAnimeList sent no refresh token: the login expires with its access token");
        }
        let issued_at = self.now().await?;
        let account = self.fetch_account(&pair.access).await?;
        let issued = IssuedTokens { pair, issued_at, client_id: self.request.client_id.clone() };
        self.store_issued_tokens(account, &writer, &issued).await
    }
}

/// What is known about where the user's browser is.
#[derive(Clone, Copy)]
struct BrowserLocation<'a> {
    ssh_tunnel_command: Option<&'a str>,
    is_in_container: bool,
}

impl BrowserLocation<'_> {
    /// Describes the browser to use. If it is outside, first says at once how its answer can come back.
    fn announce(self, prompter: &dyn LoginPrompter) -> &'static str {
        if let Some(command) = self.ssh_tunnel_command {
            prompter.show_message("You are connected over SSH. On your own computer, run:");
            prompter.show_message(command);
            prompter.show_message("Or press Ctrl-C and run: malsync login --paste");
            return "the browser on your own computer";
        }
        if self.is_in_container {
            prompter.show_message(
                "malsync runs in a container: a browser outside cannot reach it unless they share a network.",
            );
            prompter.show_message("If your browser is outside, press Ctrl-C and run: malsync login --paste");
            return "a browser in this container";
        }
        "a browser on this machine"
    }
}

/// Opens the browser, or shows the user which URL to open. The authorize URL contains the verifier and is never passed
/// to the browser as an argument.
fn open_or_show_url(
    url: &Secret,
    browser: Option<(&Desktop, &str)>,
    location: BrowserLocation<'_>,
    prompter: &dyn LoginPrompter,
) -> Result<(), Failure> {
    let Some((desktop, start_url)) = browser else {
        prompter.show_authorize_url(url.expose())?;
        let place = location.announce(prompter);
        prompter.show_message(&format!("Open the URL above in {place} (works once). Waiting for the login…"));
        return Ok(());
    };
    match browser::open_url(start_url, desktop) {
        Ok(()) => prompter.show_message(&format!(
            "Opening your browser to log in. If it doesn't open, visit (works once): \
                {start_url}"
        )),
        Err(error) => {
            tracing::debug!("could not start a browser: {error}");
            let place = location.announce(prompter);
            prompter.show_message(&format!("Open this URL in {place} to log in (works once):"));
            prompter.show_message(start_url);
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
