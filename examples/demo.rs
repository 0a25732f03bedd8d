//! Demonstrates the main use in one command, without account, server or set-up:
//!
//!     cargo run --release --example demo
//!
//! Starts a MyAnimeList simulator, then runs malsync like a user: log in (the consent is scripted), sync the whole
//! list, change entries on MAL, sync the difference, and show the result. All files are in a temporary directory, which
//! is printed and kept. No keyring, configuration or database of yours is touched.

use std::{
    env,
    error::Error,
    ffi::OsString,
    io::{self, Write as _},
    net::TcpListener,
    process::ExitCode,
};

use mal_sim::{Sim, SimConfig};
use malsync::{
    clock::{Clock as _, SystemClock},
    command,
    config::Environment,
    exit::Exit,
};
use serde_json::json;

type DemoResult<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let result = match (arguments.next().as_deref(), arguments.next()) {
        (Some("visit"), Some(address)) => visit_page(&address),
        _ => run_demo(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The browser of this demo: opens the address and follows redirects until a page is shown.
fn visit_page(address: &str) -> DemoResult<()> {
    // Fails if another provider is installed already; any provider will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let browser = reqwest::Client::builder().no_proxy().build()?;
        browser.get(address).send().await?.error_for_status()?;
        Ok(())
    })
}

#[expect(clippy::disallowed_methods, reason = "terminal settings come from the user's environment")]
fn run_demo() -> DemoResult<()> {
    let sim = Sim::start_blocking(SimConfig { entries: 1200, auto_consent: true, ..SimConfig::default() })?;
    let folder = tempfile::Builder::new().prefix("malsync-demo-").tempdir()?.keep();
    print_line(&format!("A simulated MyAnimeList with a list of 1,200 anime listens at {}.", sim.api_url()))?;
    print_line(&format!("The database is a file in {}.", folder.join("malsync").display()))?;

    let redirect = format!("http://localhost:{}/auth/callback", free_port()?);
    let browser = format!("{} visit", shlex::try_quote(&env::current_exe()?.display().to_string())?);
    let mut environment: Vec<(OsString, OsString)> = [
        ("HOME", folder.display().to_string()),
        ("XDG_DATA_HOME", folder.display().to_string()),
        ("XDG_CONFIG_HOME", folder.display().to_string()),
        ("MAL_CLIENT_ID", "0123456789abcdef0123456789abcdef".to_owned()),
        ("MAL_REDIRECT_URI", redirect),
        ("MAL_API_URL", sim.api_url()),
        ("MAL_AUTH_URL", sim.auth_url()),
        ("MAL_API_RATE_LIMIT", "5".to_owned()),
        ("MALSYNC_TOKEN_STORE", "database".to_owned()),
        ("SYNC_MIN_INTERVAL", "0s".to_owned()),
        ("BROWSER", browser),
    ]
    .map(|(name, value)| (name.into(), value.into()))
    .to_vec();
    environment
        .extend(["TERM", "NO_COLOR", "COLUMNS"].iter().filter_map(|name| Some(((*name).into(), env::var_os(name)?))));
    let malsync = |line: &str| run_malsync(line, &environment);

    malsync("login")?;
    malsync("sync")?;
    let control = sim.control();
    control.edit_entries("alice", 3)?;
    let now = SystemClock.now().to_rfc3339();
    let added =
        json!({"node": {"title": "Newly Planned"}, "list_status": {"status": "plan_to_watch", "updated_at": now}});
    control.patch_entry("alice", 100_000, serde_json::from_value(added)?)?;
    print_line("\nMeanwhile on MyAnimeList: three entries are edited, one is added.")?;
    malsync("sync")?;
    malsync("changes --limit 8")?;
    malsync("status")?;
    malsync("list --status watching --sort -score --limit 10")?;
    print_line("\nDone. Query the database yourself:")?;
    print_line(&format!(
        "  sqlite3 {} 'SELECT title, score FROM anime LIMIT 5'",
        folder.join("malsync/malsync.db").display()
    ))
}

/// Runs malsync with these arguments, as from a shell.
fn run_malsync(line: &str, environment: &[(OsString, OsString)]) -> DemoResult<()> {
    print_line(&format!("\n$ malsync {line}"))?;
    let arguments = ["malsync"].into_iter().chain(line.split(' ')).map(OsString::from);
    match command::main(arguments, Environment::from_pairs(environment.iter().cloned())) {
        Exit::Done => Ok(()),
        other => Err(format!("malsync {line} ended with exit code {}", other.code()).into()),
    }
}

fn print_line(line: &str) -> DemoResult<()> {
    Ok(writeln!(io::stdout(), "{line}")?)
}

/// Returns a port that is free on both loopback addresses.
fn free_port() -> DemoResult<u16> {
    for _ in 0..20 {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        if TcpListener::bind(("::1", port)).map_or_else(|error| error.kind() != io::ErrorKind::AddrInUse, |_| true) {
            return Ok(port);
        }
    }
    Err("no port is free on both 127.0.0.1 and ::1".into())
}
