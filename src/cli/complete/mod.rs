//! Dynamic completion of values: `malsync __complete SHELL LINE`, called by the scripts of `malsync completions` only.
//!
//! Flags and fixed values are in the scripts. Candidates that depend on this version or on its database come from here.
//!
//! Invariants:
//! 1. Any command line is parsed without an error. One that makes no sense has no completion target.

mod candidates;
mod command_line;
mod completion_target;
mod shell;

use std::ffi::OsString;

pub use candidates::{Candidate, MAX_CANDIDATES};
pub use completion_target::{CandidateKind, CompletionTarget};

use self::{command_line::CommandLine, shell::CompletionShell};

/// Hidden command name of a completion request.
pub(super) const COMPLETE_COMMAND: &str = "__complete";

/// End of the shell's name in requests of scripts that understand directives. Older scripts do not.
const DIRECTIVE_SUFFIX: &str = ":2";

/// Completion request of a shell.
#[derive(Clone, Debug)]
pub struct CompletionRequest {
    shell: CompletionShell,
    /// True if the script understands [`CompletionRequest::directive`].
    accepts_directives: bool,
    command_line: CommandLine,
    /// True if bash inserts the candidates themselves into the line, one after the other.
    inserts_each: bool,
    /// What to complete. `None` if the script knows all candidates itself.
    pub target: Option<CompletionTarget>,
}

impl CompletionRequest {
    /// Parses the arguments, the program name first. Returns `None` if they are not a completion request.
    #[must_use]
    pub fn from_args(args: &[OsString]) -> Option<Self> {
        let mut words = args.iter().skip(1).map(|word| word.to_string_lossy());
        if words.next()? != COMPLETE_COMMAND {
            return None;
        }
        let shell_name = words.next().unwrap_or_default();
        let (shell_name, accepts_directives) =
            shell_name.strip_suffix(DIRECTIVE_SUFFIX).map_or((&*shell_name, false), |name| (name, true));
        let shell = CompletionShell::from_name(shell_name);
        let line_text = words.next().unwrap_or_default();
        let word_breaks = words.next().unwrap_or_default();
        // bash(1), COMP_TYPE: menu-complete, insert-completions.
        let inserts_each = matches!(words.next().as_deref(), Some("37" | "42"));
        let command_line = CommandLine::parse(&line_text, shell, &word_breaks);
        let target = CompletionTarget::at_cursor(&command_line, shell);
        Some(Self { shell, accepts_directives, command_line, inserts_each, target })
    }

    /// Returns the line that tells the script to complete files, directories or nothing. `None` if the script knows no
    /// such lines, or if there may be candidates. The line begins with a control character, which no candidate has.
    #[must_use]
    pub fn directive(&self) -> Option<&'static str> {
        let target = self.target.as_ref().filter(|_| self.accepts_directives)?;
        match target.kind {
            CandidateKind::File => Some("\x1ffiles\n"),
            CandidateKind::Directory => Some("\x1fdirectories\n"),
            CandidateKind::Nothing => Some("\x1fnothing\n"),
            _ => None,
        }
    }
}
