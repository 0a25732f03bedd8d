//! The pager: what an answer that is longer than the terminal is read with.
//!
//! Rules: arguments, never a shell; the child inherits none of our secrets; one that is left early is nobody's failure;
//! one that cannot be started is said, unless nobody asked for it, and the answer comes without it.

use std::{
    io::{ErrorKind, Write as _},
    process::{Command, Stdio},
};

use crate::secret::scrub_env;

/// Whether the answer was shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PagerResult {
    /// It was, as far as anybody wanted to read.
    Shown,
    /// It was not; why, where that is worth a warning.
    NotShown(Option<String>),
}

/// What is taken where nothing is asked for, and what it is told: to go where all fits one screen, to let colours through,
/// and to leave the screen as it is.
const DEFAULT_PAGER: &str = "less";
const LESS_OPTIONS: &str = "FRX";

/// Shows the text through this command line; none is the usual, an empty one and `cat` are no pager.
pub(super) fn run_pager(text: &str, asked: Option<&str>, less_is_told: bool) -> PagerResult {
    let line = asked.unwrap_or(DEFAULT_PAGER).trim();
    if matches!(line, "" | "cat") {
        return PagerResult::NotShown(None);
    }
    let Some((program, arguments)) = shlex::split(line).and_then(|words| {
        let mut words = words.into_iter();
        Some((words.next()?, words.collect::<Vec<_>>()))
    }) else {
        return PagerResult::NotShown(Some(format!("the pager {line} is no command line")));
    };
    let mut command = Command::new(&program);
    command.args(arguments).stdin(Stdio::piped());
    scrub_env(&mut command);
    if !less_is_told {
        command.env("LESS", LESS_OPTIONS);
    }
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) if asked.is_none() && error.kind() == ErrorKind::NotFound => return PagerResult::NotShown(None),
        Err(error) => return PagerResult::NotShown(Some(format!("the pager {program} cannot be started: {error}"))),
    };
    if let Some(mut input) = child.stdin.take() {
        // Whoever has read enough closes it.
        let _ = input.write_all(text.as_bytes());
    }
    // However it ended, what it showed was seen.
    let _ = child.wait();
    PagerResult::Shown
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn pager_gets_text_but_no_secret_variables() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let line = format!("sh -c 'cat > {0}; env >> {0}'", out.display());
        assert_eq!(run_pager("one\ntwo\n", Some(&line), false), PagerResult::Shown);
        let seen = std::fs::read_to_string(&out).unwrap();
        assert!(seen.starts_with("one\ntwo\n") && seen.contains("\nLESS=FRX\n"), "{seen}");
        assert!(crate::secret::SECRET_ENV_VARS.iter().all(|name| !seen.contains(&format!("\n{name}="))), "{seen}");
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
