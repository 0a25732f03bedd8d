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
    cli::schedule::Scheduler, command::file, config::Environment, exit::Exit, failure::Failure, schedule,
    secret::withhold,
};

/// The machine, for one user.
pub(super) struct Machine<'a> {
    environment: &'a Environment,
    /// Until when its programs may take; none is as long as they like.
    until: Option<Instant>,
}

impl<'a> Machine<'a> {
    pub(super) const fn new(environment: &'a Environment) -> Self {
        Self { environment, until: None }
    }

    /// The machine for a look: all its programs together may take so long, and whichever takes longer is ended.
    pub(super) fn within(environment: &'a Environment, limit: Duration) -> Self {
        Self { environment, until: Some(Instant::now() + limit) }
    }

    /// The scheduler to take where none is named.
    pub(super) fn scheduler(&self) -> Result<Scheduler, Failure> {
        if cfg!(target_os = "macos") {
            return Ok(Scheduler::Launchd);
        }
        // What sd_booted(3) looks at.
        if Path::new("/run/systemd/system").is_dir() && self.has("systemctl") {
            return Ok(Scheduler::Systemd);
        }
        if self.has("crontab") {
            return Ok(Scheduler::Cron);
        }
        Err(Failure::text(Exit::Failed, "this machine runs no systemd, and has no crontab program")
            .hint("let whatever starts jobs here start: malsync sync --all-users --quiet"))
    }

    /// Whether there is such a program.
    pub(super) fn has(&self, program: &str) -> bool {
        let Some(path) = self.environment.raw("PATH") else { return false };
        std::env::split_paths(path).any(|folder| folder.join(program).is_file())
    }

    pub(super) fn home(&self) -> Result<PathBuf, Failure> {
        let home = self.environment.folder("HOME");
        home.ok_or_else(|| Failure::usage("HOME is not set: there is no place for the job").hint("set HOME"))
    }

    /// The folder that systemd reads a user's units from.
    pub(super) fn units(&self) -> Result<PathBuf, Failure> {
        let config = match self.environment.folder("XDG_CONFIG_HOME") {
            Some(folder) => folder,
            None => self.home()?.join(".config"),
        };
        Ok(config.join("systemd/user"))
    }

    /// Whether the user's systemd runs without a session; none where nobody can tell.
    pub(super) fn lingers(&self) -> Option<bool> {
        let folder = Path::new("/var/lib/systemd/linger");
        let user = ["USER", "LOGNAME"].iter().find_map(|name| self.environment.raw(name))?;
        // Who never let anybody linger may lack the folder.
        Path::new("/run/systemd/system").is_dir().then(|| folder.join(user).exists())
    }

    /// Runs a program to its end, with this on its input: what it printed, or why it failed.
    pub(super) fn program(&self, words: &[&str], input: Option<&str>) -> Result<String, String> {
        let (name, arguments) = words.split_first().ok_or("nothing to start")?;
        let mut command = Command::new(name);
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Its words are read.
        command.env("LC_ALL", "C");
        command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
        withhold(&mut command);
        let told = |error: io::Error| format!("{name}: {error}");
        let mut child = command.spawn().map_err(told)?;
        if let (Some(mut pipe), Some(input)) = (child.stdin.take(), input) {
            pipe.write_all(input.as_bytes()).map_err(told)?;
        }
        let output = match self.until {
            None => child.wait_with_output().map_err(told)?,
            Some(until) => ended(child, until).map_err(told)?,
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
fn ended(mut child: Child, until: Instant) -> io::Result<Output> {
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
pub(super) fn text_of(path: &Path) -> Result<Option<String>, Failure> {
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
pub(super) fn own_text(path: &Path) -> Result<Option<String>, Failure> {
    let Some(text) = text_of(path)? else { return Ok(None) };
    if schedule::found_in(&text).is_some() {
        return Ok(Some(text));
    }
    let what = format!("{} is there, and not of `malsync schedule`'s making", path.display());
    Err(Failure::text(Exit::Failed, what).hint("move it away if malsync is to write one in its place"))
}

/// Writes a file as a whole, in a folder that is made when missing.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let written = fs::create_dir_all(folder).and_then(|()| file::replace(path, text.as_bytes()));
    written.map_err(|error| Failure::new(Exit::Failed, error).context(format!("cannot write {}", path.display())))
}

/// Deletes a file that is there.
pub(super) fn delete(path: &Path) -> Result<(), Failure> {
    fs::remove_file(path)
        .map_err(|error| Failure::new(Exit::Failed, error).context(format!("cannot delete {}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_gives_no_answer_is_ended_and_another_is_heard() {
        let environment = Environment::from_pairs([("PATH", "/usr/bin:/bin")]);
        let machine = Machine::within(&environment, Duration::from_secs(20));
        let said = machine.program(&["sh", "-c", "head -c 200000 /dev/zero | tr '\\0' x; cat"], Some("y"));
        assert!(said.is_ok_and(|said| said.len() == 200_001 && said.ends_with('y')));
        assert_eq!(machine.program(&["sh", "-c", "echo no >&2; exit 3"], None), Err("sh: no".to_owned()));
        let machine = Machine::within(&environment, Duration::from_millis(50));
        for words in [&["sleep", "60"][..], &["sh", "-c", "echo a; exec sleep 60"]] {
            let began = Instant::now();
            assert_eq!(machine.program(words, None), Err(format!("{}: it gives no answer", words[0])));
            assert!(began.elapsed() < Duration::from_secs(30));
        }
    }
}
