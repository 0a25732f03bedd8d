//! A PostgreSQL cluster for the tests: started once per test binary on a free port, and removed when the binary ends
//! in any way. Every test creates its own database in it.
//!
//! The server programs are searched in PATH and in Debian's folders. Without them the tests fail; they are never
//! skipped.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::{TcpListener, TcpStream},
    os::unix::{fs::chown, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{Connection as _, PgConnection};

/// A running cluster.
pub(crate) struct PostgresCluster {
    port: u16,
    /// Process id of the server.
    server_pid: u32,
    /// Standard input of the watchdog. When it closes, the watchdog stops the cluster and removes its folder.
    _leash: ChildStdin,
}

/// Returns the cluster that all tests of this binary share.
pub(crate) fn shared_cluster() -> &'static PostgresCluster {
    static CLUSTER: OnceLock<PostgresCluster> = OnceLock::new();
    CLUSTER.get_or_init(PostgresCluster::start)
}

impl PostgresCluster {
    /// Starts a cluster for one test only, which the test may crash.
    pub(crate) fn start() -> Self {
        super::assert_test_is_named_after("postgres");
        // Another program may take the port before the server listens on it.
        (0..5).find_map(|_| Self::try_start()).expect("the PostgreSQL server found no port to listen on in five tries")
    }

