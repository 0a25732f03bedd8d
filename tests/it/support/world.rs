//! A world of its own for each test: a home folder, a simulator, a database, and the built binary run in it with nothing
//! else in its environment. After every run, what it wrote is searched for secrets.

use std::{
    collections::BTreeMap,
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use mal_sim::{Config, Sim};
use serde_json::Value;
use tempfile::TempDir;

use super::postgres;

/// The client id that every world uses.
pub(crate) const CLIENT_ID: &str = "00112233445566778899aabbccddeeff";

/// Which database a world has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The embedded one, where no `DATABASE_URL` is set.
    Sqlite,
    /// A database of its own on a real server.
    Postgres,
}

/// A home, a MAL and a database.
pub(crate) struct World {
    home: TempDir,
    pub(crate) sim: Sim,
    pub(crate) kind: Kind,
    environment: BTreeMap<String, String>,
}

/// What a run of the binary left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// The run, if it ended with this code.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// The one JSON object on standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let lines = self.lines();
        assert_eq!(lines.len(), 1, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        lines.into_iter().next().unwrap()
    }

    /// The JSON objects on standard output, one a line.
    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }
}

impl World {
    /// A world with one user, `alice`, and a list of so many entries.
    pub(crate) fn new(kind: Kind, entries: usize) -> Self {
        Self::with(kind, Config { entries, auto_consent: true, ..Config::default() })
    }

    /// A world with this MAL.
    #[expect(clippy::disallowed_methods, reason = "the binary's own programs are found where the tests' are")]
    pub(crate) fn with(kind: Kind, config: Config) -> Self {
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
                ("MAL_REDIRECT_URI", format!("http://localhost:{}/auth/callback", free_port())),
                ("SYNC_MIN_INTERVAL", "0s".to_owned()),
                ("SYNC_RETRY_BASE_MS", "1".to_owned()),
                ("BROWSER", "curl --silent --location --output /dev/null".to_owned()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        let mut world = Self { home, sim, kind, environment };
        if kind == Kind::Postgres {
            world.fresh_database();
        }
        world
    }

    /// From now on, an empty database of the same kind.
    pub(crate) fn fresh_database(&mut self) {
        let url = match self.kind {
            Kind::Postgres => postgres::cluster().url(&block_on(postgres::cluster().database())),
            Kind::Sqlite => format!("sqlite://{}", self.home.path().join("fresh.db").display()),
        };
        self.set("DATABASE_URL", &url);
    }

    /// A world in which `alice` is logged in.
    pub(crate) fn logged_in(kind: Kind, entries: usize) -> Self {
        let world = Self::new(kind, entries);
        world.run(&["login", "--json"]).expect(0);
        world
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The embedded database's file.
    pub(crate) fn database_file(&self) -> PathBuf {
        self.home.path().join(".local/share/malsync/malsync.db")
    }

    /// What `DATABASE_URL` is, or would have to be.
    pub(crate) fn database_url(&self) -> String {
        let file = || format!("sqlite://{}", self.database_file().display());
        self.environment.get("DATABASE_URL").cloned().unwrap_or_else(file)
    }

    pub(crate) fn redirect_port(&self) -> u16 {
        let uri = url::Url::parse(&self.environment["MAL_REDIRECT_URI"]).unwrap();
        uri.port().unwrap()
    }

    /// Sets a variable for the runs from now on; an empty value takes it out.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            self.environment.remove(name);
        } else {
            self.environment.insert(name.to_owned(), value.to_owned());
        }
    }

    /// The binary with these arguments, in this world's environment and no other.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_malsync"));
        command.args(args).env_clear().envs(&self.environment).current_dir(self.home.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.ran(&self.command(args).output().unwrap())
    }

    /// Runs it to its end, with this on standard input.
    pub(crate) fn run_with_input(&self, args: &[&str], input: &str) -> Ran {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        // Whoever does not read its input may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        self.ended(child)
    }

    /// Starts it.
    pub(crate) fn start(&self, args: &[&str]) -> Child {
        self.command(args).spawn().unwrap()
    }

    /// Waits for its end.
    pub(crate) fn ended(&self, child: Child) -> Ran {
        self.ran(&child.wait_with_output().unwrap())
    }

    /// Syncs with `--json` and these flags; the run.
    #[track_caller]
    pub(crate) fn sync(&self, flags: &[&str]) -> Value {
        self.run(&[&["sync", "--json"], flags].concat()).expect(0).json()
    }

    /// The first column of what a query answers, as text; null is `None`.
    pub(crate) fn query(&self, sql: &str) -> Vec<Option<String>> {
        use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection, query_scalar};
        let (url, sql) = (self.database_url(), AssertSqlSafe(sql.to_owned()));
        block_on(async {
            match self.kind {
                Kind::Postgres => {
                    let mut connection = PgConnection::connect(&url).await.unwrap();
                    query_scalar(sql).fetch_all(&mut connection).await.unwrap()
                }
                Kind::Sqlite => {
                    let mut connection = SqliteConnection::connect(&url).await.unwrap();
                    query_scalar(sql).fetch_all(&mut connection).await.unwrap()
                }
            }
        })
    }

    /// The one value that a query answers.
    #[track_caller]
    pub(crate) fn value(&self, sql: &str) -> Option<String> {
        let mut values = self.query(sql);
        assert_eq!(values.len(), 1, "{sql}");
        values.remove(0)
    }

    /// Carries out statements.
    pub(crate) fn execute(&self, sql: &str) {
        use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection, raw_sql};
        let (url, sql) = (self.database_url(), AssertSqlSafe(sql.to_owned()));
        block_on(async {
            match self.kind {
                Kind::Postgres => {
                    let mut connection = PgConnection::connect(&url).await.unwrap();
                    raw_sql(sql).execute(&mut connection).await.unwrap();
                }
                Kind::Sqlite => {
                    let mut connection = SqliteConnection::connect(&url).await.unwrap();
                    raw_sql(sql).execute(&mut connection).await.unwrap();
                }
            }
        });
    }

    fn ran(&self, output: &Output) -> Ran {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("output is UTF-8");
        let ran = Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        };
        for secret in secrets(&self.sim.control().tokens()) {
            assert!(!ran.stdout.contains(&secret) && !ran.stderr.contains(&secret), "a token was printed: {ran:?}");
        }
        assert!(!ran.stderr.contains("panicked at"), "{ran:?}");
        ran
    }
}

pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// The tokens that the simulator has issued: every text long enough to be one.
fn secrets(state: &Value) -> Vec<String> {
    match state {
        Value::String(text) if text.len() > 100 => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(secrets).collect(),
        Value::Object(values) => values.values().flat_map(secrets).collect(),
        _ => Vec::new(),
    }
}

/// A port that is free on both loopback families.
pub(crate) fn free_port() -> u16 {
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        if TcpListener::bind(("::1", port)).is_ok() {
            return port;
        }
    }
}

/// Makes a test of each function, once for each database.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { super::$name($crate::support::world::Kind::Sqlite); })+
        }
        mod postgres {
            $(#[test] fn $name() { super::$name($crate::support::world::Kind::Postgres); })+
        }
    };
}
pub(crate) use on_both;
