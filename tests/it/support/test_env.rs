//! An isolated environment for each test: a home folder, a simulator of MAL, a database, and the built binary with no
//! other environment variables.
//!
//! After every command, its output and the files in the home folder are searched for secrets. When the environment is
//! dropped, so are the tables of a PostgreSQL database.

mod command_output;
mod database_access;

use std::{
    collections::BTreeMap,
    io::Write as _,
    net::TcpListener,
    ops::Range,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
};

use mal_sim::{Sim, SimConfig};
use serde_json::Value;
use tempfile::TempDir;

use super::{
    postgres,
    secret_scanner::{DATABASE_PASSWORD, SecretScanner},
    wait_until,
};

pub(crate) use self::{command_output::CommandOutput, database_access::block_on};

/// The client id of every environment.
pub(crate) const CLIENT_ID: &str = "00112233445566778899aabbccddeeff";

/// Which database an environment has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DatabaseKind {
    /// An SQLite file, the default without `DATABASE_URL`.
    Sqlite,
    /// A new database on a real PostgreSQL server.
    Postgres,
}

/// A home folder, a simulator and a database. See the module documentation.
pub(crate) struct TestEnv {
    home: TempDir,
    pub(crate) sim: Sim,
    pub(crate) kind: DatabaseKind,
    environment: BTreeMap<String, String>,
    /// True if the test itself put unencrypted tokens into the database.
    readable_tokens_stored: AtomicBool,
}

impl TestEnv {
    /// Creates an environment with one MAL user, `alice`, and a list of this many entries. Nobody is logged in.
    pub(crate) fn new(kind: DatabaseKind, entries: usize) -> Self {
        Self::with_config(kind, SimConfig { entries, auto_consent: true, ..SimConfig::default() })
    }