    fn try_start() -> Option<Self> {
        let folder = tempfile::Builder::new().prefix("malsync-pg-").tempdir().unwrap().keep();
        let account = find_service_account();
        if let Some((user, group)) = account {
            chown(&folder, Some(user), Some(group)).unwrap();
        }
        let data = folder.join("data");
        let made = server_command("initdb", account)
            .args(["--no-sync", "--no-instructions", "-A", "trust", "-E", "UTF8", "-U", "postgres", "-D"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let mut server = start_server(&folder, &data, port, account);
        let leash = start_watchdog(&server, &folder);
        wait_until_ready(&mut server, &data).then_some(Self { port, server_pid: server.id(), _leash: leash })
    }

    /// Starts a hot standby of the cluster.
    pub(crate) fn start_standby(&self) -> Self {
        (0..5).find_map(|_| self.try_start_standby()).expect("the standby found no port to listen on in five tries")
    }

    fn try_start_standby(&self) -> Option<Self> {
        let folder = tempfile::Builder::new().prefix("malsync-pg-").tempdir().unwrap().keep();
        let account = find_service_account();
        if let Some((user, group)) = account {
            chown(&folder, Some(user), Some(group)).unwrap();
        }
        let data = folder.join("data");
        let copied = server_command("pg_basebackup", account)
            .args(["--write-recovery-conf", "--checkpoint=fast", "-h", "127.0.0.1", "-U", "postgres", "-p"])
            .arg(self.port.to_string())
            .arg("-D")
            .arg(&data)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        assert!(copied.status.success(), "pg_basebackup: {}", String::from_utf8_lossy(&copied.stderr));
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let mut server = start_server(&folder, &data, port, account);
        let leash = start_watchdog(&server, &folder);
        wait_until_ready(&mut server, &data).then_some(Self { port, server_pid: server.id(), _leash: leash })
    }

    /// Puts a pooler in front of the cluster, with its default configuration. `pool_mode` is `session`, `transaction` or
    /// `statement`.
    pub(crate) fn start_pooler(&self, pool_mode: &str) -> PgBouncer {
        let folder = tempfile::Builder::new().prefix("malsync-pooler-").tempdir().unwrap();
        let account = find_service_account();
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let settings = folder.path().join("pgbouncer.ini");
        let text = format!(
            "[databases]\n* = host=127.0.0.1 port={} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
            auth_type = any\npool_mode = {pool_mode}\nunix_socket_dir =\n",
            self.port
        );
        fs::write(&settings, text).unwrap();
        if let Some((user, group)) = account {
            chown(folder.path(), Some(user), Some(group)).unwrap();
            chown(&settings, Some(user), Some(group)).unwrap();
        }
        let process = server_command("pgbouncer", account).arg(&settings).stderr(Stdio::null()).spawn().unwrap();
        super::wait_until("the pooler listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        PgBouncer { port, process, _folder: folder }
    }

    /// Sends a signal such as `STOP` to all processes of the server.
    pub(crate) fn signal_all(&self, signal: &str) {
        let status = Command::new("pkill").args([&format!("-{signal}"), "-P", &self.server_pid.to_string()]).status();
        assert!(status.unwrap().success());
        let status = Command::new("kill").args([&format!("-{signal}"), &self.server_pid.to_string()]).status();
        assert!(status.unwrap().success());
    }

    /// Returns the URL of a database for the superuser.
    pub(crate) fn superuser_url(&self, database: &str) -> String {
        self.role_url("postgres", database)
    }

    /// Returns the URL of a database for a role.
    pub(crate) fn role_url(&self, role: &str, database: &str) -> String {
        format!("postgresql://{role}@127.0.0.1:{}/{database}", self.port)
    }

    /// Creates an empty database with a unique name, and returns the name.
    pub(crate) async fn create_database(&self) -> String {
        super::assert_test_is_named_after("postgres");
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("t{}", MADE.fetch_add(1, Ordering::Relaxed));
        let mut admin = self.connect("postgres").await;
        // The template may be busy for a moment, while another test copies it.
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0")))
            .execute(&mut admin)
            .await
            .unwrap();
        name
    }

    /// Connects to a database as the superuser.
    pub(crate) async fn connect(&self, database: &str) -> PgConnection {
        PgConnection::connect(&self.superuser_url(database)).await.unwrap()
    }
}

/// A running pgbouncer, which ends when the value is dropped.
pub(crate) struct PgBouncer {
    /// The port on 127.0.0.1.
    pub(crate) port: u16,
    process: Child,
    _folder: tempfile::TempDir,
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns the user and group to run PostgreSQL as, which refuses to run as root. Returns `None` if the tests do not
/// run as root.
fn find_service_account() -> Option<(u32, u32)> {
    let root = std::os::unix::fs::MetadataExt::uid(&fs::metadata("/proc/self").unwrap()) == 0;
    let accounts = fs::read_to_string("/etc/passwd").unwrap();
    let id_of = |name: &str| {
        let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut parts = line.split(':').skip(2);
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    };
    root.then(|| id_of("postgres").or_else(|| id_of("nobody")).expect("root needs an account postgres or nobody"))
}

fn server_command(program: &str, account: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(find_program(program));
    command.env_clear().env("LC_ALL", "C.UTF-8").current_dir("/").stdin(Stdio::null()).stdout(Stdio::null());
    if let Some((user, group)) = account {
        command.uid(user).gid(group);
    }
    command
}

/// Finds a program in PATH or in the newest version in `/usr/lib/postgresql`.
#[expect(clippy::disallowed_methods, reason = "programs are found in PATH")]
fn find_program(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut debian: Vec<_> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .collect();
    debian.sort();
    std::env::split_paths(&path)
        .chain(debian.into_iter().rev())
        .chain([PathBuf::from("/usr/sbin")])
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
        .unwrap_or_else(|| {
            panic!("the tests need a PostgreSQL server: {program} is not installed (Debian: postgresql)")
        })
}

fn start_server(folder: &Path, data: &Path, port: u16, account: Option<(u32, u32)>) -> Child {
    let mut server = server_command("postgres", account);
    server.arg("-D").arg(data).arg("-k").arg(folder).args(["-p", &port.to_string()]);
    for setting in [
        "listen_addresses=127.0.0.1",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "max_connections=200",
    ] {
        server.args(["-c", setting]);
    }
    server.stderr(Stdio::piped()).process_group(0).spawn().unwrap()
}

/// Starts a process that outlives this one, however it ends, then stops the server and removes the folder.
#[expect(clippy::zombie_processes, reason = "the watchdog ends after this process")]
fn start_watchdog(server: &Child, folder: &Path) -> ChildStdin {
    let mut watchdog = Command::new("sh")
        .args([
            "-c",
            "cat >/dev/null; kill -QUIT \"$1\"; while kill -0 \"$1\" 2>/dev/null; do sleep 0.05; done; rm -rf \"$2\"",
            "watchdog",
        ])
        .arg(server.id().to_string())
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap();
    watchdog.stdin.take().expect("standard input was piped")
}

/// Waits until the server is ready. Returns false if the server ended, because its port was taken. Reads the server's
/// log all the time, so that its pipe does not fill up.
fn wait_until_ready(server: &mut Child, data: &Path) -> bool {
    let log = server.stderr.take().expect("standard error was piped");
    std::thread::spawn(move || BufReader::new(log).lines().for_each(drop));
    let deadline = Instant::now() + Duration::from_secs(180);
    loop {
        let pid_file = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
        if pid_file.lines().nth(7).map(str::trim) == Some("ready") {
            return true;
        }
        if server.try_wait().unwrap().is_some() {
            return false;
        }
        assert!(Instant::now() < deadline, "the PostgreSQL server did not start within three minutes");
        std::thread::yield_now();
    }
}
