//! The host as `schedule` sees it: its schedulers, the directories of their files, and the programs that control them.
//! Also reads, writes and deletes these files.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    child_process::{new_command, run_to_end},
    cli::schedule::Scheduler,
    command::{
        link_resolver::FinalLink,
        output_file::{NewFileAccess, replace_file},
    },
    config::{AppDirectories, Environment},
    exit::Exit,
    failure::Failure,
    private_file::create_private_dir,
    schedule,
};

/// The schedulers of the host, for one user.
pub(super) struct SchedulerHost<'a> {
    environment: &'a Environment,
    /// Time at which its programs are killed.
    deadline: Instant,
}

impl<'a> SchedulerHost<'a> {
    /// Creates a host whose programs get `timeout` in total. A program that exceeds it is killed.
    pub(super) fn new(environment: &'a Environment, timeout: Duration) -> Self {
        Self { environment, deadline: Instant::now() + timeout }
    }

    /// Returns the scheduler to use if none is requested.
    pub(super) fn default_scheduler(&self) -> Result<Scheduler, Failure> {
        if cfg!(target_os = "macos") {
            return Ok(Scheduler::Launchd);
        }
        if cfg!(windows) {
            return Ok(Scheduler::TaskScheduler);
        }
        // The test of sd_booted(3).
        if Path::new("/run/systemd/system").is_dir() && self.has_program("systemctl") {
            return Ok(Scheduler::Systemd);
        }
        if self.has_program("crontab") {
            return Ok(Scheduler::Cron);
        }
        Err(Failure::from_text(Exit::Failed, "this machine has neither systemd nor a crontab program")
            .with_hint("install cron and run: malsync schedule install --with cron")
            .with_hint("or, in a container, keep it running: malsync sync --all-users --every 1d"))
    }

    /// Returns true if the program is in `PATH`.
    pub(super) fn has_program(&self, program: &str) -> bool {
        let Some(path) = self.environment.get_os("PATH") else { return false };
        std::env::split_paths(path).any(|directory| directory.join(program).is_file())
    }

    /// Returns malsync's data directory.
    pub(super) fn data_directory(&self) -> Result<PathBuf, Failure> {
        AppDirectories::new(self.environment).data_dir().map(Path::to_owned)
    }

    /// Returns the account of this Windows session. Returns `None` if it is unknown.
    pub(super) fn windows_account(&self) -> Option<String> {
        let [domain, user] = ["USERDOMAIN", "USERNAME"].map(|name| self.environment.get_text(name));
        Some(format!("{}\\{}", domain?, user?))
    }

    pub(super) fn home_directory(&self) -> Result<PathBuf, Failure> {
        let home = self.environment.get_directory("HOME");
        home.ok_or_else(|| {
            Failure::usage_error("HOME is not set: cannot choose a directory for the job").with_hint("set HOME")
        })
    }

    /// Returns the directory of the user's systemd units.
    pub(super) fn systemd_unit_directory(&self) -> Result<PathBuf, Failure> {
        let config = match self.environment.get_directory("XDG_CONFIG_HOME") {
            Some(directory) => directory,
            None => self.home_directory()?.join(".config"),
        };
        Ok(config.join("systemd/user"))
    }

    /// Returns true if the user's systemd runs without a session (lingering). Returns `None` if unknown.
    pub(super) fn is_linger_enabled(&self) -> Option<bool> {
        let directory = Path::new("/var/lib/systemd/linger");
        let user = ["USER", "LOGNAME"].iter().find_map(|name| self.environment.get_os(name))?;
        // The directory is missing if lingering was never enabled for any user.
        Path::new("/run/systemd/system").is_dir().then(|| directory.join(user).exists())
    }

    /// Runs a program to its end with `input` on its standard input. Returns its standard output.
    pub(super) async fn run_program(&self, command_line: &[&str], input: Option<&str>) -> Result<String, ProgramError> {
        let (name, arguments) = command_line.split_first().expect("every caller names a program");
        let mut command = new_command(name);
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Callers parse its messages, which must be untranslated.
        command.env("LC_ALL", "C");
        command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
        let time_limit = self.deadline.saturating_duration_since(Instant::now());
        let output = run_to_end(command, input.unwrap_or_default().as_bytes(), time_limit)
            .await
            .map_err(|error| ProgramError::NotRun { name: (*name).to_owned(), error })?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let stderr = String::from_utf8_lossy(&output.stderr);
        let message = stderr.lines().find(|line| !line.trim().is_empty()).map(|line| line.trim().to_owned());
        Err(ProgramError::Failed { name: (*name).to_owned(), message })
    }
}

