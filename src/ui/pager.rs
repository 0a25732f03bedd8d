//! Shows output that is longer than the terminal in a pager.
//!
//! Invariants:
//! 1. A pager that exits early is not an error.
//! 2. If the pager cannot be started, the caller prints the text itself. A missing default pager causes no warning.

use std::{
    io::{ErrorKind, Write as _},
    path::Path,
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

/// First version of `less` that passes hyperlinks (OSC 8) to the terminal.
const LESS_WITH_LINKS: u32 = 566;
/// First version of `less` that keeps header lines on the screen.
const LESS_WITH_HEADER: u32 = 600;

/// What a pager can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PagerFeatures {
    /// True if it passes hyperlinks to the terminal.
    pub(super) shows_links: bool,
    /// True if it keeps header lines on the screen.
    pub(super) keeps_header: bool,
}

/// Returns what the pager `command_line` can do. Asks `less` for its version; no other pager is known to do either.
pub(super) fn detect_features(command_line: Option<&str>) -> PagerFeatures {
    let version = read_less_version(command_line.unwrap_or(DEFAULT_PAGER)).unwrap_or(0);
    PagerFeatures { shows_links: version >= LESS_WITH_LINKS, keeps_header: version >= LESS_WITH_HEADER }
}

/// Returns the version of `less`. Returns `None` if the pager is another program or does not answer.
fn read_less_version(command_line: &str) -> Option<u32> {
    let mut command = parse_command_line(command_line)?;
    let name = Path::new(command.get_program()).file_stem()?.to_owned();
    if name != DEFAULT_PAGER {
        return None;
    }
    let output = command.arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = text.strip_prefix("less ")?;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Shows the text in the pager `command_line`. `None` means the default pager; an empty one or `cat` disables paging.
/// `header_lines` above 0 stay on the screen: pass them only if the pager keeps headers.
pub(super) fn run_pager(
    text: &str,
    command_line: Option<&str>,
    has_less_variable: bool,
    header_lines: u8,
) -> PagerResult {
    let line = command_line.unwrap_or(DEFAULT_PAGER).trim();
    if matches!(line, "" | "cat") {
        return PagerResult::NotShown(None);
    }
    let Some(mut command) = parse_command_line(line) else {
        return PagerResult::NotShown(Some(format!("the pager {line} is not a valid command line")));
    };
    command.stdin(Stdio::piped());
    if header_lines > 0 {
        command.arg(format!("--header={header_lines}"));
    }
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
            return PagerResult::NotShown(Some(format!("cannot start the pager {program}: {error}")));
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
        assert_eq!(run_pager("one\ntwo\n", Some(&line), false, 0), PagerResult::Shown);
        let received = std::fs::read_to_string(&out).unwrap();
        assert!(received.starts_with("one\ntwo\n") && received.contains("\nLESS=FRX\n"), "{received}");
        assert!(
            crate::secret::SECRET_ENV_VARS.iter().all(|name| !received.contains(&format!("\n{name}="))),
            "{received}"
        );
        assert_eq!(run_pager("x", Some(&line), true, 0), PagerResult::Shown);
        assert!(!std::fs::read_to_string(&out).unwrap().contains("LESS=FRX"));
    }

    #[test]
    fn pager_that_exits_early_or_fails_is_not_an_error() {
        let long = "line\n".repeat(100_000);
        assert_eq!(run_pager(&long, Some("true"), false, 0), PagerResult::Shown);
        assert_eq!(run_pager(&long, Some("false"), false, 0), PagerResult::Shown);
    }

    #[test]
    fn only_a_new_less_keeps_the_header_and_shows_links() {
        let directory = tempfile::tempdir().unwrap();
        let less = directory.path().join("less");
        std::os::unix::fs::symlink("/bin/sh", &less).unwrap();
        for (version, shows_links, keeps_header) in [
            ("less 551 (GNU regular expressions)", false, false),
            ("less 590 (GNU regular expressions)", true, false),
            ("less 600", true, true),
            ("less 668.1x", true, true),
            ("BusyBox v1.36", false, false),
        ] {
            let features = detect_features(Some(&format!("{} -c 'echo \"{version}\"'", less.display())));
            assert_eq!(features, PagerFeatures { shows_links, keeps_header }, "{version}");
        }
        assert_eq!(detect_features(Some("echo less 700")), PagerFeatures::default());
    }

    #[test]
    fn header_lines_are_passed_to_the_pager() {
        let directory = tempfile::tempdir().unwrap();
        let out = directory.path().join("out");
        let line = format!("sh -c 'echo \"$0\" > {}'", out.display());
        assert_eq!(run_pager("x\n", Some(&line), false, 1), PagerResult::Shown);
        assert_eq!(std::fs::read_to_string(&out).unwrap(), "--header=1\n");
    }

    #[test]
    fn disabled_pager_is_silent_and_missing_pager_warns() {
        for line in ["", " ", "cat"] {
            assert_eq!(run_pager("x", Some(line), false, 0), PagerResult::NotShown(None), "{line:?}");
        }
        for line in ["/nowhere/pager -x", "'unclosed"] {
            assert!(matches!(run_pager("x", Some(line), false, 0), PagerResult::NotShown(Some(_))), "{line:?}");
        }
    }
}
