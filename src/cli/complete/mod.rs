//! What a shell asks when a value is to be completed: `malsync __complete SHELL LINE`, which the scripts of `malsync completions`
//! type, and nobody else.
//!
//! Flags and words that never change stand in the scripts; here are the values that only this malsync, or its database,
//! knows. The rule: whatever the line is, it is read without a complaint; what makes no sense has no place.

mod candidates;
mod command_line;
mod completion_target;

use std::ffi::OsString;

pub use candidates::{Candidate, MAX_CANDIDATES};
pub use completion_target::{CandidateKind, CompletionTarget};

use self::command_line::CommandLine;

/// The word after the program's name that makes it a question.
pub(super) const COMPLETE_COMMAND: &str = "__complete";

/// The shells whose scripts ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CompletionShell {
    Bash,
    Fish,
    Zsh,
}

/// What a shell asks.
#[derive(Clone, Debug)]
pub struct CompletionRequest {
    shell: CompletionShell,
    command_line: CommandLine,
    /// Whether bash puts the candidates themselves into the line, one after the other.
    inserts_each: bool,
    /// What is to be completed; none where the script knows all that there is.
    pub target: Option<CompletionTarget>,
}

impl CompletionRequest {
    /// The question that these arguments are, the program's name first; none where they are something else.
    #[must_use]
    pub fn from_args(arguments: &[OsString]) -> Option<Self> {
        let mut words = arguments.iter().skip(1).map(|word| word.to_string_lossy());
        if words.next()? != COMPLETE_COMMAND {
            return None;
        }
        let asker = match words.next().as_deref() {
            Some("bash") => CompletionShell::Bash,
            Some("zsh") => CompletionShell::Zsh,
            _ => CompletionShell::Fish,
        };
        let line = words.next().unwrap_or_default();
        let breaks = words.next().unwrap_or_default();
        // bash(1), COMP_TYPE: menu-complete, insert-completions.
        let inserts_each = matches!(words.next().as_deref(), Some("37" | "42"));
        let line = CommandLine::parse(&line, asker, &breaks);
        let place = CompletionTarget::at_cursor(&line, asker);
        Some(Self { shell: asker, command_line: line, inserts_each, target: place })
    }
}
