//! Shows output that is longer than the terminal in a pager.
//!
//! Invariants:
//! 1. A pager that exits early is not an error.
//! 2. If the pager cannot be started, the caller prints the text itself. A missing default pager causes no warning.

use std::{
    io::{ErrorKind, Write as _},
    process::Stdio,
};

use crate::child_process::parse_command_line;

/// Result of [`run_pager`].
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PagerResult {
    /// The pager ran; the user may have quit it before the end.
    Shown,
    /// The text was not shown. Contains a warning text if the user should know why.
    NotShown(Option<String>),
}

/// Pager used if none is configured.
const DEFAULT_PAGER: &str = "less";
/// Value of `LESS` if unset: quit if all fits on one screen (F), pass colors through (R), keep the screen (X).
const LESS_OPTIONS: &str = "FRX";

/// Shows the text in the pager `command_line`. `None` means the default pager; an empty one or `cat` disables paging.
pub(super) fn run_pager(text: &str, command_line: Option<&str>, has_less_variable: bool) -> PagerResult {
    let line = command_line.unwrap_or(DEFAULT_PAGER).trim();
    if matches!(line, "" | "cat") {
        return PagerResult::NotShown(None);
    }
    let Some(mut command) = parse_command_line(line) else {
        return PagerResult::NotShown(Some(format!("the pager {line} is no command line")));
    };
    command.stdin(Stdio::piped());
    if !has_less_variable {
        command.env("LESS", LESS_OPTIONS);
    }
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) if command_line.is_none() && error.kind() == ErrorKind::NotFound => {
            return PagerResult::NotShown(None);
        }
        Err(error) => {
            let program = command.get_program().display();
            return PagerResult::NotShown(Some(format!("the pager {program} cannot be started: {error}")));
        }
    };
    if let Some(mut input) = child.stdin.take() {
        // The pager closes its stdin when the user quits; ignore the write error.
        let _ = input.write_all(text.as_bytes());
    }
    // The exit status is irrelevant: the text was shown.
    let _ = child.wait();
    PagerResult::Shown
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn pager_gets_text_but_no_secret_variables() {
        let directory = tempfile::tempdir().unwrap();
        let out = directory.path().join("out");
        let line = format!("sh -c 'cat > {0}; env >> {0}'", out.display());
        assert_eq!(run_pager("one\ntwo\n", Some(&line), false), PagerResult::Shown);
        let received = std::fs::read_to_string(&out).unwrap();
        assert!(received.starts_with("one\ntwo\n") && received.contains("\nLESS=FRX\n"), "{received}");
        assert!(
            crate::secret::SECRET_ENV_VARS.iter().all(|name| !received.contains(&format!("\n{name}="))),
            "{received}"
        );
        assert_eq!(run_pager("x", Some(&line), true), PagerResult::Shown);
        assert!(!std::fs::read_to_string(&out).unwrap().contains("LESS=FRX"));
    }

    #[test]
    fn pager_that_exits_early_or_fails_is_not_an_error() {
        let long = "line\n".repeat(100_000);
        assert_eq!(run_pager(&long, Some("true"), false), PagerResult::Shown);
        assert_eq!(run_pager(&long, Some("false"), false), PagerResult::Shown);
    }

    #[test]
    fn disabled_pager_is_silent_and_missing_pager_warns() {
        for line in ["", " ", "cat"] {
            assert_eq!(run_pager("x", Some(line), false), PagerResult::NotShown(None), "{line:?}");
        }
        for line in ["/nowhere/pager -x", "'unclosed"] {
            assert!(matches!(run_pager("x", Some(line), false), PagerResult::NotShown(Some(_))), "{line:?}");
        }
    }
}
