//! Starts programs: browser, pager, editor, the notification command and the schedulers' programs.
//!
//! Invariants:
//! 1. A program is started with arguments, never through a shell.
//! 2. No program inherits a secret variable ([`SECRET_ENV_VARS`]).

use std::{
    ffi::OsStr,
    io,
    process::{Command, Output},
    time::Duration,
};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};

use crate::secret::SECRET_ENV_VARS;

/// Returns a command that inherits the environment without its secrets.
#[must_use]
pub fn new_command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for name in SECRET_ENV_VARS {
        command.env_remove(name);
    }
    command
}

/// Returns the command of a command line, which is split into words as a shell does. Returns `None` if the line has no
/// words or an unclosed quote.
#[must_use]
pub fn parse_command_line(line: &str) -> Option<Command> {
    let words = shlex::split(line)?;
    let (program, arguments) = words.split_first()?;
    let mut command = new_command(program);
    command.args(arguments);
    Some(command)
}

/// Runs a program to its end and returns its status and what it printed to its pipes. `input` is written to its standard
/// input, if that is a pipe.
///
/// # Errors
///
/// Fails if the program cannot be started. Fails with `TimedOut` if it takes longer than `time_limit`; then it is killed.
pub async fn run_to_end(command: Command, input: &[u8], time_limit: Duration) -> io::Result<Output> {
    let mut child = tokio::process::Command::from(command).spawn()?;
    match tokio::time::timeout(time_limit, wait_with_output(&mut child, input)).await {
        Ok(output) => output,
        Err(_) => {
            child.kill().await?;
            Err(io::ErrorKind::TimedOut.into())
        }
    }
}

async fn wait_with_output(child: &mut tokio::process::Child, input: &[u8]) -> io::Result<Output> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let write_input = async {
        if let Some(mut pipe) = stdin {
            // Ignore errors: a program may end without reading its input.
            let _ = pipe.write_all(input).await;
        }
        Ok(())
    };
    let (status, (), stdout, stderr) =
        tokio::try_join!(child.wait(), write_input, read_to_end(stdout), read_to_end(stderr))?;
    Ok(Output { status, stdout, stderr })
}

async fn read_to_end(pipe: Option<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        pipe.read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::{process::Stdio, time::Instant};

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn piped_command(line: &str) -> Command {
        let mut command = parse_command_line(line).unwrap();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    #[test]
    fn command_inherits_no_secret_variable() {
        let command = new_command("true");
        let removed: Vec<_> = command.get_envs().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
        assert!(SECRET_ENV_VARS.iter().all(|name| removed.contains(&OsStr::new(name))), "{removed:?}");
    }

    #[test]
    fn command_line_is_split_into_words_and_not_run_by_a_shell() {
        let words = |line: &str| {
            let command = parse_command_line(line)?;
            let words = std::iter::once(command.get_program()).chain(command.get_args());
            Some(words.map(|word| word.to_str().unwrap().to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(words("less -R '+/a b'").unwrap(), ["less", "-R", "+/a b"]);
        assert_eq!(words("vi; rm $HOME").unwrap(), ["vi;", "rm", "$HOME"]);
        assert_eq!((words(" "), words("'unclosed")), (None, None));
    }

    #[tokio::test]
    async fn output_is_returned_however_long_it_is() {
        let command = piped_command("sh -c 'head -c 200000 /dev/zero; cat; echo no >&2; exit 3'");
        let output = run_to_end(command, b"y", LONG).await.unwrap();
        assert_eq!((output.stdout.len(), output.stdout.last(), &*output.stderr), (200_001, Some(&b'y'), &b"no\n"[..]));
        assert_eq!(output.status.code(), Some(3));
        let unread = run_to_end(piped_command("true"), &[b'x'; 200_000], LONG).await.unwrap();
        assert!(unread.status.success());
    }

    #[tokio::test]
    async fn program_is_killed_at_the_time_limit() {
        for line in ["sleep 60", "sh -c 'echo a; exec sleep 60'"] {
            let start = Instant::now();
            let error = run_to_end(piped_command(line), b"", Duration::from_millis(50)).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::TimedOut);
            assert!(start.elapsed() < Duration::from_secs(30));
        }
        assert!(run_to_end(new_command("/nowhere/program"), b"", LONG).await.is_err());
    }
}