    /// Creates an environment with this simulator.
    #[expect(clippy::disallowed_methods, reason = "programs that the binary starts are found in the PATH of the tests")]
    pub(crate) fn with_config(kind: DatabaseKind, config: SimConfig) -> Self {
        let sim = Sim::start_blocking(config).unwrap();
        let home = TempDir::new().unwrap();
        let environment = BTreeMap::from(
            [
                ("HOME", home.path().display().to_string()),
                ("PATH", std::env::var("PATH").unwrap()),
                ("MAL_CLIENT_ID", CLIENT_ID.to_owned()),
                ("MAL_API_URL", sim.api_url()),
                ("MAL_AUTH_URL", sim.auth_url()),
                ("MAL_API_RATE_LIMIT", "100000".to_owned()),
                ("MAL_REDIRECT_URI", format!("http://localhost:{}/auth/callback", find_free_port())),
                ("SYNC_MIN_INTERVAL", "0s".to_owned()),
                ("SYNC_RETRY_BASE_MS", "1".to_owned()),
                ("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}/no-bus", home.path().display())),
                ("TZ", "UTC".to_owned()),
                // Nobody turns the pages of a pager in a test.
                ("PAGER", "cat".to_owned()),
                ("BROWSER", "curl --silent --location --output /dev/null".to_owned()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        let mut env = Self { home, sim, kind, environment, readable_tokens_stored: AtomicBool::new(false) };
        if kind == DatabaseKind::Postgres {
            env.use_new_database();
        }
        env
    }

    /// Switches to a new empty database of the same kind.
    pub(crate) fn use_new_database(&mut self) {
        let url = match self.kind {
            DatabaseKind::Postgres => {
                let cluster = postgres::shared_cluster();
                cluster.role_url(&format!("postgres:{DATABASE_PASSWORD}"), &block_on(cluster.create_database()))
            }
            DatabaseKind::Sqlite => format!("sqlite://{}", self.home.path().join("fresh.db").display()),
        };
        self.set_var("DATABASE_URL", &url);
    }

    /// Creates an environment in which `alice` is logged in.
    pub(crate) fn with_login(kind: DatabaseKind, entries: usize) -> Self {
        let env = Self::new(kind, entries);
        env.run(&["login", "--json"]).expect_code(0);
        env
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Returns the path of the default SQLite file.
    pub(crate) fn database_file(&self) -> PathBuf {
        self.home.path().join(".local/share/malsync/malsync.db")
    }

    /// Returns the URL of the database, also if `DATABASE_URL` is not set.
    pub(crate) fn database_url(&self) -> String {
        let file = || format!("sqlite://{}", self.database_file().display());
        self.environment.get("DATABASE_URL").cloned().unwrap_or_else(file)
    }

    pub(crate) fn redirect_port(&self) -> u16 {
        let uri = url::Url::parse(&self.environment["MAL_REDIRECT_URI"]).unwrap();
        uri.port().unwrap()
    }

    /// Sets an environment variable for later commands. An empty value removes it.
    pub(crate) fn set_var(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            self.environment.remove(name);
        } else {
            self.environment.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Returns a command that runs the binary with these arguments in this environment.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = new_program_command(env!("CARGO_BIN_EXE_malsync"));
        command.args(args).env_clear().envs(&self.environment).current_dir(self.home.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Returns a bash command for this line in this environment. `$MALSYNC` is the binary.
    pub(crate) fn shell_command(&self, line: &str) -> Command {
        let mut command = Command::new("bash");
        command.args(["-c", line]).env_clear().envs(&self.environment).current_dir(self.home.path());
        command.env("MALSYNC", env!("CARGO_BIN_EXE_malsync"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a line of bash. The exit code is that of the last program in the line.
    pub(crate) fn run_in_shell(&self, line: &str) -> CommandOutput {
        self.check_output(&self.shell_command(line).output().unwrap(), false)
    }

    /// Runs the binary, and waits for its end.
    pub(crate) fn run(&self, args: &[&str]) -> CommandOutput {
        self.check_output(&self.command(args).output().unwrap(), prints_secret(args))
    }

    /// Runs the binary with this standard input, and waits for its end.
    pub(crate) fn run_with_input(&self, args: &[&str], input: &str) -> CommandOutput {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        // A command that does not read its input may have ended already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        self.check_output(&child.wait_with_output().unwrap(), prints_secret(args))
    }

    /// Starts the binary without waiting.
    pub(crate) fn spawn(&self, args: &[&str]) -> Child {
        self.command(args).spawn().unwrap()
    }

    /// Waits for the end of a process.
    pub(crate) fn wait_for_exit(&self, child: Child) -> CommandOutput {
        self.check_output(&child.wait_with_output().unwrap(), true)
    }

    /// Syncs with `--json` and these flags. Returns the JSON object of the run, which must succeed.
    #[track_caller]
    pub(crate) fn sync(&self, flags: &[&str]) -> Value {
        self.run(&[&["sync", "--json"], flags].concat()).expect_code(0).json()
    }

    /// Adds fault rules to the simulator, in the JSON form of mal-sim/README.md.
    pub(crate) fn add_faults(&self, rules: &Value) {
        for rule in mal_sim::parse_fault_rules(&rules.to_string()).unwrap() {
            self.sim.control().add_fault(rule).unwrap();
        }
    }

    /// Waits until the simulator got this many requests for pages since its log was cleared.
    pub(crate) fn wait_for_pages(&self, pages: usize) {
        wait_until("MAL gets the page requests", || {
            self.sim.control().logged_requests().iter().filter(|request| request.path.ends_with("/animelist")).count()
                >= pages
        });
    }

    /// Starts a command that pauses at a failpoint, after passing it `after` times, until the gate is dropped.
    pub(crate) fn spawn_paused_at(&self, args: &[&str], failpoint: &str, after: usize) -> (Child, FailpointGate) {
        let (points, gate) = self.create_gate(failpoint, after);
        let process = self.command(args).env("FAILPOINTS", points).spawn().unwrap();
        (process, gate)
    }

    /// Creates a gate, and returns it with the value of `FAILPOINTS` that pauses a command at it.
    pub(crate) fn create_gate(&self, failpoint: &str, after: usize) -> (String, FailpointGate) {
        let gate = FailpointGate(self.home().join(format!("gate-{failpoint}")));
        std::fs::write(&gate.0, "").unwrap();
        (format!("{failpoint}={after}*off->1*return({})->off", gate.0.display()), gate)
    }

    /// Checks the output of a command for secrets and panics. Two commands print a secret on request, on a line of
    /// its own on standard output: the authorize URL of a login, and an exported login.
    fn check_output(&self, output: &Output, shows_secret: bool) -> CommandOutput {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("output is UTF-8");
        let output = CommandOutput {
            code: output.status.code().unwrap_or(-1),
            signal: output.status.signal(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        };
        let address = format!("{}/authorize?", self.sim.auth_url());
        let secret = |line: &str| line.starts_with(&address) || line.starts_with("{\"malsync_login\":");
        let answer: Vec<_> = output.stdout.lines().filter(|line| !(shows_secret && secret(line))).collect();
        let scanner = self.secret_scanner();
        for text in [&answer.join("\n"), &output.stderr] {
            let found = scanner.find_first(text.as_bytes());
            assert!(found.is_none(), "printed {}: {output:?}", found.unwrap_or_default());
        }
        if !self.may_contain_readable_tokens() {
            scanner.scan_home(self.home());
        }
        assert!(!output.stderr.contains("panicked at"), "{output:?}");
        let writes = self.sim.control().logged_writes();
        assert!(writes.iter().all(|write| write.method != "DELETE"), "no command deletes an entry on MAL: {writes:?}");
        output
    }

    fn secret_scanner(&self) -> SecretScanner {
        SecretScanner::for_env(&self.sim, self.environment.iter())
    }

    fn may_contain_readable_tokens(&self) -> bool {
        self.readable_tokens_stored.load(Ordering::Relaxed)
            || self.environment.get("MALSYNC_TOKEN_SEAL").is_some_and(|seal| seal == "off")
    }
}

impl Drop for TestEnv {
    fn drop(&mut self) {
        if self.kind == DatabaseKind::Postgres && !std::thread::panicking() && !self.may_contain_readable_tokens() {
            let limit = std::time::Duration::from_secs(10);
            // The test has stopped a server that does not respond.
            let _ = block_on(async { tokio::time::timeout(limit, self.scan_tables()).await });
        }
    }
}

/// Returns true if a command prints the authorize URL or an exported login.
fn prints_secret(args: &[&str]) -> bool {
    args.starts_with(&["token", "export"]) || args.iter().any(|arg| matches!(*arg, "--no-browser" | "--paste"))
}

/// Returns a command for a program. If the tests themselves were started with ignored signals (by `nohup`, or in the
/// background of a script), the program gets the default ones back.
fn new_program_command(program: &str) -> Command {
    /// SIGHUP, SIGINT and SIGTERM.
    const SIGNALS: u64 = 1 << 14 | 1 << 1 | 1;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or_default();
    if u64::from_str_radix(mask.trim(), 16).unwrap_or(0) & SIGNALS == 0 {
        return Command::new(program);
    }
    let mut command = Command::new("/usr/bin/env");
    command.args(["--default-signal=HUP,INT,TERM", program]);
    command
}

/// Ports below those that Linux and macOS give to programs that ask for any free port.
const TEST_PORTS: Range<u16> = 10_000..32_000;

/// Returns a port that is free on both loopback addresses, and stays free: no other test gets it, and no program that
/// asks for any free port.
pub(crate) fn find_free_port() -> u16 {
    static NEXT_PORT: AtomicU32 = AtomicU32::new(0);
    let is_free = |host: &str, port| match TcpListener::bind((host, port)) {
        // Without IPv6, only the IPv4 address counts.
        Err(error) => host == "::1" && error.kind() != std::io::ErrorKind::AddrInUse,
        Ok(_) => true,
    };
    loop {
        // Processes that run at the same time begin far apart.
        let count = NEXT_PORT.fetch_add(1, Ordering::Relaxed);
        let number = std::process::id().wrapping_mul(7919).wrapping_add(count);
        let port = TEST_PORTS.start + u16::try_from(number % u32::try_from(TEST_PORTS.len()).unwrap()).unwrap();
        if is_free("127.0.0.1", port) && is_free("::1", port) {
            return port;
        }
    }
}

/// Keeps a process paused at a failpoint until it is dropped.
pub(crate) struct FailpointGate(PathBuf);

impl Drop for FailpointGate {
    fn drop(&mut self) {
        // The folder of the environment may be gone already.
        let _ = std::fs::remove_file(&self.0);
    }
}
