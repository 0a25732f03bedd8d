//! The built binary on a pseudo-terminal.

use std::process::Stdio;

use rexpect::session::{PtySession, spawn_command};

use super::test_env::TestEnv;

/// Starts a line of bash on a new terminal.
pub(crate) fn start_terminal(env: &TestEnv, line: &str) -> PtySession {
    let mut command = env.shell_command(line);
    command.env("TERM", "xterm-256color");
    command.stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::inherit());
    spawn_command(command, Some(180_000)).unwrap()
}

/// Reads all output. The session turns each byte into a character; this function undoes it.
pub(crate) fn read_to_end(session: &mut PtySession) -> String {
    let bytes = session.exp_eof().unwrap().chars().map(|byte| u8::try_from(byte).unwrap()).collect();
    String::from_utf8(bytes).unwrap()
}

/// Returns the text without colors and hyperlinks.
pub(crate) fn strip_styles(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// Returns what the binary writes on a terminal of this width, and its exit code.
pub(crate) fn run_on_terminal(env: &TestEnv, args: &str, columns: usize) -> (String, String) {
    let line = format!("stty cols {columns} rows 24; $MALSYNC {args}; echo code=$?");
    let text = read_to_end(&mut start_terminal(env, &line));
    assert!(!text.contains("panicked"), "{text}");
    let (text, code) = text.rsplit_once("code=").unwrap();
    (text.to_owned(), code.trim().to_owned())
}
