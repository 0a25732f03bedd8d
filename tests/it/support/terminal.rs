//! A terminal of a test's own, with the built binary on it.

use std::process::Stdio;

use rexpect::session::{PtySession, spawn_command};

use super::test_env::TestEnv;

/// A line of bash on a terminal of its own.
pub(crate) fn start_terminal(env: &TestEnv, line: &str) -> PtySession {
    let mut command = env.shell_command(line);
    command.env("TERM", "xterm-256color");
    command.stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::inherit());
    spawn_command(command, Some(60_000)).unwrap()
}

/// Everything that is written. The session takes each byte for a character.
pub(crate) fn read_to_end(session: &mut PtySession) -> String {
    let bytes = session.exp_eof().unwrap().chars().map(|byte| u8::try_from(byte).unwrap()).collect();
    String::from_utf8(bytes).unwrap()
}

/// What the binary writes on a terminal so many columns wide, and its exit code.
pub(crate) fn run_on_terminal(env: &TestEnv, args: &str, columns: usize) -> (String, String) {
    let line = format!("stty cols {columns} rows 24; $MALSYNC {args}; echo code=$?");
    let text = read_to_end(&mut start_terminal(env, &line));
    assert!(!text.contains("panicked"), "{text}");
    let (text, code) = text.rsplit_once("code=").unwrap();
    (text.to_owned(), code.trim().to_owned())
}
