//! `login`: connects the terminal, the browser and standard input to the login procedures of `auth::login`.

use std::{
    io::{self, IsTerminal as _},
    sync::Arc,
};

use crate::{
    auth::{
        exported_login::{self, ExportedLogin},
        login::{CompletedLogin, FixedToken, LoginFlow, LoginMethod, LoginPrompter, LoginRequest, PastedLines},
        ssh_tunnel,
    },
    cli::args,
    domain::user::{User, UserRef},
    exit::Exit,
    failure::Failure,
    mal,
    store::Database,
    sync::port::RemoteSource as _,
    ui::{Ui, view::login::LoginView},
};

use futures_util::future::BoxFuture;
use url::Url;

use super::{
    context::Context,
    long_line_input::LongLineMode,
    notification_file::update_stored_state,
    terminal_input::{read_long_stdin_line, read_secret_stdin, read_stdin_line},
};

pub(crate) async fn run(context: &Context<'_>, args: &args::LoginArgs) -> Result<Exit, Failure> {
    context.config()?.client_id()?;
    let database = context.open_database().await?;
    let CompletedLogin { user, account, expires_at } = log_in(context, &database, args).await?;
    // If it fails again, that is news for notifications. Without the state, they are sent as if there was no login.
    let _ = update_stored_state(context, |state| state.record_login(&user.username));
    let notes = match args.user {
        None => hidden_list_notes(&database, &user).await.unwrap_or_default(),
        Some(_) => Vec::new(),
    };
    let (user_id, username) = (user.id, user.username.clone());
    let view = LoginView { user_id, username: user.username, mal_user_id: account.id, expires_at };
    if args.json {
        context.ui.print_json(&view.to_json())?;
    } else {
        context.ui.print(&view.to_text())?;
    }
    notes.iter().for_each(|note| context.ui.print_note(note));
    // The login is done: what cannot be read for this note is no error.
    let users = database.load_users().await.unwrap_or_default();
    if users.iter().any(|other| other.id != user_id && other.login.is_present()) {
        context.ui.print_note(&format!(
            "Commands without --user now use {username}. In scripts, name the user, or use sync --all-users"
        ));
    }
    Ok(Exit::Done)
}

/// Maximum number of lists without an account that are named. If there are more, none is named: then another application
/// created these users, not imports.
const MAX_HIDDEN_LISTS_NAMED: usize = 3;

/// Returns notes on lists that were imported without an account. Once another user is logged in, no command selects
/// them by default.
async fn hidden_list_notes(database: &Database, user: &User) -> Result<Vec<String>, Failure> {
    let mut others = database.load_users().await?;
    others.retain(|other| other.id != user.id && other.mal_user_id.is_none() && !other.login.is_present());
    let mut notes = Vec::new();
    for other in others.iter().filter(|_| others.len() <= MAX_HIDDEN_LISTS_NAMED) {
        let entries = database.count_entries(other.id).await?;
        notes.extend((entries > 0).then(|| LoginView::hidden_list_text(other, entries)));
    }
    Ok(notes)
}

/// Logs in as part of another command.
pub(crate) async fn log_in_inline(
    context: &Context<'_>,
    database: &Arc<Database>,
    user: Option<UserRef>,
) -> Result<User, Failure> {
    let args = args::LoginArgs::for_user(user);
    Ok(log_in(context, database, &args).await?.user)
}

