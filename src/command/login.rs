//! `login`: the listener and the browser, an address that is pasted, or a login that was made elsewhere. What a login is, is in
//! `auth::login`.

use std::{
    io::{self, BufRead as _, IsTerminal as _, Read as _},
    sync::Arc,
};

use crate::{
    auth::{
        browser::Desktop,
        carried::{self, Carried},
        login::{self, LoggedIn, LoginVoice, OneShot, Parts, PastedLines, Request, Way},
        tunnel,
    },
    cli::args,
    domain::user::{User, UserRef},
    exit::Exit,
    failure::Failure,
    mal,
    store::Database,
    sync::port::{Account, Source as _},
    ui::{Ui, view::login::LoginView},
};

use url::Url;
use zeroize::Zeroizing;

use super::context::{Context, close};

pub(crate) async fn run(context: &Context<'_>, args: &args::Login) -> Result<Exit, Failure> {
    context.config()?.client_id()?;
    let database = context.open().await?;
    let result = log_in(context, &database, args).await;
    let unseen = match &result {
        Ok(done) if args.user.is_none() => out_of_sight(&database, &done.user).await.unwrap_or_default(),
        _ => Vec::new(),
    };
    close(database).await;
    let LoggedIn { user, account, expires_at } = result?;
    let view = LoginView { user_id: user.id, username: user.username, mal_user_id: account.id, expires_at };
    if args.json {
        context.ui.json(&view.json())?;
    } else {
        context.ui.out(&view.text())?;
    }
    unseen.iter().for_each(|what| context.ui.note(what));
    Ok(Exit::Done)
}

/// More lists without an account than this were not made by an import: an application has users of its own.
const MOST_UNSEEN: usize = 3;

/// The lists that were brought in without an account, and that no command takes unasked once somebody else is logged in.
async fn out_of_sight(database: &Database, user: &User) -> Result<Vec<String>, Failure> {
    let mut others = database.users().await?;
    others.retain(|other| other.id != user.id && other.mal_user_id.is_none() && !other.login.exists());
    let mut told = Vec::new();
    for other in others.iter().filter(|_| others.len() <= MOST_UNSEEN) {
        let entries = database.count_entries(other.id).await?;
        told.extend((entries > 0).then(|| LoginView::out_of_sight(other, entries)));
    }
    Ok(told)
}

/// Logs in as a user who was asked on the way to something else.
pub(crate) async fn on_the_way(
    context: &Context<'_>,
    database: &Arc<Database>,
    user: Option<UserRef>,
) -> Result<User, Failure> {
    let args = args::Login::plain(user);
    Ok(log_in(context, database, &args).await?.user)
}

async fn log_in(context: &Context<'_>, database: &Arc<Database>, args: &args::Login) -> Result<LoggedIn, Failure> {
    let config = context.config()?;
    let wire = context.wire(database)?;
    let vault = context.vault(database)?;
    let request = Request {
        client_id: config.client_id()?.to_owned(),
        redirect: config.mal_redirect_uri.value.url.clone(),
        limit: args.timeout,
        user: args.user.clone(),
        force: args.force,
        email: args.email.clone(),
        tunnel: tunnel(context, &config.mal_redirect_uri.value.url),
    };
    let desktop = Desktop {
        browser: config.browser.as_ref().map(|browser| browser.value.clone()),
        display: context.environment.has_display(),
    };
    let way = match (args.paste, args.no_browser) {
        (true, _) => Way::Paste(StandardInput),
        (false, true) => Way::NoBrowser,
        (false, false) => Way::Browser(&desktop),
    };
    let account = async |token: OneShot| -> Result<Account, Failure> {
        let client = mal::Client::new(wire.clone(), token, &config.mal_api_url.value, 1)?;
        Ok(client.account().await?)
    };
    let parts = Parts {
        logins: database.as_ref(),
        endpoint: &context.oauth(&wire)?,
        vault: &vault,
        stop: &context.signals.stop,
        voice: &Voice { ui: context.ui, qr: args.qr, paste: args.paste },
        account,
        users: async || Ok(database.users().await?),
    };
    let done = if args.with_token {
        login::with_token(&request, carried(context.ui), &parts).await
    } else {
        login::login(&request, way, &parts).await
    };
    done.map_err(|failure| match (failure.exit, context.signals.exit()) {
        (Exit::Interrupt, Some(exit)) => Failure { exit, ..failure },
        _ => failure,
    })
}

/// What to type on one's own machine, for somebody who is here by SSH.
fn tunnel(context: &Context<'_>, redirect: &Url) -> Option<String> {
    let environment = &context.environment;
    tunnel::to_type(redirect, environment.ssh_connection()?, environment.account())
}

/// What a person hears during a login.
struct Voice<'a> {
    ui: &'a Ui,
    qr: bool,
    paste: bool,
}

impl LoginVoice for Voice<'_> {
    fn authorize_url(&self, url: &str) -> Result<(), Failure> {
        self.ui.out(url)?;
        if self.qr {
            self.ui.qr(url);
        }
        if self.qr && !self.paste {
            self.ui.note("a phone does not find the way back to this machine: with one, malsync login --paste --qr");
        }
        Ok(())
    }

    fn waiting(&self, what: &str) {
        self.ui.note(what);
    }
}

/// The login that comes on standard input, read to its end on a thread that nobody waits for.
async fn carried(ui: &Ui) -> Result<Carried, Failure> {
    if ui.can_ask() {
        ui.note("paste the line that malsync token export printed, then end the input (Ctrl-D)");
    }
    let read = tokio::task::spawn_blocking(|| {
        let mut text = Zeroizing::new(Vec::new());
        io::stdin().lock().take(carried::MOST + 1).read_to_end(&mut text)?;
        Ok(text)
    });
    let text: io::Result<Zeroizing<Vec<u8>>> = read.await.unwrap_or_else(|error| Err(io::Error::other(error)));
    Carried::parse(&text.map_err(|error| Failure::new(Exit::Login, error).context("the login cannot be read"))?)
}

/// Lines that are pasted.
struct StandardInput;

impl PastedLines for StandardInput {
    async fn next_line(&mut self) -> io::Result<Option<String>> {
        read_line().await
    }

    fn is_terminal(&self) -> bool {
        io::stdin().is_terminal()
    }
}

/// The next line of standard input; none at its end. Waits on a thread of its own, which nobody waits for.
pub(crate) async fn read_line() -> io::Result<Option<String>> {
    let read = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        let bytes = io::stdin().lock().read_line(&mut line)?;
        Ok((bytes > 0).then_some(line))
    });
    read.await.unwrap_or_else(|error| Err(io::Error::other(error)))
}
