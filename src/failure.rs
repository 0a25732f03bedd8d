//! What went wrong, as a person and a script are told it: a kind (the exit code), the cause, and what to do.
//!
//! Adapters have their own error types, which know the reaction they need; each turns into a [`Failure`] in one place.
//! Nothing here writes: `ui` renders a failure as `error: WHAT` and `hint: WHAT TO DO`.

use crate::exit::Exit;

/// A failure on its way to the user.
#[derive(Debug)]
pub struct Failure {
    /// Decides the exit code.
    pub exit: Exit,
    /// What happened, outermost context first. Its text never holds a secret.
    pub cause: anyhow::Error,
    /// What to type or look at; none where there is nothing to do.
    pub hints: Vec<String>,
    /// Lines to be run elsewhere as they stand (SQL for the owner of the tables); printed after the hint.
    pub script: Option<String>,
}

impl Failure {
    /// A failure with this exit code. The message is a lower-case fragment that names the thing.
    pub fn new(exit: Exit, cause: impl Into<anyhow::Error>) -> Self {
        Self { exit, cause: cause.into(), hints: Vec::new(), script: None }
    }

    /// A failure whose cause is this text alone.
    pub fn from_text(exit: Exit, what: impl Into<String>) -> Self {
        Self::new(exit, anyhow::Error::msg(what.into()))
    }

    /// Wrong usage or configuration (exit code 2).
    pub fn usage_error(what: impl Into<String>) -> Self {
        Self::from_text(Exit::Usage, what)
    }

    /// Adds what the user can do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds lines to be run elsewhere.
    #[must_use]
    pub fn with_script(mut self, script: impl Into<String>) -> Self {
        self.script = Some(script.into());
        self
    }

    /// Says around the cause what was being done.
    #[must_use]
    pub fn context(mut self, what: impl std::fmt::Display + Send + Sync + 'static) -> Self {
        self.cause = self.cause.context(what);
        self
    }

    /// The whole cause on one line, outermost first.
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