async fn log_in(
    context: &Context<'_>,
    database: &Arc<Database>,
    args: &args::LoginArgs,
) -> Result<CompletedLogin, Failure> {
    let config = context.config()?;
    let transport = context.transport(database)?;
    let token_storage = context.token_storage(database)?;
    let request = LoginRequest {
        client_id: config.client_id()?.to_owned(),
        redirect_uri: config.mal_redirect_uri.value.url.clone(),
        timeout: args.timeout,
        user: args.user.clone(),
        force: args.force,
        email: args.email.clone(),
        ssh_tunnel_command: ssh_tunnel_command(context, &config.mal_redirect_uri.value.url),
        is_in_container: context.environment.is_container(),
    };
    let desktop = context.desktop();
    let fetch_account = |token: FixedToken| -> BoxFuture<'_, _> {
        Box::pin(async {
            let client = mal::MalApiClient::new(transport.clone(), token, &config.mal_api_url.value, 1)?;
            Ok(client.fetch_account().await?)
        })
    };
    let flow = LoginFlow {
        request,
        logins: database.as_ref(),
        endpoint: &context.oauth_client(&transport)?,
        token_storage: &token_storage,
        cancel: &context.signals.stop,
        prompter: &TerminalPrompter { ui: context.ui, qr: args.qr, paste: args.paste },
        fetch_account: &fetch_account,
    };
    let result = match (args.with_token, args.paste, args.no_browser) {
        (true, _, _) => flow.log_in_with_token(read_exported_login(context.ui)).await,
        (false, true, _) => flow.log_in(LoginMethod::Paste(&mut StdinLines::new())).await,
        (false, false, true) => flow.log_in(LoginMethod::NoBrowser).await,
        (false, false, false) => flow.log_in(LoginMethod::Browser(&desktop)).await,
    };
    if let (Ok(_), Some(note)) = (&result, token_storage.missing_copy_note()) {
        context.ui.print_note(&note);
    }
    result.map_err(|failure| match (failure.exit, context.signals.first_signal_exit()) {
        (Exit::Interrupt, Some(exit)) => Failure { exit, ..failure },
        _ => failure,
    })
}

/// Returns the ssh command that forwards the redirect port, if the user is connected by SSH.
fn ssh_tunnel_command(context: &Context<'_>, redirect_uri: &Url) -> Option<String> {
    let environment = &context.environment;
    ssh_tunnel::ssh_command(redirect_uri, environment.ssh_connection()?, environment.os_user_name())
}

/// Prints the messages of a login on the terminal.
struct TerminalPrompter<'a> {
    ui: &'a Ui,
    qr: bool,
    paste: bool,
}

impl LoginPrompter for TerminalPrompter<'_> {
    fn show_authorize_url(&self, url: &str) -> Result<(), Failure> {
        self.ui.print_verbatim(url)?;
        if self.qr {
            self.ui.print_qr(url);
        }
        if self.qr && !self.paste {
            self.ui.print_note("To log in with a phone, use: malsync login --paste --qr");
        }
        Ok(())
    }

    fn show_message(&self, what: &str) {
        self.ui.print_note(what);
    }
}

/// Reads an exported login from standard input.
async fn read_exported_login(ui: &Ui) -> Result<ExportedLogin, Failure> {
    if ui.is_interactive() {
        let end_key = if cfg!(windows) { "Ctrl-Z, then Enter" } else { "Ctrl-D" };
        ui.print_note(&format!("Paste the line that malsync token export printed, then finish the input ({end_key})"));
    }
    let text = read_secret_stdin(exported_login::MAX_EXPORT_BYTES + 1).await;
    ExportedLogin::parse(&text.map_err(|error| Failure::new(Exit::Login, error).context("cannot read the login"))?)
}

/// Pasted lines from standard input, of any length.
struct StdinLines {
    long_line_mode: Option<LongLineMode>,
}

impl StdinLines {
    /// Prepares the terminal, before the user is asked to paste anything.
    fn new() -> Self {
        Self { long_line_mode: LongLineMode::enable() }
    }
}

impl PastedLines for StdinLines {
    fn next_line(&mut self) -> BoxFuture<'_, io::Result<Option<String>>> {
        if self.long_line_mode.is_some() { Box::pin(read_long_stdin_line()) } else { Box::pin(read_stdin_line()) }
    }

    fn is_terminal(&self) -> bool {
        io::stdin().is_terminal()
    }
}
