//! Opens a file in the user's editor.
//!
//! Invariant: the edited file is not read or checked here.

use std::{io::ErrorKind, path::Path, process::Stdio};

use crate::{child_process::parse_command_line, exit::Exit, failure::Failure};

/// Editor used if neither `VISUAL` nor `EDITOR` is set.
const DEFAULT_EDITOR: &str = if cfg!(windows) { "notepad" } else { "vi" };

/// Hint for an editor that cannot be started.
const EDITOR_HINT: &str = if cfg!(windows) {
    "set EDITOR, for example: $env:EDITOR = 'notepad'"
} else {
    "set EDITOR, for example: export \
        EDITOR=nano"
};

/// Opens the file in the editor `command_line` and waits until it exits. `None` means the default editor.
pub(super) fn edit_file(path: &Path, command_line: Option<&str>) -> Result<(), Failure> {
    let line = command_line.unwrap_or(DEFAULT_EDITOR);
    let fail = |message: String, hint: &str| Err(Failure::from_text(Exit::Failed, message).with_hint(hint));
    let Some(mut command) = parse_command_line(line) else {
        return fail(format!("the editor {line} is not a valid command line"), EDITOR_HINT);
    };
    command.arg(path).stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::inherit());
    let result = command.status();
    let program = command.get_program().display();
    match result {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => fail(
            format!("the editor {program} failed with {status}"),
            "check the file it left with malsync config check",
        ),
        Err(error) => {
            let is_missing = error.kind() == ErrorKind::NotFound;
            let reason = if is_missing { "program not found".to_owned() } else { error.to_string() };
            fail(format!("cannot start the editor {program}: {reason}"), EDITOR_HINT)
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn editor_gets_file_as_last_argument_and_no_secret_variables() {
        let directory = tempfile::tempdir().unwrap();
        let (file, received) = (directory.path().join("a b"), directory.path().join("seen"));
        let line = format!("sh -c 'echo changed > \"$1\"; env > {}' sh", received.display());
        edit_file(&file, Some(&line)).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "changed\n");
        let received = std::fs::read_to_string(received).unwrap();
        assert!(
            crate::secret::SECRET_ENV_VARS.iter().all(|name| !received.contains(&format!("\n{name}="))),
            "{received}"
        );
    }

    #[test]
    fn missing_or_failing_editor_is_an_error_with_a_hint() {
        let file = Path::new("/nowhere/file");
        for (line, message) in [
            ("/nowhere/editor -x", "cannot start the editor /nowhere/editor: program not found"),
            ("false", "the editor false failed with exit status: 1"),
            ("'unclosed", "the editor 'unclosed is not a valid command line"),
        ] {
            let failure = edit_file(file, Some(line)).unwrap_err();
            assert_eq!((failure.message(), failure.exit), (message.to_owned(), Exit::Failed));
            assert_eq!(failure.hints.len(), 1);
        }
    }
}