/// Why a program gave no result.
#[derive(Debug)]
pub(super) enum ProgramError {
    /// It could not be started, or did not end in time.
    NotRun { name: String, error: io::Error },
    /// It ended with an error. `message` is the first line that it printed about it.
    Failed { name: String, message: Option<String> },
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRun { name, error } if error.kind() == io::ErrorKind::TimedOut => {
                write!(f, "{name}: no response")
            }
            Self::NotRun { name, error } => write!(f, "{name}: {error}"),
            Self::Failed { name, message } => {
                write!(f, "{name}: {}", message.as_deref().unwrap_or("it printed nothing"))
            }
        }
    }
}

/// Returns the text of a file. Returns `None` if there is no such file.
pub(super) fn read_file(path: &Path) -> Result<Option<String>, Failure> {
    Ok(read_bytes(path)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// Returns the content of a file. Returns `None` if there is no such file.
pub(super) fn read_bytes(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::new(Exit::Failed, error).context(format!("cannot read {}", path.display()))),
    }
}

/// Returns the text of a file written by malsync. Returns `None` if there is no such file.
///
/// # Errors
///
/// Fails if the file exists and was not written by malsync.
pub(super) fn read_own_file(path: &Path) -> Result<Option<String>, Failure> {
    let Some(text) = read_file(path)? else { return Ok(None) };
    if schedule::parse_job_marker(&text).is_some() {
        return Ok(Some(text));
    }
    let message = format!("{} exists and was not written by `malsync schedule`", path.display());
    Err(Failure::from_text(Exit::Failed, message).with_hint("move it away to let malsync write its own"))
}

/// Writes a file atomically. Creates its directory if needed.
pub(super) fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    write_bytes(path, text.as_bytes())
}

/// Writes a file atomically. Creates its directory if needed.
pub(super) fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let directory = path.parent().unwrap_or(Path::new("/"));
    let result = create_private_dir(directory)
        .and_then(|()| replace_file(path, bytes, NewFileAccess::Private, FinalLink::Follow));
    result.map_err(|error| Failure::new(Exit::Failed, error).context(format!("cannot write {}", path.display())))
}

/// Deletes an existing file.
pub(super) fn delete_file(path: &Path) -> Result<(), Failure> {
    fs::remove_file(path)
        .map_err(|error| Failure::new(Exit::Failed, error).context(format!("cannot delete {}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn f_e11_created_folders_are_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        write_file(&home.path().join("systemd/user/malsync.timer"), "[Timer]\n").unwrap();
        for folder in ["systemd", "systemd/user"] {
            assert_eq!(fs::metadata(home.path().join(folder)).unwrap().permissions().mode() & 0o777, 0o700, "{folder}");
        }
    }

    #[tokio::test]
    async fn run_program_returns_output_and_kills_after_timeout() {
        let environment = Environment::from_pairs([("PATH", "/usr/bin:/bin")]);
        let host = SchedulerHost::new(&environment, Duration::from_secs(60));
        let output = host.run_program(&["sh", "-c", "head -c 200000 /dev/zero | tr '\\0' x; cat"], Some("y")).await;
        assert!(output.is_ok_and(|output| output.len() == 200_001 && output.ends_with('y')));
        for (command_line, expected) in [
            (&["sh", "-c", "echo no >&2; exit 3"][..], "sh: no"),
            (&["false"], "false: it printed nothing"),
            (&["/nowhere/program"], "/nowhere/program: No such file or directory (os error 2)"),
        ] {
            assert_eq!(host.run_program(command_line, None).await.unwrap_err().to_string(), expected);
        }
        let host = SchedulerHost::new(&environment, Duration::from_millis(500));
        let error = host.run_program(&["sleep", "60"], None).await.unwrap_err().to_string();
        assert_eq!(error, "sleep: no response");
    }
}
