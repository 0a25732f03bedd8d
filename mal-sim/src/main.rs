//! The `mal-sim` command.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use mal_sim::{DeleteAbsent, OverLimit, Sim, SimConfig, parse_duration};

/// Simulate the MyAnimeList API v2 and its OAuth2 server.
///
/// Prints one line with the addresses to give to a client, then serves until it is interrupted. Tests control it through
/// /_control; see the README.
#[derive(Debug, Parser)]
#[command(name = "mal-sim", version)]
struct SimArgs {
    /// Listen on this address
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Listen on this port; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Have these users, separated by commas
    #[arg(long, value_delimiter = ',', default_value = "alice")]
    users: Vec<String>,
    /// Put this many entries into each list
    #[arg(long, default_value_t = 100)]
    entries: usize,
    /// Generate lists and catalogue from this seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Consent at once, without a page
    #[arg(long)]
    auto_consent: bool,
    /// Let this user consent by default; the first one if absent
    #[arg(long, value_name = "USER")]
    consent_user: Option<String>,
    /// Know only this client id; any if absent
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// Ask the client for this secret, as MAL does of "web" apps
    #[arg(long, value_name = "SECRET")]
    client_secret: Option<String>,
    /// Register a redirect address; may be repeated; any loopback address if absent
    #[arg(long = "redirect", value_name = "URL")]
    redirects: Vec<String>,
    /// Let access tokens live this long: seconds, or 90m, 24h, 31d
    #[arg(long, value_name = "TIME", default_value = "31d", value_parser = parse_duration)]
    access_lifetime: Duration,
    /// Let refresh tokens live this long
    #[arg(long, value_name = "TIME", default_value = "31d", value_parser = parse_duration)]
    refresh_lifetime: Duration,
    /// Let authorization codes live this long
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = parse_duration)]
    code_lifetime: Duration,
    /// Accept a refresh token that was used before, refuse it, or refuse it and revoke all of the user's
    #[arg(long, value_enum, default_value_t = OldRefreshArg::Take)]
    old_refresh: OldRefreshArg,
    /// Page size where a client sends no limit: 10 as recorded, 100 as documented
    #[arg(long, value_name = "ENTRIES", default_value_t = 10)]
    default_limit: usize,
    /// Answer the deletion of an absent entry with 200 as seen live, or 404 as documented
    #[arg(long, value_enum, default_value_t = DeleteAbsentArg::Ok)]
    delete_absent: DeleteAbsentArg,
    /// Refuse a limit above 1000, or clamp it
    #[arg(long, value_enum, default_value_t = OverLimitArg::Refuse)]
    over_limit: OverLimitArg,
    /// Never compress answers
    #[arg(long)]
    no_gzip: bool,
    /// Begin with the fault rules in this JSON file
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OldRefreshArg {
    Take,
    Refuse,
    Revoke,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum DeleteAbsentArg {
    #[value(name = "200")]
    Ok,
    #[value(name = "404")]
    NotFound,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OverLimitArg {
    Refuse,
    Clamp,
}

impl SimArgs {
    fn to_config(&self) -> SimConfig {
        let (old_refresh_valid, reuse_revokes) = match self.old_refresh {
            OldRefreshArg::Take => (true, false),
            OldRefreshArg::Refuse => (false, false),
            OldRefreshArg::Revoke => (false, true),
        };
        SimConfig {
            host: self.host.clone(),
            port: self.port,
            users: self.users.clone(),
            entries: self.entries,
            seed: self.seed,
            auto_consent: self.auto_consent,
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.clone(),
            redirects: self.redirects.clone(),
            access_lifetime: self.access_lifetime,
            refresh_lifetime: self.refresh_lifetime,
            code_lifetime: self.code_lifetime,
            old_refresh_valid,
            reuse_revokes,
            default_limit: self.default_limit,
            delete_absent: match self.delete_absent {
                DeleteAbsentArg::Ok => DeleteAbsent::Ok,
                DeleteAbsentArg::NotFound => DeleteAbsent::NotFound,
            },
            over_limit: match self.over_limit {
                OverLimitArg::Refuse => OverLimit::BadRequest,
                OverLimitArg::Clamp => OverLimit::Clamp,
            },
            gzip: !self.no_gzip,
            ..SimConfig::default()
        }
    }
}

fn main() -> ExitCode {
    let args = SimArgs::parse();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr().lock(), "mal-sim: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &SimArgs) -> Result<(), Box<dyn std::error::Error>> {
    let address = format!("{}:{}", args.host, args.port);
    let sim = Sim::start_blocking(args.to_config()).map_err(|error| format!("cannot listen on {address}: {error}"))?;
    if let Some(user) = &args.consent_user {
        sim.control().set_consenting_user(user)?;
    }
    if let Some(file) = &args.faults {
        let name = file.display();
        let text = std::fs::read_to_string(file).map_err(|error| format!("cannot read {name}: {error}"))?;
        for rule in mal_sim::parse_fault_rules(&text).map_err(|error| format!("{name}: {error}"))? {
            sim.control().add_fault(rule)?;
        }
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "mal-sim listens: api {} auth {} control {}/_control", sim.api_url(), sim.auth_url(), sim.url())?;
    out.flush()?;
    drop(out);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(wait_for_interrupt())?;
    Ok(())
}

/// Waits for Ctrl-C or, on Unix, SIGTERM.
async fn wait_for_interrupt() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut sigterm = signal(SignalKind::terminate())?;
        tokio::select! {
            result = tokio::signal::ctrl_c() => result,
            _ = sigterm.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
