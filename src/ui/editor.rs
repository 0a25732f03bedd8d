//! The editor: what a person changes a file with.
//!
//! Rules: arguments, never a shell; the child inherits none of our secrets; what it leaves in the file is not looked at here.

use std::{
    io::ErrorKind,
    path::Path,
    process::{Command, Stdio},
};

use crate::{exit::Exit, failure::Failure, secret::scrub_env};

/// What is taken where neither `VISUAL` nor `EDITOR` is set.
const DEFAULT_EDITOR: &str = if cfg!(windows) { "notepad" } else { "vi" };

/// Opens the file in the editor of this command line, and waits for its end.
pub(super) fn edit_file(path: &Path, asked: Option<&str>) -> Result<(), Failure> {
    let line = asked.unwrap_or(DEFAULT_EDITOR);
    let failed = |what: String, hint: &str| Err(Failure::from_text(Exit::Failed, what).with_hint(hint));
    let mut words = shlex::split(line).unwrap_or_default().into_iter();
    let Some(program) = words.next() else {
        return failed(format!("the editor {line} is no command line"), "set EDITOR, like: export EDITOR=nano");
    };
    let mut command = Command::new(&program);
    command.args(words).arg(path).stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::inherit());
    scrub_env(&mut command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => failed(
            format!("the editor {program} ended with {status}"),
            "`malsync config check` says whether what it left can be used",
        ),
        Err(error) => {
            let missing = error.kind() == ErrorKind::NotFound;
            let why = if missing { "there is no such program".to_owned() } else { error.to_string() };
            failed(format!("the editor {program} cannot be started: {why}"), "set EDITOR, like: export EDITOR=nano")
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn editor_gets_file_as_last_argument_and_no_secret_variables() {
        let folder = tempfile::tempdir().unwrap();
        let (file, seen) = (folder.path().join("a b"), folder.path().join("seen"));
        let line = format!("sh -c 'echo changed > \"$1\"; env > {}' sh", seen.display());
        edit_file(&file, Some(&line)).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "changed\n");
        let seen = std::fs::read_to_string(seen).unwrap();
        assert!(crate::secret::SECRET_ENV_VARS.iter().all(|name| !seen.contains(&format!("\n{name}="))), "{seen}");
    }

    #[test]
    fn missing_or_failing_editor_is_an_error_with_a_hint() {
        let file = Path::new("/nowhere/file");
        for (line, what) in [
            ("/nowhere/editor -x", "the editor /nowhere/editor cannot be started: there is no such program"),
            ("false", "the editor false ended with exit status: 1"),
            ("'unclosed", "the editor 'unclosed is no command line"),
        ] {
            let failure = edit_file(file, Some(line)).unwrap_err();
            assert_eq!((failure.message(), failure.exit), (what.to_owned(), Exit::Failed));
            assert_eq!(failure.hints.len(), 1);
        }
    }
}
