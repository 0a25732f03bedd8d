//! The host as `schedule` sees it: its schedulers, the directories of their files, and the programs that control them.

use std::{
    fs, io,
    io::{Read, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use crate::{
    cli::schedule::Scheduler, command::atomic_file, config::Environment, exit::Exit, failure::Failure, schedule,
    secret::scrub_env,
};

/// The schedulers of the host, for one user.
pub(super) struct SchedulerHost<'a> {
    environment: &'a Environment,
    /// Time at which its programs are killed; `None` for no limit.
    deadline: Option<Instant>,
}

impl<'a> SchedulerHost<'a> {
    pub(super) const fn new(environment: &'a Environment) -> Self {
        Self { environment, deadline: None }
    }

    /// Creates a host whose programs get `timeout` in total. A program that exceeds it is killed.
    pub(super) fn with_timeout(environment: &'a Environment, timeout: Duration) -> Self {
        Self { environment, deadline: Some(Instant::now() + timeout) }
    }

    /// Returns the scheduler to use if none is requested.
    pub(super) fn default_scheduler(&self) -> Result<Scheduler, Failure> {
        if cfg!(target_os = "macos") {
            return Ok(Scheduler::Launchd);
        }
        // The test of sd_booted(3).
        if Path::new("/run/systemd/system").is_dir() && self.has_program("systemctl") {
            return Ok(Scheduler::Systemd);
        }
        if self.has_program("crontab") {
            return Ok(Scheduler::Cron);
        }
        Err(Failure::from_text(Exit::Failed, "this machine runs no systemd, and has no crontab program")
            .with_hint("let whatever starts jobs here start: malsync sync --all-users --quiet"))
    }

    /// Returns true if the program is in `PATH`.
    pub(super) fn has_program(&self, program: &str) -> bool {
        let Some(path) = self.environment.get_os("PATH") else { return false };
        std::env::split_paths(path).any(|directory| directory.join(program).is_file())
    }

    pub(super) fn home_directory(&self) -> Result<PathBuf, Failure> {
        let home = self.environment.get_directory("HOME");
        home.ok_or_else(|| Failure::usage_error("HOME is not set: there is no place for the job").with_hint("set HOME"))
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

    /// Runs a program to its end with `input` on its standard input. Returns its standard output, or an error text.
    pub(super) fn run_program(&self, command_line: &[&str], input: Option<&str>) -> Result<String, String> {
        let (name, arguments) = command_line.split_first().ok_or("nothing to start")?;
        let mut command = Command::new(name);
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Callers parse its messages, which must be untranslated.
        command.env("LC_ALL", "C");
        command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
        scrub_env(&mut command);
        let describe = |error: io::Error| format!("{name}: {error}");
        let mut child = command.spawn().map_err(describe)?;
        if let (Some(mut pipe), Some(input)) = (child.stdin.take(), input) {
            pipe.write_all(input.as_bytes()).map_err(describe)?;
        }
        let output = match self.deadline {
            None => child.wait_with_output().map_err(describe)?,
            Some(deadline) => wait_with_deadline(child, deadline).map_err(describe)?,
        };
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let stderr = String::from_utf8_lossy(&output.stderr);
        let message = stderr.lines().find(|line| !line.trim().is_empty()).unwrap_or("it says nothing").trim();
        Err(format!("{name}: {message}"))
    }
}

/// Waits for a program to end and returns its output. Kills it at the deadline.
fn wait_with_deadline(mut child: Child, deadline: Instant) -> io::Result<Output> {
    let (send, receive) = mpsc::channel();
    let spawn_reader = |pipe: Option<Box<dyn Read + Send>>, is_error: bool| {
        let (send, mut text) = (send.clone(), Vec::new());
        thread::spawn(move || {
            let result = pipe.map_or(Ok(0), |mut pipe| pipe.read_to_end(&mut text));
            // Fails if the receiver has given up.
            let _ = send.send((is_error, result.map(|_| text)));
        });
    };
    spawn_reader(child.stdout.take().map(|pipe| Box::new(pipe) as _), false);
    spawn_reader(child.stderr.take().map(|pipe| Box::new(pipe) as _), true);
    let mut texts = [Vec::new(), Vec::new()];
    for _ in 0..texts.len() {
        let remaining = deadline.saturating_duration_since(Instant::now());
        let Ok((is_error, text)) = receive.recv_timeout(remaining) else {
            child.kill()?;
            child.wait()?;
            return Err(io::Error::new(io::ErrorKind::TimedOut, "it gives no answer"));
        };
        texts[usize::from(is_error)] = text?;
    }
    let [stdout, stderr] = texts;
    // Both pipes are closed, so the program is about to end.
    Ok(Output { status: child.wait()?, stdout, stderr })
}

/// Returns the text of a file. Returns `None` if there is no such file.
pub(super) fn read_file(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
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
    let message = format!("{} is there, and not of `malsync schedule`'s making", path.display());
    Err(Failure::from_text(Exit::Failed, message).with_hint("move it away if malsync is to write one in its place"))
}

/// Writes a file atomically. Creates its directory if needed.
pub(super) fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    let directory = path.parent().unwrap_or(Path::new("/"));
    let result = fs::create_dir_all(directory).and_then(|()| atomic_file::write_atomically(path, text.as_bytes()));
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

    #[test]
    fn run_program_returns_output_and_kills_after_timeout() {
        let environment = Environment::from_pairs([("PATH", "/usr/bin:/bin")]);
        let host = SchedulerHost::with_timeout(&environment, Duration::from_secs(20));
        let output = host.run_program(&["sh", "-c", "head -c 200000 /dev/zero | tr '\\0' x; cat"], Some("y"));
        assert!(output.is_ok_and(|output| output.len() == 200_001 && output.ends_with('y')));
        assert_eq!(host.run_program(&["sh", "-c", "echo no >&2; exit 3"], None), Err("sh: no".to_owned()));
        let host = SchedulerHost::with_timeout(&environment, Duration::from_millis(50));
        for command_line in [&["sleep", "60"][..], &["sh", "-c", "echo a; exec sleep 60"]] {
            let start = Instant::now();
            assert_eq!(host.run_program(command_line, None), Err(format!("{}: it gives no answer", command_line[0])));
            assert!(start.elapsed() < Duration::from_secs(30));
        }
    }
}
