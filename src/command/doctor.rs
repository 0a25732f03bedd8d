//! `doctor`: looks at everything a sync needs, and says what to type where something is amiss. Changes nothing.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
    time::Duration,
};

use url::Host;

use crate::{
    auth::keyring::Keyring,
    cli::args,
    config::{Config, RedirectUri, TokenStore},
    domain::{run::RunStatus, user::User},
    exit::Exit,
    failure::Failure,
    mal::error::Error as MalError,
    rights::Rights,
    store::{Database, Place},
    sync::port::Store as _,
    ui::view::{
        self,
        doctor::{Check, Level},
    },
};

use super::context::{Context, close};

/// How long MAL may take to answer a look.
const LOOK: Duration = Duration::from_secs(10);

pub(crate) async fn run(context: &Context<'_>, args: &args::Json) -> Result<Exit, Failure> {
    let mut checks = configuration(context);
    let config = context.loaded.as_far_as_read();
    checks.extend(files(context, config));
    checks.push(redirect(&config.mal_redirect_uri.value));
    checks.extend(keyring(config).await);
    // Where the database is, a broken configuration does not say for sure.
    if context.config().is_ok() {
        match context.open_as_it_is().await {
            Ok(database) => {
                checks.extend(in_database(&database).await?);
                close(database).await;
            }
            Err(failure) => checks.push(from_failure("database", &failure)),
        }
    }
    checks.push(mal(config).await);
    if args.json {
        context.ui.json(&view::doctor::json(&checks))?;
    } else {
        context.ui.out(&view::doctor::screen(&checks))?;
    }
    context.config()?;
    let broken = checks.iter().filter(|check| check.level == Level::Error).count();
    if broken == 0 {
        return Ok(Exit::Done);
    }
    let what = if broken == 1 { "one check failed".to_owned() } else { format!("{broken} checks failed") };
    Err(Failure::text(Exit::Failed, what).hint("each failed check above says what to do"))
}

fn check(name: &str, level: Level, message: impl Into<String>, hint: Option<&str>) -> Check {
    Check { name: name.to_owned(), level, message: message.into(), hint: hint.map(str::to_owned) }
}

fn from_failure(name: &str, failure: &Failure) -> Check {
    check(name, Level::Error, failure.message(), failure.hints.first().map(String::as_str))
}

fn configuration(context: &Context<'_>) -> Vec<Check> {
    let errors = context.loaded.errors();
    let mut checks: Vec<_> = errors.iter().map(|error| from_failure("configuration", &error.clone().into())).collect();
    let warnings = context.loaded.warnings();
    checks.extend(warnings.iter().map(|warning| check("configuration", Level::Warn, warning, None)));
    if errors.is_empty() && warnings.is_empty() {
        checks.push(check("configuration", Level::Ok, "every setting can be read", None));
    }
    checks.push(match context.loaded.as_far_as_read().client_id() {
        Ok(_) => check("client id", Level::Ok, "MAL_CLIENT_ID is set", None),
        Err(failure) => from_failure("client id", &failure),
    });
    checks
}

/// Who else may read or change the files that hold secrets or tokens. The configuration's own warnings tell of that file; here
/// is what is as somebody may have set it up.
fn files(context: &Context<'_>, config: &Config) -> Vec<Check> {
    const NAME: &str = "files";
    let database = match context.place() {
        Ok(Place::Sqlite { path, .. }) => Some(path),
        _ => None,
    };
    let key = config.folders.data().ok().map(|folder| folder.join("token.key"));
    let found = database.into_iter().chain(key).filter_map(|path| Rights::at(&path).map(|rights| (path, rights)));
    let found: Vec<_> = found.collect();
    let amiss: Vec<_> = found.iter().filter_map(|(path, rights)| rights.remark(path)).collect();
    if amiss.is_empty() && !found.is_empty() {
        return vec![check(NAME, Level::Ok, "database and key are nobody else's to read", None)];
    }
    amiss.into_iter().map(|(what, hint)| check(NAME, Level::Warn, what, Some(&hint))).collect()
}

/// Whether the redirect's port is free on the families that a login would bind.
fn redirect(uri: &RedirectUri) -> Check {
    const NAME: &str = "redirect";
    let port = uri.url.port_or_known_default().unwrap_or(80);
    let addresses: Vec<SocketAddr> = match uri.url.host() {
        Some(Host::Domain("localhost")) => {
            vec![(Ipv4Addr::LOCALHOST, port).into(), (Ipv6Addr::LOCALHOST, port).into()]
        }
        Some(Host::Ipv4(address)) if address.is_loopback() => vec![(address, port).into()],
        Some(Host::Ipv6(address)) if address.is_loopback() => vec![(address, port).into()],
        _ => {
            let what = format!("{} is not on this machine", uri.text);
            return check(NAME, Level::Warn, what, Some("log in with: malsync login --paste"));
        }
    };
    let taken = addresses
        .iter()
        .find(|address| TcpListener::bind(*address).is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse));
    match taken {
        None => check(NAME, Level::Ok, format!("port {port} is free"), None),
        Some(address) => {
            let hint = "end the program that has it, or log in with: malsync login --paste";
            check(NAME, Level::Warn, format!("{address} is in use"), Some(hint))
        }
    }
}

