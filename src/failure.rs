//! Failures as reported to users and scripts: exit code, cause and hints.
//!
//! Adapters have their own error types, which decide how to react. Each type is converted to a [`Failure`] in one
//! place. This module prints nothing: `ui` renders a failure as `error: WHAT` and `hint: WHAT TO DO`.

use crate::exit::Exit;

/// A failure to report to the user.
#[derive(Debug)]
pub struct Failure {
    /// The exit code of the process.
    pub exit: Exit,
    /// The cause, outermost context first. Its text never contains a secret.
    pub cause: anyhow::Error,
    /// What the user can do. Empty if there is nothing to do.
    pub hints: Vec<String>,
    /// Lines to run elsewhere (SQL for the owner of the tables), printed after the hints.
    pub script: Option<String>,
    /// A word of the command line, and the one that was probably meant. A hint then has the command with it.
    pub meant_word: Option<(String, String)>,
}

impl Failure {
    /// Returns a failure with this exit code. The message is a lower-case fragment that names the object.
    pub fn new(exit: Exit, cause: impl Into<anyhow::Error>) -> Self {
        Self { exit, cause: cause.into(), hints: Vec::new(), script: None, meant_word: None }
    }

    /// Returns a failure whose cause is this text.
    pub fn from_text(exit: Exit, message: impl Into<String>) -> Self {
        Self::new(exit, anyhow::Error::msg(message.into()))
    }

    /// Returns a failure for wrong usage or configuration (exit code 2).
    pub fn usage_error(message: impl Into<String>) -> Self {
        Self::from_text(Exit::Usage, message)
    }

    /// Adds a hint.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Sets the lines to run elsewhere.
    #[must_use]
    pub fn with_script(mut self, script: impl Into<String>) -> Self {
        self.script = Some(script.into());
        self
    }

    /// Adds the command line as a hint, with `meant` in place of the word `typed`.
    #[must_use]
    pub fn with_meant_word(mut self, typed: impl Into<String>, meant: impl Into<String>) -> Self {
        self.meant_word = Some((typed.into(), meant.into()));
        self
    }

    /// Adds context to the cause: what malsync was doing.
    #[must_use]
    pub fn context(mut self, context: impl std::fmt::Display + Send + Sync + 'static) -> Self {
        self.cause = self.cause.context(context);
        self
    }

    /// Returns the cause with its context on one line, outermost first.
    #[must_use]
    pub fn message(&self) -> String {
        format!("{:#}", self.cause)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(cause: anyhow::Error) -> Self {
        Self::new(Exit::Failed, cause)
    }
}
