//! The machine as `schedule` sees it: which schedulers it has, where their files lie, and the programs that steer them.

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

/// The machine, for one user.
pub(super) struct SchedulerHost<'a> {
    environment: &'a Environment,
    /// Until when its programs may take; none is as long as they like.
    deadline: Option<Instant>,
}

impl<'a> SchedulerHost<'a> {
    pub(super) const fn new(environment: &'a Environment) -> Self {
        Self { environment, deadline: None }
    }

    /// The machine for a look: all its programs together may take so long, and whichever takes longer is ended.
    pub(super) fn with_timeout(environment: &'a Environment, limit: Duration) -> Self {
        Self { environment, deadline: Some(Instant::now() + limit) }
    }

    /// The scheduler to take where none is named.
    pub(super) fn default_scheduler(&self) -> Result<Scheduler, Failure> {
        if cfg!(target_os = "macos") {
            return Ok(Scheduler::Launchd);
        }
        // What sd_booted(3) looks at.
        if Path::new("/run/systemd/system").is_dir() && self.has_program("systemctl") {
            return Ok(Scheduler::Systemd);
        }
        if self.has_program("crontab") {
            return Ok(Scheduler::Cron);
        }
        Err(Failure::from_text(Exit::Failed, "this machine runs no systemd, and has no crontab program")
            .with_hint("let whatever starts jobs here start: malsync sync --all-users --quiet"))
    }

    /// Whether there is such a program.
    pub(super) fn has_program(&self, program: &str) -> bool {
        let Some(path) = self.environment.get_os("PATH") else { return false };
        std::env::split_paths(path).any(|folder| folder.join(program).is_file())
    }

    pub(super) fn home_directory(&self) -> Result<PathBuf, Failure> {
        let home = self.environment.get_directory("HOME");
        home.ok_or_else(|| Failure::usage_error("HOME is not set: there is no place for the job").with_hint("set HOME"))
    }

    /// The folder that systemd reads a user's units from.
    pub(super) fn systemd_unit_directory(&self) -> Result<PathBuf, Failure> {
        let config = match self.environment.get_directory("XDG_CONFIG_HOME") {
            Some(folder) => folder,
            None => self.home_directory()?.join(".config"),
        };
        Ok(config.join("systemd/user"))
    }

    /// Whether the user's systemd runs without a session; none where nobody can tell.
    pub(super) fn is_linger_enabled(&self) -> Option<bool> {
        let folder = Path::new("/var/lib/systemd/linger");
        let user = ["USER", "LOGNAME"].iter().find_map(|name| self.environment.get_os(name))?;
        // Who never let anybody linger may lack the folder.
        Path::new("/run/systemd/system").is_dir().then(|| folder.join(user).exists())
    }

    /// Runs a program to its end, with this on its input: what it printed, or why it failed.
    pub(super) fn run_program(&self, words: &[&str], input: Option<&str>) -> Result<String, String> {
        let (name, arguments) = words.split_first().ok_or("nothing to start")?;
        let mut command = Command::new(name);
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Its words are read.
        command.env("LC_ALL", "C");
        command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
        scrub_env(&mut command);
        let told = |error: io::Error| format!("{name}: {error}");
        let mut child = command.spawn().map_err(told)?;
        if let (Some(mut pipe), Some(input)) = (child.stdin.take(), input) {
            pipe.write_all(input.as_bytes()).map_err(told)?;
        }
        let output = match self.deadline {
            None => child.wait_with_output().map_err(told)?,
            Some(until) => wait_with_deadline(child, until).map_err(told)?,
        };
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let words = String::from_utf8_lossy(&output.stderr);
        let why = words.lines().find(|line| !line.trim().is_empty()).unwrap_or("it says nothing").trim();
        Err(format!("{name}: {why}"))
    }
}

/// What a program printed by its end, which comes by then or is made.
fn wait_with_deadline(mut child: Child, until: Instant) -> io::Result<Output> {
    let (send, receive) = mpsc::channel();
    let read = |pipe: Option<Box<dyn Read + Send>>, is_error: bool| {
        let (send, mut text) = (send.clone(), Vec::new());
        thread::spawn(move || {
            let read = pipe.map_or(Ok(0), |mut pipe| pipe.read_to_end(&mut text));
            // Whoever waited may have gone.
            let _ = send.send((is_error, read.map(|_| text)));
        });
    };
    read(child.stdout.take().map(|pipe| Box::new(pipe) as _), false);
    read(child.stderr.take().map(|pipe| Box::new(pipe) as _), true);
    let mut texts = [Vec::new(), Vec::new()];
    for _ in 0..texts.len() {
        let left = until.saturating_duration_since(Instant::now());
        let Ok((is_error, text)) = receive.recv_timeout(left) else {
            child.kill()?;
            child.wait()?;
            return Err(io::Error::new(io::ErrorKind::TimedOut, "it gives no answer"));
        };
        texts[usize::from(is_error)] = text?;
    }
    let [stdout, stderr] = texts;
    // It has nothing left to say.
    Ok(Output { status: child.wait()?, stdout, stderr })
}

/// The text of a file; none where there is no file.
pub(super) fn read_file(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::new(Exit::Failed, error).context(format!("cannot read {}", path.display()))),
    }
}

/// What stands in a file of malsync's; none where there is no file.
///
/// # Errors
///
/// The file is there, and is not malsync's.
pub(super) fn read_own_file(path: &Path) -> Result<Option<String>, Failure> {
    let Some(text) = read_file(path)? else { return Ok(None) };
    if schedule::parse_job_marker(&text).is_some() {
        return Ok(Some(text));
    }
    let what = format!("{} is there, and not of `malsync schedule`'s making", path.display());
    Err(Failure::from_text(Exit::Failed, what).with_hint("move it away if malsync is to write one in its place"))
}

/// Writes a file as a whole, in a folder that is made when missing.
pub(super) fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let written = fs::create_dir_all(folder).and_then(|()| atomic_file::write_atomically(path, text.as_bytes()));
    written.map_err(|error| Failure::new(Exit::Failed, error).context(format!("cannot write {}", path.display())))
}

/// Deletes a file that is there.
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
        let machine = SchedulerHost::with_timeout(&environment, Duration::from_secs(20));
        let said = machine.run_program(&["sh", "-c", "head -c 200000 /dev/zero | tr '\\0' x; cat"], Some("y"));
        assert!(said.is_ok_and(|said| said.len() == 200_001 && said.ends_with('y')));
        assert_eq!(machine.run_program(&["sh", "-c", "echo no >&2; exit 3"], None), Err("sh: no".to_owned()));
        let machine = SchedulerHost::with_timeout(&environment, Duration::from_millis(50));
        for words in [&["sleep", "60"][..], &["sh", "-c", "echo a; exec sleep 60"]] {
            let began = Instant::now();
            assert_eq!(machine.run_program(words, None), Err(format!("{}: it gives no answer", words[0])));
            assert!(began.elapsed() < Duration::from_secs(30));
        }
    }
}
