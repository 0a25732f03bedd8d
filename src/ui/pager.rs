//! The pager: what an answer that is longer than the terminal is read with.
//!
//! Rules: arguments, never a shell; the child inherits none of our secrets; one that is left early is nobody's failure;
//! one that cannot be started is said, unless nobody asked for it, and the answer comes without it.

use std::{
    io::{ErrorKind, Write as _},
    process::{Command, Stdio},
};

use crate::secret::withhold;

/// Whether the answer was shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// It was, as far as anybody wanted to read.
    Yes,
    /// It was not; why, where that is worth a warning.
    No(Option<String>),
}

/// What is taken where nothing is asked for, and what it is told: to go where all fits one screen, to let colours through,
/// and to leave the screen as it is.
const USUAL: &str = "less";
const LESS: &str = "FRX";

/// Shows the text through this command line; none is the usual, an empty one and `cat` are no pager.
pub(super) fn show(text: &str, asked: Option<&str>, less_is_told: bool) -> Shown {
    let line = asked.unwrap_or(USUAL).trim();
    if matches!(line, "" | "cat") {
        return Shown::No(None);
    }
    let Some((program, arguments)) = shlex::split(line).and_then(|words| {
        let mut words = words.into_iter();
        Some((words.next()?, words.collect::<Vec<_>>()))
    }) else {
        return Shown::No(Some(format!("the pager {line} is no command line")));
    };
    let mut command = Command::new(&program);
    command.args(arguments).stdin(Stdio::piped());
    withhold(&mut command);
    if !less_is_told {
        command.env("LESS", LESS);
    }
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) if asked.is_none() && error.kind() == ErrorKind::NotFound => return Shown::No(None),
        Err(error) => return Shown::No(Some(format!("the pager {program} cannot be started: {error}"))),
    };
    if let Some(mut input) = child.stdin.take() {
        // Whoever has read enough closes it.
        let _ = input.write_all(text.as_bytes());
    }
    // However it ended, what it showed was seen.
    let _ = child.wait();
    Shown::Yes
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn the_text_goes_in_and_none_of_our_secrets() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let line = format!("sh -c 'cat > {0}; env >> {0}'", out.display());
        assert_eq!(show("one\ntwo\n", Some(&line), false), Shown::Yes);
        let seen = std::fs::read_to_string(&out).unwrap();
        assert!(seen.starts_with("one\ntwo\n") && seen.contains("\nLESS=FRX\n"), "{seen}");
        assert!(crate::secret::WITHHELD.iter().all(|name| !seen.contains(&format!("\n{name}="))), "{seen}");
        assert_eq!(show("x", Some(&line), true), Shown::Yes);
        assert!(!std::fs::read_to_string(&out).unwrap().contains("LESS=FRX"));
    }

    #[test]
    fn one_that_is_left_early_or_fails_is_no_failure() {
        let long = "line\n".repeat(100_000);
        assert_eq!(show(&long, Some("true"), false), Shown::Yes);
        assert_eq!(show(&long, Some("false"), false), Shown::Yes);
    }

    #[test]
    fn no_pager_is_no_pager_and_one_that_is_missing_is_said() {
        for line in ["", " ", "cat"] {
            assert_eq!(show("x", Some(line), false), Shown::No(None), "{line:?}");
        }
        for line in ["/nowhere/pager -x", "'unclosed"] {
            assert!(matches!(show("x", Some(line), false), Shown::No(Some(_))), "{line:?}");
        }
    }
}