async fn keyring(config: &Config) -> Option<Check> {
    let store = config.malsync_token_store.value;
    if store == TokenStore::Database {
        return None;
    }
    Some(match Keyring::platform("doctor").quietly().check().await {
        Ok(()) => check("keyring", Level::Ok, "it stores and answers", None),
        Err(error) if store == TokenStore::Keyring => {
            let hint = "unlock it, or set MALSYNC_TOKEN_STORE=both and log in again";
            check("keyring", Level::Error, error.to_string(), Some(hint))
        }
        // In cron, in a container: as it should be.
        Err(error) => check("keyring", Level::Ok, format!("not used, the users table has the tokens: {error}"), None),
    })
}

async fn in_database(database: &Database) -> Result<Vec<Check>, Failure> {
    let about = database.about().await?;
    let size = about.bytes.map(|bytes| format!(", {} KiB", bytes / 1024)).unwrap_or_default();
    let message = format!("{}, {}, schema {}{size}", database.place(), about.server, about.schema);
    let mut checks = vec![check("database", Level::Ok, message, None)];
    let mut users = database.users().await?;
    users.retain(|user| user.login.exists() || user.last_mal_sync.is_some());
    if users.is_empty() {
        let what = format!("nobody is logged in ({})", database.place());
        checks.push(check("login", Level::Error, what, Some("malsync login")));
    }
    for user in &users {
        checks.extend(of_user(database, user).await?);
    }
    Ok(checks)
}

async fn of_user(database: &Database, user: &User) -> Result<Vec<Check>, Failure> {
    let now = database.now().await?;
    let name = &user.username;
    let hint = format!("malsync login {}", user.typed());
    let login = match (user.login.exists(), user.login.needs_login, user.login.expires_at) {
        (false, ..) => check("login", Level::Warn, format!("{name} is not logged in"), Some(&hint)),
        (true, true, _) => check("login", Level::Error, format!("MAL wants a new login of {name}"), Some(&hint)),
        (true, false, Some(end)) if end <= now => {
            let what = format!("the token of {name} ended on {}", view::moment(end));
            check("login", Level::Warn, what, Some("malsync token refresh"))
        }
        (true, false, end) => {
            let until = end.map(|end| format!(" until {}", view::moment(end))).unwrap_or_default();
            check("login", Level::Ok, format!("{name} is logged in{until}"), None)
        }
    };
    let sync = match database.runs(Some(user.id), Some(1)).await?.first() {
        None => check("last sync", Level::Warn, format!("{name} was never synced"), Some("malsync sync")),
        Some(run) => {
            let what = format!("{name}: {} on {}", run.status.as_str(), view::moment(run.started_at));
            match run.status {
                RunStatus::Failed | RunStatus::Interrupted => {
                    check("last sync", Level::Warn, what, Some("malsync sync; `malsync runs` shows the runs before"))
                }
                RunStatus::Partial => check("last sync", Level::Warn, what, Some("malsync status --run ID -v")),
                _ => check("last sync", Level::Ok, what, None),
            }
        }
    };
    Ok(vec![login, sync])
}

/// Asks MAL's API something that needs no login. Any answer of its own will do.
async fn mal(config: &Config) -> Check {
    const NAME: &str = "MAL";
    let url = &config.mal_api_url.value;
    let look = async {
        let wire = Context::wire_for(config);
        let request = reqwest::Request::new(reqwest::Method::GET, url.clone());
        wire.send(request, 1 << 16).await.map_err(|error: MalError| Failure::from(error))
    };
    match tokio::time::timeout(LOOK, look).await {
        Ok(Ok(answer)) if answer.status >= 500 => {
            let what = format!("{url} answers {}", answer.status);
            check(NAME, Level::Warn, what, Some("MyAnimeList may be down; try again later"))
        }
        Ok(Ok(answer)) if answer.is_html() => {
            let what = format!("{url} answers {} with a page, not the API", answer.status);
            check(NAME, Level::Warn, what, Some("MyAnimeList may block this address for now; try again later"))
        }
        Ok(Ok(_)) => check(NAME, Level::Ok, format!("{url} answers"), None),
        Ok(Err(failure)) => from_failure(NAME, &failure),
        Err(_) => {
            let what = format!("{url} does not answer within {} s", LOOK.as_secs());
            check(NAME, Level::Error, what, Some("check the network, or try again later"))
        }
    }
}
